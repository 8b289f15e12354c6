"""Writing a bitext in the formats asked for, and never over a reviewer's work."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from toolkit.bitext import Bitext
from toolkit.errors import FormatError, OutputError
from toolkit.files import write_atomically
from toolkit.formats.docx_table import render_docx_table
from toolkit.formats.html import is_review_page, render_html
from toolkit.formats.po import render_po
from toolkit.formats.text import render_text
from toolkit.formats.tmx import render_tmx
from toolkit.formats.xliff12 import render_xliff12
from toolkit.formats.xliff20 import render_xliff20
from toolkit.inputs import read_bitext
from toolkit.packages import base_lang


def _render_tmx(bitext: Bitext, date: datetime) -> dict[str, bytes]:
    return {".tmx": render_tmx(bitext, date)}


def _render_po(bitext: Bitext, date: datetime) -> dict[str, bytes]:
    return {".po": render_po(bitext, date)}


def _render_xliff(bitext: Bitext, date: datetime) -> dict[str, bytes]:
    return {".xlf": render_xliff12(bitext, date)}


def _render_xliff2(bitext: Bitext, date: datetime) -> dict[str, bytes]:
    return {".v2.xlf": render_xliff20(bitext, date)}


def _render_docx(bitext: Bitext, date: datetime) -> dict[str, bytes]:
    return {".review.docx": render_docx_table(bitext, date)}


def _render_text(bitext: Bitext, date: datetime) -> dict[str, bytes]:
    del date
    suffixes = (f".{base_lang(lang)}.txt" for lang in (bitext.source_lang, bitext.target_lang))
    return dict(zip(suffixes, render_text(bitext), strict=True))


def _render_html(bitext: Bitext, date: datetime) -> dict[str, bytes]:
    del date
    return {".html": render_html(bitext)}


# What --to offers: from a bitext to the content of its files by suffix.
FORMATS: dict[str, Callable[[Bitext, datetime], dict[str, bytes]]] = {
    "tmx": _render_tmx,
    "po": _render_po,
    "text": _render_text,
    "html": _render_html,
    "xliff": _render_xliff,
    "xliff2": _render_xliff2,
    "docx": _render_docx,
}
DEFAULT_FORMATS = ("tmx", "po", "text", "html")


def write_outputs(
    bitext: Bitext, stem: Path, formats: Iterable[str], date: datetime, *, overwrite: bool = False
) -> list[Path]:
    """Write a bitext's files, all or none where one of them holds someone's work.

    Args:
        bitext: what to write.
        stem: the files' path without suffix; missing folders are made.
        formats: keys of `FORMATS`.
        date: the date that goes into the files, in UTC.
        overwrite: replace files that were reviewed or edited.

    Returns:
        The paths of the files.

    Raises:
        OutputError: a file holds reviewed work or cannot be written.
    """
    _make_folder(stem.parent)
    contents = {
        stem.with_name(stem.name + suffix): content
        for name in formats
        for suffix, content in FORMATS[name](bitext, date).items()
    }
    if not overwrite:
        for path, content in contents.items():
            _refuse_to_overwrite_work(path, content)
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
    for suffix, render in RENDERERS.items():
        if path.name.lower().endswith(suffix):
            content = render(bitext, date)
            if not overwrite:
                _refuse_to_overwrite_work(path, content)
            write_atomically(path, content)
            return
    raise FormatError(f"{path}: is no bitext by its name; choose from {', '.join(RENDERERS)}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(f"{folder}: is no folder; choose another with -o") from error
    except OSError as error:
        raise OutputError(
            f"{folder}: the folder cannot be made ({error.strerror}); choose another with -o"
        ) from error


def _refuse_to_overwrite_work(path: Path, content: bytes) -> None:
    try:
        present = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); move it away") from error
    if present != content and not _is_untouched(path):
        raise OutputError(
            f"{path}: has been reviewed or edited since it was written and is kept; "
            "choose another folder with -o, or give it up with --overwrite"
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
    return path.read_bytes() in render_text(bitext)
