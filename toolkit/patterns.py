"""How a source term may look in running text: which of its words inflect, and agree with which.

    мирный договор об Антарктике
    └──── group ─┘ └─ as it is ┘

A noun phrase inflects in its head and in the modifiers that agree with it; what depends on the
head stays as in the dictionary form. A verb inflects by itself, its object follows it in the
accusative, under negation in the genitive. Every other phrase stays as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from toolkit.bitext import Concept
from toolkit.morphology import (
    ACCUSATIVE,
    ANY,
    NOMINAL,
    NOMINATIVE,
    NUMBERS,
    OBJECT,
    PLURAL,
    SHORT,
    VERBAL,
    Lexicon,
    Readings,
    cells,
    normal_spelling,
)

_WORD = re.compile(r"\w+(?:[-'&.]\w+)*|[^\w\s«»„“”\"‹›]")
_ABBREVIATION = re.compile(r"(?=.*[A-ZА-ЯЁ].*[A-ZА-ЯЁ0-9])[^a-zа-яё]+")
_MOST_PATHS = 64


@dataclass(frozen=True, slots=True)
class Element:
    """A word of a term.

    Fields:
        symbols: what the word may be in the text: forms (`=огня`), abbreviations (`^США`),
            lemmas (`мирный/A`).
        group: number of the agreeing group that the word belongs to; None where it is fixed.
    """

    symbols: tuple[str, ...]
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A term as a sequence of words, with the cells that each agreeing group is limited to.

    Fields:
        elements: the words in order.
        limits: the permitted cells of each group.
        linked: whether all groups stand in the same case (apposition).
        verb: number of the group of the verb; the other group is its object.
        gap: index of the element before which a few other words may stand; 0 for none.
    """

    elements: tuple[Element, ...]
    limits: tuple[int, ...] = ()
    linked: bool = False
    verb: int | None = None
    gap: int = 0

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Yield every sequence of symbols that the pattern admits."""
        choices = product(*(element.symbols for element in self.elements))
        for path, _ in zip(choices, range(_MOST_PATHS), strict=False):
            yield path


def words_of(term: str) -> list[str]:
    """Return the words and marks of a term; quotation marks do not count.

    >>> words_of("партия «Единая Россия» (ЕР)")
    ['партия', 'Единая', 'Россия', '(', 'ЕР', ')']
    """
    return _WORD.findall(normal_spelling(term))


def is_abbreviation(word: str) -> bool:
    """Tell whether a word is written in capitals whose case matters.

    >>> is_abbreviation("ВСУ"), is_abbreviation("Россия")
    (True, False)
    """
    return bool(_ABBREVIATION.fullmatch(word))


def fixed(word: str) -> Element:
    """Return the element of a word that stays as it is."""
    return Element((f"^{word}" if is_abbreviation(word) else f"={word.casefold()}",))


def patterns(term: str, concept: Concept, lexicon: Lexicon) -> tuple[Pattern, ...]:
    """Return how a term of a concept may look in text."""
    words = words_of(term)
    readings = [
        {} if is_abbreviation(word) else lexicon.readings(word.casefold()) for word in words
    ]
    builders = {
        "noun": (_noun_phrase, _adjective_phrase),
        "name": (_person if concept.domain == "person" else _noun_phrase, _adjective_phrase),
        "adj": (_adjective_phrase, _noun_phrase),
        "verb": (_verb_phrase,),
        "phrase": (_verb_phrase, _noun_phrase),
    }
    for build in builders.get(concept.pos, ()):
        if found := build(words, readings):
            return (found, *_object_first(found))
    return (Pattern(tuple(map(fixed, words))),)


def _lemmas(readings: Readings, classes: str, allowed: int) -> Readings:
    """Select the readings that belong to one of the classes and fill an allowed cell."""
    return {
        symbol: mask & allowed
        for symbol, mask in readings.items()
        if symbol.rpartition("/")[2][0] in classes and mask & allowed
    }


def _union(readings: Readings) -> int:
    result = 0
    for mask in readings.values():
        result |= mask
    return result


def _is_adverb(readings: Readings) -> bool:
    """Tell whether a word may stand among modifiers without agreeing: adverbs and “и”.

    The dictionary knows some adverbs only as short adjectives: «международно признанный».
    """
    classes = {symbol[-1] for symbol in readings}
    return "E" not in classes and ("D" in classes or SHORT in readings.values())


def _is_preposition(readings: Readings) -> bool:
    return any(symbol.endswith("/E") for symbol in readings)


def _head(readings: Sequence[Readings], classes: str, allowed: int) -> tuple[int, int] | None:
    """Find the head of the noun phrase that a term begins with.

    Returns:
        the index of the head, and the cells in which the head and all its modifiers agree.
    """
    found = None
    agreed = allowed
    for index, word in enumerate(readings):
        if head := agreed & _union(_lemmas(word, classes, allowed)):
            found = (index, head)
        modifier = agreed & _union(_lemmas(word, "AP", allowed))
        if not modifier and not _is_adverb(word):
            break
        agreed = modifier or agreed
    return found


def _agreeing(
    words: Sequence[str],
    readings: Sequence[Readings],
    span: tuple[int, int],
    classes: str,
    agreed: int,
) -> Iterator[Element]:
    """Yield the elements of a head, the last word of the span, and of its modifiers."""
    start, head = span
    for index in range(start, head + 1):
        wanted = classes if index == head else "AP"
        symbols = tuple(_lemmas(readings[index], wanted, agreed))
        yield Element(symbols, 0) if symbols else fixed(words[index])


def _number_limit(agreed: int) -> int:
    """Return the cells of a group: a term that lives in the plural is never singular."""
    only_plural = not agreed & ~PLURAL
    return PLURAL if only_plural else NOMINAL


def _noun_phrase(words: Sequence[str], readings: Sequence[Readings]) -> Pattern | None:
    found = _head(readings, "N", NOMINATIVE) or _head(readings, "AP", NOMINATIVE)
    if not found:
        return None
    head, agreed = found
    classes = "N" if _lemmas(readings[head], "N", agreed) else "AP"
    elements = list(_agreeing(words, readings, (0, head), classes, agreed))
    limits = [_number_limit(agreed)]
    for index in range(head + 1, len(words)):
        apposition = _apposition(readings[index])
        if apposition and words[index][0].isupper():
            elements.append(Element((*apposition, *fixed(words[index]).symbols), len(limits)))
            limits.append(ANY)
        else:
            elements.append(fixed(words[index]))
    return Pattern(tuple(elements), tuple(limits), linked=True)


def _apposition(readings: Readings) -> tuple[str, ...]:
    """Return the lemmas of a word that can be in the nominative."""
    return tuple(_lemmas(readings, "NA", NOMINATIVE))


def _adjective_phrase(words: Sequence[str], readings: Sequence[Readings]) -> Pattern | None:
    for start in range(len(words)):
        if found := _head(readings[start:], "AP", NOMINATIVE):
            head, agreed = start + found[0], found[1]
            inflecting = _agreeing(words, readings, (start, head), "AP", agreed)
            before, after = map(fixed, words[:start]), map(fixed, words[head + 1 :])
            return Pattern((*before, *inflecting, *after), (NOMINAL | SHORT,))
    return None


def _person(words: Sequence[str], readings: Sequence[Readings]) -> Pattern | None:
    """A name keeps its number and gender: Захаров is not Захарова."""
    found = _noun_phrase(words, readings)
    head = _head(readings, "N", NOMINATIVE & ~PLURAL) if found else None
    if not found or not head:
        return found
    gender = [number for number in NUMBERS if head[1] & cells(numbers=[number])]
    return replace(found, limits=(cells(numbers=gender), *found.limits[1:]))


def _verb_phrase(words: Sequence[str], readings: Sequence[Readings]) -> Pattern | None:
    verbs = [index for index, word in enumerate(readings) if _lemmas(word, "V", VERBAL)]
    if not verbs:
        return None
    verb = verbs[0]
    elements = [*map(fixed, words)]
    elements[verb] = Element(tuple(_lemmas(readings[verb], "V", VERBAL)), 0)
    if not (found := _object(readings, verb + 1)):
        gap = verb + 1 if _governs_noun(readings, verb) else 0
        return Pattern(tuple(elements), (ANY,), gap=gap)
    start, head, agreed = found
    group = _agreeing(words, readings, (start, head), "N", agreed)
    elements[start : head + 1] = [
        Element(one.symbols, 1 if one.group == 0 else None) for one in group
    ]
    limits = (ANY, OBJECT & _number_limit(agreed))
    return Pattern(tuple(elements), limits, verb=0, gap=verb + 1)


def _governs_noun(readings: Sequence[Readings], verb: int) -> bool:
    """Tell whether more than a preposition («голосовать за») follows a verb."""
    return verb + 1 < len(readings) and not _is_preposition(readings[-1])


def _object(readings: Sequence[Readings], start: int) -> tuple[int, int, int] | None:
    """Find the direct object: the first accusative that depends on no preposition."""
    for first in range(start, len(readings)):
        is_free = first == start or not _is_preposition(readings[first - 1])
        if is_free and (found := _head(readings[first:], "N", ACCUSATIVE)):
            return first, first + found[0], found[1]
    return None


def _object_first(found: Pattern) -> Iterator[Pattern]:
    """Yield the pattern of a verb that stands behind its object: «признательность выразил»."""
    if found.verb is None or found.elements[0].group != 0 or found.elements[1].group is None:
        return
    verb, *rest = found.elements
    objects = [element for element in rest if element.group == 1]
    if len(objects) == len(rest):
        yield replace(found, elements=(*objects, verb), gap=len(objects))
