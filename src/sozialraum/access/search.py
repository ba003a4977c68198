"""Drive the compiled loops: seeds in, pairs or nearest offers out; SciPy where numba is missing.

Both ways of asking work on arrays: ``origins`` and ``destinations`` are ``Snapped``; the answer is
three arrays (origin, destination, cost). Destinations of equal cost are ordered by their position.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from queue import Empty, SimpleQueue

import numpy as np
import numpy.typing as npt

from sozialraum.access.network import CLOSED, Adjacency, Ints, StreetNetwork
from sozialraum.access.snap import Snapped

FAR = 2**31 - 1
Index = npt.NDArray[np.intp]
Found = tuple[Index, Index, Ints]


@dataclass(frozen=True, eq=False)
class _Task:
    """A search from ``seeds`` over ``graph`` to ``points``, whichever of them are the offers."""

    graph: Adjacency
    seeds: Ints
    seed_costs: Ints
    ends: Ints
    end_costs: Ints
    same: tuple[Ints, Ints, Ints]
    """Pairs on one street: seed, point, direct cost; sorted by seed."""

    @property
    def longest(self) -> int:
        return int(max(self.graph.costs.max(initial=1), self.seed_costs.max(initial=1)))

    @property
    def shift(self) -> int:
        """Slice of the queue: about the mean length of a street."""
        mean = float(self.graph.costs.mean()) if len(self.graph.costs) else 1.0
        return max(int(mean).bit_length() - 1, 0)

    def ring(self) -> Ints:
        size = 1 << int((self.longest >> self.shift) + 2).bit_length()
        return np.full(size, -1, dtype=np.int32)


def search_nearest(
    network: StreetNetwork, origins: Snapped, destinations: Snapped, *, k: int, limit: int
) -> Found:
    """Find the ``k`` nearest destinations of every origin, nearest first.

    The search runs from the destinations over the reversed graph, once for all of them.
    """
    task = _from_destinations(network, origins, destinations)
    if find_spec("numba") is None:
        best = join_found([])
        for pairs in _scipy_pairs(task, limit):
            known = (best[1], best[0], best[2])
            best = keep_nearest(*join_found([known, pairs]), k)
        return best
    from sozialraum.access import kernels

    graph, size, several = task.graph, len(network), k > 1
    owners = np.repeat(np.arange(len(task.seeds), dtype=np.int32), 2)
    usable = task.seed_costs.ravel() != CLOSED
    seeds = (task.seeds.ravel()[usable], task.seed_costs.ravel()[usable], owners[usable])
    capacity = max(1024, size // 4, len(owners))
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
    task = _from_destinations(network, origins, destinations)
    if turned:
        task = _from_origins(network, origins, destinations)
    if find_spec("numba") is None:
        seed, point, cost = join_found(_scipy_pairs(task, limit))
    else:
        workers = threads or os.cpu_count() or 1
        size = max(1, min(64, -(-len(task.seeds) // (4 * workers))))
        blocks = [(i, min(i + size, len(task.seeds))) for i in range(0, len(task.seeds), size)]
        seed, point, cost = _compiled_pairs(task, blocks, limit, workers)
    origin, destination = (seed, point) if turned else (point, seed)
    order = np.lexsort((destination, origin))
    return origin[order], destination[order], cost[order]


def _compiled_pairs(task: _Task, blocks: list[tuple[int, int]], limit: int, workers: int) -> Found:
    from sozialraum.access import kernels

    nodes = len(task.graph.indptr) - 1
    at_node, at_point, at_cost = _by_node(task, nodes)
    seed, point, direct = task.same
    same_start = np.searchsorted(seed, np.arange(len(task.seeds) + 1)).astype(np.int32)

    todo: SimpleQueue[tuple[int, int, int]] = SimpleQueue()
    for number, (first, last) in enumerate(blocks):
        todo.put((number, first, last))

    def run() -> list[tuple[int, Ints]]:
        dist = np.full(nodes, FAR, dtype=np.int32)
        best = np.full(len(task.ends), FAR, dtype=np.int32)
        reached, found = np.empty(nodes, dtype=np.int32), np.empty(len(best), dtype=np.int32)
        head, pool = task.ring(), kernels.make_pool(1024, 3)
        room = 1 << 14
        results: list[tuple[int, Ints]] = []
        while True:
            try:
                number, first, last = todo.get_nowait()
            except Empty:
                return results
            parts = [np.empty((0, 3), np.int32)]
            while first < last:
                out = np.empty((room, 3), dtype=np.int32)
                then, rows, full = kernels.find_pairs(
                    task.graph.indptr, task.graph.indices, task.graph.costs,
                    task.seeds, task.seed_costs, same_start, point, direct,
                    at_node, at_point, at_cost, first, last, limit, task.shift,
                    dist, reached, head, pool, best, found, out,
                )  # fmt: skip
                parts.append(out[:rows])
                first = then
                if full:
                    dist.fill(FAR)
                    head.fill(-1)
                    pool = kernels.make_pool(2 * len(pool), 3)
                elif first < last:
                    room *= 2
            results.append((number, np.concatenate(parts)))

    with ThreadPoolExecutor(workers) as crew:
        done = dict(chain.from_iterable(crew.map(lambda _: run(), range(workers))))
    table = np.concatenate([np.empty((0, 3), np.int32), *(done[i] for i in range(len(blocks)))])
    return table[:, 0].astype(np.intp), table[:, 1].astype(np.intp), table[:, 2].copy()


def _from_destinations(network: StreetNetwork, origins: Snapped, destinations: Snapped) -> _Task:
    origin, destination, cost = _on_one_street(network, origins, destinations)
    order = np.lexsort((origin, destination))
    return _Task(
        graph=network.backward,
        seeds=_ends(network, destinations),
        seed_costs=destinations.arrive,
        ends=_ends(network, origins),
        end_costs=origins.leave,
        same=(destination[order], origin[order], cost[order]),
    )


def _from_origins(network: StreetNetwork, origins: Snapped, destinations: Snapped) -> _Task:
    return _Task(
        graph=network.forward,
        seeds=_ends(network, origins),
        seed_costs=origins.leave,
        ends=_ends(network, destinations),
        end_costs=destinations.arrive,
        same=_on_one_street(network, origins, destinations),
    )


def _ends(network: StreetNetwork, points: Snapped) -> Ints:
    """End nodes of each point's street; node 0, never used, where it is not connected."""
    edges = network.edges
    ends = np.stack([edges.u[points.edge], edges.v[points.edge]], axis=1)
    return np.where(points.connected[:, None], ends, 0).astype(np.int32)


def _on_one_street(
    network: StreetNetwork, origins: Snapped, destinations: Snapped
) -> tuple[Ints, Ints, Ints]:
    """Pairs whose two points lie on the same street, with the cost along it; sorted by origin.

    Going forward from a to b costs (u to b) + (a to v) - (u to v), if b does not lie before a.
    """
    street = np.where(destinations.connected, destinations.edge, -2)
    order = np.argsort(street, kind="stable")
    low = np.searchsorted(street[order], origins.edge, side="left")
    high = np.searchsorted(street[order], origins.edge, side="right")
    count = high - low
    origin = np.repeat(np.arange(len(origins.edge)), count)
    within = np.arange(len(origin)) - np.repeat(np.cumsum(count) - count, count)
    destination = order[np.repeat(low, count) + within]

    offsets = origins.offset[origin] + destinations.offset[destination]
    best = np.full(len(origin), FAR, dtype=np.int64)
    edge = origins.edge[origin]
    ways = ((network.edges.forward[edge], 0, 1), (network.edges.backward[edge], 1, 0))
    for whole, start, end in ways:
        cost = (
            destinations.arrive[destination, start].astype(np.int64)
            + origins.leave[origin, end]
            - whole
        )
        fits = (whole != CLOSED) & (cost >= offsets)
        best = np.where(fits, np.minimum(best, cost), best)
    keep = best < FAR
    return (
        origin[keep].astype(np.int32),
        destination[keep].astype(np.int32),
        best[keep].astype(np.int32),
    )


def _by_node(task: _Task, nodes: int) -> tuple[Ints, Ints, Ints]:
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


def _scipy_pairs(task: _Task, limit: int) -> Iterator[Found]:
    """Give the pairs of one seed after the other by SciPy; the same answer, slowly."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    size = len(task.graph.indptr) - 1
    graph = csr_array(
        (task.graph.costs.astype(np.float64), task.graph.indices, task.graph.indptr),
        shape=(size, size),
    )
    same_seed, same_point, same_cost = task.same
    for seed in range(len(task.seeds)):
        sides = np.flatnonzero(task.seed_costs[seed] != CLOSED)
        if not len(sides):
            continue
        rows = dijkstra(graph, indices=task.seeds[seed, sides], limit=float(limit))
        dist = np.min(rows + task.seed_costs[seed, sides][:, None], axis=0)
        ways = np.where(task.end_costs == CLOSED, np.inf, dist[task.ends] + task.end_costs)
        cost = ways.min(axis=1)
        own = slice(*np.searchsorted(same_seed, [seed, seed + 1]))
        np.minimum.at(cost, same_point[own], same_cost[own])
        point = np.flatnonzero(cost <= limit)
        yield np.full(len(point), seed), point, cost[point].astype(np.int32)


def join_found(parts: Iterable[Found]) -> Found:
    """Put answers one behind the other."""
    empty = np.empty(0, dtype=np.intp)
    columns = zip(*[(empty, empty, np.empty(0, dtype=np.int32)), *parts], strict=True)
    first, second, third = (np.concatenate(column) for column in columns)
    return first, second, third


def keep_nearest(owner: Index, point: Index, cost: npt.NDArray[np.int32], k: int) -> Found:
    """Keep of every point the ``k`` cheapest owners; of equal ones the lowest."""
    order = np.lexsort((owner, cost, point))
    owner, point, cost = owner[order], point[order], cost[order]
    first = np.searchsorted(point, point, side="left")
    keep = np.arange(len(point)) - first < k
    return point[keep], owner[keep], cost[keep]
