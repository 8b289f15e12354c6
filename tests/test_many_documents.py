"""Many documents in one run: each is translated as if it were alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from conftest import Bilingual, WordForWord

from toolkit import ArgosEngine, Block, Document, TermMatcher, bundled_package, load_glossary
from toolkit.ahead import work_ahead
from toolkit.engine import Decoding, Hypothesis
from toolkit.pipeline import translate_document, translate_documents

SENTENCES = (
    (Path(__file__).parent.parent / "benchmarks" / "data" / "sentences.ru.txt")
    .read_text("utf-8")
    .splitlines()
)


def documents(*sizes: int) -> Iterator[Document]:
    """Give documents of so many sentences, each with other ones."""
    start = 0
    for size in sizes:
        blocks = (Block("paragraph", " ".join(SENTENCES[start : start + size])),)
        yield Document(f"article {start}", "ru", "", blocks)
        start += size


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_glossary())


def test_document_among_others_is_as_it_is_alone(matcher: TermMatcher) -> None:
    """To the bit of the scores, with one thread or several."""
    several = ArgosEngine(bundled_package(), threads=3)
    together = list(translate_documents(documents(1, 12, 3, 7), several, matcher))
    one = ArgosEngine(bundled_package(), threads=1)
    alone = [translate_document(document, one, matcher) for document in documents(1, 12, 3, 7)]
    assert together == alone


class Counting(WordForWord):
    """Remembers what it was asked."""

    asked: tuple[str, ...] = ()

    def translate(
        self, texts: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[Hypothesis]:
        """Translate as the table says."""
        self.asked += tuple(texts)
        return super().translate(texts, decoding)


def test_same_segment_is_translated_once() -> None:
    engine = Counting({"Мир.": "Peace.", "Война.": "War."})
    document = Document("poem", "ru", "", (Block("paragraph", "Мир. Война. Мир."),))
    bitext = translate_document(document, engine, enforce=False)
    assert [unit.target for unit in bitext.units] == ["Peace.", "War.", "Peace."]
    assert engine.asked == ("Мир.", "Война.")


def test_documents_are_taken_only_a_few_ahead() -> None:
    """However many there are, no more are held than keep the threads busy."""
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    squares = work_ahead(lambda number: number * number, endless(), threads=2)
    for expected in (1, 4, 9):
        _, result = next(squares)
        assert result.result() == expected
    assert taken <= 8
    squares.close()


def test_what_has_not_begun_is_dropped() -> None:
    begun: list[int] = []
    waiting = Event()

    def work(number: int) -> None:
        begun.append(number)
        waiting.wait(10)

    results = work_ahead(work, range(100), threads=1)
    next(results)
    waiting.set()
    results.close()
    assert len(begun) < 5


def test_errors_stay_with_their_task() -> None:
    results = list(work_ahead(lambda number: 1 // number, [1, 0, 1], threads=2))
    assert [future.exception() is None for _, future in results] == [True, False, True]


def test_order_of_a_run_is_that_of_its_articles(bilingual: Bilingual, tmp_path: Path) -> None:
    """Also where a later one is finished first, and one in between fails."""
    for name, text in (("a", " ".join(SENTENCES[:9])), ("b", ""), ("c", "Мир."), ("d", "Да.")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    names = [f"{name}.txt" for name in "abcd"]
    run = bilingual("translate", *names, "-o", "out", "--to", "tmx", "--date", "2026-11-27")
    assert (run.returncode, "documents 3" in run.stderr, "failed 1" in run.stderr) == (
        1,
        True,
        True,
    )
    bilingual("translate", "c.txt", "-o", "alone", "--to", "tmx", "--date", "2026-11-27")
    assert (tmp_path / "out/c.tmx").read_bytes() == (tmp_path / "alone/c.tmx").read_bytes()
