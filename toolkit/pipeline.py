"""The straight line from a document to a bitext."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from importlib.metadata import version

from toolkit.ahead import work_ahead
from toolkit.bitext import Bitext, Document, Segment, Signature, Unit
from toolkit.checks import check_bitext
from toolkit.degeneration import translate_soundly
from toolkit.enforcement import enforce_terms
from toolkit.engine import Engine
from toolkit.inlines import reattach
from toolkit.literals import restore_literals
from toolkit.matcher import TermMatcher
from toolkit.packages import base_lang
from toolkit.placement import Draft
from toolkit.placing import resegment
from toolkit.pretranslation import NOTHING, Reuse, pretranslate
from toolkit.scripts import has_letters_of
from toolkit.segmentation import SegmentationRules, load_rules, segment

TOOL = "bilingual-toolkit"


def translate_document(  # noqa: PLR0913 - the optional ones are keywords
    document: Document,
    engine: Engine,
    matcher: TermMatcher | None = None,
    rules: SegmentationRules | None = None,
    *,
    enforce: bool = True,
    target_lang: str | None = None,
    reuse: Reuse = NOTHING,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> Bitext:
    """Segment a document, find the glossary's terms, translate what no one has, and check it.

    Args:
        document: the article.
        engine: what translates.
        matcher: finds the terms of a glossary; no terms are looked for when None.
        rules: the segmentation rules; the bundled ones for the document's language when None.
        enforce: make the terms stand in the translation, and mend numbers and names.
        target_lang: code to write into the bitext, e.g. `en-US`; the engine's when None.
        reuse: earlier work that goes before the engine, which then never touches it.
        on_progress: called with the number of segments translated and of all.

    >>> from toolkit import ArgosEngine, Block, bundled_package
    >>> document = Document("call", "ru", "", (Block("paragraph", "AP"),))
    >>> [unit.target for unit in translate_document(document, ArgosEngine(bundled_package())).units]
    ['AP']
    """
    prepared = prepare_document(
        document, engine, matcher, rules, enforce=enforce, target_lang=target_lang, reuse=reuse
    )
    return complete_bitext(prepared, engine, on_progress, enforce=enforce)


def translate_documents(  # noqa: PLR0913 - the optional ones are keywords
    documents: Iterable[Document],
    engine: Engine,
    matcher: TermMatcher | None = None,
    rules: SegmentationRules | None = None,
    *,
    enforce: bool = True,
    target_lang: str | None = None,
    reuse: Reuse = NOTHING,
) -> Iterator[Bitext]:
    """Translate any number of documents, as many at the same time as the engine has threads.

    Each bitext is what `translate_document` makes of the document alone, to the bit: the model
    reads no segments of different documents together, because rounding depends on what is read
    together. Documents are taken only a few ahead, so that the memory needed does not grow.

    >>> from toolkit import ArgosEngine, Block, bundled_package
    >>> documents = (Document(name, "ru", "", (Block("paragraph", name),)) for name in ("AP", "EC"))
    >>> bitexts = translate_documents(documents, ArgosEngine(bundled_package()))
    >>> [bitext.units[0].target for bitext in bitexts]
    ['AP', 'EC']
    """
    prepared = (
        prepare_document(
            document, engine, matcher, rules, enforce=enforce, target_lang=target_lang, reuse=reuse
        )
        for document in documents
    )
    complete = partial(complete_bitext, engine=engine, enforce=enforce)
    with closing(work_ahead(complete, prepared, engine.threads)) as completed:
        for _, bitext in completed:
            yield bitext.result()


def prepare_document(  # noqa: PLR0913 - the optional ones are keywords
    document: Document,
    engine: Engine,
    matcher: TermMatcher | None = None,
    rules: SegmentationRules | None = None,
    *,
    enforce: bool = True,
    target_lang: str | None = None,
    reuse: Reuse = NOTHING,
) -> Bitext:
    """Segment a document, find the glossary's terms, and fill in what needs no machine.

    The arguments are those of `translate_document`; what is left for the machine has no
    translation yet, see `complete_bitext`.
    """
    rules = rules or load_rules(lang=document.lang)
    langs = document.lang, target_lang or engine.target_lang
    segments = resegment(document, list(segment(document, rules)), reuse.reviewed_sources)
    units = pretranslate(find_units(segments, matcher), langs, reuse, matcher)
    signature = sign(engine, matcher, rules, enforce=enforce)
    return Bitext(document, *langs, units=tuple(units), signature=signature)


def complete_bitext(
    bitext: Bitext,
    engine: Engine,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
    *,
    enforce: bool = True,
) -> Bitext:
    """Translate the units of a bitext that have no translation, and check all.

    It may be called from several threads at the same time.

    Args:
        bitext: made by `prepare_document`.
        engine: what translates.
        on_progress: called with the number of segments translated and of all.
        enforce: make the terms stand in the translation, and mend numbers and names.
    """
    units = translate_units(bitext.units, engine, on_progress, enforce=enforce)
    return check_bitext(replace(bitext, units=tuple(reattach(units, engine))))


def find_units(segments: Iterable[Segment], matcher: TermMatcher | None) -> list[Unit]:
    """Make units of segments, with their terms and without a translation."""
    return [Unit(one, "", terms=matcher.find(one.text) if matcher else ()) for one in segments]


def translate_units(
    units: Sequence[Unit],
    engine: Engine,
    on_progress: Callable[[int, int], object],
    *,
    enforce: bool,
) -> list[Unit]:
    """Translate the units that have no translation, unless a person wants none.

    Those with the same text are translated once. A segment without a letter of the source
    language's script (“AP”, “175/175”) is copied.
    """
    translated = [
        unit if _is_done(unit) else replace(unit, target=unit.source.text) for unit in units
    ]
    annotated = enforce and engine.reads_annotations
    drafts = {
        i: Draft(unit.source.text, unit.terms, "", annotated=annotated)
        for i, unit in enumerate(units)
        if not _is_done(unit) and has_letters_of(unit.source.text, engine.source_lang)
    }
    distinct = list(dict.fromkeys(drafts.values()))
    made = translate_drafts(distinct, engine, on_progress, enforce=enforce)
    made_of = dict(zip(distinct, made, strict=True))
    for i, draft in drafts.items():
        done, score = made_of[draft]
        translated[i] = replace(
            units[i], target=done.text, terms=done.terms, edits=done.edits, score=score
        )
    return translated


def translate_drafts(
    drafts: list[Draft],
    engine: Engine,
    on_progress: Callable[[int, int], object],
    *,
    enforce: bool,
) -> list[tuple[Draft, float]]:
    """Translate drafts together; give each with its text, and the model's confidence in it."""
    translations = list(translate_soundly(engine, [one.input for one in drafts], on_progress))
    drafts = [draft.translated(*one) for draft, one in zip(drafts, translations, strict=True)]
    if enforce:
        drafts = enforce_terms(engine, drafts)
    if enforce and (base_lang(engine.source_lang), base_lang(engine.target_lang)) == ("ru", "en"):
        drafts = [with_literals(draft) for draft in drafts]
    return [
        (draft, hypothesis.score)
        for draft, (hypothesis, _) in zip(drafts, translations, strict=True)
    ]


def _is_done(unit: Unit) -> bool:
    return bool(unit.target) or unit.is_reviewed


def with_literals(draft: Draft) -> Draft:
    """Mend the numbers, names and addresses of a translation from Russian into English."""
    text, edits = restore_literals(draft.source, draft.text)
    return replace(draft, text=text, edits=(*draft.edits, *edits))


def find_terms(bitext: Bitext, matcher: TermMatcher) -> Bitext:
    """Record the glossary's terms in the units of a bitext."""
    found = (replace(unit, terms=matcher.find(unit.source.text)) for unit in bitext.units)
    return replace(bitext, units=tuple(found))


def sign(
    engine: Engine, matcher: TermMatcher | None, rules: SegmentationRules, *, enforce: bool = True
) -> Signature:
    """Name all that decides which bytes come out."""
    return Signature(
        tool=f"{TOOL} {version(TOOL)}",
        engine=f"{engine.label} enforce={'yes' if enforce else 'no'}",
        model=engine.model_label,
        model_sha256=engine.model_sha256,
        glossary_sha256=matcher.glossary.checksum if matcher else "",
        segmentation=rules.name,
    )
