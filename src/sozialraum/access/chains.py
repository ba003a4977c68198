"""The compiled loops over chains: walk them, and move points to their ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sozialraum.access.graph import Ints
from sozialraum.access.kernels import compiled

Flags = npt.NDArray[np.bool_]


@compiled
def walk(
    u: Ints,
    v: Ints,
    forward: Ints,
    backward: Ints,
    keep: Flags,
    two: Ints,
    longest: int,
    chain: Ints,
    order: Ints,
    turned: Flags,
    ahead: Ints,
    behind: Ints,
    table: Ints,
) -> int:
    """Follow every chain from one node that is kept to the next; give the number of chains.

    Chains (from, to, cost there, cost back) are written to ``table``. A node is kept after all where
    a chain would cost more than ``longest``, and one node of every ring without a crossing.
    """
    rows = 0
    for ring in range(2):
        for begin in range(len(u)):
            if chain[begin] >= 0:
                continue
            if ring == 1:
                keep[u[begin]] = True
            if keep[u[begin]]:
                node = u[begin]
            elif keep[v[begin]]:
                node = v[begin]
            else:
                continue
            street, there, back, place = begin, 0, 0, 0
            table[rows, 0] = node
            while True:
                against = u[street] != node
                chain[street] = rows
                order[street] = place
                turned[street] = against
                ahead[street] = max(there, 0)
                behind[street] = max(back, 0)
                cost, other = forward[street], backward[street]
                if against:
                    cost, other = other, cost
                there = there + cost if cost >= 0 else -1
                back = back + other if other >= 0 else -1
                node = u[street] if against else v[street]
                if there > longest or back > longest:
                    keep[node] = True
                if keep[node]:
                    break
                street = two[node, 1] if two[node, 0] == street else two[node, 0]
                place += 1
            table[rows, 1] = node
            table[rows, 2] = there
            table[rows, 3] = back
            rows += 1
    return rows


@compiled
def shorter(one: int, other: int) -> int:
    """Give the lower of two costs, -1 being closed."""
    if one < 0:
        return other
    if other < 0:
        return one
    return min(one, other)


@compiled
def both(one: int, other: int) -> int:
    """Add two costs, -1 being closed."""
    return one + other if one >= 0 and other >= 0 else -1


@compiled
def move(
    edge: Ints,
    leave: Ints,
    arrive: Ints,
    forward: Ints,
    backward: Ints,
    chain: Ints,
    order: Ints,
    turned: Flags,
    ahead: Ints,
    behind: Ints,
    chain_forward: Ints,
    chain_backward: Ints,
    length: Ints,
    new_leave: Ints,
    new_arrive: Ints,
) -> None:
    """Turn costs from and to the ends of a street into those from and to the ends of its chain."""
    for i in range(len(edge)):
        street = edge[i]
        if street < 0:
            new_leave[i, 0] = new_leave[i, 1] = -1
            new_arrive[i, 0] = new_arrive[i, 1] = -1
            continue
        line = chain[street]
        there, back = chain_forward[line], chain_backward[line]
        cost, other = forward[street], backward[street]
        if turned[street]:
            cost, other = other, cost
        first, second = int(turned[street]), 1 - int(turned[street])
        # From the chain's beginning to both ends of the street, and back; from them to its end.
        to_first = ahead[street] if there >= 0 else -1
        to_second = both(to_first, cost)
        from_first = behind[street] if back >= 0 else -1
        from_second = both(from_first, other)
        on_first = there - to_first if there >= 0 else -1
        on_second = there - to_second if there >= 0 else -1
        back_first = back - from_first if back >= 0 else -1
        back_second = back - from_second if back >= 0 else -1
        # Whoever stands at the end of a chain is there, whatever the direction.
        if order[street] == 0:
            to_first = from_first = 0
        if order[street] == length[line] - 1:
            on_second = back_second = 0
        new_leave[i, 0] = shorter(
            both(leave[i, first], from_first), both(leave[i, second], from_second)
        )
        new_leave[i, 1] = shorter(
            both(leave[i, first], on_first), both(leave[i, second], on_second)
        )
        new_arrive[i, 0] = shorter(
            both(arrive[i, first], to_first), both(arrive[i, second], to_second)
        )
        new_arrive[i, 1] = shorter(
            both(arrive[i, first], back_first), both(arrive[i, second], back_second)
        )
