"""Ways by bicycle and car: whole hundredths of a second, exact against networkx."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sozialraum.access.coverage import measure_coverage
from sozialraum.access.network import CLOSED, StraightLine, build_network
from sozialraum.access.snap import snap_points
from sozialraum.access.travel import measure_nearest, measure_travel
from sozialraum.errors import InputError
from sozialraum.read.streets import read_streets

NODES = pd.DataFrame({"x": [0.0, 100.0, 250.0], "y": 0.0})
SLOW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def make(rows, **more):
    edges = pd.DataFrame(rows, columns=["u", "v", "length_m", "oneway", "kmh", "kmh_back"])
    return build_network(NODES, edges, crs=25833, mode="car", **more)


def test_times_by_hand(points):
    # 100 m at 36 km/h: 10 s; 150 m at 54 km/h: 10 s, back at 27 km/h: 20 s.
    network = make([(0, 1, 100.0, 0, 36.0, 36.0), (1, 2, 150.0, 0, 54.0, 27.0)])
    assert sorted(network.edges.forward.tolist()) == [1000, 1000]
    assert sorted(network.edges.backward.tolist()) == [1000, 2000]
    # Home 20 m beside the first street, 50 m along it; the offer at the far end.
    people, offers = points([(50, 20)]), points([(250, 0)], "k")
    there = measure_travel(people, offers, network, limit_min=15)
    back = measure_travel(offers, people, network, limit_min=15)
    # On foot to the street 20 m at 4.8 km/h: 15 s. Then 5 s and 10 s; back 20 s and 5 s.
    assert there["minutes"].tolist() == [0.5]
    assert back["minutes"].tolist() == [round(40 / 60, 6)]
    # A time does not tell how many metres it took.
    assert there["metres"].isna().all()


def test_the_fastest_way_is_not_the_shortest(points):
    nodes = pd.DataFrame({"x": [0.0, 500.0, 1000.0], "y": [0.0, 400.0, 0.0]})
    rows = [(0, 2, 1000.0, 0, 15.0), (0, 1, 700.0, 0, 50.0), (1, 2, 700.0, 0, 50.0)]
    edges = pd.DataFrame(rows, columns=["u", "v", "length_m", "oneway", "kmh"])
    ends = points([(0, 0)]), points([(1000, 0)], "k")
    by_time = build_network(nodes, edges, crs=25833, mode="car")
    by_metres = build_network(nodes, edges.drop(columns="kmh"), crs=25833)
    # 1,400 m at 50 km/h: 100.8 s; 1,000 m at 15 km/h: 240 s.
    assert measure_nearest(*ends, by_time)["minutes"].tolist() == [1.68]
    assert measure_nearest(*ends, by_metres)["metres"].tolist() == [1000]


def test_the_limit_is_inclusive(points):
    network = make([(0, 1, 100.0, 0, 36.0, 36.0), (1, 2, 150.0, 0, 54.0, 27.0)])
    # 20 s and 40 s on foot (53⅓ m at 80 m a minute are 40 s): one minute sharp.
    people, offers = points([(0, 0)]), points([(250, 53 + 1 / 3)], "k")
    for limit, there in ((1.0, True), (0.9999, False)):
        near = measure_nearest(people, offers, network, limit_min=limit)
        assert near["offer"].notna().tolist() == [there]
        reached = measure_coverage(pd.Series({"h0": 2.0}), near, limit_min=limit)
        assert reached["reached"].tolist() == [2.0 * there]


def test_units_are_honest():
    network = make([(0, 1, 100.0, 0, 36.0, 36.0)], speed_kmh=3.6)
    assert network.timed
    assert network.to_minutes(np.array([0, 1, 6000, 90_000])).tolist() == [0, 0.000167, 1, 15]
    assert np.isnan(network.to_metres(np.array([1, 2]))).all()
    assert network.to_limit(15) == 90_001
    # 3.6 km/h: a metre a second.
    assert network.to_cost(np.array([1.0, 0.255])).tolist() == [100, 26]
    line = StraightLine()
    assert (line.timed, line.to_cost(np.array([1.0])).tolist()) == (False, [100])


def test_closed_directions_need_no_speed():
    network = make([(0, 1, 100.0, 1, 36.0, 0.0), (1, 2, 100.0, -1, np.nan, 36.0)])
    assert sorted(network.edges.forward.tolist()) == [CLOSED, 1000]
    assert sorted(network.edges.backward.tolist()) == [CLOSED, 1000]


@pytest.mark.parametrize("kmh", [0.0, -5.0, np.nan, np.inf, 1e-6])
def test_useless_speeds_are_refused(kmh):
    with pytest.raises(InputError, match="Geschwindigkeit"):
        make([(0, 1, 100.0, 0, 30.0, kmh)])


def test_an_edge_in_the_middle_of_which_one_may_turn_neither_way(points):
    # 3 hundredths there and 2 back: rounding of the parts never makes them differ from the whole.
    network = make([(0, 1, 0.3, 0, 36.0, 54.0), (1, 2, 150.0, 0, 54.0, 27.0)])
    found = snap_points(points([(x, 0) for x in np.linspace(0, 100, 37)]), network)
    whole = network.edges.forward[found.edge]
    assert (found.arrive[:, 0] + found.leave[:, 1] - 2 * found.offset <= whole).all()


# --- random graphs ---------------------------------------------------------------------------


@st.composite
def timed_graphs(draw):
    """Directed multigraphs on a parabola with a speed per street and direction."""
    size = draw(st.integers(2, 12))
    node = st.integers(0, size - 1)
    kmh = st.sampled_from([4.0, 7.0, 15.0, 24.0, 40.0, 104.0])
    length = st.one_of(st.integers(0, 50), st.integers(0, 2_000_000))
    row = st.tuples(node, node, length, st.sampled_from([0, 0, 0, 1, -1]), kmh, kmh)
    rows = draw(st.lists(row, min_size=1, max_size=40))
    nodes = pd.DataFrame({"x": np.arange(size) * 10.0, "y": np.arange(size) ** 2 * 10.0})
    edges = pd.DataFrame(rows, columns=["u", "v", "length_m", "oneway", "kmh", "kmh_back"])
    edges["length_m"] /= 100
    network = build_network(nodes, edges, crs=25833, mode="bike")
    spot = st.tuples(
        st.integers(0, len(edges) - 1), st.sampled_from([0.0, 0.25, 0.5, 1.0, 1 / 3, 0.999])
    )
    spots = (draw(st.lists(spot, min_size=1, max_size=n)) for n in (12, 8))
    places = [
        [network.lines[e].interpolate(s, normalized=True).coords[0] for e, s in some]
        for some in spots
    ]
    return network, *places


def assert_same(found, expected):
    table = pd.DataFrame(
        {
            "origin": found["origin"],
            "destination": found["destination"],
            "cost": (found["minutes"] * 6000).round().astype("int64"),
        }
    )
    names = {"origin": object, "destination": object}
    pd.testing.assert_frame_equal(table.astype(names), expected.astype(names))


@SLOW
@given(timed_graphs(), st.sampled_from([None, 0.01, 1.0, 15.0]))
def test_all_ways_equal_networkx(points, oracle, drawn, limit_min):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    for table in (people, offers):
        assume(snap_points(table, network, limit_m=0.5).connected.any())
    found = measure_travel(people, offers, network, limit_min=limit_min, snap_limit_m=0.5)
    expected = oracle(network, people, offers, 0.5)
    if limit_min is not None:
        keep = expected["cost"] <= round(limit_min * 6000)
        expected = expected[keep].reset_index(drop=True)
    assert_same(found, expected)
    near = measure_nearest(people, offers, network, limit_min=limit_min, snap_limit_m=0.5)
    head = expected.sort_values(["cost", "destination"], kind="stable").groupby("origin").head(1)
    head = head.set_index("origin")
    for cell, offer, minutes in near[["offer", "minutes"]].dropna().itertuples():
        assert (offer, round(minutes * 6000)) == tuple(head.loc[cell, ["destination", "cost"]])
    assert near["offer"].notna().sum() == len(head)


@pytest.mark.realdata
@pytest.mark.parametrize("mode", ["wheelchair", "bike", "car"])
def test_on_real_streets_all_ways_equal_networkx(testdata, points, oracle, mode):
    network = read_streets(testdata / "neubrandenburg/neubrandenburg.osm.pbf", mode)
    rng = np.random.default_rng(8)
    places = []
    for count in (150, 15):
        edges = rng.choice(network.main_edges, count)
        spots = [
            network.lines[e].interpolate(s, normalized=True).coords[0]
            for e, s in zip(edges, rng.random(count), strict=True)
        ]
        places.append(np.array(spots) + rng.normal(0, 20, (count, 2)))
    people = points(places[0].tolist(), "h", network.crs)
    offers = points(places[1].tolist(), "k", network.crs)
    expected = oracle(network, people, offers)
    found = measure_travel(people, offers, network, limit_min=None)
    if mode == "wheelchair":
        found["minutes"] = found["metres"] / 60
    assert_same(found, expected)
