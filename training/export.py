"""Write a model as CTranslate2 files and as an Argos package, and check them against PyTorch."""

import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import torch
from ctranslate2.specs import common_spec, transformer_spec

from training.batches import EncodedPair, make_batch
from training.model import LAYER_NORM_EPSILON, TranslationModel
from training.parameters import parameter_names
from training.vocabulary import SPECIAL_PIECES, START, UNKNOWN, Piece, Vocabulary, protobuf

ARCHIVE_DATE = (1980, 1, 1, 0, 0, 0)
"""Time stamp of every file in a package, the earliest that zip knows."""

LARGEST_DIFFERENCE = 2e-3
"""Tolerated difference of a token's log-probability between PyTorch and unquantised CTranslate2."""

LARGEST_INT8_DIFFERENCE = 0.1
"""Tolerated mean difference of a token's log-probability caused by int8."""

QUANTISATIONS = {"float32": None, "int8": "int8"}

Metadata = Mapping[str, str]


def spec_from_model(
    model: TranslationModel, vocabulary: Vocabulary
) -> transformer_spec.TransformerSpec:
    """Return CTranslate2's specification holding the parameters of a model."""
    shape = model.shape
    encoder = transformer_spec.TransformerEncoderSpec(
        shape.encoder_layers,
        shape.encoder_heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
    )
    decoder = transformer_spec.TransformerDecoderSpec(
        shape.decoder_layers,
        shape.decoder_heads,
        pre_norm=True,
        activation=common_spec.Activation.GELU,
    )
    encoder.scale_embeddings = decoder.scale_embeddings = False
    spec = transformer_spec.TransformerSpec(encoder, decoder)
    parameters = model.state_dict()
    for ours, theirs in parameter_names(shape):
        set_tensor(spec, theirs, parameters[ours].numpy())
    set_tensor(spec, "decoder/projection/weight", parameters["decoder.embedding.weight"].numpy())
    spec.register_source_vocabulary(list(vocabulary.source_pieces))
    spec.register_target_vocabulary(list(vocabulary.target_pieces))
    spec.config.add_source_bos = spec.config.add_source_eos = True
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = SPECIAL_PIECES[:3]
    spec.config.decoder_start_token = SPECIAL_PIECES[START]
    spec.config.layer_norm_epsilon = LAYER_NORM_EPSILON
    return spec


def set_tensor(spec: Any, name: str, values: np.ndarray) -> None:  # noqa: ANN401  # their specs
    """Set the tensor named `a/b_0/c` by CTranslate2; `b_0` may be an item of a list `b`."""
    *path, last = name.split("/")
    for part in path:
        if hasattr(spec, part):
            spec = getattr(spec, part)
        else:
            stem, _, number = part.rpartition("_")
            spec = getattr(spec, stem)[int(number)]
    setattr(spec, last, values.copy())  # quantising works in place


def write_ctranslate2(
    folder: Path, model: TranslationModel, vocabulary: Vocabulary, quantisation: str
) -> None:
    """Write `model.bin` and its companions; `quantisation` is a key of QUANTISATIONS."""
    spec = spec_from_model(model, vocabulary)
    spec.validate()
    spec.optimize(quantization=QUANTISATIONS[quantisation])
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def package_sentencepiece(vocabulary: Vocabulary) -> bytes:
    """Return the source model with the pieces of the target added as unused ones.

    Argos decodes with the same SentencePiece model; unused pieces are never produced by encoding.
    """
    model = protobuf.ModelProto()
    model.ParseFromString(vocabulary.source.serialized_model_proto())
    known = {piece.piece for piece in model.pieces}
    for piece in vocabulary.target_pieces:
        if piece not in known:
            model.pieces.add(piece=piece, score=0.0, type=Piece.UNUSED)
    model.trainer_spec.vocab_size = len(model.pieces)
    return bytes(model.SerializeToString())


def package_name(metadata: Metadata) -> str:
    """Return the folder name of a package, as Argos names them."""
    version = metadata["package_version"].replace(".", "_")
    return f"translate-{metadata['from_code']}_{metadata['to_code']}-{version}"


def write_package(
    folder: Path,
    model: TranslationModel,
    vocabulary: Vocabulary,
    metadata: Metadata,
    documents: Mapping[str, str],
) -> Path:
    """Write an `.argosmodel` with int8 weights into a folder and return its path.

    `documents` are further text files by name (README.md, LICENSE). The same model, metadata and
    documents give the same bytes.
    """
    name = package_name(metadata)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        write_ctranslate2(root / "model", model, vocabulary, "int8")
        (root / "sentencepiece.model").write_bytes(package_sentencepiece(vocabulary))
        described = json.dumps(dict(metadata), ensure_ascii=False, indent=4) + "\n"
        for file_name, text in {**documents, "metadata.json": described}.items():
            (root / file_name).write_text(text, encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.argosmodel"
        write_archive(path, root, name)
    return path


def write_archive(path: Path, root: Path, name: str) -> None:
    """Zip the files below `root` into the folder `name`, in order and with one fixed date.

    They are stored as they are: packed they would be an eighth smaller, but each start of the
    toolkit would unpack them for 0.2 seconds.
    """
    partial = path.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for file in sorted(file for file in root.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(f"{name}/{file.relative_to(root).as_posix()}", ARCHIVE_DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    partial.replace(path)


def torch_log_probabilities(
    model: TranslationModel, pairs: Sequence[EncodedPair]
) -> list[list[float]]:
    """Return the log-probability of every target piece and the end, by PyTorch."""
    model.eval()
    with torch.no_grad():
        batch = make_batch(pairs)
        vectors = model(batch.source, batch.source_lengths, batch.target[:, :-1])
        scores = model.decoder.logits(vectors).log_softmax(-1)
        labels = batch.target[:, 1:]
        chosen = scores.gather(-1, labels[..., None])[..., 0]
    return [row[: len(pair.target) - 1].tolist() for row, pair in zip(chosen, pairs, strict=True)]


def ctranslate2_log_probabilities(
    folder: Path, vocabulary: Vocabulary, pairs: Sequence[EncodedPair]
) -> list[list[float]]:
    """Return the same by CTranslate2's `score_batch`."""
    translator = ctranslate2.Translator(str(folder), compute_type="default")
    source_pieces = vocabulary.source_pieces
    results = translator.score_batch(
        [[source_pieces[number] for number in pair.source[1:-1]] for pair in pairs],
        [[vocabulary.target_pieces[number] for number in pair.target[1:-1]] for pair in pairs],
    )
    return [result.log_probs for result in results]


def export_difference(
    model: TranslationModel, vocabulary: Vocabulary, pairs: Sequence[EncodedPair], quantisation: str
) -> tuple[float, float]:
    """Return (mean, largest) difference of log-probabilities between PyTorch and an export."""
    known = [pair for pair in pairs if UNKNOWN not in pair.source]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_ctranslate2(folder, model, vocabulary, quantisation)
        theirs = ctranslate2_log_probabilities(folder, vocabulary, known)
    ours = torch_log_probabilities(model, known)
    differences = np.abs(np.concatenate(ours) - np.concatenate(theirs))
    return float(differences.mean()), float(differences.max())


def check_export(
    model: TranslationModel, vocabulary: Vocabulary, pairs: Sequence[EncodedPair]
) -> tuple[float, float]:
    """Compare exports with PyTorch on some pairs; return (largest float32, mean int8) difference.

    Raise ValueError when CTranslate2 computes something else than PyTorch.
    """
    _, largest = export_difference(model, vocabulary, pairs, "float32")
    mean, _ = export_difference(model, vocabulary, pairs, "int8")
    if largest > LARGEST_DIFFERENCE or mean > LARGEST_INT8_DIFFERENCE:
        raise ValueError(
            f"the export differs from PyTorch: largest {largest:.5f} unquantised, "
            f"mean {mean:.5f} as int8; the layouts in training/parameters.py do not match"
        )
    return largest, mean
