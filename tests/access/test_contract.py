"""What every measure of access promises: index, unchanged inputs, order, emptiness, refusal."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from sozialraum.access.coverage import aggregate_people, measure_coverage
from sozialraum.access.gaps import find_gaps
from sozialraum.access.network import StraightLine
from sozialraum.access.snap import measure_connection
from sozialraum.access.travel import measure_nearest, measure_travel
from sozialraum.errors import CrsError


@pytest.fixture(scope="module")
def town(cross, points):
    """Forty houses along the arms of the cross, three offers, two areas."""
    rng = np.random.default_rng(11)
    along, beside = rng.uniform(-390, 390, 40), rng.uniform(-40, 40, 40)
    turn = np.arange(40) % 2 == 0
    xy = np.where(turn[:, None], np.stack([along, beside], 1), np.stack([beside, along], 1))
    people = points(xy.tolist())
    people["u6"] = rng.integers(0, 20, 40).astype(float)
    people["area"] = pd.Series(np.where(xy[:, 0] > 0, "02", "01"), index=people.index, dtype="str")
    areas = gpd.GeoDataFrame(
        {"gesamt": "gesamt", "gesamt_name": "Stadt", "quartier": ["01", "02"],
         "quartier_name": ["West", "Ost"]},
        index=pd.Index(["01", "02"], name="area"),
    )  # fmt: skip
    offers = points([(-300, 0), (200, 10), (0, 350)], "k")
    return people, offers, areas, cross


def nearest(people, offers, areas, network):
    return measure_nearest(people, offers, network, k=2)


def nearest_straight(people, offers, areas, network):
    return measure_nearest(people, offers, StraightLine(), k=2)


def travel(people, offers, areas, network):
    return measure_travel(people, offers, network, limit_min=5)


def travel_straight(people, offers, areas, network):
    return measure_travel(people, offers, StraightLine(), limit_min=5)


def connection(people, offers, areas, network):
    return measure_connection(people, network)


def coverage(people, offers, areas, network):
    near = measure_nearest(people, offers, network)
    return measure_coverage(people["u6"], near, limit_min=3)


def values(people, offers, areas, network):
    return aggregate_people(coverage(people, offers, areas, network), people, areas, indicator="i")


def gaps(people, offers, areas, network):
    near = measure_nearest(people, offers, network)
    return find_gaps(people, near, group="u6", limit_min=3, min_people=0)


PER_CELL = [nearest, nearest_straight, connection, coverage]
LISTS = [travel, travel_straight]
SUMS = [values, gaps]
names = {"ids": lambda f: f.__name__}


@pytest.mark.parametrize("measure", [*PER_CELL, *LISTS, *SUMS], **names)
def test_the_same_question_has_the_same_answer_and_inputs_stay(town, measure):
    before = [t.copy(deep=True) for t in town[:3]]
    first = measure(*town)
    pd.testing.assert_frame_equal(first, measure(*town))
    assert len(first)
    for table, kept in zip(town[:3], before, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(kept))


@pytest.mark.parametrize("measure", PER_CELL, **names)
def test_the_index_is_that_of_the_people(town, measure):
    result = measure(*town)
    assert result.index.unique().equals(town[0].index)
    assert result.index.name == "cell"


@pytest.mark.parametrize("measure", [*PER_CELL, *LISTS, *SUMS], **names)
def test_order_of_the_rows_changes_nothing_but_the_order(town, measure):
    people, offers, areas, network = town
    straight = measure(*town)
    mixed = measure(people.iloc[::-1], offers.iloc[[1, 2, 0]], areas.iloc[::-1], network)
    if measure in LISTS:
        key = ["origin", "destination"]
        # Names are categories in the order of the tables given.
        names = dict.fromkeys(key, "str")
        straight, mixed = (t.astype(names) for t in (straight, mixed))
        straight, mixed = (t.sort_values(key).reset_index(drop=True) for t in (straight, mixed))
    elif measure in PER_CELL:
        assert mixed.index.unique().equals(people.index[::-1])
        mixed = mixed.loc[people.index]
    pd.testing.assert_frame_equal(pd.DataFrame(straight), pd.DataFrame(mixed))


@pytest.mark.parametrize("measure", [*PER_CELL, *LISTS, gaps], **names)
def test_empty_in_empty_out(town, measure):
    people, *rest = town
    result, usual = measure(people[:0], *rest), measure(*town)
    assert result.empty
    assert list(result.columns) == list(usual.columns)
    kinds, expected = (
        pd.DataFrame(t).drop(columns="geometry", errors="ignore").dtypes.astype("str")
        for t in (result, usual)
    )
    assert kinds.equals(expected)


def test_areas_without_people_have_no_share(town):
    people, *rest = town
    rows = values(people[:0], *rest)
    assert rows["denominator"].tolist() == [0, 0, 0]
    assert rows["value"].isna().all()


@pytest.mark.parametrize("measure", [nearest, nearest_straight, coverage], **names)
def test_without_offers_nobody_is_reached(town, measure):
    people, offers, *rest = town
    result = measure(people, offers[:0], *rest)
    assert result.index.equals(people.index)
    if measure is coverage:
        assert (result["unreached"] == people["u6"]).all()
    else:
        assert result["minutes"].isna().all()
        assert result["connected"].all()


@pytest.mark.parametrize("measure", [*PER_CELL, *LISTS], **names)
def test_degrees_are_refused(town, measure):
    people, *rest = town
    with pytest.raises(CrsError, match="Grad"):
        measure(people.to_crs(4326), *rest)


@pytest.mark.parametrize("measure", [nearest, nearest_straight, *LISTS], **names)
def test_another_system_is_refused(town, measure):
    people, offers, *rest = town
    with pytest.raises(CrsError, match="umrechnen"):
        measure(people, offers.to_crs(25832), *rest)


@pytest.mark.parametrize("measure", [nearest, nearest_straight, travel, travel_straight], **names)
def test_results_say_how_they_were_measured(town, measure):
    kind = "straight_line" if "straight" in measure.__name__ else "exact"
    assert set(measure(*town)["quality"]) == {kind}


def test_moving_everything_changes_nothing(town, points):
    from sozialraum.access.network import build_network

    people, offers, areas, cross = town
    for dx, dy in ((1000.0, -512.0), (-65536.0, 4096.0)):
        nodes = pd.DataFrame({"x": cross.x + dx, "y": cross.y + dy})
        edges = pd.DataFrame({"u": cross.edges.u, "v": cross.edges.v, "length_m": 400.0})
        moved = build_network(nodes, edges, crs=25833)
        there = [t.set_geometry(t.translate(dx, dy)) for t in (people, offers)]
        for measure in (nearest, coverage, travel, values):
            one, other = measure(*town), measure(*there, areas, moved)
            # A centimetre of rounding at most: 0.01 m, 0.000125 min.
            pd.testing.assert_frame_equal(one, other, rtol=0, atol=0.011)


def test_roles_exchanged_give_the_table_turned_round(town):
    people, offers, _, network = town
    there = measure_travel(people, offers, network, limit_min=5)
    back = measure_travel(offers, people, network, limit_min=5)
    back = back.rename(columns={"origin": "destination", "destination": "origin"})
    back = back[there.columns].set_index("origin").loc[there["origin"].unique()].reset_index()
    back = back.set_index(["origin", "destination"]).loc[
        pd.MultiIndex.from_frame(there[["origin", "destination"]])
    ]
    pd.testing.assert_frame_equal(back.reset_index(), there)
