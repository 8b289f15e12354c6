"""`bilingual check`, as a user runs it, and the reports that it writes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import DATE, Bilingual
from test_formats import bitext_of

from toolkit import FormatError, Issue, write_po, write_tmx
from toolkit.checks import ALL_CHECKS, CODES, check_bitext
from toolkit.checks.suppression import Suppression, read_suppressions, without_suppressed
from toolkit.formats.xliff12 import write_xliff12
from toolkit.reports import render_github

WRONG = ("В 1945 году был подписан мирный договор.", "In 1954 a peace treaty  was signed.")
RIGHT = ("Стороны согласны.", "The parties agree.")


@pytest.fixture
def tmx(tmp_path: Path) -> Path:
    path = tmp_path / "call.tmx"
    write_tmx(bitext_of(RIGHT, WRONG), path, DATE)
    return path


def codes_of(output: str) -> list[str]:
    return [finding["check"] for finding in json.loads(output)["findings"]]


def test_findings_are_listed_and_errors_fail(bilingual: Bilingual, tmx: Path) -> None:
    run = bilingual("check", tmx)
    assert (run.returncode, run.stderr) == (1, "")
    assert "“1954” is not in the source: put the number right" in run.stdout
    assert run.stdout.endswith("2 error, 1 warning, 0 info\n")


def test_clean_file_passes(bilingual: Bilingual, tmp_path: Path) -> None:
    write_tmx(bitext_of(RIGHT), tmp_path / "fine.tmx", DATE)
    run = bilingual("check", "fine.tmx", "--fail-on", "info")
    assert (run.returncode, "0 findings in 1 units" in run.stdout) == (0, True)


def test_least_confident_units_come_first(bilingual: Bilingual, tmp_path: Path) -> None:
    bitext = bitext_of(RIGHT, WRONG)
    first, second = bitext.units
    bitext = replace(bitext, units=(replace(first, score=0.9), replace(second, score=0.2)))
    write_tmx(bitext, tmp_path / "call.tmx", DATE)
    lines = bilingual("check", "call.tmx").stdout.splitlines()
    assert "lowest confidence" in lines[0]
    assert [line.split()[:2] for line in lines[1:3]] == [["2.1", "0.20"], ["1.1", "0.90"]]


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ((), ["number", "number", "space"]),
        (("--only", "space"), ["space"]),
        (("--skip", "number,space"), []),
        (("--only", "number", "--only", "date"), ["number", "number"]),
    ],
)
def test_checks_are_chosen(
    bilingual: Bilingual, tmx: Path, arguments: tuple[str, ...], codes: list[str]
) -> None:
    run = bilingual("check", tmx, "--format", "json", "--no-glossary", *arguments)
    assert codes_of(run.stdout) == codes
    assert run.returncode == ("number" in codes)


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_level_decides_the_exit_code(
    bilingual: Bilingual, tmx: Path, level: str, code: int
) -> None:
    assert bilingual("check", tmx, "--only", "space", "--fail-on", level).returncode == code


def test_po_and_xliff_are_checked_alike(bilingual: Bilingual, tmp_path: Path) -> None:
    bitext = bitext_of(RIGHT, WRONG)
    write_po(bitext, tmp_path / "call.po", DATE)
    write_xliff12(bitext, tmp_path / "call.xlf", DATE)
    run = bilingual("check", "call.po", "call.xlf", "--format", "json")
    found = json.loads(run.stdout)
    assert codes_of(run.stdout) == ["number", "number", "space"] * 2
    assert found["summary"] == {"units": 4, "error": 4, "warning": 2, "info": 0}
    assert found["findings"][0]["source_span"] == [2, 6]


def test_sarif_has_a_rule_for_every_check_and_a_result_for_every_finding(
    bilingual: Bilingual, tmx: Path
) -> None:
    run = json.loads(bilingual("check", tmx, "--format", "sarif").stdout)["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CODES)
    assert [result["ruleId"] for result in run["results"]] == ["number", "number", "space"]
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    location = run["results"][0]["locations"][0]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "call:2.1"}]


def test_github_commands_are_escaped() -> None:
    bitext = bitext_of(RIGHT)
    issue = Issue("space", "info", "100 %\nhere, and: there")
    bitext = replace(bitext, units=(replace(bitext.units[0], issues=(issue,)),))
    assert render_github({Path("a,b.tmx"): bitext}) == (
        "::notice file=a%2Cb.tmx,title=space::unit 1.1: 100 %25%0Ahere, and: there\n"
    )


def test_html_is_the_review_page(bilingual: Bilingual, tmx: Path) -> None:
    run = bilingual("check", tmx, "--format", "html")
    assert run.stdout.startswith("<!doctype html>")
    assert 'class="issue error"' in run.stdout


def test_note_in_a_unit_silences_checks(bilingual: Bilingual, tmp_path: Path) -> None:
    bitext = bitext_of(WRONG, WRONG, WRONG)
    notes: tuple[tuple[str, ...], ...] = (
        ("A slip. bilingual-ignore: number, date",),
        ("bilingual-ignore",),
        ("Fine.",),
    )
    pairs = zip(bitext.units, notes, strict=True)
    bitext = replace(bitext, units=tuple(replace(unit, notes=note) for unit, note in pairs))
    write_tmx(bitext, tmp_path / "call.tmx", DATE)
    run = bilingual("check", "call.tmx", "--format", "json")
    found = [(one["unit"], one["check"]) for one in json.loads(run.stdout)["findings"]]
    assert found == [("1.1", "space"), ("3.1", "number"), ("3.1", "number"), ("3.1", "space")]


def test_list_silences_checks(bilingual: Bilingual, tmx: Path, tmp_path: Path) -> None:
    (tmp_path / "known.txt").write_text("# ours\nnumber call:2.*\nspace call:1.1\n", "utf-8")
    run = bilingual("check", tmx, "--format", "json", "--ignore", "known.txt")
    assert codes_of(run.stdout) == ["space"]


def test_star_silences_everything() -> None:
    checked = check_bitext(bitext_of(WRONG))
    assert checked.units[0].issues
    assert not without_suppressed(checked, [Suppression("*")]).units[0].issues


def test_misspelt_code_in_a_list_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "known.txt"
    path.write_text("number\n\nnumbr *\n", "utf-8")
    with pytest.raises(FormatError, match="line 3: “numbr” is no check"):
        read_suppressions(path)


def test_checks_are_listed_with_what_they_find(bilingual: Bilingual) -> None:
    lines = bilingual("check", "--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(CODES)
    assert all(len(line.split()) > 4 for line in lines)


def test_codes_are_unique() -> None:
    assert len(set(CODES)) == len(ALL_CHECKS)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["check"], 2, "Missing argument"),
        (["check", "nowhere.tmx"], 1, "nowhere.tmx"),
        (["check", "call.tmx", "--only", "numbr"], 2, "“numbr” is no check"),
        (["check", "call.tmx", "call.tmx", "--format", "html"], 2, "the review page is for one"),
        (["check", "call.tmx", "--ignore", "nowhere.txt"], 1, "nowhere.txt: cannot be read"),
        (["check", "call.tmx", "-g", "nowhere.csv"], 1, "nowhere.csv"),
        (["check", "call.docs"], 1, "call.docs"),
    ],
)
@pytest.mark.usefixtures("tmx")
def test_error_is_told_in_one_sentence(
    bilingual: Bilingual, arguments: list[str], code: int, message: str
) -> None:
    run = bilingual(*arguments)
    assert (run.returncode, run.stdout, message in run.stderr) == (code, "", True)
    assert "Traceback" not in run.stderr


def test_other_language_pairs_get_the_checks_that_need_no_words() -> None:
    bitext = bitext_of(("Да {0}", "так так"), lang="ru", target_lang="uk")
    codes = {issue.check for unit in check_bitext(bitext).units for issue in unit.issues}
    assert codes == {"code", "repetition"}
