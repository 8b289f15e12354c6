"""What reviewers say of the units of a bitext, by the files that came back from them.

A reviewer's opinion on a unit is that it is accepted, edited or rejected, or that its segment is
split or joined with others. Machine output that nobody touched is no opinion.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from toolkit.bitext import Bitext, Unit
from toolkit.formats.rows import Place
from toolkit.formats.tmx import is_machine
from toolkit.formats.xmlfiles import permitted
from toolkit.placing import Placing

REVIEW = "review"
"""Step of the edit that records what a reviewer changed."""
CONFLICT = "Conflict: "
"""How the note begins that marks a unit on which reviewers disagree."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Review:
    """A file that came back from a reviewer.

    Fields:
        name: its name, for people, unlike that of any other.
        bitext: what it holds.
        date: when it was written; for units that tell no date of their own.
        places: for each of its units where it stands, as far as the file tells.
        is_silent: whether a unit that is as it was written says nothing: that is so in a file of
            ours, where what was accepted has another state; in the memory of a CAT tool
            everything that no machine made was accepted by somebody.
    """

    name: str
    bitext: Bitext
    date: datetime = LONG_AGO
    places: tuple[Place | None, ...] = ()
    is_silent: bool = True


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reviewer made of some consecutive units of the bitext.

    Fields:
        start, stop: indexes of the bitext's units.
        units: the reviewer's units for them.
        author: the name of the review.
        date: when it was last changed.
        rejects: whether the translation is refused.
        follows: whether it was given on the units as they are now.
    """

    start: int
    stop: int
    units: tuple[Unit, ...]
    author: str
    date: datetime
    rejects: bool = False
    follows: bool = False

    @property
    def target(self) -> str:
        """The translation of all its units."""
        return " ".join(unit.target for unit in self.units)

    @property
    def content(self) -> tuple[object, ...]:
        """What two opinions must share to agree."""
        texts = ((unit.source.text, unit.target.strip()) for unit in self.units)
        return self.start, self.stop, self.rejects, *texts

    @property
    def rejection(self) -> str:
        """The note that says that a translation was refused."""
        return f"Rejected: “{self.target}” ({self.author})"

    def knows(self, other: "Opinion") -> bool:
        """Say whether it was given in the knowledge of another one."""
        if other.rejects and any(other.rejection in unit.notes for unit in self.units):
            return True
        past = {
            text
            for unit in self.units
            for edit in unit.edits
            if edit.step == REVIEW
            for text in (edit.before, edit.after)
        }
        offered = {
            one.target
            for unit in self.units
            for one in unit.proposals
            if not any(map(is_mark, unit.notes))
        }
        return {unit.target for unit in other.units} <= past | offered


def opinions_of(bitext: Bitext, review: Review, placing: Placing) -> Iterator[Opinion]:
    """Give what a review says of the units that it has something to say of."""
    for one in placing.placements:
        theirs = tuple(review.bitext.units[j] for j in one.others)
        present = {unit.checksum for unit in bitext.units[one.start : one.stop]}
        dates = [unit.changed for unit in theirs if unit.changed]
        opinion = Opinion(
            one.start,
            one.stop,
            theirs,
            review.name,
            max(dates, default=review.date),
            follows=all(unit.written_checksum in present for unit in theirs),
        )
        if one.stop - one.start > 1 or len(theirs) > 1:
            if any(map(_is_touched, theirs)) and all(unit.target for unit in theirs):
                yield opinion
        else:
            yield from _opinion_on_one(bitext, opinion, review)


def _opinion_on_one(bitext: Bitext, opinion: Opinion, review: Review) -> Iterator[Opinion]:
    (theirs,) = opinion.units
    unit = bitext.units[opinion.start]
    differs = differs_from(theirs, unit)
    if not theirs.target or theirs.state == "initial":
        if review.is_silent and unit.target and not theirs.is_as_written:
            kept = theirs if theirs.target else replace(theirs, target=unit.target)
            yield replace(opinion, units=(kept,), rejects=True)
        return
    vouched_for = theirs.is_reviewed or (theirs.is_human and not review.is_silent)
    if vouched_for or _was_taken_over(theirs, unit) or (differs and _is_touched(theirs)):
        yield opinion


def _is_touched(theirs: Unit) -> bool:
    """Say whether somebody worked on a unit, maybe in a program that keeps our states."""
    return theirs.is_human or (bool(theirs.written_checksum) and not theirs.is_as_written)


def _was_taken_over(theirs: Unit, unit: Unit) -> bool:
    """Say whether somebody put a name of their own to a translation."""
    return theirs.author not in {"", unit.author} and not is_machine(theirs.author)


def differs_from(theirs: Unit, unit: Unit) -> bool:
    """Say whether a translation has another text, or its formatting elsewhere."""
    moved = bool(theirs.inlines and unit.inlines) and _edges(theirs) != _edges(unit)
    return permitted(theirs.target).strip() != permitted(unit.target).strip() or moved


def _edges(unit: Unit) -> set[int]:
    """Give where formatting begins and ends, whether as a stretch or as a tag at either end."""
    return {offset for one in unit.inlines for offset in (one.start, one.stop)}


def is_mark(note: str) -> bool:
    """Say whether a note marks a conflict."""
    return note.startswith(CONFLICT)
