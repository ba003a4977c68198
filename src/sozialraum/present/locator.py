"""Small static maps: where an area lies, what is in it, where the gaps are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.model.areas import WHOLE, dissolve_areas, find_below
from sozialraum.present.classes import (
    COLOURS,
    GAP,
    INK,
    LAND,
    OTHER,
    PAPER,
    QUIET,
    WATER,
    Marker,
    mark_categories,
)
from sozialraum.present.labels import free_place, place_labels
from sozialraum.present.looks import LOOKS
from sozialraum.present.svg import clean, element, frame, label, num, text_width
from sozialraum.present.view import Box, View, fit_view
from sozialraum.texts import number, say

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition

INSIDE = COLOURS[0]
OUTLINE = COLOURS[4]
_INSET = 92.0


@dataclass(frozen=True)
class MapGround:
    """What every small map of an edition shares, simplified once.

    Attributes
    ----------
    levels : dict of str to GeoDataFrame
        Areas of each level; neighbours share their borders exactly.
    coarse : dict of str to GeoDataFrame
        The same, simplified for the little map of the whole.
    inset : View
        That map's window.
    backdrop : str
        What it shows in every profile: the whole, divided by the level below it.
    water, offers, gaps : GeoDataFrame
    marks : dict of str to Marker
        By category, in the same order as on the Ressourcenkarte.
    below : dict of str to str
        The level whose areas are a level's parts.
    units : DataFrame
        The ids of all levels of every smallest area.
    """

    levels: Mapping[str, gpd.GeoDataFrame]
    coarse: Mapping[str, gpd.GeoDataFrame]
    inset: View
    backdrop: str
    water: gpd.GeoDataFrame
    offers: gpd.GeoDataFrame
    gaps: gpd.GeoDataFrame
    marks: Mapping[str, Marker]
    below: Mapping[str, str]
    units: pd.DataFrame


def prepare_ground(edition: Edition, *, tolerance_m: float = 6.0) -> MapGround:
    """Simplify the outlines of an edition for small maps.

    Parameters
    ----------
    edition : Edition
    tolerance_m : float
        Corners that add a triangle of less than this squared (m²) are left out, the same on both
        sides of a border.

    Returns
    -------
    MapGround
    """
    areas = edition.areas

    def simpler(tolerance: float) -> dict[str, gpd.GeoDataFrame]:
        shapes = shapely.coverage_simplify(shapely.force_2d(areas.geometry.to_numpy()), tolerance)
        small = areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=areas.crs))
        return {x.id: dissolve_areas(small, x.id, parent=x.parent) for x in edition.levels}

    span = float(np.ptp(shapely.total_bounds(areas.geometry.to_numpy()).reshape(2, 2)[:, 0]))
    water = edition.water.assign(geometry=edition.water.geometry.simplify(tolerance_m))
    categories = sorted(set(edition.offers["category"].dropna().astype(str)))
    coarse = simpler(max(tolerance_m, span / 200))
    whole = coarse[WHOLE].geometry.iloc[0]
    inset = fit_view(whole, _INSET, _INSET, margin=6)
    divided = coarse[edition.levels[min(1, len(edition.levels) - 1)].id].geometry
    return MapGround(
        levels=simpler(tolerance_m),
        coarse=coarse,
        inset=inset,
        backdrop=element("rect", width=_INSET, height=_INSET, fill=PAPER, stroke=LOOKS["rule"])
        + element("path", d=inset.shape(whole), fill=LAND, stroke=QUIET, stroke_width=0.8)
        + element(
            "path",
            d="".join(inset.shape(x) for x in divided),
            fill="none",
            stroke=PAPER,
            stroke_width=0.8,
        ),
        water=water,
        offers=edition.offers,
        gaps=edition.gaps,
        marks=mark_categories(categories),
        below={
            level.id: below.id
            for level in edition.levels
            if (below := find_below(edition.levels, level.id))
        },
        units=areas[[level.id for level in edition.levels]],
    )


def draw_locator(
    ground: MapGround,
    level: str,
    area: str,
    *,
    ident: str,
    gaps: gpd.GeoDataFrame | None = None,
    size: tuple[float, float] = (380.0, 380.0),
) -> str:
    """Draw an area with its parts, neighbours, water and offers, and where it lies in the whole.

    Parameters
    ----------
    ground : MapGround
    level, area : str
    ident : str
        Unique on the page.
    gaps : GeoDataFrame, optional
        Polygons drawn hatched with their rank; the offers are left out then.
    size : tuple of float

    Returns
    -------
    str
    """
    table = ground.levels[level]
    own = table.loc[area]
    below = ground.below.get(level, "")
    view = fit_view(own.geometry, *size, margin=26)
    frame_shape = shapely.box(*view.box)
    parts = [element("rect", width=size[0], height=size[1], fill=PAPER)]
    near = table[table.intersects(frame_shape) & (table.index != area)]
    parts += [
        element("path", d=view.shape(shape), fill=LAND, stroke=PAPER, stroke_width=1.5)
        for shape in near.geometry
    ]
    parts.append(element("path", d=view.shape(own.geometry), fill=INSIDE))
    parts += _draw_water(ground, view, frame_shape)
    inner = ground.levels[below] if below else table.iloc[:0]
    if below:
        own_units = ground.units[ground.units[level] == area]
        inner = inner.loc[inner.index.isin(own_units[below])]
    # Each border once: the dashes of two neighbours would fill each other's gaps.
    borders = shapely.difference(
        shapely.union_all(shapely.boundary(inner.geometry.to_numpy())),
        shapely.boundary(own.geometry),
    )
    if not borders.is_empty:
        parts.append(
            element(
                "path",
                d=view.lines(borders),
                fill="none",
                stroke=OUTLINE,
                stroke_width=0.7,
                stroke_dasharray="3 2.5",
            )
        )
    parts.append(
        element(
            "path",
            d=view.shape(own.geometry),
            fill="none",
            stroke=OUTLINE,
            stroke_width=2.2,
            stroke_linejoin="round",
        )
    )
    taken: list[Box] = []
    if gaps is None:
        parts += _draw_offers(ground, view, frame_shape, own.geometry)
    else:
        parts += _draw_gaps(gaps, view, ident, taken)
    corner = _free_corner(own.geometry, view) if level != WHOLE else None
    inset = ""
    if corner is not None:
        inset = _inset(ground, level, area, corner)
        taken.append((corner[0] - 4, corner[1] - 4, corner[2] + 4, corner[3] + 4))
    bar, space = _scale_bar(view, corner)
    taken.append(space)
    names = inner if len(inner) else table.loc[[area]]
    parts += place_labels(names, view, taken, fill=INK, font_size=11.0, weight="600")
    parts += place_labels(near, view, taken, fill=QUIET, font_size=10.0, clip=frame_shape)
    parts += [inset, bar]
    parts.append(
        element(
            "rect",
            x=0.5,
            y=0.5,
            width=size[0] - 1,
            height=size[1] - 1,
            fill="none",
            stroke=LOOKS["rule"],
        )
    )
    clip = element("clipPath", element("rect", width=size[0], height=size[1]), id=f"{ident}-c")
    body = element("defs", clip) + element("g", "".join(parts), clip_path=f"url(#{ident}-c)")
    name = clean(own["name"])
    title = say("profile.map_title", name=name)
    desc = _describe(inner, near, gaps)
    return frame(*size, body, ident=ident, title=title, desc=desc)


def _describe(
    inner: gpd.GeoDataFrame, near: gpd.GeoDataFrame, gaps: gpd.GeoDataFrame | None
) -> str:
    sentences = []
    if len(inner):
        sentences.append(say("profile.map_inner", names=", ".join(inner["name"])))
    if len(near):
        sentences.append(say("profile.map_near", names=", ".join(near["name"])))
    if gaps is not None:
        sentences.append(say("profile.map_gaps", count=len(gaps)))
    return " ".join(sentences)


def _draw_water(ground: MapGround, view: View, window: shapely.Geometry) -> list[str]:
    seen = ground.water[ground.water.intersects(window)]
    return [element("path", d=view.shape(shape), fill=WATER) for shape in seen.geometry]


def _draw_offers(
    ground: MapGround, view: View, window: shapely.Geometry, own: shapely.Geometry
) -> list[str]:
    """Draw the area's offers in their marks, those around it as grey points."""
    seen = ground.offers[ground.offers.intersects(window)].sort_index()
    inside = seen.intersects(own).to_numpy()
    xy = view.to_px(shapely.get_coordinates(seen.geometry.to_numpy()))
    grey = [element("circle", cx=float(x), cy=float(y), r=1.6, fill=OTHER) for x, y in xy[~inside]]
    marks = [
        element(
            "path",
            d=ground.marks[str(category)].path,
            transform=f"translate({num(x)} {num(y)}) scale(.62)",
            fill=ground.marks[str(category)].colour,
            stroke=PAPER,
            stroke_width=1.2,
        )
        for (x, y), category in zip(xy[inside], seen["category"][inside], strict=True)
    ]
    return grey + marks


def _draw_gaps(gaps: gpd.GeoDataFrame, view: View, ident: str, taken: list[Box]) -> list[str]:
    pattern = element(
        "pattern",
        element("path", d="M-1-1L7 7M-1 5L1 7M5-1L7 1", stroke=GAP, stroke_width=1.5),
        id=f"{ident}-h",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    parts = [element("defs", pattern)]
    for shape in gaps.geometry:
        parts.append(
            element(
                "path", d=view.shape(shape), fill=f"url(#{ident}-h)", stroke=GAP, stroke_width=1.2
            )
        )
    for name, shape in zip(gaps["mark"], gaps.geometry, strict=True):
        centre = view.to_px(shapely.get_coordinates(shapely.point_on_surface(shape)))[0]
        place = free_place(centre, 15, 15, taken, view, 2500)
        if place is None:
            continue
        x, y = place
        taken.append((x - 8, y - 8, x + 8, y + 8))
        parts.append(element("circle", cx=x, cy=y, r=8.5, fill=GAP, stroke=PAPER))
        parts.append(
            label(
                float(x),
                float(y) + 3.8,
                name,
                text_anchor="middle",
                font_size="10.5",
                font_weight="600",
                fill=PAPER,
            )
        )
    return parts


def _free_corner(own: shapely.Geometry, view: View) -> Box:
    """Choose the corner in which a small map hides least of the area."""
    w, h, s = view.width, view.height, _INSET
    corners = [
        (w - s - 6, 6.0, w - 6, s + 6),
        (6.0, 6.0, s + 6, s + 6),
        (w - s - 6, h - s - 6, w - 6, h - 6),
        (6.0, h - s - 6, s + 6, h - 6),
    ]
    x0, _, _, y1 = view.box
    hidden = [
        shapely.area(
            shapely.intersection(
                own,
                shapely.box(
                    x0 + c[0] / view.scale,
                    y1 - c[3] / view.scale,
                    x0 + c[2] / view.scale,
                    y1 - c[1] / view.scale,
                ),
            )
        )
        for c in corners
    ]
    return corners[int(np.argmin(np.round(hidden, 1)))]


def _inset(ground: MapGround, level: str, area: str, corner: Box) -> str:
    """Draw the whole with the area filled, in a corner of the map."""
    shape = ground.coarse[level].geometry[area]
    own = element("path", d=ground.inset.shape(shape), fill=OUTLINE)
    if shape.area * ground.inset.scale**2 < 16:
        x, y = ground.inset.to_px(shapely.get_coordinates(shapely.point_on_surface(shape)))[0]
        own += element("circle", cx=float(x), cy=float(y), r=3.0, fill=OUTLINE)
    place = f"translate({num(corner[0])} {num(corner[1])})"
    return element("g", ground.backdrop + own, transform=place)


def _scale_bar(view: View, corner: Box | None) -> tuple[str, Box]:
    """Draw a bar of a round length, at the lower edge away from the small map."""
    metres = next(
        m
        for m in (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 0)
        if m * view.scale <= view.width * 0.24
    )
    length = metres * view.scale
    words = f"{number(metres / 1000)} km" if metres >= 1000 else f"{number(metres)} m"
    left = corner is None or corner[0] > view.width / 2 or corner[1] < view.height / 2
    x = 12.0 if left else view.width - 12 - length - text_width(words, 10) - 6
    y = view.height - 12
    box = (x - 4, y - 12, x + length + text_width(words, 10) + 10, y + 6)
    parts = [
        element(
            "rect",
            x=box[0],
            y=box[1],
            width=box[2] - box[0],
            height=box[3] - box[1],
            fill=PAPER,
            fill_opacity=".8",
        ),
        element(
            "path",
            d=f"M{num(x)} {num(y - 4)}V{num(y)}H{num(x + length)}V{num(y - 4)}",
            fill="none",
            stroke=INK,
            stroke_width=1.2,
        ),
        label(x + length + 6, y, words, font_size="10", fill=INK),
    ]
    return "".join(parts), box


def draw_mark(ground: MapGround, category: str) -> str:
    """Draw the mark of a category for a legend; the word stands beside it."""
    marker = ground.marks[category]
    shape = element("path", d=marker.path, fill=marker.colour)
    return element(
        "svg", shape, xmlns="http://www.w3.org/2000/svg", viewBox="-8 -8 16 16", width=13, height=13,
        aria_hidden="true", class_="sign", focusable="false",
    )  # fmt: skip


def draw_overview(
    ground: MapGround, level: str, *, ident: str, size: tuple[float, float] = (620.0, 520.0)
) -> str:
    """Draw all areas of a level with their names.

    Parameters
    ----------
    ground : MapGround
    level : str
    ident : str
        Unique on the page.
    size : tuple of float

    Returns
    -------
    str
    """
    table = ground.levels[level]
    whole = ground.levels[WHOLE].geometry.iloc[0]
    view = fit_view(whole, *size, margin=12)
    parts = [
        element("path", d=view.shape(shape), fill=INSIDE, stroke=PAPER, stroke_width=2)
        for shape in table.geometry
    ]
    parts += _draw_water(ground, view, shapely.box(*view.box))
    parts += [
        element("path", d=view.shape(shape), fill="none", stroke=OUTLINE, stroke_width=1)
        for shape in table.geometry
    ]
    bar, space = _scale_bar(view, None)
    taken = [space]
    parts += place_labels(table, view, taken, fill=INK, font_size=12.0, weight="600")
    title = say("profile.overview_title", name=clean(ground.levels[WHOLE]["name"].iloc[0]))
    return frame(*size, "".join([*parts, bar]), ident=ident, title=title)
