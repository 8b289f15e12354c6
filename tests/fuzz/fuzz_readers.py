"""Throw damaged files at the readers until one fails otherwise than with a ToolkitError.

    uv run --with atheris python tests/fuzz/fuzz_readers.py tmx -max_total_time=600

The first argument is tmx, tbx, csv or srx; the others are libFuzzer's. A file that breaks a
reader is left in the current folder as crash-…: mend the reader, and put the file into
tests/data/hostile/, where the suite reads it ever after.

Half of the files are what libFuzzer makes of the seeds; the others are trees (for CSV, tables) of
the format's own names in an order that nobody would write, because bytes changed at random are
seldom well-formed.
"""

import contextlib
import random
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import atheris

with atheris.instrument_imports(include=["toolkit"], enable_loader_override=False):
    from toolkit.errors import ToolkitError
    from toolkit.glossary import read_glossary, write_glossary
    from toolkit.inputs import read_bitext
    from toolkit.outputs import RENDERERS
    from toolkit.segmentation import load_rules

DATE = datetime(2026, 11, 27, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
TEXT = "Встреча прошла в г. Минске. «Да!» — сказал А. С. Петров… 5,5 млн"
GRAMMARS = {
    "tmx": """tmx: header body body body | header: note prop prop | body: tu | tu: note prop tuv tuv
        tuv: note prop seg seg | seg: bpt ept ph it hi sub ut | hi: ph | ph: sub""",
    "tbx": """tbx: text | martif: text | text: body | body: conceptEntry termEntry
        conceptEntry: langSec langSec descrip note admin | termEntry: langSet langSet descripGrp
        langSec: termSec | langSet: tig ntig | termSec: term termNote | tig: term termNote
        ntig: termGrp | termGrp: term termNote termNoteGrp | descripGrp: descrip""",
    "srx": """srx: header body | body: languagerules maprules | languagerules: languagerule
        languagerule: rule | rule: beforebreak afterbreak | maprules: languagemap""",
}
"""Names of elements and of those that lie in them."""
ATTRIBUTES = {
    "xml:lang": ["ru", "en", "ru", "en", "RU-ru", ""],
    "lang": ["ru", "en", "de"],
    "srclang": ["ru", "*all*", "xx"],
    "type": [
        *"block start term issue edit before-edit score state origin proposal changed".split(),
        *"x-block x-start x-term x-issue x-edit x-before-edit x-after-edit x-score x-state".split(),
        *"x-proposal x-proposal-source x-content-sha256 x-segmentation x-title bold link".split(),
        *"partOfSpeech administrativeStatus subjectField".split(),
    ],
    "tuid": ["1.1", "call:2.1", "1.1.1", ""],
    "id": ["c1", "_1", "", "1.1"],
    "i": ["1", "1", "2", "x"],
    "changedate": ["20261127T093000Z", "99999999T999999Z", "0"],
    "changeid": ["MT! x", "Петрова", ""],
    "languagepattern": ["ru.*", "ru", "(?i)RU", ".*", "(", "(r|r)*u"],
    "languagerulename": ["Russian", "Russian", "English"],
    "break": ["yes", "no"],
    "cascade": ["yes", "no"],
    "version": ["2.0", "1.4"],
}
VALUES = [
    *"ru en RU-ru *all* ru.* yes no 1 -1 1.1 20261127T093000Z 99999999T999999Z".split(),
    *"x-block x-start x-term x-issue x-edit x-score x-state x-proposal x-segmentation".split(),
    *"0-5 id: мир = peace|error length: too long|0.50 Yes|nan|decode: empty".split("|"),
    *r"(?<=\s)\p{Lu} [ ( (a+)+$ \b(?:г|ст)\. [.?!…]+ \s {2,1} (?R)".split(),
    *["", "Да", "мир", "\u202e", "x" * 300],
]
REQUIRED = {
    **{name: ["xml:lang"] for name in ("tuv", "langSec", "langSet")},
    **{name: ["type"] for name in ("prop", "termNote", "descrip", "admin")},
    "languagemap": ["languagepattern", "languagerulename"],
    "languagerule": ["languagerulename"],
}
BAD = ["&#0;", "&x;", "&#xD800;", "<", "<x", "<!--", "<![CDATA[", "\0", "<?xml version='1.0'?>"]
CELLS = [
    *"id ru en ru_synonyms en_forbidden status note approved мир peace a|b".split(),
    *"= + - @ ' '' '=1".split(),
    *["", '""', '"a\nb"', "\r", "\n", "\t", ",", ";", "\ufeff", "\0", "\u2028", "x" * 9000, "мир"],
]
SRX = r"""<srx version="2.0"><header segmentsubflows="yes" cascade="yes"/><body><languagerules>
<languagerule languagerulename="Russian">
<rule break="no"><beforebreak>\bг\.</beforebreak><afterbreak>\s</afterbreak></rule>
<rule break="yes"><beforebreak>[.?!…]+</beforebreak><afterbreak>\s+\p{Lu}</afterbreak></rule>
</languagerule></languagerules>
<maprules><languagemap languagepattern="ru.*" languagerulename="Russian"/></maprules></body></srx>
"""


def read(path: Path) -> None:
    """Read a file as its name says; what could be read must also be writable."""
    if path.suffix == ".srx":
        rules = load_rules(path, "ru")
        list(rules.split(TEXT))
    elif path.suffix == ".tmx":
        bitext = read_bitext(path)
        for suffix in (".tmx", ".po", ".v2.xlf", ".xlf"):
            RENDERERS[suffix](bitext, DATE)
    else:
        glossary = read_glossary(path)
        for name in ("out.csv", "out.tbx", "out.txt"):
            write_glossary(path.with_name(name), glossary)


def make_table(pick: Callable[[int], int]) -> bytes:
    """Make a table, most of it of three columns."""

    def cell() -> str:
        return CELLS[pick(len(CELLS))]

    delimiter = ",;\t"[pick(3)]
    header = ["ru", "en", "note"] if pick(8) != 1 else [cell() for _ in range(pick(4))]
    rows = [[cell() for _ in header] if pick(8) != 1 else [cell()] for _ in range(pick(8))]
    return "\n".join(delimiter.join(row) for row in [header, *rows]).encode("utf-8")


def make_tree(kind: str, pick: Callable[[int], int]) -> bytes:
    """Make an XML file of the format's elements, most of them where they belong."""
    lines = re.split(r"\s*(?:\||\n)\s*(?=\w+:)", GRAMMARS[kind])
    inside = {name: names.split() for name, _, names in (line.partition(":") for line in lines)}
    everything = sorted({*inside, *(name for names in inside.values() for name in names)})

    def one_of(values: list[str]) -> str:
        return values[pick(len(values))]

    def text() -> str:
        return one_of(BAD) if pick(300) == 1 else escape(one_of(VALUES))

    def element(name: str, depth: int) -> str:
        names = [one_of(list(ATTRIBUTES)) for _ in range(pick(4))]
        if pick(8) != 1:
            names += REQUIRED.get(name, [])
        given = {key: one_of(ATTRIBUTES[key]) for key in names}
        written = "".join(f" {key}={quoteattr(value)}" for key, value in given.items())
        known = inside.get(name, []) if depth < 12 else []
        children = [one_of(known) for _ in range(pick(4))] if known and pick(3) else known
        if depth < 12 and pick(30) == 1:
            children = [*children, one_of(everything)]
        content = "".join(element(child, depth + 1) + text() * (pick(4) == 1) for child in children)
        return f"<{name}{written}>{text() * (not known or pick(4) == 1)}{content}</{name}>"

    return element(one_of(everything) if pick(20) == 1 else kind, 0).encode()


def main() -> None:
    """Fuzz the reader that the first argument names."""
    kind, *options = sys.argv[1:]
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    path = folder / f"file.{kind}"

    def test(content: bytes) -> None:
        if content[:1] < b" ":
            provider = atheris.FuzzedDataProvider(content[1:])

            def pick(count: int) -> int:
                return int(provider.ConsumeIntInRange(0, count - 1))

            content = make_table(pick) if kind == "csv" else make_tree(kind, pick)
        path.write_bytes(content)
        try:
            read(path)
        except ToolkitError:
            pass
        except BaseException:
            Path(f"crash-{kind}-{abs(hash(content)):x}.{kind}").write_bytes(content)
            raise

    seeds = folder / "seeds"
    seeds.mkdir()
    write_seeds(kind, seeds)
    atheris.Setup([sys.argv[0], str(seeds), "-timeout=20", "-rss_limit_mb=2048", *options], test)
    atheris.Fuzz()


def write_seeds(kind: str, folder: Path) -> None:
    """Write sound files to begin with."""
    if kind == "tmx":
        content = (ROOT / "translations").glob("*.tmx")
        beginning, end, _ = next(content).read_text("utf-8").partition("</tu>")
        short = f"{beginning}{end}</body></tmx>"
        (folder / "short.tmx").write_text(short, encoding="utf-8")
    elif kind == "srx":
        (folder / "short.srx").write_text(SRX, encoding="utf-8")
    else:
        table = (ROOT / "glossary/names.ru-en.csv").read_text("utf-8").splitlines(keepends=True)
        (folder / "seed.csv").write_text("".join(table[:6]), encoding="utf-8")
        if kind == "tbx":
            with contextlib.chdir(folder):
                for version in (2, 3):
                    glossary = read_glossary(Path("seed.csv"))
                    write_glossary(Path(f"seed{version}.tbx"), glossary, tbx_version=version)
                Path("seed.csv").unlink()
    for number in range(8):
        made = random.Random(number).randbytes(200 * number)  # noqa: S311 - the same each time
        (folder / f"made{number}").write_bytes(b"\1" + made)


if __name__ == "__main__":
    main()
