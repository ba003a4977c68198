"""Editions that were published before, read from what they wrote."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import pandas as pd

from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.secrecy.earlier import Earlier

_NUMBERS = ["value", "numerator", "denominator"]
_TABLE, _GAPS = "werte.csv", "luecken"


def read_earlier(path: str | Path) -> Earlier:
    """Read an edition that was published before.

    Parameters
    ----------
    path : path
        A folder that an edition was written into, or its ``werte.csv``.

    Returns
    -------
    Earlier
        Its values; of a folder with a GeoPackage its gaps too.

    Raises
    ------
    InputError
        There is no such file or folder, or no table of an edition in it.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.present.tables import write_tables
    >>> from sozialraum.secrecy.build import build_edition
    >>> folder = tempfile.mkdtemp()
    >>> _ = write_tables(build_edition(build_musterstadt().atlas), folder)
    >>> len(read_earlier(folder).values) > 100
    True
    """
    path = Path(path)
    tables = [path] if path.is_file() else sorted(path.rglob(f"*{_TABLE}"))
    if not tables:
        refused = find("error", "earlier_missing", path.name, path=path.name, table=_TABLE)
        raise InputError(CheckReport((refused,)))
    with tables[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or not {"level", "area", "indicator", "datenstand", *_NUMBERS} <= set(rows[0]):
        refused = find("error", "earlier_table", tables[0].name, table=_TABLE)
        raise InputError(CheckReport((refused,)))
    values = pd.DataFrame(rows[1:], columns=rows[0], dtype="str").reindex(
        columns=list(VALUE_COLUMNS)
    )
    values = values.assign(**{c: pd.to_numeric(values[c], errors="coerce") for c in _NUMBERS})
    packages = [] if path.is_file() else sorted(path.rglob("*.gpkg"))
    layers = [p for p in packages if _GAPS in set(gpd.list_layers(p)["name"])]
    gaps = gpd.read_file(layers[0], layer=_GAPS) if layers else None
    return Earlier(values.fillna({"gebietsstand": "", "sign": ""}), gaps)
