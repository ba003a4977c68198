"""The compiled searches from all offers at once: the nearest of every node, and of every point.

The rules of ``shortest`` hold here too. The nodes are cut into parts that follow each other in
memory; a part is searched to its end before what leads out of it is handed to its neighbours. So its
arrays stay in the processor's cache, and threads may search different parts at once: every label is
written by the thread of its part only, and what another thread reads of it can but be too high.
Whatever the order, the labels end as the lowest there are. What is added:

``labels`` (uint64)
    Cost in the upper, owner in the lower half: the smaller label is the nearer owner, of equally near
    ones the lower.
"""

from __future__ import annotations

import numpy as np

from sozialraum.access.kernels import compiled
from sozialraum.access.shortest import HALF, LOW, ONE, ZERO, Counts, Longs, Whole

NOBODY = 2**64 - 1
"""Label of what has not been reached."""


@compiled
def find_nearest(
    indptr: Counts,
    arcs: Counts,
    first: Whole,
    last: Whole,
    box: Counts,
    box_labels: Longs,
    limit: Whole,
    shift: Whole,
    labels: Longs,
    fill: Counts,
    queue: Longs,
    out: Counts,
    out_labels: Longs,
) -> Whole:
    """Label the nodes from ``first`` to ``last`` with their nearest offers.

    ``box`` and ``box_labels``: nodes and what they are to be labelled with if that is better, by
    falling nearness. Labels for nodes of other parts are written to ``out`` and ``out_labels``.

    Returns how many, -1 if there was no more room in the queue or for these.
    """
    mask, room = np.uint64(len(fill) - 1), np.uint64(queue.shape[1])
    boxes, sent, waiting, opened, slot = np.uint64(len(box)), ZERO, ZERO, ZERO, ZERO
    while waiting > ZERO or opened < boxes:
        if waiting == ZERO:
            slot = (box_labels[opened] >> HALF) >> shift
        here = slot & mask
        while opened < boxes and (box_labels[opened] >> HALF) >> shift <= slot:
            node, label = np.uint64(box[opened]), box_labels[opened]
            opened += ONE
            if label < labels[node]:
                labels[node] = label
                at = np.uint64(fill[here])
                if at == room:
                    return -1
                queue[here, at] = (label & ~LOW) | node
                fill[here] = at + ONE
                waiting += ONE
        taken = ZERO
        while taken < fill[here]:
            entry = queue[here, taken]
            taken += ONE
            node = entry & LOW
            label = labels[node]
            if entry >> HALF != label >> HALF:
                continue
            for arc in range(np.uint64(indptr[node]), np.uint64(indptr[node + ONE])):
                other = np.uint64(arcs[arc, ZERO])
                total = label + (np.uint64(arcs[arc, ONE]) << HALF)
                way = total >> HALF
                if total >= labels[other] or way > limit:
                    continue
                if other < first or other >= last:
                    if sent == len(out):
                        return -1
                    out[sent] = other
                    out_labels[sent] = total
                    sent += ONE
                    continue
                labels[other] = total
                row = (way >> shift) & mask
                at = np.uint64(fill[row])
                if at == room:
                    return -1
                queue[row, at] = (way << HALF) | other
                fill[row] = at + ONE
                waiting += ONE
        waiting -= taken
        fill[here] = 0
        slot += ONE
    return np.int64(sent)


@compiled
def enter(labels: Longs, row: Whole, label: Whole) -> bool:
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
    arcs: Counts,
    first: Whole,
    last: Whole,
    box: Counts,
    box_labels: Longs,
    limit: Whole,
    shift: Whole,
    labels: Longs,
    fill: Counts,
    queue: Longs,
    out: Counts,
    out_labels: Longs,
    owners: Counts,
) -> Whole:
    """Label the nodes from ``first`` to ``last`` with their ``k`` nearest offers (``labels``: n × k).

    As ``find_nearest``; ``owners`` goes with ``queue``: the owner of each entry. A node passes on an
    owner only while it is among its own ``k`` best: whoever is not cannot be among the ``k`` best of
    anyone behind it.
    """
    mask, room = np.uint64(len(fill) - 1), np.uint64(queue.shape[1])
    k = labels.shape[1]
    boxes, sent, waiting, opened, slot = np.uint64(len(box)), ZERO, ZERO, ZERO, ZERO
    while waiting > ZERO or opened < boxes:
        if waiting == ZERO:
            slot = (box_labels[opened] >> HALF) >> shift
        here = slot & mask
        while opened < boxes and (box_labels[opened] >> HALF) >> shift <= slot:
            node, label = np.uint64(box[opened]), box_labels[opened]
            opened += ONE
            if enter(labels, node, label):
                at = np.uint64(fill[here])
                if at == room:
                    return -1
                queue[here, at] = (label & ~LOW) | node
                owners[here, at] = label & LOW
                fill[here] = at + ONE
                waiting += ONE
        taken = ZERO
        while taken < fill[here]:
            entry = queue[here, taken]
            label = (entry & ~LOW) | np.uint64(owners[here, taken])
            taken += ONE
            node = entry & LOW
            stale = True
            for i in range(k):
                if labels[node, i] == label:
                    stale = False
                    break
            if stale:
                continue
            for arc in range(np.uint64(indptr[node]), np.uint64(indptr[node + ONE])):
                other = np.uint64(arcs[arc, ZERO])
                total = label + (np.uint64(arcs[arc, ONE]) << HALF)
                way = total >> HALF
                if total >= labels[other, k - 1] or way > limit:
                    continue
                if other < first or other >= last:
                    if sent == len(out):
                        return -1
                    out[sent] = other
                    out_labels[sent] = total
                    sent += ONE
                    continue
                if not enter(labels, other, total):
                    continue
                row = (way >> shift) & mask
                at = np.uint64(fill[row])
                if at == room:
                    return -1
                queue[row, at] = (way << HALF) | other
                owners[row, at] = total & LOW
                fill[row] = at + ONE
                waiting += ONE
        waiting -= taken
        fill[here] = 0
        slot += ONE
    return np.int64(sent)


@compiled
def collect_nearest(
    labels: Longs,
    ends: Counts,
    end_costs: Counts,
    same_point: Counts,
    same_owner: Counts,
    same_cost: Counts,
    limit: Whole,
    near: Longs,
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
def write_nearest(near: Longs, point: Counts, owner: Counts, cost: Counts) -> Whole:
    """Write the lists of points out one below the other; give the number of rows."""
    row = ZERO
    for i in range(near.shape[0]):
        for j in range(near.shape[1]):
            label = near[i, j]
            if label == NOBODY:
                break
            point[row] = i
            owner[row] = label & LOW
            cost[row] = label >> HALF
            row += ONE
    return np.int64(row)
