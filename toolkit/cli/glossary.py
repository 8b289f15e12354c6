"""`bilingual glossary`: check, convert, search, merge and extend glossaries."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from toolkit.bitext import Concept, TermMatch
from toolkit.cli.overlays import load_overlaid, overlays_option
from toolkit.cli.progress import note
from toolkit.errors import GlossaryError
from toolkit.formats.table import Table, header, read_table, render_rows, row_cells, write_rows
from toolkit.glossary import (
    Glossary,
    Override,
    load_glossary,
    merge_glossaries,
    read_glossary,
    write_glossary,
)

FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def glossary() -> None:
    """Check, convert, search and extend glossaries.

    Example:

        bilingual glossary find "О прекращении огня"
    """


@glossary.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--fix", is_flag=True, help="Mend what needs no judgement, then check again.")
def check(files: tuple[Path, ...], *, fix: bool) -> None:
    """Report every problem of CSV or TSV glossaries with its line and remedy.

    Several files are checked as one glossary. The exit code is 1 where there are errors.

    \b
    Example:
      bilingual glossary check glossary/*.csv
    """
    from toolkit.proofreading import find_problems, mended  # noqa: PLC0415 - loads the dictionary

    tables = [_read_table(file) for file in files]
    if fix:
        tables = [_rewritten(table, mended(table)) for table in tables]
    problems = find_problems(tables)
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        fixable = " (--fix mends it)" if problem.mendable else ""
        severity = click.style(problem.severity, fg=colour)
        _echo(f"{problem.path}, line {problem.line}: {severity}: {problem.message}{fixable}.")
    errors = sum(problem.severity == "error" for problem in problems)
    entries = sum(len(table.rows) for table in tables)
    summary = f"{entries} entries, {errors} errors, {len(problems) - errors} warnings"
    note(summary, quiet=False)
    sys.exit(1 if errors else 0)


def _read_table(file: Path) -> Table:
    if file.suffix.lower() not in {".csv", ".tsv"}:
        raise GlossaryError(f"{file}: only .csv and .tsv are checked by line; convert it first.")
    return read_table(file)


def _rewritten(before: Table, after: Table) -> Table:
    """Write a mended table, unless nothing had to be mended; return it as it is on disk."""
    if after.rows == before.rows:
        return before
    rows = [list(row.cells.values()) for row in after.rows]
    write_rows(before.path, before.columns, rows, before.delimiter)
    return read_table(before.path)


@glossary.command()
@click.argument("source", type=FILE)
@click.argument("target", type=FILE)
@click.option(
    "--tbx-version",
    type=click.Choice(["3", "2"]),
    default="3",
    show_default=True,
    help="3: TBX-Basic of ISO 30042:2019; 2: the older TBX that OmegaT reads.",
)
def convert(source: Path, target: Path, tbx_version: str) -> None:
    """Convert a glossary: CSV, TSV, TBX, OmegaT's .txt; a TMX of terms can be read.

    \b
    Example:
      bilingual glossary convert house.tbx house.csv
    """
    content = read_glossary(source)
    write_glossary(target, content, tbx_version=int(tbx_version))
    left_out = sum(one.status != "approved" for one in content.concepts)
    if left_out and target.suffix.lower() not in {".csv", ".tsv"}:
        note(f"{left_out} concepts that are not approved were left out.", quiet=False)


@glossary.command()
@click.argument("files", nargs=-1, type=FILE)
def stats(files: tuple[Path, ...]) -> None:
    """Count the concepts of glossaries by domain, part of speech and status.

    Without files, those of the base glossary are counted.

    \b
    Example:
      bilingual glossary stats glossary/names.ru-en.csv
    """
    for title, counts in _statistics(load_glossary(files).concepts):
        _echo(click.style(title, bold=True))
        for name, count in counts:
            _echo(f"  {count:6} {name or '(none)'}")


def _statistics(concepts: tuple[Concept, ...]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    terms = [term for one in concepts for term in (one.source, *one.synonyms)]
    yield (
        "Contents",
        [
            ("concepts", len(concepts)),
            ("source terms", len(terms)),
            ("source terms of several words", sum(" " in term for term in terms)),
            ("renderings", sum(1 + len(one.admitted) for one in concepts)),
            ("forbidden renderings", sum(len(one.forbidden) for one in concepts)),
            ("concepts with a note", sum(bool(one.note) for one in concepts)),
            ("concepts with a reference", sum(bool(one.reference) for one in concepts)),
        ],
    )
    for title, values in (
        ("Domains", [one.domain for one in concepts]),
        ("Parts of speech", [one.pos for one in concepts]),
        ("Statuses", [one.status for one in concepts]),
    ):
        yield title, Counter(values).most_common()


@glossary.command()
@click.argument("text")
@overlays_option
@click.option("--explain", is_flag=True, help="Tell by which term and in which form it is found.")
@click.option("--overlaps", is_flag=True, help="Tell which shorter terms a longer one covers.")
def find(text: str, overlays: tuple[Path, ...], *, explain: bool, overlaps: bool) -> None:
    """Show the terms in a text or in an article (a file, or - for stdin).

    \b
    Examples:
      bilingual glossary find "выразил признательность за прекращение огня"
      bilingual glossary find seeds/article.txt --explain
    """
    from toolkit.matcher import TermMatcher, longest  # noqa: PLC0415 - loads the dictionary

    matcher = TermMatcher(load_overlaid(overlays))
    for block in _blocks(text):
        every = matcher.find_all(block)
        chosen = longest(every)
        _echo(_marked(block, chosen))
        if explain:
            _explain(block, chosen)
        if overlaps:
            _explain(block, [one for one in every if one not in chosen], covered=True)


def _blocks(text: str) -> Iterator[str]:
    from toolkit.documents import read_document  # noqa: PLC0415 - slow to import

    if text == "-" or os.path.isfile(text):  # noqa: PTH113 - false for a text that is no path
        for block in read_document(Path(text)).blocks:
            yield block.text
    else:
        yield text


def _marked(text: str, matches: Iterable[TermMatch]) -> str:
    """Return a text with its terms in brackets, each followed by its preferred rendering."""
    result, done = "", 0
    for match in matches:
        term = click.style(text[match.start : match.stop], fg="cyan", bold=True)
        rendering = click.style(match.concept.target, fg="green")
        result += f"{text[done : match.start]}[{term}|{rendering}]"
        done = match.stop
    return result + text[done:]


def _explain(text: str, matches: Iterable[TermMatch], *, covered: bool = False) -> None:
    for match in matches:
        place = f"  {match.start}-{match.stop} {text[match.start : match.stop]}"
        _echo(f"{place}: {match.concept.id}, {match.reason}{', covered' if covered else ''}")


@glossary.command()
@click.argument("base", type=FILE)
@click.argument("overlays", nargs=-1, required=True, type=FILE)
@click.option("-o", "--output", required=True, type=FILE, help="The file to write.")
def merge(base: Path, overlays: tuple[Path, ...], output: Path) -> None:
    """Lay glossaries over a base one, later files win, and report what they change.

    \b
    Example:
      bilingual glossary merge glossary/names.ru-en.csv house.csv -o merged.csv
    """
    merged, overrides = merge_glossaries([base, *overlays])
    write_glossary(output, merged)
    for override in overrides:
        _echo(_override(override))
    note(f"{len(merged.concepts)} concepts, {len(overrides)} overridden.", quiet=False)


def _override(override: Override) -> str:
    before, after = override.before, override.after
    if before.target != after.target:
        return f"{before.source}: {before.target} → {after.target}"
    return f"{before.source}: {before.target}, other fields changed"


@glossary.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@overlays_option
@click.option("-o", "--output", type=FILE, help="CSV file to write; stdout by default.")
@click.option(
    "--least", default=2, show_default=True, type=click.IntRange(1), help="Lowest frequency."
)
def extract(
    paths: tuple[Path, ...], overlays: tuple[Path, ...], output: Path | None, least: int
) -> None:
    """Propose terms of articles and memories which the glossary lacks, best first.

    Candidates are noun phrases, ordered by C-value. Out of a TMX comes the likely English too.

    \b
    Example:
      bilingual glossary extract seeds/article.txt memory.tmx -o proposed.csv
    """
    from toolkit.extraction import extract_terms, read_passages  # noqa: PLC0415 - slow to import

    known = load_overlaid(overlays)
    candidates = extract_terms(read_passages(paths), known, least=least)
    proposals = Glossary(
        known.source_lang, known.target_lang, tuple(one.concept() for one in candidates)
    )
    if output:
        write_glossary(output, proposals)
    else:
        columns = header(known.source_lang, known.target_lang)
        click.echo(render_rows(columns, map(row_cells, proposals.concepts)), nl=False)
    note(f"{len(candidates)} candidates.", quiet=False)


def _echo(text: str) -> None:
    """Print a line, in colours only on a terminal whose user has not declined them."""
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)
