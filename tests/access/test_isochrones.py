"""Isochrones: by hand, against densely sampled streets, nested, and the same without numba."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sozialraum.access import search, stamp
from sozialraum.access.isochrones import measure_isochrones
from sozialraum.access.network import StraightLine, build_network
from sozialraum.access.snap import snap_points
from sozialraum.access.travel import measure_travel
from sozialraum.errors import CoverageError, CrsError, InputError, UnknownNameError
from sozialraum.read.streets import read_streets

ENDS = np.pi * 25**2  # two half circles at the ends of a strip 50 m wide
SLOW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def street(streets):
    """One street of 2 km from west to east."""
    return streets({"w": (-1000, 0), "e": (1000, 0)}, [("w", "e", 2000, 0)])


def test_a_straight_street_by_hand(street, points):
    found = measure_isochrones(points([(0, 0)], "k"), street, limits_min=[10, 5])
    # 400 m and 800 m to each side, 50 m wide, round at both ends; the limits rise.
    assert found["limit_min"].tolist() == [5, 10]
    assert found.index.tolist() == ["k0", "k0"]
    assert found["area_ha"].to_numpy() * 10_000 == pytest.approx(
        [800 * 50 + ENDS, 1600 * 50 + ENDS], rel=0.01
    )
    assert found.geometry.iloc[0].bounds == pytest.approx((-425, -25, 425, 25), abs=1)
    assert found["connected"].all()
    assert found["quality"].tolist() == ["exact", "exact"]
    assert found.crs == street.crs
    assert found["area_ha"].tolist() == (found.area / 10_000).tolist()


def test_the_way_to_the_street_counts_and_is_drawn(street, points):
    # 100 m beside the street: 300 m of the 400 m remain to each side, and a stem of 100 m.
    shape = measure_isochrones(points([(0, 100)], "k"), street, limits_min=5).geometry.iloc[0]
    assert shape.bounds == pytest.approx((-325, -25, 325, 125), abs=1)
    exact = shapely.union_all(
        [shapely.box(0, 0, 0, 0)]
        + [
            shapely.LineString(line).buffer(25)
            for line in ([(-300, 0), (300, 0)], [(0, 100), (0, 0)])
        ]
    )
    assert shape.area == pytest.approx(exact.area, rel=0.01)
    # One minute is 80 m: the street is not met, and the circle around the way ends before it.
    near = measure_isochrones(points([(0, 100)], "k"), street, limits_min=1).geometry.iloc[0]
    assert near.bounds == pytest.approx((-25, -5, 25, 125), abs=1)


def test_all_arms_of_a_crossing_are_cut_at_the_limit(cross, points):
    # From 100 m east of the crossing, 2.5 minutes: 200 m. East to 300; the other arms 100 m.
    shape = measure_isochrones(points([(100, 0)], "k"), cross, limits_min=2.5).geometry.iloc[0]
    lines = [[(-100, 0), (300, 0)], [(0, -100), (0, 100)]]
    exact = shapely.union_all([shapely.LineString(line).buffer(25) for line in lines])
    assert shape.area == pytest.approx(exact.area, rel=0.01)
    assert shape.symmetric_difference(exact).area < 0.02 * exact.area


def test_a_block_of_houses_stays_open(streets, points):
    nodes = {"a": (0, 0), "b": (200, 0), "c": (200, 200), "d": (0, 200)}
    rows = [("a", "b", 200, 0), ("b", "c", 200, 0), ("c", "d", 200, 0), ("d", "a", 200, 0)]
    found = measure_isochrones(points([(0, 0)], "k"), streets(nodes, rows), limits_min=[3, 15])
    # Three minutes: 240 m along both sides of the ring; the last 160 m are not reached, no hole.
    assert [len(shape.geoms[0].interiors) for shape in found.geometry] == [0, 1]
    hole = shapely.Polygon(found.geometry.iloc[1].geoms[0].interiors[0])
    assert hole.area == pytest.approx(150**2, rel=0.01)


def test_one_way_streets_make_a_difference(streets, points):
    nodes = {"w": (-400, 0), "m": (0, 0), "e": (400, 0), "s": (0, -900)}
    rows = [("w", "m", 400, 1), ("m", "e", 400, 1), ("e", "s", 9000, 0), ("s", "w", 9000, 0)]
    network, offer = streets(nodes, rows), points([(100, 0)], "k")
    options = {"limits_min": 2.5}
    # People come along the one-way from the west; the offer leaves to the east: 200 m each.
    there = measure_isochrones(offer, network, **options)
    back = measure_isochrones(offer, network, direction="from_offer", **options)
    assert there.geometry.iloc[0].bounds == pytest.approx((-125, -25, 125, 25), abs=1)
    assert back.geometry.iloc[0].bounds == pytest.approx((75, -25, 325, 25), abs=1)


def test_times_count_where_speeds_differ(points):
    # 36 km/h are 600 m a minute to the east, 18 km/h are 300 m a minute to the west.
    nodes = pd.DataFrame({"x": [-3000.0, 0.0, 3000.0], "y": 0.0})
    edges = pd.DataFrame(
        {"u": [0, 1], "v": [1, 2], "length_m": 3000.0, "kmh": [18.0, 36.0]}
    )  # fmt: skip
    ride = build_network(nodes, edges, crs=25833, mode="bike")
    shape = measure_isochrones(points([(0, 0)], "k"), ride, limits_min=2).geometry.iloc[0]
    assert shape.bounds == pytest.approx((-625, -25, 1225, 25), abs=1)
    assert shape.area == pytest.approx(1800 * 50 + ENDS, rel=0.01)


def test_motorways_and_tunnels_are_passed_but_not_drawn(points):
    nodes = pd.DataFrame({"x": [0.0, 100.0, 300.0, 400.0], "y": 0.0})
    edges = pd.DataFrame(
        {"u": [0, 1, 2], "v": [1, 2, 3], "length_m": [100.0, 200.0, 100.0],
         "through": [False, True, False]}
    )  # fmt: skip
    network = build_network(nodes, edges, crs=25833)
    shape = measure_isochrones(points([(0, 0)], "k"), network, limits_min=15).geometry.iloc[0]
    assert [part.bounds[0::2] for part in shape.geoms] == [
        pytest.approx((-25, 125), abs=1), pytest.approx((275, 425), abs=1),
    ]  # fmt: skip


def test_circles_of_the_straight_line(points):
    line = StraightLine(detour=1.25)
    found = measure_isochrones(points([(7, 9)], "k"), line, limits_min=[5, 10])
    # 400 m and 800 m of way are 320 m and 640 m as the crow flies.
    assert np.sqrt(found.area.to_numpy() / np.pi) == pytest.approx([320, 640], rel=0.001)
    assert found["quality"].tolist() == ["straight_line"] * 2
    assert found.geom_type.tolist() == ["MultiPolygon"] * 2


def test_who_is_not_connected_has_no_area_and_no_zero(cross, points):
    offers = points([(0, 0), (90_000, 0)], "k")
    found = measure_isochrones(offers, cross, limits_min=[5, 10])
    assert found["connected"].tolist() == [True, True, False, False]
    assert found["area_ha"].isna().tolist() == [False, False, True, True]
    assert found.geometry.isna().tolist() == [False, False, True, True]
    offers.loc["k1", "geometry"] = None
    lines = measure_isochrones(offers, StraightLine(), limits_min=5)
    assert lines["connected"].tolist() == [True, False]
    assert lines.geometry.isna().tolist() == [False, True]


def test_no_offers_are_no_isochrones(cross, points):
    for network in (cross, StraightLine()):
        found = measure_isochrones(points([], "k"), network)
        assert found.empty
        assert found.crs == cross.crs
        assert list(found.columns) == ["limit_min", "area_ha", "connected", "quality", "geometry"]


@pytest.mark.parametrize("limits", [0, -5, np.nan, np.inf, [5, np.nan], [0, 5]])
def test_useless_limits_are_refused(cross, points, limits):
    with pytest.raises(InputError, match="Grenze"):
        measure_isochrones(points([(0, 0)], "k"), cross, limits_min=limits)


def test_useless_wishes_are_refused(cross, points):
    offers = points([(0, 0)], "k")
    with pytest.raises(InputError, match="Zeitgrenze"):
        measure_isochrones(offers, cross, limits_min=[])
    for width in (0, -1, np.nan, np.inf):
        with pytest.raises(InputError, match="Streifen"):
            measure_isochrones(offers, cross, buffer_m=width)
    with pytest.raises(InputError, match="kleinere Grenze"):
        measure_isochrones(offers, cross, limits_min=15, buffer_m=0.1)
    with pytest.raises(UnknownNameError, match="to_offer"):
        measure_isochrones(offers, cross, direction="both")
    with pytest.raises(CoverageError, match="Angebote"):
        measure_isochrones(points([(90_000, 0)], "k"), cross)
    with pytest.raises(CrsError):
        measure_isochrones(offers.to_crs(4326), cross)


# --- against densely sampled streets ----------------------------------------------------------


def sample_streets(network, step):
    """Points every ``step`` metres along all streets, their ends included."""
    lines = network.lines[network.main_edges]
    steps = np.maximum(np.ceil(shapely.length(lines) / step), 1).astype(int)
    line = np.repeat(np.arange(len(lines)), steps + 1)
    number = np.arange(len(line)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    places = shapely.line_interpolate_point(lines[line], number / steps[line], normalized=True)
    ids = pd.RangeIndex(len(places)).astype("str")
    return gpd.GeoDataFrame(geometry=places, crs=network.crs, index=ids)


@pytest.mark.realdata
@pytest.mark.parametrize("mode", ["walk", "bike"])
def test_on_real_streets_the_area_is_that_of_all_reached_places(testdata, points, mode):
    network = read_streets(testdata / "neubrandenburg/neubrandenburg.osm.pbf", mode)
    rng = np.random.default_rng(4)
    edge = rng.choice(network.main_edges, 3, replace=False)
    places = [network.lines[e].interpolate(0.3, normalized=True).coords[0] for e in edge]
    offers = points([(x + 12, y + 9) for x, y in places], "k", network.crs)
    limits = [5, 10, 15] if mode == "walk" else [3, 5]
    found = measure_isochrones(offers, network, limits_min=limits)
    assert found.is_valid.all()
    people = sample_streets(network, 4.0)
    ways = measure_travel(people, offers, network, limit_min=limits[-1])
    for row in found.itertuples():
        mine = ways[(ways["destination"] == row.Index) & (ways["minutes"] <= row.limit_min)]
        reached = people.geometry.loc[mine["origin"]]
        # Circles around places at most 4 m apart lack 0.1 % of the strip, and up to 4 m at every end.
        near = shapely.union_all([*reached.buffer(25), offers.geometry.loc[row.Index].buffer(25)])
        assert row.geometry.area == pytest.approx(near.area, rel=0.03)
        # Whoever lives at a street and reaches the offer lives inside, but for a hair …
        assert row.geometry.buffer(1).contains(shapely.MultiPoint(list(reached)))
        # … and nothing lies inside that is more than a strip and a step away (but for a corner).
        assert row.geometry.difference(near.buffer(6)).area < 1


# --- random towns -----------------------------------------------------------------------------


@st.composite
def towns(draw):
    """A grid town with missing streets, one-ways, bends, some counted in time; and an offer."""
    side = draw(st.integers(2, 4))
    x, y = (a.ravel() * 90.0 for a in np.meshgrid(np.arange(side), np.arange(side)))
    pairs = [
        (i, j) for i in range(side * side) for j in (i + 1, i + side)
        if j < side * side and abs(x[i] - x[j]) + abs(y[i] - y[j]) == 90
    ]  # fmt: skip
    kinds = draw(st.lists(st.sampled_from([0, 0, 0, 1, -1, 9]), min_size=len(pairs),
                          max_size=len(pairs)))  # fmt: skip
    rows = [(u, v, kind) for (u, v), kind in zip(pairs, kinds, strict=True) if kind != 9]
    assume(rows)
    edges = pd.DataFrame(rows, columns=["u", "v", "oneway"])
    edges["length_m"] = 90.0 * draw(st.sampled_from([0.0, 1.0, 1.3]))
    if draw(st.booleans()):
        edges["kmh"] = 12.0
    network = build_network(pd.DataFrame({"x": x, "y": y}), edges, crs=25833)
    return network, draw(st.tuples(st.integers(-40, 310), st.integers(-40, 310)))


@SLOW
@given(towns(), st.lists(st.sampled_from([0.1, 0.5, 1.0, 2.0, 2.7, 5.0]), min_size=2, max_size=4))
def test_higher_limits_contain_lower_ones_and_shapes_are_sound(points, drawn, limits):
    network, place = drawn
    offers = points([place], "k")
    assume(snap_points(offers, network).connected.all())
    found = measure_isochrones(offers, network, limits_min=limits)
    assert found["limit_min"].is_monotonic_increasing
    assert found.is_valid.all()
    assert not found.is_empty.any()
    for low, high in zip(found.geometry[:-1], found.geometry[1:], strict=True):
        assert low.difference(high).area < 1e-6
    assert found.geometry.iloc[0].buffer(1e-6).contains(offers.geometry.iloc[0])


@SLOW
@given(towns(), st.sampled_from([0.5, 1.0, 2.7]), st.sampled_from(["to_offer", "from_offer"]))
def test_everybody_within_the_limit_lives_inside(points, drawn, limit, direction):
    network, place = drawn
    offers = points([place], "k")
    assume(snap_points(offers, network).connected.all())
    shape = measure_isochrones(offers, network, limits_min=limit, direction=direction)
    rng = np.random.default_rng(1)
    edges = rng.choice(network.main_edges, 40)
    spots = [network.lines[e].interpolate(rng.random(), normalized=True) for e in edges]
    people = points([s.coords[0] for s in spots])
    roles = (people, offers) if direction == "to_offer" else (offers, people)
    ways = measure_travel(*roles, network, limit_min=limit)
    reached = people.loc[ways["origin" if direction == "to_offer" else "destination"]]
    assert reached.within(shape.geometry.iloc[0].buffer(2)).all()


@SLOW
@given(towns(), st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)))
def test_moving_the_town_moves_the_areas(points, drawn, vector):
    network, place = drawn
    offers, edges = points([place], "k"), network.edges
    rows = pd.DataFrame({"u": edges.u, "v": edges.v, "length_m": edges.forward.clip(0) / 100.0})
    still, moved = (
        build_network(pd.DataFrame({"x": network.x + x, "y": network.y + y}), rows, crs=25833)
        for x, y in ((0, 0), vector)
    )
    assume(len(still.main_edges) and snap_points(offers, still).connected.all())
    here = measure_isochrones(offers, still, limits_min=[1, 3])
    there = measure_isochrones(offers.set_geometry(offers.translate(*vector)), moved,
                               limits_min=[1, 3])  # fmt: skip
    back = there.translate(-vector[0], -vector[1])
    for one, other in zip(here.geometry, back, strict=True):
        assert one.symmetric_difference(other).area < 1e-2


@SLOW
@given(towns())
def test_without_numba_the_areas_are_the_same(points, drawn):
    network, place = drawn
    offers = points([place], "k")
    assume(snap_points(offers, network).connected.all())
    fast = measure_isochrones(offers, network, limits_min=[1, 3])
    with pytest.MonkeyPatch.context() as patch:
        for module in (search, stamp):
            patch.setattr(module, "find_spec", lambda name: None)
        slow = measure_isochrones(offers, network, limits_min=[1, 3])
    for one, other in zip(fast.geometry, slow.geometry, strict=True):
        assert one.symmetric_difference(other).area < 1e-6
