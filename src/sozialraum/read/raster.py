"""Population rasters as points at the centres of their cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.rows import find_rows
from sozialraum.read.places import project
from sozialraum.read.shapes import unreadable


def load_raster(
    path: str | Path,
    groups: Sequence[str],
    *,
    crs: Any = None,
    to_crs: Any = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> Reading:
    """Read the bands of a GeoTIFF as groups.

    Parameters
    ----------
    path : path
    groups : sequence of str
        Names of the bands, in order.
    crs : any, optional
        Where the file does not say it.
    to_crs : any, optional
    bounds : (west, south, east, north), optional
        In ``to_crs``: only the window around them is read.

    Returns
    -------
    Reading
        One row per cell that has a number other than 0 in at least one band; ``cell`` is
        ``r<row>c<column>`` of the whole raster, counted from 0.
    """
    import rasterio

    path = Path(path)
    name = path.name
    if not path.exists():
        return Reading(None, (find("error", "missing_file", name, path=name),))
    try:
        with rasterio.open(path) as source:
            system = pyproj.CRS.from_user_input(crs or source.crs) if crs or source.crs else None
            if source.count < len(groups):
                wrong = find("error", "few_bands", name, count=source.count, groups=len(groups))
                return Reading(None, (wrong,))
            window = _window(source, system, to_crs, bounds)
            if window is None:
                return Reading(None, (find("error", "raster_elsewhere", name),))
            bands = source.read(range(1, len(groups) + 1), window=window, masked=True)
            transform = source.transform
    except rasterio.errors.RasterioError as error:
        return Reading(None, (unreadable(error, path),))
    except pyproj.exceptions.CRSError:
        return Reading(None, (find("error", "unknown_crs", name, crs=crs),))
    numbers = bands.astype("float64").filled(np.nan)
    numbers[~np.isfinite(numbers)] = np.nan
    row, column = np.nonzero((np.nan_to_num(numbers) != 0).any(axis=0))
    values = numbers[:, row, column]
    row, column = row + window.row_off, column + window.col_off
    x, y = rasterio.transform.xy(transform, row, column)
    cell = "r" + pd.Series(row).astype("str") + "c" + pd.Series(column).astype("str")
    table = gpd.GeoDataFrame(
        {
            "cell": cell,
            **dict(zip(groups, values, strict=True)),
            "file": pd.Series(name, index=cell.index, dtype="str"),
            "row": np.arange(2, len(cell) + 2),
        },
        geometry=gpd.points_from_xy(x, y),
        crs=system,
    )
    findings: list[Finding] = []
    if table.empty:
        findings.append(find("error", "empty_table", name))
    for group in groups:
        findings += find_rows(
            "error",
            "too_small",
            name,
            table,
            table[group] < 0,
            column=group,
            cell=table[group],
            minimum=0,
        )
    projected, more = project(table, name, to_crs=to_crs)
    return Reading(projected, (*findings, *more))


def _window(source: Any, system: Any, to_crs: Any, bounds: Any) -> Any:
    """Give the window of all cells that bounds touch; None if there are none."""
    from rasterio.windows import Window, from_bounds

    if bounds is None or system is None:
        return Window(0, 0, source.width, source.height)
    turn = pyproj.Transformer.from_crs(to_crs, system, always_xy=True)
    near = from_bounds(*turn.transform_bounds(*bounds), transform=source.transform)
    left, top = max(math.floor(near.col_off), 0), max(math.floor(near.row_off), 0)
    right = min(math.ceil(near.col_off + near.width), source.width)
    bottom = min(math.ceil(near.row_off + near.height), source.height)
    return Window(left, top, right - left, bottom - top) if left < right and top < bottom else None
