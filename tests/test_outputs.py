"""Output files: written whole, and never over somebody's work."""

from pathlib import Path

import pytest
from conftest import DATE
from test_formats import bitext_of

from toolkit import Bitext, OutputError
from toolkit.files import write_atomically
from toolkit.outputs import FORMATS, write_outputs

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
