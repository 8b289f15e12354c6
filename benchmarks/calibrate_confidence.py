"""Calibrate the confidence bands of a model on development sets, and show how they differ.

    python benchmarks/calibrate_confidence.py DEV [--every 6] [--model FILE] [--write]

DEV holds pairs of files NAME.ru and NAME.en, line by line. The least confident fifth of the
segments becomes `low`, the most confident two fifths become `high`. What is printed is measured
by cross-validation: the thresholds of each half of the segments are applied to the other half.
With --write they go into toolkit/data/confidence.json under the model's name.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import NamedTuple

from sacrebleu.metrics.chrf import CHRF

from toolkit.confidence import Thresholds
from toolkit.degeneration import translate_soundly
from toolkit.engine import ArgosEngine
from toolkit.files import write_atomically
from toolkit.packages import find_package

DATA = Path(__file__).parents[1] / "toolkit" / "data" / "confidence.json"
BANDS = ("low", "medium", "high")
LOW, HIGH = 0.2, 0.6
"""Quantiles of the scores at which the bands meet."""


class Scored(NamedTuple):
    """A segment's score by the model, its translation and the reference."""

    score: float
    output: str
    reference: str


def main() -> None:
    """Translate the sets, calibrate, print the table, and write the thresholds if asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=6, help="use each n-th sentence")
    parser.add_argument("--model", help="package; the default one if none is given")
    parser.add_argument("--write", action="store_true", help="put the thresholds into the data")
    options = parser.parse_args()
    if not list(options.folder.glob("*.ru")):
        sys.exit(f"{options.folder} holds no NAME.ru and NAME.en: calibration is skipped")
    engine = ArgosEngine(find_package("ru", "en", options.model))
    segments = score(engine, *read_sets(options.folder, options.every))
    thresholds = calibrate(segments)
    print(f"{engine.model_label}: low below {thresholds.low}, high from {thresholds.high}")
    print_table(segments)
    if options.write:
        write(engine.model_label, thresholds)


def read_sets(folder: Path, every: int) -> tuple[list[str], list[str]]:
    """Read the sources and the references of all sets in a folder."""
    sources: list[str] = []
    references: list[str] = []
    for path in sorted(folder.glob("*.ru")):
        sources += path.read_text("utf-8").splitlines()[::every]
        references += path.with_suffix(".en").read_text("utf-8").splitlines()[::every]
    return sources, references


def score(engine: ArgosEngine, sources: list[str], references: list[str]) -> list[Scored]:
    """Translate sentences, with the score of each."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done}/{total}", end="", file=sys.stderr)

    translations = translate_soundly(engine, sources, show)
    return [
        Scored(hypothesis.score, hypothesis.text, reference)
        for (hypothesis, _), reference in zip(translations, references, strict=True)
    ]


def calibrate(segments: list[Scored]) -> Thresholds:
    """Lay the thresholds at the quantiles of the scores."""
    ordered = sorted(segment.score for segment in segments)
    low, high = (ordered[int(quantile * len(ordered))] for quantile in (LOW, HIGH))
    return Thresholds(round(low, 3), round(high, 3))


def print_table(segments: list[Scored]) -> None:
    """Print chrF by band, each half banded by the other half's thresholds."""
    halves = segments[::2], segments[1::2]
    banded: dict[str, list[Scored]] = {band: [] for band in BANDS}
    for half, other in (halves, halves[::-1]):
        thresholds = calibrate(other)
        for segment in half:
            banded[thresholds.band(segment.score) or ""].append(segment)
    metric = CHRF()
    print(f"{'band':8}{'segments':>9}{'chrF':>7}{'median chrF of a segment':>26}")
    overall: dict[str, float] = {}
    for band, members in banded.items():
        outputs = [one.output for one in members]
        references = [one.reference for one in members]
        overall[band] = metric.corpus_score(outputs, [references]).score
        single = statistics.median(
            metric.sentence_score(one.output, [one.reference]).score for one in members
        )
        print(f"{band:8}{len(members):>9}{overall[band]:>7.1f}{single:>26.1f}")
    print(f"high / low: {overall['high'] / overall['low']:.2f}")


def write(model: str, thresholds: Thresholds) -> None:
    """Put a model's thresholds into the data, beside those of other models."""
    known = json.loads(DATA.read_text("utf-8"))
    known[model] = {"low": thresholds.low, "high": thresholds.high}
    write_atomically(DATA, json.dumps(known, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
