"""Checks of English that are safe without understanding: articles, agreement of was and were."""

import re
from collections.abc import Iterator
from functools import cache

from toolkit.checks.pair import Finding, Pair, quoted
from toolkit.checks.tokens import rows

_ARTICLE = re.compile(
    r"\b(an?)[ \u00a0](?:[\"“'‘(]?)([^\W\d_]+(?:[.'’-][^\W\d_]+)*|\d+)", re.IGNORECASE
)
_DOUBLED = re.compile(
    r"\b(?:the|an?) (?:the|an?)\b(?!\s*[-.(])"
    r"|\b(?:the|an?) (?:his|her|its|their|our|my|this|these)\b",
    re.IGNORECASE,
)
_VOWELS = "aeiou"
_CONSONANTS = frozenset("BCDFGHJKLMNPQRSTVWXYZ")
_VOWEL_LETTERS = "AEFHILMNORSX"
_ELEVEN = re.compile(r"8\d*|1[18](?:\d{3})*$")
_WERE = re.compile(
    r"\b(?:(?<!if )(?<!though )(?<!than )(?<!wish ))(he|she|it|this)\s+were\b", re.IGNORECASE
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|wish\w*|though|suppose|as it|would|lest|were|imagine|only|until|unless|whether|"
    r"that|and|or|than|what|like)\b[^.;]*$",
    re.IGNORECASE,
)
_WAS = re.compile(
    r"\b(?:(?:we|they|you|these|those|both|several|many|few)\s+was"
    r"|(?:these|those|both|several|many|two|three|four|five|six|seven|eight|nine|ten)\s+"
    r"(?!years|months|weeks|days|hours|minutes|percent|kilometers|dollars|miles|decades)"
    r"\w+(?<!s)s\s+was"
    r"|(?:(?:the|both)\s+)?(?:parties|sides|leaders|ministers|presidents|countries|states|talks|"
    r"negotiations|sanctions|forces|troops|people|children|women|men)\s+was)\b",
    re.IGNORECASE,
)


def check_article(pair: Pair) -> Iterator[Finding]:
    """Find “a” before a vowel, “an” before a consonant, and two articles in a row."""
    for found in _ARTICLE.finditer(pair.target):
        article, word = found.groups()
        if article == "A" and not _is_lower_context(pair.target, found.start()):
            continue
        if (article == "An" and word[0] in _CONSONANTS) or re.match(
            r"-\d", pair.target[found.end() :]
        ):
            continue  # a surname, or an abbreviation of who knows how many letters: Mi-8
        wants_an = _begins_with_vowel(word)
        if wants_an is not None and wants_an != (article.casefold() == "an"):
            right = "an" if wants_an else "a"
            yield Finding(f"“{found.group()}”: write “{right}”", None, found.span())
    for found in _DOUBLED.finditer(pair.target):
        words = quoted(pair.target, found.span())
        yield Finding(f"{words}: delete one of the two", None, found.span())


def _is_lower_context(text: str, place: int) -> bool:
    """Tell whether a capital A may be an article: where a sentence begins."""
    return not re.search(r"\w\s*$", text[:place])


@cache
def _exceptions() -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = {kind: tuple(words.split(",")) for kind, words in rows("articles.tsv")}
    return found["vowel"], found["consonant"]


def _begins_with_vowel(word: str) -> bool | None:
    """Tell whether a word sounds as if it began with a vowel; None where nobody can say."""
    if word.isdigit():
        return bool(_ELEVEN.fullmatch(word))
    letters = re.split("[.'’-]", word)[0]
    if (len(letters) == 1 and letters.isupper()) or (letters.isupper() and len(letters) < 4):
        return (
            None
            if len(letters) > 1 and _is_pronounceable(letters)
            else letters[0] in _VOWEL_LETTERS
        )
    if letters.isupper():
        return None
    folded = letters.casefold()
    vowels, consonants = _exceptions()
    if folded.startswith(vowels):
        return True
    if folded.startswith(consonants):
        return False
    return folded[0] in _VOWELS


def _is_pronounceable(letters: str) -> bool:
    """Tell whether an abbreviation may be read as a word: SAM, UNO, NATO."""
    return bool(
        re.fullmatch("[B-DF-HJ-NP-TV-Z]?[AEIOU][B-DF-HJ-NP-TV-Z][AEIOU]?|[AEIOU].", letters)
    )


def check_agreement(pair: Pair) -> Iterator[Finding]:
    """Find “they was” and “he were”, save where English wishes or supposes."""
    for found in _WAS.finditer(pair.target) if "was" in pair.target_words else ():
        if _is_subject(pair.target, found.start()):
            yield Finding(f"“{found.group()}”: write “were”", None, found.span())
    for found in _WERE.finditer(pair.target) if "were" in pair.target_words else ():
        if not _HYPOTHETICAL.search(pair.target[: found.start()]):
            yield Finding(f"“{found.group()}”: write “was”", None, found.span())


def _is_subject(text: str, place: int) -> bool:
    """Tell whether what stands before a noun does not take it as its object."""
    before = re.search(r"(\w+)[\s\"“(]*$", text[:place])
    return before is None or before.group(1).casefold() in _BEFORE_SUBJECT


_BEFORE_SUBJECT = frozenset(
    "that and but when while because if as said says where after before although though since so "
    "what how why whether until".split()
)
