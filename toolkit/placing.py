"""Finding where the units of a file that comes back belong in the bitext it was made from.

Files of ours say it with their document's and segments' identifiers. Others (the memories of
OmegaT, Trados, memoQ) carry texts only: a unit belongs wherever its source stands; of several
such places, where what stands before and after it is the same. A tool that cuts sentences
otherwise gives units that together cover what several of ours cover.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import PurePosixPath

from rapidfuzz import fuzz, process

from toolkit.bitext import Bitext, Document, Segment, Unit
from toolkit.formats.rows import Place
from toolkit.formats.xmlfiles import permitted
from toolkit.inlines import cut

LEAST_SIMILARITY = 0.75
"""Below it a source is not taken for an older or newer wording of another."""
LEAST_OF_SAME_NUMBER = 0.5
"""The same of segments with the same identifier, which counts the paragraphs before it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Units of a bitext and the other file's units of the same source text.

    Fields:
        start, stop: indexes of the bitext's units.
        others: indexes of the other file's units; of one, where the segments are the same.
    """

    start: int
    stop: int
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a file's units belong in a bitext.

    Fields:
        placements: those with the same source text, in the bitext's order.
        reworded: index in the bitext, index in the file and the likeness of the sources (0 to 1)
            where only one of the two has this source; in a file made from the bitext only.
    """

    placements: tuple[Placement, ...]
    reworded: tuple[tuple[int, int, float], ...]


def place_units(
    bitext: Bitext, other: Bitext, places: Sequence[Place | None] = (), *, own: bool = False
) -> Placing:
    """Find where the units of a file belong in a bitext.

    Args:
        bitext: the bitext.
        other: what the file holds.
        places: for each of its units where it stands, as far as the file tells.
        own: whether the file was made from this bitext, so that its identifiers count.

    >>> from toolkit.bitext import Block, Document, Segment, Signature
    >>> def bitext(*texts: str) -> Bitext:
    ...     document = Document("call", "ru", "", (Block("paragraph", " ".join(texts)),))
    ...     segments = [Segment(f"1.{n}", 0, 0, 0, text) for n, text in enumerate(texts, 1)]
    ...     units = tuple(Unit(segment, "…") for segment in segments)
    ...     return Bitext(document, "ru", "en", units, Signature(*6 * [""]))
    >>> place_units(bitext("Да.", "Нет. Мир."), bitext("Мир.", "Нет.", "Да.")).placements
    (Placement(start=0, stop=1, others=(2,)), Placement(start=1, stop=2, others=(1, 0)))
    """
    known = [*places] or [None] * len(other.units)
    pairs = _same_sources(bitext, other, known, own=own)
    paired = {j for _, j in pairs}
    free = [j for j, place in enumerate(known) if j not in paired and place is None]
    segments = [unit.source for unit in bitext.units]
    sources = [unit.source.text for unit in other.units]
    tiled = list(_tilings(segments, sources, {i for i, _ in pairs}, free))
    used = {j for one in tiled for j in one.others}
    covered = {i for i, _ in pairs} | {i for one in tiled for i in range(one.start, one.stop)}
    rest = [j for j in free if j not in used]
    reworded = _reworded(bitext, other.units, covered, rest) if own else ()
    placements = [*(Placement(i, i + 1, (j,)) for i, j in pairs), *tiled]
    return Placing(
        tuple(sorted(placements, key=lambda one: (one.start, one.others))), tuple(reworded)
    )


def _key(text: str) -> str:
    return " ".join(permitted(text).split())


def _squeezed(text: str) -> str:
    return "".join(permitted(text).split())


def _same_sources(
    bitext: Bitext, other: Bitext, places: Sequence[Place | None], *, own: bool
) -> list[tuple[int, int]]:
    """Pair the units with the same source: by identifier, by place, by text and neighbours."""
    sources = [_key(unit.source.text) for unit in bitext.units]
    others = [_key(unit.source.text) for unit in other.units]
    pairs: list[tuple[int, int]] = []
    if own:
        where = {unit.source.id: i for i, unit in enumerate(bitext.units)}
        found = ((where.get(unit.source.id, -1), j) for j, unit in enumerate(other.units))
        pairs += [(i, j) for i, j in found if i >= 0 and sources[i] == others[j]]
    pairs += [
        (i, j)
        for j, place in enumerate(places)
        if place is not None
        for i in _where(bitext.document.id, sources, others[j], place)
    ]
    paired = {i for i, _ in pairs}
    taken = {j for _, j in pairs}
    by_source: dict[str, list[int]] = defaultdict(list)
    for j, source in enumerate(others):
        if j not in taken and places[j] is None:
            by_source[source].append(j)
    here: dict[str, list[int]] = defaultdict(list)
    for i, source in enumerate(sources):
        if i not in paired and source in by_source:
            here[source].append(i)
    for source, indexes in here.items():
        pairs += _by_neighbours(sources, indexes, others, by_source[source])
    return pairs


def _where(document: str, sources: Sequence[str], source: str, place: Place) -> Iterator[int]:
    """Find the units of a source at the place that OmegaT tells of an alternative translation."""
    if place.file and document not in {
        "_".join(name.split()) for name in (PurePosixPath(place.file).stem, place.file)
    }:
        return
    for i, text in enumerate(sources):
        before, after = _neighbours(sources, i)
        if text == source and before == _key(place.before) and after == _key(place.after):
            yield i


def _neighbours(sources: Sequence[str], i: int) -> tuple[str, str]:
    return sources[i - 1] if i else "", sources[i + 1] if i + 1 < len(sources) else ""


def _by_neighbours(
    sources: Sequence[str], indexes: Sequence[int], others: Sequence[str], found: Sequence[int]
) -> list[tuple[int, int]]:
    """Pair units of one source: all with the only one, in order, or where the context is alike."""
    if len(found) == 1:
        return [(i, found[0]) for i in indexes]
    if len(found) == len(indexes):
        return list(zip(indexes, found, strict=True))

    def likeness(i: int, j: int) -> int:
        return sum(map(str.__eq__, _neighbours(sources, i), _neighbours(others, j)))

    pairs = [(i, max(found, key=lambda j: likeness(i, j))) for i in indexes]
    spare = set(found) - {j for _, j in pairs}
    return [*pairs, *((max(indexes, key=lambda i: likeness(i, j)), j) for j in sorted(spare))]


def _tilings(
    segments: Sequence[Segment], sources: Sequence[str], paired: set[int], free: Sequence[int]
) -> Iterator[Placement]:
    """Find runs of unpaired segments in a block whose text the other file cuts in another way."""
    pieces: dict[str, list[int]] = defaultdict(list)
    for j in free:
        pieces[_squeezed(sources[j])].append(j)
    lengths = sorted(set(map(len, pieces)))
    start = 0
    while start < len(segments) and pieces:
        text, found = "", None
        for stop in range(start, len(segments)):
            if stop in paired or segments[stop].block != segments[start].block:
                break
            text += _squeezed(segments[stop].text)
            found_pieces = _cut(text, pieces, lengths)
            if found_pieces:
                found = Placement(start, stop + 1, _taken(found_pieces, pieces))
                break
        if found:
            yield found
        start = found.stop if found else start + 1


def _cut(text: str, pieces: dict[str, list[int]], lengths: Sequence[int]) -> list[str]:
    """Cut a text into pieces that are known; an empty list where that is not possible."""
    before: dict[int, int] = {0: 0}  # where a cut is possible, and where the piece before it began
    for place in range(len(text)):
        if place in before:
            for length in lengths:
                stop = place + length
                if length and stop not in before and text[place:stop] in pieces:
                    before[stop] = place
    cuts, stop = [], len(text)
    while stop and stop in before:
        cuts.append(text[before[stop] : stop])
        stop = before[stop]
    return [] if stop else cuts[::-1]


def _taken(texts: Sequence[str], pieces: dict[str, list[int]]) -> tuple[int, ...]:
    """Take the units of the pieces, each once as long as there are several of a text."""
    return tuple(found.pop(0) if len(found := pieces[piece]) > 1 else found[0] for piece in texts)


def _reworded(
    bitext: Bitext, others: Sequence[Unit], covered: set[int], rest: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    """Pair the units whose sources differ: by identifier, or the most similar ones."""
    free = {i: _key(unit.source.text) for i, unit in enumerate(bitext.units) if i not in covered}
    where = {bitext.units[i].source.id: i for i in free}
    for j in rest:
        source = _key(others[j].source.text)
        same = where.get(others[j].source.id, -1)
        likeness = fuzz.ratio(free[same], source) / 100 if same in free else 0.0
        if likeness >= LEAST_OF_SAME_NUMBER:
            yield same, j, likeness
        elif found := process.extractOne(
            source, free, scorer=fuzz.ratio, score_cutoff=100 * LEAST_SIMILARITY
        ):
            yield found[2], j, found[1] / 100


def cut_anew(
    document: Document, segments: Sequence[Segment], sources: Sequence[str]
) -> Iterator[Segment]:
    """Cut what consecutive segments of a block cover into other segments.

    Args:
        document: the document.
        segments: those there are.
        sources: the texts of those wanted, which together are the same text, whatever the white
            space between them.

    Yields:
        segments whose identifiers say that the block has to be numbered anew; see `numbered`.
    """
    block = document.blocks[segments[0].block]
    start, left = segments[0].start, -1
    for number, source in enumerate(sources, start=1):
        stop = _end_of(source, block.text, start)
        if number == len(sources):
            stop = segments[-1].stop
        start += len(block.text[start:stop]) - len(block.text[start:stop].lstrip())
        yield Segment(
            f"{segments[0].id}.{number}",
            segments[0].block,
            start,
            stop,
            block.text[start:stop],
            cut(block.inlines, start, stop, left),
        )
        start = left = stop


def _end_of(piece: str, text: str, start: int) -> int:
    """Find where a piece ends in a text, whatever white space the two have."""
    wanted = len(_squeezed(piece))
    place = start
    while wanted and place < len(text):
        wanted -= len(_squeezed(text[place]))
        place += 1
    return place


def numbered(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Number the segments of each block anew in which some were cut anew."""
    for _, group in groupby(segments, key=lambda one: one.block):
        members = list(group)
        changed = any(one.id.count(".") > 1 for one in members)
        block = members[0].id.partition(".")[0]
        for number, one in enumerate(members, start=1):
            yield replace(one, id=f"{block}.{number}") if changed else one


def resegment(
    document: Document, segments: Sequence[Segment], sources: Iterable[str]
) -> list[Segment]:
    """Cut a document as a reviewer has cut it who split or joined some of its segments.

    Args:
        document: the document.
        segments: its segments by the rules.
        sources: the source texts of reviewed units.

    >>> from toolkit.bitext import Block
    >>> document = Document("call", "ru", "", (Block("paragraph", "Да. Нет. Мир."),))
    >>> segments = [Segment("1.1", 0, 0, 8, "Да. Нет."), Segment("1.2", 0, 9, 13, "Мир.")]
    >>> [one.text for one in resegment(document, segments, ["Нет.", "Да."])]
    ['Да.', 'Нет.', 'Мир.']
    """
    reviewed = list(sources)
    keys = [_key(text) for text in reviewed]
    own = [_key(one.text) for one in segments]
    paired = {i for i, key in enumerate(own) if key in set(keys)}
    free = [j for j, key in enumerate(keys) if key not in set(own)]
    result = list(segments)
    for found in reversed(list(_tilings(segments, reviewed, paired, free))):
        texts = [reviewed[j] for j in found.others]
        result[found.start : found.stop] = cut_anew(
            document, segments[found.start : found.stop], texts
        )
    return list(numbered(result))
