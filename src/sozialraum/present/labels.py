"""Names on small maps: where they fit, without one hiding another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from sozialraum.present.classes import PAPER
from sozialraum.present.svg import clean, label, num, text_width
from sozialraum.present.view import Box, View


def place_labels(
    table: pd.DataFrame,
    view: View,
    taken: list[Box],
    *,
    fill: str,
    font_size: float,
    weight: str = "400",
    clip: shapely.Geometry | None = None,
) -> list[str]:
    """Write names where there is room, the largest areas first.

    Parameters
    ----------
    table : GeoDataFrame
        With ``name`` and geometry.
    view : View
    taken : list of tuple
        Boxes in pixels that must stay free; those of the written names are added.
    fill : str
        Colour of the letters.
    font_size : float
    weight : str
        Font weight.
    clip : shapely geometry, optional
        Names stand inside it.

    Returns
    -------
    list of str
        SVG texts. A name for which there is no room is left out: it stands in the page's tables.
    """
    shapes = table.geometry if clip is None else table.geometry.intersection(clip)
    order = np.argsort(-shapes.area.to_numpy(), kind="stable")
    parts = []
    for i in order.tolist():
        shape = shapes.iloc[i]
        if shape.is_empty:
            continue
        lines = _wrap(clean(table["name"].iloc[i]))
        width = max(text_width(line, font_size) for line in lines)
        height = len(lines) * font_size * 1.15
        centre = view.to_px(shapely.get_coordinates(_middle(shape)))[0]
        place = free_place(centre, width, height, taken, view, shape.area * view.scale**2)
        if place is None:
            continue
        x, y = place
        taken.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        for row, line in enumerate(lines):
            parts.append(
                label(
                    x,
                    y - height / 2 + font_size * (0.9 + 1.15 * row),
                    line,
                    text_anchor="middle",
                    font_size=num(font_size),
                    font_weight=weight,
                    fill=fill,
                    stroke=PAPER,
                    stroke_width=2.6,
                    stroke_linejoin="round",
                    stroke_opacity=".85",
                    paint_order="stroke",
                )
            )
    return parts


def _middle(shape: shapely.Geometry) -> shapely.Point:
    """Give the point farthest from the edge of the largest part."""
    part = max(shapely.get_parts(shape), key=lambda p: p.area)
    if part.geom_type != "Polygon":
        return shapely.point_on_surface(shape)
    reach = max(part.bounds[2] - part.bounds[0], part.bounds[3] - part.bounds[1])
    return shapely.get_point(shapely.maximum_inscribed_circle(part, reach / 50), 0)


def _wrap(name: str) -> list[str]:
    """Break a long name once, at the blank or hyphen nearest to its middle."""
    breaks = [i + 1 for i, c in enumerate(name) if c in " -/" and 2 < i < len(name) - 3]
    if len(name) <= 12 or not breaks:
        return [name]
    at = min(breaks, key=lambda i: (abs(i - len(name) / 2), i))
    return [name[:at].strip(), name[at:].strip()]


def free_place(
    centre: Sequence[float] | np.ndarray,
    width: float,
    height: float,
    taken: list[Box],
    view: View,
    room: float,
) -> tuple[float, float] | None:
    """Find the nearest place to a centre where a label hides no other.

    Parameters
    ----------
    centre : pair of float
        Pixels.
    width, height : float
        Size of the label in pixels.
    taken : list of tuple
        Boxes that must stay free.
    view : View
    room : float
        Area of the labelled shape in square pixels: the larger, the farther a label may move.

    Returns
    -------
    tuple of float or None
        Centre of the label; None if there is no room.
    """
    reach = min(46.0, room**0.5 / 2)
    steps = [(0.0, 0.0)]
    steps += [
        (dx * r, dy * r)
        for r in (0.35, 0.7, 1.0)
        for dx, dy in ((0, 1), (0, -1), (1, 0), (-1, 0), (0.8, 0.8), (-0.8, 0.8), (0.8, -0.8))
    ]
    for dx, dy in steps:
        x, y = float(centre[0]) + dx * reach, float(centre[1]) + dy * reach
        box = (x - width / 2 - 2, y - height / 2 - 1, x + width / 2 + 2, y + height / 2 + 1)
        inside = box[0] > 3 and box[1] > 3 and box[2] < view.width - 3 and box[3] < view.height - 3
        if inside and not any(
            box[0] < t[2] and box[2] > t[0] and box[1] < t[3] and box[3] > t[1] for t in taken
        ):
            return x, y
    return None
