"""Terms out of a TMX: a memory whose units are terms, as some tools export their termbases.

Units that are sentences are left out. A TMX carries neither synonyms, statuses nor domains; a
second translation of the same source becomes an admitted rendering.
"""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from toolkit.bitext import Concept
from toolkit.errors import GlossaryError
from toolkit.formats.reading import read_xml
from toolkit.formats.table import distinct, one_line, slug

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LONGEST_TERM = 8
"""A unit of more words is a sentence."""


def read_termbase_tmx(path: Path) -> tuple[str, str, tuple[Concept, ...]]:
    """Read the units of a TMX that are terms.

    Returns:
        the source language, the target language and the concepts.

    Raises:
        GlossaryError: the file cannot be read or has no unit in two languages.
    """
    pairs = list(translations(read_xml(path)))
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


def translations(root: etree._Element) -> Iterator[tuple[tuple[str, str], str, str]]:
    """Yield (languages, source, target) of the units; the header tells which is the source."""
    header = root.find("header")
    default = header.get("srclang", "") if header is not None else ""
    for unit in root.iter("tu"):
        variants = [(_lang(variant), _text(variant)) for variant in unit.iter("tuv")]
        wanted = unit.get("srclang", default).casefold()
        variants.sort(key=lambda one: one[0].casefold() != wanted)
        if len(variants) > 1 and variants[0][1] and variants[1][1]:
            (source_lang, source), (target_lang, target) = variants[:2]
            yield (source_lang, target_lang), source, target


def _lang(variant: etree._Element) -> str:
    return variant.get(XML_LANG, variant.get("lang", ""))


def _text(variant: etree._Element) -> str:
    segment = variant.find("seg")
    return "" if segment is None else one_line("".join(map(str, segment.itertext())))


def is_term(text: str) -> bool:
    """Tell whether the text of a unit is a term rather than a sentence.

    >>> is_term("мирный договор"), is_term("Договор подписан.")
    (True, False)
    """
    return len(text.split()) <= LONGEST_TERM and not text.endswith((".", "!", "?", "…", ":", ";"))
