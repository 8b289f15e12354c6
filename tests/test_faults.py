"""What fails around a run: killed processes, full disks, vanished files, other runs, no memory.

After each fault every file is whole, the message says what to do, and the same command goes on.
"""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import DATE, Bilingual
from test_formats import bitext_of

from toolkit import DocumentError, OutputError, read_document
from toolkit.files import remove_leftovers, write_atomically
from toolkit.formats.tmx import write_tmx
from toolkit.resume import Record, lock_folder

TESTS = Path(__file__).parent
ARTICLE = "Главы МИД обсудили перемирие.\nБеседа длилась два часа. Она завершилась в 19:30.\n"
QUICK = ("--no-enforce", "--no-glossary", "--beam", "1", "--date", "2026-11-27")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"{ARTICLE}{name}\n", encoding="utf-8")
    return folder


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "toolkit", "translate", *map(str, arguments), *QUICK]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".bilingual"}


def test_killed_runs_leave_whole_files_and_the_same_folder_in_the_end() -> None:
    """In memory where that is possible: a killed process needs no disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        run = subprocess.run(
            [sys.executable, TESTS / "kill_runs.py", folder, "200"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (run.returncode, run.stderr) == (0, "")
    assert int(run.stdout.split()[0]) >= 200


def test_killed_command_goes_on_where_it_stopped(
    bilingual: Bilingual, articles: Path, tmp_path: Path
) -> None:
    """With the model, and killed as soon as the first article is there."""
    out = tmp_path / "out"
    bilingual("translate", articles, "-o", "undisturbed", *QUICK)
    with subprocess.Popen(command(articles, "-o", out), stderr=subprocess.PIPE) as process:
        while process.poll() is None and not (out / "one.html").exists():
            time.sleep(0.01)
        process.kill()
    before = {path: path.stat().st_mtime_ns for path in out.glob("one.*")}
    assert (process.returncode, len(before)) == (-signal.SIGKILL, 5)
    run = bilingual("translate", articles, "-o", out, *QUICK)
    assert (run.returncode, "skipped" in run.stderr) == (0, True)
    assert contents(out) == contents(tmp_path / "undisturbed")
    assert {path: path.stat().st_mtime_ns for path in out.glob("one.*")} == before


def test_only_what_changed_is_translated_again(
    bilingual: Bilingual, articles: Path, tmp_path: Path
) -> None:
    assert bilingual("translate", articles, "-o", "out", *QUICK).returncode == 0
    again = bilingual("translate", articles, "-o", "out", *QUICK)
    assert "documents 0, skipped 3 unchanged, segments 0" in again.stderr
    (articles / "one.txt").write_text(f"{ARTICLE}Итог.\n", encoding="utf-8")
    (tmp_path / "out/two.po").unlink()
    changed = bilingual("translate", articles, "-o", "out", *QUICK)
    assert "documents 2, skipped 1 unchanged" in changed.stderr
    assert "Итог" in (tmp_path / "out/one.po").read_text("utf-8")
    forced = bilingual("translate", articles, "-o", "out", *QUICK, "--force")
    assert ("documents 3, segments" in forced.stderr, forced.returncode) == (True, 0)


def test_another_run_in_the_same_folder_is_refused(
    bilingual: Bilingual, articles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with lock_folder(out, []):
        run = bilingual("translate", articles, "-o", out, *QUICK)
        merge = bilingual("merge", out)
    for refused in (run, merge):
        assert refused.returncode == 1
        assert f"{out}: another run is writing into this folder; wait until" in refused.stderr
    with subprocess.Popen(command(articles, "-o", out), stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not out.exists():
            time.sleep(0.01)
        process.kill()
    with lock_folder(out, []):  # the lock of a killed run is gone
        pass


def test_folder_made_for_nothing_goes(tmp_path: Path) -> None:
    with lock_folder(tmp_path / "a/b", []):
        assert (tmp_path / "a/b").is_dir()
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_the_same_files_are_removed(tmp_path: Path) -> None:
    for name in (".call.tmx.x1_.part", ".other.tmx.x1_.part", ".call.tmx", f".{'д' * 40}.x.part"):
        (tmp_path / name).touch()
    remove_leftovers([tmp_path / "call", tmp_path / ("д" * 50)])
    assert {path.name for path in tmp_path.iterdir()} == {".other.tmx.x1_.part", ".call.tmx"}


def test_damaged_record_costs_only_time(tmp_path: Path) -> None:
    stem = tmp_path / "call"
    content = {tmp_path / "call.tmx": b"x"}
    write_atomically(tmp_path / "call.tmx", b"x")
    Record(tmp_path).add(stem, "origin", content)
    record = tmp_path / ".bilingual"
    for line in (b"[]\n", b"{}\n", b"\xff\n", b'{"document": 1, "files": 2, "origin": 3}\n', b"{"):
        record.write_bytes(record.read_bytes() + line)
        assert Record(tmp_path).holds(stem, "origin")
        assert not Record(tmp_path).holds(stem, "another")
        assert Record(tmp_path).wrote(tmp_path / "call.tmx", b"x")
    assert record.read_bytes().endswith(b"}\n")
    record.unlink()
    assert not Record(tmp_path).holds(stem, "origin")


IN_NAMESPACE = ("unshare", "--mount", "--map-root-user", "--user", "sh", "-ec")
needs_namespaces = pytest.mark.skipif(
    not shutil.which("unshare")
    or subprocess.run([*IN_NAMESPACE, "mount -t tmpfs none /mnt"], check=False).returncode != 0,
    reason="file systems of one's own cannot be mounted here",
)


@needs_namespaces
def test_full_disk_keeps_what_is_whole_and_the_run_goes_on_later(
    articles: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    script = """mount -t tmpfs -o size=120k none out
        "$@" || echo "code $?"
        echo "left: $(ls -A out | tr '\\n' ' ')"
        mount -o remount,size=9m out
        "$@"
        echo "in the end: $(ls -A out | wc -l)" """
    run = subprocess.run(
        [*IN_NAMESPACE, script, "sh", *command(articles, "-o", "out")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "cannot be written (No space left on device); free some space" in run.stderr
    assert "Traceback" not in run.stderr
    first, left, last = run.stdout.splitlines()
    assert first == "code 1"
    assert ("three.tmx" in left, "two.html" in left, ".part" in left) == (True, False, False)
    assert "skipped 2 unchanged" in run.stderr
    assert last == "in the end: 16"


@needs_namespaces
def test_read_only_folder_is_told_before_anything_is_translated(
    articles: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    run = subprocess.run(
        [
            *IN_NAMESPACE,
            'mount -t tmpfs -o ro none out; exec "$@"',
            "sh",
            *command(articles, "-o", "out"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "out: the folder cannot be written to; choose another with -o" in run.stderr


def test_vanished_article_does_not_stop_the_others(articles: Path, tmp_path: Path) -> None:
    """It goes while the run starts, between the search for articles and the reading."""
    with subprocess.Popen(
        command(articles, "-o", tmp_path / "out"), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert "model" in process.stderr.readline()
        (articles / "two.txt").unlink()
        _, errors = process.communicate()
    assert process.returncode == 1
    assert f"Error: {articles / 'two.txt'}: there is no such file" in errors
    assert "documents 2" in errors
    assert "failed 1" in errors


def test_article_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "growing.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    read = os.fstat

    def write_meanwhile(handle: int) -> os.stat_result:
        found = read(handle)
        with path.open("a", encoding="utf-8") as file:
            file.write("ещё")
        return found

    monkeypatch.setattr("toolkit.documents.os.fstat", write_meanwhile)
    with pytest.raises(DocumentError, match="changed while it was read; run again"):
        read_document(path)


@pytest.mark.parametrize("memory", [150, 250, 550])
def test_want_of_memory_is_told_and_nothing_is_half_written(tmp_path: Path, memory: int) -> None:
    """When CTranslate2, the model or the search are given too little."""
    article = tmp_path / "long.txt"
    lines = (f"Беседа номер {n} длилась два часа, сообщил представитель МИД.\n" for n in range(300))
    article.write_text("".join(lines), encoding="utf-8")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory * 2**20, memory * 2**20))

    arguments = [*command(article, "-o", tmp_path / "out"), "--beam", "32", "--threads", "2"]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False, preexec_fn=limit)
    assert run.returncode == 1
    assert "memory" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


def test_damaged_memory_is_told_and_left_alone(
    bilingual: Bilingual, articles: Path, tmp_path: Path
) -> None:
    memory = tmp_path / "house.db"
    memory.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 20)
    before = memory.read_bytes()
    run = bilingual("translate", articles, "-o", "out", "--tm", memory, *QUICK)
    assert run.returncode == 1
    assert f"{memory}: " in run.stderr
    assert "Traceback" not in run.stderr
    assert memory.read_bytes() == before
    assert not (tmp_path / "out").exists()


def test_memory_that_another_program_writes_can_be_read(
    bilingual: Bilingual, articles: Path, tmp_path: Path
) -> None:
    """Read once, its articles are skipped until the memory changes."""
    reviewed = bitext_of(("Беседа длилась два часа.", "It took two hours."))
    units = (replace(reviewed.units[0], origin="human", state="reviewed"),)
    write_tmx(replace(reviewed, units=units), tmp_path / "call.tmx", DATE)
    assert bilingual("tm", "import", "--tm", "house.db", "call.tmx").returncode == 0
    arguments = ("translate", articles, "-o", "out", "--tm", "house.db", *QUICK)
    with closing(sqlite3.connect(tmp_path / "house.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        run = bilingual(*arguments)
        other.rollback()
    assert (run.returncode, "from memory 3" in run.stderr) == (0, True)
    assert "skipped 3 unchanged" in bilingual(*arguments).stderr


def test_error_in_writing_leaves_the_record_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second file of a document cannot be written: it is done again."""
    stem = tmp_path / "call"
    record = Record(tmp_path)

    def write(first: bytes, second: bytes) -> None:
        contents = {tmp_path / "call.tmx": first, tmp_path / "call.po": second}
        record.add(stem, "origin", contents)
        for path, content in contents.items():
            write_atomically(path, content)

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    write(b"1", b"2")
    assert record.holds(stem, "origin")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        write(b"3", b"4")
    assert record.holds(stem, "origin")
    monkeypatch.undo()
    write(b"3", b"4")
    assert record.holds(stem, "origin")
    assert Record(tmp_path).wrote(tmp_path / "call.po", b"2")
