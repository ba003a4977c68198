"""Whatever could be computed back from an index is withheld with it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.areas import Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.protect import protect_values
from sozialraum.secrecy.rules import Secrecy

AREAS = gpd.GeoDataFrame({"quartier": ["1", "2"]}, index=["1", "2"])
LEVELS = (Level("quartier", "Quartier", "Quartiere", ""),)
KNOWN = {
    # before its parts
    "group": Indicator(id="group", title="G", kind="index", made_of=("class",), classes=("a", "b")),
    "class": Indicator(id="class", title="K", kind="index", made_of=("q",), classes=("a", "b")),
    "change": Indicator(id="change", title="V", kind="index", made_of=("q",), change_years=2),
    "q": Indicator(id="q", title="Q", kind="rate", per=100, denominator="alle"),
}


def rows_of(name: str, day: str, values: list[float], cases: list[float] | None = None):  # type: ignore[no-untyped-def]
    return pd.DataFrame(
        {
            "area": ["1", "2"], "level": "quartier", "indicator": name, "datenstand": day,
            "gebietsstand": "2024", "value": values,
            "numerator": cases or [np.nan] * 2, "denominator": [100.0] * 2 if cases else np.nan,
            "quality": "exact", "sign": "", "steps": "",
        }
    )  # fmt: skip


def test_indices_go_with_their_parts_of_the_same_day() -> None:
    table = pd.concat(
        [
            rows_of("q", "2022-12-31", [2.0, 30.0], [2.0, 30.0]),
            rows_of("q", "2024-12-31", [20.0, 30.0], [20.0, 30.0]),
            *(rows_of("class", day, [1.0, 2.0]) for day in ("2022-12-31", "2024-12-31")),
            *(rows_of("group", day, [1.0, 2.0]) for day in ("2022-12-31", "2024-12-31")),
            rows_of("change", "2024-12-31", [0.3, -0.3]),
        ],
        ignore_index=True,
    )
    protected, protocol = protect_values(table, AREAS, LEVELS, KNOWN, Secrecy(minimum=5))
    hidden = protected[protected["sign"] == "."]
    assert sorted(zip(hidden["indicator"], hidden["datenstand"], hidden["area"], strict=True)) == [
        ("change", "2024-12-31", "1"),  # made of 2024 and 2022
        ("change", "2024-12-31", "2"),  # follows from the other one
        ("class", "2022-12-31", "1"),
        ("group", "2022-12-31", "1"),
        ("q", "2022-12-31", "1"),
    ]
    assert hidden["value"].isna().all()
    assert set(protocol["reason"]) == {"small", "part", "sibling"}


def test_at_least_three_indices_are_withheld_since_all_add_up_to_nothing() -> None:
    """Of five areas one has two cases; the two with the fewest people go with it."""
    ids = list("abcde")
    areas = gpd.GeoDataFrame({"quartier": ids}, index=ids)
    common = {"area": ids, "level": "quartier", "datenstand": "2024", "gebietsstand": "2024"}
    more = {"quality": "exact", "sign": "", "steps": ""}
    sizes = [100.0, 900.0, 300.0, 200.0, 500.0]
    cases = [2.0, 90.0, 60.0, 50.0, 70.0]
    rates = pd.DataFrame(
        {**common, "indicator": "q", "numerator": cases, "denominator": sizes, **more}
    ).assign(value=lambda t: 100 * t["numerator"] / t["denominator"])
    z = (rates["value"] - rates["value"].mean()) / rates["value"].std(ddof=0)
    score = rates.assign(indicator="z", value=z, numerator=np.nan, denominator=np.nan)
    named = score.assign(indicator="class", value=1.0)
    known = {**KNOWN, "z": Indicator(id="z", title="Z", kind="index", made_of=("q",))}
    table = pd.concat([rates, score, named], ignore_index=True)
    protected, protocol = protect_values(table, areas, LEVELS, known, Secrecy(minimum=5))
    hidden = protected[protected["sign"] == "."]
    assert hidden.groupby("indicator")["area"].agg("".join).to_dict() == {
        "q": "a", "z": "acd", "class": "a",
    }  # fmt: skip
    assert sorted(protocol["reason"]) == ["part", "part", "sibling", "sibling", "small"]
