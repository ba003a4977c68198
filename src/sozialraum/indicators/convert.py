"""From one Gebietsstand to another: counts go over, rates are formed anew."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.indicators.aggregate import weigh_rates
from sozialraum.indicators.crosswalk import TOLERANCE, build_key, complete_key
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.check import CheckReport, Finding
from sozialraum.model.indicator import QUOTIENTS, Indicator, pick
from sozialraum.model.nesting import unknown_areas
from sozialraum.model.rows import add_origin, find_rows
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.steps import add_step
from sozialraum.model.versions import AreaVersion, find_version
from sozialraum.texts import date, say

Codes = npt.NDArray[np.int64]
# From sure to unsure: a value is as sure as the least sure of its parts.
_METHODS = ("exact", "key", "dasymetric", "areal")
_GROUP = ["indicator", "datenstand"]
_KEY = ["area", *_GROUP]
_NUMBERS = ["value", "numerator", "denominator"]


def convert_boundaries(
    values: pd.DataFrame,
    source: AreaVersion,
    target: AreaVersion,
    indicators: Mapping[str, Indicator],
    *,
    key: pd.DataFrame | None = None,
    points: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Convert values of old areas to new ones.

    Counts are converted, Z_t = Σ_s k_st · Z_s; of rates, ratios and means numerator and denominator
    are, and the rate is formed of them. k_st is a given key, the share of the points' weight, or,
    without either, the share of the area.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table. Those of the source's smallest level are converted; rows of other
        levels are not given back, since they are added up anew from the new areas.
    source, target : AreaVersion
        Old and new boundaries.
    indicators : mapping of str to Indicator
        Decide by their ``kind``.
    key : DataFrame, optional
        Umsteigeschlüssel: ``source``, ``target``, ``share``; the shares of an old area add up to 1.
        Also what `build_key` gives. Outlines are not needed then.
    points : GeoDataFrame, optional
        Where people live, with ``weight`` or without, see `build_key`.

    Returns
    -------
    DataFrame
        A row of the values table for every new area, indicator and Datenstand, with the target's
        Gebietsstand. ``quality`` tells how each value came about: "exact" (made of whole old areas),
        "key", "dasymetric" or "areal"; ``steps`` says it in words.

    Raises
    ------
    InputError
        Its report names every row that cannot be converted: an index; a rate without numerator and
        denominator whose definition has no ``weight`` (unless its area is unchanged); areas that have
        no outline or no key; a key whose shares do not add up to 1.
    UnknownNameError
        An indicator has no definition.
    CrsError

    Notes
    -----
    The total is kept: people without a place, and what lies in no new area, are the rows of the area
    ``nicht_zuzuordnen``. A missing count makes all areas missing that have part in it (sign "…", or
    "." if one of them is secret), never 0. So is a new area missing of which old ones cover less than
    99 %. Nothing is rounded; `round_counts` does that and keeps totals.

    Examples
    --------
    >>> from shapely import box
    >>> def draw(names, *boxes):
    ...     return gpd.GeoDataFrame(geometry=[box(*b) for b in boxes], index=names, crs=25833)
    >>> old = draw(["a", "b"], (0, 0, 900, 900), (900, 0, 1800, 900))
    >>> new = draw(["1", "2"], (0, 0, 600, 900), (600, 0, 1800, 900))
    >>> old, new = AreaVersion("2020-12-31", old), AreaVersion("2021-01-01", new)
    >>> values = pd.DataFrame({"area": ["a", "b"], "level": "q", "indicator": "n",
    ...     "datenstand": "2020-12-31", "gebietsstand": "2020-12-31", "value": [90.0, 10.0],
    ...     "numerator": [90.0, 10.0]})
    >>> table = convert_boundaries(values, old, new, {"n": Indicator(id="n", title="Kinder")})
    >>> table[["area", "value", "quality"]]
      area  value quality
    0    1   60.0   areal
    1    2   40.0   areal
    """
    rows = complete_rows(values)
    if source.level:
        rows = rows[rows["level"].isna() | (rows["level"] == source.level)]
    for name in rows["indicator"].unique():
        pick(indicators, name)
    given = build_key(source.areas, target.areas, points=points) if key is None else key
    shares = complete_key(given)
    CheckReport(
        (*_check_stand(rows, source, target), *_check_ids(rows, shares, source, target))
    ).raise_for_errors()
    same = _find_same(shares)
    kept, moved = (rows[rows["area"].isin(same.index) == there] for there in (True, False))
    weighed = weigh_rates(rows, indicators).loc[moved.index]
    CheckReport(tuple(_refuse(weighed, moved, indicators))).raise_for_errors()
    made = _move(weighed, shares, rows, target, indicators)
    kept = kept.assign(area=kept["area"].map(same), method=0)
    there = pd.MultiIndex.from_frame(kept[_KEY])
    made = made[~pd.MultiIndex.from_frame(made[_KEY]).isin(there)]
    table = pd.concat([kept, made], ignore_index=True) if len(made) else kept
    spans = f"{date(source.gebietsstand)} → {date(target.gebietsstand)}"
    said = [f"{spans}, {say(f'convert.{method}')}" for method in _METHODS]
    how = pd.Series(np.array(said)[table["method"].to_numpy(dtype=int)], index=table.index)
    table = table.assign(
        gebietsstand=target.gebietsstand,
        level=target.level or table["level"],
        steps=add_step(table["steps"], "converted", how),
    )
    place = pd.Index([*target.areas.index, UNASSIGNED]).get_indexer(table["area"])
    order = np.lexsort((place, table["datenstand"], table["indicator"]))
    return table.iloc[order][list(VALUE_COLUMNS)].reset_index(drop=True)


def complete_rows(values: pd.DataFrame) -> pd.DataFrame:
    """Give rows of the values table all its columns, and where they stand in a spreadsheet."""
    origin = [column for column in ("file", "row") if column in values]
    rows = values.reindex(columns=[*VALUE_COLUMNS, *origin]).reset_index(drop=True)
    add_origin(rows, "values")
    rows[_NUMBERS] = rows[_NUMBERS].astype("float64")
    for column, otherwise in (("quality", "exact"), ("sign", ""), ("steps", "")):
        rows[column] = rows[column].astype("str").fillna(otherwise)
    return rows


def _check_stand(rows: pd.DataFrame, source: AreaVersion, target: AreaVersion) -> list[Finding]:
    """Find rows that say they are on other boundaries than those they are to be taken from."""
    stands = rows["gebietsstand"].dropna().unique()
    other = [s for s in stands if s and find_version((source, target), str(s)) is not source]
    return find_rows(
        "error", "other_boundaries", "values", rows, rows["gebietsstand"].isin(other),
        column="gebietsstand", cell=rows["gebietsstand"], expected=date(source.gebietsstand),
    )  # fmt: skip


def _check_ids(
    rows: pd.DataFrame, shares: pd.DataFrame, source: AreaVersion, target: AreaVersion
) -> list[Finding]:
    """Find rows of areas that have no outline or no key, values that stand twice, alien targets."""
    known = set(source.areas.index) & set(shares["source"])
    unknown = ~rows["area"].isin(known | {UNASSIGNED})
    found = unknown_areas(rows, rows["area"], unknown, known, "values")
    found += find_rows(
        "error", "value_twice", "values", rows, rows.duplicated(_KEY), area=rows["area"],
        indicator=rows["indicator"], date=rows["datenstand"],
    )  # fmt: skip
    alien = ~shares["target"].isin([*target.areas.index, UNASSIGNED])
    if alien.any():
        known_new = set(target.areas.index)
        add_origin(shares, "key")
        found += unknown_areas(shares, shares["target"], alien, known_new, "key")
    return found


def _find_same(shares: pd.DataFrame) -> pd.Series:
    """Give old → new for areas that are the whole of a new one: their values stay as they are."""
    alone = ~shares["source"].duplicated(keep=False) & ~shares["target"].duplicated(keep=False)
    alone &= (shares["quality"] == "exact") & (shares["covered"] >= 1 - TOLERANCE)
    same = shares[alone].set_index("source")["target"]
    if UNASSIGNED not in set(shares["target"]):
        same[UNASSIGNED] = UNASSIGNED
    return same


def _refuse(
    weighed: pd.DataFrame, moved: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> list[Finding]:
    """Find values that cannot be divided: indices, and rates without numerator and denominator."""
    kinds = weighed["indicator"].map({k: i.kind for k, i in indicators.items()})
    bare = weighed["numerator"].isna() | weighed["denominator"].isna()
    given = moved["value"].notna()
    titles = weighed["indicator"].map({k: i.title for k, i in indicators.items()})
    found = []
    for code, where in (
        ("index_not_converted", given & (kinds == "index")),
        ("rate_not_converted", given & bare & kinds.isin(QUOTIENTS)),
    ):
        found += find_rows(
            "error", code, "values", moved, where, column="value", title=titles, area=moved["area"]
        )
    return found


def _move(
    weighed: pd.DataFrame,
    shares: pd.DataFrame,
    rows: pd.DataFrame,
    target: AreaVersion,
    indicators: Mapping[str, Indicator],
) -> pd.DataFrame:
    """Add up what every new area gets, for every indicator and Datenstand."""
    names = pd.Index([*target.areas.index, UNASSIGNED])
    groups = rows[_GROUP].drop_duplicates().sort_values(_GROUP, ignore_index=True)
    if groups.empty:
        return pd.DataFrame(columns=[*VALUE_COLUMNS, "method"])
    size = len(names) * len(groups)
    sources = pd.Index(shares["source"].unique()).union([UNASSIGNED])
    # The row of an area without a place goes to where areas without a place go, whole.
    source = np.append(sources.get_indexer(shares["source"]), sources.get_loc(UNASSIGNED))
    place = np.append(names.get_indexer(shares["target"]), len(names) - 1)
    share = np.append(shares["share"], 1.0)
    method = np.append(shares["quality"].map({m: i for i, m in enumerate(_METHODS)}), 0).astype(int)
    order = np.argsort(source, kind="stable")
    sure = np.zeros(len(names), dtype=int)
    np.maximum.at(sure, place, method)
    expected = np.bincount(place[:-1], minlength=len(names))
    covered = np.zeros(len(names))
    np.maximum.at(covered, place[:-1], shares["covered"].to_numpy())
    covered[-1] = 1.0

    group = pd.MultiIndex.from_frame(groups).get_indexer(pd.MultiIndex.from_frame(weighed[_GROUP]))
    each = sources.get_indexer(weighed["area"])
    many = np.bincount(source, minlength=len(sources))
    first = np.cumsum(many) - many
    row = np.repeat(np.arange(len(weighed)), many[each])
    step = np.arange(len(row)) - np.repeat(np.cumsum(many[each]) - many[each], many[each])
    part = order[first[each][row] + step]
    cell = group[row] * len(names) + place[part]
    kinds = weighed["indicator"].map({k: i.kind for k, i in indicators.items()})
    z = weighed["numerator"].where(
        weighed["numerator"].notna() | (kinds != "count"), weighed["value"]
    )

    def add(weights: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        sums: npt.NDArray[np.float64] = np.bincount(cell, weights, size).astype(float)
        return sums

    there = add(part < len(shares))
    numerator = add(share[part] * z.to_numpy()[row])
    denominator = add(share[part] * weighed["denominator"].to_numpy()[row])
    signs = weighed["sign"].to_numpy()[row]
    secret, limited = add(signs == ".") > 0, add(signs == "()") > 0
    partial = add(weighed["quality"].to_numpy()[row] == "partial") > 0
    count = np.bincount(cell, minlength=size)

    at = np.arange(size) % len(names)
    table = groups.iloc[np.arange(size) // len(names)].reset_index(drop=True)
    kind = table["indicator"].map({k: i.kind for k, i in indicators.items()})
    per = table["indicator"].map({k: i.per for k, i in indicators.items()}).astype("float64")
    counted = (kind == "count").to_numpy()
    short = (there < expected[at]) | (covered[at] < 1 - TOLERANCE) | (count == 0)
    short |= np.isnan(numerator) | (~counted & np.isnan(denominator))
    numerator[short], denominator[short | counted] = np.nan, np.nan
    rate = per * numerator / np.where(denominator == 0, np.nan, denominator)
    value = np.where(counted, numerator, rate)
    sign = np.select(
        [short & secret, short, np.isnan(value), limited], [".", "…", "x", "()"], default=""
    )
    exact = _common(cell, weighed["quality"].to_numpy()[row], size, "derived")
    quality = np.where(sure[at] == 0, exact, np.array(_METHODS)[sure[at]])
    table = table.assign(
        area=names[at], level=rows["level"].iloc[0], value=value, numerator=numerator,
        denominator=denominator, sign=sign, method=sure[at],
        quality=np.where(partial, "partial", quality),
        steps=_common(cell, weighed["steps"].to_numpy()[row], size, "mixed"),
    )  # fmt: skip
    # Nobody is without a place unless somebody is known to be, or some area lies in no new one.
    return table[(at < len(names) - 1) | (count > 0) | (expected[at] > 0)].astype(
        {"area": "str", "sign": "str", "quality": "str", "steps": "str"}
    )


def _common(
    cell: Codes, texts: npt.NDArray[np.object_], size: int, otherwise: str
) -> npt.NDArray[np.object_]:
    """Give for every cell the text all its parts share; empty where there is no part."""
    codes, labels = pd.factorize(pd.Series(texts, dtype="str"))
    low, high = np.full(size, len(labels)), np.full(size, -1)
    np.minimum.at(low, cell, codes)
    np.maximum.at(high, cell, codes)
    known = np.append(labels.to_numpy(dtype=object), "")
    return np.where(
        low == high, known[np.minimum(high, len(labels))], np.where(high < 0, "", otherwise)
    )
