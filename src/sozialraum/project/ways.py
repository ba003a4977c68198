"""Ways from a regular grid, for the Ressourcenkarte of a project."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from sozialraum.access.cells import build_grid
from sozialraum.access.network import StraightLine, StreetNetwork
from sozialraum.access.snap import snap_points
from sozialraum.access.travel import measure_nearest, measure_travel
from sozialraum.present.payload_reach import LIMIT_MIN
from sozialraum.project.settings import Project
from sozialraum.secrecy.edition import Edition


def measure_ways(
    edition: Edition, project: Project, streets: StreetNetwork | StraightLine, size_m: float
) -> gpd.GeoDataFrame:
    """Measure from every cell the way to the next offer of each category of ``[[coverage]]``.

    Parameters
    ----------
    edition : Edition
        Its published offers.
    project : Project
    streets : StreetNetwork or StraightLine
    size_m : float
        Width of a cell, at least 100 m.

    Returns
    -------
    GeoDataFrame
        As `build_grid` gives it, with a column of minutes per category.

    Raises
    ------
    InputError
    """
    cells = build_grid(edition.areas, size_m=size_m)
    snapped = snap_points(cells, streets) if isinstance(streets, StreetNetwork) else None
    ways = {}
    for entry in project.entries("coverage"):
        asked = entry["category"]
        for category in [asked] if isinstance(asked, str) else asked:
            offers = edition.offers[edition.offers["category"] == category]
            if len(offers) and category not in ways:
                nearest = measure_nearest(cells, offers, streets, snapped=snapped)
                ways[category] = nearest["minutes"]
    return cells.assign(**ways)


def measure_reach(
    cells: gpd.GeoDataFrame, edition: Edition, streets: StreetNetwork | StraightLine
) -> pd.DataFrame:
    """Measure the ways from every cell to all published offers near it.

    Parameters
    ----------
    cells : GeoDataFrame
        As `measure_ways` gives them.
    edition : Edition
    streets : StreetNetwork or StraightLine

    Returns
    -------
    DataFrame
        As `measure_travel` gives it.

    Raises
    ------
    InputError
    """
    offers = edition.offers[edition.offers.geometry.notna()]
    return measure_travel(cells, offers, streets, limit_min=LIMIT_MIN)
