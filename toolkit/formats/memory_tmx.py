"""A translation memory as TMX, with the context and the provenance of its units.

The context stands in `x-context-pre` and `x-context-post`, as memoQ and MyMemory write it, the
provenance in `x-provenance`: file, author, date and tool as a JSON list.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, pairwise
from pathlib import Path

from toolkit.formats.rows import DATE, Row, read_date
from toolkit.formats.tmx import ALL, stream_tmx, stream_to_tmx
from toolkit.memory import Entry, Provenance

_SEGMENT = re.compile(r"<seg>(.*)</seg>", re.DOTALL)
"""How memoQ wraps a context."""


def stream_entries(path: Path, source_lang: str = "", target_lang: str = "") -> Iterator[Entry]:
    """Read the units of a TMX file of any size with their context.

    The order of the units is a context only in a file that the toolkit wrote of a document; other
    files tell it by properties, or not at all.

    Args:
        path: the file, of ours or of any other tool.
        source_lang, target_lang: which languages to take of several; without them each unit is
            read in its own direction.

    Raises:
        FormatError: the file cannot be read.
    """
    facts: dict[str, str] = {}
    rows = stream_tmx(path, source_lang, target_lang, facts)
    previous = ""
    for row, following in pairwise(chain(rows, [None])):
        assert row is not None  # noqa: S101 - only the last one is, and it is no first of a pair
        if not row.unit.target:
            previous = row.unit.source.text
            continue
        entry = _entry(row, path.name, facts.get("tool", ""))
        if "document" in facts:
            after = following.unit.source.text if following else ""
            entry = replace(entry, previous=previous, following=after)
        previous = row.unit.source.text
        yield entry


def _entry(row: Row, file: str, tool: str) -> Entry:
    more = dict(row.more)
    provenance = [_provenance(text) for name, text in row.more if name == "provenance"]
    known = tuple(one for one in provenance if one)
    read = Provenance(file, row.unit.author, row.unit.changed, tool)
    return Entry(
        row.unit,
        row.langs,
        _context(more.get("context-pre")),
        _context(more.get("context-post")),
        known or (read,),
    )


def _context(text: str | None) -> str | None:
    wrapped = _SEGMENT.fullmatch(text or "")
    return wrapped[1] if wrapped else text


def _provenance(text: str) -> Provenance | None:
    try:
        file, author, changed, tool = map(str, json.loads(text))
    except ValueError:
        return None
    return Provenance(file, author, read_date(changed), tool)


def write_entries(entries: Iterable[Entry], path: Path, date: datetime) -> None:
    """Write units of a memory as a TMX file.

    Args:
        entries: the units.
        path: the file to write.
        date: creation date of the header and the units, in UTC.

    Raises:
        OutputError: the file cannot be written.
    """
    rows = (_row(number, entry) for number, entry in enumerate(entries, start=1))
    stream_to_tmx(path, rows, (ALL, ""), {}, date)


def _row(number: int, entry: Entry) -> Row:
    source = replace(entry.unit.source, id=f"{number}.1", block=number - 1)
    context = (("context-pre", entry.previous), ("context-post", entry.following))
    return Row(
        entry.langs,
        "paragraph",
        replace(entry.unit, source=source),
        more=(
            *((name, text) for name, text in context if text is not None),
            *(("provenance", _written(one)) for one in entry.provenance),
        ),
    )


def _written(one: Provenance) -> str:
    date = one.changed.strftime(DATE) if one.changed else ""
    return json.dumps([one.file, one.author, date, one.tool], ensure_ascii=False)
