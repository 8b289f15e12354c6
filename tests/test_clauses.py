"""Cutting long segments: nothing is lost, and the cuts lie where a reader would pause."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.clauses import split_into_clauses


@given(st.text(alphabet="абв, ;.—:\u00a0A", max_size=300), st.integers(1, 50))
def test_pieces_are_short_and_hold_the_whole_text(text: str, most: int) -> None:
    pieces = list(split_into_clauses(text, most, len))
    assert all(len(piece) <= most for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    "text",
    [
        "Первый пункт принят;| второй пункт отклонён.",
        "Он сказал, что согласен,| но она возразила.",
        "Встреча, начавшаяся в полдень,| завершилась вечером.",
        "Стороны договорились:| огонь прекращается.",
        "Россия, США, Китай| — участники переговоров.",
        "Встреча министров иностранных| дел прошла успешно",
    ],
)
def test_cut_lies_at_the_best_place_near_the_middle(text: str) -> None:
    pieces = text.split("|")
    whole = text.replace("|", "")
    assert list(split_into_clauses(whole, len(whole) - 1, len)) == [
        piece.strip() for piece in pieces
    ]
