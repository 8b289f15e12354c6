"""Silencing findings that were looked at: by a note in the unit, or by a list in a file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from toolkit.bitext import Bitext, Issue, Unit
from toolkit.checks import CODES
from toolkit.errors import FormatError

NOTE = re.compile(r"\bbilingual-ignore\b(?::\s*([\w-]+(?:[,\s]+[\w-]+)*))?")
"""What a reviewer writes into a note: `bilingual-ignore: number, name`; without codes, all."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A line of a list: a check's code and the units it is silent in.

    Fields:
        code: the code, or `*` for all.
        units: a pattern for `DOCUMENT:UNIT` with `*` for any characters.
    """

    code: str
    units: str = "*"


def read_suppressions(path: Path) -> tuple[Suppression, ...]:
    """Read a list of suppressions: a code and a pattern of units a line, # begins a comment.

    Raises:
        FormatError: the file cannot be read, or a line names no check.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "ignore.txt")
    ...     _ = path.write_text("name call:3.*  # ships", encoding="utf-8")
    ...     read_suppressions(path)
    (Suppression(code='name', units='call:3.*'),)
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise FormatError(
            f"{path}: cannot be read ({reason}); check its name and content"
        ) from error
    return tuple(_parse(path, lines))


def _parse(path: Path, lines: Iterable[str]) -> Iterator[Suppression]:
    for number, line in enumerate(lines, start=1):
        parts = re.sub(r"(?:^|\s)#.*", "", line).split()
        if parts and parts[0] not in {*CODES, "*"}:
            raise FormatError(
                f"{path}, line {number}: “{parts[0]}” is no check; "
                "`bilingual check --help` lists them"
            )
        if parts:
            yield Suppression(*parts[:2])


def without_suppressed(bitext: Bitext, suppressions: Iterable[Suppression] = ()) -> Bitext:
    """Give a bitext without the issues that a note in their unit or a list silences."""
    listed = list(suppressions)
    units = []
    for unit in bitext.units:
        silent = _silenced(unit, f"{bitext.document.id}:{unit.source.id}", listed)
        kept = tuple(issue for issue in unit.issues if not _is_silent(issue, silent))
        units.append(replace(unit, issues=kept))
    return replace(bitext, units=tuple(units))


def _silenced(unit: Unit, name: str, listed: Iterable[Suppression]) -> set[str]:
    """Give the codes that are silent in a unit, `*` for all."""
    silent = {one.code for one in listed if fnmatchcase(name, one.units)}
    for note in unit.notes:
        for found in NOTE.finditer(note):
            silent.update(re.split(r"[,\s]+", found.group(1)) if found.group(1) else "*")
    return silent


def _is_silent(issue: Issue, silent: set[str]) -> bool:
    return issue.check in silent or "*" in silent
