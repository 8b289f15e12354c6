"""`bilingual translate`, as a user runs it."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Bilingual

from toolkit import TranslationMemory, read_tmx

SEEDS = Path(__file__).parent.parent / "seeds"
ARTICLE = "Главы МИД обсудили перемирие.\nБеседа длилась два часа. Она завершилась в 19:30.\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_article_becomes_aligned_files(bilingual: Bilingual, article: Path, tmp_path: Path) -> None:
    run = bilingual("translate", article, "-o", "out")
    assert (run.returncode, run.stdout) == (0, "")
    assert "model: translate-ru_en" in run.stderr
    assert "documents 1, segments 3, terms kept" in run.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".bilingual",
        "article.en.txt",
        "article.html",
        "article.po",
        "article.ru.txt",
        "article.tmx",
    ]
    russian = (tmp_path / "out/article.ru.txt").read_text("utf-8")
    english = (tmp_path / "out/article.en.txt").read_text("utf-8")
    assert russian.count("\n") == english.count("\n") == 4
    assert "two hours" in english.split("\n")[2]


def test_same_command_gives_the_same_bytes(
    bilingual: Bilingual, article: Path, tmp_path: Path
) -> None:
    for folder in ("one", "two"):
        bilingual("translate", article, "-o", folder, "--date", "2026-11-27")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_stdin_goes_to_stdout(bilingual: Bilingual) -> None:
    run = bilingual("translate", "-", "-q", stdin="Беседа длилась более двух часов.")
    assert (run.stdout, run.stderr) == ("The conversation lasted more than two hours.\n", "")
    run = bilingual("translate", "-", "--to", "tmx", stdin="Беседа.")
    assert run.stdout.startswith("<?xml")


def test_languages_are_written_as_asked(
    bilingual: Bilingual, article: Path, tmp_path: Path
) -> None:
    options = ("--source-lang", "ru-RU", "--target-lang", "en-US", "--to", "tmx")
    assert bilingual("translate", article, "-o", "out", *options).returncode == 0
    tmx = (tmp_path / "out/article.tmx").read_text("utf-8")
    assert 'srclang="ru-RU"' in tmx
    assert 'xml:lang="en-US"' in tmx


def test_summary_comes_as_json(bilingual: Bilingual, article: Path) -> None:
    run = bilingual("translate", article, "-o", "out", "--json", "-q")
    summary = json.loads(run.stdout)
    assert (summary["documents"], summary["segments"], summary["failed"]) == (1, 3, 0)
    assert summary["terms_found"] >= 1
    assert run.stderr == ""


def test_terms_are_found_and_the_missing_ones_marked(
    bilingual: Bilingual, article: Path, tmp_path: Path
) -> None:
    house = tmp_path / "house.csv"
    house.write_text(
        "id,ru,en,status\ntalk,беседа длилась,mission creep,approved\n", encoding="utf-8"
    )
    bilingual("translate", article, "-o", "out", "-g", house, "--to", "tmx")
    tmx = (tmp_path / "out/article.tmx").read_text("utf-8")
    assert ": перемирие = truce</prop>" in tmx
    assert "warning term-missing: «беседа длилась» should be “mission creep”" in tmx
    bilingual("translate", article, "-o", "bare", "--no-glossary", "--to", "tmx")
    assert "x-term" not in (tmp_path / "bare/article.tmx").read_text("utf-8")


def test_one_bad_document_does_not_stop_the_others(
    bilingual: Bilingual, article: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").touch()
    run = bilingual("translate", tmp_path / "empty.txt", article, "-o", "out")
    assert run.returncode == 1
    assert f"Error: {tmp_path / 'empty.txt'}: holds no text" in run.stderr
    assert "failed 1" in run.stderr
    assert (tmp_path / "out/article.tmx").exists()


def test_text_in_another_language_is_warned_about(bilingual: Bilingual) -> None:
    run = bilingual("translate", "-", stdin="This is English.")
    assert "Warning: -: is hardly in the language “ru”" in run.stderr
    assert run.stdout == "This is English.\n"


ERRORS = [
    (["translate", "nowhere.txt", "-o", "out"], 1, "nowhere.txt: there is no such file"),
    (["translate", "article.txt", "-o", "article.txt"], 1, "article.txt: is no folder"),
    (["translate", "article.txt", "-o", "/proc/none"], 1, "/proc/none: the folder cannot be made"),
    (["translate", "article.txt", "-o", "out", "--to", "odt"], 2, "“odt” is no format"),
    (["translate", "article.txt", "other.md"], 2, "name a folder for the files with -o"),
    (["translate", "article.txt", "--to", "tmx,po"], 2, "name a folder for the files with -o"),
    (["translate", "-o", "out"], 2, "Missing argument"),
    (["translate", "article.txt", "--beam", "0"], 2, "--beam"),
    (["translate", "article.txt", "--target-lang", "fr"], 1, "no model translates ru to fr"),
    (["translate", "article.txt", "--model", "article.txt"], 1, "not a usable Argos package"),
    (["translate", "article.txt", "--encoding", "ascii"], 1, "line 1 is not ascii"),
    (["translate", "article.txt", "-g", "article.txt"], 1, "article.txt"),
    (["translate", "article.txt", "--compute-type", "int3"], 1, "the model does not load"),
    (["misspelt"], 2, "No such command"),
]


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize(("arguments", "code", "message"), ERRORS)
def test_error_is_told_in_one_sentence(
    bilingual: Bilingual,
    tmp_path: Path,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    (tmp_path / "other.md").write_text(ARTICLE, encoding="utf-8")
    run = bilingual(*arguments)
    assert (run.returncode, run.stdout) == (code, "")
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


def review(tmx: Path, old: str, new: str, state: str = "reviewed") -> None:
    """Edit a translation in a TMX file as a CAT tool would."""
    units = tmx.read_text("utf-8").split("<tu ")
    place = next(i for i, unit in enumerate(units) if old in unit)
    units[place] = units[place].replace(old, new).replace(">translated<", f">{state}<")
    tmx.write_text("<tu ".join(units), encoding="utf-8")


def test_reviewed_units_are_kept_and_the_rest_is_translated_anew(
    bilingual: Bilingual, article: Path, tmp_path: Path
) -> None:
    bilingual("translate", article, "-o", "out")
    review(tmp_path / "out/article.tmx", "two hours", "2 hours")
    article.write_text(f"Добавлено слово.\n{ARTICLE}", encoding="utf-8")
    run = bilingual("translate", article, "-o", "out", "--beam", "2")
    assert run.returncode == 0
    assert "segments 4, kept 1 reviewed, terms" in run.stderr
    english = (tmp_path / "out/article.en.txt").read_text("utf-8")
    assert "lasted 2 hours" in english.split("\n")[4]
    units = read_tmx(tmp_path / "out/article.tmx").units
    assert [unit.state for unit in units].count("reviewed") == 1
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert bilingual("translate", article, "-o", "out", "--overwrite").returncode == 0
    assert (tmp_path / "out/article.tmx").read_bytes() != before[tmp_path / "out/article.tmx"]


def test_edit_that_is_not_marked_as_reviewed_is_refused(
    bilingual: Bilingual, article: Path, tmp_path: Path
) -> None:
    bilingual("translate", article, "-o", "out")
    tmx = tmp_path / "out/article.tmx"
    review(tmx, "two hours", "2 hours", "translated")
    before = tmx.read_bytes()
    run = bilingual("translate", article, "-o", "out")
    assert (run.returncode, tmx.read_bytes()) == (1, before)
    assert "(segment 2.1 “Беседа длилась два часа.”) and is kept" in run.stderr
    assert "`bilingual merge`" in run.stderr


def test_reviewed_unit_of_a_removed_sentence_is_not_lost(
    bilingual: Bilingual, article: Path, tmp_path: Path
) -> None:
    bilingual("translate", article, "-o", "out", "--to", "tmx")
    tmx = tmp_path / "out/article.tmx"
    review(tmx, "two hours", "2 hours")
    before = tmx.read_bytes()
    article.write_text("Главы МИД обсудили перемирие.", encoding="utf-8")
    run = bilingual("translate", article, "-o", "out", "--to", "tmx")
    assert (run.returncode, tmx.read_bytes()) == (1, before)
    assert "reviewed units whose sentence is not in the article any more: 1" in run.stderr
    TranslationMemory(tmp_path / "house.db", create=True).close()
    run = bilingual("translate", article, "-o", "out", "--to", "tmx", "--tm", "house.db")
    assert run.returncode == 0
    assert "any more: 1, kept in house.db" in run.stderr
    with TranslationMemory(tmp_path / "house.db") as memory:
        (match,) = memory.find("Беседа длилась два часа.", ("ru", "en"))
        assert match.entry.unit.target == "The conversation lasted 2 hours."


def test_full_disk_leaves_nothing_half_written(article: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    command = [sys.executable, "-m", "toolkit", "translate", str(article), "-o", "out"]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, preexec_fn=limit
    )
    assert run.returncode == 1
    assert "cannot be written (File too large)" in run.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".bilingual"]


def test_interrupt_leaves_nothing_half_written(tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text(ARTICLE * 2000, encoding="utf-8")
    command = [sys.executable, "-m", "toolkit", "translate", str(long), "-o", "out"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "model" in process.stderr.readline()
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Aborted" in errors, "Traceback" in errors) == (1, True, False)
    assert time.monotonic() - start < 10
    assert not (tmp_path / "out").exists()


def test_progress_is_shown_on_a_terminal_only(article: Path, tmp_path: Path) -> None:
    import pty

    parent, child = pty.openpty()
    command = [sys.executable, "-m", "toolkit", "translate", str(article), "-o", "out"]
    subprocess.run(command, cwd=tmp_path, stderr=child, check=True)
    os.close(child)
    shown = os.read(parent, 100_000).decode("utf-8")
    os.close(parent)
    assert "article.txt" in shown
    assert "3/3" in shown
