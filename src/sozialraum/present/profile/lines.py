"""Lines of a sheet: plain ones, marks, sources, names of indicators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sozialraum.present.profile.figures import plain_title
from sozialraum.present.profile.sheet import Run, Words

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.model.indicator import Indicator


def plain(text: str) -> Words:
    """Give a text as a line."""
    return (Run(text),)


def mark(given: Iterable[str], without: Iterable[str] = ()) -> Words:
    """Give marks such as "Übungsdaten", without those that stand above already."""
    known = tuple(without)
    return tuple(Run(text, "mark") for text in given if text not in known)


def cite(note: int) -> Words:
    """Give the number of a source; nothing for 0."""
    return (Run(str(note), "cite"),) if note else ()


def name_indicator(indicator: Indicator, note: int, marks: Words = ()) -> Words:
    """Name an indicator with its unit, its source and what must be said beside it."""
    bare = indicator.unit in ("", "%", indicator.numerator)
    unit = () if bare else (Run(f", {indicator.unit}", "unit"),)
    return (Run(plain_title(indicator)), *unit, *cite(note), *marks)


def shorten(text: object, most: int) -> str:
    """Cut a text between two words where it is longer than ``most``, and show that it was cut.

    Examples
    --------
    >>> shorten("Es fehlen Räume für alle.", 20)
    'Es fehlen Räume …'
    >>> shorten("Es fehlen Räume.", 20)
    'Es fehlen Räume.'
    """
    told = str(text)
    if len(told) <= most:
        return told
    whole = told[: most - 1]
    return (whole.rpartition(" ")[0] or whole).rstrip(" ,;.–") + " …"


def holds_longer(rows: pd.DataFrame, column: str, most: int) -> bool:
    """Say whether a text in a column, if there is one, is longer than ``most``."""
    return column in rows and bool((rows[column].astype(str).str.len() > most).any())
