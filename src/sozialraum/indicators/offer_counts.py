"""Offers, places and staff counted by area, with how many say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.indicators.aggregate import count_by_area
from sozialraum.indicators.laws import match_laws, read_paragraphs
from sozialraum.model.indicator import Indicator
from sozialraum.texts import say

AMOUNTS = ("capacity", "places_approved", "places_used", "fte")
_WITHOUT = "_ohne_angabe"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted of which offers.

    Attributes
    ----------
    indicator : str
        Id under which it enters the values table.
    column : str
        What is added up; empty: each offer counts 1.
    categories, laws : tuple of str
        An offer is meant if its category or its legal basis is one of these.
    ages : tuple of float
        Only places for children of these ages, half-open: all of an offer whose span lies within,
        none of one whose span lies outside, unknown for any other.
    without : bool
        Count the offers that do not state ``column``, or no legal basis where it is "law".
    """

    indicator: str
    column: str = ""
    categories: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    ages: tuple[float, ...] = ()
    without: bool = False


def pick_offers(offers: pd.DataFrame, measure: Measure, datenstand: str) -> pd.Series:
    """Tell which offers a measure means: by category or law, and open on the day.

    Returns
    -------
    Series of bool
    """
    laws = offers["law"] if "law" in offers else pd.Series(None, index=offers.index, dtype="str")
    meant = offers["category"].isin(measure.categories) | match_laws(laws, measure.laws)
    day = datenstand if len(datenstand) > 4 else f"{datenstand}-12-31"
    for column, latest in (("valid_from", True), ("valid_to", False)):
        if column in offers:
            stated = offers[column].astype("str").fillna(day)
            meant &= (stated <= day) if latest else (stated >= day)
    return meant


def count_offers(
    offers: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    indicators: Mapping[str, Indicator],
    measures: Sequence[Measure],
    *,
    datenstand: str,
    gebietsstand: str,
) -> pd.DataFrame:
    """Count offers, places and staff for every area of every level.

    Parameters
    ----------
    offers : DataFrame
        The offers table, with ``area``; those beyond the border are not counted.
    areas : GeoDataFrame
    indicators : mapping of str to Indicator
    measures : sequence of Measure
    datenstand, gebietsstand : str
        Of the rows; only offers valid on the day are counted.

    Returns
    -------
    DataFrame
        Rows of the values table. A measure none of whose offers is in the table was not delivered and
        has no rows; an area without such offers has 0. Where an offer does not state the column, the
        sum of its areas is missing ("…").

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1", "2"], "quartier_name": ["A", "B"]}, index=["1", "2"])
    >>> offers = pd.DataFrame({"category": "kita", "area": ["1", "2"], "capacity": [40.0, None]})
    >>> places = Measure("plaetze", "capacity", categories=("kita",))
    >>> rows = count_offers(offers, areas, {"plaetze": Indicator(id="plaetze", title="Plätze")},
    ...     [places], datenstand="2024-12-31", gebietsstand="2024")
    >>> rows[["area", "value", "sign"]].values.tolist()
    [['gesamt', nan, '…'], ['1', 40.0, ''], ['2', nan, '…']]
    """
    parts = []
    for measure in measures:
        chosen = offers[pick_offers(offers, measure, datenstand)]
        if chosen.empty or measure.indicator not in indicators:
            continue
        definition = replace(
            indicators[measure.indicator], datenstand=datenstand, gebietsstand=gebietsstand
        )
        points = pd.DataFrame({"area": chosen["area"], "amount": _weigh(chosen, measure)})
        parts.append(count_by_area(points, areas, definition, "amount"))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _weigh(chosen: pd.DataFrame, measure: Measure) -> pd.Series:
    if not measure.column:
        return pd.Series(1.0, index=chosen.index)
    stated = _column(chosen, measure.column)
    if measure.without:
        return stated.isna().astype(float)
    amount = pd.to_numeric(stated)
    if not measure.ages:
        return amount
    low, high = measure.ages
    begin, end = (pd.to_numeric(_column(chosen, c)) for c in ("age_from", "age_to"))
    outside = (end <= low) | (begin >= high)
    return amount.where((begin >= low) & (end <= high)).mask(outside, 0.0)


def _column(chosen: pd.DataFrame, name: str) -> pd.Series:
    return chosen[name] if name in chosen else pd.Series(np.nan, index=chosen.index)


def list_offers_by(offers: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sum up offers by who runs them or by the law they rest on.

    Parameters
    ----------
    offers : DataFrame
        The offers table, or an edition's.
    by : {"traeger", "law", "category"}
        By "law" an offer stands under every paragraph it names.

    Returns
    -------
    DataFrame
        Indexed by the group, "keine Angabe" last: ``offers`` (number), the sums of ``capacity``,
        ``places_approved``, ``places_used`` and ``fte`` where the table has them, each over those who
        state it, and beside it ``…_ohne_angabe``, the number of those who do not. A sum over nobody is
        missing, never 0.

    Examples
    --------
    >>> offers = pd.DataFrame({"traeger": ["Stadt", "Stadt", None], "fte": [2.0, None, None]})
    >>> list_offers_by(offers, "traeger")
                  offers  fte  fte_ohne_angabe
    traeger
    Stadt              2  2.0                1
    keine Angabe       1  NaN                1
    """
    unstated = say("number.missing")
    groups = _column(offers, by).astype("object")
    if by == "law":
        groups = groups.map(lambda law: sorted(read_paragraphs(law)) or [law])
        groups = groups.explode()
    groups = groups.where(groups.notna(), unstated)
    there = [c for c in AMOUNTS if c in offers]
    table = offers[there].apply(pd.to_numeric).reindex(groups.index)
    grouped = table.groupby(groups.to_numpy())
    made = {"offers": grouped.size()}
    for column in there:
        made[column] = grouped[column].sum(min_count=1)
        made[column + _WITHOUT] = (made["offers"] - grouped[column].count()).astype(int)
    order = sorted(made["offers"].index, key=lambda name: (name == unstated, name))
    return pd.DataFrame(made).reindex(order).rename_axis(by)
