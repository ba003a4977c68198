"""Levels, parents, nesting: the hierarchy as columns of one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.texts import say

WHOLE = "gesamt"
UNASSIGNED = "nicht_zuzuordnen"
"""Area of the people whose place is not known: part of the whole, of no other area."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the hierarchy; names are the town's own.

    Attributes
    ----------
    id : str
        The column of the areas table.
    title, plural : str
        As a planner says it: "Sozialraum", "Sozialräume".
    parent : str
        The level above; empty for the whole. Levels may branch: Sozialräume and Schulbezirke may
        both lie right under the whole, over the same smallest areas.
    """

    id: str
    title: str
    plural: str
    parent: str = ""


def list_levels(areas: pd.DataFrame) -> list[str]:
    """List the levels of an areas table from the whole down to the smallest.

    They are the first unbroken run of columns ``<level>``, ``<level>_name``; a pair of such columns
    further on (a Gemeinde and its name) is no level.

    Examples
    --------
    >>> areas = pd.DataFrame({"sozialraum": ["1"], "sozialraum_name": ["Nord"], "name": ["A"],
    ...                       "gemeinde": ["13"], "gemeinde_name": ["Ort"]})
    >>> list_levels(areas)
    ['sozialraum']
    """
    columns = [str(c) for c in areas.columns]
    paired = [f"{column}_name" == after for column, after in pairwise(columns)]
    levels: list[str] = []
    position = paired.index(True) if True in paired else len(columns)
    while position < len(paired) and paired[position]:
        levels.append(columns[position])
        position += 2
    return levels


def need_level(areas: pd.DataFrame, level: str) -> str:
    """Give the level back if the table has it, else offer the nearest spelling."""
    if level not in list_levels(areas):
        raise UnknownNameError("level", level, list_levels(areas))
    return level


def find_below(levels: Sequence[Level], level: str) -> Level | None:
    """Give the level whose areas are the parts of a level's areas; None for the smallest.

    Examples
    --------
    >>> levels = [Level("gesamt", "Stadt", "Stadt"), Level("sozialraum", "", "", "gesamt"),
    ...           Level("schulbezirk", "", "", "gesamt"), Level("quartier", "", "", "sozialraum")]
    >>> [below.id for x in levels[:-1] if (below := find_below(levels, x.id))]
    ['sozialraum', 'quartier', 'quartier']
    """
    if level == levels[-1].id:
        return None
    return next((x for x in levels if x.parent == level), levels[-1])


def complete_areas(
    areas: gpd.GeoDataFrame, levels: Sequence[Level], whole_name: str
) -> gpd.GeoDataFrame:
    """Give every level its two columns, the whole and the smallest included.

    Parameters
    ----------
    areas : GeoDataFrame
        With ``area`` as column, ``name``, and an id column per upper level; ``<level>_name`` where
        missing is the id.
    levels : sequence of Level
        From the whole down to the smallest.
    whole_name : str
        What the whole is called.

    Returns
    -------
    GeoDataFrame
        Indexed by ``area``; two columns per level in order, ``name``, everything else, geometry.
    """
    columns: dict[str, pd.Series] = {}
    smallest = levels[-1].id
    for level in levels:
        if level.id == WHOLE:
            columns[WHOLE] = pd.Series(WHOLE, index=areas.index, dtype="str")
            columns[f"{WHOLE}_name"] = pd.Series(whole_name, index=areas.index, dtype="str")
        elif level.id == smallest:
            columns[smallest] = areas["area"]
            columns[f"{smallest}_name"] = areas["name"]
        else:
            columns[level.id] = areas[level.id]
            names = areas.get(f"{level.id}_name", areas[level.id])
            columns[f"{level.id}_name"] = names.where(names.notna(), areas[level.id])
    rest = {
        c: areas[c] for c in areas.columns if c not in columns and c not in ("area", "geometry")
    }
    table = gpd.GeoDataFrame({**columns, **rest}, geometry=areas.geometry, crs=areas.crs)
    table.index = pd.Index(areas["area"].to_numpy(), name="area", dtype="str")
    return table


def dissolve_areas(
    areas: gpd.GeoDataFrame, level: str, *, parent: str | None = None
) -> gpd.GeoDataFrame:
    """Join the smallest areas of a level to its areas.

    Parameters
    ----------
    areas : GeoDataFrame
        The areas table of an atlas.
    level : str
    parent : str, optional
        The level above (`Level.parent`); by default the one before it in the table.

    Returns
    -------
    GeoDataFrame
        Indexed by the level's ids in sorted order; ``name``, ``parent`` (id of the level above, empty
        for the whole), ``geometry`` (the coverage union of the members).

    Raises
    ------
    UnknownNameError
        The table has no such level.

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"name": ["A", "B"], "gesamt": "gesamt", "gesamt_name": "Stadt",
    ...      "quartier": ["1", "2"], "quartier_name": ["A", "B"]},
    ...     geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], index=["1", "2"])
    >>> float(dissolve_areas(areas, "gesamt").area.iloc[0])
    2.0
    """
    need_level(areas, level)
    order = list_levels(areas)
    position = order.index(level)
    if parent is None:
        parent = order[position - 1] if position else ""
    codes, ids = pd.factorize(areas[level], sort=True)
    first = np.array([int(np.flatnonzero(codes == i)[0]) for i in range(len(ids))], dtype=int)
    shapes = areas.geometry.to_numpy()
    if len(ids) == len(areas):
        geometry = shapes[first]
    else:
        geometry = np.array([shapely.union_all(shapes[codes == i]) for i in range(len(ids))])
    return gpd.GeoDataFrame(
        {
            "name": areas[f"{level}_name"].to_numpy()[first],
            "parent": areas[parent].to_numpy()[first] if parent else "",
        },
        geometry=geometry,
        crs=areas.crs,
        index=pd.Index(ids, name="area", dtype="str"),
    )


def is_metric(crs: Any) -> bool:
    """Tell whether distances can be measured in a system; Web Mercator stretches them.

    Examples
    --------
    >>> import pyproj
    >>> [is_metric(pyproj.CRS(code)) for code in (25833, 3857, 4326)]
    [True, False, False]
    """
    return bool(crs.is_projected) and crs.to_epsg() != 3857


def require_metric(table: gpd.GeoDataFrame, what: str) -> None:
    """Refuse coordinates without a system or in degrees.

    Raises
    ------
    CrsError
    """
    if table.crs is None:
        raise CrsError(say("error.no_crs", what=what))
    if not is_metric(table.crs):
        raise CrsError(say("error.degrees", what=what, crs=table.crs.to_string()))


def require_same_crs(one: gpd.GeoDataFrame, what: str, other: gpd.GeoDataFrame, whose: str) -> None:
    """Refuse two tables in different systems.

    Raises
    ------
    CrsError
    """
    require_metric(one, what)
    require_metric(other, whose)
    if one.crs != other.crs:
        raise CrsError(
            say(
                "error.crs_differ",
                what=what,
                crs=one.crs.to_string(),
                other=whose,
                other_crs=other.crs.to_string(),
            )
        )


def assign_areas(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Tell in which smallest area each point lies.

    A point on a border belongs to the first of the touching areas in id order; a point outside
    every area is missing.

    Parameters
    ----------
    points : GeoDataFrame of points
    areas : GeoDataFrame

    Returns
    -------
    Series of str
        Area ids, index of the points.

    Raises
    ------
    CrsError
        Degrees, or two different systems.

    Examples
    --------
    >>> from shapely import Point, box
    >>> areas = gpd.GeoDataFrame(geometry=[box(0, 0, 9, 9)], index=["01"], crs=25833)
    >>> points = gpd.GeoDataFrame(geometry=[Point(1, 1), Point(20, 1)], crs=25833)
    >>> assign_areas(points, areas).tolist()
    ['01', nan]
    """
    require_same_crs(points, "points", areas, "areas")
    ordered = areas.sort_index()
    # Few areas asked for many points: each outline is prepared once, ten times as fast as the reverse.
    area, point = points.sindex.query(ordered.geometry.to_numpy(), predicate="intersects")
    pairs = pd.DataFrame({"point": point, "area": area}).sort_values(["point", "area"])
    pairs = pairs.drop_duplicates("point")
    result = np.full(len(points), None, dtype=object)
    result[pairs["point"].to_numpy()] = ordered.index.to_numpy()[pairs["area"].to_numpy()]
    return pd.Series(result, index=points.index, name="area", dtype="str")
