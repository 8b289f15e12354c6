"""Checks of the glossary's terms: missing, in another form, forbidden, inconsistent."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from toolkit.bitext import Concept, TermMatch
from toolkit.checks.pair import Finding, Pair
from toolkit.checks.tokens import fold
from toolkit.terminology import Rendering, find_rendering

SHORTEST_STEM = 4
LONGEST_ENDING = 4
"""Words are of one family where all but so many letters agree: extradition, extradite."""
LEAST_USES = 3
"""A concept that occurs less often is not yet inconsistent."""

LOOSE = frozenset({"prep", "adv", "phrase"})
"""Parts of speech that a translation may well do without."""

Kept = Literal["kept", "varied", "missing", "forbidden"]


def check_missing_term(pair: Pair) -> Iterator[Finding]:
    """Find terms of the source of whose expected rendering the translation has no trace."""
    for term in _terms(pair, "missing"):
        message = f"«{term.concept.source}» should be “{term.concept.target}”"
        yield Finding(message, (term.start, term.stop))


def check_varied_term(pair: Pair) -> Iterator[Finding]:
    """Find terms rendered in other words of the same family: extradite for extradition."""
    for term in _terms(pair, "varied"):
        message = f"«{term.concept.source}» is “{term.concept.target}”, here in another form"
        yield Finding(message, (term.start, term.stop))


def check_forbidden_term(pair: Pair) -> Iterator[Finding]:
    """Find renderings that the glossary forbids."""
    for term in _terms(pair, "forbidden"):
        rendering = _rendering(pair, term)
        if rendering is not None:
            concept = term.concept
            message = f"«{concept.source}» is not “{rendering.term}” but “{concept.target}”"
            span = rendering.start, rendering.stop
            yield Finding(message, (term.start, term.stop), span)


def check_inconsistent_term(pairs: Sequence[Pair]) -> Iterator[tuple[int, Finding]]:
    """Find the units in which a concept is rendered otherwise than nearly always.

    Yields:
        the number of the unit, and the finding.
    """
    uses: dict[str, list[tuple[int, TermMatch, Rendering]]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        for term in _distinct(pair.unit.terms):
            rendering = _rendering(pair, term)
            if rendering is not None and rendering.kind == "admitted" or _is_exact(pair, term):
                shown = rendering or Rendering(0, 0, term.concept.target, "preferred")
                uses[term.concept.id].append((number, term, shown))
    for found in uses.values():
        usual, count = Counter(one.term for _, _, one in found).most_common(1)[0]
        if count < LEAST_USES or count < 0.75 * len(found):
            continue
        for number, term, rendering in found:
            if rendering.term != usual:
                message = f"“{rendering.term}” stands for «{term.concept.source}», which is"
                span = (rendering.start, rendering.stop) if rendering.stop else None
                yield (
                    number,
                    Finding(
                        f"{message} “{usual}” elsewhere: use one term", (term.start, term.stop), span
                    ),
                )


def _terms(pair: Pair, wanted: Kept) -> Iterator[TermMatch]:
    return (term for term in _distinct(pair.unit.terms) if _kept(term.concept, pair.target) == wanted)


def _distinct(terms: Sequence[TermMatch]) -> list[TermMatch]:
    """Give the first term of each concept."""
    return list({term.concept.id: term for term in reversed(terms)}.values())[::-1]


def _is_exact(pair: Pair, term: TermMatch) -> bool:
    return _stands(term.concept.target, pair.target)


def _rendering(pair: Pair, term: TermMatch) -> Rendering | None:
    return None if _is_exact(pair, term) else find_rendering(term.concept, pair.target)


def _stands(term: str, text: str) -> bool:
    """Tell at once whether a term stands in a text letter by letter."""
    place = text.find(term)
    return (
        place >= 0
        and not text[place - 1 : place].isalnum()
        and not text[place + len(term) : place + len(term) + 1].isalnum()
    )


@lru_cache(maxsize=4096)
def _kept(concept: Concept, target: str) -> Kept:
    """Tell how a concept is rendered in a translation."""
    if _stands(concept.target, target):
        return "kept"
    rendering = find_rendering(concept, target)
    if rendering is not None:
        return "forbidden" if rendering.kind == "forbidden" else "kept"
    stems = {word[:SHORTEST_STEM] for word in re.findall(r"\w{4,}", target.casefold())}
    words = re.findall(r"\w{4,}", target.casefold())
    for term in (concept.target, *concept.admitted):
        needed = [fold(word) for word in re.findall(r"\w{4,}", term)]
        if needed and all(word[:SHORTEST_STEM] in stems for word in needed):
            if all(any(_is_family(one, other) for other in words) for one in needed):
                return "varied"
    return "varied" if concept.pos in LOOSE else "missing"


def _is_family(word: str, other: str) -> bool:
    """Tell whether two words begin alike.

    >>> _is_family("extradition", "extradite"), _is_family("agreement", "agreed")
    (True, True)
    """
    length = max(SHORTEST_STEM, min(len(word), len(other)) - LONGEST_ENDING)
    return word[:length] == other[:length]

