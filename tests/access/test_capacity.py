"""Places of groups: by hand, and that none is counted twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.access.capacity import check_capacity, split_capacity
from sozialraum.access.catchment import measure_catchment, measure_demand
from sozialraum.access.weights import Steps
from sozialraum.errors import CoverageError, InputError

PLACES = pd.Series({"a": 60.0, "b": 20.0, "c": np.nan})
SERVES = pd.DataFrame({"u3": [True, False, True], "3_6": True}, index=["a", "b", "c"])


def test_equal_by_hand():
    # a serves two groups, b one; c has places, but nobody says how many.
    found = split_capacity(PLACES, SERVES, "equal")
    assert found["u3"].tolist()[:2] == [30, 0]
    assert found["3_6"].tolist()[:2] == [30, 20]
    assert found.loc["c"].isna().all()


def test_weights_by_hand():
    found = split_capacity(PLACES, SERVES, {"u3": 1, "3_6": 3})
    assert found.loc["a"].tolist() == [15, 45]
    assert found.loc["b"].tolist() == [0, 20]
    approved = pd.DataFrame({"3_6": [50, 20, 5], "u3": [10, 99, 5]}, index=["a", "b", "c"])
    found = split_capacity(PLACES, SERVES, approved)
    # Places for a group that b does not serve are not taken from the others.
    assert found.loc["a"].tolist() == [10, 50]
    assert found.loc["b"].tolist() == [0, 20]


def test_without_any_weight_evenly():
    found = split_capacity(PLACES, SERVES, {"u3": 0, "3_6": 0})
    assert found.loc["a"].tolist() == [30, 30]


def test_not_served_is_zero_even_where_the_capacity_is_missing():
    found = split_capacity(PLACES, SERVES.assign(u3=[True, False, False]), "equal")
    assert found.loc["c", "u3"] == 0
    assert np.isnan(found.loc["c", "3_6"])


def test_split_by_demand_is_sharing():
    # One offer of 30 places, 10 small and 20 older children next door: one place each, whichever group.
    travel = pd.DataFrame({"origin": ["h"], "destination": ["a"], "minutes": [3.0]})
    people = pd.DataFrame({"u3": [10.0], "3_6": [20.0]}, index=["h"])
    places, serves = pd.Series({"a": 30.0}), pd.DataFrame({"u3": [True], "3_6": True}, index=["a"])
    demand = measure_demand(people, travel, places.index, limit_min=15, weight=Steps())
    parts = split_capacity(places, serves, demand)
    for group in people:
        found = measure_catchment(people[group], parts[group], travel, limit_min=15)
        assert found["access"].tolist() == [1]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_groups_add_up_to_the_whole(data):
    offers, groups = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    index = pd.Index([f"k{i}" for i in range(offers)])
    columns = [f"g{i}" for i in range(groups)]
    numbers = st.floats(0, 100, allow_subnormal=False)
    places = pd.Series(data.draw(st.lists(numbers, min_size=offers, max_size=offers)), index)
    flags = data.draw(st.lists(st.booleans(), min_size=offers * groups, max_size=offers * groups))
    serves = pd.DataFrame(np.reshape(flags, (offers, groups)), index, columns)
    serves["g0"] |= ~serves.any(axis=1)
    weights = data.draw(st.lists(numbers, min_size=offers * groups, max_size=offers * groups))
    table = pd.DataFrame(np.reshape(weights, (offers, groups)), index, columns)
    for shares in ("equal", dict.fromkeys(columns, 1.0), table):
        parts = split_capacity(places, serves, shares)
        np.testing.assert_allclose(parts.sum(axis=1), places, rtol=1e-12, atol=1e-100)
        assert (parts.where(~serves, 0) == 0).all(axis=None)
        assert (parts >= 0).all(axis=None)


def test_the_check_says_how_many_and_refuses_on_request():
    report = check_capacity(PLACES)
    assert report.ok
    assert "1 von 3" in report.notes[0].text
    assert "zum Beispiel c" in report.notes[0].text
    with pytest.raises(InputError, match="1 von 3"):
        check_capacity(PLACES, required=True).raise_for_errors()
    assert not check_capacity(PLACES[:2]).findings
    assert not check_capacity(-PLACES).ok


def test_bad_input_is_refused_in_german():
    with pytest.raises(CoverageError, match="keine der Gruppen"):
        split_capacity(PLACES, SERVES & False, "equal")
    with pytest.raises(CoverageError, match="zum Beispiel b"):
        split_capacity(PLACES, SERVES.drop("b"), "equal")
    with pytest.raises(CoverageError, match="3_6"):
        split_capacity(PLACES, SERVES, {"u3": 1})
    with pytest.raises(InputError, match="gleich"):
        split_capacity(PLACES, SERVES, "gleich")
    with pytest.raises(InputError, match="Anteile"):
        split_capacity(PLACES, SERVES, {"u3": -1, "3_6": 1})
    with pytest.raises(InputError, match="Anteile"):
        split_capacity(PLACES, SERVES, SERVES.astype(float)[:1])
    with pytest.raises(InputError, match="weniger als null"):
        split_capacity(-PLACES, SERVES, "equal")
