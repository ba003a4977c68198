"""Who is reached, who is not, and what share that is of every area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.access.network import refuse
from sozialraum.access.travel import need_limit, within
from sozialraum.errors import CoverageError
from sozialraum.model.areas import list_levels, need_level
from sozialraum.model.indicator import Indicator
from sozialraum.texts import say

TEXTS = ("area", "level", "indicator", "datenstand", "gebietsstand", "quality", "sign", "steps")


def measure_coverage(people: pd.Series, nearest: pd.DataFrame, *, limit_min: float) -> pd.DataFrame:
    """Measure how many people of every cell reach an offer within a limit.

    Parameters
    ----------
    people : Series of float
        People of one group; index: cell.
    nearest : DataFrame
        From ``measure_nearest``, for these cells or more.
    limit_min : float
        Longest way in minutes, inclusive.

    Returns
    -------
    DataFrame
        Index of ``people``: ``people``, ``reached``, ``unreached``, ``unconnected`` (part of
        ``unreached``: cells too far from every street) and ``quality``.

    Raises
    ------
    CoverageError
        A cell of ``people`` has no row in ``nearest``.
    InputError
        Negative people, cells that are not unique, or a useless limit.

    Notes
    -----
    C = Σ P_i · [min_j d_ij ≤ d0] / Σ P_i over cells i and offers j. Everywhere
    people = reached + unreached. Where the number of people is missing all four numbers are missing;
    zero people stay zero.

    Adding an offer never lowers ``reached``.

    Examples
    --------
    >>> nearest = pd.DataFrame(
    ...     {"rank": 1, "offer": ["kita", "kita"], "minutes": [15.0, 15.1], "metres": [1200.0, 1208.0],
    ...      "connected": True, "quality": "exact"}, index=["h1", "h2"])
    >>> reached = measure_coverage(pd.Series({"h1": 3.0, "h2": 4.0}), nearest, limit_min=15)
    >>> reached[["people", "reached", "unreached"]]
        people  reached  unreached
    h1     3.0      3.0        0.0
    h2     4.0      0.0        4.0
    """
    limit = need_limit(limit_min, nearest)
    count = need_people(people)
    first = first_ways(people.index, nearest)
    near = within(first["minutes"].to_numpy(), limit)
    apart = ~first["connected"].to_numpy(dtype=bool)
    missing = np.isnan(count)

    def where(chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pd.Series:
        return np.where(missing, np.nan, np.where(chosen, count, 0.0))

    return pd.DataFrame(
        {
            "people": count,
            "reached": where(near),
            "unreached": where(~near),
            "unconnected": where(~near & apart),
            "quality": first["quality"].to_numpy(),
        },
        index=people.index,
    ).astype({"quality": "str"})


def aggregate_people(
    reached: pd.DataFrame,
    people: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    indicator: str | Indicator,
    level: str | None = None,
    partial: bool = False,
) -> pd.DataFrame:
    """Add up who is reached to areas: rows of the values table.

    Parameters
    ----------
    reached : DataFrame
        From ``measure_coverage``; index: cell.
    people : GeoDataFrame
        Population table with column ``area`` (smallest area, missing outside all).
    areas : GeoDataFrame
        Areas table.
    indicator : str or Indicator
        Its id names the rows; a definition also gives Datenstand and Gebietsstand.
    level : str, optional
        One level; without it all levels, from the whole to the smallest.
    partial : bool, default False
        Add up what is known where parts are missing; such rows carry the quality ``partial``.

    Returns
    -------
    DataFrame
        Columns of the values table: ``numerator`` people reached, ``denominator`` people,
        ``value`` = 100 · numerator / denominator in percent. Levels from the top down, areas by id.

    Raises
    ------
    UnknownNameError
        No such level.
    InputError
        ``areas`` has no level, ``people`` no column ``area``.
    CoverageError
        A cell of ``reached`` is not in ``people`` or names an area that does not exist.

    Notes
    -----
    A sum needs all parts: if the people of one cell are missing, the area's row is missing (sign
    "…"), unless ``partial``. An area without people has numerator and denominator 0, no value and
    the sign ``x``.
    People outside every area belong to no row, not even that of the whole, so the sums of all
    levels agree; they are ``reached[people["area"].isna()]``. An area that names no parent at some
    level is in no row of that level.

    Numerators and denominators summed over the areas of any level give the same totals.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(
    ...     {"gesamt": "gesamt", "gesamt_name": "Stadt", "quartier": ["01", "02"],
    ...      "quartier_name": ["Nord", "Süd"]}, index=["01", "02"])
    >>> people = gpd.GeoDataFrame({"area": ["01", "01", "02"]}, index=["h1", "h2", "h3"])
    >>> reached = pd.DataFrame(
    ...     {"people": [3.0, 1.0, 4.0], "reached": [3.0, 0.0, 4.0], "quality": "exact"},
    ...     index=["h1", "h2", "h3"])
    >>> rows = aggregate_people(reached, people, areas, indicator="kita_15min")
    >>> rows[["level", "area", "value", "numerator", "denominator"]]
          level    area  value  numerator  denominator
    0    gesamt  gesamt   87.5        7.0          8.0
    1  quartier      01   75.0        3.0          4.0
    2  quartier      02  100.0        4.0          4.0
    """
    levels = list_levels(areas) if level is None else [need_level(areas, level)]
    if not levels:
        refuse("access.no_levels", say("access.areas"))
    smallest = _areas_of(reached.index, people)
    inside = smallest.notna().to_numpy()
    place = areas.index.get_indexer(smallest[inside])
    if (place < 0).any():
        unknown = smallest[inside][place < 0].unique()
        raise CoverageError(
            say("access.unknown_area", count=int((place < 0).sum()), ids=", ".join(unknown[:5]))
        )
    counts = reached.loc[inside, ["reached", "people"]].to_numpy(dtype="float64")
    quality = _worst(reached["quality"]) if "quality" in reached else "exact"
    parts = []
    for name in levels:
        codes, ids = pd.factorize(areas[name], sort=True)
        code = codes[place]
        named = code >= 0
        parts.append(_sum_up(counts[named], code[named], ids, partial).assign(level=name))
    table = pd.concat(parts, ignore_index=True)
    definition = (
        indicator if isinstance(indicator, Indicator) else Indicator(id=indicator, title="")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 100.0 * table["numerator"] / table["denominator"]
    empty = table["denominator"] == 0
    return pd.DataFrame(
        {
            "area": table["area"],
            "level": table["level"],
            "indicator": definition.id,
            "datenstand": definition.datenstand,
            "gebietsstand": definition.gebietsstand,
            "value": share.where(~empty),
            "numerator": table["numerator"],
            "denominator": table["denominator"],
            "quality": np.where(table["incomplete"] & partial, "partial", quality),
            "sign": np.select([empty, table["numerator"].isna()], ["x", "…"], ""),
            "steps": "measured:" + table["cells"].astype("str"),
        }
    ).astype(dict.fromkeys(TEXTS, "str"))


def _sum_up(
    counts: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    codes: np.ndarray[tuple[int], np.dtype[np.intp]],
    ids: pd.Index,
    partial: bool,
) -> pd.DataFrame:
    missing = np.isnan(counts).sum(axis=1) > 0
    known = np.where(missing[:, None], 0.0, counts)
    size = len(ids)
    holes = np.bincount(codes, missing, size) > 0
    numerator, denominator = (np.bincount(codes, known[:, i], size).astype(float) for i in (0, 1))
    if not partial:
        numerator[holes] = denominator[holes] = np.nan
    return pd.DataFrame(
        {
            "area": ids,
            "numerator": numerator,
            "denominator": denominator,
            "incomplete": holes,
            "cells": np.bincount(codes, minlength=size),
        }
    )


def _areas_of(cells: pd.Index, people: gpd.GeoDataFrame) -> pd.Series:
    if "area" not in people:
        refuse("access.no_area", say("access.people"))
    place = people.index.get_indexer(cells)
    if (place < 0).any():
        ids = cells[place < 0].astype("str")
        raise CoverageError(say("access.people_missing", count=len(ids), ids=", ".join(ids[:5])))
    return people["area"].iloc[place]


def _worst(quality: pd.Series) -> str:
    """One straight line among the ways makes the sum one."""
    kinds = set(quality.dropna())
    return "straight_line" if "straight_line" in kinds else "exact"


def need_people(people: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give the numbers of people, or refuse negative ones and cells that stand twice."""
    if not people.index.is_unique:
        twice = people.index[people.index.duplicated()].astype("str").unique()
        refuse("access.twice", say("access.people"), ids=", ".join(twice[:5]))
    count = people.to_numpy(dtype="float64", na_value=np.nan)
    if (count < 0).any():
        ids = people.index[count < 0].astype("str")
        refuse(
            "access.negative_people", say("access.people"), count=len(ids), ids=", ".join(ids[:5])
        )
    return np.asarray(count)


def first_ways(cells: pd.Index, nearest: pd.DataFrame) -> pd.DataFrame:
    """Give the row of rank 1 of every cell, in the order of the cells."""
    first = nearest[nearest["rank"] == 1]
    place = first.index.get_indexer(cells)
    if (place < 0).any():
        ids = cells[place < 0].astype("str")
        raise CoverageError(say("access.cells_missing", count=len(ids), ids=", ".join(ids[:5])))
    return first.iloc[place]
