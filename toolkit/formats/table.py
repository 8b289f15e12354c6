"""Glossaries as CSV or TSV: the toolkit's own format, edited in any spreadsheet.

    id,ru,ru_synonyms,en,en_admitted,en_forbidden,pos,domain,status,note,reference

The two columns named by language codes give the language pair, source first; only they are
required. A cell that holds several terms separates them with `|`.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.bitext import Concept
from toolkit.errors import GlossaryError
from toolkit.files import write_atomically
from toolkit.formats.reading import decode, read_limited

SEPARATOR = "|"
POS = ("noun", "verb", "adj", "adv", "prep", "phrase", "name")
STATUSES = ("approved", "proposed", "deprecated")
PLAIN_COLUMNS = ("id", "pos", "domain", "status", "note", "reference")
DEFAULTS = {"pos": "noun", "status": "approved"}

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, cells as they stand in the file.

    Fields:
        line: number of the row's first line in the file, from 1.
        cells: the cells by column name.
    """

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A glossary table before its cells are understood.

    Fields:
        path: the file, for messages.
        source_lang, target_lang: the language codes that stand in the header.
        columns: the header, in order.
        rows: the other rows; blank ones are left out.
        delimiter: what separates the cells.
    """

    path: Path
    source_lang: str
    target_lang: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","

    def concepts(self) -> Iterator[Concept]:
        """Yield the concept of each row.

        Raises:
            GlossaryError: a term is empty, or a part of speech or status is unknown.
        """
        for row in self.rows:
            concept = self.concept(row)
            for problem in mistakes(concept):
                raise GlossaryError(f"{self.path}, line {row.line}: {problem}.")
            yield concept

    def concept(self, row: Row) -> Concept:
        """Return what a row says, right or wrong."""
        source, target = self.source_lang, self.target_lang
        plain = {name: one_line(row.cells.get(name, "")) for name in PLAIN_COLUMNS}
        return Concept(
            id=plain["id"] or slug(row.cells[target]),
            source=one_line(row.cells[source]),
            target=one_line(row.cells[target]),
            synonyms=split_terms(row.cells.get(f"{source}_synonyms", "")),
            admitted=split_terms(row.cells.get(f"{target}_admitted", "")),
            forbidden=split_terms(row.cells.get(f"{target}_forbidden", "")),
            pos=plain["pos"] or DEFAULTS["pos"],
            domain=plain["domain"],
            status=plain["status"] or DEFAULTS["status"],
            note=plain["note"],
            reference=plain["reference"],
        )


def mistakes(concept: Concept) -> Iterator[str]:
    """Name what makes a row no concept, with the remedy."""
    if not concept.source:
        yield "the source term is empty; fill it in or delete the row"
    if not concept.target and concept.status != "proposed":
        yield f"“{concept.source}” has no target term; fill it in or delete the row"
    if concept.status not in STATUSES:
        yield f"the status “{concept.status}” is unknown; write one of {', '.join(STATUSES)}"
    if concept.pos not in POS:
        yield f"the part of speech “{concept.pos}” is unknown; write one of {', '.join(POS)}"


def one_line(cell: str) -> str:
    """Return the text of a cell with every run of white space as one space.

    >>> one_line(" мирный  договор ")
    'мирный договор'
    """
    return " ".join(cell.split())


def split_terms(cell: str) -> tuple[str, ...]:
    """Return the terms that stand in a cell.

    >>> split_terms("truce | armistice|")
    ('truce', 'armistice')
    """
    return tuple(term for part in cell.split(SEPARATOR) if (term := one_line(part)))


def slug(term: str) -> str:
    """Return an identifier made of a term.

    >>> slug("Treaty on Open Skies")
    'treaty-on-open-skies'
    """
    return "-".join(re.findall(r"\w+", term.casefold())) or "term"


def distinct(concepts: Iterable[Concept]) -> Iterator[Concept]:
    """Yield the concepts; identifiers that repeat get a number.

    >>> twins = [Concept("peace", "мир", "peace"), Concept("peace", "покой", "peace")]
    >>> [concept.id for concept in distinct(twins)]
    ['peace', 'peace-2']
    """
    seen: Counter[str] = Counter()
    for concept in concepts:
        seen[concept.id] += 1
        count = seen[concept.id]
        yield concept if count == 1 else replace(concept, id=f"{concept.id}-{count}")


def read_table(path: Path) -> Table:
    """Read a CSV or TSV glossary; the delimiter is the one that the header uses.

    Raises:
        GlossaryError: the file is too large, not UTF-8 or UTF-16, or no such table.
    """
    text = decode(path, read_limited(path))
    delimiter = _delimiter(text)
    records = list(_records(path, text, delimiter))
    if not records:
        raise GlossaryError(f"{path} is empty: write the header and at least one row.")
    (_, header), *rest = records
    columns = tuple(one_line(name).removeprefix("\ufeff") for name in header)
    source, target = _languages(path, columns)
    rows = tuple(_row(path, line, columns, cells) for line, cells in rest)
    return Table(path, source, target, columns, rows, delimiter)


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max((",", ";", "\t"), key=header.count)


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not blank, with the number of their first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise GlossaryError(
            f"{path}, line {line}: a quoted cell does not end or is followed by text ({error});"
            ' close the quotation mark, and double each " inside a cell.'
        ) from error


def _languages(path: Path, columns: tuple[str, ...]) -> tuple[str, str]:
    codes = [name for name in columns if _LANGUAGE.fullmatch(name) and name not in PLAIN_COLUMNS]
    if len(codes) < 2:
        raise GlossaryError(
            f"{path}, line 1: a column for the source or the target terms is missing; "
            "name the two columns by language code, e.g. “ru” and “en”."
        )
    return codes[0], codes[1]


def _row(path: Path, line: int, columns: tuple[str, ...], cells: list[str]) -> Row:
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        raise GlossaryError(
            f"{path}, line {line}: {len(cells)} cells under {len(columns)} columns; "
            "put cells that hold the delimiter into quotation marks."
        )
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    return Row(line, dict(zip(columns, map(_without_guard, padded), strict=False)))


def write_table(
    path: Path, concepts: Iterable[Concept], source_lang: str = "ru", target_lang: str = "en"
) -> None:
    """Write concepts as CSV, or as TSV where the file name ends so.

    Raises:
        OutputError: the file cannot be written.
    """
    rows = [row_cells(concept) for concept in concepts]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    write_rows(path, header(source_lang, target_lang), rows, delimiter)


def write_rows(
    path: Path, columns: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str
) -> None:
    """Write a header and rows; cells that a spreadsheet would compute are guarded by `'`."""
    write_atomically(path, render_rows(columns, rows, delimiter))


def render_rows(columns: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    r"""Return the text of a table; see `write_rows`.

    >>> render_rows(["ru", "note"], [["мир", "=1+1"]])
    "ru,note\nмир,'=1+1\n"
    """
    guarded = ([_guarded(cell) for cell in row] for row in rows)
    return "".join(_line(row, delimiter) for row in (columns, *guarded))


def _line(cells: Iterable[str], delimiter: str) -> str:
    r"""Return a row; csv quotes a carriage return only where one ends the rows."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def header(source_lang: str, target_lang: str) -> tuple[str, ...]:
    """Return the names of the columns for a language pair.

    >>> header("ru", "en")[:4]
    ('id', 'ru', 'ru_synonyms', 'en')
    """
    source = (source_lang, f"{source_lang}_synonyms")
    target = (target_lang, f"{target_lang}_admitted", f"{target_lang}_forbidden")
    return ("id", *source, *target, *PLAIN_COLUMNS[1:])


def row_cells(concept: Concept) -> tuple[str, ...]:
    """Return the cells of a concept, in the order of `header`."""
    return (
        concept.id,
        concept.source,
        SEPARATOR.join(concept.synonyms),
        concept.target,
        SEPARATOR.join(concept.admitted),
        SEPARATOR.join(concept.forbidden),
        concept.pos,
        concept.domain,
        concept.status,
        concept.note,
        concept.reference,
    )


def _guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `_without_guard` undoes it."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA_STARTS) else cell


def _without_guard(cell: str) -> str:
    guarded = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA_STARTS)
    return cell[1:] if guarded else cell
