"""Making the glossary's terms stand in a translation whose model chose other words.

Where a term is missing, the model itself tells which words stand in its place: those that become
improbable when the term is taken out of the source. The term takes their place in several ways
(number, article, form of the verb, extent), the model reads them, and the one that it finds most
natural stands, unless the words behind it become too improbable.

    Договор о прекращении огня подписан.    The treaty on the [end of fire] was signed.
    Договор о … подписан.                   The treaty on the [ceasefire] was signed.

The order of the attempts: nothing where a rendering stands; another hypothesis of the beam that
is nearly as probable; the replacement, which keeps the rest of the sentence as it is; a
translation that is decoded anew from the term on. An entry whose English the model finds no less
surprising after the bare source term than after nothing is believed to be a mistake and is left.

A log-probability is only ever compared with others of the same model, as a share: models trained
with smoothed labels, or not, spread their probabilities differently.

Other ways are constrained decoding (Post and Vilar 2018), which needs a decoder of its own, and
training on annotated sources (Dinu et al. 2019; Bergmanis and Pinnis 2021), which needs a model
of its own; one that was trained so gets its annotations (`toolkit.placement.annotate`), and this
is its safety net.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from toolkit.bitext import Concept
from toolkit.checks.names import skeleton
from toolkit.engine import Decoding, Engine
from toolkit.packages import base_lang
from toolkit.placement import (
    LEAST_SHARES,
    NOMINAL,
    Candidate,
    Draft,
    Gap,
    find_candidates,
    forbidden_spans,
    has_forbidden,
    in_proportion,
    is_sound,
)

MOST_CANDIDATES = 2  # ways to set a term that the model reads
LEAST_EXPLAINED = 0.15  # share of the surprise at a rendering that its source term takes away
MOST_DAMAGE = 0.7  # what the other words may lose, as a share of what one word owes to the term
MOST_DAMAGE_BY_PHRASE = 0.3  # the same for verbs and adverbial phrases, which bind more of them
MOST_LOST = 1.3  # how much less probable a completion may be, as a ratio of logarithms
NOTHING = "…"  # a source that says nothing
COMPLETION = Decoding(beam_size=2)

TOO_LONG = "the segment is too long for the model to read at once"
DOUBTED = "the model does not connect it with the source term; check the entry"
NOWHERE = "no words of the translation stand for it"
UNFIT = "another term or a number would be lost, or words repeated"
TAKEN = "another term took its place"
DAMAGING = "the rest of the sentence would read much worse"


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate for a gap with the model's opinion of its words.

    Fields:
        gap: the gap.
        candidate: the draft with the term in it.
        scores: the logarithms of the probabilities of its words and its end.
    """

    gap: Gap
    candidate: Candidate
    scores: tuple[float, ...]

    @property
    def damage(self) -> float:
        """How many nats the words behind the term have lost; those before it lose none."""
        behind = self.scores[self.candidate.start + self.candidate.length :]
        return len(behind) * self.gap.draft.level - sum(behind)

    @property
    def is_harmless(self) -> bool:
        """Whether the other words read nearly as before, or a forbidden rendering goes."""
        most = MOST_DAMAGE if self.gap.concept.pos in NOMINAL else MOST_DAMAGE_BY_PHRASE
        return self.replaces_forbidden or self.damage <= most * self.gap.peak

    @property
    def replaces_forbidden(self) -> bool:
        """Whether the term takes the place of a forbidden rendering."""
        first, last = self.candidate.start, self.candidate.stop
        return any(first <= start and stop <= last for start, stop in forbidden_spans(self.gap))

    def overlaps(self, other: "Reading") -> bool:
        """Tell whether two candidates change the same words."""
        mine, its = self.candidate, other.candidate
        return mine.start < its.stop and its.start < mine.stop

    @property
    def uncovered(self) -> float:
        """What the words that stay owe to the term, in nats."""
        gains = self.gap.gains
        stay = (*gains[: self.candidate.start], *gains[self.candidate.stop :])
        return sum(max(0.0, gain - LEAST_SHARES[0] * self.gap.peak) for gain in stay)

    @property
    def quality(self) -> float:
        """How natural the sentence is, less what of the term's old words is left, by the word."""
        return naturalness(self.scores) - self.uncovered / len(self.gap.gains)


def enforce_terms(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Make the terms stand in translations; all segments together, so that batches are full.

    Args:
        engine: the engine that made the translations.
        drafts: the translations with the terms of their sources.

    Returns:
        The drafts in the same order; each change is recorded as an edit, and the terms that are
        left tell why. Terms are set in English only; in another language hypotheses of the beam
        are chosen.
    """
    enforced = [choose_alternative(draft) for draft in drafts]
    if base_lang(engine.target_lang) != "en":
        return enforced
    lacking = [i for i, draft in enumerate(enforced) if draft.missing()]
    worked_on = [enforced[i] for i in lacking]
    for attempt in (leave_unreadable, doubt_entries, set_terms, complete_anew):
        worked_on = attempt(engine, worked_on)
    for i, draft in zip(lacking, worked_on, strict=True):
        enforced[i] = draft
    return enforced


def choose_alternative(draft: Draft) -> Draft:
    """Take the first of the beam's hypotheses that renders most terms."""
    missing = draft.missing()
    if not missing or not draft.alternatives:
        return draft
    best = min(draft.alternatives, key=lambda text: len(draft.missing(text)))
    left = draft.missing(best)
    if len(left) >= len(missing) or not is_sound(draft, best):
        return draft
    return draft.edited("term-from-beam", best, [one for one in missing if one not in left])


def leave_unreadable(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Leave the missing terms of drafts whose source the model does not read at once."""
    return [
        draft if engine.fits(draft.input) else draft.giving_up(draft.missing(), TOO_LONG)
        for draft in drafts
    ]


def doubt_entries(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Leave the missing terms whose English the model does not connect with the source term.

    Where a forbidden rendering stands, the glossary knows the model's words, and is believed; so
    is a name in the other script, which the model may never have seen.
    """
    concepts = list(dict.fromkeys(one for draft in drafts for one in draft.wanted()))
    sources = [one.source for one in concepts] + [NOTHING] * len(concepts)
    scores = engine.score(sources, [one.target for one in concepts] * 2)
    surprises = [-sum(score[:-1]) for score in scores]
    told, untold = surprises[: len(concepts)], surprises[len(concepts) :]
    doubted = {
        concept
        for concept, one, other in zip(concepts, told, untold, strict=True)
        if one > (1 - LEAST_EXPLAINED) * other and not sounds_alike(concept)
    }
    return [doubt(draft, doubted) for draft in drafts]


def sounds_alike(concept: Concept) -> bool:
    """Tell whether a word of the source term stands in the target term, transliterated.

    >>> sounds_alike(Concept("boston", "Бостон", "Boston"))
    True
    """
    source, target = (
        {skeleton(word) for word in term.split()} for term in (concept.source, concept.target)
    )
    return any(len(sounds) > 1 for sounds in source & target)


def doubt(draft: Draft, doubted: Collection[Concept]) -> Draft:
    """Give up the concepts of a draft that are doubted."""
    mine = [one for one in draft.wanted() if one in doubted]
    return draft.giving_up([one for one in mine if not has_forbidden(one, draft.text)], DOUBTED)


def set_terms(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Set the terms that drafts want, those whose places do not overlap."""
    gaps = find_gaps(engine, drafts)
    every = [gap for own in gaps for gap in own]
    offers = [
        list(islice(find_candidates(gap, engine.source_lang), MOST_CANDIDATES)) for gap in every
    ]
    best = iter([best_of(readings) for readings in read(engine, every, offers)])
    return [
        set_best(draft, own, list(islice(best, len(own))))
        for draft, own in zip(drafts, gaps, strict=True)
    ]


def find_gaps(engine: Engine, drafts: Sequence[Draft]) -> list[list[Gap]]:
    """Ask the model what each word of a draft owes to each of the terms that it wants.

    A word of a draft is taken to be as probable as all of them are on average: the model wrote
    them. Without the term in the source, those that stand for it are much less probable.
    """
    wanted = [(draft, concept) for draft in drafts for concept in draft.wanted()]
    scores = engine.score(
        [draft.input_without(concept) for draft, concept in wanted],
        [draft.text for draft, _ in wanted],
    )
    gaps = iter(
        [
            Gap(draft, concept, tuple(draft.level - one for one in without))
            for (draft, concept), without in zip(wanted, scores, strict=True)
        ]
    )
    return [list(islice(gaps, len(draft.wanted()))) for draft in drafts]


def read(
    engine: Engine, gaps: Sequence[Gap], offers: Sequence[Sequence[Candidate]]
) -> list[list[Reading]]:
    """Let the model read the candidates that are offered for each gap."""
    pairs = [(gap, one) for gap, offer in zip(gaps, offers, strict=True) for one in offer]
    scores = engine.score([gap.draft.input for gap, _ in pairs], [one.text for _, one in pairs])
    readings = iter([Reading(*pair, own) for pair, own in zip(pairs, scores, strict=True)])
    return [list(islice(readings, len(offer))) for offer in offers]


def best_of(readings: Sequence[Reading]) -> Reading | None:
    """Return the reading of most quality, if there is one."""
    return max(readings, key=lambda reading: reading.quality, default=None)


def set_best(draft: Draft, gaps: Sequence[Gap], best: Sequence[Reading | None]) -> Draft:
    """Set all terms that fit, and tell why others are left.

    Of those whose places overlap, the one is set to which the words there owe most.
    """
    fitting: list[Reading] = []
    for gap, reading in sorted(zip(gaps, best, strict=True), key=lambda one: -one[0].peak):
        if reading is None:
            draft = draft.leaving([gap.concept], UNFIT if gap.peak > 0 else NOWHERE)
        elif not reading.is_harmless:
            draft = draft.leaving([gap.concept], DAMAGING)
        elif any(reading.overlaps(other) for other in fitting):
            draft = draft.leaving([gap.concept], TAKEN)
        else:
            fitting.append(reading)
    limit = len(draft.words) + 1
    for reading in sorted(fitting, key=lambda one: -one.candidate.start):
        candidate = reading.candidate
        end = candidate.start + candidate.length
        verb = candidate.words[end : end + 1] if candidate.stop < limit else ()
        tail = draft.words[candidate.stop + len(verb) :]
        text = " ".join((*candidate.words[:end], *verb, *tail))
        draft = draft.edited("term-replaced", text, [reading.gap.concept])
        limit = candidate.start
    return draft


def complete_anew(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Decode drafts anew from the first noun or name on that they want."""
    begun = [begin(own, engine.source_lang) for own in find_gaps(engine, drafts)]
    made = [one for one in begun if one]
    inputs = [gap.draft.input for gap, _ in made]
    beginnings = [candidate.beginning for _, candidate in made]
    texts = list(engine.complete(inputs, beginnings, COMPLETION))
    scores = engine.score(inputs, texts)
    completed = map(accept, made, texts, scores)
    return [next(completed) if one else draft for draft, one in zip(drafts, begun, strict=True)]


def begin(gaps: Iterable[Gap], lang: str) -> tuple[Gap, Candidate] | None:
    """Return the first gap for a noun or name, with the likeliest candidate to begin with."""
    gap = next((gap for gap in gaps if gap.concept.pos in NOMINAL), None)
    if gap is None:
        return None
    return gap, next(find_candidates(gap, lang), None) or in_proportion(gap, lang)


def accept(begun: tuple[Gap, Candidate], text: str, scores: tuple[float, ...]) -> Draft:
    """Return the draft with a completion, unless that is unsound or reads worse than the draft."""
    gap, candidate = begun
    if not text.startswith(candidate.beginning) or not is_sound(gap.draft, text):
        return gap.draft
    behind = scores[candidate.start + candidate.length :]
    if naturalness(behind) < MOST_LOST * gap.draft.level:
        return gap.draft
    return gap.draft.edited("term-completed", text, [gap.concept])


def naturalness(scores: Sequence[float]) -> float:
    """Return the mean log-probability of the words of a text and its end."""
    return sum(scores) / len(scores)
