"""Whether areas nest, and whether things lie in them. Areas are squares of 1,000,000 m²."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import MultiPolygon, Point, Polygon, box

from sozialraum.model.areas import Level
from sozialraum.model.check import Finding
from sozialraum.model.nesting import (
    check_areas,
    check_geometry,
    check_overlaps,
    check_upper,
    find_inside,
    unknown_areas,
)


def brief(found: list[Finding]) -> list[tuple[str, str, int | None]]:
    return [(f.severity, f.code, f.row) for f in found]


def points(*places: tuple[float, float] | None, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"offer": [f"a{i}" for i in range(len(places))], **columns},
        geometry=[None if p is None else Point(p) for p in places],
        crs=25833,
    ).assign(file="o.csv", row=np.arange(2, len(places) + 2))


def test_sound_areas_have_no_findings(areas: Any, levels: Any) -> None:
    assert check_areas(areas, levels) == []


def test_nothing_given_is_changed(areas: Any, complete: Any, levels: Any) -> None:
    before = areas.copy()
    check_areas(areas, levels)
    pd.testing.assert_frame_equal(areas, before)


def test_every_bad_shape_is_named(areas: Any) -> None:
    areas["geometry"] = [
        None,
        Polygon(),
        Point(1e5, 1e6),
        Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)]),
    ]
    found = check_geometry(areas, "g", areas=True)
    assert brief(found) == [
        ("error", "geometry_missing", 2),
        ("error", "not_an_area", 4),
        ("error", "geometry_invalid", 5),
    ]
    assert found[0].text.endswith("Dasselbe in Zeile 3.")
    assert "die Grenze schneidet sich selbst, 500 500" in found[-1].text


def test_an_empty_point_was_found_by_its_reader(areas: Any) -> None:
    table = points((400500, 5800500), None)
    table.loc[0, "geometry"] = Point()
    assert brief(check_geometry(table, "o")) == [("error", "geometry_missing", 3)]


def test_a_missing_system_and_degrees(areas: Any) -> None:
    bare = areas.set_crs(None, allow_override=True)
    assert brief(check_geometry(bare, "g")) == [("error", "no_crs", None)]
    degrees = areas.to_crs(4326).set_crs(25833, allow_override=True)
    assert brief(check_geometry(degrees, "g")) == [("error", "geometry_in_degrees", None)]


def test_areas_must_be_in_metres(areas: Any, levels: Any) -> None:
    for crs in (4326, 3857):
        found = check_areas(areas.to_crs(crs), levels)
        assert brief(found) == [("error", "areas_in_degrees", None)]


def test_a_missing_level_does_not_hide_the_rest(areas: Any, levels: Any) -> None:
    areas.loc[0, "geometry"] = None
    found = check_areas(areas.drop(columns="sozialraum"), levels)
    assert brief(found) == [("error", "missing_level", None), ("error", "geometry_missing", 2)]


def test_parents_and_names_must_be_unique(areas: Any, levels: Any) -> None:
    areas["bezirk"] = ["1", "2", "1", None]
    areas.loc[3, "sozialraum_name"] = "Norden"
    three = (levels[0], Level("bezirk", "Bezirk", "Bezirke", "gesamt"),
             Level("sozialraum", "Sozialraum", "Sozialräume", "bezirk"), levels[2])  # fmt: skip
    found = check_areas(areas, three)
    assert brief(found) == [
        ("error", "no_parent", 5),
        ("error", "parent_not_unique", 2),
        ("error", "name_not_unique", 4),
    ]
    assert "Sozialraum „A“ (Zeilen 2–3)" in found[1].text
    assert "1, 2" in found[1].text
    assert "Nord, Norden" in found[2].text


def test_names_of_the_top_level_are_checked_too(areas: Any, levels: Any) -> None:
    areas.loc[0, "sozialraum_name"] = "Sued"
    assert brief(check_areas(areas, levels)) == [("error", "name_not_unique", 2)]


def test_touching_areas_do_not_overlap(areas: Any) -> None:
    assert check_overlaps(areas, "g") == []


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (20, [("error", "overlap", 3)]),  # 20 m × 1,000 m = 20,000 m², 2 % of the smaller
        (5, [("note", "overlap", 3)]),  # 0.5 %
        (0.0005, []),  # 0.5 m²: rounding
    ],
)
def test_overlaps_are_errors_from_one_hundredth_on(areas: Any, reach: float, expected: Any) -> None:
    areas.loc[1, "geometry"] = box(401000 - reach, 5800000, 402000, 5801000)
    assert brief(check_overlaps(areas, "g")) == expected


def test_an_area_inside_another_and_an_area_given_twice_overlap(areas: Any) -> None:
    areas.loc[1, "geometry"] = box(400100, 5800100, 400200, 5800200)
    areas.loc[3, "geometry"] = areas.geometry[2]
    assert brief(check_overlaps(areas, "g")) == [
        ("error", "overlap", 3),
        ("error", "overlap", 5),
    ]


def test_a_lake_left_out_is_a_note(areas: Any) -> None:
    # 100 m × 100 m cut out of the corner where all four meet: one hole of 1 ha.
    lake = box(400950, 5800950, 401050, 5801050)
    areas["geometry"] = areas.geometry.difference(lake)
    found = check_overlaps(areas, "g")
    assert brief(found) == [("note", "gaps", None)]
    assert "1,0 ha" in found[0].text


def test_an_island_in_the_lake_is_no_lake(areas: Any) -> None:
    lake = box(400900, 5800900, 401100, 5801100)  # 4 ha
    island = box(400950, 5800950, 401050, 5801050)  # 1 ha of it, belongs to 01
    areas["geometry"] = areas.geometry.difference(lake)
    areas.loc[0, "geometry"] = MultiPolygon([areas.geometry[0], island])
    assert "3,0 ha" in check_overlaps(areas, "g")[0].text


def test_overlaps_are_found_beside_an_invalid_shape(areas: Any, levels: Any) -> None:
    areas.loc[3, "geometry"] = Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    areas.loc[1, "geometry"] = box(400500, 5800000, 402000, 5801000)
    assert brief(check_areas(areas, levels)) == [
        ("error", "geometry_invalid", 5),
        ("error", "overlap", 3),
    ]


def official(*boxes: Polygon, ids: str = "AB") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"area": list(ids)}, geometry=list(boxes), crs=25833)


def test_official_outlines_that_fit(complete: Any) -> None:
    upper = official(box(400000, 5800000, 402000, 5801000), box(400000, 5801000, 402000, 5802000))
    assert check_upper(complete, "sozialraum", upper) == []
    assert check_upper(complete, "sozialraum", upper.to_crs(4326)) == []


def test_children_that_stick_out_are_named_with_both_sizes(complete: Any) -> None:
    # A ends 10 m earlier in the east: 10 m × 1,000 m of 1,990,000 m², 0.5 %: a note.
    # B ends 100 m earlier in the north and reaches 50 m further east:
    # 2,000 m × 100 m stick out (10.8 % of it), 50 m × 900 m stay free.
    upper = official(box(400000, 5800000, 401990, 5801000), box(400000, 5801000, 402050, 5801900))
    found = check_upper(complete, "sozialraum", upper)
    assert brief(found) == [("note", "upper_differs", 2), ("error", "upper_differs", 3)]
    assert "um 10.000 m²" in found[0].text
    assert "um 200.000 m²" in found[1].text
    assert "45.000 m² davon frei" in found[1].text


def test_official_outlines_missing_unused_or_unusable(complete: Any) -> None:
    upper = official(box(400000, 5800000, 402000, 5801000), box(0, 0, 1, 1), ids="AC")
    assert brief(check_upper(complete, "sozialraum", upper)) == [
        ("error", "upper_missing", None),
        ("note", "upper_unused", 3),
    ]
    bow = Polygon([(0, 0), (900, 900), (900, 0), (0, 900)])
    assert brief(check_upper(complete, "sozialraum", official(bow, ids="A"))) == [
        ("error", "geometry_invalid", 2)
    ]


def test_points_are_put_into_areas_and_those_outside_kept(complete: Any) -> None:
    table = points((400500, 5800500), (403000, 5800500), (401500, 5801500))
    placed, found = find_inside(table, complete, "offers")
    assert placed["area"].tolist()[0] == "01"
    assert placed["area"].tolist()[2] == "04"
    assert pd.isna(placed["area"].tolist()[1])
    assert brief(found) == [("note", "outside_offers", None)]
    assert "(Zeile 3)" in found[0].text


def test_what_is_absurdly_far_is_an_error(complete: Any) -> None:
    # 99 km and 101 km east of the border at 402,000.
    table = points((501000, 5800500), (503000, 5800500))
    _, found = find_inside(table, complete, "offers")
    assert brief(found) == [("error", "far_away", 3), ("note", "outside_offers", None)]


def test_points_in_another_system_are_converted(complete: Any) -> None:
    table = points((400500, 5800500)).to_crs(4326)
    placed, found = find_inside(table, complete, "offers")
    assert placed.crs == complete.crs
    assert placed["area"].tolist() == ["01"]
    assert found == []


def test_a_stated_area_is_held_against_the_place(complete: Any) -> None:
    table = points(
        (400500, 5800500), (400500, 5800500), (400500, 5800500), (400500, 5800500),
        area=["01", "02", "1", "99"],
    )  # fmt: skip
    placed, found = find_inside(table, complete, "offers")
    assert placed["area"].tolist() == ["01"] * 4
    assert brief(found) == [
        ("error", "zero_lost", 4),
        ("error", "unknown_area", 5),
        ("note", "area_contradicts", 3),
    ]


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_invalid_areas_do_not_stop_the_search(complete: Any) -> None:
    nan = float("nan")
    broken = complete.copy()
    broken.loc["03", "geometry"] = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    broken.loc["04", "geometry"] = Polygon([(0, 0), (1, nan), (1, 0)])
    broken.loc["02", "geometry"] = None
    placed, _ = find_inside(points((400500, 5800500)), broken, "offers")
    assert placed["area"].tolist() == ["01"]


def test_no_points_and_no_geometry(complete: Any) -> None:
    placed, found = find_inside(points(), complete, "offers")
    assert found == []
    assert "area" in placed
    bare = pd.DataFrame({"offer": ["a"], "file": ["o.csv"], "row": [2]})
    assert brief(find_inside(bare, complete, "offers")[1]) == [("error", "no_place", None)]


def test_a_lost_zero_is_told_from_an_unknown_id() -> None:
    table = pd.DataFrame({"row": [2, 3, 4], "file": "w.csv"})
    stated = pd.Series(["1100101", "99", "01100101"], dtype="str")
    unknown = pd.Series([True, True, False])
    found = unknown_areas(table, stated, unknown, {"01100101", "02"}, "w.csv")
    assert brief(found) == [("error", "zero_lost", 2), ("error", "unknown_area", 3)]
    assert "wohl aber „01100101“" in found[0].text
