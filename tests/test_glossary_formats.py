"""Glossaries are read, written and overlaid; each format's losses are named here."""

import csv
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from translate.storage import tbx as toolkit_tbx

from toolkit.bitext import Concept
from toolkit.errors import GlossaryError
from toolkit.formats import reading
from toolkit.formats.table import POS, STATUSES, read_table
from toolkit.glossary import Glossary, load_glossary, merge, read_glossary, write_glossary

SCHEMAS = Path(__file__).parent / "data" / "schemas"

CEASEFIRE = Concept(
    id="ceasefire",
    source="прекращение огня",
    synonyms=("режим тишины",),
    target="ceasefire",
    admitted=("cessation of fire", "cease-fire"),
    forbidden=("fire stop",),
    pos="noun",
    domain="conflict",
    note="Not “truce”: that is «перемирие» & nothing else <here>.",
    reference="UN usage",
)
VERB = Concept("ratify", "ратифицировать", "ratify", pos="verb", domain="treaty")
NAME = Concept("kyiv", "Киев", "Kyiv", admitted=("Kiev",), pos="name", domain="capital")
PREPOSITION = Concept("in-accordance-with", "в соответствии с", "in accordance with", pos="prep")
PROPOSED = Concept("pause", "пауза", "pause", status="proposed")
ALL = Glossary(concepts=(CEASEFIRE, VERB, NAME, PREPOSITION, PROPOSED))
APPROVED = ALL.concepts[:-1]


def through(folder: Path, name: str, glossary: Glossary = ALL, tbx_version: int = 3) -> Glossary:
    path = folder / name
    write_glossary(path, glossary, tbx_version=tbx_version)
    return read_glossary(path)


@pytest.mark.parametrize("name", ["all.csv", "all.tsv"])
def test_tables_lose_nothing(tmp_path: Path, name: str) -> None:
    assert through(tmp_path, name) == ALL


def test_tbx_basic_loses_the_status_and_the_kinds_of_two_words(tmp_path: Path) -> None:
    expected = [
        CEASEFIRE,
        VERB,
        replace(NAME, pos="noun"),
        replace(PREPOSITION, pos="phrase"),
    ]
    assert list(through(tmp_path, "all.tbx").concepts) == expected


def test_tbx_2_loses_the_status_and_the_kind_of_prepositions(tmp_path: Path) -> None:
    expected = [CEASEFIRE, VERB, NAME, replace(PREPOSITION, pos="phrase")]
    assert list(through(tmp_path, "all.tbx", tbx_version=2).concepts) == expected


def test_omegat_keeps_terms_renderings_and_a_comment(tmp_path: Path) -> None:
    """Synonyms become concepts, forbidden renderings a comment; identifiers are made anew."""
    first, synonym, *_ = through(tmp_path, "all.txt").concepts
    note = f"{CEASEFIRE.note}; not: fire stop"
    expected = Concept(
        "ceasefire",
        "прекращение огня",
        "ceasefire",
        admitted=("cessation of fire", "cease-fire"),
        note=note,
    )
    assert first == expected
    assert synonym == replace(expected, id="ceasefire-2", source="режим тишины")


def test_a_tmx_gives_terms_and_no_sentences(tmp_path: Path) -> None:
    path = tmp_path / "terms.tmx"
    path.write_text(
        """<?xml version="1.0"?><tmx version="1.4"><header srclang="ru-RU"/><body>
        <tu><tuv xml:lang="en-US"><seg>peace treaty</seg></tuv>
            <tuv xml:lang="ru-RU"><seg>мирный <bpt i="1"/>договор</seg></tuv></tu>
        <tu><tuv xml:lang="ru-RU"><seg>мирный договор</seg></tuv>
            <tuv xml:lang="en-US"><seg>treaty of peace</seg></tuv></tu>
        <tu><tuv xml:lang="ru-RU"><seg>Договор подписан.</seg></tuv>
            <tuv xml:lang="en-US"><seg>The treaty is signed.</seg></tuv></tu>
        </body></tmx>""",
        encoding="utf-8",
    )
    glossary = read_glossary(path)
    assert (glossary.source_lang, glossary.target_lang) == ("ru-RU", "en-US")
    assert glossary.concepts == (
        Concept("peace-treaty", "мирный договор", "peace treaty", admitted=("treaty of peace",)),
    )


def test_tbx_2_is_valid_and_an_independent_reader_finds_the_terms(tmp_path: Path) -> None:
    path = tmp_path / "all.tbx"
    write_glossary(path, ALL, tbx_version=2)
    schema = (SCHEMAS / "tbx.xsd").read_text(encoding="utf-8")
    schema = schema.replace('"xml.xsd"', f'"{(SCHEMAS / "xliff12" / "xml.xsd").as_uri()}"')
    validator = etree.XMLSchema(etree.fromstring(schema.encode()))
    validator.assertValid(etree.parse(path))
    store = toolkit_tbx.tbxfile.parsefile(str(path))  # type: ignore[no-untyped-call]
    assert [unit.source for unit in store.units] == [one.source for one in APPROVED]
    assert [unit.target for unit in store.units] == [one.target for one in APPROVED]
    statuses = [term.administrative_status for term in store.units[0].get_target_terms()]
    assert statuses == [
        "preferredTerm-admn-sts",
        "admittedTerm-admn-sts",
        "admittedTerm-admn-sts",
        "deprecatedTerm-admn-sts",
    ]


def test_tbx_basic_names_its_data_categories_as_the_standard_does(tmp_path: Path) -> None:
    path = tmp_path / "all.tbx"
    write_glossary(path, ALL)
    root = etree.parse(path).getroot()
    names = {"": "urn:iso:std:iso:30042:ed-2", "min": "http://www.tbxinfo.net/ns/min"}
    assert root.tag == "{urn:iso:std:iso:30042:ed-2}tbx"
    assert (root.get("type"), root.get("style")) == ("TBX-Basic", "dct")
    entry = root.find(".//conceptEntry", names)
    assert entry is not None
    assert entry.findtext("min:subjectField", namespaces=names) == "conflict"
    parts = {one.text for one in root.iter("{http://www.tbxinfo.net/ns/min}partOfSpeech")}
    assert parts <= {"noun", "verb", "adjective", "adverb", "other"}


@pytest.mark.parametrize(
    "entry",
    [
        # data categories as attributes, with ntig, as TBX-Basic of 2008 has them
        """<termEntry id="t1"><langSet xml:lang="en"><ntig><termGrp><term>truce</term>
        <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></termGrp></ntig>
        </langSet><langSet xml:lang="ru"><tig><term>перемирие</term></tig></langSet></termEntry>""",
        # and in the style of 2019
        """<conceptEntry id="t1" xmlns="urn:iso:std:iso:30042:ed-2"><langSec xml:lang="ru"><termSec>
        <term>перемирие</term></termSec></langSec><langSec xml:lang="en"><termSec><term>truce</term>
        <termNote type="partOfSpeech">noun</termNote></termSec></langSec></conceptEntry>""",
    ],
)
def test_tbx_of_other_tools_is_read(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "other.tbx"
    path.write_text(f"<tbx><text><body>{entry}</body></text></tbx>", encoding="utf-8")
    assert read_glossary(path) == Glossary("ru", "en", (Concept("t1", "перемирие", "truce"),))


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="|"),
    max_size=12,
).map(lambda text: " ".join(text.split()))
terms = cells.filter(bool)
concepts = st.builds(
    Concept,
    id=st.from_regex("[a-z]{1,8}", fullmatch=True),
    source=terms,
    target=terms,
    synonyms=st.lists(terms, max_size=2).map(tuple),
    admitted=st.lists(terms, max_size=2).map(tuple),
    forbidden=st.lists(terms, max_size=2).map(tuple),
    pos=st.sampled_from(POS),
    domain=cells,
    status=st.sampled_from(STATUSES),
    note=cells,
    reference=cells,
)


@given(st.lists(concepts, max_size=4))
def test_whatever_is_written_as_csv_is_read_again(written: list[Concept]) -> None:
    with TemporaryDirectory() as folder:
        glossary = Glossary(concepts=tuple(written))
        assert through(Path(folder), "any.csv", glossary) == glossary


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "formulas.csv"
    glossary = Glossary(concepts=(replace(VERB, note="=HYPERLINK(1)", reference="'-1"),))
    write_glossary(path, glossary)
    with path.open(encoding="utf-8", newline="") as file:
        written = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in written if cell.startswith(("=", "+", "-", "@"))]
    assert read_glossary(path) == glossary


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid;ru;en\r\ntruce;\xd0\xbc\xd0\xb8\xd1\x80;truce\r\n",
        "id\tru\ten\ntruce\tмир\ttruce\n".encode("utf-16"),
        'id,ru,en\n\n"truce","мир\n","truce"\n,,\n'.encode(),
        "ru,en\nмир,truce\n".encode(),
    ],
)
def test_spreadsheets_quirks_are_read(tmp_path: Path, content: bytes) -> None:
    """BOM, semicolons, UTF-16, quoted line breaks, blank lines, nothing but two columns."""
    path = tmp_path / "quirks.csv"
    path.write_bytes(content)
    [concept] = read_glossary(path).concepts
    assert (concept.id, concept.source, concept.target) == ("truce", "мир", "truce")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "id,ru\nx,мир\n".encode(), "line 1: a column for the source or the target"),
        ("a.csv", b"", "is empty"),
        ("a.csv", "ru,en\nмир,peace\n".encode("cp1251"), "line 2: this is not UTF-8"),
        ("a.csv", b"ru,en\n,peace\n", "line 2: the source term is empty"),
        ("a.csv", "ru,en\nмир,\n".encode(), "line 2: “мир” has no target term"),
        ("a.csv", "ru,en,status\nмир,peace,ok\n".encode(), "line 2: the status “ok” is unknown"),
        ("a.csv", "ru,en,pos\nмир,peace,x\n".encode(), "the part of speech “x” is unknown"),
        ("a.csv", "ru,en\nмир,peace,a,b\n".encode(), "line 2: 4 cells under 2 columns"),
        ("a.csv", 'ru,en\n"мир" x,peace\n'.encode(), "line 2: a quoted cell"),
        ("a.csv", b'ru,en\n"a\nb",c\n,peace\n', "line 4: the source term is empty"),
        ("a.txt", "мир peace\n".encode(), "line 1: no source and target separated by a tab"),
        ("a.tbx", b"<tbx>\n<text", "line 2: the XML is damaged"),
        ("a.tbx", b"<tbx/>", "holds terms of fewer than two languages"),
        ("a.tmx", b"<tmx/>", "has no unit in two languages"),
        ("a.xyz", b"", "no glossary has the ending “.xyz”"),
    ],
)
def test_one_sentence_names_the_file_the_line_and_the_remedy(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(GlossaryError) as caught:
        read_glossary(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match=r"none\.csv cannot be read"):
        read_glossary(tmp_path / "none.csv")


def test_a_huge_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 3)
    path = tmp_path / "huge.csv"
    path.write_text("ru,en\n")
    with pytest.raises(GlossaryError, match="larger than"):
        read_glossary(path)


def test_no_entity_is_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    path = tmp_path / "attack.tbx"
    path.write_text(
        f"""<!DOCTYPE tbx [<!ENTITY x SYSTEM "{secret.as_uri()}">]>
        <tbx><conceptEntry id="c">
        <langSec xml:lang="ru"><termSec><term>мир &x;</term></termSec></langSec>
        <langSec xml:lang="en"><termSec><term>peace</term></termSec></langSec>
        </conceptEntry></tbx>""",
        encoding="utf-8",
    )
    [concept] = read_glossary(path).concepts
    assert "secret" not in concept.source


def test_later_files_win(tmp_path: Path) -> None:
    base, house = tmp_path / "base.csv", tmp_path / "house.csv"
    write_glossary(base, Glossary(concepts=(CEASEFIRE, NAME)))
    write_glossary(house, Glossary(concepts=(replace(NAME, target="Kiev", admitted=()),)))
    assert [one.target for one in load_glossary([base, house]).concepts] == ["ceasefire", "Kiev"]
    assert [one.target for one in load_glossary([house, base]).concepts] == ["Kyiv", "ceasefire"]


def test_an_overlay_takes_terms_away_from_other_concepts() -> None:
    silence = Concept("silence", "режим тишины", "silence")
    merged, overrides = merge(Glossary(concepts=(CEASEFIRE,)), Glossary(concepts=(silence,)))
    assert merged.concepts == (replace(CEASEFIRE, synonyms=()), silence)
    assert [one.before.id for one in overrides] == ["ceasefire"]


def test_glossaries_of_different_languages_are_not_merged(tmp_path: Path) -> None:
    base, other = tmp_path / "base.csv", tmp_path / "other.csv"
    write_glossary(base, ALL)
    write_glossary(other, Glossary("uk", "en", (VERB,)))
    with pytest.raises(GlossaryError, match="give files of one language pair"):
        load_glossary([base, other])


def test_the_language_pair_stands_in_the_header(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    write_glossary(path, Glossary("uk", "pt-BR", (VERB,)))
    table = read_table(path)
    assert (table.source_lang, table.target_lang) == ("uk", "pt-BR")


def test_the_checksum_tells_contents_apart() -> None:
    same = Glossary(concepts=tuple(ALL.concepts))
    assert same.checksum == ALL.checksum
    assert replace(ALL, concepts=ALL.concepts[::-1]).checksum != ALL.checksum
    assert Glossary("uk", "en", ALL.concepts).checksum != ALL.checksum
