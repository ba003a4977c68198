"""Profiles of both examples as pages and PDF in one call, beside weasyprint on the same pages.

weasyprint sets every fifth page for print as it stands; its PDF is not tagged for PDF/UA. Seconds are
those of the processor, for both work in one thread. ``python benchmarks/profiles.py`` prints them with
pages and sizes; without weasyprint its side is "nicht geprüft".
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf

from sozialraum import make_edition, write_sozialraumprofile

ROOT = Path(__file__).parents[1]
LEVELS = {
    "sozialraum.toml": ("planregion", "sozialraum", "quartier"),
    "potsdam_mittelmark.toml": ("gemeinde",),
}
GOAL = 5.0
EVERY = 5


def clock(work: Callable[[], Any]) -> tuple[float, Any]:
    """Give the processor's seconds a work takes, and its result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def count_pages(path: Path) -> int:
    """Count the pages of a PDF."""
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def profiles() -> None:
    """Write all profiles with us and with weasyprint."""
    editions = {name: make_edition(ROOT / name) for name in LEVELS}

    def write(folder: Path, formats: tuple[str, ...]) -> list[Path]:
        return [
            path
            for name, levels in LEVELS.items()
            for level in levels
            for path in write_sozialraumprofile(
                editions[name], level=level, folder=folder / name, formats=formats
            )
        ]

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        alone, _ = clock(lambda: write(folder / "html", ("html",)))
        both, written = clock(lambda: write(folder / "both", ("html", "pdf")))
        word, _ = clock(lambda: write(folder / "word", ("docx",)))
        pdfs = [path for path in written if path.suffix == ".pdf"]
        pages = [p for p in written if p.suffix == ".html" and p.stem != "index"]
        print(f"{len(pdfs)} profiles, {sum(map(count_pages, pdfs))} pages of PDF, "
              f"{sum(path.stat().st_size for path in pdfs) / len(pdfs) / 1e3:.0f} kB each")  # fmt: skip
        print(f"pages {alone:.1f} s; pages and PDF {both:.1f} s; DOCX {word:.1f} s", flush=True)
        try:
            from weasyprint import HTML
        except (ImportError, OSError) as error:
            print(f"profiles | weasyprint | nicht geprüft: {error}")
            return
        some = pages[::EVERY]
        theirs, _ = clock(lambda: [HTML(filename=str(p)).write_pdf() for p in some])
    theirs *= len(pages) / len(some)
    ratio = theirs / both
    reached = "reached" if ratio >= GOAL else "MISSED"
    print(f"profiles as pages and PDF | weasyprint, PDF only | {ratio:.1f} x (at least {GOAL:g} x: "
          f"{reached}) | {both:.1f} s against {theirs:.1f} s")  # fmt: skip
    print(f"  PDF alone, pages taken off: {theirs / max(both - alone, 1e-9):.1f} x")


if __name__ == "__main__":
    sys.exit(profiles())
