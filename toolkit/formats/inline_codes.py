"""Formatting inside segments as the inline codes of TMX and XLIFF, and back.

Written are pairs of an opening and a closing element (bpt and ept, sc and ec), because these may
begin inside of a marked term and end behind it. Read are those, pairs around text (g, pc) and
single codes; an element of another name is taken for its text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Literal

from lxml import etree

from toolkit.bitext import Inline, InlineKind, TermMatch, Unit
from toolkit.formats.xmlfiles import local_name, permitted
from toolkit.inlines import nested

Role = Literal["opening", "closing", "mark"]
MakeCode = Callable[[Inline, int, Role], etree._Element]  # noqa: SLF001 - the element's type
"""Makes the element for a code, its number in the unit and its role."""

AROUND = frozenset({"g", "pc"})
OPENING = frozenset({"bpt", "sc", "bx"})
CLOSING = frozenset({"ept", "ec", "ex"})
SINGLE = frozenset({"ph", "x", "it", "ut"})
KINDS: dict[str, InlineKind] = {
    **dict.fromkeys(("bold", "b", "xlf:b"), "bold"),
    **dict.fromkeys(("italic", "i", "xlf:i"), "italic"),
    **dict.fromkeys(("link", "ulink"), "link"),
    **dict.fromkeys(("fnote", "x-note", "bilingual:note"), "note"),
}
"""How tools name the kinds of codes."""


def fill(
    parent: etree._Element,
    text: str,
    numbered: Iterable[tuple[int, Inline]],
    make_code: MakeCode,
    terms: Iterable[tuple[TermMatch, etree._Element]] = (),
) -> None:
    """Fill an element with a text, its codes and marked terms.

    Args:
        parent: the element, empty.
        text: the text.
        numbered: the codes with their numbers; see `numbered_inlines`.
        make_code: makes the elements of the codes.
        terms: terms that do not overlap, each with the empty element that marks it.
    """
    parent.text = ""  # also keeps the layout of the file out of an element without text
    container, position = parent, 0
    for offset, _, element, around in _events(numbered, make_code, terms):
        _append(container, text[position:offset])
        position = offset
        if element is None:
            container = parent
        else:
            container.append(element)
            container = element if around else container
    _append(container, text[position:])


Event = tuple[int, tuple[int, int], etree._Element | None, bool]  # noqa: SLF001 - as above
"""Offset, order there, the element that comes there (None: a term ends), whether around text."""


def _events(
    numbered: Iterable[tuple[int, Inline]],
    make_code: MakeCode,
    terms: Iterable[tuple[TermMatch, etree._Element]],
) -> list[Event]:
    events: list[Event] = []
    for number, one in numbered:
        if one.start == one.stop:
            events.append((one.start, (2, number), make_code(one, number, "mark"), False))
        else:
            events.append((one.start, (3, -one.stop), make_code(one, number, "opening"), False))
            events.append((one.stop, (1, -one.start), make_code(one, number, "closing"), False))
    for term, element in terms:
        events += [(term.start, (4, 0), element, True), (term.stop, (0, 0), None, False)]
    return sorted(events, key=lambda event: event[:2])


def _append(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + permitted(text)
    else:
        parent.text = (parent.text or "") + permitted(text)


def numbered_inlines(unit: Unit) -> tuple[list[tuple[int, Inline]], list[tuple[int, Inline]]]:
    """Number the codes of a unit's source, and those of its translation as they correspond."""
    source = list(enumerate(unit.source.inlines, start=1))
    free = list(source)
    target = []
    for position, one in enumerate(unit.inlines, start=len(source) + 1):
        same = next((pair for pair in free if _codes(pair[1]) == _codes(one)), (position, one))
        if same in free:
            free.remove(same)
        target.append((same[0], one))
    return source, target


def _codes(inline: Inline) -> tuple[str, str, str]:
    return inline.kind, inline.opening, inline.closing


def apart(terms: Iterable[TermMatch]) -> Iterator[TermMatch]:
    """Leave out the terms that overlap an earlier or longer one."""
    stop = 0
    for term in sorted(terms, key=lambda one: (one.start, -one.stop)):
        if stop <= term.start < term.stop:
            stop = term.stop
            yield term


class _Reader:
    """The text and codes of an element as they are read."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.text = ""
        self.inlines: list[Inline] = []
        self.open: dict[str, Inline] = {}
        self.data = data

    def read(self, element: etree._Element) -> None:
        """Take in an element's content."""
        self.text += element.text or ""
        for child in element:
            name = local_name(child)
            if child.tag is etree.Entity:
                self.text += unescape(child.text or "")
            elif name in AROUND:
                self._read_around(child)
            elif name in OPENING:
                self.open[_identifier(child)] = self._code(child)
            elif name in CLOSING:
                self._close(child)
            elif name in SINGLE:
                self.inlines.append(self._code(child))
            elif name != "sub":
                self.read(child)
            self.text += child.tail or ""

    def _code(self, element: etree._Element, closing: str = "") -> Inline:
        names = (element.get(name, "") for name in ("subType", "type", "ctype"))
        other: InlineKind = "other"
        kind = next((KINDS[name] for name in names if name in KINDS), other)
        place = len(self.text)
        return Inline(kind, place, place, self._content(element, "dataRefStart"), closing)

    def _content(self, element: etree._Element, reference: str) -> str:
        """Give the code of the document's format: the content, or the data referred to."""
        key = element.get("dataRef") or element.get(reference) or ""
        if local_name(element) in AROUND:
            return self.data.get(key, "")
        return self.data.get(key, "".join(map(str, element.itertext())))

    def _read_around(self, element: etree._Element) -> None:
        code = self._code(element, self._content(element, "dataRefEnd"))
        self.read(element)
        self._add(code)

    def _close(self, element: etree._Element) -> None:
        code = self.open.pop(_identifier(element), None)
        if code is not None:
            self._add(replace(code, closing=self._content(element, "dataRefEnd")))

    def _add(self, code: Inline) -> None:
        self.inlines.append(replace(code, stop=len(self.text)))


def _identifier(element: etree._Element) -> str:
    """Give what an opening and a closing code have in common."""
    names = ("i", "startRef", "rid", "id")
    return next((value for name in names if (value := element.get(name))), "")


def read_text(
    element: etree._Element | None, data: Mapping[str, str] | None = None
) -> tuple[str, tuple[Inline, ...]]:
    """Read the text of a segment and its formatting.

    A code that is opened and not closed, or closed and not opened, is dropped; of stretches that
    cross, the later one is cut.

    Args:
        element: the segment.
        data: codes of the document's format by identifier, where the file has them apart.
    """
    if element is None:
        return "", ()
    if not len(element):
        return element.text or "", ()
    reader = _Reader(data or {})
    reader.read(element)
    return reader.text, nested(reader.inlines)
