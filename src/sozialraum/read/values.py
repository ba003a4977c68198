"""Indicator values, long or wide, with the signs of official statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.cells import parse_numbers
from sozialraum.model.check import Finding, Reading
from sozialraum.model.rows import find_rows
from sozialraum.model.schema import VALUES, Column, Table
from sozialraum.read.files import fill_columns, load_named, type_table
from sozialraum.read.sheets import Raw

Parts = Mapping[str, str]
_NUMBERS = ("value", "numerator", "denominator")
# How tables write the signs of official statistics.
_SIGNS = {
    **dict.fromkeys(("–", "-", "—"), "–"),
    **dict.fromkeys((".", "•", "*"), "."),
    **dict.fromkeys(("x", "X"), "x"),
    **dict.fromkeys(("…", "..."), "…"),
    "/": "/",
}
# No share, rate or count has such a value; left alone it would colour the map.
_CODES = (-9999.0, -99999.0, -999999.0)


def read_values(
    path: str | Path,
    *,
    form: str = "long",
    columns: Mapping[str, str] | None = None,
    indicators: Sequence[str] | Mapping[str, str | Parts] | None = None,
    level: str | None = None,
    datenstand: str | None = None,
    gebietsstand: str | None = None,
    missing: Sequence[float | str] = (),
    layer: str | None = None,
) -> pd.DataFrame:
    r"""Read indicator values from a CSV, Excel or any other table.

    Parameters
    ----------
    path : path
    form : {"long", "wide"}
        One row per value, or one row per area and one column per indicator.
    columns : mapping, optional
        Our column → heading in the file.
    indicators : sequence or mapping, optional
        For the wide form: indicator id → heading, or → ``{"value": …, "numerator": …,
        "denominator": …}`` (any of them); a sequence takes headings as ids. Without it every column
        the schema does not know is an indicator.
    level, datenstand, gebietsstand : str, optional
        What holds for all rows where the file has no such column.
    missing : sequence of float or str
        Codes that mean "no value", such as ``[-9999]``.
    layer : str, optional
        Layer or sheet.

    Returns
    -------
    DataFrame
        ``area, level, indicator, datenstand, gebietsstand, value, numerator, denominator, quality,
        sign`` as far as given, ``file`` and ``row``.

    Raises
    ------
    InputError
    UnknownNameError
        No such form.

    Notes
    -----
    The signs of official statistics ``–`` ``.`` ``x`` ``/`` ``…`` make a value missing and are kept in
    ``sign``; ``(12)`` keeps its value and the sign ``()``. A missing code leaves no sign. Codes such as
    −9999 that were not announced are errors.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "werte.csv"
    ...     _ = path.write_text("Gebiet;Quote;Fälle\n01;12,5;40\n02;.;.")
    ...     values = read_values(path, form="wide", datenstand="2023-12-31")
    >>> values.set_index(["indicator", "area"])[["value", "sign"]]
                    value sign
    indicator area
    Quote     01     12.5  NaN
              02      NaN    .
    Fälle     01     40.0  NaN
              02      NaN    .
    """
    return load_values(
        path,
        form=form,
        columns=columns,
        indicators=indicators,
        level=level,
        datenstand=datenstand,
        gebietsstand=gebietsstand,
        missing=missing,
        layer=layer,
    ).settle()


def load_values(
    path: str | Path,
    *,
    form: str = "long",
    columns: Mapping[str, str] | None = None,
    indicators: Sequence[str] | Mapping[str, str | Parts] | None = None,
    level: str | None = None,
    datenstand: str | None = None,
    gebietsstand: str | None = None,
    missing: Sequence[float | str] = (),
    layer: str | None = None,
) -> Reading:
    """Read values and collect findings instead of raising."""
    if form not in ("long", "wide"):
        raise UnknownNameError("form", form, ("long", "wide"))
    name = Path(path).name
    schema, wanted = VALUES, dict(columns or {})
    if form == "wide":
        schema = replace(
            VALUES,
            key=("level", "area", "datenstand"),
            columns=tuple(c for c in VALUES.columns if c.name not in ("indicator", *_NUMBERS)),
        )
        headings = [h for part in _parts(indicators or ()).values() for h in part.values()]
        wanted |= {heading: heading for heading in headings}
    raw = load_named(path, schema, columns=wanted, layer=layer)
    if raw.table is None:
        return Reading(None, raw.findings)
    fill_columns(
        raw.table, {"level": level, "datenstand": datenstand, "gebietsstand": gebietsstand}
    )
    if form == "long":
        numbers = [c for c in _NUMBERS if c in raw.table]
        signs, found = _take_signs(raw.table, numbers, missing, name)
        table, findings = type_table(raw, schema, name)
        _join_signs(table, signs, numbers)
        return Reading(table, (*findings, *found))
    known = {c.name for c in schema.columns} | {"geometry"}
    others = [c for c in raw.table.columns if c not in known]
    parts = _parts(others if indicators is None else indicators)
    return _melt(raw, schema, parts, missing, name)


def _parts(indicators: Iterable[str] | Mapping[str, str | Parts]) -> dict[str, Parts]:
    if not isinstance(indicators, Mapping):
        return {name: {"value": name} for name in indicators}
    return {
        name: {"value": said} if isinstance(said, str) else said
        for name, said in indicators.items()
    }


def _take_signs(
    table: pd.DataFrame, columns: Iterable[str], missing: Sequence[float | str], name: str
) -> tuple[dict[str, pd.Series], list[Finding]]:
    """Take signs and missing codes out of the cells of a fresh table."""
    codes = {float(m) for m in missing if not isinstance(m, str)}
    words = {m for m in missing if isinstance(m, str)}
    signs: dict[str, pd.Series] = {}
    found: list[Finding] = []
    for column in columns:
        text = table[column].astype("str").str.strip()
        inner = text.str.extract(r"^\((.*\d.*)\)$")[0]
        sign = text.map(_SIGNS).where(inner.isna(), "()").astype("str")
        numbers, _ = parse_numbers(table[column])
        unannounced = numbers.isin(_CODES) & ~numbers.isin(codes)
        found += find_rows(
            "error",
            "missing_code",
            name,
            table,
            unannounced,
            column=column,
            cell=numbers.map("{:g}".format),
        )
        gone = (sign.notna() & inner.isna()) | numbers.isin(codes) | text.isin(words) | unannounced
        table[column] = table[column].mask(gone).where(inner.isna(), inner)
        signs[column] = sign
    return signs, found


def _join_signs(
    table: pd.DataFrame, signs: Mapping[str, pd.Series], columns: Sequence[str]
) -> None:
    """Give each row the first sign of its cells; a secret cell hides its companions too."""
    sign = table["sign"] if "sign" in table else pd.Series(pd.NA, index=table.index, dtype="str")
    for column in columns:
        sign = sign.where(sign.notna(), signs[column].set_axis(table.index))
    table["sign"] = sign
    for column in columns:
        table[column] = table[column].mask(sign == ".")


def _melt(
    raw: Raw,
    schema: Table,
    parts: Mapping[str, Parts],
    missing: Sequence[float | str],
    name: str,
) -> Reading:
    """Type a wide table, heading by heading, and stack its indicators."""
    used = [h for part in parts.values() for h in part.values() if h in raw.table]
    used = list(dict.fromkeys(used))
    signs, found = _take_signs(raw.table, used, missing, name)
    declared = tuple(Column(heading, "number") for heading in used)
    typed, findings = type_table(raw, replace(schema, columns=schema.columns + declared), name)
    keep = [c.name for c in schema.columns if c.name in typed and c.name not in ("file", "row")]
    stacked = []
    for indicator, part in parts.items():
        columns = {p: h for p, h in part.items() if h in typed}
        table = typed[[*keep, "file", "row"]].assign(
            indicator=pd.Series(indicator, index=typed.index, dtype="str"),
            **{p: typed[h] for p, h in columns.items()},
        )
        _join_signs(table, {p: signs[h] for p, h in columns.items()}, list(columns))
        stacked.append(table)
    if not stacked:
        return Reading(typed, (*findings, *found))
    return Reading(pd.concat(stacked, ignore_index=True), (*findings, *found))
