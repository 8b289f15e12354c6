"""What the corpus steps keep, throw out and change."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("torch")

from typing import TYPE_CHECKING

from training.augment import (
    capitalise,
    change_number,
    drop_final_stop,
    forget_yo,
    join_some,
    lower_first_letter,
)
from training.corpus import (
    LOCALISATION_FILTERS,
    Pair,
    is_in_both_languages,
    normalise,
    read_own_text,
    read_pairs,
    set_apart,
    skeleton,
    without_repeats,
    without_tests,
    write_pairs,
)
from training.lexicon import best_translations, english_plural, plain_glosses
from training.names import inflect_place, swap_surnames, transliterate

if TYPE_CHECKING:
    from pathlib import Path

RNG = random.Random(1)


@pytest.mark.parametrize(
    ("source", "target", "kept"),
    [
        ("Переговоры продлились два часа.", "The talks lasted two hours.", True),
        ("Переговоры продлились два часа.", "Talks.", False),
        ("The talks lasted two hours.", "The talks lasted two hours.", False),
        ("Переговоры продлились 2 часа.", "The talks lasted 3 hours.", False),
        ("Переговоры продлились 2 часа.", "The talks lasted two hours.", True),
        ("Открыть файл %s для чтения", "Open file %s for reading", False),
        ("Файл", "File", False),
    ],
)
def test_filters(source: str, target: str, kept: bool) -> None:  # noqa: FBT001
    pair = Pair(source, target)
    assert all(accepts(pair) for accepts in LOCALISATION_FILTERS) is kept


def test_normalising_keeps_russian_quotes_and_plain_english() -> None:
    pair = normalise(Pair(" «Да»\u00a0— сказал он ", "“Yes,” he  said…"))
    assert pair == Pair("«Да» — сказал он", '"Yes," he said...')


def test_pairs_survive_a_file(tmp_path: Path) -> None:
    pairs = [Pair("Да.", "Yes.", "toy", 0.5), Pair("Нет.", "No.", "toy", 2.0)]
    write_pairs(tmp_path / "toy.tsv", pairs)
    assert list(read_pairs(tmp_path / "toy.tsv")) == pairs


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "toy.tsv").write_text("Да.\tYes.\nНет.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        list(read_pairs(tmp_path / "toy.tsv"))


def test_near_duplicates_of_held_out_pairs_leave_the_rest() -> None:
    pairs = [
        Pair(f"Посол {name} прибыл в столицу.", f"Ambassador {name} arrived in the capital.")
        for name in ("Иванов", "Иванова")
    ] + [Pair("Урожай зерна снизился втрое.", "The grain harvest fell to a third.")]
    held_out, rest = set_apart(pairs, 1, seed=0)
    assert len(held_out) == 1
    assert held_out[0] not in rest
    if "Посол" in held_out[0].source:
        assert [pair.source for pair in rest] == ["Урожай зерна снизился втрое."]


def test_repeats_and_test_sentences_are_left_out() -> None:
    pairs = [Pair("Строка 1", "Line 1"), Pair("Строка 22", "Row 22"), Pair("Да!", "Yes!")]
    assert list(without_repeats(pairs)) == [pairs[0], pairs[2]]
    assert list(without_tests(pairs, {skeleton("yes")})) == pairs[:2]


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (drop_final_stop, ("Да.", "Yes."), ("Да", "Yes")),
        (drop_final_stop, ("Да.", "Yes!"), ("Да.", "Yes!")),
        (forget_yo, ("Ёж ещё жив.", "The hedgehog"), ("Еж еще жив.", "The hedgehog")),
        (capitalise, ("Посол прибыл вчера", "The envoy"), ("ПОСОЛ ПРИБЫЛ ВЧЕРА", "The envoy")),
        (
            capitalise,
            ("посол <term> envoy </term> тут", "E"),
            ("посол <term> envoy </term> тут", "E"),
        ),
        (lower_first_letter, ("Посол тут.", "The envoy"), ("посол тут.", "the envoy")),
        (lower_first_letter, ("Москва тут.", "Moscow is"), ("Москва тут.", "Moscow is")),
    ],
)
def test_changes(change: object, before: tuple[str, str], after: tuple[str, str]) -> None:
    assert change(Pair(*before), RNG) == Pair(*after)  # type: ignore[operator]


def test_numbers_change_alike_on_both_sides() -> None:
    pair = change_number(Pair("Ждали 45 дней, до 3,5 млн", "Waited 45 days, to 3.5 million"), RNG)
    number = pair.source.split()[1]
    assert number != "45"
    assert pair.target.split()[1] == number
    assert "3,5" in pair.source


def test_joined_pairs_keep_their_order() -> None:
    pairs = [Pair("а", "a"), Pair("б", "b")]
    assert join_some(pairs, 1.0, RNG) == [Pair("а б", "a b"), pairs[1]]


@pytest.mark.parametrize(
    ("russian", "english"),
    [
        ("Лавров", "Lavrov"),
        ("Ельцин", "Yeltsin"),
        ("Зеленский", "Zelensky"),
        ("Соловьёв", "Solovyov"),
        ("Щербакова", "Shcherbakova"),
    ],
)
def test_transliteration(russian: str, english: str) -> None:
    assert transliterate(russian) == english


def test_a_surname_is_swapped_in_its_case() -> None:
    pair = swap_surnames(Pair("Он встретился с Лавровым.", "He met with Lavrov."), ["бабурин"], RNG)
    assert pair == Pair("Он встретился с Бабуриным.", "He met with Baburin.")


@pytest.mark.parametrize(
    ("name", "case", "form"), [("Каир", "loct", "Каире"), ("Нью-Йорк", "loct", None)]
)
def test_places_are_inflected_or_not(name: str, case: str, form: str | None) -> None:
    assert inflect_place(name, case) == form


def test_glosses_end_at_the_first_example() -> None:
    sense = " договор, соглашение (устное); agreement by piece сдельная плата"
    assert plain_glosses(sense) == ["договор", "соглашение"]


def test_early_meanings_of_common_words_come_first() -> None:
    glosses = [("осада", (2, 10, "blockade")), ("осада", (0, 99, "siege"))]
    assert best_translations(iter(glosses)) == {"осада": ["siege", "blockade"]}


@pytest.mark.parametrize(
    ("noun", "plural"), [("treaty", "treaties"), ("day", "days"), ("speech", "speeches")]
)
def test_plurals(noun: str, plural: str) -> None:
    assert english_plural(noun) == plural


def test_own_text_is_parallel_and_without_repeats() -> None:
    """Thousands of pairs, Cyrillic on one side only, no source twice."""
    pairs = list(read_own_text())
    assert len(pairs) > 8000
    assert all(is_in_both_languages(pair) for pair in pairs)
    assert len({pair.source for pair in pairs}) == len(pairs)
