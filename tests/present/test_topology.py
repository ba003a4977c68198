"""Shared borders: every level from the same lines, nothing torn, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.present.topology import Topology, build_topology


def polygons(town: Topology, name: str) -> dict[str, shapely.Geometry]:
    """Draw an object anew from its arcs, in metres."""
    found = {}
    for key, parts in town.objects[name].items():
        rings = [[town.positions(ring) * town.grid_m + town.origin for ring in p] for p in parts]
        found[key] = shapely.MultiPolygon([(r[0], r[1:]) for r in rings])
    return found


def make_areas(shapes: dict[str, shapely.Geometry], **levels: list[str]) -> gpd.GeoDataFrame:
    ids = list(shapes)
    return gpd.GeoDataFrame(
        {"quartier": ids, **levels}, index=ids, geometry=list(shapes.values()), crs=25833
    )


def test_a_border_is_stored_once_and_vanishes_in_the_union() -> None:
    # Two squares side by side: left outline, right outline, the border between them = 3 arcs.
    shapes = {"a": shapely.box(0, 0, 10, 10), "b": shapely.box(10, 0, 20, 10)}
    town = build_topology(make_areas(shapes, gesamt=["g", "g"]), ["gesamt", "quartier"])
    assert len(town.arcs) == 3
    used = {abs(a + (a < 0)) for p in town.objects["gesamt"]["g"] for ring in p for a in ring}
    assert len(used) == 2
    assert polygons(town, "gesamt")["g"].equals(shapely.box(0, 0, 20, 10))


def test_an_enclave_is_a_hole_of_the_one_around_it_and_fills_it_in_the_union() -> None:
    inner = shapely.box(3, 3, 6, 6)
    shapes = {"ring": shapely.box(0, 0, 9, 9) - inner, "enclave": inner}
    areas = make_areas(shapes, kreis=["k", "k"], nur=["n", None])
    town = build_topology(areas, ["kreis", "nur", "quartier"], tolerance_m=0)
    assert len(town.arcs) == 2
    assert polygons(town, "quartier")["ring"].equals(shapes["ring"])
    assert polygons(town, "kreis")["k"].equals(shapely.box(0, 0, 9, 9))
    # An area without a parent on a level is absent there, and leaves its hole.
    assert polygons(town, "nur")["n"].equals(shapes["ring"])


def test_islands_and_a_hole_in_the_union_stay() -> None:
    # Four squares around an empty middle, and an island: one ring with a hole, one more ring.
    cells = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2), (5, 5)]
    shapes = {f"{x}{y}": shapely.box(x, y, x + 1, y + 1) for x, y in cells}
    areas = make_areas(shapes, gesamt=["g"] * len(cells))
    town = build_topology(areas, ["gesamt"], grid_m=0.5, tolerance_m=0)
    parts = town.objects["gesamt"]["g"]
    assert sorted(len(rings) for rings in parts) == [1, 2]
    assert polygons(town, "gesamt")["g"].area == 9


def test_mixed_winding_does_not_tear_the_union() -> None:
    one = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)])
    other = shapely.Polygon([(10, 0), (10, 10), (20, 10), (20, 0)])
    assert one.exterior.is_ccw != other.exterior.is_ccw
    areas = make_areas({"a": one, "b": other}, gesamt=["g", "g"])
    whole = polygons(build_topology(areas, ["gesamt"]), "gesamt")["g"]
    assert whole.equals(shapely.box(0, 0, 20, 10))


def test_an_area_smaller_than_the_grid_is_still_there() -> None:
    shapes = {"dot": shapely.box(0.1, 0.1, 0.2, 0.2), "b": shapely.box(10, 0, 20, 10)}
    town = build_topology(make_areas(shapes, gesamt=["g", "g"]), ["gesamt", "quartier"])
    assert all(
        len(town.positions(ring)) >= 2 for p in town.objects["quartier"]["dot"] for ring in p
    )


def test_overlaps_are_told_not_hidden() -> None:
    shapes = {"a": shapely.box(0, 0, 11, 10), "b": shapely.box(10, 0, 20, 10)}
    assert not build_topology(make_areas(shapes), ["quartier"]).coverage_valid


def test_water_and_gaps_lie_beside_without_sharing_lines() -> None:
    loose = {
        "water": gpd.GeoSeries([shapely.Point(5, 5).buffer(3)], index=["see"]),
        "gaps": gpd.GeoSeries([], crs=25833),
    }
    areas = make_areas({"a": shapely.box(0, 0, 10, 10)})
    town = build_topology(areas, ["quartier"], loose=loose, tolerance_m=0.1)
    assert list(town.objects) == ["quartier", "water", "gaps"]
    assert town.objects["gaps"] == {}
    assert polygons(town, "water")["see"].area == pytest.approx(9 * np.pi, rel=0.15)


@st.composite
def patchworks(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Cells of a grid grouped into areas at random, areas into parents at random."""
    width, height = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    of_cell = draw(st.lists(st.integers(0, 4), min_size=width * height, max_size=width * height))
    cells: dict[int, list[shapely.Geometry]] = {}
    for i, owner in enumerate(of_cell):
        x, y = 100 * (i % width), 100 * (i // width)
        cells.setdefault(owner, []).append(shapely.box(x, y, x + 100, y + 100))
    shapes = {str(k): shapely.union_all(v) for k, v in cells.items()}
    parents = [draw(st.sampled_from(["p", "q"])) for _ in shapes]
    return make_areas(shapes, oben=parents, gesamt=["g"] * len(shapes)), ["gesamt", "oben"]


@settings(max_examples=60, deadline=None)
@given(patchworks())
def test_every_level_covers_exactly_its_areas(drawn: tuple[gpd.GeoDataFrame, list[str]]) -> None:
    areas, upper = drawn
    town = build_topology(areas, [*upper, "quartier"], tolerance_m=0)
    for level in [*upper, "quartier"]:
        drawn_area = {key: shape.area for key, shape in polygons(town, level).items()}
        assert drawn_area == areas.dissolve(level).area.to_dict()
        for parts in town.objects[level].values():
            for rings in parts:
                # Clockwise outside, counter-clockwise inside, every ring closed.
                turns = [shapely.LinearRing(town.positions(ring)).is_ccw for ring in rings]
                assert turns == [False] + [True] * (len(rings) - 1)


def test_gdal_reads_the_same_shapes(tmp_path: Path) -> None:
    grid = {f"{x}{y}": shapely.box(x * 100, y * 100, x * 100 + 100, y * 100 + 100)
            for x in range(4) for y in range(4)}  # fmt: skip
    areas = make_areas(grid, oben=[key[0] for key in grid])
    town = build_topology(areas, ["oben", "quartier"])
    file = tmp_path / "town.topojson"
    file.write_text(json.dumps(town.to_topojson()), encoding="utf-8")
    read = gpd.read_file(file, layer="oben").set_index("id")
    assert read.area.to_dict() == dict.fromkeys("0123", 40000.0)


@pytest.mark.realdata
def test_berlins_planning_areas_keep_their_size_on_four_levels(testdata: Path) -> None:
    folder = testdata / "berlin" / "areas" / "lor_post2021_PLR"
    read = gpd.read_file(next(folder.glob("*.shp")))
    ids = read["PLR_ID"].astype("str")
    areas = gpd.GeoDataFrame(
        {"plr": ids, "bzr": ids.str[:6], "pgr": ids.str[:4], "bezirk": ids.str[:2]},
        geometry=read.geometry,
    ).set_index(ids)
    town = build_topology(areas, ["bezirk", "pgr", "bzr", "plr"])
    assert town.coverage_valid
    for level, most in {"bezirk": 1e-4, "pgr": 5e-4, "bzr": 1e-3, "plr": 5e-3}.items():
        shapes = gpd.GeoSeries(polygons(town, level))
        assert shapes.is_valid.all()
        wanted = areas.dissolve(level).area
        assert (shapes.area / wanted - 1).abs().max() < most
    assert len(json.dumps(town.to_topojson(), separators=(",", ":"))) < 300_000


@pytest.mark.realdata
def test_the_old_planning_areas_overlap_and_it_says_so(testdata: Path) -> None:
    folder = testdata / "berlin" / "areas" / "lor_pre2021_PLR"
    read = gpd.read_file(next(folder.glob("*.shp")))
    read.index = [f"{i:03d}" for i in range(len(read))]
    town = build_topology(read.assign(plr=read.index), ["plr"])
    assert town.coverage_valid == bool(shapely.coverage_is_valid(read.geometry.to_numpy()))
    assert len(town.objects["plr"]) == 448
