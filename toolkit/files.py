"""Writing files so that a reader never sees half of one."""

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from toolkit.errors import OutputError

TEMPORARY = ".part"
"""How the name of a file ends that is being written."""
_KEPT_OF_NAME = 40
"""How many characters of a file's name its temporary name holds."""

DENSEST = 50
"""How many times a packed text may become larger: of XML about 20, of a bomb 1,000."""
SPARE = 10 * 1024**2


def most_unpacked(packed: int) -> int:
    """Give how many bytes may be taken out of an archive of so many, if it is no bomb."""
    return SPARE + DENSEST * packed


def write_atomically(path: Path, content: bytes | str) -> None:
    r"""Write a whole file or nothing: under a temporary name in the same folder, then renamed.

    Args:
        path: the file to write or replace; its folder must exist.
        content: bytes, or text that is written as UTF-8 with the line ends it has.

    Raises:
        OutputError: the folder is missing, not writable or full; what stood at `path` is intact.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "note.txt")
    ...     write_atomically(path, "№ 1\n")
    ...     path.read_text(encoding="utf-8"), os.listdir(folder)
    ('№ 1\n', ['note.txt'])
    """
    with open_atomically(path) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files, all or none: none is renamed before the last one lies on the disk.

    Raises:
        OutputError: one cannot be written; all are as they were.
    """
    with ExitStack() as files:
        for path, content in contents.items():
            file = files.enter_context(open_atomically(path))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def open_atomically(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that appears only when it is whole; see `write_atomically`."""
    try:
        handle, temporary = tempfile.mkstemp(
            TEMPORARY, f".{path.name[:_KEPT_OF_NAME]}.", dir=path.parent
        )
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_mode_of(path))
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(path, error) from error
        raise


def append_line(path: Path, line: str) -> None:
    """Append a line to a file, and wait until it is on the disk.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        with path.open("ab") as file:
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _cannot_write(path, error) from error


def remove_leftovers(stems: Iterable[Path]) -> None:
    """Remove what killed runs left of files that they were writing.

    Args:
        stems: the paths of the files, without suffixes.
    """
    names: dict[Path, list[str]] = {}
    for stem in stems:
        names.setdefault(stem.parent, []).append(f".{stem.name[:_KEPT_OF_NAME]}")
    for folder, beginnings in names.items():
        for path in folder.glob(f".*{TEMPORARY}"):
            if path.name.startswith(tuple(beginnings)):
                path.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and those that it lies in.

    Raises:
        OutputError: it cannot be made or written to, or is a file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(f"{folder}: is no folder; choose another with -o") from error
    except OSError as error:
        raise OutputError(
            f"{folder}: the folder cannot be made ({error.strerror}); choose another with -o"
        ) from error
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: the folder cannot be written to; choose another with -o")


def is_for_good(error: BaseException) -> bool:
    """Say whether an error in writing will meet every other file, too: the disk is full."""
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def _mode_of(path: Path) -> int:
    """Give the permissions that the file has, or that a new one would get from the umask."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def _cannot_write(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(
        f"{path}: cannot be written ({reason}); "
        "free some space or choose a folder you may write to with -o"
    )
