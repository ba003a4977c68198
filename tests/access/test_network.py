"""The street network: what is kept, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely import LineString

from sozialraum.access.network import CLOSED, StraightLine, build_network
from sozialraum.errors import CrsError, InputError

NODES = pd.DataFrame({"x": [0.0, 100.0, 100.0, 900.0, 950.0], "y": [0.0, 0.0, 100.0, 0, 0]})


def make(rows: list[tuple[int, int, float, int]], **more: object):
    edges = pd.DataFrame(rows, columns=["u", "v", "length_m", "oneway"])
    return build_network(NODES, edges, crs=25833, **more)


def arcs(network) -> set[tuple[float, float, float, float, int]]:
    graph, found = network.forward, set()
    for tail in range(len(network)):
        for i in range(graph.indptr[tail], graph.indptr[tail + 1]):
            head = graph.indices[i]
            ends = (network.x[tail], network.y[tail], network.x[head], network.y[head])
            found.add((*map(float, ends), int(graph.costs[i])))
    return found


def test_of_parallel_edges_the_shortest_counts_and_loops_go():
    network = make([(0, 1, 120.0, 0), (1, 0, 100.0, 0), (1, 1, 5.0, 0)])
    assert arcs(network) == {(0, 0, 100, 0, 10_000), (100, 0, 0, 0, 10_000)}
    # Everything can still be snapped to.
    assert len(network.edges) == 3


def test_costs_are_whole_centimetres():
    network = make([(0, 1, 100.004, 0), (1, 2, 99.996, 0)])
    assert sorted(network.forward.costs.tolist()) == [10_000] * 4
    for array in (network.forward.costs, network.forward.indices, network.edges.forward):
        assert array.dtype == np.int32


def test_oneway_follows_the_table():
    network = make([(0, 1, 100.0, 1), (1, 2, 100.0, -1)])
    assert arcs(network) == {(0, 0, 100, 0, 10_000), (100, 100, 100, 0, 10_000)}
    backward = network.backward
    assert len(backward.costs) == 2
    assert sorted(zip(network.edges.forward, network.edges.backward, strict=True)) in (
        [(CLOSED, 10_000), (10_000, CLOSED)],
    )


def test_reversed_graph_is_the_graph_turned_round():
    network = make([(0, 1, 100.0, 1), (1, 2, 50.0, 0), (2, 0, 30.0, 1), (1, 2, 40.0, -1)])
    size = len(network)

    def dense(graph):
        matrix = np.full((size, size), -1)
        for tail in range(size):
            for i in range(graph.indptr[tail], graph.indptr[tail + 1]):
                matrix[tail, graph.indices[i]] = graph.costs[i]
        return matrix

    assert (dense(network.forward) == dense(network.backward).T).all()


def test_main_component_is_the_largest_strongly_connected_one():
    # 0 - 1 - 2 hang together; 3 → 4 is a one-way street, so each of them stands alone.
    network = make([(0, 1, 100.0, 0), (1, 2, 100.0, 0), (3, 4, 50.0, 1)])
    main = {(float(x), float(y)) for x, y in zip(network.x, network.y, strict=True)}
    main &= {
        (float(network.x[i]), float(network.y[i])) for i in np.flatnonzero(network.component == 0)
    }
    assert main == {(0, 0), (100, 0), (100, 100)}
    assert len(network.main_edges) == 2


def test_a_street_of_length_zero_connects():
    network = make([(0, 1, 0.0, 0), (1, 2, 100.0, 0)])
    assert (network.component[:3] == 0).sum() == 3


def test_order_of_the_rows_changes_nothing():
    rows = [(0, 1, 100.0, 0), (1, 2, 50.0, 1), (2, 3, 30.0, 0), (3, 4, 40.0, 0), (4, 0, 1.0, 0)]
    one, other = make(rows), make(rows[::-1])
    for part in ("forward", "backward"):
        for name in ("indptr", "indices", "costs"):
            assert (getattr(getattr(one, part), name) == getattr(getattr(other, part), name)).all()
    assert (one.x == other.x).all()


def test_arrays_are_frozen():
    network = make([(0, 1, 100.0, 0)])
    with pytest.raises(ValueError, match="read-only"):
        network.forward.costs[0] = 1
    with pytest.raises(AttributeError):
        network.mode = "car"


def test_lines_are_straight_where_none_are_given_and_kept_where_they_are():
    network = make([(0, 1, 100.0, 0)])
    assert network.lines[0].length == 100
    bow = LineString([(0, 0), (50, 50), (100, 0)])
    edges = pd.DataFrame({"u": [0], "v": [1], "length_m": [bow.length], "geometry": [bow]})
    assert build_network(NODES, edges, crs=25833).lines[0].equals(bow)


def test_says_what_it_is():
    assert "mode='walk'" in repr(make([(0, 1, 100.0, 0)], source="demo.osm.pbf"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((0, 1, -1.0, 0), "Länge"),
        ((0, 1, np.nan, 0), "Länge"),
        ((0, 1, np.inf, 0), "Länge"),
        ((0, 1, 1_000_001.0, 0), "Länge"),
        ((0, 77, 1.0, 0), "77"),
    ],
)
def test_useless_edges_are_refused(row, words):
    with pytest.raises(InputError, match=words):
        make([row])


def test_no_edges_is_refused():
    with pytest.raises(InputError, match="keinen einzigen"):
        make([])


def test_a_node_without_place_is_refused():
    edges = pd.DataFrame({"u": [0], "v": [1], "length_m": [1.0]})
    nodes = NODES.assign(x=NODES["x"].where(NODES.index != 1))
    with pytest.raises(InputError, match="Koordinaten"):
        build_network(nodes, edges, crs=25833)


@pytest.mark.parametrize("crs", [None, 4326, 3857])
def test_degrees_are_refused(crs):
    edges = pd.DataFrame({"u": [0], "v": [1], "length_m": [1.0]})
    with pytest.raises(CrsError):
        build_network(NODES, edges, crs=crs)


@pytest.mark.parametrize("values", [{"detour": 0.9}, {"detour": np.nan}, {"speed_kmh": 0.0}])
def test_useless_stand_in_is_refused(values):
    with pytest.raises(InputError):
        StraightLine(**values)


@pytest.mark.parametrize("speed", [4.8, 3.6, 5.0, 4.3, 15.7])
def test_a_limit_is_reached_exactly(speed):
    # 7 minutes at any speed: the last whole centimetre below is within, the next is not.
    line = StraightLine(speed_kmh=speed)
    last = int(np.floor(7 * speed * 100_000 / 60 + 1e-9))
    minutes = line.to_minutes(np.array([last, last + 1]))
    assert minutes[0] <= 7 < minutes[1]
    assert last <= line.to_limit(7)
