"""Where things are: systems, coordinates, what is swapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import Transformer
from shapely import MultiPoint, Point, box

from sozialraum.errors import InputError
from sozialraum.read.areas import load_areas, load_backdrop, read_areas, read_backdrop
from sozialraum.read.offers import load_offers, read_offers
from sozialraum.read.places import place_points, project

# Neubrandenburg's market: 13.2603° E, 53.5575° N.
MARKET = Transformer.from_crs(4326, 25833, always_xy=True).transform(13.2603, 53.5575)


def at(*places: tuple[float, float], crs: Any = 25833) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"file": "t.csv", "row": range(2, len(places) + 2)},
        geometry=[Point(p) for p in places],
        crs=crs,
    )


def coordinates(x: list[float], y: list[float], names: str = "x y") -> pd.DataFrame:
    one, other = names.split()
    return pd.DataFrame({one: x, other: y, "file": "t.csv", "row": range(2, len(x) + 2)})


def codes(reading: Any) -> list[tuple[str, str, int | None]]:
    return [(f.severity, f.code, f.row) for f in reading.findings]


@pytest.mark.parametrize(
    ("east", "epsg"), [(7.0, 25832), (11.99, 25832), (12.0, 25833), (14.0, 25833)]
)
def test_degrees_become_the_utm_zone_of_their_middle(east: float, epsg: int) -> None:
    table, findings = project(at((east, 52.0), crs=4326), "t")
    assert (table.crs.to_epsg(), findings) == (epsg, ())


def test_metres_are_kept_and_web_mercator_is_not() -> None:
    assert project(at(MARKET, crs=25832), "t").table.crs.to_epsg() == 25832
    assert project(at(MARKET, crs=31468), "t").table.crs.to_epsg() == 31468
    mercator = at((13.2603, 53.5575), crs=4326).to_crs(3857)
    assert project(mercator, "t").table.crs.to_epsg() == 25833


def test_the_areas_system_is_where_to() -> None:
    table, _ = project(at((13.2603, 53.5575), crs=4326), "t", to_crs=25832)
    assert table.crs.to_epsg() == 25832


def test_the_caller_overrides_the_file_with_a_note() -> None:
    table, findings = project(at(MARKET, crs=4326), "t", crs=25833)
    assert table.geometry[0].x == pytest.approx(MARKET[0])
    assert [(f.severity, f.code) for f in findings] == [("note", "crs_overridden")]
    assert project(at(MARKET), "t", crs="EPSG:25833").findings == ()


@pytest.mark.parametrize(
    ("table", "crs", "code"),
    [
        (at(MARKET, crs=None), None, "no_crs"),
        (at(MARKET), "EPSG:99999", "unknown_crs"),
        (at(MARKET), "kein System", "unknown_crs"),
        (at((13.26, 53.56)), None, "geometry_in_degrees"),
        (at(MARKET, crs=4326), None, "not_degrees"),
    ],
)
def test_impossible_systems_are_found(table: Any, crs: Any, code: str) -> None:
    assert [f.code for f in project(table, "t", crs=crs).findings] == [code]


def test_nothing_located_is_still_in_the_system_asked_for() -> None:
    empty = at(crs=4326)
    assert project(empty, "t", to_crs=25833).table.crs.to_epsg() == 25833


@pytest.mark.parametrize(
    ("table", "crs"),
    [
        (coordinates([13.2603], [53.5575], "lon lat"), None),
        (coordinates([13.2603], [53.5575]), None),  # too small for metres
        (coordinates([MARKET[0]], [MARKET[1]]), None),  # taken to be in to_crs
        (coordinates([MARKET[0]], [MARKET[1]]), 25833),
    ],
)
def test_coordinates_become_points(table: pd.DataFrame, crs: Any) -> None:
    points, findings = place_points(table, "t", crs=crs, to_crs=25833)
    assert findings == ()
    assert (points.geometry[0].x, points.geometry[0].y) == pytest.approx(MARKET)
    assert {"x", "y", "lon", "lat"}.isdisjoint(points.columns)


def test_a_missing_coordinate_is_a_missing_point() -> None:
    table = coordinates([MARKET[0], float("nan")], [MARKET[1], MARKET[1]])
    points, _ = place_points(table, "t", to_crs=25833)
    assert points.geometry[1] is None


def test_metres_without_system_nor_target() -> None:
    assert codes(place_points(coordinates([MARKET[0]], [MARKET[1]]), "t")) == [
        ("error", "no_crs", None)
    ]


def test_no_coordinates_at_all() -> None:
    assert codes(place_points(coordinates([1], [1], "a b"), "t")) == [("error", "no_place", None)]


@pytest.mark.parametrize(
    ("x", "y", "crs"),
    [
        (53.5575, 13.2603, 4326),
        (MARKET[1], MARKET[0], 25833),
        (5936000.0, 4585000.0, 31468),  # Gauß-Krüger, Hochwert before Rechtswert
    ],
)
def test_swapped_coordinates_are_found_and_repaired_only_when_asked(
    x: float, y: float, crs: int
) -> None:
    table = coordinates([x], [y])
    found = place_points(table, "t", crs=crs, to_crs=25833)
    assert codes(found) == [("error", "swapped", 2)]
    assert found.table.geometry[0].is_empty
    mended = place_points(table, "t", crs=crs, to_crs=25833, repair=("swapped",))
    assert codes(mended) == [("note", "unswapped", 2)]
    assert mended.table.geometry[0].distance(Point(MARKET)) < 20_000


def test_what_lies_in_germany_neither_way_is_not_swapped() -> None:
    paris, equator = (2.35, 48.86), (0.0, 0.0)
    table = coordinates([paris[0], equator[0]], [paris[1], equator[1]], "lon lat")
    assert place_points(table, "t", to_crs=25833).findings == ()


def test_one_of_several_swapped_is_the_only_one_changed() -> None:
    table = coordinates([13.26, 53.56], [53.55, 13.27], "lon lat")
    points, findings = place_points(table, "t", to_crs=4326, repair=["swapped"])
    assert [f.row for f in findings] == [3]
    assert [(p.x, p.y) for p in points.geometry] == [(13.26, 53.55), (13.27, 53.56)]


def test_one_point_of_many_parts_is_a_point(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame(
        {"offer": ["a", "b", "c"]},
        geometry=[MultiPoint([MARKET]), MultiPoint([MARKET, (0, 0)]), Point()],
        crs=25833,
    ).assign(file="t", row=[2, 3, 4])
    points, findings = place_points(table, "t")
    assert [(f.code, f.row) for f in findings] == [("not_a_point", 3)]
    assert points.geometry[0] == Point(MARKET)
    assert points.geometry[1].is_empty  # found
    assert points.geometry[2] is None  # not found yet: the check of the model does


# -- areas and offers, end to end --------------------------------------------------------------------


@pytest.fixture
def shapes() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "KENNUNG": ["01", "02"],
            "Bezeichnung": ["Süd", "Nord"],
            "Sozialraum": [7, 7],
            "sozialraum name": ["S", "S"],
            "Fläche": [1.5, 2.5],
        },
        geometry=[box(400000, 5800000, 401000, 5801000), box(401000, 5800000, 402000, 5801000)],
        crs=25833,
    )


def test_areas_with_levels_by_alias_ids_as_text(tmp_path: Path, shapes: Any) -> None:
    shapes.to_file(tmp_path / "a.gpkg")
    areas = read_areas(tmp_path / "a.gpkg", levels=["sozialraum", "quartier"])
    assert areas.index.tolist() == ["01", "02"]
    assert areas.index.name == "area"
    assert areas["name"].tolist() == ["Süd", "Nord"]
    assert areas["sozialraum"].tolist() == ["7", "7"]
    assert areas["sozialraum_name"].tolist() == ["S", "S"]
    assert areas["Fläche"].tolist() == [1.5, 2.5]
    assert areas.crs.to_epsg() == 25833


def test_the_smallest_level_may_name_the_id(tmp_path: Path, shapes: Any) -> None:
    shapes.rename(columns={"KENNUNG": "quartier", "Bezeichnung": "quartier_name"}).to_file(
        tmp_path / "a.gpkg"
    )
    areas = read_areas(tmp_path / "a.gpkg", levels=["sozialraum", "quartier"])
    assert areas.index.tolist() == ["01", "02"]
    assert areas["name"].tolist() == ["Süd", "Nord"]


def test_areas_in_degrees_become_metric(tmp_path: Path, shapes: Any) -> None:
    shapes.to_crs(4326).to_file(tmp_path / "a.geojson")
    areas = read_areas(tmp_path / "a.geojson")
    assert areas.crs.to_epsg() == 25833
    assert areas.area.tolist() == pytest.approx([1e6, 1e6], rel=1e-4)


def test_areas_without_system_need_one(tmp_path: Path, shapes: Any) -> None:
    shapes.set_crs(None, allow_override=True).to_file(tmp_path / "a.gpkg")
    with pytest.raises(InputError, match="Koordinatensystem fehlt"):
        read_areas(tmp_path / "a.gpkg")
    assert read_areas(tmp_path / "a.gpkg", crs=25833).crs.to_epsg() == 25833


def test_a_table_without_geometry_is_no_areas(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("area;name\n1;x\n")
    assert codes(load_areas(tmp_path / "a.csv")) == [("error", "geometry_column", None)]


def test_a_backdrop_has_name_kind_and_shape(tmp_path: Path, shapes: Any) -> None:
    shapes.loc[1, "geometry"] = None
    shapes.to_file(tmp_path / "w.gpkg", layer="wasser")
    water = read_backdrop(tmp_path / "w.gpkg", layer="wasser", to_crs=25832)
    assert list(water) == ["name", "kind", "geometry"]
    assert water["kind"].tolist() == ["water"]
    assert water.crs.to_epsg() == 25832
    assert codes(load_backdrop(tmp_path / "fehlt.gpkg")) == [("error", "missing_file", None)]


def test_offers_from_a_table(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "Kennung;Einrichtung;Träger;Plätze;Ost;Nord\n"
        "007;Kita;AWO;1.250;400100,5;5800100\n"
        "008;Hort;;;400200;5800100\n",
        encoding="cp1252",
    )
    offers = read_offers(tmp_path / "o.csv", category="kita", to_crs=25833)
    assert offers.index.tolist() == ["007", "008"]
    assert offers["category"].tolist() == ["kita", "kita"]
    assert offers["capacity"].tolist()[0] == 1250
    assert offers["capacity"].isna().tolist() == [False, True]
    assert offers["traeger"].isna().tolist() == [False, True]
    assert offers.geometry.tolist() == [Point(400100.5, 5800100), Point(400200, 5800100)]
    assert "barrier_free" not in offers
    assert offers["row"].tolist() == [2, 3]


def test_offers_need_a_category(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("offer,lon,lat\na,13.2,53.5\n")
    with pytest.raises(InputError, match="category"):
        read_offers(tmp_path / "o.csv")


def test_offers_from_a_map_keep_what_else_they_say(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame(
        {"id": [1, 2], "art": ["kita", "hort"], "farbe": ["rot", None]},
        geometry=[Point(13.26, 53.55), Point(13.27, 53.56)],
        crs=4326,
    )
    table.to_file(tmp_path / "o.geojson")
    offers = read_offers(tmp_path / "o.geojson")
    assert offers.crs.to_epsg() == 25833
    assert offers.index.tolist() == ["1", "2"]
    assert offers["farbe"].isna().tolist() == [False, True]


def test_an_unreadable_coordinate_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "offer;category;lon;lat\na;k;13.258.341;53.5\nb;k;;53.5\nc;k;13.2;53.5\n"
    )
    reading = load_offers(tmp_path / "o.csv", to_crs=25833)
    assert codes(reading) == [("error", "bad_coordinate", 2)]
    assert reading.table.geometry[0].is_empty
    assert reading.table.geometry[1] is None


def test_offers_whose_system_is_unknown_keep_the_rest(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("offer,category,x,y\na,kita,400000,5800000\n")
    reading = load_offers(tmp_path / "o.csv")
    assert codes(reading) == [("error", "no_crs", None)]
    assert "geometry" not in reading.table
    assert reading.table["offer"].tolist() == ["a"]
