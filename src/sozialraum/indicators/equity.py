"""What is paid for whom: funding by area, per head, per need point, and how it follows need.

Funding is a table of its own (`FUNDING`): offer, year, source, euro. It enters an edition only as rows
of the values table under an indicator whose ``audience`` allows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.model.areas import UNASSIGNED, WHOLE, list_levels
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.steps import add_step
from sozialraum.texts import number, say

Floats = npt.NDArray[np.float64]


def deflate_funding(
    funding: pd.DataFrame, prices: Mapping[int, float], *, base_year: int
) -> pd.DataFrame:
    """Express amounts in the prices of one year: real = euro · P_base / P_year.

    Parameters
    ----------
    funding : DataFrame
        ``year, euro`` at least.
    prices : mapping of int to float
        A price index by year, such as a consumer price index with 2020 = 100. It is given by the user,
        with a source; none is built in.
    base_year : int

    Returns
    -------
    DataFrame
        The rows with ``euro`` in prices of ``base_year``.

    Raises
    ------
    CoverageError
        A year has no price, or a price is not positive.

    Notes
    -----
    Where all prices are equal, real is nominal.

    Examples
    --------
    >>> funding = pd.DataFrame({"offer": "k", "year": [2020, 2024], "euro": [100.0, 119.3]})
    >>> deflate_funding(funding, {2020: 100.0, 2024: 119.3}, base_year=2020)["euro"].round(2).tolist()
    [100.0, 100.0]
    """
    needed = {base_year, *funding["year"].dropna().astype(int)}
    lacking = sorted(year for year in needed if not prices.get(year, 0) > 0)
    if lacking:
        raise CoverageError(say("equity.no_price", years=", ".join(map(str, lacking))))
    factor = funding["year"].map({year: prices[base_year] / prices[year] for year in needed})
    return funding.assign(euro=funding["euro"] * factor)


def sum_funding(
    funding: pd.DataFrame, offers: pd.DataFrame, *, by: Sequence[str] = ("year",)
) -> pd.DataFrame:
    """Add up funding by year, source, duty, or anything known of the offers.

    Parameters
    ----------
    funding : DataFrame
        ``offer, year, source, euro`` and, if known, ``mandatory``.
    offers : DataFrame
        Index ``offer``.
    by : sequence of str
        Columns of funding or of offers: ``("year", "mandatory")``, ``("year", "source")``,
        ``("year", "category")``, ``("offer", "year")``. Where a row of funding does not say whether it
        is a duty (``mandatory``), the offer's word counts.

    Returns
    -------
    DataFrame
        Index ``by`` in sorted order, missing last as a group of its own; ``euro``; ``offers`` (how many
        different ones); ``share`` of the year's sum in percent, or of all if years are not told apart.

    Raises
    ------
    UnknownNameError
        There is no such column.

    Notes
    -----
    The sums of all groups are the sum of all rows; a missing amount makes its group's sum missing.

    Examples
    --------
    >>> funding = pd.DataFrame({"offer": ["k", "k", "j"], "year": 2024,
    ...     "source": ["Stadt", "Land", "Stadt"], "euro": [60.0, 20.0, 20.0]})
    >>> offers = pd.DataFrame({"mandatory": ["yes", "no"]}, index=["k", "j"])
    >>> sum_funding(funding, offers, by=["mandatory"])["share"].to_dict()
    {'no': 20.0, 'yes': 80.0}
    """
    table = funding.copy()
    for column in by:
        told = offers.get(column)
        if column not in table and told is None:
            known = sorted({str(c) for c in (*funding.columns, *offers.columns)})
            raise UnknownNameError("column", column, known)
        if told is not None:
            of_offer = table["offer"].map(told)
            own = table.get(column, of_offer)
            table[column] = own.where(own.notna(), of_offer)
    groups = table.groupby(list(by), dropna=False, sort=True)
    sums = pd.DataFrame(
        {"euro": groups["euro"].sum(skipna=False), "offers": groups["offer"].nunique()}
    )
    if "year" in by and len(by) > 1:
        total = sums.groupby("year")["euro"].transform("sum")
    else:
        total = pd.Series(sums["euro"].sum(), index=sums.index)
    return sums.assign(share=100 * sums["euro"] / total.where(total != 0))


def aggregate_funding(
    funding: pd.DataFrame, offers: pd.DataFrame, areas: gpd.GeoDataFrame, indicator: Indicator
) -> pd.DataFrame:
    """Add up funding by year for every area of every level.

    Parameters
    ----------
    funding : DataFrame
        ``offer, year, euro``; ``serves``, where it stands, is the level an amount is for: "gesamt" for
        an offer of the whole town. Without it an amount belongs to the smallest area of its offer.
    offers : DataFrame
        Index ``offer``, with ``area`` (missing: beyond the border, or without a place).
    areas : GeoDataFrame
        The areas of an atlas.
    indicator : Indicator
        Of kind count.

    Returns
    -------
    DataFrame
        Rows of the values table; Datenstand is the year. What an offer gets that serves more than an
        area of a level, or lies in none, stands there under ``nicht_zuzuordnen`` and says so in its
        steps; no area gets it. An area without funded offers has 0.

    Raises
    ------
    UnknownNameError
        An offer or a level does not exist.

    Notes
    -----
    The sum over all areas of a level and ``nicht_zuzuordnen`` is the sum of all rows of the year, for
    every level. Amounts are added up in whole cents.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1", "2"], "quartier_name": ["A", "B"]}, index=["1", "2"])
    >>> offers = pd.DataFrame({"area": ["1", "1"]}, index=["club", "beratung"])
    >>> funding = pd.DataFrame({"offer": ["club", "beratung"], "year": 2024, "euro": [100.0, 50.0],
    ...     "serves": [None, "gesamt"]})
    >>> rows = aggregate_funding(funding, offers, areas, Indicator(id="f", title="Förderung"))
    >>> rows[["area", "level", "value"]].values.tolist()
    [['gesamt', 'gesamt', 150.0], ['1', 'quartier', 100.0], ['2', 'quartier', 0.0], \
['nicht_zuzuordnen', 'quartier', 50.0]]
    """
    levels = list_levels(areas)
    for name in funding.loc[~funding["offer"].isin(offers.index), "offer"]:
        raise UnknownNameError("offer", str(name), offers.index)
    serves = funding.get("serves", pd.Series(index=funding.index, dtype="str"))
    serves = serves.fillna(levels[-1]).replace("", levels[-1])
    for name in serves[~serves.isin(levels)]:
        raise UnknownNameError("level", str(name), levels)
    lies_in = funding["offer"].map(offers["area"])
    cents = np.rint(100 * funding["euro"].astype("float64"))
    years = sorted(funding["year"].dropna().astype(int).unique())
    parts = []
    for level in levels:
        below = [x for x in levels if areas.groupby(x)[level].nunique().max() == 1]
        place = lies_in.map(areas[level]).where(serves.isin(below))
        place = place.fillna(WHOLE if level == WHOLE else UNASSIGNED)
        sums = cents.groupby([funding["year"].astype(int), place]).sum(min_count=1)
        lost = cents.isna().groupby([funding["year"].astype(int), place]).any()
        sums = sums.mask(lost)
        ids = sorted(areas[level].unique())
        nowhere = [UNASSIGNED] if (place == UNASSIGNED).any() else []
        index = pd.MultiIndex.from_product([years, [*ids, *nowhere]], names=["year", "area"])
        known = pd.Series(0.0, index=index)
        known.update(sums.rename_axis(["year", "area"]))
        known[index.isin(sums[sums.isna()].index)] = np.nan
        parts.append((known / 100).rename("value").reset_index().assign(level=level))
    table = pd.concat(parts, ignore_index=True)
    quality = "practice" if indicator.practice else "derived" if indicator.derived else "exact"
    table = table.assign(
        indicator=indicator.id,
        datenstand=table["year"].astype("str"),
        gebietsstand=indicator.gebietsstand,
        numerator=table["value"],
        denominator=np.nan,
        quality=quality,
        sign=np.where(table["value"].isna(), "…", ""),
        steps=np.where(table["area"] == UNASSIGNED, "beyond_areas", "funded"),
    )
    return table[list(VALUE_COLUMNS)].astype(
        {"datenstand": "str", "sign": "str", "steps": "str", "quality": "str"}
    )


def relate_funding(
    rows: pd.DataFrame, values: pd.DataFrame, indicator: Indicator, to: Indicator
) -> pd.DataFrame:
    """Divide funding by the people of a group, or by the points of a need index.

    value = per · Z / N with Z the area's euros and N the people or points of the same year.

    Parameters
    ----------
    rows : DataFrame
        As `aggregate_funding` gives it.
    values : DataFrame
        Rows of the values table, with those of ``to`` on the levels wanted.
    indicator : Indicator
        What comes out, of kind ratio; ``per`` and its words are its own.
    to : Indicator
        A count: N is its value (children under six). A rate or ratio: N is its numerator, the people in
        need. An index: N is its value, the need points.

    Returns
    -------
    DataFrame
        Rows of the values table for every area that ``to`` knows. N is the newest of the funding's year;
        without one the value is missing with the sign "…", where N is 0 with "x". What serves more than
        an area (``nicht_zuzuordnen``) is in nobody's value but the upper level's. Datenstand is that of
        N, so that secrecy can withhold the quotient where N is withheld: give ``indicator`` the id of
        ``to`` as ``made_of`` and protect persons.

    Raises
    ------
    CoverageError
        An index has values below 0: points of need cannot be negative.

    Examples
    --------
    >>> rows = pd.DataFrame({"area": ["1", "2"], "level": "q", "indicator": "f", "datenstand": "2024",
    ...     "gebietsstand": "2024", "value": [600.0, 0.0], "quality": "exact", "sign": "", "steps": ""})
    >>> people = pd.DataFrame({"area": ["1", "2"], "level": "q", "indicator": "u6",
    ...     "datenstand": "2024-12-31", "value": [30.0, 20.0], "numerator": [30.0, 20.0]})
    >>> each = Indicator(id="je", title="Förderung je Kind", kind="ratio", denominator="Kinder")
    >>> relate_funding(rows, people, each, Indicator(id="u6", title="Kinder"))["value"].tolist()
    [20.0, 0.0]
    """
    column = "numerator" if to.kind in ("rate", "ratio", "mean") else "value"
    base = values[(values["indicator"] == to.id) & (values["area"] != UNASSIGNED)]
    if to.kind == "index" and (base["value"] < 0).any():
        raise CoverageError(say("equity.negative_need", title=to.title))
    base = base.assign(year=base["datenstand"].astype("str").str[:4], amount=base[column])
    base = base.sort_values("datenstand").drop_duplicates(["level", "area", "year"], keep="last")
    table = rows[rows["level"].isin(base["level"]) & (rows["area"] != UNASSIGNED)]
    table = table.assign(year=table["datenstand"].astype("str").str[:4])
    key = ["level", "area", "year"]
    base = base.rename(columns={"datenstand": "day"})
    found = table.merge(base[[*key, "amount", "day"]], how="left", on=key)
    top, bottom = found["value"], found["amount"].astype("float64")
    value = indicator.per * top / bottom.where(bottom != 0)
    step = add_step(found["steps"], "related", to.title)
    return found.assign(
        indicator=indicator.id,
        datenstand=found["day"].where(found["day"].notna(), found["datenstand"]),
        value=value,
        numerator=top,
        denominator=bottom,
        sign=np.select([top.isna() | bottom.isna(), value.isna()], ["…", "x"], ""),
        steps=step,
    ).reindex(columns=list(VALUE_COLUMNS)).astype({"sign": "str"})  # fmt: skip


def measure_gini(amounts: pd.Series, people: pd.Series) -> float:
    """Measure how unevenly amounts are spread over people: Gini, weighted by population.

    G = 2/μ · cov_w(x, rank_w(x)) with x the amount per head, w the people, μ the mean of x.

    Parameters
    ----------
    amounts, people : Series of float
        By area, with the same index. Areas where either is missing, or without people, are left out.

    Returns
    -------
    float
        0: everybody has the same; towards 1: one small area has all.

    Raises
    ------
    CoverageError
        Amounts below 0, no people, or nothing to be spread.

    Examples
    --------
    >>> measure_gini(pd.Series([1.0, 3.0]), pd.Series([1.0, 1.0]))
    0.25
    """
    x, weight, _ = _per_head(amounts, people, None)
    return _concentrate(x, weight, x)


def measure_concentration(amounts: pd.Series, people: pd.Series, need: pd.Series) -> float:
    """Measure whether amounts follow need: the concentration index.

    CI = 2/μ · cov_w(x, rank_w(need)) with x the amount per head, w the people, and the rank the share
    of people with less need plus half of those with the same.

    Parameters
    ----------
    amounts, people : Series of float
        By area, with the same index.
    need : Series of float
        Higher is more need. Areas where one of the three is missing, or without people, are left out.

    Returns
    -------
    float
        Above 0: more per head where need is greater; below 0: less. Between −G and G (`measure_gini`),
        so between −1 and 1; G itself if need ranks the areas as the amounts do.

    Raises
    ------
    CoverageError
        Amounts below 0, no people, or nothing to be spread.

    Notes
    -----
    Kakwani, N., Wagstaff, A., van Doorslaer, E. (1997): Socioeconomic inequalities in health.
    Journal of Econometrics 77. It says how things lie, not how they should lie.

    Examples
    --------
    >>> amounts, people = pd.Series([1.0, 3.0]), pd.Series([1.0, 1.0])
    >>> measure_concentration(amounts, people, need=pd.Series([5.0, 2.0]))
    -0.25
    """
    x, weight, ranked = _per_head(amounts, people, need)
    return _concentrate(x, weight, ranked)


def _per_head(
    amounts: pd.Series, people: pd.Series, need: pd.Series | None
) -> tuple[Floats, Floats, Floats]:
    table = pd.DataFrame({"amount": amounts, "people": people})
    table["need"] = table["people"] if need is None else need
    table = table.dropna().astype("float64")
    table = table[table["people"] > 0]
    if table.empty or (table["amount"] < 0).any() or table["amount"].sum() <= 0:
        raise CoverageError(say("equity.nothing"))
    amount, weight = table["amount"].to_numpy(), table["people"].to_numpy()
    return amount / weight, weight / weight.sum(), table["need"].to_numpy()


def _concentrate(x: Floats, weight: Floats, by: Floats) -> float:
    _, group = np.unique(by, return_inverse=True)
    size = np.bincount(group, weight)
    rank = (np.cumsum(size) - size / 2)[group]
    mean = float(weight @ x)
    return float(2 * (weight @ ((x - mean) * (rank - weight @ rank))) / mean)


def shift_budget(amounts: pd.Series, need: pd.Series) -> pd.DataFrame:
    """Reckon what each area would get if the same sum followed need: arithmetic, no recommendation.

    proportional_i = Σ amounts · need_i / Σ need, in whole cents (Hare–Niemeyer).

    Parameters
    ----------
    amounts : Series of float
        Euros by area. What serves more than one area (``nicht_zuzuordnen``) keeps what it has.
    need : Series of float
        Points or people in need by area, 0 or more.

    Returns
    -------
    DataFrame
        Index of ``amounts``; ``amount, need, share`` (of all need, in percent), ``proportional,
        difference``. The sum of ``proportional`` is the sum of ``amount`` to the cent, so the
        differences add up to 0.

    Raises
    ------
    CoverageError
        An amount or the need of an area is missing or below 0, or nobody has need.

    Notes
    -----
    The sum says nothing of contracts, buildings, staff or duties that bind money where it is, nor of
    people who use an offer elsewhere.

    Examples
    --------
    >>> shift_budget(pd.Series([50.0, 50.0], index=["1", "2"]),
    ...              pd.Series([1.0, 2.0], index=["1", "2"]))[["proportional", "difference"]]
       proportional  difference
    1         33.33      -16.67
    2         66.67       16.67
    """
    point = need.reindex(amounts.index).astype("float64")
    bound = amounts.index == UNASSIGNED
    free = amounts[~bound].astype("float64")
    known = point[~bound]
    odd = free.index[~((free >= 0) & (known >= 0)).to_numpy()]
    if len(odd):
        raise CoverageError(say("equity.no_need", ids=", ".join(map(str, odd[:10]))))
    if not known.sum() > 0:
        raise CoverageError(say("equity.nothing"))
    cents = np.rint(100 * free.to_numpy())
    # Need as shares first: whatever its unit, nothing overflows.
    quota = cents.sum() * (known.to_numpy() / float(known.sum()))
    down = np.floor(quota)
    spare = int(np.rint(cents.sum() - down.sum()))
    order = np.argsort(down - quota, kind="stable")
    down[order[:spare]] += 1
    table = pd.DataFrame({"amount": amounts.astype("float64").round(2), "need": point.mask(bound)})
    table["share"] = 100 * table["need"] / float(known.sum())
    table["proportional"] = table["amount"]
    table.loc[~bound, "proportional"] = down / 100
    return table.assign(difference=(table["proportional"] - table["amount"]).round(2))


def say_concentration(index: float) -> str:
    """Say a concentration index in words that judge nobody.

    Examples
    --------
    >>> say_concentration(0.12)
    'Konzentrationsindex 0,12: je Kopf fließt mehr dorthin, wo der Bedarf größer ist.'
    """
    kind = "toward" if index > _NEAR else "away" if index < -_NEAR else "even"
    return say(f"equity.{kind}", index=number(index, 2))


_NEAR = 0.02
