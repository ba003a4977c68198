"""How certain figures are: hand values, known values of other packages, and what must hold."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values
from sozialraum.indicators.uncertainty import (
    compare_with_rest,
    measure_count_interval,
    measure_funnel,
    measure_intervals,
    measure_share_interval,
    smooth_rates,
    withhold_small_areas,
)
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.unsafe import judge

RATE = Indicator(id="r", title="Quote", kind="rate", per=100, denominator="alle")
PEOPLE = Indicator(id="n", title="Menschen")


def make_rows(cases: list[float], sizes: list[float], level: str = "quartier") -> pd.DataFrame:
    table = pd.DataFrame({"area": [f"{i:03d}" for i in range(len(cases))], "level": level})
    number, size = np.array(cases, dtype=float), np.array(sizes, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 100 * number / size
    return table.assign(
        indicator="r", datenstand="2024", gebietsstand="2024", value=value, numerator=number,
        denominator=size, quality="exact", sign="", steps="",
    )  # fmt: skip


def make_areas(count: int) -> gpd.GeoDataFrame:
    ids = [f"{i:03d}" for i in range(count)]
    return gpd.GeoDataFrame(
        {"gesamt": "gesamt", "gesamt_name": "Stadt", "quartier": ids, "quartier_name": ids},
        index=ids,
    )


# Shares


@pytest.mark.parametrize(
    ("cases", "size", "low", "high"),
    [
        # statsmodels proportion_confint(…, method="wilson"); Newcombe (1998), table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_share_intervals_that_are_known(cases: int, size: int, low: float, high: float) -> None:
    found = measure_share_interval(pd.Series([cases]), pd.Series([size])).iloc[0]
    assert found["low"] == pytest.approx(low, abs=5e-5)
    assert found["high"] == pytest.approx(high, abs=5e-5)


def test_what_is_no_share_has_no_interval() -> None:
    found = measure_share_interval(
        pd.Series([0.0, 5, np.nan, 1, -1]), pd.Series([0.0, 4, 10, np.nan, 3])
    )
    assert found.isna().all(axis=None)
    nothing = measure_share_interval(pd.Series([0.0]), pd.Series([10.0])).iloc[0]
    assert nothing["low"] == 0.0  # exactly, and the upper end is above 0
    assert nothing["high"] > 0.2


@given(st.integers(1, 5000), st.data())
def test_a_share_lies_in_its_interval_and_sides_are_alike(size: int, data: st.DataObject) -> None:
    cases = data.draw(st.integers(0, size))
    both = measure_share_interval(pd.Series([cases, size - cases]), pd.Series([size, size]))
    assert both["low"].iloc[0] <= cases / size <= both["high"].iloc[0]
    assert both["low"].iloc[0] == pytest.approx(1 - both["high"].iloc[1], abs=1e-12)
    larger = measure_share_interval(pd.Series([10 * cases]), pd.Series([10 * size])).iloc[0]
    assert larger["high"] - larger["low"] <= both["high"].iloc[0] - both["low"].iloc[0] + 1e-12
    surer = measure_share_interval(pd.Series([cases]), pd.Series([size]), confidence=0.99).iloc[0]
    assert surer["low"] <= both["low"].iloc[0]
    assert surer["high"] >= both["high"].iloc[0]


# Counts


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # tables of exact limits (Garwood), as epitools pois.exact and scipy.stats.chi2 give them
        (0, 0.0, 3.6889),
        (1, 0.0253, 5.5716),
        (5, 1.6235, 11.6683),
        (10, 4.7954, 18.3904),
        (100, 81.3640, 121.6268),
    ],
)
def test_count_intervals_that_are_known(count: int, low: float, high: float) -> None:
    found = measure_count_interval(pd.Series([float(count)])).iloc[0]
    assert found["low"] == pytest.approx(low, abs=5e-4)
    assert found["high"] == pytest.approx(high, abs=5e-4)
    close = measure_count_interval(pd.Series([float(count)]), method="byar").iloc[0]
    # Byar's is near from about ten cases on
    assert close["low"] == pytest.approx(found["low"], abs=0.03)
    assert close["high"] == pytest.approx(found["high"], abs=0.04)


def test_byar_by_hand() -> None:
    # x = 4: 4 (1 − 1/36 − 1.95996/6)³ = 4 · 0.64556³; 5 (1 − 1/45 + 1.95996/(3 √5))³ = 5 · 1.26995³
    found = measure_count_interval(pd.Series([4.0]), method="byar").iloc[0]
    assert found["low"] == pytest.approx(4 * 0.645562**3, abs=1e-4)
    assert found["high"] == pytest.approx(5 * 1.269950**3, abs=1e-4)


def test_no_such_method_and_missing_counts() -> None:
    with pytest.raises(UnknownNameError, match="exact"):
        measure_count_interval(pd.Series([1.0]), method="exakt")  # type: ignore[arg-type]
    assert measure_count_interval(pd.Series([np.nan, -1.0])).isna().all(axis=None)


@given(st.integers(0, 100_000))
def test_a_count_lies_in_its_interval(count: int) -> None:
    for method in ("exact", "byar"):
        found = measure_count_interval(pd.Series([float(count)]), method=method).iloc[0]  # type: ignore[arg-type]
        assert 0 <= found["low"] <= count <= found["high"]


def test_intervals_by_kind() -> None:
    rows = pd.concat([make_rows([10], [50])] * 4, ignore_index=True)
    rows["indicator"] = ["r", "places", "count", "index"]
    rows.loc[2, ["value", "denominator"]] = [10, np.nan]
    known = {
        "r": RATE,
        "places": Indicator(id="places", title="Plätze", kind="ratio", per=100, denominator="alle"),
        "count": Indicator(id="count", title="Fälle"),
        "index": Indicator(id="index", title="Index", kind="index"),
    }
    found = measure_intervals(rows, known)
    assert found["low"].round(2).tolist()[:3] == [11.24, 9.59, 4.80]
    assert found["high"].round(2).tolist()[:3] == [33.04, 36.78, 18.39]
    assert found[["low", "high"]].iloc[3].isna().all()


# The rest


def test_an_area_is_compared_with_the_rest_not_with_what_contains_it() -> None:
    areas = make_areas(3)
    values = aggregate_values(
        make_rows([60, 10, 10], [100, 50, 50]).assign(level="quartier"), areas, {"r": RATE}
    )
    found = compare_with_rest(values, areas, {"r": RATE}, level="quartier")
    # 60 of 100 against 20 of 100, though the whole has 40 %
    first = found.iloc[0]
    assert first[["value", "rest", "difference", "parent_value"]].tolist() == [60, 20, 40, 40]
    # Wilson: 0.5020–0.6906 and 0.1334–0.2888; 0.4 − √(0.098² + 0.0888²), 0.4 + √(0.0906² + 0.0666²)
    assert first["difference_low"] == pytest.approx(26.78, abs=0.02)
    assert first["difference_high"] == pytest.approx(51.24, abs=0.02)
    assert found["verdict"].tolist() == ["higher", "lower", "lower"]


def test_newcombe_known_values() -> None:
    """56/70 − 48/80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    areas = make_areas(2)
    values = aggregate_values(make_rows([56, 48], [70, 80]), areas, {"r": RATE})
    found = compare_with_rest(values, areas, {"r": RATE}, level="quartier").iloc[0]
    assert found["difference_low"] == pytest.approx(5.24, abs=0.005)
    assert found["difference_high"] == pytest.approx(33.39, abs=0.005)


def test_small_areas_are_not_distinguishable() -> None:
    areas = make_areas(3)
    values = aggregate_values(make_rows([3, 300, 97], [10, 2000, 700]), areas, {"r": RATE})
    found = compare_with_rest(values, areas, {"r": RATE}, level="quartier")
    assert (
        found["verdict_text"].iloc[0] == "nicht unterscheidbar"
    )  # 30 % of ten people against 15 %
    assert found["low"].iloc[0] < found["parent_value"].iloc[0] < found["high"].iloc[0]


def test_where_something_is_missing_there_is_no_verdict() -> None:
    areas = make_areas(2)
    values = aggregate_values(make_rows([3, np.nan], [10, 20]), areas, {"r": RATE})
    found = compare_with_rest(values, areas, {"r": RATE}, level="quartier")
    assert found["verdict"].isna().all()
    assert found["verdict_text"].isna().all()
    alone = aggregate_values(make_rows([3], [10]), make_areas(1), {"r": RATE})
    found = compare_with_rest(alone, make_areas(1), {"r": RATE}, level="quartier")
    assert found["verdict"].isna().all()  # there is no rest
    with pytest.raises(UnknownNameError):
        compare_with_rest(values, areas, {"r": RATE}, level="bezirk")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(30, 90)), min_size=2, max_size=2))
def test_of_two_areas_one_is_the_others_rest(pairs: list[tuple[int, int]]) -> None:
    areas = make_areas(2)
    cases, sizes = zip(*pairs, strict=True)
    values = aggregate_values(make_rows(list(cases), list(sizes)), areas, {"r": RATE})
    found = compare_with_rest(values, areas, {"r": RATE}, level="quartier")
    assert found["difference"].sum() == pytest.approx(0, abs=1e-9)
    assert found["difference_low"].iloc[0] == pytest.approx(-found["difference_high"].iloc[1])
    apart = (found["difference_low"] > 0) | (found["difference_high"] < 0)
    assert not (~apart & (found["verdict"] != "indistinct")).any()


# Smoothing


def test_marshall_by_hand() -> None:
    rows = make_rows([2, 200, 100], [2, 1000, 1000])
    # m = 302/2002 = 0.150849; s² = 0.0032183; m/N̄ = 0.000226; A = 0.0029923
    # C = A/(A + 0.0754246) = 0.038158 for two people, A/(A + 0.000150849) = 0.952006 for a thousand
    found = smooth_rates(rows, {"r": RATE})
    expected = [
        100 * (0.150849 + 0.038158 * 0.849151),
        100 * (0.150849 + 0.952006 * 0.049151),
        100 * (0.150849 - 0.952006 * 0.050849),
    ]
    assert found["value"].tolist() == pytest.approx(expected, abs=1e-3)
    assert set(found["steps"]) == {"smoothed"}
    assert found[["numerator", "denominator"]].equals(rows[["numerator", "denominator"]])


def test_equal_rates_stay_and_missing_ones_too() -> None:
    found = smooth_rates(make_rows([10, 20, np.nan], [100, 200, 50]), {"r": RATE})
    assert found["value"].tolist()[:2] == pytest.approx([10, 10])
    assert np.isnan(found["value"].iloc[2])
    assert found["steps"].tolist() == ["smoothed", "smoothed", ""]
    counts = make_rows([3], [9]).assign(indicator="n")
    assert smooth_rates(counts, {"n": PEOPLE})["steps"].tolist() == [""]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(40, 400)), min_size=2, max_size=12))
def test_smoothed_rates_lie_between_rate_and_mean(pairs: list[tuple[int, int]]) -> None:
    cases, sizes = zip(*pairs, strict=True)
    rows = make_rows(list(cases), list(sizes))
    found = smooth_rates(rows, {"r": RATE})["value"]
    middle = 100 * sum(cases) / sum(sizes)
    low, high = np.minimum(rows["value"], middle), np.maximum(rows["value"], middle)
    assert (found >= low - 1e-9).all()
    assert (found <= high + 1e-9).all()


# Small areas


def test_areas_too_small_are_not_shown_and_nothing_becomes_zero() -> None:
    rows = make_rows([2, 60, np.nan], [20, 300, 10])
    found = withhold_small_areas(rows, {"r": RATE}, minimum=100)
    assert found["sign"].tolist() == ["/", "", ""]
    assert found["value"].isna().tolist() == [True, False, True]
    assert found["steps"].tolist() == ["too_small:100", "", ""]
    # secrecy still sees that two of twenty are too few to be shown
    assert judge(found, {"r": RATE}, Secrecy(minimum=5)).unsafe.tolist() == [True, False, False]
    assert withhold_small_areas(rows, {"r": RATE}, minimum=20)["sign"].tolist() == ["", "", ""]


def test_size_by_inhabitants() -> None:
    rates = make_rows([20, 60], [50, 70])
    people = rates.assign(indicator="n", value=[299.0, 300.0], numerator=[299.0, 300.0],
                          denominator=np.nan)  # fmt: skip
    rows = pd.concat([rates, people], ignore_index=True)
    found = withhold_small_areas(rows, {"r": RATE, "n": PEOPLE}, minimum=300, inhabitants="n")
    assert found["sign"].tolist() == ["/", "", "", ""]  # counts are shown


# Funnel


@given(st.integers(0, 60), st.integers(60, 500), st.floats(0.01, 0.99))
def test_outside_the_funnel_means_not_covered(cases: int, size: int, middle: float) -> None:
    limits = measure_funnel(middle, [size]).iloc[0]
    interval = measure_share_interval(pd.Series([cases]), pd.Series([size])).iloc[0]
    distance = min(abs(cases / size - limits["low"]), abs(cases / size - limits["high"]))
    if distance > 1e-9:
        inside = limits["low"] <= cases / size <= limits["high"]
        assert inside == (interval["low"] <= middle <= interval["high"])


def test_the_funnel_narrows() -> None:
    limits = measure_funnel(0.1, [10, 100, 1000])
    assert limits["low"].iloc[0] == 0.0
    assert (limits["high"] - limits["low"]).is_monotonic_decreasing
    ratio = measure_funnel(2.0, [100], kind="ratio").iloc[0]
    assert ratio["high"] == pytest.approx(2 + 1.959964 * (2 / 100) ** 0.5)
