"""From counts of areas to points where people live."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.errors import InputError
from sozialraum.model.areas import assign_areas
from sozialraum.model.check import CheckReport, find

CENTRE = "centre"


def spread_people(
    counts: pd.DataFrame,
    points: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    weight: str | None = None,
) -> gpd.GeoDataFrame:
    """Spread counts of areas evenly, or by weight, over the points inside each area.

    P_point = P_area · w_point / Σ w of the area's points. What a register knows of an area is put
    where its addresses are.

    Parameters
    ----------
    counts : DataFrame
        Index: ids of smallest areas; one column per group of people.
    points : GeoDataFrame
        Addresses or buildings, indexed by ``cell``, in the system of the areas.
    areas : GeoDataFrame
        Indexed by ``area``.
    weight : str, optional
        Column of ``points``; every point weighs 1 without it.

    Returns
    -------
    GeoDataFrame
        Population table, indexed by ``cell``: ``area``, the groups, ``placed`` ("points", or "centre"
        where an area has people but no point and stands as one inner point), geometry. Points outside
        all areas get no people and are left out.

    Raises
    ------
    InputError
        Counts for areas that do not exist.
    CrsError

    Notes
    -----
    The sum over the points of an area is its count.

    Examples
    --------
    >>> from shapely import Point, box
    >>> areas = gpd.GeoDataFrame(geometry=[box(0, 0, 9, 9)], index=pd.Index(["01"]), crs=25833)
    >>> points = gpd.GeoDataFrame(geometry=[Point(1, 1), Point(2, 2)], index=["a", "b"], crs=25833)
    >>> counts = pd.DataFrame({"u6": [5.0]}, index=["01"])
    >>> spread_people(counts, points, areas)["u6"].tolist()
    [2.5, 2.5]
    """
    unknown = counts.index.difference(areas.index)
    if len(unknown):
        finding = find(
            "error", "spread_unknown", "population", ids=", ".join(map(str, unknown[:20]))
        )
        raise InputError(CheckReport((finding,)))
    area = assign_areas(points, areas)
    inside = points[area.notna()]
    area = area.dropna()
    weights = (
        pd.Series(1.0, index=inside.index) if weight is None else inside[weight].astype("float64")
    )
    share = weights / weights.groupby(area).transform("sum").replace(0, np.nan)
    spread = counts.reindex(area.to_numpy()).mul(share.to_numpy(), axis=0)
    table = gpd.GeoDataFrame(
        {"area": area.to_numpy(), **{g: spread[g].to_numpy() for g in counts}, "placed": "points"},
        geometry=inside.geometry.to_numpy(),
        crs=areas.crs,
        index=pd.Index(inside.index.astype("str"), name="cell"),
    )
    table = table[share.notna().to_numpy() & area.isin(counts.index).to_numpy()]
    peopled = counts.index[(counts.fillna(0) > 0).any(axis=1)]
    empty = peopled.difference(pd.Index(table["area"].unique()))
    centres = gpd.GeoDataFrame(
        {"area": empty, **{g: counts.loc[empty, g].to_numpy() for g in counts}, "placed": CENTRE},
        geometry=areas.geometry[empty].representative_point().to_numpy(),
        crs=areas.crs,
        index=pd.Index([f"{CENTRE}_{a}" for a in empty], name="cell", dtype="str"),
    )
    return gpd.GeoDataFrame(pd.concat([table, centres]), geometry="geometry", crs=areas.crs)
