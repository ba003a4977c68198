"""A regular grid over the areas, from which ways can be measured without looking at any person."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.access.network import need_metric
from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.texts import say

SMALLEST_M = 100.0


def build_grid(areas: gpd.GeoDataFrame, *, size_m: float = 250.0) -> gpd.GeoDataFrame:
    """Build the centres of a regular grid of cells that lie in the areas.

    Parameters
    ----------
    areas : GeoDataFrame
        In a metric system.
    size_m : float, default 250
        Width of a cell, at least 100 m, so that no cell stands for a single building.

    Returns
    -------
    GeoDataFrame
        Index: cell (``E<easting>N<northing>`` of the lower left corner, in metres); ``geometry``: the
        centre. Cells are multiples of their width from the origin of the coordinate system, row by row
        from the south.

    Raises
    ------
    CrsError
        Degrees, or no coordinate system.
    InputError
        Cells narrower than 100 m.

    Notes
    -----
    The cells know nothing of where people live: a way from every centre tells how far it is from
    there, inhabited or not. Give the columns of such ways the names of the categories asked for, and
    `write_ressourcenkarte` draws them.

    Examples
    --------
    >>> square = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 400, 200)], crs=25833)
    >>> build_grid(square, size_m=200).index.tolist()
    ['E0N0', 'E200N0']
    """
    need_metric(areas.crs)
    if not size_m >= SMALLEST_M:
        finding = find("error", "cells_irregular", say("access.cells"), least=f"{SMALLEST_M:.0f}")
        raise InputError(CheckReport((finding,)))
    whole = areas.geometry.union_all()
    x0, y0, x1, y1 = (np.floor(v / size_m) for v in whole.bounds)
    columns, rows = np.meshgrid(np.arange(x0, x1 + 1), np.arange(y0, y1 + 1))
    corners = np.column_stack([columns.ravel(), rows.ravel()]) * size_m
    shapely.prepare(whole)
    inside = shapely.contains_xy(whole, *(corners + size_m / 2).T)
    corners = corners[inside]
    names = [f"E{x:.0f}N{y:.0f}" for x, y in corners]
    centres = shapely.points(corners + size_m / 2)
    return gpd.GeoDataFrame(
        geometry=centres, index=pd.Index(names, name="cell", dtype="str"), crs=areas.crs
    )
