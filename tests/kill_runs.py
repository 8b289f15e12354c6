"""Kill runs of `bilingual translate` with SIGKILL, and see what they leave: called by test_faults.

    python tests/kill_runs.py FOLDER KILLS

Every other kill comes at a random time, the rest at a random one of the calls that open, rename,
cut or remove a file. A killed run is followed by the same command, until one ends; every other
time the folder holds an earlier translation with other settings, which has to be replaced. After
each kill all files must be whole, in the end the same as those of runs that nobody killed.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from conftest import WordForWord

import toolkit.cli.translate as command

ARTICLE = "Главы МИД обсудили перемирие.\nБеседа длилась два часа.\n"
DOCUMENTS = 6
MOST_CALLS = DOCUMENTS * 20
FIRST, SECOND = ("--no-enforce", "--to", "html,po,tmx,text"), ("--to", "html,po,tmx,text")


def translate(folder: Path, *options: str) -> None:
    """Run the command in this process, with an engine that needs no threads."""
    english = "It lasted two hours." if options == FIRST else "It took two hours."
    engine = WordForWord({"Беседа длилась два часа.": english})
    engine.label = f"table {options}"
    vars(command)["ArgosEngine"] = lambda *_arguments, **_options: engine
    settings = ("--date", "2026-11-27", "--no-glossary", "--quiet")
    arguments = [str(folder.parent / "articles"), "-o", str(folder), *settings, *options]
    command.translate.main(arguments, standalone_mode=False)


def in_child(work: Callable[[], None]) -> int:
    """Begin a piece of work in a process of its own, and give its number."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the parent must hear of it
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return child


def die_at_call(number: int) -> None:
    """Kill this process at the given call that changes a folder."""
    left = number

    def count(event: str, _arguments: object) -> None:
        nonlocal left
        if event in {"open", "os.rename", "os.remove", "os.truncate", "os.mkdir"}:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def kill_one(folder: Path, chance: random.Random, longest: float) -> bool:
    """Begin a run, kill it within some seconds, and say whether it was still running."""
    number = chance.randint(1, MOST_CALLS) if chance.random() < 0.5 else 0

    def work() -> None:
        if number:
            die_at_call(number)
        translate(folder, *SECOND)

    child = in_child(work)
    if not number:
        time.sleep(chance.random() * longest)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a run failed after another was killed")
    return os.WIFSIGNALED(status)


def contents(folder: Path) -> dict[str, object]:
    """Give the files' contents; of the record, the last that it says of each document."""
    found: dict[str, object] = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    with contextlib.suppress(FileNotFoundError):
        lines = (folder / ".bilingual").read_text("utf-8").splitlines()
        found[".bilingual"] = {done["document"]: done for done in map(json.loads, lines)}
    return found


def damaged(folder: Path, *whole: dict[str, object]) -> Iterator[str]:
    """Name the files that are neither whole nor temporary."""
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_file() and path.suffix != ".part" and name != ".bilingual":
            content = path.read_bytes()
            if not any(one[name] == content for one in whole):
                yield name


def main() -> None:
    """Kill runs as often as asked and report what is wrong."""
    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(7)  # noqa: S311 - the same each time
    for number in range(DOCUMENTS):
        article = folder / "articles" / ("inner" * (number % 2)) / f"{number}.txt"
        article.parent.mkdir(parents=True, exist_ok=True)
        article.write_text(f"{ARTICLE}Статья {number}.\n", encoding="utf-8")
    translate(folder / "first", *FIRST)
    start = time.monotonic()
    translate(folder / "second", *SECOND)
    longest = time.monotonic() - start
    first, second = contents(folder / "first"), contents(folder / "second")
    out = folder / "out"
    done = rounds = 0
    while done < kills:
        rounds += 1
        if rounds % 2:
            shutil.copytree(folder / "first", out)
        while kill_one(out, chance, longest):
            done += 1
            if broken := list(damaged(out, first, second)):
                raise SystemExit(f"kill {done} left {broken}")
        if contents(out) != second:
            raise SystemExit(f"after {done} kills the folder is not that of an undisturbed run")
        shutil.rmtree(out)
    sys.stdout.write(f"{done} kills, {rounds} folders as those of an undisturbed run\n")


if __name__ == "__main__":
    main()
