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

from toolkit.bitext import Bitext, Inline, Origin, Proposal, Segment, State, TermMatch, Unit
from toolkit.files import write_atomically
from toolkit.formats.inline_codes import Role, apart, fill, numbered_inlines, read_text
from toolkit.formats.rows import (
    OURS,
    TOOL,
    Row,
    header_properties,
    issue_sentence,
    unit_properties,
    with_properties,
)
from toolkit.formats.xmlfiles import XML_SPACE, local_name, permitted

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
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
    in_source, in_target = numbered_inlines(unit)
    terms = [(term, _mark(term)) for term in apart(unit.terms)]
    fill(_add(element, "source"), unit.source.text, in_source, _code, terms)
    target = _add(element, "target")
    if unit.target:
        fill(target, unit.target, in_target, _code)
    else:
        fill(target, unit.source.text, in_source, _code)
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


def _mark(term: TermMatch) -> etree._Element:
    comment = permitted(f"{term.concept.source} = {term.concept.target}")
    return etree.Element(_name("mrk"), mtype="term", comment=comment)


def _code(inline: Inline, number: int, role: Role) -> etree._Element:
    kind = inline.kind if inline.kind in {"bold", "italic", "link"} else f"x-{inline.kind}"
    name = {"opening": "bpt", "closing": "ept", "mark": "ph"}[role]
    element = etree.Element(_name(name), id=str(number))
    if role != "closing":
        element.set("ctype", kind)
    element.text = permitted(inline.closing if role == "closing" else inline.opening)
    return element


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
            unit = _read_unit(element, identifier, source, target)
            yield with_properties(langs, unit, properties)


def _contexts(element: etree._Element) -> Iterator[tuple[str, str]]:
    for group in element:
        if local_name(group) == "context-group":
            for context in group:
                name = context.get("context-type", "").removeprefix(OURS)
                yield name, context.text or ""


def _segments(
    element: etree._Element,
) -> Iterator[tuple[etree._Element, etree._Element | None]]:
    """Give the sources and targets of a unit, segment by segment where a tool has segmented it."""
    parts = {local_name(child): child for child in element}
    segmented = _marked_segments(parts.get("seg-source"))
    if segmented:
        translations = _marked_segments(parts.get("target"))
        yield from ((mark, translations.get(mid)) for mid, mark in segmented.items())
    elif "source" in parts:
        yield parts["source"], parts.get("target")


def _marked_segments(element: etree._Element | None) -> dict[str, etree._Element]:
    marks = () if element is None else element.iter()
    return {
        mark.get("mid", ""): mark
        for mark in marks
        if local_name(mark) == "mrk" and mark.get("mtype") == "seg"
    }


def _read_unit(
    element: etree._Element,
    identifier: str,
    source: etree._Element,
    target: etree._Element | None,
) -> Unit:
    text, inlines = read_text(source)
    translation, placed = read_text(target)
    found = next((child for child in element if local_name(child) == "target"), None)
    facts = {} if found is None else {str(name): str(text) for name, text in found.attrib.items()}
    if facts.get("state") == "new" and translation == text:  # a copy, for OmegaT
        translation, placed = "", ()
    return Unit(
        Segment(identifier, 0, 0, len(text), text, inlines),
        translation,
        origin=_READ_ORIGINS.get(facts.get("state-qualifier", ""), "human"),
        state=_state(facts.get("state", ""), element.get("approved", ""), translation),
        notes=tuple(child.text or "" for child in element if local_name(child) == "note"),
        proposals=tuple(_proposals(element)),
        inlines=placed,
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
            texts = {local_name(child): read_text(child)[0] for child in alternative}
            quality = re.fullmatch(r"(\d{1,3})(\.\d+)?\s*%?", alternative.get("match-quality", ""))
            yield Proposal(
                texts.get("source", ""),
                texts.get("target", ""),
                min(int(quality[1]), 100) / 100 if quality else 0.0,
                alternative.get("origin", ""),
            )
