"""Renderings of a concept are found in an English text, in whatever form they stand."""

import pytest

from toolkit.bitext import Concept
from toolkit.terminology import Rendering, find_rendering, find_renderings, is_same_term

IMPOSE = Concept(
    "impose-sanctions",
    "ввести санкции",
    "impose sanctions",
    admitted=("introduce restrictive measures",),
    forbidden=("enter sanctions",),
    pos="verb",
)


def concept(target: str, pos: str = "noun", **fields: tuple[str, ...]) -> Concept:
    return Concept("concept", "понятие", target, pos=pos, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "pos", "text", "found"),
    [
        ("peace treaty", "noun", "Two peace treaties were signed.", "peace treaties"),
        ("peace treaty", "noun", "Peace Treaty of 1783", "Peace Treaty"),
        ("peace treaty", "noun", "the peace treaty's text", "peace treaty"),
        ("root causes", "noun", "a root cause of it", "root cause"),
        ("memorandum", "noun", "both memoranda", "memoranda"),
        ("crisis", "noun", "two crises", "crises"),
        ("party", "noun", "all parties", "parties"),
        ("serviceman", "noun", "the servicemen", "servicemen"),
        (
            "exchange of prisoners",
            "noun",
            "exchanges of the prisoners",
            "exchanges of the prisoners",
        ),
        (
            "violation of the ceasefire",
            "noun",
            "violations of ceasefire",
            "violations of ceasefire",
        ),
        ("ceasefire", "noun", "a cease-fire", "cease-fire"),
        ("ceasefire", "noun", "a cease fire", "cease fire"),
        ("cease-fire", "noun", "the ceasefires", "ceasefires"),
        ("non-proliferation", "noun", "nonproliferation", "nonproliferation"),
        ("long-term interests", "noun", "long\u2011term interest", "long\u2011term interest"),
        ("defense cooperation", "noun", "defence co-operation", "defence co-operation"),
        ("demilitarization", "noun", "demilitarisation", "demilitarisation"),
        ("trade center", "noun", "trade centres", "trade centres"),
        ("program", "noun", "a programme", "programme"),
        ("impose sanctions", "verb", "imposed the sanctions", "imposed the sanctions"),
        (
            "impose sanctions",
            "verb",
            "imposing new tough sanctions",
            "imposing new tough sanctions",
        ),
        (
            "express appreciation",
            "verb",
            "expressed his appreciation",
            "expressed his appreciation",
        ),
        ("withdraw troops", "verb", "troops were sent; he withdrew troops", "withdrew troops"),
        ("hold talks", "verb", "they held long talks", "held long talks"),
        ("express appreciation", "verb", "Appreciation was expressed.", None),
        ("impose sanctions", "verb", "the sanctions imposed in May", "sanctions imposed"),
        ("impose sanctions", "verb", "sanctions will be imposed", "sanctions will be imposed"),
        ("initial", "verb", "the treaty was initialled", "initialled"),
        ("commit", "verb", "he committed", "committed"),
        ("ratify", "verb", "ratified", "ratified"),
        ("United States", "name", "the United States' plan", "United States"),
        ("US", "name", "US's plan", "US"),
        ("U.S.", "name", "the U.S. plan", "U.S."),
        ("on a bilateral basis", "adv", "On a bilateral basis, they", "On a bilateral basis"),
    ],
)
def test_the_form_of_a_rendering_does_not_matter(
    target: str, pos: str, text: str, found: str | None
) -> None:
    rendering = find_rendering(concept(target, pos), text)
    assert rendering is not None
    assert text[rendering.start : rendering.stop] == (found or text.rstrip("."))


@pytest.mark.parametrize(
    ("target", "pos", "text"),
    [
        ("US", "name", "Tell us more."),
        ("form", "noun", "the format"),
        ("peace treaty", "noun", "peace. Treaty"),
        ("impose sanctions", "verb", "They sanction it and impose."),
        ("impose sanctions", "verb", "impose a tax on those who evade sanctions"),
        ("settlement", "noun", "the sentiment"),
        ("arms race", "noun", "race for arms"),
    ],
)
def test_other_words_are_no_rendering(target: str, pos: str, text: str) -> None:
    assert find_rendering(concept(target, pos), text) is None


def test_offsets_and_kind_are_reported() -> None:
    assert find_rendering(IMPOSE, "It entered sanctions.") == Rendering(
        3, 20, "enter sanctions", "forbidden"
    )


def test_a_permitted_rendering_wins_over_a_forbidden_one_elsewhere() -> None:
    rendering = find_rendering(IMPOSE, "entered sanctions, then imposed sanctions")
    assert rendering is not None
    assert rendering.kind == "preferred"


def test_a_permitted_rendering_within_a_forbidden_one_does_not_count() -> None:
    calque = concept("settlement", forbidden=("human settlement",))
    [rendering] = find_renderings(calque, "A human settlement.")
    assert rendering.kind == "forbidden"


def test_an_article_can_make_a_rendering_wrong() -> None:
    ukraine = concept("in Ukraine", "adv", forbidden=("in the Ukraine",))
    assert [one.kind for one in find_renderings(ukraine, "in the Ukraine")] == ["forbidden"]
    assert [one.kind for one in find_renderings(ukraine, "in Ukraine")] == ["preferred"]


def test_all_renderings_are_found_in_order() -> None:
    talks = concept("talks", admitted=("negotiations",))
    text = "Negotiations are talks; talks are negotiations."
    kinds = [one.kind for one in find_renderings(talks, text)]
    assert kinds == ["admitted", "preferred", "preferred", "admitted"]


def test_terms_that_differ_in_spelling_only_are_the_same() -> None:
    assert is_same_term("cease-fire center", "Ceasefire centre")
    assert not is_same_term("custom union", "customs union")
    assert not is_same_term("peace", "peace treaty")


def test_an_empty_target_has_no_rendering() -> None:
    assert find_rendering(IMPOSE, "") is None
    assert find_rendering(concept(""), "some text") is None
