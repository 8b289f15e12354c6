"""Taking reviewed work back into the bitext it was made from.

review -> opinions on the bitext's units -> a verdict or a conflict -> reviewed units

Of two opinions the one that was given in the knowledge of the other counts: a reviewed unit of
ours carries what it was before (an edit of the step `review`). Opinions that know nothing of each
other and differ are a conflict, which a rule resolves or which stays marked in the unit.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from toolkit.bitext import (
    Bitext,
    Edit,
    Inline,
    Proposal,
    Segment,
    TermMatch,
    Unit,
)
from toolkit.formats.rows import SEVERITIES
from toolkit.formats.tmx import is_machine
from toolkit.formats.xmlfiles import permitted
from toolkit.inlines import nested
from toolkit.opinions import (
    CONFLICT,
    LONG_AGO,
    REVIEW,
    Opinion,
    Review,
    differs_from,
    is_mark,
    opinions_of,
)
from toolkit.placing import Placing, cut_anew, numbered, place_units

Kind = Literal["accepted", "edited", "rejected", "split", "joined"]
Rule = Literal["newest", "first", "last"]
BASE = "the bitext"
_SAYS_ISSUE = re.compile(rf"(?:{'|'.join(SEVERITIES)}) [a-z-]+: ")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Opinions on a unit that contradict each other, or that were given on another source text.

    Fields:
        document, unit: identifiers.
        source: the source text as it is now.
        reason: what the matter is.
        opinions: who says what, the bitext first where it holds a reviewed translation.
        chosen: whose translation was taken by rule; nothing where the unit is left marked.
    """

    document: str
    unit: str
    source: str
    reason: str
    opinions: tuple[tuple[str, str], ...]
    chosen: str = ""

    def sentence(self) -> str:
        """Say it in one line."""
        taken = f"; taken: {self.chosen}" if self.chosen else ""
        return f"{self.document}:{self.unit}: {self._matter}{taken}"

    @property
    def note(self) -> str:
        """The note that marks the unit."""
        return f"{CONFLICT}{self._matter}"

    @property
    def _matter(self) -> str:
        said = ", ".join(f"“{target}” ({author})" for author, target in self.opinions)
        return f"{self.reason}: {said}"


@dataclass(frozen=True, slots=True)
class Merged:
    """A bitext with what its reviewers did.

    Fields:
        bitext: the result.
        counts: how many units were accepted, edited, rejected, split, joined; notes added.
        conflicts: the conflicts, in the order of the units.
        placed: for each review the indexes of its units that belong here.
    """

    bitext: Bitext
    counts: Counter[str]
    conflicts: tuple[Conflict, ...]
    placed: tuple[frozenset[int], ...]


def merge_reviews(bitext: Bitext, reviews: Sequence[Review], prefer: Rule | None = None) -> Merged:
    """Take what reviewers did into the bitext that they reviewed.

    What they accepted or edited becomes human and reviewed; what they rejected becomes initial
    and keeps its text. Merging the same reviews again changes nothing.

    Args:
        bitext: as it was written for them, or as it has become since.
        reviews: the files that came back; of another document's file nothing is placed.
        prefer: which opinion to take of several that differ; the unit is left as it is, with all
            of them as proposals, when None.
    """
    placings = [
        place_units(
            bitext,
            review.bitext,
            review.places,
            own=review.bitext.document.id == bitext.document.id,
        )
        for review in reviews
    ]
    bitext, notes = _with_notes(bitext, reviews, placings)
    opinions = [
        opinion
        for review, placing in zip(reviews, placings, strict=True)
        for opinion in opinions_of(bitext, review, placing)
    ]
    units: dict[int, tuple[Unit, ...]] = {}
    counts = Counter(notes=notes)
    conflicts: list[Conflict] = []
    stop = 0
    for group in _overlapping(opinions):
        start, stop = group[0].start, max(one.stop for one in group)
        settled = _settle(bitext, start, stop, group, prefer)
        units |= dict.fromkeys(range(start, stop), ()) | {start: settled.units}
        counts += Counter(settled.kinds)
        conflicts += settled.conflicts
    for review, placing in zip(reviews, placings, strict=True):
        for i, j, likeness in placing.reworded:
            marked = _mark_reworded(bitext, units.get(i, (bitext.units[i],)), review, j, likeness)
            units[i], conflict = marked
            conflicts += [conflict] if conflict else []
    order = {unit.source.id: number for number, unit in enumerate(bitext.units)}
    return Merged(
        _with_units(bitext, units),
        +counts,
        tuple(sorted(conflicts, key=lambda one: order[one.unit])),
        tuple(_placed(placing) for placing in placings),
    )


def _placed(placing: Placing) -> frozenset[int]:
    found = {j for one in placing.placements for j in one.others}
    return frozenset(found | {j for _, j, _ in placing.reworded})


# --- notes ---------------------------------------------------------------------------------------


def _with_notes(
    bitext: Bitext, reviews: Sequence[Review], placings: Sequence[Placing]
) -> tuple[Bitext, int]:
    """Add the reviewers' notes to the units, and count them."""
    units = list(bitext.units)
    for review, placing in zip(reviews, placings, strict=True):
        pairs = [(one.start, j) for one in placing.placements for j in one.others]
        for i, j in (*pairs, *((i, j) for i, j, _ in placing.reworded)):
            known = units[i].notes
            new = dict.fromkeys(map(permitted, review.bitext.units[j].notes))
            added = [
                note
                for note in new
                if note not in known and not _SAYS_ISSUE.match(note) and not is_mark(note)
            ]
            if added:
                units[i] = replace(units[i], notes=(*known, *added))
    count = sum(len(unit.notes) for unit in units) - sum(len(unit.notes) for unit in bitext.units)
    return replace(bitext, units=tuple(units)), count


# --- verdicts ------------------------------------------------------------------------------------


def _overlapping(opinions: Iterable[Opinion]) -> Iterator[list[Opinion]]:
    """Group opinions on the same units, in the order of the units, then of the reviews."""
    group: list[Opinion] = []
    stop = 0
    for one in sorted(opinions, key=lambda one: one.start):
        if group and one.start >= stop:
            yield group
            group = []
        group.append(one)
        stop = max(stop, one.stop)
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _Settled:
    units: tuple[Unit, ...]
    kinds: tuple[Kind, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def _settle(
    bitext: Bitext, start: int, stop: int, group: Sequence[Opinion], prefer: Rule | None
) -> _Settled:
    """Decide what becomes of units on which there are opinions."""
    before = bitext.units[start:stop]
    rivals = _rivals(_base(before, start), list(_by_review(group)))
    if not rivals:
        return _Settled(before)
    chosen = rivals[0] if len(rivals) == 1 else _preferred(rivals, prefer)
    conflict = Conflict(
        bitext.document.id,
        before[0].source.id,
        " ".join(unit.source.text for unit in before),
        "reviewers disagree",
        tuple((one.author, "rejected" if one.rejects else one.target) for one in rivals),
        chosen.author if chosen else "",
    )
    conflicts = (conflict,) if len(rivals) > 1 else ()
    losers = [one for one in rivals if one is not chosen]
    if chosen is None:
        return _Settled((_marked(before[0], losers, conflict), *before[1:]), (), conflicts)
    after, kinds = _apply(bitext, start, before, chosen)
    if losers:
        after = (_with_losers(after[0], losers), *after[1:])
    return _Settled(after, kinds, conflicts)


def _base(units: Sequence[Unit], start: int) -> Opinion | None:
    """Take the bitext's own units for an opinion where somebody has reviewed them."""
    if not any(unit.is_reviewed for unit in units):
        return None
    dates = [unit.changed for unit in units if unit.changed]
    return Opinion(start, start + len(units), tuple(units), BASE, max(dates, default=LONG_AGO))


def _by_review(group: Sequence[Opinion]) -> Iterator[Opinion]:
    """Put what a review says of neighbouring units together where another one joins these."""
    if len({(one.start, one.stop) for one in group}) == 1:
        yield from group
        return
    for author in dict.fromkeys(one.author for one in group):
        members = [one for one in group if one.author == author]
        units = tuple(unit for one in members for unit in one.units)
        yield replace(members[0], stop=max(one.stop for one in members), units=units)


def _rivals(base: Opinion | None, opinions: Sequence[Opinion]) -> list[Opinion]:
    """Leave out opinions that repeat another one, or that a later one has taken into account."""
    distinct = list({one.content: one for one in reversed(opinions)}.values())[::-1]
    if base is not None:
        distinct = [
            one
            for one in distinct
            if one.content != base.content and (_succeeds(one, base) or not base.knows(one))
        ]
    current = [
        one
        for one in distinct
        if not any(other.knows(one) and not one.knows(other) for other in distinct)
    ]
    if base is None or not current or all(_succeeds(one, base) for one in current):
        return current
    return [base, *current]


def _succeeds(opinion: Opinion, base: Opinion) -> bool:
    return opinion.follows or opinion.knows(base)


def _preferred(rivals: Sequence[Opinion], prefer: Rule | None) -> Opinion | None:
    match prefer:
        case "first":
            return rivals[0]
        case "last":
            return rivals[-1]
        case "newest":
            return max(rivals, key=lambda one: one.date)
    return None


def _apply(
    bitext: Bitext, start: int, before: Sequence[Unit], opinion: Opinion
) -> tuple[tuple[Unit, ...], tuple[Kind, ...]]:
    """Give the units as a reviewer wants them, and what was done."""
    if opinion.author == BASE:
        return tuple(before), ()
    if len(before) == len(opinion.units) == 1:
        after, kind = _reviewed(before[0], opinion)
        return (after,), (kind,) if kind else ()
    inside = opinion.start - start
    replaced = before[inside : inside + opinion.stop - opinion.start]
    units = tuple(_resegmented(bitext, replaced, opinion))
    kind = "split" if len(units) > len(replaced) else "joined"
    after_all = (*before[:inside], *units, *before[inside + len(replaced) :])
    return after_all, (kind,)


def _reviewed(unit: Unit, opinion: Opinion) -> tuple[Unit, Kind | None]:
    """Give a unit as its reviewer left it, and what was done if anything was."""
    (theirs,) = opinion.units
    differs = differs_from(theirs, unit)
    after = _settled(unit)
    if differs:
        target = permitted(theirs.target).strip()
        after = replace(
            after,
            target=target,
            inlines=_inlines_of(theirs, unit, target),
            edits=_recorded(unit.edits, unit.target, target, opinion),
            issues=(),
            score=None,
        )
    if opinion.rejects:
        notes = (opinion.rejection,) if differs else ()
        after = replace(
            after,
            state="initial",
            origin="human" if differs else unit.origin,
            notes=(*after.notes, *notes),
        )
        return after, "rejected" if after != unit else None
    after = replace(
        after,
        origin="human",
        state="final" if "final" in {theirs.state, unit.state} else "reviewed",
        author=_name(theirs) or unit.author,
        changed=theirs.changed or unit.changed,
    )
    if differs:
        return after, "edited"
    return (after, "accepted") if not unit.is_reviewed else (unit, None)


def _name(unit: Unit) -> str:
    return "" if is_machine(unit.author) else unit.author


def _settled(unit: Unit) -> Unit:
    """Take the mark of a conflict off a unit."""
    return replace(unit, notes=tuple(note for note in unit.notes if not is_mark(note)))


def _recorded(
    edits: tuple[Edit, ...], before: str, after: str, opinion: Opinion
) -> tuple[Edit, ...]:
    if not before or before == after:
        return edits
    names = dict.fromkeys(filter(None, map(_name, opinion.units)))
    return (*edits, Edit(REVIEW, before, after, ", ".join((*names, opinion.author))))


def _resegmented(bitext: Bitext, before: Sequence[Unit], opinion: Opinion) -> Iterator[Unit]:
    """Give the units of a reviewer's segments in the place of ours."""
    target = " ".join(unit.target for unit in before)
    notes = tuple(note for unit in before for note in unit.notes if not is_mark(note))
    texts = [unit.source.text for unit in opinion.units]
    segments = cut_anew(bitext.document, [unit.source for unit in before], texts)
    for number, (segment, theirs) in enumerate(zip(segments, opinion.units, strict=True)):
        yield Unit(
            segment,
            permitted(theirs.target).strip(),
            origin="human",
            state="reviewed",
            terms=tuple(_terms_within(before, segment)),
            edits=_recorded((), target, theirs.target, opinion),
            notes=notes if number == 0 else (),
            author=_name(theirs),
            changed=theirs.changed,
            inlines=theirs.inlines if theirs.source.inlines == segment.inlines else (),
        )


def _terms_within(units: Iterable[Unit], segment: Segment) -> Iterator[TermMatch]:
    for unit in units:
        for term in unit.terms:
            start, stop = term.start + unit.source.start, term.stop + unit.source.start
            if segment.start <= start and stop <= segment.stop:
                yield replace(term, start=start - segment.start, stop=stop - segment.start)


def _inlines_of(theirs: Unit, unit: Unit, target: str) -> tuple[Inline, ...]:
    """Give a reviewer's formatting with our codes, where CAT tools have tags of theirs.

    OmegaT has a pair of tags around a stretch of HTML, and a tag before and after one of Word.
    """
    if theirs.source.inlines == unit.source.inlines:
        ends = ((one, min(one.stop, len(target))) for one in theirs.inlines)
        kept = [replace(one, stop=stop) for one, stop in ends if one.start <= stop]
        return nested(kept) or moved_inlines(unit, target)
    codes = {offset: code for code, offset in _tags(theirs.source.inlines)}
    places = {code: min(offset, len(target)) for code, offset in _tags(theirs.inlines)}
    found = []
    for one in unit.source.inlines:
        start, stop = (places.get(codes.get(offset, ""), -1) for offset in (one.start, one.stop))
        if -1 < start <= stop and (start < stop) == (one.start < one.stop):
            found.append(replace(one, start=start, stop=stop))
    return nested(found) or moved_inlines(unit, target)


def _tags(inlines: Iterable[Inline]) -> Iterator[tuple[str, int]]:
    """Yield the codes of a formatting with their offsets; of the same ones each has a number."""
    seen: Counter[str] = Counter()
    for one in inlines:
        ends = [(one.opening, one.start), (f"/{one.opening}", one.stop)]
        for code, offset in ends[: 1 + (one.start < one.stop)]:
            seen[code] += 1
            yield f"{code}{seen[code]}", offset


def moved_inlines(unit: Unit, target: str) -> tuple[Inline, ...]:
    """Find the formatting of a translation again in its edited text.

    A stretch of which no word is left loses its formatting.

    >>> segment = Segment("1.1", 0, 0, 14, "Мирный договор")
    >>> unit = Unit(segment, "World treaty", inlines=(Inline("bold", 0, 5), Inline("note", 12, 12)))
    >>> [(one.kind, one.start, one.stop) for one in moved_inlines(unit, "The World peace treaty")]
    [('bold', 4, 9), ('note', 22, 22)]
    """
    if not unit.inlines:
        return ()
    blocks = SequenceMatcher(a=unit.target, b=target, autojunk=False).get_matching_blocks()
    moved = []
    for one in unit.inlines:
        if one.start == one.stop:
            place = max(b.b + min(one.start - b.a, b.size) for b in blocks if b.a <= one.start)
            moved.append(replace(one, start=place, stop=place))
            continue
        kept = [b for b in blocks if b.size and b.a < one.stop and b.a + b.size > one.start]
        if kept:
            start = kept[0].b + max(0, one.start - kept[0].a)
            stop = kept[-1].b + min(kept[-1].size, one.stop - kept[-1].a)
            moved.append(replace(one, start=start, stop=stop))
    return nested(moved)


# --- what is left marked -------------------------------------------------------------------------


def _marked(unit: Unit, opinions: Sequence[Opinion], conflict: Conflict) -> Unit:
    """Mark a unit on which reviewers disagree, with what they want as proposals."""
    unit = _with_proposals(_settled(unit), opinions)
    return replace(unit, notes=(*unit.notes, conflict.note))


def _with_losers(unit: Unit, opinions: Iterable[Opinion]) -> Unit:
    """Keep what was not taken: translations as proposals, rejections as notes."""
    rejections = [one.rejection for one in opinions if one.rejects]
    notes = dict.fromkeys((*unit.notes, *rejections))
    return replace(_with_proposals(unit, opinions), notes=tuple(notes))


def _with_proposals(unit: Unit, opinions: Iterable[Opinion]) -> Unit:
    """Add what was not taken to a unit's proposals."""
    proposals = list(unit.proposals)
    for one in opinions:
        if one.author == BASE or one.rejects or one.target == unit.target:
            continue
        source = " ".join(theirs.source.text for theirs in one.units)
        if not any((p.source, p.target) == (source, one.target) for p in proposals):
            proposals.append(Proposal(source, one.target, 1.0, one.author))
    return replace(unit, proposals=tuple(proposals))


def _mark_reworded(
    bitext: Bitext, units: tuple[Unit, ...], review: Review, j: int, likeness: float
) -> tuple[tuple[Unit, ...], Conflict | None]:
    """Offer a reviewed translation of an older source text for the new one."""
    theirs = review.bitext.units[j]
    if not units or not theirs.target or not theirs.is_human:
        return units, None
    unit = units[0]
    offered = any(one.target == theirs.target for one in unit.proposals)
    if not offered:
        proposal = Proposal(theirs.source.text, theirs.target, round(likeness, 2), review.name)
        unit = replace(unit, proposals=(*unit.proposals, proposal))
    if unit.is_reviewed:
        return (unit, *units[1:]), None
    conflict = Conflict(
        bitext.document.id,
        unit.source.id,
        unit.source.text,
        f"the source was “{theirs.source.text}”",
        ((review.name, theirs.target),),
    )
    if conflict.note not in unit.notes:
        unit = replace(unit, notes=(*unit.notes, conflict.note))
    return (unit, *units[1:]), conflict


# --- the result ----------------------------------------------------------------------------------


def _with_units(bitext: Bitext, changed: dict[int, tuple[Unit, ...]]) -> Bitext:
    """Put units in the place of others, and number those of a block anew where it has to be."""
    units: list[Unit] = []
    for i, unit in enumerate(bitext.units):
        units += changed.get(i, (unit,))
    segments = numbered(unit.source for unit in units)
    placed = (replace(unit, source=one) for unit, one in zip(units, segments, strict=True))
    return replace(bitext, units=tuple(placed))
