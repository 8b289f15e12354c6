"""Compare ways to make a glossary's terms stand in a translation; see README.md beside it."""

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time

import regex

from toolkit import ArgosEngine, Concept, Glossary, TermMatch, TermMatcher, find_package
from toolkit.association import TargetIndex
from toolkit.enforcement import enforce_terms
from toolkit.engine import Hypothesis
from toolkit.evaluation import Sample, evaluate, expected_terms
from toolkit.glossary import load_glossary
from toolkit.literals import restore_literals
from toolkit.morphology import readings
from toolkit.placement import Draft

SENTENCES = Path(__file__).parent / "sentences.tsv"
LEAST_FREQUENCY = 3
COLUMNS = "term accuracy", "forbidden", "chrF", "BLEU", "CPU s/segment", "ratio"

Pairs = list[tuple[str, str]]
Terms = list[tuple[TermMatch, ...]]
System = Callable[[ArgosEngine, list[str], Terms], list[str]]


def main() -> None:
    """Print a table for each set of sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--news", type=Path, help="folder of news test sets")
    parser.add_argument("--lines", type=int, default=500, help="first lines of each news set")
    parser.add_argument("--model", help="package file, folder or name; the default one if none")
    parser.add_argument("--show", type=int, default=0, help="print so many enforced sentences")
    options = parser.parse_args()
    sets = dict(read_sets(options.news, options.lines))
    engine = ArgosEngine(find_package("ru", "en", options.model))
    list(engine.translate(["Да."]))  # the first call allocates
    glossary = load_glossary()
    everything = [pair for pairs in sets.values() for pair in pairs]
    others = {
        "ours, random glossary": random_glossary(everything, len(glossary.concepts)),
        "ours, wrong glossary": wrong_glossary(glossary),
    }
    matchers = {name: TermMatcher(one) for name, one in others.items()}
    print(engine.model_label)
    for name, pairs in sets.items():
        print(f"\n{name}: {len(pairs)} sentences")
        print_table(engine, pairs, TermMatcher(glossary), matchers, options.show)


def read_sets(news: Path | None, lines: int) -> Iterator[tuple[str, Pairs]]:
    """Yield the sets of sentence pairs by name."""
    rows = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    pairs = [(source, reference) for source, reference in rows]
    yield "diplomatic", [pair for number, pair in enumerate(pairs, 1) if number % 3]
    yield "diplomatic, held out", [pair for number, pair in enumerate(pairs, 1) if not number % 3]
    if news is None or not news.is_dir():
        print("no news test sets: name their folder with --news")
        return
    for source in sorted(news.glob("*.ru")):
        texts = (path.read_text(encoding="utf-8") for path in (source, source.with_suffix(".en")))
        yield source.stem, list(zip(*(text.splitlines()[:lines] for text in texts), strict=True))


def print_table(
    engine: ArgosEngine,
    pairs: Pairs,
    matcher: TermMatcher,
    others: dict[str, TermMatcher],
    show: int,
) -> None:
    """Translate sentences with all systems and print their scores."""
    sources = [source for source, _ in pairs]
    expected = [expected_terms(source, reference, matcher) for source, reference in pairs]
    start = process_time()
    raw = list(engine.translate(sources))
    plain_time = process_time() - start
    texts = [hypothesis.text for hypothesis in raw]
    print("".join(f"{column:>15}" for column in ("", *COLUMNS)))
    print_row("raw", pairs, expected, texts, plain_time, plain_time)
    terms = [matcher.find(source) for source in sources]
    start = process_time()
    ours = enforced(engine, sources, terms, raw)
    cost = process_time() - start
    print_row("ours", pairs, expected, ours, plain_time + cost, plain_time)
    for name, system in (("strings", replace_strings), ("placeholders", use_placeholders)):
        start = process_time()
        results = system(engine, sources, terms)
        print_row(name, pairs, expected, results, process_time() - start, plain_time)
    for name, other in others.items():
        wrong = [other.find(source) for source in sources]
        start = process_time()
        results = enforced(engine, sources, wrong, raw)
        cost = process_time() - start
        print_row(
            name.removeprefix("ours, "), pairs, expected, results, plain_time + cost, plain_time
        )
    changed = [row for row in zip(sources, texts, ours, strict=True) if row[1] != row[2]]
    for source, before, after in random.Random(0).sample(changed, min(show, len(changed))):  # noqa: S311 - the same draw at every run
        print(f"\n{source}\n- {before}\n+ {after}")


def print_row(
    name: str, pairs: Pairs, terms: Terms, texts: list[str], seconds: float, plain: float
) -> None:
    """Print the scores of a system."""
    scores = evaluate(
        [
            Sample(source, reference, text, found)
            for (source, reference), text, found in zip(pairs, texts, terms, strict=True)
        ]
    )
    print(
        f"{name:>15}{scores.term_accuracy / 100:15.3f}{scores.forbidden:15}{scores.chrf:15.2f}"
        f"{scores.bleu:15.2f}{seconds / len(pairs):15.4f}{seconds / plain:15.2f}"
    )


def enforced(
    engine: ArgosEngine, sources: list[str], terms: Terms, raw: Sequence[Hypothesis]
) -> list[str]:
    """Enforce terms as `bilingual translate` does."""
    drafts = [
        Draft(source, found, "", annotated=engine.reads_annotations).translated(hypothesis, ())
        for source, found, hypothesis in zip(sources, terms, raw, strict=True)
    ]
    return [restore_literals(one.source, one.text)[0] for one in enforce_terms(engine, drafts)]


def replace_strings(engine: ArgosEngine, sources: list[str], terms: Terms) -> list[str]:
    """Replace the model's own translations of bare terms by the preferred ones."""
    texts = [hypothesis.text for hypothesis in engine.translate(sources)]
    concepts = list(dict.fromkeys(term.concept for found in terms for term in found))
    own = {
        concept: hypothesis.text.strip(" .")
        for concept, hypothesis in zip(
            concepts, engine.translate([one.source for one in concepts]), strict=True
        )
    }
    for index, found in enumerate(terms):
        for term in found:
            pattern = rf"\b{regex.escape(own[term.concept])}\b"
            target = term.concept.target
            texts[index] = regex.sub(pattern, target, texts[index], flags=regex.IGNORECASE)
    return texts


def use_placeholders(engine: ArgosEngine, sources: list[str], terms: Terms) -> list[str]:
    """Put codes in the place of terms, and the terms in the place of codes that arrive."""
    coded = []
    for source, found in zip(sources, terms, strict=True):
        text = source
        for number, term in reversed(list(enumerate(found))):
            text = f"{text[: term.start]}TERM{number}{text[term.stop :]}"
        coded.append(text)
    texts = [hypothesis.text for hypothesis in engine.translate(coded)]
    for index, found in enumerate(terms):
        for number, term in enumerate(found):
            pattern = rf"\bTERM ?{number}\b"
            target = term.concept.target
            texts[index] = regex.sub(pattern, target, texts[index], flags=regex.IGNORECASE)
    return texts


def random_glossary(pairs: Pairs, size: int) -> Glossary:
    """Make a glossary of random nouns with the words that accompany them in the references."""
    index = TargetIndex([reference for _, reference in pairs])
    where: defaultdict[str, set[int]] = defaultdict(set)
    for number, (source, _) in enumerate(pairs):
        for word in regex.findall(r"\p{L}{4,}", source.casefold()):
            for symbol in readings(word, "ru"):
                if symbol.endswith("/N"):
                    where[symbol.removesuffix("/N")].add(number)
    nouns = {
        noun: target
        for noun, numbers in where.items()
        if len(numbers) >= LEAST_FREQUENCY and (target := index.likely(numbers))
    }
    chosen = random.Random(1).sample(sorted(nouns), min(size, len(nouns)))  # noqa: S311 - the same draw at every run
    print(f"random glossary: {len(chosen)} nouns")
    concepts = [Concept(noun, noun, nouns[noun]) for noun in chosen]
    return Glossary(concepts=tuple(concepts))


def wrong_glossary(glossary: Glossary) -> Glossary:
    """Give each concept the renderings of another one of its part of speech."""
    by_pos: defaultdict[str, list[Concept]] = defaultdict(list)
    for concept in glossary.concepts:
        by_pos[concept.pos].append(concept)
    rng = random.Random(1)  # noqa: S311 - the same draw at every run
    mixed = []
    for concepts in by_pos.values():
        others = rng.sample(concepts, len(concepts))
        mixed += [
            replace(concept, target=other.target, admitted=other.admitted, forbidden=())
            for concept, other in zip(concepts, others, strict=True)
        ]
    return replace(glossary, concepts=tuple(mixed))


if __name__ == "__main__":
    main()
