"""A bilingual Word table, for reviewers without a CAT tool: number, source, target, comments.

The bitext as it was written lies as XLIFF 2.0 inside the .docx, so that nothing is lost; what
the reviewer typed is read from the table, also where it is tracked as a change, and from Word's
own comments.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from toolkit.bitext import Bitext, Segment, State, Unit
from toolkit.documents import open_word
from toolkit.errors import DocumentError, FormatError
from toolkit.files import write_atomically
from toolkit.formats.rows import Row, assemble, issue_sentence
from toolkit.formats.xliff20 import render_xliff20, xliff20_header, xliff20_rows
from toolkit.formats.xmlfiles import permitted

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table, _Cell

COLUMNS = ("№", "Source", "Target", "Comments")
PART = "/customXml/item2.xml"
CUSTOM_XML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of the archive's members, so that the same bitext gives the same bytes."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADER = re.compile(r"(?:Source|Target) \((\S+)\)")


def write_docx_table(bitext: Bitext, path: Path, date: datetime) -> None:
    """Write a bitext as a Word table.

    Args:
        bitext: the units.
        path: the file to write.
        date: date of the file, in UTC.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, render_docx_table(bitext, date))


def render_docx_table(bitext: Bitext, date: datetime) -> bytes:
    """Give the bytes of a bitext's Word table; see `write_docx_table`."""
    import docx  # noqa: PLC0415 - only for this format

    document = docx.Document()
    _set_up(document, bitext, date)
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    number, source, target, comments = COLUMNS
    header = (number, f"{source} ({bitext.source_lang})", f"{target} ({bitext.target_lang})")
    _fill(table.rows[0].cells, ((text,) for text in (*header, comments)))
    for unit in bitext.units:
        remarks = (*unit.notes, *map(issue_sentence, unit.issues))
        texts = ((unit.source.id,), (unit.source.text,), (unit.target,), remarks)
        _fill(table.add_row().cells, texts)
    _embed(document, render_xliff20(bitext, date))
    stream = io.BytesIO()
    document.save(stream)
    return _with_fixed_dates(stream)


def _set_up(document: "WordDocument", bitext: Bitext, date: datetime) -> None:
    """Lay the page across, give it a title, and name tool and date in its properties."""
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 - only for this format

    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = page.page_height, page.page_width
    title = permitted(bitext.document.title or bitext.document.id)
    document.add_heading(title, 1)
    properties = document.core_properties
    properties.title = title[:255]
    properties.author = properties.last_modified_by = bitext.signature.tool[:255]
    properties.comments = ""
    properties.created = properties.modified = date


def _fill(cells: "Iterable[_Cell]", texts: Iterable[Iterable[str]]) -> None:
    """Write texts into the cells of a row, each in a paragraph of its own."""
    for cell, paragraphs in zip(cells, texts, strict=True):
        first, *others = [*paragraphs] or [""]
        cell.text = permitted(first)
        for text in others:
            cell.add_paragraph(permitted(text))


def _embed(document: "WordDocument", content: bytes) -> None:
    from docx.opc.packuri import PackURI  # noqa: PLC0415 - only for this format
    from docx.opc.part import Part  # noqa: PLC0415

    part = Part(PackURI(PART), "application/xml", content, document.part.package)
    document.part.relate_to(part, CUSTOM_XML)


def _with_fixed_dates(stream: io.BytesIO) -> bytes:
    """Pack an archive again, its members dated alike."""
    packed = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return packed.getvalue()


def read_docx_table(path: Path, source_lang: str = "", target_lang: str = "") -> Bitext:
    """Read a bilingual Word table back with what its reviewer typed.

    A unit whose target was changed is of the origin `human` and `reviewed`, and its formatting is
    lost; one whose row was deleted is left out; what stands in the comments besides our issues
    becomes notes. A table from which the bitext inside the file was lost, e.g. by conversion, is
    read as human work.

    Args:
        path: the .docx file; of its tables the one with our columns is read.
        source_lang, target_lang: codes that go before those of the file.

    Raises:
        FormatError: the file cannot be read or holds no such table.
    """
    try:
        document = open_word(path.read_bytes())
    except (OSError, DocumentError) as error:
        raise FormatError(f"{path}: cannot be read as .docx ({error}); save it again") from error
    table = next((table for table in document.tables if _langs(table)), None)
    if table is None:
        raise FormatError(
            f"{path}: holds no bilingual table; keep its header row with “Source (…)”, “Target (…)”"
        )
    langs, facts, written = _written(document, _langs(table))
    comments = {str(one.comment_id): f"{one.author}: {one.text}" for one in document.comments}
    rows = (
        _read_row(row, number, langs, written, comments)
        for number, row in enumerate(table._tbl.tr_lst[1:], start=1)  # noqa: SLF001 - see _text
    )
    pair = (source_lang or langs[0], target_lang or langs[1])
    return assemble(filter(None, rows), facts, path, pair)


def _langs(table: "Table") -> list[str]:
    """Give the language codes of the header row; none if it is not one of ours."""
    cells = table._tbl.tr_lst[0].tc_lst if table._tbl.tr_lst else []  # noqa: SLF001 - see _text
    found = (_HEADER.fullmatch("".join(_paragraphs(cell)).strip()) for cell in cells)
    langs = [match[1] for match in found if match]
    return langs if len(langs) == 2 else []


def _written(
    document: "WordDocument", langs: list[str]
) -> tuple[tuple[str, str], dict[str, str], dict[str, Row]]:
    """Give the languages, facts and rows of the bitext that lies inside the file, if one does."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    for relation in document.part.rels.values():
        if relation.reltype == CUSTOM_XML and b":xliff:" in relation.target_part.blob:
            root = etree.fromstring(relation.target_part.blob, parser)
            pair, facts = xliff20_header(root)
            return pair, facts, {row.unit.source.id: row for row in xliff20_rows(root)}
    return (langs[0], langs[1]), {}, {}


def _read_row(
    element: etree._Element,
    number: int,
    langs: tuple[str, str],
    written: Mapping[str, Row],
    comments: Mapping[str, str],
) -> Row | None:
    """Read a row of the table; None where it is empty."""
    cells = [cell for cell in element if cell.tag == f"{_WORD}tc"]
    texts = [list(_paragraphs(cell)) for cell in cells] + [[]] * len(COLUMNS)
    identifier, source, target = (" ".join(paragraphs).strip() for paragraphs in texts[:3])
    told = [comments.get(one.get(f"{_WORD}id", ""), "") for one in _comment_marks(element)]
    notes = tuple(filter(None, (*texts[3], *told)))
    row = written.get(identifier)
    if row is None and not source:
        return None
    if row is None:
        state: State = "translated" if target else "initial"
        segment = Segment(f"{number}.1", 0, 0, len(source), source)
        return Row(langs, "paragraph", Unit(segment, target, "human", state, notes=notes))
    said = {permitted(issue_sentence(issue)) for issue in row.unit.issues}
    unit = replace(row.unit, notes=tuple(note for note in notes if note not in said))
    if target != row.unit.target.strip():
        unit = replace(unit, target=target, origin="human", state="reviewed", inlines=())
    return replace(row, unit=unit)


def _comment_marks(element: etree._Element) -> Iterator[etree._Element]:
    return element.iter(f"{_WORD}commentReference")


def _paragraphs(cell: etree._Element) -> Iterator[str]:
    """Give the texts of a cell's paragraphs as they read with all tracked changes accepted."""
    for paragraph in cell.iter(f"{_WORD}p"):
        yield "".join(_text(part) for part in paragraph.iter())


def _text(part: etree._Element) -> str:
    """Give the text of a part of a run (python-docx passes over tracked insertions)."""
    marks = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}noBreakHyphen": "\u2011"}
    text = (part.text or "") if part.tag == f"{_WORD}t" else marks.get(str(part.tag), "")
    removed = text and any(True for _ in part.iterancestors(f"{_WORD}del", f"{_WORD}moveFrom"))
    return "" if removed else text
