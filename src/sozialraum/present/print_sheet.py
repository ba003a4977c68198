"""A sheet of paper with one drawing and texts at fixed places, as SVG, PDF or PNG.

The same places and the same shipped letters in all three: in SVG the letters are embedded, PDF and
PNG are set by typst. In the PDF the texts are tagged and read in their order, the drawing has words of
its own.
"""

from __future__ import annotations

import base64
import html
import json
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, NamedTuple

from sozialraum.present.classes import PAPER
from sozialraum.present.letters import measure_text, wrap_text
from sozialraum.present.looks import FONTS, only_known
from sozialraum.present.svg import clean, element, label, num
from sozialraum.present.typeset import STANDARDS, find_seconds, load_template

POINT = 72 / 25.4  # points in a millimetre
PAPERS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
LEADING = 1.34
Role = Literal["title", "heading", "text"]
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Words:
    """Lines of text that belong together.

    Attributes
    ----------
    x, y : float
        Left end of the first base line, in points.
    lines : tuple of str
    size : float
    colour : str
    weight : {300, 400, 600}
    role : {"title", "heading", "text"}
    step : float
        From base line to base line.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    size: float
    colour: str
    weight: int = 400
    role: Role = "text"
    step: float = 0.0


class Unit(NamedTuple):
    """Something of a known height that is not torn: texts and shapes around its upper left corner."""

    height: float
    words: tuple[Words, ...] = ()
    shapes: tuple[str, ...] = ()
    sticky: bool = False  # must not be the last in a column


@dataclass(frozen=True)
class Sheet:
    """What stands on the paper.

    Attributes
    ----------
    size_mm : tuple of float
        Width and height.
    drawing : str
        SVG in points.
    words : tuple of Words
        In the order of reading.
    title, alt, author, created : str
    language : {"de", "en"}
    """

    size_mm: tuple[float, float]
    drawing: str
    words: tuple[Words, ...]
    title: str
    alt: str
    author: str = ""
    created: str = ""
    language: str = "de"


def set_words(
    text: str, width: float, size: float, colour: str, *, weight: int = 400, role: Role = "text",
    most: int | None = None, x: float = 0.0, y: float = 0.0,
) -> Unit:  # fmt: skip
    """Break a text to a width.

    Returns
    -------
    Unit
        As high as its lines.
    """
    known = only_known(re.sub(r"[ \t\r\n]+", " ", text).strip())
    lines = wrap_text(known, width, size, weight, most=most)
    step = size * (LEADING if weight >= 400 else 1.2)
    first = (step + 0.7 * size) / 2
    made = Words(x, y + first, tuple(lines), size, colour, weight, role, step)
    return Unit(step * len(lines), (made,))


def flow_words(
    texts: Sequence[str], width: float, size: float, colour: str, *, most: int, gutter: float,
    gap: float,
) -> Unit:  # fmt: skip
    """Set paragraphs in columns of the same length, which may break within one.

    A column has at least four lines: a short text is not torn.
    """
    column = (width - (most - 1) * gutter) / most
    paragraphs = [set_words(text, column, size, colour).words[0] for text in texts]
    count = sum(len(p.lines) for p in paragraphs)
    least = max(-(-count // most), min(count, 4))
    # No column ends or begins with a single line of a paragraph, if a line more can help that.
    ways = [_cut(paragraphs, long) for long in (least, least + 1)]
    columns = next((way for way in ways if not _tears(way, paragraphs)), ways[0])
    stacks = [
        move(
            stack([Unit(w.step * len(w.lines), (w,)) for w in words], gap),
            i * (column + gutter), 0,
        )
        for i, words in enumerate(columns)
    ]  # fmt: skip
    return Unit(max(s.height for s in stacks), tuple(w for s in stacks for w in s.words))


def _cut(paragraphs: Sequence[Words], long: int) -> list[list[Words]]:
    """Divide paragraphs into columns of so many lines."""
    columns: list[list[Words]] = []
    at = 0
    for words in paragraphs:
        start = 0
        while start < len(words.lines):
            if at % long == 0:
                columns.append([])
            lines = words.lines[start : start + long - at % long]
            columns[-1].append(replace(words, lines=lines))
            start, at = start + len(lines), at + len(lines)
    return columns


def _tears(columns: Sequence[Sequence[Words]], paragraphs: Sequence[Words]) -> bool:
    """Tell whether a single line of a longer paragraph stands in a column."""
    whole = {words.lines for words in paragraphs}
    return any(len(w.lines) == 1 and w.lines not in whole for column in columns for w in column)


def stack(units: Sequence[Unit], gap: float = 0.0) -> Unit:
    """Put units below each other so that they stay together."""
    y, words, shapes = 0.0, [], []
    for unit in units:
        words += [_moved(w, 0, y) for w in unit.words]
        shapes += [_shift(s, 0, y) for s in unit.shapes]
        y += unit.height + gap
    return Unit(max(y - gap, 0), tuple(words), tuple(shapes))


def flow(units: Sequence[Unit], columns: int, height: float) -> list[tuple[int, float]] | None:
    """Fill columns of a height with units, one after the other; none begins with an empty one.

    Returns
    -------
    list of tuple or None
        Column and upper edge of each unit; None where they do not fit.

    Examples
    --------
    >>> one = set_words("Kita", 50.0, 10 / LEADING, "#000000")
    >>> flow([one, one, Unit(5.0), one], 2, 20.0)
    [(0, 0.0), (0, 10.0), (1, 0.0), (1, 0.0)]
    >>> flow([one._replace(sticky=True), one], 1, 15.0) is None
    True
    """
    places: list[tuple[int, float]] = []
    column, y = 0, 0.0
    for i, unit in enumerate(units):
        empty = not (unit.words or unit.shapes)
        if empty and (y == 0 or y + unit.height > height):
            column, y = (column + 1, 0.0) if y else (column, y)
            places.append((column, y))
            continue
        need = unit.height
        if unit.sticky and i + 1 < len(units):
            need += units[i + 1].height
        if y > 0 and y + need > height + 1e-6:
            column, y = column + 1, 0.0
        if column >= columns or y + need > height + 1e-6:
            return None
        places.append((column, y))
        y += unit.height
    return places


def move(unit: Unit, x: float, y: float) -> Unit:
    """Put a unit somewhere else."""
    return unit._replace(
        words=tuple(_moved(w, x, y) for w in unit.words),
        shapes=tuple(_shift(s, x, y) for s in unit.shapes),
    )


def _moved(words: Words, x: float, y: float) -> Words:
    return replace(words, x=words.x + x, y=words.y + y)


def _shift(shape: str, x: float, y: float) -> str:
    return element("g", shape, transform=f"translate({num(x)} {num(y)})")


def write_svg(sheet: Sheet) -> bytes:
    """Write a sheet as SVG whose letters are embedded.

    Returns
    -------
    bytes
        A line's length is said as well, so that it fits even in a viewer that ignores the letters.
    """
    width, height = sheet.size_mm
    lines = [
        label(
            w.x, w.y + w.step * i, line, font_size=f"{w.size:g}", font_weight=w.weight,
            fill=w.colour, textLength=num(measure_text(line, w.size, w.weight)),
        )
        for w in sheet.words
        for i, line in enumerate(w.lines)
        if line
    ]  # fmt: skip
    known = [
        element("title", html.escape(clean(sheet.title)), id="titel"),
        element("desc", html.escape(clean(sheet.alt)), id="beschreibung"),
        element("style", _embedded_fonts()),
    ]
    whole = element(
        "svg", "".join(known) + _paper() + sheet.drawing + "".join(lines),
        xmlns="http://www.w3.org/2000/svg", width=f"{width:g}mm", height=f"{height:g}mm",
        viewBox=_box(sheet), role="img", aria_labelledby="titel beschreibung", lang=sheet.language,
        font_family="'Noto Sans','Noto Sans Druckkarte',sans-serif",
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}\n'.encode()


def write_pdf(sheet: Sheet) -> bytes:
    """Set a sheet as PDF/A-2a and PDF/UA-1.

    Raises
    ------
    MissingPackageError
        The extra ``pdf`` is not installed.
    """
    made = load_template("druckkarte.typ", "pdf").compile(
        sys_inputs={"sheet": _plain(sheet)}, format="pdf", pdf_standards=STANDARDS,
        timestamp=find_seconds(sheet.created),
    )  # fmt: skip
    return bytes(made)


def write_png(sheet: Sheet, dpi: int) -> bytes:
    """Draw a sheet as PNG, its resolution said in the file, so that it prints in its size.

    Raises
    ------
    MissingPackageError
        The extra ``pdf`` is not installed.
    """
    made = load_template("druckkarte.typ", "pdf").compile(
        sys_inputs={"sheet": _plain(sheet)}, format="png", ppi=float(dpi)
    )
    data = bytes(made)
    metre = round(dpi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", metre, metre, 1)
    physical = struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))
    head = len(_SIGNATURE) + 25  # the first chunk, IHDR, is always 25 bytes long
    return data[:head] + physical + data[head:]


WRITERS: dict[str, Callable[[Sheet, int], bytes]] = {
    ".svg": lambda sheet, dpi: write_svg(sheet),
    ".pdf": lambda sheet, dpi: write_pdf(sheet),
    ".png": write_png,
}


def _box(sheet: Sheet) -> str:
    return f"0 0 {sheet.size_mm[0] * POINT:.4f} {sheet.size_mm[1] * POINT:.4f}"


def _paper() -> str:
    return element("rect", width="100%", height="100%", fill=PAPER)


def _plain(sheet: Sheet) -> str:
    drawing = element(
        "svg", sheet.drawing, xmlns="http://www.w3.org/2000/svg", viewBox=_box(sheet),
        font_family="Noto Sans",
    )  # fmt: skip
    plain = {
        "width": sheet.size_mm[0],
        "height": sheet.size_mm[1],
        "title": sheet.title,
        "author": sheet.author,
        "alt": sheet.alt,
        "language": sheet.language,
        "drawing": drawing,
        "words": [
            {
                "x": w.x, "y": w.y, "lines": w.lines, "size": w.size, "colour": w.colour,
                "weight": w.weight, "role": w.role, "step": w.step,
            }
            for w in sheet.words
            if any(w.lines)
        ],
    }  # fmt: skip
    return json.dumps(only_known(json.loads(json.dumps(plain))), ensure_ascii=False)


@cache
def _embedded_fonts() -> str:
    faces = []
    for weight, name in ((300, "Light"), (400, "Regular"), (600, "SemiBold")):
        data = base64.b64encode((FONTS / f"NotoSans-{name}.woff").read_bytes()).decode("ascii")
        faces.append(
            "@font-face{font-family:'Noto Sans Druckkarte';"
            f"font-weight:{weight};src:url(data:font/woff;base64,{data}) format('woff')}}"
        )
    return "".join(faces)
