"""Whether offers, people and values fit by themselves and to areas and definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sozialraum.model.check import Finding
from sozialraum.model.indicator import Indicator
from sozialraum.model.relations import check_offers, check_population, check_values

INDICATORS = {
    i.id: i
    for i in (
        Indicator(id="cases", title="Fälle", kind="count", source="Test", gebietsstand="2021"),
        Indicator(
            id="share", title="Anteil", kind="rate", per=100, numerator="Fälle",
            denominator="Menschen", source="Test",
        ),
        Indicator(id="index", title="Index", kind="index", source="Test", practice=True),
    )
}  # fmt: skip


def table(**columns: list[Any]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame(columns).assign(file="t.csv", row=np.arange(2, size + 2))


def brief(found: list[Finding]) -> list[tuple[str, str, int | None]]:
    return [(f.severity, f.code, f.row) for f in found]


def values(**columns: list[Any]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    base: dict[str, list[Any]] = {
        "area": ["01", "02", "03", "04"][:size],
        "indicator": ["cases"] * size,
        "datenstand": ["2023"] * size,
    }
    return table(**(base | columns))


def check(raw: pd.DataFrame, complete: Any, levels: Any) -> tuple[pd.DataFrame, list[Any]]:
    result, found = check_values(raw, complete, levels, INDICATORS)
    return result, brief(found)


def test_ages_are_from_to_below() -> None:
    offers = table(age_from=[0, 6, 7, np.nan], age_to=[6, 6, 6, 3])
    assert brief(check_offers(offers)) == [
        ("error", "ages_turned", 3),
        ("error", "ages_turned", 4),
    ]


def test_an_offer_ends_after_it_begins() -> None:
    offers = table(
        # A bare year or month lasts to its end.
        valid_from=["2024-08-01", "2024-08-01", "2024-08-01", "2024-08-01", None],
        valid_to=["2024", "2024-08", "2024-07", "2024-07-31", "2020"],
    )
    assert brief(check_offers(offers)) == [
        ("error", "dates_turned", 4),
        ("error", "dates_turned", 5),
    ]


def test_more_places_used_than_there_are_is_a_note() -> None:
    offers = table(capacity=[10, 10, np.nan], places_used=[10, 11, 5])
    assert brief(check_offers(offers)) == [("note", "over_capacity", 3)]


def test_an_id_in_two_files_names_both() -> None:
    offers = pd.DataFrame({"offer": ["a", "b", "a"], "file": ["x", "x", "y"], "row": [2, 3, 2]})
    (finding,) = check_offers(offers)
    assert (finding.code, finding.table, finding.row) == ("duplicate_across", "y", 2)
    assert "x (Zeile 2), y (Zeile 2)" in finding.text


def test_people_are_never_negative() -> None:
    people = table(cell=["a", "b"], u6=[1.0, -1.0], alle=[np.nan, 0.0])
    assert brief(check_population(people)) == [("error", "too_small", 3)]


def test_a_count_is_its_own_numerator(complete: Any, levels: Any) -> None:
    result, found = check(values(value=[10.0, 20.0]), complete, levels)
    assert found == []
    assert result["numerator"].tolist() == [10, 20]
    assert result["level"].tolist() == ["quartier", "quartier"]
    assert result["gebietsstand"].tolist() == ["2021", "2021"]
    assert result["quality"].tolist() == ["exact", "exact"]
    assert result["sign"].tolist() == ["", ""]


def test_a_rate_follows_from_numerator_and_denominator(complete: Any, levels: Any) -> None:
    raw = values(
        indicator=["share"] * 4, numerator=[1.0, 1.0, 0.0, 1.0], denominator=[4.0, 0.0, 5.0, 3.0],
        value=[np.nan, np.nan, np.nan, 33.3],
    )  # fmt: skip
    result, found = check(raw, complete, levels)
    assert found == []
    # 100 · 1/4; nothing can be said of 1/0; 0 of 5 is 0; 33.3 is 100 · 1/3 as published.
    np.testing.assert_array_equal(result["value"], [25, np.nan, 0, 33.3])


def test_a_value_that_contradicts_its_parts_is_an_error(complete: Any, levels: Any) -> None:
    raw = values(indicator=["share"], numerator=[1.0], denominator=[4.0], value=[0.25])
    assert check(raw, complete, levels)[1] == [("error", "value_contradicts", 2)]
    # A count and its numerator are one number: no rounding explains 1,004 beside 1,000.
    counts = values(value=[1004.0], numerator=[1000.0])
    assert check(counts, complete, levels)[1] == [("error", "count_contradicts", 2)]


def test_missing_stays_missing(complete: Any, levels: Any) -> None:
    result, found = check(values(value=[np.nan], sign=["."]), complete, levels)
    assert found == []
    assert result[["value", "numerator", "denominator"]].isna().all(axis=None)
    assert result["sign"].tolist() == ["."]


@pytest.mark.parametrize("sign", [".", "x", "/", "…"])
def test_a_sign_for_no_value_beside_a_value_is_an_error(
    sign: str, complete: Any, levels: Any
) -> None:
    raw = values(value=[3.0], sign=[sign])
    assert check(raw, complete, levels)[1] == [("error", "sign_contradicts", 2)]


def test_brackets_keep_the_value_and_nothing_may_be_zero(complete: Any, levels: Any) -> None:
    assert check(values(value=[3.0, 0.0], sign=["()", "–"]), complete, levels)[1] == []
    assert check(values(value=[3.0], sign=["?"]), complete, levels)[1] == [
        ("error", "unknown_sign", 2)
    ]


def test_areas_levels_and_indicators_must_exist(complete: Any, levels: Any) -> None:
    raw = values(
        area=["A", "A", "1", "gesamt"],
        level=["sozialraum", None, None, "gesamt"],
        indicator=["cases", "casse", "cases", "cases"],
        value=[1.0, 1.0, 1.0, 1.0],
    )
    _, found = check_values(raw, complete, levels, INDICATORS)
    assert brief(found) == [
        ("error", "zero_lost", 4),
        ("error", "unknown_area", 3),
        ("error", "unknown_indicator", 3),
    ]
    assert "Ähnlich ist: cases" in found[2].text
    wrong = values(level=["bezirk"], value=[1.0])
    assert check(wrong, complete, levels)[1] == [("error", "unknown_level", 2)]


def test_the_same_value_twice_is_found_across_files_and_default_levels(
    complete: Any, levels: Any
) -> None:
    raw = values(
        area=["01", "01", "01"], level=["quartier", None, "quartier"], value=[1.0, 1.0, 1.0]
    )
    raw["file"] = ["a.csv", "a.csv", "b.csv"]
    assert check(raw, complete, levels)[1] == [
        ("error", "value_twice", 3),
        ("error", "value_twice", 4),
    ]


def test_a_negative_count_is_an_error_a_negative_index_is_not(complete: Any, levels: Any) -> None:
    raw = values(indicator=["cases", "index"], value=[-1.0, -1.0])
    result, found = check(raw, complete, levels)
    assert found == [("error", "too_small", 2)]
    assert result["quality"].tolist() == ["exact", "practice"]


def test_no_values_have_the_fixed_columns(complete: Any, levels: Any) -> None:
    result, found = check(pd.DataFrame(columns=["area", "file", "row"]), complete, levels)
    assert found == []
    assert list(result)[:3] == ["area", "level", "indicator"]


def test_people_without_a_place_are_given_on_the_smallest_level(complete: Any, levels: Any) -> None:
    # Only a row of the smallest level enters the sum of the whole.
    lost = values(
        area=["01", "nicht_zuzuordnen"], level=["quartier", "sozialraum"], value=[5.0, 4.0]
    )
    assert check(lost, complete, levels)[1] == [("error", "unassigned_level", 3)]
    below = values(area=["01", "nicht_zuzuordnen"], value=[5.0, 4.0])
    assert check(below, complete, levels)[1] == []
