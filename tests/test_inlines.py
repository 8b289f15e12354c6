"""Formatting inside of texts is kept from the document to the translation."""

import io
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from conftest import Bilingual
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from test_formats import SIGNATURE
from test_reading import WRITERS, round_trip

from toolkit import (
    ArgosEngine,
    Bitext,
    Block,
    Document,
    Inline,
    Segment,
    Unit,
    read_document,
    segment,
)
from toolkit.bitext import Span
from toolkit.formats.inline_codes import read_text
from toolkit.inlines import nested, place, reattach

CASES = Path(__file__).parent / "data" / "inlines" / "cases.txt"
Case = tuple[Unit, Inline, Span]


def marked(block: Block | Segment) -> str:
    """Show a text with its formatting: [bold], {italic}, <link>, ^ for a note."""
    signs = {"bold": "[ ]", "italic": "{ }", "link": "< >", "note": "^ ^", "other": "| |"}
    events = []
    for one in block.inlines:
        opening, closing = signs[one.kind].split()
        if one.start == one.stop:
            events.append((one.start, 1, 0, opening))
        else:
            events.append((one.start, 2, -one.stop, opening))
            events.append((one.stop, 0, -one.start, closing))
    text = block.text
    for offset, *_, sign in sorted(events, reverse=True):
        text = text[:offset] + sign + text[offset:]
    return text


def read(folder: Path, name: str, content: str | bytes) -> Document:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(path)


def test_markdown_formatting_is_read(tmp_path: Path) -> None:
    text = "Это **мирный\n*договор*** и [сайт](http://a.ru) ООН[^1]: `код`.\n"
    (block,) = read(tmp_path, "a.md", text).blocks
    assert marked(block) == "Это [мирный {договор}] и <сайт> ООН^: код."
    links = [(one.opening, one.closing) for one in block.inlines if one.kind == "link"]
    assert links == [("[", "](http://a.ru)")]


ARTICLE = """<html><body><article><h1>Встреча в Женеве</h1>
<p>Стороны подписали <b>мирный <i>договор</i></b> в <a href="http://a.ru/?b=1&amp;c=2">Москве</a
><sup>1</sup>, а затем<sup><a href="#n2">[2]</a></sup> <strong> уехали </strong>домой.</p>
<p>Второй абзац <em>тоже</em> здесь, и он довольно длинный, чтобы считаться статьёй.</p>
</article></body></html>"""


def test_html_formatting_is_read(tmp_path: Path) -> None:
    _, first, second = read(tmp_path, "a.html", ARTICLE).blocks
    assert marked(first) == (
        "Стороны подписали [мирный {договор}] в <Москве>^, а затем^ [уехали] домой."
    )
    link, *notes = (one for one in first.inlines if one.kind in {"link", "note"})
    assert link.opening == '<a href="http://a.ru/?b=1&amp;c=2">'
    assert [note.opening for note in notes] == ["<sup>1</sup>", "<sup>[2]</sup>"]
    assert marked(second).startswith("Второй абзац {тоже} здесь")


def test_word_formatting_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Стороны ")
    paragraph.add_run("мирный ").bold = True
    paragraph.add_run("договор").bold = True
    note = paragraph.add_run()
    note._r.append(  # noqa: SLF001 - python-docx makes no footnotes
        parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="2"/>')
    )
    paragraph.add_run(" подписали").italic = True
    stream = io.BytesIO()
    document.save(stream)
    (block,) = read(tmp_path, "a.docx", stream.getvalue()).blocks
    assert marked(block) == "Стороны [мирный договор]^ {подписали}"


def test_segments_take_their_part_of_the_formatting() -> None:
    text = "Стороны согласны. Дата — 5 мая."
    inlines = (Inline("bold", 8, 22), Inline("note", 17, 17), Inline("link", 25, 30))
    document = Document("a", "ru", "", (Block("paragraph", text, inlines),))
    assert [marked(one) for one in segment(document)] == [
        "Стороны [согласны.]^",
        "[Дата] — <5 мая>.",
    ]


TEXT = "Стороны подписали мирный договор"
OFFSETS = st.integers(0, len(TEXT))
KINDS = st.sampled_from(["bold", "italic", "link", "note", "other"])
INLINES = st.builds(
    lambda kind, one, other: Inline(
        kind, min(one, other), max(one, other), f"<{kind}>", f"</{kind}>" if one != other else ""
    ),
    KINDS,
    OFFSETS,
    OFFSETS,
)


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "po"])
@settings(deadline=None, max_examples=40)
@given(st.lists(INLINES, max_size=6).map(nested))
def test_any_formatting_survives(
    tmp_path_factory: pytest.TempPathFactory, name: str, inlines: tuple[Inline, ...]
) -> None:
    inlines = tuple(one for one in inlines if one.start < one.stop or not one.closing)
    source = Segment("1.1", 0, 0, len(TEXT), TEXT, inlines)
    whole = Document("call", "ru", "", (Block("paragraph", TEXT, inlines),))
    bitext = Bitext(whole, "ru", "en", (Unit(source, TEXT, inlines=inlines),), SIGNATURE)
    assert round_trip(bitext, tmp_path_factory.mktemp("any"), name) == bitext


@given(st.lists(INLINES, max_size=8))
def test_stretches_never_cross(inlines: list[Inline]) -> None:
    ordered = nested(inlines)
    for one in ordered:
        for other in ordered:
            assert not one.start < other.start < one.stop < other.stop


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<bpt i='1' type='bold'>b</bpt>Да<ept i='1'>/b</ept>", "[Да]"),
        ("<bpt i='1' type='bold'/>Да <bpt i='2' type='link'/>и<ept i='1'/> нет<ept i='2'/>",
         "[Да <и>] нет"),
        ("<g id='1' ctype='bold'>Да<x id='2' ctype='x-note'/></g>", "[Да]^"),
        ("<pc id='1' type='fmt' subType='xlf:i'>Да</pc><ph id='2'/>", "{Да}|"),
        ("<sc id='1' type='link'/>Да<ec startRef='1'/>", "<Да>"),
        ("<bpt i='1'>b</bpt>Да<ph>x<sub>y</sub></ph><it pos='end'/>", "Да||"),
        ("<ept i='9'/>Да<mrk mtype='term'> и</mrk><hi> нет</hi>", "Да и нет"),
    ],
)  # fmt: skip
def test_codes_of_other_tools_are_read(xml: str, expected: str) -> None:
    text, inlines = read_text(etree.fromstring(f"<seg>{xml}</seg>"))
    assert marked(Block("paragraph", text, inlines)) == expected


def cases() -> Iterator[Case]:
    """Read the cases: a source and its translation, a stretch in brackets or a mark as ^."""
    for case in CASES.read_text("utf-8").strip().split("\n\n"):
        (source, (start, stop)), (target, expected) = map(_unmark, case.split("\n"))
        unit = Unit(Segment("1.1", 0, 0, len(source), source), target)
        yield unit, Inline("bold", start, stop), expected


def _unmark(text: str) -> tuple[str, Span]:
    if "^" in text:
        return text.replace("^", ""), (text.index("^"), text.index("^"))
    start, stop = text.index("["), text.index("]") - 1
    return text.replace("[", "").replace("]", ""), (start, stop)


def content(text: str, span: Span) -> str:
    """Give a stretch without what may as well stand outside: articles, prepositions, quotes."""
    words = text[slice(*span)].lower().strip('“”" ').split()
    light = {"the", "a", "an", "of", "to", "in", "on", "by"}
    while len(words) > 1 and words[0] in light:
        words = words[1:]
    return " ".join(words)


def test_most_formatting_is_placed_right(
    engine: ArgosEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Measured on translations by hand: 60 cases, 40 stretches and 20 marks."""
    found = list(cases())
    texts = [
        unit.source.text[one.start if one.start < one.stop else 0 : one.stop]
        for unit, one, _ in found
    ]
    right = 0
    for (unit, one, expected), rendering in zip(found, engine.translate(texts), strict=True):
        placed = place(unit, one, rendering.text)
        span = (placed.start, placed.stop)
        same = content(unit.target, span) == content(unit.target, expected)
        right += same if one.start < one.stop else span == expected
    with capsys.disabled():
        print(f" formatting: {right} of {len(found)} in the right place")  # noqa: T201
    assert len(found) == 60
    assert right >= 45


def test_whole_segment_stays_whole(engine: ArgosEngine) -> None:
    text = "Стороны согласны."
    bold = Inline("bold", 0, len(text), "<b>", "</b>")
    unit = Unit(Segment("1.1", 0, 0, len(text), text, (bold,)), "The parties agree.")
    (placed,) = reattach([unit], engine)
    assert [(one.start, one.stop) for one in placed.inlines] == [(0, 18)]


def test_formatting_reaches_the_tmx_balanced(bilingual: Bilingual, tmp_path: Path) -> None:
    text = "**Стороны** подписали [мирный договор](http://a.ru) в Москве[^1].\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert bilingual("translate", "a.md", "-o", "out", "--to", "tmx").returncode == 0
    source, target = etree.parse(tmp_path / "out/a.tmx").iter("seg")
    tags = [sorted(str(code.tag) for code in segment) for segment in (source, target)]
    assert tags[0] == tags[1] == ["bpt", "bpt", "ept", "ept", "ph"]
    assert [code.text for code in source if code.tag == "ph"] == ["[^1]"]
