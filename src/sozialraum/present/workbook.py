"""The Excel workbook of an edition, sheet by sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.model.steps import say_steps
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
from sozialraum.present.spreadsheet import (
    LINE_POINTS,
    MOST_PRINTED,
    Pen,
    count_lines,
    save_settled,
    settle_text,
)
from sozialraum.texts import number, say, words

if TYPE_CHECKING:
    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition

_MOST_ROWS = 1_000_000  # a sheet holds 1,048,576
_HIGHEST = 400.0  # points; a row may have 409
_FEW = 3  # areas of a level that stand beside each other, so that their figures fit on a page


def fill_workbook(edition: Edition, path: Path, measures: pd.DataFrame | None = None) -> None:
    """Write the workbook of an edition.

    Parameters
    ----------
    edition : Edition
        Verified by the caller.
    path : Path
    measures : DataFrame, optional
        As `list_measures` gives it.

    Notes
    -----
    Sheets: "Lies mich"; one per level with areas in rows and the newest figures in columns, the other
    way round where the level has three areas or less; all figures of all dates; offers; gaps;
    measures; definitions. Figures keep full precision under a number format that shows the indicator's
    decimals.
    """
    import openpyxl  # heavy

    book = openpyxl.Workbook(write_only=True)
    pen = Pen(book, notice=clean(edition.head.notice))
    readme = pen.reserve(say("tables.readme"))
    levels = [(pen.reserve(level.plural), level.id) for level in edition.levels]
    series, offers, gaps, listed, passports = (
        pen.reserve(say(f"tables.{key}"))
        for key in ("series", "offers", "gaps", "measures", "passports")
    )
    turned = {level for _, level in levels if edition.areas[level].nunique() <= _FEW}
    contents = [
        *[
            say(f"tables.note.sheet_{'few' if level in turned else 'level'}", sheet=sheet)
            for sheet, level in levels
        ],
        say("tables.note.sheet_series", sheet=series),
        say("tables.note.sheet_offers", sheet=offers),
        say("tables.note.sheet_gaps", sheet=gaps),
        *([] if measures is None else [say("tables.note.sheet_measures", sheet=listed)]),
        say("tables.note.sheet_passports", sheet=passports),
        say("tables.note.printed", most=number(MOST_PRINTED)),
        say("tables.note.files"),
        say("tables.note.text_cells"),
    ]
    write_readme(pen, readme, edition, contents)
    names = name_areas(edition)
    for sheet, level in levels:
        write = _write_turned if level in turned else _write_level
        write(pen, sheet, edition, level, names.loc[level])
    _write_series(pen, series, edition, names)
    write_plain(pen, offers, list_offers(edition))
    write_plain(pen, gaps, list_gaps(edition))
    if measures is not None:
        write_plain(pen, listed, measures)
    write_plain(pen, passports, list_passports(edition))
    properties = book.properties
    properties.title = clean(edition.head.title)
    properties.creator = clean(edition.head.office) or "sozialraum"
    properties.language = "de-DE"
    save_settled(book, path, dt.datetime.fromisoformat(edition.created or "1980-01-01"))


def write_readme(pen: Pen, name: str, edition: Edition, contents: Iterable[str]) -> None:
    """Write the sheet that says what the workbook holds, how it came about and what its signs mean."""
    widths = (24, 110)
    sheet = pen.sheet(name, widths)
    rows = list_statements(edition)
    rows += [(say("tables.note.sheets"), text) for text in contents]
    rows += list_signs()
    title, notice = say("tables.note.title"), say("tables.note.notice")
    last = ""
    for i, (word, text) in enumerate(rows):
        look = "title" if not i and word == title else "strong" if word == notice else "wrapped"
        lines = count_lines(settle_text(text), widths[1])
        height = min(LINE_POINTS * lines, _HIGHEST)
        sheet.row_dimensions[i + 1].height = 24 if look == "title" else height
        first = None if word == last else pen.text(sheet, word, "strong")
        sheet.append([first, pen.text(sheet, text, look)])
        last = word


def _write_turned(pen: Pen, name: str, edition: Edition, level: str, known: pd.DataFrame) -> None:
    """Write a level of few areas: indicators in rows, areas in columns."""
    newest = find_newest(edition, level)
    headings = [say("tables.column.indicator"), say("tables.column.datenstand")]
    headings += [f"{known.at[area, 'name']}\n{area}" for area in newest.values.index]
    widths = [70.0, 14.0, *[22.0] * len(newest.values)]
    sheet = pen.sheet(name, widths, frozen="C2", rows=newest.values.shape[1])
    pen.headings(sheet, headings, widths, range(1, len(widths)))
    for i, indicator in enumerate(newest.values):
        definition = edition.indicators[indicator]
        title = head_indicator(definition, "")
        lines = count_lines(settle_text(title), widths[0])
        sheet.row_dimensions[i + 2].height = LINE_POINTS * lines
        column = newest.values[indicator].tolist(), newest.signs[indicator].tolist()
        cells = [pen.text(sheet, title, "wrapped"), pen.day(sheet, newest.dates[indicator])]
        cells += [write_figure(pen, sheet, *pair, definition) for pair in zip(*column, strict=True)]
        sheet.append(cells)


def _write_level(pen: Pen, name: str, edition: Edition, level: str, known: pd.DataFrame) -> None:
    """Write a level: areas in rows, indicators in columns."""
    newest = find_newest(edition, level)
    indicators = list(newest.values.columns)
    whole = not known["parent"].any()
    fixed = ["area", "name"] if whole else ["area", "name", "parent_name"]
    headings = [say(f"tables.column.{column}") for column in fixed]
    headings += [head_indicator(edition.indicators[i], newest.dates[i], "\n") for i in indicators]
    words_of = [max(map(len, heading.split())) for heading in headings[len(fixed) :]]
    # As wide as the longest word of the heading, which is bold, and the filter's button.
    figures = [min(max(1.15 * longest + 2.5, 13.0), 28.0) for longest in words_of]
    widths = [*[14.0, 30.0, 24.0][: len(fixed)], *figures]
    sheet = pen.sheet(name, widths, frozen="C2", rows=len(newest.values))
    pen.headings(sheet, headings, widths, range(len(fixed), len(widths)))
    known_as = [edition.indicators[i] for i in indicators]
    columns = [
        zip(newest.values[i].tolist(), newest.signs[i].tolist(), strict=True) for i in indicators
    ]
    for area in newest.values.index:
        row = known.loc[area]
        cells = [pen.text(sheet, {"area": area, **row}[column]) for column in fixed]
        cells += [
            write_figure(pen, sheet, *next(column), definition)
            for column, definition in zip(columns, known_as, strict=True)
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
    "steps": 40,
}
_PRINTED = 10  # up to the denominator; what follows is for reading in the file
_FIGURES = ("datenstand", "gebietsstand", "value", "numerator", "denominator")


def _write_series(pen: Pen, name: str, edition: Edition, names: pd.DataFrame) -> None:
    titles = {level.id: level.title for level in edition.levels}
    quality = words("quality")
    digits = {
        indicator: count_digits(rows, edition.indicators[indicator])
        for indicator, rows in edition.values.groupby("indicator")
    }
    known = names["name"].to_dict()
    rows = edition.values.to_dict("records")
    for start in range(0, max(len(rows), 1), _MOST_ROWS):
        part = rows[start : start + _MOST_ROWS]
        title = name if not start else pen.reserve(name)
        sheet = pen.sheet(
            title, list(_SERIES.values()), frozen="A2", rows=len(part), printed=_PRINTED
        )
        headings = [say(f"tables.column.{c}") for c in _SERIES]
        figures = [i for i, c in enumerate(_SERIES) if c in _FIGURES]
        pen.headings(sheet, headings, list(_SERIES.values()), figures)
        for row in part:
            definition = edition.indicators[row["indicator"]]
            counted = digits[row["indicator"]]
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
                    write_figure(pen, sheet, value, sign, definition),
                    *(
                        pen.figure(sheet, row[c], withheld, counted)
                        if row[c] == row[c] or withheld
                        else None
                        for c in ("numerator", "denominator")
                    ),
                    pen.text(sheet, explain_sign(value, sign)),
                    pen.text(sheet, quality.get(row["quality"], row["quality"])),
                    pen.text(sheet, "; ".join(say_steps(row["steps"]))),
                ]
            )


def write_figure(pen: Pen, sheet: Any, value: float, sign: object, definition: Indicator) -> Any:
    """Write a figure, a class by its name."""
    if definition.classes and show_sign(value, sign) is None:
        return pen.text(sheet, definition.write(value))
    return pen.figure(sheet, value, sign, definition.digits)


def write_plain(pen: Pen, name: str, table: pd.DataFrame) -> None:
    """Write a table of words and numbers; columns are as wide as most of their texts."""
    widths = []
    for column in table.columns:
        longest = (
            table[column].map(lambda cell: len(clean(cell))).quantile(0.9) if len(table) else 0
        )
        heading = max(map(len, str(column).split()), default=0)
        widths.append(float(min(max(longest + 2, heading * 1.2 + 4, 10), 48)))
    sheet = pen.sheet(name, widths, frozen="A2", rows=len(table))
    figures = [i for i, c in enumerate(table) if pd.api.types.is_numeric_dtype(table[c])]
    pen.headings(sheet, list(table.columns), widths, figures)
    for i, row in enumerate(table.itertuples(index=False, name=None)):
        lines = max(map(count_lines, map(clean, row), widths), default=1)
        sheet.row_dimensions[i + 2].height = min(LINE_POINTS * lines, _HIGHEST)
        sheet.append([_plain(pen, sheet, cell) for cell in row])


def _plain(pen: Pen, sheet: Any, cell: Any) -> Any:
    if cell is None or cell is pd.NA or cell != cell or cell == "":
        return None
    if isinstance(cell, (int, float, np.number)):
        return pen.number(sheet, float(cell), "General")
    return pen.text(sheet, cell, "sign" if cell == "." else "wrapped")
