"""The map page without script: one map, its legend, its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.indicator import QUOTIENTS
from sozialraum.model.schema import SIGNS
from sozialraum.present import classes as look
from sozialraum.present.classes import Classes, classify_indicator
from sozialraum.present.office import count_digits
from sozialraum.present.payload import title_of
from sozialraum.present.svg import draw_tile, element
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    from markupsafe import Markup

    from sozialraum.model.indicator import Indicator
    from sozialraum.present.topology import IntArray, Polygon, Topology
    from sozialraum.secrecy.edition import Edition

WIDTH = 1000  # of the map, in its own units
SECRET, MISSING = -2, -1


@dataclass(frozen=True)
class StillMap:
    """What the page shows without script.

    Attributes
    ----------
    title, line, caption : str
    map, legend : Markup
    heads : tuple of str
        Headings of the table.
    rows : tuple of tuple of str
        One per area: its name and its figures, as they are written.
    """

    title: str
    line: str
    caption: str
    map: Markup
    legend: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw_still_map(
    edition: Edition,
    topology: Topology,
    level: str,
    indicator: str,
    *,
    breaks: Sequence[float] | None = None,
) -> StillMap:
    """Draw one indicator on one level at its newest date.

    Parameters
    ----------
    edition : Edition
    topology : Topology
        Outlines of the edition's levels.
    level : str
    indicator : str
        Empty where the edition has no values: the map then shows the areas alone.
    breaks : sequence of float, optional
        Fixed class limits.

    Returns
    -------
    StillMap
    """
    from markupsafe import Markup

    own = next(one for one in edition.levels if one.id == level)
    ids = list(topology.objects[level])
    names = edition.table(level)["name"].astype(str)
    if not indicator:
        places = np.full(len(ids), MISSING)
        blank = Classes((), (), (), (), ())
        return StillMap(
            title=edition.title,
            line=own.plural,
            caption=own.plural,
            map=_draw(topology, level, places, blank),
            legend=Markup(),
            heads=(own.title,),
            rows=tuple((names[key],) for key in sorted(ids, key=lambda k: (names[k], k))),
        )
    known = edition.indicators[indicator]
    stand = max(_dates(edition, level, indicator))
    rows = edition.values
    rows = rows[rows["indicator"] == indicator]
    counted = count_digits(rows, known)
    chosen = (rows["level"] == level) & (rows["datenstand"] == stand)
    rows = rows[chosen].set_index("area").reindex(ids)
    classes = classify_indicator(edition, indicator, level, breaks=breaks, with_unit=False)
    places = classes.find(rows["value"])
    places[(places == MISSING) & (rows["sign"] == ".").to_numpy(bool)] = SECRET
    parts = known.kind in QUOTIENTS and bool(known.denominator)
    table = sorted(
        (names[key], key, _write(row, known, counted if parts else None))
        for key, row in zip(ids, rows.to_dict("records"), strict=True)
    )
    every = edition.values
    lost = every[
        (every["indicator"] == indicator)
        & (every["level"] == level)
        & (every["datenstand"] == stand)
        & (every["area"] == UNASSIGNED)
    ]
    table += [
        (say("map.script.unassigned"), "", _write(row, known, counted if parts else None))
        for row in lost.to_dict("records")
    ]
    line = f"{own.plural} · {say('map.script.as_of', date=date(stand))}"
    value = say("map.script.value_in", unit=known.unit) if known.unit else say("map.script.value")
    return StillMap(
        title=title_of(known),
        line=line,
        caption=f"{title_of(known)}, {line}",
        map=_draw(topology, level, places, classes),
        legend=_legend(known, classes, places, own.plural),
        heads=(own.title, value, *((known.numerator, known.denominator) if parts else ())),
        rows=tuple((name, *figures) for name, _, figures in table),
    )


def _dates(edition: Edition, level: str, indicator: str) -> list[str]:
    rows = edition.values
    chosen = (rows["indicator"] == indicator) & (rows["level"] == level)
    return [str(d) for d in rows.loc[chosen, "datenstand"].unique()]


def _write(row: dict[str, Any], known: Indicator, counted: int | None) -> tuple[str, ...]:
    """Write a row's figures: a sign where there is no number, both parts if they are shown."""
    sign = row["sign"] if row["sign"] in SIGNS else ""
    if row["value"] == row["value"]:
        value = known.write(row["value"])
        value = f"({value})" if sign == "()" else value
    elif sign == ".":
        value = say("map.script.secret")
    else:
        value = sign or say("number.missing")
    if counted is None:
        return (value,)
    empty = "." if sign == "." else ""
    parts = (row["numerator"], row["denominator"])
    return (value, *(number(n, counted) if n == n else empty for n in parts))


def _draw(topology: Topology, level: str, places: IntArray, classes: Classes) -> Markup:
    from markupsafe import Markup

    top = next(iter(topology.objects))
    x0, y0, x1, y1 = topology.bounds(top)
    k = WIDTH / max(x1 - x0, 1)
    height = max(round((y1 - y0) * k), 1)
    topology = replace(topology, arcs=_coarsen(topology.arcs, 0.7 / k))

    def trace(polygons: list[Polygon]) -> str:
        lines = (topology.positions(ring) for rings in polygons for ring in rings)
        return "".join(_trace(line, (x0, y1), k) for line in lines)

    tiles = draw_tile(f"s{SECRET}", look.HIDDEN_HATCH, look.HIDDEN, look.HIDDEN_INK)
    tiles += draw_tile(f"s{MISSING}", look.MISSING_HATCH, look.MISSING, look.MISSING_INK)
    lines = [trace(polygons) for polygons in topology.objects[level].values()]
    shapes = [
        element(
            "path",
            fill=_fill(place, classes),
            stroke=look.BORDER,
            d="".join(d for d, at in zip(lines, places.tolist(), strict=True) if at == place),
        )
        for place in np.unique(places).tolist()
    ]
    water = "".join(trace(p) for p in topology.objects.get("water", {}).values())
    rim = "".join(trace(p) for p in topology.objects[top].values())
    drawing = element(
        "svg",
        element("defs", tiles)
        + "".join(shapes)
        + element("path", fill=look.WATER, d=water)
        + element("path", fill="none", stroke=look.INK, stroke_width=1.5, d=rim),
        viewBox=f"-8 -8 {WIDTH + 16} {height + 16}",
        role="img",
        aria_labelledby="kartentitel kartenzeile",
    )
    return Markup(drawing)  # made of numbers and constants by element()


def _coarsen(arcs: Sequence[IntArray], most: float) -> tuple[IntArray, ...]:
    """Leave out what is nearer to the line without it; a closed line stays an area."""
    simple = shapely.simplify([shapely.LineString(arc) for arc in arcs], most)
    found = (shapely.get_coordinates(line).astype(np.int64) for line in simple)
    return tuple(
        few if len(few) > 3 or (arc[0] != arc[-1]).any() else arc
        for few, arc in zip(found, arcs, strict=True)
    )


def _fill(place: int, classes: Classes) -> str:
    if not classes.labels and place == MISSING:
        return look.LAND
    return f"url(#s{place})" if place < 0 else classes.colours[place]


def _trace(line: IntArray, corner: tuple[float, float], k: float) -> str:
    """Write a ring as a path in steps of whole units, without the points that fall together."""
    xy = np.rint((line - np.array(corner)) * np.array([k, -k])).astype(int)
    xy = xy[np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))]
    if len(xy) < 3:
        return ""
    steps = " ".join(f"{x} {y}" for x, y in np.diff(xy, axis=0)[:-1].tolist())
    return f"M{xy[0, 0]} {xy[0, 1]}l{steps}z".replace(" -", "-")


def _legend(known: Indicator, classes: Classes, places: IntArray, counted: str) -> Markup:
    from markupsafe import Markup

    counts = dict(zip(*(a.tolist() for a in np.unique(places, return_counts=True)), strict=True))
    entries = list(enumerate(classes.labels))[::-1]
    others = ((SECRET, say("map.script.legend_secret")), (MISSING, say("number.missing")))
    entries += [(place, label) for place, label in others if place in counts]
    row = Markup(
        '<li><svg class="feld" viewBox="0 0 40 22" aria-hidden="true"><rect x=".5" y=".5" '
        'width="39" height="21" class="rand" fill="{}"/></svg><span class="klasse">{}</span>'
        '<span></span><span class="anzahl">{}</span></li>'
    )
    rows = [row.format(_fill(p, classes), label, counts.get(p, 0)) for p, label in entries]
    unit = say("map.script.legend_unit", unit=known.unit) if known.unit else say("map.script.value")
    head = Markup('<p class="legende-kopf"><span>{}</span><span>{}</span></p>').format(
        unit, counted
    )
    legend = head + Markup("<ul>{}</ul>").format(Markup("").join(rows))
    if known.source:
        text = f"{say('passport.source')}: {known.credit}"
        legend += Markup('<p class="regel quelle">{}</p>').format(text)
    return legend
