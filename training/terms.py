"""Teach the model to obey terminology: `переговоры <term> talk </term>` must become "talks".

Aligned noun phrases of known pairs are annotated with the dictionary form of their translation. In
some of them the translation is another noun, put into the target as well, so that the model learns
to take the annotation rather than its own choice.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

from training.align import AlignedPair, Word
from training.corpus import Pair
from training.names import morphology
from training.vocabulary import TERM_END, TERM_START

LONGEST_SOURCE, LONGEST_TARGET = 3, 4
"""Words of an annotated phrase on either side."""

MOST_TERMS = 2
"""Annotations in one sentence."""

SUBSTITUTED = 0.3
"""Share of annotations that give another noun than the reference has."""

LINKING_WORDS = frozenset({"of", "the", "and", "for", "in"})
"""English words without a Russian counterpart that may stand inside a phrase."""

UNCOUNTED_S = re.compile(r"(ss|us|is|news|series|ics|'s)$")


@dataclass(frozen=True, slots=True)
class TermSpan:
    """Hold the places of a phrase and of its translation, in characters, and its number."""

    source: Word
    target: Word
    plural: bool


@dataclass(frozen=True, slots=True)
class Term:
    """Hold an English phrase in dictionary form and in the plural."""

    singular: str
    plural: str


def find_term_spans(pair: Pair, aligned: AlignedPair) -> Iterator[TermSpan]:
    """Yield the longest noun phrases whose translation stands in one piece.

    A phrase is a noun, with the adjectives before it; a capitalised noun counts as a name.
    """
    stop = 0
    for start in range(len(aligned.source_words)):
        for length in range(LONGEST_SOURCE, 0, -1):
            phrase = aligned.source_words[start : start + length]
            if start < stop or len(phrase) < length or not is_noun_phrase(pair.source, phrase):
                continue
            target = translation_place(pair.target, aligned, start, length)
            if target is not None:
                stop = start + length
                last = phrase[-1]
                tag = morphology().parse(pair.source[last.start : last.stop])[0].tag
                yield TermSpan(Word(phrase[0].start, last.stop), target, "plur" in tag)
                break


def is_noun_phrase(text: str, words: Sequence[Word]) -> bool:
    """Tell whether words are adjectives and a noun with nothing but spaces between them."""
    tags = [morphology().parse(text[word.start : word.stop])[0].tag for word in words]
    joined = all(text[a.stop : b.start] == " " for a, b in pairwise(words))
    return joined and "NOUN" in tags[-1] and all("ADJF" in tag for tag in tags[:-1])


def translation_place(text: str, aligned: AlignedPair, start: int, length: int) -> Word | None:
    """Return the place of the target words linked to some source words; None if it has gaps."""
    inside = range(start, start + length)
    linked = {target for source, target in aligned.links if source in inside}
    if len({source for source, _ in aligned.links if source in inside}) < length:
        return None
    first, last = min(linked), max(linked)
    foreign = {target for source, target in aligned.links if source not in inside}
    words = aligned.target_words[first : last + 1]
    gaps = {
        text[word.start : word.stop].lower()
        for number, word in enumerate(words, first)
        if number not in linked
    }
    if len(words) > LONGEST_TARGET or foreign & set(range(first, last + 1)) or gaps - LINKING_WORDS:
        return None
    return Word(words[0].start, words[-1].stop)


def singular(phrase: str) -> str:
    """Return an English noun phrase with its last word in the singular.

    >>> singular("peace talks"), singular("countries"), singular("United Nations")
    ('peace talk', 'country', 'United Nations')
    """
    if phrase[0].isupper() or UNCOUNTED_S.search(phrase) or not phrase.endswith("s"):
        return phrase
    if phrase.endswith("ies"):
        return phrase[:-3] + "y"
    return phrase[:-2] if re.search("(x|ch|sh|ss)es$", phrase) else phrase[:-1]


@dataclass(frozen=True, slots=True)
class TermAnnotation:
    """Annotate pairs whose spans are known; a change like those in `training.augment`."""

    spans: Mapping[str, tuple[TermSpan, ...]]
    substitutes: tuple[Term, ...]

    def __call__(self, pair: Pair, rng: random.Random) -> Pair:
        """Return the pair with one or two phrases annotated, if it has any."""
        spans = self.spans.get(pair.source, ())
        chosen = rng.sample(spans, min(len(spans), rng.randint(1, MOST_TERMS)))
        for span in sorted(chosen, key=lambda span: span.source.start, reverse=True):
            pair = self.annotate(pair, span, chosen, rng)
        return pair

    def annotate(
        self, pair: Pair, span: TermSpan, chosen: Sequence[TermSpan], rng: random.Random
    ) -> Pair:
        """Put the term behind its phrase; with a substitute, change the target too."""
        phrase = pair.target[span.target.start : span.target.stop]
        term = singular(phrase) if span.plural else phrase
        replaceable = len(chosen) == 1 and phrase.islower() and bool(self.substitutes)
        if replaceable and rng.random() < SUBSTITUTED:
            substitute = rng.choice(self.substitutes)
            term = substitute.singular
            pair = replace(pair, target=substitute_phrase(pair.target, span, substitute))
        stop = span.source.stop
        source = f"{pair.source[:stop]} {TERM_START} {term} {TERM_END}{pair.source[stop:]}"
        return replace(pair, source=source)


def substitute_phrase(target: str, span: TermSpan, term: Term) -> str:
    """Return the target with a phrase replaced, and with "a" or "an" before it as English wants."""
    before, after = target[: span.target.start], target[span.target.stop :]
    phrase = term.plural if span.plural else term.singular
    article = "an" if phrase[0].lower() in "aeiou" else "a"
    before = re.sub(r"\b[Aa]n? $", lambda match: keep_case(match[0], article) + " ", before)
    return before + (keep_case(target[span.target.start], phrase)) + after


def keep_case(model: str, text: str) -> str:
    """Return the text with a capital first letter if the model has one."""
    return text[0].upper() + text[1:] if model[0].isupper() else text


def find_substitutes(pairs: Iterable[Pair], spans: Mapping[str, Sequence[TermSpan]]) -> list[Term]:
    """Return the common nouns that occur as translations in both numbers."""
    forms: dict[bool, set[str]] = {True: set(), False: set()}
    for pair in pairs:
        for span in spans.get(pair.source, ()):
            phrase = pair.target[span.target.start : span.target.stop]
            if phrase.islower():
                forms[span.plural].add(phrase)
    return [
        Term(singular(phrase), phrase)
        for phrase in sorted(forms[True])
        if singular(phrase) != phrase and singular(phrase) in forms[False]
    ]


def write_spans(path: Path, spans: Mapping[str, Sequence[TermSpan]]) -> None:
    """Write the spans of each source sentence as JSON lines."""
    with path.open("w", encoding="utf-8") as lines:
        for source, found in spans.items():
            record = {"source": source, "spans": [asdict(span) for span in found]}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_spans(path: Path) -> dict[str, tuple[TermSpan, ...]]:
    """Read what `write_spans` wrote."""
    spans = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        spans[record["source"]] = tuple(
            TermSpan(Word(**span["source"]), Word(**span["target"]), span["plural"])
            for span in record["spans"]
        )
    return spans
