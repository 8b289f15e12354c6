"""Numbers, sums, times, addresses and Latin names arrive as they are, or converted by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.literals import find_literals, restore_literals

MENDED = [
    ("Выделено 5,5 млн евро.", "It gave 5,5 million euros.", "It gave 5.5 million euros."),
    ("Выделено 5,5 млн евро.", "It gave 5.5 billion euros.", "It gave 5.5 million euros."),
    ("Выделено 300 млн евро.", "It gave 300 euros.", "It gave 300 million euros."),
    ("Население — 1 234 567 человек.", "It has 1 234 567 people.", "It has 1,234,567 people."),
    ("Рост на 12,5 %.", "Growth of 12,5%.", "Growth of 12.5%."),
    ("Встреча в 19:30.", "A meeting at 19: 30.", "A meeting at 19:30."),
    ("Подписано 18.03.2025.", "Signed on 18. 03. 2025.", "Signed on 18.03.2025."),
    ("Объявлено 30-дневное перемирие.", "A 30 day truce.", "A 30-day truce."),
    ("Сайт www.un.org цел.", "The site www. un. org is up.", "The site www.un.org is up."),
    ("Пишите: press@mid.ru", "Write: press @ mid. ru", "Write: press@mid.ru"),
    ("Банк Goldman Sachs закрыт.", "Goldmann Sach is closed.", "Goldman Sachs is closed."),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "mended"), MENDED)
def test_damage_is_mended_and_told(source: str, target: str, mended: str) -> None:
    text, edits = restore_literals(source, target)
    assert text == mended
    assert [(edit.step, edit.before, edit.after) for edit in edits] == [("literal", target, mended)]


UNTOUCHED = [
    ("Объявлено 30-дневное перемирие.", "A 30-day truce."),
    ("Объявлено 30-дневное перемирие.", "A truce of 30 days."),
    ("Встреча в 19:30.", "A meeting at 7:30 p.m."),
    ("Выделено 1,5 млн евро.", "It gave 1,500,000 euros."),
    ("Пришли 3 министра.", "Three ministers came."),
    ("Ракета F-16 сбита.", "The F-16 was shot down."),
    ("Принята резолюция 2202.", "A decision was taken."),  # nothing to mend: the checks report it
    ("В 2014 году и в 2022 году.", "In 2014 and in 2022."),
    ("Об этом пишет The Local.", "This is what the local paper writes."),
    ("Введён 25-процентный налог.", "A tax of 25 percent was introduced."),
]


@pytest.mark.parametrize(("source", "target"), UNTOUCHED)
def test_what_is_right_or_cannot_be_mended_safely_stays(source: str, target: str) -> None:
    assert restore_literals(source, target) == (target, ())


def test_no_part_of_a_text_is_two_literals() -> None:
    source = "18.03.2025 в 19:30 на www.un.org 5,5 млн для New York Times и 12 человек"
    found = [(literal.kind, literal.source) for literal in find_literals(source)]
    assert sorted(found) == [
        ("address", "www.un.org"),
        ("date", "18.03.2025"),
        ("name", "New York Times"),
        ("number", "12"),
        ("sum", "5,5 млн"),
        ("time", "19:30"),
    ]


@given(st.text("абв 1,5:-.@млн", max_size=30), st.text("abc 1,5:-.@million", max_size=30))
def test_mending_twice_changes_nothing_more(source: str, target: str) -> None:
    once, _ = restore_literals(source, target)
    assert restore_literals(source, once)[0] == once
