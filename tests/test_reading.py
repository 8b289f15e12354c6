"""Bitexts come back from their files as they were written, and other tools' files are read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import DATE
from hypothesis import given
from hypothesis import strategies as st
from test_formats import NASTY, TEXTS, bitext_of

from toolkit import Bitext, Block, Concept, Document, Edit, Issue, Segment, TermMatch, Unit
from toolkit.bitext import Proposal
from toolkit.formats.po import write_po
from toolkit.formats.tmx import write_tmx
from toolkit.inputs import read_bitext

WRITERS: dict[str, Callable[[Bitext, Path, datetime], None]] = {".tmx": write_tmx, ".po": write_po}


def full_bitext() -> Bitext:
    """A bitext with everything that a format can carry, in each of its shapes."""
    first, second, third = "Мирный договор подписан.", "№ 5!", "№ 5!"
    text = f"{first} {second}{third}"
    segments = (
        Segment("1.1", 0, 0, 24, first),
        Segment("1.2", 0, 25, 29, second),
        Segment("1.3", 0, 29, 33, third),
        Segment("2.1", 1, 0, 2, "AP"),
    )
    unit = Unit(
        segments[0],
        "Peace pact signed.",
        terms=(TermMatch(Concept("peace-treaty", "мирный договор", "peace treaty"), 0, 14),),
        edits=(Edit("decode-again", "", "Peace pact signed.", "the translation is empty"),),
        issues=(
            Issue("term-missing", "warning", "«мирный договор» should be “peace treaty”", (0, 14)),
            Issue("length", "info", "short", None, (0, 18)),
        ),
        score=0.25,
        notes=("Проверить по тексту МИД: договор?",),
        proposals=(Proposal("Договор подписан.", "A treaty is signed.", 0.75, "archive.tmx"),),
    )
    changed = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
    units = (
        unit,
        Unit(segments[1], "No. 5!", "human", "reviewed", author="Е. Петрова", changed=changed),
        Unit(segments[2], "No. 5!", "memory", "final"),
        Unit(segments[3], "", state="initial"),
    )
    blocks = (Block("heading", text), Block("table-cell", "AP"))
    bitext = bitext_of()
    return replace(
        bitext,
        document=Document("call", "ru-RU", "Договор", blocks),
        units=units,
        source_lang="ru-RU",
        target_lang="en-US",
    )


def round_trip(bitext: Bitext, folder: Path, suffix: str) -> Bitext:
    path = folder / f"file{suffix}"
    WRITERS[suffix](bitext, path, DATE)
    return read_bitext(path)


def test_tmx_loses_nothing(tmp_path: Path) -> None:
    bitext = full_bitext()
    assert round_trip(bitext, tmp_path, ".tmx") == bitext


def test_po_loses_authors_dates_and_the_version_of_the_tool(tmp_path: Path) -> None:
    bitext = full_bitext()
    units = tuple(replace(unit, author="", changed=None) for unit in bitext.units)
    assert round_trip(bitext, tmp_path, ".po") == replace(bitext, units=units)


@pytest.mark.parametrize("suffix", WRITERS)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_text_survives(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, pairs: list[tuple[str, str]]
) -> None:
    bitext = bitext_of(*pairs)
    assert round_trip(bitext, tmp_path_factory.mktemp("any"), suffix) == bitext


@pytest.mark.parametrize("suffix", WRITERS)
def test_nasty_texts_survive(tmp_path: Path, suffix: str) -> None:
    bitext = bitext_of(*((text, text) for text in NASTY))
    assert round_trip(bitext, tmp_path, suffix) == bitext
