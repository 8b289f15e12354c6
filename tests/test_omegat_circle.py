"""The whole circle with OmegaT: translated, reviewed there, merged, translated again."""

import re
from pathlib import Path
from xml.sax.saxutils import escape

import omegat
import pytest
from conftest import DATE, Bilingual
from lxml import etree
from test_formats import bitext_of

from toolkit import OutputError, read_bitext
from toolkit.bitext import Bitext, Unit
from toolkit.memory import TranslationMemory
from toolkit.omegat_project import write_omegat_project

pytestmark = omegat.needs_omegat

CALL = """Главы МИД обсудили перемирие.

Беседа длилась два часа. Стороны согласны. Встреча прошла 5 мая.

Стороны согласны. Она завершилась в 19:30.
"""
NOTE = "Стороны согласны.\n\nПереговоры продолжатся в Женеве.\n"
EDITS = {
    "Беседа длилась два часа.": "The talk went on for two hours.",
    "Переговоры продолжатся в Женеве.": "The talks will go on in Geneva.",
}
ACCEPTED = "Она завершилась в 19:30."
ALTERNATIVE = ("Стороны согласны.", "Both sides are in agreement.")
LANGS = ("--source-lang", "ru-RU", "--target-lang", "en-US")


def by_source(path: Path) -> dict[str, Unit]:
    return {unit.source.text: unit for unit in read_bitext(path).units}


def targets(path: Path) -> list[str]:
    return [unit.target for unit in read_bitext(path).units]


def review_as_in_omegat(project: Path) -> None:
    """Edit OmegaT's memory of the project as OmegaT does when its user works.

    In a window OmegaT saves what it has in `project-omegat.tmx` as `omegat/project_save.tmx`; a
    changed unit gets the user's name, and an alternative translation the place it is for.
    """
    tree = etree.parse(project / "project-omegat.tmx")
    body = tree.find("body")
    assert body is not None
    for unit in body.iter("tu"):
        source, target = unit.iter("tuv")
        text = source.findtext("seg") or ""
        if text in EDITS or text == ACCEPTED:
            target.set("changeid", "petrova")
            target.set("changedate", "20261128T090000Z")
            seg = target.find("seg")
            assert seg is not None
            seg.text = EDITS.get(text, seg.text)
    body.append(
        etree.fromstring(
            '<tu><prop type="file">call.txt</prop>'
            '<prop type="prev">Встреча прошла 5 мая.</prop>'
            f'<prop type="next">{ACCEPTED}</prop>'
            f'<tuv lang="ru-RU"><seg>{ALTERNATIVE[0]}</seg></tuv>'
            '<tuv lang="en-US" changeid="petrova" changedate="20261128T090000Z">'
            f"<seg>{ALTERNATIVE[1]}</seg></tuv></tu>"
        )
    )
    tree.write(project / "omegat/project_save.tmx", encoding="utf-8", xml_declaration=True)


def test_nothing_is_lost_and_nothing_overwritten(bilingual: Bilingual, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/call.txt").write_text(CALL, encoding="utf-8")
    (tmp_path / "articles/note.txt").write_text(NOTE, encoding="utf-8")
    out, project = tmp_path / "out", tmp_path / "project"
    assert bilingual("translate", "articles", "-o", "out", *LANGS).returncode == 0
    written = {name: targets(out / f"{name}.tmx") for name in ("call", "note")}

    made = bilingual("omegat-project", "project", "out", "--prefill")
    assert (made.returncode, made.stderr) == (0, "project: 2 documents, 10 files\n")
    omegat.run(project, "console-translate")
    remaining = re.search(r"Remaining:\s+(\d+)", (project / "omegat/project_stats.txt").read_text())
    assert remaining is not None
    assert remaining[1] == "0"
    for name, lines in written.items():
        english = (project / f"target/{name}.txt").read_text("utf-8")
        assert english.split() == " ".join(lines).split()
    assert_nothing_was_reviewed(bilingual("merge", "out", "project").stderr)

    review_as_in_omegat(project)
    omegat.run(project, "console-translate")  # OmegaT reads what was reviewed as it is meant
    english = (project / "target/call.txt").read_text("utf-8")
    assert EDITS["Беседа длилась два часа."] in english
    assert english.count(ALTERNATIVE[1]) == 1

    merged = bilingual("merge", "out", "project", "--tm", "house.db")
    assert (merged.returncode, merged.stderr.splitlines()[0]) == (
        0,
        "accepted 1, edited 3, rejected 0, split 0, joined 0, notes 0, conflicts 0",
    )
    assert english.split() == " ".join(targets(out / "call.tmx")).split()
    units = by_source(out / "call.tmx")
    for source, target in {**EDITS, ACCEPTED: units[ACCEPTED].target}.items():
        unit = {**units, **by_source(out / "note.tmx")}[source]
        assert (unit.target, unit.origin, unit.state) == (target, "human", "reviewed")
        assert unit.author == "petrova"
    reviewed = {path.name: path.read_bytes() for path in out.iterdir()}
    assert_nothing_was_reviewed(bilingual("merge", "out", "project", "--tm", "house.db").stderr)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == reviewed

    before = {name: targets(out / f"{name}.tmx") for name in written}
    again = bilingual("translate", "articles", "-o", "out", *LANGS)
    assert again.returncode == 0
    assert "kept 4 reviewed" in again.stderr
    assert {name: targets(out / f"{name}.tmx") for name in written} == before
    with TranslationMemory(tmp_path / "house.db") as memory:
        for source, target in EDITS.items():
            (match,) = memory.find(source, ("ru-RU", "en-US"))
            assert match.entry.unit.target == target


def assert_nothing_was_reviewed(said: str) -> None:
    counts = re.search(r"^accepted .*", said, re.MULTILINE)
    assert counts is not None
    assert set(re.findall(r"\d+", counts[0])) == {"0"}


def joined(*pairs: tuple[str, str]) -> Bitext:
    return bitext_of(*pairs, lang="ru-RU", target_lang="en-US")


def test_reviewed_units_are_filled_in_and_the_machines_only_offered(tmp_path: Path) -> None:
    bitext = joined(("Стороны согласны.", "They agree."), ("Встреча прошла.", "They met."))
    first, second = bitext.units
    reviewed = Bitext(
        bitext.document,
        bitext.source_lang,
        bitext.target_lang,
        (Unit(first.source, "The parties agree.", "human", "reviewed"), second),
        bitext.signature,
    )
    project = tmp_path / "project"
    write_omegat_project(project, [reviewed], DATE)
    omegat.run(project, "console-translate")
    english = (project / "target/call.txt").read_text("utf-8").split("\n\n")
    assert english == ["The parties agree.", "Встреча прошла."]


def test_translators_work_is_left_alone_when_the_project_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    project = tmp_path / "project"
    write_omegat_project(project, [joined(("Да.", "Yes."))], DATE)
    (project / "omegat/project_save.tmx").write_text("work", encoding="utf-8")
    (project / "omegat.project").write_text("settings", encoding="utf-8")
    write_omegat_project(project, [joined(("Нет.", "No."))], DATE)
    assert (project / "omegat/project_save.tmx").read_text("utf-8") == "work"
    assert (project / "omegat.project").read_text("utf-8") == "settings"
    assert (project / "source/call.txt").read_text("utf-8-sig") == "Нет."


def test_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("…", encoding="utf-8")
    with pytest.raises(OutputError, match="holds files but no OmegaT project"):
        write_omegat_project(tmp_path, [joined(("Да.", "Yes."))], DATE)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_cyrillic_text_is_read_right_under_any_system_encoding(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write_omegat_project(project, [joined(("Стороны согласны.", "They agree."))], DATE)
    omegat.run(project, "console-translate", encoding="windows-1252")
    assert (project / "target/call.txt").read_text("utf-8") == "Стороны согласны."


def test_tools_segments_are_ours_and_the_glossary_is_read(
    bilingual: Bilingual, tmp_path: Path
) -> None:
    """The articles in Word go into the project as they are; a reviewer moves their formatting."""
    import docx

    document = docx.Document()
    document.add_paragraph("Беседа с 5 по 7 мая т. г. прошла в г. Минске. Стороны согласны.")
    paragraph = document.add_paragraph("Мирный ")
    paragraph.add_run("договор").bold = True
    paragraph.add_run(" подписан.")
    (tmp_path / "articles").mkdir()
    document.save(str(tmp_path / "articles/talk.docx"))
    assert bilingual("translate", "articles", "-o", "out", "--to", "tmx").returncode == 0
    run = bilingual("omegat-project", "project", "out", "--articles", "articles")
    assert run.returncode == 0
    assert (tmp_path / "project/source/talk.docx").exists()
    found = omegat.segments(tmp_path / "project")
    tagged = "Мирный <t0/>договор<t1/> подписан."
    units = by_source(tmp_path / "out/talk.tmx")
    assert found == {*units, tagged} - {"Мирный договор подписан."}
    saved = (
        '<tmx version="1.1"><header creationtool="OmegaT" srclang="ru"/><body><tu>'
        f'<tuv lang="ru"><seg>{escape(tagged)}</seg></tuv><tuv lang="en" changeid="ep"><seg>'
        f"{escape('The <t0/>treaty<t1/> of peace is signed.')}</seg></tuv></tu></body></tmx>"
    )
    (tmp_path / "project/omegat/project_save.tmx").write_text(saved, encoding="utf-8")
    assert bilingual("merge", "out", "project").returncode == 0
    unit = by_source(tmp_path / "out/talk.tmx")["Мирный договор подписан."]
    assert unit.target == "The treaty of peace is signed."
    assert [(one.kind, one.start, one.stop) for one in unit.inlines] == [("bold", 4, 10)]
    glossary = (tmp_path / "project/glossary/bilingual.txt").read_text("utf-8")
    assert glossary.count("\t") >= 2 * glossary.count("\n") > 2000
