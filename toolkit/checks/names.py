"""The check of names: a person or place of the source must be found again in the translation.

A name is found by its rendering in the CLDR's lists of countries, or by its sound: both sides are
reduced to the skeleton of their consonants, in which the usual transliterations agree.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from babel import Locale
from rapidfuzz.distance import Levenshtein

from toolkit.checks.pair import Finding, Pair
from toolkit.checks.tokens import Token, fold
from toolkit.morphology import analyzer

PROPER = frozenset({"Surn", "Name", "Geox"})
SHORTEST = 4
"""Shorter words are hardly ever told from other words by their sound (letters)."""
FARTHEST = 0.35
"""Greatest distance of two skeletons of one name, as a share of the longer one."""

_CYRILLIC_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("дж", "J"),
        ("^у(?=[аеиоуыэюя])", "V"),
        ("кс", "KS"),
        ("[аеиоуыэюяъьй]", ""),
        ("[бвф]", "B"),
        ("[гкх]", "H"),
        ("[дт]", "T"),
        ("[жзсцчшщ]", "S"),
        ("J", "S"),
        ("л", "L"),
        ("м", "M"),
        ("н", "N"),
        ("п", "P"),
        ("р", "R"),
        ("V", "B"),
    )
)
# Sounds that the two languages write for one another are the same here: б, в and ф, ж and ч.
_LATIN_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("shch|sch|sh|tch|cz|zh|dzh|dj|tz|ts", "S"),
        ("kh|ch(?=[rl])|gh", "H"),
        ("ch|j", "S"),
        ("(?<=o)h(?=n)", ""),
        ("ph|w", "B"),
        ("th", "T"),
        ("x", "HS"),
        ("c(?=[eiy])", "S"),
        ("ck|[qckgh]", "H"),
        ("[szc]", "S"),
        ("[bvf]", "B"),
        ("[dt]", "T"),
        ("l", "L"),
        ("m", "M"),
        ("n", "N"),
        ("p", "P"),
        ("r", "R"),
        ("[^A-Z]", ""),
    )
)
_SOFT_G = re.compile("[gG](?=[eiy])")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ı": "i", "æ": "e", "ð": "d"})


def check_name(pair: Pair) -> Iterator[Finding]:
    """Find names of people and places that the translation lacks."""
    names = list(_names(pair))
    if not names:
        return
    skeletons = _skeletons(pair.target)
    for token in names:
        if not _is_found(token.folded, pair.target, skeletons):
            message = f"the name «{token.text}» is not in the translation: put it right"
            yield Finding(message, token.span)


def _names(pair: Pair) -> Iterator[Token]:
    """Yield the words of the source that can be names only and that the glossary does not know."""
    covered = [(term.start, term.stop) for term in pair.unit.terms]
    for token in pair.source_tokens:
        if len(token.text) < SHORTEST or not token.text[0].isupper() or token.text.isupper():
            continue
        if any(start <= token.start < stop for start, stop in covered):
            continue
        if _is_name(token.folded) or (_may_be_name(token.folded) and _is_inside(pair, token)):
            yield token


def _is_inside(pair: Pair, token: Token) -> bool:
    """Tell whether no beginning of a sentence or quotation explains a capital."""
    return bool(re.search(r"[\w,] $", pair.source[: token.start]))


@lru_cache(maxsize=1 << 16)
def _is_name(word: str) -> bool:
    morph = analyzer("ru")
    if not morph.word_is_known(word):
        return False
    return all(parse[1].grammemes & PROPER for parse in morph.parse(word))


@lru_cache(maxsize=1 << 16)
def _may_be_name(word: str) -> bool:
    """Tell whether a capital makes a word a name: a surname, or a word the dictionary lacks."""
    morph = analyzer("ru")
    if morph.word_is_known(word):
        return any("Surn" in parse[1].grammemes for parse in morph.parse(word))
    return not re.search(
        "ск(?:ий|ая|ое|ие|ого|ому|ом|им|ой|ую|их|ими)$", word
    )  # adjectives of places


def _is_found(name: str, target: str, skeletons: Sequence[str]) -> bool:
    lemma = _lemma(name)
    wanted = {skeleton(name), skeleton(lemma)}
    return any(_sounds_alike(one, other) for one in wanted for other in skeletons) or any(
        place in target for place in _countries().get(lemma, ())
    )


def _sounds_alike(wanted: str, other: str) -> bool:
    """Tell whether two skeletons can be of one name, the Russian one with an ending."""
    if not other:
        return False
    if wanted[0:1] != other[0:1]:  # Жорж and Georges, Олланд and Hollande
        return (len(other) > 1 and wanted[1:] in {other, other[1:]}) or wanted == other[1:]
    distance = Levenshtein.distance(wanted, other)
    return distance <= FARTHEST * max(len(wanted), len(other))


def _skeletons(text: str) -> list[str]:
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word[0].isupper()]
    soft = (_SOFT_G.sub("j", word) for word in words if _SOFT_G.search(word))
    return [skeleton(word) for word in (*words, *soft)]


@lru_cache(maxsize=1 << 16)
def skeleton(name: str) -> str:
    """Reduce a name to the sounds that survive a transliteration.

    >>> skeleton("Путина"), skeleton("Putin"), skeleton("Хрущёв") == skeleton("Khrushchev")
    ('PTN', 'PTN', True)
    """
    word = unicodedata.normalize("NFD", fold(name).translate(_LETTERS))
    is_cyrillic = bool(re.search("[а-я]", word))
    for pattern, sound in _CYRILLIC_SOUNDS if is_cyrillic else _LATIN_SOUNDS:
        word = pattern.sub(sound, word)
    return re.sub(r"(.)\1+", r"\1", re.sub("[^A-Z]", "", word))


@lru_cache(maxsize=1 << 12)
def _lemma(word: str) -> str:
    return fold(analyzer("ru").parse(word)[0][2])


@cache
def _countries() -> dict[str, tuple[str, str]]:
    """The CLDR's names of countries and languages' lands, Russian to English."""
    russian, english = Locale.parse("ru").territories, Locale.parse("en").territories
    return {
        fold(name): (english[code], english[code].split()[0])
        for code, name in russian.items()
        if name.isalpha() and code in english
    }
