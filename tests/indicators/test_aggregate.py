"""Counts add, rates come from ΣZ/ΣN, missing stays missing."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values, count_by_area
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import VALUE_COLUMNS

AREAS = gpd.GeoDataFrame(
    {
        "gesamt": "gesamt", "gesamt_name": "Stadt",
        "sozialraum": ["1", "1", "2"], "sozialraum_name": ["Nord", "Nord", "Süd"],
        "quartier": ["11", "12", "21"], "quartier_name": ["A", "B", "C"],
    },
    index=["11", "12", "21"],
)  # fmt: skip
INDICATORS = {
    "n": Indicator(id="n", title="Anzahl"),
    "q": Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle"),
    "i": Indicator(id="i", title="Index", kind="index"),
}


def test_missing_steps_are_none() -> None:
    values = rows("n", [1.0, 2.0, 4.0]).assign(steps=np.nan)
    table = aggregate_values(values, AREAS, INDICATORS)
    assert set(table["steps"]) == {"", "aggregated:1", "aggregated:2", "aggregated:3"}


def rows(
    indicator: str, numerators: list[float], denominators: list[float] | None = None
) -> pd.DataFrame:
    n = pd.Series(denominators if denominators else [np.nan] * len(numerators), dtype=float)
    z = pd.Series(numerators, dtype=float)
    return pd.DataFrame(
        {
            "area": AREAS.index[: len(z)], "level": "quartier", "indicator": indicator,
            "datenstand": "2024", "gebietsstand": "2024",
            "value": z if denominators is None else 100 * z / n,
            "numerator": z, "denominator": n, "quality": "exact", "sign": "", "steps": "",
        }
    )[list(VALUE_COLUMNS)]  # fmt: skip


def value(table: pd.DataFrame, level: str, area: str) -> float:
    return float(table.query("level == @level and area == @area")["value"].iloc[0])


def test_rates_are_weighted_by_their_denominators() -> None:
    # 10 of 100 and 90 of 100 and 1 of 800: 101 of 1000 are 10.1 %, the plain mean would be 33.4 %.
    table = aggregate_values(rows("q", [10, 90, 1], [100, 100, 800]), AREAS, INDICATORS)
    assert value(table, "gesamt", "gesamt") == pytest.approx(10.1)
    assert value(table, "sozialraum", "1") == pytest.approx(50.0)


def test_a_missing_part_makes_the_sum_missing() -> None:
    table = aggregate_values(rows("n", [5, np.nan, 7]), AREAS, INDICATORS)
    whole = table.query("level == 'gesamt'").iloc[0]
    assert np.isnan(whole["value"])
    assert whole["sign"] == "…"
    assert value(table, "sozialraum", "2") == 7


def test_an_area_without_a_row_makes_the_sum_missing() -> None:
    table = aggregate_values(rows("n", [5, 6]), AREAS, INDICATORS)
    assert np.isnan(value(table, "gesamt", "gesamt"))
    assert value(table, "sozialraum", "1") == 11


def test_what_has_no_definition_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        aggregate_values(rows("fremd", [1, 2, 3]), AREAS, INDICATORS)


def test_an_index_is_never_aggregated() -> None:
    table = aggregate_values(rows("i", [1, 2, 3]), AREAS, INDICATORS)
    assert set(table["level"]) == {"quartier"}


def test_a_given_upper_value_wins_over_the_computed_one() -> None:
    official = rows("n", [20]).assign(area="gesamt", level="gesamt")
    table = aggregate_values(pd.concat([official, rows("n", [5, 6, 7])]), AREAS, INDICATORS)
    assert value(table, "gesamt", "gesamt") == 20


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_sums_survive_every_way_up(amounts: list[int]) -> None:
    table = aggregate_values(rows("n", [float(a) for a in amounts]), AREAS, INDICATORS)
    sums = table.groupby("level")["value"].sum()
    assert sums.tolist() == [float(sum(amounts))] * 3


def test_counting_leaves_out_points_beyond_the_border_and_keeps_zero() -> None:
    points = pd.DataFrame({"area": ["11", "11", None], "platz": [3.0, 4.0, 100.0]})
    counted = count_by_area(points, AREAS, INDICATORS["n"])
    assert value(counted, "gesamt", "gesamt") == 2
    assert value(counted, "quartier", "21") == 0
    weighted = count_by_area(points, AREAS, INDICATORS["n"], "platz")
    assert value(weighted, "sozialraum", "1") == 7


def test_every_sum_says_what_it_was_made_of() -> None:
    table = aggregate_values(rows("n", [5, np.nan, 7]), AREAS, INDICATORS)
    steps = table.set_index(["level", "area"])["steps"]
    assert steps["sozialraum", "2"] == "aggregated:1"
    assert steps["gesamt", "gesamt"] == "incomplete:1 von 3"


def test_a_partial_sum_is_marked() -> None:
    table = aggregate_values(rows("n", [5, np.nan, 7]), AREAS, INDICATORS, partial=True)
    whole = table.query("level == 'gesamt'").iloc[0]
    assert (whole["value"], whole["quality"], whole["steps"]) == (12, "partial", "partial:1 von 3")
    assert table.query("level == 'sozialraum' and area == '2'")["quality"].item() == "exact"


def test_nothing_known_is_no_partial_sum() -> None:
    table = aggregate_values(rows("n", [np.nan, np.nan, 7]), AREAS, INDICATORS, partial=True)
    assert np.isnan(value(table, "sozialraum", "1"))


def test_people_without_a_place_belong_to_the_whole_alone() -> None:
    lost = rows("n", [4]).assign(area=UNASSIGNED)
    table = aggregate_values(pd.concat([rows("n", [5, 6, 7]), lost]), AREAS, INDICATORS)
    assert value(table, "gesamt", "gesamt") == 22
    assert value(table, "sozialraum", "1") == 11
    assert value(table, "sozialraum", UNASSIGNED) == 4
    steps = table.loc[table["area"] == UNASSIGNED, "steps"]
    assert set(steps) == {""}  # taken over, not "added up from 0 parts"
    steps = table.query("level == 'gesamt'")["steps"].item()
    assert steps == "aggregated:3"


def test_a_rate_without_parts_needs_a_stated_weight() -> None:
    # 50 % of 10 and 20 % of 90 people: 23 of 100
    bare = rows("q", [1, 1, 1], [1, 1, 1]).assign(
        value=[50.0, 20.0, 0.0], numerator=np.nan, denominator=np.nan
    )
    both = pd.concat([bare, rows("n", [10, 90, 100])])
    table = aggregate_values(both, AREAS, INDICATORS).query("indicator == 'q'")
    assert np.isnan(value(table, "gesamt", "gesamt"))
    weighted = {**INDICATORS, "q": replace(INDICATORS["q"], weight="n")}
    table = aggregate_values(both, AREAS, weighted).query("indicator == 'q'")
    assert value(table, "sozialraum", "1") == pytest.approx(23)
    assert table.query("area == '1'")["steps"].item() == "weighted:Anzahl; aggregated:2"


def test_steps_of_the_parts_go_on() -> None:
    converted = rows("n", [5, 6, 7]).assign(steps=["converted", "converted", ""])
    steps = aggregate_values(converted, AREAS, INDICATORS).set_index(["level", "area"])["steps"]
    assert steps["sozialraum", "1"] == "converted; aggregated:2"
    assert steps["gesamt", "gesamt"] == "mixed; aggregated:3"


numbers = st.integers(0, 10**6).map(float)


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=3))
def test_a_rate_lies_between_those_of_its_parts(parts: list[tuple[float, float]]) -> None:
    numerators = [min(a, b) for a, b in parts]
    denominators = [max(a, b) for a, b in parts]
    table = aggregate_values(rows("q", numerators, denominators), AREAS, INDICATORS)
    own = [100 * z / n for z, n in zip(numerators, denominators, strict=True) if n]
    if own:
        assert min(own) - 1e-9 <= value(table, "gesamt", "gesamt") <= max(own) + 1e-9
    else:
        assert table.query("level == 'gesamt'")["sign"].item() == "x"


@given(st.lists(st.one_of(st.none(), numbers), min_size=3, max_size=3))
def test_missing_never_becomes_zero(amounts: list[float | None]) -> None:
    known = [np.nan if a is None else a for a in amounts]
    whole = aggregate_values(rows("n", known), AREAS, INDICATORS).query("level == 'gesamt'")
    if None in amounts:
        assert np.isnan(whole["value"].item())
        assert whole["sign"].item() == "…"


def test_up_twice_is_up_once() -> None:
    once = aggregate_values(rows("q", [10, 90, 1], [100, 100, 800]), AREAS, INDICATORS)
    middle = once.query("level == 'sozialraum'").assign(level="quartier")
    above = gpd.GeoDataFrame(
        {"gesamt": "gesamt", "gesamt_name": "Stadt", "quartier": ["1", "2"],
         "quartier_name": ["Nord", "Süd"]}, index=["1", "2"],
    )  # fmt: skip
    twice = aggregate_values(middle, above, INDICATORS)
    assert value(twice, "gesamt", "gesamt") == value(once, "gesamt", "gesamt")
