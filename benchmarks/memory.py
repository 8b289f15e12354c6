"""How fast a large translation memory answers, and whether it finds the best match.

    python benchmarks/memory.py [UNITS] [--keep FILE]

The memory is made of the sentences in training/text, which are our own: in each copy a third of
the longer words gives way to other words of these texts, drawn by frequency, and numbers change.
The queries are units of the memory with one to four words changed, left out or added, and as many
sentences made as the memory's are. Every query is answered twice, so that the second figures are
those of a memory that has been in use; the first 50 are also answered by brute force with
rapidfuzz over all units, and the best similarity compared.
"""

import random
import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from time import process_time

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from toolkit import Segment, TranslationMemory, Unit
from toolkit.memory import LEAST_SIMILARITY, Entry
from toolkit.similarity import NEARLY, number_words

FILES = ("analysis", "diplomacy", "news")
UNITS = 1_000_000
QUERIES = 400
BRUTE = 50
REPLACED = 1 / 3
LONGER = 4
LANGS = ("ru", "en")
SEED = 20261127
WORD = re.compile(r"\w+")


@dataclass
class Text:
    """What sentences are made of."""

    sentences: list[list[str]]
    words: list[str]
    weights: list[int]
    draw: random.Random

    def sentence(self) -> str:
        """Make a sentence."""
        pieces = self.draw.choice(self.sentences)
        return "".join(self.piece(piece) for piece in pieces)

    def piece(self, piece: str) -> str:
        """Give a word, a number or what stands between them, or another one in its place."""
        if piece.isdigit():
            return str(self.draw.randrange(2, 2030))
        if len(piece) < LONGER or not piece.isalpha() or self.draw.random() > REPLACED:
            return piece
        return self.word()

    def word(self) -> str:
        """Draw a word by its frequency."""
        return self.draw.choices(self.words, cum_weights=self.weights)[0]

    def changed(self, sentence: str) -> str:
        """Change, leave out or add one to four words."""
        words = sentence.split(" ")
        for _ in range(self.draw.randint(1, 4)):
            place = self.draw.randrange(len(words))
            new = self.draw.choice(([self.word()], [], [self.word(), words[place]]))
            words[place : place + 1] = new or words[place : place + 1][:0]
            words = words or [self.word()]
        return " ".join(words)


def read_text() -> Text:
    """Read the sentences of training/text, in pieces."""
    folder = Path(__file__).parents[1] / "training" / "text"
    texts = ((folder / f"{name}.tsv").read_text("utf-8") for name in FILES)
    lines = [line for text in texts for line in text.splitlines()]
    sentences = [re.split(r"(\w+)", line.split("\t")[0].strip()) for line in lines]
    longer = [w for one in sentences for w in one if len(w) >= LONGER and w.isalpha()]
    words, counts = zip(*sorted(Counter(longer).items()), strict=True)
    return Text(sentences, list(words), list(accumulate(counts)), random.Random(SEED))  # noqa: S311


def entries(text: Text, count: int, kept: list[str]) -> Iterator[Entry]:
    """Make units; their sources are added to `kept`."""
    for number in range(count):
        source = text.sentence()
        kept.append(source)
        unit = Unit(
            Segment("1.1", 0, 0, len(source), source), f"Translation {number}.", "human", "reviewed"
        )
        yield Entry(unit, LANGS)


def answer(memory: TranslationMemory, queries: Sequence[str]) -> tuple[list[float], list[float]]:
    """Give for each query the milliseconds and the best similarity."""
    times, scores = [], []
    for query in queries:
        start = process_time()
        matches = memory.find(query, LANGS)
        times.append(1000 * (process_time() - start))
        scores.append(matches[0].similarity if matches else 0.0)
    return times, scores


def brute_force(sources: Sequence[str], queries: Sequence[str]) -> tuple[list[float], list[float]]:
    """Answer by comparing with every unit."""
    pair = ">".join(LANGS)
    every = [number_words(source, pair) for source in sources]
    times, scores = [], []
    for query in queries:
        start = process_time()
        best = process.extractOne(
            number_words(query, pair),
            every,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=LEAST_SIMILARITY,
        )
        times.append(1000 * (process_time() - start))
        scores.append(best[1] if best else 0.0)
    return times, scores


def told(times: Sequence[float]) -> str:
    """Say the median, the 99th percentile and the longest."""
    percentiles = statistics.quantiles(times, n=100)
    return f"median {percentiles[49]:.2f} ms, p99 {percentiles[98]:.2f} ms, max {max(times):.2f} ms"


def main() -> None:
    """Print the figures."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    count = numbers[0] if numbers else UNITS
    text = read_text()
    sources: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "memory.db")
        with TranslationMemory(path, create=True) as memory:
            start = process_time()
            added = memory.add_entries(entries(text, count, sources))
            seconds = process_time() - start
        print(
            f"{added.new:,} units from {sum(map(len, text.sentences)) // 2:,} words: built in "
            f"{seconds:.0f} s ({added.new / seconds:,.0f} units/s), "
            f"{path.stat().st_size / 1e6:.0f} MB"
        )
        queries = [text.changed(text.draw.choice(sources)) for _ in range(QUERIES // 2)]
        queries += [text.sentence() for _ in range(QUERIES // 2)]
        text.draw.shuffle(queries)
        with TranslationMemory(path) as memory:
            start = process_time()
            memory.find(sources[0], LANGS)
            print(f"opened, first answer: {1000 * (process_time() - start):.1f} ms")
            times, _ = answer(memory, queries)
            print(f"lookup, first time: {told(times)}")
            times, scores = answer(memory, queries)
            print(
                f"lookup, again: {told(times)}; with a match {sum(map(bool, scores))} of {QUERIES}"
            )
        brute_times, best = brute_force(sources, queries[:BRUTE])
    found = [(min(b, NEARLY), s) for b, s in zip(best, scores[:BRUTE], strict=True) if b]
    same = sum(abs(b - s) < 1e-9 or s > b for b, s in found)
    ratio = statistics.median(brute_times) / statistics.median(times)
    print(f"brute force: {told(brute_times)}, {ratio:.0f} times as long")
    print(f"best match found: {same} of {len(found)} (of {BRUTE} queries)")


if __name__ == "__main__":
    main()
