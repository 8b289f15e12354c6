"""`bilingual evaluate`: the scores mean what their names say."""

import json
from pathlib import Path

import pytest
from conftest import Bilingual

from toolkit import Concept, Glossary, TermMatcher
from toolkit.evaluation import (
    Sample,
    compare,
    consistency,
    edit_cost,
    evaluate,
    forbidden_left,
    one_minus_term,
    read_samples,
    term_accuracy,
    window_overlap,
)
from toolkit.evaluation_page import coloured

TRUCE = Concept("truce", "перемирие", "truce", admitted=("armistice",), forbidden=("world",))
MATCHER = TermMatcher(Glossary(concepts=(TRUCE,)))
SOURCE, REFERENCE = "Новое перемирие нарушено.", "The new truce has been broken."


def samples(*hypotheses: str, reference: str = REFERENCE) -> list[Sample]:
    size = len(hypotheses)
    return read_samples([SOURCE] * size, [reference] * size, hypotheses, MATCHER)


def test_only_terms_that_the_reference_renders_are_expected() -> None:
    assert len(samples("x")[0].terms) == 1
    assert samples("x", reference="The new peace is over.")[0].terms == ()


def test_accuracy_counts_preferred_and_admitted_renderings() -> None:
    assert term_accuracy(samples("A truce.", "An armistice.", "A world.", "A pause.")) == 0.5
    assert term_accuracy([]) == 1


def test_forbidden_rendering_counts_where_no_other_stands() -> None:
    assert [forbidden_left(one) for one in samples("A world.", "A truce of the world.", "A.")] == [
        1, 0, 0,
    ]  # fmt: skip


def test_window_overlap_looks_at_the_words_around_a_term() -> None:
    assert window_overlap(samples(REFERENCE)) == 1
    assert window_overlap(samples("The new truce is over.")) == 0.5
    assert window_overlap(samples("Peace is over.")) == 0


def test_edit_of_a_term_weighs_double_in_term() -> None:
    """One wrong word of six: 1 of 7 where it is no term, 2 of 7 where it is one."""
    assert one_minus_term(samples("The new truce has been kept.")) == pytest.approx(1 - 1 / 7)
    assert one_minus_term(samples("The new pause has been broken.")) == pytest.approx(1 - 2 / 7)
    assert one_minus_term(samples(REFERENCE)) == 1


def test_edit_cost_is_that_of_the_cheapest_edits() -> None:
    assert edit_cost([], ["a", "b"], [1.0, 2.0]) == 3
    assert edit_cost(["a", "x", "b"], ["a", "b"], [1.0, 2.0]) == 1
    assert edit_cost(["b", "a"], [], []) == 2


def test_consistency_is_the_share_of_the_most_frequent_rendering() -> None:
    assert consistency(samples("truce", "truce", "armistice", "pause")) == 0.5
    assert consistency(samples("truce")) == 1


def test_scores_are_signed_and_from_0_to_100() -> None:
    scores = evaluate(samples(REFERENCE))
    assert (scores.bleu, scores.chrf, scores.term_accuracy) == pytest.approx((100, 100, 100))
    assert "tok:13a" in scores.signatures[0]
    assert "nc:6" in scores.signatures[1]


def test_bootstrap_tells_a_difference_from_chance() -> None:
    worse = samples(*["The world is over."] * 20)
    better = samples(*[REFERENCE] * 20)
    chrf, _, accuracy = compare(worse, better)
    assert (chrf.p, accuracy.difference) == (0, 100)
    assert 0 < chrf.low <= chrf.difference <= chrf.high
    same, *_ = compare(better, better)
    assert (same.difference, same.p) == (0, 1)


def test_differing_words_are_marked_and_escaped() -> None:
    assert coloured("a <b> c", "a d c") == (
        "a <del>&lt;b&gt;</del> c",
        "a <ins>d</ins> c",
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    source, reference = tmp_path / "text.ru", tmp_path / "text.en"
    source.write_text("Беседа длилась более двух часов.\nПеремирие нарушено.\n", "utf-8")
    reference.write_text(
        "The conversation lasted more than two hours.\nThe truce has been broken.\n", "utf-8"
    )
    return source, reference


def test_model_is_compared_with_its_enforced_terms(
    bilingual: Bilingual, files: tuple[Path, Path], tmp_path: Path
) -> None:
    run = bilingual("evaluate", *files, "--json", "--html", "page.html")
    content = json.loads(run.stdout)
    assert list(content["systems"]) == ["model", "terms enforced"]
    assert content["systems"]["terms enforced"]["term_accuracy"] == 100
    assert [one["measure"] for one in content["comparisons"]] == ["chrf", "bleu", "term_accuracy"]
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<svg" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_given_translations_are_measured(
    bilingual: Bilingual, files: tuple[Path, Path], tmp_path: Path
) -> None:
    other = tmp_path / "other.en"
    other.write_text("The talk took two hours.\nThe world is over.\n", "utf-8")
    run = bilingual("evaluate", *files, "--hyp", files[1], "--hyp", other)
    assert run.returncode == 0
    name, first, second = run.stdout.splitlines()[1].split()
    assert (name, first) == ("BLEU", "100.00")
    assert float(second) < 50


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["text.ru", "nowhere.en"], 1, "nowhere.en: cannot be read"),
        (["text.ru", "text.en", "--hyp", "short.en"], 1, "short.en: has 1 lines and text.ru has 2"),
        (["text.ru", "text.en", *["--hyp", "text.en"] * 3], 2, "at most two files"),
    ],
)
@pytest.mark.usefixtures("files")
def test_wrong_files_are_told(
    bilingual: Bilingual, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "short.en").write_text("One line.\n", "utf-8")
    run = bilingual("evaluate", *arguments)
    assert (run.returncode, message in run.stderr, "Traceback" in run.stderr) == (code, True, False)
