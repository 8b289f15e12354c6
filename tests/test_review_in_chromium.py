"""The review page in a real browser: filter, edit, save, reload, read back."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import DATE, SCHEMAS, WordForWord
from lxml import etree
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from test_formats import bitext_of

from toolkit import Bitext, Concept, Issue, TermMatch, read_document, translate_document
from toolkit.formats.html import write_html
from toolkit.inputs import read_bitext
from toolkit.outputs import write_outputs
from toolkit.reviews import merge_files

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AXE = Path(os.environ.get("AXE_CORE", "axe.min.js"))

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="Chromium is not installed: apt-get install chromium chromium-driver",
)
NASTY = "<script>document.title = 'harmed'</script> ]]> & \"quoted\" \u202eright"


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def chromium(downloads: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    with webdriver.Chrome(options=options, service=Service(DRIVER)) as browser:
        yield browser


@pytest.fixture
def bitext() -> Bitext:
    pairs = [
        ("Мирный договор", "World treaty"),
        ("В 1945 году", "In 1954"),
        ("Нет", "No"),
        (NASTY, NASTY),
    ]
    plain = bitext_of(*pairs)
    first, second, third, fourth = plain.units
    concept = Concept("peace-treaty", "мирный договор", "peace treaty", note="Never world.")
    first = replace(first, terms=(TermMatch(concept, 0, 14),))
    issue = Issue("number", "error", "“1945” is lost", (2, 6), (3, 7))
    second = replace(second, issues=(issue,), score=0.1)
    third = replace(third, state="reviewed", origin="human", notes=("Sure?",), score=None)
    return replace(plain, units=(first, second, third, fourth))


@pytest.fixture
def page(chromium: webdriver.Chrome, bitext: Bitext, tmp_path: Path) -> webdriver.Chrome:
    """The page of the bitext, opened from disk in a browser that has kept nothing."""
    path = tmp_path / "call.html"
    write_html(bitext, path)
    chromium.get(path.as_uri())
    chromium.execute_script("localStorage.clear()")
    chromium.get(path.as_uri())
    complaints(chromium)
    return chromium


def complaints(browser: webdriver.Chrome) -> list[str]:
    """Give what the browser has logged since it was asked last: errors, violated policies."""
    log: Any = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log]


def warns_before_leaving(browser: webdriver.Chrome) -> bool:
    """Ask the page as the browser does before it is left; the driver itself leaves at once."""
    return bool(
        browser.execute_script(
            "const leaving = new Event('beforeunload', {cancelable: true});"
            "window.dispatchEvent(leaving); return leaving.defaultPrevented"
        )
    )


def unit(browser: webdriver.Chrome, number: int) -> Any:  # noqa: ANN401 - selenium's element
    return browser.find_element(By.ID, f"u{number}.1")


def click(browser: webdriver.Chrome, number: int, action: str) -> None:
    unit(browser, number).find_element(By.CSS_SELECTOR, f"[data-action={action}]").click()


def type_english(browser: webdriver.Chrome, number: int, text: str) -> None:
    click(browser, number, "edit")
    field = unit(browser, number).find_element(By.TAG_NAME, "textarea")
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, text)
    end_editing(browser)


def end_editing(browser: webdriver.Chrome) -> None:
    keys = webdriver.ActionChains(browser)
    keys.key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()


def shown(browser: webdriver.Chrome) -> list[str]:
    units = browser.find_elements(By.CLASS_NAME, "unit")
    return [str(one.get_attribute("data-id")) for one in units if one.is_displayed()]


def saved(browser: webdriver.Chrome, downloads: Path) -> Bitext:
    """Save, and read the file with the toolkit's own reader."""
    for old in downloads.iterdir():
        old.unlink()
    browser.find_element(By.ID, "save").click()
    path = downloads / "call.reviewed.tmx"
    deadline = time.monotonic() + 10
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return read_bitext(path)


def test_page_opens_without_a_complaint(page: webdriver.Chrome) -> None:
    assert page.title == "call – review"
    assert shown(page) == ["1.1", "2.1", "3.1", "4.1"]
    assert complaints(page) == []
    page.refresh()
    assert complaints(page) == []


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("issues", ["2.1"]),
        ("low", ["2.1"]),
        ("terms", ["1.1"]),
        ("unreviewed", ["1.1", "2.1", "4.1"]),
        ("changed", []),
    ],
)
def test_filter(page: webdriver.Chrome, kind: str, numbers: list[str]) -> None:
    for value in ("all", kind):
        Select(page.find_element(By.ID, "filter")).select_by_value(value)
    assert shown(page) == numbers
    assert page.find_element(By.ID, "status").text == f"{len(numbers)} of 4 segments shown"
    Select(page.find_element(By.ID, "filter")).select_by_value("all")
    assert len(shown(page)) == 4


def test_search_looks_in_both_languages(page: webdriver.Chrome) -> None:
    field = page.find_element(By.ID, "search")
    field.send_keys("МИРНЫЙ")
    assert shown(page) == ["1.1"]
    field.clear()
    field.send_keys("1954")
    assert shown(page) == ["2.1"]


def test_term_shows_its_entry_on_focus_and_on_hover(page: webdriver.Chrome) -> None:
    tip = page.find_element(By.ID, "t-peace-treaty")
    assert not tip.is_displayed()
    term = unit(page, 1).find_element(By.CLASS_NAME, "term")
    page.execute_script("arguments[0].focus()", term)
    assert "Never world." in tip.text
    term.send_keys(Keys.ESCAPE)
    assert not tip.is_displayed()
    webdriver.ActionChains(page).move_to_element(term).perform()
    assert tip.is_displayed()


def test_saved_file_is_read_back_as_it_was_reviewed(
    page: webdriver.Chrome, downloads: Path, bitext: Bitext
) -> None:
    type_english(page, 1, "Peace <treaty> & 'more'")
    click(page, 2, "reject")
    click(page, 2, "comment")
    unit(page, 2).find_element(By.TAG_NAME, "textarea").send_keys("Look ]]> again")
    end_editing(page)
    click(page, 4, "accept")
    read = saved(page, downloads)
    assert [one.target for one in read.units] == [
        "Peace <treaty> & 'more'",
        "In 1954",
        "No",
        NASTY,
    ]
    assert [one.state for one in read.units] == ["reviewed", "initial", "reviewed", "reviewed"]
    assert [one.origin for one in read.units] == ["human", "machine", "human", "machine"]
    assert [one.notes for one in read.units] == [(), ("Look ]]> again",), ("Sure?",), ()]
    assert [one.source for one in read.units] == [one.source for one in bitext.units]
    assert read.document.id == "call"
    assert read.signature == bitext.signature
    assert page.title == "call – review", "the nasty text did no harm"
    definition = etree.DTD(str(SCHEMAS / "tmx14.dtd"))
    assert definition.validate(etree.parse(downloads / "call.reviewed.tmx")), definition.error_log


def test_file_saved_without_a_change_is_the_bitext(
    page: webdriver.Chrome, downloads: Path, bitext: Bitext
) -> None:
    read = saved(page, downloads)
    assert read.checksum == bitext.checksum
    assert [one.issues for one in read.units] == [one.issues for one in bitext.units]


def test_formatting_is_kept_where_the_english_is_not_edited(
    chromium: webdriver.Chrome, downloads: Path, tmp_path: Path
) -> None:
    (tmp_path / "call.md").write_text("Это **мирный договор**, вот.\n", encoding="utf-8")
    document = read_document(tmp_path / "call.md")
    engine = WordForWord({"Это мирный договор, вот.": "This is a peace treaty, look."})
    bitext = translate_document(document, engine)
    write_html(bitext, tmp_path / "call.html")
    chromium.get((tmp_path / "call.html").as_uri())
    (unit,) = saved(chromium, downloads).units
    assert unit.source.inlines == bitext.units[0].source.inlines != ()
    assert unit.inlines == bitext.units[0].inlines


def test_nothing_is_lost_on_reload(page: webdriver.Chrome, downloads: Path) -> None:
    type_english(page, 1, "Peace treaty")
    page.refresh()
    assert unit(page, 1).find_element(By.CLASS_NAME, "target").text == "Peace treaty"
    assert page.find_element(By.CSS_SELECTOR, "#u1\\.1 del").text == "World treaty"
    assert "not saved yet" in page.find_element(By.ID, "status").text
    assert page.find_element(By.ID, "reviewed").text == "2 of 4"
    assert saved(page, downloads).units[0].target == "Peace treaty"


def test_leaving_with_unsaved_work_is_warned_about(page: webdriver.Chrome, downloads: Path) -> None:
    assert not warns_before_leaving(page)
    type_english(page, 1, "Peace treaty")
    assert warns_before_leaving(page)
    saved(page, downloads)
    assert not warns_before_leaving(page)


def test_keys_move_and_act_on_the_segment_with_the_focus(page: webdriver.Chrome) -> None:
    page.execute_script("document.getElementById('u1.1').focus()")
    page.switch_to.active_element.send_keys("j")
    page.switch_to.active_element.send_keys("a")
    assert unit(page, 2).get_attribute("data-state") == "reviewed"
    page.switch_to.active_element.send_keys("k")
    page.switch_to.active_element.send_keys("e")
    page.switch_to.active_element.send_keys("ja", Keys.ESCAPE)
    assert unit(page, 1).find_element(By.CLASS_NAME, "target").text == "World treaty"
    assert page.switch_to.active_element.get_attribute("id") == "u1.1"


@pytest.mark.skipif(not AXE.is_file(), reason="set AXE_CORE to axe.min.js of npm's axe-core")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_barrier(page: webdriver.Chrome, theme: str) -> None:
    page.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    page.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.execute_script(AXE.read_text("utf-8"))
    result = page.execute_async_script("axe.run().then(arguments[0])")
    assert [(one["id"], one["nodes"][0]["html"]) for one in result["violations"]] == []


def test_narrow_window_does_not_scroll_sideways(page: webdriver.Chrome) -> None:
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        width = page.execute_script("return document.documentElement.scrollWidth")
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert width == 360


def test_page_prints_all_segments_on_a4(page: webdriver.Chrome) -> None:
    Select(page.find_element(By.ID, "filter")).select_by_value("all")
    printed = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert printed["data"].startswith("JVBERi0"), "a PDF file"


def test_two_thousand_segments_open_in_two_seconds(
    chromium: webdriver.Chrome, tmp_path: Path
) -> None:
    sentence = ("Стороны подтвердили приверженность миру.", "The parties reaffirmed peace.")
    path = tmp_path / "long.html"
    write_html(bitext_of(*[sentence] * 2000), path)
    times = []
    for _ in range(3):
        start = time.monotonic()
        chromium.get(path.as_uri())
        chromium.execute_script("return document.querySelectorAll('.unit')[1999].offsetTop")
        times.append(time.monotonic() - start)
    assert min(times) < 2


def test_reviewed_page_is_merged_back_into_all_formats(
    chromium: webdriver.Chrome, bitext: Bitext, downloads: Path, tmp_path: Path
) -> None:
    write_outputs(bitext, tmp_path / "out/call", ["tmx", "po", "html"], DATE)
    chromium.get((tmp_path / "out/call.html").as_uri())
    chromium.execute_script("localStorage.clear()")
    chromium.refresh()
    type_english(chromium, 1, "Peace treaty")
    click(chromium, 2, "reject")
    click(chromium, 4, "accept")
    click(chromium, 3, "comment")
    unit(chromium, 3).find_element(By.TAG_NAME, "textarea").send_keys("Точно?")
    end_editing(chromium)
    saved(chromium, downloads)
    report = merge_files(tmp_path / "out", [downloads / "call.reviewed.tmx"], DATE)
    assert report.counts == {"accepted": 1, "edited": 1, "rejected": 1, "notes": 1}
    for suffix in ("tmx", "po"):
        units = read_bitext(tmp_path / f"out/call.{suffix}").units
        assert [(one.target, one.state) for one in units[:3]] == [
            ("Peace treaty", "reviewed"),
            ("In 1954", "initial"),
            ("No", "reviewed"),
        ]
        assert units[3].state == "reviewed"
        assert units[2].notes == ("Sure?", "Точно?")
    again = merge_files(tmp_path / "out", [downloads / "call.reviewed.tmx"], DATE)
    assert (again.counts, again.written) == ({}, ())
