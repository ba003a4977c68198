"""What notebooks hand over: each argument of the right kind, or one report that says what to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.texts import say

_VALUES = ("area", "level", "indicator", "datenstand", "value", "numerator", "denominator")
_GAPS = ("people", "geometry")


def name_kind(value: object) -> str:
    """Name what was given in a few words."""
    if isinstance(value, pd.DataFrame):
        return say("argument.table", kind=type(value).__name__, columns=", ".join(map(str, value)))
    words = repr(value) if isinstance(value, str | int | float) or value is None else ""
    return " ".join(filter(None, (type(value).__name__, words[:60])))


def find_wrong(name: str, value: object, right: bool) -> list[Finding]:
    """Give a finding unless an argument is right; ``argument.<name>`` says what it should be."""
    if right:
        return []
    return [find("error", "wrong_argument", name, wanted=say(f"argument.{name}"),
                 came=name_kind(value))]  # fmt: skip


def need_kind(name: str, value: object, *kinds: type) -> None:
    """Refuse an argument of another kind.

    Raises
    ------
    InputError

    Examples
    --------
    >>> from sozialraum.errors import InputError
    >>> try:
    ...     need_kind("secrecy", {"minimum": 5}, tuple)
    ... except InputError as error:
    ...     print(error.report.errors[0].text)
    Erwartet wird sr.Secrecy(…), zum Beispiel secrecy=sr.Secrecy(minimum=5). Gekommen ist: dict.
    """
    CheckReport(tuple(find_wrong(name, value, isinstance(value, kinds)))).raise_for_errors()


def is_values(table: object) -> bool:
    """Tell whether something is a values table."""
    return isinstance(table, pd.DataFrame) and (table.empty or set(_VALUES) <= set(table.columns))


def list_faults(given: Mapping[str, tuple[Any, type]]) -> list[Finding]:
    """Find arguments of another kind; None stands for one that was not given."""
    return [
        finding
        for name, (value, kind) in given.items()
        for finding in find_wrong(name, value, value is None or isinstance(value, kind))
    ]


def list_table_faults(
    values: Iterable[pd.DataFrame],
    gaps: gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame] | None,
    earlier: Sequence[Any],
    kinds: tuple[type, ...],
) -> list[Finding]:
    """Find tables that are none, or lack what they must have; earlier ones may be of other kinds."""
    found = []
    for name, tables, others in (("values", values, ()), ("earlier", earlier, kinds)):
        several = isinstance(tables, Sequence) and not isinstance(tables, str)
        wrong = (
            [t for t in tables if not (is_values(t) or isinstance(t, others))]
            if several
            else [tables]
        )
        found += [finding for t in wrong[:1] for finding in find_wrong(name, t, False)]
    parts: list[object] = (
        list(gaps.values()) if isinstance(gaps, Mapping) else [] if gaps is None else [gaps]
    )
    for part in parts:
        right = isinstance(part, gpd.GeoDataFrame) and (part.empty or set(_GAPS) <= {*part.columns})
        found += find_wrong("gaps", part, right)
    return found
