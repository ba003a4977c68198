"""Opening hours as the page reads them: spans of a usual week, worked out here and not in the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sozialraum.access.days_off import is_school_holiday, name_public_holiday
from sozialraum.access.hours import CLOSED, MINUTES, look_at


def find_usual_week(day: str, land: str) -> dt.date:
    """Find the first Monday from a day on whose week has no holidays.

    Parameters
    ----------
    day : str
        ISO date; a year or a month stands for its first day.
    land : str
        Two letters or name of the Land whose public and school holidays count.

    Returns
    -------
    date
        Within half a year; where there is no such week, the first Monday.

    Examples
    --------
    >>> find_usual_week("2026-12-16", "MV").isoformat()
    '2027-01-04'
    """
    first = dt.date.fromisoformat((day + "-01-01")[:10])
    monday = first + dt.timedelta(days=-first.weekday() % 7)
    for week in range(26):
        start = monday + dt.timedelta(weeks=week)
        days = [start + dt.timedelta(days=d) for d in range(7)]
        if not any(name_public_holiday(d, land) or is_school_holiday(d, land) for d in days):
            return start
    return monday


def list_week(texts: Sequence[str], land: str, day: str) -> dict[str, Any]:
    """List when each text says open, and when it does not tell.

    Parameters
    ----------
    texts : sequence of str
        Opening hours, as `find_open` understands them.
    land, day : str
        See `find_usual_week`.

    Returns
    -------
    dict
        ``from`` is the Monday; ``days`` holds per text seven lists (Monday to Sunday) of from, to and
        state one after the other: minutes of the day, 1 open, 2 unknown; else it is closed.

    Raises
    ------
    MissingPackageError
        The extra ``hours`` is not installed.

    Examples
    --------
    >>> week = list_week(["Mo 08:00-12:00; Tu unknown"], "MV", "2026-11-16")
    >>> week["from"], week["days"][0][:3]
    ('2026-11-16', [[480, 720, 1], [0, 1440, 2], []])
    """
    monday = find_usual_week(day, land)
    week = [monday + dt.timedelta(days=d) for d in range(7)]
    return {
        "from": monday.isoformat(),
        "days": [[_spans(look_at(t, d, land, "unknown").states) for d in week] for t in texts],
    }


def _spans(states: NDArray[np.int8]) -> list[int]:
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), MINUTES]
    found = [(a, b, int(states[a])) for a, b in pairwise(edges) if states[a] != CLOSED]
    return [number for span in found for number in span]
