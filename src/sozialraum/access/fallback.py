"""The same search by SciPy: where numba is missing, and as a check of the compiled loops."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sozialraum.access.graph import CLOSED
from sozialraum.access.tasks import Found, Task, join_found, keep_nearest


def scipy_nearest(task: Task, *, k: int, limit: int) -> Found:
    """Give the ``k`` nearest seeds of every point, keeping no more than ``k`` at a time."""
    best = join_found([])
    for pairs in scipy_pairs(task, limit):
        known = (best[1], best[0], best[2])
        best = keep_nearest(*join_found([known, pairs]), k)
    return best


def scipy_pairs(task: Task, limit: int) -> Iterator[Found]:
    """Give the pairs of one seed after the other by SciPy; the same answer, slowly."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    size = len(task.graph.indptr) - 1
    graph = csr_array(
        (task.graph.costs.astype(np.float64), task.graph.indices.copy(), task.graph.indptr),
        shape=(size, size),
    )
    same_seed, same_point, same_cost = task.same
    starts, goals = task.seeds, task.points
    for seed in range(len(starts)):
        sides = np.flatnonzero(starts.costs[seed] != CLOSED)
        if not len(sides):
            continue
        rows = dijkstra(graph, indices=starts.nodes[seed, sides], limit=float(limit))
        dist = np.min(rows + starts.costs[seed, sides][:, None], axis=0)
        ways = np.where(goals.costs == CLOSED, np.inf, dist[goals.nodes] + goals.costs)
        cost = ways.min(axis=1)
        own = slice(*np.searchsorted(same_seed, [seed, seed + 1]))
        np.minimum.at(cost, same_point[own], same_cost[own])
        point = np.flatnonzero(cost <= limit)
        yield np.full(len(point), seed), point, cost[point].astype(np.int32)
