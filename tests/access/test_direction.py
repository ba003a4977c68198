"""Both directions: people to the offer and the offer to the people, and the whole table of ways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sozialraum.access import search
from sozialraum.access.network import StraightLine, build_network
from sozialraum.access.snap import snap_points
from sozialraum.access.travel import measure_matrix, measure_nearest, measure_travel
from sozialraum.errors import CoverageError, InputError, UnknownNameError

SLOW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def ring(streets):
    """Three streets of 100 m, all one-way: a to b to c to a."""
    nodes = {"a": (0, 0), "b": (100, 0), "c": (50, 80)}
    return streets(nodes, [("a", "b", 100, 1), ("b", "c", 100, 1), ("c", "a", 100, 1)])


def test_the_way_from_the_offer_by_hand(ring, points):
    people, offers = points([(20, 0)]), points([(70, 0)], "k")
    # To the offer 50 m along the street; from it 30 m to the end, 200 m round, 20 m from the start.
    for direction, metres in (("to_offer", 50), ("from_offer", 250)):
        near = measure_nearest(people, offers, ring, direction=direction)
        assert near["metres"].tolist() == [metres]
        assert near["offer"].tolist() == ["k0"]


def test_another_offer_may_be_the_nearest_in_the_other_direction(ring, points):
    people, offers = points([(50, 0)]), points([(60, 0), (40, 0)], "k")
    assert measure_nearest(people, offers, ring)["offer"].tolist() == ["k0"]
    back = measure_nearest(people, offers, ring, direction="from_offer", k=2)
    assert back["offer"].tolist() == ["k1", "k0"]
    assert back["metres"].tolist() == [10, 290]


def test_the_straight_line_knows_no_direction(points):
    places = points([(0, 0), (300, 400)]), points([(90, 0), (0, 80)], "k")
    there, back = (
        measure_nearest(*places, StraightLine(), k=2, direction=d)
        for d in ("to_offer", "from_offer")
    )
    pd.testing.assert_frame_equal(there, back)


def test_an_unknown_direction_is_refused(cross, points):
    with pytest.raises(UnknownNameError, match="to_offer"):
        measure_nearest(points([(0, 0)]), points([(0, 0)], "k"), cross, direction="to_offers")


def test_the_whole_table_by_hand(ring, points):
    people, offers = points([(20, 0), (9000, 0)]), points([(70, 0), (100, 0), (20, 0)], "k")
    table = measure_matrix(people, offers, ring)
    # 50, 80 and 0 m at 80 m a minute; nobody gets anywhere from 9 km away.
    assert table.loc["h0"].tolist() == [0.625, 1.0, 0.0]
    assert table.loc["h1"].isna().all()
    assert (table.index.name, table.columns.name) == ("cell", "offer")
    assert table.attrs["quality"] == "exact"
    # The limit is inclusive, and what lies beyond is missing.
    assert measure_matrix(people, offers, ring, limit_min=1).loc["h0"].tolist() == [0.625, 1, 0]
    near = measure_matrix(people, offers, ring, limit_min=0.99).loc["h0"]
    assert near.isna().tolist() == [False, True, False]


def test_the_whole_table_keeps_the_order_and_kind_of_ids(cross, points):
    people = points([(0, 10), (0, 100)]).set_axis([7, 3])
    offers = points([(0, 0), (80, 0)], "k").set_axis([20, 10])
    table = measure_matrix(people, offers, cross)
    assert table.index.tolist() == [7, 3]
    assert table.columns.tolist() == [20, 10]
    # Ten metres beside the street at the foot of the crossing: 0 and 80 m along, 100 and 180 m up.
    assert table.to_numpy().tolist() == [[0.125, 1.125], [1.25, 2.25]]


def test_the_whole_table_refuses_what_the_measures_refuse(cross, points):
    here, there = points([(0, 1)]), points([(0, 0)], "k")
    with pytest.raises(InputError, match="Grenze"):
        measure_matrix(here, there, cross, limit_min=0)
    with pytest.raises(CoverageError, match="Ziele"):
        measure_matrix(here, points([(90_000, 0)], "k"), cross)
    assert measure_matrix(here[:0], there, cross).shape == (0, 1)
    assert measure_matrix(here, there[:0], cross).shape == (1, 0)


@st.composite
def one_way_towns(draw):
    """Streets on a parabola, half of them one-way, some counted in time, with people and offers."""
    size = draw(st.integers(2, 10))
    node = st.integers(0, size - 1)
    row = st.tuples(node, node, st.integers(0, 100_000), st.sampled_from([0, 1, -1]))
    rows = draw(st.lists(row, min_size=1, max_size=30))
    nodes = pd.DataFrame({"x": np.arange(size) * 10.0, "y": np.arange(size) ** 2 * 10.0})
    edges = pd.DataFrame(rows, columns=["u", "v", "length_m", "oneway"])
    edges["length_m"] /= 100
    if draw(st.booleans()):
        edges["kmh"], edges["kmh_back"] = 20.0, draw(st.sampled_from([20.0, 7.0]))
    network = build_network(nodes, edges, crs=25833)
    spot = st.tuples(st.integers(0, len(edges) - 1), st.sampled_from([0.0, 0.25, 1.0, 1 / 3]))
    places = [
        [network.lines[e].interpolate(s, normalized=True).coords[0] for e, s in draw(spots)]
        for spots in (st.lists(spot, min_size=1, max_size=n) for n in (10, 6))
    ]
    return network, *places


@SLOW
@given(one_way_towns(), st.sampled_from([None, 1.0, 15.0]))
def test_swapped_roles_give_the_transposed_table(points, drawn, limit_min):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    for table in (people, offers):
        assume(snap_points(table, network, limit_m=0.5).connected.any())
    options = {"limit_min": limit_min, "snap_limit_m": 0.5}
    # The ways from the offers to the people, as origins and destinations …
    table = measure_matrix(offers, people, network, **options).T
    # … on streets turned round …
    turned = measure_matrix(people, offers, network.turned, **options)
    pd.testing.assert_frame_equal(turned, table)
    # … and as the nearest in the other direction: all of them, so nothing is left out.
    near = measure_nearest(
        people, offers, network, k=len(offers), direction="from_offer", **options
    )
    near = near.dropna(subset="offer").reset_index()
    found = near.pivot(index="cell", columns="offer", values="minutes")
    found = found.reindex(index=people.index, columns=offers.index)
    np.testing.assert_array_equal(found.to_numpy(dtype=float), table.to_numpy())
    # Without compiled loops too.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "find_spec", lambda name: None)
        slow = measure_matrix(offers, people, network, **options).T
    pd.testing.assert_frame_equal(slow, table)


@SLOW
@given(one_way_towns())
def test_the_whole_table_holds_every_way_and_no_other(points, drawn):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    for table in (people, offers):
        assume(snap_points(table, network, limit_m=0.5).connected.any())
    ways = measure_travel(people, offers, network, limit_min=None, snap_limit_m=0.5)
    table = measure_matrix(people, offers, network, snap_limit_m=0.5)
    assert table.notna().to_numpy().sum() == len(ways)
    for origin, destination, minutes in ways[["origin", "destination", "minutes"]].itertuples(
        index=False
    ):
        assert table.loc[origin, destination] == minutes
