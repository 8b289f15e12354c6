"""Terms that the model renders in other words stand in the English afterwards, grammatically."""

from collections.abc import Iterator, Sequence

import pytest

from toolkit import ArgosEngine, Concept, Glossary, TermMatcher
from toolkit.bitext import TermMatch
from toolkit.enforcement import complete_anew, enforce_terms
from toolkit.engine import Decoding, Hypothesis
from toolkit.placement import Draft, Gap, annotate, find_candidates, forms_of, is_rendered

TRUCE = Concept("truce", "перемирие", "armistice", forbidden=("breathing space",))
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
