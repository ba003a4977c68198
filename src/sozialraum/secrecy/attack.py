"""What somebody who reads everything published can compute of what was withheld."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sozialraum.errors import SecrecyError
from sozialraum.secrecy.system import Bools, Floats, Ints, System
from sozialraum.texts import say

# HiGHS keeps equations to 1e-7; whole numbers are told apart with room to spare.
_ROUND = 1e-5
_MOST_ROUNDS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """How every cell must be protected.

    Attributes
    ----------
    width : array of float
        How wide the reader must find a cell at the least, upper − lower; NaN: it needs no protection
        of its own.
    most : array of float
        What the insider knows a cell to be at the most, k − 1 for counts withheld because they are
        small; NaN or ∞: he knows nothing more than the reader.
    """

    width: Floats
    most: Floats

    @property
    def own(self) -> Bools:
        """Which cells need protection of their own."""
        return ~np.isnan(self.width)

    @property
    def small(self) -> Bools:
        """Which cells everybody may guess to be withheld as small."""
        return self.own & np.isfinite(self.most)

    @classmethod
    def of_small(cls, small: Bools, minimum: int) -> Needs:
        """Protect counts below one minimum k: as wide as k, known to insiders as 1 … k − 1."""
        return cls(np.where(small, float(minimum), np.nan), np.where(small, minimum - 1.0, np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class Attacker:
    """What somebody knows beside what is published.

    Attributes
    ----------
    name : str
        "reader", "insider" (knows that small counts are 1 … k − 1) or "single" (is the only case
        of a count of 1).
    floor, ceiling : array of float
        Limits of every cell.
    """

    name: str
    floor: Floats
    ceiling: Floats


def reader(system: System) -> Attacker:
    """Describe who knows only that counts are whole numbers from 0."""
    return Attacker("reader", system.floor, np.full(system.size, np.inf))


def insider(system: System, needs: Needs, withheld: Bools | None = None) -> Attacker:
    """Describe who also knows which counts were withheld as small: 1 … `Needs.most`.

    Where most is 1, whoever knows the rule knows the count; nothing helps against him.
    """
    guessed = needs.small & (needs.most > 1)
    if withheld is not None:
        guessed &= withheld
    return Attacker(
        "insider",
        np.where(guessed & system.whole, 1.0, system.floor),
        np.where(guessed, np.where(system.whole, needs.most, needs.most + 1.0), np.inf),
    )


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
        SecrecyError
            The equations contradict each other.
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
            high = np.where(step, np.floor(high + _ROUND), high)
            low = np.where(step, np.ceil(low - _ROUND), low)
            new_upper, new_lower = upper.copy(), lower.copy()
            np.minimum.at(new_upper, col, high)
            np.maximum.at(new_lower, col, low)
            with np.errstate(invalid="ignore"):
                moved = np.abs(new_upper - upper) > _ROUND
                moved |= np.abs(new_lower - lower) > _ROUND
            lower, upper = new_lower, new_upper
            if (lower > upper + 2 * _ROUND + 1e-9 * np.abs(lower)).any():
                raise SecrecyError(say("secrecy.contradiction"))
            if not moved.any():
                break
        return np.minimum(lower, upper), np.maximum(lower, upper)

    def narrow(self, lower: Floats, upper: Floats) -> Problem:
        """Put in what the limits leave one value; drop it and the equations it settles."""
        open_cells = upper - lower > _ROUND
        settled = np.where(open_cells, 0.0, lower)
        shift = np.bincount(self.row, self.factor * settled[self.col], len(self.low))
        return _restrict(self, open_cells, self.low - shift, self.high - shift, lower, upper)

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

    def solve(self, cell: int, sign: float, lower: Floats, upper: Floats) -> Solution:
        """Minimise (sign 1) or maximise (−1) one cell within limits by linear programming."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, vstack

        matrix = csr_array(
            (self.factor, (self.row, self.col)), shape=(len(self.low), len(self.cells))
        )
        finite = [np.abs(x[np.isfinite(x)]) for x in (self.low, self.high, lower, upper)]
        # Nobody is wider than this: an unbounded cell need not stay unbounded to count as wide.
        far = 1000.0 + 4 * max((float(x.max()) for x in finite if len(x)), default=0.0)
        exact = self.high - self.low <= 0
        loose = ~exact
        goal = np.zeros(len(self.cells))
        goal[cell] = sign
        limits = np.column_stack([np.maximum(lower, -far), np.minimum(upper, far)])
        options = {"A_eq": matrix[exact], "b_eq": self.low[exact]} if exact.any() else {}
        if loose.any():
            part = matrix[loose]
            options |= {
                "A_ub": vstack([part, -part]),
                "b_ub": np.concatenate([self.high[loose], -self.low[loose]]),
            }
        found = linprog(goal, bounds=limits, method="highs", **options)
        if found.status != 0:
            raise SecrecyError(say("secrecy.contradiction"))
        price = np.zeros(len(self.low))
        if exact.any():
            price[exact] = found.eqlin.marginals
        if loose.any():
            up, down = np.split(found.ineqlin.marginals, 2)
            price[loose] = up - down
        return Solution(float(sign * found.fun), np.asarray(found.x), price)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Value of the cell, a table that shows it, and what every equation is worth for it."""

    value: float
    point: Floats
    price: Floats


def _others(amount: Floats, row: Ints, count: int) -> Floats:
    """Add up the other members of every equation; infinite if one of them is."""
    endless = np.isinf(amount)
    sums = np.bincount(row, np.where(endless, 0.0, amount), count)
    many = np.bincount(row, endless, count)
    sign = np.bincount(row, np.where(endless, np.sign(amount), 0.0), count)
    rest = sums[row] - np.where(endless, 0.0, amount)
    left = many[row] - endless
    return np.where(left > 0, np.where(sign[row] >= 0, np.inf, -np.inf), rest)


def _restrict(
    problem: Problem, open_cells: Bools, low: Floats, high: Floats, floor: Floats, ceiling: Floats
) -> Problem:
    stays = open_cells[problem.col]
    used = np.zeros(len(low), bool)
    used[problem.row[stays]] = True
    new_row, new_col = np.cumsum(used) - 1, np.cumsum(open_cells) - 1
    return Problem(
        problem.cells[open_cells], new_row[problem.row[stays]], new_col[problem.col[stays]],
        problem.factor[stays], low[used], high[used], floor[open_cells], ceiling[open_cells],
        problem.whole[open_cells], problem.equations[used],
    )  # fmt: skip


def pose(system: System, known: Bools, attacker: Attacker) -> Problem:
    """Put everything published into the equations.

    Parameters
    ----------
    system : System
    known : array of bool
        Which cells are published.
    attacker : Attacker

    Returns
    -------
    Problem
        The cells that are not known.
    """
    settled = np.where(known, system.value, 0.0)
    shift = np.bincount(system.row, system.factor * settled[system.col], len(system.low))
    everything = Problem(
        np.arange(system.size), system.row, system.col, system.factor, system.low, system.high,
        system.floor, system.floor, system.whole, np.arange(len(system.low)),
    )  # fmt: skip
    return _restrict(
        everything,
        ~known,
        system.low - shift,
        system.high - shift,
        attacker.floor,
        attacker.ceiling,
    )


def bound_cells(
    system: System, known: Bools, attacker: Attacker, targets: Bools | None = None
) -> tuple[Floats, Floats]:
    """Compute the least and the most of every withheld cell.

    Parameters
    ----------
    system : System
    known : array of bool
        Which cells are published.
    attacker : Attacker
    targets : array of bool, optional
        Only these are bounded by linear programmes where `Problem.tighten` is not exact.

    Returns
    -------
    lower, upper : array of float
        A cell that is known has its value twice.

    Raises
    ------
    SecrecyError
        The equations contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> from sozialraum.secrecy.system import build_system
    >>> cells = pd.DataFrame({"cell": ["a", "b", "c", "sum"]})
    >>> triples = (np.zeros(4, int), np.arange(4), np.array([1.0, 1.0, 1.0, -1.0]))
    >>> system = build_system(cells, np.array([2.0, 3.0, 5.0, 10.0]), [triples])
    >>> known = np.array([False, False, True, True])
    >>> [x.tolist() for x in bound_cells(system, known, reader(system))]
    [[0.0, 0.0, 5.0, 10.0], [5.0, 5.0, 5.0, 10.0]]
    """
    problem = pose(system, known, attacker)
    lower = np.where(known, system.value, attacker.floor)
    upper = np.where(known, system.value, attacker.ceiling)
    lower[problem.cells], upper[problem.cells] = low, high = problem.tighten()
    wanted = ~known if targets is None else targets
    for part in problem.narrow(low, high).components(wanted):
        if part.tree:
            continue
        for cell in np.flatnonzero(wanted[part.cells]).tolist():
            ends = [part.solve(cell, s, part.floor, part.ceiling).value for s in (1.0, -1.0)]
            lower[part.cells[cell]], upper[part.cells[cell]] = _round(ends, part.whole[cell])
    return lower + 0.0, upper + 0.0


def _round(ends: list[float], whole: bool) -> tuple[float, float]:
    if not whole:
        return ends[0], ends[1]
    low, high = float(np.ceil(ends[0] - _ROUND)), float(np.floor(ends[1] + _ROUND))
    return min(low, high), max(low, high)


def find_narrow(
    system: System, known: Bools, attacker: Attacker, need: Floats
) -> npt.NDArray[np.int64]:
    """Find cells that the attacker bounds more narrowly than they need.

    A cell is wide enough as soon as two tables are known that agree with everything published and
    differ by as much in this cell; the table itself is one of them. Only where none is at hand is a
    linear programme solved.

    Parameters
    ----------
    system : System
        With all values.
    known : array of bool
    attacker : Attacker
    need : array of float
        Width that a cell must have, upper − lower; NaN where none is needed.

    Returns
    -------
    array of int
        Cells, sorted.
    """
    problem = pose(system, known, attacker)
    lower, upper = problem.tighten()
    asked = need[problem.cells]
    narrow = upper - lower < asked - _ROUND
    found = [problem.cells[narrow]]
    for part in problem.narrow(lower, upper).components(~np.isnan(need)):
        if not part.tree:
            inside = _narrow_in(part, need[part.cells], system.value[part.cells])
            found.append(part.cells[inside])
    return np.sort(np.unique(np.concatenate(found)))


def _narrow_in(part: Problem, asked: Floats, truth: Floats) -> Ints:
    least = np.where(np.isnan(truth), np.inf, truth)
    most = np.where(np.isnan(truth), -np.inf, truth)
    found = []
    for cell in np.flatnonzero(part.ceiling - part.floor >= asked - _ROUND).tolist():
        ends: list[float] = []
        for sign in (1.0, -1.0):
            if most[cell] - least[cell] >= asked[cell] - _ROUND:
                break
            solution = part.solve(cell, sign, part.floor, part.ceiling)
            ends.append(solution.value)
            least, most = np.minimum(least, solution.point), np.maximum(most, solution.point)
        if len(ends) == 2:
            low, high = _round(ends, part.whole[cell])
            if high - low < asked[cell] - _ROUND:
                found.append(cell)
    return np.array(found, np.int64)


def find_by_singles(
    system: System, known: Bools, needs: Needs
) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """Find small counts that follow for the person who is the only case of another one.

    Parameters
    ----------
    system : System
    known : array of bool
    needs : Needs
        Small counts equal to 1 are the singles.

    Returns
    -------
    list of (int, array of int)
        The single and the cells that follow exactly for that person.
    """
    base = reader(system)
    problem = pose(system, known, base)
    lower, upper = problem.tighten()
    found = []
    alone = needs.small & ~known & (system.value == 1)
    exact_width = np.where(known, np.nan, np.minimum(needs.width, 1.0))
    for part in problem.narrow(lower, upper).components(alone):
        singles = np.flatnonzero(alone[part.cells])
        if not len(singles) or (~np.isnan(exact_width[part.cells])).sum() < 2:
            continue
        # Of three or more unknown parts of one sum, one known part tells of no other.
        if len(part.low) == 1 and len(part.cells) > 2 and (part.factor > 0).all():
            continue
        for single in singles:
            floor, ceiling = part.floor.copy(), part.ceiling.copy()
            floor[single] = ceiling[single] = 1.0
            asked = np.full(system.size, np.nan)
            asked[part.cells] = exact_width[part.cells]
            asked[part.cells[single]] = np.nan
            need = asked[part.cells]
            known_part = Problem(
                part.cells, part.row, part.col, part.factor, part.low, part.high, floor, ceiling,
                part.whole, part.equations,
            )  # fmt: skip
            low, high = known_part.tighten()
            exact = part.cells[(high - low < need - _ROUND)]
            rest = known_part.narrow(low, high)
            more = [exact]
            for piece in rest.components(~np.isnan(asked)):
                if not piece.tree:
                    inside = _narrow_in(piece, asked[piece.cells], system.value[piece.cells])
                    more.append(piece.cells[inside])
            cells = np.sort(np.concatenate(more))
            if len(cells):
                found.append((int(part.cells[single]), cells))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Breach:
    """Cells that an attacker pins down, and how wide each should be."""

    attacker: Attacker
    cells: Ints
    need: Floats


def find_breaches(
    system: System,
    known: Bools,
    needs: Needs,
    counts: Bools,
) -> list[Breach]:
    """Attack in all ways.

    Parameters
    ----------
    system : System
        With all values.
    known : array of bool
        Which cells are published.
    needs : Needs
        Cells that must be protected.
    counts : array of bool
        Further withheld counts, which must not follow exactly.

    Returns
    -------
    list of Breach
        Without what the insider would know whatever is withheld, see `find_inherent`.
    """
    own = needs.own
    withheld = own & ~known
    others = counts & ~known & ~own
    base = reader(system)
    width = np.where(withheld, needs.width, np.where(others, 1.0, np.nan))
    narrow = find_narrow(system, known, base, width)
    shown = np.flatnonzero(own & known)
    breaches = [Breach(base, narrow, width[narrow]), Breach(base, shown, needs.width[shown])]
    exact = np.minimum(width, 1.0)
    inside = insider(system, needs, withheld)
    if np.isfinite(inside.ceiling).any():
        cells = find_narrow(system, known, inside, exact)
        cells = np.setdiff1d(cells, find_inherent(system, insider(system, needs), cells))
        breaches.append(Breach(inside, cells, exact[cells]))
    for single, cells in find_by_singles(system, known, needs):
        floor, ceiling = base.floor.copy(), base.ceiling.copy()
        floor[single] = ceiling[single] = 1.0
        alone = Attacker("single", floor, ceiling)
        cells = np.setdiff1d(cells, find_inherent(system, alone, cells))
        breaches.append(Breach(alone, cells, exact[cells]))
    return [breach for breach in breaches if len(breach.cells)]


def find_inherent(system: System, attacker: Attacker, cells: Ints) -> Ints:
    """Find which counts the attacker would know if nothing at all were published.

    Two areas with at least one case each, in a whole of fewer than three: whoever knows that all
    three are 1 or 2 knows them all; as outputs do not tell why a figure is withheld, nobody knows
    that much from them. The only case of an area is the only case of the areas that are the same
    one. Nothing that could be withheld besides helps.

    Examples
    --------
    >>> import pandas as pd
    >>> from sozialraum.secrecy.system import build_system
    >>> triples = (np.zeros(3, int), np.arange(3), np.array([1.0, 1.0, -1.0]))
    >>> cells = pd.DataFrame({"cell": ["a", "b", "sum"]})
    >>> system = build_system(cells, np.array([1.0, 1.0, 2.0]), [triples])
    >>> knows = insider(system, Needs.of_small(np.array([True, True, True]), 3))
    >>> find_inherent(system, knows, np.arange(3)).tolist()
    [0, 1, 2]
    """
    if not len(cells):
        return cells
    need = np.full(system.size, np.nan)
    need[cells] = 1.0
    return find_narrow(system, np.zeros(system.size, bool), attacker, need)
