"""Reading the files that others made: with a limit on their size, and XML without its dangers."""

from pathlib import Path

from lxml import etree

from toolkit.errors import GlossaryError

LARGEST_FILE = 100 * 1024 * 1024


def read_limited(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        GlossaryError: the file is missing, unreadable or larger than `LARGEST_FILE`.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise GlossaryError(
                f"{path} is larger than {LARGEST_FILE // 2**20} MB: split it, or check that it "
                "is a glossary at all."
            )
        return path.read_bytes()
    except OSError as error:
        raise GlossaryError(
            f"{path} cannot be read ({error.strerror}): check the name and the permissions."
        ) from error


def decode(path: Path, content: bytes) -> str:
    """Return the text of a UTF-8 file, or of a UTF-16 file with a byte-order mark.

    Raises:
        GlossaryError: it is in some other encoding.
    """
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise GlossaryError(
            f"{path}, line {line}: this is not UTF-8; save the file as “CSV UTF-8” or convert it."
        ) from error


def read_xml(path: Path) -> etree._Element:
    """Return the root of an XML file; no entity is expanded and nothing else is loaded.

    Raises:
        GlossaryError: the file cannot be read or is no XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        return etree.fromstring(read_limited(path), parser)
    except etree.XMLSyntaxError as error:
        raise GlossaryError(
            f"{path}, line {error.lineno}: the XML is damaged ({error.msg}); export it again."
        ) from error
