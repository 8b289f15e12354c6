"""`check` finds each kind of problem, and mends what needs no judgement."""

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.formats.table import read_table
from toolkit.proofreading import Problem, find_problems, mended

HEADER = "id,ru,ru_synonyms,en,en_admitted,en_forbidden,pos,domain,status,note,reference"

Check = Callable[..., list[Problem]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Check rows, and with `mend` check them again after mending."""

    def run(*rows: str, mend: bool = False) -> list[Problem]:
        path = tmp_path / "terms.csv"
        path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        table = read_table(path)
        return find_problems([mended(table) if mend else table])

    return run


SOUND = (
    "ceasefire,прекращение огня,,ceasefire,cessation of fire,fire stop,noun,conflict,approved,,UN",
    "thank,выразить признательность,,express appreciation,,,verb,media,approved,,Kremlin",
    "taliban,движение «Талибан»,Талибан,Taliban,,,name,organisation,approved,,UN usage",
    "due,должным образом уполномоченный,,duly authorized,,,adj,treaty,approved,,VCLT",
    "recognized,международно признанный,,internationally recognized,,,adj,law,approved,,UN",
    "afu,Вооружённые силы Украины,ВСУ,Armed Forces of Ukraine,,,name,organisation,approved,,UN",
)


def test_a_sound_glossary_has_no_problems(check: Check) -> None:
    assert check(*SOUND) == []


@pytest.mark.parametrize(
    ("row", "message", "mendable"),
    [
        ("truce,,,truce,,,noun,,approved,,", "the source term is empty", False),
        ("truce,перемирие,,,,,noun,,approved,,", "has no target term", False),
        ("truce,перемирие,,truce,,,noun,,good,,", "the status “good” is unknown", False),
        ("truce,перемирие,,truce,,,word,,approved,,", "part of speech “word” is unknown", False),
        ("Truce!,перемирие,,truce,,,noun,,approved,,", "“Truce!” is not plain", False),
        ("truce, перемирие,,truce,,,noun,,approved,,", "stray white space", True),
        ("truce,перемирие,,truce,,,noun,,approved,a  b,", "stray white space", True),
        ("truce,перемирие,,truce,,,noun,,approved,a\u00a0b,", "stray white space", True),
        ("truce,перемирие,,truce,a||b,,noun,,approved,,", "separator in “en_admitted”", True),
        ('truce,"пере\nмирие",,truce,,,noun,,approved,,', "stray white space", True),
        ("truce,пeремирие,,truce,,,noun,,approved,,", "mixes Latin and Cyrillic", True),
        ("truce,перемирие,,trucе,,,noun,,approved,,", "mixes Latin and Cyrillic", True),
        ("truce,zперемирие,,truce,,,noun,,approved,,", "mixes Latin and Cyrillic", False),
        ("truce,перемирие,,перемирие,,,noun,,approved,,", "is in Cyrillic; translate", False),
        ("truce,«перемирие,,truce,,,noun,,approved,,", "has no partner", False),
        ("truce,перемирие,,truce (short,,,noun,,approved,,", "has no partner", False),
        ("truce,перемирие,перемирие,truce,,,noun,,approved,,", "stands twice in the row", True),
        ("truce,перемирие,,truce,lull|lull,,noun,,approved,,", "stands twice in the row", True),
        ("truce,перемирие,,truce,,Truce,noun,,approved,,", "is forbidden, but “truce” is", False),
        ("center,центр,,center,,centre,noun,,approved,,", "is forbidden, but “center” is", False),
        ("plane,самолет,,aircraft,,,noun,,approved,,", "write “самолёт”", True),
        ("truce,перемирием,,truce,,,noun,,approved,,", "no word of “перемирием” inflects", False),
        ("truce,перемирие,,the truce,,,noun,,approved,,", "begins with an article", False),
        ("truce,заключить мир,,to make peace,,,verb,,approved,,", "with an article or “to”", False),
    ],
)
def test_problems_of_a_row(check: Check, row: str, message: str, *, mendable: bool) -> None:
    found = [one for one in check(row) if message in one.message]
    assert [(one.line, one.mendable) for one in found] == [(2, mendable)]
    again = [one for one in check(row, mend=True) if message in one.message]
    assert bool(again) is not mendable


@pytest.mark.parametrize(
    ("rows", "message", "severity"),
    [
        (
            ("truce,перемирие,,truce,,,noun,,approved,,", "truce,пауза,,pause,,,noun,,approved,,"),
            "the identifier “truce” stands in terms.csv, line 2 too",
            "error",
        ),
        (
            (
                "truce,перемирие,,truce,,,noun,,approved,,",
                "lull,Перемирие,,lull,,,noun,,approved,,",
            ),
            "“Перемирие” is “lull” here and “truce” in terms.csv, line 2",
            "error",
        ),
        (
            (
                "plane,самолёт,,plane,,,noun,,approved,,",
                "jet,лайнер,самолет,plane,,,noun,,approved,,",
            ),
            "“самолет” stands in terms.csv, line 2 too; merge",
            "error",
        ),
        (
            (
                "sanction,санкция,,sanction,,,noun,,approved,,",
                "sanctions,санкции,,sanctions,,,noun,,approved,,",
            ),
            "“санкции” is also found as a form of “санкция” in terms.csv, line 2",
            "warning",
        ),
    ],
)
def test_problems_between_rows(
    check: Check, rows: tuple[str, str], message: str, severity: str
) -> None:
    found = [one for one in check(*rows) if message in one.message]
    assert [(one.line, one.severity) for one in found] == [(3, severity)]


def test_a_row_that_repeats_another_is_deleted(check: Check) -> None:
    row = "truce,перемирие,,truce,,,noun,,approved,,"
    assert "the row repeats terms.csv, line 2" in " ".join(one.message for one in check(row, row))
    assert check(row, row, mend=True) == []


def test_an_abbreviation_is_not_the_word_of_its_letters(check: Check) -> None:
    rows = (
        "don,ДОН,,Treaty on Open Skies,,,name,treaty-name,approved,,UN",
        "don-river,Дон,,Don,,,name,geography,approved,,UN",
    )
    assert check(*rows) == []


def test_files_are_checked_together(tmp_path: Path) -> None:
    row = "truce,перемирие,,truce,,,noun,,approved,,\n"
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path in paths:
        path.write_text(f"{HEADER}\n{row}", encoding="utf-8")
    problems = find_problems([read_table(path) for path in paths])
    assert {one.path.name for one in problems} == {"two.csv"}
    assert all(not one.mendable for one in problems), "no file is mended because of another"


def test_mending_changes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text(f"{HEADER},extra\n{SOUND[0]},kept\n", encoding="utf-8")
    table = read_table(path)
    assert mended(table) == table
