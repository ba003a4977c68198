"""Withhold what would reveal a person, for all levels at once.

First form: small counts, and the smallest sibling where one withheld count would follow from its
parent. It does not look at years, overlapping hierarchies or sums of several indicators together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.model.areas import UNASSIGNED, WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.rules import Secrecy

HIDDEN = "."
# The z-values of all areas add up to 0 and their squares to n: two unknown ones could be computed.
_FEWEST_INDICES = 3


def unsafe(values: pd.DataFrame, indicators: Mapping[str, Indicator], minimum: int) -> pd.Series:
    """Tell which rows are unsafe by themselves.

    A row is unsafe if Z, N or N − Z of persons lies strictly between 0 and the minimum. Offers and
    places are not persons.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping
    minimum : int

    Returns
    -------
    Series of bool

    Examples
    --------
    >>> values = pd.DataFrame({"indicator": "u6", "value": [0.0, 4.0, 5.0],
    ...                        "numerator": [0.0, 4.0, 5.0], "denominator": np.nan})
    >>> unsafe(values, {"u6": Indicator(id="u6", title="Kinder")}, minimum=5).tolist()
    [False, True, False]
    """
    persons = values["indicator"].map({k: i.protects == "persons" for k, i in indicators.items()})
    counts = values["indicator"].map({k: i.kind == "count" for k, i in indicators.items()})
    # Of a ratio the numerator is no part of the denominator: their difference counts nobody.
    shares = values["indicator"].map({k: i.kind != "ratio" for k, i in indicators.items()})
    rest = (values["denominator"] - values["numerator"]).where(
        shares.astype("boolean").fillna(True)
    )
    small = pd.Series(False, index=values.index)
    for amount in (
        values["numerator"],
        values["denominator"],
        rest,
        values["value"].where(counts.astype("boolean").fillna(False)),
    ):
        small |= (amount != 0) & (amount.abs() < minimum)
    return small & persons.astype("boolean").fillna(True).astype(bool)


def protect_values(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Withhold unsafe rows, and siblings through which they could be computed.

    A parent and its children form an equation. Where exactly one member of it is withheld and all
    others are known, the smallest child left that is not zero is withheld as well (a zero only if
    nothing else is left); if no child is left, the parent is. Repeated until nothing changes. An
    index is withheld with any figure it is made of, which could be computed from it, and then for
    at least three areas, since the values of all areas have a known sum.

    Parameters
    ----------
    values : DataFrame
        All rows that are to be published.
    areas : GeoDataFrame
    levels : sequence of Level
    indicators : mapping
    rules : Secrecy

    Returns
    -------
    protected : DataFrame
        Withheld rows have sign "." and neither value nor numerator nor denominator.
    protocol : DataFrame
        ``level, area, indicator, datenstand, reason``: "small", "sibling", "parent" or "part".
    """
    table = values.reset_index(drop=True)
    hidden = unsafe(table, indicators, rules.minimum).to_numpy(copy=True)
    reason = np.where(hidden, "small", "").astype(object)
    size = table["denominator"].where(table["denominator"].notna(), table["value"]).to_numpy()
    amount = table["numerator"].where(table["numerator"].notna(), table["value"]).to_numpy()
    place = {
        key: i
        for i, key in enumerate(
            zip(table["level"], table["area"], table["indicator"], table["datenstand"], strict=True)
        )
    }
    families = _families(table, areas, levels, place)
    unknown = hidden | np.isnan(amount)
    changed = True
    while changed:
        changed = False
        for parent, children in families:
            members = np.append(children, parent)
            alone = members[unknown[members]]
            if len(alone) != 1 or not hidden[alone[0]]:
                continue
            left = children[~unknown[children]]
            if len(left):
                order = np.lexsort((left, size[left], amount[left], amount[left] == 0))
                chosen, why = left[order[0]], "sibling"
            else:
                chosen, why = parent, "parent"
            hidden[chosen] = unknown[chosen] = changed = True
            reason[chosen] = why
    for at in _made_of_hidden(table, hidden, indicators):
        hidden[at] = True
        reason[at] = "part"
    for at in _beside_hidden(table, hidden, indicators, size, place):
        hidden[at] = True
        reason[at] = "sibling"
    protected = table.copy()
    protected.loc[hidden, ["value", "numerator", "denominator"]] = np.nan
    protected.loc[hidden, "sign"] = HIDDEN
    protocol = table.loc[hidden, ["level", "area", "indicator", "datenstand"]]
    return protected, protocol.assign(reason=reason[hidden]).reset_index(drop=True)


def _made_of_hidden(
    table: pd.DataFrame, hidden: npt.NDArray[np.bool_], indicators: Mapping[str, Indicator]
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
            years = made[name].change_years
            days = {day, f"{int(day[:4]) - years:04d}{day[4:]}"} if years else {day}
            parts = ((level, area, part, d) for part in made[name].made_of for d in days)
            if (level, area, name, day) not in secret and any(part in secret for part in parts):
                found.append(at)
                secret.add((level, area, name, day))
    return found


def _beside_hidden(
    table: pd.DataFrame,
    hidden: npt.NDArray[np.bool_],
    indicators: Mapping[str, Indicator],
    size: npt.NDArray[np.float64],
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
        lacking = _FEWEST_INDICES - int(gone.sum())
        if not gone.any() or lacking <= 0:
            continue
        left = group.index[~gone & group["value"].notna().to_numpy()]
        first = indicators[name].made_of[0]
        parts = (place.get((level, area, first, day)) for area in table.loc[left, "area"])
        sizes = [np.inf if at is None or np.isnan(size[at]) else size[at] for at in parts]
        found += left[np.argsort(sizes, kind="stable")[:lacking]].tolist()
    return found


def _families(
    table: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    place: Mapping[tuple[str, str, str, str], int],
) -> list[tuple[int, np.ndarray]]:
    """Pair each published parent row with the rows of its children, from the bottom up."""
    families = []
    pairs = [(level.id, level.parent) for level in reversed(levels) if level.parent]
    # Where levels branch, the smallest areas add up to the last level of each branch.
    smallest, above_others = levels[-1].id, {level.parent for level in levels}
    pairs += [(smallest, x.id) for x in levels if x.id != smallest and x.id not in above_others]
    for level, upper in pairs:
        parents = areas.drop_duplicates(level).set_index(level)[upper]
        rows = table.index[table["level"] == level]
        frame = table.loc[rows, ["area", "indicator", "datenstand"]]
        parents[UNASSIGNED] = WHOLE if upper == WHOLE else UNASSIGNED
        frame = frame.assign(parent=frame["area"].map(parents), at=rows)
        for (parent, indicator, date), group in frame.groupby(
            ["parent", "indicator", "datenstand"], sort=True
        ):
            above = place.get((upper, parent, indicator, date))
            if above is not None:
                families.append((above, group["at"].to_numpy()))
    return families


def protect_gaps(gaps: gpd.GeoDataFrame, rules: Secrecy) -> gpd.GeoDataFrame:
    """Withhold the number of people of small gaps; the polygon and the way stay.

    Parameters
    ----------
    gaps : GeoDataFrame
        As `find_gaps` gives it.
    rules : Secrecy

    Returns
    -------
    GeoDataFrame
        With a column ``sign``.
    """
    small = (gaps["people"] > 0) & (gaps["people"] < rules.minimum)
    return gaps.assign(
        people=gaps["people"].where(~small), sign=np.where(small, HIDDEN, "").astype("str")
    )
