"""Finding term candidates which the glossary lacks, in Russian articles and in memories.

A candidate is a noun phrase of several words: adjectives and participles that agree with a noun,
and genitives that depend on it. Candidates are ordered by their C-value (Frantzi, Ananiadou and
Mima, 2000, “Automatic recognition of multi-word terms: the C-value/NC-value method”).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.association import TargetIndex
from toolkit.bitext import Concept
from toolkit.documents import read_document
from toolkit.formats.table import slug
from toolkit.formats.termbase_tmx import translations
from toolkit.glossary import Glossary
from toolkit.matcher import TermMatcher
from toolkit.morphology import (
    GENITIVE,
    NOMINAL,
    NOMINATIVE,
    PAUCAL,
    PLURAL,
    Lexicon,
    lexicon,
    normal_spelling,
)

LONGEST = 5
"""A phrase of more words is hardly a term."""
CONTEXTS = 2
"""So many contexts are shown with a candidate."""
CONTEXT_WIDTH = 40

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[^\w\s]|\d+")
_ANY_CASE = NOMINAL & ~PAUCAL


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of source text, its translation where a memory gives one, and where it is from."""

    source: str
    target: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term candidate.

    Fields:
        term: its dictionary form.
        frequency: how often it occurs.
        termhood: its C-value.
        contexts: places where it stands, in brackets.
        target: the likely translation, where a memory gave one.
        origins: the documents in which it occurs.
    """

    term: str
    frequency: int
    termhood: float
    contexts: tuple[str, ...] = ()
    target: str = ""
    origins: tuple[str, ...] = ()

    def concept(self) -> Concept:
        """Return the candidate as a proposal for the glossary."""
        figures = f"Frequency {self.frequency}, C-value {self.termhood:.1f}"
        return Concept(
            id=slug(self.target or self.term),
            source=self.term,
            target=self.target,
            status="proposed",
            note=f"{figures}: {' / '.join(self.contexts)}",
            reference=", ".join(self.origins),
        )


@dataclass(frozen=True, slots=True)
class _Word:
    """A token of a passage with its readings; `is_initial` where a sentence begins with it."""

    text: str
    start: int
    stop: int
    readings: Mapping[str, int]
    is_initial: bool

    def select(self, classes: str, allowed: int) -> dict[str, int]:
        """Return the readings of the classes which fill an allowed cell."""
        return {
            symbol: mask & allowed
            for symbol, mask in self.readings.items()
            if symbol.rpartition("/")[2][0] in classes and mask & allowed
        }


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A noun phrase in a passage.

    Fields:
        words: its words.
        head: index of the head among them.
        cells: the cells in which the head agrees with its modifiers.
        lemmas: the lemmas of the words.
    """

    words: tuple[_Word, ...]
    head: int
    cells: int
    lemmas: tuple[str, ...]


def read_passages(paths: Iterable[Path]) -> list[Passage]:
    """Read articles, block by block, and memories (.tmx), unit by unit.

    Raises:
        DocumentError, GlossaryError: a file cannot be read.
    """
    return [passage for path in paths for passage in _read(path)]


def _read(path: Path) -> Iterator[Passage]:
    if path.suffix.lower() == ".tmx":
        for _, source, target in translations(path):
            yield Passage(source, target, path.name)
    else:
        for block in read_document(path).blocks:
            yield Passage(block.text, origin=path.name)


def extract_terms(
    passages: Sequence[Passage], glossary: Glossary, *, least: int = 2
) -> list[Candidate]:
    """Return the noun phrases which occur at least so often and are not in the glossary.

    >>> passages = [Passage("Мирный процесс идёт."), Passage("О мирном процессе.")]
    >>> [candidate.term for candidate in extract_terms(passages, Glossary())]
    ['мирный процесс']
    """
    words = lexicon(glossary.source_lang)
    sightings: dict[tuple[str, ...], list[tuple[int, _Phrase]]] = defaultdict(list)
    for number, passage in enumerate(passages):
        for phrase in _phrases(passage.source, words):
            if len(phrase.words) > 1:
                sightings[phrase.lemmas].append((number, phrase))
    frequent = {key: places for key, places in sightings.items() if len(places) >= least}
    values = c_values({key: len(places) for key, places in frequent.items()})
    matcher = TermMatcher(glossary)
    targets = TargetIndex([passage.target for passage in passages])
    candidates = [
        _candidate(term, places, values[key], passages, targets)
        for key, places in frequent.items()
        if values[key] > 0 and not _is_covered(term := _dictionary_form(places, words), matcher)
    ]
    return sorted(candidates, key=lambda one: (-one.termhood, one.term))


def c_values(frequencies: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], float]:
    """Return the C-value of each candidate, given as the sequence of its words.

    A candidate that occurs within longer ones loses their mean frequency.

    >>> c_values({("peace", "talks"): 3, ("new", "peace", "talks"): 1})[("peace", "talks")]
    2.0
    """
    containers: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for longer, frequency in frequencies.items():
        for part in _parts(longer):
            if part in frequencies:
                containers[part].append(frequency)
    return {
        candidate: math.log2(len(candidate))
        * (frequency - sum(containers[candidate]) / max(1, len(containers[candidate])))
        for candidate, frequency in frequencies.items()
    }


def _parts(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return the proper contiguous parts of a sequence."""
    return {
        words[start:stop]
        for start in range(len(words))
        for stop in range(start + 1, len(words) + 1)
        if stop - start < len(words)
    }


def _phrases(text: str, words: Lexicon) -> Iterator[_Phrase]:
    """Yield all noun phrases of a text, also those within longer ones."""
    tokens: list[_Word] = []
    for found in _TOKEN.finditer(text):
        is_initial = not tokens or not tokens[-1].text[0].isalnum()
        tokens.append(_word(found, words, is_initial=is_initial))
    for first in range(len(tokens)):
        yield from _phrases_at(tokens[first : first + LONGEST])


def _word(found: re.Match[str], words: Lexicon, *, is_initial: bool) -> _Word:
    text = found.group()
    readings = words.readings(normal_spelling(text).casefold()) if text[0].isalpha() else {}
    function_word = any(symbol[-1] in "DER" for symbol in readings)
    kept = {} if function_word else readings
    return _Word(text, found.start(), found.end(), kept, is_initial)


def _phrases_at(tokens: Sequence[_Word]) -> Iterator[_Phrase]:
    """Yield the noun phrases that begin with the first token."""
    lemmas: tuple[str, ...] = ()
    agreed = _ANY_CASE
    for index, token in enumerate(tokens):
        nouns = token.select("N", agreed)
        if nouns and _is_common(token):
            symbol, mask = next(iter(nouns.items()))
            phrase = _Phrase(tuple(tokens[: index + 1]), index, mask, (*lemmas, symbol))
            yield phrase
            yield from _with_genitives(phrase, tokens[index + 1 :])
        modifiers = token.select("AP", agreed)
        if not modifiers:
            return
        symbol, agreed = next(iter(modifiers.items()))
        lemmas = (*lemmas, symbol)


def _is_common(token: _Word) -> bool:
    """Tell whether a noun is longer than an initial or an abbreviation of a unit."""
    return len(token.text) > 2


def _with_genitives(phrase: _Phrase, tokens: Sequence[_Word]) -> Iterator[_Phrase]:
    """Yield a phrase with one and more noun phrases in the genitive behind it."""
    for attribute in _phrases_at(tokens) if tokens else ():
        if attribute.cells & GENITIVE:
            yield _Phrase(
                (*phrase.words, *attribute.words),
                phrase.head,
                phrase.cells,
                (*phrase.lemmas, *attribute.lemmas),
            )


def _is_covered(term: str, matcher: TermMatcher) -> bool:
    return any((one.start, one.stop) == (0, len(term)) for one in matcher.find_all(term))


def _dictionary_form(places: Sequence[tuple[int, _Phrase]], words: Lexicon) -> str:
    """Return a candidate with its head in the nominative, singular if it ever was."""
    phrases = [phrase for _, phrase in places]
    phrase = next((one for one in phrases if one.cells & ~PLURAL), phrases[0])
    wanted = NOMINATIVE & (~PLURAL if phrase.cells & ~PLURAL else PLURAL)
    cells = [mask for _, mask in words.forms(phrase.lemmas[phrase.head]) if mask & wanted]
    agreed = wanted & (cells[0] if cells else NOMINAL)
    group = [words.form(symbol, agreed) for symbol in phrase.lemmas[: phrase.head + 1]]
    rest = Counter(_spellings(one)[one.head + 1 :] for one in phrases).most_common(1)[0][0]
    inflected = (
        _with_capitals(word, [one.words[index] for one in phrases])
        for index, word in enumerate(group)
    )
    return " ".join([*inflected, *rest])


def _with_capitals(form: str, words: Sequence[_Word]) -> str:
    """Give a form the capitals that its word has wherever it does not begin a sentence."""
    inner = [word.text for word in words if not word.is_initial]
    if inner and all(len(text) > 1 and text.isupper() for text in inner):
        return form.upper()
    if inner and all(text[0].isupper() for text in inner):
        return form.capitalize()
    return form


def _spellings(phrase: _Phrase) -> tuple[str, ...]:
    return tuple(word.text for word in phrase.words)


def _candidate(
    term: str,
    places: Sequence[tuple[int, _Phrase]],
    termhood: float,
    passages: Sequence[Passage],
    targets: TargetIndex,
) -> Candidate:
    origins = dict.fromkeys(passages[number].origin for number, _ in places)
    contexts = (_context(passages[number].source, phrase) for number, phrase in places[:CONTEXTS])
    return Candidate(
        term=term,
        frequency=len(places),
        termhood=termhood,
        contexts=tuple(contexts),
        target=targets.likely({number for number, _ in places}),
        origins=tuple(filter(None, origins)),
    )


def _context(text: str, phrase: _Phrase) -> str:
    start, stop = phrase.words[0].start, phrase.words[-1].stop
    before, after = text[:start][-CONTEXT_WIDTH:], text[stop:][:CONTEXT_WIDTH]
    return f"{before}[{text[start:stop]}]{after}".replace("\n", " ")
