"""From a file of any kind to a typed table with the library's column names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sozialraum.model.cells import check_table, list_headings, plain, rename_headings
from sozialraum.model.check import Finding, Reading, Severity, find
from sozialraum.model.rows import find_rows, show
from sozialraum.model.schema import Table
from sozialraum.read.shapes import load_parquet, load_spatial, unreadable
from sozialraum.read.sheets import Raw, load_csv, load_excel

_KINDS: dict[str, Callable[[Path, str | None], Raw]] = {
    **dict.fromkeys((".csv", ".txt", ".tsv"), lambda path, _: load_csv(path)),
    **dict.fromkeys((".xlsx", ".xlsm"), load_excel),
    **dict.fromkeys((".parquet", ".geoparquet"), lambda path, _: load_parquet(path)),
    **dict.fromkeys((".gpkg", ".geojson", ".json", ".shp", ".fgb", ".zip"), load_spatial),
}

# What is left when UTF-8, DOS or Macintosh bytes were taken for Windows letters, and lost letters.
_GARBLED = "[\u0080-\u009f\ufffd]|Ã[\u00a0-\u00bf„Ÿ–œ€]|â€|Â[\u00a0-\u00bf]|[a-zß][„”ŠŸ†‡][a-zß]"
# What a spreadsheet would execute when the cell is opened in it.
_FORMULA = r"^\s*(?:=|@\w+\(|[+\-@].*\|)"
_CONTROL = "[\u0000-\u0008\u000b\u000c\u000e-\u001f]"
# Marks that turn the direction of writing: they come with copied telephone numbers, and can deceive.
_DIRECTION = "[\u202a-\u202e\u2066-\u2069]"
_SUSPICIOUS: tuple[tuple[Severity, str, str], ...] = (
    ("error", "garbled", _GARBLED),
    ("error", "formula", _FORMULA),
    ("error", "control_character", _CONTROL),
    ("note", "direction_mark", _DIRECTION),
)


def load_raw(path: str | Path, layer: str | None = None) -> Raw:
    """Read the cells of a file as they are.

    Parameters
    ----------
    path : path
        ``.csv``, ``.txt``, ``.tsv``, ``.xlsx``, ``.gpkg``, ``.geojson``, ``.shp``, ``.parquet`` …
    layer : str, optional
        Layer of a GeoPackage or sheet of a workbook.

    Returns
    -------
    Raw
        Table with ``file`` and ``row`` (None if nothing could be read) and findings.
    """
    path = Path(path)
    name = path.name
    load = _KINDS.get(path.suffix.lower())
    if not path.exists():
        return Raw(None, (find("error", "missing_file", name, path=name),))
    if load is None or path.is_dir():
        kinds = ", ".join(_KINDS)
        return Raw(None, (find("error", "unknown_kind", name, kinds=kinds),))
    if not path.stat().st_size:
        return Raw(None, (find("error", "empty_file", name),))
    try:
        raw = load(path, layer)
    except OSError as error:
        return Raw(None, (unreadable(error, path),))
    if raw.table is None:
        return raw
    return raw._replace(findings=(*raw.findings, *_suspicious_cells(raw.table, name)))


def _suspicious_cells(table: pd.DataFrame, name: str) -> list[Finding]:
    """Find texts that were decoded wrongly, would run as a formula, or hold control characters."""
    found = [
        find("error", "garbled", name, row=1, column=show(column), cell=show(column))
        for column in table.columns
        if re.search(_GARBLED, column)
    ]
    for column in table.columns:
        if column in ("file", "row") or not pd.api.types.is_string_dtype(table[column].dtype):
            continue
        cells = table[column].astype("str")
        for severity, code, pattern in _SUSPICIOUS:
            where = cells.str.contains(pattern, regex=True, na=False)
            if where.any():
                shown = cells.str.replace(f"{_CONTROL}|{_DIRECTION}", "�", regex=True)
                found += find_rows(
                    severity, code, name, table, where, column=str(show(column)), cell=shown
                )
    return found


def load_named(
    path: str | Path,
    schema: Table,
    *,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
) -> Raw:
    """Read the cells of a file under our column names.

    Parameters
    ----------
    path : path
    schema : Table
        Whose names and aliases are understood.
    columns : mapping, optional
        Our column → heading in the file.
    layer : str, optional
        Layer or sheet.
    """
    raw = load_raw(path, layer)
    if raw.table is None:
        return raw
    mapping, found = settle_headings(raw.table, columns or {}, Path(path).name)
    known = list_headings(schema)
    used = {plain(heading) for heading in mapping.values()} | set(known)
    first = [
        replace(f, severity="note")
        if f.code == "heading_twice" and plain(f.column) not in used
        else f
        for f in raw.findings
    ]
    table = rename_headings(raw.table, schema, mapping)
    for heading, name in zip(raw.table.columns, table.columns, strict=False):
        meant = known.get(plain(heading))
        if heading == name != meant and meant in table and not {meant} & {*raw.table, *mapping}:
            found.append(
                find("note", "heading_spare", Path(path).name, row=1, column=heading, meant=meant)
            )
    renamed = {n: h for h, n in zip(raw.table.columns, table.columns, strict=False) if n != h}
    table.attrs["headings"] = {Path(path).name: renamed}
    return raw._replace(table=table, findings=(*first, *found))


def type_table(raw: Raw, schema: Table, name: str) -> Reading:
    """Type the cells of a named table; a heading already missed is not missed twice."""
    table, found = check_table(raw.table, schema, name, decimal=raw.decimal)
    missed = {f.column for f in raw.findings if f.code == "unknown_heading"}
    more = [f for f in found if f.code != "missing_column" or f.column not in missed]
    return Reading(table, (*raw.findings, *more))


def load_table(
    path: str | Path,
    schema: Table,
    *,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
    constants: Mapping[str, str | None] | None = None,
) -> Reading:
    """Read a file, translate its headings and type its cells.

    Parameters
    ----------
    path, schema, columns, layer
        See `load_named`.
    constants : mapping, optional
        What holds for all rows where the file has no such column.

    Returns
    -------
    Reading
        The table is None where nothing could be read.
    """
    raw = load_named(path, schema, columns=columns, layer=layer)
    if raw.table is None:
        return Reading(None, raw.findings)
    fill_columns(raw.table, constants or {})
    return type_table(raw, schema, Path(path).name)


def fill_columns(table: pd.DataFrame, constants: Mapping[str, str | None]) -> None:
    """Add to a fresh table what holds for all rows where it has no such column."""
    for column, value in constants.items():
        if value is not None and column not in table:
            table[column] = pd.Series(value, index=table.index, dtype="str")


def settle_headings(
    table: pd.DataFrame, columns: Mapping[str, str], name: str
) -> tuple[dict[str, str], list[Finding]]:
    """Find the headings the caller named, whatever their case and blanks.

    Returns
    -------
    mapping : dict
        Our column → heading as it stands in the file.
    findings : list of Finding
        Headings that do not exist.
    """
    headings = {plain(c): c for c in reversed(table.columns)}
    mapping: dict[str, str] = {}
    found: list[Finding] = []
    for column, heading in columns.items():
        if heading in table.columns or plain(heading) in headings:
            mapping[column] = heading if heading in table.columns else headings[plain(heading)]
            continue
        seen = [str(c) for c in table.columns if c not in ("file", "row", "geometry")]
        near = difflib.get_close_matches(heading, seen, n=1, cutoff=0.5)
        found.append(
            find(
                "error",
                "unknown_heading",
                name,
                column=column,
                heading=heading,
                seen=", ".join(near or seen),
            )
        )
    return mapping, found
