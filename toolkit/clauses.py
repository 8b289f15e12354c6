"""Cutting a segment that is too long for a model where it hurts least."""

from collections.abc import Callable, Iterator

import regex

# Where a sentence may be cut, the best places first; the cut lies after the match.
CUTS = tuple(
    regex.compile(pattern)
    for pattern in (
        r"(?<=[.!?…;][»“”\")]*)\s+",  # between sentences and after semicolons
        r"(?<=:)\s+|\s+(?=[—–]\s)",  # after a colon, before a dash
        r"(?<=,)\s+(?=(?:а|и|но|или|что|чтобы|котор\w+|если|когда|так как)\b)",  # new clause
        r"(?<=,)\s+",
        r"\s+",
        r"",  # inside a word of inordinate length
    )
)


def split_into_clauses(text: str, max_length: int, length: Callable[[str], int]) -> Iterator[str]:
    """Cut a text into pieces that are short enough, as near the middle as a good place allows.

    Args:
        text: the text to cut.
        max_length: the greatest length of a piece, by the measure of `length`.
        length: measures a text, e.g. in the model's tokens.

    >>> list(split_into_clauses("Он пришёл, а она ушла.", 12, len))
    ['Он пришёл,', 'а она ушла.']
    """
    if len(text) <= 1 or length(text) <= max_length:
        yield text
        return
    left, right = _cut_near_middle(text)
    yield from split_into_clauses(left, max_length, length)
    yield from split_into_clauses(right, max_length, length)


def _cut_near_middle(text: str) -> tuple[str, str]:
    """Cut at the best kind of place that the middle half of the text has."""
    middle = len(text) / 2
    for cut in CUTS:
        places = [
            match for match in cut.finditer(text) if abs(match.start() - middle) <= len(text) / 4
        ]
        if places:
            best = min(places, key=lambda match: abs(match.start() - middle))
            return text[: best.start()], text[best.end() :]
    raise AssertionError("an empty match exists everywhere")  # pragma: no cover
