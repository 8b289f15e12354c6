"""Reading and writing a TMX of a million units: time beside bare lxml, and the memory it takes.

    .venv/bin/python benchmarks/tmx_streaming.py [UNITS]

Each measurement runs in a process of its own, ours and bare lxml's in turn; of two runs the
best counts. Bare reading is an iterparse that takes texts and properties as they stand and frees
the elements, bare writing an xmlfile that writes the same elements from ready texts.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from lxml import etree

from toolkit import Segment, Unit
from toolkit.formats.rows import Row
from toolkit.formats.tmx import stream_tmx, stream_to_tmx
from toolkit.formats.xmlfiles import XML_LANG

DATE = datetime(2026, 11, 27, tzinfo=UTC)
LANGS = ("ru-RU", "en-US")
SOURCE = "Стороны договорились о встрече № {} министров иностранных дел."
TARGET = "The parties agreed on meeting No. {} of the foreign ministers."
RUNS = 2


def rows(count: int) -> Iterator[Row]:
    """Make units as a memory holds them."""
    for number in range(1, count + 1):
        source = SOURCE.format(number)
        segment = Segment(f"{number}.1", number - 1, 0, len(source), source)
        yield Row(LANGS, "paragraph", Unit(segment, TARGET.format(number), "human", "reviewed"))


def read_ours(path: Path, count: int) -> None:
    """Read with stream_tmx."""
    assert sum(bool(row.unit.target) for row in stream_tmx(path)) == count


def read_bare(path: Path, count: int) -> None:
    """Read with lxml alone."""
    found = 0
    for _, element in etree.iterparse(str(path), tag="tu"):
        texts = [(tuv.get(XML_LANG), tuv.findtext("seg")) for tuv in element.iter("tuv")]
        properties = [(prop.get("type"), prop.text) for prop in element.iter("prop")]
        found += bool(texts[1][1]) and len(properties) < 6
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    assert found == count


def write_ours(path: Path, count: int) -> None:
    """Write with stream_to_tmx."""
    stream_to_tmx(path, rows(count), LANGS, {}, DATE)


def write_bare(path: Path, count: int) -> None:
    """Write with lxml alone."""
    stamp = "20261127T000000Z"
    with (
        etree.xmlfile(str(path), encoding="utf-8") as xml,
        xml.element("tmx", version="1.4"),
        xml.element("body"),
    ):
        for number in range(1, count + 1):
            unit = etree.Element("tu", tuid=f"{number}.1", creationdate=stamp)
            for kind, text in (
                ("x-block", "paragraph"),
                ("x-start", "0"),
                ("x-origin", "human"),
                ("x-state", "reviewed"),
            ):
                etree.SubElement(unit, "prop", type=kind).text = text
            for lang, text in zip(LANGS, (SOURCE, TARGET), strict=True):
                variant = etree.SubElement(unit, "tuv", {XML_LANG: lang}, creationdate=stamp)
                etree.SubElement(variant, "seg").text = text.format(number)
            xml.write(unit, pretty_print=True)


TASKS: dict[str, Callable[[Path, int], None]] = {
    "write_ours": write_ours,
    "write_bare": write_bare,
    "read_ours": read_ours,
    "read_bare": read_bare,
    "read_plain_ours": read_ours,
    "read_plain_bare": read_bare,
}


def measure(task: str, path: Path, count: int) -> tuple[float, float]:
    """Run a task in a process of its own; give its seconds and its greatest memory in MB."""
    command = [sys.executable, __file__, task, str(path), str(count)]
    output = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    seconds, megabytes = output.split()
    return float(seconds), float(megabytes)


def strip(path: Path, plain: Path) -> None:
    """Copy a TMX without its properties, as another tool would write it."""
    with path.open("rb") as old, plain.open("wb") as new:
        new.writelines(line for line in old if b"<prop" not in line)


def compare(kind: str, path: Path, count: int) -> None:
    """Measure both sides in turn and print the better runs with their ratio."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(RUNS):
        for side in ("bare", "ours"):
            task = f"{kind}_{side}"
            result = measure(task, path.with_suffix(f".{side}") if kind == "write" else path, count)
            best[side] = min(best.get(side, result), result)
    (bare, bare_memory), (ours, our_memory) = best["bare"], best["ours"]
    print(
        f"{kind:<11} bare {bare:6.1f} s {bare_memory:4.0f} MB   ours {ours:6.1f} s "
        f"{our_memory:4.0f} MB   ratio {ours / bare:.2f}"
    )


def main() -> None:
    """Measure, or run one task where the arguments name it."""
    if len(sys.argv) == 4:
        start = perf_counter()
        TASKS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
        print(perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "memory.tmx")
        compare("write", path, count)
        full = path.with_suffix(".ours")
        print(f"{count} units, {full.stat().st_size / 1e6:.0f} MB")
        compare("read", full, count)
        strip(full, path)
        compare("read_plain", path, count)


if __name__ == "__main__":
    main()
