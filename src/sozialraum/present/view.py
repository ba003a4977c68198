"""A window on the ground and its size on paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from sozialraum.present.svg import num

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """A window on the ground and its size on paper.

    Attributes
    ----------
    box : tuple of float
        West, south, east, north in metres.
    width, height : float
        Pixels; the proportions are those of the box.

    Examples
    --------
    >>> view = View((0.0, 0.0, 100.0, 50.0), 200.0, 100.0)
    >>> view.to_px(np.array([[50.0, 50.0]])).tolist()
    [[100.0, 0.0]]
    """

    box: Box
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Pixels per metre."""
        return self.width / (self.box[2] - self.box[0])

    def to_px(self, xy: np.ndarray) -> np.ndarray:
        """Place points, shape (n, 2), in metres on the paper."""
        x = (xy[:, 0] - self.box[0]) * self.scale
        y = (self.box[3] - xy[:, 1]) * self.scale
        return np.column_stack([x, y])

    def shape(self, geometry: shapely.Geometry) -> str:
        """Write the path of what lies in the window."""
        margin = 8 / self.scale
        x0, y0, x1, y1 = self.box
        part = shapely.clip_by_rect(geometry, x0 - margin, y0 - margin, x1 + margin, y1 + margin)
        rings = shapely.get_rings(shapely.get_parts(np.array([part], dtype=object)))
        return "".join(f"{self._path(shapely.get_coordinates(ring)[:-1])}Z" for ring in rings)

    def lines(self, geometry: shapely.Geometry) -> str:
        """Write the path of lines, joined where two end in one point."""
        parts = shapely.get_parts(shapely.line_merge(geometry))
        return "".join(self._path(shapely.get_coordinates(part)) for part in parts)

    def _path(self, xy: np.ndarray) -> str:
        points = np.round(self.to_px(xy), 1)
        moved = np.ones(len(points), dtype=bool)
        moved[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
        return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points[moved])


def fit_view(geometry: shapely.Geometry, width: float, height: float, margin: float) -> View:
    """Fit a geometry into a picture.

    Parameters
    ----------
    geometry : shapely geometry
        In a metric system.
    width, height : float
        Size of the picture in pixels.
    margin : float
        Pixels that stay free around the geometry.

    Returns
    -------
    View
    """
    x0, y0, x1, y1 = geometry.bounds
    scale = min((width - 2 * margin) / max(x1 - x0, 1), (height - 2 * margin) / max(y1 - y0, 1))
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    half = width / 2 / scale, height / 2 / scale
    return View((cx - half[0], cy - half[1], cx + half[0], cy + half[1]), width, height)
