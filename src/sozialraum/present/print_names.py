"""Names on a print map: inside their area, else a number, else a number beside it with a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.present import classes as look
from sozialraum.present.letters import measure_text
from sozialraum.present.name_places import Room, list_layouts
from sozialraum.present.svg import element, label, num
from sozialraum.present.view import Box

if TYPE_CHECKING:
    from sozialraum.present.print_ground import Ground, Picture

_SIZES = (7.6, 7.0, 6.4)


def draw_names(
    ground: Ground,
    room: Room,
    unit: float,
    picture: Picture,
    *,
    figures: bool,
    numbers: bool,
) -> list[str]:
    """Write names where they fit; the others get numbers in the order of their names.

    Parameters
    ----------
    ground : Ground
    room : Room
        Free of what stands on the map already.
    unit : float
        Size of letters, beside those on A4.
    picture : Picture
        Is told what was written where.
    figures : bool
        Whether a figure stands below a name.
    numbers : bool
        Whether an area without room for its name gets a number.

    Returns
    -------
    list of str
        SVG.
    """
    parts: list[str] = []
    small: list[int] = []
    for i in range(len(ground.names)):
        written = _write_name(ground, room, i, ground.figures[i] if figures else "", unit, picture)
        parts += written
        if not written:
            small.append(i)
    small.sort(key=lambda i: (ground.names[i].casefold(), i))
    size = 6.6 * unit
    if not numbers:
        for i in small:  # rather its value than its name
            if alone := _write_alone(ground, room, i, ground.figures[i], size, picture):
                picture.unnamed += 1
                parts += alone
            elif named := _write_name(ground, room, i, "", unit, picture):
                parts += named
            else:
                picture.unnamed += 1
        return parts
    # As wide as the last number, so that each may stand anywhere.
    wide, high = measure_text(str(len(small)), size, 600) + 1.5 * unit, size * 0.95
    inside = {i: room.find_alone(i, wide, high) for i in small}
    beside = {
        i: room.find_beside(i, wide + 3 * unit, high + 2 * unit) for i in small if not inside[i]
    }
    shown = [i for i in small if inside[i] or beside[i]]
    picture.unnamed = len(small) - len(shown)
    for count, i in enumerate(shown, start=1):
        picture.numbered.append((count, i))
        if place := inside[i]:
            picture.labels.append((i, _box(place, wide, high), None))
            parts += _write_lines(ground, i, *place, [str(count)], size, "")
        elif flag := beside[i]:
            box = _box(flag[0], wide + 3 * unit, high + 2 * unit)
            picture.labels.append((i, box, flag[1]))
            parts.append(_write_flag(str(count), *flag, box, size, unit))
    return parts


def _write_name(
    ground: Ground, room: Room, i: int, figure: str, unit: float, picture: Picture
) -> list[str]:
    """Write a name and its figure into their area, if they fit."""
    found = _fit_name(room, i, ground.names[i], figure, unit)
    if found is None:
        return []
    (x, y), lines, size, box = found
    room.take(box)
    picture.labels.append((i, box, None))
    return _write_lines(ground, i, x, y, lines, size, figure)


def _write_alone(
    ground: Ground, room: Room, i: int, text: str, size: float, picture: Picture
) -> list[str]:
    """Write a figure into an area that has no room for its name."""
    wide, high = measure_text(text, size) + size / 4, size * 0.95
    place = room.find_alone(i, wide, high) if text else None
    if place is None:
        return []
    picture.labels.append((i, _box(place, wide, high), None))
    return _write_lines(ground, i, *place, [], size, text)


def _box(centre: tuple[float, float], wide: float, high: float) -> Box:
    x, y = centre
    return (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def _fit_name(
    room: Room, i: int, name: str, figure: str, unit: float
) -> tuple[tuple[float, float], list[str], float, Box] | None:
    """Find the largest letters and fewest lines with which a name and its figure fit."""
    for size in _SIZES:
        for lines in list_layouts(name):
            em = size * unit
            wide = max(measure_text(line, em, 600) for line in lines)
            wide = max(wide, measure_text(figure, em)) + 3.4 * unit
            high = (len(lines) + bool(figure)) * em * 1.16
            place = room.find_inside(i, wide, high)
            if place is not None:
                return place, lines, em, _box(place, wide, high)
    return None


def _write_lines(
    ground: Ground, i: int, x: float, y: float, lines: list[str], size: float, figure: str
) -> list[str]:
    paper = ground.paper(ground.places[i])
    rows = [(line, 600) for line in lines] + ([(figure, 400)] if figure else [])
    step = size * 1.16
    # The eye sees capitals and small letters, not the box: they stand about .36 em above the line.
    first = y - step * (len(rows) - 1) / 2 + size * 0.36
    wide = max(measure_text(text, size, weight) for text, weight in rows) + size * 0.5
    # A plate of the area's colour, not a rim around letters: a rim is drawn letter by letter and cuts
    # off the one before.
    plate = element(
        "rect", x=x - wide / 2, y=y - step * len(rows) / 2, width=wide, height=step * len(rows),
        rx=size * 0.3, fill=paper,
    )  # fmt: skip
    return [plate] + [
        label(
            x, first + step * row, text, text_anchor="middle", font_size=num(size),
            font_weight=str(weight), fill=look.letters_on(paper),
        )
        for row, (text, weight) in enumerate(rows)
    ]  # fmt: skip


def _write_flag(
    text: str,
    centre: tuple[float, float],
    end: tuple[float, float],
    box: Box,
    size: float,
    unit: float,
) -> str:
    """Write a number beside its area, with a line into it."""
    x, y = centre
    line = f"M{num(x)} {num(y)}L{num(end[0])} {num(end[1])}"
    return "".join(
        (
            element("path", d=line, stroke=look.PAPER, stroke_width=2 * unit, fill="none"),
            element("path", d=line, stroke=look.INK, stroke_width=0.5 * unit, fill="none"),
            element("circle", cx=end[0], cy=end[1], r=1.1 * unit, fill=look.INK),
            element(
                "rect", x=box[0], y=box[1], width=box[2] - box[0], height=box[3] - box[1],
                rx=2.0 * unit, fill=look.PAPER, stroke=look.INK, stroke_width=0.5 * unit,
            ),
            label(
                x, y + size * 0.36, text, text_anchor="middle", font_size=num(size),
                font_weight="600", fill=look.INK,
            ),
        )
    )  # fmt: skip
