"""XLIFF of either version, told by the file."""

from pathlib import Path

from toolkit.bitext import Bitext
from toolkit.errors import FormatError
from toolkit.formats.rows import assemble
from toolkit.formats.xliff12 import xliff12_header, xliff12_rows
from toolkit.formats.xliff20 import xliff20_header, xliff20_rows
from toolkit.formats.xmlfiles import xml_elements


def read_xliff(path: Path, source_lang: str = "", target_lang: str = "") -> Bitext:
    """Read an XLIFF file, version 1.0 to 2.1, of ours or of any other tool.

    Units that another tool wrote have the origin `human`, in XLIFF 1 what the state's qualifier
    says; inline codes are left out of the texts.

    Args:
        path: the file; also the dialects .sdlxliff and .mqxliff.
        source_lang, target_lang: codes that go before those of the file.

    Raises:
        FormatError: the file cannot be read.
    """
    for root in xml_elements(path, "xliff"):
        first = root.get("version", "1.2").startswith("1")
        header, rows = (xliff12_header, xliff12_rows) if first else (xliff20_header, xliff20_rows)
        langs, facts = header(root)
        pair = (source_lang or langs[0], target_lang or langs[1])
        return assemble(rows(root), facts, path, pair)
    raise FormatError(f"{path}: is no XLIFF; check the file")
