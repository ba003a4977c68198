"""What every measure keeps: more offers never hurt; place of the town and threads change nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sozialraum as sr
from sozialraum.access import search
from sozialraum.access.snap import snap_points

LIMITS = (1.0, 2.5, 5.0)
SLOW = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


class Town:
    """Streets, people and offers with whole coordinates, which may be moved."""

    def __init__(self, nodes, rows, people, offers, *, timed):
        self.nodes, self.rows, self.timed = nodes, rows, timed
        self.people_xy, self.offers_xy = people, offers

    def build(self, shift=(0, 0)):
        edges = self.rows.assign(kmh=12.0) if self.timed else self.rows
        network = sr.build_network(self.nodes + np.array(shift), edges, crs=25833)
        people = self._points(self.people_xy[:, :2], shift, "h", "cell")
        people["u6"] = self.people_xy[:, 2].astype(float)
        offers = self._points(self.offers_xy[:, :2], shift, "k", "offer")
        offers["capacity"] = 10.0
        offers["barrier_free"] = np.where(self.offers_xy[:, 2] % 2 == 0, "yes", "no")
        return network, people, offers

    @staticmethod
    def _points(xy, shift, prefix, name):
        ids = pd.Index([f"{prefix}{i:02d}" for i in range(len(xy))], name=name)
        places = gpd.points_from_xy(*(xy + np.array(shift)).T.astype(float))
        return gpd.GeoDataFrame(geometry=places, index=ids, crs=25833)


@st.composite
def towns(draw):
    side = draw(st.integers(3, 5))
    x, y = (a.ravel() * 100.0 for a in np.meshgrid(np.arange(side), np.arange(side)))
    pairs = [(i, i + 1) for i in range(side**2) if (i + 1) % side]
    pairs += [(i, i + side) for i in range(side**2 - side)]
    kind = st.sampled_from([0, 0, 0, 0, 1, -1, 9])
    kinds = draw(st.lists(kind, min_size=len(pairs), max_size=len(pairs)))
    rows = [(*pair, kind, 100.0) for pair, kind in zip(pairs, kinds, strict=True) if kind != 9]
    assume(len(rows) > 3)
    rows = pd.DataFrame(rows, columns=["u", "v", "oneway", "length_m"])
    place = st.tuples(
        st.integers(-50, side * 100), st.integers(-50, side * 100), st.integers(0, 30)
    )
    people = np.array(draw(st.lists(place, min_size=3, max_size=15)))
    offers = np.array(draw(st.lists(place, min_size=2, max_size=6)))
    nodes = pd.DataFrame({"x": x, "y": y})
    town = Town(nodes, rows, people, offers, timed=draw(st.booleans()))
    network, cells, places = town.build()
    assume(snap_points(cells, network).connected.any())
    # The first offer is the one that others are added to.
    assume(snap_points(places, network).connected[0])
    return town


def cover(people, offers, network, limit):
    near = sr.measure_nearest(people, offers, network)
    return sr.measure_coverage(people["u6"], near, limit_min=limit)["reached"]


def add_up(shapes):
    return shapely.union_all(shapes.geometry.dropna().to_numpy())


@SLOW
@given(towns(), st.sampled_from(LIMITS))
def test_an_offer_more_never_hurts_and_one_less_never_helps(town, limit):
    network, people, offers = town.build()
    bounds = people.total_bounds + np.array([-50, -50, 50, 50])
    before = None
    for count in range(1, len(offers) + 1):
        some = offers[:count]
        near = sr.measure_nearest(people, some, network)
        reached = sr.measure_coverage(people["u6"], near, limit_min=limit)
        gaps = sr.find_gaps(people, near, group="u6", limit_min=limit, min_people=0)
        raster = sr.measure_travel_raster(some, network, cell_m=100, bounds=bounds)
        shape = add_up(sr.measure_isochrones(some, network, limits_min=limit))
        ways = sr.measure_travel(people, some, network, limit_min=limit)
        access = sr.measure_catchment(
            people["u6"], some["capacity"], ways, method="2sfca", limit_min=limit
        )["access"]  # fmt: skip
        now = (
            reached["reached"], -gaps["people"].sum(), -near["minutes"].fillna(np.inf),
            -np.nan_to_num(raster.minutes, nan=np.inf), access.fillna(0),
        )  # fmt: skip
        if before is not None:
            for old, new in zip(before[0], now, strict=True):
                assert np.all(np.asarray(new) >= np.asarray(old) - 1e-12)
            assert before[1].difference(shape).area < 1e-6
        before = now, shape


@SLOW
@given(towns(), st.sampled_from(LIMITS))
def test_barrier_free_offers_alone_reach_no_more(town, limit):
    network, people, offers = town.build()
    free = offers[offers["barrier_free"] == "yes"]
    assume(len(free) and snap_points(free, network).connected.any())
    alone, together = (cover(people, some, network, limit) for some in (free, offers))
    assert (alone <= together).all()


@SLOW
@given(towns(), st.tuples(st.integers(-400_000, 400_000), st.integers(-(10**6), 10**6)))
def test_moving_the_town_changes_nothing(town, vector):
    # Squares of gaps and cells of rasters lie on a fixed grid: whole squares leave them alone.
    vector = tuple(100 * round(v / 100) for v in vector)
    told = []
    for shift in ((0, 0), vector):
        network, people, offers = town.build(shift)
        near = sr.measure_nearest(people, offers, network, k=3)
        first = sr.measure_nearest(people, offers, network)
        back = sr.measure_nearest(people, offers, network, direction="from_offer")
        table = sr.measure_matrix(people, offers, network)
        gaps = sr.find_gaps(people, first, group="u6", limit_min=1, min_people=0)
        relief = sr.measure_relief(gaps, people, first, network)
        areas = sr.measure_isochrones(offers, network, limits_min=LIMITS)["area_ha"]
        box = people.total_bounds + np.array([-50, -50, 50, 50])
        raster = sr.measure_travel_raster(offers, network, cell_m=100, bounds=tuple(box))
        ways = sr.measure_travel(people, offers, network, limit_min=5)
        weight = sr.measure_catchment(
            people["u6"], offers["capacity"], ways, method="2sfca", limit_min=5
        )
        told.append([
            *(t.reset_index(drop=True) for t in (near, first, back, table)),
            gaps.drop(columns="geometry"), relief.drop(columns="geometry"),
            areas.reset_index(drop=True), pd.DataFrame(raster.minutes), weight["access"],
        ])  # fmt: skip
    for here, there in zip(*told, strict=True):
        if isinstance(here, pd.Series):
            pd.testing.assert_series_equal(here, there, rtol=1e-4)
        else:
            pd.testing.assert_frame_equal(here, there)


@pytest.mark.parametrize("timed", [False, True])
def test_fifteen_minutes_sharp_are_within_fifteen_minutes(timed):
    # 1,200 m on foot, or 3,000 m at 12 km/h: 15.0 minutes from the offer at the end.
    length = 3000.0 if timed else 1200.0
    nodes = pd.DataFrame({"x": [0.0, length], "y": 0.0})
    edges = pd.DataFrame({"u": [0], "v": [1], "length_m": [length]})
    network = sr.build_network(nodes, edges.assign(kmh=12.0) if timed else edges, crs=25833)
    people, offers = (
        gpd.GeoDataFrame({"u6": [3.0], "capacity": [6.0]}, geometry=gpd.points_from_xy([x], [0]),
                         index=[name], crs=25833)
        for x, name in ((0, "h"), (length, "k"))
    )  # fmt: skip
    for limit, there in ((15, True), (14.999, False)):
        bounded = sr.measure_nearest(people, offers, network, limit_min=limit)
        near = sr.measure_nearest(people, offers, network)
        assert bounded["offer"].notna().tolist() == [there]
        assert near["minutes"].tolist() == [15.0]
        reached = sr.measure_coverage(people["u6"], near, limit_min=limit)
        assert reached["reached"].tolist() == [3.0 * there]
        gaps = sr.find_gaps(people, near, group="u6", limit_min=limit, min_people=0)
        assert len(gaps) == (not there)
        ways = sr.measure_travel(people, offers, network, limit_min=limit)
        assert len(ways) == there
        table = sr.measure_matrix(people, offers, network, limit_min=limit)
        assert table.notna().to_numpy().tolist() == [[there]]
        every = sr.measure_travel(people, offers, network, limit_min=None)
        found = sr.measure_catchment(
            people["u6"], offers["capacity"], every, method="2sfca", limit_min=limit
        )  # fmt: skip
        assert found["access"].tolist() == [2.0 * there]
        shape = sr.measure_isochrones(offers, network, limits_min=limit).geometry.iloc[0]
        assert shape.bounds[0] == pytest.approx(-25 if there else -25 + length / 15_000, abs=1.5)
        # The cell whose centre is the house, on a grid of 1 m around it.
        raster = sr.measure_travel_raster(
            offers, network, cell_m=1, bounds=(-0.5, -0.5, 0.5, 0.5), limit_min=limit
        )
        assert np.isfinite(raster.minutes).sum() <= 4


@SLOW
@given(towns(), st.sampled_from([1, 2, 7]))
def test_any_number_of_threads_gives_the_same(town, threads):
    network, people, offers = town.build()

    def measure():
        near = sr.measure_nearest(people, offers, network, k=2)
        first = sr.measure_nearest(people, offers, network)
        ways = sr.measure_travel(people, offers, network, limit_min=5)
        gaps = sr.find_gaps(people, first, group="u6", limit_min=1, min_people=0)
        return [
            near, ways, sr.measure_matrix(people, offers, network),
            sr.measure_relief(gaps, people, first, network),
            sr.measure_isochrones(offers, network, limits_min=LIMITS),
        ]  # fmt: skip

    usual = measure()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search.os, "cpu_count", lambda: threads)
        again = measure()
    for one, other in zip(usual, again, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))
