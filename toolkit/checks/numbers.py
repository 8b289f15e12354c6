"""Checks of numbers: their values, percentages, currencies and units."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from toolkit.bitext import Span
from toolkit.checks.pair import Finding, Pair, quoted
from toolkit.checks.quantities import Quantity
from toolkit.checks.tokens import rows

LEAST_SPELT = 3
"""Smaller numbers in words often stand in idioms: в двух словах, one of them."""
LARGE = (10**3, 10**6, 10**9, 10**12)
SOURCE_IDIOMS = re.compile(
    r"\b(?:на все сто|сто раз|в десятк\w+|на десят\w+|стократ\w*|семи пядей|тридевят\w+|"
    r"по (?:третьему|десятому) разу|третьего не дано|третьи(?:х|м|ми)? (?:стран|лиц|сторон)\w*)\b",
    re.IGNORECASE,
)
TARGET_IDIOMS = re.compile(
    r"\b(?:zero[- ]sum|ten to one|nine times out of ten|at sixes and sevens|third part(?:y|ies)|"
    r"(?:third|fifth|sixth|seventh|eighth|ninth|tenth)-?(?:rate|class|grade\w*))\b",
    re.IGNORECASE,
)


def check_number(pair: Pair) -> Iterator[Finding]:
    """Find numbers that the translation lacks, and numbers that it adds."""
    source, target = pair.source_quantities, pair.target_quantities
    if not source and not target:
        return
    scales = _scales(source) | _scales(target)
    answers = _values(target, scales) | pair.target_calendar.numbers
    for one in _required(pair.source, source, SOURCE_IDIOMS, pair.source_calendar.spans):
        if not _values([one], scales) & answers:
            words = quoted(pair.source, one.span)
            yield Finding(f"{words} is not in the translation: put the number right", one.span)
    answers = _values(source, scales) | pair.source_calendar.numbers
    for one in _required(pair.target, target, TARGET_IDIOMS, pair.target_calendar.spans):
        if not _values([one], scales) & answers:
            words = quoted(pair.target, one.span)
            message = f"{words} is not in the source: put the number right"
            yield Finding(message, target=one.span)


def _scales(quantities: Iterable[Quantity]) -> set[int]:
    """Give the scales that numbers without one may borrow: 5 млрд, из них два."""
    largest = max((value for one in quantities for value in one.values), default=Decimal(0))
    return {scale for scale in LARGE if scale <= largest < 1000 * scale}


def _values(quantities: Iterable[Quantity], scales: set[int]) -> frozenset[Decimal]:
    values = {value for one in quantities for value in one.values}
    return frozenset(
        values | {value * scale for value in values for scale in scales if value < 1000}
    )


def _required(
    text: str, quantities: Iterable[Quantity], idioms: re.Pattern[str], spans: tuple[Span, ...]
) -> Iterator[Quantity]:
    """Yield the numbers that the other side must have."""
    excluded = [found.span() for found in idioms.finditer(text)] + list(spans)
    for one in quantities:
        if any(start <= one.start < stop for start, stop in excluded):
            continue
        if _is_binding(one):
            yield one


def _is_binding(one: Quantity) -> bool:
    """Tell whether a number must be rendered: no digit 1, no small number in words."""
    if one.kind == "digits":
        return one.values != {1}
    return one.kind == "words" and max(one.values, default=LEAST_SPELT) >= LEAST_SPELT


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure or currency, as Russian and English write it."""

    name: str
    anywhere: re.Pattern[str]
    source: re.Pattern[str]
    source_before: re.Pattern[str] | None
    target: re.Pattern[str]


@cache
def _percentage() -> tuple[Unit, ...]:
    return tuple(unit for unit in _units() if unit.name == "%")


@cache
def _measures() -> tuple[Unit, ...]:
    return tuple(unit for unit in _units() if unit.name != "%")


@cache
def _any_measure() -> re.Pattern[str]:
    return re.compile("|".join(unit.anywhere.pattern for unit in _measures()), re.IGNORECASE)


def _units() -> Iterator[Unit]:
    for name, russian, english in rows("units.tsv"):
        symbols = _symbols(russian)
        yield Unit(
            name,
            re.compile(russian, re.IGNORECASE),
            re.compile(rf"[\s\u00a0-]*(?:\w+(?:их|ых|ого|ий)\s+)?(?:{russian})\w*", re.IGNORECASE),
            re.compile(rf"[{symbols}]\s?$") if symbols else None,
            re.compile(rf"(?<![^\W\d])(?:{english})(?![^\W\d])", re.IGNORECASE),
        )


def _symbols(russian: str) -> str:
    """Give the currency signs among the ways to write a unit."""
    return "".join(sign for sign in russian if sign in "$€£₽¥₴₹")


def check_percent(pair: Pair) -> Iterator[Finding]:
    """Find percentages that have become plain numbers."""
    return _lost_units(pair, _percentage(), _percentage()[0].anywhere)


def check_amount(pair: Pair) -> Iterator[Finding]:
    """Find sums and measures whose currency or unit is lost or another one."""
    return _lost_units(pair, _measures(), _any_measure())


def _lost_units(
    pair: Pair, units: tuple[Unit, ...], any_unit: re.Pattern[str]
) -> Iterator[Finding]:
    numbers = [one for one in pair.source_quantities if one.kind != "other"]
    if not numbers or not any_unit.search(pair.source):
        return
    present = [unit for unit in units if unit.anywhere.search(pair.source)]
    for one in numbers:
        for unit in present:
            span = _unit_at(pair.source, one, unit)
            if span and not unit.target.search(pair.target):
                words = quoted(pair.source, span)
                message = f"the unit of {words} is lost or another one: put it right"
                yield Finding(message, span)


def _unit_at(text: str, one: Quantity, unit: Unit) -> Span | None:
    """Find a unit behind or before a number; give the span of both."""
    if after := unit.source.match(text, one.stop):
        return one.start, after.end()
    if unit.source_before and (
        before := unit.source_before.search(text, max(0, one.start - 2), one.start)
    ):
        return before.start(), one.stop
    return None
