"""Cut blocks into sentences by SRX 2.0 rules, from the same file that CAT tools load.

A rule says what stands before and after a position, and whether the text breaks there. At each
position the first rule that matches decides. What is known of a language (abbreviations,
initials, quotations) stands in `data/bilingual.srx`; nothing of it stands here.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import cast

import regex
from lxml import etree

from toolkit.bitext import Document, Segment
from toolkit.errors import FormatError
from toolkit.files import write_atomically
from toolkit.inlines import cut

BUNDLED = Path("bilingual.srx")
PATIENCE = 10.0
_STOPS = regex.compile(r"([.!?…]{50})([.!?…]+)([.!?…]{50})")
_RECURSION = regex.compile(r"\(\?(?:R|&|P>|[+-]?\d)")
EXPORT_HINT = "`bilingual srx export -o rules.srx` writes one that works"

# The version that OmegaT 3.6 to 6 write into segmentation.conf; for an older one they merge
# their own rules into ours.
OMEGAT_RULES_VERSION = "0.2.2"


@dataclass(frozen=True)
class Rule:
    """What stands before and after a position, and whether the text breaks there.

    Fields:
        breaks: False for an exception.
        before, after: regular expressions; an empty one matches everywhere.
        line: where the rule stands in its file.
    """

    breaks: bool
    before: str
    after: str
    line: int

    @cached_property
    def here(self) -> regex.Pattern[str]:
        """Match the empty string at a position where the rule applies."""
        before = f"(?<={self.before})" if self.before else ""
        return regex.compile(f"{before}(?={self.after})", regex.VERSION1)

    @cached_property
    def anywhere(self) -> regex.Pattern[str]:
        """Match what stands before a position where the rule applies."""
        return regex.compile(f"(?:{self.before})(?={self.after})", regex.VERSION1)


@dataclass(frozen=True)
class SegmentationRules:
    """The rules for one language, in the order in which they are asked.

    Fields:
        name: file, language and checksum, for the signature of an output.
        lang: the language they were loaded for, e.g. `ru`.
        rules: the first one that matches at a position decides there.
        patience: how long a rule may take for a paragraph, in seconds; None for ours.
    """

    name: str
    lang: str
    rules: tuple[Rule, ...]
    patience: float | None = None

    def split(self, text: str) -> Iterator[tuple[int, int]]:
        """Find where each sentence of a text starts and stops, without white space around it.

        >>> list(load_rules().split("Встреча прошла в г. Минске. Итоги — завтра."))
        [(0, 27), (28, 43)]
        """
        start = 0
        for stop in (*self.breaks(text), len(text)):
            sentence = text[start:stop]
            if stripped := sentence.strip():
                left = start + sentence.index(stripped)
                yield left, left + len(stripped)
            start = stop

    def breaks(self, text: str) -> Iterator[int]:
        """Find the positions where a text breaks, in ascending order.

        Of many stops in a row the rules see the first and the last, because some of them look
        from each stop at all that follow.
        """
        text = _STOPS.sub(lambda run: f"{run[1]}{'·' * len(run[2])}{run[3]}", text)
        candidates = {
            position for rule in self.rules if rule.breaks for position in self._ends(rule, text)
        }
        return (position for position in sorted(candidates) if self._is_break(text, position))

    def _ends(self, rule: Rule, text: str) -> list[int]:
        try:
            return [found.end() for found in rule.anywhere.finditer(text, timeout=self.patience)]
        except (TimeoutError, MemoryError) as error:
            raise self._endless(rule) from error

    def _is_break(self, text: str, position: int) -> bool:
        for rule in self.rules:
            try:
                if rule.here.match(text, position, timeout=self.patience):
                    return rule.breaks
            except (TimeoutError, MemoryError) as error:
                raise self._endless(rule) from error
        return False

    def _endless(self, rule: Rule) -> FormatError:
        return FormatError(
            f"{self.name}, line {rule.line}: the rule takes more than {self.patience} s for a "
            "paragraph; make its repetitions simpler"
        )


def segment(document: Document, rules: SegmentationRules | None = None) -> Iterator[Segment]:
    """Cut the blocks of a document into sentences; without rules, by those for its language.

    >>> from toolkit.bitext import Block
    >>> document = Document("a", "ru", "", (Block("paragraph", "Стороны согласны. Дата — 5 мая."),))
    >>> for sentence in segment(document):
    ...     print(sentence.id, sentence.text)
    1.1 Стороны согласны.
    1.2 Дата — 5 мая.
    """
    rules = rules or load_rules(lang=document.lang)
    for block, content in enumerate(document.blocks):
        before = -1
        for sentence, (start, stop) in enumerate(rules.split(content.text), start=1):
            identifier = f"{block + 1}.{sentence}"
            inlines = cut(content.inlines, start, stop, before)
            before = stop
            yield Segment(identifier, block, start, stop, content.text[start:stop], inlines)


def load_rules(path: Path | None = None, lang: str = "ru") -> SegmentationRules:
    """Load the rules for a language from an SRX 2.0 file; without a path, the bundled ones.

    Raises:
        FormatError: the file cannot be read, is no SRX file, has no rules for the language or a
            wrong regular expression.

    >>> load_rules(lang="en-US").name.split(" sha256:")[0]
    'bilingual (en-US)'
    """
    if path is None:
        return _load_bundled_rules(lang)
    rules = _build_rules(_read(path), path, lang)
    for rule in rules.rules:
        _check_expressions(rule, path)
    return replace(rules, patience=PATIENCE)


@cache
def _load_bundled_rules(lang: str) -> SegmentationRules:
    """Load the bundled rules unchecked: regular expressions take time, and the tests check them."""
    return _build_rules(read_bundled_srx(), BUNDLED, lang)


def read_bundled_srx() -> bytes:
    """Read the SRX file that is part of the toolkit, as it is exported for CAT tools.

    >>> read_bundled_srx().decode().splitlines()[0]
    '<?xml version="1.0" encoding="UTF-8"?>'
    """
    return resources.files("toolkit").joinpath("data", BUNDLED.name).read_bytes()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormatError(
            f"{path}: cannot be read ({error.strerror}); give the path of an SRX file"
        ) from error


def _build_rules(content: bytes, file: Path, lang: str) -> SegmentationRules:
    digest = hashlib.sha256(content).hexdigest()[:12]
    rules = tuple(_find_rules(_parse(content, file), lang, file))
    return SegmentationRules(f"{file.stem} ({lang}) sha256:{digest}", lang, rules)


def _parse(content: bytes, file: Path) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"{file}, line {error.lineno or 1}: this is not well-formed XML ({error.msg}); "
            f"mend it or start again: {EXPORT_HINT}"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError(f"{file}, line 1: an SRX 2.0 file has no DOCTYPE; remove it")
    if etree.QName(root).localname != "srx":
        raise FormatError(
            f"{file}, line {_line(root)}: this is a <{etree.QName(root).localname}> file and no "
            f"SRX file; {EXPORT_HINT}"
        )
    return root


def _find_rules(root: etree._Element, lang: str, file: Path) -> Iterator[Rule]:
    """Collect the rules of every language map that fits: of the first, where none may follow."""
    groups = {group.get("languagerulename"): group for group in root.iterfind(".//{*}languagerule")}
    maps = [entry for entry in root.iterfind(".//{*}languagemap") if _fits(entry, lang, file)]
    if not maps:
        raise FormatError(
            f"{file}: there are no rules for the language “{lang}”; "
            "add a <languagemap> whose languagepattern fits it"
        )
    header = root.find("{*}header")
    cascades = header is not None and header.get("cascade") == "yes"
    for entry in maps if cascades else maps[:1]:
        name = entry.get("languagerulename")
        if name not in groups:
            raise FormatError(
                f"{file}, line {_line(entry)}: there is no <languagerule> “{name}”; "
                "correct the languagerulename"
            )
        yield from map(_rule, groups[name].iterfind("{*}rule"))


def _fits(entry: etree._Element, lang: str, file: Path) -> bool:
    pattern = entry.get("languagepattern", "")
    try:
        return regex.fullmatch(pattern, lang) is not None
    except regex.error as error:
        raise _bad_expression(file, _line(entry), pattern, error) from error


def _rule(element: etree._Element) -> Rule:
    return Rule(
        breaks=element.get("break") != "no",
        before=element.findtext("{*}beforebreak", default=""),
        after=element.findtext("{*}afterbreak", default=""),
        line=_line(element),
    )


def _line(element: etree._Element) -> int:
    return cast("int", element.sourceline)


def _check_expressions(rule: Rule, file: Path) -> None:
    for expression in (rule.before, rule.after):
        try:
            regex.compile(expression, regex.VERSION1)
        except regex.error as error:
            raise _bad_expression(file, rule.line, expression, error) from error
        if _RECURSION.search(expression):
            raise _bad_expression(file, rule.line, expression, "SRX has no recursion")


def _bad_expression(file: Path, line: int, expression: str, error: object) -> FormatError:
    return FormatError(
        f"{file}, line {line}: “{expression}” is no regular expression ({error}); correct it"
    )


def write_omegat_rules(rules: Iterable[SegmentationRules], path: Path) -> None:
    """Write rules as the `segmentation.conf` of an OmegaT project, one group per language.

    The file goes into the folder `omegat/` of a project. It is a Java object in XML, which
    OmegaT up to 6.0 reads; from 6.1 on the folder may hold the SRX file itself, under the name
    `segmentation.srx`.
    """
    write_atomically(path, render_omegat_rules(rules))


def render_omegat_rules(rules: Iterable[SegmentationRules]) -> bytes:
    """Give the content of an OmegaT project's `segmentation.conf`; see `write_omegat_rules`."""
    srx = etree.Element("object", {"class": "org.omegat.core.segmentation.SRX"})
    maps = etree.SubElement(srx, "void", property="mappingRules")
    for language in rules:
        maps.append(_added(_map_rule(language)))
    _set(srx, "version", "string", OMEGAT_RULES_VERSION)
    java = etree.Element("java", {"version": "1.8.0", "class": "java.beans.XMLDecoder"})
    java.append(srx)
    return etree.tostring(java, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _map_rule(language: SegmentationRules) -> etree._Element:
    element = etree.Element("object", {"class": "org.omegat.core.segmentation.MapRule"})
    _set(element, "language", "string", language.lang)
    _set(element, "pattern", "string", f"{language.lang}.*")
    rules = etree.SubElement(element, "void", property="rules")
    array = etree.SubElement(rules, "object", {"class": "java.util.ArrayList"})
    array.extend(_added(_omegat_rule(rule)) for rule in language.rules)
    return element


def _omegat_rule(rule: Rule) -> etree._Element:
    element = etree.Element("object", {"class": "org.omegat.core.segmentation.Rule"})
    if rule.after:
        _set(element, "afterbreak", "string", rule.after)
    if rule.before:
        _set(element, "beforebreak", "string", rule.before)
    if rule.breaks:
        _set(element, "breakRule", "boolean", "true")
    return element


def _added(element: etree._Element) -> etree._Element:
    add = etree.Element("void", method="add")
    add.append(element)
    return add


def _set(element: etree._Element, name: str, kind: str, value: str) -> None:
    etree.SubElement(etree.SubElement(element, "void", property=name), kind).text = value
