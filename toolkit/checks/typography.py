"""Checks of form: quotation marks, brackets, dashes, punctuation, capitals, spaces, characters."""

import re
from collections import Counter
from collections.abc import Iterator

from toolkit.checks.pair import Finding, Pair

OPENING = "«„“"
BRACKETS = {"(": ")", "[": "]"}
CLOSERS = "»”’\"')]}"
SHORTEST_QUOTATION = 4
"""A name in «» need have none in English; so many words are a quotation."""

_QUOTATION = re.compile(r"«([^«»]+)»|„([^„“”]+)[“”]|“([^“”]+)”|\"([^\"]+)\"")
_MISSING_SPACE = re.compile(r"(?<=[a-z]{2})[,;!?](?=[A-Za-z]{2})|(?<=[a-z]{3})\.(?=[A-Z][a-z]{2})")
_SPACE_BEFORE = re.compile(r"(?<=\w)[ \u00a0]+(?=[,;:!?](?:\s|$)|\.(?:\s|$))")
_DOUBLE_SPACE = re.compile(r"[ \u00a0\u202f\t]{2,}")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffc\ufffd"
    "\ue000-\uf8ff]"
)
_LONE_HYPHEN = re.compile(r"(?<=\S) -{1,3} (?=\S)|(?<=\w)--(?=\w)|^- (?=\w)")
_END = re.compile(r"(?:\?|!|…|\.{2,}|\.|:|;|,|[-–—])+$")
# Segments may begin with a small letter in either language: iPhone, al-Assad, de Gaulle, pH.
_SMALL_START = re.compile(
    r"(?:[a-z]{1,2}[A-Z]|(?:al|el|de|da|von|van|d'|ibn|bin|ul|as|ash)[- '’]|https?:|www\.)"
)
_ABBREVIATED_END = re.compile(
    r"\b(?:etc|a\.m|p\.m|Jr|Sr|Inc|Ltd|Co|Corp|U\.S|U\.N|U\.K|E\.U|D\.C|B\.C|A\.D|Mr|Mrs|Dr|St|No|ed|eds|vol|p|pp)\.$"
)


def check_quotes(pair: Pair) -> Iterator[Finding]:
    """Find quotation marks that have no partner, are Russian ones, or are lost."""
    if mark := re.search("[«»„]", pair.target):
        yield Finding("English has “ ” for « »: put them", target=mark.span())
    elif not _is_paired(pair.target) and _is_paired(pair.source):
        places = [found.span() for found in re.finditer('["“”]', pair.target)]
        yield Finding("a quotation mark has no partner: add it or delete it", target=places[-1])
    elif not re.search("[\"“”‘’'«»]", pair.target):
        for found in _QUOTATION.finditer(pair.source):
            if _is_quotation(found):
                message = "the quotation has lost its marks: put them around the same words"
                yield Finding(message, found.span())
                return


def _is_quotation(found: re.Match[str]) -> bool:
    inside = next(filter(None, found.groups()))
    return len(inside.split()) >= SHORTEST_QUOTATION


def _is_paired(text: str) -> bool:
    if text.count('"') % 2:
        return False
    if "„" in text:
        return text.count("„") == text.count("“") + text.count("”")
    return text.count("“") == text.count("”") and text.count("«") == text.count("»")


def check_brackets(pair: Pair) -> Iterator[Finding]:
    """Find brackets that have no partner, or whose number differs from the source's."""
    for opening, closing in BRACKETS.items():
        source, target = pair.source.count(opening), pair.target.count(opening)
        unpaired = target - pair.target.count(closing)
        if unpaired and unpaired != source - pair.source.count(closing):
            wrong = opening if unpaired > 0 else closing
            place = pair.target.rfind(wrong) if unpaired > 0 else pair.target.find(wrong)
            yield Finding(f"“{wrong}” has no partner: close the bracket", target=(place, place + 1))
        elif source and not target and not re.search(r"[—–,]", pair.target):
            place = pair.source.index(opening)
            yield Finding(f"«{opening}» is lost: put the brackets in", (place, place + 1))


def check_dash(pair: Pair) -> Iterator[Finding]:
    """Find hyphens that stand for a dash."""
    found = _LONE_HYPHEN.search(pair.target)
    if found and not re.search(r" - |--|^- ", pair.source):
        yield Finding("a hyphen between spaces is a dash: write — or –", target=found.span())


def check_ellipsis(pair: Pair) -> Iterator[Finding]:
    """Find ellipses that are lost, added or of another number of dots."""
    if not any(mark in text for mark in ("…", "..") for text in (pair.source, pair.target)):
        return
    source, target = (len(re.findall(r"…|\.{2,}", text)) for text in (pair.source, pair.target))
    if wrong := re.search(r"(?<!\.)\.\.(?!\.)|\.{4,}|…[….]", pair.target):
        if not re.search(r"(?<!\.)\.\.(?!\.)|\.{4,}", pair.source):
            yield Finding("an ellipsis has three dots", target=wrong.span())
    elif source and not target:
        place = re.search(r"…|\.{2,}", pair.source)
        yield Finding("the ellipsis is lost: put it in", place and place.span())
    elif target and not source:
        place = re.search(r"…|\.{2,}", pair.target)
        yield Finding(
            "the source has no ellipsis: is something left out?", None, place and place.span()
        )


def check_ending(pair: Pair) -> Iterator[Finding]:
    """Find segments that do not end as the source does: full stop, question mark, colon."""
    source, target = _ending(pair.source), _ending(pair.target)
    if source == target or not pair.target.strip():
        return
    if {source, target} <= {".", "!", "…"} or (
        target == "." and _ABBREVIATED_END.search(pair.target)
    ):
        return
    span = len(pair.target) - 1, len(pair.target)
    if "?" in {source, target}:
        sentences = re.search(r"\?", pair.source), re.search(r"\?", pair.target)
        if not all(sentences):
            yield Finding(
                f"the source ends with “{source}”, the translation with “{target}”", None, span
            )
    elif not source:
        yield Finding(f"the source ends without “{target}”: delete it", None, span)
    elif not target:
        yield Finding(f"the final “{source}” is lost: put it in", None, span)
    elif ":" in {source, target} and "," not in {source, target}:
        yield Finding(
            f"the source ends with “{source}”, the translation with “{target}”", None, span
        )


def _ending(text: str) -> str:
    """Give the final mark of a text, with what kind of sentence it ends."""
    bare = text.rstrip().rstrip(CLOSERS + "“ ")
    found = _END.search(bare)
    if not found:
        return ""
    marks = found.group()
    for mark in "?!…:;,":
        if mark in marks:
            return mark
    return "." if "." in marks else ""


def check_capital(pair: Pair) -> Iterator[Finding]:
    """Find segments that begin with the wrong case, or are in capitals without need."""
    source = re.search(r"[^\W_]", pair.source)
    target = re.search(r"[^\W_]", pair.target)
    if not source or not target or source.group().isdigit() or target.group().isdigit():
        return
    if pair.target.isupper() and not pair.source.isupper() and len(pair.target_tokens) > 1:
        yield Finding("all is in capitals: write it as the source")
    elif source.group().isupper() and target.group().islower():
        if not _SMALL_START.match(pair.target, target.start()) and not pair.source.isupper():
            yield Finding("the source begins with a capital: write one", None, target.span())
    elif source.group().islower() and target.group().isupper() and _is_common_start(pair):
        yield Finding("the source begins with a small letter: write one", None, target.span())


def _is_common_start(pair: Pair) -> bool:
    """Tell whether the first English word is none that always has a capital."""
    first = pair.target_tokens[0]
    return first.folded in COMMON_STARTS and first.text != "I"


COMMON_STARTS = frozenset(
    "a an and as at but by for from he her his if in into it its no not of on or our she so that "
    "the their then there these they this those to under we what when where which while who whose "
    "why will with without you your is are was were be has have had do does did can could may "
    "must should would about after all also because before between both each even how more most "
    "only other over some such than through until up".split()
)


def check_space(pair: Pair) -> Iterator[Finding]:
    """Find spaces that are too many, lacking, or at the edges."""
    text = pair.target
    if text != text.strip() and pair.source == pair.source.strip() and text.strip():
        place = (0, 1) if text[0].isspace() else (len(text) - 1, len(text))
        yield Finding("a space stands at the edge: delete it", None, place)
    for pattern, message in (
        (_DOUBLE_SPACE, "two spaces: delete one"),
        (_SPACE_BEFORE, "a space before a punctuation mark: delete it"),
        (_MISSING_SPACE, "a space is lacking behind the punctuation mark"),
    ):
        found = pattern.search(text.strip())
        if found and not _in_address(text.strip(), found.start()):
            offset = len(text) - len(text.lstrip())
            yield Finding(message, None, (found.start() + offset, found.end() + offset))


def _in_address(text: str, place: int) -> bool:
    """Tell whether a place lies within a URL, an e-mail or a file name."""
    start = text.rfind(" ", 0, place) + 1
    word = text[start : (text.find(" ", place) + 1 or len(text) + 1) - 1]
    return bool(re.search(r"://|@|www\.|\w\.\w+/|\.(?:com|org|net|ru|int|gov|edu|info)\b", word))


def check_control(pair: Pair) -> Iterator[Finding]:
    """Find control characters, invisible marks and replacement characters."""
    if not _CONTROL.search(pair.target):
        return
    counts = Counter(_CONTROL.findall(pair.source))
    for found in _CONTROL.finditer(pair.target):
        counts[found.group()] -= 1
        if counts[found.group()] < 0 or found.group() < " " or found.group() == "\ufffd":
            code = f"U+{ord(found.group()):04X}"
            yield Finding(
                f"the invisible character {code} is in the text: delete it", None, found.span()
            )
            return
