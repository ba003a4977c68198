"""A sheet that would not fit its pages is set in letters a little smaller, if that can do it."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from sozialraum.present.profile.lines import plain
from sozialraum.present.profile.sheet import Paragraph, Section, Sheet
from sozialraum.present.typeset import draw_pages, set_pdf

pytest.importorskip("typst")


def build(paragraphs: int) -> Sheet:
    blocks = tuple(Paragraph(plain(f"Absatz {i}."), "") for i in range(paragraphs))
    return Sheet(
        name="Mitte", kind="Sozialraumprofil", place="Quartier", within="", title="Mitte", running="",
        notice="", facts=(), parts=(Section("a", plain("Lage"), blocks),), created="2025-06-30",
    )  # fmt: skip


def count(sheet: Sheet, most: int | None) -> int:
    with pikepdf.open(BytesIO(set_pdf(sheet, most=most))) as pdf:
        pages = len(pdf.pages)
    assert len(draw_pages(sheet, most=most)) == pages
    return pages


def test_a_page_and_a_little_becomes_one_page_and_much_more_stays_what_it_is() -> None:
    full = next(n for n in range(40, 200) if len(draw_pages(build(n))) == 2)
    assert count(build(full), None) == 2
    assert count(build(full), 1) == 1
    assert count(build(full), 2) == 2
    # Letters never get so small that a page holds twice as much.
    assert count(build(2 * full), 1) == 2
