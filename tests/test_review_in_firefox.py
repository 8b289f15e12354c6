"""The review page in a real Firefox: open from disk, edit, reload, save, read back.

Debian has no geckodriver; Firefox is driven by WebDriver BiDi (W3C) over its own WebSocket.
"""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket
from test_formats import bitext_of

from toolkit import Bitext
from toolkit.formats.html import write_html
from toolkit.inputs import read_bitext

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES: dict[str, object] = {
    "browser.download.folderList": 2,
    "browser.download.useDownloadDir": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "remote.active-protocols": 1,
}
NASTY = "<script>document.title = 'harmed'</script> ]]> & \"quoted\""

pytestmark = pytest.mark.skipif(
    FIREFOX is None, reason="Firefox is not installed: apt-get install firefox-esr"
)


class Firefox:
    """A headless Firefox with a window, driven by WebDriver BiDi."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(
            f"{address}/session", timeout=30, suppress_origin=True
        )
        self._number = 0
        self._ask("session.new", capabilities={})
        self._window = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _ask(self, method: str, **parameters: object) -> Any:  # noqa: ANN401 - JSON
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self._ask("browsingContext.navigate", context=self._window, url=address, wait="complete")

    def reload(self) -> None:
        """Load the page again."""
        self._ask("browsingContext.reload", context=self._window, wait="complete")

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - JSON
        """Give what an expression is in the page: a string, number or truth value."""
        result = self._ask(
            "script.evaluate",
            expression=expression,
            target={"context": self._window},
            awaitPromise=True,
            userActivation=True,
        )
        assert result["type"] == "success", result
        return result["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys one after the other; `Control+X` together."""
        actions = []
        for key in keys:
            held = ["\ue009"] if key.startswith("Control+") else []
            last = key.removeprefix("Control+")
            actions += [{"type": "keyDown", "value": one} for one in (*held, last)]
            actions += [{"type": "keyUp", "value": one} for one in (last, *held)]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._ask("input.performActions", context=self._window, actions=[source])

    def click(self, selector: str) -> None:
        """Click on an element as a user does, with the mouse."""
        found = self._ask(
            "script.evaluate",
            expression=f"document.querySelector({json.dumps(selector)})",
            target={"context": self._window},
            awaitPromise=False,
        )["result"]
        origin = {"type": "element", "element": {"sharedId": found["sharedId"]}}
        actions: list[object] = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        source = {"type": "pointer", "id": "mouse", "actions": actions}
        self._ask("input.performActions", context=self._window, actions=[source])

    def close(self) -> None:
        """End the session and the browser."""
        self._ask("browser.close")
        self._socket.close()


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def firefox(downloads: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    profile = tmp_path_factory.mktemp("profile")
    preferences = {**PREFERENCES, "browser.download.dir": str(downloads)}
    lines = (f'user_pref("{name}", {json.dumps(value)});\n' for name, value in preferences.items())
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    command = [str(FIREFOX), "--headless", "--remote-debugging-port=0", "--profile", str(profile)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        try:
            address = next(
                found[1]
                for line in process.stderr
                if (found := re.search(r"BiDi listening on (ws://\S+)", line))
            )
            browser = Firefox(address)
            yield browser
            browser.close()
        finally:
            process.terminate()


@pytest.fixture
def bitext() -> Bitext:
    return bitext_of(("Мирный договор", "World treaty"), ("Нет", "No"), (NASTY, NASTY))


@pytest.fixture
def page(firefox: Firefox, bitext: Bitext, tmp_path: Path) -> Firefox:
    """The page of the bitext, opened from disk in a browser that has kept nothing."""
    write_html(bitext, tmp_path / "call.html")
    firefox.open((tmp_path / "call.html").as_uri())
    firefox.evaluate("localStorage.clear()")
    firefox.open((tmp_path / "call.html").as_uri())
    return firefox


def type_english(browser: Firefox, number: int, text: str) -> None:
    browser.click(f"#u{number}\\.1 [data-action=edit]")
    browser.press("Control+a", *text, "Control+\ue007")


def saved(browser: Firefox, downloads: Path) -> Bitext:
    """Save, and read the file with the toolkit's own reader."""
    for old in downloads.iterdir():
        old.unlink()
    browser.click("#save")
    path = downloads / "call.reviewed.tmx"
    deadline = time.monotonic() + 10
    while not (path.exists() and path.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    return read_bitext(path)


def test_edits_outlive_a_reload_and_are_saved(
    page: Firefox, downloads: Path, bitext: Bitext
) -> None:
    assert page.evaluate("location.protocol") == "file:"
    assert page.evaluate("document.querySelectorAll('.unit').length") == 3
    type_english(page, 1, "Peace <treaty> & 'more'")
    page.click("#u2\\.1 [data-action=accept]")
    page.reload()
    shown = "document.querySelector('#u1\\\\.1 .target').textContent"
    assert page.evaluate(shown) == "Peace <treaty> & 'more'"
    assert "not saved yet" in page.evaluate("document.getElementById('status').textContent")
    read = saved(page, downloads)
    assert [one.target for one in read.units] == ["Peace <treaty> & 'more'", "No", NASTY]
    assert [one.state for one in read.units] == ["reviewed", "reviewed", "translated"]
    assert [one.source for one in read.units] == [one.source for one in bitext.units]
    assert read.signature == bitext.signature
    assert page.evaluate("document.title") == "call – review", "the nasty text did no harm"


def test_page_saved_untouched_is_the_bitext(page: Firefox, downloads: Path, bitext: Bitext) -> None:
    assert saved(page, downloads).checksum == bitext.checksum
