"""How wide the shipped fonts draw a text, so that lines and labels can be placed before they are set."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache

from sozialraum.present.looks import FONTS

WEIGHTS = {300: "Light", 400: "Regular", 600: "SemiBold"}


@cache
def _advances(weight: int) -> dict[int, float]:
    """Read the advance of every letter, in em, from a font's cmap and hmtx tables (OpenType)."""
    data = (FONTS / f"NotoSans-{WEIGHTS[weight]}.ttf").read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    heads = (struct.unpack_from(">4s4xII", data, 12 + 16 * i) for i in range(count))
    tables = {name.decode("ascii"): start for name, start, _ in heads}
    em = struct.unpack_from(">H", data, tables["head"] + 18)[0]
    metrics = struct.unpack_from(">H", data, tables["hhea"] + 34)[0]
    widths = struct.unpack_from(">" + "Hh" * metrics, data, tables["hmtx"])[::2]
    return {
        code: widths[min(glyph, metrics - 1)] / em for code, glyph in _glyphs(data, tables["cmap"])
    }


def _glyphs(data: bytes, cmap: int) -> Iterator[tuple[int, int]]:
    """Give letter and glyph from the table of the basic plane (format 4)."""
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    places = [cmap + struct.unpack_from(">4xI", data, cmap + 4 + 8 * i)[0] for i in range(count)]
    at = next(place for place in places if struct.unpack_from(">H", data, place)[0] == 4)
    size = struct.unpack_from(">H", data, at + 6)[0] // 2
    column = f">{size}H"
    ends = struct.unpack_from(column, data, at + 14)
    starts = struct.unpack_from(column, data, at + 16 + 2 * size)
    deltas = struct.unpack_from(column, data, at + 16 + 4 * size)
    ranges = struct.unpack_from(column, data, at + 16 + 6 * size)
    for i, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if ranges[i]:
                step = at + 16 + 6 * size + 2 * i + ranges[i] + 2 * (code - first)
                glyph = struct.unpack_from(">H", data, step)[0]
            yield code, (glyph + deltas[i]) & 0xFFFF


def measure_text(text: str, size: float, weight: int = 400) -> float:
    """Tell how wide a text is in the shipped fonts, before pairs of letters are drawn together.

    Parameters
    ----------
    text : str
        A letter the fonts lack counts as the sign that is set in its place.
    size : float
        Of the font; the width is in the same unit.
    weight : {300, 400, 600}

    Returns
    -------
    float

    Examples
    --------
    >>> measure_text("Nord", 10.0) < measure_text("Nord", 10.0, 600) < measure_text("NORD", 10.0, 600)
    True
    """
    known = _advances(weight)
    unknown = known[0xFFFD]
    return size * sum(known.get(ord(letter), unknown) for letter in text)


def wrap_text(
    text: str, width: float, size: float, weight: int = 400, *, most: int | None = None
) -> list[str]:
    """Break a text into lines; a word that is wider than a line is broken where it must be.

    Parameters
    ----------
    text : str
    width, size : float
    weight : int
    most : int, optional
        The last of so many lines ends in "…" where the text is longer.

    Returns
    -------
    list of str

    Examples
    --------
    >>> wrap_text("Keine Kita in der Nähe", 60, 10)
    ['Keine Kita in', 'der Nähe']
    >>> wrap_text("Keine Kita in der Nähe", 60, 10, most=1)
    ['Keine Kita …']
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        tried = f"{line} {word}" if line else word
        if measure_text(tried, size, weight) <= width:
            line = tried
            continue
        if line:
            lines.append(line)
        while measure_text(word, size, weight) > width and len(word) > 1:
            fits = len(word) - 1
            while fits > 1 and measure_text(word[:fits], size, weight) > width:
                fits -= 1
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    lines.append(line)
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and measure_text(f"{last} …", size, weight) > width:
            last = last[:-1].rstrip()
        lines = [*lines[: most - 1], f"{last} …".strip()]
    return lines
