"""What the form of a source term asks of its rendering: the number of a noun, the use of a verb."""

import re
from collections.abc import Iterator
from typing import Literal

from toolkit.morphology import LANGUAGES, NOMINAL, PAUCAL, PLURAL, analyzer, readings
from toolkit.packages import base_lang
from toolkit.patterns import words_of

Use = Literal["base", "present", "past", "participle", "gerund"]

_SEVERAL = re.compile(
    r"\b(?:\d*[02-9]|\d*1\d|дв[ае]|двух|двум|двумя|тр[иёе]х?|тремя|четыр\w+|оба|обе|обоих|обеих"
    r"|пять|шесть|семь|восемь|девять|десять|несколько|нескольких|ряд|много|многие)\s+$",
    re.IGNORECASE,
)

# What a grammeme of the dictionary asks of an English verb, the likeliest first.
_USES: dict[str, tuple[Use, ...]] = {
    "INFN": ("base",),
    "GRND": ("gerund", "participle"),
    "PRTF": ("participle", "gerund"),
    "PRTS": ("participle", "past"),
    "past": ("past", "participle"),
    "pres": ("present", "gerund"),
    "futr": ("base",),
    "impr": ("base",),
}


def is_plural_form(text: str, start: int, stop: int, lang: str) -> bool | None:
    """Tell whether a noun phrase of a text is in the plural; None where both are possible.

    >>> text = "Стороны подписали мирные договоры."
    >>> is_plural_form(text, 18, 33, "ru"), is_plural_form("мирный договор", 0, 14, "ru")
    (True, False)
    """
    if base_lang(lang) not in LANGUAGES:
        return None
    if _SEVERAL.search(text[:start]):
        return True
    cells = NOMINAL
    for word in words_of(text[start:stop]):
        found = readings(word.casefold(), base_lang(lang))
        modifier = _cells(found, "AP")
        noun = _cells(found, "N")
        cells &= modifier | noun or cells
        if noun and not modifier:
            break
    cells &= ~PAUCAL  # the case after two, three and four, which were looked for
    several, one = cells & PLURAL, cells & ~PLURAL
    return None if bool(several) == bool(one) else bool(several)


def _cells(found: dict[str, int], classes: str) -> int:
    result = 0
    for symbol, mask in found.items():
        if symbol.rpartition("/")[2][0] in classes:
            result |= mask & NOMINAL
    return result


def verb_uses(text: str, lang: str) -> tuple[Use, ...]:
    """Return the uses of an English verb that render the first verb of a phrase.

    >>> verb_uses("выразил признательность", "ru"), verb_uses("выразить признательность", "ru")
    (('past', 'participle'), ('base',))
    """
    if base_lang(lang) in LANGUAGES:
        for word in words_of(text):
            if uses := next(_uses(word.casefold(), base_lang(lang)), None):
                return uses
    return ("base",)


def _uses(word: str, lang: str) -> Iterator[tuple[Use, ...]]:
    for parse in analyzer(lang).parse(word):
        grammemes = frozenset(re.split("[ ,]", str(parse[1])))
        if grammemes & {"VERB", "INFN", "GRND", "PRTF", "PRTS"}:
            yield from (uses for grammeme, uses in _USES.items() if grammeme in grammemes)
