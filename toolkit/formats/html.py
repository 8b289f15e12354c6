"""The review page: a bitext as one HTML file that needs no network, no server and no fonts."""

import base64
import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from toolkit.bitext import Bitext, Concept, Issue, Severity, Span, Unit
from toolkit.confidence import Band, bands, least_confident, load_thresholds
from toolkit.files import write_atomically
from toolkit.formats.rows import CHECKSUM, header_properties, unit_properties
from toolkit.formats.tmx import render_segments
from toolkit.formats.xmlfiles import permitted
from toolkit.terminology import find_rendering

if TYPE_CHECKING:
    from jinja2 import Template

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
MOST_BARS = 12
"""Checks in the chart; the rarer ones are left out."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a text that are marked: as a term, or with an issue.

    Fields:
        start, stop: where they stand.
        names: the classes of the mark.
        about: identifier of the element that describes it.
    """

    start: int
    stop: int
    names: str
    about: str


@dataclass(frozen=True, slots=True)
class View:
    """A unit as the page shows it: its texts with marks, and its confidence."""

    unit: Unit
    source: Markup
    target: Markup
    changes: Markup
    band: Band | None


def write_html(bitext: Bitext, path: Path) -> None:
    """Write the review page of a bitext.

    Args:
        bitext: the units, with their issues.
        path: the file to write.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, render_html(bitext))


def render_html(bitext: Bitext) -> bytes:
    """Give the bytes of a bitext's review page; see `write_html`."""
    style, script = _asset("page.css"), _asset("page.js")
    page = _template().render(
        bitext=bitext,
        title=permitted(bitext.document.title or bitext.document.id),
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        content=Markup(_content(bitext)),  # noqa: S704 - escaped there
        figures=list(_figures(bitext)),
        counts=_counts(bitext),
        jumps=_jumps(bitext),
        thresholds=load_thresholds(bitext.signature.model),
        worst=least_confident(bitext.units),
        blocks=list(_blocks(bitext)),
        concepts=_concepts(bitext.units),
    )
    return page.encode("utf-8", errors="replace")


@cache
def _template() -> "Template":
    import jinja2  # noqa: PLC0415 - a tenth of the cold start

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["permitted"] = permitted
    return environment.from_string(_asset("page.html"))


def _asset(name: str) -> str:
    return (resources.files("toolkit") / "data" / "review" / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Give a Content-Security-Policy that permits our style and script, and nothing else."""
    hashes = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    )
    style_hash, script_hash = hashes
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _content(bitext: Bitext) -> str:
    """Give the bitext as JSON that no HTML parser can take for anything else."""
    tool, _, version = bitext.signature.tool.rpartition(" ")
    content = {
        "document": bitext.document.id,
        "checksum": bitext.checksum,
        "sourceLang": bitext.source_lang,
        "targetLang": bitext.target_lang,
        "tool": [tool, version],
        "properties": [one for one in header_properties(bitext) if one[1] and one[0] != CHECKSUM],
        "units": [
            {
                "id": unit.source.id,
                "source": unit.source.text,
                "target": unit.target,
                "origin": unit.origin,
                "state": unit.state,
                "score": unit.score,
                "notes": unit.notes,
                "segments": render_segments(unit),
                "properties": list(
                    unit_properties(unit, bitext.document.blocks[unit.source.block].kind)
                ),
            }
            for unit in bitext.units
        ],
    }
    return re.sub("[<>&]", lambda found: f"\\u{ord(found.group()):04x}", json.dumps(content))


def _figures(bitext: Bitext) -> Iterator[tuple[str, str]]:
    """Yield the statistics at the top of the page, by name."""
    units = bitext.units
    words = [sum(len(text.split()) for text in texts) for texts in _texts(units)]
    found = sum(len({term.concept.id for term in unit.terms}) for unit in units)
    lost = sum(
        issue.check in {"term-missing", "term-varied", "term-forbidden"}
        for unit in units
        for issue in unit.issues
    )
    yield "segments", str(len(units))
    yield "words", f"{words[0]} → {words[1]}"
    yield "terms kept", f"{found - lost} of {found}"
    yield "issues", str(sum(len(unit.issues) for unit in units))
    reviewed = sum(unit.state in {"reviewed", "final"} for unit in units)
    yield "reviewed", f"{reviewed} of {len(units)}"


def _texts(units: Sequence[Unit]) -> tuple[list[str], list[str]]:
    return [unit.source.text for unit in units], [unit.target for unit in units]


def _counts(bitext: Bitext) -> list[tuple[str, Severity, int]]:
    """Count the issues by check, the most frequent first."""
    issues = [issue for unit in bitext.units for issue in unit.issues]
    severity = {issue.check: issue.severity for issue in issues}
    counts = Counter(issue.check for issue in issues).most_common(MOST_BARS)
    return [(check, severity[check], count) for check, count in counts]


def _jumps(bitext: Bitext) -> list[tuple[Unit, Issue]]:
    """List the issues, the gravest first."""
    found = [(unit, issue) for unit in bitext.units for issue in unit.issues]
    return sorted(found, key=lambda one: SEVERITIES.index(one[1].severity))


def _blocks(bitext: Bitext) -> Iterator[tuple[str, list[View]]]:
    """Yield the blocks of the document: their kind, and their units as the page shows them."""
    banded = zip(bitext.units, bands(bitext), strict=True)
    for block, group in groupby(banded, key=lambda one: one[0].source.block):
        kind = bitext.document.blocks[block].kind
        yield kind, [_view(unit, band) for unit, band in group]


def _view(unit: Unit, band: Band | None) -> View:
    renderings = [(term, find_rendering(term.concept, unit.target)) for term in unit.terms]
    source = [Mark(term.start, term.stop, "term", f"t-{term.concept.id}") for term in unit.terms]
    target = [
        Mark(place.start, place.stop, "term", f"t-{term.concept.id}")
        for term, place in renderings
        if place is not None
    ]
    for number, issue in enumerate(unit.issues):
        about = f"i{unit.source.id}-{number}"
        for marks, span in ((source, issue.source), (target, issue.target)):
            if span:
                marks.append(Mark(*span, f"issue {issue.severity}", about))
    return View(
        unit,
        mark(unit.source.text, source),
        mark(unit.target, target),
        _changes(unit),
        band,
    )


def mark(text: str, marks: Iterable[Mark]) -> Markup:
    """Put marks around the words of a text; marks may overlap.

    >>> mark("peace talks", [Mark(0, 5, "issue error", "i1.1-0")])
    Markup('<span class="issue error" role="note" aria-describedby="i1.1-0">peace</span> talks')
    """
    marks = list(marks)
    cuts = sorted({0, len(text), *(place for one in marks for place in (one.start, one.stop))})
    pieces = []
    for start, stop in pairwise(cuts):
        here = [one for one in marks if one.start <= start and stop <= one.stop]
        pieces.append(_marked(text[start:stop], here, (start, stop)))
    return Markup().join(pieces)


def _marked(words: str, marks: Sequence[Mark], span: Span) -> Markup:
    """Mark words; the first words of a term take the focus."""
    shown = escape(permitted(words))
    if not marks:
        return shown
    names = " ".join(dict.fromkeys(one.names for one in marks))
    about = " ".join(dict.fromkeys(one.about for one in marks))
    focus = any(one.names == "term" and one.start == span[0] for one in marks)
    first = Markup(' tabindex="0" role="note"') if focus else Markup(' role="note"')
    return Markup('<span class="{}"{} aria-describedby="{}">{}</span>').format(
        names, first, about, shown
    )


def _changes(unit: Unit) -> Markup:
    """Show what the toolkit changed in the model's output, word by word."""
    if not unit.edits:
        return Markup()
    before, after = (re.findall(r"\S+\s*", text) for text in (unit.edits[0].before, unit.target))
    pieces = []
    for action, first, stop, other, end in difflib.SequenceMatcher(
        a=before, b=after, autojunk=False
    ).get_opcodes():
        deleted, inserted = "".join(before[first:stop]), "".join(after[other:end])
        if action == "equal":
            pieces.append(escape(permitted(inserted)))
            continue
        if deleted:
            pieces.append(Markup("<del>{}</del>").format(permitted(deleted)))
        if inserted:
            pieces.append(Markup("<ins>{}</ins>").format(permitted(inserted)))
    return Markup().join(pieces)


def _concepts(units: Iterable[Unit]) -> list[Concept]:
    """List the concepts that the page explains, each once."""
    return list({term.concept.id: term.concept for unit in units for term in unit.terms}.values())


def is_review_page(content: bytes) -> bool:
    """Say whether a file is a review page that `write_html` wrote, and not someone's own page."""
    return b'<meta name="generator" content="bilingual-toolkit' in content[:4096]
