"""translations/ holds what `make translate` makes of seeds/."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DATE
from lxml import etree

ROOT = Path(__file__).parent.parent
FILES = sorted(path.name for path in (ROOT / "translations").glob("[!.]*"))


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("translations")
    command = [sys.executable, "-m", "toolkit", "translate", "seeds", "-o", str(folder)]
    subprocess.run([*command, "-q", "--date", f"{DATE:%Y-%m-%d}"], cwd=ROOT, check=True)
    return folder


def test_worked_example_has_the_files_of_each_seed(produced: Path) -> None:
    assert sorted(path.name for path in produced.glob("[!.]*")) == FILES
    assert len(FILES) == 5 * len(list((ROOT / "seeds").iterdir()))


@pytest.mark.parametrize("name", FILES)
def test_worked_example_is_what_the_command_produces(produced: Path, name: str) -> None:
    assert (ROOT / "translations" / name).read_bytes() == (produced / name).read_bytes()


def test_seed_is_translated_whole() -> None:
    """Ten lines, thirteen sentences, each with an English one."""
    for seed in (ROOT / "seeds").iterdir():
        tree = etree.parse(str(ROOT / "translations" / f"{seed.stem}.tmx"))
        segments = [unit.findall("tuv/seg") for unit in tree.iter("tu")]
        assert all(len(pair) == 2 and pair[1].text for pair in segments)
        source = "".join("".join(pair[0].text or "" for pair in segments).split())
        assert source == "".join(seed.read_text("utf-8").split())
