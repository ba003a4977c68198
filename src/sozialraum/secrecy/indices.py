"""Indices beside figures that are withheld: they are made of them and would give them away."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.system import Bools, Floats

# The z-values of all areas add up to 0 and their squares to n: two unknown ones could be computed.
_FEWEST = 3


def withhold_indices(
    table: pd.DataFrame, hidden: Bools, indicators: Mapping[str, Indicator]
) -> dict[str, list[int]]:
    """Find the indices that must go with withheld figures.

    Parameters
    ----------
    table : DataFrame
        Rows of the values table, index 0 … n−1.
    hidden : array of bool
        Rows that are withheld; changed to hold what is found.
    indicators : mapping of str to Indicator

    Returns
    -------
    dict of str to list of int
        "part": rows made of withheld figures; "sibling": rows without which those would follow, so that
        at least three areas go.
    """
    made = _find_made_of(table, hidden, indicators)
    hidden[made] = True
    size = table["denominator"].where(table["denominator"].notna(), table["value"]).to_numpy()
    keys = zip(table["level"], table["area"], table["indicator"], table["datenstand"], strict=True)
    place = {key: i for i, key in enumerate(keys)}
    beside = _find_beside(table, hidden, indicators, size, place)
    hidden[beside] = True
    return {"part": made, "sibling": beside}


def round_indices(table: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Round the indices of which a value is withheld to the decimals they are shown with.

    Behind every value stand the mean and the standard deviation of all areas, those of withheld figures
    among them. From values with all decimals both follow exactly, and few small counts fit them.

    Parameters
    ----------
    table : DataFrame
        Rows of the values table, withheld ones without value.
    indicators : mapping of str to Indicator

    Returns
    -------
    Series of float
        The values of the table.

    Examples
    --------
    >>> known = {"i": Indicator(id="i", title="Index", kind="index", made_of=("q",), digits=2)}
    >>> table = pd.DataFrame({"indicator": "i", "level": "quartier", "value": [0.4711, np.nan]})
    >>> round_indices(table, known).tolist()
    [0.47, nan]
    """
    scores = {k: i.digits for k, i in indicators.items() if i.made_of and not i.classes}
    rows = table[table["indicator"].isin(scores)]
    lacking = rows["value"].isna().groupby([rows["indicator"], rows["level"]]).transform("any")
    value = table["value"].copy()
    for name, part in rows[lacking].groupby("indicator"):
        value[part.index] = part["value"].round(scores[str(name)])
    return value


def list_days(definition: Indicator, day: str) -> set[str]:
    """List the days of the figures that an index of a day is made of."""
    years = definition.change_years
    return {day, f"{int(day[:4]) - years:04d}{day[4:]}"} if years else {day}


def _find_made_of(
    table: pd.DataFrame, hidden: Bools, indicators: Mapping[str, Indicator]
) -> list[int]:
    """Find rows of indices made of withheld figures, with which these could be computed."""
    secret = set(
        zip(
            *(table.loc[hidden, c] for c in ("level", "area", "indicator", "datenstand")),
            strict=True,
        )
    )
    made = {name: i for name, i in indicators.items() if i.made_of}
    rows = table[table["indicator"].isin(made) & table["value"].notna() & ~hidden]
    found: list[int] = []
    before = -1
    while before < len(secret):  # an index may be made of others
        before = len(secret)
        for at, level, area, name, day in rows[
            ["level", "area", "indicator", "datenstand"]
        ].itertuples():
            days = list_days(made[name], day)
            parts = ((level, area, part, d) for part in made[name].made_of for d in days)
            if (level, area, name, day) not in secret and any(part in secret for part in parts):
                found.append(at)
                secret.add((level, area, name, day))
    return found


def _find_beside(
    table: pd.DataFrame,
    hidden: Bools,
    indicators: Mapping[str, Indicator],
    size: Floats,
    place: Mapping[tuple[str, str, str, str], int],
) -> list[int]:
    """Find rows that must go too where so few of an index are withheld that they follow from the rest.

    Taken are the areas with the smallest denominator of the index's first figure. Classes are no sums.
    """
    scores = [k for k, i in indicators.items() if i.made_of and not i.classes]
    rows = table[table["indicator"].isin(scores)]
    found: list[int] = []
    for (name, level, day), group in rows.groupby(["indicator", "level", "datenstand"], sort=True):
        gone = hidden[group.index]
        lacking = _FEWEST - int(gone.sum())
        if not gone.any() or lacking <= 0:
            continue
        left = group.index[~gone & group["value"].notna().to_numpy()]
        first = indicators[name].made_of[0]
        parts = (place.get((level, area, first, day)) for area in table.loc[left, "area"])
        sizes = [np.inf if at is None or np.isnan(size[at]) else size[at] for at in parts]
        found += left[np.argsort(sizes, kind="stable")[:lacking]].tolist()
    return found
