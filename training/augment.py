"""Change pairs at random while training, so that the model meets more than clean sentences.

Each change keeps the pair a true translation. The list of changes is `CHANGES`; a pair goes through
it from top to bottom, and each change happens with its own probability.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from training.corpus import Pair
from training.names import swap_surnames
from training.vocabulary import TERM_START

Change = Callable[[Pair, random.Random], Pair]

QUOTES = (("«", "»"), ('"', '"'), ("„", "“"), ("“", "”"))
DASHES = ("–", "-", "--")
NUMBER = re.compile(r"(?<![\d.,:/-])\d{2,4}(?![\d.,:/-])")

SHORTEST_HEADLINE, LONGEST_HEADLINE = 3, 14
"""Words of a sentence that may be set in capitals."""


def drop_final_stop(pair: Pair, rng: random.Random) -> Pair:
    """Remove the full stop at the end of both sides, as in headlines and table cells."""
    if pair.source.endswith(".") and pair.target.endswith("."):
        return replace(pair, source=pair.source[:-1], target=pair.target[:-1])
    return pair


def capitalise(pair: Pair, rng: random.Random) -> Pair:
    """Set a short source in capitals; the English stays in normal case, ready to be read."""
    if TERM_START in pair.source:
        return pair
    if SHORTEST_HEADLINE <= len(pair.source.split()) <= LONGEST_HEADLINE:
        return replace(pair, source=pair.source.upper())
    return pair


def lower_first_letter(pair: Pair, rng: random.Random) -> Pair:
    """Begin both sides with a small letter, as list items do; not before a name."""
    source, target = pair.source.split(" ", 1), pair.target.split(" ", 1)
    if source[0].istitle() and target[0] in COMMON_FIRST_WORDS:
        return replace(
            pair,
            source=" ".join([source[0].lower(), *source[1:]]),
            target=" ".join([target[0].lower(), *target[1:]]),
        )
    return pair


COMMON_FIRST_WORDS = frozenset(
    "The A An In On At For This That These Those It They We He She There After Before".split()
)
"""English first words that are certainly no names."""


def forget_yo(pair: Pair, rng: random.Random) -> Pair:
    """Write е for ё, as most Russian texts do."""
    return replace(pair, source=pair.source.replace("ё", "е").replace("Ё", "Е"))


def vary_quotes(pair: Pair, rng: random.Random) -> Pair:
    """Use another kind of quotation marks in the source."""
    opening, closing = rng.choice(QUOTES)
    return replace(pair, source=pair.source.replace("«", opening).replace("»", closing))


def vary_dashes(pair: Pair, rng: random.Random) -> Pair:
    """Use another kind of dash in the source."""
    return replace(pair, source=pair.source.replace("—", rng.choice(DASHES)))


def change_number(pair: Pair, rng: random.Random) -> Pair:
    """Replace a number that both sides write alike by another of the same length."""
    shared = set(NUMBER.findall(pair.source)) & set(NUMBER.findall(pair.target))
    if not shared:
        return pair
    old = rng.choice(sorted(shared))
    low = 10 ** (len(old) - 1)
    new = str(rng.randrange(low, 10 * low))
    if len(old) == len("1991"):  # four digits are nearly always a year
        new = str(rng.randrange(1800, 2060))
    pattern = re.compile(rf"(?<![\d.,:/-]){old}(?![\d.,:/-])")
    return replace(pair, source=pattern.sub(new, pair.source), target=pattern.sub(new, pair.target))


@dataclass(frozen=True, slots=True)
class SurnameSwap:
    """Replace a surname by another one; see `training.names`."""

    surnames: tuple[str, ...]

    def __call__(self, pair: Pair, rng: random.Random) -> Pair:
        """Return the pair with one surname exchanged, if it has one and no annotation names it."""
        if TERM_START in pair.source:
            return pair
        return swap_surnames(pair, self.surnames, rng)


SPELLING_CHANGES: tuple[tuple[float, Change], ...] = (
    (0.15, change_number),
    (0.06, drop_final_stop),
    (0.03, lower_first_letter),
    (0.35, forget_yo),
    (0.15, vary_quotes),
    (0.12, vary_dashes),
    (0.03, capitalise),
)

SURNAME_SWAPS = 0.4
JOINED = 0.04
"""Share of pairs that are joined with the next one, for long inputs."""


def change_pair(pair: Pair, changes: Sequence[tuple[float, Change]], rng: random.Random) -> Pair:
    """Apply each change with its probability."""
    for probability, change in changes:
        if rng.random() < probability:
            pair = change(pair, rng)
    return pair


def join_some(pairs: Sequence[Pair], share: float, rng: random.Random) -> list[Pair]:
    """Join a share of the pairs with their next neighbour; the neighbour stays as well."""
    joined = list(pairs)
    for number in range(len(pairs) - 1):
        if rng.random() < share:
            first, second = pairs[number], pairs[number + 1]
            joined[number] = replace(
                first,
                source=f"{first.source} {second.source}",
                target=f"{first.target} {second.target}",
            )
    return joined
