"""The translation memory: what it keeps, what it finds, and what happens to its file."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import DATE, SCHEMAS
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from rapidfuzz.distance import Levenshtein
from test_formats import bitext_of

from toolkit import FormatError, Inline, Segment, TranslationMemory, Unit
from toolkit.bitext import Bitext
from toolkit.formats.memory_tmx import stream_entries, write_entries
from toolkit.memory import Added, Entry, Provenance, entries_of
from toolkit.memory_cleaning import find_waste
from toolkit.similarity import similarity

RU_EN = ("ru", "en")
MONDAY, TUESDAY = (datetime(2026, 11, day, tzinfo=UTC) for day in (23, 24))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[TranslationMemory]:
    with TranslationMemory(tmp_path / "house.db", create=True) as memory:
        yield memory


def entry(
    source: str,
    target: str,
    *context: str | None,
    state: str = "reviewed",
    changed: datetime | None = None,
    langs: tuple[str, str] = RU_EN,
) -> Entry:
    segment = Segment("1.1", 0, 0, len(source), source)
    unit = Unit(segment, target, "human", state, changed=changed)  # type: ignore[arg-type]
    previous, following = context or (None, None)
    return Entry(unit, langs, previous, following)


def targets(memory: TranslationMemory, source: str, *context: str, least: float = 0.7) -> list[str]:
    found = memory.find(source, RU_EN, context or (None, None), least=least)  # type: ignore[arg-type]
    return [match.entry.unit.target for match in found]


def reviewed(bitext: Bitext) -> Bitext:
    return replace(bitext, units=tuple(replace(u, state="reviewed") for u in bitext.units))


# --- what it keeps -------------------------------------------------------------------------------


def test_only_what_a_person_made_or_reviewed_is_added(memory: TranslationMemory) -> None:
    bitext = bitext_of(("Да", "Yes"), ("Нет", "No"), ("Мир", ""))
    first, *others = bitext.units
    mixed = replace(bitext, units=(replace(first, state="reviewed"), *others))
    assert memory.add(mixed, file="call.tmx") == Added(1, 0, 2)
    assert memory.add(mixed, unreviewed=True) == Added(1, 1, 1)
    assert len(memory) == 2


def test_same_unit_is_kept_once_with_both_provenances(memory: TranslationMemory) -> None:
    old, new = entry("Да", "Yes", "", ""), entry("Да", "Yes", "", "", changed=TUESDAY)
    provenances = Provenance("a.tmx", "Anna", MONDAY, "OmegaT 3.6"), Provenance("b.po")
    entries = [
        replace(one, provenance=(provenance,), unit=replace(one.unit, notes=(note,)))
        for one, provenance, note in zip((old, new), provenances, "xy", strict=True)
    ]
    assert memory.add_entries(entries) == Added(1, 1, 0)
    ((_, kept),) = memory.entries()
    assert set(kept.provenance) == set(provenances)
    assert (kept.unit.notes, kept.unit.changed) == (("x", "y"), TUESDAY)


def test_less_reviewed_copy_changes_nothing(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Да", "Yes", state="final")])
    memory.add_entries([entry("Да", "Yes", state="translated", changed=TUESDAY)])
    ((_, kept),) = memory.entries()
    assert (kept.unit.state, kept.unit.changed) == ("final", None)


def test_formatting_and_dates_come_back(memory: TranslationMemory) -> None:
    bold = Inline("bold", 0, 2, "<b>", "</b>")
    unit = replace(entry("Да.", "Yes.").unit, inlines=(bold,), author="Anna", changed=MONDAY)
    unit = replace(unit, source=replace(unit.source, inlines=(bold,)))
    memory.add_entries([Entry(unit, ("ru-RU", "en-US"), "Мир.", "")])
    ((_, kept),) = memory.entries()
    assert kept == Entry(unit, ("ru-RU", "en-US"), "Мир.", "")


# --- what it finds -------------------------------------------------------------------------------


def test_in_context_goes_before_reviewed_and_newer(memory: TranslationMemory) -> None:
    memory.add_entries(
        [
            entry("Да.", "Yes.", "Мир?", "", state="translated"),
            entry("Да.", "Indeed.", "Война?", "", changed=MONDAY),
            entry("Да.", "Certainly.", "Война?", "Нет.", changed=TUESDAY),
            entry("Да.", "Final.", "", "", state="final"),
        ]
    )
    assert targets(memory, "Да.", "Мир?", "")[0] == "Yes."
    assert targets(memory, "Да.", "x", "y") == ["Final.", "Certainly.", "Indeed.", "Yes."]
    found = memory.find("Да.", RU_EN, ("Мир?", ""))
    assert [match.in_context for match in found] == [True, False, False, False]
    assert {match.similarity for match in found} == {1.0}


def test_unknown_context_is_no_context(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Да.", "Yes.", None, None)])
    (match,) = memory.find("Да.", RU_EN, (None, None))
    assert not match.in_context


def test_memory_answers_in_its_direction_and_for_any_region(memory: TranslationMemory) -> None:
    memory.add_entries(
        [
            entry("Центр", "Centre", langs=("ru-RU", "en-GB")),
            entry("Центр", "Center", langs=("ru-RU", "en-US")),
        ]
    )
    found = memory.find("Центр", ("ru", "en-US"))
    assert [match.entry.unit.target for match in found] == ["Center", "Centre"]
    assert memory.find("Center", ("en", "ru")) == []
    assert memory.find("Центр", ("ru", "fr")) == []
    assert memory.language_pairs() == [("ru", "en")]


def test_similar_source_is_found_with_its_similarity(memory: TranslationMemory) -> None:
    memory.add_entries(
        [
            entry("Беседа длилась более двух часов.", "The talk lasted over two hours."),
            entry("Встреча длилась два часа.", "The meeting lasted two hours."),
        ]
    )
    (match,) = memory.find("Беседа длилась более трёх часов.", RU_EN)
    assert (match.similarity, match.in_context) == (0.8, False)
    assert targets(memory, "Беседа длилась более трёх часов.", least=0.81) == []
    assert targets(memory, "беседа длилась более двух часов", least=0.99) != []
    assert targets(memory, "***") == []


TEXTS = st.lists(st.sampled_from("мир война и в не да нет 5 12 переговоры".split()), max_size=9)


@given(st.lists(TEXTS, max_size=30), TEXTS, st.sampled_from([0.5, 0.7, 0.9]))
@settings(max_examples=60)
def test_index_finds_what_brute_force_finds(
    others: list[list[str]], words: list[str], least: float
) -> None:
    """Whatever is similar enough is found, and nothing else."""
    memory = TranslationMemory(Path(":memory:"), create=True)
    sources = {" ".join(one) for one in others} - {" ".join(words), ""}
    memory.add_entries([entry(source, "x") for source in sorted(sources)])
    found = memory.find(" ".join(words), RU_EN, least=least, most=99)
    expected = {source for source in sources if similarity(" ".join(words), source) >= least}
    assert {match.entry.unit.source.text for match in found} == expected
    memory.close()


def test_similarity_is_that_of_words() -> None:
    one, other = "а б в г", "а в г д е"
    assert similarity(one, other) == Levenshtein.normalized_similarity(one.split(), other.split())
    assert similarity("Да", "Да!") == 0.99
    assert similarity("", "Да") == 0
    assert similarity("175/175", "12/12") == 0.99


# --- the file ------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from toolkit import Segment, TranslationMemory, Unit
from toolkit.memory import Entry

name, path = sys.argv[1], Path(sys.argv[2])
with TranslationMemory(path, create=True) as memory:
    for start in range(0, 300, 10):
        texts = [f"{name} {n}" for n in range(start, start + 10)] + ["общее"]
        units = [Unit(Segment("1.1", 0, 0, len(t), t), t[::-1], "human", "reviewed") for t in texts]
        memory.add_entries(Entry(unit, ("ru", "en")) for unit in units)
"""


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "house.db"
    command = [sys.executable, "-c", WRITER]
    running = [subprocess.Popen([*command, name, str(path)]) for name in ("первый", "второй")]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    with TranslationMemory(path) as memory:
        assert len(memory) == 601
        assert targets(memory, "первый 299") == ["992 йывреп"]
        assert targets(memory, "второй 7") == ["7 йоротв"]
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        counts = "SELECT sum(units), (SELECT sum(length(units)) / 4 FROM posting) FROM word"
        assert len(set(*database.execute(counts))) == 1
    database.close()


def test_missing_memory_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"none\.db: there is no such translation memory; `bil"):
        TranslationMemory(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_memory_of_a_newer_version_is_refused(tmp_path: Path, memory: TranslationMemory) -> None:
    memory.close()
    with sqlite3.connect(tmp_path / "house.db") as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    with pytest.raises(FormatError, match=r"house\.db: was written by a newer version"):
        TranslationMemory(tmp_path / "house.db")


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\0" + 200 * b"\xff"])
def test_other_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "house.db"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"house\.db: is no translation memory or is damaged"):
        TranslationMemory(path, create=True)
    assert path.read_bytes() == content


def test_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "house.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(FormatError, match="is another program's SQLite file"):
        TranslationMemory(path, create=True)
    assert path.read_bytes() == before


def test_damaged_page_is_told(tmp_path: Path, memory: TranslationMemory) -> None:
    memory.add_entries([entry(f"Предложение {n} о мире", "x" * 500) for n in range(300)])
    memory.close()
    path = tmp_path / "house.db"
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xab" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(FormatError, match="is damaged"), TranslationMemory(path) as damaged:
        list(damaged.entries())


def test_locked_memory_is_told_and_stays_whole(
    tmp_path: Path, memory: TranslationMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.memory.PATIENCE", 0.1)
    other = sqlite3.connect(tmp_path / "house.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with TranslationMemory(tmp_path / "house.db") as waiting:
        with pytest.raises(FormatError, match="another program is writing to it"):
            waiting.add_entries([entry("Да", "Yes")])
        assert len(waiting) == 0
        other.rollback()
        assert waiting.add_entries([entry("Да", "Yes")]) == Added(1)
    other.close()
    memory.close()


def test_failure_inside_a_batch_writes_nothing_of_it(memory: TranslationMemory) -> None:
    bad = replace(entry("Нет", "No"), langs=("ru", None))  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        memory.add_entries([entry("Да", "Yes"), bad])
    assert len(memory) == 0


# --- TMX -----------------------------------------------------------------------------------------

texts = st.text("абв <&>\"'«»№\t", min_size=1, max_size=12).filter(str.strip)
contexts = st.one_of(st.none(), st.just(""), texts)
dates = st.one_of(st.none(), st.just(MONDAY))
entry_values = st.builds(
    Entry,
    st.builds(
        lambda source, target, state, author, changed: Unit(
            Segment("1.1", 0, 0, len(source), source),
            target,
            "human",
            state,
            author=author,
            changed=changed,
        ),
        texts,
        texts,
        st.sampled_from(["translated", "reviewed", "final"]),
        st.sampled_from(["", "Анна"]),
        dates,
    ),
    st.sampled_from([("ru", "en"), ("ru-RU", "en-US"), ("en", "fr")]),
    contexts,
    contexts,
    st.just((Provenance("a.tmx", "Анна", MONDAY, "OmegaT 3.6"), Provenance("b.po"))),
)


@given(st.lists(entry_values, max_size=8))
@settings(max_examples=60)
def test_what_is_exported_and_imported_is_the_same(entries: list[Entry]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "house.tmx")
        memories = [TranslationMemory(Path(":memory:"), create=True) for _ in range(2)]
        memories[0].add_entries(entries)
        write_entries((one for _, one in memories[0].entries()), path, DATE)
        memories[1].add_entries(stream_entries(path))
        assert [one for _, one in memories[1].entries()] == [
            one for _, one in memories[0].entries()
        ]
        for memory in memories:
            memory.close()


def test_exported_tmx_is_valid_and_the_same_again(
    tmp_path: Path, memory: TranslationMemory
) -> None:
    memory.add(reviewed(bitext_of(("Да", "Yes"), ("Нет", "No"))), file="call.tmx")
    for name in ("one.tmx", "two.tmx"):
        write_entries((one for _, one in memory.entries()), tmp_path / name, DATE)
    content = (tmp_path / "one.tmx").read_bytes()
    assert content == (tmp_path / "two.tmx").read_bytes()
    dtd = etree.DTD(str(SCHEMAS / "tmx14.dtd"))
    assert dtd.validate(etree.fromstring(content)), dtd.error_log


def test_order_of_units_is_a_context_only_in_a_document(tmp_path: Path) -> None:
    foreign = tmp_path / "trados.tmx"
    foreign.write_text(
        "<tmx><body>"
        "<tu><prop type='x-context-pre'>&lt;seg&gt;Мир.&lt;/seg&gt;</prop>"
        "<tuv lang='RU'><seg>Да</seg></tuv><tuv lang='EN'><seg>Yes</seg></tuv></tu>"
        "<tu><tuv lang='RU'><seg>Нет</seg></tuv><tuv lang='EN'><seg>No</seg></tuv></tu>"
        "</body></tmx>",
        encoding="utf-8",
    )
    first, second = stream_entries(foreign)
    assert (first.previous, first.following) == ("Мир.", None)
    assert (second.previous, second.following) == (None, None)
    assert second.provenance[0].file == "trados.tmx"
    own = [*entries_of(bitext_of(("Да", "Yes"), ("Нет", "No")), "call.tmx")]
    assert [(one.previous, one.following) for one in own] == [("", "Нет"), ("Да", "")]


# --- tidying -------------------------------------------------------------------------------------


def test_waste_is_found_and_removed(memory: TranslationMemory) -> None:
    wanted = [
        entry("Да", "Yes", "Мир?", "", changed=TUESDAY),
        entry("Да", "Indeed", "Война?", ""),
        entry("AP", "AP"),
    ]
    waste = {
        "older": entry("Да", "Yeah", "Мир?", "", changed=MONDAY),
        "duplicate": entry("Да", "Yes ", None, None),
        "untranslated": entry("Нет", "Нет"),
    }
    provenance = (Provenance("old.tmx"),)
    memory.add_entries([*wanted, *(replace(one, provenance=provenance) for one in waste.values())])
    found = list(find_waste(memory.entries()))
    assert {one.reason: one.entry.unit.target for one in found} == {
        reason: one.unit.target for reason, one in waste.items()
    }
    memory.remove({one.number: one.heir for one in found})
    assert sorted(one.unit.target for _, one in memory.entries()) == ["AP", "Indeed", "Yes"]
    (kept,) = (one for _, one in memory.entries() if one.unit.target == "Yes")
    assert kept.provenance == provenance
    assert memory.find("Нет", RU_EN) == []
    assert memory.find("нет!", RU_EN) == []
    assert list(find_waste(memory.entries())) == []


def test_search_finds_words_in_either_language(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Режим тишины", "Ceasefire regime"), entry("Мир", "Peace")])
    assert [one.unit.target for one in memory.search("CEASEFIRE")] == ["Ceasefire regime"]
    assert [one.unit.target for one in memory.search("ТИШИН")] == ["Ceasefire regime"]


def test_notes_are_json_that_others_can_read(memory: TranslationMemory, tmp_path: Path) -> None:
    unit = replace(entry("Да", "Yes").unit, notes=("«кавычки»",))
    memory.add_entries([Entry(unit, RU_EN)])
    with sqlite3.connect(tmp_path / "house.db") as database:
        ((details,),) = database.execute("SELECT details FROM unit")
    database.close()
    assert json.loads(details) == {"notes": ["«кавычки»"]}
