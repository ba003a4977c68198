"""Names of streets as the map page searches them: a place for every area a street runs through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from sozialraum.present.topology import Topology
    from sozialraum.secrecy.edition import Edition


def list_streets(streets: gpd.GeoDataFrame, edition: Edition, topology: Topology) -> dict[str, Any]:
    """List streets by name and smallest area.

    Parameters
    ----------
    streets : GeoDataFrame
        ``name`` and points or lines, any number per street. Nothing else is read.
    edition : Edition
    topology : Topology
        On whose grid the places are given.

    Returns
    -------
    dict
        ``names``, sorted; per entry ``street`` (position in ``names``), ``areas`` (position among the
        smallest areas) and ``places``: of the middles of a street's pieces in an area the one nearest
        to their mean, so that it lies on the street. What lies in no area is left out.
    """
    named = streets.loc[
        streets["name"].notna() & ~streets.geometry.isna(), ["name", streets.geometry.name]
    ]
    named = named.to_crs(edition.areas.crs).explode(ignore_index=True)
    named = named[~named.geometry.is_empty]
    middle = shapely.point_on_surface(named.geometry.to_numpy())
    lines = (named.geometry.geom_type == "LineString").to_numpy()
    middle[lines] = shapely.line_interpolate_point(named.geometry[lines], 0.5, normalized=True)
    areas = edition.areas
    piece, inside = shapely.STRtree(areas.geometry.to_numpy()).query(middle, predicate="intersects")
    position = {key: i for i, key in enumerate(topology.objects[edition.levels[-1].id])}
    xy = shapely.get_coordinates(middle[piece])
    table = pd.DataFrame(
        {
            "name": named["name"].astype(str).to_numpy()[piece],
            "area": [position[key] for key in areas.index[inside]],
            "x": xy[:, 0],
            "y": xy[:, 1],
        }
    )
    mean = table.groupby(["name", "area"])[["x", "y"]].transform("mean")
    table["off"] = np.hypot(table["x"] - mean["x"], table["y"] - mean["y"])
    order = ["name", "area", "off", "x", "y"]
    table = table.sort_values(order, kind="stable").drop_duplicates(["name", "area"])
    codes, names = pd.factorize(table["name"])  # sorted already
    return {
        "names": [str(name) for name in names],
        "street": codes.tolist(),
        "areas": table["area"].tolist(),
        "places": topology.to_grid(table[["x", "y"]].to_numpy()).tolist(),
    }
