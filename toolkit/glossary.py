"""The glossary: concepts loaded from one or several files, where later files win."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from importlib import resources
from operator import attrgetter
from pathlib import Path

from toolkit.bitext import Concept
from toolkit.errors import GlossaryError
from toolkit.formats.omegat import read_omegat, write_omegat
from toolkit.formats.table import read_table, write_table
from toolkit.formats.tbx import read_tbx, write_tbx, write_tbx2
from toolkit.formats.termbase_tmx import read_termbase_tmx

SUFFIXES = (".csv", ".tsv", ".tbx", ".txt", ".tab", ".utf8", ".tmx")
"""The endings of glossary files; a tab glossary of OmegaT ends with .txt, .tab or .utf8."""

_CONTENT = attrgetter(*(one.name for one in fields(Concept)))


@dataclass(frozen=True)
class Glossary:
    """Concepts of one language pair, in the order of their files.

    Fields:
        source_lang, target_lang: language codes of the pair.
        concepts: the concepts; identifiers and source terms are unique in files that
            `bilingual glossary check` passes.
    """

    source_lang: str = "ru"
    target_lang: str = "en"
    concepts: tuple[Concept, ...] = ()

    @cached_property
    def checksum(self) -> str:
        """The SHA-256 of the languages and of the concepts' content, hexadecimal."""
        content = (self.source_lang, self.target_lang, *map(_CONTENT, self.concepts))
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Override:
    """What an overlay changed: a concept of the base, and the one that took its place."""

    before: Concept
    after: Concept


def load_glossary(paths: Iterable[Path | str] = ()) -> Glossary:
    """Load glossary files, each overlaid on those before it; without any, the base glossary.

    >>> load_glossary().source_lang
    'ru'

    Raises:
        GlossaryError: a file cannot be read, or the files are of different language pairs.
    """
    return merge_glossaries([Path(path) for path in paths] or base_files())[0]


def merge_glossaries(paths: Sequence[Path]) -> tuple[Glossary, tuple[Override, ...]]:
    """Load glossary files, each overlaid on those before it; also return what that overrode.

    Raises:
        GlossaryError: a file cannot be read, or the files are of different language pairs.
    """
    merged = read_glossary(paths[0])
    overrides: tuple[Override, ...] = ()
    for path in paths[1:]:
        overlay = read_glossary(path)
        if (overlay.source_lang, overlay.target_lang) != (merged.source_lang, merged.target_lang):
            raise GlossaryError(
                f"{path} is {overlay.source_lang}→{overlay.target_lang}, the glossary before it "
                f"{merged.source_lang}→{merged.target_lang}: give files of one language pair."
            )
        merged, changes = merge(merged, overlay)
        overrides += changes
    return merged, overrides


def base_files() -> list[Path]:
    """Return the files of the base glossary, of the wheel or of a source checkout.

    Raises:
        GlossaryError: the installation lacks them.
    """
    package = Path(str(resources.files("toolkit")))
    for folder in (package / "data" / "glossary", package.parent / "glossary"):
        if files := sorted(folder.glob("*.csv")):
            return files
    raise GlossaryError("The base glossary is missing: install bilingual-toolkit again.")


def read_glossary(path: Path) -> Glossary:
    """Read one glossary file, in the format that its name ends with.

    Raises:
        GlossaryError: the file is missing, damaged or in no format that holds terms.
    """
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv"}:
        table = read_table(path)
        return Glossary(table.source_lang, table.target_lang, tuple(table.concepts()))
    if suffix == ".tbx":
        return Glossary(*read_tbx(path))
    if suffix == ".tmx":
        return Glossary(*read_termbase_tmx(path))
    if suffix in {".txt", ".tab", ".utf8"}:
        return Glossary(concepts=read_omegat(path))
    raise GlossaryError(
        f"{path}: no glossary has the ending “{suffix}”; use {', '.join(SUFFIXES)}."
    )


def write_glossary(path: Path, glossary: Glossary, *, tbx_version: int = 3) -> None:
    """Write a glossary in the format that the file's name ends with.

    Args:
        path: the file to write; .csv, .tsv, .tbx or .txt (OmegaT).
        glossary: the concepts; formats without statuses get the approved ones only.
        tbx_version: 3 for TBX-Basic of ISO 30042:2019, 2 for the older TBX.

    Raises:
        GlossaryError: no glossary is written with this ending.
        OutputError: the file cannot be written.
    """
    suffix = path.suffix.lower()
    content = (glossary.concepts, glossary.source_lang, glossary.target_lang)
    if suffix in {".csv", ".tsv"}:
        write_table(path, *content)
    elif suffix == ".tbx":
        (write_tbx2 if tbx_version == 2 else write_tbx)(path, *content)
    elif suffix in {".txt", ".tab", ".utf8"}:
        write_omegat(path, glossary.concepts)
    else:
        raise GlossaryError(f"{path}: cannot be written; use the ending .csv, .tsv, .tbx or .txt.")


def merge(base: Glossary, overlay: Glossary) -> tuple[Glossary, tuple[Override, ...]]:
    """Lay one glossary over another; return the result, and what the overlay changed.

    A concept of the overlay takes the place of the concept with its identifier or its source
    term; a term that it claims is no longer a synonym of any other concept.

    >>> base = Glossary(concepts=(Concept("kyiv", "Киев", "Kyiv"), Concept("oslo", "Осло", "Oslo")))
    >>> merged, overrides = merge(base, Glossary(concepts=(Concept("kyiv", "Киев", "Kiev"),)))
    >>> [concept.target for concept in merged.concepts], len(overrides)
    (['Kiev', 'Oslo'], 1)
    """
    by_id = {concept.id: concept for concept in overlay.concepts}
    owner = {term: concept for concept in overlay.concepts for term in _source_terms(concept)}
    kept: list[Concept] = []
    overrides: list[Override] = []
    placed: set[str] = set()
    for concept in base.concepts:
        after = by_id.get(concept.id) or owner.get(concept.source.casefold())
        if after is None:
            after = _without_claimed(concept, owner)
        if after.id not in placed:
            kept.append(after)
            placed.add(after.id)
        if after != concept:
            overrides.append(Override(concept, after))
    kept += [concept for concept in overlay.concepts if concept.id not in placed]
    return replace(base, concepts=tuple(kept)), tuple(overrides)


def _source_terms(concept: Concept) -> list[str]:
    return [term.casefold() for term in (concept.source, *concept.synonyms)]


def _without_claimed(concept: Concept, owner: dict[str, Concept]) -> Concept:
    kept = tuple(term for term in concept.synonyms if term.casefold() not in owner)
    return replace(concept, synonyms=kept) if kept != concept.synonyms else concept
