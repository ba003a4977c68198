"""Which further figures to withhold so that no attacker computes a small count, at least loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sozialraum.secrecy.attack import Breach, Memory, Needs, find_breaches, pose
from sozialraum.secrecy.publication import Publication
from sozialraum.secrecy.solver import Problem, Program
from sozialraum.secrecy.system import Bools, Floats, Ints, System

# A part with more figures to choose from is completed step by step instead of solved exactly.
_MOST_EXACT = 400
# Cells of one part that are priced in a round; what mends these often mends the others.
_MOST_CUTS = 8
_NODES = 20_000
_EXACT_ROUNDS = 8
_TINY = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """An inequality every safe choice obeys: Σ factor · hidden ≥ need (· hidden[head])."""

    cells: Ints
    factor: Floats
    need: float
    head: int


@dataclass(frozen=True, slots=True)
class Completion:
    """What the rows withheld for the sake of others cost.

    Attributes
    ----------
    rows : int
        Rows withheld beside those that must be.
    loss : float
        Sum of their losses.
    bound : float
        No choice that stands the attack loses less.
    parts, exact_parts : int
        Parts of the table that need further rows and share no figure; how many of them lose the
        least possible, proven.
    """

    rows: int
    loss: float
    bound: float
    parts: int
    exact_parts: int

    @property
    def ratio(self) -> float:
        """Loss over bound, 1 where nothing could be lost less."""
        return self.loss / self.bound if self.bound > 0 else 1.0


def complete_suppression(
    publication: Publication,
    hidden: Bools,
    needs: Needs,
    cost: Floats,
) -> tuple[Bools, Completion]:
    """Withhold further rows until no attacker finds anything.

    Parameters
    ----------
    publication : Publication
    hidden : array of bool
        Rows that must be withheld.
    needs : Needs
        Cells that must be protected.
    cost : array of float
        Loss of every row.

    Returns
    -------
    hidden : array of bool
        Rows to withhold.
    completion : Completion
        What it cost, and how little it could have cost.

    Notes
    -----
    Every cell that an attacker bounds too closely gives an inequality from the prices of his linear
    programme: with the same prices he finds it again unless one of the published cells they rest on
    is withheld (combinatorial Benders cuts, the scheme of Fischetti and Salazar). The cheapest
    choice that obeys all inequalities found so far is an integer programme per part that shares
    figures; it is attacked again. Optimal if this ends within eight rounds and every part offers at
    most 400 figures; otherwise completed by the figure that mends most per loss. Nodes, never time,
    limit the solver.
    """
    forced = must = hidden | _shows(publication, needs.own)
    system = publication.system
    counts = np.zeros(system.size, bool)
    cuts: list[Cut] = []
    kept: dict[tuple[int, ...], Ints] = {}
    hidden = forced.copy()
    memory = Memory()
    turn = 0
    while True:
        counts[:] = False
        counts[publication.numerator[hidden & (publication.numerator >= 0)]] = True
        known = publication.known(hidden)
        breaches = find_breaches(system, known, needs, counts, memory)
        new = [cut for breach in breaches for cut in _find_cuts(system, known, needs.own, breach)]
        if not new:
            return hidden, _sum_up(hidden & ~must, cost)
        cuts += new
        if turn >= _EXACT_ROUNDS:
            # What is withheld stays so: every further round withholds more, and so it ends.
            forced, kept = hidden.copy(), {}
        chosen = _choose(publication, cuts, forced, cost, kept)
        hidden = forced.copy()
        hidden[chosen] = True
        turn += 1


def _sum_up(further: Bools, cost: Floats) -> Completion:
    loss = float(cost[further].sum())
    return Completion(int(further.sum()), loss, 0.0, 0, 0)


def _shows(publication: Publication, cells: Bools) -> Bools:
    """Tell which rows show one of the cells."""
    shown = np.zeros(len(publication.numerator), bool)
    for at in (publication.numerator, publication.denominator):
        shown |= (at >= 0) & cells[at]
    return shown


def _find_cuts(system: System, known: Bools, small: Bools, breach: Breach) -> list[Cut]:
    problem = pose(system, known, breach.attacker)
    need = np.full(system.size, np.nan)
    need[breach.cells] = breach.need
    wanted = ~np.isnan(need)
    starts = np.searchsorted(system.row, np.arange(len(system.low) + 1))
    cuts = []
    for part in problem.components(wanted):
        program = Program(part)
        for cell in np.flatnonzero(wanted[part.cells])[:_MOST_CUTS]:
            head = -1 if small[part.cells[cell]] else int(part.cells[cell])
            for low, high, below, above in _prices(part, program, int(cell)):
                cut = _cut(
                    system, known, part, int(part.cells[cell]), starts, (low, high),
                    (below, above), float(need[part.cells[cell]]), head,
                )  # fmt: skip
                if len(cut.cells):
                    cuts.append(cut)
    return cuts


def _prices(
    part: Problem, program: Program, cell: int
) -> list[tuple[float, float, Floats, Floats]]:
    """Give the bounds of a cell and what every equation is worth for them."""
    floor, ceiling = part.floor[cell], part.ceiling[cell]
    if len(part.cells) == 1:
        found = []
        for i in range(len(part.low)):
            price = np.zeros(len(part.low))
            price[i] = 1 / part.factor[part.row == i][0]
            ends = sorted((part.low[i] * price[i], part.high[i] * price[i]))
            found.append((max(ends[0], floor), min(ends[1], ceiling), price, -price))
        return found
    below, above = program.bound(cell)
    return [(below.value, above.value, below.price, above.price)]


def _cut(
    system: System,
    known: Bools,
    part: Problem,
    cell: int,
    starts: Ints,
    ends: tuple[float, float],
    prices: tuple[Floats, Floats],
    need: float,
    head: int,
) -> Cut:
    rows = np.flatnonzero((np.abs(prices[0]) > _TINY) | (np.abs(prices[1]) > _TINY))
    equations = part.equations[rows]
    sizes = starts[equations + 1] - starts[equations]
    entry = np.repeat(starts[equations] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    cells, place = np.unique(system.col[entry], return_inverse=True)
    gains = []
    value = np.nan_to_num(system.value[cells])
    room = value - system.floor[cells]
    for price in prices:
        rate = np.bincount(place, system.factor[entry] * np.repeat(price[rows], sizes), len(cells))
        # A withheld cell may be larger without limit, smaller only down to its floor.
        gain = np.where(rate > _TINY, np.inf, np.where(rate < -_TINY, -rate * room, 0.0))
        gains.append(np.where(known[cells], gain, 0.0))
    used = (gains[0] > _TINY) | (gains[1] > _TINY)
    lacking = need - (ends[1] - ends[0])
    room_below = ends[0] - system.floor[cell]
    factor = np.minimum(np.minimum(gains[0], max(room_below, 0.0)) + gains[1], lacking)
    if lacking <= _TINY or not (factor[used] > _TINY).any():
        factor, lacking = used.astype(float), 1.0
    used &= factor > _TINY
    return Cut(cells[used], factor[used] / lacking, 1.0, head)


def _choose(
    publication: Publication,
    cuts: list[Cut],
    forced: Bools,
    cost: Floats,
    kept: dict[tuple[int, ...], Ints],
) -> Ints:
    """Find the cheapest rows that obey all cuts, part by part."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    numbers = np.unique(
        np.concatenate([c.cells for c in cuts] + [[c.head] for c in cuts if c.head >= 0])
    ).astype(np.int64)
    cell_of, row_of = _list_showing(publication, numbers, forced)
    count, size = publication.system.size, len(forced)
    links = [(np.full(len(c.cells), i), c.cells + len(cuts)) for i, c in enumerate(cuts)]
    links += [
        (np.array([i]), np.array([c.head + len(cuts)])) for i, c in enumerate(cuts) if c.head >= 0
    ]
    links.append((cell_of + len(cuts), row_of + len(cuts) + count))
    total = len(cuts) + count + size
    first, second = (np.concatenate(x).astype(np.int64) for x in zip(*links, strict=True))
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(total, total))
    part = connected_components(graph, directed=False)[1][: len(cuts)]
    chosen = []
    for name in np.unique(part):
        key = tuple(np.flatnonzero(part == name).tolist())
        if key not in kept:
            kept[key] = _solve([cuts[i] for i in key], cell_of, row_of, cost)
        chosen.append(kept[key])
    return np.concatenate(chosen)


def _list_showing(publication: Publication, cells: Ints, forced: Bools) -> tuple[Ints, Ints]:
    """List which rows still show which of the cells."""
    found = []
    for at in (publication.numerator, publication.denominator):
        rows = np.flatnonzero(~forced & np.isin(at, cells))
        found.append(np.column_stack([at[rows], rows]))
    pairs = np.unique(np.concatenate(found), axis=0)
    return pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)


def _solve(cuts: list[Cut], cell_of: Ints, row_of: Ints, cost: Floats) -> Ints:
    """Choose rows for cuts that hang together: exactly, or step by step if they are too many.

    Variables are the rows and the cells; a cell is hidden if all rows that show it are.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    cells = np.unique(np.concatenate([np.append(c.cells, c.head) for c in cuts])).astype(np.int64)
    cells = cells[cells >= 0]
    inside = np.isin(cell_of, cells)
    owner, rows_at = np.searchsorted(cells, cell_of[inside]), row_of[inside]
    rows, row_at = np.unique(rows_at, return_inverse=True)
    shown = np.bincount(owner, minlength=len(cells))
    count = len(rows)
    entries: list[tuple[int, int, float]] = []
    low: list[float] = []
    for cut in cuts:
        at = np.searchsorted(cells, cut.cells)
        entries += [
            (len(low), count + int(c), float(f)) for c, f in zip(at, cut.factor, strict=True)
        ]
        if cut.head >= 0:
            entries.append((len(low), count + int(np.searchsorted(cells, cut.head)), -cut.need))
        low.append(0.0 if cut.head >= 0 else cut.need)
    for c, r in zip(owner.tolist(), row_at.tolist(), strict=True):
        entries += [(len(low), r, 1.0), (len(low), count + c, -1.0)]
        low.append(0.0)
    heads = {c.head for c in cuts if c.head >= 0}
    for c in (int(np.searchsorted(cells, h)) for h in sorted(heads)):
        entries += [(len(low), int(r), -1.0) for r in row_at[owner == c]]
        entries.append((len(low), count + c, 1.0))
        low.append(1.0 - shown[c])
    index, column, factor = zip(*entries, strict=True)
    size = count + len(cells)
    matrix = csr_array((factor, (index, column)), shape=(len(low), size))
    goal = np.append(cost[rows], np.zeros(len(cells)))
    if count <= _MOST_EXACT:
        # Tolerance: HiGHS keeps constraints to 1e-6 of their own.
        found = milp(
            goal,
            constraints=LinearConstraint(matrix, np.array(low) - 1e-6, np.inf),
            integrality=np.ones(size),
            bounds=Bounds(np.zeros(size), np.ones(size)),
            options={"node_limit": _NODES, "mip_rel_gap": 0.0},
        )
        if found.status == 0:
            return np.asarray(rows[found.x[:count] > 0.5])
    return rows[_complete(cuts, cells, owner, row_at, cost[rows])]


def _complete(cuts: list[Cut], cells: Ints, owner: Ints, row_at: Ints, cost: Floats) -> Ints:
    """Withhold what mends most per loss, one cell after the other; then take back what is not needed."""
    from scipy.sparse import csr_array

    at = [np.searchsorted(cells, c.cells) for c in cuts]
    which = np.repeat(np.arange(len(cuts)), [len(a) for a in at])
    matrix = csr_array(
        (np.concatenate([c.factor for c in cuts]), (which, np.concatenate(at))),
        shape=(len(cuts), len(cells)),
    )
    need = np.array([c.need for c in cuts])
    head = np.array([np.searchsorted(cells, c.head) if c.head >= 0 else -1 for c in cuts])
    hides = csr_array((np.ones(len(owner)), (owner, row_at)), shape=(len(cells), len(cost)))
    shown = np.bincount(owner, minlength=len(cells))

    def lacking(rows: Bools) -> tuple[Floats, Bools]:
        gone = hides @ rows.astype(float) >= shown
        left = need - matrix @ gone.astype(float)
        active = (head < 0) | gone[np.maximum(head, 0)]
        return np.where(active, np.maximum(left, 0.0), 0.0), gone

    chosen = np.zeros(len(cost), bool)
    order = []
    while True:
        left, gone = lacking(chosen)
        if (left <= 1e-6).all():
            break
        capped = matrix.multiply((left > 1e-6)[:, None]).tocsr()
        capped.data = np.minimum(capped.data, np.repeat(left, np.diff(capped.indptr)))
        mended = np.asarray(capped.sum(axis=0)).ravel()
        price = hides @ np.where(chosen, 0.0, cost)
        score = np.where(gone, -1.0, mended / np.maximum(price, 1e-9))
        best = int(np.argmax(score))
        if score[best] <= 0:
            break
        taken = row_at[owner == best]
        order += [int(r) for r in taken if not chosen[r]]
        chosen[taken] = True
    for row in sorted(order, key=lambda r: (-cost[r], r)):
        chosen[row] = False
        if (lacking(chosen)[0] > 1e-6).any():
            chosen[row] = True
    return np.flatnonzero(chosen)
