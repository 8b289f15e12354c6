"""Weights and pieces survive the way out of a package and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch")

import numpy as np
from training.ct2 import read_tensors
from training.e5 import unpack_4bit
from training.export import write_ctranslate2
from training.initialise import fill_rows, package_state
from training.loss import smoothed_cross_entropy
from training.parameters import parameter_names
from training.vocabulary import close_under_merges, piece_text

if TYPE_CHECKING:
    from pathlib import Path

    from training.model import TranslationModel
    from training.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("token", "text"),
    [("Ġthe", "▁the"), ("Ã©", "é"), ("Ã", None), ("<|endoftext|>", "<|endoftext|>")],
)
def test_tokens_are_written_as_text(token: str, text: str | None) -> None:
    assert piece_text(token) == text


def test_longer_tokens_bring_their_parts() -> None:
    closed = close_under_merges(["the"], [("t", "h"), ("th", "e"), ("h", "e")])
    assert {"the", "th"} <= closed
    assert "he" not in closed


def test_unquantised_tensors_are_read_as_written(
    toy_model: TranslationModel, toy_vocabulary: Vocabulary, tmp_path: Path
) -> None:
    write_ctranslate2(tmp_path, toy_model, toy_vocabulary, "float32")
    tensors = read_tensors((tmp_path / "model.bin").read_bytes())
    state = toy_model.state_dict()
    for ours, theirs in parameter_names(toy_model.shape):
        assert np.array_equal(tensors[theirs], state[ours].numpy()), ours


def test_a_package_gives_its_weights_back(
    toy_model: TranslationModel, toy_vocabulary: Vocabulary, tmp_path: Path
) -> None:
    write_ctranslate2(tmp_path / "model", toy_model, toy_vocabulary, "int8")
    state = {name: tensor.numpy() for name, tensor in toy_model.state_dict().items()}
    zeros = {name: np.zeros_like(array) for name, array in state.items()}
    read = package_state(tmp_path, toy_vocabulary, toy_model.shape, zeros)
    for name, array in state.items():
        rows = array.reshape(len(array), -1)
        steps = np.abs(rows).max(axis=1, keepdims=True) / 127
        assert (np.abs(read[name].reshape(rows.shape) - rows) <= steps * 0.51 + 1e-7).all(), name


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="version 5"):
        read_tensors((5).to_bytes(4, "little"))


def test_4_bit_blocks_hold_low_halves_first() -> None:
    step = np.float16(0.5).tobytes()
    block = step + bytes([0x98] * 16)
    assert unpack_4bit(block, 0, len(block)).tolist() == [[0.0] * 16 + [0.5] * 16]


def test_unknown_pieces_get_small_rows() -> None:
    table = np.ones((1, 4), np.float32)
    rows = fill_rows(["known", "new"], {"known": 0}, table, seed=1)
    assert rows[0].tolist() == [1.0] * 4
    assert 0 < np.abs(rows[1]).max() < 0.2


def test_the_loss_and_its_gradients_are_those_of_pytorch() -> None:
    torch.manual_seed(1)
    vectors = torch.randn(300, 8, requires_grad=True)
    weight = torch.randn(11, 8, requires_grad=True)
    bias = torch.randn(11, requires_grad=True)
    labels = torch.randint(11, (300,))
    ours = smoothed_cross_entropy(vectors, weight, bias, labels, 0.1)
    logits = torch.nn.functional.linear(vectors, weight, bias)
    theirs = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)
    assert torch.allclose(ours, theirs, atol=1e-5)
    inputs = (vectors, weight, bias)
    for our_gradient, their_gradient in zip(
        torch.autograd.grad(ours, inputs), torch.autograd.grad(theirs, inputs), strict=True
    ):
        assert torch.allclose(our_gradient, their_gradient, atol=1e-5)
