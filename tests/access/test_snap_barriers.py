"""Nobody is snapped across a river, and the nearest street is the nearest: against shapely."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from sozialraum.access import nearby
from sozialraum.access.network import CLOSED, ISLAND, build_network
from sozialraum.access.segments import lay_grid
from sozialraum.access.snap import measure_connection, snap_points
from sozialraum.access.travel import measure_nearest
from sozialraum.demo import build_streets
from sozialraum.read.streets import read_streets


def rows(*heights, barriers=(), length=400.0, through=None):
    """Streets from west to east at the given heights, joined in the far west."""
    nodes = [(x, y) for y in heights for x in (-1000.0, 0.0, length)]
    edges = [(3 * i, 3 * i + 1, 1000.0) for i in range(len(heights))]
    edges += [(3 * i + 1, 3 * i + 2, length) for i in range(len(heights))]
    edges += [(0, 3 * i, 1.0) for i in range(1, len(heights))]
    table = pd.DataFrame(edges, columns=["u", "v", "length_m"])
    if through is not None:
        height = pd.DataFrame(nodes, columns=["x", "y"])["y"]
        table["through"] = (height[table["u"]].to_numpy() == through) & (
            height[table["v"]].to_numpy() == through
        )
    return build_network(
        pd.DataFrame(nodes, columns=["x", "y"]), table, crs=25833,
        barriers=np.array(barriers, dtype=object) if len(barriers) else None,
    )  # fmt: skip


RIVER = LineString([(-50, 15), (600, 15)])


def test_a_house_beyond_the_river_stays_on_its_side(points):
    network = rows(0, 100, barriers=[RIVER])
    # 20 m from the street in the south, but the river runs at y = 15; 80 m to the north.
    found = measure_connection(points([(200, 20), (200, 14)]), network)
    assert found["distance_m"].tolist() == [80, 14]
    assert found["connected"].tolist() == [True, True]
    assert found["barred"].tolist() == [True, False]


def test_beyond_the_river_and_too_far_from_the_next_street_is_not_connected(points):
    network = rows(0, 100, barriers=[RIVER])
    found = measure_connection(points([(200, 20)]), network, limit_m=79)
    assert found["connected"].tolist() == [False]
    assert found["barred"].tolist() == [True]
    # The report still tells how near the street beyond the river is.
    assert found["distance_m"].tolist() == [20]
    near = measure_nearest(
        points([(200, 20), (200, 5)]), points([(0, 0)], "k"), network, snap_limit_m=79
    )
    assert near["connected"].tolist() == [False, True]
    assert near["minutes"].isna().tolist() == [True, False]


def test_another_place_of_the_same_street_may_be_on_this_side(points):
    # The river ends at x = 600; the street beyond is reached round its end.
    network = rows(0, barriers=[RIVER], length=900.0)
    found = snap_points(points([(590, 20)]), network)
    assert found.connected.tolist() == [False]
    bend = pd.DataFrame({"x": [0.0, 900.0], "y": [0.0, 0.0]})
    line = LineString([(0, 0), (605, 0), (620, 0), (900, 0)])
    edges = pd.DataFrame({"u": [0], "v": [1], "length_m": [900.0], "geometry": [line]})
    bent = build_network(bend, edges, crs=25833, barriers=[RIVER])
    found = snap_points(points([(596, 20)]), bent)
    # To (620, 0): hypot(24, 20) = 31.24 m; the way there passes x = 602 at y = 15.
    assert found.distance_m[0] == pytest.approx(np.hypot(24, 20))
    assert found.leave[0].tolist() == [62_000 + 3124, 28_000 + 3124]


def test_touching_is_not_crossing(points):
    # A house on the bank, a street that ends at the bank, a street along the bank.
    network = rows(0, 15, barriers=[RIVER])
    found = measure_connection(points([(200, 15), (200, 18), (200, 14)]), network)
    assert found["distance_m"].tolist() == [0, 3, 1]
    assert not found["barred"].any()


def test_through_a_corner_of_the_river_is_across_it(points):
    bent = LineString([(-50, 40), (200, 15), (600, 40)])
    for line in (bent, bent.reverse()):
        found = measure_connection(points([(200, 20)]), rows(0, 100, barriers=[line]))
        assert found["distance_m"].tolist() == [80]


LAKE = Polygon(box(100, 10, 300, 60).exterior, [box(180, 30, 220, 40).exterior])


def test_water_is_not_crossed_from_shore_to_shore(points):
    network = rows(0, 200, barriers=[LAKE])
    places = [
        (200, 65),  # north of the lake: 65 m to the south across it, 135 m to the north
        (200, 5),  # south of it
        (200, 35),  # on the island: everything lies across
        (200, 20),  # in the lake, as the centre of a grid cell may: out to the nearest
        (50, 65),  # west of it
    ]
    found = measure_connection(points(places), network)
    assert found["distance_m"].tolist() == [135, 5, 35, 20, 65]
    assert found["connected"].tolist() == [True, True, False, True, True]
    assert found["barred"].tolist() == [True, False, True, False, False]


def test_a_bridge_stands_in_the_water_and_may_be_stepped_on(points):
    # The street at y = 35 runs over the lake; the house stands 4 m north of the shore.
    network = rows(35, 200, barriers=[box(100, 10, 300, 60)])
    found = measure_connection(points([(200, 64)]), network)
    assert found["distance_m"].tolist() == [29]


def test_water_in_pieces_is_one_water(points):
    halves = [box(100, 10, 200, 60), box(200, 10, 300, 60)]
    network = rows(0, 200, barriers=halves)
    found = measure_connection(points([(199, 35), (200, 65), (201, 70)]), network)
    assert found["distance_m"].tolist() == [35, 135, 130]


def test_motorways_and_tunnels_are_passed_over(points):
    network = rows(0, 50, through=0)
    found = snap_points(points([(200, 5)]), network)
    assert found.distance_m.tolist() == [45]
    # They are used all the same.
    assert network.component.max() == 0


def test_an_island_is_a_place_of_its_own_and_a_parking_deck_is_not(points):
    def town(size):
        main = [(10.0 * i, 0.0) for i in range(200)]
        apart = [(10.0 * i, 1000.0) for i in range(size)]
        nodes = pd.DataFrame(main + apart, columns=["x", "y"])
        links = [(i, i + 1) for i in range(199)] + [(200 + i, 201 + i) for i in range(size - 1)]
        edges = pd.DataFrame(links, columns=["u", "v"]).assign(length_m=10.0)
        return build_network(nodes, edges, crs=25833)

    people = points([(100, 1010), (100, 900), (100, 200)])
    island, deck = town(ISLAND), town(ISLAND - 1)
    assert snap_points(people, island).connected.tolist() == [True, True, True]
    assert snap_points(people, deck).connected.tolist() == [False, False, True]
    # Whoever finds a street of the main town belongs there, however near the island.
    between = points([(100, 760)])
    assert snap_points(between, island, limit_m=800).distance_m.tolist() == [760]
    # On the island nobody reaches the town: no minutes, but connected.
    near = measure_nearest(people, points([(0, 0)], "k"), island)
    assert near["connected"].tolist() == [True, True, True]
    assert near["minutes"].isna().tolist() == [True, True, False]


def test_nobody_of_musterstadt_wades_through_the_river(points):
    streets = build_streets()
    west, south = streets.x.min() - 50, streets.y.min() - 50
    river = box(west + 985, south, west + 1015, south + 2000)
    wet = replace(streets, barriers=np.array([river], dtype=object))
    # Houses on both banks; streets along the banks run at x = 950 and 1050.
    ys = np.arange(5.0, 2000.0, 7.0)
    for x in (975.0, 984.0, 1016.0, 1030.0):
        houses = points([(west + x, south + y) for y in ys])
        found = snap_points(houses, wet)
        assert found.connected.all()
        foot = shapely.line_interpolate_point(
            streets.lines[found.edge],
            shapely.line_locate_point(streets.lines[found.edge], houses.geometry.to_numpy()),
        )
        far_side = (shapely.get_x(foot) - west - 1000) * (x - 1000) < 0
        assert not far_side.any()
    # Without streets on the western bank people would be put on the eastern one.
    ends = np.stack([streets.edges.u, streets.edges.v], axis=1)
    western = (streets.x[ends] - west < 1000).any(axis=1)
    bare = replace(streets, edges=replace(streets.edges, through=western))
    house = points([(west + 984, south + 700)])
    assert snap_points(house, bare).distance_m.tolist() == [66]
    across = snap_points(house, replace(bare, barriers=wet.barriers))
    assert (across.barred.tolist(), across.connected.tolist()) == ([True], [False])


# --- the nearest is the nearest --------------------------------------------------------------


def scattered(seed, count, size=1000.0, bent=True):
    """Bent streets between random nodes."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, size, (40, 2)).round(1)
    u, v = rng.integers(0, 40, (2, count))
    u[:39], v[:39] = np.arange(39), np.arange(1, 40)  # all hang together
    lines = []
    for a, b in zip(u, v, strict=True):
        between = rng.uniform(0, size, (int(rng.integers(0, 4)) if bent else 0, 2)).round(1)
        lines.append(LineString([xy[a], *between, xy[b]]))
    edges = pd.DataFrame({"u": u, "v": v, "length_m": shapely.length(lines), "geometry": lines})
    return build_network(pd.DataFrame(xy, columns=["x", "y"]), edges, crs=25833)


@pytest.mark.parametrize(("seed", "bent"), [(1, True), (2, True), (3, False), (4, False)])
def test_the_nearest_street_is_that_of_shapely(points, seed, bent):
    network = scattered(seed, 80, bent=bent)
    rng = np.random.default_rng(seed)
    # Some points far outside, some exactly at crossings, where several streets are equally near.
    places = np.vstack(
        [rng.uniform(-300, 1300, (400, 2)), np.stack([network.x, network.y], axis=1)]
    )
    people = points(places.tolist())
    found = snap_points(people, network, limit_m=150.0)
    metres = shapely.distance(
        people.geometry.to_numpy()[:, None], network.lines[network.main_edges][None, :]
    )
    micro = np.floor(metres * 1e6 + 0.5)
    near = micro.min(axis=1) <= 150e6
    assert (found.connected == near).all()
    # argmin gives the first of equally near ones.
    assert (found.edge[near] == network.main_edges[micro.argmin(axis=1)][near]).all()
    assert found.distance_m == pytest.approx(metres.min(axis=1), abs=1e-6)
    share = shapely.line_locate_point(
        network.lines[found.edge[near]], people.geometry.to_numpy()[near], normalized=True
    )
    whole = network.edges.forward[found.edge[near]]
    there = found.arrive[near, 0] - found.offset[near]
    known = found.arrive[near, 0] != CLOSED
    assert np.abs(there - share * whole)[known].max() < 1


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-5, 30), st.integers(-5, 30)), min_size=2, max_size=6),
        min_size=1, max_size=12,
    ),
    st.lists(st.tuples(st.integers(-12, 40), st.integers(-12, 40)), min_size=1, max_size=20),
    st.sampled_from([0.5, 3.0, 10.0, 1000.0]),
)  # fmt: skip
def test_the_grid_misses_nothing(lines, places, limit):
    # Whole numbers: ties, points on lines, lines of length zero and in the sides of squares abound.
    shapes = shapely.linestrings(
        [xy for line in lines for xy in line],
        indices=np.repeat(range(len(lines)), [*map(len, lines)]),
    )
    grid = lay_grid(shapes, np.arange(len(shapes)))
    empty = lay_grid(np.array([], dtype=object), np.array([], dtype=int))
    x, y = np.array(places, dtype=float).T
    size = len(x)
    answers = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearby, "find_spec", lambda name: None)
        plain = nearby.compiled(getattr(nearby.find_streets, "py_func", nearby.find_streets))
    for run in (nearby.find_streets, plain):
        segment = np.full(size, -1, dtype=np.int32)
        distance, part, barred = np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool)
        run(
            x, y, barred.copy(), limit, *grid.squares, empty.ends, empty.owner,
            *empty.squares[1:], segment, distance, part, barred,
        )  # fmt: skip
        answers.append((segment, distance, part))
    for one, other in zip(*answers, strict=True):
        assert (one == other).all()
    segment = answers[0][0]
    micro = np.floor(shapely.distance(shapely.points(x, y)[:, None], shapes[None, :]) * 1e6 + 0.5)
    best = np.where(micro.min(axis=1) <= limit * 1e6, micro.argmin(axis=1), -1)
    assert np.where(segment < 0, -1, grid.owner[segment]).tolist() == best.tolist()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=8),
    st.lists(
        st.tuples(*[st.floats(0.013, 20.017, allow_nan=False) for _ in range(4)]),
        min_size=1, max_size=20,
    ),
)  # fmt: skip
def test_what_crosses_is_what_crosses_for_shapely(wall, ways):
    line = LineString(wall)
    grid = lay_grid(np.array([line], dtype=object), np.array([0]))
    for px, py, fx, fy in ways:
        way = LineString([(px, py), (fx, fy)])
        ends = shapely.distance([shapely.Point(px, py), shapely.Point(fx, fy)], line)
        if min(ends) < 1e-6:
            continue
        found = nearby.crosses(
            px, py, fx, fy, False, grid.ends, grid.owner, *grid.squares[1:]
        )  # fmt: skip
        touches = shapely.intersects(way, line)
        # Away from its ends, a way that meets the line is across it or turns at one of its corners.
        if found:
            assert touches
        elif touches:
            corner = shapely.distance(way, shapely.points(wall)).min()
            assert corner < 1e-9


# --- real streets ----------------------------------------------------------------------------


@pytest.mark.realdata
def test_on_real_streets_nobody_crosses_river_or_rails(testdata, points):
    network = read_streets(testdata / "heidelberg/heidelberg.test.osm.pbf")
    lines = network.barriers[shapely.get_dimensions(network.barriers) == 1]
    # Points on both banks of the Neckar and beside the rails.
    rng = np.random.default_rng(6)
    at = shapely.line_interpolate_point(
        lines[rng.integers(0, len(lines), 3000)], rng.random(3000), normalized=True
    )
    places = np.stack([shapely.get_x(at), shapely.get_y(at)], axis=1) + rng.normal(0, 40, (3000, 2))
    people = points(places.tolist(), crs=network.crs)
    found = snap_points(people, network)
    assert found.barred.mean() > 0.1
    on, here = found.connected, people.geometry.to_numpy()[found.connected]
    # The straight way, a millimetre short at both ends, meets no barrier.
    ways = shapely.shortest_line(here, network.lines[found.edge[on]])
    plain = ~found.barred[on] & (shapely.length(ways) > 0.01)
    short = (
        shapely.line_interpolate_point(ways[plain], [[0.001]]),
        shapely.line_interpolate_point(ways[plain], [[-0.001]]),
    )
    ways = shapely.linestrings(
        np.stack([shapely.get_coordinates(short[0]), shapely.get_coordinates(short[1])], axis=1)
    )
    hits = shapely.STRtree(lines).query(ways, predicate="crosses")
    assert hits.shape[1] == 0
    # Without barriers the same people would be on the nearest street, whatever lies between.
    free = snap_points(people, replace(network, barriers=None))
    assert (free.distance_m[on] <= found.distance_m[on] + 1e-6).all()
    assert (free.edge[on & ~found.barred] == found.edge[on & ~found.barred]).all()


def test_empty_grids_find_nothing(points):
    network = rows(0, through=0.0)
    assert len(network.main_edges) == 0
    table = points([(100, 5)])
    assert not snap_points(table, network).connected.any()
    assert isinstance(table, gpd.GeoDataFrame)
