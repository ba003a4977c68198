"""Bounds of unknowns under linear equations: propagation, then linear programmes (HiGHS)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from .cells import Cell, System

_TOLERANCE = 1e-6
_ROUNDS = 60


@dataclass
class Bounds:
    """Lower and upper bound of every hidden cell.

    ``lower`` and ``upper`` are what the attacker can be sure of where ``final``; elsewhere the
    attacker can be sure of no more: both were reached by solutions.
    """

    cells: list[Cell]
    lower: np.ndarray
    upper: np.ndarray
    final: np.ndarray
    equations: int
    programmes: int
    contradictions: list[str]


def bound(system: System, wide: float) -> Bounds:
    """Bound every hidden cell; those that are surely wider than ``wide`` only roughly."""
    cells = sorted({c for e in system.equations for c in e.factors if system.known(c) is None}
                   | set(system.hidden))  # fmt: skip
    number = {cell: i for i, cell in enumerate(cells)}
    row, col, factor, low, high = [], [], [], [], []
    kept = 0
    for equation in system.equations:
        constant, parts = 0.0, []
        for cell, f in equation.factors.items():
            value = system.known(cell)
            if value is None:
                parts.append((number[cell], f))
            else:
                constant += f * value
        if not parts:
            continue
        for at, f in parts:
            row.append(kept), col.append(at), factor.append(f)
        low.append(equation.low - constant), high.append(equation.high - constant)
        kept += 1
    matrix = coo_array((factor, (row, col)), shape=(kept, len(cells))).tocsr()
    lo, hi = np.array(low), np.array(high)
    floor = np.array([-np.inf if c[0] in system.signed else 0.0 for c in cells])
    ceiling = np.full(len(cells), np.inf)
    for cell, at in number.items():
        if cell in system.spans:
            floor[at] = max(floor[at], system.spans[cell][0])
            ceiling[at] = system.spans[cell][1]
    whole = np.array([system.whole.get(c[0], True) for c in cells])
    lower, upper = _propagate(matrix, lo, hi, floor, ceiling, whole)
    contradictions = [str(cells[i]) for i in np.flatnonzero(lower > upper + 1e-6)]
    final = np.zeros(len(cells), bool)
    programmes = 0
    if kept:
        graph = abs(matrix.T) @ abs(matrix)
        parts = connected_components(graph, directed=False)[1]
        of_row = parts[matrix.indices[matrix.indptr[:-1]]]
        target = np.array([c in system.hidden for c in cells])
        order = np.argsort(parts, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(parts[order])) + 1):
            rows = np.flatnonzero(of_row == parts[members[0]])
            part = matrix[rows][:, members]
            found = _bound_part(
                part, lo[rows], hi[rows], lower[members], upper[members],
                target[members], whole[members], wide,
            )  # fmt: skip
            if found is None:
                contradictions.append(f"no solution around {cells[members[0]]}")
                continue
            lower[members], upper[members], final[members], count = found
            programmes += count
    return Bounds(cells, lower, upper, final, kept, programmes, contradictions)


def _propagate(
    matrix: csr_array, lo: np.ndarray, hi: np.ndarray,
    floor: np.ndarray, ceiling: np.ndarray, whole: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Tighten bounds equation by equation until nothing moves."""
    lower, upper = floor.copy(), ceiling.copy()
    coo = matrix.tocoo()
    row, col, f = coo.row, coo.col, coo.data
    count = matrix.shape[0]
    for _ in range(_ROUNDS):
        smallest = np.where(f > 0, f * lower[col], f * upper[col])
        largest = np.where(f > 0, f * upper[col], f * lower[col])
        open_low, open_high = np.isinf(smallest), np.isinf(largest)
        sum_low = np.bincount(row, np.where(open_low, 0.0, smallest), count)
        sum_high = np.bincount(row, np.where(open_high, 0.0, largest), count)
        n_low, n_high = np.bincount(row, open_low, count), np.bincount(row, open_high, count)
        others_low = np.where(
            n_low[row] - open_low > 0, -np.inf, sum_low[row] - np.where(open_low, 0.0, smallest)
        )
        others_high = np.where(
            n_high[row] - open_high > 0, np.inf, sum_high[row] - np.where(open_high, 0.0, largest)
        )
        most, least = (hi[row] - others_low) / f, (lo[row] - others_high) / f
        most, least = np.where(f > 0, most, least), np.where(f > 0, least, most)
        new_upper, new_lower = upper.copy(), lower.copy()
        np.minimum.at(new_upper, col, most)
        np.maximum.at(new_lower, col, least)
        new_lower = np.where(whole, np.ceil(new_lower - _TOLERANCE), new_lower)
        new_upper = np.where(whole, np.floor(new_upper + _TOLERANCE), new_upper)
        moved = (new_upper < upper - _TOLERANCE) | (new_lower > lower + _TOLERANCE)
        lower, upper = np.maximum(lower, new_lower), np.minimum(upper, new_upper)
        if not moved.any():
            break
    return lower, upper


def _bound_part(
    matrix: csr_array, lo: np.ndarray, hi: np.ndarray, lower: np.ndarray, upper: np.ndarray,
    target: np.ndarray, whole: np.ndarray, wide: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int] | None:  # fmt: skip
    """Bound one connected part; a small one exactly, a large one until all are wide enough."""
    equal = hi - lo <= 1e-12
    options = {
        "A_eq": matrix[equal] if equal.any() else None,
        "b_eq": lo[equal] if equal.any() else None,
    }
    if (~equal).any():
        from scipy.sparse import vstack

        options["A_ub"] = vstack([matrix[~equal], -matrix[~equal]])
        bound_ub = np.concatenate([hi[~equal], -lo[~equal]])
        finite = np.isfinite(bound_ub)
        options["A_ub"], options["b_ub"] = options["A_ub"].tocsr()[finite], bound_ub[finite]
    box = np.column_stack([lower, upper])
    count = 0

    def solve(cost: np.ndarray) -> np.ndarray | None:
        nonlocal count
        count += 1
        done = linprog(cost, bounds=box, method="highs", **options)
        if done.status == 3:  # unbounded: give any point, the bound stays open
            return None
        return done.x if done.status == 0 else np.full(0, np.nan)

    size = len(lower)
    reached_low, reached_high = np.full(size, np.inf), np.full(size, -np.inf)
    final = lower >= upper - _TOLERANCE
    rng = np.random.default_rng(7)
    open_ended = np.isinf(upper) & target
    cap = np.where(np.isinf(upper), 1e7, upper)
    box[:, 1] = cap
    box[:, 0] = np.where(np.isinf(lower), -1e7, lower)
    rounds = 0 if size <= 12 else 24
    for step in range(rounds):
        left = target & ~final & (reached_high - reached_low < wide)
        if not left.any():
            break
        weight = np.where(left, 1.0, 0.0)
        if step >= 2:
            weight *= rng.choice([-1.0, 1.0], size)
        for sign in (1.0, -1.0):
            x = solve(sign * weight)
            if x is None or not len(x):
                return None
            reached_low, reached_high = np.minimum(reached_low, x), np.maximum(reached_high, x)
    for at in np.flatnonzero(target & ~final & ~(reached_high - reached_low >= wide)):
        if reached_high[at] - reached_low[at] >= wide:
            continue
        cost = np.zeros(size)
        for sign in (1.0, -1.0):
            cost[at] = sign
            x = solve(cost)
            if x is None or not len(x):
                return None
            reached_low, reached_high = np.minimum(reached_low, x), np.maximum(reached_high, x)
            if sign > 0:
                least = x[at]
            else:
                most = x[at]
        lower[at] = np.ceil(least - _TOLERANCE) if whole[at] else least
        upper[at] = np.inf if open_ended[at] and most > 9e6 else most
        upper[at] = np.floor(upper[at] + _TOLERANCE) if whole[at] else upper[at]
        final[at] = True
    rough = target & ~final
    lower[rough], upper[rough] = reached_low[rough], reached_high[rough]
    return lower, upper, final, count
