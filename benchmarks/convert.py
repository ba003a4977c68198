"""Dasymetric conversion beside one spatial join of the same points.

python benchmarks/convert.py
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from measure import Result, compare

import sozialraum as sr

COUNTS = {"n": sr.Indicator(id="n", title="Einwohner")}


def convert_speed() -> Result:
    """Convert Berlin's register from old to new LOR over 413,631 house numbers.

    The goal is at most three times the cost of one `geopandas.sjoin` of the house numbers with the new
    areas, which alone tells no share and converts nothing.
    """
    berlin = Path(os.environ["SOZIALRAUM_TESTDATA"]) / "berlin"
    houses = gpd.read_parquet(berlin / "network/berlin_osm_points.parquet")
    houses = houses.loc[houses["layer"] == "housenumber", ["geometry"]].reset_index(drop=True)
    wrong = {"row": 125, "column": "area", "old": "06010102", "value": "04030417"}
    old = sr.read_areas(
        berlin / "areas/lor_pre2021_PLR/lor_planungsraeume.shp",
        columns={"area": "broker Dow", "name": "PLANUNGSRA"}, corrections=[wrong],
    )  # fmt: skip
    new = sr.read_areas(
        berlin / "areas/lor_post2021_PLR/lor_planungsraeume_2021.shp",
        columns={"area": "PLR_ID", "name": "PLR_NAME"},
    )
    register = pd.read_csv(
        berlin / "indicators/ewr/berlin-lor-population-2020-02-t1-planning-areas.csv",
        dtype={"id": str},
    )
    values = pd.DataFrame(
        {
            "area": register["id"], "level": "plr", "indicator": "n", "datenstand": "2020-12-31",
            "gebietsstand": "2020-12-31", "value": register["inhabitants"].astype("float64"),
        }
    )  # fmt: skip
    before, after = sr.AreaVersion("2020-12-31", old), sr.AreaVersion("2021-01-01", new)

    def ours() -> pd.DataFrame:
        return sr.convert_boundaries(values, before, after, COUNTS, points=houses)

    def theirs() -> gpd.GeoDataFrame:
        # A table of its own each time: geopandas keeps the index it has built.
        points = gpd.GeoDataFrame(geometry=houses.geometry.to_numpy(), crs=houses.crs)
        return gpd.sjoin(points, new[["geometry"]], predicate="within")

    def agree(table: Any, joined: Any) -> str:
        lost = abs(table["value"].sum() - values["value"].sum())
        return f"total kept to {lost:.1e} persons; {len(joined):,} points joined"

    return compare(
        f"dasymetric conversion of Berlin, {len(houses):,} house numbers", "one geopandas sjoin",
        1 / 3, ours, theirs, agree,
    )  # fmt: skip


if __name__ == "__main__":
    convert_speed()
