"""Files of reviewed work: found, read, and merged into the files that they were made from.

Next to the bitext of a document lie its other formats. What was edited there in place counts as
reviewed, too; then all of them are written anew, together or not at all.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from toolkit.bitext import (
    STATES,
    Bitext,
    Block,
    Concept,
    Document,
    Inline,
    Segment,
    Signature,
    State,
    TermMatch,
    Unit,
    unit_checksum,
)
from toolkit.errors import FormatError, OutputError
from toolkit.files import write_together
from toolkit.formats.html import is_review_page
from toolkit.formats.text import render_text
from toolkit.formats.tmx import read_tmx, render_tmx, stream_tmx
from toolkit.glossary import load_glossary
from toolkit.inlines import RichText
from toolkit.inputs import READERS, read_bitext
from toolkit.memory import Entry, TranslationMemory, entries_of
from toolkit.merging import Conflict, Merged, Rule, merge_reviews
from toolkit.omegat_project import PROJECT, SAVE
from toolkit.opinions import Review
from toolkit.outputs import FORMATS, paths_of, render_bitext
from toolkit.packages import base_lang

UNPLACED = "unplaced.tmx"
"""Where reviewed units are kept that belong in none of the documents."""
BITEXT_SUFFIXES = (".tmx", ".v2.xlf", ".xlf", ".po", ".review.docx")
"""How our bitexts of a document are called, those that carry more first."""
_OMEGAT_TAG = re.compile(r"<(/?)([a-z]+\d+)(/?)>")


@dataclass(frozen=True, slots=True)
class Output:
    """The files of a document, as the toolkit wrote them and as they are now.

    Fields:
        stem: their path without suffix.
        path: the file that the bitext was read from.
        bitext: the document's bitext, as it was before anybody edited its files in place.
        files: all bitexts of the document that lie there.
        edited: those of them that were edited in place.
    """

    stem: Path
    path: Path
    bitext: Bitext
    files: tuple[Path, ...]
    edited: tuple[Review, ...]

    @property
    def current(self) -> Bitext:
        """The bitext with what was edited in place."""
        return merge_reviews(self.bitext, self.edited).bitext


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge did.

    Fields:
        counts: how many units were accepted, edited, rejected, split, joined; notes added.
        conflicts: the conflicts, with the path of the document's bitext.
        unplaced: reviewed units that belong in no document, with the name of their file.
        kept_in: the file where these are kept.
        written: the files written.
        remembered: how many units were new in the memory.
    """

    counts: Counter[str]
    conflicts: tuple[tuple[Path, Conflict], ...]
    unplaced: tuple[tuple[str, Unit], ...] = ()
    kept_in: Path | None = None
    written: tuple[Path, ...] = field(default=())
    remembered: int = 0

    @property
    def open_conflicts(self) -> int:
        """How many conflicts no rule resolved."""
        return sum(not conflict.chosen for _, conflict in self.conflicts)


def merge_files(
    translations: Path,
    reviewed: Sequence[Path],
    date: datetime,
    *,
    prefer: Rule | None = None,
    memory: Path | None = None,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> MergeReport:
    """Take reviewed files back into the files of the documents that they were made from.

    Args:
        translations: a bitext, or a folder of the bitexts of several documents.
        reviewed: files and folders that came back; what was edited in place is taken anyway.
        date: the date that goes into the files, in UTC.
        prefer: how to resolve conflicts; see `merge_reviews`.
        memory: a translation memory that gets all reviewed units; it is made where there is none.
        on_progress: called with the number of units gone through and of all.

    Raises:
        FormatError: a file cannot be read.
        OutputError: a file cannot be written or holds work that would be lost; nothing is written.
    """
    outputs = find_outputs(translations)
    there = {path.resolve() for output in outputs for path in output.files}
    paths = [path for path in find_reviewed(reviewed) if path.resolve() not in there]
    langs = outputs[0].bitext.source_lang, outputs[0].bitext.target_lang
    reviews = _read_reviews(paths, langs)
    known = {output.bitext.document.id for output in outputs}
    total = sum(len(output.bitext.units) for output in outputs)
    placed: dict[str, set[int]] = {review.name: set() for review in reviews}
    contents: dict[Path, bytes] = {}
    merged: list[tuple[Output, Merged]] = []
    for output in outputs:
        name = output.bitext.document.id
        own = [*output.edited, *concerned(reviews, name, known)]
        one = merge_reviews(output.bitext, own, prefer)
        merged.append((output, one))
        for review, found in zip(own, one.placed, strict=True):
            placed.setdefault(review.name, set()).update(found)
        if one.bitext != output.bitext or output.edited:
            contents |= _rendered(output, one.bitext, date)
        on_progress(sum(len(o.bitext.units) for o, _ in merged), total)
    everything = [*reviews, *(review for output in outputs for review in output.edited)]
    left = [(review, set(_left(review, placed[review.name]))) for review in everything]
    unplaced = [(review.name, review.bitext.units[j]) for review, js in left for j in sorted(js)]
    kept_in = (translations if translations.is_dir() else translations.parent) / UNPLACED
    contents |= _kept(kept_in, unplaced, langs, date)
    with TranslationMemory(memory, create=True) if memory else nullcontext() as remembered:
        write_together(contents)
        new = 0 if remembered is None else _remember(remembered, merged, left)
    return MergeReport(
        counts=sum((one.counts for _, one in merged), Counter()),
        conflicts=tuple((output.path, c) for output, one in merged for c in one.conflicts),
        unplaced=tuple(unplaced),
        kept_in=kept_in if unplaced else None,
        written=tuple(contents),
        remembered=new,
    )


def concerned(reviews: Iterable[Review], document: str, known: Container[str]) -> Iterator[Review]:
    """Give the reviews that may be of a document: not those that name another known one."""
    for review in reviews:
        name = review.bitext.document.id
        if name == document or name not in known:
            yield review


def _remember(
    memory: TranslationMemory,
    merged: Iterable[tuple[Output, Merged]],
    others: Iterable[tuple[Review, set[int]]],
) -> int:
    """Add to a memory what is reviewed: of the documents, and of the files what belongs in none."""
    added = [
        memory.add_entries(
            entry for entry in entries_of(one.bitext, output.path.name) if entry.unit.is_reviewed
        )
        for output, one in merged
    ]
    for review, indexes in others:
        entries = list(entries_of(review.bitext, Path(review.name).name))
        added.append(memory.add_entries(_vouched_for(entries[j]) for j in sorted(indexes)))
    return sum(one.new for one in added)


def _vouched_for(entry: Entry) -> Entry:
    state: State = "final" if entry.unit.state == "final" else "reviewed"
    unit = replace(entry.unit, origin="human", state=state)
    return replace(entry, unit=unit)


# --- the files that are there --------------------------------------------------------------------


def find_outputs(translations: Path) -> list[Output]:
    """Read the bitexts of a folder, or one with its other formats.

    Args:
        translations: a bitext or a folder, searched with the folders in it.

    Raises:
        FormatError: there is no bitext, or one cannot be read.
    """
    if (translations / PROJECT).exists():
        raise FormatError(
            f"{translations}: is an OmegaT project; name the translations first, then the project"
        )
    if translations.is_dir():
        found = [one for one in _files_under(translations) if one.name.endswith(BITEXT_SUFFIXES)]
    else:
        beside = (one for one in _files_of(split_name(translations)[0]) if one != translations)
        found = [translations, *beside]
    documents: dict[tuple[Path, str], dict[Path, Bitext]] = {}
    for path in found:
        if path.name != UNPLACED:
            bitext = read_bitext(path)
            documents.setdefault((path.parent, bitext.document.id), {})[path] = bitext
    if not documents:
        raise FormatError(f"{translations}: holds no bitext; give the files that translate wrote")
    outputs = [_output(files) for files in documents.values()]
    return outputs if translations.is_dir() else outputs[:1]


def _files_under(folder: Path) -> Iterator[Path]:
    """Walk through a folder in a steady order, past hidden files and projects of OmegaT."""
    for name, folders, files in os.walk(folder):
        here = Path(name)
        folders[:] = sorted(
            one
            for one in folders
            if not one.startswith(".") and not (here / one / PROJECT).exists()
        )
        yield from (here / one for one in sorted(files) if not one.startswith("."))


def _files_of(stem: Path) -> Iterator[Path]:
    for suffix in BITEXT_SUFFIXES:
        path = stem.with_name(stem.name + suffix)
        if path.exists():
            yield path


def split_name(path: Path) -> tuple[Path, str]:
    """Part a bitext's path into the stem that it shares with its other formats, and the suffix.

    >>> split_name(Path("out/call.v2.xlf"))
    (PosixPath('out/call'), '.v2.xlf')
    """
    for suffix in (*sorted(BITEXT_SUFFIXES, key=len, reverse=True), *READERS):
        if path.name.lower().endswith(suffix):
            return path.with_name(path.name[: -len(suffix)]), suffix
    return path, ""


def _output(files: Mapping[Path, Bitext]) -> Output:
    """Tell of a document's files the one to merge into, and those edited in place."""
    rank = {suffix: number for number, suffix in enumerate(BITEXT_SUFFIXES)}
    name = next(iter(files.values())).document.id
    named = [path for path in files if "_".join(split_name(path)[0].name.split()) == name]
    path = min(named or files, key=lambda path: rank.get(split_name(path)[1], len(rank)))
    bitext = _as_written(files[path], files.values())
    edited = tuple(
        read_review(other, name=str(other)) for other in files if _holds_work(files[other], bitext)
    )
    return Output(split_name(path)[0], path, bitext, tuple(files), edited)


def _as_written(bitext: Bitext, formats: Iterable[Bitext]) -> Bitext:
    """Give a bitext as it was before it was edited in place, which its other formats may know."""
    written = {
        (unit.source.id, unit.source.text): unit
        for other in formats
        for unit in other.units
        if unit.is_as_written
    }
    units = (
        unit
        if unit.is_as_written or not unit.written_checksum
        else _before(unit, written.get((unit.source.id, unit.source.text)))
        for unit in bitext.units
    )
    return replace(bitext, units=tuple(units))


def _before(unit: Unit, written: Unit | None) -> Unit:
    """Give a unit as it was written: from another format, or by its checksum and last edit."""
    if written and written.target == unit.target:
        return replace(unit, state=written.state, origin=written.origin)
    if written:
        return replace(written, source=unit.source, inlines=())
    last = unit.edits[-1].after if unit.edits else ""
    for target in (unit.target, last):
        for state in STATES:
            if unit_checksum(unit.source.text, target, state) == unit.written_checksum:
                kept = unit.inlines if target == unit.target else ()
                return replace(unit, target=target, state=state, origin="machine", inlines=kept)
    return replace(unit, target="", state="initial", origin="machine", inlines=())


def _holds_work(bitext: Bitext, base: Bitext) -> bool:
    """Say whether a file beside the bitext, or its own, says anything that the bitext does not."""
    if [(unit.target, unit.state, unit.notes) for unit in bitext.units] == [
        (unit.target, unit.state, unit.notes) for unit in base.units
    ]:
        return False
    known = {note for unit in base.units for note in unit.notes}
    return any(
        unit.is_reviewed or not unit.is_as_written or not known.issuperset(unit.notes)
        for unit in bitext.units
    )


# --- the files that came back --------------------------------------------------------------------


def find_reviewed(paths: Iterable[Path]) -> Iterator[Path]:
    """Find the files of reviewed work: of an OmegaT project its saved memory, else all bitexts.

    Raises:
        FormatError: a folder holds none, or a project has not been saved.
    """
    for path in paths:
        if (path / PROJECT).exists():
            memories = [path / SAVE, *sorted(path.glob("*-omegat.tmx"))]
            found = [memory for memory in memories if memory.exists()]
            if not found:
                raise FormatError(f"{path}: nothing was translated in this project yet")
            yield found[0]
        elif path.is_dir():
            found = [one for one in _files_under(path) if split_name(one)[1]]
            projects = [one.parent for one in sorted(path.glob(f"*/{PROJECT}"))]
            if not found and not projects:
                raise FormatError(f"{path}: holds no TMX, XLIFF, PO or Word table")
            yield from found
            yield from find_reviewed(projects)
        elif path.suffix.lower() in {".html", ".htm"}:
            raise FormatError(
                f"{path}: the page's changes are in the browser; press “Save as TMX” there and "
                "give that file"
            )
        else:
            yield path


def read_reviewed(path: Path, langs: tuple[str, str]) -> list[Review]:
    """Read the documents of a folder as they are after review, or a file or project that is one.

    Raises:
        FormatError: a file cannot be read or is of other languages.
    """
    if path.is_dir() and not (path / PROJECT).exists():
        return [Review(str(output.path), output.current) for output in find_outputs(path)]
    return _read_reviews(list(find_reviewed([path])), langs)


def _read_reviews(paths: Sequence[Path], langs: tuple[str, str]) -> list[Review]:
    names = Counter(path.name for path in paths)
    return [
        read_review(path, langs, path.name if names[path.name] == 1 else str(path))
        for path in paths
    ]


def read_review(path: Path, langs: tuple[str, str] = ("", ""), name: str = "") -> Review:
    """Read a file of reviewed work.

    Args:
        path: the file.
        langs: codes of the languages reviewed; a memory may hold others as well.
        name: what to call it.

    Raises:
        FormatError: the file cannot be read or is of other languages.
    """
    is_tmx = path.name.lower().endswith((".tmx", ".tmx.gz"))
    bitext = read_tmx(path, *langs) if is_tmx else read_bitext(path)
    pair = bitext.source_lang, bitext.target_lang
    others = [(a, b) for a, b in zip(pair, langs, strict=True) if a and b]
    if any(base_lang(a) != base_lang(b) for a, b in others) or (is_tmx and not bitext.units):
        raise FormatError(
            f"{path}: holds no translations from “{langs[0]}” into “{langs[1]}”; "
            "give the file that was reviewed"
        )
    omegat = bitext.signature.tool.startswith("OmegaT")
    if omegat:
        bitext = replace(bitext, units=tuple(map(_without_tags, bitext.units)))
    return Review(
        name or path.name,
        bitext,
        datetime.fromtimestamp(path.stat().st_mtime, UTC),
        tuple(row.place for row in stream_tmx(path, *pair)) if omegat else (),
        is_silent=any(unit.written_checksum for unit in bitext.units)
        or path.suffix.lower() == ".docx",
    )


def _without_tags(unit: Unit) -> Unit:
    """Read the tags by which OmegaT shows formatting."""
    source, marks = _read_tags(unit.source.text)
    target, inlines = _read_tags(unit.target)
    if not marks:
        return unit
    segment = replace(unit.source, text=source, stop=unit.source.start + len(source))
    return replace(unit, source=replace(segment, inlines=marks), target=target, inlines=inlines)


def _read_tags(text: str) -> tuple[str, tuple[Inline, ...]]:
    rich = RichText()
    last, opened = 0, 0
    closed = {match[2] for match in _OMEGAT_TAG.finditer(text) if match[1]}
    for match in _OMEGAT_TAG.finditer(text):
        rich.add(text[last : match.start()])
        last = match.end()
        if match[3]:
            rich.mark("other", match[0])
        elif match[1] and opened:
            rich.close()
            opened -= 1
        elif not match[1] and match[2] in closed:
            rich.open("other", match[0], f"</{match[2]}>")
            opened += 1
    rich.add(text[last:])
    block = rich.block("paragraph", str)
    return block.text, block.inlines


# --- what is written -----------------------------------------------------------------------------


def _rendered(output: Output, bitext: Bitext, date: datetime) -> dict[Path, bytes]:
    """Give the contents of a document's files, of those that there are.

    Raises:
        OutputError: a file holds work that could not be read back.
    """
    contents = {output.path: render_bitext(bitext, output.path, date)}
    for name, (_, render) in FORMATS.items():
        paths = paths_of(output.stem, [name], (bitext.source_lang, bitext.target_lang))
        there = [path for path in paths if path.exists() and path not in contents]
        for path in there:
            _refuse_to_overwrite(path, output)
        if there:
            shown = _with_whole_concepts(bitext) if name == "html" else bitext
            rendered = dict(zip(paths, render(shown, date), strict=True))
            contents |= {path: rendered[path] for path in there}
    return contents


def _with_whole_concepts(bitext: Bitext) -> Bitext:
    """Give the terms what the page shows of them and the files do not carry."""
    known = {concept.id: concept for concept in load_glossary().concepts}
    units = (
        replace(unit, terms=tuple(_whole(term, known) for term in unit.terms))
        for unit in bitext.units
    )
    return replace(bitext, units=tuple(units))


def _whole(term: TermMatch, known: Mapping[str, Concept]) -> TermMatch:
    whole = known.get(term.concept.id, term.concept)
    same = (whole.source, whole.target) == (term.concept.source, term.concept.target)
    return replace(term, concept=whole) if same else term


def _refuse_to_overwrite(path: Path, output: Output) -> None:
    if path.suffix == ".txt":
        ours = path.read_bytes() in render_text(output.bitext)
    elif path.suffix == ".html":
        ours = is_review_page(path.read_bytes())
    else:
        ours = read_bitext(path).document.id == output.bitext.document.id
    if not ours:
        raise OutputError(
            f"{path}: was edited or is not of this document, and cannot be merged; move it away"
        )


def _left(review: Review, placed: set[int]) -> Iterator[int]:
    """Give the indexes of the reviewed units that no document has taken."""
    for j, unit in enumerate(review.bitext.units):
        if j not in placed and unit.target and unit.state != "initial" and unit.is_human:
            yield j


def _kept(
    path: Path, unplaced: Iterable[tuple[str, Unit]], langs: tuple[str, str], date: datetime
) -> dict[Path, bytes]:
    """Give the memory of what belongs nowhere, with what it held before."""
    old = list(read_tmx(path).units) if path.exists() else []
    known = {(unit.source.text, unit.target) for unit in old}
    new = {}
    for name, unit in unplaced:
        if (unit.source.text, unit.target) not in known:
            noted = replace(unit, notes=(*unit.notes, f"from {name}"), state="reviewed")
            new[unit.source.text, unit.target] = replace(noted, terms=(), issues=())
    if not new:
        return {}
    units, blocks = [], []
    for number, unit in enumerate((*old, *new.values())):
        text = unit.source.text
        segment = Segment(f"{number + 1}.1", number, 0, len(text), text, unit.source.inlines)
        units.append(replace(unit, source=segment))
        blocks.append(Block("paragraph", text, unit.source.inlines))
    document = Document(path.stem, langs[0], "", tuple(blocks))
    bitext = Bitext(document, *langs, tuple(units), Signature("bilingual-toolkit", *5 * [""]))
    return {path: render_tmx(bitext, date)}
