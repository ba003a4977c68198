"""What a new place in a gap saves: by hand, and against a town whose ways are a formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sozialraum.access.gaps import find_gaps
from sozialraum.access.network import StraightLine
from sozialraum.access.relief import measure_relief
from sozialraum.access.travel import measure_nearest
from sozialraum.demo import BRIDGES_Y, ORIGIN, build_musterstadt
from sozialraum.errors import CoverageError, CrsError, InputError, UnknownNameError


@pytest.fixture
def road(streets):
    """One street of 5 km from west to east, through the middle of a row of squares."""
    return streets({"w": (-50, 50), "e": (4950, 50)}, [("w", "e", 5000, 0)])


def measure(people, offers, network, limit_min=15.0, **more):
    nearest = measure_nearest(people, offers, network)
    gaps = find_gaps(people, nearest, group="u6", limit_min=limit_min)
    return measure_relief(gaps, people, nearest, network, **more)


def test_a_street_by_hand(road, points):
    people = points([(50, 50), (1250, 50), (2450, 50), (2550, 50), (2650, 50), (3650, 50)])
    people["u6"] = [100.0, 20.0, 30.0, 10.0, 40.0, 5.0]
    relief = measure(people, points([(50, 50)], "k"), road)
    # Unreached from 1,200 m on: 80 children in three neighbouring squares. (5 more live alone in the
    # east: too few for a gap. At 1,250 m it is 15 minutes sharp: reached.)
    # They go 30, 31.25 and 32.5 minutes, those in the east 45, at 1,250 m 15.
    # A place at 2,450 m: 30·30 + 10·30 + 40·30 + 5·30 = 2,550; at 1,250 m the ways stay 15 minutes.
    # At 2,550 m: 30·28.75 + 10·31.25 + 40·31.25 + 5·31.25 = 2,581.25.
    # At 2,650 m: 30·27.5 + 10·30 + 40·32.5 + 5·32.5 = 2,587.5: the best.
    assert relief.index.tolist() == ["1"]
    assert relief["person_minutes"].tolist() == [2587.5]
    assert relief.geometry.iloc[0].coords[0] == (2650, 50)
    # 27.5 minutes for 30, 30 for 10, 32.5 for 45: of 85 people the 43rd saves 32.5.
    assert relief["people"].tolist() == [85]
    assert relief["median_min"].tolist() == [32.5]
    # Those in the east live 12.5 minutes from it: they are reached too.
    assert relief["newly_reached"].tolist() == [85]
    assert relief["unknown"].tolist() == [0]
    assert relief["group"].tolist() == ["u6"]
    assert relief["quality"].tolist() == ["exact"]
    assert relief.crs == people.crs


def test_of_equally_good_places_the_south_western_one_is_taken(road, points):
    people = points([(2450, 50), (2550, 50)])
    people["u6"] = 50.0
    relief = measure(people, points([(50, 50)], "k"), road)
    # In the west 50·30 + 50·30; in the east 50·28.75 + 50·31.25: 3,000 both.
    assert relief["person_minutes"].tolist() == [3000]
    assert relief.geometry.iloc[0].coords[0] == (2450, 50)


def manhattan(x, y, to_x, to_y):
    """Metres between crossings of Musterstadt: round the corner, over a bridge to the other side."""
    over = (x > 1000) != (to_x > 1000)
    detour = np.min([abs(y - b) + abs(to_y - b) for b in BRIDGES_Y], axis=0)
    return abs(x - to_x) + np.where(over, detour, abs(y - to_y))


def test_musterstadt_by_its_formula():
    town = build_musterstadt()
    people, kitas = town.atlas.population, town.atlas.offers.query("category == 'kita'")
    nearest = measure_nearest(people, kitas, town.streets)
    gaps = find_gaps(people, nearest, group="u6", limit_min=12, min_people=5)
    relief = measure_relief(gaps, people, nearest, town.streets)
    x, y = people.geometry.x.to_numpy() - ORIGIN[0], people.geometry.y.to_numpy() - ORIGIN[1]
    children = people["u6"].to_numpy()
    places = [(250, 450), (1750, 1450), (2050, 450)]
    now = np.min([manhattan(x, y, np.array(a), np.array(b)) for a, b in places], axis=0) / 80
    assert len(relief) == len(gaps) > 1
    for gap, row in relief.iterrows():
        inside = people.within(gaps.geometry[gap]).to_numpy()
        saved = np.maximum(now - manhattan(x, y, x[inside, None], y[inside, None]) / 80, 0)
        total = (saved * children).sum(axis=1)
        assert row["person_minutes"] == pytest.approx(total.max())
        best = np.flatnonzero(np.isclose(total, total.max()))
        spots = {(x[inside][i], y[inside][i]) for i in best}
        assert (row.geometry.x - ORIGIN[0], row.geometry.y - ORIGIN[1]) in spots
        mine = saved[total.argmax()]
        if len(best) == 1:
            assert row["people"] == children[mine > 0].sum()
            each = np.repeat(mine, children.astype(int))
            median = np.quantile(each[each > 0], 0.5, method="inverted_cdf")
            assert row["median_min"] == pytest.approx(median)
    assert (relief["person_minutes"] <= (now * children).sum()).all()


def test_only_the_top_and_in_their_order(road, points):
    people = points([(2450, 50), (4450, 50)])
    people["u6"] = [60.0, 90.0]
    offers = points([(50, 50)], "k")
    assert measure(people, offers, road)["rank"].tolist() == [1, 2]
    top = measure(people, offers, road, top=1)
    assert top.index.tolist() == ["1"]
    # 4,400 m are 55 minutes for 90; those at 2,450 m have 2,000 m to it instead of 2,400 m.
    assert top["person_minutes"].tolist() == [90 * 55 + 60 * 5]


def test_whose_way_is_not_known_is_told_and_in_no_sum(road, points):
    people = points([(2450, 50), (2550, 50), (2550, 900)])
    people["u6"] = [60.0, 0.0, 90.0]
    offers = points([(50, 50)], "k")
    nearest = measure_nearest(people, offers, road)
    gaps = find_gaps(people, nearest, group="u6", limit_min=15)
    relief = measure_relief(gaps, people, nearest, road)
    # 90 live 850 m from the street: a gap of their own, where no place can be tried.
    assert relief["unknown"].tolist() == [90, 0]
    assert relief[["people", "person_minutes", "median_min"]].isna().all(axis=1).tolist() == [
        True, False,
    ]  # fmt: skip
    assert relief.geometry.isna().tolist() == [True, False]
    # Searched up to the limit only, the ways of the unreached are not known …
    short = measure_nearest(people, offers, road, limit_min=15)
    relief = measure_relief(gaps.loc[["2"]], people, short, road)
    # … and nothing is said to be saved, but they would be reached.
    assert relief[["people", "person_minutes", "newly_reached", "unknown"]].iloc[0].tolist() == [
        0, 0, 60, 60,
    ]  # fmt: skip


def test_no_gaps_no_relief(road, points):
    people = points([(50, 50)])
    people["u6"] = 5.0
    relief = measure(people, points([(50, 50)], "k"), road)
    assert relief.empty
    assert list(relief.columns) == [
        "rank", "group", "people", "person_minutes", "median_min", "newly_reached", "unknown",
        "quality", "geometry",
    ]  # fmt: skip


def test_wrong_input_is_refused(road, points):
    people, offers = points([(2450, 50)]), points([(50, 50)], "k")
    people["u6"] = 60.0
    nearest = measure_nearest(people, offers, road)
    gaps = find_gaps(people, nearest, group="u6", limit_min=15)
    with pytest.raises(UnknownNameError, match="u6"):
        measure_relief(gaps, people.rename(columns={"u6": "u7"}), nearest, road)
    for top in (0, -1, 1.5):
        with pytest.raises(InputError, match="Zahl der Lücken"):
            measure_relief(gaps, people, nearest, road, top=top)
    with pytest.raises(CoverageError, match="Wohnorte"):
        measure_relief(gaps, people, nearest[:0], road)
    with pytest.raises(CrsError):
        measure_relief(gaps.to_crs(25832), people, nearest, road)
    with pytest.raises(CrsError):
        measure_relief(gaps, people.to_crs(4326), nearest, road)


TOWN = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 4000), st.integers(0, 50)),
    min_size=2, max_size=20, unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(
    max_examples=15, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(TOWN, st.tuples(st.integers(-5, 5), st.integers(-5, 5)))
def test_the_saving_is_what_measuring_again_gives(points, town, vector):
    rows, line = np.array(town, dtype=float), StraightLine()
    offers = points([(2000, 2000)], "k")

    def relief_of(shift):
        people = points((rows[:, :2] + shift).tolist())
        people["u6"] = rows[:, 2]
        there = offers.set_geometry(offers.translate(*shift))
        nearest = measure_nearest(people, there, line)
        gaps = find_gaps(people, nearest, group="u6", limit_min=15, min_people=0)
        relief = measure_relief(gaps, people, nearest, line)
        for row in relief.itertuples():
            more = points([there.geometry.iloc[0].coords[0], row.geometry.coords[0]], "k")
            again = measure_nearest(people, more, line)["minutes"]
            less = ((nearest["minutes"] - again) * people["u6"]).sum()
            assert row.person_minutes == pytest.approx(less)
        return relief

    # Moved by whole squares, nothing changes.
    here, moved = relief_of((0, 0)), relief_of((vector[0] * 100.0, vector[1] * 100.0))
    assert here["person_minutes"].to_numpy() == pytest.approx(moved["person_minutes"].to_numpy())
