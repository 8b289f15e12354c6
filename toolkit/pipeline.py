"""The straight line from a document to a bitext."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version

from toolkit.bitext import Bitext, Document, Edit, Segment, Signature, Unit
from toolkit.checks import check_bitext
from toolkit.degeneration import translate_soundly
from toolkit.engine import Engine, Hypothesis
from toolkit.inlines import reattach
from toolkit.matcher import TermMatcher
from toolkit.scripts import has_letters_of
from toolkit.segmentation import SegmentationRules, load_rules, segment

TOOL = "bilingual-toolkit"


def translate_document(
    document: Document,
    engine: Engine,
    matcher: TermMatcher | None = None,
    rules: SegmentationRules | None = None,
    *,
    target_lang: str | None = None,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> Bitext:
    """Segment a document, translate its segments, find the glossary's terms and check them.

    Args:
        document: the article.
        engine: what translates.
        matcher: finds the terms of a glossary; no terms are looked for when None.
        rules: the segmentation rules; the bundled ones for the document's language when None.
        target_lang: code to write into the bitext, e.g. `en-US`; the engine's when None.
        on_progress: called with the number of segments translated and of all.

    >>> from toolkit import ArgosEngine, Block, bundled_package
    >>> document = Document("call", "ru", "", (Block("paragraph", "AP"),))
    >>> [unit.target for unit in translate_document(document, ArgosEngine(bundled_package())).units]
    ['AP']
    """
    rules = rules or load_rules(lang=document.lang)
    segments = list(segment(document, rules))
    units = translate_segments(segments, engine, on_progress)
    bitext = Bitext(
        document=document,
        source_lang=document.lang,
        target_lang=target_lang or engine.target_lang,
        units=tuple(reattach(units, engine)),
        signature=sign(engine, matcher, rules),
    )
    return check_bitext(bitext if matcher is None else find_terms(bitext, matcher))


def translate_segments(
    segments: Sequence[Segment], engine: Engine, on_progress: Callable[[int, int], object]
) -> Iterator[Unit]:
    """Translate segments into units, in order.

    A segment without a letter of the source language's script (“AP”, “175/175”) is copied.
    """
    texts = [s.text for s in segments if has_letters_of(s.text, engine.source_lang)]
    translations = translate_soundly(engine, texts, on_progress)
    for source in segments:
        if has_letters_of(source.text, engine.source_lang):
            yield _machine_unit(source, *next(translations))
        else:
            yield Unit(source, source.text)


def _machine_unit(source: Segment, hypothesis: Hypothesis, edits: tuple[Edit, ...]) -> Unit:
    target = " ".join(hypothesis.text.split())
    return Unit(source, target, edits=edits, score=hypothesis.score)


def find_terms(bitext: Bitext, matcher: TermMatcher) -> Bitext:
    """Record the glossary's terms in the units of a bitext."""
    found = (replace(unit, terms=matcher.find(unit.source.text)) for unit in bitext.units)
    return replace(bitext, units=tuple(found))


def sign(engine: Engine, matcher: TermMatcher | None, rules: SegmentationRules) -> Signature:
    """Name all that decides which bytes come out."""
    return Signature(
        tool=f"{TOOL} {version(TOOL)}",
        engine=engine.label,
        model=engine.model_label,
        model_sha256=engine.model_sha256,
        glossary_sha256=matcher.glossary.checksum if matcher else "",
        segmentation=rules.name,
    )
