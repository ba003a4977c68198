"""Ways by hand, against networkx on random graphs, and on real streets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sozialraum.access import labels, search
from sozialraum.access.network import StraightLine, build_network
from sozialraum.access.snap import snap_points
from sozialraum.access.travel import find_nearest, measure_nearest, measure_travel
from sozialraum.errors import CoverageError, InputError
from sozialraum.read.streets import read_streets

SLOW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def costs(table: pd.DataFrame) -> pd.DataFrame:
    """A travel table in whole centimetres, as the oracle gives it."""
    cost = (table["metres"] * 100).round().astype("int64")
    return pd.DataFrame(
        {"origin": table["origin"], "destination": table["destination"], "cost": cost}
    )


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        costs(found).astype({"origin": object, "destination": object}),
        expected.astype({"origin": object, "destination": object}),
    )


# --- by hand ---------------------------------------------------------------------------------


def test_nearest_by_hand(cross, points):
    # Home 100 m east, 30 m off the street; offers 200 m north and 350 m east on the street.
    people, offers = points([(100, 30)]), points([(0, 200), (350, 0)], "k")
    near = measure_nearest(people, offers, cross, k=2)
    # East: 30 + 250 = 280 m on one street. North: 30 + 100 + 200 = 330 m. 80 m are a minute.
    assert near["offer"].tolist() == ["k1", "k0"]
    assert near["rank"].tolist() == [1, 2]
    assert near["metres"].tolist() == [280, 330]
    assert near["minutes"].tolist() == [3.5, 4.125]
    assert near.index.tolist() == ["h0", "h0"]
    assert near.index.name == "cell"


def test_the_limit_is_inclusive(cross, points):
    # 40 m off the street and 40 m along it: one minute sharp.
    people, offers = points([(40, 40)]), points([(0, 0)], "k")
    people = points([(200, 40)])
    offers = points([(240, 0)], "k")
    for limit, there in ((1.0, True), (0.999, False), (15, True)):
        near = measure_nearest(people, offers, cross, limit_min=limit)
        assert near["offer"].notna().tolist() == [there]
        assert len(measure_travel(people, offers, cross, limit_min=limit)) == there


def test_equally_near_offers_are_ordered_by_id(cross, points):
    offers = points([(0, 300), (300, 0), (0, -300)], "k")
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        near = measure_nearest(points([(-100, 0)]), offers.iloc[order], cross, k=3)
        assert near["offer"].tolist() == ["k0", "k1", "k2"]
        assert near["metres"].tolist() == [400, 400, 400]


def test_far_away_is_not_connected_and_never_zero(cross, points):
    near = measure_nearest(points([(0, 10), (2000, 2000)]), points([(0, 0)], "k"), cross)
    assert near["connected"].tolist() == [True, False]
    assert near["minutes"].isna().tolist() == [False, True]
    assert near["offer"].isna().tolist() == [False, True]


def test_one_way_streets_make_a_difference(streets, points):
    # A ring of three streets of 100 m, all one-way.
    nodes = {"a": (0, 0), "b": (100, 0), "c": (50, 80)}
    ring = streets(nodes, [("a", "b", 100, 1), ("b", "c", 100, 1), ("c", "a", 100, 1)])
    one, other = points([(20, 0)]), points([(70, 0)], "k")
    assert measure_travel(one, other, ring, limit_min=15)["metres"].tolist() == [50]
    # Back: 30 m to the end, 200 m round, 20 m from the start.
    assert measure_travel(other, one, ring, limit_min=15)["metres"].tolist() == [250]


def test_on_one_street_the_way_round_may_be_shorter(streets, points):
    # A bow of 1,000 m between two nodes that a path of 10 m joins.
    nodes = {"a": (0, 0), "b": (10, 0)}
    network = streets(nodes, [("a", "b", 1000, 0), ("a", "b", 10, 0)])
    snapped = snap_points(points([(1, 0)]), network)
    assert network.edges.forward[snapped.edge[0]] == 1000  # ties: the shorter comes first
    # Both points stand on the short one, 8 m apart.
    ways = measure_travel(points([(1, 0)]), points([(9, 0)], "k"), network, limit_min=15)
    assert ways["metres"].tolist() == [8]


@pytest.mark.parametrize("arms", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
def test_a_crossing_of_any_number_of_streets(streets, points, arms):
    # Arms of 100, 200 … m; the offer stands in the middle, then at the end of the first arm.
    ends = {f"e{i}": (i * 100 * np.cos(i), i * 100 * np.sin(i)) for i in range(1, arms + 1)}
    network = streets(
        {"m": (0, 0), **ends}, [("m", f"e{i}", i * 100, 0) for i in range(1, arms + 1)]
    )
    people = points(list(ends.values()))
    for place, ways in (
        ((0, 0), [i * 100 for i in range(1, arms + 1)]),
        (ends["e1"], [0, *(i * 100 + 100 for i in range(2, arms + 1))]),
    ):
        offers = points([place], "k")
        assert measure_nearest(people, offers, network)["metres"].tolist() == ways
        assert measure_travel(people, offers, network, limit_min=60)["metres"].tolist() == ways


def test_straight_line_by_hand(points):
    # 300 m and 400 m away at a right angle: 500 m × 1.3 = 650 m = 8.125 min.
    near = measure_nearest(points([(0, 0)]), points([(300, 400)], "k"), StraightLine())
    assert near["metres"].tolist() == [650]
    assert near["minutes"].tolist() == [8.125]
    assert near["quality"].tolist() == ["straight_line"]


def test_straight_line_nearest_is_the_head_of_all_pairs(points):
    rng = np.random.default_rng(3)
    people = points(rng.integers(0, 900, (200, 2)).tolist())
    offers = points(rng.integers(0, 900, (15, 2)).tolist(), "k")
    near = measure_nearest(people, offers, StraightLine(), k=4).reset_index()
    ways = measure_travel(people, offers, StraightLine(), limit_min=None)
    ways = ways.sort_values(["origin", "minutes", "destination"]).groupby("origin").head(4)
    ways = ways.set_index("origin").loc[people.index]
    assert near["offer"].tolist() == ways["destination"].tolist()
    assert near["minutes"].tolist() == ways["minutes"].tolist()


def test_offers_in_the_sea_are_an_error_not_an_empty_table(cross, points):
    with pytest.raises(CoverageError, match="Angebote"):
        measure_nearest(points([(0, 10)]), points([(90_000, 0)], "k"), cross)
    with pytest.raises(CoverageError, match="Wohnorte"):
        measure_nearest(points([(90_000, 0)]), points([(0, 10)], "k"), cross)


def test_a_single_offer_in_the_sea_is_not_reached(cross, points):
    near = measure_nearest(points([(0, 10)]), points([(90_000, 0), (0, 90)], "k"), cross, k=2)
    assert near["offer"].tolist() == ["k1"]


@pytest.mark.parametrize("limit", [0, -1, np.nan, np.inf])
def test_a_useless_limit_is_refused(cross, points, limit):
    with pytest.raises(InputError, match="Grenze"):
        measure_nearest(points([(0, 1)]), points([(0, 0)], "k"), cross, limit_min=limit)
    with pytest.raises(InputError, match="Grenze"):
        measure_travel(points([(0, 1)]), points([(0, 0)], "k"), cross, limit_min=limit)


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_a_useless_k_is_refused(cross, points, k):
    with pytest.raises(InputError, match="k ="):
        measure_nearest(points([(0, 1)]), points([(0, 0)], "k"), cross, k=k)


def test_a_table_from_elsewhere_is_ranked_by_hand():
    ways = pd.DataFrame(
        {"origin": ["h1", "h1", "h1", "h9", "h2"], "destination": ["b", "a", "b", "a", "a"],
         "minutes": [9.0, 5.0, 5.0, 1.0, 0.0]}
    )  # fmt: skip
    near = find_nearest(ways, pd.Index(["h1", "h2", "h3"], name="cell"), k=2)
    # b is given twice, 5 minutes count; a and b are equally near, so a comes first. h9 is not asked.
    assert near.index.tolist() == ["h1", "h1", "h2", "h3"]
    assert near["offer"].tolist()[:3] == ["a", "b", "a"]
    assert near["minutes"].tolist()[:3] == [5, 5, 0]
    assert near["offer"].isna().tolist() == [False, False, False, True]
    assert near["metres"].isna().all()


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"origin": ["h"], "minutes": [1.0]}, "destination"),
        ({"origin": ["h"], "destination": ["a"], "minutes": [-1.0]}, "Minuten"),
        ({"origin": ["h"], "destination": ["a"], "minutes": ["nie"]}, "Minuten"),
    ],
)
def test_a_useless_table_from_elsewhere_is_refused(columns, word):
    with pytest.raises(InputError, match=word):
        find_nearest(pd.DataFrame(columns), pd.Index(["h"]))


# --- random graphs ---------------------------------------------------------------------------


@st.composite
def graphs(draw):
    """Directed multigraphs on a parabola: no street leads through a node that is not its end."""
    size = draw(st.integers(2, 12))
    lengths = st.one_of(
        st.integers(0, 5), st.integers(0, 100_000), st.sampled_from([0, 1, 99_999_000])
    )
    node = st.integers(0, size - 1)
    row = st.tuples(node, node, lengths, st.sampled_from([0, 0, 0, 1, -1]))
    rows = draw(st.lists(row, min_size=1, max_size=40))
    nodes = pd.DataFrame({"x": np.arange(size) * 10.0, "y": np.arange(size) ** 2 * 10.0})
    edges = pd.DataFrame(rows, columns=["u", "v", "length_m", "oneway"])
    # Lengths are drawn in centimetres.
    return build_network(nodes, edges.assign(length_m=edges["length_m"] / 100), crs=25833)


@st.composite
def graphs_with_points(draw):
    """A graph, and shares along its streets where people and offers stand."""
    network = draw(graphs())
    share = st.sampled_from([0.0, 0.25, 0.5, 1.0, 1 / 3, 0.999])
    spot = st.tuples(st.integers(0, len(network.edges) - 1), share)
    people = draw(st.lists(spot, min_size=1, max_size=12))
    offers = draw(st.lists(spot, min_size=1, max_size=8))
    place = [
        [network.lines[e].interpolate(s, normalized=True).coords[0] for e, s in spots]
        for spots in (people, offers)
    ]
    return network, place[0], place[1]


def usable(network, people, offers) -> bool:
    return all(snap_points(p, network, limit_m=0.5).connected.any() for p in (people, offers))


@SLOW
@given(graphs_with_points(), st.sampled_from([None, 0.01, 1.0, 15.0]))
def test_all_ways_equal_networkx(points, oracle, drawn, limit_min):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    assume(usable(network, people, offers))
    found = measure_travel(people, offers, network, limit_min=limit_min, snap_limit_m=0.5)
    expected = oracle(network, people, offers, 0.5)
    if limit_min is not None:
        keep = expected["cost"] <= round(limit_min * 8000)
        expected = expected[keep].reset_index(drop=True)
    assert_same(found, expected)


@SLOW
@given(graphs_with_points(), st.integers(1, 5), st.sampled_from([None, 1.0, 15.0]))
def test_k_nearest_equal_the_head_of_all_ways(points, drawn, k, limit_min):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    assume(usable(network, people, offers))
    options = {"limit_min": limit_min, "snap_limit_m": 0.5}
    near = measure_nearest(people, offers, network, k=k, **options)
    ways = measure_travel(people, offers, network, **options)
    ways = ways.sort_values(["origin", "metres", "destination"]).groupby("origin").head(k)
    found = near.dropna(subset="offer").reset_index()
    expected = ways.set_index("origin")
    expected = expected.loc[[c for c in people.index if c in expected.index]].reset_index()
    assert found["cell"].tolist() == expected["origin"].tolist()
    assert found["offer"].tolist() == expected["destination"].tolist()
    assert found["metres"].tolist() == expected["metres"].tolist()
    assert near.index.unique().tolist() == people.index.tolist()


@SLOW
@given(graphs_with_points(), st.integers(1, 3))
def test_the_seam_gives_the_same_as_measuring_at_once(points, drawn, k):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    assume(usable(network, people, offers))
    near = measure_nearest(people, offers, network, k=k, snap_limit_m=0.5)
    ways = measure_travel(people, offers, network, limit_min=None, snap_limit_m=0.5)
    found = find_nearest(ways, people.index, k=k)
    pd.testing.assert_frame_equal(
        found.drop(columns=["connected"]), near.drop(columns=["connected"])
    )


@SLOW
@given(graphs_with_points())
def test_an_added_offer_never_makes_a_way_longer(points, drawn):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    first = offers[snap_points(offers, network, limit_m=0.5).connected]
    assume(usable(network, people, offers))
    before = measure_nearest(people, first[:1], network, snap_limit_m=0.5)["minutes"].fillna(np.inf)
    for count in range(2, len(first) + 1):
        after = measure_nearest(people, first[:count], network, snap_limit_m=0.5)["minutes"]
        assert (after.fillna(np.inf) <= before).all()
        before = after.fillna(np.inf)


@SLOW
@given(graphs_with_points())
def test_without_numba_the_answer_is_the_same(points, drawn):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    assume(usable(network, people, offers))
    options = {"limit_min": 15.0, "snap_limit_m": 0.5}
    fast = measure_travel(people, offers, network, **options)
    near = measure_nearest(people, offers, network, k=3, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "find_spec", lambda name: None)
        pd.testing.assert_frame_equal(measure_travel(people, offers, network, **options), fast)
        slow = measure_nearest(people, offers, network, k=3, **options)
    pd.testing.assert_frame_equal(slow, near)


@SLOW
@given(graphs_with_points(), st.sampled_from([20_000, 10**9]), st.integers(1, 3))
def test_searching_from_either_side_gives_the_same(points, drawn, limit, threads):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    assume(usable(network, people, offers))
    here, there = (snap_points(p, network, limit_m=0.5) for p in (people, offers))
    answers = []
    for make in (search.from_destinations, search.from_origins):
        seed, point, cost = search.find_pairs(make(network, here, there), limit, threads)
        assert (np.lexsort((seed, point)) == np.arange(len(seed))).all()
        pair = (point, seed) if make is search.from_destinations else (seed, point)
        answers.append(sorted(zip(*pair, cost, strict=True)))
    assert answers[0] == answers[1]


@SLOW
@given(graphs_with_points(), st.integers(1, 4), st.integers(1, 3), st.sampled_from([9_000, 2**30]))
def test_cut_into_parts_and_short_of_room_the_answer_is_the_same(points, drawn, k, threads, limit):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    assume(usable(network, people, offers))
    here, there = (snap_points(p, network, limit_m=0.5) for p in (people, offers))
    near = search.search_nearest(network, here, there, k=k, limit=limit)
    pairs = search.search_pairs(network, here, there, limit=limit)
    with pytest.MonkeyPatch.context() as patch:
        # A part for every offer or every node, whichever are fewer; room for one entry at a time.
        for module, names in ((labels, "PART SEEDS ROOM"), (search, "ROOM SHARED ROWS MANY")):
            for name in names.split():
                patch.setattr(module, name, 1)
        again = search.search_nearest(network, here, there, k=k, limit=limit, threads=threads)
        rows = search.search_pairs(network, here, there, limit=limit, threads=threads)
    for a, b in zip((*near, *pairs), (*again, *rows), strict=True):
        np.testing.assert_array_equal(a, b)


@SLOW
@given(graphs_with_points())
def test_what_was_prepared_for_one_search_serves_the_next(points, drawn):
    network, *places = drawn
    people, offers = points(places[0]), points(places[1], "k")
    assume(usable(network, people, offers))
    here, there = (snap_points(p, network, limit_m=0.5) for p in (people, offers))
    for contracted in (True, False):
        for a, b in ((here, there), (there, here), (here, here)):
            kept = search.search_pairs(network, a, b, limit=10**8, contracted=contracted)
            fresh = (replace(a), replace(b))
            assert not fresh[0].ready
            new = search.search_pairs(network, *fresh, limit=10**8, contracted=contracted)
            for one, other in zip(kept, new, strict=True):
                np.testing.assert_array_equal(one, other)


# --- real streets ----------------------------------------------------------------------------


def scatter(network, count: int, seed: int, points, prefix: str = "h", spread: float = 60.0):
    """Points around streets: on a random edge of the network, up to ``spread`` metres beside it."""
    rng = np.random.default_rng(seed)
    edges = rng.choice(network.main_edges, count)
    shares, shift = rng.random(count), rng.normal(0, spread / 2, (count, 2))
    places = [
        network.lines[e].interpolate(s, normalized=True).coords[0]
        for e, s in zip(edges, shares, strict=True)
    ]
    return points((np.array(places) + shift).tolist(), prefix, network.crs)


def test_on_the_shipped_example_all_ways_equal_networkx(root, points, oracle):
    network = read_streets(root / "data/geometries/streets.osm.pbf")
    homes = pd.read_csv(root / "data/indicators/population.csv")[["x", "y"]]
    people = points(homes.iloc[::9].to_numpy().tolist(), "h", network.crs)
    offers = scatter(network, 20, 8, points, "k")
    expected = oracle(network, people, offers)
    assert len(expected) == len(people) * len(offers)
    assert_same(measure_travel(people, offers, network, limit_min=None), expected)
    head = expected.sort_values(["cost", "destination"], kind="stable").groupby("origin").head(1)
    head = head.set_index("origin").loc[people.index]
    near = measure_nearest(people, offers, network)
    assert near["offer"].tolist() == head["destination"].tolist()
    assert (near["metres"] * 100).round().tolist() == head["cost"].tolist()


REAL = [
    "neubrandenburg/neubrandenburg.osm.pbf",
    "potsdam-mittelmark/network/teltow_kleinmachnow_stahnsdorf_derived.osm.pbf",
    "berlin/network/neukoelln_edges.parquet",
]


@pytest.mark.realdata
@pytest.mark.parametrize("name", REAL)
def test_on_real_streets_all_ways_equal_networkx(testdata, points, oracle, name):
    network = read_streets(testdata / name)
    people, offers = scatter(network, 300, 1, points), scatter(network, 25, 2, points, "k")
    expected = oracle(network, people, offers)
    assert_same(measure_travel(people, offers, network, limit_min=None), expected)
    for limit in (5, 15):
        within = expected[expected["cost"] <= limit * 8000].reset_index(drop=True)
        assert len(within)
        assert_same(measure_travel(people, offers, network, limit_min=limit), within)
    for k in (1, 3):
        head = expected.sort_values(["origin", "cost", "destination"]).groupby("origin").head(k)
        head = head.set_index("origin").loc[people.index]
        near = measure_nearest(people, offers, network, k=k)
        assert near["offer"].tolist() == head["destination"].tolist()
        assert (near["metres"] * 100).round().tolist() == head["cost"].tolist()


@pytest.mark.realdata
def test_the_number_of_threads_changes_nothing(testdata, points):
    network = read_streets(testdata / REAL[0])
    here = snap_points(scatter(network, 2000, 3, points), network)
    there = snap_points(scatter(network, 200, 4, points, "k"), network)
    one, two, many = (
        search.search_pairs(network, here, there, limit=120_000, threads=n) for n in (1, 2, 7)
    )
    for other in (two, many):
        for a, b in zip(one, other, strict=True):
            assert (a == b).all()


@pytest.mark.realdata
def test_scratch_that_is_too_small_is_doubled(testdata, points, monkeypatch):
    network = read_streets(testdata / REAL[0])
    here = snap_points(scatter(network, 500, 5, points), network)
    there = snap_points(scatter(network, 60, 6, points, "k"), network)
    usual = search.search_pairs(network, here, there, limit=10**8)
    nearest = search.search_nearest(network, here, there, k=5, limit=10**8)
    for name in ("ROOM", "SHARED", "ROWS", "MANY"):
        monkeypatch.setattr(search, name, 1)
    monkeypatch.setattr(labels, "ROOM", 1)
    monkeypatch.setattr(labels, "PART", 500)
    for a, b in zip(usual, search.search_pairs(network, here, there, limit=10**8), strict=True):
        assert (a == b).all()
    again = search.search_nearest(network, here, there, k=5, limit=10**8)
    for a, b in zip(nearest, again, strict=True):
        assert (a == b).all()
