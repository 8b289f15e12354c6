"""Taking out of a damaged file what can be read: unit by unit, each either whole or lost.

What is whole is put into a sound file, which the reader of the format then reads.
"""

import re
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

import polib
from lxml import etree

from toolkit.bitext import Bitext
from toolkit.errors import FormatError
from toolkit.files import most_unpacked
from toolkit.formats.xmlfiles import REPLACEMENT, is_like_utf8, permitted
from toolkit.inputs import read_bitext

GZIP = 31  # zlib's number for a gzip archive

_DECLARED = re.compile(rb"""encoding\s*=\s*["']([\w.-]+)|charset=([\w.-]+)""")
_ROOT = re.compile(r"<(tmx|xliff)\b[^>]*>")
_UNIT = re.compile(r"(?=<(?:tu|trans-unit|unit)[\s>])")
_END = re.compile(r"</(?:tu|trans-unit|unit)\s*>")
_HEADER = re.compile(r"<header\b[^>]*/>|<header\b.*?</header\s*>", re.DOTALL)
_FILE = re.compile(r"<file\b[^>]*>")
_CONTROL_REFERENCE = re.compile(
    r"&#(?:x0*(?:1?[0-8b-fB-F]|1[9aA])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_LOOSE_AMPERSAND = re.compile(r"&(?!#\d+;|#x[0-9a-fA-F]+;|(?:amp|lt|gt|quot|apos);)(\w+;)?")


def salvage_bitext(path: Path, source_lang: str = "", target_lang: str = "") -> tuple[Bitext, int]:
    """Read what can be read of a damaged TMX, XLIFF or PO file.

    A unit with damaged letters or unclosed elements is lost; control characters are taken out,
    and an ampersand that stands alone is kept as one.

    Args:
        path: the file, packed by gzip or not.
        source_lang, target_lang: as for `read_bitext`.

    Returns:
        The bitext, and how many units were lost.

    Raises:
        FormatError: nothing can be read.
    """
    text = permitted(_read_text(path))
    name = path.name.removesuffix(".gz")
    units = list(_po_units(text) if name.lower().endswith(".po") else _xml_units(text))
    sound = [unit for unit in units if unit]
    if not sound:
        raise FormatError(f"{path}: nothing can be taken out; ask for the file again")
    frame = _po_frame if name.lower().endswith(".po") else _xml_frame
    with TemporaryDirectory() as folder:
        whole = Path(folder, name)
        whole.write_text("\n".join(frame(text, sound)), encoding="utf-8")
        return read_bitext(whole, source_lang, target_lang), len(units) - len(sound)


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    if content.startswith(b"\x1f\x8b"):
        content = _unpack(content)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    declared = _DECLARED.search(content[:4096])
    encoding = (declared[1] or declared[2]).decode() if declared else "utf-8"
    if encoding.lower().startswith("utf") and not is_like_utf8(content):
        encoding = "windows-1251"
    try:
        return content.decode(encoding, errors="replace").removeprefix("\ufeff")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _unpack(content: bytes) -> bytes:
    """Unpack as much of a gzip archive as is whole, and no more than a text can be."""
    unpacker = zlib.decompressobj(GZIP)
    unpacked = bytearray()
    try:
        for start in range(0, len(content), 1024):
            unpacked += unpacker.decompress(content[start : start + 1024])
            if len(unpacked) > most_unpacked(len(content)):
                break
    except zlib.error:
        pass
    return bytes(unpacked)


def _xml_units(text: str) -> Iterator[str]:
    """Yield a file's units; an empty text for each that is damaged."""
    root = _ROOT.search(text)
    start, name = (root[0], root[1]) if root else ("<tmx>", "tmx")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    for piece in _UNIT.split(text)[1:]:
        end = _END.search(piece)
        unit = _mend(piece[: end.end()]) if end else ""
        try:
            etree.fromstring(f"{start}{unit}</{name}>".encode(), parser)
        except etree.XMLSyntaxError:
            unit = ""
        yield "" if REPLACEMENT in unit else unit


def _mend(unit: str) -> str:
    """Take out references to control characters, and make characters of HTML's names."""
    unit = _CONTROL_REFERENCE.sub("", unit)
    return _LOOSE_AMPERSAND.sub(lambda found: unescape(found[0]).replace("&", "&amp;"), unit)


def _xml_frame(text: str, units: list[str]) -> list[str]:
    """Put units into a file with the header of a damaged one, as far as that is sound."""
    root = _ROOT.search(text)
    start, name = (root[0], root[1]) if root else ("<tmx>", "tmx")
    header, file = _HEADER.search(text), _FILE.search(text)
    if name == "tmx":
        return [start, header[0] if header else "", "<body>", *units, "</body></tmx>"]
    return [start, file[0] if file else "<file>", *units, "</file></xliff>"]


def _po_units(text: str) -> Iterator[str]:
    """Yield a file's entries without the header; an empty text for each that is damaged."""
    for entry in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        if "msgid" in entry and not _is_po_header(entry):
            try:
                whole = len(polib.pofile(f"{entry}\n")) == 1 and REPLACEMENT not in entry
            except (OSError, ValueError):
                whole = False
            yield entry if whole else ""


def _po_frame(text: str, units: list[str]) -> list[str]:
    entries = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    header = next((entry for entry in entries if _is_po_header(entry)), 'msgid ""\nmsgstr ""\n')
    header = re.sub(r"charset=[\w.-]+", "charset=UTF-8", header)
    return [f"{part}\n" for part in (header, *units)]


def _is_po_header(entry: str) -> bool:
    return bool(re.search(r'^msgid ""\nmsgstr', entry, re.MULTILINE)) and "msgctxt" not in entry
