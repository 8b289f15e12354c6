"""`bilingual convert`: from any format to any, and out of damaged files what is whole."""

import gzip
from pathlib import Path

import pytest
from conftest import DATE, Bilingual
from test_formats import bitext_of
from test_reading import SUFFIXES, WRITERS, full_bitext, without_inlines

from toolkit import FormatError
from toolkit.inputs import read_bitext
from toolkit.outputs import RENDERERS, write_bitext
from toolkit.salvage import salvage_bitext

PAIRS = [("Да", "Yes"), ("Нет", "No"), ("Мир", "Peace")]


def test_every_format_becomes_every_other_without_loss(tmp_path: Path) -> None:
    bitext = without_inlines(full_bitext())
    suffixes = [suffix for suffix in RENDERERS if suffix != ".html"]  # a page is only written
    for suffix in suffixes:
        first = tmp_path / f"first{suffix}"
        write_bitext(bitext, first, DATE)
        for other in suffixes:
            second = tmp_path / f"second{other}"
            write_bitext(read_bitext(first), second, DATE, overwrite=True)
            assert read_bitext(second) == bitext, (suffix, other)


def test_convert_takes_the_languages_asked_for(bilingual: Bilingual, tmp_path: Path) -> None:
    write_bitext(bitext_of(*PAIRS), tmp_path / "a.tmx", DATE)
    run = bilingual("convert", "a.tmx", "b.xlf", "--source-lang", "en", "--target-lang", "ru-RU")
    assert (run.returncode, run.stderr) == (0, "b.xlf: 3 units\n")
    bitext = read_bitext(tmp_path / "b.xlf")
    assert (bitext.source_lang, bitext.target_lang) == ("en", "ru-RU")
    assert (bitext.units[0].source.text, bitext.units[0].target) == ("Yes", "Да")


def test_convert_keeps_somebodys_work(bilingual: Bilingual, tmp_path: Path) -> None:
    write_bitext(bitext_of(*PAIRS), tmp_path / "a.tmx", DATE)
    write_bitext(full_bitext(), tmp_path / "b.po", DATE)
    run = bilingual("convert", "a.tmx", "b.po")
    assert run.returncode == 1
    assert "b.po: has been reviewed or edited" in run.stderr
    assert bilingual("convert", "a.tmx", "b.po", "--overwrite").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("a.tmx", "b.odt"), 1, "b.odt: is no bitext by its name; choose from .tmx, .po"),
        (("none.tmx", "b.po"), 2, "'none.tmx' does not exist"),
        (("bad.tmx", "b.po"), 1, "bad.tmx, line 2: the XML is damaged"),
    ],
)
def test_convert_says_what_is_wrong(
    bilingual: Bilingual, tmp_path: Path, arguments: tuple[str, str], code: int, message: str
) -> None:
    write_bitext(bitext_of(*PAIRS), tmp_path / "a.tmx", DATE)
    (tmp_path / "bad.tmx").write_text("<tmx><body>\n<tu>", encoding="utf-8")
    run = bilingual("convert", *arguments)
    assert run.returncode == code
    assert message in run.stderr
    assert not (tmp_path / "b.po").exists()


DAMAGES = {
    "an element is not closed": (b"No</seg>", b"No"),
    "a tag is cut": (b"<seg>No</seg>", b"<seg>No</se"),
    "bytes are no letters": ("Нет".encode(), b"\xd0\xff\xd0"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_unit_is_lost_and_the_others_are_saved(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "call.tmx"
    write_bitext(bitext_of(*PAIRS), path, DATE)
    old, new = DAMAGES[damage]
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(FormatError, match="--salvage"):
        read_bitext(path)
    bitext, lost = salvage_bitext(path)
    assert lost == 1
    assert [unit.target for unit in bitext.units] == ["Yes", "Peace"]
    assert bitext.document.id == "call"
    assert bitext.signature.model == "ru_en 1.0"


@pytest.mark.parametrize("junk", ["\x01", "&#1;", "&#x1F;", "&zwnj;", " & "])
def test_stray_characters_cost_no_unit(tmp_path: Path, junk: str) -> None:
    path = tmp_path / "call.tmx"
    write_bitext(bitext_of(*PAIRS), path, DATE)
    content = path.read_text("utf-8").replace('<!DOCTYPE tmx SYSTEM "tmx14.dtd">', "")
    path.write_text(content.replace("Yes", f"Yes{junk}sir"), encoding="utf-8")
    bitext, lost = salvage_bitext(path)
    assert (len(bitext.units), lost) == (3, 0)
    assert bitext.units[0].target.replace("\u200c", "") in {"Yessir", "Yes & sir"}


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "docx"])
def test_what_stands_before_a_cut_is_saved(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"call{SUFFIXES.get(name, f'.{name}')}"
    WRITERS[name](bitext_of(*PAIRS * 20), path, DATE)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    bitext, lost = salvage_bitext(path)
    assert 25 < len(bitext.units) < 35
    assert lost <= 1
    assert all((u.source.text, u.target) in PAIRS for u in bitext.units)
    packed = gzip.compress(content)
    path.with_name(f"{path.name}.gz").write_bytes(packed[: len(packed) * 3 // 4])
    assert salvage_bitext(path.with_name(f"{path.name}.gz"))[0].units


def test_sound_file_loses_nothing(tmp_path: Path) -> None:
    for name, write in WRITERS.items():
        if name != "docx":
            path = tmp_path / f"call{SUFFIXES.get(name, f'.{name}')}"
            write(full_bitext(), path, DATE)
            bitext, lost = salvage_bitext(path)
            assert (bitext.units, lost) == (read_bitext(path).units, 0)


def test_nothing_to_salvage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "call.tmx"
    path.write_text("no TMX at all", encoding="utf-8")
    with pytest.raises(FormatError, match=r"call\.tmx: nothing can be taken out"):
        salvage_bitext(path)


def test_convert_counts_what_was_lost(bilingual: Bilingual, tmp_path: Path) -> None:
    path = tmp_path / "call.tmx"
    write_bitext(bitext_of(*PAIRS), path, DATE)
    path.write_bytes(path.read_bytes().replace(b"No</seg>", b"No"))
    run = bilingual("convert", "--salvage", "call.tmx", "sound.tmx")
    assert run.stderr == "units taken out 2, lost 1\nsound.tmx: 2 units\n"
    assert len(read_bitext(tmp_path / "sound.tmx").units) == 2
