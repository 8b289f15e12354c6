"""Put together the batches of an epoch: draw pairs by weight, change some, encode, sort."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.augment import (
    JOINED,
    SPELLING_CHANGES,
    SURNAME_SWAPS,
    Change,
    SurnameSwap,
    change_pair,
    join_some,
)
from training.batches import EncodedPair, encode_pairs, sort_into_batches
from training.corpus import Pair
from training.terms import TermAnnotation
from training.vocabulary import Vocabulary

WORD_LISTS = frozenset({"lexicon", "places"})
"""Origins whose pairs are no running text and stay as they are."""

ANNOTATED = 0.15
"""Share of pairs with known spans that get terms."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Hold all pairs to train on and what changes them; calling it gives an epoch's batches."""

    pairs: tuple[Pair, ...]
    surnames: SurnameSwap
    terms: TermAnnotation
    vocabulary: Vocabulary
    batch_pieces: int
    seed: int

    def __call__(self, epoch: int) -> list[list[EncodedPair]]:
        """Return the batches of an epoch; the same seed and number give the same batches."""
        rng = random.Random(f"{self.seed}/{epoch}")
        changes: tuple[tuple[float, Change], ...] = (
            (ANNOTATED, self.terms),
            (SURNAME_SWAPS, self.surnames),
            *SPELLING_CHANGES,
        )
        drawn = draw_pairs(self.pairs, rng)
        texts = [change_pair(p, changes, rng) for p in drawn if p.origin not in WORD_LISTS]
        words = [pair for pair in drawn if pair.origin in WORD_LISTS]
        encoded = encode_pairs(self.vocabulary, join_some(texts, JOINED, rng) + words)
        return sort_into_batches(encoded, self.batch_pieces, rng)


def draw_pairs(pairs: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """Return each pair as often as its weight says: 0.3 is 3 epochs of 10, 2.5 is two or three."""
    return [pair for pair in pairs for _ in range(int(pair.weight + rng.random()))]
