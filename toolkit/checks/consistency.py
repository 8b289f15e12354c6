"""Checks across a document: one source with several translations, one translation of several."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from toolkit.checks.pair import Finding, Pair
from toolkit.checks.tokens import Token, tokens

FEWEST_WORDS = 4
"""Short answers are often the same for different questions."""
MOST_SHARED = 0.5
"""Sources that share more of their words may well have the same translation."""


_NO_LETTER = re.compile(r"[\W_]+")


def check_same_source(pairs: Sequence[Pair]) -> Iterator[tuple[int, Finding]]:
    """Find units whose source is translated otherwise elsewhere in the document.

    Yields:
        the number of the unit, and the finding.
    """
    for numbers in _alike([pair.source for pair in pairs]):
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
    for numbers in _alike([pair.target for pair in pairs]):
        reported: set[int] = set()
        for one, other in combinations(numbers, 2):
            if other not in reported and _differ(pairs[one], pairs[other]):
                reported.add(other)
                message = (
                    f"another source, in unit {pairs[one].unit.source.id}, has the same "
                    "translation: check both"
                )
                yield other, Finding(message)


def _words(words: Sequence[Token]) -> tuple[str, ...]:
    return tuple(word.folded for word in words)


def _alike(texts: Sequence[str]) -> Iterator[list[int]]:
    """Group the numbers of texts that have the same words; only groups of several count.

    Texts are compared by their letters first, which is quick.
    """
    for numbers in _groups(range(len(texts)), [_letters(text) for text in texts]):
        yield from _groups(numbers, [_words(tokens(texts[number])) for number in numbers])


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold().replace("ё", "е"))


def _groups(numbers: Iterable[int], keys: Iterable[Hashable]) -> Iterator[list[int]]:
    """Group numbers whose keys are the same."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for number, key in zip(numbers, keys, strict=True):
        if key:
            found[key].append(number)
    return (members for members in found.values() if len(members) > 1)


def _differ(one: Pair, other: Pair) -> bool:
    """Tell whether two sources share so few words that one translation cannot fit both."""
    first, second = one.source_words, other.source_words
    if min(len(first), len(second)) < FEWEST_WORDS:
        return False
    return len(first & second) < MOST_SHARED * min(len(first), len(second))
