"""Formatting inside of texts: gathered from a document, cut with it, found again in translation.

A stretch's place in the translation is found by translating the stretch by itself and looking
for the words most like that; a mark's by translating what stands before it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz.fuzz import ratio

from toolkit.bitext import Block, BlockKind, Inline, InlineKind, Span, Unit
from toolkit.engine import Engine

WEIGHT_OF_PLACE = 0.5
"""What a stretch's relative place weighs beside the likeness of its words."""
SPARE_WORDS = 2
"""How many words a stretch may gain in translation."""
LIGHT_WORDS = frozenset("a an and at by for from in is of on the there to with".split())
"""Words that a stretch neither begins nor ends with, unless it has no other."""
QUOTES = tuple('«»„“”"')

_WORD = re.compile(r"[\w’'-]+(?:[.,]\d+)*%?")
_BREAK = re.compile(r"[,;:]\s")
_STOPS = re.compile(r"[.,;:!?…]*")


class RichText:
    """The text of a block as it grows piece by piece, with its formatting."""

    def __init__(self) -> None:
        self.text = ""
        self._inlines: list[Inline] = []
        self._open: list[Inline] = []

    def add(self, text: str) -> None:
        """Append a piece."""
        self.text += text

    def mark(self, kind: InlineKind, code: str) -> None:
        """Put a mark at the end of what is there."""
        self._inlines.append(Inline(kind, len(self.text), len(self.text), code))

    def open(self, kind: InlineKind, opening: str, closing: str) -> None:
        """Begin a stretch."""
        self._open.append(Inline(kind, len(self.text), -1, opening, closing))

    def close(self) -> None:
        """End the stretch that was begun last."""
        self._inlines.append(replace(self._open.pop(), stop=len(self.text)))

    def block(self, kind: BlockKind, clean: Callable[[str], str]) -> Block:
        """Make a block of it.

        Args:
            kind: the block's kind.
            clean: puts white space in order; deletes, but moves nothing.
        """
        text = clean(self.text)
        moved = (
            replace(one, start=self._offset(one.start, clean), stop=self._offset(one.stop, clean))
            for one in self._inlines
        )
        return Block(
            kind, text, tuple(sorted(filter(None, (_fit(one, text) for one in moved)), key=_order))
        )

    def _offset(self, offset: int, clean: Callable[[str], str]) -> int:
        return len(clean(f"{self.text[:offset]}x")) - 1


def _order(inline: Inline) -> tuple[int, int]:
    return inline.start, -inline.stop


def _fit(inline: Inline, text: str) -> Inline | None:
    """Take white space out of a stretch's edges; None where nothing else is in it."""
    start, stop = min(inline.start, len(text)), min(inline.stop, len(text))
    if inline.start == inline.stop:
        return replace(inline, start=start, stop=start)
    inner = text[start:stop]
    start += len(inner) - len(inner.lstrip())
    stop -= len(inner) - len(inner.rstrip())
    return replace(inline, start=start, stop=stop) if start < stop else None


def cut(inlines: Iterable[Inline], start: int, stop: int, before: int = -1) -> tuple[Inline, ...]:
    """Give the formatting of a part of a text, with offsets into the part.

    Args:
        inlines: the formatting of the text.
        start, stop: offsets of the part.
        before: end of the part before it, to which a mark between the two belongs.

    >>> cut((Inline("bold", 2, 9),), 4, 8)
    (Inline(kind='bold', start=0, stop=4, opening='', closing=''),)
    """
    return tuple(
        replace(one, start=max(one.start, start) - start, stop=min(one.stop, stop) - start)
        for one in inlines
        if (before < one.start <= stop if one.start == one.stop else one.start < stop)
        and one.stop >= start
        and (one.stop > start or one.start == one.stop)
    )


def reattach(units: Iterable[Unit], engine: Engine) -> Iterator[Unit]:
    """Find the place of the sources' formatting in the translations.

    A unit that has formatting already, or none in its source, stays as it is.
    """
    waiting = list(units)
    open_units = [unit for unit in waiting if unit.source.inlines and not unit.inlines]
    texts = [_words_to_find(unit, one) for unit in open_units for one in unit.source.inlines]
    renderings = (hypothesis.text for hypothesis in engine.translate(texts)) if texts else iter(())
    for unit in waiting:
        if unit.source.inlines and not unit.inlines:
            found = [place(unit, one, next(renderings)) for one in unit.source.inlines]
            yield replace(unit, inlines=nested(found))
        else:
            yield unit


def _words_to_find(unit: Unit, inline: Inline) -> str:
    start = inline.start if inline.start < inline.stop else 0
    return unit.source.text[start : inline.stop] or unit.source.text


def place(unit: Unit, inline: Inline, rendering: str) -> Inline:
    """Find where a source's stretch or mark stands in the translation.

    Args:
        unit: the source and its translation.
        inline: the stretch or mark, with offsets into the source.
        rendering: a translation of the stretch by itself, or of what stands before the mark.
    """
    if inline.start < inline.stop:
        start, stop = _find_stretch(unit, inline, rendering)
    else:
        start = stop = _find_mark(unit, inline, rendering)
    return replace(inline, start=start, stop=stop)


def _find_stretch(unit: Unit, inline: Inline, rendering: str) -> Span:
    source, target = unit.source.text, unit.target
    inner = source[inline.start : inline.stop]
    if not _WORD.search(source[: inline.start]) and not _WORD.search(source[inline.stop :]):
        return 0, len(target)
    wanted = _without_light(_words(rendering))
    longest = max(len(wanted), len(_words(inner))) + SPARE_WORDS
    centre = (inline.start + inline.stop) / 2 / len(source)
    windows = _windows(target, longest, across_breaks=bool(_BREAK.search(inner)))
    best = max(
        windows,
        key=lambda window: (
            _likeness(wanted, _words(target[slice(*window)]))
            - WEIGHT_OF_PLACE * abs(sum(window) / 2 / len(target) - centre)
        ),
        default=(0, len(target)),
    )
    return _with_quotes(target, best) if inner.startswith(QUOTES) else best


def _windows(text: str, longest: int, *, across_breaks: bool) -> Iterator[Span]:
    """Yield the runs of words in which a stretch may lie."""
    words = list(_WORD.finditer(text))
    for index, first in enumerate(words):
        for last in words[index : index + longest]:
            inner = text[first.start() : last.end()]
            if _BREAK.search(inner) and not across_breaks:
                break
            if _without_light(_words(inner)) == _words(inner):
                yield first.start(), last.end()


def _with_quotes(text: str, span: Span) -> Span:
    """Take the quotation marks around a run of words into it."""
    start, stop = span
    marks = '“”"«»„'
    quoted = text[start - 1 : start] in tuple(marks) and text[stop : stop + 1] in tuple(marks)
    return (start - 1, stop + 1) if quoted else span


def _find_mark(unit: Unit, inline: Inline, rendering: str) -> int:
    source, target = unit.source.text, unit.target
    if not _WORD.search(source[inline.start :]):
        return len(target)
    if not _WORD.search(source[: inline.start]):
        return 0
    wanted, share = _words(rendering), inline.start / len(source)
    stop = max(
        (word.end() for word in _WORD.finditer(target)),
        key=lambda stop: (
            _likeness(wanted, _words(target[:stop]))
            - WEIGHT_OF_PLACE * abs(stop / len(target) - share)
        ),
        default=len(target),
    )
    stops = _STOPS.match(target, stop)  # an English note stands behind the comma
    return stops.end() if stops else stop


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _without_light(words: list[str]) -> list[str]:
    """Take light words off the ends."""
    start, stop = 0, len(words)
    while start < stop - 1 and words[start] in LIGHT_WORDS:
        start += 1
    while start < stop - 1 and words[stop - 1] in LIGHT_WORDS:
        stop -= 1
    return words[start:stop]


def _likeness(wanted: Sequence[str], words: Sequence[str]) -> float:
    return ratio(" ".join(wanted), " ".join(words)) / 100


def nested(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """Put stretches in order, and cut one that crosses an earlier one at that one's end.

    >>> [(one.start, one.stop) for one in nested([Inline("bold", 3, 9), Inline("link", 0, 5)])]
    [(0, 5), (3, 5)]
    """
    done: list[Inline] = []
    for one in sorted(inlines, key=_order):
        ends = [other.stop for other in done if other.start <= one.start < other.stop]
        done.append(replace(one, stop=min([one.stop, *ends])))
    return tuple(done)
