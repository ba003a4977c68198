"""Where points meet the streets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point

from sozialraum.access.network import CLOSED, build_network
from sozialraum.access.snap import measure_connection, snap_points
from sozialraum.errors import CrsError, InputError


def test_the_street_is_split_where_the_point_stands(cross, points):
    # 100 m along the eastern arm of 400 m, 30 m beside it.
    snapped = snap_points(points([(100, 30)]), cross)
    edge = snapped.edge[0]
    ends = [float(cross.x[cross.edges.u[edge]]), float(cross.x[cross.edges.v[edge]])]
    assert sorted(ends) == [0, 400]
    to_middle, to_east = (13_000, 33_000) if ends[0] == 0 else (33_000, 13_000)
    assert snapped.leave[0].tolist() == [to_middle, to_east]
    assert snapped.arrive[0].tolist() == [to_middle, to_east]
    assert snapped.offset[0] == 3_000
    assert snapped.distance_m[0] == 30


def test_both_parts_add_up_to_the_street(cross, points):
    places = [(x / 7, 5) for x in range(1, 2000, 13)]
    snapped = snap_points(points(places), cross)
    assert (snapped.leave.sum(axis=1) - 2 * snapped.offset == 40_000).all()


def test_beyond_the_limit_is_not_connected_and_says_how_far(cross, points):
    found = measure_connection(points([(100, 250), (100, 251), (200, 260)]), cross, limit_m=100)
    # The northern arm is 100 m away from the first two; the third is 200 m from it.
    assert found["connected"].tolist() == [True, True, False]
    assert found["distance_m"].tolist() == [100, 100, 200]


def test_without_place_there_is_no_distance(cross, points):
    table = points([(0, 10), (0, 20)])
    table.geometry = [None, Point()]
    found = measure_connection(table, cross)
    assert found["distance_m"].isna().all()
    assert not found["connected"].any()


def test_streets_apart_from_the_main_component_are_passed_over(streets, points):
    nodes = {"a": (0, 0), "b": (100, 0), "c": (200, 0), "x": (0, 50), "y": (100, 50)}
    network = streets(nodes, [("a", "b", 100, 0), ("b", "c", 100, 0), ("x", "y", 100, 0)])
    # 5 m from the parking deck x–y, 45 m from the street a–b.
    assert measure_connection(points([(50, 45)]), network)["distance_m"].tolist() == [45]


def test_a_one_way_street_binds_and_its_ends_do_not(streets, points):
    nodes = {"a": (0, 0), "b": (100, 0), "c": (50, 80)}
    ring = [("a", "b", 100, 1), ("b", "c", 95, 0), ("c", "a", 95, 0)]
    network = streets(nodes, ring)
    snapped = snap_points(points([(40, 0), (0, 0), (100, 0)]), network)
    one_way = int(np.flatnonzero(network.edges.backward == CLOSED)[0])
    assert network.x[network.edges.u[one_way]] == 0
    assert snapped.edge[0] == one_way
    assert snapped.leave[0].tolist() == [CLOSED, 6_000]
    assert snapped.arrive[0].tolist() == [4_000, CLOSED]
    # At a crossing one may go anywhere, whichever street the point was put on.
    for corner in (1, 2):
        assert 0 in snapped.leave[corner]
        assert 0 in snapped.arrive[corner]


def test_a_bent_street_is_measured_along_its_line(points):
    nodes = pd.DataFrame({"x": [0.0, 300.0], "y": 0.0})
    line = LineString([(0, 0), (0, 300), (300, 300), (300, 0)])
    edges = pd.DataFrame({"u": [0], "v": [1], "length_m": [900.0], "geometry": [line]})
    network = build_network(nodes, edges, crs=25833)
    # In the middle of the bow: 450 m to either end.
    snapped = snap_points(points([(150, 290)]), network)
    assert snapped.leave[0].tolist() == [46_000, 46_000]


def test_of_equally_near_streets_always_the_same(cross, points):
    # On the diagonal the northern and the eastern arm are equally near.
    places = [(d, d) for d in range(1, 200)]
    first = snap_points(points(places), cross).edge
    turned = snap_points(points(places[::-1]), cross).edge[::-1]
    assert (first == turned).all()
    assert len(set(first.tolist())) == 1


def test_wrong_input_is_refused(cross, points):
    with pytest.raises(CrsError, match="Grad"):
        snap_points(points([(13, 53)], crs=4326), cross)
    with pytest.raises(CrsError, match="umrechnen"):
        snap_points(points([(0, 0)], crs=25832), cross)
    with pytest.raises(CrsError, match="fehlt"):
        snap_points(points([(0, 0)], crs=None), cross)
    table = points([(0, 0)])
    table.geometry = table.buffer(1)
    with pytest.raises(InputError, match="Punkte"):
        snap_points(table, cross)
    for limit in (0, -1, np.nan):
        with pytest.raises(InputError, match="Höchstentfernung"):
            snap_points(points([(0, 0)]), cross, limit_m=limit)


def test_empty_in_empty_out(cross, points):
    assert measure_connection(points([]), cross).empty
