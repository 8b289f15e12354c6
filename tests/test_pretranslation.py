"""What goes before the machine: reviewed units of an earlier run, and a memory's matches."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_formats import bitext_of
from test_memory import entry

from toolkit import (
    ArgosEngine,
    Block,
    Document,
    Glossary,
    Inline,
    TermMatcher,
    TranslationMemory,
    Unit,
    translate_document,
)
from toolkit.bitext import Concept
from toolkit.memory import Entry, entries_of
from toolkit.pretranslation import Reuse, find_orphans, keep_reviewed, pretranslate
from toolkit.substitution import find_values, substitute

RU_EN = ("ru", "en")


@pytest.fixture
def memory() -> Iterator[TranslationMemory]:
    with TranslationMemory(Path(":memory:"), create=True) as memory:
        yield memory


def untranslated(*sources: str) -> list[Unit]:
    return list(bitext_of(*((source, "") for source in sources)).units)


def earlier(*pairs: tuple[str, str]) -> list[Entry]:
    """Give reviewed units in the order of a document; those without translation are unreviewed."""
    units = (
        replace(unit, state="reviewed") if unit.target else unit for unit in bitext_of(*pairs).units
    )
    return list(entries_of(replace(bitext_of(*pairs), units=tuple(units))))


# --- reviewed units of an earlier run ------------------------------------------------------------


def test_reviewed_units_follow_their_sentences() -> None:
    work = earlier(("Да.", "Yes."), ("Мир.", "Peace."), ("Нет.", "No."))
    kept = keep_reviewed(untranslated("Новое.", "Мир.", "Нет.", "Да."), work)
    assert [unit.target for unit in kept] == ["", "Peace.", "No.", "Yes."]
    assert [unit.source.id for unit in kept] == ["1.1", "2.1", "3.1", "4.1"]
    assert find_orphans(kept, work) == []


def test_repeated_sentence_is_kept_by_its_context() -> None:
    work = earlier(("Мир?", ""), ("Да.", "Yes."), ("Война?", ""), ("Да.", "Certainly."))
    kept = keep_reviewed(untranslated("Война?", "Да.", "Мир?", "Да.", "Да."), work)
    assert [unit.target for unit in kept] == ["", "Certainly.", "", "Yes.", ""]


def test_orphans_are_told() -> None:
    work = earlier(("Да.", "Yes."), ("Мир.", "Peace."))
    kept = keep_reviewed(untranslated("Да."), work)
    assert [one.unit.target for one in find_orphans(kept, work)] == ["Peace."]


def test_notes_of_an_unreviewed_unit_are_kept() -> None:
    (one,) = entries_of(bitext_of(("Да.", "Yes.")))
    noted = replace(one, unit=replace(one.unit, notes=("bilingual-ignore: length",)))
    (unit,) = keep_reviewed(untranslated("Да."), [noted])
    assert (unit.target, unit.notes) == ("", ("bilingual-ignore: length",))


def test_reviewed_formatting_takes_the_codes_of_the_new_document() -> None:
    (work,) = earlier(("Да.", "Yes."))
    old = Inline("bold", 0, 2, "<b>", "</b>")
    source = replace(work.unit.source, inlines=(old,))
    unit = replace(work.unit, source=source, inlines=(replace(old, stop=3),))
    (new,) = untranslated("Да.")
    strong = Inline("bold", 0, 2, "<strong>", "</strong>")
    new = replace(new, source=replace(new.source, inlines=(strong,)))
    (kept,) = keep_reviewed([new], [replace(work, unit=unit)])
    assert kept.inlines == (replace(strong, stop=3),)


# --- matches of a memory -------------------------------------------------------------------------


def test_exact_match_stays_reviewed_only_in_context(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Да.", "Yes.", "", "Мир.")])
    reuse = Reuse(memories=[memory])
    first, _, third = pretranslate(untranslated("Да.", "Мир.", "Да."), RU_EN, reuse, None)
    assert (first.target, first.origin, first.state) == ("Yes.", "memory", "reviewed")
    assert (third.target, third.origin, third.state) == ("Yes.", "memory", "translated")


def test_other_translations_of_the_same_text_are_proposed(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Да.", "Yes.", "", ""), entry("Да.", "Indeed.", "x", "y")])
    (unit,) = pretranslate(untranslated("Да."), RU_EN, Reuse(memories=[memory]), None)
    assert unit.target == "Yes."
    assert [(one.target, one.similarity) for one in unit.proposals] == [("Indeed.", 1.0)]


def test_first_memory_goes_before_the_second(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Да.", "Yes.")])
    with TranslationMemory(Path(":memory:"), create=True) as second:
        second.add_entries([entry("Да.", "Yeah.", state="final")])
        (unit,) = pretranslate(untranslated("Да."), RU_EN, Reuse(memories=[memory, second]), None)
    assert (unit.target, unit.proposals[0].target) == ("Yes.", "Yeah.")


NAMES = Glossary(
    concepts=(
        Concept("lavrov", "Сергей Лавров", "Sergey Lavrov", pos="name"),
        Concept("wang", "Ван И", "Wang Yi", pos="name"),
    )
)


def test_name_that_differs_is_exchanged(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Сергей Лавров прибыл в Женеву.", "Sergey Lavrov came to Geneva.")])
    matcher = TermMatcher(NAMES)
    units = [
        replace(unit, terms=matcher.find(unit.source.text))
        for unit in untranslated("Ван И прибыл в Женеву.")
    ]
    reuse = Reuse(memories=[memory], least=0.5)
    (unit,) = pretranslate(units, RU_EN, reuse, matcher)
    assert (unit.target, unit.origin) == ("Wang Yi came to Geneva.", "memory")
    assert unit.edits[0].reason == "“Sergey Lavrov” → “Wang Yi”"


def test_fuzzy_match_fills_only_on_request(memory: TranslationMemory) -> None:
    memory.add_entries([entry("Беседа длилась 2 часа в Вене.", "The talk took 2 hours in Vienna.")])
    units = untranslated("Беседа длилась 3 часа в Праге.")
    (unit,) = pretranslate(units, RU_EN, Reuse(memories=[memory]), None)
    (proposal,) = unit.proposals
    assert (unit.target, proposal.target) == ("", "The talk took 3 hours in Vienna.")
    assert proposal.source == "Беседа длилась 2 часа в Вене."
    (unit,) = pretranslate(units, RU_EN, Reuse(memories=[memory], fuzzy_first=True), None)
    assert (unit.target, unit.state) == ("The talk took 3 hours in Vienna.", "translated")
    assert unit.proposals == (proposal,)


def test_engine_touches_nothing_that_was_found(
    engine: ArgosEngine, memory: TranslationMemory
) -> None:
    """Enforcement leaves a reviewer's words, and the checks still tell what is missing."""
    text = "Стороны обсудили перемирие."
    memory.add_entries([entry(text, "They spoke of a lull.", "", "")])
    matcher = TermMatcher(Glossary(concepts=(Concept("truce", "перемирие", "truce"),)))
    document = Document("call", "ru", "", (Block("paragraph", f"{text} Перемирие нарушено."),))
    bitext = translate_document(document, engine, matcher, reuse=Reuse(memories=[memory]))
    first, second = bitext.units
    assert (first.target, first.edits) == ("They spoke of a lull.", ())
    assert [issue.check for issue in first.issues] == ["term-missing"]
    assert "truce" in second.target.lower()


# --- values --------------------------------------------------------------------------------------

EXCHANGED = [
    ("Принято 5 мер.", "5 steps taken.", "Принято 7 мер.", "7 steps taken."),
    ("В 19:30 и 20:15.", "At 19:30 and 20:15.", "В 20:15 и 19:30.", "At 20:15 and 19:30."),
    ("Выделено 5,5 млн евро.", "€5.5 million given.", "Выделено 7 млрд евро.", "€7 billion given."),
    ("Дано 5,5 млн евро.", "5.5 million euros.", "Дано 7 млрд евро.", "7 billion euros."),
    ("Доклад NATO.", "NATO report.", "Доклад OSCE.", "OSCE report."),
    ("1 год.", "1 year.", "21 год.", None),  # another number in English
    ("5 лет и 5 дней.", "5 years and 5 days.", "5 лет и 6 дней.", None),  # which of them?
    ("Пункт 5.", "Article five.", "Пункт 6.", None),
    ("Пункт 5.", "Article 5.1.", "Пункт 6.", None),
    ("Пункт 5.", "Article 5.", "Пункт 5 и 6.", None),
]


@pytest.mark.parametrize(("old", "translation", "new", "expected"), EXCHANGED)
def test_values_are_exchanged_where_that_is_safe(
    old: str, translation: str, new: str, expected: str | None
) -> None:
    before, after = ((text, find_values(text, (), RU_EN)) for text in (old, new))
    result = substitute(before, translation, after)
    assert (result and result.target) == expected
    assert result is None or result.whole


def test_other_languages_exchange_plain_numbers_only() -> None:
    langs = ("de", "en")
    before, after = ((text, find_values(text, (), langs)) for text in ("5 Tage", "7 Tage"))
    result = substitute(before, "5 days", after)
    assert result is not None
    assert result.target == "7 days"
    assert find_values("5,5 Mio.", (), langs) == ()
