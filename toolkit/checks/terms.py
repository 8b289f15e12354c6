"""Checks of the glossary's terms: missing, in another form, forbidden, inconsistent."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from toolkit.bitext import Concept, TermMatch
from toolkit.checks.pair import Finding, Pair
from toolkit.checks.tokens import fold
from toolkit.terminology import Rendering

SHORTEST_STEM = 4
LONGEST_ENDING = 4
"""Words are of one family where all but so many letters agree: extradition, extradite."""
LEAST_SHARE = 0.75
LEAST_USES = 3
"""A concept that occurs less often is not yet inconsistent."""

LOOSE = frozenset({"prep", "adv", "phrase"})
"""Parts of speech that a translation may well do without."""

Kept = Literal["kept", "varied", "missing", "forbidden"]


def check_missing_term(pair: Pair) -> Iterator[Finding]:
    """Find terms of the source of whose expected rendering the translation has no trace."""
    for term in _terms(pair, "missing"):
        message = f"«{term.concept.source}» should be “{term.concept.target}”{_why(term)}"
        yield Finding(message, (term.start, term.stop))


def check_varied_term(pair: Pair) -> Iterator[Finding]:
    """Find terms rendered freely: by words of the same family, or by a phrase left out."""
    for term in _terms(pair, "varied"):
        usual = f"«{term.concept.source}» is usually “{term.concept.target}”"
        message = f"{usual}{_why(term) or ': check the wording'}"
        yield Finding(message, (term.start, term.stop))


def check_forbidden_term(pair: Pair) -> Iterator[Finding]:
    """Find renderings that the glossary forbids."""
    for term in _terms(pair, "forbidden"):
        rendering = pair.renderings[term.concept.id]
        if rendering is not None:
            concept = term.concept
            message = (
                f"«{concept.source}» is not “{rendering.term}” but “{concept.target}”{_why(term)}"
            )
            yield Finding(message, (term.start, term.stop), (rendering.start, rendering.stop))


def check_inconsistent_term(pairs: Sequence[Pair]) -> Iterator[tuple[int, Finding]]:
    """Find the units in which a concept is rendered otherwise than nearly always.

    Yields:
        the number of the unit, and the finding.
    """
    uses: dict[str, list[tuple[int, TermMatch, Rendering]]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        for term in _distinct(pair.unit.terms):
            rendering = pair.renderings[term.concept.id]
            if rendering is not None and rendering.kind != "forbidden":
                uses[term.concept.id].append((number, term, rendering))
    for found in uses.values():
        usual, count = Counter(one.term for _, _, one in found).most_common(1)[0]
        if count >= max(LEAST_USES, LEAST_SHARE * len(found)):
            for number, term, rendering in found:
                if rendering.term != usual:
                    yield number, _inconsistency(term, rendering, usual)


def _inconsistency(term: TermMatch, rendering: Rendering, usual: str) -> Finding:
    message = (
        f"“{rendering.term}” stands for «{term.concept.source}», which is “{usual}” elsewhere: "
        "use one term"
    )
    return Finding(message, (term.start, term.stop), (rendering.start, rendering.stop))


def _why(term: TermMatch) -> str:
    """Tell why a term was left, if enforcement has tried to set it."""
    return f"; left because {term.left}" if term.left else ""


def _terms(pair: Pair, wanted: Kept) -> Iterator[TermMatch]:
    return (term for term in _distinct(pair.unit.terms) if _kept(term.concept, pair) == wanted)


def _distinct(terms: Sequence[TermMatch]) -> list[TermMatch]:
    """Give the first term of each concept."""
    return list({term.concept.id: term for term in reversed(terms)}.values())[::-1]


def _kept(concept: Concept, pair: Pair) -> Kept:
    """Tell how a concept is rendered in a translation."""
    rendering = pair.renderings[concept.id]
    if rendering is not None:
        return "forbidden" if rendering.kind == "forbidden" else "kept"
    if concept.pos in LOOSE or _is_paraphrased(concept, pair):
        return "varied"
    return "missing"


def _is_paraphrased(concept: Concept, pair: Pair) -> bool:
    """Tell whether the translation has words of the families of a rendering's words."""
    for term in (concept.target, *concept.admitted):
        needed = [fold(word) for word in re.findall(r"\w{4,}", term)]
        if needed and all(
            any(_is_family(word, other) for other in pair.target_words) for word in needed
        ):
            return True
    return False


def _is_family(word: str, other: str) -> bool:
    """Tell whether two words begin alike.

    >>> _is_family("extradition", "extradite"), _is_family("agreement", "agreed")
    (True, True)
    """
    length = max(SHORTEST_STEM, min(len(word), len(other)) - LONGEST_ENDING)
    return len(other) >= SHORTEST_STEM and word[:length] == other[:length]
