"""A tiny Argos package with random weights: for what must work with any package."""

import json
import string
from pathlib import Path

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.attention_spec import MultiHeadAttentionSpec
from ctranslate2.specs.common_spec import LayerNormSpec

WIDTH = 16
CORPUS = ["the house", "a house", "das Haus", "ein Haus"]


def write_stub_package(
    folder: Path, tokenizer: str, prefix: str = "", *, terminology: bool = False
) -> Path:
    """Write an unpacked English to German package with the tokenizer named, and give its folder.

    With `terminology` the package says that it reads terms in the source, and its SentencePiece
    model knows the marks.
    """
    root = folder / f"translate-en_de-{tokenizer}-{prefix}-{terminology}"
    root.mkdir()
    write = _write_bpe if tokenizer == "bpe.model" else _write_sentencepiece
    _write_model(root / "model", write(root / tokenizer))
    metadata = {"from_code": "en", "to_code": "de", "package_version": "1.0"}
    if prefix:
        metadata["target_prefix"] = prefix
    if terminology:
        metadata["terminology"] = "inline"
    (root / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return root


def _write_sentencepiece(path: Path) -> list[str]:
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS * 20),
        model_prefix=str(path.with_suffix("")),
        vocab_size=17,
        user_defined_symbols=["<term>", "</term>"],
        minloglevel=2,
    )
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [model.id_to_piece(index) for index in range(model.get_piece_size())]


def _write_bpe(path: Path) -> list[str]:
    path.write_text("#version: 0.2\nt h\nth e</w>\nh o\nho u\n", encoding="utf-8")
    letters = [letter + end for letter in string.ascii_letters for end in ("", "@@")]
    return ["<unk>", "<s>", "</s>", "the", "hou@@", *letters]


def _write_model(folder: Path, vocabulary: list[str]) -> None:
    spec = TransformerSpec.from_config(num_layers=1, num_heads=2)
    random = np.random.default_rng(1)

    def weights(rows: int, columns: int = WIDTH) -> np.ndarray:
        return random.normal(size=(rows, columns)).astype(np.float32)

    def fill_norm(norm: LayerNormSpec) -> None:
        norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def fill_attention(attention: MultiHeadAttentionSpec, *rows: int) -> None:
        fill_norm(attention.layer_norm)
        for linear, size in zip(attention.linear, rows, strict=True):
            linear.weight = weights(size)

    for side in (spec.encoder, spec.decoder):
        (layer,) = side.layer
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = weights(len(vocabulary))
        fill_norm(side.layer_norm)
        fill_attention(layer.self_attention, 3 * WIDTH, WIDTH)
        fill_norm(layer.ffn.layer_norm)
        layer.ffn.linear_0.weight, layer.ffn.linear_1.weight = weights(WIDTH), weights(WIDTH)
    fill_attention(spec.decoder.layer[0].attention, WIDTH, 2 * WIDTH, WIDTH)
    spec.decoder.projection.weight = weights(len(vocabulary))
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    folder.mkdir()
    spec.save(str(folder))
