"""The compiled searches from one offer after the other: bounded shortest ways over whole costs.

Every loop works on arrays handed in. None allocates or re-binds an array while it runs; when a fixed
array is too small the loop says so, and the caller gives a larger one and goes on. The interpreter's
lock is released, so several threads may search at once, each with scratch arrays of its own.

The queue is a ring of rows, each holding the entries whose cost falls into one slice of ``2 ** shift``
units in the order they came. Inside a slice a node may be improved again, so results are exact for
any width of the slice.

All costs and numbers are unsigned: the compiler then need not look for negative positions, which is
worth a quarter of the time, and ``CLOSED`` (-1) read as unsigned is farther than every limit.

Arrays shared by the loops, uint64 unless told otherwise; every entry is a cost in the upper and a node
in the lower half:

``records``
    The arcs of every node, as ``sorting.pack_arcs`` lays them out: four at a time, of which those
    that are none cost too much. So a node and its arcs come from memory together, and the processor
    need not guess how many there are.
``queue``
    Rows of ``room`` entries one behind the other. Both are powers of two, and that many slices cover
    the largest single cost.
``fill`` (uint32)
    Where in the queue the next entry of each row goes; its beginning to begin with.
``dist`` (uint32)
    Costs of nodes, above the limit what has not been reached: one comparison tells both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sozialraum.access.kernels import compiled, prefetch

Counts = npt.NDArray[np.uint32]
Longs = npt.NDArray[np.uint64]
Whole = Any  # an unsigned number: numpy's stubs and the compiler disagree on what their sums are

FAR = 2**32 - 1
"""Cost of what has not been reached, in the arrays of the loops."""

ZERO = np.uint64(0)
ONE = np.uint64(1)
TWO = np.uint64(2)
THREE = np.uint64(3)
FOUR = np.uint64(4)
HALF = np.uint64(32)
LOW = np.uint64(FAR)
HIGH = ~LOW

AHEAD, FAR_AHEAD = np.uint64(16), np.uint64(32)
"""Nodes whose points, and the numbers of whose points, are asked for while others are listed."""

NONE = np.uint64(2**31)
"""Cost of what is no arc; more than that is followed by four arcs more, in the record of that number."""


@compiled
def spread(
    records: Longs,
    seeds: Counts,
    seed_costs: Counts,
    limit: Whole,
    shift: Whole,
    dist: Counts,
    reached: Counts,
    fill: Counts,
    queue: Longs,
    room: Whole,
) -> Whole:
    """Search from the seeds of one offer; list the nodes reached. Gives their number, -1: queue full.

    ``dist`` comes filled with one more than the limit.
    """
    mask, inside = np.uint64(len(fill) - 1), room - ONE
    far = limit + ONE
    waiting = ZERO
    count = ZERO
    for i in range(len(seeds)):
        node, cost = np.uint64(seeds[i]), np.uint64(seed_costs[i])
        if cost >= dist[node]:
            continue
        reached[count] = node
        count += np.uint64(dist[node] == far)
        dist[node] = cost
        row = (cost >> shift) & mask
        at = np.uint64(fill[row])
        queue[at] = (cost << HALF) | node
        at += ONE
        fill[row] = at
        waiting += ONE
        if at & inside == inside:
            return -1
    here = ZERO
    while waiting > ZERO:
        begin = here * room
        taken = begin
        while taken < fill[here]:
            entry = queue[taken]
            taken += ONE
            node, cost = entry & LOW, entry & HIGH
            if entry >> HALF != dist[node]:
                continue
            record = node
            while True:
                for arc in range(FOUR * record, FOUR * record + FOUR):
                    entry = cost + records[arc]
                    other, total = entry & LOW, entry >> HALF
                    known = np.uint64(dist[other])
                    # Everything is written and counts only if it is better: to guess costs more.
                    better = np.uint64(total < known)
                    prefetch(records, FOUR * other)
                    reached[count] = other
                    count += better & np.uint64(known == far)
                    dist[other] = min(total, known)
                    row = (total >> shift) & mask
                    at = np.uint64(fill[row])
                    queue[at] = entry
                    at += better
                    fill[row] = at
                    waiting += better
                    if at & inside == inside:
                        return -1
                more = records[FOUR * record + THREE] >> HALF
                if more <= NONE:
                    break
                record = more - NONE
        waiting -= taken - begin
        fill[here] = begin
        here = (here + ONE) & mask
    return np.int64(count)


@compiled
def among(numbers: Counts, begin: Whole, end: Whole, number: Whole) -> bool:
    """Tell whether a number is in a sorted part of an array."""
    while begin < end:
        middle = (begin + end) // TWO
        if numbers[middle] == number:
            return True
        if numbers[middle] < number:
            begin = middle + ONE
        else:
            end = middle
    return False


@compiled
def find_pairs(
    records: Longs,
    seeds: Counts,
    seed_costs: Counts,
    same_start: Counts,
    same_point: Counts,
    same_cost: Counts,
    ends: Counts,
    end_costs: Counts,
    door_start: Counts,
    doors: Counts,
    first: Whole,
    last: Whole,
    limit: Whole,
    shift: Whole,
    dist: Counts,
    reached: Counts,
    fill: Counts,
    queue: Longs,
    room: Whole,
    row: Whole,
    found: Counts,
    ways: Counts,
    counts: Counts,
) -> tuple[Whole, Whole, bool]:
    """Search from offers ``first`` to ``last`` and list the points within the limit.

    ``seeds`` and ``seed_costs`` (offers × 2) are the ends of each offer's street; ``same_*`` the
    points that have a direct way along that street, and its cost; ``ends`` and ``end_costs`` (points
    × 2) the ends of the streets of the points; ``doors`` the points at each node: point, cost from
    this node, the other end of its street (one node beyond the last if that is of no use), cost from
    there. ``dist`` has that node too and comes and goes filled with one more than the limit. Points
    and costs are written to ``found`` and ``ways`` from ``row`` on, their number per offer to
    ``counts``.

    Returns the offer to go on with, the rows written, and whether the queue (not ``found``) was full.
    """
    size, far = np.uint64(len(dist) - 1), limit + ONE
    for offer in range(first, last):
        before = row
        listed = spread(
            records, seeds[offer], seed_costs[offer], limit, shift, dist, reached, fill, queue, room
        )
        if listed < 0:
            return offer, before, True
        count = np.uint64(listed)
        dense = np.uint64(8) * count > size
        same, same_end = np.uint64(same_start[offer]), np.uint64(same_start[offer + ONE])
        u, v = np.uint64(seeds[offer, 0]), np.uint64(seeds[offer, 1])
        # Where many were reached, one pass in the order of memory is faster, and orders the rows too.
        for i in range(size if dense else count):
            node = np.uint64(i) if dense else np.uint64(reached[i])
            if not dense:
                prefetch(door_start, np.uint64(reached[min(i + FAR_AHEAD, count - ONE)]))
                prefetch(doors, FOUR * door_start[reached[min(i + AHEAD, count - ONE)]])
            here = np.uint64(dist[node])
            if here > limit:
                continue
            begin, end = np.uint64(door_start[node]), np.uint64(door_start[node + ONE])
            if row + (end - begin) > len(found):
                row = np.uint64(len(found)) + ONE
                break
            at_home = same < same_end and node in (u, v)
            for j in range(begin, end):
                total, beyond = here + doors[j, ONE], np.uint64(doors[j, TWO])
                # Who is equally near over both ends is listed at the first.
                other = np.uint64(dist[beyond]) + doors[j, THREE] + np.uint64(node < beyond)
                found[row] = doors[j, ZERO]
                ways[row] = total
                if at_home and among(same_point, same, same_end, np.uint64(doors[j, ZERO])):
                    continue
                row += np.uint64((total < other) & (total <= limit))
        if row + (same_end - same) <= len(found):
            for j in range(same, same_end):
                point, total = np.uint64(same_point[j]), np.uint64(same_cost[j])
                for side in range(2):
                    over = np.uint64(dist[ends[point, side]]) + end_costs[point, side]
                    total = min(total, over)
                found[row] = point
                ways[row] = total
                row += np.uint64(total <= limit)
        else:
            row = np.uint64(len(found)) + ONE
        if dense:
            dist[:] = far
        else:
            for i in range(count):
                dist[reached[i]] = far
        if row > len(found):
            return offer, before, False
        counts[offer] = row - before
    return last, row, False
