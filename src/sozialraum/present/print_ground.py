"""The picture on a print map: areas, water, borders, offers, gaps, names, scale bar, north."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sozialraum.model.areas import WHOLE
from sozialraum.present import classes as look
from sozialraum.present.classes import Classes, Hatch, Marker
from sozialraum.present.name_places import Room
from sozialraum.present.print_names import draw_names
from sozialraum.present.scale_bar import draw_scale, find_corner
from sozialraum.present.svg import element, num
from sozialraum.present.view import Box, View, fit_view

if TYPE_CHECKING:
    import geopandas as gpd

    from sozialraum.present.topology import Polygon, Topology

SECRET, MISSING = -2, -1
_FINE = 10  # paths are written in tenths of a point
_MARGIN = 8.0
_STRIP = 34.0  # below a map that leaves no corner free for the scale bar


@dataclass(frozen=True)
class Ground:
    """What is drawn, whatever the size of the paper.

    Attributes
    ----------
    topology : Topology
        Outlines; the objects of the level, of those above it, and ``water``.
    upper : tuple of str
        Levels above it whose borders are drawn, from the one right above upwards.
    level : str
    names, figures : tuple of str
        Of each area, as they are written; a figure may be empty.
    places : tuple of int
        Class of each area.
    classes : Classes
    offers : GeoDataFrame
        With ``category``; drawn in ``marks``.
    marks : dict of str to Marker
    gaps : GeoSeries
    hatched : bool
        Patterns instead of colours.
    """

    topology: Topology
    level: str
    upper: tuple[str, ...]
    names: tuple[str, ...]
    figures: tuple[str, ...]
    places: tuple[int, ...]
    classes: Classes
    offers: gpd.GeoDataFrame
    marks: dict[str, Marker]
    gaps: gpd.GeoSeries
    hatched: bool = False

    def bounds(self) -> Box:
        """Give west, south, east, north of the whole in metres."""
        x0, y0, x1, y1 = self.topology.bounds(WHOLE)
        x, y = self.topology.origin
        k = self.topology.grid_m
        return (x0 * k + x, y0 * k + y, x1 * k + x, y1 * k + y)

    @property
    def border(self) -> str:
        """The colour of borders."""
        return look.INK if self.hatched else look.BORDER

    def width_of(self, upper: str) -> float:
        """Give the width of the borders of a level above, in points on A4."""
        return 1.1 + 0.9 * self.upper.index(upper)

    def fill(self, place: int) -> str:
        """Give the paint of a class."""
        if place < 0:
            blank = not self.classes.labels and place == MISSING
            return look.LAND if blank else f"url(#muster{-place})"
        return f"url(#klasse{place})" if self.hatched else self.classes.colours[place]

    def paper(self, place: int) -> str:
        """Give the colour on which letters stand."""
        if place < 0 or self.hatched:
            return look.PAPER
        return self.classes.colours[place]

    def patterns(self) -> str:
        """Write the patterns that `fill` and the gaps refer to."""
        made = [
            _tile("muster2", look.HIDDEN_HATCH, look.HIDDEN, look.HIDDEN_INK),
            _tile("muster1", look.MISSING_HATCH, look.MISSING, look.MISSING_INK),
            _tile("luecke", look.GAP_HATCH, "none", look.GAP),
        ]
        if self.hatched:
            made += [
                _tile(f"klasse{i}", hatch, look.PAPER, look.INK)
                for i, hatch in enumerate(self.classes.hatches)
            ]
        return element("defs", "".join(made))


@dataclass
class Picture:
    """A drawn map.

    Attributes
    ----------
    svg : str
    view : View
    labels : list of tuple
        Area (by place), box on the picture, and the point in the area where a line ends, if any.
    numbered : list of tuple
        Number and place of areas whose name had no room.
    unnamed : int
        Areas without any label.
    beyond : int
        Offers that lie beyond the edge of the map.
    bar_m, bar_pt : float
        Length of the scale bar on the ground and on paper.
    """

    svg: str
    view: View
    labels: list[tuple[int, Box, tuple[float, float] | None]] = field(default_factory=list)
    numbered: list[tuple[int, int]] = field(default_factory=list)
    unnamed: int = 0
    beyond: int = 0
    bar_m: float = 0.0
    bar_pt: float = 0.0


def draw_ground(
    ground: Ground,
    width: float,
    height: float,
    *,
    unit: float = 1.0,
    figures: bool = True,
    numbers: bool = True,
) -> Picture:
    """Draw a map into a rectangle of the paper.

    Parameters
    ----------
    ground : Ground
    width, height : float
        In points.
    unit : float
        Letters and lines grow by it on larger paper.
    figures : bool
        Whether a figure stands below a name.
    numbers : bool
        Whether an area without room for its name gets a number.

    Returns
    -------
    Picture
    """
    topology, whole = ground.topology, shapely.box(*ground.bounds())
    drawn = list(topology.objects[ground.level].values())
    view = fit_view(whole, width, height, _MARGIN * unit)
    room = Room(_to_paper(topology, drawn, view), width, height)
    corner = find_corner(view, room, unit)
    if corner is None:
        view = fit_view(whole, width, height - _STRIP * unit, _MARGIN * unit)
        room = Room(_to_paper(topology, drawn, view), width, view.height)
        corner = (_MARGIN * unit, view.height)
    line = unit * _FINE
    areas = [
        element(
            "path", fill=ground.fill(place), stroke=ground.border, stroke_width=0.5 * line,
            stroke_linejoin="round", d=_trace_all(topology, polygons, view),
        )
        for place, polygons in zip(ground.places, drawn, strict=True)
    ]  # fmt: skip
    water = [
        element("path", fill=look.WATER, d=_trace_all(topology, polygons, view))
        for polygons in topology.objects.get("water", {}).values()
    ]
    borders = [
        element(
            "path", fill="none", stroke=ground.border, stroke_linejoin="round",
            stroke_width=ground.width_of(upper) * line,
            d="".join(_trace_all(topology, p, view) for p in topology.objects[upper].values()),
        )
        for upper in ground.upper
    ]  # fmt: skip
    rim = element(
        "path", fill="none", stroke=look.INK, stroke_width=0.9 * line, stroke_linejoin="round",
        d="".join(_trace_all(topology, p, view) for p in topology.objects[WHOLE].values()),
    )  # fmt: skip
    scaled = element(
        "g", "".join([*areas, *water, *borders, rim]), transform=f"scale({1 / _FINE:g})"
    )
    gaps = [
        element(
            "path", d=view.shape(shape), fill="url(#luecke)", stroke=look.GAP,
            stroke_width=0.8 * unit,
        )
        for shape in ground.gaps
    ]  # fmt: skip
    if len(ground.gaps):
        room.cover_shapes(_project(ground.gaps, view))
    picture = Picture("", view)
    furniture, picture.bar_m, picture.bar_pt = draw_scale(view, corner, unit)
    marks, picture.beyond = _draw_offers(ground, view, room, unit)
    labels = draw_names(ground, room, unit, picture, figures=figures, numbers=numbers)
    picture.svg = "".join([scaled, *gaps, *marks, *labels, furniture])
    return picture


def _to_paper(
    topology: Topology, drawn: Sequence[list[Polygon]], view: View
) -> NDArray[np.object_]:
    """Give areas as shapes on paper, for the room of their names."""
    shapes = []
    for polygons in drawn:
        parts = []
        for rings in polygons:
            lines = [view.to_px(_metres(topology, ring)) for ring in rings]
            lines = [xy for xy in lines if len(xy) > 3]
            if lines:
                parts.append(shapely.Polygon(lines[0], lines[1:]))
        shapes.append(shapely.MultiPolygon(parts))
    return np.array(shapes, dtype=object)


def _project(shapes: gpd.GeoSeries, view: View) -> NDArray[np.object_]:
    drawn: NDArray[np.object_] = shapely.transform(shapes.to_numpy(), view.to_px)
    return drawn


def _metres(topology: Topology, ring: list[int]) -> NDArray[np.float64]:
    return np.asarray(topology.positions(ring) * topology.grid_m + np.array(topology.origin))


def _trace_all(topology: Topology, polygons: list[Polygon], view: View) -> str:
    """Write outlines in whole tenths of a point, in steps, without points that fall together."""
    text = []
    for rings in polygons:
        for ring in rings:
            xy = np.rint(view.to_px(_metres(topology, ring)) * _FINE).astype(int)
            xy = xy[np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))]
            if len(xy) < 3:
                continue
            steps = " ".join(map(str, np.diff(xy, axis=0)[:-1].ravel().tolist()))
            text.append(f"M{xy[0, 0]} {xy[0, 1]}l{steps}z".replace(" -", "-"))
    return "".join(text)


def _tile(name: str, hatch: Hatch, ground: str, ink: str) -> str:
    lines = element(
        "path", d=hatch.path, fill="none", stroke=ink, stroke_width=hatch.width,
        stroke_linecap="round",
    )  # fmt: skip
    paper = element("rect", width=hatch.size, height=hatch.size, fill=ground)
    # Areas are drawn in tenths of a point, and a page's pixel is three quarters of one.
    scale = 0.75 if name == "luecke" else 0.75 * _FINE
    return element(
        "pattern", paper + (lines if hatch.path else ""), id=name, width=hatch.size,
        height=hatch.size, patternUnits="userSpaceOnUse", patternTransform=f"scale({scale:g})",
    )  # fmt: skip


def _draw_offers(ground: Ground, view: View, room: Room, unit: float) -> tuple[list[str], int]:
    """Draw offers in their marks, and count those beyond the edge, where a mark would be cut.

    A name stands over none of them where that can be avoided.
    """
    if not len(ground.offers):
        return [], 0
    xy = view.to_px(shapely.get_coordinates(ground.offers.geometry.to_numpy()))
    size, reach = 0.5 * unit, 4 * unit
    inside = (xy > reach) & (xy < np.array([view.width, view.height]) - reach)
    seen = inside[:, 0] & inside[:, 1]
    order = np.argsort(ground.offers["category"].astype(str).to_numpy(), kind="stable")
    parts = []
    for i in order[seen[order]].tolist():
        marker = ground.marks[str(ground.offers["category"].iloc[i])]
        x, y = xy[i]
        parts.append(
            element(
                "path", d=marker.path, fill=marker.colour, stroke=look.PAPER, stroke_width=1.6,
                paint_order="stroke", transform=f"translate({num(x)} {num(y)}) scale({size:g})",
            )
        )  # fmt: skip
        room.cover((x - reach, y - reach, x + reach, y + reach))
    return parts, int((~seen).sum())


def write_figures(
    values: pd.Series, signs: pd.Series, write: Callable[[float], str]
) -> tuple[str, ...]:
    """Write the figures that stand below names: signs where there is no number, nothing if withheld."""
    found = []
    for value, sign in zip(values, signs, strict=True):
        if value == value:
            text = write(value)
            found.append(f"({text})" if sign == "()" else text)
        else:
            found.append("" if sign in ("", ".") or pd.isna(sign) else str(sign))
    return tuple(found)
