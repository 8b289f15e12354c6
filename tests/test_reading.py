"""Bitexts come back from their files as they were written, and other tools' files are read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import DATE, SCHEMAS
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from test_formats import NASTY, TEXTS, bitext_of

from toolkit import Bitext, Block, Concept, Document, Edit, Inline, Issue, Segment, TermMatch, Unit
from toolkit.bitext import Proposal
from toolkit.formats.docx_table import write_docx_table
from toolkit.formats.po import write_po
from toolkit.formats.tmx import write_tmx
from toolkit.formats.xliff12 import write_xliff12
from toolkit.formats.xliff20 import write_xliff20
from toolkit.inputs import read_bitext

WRITERS: dict[str, Callable[[Bitext, Path, datetime], None]] = {
    "tmx": write_tmx,
    "po": write_po,
    "xliff12": write_xliff12,
    "xliff20": write_xliff20,
    "docx": write_docx_table,
}
SUFFIXES = {"xliff12": ".xlf", "xliff20": ".xlf"}


def full_bitext() -> Bitext:
    """A bitext with everything that a format can carry, in each of its shapes."""
    first, second, third = "Мирный договор подписан.", "№ 5!", "№ 5!"
    text = f"{first} {second}{third}"
    link = Inline("link", 0, 14, '<a href="http://a.ru/?b=1&c">', "</a>")
    bold, note = Inline("bold", 7, 14, "<b>", "</b>"), Inline("note", 14, 14, "[^1]")
    segments = (
        Segment("1.1", 0, 0, 24, first, (link, bold, note)),
        Segment("1.2", 0, 25, 29, second),
        Segment("1.3", 0, 29, 33, third),
        Segment("2.1", 1, 0, 2, "AP"),
    )
    unit = Unit(
        segments[0],
        "Peace pact signed.",
        terms=(TermMatch(Concept("peace-treaty", "мирный договор", "peace treaty"), 0, 14),),
        edits=(Edit("decode-again", "", "Peace pact signed.", "the translation is empty"),),
        issues=(
            Issue("term-missing", "warning", "«мирный договор» should be “peace treaty”", (0, 14)),
            Issue("length", "info", "short", None, (0, 18)),
        ),
        score=0.25,
        notes=("Проверить по тексту МИД: договор?",),
        proposals=(Proposal("Договор подписан.", "A treaty is signed.", 0.75, "archive.tmx"),),
        inlines=(
            replace(link, stop=10),
            replace(bold, start=6, stop=10),
            replace(note, start=10, stop=10),
        ),
    )
    changed = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
    units = (
        unit,
        Unit(segments[1], "No. 5!", "human", "reviewed", author="Е. Петрова", changed=changed),
        Unit(segments[2], "No. 5!", "memory", "final"),
        Unit(segments[3], "", state="initial"),
    )
    blocks = (Block("heading", text, (link, bold, note)), Block("table-cell", "AP"))
    bitext = bitext_of()
    return replace(
        bitext,
        document=Document("call", "ru-RU", "Договор", blocks),
        units=units,
        source_lang="ru-RU",
        target_lang="en-US",
    )


def round_trip(bitext: Bitext, folder: Path, name: str) -> Bitext:
    path = folder / f"file{SUFFIXES.get(name, f'.{name}')}"
    WRITERS[name](bitext, path, DATE)
    return read_bitext(path)


def without_inlines(bitext: Bitext) -> Bitext:
    blocks = tuple(replace(block, inlines=()) for block in bitext.document.blocks)
    units = tuple(
        replace(unit, inlines=(), source=replace(unit.source, inlines=())) for unit in bitext.units
    )
    return replace(bitext, document=replace(bitext.document, blocks=blocks), units=units)


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_is_lost_but_formatting_by_po(tmp_path: Path, name: str) -> None:
    bitext = full_bitext()
    expected = without_inlines(bitext) if name == "po" else bitext
    assert round_trip(bitext, tmp_path, name) == expected


SCHEMA_FILES = {
    "xliff12": "xliff12/xliff-core-1.2-strict.xsd",
    "xliff20": "xliff20/xliff-core-2.0.xsd",
}


@pytest.mark.parametrize("name", SCHEMA_FILES)
def test_xliff_is_valid_by_the_official_schema(tmp_path: Path, name: str) -> None:
    schema = etree.XMLSchema(file=str(SCHEMAS / SCHEMA_FILES[name]))
    controls = "\x00 \x1b \ud800 \ufffe \r\n"
    for bitext in (full_bitext(), bitext_of(*((text, text) for text in (*NASTY, controls)))):
        WRITERS[name](bitext, tmp_path / "file.xlf", DATE)
        assert schema.validate(etree.parse(tmp_path / "file.xlf")), schema.error_log


@pytest.mark.parametrize("name", WRITERS)
def test_what_xml_forbids_is_left_out(tmp_path: Path, name: str) -> None:
    text = "a\x00\x1b\x85\ud800\ufffeb\tc"
    unit = round_trip(bitext_of((text, text)), tmp_path, name).units[0]
    assert (unit.source.text, unit.target) == ("ab\tc", "ab\tc")


@pytest.mark.parametrize("name", WRITERS)
@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_text_survives(
    tmp_path_factory: pytest.TempPathFactory, name: str, pairs: list[tuple[str, str]]
) -> None:
    bitext = bitext_of(*pairs)
    assert round_trip(bitext, tmp_path_factory.mktemp("any"), name) == bitext


@pytest.mark.parametrize("name", WRITERS)
def test_nasty_texts_survive(tmp_path: Path, name: str) -> None:
    bitext = bitext_of(*((text, text) for text in NASTY))
    assert round_trip(bitext, tmp_path, name) == bitext
