"""What needs no machine: reviewed units of an earlier run, and matches of a memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.bitext import Edit, Inline, Proposal, Unit
from toolkit.formats.inline_codes import numbered_inlines
from toolkit.matcher import TermMatcher
from toolkit.memory import LEAST_SIMILARITY, Entry, Match, TranslationMemory
from toolkit.scripts import has_letters_of
from toolkit.substitution import Substitution, find_values, substitute

EXACTLY = 1.0
MOST_PROPOSALS = 5
WIDTHS = (slice(0, 3), slice(0, 2), slice(1, 3), slice(1, 2))
"""What must be the same of a segment with the ones before and after it, in the order tried."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A match of a memory, with its numbers and names exchanged for those of the segment.

    Fields:
        match: what the memory gave.
        substitution: its translation with other values; None where there is nothing to exchange.
    """

    match: Match
    substitution: Substitution | None = None

    @property
    def target(self) -> str:
        """The translation offered."""
        return self.substitution.target if self.substitution else self.match.entry.unit.target

    @property
    def fits(self) -> bool:
        """Whether it translates the whole segment."""
        same = self.match.similarity == EXACTLY
        return same or (self.substitution is not None and self.substitution.whole)

    @property
    def proposal(self) -> Proposal:
        """What a translator sees of it beside the translation."""
        source = self.match.entry.unit.source.text
        return Proposal(source, self.target, self.match.similarity, self.match.memory)

    def fill(self, unit: Unit) -> Unit:
        """Make it the translation of a unit; it stays reviewed only in the same context."""
        work = self.match.entry.unit
        if self.substitution:
            edit = Edit("memory-values", work.target, self.target, self.substitution.reason)
            return replace(unit, target=self.target, origin="memory", edits=(edit,))
        return replace(
            unit,
            target=work.target,
            origin="memory",
            state=work.state if self.match.in_context else "translated",
            author=work.author,
            changed=work.changed,
            inlines=_formatting(work, unit),
        )


@dataclass(frozen=True, slots=True)
class Reuse:
    """What earlier work a translation may use, and how.

    Fields:
        earlier: the units of an earlier run that hold a person's work; see `keep_reviewed`.
        memories: of the same text in several the first one's translation counts.
        least: the least similarity of a proposal.
        fuzzy_first: fill a translation with the best proposal instead of machine output.
    """

    earlier: Sequence[Entry] = ()
    memories: Sequence[TranslationMemory] = ()
    least: float = LEAST_SIMILARITY
    fuzzy_first: bool = False

    @property
    def reviewed_sources(self) -> list[str]:
        """The source texts of the reviewed units of an earlier run, as their reviewer cut them."""
        return [entry.unit.source.text for entry in self.earlier if entry.unit.is_reviewed]


NOTHING = Reuse()


def pretranslate(
    units: Sequence[Unit], langs: tuple[str, str], reuse: Reuse, matcher: TermMatcher | None
) -> list[Unit]:
    """Fill units from earlier work; those that are left for the machine have no translation.

    Args:
        units: the units of a document, without translations.
        langs: codes of the source and the target language.
        reuse: the earlier work.
        matcher: finds the names that may be exchanged.

    Raises:
        FormatError: a memory cannot be read.
    """
    kept = keep_reviewed(units, reuse.earlier)
    return list(fill_from_memory(kept, langs, reuse, matcher)) if reuse.memories else kept


def keep_reviewed(units: Sequence[Unit], earlier: Sequence[Entry]) -> list[Unit]:
    """Put the reviewed units of an earlier run into the place of those with the same source.

    Each goes into one place: where the segments before and after it are the same, or one of them
    is, otherwise to the first one of the same text. Of an unreviewed one the notes are kept.
    """
    kept = list(units)
    for place, entry in _pair_off(units, earlier):
        if entry.unit.is_reviewed:
            kept[place] = _moved(entry.unit, units[place])
        else:
            kept[place] = replace(units[place], notes=entry.unit.notes)
    return kept


def find_orphans(units: Sequence[Unit], earlier: Iterable[Entry]) -> list[Entry]:
    """Give the reviewed units of an earlier run that none of the units repeats."""
    present = {(unit.source.text, unit.target) for unit in units}
    return [
        entry
        for entry in earlier
        if entry.unit.is_reviewed and (entry.unit.source.text, entry.unit.target) not in present
    ]


def _pair_off(units: Sequence[Unit], earlier: Iterable[Entry]) -> Iterator[tuple[int, Entry]]:
    """Give to each entry the place of a unit with the same source, if there is one left."""
    texts = ["", *(unit.source.text for unit in units), ""]
    places = list(zip(texts, texts[1:], texts[2:], strict=False))
    waiting = sorted(earlier, key=lambda entry: not entry.unit.is_reviewed)
    free = set(range(len(units)))
    for width in WIDTHS:
        spots = defaultdict(list)
        for place in sorted(free, reverse=True):
            spots[places[place][width]].append(place)
        left = []
        for entry in waiting:
            texts_of_entry = (entry.previous or "", entry.unit.source.text, entry.following or "")
            if spots[texts_of_entry[width]]:
                place = spots[texts_of_entry[width]].pop()
                free.remove(place)
                yield place, entry
            else:
                left.append(entry)
        waiting = left


def _moved(work: Unit, unit: Unit) -> Unit:
    """Give a person's work on a segment as that on another one with the same text."""
    formatting = _formatting(work, unit)
    return replace(work, source=unit.source, terms=unit.terms, issues=(), inlines=formatting)


def _formatting(work: Unit, unit: Unit) -> tuple[Inline, ...]:
    """Give a translation's formatting with the codes of a segment; none where it does not fit."""
    old, targets = numbered_inlines(work)
    new = unit.source.inlines
    if [_shape(one) for _, one in old] != list(map(_shape, new)):
        return ()
    return tuple(
        replace(one, opening=new[number - 1].opening, closing=new[number - 1].closing)
        if number <= len(new)
        else one
        for number, one in targets
    )


def _shape(inline: Inline) -> tuple[str, int, int]:
    return inline.kind, inline.start, inline.stop


def fill_from_memory(
    units: Sequence[Unit], langs: tuple[str, str], reuse: Reuse, matcher: TermMatcher | None
) -> Iterator[Unit]:
    """Fill the units that have no translation with exact matches, and propose similar ones."""
    texts = ["", *(unit.source.text for unit in units), ""]
    for unit, previous, following in zip(units, texts, texts[2:], strict=False):
        if unit.target or unit.is_reviewed:
            yield unit
            continue
        matches = find_matches(unit, (previous, following), langs, reuse)
        offers = [_offer(match, unit, langs, matcher) for match in matches]
        yield fill(unit, offers, fuzzy_first=reuse.fuzzy_first)


def find_matches(
    unit: Unit, context: tuple[str, str], langs: tuple[str, str], reuse: Reuse
) -> list[Match]:
    """Ask all memories for a unit's source; give the matches, the best first.

    For a source without a letter of its language, “175/175”, only the same text is looked for.
    """
    source = unit.source.text
    least = reuse.least if has_letters_of(source, langs[0]) else EXACTLY
    matches = [
        match
        for memory in reuse.memories
        for match in memory.find(source, langs, context, least=least)
    ]
    return sorted(matches, key=lambda match: (not match.in_context, -match.similarity))


def _offer(match: Match, unit: Unit, langs: tuple[str, str], matcher: TermMatcher | None) -> Offer:
    old = match.entry.unit.source.text
    if match.similarity == EXACTLY:
        return Offer(match)
    values = find_values(old, matcher.find(old) if matcher else (), langs)
    own = find_values(unit.source.text, unit.terms, langs)
    translation = match.entry.unit.target
    return Offer(match, substitute((old, values), translation, (unit.source.text, own)))


def fill(unit: Unit, offers: Sequence[Offer], *, fuzzy_first: bool = False) -> Unit:
    """Fill a unit with the first offer that fits, and add the others as proposals.

    Args:
        unit: a unit without a translation.
        offers: the best first.
        fuzzy_first: take the best offer where none fits.
    """
    fitting = next((offer for offer in offers if offer.fits), None)
    if fitting:
        unit = fitting.fill(unit)
    elif offers and fuzzy_first:
        unit = offers[0].fill(unit)
    others = {offer.target: offer.proposal for offer in reversed(offers) if offer is not fitting}
    if fitting:
        others.pop(unit.target, None)
    best_first = sorted(others.values(), key=lambda proposal: -proposal.similarity)
    return replace(unit, proposals=tuple(best_first[:MOST_PROPOSALS]))
