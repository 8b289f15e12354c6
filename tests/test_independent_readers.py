"""Other programs read our files as they were written: translate-toolkit, polib, OmegaT."""

from collections.abc import Callable
from pathlib import Path

import omegat
import polib
import pytest
from conftest import DATE
from test_formats import NASTY, bitext_of
from test_reading import WRITERS, full_bitext, without_inlines
from translate.storage import po, tmx, xliff, xliff2

from toolkit import Bitext
from toolkit.formats.xliff12 import write_xliff12

Pairs = list[tuple[str, str]]


def by_translate_toolkit(kind: type) -> Callable[[Path], Pairs]:
    def read(path: Path) -> Pairs:
        units = kind.parsefile(str(path)).units  # type: ignore[attr-defined]
        return [(str(u.source), str(u.target or "")) for u in units if u.istranslatable()]

    return read


def by_polib(path: Path) -> Pairs:
    return [(entry.msgid, entry.msgstr) for entry in polib.pofile(str(path))]


READERS: dict[str, tuple[str, Callable[[Path], Pairs]]] = {
    "TMX by translate-toolkit": ("tmx", by_translate_toolkit(tmx.tmxfile)),
    "PO by translate-toolkit": ("po", by_translate_toolkit(po.pofile)),
    "PO by polib": ("po", by_polib),
    "XLIFF 1.2 by translate-toolkit": ("xliff12", by_translate_toolkit(xliff.xlifffile)),
    "XLIFF 2.0 by translate-toolkit": ("xliff20", by_translate_toolkit(xliff2.Xliff2File)),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "bitext",
    [without_inlines(full_bitext()), bitext_of(*((text, text) for text in NASTY))],
    ids=["full", "nasty"],
)
def test_texts_are_read_as_written(tmp_path: Path, reader: str, bitext: Bitext) -> None:
    name, read = READERS[reader]
    WRITERS[name](bitext, tmp_path / "file", DATE)
    expected = [(unit.source.text, unit.target) for unit in bitext.units]
    if name == "xliff12":  # a unit without a translation has a copy of its source
        expected = [(source, target or source) for source, target in expected]
    assert read(tmp_path / "file") == expected


@pytest.mark.parametrize(
    "reader", [name for name in READERS if name.startswith(("TMX", "XLIFF 1"))]
)
def test_inline_codes_stand_where_they_belong(tmp_path: Path, reader: str) -> None:
    """translate-toolkit gives the codes of the document's format with the text."""
    name, read = READERS[reader]
    WRITERS[name](full_bitext(), tmp_path / "file", DATE)
    assert read(tmp_path / "file")[0] == (
        '<a href="http://a.ru/?b=1&c">Мирный <b>договор</b></a>[^1] подписан.',
        '<a href="http://a.ru/?b=1&c">Peace <b>pact</b></a>[^1] signed.',
    )


@pytest.mark.omegat
@omegat.needs_omegat[1]
def test_omegat_shows_the_untranslated_units_of_an_xliff(tmp_path: Path) -> None:
    texts = ["Стороны согласны.", "Встреча прошла 5 мая."]
    path = tmp_path / "call.xlf"
    write_xliff12(bitext_of(*((text, "") for text in texts)), path, DATE)
    omegat.make_project(tmp_path / "project", [path], ("ru-RU", "en-US"))
    assert omegat.segments(tmp_path / "project") == set(texts)
