"""The content of the base glossary: complete rows, one owner for every term, CLDR's countries."""

import csv
import re
from itertools import chain
from pathlib import Path

import pytest
from babel import Locale

from toolkit.bitext import Concept
from toolkit.formats.table import POS, read_table
from toolkit.glossary import base_files
from toolkit.terminology import is_same_term

EXCEPTIONS = Path(__file__).parent / "data" / "glossary" / "cldr-exceptions.csv"
TERM_DOMAINS = frozenset(
    "negotiation conflict arms-control protocol consular treaty law organisation sanctions energy "
    "trade human-rights security elections state media humanitarian territory".split()
)
NAME_DOMAINS = frozenset(
    "state capital city region demonym adjective organisation ministry post treaty-name person "
    "geography".split()
)
STATES = (
    "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF "
    "CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD "
    "GE GH GM GN GQ GR GT GW GY HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP "
    "KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY "
    "MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RU RW SA SB SC SD SE "
    "SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TZ UA UG US UY UZ VA "
    "VC VE VN VU WS YE ZA ZM ZW"
).split()
"""Members of the United Nations and its two observer states."""


def concepts(name: str) -> tuple[Concept, ...]:
    [path] = [path for path in base_files() if path.name.startswith(name)]
    return tuple(read_table(path).concepts())


TERMS, NAMES = concepts("diplomacy"), concepts("names")
ALL = (*TERMS, *NAMES)


def folded(text: str) -> str:
    return text.casefold().replace("ё", "е").replace("’", "'")


def exceptions() -> list[dict[str, str]]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cldr_name(territory: str, lang: str) -> str:
    return str(Locale(lang).territories[territory])


def expected_names(territory: str) -> tuple[str, str]:
    """Return how CLDR calls a territory in Russian and English, or our documented choice."""
    ours = {one["lang"]: one["ours"] for one in exceptions() if one["territory"] == territory}
    russian, english = (ours.get(lang) or cldr_name(territory, lang) for lang in ("ru", "en"))
    return folded(russian), folded(english)


def names_of_states() -> set[tuple[str, str]]:
    """Return all Russian terms of the domain `state`, each with its preferred English name."""
    return {
        (folded(term), folded(one.target))
        for one in NAMES
        if one.domain == "state"
        for term in (one.source, *one.synonyms)
    }


@pytest.mark.parametrize(
    "territory", sorted({*STATES, *(one["territory"] for one in exceptions())})
)
def test_country_names_agree_with_cldr_or_a_documented_exception(territory: str) -> None:
    assert expected_names(territory) in names_of_states()


def test_no_other_name_of_a_state_contradicts_cldr() -> None:
    """What CLDR knows by a Russian name is nowhere rendered by another English one."""
    documented = {expected_names(one["territory"]) for one in exceptions()}
    known = {
        folded(russian): folded(cldr_name(territory, "en"))
        for territory, russian in Locale("ru").territories.items()
        if territory.isalpha()
    }
    contradictions = {
        (term, target)
        for term, target in names_of_states() - documented
        if known.get(term, target) != target
    }
    assert not contradictions


@pytest.mark.parametrize("one", exceptions(), ids=lambda one: f"{one['territory']}-{one['lang']}")
def test_exceptions_are_needed_reasoned_and_quote_the_present_cldr(one: dict[str, str]) -> None:
    assert one["cldr"] == cldr_name(one["territory"], one["lang"])
    assert folded(one["ours"]) != folded(one["cldr"])
    assert one["reason"]


def test_glossary_has_a_thousand_terms_and_seven_hundred_names() -> None:
    assert len(TERMS) >= 1000
    assert len(NAMES) >= 700


def test_most_terms_are_phrases() -> None:
    """Single words hit falsely, so terms of several words dominate."""
    assert sum(" " in one.source for one in TERMS) > 0.8 * len(TERMS)


def test_every_row_is_complete() -> None:
    """Every row has both terms, a reference, and values of the vocabularies."""
    for domains, rows in ((TERM_DOMAINS, TERMS), (NAME_DOMAINS, NAMES)):
        incomplete = [
            one.id
            for one in rows
            if not (one.source and one.target and one.reference)
            or one.pos not in POS
            or one.domain not in domains
            or one.status != "approved"
            or not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", one.id)
        ]
        assert not incomplete


def test_identifiers_are_unique_over_both_files() -> None:
    ids = [one.id for one in ALL]
    assert sorted(ids) == sorted(set(ids))


def test_every_russian_term_belongs_to_one_concept() -> None:
    """No term stands twice in the two files, be it with е for ё or in other capitals."""
    terms = [folded(term) for one in ALL for term in (one.source, *one.synonyms)]
    assert sorted(terms) == sorted(set(terms))


def test_no_forbidden_rendering_is_a_permitted_one() -> None:
    contradictions = [
        (one.id, wrong)
        for one in ALL
        for wrong in one.forbidden
        for right in (one.target, *one.admitted)
        if is_same_term(right, wrong)
    ]
    assert not contradictions


def test_scripts_are_not_mixed() -> None:
    """English renderings have no Cyrillic letters, no word has letters of both scripts."""
    renderings = chain.from_iterable((one.target, *one.admitted, *one.forbidden) for one in ALL)
    assert not [term for term in renderings if re.search("[А-яЁё]", term)]
    russian = chain.from_iterable((one.source, *one.synonyms) for one in ALL)
    assert not [
        term
        for term in russian
        for word in re.findall(r"\w+", term)
        if re.search("[А-яЁё]", word) and re.search("[A-Za-z]", word)
    ]
