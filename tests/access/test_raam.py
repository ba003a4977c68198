"""Way and crowd in one: by hand, against a general solver, and that nobody could choose better."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from access.raam import raam
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from sozialraum.access.catchment import aggregate_catchment
from sozialraum.access.raam import measure_raam
from sozialraum.errors import CoverageError, InputError


def ways(*rows):
    return pd.DataFrame(rows, columns=["origin", "destination", "minutes"])


def series(prefix, values):
    return pd.Series(values, [f"{prefix}{i}" for i in range(len(values))], dtype=float)


def test_by_hand():
    # ρ = 10 / 2 = 5. With D in a: D/5 = (10 - D)/5 + 30/60, D = 6.25, cost 1.25.
    found = measure_raam(
        series("h", [10]), series("k", [1, 1]), ways(("h0", "k0", 0.0), ("h0", "k1", 30.0)),
        limit_min=60, tolerance=1e-9,
    )  # fmt: skip
    assert found["cost"].tolist() == [pytest.approx(1.25, abs=1e-6)]
    assert found["offers"].tolist() == [2]


def test_too_far_to_be_worth_it():
    # Even empty, the second offer costs 90/60 = 1.5 beside 10/(5·1) = 2 in the first; so some go.
    # From 120 minutes on nobody does: the cost stays 2.
    people, places = series("h", [10]), series("k", [1, 1])
    for minutes, cost in ((90.0, 1.75), (120.0, 2.0), (200.0, 2.0)):
        travel = ways(("h0", "k0", 0.0), ("h0", "k1", minutes))
        found = measure_raam(people, places, travel, limit_min=300, tolerance=1e-9)
        assert found["cost"].iloc[0] == pytest.approx(cost, abs=1e-6)


def test_a_mean_crowd_next_door_costs_one():
    people, places = series("h", [30, 60]), series("k", [10, 20])
    travel = ways(("h0", "k0", 0.0), ("h1", "k1", 0.0))
    assert measure_raam(people, places, travel, limit_min=15)["cost"].tolist() == [1, 1]


def test_who_reaches_nothing_has_no_cost():
    people, places = series("h", [30, 60, 0]), series("k", [10, np.nan, 0])
    travel = ways(("h0", "k0", 3.0), ("h0", "k1", 3.0), ("h1", "k2", 3.0), ("h2", "k0", 6.0))
    found = measure_raam(people, places, travel, limit_min=15)
    # h1 reaches only an offer of 0 places. ρ = 90 / 10 = 9, 30 people in k0: 30/90 and 3/60.
    assert found["cost"].tolist()[::2] == [
        pytest.approx(30 / 90 + 0.05),
        pytest.approx(30 / 90 + 0.1),
    ]
    assert np.isnan(found.loc["h1", "cost"])
    assert found["offers"].tolist() == [1, 1, 1]
    assert found["unstated"].tolist() == [1, 0, 0]
    assert found["quality"].tolist() == ["partial", "exact", "exact"]


def test_with_nobody_only_the_way_costs():
    travel = ways(("h0", "k0", 12.0), ("h0", "k1", 6.0))
    found = measure_raam(series("h", [0]), series("k", [1, 1]), travel, limit_min=15)
    assert found["cost"].tolist() == [0.1]


def test_the_limit_holds():
    travel = ways(("h0", "k0", 1.0), ("h0", "k1", 15.0), ("h0", "k2", 15.1))
    found = measure_raam(series("h", [10]), series("k", [1, 1, 1]), travel, limit_min=15)
    assert found["offers"].tolist() == [2]


@st.composite
def instances(draw):
    cells, offers = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    people = draw(st.lists(st.integers(1, 30), min_size=cells, max_size=cells))
    places = draw(st.lists(st.integers(1, 20), min_size=offers, max_size=offers))
    minutes = draw(st.lists(st.integers(0, 60), min_size=cells * offers, max_size=cells * offers))
    o, d = np.divmod(np.arange(cells * offers), offers)
    travel = pd.DataFrame({"origin": [f"h{i}" for i in o], "destination": [f"k{j}" for j in d],
                           "minutes": np.array(minutes, dtype=float)})  # fmt: skip
    return series("h", people), series("k", places), travel


@settings(max_examples=40, deadline=None)
@given(instances())
def test_a_general_solver_finds_the_same(instance):
    people, places, travel = instance
    p, crowd = people.to_numpy(), people.sum() / places.sum() * places.to_numpy()
    way = travel["minutes"].to_numpy().reshape(len(p), -1) / 60

    def total(flow):
        flow = flow.reshape(way.shape)
        load = flow.sum(axis=0)
        slope = way + load / crowd
        return (load**2 / (2 * crowd)).sum() + (flow * way).sum(), slope.ravel()

    even = np.repeat(p / way.shape[1], way.shape[1])
    rows = np.repeat(np.eye(len(p)), way.shape[1], axis=1)
    best = minimize(
        total, even, jac=True, method="SLSQP", bounds=[(0, None)] * len(even),
        constraints={"type": "eq", "fun": lambda x: rows @ x - p, "jac": lambda x: rows},
        options={"ftol": 1e-13, "maxiter": 1000},
    )  # fmt: skip
    load = best.x.reshape(way.shape).sum(axis=0)
    expected = (way + load / crowd).min(axis=1)
    found = measure_raam(people, places, travel, limit_min=60, tolerance=1e-9)["cost"]
    np.testing.assert_allclose(found, expected, atol=2e-3)


@settings(max_examples=30, deadline=None)
@given(instances(), st.integers(0, 99))
def test_order_changes_nothing_and_runs_agree_to_the_last_bit(instance, seed):
    people, places, travel = instance
    first = measure_raam(people, places, travel, limit_min=60, tolerance=1e-8)
    mixed = travel.sample(frac=1, random_state=seed)
    other = measure_raam(people[::-1], places[::-1], mixed, limit_min=60, tolerance=1e-8)
    np.testing.assert_allclose(first["cost"], other["cost"][people.index], atol=1e-3)
    again = measure_raam(people, places, travel, limit_min=60, tolerance=1e-8)
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_near_what_pysal_access_finds():
    # Their search moves whole people by a fixed schedule and stops after 150 rounds: a few percent.
    rng = np.random.default_rng(3)
    here, there = rng.uniform(0, 6000, (120, 2)), rng.uniform(0, 6000, (12, 2))
    o, d = np.divmod(np.arange(120 * 12), 12)
    minutes = np.hypot(*(here[o] - there[d]).T) / 80
    travel = pd.DataFrame({"origin": [f"h{i}" for i in o], "destination": [f"k{j}" for j in d],
                           "minutes": minutes})  # fmt: skip
    people, places = series("h", rng.integers(50, 300, 120)), series("k", rng.integers(10, 90, 12))
    ours = measure_raam(people, places, travel, limit_min=999)["cost"]
    theirs = raam(
        people.astype(int).to_frame("demand"), places.to_frame("supply"), travel, cost_origin="origin",
        cost_dest="destination", cost_name="minutes",
    )  # fmt: skip
    np.testing.assert_allclose(ours, theirs[people.index], rtol=0.05)


def test_up_to_areas(areas_of_two):
    areas, cells = areas_of_two
    found = measure_raam(
        series("h", [30, 60]), series("k", [10]), ways(("h0", "k0", 6.0)), limit_min=15
    )
    rows = aggregate_catchment(found, cells, areas, indicator="raam").set_index("area")
    # ρ = 90/10 = 9; h0: 30/90 + 6/60. h1 reaches nothing, so its area and the whole have no mean.
    assert rows.loc["01", "value"] == pytest.approx(1 / 3 + 0.1)
    assert rows["value"].isna().tolist() == [True, False, True]


@pytest.fixture
def areas_of_two():
    import geopandas as gpd

    columns = {"gesamt": "gesamt", "gesamt_name": "Stadt", "quartier": ["01", "02"],
               "quartier_name": ["A", "B"]}  # fmt: skip
    areas = gpd.GeoDataFrame(columns, index=pd.Index(["01", "02"], name="area"))
    return areas, gpd.GeoDataFrame({"area": ["01", "02"]}, index=["h0", "h1"])


def test_bad_input_is_refused_in_german(monkeypatch):
    people, places, travel = series("h", [9, 4]), series("k", [1, 1]), ways(
        ("h0", "k0", 1.0), ("h0", "k1", 9.0), ("h1", "k1", 2.0)
    )  # fmt: skip
    for bad in (0, -1, np.nan, np.inf):
        with pytest.raises(InputError, match="tau_min"):
            measure_raam(people, places, travel, limit_min=15, tau_min=bad)
        with pytest.raises(InputError, match="tolerance"):
            measure_raam(people, places, travel, limit_min=15, tolerance=bad)
        with pytest.raises(InputError, match="Grenze"):
            measure_raam(people, places, travel, limit_min=bad)
    monkeypatch.setattr("sozialraum.access.raam.ROUNDS", 1)
    with pytest.raises(CoverageError, match="Toleranz"):
        measure_raam(people, places, travel, limit_min=15, tolerance=1e-12)
