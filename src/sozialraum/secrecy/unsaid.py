"""Sums that hold in a table though no definition says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sozialraum.secrecy.system import Floats

# With fewer places than quantities and these, sums may hold by chance.
_SPARE_PLACES = 10
_NOISE = 1e-6


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
    if table.shape[1] < 2 or len(table) < table.shape[1] + _SPARE_PLACES:
        return []
    table = table.iloc[:, np.argsort(table.abs().sum().to_numpy(), kind="stable")]
    numbers = table.to_numpy(dtype=np.float64)
    return [
        {str(table.columns[at]): -1.0, **{str(table.columns[i]): f for i, f in factors.items()}}
        for at, factors in _combine(numbers)
    ]


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
