"""`bilingual merge`: reviewed work comes back."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from toolkit.cli.dates import date_option
from toolkit.cli.progress import note, progress_bar
from toolkit.merging import Rule
from toolkit.resume import lock_folder
from toolkit.reviews import MergeReport, merge_files

MOST_LISTED = 20
"""So many units that could not be placed are listed one by one; all are kept."""
COUNTS = ("accepted", "edited", "rejected", "split", "joined", "notes")


@click.command()
@click.argument("translations", type=click.Path(exists=True, path_type=Path))
@click.argument("reviewed", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--tm",
    "memory",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Translation memory to add the reviewed units to; it is made where there is none.",
)
@click.option(
    "--prefer",
    type=click.Choice(["newest", "first", "last"]),
    help="Which of several translations to take where reviewers disagree: that with the newest "
    "date, or that of the file named first or last (the one already there is before the first). "
    "Without it such a unit stays as it is, with all of them as proposals.",
)
@date_option
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON to stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but conflicts and errors.")
def merge(  # noqa: PLR0913 - one argument for each option
    *,
    translations: Path,
    reviewed: tuple[Path, ...],
    memory: Path | None,
    prefer: Rule | None,
    date: datetime,
    as_json: bool,
    quiet: bool,
) -> None:
    """Take reviewed work back into the TRANSLATIONS it was made from.

    TRANSLATIONS is a bitext that `bilingual translate` wrote, or the folder of several. REVIEWED
    are TMX, XLIFF, PO or Word files, folders of them, or project folders of OmegaT; what was
    edited in place beside TRANSLATIONS is taken in anyway. All formats of a document that are
    there are written anew, all or none.

    Units that a reviewer accepted or edited are reviewed from then on. What belongs in no
    document is kept in unplaced.tmx. The exit code is 1 where conflicts are left.

    \b
    Examples:
      bilingual merge out reviewed/*.tmx --tm house.db
      bilingual merge out omegat-project
      bilingual merge out/call.tmx anna.po boris.docx --prefer last
    """
    folder = translations if translations.is_dir() else translations.parent
    with lock_folder(folder, []), progress_bar(quiet=quiet) as show:
        report = merge_files(
            translations,
            reviewed,
            date,
            prefer=prefer,
            memory=memory,
            on_progress=partial(show, translations.name),
        )
    if as_json:
        click.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=1))
    for path, conflict in report.conflicts:
        note(f"{path}: {conflict.sentence()}", quiet=quiet and bool(conflict.chosen))
    for name, unit in report.unplaced[:MOST_LISTED]:
        note(f"not placed: “{unit.source.text}” → “{unit.target}” ({name})", quiet=quiet)
    if report.kept_in:
        note(f"{len(report.unplaced)} not placed, kept in {report.kept_in}", quiet=quiet)
    note(summary_of(report), quiet=quiet)
    if memory:
        note(f"{memory}: {report.remembered} new units", quiet=quiet)
    if report.open_conflicts:
        raise SystemExit(1)


def summary_of(report: MergeReport) -> str:
    """Say in one line what a merge did."""
    counts = ", ".join(f"{name} {report.counts[name]}" for name in COUNTS)
    return f"{counts}, conflicts {report.open_conflicts}"


def _as_json(report: MergeReport) -> dict[str, object]:
    return {
        **{name: report.counts[name] for name in COUNTS},
        "conflicts": [
            {
                "file": str(path),
                "unit": f"{conflict.document}:{conflict.unit}",
                "source": conflict.source,
                "reason": conflict.reason,
                "opinions": [{"from": name, "target": said} for name, said in conflict.opinions],
                "chosen": conflict.chosen,
            }
            for path, conflict in report.conflicts
        ],
        "unplaced": [
            {"file": name, "source": unit.source.text, "target": unit.target}
            for name, unit in report.unplaced
        ],
        "unplaced_file": str(report.kept_in) if report.kept_in else None,
        "written": [str(path) for path in report.written],
    }
