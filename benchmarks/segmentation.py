"""Compare the segmentation with razdel, pysbd and LanguageTool's rules.

    .venv/bin/python benchmarks/segmentation.py

The rivals are installed into an environment of their own. Each splitter runs in a process of its
own and gets the same texts, one paragraph at a time; a text counts as right when every boundary
is right. The speed is the best of five rounds over the articles of the tests,
in processor time.
"""

import ast
import json
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "data" / "segmentation"
BUNDLED = ROOT / "toolkit" / "data" / "bilingual.srx"
RIVALS = Path.home() / ".cache" / "bilingual-toolkit" / "segmentation-rivals"
REQUIREMENTS = ("razdel==0.5.0", "pysbd==0.3.4", "choppa-srx==1.0.0")
ROUNDS = 5

Split = Callable[[str], Iterable[str]]
CaseSets = dict[str, tuple[str, list[str]]]
Results = dict[str, "list[int] | float"]


class Score(NamedTuple):
    """How a splitter did on a set of texts."""

    texts: int
    right: int
    missed: int
    spurious: int


def load_toolkit(lang: str) -> Split:
    """Load this toolkit's rules and engine."""
    rules = import_module("toolkit.segmentation").load_rules(lang=lang)
    return lambda text: (text[start:stop] for start, stop in rules.split(text))


def load_razdel(lang: str) -> Split | None:
    """Load razdel, which knows Russian only."""
    sentenize = import_module("razdel").sentenize
    return (lambda text: (found.text for found in sentenize(text))) if lang == "ru" else None


def load_pysbd(lang: str) -> Split:
    """Load pysbd."""
    split: Split = import_module("pysbd").Segmenter(language=lang, clean=False).segment
    return split


def load_languagetool(lang: str) -> Split:
    """Load LanguageTool's rules in a port of its own engine."""
    return load_choppa(import_module("choppa").DEFAULT_SRX_RULESET, f"{lang}_two")


def load_our_srx(lang: str) -> Split:
    """Load this toolkit's SRX file in the port of LanguageTool's engine."""
    return load_choppa(BUNDLED, lang)


def load_choppa(ruleset: Path, lang: str) -> Split:
    """Load an SRX file in the port of LanguageTool's engine."""
    document = import_module("choppa").SrxDocument(ruleset=ruleset)
    iterate = import_module("choppa.iterators").SrxTextIterator
    return lambda text: iterate(document, lang, text)


SPLITTERS: dict[str, Callable[[str], Split | None]] = {
    "toolkit": load_toolkit,
    "razdel 0.5": load_razdel,
    "pysbd 0.3.4": load_pysbd,
    "LanguageTool's rules": load_languagetool,
    "our SRX in LanguageTool's engine": load_our_srx,
}


def make_rivals_environment() -> Path:
    """Create the rivals' environment once and give its interpreter."""
    python = RIVALS / "bin" / "python"
    if not (RIVALS / "complete").exists():
        venv.create(RIVALS, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        (RIVALS / "complete").touch()
    return python


def read_cases(name: str) -> list[str]:
    """Read the cases of a file, without comments."""
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def read_razdel_cases() -> list[str]:
    """Read razdel's published test cases out of its package, which has no other corpus."""
    source = next(RIVALS.glob("lib/python*/site-packages/razdel/tests/test_sentenize.py"))
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    call = next(node.value for node in assigned if ast.unparse(node.targets[0]) == "UNIT")
    assert isinstance(call, ast.Call)
    return list(ast.literal_eval(call.args[0]))


def boundaries(sentences: Iterable[str], text: str) -> set[int]:
    """Find where the sentences but the last end, white space not counted."""
    found, position = set(), 0
    for sentence in filter(str.strip, sentences):
        position = text.index(sentence.strip(), position) + len(sentence.strip())
        found.add(position)
    return found - {len(text.rstrip())}


def score(split: Split, cases: Iterable[str]) -> Score:
    """Compare the boundaries of a splitter with those of the cases."""
    texts = right = missed = spurious = 0
    for case in cases:
        text = case.replace("|", "")
        expected, found = boundaries(case.split("|"), text), boundaries(split(text), text)
        texts += 1
        right += expected == found
        missed += len(expected - found)
        spurious += len(found - expected)
    return Score(texts, right, missed, spurious)


def measure_speed(split: Split, texts: list[str]) -> float:
    """Count the sentences split in a second."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        count = sum(len(list(split(text))) for text in texts)
        seconds.append(time.process_time() - start)
    return count / min(seconds)


def compare_here(name: str, sets: CaseSets, texts: list[str]) -> None:
    """Score one splitter in this interpreter and print the results as JSON."""
    start = time.process_time()
    russian = SPLITTERS[name]("ru")
    assert russian is not None
    list(russian(texts[1]))
    results: Results = {"ready": time.process_time() - start}
    for label, (lang, cases) in sets.items():
        if split := SPLITTERS[name](lang):
            results[label] = list(score(split, cases))
    results["speed"] = measure_speed(russian, texts)
    json.dump(results, sys.stdout)


def table(results: dict[str, Results], labels: Iterable[str]) -> Iterator[str]:
    """Write the results as Markdown tables."""
    yield "| Texts | Splitter | Exactly right | Missed | Spurious |"
    yield "|---|---|---:|---:|---:|"
    for label in labels:
        for name, result in results.items():
            if isinstance(found := result.get(label), list):
                texts, right, missed, spurious = found
                yield f"| {label} | {name} | {right} of {texts} | {missed} | {spurious} |"
    yield ""
    yield "| Splitter | Russian sentences a second | Import, load and first paragraph |"
    yield "|---|---:|---:|"
    for name, result in results.items():
        yield f"| {name} | {result['speed']:,.0f} | {result['ready']:.2f} s |"


def main() -> None:
    """Compare all splitters and print the tables."""
    rivals = make_rivals_environment()
    sets: CaseSets = {
        "Russian, ours, rules tuned on them": ("ru", read_cases("ru.txt")),
        "Russian, ours, held out first": ("ru", read_cases("ru-heldout.txt")),
        "Russian, ours, held out second": ("ru", read_cases("ru-heldout-2.txt")),
        "Russian, razdel's own": ("ru", read_razdel_cases()),
        "English, ours, rules tuned on them": ("en", read_cases("en.txt")),
        "English, ours, held out": ("en", read_cases("en-heldout.txt")),
    }
    articles = sorted((CASES / "articles").glob("*.txt"))
    texts = [line for path in articles for line in path.read_text(encoding="utf-8").splitlines()]
    results = {}
    for name in SPLITTERS:
        python = sys.executable if name == "toolkit" else str(rivals)
        command = [python, __file__, "--job"]
        job = json.dumps([name, sets, texts])
        done = subprocess.run(command, input=job, stdout=subprocess.PIPE, text=True, check=True)
        results[name] = json.loads(done.stdout)
    print("\n".join(table(results, sets)))


if __name__ == "__main__":
    if "--job" in sys.argv:
        compare_here(*json.load(sys.stdin))
    else:
        main()
