"""`bilingual diff`: what a reviewer changed."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from toolkit.cli.progress import note
from toolkit.errors import FormatError
from toolkit.formats.table import write_table
from toolkit.packages import base_lang
from toolkit.postediting import Comparison, Effort, compare, measure, propose_terms
from toolkit.reviews import concerned, find_outputs, read_reviewed

COLOURS = {"deleted": {"fg": "red", "strikethrough": True}, "inserted": {"fg": "green"}}
SIGNS = {"equal": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--terms",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File (.csv or .tsv) for the terms that reviewers keep changing, as proposed entries "
    "of a glossary.",
)
@click.option(
    "--least",
    default=2,
    show_default=True,
    type=click.IntRange(1),
    help="So often a term must have been changed in the same way.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print the figures only.")
def diff(
    *,
    old: Path,
    new: Path,
    terms: Path | None,
    least: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Show what a reviewer changed between OLD and NEW, word by word, and how much that is.

    OLD is a bitext or a folder of bitexts as they were before review; NEW is a bitext, a folder,
    or a project of OmegaT after it. Both may be in any of the formats. What was deleted is red,
    what was inserted green; without colours it stands in [-…-] and {+…+}.

    TER counts the edits by 100 words of the reviewed text, chrF says how much of the characters
    was left: 0 and 100 where nothing was changed.

    \b
    Examples:
      bilingual diff out reviewed
      bilingual diff out/call.tmx call.reviewed.tmx --terms proposed.csv
    """
    bitexts = [output.bitext for output in find_outputs(old)]
    langs = bitexts[0].source_lang, bitexts[0].target_lang
    reviews = read_reviewed(new, langs)
    known = {bitext.document.id for bitext in bitexts}
    documents = {
        bitext.document.id: found
        for bitext in bitexts
        if (found := compare(bitext, list(concerned(reviews, bitext.document.id, known))))
    }
    if not documents:
        raise FormatError(f"{new}: holds no translation of a sentence of {old}; give its review")
    every = [one for found in documents.values() for one in found]
    if as_json:
        click.echo(json.dumps(_as_json(documents, every), ensure_ascii=False, indent=1))
    else:
        _show(documents, every, quiet=quiet)
    if terms:
        concepts = propose_terms(every, langs, least=least)
        write_table(terms, concepts, *map(base_lang, langs))
        note(f"{terms}: {len(concepts)} proposed terms", quiet=quiet)


def _show(
    documents: dict[str, list[Comparison]], every: Sequence[Comparison], *, quiet: bool
) -> None:
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for name, found in documents.items():
        for one in found:
            if one.is_changed and not quiet:
                click.echo(f"{name}:{one.unit} {one.source}")
                click.echo(f"  {word_line(one, coloured=coloured)}\n", color=coloured)
        click.echo(_sentence(name, measure(found)))
    if len(documents) > 1:
        click.echo(_sentence("all", measure(every)))


def word_line(comparison: Comparison, *, coloured: bool) -> str:
    """Give a changed translation in a line, in colours or with signs."""
    return "".join(
        click.style(words, **COLOURS.get(kind, {}))  # type: ignore[arg-type]
        if coloured
        else SIGNS[kind].format(words)
        for kind, words in comparison.edits
    )


def _sentence(name: str, effort: Effort) -> str:
    return (
        f"{name}: {effort.changed} of {effort.segments} segments changed, "
        f"TER {effort.ter:.1f}, chrF {effort.chrf:.1f}"
    )


def _as_json(
    documents: dict[str, list[Comparison]], every: Sequence[Comparison]
) -> dict[str, object]:
    return {
        "documents": [
            {
                "document": name,
                **_figures(measure(found)),
                "changes": [
                    {
                        "unit": one.unit,
                        "source": one.source,
                        "before": one.before,
                        "after": one.after,
                        "edits": one.edits,
                        "ter": measure([one]).ter,
                        "chrf": measure([one]).chrf,
                    }
                    for one in found
                    if one.is_changed
                ],
            }
            for name, found in documents.items()
        ],
        "all": _figures(measure(every)),
    }


def _figures(effort: Effort) -> dict[str, float]:
    return {
        "segments": effort.segments,
        "changed": effort.changed,
        "ter": effort.ter,
        "chrf": effort.chrf,
    }
