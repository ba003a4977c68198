"""Chains of streets between crossings, drawn together into one street each.

Most nodes of a street network are no crossings: two streets meet there and the way goes on. A search
over whole chains gives the same ways in a third to half of the time. Points keep their place: the
costs from the two ends of a street become costs from the two ends of its chain.

A node is passed over if exactly two ends of streets meet there and both streets may be used in both
directions, or both in the same direction only. Then a whole chain is open or closed, and nobody turns
back on it who could not before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sozialraum.access.graph import CLOSED, Adjacency, Edges, Ints, connect
from sozialraum.access.snap import Snapped

WORTH = 0.25
"""Share of nodes passed over from which on contracting pays: below, moving the points costs more."""

LONGEST = 2**29
"""Largest cost of a chain: sums then stay inside int32."""


@dataclass(frozen=True, eq=False)
class Chains:
    """Chains of a network, and where on them its streets lie.

    Attributes
    ----------
    edges : Edges
        The chains as streets between the nodes that are left, which are numbered anew.
    forward, backward : Adjacency
        The graph of chains and its reverse.
    chain : int32 array
        Chain of every street.
    order : int32 array
        Its place in the chain, from 0.
    turned : bool array
        Whether the street is drawn against its chain.
    ahead, behind : int32 arrays
        Cost from the beginning of the chain to that of the street, and back; 0 where closed.
    """

    edges: Edges
    forward: Adjacency
    backward: Adjacency
    chain: Ints
    order: Ints
    turned: npt.NDArray[np.bool_]
    ahead: Ints
    behind: Ints


def count_passed(edges: Edges, size: int) -> npt.NDArray[np.bool_]:
    """Tell which nodes lie inside a chain."""
    both = (edges.forward != CLOSED) & (edges.backward != CLOSED)
    meeting = np.zeros(size, dtype=np.int32)
    outward = np.zeros(size, dtype=np.int32)
    inward = np.zeros(size, dtype=np.int32)
    for node, away, here in (
        (edges.u, edges.forward, edges.backward),
        (edges.v, edges.backward, edges.forward),
    ):
        meeting += np.bincount(node, minlength=size).astype(np.int32)
        outward += np.bincount(node[away != CLOSED], minlength=size).astype(np.int32)
        inward += np.bincount(node[here != CLOSED], minlength=size).astype(np.int32)
    open_ends = np.bincount(edges.u[both], minlength=size) + np.bincount(
        edges.v[both], minlength=size
    )
    loop = np.zeros(size, dtype=bool)
    loop[edges.u[edges.u == edges.v]] = True
    through = (open_ends == 2) | ((open_ends == 0) & (outward == 1) & (inward == 1))
    return np.asarray((meeting == 2) & through & ~loop)


def find_chains(edges: Edges, size: int, *, always: bool = False) -> Chains | None:
    """Draw chains together; None where that does not pay, unless told to do it always."""
    passed = count_passed(edges, size)
    if not always and passed.mean() < WORTH:
        return None
    from sozialraum.access import chains

    count = len(edges)
    keep = ~passed
    chain = np.full(count, -1, dtype=np.int32)
    order, ahead, behind = (np.zeros(count, dtype=np.int32) for _ in range(3))
    turned = np.zeros(count, dtype=bool)
    table = np.empty((count, 4), dtype=np.int32)
    rows = chains.walk(
        edges.u, edges.v, edges.forward, edges.backward, keep, _two_streets(edges, passed),
        LONGEST, chain, order, turned, ahead, behind, table,
    )  # fmt: skip
    number = np.cumsum(keep, dtype=np.int32) - 1
    start, end, there, back = table[:rows].T.copy()
    drawn = Edges(u=number[start], v=number[end], forward=there, backward=back)
    forward, backward = connect(drawn, int(keep.sum()))
    return Chains(drawn, forward, backward, chain, order, turned, ahead, behind)


def _two_streets(edges: Edges, passed: npt.NDArray[np.bool_]) -> Ints:
    """Both streets of every node that is passed over."""
    two = np.full((len(passed), 2), CLOSED, dtype=np.int32)
    number = np.arange(len(edges), dtype=np.int32)
    node, street = np.concatenate([edges.u, edges.v]), np.tile(number, 2)
    inside = passed[node]
    node, street = node[inside], street[inside]
    two[node, 0] = street  # the last one entered stays …
    rest = two[node, 0] != street  # … and the other one goes beside it.
    two[node[rest], 1] = street[rest]
    return two


def move_points(chains: Chains, edges: Edges, points: Snapped) -> Snapped:
    """Put points on chains: the same places, with the costs from and to the ends of the chain."""
    from sozialraum.access import chains as loops

    leave, arrive = np.empty_like(points.leave), np.empty_like(points.arrive)
    edge = np.where(points.connected, points.edge, CLOSED).astype(np.int32)
    length = np.bincount(chains.chain, minlength=len(chains.edges)).astype(np.int32)
    loops.move(
        edge, points.leave, points.arrive, edges.forward, edges.backward,
        chains.chain, chains.order, chains.turned, chains.ahead, chains.behind,
        chains.edges.forward, chains.edges.backward, length, leave, arrive,
    )  # fmt: skip
    place = np.where(edge == CLOSED, CLOSED, chains.chain[edge]).astype(np.int32)
    return replace(points, edge=place, leave=leave, arrive=arrive)


def pass_along(
    chains: Chains,
    edges: Edges,
    leave: Ints,
    arrive: Ints,
    start: Ints,
    end: Ints,
) -> npt.NDArray[np.int64]:
    """Cost of the direct way along the chain between points on two different streets of it.

    ``leave`` and ``start`` are costs and street of the one, ``arrive`` and ``end`` of the other;
    -1 where there is no such way.
    """
    from_turned, to_turned = chains.turned[start], chains.turned[end]
    step = chains.order[end].astype(np.int64) - chains.order[start]
    onward = step > 0
    whole = np.where(onward, chains.edges.forward[chains.chain[start]],
                     chains.edges.backward[chains.chain[start]])  # fmt: skip
    # Over which end of its street each point is left or reached: the second onward, the first back.
    row = np.arange(len(start))
    out = leave[row, np.where(onward, ~from_turned, from_turned).astype(np.intp)].astype(np.int64)
    into = arrive[row, np.where(onward, to_turned, ~to_turned).astype(np.intp)].astype(np.int64)

    def own(street: Ints, turned: npt.NDArray[np.bool_], *, back: bool) -> Ints:
        return np.where(turned ^ back, edges.backward[street], edges.forward[street])

    between = np.where(
        onward,
        chains.ahead[end].astype(np.int64)
        - chains.ahead[start]
        - own(start, from_turned, back=False),
        chains.behind[start].astype(np.int64) - chains.behind[end] - own(end, to_turned, back=True),
    )
    # Streets that touch: both points may stand on the node between them, one-way or not.
    between = np.where(np.abs(step) == 1, 0, between)
    shut = (out == CLOSED) | (into == CLOSED) | ((whole == CLOSED) & (np.abs(step) > 1))
    return np.where(shut, CLOSED, out + between + into)
