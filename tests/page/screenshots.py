"""screenshots.py: takes the pictures of the status page in udf/docs/operating/, of a live stream.

    KAPACITOR_UDF_BIN=build/bin python3 tests/page/screenshots.py
"""

import time
from pathlib import Path

import live
from chromium import Chromium

PICTURES = Path(__file__).resolve().parents[2] / "udf" / "docs" / "operating"
LARGEST = 150_000  # bytes


def take(browser, name, width, height, dark):
    browser.look_like(width, height, dark)
    time.sleep(1)
    whole = browser.value("document.documentElement.scrollHeight")
    browser.look_like(width, whole, dark)
    time.sleep(1)
    file = PICTURES / name
    browser.screenshot(file)
    assert file.stat().st_size < LARGEST, f"{file} has {file.stat().st_size} bytes"


def main():
    live.HOSTS = ("web-1", "web-2", "web-3")
    with live.Live() as stream, Chromium() as browser:
        browser.look_like(1100, 900)
        browser.open(stream.url + "/")
        browser.wait_for("view.data.rows.length > 20")
        for _ in range(3):
            stream.spike()
            time.sleep(9)
        take(browser, "page.png", 1100, 900, dark=False)
        take(browser, "page_dark.png", 1100, 900, dark=True)
        take(browser, "page_phone.png", 360, 740, dark=False)


if __name__ == "__main__":
    main()
