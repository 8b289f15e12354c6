"""Compare the alignment of sentences with Gale and Church's, on documents whose alignment is known.

    python benchmarks/alignment.py [--tuning]

The documents are the held-out ones of tests/alignment_corpus.py; with --tuning those that the
costs were chosen by. `links` counts pairs of sentences, `beads` whole beads as they are (1-1, 1-2
…), both without sentences that stay alone. Seconds are processor time; that of the translation is
told apart. Of the two aligners by length one is our own (Gale and Church, “A program for aligning
sentences in bilingual corpora”, 1993), the other the package galechurch, which is installed into
an environment of its own.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from alignment_corpus import Bead, Sample, beads_of, held_out, samples

from toolkit import ArgosEngine, TermMatcher, bundled_package, load_glossary
from toolkit.alignment import DOUBTFUL, Step, align_sentences
from toolkit.engine import Decoding, Hypothesis

RIVAL = Path.home() / ".cache" / "bilingual-toolkit" / "galechurch"
REQUIREMENT = "galechurch==0.1.0"
RIVAL_SCRIPT = """
import json, sys, time, galechurch
documents = json.load(sys.stdin)
start = time.process_time()
lines = [galechurch.align(*one).to_pharaoh_lines() for one in documents]
json.dump([lines, time.process_time() - start], sys.stdout)
"""
# The paper's probabilities of the kinds of beads, and its two constants of length.
PRIORS = {(1, 1): 0.89, (1, 0): 0.0099, (0, 1): 0.0099, (2, 1): 0.089, (1, 2): 0.089, (2, 2): 0.011}
RATIO, VARIANCE = 1.0, 6.8

Align = Callable[[Sample], list[Bead]]


class Memory:
    """An engine that has translated beforehand, so that the search is timed by itself."""

    def __init__(self, engine: ArgosEngine, documents: Sequence[Sample]) -> None:
        texts = sorted({text for one in documents for text in one.sources})
        start = process_time()
        self.known = dict(zip(texts, engine.translate(texts), strict=True))
        self.seconds = process_time() - start

    def translate(self, texts: Sequence[str]) -> Iterator[Hypothesis]:
        """Look the translations up."""
        return (self.known[text] for text in texts)


def main() -> None:
    """Align the documents in all ways and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tuning", action="store_true", help="take the other documents")
    chosen = list(held_out())
    if parser.parse_args().tuning:
        chosen = [one for one in samples() if one not in chosen]
    matcher = TermMatcher(load_glossary())
    memory = Memory(ArgosEngine(bundled_package(), Decoding(beam_size=1)), chosen)
    ways: dict[str, Align] = {
        "ours": lambda one: beads_of(ours(one, memory, matcher)),
        "ours, no model": lambda one: beads_of(ours(one, None, matcher)),
        "ours, neither model nor glossary": lambda one: beads_of(ours(one, None, None)),
        "Gale-Church": gale_church,
    }
    count = sum(len(one.sources) + len(one.targets) for one in chosen)
    print(f"{len(chosen)} documents, {count} sentences on both sides; ", end="")
    print(f"translation {memory.seconds:.1f} s of processor time")
    print(f"{'':34}{'links':>22}{'beads':>22}{'seconds':>10}{'ratio':>7}")
    print(f"{'':34}{'P':>8}{'R':>7}{'F1':>7}{'P':>8}{'R':>7}{'F1':>7}")
    base = 0.0
    for name, align in ways.items():
        start = process_time()
        found = [align(one) for one in chosen]
        seconds = process_time() - start
        base = base or seconds
        print_row(name, chosen, found, seconds, base)
    print_row(REQUIREMENT.replace("==", " "), chosen, *rival(chosen), base)
    print_doubts(chosen, memory, matcher)
    print_long(samples(), matcher)


def ours(one: Sample, memory: Memory | None, matcher: TermMatcher | None) -> list[Step]:
    """Align a document with the toolkit."""
    return align_sentences(one.sources, one.targets, memory, matcher)  # type: ignore[arg-type]


def gale_church(one: Sample) -> list[Bead]:
    """Align a document by the lengths of its sentences in characters, as the paper does."""
    left, right = ([len(text) for text in side] for side in (one.sources, one.targets))
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            choices = [
                (
                    best[i - a, j - b][0]
                    - math.log(prior)
                    + length_cost(sum(left[i - a : i]), sum(right[j - b : j])),
                    (a, b),
                )
                for (a, b), prior in PRIORS.items()
                if i >= a and j >= b
            ]
            if choices:
                best[i, j] = min(choices)
    steps = []
    i, j = len(left), len(right)
    while i or j:
        a, b = best[i, j][1]
        i, j = i - a, j - b
        steps.append((a, b, None))
    return beads_of(steps[::-1])


def length_cost(source: int, target: int) -> float:
    """Give minus the logarithm of the probability that lengths differ so much by chance."""
    mean = (source + target / RATIO) / 2
    delta = abs(target - source * RATIO) / math.sqrt(mean * VARIANCE) if mean else 0.0
    return -math.log(max(math.erfc(delta / math.sqrt(2)), 1e-300))


def rival(documents: Sequence[Sample]) -> tuple[list[list[Bead]], float]:
    """Align the documents with the package galechurch."""
    python = RIVAL / "bin" / "python"
    if not (RIVAL / "complete").exists():
        venv.create(RIVAL, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", REQUIREMENT], check=True)
        (RIVAL / "complete").touch()
    job = json.dumps([[one.sources, one.targets] for one in documents])
    done = subprocess.run(
        [python, "-c", RIVAL_SCRIPT], input=job, stdout=subprocess.PIPE, text=True, check=True
    )
    lines, seconds = json.loads(done.stdout)
    found = [[read_pharaoh(line) for line in document] for document in lines]
    return found, seconds


def read_pharaoh(line: str) -> Bead:
    """Read a bead as the package writes it: `[0]:[1, 2]`."""
    left, right = (tuple(json.loads(side)) for side in line.split(":"))
    return left, right


def links(beads: Sequence[Bead]) -> set[tuple[int, int]]:
    """Give the pairs of sentences that beads link."""
    return {(i, j) for left, right in beads for i in left for j in right}


def two_sided(beads: Sequence[Bead]) -> set[Bead]:
    """Leave out what has no counterpart."""
    return {bead for bead in beads if all(bead)}


def print_row(
    name: str,
    documents: Sequence[Sample],
    found: Sequence[Sequence[Bead]],
    seconds: float,
    base: float,
) -> None:
    """Print precision, recall and F1 of an aligner."""
    figures = ""
    for view in (links, two_sided):
        right = ours = known = 0
        for one, beads in zip(documents, found, strict=True):
            expected, given = view(one.beads), view(beads)
            right += len(expected & given)
            ours, known = ours + len(given), known + len(expected)
        figures += f"{right / ours:8.4f}{right / known:7.4f}{2 * right / (ours + known):7.4f}"
    print(f"{name:34}{figures}{seconds:10.2f}{seconds / base:7.2f}")


def print_doubts(documents: Sequence[Sample], memory: Memory, matcher: TermMatcher) -> None:
    """Print how well the threshold of the score tells wrong beads from right ones."""
    for name, engine in (("with the model", memory), ("without", None)):
        counts = {(right, low): 0 for right in (True, False) for low in (True, False)}
        for one in documents:
            steps = ours(one, engine, matcher)
            for bead, (_, _, score) in zip(beads_of(steps), steps, strict=True):
                if score is not None:
                    counts[bead in one.beads, score < DOUBTFUL] += 1
        print(
            f"score below {DOUBTFUL}, {name}: {counts[False, True]} of "
            f"{counts[False, True] + counts[False, False]} wrong beads, {counts[True, True]} of "
            f"{counts[True, True] + counts[True, False]} right ones"
        )


def print_long(documents: Iterator[Sample], matcher: TermMatcher) -> None:
    """Align a text of 5,000 sentences, of which 300 are missing on one side, without the model."""
    sources: list[str] = []
    targets: list[str] = []
    for one in documents:
        sources += one.sources
        targets += one.targets
    del targets[2000:2300]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = process_time()
    align_sentences(sources[:5000], targets[:4700], None, matcher)
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"5000 and 4700 sentences, no model: {process_time() - start:.1f} s, {more:.0f} MB more")


if __name__ == "__main__":
    main()
