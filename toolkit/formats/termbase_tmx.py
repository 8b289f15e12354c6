"""Terms out of a TMX: a memory whose units are terms, as some tools export their termbases.

Units that are sentences are left out. A TMX carries neither synonyms, statuses nor domains; a
second translation of the same source becomes an admitted rendering.
"""

from collections.abc import Iterator
from pathlib import Path

from toolkit.bitext import Concept
from toolkit.errors import FormatError, GlossaryError
from toolkit.formats.table import distinct, one_line, slug
from toolkit.formats.tmx import stream_tmx

LONGEST_TERM = 8
"""A unit of more words is a sentence."""


def read_termbase_tmx(path: Path) -> tuple[str, str, tuple[Concept, ...]]:
    """Read the units of a TMX that are terms.

    Returns:
        the source language, the target language and the concepts.

    Raises:
        GlossaryError: the file cannot be read or has no unit in two languages.
    """
    pairs = list(translations(path))
    if not pairs:
        raise GlossaryError(f"{path} has no unit in two languages: export the memory with both.")
    renderings: dict[str, list[str]] = {}
    for _, source, target in pairs:
        if is_term(source) and is_term(target):
            renderings.setdefault(source, []).append(target)
    concepts = (
        Concept(
            id=slug(targets[0]),
            source=source,
            target=targets[0],
            admitted=tuple(one for one in dict.fromkeys(targets) if one != targets[0]),
        )
        for source, targets in renderings.items()
    )
    source_lang, target_lang = pairs[0][0]
    return source_lang, target_lang, tuple(distinct(concepts))


def translations(path: Path) -> Iterator[tuple[tuple[str, str], str, str]]:
    """Yield (languages, source, target) of a TMX file's translated units.

    Raises:
        GlossaryError: the file cannot be read.
    """
    try:
        for row in stream_tmx(path):
            if row.unit.target:
                yield row.langs, one_line(row.unit.source.text), one_line(row.unit.target)
    except FormatError as error:
        raise GlossaryError(str(error)) from error


def is_term(text: str) -> bool:
    """Tell whether the text of a unit is a term rather than a sentence.

    >>> is_term("мирный договор"), is_term("Договор подписан.")
    (True, False)
    """
    return len(text.split()) <= LONGEST_TERM and not text.endswith((".", "!", "?", "…", ":", ";"))
