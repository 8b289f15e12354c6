"""Two translations of each other become a bitext: nothing is lost, and the links are right."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import pytest
from alignment_corpus import Bead, Sample, beads_of, held_out, samples
from conftest import DATE, Bilingual
from hypothesis import given
from hypothesis import strategies as st

from toolkit import (
    ArgosEngine,
    Bitext,
    TermMatcher,
    align_documents,
    load_glossary,
    make_bitext,
    read_bitext,
    read_document,
)
from toolkit.alignment import align_sentences, band, stems, weigh
from toolkit.engine import Decoding
from toolkit.outputs import write_bitext

ROOT = Path(__file__).parents[1]
RUSSIAN = """Переговоры в Женеве

Министр Сергей Лавров встретился с коллегой из Турции. Беседа длилась три часа; обсудили Ливию.

Снег в Альпах.

Подписано соглашение на 5,5 млн евро. Его одобрили

Берлин и Париж.
"""
ENGLISH = """Talks in Geneva

Minister Sergey Lavrov met with his Turkish colleague. The talk lasted three hours. Libya came up.

An agreement worth 5.5 million euros was signed. Berlin and Paris approved it.

Translated by the press service of the Foreign Ministry of the Republic of San Marino.
"""


def links(beads: Iterable[Bead]) -> set[tuple[int, int]]:
    return {(i, j) for left, right in beads for i in left for j in right}


def f1(
    documents: Sequence[Sample], engine: ArgosEngine | None, matcher: TermMatcher | None
) -> float:
    """Give the F1 of the links over some documents."""
    found = expected = right = 0
    for one in documents:
        ours = links(beads_of(align_sentences(one.sources, one.targets, engine, matcher)))
        known = links(one.beads)
        found, expected, right = found + len(ours), expected + len(known), right + len(ours & known)
    return 2 * right / (found + expected)


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_glossary())


def test_links_are_right_with_a_model(engine: ArgosEngine, matcher: TermMatcher) -> None:
    engine = ArgosEngine(engine.package, Decoding(beam_size=1))
    documents = [one for one in held_out() if one.name.endswith("-1")]
    assert len(documents) == 3
    assert f1(documents, engine, matcher) >= 0.97


def test_links_are_nearly_as_right_without_one(matcher: TermMatcher) -> None:
    documents = list(held_out())
    assert len(documents) >= 50
    assert f1(documents, None, matcher) >= 0.97
    assert f1(documents, None, None) >= 0.95


@given(st.lists(st.text("аяАЯ1 ")), st.lists(st.text("azAZ1 ")))
def test_every_sentence_is_in_one_bead(sources: list[str], targets: list[str]) -> None:
    beads = beads_of(align_sentences(sources, targets))
    assert [i for left, _ in beads for i in left] == list(range(len(sources)))
    assert [j for _, right in beads for j in right] == list(range(len(targets)))


def test_long_texts_cost_little_more_than_their_length() -> None:
    """Also where a part is missing on one side, the search stays in a band that covers it."""
    documents = list(islice(samples(), 40))
    sources = [text for one in documents for text in one.sources]
    targets = [text for one in documents for text in one.targets]
    del targets[400:700]
    sides = weigh(
        ([stems(one) for one in sources], [stems(one) for one in targets]),
        ([1.0] * len(sources), [1.0] * len(targets)),
    )
    columns = list(band(*sides))
    assert columns[0].start == 0
    assert columns[-1].stop == len(targets) + 1
    assert sum(map(len, columns)) < 0.2 * len(sources) * len(targets)


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "a.ru.txt").write_text(RUSSIAN, encoding="utf-8")
    (tmp_path / "a.en.txt").write_text(ENGLISH, encoding="utf-8")
    return tmp_path / "a.ru.txt", tmp_path / "a.en.txt"


@pytest.fixture(scope="module")
def bitext(engine: ArgosEngine, tmp_path_factory: pytest.TempPathFactory) -> Bitext:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "a.txt").write_text(RUSSIAN, encoding="utf-8")
    (folder / "b.txt").write_text(ENGLISH, encoding="utf-8")
    source, target = read_document(folder / "a.txt"), read_document(folder / "b.txt", "en")
    return make_bitext(align_documents(source, target, engine), source, target, engine)


@pytest.mark.parametrize("suffix", ["tmx", "xlf", "v2.xlf", "po", "docx"])
def test_nothing_is_lost_in_any_format(bitext: Bitext, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    write_bitext(bitext, path, DATE)
    bitext = read_bitext(path)
    pairs = [(unit.source.text, unit.target) for unit in bitext.units]
    assert pairs == [
        ("Переговоры в Женеве", "Talks in Geneva"),
        (
            "Министр Сергей Лавров встретился с коллегой из Турции.",
            "Minister Sergey Lavrov met with his Turkish colleague.",
        ),
        (
            "Беседа длилась три часа; обсудили Ливию.",
            "The talk lasted three hours. Libya came up.",
        ),
        ("Снег в Альпах.", ""),
        (
            "Подписано соглашение на 5,5 млн евро.",
            "An agreement worth 5.5 million euros was signed.",
        ),
        ("Его одобрили Берлин и Париж.", "Berlin and Paris approved it."),
    ]
    lonely, last = bitext.units[3], bitext.units[-1]
    assert (lonely.state, lonely.score) == ("initial", None)
    assert "no translation was found" in lonely.issues[0].message
    assert "San Marino" in last.issues[-1].message
    assert {unit.origin for unit in bitext.units} == {"human"}


def test_blocks_that_a_unit_reaches_across_are_joined(bilingual: Bilingual, tmp_path: Path) -> None:
    (tmp_path / "ru.md").write_text("# Итоги\n\nПутин и\n\nЭрдоган в **Сочи**.\n", encoding="utf-8")
    (tmp_path / "en.md").write_text(
        "# Results\n\nPutin and Erdogan in **Sochi**.\n", encoding="utf-8"
    )
    assert bilingual("align", "ru.md", "en.md", "-o", "a.tmx", "--no-model").returncode == 0
    heading, unit = read_bitext(tmp_path / "a.tmx").units
    assert heading.source.text == "Итоги"
    assert (unit.source.text, unit.target) == (
        "Путин и Эрдоган в Сочи.",
        "Putin and Erdogan in Sochi.",
    )
    assert [unit.source.text[one.start : one.stop] for one in unit.source.inlines] == ["Сочи"]
    assert [unit.target[one.start : one.stop] for one in unit.inlines] == ["Sochi"]


def test_texts_of_the_worked_example_give_its_units(bilingual: Bilingual, tmp_path: Path) -> None:
    (russian,) = (ROOT / "translations").glob("*.ru.txt")
    stem = russian.name.removesuffix(".ru.txt")
    written = read_bitext(ROOT / "translations" / f"{stem}.tmx")
    done = bilingual("align", russian, russian.with_name(f"{stem}.en.txt"), "-o", "a.tmx")
    assert done.returncode == 0
    assert "doubtful 0, sentences without translation 0, without source 0" in done.stderr
    assert [(one.source.text, one.target) for one in read_bitext(tmp_path / "a.tmx").units] == [
        (one.source.text, one.target) for one in written.units
    ]


def test_without_a_file_the_rows_go_to_stdout(
    bilingual: Bilingual, texts: tuple[Path, Path]
) -> None:
    done = bilingual("align", "-", texts[1], "--no-model", "-q", stdin=RUSSIAN)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert ["", "Снег в Альпах.", ""] in rows
    assert rows[-1][:2] == ["", ""]
    assert "San Marino" in rows[-1][2]
    assert done.stderr == ""


def test_reviewed_work_is_not_overwritten(
    bilingual: Bilingual, texts: tuple[Path, Path], tmp_path: Path
) -> None:
    arguments = (
        "align",
        *texts,
        "-o",
        "a.tmx",
        "--no-model",
        "--no-glossary",
        "--date",
        "2026-11-27",
    )
    assert bilingual(*arguments).returncode == 0
    written = (tmp_path / "a.tmx").read_bytes()
    assert bilingual(*arguments).returncode == 0
    assert (tmp_path / "a.tmx").read_bytes() == written
    edited = written.replace(b"Talks in Geneva", b"Negotiations in Geneva")
    (tmp_path / "a.tmx").write_bytes(edited)
    done = bilingual(*arguments)
    assert done.returncode == 1
    assert "has been reviewed or edited" in done.stderr
    assert (tmp_path / "a.tmx").read_bytes() == edited


def test_wrong_usage_is_told(bilingual: Bilingual, texts: tuple[Path, Path]) -> None:
    source, target = texts
    swapped = bilingual("align", target, source, "--no-model")
    assert "a.en.txt: is hardly in the language “ru”" in swapped.stderr
    assert bilingual("align", source, source).returncode == 2
    assert bilingual("align", source, target, "--no-model", "--model", "x").returncode == 2
    missing = bilingual("align", source, "none.txt", "--no-model")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "Error: none.txt: there is no such file; check the path\n"
    strange = bilingual("align", source, target, "--no-model", "-o", "a.odt")
    assert strange.returncode == 1
    assert "is no bitext by its name" in strange.stderr
