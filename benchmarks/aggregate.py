"""Aggregation to four levels beside one groupby-sum over the same rows.

python benchmarks/aggregate.py
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from measure import Result, compare

import sozialraum as sr

AREAS, YEARS, INDICATORS = 542, 10, 60
UPPER = {"gesamt": 1, "bezirk": 12, "prognoseraum": 58, "bezirksregion": 143}


def aggregate_speed() -> Result:
    """Aggregate 60 indicators × 10 years × 542 areas to 4 levels.

    The goal is at most three times the cost of one ``groupby(…).sum()`` over the same rows by
    indicator, year and area, which makes no rate, checks no part and knows no level.
    """
    ids = [f"{i:08d}" for i in range(AREAS)]
    levels: dict[str, Any] = {}
    for level, count in UPPER.items():
        levels[level] = [
            "gesamt" if count == 1 else f"{i * count // AREAS:03d}" for i in range(AREAS)
        ]
        levels[f"{level}_name"] = levels[level]
    areas = gpd.GeoDataFrame({**levels, "planungsraum": ids, "planungsraum_name": ids}, index=ids)
    known = {
        f"i{k}": sr.Indicator(id=f"i{k}", title="", kind="rate" if k % 2 else "count", per=100)
        for k in range(INDICATORS)
    }
    years = [str(2012 + k) for k in range(YEARS)]
    rows = pd.MultiIndex.from_product(
        [known, years, ids], names=["indicator", "datenstand", "area"]
    )
    values = rows.to_frame(index=False)
    rng = np.random.default_rng(1)
    top = rng.integers(1, 100, len(values)).astype("float64")
    bottom = top + rng.integers(1, 100, len(values))
    values = values.assign(
        level="planungsraum", gebietsstand="2021", value=100 * top / bottom, numerator=top,
        denominator=bottom, quality="exact", sign="", steps="",
    )  # fmt: skip

    def theirs() -> pd.DataFrame:
        rows = values.groupby(["indicator", "datenstand", "area"])
        return rows[["numerator", "denominator"]].sum()

    def agree(ours: Any, theirs: Any) -> str:
        whole = ours[ours["level"] == "gesamt"].set_index(["indicator", "datenstand"])["numerator"]
        sums = theirs["numerator"].groupby(["indicator", "datenstand"]).sum()
        return "equal" if whole.sort_index().equals(sums.sort_index()) else "DIFFERENT sums"

    return compare(
        "60 indicators × 10 years × 542 areas to 4 levels",
        "one groupby-sum of the rows, at most 3 × its cost",
        1 / 3,
        lambda: sr.aggregate_values(values, areas, known),
        theirs,
        agree,
    )


if __name__ == "__main__":
    aggregate_speed()
