"""The values that pass between the stages of a translation. No input or output happens here.

Document -> Segment... -> Unit... -> Bitext
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["title", "heading", "paragraph", "list-item", "table-cell", "caption"]
Origin = Literal["memory", "machine", "human"]
State = Literal["initial", "translated", "reviewed", "final"]
Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like piece of a document: the largest unit that segments never cross."""

    kind: BlockKind
    text: str


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
    """

    id: str
    block: int
    start: int
    stop: int
    text: str


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
    """

    concept: Concept
    start: int
    stop: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One automatic change of a translation, with the whole text before and after it."""

    step: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding about a unit: the check that found it, how grave it is, and what to do."""

    check: str
    severity: Severity
    message: str


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
    """

    source: Segment
    target: str
    origin: Origin = "machine"
    state: State = "translated"
    terms: tuple[TermMatch, ...] = ()
    edits: tuple[Edit, ...] = ()
    issues: tuple[Issue, ...] = ()
    score: float | None = None

    @property
    def raw(self) -> str:
        """The translation before any automatic edit: what the model wrote."""
        return self.edits[0].before if self.edits else self.target


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
    """A document aligned with its translation, unit by unit."""

    document: Document
    source_lang: str
    target_lang: str
    units: tuple[Unit, ...]
    signature: Signature

    @property
    def checksum(self) -> str:
        """SHA-256 of sources, targets and states: what a reviewer may change."""
        return content_checksum((unit.source.text, unit.target, unit.state) for unit in self.units)


def content_checksum(rows: Iterable[tuple[str, ...]]) -> str:
    """Give the SHA-256, hexadecimal, of rows of texts."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update("\x1f".join((*row, "\x1e")).encode("utf-8"))
    return digest.hexdigest()
