"""Runs that go on where they stopped: one at a time in a folder, each recording what is done.

An output folder holds the file `.bilingual`, a line of JSON for each document whose files were
all written: what they were made from, and what was in them. A document that was made from the
same, and whose files nobody touched since, need not be made again.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path

from toolkit.bitext import Signature, content_checksum
from toolkit.errors import OutputError
from toolkit.files import append_line, make_folder, remove_leftovers

RECORD = ".bilingual"
LOCK = ".bilingual.lock"
"""On Windows only, which locks no folders."""


class Record:
    """What earlier runs wrote into a folder.

    Args:
        folder: the output folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / RECORD
        self._done: dict[str, dict[str, object]] = {}
        for line in _whole_lines(self.path):
            with suppress(ValueError, TypeError, KeyError):  # not ours, or edited
                done = json.loads(line)
                self._done[done["document"]] = done

    def holds(self, stem: Path, made_from: str) -> bool:
        """Say whether a document's files were made from the same, and are as they were written."""
        done = self._done.get(self._name(stem), {})
        names = done.get("files")
        if not made_from or done.get("made-from") != made_from or not isinstance(names, list):
            return False
        return checksum_of_files(stem.with_name(str(name)) for name in names) == done["content"]

    def add(self, stem: Path, made_from: str, paths: Iterable[Path]) -> None:
        """Record that a document's files are written.

        Raises:
            OutputError: the record cannot be written.
        """
        paths = list(paths)
        done = {
            "document": self._name(stem),
            "made-from": made_from,
            "files": [path.name for path in paths],
            "content": checksum_of_files(paths),
        }
        append_line(self.path, json.dumps(done))
        self._done[self._name(stem)] = done

    def _name(self, stem: Path) -> str:
        return stem.relative_to(self.folder).as_posix()


def _whole_lines(path: Path) -> list[bytes]:
    """Read a record, after cutting off the line that a killed run left unfinished."""
    try:
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            os.truncate(path, len(whole))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be read ({error.strerror}); check its permissions, or delete it"
        ) from error
    return whole.splitlines()


def checksum_of_source(path: Path, signature: Signature, *settings: str) -> str:
    """Give the SHA-256 of what a document's files are made from; empty for stdin and no file.

    Args:
        path: the article.
        signature: what translates it.
        settings: what else decides which files come out, but for their date.
    """
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
    return content_checksum([(content, *astuple(signature), *settings)])


def checksum_of_files(paths: Iterable[Path]) -> str:
    """Give the SHA-256 of what some files hold; empty where one is missing."""
    try:
        contents = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    except OSError:
        return ""
    return content_checksum([tuple(contents)])


@contextmanager
def lock_folder(folder: Path, stems: Iterable[Path]) -> Iterator[Record]:
    """Keep other runs out of an output folder, and give the record of what is in it.

    What a killed run left of a file is removed. The lock ends with the process, however it ends;
    where the file system has no locks, there is none. A folder that was made for nothing goes.

    Args:
        folder: the output folder; it is made.
        stems: the paths of the files to be written, without suffixes.

    Raises:
        OutputError: another run is writing into the folder, or it cannot be made or read.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    make_folder(folder)
    handle = _lock(folder)
    try:
        remove_leftovers(stems)
        yield Record(folder)
    finally:
        for path in made:
            with suppress(OSError):  # it is not empty
                path.rmdir()
        if handle is not None:
            os.close(handle)


def _lock(folder: Path) -> int | None:
    handle = None
    try:
        if sys.platform == "win32":  # which deletes the file with the process
            return os.open(folder / LOCK, os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
        import fcntl  # noqa: PLC0415 - there is none on Windows

        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileExistsError) as error:
        if handle is not None:
            os.close(handle)
        raise OutputError(
            f"{folder}: another run is writing into this folder; wait until it has ended, or "
            "choose another folder with -o"
        ) from error
    except OSError:  # a file system without locks
        pass
    return handle
