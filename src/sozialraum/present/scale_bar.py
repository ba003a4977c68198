"""Scale bar and north arrow."""

from __future__ import annotations

import numpy as np

from sozialraum.present import classes as look
from sozialraum.present.letters import measure_text
from sozialraum.present.name_places import Room
from sozialraum.present.svg import element, label, num
from sozialraum.present.view import View
from sozialraum.texts import number, say

_SIZE = 6.6
_LONGEST = 120.0


def find_bar(view: View, most: float) -> float:
    """Find the longest round length in metres that fits into some points of paper.

    Examples
    --------
    >>> find_bar(View((0.0, 0.0, 10000.0, 10000.0), 500.0, 500.0), 120.0)
    2000.0
    """
    metres = most / view.scale
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(f * power for f in (1, 2, 5) if f * power <= metres))


def measure_scale(view: View, unit: float) -> tuple[float, float]:
    """Give width and height of scale bar and north arrow together, in points.

    Parameters
    ----------
    view : View
    unit : float
        Size of letters, beside those on A4.

    Returns
    -------
    tuple of float
    """
    size = _SIZE * unit
    length = find_bar(view, _LONGEST * unit) * view.scale
    wide = length + 36 * unit + measure_text("100 km", size) / 2
    return max(wide, 30 * unit + measure_text(_say_ratio(view), size)), 30 * unit


def find_corner(view: View, room: Room, unit: float) -> tuple[float, float] | None:
    """Find a corner of the map where scale bar and north arrow hide nothing, and keep it free.

    Parameters
    ----------
    view : View
    room : Room
    unit : float

    Returns
    -------
    tuple of float or None
        Left and upper edge; None where every corner shows areas.
    """
    wide, high = measure_scale(view, unit)
    edge = 5 * unit
    right, bottom = view.width - edge - wide, view.height - edge - high
    for x, y in ((edge, bottom), (right, bottom), (right, edge), (edge, edge)):
        box = (x - edge, y - edge, x + wide + edge, y + high + edge)
        if not room.covers(box):
            room.take(box)
            return x, y
    return None


def draw_scale(view: View, corner: tuple[float, float], unit: float) -> tuple[str, float, float]:
    """Draw scale bar and north arrow.

    Parameters
    ----------
    view : View
    corner : tuple of float
        Left and upper edge.
    unit : float

    Returns
    -------
    tuple
        SVG; length of the bar on the ground (m) and on paper (points).
    """
    bar = find_bar(view, _LONGEST * unit)
    length, size = bar * view.scale, _SIZE * unit
    metric = bar >= 1000
    ends = [x / (1000 if metric else 1) for x in (bar / 2, bar)]
    words = [number(x, 0 if x.is_integer() else 1) for x in ends]
    last = f"{words[1]} {'km' if metric else 'm'}"
    x, y = corner
    parts = []
    # North: grid north, up.
    arrow = (
        f"M{num(x + 7 * unit)} {num(y + 9 * unit)}l{num(5.5 * unit)} {num(17 * unit)}"
        f"l{num(-5.5 * unit)} {num(-3.4 * unit)}l{num(-5.5 * unit)} {num(3.4 * unit)}z"
    )
    parts.append(element("path", d=arrow, fill=look.INK))
    parts.append(
        label(
            x + 7 * unit, y + 6.6 * unit, "N", text_anchor="middle", font_size=num(size),
            font_weight="600", fill=look.INK,
        )
    )  # fmt: skip
    left, top, thick = x + 26 * unit, y + 16 * unit, 3.2 * unit
    for i, fill in enumerate((look.INK, look.PAPER)):
        parts.append(
            element(
                "rect", x=left + i * length / 2, y=top, width=length / 2, height=thick, fill=fill,
                stroke=look.INK, stroke_width=0.5 * unit,
            )
        )  # fmt: skip
    for at, text in ((0, "0"), (0.5, words[0]), (1, last)):
        parts.append(
            label(
                left + at * length, top - 2.6 * unit, text, font_size=num(size), fill=look.INK,
                text_anchor="start" if at == 0 else "middle",
            )
        )  # fmt: skip
    parts.append(
        label(left, top + thick + 8 * unit, _say_ratio(view), font_size=num(size), fill=look.QUIET)
    )  # fmt: skip
    return "".join(parts), bar, length


def _say_ratio(view: View) -> str:
    return say("print.scale", scale=number(_round_two(72 / 0.0254 / view.scale)))


def _round_two(value: float) -> int:
    """Round to two figures that count: a printer is no more exact than that."""
    power = 10 ** max(len(str(int(value))) - 2, 0)
    return int(round(value / power) * power)
