"""OmegaT's glossary: tab-separated source, target and comment, in UTF-8.

It carries neither identifiers, synonyms, parts of speech nor domains: each source expression is
a concept of its own when it comes back, its renderings in the order of the file. Forbidden
renderings and the note are in the comment, for the translator to read.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from toolkit.bitext import Concept
from toolkit.errors import GlossaryError
from toolkit.files import write_atomically
from toolkit.formats.reading import decode, read_limited
from toolkit.formats.table import distinct, one_line, slug


def write_omegat(path: Path, concepts: Iterable[Concept]) -> None:
    """Write the approved concepts, a line for each source expression and rendering."""
    write_atomically(path, render_omegat(concepts))


def render_omegat(concepts: Iterable[Concept]) -> str:
    """Give the text of a tab glossary; see `write_omegat`."""
    lines = [
        f"{one_line(source)}\t{one_line(target)}\t{one_line(comment)}\n"
        for concept in concepts
        if concept.status == "approved"
        for source, target, comment in _lines(concept)
    ]
    return "".join(lines)


def _lines(concept: Concept) -> Iterator[tuple[str, str, str]]:
    wrong = f"not: {', '.join(concept.forbidden)}" if concept.forbidden else ""
    comment = "; ".join(filter(None, (concept.note, wrong)))
    for source in (concept.source, *concept.synonyms):
        yield source, concept.target, comment
        for admitted in concept.admitted:
            yield source, admitted, ""


def read_omegat(path: Path) -> tuple[Concept, ...]:
    """Read a tab glossary; lines that begin with `#` are comments.

    Raises:
        GlossaryError: the file cannot be read, or a line has no tab.
    """
    renderings: dict[str, list[str]] = {}
    comments: dict[str, str] = {}
    text = decode(path, read_limited(path))
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        source, target, comment = _cells(path, number, line)
        renderings.setdefault(source, []).append(target)
        comments[source] = comments.get(source) or comment
    concepts = (
        Concept(
            id=slug(targets[0]),
            source=source,
            target=targets[0],
            admitted=tuple(dict.fromkeys(targets[1:])),
            note=comments[source],
        )
        for source, targets in renderings.items()
    )
    return tuple(distinct(concepts))


def _cells(path: Path, number: int, line: str) -> tuple[str, str, str]:
    source, target, comment = [*map(one_line, line.split("\t")), "", ""][:3]
    if not source or not target:
        raise GlossaryError(
            f"{path}, line {number}: no source and target separated by a tab; add them or begin "
            "the line with #."
        )
    return source, target, comment
