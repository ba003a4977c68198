"""Quotients are formed from counts, once all of them are there."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.errors import InputError
from sozialraum.indicators.form import cover_ages, form_rates
from sozialraum.model.indicator import Indicator

INDICATORS = {
    "u18": Indicator(id="u18", title="unter 18", numerator_of=("a0_6", "a6_18")),
    "jq": Indicator(
        id="jq", title="Jugendquotient", kind="ratio", per=100, denominator="18–64",
        numerator_of=("u18",), denominator_of=("a18_65",),
    ),
    "j": Indicator(
        id="j", title="Billeter", kind="ratio", denominator="18–64",
        numerator_of=("u18", "-a65"), denominator_of=("a18_65",),
    ),
}  # fmt: skip


def counts(**amounts: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "level": "quartier", "area": "1", "datenstand": "2024", "gebietsstand": "2024",
            "indicator": list(amounts), "value": list(amounts.values()), "quality": "exact",
            "sign": ["…" if np.isnan(a) else "" for a in amounts.values()],
        }
    )  # fmt: skip


def formed(table: pd.DataFrame) -> pd.DataFrame:
    return form_rates(table, INDICATORS).set_index("indicator")


def test_sums_come_before_the_quotients_made_of_them() -> None:
    # 10 + 20 = 30 under 18; 30 of 60 are 50; (30 − 45) / 60 is −0.25
    table = formed(counts(a0_6=10, a6_18=20, a18_65=60, a65=45))
    assert table.loc["u18", "value"] == 30
    assert table.loc["jq", ["value", "numerator", "denominator"]].tolist() == [50, 30, 60]
    assert table.loc["j", "value"] == -0.25
    assert table.loc["j", "steps"] == "formed:(u18 - a65) / a18_65"


def test_a_missing_count_makes_the_quotient_missing() -> None:
    table = formed(counts(a0_6=np.nan, a6_18=20, a18_65=60))
    assert np.isnan(table.loc["jq", "value"])
    assert table.loc["jq", "sign"] == "…"


def test_nobody_below_the_line_makes_no_sense() -> None:
    table = formed(counts(a0_6=1, a6_18=2, a18_65=0))
    assert np.isnan(table.loc["jq", "value"])
    assert table.loc["jq", "sign"] == "x"


def test_what_was_given_wins() -> None:
    table = formed(counts(a0_6=10, a6_18=20, u18=31, a18_65=62))
    assert table.loc["u18", "value"] == 31
    assert table.loc["jq", "value"] == 50


def test_different_days_are_never_put_together() -> None:
    young = counts(a0_6=10, a6_18=20)
    table = form_rates(pd.concat([young, counts(a18_65=60).assign(datenstand="2023")]), INDICATORS)
    assert not table.loc[table["indicator"] == "jq", "value"].notna().any()


def test_what_nobody_delivered_is_not_formed() -> None:
    assert "j" not in formed(counts(a0_6=10, a6_18=20, a18_65=60)).index


def test_the_quality_is_that_of_the_parts_alone() -> None:
    table = counts(a0_6=10, a6_18=20, a18_65=60, a65=45)
    table["quality"] = ["exact", "exact", "exact", "areal"]
    made = formed(table)["quality"]
    assert made[["u18", "jq", "j"]].tolist() == ["exact", "exact", "derived"]
    # What is partly invented stays marked as such.
    table["quality"] = ["practice", "exact", "exact", "areal"]
    assert formed(table)["quality"][["u18", "jq", "j"]].tolist() == ["practice"] * 3


def test_a_circle_is_refused() -> None:
    circle = {
        "a": Indicator(id="a", title="a", numerator_of=("b",)),
        "b": Indicator(id="b", title="b", numerator_of=("a",)),
    }
    with pytest.raises(InputError, match="a → b → a"):
        form_rates(counts(c=1), circle)


AGES = {
    "n": Indicator(id="n", title="alle"),
    "a0_3": Indicator(id="a0_3", title="0–2", base="n", ages=(0, 3)),
    "a3_18": Indicator(id="a3_18", title="3–17", base="n", ages=(3, 18)),
    "a0_18": Indicator(id="a0_18", title="0–17", base="n", ages=(0, 18)),
    "a18": Indicator(id="a18", title="18+", base="n", ages=(18,)),
    "anteil": Indicator(
        id="anteil", title="Anteil", kind="rate", per=100, denominator="alle", base="n", ages=(0, 18)
    ),
}  # fmt: skip


def test_ages_are_covered_by_what_was_delivered() -> None:
    # 2 + 8 of 2 + 8 + 30; the sum itself is formed as well
    table = form_rates(counts(a0_3=2, a3_18=8, a18=30), AGES).set_index("indicator")
    assert table.loc["anteil", ["value", "numerator", "denominator"]].tolist() == [25, 10, 40]
    assert table.loc["a0_18", "value"] == 10
    assert table.loc["anteil", "steps"] == "formed:(a0_3 + a3_18) / (a0_3 + a3_18 + a18)"


def test_the_total_is_the_base_where_it_was_delivered() -> None:
    table = form_rates(counts(a0_18=10, n=50), AGES).set_index("indicator")
    assert table.loc["anteil", "steps"] == "formed:a0_18 / n"


def test_ages_that_do_not_fit_are_not_formed() -> None:
    table = form_rates(counts(a0_3=2, a18=30, n=50), AGES)
    assert not set(table["indicator"]) & {"anteil", "a0_18"}


@given(
    st.lists(st.integers(1, 99), min_size=1, max_size=8, unique=True).map(sorted),
    st.data(),
)
def test_any_partition_covers_any_span_between_its_cuts(
    cuts: list[int], data: st.DataObject
) -> None:
    edges = [0, *cuts]
    groups = {f"g{a}": (a, b) for a, b in pairwise(edges)} | {f"g{edges[-1]}": (edges[-1],)}
    low, high = sorted(
        data.draw(st.sets(st.sampled_from(range(len(edges))), min_size=2, max_size=2))
    )
    assert cover_ages((edges[low], edges[high]), groups) == tuple(
        f"g{edges[i]}" for i in range(low, high)
    )
    assert cover_ages((edges[low],), groups) == tuple(f"g{a}" for a in edges[low:])
