"""Checks of meaning: negation, modality and attribution that are lost or gained."""

import re
from collections.abc import Iterator
from functools import cache

from toolkit.bitext import Span
from toolkit.checks.pair import Finding, Pair, quoted
from toolkit.checks.tokens import rows


def check_negation(pair: Pair) -> Iterator[Finding]:
    """Find negations without an answer on the other side."""
    lost = _negations(pair.source, "ru", "strong") or _negations(pair.source, "ru", "double")[:1]
    if lost and len(lost) > len(_negation("en", "weak").findall(pair.target)):
        message = f"the negation {quoted(pair.source, lost[0])} is lost: put it in"
        yield Finding(message, lost[0])
    gained = _negations(pair.target, "en", "strong")
    if gained and len(gained) > len(_negation("ru", "weak").findall(pair.source)):
        words = quoted(pair.target, gained[0])
        yield Finding(f"{words} negates what the source affirms: check it", target=gained[0])


def _negations(text: str, lang: str, kind: str) -> list[Span]:
    """Find the negations of a kind that are not part of an idiom."""
    pattern = _negation(lang, kind)
    if not pattern.search(text):
        return []
    return [found.span() for found in pattern.finditer(_without_idioms(text, lang))]


def _without_idioms(text: str, lang: str) -> str:
    """Blank out the expressions whose negation says nothing; all else keeps its place."""
    return _negation(lang, "idiom").sub(lambda found: "·" * len(found.group()), text)


@cache
def _negation(lang: str, kind: str) -> re.Pattern[str]:
    expressions = {(one, other): text for one, other, text in rows("negation.tsv")}
    return _whole_words(expressions[lang, kind])


def check_modality(pair: Pair) -> Iterator[Finding]:
    """Find duties, possibilities and conjectures that have become plain facts."""
    return _lost_markers(pair, "modality")


def check_attribution(pair: Pair) -> Iterator[Finding]:
    """Find reported speech that has become the author's own: «по его словам», «якобы»."""
    return _lost_markers(pair, "attribution")


def _lost_markers(pair: Pair, check: str) -> Iterator[Finding]:
    for source, target in _markers(check):
        found = source.search(pair.source)
        if found and not target.search(pair.target):
            words = quoted(pair.source, found.span())
            yield Finding(f"{words} is lost in the translation: put it in", found.span())


@cache
def _markers(check: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (_whole_words(source), _whole_words(target))
        for name, source, target in rows("markers.tsv")
        if name == check
    )


def _whole_words(expressions: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{expressions})(?![\w])", re.IGNORECASE)
