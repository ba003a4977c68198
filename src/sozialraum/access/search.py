"""Drive the compiled loops: seeds in, pairs or nearest offers out; SciPy where numba is missing.

Both ways of asking work on arrays: ``origins`` and ``destinations`` are ``Snapped``; the answer is
three arrays (origin, destination, cost). Destinations of equal cost are ordered by their position.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import chain
from operator import itemgetter
from queue import Empty, SimpleQueue

import numpy as np

from sozialraum.access.fallback import scipy_nearest, scipy_pairs
from sozialraum.access.network import CLOSED, Ints, StreetNetwork
from sozialraum.access.snap import Snapped
from sozialraum.access.tasks import (
    FAR,
    Found,
    Task,
    from_destinations,
    from_origins,
    join_found,
)

POOL = 1024
"""Links of the queue to begin with when searching from one offer; doubled as needed."""

NODES_PER_LINK = 4
"""The same when searching from all offers at once."""

ROWS = 1 << 14
"""Rows of the answer to make room for at first."""


def search_nearest(
    network: StreetNetwork, origins: Snapped, destinations: Snapped, *, k: int, limit: int
) -> Found:
    """Find the ``k`` nearest destinations of every origin, nearest first.

    The search runs from the destinations over the reversed graph, once for all of them.
    """
    task = from_destinations(network, origins, destinations)
    if find_spec("numba") is None:
        return scipy_nearest(task, k=k, limit=limit)
    from sozialraum.access import kernels

    graph, size, several = task.graph, len(network), k > 1
    owners = np.repeat(np.arange(len(task.seeds), dtype=np.int32), 2)
    usable = task.seed_costs.ravel() != CLOSED
    seeds = (task.seeds.ravel()[usable], task.seed_costs.ravel()[usable], owners[usable])
    capacity = POOL + size // NODES_PER_LINK
    full = True
    while full:
        dist, owner = _unlabelled(size, k)
        flat = (dist, owner) if several else (dist.ravel(), owner.ravel())
        pool = kernels.make_pool(capacity, 4 if several else 3)
        run = kernels.find_k_nearest if several else kernels.find_nearest
        full = run(
            graph.indptr, graph.indices, graph.costs, *seeds, limit, task.shift,
            *flat, task.ring(), pool,
        )  # fmt: skip
        capacity *= 2
    near, who = _unlabelled(len(task.ends), k)
    seed, point, direct = task.same
    kernels.collect_nearest(
        dist, owner, task.ends, task.end_costs, point, seed, direct, limit, near, who
    )
    origin, rank = np.nonzero(who >= 0)
    return origin, who[origin, rank].astype(np.intp), near[origin, rank]


def search_pairs(
    network: StreetNetwork,
    origins: Snapped,
    destinations: Snapped,
    *,
    limit: int,
    threads: int | None = None,
) -> Found:
    """Find all pairs within the limit, ordered by origin and destination.

    The search runs from the side with fewer points: from destinations over the reversed graph, or
    from origins over the graph. Threads share nothing but read-only arrays, and results are put
    together in the order of the points, so their number changes nothing.
    """
    turned = len(origins.edge) < len(destinations.edge)
    task = from_destinations(network, origins, destinations)
    if turned:
        task = from_origins(network, origins, destinations)
    seed, point, cost = find_pairs(task, limit, threads or os.cpu_count() or 1)
    origin, destination = (seed, point) if turned else (point, seed)
    order = np.lexsort((destination, origin))
    return origin[order], destination[order], cost[order]


def find_pairs(task: Task, limit: int, threads: int) -> Found:
    """Give seed, point and cost of all pairs within the limit, ordered by seed."""
    if find_spec("numba") is None:
        return join_found(scipy_pairs(task, limit))
    from sozialraum.access import kernels

    nodes = len(task.graph.indptr) - 1
    at_node, at_point, at_cost = _by_node(task, nodes)
    seed, point, direct = task.same
    same_start = np.searchsorted(seed, np.arange(len(task.seeds) + 1)).astype(np.int32)

    count = len(task.seeds)
    size = max(1, min(64, -(-count // (4 * threads))))
    todo: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for first in range(0, count, size):
        todo.put((first, min(first + size, count)))

    def run() -> list[tuple[int, Ints]]:
        dist = np.full(nodes, FAR, dtype=np.int32)
        best = np.full(len(task.ends), FAR, dtype=np.int32)
        reached, found = np.empty(nodes, dtype=np.int32), np.empty(len(best), dtype=np.int32)
        head, pool = task.ring(), kernels.make_pool(POOL, 3)
        room = ROWS
        results: list[tuple[int, Ints]] = []
        while True:
            try:
                start, last = todo.get_nowait()
            except Empty:
                return results
            first = start
            rows_so_far = [np.empty((0, 3), np.int32)]
            while first < last:
                out = np.empty((room, 3), dtype=np.int32)
                then, rows, full = kernels.find_pairs(
                    task.graph.indptr, task.graph.indices, task.graph.costs,
                    task.seeds, task.seed_costs, same_start, point, direct,
                    at_node, at_point, at_cost, first, last, limit, task.shift,
                    dist, reached, head, pool, best, found, out,
                )  # fmt: skip
                rows_so_far.append(out[:rows])
                first = then
                if full:
                    dist.fill(FAR)
                    head.fill(-1)
                    pool = kernels.make_pool(2 * len(pool), 3)
                elif first < last:
                    room *= 2
            results.append((start, np.concatenate(rows_so_far)))

    with ThreadPoolExecutor(threads) as crew:
        parts = sorted(
            chain.from_iterable(crew.map(lambda _: run(), range(threads))), key=itemgetter(0)
        )
    table = np.concatenate([np.empty((0, 3), np.int32), *(rows for _, rows in parts)])
    return table[:, 0].astype(np.intp), table[:, 1].astype(np.intp), table[:, 2].copy()


def _by_node(task: Task, nodes: int) -> tuple[Ints, Ints, Ints]:
    """Points by the nodes they can be reached from, in compressed rows."""
    point, side = np.nonzero(task.end_costs != CLOSED)
    node = task.ends[point, side]
    order = np.argsort(node, kind="stable")
    start = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(node, minlength=nodes), out=start[1:])
    return start, point[order].astype(np.int32), task.end_costs[point, side][order]


def _unlabelled(size: int, k: int) -> tuple[Ints, Ints]:
    """Make empty lists of the ``k`` nearest: costs and owners."""
    return np.full((size, k), FAR, dtype=np.int32), np.full((size, k), -1, dtype=np.int32)
