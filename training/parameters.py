"""The names of our parameters in a CTranslate2 TransformerSpec."""

from collections.abc import Iterator

from training.model import ModelShape

LINEAR = (("weight", "weight"), ("bias", "bias"))
NORM = (("weight", "gamma"), ("bias", "beta"))

ENCODER_LAYER = (
    ("attention.qkv", "self_attention/linear_0", LINEAR),
    ("attention.out", "self_attention/linear_1", LINEAR),
    ("attention_norm", "self_attention/layer_norm", NORM),
    ("ffn.widen", "ffn/linear_0", LINEAR),
    ("ffn.narrow", "ffn/linear_1", LINEAR),
    ("ffn_norm", "ffn/layer_norm", NORM),
)
DECODER_LAYER = (
    ("self_attention.qkv", "self_attention/linear_0", LINEAR),
    ("self_attention.out", "self_attention/linear_1", LINEAR),
    ("self_norm", "self_attention/layer_norm", NORM),
    ("cross_attention.query", "attention/linear_0", LINEAR),
    ("cross_attention.kv", "attention/linear_1", LINEAR),
    ("cross_attention.out", "attention/linear_2", LINEAR),
    ("cross_norm", "attention/layer_norm", NORM),
    ("ffn.widen", "ffn/linear_0", LINEAR),
    ("ffn.narrow", "ffn/linear_1", LINEAR),
    ("ffn_norm", "ffn/layer_norm", NORM),
)
OUTSIDE_LAYERS = (
    ("encoder.embedding.weight", "encoder/embeddings_0/weight"),
    ("encoder.position.weight", "encoder/position_encodings/encodings"),
    ("encoder.embedding_norm.weight", "encoder/layernorm_embedding/gamma"),
    ("encoder.embedding_norm.bias", "encoder/layernorm_embedding/beta"),
    ("decoder.embedding.weight", "decoder/embeddings/weight"),
    ("decoder.position.weight", "decoder/position_encodings/encodings"),
    ("decoder.norm.weight", "decoder/layer_norm/gamma"),
    ("decoder.norm.bias", "decoder/layer_norm/beta"),
    ("decoder.bias", "decoder/projection/bias"),
)


def parameter_names(shape: ModelShape) -> Iterator[tuple[str, str]]:
    """Yield (name of our parameter, name in CTranslate2) for every parameter of a model."""
    yield from OUTSIDE_LAYERS
    stacks = (
        ("encoder", shape.encoder_layers, ENCODER_LAYER),
        ("decoder", shape.decoder_layers, DECODER_LAYER),
    )
    for stack, layers, modules in stacks:
        for layer in range(layers):
            for ours, theirs, parts in modules:
                for part, their_part in parts:
                    yield (
                        f"{stack}.layers.{layer}.{ours}.{part}",
                        f"{stack}/layer_{layer}/{theirs}/{their_part}",
                    )
