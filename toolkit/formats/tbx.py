"""TBX, the exchange format of termbases: TBX-Basic of ISO 30042:2019, and the older TBX 2.

What TBX cannot carry: the status of a concept (only approved ones are written), the part of
speech `prep` (it comes back as `phrase`) and, in TBX-Basic, `name` (it comes back as `noun`).
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from lxml import etree

from toolkit.bitext import Concept
from toolkit.errors import GlossaryError
from toolkit.files import write_atomically
from toolkit.formats.reading import read_xml
from toolkit.formats.table import distinct, one_line, slug
from toolkit.formats.xmlfiles import permitted

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CORE = "urn:iso:std:iso:30042:ed-2"
MIN = "http://www.tbxinfo.net/ns/min"
BASIC = "http://www.tbxinfo.net/ns/basic"

STATUSES = {
    "preferred": "preferredTerm-admn-sts",
    "admitted": "admittedTerm-admn-sts",
    "forbidden": "deprecatedTerm-admn-sts",
}
_FORBIDDEN = re.compile("deprecated|superseded|obsolete|notRecommended")
_POS = {"noun": "noun", "verb": "verb", "adjective": "adj", "adverb": "adv", "propernoun": "name"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names that a version of TBX gives to its elements.

    Fields:
        root, header, entry, language, group: the elements of the structure.
        namespace: the namespace of the structure, in Clark notation; empty for none.
        categories: the element of each data category; one without a namespace of its own says
            in its attribute `type` which category it holds.
        parts_of_speech: the names of the parts of speech; the others are `other`.
    """

    root: str
    header: str
    entry: str
    language: str
    group: str
    namespace: str
    categories: dict[str, str]
    parts_of_speech: dict[str, str]

    def add(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        """Append an element of the structure."""
        element = etree.SubElement(parent, self.namespace + name)
        element.text = permitted(text) if text else None
        return element

    def add_category(self, parent: etree._Element, category: str, text: str) -> None:
        """Append a data category, unless it is empty."""
        if not text:
            return
        name = self.categories[category]
        element = etree.SubElement(parent, name)
        element.text = permitted(text)
        if not name.startswith("{"):
            element.set("type", category)


TBX_BASIC = Dialect(
    root="tbx",
    header="tbxHeader",
    entry="conceptEntry",
    language="langSec",
    group="termSec",
    namespace=f"{{{CORE}}}",
    categories={
        "subjectField": f"{{{MIN}}}subjectField",
        "partOfSpeech": f"{{{MIN}}}partOfSpeech",
        "administrativeStatus": f"{{{MIN}}}administrativeStatus",
        "source": f"{{{BASIC}}}source",
    },
    parts_of_speech={
        "noun": "noun",
        "name": "noun",
        "verb": "verb",
        "adj": "adjective",
        "adv": "adverb",
    },
)
TBX_2 = Dialect(
    root="martif",
    header="martifHeader",
    entry="termEntry",
    language="langSet",
    group="tig",
    namespace="",
    categories={
        "subjectField": "descrip",
        "partOfSpeech": "termNote",
        "administrativeStatus": "termNote",
        "source": "admin",
    },
    parts_of_speech=TBX_BASIC.parts_of_speech | {"name": "properNoun"},
)


def write_tbx(path: Path, concepts: Iterable[Concept], source_lang: str, target_lang: str) -> None:
    """Write the approved concepts as TBX-Basic (ISO 30042:2019), data categories as tags."""
    root = etree.Element(
        TBX_BASIC.namespace + TBX_BASIC.root,
        {"type": "TBX-Basic", "style": "dct", XML_LANG: source_lang},
        nsmap=cast("dict[str, str]", {None: CORE, "min": MIN, "basic": BASIC}),
    )
    _write(path, root, TBX_BASIC, concepts, (source_lang, target_lang))


def write_tbx2(path: Path, concepts: Iterable[Concept], source_lang: str, target_lang: str) -> None:
    """Write the approved concepts as TBX 2, which OmegaT and older tools read."""
    root = etree.Element(TBX_2.root, {"type": "TBX", XML_LANG: source_lang})
    _write(path, root, TBX_2, concepts, (source_lang, target_lang))


def _write(
    path: Path,
    root: etree._Element,
    dialect: Dialect,
    concepts: Iterable[Concept],
    langs: tuple[str, str],
) -> None:
    description = root
    for name in (dialect.header, "fileDesc", "sourceDesc"):
        description = dialect.add(description, name)
    dialect.add(description, "p", "A glossary of bilingual-toolkit")
    body = dialect.add(dialect.add(root, "text"), "body")
    for concept in concepts:
        if concept.status == "approved":
            _add_entry(body, dialect, concept, langs)
    write_atomically(
        path, etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    )


def _add_entry(
    body: etree._Element, dialect: Dialect, concept: Concept, langs: tuple[str, str]
) -> None:
    entry = dialect.add(body, dialect.entry)
    entry.set("id", _xml_id(concept.id))
    dialect.add_category(entry, "subjectField", concept.domain)
    dialect.add_category(entry, "source", concept.reference)
    if concept.note:
        dialect.add(entry, "note", concept.note)
    expressions = [(concept.source, "preferred"), *((one, "admitted") for one in concept.synonyms)]
    renderings = [
        (concept.target, "preferred"),
        *((one, "admitted") for one in concept.admitted),
        *((one, "forbidden") for one in concept.forbidden),
    ]
    for lang, terms in zip(langs, (expressions, renderings), strict=True):
        section = dialect.add(entry, dialect.language)
        section.set(XML_LANG, lang)
        for text, kind in terms:
            group = dialect.add(section, dialect.group)
            dialect.add(group, "term", text)
            part = dialect.parts_of_speech.get(concept.pos, "other")
            dialect.add_category(group, "partOfSpeech", part)
            dialect.add_category(group, "administrativeStatus", STATUSES[kind])


def _xml_id(identifier: str) -> str:
    """Return an identifier that XML permits: one that begins with a letter or `_`."""
    identifier = permitted(identifier)
    return identifier if identifier[:1].isalpha() else f"_{identifier}"


def read_tbx(path: Path) -> tuple[str, str, tuple[Concept, ...]]:
    """Read a TBX file of either version, whichever way it writes its data categories.

    Returns:
        the source language, the target language and the concepts that have terms in both. Of
        several languages Russian and English are taken, otherwise the first two.

    Raises:
        GlossaryError: the file cannot be read, or holds terms of one language only.
    """
    entries = [
        element
        for element in read_xml(path).iter()
        if _local(element) in {TBX_BASIC.entry, TBX_2.entry}
    ]
    sections = [_terms_by_language(entry) for entry in entries]
    source, target = _pair(path, sections)
    concepts = [
        _concept(entry, terms[source], terms[target])
        for entry, terms in zip(entries, sections, strict=True)
        if source in terms and target in terms
    ]
    return source, target, tuple(distinct(concepts))


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _categories(element: etree._Element, stop: str = "") -> dict[str, str]:
    """Return the data categories within an element, outside of its sub-elements named `stop`."""
    found: dict[str, str] = {}
    for child in element:
        if not (name := _local(child)) or name == stop:
            continue
        if len(child) and name.endswith("Grp"):
            found |= _categories(child, stop)
        else:
            text = one_line("".join(map(str, child.itertext())))
            found.setdefault(child.get("type", name), text)
    return found


def _terms_by_language(entry: etree._Element) -> dict[str, list[dict[str, str]]]:
    terms: dict[str, list[dict[str, str]]] = {}
    for section in entry:
        if _local(section) in {TBX_BASIC.language, TBX_2.language}:
            lang = section.get(XML_LANG, section.get("lang", ""))
            groups = [child for child in section if _local(child) in {"termSec", "tig", "ntig"}]
            found = [_categories(group) for group in groups]
            terms.setdefault(lang, []).extend(one for one in found if one.get("term"))
    return {lang: found for lang, found in terms.items() if found}


def _pair(path: Path, sections: list[dict[str, list[dict[str, str]]]]) -> tuple[str, str]:
    langs = Counter(lang for terms in sections for lang in terms)
    russian = [lang for lang in langs if lang.casefold().startswith("ru")]
    english = [lang for lang in langs if lang.casefold().startswith("en")]
    source, target, *_ = [*russian[:1], *english[:1]] if russian and english else [*langs, "", ""]
    if not target:
        raise GlossaryError(f"{path} holds terms of fewer than two languages: export both.")
    return source, target


def _concept(
    entry: etree._Element, source: list[dict[str, str]], target: list[dict[str, str]]
) -> Concept:
    categories = _categories(entry, stop=_local(entry[-1]))
    expressions = sorted(source, key=_rank)
    renderings = sorted(target, key=_rank)
    usable = [one["term"] for one in renderings if _rank(one) < 2] or [renderings[0]["term"]]
    part = expressions[0].get("partOfSpeech", renderings[0].get("partOfSpeech", "noun"))
    return Concept(
        id=entry.get("id", "").removeprefix("_") or slug(usable[0]),
        source=expressions[0]["term"],
        synonyms=tuple(one["term"] for one in expressions[1:]),
        target=usable[0],
        admitted=tuple(usable[1:]),
        forbidden=tuple(one["term"] for one in renderings if one["term"] not in usable),
        pos=_POS.get(part.casefold(), "phrase"),
        domain=categories.get("subjectField", ""),
        note=categories.get("note", ""),
        reference=categories.get("source", ""),
    )


def _rank(term: dict[str, str]) -> int:
    """Order terms: preferred, admitted or not judged, forbidden."""
    status = term.get("administrativeStatus", term.get("normativeAuthorization", ""))
    if _FORBIDDEN.search(status):
        return 2
    return 0 if "preferred" in status else 1
