"""Finding a glossary's terms in running text, in whatever form the grammar gives them.

The terms are compiled once into a trie of symbols (lemmas, fixed forms, abbreviations). A word of
the text is looked up once for each distinct spelling; what it cannot contribute to any term is
dropped at once, so that the cost does not grow with the number of terms.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from toolkit import morphology
from toolkit.bitext import Concept, TermMatch
from toolkit.glossary import Glossary
from toolkit.morphology import (
    ACCUSATIVE,
    ANIMATE,
    ANY,
    DATIVE,
    NOMINAL,
    NOMINATIVE,
    PAUCAL,
    SHORT,
    describe,
    same_case,
)
from toolkit.patterns import Pattern, is_abbreviation, patterns

QUOTES = '«»„“”"‹›'
ABBREVIATION_ENDINGS = ("а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
"""Endings of abbreviations that decline: МИДа, МИДом."""
LONGEST_ABBREVIATION = 5
"""A longer word in capitals is taken for emphasis, not for an abbreviation."""
LONGEST_GAP = 3
"""So many words may stand between a verb and its object: выразил ему глубокую признательность."""
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

_SATELLITES = frozenset("NFWDR")
_ADVERBIAL = frozenset("DR")

_TOKEN = re.compile(
    "(?P<word>\\w(?:[\\w\u00ad\u0300-\u036f\u200b-\u200d\u2060]|[-'’&\u2010\u2011](?=\\w))*)"
    "|\\n[^\\S\\n]*\\n"
    '|[^\\w\\s«»„“”"‹›]'
)


@dataclass(frozen=True, slots=True)
class Word:
    """What a spelling contributes to terms.

    Fields:
        form: the spelling without soft hyphens, stress marks and ё.
        symbols: the symbols of the glossary that it can stand for, with the cells it fills.
        classes: the classes of all its readings, the letters after `/` in their symbols.
        noun: the cells that it fills as a noun.
        begins: whether a term may begin with it.
    """

    form: str
    symbols: Mapping[str, int]
    classes: frozenset[str]
    noun: int
    begins: bool

    def may_intervene(self, *, verb_first: bool) -> bool:
        """Tell whether the word may stand between a verb and its object.

        Behind the verb those are other nouns and what belongs to nouns, behind the object only
        adverbs, pronouns and auxiliaries.
        """
        if not verb_first:
            return self.form in AUXILIARIES or (bool(self.classes) and self.classes <= _ADVERBIAL)
        if self.classes & {"A", "P"}:
            return True
        return bool(self.classes) and self.classes <= _SATELLITES


class Token(NamedTuple):
    """A word or mark of the text, with its offsets."""

    word: Word
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A term at the end of its path through the trie."""

    concept: Concept
    term: str
    pattern: Pattern
    rank: int


@dataclass(slots=True)
class Node:
    """A place in the trie.

    Fields:
        next: the places that the symbols lead to.
        entries: the terms that end here.
        gap: whether other words may stand before the next one.
        verb: whether the symbol that led here is a verb's.
    """

    next: dict[str, "Node"] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    gap: bool = False
    verb: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    """A path through the trie, and the tokens that it took."""

    entry: Entry
    tokens: tuple[int, ...]
    masks: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.tokens[0]


class TermMatcher:
    """Finds the terms of a glossary; compiled once, then used for any number of texts.

    Only approved concepts count.

    >>> glossary = Glossary(concepts=(Concept("peace-treaty", "мирный договор", "peace treaty"),))
    >>> [match] = TermMatcher(glossary).find("Проект мирного договора готов.")
    >>> match.start, match.stop, match.concept.target
    (7, 23, 'peace treaty')
    """

    def __init__(self, glossary: Glossary) -> None:
        self.glossary = glossary
        self._lexicon = morphology.lexicon(glossary.source_lang)
        self._root = Node()
        self._vocabulary: set[str] = set()
        approved = (one for one in glossary.concepts if one.status == "approved")
        terms = ((one, term) for one in approved for term in (one.source, *one.synonyms))
        for rank, (concept, term) in enumerate(terms):
            self._insert(concept, term, rank)
        self._word = lru_cache(maxsize=1 << 18)(self._analyse)

    def find(self, text: str) -> tuple[TermMatch, ...]:
        """Return the terms in a text: the longest where several overlap, in order."""
        return longest(self.find_all(text))

    def find_all(self, text: str) -> tuple[TermMatch, ...]:
        """Return every term in a text, also those within or across a longer one, in order."""
        tokens = self._tokens(text)
        found: dict[tuple[int, int, str], TermMatch] = {}
        for index, token in enumerate(tokens):
            if token.word.begins:
                hits = sorted(self._follow(self._root, tokens, index, (), ()), key=_preference)
                for match in filter(None, (_match(hit, tokens, text) for hit in hits)):
                    found.setdefault((match.start, match.stop, match.concept.id), match)
        return tuple(sorted(found.values(), key=lambda one: (one.start, -one.stop)))

    def _insert(self, concept: Concept, term: str, rank: int) -> None:
        for pattern in patterns(term, concept, self._lexicon):
            entry = Entry(concept, term, pattern, rank)
            for path in pattern.paths():
                self._insert_path(entry, path)

    def _insert_path(self, entry: Entry, path: tuple[str, ...]) -> None:
        node = self._root
        for index, symbol in enumerate(path):
            node.gap |= 0 < entry.pattern.gap == index
            node = node.next.setdefault(symbol, Node(verb=symbol.endswith("/V")))
        self._vocabulary.update(path)
        node.entries.append(entry)

    def _tokens(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        for found in _TOKEN.finditer(text):
            spelling = found.group()
            word = self._word(spelling)
            if "-" in spelling and not word.symbols:
                tokens += self._split(spelling, word, found.start())
            else:
                tokens.append(Token(word, found.start(), found.end()))
        return tokens

    def _split(self, spelling: str, word: Word, start: int) -> Iterator[Token]:
        """Yield the tokens of a word with hyphens: names so joined (Путин-Трамп) are several."""
        parts = spelling.split("-")
        if not all(part[:1].isupper() for part in parts):
            yield Token(word, start, start + len(spelling))
            return
        for part in parts:
            yield Token(self._word(part), start, start + len(part))
            start += len(part) + 1

    def _analyse(self, spelling: str) -> Word:
        """Look up a spelling; only the symbols that some term uses are kept."""
        form = morphology.normal_spelling(spelling)
        folded = form.casefold()
        symbols = {f"={folded}": ANY} | {f"^{base}": ANY for base in _abbreviations(form)}
        readings = self._lexicon.text_readings(folded) if folded[:1].isalpha() else {}
        known = {one: mask for one, mask in (symbols | readings).items() if one in self._vocabulary}
        classes = frozenset(one.rpartition("/")[2][0] for one in readings)
        nouns = [mask for symbol, mask in readings.items() if symbol.endswith("/N")]
        begins = any(symbol in self._root.next for symbol in known)
        return Word(form, known, classes, reduce(or_, nouns, 0), begins)

    def _follow(
        self,
        node: Node,
        tokens: list[Token],
        index: int,
        taken: tuple[int, ...],
        masks: tuple[int, ...],
    ) -> Iterator[_Hit]:
        for entry in node.entries:
            yield _Hit(entry, taken, masks)
        for place in _places(node, tokens, index):
            for symbol, mask in tokens[place].word.symbols.items():
                if following := node.next.get(symbol):
                    path = (*taken, place)
                    yield from self._follow(following, tokens, place + 1, path, (*masks, mask))


def longest(matches: Iterable[TermMatch]) -> tuple[TermMatch, ...]:
    """Select from overlapping matches the longest, of equally long ones the first."""
    taken: list[TermMatch] = []
    for match in sorted(matches, key=lambda one: (one.start - one.stop, one.start)):
        if all(match.stop <= other.start or other.stop <= match.start for other in taken):
            taken.append(match)
    return tuple(sorted(taken, key=lambda one: one.start))


def _preference(hit: _Hit) -> tuple[bool, int, int]:
    """Order the terms that stand in the same place.

    A noun phrase comes before a verb with its participle, a term of more words before one with
    a gap, an earlier concept before a later one.
    """
    return hit.entry.pattern.verb is not None, -len(hit.tokens), hit.entry.rank


def _places(node: Node, tokens: list[Token], index: int) -> Iterator[int]:
    """Yield the tokens that may come next: the following one, or one behind a gap."""
    for place in range(index, min(len(tokens), index + 1 + LONGEST_GAP * node.gap)):
        yield place
        if not tokens[place].word.may_intervene(verb_first=node.verb):
            return


def _abbreviations(form: str) -> Iterator[str]:
    """Yield the abbreviations that a word in capitals can be a form of."""
    if is_abbreviation(form):
        yield form
    for ending in ABBREVIATION_ENDINGS:
        base = form.removesuffix(ending)
        if base != form and is_abbreviation(base):
            yield base


def _match(hit: _Hit, tokens: list[Token], text: str) -> TermMatch | None:
    """Return the match of a hit whose words agree, and whose surroundings permit it."""
    agreed = _agreed(hit)
    if agreed is None or not _gap_fits(hit):
        return None
    surroundings = _Surroundings(hit, tokens, agreed, text)
    if any(prohibits(surroundings) for prohibits in PROHIBITIONS):
        return None
    span = _quoted_span(text, tokens[hit.first].start, tokens[hit.tokens[-1]].stop)
    return span and TermMatch(hit.entry.concept, *span, _reason(hit.entry.term, agreed))


def _agreed(hit: _Hit) -> int | None:
    """Return the cells in which the first group agrees; None if some group disagrees."""
    pattern = hit.entry.pattern
    groups = [ANY] * len(pattern.limits)
    for element, mask in zip(pattern.elements, hit.masks, strict=True):
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


def _gap_fits(hit: _Hit) -> bool:
    """Tell whether words are left out only where the pattern has a gap."""
    gap = hit.entry.pattern.gap
    return all(
        right == left + 1 or index == gap
        for index, (left, right) in enumerate(
            zip(hit.tokens, hit.tokens[1:], strict=False), start=1
        )
    )


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """A hit in its text."""

    hit: _Hit
    tokens: list[Token]
    agreed: int
    text: str

    @property
    def word(self) -> Word:
        """The first word of the hit."""
        return self.tokens[self.hit.first].word

    @property
    def before(self) -> Word | None:
        """The word or mark before the hit."""
        return self.tokens[self.hit.first - 1].word if self.hit.first else None

    @property
    def term(self) -> str:
        """The term that was hit."""
        return self.hit.entry.term.lstrip(QUOTES)

    @property
    def is_single(self) -> bool:
        """Whether the hit has one word only."""
        return len(self.hit.tokens) == 1

    @property
    def begins_sentence(self) -> bool:
        """Whether the hit stands where any word has a capital."""
        return self.before is None or not self.before.form[0].isalnum()


def lacks_numeral(one: _Surroundings) -> bool:
    """«мирных договора» stands behind a numeral only: два мирных договора."""
    if not one.agreed or one.agreed & ~PAUCAL:
        return False
    return one.before is None or not FEW.fullmatch(one.before.form.casefold())


def lacks_capital(one: _Surroundings) -> bool:
    """A name of one or two words has its capital: «белый дом» is some house."""
    is_short = len(one.hit.tokens) < 3
    return one.term[0].isupper() and is_short and one.word.form[0].islower()


def is_adjective(one: _Surroundings) -> bool:
    """A capital at the beginning of a sentence makes no town: «Мирный атом»."""
    is_name = one.term[0].isupper() and one.hit.entry.concept.domain != "person"
    return is_name and one.is_single and one.begins_sentence and "A" in one.word.classes


def is_name(one: _Surroundings) -> bool:
    """A common noun is no proper name: «проспект Мира»."""
    form = one.word.form
    if not one.is_single or one.term[0].isupper() or form.isupper() or not form[0].isupper():
        return False
    if one.begins_sentence or one.before is None:
        return False
    return bool(one.word.classes & {"F", "W"} or NAMED.match(one.before.form.casefold()))


def is_namesake(one: _Surroundings) -> bool:
    """A first name that does not agree is somebody else's: «Людмила Путина»."""
    if one.hit.entry.concept.domain != "person" or not one.is_single or one.before is None:
        return False
    return "F" in one.before.classes and not one.before.noun & one.agreed


def is_abbreviated(one: _Surroundings) -> bool:
    """A short word in capitals is an abbreviation, unless all the text is in capitals."""
    form = one.word.form
    if not one.is_single or is_abbreviation(one.term) or not is_abbreviation(form):
        return False
    return len(form) <= LONGEST_ABBREVIATION and not one.text.isupper()


def is_preposition(one: _Surroundings) -> bool:
    """«после» is a form of «посол» in longer terms only."""
    return one.is_single and "E" in one.word.classes


def is_governed_otherwise(one: _Surroundings) -> bool:
    """A preposition wants another case: «без санкции» is singular."""
    pattern = one.hit.entry.pattern
    wanted = one.before and GOVERNMENT.get(one.before.form.casefold())
    return bool(wanted and one.agreed & NOMINAL and pattern.verb is None) and not (
        one.agreed & (wanted or 0)
    )


def is_no_object(one: _Surroundings) -> bool:
    """What stands before the verb may depend on a preposition or be the verb's subject."""
    pattern = one.hit.entry.pattern
    if pattern.verb is None or pattern.elements[0].group == pattern.verb:
        return False
    verb = one.hit.masks[-1]
    subject = one.word.noun & NOMINATIVE & ANIMATE and not verb & SHORT
    return bool(subject) or (one.before is not None and "E" in one.before.classes)


def has_other_object(one: _Surroundings) -> bool:
    """A verb has one object: «отозвал заявление посла» recalls no ambassador."""
    pattern, taken = one.hit.entry.pattern, one.hit.tokens
    if pattern.verb is None or taken[-1] - taken[0] < len(taken):
        return False
    between = {*range(taken[0], taken[-1])} - {*taken}
    words = [one.tokens[index].word for index in between]
    return any(
        word.noun & ACCUSATIVE and not word.noun & DATIVE and not word.classes & {"A", "P"}
        for word in words
    )


PROHIBITIONS = (
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


def _quoted_span(text: str, start: int, stop: int) -> tuple[int, int] | None:
    """Return a span in which quotation marks are in pairs, extended by one mark if need be."""
    marks = sum(character in QUOTES for character in text[start:stop])
    if marks % 2 == 0:
        return start, stop
    if stop < len(text) and text[stop] in QUOTES:
        return start, stop + 1
    if start and text[start - 1] in QUOTES:
        return start - 1, stop
    return None


@lru_cache(maxsize=4096)
def _reason(term: str, agreed: int) -> str:
    if cells := describe(agreed & ~PAUCAL) or describe(agreed):
        return f"{term}: {cells}"
    return f"{term}: verb" if agreed else f"{term}: as it is"
