"""Whole persons at the end of all calculation, without losing one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sozialraum.model.indicator import Indicator
from sozialraum.model.steps import add_step


def round_counts(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Round counts to whole numbers so that their total stays what it was.

    Every count is rounded down; what is missing to the rounded total goes, one each, to the areas
    with the largest remainders (Hare–Niemeyer).

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping of str to Indicator
        Only those of kind count are rounded; rates are not, nor are their numerators.

    Returns
    -------
    DataFrame
        The same rows, totals kept by indicator, Datenstand, Gebietsstand and level.

    Notes
    -----
    Missing stays missing. Round last: what is rounded is no longer added up exactly with other levels.

    Examples
    --------
    >>> values = pd.DataFrame({"area": ["1", "2", "3"], "level": "q", "indicator": "n",
    ...     "datenstand": "2024", "gebietsstand": "2024", "value": [1.5, 2.3, 0.2],
    ...     "numerator": [1.5, 2.3, 0.2], "steps": ""})
    >>> round_counts(values, {"n": Indicator(id="n", title="Kinder")})["value"].tolist()
    [2.0, 2.0, 0.0]
    """
    counts = {name for name, indicator in indicators.items() if indicator.kind == "count"}
    chosen = values["indicator"].isin(counts) & values["value"].notna()
    rows = values[chosen]
    group = rows.groupby(
        ["indicator", "datenstand", "gebietsstand", "level"], dropna=False
    ).ngroup()
    # What is whole but for the noise of adding up is whole.
    amount = rows["value"].to_numpy(dtype="float64").round(9)
    down = np.floor(amount)
    total = np.rint(np.bincount(group, amount)) - np.bincount(group, down)
    order = np.lexsort((rows["area"], down - amount, group))
    first = np.searchsorted(group.to_numpy()[order], np.arange(len(total)))
    rank = np.empty(len(rows), dtype=int)
    rank[order] = np.arange(len(rows)) - first[group.to_numpy()[order]]
    whole = down + (rank < total[group])
    table = values.copy()
    table.loc[chosen, "value"] = whole
    table.loc[chosen, "numerator"] = whole
    changed = chosen.copy()
    changed[chosen] = whole != rows["value"].to_numpy()
    table.loc[changed, "steps"] = add_step(table.loc[changed, "steps"], "rounded")
    return table
