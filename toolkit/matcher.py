"""Finding a glossary's terms in running text, in whatever form the grammar gives them.

The terms are compiled once into a trie of symbols (lemmas, fixed forms, abbreviations). A word of
the text is looked up once for each distinct spelling; what it cannot contribute to any term is
dropped at once, so that the cost does not grow with the number of terms.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_

from toolkit import morphology
from toolkit.bitext import Concept, TermMatch
from toolkit.errors import GlossaryError
from toolkit.glossary import Glossary
from toolkit.morphology import ANY, PAUCAL, describe
from toolkit.patterns import is_abbreviation, patterns
from toolkit.surroundings import (
    ABBREVIATION_ENDINGS,
    LONGEST_GAP,
    PROHIBITIONS,
    TOKEN,
    Entry,
    Hit,
    Text,
    Word,
)

LONGEST_TERM = 500
"""Characters; the longest of ours has 109."""


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


class TermMatcher:
    """Finds the terms of a glossary; compiled once, then used for any number of texts.

    Only approved concepts count.

    Raises:
        GlossaryError: a term is longer than any.

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
        words = Text(text, [*map(self._word, TOKEN.findall(text))])
        found: dict[tuple[int, int, str], TermMatch] = {}
        for index, word in enumerate(words.words):
            if word.begins:
                hits = sorted(self._follow(self._root, words, index), key=_preference)
                for match in filter(None, map(_match, hits)):
                    found.setdefault((match.start, match.stop, match.concept.id), match)
        return tuple(sorted(found.values(), key=lambda one: (one.start, -one.stop)))

    def _insert(self, concept: Concept, term: str, rank: int) -> None:
        if len(term) > LONGEST_TERM:
            raise GlossaryError(
                f"“{term[:40]}…” has more than {LONGEST_TERM} characters, which no term has: take "
                "it out of the glossary."
            )
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

    def _analyse(self, spelling: str) -> Word:
        """Look up a spelling; only the symbols that some term uses are kept."""
        form = morphology.normal_spelling(spelling)
        folded = form.casefold()
        symbols = {f"={folded}": ANY} | {f"^{base}": ANY for base in _abbreviations(form)}
        readings = self._lexicon.text_readings(folded) if folded[:1].isalpha() else {}
        known = {one: mask for one, mask in (symbols | readings).items() if one in self._vocabulary}
        parts = () if known else tuple(map(self._word, _joined_names(spelling)))
        nouns = [mask for symbol, mask in readings.items() if symbol.endswith("/N")]
        return Word(
            form=form,
            length=len(spelling),
            symbols=known,
            classes=frozenset(one.rpartition("/")[2][0] for one in readings),
            noun=reduce(or_, nouns, 0),
            begins=any(symbol in self._root.next for symbol in known),
            parts=parts,
        )

    def _follow(
        self,
        node: Node,
        text: Text,
        index: int,
        places: tuple[int, ...] = (),
        masks: tuple[int, ...] = (),
    ) -> Iterator[Hit]:
        """Yield the terms that lead on from a place in the trie, beginning with a word."""
        for entry in node.entries:
            yield Hit(entry, text, places, masks)
        for place in _places(node, text.words, index):
            for symbol, mask in text.words[place].symbols.items():
                if following := node.next.get(symbol):
                    path = (*places, place)
                    yield from self._follow(following, text, place + 1, path, (*masks, mask))


def longest(matches: Iterable[TermMatch]) -> tuple[TermMatch, ...]:
    """Select from overlapping matches the longest, of equally long ones the first."""
    taken: list[TermMatch] = []
    for match in sorted(matches, key=lambda one: (one.start - one.stop, one.start)):
        if all(match.stop <= other.start or other.stop <= match.start for other in taken):
            taken.append(match)
    return tuple(sorted(taken, key=lambda one: one.start))


def _preference(hit: Hit) -> tuple[bool, int, int]:
    """Order the terms that stand in the same place.

    A noun phrase comes before a verb with its participle, a term of more words before one with
    a gap, an earlier concept before a later one.
    """
    return hit.entry.pattern.verb is not None, -len(hit.places), hit.entry.rank


def _places(node: Node, words: list[Word], index: int) -> Iterator[int]:
    """Yield the words that may come next: the following one, or one behind a gap."""
    last = index + LONGEST_GAP if node.gap else index
    for place in range(index, min(len(words), last + 1)):
        yield place
        if place < last and not words[place].may_intervene(verb_first=node.verb):
            return


def _abbreviations(form: str) -> Iterator[str]:
    """Yield the abbreviations that a word in capitals can be a form of."""
    if is_abbreviation(form):
        yield form
    for ending in ABBREVIATION_ENDINGS:
        base = form.removesuffix(ending)
        if base != form and is_abbreviation(base):
            yield base


def _joined_names(spelling: str) -> list[str]:
    """Return the parts of a spelling like Путин-Трамп.

    >>> _joined_names("Путин-Трамп"), _joined_names("Нью-йоркский")
    (['Путин', 'Трамп'], [])
    """
    parts = spelling.split("-")
    return parts if len(parts) > 1 and all(part[:1].isupper() for part in parts) else []


def _match(hit: Hit) -> TermMatch | None:
    """Return the match of a hit whose words agree, and whose surroundings permit it."""
    if any(prohibits(hit) for prohibits in PROHIBITIONS):
        return None
    span = hit.text.quoted_span(hit.places[0], hit.places[-1])
    return span and TermMatch(hit.entry.concept, *span, _reason(hit.entry.term, hit.cells))


def _reason(term: str, agreed: int) -> str:
    if cells := describe(agreed & ~PAUCAL) or describe(agreed):
        return f"{term}: {cells}"
    return f"{term}: verb" if agreed else f"{term}: as it is"
