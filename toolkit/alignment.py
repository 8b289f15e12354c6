"""Aligning two texts that are translations of each other, sentence by sentence.

    sources --engine--> renderings --+
                                     +--> words in common --> the best chain of beads
    targets -------------------------+

The sources are translated by the machine, and a bead (one sentence and one, one and two, two and
none …) is worth what its two sides have in common: in the manner of Bleualign (Sennrich and Volk,
“MT-based sentence alignment for OCR-generated parallel texts”, 2010), but by one search over all
sentences instead of anchors first and the gaps between them later. Rare words weigh more than
frequent ones; names count by their sound, numbers and glossary terms as they are, so that it works
without an engine as well, only less surely. Sides whose lengths differ lose (Gale and Church, “A
program for aligning sentences in bilingual corpora”, 1993).
"""

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import pairwise

from toolkit.bitext import Bitext, Block, Document, Inline, Issue, Segment, Signature, Unit
from toolkit.checks.names import skeleton
from toolkit.engine import Engine
from toolkit.inlines import cut
from toolkit.matcher import TermMatcher
from toolkit.pipeline import TOOL
from toolkit.segmentation import load_rules, segment

CHECK = "alignment"
"""Code of the issues of an alignment."""
DOUBTFUL = 0.1
"""Beads of a lower score get an issue; without an engine too many right ones have one."""

# What the worth of a bead is reduced by; the unit is what an average sentence is worth when the
# other side has all its words. Chosen on the tuning part of benchmarks/alignment.py.
COST_OF_JOINING = 0.15
"""For each sentence that is joined to another."""
COST_OF_LEAVING = 0.1
"""For a sentence that stays without a counterpart."""
COST_OF_LENGTH = 0.3
"""For each factor of e between the lengths of the sides."""
SHORT = 10
"""Characters added to both lengths, because those of short sentences differ by chance."""

STEM = 5
"""Letters of a word that count: the rest is mostly ending."""
SHORTEST_SOUND = 3
LONGEST_SOUND = 4
"""Consonants of a name that count."""

MOST_JOINED = 3
STEPS = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
"""How many sentences of either side a bead may have."""

RAREST = 3
"""Words that occur in more sentences of a side mark no place in it."""
LEAST_SHARED = 2
"""Rare words that two sentences share where they mark a place."""
MARGIN = 10
"""Sentences that the path may stray from the line between two such places, at least."""
WIDEST_MARGIN = 100

Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Bead:
    """Sentences that are translations of each other; one side may have none.

    Fields:
        sources, targets: the sentences, in order.
        score: share of the words, weighted by their rarity, that the other side has as well, from
            0 to 1: that of the sentence where it is least; None where a side is empty.
    """

    sources: tuple[Segment, ...]
    targets: tuple[Segment, ...]
    score: float | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or several joined, as it is compared.

    Fields:
        words: the weight of each word that counts.
        mass: the sum of the weights.
        length: in characters.
    """

    words: Mapping[str, float]
    mass: float
    length: float


def align_documents(
    source: Document,
    target: Document,
    engine: Engine | None = None,
    matcher: TermMatcher | None = None,
    on_progress: Progress = lambda _done, _total: None,
) -> list[Bead]:
    """Align a document with its translation: every sentence of both is in one bead, in order.

    Args:
        source, target: the documents, in the languages of the engine and the glossary.
        engine: translates the source; without one, names, numbers, terms and lengths decide.
        matcher: finds the terms of a glossary.
        on_progress: called with the number of segments translated and of all.

    >>> from toolkit.bitext import Block
    >>> russian = Document("a", "ru", "", (Block("paragraph", "Путин в Минске. Дождь. 9 мая."),))
    >>> english = Document("a", "en", "", (Block("paragraph", "Putin is in Minsk. May 9."),))
    >>> for bead in align_documents(russian, english):
    ...     print([one.text for one in bead.sources], [one.text for one in bead.targets])
    ['Путин в Минске.'] ['Putin is in Minsk.']
    ['Дождь.'] []
    ['9 мая.'] ['May 9.']
    """
    sources = list(segment(source, load_rules(lang=source.lang)))
    targets = list(segment(target, load_rules(lang=target.lang)))
    texts = [one.text for one in sources], [one.text for one in targets]
    return list(_beads(sources, targets, align_sentences(*texts, engine, matcher, on_progress)))


Step = tuple[int, int, float | None]
"""How many sentences of either side a bead has, and its score; see `Bead`."""


def align_sentences(
    sources: Sequence[str],
    targets: Sequence[str],
    engine: Engine | None = None,
    matcher: TermMatcher | None = None,
    on_progress: Progress = lambda _done, _total: None,
) -> list[Step]:
    """Align sentences with their translations; see `align_documents`."""
    bags = [anchors(text) for text in sources]
    if matcher:
        terms = (matcher.find(text) for text in sources)
        renderings = (" ".join(one.concept.target for one in found) for found in terms)
        bags = [bag | stems(text) for bag, text in zip(bags, renderings, strict=True)]
    if engine:
        sources = list(_translated(sources, engine, on_progress))
        bags = [bag | stems(text) for bag, text in zip(bags, sources, strict=True)]
    other_bags = [stems(text) | anchors(text) for text in targets]
    stretch = 1.0 if engine else sum(map(len, targets)) / (sum(map(len, sources)) or 1)
    lengths = [len(text) * stretch for text in sources], [float(len(text)) for text in targets]
    return find_chain(*weigh((bags, other_bags), lengths))


def _translated(texts: Sequence[str], engine: Engine, on_progress: Progress) -> Iterator[str]:
    for done, hypothesis in enumerate(engine.translate(texts), start=1):
        on_progress(done, len(texts))
        yield hypothesis.text


def _beads(
    sources: Sequence[Segment],
    targets: Sequence[Segment],
    chain: Iterable[Step],
) -> Iterator[Bead]:
    first = second = 0
    for left, right, score in chain:
        yield Bead(
            tuple(sources[first : first + left]), tuple(targets[second : second + right]), score
        )
        first, second = first + left, second + right


def stems(text: str) -> Counter[str]:
    """Count the words of a text, without their endings.

    >>> sorted(stems("The parties, the party").items())
    [('parti', 1), ('party', 1), ('the', 2)]
    """
    return Counter(word[:STEM] for word in re.findall(r"\w+", text.casefold()))


def anchors(text: str) -> Counter[str]:
    """Count what is alike in all languages: numbers, Latin words, and names by their sound.

    >>> sorted(anchors("Путин посетил ВМФ в 2025 году.")), sorted(anchors("Putin")) == ["~PTN"]
    (['2025', '~BMB', '~PTN'], False)
    """
    found: Counter[str] = Counter()
    for word in re.findall(r"[^\W_]+", text):
        if word[0].isdigit() or word.isascii():
            found[word.casefold()[:STEM]] += 1
        if word[0].isupper() and len(sound := skeleton(word)) >= SHORTEST_SOUND:
            found[f"~{sound[:LONGEST_SOUND]}"] += 1
    return found


Bags = Sequence[Mapping[str, int]]


def weigh(
    sides: tuple[Bags, Bags], lengths: tuple[Sequence[float], Sequence[float]]
) -> tuple[list[Sentence], list[Sentence]]:
    """Weigh the words of both sides by their rarity; the average mass of a sentence becomes 1.

    Args:
        sides: the words of each sentence, with how often they occur in it.
        lengths: of the sentences, in characters that may be compared.
    """
    bags = [*sides[0], *sides[1]]
    frequencies = Counter(word for bag in bags for word in bag)
    rarities = {word: math.log((len(bags) + 1) / count) for word, count in frequencies.items()}
    total = sum(rarities[word] * count for bag in bags for word, count in bag.items())
    unit = total / len(bags) if total else 1.0
    weights = {word: rarity / unit for word, rarity in rarities.items()}
    first, second = (
        [_sentence(bag, weights, length) for bag, length in zip(side, long, strict=True)]
        for side, long in zip(sides, lengths, strict=True)
    )
    return first, second


def _sentence(bag: Mapping[str, int], weights: Mapping[str, float], length: float) -> Sentence:
    words = {word: weights[word] * count for word, count in bag.items()}
    return Sentence(words, sum(words.values()), length)


def join(sentences: Sequence[Sentence]) -> Sentence:
    """Make one sentence of several."""
    if len(sentences) == 1:
        return sentences[0]
    words: dict[str, float] = {}
    for one in sentences:
        for word, weight in one.words.items():
            words[word] = words.get(word, 0.0) + weight
    return Sentence(words, sum(one.mass for one in sentences), sum(one.length for one in sentences))


def overlap(first: Sentence, second: Sentence) -> float:
    """Give the weight of the words that two sentences have in common."""
    fewer, more = sorted((first.words, second.words), key=len)
    return sum(min(weight, more[word]) for word, weight in fewer.items() if word in more)


def worth(first: Sentence, second: Sentence, joined: int) -> float:
    """Give what a bead adds to the worth of a chain.

    Args:
        first, second: its two sides.
        joined: how many sentences it has beyond one on each side.
    """
    lengths = math.log((first.length + SHORT) / (second.length + SHORT))
    costs = COST_OF_JOINING * joined + COST_OF_LENGTH * abs(lengths)
    return 2 * overlap(first, second) - costs


def find_chain(sources: Sequence[Sentence], targets: Sequence[Sentence]) -> list[Step]:
    """Find the most worthy chain of beads, by dynamic programming in a band."""
    left = [_runs(sources, size) for size in range(MOST_JOINED + 1)]
    right = [_runs(targets, size) for size in range(MOST_JOINED + 1)]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i, columns in enumerate(band(sources, targets)):
        for j in columns:
            choices = []
            for a, b in STEPS:
                if (before := best.get((i - a, j - b))) is None:
                    continue
                if a and b:
                    gain = worth(left[a][i - a], right[b][j - b], a + b - 2)
                else:
                    gain = -COST_OF_LEAVING
                choices.append((before[0] + gain, (a, b)))
            if choices:
                best[i, j] = max(choices)
    chain: list[Step] = []
    i, j = len(sources), len(targets)
    while i or j:
        a, b = best[i, j][1]
        i, j = i - a, j - b
        score = None
        if a and b:
            score = min(
                support(sources[i : i + a], right[b][j]), support(targets[j : j + b], left[a][i])
            )
        chain.append((a, b, score))
    return chain[::-1]


def _runs(sentences: Sequence[Sentence], size: int) -> list[Sentence]:
    """Join each run of so many sentences."""
    count = len(sentences) - size + 1 if size else 0
    return [join(sentences[start : start + size]) for start in range(count)]


def support(parts: Iterable[Sentence], whole: Sentence) -> float:
    """Give the share, from 0 to 1, that the least supported part has in common with a whole."""
    return min(overlap(one, whole) / one.mass if one.mass else 0.0 for one in parts)


def band(sources: Sequence[Sentence], targets: Sequence[Sentence]) -> Iterator[range]:
    """Yield for each number of sources the numbers of targets that may be done by then.

    The band follows the places that both sides can be recognised by. It is as wide as the places
    are apart, within limits, so that time and memory grow with the length of the texts and not
    with its square.
    """
    places = [(0, 0), *find_places(sources, targets), (len(sources), len(targets))]
    margins: dict[int, int] = {}
    line: list[float] = [0.0]
    for (i, j), (next_i, next_j) in pairwise(places):
        rows = next_i - i
        line += [j + (next_j - j) * step / rows for step in range(1, rows + 1)]
        for row in range(i, next_i + 1):
            margin = min(MARGIN + min(rows, next_j - j) // 2, WIDEST_MARGIN)
            margins[row] = max(margin, margins.get(row, 0))
    last = len(sources)
    for row in range(last + 1):
        margin = margins.get(row, MARGIN)
        low = line[max(0, row - margin)] - margin
        high = (line[row + margin] if row + margin <= last else len(targets)) + margin
        yield range(max(0, math.floor(low)), min(len(targets), math.ceil(high)) + 1)


def find_places(sources: Sequence[Sentence], targets: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Find sentences that know each other by rare words, in ascending order on both sides."""
    occurrences: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, sentences in enumerate((sources, targets)):
        for number, one in enumerate(sentences):
            for word in one.words:
                occurrences[word][side].append(number)
    votes = Counter(
        (i, j)
        for left, right in occurrences.values()
        if len(left) <= RAREST and len(right) <= RAREST
        for i in left
        for j in right
    )
    pairs = [pair for pair, count in votes.most_common() if count >= LEAST_SHARED]
    partners = {j: i for i, j in reversed(pairs)}
    counterparts = dict(reversed(pairs))
    mutual = sorted((i, j) for i, j in counterparts.items() if partners[j] == i)
    return [(mutual[k][0] + 1, mutual[k][1] + 1) for k in _longest_ascent([j for _, j in mutual])]


def _longest_ascent(values: Sequence[int]) -> list[int]:
    """Give the indices of the longest ascending subsequence of different numbers.

    >>> _longest_ascent([5, 1, 9, 2, 3])
    [1, 3, 4]
    """
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        place = bisect_left(tails, value)
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [index]
        before.append(ends[place - 1] if place else -1)
    path = []
    index = ends[-1] if ends else -1
    while index >= 0:
        path.append(index)
        index = before[index]
    return path[::-1]


def make_bitext(
    beads: Sequence[Bead],
    source: Document,
    target: Document,
    engine: Engine | None = None,
    matcher: TermMatcher | None = None,
) -> Bitext:
    """Make a bitext of an alignment.

    A source without a counterpart becomes a unit without a translation; a target without one is
    told in an issue of the unit before it, because a unit without a source is none to CAT tools.
    Blocks that a bead reaches across are joined.

    Args:
        beads: the alignment of all sentences, in order.
        source, target: the documents.
        engine, matcher: what the alignment was made with, for the signature.
    """
    document, segments = _rejoined(source, beads)
    units = [
        Unit(
            segments[number],
            " ".join(one.text for one in bead.targets),
            origin="human",
            state="translated" if bead.targets else "initial",
            issues=_issues(bead, DOUBTFUL if engine else 0.0),
            score=bead.score,
            inlines=tuple(_inlines(bead.targets)),
        )
        for number, bead in enumerate(one for one in beads if one.sources)
    ]
    behind = -1
    for bead in beads:
        behind += bool(bead.sources)
        if not bead.sources:
            place = max(behind, 0)
            units[place] = replace(
                units[place], issues=(*units[place].issues, _left_over(bead, after=behind >= 0))
            )
    return Bitext(
        document,
        source.lang,
        target.lang,
        tuple(units),
        Signature(
            tool=f"{TOOL} {version(TOOL)}",
            engine=f"alignment {engine.label} {engine.model_label}" if engine else "alignment",
            model="",
            model_sha256=engine.model_sha256 if engine else "",
            glossary_sha256=matcher.glossary.checksum if matcher else "",
            segmentation=load_rules(lang=source.lang).name,
        ),
    )


def _issues(bead: Bead, doubtful: float) -> tuple[Issue, ...]:
    if bead.score is None:
        message = "no translation was found: translate it, or join it to a neighbour"
    elif bead.score < doubtful:
        message = (
            f"the two sides have little in common ({bead.score:.2f}): do they belong together?"
        )
    else:
        return ()
    return (Issue(CHECK, "warning", message),)


def _left_over(bead: Bead, *, after: bool) -> Issue:
    text = " ".join(one.text for one in bead.targets)
    place = "after" if after else "before"
    return Issue(CHECK, "warning", f"{place} it the translation has without a source: “{text}”")


def _inlines(targets: Sequence[Segment]) -> Iterator[Inline]:
    """Give the formatting of sentences that are joined by spaces."""
    offset = 0
    for one in targets:
        for inline in one.inlines:
            yield replace(inline, start=inline.start + offset, stop=inline.stop + offset)
        offset += len(one.text) + 1


def _rejoined(source: Document, beads: Iterable[Bead]) -> tuple[Document, list[Segment]]:
    """Give the document whose blocks hold whole beads, and the beads' segments in it."""
    runs = [bead.sources for bead in beads if bead.sources]
    inner = {block for run in runs for block in range(run[0].block + 1, run[-1].block + 1)}
    blocks: list[Block] = []
    places: list[tuple[int, int]] = []
    for number, block in enumerate(source.blocks):
        if number in inner:
            before = blocks.pop()
            offset = len(before.text) + 1
            moved = (
                replace(one, start=one.start + offset, stop=one.stop + offset)
                for one in block.inlines
            )
            text = f"{before.text} {block.text}"
            blocks.append(Block(before.kind, text, (*before.inlines, *moved)))
        else:
            offset = 0
            blocks.append(block)
        places.append((len(blocks) - 1, offset))
    return replace(source, blocks=tuple(blocks)), list(_segments(runs, blocks, places))


def _segments(
    runs: Iterable[tuple[Segment, ...]], blocks: Sequence[Block], places: Sequence[tuple[int, int]]
) -> Iterator[Segment]:
    """Make one segment of each run of segments, numbered anew in their blocks."""
    counts: Counter[int] = Counter()
    ends: dict[int, int] = {}
    for run in runs:
        block, offset = places[run[0].block]
        start, stop = run[0].start + offset, run[-1].stop + places[run[-1].block][1]
        counts[block] += 1
        yield Segment(
            f"{block + 1}.{counts[block]}",
            block,
            start,
            stop,
            blocks[block].text[start:stop],
            cut(blocks[block].inlines, start, stop, ends.get(block, -1)),
        )
        ends[block] = stop
