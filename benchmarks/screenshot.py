"""Take the screenshot of a review page that stands in the README.

    python benchmarks/screenshot.py translations/NAME.html tests/data/review-page.png

Needs Chromium and its driver (Debian's chromium and chromium-driver).
"""

import argparse
import shutil
import sys
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

SIZE = "1200,1000"


def main() -> None:
    """Open the page in a browser without a window, and save what it shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        sys.exit("Chromium is not installed: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--hide-scrollbars",
        f"--window-size={SIZE}",
    ):
        options.add_argument(argument)
    with webdriver.Chrome(options=options, service=Service(driver)) as browser:
        browser.get(arguments.page.resolve().as_uri())
        browser.save_screenshot(str(arguments.picture))


if __name__ == "__main__":
    main()
