"""Files made to do harm: they are refused in a sentence or read as text, in little memory."""

import contextlib
import csv
import gzip
import io
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from conftest import DATE, METADATA, Bilingual, WordForWord
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from test_reading import full_bitext

from toolkit import (
    Concept,
    DocumentError,
    EngineError,
    FormatError,
    GlossaryError,
    OutputError,
    TermMatcher,
    ToolkitError,
    load_rules,
    read_bitext,
    read_document,
    segment,
    translate_document,
)
from toolkit.checks.suppression import read_suppressions
from toolkit.formats.html import render_html
from toolkit.formats.table import read_table, render_rows
from toolkit.formats.xmlfiles import LARGEST_ELEMENT
from toolkit.glossary import Glossary, read_glossary, write_glossary
from toolkit.memory import TranslationMemory
from toolkit.outputs import write_bitext
from toolkit.packages import BUNDLED, open_package
from toolkit.resume import lock_folder
from toolkit.salvage import salvage_bitext
from toolkit.segmentation import read_bundled_srx

HOSTILE = Path(__file__).parent / "data" / "hostile"
ROOT = Path(__file__).parent.parent
ARTICLE = "Беседа длилась два часа."


def read_rules(path: Path) -> object:
    rules = load_rules(path)
    return list(rules.split("Встреча прошла в г. Минске. «Да!» — сказал А. С. Петров…"))


def read_memory(path: Path) -> object:
    with TranslationMemory(path) as memory:
        return memory


READERS: dict[str, Callable[[Path], object]] = {
    ".tmx": read_bitext,
    ".tmx.gz": read_bitext,
    ".po": read_bitext,
    ".xlf": read_bitext,
    ".v2.xlf": read_bitext,
    ".review.docx": read_bitext,
    ".csv": read_glossary,
    ".tsv": read_glossary,
    ".tbx": read_glossary,
    ".tab": read_glossary,
    ".srx": read_rules,
    ".txt": read_document,
    ".md": read_document,
    ".html": read_document,
    ".docx": read_document,
    ".argosmodel": open_package,
    ".ignore": read_suppressions,
    ".db": read_memory,
}
XML = {
    ".tmx": "<tmx><body><tu><tuv lang='ru'><seg>{}</seg></tuv><tuv lang='en'><seg>x</seg></tuv>"
    "</tu></body></tmx>",
    ".xlf": "<xliff version='1.2'><file source-language='ru' target-language='en'><body>"
    "<trans-unit id='1'><source>{}</source><target>x</target></trans-unit></body></file></xliff>",
    ".v2.xlf": "<xliff xmlns='urn:oasis:names:tc:xliff:document:2.0' version='2.0' srcLang='ru' "
    "trgLang='en'><file id='f'><unit id='1'><segment><source>{}</source><target>x</target>"
    "</segment></unit></file></xliff>",
    ".tbx": "<tbx><text><body><conceptEntry><langSec xml:lang='ru'><termSec><term>{}</term>"
    "</termSec></langSec><langSec xml:lang='en'><termSec><term>x</term></termSec></langSec>"
    "</conceptEntry></body></text></tbx>",
    ".srx": "<srx version='2.0'><body><languagerules><languagerule languagerulename='r'><rule>"
    "<beforebreak>{}</beforebreak></rule></languagerule></languagerules><maprules><languagemap "
    "languagepattern='ru' languagerulename='r'/></maprules></body></srx>",
}


def read(path: Path) -> str:
    """Read a file with the reader of its ending, and give what came out or the message."""
    _, reader = max((len(end), read) for end, read in READERS.items() if path.name.endswith(end))
    try:
        return repr(reader(path))
    except ToolkitError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("ending", XML)
def test_entities_are_not_expanded_and_nothing_is_loaded(tmp_path: Path, ending: str) -> None:
    (tmp_path / "secret").write_text("SECRET", encoding="utf-8")
    (tmp_path / "x.dtd").write_text('<!ENTITY x "SECRET">', encoding="utf-8")
    with listening() as (address, visits):
        for doctype in (
            f'<!DOCTYPE x [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>',
            f'<!DOCTYPE x SYSTEM "{(tmp_path / "x.dtd").as_uri()}">',
            f'<!DOCTYPE x [<!ENTITY x SYSTEM "{address}">]>',
            f'<!DOCTYPE x SYSTEM "{address}">',
            f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{address}"> %p;]>',
            f'<!DOCTYPE x PUBLIC "-//x//y" "{address}" [<!ATTLIST tu x CDATA "SECRET">]>',
        ):
            path = tmp_path / f"attack{ending}"
            path.write_text(doctype + XML[ending].format("мир &x;"), encoding="utf-8")
            assert "SECRET" not in read(path)
    assert visits == []


@contextlib.contextmanager
def listening() -> Iterator[tuple[str, list[object]]]:
    """Listen on a port of this machine, and note who comes."""
    visits: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, visitor = server.accept()
                    visits.append(visitor)
                    connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd", visits
        stop.set()
        thread.join()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "laugh" * 10}">' for n in range(12))


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize(
    "content",
    ["&l11;", "<!--" + "x" * 2**24 + "-->", "x" * 2**24, "<hi>" * 5_000 + "</hi>" * 5_000],
    ids=["laughs", "comment", "text", "nesting"],
)
def test_bombs_of_xml_do_not_go_off(tmp_path: Path, ending: str, content: str) -> None:
    path = tmp_path / f"bomb{ending}"
    path.write_text(f"<!DOCTYPE x [{LAUGHS}]>" + XML[ending].format(content), encoding="utf-8")
    start = time.process_time()
    assert len(read(path)) < 2**25
    assert time.process_time() - start < 20


IN_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from toolkit import ToolkitError
from test_hostile_input import read
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
for path in sys.argv[1:]:
    print(read(Path(path))[:300])
"""


REASONS = ("far more than", "an element of it has more than 256 MB", "Resource limit exceeded")


def test_archives_that_unpack_to_gigabytes_are_refused(tmp_path: Path) -> None:
    """A gigabyte in an attribute, in text, in units; in a .docx and a package."""
    seg = b"<seg>" + b"x" * 2000 + b"</seg>"
    tu = b"<tu><tuv lang='ru'>%s</tuv><tuv lang='en'>%s</tuv></tu>\n" % (seg, seg)
    for name, start, filling in (
        ("attribute", b"<tmx><body><tu x='", b"x" * 2**20),
        ("text", b"<tmx><body><tu><tuv lang='ru'><seg>", b"x" * 2**20),
        ("units", b"<tmx><body>", tu * (2**20 // len(tu))),
    ):
        packed = gzip.compress(start) + gzip.compress(filling) * 300
        (tmp_path / f"{name}.tmx.gz").write_bytes(packed)
    for name in ("word.docx", "table.review.docx"):
        write_zip(tmp_path / name, {"word/document.xml": bytes(2**28), "[Content_Types].xml": b""})
    write_zip(tmp_path / "m.argosmodel", {"m/metadata.json": METADATA, "m/model/x": bytes(2**28)})
    (tmp_path / "attribute.tmx").write_bytes(b"<tmx><tu x='" + b"x" * (LARGEST_ELEMENT + 1))
    run = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_MEMORY, *sorted(tmp_path.iterdir())],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert len(lines) == 7
    for line in lines:
        assert any(reason in line for reason in REASONS), line
    with pytest.raises(FormatError, match="nothing can be taken out"):
        salvage_bitext(tmp_path / "attribute.tmx.gz")


def write_zip(path: Path, members: dict[str, bytes | str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_members_that_point_outside_are_written_nowhere(tmp_path: Path) -> None:
    """A .docx is never unpacked to disk, a package with such a member is refused."""
    document = docx.Document()
    document.add_paragraph(ARTICLE)
    document.save(str(tmp_path / "article.docx"))
    with zipfile.ZipFile(tmp_path / "article.docx", "a") as archive:
        archive.writestr("../evil", "x")
        archive.writestr(str(tmp_path / "absolute"), "x")
    assert ARTICLE in read(tmp_path / "article.docx")
    write_zip(tmp_path / "m.argosmodel", {"m/metadata.json": METADATA, "m/../../evil": "x"})
    with pytest.raises(EngineError, match="points outside the package"):
        open_package(tmp_path / "m.argosmodel")
    assert not (tmp_path.parent / "evil").exists()
    assert not (tmp_path / "absolute").exists()


SCRIPTS = """<html><head><script>alert(1)</script></head><body onload="alert(2)"><article>
<h1>Разговор <img src=x onerror="alert(3)"></h1>
<p>Беседа <b onclick="alert(4)">длилась</b> <a href="javascript:alert(5)">два часа</a>.</p>
<p>Стороны &lt;script&gt;alert(6)&lt;/script&gt; согласны.</p><style>p { color: url(x) }</style>
<svg><script>alert(7)</script></svg><iframe src="http://x.example"></iframe>
</article></body></html>"""


def test_scripts_of_an_article_do_not_reach_the_review_page(tmp_path: Path) -> None:
    path = tmp_path / "article.html"
    path.write_text(SCRIPTS, encoding="utf-8")
    document = read_document(path)
    texts = " ".join(block.text for block in document.blocks)
    assert "alert(1)" not in texts
    assert "<script>alert(6)</script>" in texts
    bitext = translate_document(document, WordForWord({}), None)
    page = html.document_fromstring(render_html(bitext))
    assert len(page.findall(".//script")) == 2, "the data and our script"
    for element in page.iter():
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert "javascript:" not in str(value)
    for name in ("iframe", "object", "embed", "img"):
        assert page.findall(f".//{name}") == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Бе\0седа.", ["Беседа."]),
        ("\u202eБеседа\u202c \u2066длилась\u2069.", ["\u202eБеседа\u202c \u2066длилась\u2069."]),
        ("\ufeff\u200bБеседа.", ["\u200bБеседа."]),
        ("А\u0300" * 3000, ["А\u0300" * 3000]),
        ("\x1b[31mБеседа\x07.", ["[31mБеседа."]),
    ],
    ids=["NUL", "bidi", "BOM", "combining", "escape sequence"],
)
def test_odd_characters_of_an_article(tmp_path: Path, content: str, expected: list[str]) -> None:
    """In UTF-16, because a UTF-8 text with NULs is taken for a binary file."""
    path = tmp_path / "odd.txt"
    path.write_bytes(content.encode("utf-16"))
    document = read_document(path)
    assert [block.text for block in document.blocks] == expected
    bitext = translate_document(document, WordForWord({}), None)
    for ending in (".tmx", ".po", ".xlf", ".v2.xlf", ".docx"):
        write_bitext(bitext, tmp_path / f"odd{ending}", DATE)
        [unit] = read_bitext(tmp_path / f"odd{ending}").units
        assert unit.source.text == expected[0]
    render_html(bitext)


def test_lone_surrogates_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "surrogate.txt"
    path.write_bytes("Беседа ".encode() + b"\xed\xa0\x80" + " длилась.".encode())
    with contextlib.suppress(DocumentError):
        assert "\ud800" not in read_document(path).blocks[0].text


def test_ten_megabytes_in_one_line_are_read_and_cut(tmp_path: Path) -> None:
    for name, unit in (("letters", "а"), ("stops", "."), ("spaces", "\u00a0"), ("words", "а б ")):
        path = tmp_path / f"{name}.txt"
        path.write_text("А" + unit * (10 * 2**20 // len(unit.encode())) + "Б", encoding="utf-8")
        start = time.process_time()
        assert len(list(segment(read_document(path)))) == 1
        assert time.process_time() - start < 30


CELLS = st.text(st.sampled_from("=+-@'\t\r\n |,;\"аb1"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
@settings(max_examples=150)
def test_no_exported_cell_is_a_formula_and_all_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    table = [("мир", "peace", *row) for row in rows]
    text = render_rows(("ru", "en", "note", "reference"), table)
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_bytes(text.encode())
    assert [tuple(row.cells.values()) for row in read_table(path).rows] == table


@pytest.mark.parametrize("term", ["(а+)+$", "[", "а{1,99999}", "\\", ".*", "а-" * 200, "мир" * 160])
def test_terms_are_no_regular_expressions(term: str) -> None:
    concepts = (Concept("x", term, "peace", forbidden=(term,)), Concept("peace", "мир", "peace"))
    start = time.process_time()
    matcher = TermMatcher(Glossary(concepts=concepts))
    found = matcher.find("мир " + "а" * 30_000 + " мир " * 300)
    assert len(found) == 301
    assert time.process_time() - start < 10


def test_page_long_term_is_refused() -> None:
    with pytest.raises(GlossaryError, match="more than 500 characters"):
        TermMatcher(Glossary(concepts=(Concept("x", "мир " * 2000, "peace"),)))


def test_rule_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.segmentation.PATIENCE", 0.3)
    path = tmp_path / "slow.srx"
    path.write_text(XML[".srx"].format("(?:а|а)+б"), encoding="utf-8")
    rules = load_rules(path)
    with pytest.raises(FormatError, match=r"slow.*line 1: the rule takes more than 0.3 s"):
        list(rules.split("а" * 40 + "в1б"))
    path.write_text(XML[".srx"].format("(?R)"), encoding="utf-8")
    with pytest.raises(FormatError, match="no recursion"):
        load_rules(path)


NAMES = ["две\nстроки.txt", "--force.txt", "-.txt", " .txt", "\x1b[31m.txt", "д" * 120 + ".txt"]
QUICK = ("--no-glossary", "--no-enforce", "--beam", "1")


def test_odd_names_of_files(bilingual: Bilingual, tmp_path: Path) -> None:
    """With line ends, a leading dash, escape sequences, bytes that are not UTF-8."""
    names = [*map(os.fsencode, NAMES), b"\xff\xfe.txt", "беседа.txt".encode("cp1251")]
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in names:
        (folder / os.fsdecode(name)).write_text(ARTICLE, encoding="utf-8")
    run = bilingual("translate", folder, "-o", "out", *QUICK)
    assert (run.returncode, "Traceback" in run.stderr) == (0, False), run.stderr
    assert len(list((tmp_path / "out").glob("*.tmx"))) == len(names)
    for path in (tmp_path / "out").glob("*.tmx"):
        assert len(read_bitext(path).units) == 1
    again = bilingual("translate", folder, "-o", "out", *QUICK)
    assert f"skipped {len(names)} unchanged" in again.stderr
    broken = folder / os.fsdecode(b"\xff\x1b[31m.txt")
    broken.touch()
    run = bilingual("translate", folder, "-o", "out", *QUICK)
    assert (run.returncode, "Traceback" in run.stderr, "\x1b" in run.stderr) == (1, False, False)
    run = bilingual("translate", "-o", "out2", *QUICK, "--", "articles/--force.txt")
    assert run.returncode == 0


def test_links_do_not_lead_out_of_the_output_folder(tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (outside / "precious").write_text("mine", encoding="utf-8")
    for place in ("inner", ".bilingual"):
        (out / place).symlink_to(outside / ("" if place == "inner" else "precious"))
        with (
            pytest.raises(OutputError, match="is a link that leads out of"),
            lock_folder(out, [out / "inner" / "call"]),
        ):
            pass
        (out / place).unlink()
    (out / "call.tmx").symlink_to(outside / "precious")
    write_bitext(full_bitext(), out / "call.tmx", DATE, overwrite=True)
    assert (outside / "precious").read_text("utf-8") == "mine"
    assert not (out / "call.tmx").is_symlink()


def test_devices_are_not_read_for_ever(tmp_path: Path) -> None:
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    with pytest.raises(DocumentError, match="larger than 100 MB"):
        read_document(tmp_path / "zero.txt")


@pytest.mark.parametrize("path", sorted(HOSTILE.iterdir()), ids=lambda path: path.name)
def test_found_cases_stay_mended(path: Path) -> None:
    """Files that once broke a reader; tests/fuzz/fuzz_readers.py found most of them."""
    read(path)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A sound file of each format."""
    folder = tmp_path_factory.mktemp("sound")
    bitext, glossary = full_bitext(), Glossary(concepts=(Concept("peace", "мир", "peace"),))
    for ending in (".tmx", ".po", ".xlf", ".v2.xlf", ".review.docx"):
        write_bitext(bitext, folder / f"x{ending}", DATE)
    (folder / "x.tmx.gz").write_bytes(gzip.compress((folder / "x.tmx").read_bytes()))
    for ending in (".csv", ".tsv", ".tbx", ".tab"):
        write_glossary(folder / f"x{ending}", glossary)
    (folder / "x.srx").write_bytes(read_bundled_srx()[:3000] + b"</languagerule>")
    (folder / "x.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "x.md").write_text(f"# Разговор\n\n*{ARTICLE}*\n\n- [х](y)[^1]\n", encoding="utf-8")
    (folder / "x.html").write_text(SCRIPTS, encoding="utf-8")
    (folder / "x.docx").write_bytes((folder / "x.review.docx").read_bytes())
    (folder / "x.ignore").write_text("number *:1.1 # x\n", encoding="utf-8")
    model = (ROOT / "toolkit/data" / BUNDLED[0]).read_bytes()
    (folder / "x.argosmodel").write_bytes(model[:2000] + model[-2000:])
    with TranslationMemory(folder / "x.db", create=True):
        pass
    return {
        ending: max(folder.glob(f"x{ending}"), key=lambda path: len(path.name)).read_bytes()
        for ending in READERS
    }


MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 30),
        st.one_of(
            st.binary(max_size=12),
            st.sampled_from(
                [b"<", b">", b"&", b"]]>", b"<!--", b'"', b"\0", b"\xff\xfe", b"\n", b"&#0;", b"{"]
            ),
            st.text(max_size=6).map(lambda text: text.encode("utf-8", "replace")),
        ),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("ending", READERS)
@given(mutations=MUTATIONS, start=st.sampled_from(["sound", "empty"]))
@settings(max_examples=60)
def test_damaged_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    sound: dict[str, bytes],
    ending: str,
    mutations: list[tuple[float, int, bytes]],
    start: str,
) -> None:
    content = sound[ending] if start == "sound" else b""
    for place, removed, added in mutations:
        at = int(place * len(content))
        content = content[:at] + added + content[at + removed :]
    path = tmp_path_factory.mktemp("damaged") / f"x{ending}"
    path.write_bytes(content)
    read(path)
