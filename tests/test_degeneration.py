"""Degenerate output: what counts as such, and how it is mended or marked."""

import pytest
from conftest import WordForWord

from toolkit.degeneration import find_degeneration, translate_soundly

DEGENERATE = [
    ("Беседа.", "", "is empty"),
    ("Беседа.", " \n", "is empty"),
    ("Беседа.", "♪", "only “♪”"),
    ("Беседа.", "...", "only “...”"),
    ("Российский лидер", "the leader of Россия", "left untranslated"),
    ("Да, сказал он", "the the the leader", "repeated"),
    ("совместной с партнёрами", "agree on the joint joint partners", "repeated"),
    ("будущее отношений", "the future of the future of relations", "repeated"),
    ("президентов России и США", "of the United States and the United States", "repeated"),
    ("Коротко.", "It is " + " ".join(f"word{n}" for n in range(30)), "longer"),
]
SOUND = [
    ("Беседа длилась два часа.", "The conversation lasted two hours."),
    ("Нет, нет и нет!", "No, no and no!"),  # the source repeats too
    ("Он знал, что это так.", "He knew that that was so."),
    ("Он имел дело.", "He had had dealings."),
    ("Обмен 175 на 175.", "An exchange of 175 for 175."),
    ("День за днём", "day by day"),
    ("— 42 %", "— 42%"),
    ("Да.", "Yes."),
]


@pytest.mark.parametrize(("source", "target", "problem"), DEGENERATE)
def test_output_that_no_translator_would_write_is_found(
    source: str, target: str, problem: str
) -> None:
    assert problem in (find_degeneration(source, target, "ru", "en") or "")


@pytest.mark.parametrize(("source", "target"), SOUND)
def test_ordinary_output_is_sound(source: str, target: str) -> None:
    assert find_degeneration(source, target, "ru", "en") is None


def test_cyrillic_is_no_problem_between_languages_that_share_it() -> None:
    assert find_degeneration("Беседа", "Бесіда", "ru", "uk") is None


def test_segment_is_decoded_again_until_it_is_sound() -> None:
    engine = WordForWord({"а": "♪", "б": "fine"}, {"а": "♪"}, {"а": "mended"})
    first, second = translate_soundly(engine, ["а", "б"])
    assert (first[0].text, [edit.before for edit in first[1]]) == ("mended", ["♪"])
    assert (second[0].text, second[1]) == ("fine", ())


def test_segment_that_stays_degenerate_keeps_its_first_translation() -> None:
    ((hypothesis, edits),) = translate_soundly(WordForWord({"а": "♪"}), ["а"])
    assert (hypothesis.text, edits) == ("♪", ())
