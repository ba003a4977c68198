"""What a search starts from and what it looks for, whichever side holds the offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sozialraum.access.contract import Chains, move_points, pass_along
from sozialraum.access.graph import CLOSED, Adjacency, Edges, Ints
from sozialraum.access.network import StreetNetwork
from sozialraum.access.snap import Snapped

FAR = 2**31 - 1
"""Cost of what has not been reached."""

Index = npt.NDArray[np.integer[Any]]
Found = tuple[Index, Index, Ints]


@dataclass(frozen=True, eq=False)
class Task:
    """A search from ``seeds`` over ``graph`` to ``points``, whichever of them are the offers.

    Attributes
    ----------
    graph : Adjacency
    edges : Edges
        The streets (or chains of them) points lie on.
    home, street : int32 arrays
        Street of each seed and of each point, CLOSED where not connected.
    seed_costs, end_costs : int32 arrays of shape (n, 2)
        Cost between the point and both ends of its street.
    same : three int32 arrays
        Pairs on one street: seed, point, direct cost; sorted by seed and point.
    """

    graph: Adjacency
    edges: Edges
    home: Ints
    seed_costs: Ints
    street: Ints
    end_costs: Ints
    same: tuple[Ints, Ints, Ints]

    @cached_property
    def seeds(self) -> Ints:
        """End nodes of each seed's street; node 0, never used, where it is not connected."""
        return self._ends(self.home)

    @cached_property
    def ends(self) -> Ints:
        """End nodes of each point's street."""
        return self._ends(self.street)

    def _ends(self, street: Ints) -> Ints:
        ends = np.empty((len(street), 2), dtype=np.int32)
        ends[:, 0], ends[:, 1] = self.edges.u[street], self.edges.v[street]
        ends[street == CLOSED] = 0
        return ends

    @cached_property
    def longest(self) -> int:
        """Largest single cost: the queue's ring must reach that far ahead."""
        return int(max(self.graph.costs.max(initial=1), self.seed_costs.max(initial=1)))

    @cached_property
    def shift(self) -> int:
        """Slice of the queue: about a tenth of the mean length of a street."""
        mean = float(self.graph.costs.mean()) if len(self.graph.costs) else 1.0
        # At least so wide that the ring stays below a million buckets.
        return max(int(mean).bit_length() - 4, self.longest.bit_length() - 20, 0)

    @property
    def buckets(self) -> int:
        """Length of the ring of buckets: a power of two beyond the largest single cost."""
        return 1 << int((self.longest >> self.shift) + 2).bit_length()


def from_destinations(
    network: StreetNetwork, origins: Snapped, destinations: Snapped, chains: Chains | None = None
) -> Task:
    """Search from the destinations over the reversed graph."""
    origin, destination, cost = _on_one_street(network, chains, origins, destinations)
    order = np.lexsort((origin, destination))
    here, there = (_on_chains(network, chains, p) for p in (origins, destinations))
    where = network if chains is None else chains
    return Task(
        graph=where.backward,
        edges=where.edges,
        home=there.edge,
        seed_costs=there.arrive,
        street=here.edge,
        end_costs=here.leave,
        same=(destination[order], origin[order], cost[order]),
    )


def from_origins(
    network: StreetNetwork, origins: Snapped, destinations: Snapped, chains: Chains | None = None
) -> Task:
    """Search from the origins over the graph."""
    origin, destination, cost = _on_one_street(network, chains, origins, destinations)
    order = np.lexsort((destination, origin))
    here, there = (_on_chains(network, chains, p) for p in (origins, destinations))
    where = network if chains is None else chains
    return Task(
        graph=where.forward,
        edges=where.edges,
        home=here.edge,
        seed_costs=here.leave,
        street=there.edge,
        end_costs=there.arrive,
        same=(origin[order], destination[order], cost[order]),
    )


def _on_chains(network: StreetNetwork, chains: Chains | None, points: Snapped) -> Snapped:
    return points if chains is None else move_points(chains, network.edges, points)


def _on_one_street(
    network: StreetNetwork, chains: Chains | None, origins: Snapped, destinations: Snapped
) -> tuple[Ints, Ints, Ints]:
    """Pairs whose two points lie on the same street (or chain), with the cost along it."""
    edges = network.edges
    count = len(edges if chains is None else chains.edges)
    here, there = (
        p.edge if chains is None else np.where(p.edge == CLOSED, CLOSED, chains.chain[p.edge])
        for p in (origins, destinations)
    )
    # Few streets have both: the rest is put aside first.
    shared = np.zeros(count + 1, dtype=bool)
    shared[there] = True
    shared[CLOSED] = False
    some = np.flatnonzero(shared[here])
    order = np.argsort(there, kind="stable")
    low = np.searchsorted(there[order], here[some], side="left")
    high = np.searchsorted(there[order], here[some], side="right")
    many = high - low
    origin = np.repeat(some, many)
    within = np.arange(len(origin)) - np.repeat(np.cumsum(many) - many, many)
    destination = order[np.repeat(low, many) + within]

    leave, arrive = origins.leave[origin], destinations.arrive[destination]
    start, end = origins.edge[origin], destinations.edge[destination]
    offsets = origins.offset[origin] + destinations.offset[destination]
    best = _along_street(edges, start, end, leave, arrive, offsets)
    if chains is not None:
        apart = np.flatnonzero(start != end)
        cost = pass_along(chains, edges, leave[apart], arrive[apart], start[apart], end[apart])
        best[apart] = np.where(cost == CLOSED, FAR, cost)
    keep = best < FAR
    return (
        origin[keep].astype(np.int32),
        destination[keep].astype(np.int32),
        best[keep].astype(np.int32),
    )


def _along_street(
    edges: Edges, start: Ints, end: Ints, leave: Ints, arrive: Ints, offsets: Ints
) -> npt.NDArray[np.int64]:
    """Cost between two points on the same street; FAR where there is no direct way.

    Going forward from a to b costs (u to b) + (a to v) - (u to v), if b does not lie before a.
    """
    best = np.full(len(start), FAR, dtype=np.int64)
    ways = ((edges.forward[start], 0, 1), (edges.backward[start], 1, 0))
    for whole, into, out in ways:
        cost = arrive[:, into].astype(np.int64) + leave[:, out] - whole
        fits = (start == end) & (whole != CLOSED) & (cost >= offsets)
        best = np.where(fits, np.minimum(best, cost), best)
    return best


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
