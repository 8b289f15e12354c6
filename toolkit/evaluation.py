"""Measuring translations against references: BLEU and chrF, and how the terms fared.

BLEU and chrF are computed by sacrebleu. The terminology measures are those of the WMT shared
tasks (Alam et al. 2021, Semenov et al. 2023), defined by Anastasopoulos et al. 2021, "On the
Evaluation of Machine Translation for Terminology Consistency".
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from toolkit.bitext import Concept, TermMatch
from toolkit.matcher import TermMatcher
from toolkit.terminology import Rendering, find_renderings

WINDOW = 2  # words on either side of a term that the window overlap looks at
TERM_COST = 2.0  # what an edit of a term's word costs in TERm; any other costs 1
RESAMPLES = 1000
_WORD = regex.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence with its reference, the terms that the reference renders, and a translation."""

    source: str
    reference: str
    hypothesis: str
    terms: tuple[TermMatch, ...] = ()

    @property
    def counts(self) -> Counter[Concept]:
        """How often each concept is expected."""
        return Counter(term.concept for term in self.terms)


@dataclass(frozen=True, slots=True)
class Scores:
    """The measures of a system, from 0 to 100 except the counts.

    Fields:
        bleu, chrf: with sacrebleu's settings in `signatures`.
        term_accuracy: share of the expected terms that are rendered as preferred or admitted.
        window_overlap: share of the words around the reference's terms that stand around them.
        one_minus_term: 100 less the edit rate in which term words weigh double.
        consistency: share of a repeated term's renderings that are its most frequent one.
        terms: number of the expected terms.
        forbidden: number of forbidden renderings left.
    """

    bleu: float
    chrf: float
    term_accuracy: float
    window_overlap: float
    one_minus_term: float
    consistency: float
    terms: int
    forbidden: int
    signatures: tuple[str, str]


def read_samples(
    sources: Sequence[str],
    references: Sequence[str],
    hypotheses: Sequence[str],
    matcher: TermMatcher | None,
) -> list[Sample]:
    """Pair sentences and find the terms that count: those which the reference renders, too.

    Args:
        sources, references, hypotheses: sentence by sentence.
        matcher: finds the terms in the sources; no terms count when None.
    """
    return [
        Sample(source, reference, hypothesis, expected_terms(source, reference, matcher))
        for source, reference, hypothesis in zip(sources, references, hypotheses, strict=True)
    ]


def expected_terms(
    source: str, reference: str, matcher: TermMatcher | None
) -> tuple[TermMatch, ...]:
    """Return the terms of a source that its reference renders as the glossary has it."""
    found = matcher.find(source) if matcher else ()
    return tuple(term for term in found if permitted(term.concept, reference))


def permitted(concept: Concept, text: str) -> list[Rendering]:
    """Return the preferred and admitted renderings of a concept in a text."""
    return [one for one in find_renderings(concept, text) if one.kind != "forbidden"]


def evaluate(samples: Sequence[Sample]) -> Scores:
    """Compute all measures of a system."""
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415 - a quarter of a second
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415

    hypotheses = [sample.hypothesis for sample in samples]
    references = [[sample.reference for sample in samples]]
    bleu, chrf = BLEU(), CHRF()
    return Scores(
        bleu=bleu.corpus_score(hypotheses, references).score,
        chrf=chrf.corpus_score(hypotheses, references).score,
        term_accuracy=100 * term_accuracy(samples),
        window_overlap=100 * window_overlap(samples),
        one_minus_term=100 * one_minus_term(samples),
        consistency=100 * consistency(samples),
        terms=sum(len(sample.terms) for sample in samples),
        forbidden=sum(forbidden_left(sample) for sample in samples),
        signatures=(str(bleu.get_signature()), str(chrf.get_signature())),
    )


def term_accuracy(samples: Iterable[Sample]) -> float:
    """Return the share of expected terms that are rendered; 1 where none is expected.

    >>> truce = Concept("truce", "перемирие", "truce")
    >>> match = TermMatch(truce, 0, 9)
    >>> term_accuracy([Sample("перемирие", "truce", text, (match,)) for text in ("truces", "war")])
    0.5
    """
    kept = [kept_terms(sample) for sample in samples]
    return _share(sum(one for one, _ in kept), sum(of for _, of in kept))


def kept_terms(sample: Sample) -> tuple[int, int]:
    """Return how many terms of a sentence are rendered, and how many are expected."""
    counts = sample.counts.items()
    kept = sum(min(count, len(permitted(one, sample.hypothesis))) for one, count in counts)
    return kept, len(sample.terms)


def forbidden_left(sample: Sample) -> int:
    """Count the concepts of a sentence that are rendered in a forbidden way and in no other."""
    return sum(
        bool(found) and all(one.kind == "forbidden" for one in found)
        for found in (find_renderings(concept, sample.hypothesis) for concept in sample.counts)
    )


def sentence_chrf(sample: Sample) -> float:
    """Return the chrF of a sentence, from 0 to 100."""
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415 - a quarter of a second

    return float(CHRF().sentence_score(sample.hypothesis, [sample.reference]).score)


def window_overlap(samples: Iterable[Sample]) -> float:
    """Return the share of the reference's words around its terms that the hypothesis has there."""
    shares = [
        _overlap(concept, sample.hypothesis, sample.reference)
        for sample in samples
        for concept in sample.counts
    ]
    return _share(sum(shares), len(shares))


def _overlap(concept: Concept, hypothesis: str, reference: str) -> float:
    wanted = next(_windows(concept, reference), Counter())
    found = next(_windows(concept, hypothesis), None)
    if found is None:
        return 0.0
    return _share((wanted & found).total(), wanted.total())


def _windows(concept: Concept, text: str) -> Iterator[Counter[str]]:
    """Yield the words around each rendering of a concept."""
    for rendering in permitted(concept, text):
        before = _words(text[: rendering.start])[-WINDOW:]
        yield Counter([*before, *_words(text[rendering.stop :])[:WINDOW]])


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text) if word[0].isalnum()]


def one_minus_term(samples: Iterable[Sample]) -> float:
    """Return 1 less the word edit rate with term words weighing double (without block shifts)."""
    cost = length = 0.0
    for sample in samples:
        words, weights = _weighted_words(sample)
        cost += edit_cost(_words(sample.hypothesis), words, weights)
        length += sum(weights)
    return max(0.0, 1 - cost / length) if length else 1.0


def _weighted_words(sample: Sample) -> tuple[list[str], list[float]]:
    """Return the reference's words with their costs."""
    spans = [
        (one.start, one.stop)
        for concept in sample.counts
        for one in permitted(concept, sample.reference)
    ]
    found = [one for one in _WORD.finditer(sample.reference) if one.group()[0].isalnum()]
    weights = [
        TERM_COST if any(start <= one.start() < stop for start, stop in spans) else 1.0
        for one in found
    ]
    return [one.group().casefold() for one in found], weights


def edit_cost(hypothesis: Sequence[str], reference: Sequence[str], costs: Sequence[float]) -> float:
    """Return the least cost of edits between two lists of words; an insertion costs 1.

    Args:
        hypothesis, reference: the words.
        costs: what it costs to leave out or change each word of the reference.

    >>> edit_cost(["a", "war"], ["a", "truce"], [1.0, 2.0])
    2.0
    """
    row = [float(index) for index in range(len(hypothesis) + 1)]
    for word, cost in zip(reference, costs, strict=True):
        last, row = row, [row[0] + cost]
        for index, other in enumerate(hypothesis):
            change = last[index] + (0.0 if word == other else cost)
            row.append(min(change, last[index + 1] + cost, row[index] + 1.0))
    return row[-1]


def consistency(samples: Iterable[Sample]) -> float:
    """Return the share of the renderings of repeated terms that are the most frequent one."""
    used: defaultdict[Concept, list[str]] = defaultdict(list)
    for sample in samples:
        for concept, count in sample.counts.items():
            found = [one.term for one in permitted(concept, sample.hypothesis)][:count]
            used[concept] += [*found, *[""] * (count - len(found))]
    repeated = [Counter(terms) for terms in used.values() if len(terms) > 1]
    most = [max((n for term, n in one.items() if term), default=0) for one in repeated]
    return _share(sum(most), sum(one.total() for one in repeated))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A paired bootstrap of two systems on one measure (Koehn 2004).

    Fields:
        measure: its name.
        difference: the second system's score less the first's.
        low, high: the 95 % confidence interval of the difference.
        p: the share of resamples in which the better system is not better.
    """

    measure: str
    difference: float
    low: float
    high: float
    p: float


def compare(first: Sequence[Sample], second: Sequence[Sample]) -> list[Comparison]:
    """Compare two systems by paired bootstrap, with the same thousand resamples each time."""
    rng = random.Random(12345)  # noqa: S311 - resampling is no secret
    size = len(first)
    draws = [rng.choices(range(size), k=size) for _ in range(RESAMPLES)]
    return [
        _bootstrap(
            measure, _sentence_scores(measure, first), _sentence_scores(measure, second), draws
        )
        for measure in ("chrf", "bleu", "term_accuracy")
    ]


def _sentence_scores(measure: str, samples: Sequence[Sample]) -> list[tuple[float, float]]:
    """Return for each sentence a numerator and a denominator of its measure."""
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415 - a quarter of a second
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415

    if measure == "term_accuracy":
        return [kept_terms(sample) for sample in samples]
    metric = CHRF() if measure == "chrf" else BLEU(effective_order=True)
    return [
        (metric.sentence_score(one.hypothesis, [one.reference]).score / 100, 1) for one in samples
    ]


def _bootstrap(
    measure: str,
    first: Sequence[tuple[float, float]],
    second: Sequence[tuple[float, float]],
    draws: Sequence[Sequence[int]],
) -> Comparison:
    def score(pairs: Sequence[tuple[float, float]], draw: Iterable[int]) -> float:
        chosen = [pairs[index] for index in draw]
        return 100 * _share(sum(one for one, _ in chosen), sum(of for _, of in chosen))

    difference = score(second, range(len(first))) - score(first, range(len(first)))
    sign = 1 if difference >= 0 else -1
    spread = sorted(score(second, draw) - score(first, draw) for draw in draws)
    p = sum(sign * one <= 0 for one in spread) / len(spread)
    edge = len(spread) // 40
    return Comparison(measure, difference, spread[edge], spread[-1 - edge], p)
