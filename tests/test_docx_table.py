"""The bilingual Word table: what a reviewer types in it comes back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from conftest import DATE
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.table import Table, _Row
from test_formats import bitext_of
from test_reading import full_bitext

from toolkit import Bitext, Issue
from toolkit.formats.docx_table import read_docx_table, render_docx_table, write_docx_table

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BITEXT = bitext_of(("Да.", "Yes."), ("Нет.", "No."), ("Мир.", "Peace."))
SOURCE, TARGET, COMMENTS = 1, 2, 3
Review = Callable[[Callable[[WordDocument, Table], object]], Bitext]


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """Write a table, let a reviewer work on it, and read it."""

    def run(work: Callable[[WordDocument, Table], object]) -> Bitext:
        path = tmp_path / "call.docx"
        issue = Issue("length", "info", "short")
        bitext = replace(BITEXT, units=tuple(replace(u, issues=(issue,)) for u in BITEXT.units))
        write_docx_table(bitext, path, DATE)
        document = docx.Document(str(path))
        work(document, document.tables[0])
        document.save(str(path))
        return read_docx_table(path)

    return run


def test_table_shows_number_source_target_and_comments(review: Review) -> None:
    def look(_: WordDocument, table: Table) -> None:
        cells = [[cell.text for cell in row.cells] for row in table.rows]
        assert cells[:2] == [
            ["№", "Source (ru)", "Target (en)", "Comments"],
            ["1.1", "Да.", "Yes.", "info length: short"],
        ]

    assert review(look).is_untouched


def test_changed_target_is_human_and_reviewed_and_the_others_stay(review: Review) -> None:
    def work(_: WordDocument, table: Table) -> None:
        table.cell(2, TARGET).text = "No way."

    units = review(work).units
    assert [(u.target, u.origin, u.state) for u in units] == [
        ("Yes.", "machine", "translated"),
        ("No way.", "human", "reviewed"),
        ("Peace.", "machine", "translated"),
    ]


def test_formatting_of_a_changed_target_is_lost_and_of_the_others_kept(tmp_path: Path) -> None:
    path = tmp_path / "call.docx"
    bitext = full_bitext()
    write_docx_table(bitext, path, DATE)
    assert read_docx_table(path).units[0].inlines == bitext.units[0].inlines
    document = docx.Document(str(path))
    document.tables[0].cell(1, TARGET).text = "Pact."
    document.save(str(path))
    assert read_docx_table(path).units[0].inlines == ()


def test_tracked_changes_are_read_as_accepted(review: Review) -> None:
    def work(_: WordDocument, table: Table) -> None:
        paragraph = table.cell(1, TARGET).paragraphs[0]._p  # noqa: SLF001 - not in its interface
        for run in list(paragraph.r_lst):
            paragraph.remove(run)
        paragraph.append(parse_xml(f"<w:r {WORD}><w:t>Yes</w:t></w:r>"))
        paragraph.append(parse_xml(f"<w:del {WORD}><w:r><w:delText>.</w:delText></w:r></w:del>"))
        paragraph.append(parse_xml(f"<w:ins {WORD}><w:r><w:t>, sir.</w:t></w:r></w:ins>"))

    assert review(work).units[0].target == "Yes, sir."


def test_comments_become_notes(review: Review) -> None:
    def work(document: WordDocument, table: Table) -> None:
        table.cell(1, COMMENTS).add_paragraph("Тон?")
        document.add_comment(table.cell(1, TARGET).paragraphs[0].runs, "Слишком сухо", "Петрова")

    (first, second, _) = review(work).units
    assert first.notes == ("Тон?", "Петрова: Слишком сухо")
    assert second.notes == ()
    assert [issue.check for issue in first.issues] == ["length"]


def test_deleted_row_is_left_out_and_an_added_one_taken_in(review: Review) -> None:
    def work(_: WordDocument, table: Table) -> None:
        table._tbl.remove(table.rows[2]._tr)  # noqa: SLF001 - not in its interface
        added: _Row = table.add_row()  # type: ignore[no-untyped-call]
        added.cells[SOURCE].text, added.cells[TARGET].text = "Точка.", "Full stop."
        table.add_row()  # type: ignore[no-untyped-call]

    bitext = review(work)
    assert [unit.target for unit in bitext.units] == ["Yes.", "Peace.", "Full stop."]
    assert bitext.units[-1].origin == "human"


def test_table_alone_is_enough(review: Review) -> None:
    """As after conversion by a program that keeps only what it understands."""

    def work(document: WordDocument, _: Table) -> None:
        rels = document.part.rels
        for name in [n for n, r in rels.items() if r.reltype.endswith("/customXml")]:
            rels.pop(name)

    bitext = review(work)
    assert [(u.source.text, u.target, u.origin) for u in bitext.units] == [
        ("Да.", "Yes.", "human"),
        ("Нет.", "No.", "human"),
        ("Мир.", "Peace.", "human"),
    ]
    assert (bitext.source_lang, bitext.target_lang) == ("ru", "en")


def test_same_bitext_and_date_give_the_same_bytes() -> None:
    assert render_docx_table(BITEXT, DATE) == render_docx_table(BITEXT, DATE)
