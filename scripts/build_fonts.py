"""Cut the shipped fonts out of Noto Sans: python scripts/build_fonts.py FOLDER_WITH_NotoSans-*.ttf

Latin, Greek, Cyrillic, punctuation and the signs that statistics need; figures of one width. The list
of the letters kept stands beside them, for writers that must not meet an unknown one.
"""

from __future__ import annotations

import copy
import sys
from itertools import groupby
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "src" / "sozialraum" / "present" / "assets" / "fonts"
WEIGHTS = ("Light", "Regular", "SemiBold")
KEPT = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x377), (0x37A, 0x52F), (0x1E00, 0x1EFF),
    (0x2000, 0x206F), (0x2070, 0x20BF), (0x2100, 0x215F), (0x2184, 0x22FF), (0x25A0, 0x25FF),
    (0xFFFD, 0xFFFD),
)  # fmt: skip


EMBEDDED = ((0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x2010, 0x2027), (0x2030, 0x203A),
            (0x20AC, 0x20AC), (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2265),
            (0xFFFD, 0xFFFD))  # fmt: skip
MINUS = 0x2212


def add_minus(font: TTFont) -> None:
    """Draw the minus sign that Noto Sans 2.004 lacks: an en dash as wide and high as the plus."""
    names, shapes = font.getBestCmap(), font["glyf"]
    if MINUS in names:
        return
    plus, shape = names[ord("+")], copy.deepcopy(shapes[names[0x2013]])
    middle = [(shapes[plus].yMin + shapes[plus].yMax) / 2, (shape.yMin + shape.yMax) / 2]
    width = font["hmtx"][plus][0]
    shape.coordinates.translate(
        (round((width - shape.xMin - shape.xMax) / 2), round(middle[0] - middle[1]))
    )
    shape.recalcBounds(shapes)
    shapes["minus"] = shape
    font["hmtx"]["minus"] = (width, shape.xMin)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[MINUS] = "minus"


def main(source: Path) -> None:
    letters = {c for first, last in KEPT for c in range(first, last + 1)}
    for weight in WEIGHTS:
        options = subset.Options(
            layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum"],
            hinting=False, recalc_timestamp=False,
        )  # fmt: skip
        font = TTFont(source / f"NotoSans-{weight}.ttf", recalcTimestamp=False)
        letters &= {*font.getBestCmap(), MINUS}
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=letters)
        cutter.subset(font)
        add_minus(font)
        font.save(TARGET / f"NotoSans-{weight}.ttf")
    runs = []
    for _, run in groupby(enumerate(sorted(letters)), key=lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in run]
        runs.append(f"{codes[0]:04X}-{codes[-1]:04X}")
    (TARGET / "letters.txt").write_text("\n".join([*runs, ""]), encoding="ascii")
    for weight in WEIGHTS:
        cut_embedded(weight)


def cut_embedded(weight: str) -> None:
    """Cut the letters of European languages once more, small enough to be put into an SVG or a page."""
    font = TTFont(TARGET / f"NotoSans-{weight}.ttf", recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, recalc_timestamp=False)
    options.flavor = "woff"
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for a, b in EMBEDDED for c in range(a, b + 1)])
    cutter.subset(font)
    # Pages are read by browsers, which all know the smaller form; an SVG may be read by others.
    for flavor in ("woff", "woff2") if weight != "Light" else ("woff",):
        font.flavor = flavor
        font.save(TARGET / f"NotoSans-{weight}.{flavor}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
