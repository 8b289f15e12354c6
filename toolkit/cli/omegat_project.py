"""`bilingual omegat-project`: translations become a project of OmegaT."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from toolkit.bitext import Concept
from toolkit.cli.dates import date_option
from toolkit.cli.overlays import load_overlaid, overlays_option
from toolkit.cli.progress import note
from toolkit.errors import FormatError
from toolkit.omegat_project import write_omegat_project
from toolkit.packages import base_lang
from toolkit.reviews import find_outputs


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument(
    "translations", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--articles",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="The articles, files or folders: HTML and Word files go into the project as they are, "
    "so that their translation has their form. May be repeated.",
)
@click.option(
    "--prefill",
    is_flag=True,
    help="Put machine output into tm/auto: OmegaT fills it in. Without it machine output lies in "
    "tm/mt, OmegaT offers it, and what the translator takes is accepted.",
)
@overlays_option
@click.option("--no-glossary", is_flag=True, help="Put no glossary into the project.")
@date_option
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def omegat_project(  # noqa: PLR0913 - one argument for each option
    *,
    folder: Path,
    translations: tuple[Path, ...],
    articles: tuple[Path, ...],
    prefill: bool,
    overlays: tuple[Path, ...],
    no_glossary: bool,
    date: datetime,
    quiet: bool,
) -> None:
    """Make the project folder FOLDER of OmegaT from TRANSLATIONS, files or folders.

    It holds the articles, the translations as memories, the glossary, and the segmentation rules,
    so that OmegaT's segments are the toolkit's. If the folder is a project already, its articles,
    memories and glossary are brought up to date; the translator's work in it is left alone. That
    work comes back with `bilingual merge TRANSLATIONS FOLDER`.

    \b
    Examples:
      bilingual omegat-project project out
      bilingual omegat-project project out --articles articles --prefill
    """
    bitexts = [output.current for path in translations for output in find_outputs(path)]
    pairs = {(bitext.source_lang, bitext.target_lang) for bitext in bitexts}
    if len(pairs) > 1:
        raise FormatError("an OmegaT project is of one language pair; give files of one")
    concepts = () if no_glossary else _concepts(overlays, *pairs.pop())
    written = write_omegat_project(
        folder,
        bitexts,
        date,
        concepts=concepts,
        articles=articles,
        prefill=prefill,
    )
    note(f"{folder}: {len(bitexts)} documents, {len(written)} files", quiet=quiet)


def _concepts(overlays: Iterable[Path], source_lang: str, target_lang: str) -> Iterable[Concept]:
    glossary = load_overlaid(overlays)
    pair = (base_lang(source_lang), base_lang(target_lang))
    return glossary.concepts if (glossary.source_lang, glossary.target_lang) == pair else ()
