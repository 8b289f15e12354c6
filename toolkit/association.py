"""Which words of the translations stand for a candidate: those that come and go with it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib import resources

LONGEST = 5
LEAST_DICE = 0.4
"""Below it a phrase of the translations has hardly to do with the candidate."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


class TargetIndex:
    """The phrases of target segments, for finding the one that accompanies a set of segments.

    >>> index = TargetIndex(["Peace talks began.", "The peace talks ended.", "Rain fell."])
    >>> index.likely({0, 1})
    'peace talks'
    """

    def __init__(self, targets: Sequence[str]) -> None:
        self._words = [tuple(map(str.casefold, _WORD.findall(target))) for target in targets]
        self._where: dict[str, set[int]] = defaultdict(set)
        for number, words in enumerate(self._words):
            for word in words:
                self._where[word].add(number)
        self._stopwords = _stopwords() if self._where else frozenset()

    def likely(self, numbers: set[int]) -> str:
        """Return the phrase with the highest Dice coefficient, the longest of several.

        Args:
            numbers: the segments in whose sources the candidate stands.

        Returns:
            the phrase, in lower case; an empty string where none is convincing.
        """
        shared = Counter(phrase for one in numbers for phrase in set(self._phrases(one)))
        scores = {
            phrase: 2 * count / (len(numbers) + self._frequency(phrase))
            for phrase, count in shared.items()
            if count > 1 or len(numbers) == 1
        }
        best = max(scores, key=lambda one: (scores[one], len(one), one), default=())
        return " ".join(best) if best and scores[best] >= LEAST_DICE else ""

    def _phrases(self, number: int) -> Iterator[tuple[str, ...]]:
        words = self._words[number]
        for start in range(len(words)):
            for stop in range(start + 1, min(len(words), start + LONGEST) + 1):
                if not self._stopwords & {words[start], words[stop - 1]}:
                    yield words[start:stop]

    def _frequency(self, phrase: tuple[str, ...]) -> int:
        """Count the segments that contain a phrase."""
        numbers = set.intersection(*(self._where[word] for word in phrase))
        if len(phrase) == 1:
            return len(numbers)
        return sum(_contains(self._words[number], phrase) for number in numbers)


def _contains(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(
        words[start : start + len(phrase)] == phrase
        for start in range(len(words) - len(phrase) + 1)
    )


def _stopwords() -> frozenset[str]:
    file = resources.files("toolkit") / "data" / "english" / "stopwords.txt"
    return frozenset(file.read_text(encoding="utf-8").split())
