"""Files of other tools are read, whatever their version, encoding and habits."""

import gzip
from pathlib import Path

import pytest

from toolkit import Bitext, FormatError
from toolkit.formats.tmx import read_tmx, stream_tmx
from toolkit.inputs import read_bitext

Pairs = list[tuple[str, str]]
UNIT = '<tu><tuv xml:lang="ru"><seg>Да</seg></tuv><tuv xml:lang="en"><seg>Yes</seg></tuv></tu>'


def tmx(units: str, header: str = '<header srclang="ru"/>', before: str = "") -> str:
    return f'{before}<tmx version="1.4">{header}<body>{units}</body></tmx>'


def pairs_of(bitext: Bitext) -> Pairs:
    return [(unit.source.text, unit.target) for unit in bitext.units]


def read(folder: Path, content: str | bytes, name: str = "file.tmx", *langs: str) -> Bitext:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_bitext(path, *langs)


SHAPES = {
    "no header": tmx(UNIT, ""),
    "no version": tmx(UNIT).replace(' version="1.4"', ""),
    "a DOCTYPE that is not there": tmx(UNIT, before='<!DOCTYPE tmx SYSTEM "nowhere/tmx11.dtd">'),
    "lang of TMX 1.1": tmx(UNIT.replace("xml:lang", "lang")),
    "LANG": tmx(UNIT.replace("xml:lang", "LANG")),
    "codes in capitals": tmx(UNIT.replace('"ru"', '"RU-ru"').replace('"en"', '"EN-US"')),
    "codes with underscores": tmx(UNIT.replace('"ru"', '"ru_RU"').replace('"en"', '"en_US"')),
    "the target first": tmx(
        '<tu><tuv xml:lang="en"><seg>Yes</seg></tuv><tuv xml:lang="ru"><seg>Да</seg></tuv></tu>'
    ),
    "a wrong srclang": tmx(UNIT, '<header srclang="fr"/>'),
    "*all*": tmx(UNIT, '<header srclang="*all*"/>'),
    "srclang of the unit": tmx(UNIT.replace("<tu>", '<tu srclang="ru">'), '<header srclang="en"/>'),
    "a third language": tmx(UNIT.replace("</tu>", '<tuv lang="fr"><seg>Oui</seg></tuv></tu>')),
    "a unit without the source": tmx(f'<tu><tuv lang="fr"><seg>Oui</seg></tuv></tu>{UNIT}'),
    "wrong dates": tmx(UNIT.replace("<tu>", '<tu creationdate="yesterday" changedate="">')),
    "a namespace": tmx(UNIT).replace("<tmx ", '<tmx xmlns="http://www.lisa.org/tmx14" '),
    "comments": tmx(UNIT.replace("<seg>Yes", "<seg><!-- - -->Y<!-- - -->es")),
    "inline codes in each other": tmx(
        UNIT.replace(
            "Yes", '<bpt i="1">&lt;b<sub>x</sub>&gt;</bpt>Y<hi><ph>1</ph>e</hi><it>/</it>s'
        )
    ),
    "CDATA": tmx(UNIT.replace("Yes", "<![CDATA[Yes]]>")),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_tmx_of_any_shape_is_read(tmp_path: Path, shape: str) -> None:
    assert pairs_of(read(tmp_path, SHAPES[shape])) == [("Да", "Yes")]


def declared(name: str) -> str:
    return tmx(UNIT, before=f'<?xml version="1.0" encoding="{name}"?>')


ENCODINGS = {
    "UTF-8 with a byte order mark": declared("UTF-8").encode("utf-8-sig"),
    "UTF-16 with a byte order mark": declared("UTF-16").encode("utf-16"),
    "UTF-16 without one": declared("UTF-16").encode("utf-16-le"),
    "big-endian UTF-16 without one": declared("UTF-16").encode("utf-16-be"),
    "windows-1251": declared("windows-1251").encode("windows-1251"),
    "UTF-8 that says it is UTF-16": declared("UTF-16").encode("utf-8"),
    "windows-1251 that says nothing": tmx(UNIT * 20).encode("windows-1251"),
    "windows-1251 that says it is UTF-8": (declared("UTF-8") + " " * 9)
    .replace(UNIT, UNIT * 20)
    .encode("windows-1251"),
    "gzip": gzip.compress(declared("UTF-8").encode()),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_tmx_in_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    assert set(pairs_of(read(tmp_path, ENCODINGS[encoding]))) == {("Да", "Yes")}


def test_units_of_other_tools_are_human_and_keep_author_date_and_notes(tmp_path: Path) -> None:
    unit = UNIT.replace(
        '<tuv xml:lang="en">',
        '<tuv xml:lang="en" changeid="ep" changedate="20261126T093000Z">'
        "<note>Так в договоре</note>",
    ).replace("<tu>", '<tu tuid="7" creationid="old"><prop type="client">МИД</prop>')
    header = '<header srclang="ru" creationtool="OmegaT" creationtoolversion="3.6"/>'
    bitext = read(tmp_path, tmx(unit, header))
    (found,) = bitext.units
    assert (found.origin, found.state, found.author) == ("human", "translated", "ep")
    assert str(found.changed) == "2026-11-26 09:30:00+00:00"
    assert found.notes == ("Так в договоре",)
    assert bitext.signature.tool == "OmegaT 3.6"
    assert not bitext.is_untouched


def test_trados_says_what_is_machine_output_and_what_is_approved(tmp_path: Path) -> None:
    mark = '<prop type="x-Origin">MT</prop><prop type="x-ConfirmationLevel">ApprovedSignOff</prop>'
    (unit,) = read(tmp_path, tmx(UNIT.replace("<tu>", f"<tu>{mark}"))).units
    assert (unit.origin, unit.state) == ("machine", "final")


def test_second_translation_in_the_language_is_a_proposal(tmp_path: Path) -> None:
    second = '<tuv xml:lang="en"><seg>Aye</seg></tuv></tu>'
    (unit,) = read(tmp_path, tmx(UNIT.replace("</tu>", second))).units
    assert unit.target == "Yes"
    assert [(one.target, one.similarity) for one in unit.proposals] == [("Aye", 1.0)]


def test_language_pair_can_be_chosen(tmp_path: Path) -> None:
    content = tmx(UNIT.replace("</tu>", '<tuv xml:lang="fr-FR"><seg>Oui</seg></tuv></tu>'))
    bitext = read(tmp_path, content, "file.tmx", "en", "fr")
    assert pairs_of(bitext) == [("Yes", "Oui")]
    assert (bitext.source_lang, bitext.target_lang) == ("en", "fr")
    assert pairs_of(read(tmp_path, content, "file.tmx", "de")) == []


def test_stream_gives_each_unit_in_its_own_direction(tmp_path: Path) -> None:
    path = tmp_path / "both.tmx"
    path.write_text(tmx(UNIT + UNIT.replace("<tu>", '<tu srclang="en">')), encoding="utf-8")
    assert [row.langs for row in stream_tmx(path)] == [("ru", "en"), ("en", "ru")]
    assert pairs_of(read_tmx(path)) == [("Да", "Yes"), ("Да", "Yes")]


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    doctype = f'<!DOCTYPE tmx [<!ENTITY x SYSTEM "file://{tmp_path}/secret"><!ENTITY y "yy">]>'
    (unit,) = read(tmp_path, tmx(UNIT.replace("Yes", "Y&x;&y;&amp;"), before=doctype)).units
    assert unit.target == "Y&x;&y;&"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tmx", tmx(UNIT)[:-9], r"a\.tmx, line 1: the XML is damaged"),
        ("a.tmx", "<html><p>Да</p></html>", r"a\.tmx: is no TMX"),
        ("a.tmx", b"\x1f\x8b\x08\x00broken", r"a\.tmx: cannot be read"),
        ("a.tmx", b"\x00\x01", r"a\.tmx"),
        ("a.xlf", "<html/>", r"a\.xlf: is no XLIFF"),
        ("a.po", b"\xff\xfe\x00", r"a\.po: cannot be read as PO"),
        ("a.po", "msgid", r"a\.po: cannot be read as PO"),
        ("a.docx", b"PK", r"a\.docx: cannot be read as \.docx"),
        ("a.odt", b"", r"a\.odt: is no bitext by its name"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(FormatError, match=message):
        read(tmp_path, content, name)


def test_missing_file_is_told(tmp_path: Path) -> None:
    for name in ("a.tmx", "a.po", "a.xlf", "a.docx"):
        with pytest.raises(FormatError, match=name):
            read_bitext(tmp_path / name)


XLIFF = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="a b.txt" source-language="ru-RU" target-language="en-US" datatype="plaintext"><body>
{}</body></file></xliff>"""


def test_xliff_states_of_other_tools(tmp_path: Path) -> None:
    attributes = {
        'state="translated"': ("human", "translated"),
        'state="needs-review-translation" state-qualifier="mt-suggestion"': (
            "machine",
            "translated",
        ),
        'state="final" state-qualifier="exact-match"': ("memory", "final"),
        'state="signed-off"': ("human", "reviewed"),
        "": ("human", "translated"),
    }
    units = "".join(
        f'<trans-unit id="u{n}"><source>Да</source><target {text}>Yes</target></trans-unit>'
        for n, text in enumerate(attributes)
    )
    approved = '<trans-unit id="a" approved="yes"><source>Да</source><target>Yes</target>'
    empty = '</trans-unit><trans-unit id="e"><source>Да</source></trans-unit>'
    bitext = read(tmp_path, XLIFF.format(f"{units}{approved}{empty}"), "a.xlf")
    found = [(unit.origin, unit.state) for unit in bitext.units]
    assert found == [*attributes.values(), ("human", "reviewed"), ("human", "initial")]
    assert bitext.document.id == "a_b.txt"


def test_xliff_segmented_by_a_tool_gives_its_segments(tmp_path: Path) -> None:
    yes, no = ('<mrk mtype="seg" mid="1">{}</mrk>', '<mrk mtype="seg" mid="2">{}</mrk>')
    dot = 'Нет<x id="9"/>.'
    unit = (
        '<trans-unit id="1"><source><g id="1">Да. Нет.</g></source>'
        f'<seg-source><g id="1">{yes.format("Да.")} {no.format(dot)}</g></seg-source>'
        f'<target><g id="1">{yes.format("Yes.")} {no.format("")}</g></target></trans-unit>'
    )
    bitext = read(tmp_path, XLIFF.format(unit), "a.sdlxliff")
    assert pairs_of(bitext) == [("Да.", "Yes."), ("Нет.", "")]
    assert [block.text for block in bitext.document.blocks] == ["Да. Нет."]


XLIFF_2 = """<xliff xmlns="urn:oasis:names:tc:xliff:document:2.1" version="2.1" srcLang="ru"
trgLang="en"><file id="f"><unit id="u"><segment state="final">
<source>Да, <pc id="1">да</pc>.</source><target>Yes, <pc id="1">yes</pc><ph id="2"/>.</target>
</segment><ignorable><source> </source></ignorable><segment><source>Нет.</source></segment>
</unit></file></xliff>"""


def test_xliff_2_of_several_segments_is_one_block(tmp_path: Path) -> None:
    bitext = read(tmp_path, XLIFF_2, "a.xlf")
    assert pairs_of(bitext) == [("Да, да.", "Yes, yes."), ("Нет.", "")]
    assert [unit.state for unit in bitext.units] == ["final", "initial"]
    assert [block.text for block in bitext.document.blocks] == ["Да, да. Нет."]


def test_po_of_another_tool(tmp_path: Path) -> None:
    content = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=windows-1251\\n"
"Language: en_GB\\n"

# Так в договоре
#, fuzzy
msgid "Да"
msgstr "Yes"

msgid "Один файл"
msgid_plural "Файлы"
msgstr[0] "One file"
msgstr[1] "Files"

msgid "Нет"
msgstr ""

#~ msgid "Старое"
#~ msgstr "Old"
"""
    bitext = read(tmp_path, content.encode("windows-1251"), "a.po")
    assert pairs_of(bitext) == [("Да", "Yes"), ("Один файл", "One file"), ("Нет", "")]
    assert [unit.state for unit in bitext.units] == ["translated", "reviewed", "initial"]
    assert {unit.origin for unit in bitext.units} == {"human"}
    assert bitext.units[0].notes == ("Так в договоре",)
    assert (bitext.source_lang, bitext.target_lang) == ("ru", "en-GB")
