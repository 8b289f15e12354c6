"""Turn Mueller's English-Russian dictionary (Debian package mueller7-dict, GPL) into word pairs.

The dictionary is read backwards: a Russian gloss becomes the source, the headword the target. Only
headwords that are one token of the English vocabulary are taken, which leaves out the archaic ones,
and for each Russian word only the headwords that give it as an early meaning.
"""

import gzip
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from training.corpus import Pair
from training.names import morphology

ENTRY = re.compile(r"^(?=\S)", re.MULTILINE)
TRANSCRIPTION = re.compile(r"\[[^\]]*\]")
SENSE = re.compile(r"\b\d+\)|\b\d+\.")
GLOSS = re.compile(r"[а-яё-]{3,}(?: [а-яё-]{2,}){0,2}")
LABEL = re.compile(r"_[\w-]+\.?:?|\([^)]*\)|\{[^}]*\}")
PLURAL_EXCEPTIONS = re.compile(r"(?:s|x|z|ch|sh)$")

LATEST_SENSE, LATEST_GLOSS = 4, 3
"""Meanings and glosses of an entry that are looked at."""

MOST_TRANSLATIONS = 2
"""English words kept for one Russian word."""

Ranked = tuple[int, int, str]


def read_glosses(dictionary: Path, tokens: dict[str, int]) -> Iterator[tuple[str, Ranked]]:
    """Yield (Russian gloss, (how late in its entry, frequency rank, headword))."""
    text = gzip.decompress(dictionary.read_bytes()).decode()
    for entry in ENTRY.split(text):
        head, _, body = entry.partition("\n")
        rank = tokens.get("Ġ" + head.strip())
        if rank is None or not head.strip().isalpha():
            continue
        senses = SENSE.split(" ".join(TRANSCRIPTION.sub(" ", body).split()))
        for sense_number, sense in enumerate([s for s in senses if s.strip()][:LATEST_SENSE]):
            for gloss_number, gloss in enumerate(plain_glosses(sense)[:LATEST_GLOSS]):
                yield gloss, (sense_number + gloss_number, rank, head.strip())


def plain_glosses(sense: str) -> list[str]:
    """Return the purely Russian glosses before the first example of a sense."""
    glosses = []
    for part in re.split("[;,]", LABEL.sub(" ", sense)):
        gloss = part.strip(" .")
        if re.search("[A-Za-z]", gloss):
            break
        if GLOSS.fullmatch(gloss):
            glosses.append(gloss)
    return glosses


def best_translations(glosses: Iterator[tuple[str, Ranked]]) -> dict[str, list[str]]:
    """Return for each Russian word its best English words."""
    found: dict[str, set[Ranked]] = defaultdict(set)
    for gloss, place in glosses:
        found[gloss].add(place)
    best = {}
    for gloss, ranked in found.items():
        words = dict.fromkeys(word for _, _, word in sorted(ranked))
        best[gloss] = list(words)[:MOST_TRANSLATIONS]
    return best


def read_lexicon(dictionary: Path, tokens: dict[str, int], weight: float) -> Iterator[Pair]:
    """Yield word pairs, nouns also in the plural and in a case, infinitives with `to`."""
    rng = random.Random(0)
    for russian, words in best_translations(read_glosses(dictionary, tokens)).items():
        for english in words:
            yield from inflected_pairs(russian, english, weight / len(words), rng)


def inflected_pairs(
    russian: str, english: str, weight: float, rng: random.Random
) -> Iterator[Pair]:
    """Yield the pair as in the dictionary and, for a noun, another number and another case."""
    parse = morphology().parse(russian)[0]
    if "INFN" in parse.tag or russian.endswith(("ть", "ться", "ти")):
        yield Pair(russian, f"to {english}", "lexicon", weight)
        return
    yield Pair(russian, english, "lexicon", weight)
    if " " in russian or "NOUN" not in parse.tag:
        return
    case = rng.choice(["gent", "datv", "ablt", "loct", "accs"])
    singular = parse.inflect({"sing", case})
    plural = parse.inflect({"plur", rng.choice(["nomn", "gent", "ablt"])})
    if singular:
        yield Pair(singular.word, english, "lexicon", weight)
    if plural and "Sgtm" not in parse.tag:
        yield Pair(plural.word, english_plural(english), "lexicon", weight / 2)


def english_plural(noun: str) -> str:
    """Return the regular plural of a noun."""
    if re.search("[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if PLURAL_EXCEPTIONS.search(noun) else "s")
