"""Funding: who pays how much for which offer in which year."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sozialraum.model.check import Reading
from sozialraum.model.schema import FUNDING
from sozialraum.read.files import load_table


def read_funding(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    year: int | None = None,
    layer: str | None = None,
) -> pd.DataFrame:
    r"""Read amounts of funding from a CSV, Excel or any other table.

    Parameters
    ----------
    path : path
        One row per offer, year and source of the money.
    columns : mapping, optional
        Our column → heading in the file.
    year : int, optional
        The year of all rows where the file has no such column.
    layer : str, optional
        Sheet of a workbook.

    Returns
    -------
    DataFrame
        ``offer`` (text), ``year``, ``source``, ``euro``, if given ``mandatory`` and ``serves``, ``file``
        and ``row``.

    Raises
    ------
    InputError

    Notes
    -----
    Whether the offers exist is checked against them: see `check_funding`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "foerderung.csv"
    ...     _ = path.write_text("Angebot;Jahr;Geber;Betrag\n007;2024;Stadt;12.500,50")
    ...     funding = read_funding(path)
    >>> funding[["offer", "year", "source", "euro"]].values.tolist()
    [['007', 2024, 'Stadt', 12500.5]]
    """
    return load_funding(path, columns=columns, year=year, layer=layer).settle()


def load_funding(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    year: int | None = None,
    layer: str | None = None,
) -> Reading:
    """Read funding and collect findings instead of raising."""
    constants = {"year": None if year is None else str(year)}
    table, findings = load_table(path, FUNDING, columns=columns, layer=layer, constants=constants)
    if table is not None and "year" in table and table["year"].notna().all():
        table["year"] = table["year"].astype(int)
    return Reading(table, findings)
