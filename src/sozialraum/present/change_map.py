"""A small map of what changed between two editions."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np
import shapely

from sozialraum.present.classes import (
    BORDER,
    HIDDEN,
    HIDDEN_HATCH,
    HIDDEN_INK,
    INK,
    PAPER,
    letters_on,
)
from sozialraum.present.profile.sheet import Figure, Picture, Run
from sozialraum.present.schemes import DEVIATION, DEVIATION_HATCHES
from sozialraum.present.svg import clean, draw_tile, element, frame, label, num
from sozialraum.texts import number, say

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

WIDTH, _MOST_HEIGHT = 420, 520
# With more areas the figures would lie over each other; the table has them.
_MOST_FIGURES = 40
_COARSE = 700  # steps across the map


def sign(value: float, digits: int) -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> sign(1.25, 1), sign(-3, 0), sign(0.0, 1)
    ('+1,3', '−3', '±0,0')
    """
    text = number(abs(value), digits)
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{text}"


def draw_change(
    table: gpd.GeoDataFrame, change: pd.Series, *, digits: int, ident: str, title: str
) -> Figure | None:
    """Draw the change of each area in diverging colours, hatched where nothing can be compared.

    Parameters
    ----------
    table : GeoDataFrame
        Areas of a level: index area; ``name``, geometry in metres.
    change : Series of float
        By area; missing where there is no difference.
    digits : int
    ident : str
        Unique on the page.
    title : str

    Returns
    -------
    Figure or None
        None where no area changed. Every field of the legend brings its own hatch along.
    """
    values = change.reindex(table.index).to_numpy(float)
    if not (np.nan_to_num(values) != 0).any():
        return None
    limit = _find_limit(values, digits)
    x0, y0, x1, y1 = table.total_bounds
    width, height = max(x1 - x0, 1), max(y1 - y0, 1)
    k = min(WIDTH / width, _MOST_HEIGHT / height)
    outlines = shapely.coverage_simplify(table.geometry.to_numpy(), width / _COARSE)
    known = ~np.isnan(values)
    size = np.abs(np.nan_to_num(values))
    strength = np.where(size > limit, 2, np.where(size > 0, 1, 0))
    place = np.where(known, 2 + np.sign(np.nan_to_num(values)).astype(int) * strength, -1)
    tiles = "".join(_tile(ident, i) for i in range(-1, len(DEVIATION)))
    fills = [f"url(#{_name(ident, i)})" for i in place.tolist()]
    corner = np.array([x0, y1])
    shapes = [
        element(
            "path",
            element("title", html.escape(clean(f"{name}: {_words(value, digits)}"))),
            d=_trace(shape, corner, k),
            fill=fill,
            stroke=BORDER,
            stroke_width=0.8,
        )
        for shape, fill, name, value in zip(
            outlines, fills, table["name"], values.tolist(), strict=True
        )
    ]
    # Paper under the tiles of a hatch: programs that draw seams between them show none.
    grounds = [
        element(
            "path", fill=HIDDEN if i < 0 else DEVIATION[i],
            d="".join(_trace(shape, corner, k) for shape in outlines[place == i]),
        )
        for i in sorted(set(place.tolist()))
    ]  # fmt: skip
    rim = element(
        "path", fill="none", stroke=INK, stroke_width=1.0,
        d=_trace(shapely.coverage_union_all(outlines), corner, k),
    )  # fmt: skip
    figures = (
        _write_figures(outlines, values, digits, corner, k) if known.sum() <= _MOST_FIGURES else ""
    )
    counts = [int((place == i).sum()) for i in range(-1, len(DEVIATION))]
    body = element("defs", tiles) + "".join([*grounds, *shapes]) + rim + figures
    picture = frame(
        width * k, height * k, body, ident=ident, title=title, desc=say("changes.map_words")
    )
    words = _name_classes(limit, digits)
    fields = [
        (i, say("changes.map_class", label=words[i], count=number(counts[i + 1])))
        for i in range(len(words))[::-1]
        if counts[i + 1]
    ]
    if counts[0]:
        fields.append((-1, say("changes.map_class", label=say("changes.not_comparable"),
                               count=number(counts[0]))))  # fmt: skip
    legend = tuple((Run(_swatch(ident, i), "sign"), Run(word)) for i, word in fields)
    return Figure(Picture(picture), legend=legend, kind="change")


def _find_limit(values: np.ndarray, digits: int) -> float:
    """Find the round number beyond which a change is among the larger ones."""
    size = np.abs(values[np.nan_to_num(values) != 0])
    middle = float(np.quantile(size, 0.6))
    power = 10.0 ** np.floor(np.log10(middle))
    steps = [f * power for f in (1, 2, 5, 10)]
    return float(max(min(steps, key=lambda x: abs(x - middle)), 10.0**-digits))


def _name_classes(limit: float, digits: int) -> tuple[str, ...]:
    """Name the five classes, from the largest decrease to the largest increase."""
    size = number(limit, digits)
    return (
        say("changes.class.much_less", size=size),
        say("changes.class.less", size=size),
        say("changes.class.equal"),
        say("changes.class.more", size=size),
        say("changes.class.much_more", size=size),
    )


def _words(value: float, digits: int) -> str:
    return sign(value, digits) if value == value else say("changes.not_comparable")


def _ink(ground: str) -> str:
    """Give the lines of a hatch a colour that is seen and does not shout."""
    return f"{PAPER}99" if letters_on(ground) == PAPER else f"{INK}55"


def _name(ident: str, place: int) -> str:
    return f"{ident}-{place if place >= 0 else 'm'}"


def _tile(ident: str, place: int) -> str:
    """Write the hatch of a class, of -1 that of what cannot be compared."""
    if place < 0:
        return draw_tile(_name(ident, place), HIDDEN_HATCH, HIDDEN, HIDDEN_INK)
    colour = DEVIATION[place]
    return draw_tile(_name(ident, place), DEVIATION_HATCHES[place], colour, _ink(colour))


def _swatch(ident: str, place: int) -> str:
    ident = f"{ident}-feld"
    field = element(
        "rect", x=0.5, y=0.5, width=27, height=15, stroke=INK, stroke_width=0.5,
        fill=f"url(#{_name(ident, place)})",
    )  # fmt: skip
    return element(
        "svg", element("defs", _tile(ident, place)) + field, xmlns="http://www.w3.org/2000/svg",
        width=28, height=16, viewBox="0 0 28 16", aria_hidden="true",
    )  # fmt: skip


def _trace(shape: shapely.Geometry, corner: np.ndarray, k: float) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    lines = ((shapely.get_coordinates(ring)[:-1] - corner) * (k, -k) for ring in rings)
    return "".join(
        "M" + "L".join(f"{num(x)} {num(y)}" for x, y in line.tolist()) + "Z" for line in lines
    )


def _write_figures(
    outlines: np.ndarray, values: np.ndarray, digits: int, corner: np.ndarray, k: float
) -> str:
    """Write each figure where its area has most room, with a rim of paper."""
    points = shapely.get_coordinates(shapely.maximum_inscribed_circle(outlines))
    middles = (points.reshape(len(outlines), -1, 2)[:, 0] - corner) * (k, -k)
    return "".join(
        label(
            float(x), float(y) + 5, sign(value, digits), text_anchor="middle", font_size=13,
            fill=INK, stroke=PAPER, stroke_width=3, paint_order="stroke", font_weight=600,
            stroke_linejoin="round",
        )
        for (x, y), value in zip(middles.tolist(), values.tolist(), strict=True)
        if value == value
    )  # fmt: skip
