"""The translation memory: what people translated and reviewed, in an SQLite file.

bitext -> Entry... -> TranslationMemory -> Match...

A memory answers in one direction, as memories of CAT tools do: what was translated from Russian
into English does not tell how a Russian would put it. For the other direction the same files are
added the other way round: `bilingual tm import --source-lang en --target-lang ru`.
"""

import json
import sqlite3
import time
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from heapq import nlargest
from itertools import islice
from math import ceil, floor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from toolkit.bitext import STATES, Bitext, Inline, Segment, Unit
from toolkit.errors import FormatError
from toolkit.packages import base_lang
from toolkit.similarity import NEARLY, Words, compare, number_words, read_words

VERSION = 1
"""Of the tables below, in the file's user_version."""
APPLICATION = 0x42494C4D
"""Marks the file as ours, in its application_id: “BILM”."""
PATIENCE = 30.0
"""Seconds to wait for another process that writes."""
BATCH = 10_000
"""Units written at once; after each batch other processes get their turn."""
LEAST_SIMILARITY = 0.7
MOST_MATCHES = 5
MOST_CANDIDATES = 400
"""Units whose similarity is worked out; the others share fewer rare words."""
CHEAP = 5_000
"""How often a word may occur in a memory to be looked up only to narrow the candidates."""

TABLES = """
CREATE TABLE unit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    identity BLOB NOT NULL UNIQUE,  -- of the texts, the languages and the context
    source_key INTEGER NOT NULL,    -- of the source and the languages without their regions
    source_lang TEXT NOT NULL,
    target_lang TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    previous TEXT,                  -- the source before it; '' at the beginning, NULL unknown
    following TEXT,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    changed TEXT,                   -- ISO 8601, UTC
    details TEXT NOT NULL           -- JSON: notes and inlines, where there are any
);
CREATE INDEX unit_source ON unit (source_key);
CREATE TABLE provenance (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL, author TEXT NOT NULL, tool TEXT NOT NULL,
    UNIQUE (file, author, tool)
);
CREATE TABLE came_from (
    unit INTEGER NOT NULL REFERENCES unit,
    provenance INTEGER NOT NULL REFERENCES provenance,
    changed TEXT NOT NULL,          -- '' where it is not known
    PRIMARY KEY (unit, provenance, changed)
) WITHOUT ROWID;
-- The index of the fuzzy search: the words of each source as numbers, how many units have a word,
-- and which, by the length of their sources; what was added at once stands together. Units that
-- were removed stay in it.
CREATE TABLE wording (unit INTEGER PRIMARY KEY REFERENCES unit, words BLOB NOT NULL);
CREATE TABLE word (word INTEGER PRIMARY KEY, units INTEGER NOT NULL);
CREATE TABLE posting (
    word INTEGER NOT NULL, length INTEGER NOT NULL, first INTEGER NOT NULL, units BLOB NOT NULL,
    PRIMARY KEY (word, length, first)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a unit of a memory came from.

    Fields:
        file: name of the file.
        author: who made or last changed the translation.
        changed: when, in UTC.
        tool: what wrote the file.
    """

    file: str = ""
    author: str = ""
    changed: datetime | None = None
    tool: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit as a memory holds it.

    Fields:
        unit: the texts, their formatting, origin, state, notes, author and date.
        langs: codes of the source and the target language, as they were written.
        previous, following: the source segments before and after it; empty at the beginning and
            the end of a document, None where the context is not known.
        provenance: where it came from, each file once.
    """

    unit: Unit
    langs: tuple[str, str]
    previous: str | None = None
    following: str | None = None
    provenance: tuple[Provenance, ...] = ()

    @property
    def standing(self) -> tuple[int, datetime]:
        """How far it is reviewed, and how new it is: of two the greater one counts."""
        known = self.unit.changed or datetime.min.replace(tzinfo=UTC)
        return STATES.index(self.unit.state), known


@dataclass(frozen=True, slots=True)
class Match:
    """A unit of a memory found for a segment.

    Fields:
        entry: the unit.
        similarity: of the entry's source to the segment, from 0 to 1; 1 only for the same text.
        in_context: whether the segments before and after it are the same, too.
        memory: name of the memory.
    """

    entry: Entry
    similarity: float
    in_context: bool
    memory: str


@dataclass(frozen=True, slots=True)
class Added:
    """How many units were new, were there already, and were not taken."""

    new: int = 0
    merged: int = 0
    left_out: int = 0

    def __add__(self, other: "Added") -> "Added":
        return Added(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def entries_of(bitext: Bitext, file: str = "") -> Iterator[Entry]:
    """Give the units of a bitext with their context.

    Args:
        bitext: the units, in the order of their document.
        file: the name to remember as their provenance.
    """
    langs = bitext.source_lang, bitext.target_lang
    texts = ["", *(unit.source.text for unit in bitext.units), ""]
    for unit, previous, following in zip(bitext.units, texts, texts[2:], strict=False):
        provenance = Provenance(file, unit.author, unit.changed, bitext.signature.tool)
        yield Entry(unit, langs, previous, following, (provenance,))


class TranslationMemory:
    """A translation memory in an SQLite file, which several processes may use at once.

    >>> from tempfile import TemporaryDirectory
    >>> from toolkit.bitext import Block, Document, Signature
    >>> unit = Unit(Segment("1.1", 0, 0, 3, "Да."), "Yes.", "human", "reviewed")
    >>> document = Document("call", "ru", "", (Block("paragraph", "Да."),))
    >>> bitext = Bitext(document, "ru", "en", (unit,), Signature("", "", "", "", "", ""))
    >>> with TemporaryDirectory() as folder:
    ...     with TranslationMemory(Path(folder, "house.db"), create=True) as memory:
    ...         memory.add(bitext, file="call.tmx")
    ...         [match.entry.unit.target for match in memory.find("Да.", ("ru", "en"))]
    Added(new=1, merged=0, left_out=0)
    ['Yes.']
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open a memory.

        Args:
            path: the file.
            create: make it where there is none.

        Raises:
            FormatError: there is no such file, it is no memory, damaged, or of a newer version.
        """
        self.path = path
        if not create and not path.exists():
            raise FormatError(
                f"{path}: there is no such translation memory; "
                f"`bilingual tm import --tm {path} FILE…` makes one"
            )
        with self._told():
            self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            with self._told():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA cache_size = -200000")  # KiB
        version, application = self._versions()
        if (version, application) == (0, 0):
            with self._writing():
                if self._versions() == (0, 0):  # no other process was faster
                    self._create_tables()
            version, application = self._versions()
        if application != APPLICATION:
            raise FormatError(
                f"{self.path}: is no translation memory of the toolkit; choose another file"
            )
        if version > VERSION:
            raise FormatError(
                f"{self.path}: was written by a newer version of the toolkit (its tables have "
                f"version {version}, this one knows {VERSION}); update the toolkit"
            )
        self._use_wal()

    def _versions(self) -> tuple[int, int]:
        return (
            int(self._db.execute("PRAGMA user_version").fetchone()[0]),
            int(self._db.execute("PRAGMA application_id").fetchone()[0]),
        )

    def _create_tables(self) -> None:
        if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise FormatError(f"{self.path}: is another program's SQLite file; choose another file")
        for statement in TABLES.split(";\n"):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA application_id = {APPLICATION}")
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _use_wal(self) -> None:
        """Let others read while one writes; SQLite itself does not wait for the switch to it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell in a sentence what SQLite reports."""
        try:
            yield
        except sqlite3.OperationalError as error:
            advice = (
                "another program is writing to it: try again when that is done"
                if "locked" in str(error)
                else "check its folder's permissions and free space"
            )
            raise FormatError(
                f"{self.path}: the memory cannot be used ({error}); {advice}"
            ) from error
        except sqlite3.DatabaseError as error:
            raise FormatError(
                f"{self.path}: is no translation memory or is damaged ({error}); take another "
                f"copy of it, or save what `sqlite3 {self.path.name} .recover` can read"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write all that is done inside of it, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def name(self) -> str:
        """The file's name, for people."""
        return self.path.name

    def add(self, bitext: Bitext, *, file: str = "", unreviewed: bool = False) -> Added:
        """Add the units of a bitext that have a translation which a person made or reviewed.

        The same unit in the same context is there once, with the provenance of both; of what they
        say otherwise that of the one reviewed further, or else of the newer one, counts.

        Args:
            bitext: the units, in the order of their document.
            file: the name to remember as their provenance.
            unreviewed: add also what no person made or reviewed.

        Raises:
            FormatError: the memory cannot be written; it is as it was.
        """
        return self.add_entries(entries_of(bitext, file), unreviewed=unreviewed)

    def add_entries(self, entries: Iterable[Entry], *, unreviewed: bool = False) -> Added:
        """Add units one by one, however many; see `add`. What is written in part stays valid."""
        added = Added()
        waiting = iter(entries)
        while batch := list(islice(waiting, BATCH)):
            wanted = [one for one in batch if _is_wanted(one.unit, unreviewed=unreviewed)]
            with self._told(), self._writing():
                new = self._add_batch(wanted)
            added += Added(new, len(wanted) - new, len(batch) - len(wanted))
        return added

    def _add_batch(self, entries: Sequence[Entry]) -> int:
        """Add units; give how many were new."""
        new: list[tuple[int, Words]] = []
        for entry in entries:
            number = self._insert(entry)
            if number is None:
                number = self._merge(entry)
            else:
                new.append((number, number_words(entry.unit.source.text, _pair(entry.langs))))
            self._record(number, entry.provenance)
        self._index(new)
        return len(new)

    def _insert(self, entry: Entry) -> int | None:
        """Write a unit that is not there yet; None where it is."""
        found = self._db.execute(
            "INSERT OR IGNORE INTO unit VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id",
            _row(entry),
        ).fetchone()
        return found and int(found[0])

    def _merge(self, entry: Entry) -> int:
        """Keep what is known better of a unit that is there, and the notes of both."""
        row = self._db.execute(
            "SELECT * FROM unit WHERE identity = ?", (_identity(entry),)
        ).fetchone()
        present = _entry(row)
        better = max(present, entry, key=lambda one: one.standing)
        notes = tuple(dict.fromkeys((*present.unit.notes, *entry.unit.notes)))
        merged = replace(better, unit=replace(better.unit, notes=notes))
        if merged != present:
            self._db.execute(
                "UPDATE unit SET origin=?, state=?, author=?, changed=?, details=? WHERE id=?",
                (*_row(merged)[8:], row[0]),
            )
        return int(row[0])

    def _record(self, number: int, provenance: Iterable[Provenance]) -> None:
        for one in provenance:
            names = (one.file, one.author, one.tool)
            self._db.execute(
                "INSERT OR IGNORE INTO provenance (file, author, tool) VALUES (?,?,?)", names
            )
            self._db.execute(
                "INSERT OR IGNORE INTO came_from SELECT ?, id, ? FROM provenance "
                "WHERE (file, author, tool) = (?,?,?)",
                (number, _date(one.changed) or "", *names),
            )

    def _index(self, units: Sequence[tuple[int, Words]]) -> None:
        postings: dict[tuple[int, int], Words] = {}
        frequencies: Counter[int] = Counter()
        for number, words in units:
            frequencies.update(set(words))
            for word in set(words):
                postings.setdefault((word, len(words)), array("I")).append(number)
        self._db.executemany("INSERT INTO wording VALUES (?,?)", units)
        self._db.executemany(
            "INSERT INTO word VALUES (?,?) "
            "ON CONFLICT DO UPDATE SET units = units + excluded.units",
            sorted(frequencies.items()),
        )
        self._db.executemany(
            "INSERT INTO posting VALUES (?,?,?,?)",
            ((*place, postings[place][0], postings[place]) for place in sorted(postings)),
        )

    def find(
        self,
        source: str,
        langs: tuple[str, str],
        context: tuple[str | None, str | None] = (None, None),
        *,
        least: float = LEAST_SIMILARITY,
        most: int = MOST_MATCHES,
    ) -> list[Match]:
        """Find units for a segment: those of the same text, or else similar ones.

        Args:
            source: the segment's text.
            langs: codes of its language and of the one wanted; regions decide only between
                matches that are equally good.
            context: the segments before and after it, None where they are not known.
            least: the least similarity; with 1 only the same text is looked for.
            most: how many to give.

        Returns:
            The matches, the best first: in context, then the same text, then by similarity; of
            equal ones those reviewed further, then the newer ones.

        Raises:
            FormatError: the memory cannot be read.
        """
        with self._told():
            found = self._same(source, langs)
            if not found and least < 1:
                found = self._similar(source, langs, least, most)
            entries = ((self._get(number), score) for number, score in found)
            matches = [
                Match(entry, score, score == 1 and _is_context(entry, context), self.name)
                for entry, score in entries
            ]
        matches.sort(
            key=lambda one: (
                one.in_context,
                one.similarity,
                sum(map(str.__eq__, one.entry.langs, langs)),
                one.entry.standing,
            ),
            reverse=True,
        )
        return matches[:most]

    def _same(self, source: str, langs: tuple[str, str]) -> list[tuple[int, float]]:
        rows = self._db.execute(
            "SELECT id FROM unit WHERE source_key = ? AND source = ? ORDER BY id",
            (_source_key(source, langs), source),
        )
        return [(number, 1.0) for (number,) in rows]

    def _similar(
        self, source: str, langs: tuple[str, str], least: float, most: int
    ) -> list[tuple[int, float]]:
        words = number_words(source, _pair(langs))
        candidates = json.dumps(self._candidates(words, least))
        rows = self._db.execute(
            "SELECT unit, words FROM wording WHERE unit IN (SELECT value FROM json_each(?))",
            (candidates,),
        )
        scores = ((number, compare(words, read_words(blob))) for number, blob in rows)
        scored = [(number, min(score, NEARLY)) for number, score in scores if score >= least]
        scored.sort(key=lambda one: (-one[1], one[0]))
        return scored[:most]

    def _get(self, number: int) -> Entry:
        row = self._db.execute("SELECT * FROM unit WHERE id = ?", (number,)).fetchone()
        return replace(_entry(row), provenance=self._provenance(number))

    def _candidates(self, words: Sequence[int], least: float) -> list[int]:
        """Give the units that may be similar enough, those first that share most rare words.

        A source of n words that is similar enough shares at least least·n of them. So it has one
        of the rarest n - least·n + 1, and only those are looked up; of any further word that is
        looked up it has one more.
        """
        if not words:
            return []
        shared = ceil(least * len(words) - 1e-9)
        lengths = shared, floor(len(words) / max(least, 0.01) + 1e-9)
        frequency: Counter[int] = Counter(
            dict(
                self._db.execute(
                    "SELECT * FROM word WHERE word IN (SELECT value FROM json_each(?))",
                    (json.dumps([*words]),),
                )
            )
        )
        rarest = sorted(words, key=lambda word: (frequency[word], word))
        asked = rarest[: len(words) - shared + 1]
        asked += [word for word in rarest[len(asked) :] if frequency[word] <= CHEAP]
        found: Counter[int] = Counter()
        for word in sorted(set(asked)):
            rows = self._db.execute(
                "SELECT units FROM posting WHERE word = ? AND length BETWEEN ? AND ?",
                (word, *lengths),
            )
            found.update(read_words(b"".join(units for (units,) in rows)))
        least_found = max(1, len(set(asked)) - (len(words) - shared))
        enough = [number for number, count in found.items() if count >= least_found]
        return nlargest(MOST_CANDIDATES, enough, key=found.__getitem__)

    def __len__(self) -> int:
        """Count the units."""
        with self._told():
            return int(self._db.execute("SELECT count(*) FROM unit").fetchone()[0])

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Give all units with their numbers and their provenance, those of one source in a row."""
        yield from self._read("SELECT * FROM unit ORDER BY source_key, id")

    def search(self, text: str) -> Iterator[Entry]:
        """Give the units in which a text stands, in either language and in capitals or not."""
        wanted = text.casefold()
        self._db.create_function("holds", 1, lambda whole: wanted in whole.casefold())
        query = "SELECT * FROM unit WHERE holds(source) OR holds(target) ORDER BY id"
        return (entry for _, entry in self._read(query))

    def language_pairs(self) -> list[tuple[str, str]]:
        """Give the language pairs that the units have, codes without regions."""
        with self._told():
            pairs = self._db.execute("SELECT DISTINCT source_lang, target_lang FROM unit")
            return sorted({(base_lang(source), base_lang(target)) for source, target in pairs})

    def _read(self, query: str) -> Iterator[tuple[int, Entry]]:
        with self._told():
            for row in self._db.execute(query):
                yield row[0], replace(_entry(row), provenance=self._provenance(row[0]))

    def _provenance(self, number: int) -> tuple[Provenance, ...]:
        rows = self._db.execute(
            "SELECT file, author, changed, tool FROM came_from JOIN provenance ON id = provenance "
            "WHERE unit = ? ORDER BY changed, file, author, tool",
            (number,),
        )
        return tuple(
            Provenance(file, author, datetime.fromisoformat(changed) if changed else None, tool)
            for file, author, changed, tool in rows
        )

    def remove(self, numbers: Mapping[int, int | None]) -> None:
        """Remove units, all or none.

        Args:
            numbers: of the units to remove, each with the unit that gets its provenance, if any.

        Raises:
            FormatError: the memory cannot be written.
        """
        with self._told(), self._writing():
            for number, heir in numbers.items():
                if heir is not None:
                    self._db.execute(
                        "INSERT OR IGNORE INTO came_from "
                        "SELECT ?, provenance, changed FROM came_from WHERE unit = ?",
                        (heir, number),
                    )
                self._remove(number)
            self._db.execute(
                "DELETE FROM provenance WHERE id NOT IN (SELECT provenance FROM came_from)"
            )

    def _remove(self, number: int) -> None:
        for statement in (
            "DELETE FROM wording WHERE unit = ?",
            "DELETE FROM came_from WHERE unit = ?",
            "DELETE FROM unit WHERE id = ?",
        ):
            self._db.execute(statement, (number,))


def _is_wanted(unit: Unit, *, unreviewed: bool) -> bool:
    filled = bool(unit.source.text.strip() and unit.target.strip())
    return filled and (unreviewed or unit.is_human)


def _is_context(entry: Entry, context: tuple[str | None, str | None]) -> bool:
    return None not in context and context == (entry.previous, entry.following)


def _row(entry: Entry) -> tuple[object, ...]:
    unit = entry.unit
    return (
        _identity(entry),
        _source_key(unit.source.text, entry.langs),
        *entry.langs,
        unit.source.text,
        unit.target,
        entry.previous,
        entry.following,
        unit.origin,
        unit.state,
        unit.author,
        _date(unit.changed),
        _details(unit),
    )


def _identity(entry: Entry) -> bytes:
    texts = (*entry.langs, entry.unit.source.text, entry.unit.target)
    context = (entry.previous, entry.following)
    return blake2b(json.dumps((*texts, *context)).encode(), digest_size=16).digest()


def _pair(langs: tuple[str, str]) -> str:
    return ">".join(map(base_lang, langs))


def _source_key(source: str, langs: tuple[str, str]) -> int:
    texts = f"{_pair(langs)}\x1f{source}"
    digest = blake2b(texts.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _date(date: datetime | None) -> str | None:
    return date.isoformat() if date else None


def _details(unit: Unit) -> str:
    details = {
        "notes": unit.notes,
        "source": [astuple(one) for one in unit.source.inlines],
        "target": [astuple(one) for one in unit.inlines],
    }
    kept = {name: value for name, value in details.items() if value}
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def _entry(row: tuple[Any, ...]) -> Entry:
    *langs, source, target, previous, following, origin, state, author, changed, details = row[3:]
    known = json.loads(details) if details else {}
    inlines = [tuple(Inline(*one) for one in known.get(side, ())) for side in ("source", "target")]
    unit = Unit(
        Segment("1.1", 0, 0, len(source), source, inlines[0]),
        target,
        origin=origin,
        state=state,
        notes=tuple(known.get("notes", ())),
        author=author,
        changed=datetime.fromisoformat(changed) if changed else None,
        inlines=inlines[1],
    )
    return Entry(unit, (langs[0], langs[1]), previous, following)
