"""The second, rural example: Landkreis Potsdam-Mittelmark."""

from __future__ import annotations

import gzip
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from example.areas import GRID_M
from example.osm import CRS
from example.people import read_settlements

KREIS = "12069"
#: Stops up to this distance (m) from the county: one goes to the next stop, whosever it is.
MARGIN_M = 5000.0


def build_gemeinden(path: Path) -> gpd.GeoDataFrame:
    """Build the areas Kreis → Amt → Gemeinde.

    Parameters
    ----------
    path : Path
        VG250 GeoPackage with its three layers.

    Returns
    -------
    GeoDataFrame
        ``area`` (AGS), ``name``, ``amt`` (first nine places of the Regionalschlüssel),
        ``amt_name``, ``kreis``, ``kreis_name``, polygons on the grid as a valid coverage.
    """
    raw = gpd.read_file(path, layer="gemeinden").to_crs(CRS)
    aemter = gpd.read_file(path, layer="aemter_verwaltungsgemeinschaften")
    kreise = gpd.read_file(path, layer="kreise")
    raw = raw[raw["AGS"].str[:5] == KREIS].sort_values("AGS").reset_index(drop=True)
    lines = shapely.union_all(raw.boundary.to_numpy(), grid_size=GRID_M)
    faces = np.array(shapely.polygonize([lines]).geoms)
    which, own = raw.sindex.query(shapely.point_on_surface(faces), predicate="within")
    pieces = gpd.GeoDataFrame({"own": own}, geometry=faces[which], crs=CRS)
    shapes = pieces.dissolve("own", grid_size=GRID_M).geometry
    amt = raw["RS"].str[:9]
    return gpd.GeoDataFrame(
        {
            "area": raw["AGS"],
            "name": raw["GEN"],
            "amt": amt,
            "amt_name": amt.map(aemter.set_index("RS")["GEN"]),
            "kreis": KREIS,
            "kreis_name": kreise.set_index("RS")["GEN"][KREIS],
        },
        geometry=shapely.normalize(shapes.to_numpy()),
        crs=CRS,
    )


def build_settlements(path: Path) -> pd.DataFrame:
    """Build the settlement points with people: ``cell``, ``x``, ``y``, ``einwohner``, ``area``."""
    points = read_settlements(path)
    points = points[(points["ags"].str[:5] == KREIS) & (points["einwohner"] > 0)]
    return pd.DataFrame(
        {
            "cell": "s" + points["settlement"],
            "x": points.geometry.x.round(1),
            "y": points.geometry.y.round(1),
            "einwohner": points["einwohner"].astype(int),
            "area": points["ags"],
        }
    ).reset_index(drop=True)


def build_stops(path: Path, gemeinden: gpd.GeoDataFrame) -> pd.DataFrame:
    """Build the list of stops in the county and around it, in the form of an office."""
    with gzip.open(path) as file:
        stops = gpd.read_file(file).to_crs(CRS)
    near = stops.geometry.dwithin(gemeinden.union_all(), MARGIN_M)
    stops = stops[near].sort_values("id")
    return pd.DataFrame(
        {
            "Kennung": stops["id"],
            "Name": stops["name"],
            "Kategorie": "haltestelle",
            "Gewicht": stops["weight"].round(2),
            "Ost": stops.geometry.x.round(1),
            "Nord": stops.geometry.y.round(1),
        }
    ).reset_index(drop=True)
