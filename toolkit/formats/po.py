"""GNU gettext PO, for Poedit, Lokalize and Weblate, through polib."""

from datetime import datetime
from pathlib import Path

import polib

from toolkit.bitext import Bitext, Unit, content_checksum
from toolkit.files import write_atomically

CHECKSUM = "X-Content-SHA256"


def write_po(bitext: Bitext, path: Path, date: datetime) -> None:
    """Write a bitext as a PO file in UTF-8.

    Repeated segments stay apart by their context; machine output is marked fuzzy, which PO
    editors show as “needs work”; terms and issues stand in the comments.

    Args:
        bitext: the units.
        path: the file to write.
        date: creation date, in UTC.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, render_po(bitext, date))


def render_po(bitext: Bitext, date: datetime) -> bytes:
    """Give the bytes of a bitext's PO file; see `write_po`."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Project-Id-Version": bitext.document.id,
        "POT-Creation-Date": date.strftime("%Y-%m-%d %H:%M+0000"),
        "PO-Revision-Date": date.strftime("%Y-%m-%d %H:%M+0000"),
        "Last-Translator": bitext.signature.model,
        "Language-Team": "none",
        "Language": bitext.target_lang.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Source-Language": bitext.source_lang.replace("-", "_"),
        "X-Generator": bitext.signature.tool,
        "X-Engine": bitext.signature.engine,
        "X-Model-SHA256": bitext.signature.model_sha256,
        "X-Glossary-SHA256": bitext.signature.glossary_sha256,
        "X-Segmentation": bitext.signature.segmentation,
        CHECKSUM: bitext.checksum,
    }
    catalogue.extend(_entry(bitext, unit) for unit in bitext.units)
    return f"{catalogue}\n".encode()


def _entry(bitext: Bitext, unit: Unit) -> polib.POEntry:
    terms = (
        f"term: {unit.source.text[term.start : term.stop]} = {term.concept.target}"
        for term in unit.terms
    )
    issues = (f"{issue.severity} {issue.check}: {issue.message}" for issue in unit.issues)
    return polib.POEntry(
        msgctxt=unit.source.id,
        msgid=unit.source.text,
        msgstr=unit.target,
        comment="\n".join([*terms, *issues]),
        occurrences=[(bitext.document.id, unit.source.id)],
        flags=["fuzzy"] if unit.target and unit.state == "translated" else [],
    )


def is_untouched_po(content: bytes) -> bool:
    """Say whether a PO file is as `write_po` left it, and none of its entries is approved."""
    try:
        catalogue = polib.pofile(content.decode("utf-8"))
    except (UnicodeDecodeError, OSError):
        return False
    rows = ((entry.msgid, entry.msgstr, _state(entry)) for entry in catalogue)
    return catalogue.metadata.get(CHECKSUM) == content_checksum(rows)


def _state(entry: polib.POEntry) -> str:
    return "translated" if entry.fuzzy or not entry.msgstr else "reviewed"
