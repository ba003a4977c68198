"""Supply and demand as numbers: what is stated, what is not, and what belongs to which group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.coverage import need_people
from sozialraum.access.network import Floats, refuse
from sozialraum.errors import CoverageError
from sozialraum.model.check import CheckReport, Finding
from sozialraum.texts import say


def check_capacity(capacity: pd.Series, *, required: bool = False) -> CheckReport:
    """Check which offers state how many places they have.

    Parameters
    ----------
    capacity : Series of float
        Places; index: offer.
    required : bool, default False
        Take a missing number for an error, not for something worth knowing.

    Returns
    -------
    CheckReport
        One finding for all offers without a number, one for those with a useless one;
        ``check_capacity(capacity, required=True).raise_for_errors()`` refuses both.

    Examples
    --------
    >>> print(check_capacity(pd.Series({"a": 60.0, "b": None})).notes[0].text)
    1 von 2 Angeboten nennen keine Platzzahl, zum Beispiel b. Sie zählen nicht mit; als 0 gezählt
    würden sie die Versorgung verfälschen.
    """
    places = capacity.to_numpy(dtype="float64", na_value=np.nan)
    findings = []
    useless = (places < 0) | np.isinf(places)
    cases: tuple[tuple[str, npt.NDArray[np.bool_], bool], ...] = (
        ("bad_capacity", useless, True),
        ("no_capacity", np.isnan(places), required),
    )
    for key, chosen, serious in cases:
        if chosen.any():
            ids = ", ".join(capacity.index[chosen].astype("str")[:5])
            text = say(f"catchment.{key}", count=int(chosen.sum()), total=len(places), ids=ids)
            severity: Literal["error", "note"] = "error" if serious else "note"
            findings.append(Finding(severity, f"catchment.{key}", say("access.offers"), text))
    return CheckReport(tuple(findings))


def split_capacity(
    capacity: pd.Series,
    serves: pd.DataFrame,
    shares: Literal["equal"] | Mapping[str, float] | pd.DataFrame,
) -> pd.DataFrame:
    """Split the places of sites that serve several groups, so that no place is counted twice.

    Parameters
    ----------
    capacity : Series of float
        Places of the whole site; index: offer.
    serves : DataFrame of bool
        Which group (column) each offer (index) is there for.
    shares : "equal", mapping of group to weight, or DataFrame
        How to split: evenly among the groups served; by one weight per group for all offers; or by a
        table of weights per offer and group, such as the places approved, or the demand in reach
        (``measure_demand``), which amounts to sharing.

    Returns
    -------
    DataFrame
        Index of ``capacity``, a column per group. 0 where a group is not served: that is known. A
        missing capacity is missing for every group it is there for.

    Raises
    ------
    InputError
        Negative or infinite places, weights that are missing or negative.
    CoverageError
        An offer or group lacks in ``serves`` or ``shares``; an offer serves no group at all.

    Notes
    -----
    S_jg = S_j·w_jg / Σ_g w_jg over the groups served. The groups of an offer add up to its capacity.
    Where all weights of an offer are 0 its places are split evenly.

    Examples
    --------
    >>> places = pd.Series({"a": 60.0, "b": 20.0, "c": None})
    >>> serves = pd.DataFrame({"u3": [True, False, True], "3_6": True}, index=["a", "b", "c"])
    >>> split_capacity(places, serves, {"u3": 1, "3_6": 2})
         u3   3_6
    a  20.0  40.0
    b   0.0  20.0
    c   NaN   NaN
    """
    places, _ = need_capacity(capacity)
    groups = serves.columns
    if absent := list(capacity.index.difference(serves.index).astype("str")):
        ids = ", ".join(absent[:5])
        raise CoverageError(say("catchment.serves_missing", count=len(absent), ids=ids))
    served = serves.reindex(capacity.index).to_numpy(dtype=bool)
    idle = ~served.any(axis=1)
    if idle.any():
        ids = ", ".join(capacity.index[idle].astype("str")[:5])
        raise CoverageError(say("catchment.serves_nobody", count=int(idle.sum()), ids=ids))
    weight = np.where(served, _weights(shares, capacity.index, groups), 0.0)
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        refuse("catchment.shares", say("access.offers"))
    even = weight.sum(axis=1) == 0
    weight[even] = served[even]
    part = places[:, None] * weight / weight.sum(axis=1, keepdims=True)
    return pd.DataFrame(np.where(served, part, 0.0), index=capacity.index, columns=groups)


def _weights(
    shares: Literal["equal"] | Mapping[str, float] | pd.DataFrame,
    offers: pd.Index,
    groups: pd.Index,
) -> Floats:
    """Give a weight per offer and group, missing where none is named."""
    if isinstance(shares, str):
        if shares != "equal":
            refuse("catchment.shares_word", say("access.offers"), word=shares)
        return np.ones((len(offers), len(groups)))
    named = shares.columns if isinstance(shares, pd.DataFrame) else list(shares)
    if lacking := [str(g) for g in groups if g not in named]:
        raise CoverageError(say("catchment.shares_missing", groups=", ".join(lacking)))
    if isinstance(shares, pd.DataFrame):
        table = shares.reindex(index=offers, columns=groups)
        return np.asarray(table.to_numpy(dtype="float64", na_value=np.nan))
    return np.tile([float(shares[g]) for g in groups], (len(offers), 1))


def need_demand(people: pd.Series) -> Floats:
    """Give the people of every cell, or refuse cells without a number: they compete all the same."""
    count = need_people(people)
    useless = ~np.isfinite(count)
    if useless.any():
        ids = ", ".join(people.index[useless].astype("str")[:5])
        refuse("catchment.no_people", say("access.people"), count=int(useless.sum()), ids=ids)
    return count


def need_capacity(capacity: pd.Series) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Give the places and which of them are stated, or refuse useless ones and ids standing twice."""
    if not capacity.index.is_unique:
        twice = capacity.index[capacity.index.duplicated()].astype("str").unique()
        refuse("access.twice", say("access.offers"), ids=", ".join(twice[:5]))
    check_capacity(capacity).raise_for_errors()
    places = capacity.to_numpy(dtype="float64", na_value=np.nan)
    return places, ~np.isnan(places)
