"""Checks of what no translator would write: nothing, other letters, loops, codes that are lost."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from operator import eq

from toolkit.checks.pair import Finding, Pair, quoted
from toolkit.checks.tokens import rows
from toolkit.degeneration import LOOP

LONGEST_SEGMENT = 90
"""Words; a longer segment is better divided."""
LONGEST_LOOP = 9
"""Words between two beginnings of a repeated phrase, by `LOOP`."""

JOINING = frozenset("and or of with".split())
"""Words that may part a phrase from its repetition, by `LOOP`."""

_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC_WORD = re.compile(r"[\w'’-]*[\u0400-\u052f][\w'’-]*")
_LOOK_ALIKE = frozenset("АВЕЗКМНОРСТУХІЈЅаеорсухіјѕ")
_LATIN_LOOK_ALIKE = re.compile("[ABCEHIKMOPTXYaceiopxy]")
_MIXED = re.compile(r"(?=\w*[A-Za-z])(?=\w*[\u0400-\u052f])[A-Za-z\u0400-\u052f]{2,}")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>«»“”\"]*[^\s<>«»“”\".,;:!?)\]]|[\w.+-]+@[\w-]+\.[\w.-]*\w|(?<!\w)@\w{3,}"
)
_CODE = re.compile(
    r"\{\w*\}|%\(\w+\)[sdif]|%\d*\$?[sdif](?![a-z])|\$\{\w+\}|</?[a-zA-Z][^<>]*>|&(?:\w+|#\d+);|\\[nt](?!\w)"
)


def check_empty(pair: Pair) -> Iterator[Finding]:
    """Find units whose translation is nothing, or nothing but signs."""
    if not pair.target.strip():
        if pair.source.strip():
            yield Finding("there is no translation: translate it")
    elif not re.search(r"[^\W_]", pair.target) and re.search(r"[^\W_]", pair.source):
        message = f"the translation is only “{pair.target.strip()}”: translate it anew"
        yield Finding(message)


def check_profanity(pair: Pair) -> Iterator[Finding]:
    """Find coarse words that the source does not have."""
    english, russian = _profanities()
    found = english.search(pair.target)
    if found and not russian.search(pair.source):
        words = quoted(pair.target, found.span())
        yield Finding(
            f"{words} is coarser than the source: choose another word", None, found.span()
        )


@cache
def _profanities() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = {lang: expressions for lang, expressions in rows("profanity.tsv")}  # noqa: C416 - lists
    english, russian = (
        re.compile(rf"(?<!\w)(?:{lists[lang]})(?!\w)", re.IGNORECASE) for lang in ("en", "ru")
    )
    return english, russian


def check_untranslated(pair: Pair) -> Iterator[Finding]:
    """Find words that are still in Cyrillic letters; what stands in brackets is meant so."""
    if not _CYRILLIC.search(pair.target):
        return
    for found in _CYRILLIC_WORD.finditer(pair.target):
        if _is_homoglyph(found.group()) or _in_brackets(pair.target, found.start()):
            continue
        words = quoted(pair.target, found.span())
        yield Finding(f"{words} is not translated", None, found.span())


def _in_brackets(text: str, place: int) -> bool:
    return text.rfind("(", 0, place) > text.rfind(")", 0, place)


def _is_homoglyph(word: str) -> bool:
    """Tell whether the Cyrillic letters of a word only look like Latin ones: С-300, Mоscow."""
    letters = [letter for letter in word if "\u0400" <= letter <= "\u052f"]
    if not all(letter in _LOOK_ALIKE for letter in letters):
        return False
    return len(letters) < len([letter for letter in word if letter.isalnum()])


def check_homoglyph(pair: Pair) -> Iterator[Finding]:
    """Find words whose letters are of the other script but look the same."""
    places = _CYRILLIC_WORD.finditer(pair.target) if _CYRILLIC.search(pair.target) else ()
    for found in places:
        if _is_homoglyph(found.group()):
            words = quoted(pair.target, found.span()).strip("«»“”")
            yield Finding(f"“{words}” has Cyrillic letters: type it anew", None, found.span())
    for found in _MIXED.finditer(pair.source) if _LATIN.search(pair.source) else ():
        foreign = re.findall("[A-Za-z]", found.group())
        if all(map(_LATIN_LOOK_ALIKE.match, foreign)):
            message = f"«{found.group()}» has Latin letters: type it anew in the source"
            yield Finding(message, found.span())


def check_repetition(pair: Pair) -> Iterator[Finding]:
    """Find words and phrases that are repeated without need."""
    if not _may_loop([token.folded for token in pair.target_tokens]):
        return
    if not _loops(re.findall(r"\w+", pair.target.casefold())):
        return
    found = LOOP.search(pair.target)
    if found and not LOOP.search(pair.source):
        words = quoted(pair.target, found.span())
        yield Finding(f"{words} is repeated: delete what is too much", None, found.span())


def _may_loop(words: list[str]) -> bool:
    """Tell at once whether a word follows itself, or two words soon come again."""
    if any(map(eq, words, words[1:])):
        return True
    pairs = list(pairwise(words))
    if len(set(pairs)) == len(pairs):
        return False
    last: dict[tuple[str, str], int] = {}
    for place, pair in enumerate(pairs):
        if place - last.get(pair, -LONGEST_LOOP - 1) <= LONGEST_LOOP:
            return True
        last[pair] = place
    return False


def _loops(words: list[str]) -> bool:
    """Tell, more slowly, whether a word or phrase is repeated at once or behind an “and”."""
    for size in range(1, LONGEST_LOOP + 1):
        for start in range(len(words) - size):
            middle = start + size
            phrase = words[start:middle]
            if phrase == words[middle : middle + size] or (
                phrase[-1] in JOINING and phrase[:-1] == words[middle : middle + size - 1] != []
            ):
                return True
    return False


def check_link(pair: Pair) -> Iterator[Finding]:
    """Find addresses that are lost, changed or added."""
    if re.search(r"://|www\.|@", pair.source + pair.target):
        yield from _differences(pair, _URL, "the address")


def check_code(pair: Pair) -> Iterator[Finding]:
    """Find placeholders and tags that are lost, changed or added."""
    if re.search(r"[{%$<&\\]", pair.source + pair.target):
        yield from _differences(pair, _CODE, "the code")


def _differences(pair: Pair, pattern: re.Pattern[str], what: str) -> Iterator[Finding]:
    source, target = (
        {found.group(): found.span() for found in pattern.finditer(text)}
        for text in (pair.source, pair.target)
    )
    counts = [Counter(pattern.findall(text)) for text in (pair.source, pair.target)]
    for words in counts[0] - counts[1]:
        yield Finding(f"{what} “{words}” is lost: copy it from the source", source[words])
    for words in counts[1] - counts[0]:
        yield Finding(f"{what} “{words}” is not in the source: delete it", None, target[words])


def check_long(pair: Pair) -> Iterator[Finding]:
    """Find segments so long that nobody reads them in one go."""
    count = len(pair.target.split())
    if count > LONGEST_SEGMENT:
        message = f"the segment has {count} words: consider dividing it"
        yield Finding(message)
