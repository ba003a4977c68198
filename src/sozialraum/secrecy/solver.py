"""Unknown counts within limits and equations: what follows by narrowing, and by linear programmes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sozialraum.errors import SecrecyError
from sozialraum.secrecy.system import Bools, Floats, Ints
from sozialraum.texts import say

# HiGHS keeps equations to 1e-7; whole numbers are told apart with room to spare.
ROUND = 1e-5
_MOST_ROUNDS = 500


class ContradictionError(SecrecyError):
    """No figures fulfil all equations.

    Attributes
    ----------
    cells : array of int
        Cells of the whole system in which this shows.
    """

    def __init__(self, cells: Ints) -> None:
        self.cells = cells
        super().__init__(say("secrecy.contradiction"))


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Unknown cells and what is left of the equations when all that is known is put in.

    ``cells`` are numbers in the whole system; row and col number within the problem.
    """

    cells: Ints
    row: Ints
    col: Ints
    factor: Floats
    low: Floats
    high: Floats
    floor: Floats
    ceiling: Floats
    whole: Bools
    equations: Ints

    def tighten(self) -> tuple[Floats, Floats]:
        """Narrow every cell by every equation until nothing changes.

        Returns
        -------
        lower, upper : array of float
            Never narrower than the truth; exact where the equations form a tree.

        Raises
        ------
        ContradictionError
            No figures fulfil the equations.
        """
        lower, upper = self.floor.copy(), self.ceiling.copy()
        if not len(self.row):
            return lower, upper
        row, col, factor, count = self.row, self.col, self.factor, len(self.low)
        positive = factor > 0
        scale = np.abs(factor)
        step = (self.whole[col]) & (scale == 1)
        for _ in range(_MOST_ROUNDS):
            least = factor * np.where(positive, lower[col], upper[col])
            most = factor * np.where(positive, upper[col], lower[col])
            top = (self.high[row] - _others(least, row, count)) / scale
            bottom = (self.low[row] - _others(most, row, count)) / scale
            high = np.where(positive, top, -bottom)
            low = np.where(positive, bottom, -top)
            high = np.where(step, np.floor(high + ROUND), high)
            low = np.where(step, np.ceil(low - ROUND), low)
            new_upper, new_lower = upper.copy(), lower.copy()
            np.minimum.at(new_upper, col, high)
            np.maximum.at(new_lower, col, low)
            with np.errstate(invalid="ignore"):
                moved = np.abs(new_upper - upper) > ROUND
                moved |= np.abs(new_lower - lower) > ROUND
            lower, upper = new_lower, new_upper
            turned = lower > upper + 2 * ROUND + 1e-9 * np.abs(lower)
            if turned.any():
                raise ContradictionError(self.cells[turned])
            if not moved.any():
                break
        return np.minimum(lower, upper), np.maximum(lower, upper)

    def narrow(self, lower: Floats, upper: Floats) -> Problem:
        """Put in what the limits leave one value; drop it and the equations it settles."""
        open_cells = upper - lower > ROUND
        settled = np.where(open_cells, 0.0, lower)
        shift = np.bincount(self.row, self.factor * settled[self.col], len(self.low))
        return restrict(self, open_cells, self.low - shift, self.high - shift, lower, upper)

    def components(self, wanted: Bools) -> Iterator[Problem]:
        """Split into parts that share no equation; only those that hold a wanted cell in one."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        cells, rows = len(self.cells), len(self.low)
        graph = coo_array(
            (np.ones(len(self.row), np.int8), (self.row + cells, self.col)),
            shape=(cells + rows, cells + rows),
        )
        part = connected_components(graph, directed=False)[1]
        entry = np.argsort(part[self.col], kind="stable")
        of_cells = np.argsort(part[:cells], kind="stable")
        of_rows = np.argsort(part[cells:], kind="stable")
        names = np.unique(part[self.col[wanted[self.cells[self.col]]]])
        limits = [
            np.searchsorted(sorted_part, [names, names + 1])
            for sorted_part in (
                part[self.col][entry],
                part[:cells][of_cells],
                part[cells:][of_rows],
            )
        ]
        new_col = np.empty(cells, np.int64)
        new_row = np.empty(rows, np.int64)
        for i in range(len(names)):
            triples, inside, equations = (
                order[limit[0][i] : limit[1][i]]
                for order, limit in zip((entry, of_cells, of_rows), limits, strict=True)
            )
            triples = np.sort(triples)
            new_col[inside] = np.arange(len(inside))
            new_row[equations] = np.arange(len(equations))
            yield Problem(
                self.cells[inside], new_row[self.row[triples]], new_col[self.col[triples]],
                self.factor[triples], self.low[equations], self.high[equations],
                self.floor[inside], self.ceiling[inside], self.whole[inside],
                self.equations[equations],
            )  # fmt: skip

    @property
    def tree(self) -> bool:
        """Whether the limits found by `tighten` are exact: no ring of equations, factors ±1."""
        ways = len(self.row) == len(self.cells) + len(self.low) - 1
        return ways and bool((np.abs(self.factor) == 1).all())

    @property
    def mark(self) -> bytes:
        """What tells this part from others of the same system under the same attacker."""
        return self.cells.tobytes() + b"|" + self.equations.tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Least value of the goal, a table that shows it, and what every equation is worth for it."""

    value: float
    point: Floats
    price: Floats


class Program:
    """A part as a linear programme; every question starts from the answer to the last one."""

    def __init__(self, part: Problem) -> None:
        import highspy
        from scipy.sparse import csr_array

        size, rows = len(part.cells), len(part.low)
        matrix = csr_array((part.factor, (part.row, part.col)), shape=(rows, size))
        finite = [
            np.abs(x[np.isfinite(x)]) for x in (part.low, part.high, part.floor, part.ceiling)
        ]
        # Nobody is wider than this: an unbounded cell need not stay unbounded to count as wide.
        far = 1000.0 + 4 * max((float(x.max()) for x in finite if len(x)), default=0.0)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = size, rows
        model.col_cost_ = np.zeros(size)
        model.col_lower_ = np.maximum(part.floor, -far)
        model.col_upper_ = np.minimum(part.ceiling, far)
        model.row_lower_, model.row_upper_ = part.low, part.high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        self._solver = new_solver()
        # Only goals change: the last answer stays feasible, so the primal simplex goes on from it.
        self._solver.setOptionValue("solver", "simplex")
        self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("simplex_strategy", 4)
        self._solver.passModel(model)
        self._all = np.arange(size, dtype=np.int32)
        self._cells = part.cells
        self._optimal = highspy.HighsModelStatus.kOptimal

    def solve(self, goal: Floats) -> Solution:
        """Minimise Σ goal · x.

        Raises
        ------
        ContradictionError
            No figures fulfil the equations.
        """
        solver = self._solver
        solver.changeColsCost(len(goal), self._all, goal)
        solver.run()
        if solver.getModelStatus() != self._optimal:
            solver.clearSolver()
            solver.run()
        if solver.getModelStatus() != self._optimal:
            raise ContradictionError(self._cells)
        found = solver.getSolution()
        point = np.asarray(found.col_value)
        return Solution(float(goal @ point), point, np.asarray(found.row_dual))

    def bound(self, cell: int) -> tuple[Solution, Solution]:
        """Minimise and maximise one cell; both values are the cell's own."""
        goal = np.zeros(len(self._all))
        goal[cell] = 1.0
        low = self.solve(goal)
        high = self.solve(-goal)
        return low, Solution(-high.value, high.point, high.price)


def new_solver() -> Any:
    """Start HiGHS, silent and in one thread, so that it takes the same way on every machine."""
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("parallel", "off")
    return solver


def _others(amount: Floats, row: Ints, count: int) -> Floats:
    """Add up the other members of every equation; infinite if one of them is."""
    endless = np.isinf(amount)
    sums = np.bincount(row, np.where(endless, 0.0, amount), count)
    many = np.bincount(row, endless, count)
    sign = np.bincount(row, np.where(endless, np.sign(amount), 0.0), count)
    rest = sums[row] - np.where(endless, 0.0, amount)
    left = many[row] - endless
    return np.where(left > 0, np.where(sign[row] >= 0, np.inf, -np.inf), rest)


def restrict(
    problem: Problem, open_cells: Bools, low: Floats, high: Floats, floor: Floats, ceiling: Floats
) -> Problem:
    """Keep some cells, and the equations that hold any of them."""
    stays = open_cells[problem.col]
    used = np.zeros(len(low), bool)
    used[problem.row[stays]] = True
    new_row, new_col = np.cumsum(used) - 1, np.cumsum(open_cells) - 1
    return Problem(
        problem.cells[open_cells], new_row[problem.row[stays]], new_col[problem.col[stays]],
        problem.factor[stays], low[used], high[used], floor[open_cells], ceiling[open_cells],
        problem.whole[open_cells], problem.equations[used],
    )  # fmt: skip
