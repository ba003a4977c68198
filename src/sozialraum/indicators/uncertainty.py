"""How certain a figure is: intervals, comparison with the rest, smoothing, small areas.

Figures of a whole town are counts of cases that could have turned out a little differently with the same
conditions; small areas scatter most. What is said here holds for that chance alone, not for mistakes in
registers.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import UNASSIGNED, WHOLE
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.steps import add_step
from sozialraum.texts import number, say

Floats = npt.NDArray[np.float64]
UNCERTAIN = "/"
_SERIES = ["indicator", "level", "datenstand"]


def measure_share_interval(
    numerator: pd.Series, denominator: pd.Series, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Measure Wilson's interval of a share Z/N.

    (p + z²/2N ± z √(p(1 − p)/N + z²/4N²)) / (1 + z²/N) with p = Z/N.

    Parameters
    ----------
    numerator, denominator : Series of float
        Z and N, 0 ≤ Z ≤ N, with the same index.
    confidence : float, default 0.95

    Returns
    -------
    DataFrame
        ``low, high`` between 0 and 1; missing where Z or N is, where N is 0 and where Z is more than N
        (then it is no share).

    Notes
    -----
    Wilson, E. B. (1927): Probable inference, the law of succession, and statistical inference. JASA 22.
    The interval covers a share m exactly if |p − m| ≤ z √(m(1 − m)/N).

    Examples
    --------
    >>> measure_share_interval(pd.Series([10.0]), pd.Series([50.0])).round(4).values.tolist()
    [[0.1124, 0.3304]]
    """
    cases = numerator.to_numpy(dtype="float64")
    size = denominator.to_numpy(dtype="float64")
    size = np.where((size > 0) & (cases >= 0) & (cases <= size), size, np.nan)
    z = _quantile(confidence)
    share = cases / size
    middle = share + z**2 / (2 * size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    below = (middle - half) / (1 + z**2 / size)
    above = (middle + half) / (1 + z**2 / size)
    # Where nothing or everything is a case the ends are 0 and 1; arithmetic only comes near.
    low = np.where(cases == 0, 0.0 * size, np.clip(below, 0, 1))
    high = np.where(cases == size, 1.0, np.clip(above, 0, 1))
    return pd.DataFrame({"low": low, "high": high}, index=numerator.index)


def measure_count_interval(
    count: pd.Series, *, confidence: float = 0.95, method: Literal["exact", "byar"] = "exact"
) -> pd.DataFrame:
    """Measure the interval of a number of cases that follows Poisson's law.

    Exact (Garwood 1936): ½ χ²(α/2; 2x) and ½ χ²(1 − α/2; 2x + 2). Byar's approximation needs no tables:
    x (1 − 1/9x − z/3√x)³ and (x + 1) (1 − 1/9(x + 1) + z/3√(x + 1))³.

    Parameters
    ----------
    count : Series of float
        Cases, 0 or more.
    confidence : float, default 0.95
    method : {"exact", "byar"}

    Returns
    -------
    DataFrame
        ``low, high``; of 0 cases the lower end is 0. Missing where the count is.

    Raises
    ------
    UnknownNameError
        No such method.

    Notes
    -----
    Garwood, F. (1936): Fiducial limits for the Poisson distribution. Biometrika 28. Breslow, N. E., Day,
    N. E. (1987): Statistical Methods in Cancer Research II, 69.

    Examples
    --------
    >>> measure_count_interval(pd.Series([0.0, 10.0])).round(3).values.tolist()
    [[0.0, 3.689], [4.795, 18.39]]
    """
    if method not in ("exact", "byar"):
        raise UnknownNameError("method", method, ("exact", "byar"))
    cases = count.to_numpy(dtype="float64")
    cases = np.where(cases >= 0, cases, np.nan)
    some = np.where(cases > 0, cases, np.nan)
    if method == "exact":
        from scipy.special import gammaincinv

        tail = (1 - confidence) / 2
        low, high = gammaincinv(some, tail), gammaincinv(cases + 1, 1 - tail)
    else:
        z = _quantile(confidence)
        low = some * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0) ** 3
        more = cases + 1
        high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return pd.DataFrame({"low": np.where(cases == 0, 0.0, low), "high": high}, index=count.index)


def measure_intervals(
    values: pd.DataFrame, indicators: Mapping[str, Indicator], *, confidence: float = 0.95
) -> pd.DataFrame:
    """Measure the interval of every row of the values table in its indicator's unit.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping of str to Indicator
        The kind decides: Wilson's interval for a rate, Poisson's for a count and for the numerator of
        a ratio. A mean and an index have none, for their spread is not in the table.
    confidence : float, default 0.95

    Returns
    -------
    DataFrame
        The rows with ``low`` and ``high`` added.

    Raises
    ------
    UnknownNameError

    Examples
    --------
    >>> values = pd.DataFrame({"indicator": ["q"], "value": [20.0], "numerator": [10.0],
    ...                        "denominator": [50.0]})
    >>> share = Indicator(id="q", title="Quote", kind="rate", per=100)
    >>> measure_intervals(values, {"q": share})[["low", "high"]].round(1).values.tolist()
    [[11.2, 33.0]]
    """
    for name in values["indicator"].unique():
        pick(indicators, name)
    kind = values["indicator"].map({k: i.kind for k, i in indicators.items()}).astype("str")
    per = values["indicator"].map({k: i.per for k, i in indicators.items()}).astype("float64")
    ends = _interval(kind, values["numerator"], values["denominator"], confidence)
    ends = ends.mul(per, axis=0)
    counts = kind == "count"
    ends[counts] = measure_count_interval(values.loc[counts, "value"], confidence=confidence)
    return values.assign(low=ends["low"], high=ends["high"])


def _interval(
    kind: pd.Series, cases: pd.Series, size: pd.Series, confidence: float
) -> pd.DataFrame:
    """Give the ends of Z/N, missing where the kind has no interval."""
    ends = pd.DataFrame(np.nan, index=kind.index, columns=["low", "high"])
    rate, ratio = kind == "rate", kind == "ratio"
    ends[rate] = measure_share_interval(cases[rate], size[rate], confidence=confidence)
    some = size[ratio].where(size[ratio] > 0)
    ends[ratio] = measure_count_interval(cases[ratio], confidence=confidence).div(some, axis=0)
    return ends


def compare_with_rest(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    indicators: Mapping[str, Indicator],
    *,
    level: str,
    parent: str = WHOLE,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Compare every area with the rest of the area it belongs to, which does not contain it.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table on both levels, with numerator and denominator.
    areas : GeoDataFrame
        The areas of an atlas.
    indicators : mapping of str to Indicator
        Rates and ratios are compared, nothing else.
    level : str
    parent : str
        The level above, the whole unless given.
    confidence : float, default 0.95

    Returns
    -------
    DataFrame
        One row per area, indicator and Datenstand: ``area, level, indicator, datenstand, value, low,
        high, parent, parent_value, rest`` (the rest's value), ``difference`` with ``difference_low`` and
        ``difference_high``, all in the indicator's unit, and ``verdict``: "higher", "lower",
        "indistinct", or missing where something needed is missing; ``verdict_text`` is German.

    Raises
    ------
    UnknownNameError
        There is no such level.

    Notes
    -----
    The rest has Z_parent − Z and N_parent − N: an area compared with a total that contains it is
    partly compared with itself. The interval of the difference d = p₁ − p₂ is Newcombe's (1998, method
    10): d − √((p₁ − l₁)² + (u₂ − p₂)²) to d + √((u₁ − p₁)² + (p₂ − l₂)²). An area is "indistinct" if
    this interval covers 0 or its own interval covers the parent's value. Of 100 areas that do not
    differ, about five come out higher or lower all the same.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"gesamt": "gesamt", "quartier": ["1", "2"]}, index=["1", "2"])
    >>> share = Indicator(id="q", title="Quote", kind="rate", per=100)
    >>> values = pd.DataFrame({"area": ["1", "2", "gesamt"], "level": ["quartier"] * 2 + ["gesamt"],
    ...     "indicator": "q", "datenstand": "2024", "value": [30.0, 10.0, 12.0],
    ...     "numerator": [30.0, 90.0, 120.0], "denominator": [100.0, 900.0, 1000.0]})
    >>> found = compare_with_rest(values, areas, {"q": share}, level="quartier")
    >>> found[["rest", "difference", "verdict_text"]].values.tolist()[0]
    [10.0, 20.0, 'höher als im übrigen Gebiet']
    """
    for name in (level, parent):
        if name not in areas:
            raise UnknownNameError("level", name, [c for c in areas if f"{c}_name" in areas])
    kinds = {k: i.kind for k, i in indicators.items()}
    compared = values["indicator"].map(kinds).isin(["rate", "ratio"])
    rows = values[compared & (values["level"] == level) & (values["area"] != UNASSIGNED)]
    above = areas.drop_duplicates(level).set_index(level)[parent]
    rows = rows.assign(parent=rows["area"].map(above))
    columns = ["parent", "indicator", "datenstand"]
    whole = values.loc[
        values["level"] == parent, ["area", *columns[1:], "value", "numerator", "denominator"]
    ].rename(columns={"area": "parent"})
    found = rows.merge(
        whole.drop_duplicates(columns, keep="last"), how="left", on=columns,
        suffixes=("", "_parent"),
    )  # fmt: skip
    kind = found["indicator"].map(kinds).astype("str")
    per = found["indicator"].map({k: i.per for k, i in indicators.items()}).astype("float64")
    cases = found["numerator_parent"] - found["numerator"]
    size = found["denominator_parent"] - found["denominator"]
    rest = cases / size.where(size > 0)
    own = found["numerator"] / found["denominator"].where(found["denominator"] > 0)
    ends = _interval(kind, found["numerator"], found["denominator"], confidence)
    others = _interval(kind, cases, size, confidence)
    apart = own - rest
    low = apart - np.hypot(own - ends["low"], others["high"] - rest)
    high = apart + np.hypot(ends["high"] - own, rest - others["low"])
    parent_share = found["numerator_parent"] / found["denominator_parent"]
    covered = (ends["low"] <= parent_share) & (parent_share <= ends["high"])
    verdict = pd.Series(
        np.select([covered | ((low <= 0) & (high >= 0)), apart > 0], ["indistinct", "higher"], "lower"),
        index=found.index, dtype="str",
    ).where(low.notna() & high.notna())  # fmt: skip
    texts = {name: say(f"uncertainty.{name}") for name in ("higher", "lower", "indistinct")}
    return found[["area", "level", "indicator", "datenstand", "value"]].assign(
        low=ends["low"] * per,
        high=ends["high"] * per,
        parent=found["parent"],
        parent_value=found["value_parent"],
        rest=rest * per,
        difference=apart * per,
        difference_low=low * per,
        difference_high=high * per,
        verdict=verdict,
        verdict_text=verdict.map(texts),
    )


def smooth_rates(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Smooth rates by Empirical Bayes: the smaller an area, the nearer to the mean.

    r̂ = m + C (r − m) with m = ΣZ/ΣN, s² = ΣN (r − m)²/ΣN, C = A/(A + m/N) and A = max(s² − m/N̄, 0),
    for every indicator, level and Datenstand.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping of str to Indicator

    Returns
    -------
    DataFrame
        The rows; those of rates and ratios with Z and N have the smoothed value and the step
        ``smoothed``. Z and N stay, so that secrecy and aggregation see the counts. Where areas scatter
        no more than chance would have it (A = 0), all get the mean.

    Notes
    -----
    Marshall, R. J. (1991): Mapping disease and mortality rates using empirical Bayes estimators.
    Applied Statistics 40. Good for maps, where the smallest areas would be the darkest and the lightest;
    not for figures by which one area is judged.

    Examples
    --------
    >>> values = pd.DataFrame({"area": ["1", "2", "3"], "level": "q", "indicator": "r",
    ...     "datenstand": "2024", "value": [100.0, 20.0, 10.0], "numerator": [2.0, 200.0, 100.0],
    ...     "denominator": [2.0, 1000.0, 1000.0], "quality": "exact", "steps": ""})
    >>> share = Indicator(id="r", title="Quote", kind="rate", per=100)
    >>> smooth_rates(values, {"r": share})["value"].round(1).tolist()
    [18.3, 19.8, 10.2]
    """
    for name in values["indicator"].unique():
        pick(indicators, name)
    quotient = values["indicator"].map(
        {k: i.kind in ("rate", "ratio") for k, i in indicators.items()}
    )
    table = values if "steps" in values else values.assign(steps="")
    rows = table[
        quotient.astype(bool)
        & (table["area"] != UNASSIGNED)
        & table["numerator"].notna()
        & (table["denominator"] > 0)
    ]
    if rows.empty:
        return table
    keys = [rows[k] for k in _SERIES]
    cases, size = rows["numerator"].astype("float64"), rows["denominator"].astype("float64")
    total = size.groupby(keys).transform("sum")
    middle = cases.groupby(keys).transform("sum") / total
    rate = cases / size
    spread = (size * (rate - middle) ** 2).groupby(keys).transform("sum") / total
    true = (spread - middle / size.groupby(keys).transform("mean")).clip(lower=0)
    chance = middle / size
    weight = (true / (true + chance)).where(true > 0, 0.0)
    per = rows["indicator"].map({k: i.per for k, i in indicators.items()}).astype("float64")
    table = table.copy()
    table.loc[rows.index, "value"] = per * (middle + weight * (rate - middle))
    table.loc[rows.index, "steps"] = add_step(rows["steps"], "smoothed")
    return table


def withhold_small_areas(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    *,
    minimum: float,
    inhabitants: str | None = None,
) -> pd.DataFrame:
    """Leave out rates, ratios, means and indices of areas that are too small for them.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping of str to Indicator
    minimum : float
        Smallest size that is shown, inclusive.
    inhabitants : str, optional
        Id of the count that says how large an area is, on the same Datenstand; the row's own
        denominator unless given. A row whose size is not known stays.

    Returns
    -------
    DataFrame
        Rows of areas below the minimum have no value and the sign "/" (too uncertain). It is not ".",
        which is for what is secret: numerator and denominator stay, so that secrecy and aggregation see
        them; secrecy takes them away where they would reveal a person.

    Raises
    ------
    UnknownNameError

    Examples
    --------
    >>> values = pd.DataFrame({"area": ["1", "2"], "level": "q", "indicator": "r", "datenstand": "2024",
    ...     "value": [50.0, 20.0], "numerator": [10.0, 60.0], "denominator": [20.0, 300.0], "sign": ""})
    >>> share = Indicator(id="r", title="Quote", kind="rate", per=100)
    >>> withhold_small_areas(values, {"r": share}, minimum=100)["sign"].tolist()
    ['/', '']
    """
    for name in values["indicator"].unique():
        pick(indicators, name)
    size = values["denominator"]
    if inhabitants is not None:
        pick(indicators, inhabitants)
        key = ["level", "area", "datenstand"]
        people = values[values["indicator"] == inhabitants].drop_duplicates(key, keep="last")
        size = pd.Series(
            people.set_index(key)["value"]
            .reindex(pd.MultiIndex.from_frame(values[key]))
            .to_numpy(dtype="float64"),
            index=values.index,
        )
    counts = values["indicator"].map({k: i.kind == "count" for k, i in indicators.items()})
    small = ~counts.astype(bool) & (size < minimum) & values["value"].notna()
    table = values if "steps" in values else values.assign(steps="")
    table = table.assign(
        value=table["value"].where(~small), sign=table["sign"].where(~small, UNCERTAIN)
    )
    table.loc[small, "steps"] = add_step(table.loc[small, "steps"], "too_small", number(minimum))
    return table


def measure_funnel(
    middle: float,
    sizes: npt.ArrayLike,
    *,
    kind: Literal["rate", "ratio"] = "rate",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Measure between which limits areas of a size lie if they do not differ from the mean.

    m ± z √(m(1 − m)/N) for a share, m ± z √(m/N) for a ratio.

    Parameters
    ----------
    middle : float
        The mean m, as Z/N.
    sizes : array-like of float
        N, greater than 0.
    kind : {"rate", "ratio"}
    confidence : float, default 0.95

    Returns
    -------
    DataFrame
        Index ``size``; ``low, high`` as Z/N, cut at 0 and, for a share, at 1.

    Notes
    -----
    Spiegelhalter, D. J. (2005): Funnel plots for comparing institutional performance. Statistics in
    Medicine 24. A share lies outside exactly if its interval (`measure_share_interval`) does not
    cover m.

    Examples
    --------
    >>> measure_funnel(0.2, [100, 400]).round(4).values.tolist()
    [[0.1216, 0.2784], [0.1608, 0.2392]]
    """
    size = np.asarray(sizes, dtype="float64")
    spread = middle * (1 - middle) if kind == "rate" else middle
    half = _quantile(confidence) * np.sqrt(spread / size)
    high = np.minimum(middle + half, 1.0) if kind == "rate" else middle + half
    return pd.DataFrame(
        {"low": np.maximum(middle - half, 0.0), "high": high}, index=pd.Index(size, name="size")
    )


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
