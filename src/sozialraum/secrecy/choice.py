"""The cheapest rows to withhold that obey all inequalities found so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sozialraum.secrecy.cuts import Cut
from sozialraum.secrecy.publication import Publication
from sozialraum.secrecy.solver import new_solver
from sozialraum.secrecy.system import Bools, Floats, Ints

# Parts with more rows to choose from are solved to within a share of the best, in fewer nodes.
MOST_EXACT = 200
_GAP = 0.04
_NODES, _FEWER_NODES = 4000, 100
_TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Rows withheld in a part, what they cost, and the least that would do for its inequalities."""

    rows: Ints
    loss: float
    bound: float


@dataclass(frozen=True, slots=True, eq=False)
class Showing:
    """Which of the rows that may still be shown show which cells, as pairs sorted by cell."""

    cell: Ints
    row: Ints
    start: Ints

    @classmethod
    def of(cls, publication: Publication, forced: Bools) -> Showing:
        """List all pairs, without rows that must be withheld."""
        rows = np.flatnonzero(~forced)
        sides = [
            np.column_stack([at[rows], rows])[at[rows] >= 0]
            for at in (publication.numerator, publication.denominator)
        ]
        pairs = np.unique(np.concatenate(sides), axis=0).astype(np.int64)
        start = np.searchsorted(pairs[:, 0], np.arange(publication.system.size + 1))
        return cls(pairs[:, 0], pairs[:, 1], start)

    def rows_of(self, cells: Ints) -> tuple[Ints, Ints]:
        """Give the number of rows of every cell, and all these rows one after the other."""
        sizes = self.start[cells + 1] - self.start[cells]
        entry = np.repeat(self.start[cells] - np.cumsum(sizes) + sizes, sizes)
        return sizes, self.row[entry + np.arange(sizes.sum())]


def split_cuts(cuts: Sequence[Cut], showing: Showing, rows: int) -> list[Ints]:
    """Put cuts that share a row that could be withheld into one part."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not cuts:
        return []
    cells = [np.append(c.cells, c.head) if c.head >= 0 else c.cells for c in cuts]
    which = np.repeat(np.arange(len(cuts)), [len(c) for c in cells])
    sizes, shown = showing.rows_of(np.concatenate(cells))
    count = len(cuts) + rows
    graph = coo_array(
        (np.ones(len(shown), np.int8), (np.repeat(which, sizes), shown + len(cuts))),
        shape=(count, count),
    )
    part = connected_components(graph, directed=False)[1][: len(cuts)]
    order = np.argsort(part, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(part[order])) + 1)


def list_rows(cuts: Sequence[Cut], showing: Showing) -> Ints:
    """List the rows that could be withheld for the sake of these cuts."""
    cells = np.unique(np.concatenate([np.append(c.cells, c.head) for c in cuts]))
    return np.unique(showing.rows_of(cells[cells >= 0].astype(np.int64))[1])


def choose_rows(cuts: Sequence[Cut], showing: Showing, cost: Floats) -> Choice:
    """Choose the cheapest rows that obey all cuts of one part.

    Parameters
    ----------
    cuts : sequence of Cut
    showing : Showing
    cost : array of float
        Loss of every row.

    Returns
    -------
    Choice

    Notes
    -----
    An integer programme: one variable per row; a cell that several rows show is withheld if all of
    them are and has a variable of its own. Proven best for parts with at most 200 rows to choose
    from, within 4 % otherwise, unless nodes run out: nodes, never time, limit the solver.
    """
    system = Demands(cuts, showing, cost)
    guess = system.complete()
    chosen, bound = system.minimise(guess)
    loss = float(system.cost[chosen].sum())
    return Choice(system.rows[chosen], loss, min(bound, loss))


class Demands:
    """Cuts in rows to withhold: matrix · (rows, cells of several rows) ≥ low."""

    def __init__(self, cuts: Sequence[Cut], showing: Showing, cost: Floats) -> None:
        from scipy.sparse import csr_array

        cells = np.unique(np.concatenate([np.append(c.cells, c.head) for c in cuts]))
        cells = cells[cells >= 0].astype(np.int64)
        sizes, shown = showing.rows_of(cells)
        self.rows, row_at = np.unique(shown, return_inverse=True)
        self.cost = cost[self.rows]
        count = len(self.rows)
        several = sizes > 1
        begin = np.cumsum(sizes) - sizes
        # −1: withheld anyway.
        variable = np.full(len(cells), -1, np.int64)
        variable[sizes == 1] = row_at[begin[sizes == 1]]
        variable[several] = count + np.arange(several.sum())
        which = np.repeat(np.arange(len(cuts)), [len(c.cells) for c in cuts])
        at = variable[np.searchsorted(cells, np.concatenate([c.cells for c in cuts]))]
        factor = np.concatenate([c.factor for c in cuts])
        low = 1.0 - np.bincount(which[at < 0], factor[at < 0], len(cuts))
        heads = np.array([c.head for c in cuts])
        head_at = np.where(
            heads >= 0, variable[np.minimum(np.searchsorted(cells, heads), len(cells) - 1)], -1
        )
        tied = np.flatnonzero(head_at >= 0)
        low[tied] -= 1.0
        entries = [
            (which[at >= 0], at[at >= 0], factor[at >= 0]),
            (tied, head_at[tied], -np.ones(len(tied))),
        ]
        # A cell is withheld only with all its rows, and is if all of them are.
        links = np.repeat(np.flatnonzero(several), sizes[several])
        number = len(cuts) + np.arange(len(links))
        rows_of = row_at[np.repeat(several, sizes)]
        entries += [
            (number, rows_of, np.ones(len(links))),
            (number, variable[links], -np.ones(len(links))),
        ]
        low = np.append(low, np.zeros(len(links)))
        ends = np.intersect1d(np.flatnonzero(several), np.searchsorted(cells, heads[tied]))
        place = np.full(len(cells), -1)
        place[ends] = len(low) + np.arange(len(ends))
        some = place[links] >= 0
        entries += [
            (place[links[some]], rows_of[some], -np.ones(some.sum())),
            (place[ends], variable[ends], np.ones(len(ends))),
        ]
        self.low = np.append(low, 1.0 - sizes[ends])
        self.size = count + int(several.sum())
        row, col, value = (np.concatenate(x) for x in zip(*entries, strict=True))
        self.matrix = csr_array((value, (row, col)), shape=(len(self.low), self.size))
        # Which rows must be withheld for every variable to be 1.
        self.member = np.concatenate([np.arange(count), rows_of])
        self.of_member = np.concatenate([np.arange(count), variable[links]])
        self.member_count = np.bincount(self.of_member, minlength=self.size)
        self.cuts = len(cuts)

    def obeyed(self, hidden: Bools) -> bool:
        """Tell whether withholding these rows of the table obeys all cuts."""
        values = self._values(hidden[self.rows])
        return bool((self.low - self.matrix @ values <= _TINY).all())

    def minimise(self, guess: Bools) -> tuple[Bools, float]:
        """Solve the integer programme; give the rows and the least loss that is not excluded."""
        import highspy

        count = len(self.rows)
        solver = new_solver()
        few = count <= MOST_EXACT
        solver.setOptionValue("mip_max_nodes", _NODES if few else _FEWER_NODES)
        solver.setOptionValue("mip_rel_gap", 0.0 if few else _GAP)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.size, len(self.low)
        model.col_cost_ = np.append(self.cost, np.zeros(self.size - count))
        model.col_lower_, model.col_upper_ = np.zeros(self.size), np.ones(self.size)
        # HiGHS keeps inequalities to 1e-6.
        model.row_lower_ = self.low - _TINY
        model.row_upper_ = np.full(len(self.low), np.inf)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = self.matrix.indptr
        model.a_matrix_.index_ = self.matrix.indices
        model.a_matrix_.value_ = self.matrix.data
        model.integrality_ = [highspy.HighsVarType.kInteger] * self.size
        solver.passModel(model)
        start = highspy.HighsSolution()
        start.col_value = self._values(guess).tolist()
        start.value_valid = True
        solver.setSolution(start)
        solver.run()
        info = solver.getInfo()
        bound = float(info.mip_dual_bound)
        if (
            info.primal_solution_status != 2
            or info.objective_function_value >= self.cost[guess].sum()
        ):
            return guess, bound
        return np.asarray(solver.getSolution().col_value)[:count] > 0.5, bound

    def _values(self, chosen: Bools) -> Floats:
        gone = np.bincount(self.of_member, chosen[self.member], len(self.member_count))
        return np.asarray(gone == self.member_count, float)

    def complete(self) -> Bools:
        """Withhold what mends most per loss, one after the other; then take back what is not needed."""
        chosen = np.zeros(len(self.rows), bool)
        order: list[int] = []
        while True:
            values = self._values(chosen)
            left = np.maximum((self.low - self.matrix @ values)[: self.cuts], 0.0)
            if (left <= _TINY).all():
                break
            capped = self.matrix[np.flatnonzero(left > _TINY)]
            capped.data = np.minimum(
                capped.data, np.repeat(left[left > _TINY], np.diff(capped.indptr))
            )
            mended = np.asarray(capped.sum(axis=0)).ravel()
            open_cost = np.where(chosen, 0.0, self.cost)
            price = np.bincount(self.of_member, open_cost[self.member], self.size)
            score = np.where(values > 0, -1.0, mended / np.maximum(price, 1e-9))
            best = int(np.argmax(score))
            if score[best] <= 0:
                break
            taken = self.member[self.of_member == best]
            order += [int(r) for r in taken if not chosen[r]]
            chosen[taken] = True
        for row in sorted(order, key=lambda r: (-self.cost[r], r)):
            chosen[row] = False
            values = self._values(chosen)
            if ((self.low - self.matrix @ values)[: self.cuts] > _TINY).any():
                chosen[row] = True
        return chosen
