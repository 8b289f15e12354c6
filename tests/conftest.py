"""What tests share: the engine with the bundled model, stub packages, and the command line."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from toolkit import ArgosEngine, bundled_package
from toolkit.engine import Decoding, Hypothesis

DATE = datetime(2026, 11, 27, tzinfo=UTC)
SCHEMAS = Path(__file__).parent / "data" / "schemas"


settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name cases given as bytes, which pytest does not when identifiers stay in Cyrillic."""
    return repr(val) if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def engine() -> ArgosEngine:
    return ArgosEngine(bundled_package())


class WordForWord:
    """An engine that looks its translations up: the boundary where tests need no model."""

    source_lang, target_lang = "ru", "en"
    label, model_label, model_sha256 = "table", "word-for-word 1", "0" * 64
    reads_annotations = False
    threads = 1

    def __init__(self, *tables: dict[str, str]) -> None:
        self.tables = list(tables)

    def translate(
        self, texts: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[Hypothesis]:
        """Answer from the first table, and from the next one at the next call with texts."""
        del decoding
        table = self.tables.pop(0) if len(self.tables) > 1 and texts else self.tables[0]
        return (Hypothesis(table.get(text, "words"), -1.0, 2) for text in texts)

    def fits(self, text: str) -> bool:
        """Answer no, for nothing can be completed or scored."""
        del text
        return False

    def complete(
        self, texts: Sequence[str], beginnings: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[str]:
        """Complete nothing."""
        del texts, beginnings, decoding
        return iter(())

    def score(self, texts: Sequence[str], translations: Sequence[str]) -> list[tuple[float, ...]]:
        """Score nothing."""
        del texts, translations
        return []


Bilingual = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bilingual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bilingual:
    """Run the command line in a folder of its own, with an empty home directory."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "toolkit", *map(str, arguments)]
        return subprocess.run(
            command, input=stdin, capture_output=True, encoding="utf-8", check=False
        )

    return run


@pytest.fixture
def write_archive(tmp_path: Path) -> Callable[..., Path]:
    """Write a zip archive of members given by name."""

    def write(name: str, members: dict[str, bytes | str]) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return write


METADATA = json.dumps({"from_code": "ru", "to_code": "en", "package_version": "9.9"})
