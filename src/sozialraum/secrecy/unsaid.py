"""Sums that hold in a table though no definition says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sozialraum.secrecy.system import Floats

# With fewer places than quantities and these, sums may hold by chance.
_SPARE_PLACES = 10
_NOISE = 1e-6
_MOSTLY = 0.6


def find_sums(amounts: pd.DataFrame) -> list[dict[str, float]]:
    """Find quantities that are whole multiples of others added up, at every place.

    Whoever reads a table sees that girls and boys add up to the children of a quota's denominator,
    whether or not a definition says so.

    Parameters
    ----------
    amounts : DataFrame
        One row per place, one column per quantity; NaN where there is none.

    Returns
    -------
    list of dict
        Σ factor · quantity = 0, as `sozialraum.secrecy.sums` writes formulas.

    Notes
    -----
    Gauss–Jordan elimination over the columns, the smallest quantities first: a column without pivot is a
    combination of earlier ones. It counts if its factors are whole and it holds at every complete
    place, of which there must be more than quantities.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> table = pd.DataFrame({"w": rng.integers(1, 99, 20), "m": rng.integers(1, 99, 20)})
    >>> find_sums(table.assign(u3=table["w"] + table["m"]))
    [{'u3': -1.0, 'w': 1.0, 'm': 1.0}]
    >>> find_sums(table)
    []
    """
    table = amounts.loc[:, amounts.notna().any() & (amounts != 0).any()]
    while table.shape[1] > 1:
        lacking = table.isna()
        if (~lacking.any(axis=1)).sum() >= table.shape[1] + _SPARE_PLACES:
            break
        table = table.drop(columns=lacking.sum().idxmax())
    table = table.dropna()
    table = table.loc[:, (table != 0).any()]
    if table.shape[1] < 2 or len(table) < table.shape[1] + _SPARE_PLACES:
        return []
    table = table.iloc[:, np.argsort(table.abs().sum().to_numpy(), kind="stable")]
    numbers = table.to_numpy(dtype=np.float64)
    return [
        {str(table.columns[at]): -1.0, **{str(table.columns[i]): f for i, f in factors.items()}}
        for at, factors in _combine(numbers)
    ]


def find_weighted_sum(amounts: pd.DataFrame, total: str) -> dict[str, float] | None:
    """Find the spans of ages whose middles, times their people, make a sum of years of life.

    Whoever reads ages and their mean age sees this, rounded sums or not.

    Parameters
    ----------
    amounts : DataFrame
        As for `find_sums`; spans of ages are called ``"base|begin|end"``.
    total : str
        The column with the sum.

    Returns
    -------
    dict or None
        None where no whole and half years fit.

    Notes
    -----
    Least squares over the complete places, factors to the nearest half year. They must lie within their
    spans and give the sum to within half a year at most places: a sum is rounded once, that of larger
    areas adds up rounded ones.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> people = rng.integers(5, 99, (20, 2))
    >>> table = pd.DataFrame(people, columns=["e|0.0|3.0", "e|3.0|inf"])
    >>> years = 1.5 * table["e|0.0|3.0"] + 40 * table["e|3.0|inf"]
    >>> find_weighted_sum(table.assign(years=years.round()), "years")
    {'years': -1.0, 'e|0.0|3.0': 1.5, 'e|3.0|inf': 40.0}
    """
    spans = {
        str(c): (base, float(begin), float(end))
        for c in amounts
        if str(c).count("|") == 2 and amounts[c].notna().any()
        for base, begin, end in [str(c).split("|")]
    }
    ages = [
        c for c, span in spans.items() if not any(_holds(span, spans[o]) for o in spans if o != c)
    ]
    bases = sorted({spans[c][0] for c in ages})
    several = [{base} for base in bases]
    several += [{one, two} for i, one in enumerate(bases) for two in bases[:i]]
    for some in several:
        parts = [c for c in ages if spans[c][0] in some]
        table = amounts[[*parts, total]].dropna()
        if len(parts) < 2 or len(table) < len(parts) + _SPARE_PLACES:
            continue
        people, years = table[parts].to_numpy(np.float64), table[total].to_numpy(np.float64)
        factors = np.round(2 * np.linalg.lstsq(people, years, rcond=None)[0]) / 2
        inside = all(
            spans[c][1] <= f <= spans[c][2] for c, f in zip(parts, factors.tolist(), strict=True)
        )
        if inside and (np.abs(people @ factors - years) <= 0.5 + _NOISE).mean() > _MOSTLY:
            return {total: -1.0, **dict(zip(parts, factors.tolist(), strict=True))}
    return None


def _holds(one: tuple[str, float, float], other: tuple[str, float, float]) -> bool:
    """Tell whether a span has another one of the same base within it."""
    return one[0] == other[0] and one[1] <= other[1] and other[2] <= one[2]


def _combine(numbers: Floats) -> list[tuple[int, dict[int, float]]]:
    """Express columns by earlier ones that are independent, with whole factors."""
    scale = np.abs(numbers).max(axis=0)
    left = numbers / scale
    pivots: list[tuple[int, int]] = []
    free = np.ones(len(left), bool)
    found = []
    for at in range(left.shape[1]):
        row = int(np.argmax(np.abs(left[:, at]) * free))
        if free[row] and abs(left[row, at]) > _NOISE:
            left[row] /= left[row, at]
            others = np.arange(len(left)) != row
            left[others] -= np.outer(left[others, at], left[row])
            free[row] = False
            pivots.append((row, at))
            continue
        factors = {c: left[r, at] * scale[at] / scale[c] for r, c in pivots}
        whole = {c: float(np.round(f)) for c, f in factors.items() if np.round(f)}
        total = sum((f * numbers[:, c] for c, f in whole.items()), np.zeros(len(numbers)))
        if whole and np.abs(total - numbers[:, at]).max() < _NOISE * max(1.0, scale[at]):
            found.append((at, whole))
    return found
