"""What was published before and cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.model.areas import UNASSIGNED, Level
from sozialraum.secrecy.system import Bools

KEY = ["level", "area", "indicator", "datenstand"]
_SERIES = ["indicator", "datenstand"]
_NUMBERS = ["value", "numerator", "denominator"]


class Earlier(NamedTuple):
    """What an edition published: its values and, if known, its gaps."""

    values: pd.DataFrame
    gaps: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """The rows of an edition and, after them, what only earlier editions have.

    Attributes
    ----------
    table : DataFrame
    numerator, denominator : array of bool
        Which rows' numerators (of counts: values) and denominators an earlier edition shows.
    left_out : int
        Rows of earlier editions that were not joined: other boundaries, or figures revised since.
    """

    table: pd.DataFrame
    numerator: Bools
    denominator: Bools
    left_out: int = 0


def join_earlier(
    values: pd.DataFrame,
    earlier: Sequence[pd.DataFrame],
    areas: pd.DataFrame,
    levels: Sequence[Level],
) -> Joined:
    """Join what earlier editions show to the rows of an edition.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table, index 0 … n−1.
    earlier : sequence of DataFrame
        Values tables as they were published.
    areas : DataFrame
        Smallest areas with all levels.
    levels : sequence of Level

    Returns
    -------
    Joined

    Notes
    -----
    Rows of the same level, area, indicator and Datenstand are one. An earlier table of an indicator and
    a Datenstand is left out where it has another Gebietsstand, where a figure that both show has
    changed since, and where an area is not known: what then hangs together nobody can say.

    Examples
    --------
    >>> from sozialraum.model.areas import Level
    >>> new = pd.DataFrame({"level": "q", "area": ["a", "b"], "indicator": "n", "datenstand": "2024",
    ...     "gebietsstand": "", "value": [3.0, 9.0], "numerator": np.nan, "denominator": np.nan})
    >>> old = new.assign(value=[np.nan, 9.0])
    >>> areas = pd.DataFrame({"q": ["a", "b"]})
    >>> join_earlier(new, [old], areas, [Level("q", "Q", "Q")]).numerator.tolist()
    [False, True]
    """
    none = np.zeros(len(values), bool)
    old = [table for table in earlier if len(table)]
    if not old:
        return Joined(values, none, none)
    total = sum(map(len, old))
    known = {level.id: {*areas[level.id], UNASSIGNED} for level in levels}
    kept = [_keep_same(table, values, known) for table in old]
    rows = pd.concat(kept, ignore_index=True)
    left_out = total - len(rows)
    rows["top"] = rows["numerator"].notna() | (rows["denominator"].isna() & rows["value"].notna())
    rows["below"] = rows["denominator"].notna()
    # Of several editions the one that shows most of a row stands for it.
    rows = rows.sort_values([*KEY, "top", "below"], ascending=[True] * len(KEY) + [False] * 2)
    rows = rows.drop_duplicates(KEY)
    place = pd.MultiIndex.from_frame(values[KEY].astype("str"))
    at = pd.Series(np.arange(len(values)), index=place)
    at = at[~at.index.duplicated()].reindex(pd.MultiIndex.from_frame(rows[KEY].astype("str")))
    same = at.notna().to_numpy()
    place_of = at.to_numpy()[same].astype(np.int64)
    top, below = none.copy(), none.copy()
    # A value without its parts tells them through the definitions: as if they stood beside it.
    top[place_of], below[place_of] = rows["top"].to_numpy()[same], rows["below"].to_numpy()[same]
    more = rows[~same].reset_index(drop=True)
    table = pd.concat([values, more.reindex(columns=values.columns)], ignore_index=True)
    return Joined(
        table.astype(dict.fromkeys(_NUMBERS, float)),
        np.append(top, more["top"].to_numpy(dtype=bool)),
        np.append(below, more["below"].to_numpy(dtype=bool)),
        left_out,
    )


def _keep_same(
    table: pd.DataFrame, values: pd.DataFrame, known: dict[str, set[str]]
) -> pd.DataFrame:
    """Keep the series that are about the same areas and whose figures were not revised."""
    table = table.reset_index(drop=True)
    there = [
        area in known.get(level, ())
        for level, area in zip(table["level"], table["area"], strict=True)
    ]
    bounds = set(values["gebietsstand"].dropna()) | {""}
    good = np.array(there, bool) & table["gebietsstand"].fillna("").isin(bounds).to_numpy()
    both = table.merge(values[[*KEY, *_NUMBERS]], on=KEY, how="left", suffixes=("", "_new"))
    both = both.drop_duplicates(KEY).set_index(KEY)
    changed = np.zeros(len(both), bool)
    for column in _NUMBERS:
        old, new = both[column].to_numpy(float), both[f"{column}_new"].to_numpy(float)
        changed |= np.abs(old - new) > 1e-6 + 1e-6 * np.abs(new)
    revised = set(both.index[changed].droplevel(["level", "area"]))
    series = pd.MultiIndex.from_frame(table[_SERIES])
    return table[good & ~series.isin(revised)]


def find_same_gaps(gaps: pd.DataFrame, earlier: Sequence[pd.DataFrame]) -> Bools:
    """Tell which gaps an earlier edition shows with their people.

    Parameters
    ----------
    gaps : GeoDataFrame
        Gaps with ``measure``, before protection.
    earlier : sequence of GeoDataFrame
        Gaps as they were published.

    Returns
    -------
    array of bool
        The same measure, the same polygon, the same number of people.
    """
    found = np.zeros(len(gaps), bool)
    shapes = _print_shapes(gaps)
    mine = list(zip(gaps["measure"].astype("str"), shapes, gaps["people"].round(6), strict=True))
    for old in earlier:
        shown = old[old["people"].notna()]
        people = shown["people"].astype(float).round(6)
        theirs = set(zip(shown["measure"].astype("str"), _print_shapes(shown), people, strict=True))
        found |= np.array([gap in theirs for gap in mine], bool)
    return found


def _print_shapes(gaps: pd.DataFrame) -> list[bytes]:
    """Give equal bytes for equal polygons, in whatever order and collection they come."""
    whole = [shapely.normalize(shapely.union_all([shape])) for shape in gaps.geometry]
    return [bytes(shapely.to_wkb(shape)) for shape in whole]
