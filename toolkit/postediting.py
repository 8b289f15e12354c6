"""What reviewers changed in translations: word by word, how much work it was, which terms.

Effort is measured by the translation edit rate (TER; Snover et al. 2006, “A Study of Translation
Edit Rate with Targeted Human Annotation”) of the translation before review against the one after
it, which makes it HTER, and by chrF; both as computed by sacrebleu.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from toolkit.association import TargetIndex
from toolkit.bitext import Bitext, Concept, TermMatch
from toolkit.extraction import Passage, extract_terms
from toolkit.formats.table import distinct, slug
from toolkit.glossary import Glossary
from toolkit.morphology import lexicon, normal_spelling
from toolkit.opinions import Review
from toolkit.packages import base_lang
from toolkit.placing import place_units

WordEdit = tuple[Literal["equal", "deleted", "inserted"], str]
LONGEST_TERM = 5
"""What is more words long is rather reworded than another term."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A unit before and after review.

    Fields:
        document, unit: identifiers; of units that were joined that of the first.
        source: the source text.
        before, after: the translation.
        terms: the glossary's terms in the source.
    """

    document: str
    unit: str
    source: str
    before: str
    after: str
    terms: tuple[TermMatch, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether the review changed the translation."""
        return self.before != self.after

    @property
    def edits(self) -> list[WordEdit]:
        """What was changed, word by word."""
        return list(word_edits(self.before, self.after))


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a review was.

    Fields:
        segments: how many units were compared.
        changed: how many of them the review changed.
        ter: edits by 100 words of the reviewed translation: 0 where nothing was changed.
        chrf: how much of the translation is left in characters: 100 where nothing was changed.
    """

    segments: int
    changed: int
    ter: float
    chrf: float


def compare(old: Bitext, reviews: Sequence[Review]) -> list[Comparison]:
    """Pair the units of a bitext with what became of them; what is not in the reviews is left out.

    Args:
        old: the bitext before review.
        reviews: the files after review; of several on one unit the last one counts.
    """
    found: dict[int, Comparison] = {}
    for review in reviews:
        own = review.bitext.document.id == old.document.id
        placing = place_units(old, review.bitext, review.places, own=own)
        for one in placing.placements:
            units = old.units[one.start : one.stop]
            after = " ".join(review.bitext.units[j].target for j in one.others).strip()
            if after:
                found[one.start] = Comparison(
                    old.document.id,
                    units[0].source.id,
                    " ".join(unit.source.text for unit in units),
                    " ".join(unit.target for unit in units).strip(),
                    after,
                    tuple(term for unit in units for term in unit.terms),
                )
    return [found[start] for start in sorted(found)]


def word_edits(before: str, after: str) -> Iterator[WordEdit]:
    """Say how one text becomes another by deleting and inserting words.

    >>> list(word_edits("The world treaty.", "The peace treaty."))
    [('equal', 'The '), ('deleted', 'world'), ('inserted', 'peace'), ('equal', ' treaty.')]
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    for action, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if action == "equal":
            yield "equal", "".join(old[a:b])
            continue
        if b > a:
            yield "deleted", "".join(old[a:b])
        if d > c:
            yield "inserted", "".join(new[c:d])


def measure(comparisons: Sequence[Comparison]) -> Effort:
    """Measure how much work a review was.

    >>> one = Comparison("call", "1.1", "Мирный договор", "World treaty", "Peace treaty")
    >>> measure([one])
    Effort(segments=1, changed=1, ter=50.0, chrf=38.6)
    """
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415 - a quarter of a second
    from sacrebleu.metrics.ter import TER  # noqa: PLC0415

    changed = sum(one.is_changed for one in comparisons)
    if not changed:
        return Effort(len(comparisons), 0, 0.0, 100.0)
    before = [one.before for one in comparisons]
    after = [[one.after for one in comparisons]]
    ter = TER(case_sensitive=True).corpus_score(before, after).score
    chrf = CHRF().corpus_score(before, after).score
    return Effort(len(comparisons), changed, round(ter, 1), round(chrf, 1))


# --- terms ---------------------------------------------------------------------------------------


def propose_terms(
    comparisons: Sequence[Comparison], langs: tuple[str, str], *, least: int = 2
) -> list[Concept]:
    """Propose for the glossary the terms that reviewers keep putting in place of others.

    Args:
        comparisons: the units before and after review.
        langs: codes of the source and the target language.
        least: how often the same words must have been put in place of the same others.

    Returns:
        Concepts of the status `proposed`, the most frequent first. Their source is a term of the
        glossary that had the old words for its rendering, otherwise the longest phrase, or the
        rarest noun, that is common to the sources; what has none is left out.
    """
    where: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, one in enumerate(comparisons):
        for replacement in dict.fromkeys(replacements(one.before, one.after)):
            where[replacement].append(number)
    frequent = [(pair, found) for pair, found in where.items() if len(found) >= least]
    targets = TargetIndex([one.after for one in comparisons])
    proposed = (
        _propose(comparisons, targets, numbers, pair, langs)
        for pair, numbers in sorted(frequent, key=lambda item: (-len(item[1]), item[0]))
    )
    by_source = {concept.source: concept for concept in reversed(list(filter(None, proposed)))}
    return list(distinct(reversed(by_source.values())))


def replacements(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield the words that stand in the place of others, in lower case.

    >>> list(replacements("A world treaty was signed.", "A peace treaty is signed today."))
    [('world', 'peace'), ('was', 'is')]
    """
    old, new = ([word.casefold() for word in re.findall(r"[\w'’-]+", t)] for t in (before, after))
    for action, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if action == "replace" and max(b - a, d - c) <= LONGEST_TERM:
            yield " ".join(old[a:b]), " ".join(new[c:d])


def _propose(
    comparisons: Sequence[Comparison],
    targets: TargetIndex,
    numbers: Sequence[int],
    pair: tuple[str, str],
    langs: tuple[str, str],
) -> Concept | None:
    before, after = pair
    group = [comparisons[number] for number in numbers]
    note = f"Reviewers wrote “{after}” for “{before}” {len(group)} times"
    origins = ", ".join(dict.fromkeys(f"{one.document}:{one.unit}" for one in group))
    known = _known_concept(group, before)
    if known:
        return Concept(
            known.id,
            known.source,
            _put_in(known.target, before, after),
            status="proposed",
            note=f"{note}; the glossary has “{known.target}”",
            reference=origins,
        )
    source = _common_source(comparisons, numbers, langs[0])
    if not source:
        return None
    likely = targets.likely(set(numbers))
    target = likely if after in likely else after
    return Concept(slug(target), source, target, status="proposed", note=note, reference=origins)


def _known_concept(group: Sequence[Comparison], before: str) -> Concept | None:
    """Find a term of the glossary in all the sources that had the old words for its rendering."""
    for term in group[0].terms:
        words = term.concept.target.casefold()
        if (words in before or before in words) and all(
            term.concept.id in {other.concept.id for other in one.terms} for one in group
        ):
            return term.concept
    return None


def _put_in(target: str, before: str, after: str) -> str:
    place = target.casefold().find(before)
    if place < 0:
        return after
    return f"{target[:place]}{after}{target[place + len(before) :]}"


def _common_source(
    comparisons: Sequence[Comparison], numbers: Sequence[int], source_lang: str
) -> str:
    """Find what the sources have in common and the others have not: a phrase or else a noun."""
    lang = base_lang(source_lang)
    passages = [Passage(comparisons[number].source) for number in numbers]
    phrases = extract_terms(passages, Glossary(lang), least=len(numbers))
    if phrases:
        return phrases[0].term
    nouns = [_nouns(one.source, lang) for one in comparisons]
    common = set.intersection(*(nouns[number] for number in numbers))
    counts = Counter(noun for found in nouns for noun in found)
    ranked = sorted(common, key=lambda noun: (counts[noun], noun))
    return ranked[0] if ranked and counts[ranked[0]] == len(numbers) else ""


def _nouns(text: str, lang: str) -> set[str]:
    words = lexicon(lang)
    found: set[str] = set()
    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text):
        symbols: Iterable[str] = words.readings(normal_spelling(word).casefold())
        found |= {
            lemma for lemma, _, kind in (s.rpartition("/") for s in symbols) if kind[0] == "N"
        }
    return found
