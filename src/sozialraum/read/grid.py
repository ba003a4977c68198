"""The census grid: cells known by the coordinates of their south-west corner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.model.cells import parse_ids
from sozialraum.model.check import Reading, find
from sozialraum.model.rows import find_rows
from sozialraum.model.schema import POPULATION, Column, Table
from sozialraum.read.files import load_named, type_table

GRID_CRS = 3035
_LONG = r"^CRS3035RES(\d+)mN(\d+)E(\d+)$"
_SHORT = r"^(\d+)(k?)mN(\d+)E(\d+)$"
_DASHES = ("–", "-", "—")
_NOTHING = ("-1", *_DASHES)
# Only the grids of 2022 have this column, or a dash where 2011 has −1.
_REMARK = "werterlaeuternde_zeichen"
PERTURBED = "perturbed_cells"
"""Code of the finding that the numbers of a grid were changed at random by their source."""


def find_centres(cells: pd.Series) -> pd.DataFrame:
    """Give the centres of census cells from their ids.

    Parameters
    ----------
    cells : Series of str
        Long (``CRS3035RES100mN3216200E4433100``: metres) or short (``100mN32162E44331``: multiples of
        the cell's size).

    Returns
    -------
    DataFrame
        ``x``, ``y`` in EPSG:3035; missing where the id is none.

    Notes
    -----
    The id names the south-west corner; the centre lies half a cell further east and north.

    Examples
    --------
    >>> find_centres(pd.Series(["CRS3035RES100mN3216200E4433100", "100mN32162E44331", "1kmN3216E4433"]))
               x          y
    0  4433150.0  3216250.0
    1  4433150.0  3216250.0
    2  4433500.0  3216500.0
    """
    text = cells.astype("str").str.strip()
    long = text.str.extract(_LONG).astype("float64")
    short = text.str.extract(_SHORT)
    size = short[0].astype("float64") * np.where(short[1] == "k", 1000.0, 1.0)
    size = size.where(size.notna(), long[0])
    north = (short[2].astype("float64") * size).where(short[2].notna(), long[1])
    east = (short[3].astype("float64") * size).where(short[3].notna(), long[2])
    return pd.DataFrame({"x": east + size / 2, "y": north + size / 2})


def load_grid(
    path: str | Path,
    groups: Mapping[str, str],
    *,
    columns: Mapping[str, str] | None = None,
    to_crs: Any = None,
    layer: str | None = None,
) -> Reading:
    """Read a grid of the census of 2011 or 2022.

    Parameters
    ----------
    path : path
    groups : mapping
        Group → heading in the file.
    columns : mapping, optional
        ``{"cell": heading}`` where the id is not found under ``Gitter_ID_100m`` or its like.
    to_crs : any, optional
        EPSG:3035 is kept without it.
    layer : str, optional

    Notes
    -----
    2011 writes −1, 2022 writes – where a cell is uninhabited or its number secret. That is no zero: the
    number is missing. Cells without any number are left out, with a note how many. A grid of 2022 is
    noted as perturbed (Cell-Key method): sums of its cells may differ from published sums.
    """
    name = Path(path).name
    schema = _schema(groups)
    raw = load_named(path, schema, columns={**(columns or {}), **groups}, layer=layer)
    if raw.table is None:
        return Reading(None, raw.findings)
    present = [group for group in groups if group in raw.table]
    perturbed = _REMARK in {str(c).casefold() for c in raw.table}
    for group in present:
        said = raw.table[group].astype("str").str.strip()
        perturbed |= bool(said.isin(_DASHES).any())
        raw.table[group] = raw.table[group].mask(said.isin(_NOTHING))
    table = raw.table
    if perturbed:
        raw = raw._replace(findings=(*raw.findings, find("note", PERTURBED, name)))
    if present:
        silent = table[present].isna().all(axis=1) | (table[present] == "").all(axis=1)
        raw = raw._replace(table=table[~silent].reset_index(drop=True))
        if silent.any():
            note = find("note", "silent_cells", name, count=int(silent.sum()))
            raw = raw._replace(findings=(*raw.findings, note))
    table, findings = type_table(raw, schema, name)
    if "cell" not in table:
        return Reading(table, findings)
    centres = find_centres(parse_ids(table["cell"]))
    unknown = centres["x"].isna() & table["cell"].notna()
    odd = find_rows("error", "bad_cell", name, table, unknown, column="cell", cell=table["cell"])
    rest = table.drop(columns=[c for c in ("x", "y", "lon", "lat") if c in table])
    shapes = gpd.points_from_xy(centres["x"], centres["y"])
    shapes[centres["x"].isna().to_numpy()] = shapely.Point()  # found already, not to be found again
    points = gpd.GeoDataFrame(rest, geometry=shapes, crs=GRID_CRS)
    return Reading(points if to_crs is None else points.to_crs(to_crs), (*findings, *odd))


def _schema(groups: Mapping[str, str]) -> Table:
    declared = []
    for column in POPULATION.columns:
        if column.name == "cell":
            sizes = tuple(f"gitter_id_{size}" for size in ("1km", "10km"))
            column = replace(column, aliases=(*column.aliases, *sizes))
        declared.append(column)
    numbers = (Column(group, "number", minimum=0) for group in groups)
    return replace(POPULATION, columns=(*declared, *numbers))
