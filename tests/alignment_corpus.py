"""Documents whose alignment is known, made from sentence pairs by deleting, merging and splitting.

Each document is forty pairs of one domain. A twentieth of the sentences of either side is deleted,
a tenth merged with the one behind, a tenth split at a clause, some pairs are cut at different
places on the two sides (2-2), and from every fifth document four pairs in a row are missing on one
side. What was done is drawn from a generator seeded with the document's number.
"""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PAIRS = Path(__file__).parents[1] / "training" / "text"
DOMAINS = ("analysis", "diplomacy", "news")
LENGTH = 40
"""Pairs of a document."""
CHANGES = {
    "none": 0.62,
    "delete source": 0.05,
    "delete target": 0.05,
    "merge source": 0.06,
    "merge target": 0.06,
    "split source": 0.06,
    "split target": 0.06,
    "cross": 0.04,
}
LONGEST_GAP = 4
SHORTEST_PART = 25
"""Characters of a part that a sentence is split into."""

Bead = tuple[tuple[int, ...], tuple[int, ...]]
"""The numbers of the sentences that are translations of each other; one side may be empty."""

_CLAUSE = re.compile(r"(?:[,;:] | [—–-] )(?=\w)")


@dataclass(frozen=True)
class Sample:
    """A document on both sides, sentence by sentence, with its alignment."""

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    beads: tuple[Bead, ...]


def samples() -> Iterator[Sample]:
    """Make the documents, those of each domain in a row."""
    for domain in DOMAINS:
        path = PAIRS / f"{domain}.tsv"
        rows = path.read_text("utf-8").splitlines()
        pairs = [(source, target) for source, target in (row.split("\t")[:2] for row in rows)]
        for number in range(len(pairs) // LENGTH):
            part = pairs[number * LENGTH : (number + 1) * LENGTH]
            yield damage(f"{path.stem}-{number}", part, seed=number)


def beads_of(steps: Iterable[tuple[int, int, object]]) -> list[Bead]:
    """Number the sentences of a chain: how many it takes on either side at each step."""
    beads: list[Bead] = []
    first = second = 0
    for left, right, _ in steps:
        beads.append((tuple(range(first, first + left)), tuple(range(second, second + right))))
        first, second = first + left, second + right
    return beads


def damage(name: str, pairs: Sequence[tuple[str, str]], seed: int) -> Sample:
    """Delete, merge and split sentences of a document."""
    draw = random.Random(f"{name} {seed}")  # noqa: S311 - no secret
    gap = draw.randrange(5, LENGTH - LONGEST_GAP) if seed % 5 == 0 else LENGTH
    missing = draw.choice(["delete source", "delete target"])
    sources: list[str] = []
    targets: list[str] = []
    beads: list[Bead] = []
    waiting = list(pairs)
    while waiting:
        place = LENGTH - len(waiting)
        source, target = waiting.pop(0)
        change = draw.choices(list(CHANGES), list(CHANGES.values()))[0]
        if gap <= place < gap + LONGEST_GAP:
            change = missing
        parts = changed(change, (source, target), waiting, draw)
        left = tuple(range(len(sources), len(sources) + len(parts[0])))
        right = tuple(range(len(targets), len(targets) + len(parts[1])))
        sources += parts[0]
        targets += parts[1]
        beads.append((left, right))
    return Sample(name, tuple(sources), tuple(targets), tuple(beads))


def changed(
    change: str, pair: tuple[str, str], waiting: list[tuple[str, str]], draw: random.Random
) -> tuple[list[str], list[str]]:
    """Give the sentences that a pair becomes on both sides; a merger takes the next pair away."""
    sources, targets = [pair[0]], [pair[1]]
    match change.split():
        case ["delete", side]:
            (sources if side == "source" else targets).clear()
        case ["merge", side] if waiting:
            following = waiting.pop(0)
            sources, targets = ([one, other] for one, other in zip(pair, following, strict=True))
            if side == "source":
                sources = [joined(*sources)]
            else:
                targets = [joined(*targets)]
        case ["split", "source"]:
            sources = split(pair[0], draw)
        case ["split", "target"]:
            targets = split(pair[1], draw)
        case ["cross"]:
            parts = split(pair[0], draw), split(pair[1], draw)
            if all(len(one) == 2 for one in parts) and _is_crossed(*parts):
                sources, targets = parts
    return sources, targets


def joined(first: str, second: str) -> str:
    """Make one sentence of two."""
    word = re.match(r"\w+", second)
    keeps = word is None or word.group().isupper() or word.group() == "I"
    return f"{first.rstrip('.!?…')}; {second if keeps else second[0].lower() + second[1:]}"


def split(sentence: str, draw: random.Random) -> list[str]:
    """Make two sentences of one where it has a clause to split at."""
    places = [
        found
        for found in _CLAUSE.finditer(sentence)
        if SHORTEST_PART <= found.start() <= len(sentence) - SHORTEST_PART
    ]
    if not places:
        return [sentence]
    place = draw.choice(places)
    rest = sentence[place.end() :]
    return [f"{sentence[: place.start()]}.", rest[0].upper() + rest[1:]]


def _is_crossed(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether two sentences are cut at places that do not correspond."""
    shares = (len(parts[0]) / sum(map(len, parts)) for parts in (first, second))
    return abs(next(shares) - next(shares)) > 0.2


def held_out() -> Iterator[Sample]:
    """Give every fourth document: no constant of the aligner was chosen by these."""
    return (one for one in samples() if int(one.name.rpartition("-")[2]) % 4 == 1)
