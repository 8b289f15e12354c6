"""Words and numbers of a text, and the tables that the checks know words from."""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from toolkit.bitext import Span

_TOKEN = re.compile(
    "\\d{1,3}(?:[ \u00a0\u2009\u202f]\\d{3})+(?:,\\d+)?(?!\\d)"  # 1 234 567,89
    r"|\d+(?:[.,]\d+)*"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*"
)


class Token(NamedTuple):
    """A word or a number of a text; parts joined by a hyphen are several.

    Fields:
        text: as it stands in the text.
        folded: in lower case, with е for ё and a straight apostrophe.
        start, stop: offsets into the text, in code points.
    """

    text: str
    folded: str
    start: int
    stop: int

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[0].isdigit()

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.stop


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a text into words and numbers.

    >>> [token.folded for token in tokens("30-дневное, за 1 500 км")]
    ['30', 'дневное', 'за', '1 500', 'км']
    """
    make = tuple.__new__  # a third of the time that Token(…) takes, for the busiest line of all
    return tuple(
        make(Token, ((word := found.group()), fold(word), *found.span()))
        for found in _TOKEN.finditer(text)
    )


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Give a word in lower case, with е for ё and a straight apostrophe."""
    return word.casefold().replace("ё", "е").replace("’", "'")


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table in `toolkit/data/checks`, without comments and its header."""
    file = resources.files("toolkit") / "data" / "checks" / name
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
    for line in lines[1:]:
        yield line.split("\t")
