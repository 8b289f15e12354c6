"""GNU gettext PO, for Poedit, Lokalize and Weblate, through polib."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polib

from toolkit.bitext import Bitext, Segment, State, Unit
from toolkit.errors import FormatError
from toolkit.files import write_atomically
from toolkit.formats.rows import (
    Row,
    assemble,
    unit_properties,
    with_properties,
    written_checksum,
)
from toolkit.formats.xmlfiles import permitted

_UNREVIEWED = ("initial", "translated")


def write_po(bitext: Bitext, path: Path, date: datetime) -> None:
    """Write a bitext as a PO file in UTF-8.

    Repeated segments stay apart by their context; unreviewed output is marked fuzzy, which PO
    editors show as “needs work”; terms, issues and what else is known stand in the comments.

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
    catalogue = polib.POFile(wrapwidth=0)
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
        "X-Document": bitext.document.id,
        "X-Title": _one_line(bitext.document.title),
        "X-Engine": bitext.signature.engine,
        "X-Model-SHA256": bitext.signature.model_sha256,
        "X-Glossary-SHA256": bitext.signature.glossary_sha256,
        "X-Segmentation": bitext.signature.segmentation,
        "X-Content-SHA256": written_checksum(bitext),
    }
    catalogue.extend(_entry(bitext, unit) for unit in bitext.units)
    return f"{catalogue}\n".encode()


def _entry(bitext: Bitext, unit: Unit) -> polib.POEntry:
    kind = bitext.document.blocks[unit.source.block].kind
    properties = (
        f"{name}: {_one_line(text)}"
        for name, text in unit_properties(unit, kind)
        if name != "state" or text not in {"translated", "reviewed"}  # which the flag tells
    )
    return polib.POEntry(
        msgctxt=unit.source.id,
        msgid=permitted(unit.source.text),
        msgstr=permitted(unit.target),
        comment="\n".join(properties),
        tcomment="\n".join(map(_one_line, unit.notes)),
        occurrences=[(bitext.document.id, unit.source.id)],
        flags=["fuzzy"] if unit.target and unit.state in _UNREVIEWED else [],
    )


def _one_line(text: str) -> str:
    return " ".join(permitted(text).splitlines())


def read_po(path: Path, source_lang: str = "", target_lang: str = "") -> Bitext:
    """Read a PO file, of ours or of any other tool.

    A fuzzy entry is `translated`, any other translation `reviewed`; entries of other tools have
    the origin `human`. Of an entry with plural forms the first is read; obsolete entries are
    passed over.

    Args:
        path: the file, in the encoding that its header declares.
        source_lang, target_lang: codes that go before those of the header, which go before `ru`
            and `en`.

    Raises:
        FormatError: the file cannot be read.
    """
    try:
        catalogue = polib.pofile(str(path), check_for_duplicates=False)
    except (OSError, UnicodeDecodeError, LookupError) as error:
        raise FormatError(f"{path}: cannot be read as PO ({error}); export it again") from error
    facts = {name.removeprefix("X-").lower(): text for name, text in catalogue.metadata.items()}
    facts |= {"tool": facts.get("generator", ""), "model": facts.get("last-translator", "")}
    langs = (
        source_lang or facts.get("source-language", "").replace("_", "-") or "ru",
        target_lang or facts.get("language", "").replace("_", "-") or "en",
    )
    entries = (entry for entry in catalogue if not entry.obsolete)
    rows = [_read_entry(entry, number, langs) for number, entry in enumerate(entries, start=1)]
    return assemble(rows, facts, path, langs)


def _read_entry(entry: polib.POEntry, number: int, langs: tuple[str, str]) -> Row:
    properties = [
        (name, text.removeprefix(" "))
        for name, mark, text in (line.partition(":") for line in entry.comment.split("\n"))
        if mark
    ]
    ours = any(name == "block" for name, _ in properties)
    identifier = entry.msgctxt if ours and entry.msgctxt else f"{number}.1"
    target = entry.msgstr or (entry.msgstr_plural or {}).get(0, "")
    unit = Unit(
        Segment(identifier, number - 1, 0, len(entry.msgid), entry.msgid),
        target,
        origin="human",
        state=_state(entry),
        notes=tuple(filter(None, entry.tcomment.split("\n"))),
    )
    row = with_properties(langs, unit, properties)
    consistent = (row.unit.state in _UNREVIEWED) == (unit.state in _UNREVIEWED)
    return row if consistent else replace(row, unit=replace(row.unit, state=unit.state))


def _state(entry: polib.POEntry) -> State:
    if entry.fuzzy:
        return "translated"
    return "reviewed" if entry.translated() else "initial"
