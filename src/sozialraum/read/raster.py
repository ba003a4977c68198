"""Population rasters as points at the centres of their cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from sozialraum.model.cells import find_rows
from sozialraum.model.check import Finding, Reading, find
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
        In ``to_crs`` (in the raster's own system without it): only the window around it is read.

    Returns
    -------
    Reading
        One row per cell that has a number above 0 in at least one band; ``cell`` is ``r<row>c<column>``
        of the whole raster, counted from 0.
    """
    import rasterio
    from rasterio.windows import Window, from_bounds

    path = Path(path)
    name = path.name
    if not path.exists():
        return Reading(None, (find("error", "missing_file", name, path=name),))
    try:
        with rasterio.open(path) as source:
            if source.count < len(groups):
                wrong = find("error", "few_bands", name, count=source.count, groups=len(groups))
                return Reading(None, (wrong,))
            system = source.crs if crs is None else pyproj.CRS.from_user_input(crs)
            window = Window(0, 0, source.width, source.height)
            if bounds is not None and system is not None:
                own = bounds
                if to_crs is not None:
                    turn = pyproj.Transformer.from_crs(to_crs, system, always_xy=True)
                    own = turn.transform_bounds(*bounds)
                around = from_bounds(*own, transform=source.transform)
                around = around.round_offsets("floor").round_lengths("ceil")
                if not rasterio.windows.intersect(around, window):
                    return Reading(None, (find("error", "raster_elsewhere", name),))
                window = around.intersection(window)
            bands = source.read(range(1, len(groups) + 1), window=window, masked=True)
            transform = source.transform
    except (rasterio.errors.RasterioError, pyproj.exceptions.CRSError) as error:
        return Reading(None, (unreadable(error, path),))
    numbers = bands.astype("float64").filled(np.nan)
    numbers[~np.isfinite(numbers)] = np.nan
    row, column = np.nonzero((np.nan_to_num(numbers) != 0).any(axis=0))
    values = numbers[:, row, column]
    row, column = row + int(window.row_off), column + int(window.col_off)
    x, y = transform * (column + 0.5, row + 0.5)
    cell = "r" + pd.Series(row).astype("str") + "c" + pd.Series(column).astype("str")
    table = gpd.GeoDataFrame(
        {
            "cell": cell,
            **dict(zip(groups, values, strict=True)),
            "file": pd.Series(name, index=cell.index, dtype="str"),
            "row": np.arange(2, len(cell) + 2),
        },
        geometry=gpd.points_from_xy(x, y),
        crs=None if system is None else pyproj.CRS.from_user_input(system),
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
