"""The Excel workbook of an edition, sheet by sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
import textwrap
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.present.office import (
    clean,
    count_digits,
    explain_sign,
    find_newest,
    head_indicator,
    list_gaps,
    list_offers,
    list_passports,
    list_signs,
    list_statements,
    name_areas,
    show_sign,
)
from sozialraum.texts import say, words

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition

_LONGEST = 32_767  # signs in a cell
_MOST_ROWS = 1_000_000  # a sheet holds 1,048,576
_LINE_POINTS, _HIGHEST = 15.0, 400.0  # points
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FONT = "Calibri"
_INK, _PAPER, _LINE = "FF163F62", "FFE9F0F2", "FF9AA7AE"


def fill_workbook(edition: Edition, path: Path) -> None:
    """Write the workbook of an edition.

    Parameters
    ----------
    edition : Edition
        Verified by the caller.
    path : Path

    Notes
    -----
    Sheets: "Lies mich"; one per level with areas in rows and the newest figures in columns; all
    figures of all dates; offers; gaps; definitions. Figures keep full precision under a number
    format that shows the indicator's decimals.
    """
    import openpyxl  # heavy

    book = openpyxl.Workbook(write_only=True)
    pen = _Pen(book, notice=clean(edition.head.notice))
    levels = [(pen.reserve(level.plural), level.id) for level in edition.levels]
    series, offers, gaps, passports = (
        pen.reserve(say(f"tables.{key}")) for key in ("series", "offers", "gaps", "passports")
    )
    contents = [
        *[say("tables.note.sheet_level", sheet=sheet) for sheet, _ in levels],
        say("tables.note.sheet_series", sheet=series),
        say("tables.note.sheet_offers", sheet=offers),
        say("tables.note.sheet_gaps", sheet=gaps),
        say("tables.note.sheet_passports", sheet=passports),
        say("tables.note.files"),
        say("tables.note.text_cells"),
    ]
    _write_readme(pen, edition, contents)
    names = name_areas(edition)
    for sheet, level in levels:
        _write_level(pen, sheet, edition, level, names)
    _write_series(pen, series, edition, names)
    _write_plain(pen, offers, list_offers(edition))
    _write_plain(pen, gaps, list_gaps(edition))
    _write_plain(pen, passports, list_passports(edition))
    properties = book.properties
    properties.title = clean(edition.head.title)
    properties.creator = clean(edition.head.office) or "sozialraum"
    properties.language = "de-DE"
    properties.created = dt.datetime.fromisoformat(edition.created or "1980-01-01")
    buffer = io.BytesIO()
    book.save(buffer)
    _settle(buffer, path, properties.created)


def _settle(buffer: io.BytesIO, path: Path, moment: dt.datetime) -> None:
    """Copy the archive with fixed times, so that the same edition gives the same bytes."""
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


class _Pen:
    """Writes cells: text as text, numbers with their format, headings that stay in sight."""

    def __init__(self, book: Any, notice: str) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        self.book = book
        self.notice = notice
        self._taken: set[str] = {say("tables.readme").casefold(), "history"}
        self.title = Font(name=_FONT, size=16, bold=True, color=_INK)
        self.strong = Font(name=_FONT, size=11, bold=True)
        self._heading = {
            "font": Font(name=_FONT, size=11, bold=True, color=_INK),
            "fill": PatternFill("solid", fgColor=_PAPER),
            "border": Border(bottom=Side("thin", color=_LINE)),
            "alignment": Alignment(wrap_text=True, vertical="top"),
        }
        self._heading_right = Alignment(wrap_text=True, vertical="top", horizontal="right")
        self._wrapped = Alignment(wrap_text=True, vertical="top")
        self._top = Alignment(vertical="top")
        self._right = Alignment(horizontal="right", vertical="top")

    def reserve(self, title: str) -> str:
        """Give a sheet name of at most 31 signs that no other sheet has."""
        plain = re.sub(r"[\[\]:*?/\\]", " ", clean(title)).strip(" '") or "Blatt"
        plain = re.sub(r"\s+", " ", plain)
        name, count = plain[:31].rstrip(" '"), 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{plain[: 30 - len(str(count))].rstrip()} {count}"
        self._taken.add(name.casefold())
        return name

    def sheet(self, name: str, widths: Sequence[float], *, frozen: str = "") -> Any:
        """Begin a sheet that prints on A4 across, with its heading row on every page."""
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.properties import PageSetupProperties

        sheet = self.book.create_sheet(name)
        for i, width in enumerate(widths):
            sheet.column_dimensions[get_column_letter(i + 1)].width = width
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToHeight = 0
        # "&" begins a code in a footer and is doubled to stay itself.
        sheet.oddFooter.left.text = self.notice.replace("&", "&&")[:200] or None
        sheet.oddFooter.right.text = "&P / &N"
        if frozen:
            sheet.freeze_panes = frozen
            sheet.print_title_rows = "1:1"
        return sheet

    def text(self, sheet: Any, value: object, *, wrap: bool = False, font: Any = None) -> Any:
        from openpyxl.cell import WriteOnlyCell

        plain = _ESCAPE.sub("_x005F_", clean(value)).replace("\r\n", "\n").replace("\r", "\n")
        if len(plain) > _LONGEST:
            plain = plain[: _LONGEST - 1] + "…"
        cell = WriteOnlyCell(sheet, plain)
        cell.data_type = "s"  # else "=…" were a formula and "#N/A" an error
        cell.alignment = self._wrapped if wrap else self._top
        if plain.startswith(("=", "+", "-", "@", "\t", "'")):
            cell.quotePrefix = True  # stays text when someone edits the cell
        if font is not None:
            cell.font = font
        return cell

    def headings(
        self, sheet: Any, texts: Sequence[object], widths: Sequence[float], figures: Sequence[int]
    ) -> None:
        """Write the heading row, high enough for its longest text, right over figures."""
        cells = [self.text(sheet, text) for text in texts]
        for i, cell in enumerate(cells):
            for name, style in self._heading.items():
                setattr(cell, name, style)
            if i in figures:
                cell.alignment = self._heading_right
        # Bold letters are a tenth wider, and the filter's button takes two.
        room = [width / 1.1 - 2 for width in widths]
        lines = max(map(_count_lines, (cell.value for cell in cells), room), default=1)
        sheet.row_dimensions[1].height = _LINE_POINTS * lines + 3
        sheet.append(cells)

    def sign(self, sheet: Any, value: str) -> Any:
        cell = self.text(sheet, value)
        cell.alignment = self._right
        return cell

    def number(self, sheet: Any, value: float, pattern: str) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(sheet, int(value) if float(value).is_integer() else float(value))
        cell.number_format = pattern
        cell.alignment = self._top
        return cell

    def figure(self, sheet: Any, value: float, sign: object, digits: int) -> Any:
        """Write a figure, or the sign in its place; a limited one stands in brackets."""
        stands = show_sign(value, sign)
        if stands is not None:
            return self.sign(sheet, stands)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self.number(sheet, value, f"({pattern})" if sign == "()" else pattern)

    def day(self, sheet: Any, value: object) -> Any:
        """Write a whole date as a date, a year as a number, all else as text."""
        from openpyxl.cell import WriteOnlyCell

        stated = clean(value)
        if re.fullmatch(r"\d{4}", stated):
            return self.number(sheet, int(stated), "0")
        try:
            cell = WriteOnlyCell(sheet, dt.date.fromisoformat(stated))
        except ValueError:
            return self.text(sheet, stated)
        cell.number_format = "DD.MM.YYYY"
        cell.alignment = self._top
        return cell


def _count_lines(text: str, width: float) -> int:
    """Count the lines a wrapped text takes in a column of that many digits."""
    return sum(max(1, len(textwrap.wrap(part, max(int(width), 1)))) for part in text.split("\n"))


def _write_readme(pen: _Pen, edition: Edition, contents: Iterable[str]) -> None:
    widths = (24, 110)
    sheet = pen.sheet(say("tables.readme"), widths)
    rows = list_statements(edition)
    rows += [(say("tables.note.sheets"), text) for text in contents]
    rows += list_signs()
    title, notice = say("tables.note.title"), say("tables.note.notice")
    last = ""
    for i, (word, text) in enumerate(rows):
        font = pen.title if not i and word == title else pen.strong if word == notice else None
        cells = [
            pen.text(sheet, "" if word == last else word, font=pen.strong),
            pen.text(sheet, text, wrap=True, font=font),
        ]
        lines = _count_lines(cells[1].value, widths[1])
        sheet.row_dimensions[i + 1].height = 24 if font is pen.title else _LINE_POINTS * lines
        sheet.append(cells)
        last = word


def _write_level(pen: _Pen, name: str, edition: Edition, level: str, names: pd.DataFrame) -> None:
    newest = find_newest(edition, level)
    indicators = list(newest.values.columns)
    known = names.loc[level]
    whole = not known["parent"].any()
    fixed = ["area", "name"] if whole else ["area", "name", "parent_name"]
    widths = [14, 30, 24][: len(fixed)] + [20] * len(indicators)
    sheet = pen.sheet(name, widths, frozen="C2")
    sheet.auto_filter.ref = _range(len(widths), len(newest.values))
    headings = [say(f"tables.column.{column}") for column in fixed]
    headings += [head_indicator(edition.indicators[i], newest.dates[i], "\n") for i in indicators]
    pen.headings(sheet, headings, widths, range(len(fixed), len(widths)))
    digits = [edition.indicators[i].digits for i in indicators]
    columns = [
        zip(newest.values[i].tolist(), newest.signs[i].tolist(), strict=True) for i in indicators
    ]
    for area in newest.values.index:
        row = known.loc[area]
        cells = [pen.text(sheet, {"area": area, **row}[column]) for column in fixed]
        cells += [
            pen.figure(sheet, *next(column), places)
            for column, places in zip(columns, digits, strict=True)
        ]
        sheet.append(cells)


_SERIES = {
    "level": 16,
    "area": 14,
    "name": 28,
    "indicator": 44,
    "unit": 12,
    "datenstand": 13,
    "gebietsstand": 13,
    "value": 12,
    "numerator": 12,
    "denominator": 12,
    "meaning": 24,
    "quality": 26,
}


_FIGURES = ("datenstand", "gebietsstand", "value", "numerator", "denominator")


def _write_series(pen: _Pen, name: str, edition: Edition, names: pd.DataFrame) -> None:
    titles = {level.id: level.title for level in edition.levels}
    quality = words("quality")
    digits = {
        indicator: (
            edition.indicators[indicator].digits,
            count_digits(rows, edition.indicators[indicator]),
        )
        for indicator, rows in edition.values.groupby("indicator")
    }
    known = names["name"].to_dict()
    rows = edition.values.to_dict("records")
    for start in range(0, max(len(rows), 1), _MOST_ROWS):
        part = rows[start : start + _MOST_ROWS]
        sheet = pen.sheet(
            name if not start else pen.reserve(name), list(_SERIES.values()), frozen="A2"
        )
        sheet.auto_filter.ref = _range(len(_SERIES), len(part))
        headings = [say(f"tables.column.{c}") for c in _SERIES]
        figures = [i for i, c in enumerate(_SERIES) if c in _FIGURES]
        pen.headings(sheet, headings, list(_SERIES.values()), figures)
        for row in part:
            definition = edition.indicators[row["indicator"]]
            shown, counted = digits[row["indicator"]]
            value, sign = row["value"], row["sign"]
            withheld = "." if sign == "." else ""
            sheet.append(
                [
                    pen.text(sheet, titles[row["level"]]),
                    pen.text(sheet, row["area"]),
                    pen.text(sheet, known[row["level"], row["area"]]),
                    pen.text(sheet, definition.title),
                    pen.text(sheet, definition.unit),
                    pen.day(sheet, row["datenstand"]),
                    pen.day(sheet, row["gebietsstand"]),
                    pen.figure(sheet, value, sign, shown),
                    *(
                        pen.figure(sheet, row[c], withheld, counted)
                        if row[c] == row[c] or withheld
                        else None
                        for c in ("numerator", "denominator")
                    ),
                    pen.text(sheet, explain_sign(value, sign)),
                    pen.text(sheet, quality.get(row["quality"], row["quality"])),
                ]
            )


def _write_plain(pen: _Pen, name: str, table: pd.DataFrame) -> None:
    """Write a table of words and numbers; columns are as wide as most of their texts."""
    widths = []
    for column in table.columns:
        longest = (
            table[column].map(lambda cell: len(clean(cell))).quantile(0.9) if len(table) else 0
        )
        heading = max(map(len, str(column).split()), default=0)
        widths.append(float(min(max(longest + 2, heading * 1.2 + 4, 10), 48)))
    sheet = pen.sheet(name, widths, frozen="A2")
    sheet.auto_filter.ref = _range(len(table.columns), len(table))
    figures = [i for i, c in enumerate(table) if pd.api.types.is_numeric_dtype(table[c])]
    pen.headings(sheet, list(table.columns), widths, figures)
    for i, row in enumerate(table.itertuples(index=False, name=None)):
        lines = max(map(_count_lines, map(clean, row), widths), default=1)
        sheet.row_dimensions[i + 2].height = min(_LINE_POINTS * lines, _HIGHEST)
        sheet.append([_plain(pen, sheet, cell) for cell in row])


def _plain(pen: _Pen, sheet: Any, cell: Any) -> Any:
    if cell is None or cell is pd.NA or cell != cell or cell == "":
        return None
    if isinstance(cell, (int, float, np.number)):
        return pen.number(sheet, float(cell), "General")
    return pen.sign(sheet, cell) if cell == "." else pen.text(sheet, cell, wrap=True)


def _range(columns: int, rows: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"A1:{get_column_letter(max(columns, 1))}{rows + 1}"
