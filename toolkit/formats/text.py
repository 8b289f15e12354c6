"""Aligned plain text: line n of one file is the translation of line n of the other."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from toolkit.bitext import Bitext
from toolkit.files import write_atomically


def write_text(bitext: Bitext, source_path: Path, target_path: Path) -> None:
    """Write a bitext as two text files in UTF-8, one segment a line, blocks parted by empty lines.

    Raises:
        OutputError: a file cannot be written.
    """
    source, target = render_text(bitext)
    write_atomically(source_path, source)
    write_atomically(target_path, target)


def render_text(bitext: Bitext) -> tuple[bytes, bytes]:
    """Give the bytes of the source and the target file; see `write_text`."""
    blocks = [list(units) for _, units in groupby(bitext.units, key=lambda unit: unit.source.block)]
    sources = ("\n".join(unit.source.text for unit in units) for units in blocks)
    targets = ("\n".join(unit.target for unit in units) for units in blocks)
    return _joined(sources), _joined(targets)


def _joined(blocks: Iterable[str]) -> bytes:
    return ("\n\n".join(blocks) + "\n").encode("utf-8")
