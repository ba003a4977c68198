"""Umsteigeschlüssel: which share of an old area belongs to which new one, as offices publish it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sozialraum.indicators.crosswalk import check_key
from sozialraum.model.check import Reading
from sozialraum.model.schema import Column, Table
from sozialraum.read.files import load_table

_KEY = Table(
    "key",
    key=("source", "target"),
    columns=(
        Column("source", "id", required=True, aliases=("alt", "von", "gebiet alt")),
        Column("target", "id", required=True, aliases=("neu", "nach", "gebiet neu")),
        Column("share", "number", required=True, aliases=("anteil", "schlüssel")),
    ),
)


def read_key(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
) -> pd.DataFrame:
    r"""Read an Umsteigeschlüssel from a CSV, Excel or any other table.

    Parameters
    ----------
    path : path
        One row for every pair of an old and a new area that have something in common.
    columns : mapping, optional
        ``source``, ``target``, ``share`` → heading in the file. Where the file has several shares (by
        area, by population) this says which one is meant.
    layer : str, optional
        Sheet of a workbook.

    Returns
    -------
    DataFrame
        ``source``, ``target`` (text), ``share`` (0 to 1), ``file``, ``row``.

    Raises
    ------
    InputError
        The shares of an old area do not add up to 1 (to a thousandth), pairs stand twice, cells that
        are empty or no numbers.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "schluessel.csv"
    ...     _ = path.write_text("alt;neu;Anteil\n01;11;0,75\n01;12;0,25")
    ...     key = read_key(path)
    >>> key[["source", "target", "share"]].values.tolist()
    [['01', '11', 0.75], ['01', '12', 0.25]]
    """
    return load_key(path, columns=columns, layer=layer).settle()


def load_key(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
) -> Reading:
    """Read an Umsteigeschlüssel and collect findings instead of raising."""
    table, findings = load_table(path, _KEY, columns=columns, layer=layer)
    if table is None or any(finding.severity == "error" for finding in findings):
        return Reading(table, findings)
    return Reading(table, (*findings, *check_key(table, Path(path).name)))
