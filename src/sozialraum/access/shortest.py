"""The compiled searches: bounded shortest ways over whole-number costs.

Every loop works on arrays handed in. None allocates or re-binds an array while it runs; when a fixed
array is too small the loop says so and the caller doubles that array and goes on. The interpreter's
lock is released, so several threads may search at once, each with scratch arrays of its own.

The queue is a ring of buckets, each holding the entries whose cost falls into one slice of
``2 ** shift`` units. An entry is a link in a pool; emptied links go back to the pool. Inside a slice
a node may be improved again, so results are exact for any width of the slice.

All costs and numbers are unsigned: the compiler then need not look for negative positions, which is
worth a quarter of the time, and ``CLOSED`` (-1) read as unsigned is farther than every limit.

Arrays shared by the loops, uint32 unless told otherwise:

``indptr, indices, costs``
    The graph in compressed rows.
``head``
    Ring of buckets: first link per bucket, 0 where empty; its length is a power of two and covers
    the largest single cost.
``pool``
    Shape (capacity, 4): next link, node, cost, owner. Link 0 is none; its next is the first free one.
``labels`` (uint64)
    Cost in the upper, owner in the lower half: the smaller label is the nearer owner, of equally near
    ones the lower.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sozialraum.access.kernels import compiled

Counts = npt.NDArray[np.uint32]
Labels = npt.NDArray[np.uint64]
Whole = Any  # an unsigned number: numpy's stubs and the compiler disagree on what their sums are

FAR = 2**32 - 1
"""Cost of what has not been reached, in the arrays of the loops."""

NOBODY = 2**64 - 1
"""Label of what has not been reached."""

NONE = np.uint32(0)
ONE = np.uint32(1)
TWO = np.uint32(2)
THREE = np.uint32(3)
FOUR = np.uint32(4)
ZERO = np.uint64(0)
HALF = np.uint64(32)
LOW = np.uint64(FAR)


def make_pool(capacity: int) -> Counts:
    """Make a pool whose links are all free."""
    pool = np.empty((capacity, 4), dtype=np.uint32)
    pool[:, 0] = np.arange(1, capacity + 1)
    pool[-1, 0] = 0
    return pool


@compiled
def push(
    head: Counts,
    pool: Counts,
    free: Whole,
    bucket: Whole,
    node: Whole,
    cost: Whole,
    owner: Whole,
) -> Whole:
    """Hang a node into a bucket by the free link given; gives the next free one."""
    then = pool[free, NONE]
    pool[free, NONE] = head[bucket]
    pool[free, ONE] = node
    pool[free, TWO] = cost
    pool[free, THREE] = owner
    head[bucket] = free
    return then


@compiled
def spread(
    indptr: Counts,
    indices: Counts,
    costs: Counts,
    seeds: Counts,
    seed_costs: Counts,
    limit: Whole,
    shift: Whole,
    dist: Counts,
    reached: Counts,
    head: Counts,
    pool: Counts,
) -> int:
    """Search from the seeds of one offer; list the nodes reached. Gives their number, -1: pool full.

    ``dist`` comes filled with FAR.
    """
    mask = np.uint64(len(head) - 1)
    free = pool[NONE, NONE]
    waiting = 0
    count = 0
    for i in range(len(seeds)):
        node, cost = np.uint64(seeds[i]), np.uint64(seed_costs[i])
        if cost > limit or cost >= dist[node]:
            continue
        if dist[node] == LOW:
            reached[count] = node
            count += 1
        dist[node] = cost
        if free == NONE:
            return -1
        free = push(head, pool, free, (cost >> shift) & mask, node, cost, ZERO)
        waiting += 1
    bucket = NONE & mask
    while waiting > 0:
        while head[bucket] != NONE:
            entry = head[bucket]
            head[bucket] = pool[entry, NONE]
            node, cost = np.uint64(pool[entry, ONE]), np.uint64(pool[entry, TWO])
            pool[entry, NONE] = free
            free = entry
            waiting -= 1
            if cost != dist[node]:
                continue
            for arc in range(np.uint64(indptr[node]), np.uint64(indptr[node + ONE])):
                other = np.uint64(indices[arc])
                total = cost + costs[arc]
                if total >= dist[other] or total > limit:
                    continue
                if dist[other] == LOW:
                    reached[count] = other
                    count += 1
                dist[other] = total
                if free == NONE:
                    return -1
                free = push(head, pool, free, (total >> shift) & mask, other, total, ZERO)
                waiting += 1
        bucket = (bucket + ONE) & mask
    pool[NONE, NONE] = free
    return count


@compiled
def list_points(
    places: Counts,
    begin: Whole,
    end: Whole,
    limit: Whole,
    dist: Counts,
    found: Counts,
    ways: Counts,
    row: Whole,
) -> Whole:
    """List the points from ``begin`` to ``end`` that are within the limit; gives the next row.

    When there is no more room, the number of rows goes on and nothing is written.
    """
    if row + (end - begin) > len(found):
        return row + (end - begin)
    for j in range(begin, end):
        at_u = np.uint64(dist[places[j, ONE]]) + places[j, THREE]
        at_v = np.uint64(dist[places[j, TWO]]) + places[j, FOUR]
        total = min(at_u, at_v)
        found[row] = places[j, NONE]
        ways[row] = total
        row += np.uint64(total <= limit)
    return row


@compiled
def find_pairs(
    indptr: Counts,
    indices: Counts,
    costs: Counts,
    seeds: Counts,
    seed_costs: Counts,
    own: Counts,
    same_start: Counts,
    same_point: Counts,
    same_cost: Counts,
    street_u: Counts,
    street_v: Counts,
    street_start: Counts,
    places: Counts,
    near_start: Counts,
    near_street: Counts,
    first: Whole,
    last: Whole,
    limit: Whole,
    shift: Whole,
    dist: Counts,
    reached: Counts,
    head: Counts,
    pool: Counts,
    found: Counts,
    ways: Counts,
    counts: Counts,
) -> tuple[Whole, Whole, bool]:
    """Search from offers ``first`` to ``last`` and list the points within the limit.

    ``seeds`` and ``seed_costs`` (offers × 2) are the ends of each offer's street. ``own`` is that
    street's place among those with points (none: one beyond the last, which is empty), ``same_*`` the
    points on it with the direct cost, as far as there is a direct way. ``places`` are the points
    street by street: point, both ends of its street, cost from each; ``near_*`` are the streets with
    points at each node. ``dist`` comes and goes filled with FAR. Points and costs are written to
    ``found`` and ``ways``, their number per offer to ``counts``.

    Returns the offer to go on with, the rows written, and whether the pool (not ``found``) was full.
    """
    row = NONE & first
    for offer in range(first, last):
        before = row
        count = spread(
            indptr, indices, costs, seeds[offer], seed_costs[offer], limit, shift,
            dist, reached, head, pool,
        )  # fmt: skip
        if count < 0:
            return offer, before, True
        home = np.uint64(own[offer])
        begin, end = np.uint64(street_start[home]), np.uint64(street_start[home + ONE])
        if row + (end - begin) <= len(found):
            direct = np.uint64(same_start[offer])
            for j in range(begin, end):
                at_u = np.uint64(dist[places[j, ONE]]) + places[j, THREE]
                at_v = np.uint64(dist[places[j, TWO]]) + places[j, FOUR]
                total = min(at_u, at_v)
                if direct < same_start[offer + ONE] and same_point[direct] == places[j, NONE]:
                    total = min(total, np.uint64(same_cost[direct]))
                    direct += ONE
                found[row] = places[j, NONE]
                ways[row] = total
                row += np.uint64(total <= limit)
        else:
            row += end - begin
        if 2 * count > len(dist):
            # Most was reached: one pass in the order of memory is faster.
            row = list_points(places, ZERO, begin, limit, dist, found, ways, row)
            row = list_points(places, end, np.uint64(len(places)), limit, dist, found, ways, row)
        else:
            for i in range(count):
                node = reached[i]
                for k in range(near_start[node], near_start[node + ONE]):
                    street = near_street[k]
                    # Who was reached at both ends is looked at from the first.
                    second = street_v[street] == node and street_u[street] != node
                    if street == home or (second and dist[street_u[street]] != LOW):
                        continue
                    begin, end = (
                        np.uint64(street_start[street]),
                        np.uint64(street_start[street + ONE]),
                    )
                    row = list_points(places, begin, end, limit, dist, found, ways, row)
        for i in range(count):
            dist[reached[i]] = LOW
        if row > len(found):
            return offer, before, False
        counts[offer] = row - before
    return last, row, False


@compiled
def find_nearest(
    indptr: Counts,
    indices: Counts,
    costs: Counts,
    seeds: Counts,
    seed_costs: Counts,
    limit: Whole,
    shift: Whole,
    labels: Labels,
    head: Counts,
    pool: Counts,
) -> bool:
    """Label every node with its nearest offer. ``labels`` comes filled with NOBODY.

    True if the pool was full.
    """
    mask = np.uint64(len(head) - 1)
    free = pool[NONE, NONE]
    waiting = 0
    for i in range(seeds.size):
        owner = i // 2
        node, cost = np.uint64(seeds[owner, i % 2]), np.uint64(seed_costs[owner, i % 2])
        label = (cost << HALF) | np.uint64(owner)
        if cost > limit or label >= labels[node]:
            continue
        labels[node] = label
        if free == NONE:
            return True
        free = push(head, pool, free, (cost >> shift) & mask, node, cost, ZERO)
        waiting += 1
    bucket = NONE & mask
    while waiting > 0:
        while head[bucket] != NONE:
            entry = head[bucket]
            head[bucket] = pool[entry, NONE]
            node, cost = np.uint64(pool[entry, ONE]), np.uint64(pool[entry, TWO])
            pool[entry, NONE] = free
            free = entry
            waiting -= 1
            label = labels[node]
            if cost != label >> HALF:
                continue
            for arc in range(np.uint64(indptr[node]), np.uint64(indptr[node + ONE])):
                other = np.uint64(indices[arc])
                total = label + (np.uint64(costs[arc]) << HALF)
                if total >= labels[other]:
                    continue
                way = total >> HALF
                if way > limit:
                    continue
                labels[other] = total
                if free == NONE:
                    return True
                free = push(head, pool, free, (way >> shift) & mask, other, way, ZERO)
                waiting += 1
        bucket = (bucket + ONE) & mask
    return False


@compiled
def enter(labels: Labels, row: Whole, label: Whole) -> bool:
    """Enter a label into a row's sorted list of nearest ones; False if that changes nothing."""
    k = labels.shape[1]
    if label >= labels[row, k - 1]:
        return False
    place = k - 1
    for i in range(k):
        if (labels[row, i] & LOW) == (label & LOW):
            if labels[row, i] <= label:
                return False
            place = i
            break
    while place > 0 and labels[row, place - 1] > label:
        labels[row, place] = labels[row, place - 1]
        place -= 1
    labels[row, place] = label
    return True


@compiled
def find_k_nearest(
    indptr: Counts,
    indices: Counts,
    costs: Counts,
    seeds: Counts,
    seed_costs: Counts,
    limit: Whole,
    shift: Whole,
    labels: Labels,
    head: Counts,
    pool: Counts,
) -> bool:
    """Label every node with its ``k`` nearest offers in order (``labels`` is n × k).

    True if the pool was full. A node passes on an owner only while it is among its own ``k`` best:
    whoever is not cannot be among the ``k`` best of anyone behind it.
    """
    mask = np.uint64(len(head) - 1)
    k = labels.shape[1]
    free = pool[NONE, NONE]
    waiting = 0
    for i in range(seeds.size):
        owner = i // 2
        node, cost = np.uint64(seeds[owner, i % 2]), np.uint64(seed_costs[owner, i % 2])
        if cost > limit or not enter(labels, node, (cost << HALF) | np.uint64(owner)):
            continue
        if free == NONE:
            return True
        free = push(head, pool, free, (cost >> shift) & mask, node, cost, np.uint64(owner))
        waiting += 1
    bucket = NONE & mask
    while waiting > 0:
        while head[bucket] != NONE:
            entry = head[bucket]
            head[bucket] = pool[entry, NONE]
            node = np.uint64(pool[entry, ONE])
            label = (np.uint64(pool[entry, TWO]) << HALF) | np.uint64(pool[entry, THREE])
            pool[entry, NONE] = free
            free = entry
            waiting -= 1
            stale = True
            for i in range(k):
                if labels[node, i] == label:
                    stale = False
                    break
            if stale:
                continue
            for arc in range(np.uint64(indptr[node]), np.uint64(indptr[node + ONE])):
                other = np.uint64(indices[arc])
                total = label + (np.uint64(costs[arc]) << HALF)
                way = total >> HALF
                if way > limit or not enter(labels, other, total):
                    continue
                if free == NONE:
                    return True
                free = push(head, pool, free, (way >> shift) & mask, other, way, total & LOW)
                waiting += 1
        bucket = (bucket + ONE) & mask
    return False


@compiled
def collect_nearest(
    labels: Labels,
    ends: Counts,
    end_costs: Counts,
    same_point: Counts,
    same_owner: Counts,
    same_cost: Counts,
    limit: Whole,
    near: Labels,
) -> None:
    """Turn the lists of nodes into lists of points: over both ends of the street, or along it.

    ``near`` comes filled with NOBODY.
    """
    k = labels.shape[1]
    for point in range(len(ends)):
        for side in range(2):
            way = np.uint64(end_costs[point, side])
            if way > limit:
                continue
            node = ends[point, side]
            for i in range(k):
                label = labels[node, i]
                if (label >> HALF) + way > limit:
                    break
                label += way << HALF
                if k > 1:
                    enter(near, point, label)
                elif label < near[point, 0]:
                    near[point, 0] = label
    for i in range(len(same_point)):
        if same_cost[i] <= limit:
            label = (np.uint64(same_cost[i]) << HALF) | np.uint64(same_owner[i])
            enter(near, same_point[i], label)


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
def tally(column: Counts, counts: Counts) -> None:
    """Count how often each number occurs; ``counts`` comes filled with 0."""
    for i in range(len(column)):
        counts[column[i]] += ONE


@compiled
def turn(
    start: npt.NDArray[np.uint64],
    first: Whole,
    last: Whole,
    column: Counts,
    cost: Counts,
    at: npt.NDArray[np.uint64],
    row_of: Counts,
    cost_of: Counts,
) -> None:
    """Turn rows ``first`` to ``last`` of a table round: by column, of one column in order of rows.

    ``at``: where the entries of each column go; moves on to behind them.
    """
    for row in range(first, last):
        for i in range(start[row], start[row + ONE]):
            place = at[column[i]]
            row_of[place] = row
            cost_of[place] = cost[i]
            at[column[i]] = place + ONE
