"""Terms in a whole translation: annotated, enforced, recorded, reversible, and left to be."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Bilingual, WordForWord
from stub_package import write_stub_package

from toolkit import ArgosEngine, Block, Concept, Document, Glossary, TermMatcher, translate_document
from toolkit.engine import Decoding, Hypothesis
from toolkit.formats.tmx import render_tmx
from toolkit.packages import open_package

TRUCE = Concept("truce", "перемирие", "armistice")
MATCHER = TermMatcher(Glossary(concepts=(TRUCE,)))
ARTICLE = Document(
    "note", "ru", "", (Block("paragraph", "Перемирие нарушено. Выделено 5,5 млн евро."),)
)


class Annotated(WordForWord):
    """An engine that was trained to read terms in the source."""

    reads_annotations = True

    def __init__(self, table: dict[str, str]) -> None:
        super().__init__(table)
        self.asked: list[str] = []

    def translate(
        self, texts: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[Hypothesis]:
        """Remember what was asked for."""
        self.asked += texts
        return super().translate(texts, decoding)


def test_model_that_reads_terms_gets_them() -> None:
    source = "Перемирие <term> armistice </term> нарушено."
    engine = Annotated({source: "The armistice has been violated."})
    bitext = translate_document(ARTICLE, engine, MATCHER)
    assert engine.asked[0] == source
    assert bitext.units[0].source.text == "Перемирие нарушено."
    assert bitext.units[0].target == "The armistice has been violated."
    assert bitext.units[0].edits == ()


def test_model_that_reads_terms_gets_none_where_terms_are_not_enforced() -> None:
    engine = Annotated({})
    translate_document(ARTICLE, engine, MATCHER, enforce=False)
    assert engine.asked[0] == "Перемирие нарушено."


def test_annotations_reach_a_package_that_reads_them(tmp_path: Path) -> None:
    """A stub of random weights: its output changes with the annotation and holds no mark."""
    concept = Concept("house", "house", "Haus")
    matcher = TermMatcher(Glossary("en", "de", (concept,)))
    document = Document("note", "en", "", (Block("paragraph", "the house"),))
    package = write_stub_package(tmp_path, "sentencepiece.model", terminology=True)
    engine = ArgosEngine(open_package(package))
    (told,) = translate_document(document, engine, matcher).units
    (plain,) = translate_document(document, engine, matcher, enforce=False).units
    assert told.raw != plain.raw
    assert "term>" not in told.target


def test_edits_tell_what_the_model_wrote(engine: ArgosEngine) -> None:
    """The raw translation can be had back, and the TMX shows each change with its reason."""
    bitext = translate_document(ARTICLE, engine, MATCHER)
    plain = translate_document(ARTICLE, engine, MATCHER, enforce=False)
    unit = bitext.units[0]
    assert "armistice" in unit.target
    assert unit.raw == plain.units[0].target
    assert unit.issues == ()
    assert [issue.check for issue in plain.units[0].issues] == ["term-missing"]
    tmx = render_tmx(bitext, datetime(2026, 11, 27, tzinfo=UTC)).decode()
    assert '<prop type="x-edit">term-replaced: «перемирие» is “armistice”</prop>' in tmx
    assert f'<prop type="x-before-edit">{unit.raw}</prop>' in tmx


def test_issue_tells_why_a_term_was_left(engine: ArgosEngine) -> None:
    """The reason stands wherever the issue does: in the TMX, on the page, in reports."""
    banana = Concept("banana", "перемирие", "Presidential Press Secretary")
    bitext = translate_document(ARTICLE, engine, TermMatcher(Glossary(concepts=(banana,))))
    (issue,) = [one for one in bitext.units[0].issues if one.check == "term-missing"]
    assert issue.message == (
        "«перемирие» should be “Presidential Press Secretary”; left because the model does not "
        "connect it with the source term; check the entry"
    )
    tmx = render_tmx(bitext, datetime(2026, 11, 27, tzinfo=UTC)).decode()
    assert f"warning term-missing: {issue.message}" in tmx


def test_signature_tells_whether_terms_were_enforced(engine: ArgosEngine) -> None:
    labels = {
        translate_document(ARTICLE, engine, MATCHER, enforce=enforce).signature.engine
        for enforce in (True, False)
    }
    assert len(labels) == 2


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text("Министры обсудили перемирие.\n", encoding="utf-8")
    (tmp_path / "house.csv").write_text(
        "id,ru,en,status\ntruce,перемирие,armistice,approved\n", encoding="utf-8"
    )
    return path


def test_terms_are_enforced_unless_declined(bilingual: Bilingual, article: Path) -> None:
    run = bilingual("translate", article, "-g", "house.csv", "-q")
    assert "armistice" in run.stdout
    run = bilingual("translate", article, "-g", "house.csv", "-q", "--no-enforce")
    assert "armistice" not in run.stdout


def test_each_change_is_explained(bilingual: Bilingual, article: Path) -> None:
    run = bilingual("translate", article, "-g", "house.csv", "--explain")
    assert "term-replaced: The ministers discussed the armistice." in run.stderr
    assert "(«перемирие» is “armistice”)" in run.stderr
    assert "→ preferred “armistice”" in run.stderr
    assert "  model: The ministers" in run.stderr
    assert run.stdout.count("\n") == 1


def test_reason_why_a_term_was_left_is_explained(bilingual: Bilingual, article: Path) -> None:
    (article.parent / "house.csv").write_text(
        "id,ru,en,status\ntruce,перемирие,Presidential Press Secretary,approved\n", "utf-8"
    )
    run = bilingual("translate", article, "-g", "house.csv", "--explain")
    assert (
        "→ missing (left because the model does not connect it with the source term" in run.stderr
    )
