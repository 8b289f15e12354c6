"""English terms fit into sentences: number, article, agreement."""

import pytest

from toolkit.english import conjugate
from toolkit.grammar import is_plural_form, verb_uses
from toolkit.phrases import agreeing, articles_for, indefinite_article, is_mass, plural, singular

PLURALS = [
    ("peace treaty", "peace treaties"),
    ("act of aggression", "acts of aggression"),
    ("memorandum of understanding", "memoranda of understanding"),
    ("crisis", "crises"),
    ("negotiations", "negotiations"),
    ("humanitarian assistance", "humanitarian assistance"),
    ("G20", "G20"),
]


@pytest.mark.parametrize(("one", "many"), PLURALS)
def test_head_of_a_phrase_takes_the_plural(one: str, many: str) -> None:
    assert plural(one) == many


def test_singular_is_that_of_the_head() -> None:
    assert singular("prisoners of war") == "prisoner of war"
    assert singular("security") == "security"


@pytest.mark.parametrize(
    ("word", "article"),
    [("hour", "an"), ("European", "a"), ("UN", "a"), ("NATO", "a"), ("EU", "an"), ("uniform", "a"),
     ("MP", "an"), ("honest", "an"), ("one-on-one", "a"), ("airstrike", "an")],
)  # fmt: skip
def test_indefinite_article_goes_by_the_sound(word: str, article: str) -> None:
    assert indefinite_article(word) == article


ARTICLES = [
    ("truce", "the", {}, ["the"]),
    ("airstrike", "a", {}, ["an", ""]),
    ("clashes", "a", {}, [""]),
    ("diplomacy", "the", {}, [""]),
    ("diplomacy", "the", {"specified": True}, ["the"]),
    ("truce", "", {"determined": True}, [""]),
    ("truce", "", {}, ["the", "a"]),
    ("truce", "", {"modified": True}, ["", "the", "a"]),
    ("Switzerland", "", {"is_name": True}, ["", "the"]),
]


@pytest.mark.parametrize(("phrase", "article", "around", "expected"), ARTICLES)
def test_article_before_a_term(
    phrase: str, article: str, around: dict[str, bool], expected: list[str]
) -> None:
    usual = dict.fromkeys(("is_name", "determined", "specified", "modified"), False)
    assert list(articles_for(phrase, article, **{**usual, **around})) == expected


def test_verb_agrees_with_a_new_number() -> None:
    assert [agreeing(verb, is_plural=True) for verb in ("is", "has", "requires", "said")] == [
        "are", "have", "require", "said",
    ]  # fmt: skip
    assert agreeing("were", is_plural=False) == "was"


def test_what_is_not_counted_is_known() -> None:
    assert is_mass("freedom of the high seas")
    assert not is_mass("agreement")


CONJUGATIONS = [
    ("be", "is", "was", "been", "being"),
    ("withdraw", "withdraws", "withdrew", "withdrawn", "withdrawing"),
    ("agree", "agrees", "agreed", "agreed", "agreeing"),
    ("stop", "stops", "stopped", "stopped", "stopping"),
    ("have", "has", "had", "had", "having"),
    ("veto", "vetoes", "vetoed", "vetoed", "vetoing"),
    ("deny", "denies", "denied", "denied", "denying"),
]


@pytest.mark.parametrize(("verb", "present", "past", "participle", "gerund"), CONJUGATIONS)
def test_verb_is_conjugated(
    verb: str, present: str, past: str, participle: str, gerund: str
) -> None:
    forms = conjugate(verb)
    assert (forms.present[0], forms.past[0], forms.participle[0], forms.gerund[0]) == (
        present,
        past,
        participle,
        gerund,
    )


NUMBERS = [
    ("мирный договор", "", False),
    ("мирные договоры", "", True),
    ("договора", "два ", True),
    ("договор", "21 ", False),
    ("договоров", "несколько ", True),
    ("крылатые ракеты", "", True),
    ("рабочей группы", "", False),
    ("стороны", "", None),  # of the side, or the sides
]


@pytest.mark.parametrize(("phrase", "before", "several"), NUMBERS)
def test_number_is_that_of_the_source(phrase: str, before: str, *, several: bool | None) -> None:
    text = before + phrase
    assert is_plural_form(text, len(before), len(text), "ru-RU") is several


def test_number_is_unknown_without_a_dictionary() -> None:
    assert is_plural_form("die Verträge", 0, 12, "de") is None


@pytest.mark.parametrize(
    ("phrase", "use"),
    [("ввёл санкции", "past"), ("вводит санкции", "present"), ("ввести санкции", "base"),
     ("введёт санкции", "base"), ("вводя санкции", "gerund"), ("введены санкции", "participle"),
     ("вводящий санкции", "participle"), ("по этому поводу", "base")],
)  # fmt: skip
def test_use_of_a_verb_is_that_of_the_source(phrase: str, use: str) -> None:
    assert verb_uses(phrase, "ru")[0] == use
