"""How similar two source texts are, as the percentages of CAT tools tell it."""

import re
import zlib
from array import array
from collections.abc import Sequence
from typing import TypeAlias

from rapidfuzz.distance import Levenshtein

Words: TypeAlias = "array[int]"
"""The words of a text as numbers of 32 bits."""
NEARLY = 0.99
"""The highest similarity of a text that is not the same."""
_WORD = re.compile(r"\d+(?:[.,:  ]\d+)*|\w+(?:[-'’]\w+)*")
_NUMBER = "#"


def similarity(text: str, other: str) -> float:
    """Say how similar two texts are, from 0 to 1.

    The share of words that need not be changed: 1 - d/n, where d is the Levenshtein distance of
    the texts in words (Levenshtein, 1966) and n the number of words of the longer one. Case and
    punctuation do not count, and all numbers are the same word; but only the same text has the
    similarity 1.

    >>> similarity("Беседа длилась два часа.", "Беседа длилась три часа!")
    0.75
    >>> similarity("Принято 5 документов.", "Принято 12 документов.")
    0.99
    """
    if text == other:
        return 1.0
    return min(NEARLY, compare(number_words(text), number_words(other)))


def compare(words: Sequence[int], others: Sequence[int]) -> float:
    """Say how similar two texts are, given as the numbers of their words; 1 for the same words."""
    return float(Levenshtein.normalized_similarity(words, others))


def number_words(text: str, kind: str = "") -> Words:
    """Give the words of a text as numbers, the same ones on every machine.

    Args:
        text: the text.
        kind: a word of one kind has another number than in any other, e.g. of a language pair.
    """
    seed = zlib.crc32(kind.encode())
    words = (_NUMBER if word[0].isdigit() else word for word in _WORD.findall(text.lower()))
    return array("I", [zlib.crc32(word.encode("utf-8", "replace"), seed) for word in words])


def read_words(content: bytes) -> Words:
    """Give the words that were written as bytes."""
    return array("I", content)
