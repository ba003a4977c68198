"""Room for names on a map: each inside its own area, none over another thing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from sozialraum.present.view import Box

Place = tuple[float, float]
_OUTSIDE, _TAKEN = 0, -1
_REACH = 90.0  # how far a number may stand from its area, in points
_STEPS = 24  # places along a line that must be free


class Room:
    """A map as cells of one point, each knowing whose it is or that something stands there.

    Parameters
    ----------
    shapes : array of shapely geometries
        Areas, already on paper: x to the right, y downwards, in points.
    width, height : float
        Size of the map.

    Notes
    -----
    Of an area in several parts the largest holds the name. A box of cells that all belong to an
    area lies inside it but for half a cell, which every box is widened by.

    Examples
    --------
    >>> room = Room(np.array([shapely.box(0, 0, 100, 40), shapely.box(100, 0, 110, 40)]), 120, 60)
    >>> room.find_inside(0, 30, 8)
    (49.5, 19.5)
    >>> room.find_inside(1, 30, 8) is None
    True
    """

    def __init__(self, shapes: NDArray[np.object_], width: float, height: float) -> None:
        from rasterio.features import rasterize

        size = (int(np.floor(height)), int(np.floor(width)))
        parts = [max(shapely.get_parts(x), key=lambda p: p.area, default=x) for x in shapes]
        layers = [(s, -2) for s in shapes if not s.is_empty]
        layers += [(s, i + 1) for i, s in enumerate(parts) if not s.is_empty]
        self._owner: NDArray[np.int32] = (
            rasterize(layers, out_shape=size, fill=_OUTSIDE, dtype="int32")
            if layers
            else np.zeros(size, dtype=np.int32)
        )
        self._marks = np.zeros(size, dtype=bool)
        self._boxes = [s.bounds if not s.is_empty else (0, 0, 0, 0) for s in parts]
        self._points = [
            (0.0, 0.0)
            if s.is_empty
            else tuple(shapely.get_coordinates(shapely.point_on_surface(s))[0])
            for s in parts
        ]

    def take(self, box: Box) -> None:
        """Keep a box (west, north, east, south) free of names."""
        x0, y0 = (max(int(np.floor(v)), 0) for v in box[:2])
        x1, y1 = (max(int(np.ceil(v)), 0) for v in box[2:])
        self._owner[y0:y1, x0:x1] = _TAKEN

    def cover(self, box: Box) -> None:
        """Let names avoid a box where they can."""
        x0, y0, x1, y1 = (max(int(v), 0) for v in box)
        self._marks[y0 : y1 + 1, x0 : x1 + 1] = True

    def cover_shapes(self, shapes: NDArray[np.object_]) -> None:
        """Let names avoid shapes where they can."""
        from rasterio.features import rasterize

        layer = rasterize(shapes, out_shape=self._marks.shape, all_touched=True, dtype="uint8")
        self._marks |= layer.astype(bool)

    def covers(self, box: Box) -> float:
        """Tell which part of a box lies over areas or taken places."""
        x0, y0, x1, y1 = (max(int(v), 0) for v in box)
        return float((self._owner[y0:y1, x0:x1] != _OUTSIDE).mean())

    def find_inside(
        self, area: int, width: float, height: float, *, over_marks: bool = False
    ) -> Place | None:
        """Find the middle of where a box fits into an area.

        Parameters
        ----------
        area : int
            Its place in ``shapes``.
        width, height : float
        over_marks : bool
            Whether the box may lie over what was covered.

        Returns
        -------
        tuple of float or None
            Centre of the box; None where there is no room.
        """
        x0, y0, x1, y1 = self._boxes[area]
        left, top = max(int(x0), 0), max(int(y0), 0)
        window = slice(top, int(np.ceil(y1))), slice(left, int(np.ceil(x1)))
        own = self._owner[window] == area + 1
        if not over_marks:
            own &= ~self._marks[window]
        fits = _find_fits(own, int(np.ceil(width)) + 1, int(np.ceil(height)) + 1)
        if fits is None:
            return None
        rows, columns = np.nonzero(fits)
        if not len(rows):
            return None
        apart = (rows - rows.mean()) ** 2 + 2 * (columns - columns.mean()) ** 2
        best = int(np.argmin(apart))
        x = left + columns[best] + (int(np.ceil(width)) + 1) / 2
        y = top + rows[best] + (int(np.ceil(height)) + 1) / 2
        return float(x), float(y)

    def find_alone(self, area: int, width: float, height: float) -> Place | None:
        """Find room for a short sign, over marks where there is no other, and keep it.

        Parameters
        ----------
        area : int
        width, height : float

        Returns
        -------
        tuple of float or None
        """
        place = self.find_inside(area, width, height)
        place = place or self.find_inside(area, width, height, over_marks=True)
        if place is not None:
            x, y = place
            self.take((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        return place

    def find_beside(self, area: int, width: float, height: float) -> tuple[Place, Place] | None:
        """Find the nearest free place beside an area too small for any sign, and where a line meets it.

        Parameters
        ----------
        area : int
        width, height : float

        Returns
        -------
        tuple of two places or None
            Centre of the box; point inside the area. Paper outside all areas is preferred.
        """
        px, py = self._points[area]
        w, h = int(np.ceil(width)) + 1, int(np.ceil(height)) + 1
        left, top = max(int(px - _REACH), 0), max(int(py - _REACH), 0)
        part = self._owner[top : int(py + _REACH), left : int(px + _REACH)]
        free = _find_fits((part != _TAKEN) & (part != area + 1), w, h)
        if free is None or not free.any():
            return None
        rows, columns = np.nonzero(free)
        x, y = left + columns + w / 2, top + rows + h / 2
        empty = _find_fits(part == _OUTSIDE, w, h)
        assert empty is not None
        cost = np.hypot(x - px, y - py) + np.where(empty[rows, columns], 0, 30)
        near = np.hypot(x - px, y - py) < np.hypot(w, h) / 2 + 3
        for best in np.argsort(np.where(near, np.inf, cost), kind="stable")[:400].tolist():
            along = np.linspace(0, 1, _STEPS, endpoint=False)
            xs, ys = (px + (x[best] - px) * along), (py + (y[best] - py) * along)
            if (self._owner[ys.astype(int), xs.astype(int)] != _TAKEN).all() and not near[best]:
                self.take((x[best] - w / 2, y[best] - h / 2, x[best] + w / 2, y[best] + h / 2))
                self._owner[ys.astype(int), xs.astype(int)] = _TAKEN
                return (float(x[best]), float(y[best])), (float(px), float(py))
        return None


def _find_fits(own: NDArray[np.bool_], w: int, h: int) -> NDArray[np.bool_] | None:
    """Tell for every upper left corner whether a box of w by h cells is all own."""
    if own.shape[0] < h or own.shape[1] < w:
        return None
    sums = np.zeros((own.shape[0] + 1, own.shape[1] + 1), dtype=np.int32)
    np.cumsum(np.cumsum(own, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
    inside = sums[h:, w:] - sums[:-h, w:] - sums[h:, :-w] + sums[:-h, :-w]
    return np.asarray(inside == w * h)


def split_name(name: str, lines: int) -> list[str] | None:
    """Break a name into lines of about the same length at its blanks, hyphens and strokes.

    Parameters
    ----------
    name : str
    lines : int

    Returns
    -------
    list of str or None
        None where it cannot be broken into so many lines.

    Examples
    --------
    >>> split_name("Kloster Lehnin", 2), split_name("Teltow", 2)
    (['Kloster', 'Lehnin'], None)
    """
    breaks = [i + 1 for i, c in enumerate(name) if c in " -/" and 1 < i < len(name) - 3]
    if len(breaks) < lines - 1:
        return None
    found: list[str] = []
    rest, start = lines, 0
    while rest > 1:
        open_breaks = [b for b in breaks if b > start]
        open_breaks = open_breaks[: len(open_breaks) - (rest - 2)]
        if not open_breaks:
            return None
        aim = start + (len(name) - start) / rest
        end = min(open_breaks, key=lambda b: (abs(b - aim), b))
        found.append(name[start:end].strip())
        start, rest = end, rest - 1
    found.append(name[start:].strip())
    return found if all(found) else None


def list_layouts(name: str) -> Sequence[list[str]]:
    """Give a name in one, two and three lines, as far as it can be broken."""
    return [x for n in (1, 2, 3) if (x := [name] if n == 1 else split_name(name, n))]
