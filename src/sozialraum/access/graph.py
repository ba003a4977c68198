"""Streets as arrays: edges, who follows whom, order in memory, and what hangs together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

CLOSED = -1
"""Cost of an edge in a direction that may not be used."""

SLICE = 2**20
"""Nodes looked at together, so that what is kept aside while building stays small."""


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Who follows whom: compressed rows, costs in whole units, no loops, no parallel edges.

    Attributes
    ----------
    indptr : int32 array
        Where the arcs of each node begin.
    arcs : int32 array of shape (n, 2)
        Neighbour and cost, side by side so that both come from memory at once.
    """

    indptr: Ints
    arcs: Ints

    @property
    def indices(self) -> Ints:
        """The neighbours."""
        return self.arcs[:, 0]

    @property
    def costs(self) -> Ints:
        """The costs."""
        return self.arcs[:, 1]

    @cached_property
    def records(self) -> npt.NDArray[np.uint64]:
        """The arcs of every node, as the compiled searches read them."""
        from sozialraum.access.sorting import pack_arcs

        many = np.diff(self.indptr)
        # Whoever has more than four arcs keeps three and leads to further ones, the last of them four.
        count = len(many) + int(np.maximum((many - 2) // 3, 0).sum())
        # None of them lies across two lines of the processor's cache.
        room = np.empty(4 * count + 4, dtype=np.uint64)
        records = room[-room.ctypes.data // 8 % 4 :][: 4 * count]
        pack_arcs(self.indptr.view(np.uint32), self.arcs.view(np.uint32), records)
        records.flags.writeable = False
        return records

    @cached_property
    def longest(self) -> int:
        """Largest cost."""
        return int(self.costs.max(initial=0))

    @cached_property
    def mean(self) -> float:
        """Mean cost."""
        return float(self.costs.mean()) if len(self.costs) else 0.0


@dataclass(frozen=True, eq=False)
class Edges:
    """The streets themselves, kept for snapping.

    Attributes
    ----------
    u, v : int32 arrays
        End nodes.
    forward, backward : int32 arrays
        Cost from u to v and from v to u; ``CLOSED`` where that direction may not be used.
    lines : array of LineString, optional
        Drawn from u to v; straight between the nodes when absent.
    through : bool array, optional
        Streets that can be left at their ends only: motorways and tunnels. Nobody is snapped to them.
    """

    u: Ints
    v: Ints
    forward: Ints
    backward: Ints
    lines: npt.NDArray[np.object_] | None = None
    through: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.u)


def sort_by(first: Ints, second: Ints, *ties: Ints) -> npt.NDArray[np.intp]:
    """Sort by two columns, then by further ones, then by position.

    One sort over both columns as one number; only rows equal in both are looked at again.
    """
    key = (first.astype(np.int64) << 32) | second
    order = np.argsort(key)
    key = key[order]
    same = np.zeros(len(key), dtype=bool)
    same[1:] = key[1:] == key[:-1]
    same[:-1] |= same[1:]
    rows = order[same]
    columns: list[npt.NDArray[Any]] = [rows, *(t[rows] for t in reversed(ties)), key[same]]
    order[same] = rows[np.lexsort(columns)]
    return order


def connect(edges: Edges, size: int) -> tuple[Adjacency, Adjacency]:
    """Give the graph and its reverse: one and the same where every street costs the same both ways."""
    forward = _compress(edges, size)
    if np.array_equal(edges.forward, edges.backward):
        return forward, forward
    return forward, _compress(edges, size, reverse=True)


def _compress(edges: Edges, size: int, *, reverse: bool = False) -> Adjacency:
    """Sort arcs into rows; of parallel arcs the cheapest stays, loops go."""
    there, back = (edges.backward, edges.forward) if reverse else (edges.forward, edges.backward)
    room = int((there != CLOSED).sum() + (back != CLOSED).sum())
    arcs, filled = np.empty((room, 2), dtype=np.int32), 0
    indptr = np.zeros(size + 1, dtype=np.int32)
    for low in range(0, size, SLICE):
        tails, heads, prices = [], [], []
        for tail, head, cost in ((edges.u, edges.v, there), (edges.v, edges.u, back)):
            chosen = np.flatnonzero(
                (tail >= low) & (tail < low + SLICE) & (cost != CLOSED) & (tail != head)
            )
            tails.append(tail[chosen])
            heads.append(head[chosen])
            prices.append(cost[chosen])
        tail, head, cost = (np.concatenate(column) for column in (tails, heads, prices))
        order = sort_by(tail, head, cost)
        tail, head = tail[order], head[order]
        keep = np.ones(len(tail), dtype=bool)
        keep[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        end = filled + int(keep.sum())
        arcs[filled:end, 0], arcs[filled:end, 1] = head[keep], cost[order][keep]
        filled = end
        high = min(low + SLICE, size)
        indptr[low + 1 : high + 1] = np.bincount(tail[keep] - low, minlength=high - low)
    np.cumsum(indptr, out=indptr)
    return Adjacency(indptr=indptr, arcs=arcs[:filled])


def order_along_curve(x: Floats, y: Floats) -> npt.NDArray[np.intp]:
    """Order points along a space-filling curve (Hilbert), so that near ones lie near in memory."""
    box = (x.min(), y.min(), x.max(), y.max())
    parts: list[Any] = [
        gpd.GeoSeries(gpd.points_from_xy(x[i : i + SLICE], y[i : i + SLICE]))
        .hilbert_distance(total_bounds=box, level=16)
        .to_numpy()
        for i in range(0, len(x), SLICE)
    ]
    return np.argsort(np.concatenate(parts), kind="stable")


def label_components(graph: Adjacency) -> Ints:
    """Label strongly connected components by falling size; 0 is the main one."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    size = len(graph.indptr) - 1
    # Ones instead of costs: a street of length zero connects too. SciPy would turn others into floats.
    ones = np.ones(len(graph.arcs))
    links = csr_array((ones, graph.indices.copy(), graph.indptr), shape=(size, size))
    _, label = connected_components(links, directed=True, connection="strong")
    members = np.bincount(label)
    first = np.full(len(members), size, dtype=np.int32)
    np.minimum.at(first, label, np.arange(size, dtype=np.int32))
    rank = np.empty(len(members), dtype=np.int32)
    rank[np.lexsort((first, -members))] = np.arange(len(members), dtype=np.int32)
    return np.asarray(rank[label])
