"""Charts of the profile as SVG: strips, bars, pyramids, lines.

Every chart draws published values only: what is withheld arrives as missing, gets no mark and no
length, and where a number would stand the table's sign stands instead. No chart stacks parts to a
whole, for the missing part could be read off.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sozialraum.present.classes import COLOURS, INK, OTHER, PAPER, QUIET
from sozialraum.present.looks import LOOKS
from sozialraum.present.svg import element, frame, label, num, path, text_width

OWN = COLOURS[4]
FILL = COLOURS[3]
SOFT = COLOURS[2]
TRACK, RULE = LOOKS["faint"], LOOKS["edge"]

_STRIP_WIDTH, _STRIP_HEIGHT = 136.0, 14.0
_EDGE = 6.0


def _known(values: Iterable[float | None]) -> list[float]:
    return [float(v) for v in values if v is not None and not math.isnan(v)]


def _has(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


def _diamond(x: float, y: float, size: float = 4.2) -> str:
    points = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    return element("path", d=path(points, close=True), fill=PAPER, stroke=FILL, stroke_width=1.5)


def _tick(x: float, top: float, bottom: float) -> str:
    return element("line", x1=x, x2=x, y1=top, y2=bottom, stroke=INK, stroke_width=1.6)


def draw_strip(
    others: Iterable[float | None],
    own: float | None,
    *,
    ident: str,
    title: str,
    parent: float | None = None,
    whole: float | None = None,
) -> str:
    """Draw where an area lies among the others of its level.

    Parameters
    ----------
    others : iterable of float
        Published values of the level, the area's own among them or not; missing ones are left out.
    own, parent, whole : float, optional
        Drawn as dot, diamond and line; missing ones are left out.
    ident, title : str
        Unique on the page; the words for those who cannot see it.

    Returns
    -------
    str
        136 × 14 px. The lowest drawn value stands at x = 6, the highest at x = 130; if all are
        equal they stand in the middle.
    """
    dots = _known(others)
    scale = _Scale([*dots, *_known([own, parent, whole])], _EDGE, _STRIP_WIDTH - _EDGE)
    middle = _STRIP_HEIGHT / 2
    parts = [
        element(
            "line",
            x1=_EDGE,
            x2=_STRIP_WIDTH - _EDGE,
            y1=middle,
            y2=middle,
            stroke=TRACK,
            stroke_width=1.2,
        )
    ]
    places = sorted({num(scale(v)) for v in dots}, key=float)
    parts += [element("circle", cx=x, cy=middle, r=2.3, fill=OTHER) for x in places]
    if whole is not None and _has(whole):
        parts.append(_tick(scale(whole), 0.5, _STRIP_HEIGHT - 0.5))
    if parent is not None and _has(parent):
        parts.append(_diamond(scale(parent), middle))
    if own is not None and _has(own):
        parts.append(element("circle", cx=scale(own), cy=middle, r=4.4, fill=OWN))
    return frame(_STRIP_WIDTH, _STRIP_HEIGHT, "".join(parts), ident=ident, title=title)


class _Scale:
    """A straight scale from values to pixels; equal values stand in the middle."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low, self.high = (min(values), max(values)) if values else (0.0, 0.0)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


def draw_share(
    share: float | None,
    *,
    ident: str,
    title: str,
    parent: float | None = None,
    whole: float | None = None,
    width: float = 200.0,
) -> str:
    """Draw a share in percent as a bar from 0 to 100.

    Parameters
    ----------
    share, parent, whole : float, optional
        In percent; a missing share leaves the track empty.
    ident, title : str
    width : float
        Pixels that stand for 100 %.

    Returns
    -------
    str
        ``width`` + 12 px by 16 px; 0 % stands at x = 6.
    """
    parts = [element("rect", x=_EDGE, y=3.0, width=width, height=10.0, fill=TRACK)]
    if share is not None and _has(share):
        filled = width * min(max(share, 0.0), 100.0) / 100
        parts.append(element("rect", x=_EDGE, y=3.0, width=filled, height=10.0, fill=FILL))
    if whole is not None and _has(whole):
        x = _EDGE + width * whole / 100
        parts.append(element("rect", x=x - 2, y=0.0, width=4.0, height=16.0, fill=PAPER))
        parts.append(_tick(x, 0.0, 16.0))
    if parent is not None and _has(parent):
        parts.append(_diamond(_EDGE + width * parent / 100, 8.0))
    return frame(width + 2 * _EDGE, 16.0, "".join(parts), ident=ident, title=title)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart.

    Attributes
    ----------
    name : str
    value, compare : float, optional
        Length of the bar and place of the comparison's line; missing ones are not drawn.
    shown : str
        The value as it is written, or the sign that stands for it.
    """

    name: str
    value: float | None
    shown: str
    compare: float | None = None


def draw_bars(
    bars: Sequence[Bar], *, ident: str, title: str, desc: str = "", width: float = 330.0
) -> str:
    """Draw bars under each other, with the comparison as a line across each.

    Parameters
    ----------
    bars : sequence of Bar
        Values not below 0.
    ident, title, desc : str
    width : float

    Returns
    -------
    str
        Rows of 20 px. The longest of all values and comparisons ends 52 px before the right edge.
    """
    left = 10 + max((text_width(b.name, 12) for b in bars), default=0)
    room = width - left - 52
    longest = max(_known([v for b in bars for v in (b.value, b.compare)]), default=0.0) or 1.0
    parts = []
    for i, bar in enumerate(bars):
        y = 20.0 * i
        parts.append(label(left - 8, y + 14, bar.name, text_anchor="end", font_size="12", fill=INK))
        end = left
        if bar.value is not None and _has(bar.value):
            length = room * bar.value / longest
            end = left + length
            parts.append(element("rect", x=left, y=y + 4, width=length, height=12.0, fill=FILL))
        if bar.compare is not None and _has(bar.compare):
            x = left + room * bar.compare / longest
            parts.append(element("rect", x=x - 2, y=y + 2, width=4.0, height=16.0, fill=PAPER))
            parts.append(_tick(x, y + 2, y + 18))
            end = max(end, x)
        parts.append(label(end + 7, y + 14, bar.shown, font_size="12", fill=INK))
    parts.append(
        element("line", x1=left, x2=left, y1=0.0, y2=20.0 * len(bars), stroke=RULE, stroke_width=1)
    )
    return frame(width, 20.0 * len(bars), "".join(parts), ident=ident, title=title, desc=desc)


@dataclass(frozen=True, slots=True)
class Pair:
    """One step of a pyramid: an age group on both sides, as shares of all people.

    Attributes
    ----------
    name : str
    left, right : float, optional
    left_shown, right_shown : str
        The values as they are written, or the signs that stand for them.
    left_compare, right_compare : float, optional
    """

    name: str
    left: float | None
    right: float | None
    left_shown: str
    right_shown: str
    left_compare: float | None = None
    right_compare: float | None = None


def draw_pyramid(
    pairs: Sequence[Pair],
    *,
    ident: str,
    title: str,
    sides: tuple[str, str],
    desc: str = "",
    width: float = 344.0,
) -> str:
    """Draw an age pyramid, the youngest at the bottom.

    Parameters
    ----------
    pairs : sequence of Pair
        From the youngest to the oldest.
    ident, title, desc : str
    sides : tuple of str
        What stands on the left and on the right.
    width : float

    Returns
    -------
    str
        A heading of 20 px and steps of 18 px; the names stand in the middle, the longest value ends
        44 px before the edge.
    """
    middle = width / 2
    gutter = 8 + max((text_width(p.name, 11.5) for p in pairs), default=0) / 2
    room = middle - gutter - 44
    every = _known([v for p in pairs for v in (p.left, p.right, p.left_compare, p.right_compare)])
    longest = max(every, default=0.0) or 1.0
    parts = [
        label(
            middle - gutter,
            12,
            sides[0],
            text_anchor="end",
            font_size="12",
            font_weight="600",
            fill=INK,
        ),
        label(middle + gutter, 12, sides[1], font_size="12", font_weight="600", fill=INK),
    ]
    for i, pair in enumerate(reversed(pairs)):
        y = 20 + 18.0 * i
        parts.append(
            label(middle, y + 13, pair.name, text_anchor="middle", font_size="11.5", fill=INK)
        )
        for side, value, compare, shown in (
            (-1, pair.left, pair.left_compare, pair.left_shown),
            (1, pair.right, pair.right_compare, pair.right_shown),
        ):
            start = middle + side * gutter
            end = 0.0
            if value is not None and _has(value):
                end = room * value / longest
                parts.append(
                    element(
                        "rect",
                        x=start if side > 0 else start - end,
                        y=y + 2,
                        width=end,
                        height=14.0,
                        fill=FILL if side > 0 else SOFT,
                    )
                )
            if compare is not None and _has(compare):
                length = room * compare / longest
                parts.append(_tick(start + side * length, y + 1, y + 17))
                end = max(end, length)
            parts.append(
                label(
                    start + side * (end + 6),
                    y + 13,
                    shown,
                    text_anchor="start" if side > 0 else "end",
                    font_size="11",
                    fill=INK,
                )
            )
    return frame(width, 20 + 18.0 * len(pairs), "".join(parts), ident=ident, title=title, desc=desc)


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of a line.

    Attributes
    ----------
    at : float
        Year, as a number (2015.997 is the end of 2015).
    name : str
        The date as it is written.
    value : float, optional
        Missing values interrupt the line.
    shown : str
    """

    at: float
    name: str
    value: float | None
    shown: str


def draw_lines(
    own: Sequence[Moment],
    whole: Sequence[Moment] = (),
    *,
    ident: str,
    title: str,
    desc: str = "",
    size: tuple[float, float] = (164.0, 96.0),
) -> str:
    """Draw the course of a value, with the whole's course as a thin dashed line.

    The first and last published values are written at their points; the scale runs from the lowest to
    the highest value drawn, so it shows change, not size.

    Parameters
    ----------
    own, whole : sequence of Moment
        In order of time.
    ident, title, desc : str
    size : tuple of float

    Returns
    -------
    str
        The plot spans x from 8 to 50 before the right edge, y from 16 to 34 above the bottom.
    """
    width, height = size
    moments = [*own, *whole]
    x = _Scale([m.at for m in moments], 8.0, width - 50)
    y = _Scale(_known([m.value for m in moments]), height - 34, 16.0)
    base = height - 16
    parts = [element("line", x1=8.0, x2=width - 50, y1=base, y2=base, stroke=RULE, stroke_width=1)]
    for series, style in ((whole, "whole"), (own, "own")):
        for run in _runs(series):
            points = [(x(m.at), y(m.value)) for m in run if m.value is not None]
            stroke = (
                {"stroke": OWN, "stroke_width": 2}
                if style == "own"
                else {"stroke": QUIET, "stroke_width": 1.3, "stroke_dasharray": "4 3"}
            )
            if len(points) > 1:
                parts.append(
                    element("path", d=path(points), fill="none", stroke_linejoin="round", **stroke)
                )
            if style == "own":
                parts += [element("circle", cx=px, cy=py, r=2.6, fill=OWN) for px, py in points]
    parts += [
        label(x(m.at), base - 4, m.shown, text_anchor="middle", font_size="17", fill=OWN)
        for m in own
        if not _has(m.value)
    ]
    parts += _line_labels(own, whole, x, y, width)
    names = sorted({(m.at, m.name) for m in own})
    if names:
        parts.append(label(8, height - 3, names[0][1], font_size="10.5", fill=QUIET))
        parts.append(
            label(
                width - 50,
                height - 3,
                names[-1][1],
                text_anchor="end",
                font_size="10.5",
                fill=QUIET,
            )
        )
    return frame(width, height, "".join(parts), ident=ident, title=title, desc=desc)


def _runs(series: Sequence[Moment]) -> list[list[Moment]]:
    """Cut a series where values are missing."""
    runs: list[list[Moment]] = [[]]
    for moment in series:
        if _has(moment.value):
            runs[-1].append(moment)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _line_labels(
    own: Sequence[Moment], whole: Sequence[Moment], x: _Scale, y: _Scale, width: float
) -> list[str]:
    """Write the last values at the right, apart from each other, and the first above its point."""
    parts = []
    drawn = [m for m in own if _has(m.value)]
    last = drawn[-1] if drawn else None
    other = next((m for m in reversed(whole) if _has(m.value)), None)
    heights = {
        "own": y(last.value) + 4 if last and last.value is not None else None,
        "whole": y(other.value) + 4 if other and other.value is not None else None,
    }
    a, b = heights["own"], heights["whole"]
    if a is not None and b is not None and abs(a - b) < 12:
        middle, up = (a + b) / 2, -6 if a <= b else 6
        heights = {"own": middle + up, "whole": middle - up}
    if last is not None and heights["own"] is not None:
        parts.append(
            label(
                width - 44, heights["own"], last.shown, font_size="12", font_weight="600", fill=OWN
            )
        )
    if other is not None and heights["whole"] is not None:
        parts.append(label(width - 44, heights["whole"], other.shown, font_size="11", fill=QUIET))
    if len(drawn) > 1 and drawn[0].value is not None and drawn[1].value is not None:
        # Above the point unless the line rises from it.
        shift = 15.0 if drawn[1].value > drawn[0].value else -7.0
        x0, y0 = x(drawn[0].at) - 2, y(drawn[0].value) + shift
        halo = {"stroke": PAPER, "stroke_width": 3, "paint_order": "stroke"}
        parts.append(label(x0, y0, drawn[0].shown, font_size="11", fill=OWN, **halo))
    return parts
