"""Points as a search sees them: the ends of their streets, and the costs between point and end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sozialraum.access.contract import Chains, move_points
from sozialraum.access.graph import CLOSED, Edges, Ints
from sozialraum.access.network import StreetNetwork
from sozialraum.access.snap import Snapped

Counts = npt.NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Doors:
    """Points on streets (or chains of streets), either to be left or to be arrived at.

    Attributes
    ----------
    edges : Edges
        The streets or chains.
    nodes_in_all : int
        Number of nodes they connect.
    street : int32 array
        Street of each point, CLOSED where not connected.
    costs : int32 array of shape (n, 2)
        Cost between the point and both ends of its street, CLOSED where a one-way forbids it.
    along : tuple of two int32 arrays
        Per street what it adds to a way found at its second end to go over its first, and the other
        way round.
    """

    edges: Edges
    nodes_in_all: int
    street: Ints
    costs: Ints
    along: tuple[Ints, Ints]

    def __len__(self) -> int:
        return len(self.street)

    @cached_property
    def nodes(self) -> Ints:
        """End nodes of each point's street; node 0, never used, where it is not connected."""
        ends = np.empty((len(self.street), 2), dtype=np.int32)
        ends[:, 0], ends[:, 1] = self.edges.u[self.street], self.edges.v[self.street]
        ends[self.street == CLOSED] = 0
        return ends

    @cached_property
    def longest(self) -> int:
        """Largest cost between a point and an end."""
        return int(self.costs.max(initial=0))

    @cached_property
    def by_street(self) -> tuple[Ints, npt.NDArray[np.intp]]:
        """The streets in order, and the points in the order of their streets."""
        order = np.argsort(self.street, kind="stable")
        return self.street[order], order

    @cached_property
    def by_node(self) -> tuple[Counts, Counts]:
        """Where the points at each node begin (one node more, without points), and these.

        Point, cost from the node, the other end (or the node more), cost from there.
        """
        from sozialraum.access.sorting import hang_doors

        along = np.stack([a[self.street] for a in self.along], axis=1).view(np.uint32)
        given = self.nodes.view(np.uint32), self.costs.view(np.uint32), along
        # Counted one place on, so that the sum before a node is where its points begin.
        start = np.zeros(self.nodes_in_all + 2, dtype=np.uint32)
        nothing = np.empty((0, 4), dtype=np.uint32)
        hang_doors(*given, start[1:], nothing)
        np.cumsum(start, dtype=np.uint32, out=start)
        doors = np.empty((int(start[-1]), 4), dtype=np.uint32)
        hang_doors(*given, start[:-1].copy(), doors)
        return start, doors


def find_doors(
    points: Snapped, network: StreetNetwork, chains: Chains | None, *, leaving: bool
) -> Doors:
    """Give the doors of points; what was prepared for an earlier search is taken again."""
    where = network if chains is None else chains
    if (where, leaving) not in points.ready:
        moved = points if chains is None else move_points(chains, network.edges, points)
        along = where.edges.forward, where.edges.backward
        points.ready[where, leaving] = Doors(
            edges=where.edges,
            nodes_in_all=len(where.forward.indptr) - 1,
            street=np.where(points.connected, moved.edge, CLOSED).astype(np.int32),
            costs=moved.leave if leaving else moved.arrive,
            along=along if leaving else along[::-1],
        )
    doors: Doors = points.ready[where, leaving]
    return doors
