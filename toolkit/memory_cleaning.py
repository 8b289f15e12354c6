"""What a translation memory holds to no use."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, get_args

from toolkit.memory import Entry
from toolkit.scripts import has_letters_of

Reason = Literal["empty", "untranslated", "duplicate", "older"]
REASONS: tuple[Reason, ...] = get_args(Reason)
Numbered = tuple[int, Entry]


@dataclass(frozen=True, slots=True)
class Waste:
    """A unit that a memory does not need.

    Fields:
        number: of the unit in the memory.
        entry: the unit.
        reason: `empty` without any text on one side; `untranslated` with a translation that is
            its source; `duplicate` of a unit that differs in white space or knows the context as
            well; `older` than another translation of the same source in the same context.
        heir: number of the unit that stays in its place, if there is one.
    """

    number: int
    entry: Entry
    reason: Reason
    heir: int | None = None


def find_waste(entries: Iterable[Numbered]) -> Iterator[Waste]:
    """Find the units that are of no use.

    Of several translations of a source in the same context, or where no context is known, the one
    reviewed furthest stays, of those the newest. Translations for other contexts all stay.

    Args:
        entries: the units with their numbers, those of one source in a row.
    """
    for _, group in groupby(entries, key=lambda one: (one[1].langs, one[1].unit.source.text)):
        useful = []
        for number, entry in group:
            reason = _useless(entry)
            if reason:
                yield Waste(number, entry, reason)
            else:
                useful.append((number, entry))
        if len(useful) > 1:
            yield from _superfluous(useful)


def _useless(entry: Entry) -> Reason | None:
    source, target = entry.unit.source.text, entry.unit.target
    if not source.strip() or not target.strip():
        return "empty"
    if source.strip() == target.strip() and has_letters_of(source, entry.langs[0]):
        return "untranslated"
    return None


def _superfluous(units: Sequence[Numbered]) -> Iterator[Waste]:
    """Find the duplicates and older variants among the units of one source."""
    best_first = sorted(units, key=lambda one: (one[1].standing, one[0]), reverse=True)
    by_context: dict[tuple[str | None, str | None], Numbered] = {}
    with_context: dict[str, int] = {}
    for number, entry in best_first:
        text = _normal(entry.unit.target)
        number_kept, kept = by_context.setdefault(_context(entry), (number, entry))
        if number_kept != number:
            same = _normal(kept.unit.target) == text
            yield Waste(number, entry, "duplicate" if same else "older", number_kept)
        elif _context(entry) != (None, None):
            with_context.setdefault(text, number)
    bare = by_context.get((None, None))
    if bare and (heir := with_context.get(_normal(bare[1].unit.target))) is not None:
        yield Waste(*bare, "duplicate", heir)


def _context(entry: Entry) -> tuple[str | None, str | None]:
    return entry.previous, entry.following


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
