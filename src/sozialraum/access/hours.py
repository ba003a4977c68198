"""What hours say of a day: yes, no, or unknown, and never a guess.

Hours in the syntax of OpenStreetMap are evaluated by ``opening-hours-py``, minute by minute of one day.
What that library does not know of Germany is put in from outside: where an expression says PH or SH,
these are replaced by the weekdays on which the day asked about, or the one before it, is a holiday in
the Land. Where a text leaves something open, all its readings are evaluated; where they agree that is
the answer, elsewhere the answer is "unknown".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from sozialraum.access.days_off import is_school_holiday, name_public_holiday
from sozialraum.access.weekly import DAYS, read_hours
from sozialraum.errors import require

States = npt.NDArray[np.int8]
CLOSED, OPEN, UNKNOWN = 0, 1, 2
MINUTES = 24 * 60
IsOff = Callable[[str, dt.date], bool]

_WD = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_SHIFT = r"(?:\s*([+-])\s*(\d+)\s*days?)?"
_HOLIDAY = re.compile(rf"\b(PH|SH)\b{_SHIFT}")
_ON_WEEKDAYS = re.compile(
    rf"\b((?:PH|SH)(?:\s*,\s*(?:PH|SH))*)\s+({_WD}(?:\s*-\s*{_WD})?(?:\s*,\s*{_WD}(?:\s*-\s*{_WD})?)*)(\[?)"
)
_SUN = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b")
_NEVER = "\0"
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_OPEN_END = re.compile(r"(\d{1,2}:\d{2})(?:-(\d{1,2}:\d{2}))?\+")


@dataclass(frozen=True, eq=False)
class Day:
    """A day minute by minute; why a minute is unknown, "" where it is not."""

    states: States
    reasons: npt.NDArray[np.object_]
    evaluated: bool = True


def _unknown(reason: str) -> Day:
    states = np.full(MINUTES, UNKNOWN, dtype=np.int8)
    return Day(
        states, np.full(MINUTES, reason, dtype=object), reason not in ("missing", "unreadable")
    )


def look_at(text: str, day: dt.date, land: str, unstated: str) -> Day:
    """Give the state of every minute of a day, over all readings the text leaves open."""
    if not text:
        return _unknown("missing")
    hours = read_hours(text)
    if hours is None:
        return _unknown("unreadable")
    code = _outside_quotes(hours)
    if _SUN.search(code):
        return _unknown("sun")
    ends = (True, False) if _OPEN_END.search(code) else (False,)
    closed = _holiday_readings(code, day, land, unstated)
    open_days = _unknown_school_days(code, day, land)
    schools = list(product((True, False), repeat=len(open_days)))
    seen = np.empty((len(closed), len(schools), len(ends), MINUTES), dtype=np.int8)
    for i, j, k in np.ndindex(seen.shape[:3]):
        school = dict(zip(open_days, schools[j], strict=True))

        def is_off(kind: str, when: dt.date, school: dict[dt.date, bool] = school) -> bool:
            if kind == "PH":
                return name_public_holiday(when, land) != ""
            return school.get(when, False) or bool(is_school_holiday(when, land))

        try:
            seen[i, j, k] = _evaluate(hours, day, is_off, shut=closed[i], long=ends[k])
        except _UnsupportedError:
            return _unknown("unreadable")
    agreed = (seen == seen[:1, :1, :1]).all(axis=(0, 1, 2))
    states = np.where(agreed, seen[0, 0, 0], UNKNOWN).astype(np.int8)
    reasons = np.where(states == UNKNOWN, "condition", "").astype(object)
    for axis, reason in ((2, "open_end"), (1, "school"), (0, "holiday")):
        matters = (seen != seen.take([0], axis=axis)).any(axis=(0, 1, 2))
        reasons[matters] = reason
    return Day(states, reasons)


class _UnsupportedError(Exception):
    """An expression uses holidays in a way that is not evaluated here."""


def _holiday_readings(code: str, day: dt.date, land: str, unstated: str) -> tuple[bool, ...]:
    """Tell whether to close on public holidays: no, yes, or try both."""
    spoken = re.search(r"\bPH\b", code) or code.strip().startswith("24/7")
    near = any(name_public_holiday(day - dt.timedelta(d), land) for d in (0, 1))
    if spoken or not near or unstated == "as_written":
        return (False,)
    return (True,) if unstated == "closed" else (False, True)


def _unknown_school_days(code: str, day: dt.date, land: str) -> list[dt.date]:
    """List the days that decide about school holidays in an expression and that nobody knows."""
    asked = {
        before - dt.timedelta(_shift(found))
        for found in _HOLIDAY.finditer(code)
        if found[1] == "SH"
        for before in (day, day - dt.timedelta(1))
    }
    return sorted(d for d in asked if is_school_holiday(d, land) is None)


def _shift(found: re.Match[str]) -> int:
    return int(f"{found[2]}{found[3]}") if found[2] else 0


def _evaluate(hours: str, day: dt.date, is_off: IsOff, *, shut: bool, long: bool) -> States:
    """Evaluate one reading of an expression for every minute of a day."""
    states = np.zeros(MINUTES, dtype=np.int8)
    # The library looks at a fallback (||) once a day; it holds whenever all before it is closed.
    for part in re.split(r"\|\|(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", hours):
        text = f"{part.strip()}; PH off" if shut else part.strip()
        later = _run(text, day, is_off, long=long)
        # It also lets the night of a day that is closed run on past midnight.
        until_midnight = _SPAN.sub(_cut, text)
        if until_midnight != text:
            yesterday = day - dt.timedelta(days=1)
            if _run(until_midnight, yesterday, is_off, long=long)[-1] == CLOSED:
                later = _run(until_midnight, day, is_off, long=long)
        states = np.where(states == CLOSED, later, states)
    return states


def _cut(found: re.Match[str]) -> str:
    """End a span at midnight."""
    start, end = (60 * int(found[i]) + int(found[i + 1]) for i in (1, 3))
    return found[0] if start < end <= MINUTES else f"{found[1]}:{found[2]}-24:00"


def _put_in(code: str, day: dt.date, is_off: IsOff, *, long: bool) -> str:
    """Replace holidays by weekdays of this day and the one before it, and open ends by times."""

    def weekdays(kind: str, shift: int = 0) -> list[str]:
        near = (day - dt.timedelta(1), day)
        return [DAYS[d.weekday()] for d in near if is_off(kind, d - dt.timedelta(shift))]

    def only_on(found: re.Match[str]) -> str:
        # "SH Mo-Fr" means school holidays that are one of these weekdays.
        if found[3]:
            raise _UnsupportedError
        kinds = re.findall("PH|SH", found[1])
        chosen = {d for kind in kinds for d in weekdays(kind)} & set(_expand(found[2]))
        return ",".join(d for d in DAYS if d in chosen) or _NEVER

    def listed(found: re.Match[str]) -> str:
        return ",".join(weekdays(found[1], _shift(found))) or found[1]

    def end(found: re.Match[str]) -> str:
        start, last = found[1], found[2]
        if long:
            return f"{start}-24:00"
        return f"{start}-{last or _minute_after(start)}"

    # What stays PH or SH never matches: the library is told of no country.
    put_in = _OPEN_END.sub(end, _HOLIDAY.sub(listed, _ON_WEEKDAYS.sub(only_on, code)))
    return put_in.replace(_NEVER, "PH")


def _expand(days: str) -> list[str]:
    """Give every weekday of a list of ranges."""
    found = []
    for part in days.split(","):
        first, _, last = (text.strip() for text in part.partition("-"))
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found += [DAYS[(begin + i) % 7] for i in range((end - begin) % 7 + 1)]
    return found


def _minute_after(clock: str) -> str:
    hour, minute = map(int, clock.split(":"))
    past = hour * 60 + minute + 1
    return f"{past // 60:02d}:{past % 60:02d}"


def _run(text: str, day: dt.date, is_off: IsOff, *, long: bool) -> States:
    """Let the library evaluate an expression on a day; a bare comment is a condition."""
    library = require("opening_hours", extra="hours")
    begin = dt.datetime.combine(day, dt.time())
    pieces = re.split(r'("[^"]*")', text)
    pieces[::2] = [_put_in(piece, day, is_off, long=long) for piece in pieces[::2]]
    hours = library.OpeningHours("".join(pieces), auto_country=False, auto_timezone=False)
    states = np.zeros(MINUTES, dtype=np.int8)
    for start, end, state, comment in hours.intervals(begin, begin + dt.timedelta(days=1)):
        if state == library.State.CLOSED:
            continue
        sure = state == library.State.OPEN and (not comment or f'open "{comment}"' in text)
        first, last = (int((t - begin).total_seconds()) // 60 for t in (start, end))
        states[first:last] = OPEN if sure else UNKNOWN
    return states


def _outside_quotes(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)
