"""What a search starts from and what it looks for, whichever side holds the offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sozialraum.access.contract import Chains, pass_along
from sozialraum.access.doors import Doors, find_doors
from sozialraum.access.graph import CLOSED, Adjacency, Edges, Ints
from sozialraum.access.network import StreetNetwork
from sozialraum.access.snap import Snapped

FAR = 2**31 - 1
"""Cost of what has not been reached."""

Counts = npt.NDArray[np.uint32]
Index = npt.NDArray[np.integer[Any]]
Found = tuple[Index, Index, Ints]


@dataclass(frozen=True, eq=False)
class Task:
    """A search from ``seeds`` over ``graph`` to ``points``, whichever of them are the offers.

    Attributes
    ----------
    graph : Adjacency
    seeds, points : Doors
    same : three int32 arrays
        Pairs on one street: seed, point, direct cost; sorted by seed and point.
    """

    graph: Adjacency
    seeds: Doors
    points: Doors
    same: tuple[Ints, Ints, Ints]

    @property
    def longest(self) -> int:
        """Largest single cost: the queue's ring must reach that far ahead."""
        return max(self.graph.longest, self.seeds.longest, 1)

    @cached_property
    def shift(self) -> int:
        """Slice of the queue: a quarter to a half of the mean length of a street."""
        # At least so wide that a few thousand of them cover the longest street.
        return max(int(self.graph.mean).bit_length() - 2, self.longest.bit_length() - 12, 0)

    @property
    def slices(self) -> int:
        """Rows of the queue: a power of two, covering the largest single cost."""
        return 1 << int((self.longest >> self.shift) + 2).bit_length()

    def make_queue(self, room: int) -> tuple[Counts, npt.NDArray[np.uint64], np.uint64]:
        """Make the empty queue of the compiled loops. Room that is not used takes no memory."""
        begin = np.arange(0, self.slices * room, room, dtype=np.uint32)
        return begin, np.empty(self.slices * room, dtype=np.uint64), np.uint64(room)

    @property
    def starts(self) -> tuple[Counts, Counts]:
        """Nodes to start from and the costs there, as the compiled loops read them."""
        return unsigned(self.seeds.nodes), unsigned(self.seeds.costs)


def unsigned(numbers: Ints) -> Counts:
    """Read whole numbers as unsigned ones, as the loops do."""
    return numbers.view(np.uint32)


def from_destinations(
    network: StreetNetwork, origins: Snapped, destinations: Snapped, chains: Chains | None = None
) -> Task:
    """Search from the destinations over the reversed graph."""
    origin, destination, cost = _on_one_street(network, chains, origins, destinations)
    order = np.lexsort((origin, destination))
    return Task(
        graph=(network if chains is None else chains).backward,
        seeds=find_doors(destinations, network, chains, leaving=False),
        points=find_doors(origins, network, chains, leaving=True),
        same=(destination[order], origin[order], cost[order]),
    )


def from_origins(
    network: StreetNetwork, origins: Snapped, destinations: Snapped, chains: Chains | None = None
) -> Task:
    """Search from the origins over the graph."""
    origin, destination, cost = _on_one_street(network, chains, origins, destinations)
    order = np.lexsort((destination, origin))
    return Task(
        graph=(network if chains is None else chains).forward,
        seeds=find_doors(origins, network, chains, leaving=True),
        points=find_doors(destinations, network, chains, leaving=False),
        same=(origin[order], destination[order], cost[order]),
    )


def _on_one_street(
    network: StreetNetwork, chains: Chains | None, origins: Snapped, destinations: Snapped
) -> tuple[Ints, Ints, Ints]:
    """Pairs whose two points lie on the same street (or chain), with the cost along it."""
    edges = network.edges
    here = find_doors(origins, network, chains, leaving=True)
    there = find_doors(destinations, network, chains, leaving=False)
    # The many lie sorted by street from an earlier search; the few are looked up among them.
    many, few = (here, there) if len(here) > len(there) else (there, here)
    streets, order = many.by_street
    some = np.flatnonzero(few.street != CLOSED)
    low = np.searchsorted(streets, few.street[some], side="left")
    count = np.searchsorted(streets, few.street[some], side="right") - low
    one = np.repeat(some, count)
    within = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    other = order[np.repeat(low, count) + within]
    origin, destination = (one, other) if few is here else (other, one)

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
