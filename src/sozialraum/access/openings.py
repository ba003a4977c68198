"""Who is open when: yes, no, or unknown; hours per week, and coverage at a time."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.coverage import need_people
from sozialraum.access.days_off import need_land
from sozialraum.access.hours import OPEN, UNKNOWN, look_at
from sozialraum.access.network import refuse
from sozialraum.access.pairs import make_pairs
from sozialraum.access.travel import need_limit
from sozialraum.access.weekly import need_weekday
from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.texts import say

WORDS = np.array(["no", "yes", "unknown"])
Unstated = Literal["unknown", "closed", "as_written"]
READINGS = ("unknown", "closed", "as_written")


def find_open(
    offers: pd.DataFrame,
    when: str | dt.datetime,
    *,
    land: str | pd.Series,
    date: str | dt.date | None = None,
    unstated: Unstated = "unknown",
) -> pd.DataFrame:
    """Find out which offers are open at a time.

    Parameters
    ----------
    offers : DataFrame
        ``opening_hours`` in the syntax of OpenStreetMap or as a line of German weekly hours
        (``convert_hours``); index: offer.
    when : str or datetime
        "So 15:00" in the week of ``date``, or a moment: "01.11.2026 15:00", "2026-11-01 15:00".
    land : str or Series of str
        Land whose holidays count, such as "MV"; a Series (index: offer) where it differs.
    date : str or date, optional
        Any day of the week (Monday to Sunday) meant by a weekday.
    unstated : {"unknown", "closed", "as_written"}
        How to read hours that say nothing of public holidays when there is one.

    Returns
    -------
    DataFrame
        Index of ``offers``: ``open`` ("yes", "no" or "unknown") and ``reason`` why unknown, else "":

        * ``missing``: no hours are stated.
        * ``unreadable``: they are not understood.
        * ``condition``: they name a condition, such as "nach Vereinbarung".
        * ``holiday``: there is a public holiday and they do not say what holds then.
        * ``school``: they speak of school holidays and our table does not know the day.
        * ``open_end``: they name no end.
        * ``sun``: they follow the sun.

    Raises
    ------
    InputError
        There is no column ``opening_hours``; the time or date is not understood, or is missing.
    UnknownNameError
        No such Land, or no such way to read holidays.
    CoverageError
        ``land`` lacks an offer.
    MissingPackageError
        The extra ``hours`` is not installed.

    Notes
    -----
    Times are local; hours past midnight belong to the day they begin on. Unknown is never taken for
    closed: keep ``open == "yes"`` for who is surely open, ``open != "no"`` for who may be.

    Examples
    --------
    >>> offers = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-17:00; PH off", "Sa, So 10–18 Uhr", None]},
    ...                       index=["kita", "museum", "club"])
    >>> find_open(offers, "So 15:00", land="MV", date="2026-11-22")
               open   reason
    kita         no
    museum      yes
    club    unknown  missing
    """
    moment = _need_moment(when, date)
    texts, codes = _texts_and_laender(offers, land, unstated)
    minute = moment.hour * 60 + moment.minute
    states = [look_at(text, moment.date(), code, unstated) for text, code in texts]
    state = np.array([s.states[minute] for s in states], dtype=np.int8)[codes]
    reason = np.array([s.reasons[minute] for s in states], dtype=object)[codes]
    return pd.DataFrame({"open": WORDS[state], "reason": reason}, index=offers.index).astype("str")


def measure_hours_per_week(
    offers: pd.DataFrame,
    *,
    land: str | pd.Series,
    date: str | dt.date,
    unstated: Unstated = "unknown",
) -> pd.DataFrame:
    """Measure how many hours offers are open in a week.

    Parameters
    ----------
    offers, land, unstated
        As in ``find_open``.
    date : str or date
        Any day of the week (Monday to Sunday) meant. Choose one without holidays for usual hours.

    Returns
    -------
    DataFrame
        Index of ``offers``: ``hours`` surely open and ``unknown_hours`` of which nobody knows; both
        missing where hours are missing or unreadable. Hours past midnight count on the day they fall
        on; the night after Sunday is next week's.

    Raises
    ------
    InputError, UnknownNameError, CoverageError, MissingPackageError
        As ``find_open``.

    Examples
    --------
    >>> offers = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-16:30", "Mo 10:00-12:00; Di ?", None]})
    >>> measure_hours_per_week(offers, land="MV", date="2026-11-22")
       hours  unknown_hours
    0   42.5            0.0
    1    NaN            NaN
    2    NaN            NaN
    """
    texts, codes = _texts_and_laender(offers, land, unstated)
    monday = _monday(_need_date(date))
    hours = np.full((len(texts), 2), np.nan)
    for row, (text, code) in enumerate(texts):
        days = [look_at(text, monday + dt.timedelta(d), code, unstated) for d in range(7)]
        if days[0].evaluated:
            count = np.bincount(np.concatenate([d.states for d in days]), minlength=3)
            hours[row] = count[OPEN] / 60, count[UNKNOWN] / 60
    return pd.DataFrame(hours[codes], index=offers.index, columns=["hours", "unknown_hours"])


def measure_open_coverage(
    people: pd.Series, travel: pd.DataFrame, state: pd.Series, *, limit_min: float
) -> pd.DataFrame:
    """Measure how many people reach an open offer, surely and perhaps.

    Parameters
    ----------
    people : Series of float
        People of one group; index: cell.
    travel : DataFrame
        ``origin`` (cell), ``destination`` (offer), ``minutes``, from ``measure_travel`` up to the limit
        or farther: the nearest offer is not enough, as it may be closed.
    state : Series of str
        Column ``open`` of ``find_open``; index: offer.
    limit_min : float
        Longest way in minutes, inclusive.

    Returns
    -------
    DataFrame
        Index of ``people``: ``people``, ``reached`` (an offer is surely open), ``uncertain`` (only
        offers whose hours are unknown), ``unreached``, and ``quality``. The three add up to
        ``people``; all are missing where people are. ``aggregate_people`` takes it as it is, and with
        ``reached + uncertain`` for the upper bound.

    Raises
    ------
    InputError
        As ``find_nearest``; a state other than yes, no or unknown.
    CoverageError
        Ways start at cells that are not in ``people``.

    Examples
    --------
    >>> ways = pd.DataFrame(
    ...     {"origin": ["h1", "h2", "h3"], "destination": ["a", "b", "c"], "minutes": 5.0})
    >>> state = pd.Series({"a": "yes", "b": "unknown", "c": "no"})
    >>> measure_open_coverage(pd.Series({"h1": 3.0, "h2": 4.0, "h3": 5.0}), ways, state, limit_min=15)
        people  reached  uncertain  unreached quality
    h1     3.0      3.0        0.0        0.0   exact
    h2     4.0      0.0        4.0        0.0   exact
    h3     5.0      0.0        0.0        5.0   exact
    """
    limit, count = need_limit(limit_min, travel), need_people(people)
    odd = ~state.isin(WORDS)
    if odd.any():
        refuse(
            "openings.state", say("openings.hours"), seen=", ".join(state[odd].astype("str")[:3])
        )
    ways = make_pairs(travel, people.index, state.index, limit_min=limit)
    sure = ways.count_at_cells((state == "yes").to_numpy()) > 0
    perhaps = ways.count_at_cells((state == "unknown").to_numpy()) > 0

    def where(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        return np.where(np.isnan(count), np.nan, np.where(chosen, count, 0.0))

    return pd.DataFrame(
        {
            "people": count,
            "reached": where(sure),
            "uncertain": where(perhaps & ~sure),
            "unreached": where(~perhaps & ~sure),
            "quality": ways.quality,
        },
        index=people.index,
    ).astype({"quality": "str"})


def _texts_and_laender(
    offers: pd.DataFrame, land: str | pd.Series, unstated: str
) -> tuple[list[tuple[str, str]], npt.NDArray[np.intp]]:
    """Give every distinct pair of hours and Land, and which of them each offer has."""
    if unstated not in READINGS:
        raise UnknownNameError("unstated", str(unstated), READINGS)
    if "opening_hours" not in offers:
        refuse("openings.no_column", say("access.offers"))
    texts = offers["opening_hours"].astype("str").str.strip().fillna("")
    if isinstance(land, pd.Series):
        place = land.index.get_indexer(offers.index)
        known = pd.Series(
            np.where(place < 0, None, land.to_numpy()[place]), offers.index, dtype="str"
        )
        if known.isna().any():
            ids = ", ".join(known.index[known.isna()].astype("str")[:5])
            raise CoverageError(say("openings.no_land", count=int(known.isna().sum()), ids=ids))
        laender = known.map({name: need_land(name) for name in known.unique()})
    else:
        laender = pd.Series(need_land(land), offers.index)
    codes, pairs = pd.factorize(pd.MultiIndex.from_arrays([texts, laender]))
    return list(pairs), codes


def _need_moment(when: str | dt.datetime, date: str | dt.date | None) -> dt.datetime:
    """Give the moment meant by a weekday and time in a week, or by a date and time."""
    if isinstance(when, dt.datetime):
        return when.replace(tzinfo=None)
    found = re.fullmatch(
        r"(.+?)[\s,]+(\d{1,2})(?:[:.](\d{2}))?(?:\s*uhr)?", str(when).strip().casefold()
    )
    if found is None or int(found[2]) > 23 or int(found[3] or 0) > 59:
        refuse("openings.moment", say("openings.time"), text=when)
    time = dt.time(int(found[2]), int(found[3] or 0))
    weekday = need_weekday(found[1])
    if weekday is None:
        return dt.datetime.combine(_need_date(found[1]), time)
    if date is None:
        refuse("openings.no_date", say("openings.time"), text=when)
    day = _monday(_need_date(date)) + dt.timedelta(days=weekday)
    return dt.datetime.combine(day, time)


def _need_date(date: str | dt.date) -> dt.date:
    """Give a date written as 2026-11-01 or 01.11.2026."""
    if isinstance(date, dt.datetime):
        return date.date()
    if isinstance(date, dt.date):
        return date
    text = str(date).strip()
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        if found is not None:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        return dt.date.fromisoformat(text)
    except ValueError:
        refuse("openings.date", say("openings.time"), text=text)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
