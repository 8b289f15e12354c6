"""Encode pairs and sort them into batches of similar length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training.corpus import Pair
from training.vocabulary import END, PAD, START, UNKNOWN, Vocabulary

LONGEST = 128
"""Longest side of a pair, in pieces; longer ones are left out."""

SORTED_TOGETHER = 20_000
"""Pairs sorted by length together: enough for little padding, few enough to keep batches mixed."""

LENGTH_STEP = 4
"""Targets whose length differs by less are sorted by source length, so that both sides fit."""


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """Hold the piece numbers of a pair, with start and end."""

    source: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold padded piece numbers: source (B, S) with lengths (B,), target (B, T)."""

    source: Tensor
    source_lengths: Tensor
    target: Tensor

    @property
    def pairs(self) -> int:
        """Return the number of pairs."""
        return len(self.source)


def encode_pairs(vocabulary: Vocabulary, pairs: Sequence[Pair]) -> list[EncodedPair]:
    """Encode pairs; leave out empty and overlong ones and those with unwritable characters."""
    sources = vocabulary.encode_source([pair.source for pair in pairs])
    targets = vocabulary.encode_target([pair.target for pair in pairs])
    return [
        EncodedPair((START, *source, END), (START, *target, END))
        for source, target in zip(sources, targets, strict=True)
        if 0 < len(source) <= LONGEST and 0 < len(target) <= LONGEST and UNKNOWN not in target
    ]


def sort_into_batches(
    pairs: Sequence[EncodedPair], pieces: int, rng: random.Random
) -> list[list[EncodedPair]]:
    """Group pairs of similar length so that no batch exceeds `pieces` on its longer side."""
    shuffled = rng.sample(pairs, len(pairs))
    batches = []
    for start in range(0, len(shuffled), SORTED_TOGETHER):
        chunk = sorted(
            shuffled[start : start + SORTED_TOGETHER],
            key=lambda pair: (len(pair.target) // LENGTH_STEP, len(pair.source)),
        )
        chunk_batches = list(fill_batches(chunk, pieces))
        rng.shuffle(chunk_batches)
        batches.extend(chunk_batches)
    return batches


def fill_batches(pairs: Sequence[EncodedPair], pieces: int) -> Iterator[list[EncodedPair]]:
    """Yield consecutive pairs in lists whose padded size stays within `pieces`."""
    batch: list[EncodedPair] = []
    longest = 0
    for pair in pairs:
        length = max(len(pair.source), len(pair.target))
        if batch and max(longest, length) * (len(batch) + 1) > pieces:
            yield batch
            batch, longest = [], 0
        batch.append(pair)
        longest = max(longest, length)
    if batch:
        yield batch


def make_batch(pairs: Sequence[EncodedPair]) -> Batch:
    """Pad pairs into tensors."""
    return Batch(
        pad([pair.source for pair in pairs]),
        torch.tensor([len(pair.source) for pair in pairs]),
        pad([pair.target for pair in pairs]),
    )


def pad(rows: Sequence[Sequence[int]]) -> Tensor:
    """Return rows of different length as one tensor, filled up with PAD."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])
