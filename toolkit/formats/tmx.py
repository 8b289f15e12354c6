"""TMX 1.4, the exchange format of translation memories (LISA OSCAR, 2005)."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, NamedTuple

from lxml import etree

from toolkit.bitext import Bitext, Inline, Origin, Proposal, Segment, State, Unit
from toolkit.errors import FormatError
from toolkit.files import open_atomically, write_atomically
from toolkit.formats.inline_codes import Role, fill, numbered_inlines, read_text
from toolkit.formats.rows import (
    DATE,
    OURS,
    TOOL,
    Row,
    assemble,
    header_properties,
    issue_sentence,
    read_date,
    rows_of,
    unit_properties,
    with_properties,
)
from toolkit.formats.xmlfiles import XML_LANG, local_name, permitted, xml_elements
from toolkit.packages import base_lang

DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
NATIVE = {"author", "changed"}
"""Properties that the format has a place for."""
ALL = "*all*"
"""Source language of a file whose units have several."""
TARGET_LANG = "target-lang"
"""Property of the header, for a file without any translation."""
TYPES = {"note": "fnote"}
"""Types of inline codes as TMX recommends them, where they differ from ours."""
MACHINE = "MT!"
"""How the author of machine output begins, here and in Wordfast; OmegaT hands it on."""
MACHINE_MARKS = frozenset({"MT", "MT!", "NMT", "AMT", "AdaptiveMachineTranslation"})
"""How Trados and memoQ mark machine output, in a property or as the author."""
_TRADOS_STATES: dict[str, State] = {
    "Draft": "initial",
    "RejectedTranslation": "initial",
    "RejectedSignOff": "translated",
    "ApprovedTranslation": "reviewed",
    "ApprovedSignOff": "final",
}
_SEGMENT_ID = re.compile(r"\d+\.\d+")


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
    stream = io.BytesIO()
    langs = (bitext.source_lang, bitext.target_lang)
    _write(stream, rows_of(bitext), langs, dict(header_properties(bitext)), date)
    return stream.getvalue()


def stream_to_tmx(
    path: Path,
    rows: Iterable[Row],
    langs: tuple[str, str],
    facts: Mapping[str, str],
    date: datetime,
) -> None:
    """Write a TMX file of any size unit by unit.

    Args:
        path: the file to write.
        rows: the units; their segments' identifiers must be unique.
        langs: codes of the source and the target language, or `ALL` and an empty code where the
            units have several.
        facts: what is known of the units as a whole, by name; see `header_properties`.
        date: creation date of the header and the units, in UTC.

    Raises:
        OutputError: the file cannot be written.
    """
    with open_atomically(path) as file:
        _write(file, rows, langs, facts, date)


def _write(
    file: IO[bytes],
    rows: Iterable[Row],
    langs: tuple[str, str],
    facts: Mapping[str, str],
    date: datetime,
) -> None:
    stamp = date.strftime(DATE)
    model = permitted(facts.get("model", ""))
    prefix = f"{facts['document']}:" if "document" in facts else ""
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration(doctype=DOCTYPE)
        with xml.element("tmx", version="1.4"):
            xml.write("\n", _header(langs, facts, stamp), pretty_print=True)
            with xml.element("body"):
                xml.write("\n")
                for row in rows:
                    identifier = permitted(prefix + row.unit.source.id)
                    element = etree.Element("tu", tuid=identifier, creationdate=stamp)
                    if langs[0] == ALL:
                        element.set("srclang", row.langs[0])
                    _fill(element, row)
                    if row.unit.target:
                        _add_translation(element, row.unit, row.langs[1], model, stamp)
                    xml.write(element, pretty_print=True)
            xml.write("\n")
    file.write(b"\n")


def _header(langs: tuple[str, str], facts: Mapping[str, str], stamp: str) -> etree._Element:
    header = etree.Element(
        "header",
        {
            "creationtool": TOOL,
            "creationtoolversion": version(TOOL),
            "segtype": "sentence",
            "o-tmf": TOOL,
            "adminlang": "en",
            "srclang": langs[0],
            "datatype": "plaintext",
            "creationdate": stamp,
        },
    )
    for name, value in (*facts.items(), (TARGET_LANG, langs[1])):
        if value:
            _add_property(header, f"{OURS}{name}", value)
    return header


def _fill(element: etree._Element, row: Row) -> None:
    """Add to a tu what goes before its translation."""
    unit = row.unit
    for note in (*unit.notes, *map(issue_sentence, unit.issues)):
        etree.SubElement(element, "note").text = permitted(note)
    for name, value in (*unit_properties(unit, row.kind), *row.more):
        if name not in NATIVE:
            _add_property(element, f"{OURS}{name}", value)
    _add_variant(element, row.langs[0], unit.source.text, numbered_inlines(unit)[0])


def _add_translation(
    element: etree._Element, unit: Unit, lang: str, model: str, stamp: str
) -> None:
    variant = _add_variant(element, lang, unit.target, numbered_inlines(unit)[1])
    variant.set("creationdate", stamp)
    if model and unit.origin == "machine":
        variant.set("creationid", f"{MACHINE} {model}")
    if unit.changed:
        variant.set("changedate", unit.changed.strftime(DATE))
    if unit.author:
        variant.set("changeid", permitted(unit.author))


def _add_property(parent: etree._Element, kind: str, value: str) -> None:
    etree.SubElement(parent, "prop", type=kind).text = permitted(value)


def _add_variant(
    parent: etree._Element, lang: str, text: str, numbered: list[tuple[int, Inline]]
) -> etree._Element:
    variant = etree.SubElement(parent, "tuv", {XML_LANG: lang})
    segment = etree.SubElement(variant, "seg")
    if numbered:
        fill(segment, text, numbered, _code)
    else:
        segment.text = permitted(text)
    return variant


def render_segments(unit: Unit) -> tuple[str, str]:
    """Give the source and the translation of a unit as `seg` elements, with their inline codes."""
    element = etree.Element("tu")
    texts = unit.source.text, unit.target
    for text, inlines in zip(texts, numbered_inlines(unit), strict=True):
        _add_variant(element, "", text, inlines)
    source, target = (etree.tostring(seg, encoding="unicode") for seg in element.iter("seg"))
    return source, target


def _code(inline: Inline, number: int, role: Role) -> etree._Element:
    attributes = {"x": str(number), "type": TYPES.get(inline.kind, inline.kind)}
    match role:
        case "opening":
            element = etree.Element("bpt", {"i": str(number), **attributes})
        case "closing":
            element = etree.Element("ept", i=str(number))
        case "mark":
            element = etree.Element("ph", attributes)
    element.text = permitted(inline.closing if role == "closing" else inline.opening)
    return element


def read_tmx(path: Path, source_lang: str = "", target_lang: str = "") -> Bitext:
    """Read a TMX file, version 1.1 to 1.4, of ours or of any other tool.

    Units that another tool wrote have the origin `human`, or `machine` where the file says so.
    A unit of ours keeps all but the score's digits after the third, the parts of its concepts
    other than identifier, source and target, and the reasons of its term matches.

    Args:
        path: the file, packed by gzip or not, in any encoding that XML declares.
        source_lang, target_lang: which languages to take of several; by default those of the
            first unit, whose source is told by the file.

    Raises:
        FormatError: the file cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> text = "<tmx><body><tu><tuv lang='RU'><seg>Да</seg></tuv><tuv lang='EN'><seg>Yes</seg>"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "old.tmx")
    ...     _ = path.write_text(f"{text}</tuv></tu></body></tmx>", encoding="utf-8")
    ...     [(unit.source.text, unit.target, unit.origin) for unit in read_tmx(path).units]
    [('Да', 'Yes', 'human')]
    """
    header: dict[str, str] = {}
    pairs = (row.langs for row in _rows(path, (source_lang, target_lang), header))
    first = next((pair for pair in pairs if all(pair)), ("", ""))
    langs = (
        source_lang or first[0] or header.get("srclang", ""),
        target_lang or first[1] or header.get(TARGET_LANG, ""),
    )
    rows = list(_rows(path, langs, header))
    if not header and not rows:
        raise FormatError(f"{path}: is no TMX; check the file")
    return assemble(rows, header, path, langs)


def stream_tmx(
    path: Path, source_lang: str = "", target_lang: str = "", facts: dict[str, str] | None = None
) -> Iterator[Row]:
    """Read a TMX file of any size unit by unit; see `read_tmx`.

    Without languages each unit is read in its own direction. What the header says of the units as
    a whole is added to `facts` before the first of them.
    """
    return _rows(path, (source_lang, target_lang), {} if facts is None else facts)


def _rows(path: Path, langs: tuple[str, str], header: dict[str, str]) -> Iterator[Row]:
    """Read the units; what the header says is added to `header` before the first of them."""
    number = 0
    for element in xml_elements(path, "header", "tu"):
        if local_name(element) == "header":
            header |= _read_header(element)
            continue
        number += 1
        row = _read_unit(element, number, langs, header.get("srclang", ""))
        if row is not None:
            yield row


def _read_header(element: etree._Element) -> dict[str, str]:
    tool = f"{element.get('creationtool', '')} {element.get('creationtoolversion', '')}"
    properties = (child for child in element if local_name(child) == "prop")
    return {
        "tool": tool.strip(),
        "srclang": element.get("srclang", ""),
        **dict(map(_property, properties)),
    }


def _property(element: etree._Element) -> tuple[str, str]:
    return element.get("type", "").removeprefix(OURS), element.text or ""


class _Variant(NamedTuple):
    """A text of a unit in one language."""

    lang: str
    text: str
    inlines: tuple[Inline, ...]
    element: etree._Element


def _read_unit(
    element: etree._Element, number: int, langs: tuple[str, str], srclang: str
) -> Row | None:
    """Read a unit; None where it has no text in the source language."""
    variants, notes, properties = _gather(element)
    source, targets = _choose(variants, langs, element.get("srclang", srclang))
    if source is None:
        return None
    best = targets[0] if targets else _Variant("", "", (), element)
    known = dict(properties)
    author, date = _last_change(best.element, element, ours="origin" in known)
    unit = Unit(
        Segment(
            _segment_id(element, number, known),
            number - 1,
            0,
            len(source.text),
            source.text,
            source.inlines,
        ),
        best.text,
        origin=_origin(author, known),
        state=_state(best.text, known),
        notes=tuple(notes),
        proposals=_proposals(source, targets[1:]),
        author=author,
        changed=read_date(date),
        inlines=best.inlines,
    )
    return with_properties((source.lang, best.lang), unit, properties)


def _gather(
    element: etree._Element,
) -> tuple[list[_Variant], list[str], list[tuple[str, str]]]:
    """Gather a unit's variants, and the notes and properties wherever they stand in it."""
    variants: list[_Variant] = []
    notes: list[str] = []
    properties: list[tuple[str, str]] = []
    holder = element
    for part in element.iter():
        match local_name(part):
            case "tuv":
                holder = part
            case "seg":
                variants.append(_Variant(_lang(holder), *read_text(part), holder))
            case "prop":
                properties.append(_property(part))
            case "note":
                notes.append(part.text or "")
    return variants, notes, properties


def _proposals(source: _Variant, others: list[_Variant]) -> tuple[Proposal, ...]:
    return tuple([Proposal(source.text, other.text, 1.0) for other in others])


def _lang(element: etree._Element) -> str:
    """Give the language, also where the attribute is `lang` or in capitals."""
    code = element.get(XML_LANG) or element.get("lang")
    if code is None:
        names = (name for name in map(str, element.attrib) if name.lower().endswith("lang"))
        code = next((element.get(name) for name in names), None)
    return code or ""


def _choose(
    variants: list[_Variant], langs: tuple[str, str], srclang: str
) -> tuple[_Variant | None, list[_Variant]]:
    """Find the variant that is the source, and those in the target language."""
    sources = _in_language(variants, langs[0] or srclang)
    if not sources and not langs[0]:  # srclang is missing, wrong or *all*
        sources = variants[:1]
    if not sources or not sources[0].text:
        return None, []
    others = [one for one in variants if one.lang != sources[0].lang]
    target_lang = langs[1] or (others[0].lang if others else "")
    return sources[0], [one for one in _in_language(others, target_lang) if one.text]


def _in_language(variants: list[_Variant], lang: str) -> list[_Variant]:
    """Find the variants of a language, of its region where there are any."""
    return (
        [one for one in variants if one.lang == lang]
        or [one for one in variants if one.lang.lower() == lang.lower()]
        or [one for one in variants if base_lang(one.lang) == base_lang(lang)]
    )


def _segment_id(element: etree._Element, number: int, known: Mapping[str, str]) -> str:
    """Give the segment's identifier where the unit is ours, otherwise one that numbers it."""
    identifier = str(element.get("tuid", "")).rpartition(":")[2]
    if "block" in known and _SEGMENT_ID.fullmatch(identifier):
        return identifier
    return f"{number}.1"


def _last_change(
    variant: etree._Element, unit: etree._Element, *, ours: bool
) -> tuple[str, str | None]:
    """Give who changed a translation last and when; of a unit of ours only if somebody did."""
    author = variant.get("changeid") or unit.get("changeid")
    date = variant.get("changedate") or unit.get("changedate")
    if not ours:
        author = author or variant.get("creationid") or unit.get("creationid")
        date = date or variant.get("creationdate") or unit.get("creationdate")
    return author or "", date


def _state(target: str, known: Mapping[str, str]) -> State:
    made: State = "translated" if target else "initial"
    return _TRADOS_STATES.get(known.get("ConfirmationLevel", ""), made)


def _origin(author: str, known: Mapping[str, str]) -> Origin:
    """Say who made a translation by who changed it last."""
    machine = is_machine(author) or known.get("Origin") in MACHINE_MARKS
    return "machine" if machine else "human"


def is_machine(author: str) -> bool:
    """Say whether the author of a translation is a machine, by the name.

    >>> is_machine("MT! translate-ru_en-0_3 0.3"), is_machine("Martin")
    (True, False)
    """
    return author.startswith(MACHINE) or author in MACHINE_MARKS
