"""The compiled searches from all offers at once: the nearest of every node, and of every point.

The rules of ``shortest`` hold here too. The nodes are cut into parts that follow each other in
memory; a part is searched to its end before what leads out of it is handed to its neighbours. So its
arrays stay in the processor's cache, and threads may search different parts at once: every label is
written by the thread of its part only, and what another thread reads of it can but be too high.
Whatever the order, the labels end as the lowest there are. What is added:

``labels`` (uint64)
    Cost in the upper, owner in the lower half: the smaller label is the nearer owner, of equally near
    ones the lower. Above the limit to begin with.
"""

from __future__ import annotations

import numpy as np

from sozialraum.access.kernels import compiled, prefetch
from sozialraum.access.shortest import (
    FOUR,
    HALF,
    HIGH,
    LOW,
    NONE,
    ONE,
    THREE,
    ZERO,
    Counts,
    Longs,
    Whole,
)

NOBODY = 2**64 - 1
"""Label of what has not been reached."""


@compiled
def find_nearest(
    records: Longs,
    first: Whole,
    last: Whole,
    box: Counts,
    box_labels: Longs,
    shift: Whole,
    labels: Longs,
    fill: Counts,
    queue: Longs,
    room: Whole,
    out: Counts,
    out_labels: Longs,
) -> Whole:
    """Label the nodes from ``first`` to ``last`` with their nearest offers.

    ``box`` and ``box_labels``: nodes and what they are to be labelled with if that is better, by
    falling nearness. Labels for nodes of other parts are written to ``out`` and ``out_labels``.

    Returns how many, -1 if there was no more room in the queue or for these.
    """
    mask, inside, many = np.uint64(len(fill) - 1), room - ONE, last - first
    boxes, sent, waiting, opened, slot = np.uint64(len(box)), ZERO, ZERO, ZERO, ZERO
    while waiting > ZERO or opened < boxes:
        if waiting == ZERO:
            slot = (box_labels[opened] >> HALF) >> shift
        here = slot & mask
        begin = here * room
        while opened < boxes and (box_labels[opened] >> HALF) >> shift <= slot:
            node, label = np.uint64(box[opened]), box_labels[opened]
            opened += ONE
            if label < labels[node]:
                labels[node] = label
                at = np.uint64(fill[here])
                queue[at] = (label & HIGH) | node
                at += ONE
                fill[here] = at
                waiting += ONE
                if at & inside == ZERO:
                    return -1
        taken = begin
        while taken < fill[here]:
            entry = queue[taken]
            taken += ONE
            node = entry & LOW
            label = labels[node]
            if entry >> HALF != label >> HALF:
                continue
            record = node
            while True:
                for arc in range(FOUR * record, FOUR * record + FOUR):
                    other, total = records[arc] & LOW, label + (records[arc] & HIGH)
                    if total >= labels[other]:
                        continue
                    if other - first >= many:
                        if sent == len(out):
                            return -1
                        out[sent] = other
                        out_labels[sent] = total
                        sent += ONE
                        continue
                    prefetch(records, FOUR * other)
                    labels[other] = total
                    row = (total >> HALF >> shift) & mask
                    at = np.uint64(fill[row])
                    queue[at] = (total & HIGH) | other
                    at += ONE
                    fill[row] = at
                    waiting += ONE
                    if at & inside == ZERO:
                        return -1
                more = records[FOUR * record + THREE] >> HALF
                if more <= NONE:
                    break
                record = more - NONE
        waiting -= taken - begin
        fill[here] = begin
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
    records: Longs,
    first: Whole,
    last: Whole,
    box: Counts,
    box_labels: Longs,
    shift: Whole,
    labels: Longs,
    fill: Counts,
    queue: Longs,
    room: Whole,
    out: Counts,
    out_labels: Longs,
    owners: Counts,
) -> Whole:
    """Label the nodes from ``first`` to ``last`` with their ``k`` nearest offers (``labels``: n × k).

    As ``find_nearest``; ``owners`` goes with ``queue``: the owner of each entry. A node passes on an
    owner only while it is among its own ``k`` best: whoever is not cannot be among the ``k`` best of
    anyone behind it.
    """
    mask, inside, many = np.uint64(len(fill) - 1), room - ONE, last - first
    k = labels.shape[1]
    boxes, sent, waiting, opened, slot = np.uint64(len(box)), ZERO, ZERO, ZERO, ZERO
    while waiting > ZERO or opened < boxes:
        if waiting == ZERO:
            slot = (box_labels[opened] >> HALF) >> shift
        here = slot & mask
        begin = here * room
        while opened < boxes and (box_labels[opened] >> HALF) >> shift <= slot:
            node, label = np.uint64(box[opened]), box_labels[opened]
            opened += ONE
            if enter(labels, node, label):
                at = np.uint64(fill[here])
                queue[at] = (label & HIGH) | node
                owners[at] = label & LOW
                at += ONE
                fill[here] = at
                waiting += ONE
                if at & inside == ZERO:
                    return -1
        taken = begin
        while taken < fill[here]:
            entry = queue[taken]
            label = (entry & HIGH) | np.uint64(owners[taken])
            taken += ONE
            node = entry & LOW
            stale = True
            for i in range(k):
                if labels[node, i] == label:
                    stale = False
                    break
            if stale:
                continue
            record = node
            while True:
                for arc in range(FOUR * record, FOUR * record + FOUR):
                    other, total = records[arc] & LOW, label + (records[arc] & HIGH)
                    if total >= labels[other, k - 1]:
                        continue
                    if other - first >= many:
                        if sent == len(out):
                            return -1
                        out[sent] = other
                        out_labels[sent] = total
                        sent += ONE
                        continue
                    if not enter(labels, other, total):
                        continue
                    prefetch(records, FOUR * other)
                    row = (total >> HALF >> shift) & mask
                    at = np.uint64(fill[row])
                    queue[at] = (total & HIGH) | other
                    owners[at] = total & LOW
                    at += ONE
                    fill[row] = at
                    waiting += ONE
                    if at & inside == ZERO:
                        return -1
                more = records[FOUR * record + THREE] >> HALF
                if more <= NONE:
                    break
                record = more - NONE
        waiting -= taken - begin
        fill[here] = begin
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
