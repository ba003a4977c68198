"""Who is reached: by hand, and the truths that hold for every town."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.access.coverage import aggregate_people, measure_coverage
from sozialraum.access.network import StraightLine
from sozialraum.access.travel import measure_nearest
from sozialraum.errors import CoverageError, InputError, UnknownNameError
from sozialraum.model.indicator import Indicator


def table_of_ways(minutes, connected=True, quality="exact", cells=None):
    cells = cells or [f"h{i}" for i in range(len(minutes))]
    offer = pd.Series(np.where(np.isnan(minutes), None, "k"), dtype="str").to_numpy()
    return pd.DataFrame(
        {"rank": 1, "offer": offer, "minutes": minutes, "metres": np.multiply(minutes, 80.0),
         "connected": connected, "quality": quality},
        index=pd.Index(cells, name="cell"),
    )  # fmt: skip


@pytest.fixture
def areas():
    """A town of two Sozialräume and three Quartiere; the third has nobody."""
    columns = {
        "gesamt": "gesamt", "gesamt_name": "Stadt",
        "sozialraum": ["1", "1", "2"], "sozialraum_name": ["West", "West", "Ost"],
        "quartier": ["01", "02", "03"], "quartier_name": ["A", "B", "C"],
    }  # fmt: skip
    return gpd.GeoDataFrame(columns, index=pd.Index(["01", "02", "03"], name="area"))


def test_by_hand():
    # 3 people at exactly 15 minutes, 4 people a second beyond, 5 not connected.
    near = table_of_ways([15.0, 15.02, np.nan], [True, True, False])
    reached = measure_coverage(pd.Series([3.0, 4.0, 5.0], ["h0", "h1", "h2"]), near, limit_min=15)
    assert reached["people"].tolist() == [3, 4, 5]
    assert reached["reached"].tolist() == [3, 0, 0]
    assert reached["unreached"].tolist() == [0, 4, 5]
    assert reached["unconnected"].tolist() == [0, 0, 5]


def test_missing_people_stay_missing_and_zero_stays_zero():
    near = table_of_ways([1.0, 1.0, 99.0])
    people = pd.Series([np.nan, 0.0, np.nan], ["h0", "h1", "h2"])
    reached = measure_coverage(people, near, limit_min=15)
    assert reached["reached"].isna().tolist() == [True, False, True]
    assert reached["unreached"].isna().tolist() == [True, False, True]
    assert reached.loc["h1", "reached"] == 0


def test_only_the_nearest_of_several_counts():
    near = pd.concat([table_of_ways([20.0]), table_of_ways([25.0]).assign(rank=2)])
    reached = measure_coverage(pd.Series({"h0": 2.0}), near, limit_min=22)
    assert reached["reached"].tolist() == [2]


def test_cells_without_ways_are_refused():
    with pytest.raises(CoverageError, match="h7"):
        measure_coverage(pd.Series({"h7": 1.0}), table_of_ways([1.0]), limit_min=15)


def test_useless_input_is_refused():
    near = table_of_ways([1.0])
    with pytest.raises(InputError, match="weniger als null"):
        measure_coverage(pd.Series({"h0": -1.0}), near, limit_min=15)
    with pytest.raises(InputError, match="mehrfach"):
        measure_coverage(pd.Series([1.0, 2.0], ["h0", "h0"]), near, limit_min=15)
    with pytest.raises(InputError, match="Grenze"):
        measure_coverage(pd.Series({"h0": 1.0}), near, limit_min=np.nan)


def test_what_is_incomplete_carries_its_sign(areas):
    """The same as aggregate_values writes: a sum needs all parts."""
    reached = pd.DataFrame(
        {"people": [10.0, np.nan], "reached": [10.0, np.nan], "quality": "exact"},
        index=["h0", "h1"],
    )
    people = gpd.GeoDataFrame({"area": ["01", "02"]}, index=reached.index)
    rows = aggregate_people(reached, people, areas, indicator="kita_15min_u6")
    signs = rows.set_index(["level", "area"])["sign"]
    assert signs["quartier"].to_dict() == {"01": "", "02": "…", "03": "x"}
    assert signs["gesamt", "gesamt"] == "…"
    known = aggregate_people(reached, people, areas, indicator="kita_15min_u6", partial=True)
    signs = known.set_index(["level", "area"])["sign"]
    assert signs["gesamt", "gesamt"] == ""


def test_up_the_levels_by_hand(areas):
    reached = pd.DataFrame(
        {"people": [10.0, 30.0, 60.0, 7.0], "reached": [10.0, 0.0, 30.0, 7.0], "quality": "exact"},
        index=["h0", "h1", "h2", "h3"],
    )
    people = gpd.GeoDataFrame({"area": ["01", "01", "02", None]}, index=reached.index)
    rows = aggregate_people(reached, people, areas, indicator="kita_15min_u6")
    rows = rows.set_index(["level", "area"])
    # Area 01: 10 of 40, area 02: 30 of 60, together 40 of 100. h3 lies outside every area.
    assert rows.loc[("quartier", "01"), "value"] == 25
    assert rows.loc[("quartier", "02"), "value"] == 50
    assert rows.loc[("sozialraum", "1"), "value"] == 40
    assert rows.loc[("gesamt", "gesamt"), ["numerator", "denominator"]].tolist() == [40, 100]
    # Nobody lives in 03: there is nothing to take a share of.
    empty = rows.loc[("quartier", "03")]
    assert (empty["numerator"], empty["denominator"], empty["sign"]) == (0, 0, "x")
    assert np.isnan(empty["value"])


def test_one_level_is_a_part_of_all(areas):
    reached = pd.DataFrame({"people": [4.0], "reached": [1.0]}, index=["h0"])
    people = gpd.GeoDataFrame({"area": ["02"]}, index=["h0"])
    all_rows = aggregate_people(reached, people, areas, indicator="i")
    for level in ("gesamt", "sozialraum", "quartier"):
        rows = aggregate_people(reached, people, areas, indicator="i", level=level)
        expected = all_rows[all_rows["level"] == level].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, expected)
    with pytest.raises(UnknownNameError, match="sozialraum"):
        aggregate_people(reached, people, areas, indicator="i", level="sozialraeume")


def test_a_sum_needs_all_parts_unless_asked_otherwise(areas):
    reached = pd.DataFrame(
        {"people": [4.0, np.nan, 6.0], "reached": [1.0, np.nan, 6.0]}, index=["h0", "h1", "h2"]
    )
    people = gpd.GeoDataFrame({"area": ["01", "01", "02"]}, index=reached.index)
    rows = aggregate_people(reached, people, areas, indicator="i").set_index(["level", "area"])
    for key in (("quartier", "01"), ("sozialraum", "1"), ("gesamt", "gesamt")):
        assert rows.loc[key, ["value", "numerator", "denominator"]].isna().all()
    assert rows.loc[("quartier", "02"), "value"] == 100
    part = aggregate_people(reached, people, areas, indicator="i", partial=True)
    part = part.set_index(["level", "area"])
    assert part.loc[("quartier", "01"), ["numerator", "denominator"]].tolist() == [1, 4]
    assert part.loc[("quartier", "01"), "quality"] == "partial"
    assert part.loc[("quartier", "02"), "quality"] == "exact"
    assert part.loc[("gesamt", "gesamt"), "quality"] == "partial"


def test_definition_gives_the_dates_and_the_stand_in_names_itself(areas):
    near = table_of_ways([1.0], quality="straight_line")
    reached = measure_coverage(pd.Series({"h0": 2.0}), near, limit_min=15)
    people = gpd.GeoDataFrame({"area": ["02"]}, index=["h0"])
    definition = Indicator(id="i", title="I", datenstand="2016-02-10", gebietsstand="2016")
    row = aggregate_people(reached, people, areas, indicator=definition, level="gesamt").iloc[0]
    assert (row["indicator"], row["datenstand"], row["gebietsstand"]) == ("i", "2016-02-10", "2016")
    assert row["quality"] == "straight_line"


def test_columns_are_those_of_the_values_table(areas):
    reached = pd.DataFrame({"people": [4.0], "reached": [1.0]}, index=["h0"])
    people = gpd.GeoDataFrame({"area": ["02"]}, index=["h0"])
    assert list(aggregate_people(reached, people, areas, indicator="i").columns) == [
        "area", "level", "indicator", "datenstand", "gebietsstand",
        "value", "numerator", "denominator", "quality", "sign", "steps",
    ]  # fmt: skip


def test_wrong_tables_are_refused(areas):
    reached = pd.DataFrame({"people": [4.0], "reached": [1.0]}, index=["h0"])
    for cell, area, culprit in (("h9", "02", "h0"), ("h0", "77", "77")):
        people = gpd.GeoDataFrame({"area": [area]}, index=[cell])
        with pytest.raises(CoverageError, match=culprit):
            aggregate_people(reached, people, areas, indicator="i")
    people = gpd.GeoDataFrame({"area": ["02"]}, index=["h0"])
    with pytest.raises(InputError, match="Ebene"):
        aggregate_people(reached, people, areas[["gesamt"]], indicator="i")
    with pytest.raises(InputError, match="assign_areas"):
        aggregate_people(reached, gpd.GeoDataFrame(index=["h0"]), areas, indicator="i")


places = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=15, unique=True
)
TRUTH = settings(max_examples=25, deadline=None, derandomize=True)


@TRUTH
@given(places, places, st.data())
def test_truths_of_coverage(points, home, sites, data):
    people, offers = points(home), points(sites, "k")
    count = data.draw(st.lists(st.integers(0, 90), min_size=len(home), max_size=len(home)))
    groups = pd.Series(np.array(count, dtype=float), index=people.index)
    reached = []
    for number in range(len(sites) + 1):
        near = measure_nearest(people, offers[:number], StraightLine())
        table = measure_coverage(groups, near, limit_min=15)
        assert (table["people"] == table["reached"] + table["unreached"]).all()
        assert (table["people"] == groups).all()
        reached.append(table["reached"].to_numpy())
    # An added offer never lowers anyone's coverage; closing one is the way back.
    for fewer, more in pairwise(reached):
        assert (fewer <= more).all()


@TRUTH
@given(st.data())
def test_nobody_is_lost_on_the_way_up(areas_of_any_depth, data):
    size = data.draw(st.integers(1, 12))
    count = st.lists(st.integers(0, 90), min_size=size, max_size=size)
    people = np.array(data.draw(count), dtype=float)
    reached = np.minimum(people, np.array(data.draw(count), dtype=float))
    names = [*areas_of_any_depth.index, None]
    where = data.draw(st.lists(st.sampled_from(names), min_size=size, max_size=size))
    cells = [f"h{i}" for i in range(size)]
    home = gpd.GeoDataFrame({"area": pd.Series(where, dtype="str").to_numpy()}, index=cells)
    table = pd.DataFrame({"people": people, "reached": reached}, index=cells)
    rows = aggregate_people(table, home, areas_of_any_depth, indicator="i")
    inside = home["area"].notna().to_numpy()
    for _, level in rows.groupby("level"):
        assert level["denominator"].sum() == people[inside].sum()
        assert level["numerator"].sum() == reached[inside].sum()


@pytest.fixture(scope="module")
def areas_of_any_depth():
    """Six areas in four levels, not nested alike."""
    ids = [f"{i:02}" for i in range(6)]
    upper = {"gesamt": ["gesamt"] * 6, "bezirk": list("AAABBB"), "region": list("PPQRRS")}
    levels = {**upper, "planungsraum": ids}
    columns = {c: v for name, v in levels.items() for c in (name, f"{name}_name")}
    return gpd.GeoDataFrame(columns, index=pd.Index(ids, name="area"))
