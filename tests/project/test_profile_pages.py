"""Every profile of the example as PDF and DOCX: two to four pages, no word of a heading broken."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from .conftest import Example


def count_pages(paths: list[Path]) -> dict[str, int]:
    return {path.stem: len(pypdfium2.PdfDocument(path)) for path in paths}


def test_a_pdf_has_two_to_four_pages(example: Example) -> None:
    pages = count_pages(sorted(example.folder.glob("profile/sozialraum/*.pdf")))
    assert len(pages) == 8
    assert {name: n for name, n in pages.items() if not 2 <= n <= 4} == {}


def test_a_document_has_two_to_four_pages(example: Example, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office or not (Path(office).resolve().parent / "libswlo.so").exists():
        pytest.skip("nicht geprüft: LibreOffice Writer fehlt")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    documents = sorted(example.folder.glob("profile/sozialraum/*.docx"))
    subprocess.run([*command, *map(str, documents)], check=True, capture_output=True, timeout=240)
    pages = count_pages(sorted(tmp_path.glob("*.pdf")))
    assert len(pages) == 8
    assert {name: n for name, n in pages.items() if not 2 <= n <= 4} == {}


def test_no_word_is_broken_but_at_a_hyphen_of_its_own(example: Example) -> None:
    for path in sorted(example.folder.glob("profile/sozialraum/*.pdf")):
        pages = pypdfium2.PdfDocument(path)
        text = "".join(page.get_textpage().get_text_bounded() for page in pages)
        page = html.unescape(path.with_suffix(".html").read_text(encoding="utf-8"))
        # A hyphen at the end of a line is read as \x02.
        for before, after in re.findall(r"(\w+)\x02(\w+)", text):
            assert f"{before}-{after}" in page, (path.name, before, after)
