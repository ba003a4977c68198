"""Pieces of lines found by place: a square grid that knows the straight pieces touching each square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from sozialraum.access.network import Floats, Ints


@dataclass(frozen=True, eq=False)
class SegmentGrid:
    """Segments of lines and the squares they touch.

    Attributes
    ----------
    ends : float64 array of shape (n, 4)
        x and y of the start and of the end, in the order of the lines.
    along : float64 array
        Metres from the start of the line to the start of the segment.
    length : float64 array
        Metres of the whole line.
    owner : int32 array
        Number given to the line.
    start, item : int32 arrays
        Segments of every square in compressed rows, row by row from the south-west.
    west, south, side : float
        Corner of the grid and side of a square.
    columns : int
    """

    ends: Floats
    along: Floats
    length: Floats
    owner: Ints
    start: Ints
    item: Ints
    west: float
    south: float
    side: float
    columns: int

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def squares(self) -> tuple[Floats, Ints, Ints, float, float, float, int]:
        """What the loops need to find segments."""
        return (
            self.ends, self.start, self.item, self.west, self.south, self.side, self.columns
        )  # fmt: skip


def lay_grid(lines: npt.NDArray[np.object_], owners: npt.NDArray[np.integer[Any]]) -> SegmentGrid:
    """Lay a grid over lines; there are about two squares for every segment.

    Examples
    --------
    >>> grid = lay_grid(shapely.linestrings([[[0, 0], [30, 40], [30, 100]]]), np.array([7]))
    >>> grid.along.tolist(), grid.length.tolist(), grid.owner.tolist()
    ([0.0, 50.0], [110.0, 110.0], [7, 7])
    """
    from sozialraum.access.nearby import touch

    corners, line = shapely.get_coordinates(lines, return_index=True)
    inside = line[1:] == line[:-1]
    ends = np.hstack([corners[:-1], corners[1:]])[inside]
    line = line[:-1][inside]
    size = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    first = np.append(True, line[1:] != line[:-1])[: len(line)]
    before = np.cumsum(size) - size
    along = before - np.maximum.accumulate(np.where(first, before, 0.0))
    length = np.bincount(line, size, len(lines))[line]
    west, south, east, north = shapely.total_bounds(lines) if len(lines) else np.zeros(4)
    area = max(east - west, 1.0) * max(north - south, 1.0)
    side = max(float(np.sqrt(area / max(2 * len(ends), 1))), 1.0)
    columns, rows = int((east - west) // side) + 1, int((north - south) // side) + 1
    count = np.zeros(columns * rows + 1, dtype=np.int32)
    west, south = float(west), float(south)
    touch(ends, west, south, side, columns, rows, count[1:], np.empty(0, dtype=np.int32))
    start = np.cumsum(count, dtype=np.int32)
    item = np.empty(start[-1], dtype=np.int32)
    touch(ends, west, south, side, columns, rows, start[:-1].copy(), item)
    return SegmentGrid(
        ends, along, length, owners[line].astype(np.int32), start, item, west, south, side, columns
    )
