"""Chains of streets drawn together: the same costs and the same owners as without."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sozialraum.access import search
from sozialraum.access.contract import find_chains
from sozialraum.access.network import CLOSED, build_network
from sozialraum.access.snap import snap_points
from sozialraum.read.streets import read_streets

pytest.importorskip("numba")

EVERY = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def assert_equal(found, expected) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def assert_same_ways(network, here, there, limits, ks=(1, 3)) -> None:
    for limit in limits:
        for a, b in ((here, there), (there, here)):
            one, other = (
                search.search_pairs(network, a, b, limit=limit, contracted=c) for c in (True, False)
            )
            assert_equal(one, other)
            for k in ks:
                one, other = (
                    search.search_nearest(network, a, b, k=k, limit=limit, contracted=c)
                    for c in (True, False)
                )
                assert_equal(one, other)


@st.composite
def chained(draw):
    """Directed multigraphs whose streets are split into chains of one to five pieces."""
    crossings = draw(st.integers(1, 5))
    node, turn = st.integers(0, crossings - 1), st.sampled_from([0, 0, 1, -1])
    length = st.one_of(st.integers(0, 3), st.integers(0, 90_000))
    piece = st.tuples(length, st.sampled_from([5.0, 15.0, 50.0]), st.sampled_from([5.0, 50.0]))
    street = st.tuples(node, node, turn, st.lists(piece, min_size=1, max_size=5), st.booleans())
    rows, size = [], crossings
    for start, end, oneway, pieces, mixed in draw(st.lists(street, min_size=1, max_size=9)):
        at = start
        for i, (cost, kmh, back) in enumerate(pieces):
            to = end if i == len(pieces) - 1 else size
            size += to == size
            way = 0 if mixed and i == 1 else oneway
            # Every second piece is drawn against the chain.
            row = (to, at, -way) if i % 2 else (at, to, way)
            rows.append((*row, cost / 100, kmh, back))
            at = to
    if draw(st.booleans()):  # a ring without a crossing
        rows += [(size + i, size + (i + 1) % 3, 0, 50.0, 15.0, 15.0) for i in range(3)]
        size += 3
    edges = pd.DataFrame(rows, columns=["u", "v", "oneway", "length_m", "kmh", "kmh_back"])
    if not draw(st.booleans()):
        edges = edges.drop(columns=["kmh", "kmh_back"])
    nodes = pd.DataFrame({"x": np.arange(size) * 10.0, "y": np.arange(size) ** 2 * 10.0})
    network = build_network(nodes, edges, crs=25833)
    share = st.sampled_from([0.0, 0.2, 1 / 3, 0.5, 0.999, 1.0])
    spot = st.tuples(st.integers(0, len(edges) - 1), share)
    spots = [draw(st.lists(spot, min_size=1, max_size=n)) for n in (14, 7)]
    places = [
        [network.lines[e].interpolate(s, normalized=True).coords[0] for e, s in group]
        for group in spots
    ]
    return network, *places


@EVERY
@given(chained())
def test_costs_and_owners_are_the_same(points, drawn):
    network, *places = drawn
    here, there = (snap_points(points(p), network, limit_m=0.5) for p in places)
    assume(here.connected.any() and there.connected.any())
    assert_same_ways(network, here, there, (5_000, 2**30))


def test_a_chain_by_hand(streets):
    # a–m–n–b with a dead end at a and at b: one street of 60 m is left, both ways.
    nodes = {"a": (0, 0), "m": (10, 0), "n": (30, 0), "b": (60, 0)}
    network = streets(nodes, [("a", "m", 10, 0), ("n", "m", 20, 0), ("n", "b", 30, 0)])
    chains = find_chains(network.edges, len(network), always=True)
    assert len(chains.edges) == 1
    assert chains.edges.forward.tolist() == chains.edges.backward.tolist() == [6000]
    assert sorted(chains.order) == [0, 1, 2]


def test_streets_that_meet_head_on_stay_apart(streets):
    nodes = {"a": (0, 0), "m": (10, 0), "b": (60, 0)}
    for rows, left in (
        ([("a", "m", 10, 1), ("m", "b", 20, 1)], 1),  # one way through
        ([("a", "m", 10, 1), ("b", "m", 20, -1)], 1),  # the same, drawn the other way round
        ([("a", "m", 10, 1), ("b", "m", 20, 1)], 2),  # head on
        ([("a", "m", 10, 0), ("m", "b", 20, 1)], 2),  # who comes from a may turn back at m
    ):
        network = streets(nodes, rows)
        assert len(find_chains(network.edges, len(network), always=True).edges) == left


def test_rings_loops_and_parallel_chains(streets):
    nodes = {"a": (0, 0), "b": (10, 0), "c": (5, 9), "d": (5, -9), "e": (90, 0)}
    ring = streets(nodes, [("a", "b", 10, 0), ("b", "c", 10, 0), ("c", "a", 10, 0)])
    chains = find_chains(ring.edges, len(ring), always=True)
    assert len(chains.edges) == 1
    assert chains.edges.u[0] == chains.edges.v[0]
    assert len(chains.forward.costs) == 0
    # Two ways from a to b, over c and over d: the graph keeps the shorter, points find both.
    rows = [("a", "c", 10, 0), ("c", "b", 10, 0), ("a", "d", 20, 0), ("d", "b", 20, 0)]
    both = streets(nodes, [*rows, ("b", "e", 5, 0), ("b", "b", 7, 0), ("a", "a", 9, 0)])
    chains = find_chains(both.edges, len(both), always=True)
    assert len(chains.edges) == 5
    assert sorted(chains.forward.costs) == [500, 500, 2000, 2000]


def test_chains_never_grow_beyond_int32():
    size = 40
    nodes = pd.DataFrame({"x": np.arange(size) * 1e6, "y": 0.0})
    edges = pd.DataFrame({"u": np.arange(size - 1), "v": np.arange(1, size), "length_m": 999_999.0})
    network = build_network(nodes, edges, crs=25833)
    chains = find_chains(network.edges, len(network), always=True)
    assert chains.edges.forward.min() > 0
    assert chains.edges.forward.astype("int64").sum() == network.edges.forward.astype("int64").sum()


def test_where_nearly_every_node_is_a_crossing_nothing_is_drawn_together():
    side = 12
    x, y = np.meshgrid(np.arange(side) * 100.0, np.arange(side) * 100.0)
    place = np.arange(side * side).reshape(side, side)
    ends = [(place[:, :-1], place[:, 1:]), (place[:-1], place[1:])]
    u, v = (np.concatenate([pair[i].ravel() for pair in ends]) for i in (0, 1))
    nodes = pd.DataFrame({"x": x.ravel(), "y": y.ravel()})
    edges = pd.DataFrame({"u": u, "v": v, "length_m": 100.0})
    assert build_network(nodes, edges, crs=25833).chains is None


REAL = [
    ("neubrandenburg/neubrandenburg.osm.pbf", "walk"),
    ("neubrandenburg/neubrandenburg.osm.pbf", "car"),
    ("potsdam-mittelmark/network/teltow_kleinmachnow_stahnsdorf_derived.osm.pbf", "bike"),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "mode"), REAL)
def test_on_real_streets(testdata, points, name, mode):
    network = read_streets(testdata / name, mode)
    rng = np.random.default_rng(5)
    tables = []
    for count in (600, 60):
        edge = rng.choice(network.main_edges, count)
        spots = zip(edge, rng.random(count), strict=True)
        xy = [network.lines[e].interpolate(s, normalized=True).coords[0] for e, s in spots]
        tables.append(points(xy, "h", network.crs))
    here, there = (snap_points(t, network) for t in tables)
    assert (here.edge != CLOSED).all()
    assert_same_ways(network, here, there, (60_000, 2**30))
