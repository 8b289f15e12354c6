"""Proofreading a glossary: what is wrong in which line, and what to do about it.

Each check is a small function from an entry to its findings; `ENTRY_CHECKS` is their order. What
can be mended without judgement is mended by `mended`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from toolkit.bitext import Concept
from toolkit.formats.table import SEPARATOR, Row, Table, mistakes, one_line, split_terms
from toolkit.glossary import Glossary
from toolkit.matcher import TermMatcher
from toolkit.morphology import LANGUAGES, lexicon, normal_spelling, with_yo
from toolkit.patterns import is_abbreviation, patterns, words_of
from toolkit.terminology import is_same_term

Severity = Literal["error", "warning"]

_TO_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_TO_LATIN = str.maketrans("асеорхуАВСЕНКМОРТХ", "aceopxyABCEHKMOPTX")
_ARTICLE = re.compile("(the|an?|to) ")
_IDENTIFIER = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
_CYRILLIC = re.compile("[Ѐ-ӿ]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a glossary, the table that it stands in, and what it says."""

    table: Table
    row: Row
    concept: Concept

    @property
    def expressions(self) -> tuple[str, ...]:
        """The source terms."""
        return (self.concept.source, *self.concept.synonyms)

    @property
    def renderings(self) -> tuple[str, ...]:
        """The target terms that may be used."""
        return (self.concept.target, *self.concept.admitted)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding about a glossary.

    Fields:
        path, line: where.
        severity: an error makes the glossary wrong, a warning asks for a look.
        message: what is wrong and what to do.
        mendable: whether `mended` removes it.
    """

    path: Path
    line: int
    severity: Severity
    message: str
    mendable: bool = False


Finding = tuple[Severity, str, bool]
"""Severity, message, and whether it is mendable."""


def find_problems(tables: Iterable[Table]) -> list[Problem]:
    """Check glossary tables which are to be used together; return the problems in file order."""
    entries = [Entry(table, row, table.concept(row)) for table in tables for row in table.rows]
    problems = [
        Problem(entry.table.path, entry.row.line, *finding)
        for entry in entries
        for check in ENTRY_CHECKS
        for finding in check(entry)
    ]
    problems += (problem for check in GLOSSARY_CHECKS for problem in check(entries))
    order = {str(entry.table.path): number for number, entry in enumerate(reversed(entries))}
    return sorted(problems, key=lambda one: (-order[str(one.path)], one.line, one.message))


def check_fields(entry: Entry) -> Iterator[Finding]:
    """Find empty terms, unknown statuses and parts of speech."""
    for mistake in mistakes(entry.concept):
        yield "error", mistake, False
    if not _IDENTIFIER.fullmatch(entry.concept.id):
        advice = "use lower-case letters a-z, digits and hyphens"
        yield "error", f"the identifier “{entry.concept.id}” is not plain; {advice}", False


def check_white_space(entry: Entry) -> Iterator[Finding]:
    """Find spaces at the ends of cells, doubled, non-breaking, and line breaks."""
    for column, cell in entry.row.cells.items():
        if cell != _tidy(column, cell, entry.table):
            yield "error", f"stray white space or separator in “{column}”; remove it", True


def check_scripts(entry: Entry) -> Iterator[Finding]:
    """Find Latin letters inside Cyrillic words and the reverse, and targets in Cyrillic."""
    for cell in entry.row.cells.values():
        for word in _WORD.findall(cell):
            if _is_mixed(word):
                advice = "type it again in one script"
                yield (
                    "error",
                    f"“{word}” mixes Latin and Cyrillic; {advice}",
                    word != _unmixed(word),
                )
    for term in (*entry.renderings, *entry.concept.forbidden):
        if entry.table.target_lang[:2] == "en" and _CYRILLIC.search(term) and not _is_mixed(term):
            yield "error", f"the target “{term}” is in Cyrillic; translate it", False


def check_quotes(entry: Entry) -> Iterator[Finding]:
    """Find quotation marks and brackets that are not in pairs."""
    for cell in entry.row.cells.values():
        for term in cell.split(SEPARATOR):
            if not _is_balanced(term):
                yield "error", f"a quotation mark or bracket has no partner in “{term}”", False


def check_repetitions(entry: Entry) -> Iterator[Finding]:
    """Find terms that stand twice in one row."""
    for terms in (entry.expressions, entry.renderings, entry.concept.forbidden):
        seen: set[str] = set()
        for term in terms:
            key = normal_spelling(term)
            if key in seen:
                yield "error", f"“{term}” stands twice in the row; delete one", True
            seen.add(key)


def check_contradictions(entry: Entry) -> Iterator[Finding]:
    """Find renderings that are both permitted and forbidden, be it in another form."""
    for wrong in entry.concept.forbidden:
        for right in filter(None, entry.renderings):
            if is_same_term(right, wrong):
                yield "error", f"“{wrong}” is forbidden, but “{right}” is permitted; decide", False


def check_yo(entry: Entry) -> Iterator[Finding]:
    """Find words that the dictionary spells with ё."""
    if entry.table.source_lang[:2] != "ru":
        return
    for term in entry.expressions:
        for word in _WORD.findall(term):
            if (better := with_yo(word)) != word:
                yield "error", f"“{word}” is spelt with ё: write “{better}”", True


def check_inflection(entry: Entry) -> Iterator[Finding]:
    """Find terms in which nothing inflects although their part of speech does."""
    concept = entry.concept
    if concept.pos not in {"noun", "verb", "adj"} or entry.table.source_lang[:2] not in LANGUAGES:
        return
    words = lexicon(entry.table.source_lang)
    for term in entry.expressions:
        single = is_abbreviation(words_of(term)[0]) if words_of(term) else True
        if not single and not any(one.limits for one in patterns(term, concept, words)):
            advice = "check the spelling, the dictionary form and the part of speech"
            yield "warning", f"no word of “{term}” inflects as a {concept.pos}; {advice}", False


def check_articles(entry: Entry) -> Iterator[Finding]:
    """Find targets that begin with an article or with “to”."""
    if entry.concept.pos in {"phrase", "prep", "adv"}:
        return
    for term in entry.renderings:
        if entry.table.target_lang[:2] == "en" and _ARTICLE.match(term):
            yield "warning", f"“{term}” begins with an article or “to”; leave it out", False


ENTRY_CHECKS: tuple[Callable[[Entry], Iterator[Finding]], ...] = (
    check_fields,
    check_white_space,
    check_scripts,
    check_quotes,
    check_repetitions,
    check_contradictions,
    check_yo,
    check_inflection,
    check_articles,
)


def check_identifiers(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Find identifiers that stand in two rows."""
    first: dict[str, Entry] = {}
    for entry in entries:
        other = first.setdefault(entry.concept.id, entry)
        if other is not entry:
            message = f"the identifier “{entry.concept.id}” stands in {_place(other)} too; rename"
            yield Problem(entry.table.path, entry.row.line, "error", message)


def check_duplicates(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Find source terms that stand in two rows, with the same or with another target."""
    first: dict[str, Entry] = {}
    for entry in entries:
        shared: dict[str, tuple[Entry, list[str]]] = {}
        for term in entry.expressions:
            other = first.setdefault(_key(term), entry)
            if other is not entry:
                shared.setdefault(_place(other), (other, []))[1].append(f"“{term}”")
        for other, terms in shared.values():
            message = _duplicate(entry, other, ", ".join(terms))
            mendable = entry.table is other.table and entry.row.cells == other.row.cells
            yield Problem(entry.table.path, entry.row.line, "error", message, mendable)


def _duplicate(entry: Entry, other: Entry, terms: str) -> str:
    if entry.row.cells == other.row.cells:
        return f"the row repeats {_place(other)}; delete one"
    here, there = entry.concept.target, other.concept.target
    if here == there:
        return f"{terms} stands in {_place(other)} too; merge the two rows"
    return f"{terms} is “{here}” here and “{there}” in {_place(other)}; prefer one, admit the other"


def check_subsumed(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Find terms that another entry already matches as one of its forms."""
    by_concept = {entry.concept: entry for entry in entries if not list(mistakes(entry.concept))}
    lang = entries[0].table.source_lang if entries else "ru"
    matcher = TermMatcher(Glossary(lang, concepts=tuple(by_concept)))
    for entry in by_concept.values():
        for term in entry.expressions:
            for match in matcher.find_all(term):
                other = by_concept[match.concept]
                if other is not entry and match.stop - match.start == len(term):
                    yield from _subsumed(entry, other, term)


def _subsumed(entry: Entry, other: Entry, term: str) -> Iterator[Problem]:
    """Yield the problem, unless the match is a duplicate, a participle or a part of the term."""
    known = {_key(one) for one in entry.expressions} & {_key(one) for one in other.expressions}
    is_participle = other.concept.pos == "verb" != entry.concept.pos
    is_shorter = all(len(words_of(one)) < len(words_of(term)) for one in other.expressions)
    if not known and not is_participle and not is_shorter:
        message = (
            f"“{term}” is also found as a form of “{other.concept.source}” in {_place(other)}; "
            "merge the two rows or make one longer"
        )
        yield Problem(entry.table.path, entry.row.line, "warning", message)


GLOSSARY_CHECKS: tuple[Callable[[Sequence[Entry]], Iterator[Problem]], ...] = (
    check_identifiers,
    check_duplicates,
    check_subsumed,
)


def mended(table: Table) -> Table:
    """Return a table without the problems that need no judgement."""
    rows: list[Row] = []
    for row in table.rows:
        cells = {column: _mended(column, cell, table) for column, cell in row.cells.items()}
        if all(cells != other.cells for other in rows):
            rows.append(replace(row, cells=_without_repetitions(cells, table)))
    return replace(table, rows=tuple(rows))


def _mended(column: str, cell: str, table: Table) -> str:
    cell = _WORD.sub(lambda word: _unmixed(word.group()), cell)
    if column in _source_columns(table) and table.source_lang[:2] == "ru":
        cell = _WORD.sub(lambda word: with_yo(word.group()), cell)
    return _tidy(column, cell, table)


def _without_repetitions(cells: dict[str, str], table: Table) -> dict[str, str]:
    """Delete synonyms and renderings that only repeat another one of the row."""
    result = dict(cells)
    main = {
        f"{table.source_lang}_synonyms": cells[table.source_lang],
        f"{table.target_lang}_admitted": cells[table.target_lang],
        f"{table.target_lang}_forbidden": "",
    }
    for column, term in main.items():
        seen = {normal_spelling(term)}
        kept = []
        for one in split_terms(cells.get(column, "")):
            if normal_spelling(one) not in seen:
                kept.append(one)
            seen.add(normal_spelling(one))
        if column in cells:
            result[column] = SEPARATOR.join(kept)
    return result


def _source_columns(table: Table) -> tuple[str, str]:
    return table.source_lang, f"{table.source_lang}_synonyms"


def _tidy(column: str, cell: str, table: Table) -> str:
    """Return a cell without stray white space, composed characters, or empty terms."""
    cell = unicodedata.normalize("NFC", cell)
    lists = (
        f"{table.source_lang}_synonyms",
        f"{table.target_lang}_admitted",
        f"{table.target_lang}_forbidden",
    )
    return SEPARATOR.join(split_terms(cell)) if column in lists else one_line(cell)


def _is_mixed(word: str) -> bool:
    return bool(_LATIN.search(word) and _CYRILLIC.search(word))


def _unmixed(word: str) -> str:
    """Return a word in one script, where its letters look the same in both.

    >>> _unmixed("дoговор"), _unmixed("peаce")
    ('договор', 'peace')
    """
    if not _is_mixed(word):
        return word
    candidates = [word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)]
    if len(_LATIN.findall(word)) > len(_CYRILLIC.findall(word)):
        candidates.reverse()
    return next((one for one in candidates if not _is_mixed(one)), word)


def _is_balanced(text: str) -> bool:
    """Tell whether every opening mark has its closing mark; “ closes „ and opens ”."""
    return (
        all(text.count(opening) == text.count(closing) for opening, closing in ("«»", "()", "[]"))
        and text.count("“") == text.count("„") + text.count("”")
        and text.count('"') % 2 == 0
    )


def _key(term: str) -> str:
    """Return what makes two source terms the same for the matcher."""
    return " ".join(word if is_abbreviation(word) else word.casefold() for word in words_of(term))


def _place(entry: Entry) -> str:
    return f"{entry.table.path.name}, line {entry.row.line}"
