"""Numbers and names of a memory's unit exchanged for those of a new segment.

“Принято 5 документов” answers “Принято 12 документов” as it stands but for the number. What
counts as a value: the literals of the source (numbers, sums, times, dates, addresses, Latin names)
and the names of the glossary.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.bitext import TermMatch
from toolkit.literals import find_literals
from toolkit.packages import base_lang

_DIGITS = re.compile(r"(?<![\w.,:-])\d+(?![\w:-]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Value:
    """A number or name of a source.

    Fields:
        start, stop: where it stands in the source.
        target: how it stands in the translation.
        kind: `name`, `number` and so on.
    """

    start: int
    stop: int
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """A translation whose numbers and names are those of a new segment.

    Fields:
        target: the translation.
        whole: whether nothing but values was different.
        reason: what was exchanged, for people.
    """

    target: str
    whole: bool
    reason: str


def find_values(text: str, terms: Sequence[TermMatch], langs: tuple[str, str]) -> tuple[Value, ...]:
    """Find the numbers and names of a source, in their order.

    Args:
        text: the source.
        terms: the glossary's terms in it.
        langs: codes of its language and of the translation's; numbers that are written otherwise
            there are found from Russian into English only.
    """
    values: list[Value] = []
    for one in sorted(_values(text, terms, langs), key=lambda value: (value.start, -value.stop)):
        if not values or one.start >= values[-1].stop:
            values.append(one)
    return tuple(values)


def _values(text: str, terms: Sequence[TermMatch], langs: tuple[str, str]) -> Iterator[Value]:
    for term in terms:
        if term.concept.pos == "name":
            yield Value(term.start, term.stop, term.concept.target, "name")
    if tuple(map(base_lang, langs)) == ("ru", "en"):
        for one in find_literals(text):
            yield Value(one.start, one.start + len(one.source), one.target, one.kind)
    else:
        for match in _DIGITS.finditer(text):
            yield Value(*match.span(), match.group(), "number")


def substitute(
    old: tuple[str, Sequence[Value]], translation: str, new: tuple[str, Sequence[Value]]
) -> Substitution | None:
    """Exchange the values of a translation for those of a new source.

    Args:
        old: the source that was translated, with its values.
        translation: its translation.
        new: the source to translate, with its values.

    Returns:
        None where the values of the two sources do not answer each other one by one, where one
        does not stand in the translation as often as in the source, or where one of two numbers
        is 1, for then other words change.

    >>> sources = "Принято 5 документов.", "Принято 12 документов."
    >>> old, new = ((text, find_values(text, (), ("ru", "en"))) for text in sources)
    >>> substitute(old, "5 documents were adopted.", new)
    Substitution(target='12 documents were adopted.', whole=True, reason='“5” → “12”')
    """
    olds, news = old[1], new[1]
    if [one.kind for one in olds] != [one.kind for one in news]:
        return None
    exchange: dict[str, str] = {}
    for before, after in zip(olds, news, strict=True):
        if exchange.setdefault(before.target, after.target) != after.target:
            return None
    changed = {before: after for before, after in exchange.items() if before != after}
    if not changed or "1" in {*changed, *changed.values()}:
        return None
    if any(
        len(_places(before, translation)) != sum(one.target == before for one in olds)
        for before in changed
    ):
        return None
    target = _exchanged(translation, changed)
    reason = ", ".join(f"“{before}” → “{after}”" for before, after in changed.items())
    return Substitution(target, _frame(*old) == _frame(*new), reason)


def _places(value: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(_standing_alone(value), text)]


def _standing_alone(value: str) -> str:
    return rf"(?<![\w])(?<!\d[.,:-])(?:{re.escape(value)})(?!\w|[.,:-]\d)"


def _exchanged(text: str, values: dict[str, str]) -> str:
    """Exchange all values at once, so that none is exchanged twice."""
    longest_first = sorted(values, key=len, reverse=True)
    pattern = "|".join(map(_standing_alone, longest_first))
    return re.sub(pattern, lambda match: values[match.group()], text)


def _frame(text: str, values: Sequence[Value]) -> tuple[str, ...]:
    """Give what stands around the values of a source."""
    starts = [0, *(one.stop for one in values)]
    stops = [*(one.start for one in values), len(text)]
    return tuple(text[start:stop] for start, stop in zip(starts, stops, strict=True))
