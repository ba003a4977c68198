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
from itertools import chain, pairwise
from operator import itemgetter
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from sozialraum.access.contract import Chains, find_chains
from sozialraum.access.fallback import scipy_nearest, scipy_pairs
from sozialraum.access.graph import CLOSED, Adjacency, Ints
from sozialraum.access.network import StreetNetwork
from sozialraum.access.snap import Snapped
from sozialraum.access.tasks import Found, Task, from_destinations, from_origins, join_found

POOL = 4096
"""Links of the queue to begin with when searching from one offer; doubled as needed."""

NODES_PER_LINK = 4
"""The same when searching from all offers at once."""

ROWS = 1 << 16
"""Rows of the answer to make room for at first …"""

ROUNDS = 16
"""… or as many searches that reach every point. Room that is not used takes no memory."""

MANY = 1_000_000
"""Rows of the answer from which on threads share in sorting it."""

Counts = npt.NDArray[np.uint32]
Index = npt.NDArray[np.uint64]


def search_nearest(
    network: StreetNetwork,
    origins: Snapped,
    destinations: Snapped,
    *,
    k: int,
    limit: int,
    contracted: bool | None = None,
) -> Found:
    """Find the ``k`` nearest destinations of every origin, nearest first.

    The search runs from the destinations over the reversed graph, once for all of them.
    """
    task = from_destinations(network, origins, destinations, _choose(network, contracted))
    if find_spec("numba") is None:
        return scipy_nearest(task, k=k, limit=limit)
    from sozialraum.access import shortest

    graph, bound = _unsigned(task.graph), np.uint64(limit)
    run = shortest.find_k_nearest if k > 1 else shortest.find_nearest
    size = len(task.graph.indptr) - 1
    capacity = POOL + size // NODES_PER_LINK
    full = True
    while full:
        labels = np.full((size, k), shortest.NOBODY, dtype=np.uint64)
        full = run(
            *graph, unsigned(task.seeds), unsigned(task.seed_costs), bound, np.uint64(task.shift),
            labels if k > 1 else labels.ravel(), _ring(task), shortest.make_pool(capacity),
        )  # fmt: skip
        capacity *= 2
    near = np.full((len(task.street), k), shortest.NOBODY, dtype=np.uint64)
    seed, point, direct = (unsigned(a) for a in task.same)
    shortest.collect_nearest(
        labels, unsigned(task.ends), unsigned(task.end_costs), point, seed, direct, bound, near
    )
    found = near != shortest.NOBODY
    label = near[found]
    return np.flatnonzero(found) // k, label.astype(np.uint32).view(np.int32), _upper(label)


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
    threads = threads or os.cpu_count() or 1
    if find_spec("numba") is None:
        seed, point, cost = join_found(scipy_pairs(task, limit))
        origin, destination = (seed, point) if turned else (point, seed)
        order = np.lexsort((destination, origin))
        return origin[order], destination[order], cost[order]
    table = _turn(*_find_rows(task, limit, threads), len(task.street), threads)
    # Once more, so that the rows of an origin are in the order of their destinations.
    return _as_found(*(_turn(*table, len(task.home), threads) if turned else table))


def find_pairs(task: Task, limit: int, threads: int) -> Found:
    """Give seed, point and cost of all pairs within the limit, ordered by seed."""
    if find_spec("numba") is None:
        return join_found(scipy_pairs(task, limit))
    return _as_found(*_find_rows(task, limit, threads))


def _find_rows(task: Task, limit: int, threads: int) -> tuple[Index, Counts, Counts]:
    """Search from every seed: where its rows begin, and their points and costs."""
    from sozialraum.access import shortest

    graph, nodes, count = _unsigned(task.graph), len(task.graph.indptr) - 1, len(task.home)
    places = _place_points(task, nodes)
    seed, point, direct = (unsigned(a) for a in task.same)
    same = (np.searchsorted(seed, np.arange(count + 1)).astype(np.uint32), point, direct)
    loop: Any = shortest.find_pairs
    seeds = unsigned(task.seeds), unsigned(task.seed_costs)
    fixed = (*graph, *seeds, places[0], *same, *places[1:])
    size = max(1, min(64, -(-count // (4 * threads))))
    todo: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for first in range(0, count, size):
        todo.put((first, min(first + size, count)))
    counts = np.zeros(count, dtype=np.uint32)

    def run() -> list[tuple[int, Counts, Counts]]:
        dist = np.full(nodes, shortest.FAR, dtype=np.uint32)
        reached = np.empty(nodes, dtype=np.uint32)
        head, pool = _ring(task), shortest.make_pool(POOL)
        room = max(ROWS, ROUNDS * len(task.street))
        results: list[tuple[int, Counts, Counts]] = []
        while True:
            try:
                first, last = todo.get_nowait()
            except Empty:
                return results
            while first < last:
                found, ways = np.empty(room, dtype=np.uint32), np.empty(room, dtype=np.uint32)
                then, filled, full = loop(
                    *fixed, np.uint64(first), np.uint64(last), np.uint64(limit),
                    np.uint64(task.shift), dist, reached, head, pool, found, ways, counts,
                )  # fmt: skip
                results.append((first, found[:filled], ways[:filled]))
                first = int(then)
                if full:
                    dist.fill(shortest.FAR)
                    head.fill(0)
                    pool = shortest.make_pool(2 * len(pool))
                elif first < last:
                    room *= 2

    with ThreadPoolExecutor(threads) as crew:
        parts = sorted(
            chain.from_iterable(crew.map(lambda _: run(), range(threads))), key=itemgetter(0)
        )
    nothing = np.empty(0, dtype=np.uint32)
    found, ways = (np.concatenate([nothing, *(p[i] for p in parts)]) for i in (1, 2))
    return _begin(counts), found, ways


def _place_points(task: Task, nodes: int) -> tuple[Counts, ...]:
    """Points by street and streets by node, in compressed rows; first the streets of the seeds.

    Only streets with points count; a seed whose street has none gets a number beyond the last.
    """
    point = np.flatnonzero(task.street != CLOSED)
    used = np.zeros(len(task.edges), dtype=bool)
    used[task.street[point]] = True
    street = np.flatnonzero(used)
    number = np.full(len(used) + 1, len(street), dtype=np.uint32)
    number[street] = np.arange(len(street), dtype=np.uint32)
    # One street more, without points, for the seeds whose own street has none.
    start, order = _arrange(number[task.street[point]], len(street) + 1)
    at = point[order]
    places = np.column_stack([at, task.ends[at], task.end_costs[at]]).astype(np.uint32)
    u, v = unsigned(task.edges.u[street]), unsigned(task.edges.v[street])
    once = np.flatnonzero(u != v)  # a loop touches its node once
    node = np.concatenate([u, v[once]])
    touching = np.concatenate([np.arange(len(u)), once]).astype(np.uint32)
    near_start, near = _arrange(node, nodes)
    return number[task.home], u, v, start, places, near_start, touching[near]


def _arrange(key: Counts, size: int) -> tuple[Counts, Counts]:
    """Where each key's positions begin, and the positions by key."""
    from sozialraum.access import shortest

    start, order = np.zeros(size + 1, dtype=np.uint32), np.empty(len(key), dtype=np.uint32)
    shortest.arrange(key, start, order)
    return start, order


def _turn(
    start: Index, column: Counts, cost: Counts, columns: int, threads: int
) -> tuple[Index, Counts, Counts]:
    """Turn rows and columns of a table round: where each column's rows begin, the rows, the costs.

    Threads take as many entries each; the later begin behind those of the earlier.
    """
    from sozialraum.access import shortest

    parts = max(1, min(threads, len(column) // MANY))
    cuts = np.searchsorted(start, np.linspace(0, len(column), parts + 1)).astype(np.uint64)
    row, price = np.empty(len(column), dtype=np.uint32), np.empty(len(column), dtype=np.uint32)
    counts = np.zeros((parts, columns), dtype=np.uint32)
    with ThreadPoolExecutor(parts) as crew:
        spans = [slice(int(start[a]), int(start[b])) for a, b in pairwise(cuts)]
        list(crew.map(lambda i: shortest.tally(column[spans[i]], counts[i]), range(parts)))
        begin = _begin(counts.sum(axis=0, dtype=np.uint64))
        at = begin[:-1] + np.cumsum(counts, axis=0, dtype=np.uint64) - counts
        list(
            crew.map(
                lambda i: shortest.turn(
                    start, cuts[i], cuts[i + 1], column, cost, at[i], row, price
                ),
                range(parts),
            )
        )
    return begin, row, price


def _begin(counts: npt.NDArray[np.unsignedinteger[Any]]) -> Index:
    begin = np.zeros(len(counts) + 1, dtype=np.uint64)
    np.cumsum(counts, out=begin[1:])
    return begin


def _as_found(start: Index, column: Counts, cost: Counts) -> Found:
    """Write rows out one by one."""
    row = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start).astype(np.intp))
    return row, column.view(np.int32), cost.view(np.int32)


def _choose(network: StreetNetwork, contracted: bool | None) -> Chains | None:
    """Give the chains of a network if it is to be searched over them."""
    if contracted is False or find_spec("numba") is None:
        return None
    if contracted:
        return find_chains(network.edges, len(network), always=True)
    return network.chains


def _upper(label: npt.NDArray[np.uint64]) -> Ints:
    return (label >> np.uint64(32)).astype(np.int32)


def unsigned(numbers: Ints) -> Counts:
    """Read whole numbers as unsigned ones, as the loops do."""
    return numbers.view(np.uint32)


def _unsigned(graph: Adjacency) -> tuple[Counts, Counts, Counts]:
    return unsigned(graph.indptr), unsigned(graph.indices), unsigned(graph.costs)


def _ring(task: Task) -> Counts:
    """Make the empty ring of buckets."""
    return np.zeros(task.buckets, dtype=np.uint32)
