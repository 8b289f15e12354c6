"""TMX 1.4, the exchange format of translation memories (LISA OSCAR, 2005)."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from lxml import etree

from toolkit.bitext import Bitext, Unit, content_checksum
from toolkit.files import write_atomically

DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CHECKSUM = "x-content-sha256"
STATE = "x-state"


def write_tmx(bitext: Bitext, path: Path, date: datetime) -> None:
    """Write a bitext as a TMX file in UTF-8.

    Args:
        bitext: the units; one without a translation gets no target variant.
        path: the file to write.
        date: creation date of the header and the units, in UTC.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, render_tmx(bitext, date))


def render_tmx(bitext: Bitext, date: datetime) -> bytes:
    """Give the bytes of a bitext's TMX file; see `write_tmx`."""
    stamp = date.strftime("%Y%m%dT%H%M%SZ")
    stream = io.BytesIO()
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration(doctype=DOCTYPE)
        with xml.element("tmx", version="1.4"):
            xml.write("\n", _header(bitext, stamp), pretty_print=True)
            with xml.element("body"):
                xml.write("\n")
                for unit in bitext.units:
                    xml.write(_translation_unit(bitext, unit, stamp), pretty_print=True)
            xml.write("\n")
    return stream.getvalue() + b"\n"


def _header(bitext: Bitext, stamp: str) -> etree._Element:
    tool, _, tool_version = bitext.signature.tool.rpartition(" ")
    header = etree.Element(
        "header",
        {
            "creationtool": tool,
            "creationtoolversion": tool_version,
            "segtype": "sentence",
            "o-tmf": tool,
            "adminlang": "en",
            "srclang": bitext.source_lang,
            "datatype": "plaintext",
            "creationdate": stamp,
        },
    )
    _add_property(header, "x-document", bitext.document.id)
    for name, value in asdict(bitext.signature).items():
        _add_property(header, f"x-{name.replace('_', '-')}", value)
    _add_property(header, CHECKSUM, bitext.checksum)
    return header


def _translation_unit(bitext: Bitext, unit: Unit, stamp: str) -> etree._Element:
    element = etree.Element("tu", tuid=f"{bitext.document.id}:{unit.source.id}", creationdate=stamp)
    for issue in unit.issues:
        note = etree.SubElement(element, "note")
        note.text = f"{issue.severity} {issue.check}: {issue.message}"
    for name, value in _unit_properties(bitext, unit):
        _add_property(element, name, value)
    _add_variant(element, bitext.source_lang, unit.source.text)
    if unit.target:
        variant = _add_variant(element, bitext.target_lang, unit.target)
        variant.set("creationdate", stamp)
        if unit.origin == "machine":
            variant.set("creationid", bitext.signature.model)
    return element


def _unit_properties(bitext: Bitext, unit: Unit) -> Iterator[tuple[str, str]]:
    yield "x-block", bitext.document.blocks[unit.source.block].kind
    yield "x-origin", unit.origin
    yield STATE, unit.state
    if unit.score is not None:
        yield "x-score", f"{unit.score:.3f}"
    for term in unit.terms:
        found = unit.source.text[term.start : term.stop]
        yield "x-term", f"{found} = {term.concept.target}"
    for edit in unit.edits:
        yield "x-edit", f"{edit.step}: {edit.reason}"
        yield "x-before-edit", edit.before


def _add_property(parent: etree._Element, kind: str, value: str) -> None:
    if value:
        etree.SubElement(parent, "prop", type=kind).text = value


def _add_variant(parent: etree._Element, lang: str, text: str) -> etree._Element:
    variant = etree.SubElement(parent, "tuv", {XML_LANG: lang})
    etree.SubElement(variant, "seg").text = text
    return variant


def is_untouched_tmx(content: bytes) -> bool:
    """Say whether a TMX file is as `write_tmx` left it, and none of its units is reviewed."""
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError:
        return False
    rows = [_row(unit) for unit in root.iter("tu")]
    written = root.findtext(f"header/prop[@type='{CHECKSUM}']")
    return written == content_checksum(rows) and all(row[2] == "translated" for row in rows)


def _row(unit: etree._Element) -> tuple[str, str, str]:
    """Give the source, target and state of a unit of ours."""
    segments = ["".join(map(str, seg.itertext())) for seg in unit.iter("seg")]
    state = unit.findtext(f"prop[@type='{STATE}']") or ""
    return segments[0], segments[1] if len(segments) > 1 else "", state


def read_texts(content: bytes) -> tuple[list[str], list[str]]:
    """Give the sources and the translations of a TMX file that `write_tmx` wrote, in order."""
    rows = [_row(unit) for unit in etree.fromstring(content, _parser()).iter("tu")]
    return [row[0] for row in rows], [row[1] for row in rows if row[1]]


def _parser() -> etree.XMLParser:
    """Make a parser that fetches nothing and expands nothing."""
    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
