"""Contributions: who gave how much to a number, for the rules of secrecy alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sozialraum.model.check import Reading
from sozialraum.model.schema import CONTRIBUTIONS
from sozialraum.read.files import load_table


def read_contributions(
    path: str | Path, *, columns: Mapping[str, str] | None = None, layer: str | None = None
) -> pd.DataFrame:
    r"""Read who contributed how much, from a CSV, Excel or any other table.

    Parameters
    ----------
    path : path
        One row per smallest area, indicator, Datenstand and contributor.
    columns : mapping, optional
        Our column → heading in the file.
    layer : str, optional
        Sheet of a workbook.

    Returns
    -------
    DataFrame
        ``area, indicator, datenstand, contributor, amount``, ``file`` and ``row``.

    Raises
    ------
    InputError

    Notes
    -----
    The table is secret. It goes to `build_edition` and to no output.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "beitraege.csv"
    ...     _ = path.write_text("Gebiet;Merkmal;Stichtag;Träger;Beitrag\n01;plaetze;2024;AWO;60")
    ...     table = read_contributions(path)
    >>> table[["area", "contributor", "amount"]].values.tolist()
    [['01', 'AWO', 60.0]]
    """
    return load_contributions(path, columns=columns, layer=layer).settle()


def load_contributions(
    path: str | Path, *, columns: Mapping[str, str] | None = None, layer: str | None = None
) -> Reading:
    """Read contributions and collect findings instead of raising."""
    return load_table(path, CONTRIBUTIONS, columns=columns, layer=layer)
