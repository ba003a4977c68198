"""Text and spreadsheet files as tables of raw cells that know their row."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sozialraum.model.check import Finding, find
from sozialraum.model.rows import show
from sozialraum.texts import say

_DELIMITERS = (";", ",", "\t")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Raw(NamedTuple):
    """What stands in a file: cells as they are, findings, and the likely decimal separator.

    ``table`` is None where nothing could be read.
    """

    table: Any
    findings: tuple[Finding, ...]
    decimal: str | None = None


def decode(data: bytes) -> str | None:
    r"""Turn the bytes of a text file into text; None if they are none.

    A byte order mark decides; else UTF-8 where it fits, else Windows-1252 or, for its few undefined
    bytes, Latin-1. Whether the text makes sense is asked cell by cell later.

    Examples
    --------
    >>> decode("Straße".encode("cp1252")), decode(b"PK\x03\x04\x00")
    ('Straße', None)
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    if b"\0" in data:
        return None
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _sniff(text: str) -> str:
    """Choose the delimiter that splits most of the first rows alike."""

    def score(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in islice(filter(any, reader), 30))
        except csv.Error:
            return (0, 0)
        return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))

    return max(_DELIMITERS, key=score)


def _records(
    text: str, delimiter: str, name: str, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            findings.append(find("error", "bad_quotes", name, row=number))


def load_csv(path: Path) -> Raw:
    """Read a text table: ``;``, ``,`` or tab, any line ends, UTF-8 or Windows encoding."""
    text = decode(path.read_bytes())
    if text is None:
        return Raw(None, (find("error", "not_text", path.name),))
    delimiter = _sniff(text)
    findings: list[Finding] = []
    table = _tabulate(_records(text, delimiter, path.name, findings), path.name, findings)
    return Raw(table, tuple(findings), "." if delimiter == "," else ",")


def load_excel(path: Path, sheet: str | None) -> Raw:
    """Read one sheet of a workbook, the first if none is named, as a German spreadsheet shows it."""
    import openpyxl

    findings: list[Finding] = []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(path, read_only=True)
    except Exception as error:  # a damaged workbook fails in as many ways as there are parts
        return Raw(None, (find("error", "unreadable", path.name, reason=_reason(error, path)),))
    if sheet is not None and sheet not in book.sheetnames:
        known = ", ".join(book.sheetnames)
        return Raw(None, (find("error", "unknown_sheet", path.name, sheet=sheet, known=known),))
    name = sheet or book.sheetnames[0]

    def records() -> Iterator[tuple[int, list[str]]]:
        rows = zip(book[name].iter_rows(), formulas[name].iter_rows(), strict=False)
        for number, (cells, entered) in enumerate(rows, start=1):
            for cell, formula in zip(cells, entered, strict=False):
                if formula.value is None or (cell.value is not None and cell.data_type != "e"):
                    continue
                code = "formula_without_value" if cell.value is None else "excel_error"
                said = formula.value if cell.value is None else cell.value
                letter = formula.column_letter
                findings.append(
                    find("error", code, path.name, row=number, column=letter, cell=show(said))
                )
            yield number, [_shown(cell) for cell in cells]

    try:
        table = _tabulate(records(), path.name, findings)
    except Exception as error:  # sheets are parsed only when their rows are asked for
        return Raw(None, (find("error", "unreadable", path.name, reason=_reason(error, path)),))
    finally:
        book.close()
        formulas.close()
    return Raw(table, tuple(findings), ",")


def _reason(error: Exception, path: Path) -> str:
    return (str(error) or type(error).__name__).replace(str(path), path.name)


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        value = int(value) if whole else repr(value).replace(".", ",")
    if isinstance(value, int) and re.fullmatch("0+", cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _tabulate(
    records: Iterable[tuple[int, list[str]]], name: str, findings: list[Finding]
) -> pd.DataFrame | None:
    """Make a table of records; the first that is not blank holds the headings.

    A row that does not fit them is found and left out: its cells cannot be trusted.
    """
    full = ((number, record) for number, record in records if any(map(str.strip, record)))
    heading_row, heading = next(full, (0, [""]))
    if not heading_row:
        findings.append(find("error", "empty_file", name))
        return None
    named = max(i for i, cell in enumerate(heading, start=1) if cell.strip())
    width, widest = named, len(heading)
    rows: list[list[str]] = []
    numbers: list[int] = []
    ragged: list[Finding] = []
    for number, record in full:
        cells = record + [""] * (len(heading) - len(record))
        while len(cells) > len(heading) and not cells[-1].strip():
            cells.pop()
        if len(record) < named or len(cells) > len(heading):
            widest = max(widest, len(cells))
            size = {"cells": len(record), "headings": named}
            ragged.append(find("error", "ragged_row", name, row=number, **size))
            continue
        if any(map(str.strip, cells[width:])):
            width = len(heading)
        rows.append(cells)
        numbers.append(number)
    columns = widest if len(ragged) > len(rows) else width
    missing = columns - sum(bool(cell.strip()) for cell in heading)
    if missing > columns / 2:
        title = next(show(cell) for cell in heading if cell.strip())
        findings.append(
            find("error", "headings_missing", name, row=heading_row, count=missing, title=title)
        )
        return None
    findings += ragged
    headings = [
        cell.strip() or say("read.unnamed", number=i)
        for i, cell in enumerate(heading[:width], start=1)
    ]
    headings = unique_names(headings, heading_row, name, findings)
    table = pd.DataFrame([cells[:width] for cells in rows], columns=headings, dtype="str")
    table["file"] = pd.Series(name, index=table.index, dtype="str")
    table["row"] = pd.Series(numbers, index=table.index, dtype="int64")
    return table


def unique_names(names: list[str], row: int, file: str, findings: list[Finding]) -> list[str]:
    """Tell headings apart that occur twice, or that are ours, by a number behind them."""
    seen = {"file": 1, "row": 1}
    result = []
    for text in names:
        seen[text] = seen.get(text, 0) + 1
        result.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
        if seen[text] > 1 and text not in ("file", "row"):
            findings.append(
                find("error", "heading_twice", file, row=row, column=text, renamed=result[-1])
            )
    return result
