"""Public and school holidays of the Länder: known, or known to be unknown."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from sozialraum.access.network import refuse
from sozialraum.errors import UnknownNameError, require
from sozialraum.texts import say

LAENDER = {
    "BB": "Brandenburg",
    "BE": "Berlin",
    "BW": "Baden-Württemberg",
    "BY": "Bayern",
    "HB": "Bremen",
    "HE": "Hessen",
    "HH": "Hamburg",
    "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz",
    "SH": "Schleswig-Holstein",
    "SL": "Saarland",
    "SN": "Sachsen",
    "ST": "Sachsen-Anhalt",
    "TH": "Thüringen",
}


def need_land(land: str) -> str:
    """Give the two letters of a Land, or offer the nearest spelling.

    Examples
    --------
    >>> need_land("Mecklenburg-Vorpommern"), need_land("sn")
    ('MV', 'SN')
    """
    text = str(land).strip()
    if text.upper() in LAENDER:
        return text.upper()
    for code, name in LAENDER.items():
        if text.casefold() == name.casefold():
            return code
    raise UnknownNameError("land", text, [*LAENDER.values(), *LAENDER])


def name_public_holiday(day: dt.date, land: str) -> str:
    """Give the German name of a Land's public holiday, "" on any other day.

    Holidays of single municipalities (Fronleichnam in parts of Sachsen and Thüringen, Mariä
    Himmelfahrt in parts of Bayern, the Friedensfest of Augsburg) are left out.

    Raises
    ------
    MissingPackageError
        The extra ``hours`` is not installed.

    Examples
    --------
    >>> name_public_holiday(dt.date(2026, 10, 31), "SN")
    'Reformationstag'
    >>> name_public_holiday(dt.date(2026, 10, 31), "BE")
    ''
    """
    return str(_public(need_land(land), day.year).get(day, ""))


@cache
def _public(land: str, year: int) -> dict[dt.date, str]:
    germany = require("holidays", extra="hours").Germany
    if not germany.start_year <= year <= germany.end_year:
        refuse("openings.year", say("openings.day"), year=year)
    return dict(germany(subdiv=land, years=year, language="de"))


def is_school_holiday(day: dt.date, land: str) -> bool | None:
    """Tell whether schools of a Land have holidays, None where our dated table does not know.

    Examples
    --------
    >>> is_school_holiday(dt.date(2026, 10, 20), "MV"), is_school_holiday(dt.date(2026, 9, 1), "MV")
    (True, False)
    >>> is_school_holiday(dt.date(2035, 10, 20), "MV") is None
    True
    """
    entry = _table().get(need_land(land))
    if entry is None or not entry["von"] <= day <= entry["bis"] or day in entry["unsicher"]:
        return None
    return any(first <= day <= last for first, last, _ in entry["ferien"])


def find_days_off(land: str, year: int) -> pd.DataFrame:
    """List public and school holidays of a Land in a year, and what is not known.

    Parameters
    ----------
    land : str
        Two letters or name.
    year : int

    Returns
    -------
    DataFrame
        ``first``, ``last`` (ISO text, both days included), ``kind`` ("public", "school" or "unknown")
        and ``name``, by date. "unknown" are days and spans of which our table of school holidays
        knows nothing certain.

    Raises
    ------
    UnknownNameError
        No such Land.
    MissingPackageError
        The extra ``hours`` is not installed.

    Notes
    -----
    Public holidays: the package ``holidays``. School holidays: our dated table
    ``access/ferien.toml``, which names its sources.

    Examples
    --------
    >>> days = find_days_off("Berlin", 2026)
    >>> days[days["kind"] == "school"].iloc[0].tolist()
    ['2025-12-22', '2026-01-02', 'school', 'Weihnachtsferien']
    """
    code = need_land(land)
    begin, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = [(day, day, "public", name) for day, name in _public(code, year).items()]
    entry, missing = _table().get(code), say("openings.unknown_school")
    if entry is None or entry["bis"] < begin or end < entry["von"]:
        rows.append((begin, end, "unknown", missing))
    else:
        rows += [
            (first, last, "school", name)
            for first, last, name in entry["ferien"]
            if first <= end and begin <= last
        ]
        rows += [(d, d, "unknown", missing) for d in entry["unsicher"] if begin <= d <= end]
    table = pd.DataFrame(
        [(a.isoformat(), b.isoformat(), kind, name) for a, b, kind, name in sorted(rows)],
        columns=["first", "last", "kind", "name"],
    )
    return table.astype("str")


@cache
def _table() -> dict[str, Any]:
    text = files("sozialraum.access").joinpath("ferien.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
