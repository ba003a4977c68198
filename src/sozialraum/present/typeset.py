"""Sheets set by typst: as PDF, tagged and archivable, and their pictures as PNG."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from sozialraum.errors import require
from sozialraum.present.looks import FONTS, LOOKS, only_known
from sozialraum.present.profile.sheet import Sheet, to_plain
from sozialraum.present.row_headings import mark_row_headings

STANDARDS = ["a-2a", "ua-1"]
PIXELS_PER_INCH = 220.0
# Letters in points: the next where a sheet does not fit its pages.
_LETTERS = ("7.8", "7.4", "7.0")


def set_pdf(sheet: Sheet, *, author: str = "", most: int | None = None) -> bytes:
    """Set a sheet as PDF/A-2a and PDF/UA-1.

    Parameters
    ----------
    sheet : Sheet
    author : str
    most : int, optional
        So many pages, if letters a little smaller can do it.

    Returns
    -------
    bytes
        The same for the same sheet; its date is the edition's. Letters that the shipped fonts lack
        become U+FFFD.

    Raises
    ------
    MissingPackageError
        The extra ``pdf`` is not installed.
    """
    options = {"pdf_standards": STANDARDS, "timestamp": find_seconds(sheet.created)}
    made = b""
    for letters in _LETTERS:
        made = bytes(_compile(sheet, author, letters, format="pdf", **options))
        if most is None or _count_pages(made) <= most:
            break
    return mark_row_headings(made)


def fits(sheet: Sheet, most: int) -> bool:
    """Say whether a sheet fits so many pages, if need be in smaller letters."""
    return _count_pages(bytes(_compile(sheet, "", _LETTERS[1], format="pdf"))) <= most


def _count_pages(made: bytes) -> int:
    import pikepdf

    with pikepdf.open(BytesIO(made)) as pdf:
        return len(pdf.pages)


def draw_pages(sheet: Sheet, *, most: int | None = None) -> list[str]:
    """Draw the pages of a sheet as SVG, laid out as in its PDF; letters are outlines.

    Raises
    ------
    MissingPackageError
        The extra ``pdf`` is not installed.
    """
    pages: list[Any] = []
    for letters in _LETTERS:
        made = _compile(sheet, "", letters, format="svg")
        pages = made if isinstance(made, list) else [made]
        if most is None or len(pages) <= most:
            break
    return [bytes(page).decode() for page in pages]


def _compile(sheet: Sheet, author: str, letters: str, **options: Any) -> Any:
    plain = to_plain(sheet) | {"looks": LOOKS, "author": author}
    given = {"sheet": json.dumps(only_known(plain), ensure_ascii=False), "size": letters}
    return load_template("sozialraumprofil.typ", "pdf").compile(sys_inputs=given, **options)


def draw_png(svgs: Sequence[str]) -> list[bytes]:
    """Draw SVG pictures as PNG with the shipped fonts, the same on every machine.

    Raises
    ------
    MissingPackageError
        The extra ``word`` is not installed.
    """
    if not svgs:
        return []
    compiler = load_template("bilder.typ", "word")
    made = compiler.compile(
        sys_inputs={"pictures": json.dumps(only_known(list(svgs)), ensure_ascii=False)},
        format="png",
        ppi=PIXELS_PER_INCH,
    )
    return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made)]


@cache
def load_template(template: str, extra: str) -> Any:
    """Load fonts and template once; what they give depends on the inputs of each call alone."""
    typst = require("typst", extra=extra)
    assets = files("sozialraum.present") / "assets"
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    return typst.Compiler(str(assets / template), root=str(assets), font_paths=fonts)


def find_seconds(day: str) -> int:
    """Give the start of a day, month or year in seconds; 1970 where none is given."""
    year, month, rest = [*(int(p) for p in (day or "1970").split("-")), 1, 1][:3]
    return int(dt.datetime(year, month, rest, tzinfo=dt.UTC).timestamp())
