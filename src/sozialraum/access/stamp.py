"""From pieces of street to the area around them: distances on a grid, and their boundary line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import shapely

from sozialraum.access.network import Floats, refuse
from sozialraum.texts import number, say

CELLS_PER_BUFFER = 2.5
"""Cells of the grid in the width of the strip: cells of 10 m for 25 m keep areas within 1 %."""

MOST_CELLS = 50_000_000
"""Largest grid: 400 MB."""

NUDGE = 1e-5
"""No value of the grid comes nearer to the boundary (in cells): it runs through no grid point, where
two rings could touch."""

PIECES = 2048
"""Pieces drawn together where numba is missing."""


def draw_around(layers: Sequence[Floats], width_m: float) -> Iterator[shapely.MultiPolygon]:
    """Draw the area within ``width_m`` of all pieces so far, after each layer of pieces.

    Parameters
    ----------
    layers : sequence of float64 arrays of shape (n, 4)
        Pieces from x, y to x, y in metres.
    width_m : float

    Yields
    ------
    MultiPolygon
        Contains the one before. The boundary is the line on which the distance, interpolated between
        the points of a grid of ``width_m / 2.5``, is ``width_m``.
    """
    from contourpy import contour_generator

    cell = width_m / CELLS_PER_BUFFER
    reach = CELLS_PER_BUFFER + 1
    corners = np.concatenate(layers).reshape(-1, 2)
    low, high = corners.min(axis=0), corners.max(axis=0)
    corner = low - (reach + 1) * cell
    columns, rows = ((high - corner) / cell + reach).astype(int) + 2
    if columns * rows > MOST_CELLS:
        refuse(
            "isochrones.too_large", say("access.offers"),
            width=number((high - low).max() / 1000), buffer=number(width_m),
        )  # fmt: skip
    square = np.full((rows, columns), reach * reach)
    for pieces in layers:
        draw_pieces((pieces - np.tile(corner, 2)) / cell, reach, square)
        away = np.sqrt(square) - CELLS_PER_BUFFER
        away[np.abs(away) < NUDGE] = NUDGE
        lines = contour_generator(z=away, fill_type="OuterOffset").filled(-reach, 0.0)
        yield _to_polygons(lines[0], lines[1], corner, cell)


def _to_polygons(points: Any, starts: Any, corner: Floats, cell: float) -> shapely.MultiPolygon:
    """Put outer rings with their holes together."""
    if not points:
        return shapely.MultiPolygon()
    rings = [len(start) - 1 for start in starts]
    ring = np.concatenate([np.diff(start) for start in starts])
    first = np.concatenate([[0], np.cumsum(ring)])
    parts = np.concatenate([[0], np.cumsum(rings)])
    corners = np.concatenate(points) * cell + corner
    shape = shapely.GeometryType.MULTIPOLYGON
    return shapely.from_ragged_array(shape, corners, (first, parts, np.array([0, len(rings)])))[0]


def draw_pieces(pieces: Floats, reach: float, square: Floats) -> None:
    """Lower every value of a grid to its squared distance from the nearest piece.

    Parameters
    ----------
    pieces : float64 array of shape (n, 4)
        In cells: the value in row 3, column 7 stands for y 3, x 7.
    reach : float
        In cells; values farther away are left as they are, or lowered to what is farther too.
    square : float64 array
        Changed in place.
    """
    if find_spec("numba") is None:
        for start in range(0, len(pieces), PIECES):
            _draw_together(pieces[start : start + PIECES], reach, square)
        return
    from sozialraum.access import kernels

    kernels.draw_pieces(np.ascontiguousarray(pieces), reach, square)


def _draw_together(pieces: Floats, reach: float, square: Floats) -> None:
    """Do the same without the compiled loop: all pieces at once, each with the cells of its box."""
    low, high = np.minimum(pieces[:, :2], pieces[:, 2:]), np.maximum(pieces[:, :2], pieces[:, 2:])
    last = np.array(square.shape[::-1]) - 1
    first = np.maximum(np.ceil(low - reach), 0).astype(np.intp)
    size = np.minimum(np.floor(high + reach), last).astype(np.intp) - first + 1
    count = size.prod(axis=1)
    piece = np.repeat(np.arange(len(pieces)), count)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
    row, column = np.divmod(within, size[piece, 0])
    column, row = column + first[piece, 0], row + first[piece, 1]
    x, y, to_x, to_y = pieces[piece].T
    dx, dy = to_x - x, to_y - y
    long = dx * dx + dy * dy
    share = (column - x) * dx + (row - y) * dy
    share = np.clip(np.divide(share, long, out=np.zeros(len(share)), where=long > 0), 0.0, 1.0)
    away = (column - x - share * dx) ** 2 + (row - y - share * dy) ** 2
    np.minimum.at(square, (row, column), away)
