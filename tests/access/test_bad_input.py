"""Bad input gets one clear German sentence from every public measure; nothing given gets no zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sozialraum as sr

# Everything that takes offers and streets, and everything that takes a limit.
Measure = Callable[..., Any]
WITH_OFFERS: dict[str, Measure] = {
    "nearest": sr.measure_nearest,
    "from_offer": lambda people, offers, net: sr.measure_nearest(
        people, offers, net, direction="from_offer"
    ),
    "travel": lambda people, offers, net: sr.measure_travel(people, offers, net, limit_min=15),
    "matrix": sr.measure_matrix,
    "isochrones": lambda people, offers, net: sr.measure_isochrones(offers, net),
    "raster": lambda people, offers, net: sr.measure_travel_raster(offers, net),
}


def with_limit(name: str, people: Any, offers: Any, net: Any, limit: float) -> Any:
    near = sr.measure_nearest(people, offers, net)
    ways = sr.measure_travel(people, offers, net, limit_min=None)
    state = pd.Series("yes", index=offers.index)
    capacity = pd.Series(10.0, index=offers.index)
    measures: dict[str, Measure] = {
        "nearest": lambda: sr.measure_nearest(people, offers, net, limit_min=limit),
        "travel": lambda: sr.measure_travel(people, offers, net, limit_min=limit),
        "matrix": lambda: sr.measure_matrix(people, offers, net, limit_min=limit),
        "isochrones": lambda: sr.measure_isochrones(offers, net, limits_min=[5, limit]),
        "raster": lambda: sr.measure_travel_raster(offers, net, limit_min=limit),
        "coverage": lambda: sr.measure_coverage(people["u6"], near, limit_min=limit),
        "gaps": lambda: sr.find_gaps(people, near, group="u6", limit_min=limit),
        "catchment": lambda: sr.measure_catchment(people["u6"], capacity, ways, limit_min=limit),
        "open": lambda: sr.measure_open_coverage(people["u6"], ways, state, limit_min=limit),
    }
    return measures[name]()


@pytest.fixture
def people(points):
    return points([(0, 10), (200, 20), (-300, 5)]).assign(u6=[3.0, 4.0, 5.0])


@pytest.fixture
def offers(points):
    return points([(0, 100), (390, 0)], "k")


def sentence(caught: pytest.ExceptionInfo[Any]) -> str:
    """The one sentence of an error: one finding, and no trace of English or of code."""
    if isinstance(caught.value, sr.InputError):
        assert len(caught.value.report.findings) == 1
        return caught.value.report.findings[0].text
    return str(caught.value)


@pytest.mark.parametrize("name", WITH_OFFERS)
def test_offers_in_the_sea(name, cross, points, people):
    sea = points([(250_000, 90_000), (260_000, 90_000)], "k")
    with pytest.raises(sr.CoverageError) as caught:
        WITH_OFFERS[name](people, sea, cross)
    assert "Kein einziger Punkt liegt näher als 250 m an einer Straße" in sentence(caught)
    assert "2 Punkte geprüft" in sentence(caught)


@pytest.mark.parametrize("name", ["nearest", "from_offer", "travel", "matrix"])
def test_people_in_the_sea(name, cross, points, offers):
    with pytest.raises(sr.CoverageError, match="Kein einziger Punkt"):
        WITH_OFFERS[name](points([(250_000, 90_000)]), offers, cross)


@pytest.mark.parametrize("name", WITH_OFFERS)
def test_offers_in_degrees(name, cross, people, offers):
    with pytest.raises(sr.CrsError):
        WITH_OFFERS[name](people, offers.to_crs(4326), cross)


@pytest.mark.parametrize("limit", [0, -5, np.nan, np.inf])
@pytest.mark.parametrize(
    "name",
    [
        "nearest",
        "travel",
        "matrix",
        "isochrones",
        "raster",
        "coverage",
        "gaps",
        "catchment",
        "open",
    ],
)
def test_limits_that_are_none(name, limit, cross, people, offers):
    with pytest.raises(sr.InputError) as caught:
        with_limit(name, people, offers, cross, limit)
    assert "Erwartet wird eine positive Zahl in Minuten" in sentence(caught)


def test_people_without_the_group(cross, people, offers):
    near = sr.measure_nearest(people, offers, cross)
    with pytest.raises(sr.UnknownNameError, match="u6") as caught:
        sr.find_gaps(people, near, group="u7", limit_min=1)
    assert "gibt es bei" in str(caught.value)
    gaps = sr.find_gaps(people, near, group="u6", limit_min=1, min_people=0)
    assert len(gaps)
    with pytest.raises(sr.UnknownNameError, match="gibt es bei"):
        sr.measure_relief(gaps, people.rename(columns={"u6": "ue65"}), near, cross)


@pytest.mark.parametrize("mode", ["walk", "wheelchair", "bike", "car"])
def test_a_network_without_ways_for_the_mode(mode, tmp_path):
    useless = {"walk": "motorway", "wheelchair": "steps", "bike": "motorway", "car": "footway"}
    file = tmp_path / "ort.osm"
    nodes = "".join(
        f'<node id="{i}" version="1" lon="{lon}" lat="53.55"/>'
        for i, lon in ((1, 13.26), (2, 13.261))
    )
    file.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{nodes}<way id="1" version="1">'
        f'<nd ref="1"/><nd ref="2"/><tag k="highway" v="{useless[mode]}"/></way></osm>',
        encoding="utf-8",
    )
    with pytest.raises(sr.InputError, match="keinen Weg") as caught:
        sr.read_streets(file, mode)
    sentence(caught)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_file_of_streets_cut_in_half(share, root, tmp_path):
    whole = (root / "data/geometries/streets.osm.pbf").read_bytes()
    file = tmp_path / "halb.osm.pbf"
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(sr.InputError, match="abgeschnitten") as caught:
        sr.read_streets(file)
    sentence(caught)


def test_no_offers_reach_nobody_and_no_way_takes_zero_minutes(cross, points, people):
    none = points([], "k")
    near = sr.measure_nearest(people, none, cross)
    assert near["minutes"].isna().all()
    assert near.index.tolist() == people.index.tolist()
    reached = sr.measure_coverage(people["u6"], near, limit_min=15)
    assert reached["reached"].tolist() == [0, 0, 0]
    assert sr.measure_travel(people, none, cross, limit_min=15).empty
    assert sr.measure_matrix(people, none, cross).shape == (3, 0)
    assert sr.measure_isochrones(none, cross).empty
    assert np.isnan(sr.measure_travel_raster(none, cross).minutes).all()
    gaps = sr.find_gaps(people, near, group="u6", limit_min=15, min_people=0)
    assert gaps["people"].sum() == 12
    relief = sr.measure_relief(gaps, people, near, cross)
    # What is saved where there is nothing is not known; who would be reached is.
    assert relief["person_minutes"].tolist() == [0] * len(gaps)
    assert relief["unknown"].sum() == 12


def test_nobody_needs_nothing(cross, points, people, offers):
    nobody = people[:0]
    near = sr.measure_nearest(nobody, offers, cross)
    assert near.empty
    assert sr.measure_coverage(nobody["u6"], near, limit_min=15).empty
    gaps = sr.find_gaps(nobody, near, group="u6", limit_min=15)
    assert gaps.empty
    assert sr.measure_relief(gaps, nobody, near, cross).empty
    assert sr.measure_travel(nobody, offers, cross, limit_min=15).empty
    assert sr.measure_matrix(nobody, offers, cross).shape == (0, 2)


def test_nobody_is_told_of_ways_longer_than_were_measured() -> None:
    """Measured within 5 minutes, a table cannot tell who is near within 15."""
    town = sr.build_musterstadt()
    people, kitas = town.atlas.population, town.atlas.offers.query("category == 'kita'")
    nearest = sr.measure_nearest(people, kitas, town.streets, limit_min=5)
    ways = sr.measure_travel(people, kitas, town.streets, limit_min=5)
    with pytest.raises(sr.InputError, match="gemessen wurde nur bis 5"):
        sr.measure_coverage(people["u6"], nearest, limit_min=15)
    with pytest.raises(sr.InputError, match="gemessen wurde nur bis 5"):
        sr.find_gaps(people, nearest, group="u6", limit_min=15)
    with pytest.raises(sr.InputError, match="gemessen wurde nur bis 5"):
        sr.measure_catchment(people["u6"], kitas["capacity"], ways, limit_min=15)
    with pytest.raises(sr.InputError, match="gemessen wurde nur bis 5"):
        sr.measure_coverage(people["u6"], sr.find_nearest(ways, people.index), limit_min=15)
    whole = sr.measure_nearest(people, kitas, town.streets)
    for limit in (3, 5):
        pd.testing.assert_frame_equal(
            sr.measure_coverage(people["u6"], nearest, limit_min=limit),
            sr.measure_coverage(people["u6"], whole, limit_min=limit),
        )
