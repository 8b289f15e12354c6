"""A toy language pair: a vocabulary, a model and pairs so small that training takes seconds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toy_language import TOY_SENTENCES, TOY_SOURCE_PIECES, TOY_TARGET_TOKENS

if TYPE_CHECKING:
    from training.batches import EncodedPair
    from training.model import TranslationModel
    from training.vocabulary import Vocabulary

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # `training` is no part of the wheel


@pytest.fixture(scope="session")
def toy_vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    from training.vocabulary import (
        BYTE_LETTERS,
        SPECIAL_PIECES,
        TERM_END,
        TERM_START,
        Vocabulary,
        WhisperTokens,
        piece_text,
        write_vocabulary,
    )

    merges = [
        (token[:end], token[end]) for token in TOY_TARGET_TOKENS for end in range(1, len(token))
    ]
    tokens = dict.fromkeys([*BYTE_LETTERS, *(left + right for left, right in merges)])
    whisper = WhisperTokens(
        {token: number for number, token in enumerate(tokens)}, tuple(dict.fromkeys(merges))
    )
    texts = (piece_text(token) for token in tokens)
    targets = list(dict.fromkeys([*SPECIAL_PIECES, *(text for text in texts if text)]))
    sources = [*SPECIAL_PIECES, TERM_START, TERM_END, "▁", *TOY_SOURCE_PIECES, *"йцук"]
    scores = dict.fromkeys(sources[len(SPECIAL_PIECES) :], -1.0)
    folder = tmp_path_factory.mktemp("vocabulary")
    write_vocabulary(folder, sources, scores, targets, whisper)
    return Vocabulary.load(folder)


@pytest.fixture
def toy_model(toy_vocabulary: Vocabulary) -> TranslationModel:
    import torch
    from training.model import ModelShape, TranslationModel

    torch.manual_seed(1)
    shape = ModelShape(
        toy_vocabulary.source.get_piece_size(),
        len(toy_vocabulary.target_pieces),
        width=32,
        inner_width=64,
        encoder_layers=1,
        encoder_heads=2,
        decoder_layers=1,
        decoder_heads=2,
        source_positions=64,
        target_positions=64,
    )
    return TranslationModel(shape)


@pytest.fixture
def toy_pairs(toy_vocabulary: Vocabulary) -> list[EncodedPair]:
    from training.batches import encode_pairs
    from training.corpus import Pair

    return encode_pairs(toy_vocabulary, [Pair(*sides) for sides in TOY_SENTENCES])
