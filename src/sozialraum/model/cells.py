"""From raw cells to typed columns: headings, numbers the German way, dates, choices, bounds, keys.

A raw table holds text (or typed cells) and, if it was read from a file, ``file`` and ``row``.
Nothing is dropped and nothing repaired; a cell that cannot be read becomes missing *and* a finding.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sozialraum.errors import SozialraumError
from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.schema import Column, Table
from sozialraum.texts import say

_NOTHING = {"", "k. a.", "k.a.", "keine angabe", "nan", "none", "null", "<na>", "n/a"}
_THOUSANDS = r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+"
_SHOWN = 20


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


def rename_headings(
    raw: pd.DataFrame, schema: Table, mapping: dict[str, str] | None = None
) -> pd.DataFrame:
    """Give columns the names of the schema: first by the caller's mapping, then by alias.

    A heading that means nothing to the schema is carried along as it is. An alias never overrides a
    column that has the right name already, and the first of two headings with one meaning wins.

    Parameters
    ----------
    raw : DataFrame
    schema : Table
    mapping : dict, optional
        Schema column → heading in the file.
    """
    chosen = {heading: name for name, heading in (mapping or {}).items()}
    taken = set(chosen.values()) | (set(raw.columns) - set(chosen))
    known = {plain(c.name): c.name for c in schema.columns}
    for column in reversed(schema.columns):
        known |= {
            plain(alias): column.name for alias in column.aliases if plain(alias) not in known
        }
    for column in schema.columns:
        known[plain(column.name)] = column.name
    for heading in raw.columns:
        name = known.get(plain(heading))
        if heading not in chosen and name is not None and name not in taken:
            chosen[heading] = name
            taken.add(name)
    return raw.rename(columns=chosen)


def blank(cells: pd.Series) -> pd.Series:
    """Tell which cells say nothing (empty, ``k. A.``, ``keine Angabe``)."""
    return cells.isna() | cells.astype("str").str.strip().str.casefold().isin(_NOTHING)


def parse_numbers(
    cells: pd.Series, *, decimal: str | None = None, coordinate: bool = False
) -> tuple[pd.Series, pd.Series]:
    """Read numbers written the German or the English way.

    The column decides as a whole: one cell with a comma makes the point a thousands separator; one
    cell whose points cannot separate thousands makes it a decimal point; else ``decimal`` does.
    In coordinates a single point is always decimal.

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
        return numbers, np.isinf(numbers)
    empty = blank(cells)
    text = cells.where(~empty).astype("str").str.strip()
    text = text.str.replace(r"(?<=\d)[\s\u00a0\u202f'](?=\d{3})", "", regex=True)
    comma = text.str.contains(",", regex=False, na=False)
    pointed = text.str.contains(".", regex=False, na=False)
    thousands = text.str.fullmatch(_THOUSANDS, na=False)
    if coordinate:
        grouped = pd.Series(False, index=cells.index)
    elif comma.any():
        grouped = pointed
    elif (pointed & ~thousands).any():
        grouped = pd.Series(False, index=cells.index)
    else:
        grouped = thousands & (decimal == ",")
    text = text.mask(grouped & ~comma & ~thousands, "?")
    text = text.mask(grouped, text.str.replace(".", "", regex=False))
    text = text.str.replace(",", ".", regex=False)
    readable = text.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", na=False)
    numbers = pd.to_numeric(text.where(readable), errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers)), ~empty & ~np.isfinite(numbers)


def parse_dates(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read dates as ISO text: a year, ``2016-02``, ``201602``, ``2016-02-10``, ``10.02.2016``.

    Examples
    --------
    >>> parse_dates(pd.Series(["10.2.2016", "2016", "31.02.2016"]))[0].tolist()
    ['2016-02-10', '2016', nan]
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
    coarse = text.str.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", na=False)
    full = text.where(text.str.fullmatch(r"\d{4}-\d{2}-\d{2}", na=False))
    exists = pd.to_datetime(full, format="%Y-%m-%d", errors="coerce").notna()
    good = coarse | exists
    return text.where(good), ~empty & ~good


def parse_ids(cells: pd.Series) -> pd.Series:
    """Read ids as text; whole numbers of a spreadsheet lose their ``.0``, nothing else changes."""
    if pd.api.types.is_float_dtype(cells):
        whole = cells.notna() & (cells == np.floor(cells))
        text = cells.astype("object").map(lambda v: str(int(v)) if v == v and v == int(v) else v)
        cells = text if whole.any() else cells
    empty = blank(cells)
    return cells.where(~empty).astype("str").str.strip().where(~empty)


def _parse_choice(cells: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    empty = blank(cells)
    meaning = {plain(word): value for value, said in column.choices for word in (value, *said)}
    read = cells.where(~empty).astype("str").map(plain, na_action="ignore").map(meaning)
    return read.astype("str"), ~empty & read.isna()


def spans(rows: list[int]) -> str:
    """Write row numbers compactly.

    Examples
    --------
    >>> spans([2, 3, 4, 9])
    '2–4, 9'
    """
    parts: list[list[int]] = []
    for row in sorted(set(rows)):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in parts)


def find_rows(
    severity: str, code: str, label: str, table: pd.DataFrame, where: pd.Series, **values: object
) -> list[Finding]:
    """Make one finding per row where ``where`` holds; beyond twenty, one finding for all the rest.

    ``values`` that are Series give each row its own value.
    """
    rows = table["row"].loc[where.to_numpy()].astype(int).tolist()
    per_row = {
        key: value.loc[where.to_numpy()].tolist() if isinstance(value, pd.Series) else value
        for key, value in values.items()
    }
    files = table["file"].loc[where.to_numpy()].astype("str").tolist()
    findings = [
        find(
            "error" if severity == "error" else "note",
            code,
            files[i] or label,
            row=rows[i],
            **{k: v[i] if isinstance(v, list) else v for k, v in per_row.items()},
        )
        for i in range(min(len(rows), _SHOWN))
    ]
    if len(rows) > _SHOWN:
        rest = rows[_SHOWN:]
        findings.append(
            Finding(
                findings[0].severity,
                code,
                label,
                say("finding.more_rows", count=len(rest), rows=spans(rest)),
                column=findings[0].column,
            )
        )
    return findings


def _parse_column(
    column: Column, table: pd.DataFrame, label: str, decimal: str | None
) -> tuple[pd.Series, list[Finding]]:
    cells = table[column.name]
    findings: list[Finding] = []

    def complain(code: str, where: pd.Series, **values: object) -> None:
        findings.extend(
            find_rows("error", code, label, table, where, column=column.name, cell=cells, **values)
        )

    if column.kind == "id":
        read = parse_ids(cells)
    elif column.kind in ("number", "count", "coordinate"):
        read, bad = parse_numbers(cells, decimal=decimal, coordinate=column.kind == "coordinate")
        complain("bad_coordinate" if column.kind == "coordinate" else "not_a_number", bad)
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


def _twins(table: pd.DataFrame, schema: Table, label: str) -> list[Finding]:
    key = [name for name in schema.key if name in table]
    known = table.dropna(subset=key)
    twins = known[known.duplicated(key, keep=False)]
    rows = twins.groupby(key, sort=True, observed=True)["row"].agg(list)
    found = []
    for ids, numbers in rows.items():
        text = ids if isinstance(ids, str) else ", ".join(str(i) for i in ids)
        found.append(
            find(
                "error",
                "duplicate",
                label,
                id=text,
                rows=spans([int(n) for n in numbers]),
                row=int(numbers[1]),
                column=key[-1] if len(key) == 1 else None,
            )
        )
    return found


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
    if raw.index.name in schema.key and raw.index.name not in raw:
        raw = raw.reset_index()
    table = raw.reset_index(drop=True)
    if not isinstance(table, pd.DataFrame):
        raise SozialraumError(say("finding.not_a_table", cell=type(raw).__name__))
    if "row" not in table:
        table["row"] = np.arange(2, len(table) + 2)
    if "file" not in table:
        table["file"] = label
    findings: list[Finding] = []
    for column in schema.columns:
        if column.name in ("row", "file"):
            continue
        if column.name in table:
            table[column.name], found = _parse_column(column, table, label, decimal)
            findings += found
        elif column.required:
            seen = ", ".join(str(c) for c in raw.columns if c not in ("row", "file", "geometry"))
            wanted = ", ".join((column.name, *column.aliases))
            findings.append(
                find("error", "missing_column", label, column=column.name, wanted=wanted, seen=seen)
            )
    if table.empty:
        findings.append(find("error", "empty_table", label))
    if all(name in table for name in schema.key if (c := schema.column(name)) and c.required):
        findings += _twins(table, schema, label)
    return Reading(table, tuple(findings))
