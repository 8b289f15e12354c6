"""The glossary of a command: the base one with the user's files laid over it."""

from collections.abc import Iterable
from pathlib import Path

import click

from toolkit.glossary import Glossary, base_files, load_glossary
from toolkit.matcher import TermMatcher
from toolkit.packages import base_lang

overlays_option = click.option(
    "-g",
    "--glossary",
    "overlays",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Glossary laid over the base one; may be repeated, later files win.",
)


def load_overlaid(overlays: Iterable[Path]) -> Glossary:
    """Load the base glossary with its overlays."""
    return load_glossary([*base_files(), *overlays])


def load_matcher(
    overlays: Iterable[Path], source_lang: str, target_lang: str
) -> TermMatcher | None:
    """Compile the base glossary with its overlays; None if it is of another language pair."""
    glossary = load_overlaid(overlays)
    pair = (base_lang(source_lang), base_lang(target_lang))
    if (glossary.source_lang, glossary.target_lang) != pair:
        return None
    return TermMatcher(glossary)
