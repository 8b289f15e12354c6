"""Translate Russian diplomatic texts offline, with a curated glossary, into aligned bitexts.

>>> from toolkit import Block, Document, segment
>>> paragraph = Block("paragraph", "Стороны согласны. Встреча в 19:30.")
>>> document = Document("note", "ru", "", (paragraph,))
>>> [s.text for s in segment(document)]
['Стороны согласны.', 'Встреча в 19:30.']
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.alignment import align_documents, make_bitext
    from toolkit.bitext import (
        Bitext,
        Block,
        Concept,
        Document,
        Edit,
        Inline,
        Issue,
        Proposal,
        Segment,
        Signature,
        TermMatch,
        Unit,
    )
    from toolkit.checks import check_bitext
    from toolkit.documents import read_document
    from toolkit.engine import ArgosEngine, Decoding, Engine
    from toolkit.errors import (
        DocumentError,
        EngineError,
        FormatError,
        GlossaryError,
        OutputError,
        ToolkitError,
    )
    from toolkit.formats.html import write_html
    from toolkit.formats.po import read_po, write_po
    from toolkit.formats.text import write_text
    from toolkit.formats.tmx import read_tmx, write_tmx
    from toolkit.glossary import Glossary, load_glossary
    from toolkit.inputs import read_bitext
    from toolkit.matcher import TermMatcher
    from toolkit.memory import TranslationMemory
    from toolkit.omegat_project import write_omegat_project
    from toolkit.packages import ModelPackage, bundled_package, find_package
    from toolkit.pipeline import translate_document
    from toolkit.pretranslation import Reuse
    from toolkit.reviews import merge_files
    from toolkit.segmentation import SegmentationRules, load_rules, segment

# Each name is imported when it is first asked for, so that `bilingual --help` answers at once.
MODULES = {
    "toolkit.alignment": "align_documents make_bitext",
    "toolkit.bitext": "Bitext Block Concept Document Edit Inline Issue Proposal Segment Signature "
    "TermMatch Unit",
    "toolkit.checks": "check_bitext",
    "toolkit.documents": "read_document",
    "toolkit.engine": "ArgosEngine Decoding Engine",
    "toolkit.errors": "DocumentError EngineError FormatError GlossaryError OutputError "
    "ToolkitError",
    "toolkit.formats.html": "write_html",
    "toolkit.formats.po": "read_po write_po",
    "toolkit.formats.text": "write_text",
    "toolkit.formats.tmx": "read_tmx write_tmx",
    "toolkit.glossary": "Glossary load_glossary",
    "toolkit.inputs": "read_bitext",
    "toolkit.matcher": "TermMatcher",
    "toolkit.memory": "TranslationMemory",
    "toolkit.omegat_project": "write_omegat_project",
    "toolkit.packages": "ModelPackage bundled_package find_package",
    "toolkit.pipeline": "translate_document",
    "toolkit.pretranslation": "Reuse",
    "toolkit.reviews": "merge_files",
    "toolkit.segmentation": "SegmentationRules load_rules segment",
}
MODULE_OF = {name: module for module, names in MODULES.items() for name in names.split()}

__all__ = [
    "ArgosEngine",
    "Bitext",
    "Block",
    "Concept",
    "Decoding",
    "Document",
    "DocumentError",
    "Edit",
    "Engine",
    "EngineError",
    "FormatError",
    "Glossary",
    "GlossaryError",
    "Inline",
    "Issue",
    "ModelPackage",
    "OutputError",
    "Proposal",
    "Reuse",
    "Segment",
    "SegmentationRules",
    "Signature",
    "TermMatch",
    "TermMatcher",
    "ToolkitError",
    "TranslationMemory",
    "Unit",
    "align_documents",
    "bundled_package",
    "check_bitext",
    "find_package",
    "load_glossary",
    "load_rules",
    "make_bitext",
    "merge_files",
    "read_bitext",
    "read_document",
    "read_po",
    "read_tmx",
    "segment",
    "translate_document",
    "write_html",
    "write_omegat_project",
    "write_po",
    "write_text",
    "write_tmx",
]


def __getattr__(name: str) -> object:
    """Import a public name from its module."""
    if name not in MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(MODULE_OF[name]), name)
