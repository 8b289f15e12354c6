"""`bilingual glossary` and its commands, as they are called."""

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolkit.bitext import Concept
from toolkit.cli.glossary import glossary as group
from toolkit.glossary import Glossary, read_glossary, write_glossary

Bilingual = Callable[..., subprocess.CompletedProcess[str]]

TRUCE = Concept("truce", "перемирие", "truce", forbidden=("armistice day",), domain="conflict")
TREATY = Concept("peace-treaty", "мирный договор", "peace treaty", domain="treaty")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    path = tmp_path / "house.csv"
    write_glossary(path, Glossary(concepts=(TRUCE, TREATY)))
    return path


@pytest.mark.parametrize("name", sorted(group.commands))
def test_every_command_shows_an_example(name: str) -> None:
    result = CliRunner().invoke(group, [name, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"bilingual glossary {name}" in result.output


def test_the_base_glossary_is_checked_without_errors(bilingual: Bilingual) -> None:
    files = sorted((Path(__file__).parent.parent / "glossary").glob("*.csv"))
    result = bilingual("glossary", "check", *files)
    assert result.returncode == 0, result.stdout


def test_check_names_line_and_remedy_and_fails(bilingual: Bilingual, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("ru,en\nсамолет,plane\n", encoding="utf-8")
    result = bilingual("glossary", "check", path)
    assert result.returncode == 1
    assert "bad.csv, line 2: error: “самолет” is spelt with ё: write “самолёт”" in result.stdout
    assert "1 entries, 1 errors, 0 warnings" in result.stderr
    assert "самолет" in path.read_text(encoding="utf-8"), "without --fix nothing is written"


def test_check_fixes_in_the_files_own_delimiter(bilingual: Bilingual, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("ru;en;mine\nсамолет; plane;x\n", encoding="utf-8")
    result = bilingual("glossary", "check", "--fix", path)
    assert (result.returncode, result.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == "ru;en;mine\nсамолёт;plane;x\n"


def test_a_damaged_file_is_one_sentence_and_stays_as_it_is(
    bilingual: Bilingual, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes("ru,en\nмир,peace\n".encode("koi8-r"))
    before = path.read_bytes()
    result = bilingual("glossary", "check", "--fix", path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: {path}, line 2: this is not UTF-8")
    assert path.read_bytes() == before


def test_convert_reports_what_it_leaves_out(bilingual: Bilingual, tmp_path: Path) -> None:
    source, target = tmp_path / "terms.csv", tmp_path / "terms.tbx"
    pause = Concept("pause", "пауза", "pause", status="proposed")
    write_glossary(source, Glossary(concepts=(TRUCE, pause)))
    result = bilingual("glossary", "convert", source, target, "--tbx-version", "2")
    assert result.returncode == 0
    assert "1 concepts that are not approved were left out" in result.stderr
    assert read_glossary(target).concepts == (TRUCE,)


def test_convert_refuses_an_ending_that_is_only_read(bilingual: Bilingual, house: Path) -> None:
    result = bilingual("glossary", "convert", house, "terms.tmx")
    assert result.returncode == 1
    assert "terms.tmx: cannot be written; use the ending .csv" in result.stderr


def test_stats_counts(bilingual: Bilingual, house: Path) -> None:
    result = bilingual("glossary", "stats", house)
    assert [line.split() for line in result.stdout.splitlines()][1:3] == [
        ["2", "concepts"],
        ["2", "source", "terms"],
    ]
    assert "1 treaty" in result.stdout


def test_find_marks_the_terms_and_explains(bilingual: Bilingual, house: Path) -> None:
    text = "Без мирного договора нет перемирия."
    result = bilingual("glossary", "find", text, "-g", house, "--explain")
    assert result.stdout.splitlines()[0] == (
        "Без [мирного договора|peace treaty] нет [перемирия|truce]."
    )
    assert "4-20 мирного договора: peace-treaty, мирный договор: gent masc" in result.stdout


def test_find_reads_files_and_shows_what_is_covered(
    bilingual: Bilingual, house: Path, tmp_path: Path
) -> None:
    longer = tmp_path / "longer.csv"
    long_truce = Concept("long-truce", "долгое перемирие", "long truce")
    write_glossary(longer, Glossary(concepts=(long_truce,)))
    article = tmp_path / "article.txt"
    article.write_text("Долгое перемирие.\n\nМирный договор.\n", encoding="utf-8")
    options = ("-g", house, "-g", longer, "--overlaps")
    result = bilingual("glossary", "find", article, *options)
    assert "[Долгое перемирие|long truce]." in result.stdout
    assert "7-16 перемирие: truce, перемирие: nomn neut, accs neut, covered" in result.stdout
    assert "[Мирный договор|peace treaty]." in result.stdout


def test_colours_are_for_terminals_that_want_them(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["find", "перемирие", "-g", str(house)]
    assert "\x1b[" in CliRunner().invoke(group, arguments, color=True).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in CliRunner().invoke(group, arguments, color=True).output


def test_merge_reports_overrides(bilingual: Bilingual, house: Path, tmp_path: Path) -> None:
    overlay, merged = tmp_path / "overlay.csv", tmp_path / "merged.csv"
    armistice = Concept("truce", "перемирие", "armistice")
    write_glossary(overlay, Glossary(concepts=(armistice,)))
    result = bilingual("glossary", "merge", house, overlay, "-o", merged)
    assert result.stdout == "перемирие: truce → armistice\n"
    assert "2 concepts, 1 overridden." in result.stderr
    assert read_glossary(merged).concepts == (armistice, TREATY)


def test_extract_proposes_what_the_glossary_lacks(bilingual: Bilingual, tmp_path: Path) -> None:
    memory = tmp_path / "memory.tmx"
    pairs = [
        ("Зелёный коридор открыт.", "The green lane is open."),
        ("О зелёном коридоре забыли.", "They forgot about the green lane."),
        ("Снег идёт.", "It is snowing."),
    ]
    units = "".join(
        f'<tu><tuv xml:lang="ru"><seg>{ru}</seg></tuv><tuv xml:lang="en"><seg>{en}</seg></tuv></tu>'
        for ru, en in pairs
    )
    memory.write_text(
        f'<tmx version="1.4"><header srclang="ru"/><body>{units}</body></tmx>', encoding="utf-8"
    )
    result = bilingual("glossary", "extract", memory)
    [row] = csv.DictReader(result.stdout.splitlines())
    assert (row["ru"], row["en"], row["status"]) == ("зелёный коридор", "green lane", "proposed")
    assert row["note"].startswith("Frequency 2, C-value 2.0: [Зелёный коридор] открыт.")
    assert row["reference"] == "memory.tmx"


def test_what_is_extracted_can_be_loaded_and_is_known_then(
    bilingual: Bilingual, tmp_path: Path
) -> None:
    article, proposed = tmp_path / "article.txt", tmp_path / "proposed.csv"
    article.write_text("Зелёный коридор.\n\nЗелёного коридора нет.\n", encoding="utf-8")
    assert bilingual("glossary", "extract", article, "-o", proposed).returncode == 0
    [concept] = read_glossary(proposed).concepts
    assert (concept.source, concept.target) == ("зелёный коридор", "")
    proposed.write_text(
        proposed.read_text(encoding="utf-8")
        .replace("proposed", "approved")
        .replace("коридор,,,", "коридор,,lane,"),
        encoding="utf-8",
    )
    result = bilingual("glossary", "extract", article, "-g", proposed)
    assert "0 candidates." in result.stderr


def test_find_takes_a_long_text_for_a_text(bilingual: Bilingual) -> None:
    """No file system has a name of that length."""
    result = bilingual("glossary", "find", "Перемирие длится. " * 300)
    assert (result.returncode, result.stdout.count("|truce]")) == (0, 300)


def test_extracted_abbreviation_keeps_its_capitals(bilingual: Bilingual, tmp_path: Path) -> None:
    article = tmp_path / "news.txt"
    text = "Сегодня Ржевская ГЭС остановлена. Вчера на Ржевской ГЭС было тихо."
    article.write_text(text, encoding="utf-8")
    result = bilingual("glossary", "extract", article)
    assert ",Ржевская ГЭС," in result.stdout
