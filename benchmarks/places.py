"""Towns for the map page's benchmark: real outlines where there are any, all figures and offers made up.

Outlines decide how large and how slow a map is. With ``SOZIALRAUM_TESTDATA`` they are Berlin's
Planungsräume, for the county 120 neighbouring ones; else they are made up, with as many corners to a
kilometre of border as those have (one in 15 m as delivered, one in 70 m after simplifying by 5 m).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum import build_atlas, build_edition
from sozialraum.access.cells import build_grid
from sozialraum.model.areas import Level
from sozialraum.model.indicator import Indicator

CATEGORIES = ("kita", "schule", "jugend", "arzt", "apotheke", "sport", "spielplatz", "bibliothek")
SIDE_M = 30_000.0
LEVELS = (
    Level(id="planregion", title="Planregion", plural="Planregionen", parent="gesamt"),
    Level(id="sozialraum", title="Sozialraum", plural="Sozialräume", parent="planregion"),
    Level(id="quartier", title="Quartier", plural="Quartiere", parent="sozialraum"),
)


class Place(NamedTuple):
    """How large a town is."""

    name: str
    areas: int
    indicators: int
    years: int
    offers: int
    cells: int
    most_mb: float


COUNTY = Place("county", 120, 40, 10, 1_500, 0, 0.6)
CITY = Place("city", 540, 40, 10, 20_000, 30_000, 2.5)


def load_areas(place: Place) -> tuple[str, gpd.GeoDataFrame]:
    """Give what the outlines are, and the areas with the levels above them."""
    shared = os.environ.get("SOZIALRAUM_TESTDATA")
    if not shared:
        return "made-up outlines", make_areas(place.areas, np.random.default_rng(1))
    source = Path(shared) / "berlin/areas/lor_post2021_PLR"
    read = gpd.read_file(next(source.glob("*.shp"))).to_crs(25833).sort_values("PLR_ID")
    if place is COUNTY:
        # In the south-west, where the city meets the country.
        away = read.distance(shapely.Point(375_000, 5_810_000))
        read = read.loc[away.nsmallest(place.areas).index].sort_index()
    key = read["PLR_ID"].astype(str)
    return "Berlin's outlines", gpd.GeoDataFrame(
        {
            "area": key,
            "name": read["PLR_NAME"].astype(str),
            "sozialraum": "S" + key.str[:6],
            "planregion": "P" + key.str[:2],
        },
        geometry=read.geometry,
        crs=read.crs,
    ).reset_index(drop=True)


def make_areas(count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Make areas whose borders run like streets: bent as a whole, straight between many corners."""
    seeds = rng.uniform(0, SIDE_M, (count, 2))
    square = shapely.box(0, 0, SIDE_M, SIDE_M)
    cells = shapely.intersection(
        shapely.get_parts(
            shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=square)
        ),
        square,
    )  # fmt: skip
    borders = shapely.line_merge(shapely.union_all(shapely.boundary(cells), grid_size=0.01))
    waves = rng.uniform(0, 2 * np.pi, (2, 6))

    def bend(xy: np.ndarray) -> np.ndarray:
        moved = xy + 500_000 * np.array([0.7, 11.8])
        for axis in (0, 1):
            for i, phase in enumerate(waves[axis]):
                length = SIDE_M / (3 * 2**i)
                turn = 2 * np.pi * xy[:, (axis + i) % 2] / length + phase
                moved[:, axis] += length / 40 * np.sin(turn)
        return moved

    lines = shapely.transform(shapely.segmentize(shapely.get_parts(borders), 120), bend)
    rough = shapely.segmentize(np.array([_roughen(line, rng) for line in lines]), 20)
    rough = shapely.transform(rough, lambda xy: np.round(xy, 2))
    shapes = shapely.get_parts(shapely.polygonize(rough))
    at = shapely.get_coordinates(shapely.centroid(shapes)) - 500_000 * np.array([0.7, 11.8])
    blocks = [
        np.clip((at * n / SIDE_M).astype(int), 0, n - 1) for n in (2, max(3, int(count**0.5 / 2)))
    ]
    large, small = (b[:, 0] * 1000 + b[:, 1] for b in blocks)
    return gpd.GeoDataFrame(
        {
            "area": [f"{i:04d}" for i in range(len(shapes))],
            "name": [f"Quartier Musterviertel {i}" for i in range(len(shapes))],
            "sozialraum": [f"S{a}-{b}" for a, b in zip(large, small, strict=True)],
            "planregion": [f"P{a}" for a in large],
        },
        geometry=shapes,
        crs=25833,
    )


def _roughen(line: Any, rng: np.random.Generator) -> Any:
    """Put a corner aside in every 30 m, most by a metre and few by many; ends stay where they are."""
    length = line.length
    at = np.sort(rng.uniform(0, length, int(length / 30)))
    at = at[np.diff(at, prepend=0) > 4]
    here, before, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(line, at + d)) for d in (0, -1, 1)
    )
    along = (after - before) / np.maximum(np.hypot(*(after - before).T)[:, None], 1e-9)
    aside = rng.normal(0, 1, len(at)) * np.exp(rng.normal(np.log(0.9), 1.2, len(at)))
    aside = np.clip(aside, -25, 25) * np.minimum(1, np.minimum(at, length - at) / 200)
    ends = shapely.get_coordinates(line)[[0, -1]]
    corners = here + along[:, ::-1] * np.array([-1, 1]) * aside[:, None]
    return shapely.LineString(np.vstack([ends[:1], corners, ends[1:]]))


def _scatter(shapes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put one point anywhere into each shape."""
    low, high = shapely.bounds(shapes)[:, :2], shapely.bounds(shapes)[:, 2:]
    points = np.full((len(shapes), 2), np.nan)
    left = np.arange(len(shapes))
    while len(left):
        points[left] = rng.uniform(low[left], high[left])
        left = left[~shapely.contains_xy(shapes[left], points[left])]
    return points


def make_town(place: Place) -> tuple[str, Any, dict[str, Any]]:
    """Make an edition of a town, and what else its page is written with."""
    rng = np.random.default_rng(1)
    what, areas = load_areas(place)
    shapes = areas.geometry.to_numpy()
    shapely.prepare(shapes)
    at = _scatter(shapes[rng.integers(0, len(shapes), place.offers)], rng)
    offers = gpd.GeoDataFrame(
        {
            "offer": [f"o{i}" for i in range(place.offers)],
            "name": [f"Angebot {i} am Platz" for i in range(place.offers)],
            "category": rng.choice(CATEGORIES, place.offers),
            "traeger": [f"Träger {i}" for i in rng.integers(0, 60, place.offers)],
            "street": [f"Musterstraße {i}" for i in rng.integers(0, 400, place.offers)],
            "housenumber": rng.integers(1, 200, place.offers).astype(str),
            "opening_hours": rng.choice(["Mo-Fr 08:00-17:00", "Mo-Sa 09:00-18:00"], place.offers),
        },
        geometry=gpd.points_from_xy(*at.T),
        crs=25833,
    )
    indicators = {
        f"i{i}": Indicator(
            id=f"i{i}", title=f"Merkmal {i} von vielen", unit="%", kind="rate", per=100,
            numerator=f"Personen mit Merkmal {i}", denominator="Personen", protects="none",
            source="erfunden", theme=f"Thema {i % 6}",
        )
        for i in range(place.indicators)
    }  # fmt: skip
    atlas = build_atlas(
        areas, offers=offers, values=_values(place, areas, list(indicators), rng),
        indicators=indicators, levels=LEVELS, title=f"Made-up {place.name}",
    )  # fmt: skip
    edition = build_edition(atlas)
    options: dict[str, Any] = {}
    if place.cells:
        size = max(100.0, float(edition.areas.area.sum() / place.cells) ** 0.5)
        cells = build_grid(edition.areas, size_m=size)
        far = shapely.STRtree(edition.offers.geometry[edition.offers["category"] == "kita"])
        near = far.query_nearest(cells.geometry, return_distance=True, all_matches=False)[1]
        for i, name in enumerate(CATEGORIES[:4]):
            cells[name] = near / 80 * (1 + i / 4)
        options["cells"] = cells
    return what, edition, options


def _values(
    place: Place, areas: gpd.GeoDataFrame, indicators: list[str], rng: np.random.Generator
) -> pd.DataFrame:
    rows = []
    for level in ("quartier", "sozialraum", "planregion", "gesamt"):
        keys = ["gesamt"] if level == "gesamt" else areas[
            "area" if level == "quartier" else level
        ].drop_duplicates().tolist()  # fmt: skip
        size = (len(keys), place.indicators, place.years)
        bottom = rng.integers(500, 9_000, (len(keys), 1, 1)) + rng.integers(-40, 40, size)
        share = np.clip(rng.normal(0.2, 0.08, (len(keys), place.indicators, 1)), 0.01, 0.9)
        top = np.rint(bottom * np.clip(share + rng.normal(0, 0.01, size), 0, 1))
        index = pd.MultiIndex.from_product(
            [keys, indicators, [f"{2015 + y}-12-31" for y in range(place.years)]],
            names=["area", "indicator", "datenstand"],
        )
        rows.append(
            pd.DataFrame(
                {"value": (100 * top / bottom).ravel(), "numerator": top.ravel(),
                 "denominator": bottom.ravel().astype(float)}, index=index
            ).reset_index().assign(level=level, gebietsstand="2024", quality="exact", sign="")
        )  # fmt: skip
    return pd.concat(rows)
