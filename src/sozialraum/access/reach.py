"""Which pieces of which streets are reached from an offer within a limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sozialraum.access.network import CLOSED, Floats, Ints, StreetNetwork
from sozialraum.access.search import search_pairs
from sozialraum.access.snap import Snapped
from sozialraum.access.tasks import FAR

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight segments of the streets around an offer, each as a part of its street.

    Attributes
    ----------
    ends : float64 array of shape (n, 4)
        From x, y to x, y.
    street : integer array
        Position of the street in the arrays of ``Reached``.
    start, end : float64 arrays
        Share of the street before the segment and before its end.
    """

    ends: Floats
    street: Index
    start: Floats
    end: Floats


@dataclass(frozen=True, eq=False)
class Reached:
    """Streets that can be reached from an offer, and what the ways to them cost.

    Attributes
    ----------
    at_u, at_v : int64 arrays
        Cost from the offer to each end of the street, ``FAR`` where there is no such way.
    forward, backward : int64 arrays
        Cost of the whole street from u to v and back, ``CLOSED`` where that is not allowed.
    segments : Segments
    own : int
        Position of the offer's own street.
    share : float
        Where on it the offer is met, as a share of the street.
    offset : int
        Cost between the offer and its street.
    access : float64 array of shape (1, 4)
        The line from the offer to its street.
    """

    at_u: npt.NDArray[np.int64]
    at_v: npt.NDArray[np.int64]
    forward: npt.NDArray[np.int64]
    backward: npt.NDArray[np.int64]
    segments: Segments
    own: int
    share: float
    offset: int
    access: Floats

    def cut(self, limit: int) -> Floats:
        """Give the pieces reached within a cost, from x, y to x, y.

        From end u a street that costs c to its other end is reached over the share
        (limit - cost of u) / c, as it is from v in the other direction; a street on which both parts
        meet is reached as a whole. The offer's own street is reached from the offer as well.
        """
        left = limit - self.offset
        if left < 0:
            return _part(self.access, 0.0, limit / self.offset)
        over_u = _share(limit - self.at_u, self.forward)
        over_v = _share(limit - self.at_v, self.backward)
        whole = over_u + over_v >= 1
        street, start, end = self.segments.street, self.segments.start, self.segments.end
        ends, whole = self.segments.ends, whole[street]
        near_u = ~whole & (over_u > 0)[street] & (over_u[street] > start)
        near_v = ~whole & (over_v > 0)[street] & (end > 1 - over_v[street])
        mine, rest = street == self.own, np.array([left])
        low = self.share - _share(rest, self.backward[[self.own]])
        high = self.share + _share(rest, self.forward[[self.own]])
        pieces = [ends[whole], self.access]
        for chosen, first, last in (
            (near_u, np.zeros(1), over_u[street]),
            (near_v, 1 - over_v[street], np.ones(1)),
            (mine & ~whole & (end > low) & (start < high), low, high),
        ):
            size = end[chosen] - start[chosen]
            first, last = (np.broadcast_to(a, len(street))[chosen] for a in (first, last))
            pieces.append(
                _part(
                    ends[chosen],
                    np.clip((first - start[chosen]) / size, 0, 1),
                    np.clip((last - start[chosen]) / size, 0, 1),
                )
            )
        return np.concatenate(pieces)


def find_reached(
    network: StreetNetwork, places: Snapped, points: npt.NDArray[np.object_], limit: int
) -> Iterator[Reached | None]:
    """Find the streets reached from every offer; None for one that is not connected.

    Streets that can be left at their ends only are passed over.
    """
    offer, node, cost = search_pairs(network, places, _stand_on_nodes(network), limit=limit)
    until = np.searchsorted(offer, np.arange(len(points) + 1))
    first, incident = _streets_by_node(network)
    edges, dist = network.edges, np.full(len(network), FAR, dtype=np.int64)
    for i in range(len(points)):
        if not places.connected[i]:
            yield None
            continue
        own, near = int(places.edge[i]), slice(until[i], until[i + 1])
        nodes = node[near]
        dist[nodes] = cost[near]
        count = first[nodes + 1] - first[nodes]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        edge = np.unique(np.append(incident[np.repeat(first[nodes], count) + within], own))
        share = _share_before(network, places, i)
        foot = shapely.line_interpolate_point(network.lines[own], share, normalized=True)
        yield Reached(
            at_u=dist[edges.u[edge]],
            at_v=dist[edges.v[edge]],
            forward=edges.forward[edge].astype(np.int64),
            backward=edges.backward[edge].astype(np.int64),
            segments=_split(network.lines[edge]),
            own=int(np.searchsorted(edge, own)),
            share=share,
            offset=int(places.offset[i]),
            access=shapely.get_coordinates([points[i], foot]).reshape(1, 4),
        )
        dist[nodes] = FAR


def _share(left: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Floats:
    """Give the share of a street that what is left pays for; 0 where that direction is closed."""
    paid = np.clip(left / np.maximum(whole, 1), 0.0, 1.0)
    return np.where((left < 0) | (whole == CLOSED), 0.0, np.where(whole == 0, 1.0, paid))


def _part(ends: Floats, start: Floats | float, end: Floats | float) -> Floats:
    """Give the parts of segments between two shares of them."""
    x, y, to_x, to_y = ends.T
    dx, dy = to_x - x, to_y - y
    return np.stack([x + start * dx, y + start * dy, x + end * dx, y + end * dy], axis=1)


def _split(lines: npt.NDArray[np.object_]) -> Segments:
    """Split lines into straight segments; those without length are left out."""
    corners, line = shapely.get_coordinates(lines, return_index=True)
    ends = np.hstack([corners[:-1], corners[1:]])
    size = np.where(line[1:] == line[:-1], np.hypot(*(ends[:, 2:] - ends[:, :2]).T), 0.0)
    real = size > 0
    ends, line, size = ends[real], line[:-1][real], size[real]
    length = np.bincount(line, size, len(lines))
    start = np.concatenate([[0.0], np.cumsum(size)])
    before = np.concatenate([[0.0], np.cumsum(length)])[line]
    low, high = start[:-1] - before, start[1:] - before
    return Segments(ends, line, low / length[line], high / length[line])


def _share_before(network: StreetNetwork, places: Snapped, i: int) -> float:
    """Give the share of its street before the place where an offer is met."""
    edge, (to_u, to_v) = places.edge[i], places.leave[i] - places.offset[i]
    forward, backward = int(network.edges.forward[edge]), int(network.edges.backward[edge])
    # Who stands at an end leaves it for nothing, even against a one-way.
    if forward > 0 and to_v >= 0:
        return 1.0 - float(to_v / forward)
    if backward > 0 and to_u >= 0:
        return float(to_u / backward)
    return 1.0 if to_v == 0 else 0.0


def _stand_on_nodes(network: StreetNetwork) -> Snapped:
    """Put a point on every node, at the beginning or the end of one of its streets."""
    edges = network.edges
    edge = np.full(len(network), CLOSED, dtype=np.int32)
    edge[edges.v] = np.arange(len(edges), dtype=np.int32)
    edge[edges.u] = np.arange(len(edges), dtype=np.int32)
    at_u = edges.u[edge] == np.arange(len(network))
    nothing = np.zeros(len(network), dtype=np.int32)
    there, back = edges.forward[edge], edges.backward[edge]

    def choose(to_v: Ints, to_u: Ints) -> Ints:
        """Cost between the node and both ends: nothing to where it stands."""
        return np.stack([np.where(at_u, 0, to_u), np.where(at_u, to_v, 0)], axis=1)

    return Snapped(
        distance_m=nothing.astype(np.float64),
        connected=edge != CLOSED,
        barred=nothing.astype(bool),
        edge=edge,
        offset=nothing,
        leave=choose(there, back),
        arrive=choose(back, there),
    )


def _streets_by_node(network: StreetNetwork) -> tuple[Index, Index]:
    """Streets at every node in compressed rows, without those that cannot be left in between."""
    from scipy.sparse import coo_array

    edges = network.edges
    number = np.arange(len(edges))
    if edges.through is not None:
        number = number[~edges.through]
    ends = np.concatenate([edges.u[number], edges.v[number]])
    both = (ends, np.tile(number, 2))
    shape = (len(network), len(edges))
    table = coo_array((np.ones(len(ends), dtype=np.int8), both), shape=shape).tocsr()
    return table.indptr.astype(np.intp), table.indices.astype(np.intp)
