"""Gaps: by hand, and that nobody is lost between coverage and gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.access.coverage import measure_coverage
from sozialraum.access.gaps import find_gaps
from sozialraum.access.network import StraightLine
from sozialraum.access.travel import measure_nearest
from sozialraum.errors import CrsError, InputError, UnknownNameError
from sozialraum.read.streets import read_streets

LINE = StraightLine(detour=1.0)


@pytest.fixture
def village(points):
    """An offer at the origin, a reached house, and two groups of houses beyond 1,200 m."""
    people = points([(50, 50), (3050, 50), (3150, 50), (3250, 150), (50, 5050), (50, 5250)])
    people["u6"] = [9.0, 10.0, 20.0, 30.0, 55.0, 0.0]
    return people, points([(50, 50)], "k")


def test_by_hand(village):
    people, offers = village
    near = measure_nearest(people, offers, LINE)
    gaps = find_gaps(people, near, group="u6", limit_min=15)
    # Three houses in the east, linked by 100 m and 141 m: 60 children. One in the north: 55.
    assert gaps.index.tolist() == ["1", "2"]
    assert gaps["rank"].tolist() == [1, 2]
    assert gaps["people"].tolist() == [60, 55]
    assert gaps["offer"].tolist() == ["k0", "k0"]
    # East: 10 children at 3,000 m, 20 at 3,100 m, 30 at 3,201.56 m; half of 60 is reached with
    # the second house. North: 5,000 m.
    assert gaps["metres"].tolist() == [3100, 5000]
    assert gaps["minutes"].tolist() == [38.75, 62.5]
    assert gaps["limit_min"].tolist() == [15, 15]
    assert gaps["group"].tolist() == ["u6", "u6"]
    assert gaps.crs == people.crs


def test_shapes_are_squares_of_a_fixed_grid(village):
    people, offers = village
    gaps = find_gaps(people, measure_nearest(people, offers, LINE), group="u6", limit_min=15)
    # Three squares of one hectare, two side by side and one across the corner.
    assert gaps.area.tolist() == [30_000, 10_000]
    assert gaps.geometry.iloc[1].bounds == (0, 5000, 100, 5100)
    assert (np.array(gaps.total_bounds) % 100 == 0).all()


def test_small_gaps_are_left_out_and_ranks_close_up(village):
    people, offers = village
    near = measure_nearest(people, offers, LINE)
    assert find_gaps(people, near, group="u6", limit_min=15, min_people=60)["people"].tolist() == [
        60
    ]
    assert find_gaps(people, near, group="u6", limit_min=15, min_people=61).empty


def test_neighbour_distance_decides_what_hangs_together(village):
    people, offers = village
    near = measure_nearest(people, offers, LINE)
    for neighbour_m, sizes in ((99, [55, 30, 20, 10]), (100, [55, 30, 30]), (150, [60, 55])):
        gaps = find_gaps(
            people, near, group="u6", limit_min=15, min_people=0, neighbour_m=neighbour_m
        )
        assert gaps["people"].tolist() == sizes


def test_where_no_offer_is_known_way_and_offer_are_missing(village):
    people, offers = village
    near = measure_nearest(people, offers, LINE, limit_min=15)
    gaps = find_gaps(people, near, group="u6", limit_min=15)
    assert gaps["people"].tolist() == [60, 55]
    assert gaps[["minutes", "metres", "offer"]].isna().all(axis=None)
    none = measure_nearest(people, offers[:0], LINE)
    assert find_gaps(people, none, group="u6", limit_min=15, min_people=0)["people"].sum() == 124


def test_missing_people_and_missing_places_belong_to_no_gap(village):
    people, offers = village
    near = measure_nearest(people, offers, LINE)
    people = people.copy()
    people.loc["h1", "u6"] = np.nan
    people.loc["h4", "geometry"] = None
    gaps = find_gaps(people, near, group="u6", limit_min=15, min_people=0)
    assert gaps["people"].tolist() == [50]


def test_cells_on_one_spot_are_one_gap(points):
    people = points([(5000, 0)] * 3)
    people["u6"] = 1.0
    near = measure_nearest(people, points([(0, 0)], "k"), LINE)
    gaps = find_gaps(people, near, group="u6", limit_min=15, min_people=0)
    assert gaps["people"].tolist() == [3]


def test_nothing_to_find(village, points):
    people, offers = village
    near = measure_nearest(people, offers, LINE)
    empty = find_gaps(people, near, group="u6", limit_min=1000)
    full = find_gaps(people, near, group="u6", limit_min=15)
    assert empty.empty
    assert list(empty.columns) == list(full.columns)
    assert empty.dtypes.drop("geometry").equals(full.dtypes.drop("geometry"))
    assert empty.crs == people.crs
    assert find_gaps(people[:0], near[:0], group="u6", limit_min=15).empty


def test_wrong_input_is_refused(village):
    people, offers = village
    near = measure_nearest(people, offers, LINE)
    with pytest.raises(UnknownNameError, match="u6"):
        find_gaps(people, near, group="u7", limit_min=15)
    with pytest.raises(CrsError):
        find_gaps(people.to_crs(4326), near, group="u6", limit_min=15)
    with pytest.raises(InputError, match="Mindestzahl"):
        find_gaps(people, near, group="u6", limit_min=15, min_people=-1)
    with pytest.raises(InputError, match="Nachbarabstand"):
        find_gaps(people, near, group="u6", limit_min=15, neighbour_m=0)


TOWN = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 4000), st.integers(0, 50)),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(TOWN, st.tuples(st.integers(-5, 5), st.integers(-5, 5)))
def test_gaps_hold_exactly_the_unreached_and_moving_the_town_changes_nothing(points, town, vector):
    rows = np.array(town, dtype=float)
    offers = points([(2000, 2000)], "k")

    def gaps_of(shift):
        people = points((rows[:, :2] + shift).tolist())
        people["u6"] = rows[:, 2]
        there = offers.set_geometry(offers.translate(*shift))
        near = measure_nearest(people, there, LINE)
        reached = measure_coverage(people["u6"], near, limit_min=15)
        gaps = find_gaps(people, near, group="u6", limit_min=15, min_people=0)
        assert gaps["people"].sum() == reached["unreached"].sum()
        assert (gaps["people"] > 0).all()
        assert gaps["people"].is_monotonic_decreasing
        return gaps

    here, moved = gaps_of((0, 0)), gaps_of((vector[0] * 37.0, vector[1] * 41.0))
    columns = ["people", "minutes", "metres", "offer"]
    pd.testing.assert_frame_equal(here[columns], moved[columns])


@pytest.mark.realdata
def test_on_real_streets_gaps_hold_exactly_the_unreached(testdata, points):
    network = read_streets(testdata / "neubrandenburg/neubrandenburg.osm.pbf")
    rng = np.random.default_rng(7)
    nodes = rng.choice(len(network), 3000, replace=False)
    xy = np.stack([network.x[nodes], network.y[nodes]], axis=1) + rng.normal(0, 20, (3000, 2))
    people = points(xy.tolist(), "h", network.crs)
    people["u6"] = rng.integers(0, 9, 3000).astype(float)
    offers = people.iloc[:12][["geometry"]].rename_axis("offer")
    near = measure_nearest(people, offers, network)
    reached = measure_coverage(people["u6"], near, limit_min=15)
    gaps = find_gaps(people, near, group="u6", limit_min=15, min_people=0)
    assert gaps["people"].sum() == reached["unreached"].sum() > 0
    assert gaps.is_valid.all()


def test_pieces_tell_in_which_areas_the_people_of_a_gap_live(village):
    people, offers = village
    near = measure_nearest(people, offers, LINE)
    # East: 10 in a and 20 in b side by side, 30 in a across the corner. North: outside all areas.
    people["area"] = ["a", "a", "b", "a", None, None]
    gaps = find_gaps(people, near, group="u6", limit_min=15)
    assert gaps["pieces"].tolist() == ['{"a": [40.0, 2], "b": [20.0, 1]}', '{"": [55.0, 1]}']
    assert gaps["min_people"].tolist() == [50, 50]
    unplaced = find_gaps(people.drop(columns="area"), near, group="u6", limit_min=15)
    assert unplaced["pieces"].tolist() == ["", ""]
