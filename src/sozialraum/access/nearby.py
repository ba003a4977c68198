"""Loops over pieces of lines: the nearest street that no barrier cuts off.

They are compiled where numba is installed and run as they stand where it is not, with the same
results. Distances are compared in whole micrometres, so that streets equally near stay equally near
wherever the town lies; of equally near segments the first wins.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from sozialraum.access.network import Floats, Ints

F = TypeVar("F", bound=Callable[..., Any])

MICRO = 1e6
"""Units of comparison in a metre."""

EDGE_M = 1e-6
"""Squares count as touched this far beyond their sides, against rounding."""


def _plain(value: Any) -> Any:
    """Give an array as a memoryview, whose numbers are Python's own and several times faster."""
    return memoryview(value) if isinstance(value, np.ndarray) else value  # type: ignore[arg-type]


def compiled(function: F) -> F:
    """Compile the loop if numba is installed, else let it run over plain numbers."""
    if find_spec("numba") is not None:
        from sozialraum.access import kernels

        return kernels.compiled(function)

    @wraps(function)
    def run(*given: Any) -> Any:
        return function(*(_plain(a) for a in given))

    return cast(F, run)


@compiled
def touch(
    ends: Floats,
    west: float,
    south: float,
    side: float,
    columns: int,
    rows: int,
    place: Ints,
    item: Ints,
) -> None:
    """Count the segments of every square in ``place``, or enter them into ``item`` from ``place`` on."""
    for i in range(len(ends)):
        ax, ay, bx, by = ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3]
        if ay > by:
            ax, ay, bx, by = bx, by, ax, ay
        lowest = max(int((ay - south - EDGE_M) / side), 0)
        highest = min(int((by - south + EDGE_M) / side), rows - 1)
        for row in range(lowest, highest + 1):
            # The part of the segment inside the row.
            x0, x1 = ax, bx
            if by - ay > EDGE_M:
                slope = (bx - ax) / (by - ay)
                floor = max(south + row * side - EDGE_M, ay)
                ceiling = min(south + (row + 1) * side + EDGE_M, by)
                x0, x1 = ax + (floor - ay) * slope, ax + (ceiling - ay) * slope
            left = max(int((min(x0, x1) - west - EDGE_M) / side), 0)
            right = min(int((max(x0, x1) - west + EDGE_M) / side), columns - 1)
            for column in range(left, right + 1):
                square = row * columns + column
                if len(item):
                    item[place[square]] = i
                place[square] += 1


@compiled
def find_streets(
    x: Floats,
    y: Floats,
    wet: npt.NDArray[np.bool_],
    limit: float,
    ends: Floats,
    start: Ints,
    item: Ints,
    west: float,
    south: float,
    side: float,
    columns: int,
    walls: Floats,
    outline: Ints,
    wall_start: Ints,
    wall_item: Ints,
    wall_west: float,
    wall_south: float,
    wall_side: float,
    wall_columns: int,
    segment: Ints,
    distance: Floats,
    part: Floats,
    barred: npt.NDArray[np.bool_],
) -> None:
    """Find for every point the nearest segment within the limit that no barrier cuts off.

    Receives ``segment`` (-1 if there is none), ``distance`` to it, ``part`` of the segment before the
    foot of the perpendicular, and ``barred``: whether a nearer one lies behind a barrier. ``wet``
    points stand in the water and may leave it.
    """
    rows = (len(start) - 1) // columns
    farthest = math.floor(min(limit, 1e9) * MICRO + 0.5)
    for point in range(len(x)):
        px, py = x[point], y[point]
        column = math.floor((px - west) / side)
        row = math.floor((py - south) / side)
        inner = min(px - west - column * side, west + (column + 1) * side - px)
        inner = min(inner, py - south - row * side, south + (row + 1) * side - py)
        rings = max(abs(column), abs(row), abs(columns - 1 - column), abs(rows - 1 - row))
        best, best_item, hidden = farthest + 1, -1, farthest + 1
        for ring in range(rings + 1):
            # Everything nearer than this lies in the squares looked at.
            seen = ((ring - 1) * side + inner - 2 * EDGE_M) * MICRO
            if seen > farthest + 1 or (best_item >= 0 and best + 1 <= seen):
                break
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                step = 1 if abs(r - row) == ring else 2 * ring
                c = column - ring if step > 1 else max(column - ring, 0)
                while c <= min(column + ring, columns - 1):
                    square = r * columns + c
                    c += step
                    if square < r * columns:
                        continue
                    for k in range(start[square], start[square + 1]):
                        i = item[k]
                        ax, ay, bx, by = ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3]
                        dx, dy = bx - ax, by - ay
                        squared = dx * dx + dy * dy
                        t = 0.0
                        if squared > 0.0:
                            t = ((px - ax) * dx + (py - ay) * dy) / squared
                        if t <= 0.0:
                            t, fx, fy = 0.0, ax, ay
                            d = math.sqrt((px - ax) ** 2 + (py - ay) ** 2)
                        elif t >= 1.0:
                            t, fx, fy = 1.0, bx, by
                            d = math.sqrt((px - bx) ** 2 + (py - by) ** 2)
                        else:
                            fx, fy = ax + t * dx, ay + t * dy
                            d = abs((ay - py) * dx - (ax - px) * dy) / math.sqrt(squared)
                        key = math.floor(d * MICRO + 0.5)
                        if key > farthest or key > best or (key == best and i >= best_item):
                            continue
                        if crosses(
                            px, py, fx, fy, wet[point], walls, outline, wall_start, wall_item,
                            wall_west, wall_south, wall_side, wall_columns,
                        ):  # fmt: skip
                            hidden = min(hidden, key)
                            continue
                        best, best_item = key, i
                        distance[point], part[point] = d, t
        segment[point] = best_item
        barred[point] = hidden < best


@compiled
def crosses(
    px: float,
    py: float,
    fx: float,
    fy: float,
    wet: bool,
    walls: Floats,
    outline: Ints,
    start: Ints,
    item: Ints,
    west: float,
    south: float,
    side: float,
    columns: int,
) -> bool:
    """Tell whether the way from a point to the foot crosses a line, or water from shore to shore.

    Touching is not crossing. A foot in the water stands on a bridge, so one crossing of an outline
    is none of the water.
    """
    if len(item) == 0:
        return False
    rows = (len(start) - 1) // columns
    left = max(math.floor((min(px, fx) - west) / side), 0)
    right = min(math.floor((max(px, fx) - west) / side), columns - 1)
    low = max(math.floor((min(py, fy) - south) / side), 0)
    high = min(math.floor((max(py, fy) - south) / side), rows - 1)
    shores = 0
    for row in range(low, high + 1):
        for column in range(left, right + 1):
            square = row * columns + column
            for k in range(start[square], start[square + 1]):
                i = item[k]
                ax, ay, bx, by = walls[i, 0], walls[i, 1], walls[i, 2], walls[i, 3]
                one = (fx - px) * (ay - py) - (fy - py) * (ax - px)
                other = (fx - px) * (by - py) - (fy - py) * (bx - px)
                # A corner on the way counts for one of the two pieces that meet there.
                if (one >= 0.0) == (other >= 0.0):
                    continue
                here = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
                there = (bx - ax) * (fy - ay) - (by - ay) * (fx - ax)
                if not ((here > 0.0 and there < 0.0) or (here < 0.0 and there > 0.0)):
                    continue
                if outline[i] == 0:
                    return True
                # A piece lies in several squares: it counts in the one of the crossing.
                t = here / (here - there)
                c = min(max(math.floor((px + t * (fx - px) - west) / side), left), right)
                r = min(max(math.floor((py + t * (fy - py) - south) / side), low), high)
                if c == column and r == row:
                    shores += 1
    return shores > 1 and not wet
