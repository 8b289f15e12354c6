"""XLIFF 2.0 (OASIS, 2014), with its modules for metadata and for translation candidates.

What the format has no place of its own for stands in the metadata module; a glossary term in
the source is annotated.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import cast

from lxml import etree

from toolkit.bitext import (
    STATES,
    Bitext,
    Inline,
    InlineKind,
    Proposal,
    Segment,
    State,
    TermMatch,
    Unit,
)
from toolkit.files import write_atomically
from toolkit.formats.inline_codes import Role, apart, fill, numbered_inlines, read_text
from toolkit.formats.rows import (
    Row,
    header_properties,
    issue_sentence,
    unit_properties,
    with_properties,
)
from toolkit.formats.xmlfiles import XML_SPACE, local_name, permitted

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"
MATCHES = "urn:oasis:names:tc:xliff:matches:2.0"
TYPES: dict[InlineKind, tuple[str, str]] = {
    "bold": ("fmt", "xlf:b"),
    "italic": ("fmt", "xlf:i"),
    "link": ("link", ""),
    "note": ("other", "bilingual:note"),
    "other": ("other", ""),
}
"""Types and subtypes of inline codes."""
NATIVE = {"state", "proposal", "proposal-source", "proposal-origin"}
"""Properties that the format has a place for."""
WHOLE = "whole"
"""Identifier of the mark around a source that has candidates."""


def write_xliff20(bitext: Bitext, path: Path, date: datetime) -> None:
    """Write a bitext as an XLIFF 2.0 file in UTF-8.

    Args:
        bitext: the units, at least one.
        path: the file to write.
        date: not used: the format has no place for it.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, render_xliff20(bitext, date))


def render_xliff20(bitext: Bitext, date: datetime) -> bytes:
    """Give the bytes of a bitext's XLIFF 2.0 file; see `write_xliff20`."""
    del date
    names = cast("dict[str, str]", {None: NAMESPACE, "mda": METADATA, "mtc": MATCHES})
    root = etree.Element(_core("xliff"), {"version": "2.0"}, nsmap=names)
    root.set("srcLang", bitext.source_lang)
    root.set("trgLang", bitext.target_lang)
    file = etree.SubElement(root, _core("file"), id="document", original=bitext.document.id)
    _add_metadata(file, header_properties(bitext))
    for unit in bitext.units:
        _add_unit(file, bitext, unit)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _core(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _add(parent: etree._Element, name: str, text: str, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, name, attributes)
    element.text = permitted(text) or None
    return element


def _add_metadata(parent: etree._Element, properties: Iterable[tuple[str, str]]) -> None:
    group = etree.SubElement(
        etree.SubElement(parent, f"{{{METADATA}}}metadata"), f"{{{METADATA}}}metaGroup"
    )
    for name, text in properties:
        _add(group, f"{{{METADATA}}}meta", text, type=name)


def _add_unit(file: etree._Element, bitext: Bitext, unit: Unit) -> None:
    element = etree.SubElement(file, _core("unit"), {"id": unit.source.id, XML_SPACE: "preserve"})
    if unit.proposals:
        matches = etree.SubElement(element, f"{{{MATCHES}}}matches")
        for proposal in unit.proposals:
            _add_proposal(matches, proposal)
    kind = bitext.document.blocks[unit.source.block].kind
    _add_metadata(element, ((n, t) for n, t in unit_properties(unit, kind) if n not in NATIVE))
    _add_notes(element, unit)
    in_source, in_target = numbered_inlines(unit)
    _add_data(element, dict([*in_target, *in_source]))
    segment = etree.SubElement(element, _core("segment"), state=unit.state)
    source = etree.SubElement(segment, _core("source"))
    if unit.proposals:
        source.text = ""  # keeps the layout of the file out of the text
        source = etree.SubElement(source, _core("mrk"), id=WHOLE, type="mtc:match")
    terms = [(term, _mark(term, number)) for number, term in enumerate(apart(unit.terms), start=1)]
    fill(source, unit.source.text, in_source, _code, terms)
    if unit.target:
        fill(etree.SubElement(segment, _core("target")), unit.target, in_target, _code)


def _mark(term: TermMatch, number: int) -> etree._Element:
    value = permitted(f"{term.concept.source} = {term.concept.target}")
    return etree.Element(_core("mrk"), id=f"t{number}", type="term", value=value)


def _add_data(element: etree._Element, numbered: dict[int, Inline]) -> None:
    """Put the codes of the document's format, to which the inline codes refer, into a unit."""
    if numbered:
        data = etree.SubElement(element, _core("originalData"))
        for number, inline in sorted(numbered.items()):
            _add(data, _core("data"), inline.opening, id=f"o{number}")
            if inline.start < inline.stop:
                _add(data, _core("data"), inline.closing, id=f"c{number}")


def _code(inline: Inline, number: int, role: Role) -> etree._Element:
    if role == "closing":
        return etree.Element(_core("ec"), startRef=str(number), dataRef=f"c{number}")
    name = "ph" if role == "mark" else "sc"
    element = etree.Element(_core(name), id=str(number), dataRef=f"o{number}")
    kind, subkind = TYPES[inline.kind]
    element.set("type", kind)
    if subkind:
        element.set("subType", subkind)
    return element


def _add_proposal(matches: etree._Element, proposal: Proposal) -> None:
    match = etree.SubElement(matches, f"{{{MATCHES}}}match", ref=f"#{WHOLE}")
    match.set("similarity", f"{100 * proposal.similarity:.1f}")
    if proposal.origin:
        match.set("origin", permitted(proposal.origin))
    _add(match, _core("source"), proposal.source)
    _add(match, _core("target"), proposal.target)


def _add_notes(element: etree._Element, unit: Unit) -> None:
    issues = [(issue_sentence(issue), {"category": issue.check}) for issue in unit.issues]
    notes = [*((note, {}) for note in unit.notes), *issues]
    if notes:
        parent = etree.SubElement(element, _core("notes"))
        for text, attributes in notes:
            _add(parent, _core("note"), text, **attributes)


def xliff20_header(root: etree._Element) -> tuple[tuple[str, str], dict[str, str]]:
    """Give the languages and the properties of the document that an XLIFF 2 file tells."""
    file = next((child for child in root if local_name(child) == "file"), root)
    facts = {"document": "_".join(file.get("original", "").split()), **dict(_metadata(file))}
    return (root.get("srcLang", ""), root.get("trgLang", "")), facts


def xliff20_rows(root: etree._Element) -> Iterator[Row]:
    """Read the segments of an XLIFF 2 file, those of all its files in a row."""
    langs, _ = xliff20_header(root)
    units = (element for element in root.iter() if local_name(element) == "unit")
    for number, element in enumerate(units, start=1):
        properties = list(_metadata(element))
        ours = any(name == "block" for name, _ in properties)
        segments = (child for child in element if local_name(child) == "segment")
        for sentence, segment in enumerate(segments, start=1):
            identifier = element.get("id", "") if ours else f"{number}.{sentence}"
            unit = _read_segment(element, segment, identifier)
            yield with_properties(langs, unit, properties)


def _metadata(element: etree._Element) -> Iterator[tuple[str, str]]:
    for child in element:
        if local_name(child) == "metadata":
            for meta in child.iter(f"{{{METADATA}}}meta"):
                yield meta.get("type", ""), meta.text or ""


def _read_segment(element: etree._Element, segment: etree._Element, identifier: str) -> Unit:
    data = {datum.get("id", ""): datum.text or "" for datum in element.iter(_core("data"))}
    texts = {local_name(child): read_text(child, data) for child in segment}
    source, inlines = texts.get("source", ("", ()))
    target, placed = texts.get("target", ("", ()))
    return Unit(
        Segment(identifier, 0, 0, len(source), source, inlines),
        target,
        origin="human",
        state=_state(segment.get("state"), target),
        notes=tuple(_notes(element)),
        proposals=tuple(_proposals(element)),
        inlines=placed,
    )


def _state(state: str | None, target: str) -> State:
    told = next((known for known in STATES if known == state), None)
    return told or ("translated" if target else "initial")


def _notes(element: etree._Element) -> Iterator[str]:
    for child in element:
        if local_name(child) == "notes":
            yield from (note.text or "" for note in child)


def _proposals(element: etree._Element) -> Iterator[Proposal]:
    for match in element.iter(f"{{{MATCHES}}}match"):
        texts = {local_name(child): read_text(child)[0] for child in match}
        try:
            similarity = min(max(float(match.get("similarity", "")), 0.0), 100.0) / 100
        except ValueError:
            similarity = 0.0
        origin = match.get("origin", "")
        yield Proposal(texts.get("source", ""), texts.get("target", ""), similarity, origin)
