"""Take the README's picture from the map page that ``make run`` wrote.

    python scripts/make_pictures.py [--page ergebnis/ressourcenkarte.html] [--out docs/bilder]

Needs Chromium and the package's extra ``test`` (Playwright).
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
# What the picture shows: the share with a Kita in reach, and the gaps.
INDICATOR = "Menschen mit einer Kita in 15 Minuten Fußweg"


def take_picture(page_file: Path, target: Path) -> None:
    """Open the page, choose what is shown, save what the window shows."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 1180})
        page.goto(page_file.resolve().as_uri())
        page.select_option("#w-merkmal", label=INDICATOR)
        page.check("#w-luecken")
        page.keyboard.press("Control+Home")
        page.wait_for_timeout(500)
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)
        browser.close()


def main() -> None:
    """Read the arguments and take the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, default=ROOT / "ergebnis" / "ressourcenkarte.html")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "bilder")
    arguments = parser.parse_args()
    take_picture(arguments.page, arguments.out / "ressourcenkarte.png")


if __name__ == "__main__":
    main()
