"""From indicators to one score: z-values, exponential ranks, first principal components.

All functions take a table indexed by (datenstand, area) with one column per indicator, turned so that
more is more need and without gaps, and treat every Datenstand by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.errors import CoverageError
from sozialraum.indicators.recipe import Recipe
from sozialraum.texts import date, say

# English IMD 2007 and SIMD 2016: the scale at which the most deprived tenth gets half of the range.
_SCALE = 23.0


def standardise(
    table: pd.DataFrame, *, sd: str = "population", weights: pd.Series | None = None
) -> pd.DataFrame:
    """Give z = (x − mean) / SD for every Datenstand.

    Parameters
    ----------
    table : DataFrame
        Index (datenstand, area).
    sd : {"population", "sample"}
        SD² = Σ (x − mean)² / n, or / (n − 1).
    weights : Series, optional
        Same index: mean = Σ w x / Σ w, SD² = Σ w (x − mean)² / Σ w (population).

    Returns
    -------
    DataFrame

    Raises
    ------
    CoverageError
        A column does not vary, so that SD = 0.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["2024"], list("abc")])
    >>> standardise(pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=index))["x"].round(4).tolist()
    [-1.2247, 0.0, 1.2247]
    """

    def one(part: pd.DataFrame) -> pd.DataFrame:
        share = np.full(len(part), 1 / len(part))
        if weights is not None:
            share = weights[part.index].to_numpy() / weights[part.index].sum()
        values = part.to_numpy(dtype="float64")
        apart = values - share @ values
        spread = np.sqrt(share @ apart**2)
        if sd == "sample":
            spread = spread * np.sqrt(len(part) / (len(part) - 1))
        flat = np.ptp(values, axis=0) == 0
        if flat.any():
            raise _say_flat(part, flat)
        return pd.DataFrame(apart / spread, part.index, part.columns)

    return by_date(table, one)


def _say_flat(part: pd.DataFrame, flat: npt.NDArray[np.bool_]) -> CoverageError:
    column, day = str(part.columns[flat][0]), str(part.index[0][0])
    return CoverageError(say("index.constant", date=date(day), cell=column))


def by_date(table: pd.DataFrame, change: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """Change the rows of every Datenstand by themselves; the order of rows stays."""
    parts = [change(part) for _, part in table.groupby(level=0, sort=False)]
    return pd.concat(parts).reindex(table.index) if parts else table


def score_exponential(table: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """Give Σ w · X with X = −23 ln(1 − R (1 − e^(−100/23))) and R = (n − rank + 1) / n.

    Parameters
    ----------
    table : DataFrame
        Index (datenstand, area); rank 1 is the largest value. Equal values share the mean rank.
    weights : mapping of str to float

    Returns
    -------
    Series
        X runs from nearly 0 to 100, and about the most deprived tenth lies above 50: a good place in
        one domain hardly makes up for a bad one in another.

    Notes
    -----
    Noble, M. and others (2006): Measuring multiple deprivation at the small-area level. Environment
    and Planning A 38. Used by the English indices of deprivation and the SIMD.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["2024"], range(1, 11)])
    >>> table = pd.DataFrame({"x": range(10)}, index=index)
    >>> score_exponential(table, {"x": 1.0}).round(2).tolist()[::3]
    [2.39, 11.55, 27.01, 100.0]
    """
    rank = table.groupby(level=0).rank(ascending=False, method="average")
    size = table.groupby(level=0)[table.columns[0]].transform("size")
    share = rank.rsub(size + 1, axis=0).div(size, axis=0)
    scaled = -_SCALE * np.log(1 - share * (1 - np.exp(-100 / _SCALE)))
    return (scaled * pd.Series(dict(weights), dtype="float64")[list(table.columns)]).sum(axis=1)


class Components(NamedTuple):
    """First principal components: loadings by indicator, share of variance by dimension."""

    loadings: pd.Series
    explained: pd.Series


def find_components(z: pd.DataFrame, dimensions: Mapping[str, Sequence[str]]) -> Components:
    """Give the first principal component of the correlation matrix of every dimension.

    Parameters
    ----------
    z : DataFrame
        Standardised columns.
    dimensions : mapping of str to sequence of str
        The columns of each.

    Returns
    -------
    Components
        Loadings are the unit eigenvector of the largest eigenvalue λ, signed so that their sum is
        positive: more is more need. The explained share is λ / number of indicators.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["2024"], list("abc")])
    >>> z = standardise(pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 3, 2]}, index=index))
    >>> loadings, explained = find_components(z, {"d": ["x", "y"]})
    >>> loadings.round(4).tolist(), float(explained["d"].round(4))
    ([0.7071, 0.7071], 0.75)
    """
    loadings: dict[str, float] = {}
    explained: dict[str, float] = {}
    for name, columns in dimensions.items():
        correlation = np.corrcoef(z[list(columns)].to_numpy(), rowvar=False)
        values, vectors = np.linalg.eigh(np.atleast_2d(correlation))
        first = vectors[:, -1]
        first = first if first.sum() > 0 else -first
        loadings |= dict(zip(columns, first.tolist(), strict=True))
        explained[name] = float(values[-1]) / len(columns)
    return Components(pd.Series(loadings), pd.Series(explained))


def score_components(z: pd.DataFrame, recipe: Recipe) -> pd.Series:
    """Give the GISD's score: components to 0–1 for every Datenstand, their sum to 0–1 again.

    Parameters
    ----------
    z : DataFrame
        Standardised columns, one analysis for all rows if the recipe is ``pooled``.
    recipe : Recipe
        Names the dimension of each indicator.

    Returns
    -------
    Series

    Notes
    -----
    Michalski, N. and others (2022): German Index of Socioeconomic Deprivation (GISD), revision, update
    and applications. Journal of Health Monitoring 7 (S5).
    """
    dimensions = group_dimensions(recipe)

    def one(part: pd.DataFrame) -> pd.DataFrame:
        loadings = find_components(part, dimensions).loadings
        sums = {name: (part[c] * loadings[c]).sum(axis=1) for name, c in dimensions.items()}
        return pd.DataFrame(sums)

    sums = one(z) if recipe.pooled else by_date(z, one)
    total = by_date(sums, _to_unit).sum(axis=1).to_frame(recipe.id)
    return by_date(total, _to_unit)[recipe.id]


def group_dimensions(recipe: Recipe) -> dict[str, list[str]]:
    """Give the indicators of every dimension, in the order of the recipe."""
    dimensions: dict[str, list[str]] = {}
    for part in recipe.indicator:
        dimensions.setdefault(part.dimension, []).append(part.id)
    return dimensions


def _to_unit(part: pd.DataFrame) -> pd.DataFrame:
    low, high = part.min(), part.max()
    if (low == high).any():
        raise _say_flat(part, (low == high).to_numpy())
    return (part - low) / (high - low)


def score_areas(
    table: pd.DataFrame, recipe: Recipe, inhabitants: pd.Series | None = None
) -> pd.Series:
    """Score areas by the method of a recipe.

    * ``z_sum``: z of the weighted sum of z. The scale is the standard deviation again.
    * ``z_mean``: Σ w z / Σ w.
    * ``exponential``: see `score_exponential`.
    * ``pca``: see `score_components`.

    Parameters
    ----------
    table : DataFrame
        Index (datenstand, area); the recipe's indicators as they are, without gaps.
    recipe : Recipe
    inhabitants : Series, optional
        Same index; weights of mean and standard deviation if the recipe says so.

    Returns
    -------
    Series
        More is more need.

    Raises
    ------
    CoverageError
    """
    sides = {p.id: -1.0 if p.direction == "low_is_need" else 1.0 for p in recipe.indicator}
    weights = {p.id: p.weight for p in recipe.indicator}
    turned = table[list(sides)] * pd.Series(sides)
    if recipe.method == "exponential":
        return score_exponential(turned, weights)
    by = inhabitants if recipe.mean == "inhabitants" else None
    if recipe.method == "pca":
        dates = "" if recipe.pooled else table.index.get_level_values(0)
        at = pd.MultiIndex.from_arrays([np.full(len(table), dates), range(len(table))])
        z = standardise(turned.set_axis(at), weights=None if by is None else by.set_axis(at))
        return score_components(z.set_axis(table.index), recipe)
    z = standardise(turned, sd=recipe.sd, weights=by)
    total = (z * pd.Series(weights)[list(z.columns)]).sum(axis=1)
    if recipe.method == "z_mean":
        return total / sum(weights.values())
    return standardise(total.to_frame(recipe.id), sd=recipe.sd, weights=by)[recipe.id]
