"""The checks: what each must find, and what it must leave alone."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from test_formats import SIGNATURE

from toolkit import (
    Bitext,
    Block,
    Document,
    Glossary,
    Segment,
    TermMatcher,
    Unit,
    load_glossary,
)
from toolkit.bitext import Concept
from toolkit.checks import CODES, check_bitext
from toolkit.pipeline import find_terms

CASES = Path(__file__).parent / "data" / "checks"
LEAST_CASES = 10
CLEAN_UNITS = 300
MOST_FALSE_ALARMS = 0.05

HOUSE = TermMatcher(
    Glossary(
        concepts=(
            Concept("ceasefire", "прекращение огня", "ceasefire", admitted=("cessation of fire",)),
            Concept("peace-treaty", "мирный договор", "peace treaty", forbidden=("world treaty",)),
            Concept("talks", "переговоры", "talks", admitted=("negotiations",)),
            Concept("sanctions", "санкции", "sanctions", forbidden=("penalties",)),
            Concept("envoy", "спецпосланник", "special envoy", forbidden=("special messenger",)),
            Concept("impose", "ввести санкции", "impose sanctions", pos="verb"),
            Concept("extradition", "экстрадиция", "extradition"),
            Concept("mediation", "при посредничестве", "through the mediation of", pos="prep"),
            Concept(
                "putin", "Владимир Путин", "Vladimir Putin", ("Путин",), ("Putin",), pos="name"
            ),
            Concept(
                "foreign-ministry",
                "МИД",
                "Foreign Ministry",
                forbidden=("Ministry of the Interior",),
            ),
            Concept("eu", "Европейский союз", "European Union", ("ЕС",), ("EU",), pos="name"),
            Concept("summit", "саммит", "summit", forbidden=("top",)),
        )
    )
)


def bitext_of(pairs: list[tuple[str, str]]) -> Bitext:
    """Make a bitext of units in paragraphs of their own, with their terms."""
    units = (
        Unit(Segment(f"{number}.1", number - 1, 0, len(source), source), target)
        for number, (source, target) in zip(count(1), pairs, strict=False)
    )
    blocks = tuple(Block("paragraph", source) for source, _ in pairs)
    document = Document("call", "ru", "", blocks)
    return find_terms(Bitext(document, "ru", "en", tuple(units), SIGNATURE), HOUSE)


def read_cases() -> Iterator[tuple[str, bool, str]]:
    """Yield code, whether something must be found, and the pairs: `source | target // …`."""
    code = ""
    for path in sorted(CASES.glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("["):
                code = line.strip("[]")
            elif line[:2] in {"+ ", "- "}:
                yield code, line[0] == "+", line[2:]


def parse(text: str) -> list[tuple[str, str]]:
    """Read the pairs of a case, which may have escapes for characters."""
    pairs = []
    for pair in text.split(" // "):
        source, _, target = pair.partition(" | ")
        pairs.append((unescape(source), unescape(target)))
    return pairs


def unescape(text: str) -> str:
    if text.startswith("LONG"):
        return "word " * int(text.removeprefix("LONG")) + "end"
    for code in ("00a0", "200b", "202e", "0007", "fffd", "00ad", "feff", "2060", "e000", "0085"):
        text = text.replace(f"\\u{code}", chr(int(code, 16)))
    return text.replace("\\s", " ").replace("\\p", "|")


CASE_LIST = list(read_cases())


@pytest.mark.parametrize(("code", "is_found", "case"), CASE_LIST)
def test_check_finds_what_is_wrong_and_nothing_else(code: str, is_found: bool, case: str) -> None:  # noqa: FBT001 - pytest gives it
    bitext = check_bitext(bitext_of(parse(case)), [code])
    issues = [issue.message for unit in bitext.units for issue in unit.issues]
    assert bool(issues) == is_found, issues


@pytest.mark.parametrize("code", CODES)
def test_every_check_has_its_cases(code: str) -> None:
    for kind in (True, False):
        cases = [one for one in CASE_LIST if one[:2] == (code, kind)]
        assert len(cases) >= LEAST_CASES


@pytest.fixture(scope="module")
def clean() -> Bitext:
    """Three hundred pairs as a careful translator writes them, with the base glossary's terms."""
    rows = (CASES / "clean.tsv").read_text("utf-8").splitlines()
    pairs = [(source, target) for source, target in (row.split("\t") for row in rows)]
    return check_bitext(find_terms(bitext_of(pairs), TermMatcher(load_glossary())))


@pytest.mark.parametrize("code", CODES)
def test_check_is_silent_on_clean_text(clean: Bitext, code: str) -> None:
    """At most one unit in twenty has a finding of any check."""
    assert len(clean.units) >= CLEAN_UNITS
    alarms = [unit for unit in clean.units if any(issue.check == code for issue in unit.issues)]
    assert len(alarms) <= MOST_FALSE_ALARMS * len(clean.units)
