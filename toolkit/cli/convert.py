"""`bilingual convert`: a bitext from one format to another."""

from datetime import datetime
from pathlib import Path

import click

from toolkit.cli.dates import date_option
from toolkit.cli.progress import note
from toolkit.inputs import read_bitext
from toolkit.outputs import write_bitext
from toolkit.salvage import salvage_bitext


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source-lang", default="", help="Language to take as the source, e.g. ru-RU.")
@click.option("--target-lang", default="", help="Language to take as the target, e.g. en-US.")
@click.option("--salvage", is_flag=True, help="Take what can be read out of a damaged file.")
@date_option
@click.option("--overwrite", is_flag=True, help="Replace a file that was reviewed or edited.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def convert(  # noqa: PLR0913 - one argument for each option
    *,
    source: Path,
    target: Path,
    source_lang: str,
    target_lang: str,
    salvage: bool,
    date: datetime,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Convert a bitext: TMX, PO, XLIFF 1.2 (.xlf) and 2.0 (.v2.xlf), Word table (.docx).

    \b
    Examples:
      bilingual convert call.tmx call.docx
      bilingual convert reviewed.xlf reviewed.tmx
      bilingual convert memory.tmx memory.po --source-lang en --target-lang fr
      bilingual convert --salvage damaged.tmx sound.tmx
    """
    if salvage:
        bitext, lost = salvage_bitext(source, source_lang, target_lang)
        note(f"units taken out {len(bitext.units)}, lost {lost}", quiet=quiet)
    else:
        bitext = read_bitext(source, source_lang, target_lang)
    write_bitext(bitext, target, date, overwrite=overwrite)
    note(f"{target}: {len(bitext.units)} units", quiet=quiet)
