"""Counts add, rates come from ΣZ/ΣN, missing stays missing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values, count_by_area
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
            "numerator": z, "denominator": n, "quality": "exact", "sign": "",
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
