"""How fast terms are found, beside pymorphy3's bare parsing, and how the glossary's size matters.

    python benchmarks/matcher.py [TEXT.txt]

Without a text, a million words are drawn from pymorphy3's dictionary with the frequencies of a
natural text (Zipf, function words first), and a term is strewn into every sentence. Bare parsing
finds the words of the text and parses each spelling once. Processor time counts, of one core.
"""

import gc
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path

import pymorphy3
from pymorphy3.analyzer import Parse

from toolkit.bitext import Concept
from toolkit.glossary import Glossary, load_glossary
from toolkit.matcher import TermMatcher

WORDS = 1_000_000
VOCABULARY = 120_000
"""About as many spellings as a million words of Russian news have."""
SENTENCE = 15
SIZES = (100, 1_000, 10_000)
SEED = 20261127
FUNCTION_WORDS = {"PREP", "CONJ", "PRCL", "NPRO"}


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of some work, which does not count what else runs."""
    start = time.process_time()
    work()
    return time.process_time() - start


def synthetic_glossary(size: int, vocabulary: Sequence[Parse]) -> Glossary:
    """Return the base glossary, cut or filled up with pairs of adjective and noun."""
    nominative = {"nomn", "sing", "masc"}
    adjectives = [one.word for one in vocabulary if {"ADJF", *nominative} <= one.tag.grammemes]
    nouns = [one.word for one in vocabulary if {"NOUN", *nominative} <= one.tag.grammemes]
    concepts = list(load_glossary().concepts)
    draw = random.Random(SEED)  # noqa: S311 - the same text at every run
    while len(concepts) < size:
        term = f"{draw.choice(adjectives)} {draw.choice(nouns)}"
        concepts.append(Concept(f"synthetic-{len(concepts)}", term, "term"))
    draw.shuffle(concepts)
    return Glossary(concepts=tuple(concepts[:size]))


def synthetic_text(vocabulary: Sequence[Parse], terms: Sequence[str]) -> str:
    """Return sentences whose words are distributed as in a natural text."""
    draw = random.Random(SEED)  # noqa: S311 - the same text at every run
    words = [one.word for one in vocabulary]
    draw.shuffle(words)
    common = {one.word for one in vocabulary if FUNCTION_WORDS & one.tag.grammemes}
    words.sort(key=lambda word: word not in common)
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    drawn = draw.choices(words, cum_weights=weights, k=WORDS)
    sentences = [" ".join(drawn[at : at + SENTENCE]) for at in range(0, WORDS, SENTENCE)]
    return "\n".join(f"{sentence} {draw.choice(terms)}." for sentence in sentences)


def parse_bare(lines: Sequence[str]) -> None:
    """Parse every word with pymorphy3, each spelling once."""
    parse = pymorphy3.MorphAnalyzer().parse
    cache: dict[str, list[Parse]] = {}
    for line in lines:
        for word in re.findall(r"\w+(?:-\w+)*", line):
            if word not in cache:
                cache[word] = parse(word)


def vocabulary_of_pymorphy() -> list[Parse]:
    """Return every so-manieth form of the dictionary."""
    every = list(pymorphy3.MorphAnalyzer().iter_known_word_parses())
    return every[:: len(every) // VOCABULARY]


def count_terms(matcher: TermMatcher, lines: Sequence[str]) -> int:
    """Find the terms of all lines; return their number."""
    return sum(len(matcher.find(line)) for line in lines)


def main() -> None:
    """Print the figures."""
    vocabulary = vocabulary_of_pymorphy()
    gc.freeze()  # the dictionary's forms are no part of what is measured
    glossaries = {size: synthetic_glossary(size, vocabulary) for size in SIZES}
    terms = [concept.source for concept in glossaries[SIZES[-1]].concepts]
    text = (
        Path(sys.argv[1]).read_text("utf-8") if sys.argv[1:] else synthetic_text(vocabulary, terms)
    )
    lines = text.splitlines()
    count = len(text.split())
    bare = seconds(partial(parse_bare, lines))
    print(f"{count:,} words; bare parsing: {count / bare:,.0f} words/s")
    for size, glossary in glossaries.items():
        compiling = seconds(partial(TermMatcher, glossary))
        matcher = TermMatcher(glossary)
        finding = seconds(partial(count_terms, matcher, lines))
        print(
            f"{size:6} concepts: compiled in {compiling:.2f} s, {count / finding:,.0f} words/s, "
            f"{bare / finding:.2f} of bare parsing, {finding / count * 1e6:.1f} s per million "
            f"words, {count_terms(matcher, lines):,} terms"
        )


if __name__ == "__main__":
    main()
