"""How fast the checks are, beside the search for terms that precedes them.

    python benchmarks/checks.py DEV

DEV holds pairs of files NAME.ru and NAME.en, line by line: human translations, so that the
share of units with a finding shows the false alarms of news text as well. One core is used.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from time import process_time

from toolkit.bitext import Bitext, Block, Document, Segment, Signature, Unit
from toolkit.checks import check_bitext
from toolkit.glossary import load_glossary
from toolkit.matcher import TermMatcher
from toolkit.pipeline import find_terms

RUNS = 3


def main() -> None:
    """Check the sets and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    bitext = read_sets(folder)
    if not bitext.units:
        sys.exit(f"{folder} holds no NAME.ru and NAME.en: the benchmark is skipped")
    matcher = TermMatcher(load_glossary())
    terms, checks = [], []
    for _ in range(RUNS):
        start = process_time()
        found = find_terms(bitext, matcher)
        middle = process_time()
        checked = check_bitext(found)
        terms.append(middle - start)
        checks.append(process_time() - middle)
    count = len(bitext.units)
    print(f"{count} units, best of {RUNS} runs, processor time of one core")
    print(f"terms   {60 * count / min(terms):>10,.0f} units a minute")
    print(f"checks  {60 * count / min(checks):>10,.0f} units a minute")
    print(f"checks / terms: {min(checks) / min(terms):.2f}")
    print_findings(checked)


def read_sets(folder: Path) -> Bitext:
    """Make one bitext of all sets in a folder."""
    pairs: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.ru")):
        sources = path.read_text("utf-8").splitlines()
        targets = path.with_suffix(".en").read_text("utf-8").splitlines()
        pairs += zip(sources, targets, strict=True)
    units = (
        Unit(Segment(f"{number + 1}.1", number, 0, len(source), source), target, origin="human")
        for number, (source, target) in enumerate(pairs)
    )
    blocks = tuple(Block("paragraph", source) for source, _ in pairs)
    signature = Signature("", "", "", "", "", "")
    return Bitext(Document("dev", "ru", "", blocks), "ru", "en", tuple(units), signature)


def print_findings(checked: Bitext) -> None:
    """Print the share of units in which each check finds something."""
    counts = Counter(
        check for unit in checked.units for check in {issue.check for issue in unit.issues}
    )
    for check, count in counts.most_common():
        print(f"{check:18}{100 * count / len(checked.units):>6.2f} %")


if __name__ == "__main__":
    main()
