"""Where things are: one metric system for areas, points from coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from sozialraum.model.areas import is_metric
from sozialraum.model.cells import blank
from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.rows import find_rows, say_heading
from sozialraum.texts import say

# Longitude and latitude between which Germany and its neighbourhood lie; no place in it stays in it
# when the two are exchanged.
GERMANY = (5.0, 47.0, 16.0, 56.0)
_PAIRS = (("lon", "lat"), ("x", "y"))


def project(table: gpd.GeoDataFrame, label: str, *, crs: Any = None, to_crs: Any = None) -> Reading:
    """Bring a table into a metric system.

    Parameters
    ----------
    table : GeoDataFrame
    label : str
        Name of the file.
    crs : any, optional
        What the coordinates are in; it overrides what the file says, with a note.
    to_crs : any, optional
        Where to; without it a metric system is kept and degrees become UTM zone 32 (EPSG:25832) west
        of 12° East, zone 33 (EPSG:25833) from there on.

    Returns
    -------
    Reading
        Unchanged with a finding where the system is missing, unknown or impossible.
    """
    findings: list[Finding] = []
    try:
        given = None if crs is None else pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return Reading(table, (find("error", "unknown_crs", label, crs=crs),))
    if given is not None:
        if table.crs is not None and table.crs != given:
            findings.append(
                find(
                    "note",
                    "crs_overridden",
                    label,
                    said=table.crs.to_string(),
                    crs=given.to_string(),
                )
            )
        table = table.set_crs(given, allow_override=True)
    if table.crs is None:
        return Reading(table, (*findings, find("error", "no_crs", label)))
    shapes = table.geometry
    located = shapes.bounds["minx"].notna()
    if not located.any():
        return Reading(table if to_crs is None else table.to_crs(to_crs), tuple(findings))
    west, south, east, north = shapes.total_bounds
    if not table.crs.is_projected:
        bounds = shapes.bounds
        beyond = located & (
            (bounds[["minx", "maxx"]].abs().max(axis=1) > 180)
            | (bounds[["miny", "maxy"]].abs().max(axis=1) > 90)
        )
        if beyond.any():
            found = find_rows(
                "error", "not_degrees", label, table, beyond, crs=table.crs.to_string()
            )
            return Reading(table, (*findings, *found))
    elif max(abs(west), abs(south), abs(east), abs(north)) <= 180:
        found = [find("error", "geometry_in_degrees", label, crs=table.crs.to_string())]
        return Reading(table, (*findings, *found))
    if to_crs is None and not is_metric(table.crs):
        middle = table.to_crs(4326).total_bounds[[0, 2]].mean()
        to_crs = 25832 if middle < 12 else 25833
    return Reading(table if to_crs is None else table.to_crs(to_crs), tuple(findings))


def find_faulty(raw: pd.DataFrame, typed: pd.DataFrame) -> pd.Series:
    """Tell the rows in which something stands as a coordinate that could not be read as one."""
    faulty = pd.Series(False, index=typed.index)
    for column in ("lon", "lat", "x", "y"):
        if column in typed:
            faulty |= typed[column].isna() & ~blank(raw[column]).set_axis(typed.index)
    return faulty


def has_place(table: pd.DataFrame) -> bool:
    """Tell whether a table holds points or columns of coordinates at all."""
    return isinstance(table, gpd.GeoDataFrame) or any(set(p) <= set(table.columns) for p in _PAIRS)


def place_points(
    table: pd.DataFrame,
    label: str,
    *,
    crs: Any = None,
    to_crs: Any = None,
    repair: Sequence[str] = (),
    faulty: pd.Series | None = None,
) -> Reading:
    """Turn geometry or coordinate columns into points in a metric system.

    ``lon`` and ``lat`` are degrees (EPSG:4326). ``x`` and ``y`` are in ``crs``; where none is given they
    are degrees if they cannot be metres, else taken to be in ``to_crs`` (a wrong guess shows at once, as
    everything then lies far away).

    Parameters
    ----------
    table : DataFrame
        Typed by `check_table`.
    label : str
    crs, to_crs : any, optional
    repair : sequence of str
        ``"swapped"`` exchanges coordinates that lie in Germany only the other way round; without it
        they are an error.
    faulty : Series of bool, optional
        Rows whose coordinates were found unreadable (see `find_faulty`).

    Returns
    -------
    Reading
        Without geometry where the place of the whole table is unknown. A point is missing where the
        file has none, and empty where a finding says already what is wrong with it.
    """
    findings: list[Finding] = []
    if "geometry" in table and isinstance(table, gpd.GeoDataFrame):
        points, findings = _single_points(table, label)
        columns: tuple[str, ...] = ("geometry",)
    else:
        pair = next((p for p in _PAIRS if set(p) <= set(table.columns)), None)
        if pair is None:
            given = (c for c in table.columns if c not in ("file", "row"))
            seen = ", ".join(str(say_heading(table, label, c)) for c in given)
            return Reading(table, (find("error", "no_place", label, seen=seen),))
        columns = pair
        x, y = (table[c].to_numpy(dtype="float64", na_value=np.nan) for c in pair)
        both = np.isfinite(x) & np.isfinite(y)
        if crs is None:
            small = both.any() and np.abs(x[both]).max() <= 180 and np.abs(y[both]).max() <= 90
            crs = 4326 if pair == ("lon", "lat") or small else to_crs
        shapes = np.full(len(table), None, dtype=object)
        if faulty is not None:
            shapes[faulty.to_numpy()] = shapely.Point()
        shapes[both] = shapely.points(x[both], y[both])
        rest = table.drop(columns=[c for c in ("x", "y", "lon", "lat") if c in table])
        points = gpd.GeoDataFrame(rest, geometry=gpd.GeoSeries(shapes, index=table.index))
    points, found = _unswap(points, label, columns, crs or points.crs, "swapped" in repair)
    projected, more = project(points, label, crs=crs, to_crs=to_crs)
    if any(f.severity == "error" for f in more):
        projected = pd.DataFrame(points.drop(columns="geometry"))
    return Reading(projected, (*findings, *found, *more))


def _single_points(table: gpd.GeoDataFrame, label: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Take the one point of a MultiPoint; anything that is not one point is a finding."""
    shapes = table.geometry
    single = (shapes.geom_type == "MultiPoint") & (shapes.count_geometries() == 1)
    points = shapes.mask(shapes.is_empty)
    points[single] = shapely.get_geometry(shapes[single].to_numpy(), 0)
    odd = points.geom_type.notna() & (points.geom_type != "Point")
    found = find_rows(
        "error", "not_a_point", label, table, odd, column=say("atlas.place"), cell=points.geom_type
    )
    points[odd] = shapely.Point()
    return table.set_geometry(points), found


def _unswap(
    points: gpd.GeoDataFrame, label: str, columns: tuple[str, ...], crs: Any, wanted: bool
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Find points that lie in Germany only with x and y exchanged, and exchange them if wanted."""
    if crs is None:
        return points, []
    try:
        system = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return points, []  # `project` reports it
    here = pyproj.Transformer.from_crs(4326, system, always_xy=True).transform_bounds(*GERMANY)
    bounds = points.geometry.bounds
    x, y = bounds["minx"].to_numpy(), bounds["miny"].to_numpy()

    def inside(east: Any, north: Any) -> Any:
        return (east >= here[0]) & (east <= here[2]) & (north >= here[1]) & (north <= here[3])

    swapped = pd.Series(inside(y, x) & ~inside(x, y), index=points.index)
    if not swapped.any():
        return points, []
    found = find_rows(
        "note" if wanted else "error",
        "unswapped" if wanted else "swapped",
        label,
        points,
        swapped,
        column=columns[0],
        first=pd.Series([f"{v:.10g}" for v in x], index=points.index),
        second=pd.Series([f"{v:.10g}" for v in y], index=points.index),
    )
    turned = points.geometry.copy()
    turned[swapped] = shapely.points(y[swapped.to_numpy()], x[swapped.to_numpy()])
    if not wanted:
        turned[swapped] = shapely.Point()
    return points.set_geometry(turned), found
