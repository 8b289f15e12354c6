"""Checks of a translation: small functions that give issues."""

from collections.abc import Iterable, Iterator

from toolkit.bitext import Issue, TermMatch
from toolkit.terminology import find_rendering


def check_terms(terms: Iterable[TermMatch], target: str) -> Iterator[Issue]:
    """Report the terms of a source whose expected rendering the target lacks.

    Args:
        terms: what the matcher found in the source.
        target: the translation.
    """
    for concept in dict.fromkeys(term.concept for term in terms):
        rendering = find_rendering(concept, target)
        if rendering is None:
            yield Issue(
                "term-missing", "warning", f"«{concept.source}» should be “{concept.target}”"
            )
        elif rendering.kind == "forbidden":
            yield Issue(
                "term-forbidden",
                "error",
                f"«{concept.source}» is not “{rendering.term}” but “{concept.target}”",
            )
