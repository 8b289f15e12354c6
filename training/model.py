"""The translation model: a BERT-like encoder (from e5) and a whisper-like decoder.

The layout of the parameters is that of CTranslate2's `TransformerSpec`: queries, keys and values of
self-attention are one matrix, keys and values of cross-attention another, so that reading and
writing a package needs no reshaping. Shapes in comments: B sentences, S source and T target
positions, D the model's width.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LAYER_NORM_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Hold the sizes of a model; the defaults are those of e5-small and whisper-tiny."""

    source_vocabulary: int
    target_vocabulary: int
    width: int = 384
    inner_width: int = 1536
    encoder_layers: int = 6
    encoder_heads: int = 12
    decoder_layers: int = 4
    decoder_heads: int = 6
    source_positions: int = 512
    target_positions: int = 448


class SelfAttention(nn.Module):
    """Attend from each position of a sequence to the others."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor | None, *, causal: bool) -> Tensor:
        """Map (B, T, D) to (B, T, D); `mask` is true where attention is allowed."""
        queries, keys, values = (split_heads(t, self.heads) for t in self.qkv(x).chunk(3, -1))
        mixed = F.scaled_dot_product_attention(
            queries, keys, values, attn_mask=mask, is_causal=causal
        )
        return self.out(merge_heads(mixed))  # type: ignore[no-any-return]  # nn.Module returns Any


class CrossAttention(nn.Module):
    """Attend from each position of the target to the encoded source."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.kv = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
        """Map (B, T, D) and a memory (B, S, D) to (B, T, D)."""
        keys, values = (split_heads(t, self.heads) for t in self.kv(memory).chunk(2, -1))
        queries = split_heads(self.query(x), self.heads)
        mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        return self.out(merge_heads(mixed))  # type: ignore[no-any-return]  # nn.Module returns Any


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Reshape (B, T, D) to (B, heads, T, D / heads)."""
    batch, length, width = x.shape
    return x.view(batch, length, heads, width // heads).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """Reshape (B, heads, T, D / heads) to (B, T, D)."""
    return x.transpose(1, 2).flatten(2)


class FeedForward(nn.Module):
    """Widen, apply GELU, narrow."""

    def __init__(self, width: int, inner_width: int) -> None:
        super().__init__()
        self.widen = nn.Linear(width, inner_width)
        self.narrow = nn.Linear(inner_width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, D) to (B, T, D)."""
        return self.narrow(F.gelu(self.widen(x)))  # type: ignore[no-any-return]  # as above


class EncoderLayer(nn.Module):
    """Apply self-attention and feed-forward, normalising after each (as BERT does)."""

    def __init__(self, width: int, heads: int, inner_width: int) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads)
        self.attention_norm = nn.LayerNorm(width, LAYER_NORM_EPSILON)
        self.ffn = FeedForward(width, inner_width)
        self.ffn_norm = nn.LayerNorm(width, LAYER_NORM_EPSILON)

    def forward(self, x: Tensor, mask: Tensor | None, dropout: nn.Dropout) -> Tensor:
        """Map (B, S, D) to (B, S, D)."""
        x = self.attention_norm(x + dropout(self.attention(x, mask, causal=False)))
        return self.ffn_norm(x + dropout(self.ffn(x)))  # type: ignore[no-any-return]  # as above


class DecoderLayer(nn.Module):
    """Apply self-attention, cross-attention and feed-forward, normalising before each (GPT-2)."""

    def __init__(self, width: int, heads: int, inner_width: int) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(width, LAYER_NORM_EPSILON)
        self.self_attention = SelfAttention(width, heads)
        self.cross_norm = nn.LayerNorm(width, LAYER_NORM_EPSILON)
        self.cross_attention = CrossAttention(width, heads)
        self.ffn_norm = nn.LayerNorm(width, LAYER_NORM_EPSILON)
        self.ffn = FeedForward(width, inner_width)

    def forward(
        self, x: Tensor, memory: Tensor, mask: Tensor | None, dropout: nn.Dropout
    ) -> Tensor:
        """Map (B, T, D) and a memory (B, S, D) to (B, T, D)."""
        x = x + dropout(self.self_attention(self.self_norm(x), None, causal=True))
        x = x + dropout(self.cross_attention(self.cross_norm(x), memory, mask))
        return x + dropout(self.ffn(self.ffn_norm(x)))  # type: ignore[no-any-return]  # as above


class Encoder(nn.Module):
    """Turn source piece numbers into one vector a piece."""

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.embedding = nn.Embedding(shape.source_vocabulary, shape.width)
        self.position = nn.Embedding(shape.source_positions, shape.width)
        self.embedding_norm = nn.LayerNorm(shape.width, LAYER_NORM_EPSILON)
        self.layers = nn.ModuleList(
            EncoderLayer(shape.width, shape.encoder_heads, shape.inner_width)
            for _ in range(shape.encoder_layers)
        )

    def forward(self, source: Tensor, mask: Tensor | None, dropout: nn.Dropout) -> Tensor:
        """Map piece numbers (B, S) to vectors (B, S, D)."""
        x = self.embedding(source) + self.position.weight[: source.shape[1]]
        x = dropout(self.embedding_norm(x))
        for layer in self.layers:
            x = layer(x, mask, dropout)
        return x  # type: ignore[no-any-return]  # as above


class Decoder(nn.Module):
    """Turn target piece numbers and the encoded source into one vector a piece."""

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.embedding = nn.Embedding(shape.target_vocabulary, shape.width)
        self.position = nn.Embedding(shape.target_positions, shape.width)
        self.layers = nn.ModuleList(
            DecoderLayer(shape.width, shape.decoder_heads, shape.inner_width)
            for _ in range(shape.decoder_layers)
        )
        self.norm = nn.LayerNorm(shape.width, LAYER_NORM_EPSILON)
        self.bias = nn.Parameter(torch.zeros(shape.target_vocabulary))

    def forward(
        self, target: Tensor, memory: Tensor, mask: Tensor | None, dropout: nn.Dropout
    ) -> Tensor:
        """Map piece numbers (B, T) and a memory (B, S, D) to vectors (B, T, D)."""
        x = dropout(self.embedding(target) + self.position.weight[: target.shape[1]])
        for layer in self.layers:
            x = layer(x, memory, mask, dropout)
        return self.norm(x)  # type: ignore[no-any-return]  # as above

    def logits(self, x: Tensor) -> Tensor:
        """Score every target piece; the weights are those of the embedding."""
        return F.linear(x, self.embedding.weight, self.bias)


class TranslationModel(nn.Module):
    """Predict each target piece from the source and the target pieces before it."""

    def __init__(self, shape: ModelShape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        self.dropout = nn.Dropout(dropout)

    def forward(self, source: Tensor, source_lengths: Tensor, target: Tensor) -> Tensor:
        """Return the decoder's vectors (B, T, D), to be scored with `decoder.logits`."""
        mask = padding_mask(source, source_lengths)
        memory = self.encoder(source, mask, self.dropout)
        return self.decoder(target, memory, mask, self.dropout)  # type: ignore[no-any-return]


def padding_mask(source: Tensor, lengths: Tensor) -> Tensor | None:
    """Return a mask (B, 1, 1, S) true on real pieces; None where nothing is padded."""
    if bool((lengths == source.shape[1]).all()):
        return None
    positions = torch.arange(source.shape[1])
    return (positions < lengths[:, None])[:, None, None, :]
