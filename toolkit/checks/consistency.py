"""Checks across a document: one source with several translations, one translation of several."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from toolkit.checks.pair import Finding, Pair
from toolkit.checks.tokens import Token

FEWEST_WORDS = 4
"""Short answers are often the same for different questions."""
MOST_SHARED = 0.5
"""Sources that share more of their words may well have the same translation."""


def check_same_source(pairs: Sequence[Pair]) -> Iterator[tuple[int, Finding]]:
    """Find units whose source is translated otherwise elsewhere in the document.

    Yields:
        the number of the unit, and the finding.
    """
    for numbers in _groups([_words(pair.source_tokens) for pair in pairs]):
        renderings = Counter(_words(pairs[number].target_tokens) for number in numbers)
        if len(renderings) < 2:
            continue
        usual = renderings.most_common(1)[0][0]
        other = next(n for n in numbers if _words(pairs[n].target_tokens) == usual)
        for number in numbers:
            pair = pairs[number]
            if _words(pair.target_tokens) != usual:
                message = (
                    f"the same source is translated as “{pairs[other].target}” in unit "
                    f"{pairs[other].unit.source.id}: use one translation"
                )
                yield number, Finding(message)


def check_same_target(pairs: Sequence[Pair]) -> Iterator[tuple[int, Finding]]:
    """Find units whose translation is also that of quite another source.

    Yields:
        the number of the unit, and the finding.
    """
    for numbers in _groups([_words(pair.target_tokens) for pair in pairs]):
        reported: set[int] = set()
        for one, other in combinations(numbers, 2):
            if other not in reported and _differ(pairs[one], pairs[other]):
                reported.add(other)
                message = (
                    f"another source, in unit {pairs[one].unit.source.id}, has the same "
                    "translation: check both"
                )
                yield other, Finding(message)


def _words(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.folded for token in tokens)


def _groups(keys: Sequence[tuple[str, ...]]) -> Iterator[list[int]]:
    """Group the numbers of units by their words; only groups of several count."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        if key:
            found[key].append(number)
    return (numbers for numbers in found.values() if len(numbers) > 1)


def _differ(one: Pair, other: Pair) -> bool:
    """Tell whether two sources share so few words that one translation cannot fit both."""
    first, second = one.source_words, other.source_words
    if min(len(first), len(second)) < FEWEST_WORDS:
        return False
    return len(first & second) < MOST_SHARED * min(len(first), len(second))
