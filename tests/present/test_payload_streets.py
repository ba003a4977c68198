"""Streets as the page searches them: one place per street and area, on the street."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from sozialraum.present.payload_streets import list_streets
from sozialraum.present.topology import build_topology


@pytest.fixture(scope="module")
def topology(town_edition):
    return build_topology(town_edition.areas, [level.id for level in town_edition.levels])


def test_a_street_stands_once_in_every_area_it_runs_through(town_edition, topology) -> None:
    areas = town_edition.areas
    first, second = (areas.geometry.iloc[i].representative_point() for i in (0, 1))
    x, y = first.x, first.y
    lines = [
        # Three pieces of 20 m in a row in the first area: their middles at 10, 30 and 50 m.
        *([("Am Markt", shapely.LineString([(x + d, y), (x + d + 20, y)])) for d in (0, 20, 40)]),
        ("Am Markt", shapely.LineString([(second.x, second.y - 5), (second.x, second.y + 5)])),
        ("Hof", shapely.Point(x, y)),
        (None, shapely.Point(x, y)),
        ("Weit weg", shapely.Point(0, 0)),
    ]
    names, geometry = zip(*lines, strict=True)
    streets = gpd.GeoDataFrame({"name": names}, geometry=list(geometry), crs=areas.crs)
    found = list_streets(streets.to_crs(4326), town_edition, topology)
    assert found["names"] == ["Am Markt", "Hof"]
    assert found["street"] == [0, 0, 1]
    keys = list(topology.objects[town_edition.levels[-1].id])
    assert [keys[i] for i in found["areas"]] == [*areas.index[:2], areas.index[0]]
    # Of 10, 30 and 50 m the one nearest to their mean.
    wanted = topology.to_grid(np.array([[x + 30, y], [second.x, second.y], [x, y]]))
    assert np.abs(np.array(found["places"]) - wanted).max() <= 1


def test_no_street_in_any_area_is_no_street(town_edition, topology) -> None:
    streets = gpd.GeoDataFrame(
        {"name": ["Weit weg"]}, geometry=[shapely.Point(0, 0)], crs=town_edition.areas.crs
    )
    found = list_streets(streets, town_edition, topology)
    assert found == {"names": [], "street": [], "areas": [], "places": []}
