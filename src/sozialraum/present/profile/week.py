"""Opening hours through the week: how many offers of a category are open when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.present.charts import FILL, RULE, TRACK
from sozialraum.present.classes import INK, QUIET, name_category
from sozialraum.present.svg import element, frame, label, num
from sozialraum.texts import number, say, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
STEP = 30  # minutes
FIRST, LAST = 6 * 60, 22 * 60
ROWS = 8

_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_DAYS = rf"{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*"
_SPAN = r"\d{1,2}:\d{2}-\d{1,2}:\d{2}"
_RULE = re.compile(rf"(?P<days>{_DAYS})?(?P<times>{_SPAN}(?:,{_SPAN})*|off|closed)")
_HOLIDAYS = re.compile(r"(?:PH|SH)(?:,(?:PH|SH))*(?:off|closed)")


@dataclass(frozen=True, slots=True)
class WeekRow:
    """Offers of one category through the week.

    Attributes
    ----------
    title : str
    open : tuple of tuple of int
        Offers open, for each day from Monday in steps of half an hour from 0:00.
    known, count : int
        Offers whose hours could be read, and all of the category.
    """

    title: str
    open: tuple[tuple[int, ...], ...]
    known: int
    count: int


def read_week(text: str) -> npt.NDArray[np.bool_] | None:
    """Read plain weekly hours in the form of OpenStreetMap.

    Parameters
    ----------
    text : str
        Days and spans of time such as "Mo-Fr 08:00-17:00; Sa off". Closed holidays are allowed.

    Returns
    -------
    ndarray of shape (7, 48) or None
        Open for at least a part of each half hour; None for anything else (months, weeks, conditions,
        hours past midnight), for it must not be guessed.

    Examples
    --------
    >>> week = read_week("Mo-Fr 08:00-12:00,14:00-16:30; Fr 08:00-12:00; PH off")
    >>> week.sum(axis=1).tolist()
    [13, 13, 13, 13, 8, 0, 0]
    >>> read_week("Mo nach Vereinbarung") is None
    True
    """
    if text.strip() == "24/7":
        return np.ones((7, 24 * 60 // STEP), dtype=bool)
    week = np.zeros((7, 24 * 60 // STEP), dtype=bool)
    for rule in text.split(";"):
        plain = re.sub(r"\s+", "", rule)
        if not plain or _HOLIDAYS.fullmatch(plain):
            continue
        found = _RULE.fullmatch(plain.replace("–", "-"))
        if found is None:
            return None
        days = _read_days(found["days"] or "Mo-Su")
        week[days] = False
        if found["times"] in ("off", "closed"):
            continue
        for span in found["times"].split(","):
            start, end = (int(h) * 60 + int(m) for h, m in (t.split(":") for t in span.split("-")))
            if not 0 <= start < end <= 24 * 60:
                return None
            week[days, start // STEP : -(-end // STEP)] = True
    return week if week.any() else None


def _read_days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        days += [(start + i) % 7 for i in range((end - start) % 7 + 1)]
    return days


def count_week(
    offers: gpd.GeoDataFrame, inside: pd.Series, categories: Mapping[str, str] | None = None
) -> tuple[WeekRow, ...]:
    """Count the open offers of an area by category, those with the most known hours first.

    Parameters
    ----------
    offers : GeoDataFrame
    inside : Series of bool
    categories : mapping of str to str, optional
        The town's own words for categories.

    Returns
    -------
    tuple of WeekRow
        At most eight; categories of which no hours can be read are left out.
    """
    if "opening_hours" not in offers:
        return ()
    rows = []
    for category, group in offers[inside].groupby("category", sort=True):
        texts = group["opening_hours"].dropna().astype(str)
        weeks = [week for text in texts if (week := read_week(text)) is not None]
        if weeks:
            total = np.sum(weeks, axis=0, dtype=int)
            title = name_category(str(category), categories)
            rows.append(WeekRow(title, tuple(map(tuple, total.tolist())), len(weeks), len(group)))
    rows.sort(key=lambda row: (-row.known, row.title.casefold()))
    return tuple(sorted(rows[:ROWS], key=lambda row: row.title.casefold()))


def draw_week(rows: tuple[WeekRow, ...], *, name: str, ident: str) -> str:
    """Draw a band for each category and day; its height is the part of the known offers open then.

    Parameters
    ----------
    rows : tuple of WeekRow
    name : str
        The area.
    ident : str
        Unique on the page.

    Returns
    -------
    str
        Days from 6 to 22 o'clock; rows of 26 px.
    """
    left, right, day, height, top = 176.0, 4.0, 64.0, 26.0, 30.0
    width = left + 7 * day + right
    bottom = top + height * len(rows)
    names = words("profile.weekdays")
    parts = []
    for i, key in enumerate(DAYS):
        x = left + i * day
        parts.append(
            label(x + (day - 6) / 2, 12, names[key], text_anchor="middle", font_size="11.5",
                  font_weight="600", fill=INK)
        )  # fmt: skip
        for hour in (8, 12, 16, 20):
            at = x + (day - 6) * (hour * 60 - FIRST) / (LAST - FIRST)
            parts.append(element("line", x1=at, x2=at, y1=top - 4, y2=bottom, stroke=TRACK))
            if hour in (8, 16):
                parts.append(
                    label(at, 24, str(hour), text_anchor="middle", font_size="9.5", fill=QUIET)
                )
    for i, row in enumerate(rows):
        base = top + height * (i + 1) - 3
        parts.append(label(0, base - 5, row.title, font_size="11.5", fill=INK))
        known = say("profile.of_count", count=number(row.known), whole=number(row.count))
        parts.append(
            label(left - 10, base - 5, known, text_anchor="end", font_size="10", fill=QUIET)
        )
        for d, counts in enumerate(row.open):
            x = left + d * day
            parts.append(
                element(
                    "line", x1=x, x2=x + day - 6, y1=base, y2=base, stroke=RULE, stroke_width=0.8
                )
            )
            shape = _steps(counts, row.known, x, base, day - 6, height - 6)
            if shape:
                parts.append(element("path", d=shape, fill=FILL))
    return frame(
        width, bottom + 2, "".join(parts), ident=ident, title=say("profile.week_title", name=name),
        desc=" ".join(_tell(row) for row in rows),
    )  # fmt: skip


def _steps(
    counts: tuple[int, ...], known: int, x: float, base: float, width: float, height: float
) -> str:
    """Write the outline of the open hours of a day as path data."""
    drawn = counts[FIRST // STEP : LAST // STEP]
    if not any(drawn):
        return ""
    step = width / len(drawn)
    points = [f"M{num(x)} {num(base)}"]
    for i, count in enumerate(drawn):
        if i == 0 or count != drawn[i - 1]:
            points.append(f"H{num(x + i * step)}V{num(base - height * count / known)}")
    return "".join([*points, f"H{num(x + width)}V{num(base)}Z"])


def _tell(row: WeekRow) -> str:
    """Tell a row: on each day how many are open and from when to when."""
    names = words("profile.weekdays")
    told = []
    for key, counts in zip(DAYS, row.open, strict=True):
        if not any(counts):
            told.append(say("profile.week_closed", day=names[key]))
            continue
        opened = [i for i, c in enumerate(counts) if c]
        told.append(
            say("profile.week_open", day=names[key], count=max(counts), start=_clock(opened[0]),
                end=_clock(opened[-1] + 1))
        )  # fmt: skip
    return f"{row.title}: {', '.join(told)}."


def _clock(step: int) -> str:
    return f"{step * STEP // 60}:{step * STEP % 60:02d}"
