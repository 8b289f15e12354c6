"""Terms that the model renders in other words stand in the English afterwards, grammatically."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from ctranslate2 import Translator

from toolkit import ArgosEngine, Concept, Glossary, TermMatcher, load_glossary
from toolkit.bitext import TermMatch
from toolkit.enforcement import complete_anew, enforce_terms
from toolkit.engine import Decoding, Hypothesis
from toolkit.evaluation import Sample, expected_terms, term_accuracy
from toolkit.placement import Draft, Gap, annotate, find_candidates, forms_of, is_rendered

SENTENCES = Path(__file__).parent.parent / "benchmarks" / "terminology" / "sentences.tsv"
TRUCE = Concept("truce", "перемирие", "armistice", forbidden=("breathing space",))
BOSTON = Concept("boston", "Бостон", "Boston", pos="name")
SIDE = Concept("side", "сторона", "contracting party", admitted=("signatory",))


def draft_of(source: str, text: str, *concepts: Concept, beam: tuple[str, ...] = ()) -> Draft:
    terms = TermMatcher(Glossary(concepts=concepts)).find(source)
    assert terms
    return Draft(source, terms, text, level=-1.0, alternatives=beam)


def enforced(engine: ArgosEngine, source: str, *concepts: Concept) -> Draft:
    matcher = TermMatcher(Glossary(concepts=concepts))
    (hypothesis,) = engine.translate([source])
    draft = Draft(source, matcher.find(source), "").translated(hypothesis, ())
    return enforce_terms(engine, [draft])[0]


def test_term_takes_the_place_of_the_words_that_stand_for_it(engine: ArgosEngine) -> None:
    """What the model says instead is found without being named anywhere."""
    draft = enforced(engine, "Стороны обсудили перемирие в Женеве.", TRUCE)
    assert "armistice" in draft.text
    assert draft.text.endswith("Geneva.")
    assert draft.edits[0].step in {"term-replaced", "term-from-beam"}, "it is the model's choice"
    assert draft.edits[0].reason == "«перемирие» is “armistice”"
    assert "armistice" not in draft.edits[0].before


def test_plural_of_the_source_becomes_a_plural(engine: ArgosEngine) -> None:
    town = Concept("town", "город", "town")
    assert "towns" in enforced(engine, "Дети живут в двух городах.", town).text
    assert "town." in enforced(engine, "Министр прибыл в город.", town).text


def test_several_terms_of_a_sentence_are_set_together(engine: ArgosEngine) -> None:
    leader = Concept("leader", "президент", "leader")
    vehicle = Concept("vehicle", "машина", "vehicle")
    draft = enforced(engine, "Президент купил новую машину в Москве.", leader, vehicle)
    assert draft.text == "The leader bought a new vehicle in Moscow."
    assert len(draft.edits) == 2


def test_forbidden_rendering_does_not_stay(engine: ArgosEngine) -> None:
    truce = Concept("truce", "перемирие", "cessation", forbidden=("truce",))
    assert not is_rendered(truce, "The truce has been violated.")
    draft = draft_of("Перемирие нарушено.", "The truce has been violated.", truce)
    (result,) = enforce_terms(engine, [draft])
    assert "truce" not in result.text
    assert result.missing() == []


def test_rendering_that_stands_there_is_left_alone(engine: ArgosEngine) -> None:
    draft = draft_of("Обе стороны согласны.", "Both signatories agree.", SIDE)
    assert enforce_terms(engine, [draft]) == [draft]


def test_rendering_that_has_nothing_to_do_with_the_term_is_refused(engine: ArgosEngine) -> None:
    """A mistake in a glossary does not spoil the translation; the term is reported as missing."""
    banana = Concept("banana", "беседа", "Presidential Press Secretary")
    draft = enforced(engine, "Беседа длилась более двух часов.", banana)
    assert draft.text == "The conversation lasted more than two hours."
    assert draft.missing() == [banana]
    assert "check the entry" in draft.terms[0].left


def test_verb_that_would_spoil_the_sentence_is_left_with_the_reason(engine: ArgosEngine) -> None:
    """A forbidden rendering that stands there is a reason to set it nevertheless."""
    source = "Президент выразил признательность соседям за помощь."
    text = "The president expressed recognition of neighbors for the help."
    concept = Concept("thank", "выразить признательность", "express appreciation", pos="verb")
    draft = Draft(source, (TermMatch(concept, 10, 33),), text, level=-0.1)
    (left,) = enforce_terms(engine, [draft])
    assert left.text == text
    assert left.terms[0].left == "the rest of the sentence would read much worse"
    known = replace(concept, forbidden=("express recognition",))
    (mended,) = enforce_terms(engine, [replace(draft, terms=(TermMatch(known, 10, 33),))])
    assert "expressed appreciation" in mended.text
    assert mended.terms[0].left == ""


def test_name_that_the_model_cannot_spell_is_set(engine: ArgosEngine) -> None:
    """That an entry is right is seen by its letters where the model never saw the name."""
    assert "Boston" in enforced(engine, "Делегация прибыла в Бостон.", BOSTON).text


def test_term_that_stands_has_no_reason_to_be_left(engine: ArgosEngine) -> None:
    assert enforced(engine, "Стороны обсудили перемирие в Женеве.", TRUCE).terms[0].left == ""


def test_segment_too_long_for_the_model_says_so(engine: ArgosEngine) -> None:
    source = "Перемирие нарушено" + " и очень сильно" * 100 + "."
    draft = draft_of(source, "It is broken.", TRUCE)
    (result,) = enforce_terms(engine, [draft])
    assert result.text == draft.text
    assert result.terms[0].left == "the segment is too long for the model to read at once"


class Flattened(ArgosEngine):
    """An engine whose log-probabilities are transformed token by token."""

    def __init__(self, engine: ArgosEngine, flatten: Callable[[float], float]) -> None:
        super().__init__(engine.package)
        self.flatten = flatten
        self._translator = FlattenedTranslator(self._translator, flatten)

    def translate(
        self, texts: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[Hypothesis]:
        """Translate as the bundled model does."""
        return map(self._flat, super().translate(texts, decoding))

    def _flat(self, hypothesis: Hypothesis) -> Hypothesis:
        log_prob = self.flatten(hypothesis.log_prob / hypothesis.length) * hypothesis.length
        others = tuple(map(self._flat, hypothesis.alternatives))
        return replace(hypothesis, log_prob=log_prob, alternatives=others)


class FlattenedTranslator:
    """A translator of CTranslate2 whose scores are transformed."""

    def __init__(self, translator: Translator, flatten: Callable[[float], float]) -> None:
        self.translate_batch = translator.translate_batch
        self.translator, self.flatten = translator, flatten

    def score_batch(self, *sides: list[list[str]], **options: object) -> list[SimpleNamespace]:
        """Score as the translator does, transformed."""
        scored = self.translator.score_batch(*sides, **options)
        return [SimpleNamespace(log_probs=[*map(self.flatten, one.log_probs)]) for one in scored]


def halved(log_prob: float) -> float:
    """Give what a model says at twice the temperature, but for a constant."""
    return log_prob / 2


def smoothed(log_prob: float) -> float:
    """Give what a model trained with smoothed labels says."""
    return math.log(0.9 * math.exp(log_prob) + 0.1 / 12_000)


@pytest.fixture(scope="module")
def sample() -> list[tuple[str, str]]:
    rows = (line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines())
    return [(source, reference) for source, reference in rows][:75]


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_glossary())


def translate(
    engine: ArgosEngine, sample: Sequence[tuple[str, str]], matcher: TermMatcher
) -> list[str]:
    sources = [source for source, _ in sample]
    drafts = [
        Draft(source, matcher.find(source), "").translated(hypothesis, ())
        for source, hypothesis in zip(sources, engine.translate(sources), strict=True)
    ]
    return [draft.text for draft in enforce_terms(engine, drafts)]


def test_choices_do_not_depend_on_how_sharp_the_model_is(
    engine: ArgosEngine, sample: list[tuple[str, str]], matcher: TermMatcher
) -> None:
    """Log-probabilities are only compared as shares: all halved, the same sentences come out."""
    cool = translate(engine, sample, matcher)
    assert translate(Flattened(engine, halved), sample, matcher) == cool


def test_terms_are_kept_with_a_model_of_smoothed_labels(
    engine: ArgosEngine, sample: list[tuple[str, str]], matcher: TermMatcher
) -> None:
    texts = translate(Flattened(engine, smoothed), sample, matcher)
    samples = [
        Sample(source, reference, text, expected_terms(source, reference, matcher))
        for (source, reference), text in zip(sample, texts, strict=True)
    ]
    assert sum(len(one.terms) for one in samples) > 75
    assert term_accuracy(samples) >= 0.98


class Forgetful(ArgosEngine):
    """An engine that does not go on from the beginning that it is given."""

    def complete(
        self, texts: Sequence[str], beginnings: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[str]:
        """Answer with something shorter."""
        del beginnings, decoding
        return iter(["A new truce was announced in the capital."] * len(texts))


def test_completion_that_loses_its_beginning_is_refused(engine: ArgosEngine) -> None:
    term = Concept("truce", "перемирие", "truce")
    text = "Yesterday in the capital of the country there was announced a new silence."
    draft = draft_of("Вчера в столице объявлено новое перемирие.", text, term)
    assert complete_anew(Forgetful(engine.package), [draft]) == [draft]


def test_numbers_survive(engine: ArgosEngine) -> None:
    assert "30" in enforced(engine, "Объявлено перемирие на 30 дней.", TRUCE).text


def test_enforcement_gives_the_same_result_each_time(engine: ArgosEngine) -> None:
    source = "Стороны обсудили перемирие, а министры подписали договор."
    assert enforced(engine, source, TRUCE) == enforced(engine, source, TRUCE)


def test_order_and_number_of_drafts_are_kept(engine: ArgosEngine) -> None:
    drafts = [
        draft_of("Перемирие нарушено.", "The truce is broken.", TRUCE),
        Draft("Да.", (), "Yes."),
        draft_of("Обе стороны согласны.", "Both sides agree.", SIDE),
    ]
    assert [one.source for one in enforce_terms(engine, drafts)] == [one.source for one in drafts]
    assert enforce_terms(engine, []) == []


def test_other_hypothesis_is_as_good_as_the_first_only_if_nearly_as_probable() -> None:
    alternatives = (Hypothesis("near", -1.01, 2), Hypothesis("far", -1.1, 2))
    hypothesis = Hypothesis("first", -1.0, 2, alternatives)
    assert Draft("слово", (), "").translated(hypothesis, ()).alternatives == ("near",)


def test_annotations_that_a_model_copies_are_removed() -> None:
    hypothesis = Hypothesis("The <term> truce </term> holds.", -1.0, 5)
    assert Draft("слово", (), "").translated(hypothesis, ()).text == "The truce holds."


def test_source_is_annotated_behind_nouns_and_names_only() -> None:
    verb = Concept("agree", "договориться", "agree", pos="verb")
    source = "Стороны договорились о перемирии."
    terms = [TermMatch(SIDE, 0, 7), TermMatch(verb, 8, 20), TermMatch(TRUCE, 23, 32)]
    assert annotate(source, terms) == (
        "Стороны <term> contracting party </term> договорились "
        "о перемирии <term> armistice </term>."
    )


def test_other_terms_stay_annotated_where_one_is_taken_out() -> None:
    source = "Стороны обсудили перемирие."
    terms = (TermMatch(SIDE, 0, 7), TermMatch(TRUCE, 17, 26))
    assert Draft(source, terms, "").input_without(TRUCE) == "Стороны обсудили ."
    annotated = Draft(source, terms, "", annotated=True)
    assert annotated.input_without(TRUCE) == ("Стороны <term> contracting party </term> обсудили .")


@pytest.mark.parametrize(
    ("target", "count", "rendered"),
    [
        ("The armistice holds.", 1, True),
        ("The breathing space is over.", 1, False),
        ("The armistice is a breathing space.", 1, True),
        ("The armistice is a breathing space.", 2, False),
        ("Nothing.", 1, False),
    ],
)
def test_forbidden_rendering_counts_unless_another_stands_for_the_term(
    target: str, count: int, *, rendered: bool
) -> None:
    assert is_rendered(TRUCE, target, count) is rendered


def gap_of(source: str, text: str, concept: Concept, *owing: str) -> Gap:
    """Make a gap in which the words named owe to the term."""
    draft = draft_of(source, text, concept)
    words = [word.strip(".,") for word in draft.words]
    gains = tuple(9.0 if word in owing else 0.0 for word in words)
    return Gap(draft, concept, (*gains, 0.0))


def texts(gap: Gap) -> list[str]:
    return [candidate.text for candidate in find_candidates(gap, "ru")]


CANDIDATES = [
    # article and its sound
    ("Был авиационный удар.", "There was a strike.", ("авиационный удар", "air raid"), "strike",
     "There was an air raid."),
    # the marks at the edges of the words stay
    ("Перемирие, а не мир.", "A truce, not peace.", ("перемирие", "ceasefire"), "truce",
     "A ceasefire, not peace."),
    # the possessive stays
    ("Условия договора.", "The pact's terms.", ("договор", "treaty"), "pact's",
     "The treaty's terms."),
    # capital at the beginning, small letter inside
    ("Демонтаж начат.", "Removal has begun.", ("демонтаж", "dismantling"), "Removal",
     "Dismantling has begun."),
    # an abbreviation ends no sentence
    ("Перемирие в США.", "The U.S. pause held.", ("перемирие", "truce"), "pause",
     "The U.S. truce held."),
    # the verb agrees with another number
    ("Столкновения продолжаются.", "The fight is going on.", ("столкновение", "clash"), "fight",
     "The clashes are going on."),
    # a plural has no indefinite article
    ("Новые выборы назначены.", "A vote was called.", ("выборы", "elections"), "vote",
     "Elections were called."),
    # a title before a name keeps its capitals, and has no article
    ("Министр иностранных дел Лавров прибыл.", "Prime Minister Lavrov came.",
     ("министр иностранных дел", "foreign minister"), "Prime", "Foreign Minister Lavrov came."),
    # a word that would stand twice goes
    ("Министр обороны прибыл.", "The war minister came.", ("министр обороны", "defense minister"),
     "war", "The defense minister came."),
]  # fmt: skip


@pytest.mark.parametrize(("source", "text", "term", "owing", "expected"), CANDIDATES)
def test_term_fits_into_its_place(
    source: str, text: str, term: tuple[str, str], owing: str, expected: str
) -> None:
    gap = gap_of(source, text, Concept("term", *term), owing.removesuffix("'s"), owing)
    assert expected in texts(gap)


def test_verb_comes_in_the_tense_of_the_source() -> None:
    concept = Concept("impose", "ввести санкции", "impose sanctions", pos="verb")
    for source, form in (
        ("Совет ввёл санкции.", "imposed sanctions"),
        ("Совет решил ввести санкции.", "impose sanctions"),
    ):
        gap = gap_of(source, "The Council introduced measures.", concept, "introduced", "measures")
        assert next(forms_of(gap, "ru")) == form


def test_verb_never_stands_behind_an_article() -> None:
    concept = Concept("impose", "ввести санкции", "impose sanctions", pos="verb")
    gap = gap_of("Совет ввёл санкции.", "The Council made the move.", concept, "move")
    assert texts(gap) == []


def test_candidate_that_loses_a_number_of_the_source_is_none() -> None:
    gap = gap_of("Перемирие на 30 дней.", "A pause of 30 days.", TRUCE, "pause", "of", "30", "days")
    assert all("30" in text for text in texts(gap))
