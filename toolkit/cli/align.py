"""`bilingual align`: two existing translations become a bitext."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import click

from toolkit.alignment import DOUBTFUL, Bead, align_documents, make_bitext
from toolkit.bitext import Document
from toolkit.cli.dates import date_option
from toolkit.cli.overlays import load_matcher, overlays_option
from toolkit.cli.progress import note, progress_bar
from toolkit.documents import read_document
from toolkit.engine import ArgosEngine, Decoding
from toolkit.outputs import write_bitext
from toolkit.packages import find_package
from toolkit.scripts import share_of_letters

LEAST_SHARE_OF_LETTERS = 0.5
FILE = click.Path(path_type=Path, allow_dash=True)


@click.command(short_help="Make a bitext of a text and its existing translation.")
@click.argument("source", type=FILE)
@click.argument("target", type=FILE)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; its name tells the format: .tmx, .xlf, .v2.xlf, .po, .docx, .html.",
)
@click.option("--source-lang", default="ru", show_default=True, help="Language of SOURCE.")
@click.option("--target-lang", default="en", show_default=True, help="Language of TARGET.")
@click.option("--model", help="Package file, folder or installed name; see `bilingual model`.")
@click.option(
    "--no-model",
    is_flag=True,
    help="Align by names, numbers, terms and lengths: at once, any pair.",
)
@overlays_option
@click.option("--no-glossary", is_flag=True, help="Look for no terms.")
@click.option("--encoding", help="Encoding of text files, when recognition fails.")
@click.option("--threads", default=0, type=click.IntRange(0), help="Processor threads; 0 for all.")
@date_option
@click.option("--overwrite", is_flag=True, help="Replace a file that was reviewed or edited.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def align(  # noqa: PLR0913 - one argument for each option
    *,
    source: Path,
    target: Path,
    output: Path | None,
    source_lang: str,
    target_lang: str,
    model: str | None,
    no_model: bool,
    overlays: tuple[Path, ...],
    no_glossary: bool,
    encoding: str | None,
    threads: int,
    date: datetime,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Align SOURCE with TARGET, its translation: .txt, .md, .html or .docx files, or - for stdin.

    Sentences are joined where one side has one and the other two or three. What has no counterpart
    is kept: a source sentence as a unit without translation, a target sentence in a note of the
    unit before it. With a model, units that have little in common get a note too. Without -o the
    score, the source and the target of each unit go to stdout, separated by tabs.

    \b
    Examples:
      bilingual align statement.ru.docx statement.en.docx -o statement.tmx
      bilingual align old.ru.txt old.en.txt -o memory.tmx --source-lang ru-RU --target-lang en-US
      bilingual align de.txt en.txt --source-lang de --no-model | sort -n | less
    """
    start = perf_counter()
    if source == target:
        raise click.UsageError("SOURCE and TARGET are the same; name the two texts")
    if no_model and model:
        raise click.UsageError("--model and --no-model exclude each other")
    first = read_document(source, source_lang, encoding)
    second = read_document(target, target_lang, encoding)
    for path, document in ((source, first), (target, second)):
        warn_of_language(path, document, quiet=quiet)
    engine = None
    if not no_model:
        package = find_package(source_lang, target_lang, model)
        note(f"model: {package.label} ({package.origin})", quiet=quiet)
        engine = ArgosEngine(package, Decoding(beam_size=1), threads=threads)
    matcher = None if no_glossary else load_matcher(overlays, source_lang, target_lang)
    with progress_bar(quiet=quiet) as show:
        beads = align_documents(first, second, engine, matcher, partial(show, source.name))
    if output:
        bitext = make_bitext(beads, first, second, engine, matcher)
        write_bitext(bitext, output, date, overwrite=overwrite)
    else:
        for bead in beads:
            click.echo(row(bead))
    doubtful = DOUBTFUL if engine else 0.0
    note(f"{summary(beads, doubtful)}, {perf_counter() - start:.1f} s", quiet=quiet)


def warn_of_language(path: Path, document: Document, *, quiet: bool) -> None:
    """Tell where a text is hardly in its language: the two may have been swapped."""
    text = " ".join(block.text for block in document.blocks)
    if share_of_letters(text, document.lang) < LEAST_SHARE_OF_LETTERS:
        warning = f"Warning: {path}: is hardly in the language “{document.lang}”"
        note(f"{warning}; name SOURCE first, or see --source-lang", quiet=quiet)


def row(bead: Bead) -> str:
    """Give a bead as a line: score, source, target."""
    score = "" if bead.score is None else f"{bead.score:.3f}"
    texts = (" ".join(one.text for one in side) for side in (bead.sources, bead.targets))
    return "\t".join((score, *texts))


def summary(beads: Sequence[Bead], least: float) -> str:
    """Count the beads in one line, as doubtful those whose score is less than the least."""
    aligned = [bead for bead in beads if bead.score is not None]
    joined = sum(len(bead.sources) + len(bead.targets) > 2 for bead in aligned)
    doubtful = sum((bead.score or 0.0) < least for bead in aligned)
    lone = [bead for bead in beads if bead.score is None]
    sources = sum(len(bead.sources) for bead in lone)
    targets = sum(len(bead.targets) for bead in lone)
    return (
        f"units {len(aligned)}, of joined sentences {joined}, doubtful {doubtful}, "
        f"sentences without translation {sources}, without source {targets}"
    )
