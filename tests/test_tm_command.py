"""`bilingual tm` and `translate --tm`, as a user runs them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import DATE, SCHEMAS, Bilingual
from lxml import etree
from test_formats import bitext_of

from toolkit import Bitext, read_bitext, write_po, write_tmx

PAIRS = (
    ("Главы МИД обсудили перемирие.", "The ministers discussed the truce."),
    ("Беседа длилась два часа.", "The talk took two hours."),
    ("Принято 5 документов.", "5 documents were adopted."),
)


def reviewed(*pairs: tuple[str, str]) -> Bitext:
    bitext = bitext_of(*pairs)
    units = tuple(replace(u, state="reviewed", author="Anna", changed=DATE) for u in bitext.units)
    return replace(bitext, units=units)


@pytest.fixture
def house(bilingual: Bilingual, tmp_path: Path) -> Path:
    """A memory of three reviewed units."""
    write_tmx(reviewed(*PAIRS), tmp_path / "call.tmx", DATE)
    assert bilingual("tm", "import", "--tm", "house.db", "call.tmx").returncode == 0
    return tmp_path / "house.db"


def test_files_become_a_memory_and_a_tmx_again(
    bilingual: Bilingual, house: Path, tmp_path: Path
) -> None:
    write_po(reviewed(*PAIRS), tmp_path / "call.po", DATE)
    write_tmx(bitext_of(("Мир", "World")), tmp_path / "raw.tmx", DATE)
    run = bilingual("tm", "import", "--tm", house, "call.po", "raw.tmx")
    assert (run.returncode, run.stdout) == (0, "")
    assert "house.db: 0 new, 3 there already, 1 not reviewed left out; 3 units" in run.stderr
    for name in ("one.tmx", "two.tmx"):
        run = bilingual("tm", "export", "--tm", house, name, "--date", "2026-11-27")
        assert (run.returncode, run.stderr) == (0, f"{name}: 3 units\n")
    content = (tmp_path / "one.tmx").read_bytes()
    assert content == (tmp_path / "two.tmx").read_bytes()
    dtd = etree.DTD(str(SCHEMAS / "tmx14.dtd"))
    assert dtd.validate(etree.fromstring(content)), dtd.error_log
    bilingual("tm", "import", "--tm", "copy.db", "one.tmx")
    bilingual("tm", "export", "--tm", "copy.db", "copy.tmx", "--date", "2026-11-27")
    assert (tmp_path / "copy.tmx").read_bytes() == content


def test_search_shows_similar_and_containing_units(bilingual: Bilingual, house: Path) -> None:
    run = bilingual("tm", "search", "--tm", house, "Беседа длилась три часа.")
    assert run.stdout == (
        "Беседа длилась два часа.\n  The talk took two hours.\n"
        "  75 %, reviewed, Anna, 2026-11-27, call.tmx\n"
    )
    run = bilingual("tm", "search", "--tm", house, "TALK", "--json")
    assert json.loads(run.stdout)["target"] == "The talk took two hours."
    run = bilingual("tm", "search", "--tm", house, "война")
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "nothing found\n")


def test_stats_count_the_units(bilingual: Bilingual, house: Path) -> None:
    run = bilingual("tm", "stats", "--tm", house)
    assert "3 units of 3 sources" in run.stdout
    assert "languages: ru → en 3" in run.stdout
    assert "author: Anna 3" in run.stdout
    counts = json.loads(bilingual("tm", "stats", "--tm", house, "--json").stdout)
    assert (counts["units"], counts["file"]) == (3, {"call.tmx": 3})


def test_clean_tells_first_and_then_removes(
    bilingual: Bilingual, house: Path, tmp_path: Path
) -> None:
    write_tmx(reviewed(("Мир", "Мир")), tmp_path / "bad.tmx", DATE)
    bilingual("tm", "import", "--tm", house, "bad.tmx")
    run = bilingual("tm", "clean", "--tm", house, "--dry-run")
    assert run.stdout == "untranslated: Мир → Мир\n"
    told = "1 (empty 0, untranslated 1, duplicate 0, older 0)\n"
    assert run.stderr == f"{house}: would remove {told}"
    assert bilingual("tm", "clean", "--tm", house).stderr == f"{house}: removed {told}"
    assert "would remove 0" in bilingual("tm", "clean", "--tm", house, "--dry-run").stderr


def test_article_is_translated_from_the_memory_first(
    bilingual: Bilingual, house: Path, tmp_path: Path
) -> None:
    article = tmp_path / "article.txt"
    article.write_text(
        "Главы МИД обсудили перемирие. Беседа длилась два часа. Принято 12 документов. "
        "Беседа длилась три часа.",
        encoding="utf-8",
    )
    command = ("translate", article, "-o", "out", "--to", "tmx,xliff,xliff2", "--tm", house)
    run = bilingual(*command, "--date", "2026-11-27")
    assert run.returncode == 0
    assert "segments 4, from memory 3, with fuzzy matches 1, terms" in run.stderr
    first, second, third, fourth = read_bitext(tmp_path / "out/article.tmx").units
    assert (first.target, first.origin, first.state) == (PAIRS[0][1], "memory", "reviewed")
    assert (second.target, second.author, second.state) == (PAIRS[1][1], "Anna", "translated")
    assert (third.target, third.raw) == ("12 documents were adopted.", PAIRS[2][1])
    assert (fourth.origin, fourth.state) == ("machine", "translated")
    for name in ("article.tmx", "article.xlf", "article.v2.xlf"):
        (proposal,) = read_bitext(tmp_path / "out" / name).units[3].proposals
        assert (proposal.source, proposal.target, proposal.similarity) == (*PAIRS[1], 0.75)
    before = (tmp_path / "out/article.tmx").read_bytes()
    assert "skipped 1 unchanged" in bilingual(*command, "--date", "2026-11-27").stderr
    run = bilingual(*command, "--date", "2026-11-27", "--force")
    assert "kept 1 reviewed, from memory 2, with fuzzy matches 1" in run.stderr
    assert (tmp_path / "out/article.tmx").read_bytes() == before


def test_fuzzy_matches_fill_on_request(bilingual: Bilingual, house: Path) -> None:
    text = "Беседа длилась три часа."
    run = bilingual("translate", "-", "--tm", house, "--fuzzy-first", stdin=text)
    assert run.stdout == "The talk took two hours.\n"
    run = bilingual("translate", "-", "--tm", house, "--fuzzy-threshold", "80", stdin=text)
    assert run.stdout != "The talk took two hours.\n"
    assert "fuzzy" not in run.stderr


ERRORS = [
    (["translate", "call.tmx", "--tm", "none.db"], 1, "none.db: there is no such translation"),
    (["tm", "stats", "--tm", "none.db"], 1, "none.db: there is no such translation memory"),
    (["tm", "search", "--tm", "call.tmx", "Да"], 1, "call.tmx: is no translation memory or is"),
    (["tm", "import", "--tm", "new.db", "none.tmx"], 2, "none.tmx"),
    (["tm", "import", "call.tmx"], 2, "Missing option '--tm'"),
    (["translate", "call.tmx", "--fuzzy-threshold", "0"], 2, "--fuzzy-threshold"),
]


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(("arguments", "code", "message"), ERRORS)
def test_error_is_told_in_one_sentence(
    bilingual: Bilingual, arguments: list[str], code: int, message: str
) -> None:
    run = bilingual(*arguments)
    assert (run.returncode, run.stdout) == (code, "")
    assert message in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("command", ["", "import", "export", "search", "stats", "clean"])
def test_help_has_an_example(bilingual: Bilingual, command: str) -> None:
    run = bilingual("tm", *filter(None, [command]), "--help")
    assert f"bilingual tm {command}" in run.stdout
