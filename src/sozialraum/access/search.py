"""Drive the compiled loops: seeds in, pairs or nearest offers out; SciPy where numba is missing.

Both ways of asking work on arrays: ``origins`` and ``destinations`` are ``Snapped``; the answer is
three arrays (origin, destination, cost). Destinations of equal cost are ordered by their position.

``contracted`` is for tests and benchmarks: whether to search over chains of streets, which gives the
same answer. Left out, it is done where it pays.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import chain
from operator import itemgetter
from queue import Empty, SimpleQueue

import numpy as np
import numpy.typing as npt

from sozialraum.access.contract import Chains
from sozialraum.access.crew import hire
from sozialraum.access.fallback import scipy_nearest, scipy_pairs
from sozialraum.access.labels import label_nodes
from sozialraum.access.network import StreetNetwork
from sozialraum.access.snap import Snapped
from sozialraum.access.tasks import (
    Found,
    Index,
    Task,
    from_destinations,
    from_origins,
    join_found,
    unsigned,
)

ROOM, SHARED = 2**6, 2**13
"""Entries a row of the queue has room for, and all rows together; doubled as needed."""

ROWS = 1 << 19
"""Rows of the answer to make room for at a time, and at least two for every point."""

MANY = 100_000
"""Rows of the answer, and as many as there are points, for a thread to share in sorting it."""

Counts = npt.NDArray[np.uint32]


def search_nearest(
    network: StreetNetwork,
    origins: Snapped,
    destinations: Snapped,
    *,
    k: int,
    limit: int,
    threads: int | None = None,
    contracted: bool | None = None,
) -> Found:
    """Find the ``k`` nearest destinations of every origin, nearest first.

    The search runs from the destinations over the reversed graph, once for all of them.
    """
    task = from_destinations(network, origins, destinations, _choose(network, contracted))
    if find_spec("numba") is None:
        return scipy_nearest(task, k=k, limit=limit)
    from sozialraum.access import closest

    labels, bound = label_nodes(task, k, limit, threads or os.cpu_count() or 1), np.uint64(limit)
    many = len(task.points)
    near = np.full((many, k), closest.NOBODY, dtype=np.uint64)
    seed, point, direct = (unsigned(a) for a in task.same)
    ends, costs = unsigned(task.points.nodes), unsigned(task.points.costs)
    closest.collect_nearest(labels, ends, costs, point, seed, direct, bound, near)
    found = tuple(np.empty(many * k, dtype=np.uint32) for _ in range(3))
    rows = closest.write_nearest(near, *found)
    origin, destination, cost = (a[:rows].view(np.int32) for a in found)
    return origin, destination, cost


def search_pairs(
    network: StreetNetwork,
    origins: Snapped,
    destinations: Snapped,
    *,
    limit: int,
    threads: int | None = None,
    contracted: bool | None = None,
) -> Found:
    """Find all pairs within the limit, ordered by origin and destination.

    The search runs from the side with fewer points: from destinations over the reversed graph, or
    from origins over the graph. Threads share nothing but read-only arrays, and results are put
    together in the order of the points, so their number changes nothing.
    """
    turned = len(origins.edge) < len(destinations.edge)
    make = from_origins if turned else from_destinations
    task = make(network, origins, destinations, _choose(network, contracted))
    seed, point, cost = find_pairs(task, limit, threads or os.cpu_count() or 1)
    if not turned:
        return point, seed, cost
    # Once more, so that the rows of an origin are in the order of their destinations.
    order = _sort(seed, len(task.seeds))
    return seed[order], point[order], cost[order]


def find_pairs(task: Task, limit: int, threads: int) -> Found:
    """Give seed, point and cost of all pairs within the limit, ordered by point and seed."""
    if find_spec("numba") is None:
        seed, point, cost = join_found(scipy_pairs(task, limit))
        order = np.lexsort((seed, point))
        return seed[order], point[order], cost[order]
    crew = hire(threads)
    return _turn(*_find_rows(task, limit, threads, crew), task, threads, crew)


Piece = tuple[int, Counts, Counts]
"""First seed, and the points and costs found from it on."""


def _find_rows(
    task: Task, limit: int, threads: int, crew: ThreadPoolExecutor
) -> tuple[list[Piece], Counts]:
    """Search from every seed: pieces of the table in the order of the seeds, and rows per seed."""
    from sozialraum.access import shortest

    nodes, count = len(task.graph.indptr) - 1, len(task.seeds)
    seed, point, direct = (unsigned(a) for a in task.same)
    same = (np.searchsorted(seed, np.arange(count + 1)).astype(np.uint32), point, direct)
    ends = unsigned(task.points.nodes), unsigned(task.points.costs)
    fixed = (task.graph.records, *task.starts, *same, *ends, *task.points.by_node)
    size = max(1, min(64, -(-count // (4 * threads))))
    todo: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for first in range(0, count, size):
        todo.put((first, min(first + size, count)))
    counts = np.zeros(count, dtype=np.uint32)
    rows = max(ROWS, 2 * len(task.points))

    def run(_: int) -> list[Piece]:
        # One node more, which is nowhere: the other end of streets with one end.
        dist = np.full(nodes + 1, limit + 1, dtype=np.uint32)
        reached = np.empty(nodes + 1, dtype=np.uint32)
        room = max(ROOM, SHARED // task.slices)
        queue = task.make_queue(room)
        found, ways = (np.empty(rows, dtype=np.uint32) for _ in range(2))
        row = 0
        pieces: list[Piece] = []
        while True:
            try:
                first, last = todo.get_nowait()
            except Empty:
                return pieces
            while first < last:
                then, end, full = shortest.find_pairs(
                    *fixed, np.uint64(first), np.uint64(last), np.uint64(limit),
                    np.uint64(task.shift), dist, reached, *queue,
                    np.uint64(row), found, ways, counts,
                )  # fmt: skip
                pieces.append((first, found[row : int(end)], ways[row : int(end)]))
                first, row = int(then), int(end)
                if full:
                    dist.fill(limit + 1)
                    room *= 2
                    queue = task.make_queue(room)
                elif first < last:
                    found, ways = (np.empty(rows, dtype=np.uint32) for _ in range(2))
                    row = 0

    pieces = chain.from_iterable(crew.map(run, range(threads)))
    return sorted((p for p in pieces if len(p[1])), key=itemgetter(0)), counts


def _turn(
    pieces: list[Piece], counts: Counts, task: Task, threads: int, crew: ThreadPoolExecutor
) -> Found:
    """Order rows found seed by seed by their points: seed, point, cost.

    Every thread takes pieces that follow each other; what it writes begins behind what those before
    it write.
    """
    from sozialraum.access import sorting

    rows = np.cumsum([len(column) for _, column, _ in pieces], dtype=np.int64)
    total = int(rows[-1]) if len(rows) else 0
    columns = len(task.points)
    parts = max(1, min(threads, total // max(MANY, columns)))
    share = np.searchsorted(np.linspace(0, total, parts + 1)[1:-1], rows)
    at = np.zeros((parts, columns), dtype=np.uint64)
    point, seed, cost = (np.empty(total, dtype=np.uint32) for _ in range(3))
    groups = [[p for p, s in zip(pieces, share, strict=True) if s == part] for part in range(parts)]

    def count_columns(part: int) -> None:
        for _, column, _ in groups[part]:
            sorting.tally(column, at[part])

    def write(part: int) -> None:
        for first, column, price in groups[part]:
            sorting.turn(np.uint64(first), counts, column, price, at[part], point, seed, cost)

    list(crew.map(count_columns, range(parts)))
    sorting.stack(at)
    list(crew.map(write, range(parts)))
    return seed.view(np.int32), point.view(np.int32), cost.view(np.int32)


def _sort(key: Index, size: int) -> Counts:
    """Give the positions in the order of the keys, equal ones as they are."""
    if find_spec("numba") is None:
        return np.argsort(key, kind="stable").astype(np.uint32)
    from sozialraum.access import sorting

    start, order = np.zeros(size + 1, dtype=np.uint32), np.empty(len(key), dtype=np.uint32)
    sorting.arrange(key.view(np.uint32), start, order)
    return order


def _choose(network: StreetNetwork, contracted: bool | None) -> Chains | None:
    """Give the chains of a network if it is to be searched over them."""
    if contracted is False or find_spec("numba") is None:
        return None
    return network.all_chains if contracted else network.chains
