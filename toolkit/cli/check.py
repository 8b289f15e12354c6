"""`bilingual check`: what a reviser would find."""

from collections.abc import Callable, Collection
from pathlib import Path

import click

from toolkit.bitext import Bitext, Severity
from toolkit.checks import ALL_CHECKS, CODES, check_bitext
from toolkit.checks.suppression import Suppression, read_suppressions, without_suppressed
from toolkit.cli.overlays import load_matcher, overlays_option
from toolkit.formats.html import render_html
from toolkit.inputs import read_bitext
from toolkit.matcher import TermMatcher
from toolkit.pipeline import find_terms
from toolkit.reports import (
    SEVERITIES,
    Checked,
    count_severities,
    render_github,
    render_json,
    render_sarif,
    render_table,
)


def _render_page(checked: Checked) -> str:
    (bitext,) = checked.values()
    return render_html(bitext).decode("utf-8")


REPORTS: dict[str, Callable[[Checked], str]] = {
    "table": render_table,
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
    "html": _render_page,
}


def parse_codes(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> frozenset[str]:
    """Check codes given one by one or separated by commas."""
    codes = frozenset(code.strip() for value in values for code in value.split(","))
    for code in sorted(codes - set(CODES)):
        raise click.BadParameter(f"“{code}” is no check; see `bilingual check --list`", ctx, param)
    return codes


def list_checks(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it
    """Print the checks and end."""
    del param
    if value:
        for check in ALL_CHECKS:
            click.echo(f"{check.code:18} {check.severity:8} {check.about}")
        ctx.exit()


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "report",
    type=click.Choice(list(REPORTS)),
    default="table",
    show_default=True,
    help="html is the review page, for one file.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    help="Least severity that makes the exit code 1.",
)
@click.option(
    "--only", multiple=True, callback=parse_codes, metavar="CODE,…", help="Run these only."
)
@click.option(
    "--skip", multiple=True, callback=parse_codes, metavar="CODE,…", help="Leave these out."
)
@click.option(
    "--ignore",
    type=click.Path(path_type=Path),
    help="List of findings to be silent about: lines of CODE DOCUMENT:UNIT, both with * for any.",
)
@overlays_option
@click.option("--no-glossary", is_flag=True, help="Look for no terms.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=list_checks,
    help="List the checks and end.",
)
def check(  # noqa: PLR0913 - one argument for each option
    *,
    files: tuple[Path, ...],
    report: str,
    fail_on: Severity,
    only: frozenset[str],
    skip: frozenset[str],
    ignore: Path | None,
    overlays: tuple[Path, ...],
    no_glossary: bool,
) -> None:
    """Check bitexts as a reviser would: TMX, XLIFF and PO files.

    A note “bilingual-ignore: CODE” in a unit silences a check there. The exit code is 1 where
    something of the severity of --fail-on is found.

    \b
    Examples:
      bilingual check translations/article.tmx
      bilingual check out/*.tmx --format sarif --fail-on warning > findings.sarif
    """
    if report == "html" and len(files) > 1:
        raise click.UsageError("the review page is for one file: give one, or another --format")
    codes = (only or frozenset(CODES)) - skip
    suppressions = read_suppressions(ignore) if ignore else ()
    bitexts = {file: read_bitext(file) for file in files}
    matchers = _matchers(bitexts.values(), overlays) if not no_glossary else {}
    checked = {
        file: check_file(bitext, matchers.get(_langs(bitext)), codes, suppressions)
        for file, bitext in bitexts.items()
    }
    click.echo(REPORTS[report](checked), nl=False)
    counts = count_severities(checked)
    levels = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    raise SystemExit(any(counts[level] for level in levels))


def _langs(bitext: Bitext) -> tuple[str, str]:
    return bitext.source_lang, bitext.target_lang


def _matchers(
    bitexts: Collection[Bitext], overlays: tuple[Path, ...]
) -> dict[tuple[str, str], TermMatcher | None]:
    """Compile the glossary for the language pairs of some bitexts, once for each."""
    pairs = {_langs(bitext) for bitext in bitexts}
    return {pair: load_matcher(overlays, *pair) for pair in pairs}


def check_file(
    bitext: Bitext,
    matcher: TermMatcher | None,
    codes: Collection[str],
    suppressions: Collection[Suppression],
) -> Bitext:
    """Find the terms of a bitext anew, check it, and drop what is silenced."""
    if matcher is not None:
        bitext = find_terms(bitext, matcher)
    return without_suppressed(check_bitext(bitext, codes), suppressions)
