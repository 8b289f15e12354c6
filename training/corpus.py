"""Read the corpus, throw out what would teach errors, and set a part aside.

A corpus file is `source TAB target [TAB origin TAB weight]`, plain or zstd. The weight of a pair is
how often an epoch contains it on average.
"""

import io
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import numpy as np
import zstandard
from rapidfuzz import fuzz, process

TYPOGRAPHY = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "„": '"',
        "’": "'",
        "‘": "'",
        "\u00a0": " ",
        "\u2011": "-",
        "\u2010": "-",
        "…": "...",
    }
)
"""English side only: one form of quotes, hyphens and spaces; the Russian side keeps what it has."""

SHORTEST_RATIO, LONGEST_RATIO = 0.4, 2.2
"""Characters of the target for one of the source; a pair outside is no translation."""

OWN_TEXT = Path(__file__).parent / "text"
"""Sentences written for this project after the shared corpus (CC BY 4.0)."""

LOCALISATION_SHORTEST = 15
"""Interface labels shorter than this (characters) carry little language."""

MARKUP = re.compile(r"[<>{}|\\_^~=@#]|%[a-z0-9]|&\w|\$[A-Za-z]|https?:|--\w|\w\(\)")
"""Placeholders and tags of software messages."""

NEAR_DUPLICATE = {"source": 70, "target": 75}
"""Similarity (rapidfuzz token_sort_ratio, per cent) from which a pair counts as seen already."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold a sentence, its translation and how often an epoch should contain it on average."""

    source: str
    target: str
    origin: str = ""
    weight: float = 1.0


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a UTF-8 file for reading, decompressing `.zst`."""
    with path.open("rb") as raw:
        if path.suffix == ".zst":
            yield io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")
        else:
            yield io.TextIOWrapper(raw, "utf-8")


def read_pairs(path: Path) -> Iterator[Pair]:
    """Yield the pairs of a corpus file; raise ValueError with the line number for a broken line."""
    origin = path.name.split(".")[0]
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            match line.rstrip("\n").split("\t"):
                case [source, target]:
                    yield Pair(source, target, origin)
                case [source, target, part, weight]:
                    yield Pair(source, target, part, float(weight))
                case _:
                    raise ValueError(f"{path}, line {number}: expected 2 or 4 columns")


def read_own_text() -> Iterator[Pair]:
    """Yield the pairs that were written for this project and lie beside the code."""
    for path in sorted(OWN_TEXT.glob("*.tsv")):
        yield from map(normalise, read_pairs(path))


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    """Write a corpus file with all four columns."""
    with path.open("w", encoding="utf-8") as lines:
        for pair in pairs:
            lines.write(f"{pair.source}\t{pair.target}\t{pair.origin}\t{pair.weight:.4f}\n")


def normalise(pair: Pair) -> Pair:
    """Return the pair with single spaces and, in English, plain typography."""
    return replace(
        pair,
        source=" ".join(pair.source.split()),
        target=" ".join(pair.target.translate(TYPOGRAPHY).split()),
    )


def is_similar_in_length(pair: Pair) -> bool:
    """Tell whether the sides could be translations by their length."""
    return SHORTEST_RATIO < len(pair.target) / max(1, len(pair.source)) < LONGEST_RATIO


def is_in_both_languages(pair: Pair) -> bool:
    """Tell whether most source letters are Cyrillic and no target letter is."""
    letters = [letter for letter in pair.source.lower() if letter.isalpha()]
    cyrillic = sum("а" <= letter <= "я" or letter == "ё" for letter in letters)
    return cyrillic * 2 > len(letters) and not re.search("[а-яё]", pair.target.lower())


def has_same_numbers(pair: Pair) -> bool:
    """Tell whether both sides have the same digits; spelled-out numbers make no difference."""
    digits = [sorted(re.findall(r"\d+", side)) for side in (pair.source, pair.target)]
    return not all(digits) or digits[0] == digits[1]


def has_no_markup(pair: Pair) -> bool:
    """Tell whether the pair is free of placeholders and tags."""
    return not MARKUP.search(pair.source) and not MARKUP.search(pair.target)


def is_long_enough(pair: Pair) -> bool:
    """Tell whether the source is more than a label."""
    return len(pair.source) >= LOCALISATION_SHORTEST


Filter = Callable[[Pair], bool]
GENERAL_FILTERS: tuple[Filter, ...] = (is_similar_in_length, is_in_both_languages)
LOCALISATION_FILTERS: tuple[Filter, ...] = (
    *GENERAL_FILTERS,
    has_same_numbers,
    has_no_markup,
    is_long_enough,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Name a corpus file, the factor on the weights of its pairs, and what they must satisfy."""

    file: str
    factor: float
    filters: tuple[Filter, ...]


SOURCES = (
    Source("written.tsv.zst", 1.0, ()),
    Source("tatoeba.tsv.zst", 0.3, GENERAL_FILTERS),
    Source("localisation.tsv.zst", 0.04, LOCALISATION_FILTERS),
)
"""The mixture: an epoch is the written part once and about as many other pairs."""


def read_source(folder: Path, source: Source) -> Iterator[Pair]:
    """Yield the good pairs of one file, normalised and weighted."""
    for raw in read_pairs(folder / source.file):
        pair = normalise(raw)
        if all(accepts(pair) for accepts in source.filters):
            yield replace(pair, weight=pair.weight * source.factor)


def skeleton(text: str) -> str:
    """Return what near-identical messages share: lower-case letters, every number as 0."""
    return re.sub(r"\W+", " ", re.sub(r"\d+", "0", text.lower().replace("ё", "е"))).strip()


def without_repeats(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield pairs neither side of which has the skeleton of an earlier one."""
    seen: set[str] = set()
    for pair in pairs:
        sides = {skeleton(pair.source), skeleton(pair.target)}
        if not sides & seen:
            seen |= sides
            yield pair


def without_tests(pairs: Iterable[Pair], tests: Collection[str]) -> Iterator[Pair]:
    """Yield pairs neither side of which is a test sentence (skeletons of them)."""
    for pair in pairs:
        if skeleton(pair.source) not in tests and skeleton(pair.target) not in tests:
            yield pair


def read_test_skeletons(folder: Path) -> set[str]:
    """Return the skeletons of all sentences of test sets, files `*.ru` and `*.en`."""
    files = [*folder.glob("*.ru"), *folder.glob("*.en")]
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return {skeleton(line) for line in lines if len(line) > LOCALISATION_SHORTEST}


def set_apart(pairs: Sequence[Pair], count: int, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Return (held out, rest): `count` random pairs, and the others unlike any of them."""
    order = list(range(len(pairs)))
    random.Random(seed).shuffle(order)
    chosen = set(order[:count])
    held_out = [pair for number, pair in enumerate(pairs) if number in chosen]
    others = [pair for number, pair in enumerate(pairs) if number not in chosen]
    return held_out, without_near_duplicates(others, held_out)


def without_near_duplicates(pairs: Sequence[Pair], held_out: Sequence[Pair]) -> list[Pair]:
    """Return the pairs that resemble no held-out pair on either side."""
    alike = np.zeros(len(pairs), dtype=bool)
    for side, cutoff in NEAR_DUPLICATE.items():
        scores = process.cdist(
            [getattr(pair, side).lower() for pair in pairs],
            [getattr(pair, side).lower() for pair in held_out],
            scorer=fuzz.token_sort_ratio,
            score_cutoff=cutoff,
            dtype=np.uint8,
        )
        alike |= scores.max(axis=1, initial=0) > 0
    return [pair for pair, drop in zip(pairs, alike, strict=True) if not drop]
