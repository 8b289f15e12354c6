"""Fitting an English term into a sentence: its number, the article before it, the verb after it."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from toolkit import english

PREPOSITIONS = frozenset(
    "about against among as at between by concerning for from in into of on over to under until "
    "with without".split()
)
"""Words that end the head of a noun phrase: *settlement* of the conflict."""
AGREEING = {"is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't"}
"""Verbs after a singular noun, and after a plural one."""

_VOWEL_SOUND = re.compile(
    r"(?!(?:uni|use|usu|uti|euro|one\b|once\b|ukr|uk\b|un\b|us\b|eu\b))[aeiou]|hour|honest|honou?r"
    r"|heir",
    re.IGNORECASE,
)
_VOWEL_LETTERS = frozenset("AEFHILMNORSX")
"""Letters whose names begin with a vowel: an NGO, an FBI agent."""


@cache
def _nouns(kind: str) -> frozenset[str]:
    """Return nouns by whether they are counted: `mass`, or `count` where the ending says mass."""
    file = resources.files("toolkit") / "data" / "english" / f"{kind}_nouns.txt"
    return frozenset(file.read_text(encoding="utf-8").split())


def indefinite_article(word: str) -> str:
    """Return the indefinite article before a word.

    >>> [indefinite_article(word) for word in ("airstrike", "union", "hour", "NGO", "UN")]
    ['an', 'a', 'an', 'an', 'a']
    """
    if word.isupper() and len(word) > 1 and word not in {"NATO", "SIPRI"}:
        return "an" if word[0] in _VOWEL_LETTERS else "a"
    return "an" if _VOWEL_SOUND.match(word) else "a"


def head_index(words: list[str]) -> int:
    """Return the index of the head of a noun phrase: the word before the first preposition.

    >>> head_index("root causes of the crisis".split()), head_index(["peace", "treaty"])
    (1, 1)
    """
    for index, word in enumerate(words[1:], start=1):
        if word.casefold() in PREPOSITIONS:
            return index - 1
    return len(words) - 1


def is_plural(phrase: str) -> bool:
    """Tell whether the head of a noun phrase looks like a plural.

    >>> is_plural("armed forces of the country"), is_plural("crisis")
    (True, False)
    """
    words = phrase.split()
    return any(True for _ in english.singulars(words[head_index(words)].casefold()))


def is_mass(phrase: str) -> bool:
    """Tell whether the head of a noun phrase names what is not counted.

    >>> is_mass("shuttle diplomacy"), is_mass("protectionism"), is_mass("a meeting")
    (True, True, False)
    """
    words = phrase.casefold().split()
    head = words[head_index(words)]
    has_ending = head.endswith(("ism", "ing", "ization", "ness"))
    return head in _nouns("mass") or (has_ending and head not in _nouns("count"))


def plural(phrase: str) -> str:
    """Return a noun phrase in the plural; one that is already plural, or is a name, as it is.

    >>> plural("act of aggression"), plural("talks"), plural("member state")
    ('acts of aggression', 'talks', 'member states')
    """
    words = phrase.split()
    index = head_index(words)
    if (
        is_plural(phrase)
        or is_mass(phrase)
        or not words[index].isalpha()
        or not words[index][-1].islower()
    ):
        return phrase
    words[index] = next(english.plurals(words[index]))
    return " ".join(words)


def singular(phrase: str) -> str:
    """Return a noun phrase in the singular, if it has one.

    >>> singular("national minorities"), singular("peace")
    ('national minority', 'peace')
    """
    words = phrase.split()
    index = head_index(words)
    words[index] = next(english.singulars(words[index]), words[index])
    return " ".join(words)


def articles_for(
    phrase: str,
    article: str,
    *,
    is_name: bool,
    determined: bool,
    specified: bool,
    modified: bool,
) -> Iterator[str]:
    """Yield the articles that may stand before a noun phrase, the likeliest first.

    Args:
        phrase: the noun phrase.
        article: the article that stood before the words it replaces; empty if none did.
        is_name: whether it is a name, which is never indefinite.
        determined: whether another determiner stands before it.
        modified: whether an adjective or the like may stand before it, and an article before that.
        specified: whether it is followed by “of” and thereby definite.
    """
    indefinite = indefinite_article(phrase.split(maxsplit=1)[0])
    if determined:
        yield ""
    elif is_name:
        yield from ("the", "") if article else ("", "the")
    elif is_mass(phrase):
        yield article if article == "the" and specified else ""
    elif article == "the":
        yield "the"
    elif is_plural(phrase):
        yield ""
    elif article:
        yield from (indefinite, "")
    elif modified:
        yield from ("", "the", indefinite)
    else:
        yield from ("the", indefinite)


def agreeing(verb: str, *, is_plural: bool) -> str:
    """Return a verb as it stands after a singular or plural subject.

    >>> agreeing("is", is_plural=True), agreeing("were", is_plural=False)
    ('are', 'was')
    """
    if not is_plural:
        return {many: one for one, many in AGREEING.items()}.get(verb, verb)
    return AGREEING.get(verb) or next(english.singulars(verb), verb)
