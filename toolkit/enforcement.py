"""Making the glossary's terms stand in a translation whose model chose other words.

Where a term is missing, the model itself tells which words stand in its place: those that become
improbable when the term is taken out of the source. The term takes their place in several ways
(number, article, form of the verb, extent), the model reads them, and the one that it finds most
natural stands, unless even that one reads much worse than what was there, or the model sees
nothing in common between the term and its rendering.

    Договор о прекращении огня подписан.    The treaty on the [end of fire] was signed.
    Договор о … подписан.                   The treaty on the [ceasefire] was signed.

The order of the attempts: nothing where a rendering stands; the replacement, which keeps the rest
of the sentence as it is; another hypothesis of the beam; a translation that is decoded anew from
the term on. Other ways are constrained
decoding (Post and Vilar 2018), which needs a decoder of its own, and training on annotated
sources (Dinu et al. 2019; Bergmanis and Pinnis 2021), which needs a model of its own; one that
was trained so gets its annotations (`toolkit.placement.annotate`), and this is its safety net.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from toolkit.bitext import Concept
from toolkit.engine import Decoding, Engine
from toolkit.packages import base_lang
from toolkit.placement import (
    LEAST_GAINS,
    NOMINAL,
    Candidate,
    Draft,
    Gap,
    find_candidates,
    in_proportion,
    is_sound,
    replaces_forbidden,
)

ROUNDS = 2  # terms whose places overlap are set one after the other
MOST_CANDIDATES = 2  # ways to set a term that the model reads
MOST_DAMAGE = 8.0  # nats that the other words may lose
MOST_DAMAGE_BY_PHRASE = 2.0  # the same for verbs and adverbial phrases, which bind more of them
MOST_LOST = 0.3  # nats a word that a completion may be less probable
UNCOVERED_COST = 1.0  # how much a nat owed to the term by a word that stays counts
LEAST_TERM_GAIN = 2.0  # nats a word that the rendering must owe to the source term
COMPLETION = Decoding(beam_size=2)


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate chosen for a gap, with the model's opinion of its words."""

    gap: Gap
    candidate: Candidate
    scores: tuple[float, ...]


def enforce_terms(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Make the terms stand in translations; all segments together, so that batches are full.

    Args:
        engine: the engine that made the translations.
        drafts: the translations with the terms of their sources.

    Returns:
        The drafts in the same order; each change is recorded as an edit. Terms are set in
        English only; in another language hypotheses of the beam are chosen.
    """
    if base_lang(engine.target_lang) != "en":
        return [choose_alternative(draft) for draft in drafts]
    enforced = list(drafts)
    lacking = [i for i, one in enumerate(drafts) if one.missing() and engine.fits(one.input)]
    waiting = lacking
    for _ in range(ROUNDS):
        before = [enforced[i] for i in waiting]
        for i, draft in zip(waiting, set_terms(engine, before), strict=True):
            enforced[i] = draft
        waiting = [
            i
            for i, draft in zip(waiting, before, strict=True)
            if enforced[i] != draft and enforced[i].missing()
        ]
    enforced = [choose_alternative(draft) for draft in enforced]
    lacking = [i for i in lacking if enforced[i].missing()]
    completed = complete_anew(engine, [enforced[i] for i in lacking])
    for i, draft in zip(lacking, completed, strict=True):
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


def set_terms(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Set the missing terms of drafts, those whose places do not overlap."""
    gaps = find_gaps(engine, drafts)
    offers = [
        list(islice(find_candidates(gap, engine.source_lang), MOST_CANDIDATES))
        for own in gaps
        for gap in own
    ]
    every = [gap for own in gaps for gap in own]
    inputs = [gap.draft.input for gap, offer in zip(every, offers, strict=True) for _ in offer]
    read = iter(engine.score(inputs, [one.text for offer in offers for one in offer]))
    choices = [
        choose(gap, offer, list(islice(read, len(offer))))
        for gap, offer in zip(every, offers, strict=True)
    ]
    vouched = iter(vouch(engine, choices))
    return [
        apply(draft, filter(None, islice(vouched, len(own))))
        for draft, own in zip(drafts, gaps, strict=True)
    ]


def find_gaps(engine: Engine, drafts: Sequence[Draft]) -> list[list[Gap]]:
    """Ask the model what each word of a draft owes to each of the terms that it lacks."""
    missing = [draft.missing() for draft in drafts]
    inputs = [draft.input for draft in drafts]
    texts = [draft.text for draft in drafts]
    for draft, concepts in zip(drafts, missing, strict=True):
        inputs += map(draft.input_without, concepts)
        texts += [draft.text] * len(concepts)
    scores = iter(engine.score(inputs, texts))
    own = list(islice(scores, len(drafts)))
    return [
        [_gap(draft, concept, score, next(scores)) for concept in concepts]
        for draft, concepts, score in zip(drafts, missing, own, strict=True)
    ]


def _gap(
    draft: Draft, concept: Concept, scores: tuple[float, ...], without: tuple[float, ...]
) -> Gap:
    gains = tuple(one - other for one, other in zip(scores, without, strict=True))
    return Gap(draft, concept, scores, gains)


def choose(
    gap: Gap, offer: Sequence[Candidate], read: Sequence[tuple[float, ...]]
) -> Choice | None:
    """Choose the candidate that reads best; None if even that one reads much worse."""
    if not offer:
        return None
    best = max(
        range(len(offer)),
        key=lambda index: naturalness(read[index]) - UNCOVERED_COST * uncovered(gap, offer[index]),
    )
    most = MOST_DAMAGE if gap.concept.pos in NOMINAL else MOST_DAMAGE_BY_PHRASE
    if offer[best].damage(gap.scores, read[best]) > most:
        return None
    return Choice(gap, offer[best], read[best])


def uncovered(gap: Gap, candidate: Candidate) -> float:
    """Return what the words that stay owe to the term, in nats a word of the draft."""
    stay = (*gap.gains[: candidate.start], *gap.gains[candidate.stop :])
    return sum(max(0.0, gain - LEAST_GAINS[0]) for gain in stay) / len(gap.gains)


def naturalness(scores: Sequence[float]) -> float:
    """Return the mean log-probability of the words of a text and its end."""
    return sum(scores) / len(scores)


def vouch(engine: Engine, choices: Sequence[Choice | None]) -> Iterator[Choice | None]:
    """Yield the choices, None in place of those whose English owes nothing to the source term."""
    made = [choice for choice in choices if choice]
    inputs = [choice.gap.draft.input_without(choice.gap.concept) for choice in made]
    without = iter(engine.score(inputs, [choice.candidate.text for choice in made]))
    for choice in choices:
        yield choice if choice and owes_to_term(choice, next(without)) else None


def owes_to_term(choice: Choice, without: Sequence[float]) -> bool:
    """Tell whether the words of a rendering, but for an article, owe to the source term.

    Where the term replaces a forbidden rendering, the glossary itself says that it belongs there.
    """
    candidate = choice.candidate
    if replaces_forbidden(choice.gap, candidate):
        return True
    end = candidate.start + candidate.length
    start = end - len(choice.gap.concept.target.split())
    gain = sum(choice.scores[start:end]) - sum(without[start:end])
    return gain >= LEAST_TERM_GAIN * (end - start)


def apply(draft: Draft, choices: Iterable[Choice]) -> Draft:
    """Set all terms whose places do not overlap, from the end to the beginning."""
    limit = len(draft.words) + 1
    for choice in sorted(choices, key=lambda choice: -choice.candidate.start):
        candidate = choice.candidate
        if candidate.stop <= limit:
            end = candidate.start + candidate.length
            verb = candidate.words[end : end + 1] if candidate.stop < limit else ()
            tail = draft.words[candidate.stop + len(verb) :]
            text = " ".join((*candidate.words[:end], *verb, *tail))
            draft = draft.edited("term-replaced", text, [choice.gap.concept])
            limit = candidate.start
    return draft


def complete_anew(engine: Engine, drafts: Sequence[Draft]) -> list[Draft]:
    """Decode drafts anew from the first noun or name on that they lack."""
    begun = [begin(own, engine.source_lang) for own in find_gaps(engine, drafts)]
    made = [one for one in begun if one]
    inputs = [gap.draft.input for gap, _ in made]
    beginnings = [candidate.beginning for _, candidate in made]
    texts = list(engine.complete(inputs, beginnings, COMPLETION))
    scores = engine.score(inputs, texts)
    completions = map(_completion, made, texts, scores)
    vouched = vouch(engine, list(completions))
    return [
        draft.edited("term-completed", choice.candidate.text, [choice.gap.concept])
        if one and (choice := next(vouched))
        else draft
        for draft, one in zip(drafts, begun, strict=True)
    ]


def begin(gaps: Iterable[Gap], lang: str) -> tuple[Gap, Candidate] | None:
    """Return the first gap for a noun or name, with the likeliest candidate to begin with."""
    gap = next((gap for gap in gaps if gap.concept.pos in NOMINAL), None)
    if gap is None:
        return None
    return gap, next(find_candidates(gap, lang), None) or in_proportion(gap, lang)


def _completion(
    begun: tuple[Gap, Candidate], text: str, scores: tuple[float, ...]
) -> Choice | None:
    """Return a completion as a choice, unless it is unsound or reads worse than the draft.

    A text shorter than what it was to begin with has lost some of that.
    """
    gap, candidate = begun
    behind = scores[candidate.start + candidate.length :]
    before = gap.scores[min(candidate.start, len(gap.scores) - 1) :]
    if not behind or not is_sound(gap.draft, text):
        return None
    if naturalness(behind) < naturalness(before) - MOST_LOST:
        return None
    return Choice(gap, replace(candidate, words=tuple(text.split())), scores)
