"""What a check looks at, a source with its translation, and what it finds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from toolkit.bitext import Concept, Span, Unit
from toolkit.checks.calendar import Calendar, read_calendar
from toolkit.checks.quantities import Quantity, read_quantities
from toolkit.checks.tokens import Token, tokens
from toolkit.terminology import Kind, Rendering, find_rendering

PREFERRED: Kind = "preferred"
ADMITTED: Kind = "admitted"
LARGE_VIEWS = frozenset(
    "source_tokens target_tokens source_quantities target_quantities source_calendar "
    "target_calendar source_words target_words".split()
)
"""Views of a pair that hold an object a word or more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check reports: what is wrong and what to do, and the words on both sides."""

    message: str
    source: Span | None = None
    target: Span | None = None


@dataclass(frozen=True)
class Pair:
    """A unit as the checks read it: each view of it is made once, when the first check asks."""

    unit: Unit

    def forget_words(self) -> None:
        """Drop the views that are large: thousands of pairs are kept for a document's checks."""
        for view in LARGE_VIEWS & vars(self).keys():
            del vars(self)[view]

    @cached_property
    def source(self) -> str:
        """The text of the source segment."""
        return self.unit.source.text

    @cached_property
    def target(self) -> str:
        """The translation."""
        return self.unit.target

    @cached_property
    def source_tokens(self) -> tuple[Token, ...]:
        """The words and numbers of the source."""
        return tokens(self.source)

    @cached_property
    def target_tokens(self) -> tuple[Token, ...]:
        """The words and numbers of the translation."""
        return tokens(self.target)

    @cached_property
    def source_quantities(self) -> tuple[Quantity, ...]:
        """The numbers of the source."""
        return read_quantities(self.source, self.source_tokens, "ru")

    @cached_property
    def target_quantities(self) -> tuple[Quantity, ...]:
        """The numbers of the translation."""
        return read_quantities(self.target, self.target_tokens, "en")

    @cached_property
    def source_calendar(self) -> Calendar:
        """The dates and times of the source."""
        return read_calendar(self.source, self.source_tokens, "ru")

    @cached_property
    def target_calendar(self) -> Calendar:
        """The dates and times of the translation."""
        return read_calendar(self.target, self.target_tokens, "en")

    @cached_property
    def renderings(self) -> Mapping[str, Rendering | None]:
        """How the concepts of the source are rendered, by identifier; None where they are not."""
        concepts = {term.concept.id: term.concept for term in self.unit.terms}
        return {name: _rendering(concept, self.target) for name, concept in concepts.items()}

    @cached_property
    def source_words(self) -> frozenset[str]:
        """The folded words and numbers of the source."""
        return frozenset(token.folded for token in self.source_tokens)

    @cached_property
    def target_words(self) -> frozenset[str]:
        """The folded words and numbers of the translation."""
        return frozenset(token.folded for token in self.target_tokens)


def _rendering(concept: Concept, target: str) -> Rendering | None:
    """Find how a concept is rendered; at once where it stands letter by letter."""
    terms = ((concept.target, PREFERRED), *((term, ADMITTED) for term in concept.admitted))
    for term, kind in terms:
        place = target.find(term)
        if place >= 0 and _is_whole(target, place, place + len(term)):
            if any(term in wrong for wrong in concept.forbidden):
                break
            return Rendering(place, place + len(term), term, kind)
    return find_rendering(concept, target)


def _is_whole(text: str, start: int, stop: int) -> bool:
    """Tell whether no letter or digit touches a place."""
    return not (text[start - 1 : start].isalnum() or text[stop : stop + 1].isalnum())


def quoted(text: str, span: Span) -> str:
    """Give the words at a span, in quotation marks of the text's language."""
    words = text[slice(*span)]
    return f"«{words}»" if re.search("[а-яё]", text, re.IGNORECASE) else f"“{words}”"
