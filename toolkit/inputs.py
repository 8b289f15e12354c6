"""Reading a bitext in whichever format it comes."""

from collections.abc import Callable
from pathlib import Path

from toolkit.bitext import Bitext
from toolkit.errors import FormatError
from toolkit.formats.docx_table import read_docx_table
from toolkit.formats.po import read_po
from toolkit.formats.tmx import read_tmx
from toolkit.formats.xliff import read_xliff

READERS: dict[str, Callable[[Path, str, str], Bitext]] = {
    ".tmx": read_tmx,
    ".tmx.gz": read_tmx,
    ".po": read_po,
    ".docx": read_docx_table,
    ".xlf": read_xliff,
    ".xliff": read_xliff,
    ".sdlxliff": read_xliff,
    ".mqxliff": read_xliff,
}


def read_bitext(path: Path, source_lang: str = "", target_lang: str = "") -> Bitext:
    """Read a bitext, the format told by the file's name.

    Args:
        path: the file.
        source_lang, target_lang: which languages to take of several, or to assume where the file
            tells none.

    Raises:
        FormatError: the format is not known or the file cannot be read.
    """
    for suffix, read in READERS.items():
        if path.name.lower().endswith(suffix):
            return read(path, source_lang, target_lang)
    raise FormatError(f"{path}: is no bitext by its name; the toolkit reads {', '.join(READERS)}")
