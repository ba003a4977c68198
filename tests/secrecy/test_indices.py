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
    "group": Indicator(id="group", title="G", kind="index", made_of=("class",)),  # before its parts
    "class": Indicator(id="class", title="K", kind="index", made_of=("q",)),
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
        ("class", "2022-12-31", "1"),
        ("group", "2022-12-31", "1"),
        ("q", "2022-12-31", "1"),
    ]
    assert hidden["value"].isna().all()
    assert set(protocol["reason"]) == {"small", "part"}
