"""TMX, PO and text: valid by their norms, and read back by independent readers as written."""

import subprocess
from datetime import datetime
from pathlib import Path

import polib
import pytest
from conftest import DATE, SCHEMAS
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from translate.storage import tmx as translate_tmx

from toolkit import (
    Bitext,
    Block,
    Concept,
    Document,
    Edit,
    Issue,
    Segment,
    Signature,
    TermMatch,
    Unit,
)
from toolkit.formats.po import render_po, write_po
from toolkit.formats.text import render_text, write_text
from toolkit.formats.tmx import render_tmx, write_tmx
from toolkit.inputs import read_bitext

SIGNATURE = Signature("bilingual-toolkit 0.1.0", "ctranslate2 4", "ru_en 1.0", "a", "b", "rules 1")
NASTY = [
    "<script>alert('&')</script> ]]> \"кавычки\" «ёлочки»",
    "  &amp; %s {0} \\n \\",
    "№\u00a05 — 19:30 😀 \U0001f1f7\U0001f1fa",
    "\u202eоборот\u202c и\u0301",
    "#, fuzzy",
    "x" * 5000,
]
# What documents give: no line ends or control characters, no white space at the edges.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")))
TEXTS = TEXTS.map(str.strip).filter(bool)


def bitext_of(*pairs: tuple[str, str], lang: str = "ru", target_lang: str = "en") -> Bitext:
    """Make a bitext with one pair a block."""
    blocks = tuple(Block("paragraph", source) for source, _ in pairs)
    units = tuple(
        Unit(Segment(f"{index + 1}.1", index, 0, len(source), source), target, score=0.5)
        for index, (source, target) in enumerate(pairs)
    )
    document = Document("call", lang, "", blocks)
    return Bitext(document, lang, target_lang, units, SIGNATURE)


@pytest.fixture
def annotated() -> Bitext:
    """A bitext with all that a unit can carry, a repeated source and an empty target."""
    source = Segment("1.1", 0, 0, 14, "Мирный договор")
    concept = Concept("peace-treaty", "мирный договор", "peace treaty")
    unit = Unit(
        source,
        "Peace pact",
        terms=(TermMatch(concept, 0, 14),),
        edits=(Edit("decode-again", "♪", "Peace pact", "the translation is only “♪”"),),
        issues=(Issue("term-missing", "warning", "«мирный договор» should be “peace treaty”"),),
        score=0.25,
    )
    repeated = Unit(Segment("1.2", 0, 15, 29, source.text), "Peace treaty", "human", "reviewed")
    empty = Unit(Segment("2.1", 1, 0, 2, "AP"), "")
    blocks = (Block("heading", "Мирный договор Мирный договор"), Block("paragraph", "AP"))
    units = (unit, repeated, empty)
    return Bitext(Document("call", "ru", "", blocks), "ru-RU", "en-US", units, SIGNATURE)


def dtd() -> etree.DTD:
    return etree.DTD(str(SCHEMAS / "tmx14.dtd"))


def test_tmx_is_valid_by_the_official_dtd(annotated: Bitext) -> None:
    definition = dtd()
    for bitext in (annotated, bitext_of(*((text, text) for text in NASTY))):
        assert definition.validate(etree.fromstring(render_tmx(bitext, DATE))), definition.error_log


def test_tmx_follows_what_omegat_expects(annotated: Bitext) -> None:
    root = etree.fromstring(render_tmx(annotated, DATE))
    header = root.find("header")
    assert header is not None
    assert root.get("version") == "1.4"
    assert header.get("creationtool") != "OmegaT"
    assert header.get("segtype") == "sentence"
    assert header.get("creationdate") == "20261127T000000Z"
    assert all(prop.get("type", "").startswith("x-") for prop in root.iter("prop"))
    tuids = [unit.get("tuid") or "" for unit in root.iter("tu")]
    assert tuids == ["call:1.1", "call:1.2", "call:2.1"]


def test_tmx_carries_all_that_is_known_of_a_unit(annotated: Bitext) -> None:
    root = etree.fromstring(render_tmx(annotated, DATE))
    first, second, third = root.iter("tu")
    props = [(prop.get("type"), prop.text) for prop in first.iter("prop")]
    assert props == [
        ("x-block", "heading"),
        ("x-start", "0"),
        ("x-origin", "machine"),
        ("x-state", "translated"),
        ("x-checksum", "ecdbeb4aef79a9c5"),
        ("x-score", "0.250"),
        ("x-term", "0-14 peace-treaty: мирный договор = peace treaty"),
        ("x-edit", "decode-again: the translation is only “♪”"),
        ("x-before-edit", "♪"),
        ("x-after-edit", "Peace pact"),
        ("x-issue", "warning term-missing: «мирный договор» should be “peace treaty”"),
    ]
    assert first.findtext("note") == (
        "warning term-missing: «мирный договор» should be “peace treaty”"
    )
    assert second.findtext("prop[@type='x-state']") == "reviewed"
    assert len(third.findall("tuv")) == 1, "an empty translation is no translation"
    assert {prop.get("type"): prop.text for prop in root.iterfind("header/prop")} == {
        "x-document": "call",
        "x-tool": "bilingual-toolkit 0.1.0",
        "x-engine": "ctranslate2 4",
        "x-model": "ru_en 1.0",
        "x-model-sha256": "a",
        "x-glossary-sha256": "b",
        "x-segmentation": "rules 1",
        "x-target-lang": "en-US",
        "x-content-sha256": annotated.checksum,
    }


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_translate_toolkit_reads_the_tmx_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    store = translate_tmx.tmxfile(sourcelanguage="ru", targetlanguage="en")
    store.parse(render_tmx(bitext_of(*pairs), DATE))
    assert [(unit.source, unit.target) for unit in store.units] == pairs


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_polib_reads_the_po_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    catalogue = polib.pofile(render_po(bitext_of(*pairs), DATE).decode("utf-8"))
    assert [(entry.msgid, entry.msgstr) for entry in catalogue] == pairs


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_texts_are_aligned_line_by_line(pairs: list[tuple[str, str]]) -> None:
    source, target = (side.decode("utf-8") for side in render_text(bitext_of(*pairs)))
    assert source.rstrip("\n").split("\n\n") == [pair[0] for pair in pairs] or not pairs
    assert target.rstrip("\n").split("\n\n") == [pair[1] for pair in pairs] or not pairs


def test_text_keeps_the_blocks_apart(annotated: Bitext, tmp_path: Path) -> None:
    write_text(annotated, tmp_path / "ru", tmp_path / "en")
    assert (tmp_path / "ru").read_text("utf-8") == "Мирный договор\nМирный договор\n\nAP\n"
    assert (tmp_path / "en").read_text("utf-8") == "Peace pact\nPeace treaty\n\n\n"


def test_po_is_accepted_by_msgfmt(annotated: Bitext, tmp_path: Path) -> None:
    path = tmp_path / "call.po"
    for bitext in (annotated, bitext_of(*((text, text) for text in NASTY))):
        write_po(bitext, path, DATE)
        run = subprocess.run(
            ["msgfmt", "--check", "-o", "/dev/null", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, run.stderr) == (0, "")


def test_po_keeps_repeated_segments_apart_and_marks_machine_output(annotated: Bitext) -> None:
    catalogue = polib.pofile(render_po(annotated, DATE).decode("utf-8"))
    assert [entry.msgctxt for entry in catalogue] == ["1.1", "1.2", "2.1"]
    assert [entry.fuzzy for entry in catalogue] == [True, False, False]
    assert "term: 0-14 peace-treaty: мирный договор = peace treaty" in catalogue[0].comment
    assert catalogue.metadata["Language"] == "en_US"
    assert catalogue.metadata["X-Source-Language"] == "ru_RU"


def test_same_bitext_and_date_give_the_same_bytes(annotated: Bitext) -> None:
    for render in (render_tmx, render_po):
        assert render(annotated, DATE) == render(annotated, DATE)
        assert render(annotated, DATE) != render(
            annotated, datetime(2027, 1, 1, tzinfo=DATE.tzinfo)
        )


def rewrite(path: Path, old: bytes, new: bytes) -> bool:
    """Write a file with a change, say whether it still counts as untouched, and undo the change."""
    content = path.read_bytes()
    path.write_bytes(content.replace(old, new, 1))
    untouched = read_bitext(path).is_untouched
    path.write_bytes(content)
    return untouched


def test_edited_or_approved_file_is_not_untouched(annotated: Bitext, tmp_path: Path) -> None:
    plain = bitext_of(("Да", "Yes"), ("Нет", "No"))
    tmx, po = tmp_path / "a.tmx", tmp_path / "a.po"
    write_tmx(plain, tmx, DATE)
    write_po(plain, po, DATE)
    for path in (tmx, po):
        assert rewrite(path, b"Yes", b"Yes")
        assert not rewrite(path, b"Yes", b"Aye")
    assert not rewrite(po, b"#, fuzzy\nmsgctxt", b"msgctxt")
    write_tmx(annotated, tmx, DATE)
    assert not read_bitext(tmx).is_untouched, "it has a reviewed unit"
