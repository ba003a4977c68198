"""Counts brought to multiples of a base so that every sum still holds."""

from __future__ import annotations

import numpy as np

from sozialraum.errors import SecrecyError
from sozialraum.secrecy.system import Bools, Floats, Ints, System
from sozialraum.texts import say

# What is a multiple but for the noise of calculating is one.
_NOISE = 1e-6
_MOST_AT_ONCE = 60_000
_MOST_EXACT = 5_000
_NODES = 2_000
# Every step beyond the adjacent multiple costs more than all distances together could save.
_BEYOND = 1_000.0


def round_cells(system: System, chosen: Bools, base: int, depth: Ints) -> tuple[Floats, Ints]:
    """Bring cells to an adjacent multiple of the base, at least total distance, and keep all sums.

    Parameters
    ----------
    system : System
    chosen : array of bool
        Cells to be rounded; the others keep their value, and equations they are part of are left out.
    base : int
        2 or more.
    depth : array of int
        Level of every cell, 0 for the whole: where the whole system is too large for one programme,
        the upper levels are settled first.

    Returns
    -------
    rounded : array of float
        In the order of the cells.
    beyond : array of int
        By how many bases a cell lies further away than the adjacent multiple; 0 where the sums allowed
        an adjacent one, which is nearly always.

    Raises
    ------
    SecrecyError
        No multiples fulfil the sums.

    Notes
    -----
    Minimise Σ |r − v| subject to Σ factor · r = 0 for every equation, r ∈ {⌊v/b⌋ b, ⌈v/b⌉ b}, by
    mixed-integer programming (HiGHS), limited by nodes. Multiples stay as they are. Controlled
    rounding: Cox, L. H. (1987), A constructive procedure for unbiased controlled rounding, Journal of
    the American Statistical Association 82, 520–524. Tables of areas by one classification always have
    a solution; with several overlapping hierarchies there may be none, and the nearest multiples are
    taken then.

    Examples
    --------
    >>> import pandas as pd
    >>> from sozialraum.secrecy.system import build_system
    >>> cells = pd.DataFrame({"cell": ["a", "b", "c", "sum"]})
    >>> triples = (np.zeros(4, int), np.arange(4), np.array([1.0, 1.0, 1.0, -1.0]))
    >>> system = build_system(cells, np.array([2.0, 2.0, 2.0, 6.0]), [triples])
    >>> rounded, _ = round_cells(system, np.ones(4, bool), 5, np.array([1, 1, 1, 0]))
    >>> sorted(rounded[:3].tolist()), float(rounded[3])
    ([0.0, 0.0, 5.0], 5.0)
    """
    below = np.floor(system.value / base + _NOISE)
    rest = np.maximum(system.value - base * below, 0.0)
    rest[rest < _NOISE * base] = 0.0
    task = _Task(system, chosen, base, below, rest)
    steps = [np.ones(system.size, bool)]
    if int(chosen.sum()) > _MOST_AT_ONCE:
        steps = [depth <= d for d in range(int(depth.max()) + 1)]
    for inside in steps:
        for cells in task.components(inside & chosen & np.isnan(task.found)):
            task.settle(cells)
    rounded = np.where(chosen, base * task.found, system.value)
    high = below + (rest > 0)
    beyond = np.maximum(below - task.found, task.found - high)
    beyond[~chosen | np.isnan(system.value)] = 0
    rounded[np.isnan(system.value)] = np.nan
    return rounded + 0.0, np.maximum(np.nan_to_num(beyond), 0).astype(np.int64)


class _Task:
    """The multiples found so far, in units of the base, and what is left to be found."""

    def __init__(
        self, system: System, chosen: Bools, base: int, below: Floats, rest: Floats
    ) -> None:
        kept = np.bincount(system.row, ~chosen[system.col], len(system.low)) > 0
        stay = ~kept[system.row]
        self.row, self.col, self.factor = (x[stay] for x in (system.row, system.col, system.factor))
        # Where published sums differ from their parts, so may the rounded ones, by whole bases.
        self.low = np.floor(system.low / base + _NOISE)
        self.high = np.ceil(system.high / base - _NOISE)
        self.floor = np.ceil(system.floor / base)
        self.below, self.rest, self.base = below, rest, base
        self.unknown = np.isnan(system.value)
        self.found = np.full(system.size, np.nan)

    def components(self, open_cells: Bools) -> list[Ints]:
        """Split cells into groups that share no equation; equations with others still open wait."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        waits = np.isnan(self.found) & ~open_cells
        ready = np.bincount(self.row, waits[self.col], len(self.low)) == 0
        use = open_cells[self.col] & ready[self.row]
        size = len(self.found)
        graph = coo_array(
            (np.ones(int(use.sum()), np.int8), (self.row[use] + size, self.col[use])),
            shape=(size + len(self.low),) * 2,
        )
        part = connected_components(graph, directed=False)[1][:size]
        cells = np.flatnonzero(open_cells)
        order = cells[np.argsort(part[cells], kind="stable")]
        return np.split(order, np.flatnonzero(np.diff(part[order])) + 1) if len(order) else []

    def settle(self, cells: Ints) -> None:
        """Find the multiples of cells that hang together."""
        if len(cells) == 1 and not self._joined(cells).any():
            up = self.rest[cells] > self.base / 2
            self.found[cells] = np.where(self.unknown[cells], 0.0, self.below[cells] + up)
            return
        for reach in (0, 1, 4, 64):
            solved = self._solve(cells, reach)
            if solved is not None:
                self.found[cells] = solved
                return
        raise SecrecyError(say("secrecy.no_multiples", base=self.base))

    def _joined(self, cells: Ints) -> Bools:
        """Tell which entries belong to equations between these cells and settled ones."""
        inside = np.zeros(len(self.found), bool)
        inside[cells] = True
        waits = np.isnan(self.found) & ~inside
        touched = np.zeros(len(self.low), bool)
        touched[self.row[inside[self.col]]] = True
        ready = np.bincount(self.row, waits[self.col], len(self.low)) == 0
        return np.asarray((touched & ready)[self.row])

    def _solve(self, cells: Ints, reach: int) -> Floats | None:
        """Solve for y = below + u + p − n: u the adjacent multiple, p and n steps beyond it."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array, hstack

        entry = np.flatnonzero(self._joined(cells))
        number = np.full(len(self.found), -1)
        number[cells] = np.arange(len(cells))
        rows, row = np.unique(self.row[entry], return_inverse=True)
        col, factor = number[self.col[entry]], self.factor[entry]
        own = col >= 0
        start = np.where(self.unknown[cells], np.maximum(self.floor[cells], 0), self.below[cells])
        fixed = np.where(own, start[col], self.found[self.col[entry]])
        shift = np.bincount(row, factor * fixed, len(rows))
        matrix = csr_array((factor[own], (row[own], col[own])), shape=(len(rows), len(cells)))
        unknown, rest = self.unknown[cells], self.rest[cells]
        far = 1e6
        up = np.where(unknown, far, (rest > 0).astype(float))
        price = np.where(unknown, 0.0, self.base - 2 * np.nan_to_num(rest))
        least, most, goal = (
            np.where(unknown, np.maximum(self.floor[cells], -far) - start, 0.0),
            up,
            price,
        )
        if reach:
            matrix = hstack([matrix, matrix, -matrix])
            room = np.minimum(
                np.where(unknown, 0.0, float(reach)), np.maximum(start - self.floor[cells], 0)
            )
            least = np.concatenate([least, np.zeros(2 * len(cells))])
            most = np.concatenate([up, np.where(unknown, 0.0, float(reach)), room])
            goal = np.concatenate([price, np.tile(np.full(len(cells), _BEYOND * self.base), 2)])
        found = milp(
            goal,
            constraints=LinearConstraint(matrix, self.low[rows] - shift, self.high[rows] - shift),
            integrality=np.ones(len(goal)),
            bounds=Bounds(least, most),
            options={
                "node_limit": _NODES,
                "mip_rel_gap": 0.0 if len(cells) <= _MOST_EXACT else 1e-4,
            },
        )
        if found.x is None:
            return None
        parts = np.rint(found.x).reshape(-1, len(cells))
        step = parts[0] if not reach else parts[0] + parts[1] - parts[2]
        return np.asarray(start + step, dtype=np.float64)
