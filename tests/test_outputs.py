"""Output files: written whole, and never over somebody's work."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import DATE
from hypothesis import given, settings
from test_formats import TEXTS, bitext_of

from toolkit import Bitext, OutputError, read_bitext
from toolkit.files import write_atomically
from toolkit.formats.po import render_po
from toolkit.formats.tmx import render_tmx
from toolkit.formats.xliff12 import render_xliff12
from toolkit.outputs import FORMATS, find_present, write_outputs

FIRST = bitext_of(("Да", "Yes"), ("Нет", "No"))
SECOND = bitext_of(("Да", "Indeed"), ("Нет", "No"))
FILES = [
    "call.en.txt",
    "call.html",
    "call.po",
    "call.review.docx",
    "call.ru.txt",
    "call.tmx",
    "call.v2.xlf",
    "call.xlf",
]


def write(bitext: Bitext, folder: Path, *formats: str, overwrite: bool = False) -> list[Path]:
    return write_outputs(bitext, folder / "call", formats or FORMATS, DATE, overwrite=overwrite)


def test_all_formats_are_written_and_untouched_output_is_replaced(tmp_path: Path) -> None:
    write(FIRST, tmp_path / "new/folder")
    assert sorted(path.name for path in (tmp_path / "new/folder").iterdir()) == FILES
    write(SECOND, tmp_path / "new/folder")
    assert (tmp_path / "new/folder/call.en.txt").read_text("utf-8") == "Indeed\n\nNo\n"


@pytest.mark.parametrize("edited", ["call.tmx", "call.po", "call.en.txt"])
def test_edited_file_is_kept_and_nothing_is_written(tmp_path: Path, edited: str) -> None:
    write(FIRST, tmp_path)
    path = tmp_path / edited
    path.write_text(path.read_text("utf-8").replace("Yes", "Certainly"), encoding="utf-8")
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(OutputError, match=f"{edited}: has been reviewed or edited"):
        write(SECOND, tmp_path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    write(SECOND, tmp_path, overwrite=True)
    assert "Certainly" not in path.read_text("utf-8")


def test_text_without_a_tmx_beside_it_is_only_replaced_by_the_same(tmp_path: Path) -> None:
    write(FIRST, tmp_path, "text")
    write(FIRST, tmp_path, "text")
    with pytest.raises(OutputError, match="has been reviewed or edited"):
        write(SECOND, tmp_path, "text")


def test_foreign_file_of_the_same_name_is_kept(tmp_path: Path) -> None:
    (tmp_path / "call.tmx").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"call\.tmx: has been reviewed or edited"):
        write(FIRST, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["call.tmx"]


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be"):
        write(FIRST, tmp_path / "file/folder")
    with pytest.raises(OutputError, match="cannot be"):
        write(FIRST, Path("/proc"))


def test_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "note.txt"
    write_atomically(path, "old")

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write_atomically(path, "new")
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]
    assert path.read_text("utf-8") == "old"


def test_permissions_of_a_replaced_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.touch(mode=0o640)
    write_atomically(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640


# --- what an earlier run left --------------------------------------------------------------------


def reviewed(bitext: Bitext, target: str) -> Bitext:
    """Give a bitext as written and then reviewed, with another translation of its first unit."""
    first, *others = bitext.units
    first = replace(first, target=target, state="reviewed")
    return replace(bitext, units=(first, *others))


def present(folder: Path) -> list[tuple[str, str]]:
    work = find_present(folder / "call", FORMATS, ("ru", "en")).work
    return [(entry.unit.source.text, entry.unit.target) for entry in work]


RENDERERS = {"call.tmx": render_tmx, "call.po": render_po, "call.xlf": render_xliff12}


def review(path: Path, bitext: Bitext, target: str) -> None:
    """Put a reviewed translation into a file as a tool would that knows nothing of checksums."""
    after = reviewed(bitext, target)
    content = RENDERERS[path.name](after, DATE)
    new, old = (one.units[0].checksum.encode() for one in (after, bitext))
    assert content.count(new) == 1
    path.write_bytes(content.replace(new, old))


def test_nothing_is_kept_of_untouched_files(tmp_path: Path) -> None:
    assert present(tmp_path) == []
    write(FIRST, tmp_path)
    assert present(tmp_path) == []


@pytest.mark.parametrize("name", RENDERERS)
def test_reviewed_units_are_found_in_whichever_file(tmp_path: Path, name: str) -> None:
    """The other files, which are as they were written, do not stand in the way."""
    write(FIRST, tmp_path)
    review(tmp_path / name, FIRST, "Indeed")
    assert present(tmp_path) == [("Да", "Indeed")]


def test_files_with_kept_work_are_replaced_unless_they_change_meanwhile(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    review(tmp_path / "call.tmx", FIRST, "Indeed")
    found = find_present(tmp_path / "call", FORMATS, ("ru", "en"))
    new = reviewed(FIRST, "Indeed")
    write_outputs(new, tmp_path / "call", FORMATS, DATE, present=found)
    assert (tmp_path / "call.en.txt").read_text("utf-8") == "Indeed\n\nNo\n"
    assert present(tmp_path) == [("Да", "Indeed")]
    found = find_present(tmp_path / "call", FORMATS, ("ru", "en"))
    review(tmp_path / "call.po", new, "Of course")
    with pytest.raises(OutputError, match=r"call\.po: has been reviewed or edited"):
        write_outputs(SECOND, tmp_path / "call", FORMATS, DATE, present=found)


def test_later_review_goes_before_what_was_written_of_an_earlier_one(tmp_path: Path) -> None:
    first_round = reviewed(FIRST, "Indeed")
    write(first_round, tmp_path)
    review(tmp_path / "call.po", first_round, "Of course")
    assert present(tmp_path) == [("Да", "Of course")]


@given(TEXTS, TEXTS)
@settings(max_examples=20)
def test_unit_that_nobody_touched_is_known_in_every_format(source: str, target: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("tmx", "po", "xliff", "xliff2", "docx"):
            (path,) = write(bitext_of((source, target)), Path(folder), name)
            (unit,) = read_bitext(path).units
            assert unit.is_as_written


def test_two_different_reviews_are_not_mixed(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    review(tmp_path / "call.po", FIRST, "Indeed")
    review(tmp_path / "call.tmx", FIRST, "Of course")
    with pytest.raises(OutputError, match=r"was reviewed otherwise than .* `bilingual merge`"):
        present(tmp_path)


def test_edit_that_is_not_marked_is_named(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    path = tmp_path / "call.xlf"
    path.write_text(path.read_text("utf-8").replace(">No<", ">Never<"), encoding="utf-8")
    with pytest.raises(OutputError, match=r"segment 2\.1 “Нет”.*`bilingual merge`"):
        present(tmp_path)


def test_comment_on_an_unreviewed_unit_is_found(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    path = tmp_path / "call.po"
    content = path.read_text("utf-8").replace("#. block", "# hm\n#. block", 1)
    path.write_text(content, encoding="utf-8")
    (entry,) = find_present(tmp_path / "call", FORMATS, ("ru", "en")).work
    assert (entry.unit.notes, entry.unit.is_reviewed) == (("hm",), False)
