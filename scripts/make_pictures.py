"""Take pictures of the map page that ``make run`` wrote, in five sizes, small enough to keep.

    python scripts/make_pictures.py [--page ergebnis/ressourcenkarte.html] [--out docs/bilder]

Four windows and the first sheet of A3 paper. Whoever changes the looks of the page takes them anew and
looks at each. Needs Chromium, ``pdftoppm`` and the package's extra ``test`` (Playwright, Pillow).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
# What the pictures show: the share with a Kita in reach, and the gaps.
SHOWN = "#ebene=quartier&merkmal=kita_15min&luecken=kita_15min&angebote=kita"
# Width and height of the window, the picture's name, and its pixels per pixel of the page.
WINDOWS = (
    (320, 1400, "_telefon", 1.0),
    (768, 1300, "_tablet", 0.7),
    (1366, 1235, "", 0.65),
    (1920, 1235, "_gross", 0.5),
)
COLOURS = 100
MOST_BYTES = 60_000


def keep(picture: Path, target: Path) -> None:
    """Make a picture small by a palette."""
    image = Image.open(picture).convert("RGB")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Colours are those of large areas, not the mean of all edges.
    small = image.quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    small.save(target, optimize=True)
    if target.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{target.name}: {target.stat().st_size} bytes, more than {MOST_BYTES}")


def take_pictures(page_file: Path, folder: Path) -> None:
    """Open the page in every size and save what its reader sees first."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as scratch:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=flags)
        page: Any = None
        for width, height, name, scale in WINDOWS:
            page = browser.new_page(
                viewport={"width": width, "height": height}, device_scale_factor=scale
            )
            page.goto(page_file.resolve().as_uri() + SHOWN)
            page.wait_for_timeout(1500)
            picture = Path(scratch) / "window.png"
            page.screenshot(path=picture)
            keep(picture, folder / f"ressourcenkarte{name}.png")
        page.select_option("#w-papier", "a3")
        sheet = Path(scratch) / "a3.pdf"
        sheet.write_bytes(page.pdf(prefer_css_page_size=True, print_background=True))
        browser.close()
        subprocess.run(
            ["pdftoppm", "-png", "-r", "65", "-singlefile", sheet, sheet.with_suffix("")],
            check=True,
        )
        keep(sheet.with_suffix(".png"), folder / "ressourcenkarte_a3.png")


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, default=ROOT / "ergebnis" / "ressourcenkarte.html")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "bilder")
    arguments = parser.parse_args()
    take_pictures(arguments.page, arguments.out)


if __name__ == "__main__":
    main()
