"""Colours and fonts of everything that is read as a page: profile as HTML, PDF and DOCX."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from sozialraum.present.classes import COLOURS, GAP, INK, QUIET
from sozialraum.present.svg import clean

LOOKS = {
    "ink": INK,
    "quiet": QUIET,
    "rule": "#cfd6d9",
    "faint": "#e9edee",
    "deep": "#163f62",
    "accent": "#1f6f84",
    "sand": "#f3ead2",
    "gap": GAP,
    "parent": COLOURS[3],
    "other": "#b4bec4",
}
FONTS = files("sozialraum.present") / "assets" / "fonts"
UNKNOWN = "\ufffd"


def write_css_colours() -> str:
    """Write the colours as properties of a style sheet.

    Examples
    --------
    >>> write_css_colours()[:22]
    ':root { --ink: #1c2a33'
    """
    return ":root { " + "; ".join(f"--{name}: {value}" for name, value in LOOKS.items()) + " }\n"


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
