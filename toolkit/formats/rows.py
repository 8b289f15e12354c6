"""What the bitext formats share: a unit's properties in words, and documents put together again.

Formats have places of their own for some of what is known of a unit; the rest goes into their
free fields, as pairs of a name and a text:

    block        kind of the block that the segment lies in
    start        offset of the segment in its block
    origin       `machine`, `memory` or `human`
    state        `initial`, `translated`, `reviewed` or `final`
    author       who made or last changed the translation
    changed      when, as `20261127T093000Z`
    checksum     of the texts and the state as they were written, 16 hexadecimal digits
    score        confidence of the engine, 0 to 1
    term         `START-STOP ID: source term = target term`
    edit         `STEP: reason`, followed by before-edit and after-edit
    issue        `SEVERITY CHECK: message`, where known with `source START-STOP target START-STOP`
    proposal     `SIMILARITY target`, followed by proposal-source and proposal-origin
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TypeVar, get_args

from toolkit.bitext import (
    STATES,
    Bitext,
    Block,
    BlockKind,
    Concept,
    Document,
    Edit,
    Inline,
    Issue,
    Origin,
    Proposal,
    Segment,
    Severity,
    Signature,
    Span,
    TermMatch,
    Unit,
    unit_checksum,
)
from toolkit.formats.xmlfiles import permitted

TOOL = "bilingual-toolkit"
OURS = "x-"
"""How the names of our properties begin where a format wants it."""
DATE = "%Y%m%dT%H%M%SZ"
CHECKSUM = "content-sha256"
Properties = Sequence[tuple[str, str]]
MEMORY = ("context-pre", "context-post", "provenance")
"""Properties of a memory's units: the sources before and after it, and where it came from."""
WIDEST_GAP = 8
"""Code points between two segments of a block; a larger gap is an error of the file."""

ORIGINS: tuple[Origin, ...] = get_args(Origin)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
KINDS: tuple[BlockKind, ...] = get_args(BlockKind)

_TERM = re.compile(r"(\d{1,7})-(\d{1,7}) (\S+): (.*) = (.*)", re.DOTALL)
_SPAN = r"(?: {} (\d{{1,7}})-(\d{{1,7}}))?"
_ISSUE = re.compile(
    rf"({'|'.join(SEVERITIES)}) (\S+?){_SPAN.format('source')}{_SPAN.format('target')}: (.*)",
    re.DOTALL,
)
_OFFSET = re.compile(r"\d{1,7}")
_PROPOSAL = re.compile(r"([01]\.\d+) (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where OmegaT says that an alternative translation belongs.

    Fields:
        file: the source file, in the project's folder of sources.
        before, after: the sources of the segments before and after it.
    """

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """A unit as it stands in a file, before the document is put together.

    Fields:
        langs: codes of the source and the target language, as the file writes them.
        kind: of the block that the segment lies in.
        unit: the unit; the start of its segment is the offset in the block.
        place: where the unit belongs, if the file restricts that.
        more: properties that only a memory's units have, by name; see `MEMORY`.
    """

    langs: tuple[str, str]
    kind: BlockKind
    unit: Unit
    place: Place | None = None
    more: Properties = ()


def rows_of(bitext: Bitext) -> Iterator[Row]:
    """Give a bitext's units with the kinds of their blocks."""
    langs = (bitext.source_lang, bitext.target_lang)
    for unit in bitext.units:
        yield Row(langs, bitext.document.blocks[unit.source.block].kind, unit)


def unit_properties(unit: Unit, kind: BlockKind) -> Iterator[tuple[str, str]]:
    """Give what is known of a unit beside its texts and notes, by name."""
    yield "block", kind
    yield "start", str(unit.source.start)
    yield "origin", unit.origin
    yield "state", unit.state
    texts = permitted(unit.source.text), permitted(unit.target)
    yield "checksum", unit_checksum(*texts, unit.state)
    if unit.author:
        yield "author", unit.author
    if unit.changed:
        yield "changed", unit.changed.strftime(DATE)
    if unit.score is not None:
        yield "score", f"{unit.score:.3f}"
    for term in unit.terms:
        concept = term.concept
        place = f"{term.start}-{term.stop} {concept.id}"
        yield "term", f"{place}: {concept.source} = {concept.target}"
    for edit in unit.edits:
        yield "edit", f"{edit.step}: {edit.reason}"
        yield "before-edit", edit.before
        yield "after-edit", edit.after
    for issue in unit.issues:
        yield "issue", _issue_property(issue)
    for proposal in unit.proposals:
        yield "proposal", f"{proposal.similarity:.2f} {proposal.target}"
        yield "proposal-source", proposal.source
        yield "proposal-origin", proposal.origin


def _issue_property(issue: Issue) -> str:
    spans = (
        f" {name} {span[0]}-{span[1]}"
        for name, span in (("source", issue.source), ("target", issue.target))
        if span
    )
    return f"{issue.severity} {issue.check}{''.join(spans)}: {issue.message}"


def issue_sentence(issue: Issue) -> str:
    """Say an issue for people, e.g. in a note."""
    return f"{issue.severity} {issue.check}: {issue.message}"


def with_properties(langs: tuple[str, str], unit: Unit, properties: Properties) -> Row:
    """Add to a unit what `unit_properties` gave; what is not understood is passed over.

    Notes that only say an issue are taken away, because the issue stands in the properties.
    """
    if not properties:
        return Row(langs, "paragraph", unit)
    texts: dict[str, list[str]] = {}
    for name, text in properties:
        texts.setdefault(name, []).append(text)
    first = {name: values[0] for name, values in texts.items()}
    source = unit.source
    start = int(first["start"]) if _OFFSET.fullmatch(first.get("start", "")) else 0
    issues = tuple(_issues(texts["issue"])) if "issue" in texts else ()
    whole = Unit(
        Segment(
            source.id, source.block, start, start + len(source.text), source.text, source.inlines
        ),
        unit.target,
        origin=_one_of(ORIGINS, first.get("origin"), unit.origin),
        state=_one_of(STATES, first.get("state"), unit.state),
        terms=tuple(_terms(texts["term"])) if "term" in texts else (),
        edits=tuple(_edits(texts)) if "edit" in texts else (),
        issues=issues,
        score=_score(first.get("score", "")),
        notes=_without_issues(unit.notes, issues),
        proposals=(*unit.proposals, *_proposals(texts)) if "proposal" in texts else unit.proposals,
        author=first.get("author", unit.author),
        changed=read_date(first.get("changed")) or unit.changed,
        inlines=unit.inlines,
        written_checksum=first.get("checksum", ""),
    )
    kind = _one_of(KINDS, first.get("block"), "paragraph")
    more = [(name, text) for name, text in properties if name in MEMORY]
    return Row(langs, kind, whole, None if "block" in first else _place(first), more)


def _place(first: Mapping[str, str]) -> Place | None:
    if not {"file", "prev", "next"} & first.keys():
        return None
    return Place(first.get("file", ""), first.get("prev", ""), first.get("next", ""))


def _without_issues(notes: tuple[str, ...], issues: tuple[Issue, ...]) -> tuple[str, ...]:
    if not issues:
        return notes
    said = set(map(issue_sentence, issues))
    return tuple([note for note in notes if note not in said])


T = TypeVar("T")


def _one_of(allowed: tuple[T, ...], text: str | None, default: T) -> T:
    return text if text in allowed else default


def _score(text: str) -> float | None:
    if not text:
        return None
    try:
        score = float(text)
    except ValueError:
        return None
    return score if 0 <= score <= 1 else None


def _terms(texts: Iterable[str]) -> Iterator[TermMatch]:
    for text in texts:
        if match := _TERM.fullmatch(text):
            start, stop, identifier, source, target = match.groups()
            yield TermMatch(Concept(identifier, source, target), int(start), int(stop))


def _edits(texts: Mapping[str, Sequence[str]]) -> Iterator[Edit]:
    columns = (texts.get(name, ()) for name in ("edit", "before-edit", "after-edit"))
    for edit, before, after in zip(*columns, strict=False):
        step, _, reason = edit.partition(": ")
        yield Edit(step, before, after, reason)


def _issues(texts: Iterable[str]) -> Iterator[Issue]:
    for text in texts:
        if match := _ISSUE.fullmatch(text):
            severity, check, *places, message = match.groups()
            yield Issue(
                check,
                _one_of(SEVERITIES, severity, "warning"),
                message,
                source=_span(places[0], places[1]),
                target=_span(places[2], places[3]),
            )


def _span(start: str | None, stop: str | None) -> Span | None:
    return (int(start), int(stop)) if start and stop else None


def _proposals(texts: Mapping[str, Sequence[str]]) -> Iterator[Proposal]:
    columns = (texts.get(name, ()) for name in ("proposal", "proposal-source", "proposal-origin"))
    for proposal, source, origin in zip(*columns, strict=False):
        if match := _PROPOSAL.fullmatch(proposal):
            yield Proposal(source, match[2], float(match[1]), origin)


def assemble(
    rows: Iterable[Row], facts: Mapping[str, str], path: Path, langs: tuple[str, str]
) -> Bitext:
    """Put a document and its bitext together from rows in their order.

    Rows whose identifiers `BLOCK.SENTENCE` have the same block follow each other in one block.

    Args:
        rows: the units; their segments get the place in their block.
        facts: what `header_properties` gave, or as much of it as is known.
        path: the file, whose name is the document's where the file tells none.
        langs: codes of the source and the target language.
    """
    blocks: list[Block] = []
    inlines: list[Inline]
    units: list[Unit] = []
    for index, (_, group) in enumerate(groupby(rows, key=_block_of)):
        members = list(group)
        text, inlines = "", []
        for row in members:
            unit = _placed(row.unit, index, text)
            source = unit.source
            text = text.ljust(source.start) + source.text
            inlines += [
                replace(one, start=one.start + source.start, stop=one.stop + source.start)
                for one in source.inlines
            ]
            units.append(unit)
        blocks.append(Block(members[0].kind, text, tuple(inlines)))
    identifier = facts.get("document") or "_".join(path.stem.split())
    document = Document(identifier, langs[0], facts.get("title", ""), tuple(blocks))
    checksum = facts.get(CHECKSUM, "")
    return Bitext(document, *langs, tuple(units), _signature(facts), checksum)


def _block_of(row: Row) -> str:
    return row.unit.source.id.partition(".")[0]


def _placed(unit: Unit, block: int, before: str) -> Unit:
    """Put a unit's segment behind a block's text before it."""
    source = unit.source
    gap = source.start - len(before)
    start = source.start if 0 <= gap <= WIDEST_GAP else len(before) + bool(before)
    stop = start + len(source.text)
    return replace(unit, source=replace(source, block=block, start=start, stop=stop))


def read_date(text: str | None) -> datetime | None:
    """Read a date as TMX and XLIFF write it; None where it is none.

    >>> read_date("20261127T093000Z"), read_date("yesterday")
    (datetime.datetime(2026, 11, 27, 9, 30, tzinfo=datetime.timezone.utc), None)
    """
    if not text:
        return None
    try:
        date = datetime.fromisoformat(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def header_properties(bitext: Bitext) -> Iterator[tuple[str, str]]:
    """Give what is known of a bitext as a whole, by name: document, signature, checksum."""
    yield "document", bitext.document.id
    yield "title", bitext.document.title
    for name, value in asdict(bitext.signature).items():
        yield name.replace("_", "-"), value
    yield CHECKSUM, written_checksum(bitext)


def written_checksum(bitext: Bitext) -> str:
    """Give the checksum that a bitext has when it is read back."""
    units = (
        replace(
            unit,
            source=replace(unit.source, text=permitted(unit.source.text)),
            target=permitted(unit.target),
        )
        for unit in bitext.units
    )
    return replace(bitext, units=tuple(units)).checksum


def _signature(facts: Mapping[str, str]) -> Signature:
    names = [field.name for field in fields(Signature)]
    return Signature(*(facts.get(name.replace("_", "-"), "") for name in names))
