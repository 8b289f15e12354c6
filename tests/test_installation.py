"""The installed product: what the wheel holds, what an import costs, what goes over the network."""

import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolkit

ROOT = Path(__file__).parent.parent
UV = os.environ.get("UV", "uv")  # uv sets UV for what it runs


def test_import_loads_neither_decoder_nor_torch_and_writes_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, toolkit; "
        "print([m for m in ('torch', 'ctranslate2', 'argostranslate', 'rich', 'trafilatura') "
        "if m in sys.modules])"
    )
    environment = os.environ | {"HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []


def test_public_names_are_all_there_and_no_others() -> None:
    assert set(toolkit.MODULE_OF) == set(toolkit.__all__)
    assert all(getattr(toolkit, name).__name__ == name for name in toolkit.__all__)
    with pytest.raises(AttributeError, match="no attribute 'registry'"):
        toolkit.registry  # noqa: B018


def test_help_loads_nothing_but_the_command_line() -> None:
    """That is what keeps it under a third of a second."""
    code = (
        "import sys; from toolkit.cli import main; main(['--help'], standalone_mode=False); "
        "print(sorted(m for m in sys.modules if m.startswith(('toolkit.', 'lxml', 'regex'))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "['toolkit.cli', 'toolkit.errors']"


def test_locked_environment_holds_none_of_the_heavy_packages() -> None:
    installed = {path.name.split("-")[0].lower() for path in Path(sys.prefix).rglob("*.dist-info")}
    assert "argostranslate" in installed
    assert not installed & {"torch", "stanza", "spacy", "onnxruntime"}


def test_translation_uses_no_network(tmp_path: Path) -> None:
    """With sockets forbidden, the main job does what it always does."""
    code = (
        "import socket, sys\n"
        "class Refused(socket.socket):\n"
        "    def connect(self, *args): raise AssertionError('network')\n"
        "socket.socket = Refused\n"
        "socket.getaddrinfo = socket.create_connection = Refused.connect\n"
        "from toolkit.cli import main\n"
        "main(['translate', sys.argv[1], '-o', sys.argv[2]])\n"
    )
    environment = os.environ | {"HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, str(ROOT / "seeds"), str(tmp_path / "out")]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, "failed 0" in run.stderr) == (0, True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--wheel", "--quiet", "-o", str(folder), str(ROOT)], check=True)
    (path,) = folder.glob("*.whl")
    return path


def members(wheel: Path) -> Iterator[str]:
    with zipfile.ZipFile(wheel) as archive:
        yield from archive.namelist()


def test_wheel_holds_model_rules_glossary_and_licences(wheel: Path) -> None:
    names = list(members(wheel))
    for end in (".argosmodel", ".srx", "diplomacy.ru-en.csv", "names.ru-en.csv", "py.typed"):
        assert [name for name in names if name.endswith(end)], end
    assert len([name for name in names if "/licenses/" in name and "LICENSE" in name]) == 3
    assert not [name for name in names if name.startswith(("tests", "training", "benchmarks"))]


def test_wheel_translates_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """A new environment with the wheel in it, without what the lock file leaves out."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    overrides = tmp_path / "overrides.txt"
    overrides.write_text("\n".join(settings["tool"]["uv"]["override-dependencies"]), "utf-8")
    environment = tmp_path / "environment"
    subprocess.run([UV, "venv", "-q", "-p", sys.executable, str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [UV, "pip", "install", "-q", "-p", str(python), "--override", str(overrides), str(wheel)],
        check=True,
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    run = subprocess.run(
        [str(environment / "bin" / "bilingual"), "translate", "-"],
        input="Беседа длилась более двух часов.",
        cwd=empty,
        env={"HOME": str(empty)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.stdout == "The conversation lasted more than two hours.\n"
    assert "(bundled)" in run.stderr
