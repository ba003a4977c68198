"""Pieces of SVG as text, from which the charts and small maps are made.

Nothing here is loaded: text stays text in the reader's own fonts, every string is escaped, and
the same input gives the same bytes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sozialraum.present.classes import Hatch

# Signs that are no text: controls, and those that turn the direction of what follows.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# Of pages, which are read in the reader's own fonts; paper and figures have those that are shipped.
FONT_STACK = "'Segoe UI','Source Sans 3','Helvetica Neue','Liberation Sans',Arial,sans-serif"
# Mean advance of a letter in the fonts of the page's stack, in em; capitals and digits are wider.
_NARROW, _WIDE = 0.53, 0.66


def clean(text: object) -> str:
    r"""Take control and direction signs out of a text that came from a table.

    Examples
    --------
    >>> clean("Kita\x00 \u202eNord")
    'Kita Nord'
    """
    return _NO_TEXT.sub("", str(text))


def num(value: float) -> str:
    """Write a coordinate: a tenth of a pixel is enough, and no zero is written in vain.

    Examples
    --------
    >>> num(12.04), num(3.25), num(-0.01)
    ('12', '3.3', '0')
    """
    tenths = int(abs(value) * 10 + 0.5)
    whole, rest = divmod(tenths, 10)
    sign = "-" if value < 0 and tenths else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Write an element; ``content`` is SVG already, attribute values are escaped.

    Parameters
    ----------
    name : str
    content : str
    **attributes
        An underscore becomes a hyphen and one at the end vanishes; floats are written by `num`;
        None is left out.

    Examples
    --------
    >>> element("line", x1=0.0, x2=4.52, stroke_width=1)
    '<line x1="0" x2="4.5" stroke-width="1"/>'
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        text = num(value) if isinstance(value, float) else html.escape(clean(value))
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{text}"')
    head = " ".join(parts)
    return f"<{head}>{content}</{name}>" if content else f"<{head}/>"


def label(x: float, y: float, words: object, /, **attributes: object) -> str:
    """Write a line of text.

    Examples
    --------
    >>> label(1.0, 2.0, "A & B", text_anchor="end")
    '<text x="1" y="2" text-anchor="end">A &amp; B</text>'
    """
    return element("text", html.escape(clean(words)), x=float(x), y=float(y), **attributes)


def path(points: Iterable[tuple[float, float]], *, close: bool = False) -> str:
    """Write the path data of a line.

    Examples
    --------
    >>> path([(0, 0), (1.5, 2)])
    'M0 0L1.5 2'
    """
    text = "L".join(f"{num(x)} {num(y)}" for x, y in points)
    return f"M{text}Z" if close else f"M{text}"


def frame(width: float, height: float, body: str, *, ident: str, title: str, desc: str = "") -> str:
    """Put a picture into its frame, with a name and a description for those who cannot see it.

    Parameters
    ----------
    width, height : float
        Natural size in CSS pixels.
    body : str
    ident : str
        Unique on the page; the title and the description hang on it.
    title, desc : str

    Returns
    -------
    str
    """
    named = f"{ident}-t {ident}-d" if desc else f"{ident}-t"
    words = element("title", html.escape(clean(title)), id=f"{ident}-t")
    if desc:
        words += element("desc", html.escape(clean(desc)), id=f"{ident}-d")
    return element(
        "svg",
        words + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {num(width)} {num(height)}",
        width=float(width),
        height=float(height),
        role="img",
        aria_labelledby=named,
        font_family=FONT_STACK,
    )


def draw_tile(name: str, hatch: Hatch, ground: str, ink: str) -> str:
    """Write a pattern of lines on a ground, to be referred to by its name.

    Parameters
    ----------
    name : str
        Unique on the page.
    hatch : Hatch
    ground, ink : str
        Colours.

    Returns
    -------
    str
    """
    lines = element(
        "path", d=hatch.path, fill="none", stroke=ink, stroke_width=hatch.width,
        stroke_linecap="round",
    )  # fmt: skip
    paper = element("rect", width=hatch.size, height=hatch.size, fill=ground)
    return element(
        "pattern", paper + lines, id=name, width=hatch.size, height=hatch.size,
        patternUnits="userSpaceOnUse",
    )  # fmt: skip


def text_width(text: str, size: float) -> float:
    """Estimate how wide a text is drawn; a little too wide rather than too narrow.

    Examples
    --------
    >>> text_width("Nord", 10)
    22.5
    """
    wide = sum(c.isupper() or c.isdigit() or c in "mwMW–—%" for c in text)
    return round(size * (_WIDE * wide + _NARROW * (len(text) - wide)), 2)
