"""Reading dates and times in Russian and English."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from toolkit.bitext import Span
from toolkit.checks.quantities import Language
from toolkit.checks.tokens import Token, rows

TIME = re.compile(r"(?<![\d:.,])([01]?\d|2[0-4])[:.]([0-5]\d)(?![\d:%]|[.,]\d|\s?%)")
MEASURED = re.compile(
    r"\s?(?:проц|млн|млрд|тыс|milli|billi|thous|perc|per cent|km|км|тонн|руб|долл)"
)
HOUR = re.compile(r"(?<![\d:.,])(\d{1,2})(?:[:.]([0-5]\d))?\s*([ap])\.?\s?m\b", re.IGNORECASE)
RU_HOUR = re.compile(
    r"(?<!\d)(\d{1,2})\s+час(?:ов|а|у|ам)?\s+(?:(\d\d)\s+мин\w*\s+)?(утра|дня|вечера|ночи)?"
)
_DIGIT = re.compile(r"\d")
NUMERIC_DATE = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./]((?:\d\d){1,2})(?![\d/]|\.\d)")
ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
DAY_BEFORE = re.compile(r"(?<!\d)(\d{1,2})(?:-?(?:го|е|ого)|st|nd|rd|th)?\s+(?:of\s+)?$")
DAY_AFTER = re.compile(r"\.?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\b(?![:.,]?\d)")
MONTH_CONTEXT = re.compile(
    r"(?:\b(?:in|of|since|until|till|by|on|from|to|early|late|mid|last|next|this|every|and|before|"
    r"after|through|between|for)|\d(?:st|nd|rd|th)?|[,(–—-])[\s-]*$",
    re.IGNORECASE,
)
"""What stands before May and March where they are months."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates and times of a text.

    Fields:
        names: months (1 to 12) and weekdays (mon to sun), with where each first stands.
        hints: the names that its words may stand for.
        days: the days that stand beside a month, each with its place.
        times: minutes after midnight, or after noon where that is open.
        numbers: days, months, years and hours that are written in digits.
        spans: where dates in digits and times stand.
    """

    names: Mapping[str, Span]
    hints: frozenset[str]
    days: Mapping[str, Mapping[int, Span]]
    times: Mapping[int, Span]
    numbers: frozenset[Decimal]
    spans: tuple[Span, ...]


@cache
def _names(language: Language) -> dict[str, str]:
    return {
        form: name
        for name, russian, _, english in rows("calendar.tsv")
        for form in (russian if language == "ru" else english).split(",")
        if form
    }


@cache
def _beginnings() -> tuple[tuple[str, str], ...]:
    return tuple((others, name) for name, _, others, _ in rows("calendar.tsv") if others)


def _hinted(text: str, forms: Collection[str], language: Language) -> frozenset[str]:
    """Give the names that other words of the text may stand for: октябрьский, 8 Марта."""
    hints = {_names(language)[form] for form in forms}
    if language == "ru":
        folded = text.casefold()
        hints |= {name for beginning, name in _beginnings() if beginning in folded}
    return frozenset(hints)


def read_calendar(text: str, words: Sequence[Token], language: Language) -> Calendar:
    """Find the dates and times of a text.

    >>> from toolkit.checks.tokens import tokens
    >>> found = read_calendar("on March 3 at 7 p.m.", tokens("on March 3 at 7 p.m."), "en")
    >>> list(found.names), dict(found.days), list(found.times)
    (['3'], {'3': {3: (3, 10)}}, [1140])
    """
    names: dict[str, Span] = {}
    days: dict[str, dict[int, Span]] = {}
    forms = _names(language).keys() & {token.folded for token in words}
    for name, token in _named(text, words, language) if forms else ():
        names.setdefault(name, token.span)
        if name.isdigit():
            days.setdefault(name, {}).update(_days_beside(text, token, language))
    numbers: set[Decimal] = set()
    spans: list[Span] = []
    if _DIGIT.search(text):
        for found, day, month in _numeric_dates(text, language):
            names.setdefault(str(month), found.span())
            days.setdefault(str(month), {})[day] = found.span()
            numbers.update(map(Decimal, found.groups()))
            spans.append(found.span())
    times = dict(_times(text, spans, language)) if _DIGIT.search(text) else {}
    for minutes in times:
        numbers |= {Decimal(minutes // 60), Decimal(minutes // 60 % 12), Decimal(minutes % 60)}
    hints = _hinted(text, forms, language) | names.keys()
    return Calendar(names, hints, days, times, frozenset(numbers), (*spans, *times.values()))


def _named(text: str, words: Sequence[Token], language: Language) -> Iterator[tuple[str, Token]]:
    known = _names(language)
    for token in words:
        if (name := known.get(token.folded)) is None:
            continue
        if language == "en" and not token.text[0].isupper():
            continue
        if language == "ru" and token.text[0].isupper() and token.start:
            continue
        if token.folded in {"may", "march", "mar", "august"}:
            near_day = DAY_AFTER.match(text, token.stop)
            if not near_day and not MONTH_CONTEXT.search(text, 0, token.start):
                continue
        yield name, token


def _days_beside(text: str, token: Token, language: Language) -> Iterator[tuple[int, Span]]:
    before = DAY_BEFORE.search(text, max(0, token.start - 12), token.start)
    if before:
        yield int(before.group(1)), (before.start(), token.stop)
    elif language == "en" and (after := DAY_AFTER.match(text, token.stop)):
        yield int(after.group(1)), (token.start, after.end())


def _numeric_dates(text: str, language: Language) -> Iterator[tuple[re.Match[str], int, int]]:
    """Yield dates in digits with their day and month; in English in both orders."""
    for found in ISO_DATE.finditer(text):
        yield found, int(found.group(3)), int(found.group(2))
    for found in NUMERIC_DATE.finditer(text):
        day, month = int(found.group(1)), int(found.group(2))
        if month <= 12 and day <= 31:
            yield found, day, month
        if language == "en" and day <= 12 and month <= 31:
            yield found, month, day


def _times(text: str, dates: Sequence[Span], language: Language) -> Iterator[tuple[int, Span]]:
    """Yield times as minutes, with where they stand."""
    taken = list(dates)
    clock = HOUR if language == "en" else RU_HOUR
    for found in clock.finditer(text):
        hour, minutes, half = found.groups()
        late = half in {"p", "P", "вечера", "дня"} and int(hour) < 12
        if half or int(hour) > 12 or minutes:
            taken.append(found.span())
            yield (int(hour) + 12 * late) * 60 + int(minutes or 0), found.span()
    for found in TIME.finditer(text):
        free = all(found.end() <= start or stop <= found.start() for start, stop in taken)
        if free and (":" in found.group() or _is_time_with_point(text, found)):
            yield int(found.group(1)) * 60 + int(found.group(2)), found.span()


def _is_time_with_point(text: str, found: re.Match[str]) -> bool:
    """Tell whether two numbers with a point are a time, «в 19.30», and no decimal number."""
    before = re.search(r"\b(?:в|к|до|с|около|at|by|until|from|around)\s$", text[: found.start()])
    return bool(before) and not MEASURED.match(text, found.end())
