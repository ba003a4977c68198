"""The compiled loops that bring into order: arcs and points by node, positions by key, rows by point."""

from __future__ import annotations

import numpy as np

from sozialraum.access.kernels import compiled
from sozialraum.access.shortest import FAR, FOUR, HALF, NONE, ONE, THREE, ZERO, Counts, Longs, Whole


@compiled
def arrange(key: Counts, start: Counts, order: Counts) -> None:
    """Sort positions by key, equal ones in their order; ``start`` (zeros) receives where keys begin."""
    for i in range(len(key)):
        start[key[i] + ONE] += ONE
    for i in range(1, len(start)):
        start[i] += start[i - 1]
    # From the back, so that the last of a key is placed last and ``start`` ends one key too early …
    for i in range(len(key) - 1, -1, -1):
        start[key[i] + ONE] -= ONE
        order[start[key[i] + ONE]] = i
    # … which moving it back by one puts right.
    for i in range(len(start) - 1):
        start[i] = start[i + 1]
    start[len(start) - 1] = len(key)


@compiled
def pack_arcs(indptr: Counts, arcs: Counts, records: Longs) -> None:
    """Write the arcs of every node four at a time, as the searches read them.

    Records of nodes with up to four arcs follow each other; of more arcs the first three stand there,
    and the cost of the fourth, which is none, tells the number of the record with the rest. What is
    left of a record leads to its own node.
    """
    size = np.uint64(len(indptr) - 1)
    more = size
    for node in range(size):
        record, begin, end = np.uint64(node), np.uint64(indptr[node]), np.uint64(indptr[node + ONE])
        while True:
            rest = end - begin > FOUR
            for i in range(FOUR):
                slot = FOUR * record + i
                if begin < end and not (rest and i == THREE):
                    records[slot] = (np.uint64(arcs[begin, ONE]) << HALF) | arcs[begin, ZERO]
                    begin += ONE
                else:
                    records[slot] = (NONE << HALF) | np.uint64(node)
            if not rest:
                break
            records[FOUR * record + THREE] += more << HALF
            record = more
            more += ONE


@compiled
def hang_doors(ends: Counts, costs: Counts, along: Counts, at: Counts, doors: Counts) -> None:
    """Count in ``at`` the points at every node, or enter them into ``doors`` from ``at`` on.

    ``along`` (points × 2) is the cost along the whole street as it is added when going on from the
    first end to the second, and from the second to the first. An end is left out where that makes
    the other no dearer: who stands on a crossing is met there and at no other node.
    """
    none = np.uint64(len(at) - 1)
    for point in range(len(ends)):
        u, v = np.uint64(ends[point, 0]), np.uint64(ends[point, 1])
        at_u, at_v = np.uint64(costs[point, 0]), np.uint64(costs[point, 1])
        if u == v:
            at_u, at_v = min(at_u, at_v), np.uint64(FAR)
        there, back = np.uint64(along[point, 0]), np.uint64(along[point, 1])
        over_u = at_u != FAR
        over_v = at_v != FAR and not (over_u and there != FAR and at_v >= at_u + there)
        over_u = over_u and not (over_v and back != FAR and at_u >= at_v + back)
        for side in range(2):
            if not (over_v if side else over_u):
                continue
            node, cost, other, way = u, at_u, v, at_v
            if side:
                node, cost, other, way = v, at_v, u, at_u
            if not (over_u and over_v):
                other, way = none, ZERO
            if len(doors):
                doors[at[node], 0] = point
                doors[at[node], 1] = cost
                doors[at[node], 2] = other
                doors[at[node], 3] = way
            at[node] += ONE


@compiled
def tally(column: Counts, counts: Counts) -> None:
    """Count how often each number occurs; ``counts`` comes filled with 0."""
    for i in range(len(column)):
        counts[column[i]] += ONE


@compiled
def stack(counts: Longs) -> None:
    """Turn the counts of several parts (parts × columns) into where their entries begin."""
    total = ZERO
    for column in range(counts.shape[1]):
        for part in range(counts.shape[0]):
            many = counts[part, column]
            counts[part, column] = total
            total += many


@compiled
def turn(
    first: Whole,
    counts: Counts,
    column: Counts,
    cost: Counts,
    at: Longs,
    column_of: Counts,
    row_of: Counts,
    cost_of: Counts,
) -> None:
    """Write rows of a table, from row ``first`` on, by column, of one column in order of rows.

    ``at``: where the next entry of each column goes.
    """
    row: Whole = first
    end: Whole = np.uint64(counts[row])
    for i in range(np.uint64(len(column))):
        while i == end:
            row += ONE
            end += counts[row]
        place = at[column[i]]
        at[column[i]] = place + ONE
        column_of[place] = column[i]
        row_of[place] = row
        cost_of[place] = cost[i]
