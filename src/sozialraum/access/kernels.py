"""The compiled loops over many ways: sums, weights, counts, and pieces of streets drawn on a grid.

Every loop works on arrays handed in. None allocates or re-binds an array while it runs. The
interpreter's lock is released, so several threads may run at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.extending import intrinsic

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile without the interpreter's lock and keep the result on disk if there is a place."""
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder that may be written
        return cast(F, numba.njit(nogil=True)(function))


def _prefetch(_: Any, array: Any, place: Any) -> Any:
    """Ask for ``array[place]`` to be brought from memory, without waiting for it."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        spot = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [spot.type, word, word, word])
        call = builder.module.declare_intrinsic("llvm.prefetch", (spot.type,), kind)
        to_read, soon, data_cache = word(0), word(3), word(1)
        builder.call(call, [spot, to_read, soon, data_cache])
        return context.get_dummy_value()

    return numba.void(array, place), write


prefetch: Any = intrinsic(_prefetch)


@compiled
def in_order(cell: Ints, offer: Ints, minutes: Floats, limit: float) -> bool:
    """Tell whether ways are known, within the limit, and ordered by cell and offer, none twice."""
    if len(cell) and (cell[0] < 0 or offer[0] < 0 or not 0.0 <= minutes[0] <= limit):
        return False
    fine = True
    for i in range(1, len(cell)):
        here, before = cell[i], cell[i - 1]
        rising = (here > before) | ((here == before) & (offer[i] > offer[i - 1]))
        fine &= rising & (offer[i] >= 0) & (minutes[i] >= 0.0) & (minutes[i] <= limit)
    return fine


@compiled
def count_runs(cell: Ints, count: Counts) -> None:
    """Count the ways of every cell, which stand together."""
    begin = 0
    for i in range(len(cell)):
        begin = i if i and cell[i] != cell[i - 1] else begin
        count[np.uint32(cell[i])] = i + 1 - begin


@compiled
def weigh_steps(minutes: Floats, ends: Floats, values: Floats, weight: Floats) -> None:
    """Give every way the value of its step; ``values`` has one more, for what lies beyond the last.

    Block by block and step by step: no way makes a choice that could be guessed wrong.
    """
    for first in range(0, len(minutes), 1024):
        far, given = minutes[first : first + 1024], weight[first : first + 1024]
        given[:] = values[0]
        for k in range(len(ends)):
            end, value = ends[k], values[k + 1]
            for i in range(len(far)):
                given[i] = value if far[i] > end else given[i]


@compiled
def sum_at(start: Ints, end: Ints, weight: Floats, value: Floats, total: Floats) -> None:
    """Add weight times the value at its start to the end of every way.

    No branch tells where a new end begins: guessing wrong costs more than adding in memory.
    """
    for i in range(len(start)):
        total[np.uint32(end[i])] += weight[i] * value[np.uint32(start[i])]


@compiled
def draw_pieces(pieces: Floats, reach: float, field: Floats) -> None:
    """Lower the cells of a grid to their squared distance from the nearest piece of street.

    ``pieces`` (from x, y to x, y) and ``reach`` are in cells. Only cells in the box around a piece,
    grown by ``reach``, are looked at.
    """
    rows, columns = field.shape
    for i in range(len(pieces)):
        x, y, to_x, to_y = pieces[i]
        dx, dy = to_x - x, to_y - y
        square = dx * dx + dy * dy
        scale = 1.0 / square if square > 0 else 0.0
        left = max(int(np.ceil(min(x, to_x) - reach)), 0)
        right = min(int(np.floor(max(x, to_x) + reach)), columns - 1)
        bottom = max(int(np.ceil(min(y, to_y) - reach)), 0)
        top = min(int(np.floor(max(y, to_y) + reach)), rows - 1)
        for row in range(bottom, top + 1):
            up = row - y
            for column in range(left, right + 1):
                along = column - x
                share = min(max((along * dx + up * dy) * scale, 0.0), 1.0)
                east, north = along - share * dx, up - share * dy
                away = east * east + north * north
                field[row, column] = min(field[row, column], away)
