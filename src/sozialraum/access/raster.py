"""Minutes to the nearest offer on a regular grid."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS

from sozialraum.access.network import StraightLine, StreetNetwork, refuse
from sozialraum.access.snap import SNAP_LIMIT_M
from sozialraum.access.travel import Direction, measure_nearest
from sozialraum.texts import number, say

CELL_M = 50.0
"""Side of a cell."""

MOST_CELLS = 20_000_000
"""Largest grid: 220 km by 220 km in cells of 50 m."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class TravelRaster:
    """Minutes on a regular grid; ``write_travel_raster`` makes a GeoTIFF of it.

    Attributes
    ----------
    minutes : float32 array of shape (rows, columns)
        The first row is the northernmost; NaN where no offer is reached.
    west, north : float
        Corner of the first cell; both are multiples of ``cell_m``.
    cell_m : float
    crs : pyproj.CRS
    quality : str
        ``exact`` or ``straight_line``.
    """

    minutes: npt.NDArray[np.float32]
    west: float
    north: float
    cell_m: float
    crs: CRS
    quality: str

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """From column and row to x and y: the six numbers of an affine transform."""
        return (self.cell_m, 0.0, self.west, 0.0, -self.cell_m, self.north)


def measure_travel_raster(
    offers: gpd.GeoDataFrame,
    network: StreetNetwork | StraightLine,
    *,
    cell_m: float = CELL_M,
    bounds: Bounds | None = None,
    limit_min: float | None = None,
    direction: Direction = "to_offer",
    snap_limit_m: float = SNAP_LIMIT_M,
) -> TravelRaster:
    """Measure the minutes to the nearest offer for every cell of a regular grid.

    Parameters
    ----------
    offers : GeoDataFrame of points
    network : StreetNetwork or StraightLine
    cell_m : float, default 50
        Side of a cell.
    bounds : (west, south, east, north), optional
        What the grid covers; all streets without it. Needed with the straight line.
    limit_min : float, optional
        Longer ways are missing.
    direction : {"to_offer", "from_offer"}
    snap_limit_m : float, default 250
        Cells whose centre is farther from every street are missing.

    Returns
    -------
    TravelRaster

    Raises
    ------
    CrsError, InputError, CoverageError
        As ``measure_nearest``; a useless cell or extent; more than 20 million cells.

    Notes
    -----
    The value of a cell is the way of its centre as ``measure_nearest`` gives it, the way to the
    street included. Cells begin at multiples of ``cell_m``, so that grids of several offers, years
    or towns lie on one another. The grid tells nothing about people.

    Examples
    --------
    >>> offer = gpd.GeoDataFrame(geometry=gpd.points_from_xy([25], [25]), index=["kita"], crs=25833)
    >>> raster = measure_travel_raster(
    ...     offer, StraightLine(detour=1.6, speed_kmh=4.8), bounds=(0, 0, 150, 50))
    >>> raster.minutes.tolist(), raster.north
    ([[0.0, 1.0, 2.0]], 50.0)
    """
    if not (np.isfinite(cell_m) and cell_m > 0):
        refuse("isochrones.cell", say("access.streets"), value=cell_m)
    west, south, east, north = _need_bounds(network, bounds)
    first, last = np.floor(west / cell_m), np.ceil(east / cell_m)
    bottom, top = np.floor(south / cell_m), np.ceil(north / cell_m)
    columns, rows = max(int(last - first), 1), max(int(top - bottom), 1)
    if columns * rows > MOST_CELLS:
        refuse("isochrones.too_many_cells", say("access.streets"), count=number(columns * rows))
    top = bottom + rows
    x = (first + 0.5 + np.arange(columns)) * cell_m
    y = (top - 0.5 - np.arange(rows)) * cell_m
    centres = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(np.tile(x, rows), np.repeat(y, columns)),
        index=pd.RangeIndex(columns * rows, name="cell"),
        crs=network.crs if isinstance(network, StreetNetwork) else offers.crs,
    )
    ways = measure_nearest(
        centres, offers, network,
        limit_min=limit_min, direction=direction, snap_limit_m=snap_limit_m,
    )  # fmt: skip
    return TravelRaster(
        minutes=ways["minutes"].to_numpy(dtype=np.float32).reshape(rows, columns),
        west=float(first * cell_m),
        north=float(top * cell_m),
        cell_m=float(cell_m),
        crs=CRS.from_user_input(centres.crs),
        quality=network.quality,
    )


def _need_bounds(network: StreetNetwork | StraightLine, bounds: Bounds | None) -> Bounds:
    """Give the extent asked for, or that of the streets; refuse one that holds nothing."""
    if bounds is None:
        if isinstance(network, StraightLine):
            refuse("isochrones.no_bounds", say("access.straight_line"))
        x, y = network.x, network.y
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())
    numbers = tuple(float(n) for n in bounds)
    if len(numbers) != 4 or not (
        np.isfinite(numbers).all() and numbers[0] < numbers[2] and numbers[1] < numbers[3]
    ):
        refuse("isochrones.bounds", say("access.streets"), value=bounds)
    return numbers[0], numbers[1], numbers[2], numbers[3]
