"""The forms that an English word takes: number, possessive, tense, American and British spelling.

The exceptions are data, in `toolkit/data/english`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

ARTICLES = frozenset({"the", "a", "an"})
DETERMINERS = frozenset(
    "a an the this that these those his her its their our my your any some all each every".split()
)
"""Words that may stand before a noun of a term without changing it."""
AUXILIARIES = frozenset(
    "am is are was were be been being has have had will would shall should may might can could "
    "must to not also already".split()
)
"""Words that may stand between a subject and its verb in the passive."""
SHORTEST_NOUN = 2
"""Words of so many letters are prepositions and the like."""

_VOWEL_Y = re.compile("[^aeiou]y")
_SIBILANT = re.compile("(s|x|z|ch|sh)$")
_DOUBLING = re.compile("[^aeiou][aeiou][bdgklmnprt]$")
_SHORT_VERB = re.compile("[^aeiou]+[aeiou][bdgklmnprt]")
_IRREGULAR_THIRD = {"have": "has", "do": "does", "go": "goes", "veto": "vetoes"}
_IZE = re.compile("(?<=[a-z]{3})iz(?=(e|es|ed|er|ers|ing|ation|ations|able)$)")


def _rows(name: str) -> Iterator[list[str]]:
    file = resources.files("toolkit") / "data" / "english" / name
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


@cache
def _irregular_plurals() -> dict[str, str]:
    return dict(_rows("irregular_plurals.tsv"))


@cache
def _irregular_verbs() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        base: (tuple(past.split("|")), tuple(participle.split("|")))
        for base, past, participle in _rows("irregular_verbs.tsv")
    }


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    return tuple((american, british) for american, british in _rows("spelling.tsv"))


def plurals(noun: str) -> Iterator[str]:
    """Yield the plurals of a noun.

    >>> list(plurals("treaty")), list(plurals("memorandum"))
    (['treaties'], ['memoranda', 'memorandums'])
    """
    if noun in _irregular_plurals():
        yield _irregular_plurals()[noun]
    yield _with_s(noun)


def singulars(noun: str) -> Iterator[str]:
    """Yield what can be the singular of a plural; nothing where the word has no plural ending.

    >>> list(singulars("sanctions")), list(singulars("parties")), list(singulars("crisis"))
    (['sanction'], ['party'], [])
    """
    for singular, plural in _irregular_plurals().items():
        if plural == noun:
            yield singular
    if noun.endswith("ies"):
        yield noun[:-3] + "y"
    elif _SIBILANT.search(noun.removesuffix("es")) and noun.endswith("es"):
        yield noun[:-2]
        yield noun[:-1]
    elif noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        yield noun[:-1]


def numbers(noun: str) -> Iterator[str]:
    """Yield a word in the other numbers that it may have; short words have none.

    >>> list(numbers("talks")), list(numbers("peace")), list(numbers("of"))
    (['talkses', 'talk'], ['peaces'], [])
    """
    if noun.isalpha() and len(noun) > SHORTEST_NOUN:
        yield from plurals(noun)
        yield from singulars(noun)


def verb_forms(verb: str) -> Iterator[str]:
    """Yield the forms of a verb, its base form first.

    >>> list(verb_forms("impose"))
    ['impose', 'imposes', 'imposed', 'imposing']
    >>> sorted(set(verb_forms("withdraw")))
    ['withdraw', 'withdrawing', 'withdrawn', 'withdraws', 'withdrew']
    """
    yield verb
    yield _with_s(verb)
    for forms in _irregular_verbs().get(verb, ((_with_ending(verb, "ed"),),)):
        yield from forms
    yield _with_ending(verb, "ing")
    if _DOUBLING.search(verb):
        yield f"{verb}{verb[-1]}ed"
        yield f"{verb}{verb[-1]}ing"


@dataclass(frozen=True, slots=True)
class Conjugation:
    """The forms of a verb by their use; the likeliest of several first."""

    base: tuple[str, ...]
    present: tuple[str, ...]
    past: tuple[str, ...]
    participle: tuple[str, ...]
    gerund: tuple[str, ...]


def conjugate(verb: str) -> Conjugation:
    """Return the forms of a verb by their use.

    >>> conjugate("withdraw").participle, conjugate("be").present, conjugate("stop").past
    (('withdrawn',), ('is', 'are'), ('stopped',))
    """
    if verb == "be":
        return Conjugation(("be",), ("is", "are"), ("was", "were"), ("been",), ("being",))
    stem = verb + verb[-1] if _SHORT_VERB.fullmatch(verb) else verb
    regular = (_with_ending(stem, "ed"),)
    past, participle = _irregular_verbs().get(verb, (regular, regular))
    third = _IRREGULAR_THIRD.get(verb, _with_s(verb))
    return Conjugation((verb,), (third, verb), past, participle, (_with_ending(stem, "ing"),))


def spellings(word: str) -> Iterator[str]:
    """Yield a word in the spellings of both sides of the Atlantic, itself first.

    >>> list(spellings("defense")), list(spellings("organisation"))
    (['defense', 'defence'], ['organisation', 'organization'])
    """
    yield word
    for american, british in _spellings():
        for one, other in ((american, british), (british, american)):
            if word.startswith(one) and not (one in other and word.startswith(other)):
                yield other + word.removeprefix(one)
    swapped = _IZE.sub("is", word)
    if swapped == word:
        swapped = re.sub(_IZE.pattern.replace("iz(", "is("), "iz", word)
    if swapped != word:
        yield swapped


def _with_s(word: str) -> str:
    if _VOWEL_Y.search(word[-2:]):
        return word[:-1] + "ies"
    return word + ("es" if _SIBILANT.search(word) else "s")


def _with_ending(verb: str, ending: str) -> str:
    if verb.endswith("e") and (ending == "ed" or not verb.endswith(("ee", "oe"))):
        return verb[:-1] + ending
    if ending == "ed" and _VOWEL_Y.search(verb[-2:]):
        return verb[:-1] + "ied"
    return verb + ending
