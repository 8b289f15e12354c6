"""Writing a bitext in the formats asked for, and never over a reviewer's work."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from toolkit.bitext import STATES, Bitext, Unit, unit_checksum
from toolkit.errors import FormatError, OutputError
from toolkit.files import make_folder, write_atomically
from toolkit.formats.docx_table import render_docx_table
from toolkit.formats.html import is_review_page, render_html
from toolkit.formats.po import render_po
from toolkit.formats.text import render_text
from toolkit.formats.tmx import render_tmx
from toolkit.formats.xliff12 import render_xliff12
from toolkit.formats.xliff20 import render_xliff20
from toolkit.inputs import read_bitext
from toolkit.memory import Entry, entries_of
from toolkit.packages import base_lang

Render = Callable[[Bitext, datetime], tuple[bytes, ...]]

# What --to offers: the endings of a format's files, and from a bitext to their content.
FORMATS: dict[str, tuple[tuple[str, ...], Render]] = {
    "tmx": ((".tmx",), lambda bitext, date: (render_tmx(bitext, date),)),
    "po": ((".po",), lambda bitext, date: (render_po(bitext, date),)),
    "text": ((".{source}.txt", ".{target}.txt"), lambda bitext, _date: render_text(bitext)),
    "html": ((".html",), lambda bitext, _date: (render_html(bitext),)),
    "xliff": ((".xlf",), lambda bitext, date: (render_xliff12(bitext, date),)),
    "xliff2": ((".v2.xlf",), lambda bitext, date: (render_xliff20(bitext, date),)),
    "docx": ((".review.docx",), lambda bitext, date: (render_docx_table(bitext, date),)),
}
DEFAULT_FORMATS = ("tmx", "po", "text", "html")


@dataclass(frozen=True, slots=True)
class Present:
    """What lies where a bitext's files are to be written.

    Fields:
        contents: the files that an earlier run wrote, which may be replaced.
        work: the units in them that hold a person's work, reviewed or with notes.
    """

    contents: Mapping[Path, bytes] = field(default_factory=dict)
    work: tuple[Entry, ...] = ()


def paths_of(stem: Path, formats: Iterable[str], langs: tuple[str, str]) -> list[Path]:
    """Name the files of a bitext.

    >>> [str(path) for path in paths_of(Path("out/call"), ["tmx", "text"], ("ru-RU", "en"))]
    ['out/call.tmx', 'out/call.ru.txt', 'out/call.en.txt']
    """
    source, target = map(base_lang, langs)
    endings = (ending for name in formats for ending in FORMATS[name][0])
    return [
        stem.with_name(stem.name + ending.format(source=source, target=target))
        for ending in endings
    ]


def find_present(
    stem: Path,
    formats: Iterable[str],
    langs: tuple[str, str],
    wrote: Callable[[Path, bytes], bool] = lambda _path, _content: False,
) -> Present:
    """Find the reviewed work in the files that a run would replace.

    Args:
        stem: the files' path without suffix.
        formats: keys of `FORMATS`.
        langs: codes of the source and the target language.
        wrote: says of a file's content whether it is recorded that the toolkit wrote it.

    Raises:
        OutputError: a file holds work that is not marked as reviewed, or other work than another.
    """
    paths = [path for path in paths_of(stem, formats, langs) if path.exists()]
    contents = {path: _read(path) for path in paths}
    bitexts: dict[Path, Bitext] = {}
    for path in paths:
        if path.suffix in {".txt", ".html"}:
            if not wrote(path, contents[path]) and not _is_untouched(path):
                raise _is_work(path)
        else:
            bitexts[path] = _read_reviewed(path)
    return Present(contents, _gather_work(bitexts))


def _read_reviewed(path: Path) -> Bitext:
    """Read a file of the toolkit in which every change is marked as reviewed."""
    try:
        bitext = read_bitext(path)
    except FormatError as error:
        raise _is_work(path) from error
    if not bitext.is_untouched:
        for unit in bitext.units:
            if not unit.is_reviewed and not unit.is_as_written:
                raise _is_work(path, unit)
    return bitext


def _gather_work(bitexts: Mapping[Path, Bitext]) -> tuple[Entry, ...]:
    """Gather the units with a person's work; of one in several files, what was changed counts."""
    work: dict[tuple[str, str], tuple[Path, Entry]] = {}
    for path, bitext in bitexts.items():
        for entry in entries_of(bitext, path.name):
            unit = entry.unit
            if not unit.is_reviewed and not unit.notes:
                continue
            place = unit.source.id, unit.source.text
            other_path, other = work.get(place, (path, entry))
            if _is_news(unit) and _is_news(other.unit) and unit.target != other.unit.target:
                raise OutputError(
                    f"{path}: was reviewed otherwise than {other_path} in “{unit.source.text}”; "
                    "bring the two together with `bilingual merge`"
                )
            if _rank(unit) > _rank(other.unit) or place not in work:
                work[place] = path, entry
    return tuple(entry for _, entry in work.values())


def _is_news(unit: Unit) -> bool:
    return unit.is_reviewed and not unit.is_as_written


def _rank(unit: Unit) -> tuple[bool, bool, int]:
    return _is_news(unit), unit.is_reviewed, len(unit.notes)


def write_outputs(  # noqa: PLR0913 - the optional ones are keywords
    bitext: Bitext,
    stem: Path,
    formats: Iterable[str],
    date: datetime,
    *,
    present: Present | None = None,
    overwrite: bool = False,
    announce: Callable[[Mapping[Path, bytes]], object] = lambda _contents: None,
) -> list[Path]:
    """Write a bitext's files, all or none where one of them holds someone's work.

    Args:
        bitext: what to write.
        stem: the files' path without suffix; missing folders are made.
        formats: keys of `FORMATS`.
        date: the date that goes into the files, in UTC.
        present: files whose work is in the bitext; they are replaced unless they have changed.
        overwrite: replace all files, also those that were reviewed or edited.
        announce: called with what the files will hold before the first of them is written.

    Returns:
        The paths of the files.

    Raises:
        OutputError: a file holds reviewed work or cannot be written.
    """
    make_folder(stem.parent)
    names = list(formats)
    paths = paths_of(stem, names, (bitext.source_lang, bitext.target_lang))
    rendered = (content for name in names for content in FORMATS[name][1](bitext, date))
    contents = dict(zip(paths, rendered, strict=True))
    replaceable = present.contents if present else {}
    if not overwrite:
        for path, content in contents.items():
            _refuse_to_overwrite_work(path, content, replaceable.get(path))
    announce(contents)
    for path, content in contents.items():
        write_atomically(path, content)
    return list(contents)


def _render_page(bitext: Bitext, date: datetime) -> bytes:
    del date
    return render_html(bitext)


# What `write_bitext` writes by the file's name, the longer endings first.
RENDERERS: dict[str, Callable[[Bitext, datetime], bytes]] = {
    ".tmx": render_tmx,
    ".po": render_po,
    ".v2.xlf": render_xliff20,
    ".xlf": render_xliff12,
    ".xliff": render_xliff12,
    ".docx": render_docx_table,
    ".html": _render_page,
}


def write_bitext(bitext: Bitext, path: Path, date: datetime, *, overwrite: bool = False) -> None:
    """Write a bitext into one file, the format told by its name.

    Args:
        bitext: what to write.
        path: the file to write.
        date: the date that goes into the file, in UTC.
        overwrite: replace a file that was reviewed or edited.

    Raises:
        FormatError: the format is not known.
        OutputError: the file holds reviewed work or cannot be written.
    """
    content = render_bitext(bitext, path, date)
    if not overwrite:
        _refuse_to_overwrite_work(path, content)
    write_atomically(path, content)


def render_bitext(bitext: Bitext, path: Path, date: datetime) -> bytes:
    """Give the content of the file of a bitext, in the format told by the file's name.

    Raises:
        FormatError: the format is not known.
    """
    for suffix, render in RENDERERS.items():
        if path.name.lower().endswith(suffix):
            return render(bitext, date)
    raise FormatError(f"{path}: is no bitext by its name; choose from {', '.join(RENDERERS)}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); move it away") from error


def _refuse_to_overwrite_work(path: Path, content: bytes, known: bytes | None = None) -> None:
    if not path.exists():
        return
    if _read(path) not in (content, known) and not _is_untouched(path):
        raise _is_work(path)


def _is_work(path: Path, unit: Unit | None = None) -> OutputError:
    place = f" (segment {unit.source.id} “{unit.source.text}”)" if unit else ""
    return OutputError(
        f"{path}: has been reviewed or edited since it was written{place} and is kept; take the "
        "work in with `bilingual merge`, choose another folder with -o, or give it up with "
        "--overwrite"
    )


def _is_untouched(path: Path) -> bool:
    """Say whether a file is machine output as the toolkit wrote it.

    A text file has no mark of its own: it is compared with the TMX file beside it.
    """
    if path.suffix == ".html":
        return is_review_page(path.read_bytes())
    try:
        if path.suffix != ".txt":
            return read_bitext(path).is_untouched
        bitext = read_bitext(path.with_suffix("").with_suffix(".tmx"))
    except FormatError:
        return False
    return path.read_bytes() == render_text(bitext)[0] or _is_text_of(path, bitext.units)


def _is_text_of(path: Path, units: Sequence[Unit]) -> bool:
    """Say whether the lines of a file are the translations that units have or were written with."""
    lines = [line for line in path.read_text("utf-8", "replace").split("\n") if line]
    targets = [unit for unit in units if unit.target]
    return len(lines) == len(targets) and all(
        line == unit.target or _was_written(line, unit)
        for line, unit in zip(lines, targets, strict=True)
    )


def _was_written(target: str, unit: Unit) -> bool:
    checksums = {unit_checksum(unit.source.text, target, state) for state in STATES}
    return unit.written_checksum in checksums
