"""How many places there are for everyone who competes for them: potentials and floating catchments.

All methods share two sums over the ways within a limit: the demand D_j that reaches an offer, and what
the offers then are to a cell. With cells i of P_i people, offers j of S_j places and the weight W_ij of
the way between them:

==============  ===========================================================  =======================
method          formula                                                      source
==============  ===========================================================  =======================
``cumulative``  A_i = Σ_j S_j over d_ij ≤ d0                                 Wachs and Kumagai 1973
``gravity``     A_i = Σ_j S_j·W_ij                                           Hansen 1959
``2sfca``       R_j = S_j / Σ_i P_i over d_ij ≤ d0; A_i = Σ_j R_j            Luo and Wang 2003
``e2sfca``      R_j = S_j / Σ_i P_i·W_ij; A_i = Σ_j R_j·W_ij                 Luo and Qi 2009
``m2sfca``      R_j = S_j / Σ_i P_i·W_ij; A_i = Σ_j R_j·W_ij²                Delamater 2013
``3sfca``       as e2sfca with W_ij·G_ij for W_ij, G_ij = W_ij / Σ_j W_ij    Wan and others 2012
==============  ===========================================================  =======================

Congestion as a cost (RAAM) is another question: ``measure_raam``.
"""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.access.capacity import need_capacity, need_demand
from sozialraum.access.coverage import aggregate_people
from sozialraum.access.network import Floats, refuse
from sozialraum.access.pairs import Pairs, make_pairs
from sozialraum.access.travel import need_limit
from sozialraum.access.weights import Flat, Steps, Weight, need_weight, weigh
from sozialraum.errors import UnknownNameError
from sozialraum.model.indicator import Indicator
from sozialraum.texts import number, say

Method = Literal["cumulative", "gravity", "2sfca", "e2sfca", "m2sfca", "3sfca"]
METHODS = ("cumulative", "gravity", "2sfca", "e2sfca", "m2sfca", "3sfca")
POTENTIALS = ("cumulative", "gravity")
"""Methods that ask what is there, not who competes for it."""

UNWEIGHTED = ("cumulative", "2sfca")
"""Methods whose name says that every way within the limit counts fully."""

QUALITIES = ("exact", "straight_line", "partial")


def measure_catchment(
    demand: pd.Series,
    capacity: pd.Series,
    travel: pd.DataFrame,
    *,
    limit_min: float,
    method: Method = "e2sfca",
    weight: Weight | None = None,
) -> pd.DataFrame:
    """Measure the places per person that every cell can count on, or all the places it reaches.

    Parameters
    ----------
    demand : Series of float
        People of one group; index: cell. Cells beyond the border compete and belong here.
    capacity : Series of float
        Places; index: offer, those beyond the border included.
    travel : DataFrame
        ``origin`` (cell), ``destination`` (offer), ``minutes``, from ``measure_travel`` or anywhere
        else, up to the limit or farther. Ways to offers that are not in ``capacity`` do not count.
        Columns of dtype ``category`` are read many times faster.
    limit_min : float
        Longest way in minutes, inclusive.
    method : {"e2sfca", "2sfca", "m2sfca", "3sfca", "cumulative", "gravity"}
        See the head of this module for the formulas.
    weight : Weight, optional
        ``Steps``, ``Gaussian``, ``Exponential``, ``Power``, ``Logistic``. The published weights
        otherwise: for e2sfca, m2sfca and 3sfca the steps 1, 0.68, 0.22 over thirds of the limit.
        gravity has no published one and must be told; 2sfca and cumulative take none.

    Returns
    -------
    DataFrame
        Index of ``demand``.

        * ``people``: the demand.
        * ``access``: places per person, for cumulative and gravity (weighted) places.
        * ``offers``: offers with a stated capacity within the limit.
        * ``unstated``: offers without one within the limit.
        * ``quality`` (category): ``exact``, ``straight_line``, or ``partial`` where ``unstated``
          is not 0: there may be more places than counted.

    Raises
    ------
    InputError
        Missing, negative or infinite people; negative or infinite places; ids that stand twice; a
        travel table without its columns or with missing or negative minutes; a useless limit or
        weight, a weight too many or one too few.
    UnknownNameError
        No such method.
    CoverageError
        Ways start at cells that are not in ``demand``.

    Notes
    -----
    Zero and missing differ. ``access`` 0 means no place within the limit (``offers`` is 0, which is
    also so for cells cut off from every street: ``measure_connection`` lists them) or none but empty
    ones. Cells without people get a score like all others: what a newcomer would find. It is missing
    only where an offer is reached by nobody at all, as places per nobody is no number. An offer
    whose capacity is missing is left out, not taken as 0, and counted in ``unstated``;
    ``check_capacity`` names those offers and refuses them on request. In 3sfca an offer of 0 places
    still draws choices to itself, as in the formula; leave it out to close it.

    2sfca, e2sfca and 3sfca share out exactly what is there: Σ_i A_i·P_i = Σ_j S_j over offers with
    demand in reach. m2sfca gives at most that. Doubling all places doubles every score.

    Examples
    --------
    >>> ways = pd.DataFrame({"origin": ["h1", "h2", "h2"], "destination": ["a", "a", "b"],
    ...                      "minutes": [4.0, 9.0, 15.0]})
    >>> people, places = pd.Series({"h1": 10.0, "h2": 20.0}), pd.Series({"a": 47.2, "b": 11.0})
    >>> measure_catchment(people, places, ways, limit_min=15)["access"]
    h1    2.00
    h2    1.91
    Name: access, dtype: float64
    """
    limit = need_limit(limit_min, travel)
    chosen = choose_weight(method, weight)
    people, (places, stated) = need_demand(demand), need_capacity(capacity)
    ways = make_pairs(travel, demand.index, capacity.index, limit_min=limit)
    weighed = weigh(chosen, ways.minutes, limit)
    unstated = ways.count_at_cells(~stated)
    kind = np.full(len(people), QUALITIES.index(ways.quality), dtype=np.int8)
    if not stated.all():
        weighed = np.where(stated[ways.offer], weighed, 0.0)
        kind[unstated > 0] = QUALITIES.index("partial")
    return pd.DataFrame(
        {
            "people": demand.astype("float64"),
            "access": _score(method, ways, weighed, people, np.where(stated, places, 0.0)),
            "offers": ways.count_at_cells(stated),
            "unstated": unstated,
            "quality": pd.Categorical.from_codes(kind, list(QUALITIES), validate=False),
        },
        index=demand.index,
        copy=False,  # long columns, made here
    )


def choose_weight(method: str, weight: Weight | None) -> Weight:
    """Give the weight of a method, or refuse one that would make it another method."""
    if method == "raam":
        refuse("catchment.raam", say("catchment.method"))
    if method not in METHODS:
        raise UnknownNameError("method", str(method), METHODS)
    if method in UNWEIGHTED:
        if weight is not None and not isinstance(weight, Flat):
            other = "gravity" if method in POTENTIALS else "e2sfca"
            refuse("catchment.weight_too_many", say("catchment.method"), method=method, other=other)
        return Flat()
    if weight is None:
        if method == "gravity":
            refuse("catchment.weight_too_few", say("catchment.method"), method=method)
        return Steps()
    return need_weight(weight)


def _score(method: str, ways: Pairs, weight: Floats, people: Floats, places: Floats) -> Floats:
    """Share out the places: the two sums that all methods have in common."""
    if method in POTENTIALS:
        return ways.sum_at_cells(weight, places)
    taken = weight
    if method == "3sfca":
        every = ways.sum_at_cells(weight, np.ones(ways.offers))
        with np.errstate(invalid="ignore", divide="ignore"):
            weight = taken = np.where(weight > 0, weight * weight / every[ways.cell], 0.0)
    elif method == "m2sfca":
        taken = weight * weight
    demand = ways.sum_at_offers(weight, people)
    alone = (demand == 0) & (places > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(demand > 0, places / demand, 0.0)
    access = ways.sum_at_cells(taken, ratio)
    if alone.any():
        access[ways.sum_at_cells(taken, alone.astype(np.float64)) > 0] = np.nan
    return access


def measure_demand(
    people: pd.DataFrame,
    travel: pd.DataFrame,
    offers: pd.Index,
    *,
    limit_min: float,
    weight: Weight | None = None,
) -> pd.DataFrame:
    """Measure how many people of every group reach each offer.

    Parameters
    ----------
    people : DataFrame of float
        One column per group; index: cell.
    travel : DataFrame
        As in ``measure_catchment``.
    offers : Index
        The offers asked about.
    limit_min : float
        Longest way in minutes, inclusive.
    weight : Weight, optional
        Without it everyone within the limit counts fully.

    Returns
    -------
    DataFrame
        Index: offer; a column per group: D_jg = Σ_i P_ig·W_ij. 0 where nobody is in reach.

    Raises
    ------
    InputError, CoverageError
        As ``measure_catchment``.

    Notes
    -----
    Shares of capacity by this table (``split_capacity``) are the same as sharing: with
    S_jg = S_j·D_jg / Σ_g D_jg every group gets R_j = S_j / Σ_g D_jg per head, whichever group
    (2sfca, e2sfca and m2sfca with the same weight).

    Examples
    --------
    >>> ways = pd.DataFrame({"origin": ["h1", "h2"], "destination": "a", "minutes": [4.0, 9.0]})
    >>> people = pd.DataFrame({"u3": [2.0, 1.0], "3_6": [3.0, 4.0]}, index=["h1", "h2"])
    >>> measure_demand(people, ways, pd.Index(["a"]), limit_min=15)
        u3  3_6
    a  3.0  7.0
    """
    limit = need_limit(limit_min, travel)
    ways = make_pairs(travel, people.index, offers, limit_min=limit)
    weighed = weigh(Flat() if weight is None else need_weight(weight), ways.minutes, limit)
    return pd.DataFrame(
        {group: ways.sum_at_offers(weighed, need_demand(people[group])) for group in people},
        index=offers,
        columns=people.columns,
    )


def measure_share_outside(
    demand: pd.Series,
    offers: pd.DataFrame,
    travel: pd.DataFrame,
    *,
    limit_min: float,
    method: Method = "e2sfca",
    weight: Weight | None = None,
) -> pd.DataFrame:
    """Measure which part of a cell's places lies beyond the border.

    Parameters
    ----------
    demand, travel, limit_min, method, weight
        As in ``measure_catchment``. With ``method="cumulative"`` the share is that of the places in
        reach, else that of the places a cell can count on.
    offers : DataFrame
        ``capacity`` and ``area`` (missing outside all areas); index: offer.

    Returns
    -------
    DataFrame
        Index of ``demand``: ``people``, ``access``, ``outside`` (the part of ``access`` that lies
        outside), ``share`` = outside / access, missing where there is none, and ``quality``.

    Raises
    ------
    InputError, UnknownNameError, CoverageError
        As ``measure_catchment``; ``offers`` lacks one of the two columns.

    Notes
    -----
    The demand at every offer is the same for both parts, so that inside and outside add up to
    ``access``. For a whole area: Σ outside_i·P_i / Σ access_i·P_i.

    Examples
    --------
    >>> ways = pd.DataFrame({"origin": "h", "destination": ["in", "out"], "minutes": [4.0, 9.0]})
    >>> offers = pd.DataFrame({"capacity": [30.0, 10.0], "area": ["01", None]}, index=["in", "out"])
    >>> measure_share_outside(pd.Series({"h": 10.0}), offers, ways, limit_min=15, method="2sfca")
        people  access  outside  share  quality
    h    10.0     4.0      1.0   0.25    exact
    """
    if missing := [c for c in ("capacity", "area") if c not in offers]:
        refuse("catchment.offer_columns", say("access.offers"), columns=", ".join(missing))

    def measure(capacity: pd.Series) -> pd.DataFrame:
        return measure_catchment(
            demand, capacity, travel, limit_min=limit_min, method=method, weight=weight
        )

    capacity = offers["capacity"].astype("float64")
    whole = measure(capacity)
    # Places inside set to 0 leave the demand at every offer as it is.
    there = measure(capacity.mask(offers["area"].notna() & capacity.notna(), 0.0))
    part = there["access"].where(whole["access"].notna())
    return pd.DataFrame(
        {
            "people": whole["people"],
            "access": whole["access"],
            "outside": part,
            "share": part / whole["access"].where(whole["access"] > 0),
            "quality": whole["quality"],
        }
    )


def aggregate_catchment(
    catchment: pd.DataFrame,
    people: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    indicator: str | Indicator,
    level: str | None = None,
    partial: bool = False,
) -> pd.DataFrame:
    """Average what people find over areas: rows of the values table.

    Parameters
    ----------
    catchment : DataFrame
        From ``measure_catchment`` or ``measure_raam``; index: cell.
    people : GeoDataFrame
        Population table with column ``area`` (smallest area, missing outside all).
    areas : GeoDataFrame
        Areas table.
    indicator : str or Indicator
        Of kind mean; its ``per`` is the unit (100: places per 100 children).
    level : str, optional
        One level; without it all levels, from the whole to the smallest.
    partial : bool, default False
        Also average what is incomplete; such rows carry the quality ``partial``.

    Returns
    -------
    DataFrame
        Columns of the values table: ``numerator`` Σ A_i·P_i (for 2sfca, e2sfca and 3sfca the places
        that go to the people of the area, wherever they lie), ``denominator`` Σ P_i,
        ``value`` = per · numerator / denominator.

    Raises
    ------
    UnknownNameError, InputError, CoverageError
        As ``aggregate_people``.

    Notes
    -----
    A mean needs all parts. Where one cell of an area reaches an offer without a stated capacity, or
    (measure_raam) people of it reach none at all, the row is missing, unless ``partial``: then what
    is known is averaged. Cells without people weigh nothing and make nothing missing.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(
    ...     {"gesamt": "gesamt", "gesamt_name": "Stadt", "quartier": ["01", "02"],
    ...      "quartier_name": ["Nord", "Süd"]}, index=["01", "02"])
    >>> people = gpd.GeoDataFrame({"area": ["01", "01", "02"]}, index=["h1", "h2", "h3"])
    >>> catchment = pd.DataFrame(
    ...     {"people": [10.0, 30.0, 60.0], "access": [0.5, 0.3, 0.1], "unstated": 0,
    ...      "quality": "exact"}, index=["h1", "h2", "h3"])
    >>> rows = aggregate_catchment(catchment, people, areas, indicator="plaetze_je_kind")
    >>> rows[["level", "area", "value", "numerator", "denominator"]].round(3)
          level    area  value  numerator  denominator
    0    gesamt  gesamt   0.20       20.0        100.0
    1  quartier      01   0.35       14.0         40.0
    2  quartier      02   0.10        6.0         60.0
    """
    score = "cost" if "cost" in catchment else "access"
    counted = catchment["people"] > 0
    open_ended = counted & (catchment["unstated"] > 0)
    sums = pd.DataFrame(
        {
            "people": catchment["people"],
            "reached": (catchment[score] * catchment["people"]).where(counted, 0.0),
            "quality": catchment["quality"],
        }
    )

    def add_up(table: pd.DataFrame) -> pd.DataFrame:
        return aggregate_people(
            table, people, areas, indicator=indicator, level=level, partial=partial
        )

    rows = add_up(sums.assign(reached=sums["reached"].mask(open_ended)))
    if partial:
        # What is known of open-ended cells counts; their rows stay marked.
        rows = add_up(sums).assign(quality=rows["quality"])
    per = indicator.per if isinstance(indicator, Indicator) else 1.0
    share = per * rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0)
    return rows.assign(value=share)


def describe_catchment(
    capacity: pd.Series,
    *,
    limit_min: float,
    method: Method = "e2sfca",
    weight: Weight | None = None,
) -> str:
    """Say in German what was measured and how many offers had to be left out.

    Parameters
    ----------
    capacity, limit_min, method, weight
        As given to ``measure_catchment``.

    Returns
    -------
    str
        A sentence or two for the section on methods.

    Examples
    --------
    >>> print(describe_catchment(pd.Series({"a": 60.0, "b": None}), limit_min=15, method="2sfca"))
    Plätze je Person nach 2SFCA (Luo und Wang 2003) bis einschließlich 15 Minuten, jeder Weg bis dahin
    zählt voll. Ohne Platzzahl und deshalb nicht mitgezählt: 1 von 2 Angeboten.
    """
    chosen = choose_weight(method, weight)
    text = say(
        f"catchment.method_{method}",
        limit=number(limit_min, 0 if float(limit_min).is_integer() else 1),
        weight=chosen.text,
    )
    _, stated = need_capacity(capacity)
    if stated.all():
        return text
    left = say("catchment.left_out", count=int((~stated).sum()), total=len(stated))
    return f"{text} {left}"
