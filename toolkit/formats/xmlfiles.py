"""XML files of any size, packed or not, in the encodings that CAT tools write."""

import gzip
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, cast

from lxml import etree

from toolkit.documents import recognised_encoding
from toolkit.errors import DocumentError, FormatError
from toolkit.files import most_unpacked

SAMPLE = 64 * 1024
LARGEST_ELEMENT = 256 * 1024**2
"""Bytes; an XLIFF file is one element."""
REPLACEMENT = "\ufffd"
"""What stands for damaged letters in a text decoded all the same."""
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""")


def xml_elements(path: Path, *tags: str) -> Iterator[etree._Element]:
    """Yield a file's elements of some names, whatever their namespace, and free each afterwards.

    No entity is expanded and nothing else is loaded.

    Args:
        path: an XML file, gzip-packed or not.
        tags: local names; elements of these names must not lie in each other.

    Raises:
        FormatError: the file cannot be read or is no XML.
    """
    try:
        with open_unpacked(path) as file:
            encoding = _encoding_to_impose(file.read(SAMPLE))
            file.seek(0)
            watched = _Watched(file)
            events = etree.iterparse(
                watched,
                tag=[f"{{*}}{tag}" for tag in tags],
                encoding=encoding,
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                remove_comments=True,
                remove_pis=True,
            )
            for _, element in events:
                yield element
                _free(element)
                watched.read_since = 0
    except (etree.XMLSyntaxError, OSError, EOFError, zlib.error, DocumentError) as error:
        raise _unreadable(path, error) from error


class _Watched:
    """A file that is read no further than an element may reach; it has no name to be misread."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.read_since = 0
        """Bytes since the last element."""

    def read(self, size: int = -1) -> bytes:
        """Read on.

        Raises:
            OSError: an element is larger than any.
        """
        content = self._file.read(size)
        self.read_since += len(content)
        if self.read_since > LARGEST_ELEMENT:
            raise OSError(f"an element of it has more than {LARGEST_ELEMENT // 2**20} MB")
        return content


def _unreadable(path: Path, error: Exception) -> FormatError:
    if isinstance(error, etree.XMLSyntaxError):
        return FormatError(
            f"{path}, line {error.lineno}: the XML is damaged ({error.msg}); export it again, or "
            "take out what can be read with `bilingual convert --salvage`"
        )
    if isinstance(error, DocumentError):
        return FormatError(f"{path}: is no XML in a known encoding; export it as UTF-8")
    reason = getattr(error, "strerror", None) or error
    return FormatError(f"{path}: cannot be read ({reason}); check the name and the permissions")


def _free(element: etree._Element) -> None:
    """Give an element's memory back, and that of what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def open_unpacked(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked where it is a gzip archive."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", _Unpacked(path)) if packed else path.open("rb")


class _Unpacked(gzip.GzipFile):
    """A gzip archive that refuses to become far larger than any text does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._most = most_unpacked(path.stat().st_size)

    def read(self, size: int | None = -1) -> bytes:
        """Read on.

        Raises:
            OSError: it is a bomb.
        """
        if self.tell() > self._most:
            raise OSError("it unpacks to far more than a text does")
        return super().read(size)


def _encoding_to_impose(sample: bytes) -> str | None:
    """Name the encoding of an XML file that tells none or a wrong one; None where it is right."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None  # UTF-16 with a byte order mark
    if sample[:2].strip(b"\0") == b"<":
        return "UTF-16BE" if sample[:1] == b"\0" else "UTF-16LE"
    declared = _DECLARED.match(sample.removeprefix(b"\xef\xbb\xbf"))
    if declared and not declared[1].lower().startswith(b"utf"):
        return None
    if is_like_utf8(sample):
        return "utf-8" if declared and declared[1].lower() != b"utf-8" else None
    return recognised_encoding(sample[: sample.rfind(b"<")])


def is_like_utf8(content: bytes) -> bool:
    r"""Say whether a content's letters are UTF-8, though a few bytes may be damaged.

    >>> is_like_utf8("Да, да".encode() + b"\xd0"), is_like_utf8("Да, да".encode("windows-1251"))
    (True, False)
    """
    text = content.decode("utf-8", errors="replace")
    damaged = text.count(REPLACEMENT)
    return 2 * damaged <= sum(letter > "\x7f" for letter in text)


def local_name(element: etree._Element) -> str:
    """Give an element's name without its namespace; nothing for an entity or comment."""
    tag = element.tag
    return _without_namespace(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1000)
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2]


_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def permitted(text: str) -> str:
    r"""Remove what XML forbids or CAT tools stumble over: control characters, lone surrogates.

    >>> permitted("a\x00b\r\nc\ud800")
    'ab\nc'
    """
    if not _FORBIDDEN.search(text):
        return text
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
