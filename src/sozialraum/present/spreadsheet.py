"""Cells of a workbook: text that stays text, numbers with their format, headings in sight."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import textwrap
import zipfile
from collections.abc import Container, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sozialraum.present.office import clean, show_sign
from sozialraum.texts import number, say

LINE_POINTS = 15.0
_LONGEST = 32_767  # signs in a cell
_PAGE = 1030.0  # pixels across A4 at 100 %, within the margins below
_MARGIN = 0.4  # inches left and right
_LEAST_SCALE, _MOST_COLUMNS = 0.7, 12  # 11 points become 7.7; what an eye follows along a row
# A sheet longer than the first is for the screen: only its beginning, the second, is printed.
MOST_PRINTED, _BEGINNING = 400, 40
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA = ("=", "+", "-", "@", "\t", "'")
_FONT = "Calibri"
_INK, _PAPER, _LINE = "FF163F62", "FFE9F0F2", "FF9AA7AE"


@lru_cache(maxsize=10_000, typed=True)
def settle_text(text: object) -> str:
    r"""Make a text fit for a cell: visible control signs, LF line ends, nothing cut unseen.

    Parameters
    ----------
    text : object

    Returns
    -------
    str
        At most 32,767 signs; what is cut ends in "…". What a workbook would read as an escaped
        sign is escaped itself.

    Examples
    --------
    >>> settle_text("a\r\nb"), settle_text("_x0041_")
    ('a\nb', '_x005F_x0041_')
    """
    plain = _ESCAPE.sub("_x005F_", clean(text)).replace("\r\n", "\n").replace("\r", "\n")
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def count_lines(text: str, width: float) -> int:
    """Count the lines a wrapped text takes in a column of that many digits.

    Examples
    --------
    >>> count_lines("Kinder unter sechs Jahren", 12)
    2
    """
    return sum(max(1, len(textwrap.wrap(part, max(int(width), 1)))) for part in text.split("\n"))


def span(columns: int, rows: int) -> str:
    """Give the range of a table with its heading row.

    Examples
    --------
    >>> span(3, 10)
    'A1:C11'
    """
    from openpyxl.utils import get_column_letter

    return f"A1:{get_column_letter(max(columns, 1))}{rows + 1}"


def count_pages(widths: Sequence[float]) -> int:
    """Count the pages of A4 across that columns need to be read.

    Parameters
    ----------
    widths : sequence of float
        In digits. The first two columns stand on every page.

    Returns
    -------
    int

    Examples
    --------
    >>> count_pages([20, 30]), count_pages([14, 30, *[16] * 24])
    (1, 3)
    """
    pixels = [7 * width + 5 for width in widths]
    repeated, others = sum(pixels[:2]), sum(pixels[2:])
    if repeated + others <= _PAGE / _LEAST_SCALE and len(pixels) <= _MOST_COLUMNS:
        return 1
    room = max(_PAGE / _LEAST_SCALE - repeated, _PAGE / 4)
    return max(math.ceil(others / room), math.ceil((len(pixels) - 2) / (_MOST_COLUMNS - 2)))


def save_settled(book: Any, path: Path, moment: dt.datetime) -> None:
    """Save a workbook with fixed times, so that the same content gives the same bytes."""
    buffer = io.BytesIO()
    book.properties.created = moment
    book.save(buffer)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(buffer) as given, zipfile.ZipFile(path, "w") as settled:
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            settled.writestr(entry, content, compresslevel=9)


class Pen:
    """Writes sheets and cells of one workbook in one look.

    Parameters
    ----------
    book : openpyxl.Workbook
        In write-only mode.
    notice : str
        Stands at the foot of every printed page.
    """

    def __init__(self, book: Any, notice: str) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        self.book = book
        self.notice = notice
        self._taken: set[str] = {"history"}  # a name Excel keeps for itself
        top, wrapped = Alignment(vertical="top"), Alignment(wrap_text=True, vertical="top")
        strong = Font(name=_FONT, size=11, bold=True)
        heading = {
            "font": Font(name=_FONT, size=11, bold=True, color=_INK),
            "fill": PatternFill("solid", fgColor=_PAPER),
            "border": Border(bottom=Side("thin", color=_LINE)),
        }
        right = Alignment(wrap_text=True, vertical="top", horizontal="right")
        self._looks: dict[str, dict[str, Any]] = {
            "plain": {"alignment": top},
            "wrapped": {"alignment": wrapped},
            "sign": {"alignment": Alignment(horizontal="right", vertical="top")},
            "strong": {"alignment": wrapped, "font": strong},
            "title": {
                "alignment": wrapped,
                "font": Font(name=_FONT, size=16, bold=True, color=_INK),
            },
            "heading": {**heading, "alignment": wrapped},
            "heading_right": {**heading, "alignment": right},
        }
        self._dressed: dict[tuple[str, str, bool], Any] = {}

    def reserve(self, title: str) -> str:
        """Give a sheet name of at most 31 signs that no other sheet has."""
        plain = re.sub(r"[\[\]:*?/\\\s]+", " ", clean(title)).strip(" '") or "_"
        name, count = plain[:31].rstrip(" '"), 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{plain[: 30 - len(str(count))].rstrip()} {count}"
        self._taken.add(name.casefold())
        return name

    def sheet(
        self,
        name: str,
        widths: Sequence[float],
        *,
        frozen: str = "",
        rows: int = 0,
        printed: int | None = None,
    ) -> Any:
        """Begin a sheet that prints on A4 across, with its heading row on every page.

        It is as wide as one page, or as several that can be read, of twelve columns at most and the
        first two columns on each. Only the first ``printed`` columns are printed, if told. Of a sheet
        of more than ``MOST_PRINTED`` rows the beginning is printed, and the page says so.
        """
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.properties import PageSetupProperties

        sheet = self.book.create_sheet(name)
        for i, width in enumerate(widths):
            sheet.column_dimensions[get_column_letter(i + 1)].width = width
        across = count_pages(widths[:printed])
        # Not by page breaks: they would not hold where another font is wider.
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToWidth = across
        sheet.page_setup.fitToHeight = 0  # as many as it takes
        sheet.page_margins.left = sheet.page_margins.right = _MARGIN
        if across > 1:
            sheet.print_title_cols = "A:B"
        long = rows > MOST_PRINTED
        if printed is not None or long:
            sheet.print_area = span(printed or len(widths), _BEGINNING if long else rows)
        if long:
            sheet.oddHeader.left.text = say(
                "tables.note.beginning", shown=number(_BEGINNING), all=number(rows)
            )
        # "&" begins a code in a footer and is doubled to stay itself.
        sheet.oddFooter.left.text = self.notice.replace("&", "&&")[:200] or None
        sheet.oddFooter.right.text = "&P / &N"
        if frozen:
            sheet.freeze_panes = frozen
            sheet.print_title_rows = "1:1"
            sheet.auto_filter.ref = span(len(widths), rows)
        return sheet

    def text(self, sheet: Any, value: object, look: str = "plain") -> Any:
        """Write a text that nothing takes for a formula; an empty one leaves the cell free."""
        plain = settle_text(value)
        if not plain and not look.startswith("heading"):
            return None
        cell = self._cell(sheet, plain, look, quoted=plain.startswith(_FORMULA))
        cell.data_type = "s"  # else "=…" were a formula and "#N/A" an error
        return cell

    def headings(
        self,
        sheet: Any,
        texts: Sequence[object],
        widths: Sequence[float],
        figures: Container[int] = (),
    ) -> None:
        """Write the heading row, high enough for its longest text, right over figures."""
        looks = ("heading_right" if i in figures else "heading" for i in range(len(texts)))
        # Bold letters are a tenth wider, and the filter's button takes two.
        room = [width / 1.1 - 2 for width in widths]
        lines = max(map(count_lines, map(settle_text, texts), room), default=1)
        sheet.row_dimensions[1].height = LINE_POINTS * lines + 3
        sheet.append([self.text(sheet, *pair) for pair in zip(texts, looks, strict=True)])

    def number(self, sheet: Any, value: float, pattern: str) -> Any:
        """Write a number; whole ones as such."""
        whole = int(value) if float(value).is_integer() else float(value)
        return self._cell(sheet, whole, "plain", pattern)

    def figure(self, sheet: Any, value: float, sign: object, digits: int) -> Any:
        """Write a figure, or the sign in its place; a limited one stands in brackets."""
        stands = show_sign(value, sign)
        if stands is not None:
            return self.text(sheet, stands, "sign")
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self.number(sheet, value, f"({pattern})" if sign == "()" else pattern)

    def day(self, sheet: Any, value: object) -> Any:
        """Write a whole date as a date, a year as a number, all else as text."""
        stated = clean(value)
        if re.fullmatch(r"\d{4}", stated):
            return self.number(sheet, int(stated), "0")
        try:
            return self._cell(sheet, dt.date.fromisoformat(stated), "plain", "DD.MM.YYYY")
        except ValueError:
            return self.text(sheet, stated)

    def _cell(
        self, sheet: Any, value: Any, look: str, pattern: str = "", *, quoted: bool = False
    ) -> Any:
        """Make a cell; a look is worked out once and shared, which halves the time of a workbook."""
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(sheet, value)
        key = (look, pattern, quoted)
        if key not in self._dressed:
            for name, style in self._looks[look].items():
                setattr(cell, name, style)
            if pattern:
                cell.number_format = pattern
            if quoted:
                cell.quotePrefix = True  # stays text when someone edits the cell
            self._dressed[key] = cell._style
        cell._style = self._dressed[key]
        return cell
