"""Writing files so that a reader never sees half of one."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from toolkit.errors import OutputError


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
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
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
