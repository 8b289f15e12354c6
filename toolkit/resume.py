"""Runs that go on where they stopped: one at a time in a folder, each recording what it writes.

An output folder holds the file `.bilingual`, to which a line of JSON is added before the files of
a document are written: what they are made from, and the checksum of each. A document is done
where its files are as its last line says; a file that is as any line says is the toolkit's own,
also where a run was killed between two files.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
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
    """What runs wrote into a folder.

    Args:
        folder: the output folder; paths must lie in it.

    Raises:
        OutputError: the record cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / RECORD
        self._origins: dict[str, str] = {}
        self._files: dict[str, dict[str, str]] = {}
        self._written: set[tuple[str, str]] = set()
        for line in _whole_lines(self._path):
            with suppress(ValueError, TypeError, KeyError, AttributeError):  # somebody edited it
                one = json.loads(line)
                self._remember(one["document"], one["origin"], one["files"])

    def holds(self, stem: Path, origin: str) -> bool:
        """Say whether a document's files have this origin and are as they were written."""
        name = self._name(stem)
        if not origin or self._origins.get(name) != origin:
            return False
        try:
            return all(
                _checksum(self._folder.joinpath(file).read_bytes()) == checksum
                for file, checksum in self._files[name].items()
            )
        except OSError:
            return False

    def wrote(self, path: Path, content: bytes) -> bool:
        """Say whether a run wrote this content into a file, the last time or earlier."""
        return (self._name(path), _checksum(content)) in self._written

    def add(self, stem: Path, origin: str, contents: Mapping[Path, bytes]) -> None:
        """Record what is going to be written for a document.

        Raises:
            OutputError: the record cannot be written.
        """
        files = {self._name(path): _checksum(content) for path, content in contents.items()}
        name = self._name(stem)
        append_line(self._path, json.dumps({"document": name, "origin": origin, "files": files}))
        self._remember(name, origin, files)

    def _remember(self, name: str, origin: str, files: Mapping[str, str]) -> None:
        self._written.update(files.items())
        self._files[name] = dict(files)
        self._origins[name] = origin

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


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


def checksum_of_origin(path: Path, signature: Signature, *settings: str) -> str:
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


@contextmanager
def lock_folder(folder: Path, stems: Iterable[Path]) -> Iterator[Record]:
    """Keep other runs out of an output folder, and give the record of what is in it.

    What a killed run left of a file is removed. The lock ends with the process, however it ends;
    where the file system has no locks, there is none. A folder that was made for nothing goes.

    Args:
        folder: the output folder; it is made.
        stems: the paths of the files to be written, without suffixes.

    Raises:
        OutputError: another run is writing into the folder, it cannot be made, written or read,
            or something in it leads out of it.
    """
    stems = list(stems)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    make_folder(folder)
    handle = _lock(folder)
    try:
        _refuse_links(folder, {stem.parent for stem in stems} | {folder / RECORD})
        remove_leftovers(stems)
        yield Record(folder)
    finally:
        for path in made:
            with suppress(OSError):  # it is not empty
                path.rmdir()
        if handle is not None:
            os.close(handle)


def _refuse_links(folder: Path, paths: Iterable[Path]) -> None:
    """Refuse links to places outside of the folder; a file that is a link is replaced anyway."""
    root = folder.resolve()
    for path in sorted(paths):
        if not path.resolve().is_relative_to(root):
            raise OutputError(f"{path}: is a link that leads out of {folder}; remove it")


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
