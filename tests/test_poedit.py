"""Poedit 3.2 opens what the toolkit writes."""

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import DATE
from test_reading import SUFFIXES, WRITERS, full_bitext

PROGRAMS = ("poedit", "xvfb-run", "xdotool", "dbus-run-session")
# Opens a file on a screen of its own and prints the first title that is not Poedit's alone.
SCRIPT = """
poedit "$1" >/dev/null 2>&1 &
for _ in $(seq 90); do
  sleep 0.5
  for window in $(xdotool search --onlyvisible --name '.+' 2>/dev/null); do
    title=$(xdotool getwindowname "$window" 2>/dev/null)
    case "$title" in ""|poedit|Poedit) ;; *) echo "$title"; kill $!; exit ;; esac
  done
done
kill $!
"""

pytestmark = [
    pytest.mark.poedit,
    pytest.mark.skipif(
        not all(map(shutil.which, PROGRAMS)),
        reason="apt-get install --no-install-recommends poedit xvfb xdotool dbus-x11",
    ),
]


def title_in_poedit(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    command = ["xvfb-run", "-a", "dbus-run-session", "--", "bash", "-c", SCRIPT, "bash", str(path)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout


@pytest.mark.parametrize("name", ["po", "xliff12", "xliff20"])
def test_poedit_opens_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = tmp_path / f"call{SUFFIXES.get(name, f'.{name}')}"
    WRITERS[name](full_bitext(), path, DATE)
    assert path.name in title_in_poedit(path, monkeypatch)


def test_poedit_says_when_it_cannot_open_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the tests above can fail."""
    path = tmp_path / "call.xlf"
    path.write_text('<xliff version="9"', encoding="utf-8")
    assert "Invalid file" in title_in_poedit(path, monkeypatch)
