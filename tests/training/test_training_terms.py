"""Which phrases are annotated with terms, and how."""

from __future__ import annotations

import random

import pytest

torch = pytest.importorskip("torch")

from training.align import AlignedPair, find_words, mutual_neighbours
from training.corpus import Pair
from training.terms import Term, TermAnnotation, TermSpan, find_substitutes, find_term_spans

PAIR = Pair("Начались мирные переговоры в Каире.", "The peace talks began in Cairo.")
LINKS = ((0, 3), (1, 1), (2, 2), (3, 4), (4, 5))


def spans() -> dict[str, tuple[TermSpan, ...]]:
    aligned = AlignedPair(find_words(PAIR.source), find_words(PAIR.target), LINKS)
    return {PAIR.source: tuple(find_term_spans(PAIR, aligned))}


def test_phrases_of_adjectives_and_nouns_are_found() -> None:
    found = [
        (PAIR.source[s.source.start : s.source.stop], PAIR.target[s.target.start : s.target.stop])
        for s in spans()[PAIR.source]
    ]
    assert found == [("мирные переговоры", "peace talks"), ("Каире", "Cairo")]


def test_the_annotation_gives_the_dictionary_form() -> None:
    annotate = TermAnnotation(spans(), ())
    changed = {annotate(PAIR, random.Random(seed)) for seed in range(20)}
    assert all(pair.target == PAIR.target for pair in changed)
    assert any(
        "мирные переговоры <term> peace talk </term> в Каире <term> Cairo </term>." in pair.source
        for pair in changed
    )


def test_a_substitute_stands_in_the_target_too() -> None:
    annotate = TermAnnotation(spans(), (Term("island", "islands"),))
    changed = [annotate(PAIR, random.Random(seed)) for seed in range(40)]
    substituted = [pair for pair in changed if "island" in pair.source]
    assert substituted
    assert {pair.target for pair in substituted} == {"The islands began in Cairo."}


def test_substitutes_occur_in_both_numbers() -> None:
    assert find_substitutes([PAIR], spans()) == []


def test_mutual_neighbours_point_at_each_other() -> None:
    similarities = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.0, 0.7]])
    assert list(mutual_neighbours(similarities)) == [(0, 0), (2, 1)]
