"""What decides whether words of a text are a term: how they agree, and what stands around them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from toolkit import morphology
from toolkit.bitext import Concept
from toolkit.morphology import (
    ACCUSATIVE,
    ANIMATE,
    ANY,
    DATIVE,
    NOMINAL,
    NOMINATIVE,
    PAUCAL,
    SHORT,
    same_case,
)
from toolkit.patterns import Pattern, is_abbreviation

QUOTES = '«»„“”"‹›'
ABBREVIATION_ENDINGS = ("а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
"""Endings of abbreviations that decline: МИДа, МИДом."""
LONGEST_ABBREVIATION = 5
"""A longer word in capitals is taken for emphasis, not for an abbreviation."""
LONGEST_GAP = 4
"""So many words may stand between a verb and its object: выразил в связи с этим признательность."""
AUXILIARIES = frozenset("быть был была было были будет будут".split())
"""Verbs that may stand between an object and its verb: санкции были введены."""
FEW = re.compile("(?:.*[^1]|)[234]|два|две|двух|три|четыре|оба|обе|полтора|полторы")
"""Numerals after which a noun stands in the genitive singular, its modifiers in the plural."""
NAMED = re.compile("(проспект|площад|улиц|переул|бульвар|станци|преми|газет|журнал|движени|парти)")
"""What is called by a common noun in capitals: проспект Мира."""
GOVERNMENT = {
    preposition: morphology.cells(cases.split())
    for cases, prepositions in {
        "gent": "без для до из от у около против после вместо ради кроме среди вокруг из-за из-под",
        "datv": "к ко благодаря вопреки согласно",
        "accs": "через про сквозь",
        "ablt": "над перед",
        "ablt gent": "между",
        "accs loct": "в во на о об обо",
        "loct": "при",
        "accs ablt": "за под",
        "gent ablt accs": "с со",
        "datv accs loct": "по",
    }.items()
    for preposition in prepositions.split()
}
"""The cells that a noun may fill behind a preposition."""

_SATELLITES = frozenset("NFWDRE")
_ADVERBIAL = frozenset("DR")
_QUOTES = re.compile(f"[{QUOTES}]")

_LETTER = "[\\w\u00ad\u0300-\u036f\u200b-\u200d\u2060]"
TOKEN = re.compile(
    f"\\w{_LETTER}*(?:[-'’&\u2010\u2011]\\w{_LETTER}*)*|\\n[^\\S\\n]*\\n|[^\\w\\s{QUOTES}]"
)
"""A word, the end of a paragraph, or a mark; quotation marks do not count."""


class Word(NamedTuple):
    """What a spelling contributes to terms.

    Fields:
        form: the spelling without soft hyphens, stress marks and ё.
        length: the length of the spelling.
        symbols: the symbols of the glossary that it can stand for, with the cells it fills.
        classes: the classes of all its readings, the letters after `/` in their symbols.
        noun: the cells that it fills as a noun.
        begins: whether a term may begin with it.
        parts: the names that a hyphen joins: Путин-Трамп.
    """

    form: str
    length: int
    symbols: Mapping[str, int]
    classes: frozenset[str]
    noun: int
    begins: bool
    parts: tuple["Word", ...] = ()

    def may_intervene(self, *, verb_first: bool) -> bool:
        """Tell whether the word may stand between a verb and its object.

        Behind the verb those are other nouns with what belongs to nouns, behind the object only
        adverbs, pronouns and auxiliaries.
        """
        if not verb_first:
            return self.form in AUXILIARIES or (bool(self.classes) and self.classes <= _ADVERBIAL)
        if self.classes & {"A", "P"}:
            return True
        return bool(self.classes) and self.classes <= _SATELLITES


class Text:
    """The words of a text, and where they stand."""

    def __init__(self, text: str, words: list[Word]) -> None:
        self.text = text
        self._whole = words
        self.words = words
        if "-" in text:
            self.words = [part for word in words for part in word.parts or (word,)]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The offsets of each word."""
        spans: list[tuple[int, int]] = []
        for found, word in zip(TOKEN.finditer(self.text), self._whole, strict=True):
            start = found.start()
            for part in word.parts or (word,):
                spans.append((start, start + part.length))
                start += part.length + 1
        return spans

    @cached_property
    def is_headline(self) -> bool:
        """Whether all of it is in capitals, and more than an abbreviation."""
        return len(self.words) > 1 and self.text.isupper()

    def quoted_span(self, first: int, last: int) -> tuple[int, int] | None:
        """Return the offsets of some words, with the partner of a quotation mark among them.

        Returns:
            None where one of a pair of marks stands among the words, the other elsewhere.
        """
        start, stop = self.spans[first][0], self.spans[last][1]
        if len(_QUOTES.findall(self.text, start, stop)) % 2 == 0:
            return start, stop
        if self.text[stop : stop + 1] in {*QUOTES}:
            return start, stop + 1
        if self.text[max(0, start - 1) : start] in {*QUOTES}:
            return start - 1, stop
        return None


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of a concept, in one of its patterns; the rank is its place in the glossary."""

    concept: Concept
    term: str
    pattern: Pattern
    rank: int


@dataclass(frozen=True)
class Hit:
    """A term whose words are found in a text.

    Fields:
        entry: the term.
        text: the text.
        places: the indexes of the words.
        masks: the cells that each word fills.
    """

    entry: Entry
    text: Text
    places: tuple[int, ...]
    masks: tuple[int, ...]

    @cached_property
    def agreed(self) -> int | None:
        """The cells in which the first group agrees; None if some group disagrees."""
        return agreement(self.entry.pattern, self.masks)

    @property
    def cells(self) -> int:
        """The cells in which the first group agrees; 0 where there is no such group."""
        return self.agreed or 0

    @property
    def word(self) -> Word:
        """The first word."""
        return self.text.words[self.places[0]]

    @property
    def before(self) -> Word | None:
        """The word or mark before the first."""
        return self.text.words[self.places[0] - 1] if self.places[0] else None

    @property
    def term(self) -> str:
        """The term without quotation marks before it."""
        return self.entry.term.lstrip(QUOTES)

    @property
    def is_single(self) -> bool:
        """Whether it has one word only."""
        return len(self.places) == 1

    @property
    def begins_sentence(self) -> bool:
        """Whether it stands where any word has a capital."""
        return self.before is None or not self.before.form[0].isalnum()


def agreement(pattern: Pattern, masks: Sequence[int]) -> int | None:
    """Return the cells in which a pattern's first group agrees; None if some group disagrees."""
    groups = [ANY] * len(pattern.limits)
    for element, mask in zip(pattern.elements, masks, strict=True):
        if element.group is not None:
            groups[element.group] &= mask
    if pattern.verb is not None:
        return groups[0] if _governs(groups[0], groups[1], pattern.limits[1]) else None
    groups = [mask & limit for mask, limit in zip(groups, pattern.limits, strict=True)]
    if pattern.linked:
        for other in groups[1:]:
            groups[0] = same_case(groups[0], other)
    return (groups[0] if groups else 0) if all(groups) else None


def _governs(verb: int, noun: int, limit: int) -> bool:
    """Tell whether a verb can have a noun as its object, or, in the passive, as its subject."""
    if noun & limit:
        return True
    passive = noun & NOMINATIVE if verb & SHORT else verb & noun & NOMINAL
    return bool(passive)


def disagrees(one: Hit) -> bool:
    """The words must agree in case, number and gender."""
    return one.agreed is None


def lacks_numeral(one: Hit) -> bool:
    """«мирных договора» stands behind a numeral only: два мирных договора."""
    if not one.cells or one.cells & ~PAUCAL:
        return False
    return one.before is None or not FEW.fullmatch(one.before.form.casefold())


def lacks_capital(one: Hit) -> bool:
    """A name of one or two words has its capital: «белый дом» is some house."""
    is_short = len(one.places) < 3
    return one.term[0].isupper() and is_short and one.word.form[0].islower()


def is_adjective(one: Hit) -> bool:
    """A capital at the beginning of a sentence makes no town: «Мирный атом»."""
    is_name = one.term[0].isupper() and one.entry.concept.domain != "person"
    return is_name and one.is_single and one.begins_sentence and "A" in one.word.classes


def is_name(one: Hit) -> bool:
    """A common noun is no proper name: «проспект Мира»."""
    form = one.word.form
    if not one.is_single or one.term[0].isupper() or form.isupper() or not form[0].isupper():
        return False
    if one.begins_sentence or one.before is None:
        return False
    return bool(one.word.classes & {"F", "W"} or NAMED.match(one.before.form.casefold()))


def is_namesake(one: Hit) -> bool:
    """A first name that does not agree is somebody else's: «Людмила Путина»."""
    if one.entry.concept.domain != "person" or not one.is_single or one.before is None:
        return False
    return "F" in one.before.classes and not one.before.noun & one.cells


def is_abbreviated(one: Hit) -> bool:
    """A short word in capitals is an abbreviation, unless all the text is in capitals."""
    form = one.word.form
    if not one.is_single or is_abbreviation(one.term) or not is_abbreviation(form):
        return False
    return len(form) <= LONGEST_ABBREVIATION and not one.text.is_headline


def is_preposition(one: Hit) -> bool:
    """«после» is a form of «посол» in longer terms only."""
    return one.is_single and "E" in one.word.classes


def is_governed_otherwise(one: Hit) -> bool:
    """A preposition wants another case: «без санкции» is singular."""
    pattern = one.entry.pattern
    wanted = one.before and GOVERNMENT.get(one.before.form.casefold())
    return bool(wanted and one.cells & NOMINAL and pattern.verb is None) and not (
        one.cells & (wanted or 0)
    )


def is_no_object(one: Hit) -> bool:
    """What stands before the verb may depend on a preposition or be the verb's subject."""
    pattern = one.entry.pattern
    if pattern.verb is None or pattern.elements[0].group == pattern.verb:
        return False
    verb = one.masks[-1]
    subject = one.word.noun & NOMINATIVE & ANIMATE and not verb & SHORT
    return bool(subject) or (one.before is not None and "E" in one.before.classes)


def has_other_object(one: Hit) -> bool:
    """A verb has one object: «отозвал заявление посла» recalls no ambassador.

    What a preposition governs is no object: «ввёл против банков санкции».
    """
    pattern, taken = one.entry.pattern, one.places
    if pattern.verb is None or taken[-1] - taken[0] < len(taken):
        return False
    is_governed = False
    for index in range(taken[0] + 1, taken[pattern.gap]):
        word = one.text.words[index]
        if word.classes & {"A", "P"}:
            continue
        if word.noun & ACCUSATIVE and not word.noun & DATIVE and not is_governed:
            return True
        is_governed = "E" in word.classes
    return is_governed


def leaves_gap(one: Hit) -> bool:
    """Words may be left out only where the pattern has a gap."""
    gap = one.entry.pattern.gap
    pairs = zip(one.places, one.places[1:], strict=False)
    return any(
        right > left + 1 and index != gap for index, (left, right) in enumerate(pairs, start=1)
    )


PROHIBITIONS: tuple[Callable[[Hit], bool], ...] = (
    disagrees,
    leaves_gap,
    lacks_numeral,
    lacks_capital,
    is_adjective,
    is_name,
    is_namesake,
    is_abbreviated,
    is_preposition,
    is_governed_otherwise,
    is_no_object,
    has_other_object,
)
