"""`bilingual evaluate`: measure translations against references."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from toolkit.cli.overlays import load_overlaid, overlays_option
from toolkit.cli.progress import note
from toolkit.enforcement import enforce_terms
from toolkit.engine import ArgosEngine
from toolkit.errors import DocumentError
from toolkit.evaluation import (
    Comparison,
    Scores,
    compare,
    read_samples,
)
from toolkit.evaluation import (
    evaluate as measure,
)
from toolkit.evaluation_page import render_page
from toolkit.files import write_atomically
from toolkit.literals import restore_literals
from toolkit.matcher import TermMatcher
from toolkit.packages import find_package
from toolkit.placement import Draft

FILE = click.Path(path_type=Path)
ROWS = (
    ("BLEU", "bleu"),
    ("chrF", "chrf"),
    ("term accuracy", "term_accuracy"),
    ("window overlap", "window_overlap"),
    ("1-TERm", "one_minus_term"),
    ("consistency", "consistency"),
    ("terms", "terms"),
    ("forbidden left", "forbidden"),
)


@click.command(short_help="Measure translations against references, and how the terms fared.")
@click.argument("source", type=FILE)
@click.argument("reference", type=FILE)
@click.option(
    "--hyp",
    "hypotheses",
    multiple=True,
    type=FILE,
    help="Translations to measure; two are compared. Without any, SOURCE is translated.",
)
@overlays_option
@click.option("--model", help="Package file, folder or installed name; see `bilingual model`.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
@click.option("--html", type=FILE, help="Write a page of the sentences that differ, and a plot.")
def evaluate(  # noqa: PLR0913 - one argument for each option
    *,
    source: Path,
    reference: Path,
    hypotheses: tuple[Path, ...],
    overlays: tuple[Path, ...],
    model: str | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Measure translations of SOURCE against REFERENCE, text files with a sentence a line.

    Without --hyp the model's translation is compared with the one whose terms are enforced.
    Scores run from 0 to 100; only terms count that the reference renders as the glossary has it.

    \b
    Examples:
      bilingual evaluate news.ru news.en
      bilingual evaluate news.ru news.en --hyp mine.en --hyp theirs.en --html report.html
    """
    if len(hypotheses) > 2:
        raise click.UsageError("name at most two files with --hyp")
    matcher = TermMatcher(load_overlaid(overlays))
    sources, references = read_lines(source), read_lines(reference)
    systems = {str(path): read_lines(path) for path in hypotheses}
    systems = systems or translate_both(sources, matcher, model)
    for name, lines in {str(reference): references, **systems}.items():
        if len(lines) != len(sources):
            raise DocumentError(
                f"{name}: has {len(lines)} lines and {source} has {len(sources)}; "
                "give files with a sentence a line"
            )
    samples = {
        name: read_samples(sources, references, lines, matcher) for name, lines in systems.items()
    }
    scores = {name: measure(found) for name, found in samples.items()}
    comparisons = compare(*samples.values()) if len(samples) == 2 else []
    if html:
        write_atomically(html, render_page(samples, scores, comparisons).encode())
    click.echo(_as_json(scores, comparisons) if as_json else _as_table(scores, comparisons))


def read_lines(path: Path) -> list[str]:
    """Read a text file of a sentence a line.

    Raises:
        DocumentError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: is not UTF-8; convert it first") from error


def translate_both(
    sources: list[str], matcher: TermMatcher, model: str | None
) -> dict[str, list[str]]:
    """Translate sentences with the model alone, and with the terms enforced."""
    package = find_package("ru", "en", model)
    engine = ArgosEngine(package)
    note(f"model: {package.label} ({package.origin})", quiet=False)
    drafts = [
        Draft(one, matcher.find(one), "", annotated=engine.reads_annotations) for one in sources
    ]
    raw = list(engine.translate(sources))
    first = (
        list(engine.translate([one.input for one in drafts])) if engine.reads_annotations else raw
    )
    drafts = [draft.translated(one, ()) for draft, one in zip(drafts, first, strict=True)]
    enforced = enforce_terms(engine, drafts)
    return {
        "model": [one.text for one in raw],
        "terms enforced": [restore_literals(one.source, one.text)[0] for one in enforced],
    }


def _as_json(scores: dict[str, Scores], comparisons: list[Comparison]) -> str:
    content = {
        "systems": {name: asdict(one) for name, one in scores.items()},
        "comparisons": [asdict(one) for one in comparisons],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _as_table(scores: dict[str, Scores], comparisons: list[Comparison]) -> str:
    names = [name if len(name) <= 20 else f"…{name[-19:]}" for name in scores]
    lines = [f"{'':16}" + "".join(f"{name:>22}" for name in names)]
    for title, field in ROWS:
        values = [getattr(one, field) for one in scores.values()]
        cells = [
            f"{value:22.2f}" if isinstance(value, float) else f"{value:22}" for value in values
        ]
        lines.append(f"{title:16}" + "".join(cells))
    lines += [
        f"{one.measure}: {one.difference:+.2f}, 95 % interval {one.low:+.2f} to {one.high:+.2f}, "
        f"p = {one.p:.3f}"
        for one in comparisons
    ]
    first = next(iter(scores.values()))
    return "\n".join([*lines, *(f"signature: {one}" for one in first.signatures)])
