"""What a search starts from and what it looks for, whichever side holds the offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sozialraum.access.network import CLOSED, Adjacency, Ints, StreetNetwork
from sozialraum.access.snap import Snapped

FAR = 2**31 - 1
"""Cost of what has not been reached."""

Index = npt.NDArray[np.intp]
Found = tuple[Index, Index, Ints]


@dataclass(frozen=True, eq=False)
class Task:
    """A search from ``seeds`` over ``graph`` to ``points``, whichever of them are the offers."""

    graph: Adjacency
    seeds: Ints
    seed_costs: Ints
    ends: Ints
    end_costs: Ints
    same: tuple[Ints, Ints, Ints]
    """Pairs on one street: seed, point, direct cost; sorted by seed."""

    @cached_property
    def longest(self) -> int:
        """Largest single cost: the queue's ring must reach that far ahead."""
        return int(max(self.graph.costs.max(initial=1), self.seed_costs.max(initial=1)))

    @cached_property
    def shift(self) -> int:
        """Slice of the queue: about the mean length of a street."""
        mean = float(self.graph.costs.mean()) if len(self.graph.costs) else 1.0
        # At least so wide that the ring stays below a million buckets.
        return max(int(mean).bit_length() - 1, self.longest.bit_length() - 20, 0)

    def ring(self) -> Ints:
        """Make the empty ring of buckets."""
        size = 1 << int((self.longest >> self.shift) + 2).bit_length()
        return np.full(size, -1, dtype=np.int32)


def from_destinations(network: StreetNetwork, origins: Snapped, destinations: Snapped) -> Task:
    """Search from the destinations over the reversed graph."""
    origin, destination, cost = _on_one_street(network, origins, destinations)
    order = np.lexsort((origin, destination))
    return Task(
        graph=network.backward,
        seeds=_ends(network, destinations),
        seed_costs=destinations.arrive,
        ends=_ends(network, origins),
        end_costs=origins.leave,
        same=(destination[order], origin[order], cost[order]),
    )


def from_origins(network: StreetNetwork, origins: Snapped, destinations: Snapped) -> Task:
    """Search from the origins over the graph."""
    return Task(
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
