"""The compiled loops: bounded shortest ways over whole-number costs, and sums over many ways.

Every loop works on arrays handed in. None allocates or re-binds an array while it runs; when a fixed
array is too small the loop says so and the caller doubles that array and goes on. The interpreter's
lock is released, so several threads may search at once, each with scratch arrays of its own.

The queue is a ring of buckets, each holding the entries whose cost falls into one slice of
``2 ** shift`` units. An entry is a link in a pool; emptied links go back to the pool. Inside a slice
a node may be improved again, so results are exact for any width of the slice.

Arrays shared by the loops, all int32:

``indptr, indices, costs``
    The graph in compressed rows.
``head``
    Ring of buckets: first link per bucket, -1 where empty; its length is a power of two and covers
    the largest single cost.
``pool``
    Shape (capacity, 3): next link, node, cost (and owner as fourth column for several labels).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])

FAR = 2**31 - 1
"""Cost of what has not been reached."""


def compiled(function: F) -> F:
    """Compile without the interpreter's lock and keep the result on disk if there is a place."""
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder that may be written
        return cast(F, numba.njit(nogil=True)(function))


def make_pool(capacity: int, columns: int) -> Ints:
    """Make a pool whose links all hang in the list of free ones, which starts at link 0."""
    pool = np.empty((capacity, columns), dtype=np.int32)
    pool[:, 0] = np.arange(1, capacity + 1)
    pool[-1, 0] = -1
    return pool


@compiled
def find_pairs(
    indptr: Ints,
    indices: Ints,
    costs: Ints,
    seeds: Ints,
    seed_costs: Ints,
    same_start: Ints,
    same_point: Ints,
    same_cost: Ints,
    at_node: Ints,
    at_point: Ints,
    at_cost: Ints,
    first: int,
    last: int,
    limit: int,
    shift: int,
    dist: Ints,
    reached: Ints,
    head: Ints,
    pool: Ints,
    best: Ints,
    found: Ints,
    out: Ints,
) -> tuple[int, int, bool]:
    """Search from offers ``first`` to ``last`` and list the points within the limit.

    ``seeds`` and ``seed_costs`` (offers × 2) are the ends of each offer's street; ``same_*`` the
    points on the same street with the direct cost; ``at_*`` the points by node with the cost between
    node and point. ``dist`` and ``best`` come and go filled with FAR. Rows (offer, point, cost) are
    written to ``out``.

    Returns the offer to go on with, the rows written, and whether the pool (not ``out``) was full.
    """
    mask = len(head) - 1
    rows = 0
    for offer in range(first, last):
        free = 0
        waiting = 0
        count = 0
        for side in range(2):
            cost = seed_costs[offer, side]
            node = seeds[offer, side]
            if cost < 0 or cost > limit or cost >= dist[node]:
                continue
            if dist[node] == FAR:
                reached[count] = node
                count += 1
            dist[node] = cost
            entry = free
            free = pool[entry, 0]
            bucket = (cost >> shift) & mask
            pool[entry, 0] = head[bucket]
            pool[entry, 1] = node
            pool[entry, 2] = cost
            head[bucket] = entry
            waiting += 1
        bucket = 0
        full = False
        while waiting > 0 and not full:
            while head[bucket] >= 0:
                entry = head[bucket]
                head[bucket] = pool[entry, 0]
                node = pool[entry, 1]
                cost = pool[entry, 2]
                pool[entry, 0] = free
                free = entry
                waiting -= 1
                if cost != dist[node]:
                    continue
                for arc in range(indptr[node], indptr[node + 1]):
                    other = indices[arc]
                    total = cost + costs[arc]
                    if total > limit or total >= dist[other]:
                        continue
                    if free < 0:
                        full = True
                        break
                    if dist[other] == FAR:
                        reached[count] = other
                        count += 1
                    dist[other] = total
                    entry = free
                    free = pool[entry, 0]
                    slot = (total >> shift) & mask
                    pool[entry, 0] = head[slot]
                    pool[entry, 1] = other
                    pool[entry, 2] = total
                    head[slot] = entry
                    waiting += 1
                if full:
                    break
            bucket = (bucket + 1) & mask
        if full:
            return offer, rows, True

        points = 0
        for i in range(same_start[offer], same_start[offer + 1]):
            point = same_point[i]
            if same_cost[i] <= limit and same_cost[i] < best[point]:
                if best[point] == FAR:
                    found[points] = point
                    points += 1
                best[point] = same_cost[i]
        for i in range(count):
            node = reached[i]
            for j in range(at_node[node], at_node[node + 1]):
                total = dist[node] + at_cost[j]
                point = at_point[j]
                if total <= limit and total < best[point]:
                    if best[point] == FAR:
                        found[points] = point
                        points += 1
                    best[point] = total
            dist[node] = FAR
        fits = rows + points <= len(out)
        for i in range(points):
            point = found[i]
            if fits:
                out[rows, 0] = offer
                out[rows, 1] = point
                out[rows, 2] = best[point]
                rows += 1
            best[point] = FAR
        if not fits:
            return offer, rows, False
    return last, rows, False


@compiled
def find_nearest(
    indptr: Ints,
    indices: Ints,
    costs: Ints,
    seed_node: Ints,
    seed_cost: Ints,
    seed_owner: Ints,
    limit: int,
    shift: int,
    dist: Ints,
    owner: Ints,
    head: Ints,
    pool: Ints,
) -> bool:
    """Give every node its nearest owner; of equally near ones the lowest.

    ``dist`` and ``owner`` (filled with FAR and -1) receive the result. True if the pool was full.
    """
    mask = len(head) - 1
    free = 0
    waiting = 0
    for i in range(len(seed_node)):
        node, cost = seed_node[i], seed_cost[i]
        if cost > limit or cost > dist[node]:
            continue
        if cost == dist[node] and seed_owner[i] >= owner[node]:
            continue
        if free < 0:
            return True
        dist[node] = cost
        owner[node] = seed_owner[i]
        entry = free
        free = pool[entry, 0]
        bucket = (cost >> shift) & mask
        pool[entry, 0] = head[bucket]
        pool[entry, 1] = node
        pool[entry, 2] = cost
        head[bucket] = entry
        waiting += 1
    bucket = 0
    while waiting > 0:
        while head[bucket] >= 0:
            entry = head[bucket]
            head[bucket] = pool[entry, 0]
            node = pool[entry, 1]
            cost = pool[entry, 2]
            pool[entry, 0] = free
            free = entry
            waiting -= 1
            if cost != dist[node]:
                continue
            mine = owner[node]
            for arc in range(indptr[node], indptr[node + 1]):
                other = indices[arc]
                total = cost + costs[arc]
                if total > limit or total > dist[other]:
                    continue
                if total == dist[other] and mine >= owner[other]:
                    continue
                if free < 0:
                    return True
                dist[other] = total
                owner[other] = mine
                entry = free
                free = pool[entry, 0]
                slot = (total >> shift) & mask
                pool[entry, 0] = head[slot]
                pool[entry, 1] = other
                pool[entry, 2] = total
                head[slot] = entry
                waiting += 1
        bucket = (bucket + 1) & mask
    return False


@compiled
def enter(dist: Ints, owner: Ints, row: int, cost: int, who: int) -> bool:
    """Enter an owner into a row's sorted list of nearest ones; False if that changes nothing."""
    k = dist.shape[1]
    if cost > dist[row, k - 1] or (cost == dist[row, k - 1] and who >= owner[row, k - 1] >= 0):
        return False
    place = k - 1
    for i in range(k):
        if owner[row, i] == who:
            if dist[row, i] <= cost:
                return False
            place = i
            break
    while place > 0 and (
        dist[row, place - 1] > cost
        or (dist[row, place - 1] == cost and owner[row, place - 1] > who)
    ):
        dist[row, place] = dist[row, place - 1]
        owner[row, place] = owner[row, place - 1]
        place -= 1
    dist[row, place] = cost
    owner[row, place] = who
    return True


@compiled
def find_k_nearest(
    indptr: Ints,
    indices: Ints,
    costs: Ints,
    seed_node: Ints,
    seed_cost: Ints,
    seed_owner: Ints,
    limit: int,
    shift: int,
    dist: Ints,
    owner: Ints,
    head: Ints,
    pool: Ints,
) -> bool:
    """Give every node its ``k`` nearest owners in order (``dist`` and ``owner`` are n × k).

    True if the pool was full. A node passes on an owner only while it is among its own ``k`` best:
    whoever is not cannot be among the ``k`` best of anyone behind it.
    """
    mask = len(head) - 1
    k = dist.shape[1]
    free = 0
    waiting = 0
    for i in range(len(seed_node)):
        node, cost, who = seed_node[i], seed_cost[i], seed_owner[i]
        if cost > limit or not enter(dist, owner, node, cost, who):
            continue
        if free < 0:
            return True
        entry = free
        free = pool[entry, 0]
        bucket = (cost >> shift) & mask
        pool[entry, 0] = head[bucket]
        pool[entry, 1] = node
        pool[entry, 2] = cost
        pool[entry, 3] = who
        head[bucket] = entry
        waiting += 1
    bucket = 0
    while waiting > 0:
        while head[bucket] >= 0:
            entry = head[bucket]
            head[bucket] = pool[entry, 0]
            node = pool[entry, 1]
            cost = pool[entry, 2]
            who = pool[entry, 3]
            pool[entry, 0] = free
            free = entry
            waiting -= 1
            stale = True
            for i in range(k):
                if owner[node, i] == who:
                    stale = dist[node, i] != cost
                    break
            if stale:
                continue
            for arc in range(indptr[node], indptr[node + 1]):
                total = cost + costs[arc]
                other = indices[arc]
                if total > limit or not enter(dist, owner, other, total, who):
                    continue
                if free < 0:
                    return True
                entry = free
                free = pool[entry, 0]
                slot = (total >> shift) & mask
                pool[entry, 0] = head[slot]
                pool[entry, 1] = other
                pool[entry, 2] = total
                pool[entry, 3] = who
                head[slot] = entry
                waiting += 1
        bucket = (bucket + 1) & mask
    return False


@compiled
def collect_nearest(
    node_dist: Ints,
    node_owner: Ints,
    ends: Ints,
    end_costs: Ints,
    same_point: Ints,
    same_owner: Ints,
    same_cost: Ints,
    limit: int,
    dist: Ints,
    owner: Ints,
) -> None:
    """Give every point its nearest owners from both ends of its street and from the street itself."""
    for point in range(len(ends)):
        for side in range(2):
            way = end_costs[point, side]
            if way < 0:
                continue
            node = ends[point, side]
            for i in range(node_dist.shape[1]):
                who = node_owner[node, i]
                if who < 0:
                    break
                if node_dist[node, i] + way <= limit:
                    enter(dist, owner, point, node_dist[node, i] + way, who)
    for i in range(len(same_point)):
        if same_cost[i] <= limit:
            enter(dist, owner, same_point[i], same_cost[i], same_owner[i])


@compiled
def distinct(cell: Ints, offer: Ints, last: Ints) -> bool:
    """Tell whether ways are ordered by cell and no cell has two to the same offer.

    ``last``: per offer, -1 to begin with.
    """
    for i in range(len(cell)):
        if (i > 0 and cell[i] < cell[i - 1]) or last[offer[i]] == cell[i]:
            return False
        last[offer[i]] = cell[i]
    return True


@compiled
def weigh_steps(minutes: Floats, ends: Floats, values: Floats, weight: Floats) -> None:
    """Give every way the value of its step; ``values`` has one more, for what lies beyond the last."""
    for i in range(len(minutes)):
        step = 0
        for k in range(len(ends)):
            step += minutes[i] > ends[k]
        weight[i] = values[step]


@compiled
def sum_at(start: Ints, end: Ints, weight: Floats, value: Floats, total: Floats) -> None:
    """Add weight times the value at its start to the end of every way."""
    here, amount = 0, total[0]
    for i in range(len(start)):
        if end[i] != here:
            total[here] = amount
            here = end[i]
            amount = total[here]
        amount += weight[i] * value[start[i]]
    total[here] = amount


@compiled
def count_at(
    cell: Ints, offer: Ints, minutes: Floats, limit: float, chosen: Counts, total: Counts
) -> None:
    """Count the chosen offers within the limit at every cell."""
    here, amount = 0, total[0]
    for i in range(len(cell)):
        if cell[i] != here:
            total[here] = amount
            here = cell[i]
            amount = total[here]
        amount += chosen[offer[i]] & (minutes[i] <= limit)
    total[here] = amount
