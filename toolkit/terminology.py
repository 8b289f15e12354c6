"""The glossary's terms in the translation: how a concept is rendered in an English text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from toolkit import english
from toolkit.bitext import Concept

Kind = Literal["preferred", "admitted", "forbidden"]

LONGEST_GAP = 2
"""So many words may stand between a verb and its object: expressed his deep appreciation."""
SHORTEST_PART = 2
"""Parts of a compound at least this long may be written together or apart: cease-fire."""

_TOKEN = re.compile(r"(?P<word>[^\W_]+(?:['’](?!s\b)[^\W_]+)*)(?:['’]s\b)?|[^\w\s\u00ad]")
_HYPHENS = frozenset("-\u2010\u2011")


@dataclass(frozen=True, slots=True)
class Rendering:
    """A place in a target text where a concept is rendered.

    Fields:
        start, stop: offsets into the target text, in code points, without a possessive ending.
        term: the rendering as it stands in the glossary.
        kind: how the glossary judges it.
    """

    start: int
    stop: int
    term: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or mark of a target text; hyphens are left out."""

    text: str
    start: int
    stop: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a term stands among tokens, and how many liberties with its form were taken."""

    first: int
    stop: int
    liberties: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or mark of a term.

    Fields:
        exact: how it stands in the glossary, or is spelt on the other side of the Atlantic.
        inflected: its other forms.
        optional: whether the text may lack it, as it may lack an article.
    """

    exact: frozenset[str]
    inflected: frozenset[str]
    optional: bool = False

    @property
    def letters(self) -> Iterator[str]:
        """The forms in small letters."""
        for form in (*self.exact, *self.inflected):
            yield form.casefold()

    def liberties(self, text: str) -> int | None:
        """Count the liberties of a word with the piece; None if it is some other word."""
        if text in self.exact or text.casefold() in self.exact:
            return 0
        return 1 if text in self.inflected or text.casefold() in self.inflected else None


def find_rendering(concept: Concept, target: str) -> Rendering | None:
    """Return how a concept is rendered in a target text: the best and then the first rendering.

    Number, possessive, capitals, articles, hyphens, the form of a verb, American or British
    spelling do not matter.

    >>> concept = Concept("ceasefire", "прекращение огня", "ceasefire", forbidden=("fire stop",))
    >>> find_rendering(concept, "Both cease-fires failed.")
    Rendering(start=5, stop=16, term='ceasefire', kind='preferred')
    """
    order = {"preferred": 0, "admitted": 1, "forbidden": 2}
    found = find_renderings(concept, target)
    return min(found, key=lambda one: (order[one.kind], one.start), default=None)


def find_renderings(concept: Concept, target: str) -> tuple[Rendering, ...]:
    """Return all renderings of a concept in a target text, the longest where some overlap.

    >>> concept = Concept("talks", "переговоры", "talks", admitted=("negotiations",))
    >>> [one.kind for one in find_renderings(concept, "Negotiations are no mere talks.")]
    ['admitted', 'preferred']
    """
    tokens = _tokens(target)
    letters = _letters(target)
    found = [
        (tokens[place.first].start, tokens[place.stop - 1].stop, place.liberties, term, kind)
        for term, kind in _renderings(concept)
        if _may_stand(pieces := _pieces(term, concept.pos), letters)
        for place in _all_places(pieces, tokens, concept.pos)
    ]
    found.sort(key=lambda one: (one[0] - one[1], one[2]))
    kept: list[Rendering] = []
    for start, stop, _, term, kind in found:
        if all(stop <= other.start or other.stop <= start for other in kept):
            kept.append(Rendering(start, stop, term, kind))
    return tuple(sorted(kept, key=lambda one: one.start))


def is_same_term(term: str, other: str) -> bool:
    """Tell whether two target terms differ at most in spelling, capitals and hyphens.

    >>> is_same_term("cease-fire center", "Ceasefire centre"), is_same_term("custom", "customs")
    (True, False)
    """
    tokens = _tokens(other)
    return any(
        (place.first, place.stop, place.liberties) == (0, len(tokens), 0)
        for place in _places(_pieces(term, "noun"), tokens)
    )


def _renderings(concept: Concept) -> Iterator[tuple[str, Kind]]:
    yield concept.target, "preferred"
    for term in concept.admitted:
        yield term, "admitted"
    for term in concept.forbidden:
        yield term, "forbidden"


@lru_cache(maxsize=256)
def _tokens(text: str) -> tuple[_Token, ...]:
    return tuple(
        _Token(found["word"] or found.group(), found.start(), found.end(found.lastgroup or 0))
        for found in _TOKEN.finditer(text)
        if found.group() not in _HYPHENS
    )


@lru_cache(maxsize=256)
def _letters(text: str) -> str:
    """Return the words of a text without anything between them."""
    return "".join(token.text for token in _tokens(text)).casefold()


def _may_stand(pieces: Sequence[_Piece], letters: str) -> bool:
    """Tell whether a text has the letters of a term: a quick look before the careful one."""
    return all(piece.optional or any(one in letters for one in piece.letters) for piece in pieces)


@lru_cache(maxsize=1 << 14)
def _pieces(term: str, pos: str) -> tuple[_Piece, ...]:
    words = [token.text for token in _tokens(term)]
    return tuple(
        _piece(word, is_verb=pos == "verb" and not index) for index, word in enumerate(words)
    )


@lru_cache(maxsize=1 << 14)
def _piece(word: str, *, is_verb: bool) -> _Piece:
    if word.isupper() or sum(map(str.isupper, word)) > 1:
        return _Piece(frozenset({word}), frozenset({f"{word}s"}))
    folded = word.casefold()
    exact = frozenset(english.spellings(folded))
    verbs = english.verb_forms(folded) if is_verb else ()
    forms = {*english.numbers(folded), *verbs}
    spelt = frozenset(one for form in forms for one in english.spellings(form))
    return _Piece(exact, spelt - exact, folded in english.ARTICLES)


def _all_places(pieces: Sequence[_Piece], tokens: Sequence[_Token], pos: str) -> Iterator[_Place]:
    """Yield where a term stands, a verb also behind its object: appreciation was expressed."""
    if pos != "verb" or len(pieces) < 2:
        yield from _places(pieces, tokens)
        return
    yield from _places(pieces, tokens, LONGEST_GAP)
    verb, *noun = pieces
    for place in _places(noun, tokens):
        stop = place.stop
        while stop < len(tokens) and tokens[stop].text.casefold() in english.AUXILIARIES:
            stop += 1
        if stop < len(tokens) and tokens[stop].text.casefold() in verb.inflected:
            yield _Place(place.first, stop + 1, place.liberties + 1)


def _places(pieces: Sequence[_Piece], tokens: Sequence[_Token], gap: int = 0) -> Iterator[_Place]:
    """Yield where a term begins and stops; at each beginning the way with fewest liberties.

    Args:
        pieces: the term.
        tokens: the text.
        gap: how many words may stand behind the first piece.
    """
    for first in range(len(tokens)):
        ways = _ways(pieces, tokens, first, gap) if pieces else ()
        if best := min(ways, key=lambda way: (way[1], way[0]), default=None):
            yield _Place(first, *best)


def _ways(
    pieces: Sequence[_Piece], tokens: Sequence[_Token], index: int, gap: int
) -> Iterator[tuple[int, int]]:
    """Yield the ends of the term's rest that begins at a token, with the liberties taken.

    Args:
        pieces: the rest of the term.
        tokens: the text.
        index: where the rest is to begin.
        gap: how many words may be skipped behind the next piece.
    """
    if pieces[0].optional and len(pieces) > 1:
        for end, more in _ways(pieces[1:], tokens, index, 0):
            yield end, more + 1
    for taken, stop, liberties in _first_piece(pieces, tokens, index):
        rest = pieces[taken:]
        if not rest:
            yield stop, liberties
            continue
        for skipped in _skips(tokens, stop, gap):
            for end, more in _ways(rest, tokens, stop + skipped, 0):
                yield end, liberties + more + skipped


def _skips(tokens: Sequence[_Token], index: int, gap: int) -> Iterator[int]:
    """Yield how many words may be skipped: a determiner, or anything within a verb's gap."""
    yield 0
    for skipped, token in enumerate(tokens[index : index + 1 + gap], start=1):
        determiner = token.text.casefold() in english.DETERMINERS
        if not token.is_word or not (determiner or skipped <= gap):
            return
        yield skipped


def _first_piece(
    pieces: Sequence[_Piece], tokens: Sequence[_Token], index: int
) -> Iterator[tuple[int, int, int]]:
    """Yield the ways to read the next piece: (pieces taken, next token, liberties)."""
    if index >= len(tokens):
        return
    text = tokens[index].text
    if (liberties := pieces[0].liberties(text)) is not None:
        yield 1, index + 1, liberties
    if len(pieces) > 1 and len(text) >= 2 * SHORTEST_PART:
        for part in pieces[0].exact:
            rest = text[len(part) :]
            if min(len(part), len(rest)) < SHORTEST_PART or not text.casefold().startswith(part):
                continue
            if (liberties := pieces[1].liberties(rest)) is not None:
                yield 2, index + 1, liberties
    if index + 1 < len(tokens):
        following = tokens[index + 1].text
        liberties = pieces[0].liberties(text + following)
        if liberties is not None and min(len(text), len(following)) >= SHORTEST_PART:
            yield 1, index + 2, liberties
