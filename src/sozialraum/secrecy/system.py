"""Linear equations over counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# Equation, cell and factor of every entry.
Block = tuple[Ints, Ints, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Counts x ≥ floor with low ≤ A x ≤ high; A as triples sorted by row.

    Attributes
    ----------
    labels : DataFrame
        One row per cell, in the order of all cell arrays.
    value : array of float
        What is known of a cell before anything is withheld; NaN: nothing.
    floor : array of float
        What everybody knows to be the least: 0, −∞ for balances.
    whole : array of bool
        Whether it is a whole number.
    row, col : array of int
    factor : array of float
    low, high : array of float
        Equal where the parts add up. Where published figures do not, the equation holds to within
        the difference.
    """

    labels: pd.DataFrame
    value: Floats
    floor: Floats
    whole: Bools
    row: Ints
    col: Ints
    factor: Floats
    low: Floats
    high: Floats

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.value)


def build_system(
    labels: pd.DataFrame,
    value: Floats,
    equations: Iterable[Block],
    *,
    floor: Floats | None = None,
    exact: bool = False,
) -> System:
    """Put cells and equations into one system.

    Parameters
    ----------
    labels : DataFrame
        One row per cell.
    value : array of float
        NaN where unknown.
    equations : iterable of (equation, cell, factor) arrays
        Triples; every block numbers its own equations. Σ factor · x = 0.
    floor : array of float, optional
        0 unless given.
    exact : bool
        Whether equations with unknown cells hold exactly even where no counts from 0 fulfil them.

    Returns
    -------
    System
        Equal equations once.

    Examples
    --------
    >>> cells = pd.DataFrame({"cell": ["a", "b", "sum"]})
    >>> triples = (np.zeros(3, int), np.arange(3), np.array([1.0, 1.0, -1.0]))
    >>> system = build_system(cells, np.array([2.0, 3.0, 5.0]), [triples])
    >>> system.size, system.low.tolist(), system.high.tolist()
    (3, [0.0], [0.0])
    """
    rows: list[Ints] = []
    cols: list[Ints] = []
    factors: list[Floats] = []
    first = 0
    for equation, cell, factor in equations:
        if len(equation):
            numbers, dense = np.unique(equation, return_inverse=True)
            rows.append(dense + first)
            cols.append(cell)
            factors.append(factor)
            first += len(numbers)
    row = np.concatenate(rows) if rows else np.empty(0, np.int64)
    col = np.concatenate(cols) if cols else np.empty(0, np.int64)
    factor = np.concatenate(factors) if factors else np.empty(0)
    row, col, factor = _tidy(row, col, factor, first, len(value))
    count = int(row[-1]) + 1 if len(row) else 0
    known = np.where(np.isnan(value), 0.0, value)
    rest = np.bincount(row, factor * known[col], count)
    scale = np.bincount(row, np.abs(factor * known[col]), count)
    unknown = np.bincount(row, np.isnan(value)[col], count) > 0
    slack = np.where(np.abs(rest) <= 1e-6 + 1e-9 * scale, 0.0, np.abs(rest))
    # What is missing makes up for the difference, unless the known parts exceed their sum.
    slack[unknown & (exact | (rest <= 0))] = 0.0
    return System(
        labels=labels,
        value=value,
        floor=np.zeros(len(value)) if floor is None else floor,
        whole=_find_whole(value),
        row=row,
        col=col,
        factor=factor,
        low=0.0 - slack,
        high=slack,
    )


def _tidy(row: Ints, col: Ints, factor: Floats, rows: int, cells: int) -> tuple[Ints, Ints, Floats]:
    """Add up factors of a cell named twice, drop what cancels and equations that stand twice."""
    key, place = np.unique(row * np.int64(max(cells, 1)) + col, return_inverse=True)
    factor = np.asarray(np.bincount(place, factor, len(key)), np.float64)
    key, factor = key[factor != 0], factor[factor != 0]
    row, col = (x.astype(np.int64) for x in np.divmod(key, max(cells, 1)))
    marks = np.random.default_rng(5).standard_normal((cells, 2))
    lead = np.ones(rows)
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    lead[row[starts]] = np.sign(factor[starts])
    prints = [np.bincount(row, factor * marks[col, i], rows) * lead for i in (0, 1)]
    size = np.bincount(row, minlength=rows)
    table = np.round(np.column_stack([*prints, size]), 7)
    _, kept = np.unique(table, axis=0, return_index=True)
    keep = np.zeros(rows, bool)
    keep[kept] = True
    keep &= size > 0
    number = np.cumsum(keep) - 1
    stay = keep[row]
    return number[row[stay]].astype(np.int64), col[stay].astype(np.int64), factor[stay]


def _find_whole(value: Floats) -> Bools:
    """Tell which counts are whole; what is missing is taken for whole if everything else is."""
    known = ~np.isnan(value)
    whole = np.abs(value - np.round(value)) < 1e-9
    return np.asarray(np.where(known, whole, whole[known].all()))


def join_blocks(number: Ints, parts: Ints, total: Ints) -> Block:
    """Let parts add up to their totals.

    Parameters
    ----------
    number : array of int
        For every part the position of its total in ``total``.
    parts, total : array of int
        Cells.

    Returns
    -------
    (equation, cell, factor) arrays
        One equation for every total that has a part.

    Examples
    --------
    >>> [x.tolist() for x in join_blocks(np.array([0, 0]), np.array([3, 4]), np.array([7, 8]))]
    [[0, 0, 0], [3, 4, 7], [1.0, 1.0, -1.0]]
    """
    one = np.unique(number).astype(np.int64)
    return (
        np.concatenate([number, one]),
        np.concatenate([parts, total[one]]),
        np.concatenate([np.ones(len(parts)), -np.ones(len(one))]),
    )


def settle_cells(system: System, given: Bools) -> System:
    """Put cells that are known for ever into the equations as numbers.

    Parameters
    ----------
    system : System
    given : array of bool
        With known values.

    Returns
    -------
    System
        The same cells; the given ones stand in no equation.

    Examples
    --------
    >>> cells = pd.DataFrame({"cell": ["a", "b", "sum"]})
    >>> triples = (np.zeros(3, int), np.arange(3), np.array([1.0, 1.0, -1.0]))
    >>> system = build_system(cells, np.array([2.0, 3.0, 5.0]), [triples])
    >>> system = settle_cells(system, np.array([False, False, True]))
    >>> system.col.tolist(), system.high.tolist()
    ([0, 1], [5.0])
    """
    gone = given[system.col]
    amount = system.factor[gone] * system.value[system.col[gone]]
    shift = np.bincount(system.row[gone], amount, len(system.low))
    kept, row = np.unique(system.row[~gone], return_inverse=True)
    return replace(
        system,
        row=row.astype(np.int64),
        col=system.col[~gone],
        factor=system.factor[~gone],
        low=(system.low - shift)[kept] + 0.0,
        high=(system.high - shift)[kept] + 0.0,
    )
