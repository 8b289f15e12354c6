"""The values that pass between the stages of a translation. No input or output happens here.

Document -> Segment... -> Unit... -> Bitext
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

BlockKind = Literal["title", "heading", "paragraph", "list-item", "table-cell", "caption"]
InlineKind = Literal["bold", "italic", "link", "note", "other"]
Origin = Literal["memory", "machine", "human"]
State = Literal["initial", "translated", "reviewed", "final"]
Severity = Literal["info", "warning", "error"]
STATES: tuple[State, ...] = get_args(State)
"""From the first to the last."""
Span = tuple[int, int]
"""Start and stop in a text, in code points."""


@dataclass(frozen=True, slots=True)
class Inline:
    """Formatting of a stretch of text, or a mark at a place in it. Stretches never cross.

    Fields:
        kind: what it is.
        start, stop: offsets into the text, in code points; a mark has no length.
        opening, closing: the codes of the document's format; of a mark only the first.
    """

    kind: InlineKind
    start: int
    stop: int
    opening: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like piece of a document: the largest unit that segments never cross.

    Fields:
        kind: what it is.
        text: its text, without codes.
        inlines: the formatting of the text, outer stretches before those in them.
    """

    kind: BlockKind
    text: str
    inlines: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A source article: its blocks in reading order.

    Fields:
        id: a name without white space, unique among the documents of one run.
        lang: language code of the text, e.g. `ru`.
        title: the article's title where it has one, otherwise an empty string.
        blocks: the text, in reading order.
    """

    id: str
    lang: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, heading or cell: what a translator sees as one row.

    Fields:
        id: `BLOCK.SENTENCE`, both counted from 1, unique in the document.
        block: index of the block in the document, from 0.
        start, stop: offsets into the block's text, in code points; `text` is what lies between.
        inlines: the formatting of the text, with offsets into it.
    """

    id: str
    block: int
    start: int
    stop: int
    text: str
    inlines: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """An entry of the glossary: a source term and how it is, may be and must not be rendered.

    Fields:
        id: stable slug, unique in the glossary.
        source: canonical (dictionary) form of the source term.
        synonyms: other source expressions of the same concept (abbreviations, aspect partners).
        target: the preferred target term.
        admitted: other correct renderings.
        forbidden: wrong or misleading renderings.
        pos: `noun`, `verb`, `adj`, `adv`, `prep`, `phrase` or `name`.
        domain: subject field, e.g. `arms-control`.
        status: `approved`, `proposed` or `deprecated`.
        note: when to choose which rendering.
        reference: the organisation, treaty or usage that the entry follows.
    """

    id: str
    source: str
    target: str
    synonyms: tuple[str, ...] = ()
    admitted: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    pos: str = "noun"
    domain: str = ""
    status: str = "approved"
    note: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A place in a source segment where a concept's term stands.

    Fields:
        concept: the concept found.
        start, stop: offsets into the segment's text, in code points.
        reason: which term was matched and by which parse of its words, for `--explain`.
        left: why its rendering was not made to stand in the translation; empty where it does.
    """

    concept: Concept
    start: int
    stop: int
    reason: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a translation, with the whole text before and after it.

    The step `review` is a person's; the others are automatic.
    """

    step: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding about a unit.

    Fields:
        check: the code of the check that found it.
        severity: how grave it is.
        message: what is wrong and what to do, in one sentence.
        source, target: the words concerned in the source segment and in the translation.
    """

    check: str
    severity: Severity
    message: str
    source: Span | None = None
    target: Span | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another translation offered for a unit, e.g. a fuzzy match of a memory.

    Fields:
        source: the source text that it translates.
        target: the translation offered.
        similarity: of `source` to the unit's source, from 0 to 1.
        origin: where it comes from, for people: the name of a memory or file.
    """

    source: str
    target: str
    similarity: float
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A translation unit: a source segment, its translation, and all that is known of the two.

    Fields:
        source: the source segment.
        target: the translation.
        origin: who made the translation.
        state: how far the translation is reviewed, in the words of XLIFF 2.
        score: confidence from 0 to 1 (geometric mean of the model's token probabilities);
            None where no model was asked.
        notes: what people wrote about the unit.
        proposals: other translations offered, the best first.
        author: who made or last changed the translation, where that is known.
        changed: when it was made or last changed, in UTC, where that is known.
        inlines: the source's formatting where it stands in the translation.
        written_checksum: the checksum that stands in the file it was read from, if one does.
    """

    source: Segment
    target: str
    origin: Origin = "machine"
    state: State = "translated"
    terms: tuple[TermMatch, ...] = ()
    edits: tuple[Edit, ...] = ()
    issues: tuple[Issue, ...] = ()
    score: float | None = None
    notes: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    author: str = ""
    changed: datetime | None = None
    inlines: tuple[Inline, ...] = ()
    written_checksum: str = field(default="", compare=False)

    @property
    def raw(self) -> str:
        """The translation before any automatic edit: what the model wrote."""
        return self.edits[0].before if self.edits else self.target

    @property
    def checksum(self) -> str:
        """Checksum of what a reviewer may change."""
        return unit_checksum(self.source.text, self.target, self.state)

    @property
    def is_reviewed(self) -> bool:
        """Whether a person has approved the translation."""
        return self.state in {"reviewed", "final"}

    @property
    def is_human(self) -> bool:
        """Whether a person has made or approved the translation."""
        return self.origin == "human" or self.is_reviewed

    @property
    def is_as_written(self) -> bool:
        """Whether it came from a file as the toolkit wrote it."""
        return self.written_checksum == self.checksum


@dataclass(frozen=True, slots=True)
class Signature:
    """What produced a bitext: enough to produce the same bytes again.

    Fields:
        tool: name and version of this toolkit.
        engine: name and version of the decoder, with its settings.
        model: name and version of the model package.
        model_sha256: SHA-256 of the package's files, hexadecimal.
        glossary_sha256: SHA-256 of the glossary's concepts, hexadecimal.
        segmentation: name and version of the segmentation rules.
    """

    tool: str
    engine: str
    model: str
    model_sha256: str
    glossary_sha256: str
    segmentation: str


@dataclass(frozen=True, slots=True)
class Bitext:
    """A document aligned with its translation, unit by unit.

    Fields:
        written_checksum: the checksum that stands in the file it was read from, if one does.
    """

    document: Document
    source_lang: str
    target_lang: str
    units: tuple[Unit, ...]
    signature: Signature
    written_checksum: str = field(default="", compare=False)

    @property
    def checksum(self) -> str:
        """SHA-256 of sources, targets and states: what a reviewer may change."""
        return content_checksum(
            (unit.source.text, unit.target, unit.state if unit.target else "initial")
            for unit in self.units
        )

    @property
    def is_untouched(self) -> bool:
        """Whether it came from a file as the toolkit wrote it, with no unit reviewed."""
        unreviewed = not any(unit.is_reviewed for unit in self.units)
        return unreviewed and self.written_checksum == self.checksum


def content_checksum(rows: Iterable[tuple[str, ...]]) -> str:
    """Give the SHA-256, hexadecimal, of rows of texts."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update("\x1f".join((*row, "\x1e")).encode("utf-8"))
    return digest.hexdigest()


def unit_checksum(source: str, target: str, state: State) -> str:
    """Give the first 16 digits of the SHA-256, hexadecimal, of what a reviewer may change."""
    return content_checksum([(source, target, state if target else "initial")])[:16]
