"""Names of all colours and fonts: map page, profile, print map, protocol, figures.

Classes and patterns are declared in `classes`, further scales in `schemes`; nothing else declares a
colour.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.resources import files
from typing import Any

from sozialraum.present.classes import COLOURS, GAP, INK, LAND, OTHER, QUIET
from sozialraum.present.svg import FONT_STACK, clean

LOOKS = {
    "ink": INK,
    "quiet": QUIET,
    "rule": "#cfd6d9",  # lines that only divide
    "edge": "#76828b",  # lines that must be seen: at least 3 : 1
    "faint": "#e9edee",
    "ground": "#f5f7f7",
    "wash": "#e8f0f3",
    "land": LAND,
    "deep": "#163f62",
    "accent": "#1f6f84",
    "sand": "#f3ead2",
    "gap": GAP,
    "parent": COLOURS[3],
    "other": OTHER,
    "focus": "#0b57d0",
}
FONTS = files("sozialraum.present") / "assets" / "fonts"
UNKNOWN = "\ufffd"
PAGE_FONT = "Sozialraum Noto Sans"


def write_css_colours() -> str:
    """Write colours and fonts as properties of a style sheet.

    Examples
    --------
    >>> write_css_colours()[:22]
    ':root { --ink: #1c2a33'
    """
    named = {**LOOKS, "font": f"'{PAGE_FONT}',{FONT_STACK}"}
    return ":root { " + "; ".join(f"--{name}: {value}" for name, value in named.items()) + " }\n"


@cache
def write_css_fonts() -> str:
    """Write the letters that pages bring along; others come from the reader's own fonts.

    The policy of such a page needs ``font-src data:``.

    Examples
    --------
    >>> write_css_fonts().count("@font-face")
    2
    """
    faces = []
    for weight, name in (("400", "Regular"), ("600 900", "SemiBold")):
        data = base64.b64encode((FONTS / f"NotoSans-{name}.woff2").read_bytes()).decode("ascii")
        faces.append(
            f"@font-face {{ font-family: '{PAGE_FONT}'; font-weight: {weight}; "
            f"src: url(data:font/woff2;base64,{data}) format('woff2') }}\n"
        )
    return "".join(faces)


@cache
def _unknown_letters() -> re.Pattern[str]:
    """Match what the shipped fonts have no letter for."""
    runs = (FONTS / "letters.txt").read_text(encoding="ascii").split()
    known = "".join(f"\\u{first}-\\u{last}" for first, last in (r.split("-") for r in runs))
    return re.compile(f"[^{known}\n]")


def only_known(part: Any) -> Any:
    r"""Replace what the shipped fonts have no letter for, in a text or anything made of texts.

    Examples
    --------
    >>> only_known({"name": ["Kita Škoda", "\u4e2d\u202e!"]})
    {'name': ['Kita Škoda', '\ufffd!']}
    """
    if isinstance(part, str):
        return _unknown_letters().sub(UNKNOWN, clean(part).replace("\t", " "))
    if isinstance(part, dict):
        return {key: only_known(value) for key, value in part.items()}
    if isinstance(part, list):
        return [only_known(value) for value in part]
    return part
