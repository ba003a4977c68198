"""Sheets set by typst: as PDF, tagged and archivable, and their pictures as PNG."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from sozialraum.errors import require
from sozialraum.present.looks import FONTS, LOOKS, only_known
from sozialraum.present.profile.sheet import Sheet, to_plain
from sozialraum.present.row_headings import mark_row_headings

STANDARDS = ["a-2a", "ua-1"]
PIXELS_PER_INCH = 220.0


def set_pdf(sheet: Sheet, *, author: str = "") -> bytes:
    """Set a sheet as PDF/A-2a and PDF/UA-1.

    Parameters
    ----------
    sheet : Sheet
    author : str

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
    made = _compile(
        sheet, author, format="pdf", pdf_standards=STANDARDS, timestamp=find_seconds(sheet.created)
    )
    return mark_row_headings(bytes(made))


def draw_pages(sheet: Sheet) -> list[str]:
    """Draw the pages of a sheet as SVG, laid out as in its PDF; letters are outlines.

    Raises
    ------
    MissingPackageError
        The extra ``pdf`` is not installed.
    """
    made = _compile(sheet, "", format="svg")
    return [bytes(page).decode() for page in (made if isinstance(made, list) else [made])]


def _compile(sheet: Sheet, author: str, **options: Any) -> Any:
    plain = to_plain(sheet) | {"looks": LOOKS, "author": author}
    given = {"sheet": json.dumps(only_known(plain), ensure_ascii=False)}
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
