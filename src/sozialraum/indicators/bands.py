"""Named classes of an index: limits of the recipe, quantiles, or mapclassify's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.errors import CoverageError
from sozialraum.indicators.recipe import ClassSet, Recipe
from sozialraum.texts import date, say

Floats = npt.NDArray[np.float64]


def find_limits(values: pd.Series, divided: ClassSet) -> Floats:
    """Give the limits between the classes of one Datenstand.

    Parameters
    ----------
    values : Series of float
        Without gaps.
    divided : ClassSet

    Returns
    -------
    array of float
        One fewer than names. "quantile_9" is (Hyndman & Fan 1996, type 9) with p·(n + 1/4) + 3/8 as
        the place in the sorted values; "quantiles", "equal", "natural" are the bins of mapclassify's
        Quantiles, EqualInterval and FisherJenks. Fewer limits come back where too few values differ.

    Examples
    --------
    >>> halves = ClassSet(id="h", title="Hälfte", names=("unten", "oben"), scheme="quantiles")
    >>> find_limits(pd.Series([1.0, 2.0, 3.0, 10.0]), halves).tolist()
    [2.5]
    """
    if divided.scheme == "limits":
        return np.asarray(divided.limits, dtype="float64")
    size = len(divided.names)
    given = values.to_numpy(dtype="float64")
    if divided.scheme == "quantile_9":
        shares = divided.shares or tuple(i / size for i in range(1, size))
        return np.asarray(np.quantile(given, shares, method="normal_unbiased"))
    import mapclassify  # takes seconds to load, for it pulls scikit-learn in

    made: dict[str, Any] = {
        "quantiles": mapclassify.Quantiles,
        "equal": mapclassify.EqualInterval,
        "natural": mapclassify.FisherJenks,
    }
    distinct = len(np.unique(given))
    bins = made[divided.scheme](given, k=size).bins if distinct >= size else np.array([])
    return np.asarray(bins[:-1], dtype="float64")


def place_values(values: pd.Series, limits: Floats, divided: ClassSet) -> pd.Series:
    """Give the number of each value's class: 1 for the lowest.

    Parameters
    ----------
    values : Series of float
    limits : array of float
    divided : ClassSet
        ``limit_belongs`` says where a value equal to a limit belongs; to the lower class unless said.

    Returns
    -------
    Series of float
        Missing where the value is.

    Examples
    --------
    >>> status = ClassSet(id="s", title="Status", names=("hoch", "mittel", "niedrig", "sehr niedrig"),
    ...                   limits=(-1, 1, 1.5), limit_belongs=("higher", "lower", "lower"))
    >>> limits = find_limits(pd.Series(dtype=float), status)
    >>> place_values(pd.Series([-1.1, -1.0, 1.0, 1.5, 1.6]), limits, status).tolist()
    [1.0, 2.0, 2.0, 3.0, 4.0]
    """
    given = values.to_numpy(dtype="float64")[:, None]
    sides = divided.limit_belongs or ("lower",) * len(limits)
    beyond = np.where(np.asarray(sides) == "higher", given >= limits, given > limits)
    place = pd.Series(1.0 + beyond.sum(axis=1), index=values.index)
    return place.where(values.notna())


def divide(scores: pd.Series, divided: ClassSet, recipe: Recipe) -> pd.Series:
    """Class the scores of every Datenstand by themselves.

    Raises
    ------
    CoverageError
        There are fewer different values than classes to be found.
    """
    parts = []
    for day, part in scores.groupby(level=0, sort=False):
        limits = find_limits(part, divided)
        if len(limits) != len(divided.names) - 1 or (np.diff(limits) <= 0).any():
            raise CoverageError(
                say(
                    "index.too_few_values", id=recipe.id, date=date(str(day)),
                    names=len(divided.names), cell=divided.id,
                )
            )  # fmt: skip
        parts.append(place_values(part, limits, divided))
    return pd.concat(parts).reindex(scores.index) if parts else scores
