"""Label every node with its nearest offers, part by part, until no part sends on anything."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from queue import Empty, SimpleQueue

import numpy as np
import numpy.typing as npt

from sozialraum.access.crew import hire
from sozialraum.access.tasks import Task

Counts = npt.NDArray[np.uint32]
Longs = npt.NDArray[np.uint64]
Box = tuple[Counts, Longs]
"""Nodes, and what they are to be labelled with if that is better."""

PART = 2**16
"""Labels of a part at least: fewer are searched faster than shared …"""

SEEDS = 8
"""… and offers a part has in the mean at least: whoever lies far from all of them is labelled again
and again by parts that know but some."""

ROOM = 2**12
"""Entries a row of the queue has room for at least; doubled as needed."""

HALF = np.uint64(32)


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels of all nodes (n × k) while they are searched for, and the parts of the nodes."""

    task: Task
    bounds: list[int]
    labels: Longs

    def search(self, todo: SimpleQueue[tuple[int, Box]], room: int) -> list[Box] | None:
        """Search part after part; give what leads out of them, None if there was no room for it."""
        from sozialraum.access import closest

        k = self.labels.shape[1]
        queue = self.task.make_queue(room)
        owners = np.empty(len(queue[1]) if k > 1 else 0, dtype=np.uint32)
        sent: list[Box] = []
        while True:
            try:
                part, box = todo.get_nowait()
            except Empty:
                return sent
            out = np.empty(room, dtype=np.uint32), np.empty(room, dtype=np.uint64)
            first, last = (np.uint64(b) for b in self.bounds[part : part + 2])
            given = (self.task.graph.records, first, last, *box, np.uint64(self.task.shift))
            if k > 1:
                many = closest.find_k_nearest(*given, self.labels, *queue, *out, owners)
            else:
                many = closest.find_nearest(*given, self.labels.ravel(), *queue, *out)
            if many < 0:
                return None
            sent.append((out[0][:many], out[1][:many]))

    def share(self, box: Box) -> SimpleQueue[tuple[int, Box]]:
        """Give every part what is meant for it, the nearest first."""
        order = np.argsort(box[1])
        part = np.searchsorted(self.bounds, box[0][order], side="right") - 1
        by_part = np.argsort(part.astype(np.uint16), kind="stable")
        nodes, labels = box[0][order[by_part]], box[1][order[by_part]]
        cuts = np.searchsorted(part[by_part], np.arange(len(self.bounds)))
        todo: SimpleQueue[tuple[int, Box]] = SimpleQueue()
        for number, (begin, end) in enumerate(pairwise(cuts)):
            if begin < end:
                todo.put((number, (nodes[begin:end], labels[begin:end])))
        return todo


def label_nodes(task: Task, k: int, limit: int, threads: int) -> Longs:
    """Give the labels of the ``k`` nearest seeds of every node, as an array n × k.

    What is sent from part to part comes to an end, as each time some label has become lower.
    """
    size = len(task.graph.indptr) - 1
    count = min(max(1, min(k * size // PART, len(task.seeds) // SEEDS)), 2**16 - 1)
    bounds = [size * i // count for i in range(count + 1)]
    room = max(ROOM, 1 << (2 * k * size // (count * task.slices)).bit_length())
    given, far = _knock(task, limit), np.uint64(limit + 1) << HALF
    crew = hire(threads)
    while True:
        found = Labels(task, bounds, np.full((size, k), far, dtype=np.uint64))
        box: Box | None = given
        while box is not None and len(box[0]):
            todo = found.share(box)
            answers = list(crew.map(found.search, [todo] * threads, [room] * threads))
            box = _join(answers)
        if box is not None:
            return found.labels
        room *= 2


def _knock(task: Task, limit: int) -> Box:
    """Give the labels of the ends of the seeds' streets."""
    node, cost = (a.astype(np.uint64).ravel() for a in task.starts)
    owner = np.arange(len(cost), dtype=np.uint64) // np.uint64(2)
    near = cost <= limit
    return node[near].astype(np.uint32), ((cost << HALF) | owner)[near]


def _join(answers: list[list[Box] | None]) -> Box | None:
    """Put boxes together; None if one of the answers is."""
    kept = [a for a in answers if a is not None]
    if len(kept) < len(answers):
        return None
    nothing = np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint64)
    nodes, labels = zip(nothing, *chain.from_iterable(kept), strict=True)
    return np.concatenate(nodes), np.concatenate(labels)
