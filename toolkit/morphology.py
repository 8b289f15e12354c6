"""What a Russian or Ukrainian word can be: its lemmas, and the cells of the paradigm it fills.

A cell is a case, a gender (or the plural) and an animacy. A word form fills a set of cells; sets
of cells are the bits of an integer, so that words agree where the bitwise *and* of their cells
is not zero.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from toolkit.errors import GlossaryError

LANGUAGES = ("ru", "uk")

Readings = dict[str, int]
"""The symbols that a word can stand for, each with the cells that it fills."""

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct", "paucal")
NUMBERS = ("masc", "femn", "neut", "plur")
ANIMACIES = ("inan", "anim")
_CASE_OF = {case: case for case in CASES} | {
    "voct": "nomn",
    "gen1": "gent",
    "gen2": "gent",
    "acc2": "accs",
    "loc1": "loct",
    "loc2": "loct",
}

CELLS_PER_CASE = len(NUMBERS) * len(ANIMACIES)
_ONE_CASE = (1 << CELLS_PER_CASE) - 1

SHORT = 1 << (len(CASES) * CELLS_PER_CASE)
"""Short adjectives and participles, comparatives: outside every noun phrase."""
VERBAL = SHORT << 1
"""Infinitives, finite verbs and gerunds."""

_NAMES = {"Name": "/F", "Surn": "/W", "Patr": "/W", "Geox": "/W", "Orgn": "/W", "Trad": "/W"}
_INVARIABLE = {"ADVB": "/D", "CONJ": "/D", "PRCL": "/D", "PREP": "/E", "NPRO": "/R"}

_INVISIBLE = re.compile("[\u00ad\u0300\u0301\u200b-\u200d\u2060\ufeff]")
_BEGINNING = 2
_HYPHENS = re.compile("[\u2010\u2011]")


def cells(
    cases: Iterable[str] = CASES,
    numbers: Iterable[str] = NUMBERS,
    animacies: Iterable[str] = ANIMACIES,
) -> int:
    """Return the set of cells which have one of the cases, numbers and animacies.

    >>> bin(cells(["nomn"], ["masc"]))
    '0b11'
    """
    result = 0
    for case in cases:
        for number in numbers:
            for animacy in animacies:
                offset = NUMBERS.index(number) * len(ANIMACIES) + ANIMACIES.index(animacy)
                result |= 1 << (CASES.index(case) * CELLS_PER_CASE + offset)
    return result


NOMINATIVE = cells(["nomn"])
ANIMATE = cells(animacies=["anim"])
DATIVE = cells(["datv"])
GENITIVE = cells(["gent"])
ACCUSATIVE = cells(["accs"])
OBJECT = cells(["accs", "gent"])
PLURAL = cells(numbers=["plur"])
PAUCAL = cells(["paucal"])
NOMINAL = cells()
ANY = NOMINAL | SHORT | VERBAL


def same_case(first: int, second: int) -> int:
    """Return the cells of `first` whose case is also a case of `second`.

    >>> same_case(cells(["gent", "datv"]), cells(["datv"], ["femn"])) == cells(["datv"])
    True
    """
    result = 0
    for index in range(len(CASES)):
        case = _ONE_CASE << (index * CELLS_PER_CASE)
        if second & case:
            result |= first & case
    return result


@lru_cache(maxsize=4096)
def describe(mask: int) -> str:
    """Name the cells of a set, as far as they are distinct in case and number.

    >>> describe(cells(["gent"], ["masc"]) | cells(["accs"], ["masc"], ["anim"]))
    'gent masc, accs masc'
    """
    return ", ".join(
        f"{case} {number}" for case in CASES for number in NUMBERS if mask & cells([case], [number])
    )


def normal_spelling(word: str) -> str:
    """Return a word without stress marks and invisible characters, with plain hyphens and е for ё.

    >>> normal_spelling("до\u00adгово\u0301р-ёлка")
    'договор-елка'
    """
    if not word.isascii():
        word = _INVISIBLE.sub("", unicodedata.normalize("NFC", word))
        word = _HYPHENS.sub("-", word).replace("’", "'")
        word = word.replace("ё", "е").replace("Ё", "Е")
    return word


@lru_cache(maxsize=2)
def analyzer(lang: str) -> Any:  # noqa: ANN401 - pymorphy3 has no types
    """Load the dictionary of a language, once.

    Raises:
        GlossaryError: no dictionary of the language is installed.
    """
    import pymorphy3  # noqa: PLC0415 - 0.2 s that a command without a glossary need not wait

    try:
        return pymorphy3.MorphAnalyzer(lang=lang, result_type=None, probability_estimator_cls=None)
    except ValueError as error:
        raise GlossaryError(
            f"No dictionary for the language {lang}: run `pip install pymorphy3-dicts-{lang}`."
        ) from error


def readings(word: str, lang: str) -> Readings:
    """Return the symbols that a word can stand for, each with the cells that it fills.

    A symbol is a lemma with the class of the word: `N` noun (`F` as well for a first name, `W` for
    any other proper name), `A` adjective, `V` verb, `P…` participle (with its tense and voice),
    `R` pronoun, `D` adverb, particle or conjunction, `E` preposition.

    >>> sorted(readings("мирного", "ru"))
    ['мирный/A', 'мирный/N', 'мирный/W']
    """
    return _readings(analyzer(lang).parse(word))


def _readings(parses: Iterable[Any]) -> Readings:
    found: dict[str, int] = {}
    for _, tag, lemma, *_ in parses:
        if "Abbr" in tag.grammemes and len(lemma) == 1:
            continue  # every letter can be somebody's initial: В. Путин
        for symbol, mask in _symbols(lemma, str(tag)):
            found[symbol] = found.get(symbol, 0) | mask
    return found


def _is_from_dictionary(parse: Any) -> bool:  # noqa: ANN401 - pymorphy3 has no types
    """Tell whether a parse was looked up rather than predicted; its way has one step then."""
    way = parse[4]
    return len(way) == 1 and len(way[0]) == 4


class Lexicon:
    """Knows what the words of a language can be; looks each spelling up once.

    A form of a word that the dictionary lacks is often predicted to belong to some other lemma
    than its dictionary form. So the forms of those unknown words which were looked up as terms
    are made from their dictionary form, as soon as a word with the same beginning turns up.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._known: dict[str, Readings] = {}
        self._unknown: dict[str, list[str]] = {}
        self._predicted: dict[str, Readings] = {}

    def readings(self, word: str) -> Readings:
        """Return the symbols of a term's word with the cells that it fills."""
        if word not in self._known:
            parses = analyzer(self.lang).parse(word)
            self._known[word] = _readings(parses)
            if word[:1].isalpha() and not any(map(_is_from_dictionary, parses)):
                self._unknown.setdefault(word[:_BEGINNING], []).append(word)
        return self._known[word]

    def text_readings(self, word: str) -> Readings:
        """Return the symbols of a word of a text with the cells that it fills."""
        for unknown in self._unknown.pop(word[:_BEGINNING], ()):
            for form, symbol, mask in inflections(unknown, self.lang):
                forms = self._predicted.setdefault(normal_spelling(form), {})
                forms[symbol] = forms.get(symbol, 0) | mask
        found = dict(self._known.get(word) or readings(word, self.lang))
        for symbol, mask in self._predicted.get(word, {}).items():
            found[symbol] = found.get(symbol, 0) | mask
        return found

    def forms(self, symbol: str) -> Iterator[tuple[str, int]]:
        """Yield the forms of a lemma with the cells that each fills."""
        lemma = symbol.rpartition("/")[0]
        for form, found, mask in inflections(lemma, self.lang):
            if found == symbol:
                yield form, mask

    def form(self, symbol: str, wanted: int) -> str:
        """Return the form of a lemma that fills a wanted cell, or the lemma itself.

        >>> Lexicon("ru").form("мирный/A", cells(["gent"], ["femn"]))
        'мирной'
        """
        fitting = (form for form, mask in self.forms(symbol) if mask & wanted)
        return next(fitting, symbol.rpartition("/")[0])


class LiteralLexicon(Lexicon):
    """The lexicon of a language without a dictionary: words are what they look like."""

    def readings(self, word: str) -> Readings:
        """Return nothing: no lemma is known."""
        del word
        return {}

    text_readings = readings


def lexicon(lang: str) -> Lexicon:
    """Return the lexicon of a language, whatever region its code names.

    >>> lexicon("ru-RU").lang, type(lexicon("fr")).__name__
    ('ru', 'LiteralLexicon')
    """
    language = lang.partition("-")[0].casefold()
    return (Lexicon if language in LANGUAGES else LiteralLexicon)(language)


def with_yo(word: str) -> str:
    """Return a Russian word with ё where the dictionary knows it only so.

    >>> with_yo("самолет"), with_yo("мир"), with_yo("все")
    ('самолёт', 'мир', 'все')
    """
    folded = word.casefold()
    if "е" not in folded or "ё" in folded or analyzer("ru").word_is_known(folded, strict=True):
        return word
    parses = analyzer("ru").parse(folded)
    if word[0].isupper():
        parses = [parse for parse in parses if _NAMES.keys() & parse[1].grammemes]
    forms = {parse[0] for parse in parses if len(parse[4]) == 1}
    if len(forms) != 1 or len(form := forms.pop()) != len(word):
        return word
    return "".join(
        ("Ё" if letter.isupper() else "ё") if spelt == "ё" else letter
        for letter, spelt in zip(word, form, strict=True)
    )


def inflections(word: str, lang: str) -> Iterator[tuple[str, str, int]]:
    """Yield the forms (form, symbol, cells) of a word as predicted from its dictionary form.

    Meant for words that the dictionary lacks: a form taken by itself is often predicted to
    belong to some other lemma.

    >>> [form for form, symbol, _ in inflections("Байден", "ru") if symbol == "байден/N"][:2]
    ['байден', 'байдена']
    """
    from pymorphy3.analyzer import Parse  # noqa: PLC0415 - as in `analyzer`

    morph = analyzer(lang)
    for parse in morph.parse(word):
        for form, tag, lemma, _, _ in morph.get_lexeme(Parse(*parse)):
            for symbol, mask in _symbols(lemma, str(tag)):
                yield form, symbol, mask


def _symbols(lemma: str, tag: str) -> Iterator[tuple[str, int]]:
    plain = lemma.replace("ё", "е")
    for suffix, mask in _classes(tag):
        yield plain + suffix, mask


@cache
def _classes(tag: str) -> tuple[tuple[str, int], ...]:
    """Return the classes of words with this tag, and the cells they fill."""
    grammemes = frozenset(re.split("[ ,]", tag))
    if "NOUN" in grammemes:
        names = tuple((suffix, 0) for name, suffix in _NAMES.items() if name in grammemes)
        return (("/N", _noun_cells(grammemes)), *names)
    if grammemes & {"ADJF", "ADJS", "COMP"}:
        pronoun = (("/R", 0),) if "Apro" in grammemes else ()
        return (("/A", _adjective_cells(grammemes)), *pronoun)
    if grammemes & {"PRTF", "PRTS"}:
        kind = "".join(sorted(grammemes & {"actv", "pssv", "pres", "past"}))
        mask = _adjective_cells(grammemes)
        return (("/P" + kind, mask), ("/V", mask))
    if grammemes & {"VERB", "INFN", "GRND"}:
        return (("/V", VERBAL),)
    return tuple((suffix, 0) for name, suffix in _INVARIABLE.items() if name in grammemes)


def _case(grammemes: frozenset[str]) -> list[str]:
    return [_CASE_OF[grammeme] for grammeme in grammemes if grammeme in _CASE_OF]


def _noun_cells(grammemes: frozenset[str]) -> int:
    animacies = grammemes & set(ANIMACIES) or ANIMACIES
    case = _case(grammemes)
    if "plur" in grammemes:
        return cells(case, ["plur"], animacies)
    if "ms-f" in grammemes or "Ms-f" in grammemes:
        genders: Iterable[str] = ["masc", "femn"]
    else:
        genders = grammemes & set(NUMBERS) or NUMBERS[:3]
    paucal = cells(["paucal"], genders, animacies) if "gent" in case else 0
    return cells(case, genders, animacies) | paucal


def _adjective_cells(grammemes: frozenset[str]) -> int:
    case = _case(grammemes)
    if not case:
        return SHORT
    animacies = grammemes & set(ANIMACIES) or ANIMACIES
    if "plur" not in grammemes:
        return cells(case, grammemes & set(NUMBERS) or NUMBERS[:3], animacies)
    paucal = 0
    if "gent" in case:
        paucal = cells(["paucal"], ["masc", "femn", "neut"])
    if "nomn" in case:
        paucal = cells(["paucal"], ["femn"])
    return cells(case, ["plur"], animacies) | paucal
