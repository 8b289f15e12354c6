"""Reading numbers in Russian and English: digits, words, scales, ranges, Roman numerals.

A quantity may stand for several values («в 90-х» is 90 or 1990); two quantities agree where they
share one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Literal

from toolkit.bitext import Span
from toolkit.checks.tokens import Token, fold, rows

Language = Literal["ru", "en"]
Kind = Literal["digits", "words", "other"]

ENDINGS = ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
"""The endings of миллион, миллиард and триллион."""
SCALES: dict[Language, dict[str, int]] = {
    "ru": {
        **dict.fromkeys(
            "тыс тысяча тысячу тысячи тысяч тысячам тысячами тысячах тысячей тысячью".split(), 10**3
        ),
        **dict.fromkeys("сотня сотню сотни сотен сотням сотнями сотнях сотней".split(), 100),
        **dict.fromkeys(["млн", *("миллион" + ending for ending in ENDINGS)], 10**6),
        **dict.fromkeys(["млрд", *("миллиард" + ending for ending in ENDINGS)], 10**9),
        **dict.fromkeys(["трлн", *("триллион" + ending for ending in ENDINGS)], 10**12),
    },
    "en": {
        **dict.fromkeys("hundred".split(), 100),
        **dict.fromkeys("thousand thousands k".split(), 10**3),
        **dict.fromkeys("million millions mln mn m".split(), 10**6),
        **dict.fromkeys("billion billions bn bln".split(), 10**9),
        **dict.fromkeys("trillion trillions tn trn".split(), 10**12),
    },
}
SINGULAR_SCALES = frozenset("сотня сотню тысяча тысячу миллион миллиард триллион".split())
"""Scales that stand for one of their kind; «тысячи людей» is no number."""
DECADE = re.compile(r"[-‑]?(?:х|е|ые|ых|м|ми|s|'s|’s)\b")
RANGE = re.compile(
    r"\s*(?:[-–—‑…]|до|и|или|по|to|and|or|through|against|vs\.?)\s*|\s*%?\s*[-–—]\s*"
)
ROMAN = re.compile(r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\w])")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
HALF_A = re.compile(r"\bhalf (?:a|an) (hundred|thousand|million|billion|trillion|dozen)\b")
HALF_RU = re.compile(r"\bполу?(тысяч|миллион|миллиард|триллион|сотн)")
AND_A_HALF = re.compile(r"\s+and a half\b|\s+с половиной\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Fields:
        values: what it may stand for.
        kind: `digits`, `words`, or `other` for what hints at a number («тройка», “both”).
        start, stop: where the number stands, with its scale.
    """

    values: frozenset[Decimal]
    kind: Kind
    start: int
    stop: int

    @property
    def span(self) -> Span:
        """Where the number stands."""
        return self.start, self.stop


def read_quantities(text: str, words: Sequence[Token], language: Language) -> tuple[Quantity, ...]:
    """Find the numbers of a text.

    Args:
        text: the text.
        words: its tokens.
        language: whose number words and decimal mark to expect.

    >>> from toolkit.checks.tokens import tokens
    >>> text = "2,5 млрд рублей за двадцать пять лет"
    >>> [sorted(map(str, one.values)) for one in read_quantities(text, tokens(text), "ru")]
    [['2500000000.0'], ['25']]
    """
    found = _with_ranges(text, list(_runs(text, words, language)))
    return (*found, *_halves(text, language), *_roman(words, language))


def _runs(text: str, words: Sequence[Token], language: Language) -> Iterator[Quantity]:
    """Yield the numbers in digits or words, each with the scale behind it."""
    spelt = _spelt_words(language)
    index = 0
    while index < len(words):
        token = words[index]
        if token.text[0].isdigit():
            values = digit_values(token.text, language) | _decade(text, token)
            stop, values = _scaled(text, words, index, values, language)
            yield Quantity(values, "digits", token.start, words[stop - 1].stop)
            index = stop
        elif token.folded in spelt:
            stop, quantity = _spelt(text, words, index, language)
            yield quantity
            index = stop
        else:
            if others := _other_values(token.folded, language):
                yield Quantity(others, "other", token.start, token.stop)
            index += 1


@cache
def _spelt_words(language: Language) -> frozenset[str]:
    """The words that a number without digits may begin with."""
    return frozenset({*_number_words(language), *_spelt_scales(language)})


@cache
def _spelt_scales(language: Language) -> dict[str, int]:
    """The scales that may stand without digits: a million, but not m."""
    return {word: scale for word, scale in SCALES[language].items() if len(word) > 2}


def digit_values(digits: str, language: Language) -> frozenset[Decimal]:
    """Read digits by the conventions of a language; nothing where they break them.

    >>> sorted(map(float, digit_values("1 234,5", "ru"))), digit_values("1,5", "en")
    ([1234.5], frozenset())
    """
    plain = re.sub(r"\s", "", digits)
    if plain.isdigit():
        return frozenset({Decimal(plain)})
    grouping, point = (".", ",") if language == "ru" else (",", ".")
    found = set()
    if re.fullmatch(rf"\d+\{point}\d+", plain):
        found.add(Decimal(plain.replace(point, ".")))
    if re.fullmatch(rf"\d{{1,3}}(?:\{grouping}\d{{3}})+(?:\{point}\d+)?", plain):
        found.add(Decimal(plain.replace(grouping, "").replace(point, ".")))
    if language == "ru" and re.fullmatch(r"\d+\.\d+|\d{1,3}(?:,\d{3})+", plain):
        found.add(Decimal(plain.replace(",", "")))  # as English writes it
    if found:
        return frozenset(found)
    if language == "en" and re.fullmatch(r"\d+,\d+", plain):
        return frozenset()
    return frozenset(map(Decimal, re.split("[.,]", plain)))


def _decade(text: str, token: Token) -> frozenset[Decimal]:
    """Give the year that a decade of two digits begins with: 90-е, 90s."""
    if len(token.text) == 2 and token.text[1] == "0" and DECADE.match(text, token.stop):
        return frozenset({Decimal(1900 + int(token.text))})
    return frozenset()


def _scaled(
    text: str, words: Sequence[Token], index: int, values: frozenset[Decimal], language: Language
) -> tuple[int, frozenset[Decimal]]:
    """Multiply values by the scales that follow the token; also give where the scales end."""
    stop = index + 1
    while stop < len(words) and not words[stop].is_number:
        scale = SCALES[language].get(words[stop].folded)
        gap = text[words[stop - 1].stop : words[stop].start]
        if scale is None or gap.strip(". -‑\u00a0\u202f") not in {"", "с лишним"}:
            break
        if (
            len(words[stop].text) < 3
            and words[stop].text in {"m", "M", "k", "K"}
            and gap.strip("-")
        ):
            break  # 100 m are metres, 100m are millions
        values = frozenset(value * scale for value in values)
        stop += 1
    return stop, values


def _spelt(
    text: str, words: Sequence[Token], index: int, language: Language
) -> tuple[int, Quantity]:
    """Read a number in words; return where it ends, and the number."""
    known, scales = _number_words(language), _spelt_scales(language)
    total, group, last = Decimal(0), Decimal(0), Decimal(10**15)
    first = index
    while index < len(words):
        word = words[index].folded
        if index > first and not _joins(text[words[index - 1].stop : words[index].start]):
            break
        if word in scales:
            group = (group or Decimal(1)) * scales[word]
            if scales[word] > 100:
                total, group, last = total + group, Decimal(0), Decimal(scales[word])
            else:
                last = Decimal(100)
        elif word in known and known[word] < _magnitude(last):
            group, last = group + known[word], known[word]
        elif not (word == "and" and _continues(words, index, last, known)):
            break
        index += 1
    alone = index - first == 1
    value = total + group
    kind: Kind = "words"
    if alone and (words[first].folded in scales and words[first].folded not in SINGULAR_SCALES):
        kind = "other"
    values = {value}
    if first and words[first - 1].folded == "half":
        values.add(value / 2)
    return index, Quantity(frozenset(values), kind, words[first].start, words[index - 1].stop)


def _joins(gap: str) -> bool:
    return gap in {" ", "-", "\u00a0", "‑"}


def _continues(
    words: Sequence[Token], index: int, last: Decimal, known: Mapping[str, Decimal]
) -> bool:
    """Tell whether an “and” leads on to smaller numbers: a hundred and five."""
    if index + 1 >= len(words) or last < 100:
        return False
    following = known.get(words[index + 1].folded)
    if following is None or following >= 100:
        return False
    behind = words[index + 2].folded if index + 2 < len(words) else ""
    return behind not in SCALES["en"]


def _magnitude(last: Decimal) -> Decimal:
    """Give the limit of what may be added to a number: twenty-five, but not five-twenty."""
    if last > 10**12:  # nothing yet
        return Decimal(10**4)
    if last >= 1000:
        return Decimal(1000)
    if last >= 100:
        return Decimal(100)
    return Decimal(10) if last >= 20 else Decimal(0)


def _with_ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    """Let the first number of a range have the scale of the second: от 2 до 3 млн."""
    for index in range(len(found) - 1):
        one, other = found[index], found[index + 1]
        if not RANGE.fullmatch(text, one.stop, other.start):
            continue
        for scale in (10**3, 10**6, 10**9, 10**12):
            smallest = min(other.values, default=Decimal(0))
            if smallest >= scale and all(value < 1000 for value in one.values):
                scaled = frozenset(value * scale for value in one.values)
                found[index] = replace(found[index], values=found[index].values | scaled)
    return [_and_a_half(text, one) for one in found]


def _and_a_half(text: str, one: Quantity) -> Quantity:
    if match := AND_A_HALF.match(text, one.stop):
        half = Decimal("0.5")
        more = frozenset(value + half for value in one.values)
        return replace(one, values=one.values | more, stop=match.end())
    return one


def _halves(text: str, language: Language) -> Iterator[Quantity]:
    """Yield полмиллиона and half a million, полтора миллиона and one and a half million."""
    if language == "en":
        if "half" not in text:
            return
        for found in HALF_A.finditer(text):
            scale = {"dozen": 12, **SCALES["en"]}[found.group(1)]
            yield Quantity(frozenset({Decimal(scale) / 2}), "other", *found.span())
        for found in re.finditer(
            r"\b(\w+) and a half (thousand|million|billion|trillion)", text, re.IGNORECASE
        ):
            value = _number_words("en").get(fold(found.group(1)), Decimal(1))
            scale = SCALES["en"][found.group(2)]
            values = frozenset({(value + Decimal("0.5")) * scale})
            yield Quantity(values, "other", *found.span())
        return
    names = {"тысяч": 1000, "миллион": 10**6, "миллиард": 10**9, "триллион": 10**12, "сотн": 100}
    for found in HALF_RU.finditer(text.casefold()):
        yield Quantity(frozenset({Decimal(names[found.group(1)]) / 2}), "other", *found.span())
    for found in re.finditer(
        r"\bпол(?:тора|торы|утора)(?: (тысяч|миллион|миллиард|сотн))?", text.casefold()
    ):
        scale = names.get(found.group(1) or "", 1)
        values = frozenset({Decimal("1.5") * scale})
        yield Quantity(values, "other", *found.span())


def _roman(words: Iterable[Token], language: Language) -> Iterator[Quantity]:
    """Yield Roman numerals; «I» by itself is a pronoun in English."""
    for token in words:
        if token.text.isupper() and ROMAN.fullmatch(token.text):
            kind: Kind = "other" if len(token.text) == 1 or language == "en" else "digits"
            yield Quantity(frozenset({roman_value(token.text)}), kind, token.start, token.stop)


def roman_value(numeral: str) -> Decimal:
    """Read a Roman numeral.

    >>> roman_value("XIX")
    Decimal('19')
    """
    digits = [ROMAN_DIGITS[letter] for letter in numeral]
    signed = [
        -digit if digit < following else digit
        for digit, following in zip(digits, [*digits[1:], 0], strict=True)
    ]
    return Decimal(sum(signed))


@cache
def _number_words(language: Language) -> dict[str, Decimal]:
    """The number words of a language, in all their forms, with what they stand for."""
    found: dict[str, Decimal] = {}
    for value, russian, _, english, _ in rows("numbers.tsv"):
        for word in filter(None, (russian if language == "ru" else english).split(",")):
            for form in _forms(word) if language == "ru" else [word]:
                found.setdefault(form, Decimal(value))
    found.pop("семью", None)  # also «семья»
    return found


def _forms(word: str) -> Iterator[str]:
    """Yield the forms of a Russian numeral."""
    from pymorphy3.analyzer import Parse  # noqa: PLC0415 - as the dictionary, loaded when needed

    from toolkit.morphology import analyzer  # noqa: PLC0415

    morph: Any = analyzer("ru")
    for parse in morph.parse(word):
        if {"NUMR", "Anum"} & parse[1].grammemes or word in {"нуль", "ноль"}:
            for form, *_ in morph.get_lexeme(Parse(*parse)):
                yield fold(form)
    yield fold(word)


@cache
def _others(language: Language) -> tuple[dict[str, frozenset[Decimal]], tuple[str, ...]]:
    found: dict[str, frozenset[Decimal]] = {}
    for value, _, parts, _, others in rows("numbers.tsv"):
        for word in filter(None, (parts if language == "ru" else others).split(",")):
            found[fold(word)] = found.get(fold(word), frozenset()) | {Decimal(value)}
    return found, tuple(found)


@lru_cache(maxsize=1 << 16)
def _other_values(word: str, language: Language) -> frozenset[Decimal]:
    """Give what a word hints at: by its beginning in Russian, as a whole in English."""
    known, beginnings = _others(language)
    if language == "en":
        ordinal = _number_words("en").get(word.removesuffix("s"))
        return known.get(word, frozenset()) | ({ordinal} if ordinal is not None else set())
    if not word.startswith(beginnings):
        return frozenset()
    longest = max((one for one in beginnings if word.startswith(one)), key=len)
    return _compound(known[longest], word.removeprefix(longest))


def _compound(values: frozenset[Decimal], rest: str) -> frozenset[Decimal]:
    """Read on in a compound word: двадцати-шести-летний, четырёх-миллионный."""
    scales = {"тысяч": 1000, "миллион": 10**6, "миллиард": 10**9}
    for name, scale in scales.items():
        if rest.startswith(name):
            return frozenset(value * scale for value in values)
    more = _other_values(rest, "ru") if rest else frozenset()
    return values | {value + unit for value in values for unit in more if unit < value}
