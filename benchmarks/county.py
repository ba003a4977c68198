"""A whole county within one core-minute: streets of three modes to coverage and E2SFCA by area.

Potsdam-Mittelmark and Potsdam: every edge of the OpenStreetMap extract, 10⁵ points of people beside
streets, 1,000 offers, on foot, by bicycle and by car. What counts is processor time of all threads
from reading the file to the tables by Gemeinde; imports and compiling are done before.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import sozialraum as sr
from sozialraum.read.streets import read_street_modes

PEOPLE = 100_000
OFFERS = 1_000
LIMIT_MIN = {"walk": 15.0, "bike": 15.0, "car": 15.0}
GOAL_S = 60.0
REACHED = sr.Indicator(
    id="reached", title="Anteil mit einem Angebot in Reichweite", unit="%", kind="share", per=100
)
PLACES = sr.Indicator(id="places", title="Plätze je 100 Menschen", kind="rate", per=100)


def place(network: Any, count: int, seed: int, prefix: str) -> Any:
    """Put points up to 30 m beside streets, many where there are many streets."""
    rng = np.random.default_rng(seed)
    edges = rng.choice(network.main_edges, count)
    foot = shapely.line_interpolate_point(network.lines[edges], rng.random(count), normalized=True)
    xy = shapely.get_coordinates(foot) + rng.uniform(-21, 21, (count, 2))
    ids = pd.Index([f"{prefix}{i}" for i in range(count)])
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), index=ids, crs=network.crs)


def read_areas(path: Path, crs: Any) -> Any:
    """Read the Gemeinden as areas of one level below the whole."""
    raw = gpd.read_file(path, layer="gemeinden").to_crs(crs).dissolve("AGS")
    areas = gpd.GeoDataFrame({"name": raw["GEN"]}, geometry=raw.geometry, crs=crs)
    areas["gesamt"], areas["gesamt_name"] = sr.model.areas.WHOLE, "Potsdam-Mittelmark"
    areas["gemeinde"], areas["gemeinde_name"] = areas.index, areas["name"]
    return areas.rename_axis("area")


def county() -> None:
    """Measure everything once to compile, then once again by the clock."""
    data = Path(os.environ["SOZIALRAUM_TESTDATA"]) / "potsdam-mittelmark"
    file = data / "network/pm_potsdam_edges.parquet"
    walk = sr.read_streets(file, "walk")
    people, offers = place(walk, PEOPLE, 1, "h"), place(walk, OFFERS, 2, "k")
    areas = read_areas(data / "pm_potsdam_vg250_2017.gpkg", walk.crs)
    rng = np.random.default_rng(3)
    people["einwohner"] = rng.integers(1, 5, PEOPLE).astype(float)
    people["area"] = _areas_of(people, areas)
    offers["capacity"] = rng.integers(10, 120, OFFERS).astype(float)
    measure(file, people[:500], offers, areas, {})
    spent: dict[str, float] = {}
    wall = time.perf_counter()
    tables = measure(file, people, offers, areas, spent)
    wall = time.perf_counter() - wall
    total = sum(spent.values())
    told = ", ".join(f"{what} {seconds:.1f}" for what, seconds in spent.items())
    print(
        f"Potsdam-Mittelmark, {PEOPLE:,} points of people, {OFFERS:,} offers, 3 modes | "
        f"{total:.1f} core-seconds (at most {GOAL_S:g}: "
        f"{'reached' if total <= GOAL_S else 'MISSED'}), {wall:.1f} s by the clock | "
        f"{told} | {sum(map(len, tables)):,} rows by area",
        flush=True,
    )


def measure(
    file: Path, people: Any, offers: Any, areas: Any, spent: dict[str, float]
) -> list[pd.DataFrame]:
    """Read the streets of all modes, and measure coverage and E2SFCA by area for each."""

    @contextmanager
    def timed(what: str) -> Iterator[None]:
        start = time.process_time()
        yield
        spent[what] = spent.get(what, 0.0) + time.process_time() - start

    with timed("read"):
        networks = read_street_modes(file, tuple(LIMIT_MIN))
    tables = []
    for mode, limit in LIMIT_MIN.items():
        network = networks[mode]
        with timed(f"nearest {mode}"):
            nearest = sr.measure_nearest(people, offers, network)
        with timed(f"ways {mode}"):
            ways = sr.measure_travel(people, offers, network, limit_min=limit)
        with timed("coverage"):
            coverage = sr.measure_coverage(people["einwohner"], nearest, limit_min=limit)
            tables.append(sr.aggregate_people(coverage, people, areas, indicator=REACHED))
        with timed("E2SFCA"):
            score = sr.measure_catchment(
                people["einwohner"], offers["capacity"], ways, limit_min=limit
            )
            tables.append(sr.aggregate_catchment(score, people, areas, indicator=PLACES))
    return tables


def _areas_of(people: Any, areas: Any) -> Any:
    found = gpd.sjoin(people[["geometry"]], areas[["geometry"]], predicate="within")
    return found.loc[~found.index.duplicated(), "area"].reindex(people.index)


if __name__ == "__main__":
    county()
