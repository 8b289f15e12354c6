"""Checks of completeness: what is left out or added shows in the length and the content words.

The limits are a compromise. Of 9,000 freely translated sentences of news (WMT 2016 to 2018) 4.2 in
a hundred lie outside those of length and 4.1 outside those of content, of 8,946 closely translated
ones (training/text) 0.6 outside those of length; where the longest clause of these, a quarter of
the text or more, is left out, the length tells it in 91 of a hundred.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from toolkit.checks.pair import Finding, Pair

Limits = tuple[tuple[int, float, float], ...]
# Up to so many characters of the source: the least and the greatest ratio of lengths.
LENGTHS: Limits = (
    (30, 0.38, 2.6),
    (60, 0.55, 1.9),
    (120, 0.71, 1.55),
    (250, 0.75, 1.38),
    (10**6, 0.76, 1.29),
)
# Up to so many content words of the source: the least and the greatest ratio of their numbers.
CONTENT: Limits = (
    (5, 0.4, 2.0),
    (9, 0.55, 1.6),
    (14, 0.64, 1.45),
    (24, 0.7, 1.33),
    (10**6, 0.74, 1.19),
)
SHORTEST_SOURCE = 12
"""Headings of fewer characters are rendered in many ways."""
FEWEST_WORDS = 3
LEAST_DIFFERENCE = 3
"""A word or two are always found or lost."""
SHORTEST_CONTENT = {"ru": 4, "en": 3}
"""Shorter words are mostly function words (letters)."""


def check_length(pair: Pair) -> Iterator[Finding]:
    """Find translations that are much shorter or longer than such a source has."""
    source, target = len(pair.source), len(pair.target.strip())
    if source < SHORTEST_SOURCE or not target:
        return
    ratio = target / source
    least, most = _limits(LENGTHS, source)
    if ratio < least:
        message = (
            f"the translation is {100 * ratio:.0f} % as long as the source: is a part left out?"
        )
        yield Finding(message)
    elif ratio > most:
        message = f"the translation is {100 * ratio:.0f} % as long as the source: is a part added?"
        yield Finding(message)


def check_coverage(pair: Pair) -> Iterator[Finding]:
    """Find translations with too few or too many content words."""
    source = sum(len(token.text) >= SHORTEST_CONTENT["ru"] for token in pair.source_tokens)
    stopwords = _stopwords()
    target = sum(
        len(token.text) >= SHORTEST_CONTENT["en"] and token.folded not in stopwords
        for token in pair.target_tokens
    )
    if source < FEWEST_WORDS or abs(source - target) < LEAST_DIFFERENCE:
        return
    least, most = _limits(CONTENT, source)
    if target < least * source:
        message = f"{source} content words have become {target}: is something left out?"
        yield Finding(message)
    elif target > most * source:
        message = f"{source} content words have become {target}: is something added?"
        yield Finding(message)


def _limits(table: Limits, size: int) -> tuple[float, float]:
    return next((least, most) for limit, least, most in table if size <= limit)


@cache
def _stopwords() -> frozenset[str]:
    file = resources.files("toolkit") / "data" / "english" / "stopwords.txt"
    return frozenset(re.findall(r"^[^#\s]+", file.read_text("utf-8"), re.MULTILINE))
