"""Levels as columns, joining areas, putting points into them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
from shapely import Point

from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.model.areas import (
    assign_areas,
    dissolve_areas,
    list_levels,
    need_level,
    require_metric,
    require_same_crs,
)


def test_every_level_has_id_and_name(complete: Any) -> None:
    assert list_levels(complete) == ["gesamt", "sozialraum", "quartier"]
    assert complete.index.name == "area"
    assert complete["gesamt"].unique().tolist() == ["gesamt"]
    assert complete["gesamt_name"].unique().tolist() == ["Kleinstadt"]
    assert complete["quartier"].tolist() == complete.index.tolist()
    assert complete["quartier_name"].tolist() == complete["name"].tolist()


def test_areas_join_to_every_level_with_nothing_lost(complete: Any) -> None:
    # Four squares of 1 km²: 4 × 1, 2 × 2, 1 × 4.
    sizes = {level: dissolve_areas(complete, level).area / 1e6 for level in list_levels(complete)}
    assert sizes["quartier"].tolist() == [1, 1, 1, 1]
    assert sizes["sozialraum"].to_dict() == {"A": 2, "B": 2}
    assert sizes["gesamt"].to_dict() == {"gesamt": 4}
    joined = dissolve_areas(complete, "sozialraum")
    assert joined["name"].tolist() == ["Süd", "Nord"]
    assert joined["parent"].tolist() == ["gesamt", "gesamt"]
    assert dissolve_areas(complete, "gesamt")["parent"].tolist() == [""]


def test_the_order_of_rows_does_not_matter(complete: Any) -> None:
    one = dissolve_areas(complete, "sozialraum")
    other = dissolve_areas(complete.iloc[::-1], "sozialraum")
    assert one.index.tolist() == other.index.tolist()
    assert one.geometry.geom_equals(other.geometry).all()


def test_an_unknown_level_offers_the_nearest(complete: Any) -> None:
    with pytest.raises(UnknownNameError, match="Gemeint sein könnte: sozialraum"):
        need_level(complete, "sozialräume")


def test_points_lie_in_the_first_of_touching_areas_or_in_none(complete: Any) -> None:
    points = gpd.GeoDataFrame(
        geometry=[
            Point(400500, 5800500),  # in 01
            Point(401000, 5801000),  # the corner of all four
            Point(401500, 5801000),  # the border of 02 and 04
            Point(399999, 5800500),  # 1 m outside
        ],
        index=["in", "corner", "border", "out"],
        crs=25833,
    )
    found = assign_areas(points, complete.iloc[::-1])
    assert found.index.tolist() == ["in", "corner", "border", "out"]
    assert found.tolist()[:3] == ["01", "01", "02"]
    assert found.isna().tolist() == [False, False, False, True]


def test_no_points_no_areas(complete: Any) -> None:
    none = gpd.GeoDataFrame(geometry=gpd.GeoSeries([], crs=25833))
    assert assign_areas(none, complete).empty


def test_degrees_web_mercator_and_nothing_are_refused(complete: Any) -> None:
    for crs in (4326, 3857):
        with pytest.raises(CrsError, match="Grad"):
            require_metric(complete.to_crs(crs), "areas")
    with pytest.raises(CrsError, match="Koordinatensystem fehlt"):
        require_metric(complete.set_crs(None, allow_override=True), "areas")


def test_two_systems_are_refused(complete: Any) -> None:
    with pytest.raises(CrsError, match="EPSG:25832"):
        require_same_crs(complete, "areas", complete.to_crs(25832), "points")
