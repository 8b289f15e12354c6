"""What must arrive as it is, or converted by rule: addresses, Latin names, numbers, times, sums.

Only damage that can be mended safely is mended here; what remains is for the checks to report.
"""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from toolkit.bitext import Edit

SCALES = {"тыс": "thousand", "млн": "million", "млрд": "billion", "трлн": "trillion"}
SCALES |= {"тысяч": "thousand", "миллион": "million", "миллиард": "billion", "триллион": "trillion"}
UNITS = {"дневн": "day", "летн": "year", "часов": "hour", "минутн": "minute", "месячн": "month"}
UNITS |= {"недельн": "week", "километров": "kilometer", "метров": "meter"}
CLOSE = 0.75  # similarity of a damaged name to the right one

_NUMBER = r"\d{1,3}(?:[  \u202f]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_ADDRESS = regex.compile(
    r"(?:https?://|www\.)[^\s«»<>]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]+\.(?:ru|com|org|net)\b"
)
_LATIN = regex.compile(r"\b[A-Za-z][\w&.-]*[\w](?: [A-Z][\w&.-]*\w)*")
_TIME = regex.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b")
_DATE = regex.compile(r"\b\d{1,2}\.\d{2}\.\d{4}\b")
_SUM = regex.compile(
    rf"({_NUMBER})[  ]?({'|'.join(sorted(SCALES, key=len, reverse=True))})\p{{L}}*\.?"
)
_COMPOUND = regex.compile(rf"\b(\d+)-({'|'.join(UNITS)})\p{{L}}*")
_PLAIN = regex.compile(rf"(?<![\d\p{{L}}.:,-])(?:{_NUMBER})(?![\d:]|[.,]\d)")
_ANY_SCALE = "|".join(sorted(set(SCALES.values())))


@dataclass(frozen=True, slots=True)
class Literal:
    """Something of a source that is not translated.

    Fields:
        source: how it stands in the source.
        target: how it must stand in the translation.
        kind: `address`, `name`, `time`, `date`, `sum`, `compound` or `number`.
        start: where it stands in the source.
    """

    source: str
    target: str
    kind: str
    start: int = 0


def english_number(number: str) -> str:
    """Write a Russian number with English separators.

    >>> english_number("5,5"), english_number("1 234 567"), english_number("2025")
    ('5.5', '1,234,567', '2025')
    """
    digits = regex.sub(r"\s", " ", number)
    return digits.replace(",", ".").replace(" ", ",")


def find_literals(source: str) -> Iterator[Literal]:
    """Yield the literals of a Russian text, each part of the text once.

    >>> [(one.kind, one.target) for one in find_literals("В 19:30 выделено 5,5 млн евро.")]
    [('time', '19:30'), ('sum', '5.5 million')]
    """
    rest = source
    for kind, pattern, convert in _KINDS:
        for match in pattern.finditer(rest):
            yield Literal(match.group(), convert(match), kind, match.start())
        rest = pattern.sub(lambda match: " " * len(match.group()), rest)


def _same(match: regex.Match[str]) -> str:
    return match.group()


def _sum(match: regex.Match[str]) -> str:
    return f"{english_number(match[1])} {SCALES[match[2]]}"


def _compound(match: regex.Match[str]) -> str:
    return f"{match[1]}-{UNITS[match[2]]}"


def _number(match: regex.Match[str]) -> str:
    return english_number(match.group())


_KINDS: tuple[tuple[str, regex.Pattern[str], Callable[[regex.Match[str]], str]], ...] = (
    ("address", _ADDRESS, _same),
    ("name", _LATIN, _same),
    ("time", _TIME, _same),
    ("date", _DATE, _same),
    ("sum", _SUM, _sum),
    ("compound", _COMPOUND, _compound),
    ("number", _PLAIN, _number),
)


def restore_literals(source: str, target: str) -> tuple[str, tuple[Edit, ...]]:
    """Mend the literals of a translation which were left unconverted, split up or misspelt.

    >>> restore_literals("5,5 млн евро, сайт www.un.org.", "5,5 billion euros, www. un. org.")[0]
    '5.5 million euros, www.un.org.'
    """
    edits = []
    for literal in find_literals(source):
        if not stands_in(literal.target, target):
            mended = next(filter(None, (mend(literal, target) for mend in MENDERS)), None)
            if mended:
                reason = f"«{literal.source}» is “{literal.target}”"
                edits.append(Edit("literal", target, mended, reason))
                target = mended
    return target, tuple(edits)


def stands_in(literal: str, text: str) -> bool:
    """Tell whether a literal stands in a text as a word of its own."""
    escaped = regex.escape(literal)
    return regex.search(rf"(?<![\w]){escaped}(?!\w|[.,:]\d)", text) is not None


def join_split(literal: Literal, target: str) -> str | None:
    """Close up a literal with spaces in it: “19: 30”, “www. un. org”."""
    letters = [regex.escape(letter) for letter in literal.target if letter != " "]
    if literal.kind in {"sum", "number"} or len(letters) < 3:
        return None
    match = regex.search(rf"(?<!\w){' ?'.join(letters)}(?!\w)", target, regex.IGNORECASE)
    if match is None or (literal.kind == "name" and match.group()[0] != literal.target[0]):
        return None
    return _put(target, match, literal.target)


def convert_number(literal: Literal, target: str) -> str | None:
    """Give a number that was copied from the source its English separators."""
    if literal.kind not in {"sum", "number"}:
        return None
    source = regex.search(_NUMBER, literal.source)
    if source is None or english_number(source.group()) == source.group():
        return None
    written = regex.escape(source.group()).replace(r"\ ", r"\s").replace("\u00a0", r"\s")
    match = regex.search(rf"(?<![\d.,]){written}(?!\d|[.,]\d)", target)
    if match is None:
        return None
    converted = _put(target, match, english_number(source.group()))
    return correct_scale(literal, converted) or converted


def correct_scale(literal: Literal, target: str) -> str | None:
    """Write the right one of thousand, million, billion behind a number that stands there."""
    if literal.kind != "sum":
        return None
    number, scale = literal.target.split(" ")
    written = rf"(?<![\d.,]){regex.escape(number)}(?:[ -]({_ANY_SCALE}))?\b"
    match = regex.search(rf"{written}(?![.,]?\d|[ -](?:{_ANY_SCALE}))", target)
    if match is None or match[1] == scale:
        return None
    return _put(target, match, f"{number} {scale}")


def respell_name(literal: Literal, target: str) -> str | None:
    """Write a Latin name right where something very like it stands."""
    if literal.kind not in {"name", "address"} or len(literal.target) < 4:
        return None
    size = len(literal.target.split(" "))
    words = list(regex.finditer(r"[\p{Lu}\d@][\w&.@/:-]*\w", target))
    for first, last in zip(words, words[size - 1 :], strict=False):
        found = target[first.start() : last.end()]
        if difflib.SequenceMatcher(None, found, literal.target).ratio() >= CLOSE:
            return target[: first.start()] + literal.target + target[last.end() :]
    return None


def hyphenate(literal: Literal, target: str) -> str | None:
    """Write a compound with its hyphen and in the singular: “30 day”, “30-days”."""
    if literal.kind != "compound":
        return None
    number, unit = literal.target.split("-")
    match = regex.search(rf"(?<![\d.,]){number}(?: {unit}|-{unit}s)\b", target)
    return match and _put(target, match, literal.target)


MENDERS = (join_split, convert_number, correct_scale, respell_name, hyphenate)


def _put(text: str, match: regex.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]
