"""`bilingual tm`: the translation memory."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import click

from toolkit.cli.dates import date_option
from toolkit.cli.progress import ShowProgress, note, progress_bar
from toolkit.formats.memory_tmx import stream_entries, write_entries
from toolkit.formats.xmlfiles import permitted
from toolkit.inputs import read_bitext
from toolkit.memory import LEAST_SIMILARITY, Added, Entry, TranslationMemory, entries_of
from toolkit.memory_cleaning import REASONS, find_waste

TMX = (".tmx", ".tmx.gz")
memory_option = click.option(
    "--tm",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The memory's file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def tm() -> None:
    """Fill, search and tidy a translation memory, from which `translate --tm` translates.

    Example:

        bilingual tm import --tm house.db reviewed/*.tmx
    """


@tm.command("import")
@memory_option
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--source-lang", default="", help="Language to take as the source, e.g. ru.")
@click.option("--target-lang", default="", help="Language to take as the target, e.g. en-US.")
@click.option("--unreviewed", is_flag=True, help="Take what no person made or reviewed, too.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def import_files(
    path: Path,
    files: tuple[Path, ...],
    source_lang: str,
    target_lang: str,
    *,
    unreviewed: bool,
    quiet: bool,
) -> None:
    """Add TMX, XLIFF, PO and Word tables to a memory; it is made where there is none.

    Of a TMX all that no machine made is taken, of the other formats what is marked as reviewed.
    A unit that is there already in the same context gets the new provenance as well.

    \b
    Examples:
      bilingual tm import --tm house.db reviewed/*.tmx article.xlf
      bilingual tm import --tm back.db house.tmx --source-lang en --target-lang ru
    """
    total = Added()
    with TranslationMemory(path, create=True) as memory, progress_bar(quiet=quiet) as show:
        for file in files:
            entries = read_entries(file, source_lang, target_lang, unreviewed=unreviewed)
            counted = _counted(entries, file.name, show)
            total += memory.add_entries(counted, unreviewed=unreviewed)
        units = len(memory)
    left_out = f", {total.left_out} not reviewed left out" if total.left_out else ""
    note(
        f"{path}: {total.new} new, {total.merged} there already{left_out}; {units} units",
        quiet=quiet,
    )


def read_entries(
    file: Path, source_lang: str, target_lang: str, *, unreviewed: bool
) -> Iterator[Entry]:
    """Read the units of a file for a memory, of a TMX one by one."""
    if file.name.lower().endswith(TMX):
        yield from stream_entries(file, source_lang, target_lang)
        return
    for entry in entries_of(read_bitext(file, source_lang, target_lang), file.name):
        if unreviewed or entry.unit.is_reviewed:
            yield entry


Item = TypeVar("Item")


def _counted(
    items: Iterable[Item], name: str, show: ShowProgress, total: int | None = None
) -> Iterator[Item]:
    """Pass items on, and show how many it were."""
    for number, item in enumerate(items, start=1):
        if number % 1000 == 0:
            show(name, number, total or number)
        yield item


@tm.command()
@memory_option
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@date_option
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def export(path: Path, target: Path, date: datetime, *, quiet: bool) -> None:
    """Write a memory as TMX 1.4, with context and provenance.

    \b
    Example:
      bilingual tm export --tm house.db house.tmx
    """
    with TranslationMemory(path) as memory, progress_bar(quiet=quiet) as show:
        numbered = _counted(memory.entries(), path.name, show, len(memory))
        write_entries((entry for _, entry in numbered), target, date)
        units = len(memory)
    note(f"{target}: {units} units", quiet=quiet)


@tm.command()
@memory_option
@click.argument("text")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1))
@click.option(
    "--least",
    default=round(100 * LEAST_SIMILARITY),
    show_default=True,
    type=click.IntRange(30, 100),
    metavar="PERCENT",
    help="Least similarity of a source.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def search(path: Path, text: str, limit: int, least: int, *, as_json: bool) -> None:
    """Find units whose source is similar to TEXT, then those that contain it on either side.

    The exit code is 1 where there is none.

    \b
    Examples:
      bilingual tm search --tm house.db "Беседа длилась более двух часов."
      bilingual tm search --tm house.db "ceasefire" --limit 5
    """
    text = permitted(text)
    with TranslationMemory(path) as memory:
        matches = [
            (f"{floor_percent(match.similarity)} %", match.entry)
            for langs in memory.language_pairs()
            for match in memory.find(text, langs, least=least / 100, most=limit)
        ]
        similar = {(entry.unit.source.text, entry.unit.target) for _, entry in matches}
        holding = (
            ("", entry)
            for entry in memory.search(text)
            if (entry.unit.source.text, entry.unit.target) not in similar
        )
        found = list(islice(chain(matches, holding), limit))
    for percent, entry in found:
        click.echo(_as_json(percent, entry) if as_json else _as_text(percent, entry))
    if not found:
        note("nothing found", quiet=False)
        sys.exit(1)


def floor_percent(similarity: float) -> int:
    """Give a similarity in percent; only 1 is 100 %."""
    return int(100 * similarity + 1e-9)


def _facts(entry: Entry) -> dict[str, str]:
    files = dict.fromkeys(filter(None, (one.file for one in entry.provenance)))
    return {
        "state": entry.unit.state,
        "author": entry.unit.author,
        "changed": f"{entry.unit.changed:%Y-%m-%d}" if entry.unit.changed else "",
        "files": ", ".join(files),
    }


def _as_text(percent: str, entry: Entry) -> str:
    facts = ", ".join(filter(None, (percent, *_facts(entry).values())))
    return f"{entry.unit.source.text}\n  {entry.unit.target}\n  {facts}"


def _as_json(percent: str, entry: Entry) -> str:
    found = {
        "match": int(percent.removesuffix(" %") or 0),
        "source": entry.unit.source.text,
        "target": entry.unit.target,
        "langs": entry.langs,
        **_facts(entry),
    }
    return json.dumps(found, ensure_ascii=False)


@tm.command()
@memory_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats(path: Path, *, as_json: bool) -> None:
    """Count a memory's units by language, state, origin, file, author and tool.

    \b
    Example:
      bilingual tm stats --tm house.db
    """
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("languages", "state", "origin", "file", "author", "tool")
    }
    units, sources, last = 0, 0, ""
    with TranslationMemory(path) as memory, progress_bar(quiet=False) as show:
        for _, entry in _counted(memory.entries(), path.name, show, len(memory)):
            units += 1
            sources += entry.unit.source.text != last
            last = entry.unit.source.text
            counts["languages"][" → ".join(entry.langs)] += 1
            counts["state"][entry.unit.state] += 1
            counts["origin"][entry.unit.origin] += 1
            for name in ("file", "author", "tool"):
                counts[name].update({getattr(one, name) or "?" for one in entry.provenance})
    if as_json:
        click.echo(json.dumps({"units": units, "sources": sources, **counts}, ensure_ascii=False))
        return
    click.echo(f"{units} units of {sources} sources, {path.stat().st_size / 1e6:.1f} MB")
    for name, counter in counts.items():
        click.echo(f"{name}: {', '.join(_counts(counter))}")


def _counts(counter: Counter[str], most: int = 10) -> Iterator[str]:
    for name, count in sorted(counter.items(), key=lambda one: (-one[1], one[0]))[:most]:
        yield f"{name} {count}"
    if len(counter) > most:
        yield f"and {len(counter) - most} others"


@tm.command()
@memory_option
@click.option("--dry-run", is_flag=True, help="Tell what would be removed, and remove nothing.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def clean(path: Path, *, dry_run: bool, quiet: bool) -> None:
    """Remove what is of no use: empty and untranslated units, duplicates, older variants.

    Of several translations of a sentence in the same context the one reviewed furthest stays, of
    those the newest; translations in other contexts all stay. With --dry-run each unit is shown.

    \b
    Example:
      bilingual tm clean --tm house.db --dry-run
    """
    with TranslationMemory(path) as memory:
        with progress_bar(quiet=quiet) as show:
            numbered = _counted(memory.entries(), path.name, show, len(memory))
            waste = list(find_waste(numbered))
        if not dry_run:
            memory.remove({one.number: one.heir for one in waste})
    if dry_run:
        for one in waste:
            click.echo(f"{one.reason}: {one.entry.unit.source.text} → {one.entry.unit.target}")
    counts = Counter(one.reason for one in waste)
    told = ", ".join(f"{reason} {counts[reason]}" for reason in REASONS)
    note(f"{path}: {'would remove' if dry_run else 'removed'} {len(waste)} ({told})", quiet=quiet)
