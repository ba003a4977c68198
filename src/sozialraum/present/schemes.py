"""Every way the page can class an indicator, worked out once from published values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.indicator import QUOTIENTS
from sozialraum.present import classes as look
from sozialraum.present.classes import Classes, Hatch, classify, classify_rows, round_shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition

# Below: dots and sand; above: lines and petrol. Paper in the middle, so both sides stand out.
DEVIATION = ("#9a5b1b", "#dfb67c", "#ece8dd", "#83bcc0", "#1d6673")
DEVIATION_HATCHES = (
    Hatch(4.5, "M1 1h0M3.25 3.25h0", 1.9, "ooo"),
    Hatch(8, "M2 2h0M6 6h0", 1.7, ".."),
    Hatch(8, "", 0, ""),
    look.HATCHES[2],
    look.HATCHES[3],
)
# Two at once: rows rise with the second indicator, columns with the first.
PAIR = (
    ("#efeae0", "#9fc9cb", "#439dab"),
    ("#e3b894", "#96988c", "#3b7379"),
    ("#d07d37", "#85602f", "#2f3a3b"),
)
_LINES = ("", "M0 3.5H7", "M0 1.2H7M0 3.5H7M0 5.8H7")
_COLUMNS = ("", "M3.5 0V7", "M1.2 0V7M3.5 0V7M5.8 0V7")
PAIR_HATCHES = tuple(
    tuple(Hatch(7, across + down, 0.9, "") for down in _COLUMNS) for across in _LINES
)


def list_schemes(
    edition: Edition, limits: Mapping[str, Sequence[float]] | None = None
) -> dict[str, dict[str, Any]]:
    """Class every indicator on every level in every way, over all its dates.

    Parameters
    ----------
    edition : Edition
        Only its protected values are looked at, so limits tell nothing that is withheld.
    limits : mapping of indicator to sequence of float, optional
        The writer's fixed limits, at most four each; round numbers unless given.

    Returns
    -------
    dict
        ``{"<level> <indicator>": {scheme: {"breaks", "labels", "colours", "hatches"}}}``, both by
        their place in the edition. Schemes: ``quantiles``, ``natural``, ``equal``, ``fixed`` (the same
        on all levels, for a quotient), ``deviation`` (own value minus that of the area above, for a
        quotient) and ``thirds`` (for two indicators at once).

    Raises
    ------
    UnknownNameError
        Limits are given for an indicator the edition does not have.
    """
    limits = limits or {}
    known = list(edition.indicators)
    for name in limits:
        if name not in known:
            raise UnknownNameError("indicator", name, known)
    order = {level.id: i for i, level in enumerate(edition.levels)}
    rows = edition.values
    rows = rows[(rows["area"] != UNASSIGNED) & rows["level"].isin(order).to_numpy()]
    above = _find_above(edition, rows)
    found = {}
    for name, own in rows.groupby("indicator", sort=False):
        if name not in edition.indicators:
            continue
        definition = edition.indicators[name]
        quotient = definition.kind in QUOTIENTS or definition.kind == "index"
        below = own[own["level"] != edition.levels[0].id]
        for level, here in own.groupby("level", sort=False):
            fixed = limits.get(name) or find_round_limits(
                (below if quotient and len(below) else here)["value"], definition.digits
            )
            found[f"{order[str(level)]} {known.index(str(name))}"] = _class_all(
                here, definition, fixed, above.loc[here.index] if quotient else None
            )
    return found


def find_round_limits(values: pd.Series, digits: int = 0) -> list[float]:
    """Find at most four round limits within which most values lie.

    Parameters
    ----------
    values : Series of float
    digits : int
        Decimals that are shown; no limit is finer.

    Returns
    -------
    list of float
        Multiples of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> find_round_limits(pd.Series([3, 8, 14, 22, 31, 47]))
    [10.0, 20.0, 30.0, 40.0]
    """
    given = values.dropna().to_numpy(float)
    if not len(given):
        return []
    low, high = np.quantile(given, [0.05, 0.95])
    finest = 10.0**-digits
    power = finest if high <= low else max(finest, 10.0 ** np.floor(np.log10((high - low) / 5)))
    for step in (power * factor for factor in (1, 2, 5, 10, 20, 50)):
        limits = np.arange(np.floor(low / step) + 1, np.ceil(high / step) - 0.5) * step
        if len(limits) <= 4:
            return [float(x) for x in np.round(limits, max(digits, 0))]
    return []


def _class_all(
    rows: pd.DataFrame, definition: Indicator, fixed: Sequence[float], above: pd.Series | None
) -> dict[str, Any]:
    if definition.classes:  # classes with names of their own are classed once and for all
        return {"quantiles": _plain(classify_rows(rows, definition, with_unit=False))}
    schemes = {
        scheme: classify(rows["value"], scheme=scheme, digits=definition.digits)
        for scheme in ("quantiles", "natural", "equal")
    }
    if len(fixed):
        schemes["fixed"] = classify(rows["value"], breaks=fixed, digits=definition.digits)
    entries = {scheme: _plain(found) for scheme, found in schemes.items()}
    if above is not None and above.notna().any():
        shown = round_shown(rows["value"].to_numpy(float), definition.digits)
        apart = shown - round_shown(above.to_numpy(float), definition.digits)
        if deviations := _class_deviation(apart, definition.digits):
            entries["deviation"] = deviations
    entries["thirds"] = _plain(
        classify(rows["value"], k=3, digits=definition.digits), coloured=False
    )
    return entries


def _find_above(edition: Edition, rows: pd.DataFrame) -> pd.Series:
    """Give every row the published value of the area above at the same date."""
    parents = {level.id: level.parent for level in edition.levels}
    upper = pd.Series(index=rows.index, dtype="str")
    for level, parent in parents.items():
        if parent in parents:
            here = rows["level"] == level
            lead = edition.areas.drop_duplicates(level).set_index(level)[parent]
            upper[here] = rows.loc[here, "area"].map(lead)
    keys = ["indicator", "datenstand", "level", "area"]
    value = rows.set_index(keys)["value"]
    wanted = pd.MultiIndex.from_arrays(
        [rows["indicator"], rows["datenstand"], rows["level"].map(parents), upper], names=keys
    )
    return pd.Series(value.reindex(wanted).to_numpy(float), index=rows.index)


def _class_deviation(apart: NDArray[np.float64], digits: int) -> dict[str, Any] | None:
    """Divide differences into five classes that mirror each other around nothing."""
    given = np.abs(apart[~np.isnan(apart)])
    given = given[given > 0]
    if not len(given):
        return None
    finest = 10.0**-digits
    inner, outer = np.quantile(given, [0.4, 0.8])
    near = max(_round_one(inner), finest)
    far = max(_round_one(outer), near + finest, 2 * near)
    found = classify(apart, breaks=[-far, -near, near, far], digits=digits)
    return _plain(found) | {
        "colours": list(DEVIATION),
        "hatches": [hatch[:3] for hatch in DEVIATION_HATCHES],
    }


def _round_one(x: float) -> float:
    """Round to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(x))
    return float(min((1, 2, 5, 10), key=lambda f: abs(f * power - x)) * power)


def _plain(found: Classes, *, coloured: bool = True) -> dict[str, Any]:
    entry: dict[str, Any] = {"breaks": found.breaks, "labels": found.labels}
    if coloured:
        entry |= {"colours": found.colours, "hatches": [hatch[:3] for hatch in found.hatches]}
    return entry
