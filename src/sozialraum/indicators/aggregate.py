"""Up the hierarchy: counts add, rates come from ΣZ/ΣN, an index stays where it is."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.areas import list_levels
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.schema import VALUE_COLUMNS

_GROUP = ["indicator", "datenstand", "gebietsstand"]


def aggregate_values(
    values: pd.DataFrame, areas: gpd.GeoDataFrame, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Aggregate values of the smallest areas to every level above.

    Counts are summed; rates and means are ``per · ΣZ / ΣN``; an index is not aggregated. A sum needs
    all parts: if one member area has no row or a missing count, the result is missing (sign "…"),
    never 0.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; those of the smallest level are aggregated.
    areas : GeoDataFrame
        The areas of an atlas.
    indicators : mapping of str to Indicator
        Decide by their ``kind``.

    Returns
    -------
    DataFrame
        The rows given and the new ones; rows given for an upper level win over computed ones.

    Raises
    ------
    UnknownNameError
        An indicator has no definition, so nobody knows how to aggregate it.

    Notes
    -----
    A rate of a larger area is never a mean of rates; sums of every way up are equal (ΣZ over the
    members of a level is the same for all levels).

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"name": ["A", "B"], "gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1", "2"], "quartier_name": ["A", "B"]}, index=["1", "2"])
    >>> rate = Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle")
    >>> values = pd.DataFrame({"area": ["1", "2"], "level": "quartier", "indicator": "q",
    ...     "datenstand": "2024", "gebietsstand": "2024", "value": [50.0, 10.0],
    ...     "numerator": [5.0, 9.0], "denominator": [10.0, 90.0], "quality": "exact", "sign": ""})
    >>> float(aggregate_values(values, areas, {"q": rate}).query("level == 'gesamt'")["value"].iloc[0])
    14.0
    """
    for name in values["indicator"].unique():
        pick(indicators, name)
    levels = list_levels(areas)
    smallest = values[values["level"] == levels[-1]]
    kinds = smallest["indicator"].map({k: i.kind for k, i in indicators.items()})
    base = smallest[kinds != "index"]
    if base.empty:
        return values.reset_index(drop=True)
    parts = [values]
    for level in levels[:-1]:
        members = areas.groupby(level).size()
        rows = base.assign(above=base["area"].map(areas[level]))
        grouped = rows.groupby(["above", *_GROUP], sort=True, dropna=False)
        sums = grouped[["numerator", "denominator"]].sum(skipna=False)
        complete = (
            grouped.size().to_numpy()
            == members.reindex(sums.index.get_level_values("above")).to_numpy()
        )
        sums["quality"] = grouped["quality"].agg(_joint_quality)
        sums = sums.reset_index().rename(columns={"above": "area"})
        sums.loc[~complete, ["numerator", "denominator"]] = np.nan
        parts.append(_with_value(sums.assign(level=level), indicators))
    table = pd.concat([p[list(VALUE_COLUMNS)] for p in parts], ignore_index=True)
    return table.drop_duplicates(["level", "area", "indicator", "datenstand"], ignore_index=True)


def _joint_quality(parts: pd.Series) -> str:
    distinct = parts.unique()
    return str(distinct[0]) if len(distinct) == 1 else "derived"


def _with_value(sums: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    count = (
        sums["indicator"].map({k: i.kind == "count" for k, i in indicators.items()}).astype(bool)
    )
    per = sums["indicator"].map({k: i.per for k, i in indicators.items()}).astype("float64")
    rate = per * sums["numerator"] / sums["denominator"].where(sums["denominator"] != 0)
    value = sums["numerator"].where(count, rate)
    incomplete = sums["numerator"].isna() | (~count & sums["denominator"].isna())
    undefined = ~incomplete & value.isna()
    sign = np.select([incomplete, undefined], ["…", "x"], default="")
    return sums.assign(value=value, sign=pd.Series(sign, index=sums.index, dtype="str"))


def count_by_area(
    points: pd.DataFrame, areas: gpd.GeoDataFrame, indicator: Indicator, weight: str | None = None
) -> pd.DataFrame:
    """Count points, or add up one of their columns, for every area of every level.

    Parameters
    ----------
    points : DataFrame
        Offers or population with ``area``; points outside every area are not counted anywhere.
    areas : GeoDataFrame
    indicator : Indicator
        Of kind count; its Datenstand and Gebietsstand enter the rows.
    weight : str, optional
        Column to add up; without it every point counts 1. A missing weight makes the sum missing.

    Returns
    -------
    DataFrame
        Rows of the values table, rounded to a millionth, so that parts of persons spread over points
        add up to persons again. An area without points has the value 0: nothing is there.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1", "2"], "quartier_name": ["A", "B"]}, index=["1", "2"])
    >>> points = pd.DataFrame({"area": ["1", "1", None]})
    >>> count_by_area(points, areas, Indicator(id="n", title="Anzahl"))["value"].tolist()
    [2.0, 2.0, 0.0]
    """
    inside = points[points["area"].notna()]
    amount = pd.Series(1.0, index=inside.index) if weight is None else inside[weight]
    parts = []
    for level in list_levels(areas):
        above = inside["area"].map(areas[level])
        sums = amount.groupby(above.to_numpy()).sum(skipna=False)
        sums = (
            sums.reindex(sorted(areas[level].unique()), fill_value=0.0).astype("float64").round(6)
        )
        parts.append(pd.DataFrame({"area": sums.index, "level": level, "value": sums.to_numpy()}))
    table = pd.concat(parts, ignore_index=True)
    quality = "practice" if indicator.practice else "derived" if indicator.derived else "exact"
    return table.assign(
        indicator=indicator.id,
        datenstand=indicator.datenstand,
        gebietsstand=indicator.gebietsstand,
        numerator=table["value"],
        denominator=np.nan,
        quality=quality,
        sign=np.where(table["value"].isna(), "…", ""),
    )[list(VALUE_COLUMNS)]
