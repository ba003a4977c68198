"""From raw cells to typed columns: headings, numbers the German way, dates, choices, bounds, keys.

A raw table holds text (or typed cells) and, if it was read from a file, ``file`` and ``row``.
Nothing is dropped and nothing repaired; a cell that cannot be read becomes missing *and* a finding.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from sozialraum.model.check import CheckReport, Finding, Reading, find
from sozialraum.model.rows import add_origin, find_rows, find_twins, say_heading
from sozialraum.model.schema import Column, Table

_NOTHING = {"", "k. a.", "k.a.", "keine angabe", "nan", "none", "null", "<na>", "n/a"}
_GERMAN = r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?"
_ENGLISH = r"[+-]?(?:(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_GROUPED = r"[+-]?\d{1,3}[.,]\d{3}"


def plain(heading: object) -> str:
    """Reduce a heading to what is compared: letters and digits, umlauts written out.

    Examples
    --------
    >>> plain(" Träger_Name ")
    'traegername'
    """
    text = str(heading).strip().casefold()
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(umlaut, letters)
    return re.sub(r"[\W_]", "", text)


def list_headings(schema: Table) -> dict[str, str]:
    """List what is understood as a column: plain heading → name; of two columns the first has it.

    Examples
    --------
    >>> from sozialraum.model.schema import OFFERS
    >>> list_headings(OFFERS)["belegteplaetze"]
    'places_used'
    """
    aliases = {plain(a): c.name for c in reversed(schema.columns) for a in reversed(c.aliases)}
    return aliases | {plain(c.name): c.name for c in schema.columns}


def rename_headings(
    raw: pd.DataFrame, schema: Table, mapping: dict[str, str] | None = None
) -> pd.DataFrame:
    """Give columns the names of the schema: first by the caller's mapping, then by alias.

    A heading that means nothing to the schema is carried along as it is. An alias never overrides a
    column that has the right name already, and the first of two headings with one meaning wins. The
    caller may let one heading serve two columns.

    Parameters
    ----------
    raw : DataFrame
    schema : Table
    mapping : dict, optional
        Schema column → heading in the file.
    """
    chosen = {heading: name for name, heading in (mapping or {}).items()}
    taken = set(chosen.values()) | (set(raw.columns) - set(chosen))
    known = list_headings(schema)
    for heading in raw.columns:
        name = known.get(plain(heading))
        if heading not in chosen and name is not None and name not in taken:
            chosen[heading] = name
            taken.add(name)
    named = raw.rename(columns=chosen)
    for name, heading in (mapping or {}).items():
        if chosen[heading] != name:
            named[name] = raw[heading]
    return named


def blank(cells: pd.Series) -> pd.Series:
    """Tell which cells say nothing (empty, ``k. A.``, ``keine Angabe``)."""
    return cells.isna() | cells.astype("str").str.strip().str.casefold().isin(_NOTHING)


def parse_numbers(
    cells: pd.Series, *, decimal: str | None = None, coordinate: bool = False
) -> tuple[pd.Series, pd.Series]:
    """Read numbers written the German or the English way.

    Most cells can be read in one way only (``1.234,5``, ``0.25``, ``7``). Those with one separator
    before three digits (``1.234``) are read as the rest of the column is written; where that does
    not tell, ``decimal`` does, else the separator is taken for a decimal one. In a column written
    both ways such cells are unreadable, as is ``1,234`` where the file's decimal separator is the
    point: a number a thousand times too small or too large must not pass in silence.

    Parameters
    ----------
    cells : Series
    decimal : {",", "."}, optional
        What the file's decimal separator most likely is.
    coordinate : bool
        A coordinate has one separator at most, and it is the decimal one.

    Returns
    -------
    numbers : Series of float
    unreadable : Series of bool

    Examples
    --------
    >>> numbers, unreadable = parse_numbers(pd.Series(["1.234,5", "7", "zwölf", ""]))
    >>> numbers.tolist(), unreadable.tolist()
    ([1234.5, 7.0, nan, nan], [False, False, True, False])
    """
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        numbers = cells.astype("float64")
        return numbers.where(np.isfinite(numbers)), np.isinf(numbers)
    empty = blank(cells)
    text = cells.where(~empty).astype("str").str.strip().str.replace("−", "-", regex=False)
    text = text.str.replace(r"(?<=\d)[\s'](?=\d{3}(?!\d))", "", regex=True)
    if coordinate:
        readable = text.str.fullmatch(r"[+-]?\d+([.,]\d+)?", na=False)
        german = text.str.contains(",", regex=False, na=False)
    else:
        german, readable = _tell_german(text, decimal)
    english_text = text.str.replace(",", "", regex=False)
    german_text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    plain_text = english_text.mask(german, german_text)
    numbers = pd.to_numeric(plain_text.where(readable), errors="coerce").astype("float64")
    numbers = numbers.where(np.isfinite(numbers))
    return numbers, ~empty & numbers.isna()


def _tell_german(text: pd.Series, decimal: str | None) -> tuple[pd.Series, pd.Series]:
    """Tell which cells are written the German way, and which can be read at all."""
    german = text.str.fullmatch(_GERMAN, na=False)
    english = text.str.fullmatch(_ENGLISH, na=False)
    pointed = text.str.contains(".", regex=False, na=False)
    only_german, only_english = german & ~english, english & ~german
    either = german & english & (pointed | text.str.contains(",", regex=False, na=False))
    told = (bool(only_german.any()), bool(only_english.any()))
    nothing = pd.Series(False, index=text.index)
    if told == (False, False):
        meant_german = ~pointed if decimal is None else ~nothing & (decimal == ",")
        unclear = either & ~pointed if decimal == "." else nothing
    else:
        meant_german = ~nothing & told[0]
        unclear = either if all(told) else nothing
    return only_german | (either & meant_german), (german | english) & ~unclear


def parse_dates(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read dates as ISO text: a year, ``2016-02``, ``201602``, ``02.2016``, a day.

    Examples
    --------
    >>> parse_dates(pd.Series(["10.2.2016", "2016-02-10", "2.2016", "2016", "31.02.2016"]))[0].tolist()
    ['2016-02-10', '2016-02-10', '2016-02', '2016', nan]
    """
    empty = blank(cells)
    text = cells.where(~empty).astype("str").str.strip()
    text = text.str.replace(r"[T ]00:00:00.*$", "", regex=True).str.replace(
        r"^(\d{4})\.0$", r"\1", regex=True
    )
    text = text.str.replace(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])$", r"\1-\2", regex=True)
    german = text.str.extract(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")
    iso = german[2] + "-" + german[1].str.zfill(2) + "-" + german[0].str.zfill(2)
    text = iso.where(iso.notna(), text)
    month = text.str.extract(r"^(\d{1,2})\.(\d{4})$")
    text = (month[1] + "-" + month[0].str.zfill(2)).where(month[1].notna(), text)
    coarse = text.str.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", na=False)
    full = text.where(text.str.fullmatch(r"\d{4}-\d{2}-\d{2}", na=False))
    exists = pd.to_datetime(full, format="%Y-%m-%d", errors="coerce").notna()
    good = coarse | exists
    return text.where(good), ~empty & ~good


def parse_ids(cells: pd.Series) -> pd.Series:
    """Read ids as text; whole numbers of a spreadsheet lose their ``.0``, nothing else changes.

    Examples
    --------
    >>> parse_ids(pd.Series([1.0, None])).tolist(), parse_ids(pd.Series([" 01"])).tolist()
    (['1', nan], ['01'])
    """
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    empty = blank(cells)
    return cells.where(~empty).astype("str").str.strip().where(~empty)


def _parse_choice(cells: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    empty = blank(cells)
    meaning = {plain(word): value for value, said in column.choices for word in (value, *said)}
    read = cells.where(~empty).astype("str").map(plain, na_action="ignore").map(meaning)
    return read.astype("str"), ~empty & read.isna()


def _parse_column(
    column: Column, table: pd.DataFrame, label: str, decimal: str | None
) -> tuple[pd.Series, list[Finding]]:
    cells = table[column.name]
    findings: list[Finding] = []

    def complain(code: str, where: pd.Series, **values: Any) -> None:
        findings.extend(
            find_rows("error", code, label, table, where, column=column.name, cell=cells, **values)
        )

    if column.kind == "id":
        read = parse_ids(cells)
    elif column.kind in ("number", "count", "coordinate"):
        read, bad = parse_numbers(cells, decimal=decimal, coordinate=column.kind == "coordinate")
        if column.kind == "coordinate":
            complain("bad_coordinate", bad)
        else:
            grouped = cells.astype("str").str.strip().str.fullmatch(_GROUPED, na=False)
            complain("unclear_number", bad & grouped)
            complain("not_a_number", bad & ~grouped)
        if column.kind == "count":
            complain("not_whole", (read % 1 != 0) & read.notna())
        if column.minimum is not None:
            complain("too_small", read < column.minimum, minimum=f"{column.minimum:g}")
        if column.maximum is not None:
            complain("too_large", read > column.maximum, maximum=f"{column.maximum:g}")
    elif column.kind == "date":
        read, bad = parse_dates(cells)
        complain("not_a_date", bad)
    elif column.kind == "choice":
        read, bad = _parse_choice(cells, column)
        complain("not_a_choice", bad, choices=", ".join(said[0] for _, said in column.choices))
    else:
        read = cells.where(~blank(cells)).astype("str").str.strip()
    if column.required:
        complain("empty_cell", blank(cells))
    return read, findings


def check_table(
    raw: pd.DataFrame, schema: Table, label: str, *, decimal: str | None = None
) -> Reading:
    """Type every declared column of a raw table and list what is wrong with it.

    Parameters
    ----------
    raw : DataFrame
        Headings already renamed (see `rename_headings`). ``row`` and ``file`` are added if missing:
        position + 2 and the label.
    schema : Table
    label : str
        What the planner calls the table, usually the file's name.
    decimal : {",", "."}, optional
        What the file's decimal separator most likely is.

    Returns
    -------
    Reading
        The typed table in the order given (the key is still columns), and the findings: missing
        columns, empty required cells, unreadable or out-of-bounds cells, duplicate keys.
    """
    if not isinstance(raw, pd.DataFrame):
        wrong = find("error", "not_a_table", label, cell=type(raw).__name__)
        CheckReport((wrong,)).raise_for_errors()
    if raw.index.name in schema.key and raw.index.name not in raw:
        raw = raw.reset_index()
    twice = raw.columns[raw.columns.duplicated()].unique()
    findings = [
        find("error", "heading_twice", label, row=1, column=name, renamed=name) for name in twice
    ]
    table = raw.loc[:, ~raw.columns.duplicated()].reset_index(drop=True)
    add_origin(table, label)
    for column in schema.columns:
        if column.name in ("row", "file"):
            continue
        if column.name in table:
            table[column.name], found = _parse_column(column, table, label, decimal)
            findings += found
        elif column.required:
            given = (str(c) for c in raw.columns if c not in ("row", "file", "geometry"))
            seen = ", ".join(str(say_heading(raw, label, c)) for c in given)
            wanted = ", ".join((column.name, *column.aliases))
            findings.append(
                find("error", "missing_column", label, column=column.name, wanted=wanted, seen=seen)
            )
    if table.empty:
        findings.append(find("error", "empty_table", label))
    if schema.key and all(n in table for n in schema.key if (c := schema.column(n)) and c.required):
        findings += find_twins(table, [name for name in schema.key if name in table], label)
    return Reading(table, tuple(findings))
