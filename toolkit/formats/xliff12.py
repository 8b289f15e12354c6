"""XLIFF 1.2 (OASIS, 2008).

What the format has no place of its own for stands in contexts of the type `x-NAME`; a glossary
term in the source is marked. OmegaT before version 4 shows only units with a target: one without
a translation gets a copy of its source, in the state `new`.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import cast

from lxml import etree

from toolkit.bitext import Bitext, Origin, Proposal, Segment, State, TermMatch, Unit
from toolkit.files import write_atomically
from toolkit.formats.rows import (
    OURS,
    TOOL,
    Row,
    add_marked,
    header_properties,
    issue_sentence,
    unit_properties,
    with_properties,
)
from toolkit.formats.xmlfiles import XML_SPACE, local_name, permitted, text_outside

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
CODES = frozenset({"bpt", "ept", "ph", "it", "sub"})
"""Elements of inline codes: what they hold is no text of the segment."""
NATIVE = {"origin", "state", "proposal", "proposal-source", "proposal-origin"}
"""Properties that the format has a place for."""
STATES: dict[State, str] = {
    "initial": "new",
    "translated": "needs-review-translation",
    "reviewed": "signed-off",
    "final": "final",
}
_READ_STATES: dict[str, State] = {
    "new": "initial",
    "needs-translation": "initial",
    "signed-off": "reviewed",
    "final": "final",
}
_QUALIFIERS: dict[Origin, str] = {"machine": "leveraged-mt", "memory": "leveraged-tm"}
_READ_ORIGINS: dict[str, Origin] = {
    "leveraged-mt": "machine",
    "mt-suggestion": "machine",
    "leveraged-tm": "memory",
    "exact-match": "memory",
    "fuzzy-match": "memory",
    "leveraged-inherited": "memory",
    "id-match": "memory",
    "tm-suggestion": "memory",
}


def write_xliff12(bitext: Bitext, path: Path, date: datetime) -> None:
    """Write a bitext as an XLIFF 1.2 file in UTF-8.

    Args:
        bitext: the units.
        path: the file to write.
        date: date of the file, in UTC.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, render_xliff12(bitext, date))


def render_xliff12(bitext: Bitext, date: datetime) -> bytes:
    """Give the bytes of a bitext's XLIFF 1.2 file; see `write_xliff12`."""
    root = etree.Element(
        _name("xliff"), {"version": "1.2"}, nsmap=cast("dict[str, str]", {None: NAMESPACE})
    )
    file = _add(
        root,
        "file",
        original=bitext.document.id,
        datatype="plaintext",
        date=date.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    file.set("source-language", bitext.source_lang)
    file.set("target-language", bitext.target_lang)
    group = _add(_add(file, "body"), "group", id="document")
    _add_contexts(group, header_properties(bitext))
    for unit in bitext.units:
        _add_unit(group, bitext, unit)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, _name(tag), attributes)
    element.text = permitted(text) or None
    return element


def _add_unit(group: etree._Element, bitext: Bitext, unit: Unit) -> None:
    approved = "yes" if unit.state in {"reviewed", "final"} else "no"
    element = _add(group, "trans-unit", id=unit.source.id, approved=approved)
    element.set(XML_SPACE, "preserve")
    add_marked(_add(element, "source"), unit, _mark)
    target = _add(element, "target", unit.target or unit.source.text)
    target.set("state", STATES[unit.state] if unit.target else "new")
    if unit.origin in _QUALIFIERS:
        target.set("state-qualifier", _QUALIFIERS[unit.origin])
    kind = bitext.document.blocks[unit.source.block].kind
    _add_contexts(element, ((n, t) for n, t in unit_properties(unit, kind) if n not in NATIVE))
    for note in unit.notes:
        _add(element, "note", note)
    for issue in unit.issues:
        _add(element, "note", issue_sentence(issue), **{"from": TOOL, "annotates": "target"})
    for proposal in unit.proposals:
        _add_proposal(element, proposal)


def _mark(term: TermMatch, number: int) -> etree._Element:
    del number
    comment = permitted(f"{term.concept.source} = {term.concept.target}")
    return etree.Element(_name("mrk"), mtype="term", comment=comment)


def _add_contexts(parent: etree._Element, properties: Iterable[tuple[str, str]]) -> None:
    group = _add(parent, "context-group", purpose="information")
    for name, text in properties:
        _add(group, "context", text, **{"context-type": f"{OURS}{name}"})


def _add_proposal(element: etree._Element, proposal: Proposal) -> None:
    quality = f"{round(100 * proposal.similarity)}%"
    alternative = _add(element, "alt-trans", **{"match-quality": quality})
    if proposal.origin:
        alternative.set("origin", permitted(proposal.origin))
    _add(alternative, "source", proposal.source)
    _add(alternative, "target", proposal.target)


def xliff12_header(root: etree._Element) -> tuple[tuple[str, str], dict[str, str]]:
    """Give the languages and the properties of the document that an XLIFF 1.2 file tells."""
    file = next((child for child in root if local_name(child) == "file"), root)
    group = next((child for child in file.iter() if local_name(child) == "group"), file)
    facts = {"document": "_".join(file.get("original", "").split()), **dict(_contexts(group))}
    return (file.get("source-language", ""), file.get("target-language", "")), facts


def xliff12_rows(root: etree._Element) -> Iterator[Row]:
    """Read the units of an XLIFF 1.2 file, those of all its files in a row.

    A unit that a tool has segmented (`seg-source`) becomes a row for each of its segments.
    """
    langs, _ = xliff12_header(root)
    units = (element for element in root.iter() if local_name(element) == "trans-unit")
    for number, element in enumerate(units, start=1):
        properties = list(_contexts(element))
        ours = any(name == "block" for name, _ in properties)
        for sentence, (source, target) in enumerate(_segments(element), start=1):
            identifier = element.get("id", "") if ours else f"{number}.{sentence}"
            unit = _read_unit(element, Segment(identifier, 0, 0, len(source), source), target)
            yield with_properties(langs, unit, properties)


def _contexts(element: etree._Element) -> Iterator[tuple[str, str]]:
    for group in element:
        if local_name(group) == "context-group":
            for context in group:
                name = context.get("context-type", "").removeprefix(OURS)
                yield name, context.text or ""


def _segments(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Give the texts of a unit, segment by segment where a tool has segmented it."""
    parts = {local_name(child): child for child in element}
    segmented = _marked_segments(parts.get("seg-source"))
    if segmented:
        translations = _marked_segments(parts.get("target"))
        yield from ((text, translations.get(mid, "")) for mid, text in segmented.items())
    elif "source" in parts:
        target = text_outside(parts["target"], CODES) if "target" in parts else ""
        yield text_outside(parts["source"], CODES), target


def _marked_segments(element: etree._Element | None) -> dict[str, str]:
    marks = () if element is None else element.iter()
    return {
        mark.get("mid", ""): text_outside(mark, CODES)
        for mark in marks
        if local_name(mark) == "mrk" and mark.get("mtype") == "seg"
    }


def _read_unit(element: etree._Element, source: Segment, target: str) -> Unit:
    found = next((child for child in element if local_name(child) == "target"), None)
    facts = {} if found is None else {str(name): str(text) for name, text in found.attrib.items()}
    copied = facts.get("state") == "new" and target == source.text
    return Unit(
        source,
        "" if copied else target,
        origin=_READ_ORIGINS.get(facts.get("state-qualifier", ""), "human"),
        state=_state(facts.get("state", ""), element.get("approved", ""), target),
        notes=tuple(child.text or "" for child in element if local_name(child) == "note"),
        proposals=tuple(_proposals(element)),
    )


def _state(state: str, approved: str, target: str) -> State:
    if state in _READ_STATES:
        return _READ_STATES[state]
    if approved == "yes":
        return "reviewed"
    return "translated" if target else "initial"


def _proposals(element: etree._Element) -> Iterator[Proposal]:
    for alternative in element:
        if local_name(alternative) == "alt-trans":
            texts = {local_name(child): text_outside(child, CODES) for child in alternative}
            quality = re.fullmatch(r"(\d{1,3})(\.\d+)?\s*%?", alternative.get("match-quality", ""))
            yield Proposal(
                texts.get("source", ""),
                texts.get("target", ""),
                min(int(quality[1]), 100) / 100 if quality else 0.0,
                alternative.get("origin", ""),
            )
