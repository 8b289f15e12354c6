"""Where a missing term belongs in a translation, and how it looks there.

A term takes the place of the words that owe to it: those which the model finds improbable when
the term is taken out of the source. It comes in the number of the source, or in the tense, with
an article, the capital of its place and a verb that agrees.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from toolkit import english, phrases
from toolkit.bitext import Concept, Edit, TermMatch
from toolkit.degeneration import LOOP
from toolkit.engine import Hypothesis
from toolkit.grammar import is_plural_form, verb_uses
from toolkit.terminology import find_renderings

LEAST_SHARES = (0.3, 0.6, 0.15)
"""What a word must owe to the term to be replaced by it, as a share of what another owes most."""
MOST_LOST_IN_BEAM = 1.02
"""How much less probable another hypothesis of the beam may be, as a ratio of logarithms."""
NOMINAL = frozenset({"noun", "name"})

_EDGES = (
    english.ARTICLES
    | phrases.PREPOSITIONS
    | frozenset("and or nor neither but than that which who".split())
)
_WORD = regex.compile(r"(\P{L}*?)([\p{L}\p{N}].*?)((?:['’]s?)?[^\p{L}\p{N}]*)", regex.DOTALL)
_ANNOTATION = regex.compile(r"</?term>")
_CLAUSE_END = regex.compile(r"[.,;:!?…)]$|^[—–-]$")
_NUMBER = regex.compile(r"\d+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """A translation on its way to holding its terms.

    Fields:
        source: the segment.
        terms: the terms in it.
        text: the translation.
        level: the mean logarithm of the probability of its words, and of its end.
        alternatives: the beam's other hypotheses, as probable as the first or nearly so.
        annotated: whether the model is told the terms in the source.
        edits: what was changed.
        given_up: concepts that are not asked of it any more.
    """

    source: str
    terms: tuple[TermMatch, ...]
    text: str
    level: float = 0.0
    alternatives: tuple[str, ...] = ()
    annotated: bool = False
    edits: tuple[Edit, ...] = ()
    given_up: frozenset[Concept] = frozenset()

    def translated(self, hypothesis: Hypothesis, edits: tuple[Edit, ...]) -> "Draft":
        """Return the draft with what the model made of it."""
        near = MOST_LOST_IN_BEAM * hypothesis.log_prob / hypothesis.length
        alternatives = [
            one.text for one in hypothesis.alternatives if one.log_prob / one.length > near
        ]
        text = plain(hypothesis.text)
        return replace(
            self,
            text=text,
            level=hypothesis.log_prob / (len(text.split()) + 1),
            alternatives=tuple(map(plain, alternatives)),
            edits=edits,
        )

    @property
    def words(self) -> list[str]:
        """The words of the translation, with the marks at their edges."""
        return self.text.split()

    @property
    def input(self) -> str:
        """What the model read."""
        return annotate(self.source, self.terms) if self.annotated else self.source

    def input_without(self, concept: Concept) -> str:
        """Return what the model would have read without the terms of a concept."""
        left_out = [term for term in self.terms if term.concept == concept]
        others = [term for term in self.terms if term.concept != concept]
        return annotate(self.source, others if self.annotated else (), left_out)

    def missing(self, text: str | None = None) -> list[Concept]:
        """Return the concepts that the translation, or another text, does not render rightly."""
        target = self.text if text is None else text
        counts = Counter(term.concept for term in self.terms)
        return [one for one, count in counts.items() if not is_rendered(one, target, count)]

    def wanted(self) -> list[Concept]:
        """Return the missing concepts that are not given up."""
        return [one for one in self.missing() if one not in self.given_up]

    def edited(self, step: str, text: str, concepts: Sequence[Concept]) -> "Draft":
        """Return the draft with another text, for the sake of some concepts."""
        reason = ", ".join(f"«{one.source}» is “{one.target}”" for one in concepts)
        edit = Edit(step, self.text, text, reason)
        return replace(self.leaving(concepts, ""), text=text, edits=(*self.edits, edit))

    def giving_up(self, concepts: Collection[Concept], reason: str) -> "Draft":
        """Return the draft with some concepts left for good."""
        given_up = self.given_up.union(concepts)
        return replace(self.leaving(concepts, reason), given_up=given_up)

    def leaving(self, concepts: Collection[Concept], reason: str) -> "Draft":
        """Return the draft with the reason why some concepts are not rendered in it."""
        terms = (
            replace(term, left=reason) if term.concept in concepts else term for term in self.terms
        )
        return replace(self, terms=tuple(terms))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft with a term in the place of some of its words.

    Fields:
        words: all words, the term's among them.
        start, stop: the words of the draft that the term replaces, with an article before them.
        length: how many words the term and its article have.
    """

    words: tuple[str, ...]
    start: int
    stop: int
    length: int

    @property
    def text(self) -> str:
        """The translation."""
        return " ".join(self.words)

    @property
    def beginning(self) -> str:
        """The translation up to the term."""
        return " ".join(self.words[: self.start + self.length])

    def repeats(self) -> bool:
        """Tell whether a word of the term stands near it once more: line of the ceasefire line."""
        end = self.start + self.length
        near = (*self.words[max(0, self.start - 4) : self.start], *self.words[end : end + 4])
        return not {bare(word) for word in self.words[self.start : end]}.isdisjoint(
            {bare(word) for word in near} - _EDGES
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A concept that a draft lacks.

    Fields:
        draft: the draft.
        concept: the concept.
        gains: what each word, and the end, owes to the term, in nats.
    """

    draft: Draft
    concept: Concept
    gains: tuple[float, ...]

    @property
    def peak(self) -> float:
        """What the word that owes most to the term owes to it."""
        return max(self.gains)


@lru_cache(maxsize=1 << 14)
def is_rendered(concept: Concept, target: str, count: int = 1) -> bool:
    """Tell whether a target renders a concept as the glossary wants or permits.

    Args:
        concept: the concept.
        target: the translation.
        count: how often the concept stands in the source; a forbidden rendering may stand beside
            as many permitted ones, for it then renders something else.
    """
    kinds = [rendering.kind for rendering in find_renderings(concept, target)]
    permitted = len(kinds) - kinds.count("forbidden")
    return permitted >= (count if "forbidden" in kinds else 1)


def plain(text: str) -> str:
    """Return what a model wrote with single spaces, and without annotations that it copied."""
    return " ".join(_ANNOTATION.sub(" ", text).split())


def annotate(source: str, terms: Iterable[TermMatch], left_out: Iterable[TermMatch] = ()) -> str:
    """Write the wanted English behind each noun and name, for models trained to read it there.

    Args:
        source: the text.
        terms: terms in it, none over another.
        left_out: other terms in it, which are taken out.

    >>> truce = Concept("truce", "перемирие", "truce")
    >>> annotate("Нет перемирия.", [TermMatch(truce, 4, 13)])
    'Нет перемирия <term> truce </term>.'
    """
    changes = [(term.start, term.stop, "") for term in left_out]
    changes += [
        (term.stop, term.stop, f" <term> {term.concept.target} </term>")
        for term in terms
        if term.concept.pos in NOMINAL
    ]
    for start, stop, text in sorted(changes, reverse=True):
        source = source[:start] + text + source[stop:]
    return " ".join(source.split()) if changes else source


def is_sound(draft: Draft, text: str) -> bool:
    """Tell whether a text may take the place of a draft: a term is won, none nor a number lost."""
    numbers = set(_NUMBER.findall(draft.source)) & set(_NUMBER.findall(draft.text))
    return (
        (LOOP.search(text) is None or LOOP.search(draft.text) is not None)
        and numbers <= set(_NUMBER.findall(text))
        and set(draft.missing(text)) < set(draft.missing())
        and 0.5 < len(text) / len(draft.text) < 2
    )


def find_candidates(gap: Gap, lang: str) -> Iterator[Candidate]:
    """Yield ways to set a term in a draft, the likeliest first."""
    spans = list(dict.fromkeys(find_spans(gap)))
    options = [
        (place + 2 * (shape + kind), candidate)
        for place, span in enumerate(spans)
        for shape, form in enumerate(forms_for(gap, span, lang))
        for kind, candidate in enumerate(set_form(gap, span, form))
    ]
    options.sort(key=lambda option: option[0])
    candidates = dict.fromkeys(candidate for _, candidate in options)
    sound = [one for one in candidates if is_sound(gap.draft, one.text)]
    yield from [one for one in sound if not one.repeats()] or sound


def forms_for(gap: Gap, span: Span, lang: str) -> list[str]:
    """Return the forms that a term may take in the place of some words, in their number first."""
    replaced = " ".join(gap.draft.words[slice(*span)])
    was_plural = phrases.is_plural(replaced) and not gap.concept.target.endswith(replaced)
    forms = list(forms_of(gap, lang))
    if gap.concept.pos in NOMINAL:
        forms.sort(key=lambda form: phrases.is_plural(form) != was_plural)
    return forms


def in_proportion(gap: Gap, lang: str) -> Candidate:
    """Return a draft with a term where its place in the source would have it."""
    words = gap.draft.words
    term = next(term for term in gap.draft.terms if term.concept == gap.concept)
    place = min(len(words) - 1, round(len(words) * term.start / len(gap.draft.source)))
    return put(words, (place, place + 1), next(forms_of(gap, lang)).split())


def find_spans(gap: Gap) -> Iterator[Span]:
    """Yield the words that stand in a term's place: forbidden ones, and those that owe to it."""
    yield from forbidden_spans(gap)
    for share in LEAST_SHARES:
        weights = [gain - share * gap.peak for gain in gap.gains[:-1]]
        if span := heaviest_span(weights, gap.draft.words):
            yield without_edges(gap.draft.words, span, _EDGES)
            yield without_edges(gap.draft.words, span)


def has_forbidden(concept: Concept, text: str) -> bool:
    """Tell whether a forbidden rendering of a concept stands in a text."""
    return any(found.kind == "forbidden" for found in find_renderings(concept, text))


def forbidden_spans(gap: Gap) -> Iterator[Span]:
    """Yield the words of forbidden renderings."""
    text = gap.draft.text
    for found in find_renderings(gap.concept, text):
        if found.kind == "forbidden":
            start = len(text[: found.start].split())
            yield start, start + len(text[found.start : found.stop].split())


def heaviest_span(weights: Sequence[float], words: Sequence[str]) -> Span | None:
    """Return the run of words within a clause whose weights sum up to most; None if to nothing.

    >>> heaviest_span([-1, 4, -1, 3, -2], "The peace of fire failed".split())
    (1, 4)
    """
    best, most = None, 0.0
    start, total = 0, 0.0
    for index, weight in enumerate(weights):
        if total <= 0 or _CLAUSE_END.search(words[index - 1]):
            start, total = index, 0.0
        total += weight
        if total > most:
            best, most = (start, index + 1), total
    return best


def without_edges(
    words: Sequence[str], span: Span, edges: frozenset[str] = english.ARTICLES
) -> Span:
    """Return a span without the articles, or other words that bear no meaning, at its edges."""
    start, stop = span
    while start < stop - 1 and words[start].casefold() in edges:
        start += 1
    while start < stop - 1 and words[stop - 1].casefold() in edges:
        stop -= 1
    return start, stop


def forms_of(gap: Gap, lang: str) -> Iterator[str]:
    """Yield the forms that a term may take in a draft, the likeliest first."""
    concept, source = gap.concept, gap.draft.source
    term = next(term for term in gap.draft.terms if term.concept == concept)
    if concept.pos in NOMINAL:
        yield from noun_forms(concept, source, (term.start, term.stop), lang)
    elif concept.pos == "verb":
        verb, _, rest = concept.target.partition(" ")
        conjugation = english.conjugate(verb)
        for use in verb_uses(source[term.start : term.stop], lang):
            for form in getattr(conjugation, use):
                yield f"{form} {rest}".strip()
    else:
        yield concept.target


def noun_forms(concept: Concept, source: str, span: Span, lang: str) -> Iterator[str]:
    """Yield a noun phrase in the number of the source, or in both where that is unknown."""
    target = concept.target
    several = is_plural_form(source, *span, lang)
    usual = is_plural_form(concept.source, 0, len(concept.source), lang)
    if (concept.pos == "name" and target[0].isupper()) or several == usual:
        yield target
    elif several is None:
        yield target
        yield phrases.singular(target) if usual else phrases.plural(target)
    else:
        yield phrases.plural(target) if several else phrases.singular(target)


def set_form(gap: Gap, span: Span, form: str) -> Iterator[Candidate]:
    """Yield the candidates with a term's form in place of some words, and its possible articles."""
    words = gap.draft.words
    start, stop = span
    article = words[start - 1].casefold() if start else ""
    has_article = article in english.ARTICLES
    if gap.concept.pos not in NOMINAL:
        yield from set_phrase(gap, span, form)
        return
    determined = not has_article and not english.DETERMINERS.isdisjoint(
        word.casefold() for word in words[max(0, start - 2) : start]
    )
    if is_title(words, absorb(words, span, form.split())):
        yield put(words, span, [word.capitalize() for word in form.split()])
        return
    is_name = form[0].isupper()
    specified = words[stop : stop + 1] == ["of"]
    modified = not is_sentence_start(words, start) and article not in phrases.PREPOSITIONS
    for new in phrases.articles_for(
        form,
        article if has_article else "",
        is_name=is_name,
        determined=determined,
        specified=specified,
        modified=modified,
    ):
        yield put(words, (start - has_article, stop), [new, *form.split()] if new else form.split())


def is_title(words: Sequence[str], span: Span) -> bool:
    """Tell whether some words are a title before a name: Prime Minister Sergei Lavrov.

    >>> is_title("Then Prime Minister Lavrov spoke".split(), (1, 3))
    True
    """
    start, stop = span
    return all(word[0].isupper() and word.isalpha() for word in words[start : stop + 1]) and (
        stop - start > is_sentence_start(words, start) and stop < len(words)
    )


def set_phrase(gap: Gap, span: Span, form: str) -> Iterator[Candidate]:
    """Yield the candidate with a verb, an adjective or another phrase in place of some words."""
    words = gap.draft.words
    start, stop = span
    before = words[start - 1].casefold() if start else ""
    term = form.split()
    if gap.concept.pos == "verb":
        if admits_verb(before, form, gap.concept):
            yield put(words, span, term)
    elif gap.concept.pos == "adj" and before in {"a", "an"}:
        yield put(words, (start - 1, stop), [phrases.indefinite_article(term[0]), *term])
    elif gap.concept.pos != "adj" and before in english.ARTICLES | phrases.PREPOSITIONS:
        yield put(words, (start - 1, stop), term)
    else:
        yield put(words, span, term)


def admits_verb(before: str, form: str, concept: Concept) -> bool:
    """Tell whether a form of a verb may follow a word: “to agree”, “of agreeing”."""
    verb = form.split(maxsplit=1)[0]
    if before == "to":
        return concept.target.startswith(verb)
    if before in phrases.PREPOSITIONS:
        return verb.endswith("ing")
    return before not in english.DETERMINERS


def put(words: Sequence[str], span: Span, term: Sequence[str]) -> Candidate:
    """Put a term in the place of some words: with their marks, capital and a verb that agrees."""
    start, stop = absorb(words, span, term)
    before, after = edge_marks(words[start], 1), edge_marks(words[stop - 1], 3)
    new = [*term]
    if is_sentence_start(words, start) and words[start].lstrip("“\"'(«")[:1].isupper():
        new[0] = new[0][0].upper() + new[0][1:]
    new[0] = before + new[0]
    new[-1] += after
    rest = list(words[stop:])
    if rest and not after and not (start and words[start - 1].casefold() in phrases.PREPOSITIONS):
        was, becomes = (phrases.is_plural(" ".join(one)) for one in (words[start:stop], term))
        if was != becomes:
            rest[0] = phrases.agreeing(rest[0], is_plural=becomes)
    return Candidate((*words[:start], *new, *rest), start, stop, len(new))


def absorb(words: Sequence[str], span: Span, term: Sequence[str]) -> Span:
    """Extend a span by the neighbours that the term would repeat: “foreign minister Minister”."""
    start, stop = span
    if start and bare(words[start - 1]) == bare(term[0]):
        start -= 1
    if (
        stop < len(words)
        and bare(words[stop]) == bare(term[-1])
        and not edge_marks(words[stop - 1], 3)
    ):
        stop += 1
    return start, stop


def bare(word: str) -> str:
    """Return a word without marks, capitals and the ending of a plural."""
    return word.strip(".,;:!?()“”\"'’").casefold().removesuffix("s")


def edge_marks(word: str, group: int) -> str:
    """Return the marks before (1) or behind (3) a word."""
    match = _WORD.fullmatch(word)
    return str(match[group]) if match else ""


def is_sentence_start(words: Sequence[str], index: int) -> bool:
    """Tell whether a word begins a sentence."""
    return not index or words[index - 1][-1] in ".!?"
