"""`bilingual diff`: what reviewers changed, the work it was, and the terms they keep changing."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from conftest import DATE, Bilingual
from sacrebleu.metrics.ter import TER
from test_formats import bitext_of

from toolkit import Concept, TermMatch
from toolkit.glossary import read_glossary
from toolkit.outputs import write_outputs
from toolkit.postediting import Comparison, compare, measure, propose_terms
from toolkit.reviews import read_review

BEFORE = bitext_of(("Да.", "Yes."), ("Мирный договор.", "The world treaty."), ("Нет.", "No."))
AFTER = {"Мирный договор.": "The peace treaty.", "Нет.": "No, sir."}
PLAIN = """call:2.1 Мирный договор.
  The [-world-]{+peace+} treaty.

call:3.1 Нет.
  No{+, sir+}.

call: 2 of 3 segments changed, TER 50.0, chrF 39.0
"""


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """The folders old and new, the second one reviewed in Poedit's format."""
    for name in ("old", "new"):
        write_outputs(BEFORE, tmp_path / name / "call", ["po", "tmx"], DATE)
    catalogue = polib.pofile(str(tmp_path / "new/call.po"))
    for entry in catalogue:
        entry.msgstr = AFTER.get(entry.msgid, entry.msgstr)
    catalogue.save()
    return tmp_path


@pytest.mark.usefixtures("folders")
def test_changes_are_shown_word_by_word_with_the_effort(bilingual: Bilingual) -> None:
    for new in ("new", "new/call.po"):
        run = bilingual("diff", "old", new)
        assert (run.returncode, run.stdout, run.stderr) == (0, PLAIN, "")
    run = bilingual("diff", "old/call.tmx", "old/call.po")
    assert run.stdout == "call: 0 of 3 segments changed, TER 0.0, chrF 100.0\n"


@pytest.mark.usefixtures("folders")
def test_everything_comes_as_json(bilingual: Bilingual) -> None:
    report = json.loads(bilingual("diff", "old", "new", "--json").stdout)
    (document,) = report["documents"]
    assert (document["document"], document["segments"], document["changed"]) == ("call", 3, 2)
    assert document["changes"][0] == {
        "unit": "2.1",
        "source": "Мирный договор.",
        "before": "The world treaty.",
        "after": "The peace treaty.",
        "edits": [
            ["equal", "The "],
            ["deleted", "world"],
            ["inserted", "peace"],
            ["equal", " treaty."],
        ],
        "ter": 33.3,
        "chrf": 41.8,
    }
    assert report["all"] == {name: document[name] for name in report["all"]}


@pytest.mark.parametrize("no_color", ["", "1"])
def test_terminal_gets_colours_unless_it_wants_none(folders: Path, no_color: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "toolkit", "diff", str(folders / "old"), str(folders / "new")]
    environment = {**os.environ, "NO_COLOR": no_color}
    subprocess.run(command, stdout=theirs, env=environment, check=True)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert ("\x1b[31m" in shown) == (not no_color)
    assert ("[-world-]{+peace+}" in shown) == bool(no_color)


def test_what_is_no_review_of_it_is_told(bilingual: Bilingual, folders: Path) -> None:
    write_outputs(bitext_of(("Другое.", "Else.")), folders / "other/else", ["tmx"], DATE)
    run = bilingual("diff", "old", "other")
    assert run.returncode == 1
    assert "other: holds no translation of a sentence of old" in run.stderr


def test_segments_that_were_joined_are_compared_as_a_whole(tmp_path: Path) -> None:
    text = (
        '<tmx version="1.4"><header srclang="ru"/><body><tu><tuv xml:lang="ru"><seg>{}</seg></tuv>'
        '<tuv xml:lang="en"><seg>Yes and no.</seg></tuv></tu></body></tmx>'
    )
    path = tmp_path / "joined.tmx"
    path.write_text(text.format("Да. Нет."), encoding="utf-8")
    from test_merging import of_one_block

    old = of_one_block(("Да.", "Yes."), ("Нет.", "No."), ("Мир.", "Peace."))
    (found,) = compare(old, [read_review(path)])
    assert (found.source, found.before, found.after) == ("Да. Нет.", "Yes. No.", "Yes and no.")


def test_effort_is_the_edit_rate_against_the_reviewed_text() -> None:
    pairs = [("The cat sat", "The cat sat down"), ("on the the mat", "on the mat"), ("x", "x")]
    comparisons = [Comparison("call", "1.1", "…", *pair) for pair in pairs]
    effort = measure(comparisons)
    assert effort.ter == 25.0  # one insertion and one deletion; 8 words after review
    hypotheses, references = zip(*pairs, strict=True)
    assert effort.ter == round(TER().corpus_score(hypotheses, [references]).score, 1)


def compared(*rows: tuple[str, str, str], terms: tuple[TermMatch, ...] = ()) -> list[Comparison]:
    return [Comparison("call", f"{n}.1", *row, terms) for n, row in enumerate(rows, start=1)]


GOVERNMENT = compared(
    (
        "Временное правительство ушло в отставку.",
        "The temporary government resigned.",
        "The interim government resigned.",
    ),
    (
        "Прибыл глава временного правительства.",
        "The head of the temporary government arrived.",
        "The head of the interim government arrived.",
    ),
    ("Правительство заседало.", "The government sat.", "The cabinet sat."),
)


def test_term_that_reviewers_keep_changing_is_proposed() -> None:
    (concept,) = propose_terms(GOVERNMENT, ("ru", "en"))
    assert (concept.source, concept.target) == ("временное правительство", "interim government")
    assert (concept.id, concept.status) == ("interim-government", "proposed")
    assert concept.note == "Reviewers wrote “interim” for “temporary” 2 times"
    assert concept.reference == "call:1.1, call:2.1"


def test_single_noun_is_proposed_where_the_sources_share_nothing_longer() -> None:
    rows = (
        ("Перемирие объявили вчера.", "A ceasefire was declared.", "A truce was declared."),
        ("О перемирии спорят.", "They argue about the ceasefire.", "They argue about the truce."),
        ("Вчера было тихо.", "It was quiet.", "It was quiet."),
    )
    (concept,) = propose_terms(compared(*rows), ("ru-RU", "en-US"))
    assert (concept.source, concept.target) == ("перемирие", "truce")


def test_rendering_of_the_glossary_that_reviewers_overrule_is_proposed_as_its_entry() -> None:
    known = Concept("temporary-government", "временное правительство", "temporary government")
    rows = [(one.source, one.before, one.after) for one in GOVERNMENT[:2]]
    (concept,) = propose_terms(compared(*rows, terms=(TermMatch(known, 0, 9),)), ("ru", "en"))
    assert (concept.id, concept.target) == ("temporary-government", "interim government")
    assert concept.note.endswith("the glossary has “temporary government”")


def test_single_changes_and_rewordings_are_no_terms() -> None:
    assert propose_terms(GOVERNMENT[1:], ("ru", "en")) == []
    reworded = compared(*2 * [("Да.", "a b c d e f g", "n o p q r s t")])
    assert propose_terms(reworded, ("ru", "en")) == []


def test_proposals_are_written_as_a_glossary(bilingual: Bilingual, tmp_path: Path) -> None:
    before = bitext_of(*((one.source, one.before) for one in GOVERNMENT))
    after = bitext_of(*((one.source, one.after) for one in GOVERNMENT))
    write_outputs(before, tmp_path / "old/call", ["tmx"], DATE)
    write_outputs(after, tmp_path / "new/call", ["tmx"], DATE)
    run = bilingual("diff", "old", "new", "-q", "--terms", "proposed.csv")
    assert run.returncode == 0
    (concept,) = read_glossary(tmp_path / "proposed.csv").concepts
    assert (concept.source, concept.target, concept.status) == (
        "временное правительство",
        "interim government",
        "proposed",
    )
    assert bilingual("glossary", "check", "proposed.csv").returncode == 0
