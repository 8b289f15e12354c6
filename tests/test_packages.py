"""Model packages: what is accepted, what is refused, and which one is chosen."""

import hashlib
import http.server
import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable
from functools import partial
from importlib import resources
from pathlib import Path

import pytest
from conftest import METADATA, Bilingual

from toolkit import EngineError, bundled_package, find_package
from toolkit.packages import BUNDLED, open_package

BUNDLED_FILE = Path(str(resources.files("toolkit"))) / "data" / BUNDLED[0]


def test_bundled_package_is_the_pinned_one() -> None:
    assert hashlib.sha256(BUNDLED_FILE.read_bytes()).hexdigest() == BUNDLED[1]


def test_checksum_is_the_same_packed_and_unpacked(tmp_path: Path) -> None:
    shutil.unpack_archive(BUNDLED_FILE, tmp_path, "zip")
    assert open_package(tmp_path / bundled_package().name).sha256 == bundled_package().sha256


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"m/metadata.json": METADATA, "m/../../evil": "x"}, "points outside the package"),
        ({"m/metadata.json": METADATA, "/etc/evil": "x"}, "points outside the package"),
        ({"m/metadata.json": METADATA, "C:\\evil": "x"}, "points outside the package"),
        ({"m/metadata.json": METADATA, "n/x": "x"}, "exactly one folder"),
        ({}, "exactly one folder"),
        ({"m/readme": "x"}, "no metadata.json"),
        ({"m/metadata.json": "{"}, "Expecting"),
        ({"m/metadata.json": "[]"}, "not an object"),
        ({"m/metadata.json": json.dumps({"type": "sbd"})}, "not a translation package"),
    ],
)
def test_unsafe_or_incomplete_archive_is_refused(
    write_archive: Callable[..., Path], members: dict[str, str], problem: str
) -> None:
    path = write_archive("bad.argosmodel", members)
    with pytest.raises(EngineError, match=problem):
        open_package(path)


def test_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("m/model")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.argosmodel", "w") as archive:
        archive.writestr("m/metadata.json", METADATA)
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(EngineError, match="is a link"):
        open_package(tmp_path / "link.argosmodel")


def test_archive_that_unpacks_to_more_than_any_model_is_refused(
    write_archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.packages.MAX_UNPACKED_BYTES", 1000)
    path = write_archive("bomb.argosmodel", {"m/metadata.json": METADATA, "m/model": "0" * 1001})
    with pytest.raises(EngineError, match="larger than any translation model"):
        open_package(path)


def test_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.argosmodel"
    path.write_text("no zip", encoding="utf-8")
    with pytest.raises(EngineError, match="not a usable Argos package"):
        open_package(path)


def test_missing_pair_says_how_to_get_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.packages._installed_folders", list)
    with pytest.raises(EngineError, match="bilingual model install --from-index kk fr"):
        find_package("kk", "fr")
    with pytest.raises(EngineError, match="no such file or package"):
        find_package("ru", "en", str(tmp_path / "nowhere"))


def test_package_of_another_pair_is_refused() -> None:
    with pytest.raises(EngineError, match="translates ru to en, not en to ru"):
        find_package("en", "ru", str(BUNDLED_FILE))


def test_region_of_a_language_code_does_not_matter() -> None:
    assert find_package("ru-RU", "en_US").source_lang == "ru"


def test_package_is_installed_used_and_removed(bilingual: Bilingual) -> None:
    """An installed package of the pair goes before the bundled one."""
    assert "installed translate-ru_en" in bilingual("model", "install", BUNDLED_FILE).stdout
    assert bilingual("model", "list").stdout.count("ru → en") == 2
    again = bilingual("model", "install", BUNDLED_FILE)
    assert (again.returncode, "is installed already" in again.stderr) == (1, True)
    run = bilingual("translate", "-", stdin="Беседа длилась более двух часов.")
    assert "(installed)" in run.stderr
    assert bilingual("model", "remove", bundled_package().name).returncode == 0
    assert bilingual("model", "list").stdout.count("ru → en") == 1
    assert bilingual("model", "remove", bundled_package().name).returncode == 1


def test_damaged_installed_package_is_named_and_passed_over(
    bilingual: Bilingual, tmp_path: Path
) -> None:
    (tmp_path / "home/.local/share/argos-translate/packages/broken").mkdir(parents=True)
    assert "damaged" in bilingual("model", "list").stdout
    assert bilingual("translate", "-", stdin="Беседа.").returncode == 0


def test_package_whose_model_does_not_load_is_not_installed(
    bilingual: Bilingual, write_archive: Callable[..., Path]
) -> None:
    members = {
        "m/metadata.json": METADATA,
        "m/sentencepiece.model": b"x",
        "m/model/model.bin": b"x",
    }
    run = bilingual("model", "install", write_archive("broken.argosmodel", members))
    assert (run.returncode, "does not load" in run.stderr) == (1, True)
    assert "m " not in bilingual("model", "list").stdout


def test_package_is_installed_from_an_index(
    bilingual: Bilingual, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index and the download go over the network: here that of this machine alone."""
    served = tmp_path / "served"
    served.mkdir()
    shutil.copy(BUNDLED_FILE, served / "ru_en.argosmodel")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        entry = json.loads(METADATA) | {"links": [address + "ru_en.argosmodel"]}
        (served / "index.json").write_text(json.dumps([entry]), encoding="utf-8")
        monkeypatch.setenv("ARGOS_PACKAGE_INDEX", address)
        run = bilingual("model", "install", "--from-index", "ru", "en")
        none = bilingual("model", "install", "--from-index", "ru", "fr")
        server.shutdown()
    assert "installed translate-ru_en" in run.stdout
    assert (none.returncode, "no package that translates ru to fr" in none.stderr) == (1, True)


def test_index_that_cannot_be_reached_is_told_in_one_sentence(
    bilingual: Bilingual, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGOS_PACKAGE_INDEX", "http://127.0.0.1:9/")
    run = bilingual("model", "install", "--from-index", "ru", "en")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "cannot be reached" in run.stderr


def test_card_is_shown(bilingual: Bilingual) -> None:
    run = bilingual("model", "info")
    assert bundled_package().sha256 in run.stdout
    assert "Licence" in run.stdout
