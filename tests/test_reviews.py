"""`bilingual merge`: files that reviewers changed with programs of others come back."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import polib
import pytest
from conftest import DATE, Bilingual, WordForWord
from test_formats import bitext_of
from test_merging import of_one_block
from test_reading import full_bitext
from translate.storage import po, tmx, xliff, xliff2

from toolkit import (
    Block,
    Document,
    FormatError,
    OutputError,
    read_bitext,
    translate_document,
)
from toolkit.files import write_atomically
from toolkit.memory import TranslationMemory, entries_of
from toolkit.outputs import FORMATS, write_outputs
from toolkit.pretranslation import Reuse
from toolkit.reviews import UNPLACED, MergeReport, merge_files

BITEXT = bitext_of(
    ("Да.", "Yes."), ("Нет.", "No."), ("Мир.", "World."), ("Да.", "Yes."), ("Точка.", "Point.")
)
EDITS = {"Нет.": "Not at all.", "Мир.": "Peace."}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The output folder with the document in all formats."""
    write_outputs(BITEXT, tmp_path / "out/call", FORMATS, DATE)
    return tmp_path / "out"


def edit_po_with_polib(path: Path) -> None:
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.msgid in EDITS:
            entry.msgstr = EDITS[entry.msgid]
            entry.flags.remove("fuzzy")
            entry.tcomment = "Тон?"
        elif entry.msgid == "Да.":
            entry.flags.remove("fuzzy")
    catalogue.save()


def edit_with_translate_toolkit(kind: type, path: Path) -> None:
    store = kind.parsefile(str(path))  # type: ignore[attr-defined]
    for unit in store.units:
        if unit.source in EDITS:
            unit.target = EDITS[str(unit.source)]
    store.save()


def edit_word_table(path: Path) -> None:
    document = docx.Document(str(path))
    for row in document.tables[0].rows:
        if row.cells[1].text in EDITS:
            row.cells[2].text = EDITS[row.cells[1].text]
            row.cells[3].text = "Тон?"
    document.save(str(path))


def with_translate_toolkit(kind: type) -> Callable[[Path], None]:
    return lambda path: edit_with_translate_toolkit(kind, path)


PROGRAMS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "PO with polib": (".po", edit_po_with_polib),
    "PO with translate-toolkit": (".po", with_translate_toolkit(po.pofile)),
    "TMX with translate-toolkit": (".tmx", with_translate_toolkit(tmx.tmxfile)),
    "XLIFF 1.2 with translate-toolkit": (".xlf", with_translate_toolkit(xliff.xlifffile)),
    "XLIFF 2.0 with translate-toolkit": (".v2.xlf", with_translate_toolkit(xliff2.Xliff2File)),
    "Word table with python-docx": (".review.docx", edit_word_table),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def summary(report: MergeReport) -> dict[str, int]:
    return {name: count for name, count in report.counts.items() if count}


def assert_reviewed(out: Path) -> None:
    """The edits stand in all formats, and nothing else has changed."""
    for name in ("call.tmx", "call.po", "call.xlf", "call.v2.xlf", "call.review.docx"):
        units = read_bitext(out / name).units
        expected = [EDITS.get(unit.source.text, unit.target) for unit in BITEXT.units]
        assert [unit.target for unit in units] == expected, name
        edited = [unit for unit in units if unit.source.text in EDITS]
        assert {(unit.origin, unit.state) for unit in edited} == {("human", "reviewed")}, name
        assert [unit.raw for unit in edited] == ["No.", "World."], name
    assert "Peace." in (out / "call.en.txt").read_text("utf-8")
    assert "Peace." in (out / "call.html").read_text("utf-8")


@pytest.mark.parametrize("program", PROGRAMS)
def test_file_edited_elsewhere_comes_back_into_all_formats(
    out: Path, tmp_path: Path, program: str
) -> None:
    suffix, edit = PROGRAMS[program]
    reviewed = tmp_path / f"from-anna{suffix}"
    shutil.copy(out / f"call{suffix}", reviewed)
    edit(reviewed)
    report = merge_files(out, [reviewed], DATE)
    assert report.counts["edited"] == 2
    assert report.conflicts == ()
    assert_reviewed(out)
    before = contents(out)
    again = merge_files(out, [reviewed], DATE)
    assert (summary(again), again.conflicts, again.written) == ({}, (), ())
    assert contents(out) == before


@pytest.mark.parametrize("program", PROGRAMS)
def test_file_edited_in_place_is_taken_in_without_being_named(out: Path, program: str) -> None:
    suffix, edit = PROGRAMS[program]
    edit(out / f"call{suffix}")
    report = merge_files(out, [], DATE)
    assert report.counts["edited"] == 2
    assert_reviewed(out)
    assert summary(merge_files(out / "call.tmx", [], DATE)) == {}


def test_lone_file_edited_in_place_is_reviewed(tmp_path: Path) -> None:
    write_outputs(BITEXT, tmp_path / "call", ["tmx"], DATE)
    edit_with_translate_toolkit(tmx.tmxfile, tmp_path / "call.tmx")
    assert summary(merge_files(tmp_path / "call.tmx", [], DATE)) == {"edited": 2}
    states = [unit.state for unit in read_bitext(tmp_path / "call.tmx").units]
    assert states == ["translated", "reviewed", "reviewed", "translated", "translated"]


def test_accepted_units_and_notes_are_counted(out: Path, tmp_path: Path) -> None:
    reviewed = tmp_path / "call.po"
    shutil.copy(out / "call.po", reviewed)
    edit_po_with_polib(reviewed)
    report = merge_files(out, [reviewed], DATE)
    assert summary(report) == {"accepted": 2, "edited": 2, "notes": 2}
    units = read_bitext(out / "call.tmx").units
    assert [unit.state for unit in units] == [*4 * ["reviewed"], "translated"]
    assert units[1].notes == ("Тон?",)


def test_formatting_survives_a_review_in_a_format_without_it(tmp_path: Path) -> None:
    bitext = full_bitext()
    write_outputs(bitext, tmp_path / "call", ["tmx", "po"], DATE)
    catalogue = polib.pofile(str(tmp_path / "call.po"))
    entry = next(entry for entry in catalogue if entry.msgid == "Мирный договор подписан.")
    entry.msgstr = "The peace pact was signed."
    catalogue.save()
    merge_files(tmp_path / "call.tmx", [], DATE)
    unit = read_bitext(tmp_path / "call.tmx").units[0]
    assert unit.target == "The peace pact was signed."
    texts = {unit.target[one.start : one.stop] for one in unit.inlines if one.start < one.stop}
    assert "pact" in " ".join(texts)


def test_reviewers_who_disagree_are_told_and_nothing_is_overwritten(
    bilingual: Bilingual, out: Path, tmp_path: Path
) -> None:
    for name, text in (("anna", "Peace."), ("boris", "The peace.")):
        reviewed = tmp_path / f"{name}.po"
        shutil.copy(out / "call.po", reviewed)
        catalogue = polib.pofile(str(reviewed))
        catalogue[2].msgstr = text
        catalogue.save()
    run = bilingual("merge", "out", "anna.po", "boris.po")
    assert run.returncode == 1
    assert run.stderr == (
        "out/call.tmx: call:3.1: reviewers disagree: “Peace.” (anna.po), “The peace.” (boris.po)\n"
        "accepted 0, edited 0, rejected 0, split 0, joined 0, notes 0, conflicts 1\n"
    )
    unit = read_bitext(out / "call.tmx").units[2]
    assert (unit.target, unit.state) == ("World.", "translated")
    assert {one.target for one in unit.proposals} == {"Peace.", "The peace."}
    before = contents(out)
    assert bilingual("merge", "out", "anna.po", "boris.po").returncode == 1
    assert contents(out) == before
    run = bilingual("merge", "out", "anna.po", "boris.po", "--prefer", "last", "--json", "-q")
    report = json.loads(run.stdout)
    assert (run.returncode, report["edited"]) == (0, 1)
    assert report["conflicts"][0]["chosen"] == "boris.po"
    assert read_bitext(out / "call.po").units[2].target == "The peace."


def test_newest_translation_is_taken_by_rule(tmp_path: Path) -> None:
    write_outputs(BITEXT, tmp_path / "out/call", ["tmx"], DATE)
    for name, day in (("new", 26), ("old", 25)):
        unit = (
            f'<tu><tuv xml:lang="ru"><seg>Мир.</seg></tuv><tuv xml:lang="en" changeid="{name}" '
            f'changedate="202611{day}T000000Z"><seg>Peace, {name}.</seg></tuv></tu>'
        )
        text = f'<tmx version="1.4"><header srclang="ru"/><body>{unit}</body></tmx>'
        (tmp_path / f"{name}.tmx").write_text(text, encoding="utf-8")
    reviewed = [tmp_path / "new.tmx", tmp_path / "old.tmx"]
    merge_files(tmp_path / "out", reviewed, DATE, prefer="newest")
    merged = read_bitext(tmp_path / "out/call.tmx").units[2]
    assert (merged.target, merged.author) == ("Peace, new.", "new")


MEMORY = """<tmx version="1.4"><header srclang="ru" creationtool="x"/><body>
<tu><tuv xml:lang="ru"><seg>Мир.</seg></tuv><tuv xml:lang="en"><seg>Peace.</seg></tuv></tu>
<tu><tuv xml:lang="ru"><seg>Война.</seg></tuv><tuv xml:lang="en"><seg>War.</seg></tuv></tu>
</body></tmx>"""


def test_what_belongs_nowhere_is_kept_and_goes_into_the_memory(
    bilingual: Bilingual, out: Path, tmp_path: Path
) -> None:
    (tmp_path / "memory.tmx").write_text(MEMORY, encoding="utf-8")
    for new in (2, 0):
        run = bilingual("merge", "out", "memory.tmx", "--tm", "house.db")
        assert run.returncode == 0
        assert "not placed: “Война.” → “War.” (memory.tmx)" in run.stderr
        assert "1 not placed, kept in out/unplaced.tmx" in run.stderr
        assert f"house.db: {new} new units" in run.stderr
    (unit,) = read_bitext(out / UNPLACED).units
    assert (unit.source.text, unit.target, unit.state) == ("Война.", "War.", "reviewed")
    with TranslationMemory(tmp_path / "house.db") as memory:
        found = [memory.find(text, ("ru", "en")) for text in ("Мир.", "Война.", "Нет.")]
    assert [[match.entry.unit.target for match in one] for one in found] == [
        ["Peace."],
        ["War."],
        [],
    ]


def test_documents_of_a_folder_get_each_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        document = replace(BITEXT.document, id=name)
        write_outputs(
            replace(BITEXT, document=document), tmp_path / "out" / name, ["tmx", "po"], DATE
        )
    reviewed = tmp_path / "back"
    reviewed.mkdir()
    shutil.copy(tmp_path / "out/one.po", reviewed)
    edit_po_with_polib(reviewed / "one.po")
    report = merge_files(tmp_path / "out", [reviewed], DATE)
    assert summary(report) == {"accepted": 2, "edited": 2, "notes": 2}
    assert {path.name for path in report.written} == {"one.tmx", "one.po"}


def test_file_that_cannot_be_read_back_is_not_overwritten(out: Path, tmp_path: Path) -> None:
    shutil.copy(out / "call.po", tmp_path / "call.po")
    edit_po_with_polib(tmp_path / "call.po")
    (out / "call.en.txt").write_text("Something else\n", encoding="utf-8")
    before = contents(out)
    with pytest.raises(OutputError, match=r"call\.en\.txt: was edited .* move it away"):
        merge_files(out, [tmp_path / "call.po"], DATE)
    assert contents(out) == before


def test_nothing_is_written_where_one_file_cannot_be(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(out / "call.po", tmp_path / "call.po")
    edit_po_with_polib(tmp_path / "call.po")
    before = contents(out)
    calls = iter(range(100))

    def fail(_descriptor: int) -> None:
        if next(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        merge_files(out, [tmp_path / "call.po"], DATE)
    assert contents(out) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("call.html", "<html/>", r"call\.html: the page's changes .* “Save as TMX”"),
        ("call.tmx", "<tmx", r"call\.tmx, line 1: the XML is damaged"),
        ("call.odt", "", r"call\.odt: is no bitext by its name"),
        ("fr.tmx", MEMORY.replace('"ru"', '"fr"'), r"fr\.tmx: holds no translations from “ru”"),
    ],
)
def test_what_is_no_review_is_told_in_a_sentence(
    out: Path, tmp_path: Path, name: str, content: str, message: str
) -> None:
    write_atomically(tmp_path / name, content)
    with pytest.raises(FormatError, match=message):
        merge_files(out, [tmp_path / name], DATE)


def test_folders_without_bitexts_are_told(out: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match="empty: holds no bitext"):
        merge_files(tmp_path / "empty", [], DATE)
    with pytest.raises(FormatError, match="empty: holds no TMX, XLIFF, PO or Word table"):
        merge_files(out, [tmp_path / "empty"], DATE)


def test_project_named_in_the_place_of_the_translations_is_told(out: Path, tmp_path: Path) -> None:
    (tmp_path / "omegat.project").touch()
    with pytest.raises(FormatError, match="is an OmegaT project; name the translations first"):
        merge_files(tmp_path, [out], DATE)
    with pytest.raises(FormatError, match="nothing was translated in this project yet"):
        merge_files(out, [tmp_path], DATE)


@pytest.mark.parametrize(
    ("source", "target", "texts"),
    [
        ("Стороны согласны. Встреча прошла.", "They agree and met.", 1),
        ("Стороны согласны.", "They agree.", 2),
    ],
    ids=["joined", "as we cut them"],
)
def test_reviewers_segments_stay_in_a_new_run(
    tmp_path: Path, source: str, target: str, texts: int
) -> None:
    """The rules cut two sentences; a reviewer who joined them finds them joined."""
    paragraph = Block("paragraph", "Стороны согласны. Встреча прошла.")
    document = Document("call", "ru", "", (paragraph,))
    bitext = translate_document(document, WordForWord({}))
    write_outputs(bitext, tmp_path / "call", ["tmx"], DATE)
    unit = (
        f'<tu><tuv xml:lang="ru"><seg>{source}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{target}</seg></tuv></tu>'
    )
    text = f'<tmx version="1.4"><header srclang="ru"/><body>{unit}</body></tmx>'
    (tmp_path / "back.tmx").write_text(text, encoding="utf-8")
    merge_files(tmp_path / "call.tmx", [tmp_path / "back.tmx"], DATE)
    reviewed = read_bitext(tmp_path / "call.tmx")
    reuse = Reuse(earlier=list(entries_of(reviewed)))
    again = translate_document(document, WordForWord({}), reuse=reuse)
    assert len(again.units) == texts
    assert (again.units[0].source.text, again.units[0].target) == (source, target)
    assert [unit.source for unit in again.units] == [unit.source for unit in reviewed.units]


def test_unit_that_a_cat_tool_has_segmented_anew_is_split(tmp_path: Path) -> None:
    """As .sdlxliff and .mqxliff have it: the segments are marked in one trans-unit."""
    bitext = of_one_block(("Да. Нет.", "Yes. No."), ("Мир.", "Peace."))
    write_outputs(bitext, tmp_path / "call", ["tmx", "xliff"], DATE)
    path = tmp_path / "call.xlf"
    marks = '<mrk mtype="seg" mid="1">{}</mrk> <mrk mtype="seg" mid="2">{}</mrk>'
    text = path.read_text("utf-8")
    text = re.sub(
        r"(<source[^>]*>)Да. Нет.</source>",
        rf"\1Да. Нет.</source><seg-source>{marks.format('Да.', 'Нет.')}</seg-source>",
        text,
    )
    path.write_text(text.replace("Yes. No.<", marks.format("Oh yes.", "No.") + "<"), "utf-8")
    assert summary(merge_files(tmp_path / "call.tmx", [], DATE)) == {"split": 1}
    units = read_bitext(path).units
    assert [(u.source.id, u.source.text, u.target, u.state) for u in units] == [
        ("1.1", "Да.", "Oh yes.", "reviewed"),
        ("1.2", "Нет.", "No.", "reviewed"),
        ("1.3", "Мир.", "Peace.", "translated"),
    ]


def test_memory_that_cannot_be_written_is_told_before_anything_is(
    out: Path, tmp_path: Path
) -> None:
    shutil.copy(out / "call.po", tmp_path / "call.po")
    edit_po_with_polib(tmp_path / "call.po")
    before = contents(out)
    (tmp_path / "house.db").write_text("no memory " * 1000, encoding="utf-8")
    with pytest.raises(FormatError, match=r"house\.db"):
        merge_files(out, [tmp_path / "call.po"], DATE, memory=tmp_path / "house.db")
    assert contents(out) == before
