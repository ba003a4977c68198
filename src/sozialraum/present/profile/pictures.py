"""From the context of a profile to its charts: what is drawn, and the words for who cannot see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sozialraum.present.charts import (
    Bar,
    Moment,
    Pair,
    draw_bars,
    draw_lines,
    draw_pyramid,
    draw_share,
    draw_strip,
)
from sozialraum.present.profile.ages import ALL, MEN, WOMEN, AgeGroup, AgeStructure
from sozialraum.present.profile.context import Course
from sozialraum.present.profile.figures import Comparison, Figure
from sozialraum.texts import date, say


def picture_strip(comparison: Comparison, plural: str, ident: str) -> str:
    """Draw where the area lies among the others of its level."""
    indicator, others = comparison.indicator, comparison.others
    title = say("chart.strip_none", title=comparison.title)
    if others:
        title = say(
            "chart.strip",
            title=comparison.title,
            plural=plural,
            low=indicator.show(min(others)),
            high=indicator.show(max(others)),
            own=comparison.own.shown,
        )
    return draw_strip(
        others,
        comparison.own.value,
        parent=comparison.parent.value if comparison.parent else None,
        whole=comparison.whole.value if comparison.whole else None,
        ident=ident,
        title=title,
    )


def picture_share(comparison: Comparison, ident: str) -> str:
    """Draw a share of people reached."""
    return draw_share(
        comparison.own.value,
        parent=comparison.parent.value if comparison.parent else None,
        whole=comparison.whole.value if comparison.whole else None,
        ident=ident,
        title=say("chart.share", title=comparison.title, value=comparison.own.shown),
        width=128.0,
    )


def picture_ages(ages: AgeStructure, name: str, whole: str, ident: str) -> str:
    """Draw the age groups: a pyramid where sexes are told apart, else bars.

    Shares where the sum of all groups is published, else numbers of people.
    """
    shares = bool(ages.groups[0].shares)
    title = say("chart.ages", name=name)
    unit = say("chart.of_all" if shares else "chart.people")
    compared = shares and bool(ages.groups[0].whole)
    desc = unit + (" " + say("chart.compared", whole=whole) if compared else "")
    if not ages.by_sex:
        bars = [
            Bar(
                g.name,
                *_amount(g, ALL, g.people, shares),
                compare=g.whole.get(ALL) if shares else None,
            )
            for g in reversed(ages.groups)
        ]
        return draw_bars(bars, ident=ident, title=title, desc=desc, width=340.0)
    pairs = []
    for g in ages.groups:
        left, left_shown = _amount(g, MEN, g.men, shares)
        right, right_shown = _amount(g, WOMEN, g.women, shares)
        pairs.append(
            Pair(
                g.name,
                left,
                right,
                left_shown,
                right_shown,
                g.whole.get(MEN) if shares else None,
                g.whole.get(WOMEN) if shares else None,
            )
        )
    sides = (say("chart.men"), say("chart.women"))
    return draw_pyramid(pairs, ident=ident, title=title, desc=desc, sides=sides)


def _amount(
    group: AgeGroup, sex: str, figure: Figure | None, shares: bool
) -> tuple[float | None, str]:
    if shares:
        return group.shares.get(sex), group.share(sex)
    return (figure.value, figure.bare) if figure else (None, "")


def picture_course(course: Course, ident: str) -> str:
    """Draw an indicator over time."""
    names = name_dates([f.datenstand for f in course.own])
    own = [
        Moment(year_of(f.datenstand), name, f.value, f.short)
        for f, name in zip(course.own, names, strict=True)
    ]
    whole = [
        Moment(year_of(f.datenstand), name, f.value, f.short)
        for f, name in zip(course.whole, names, strict=False)
        if f.datenstand
    ]
    listed = "; ".join(f"{name}: {f.shown}" for f, name in zip(course.own, names, strict=True))
    title = say("chart.course", title=course.title)
    return draw_lines(own, whole, ident=ident, title=title, desc=listed)


def year_of(datenstand: str) -> float:
    """Place a date on the axis of years.

    Examples
    --------
    >>> year_of("2016"), round(year_of("2016-07-01"), 2)
    (2016.0, 2016.5)
    """
    parts = [int(p) for p in datenstand.split("-")]
    day = dt.date(*(parts + [1, 1][len(parts) - 1 :]))
    return day.year + (day.timetuple().tm_yday - 1) / 366


def name_dates(dates: Sequence[str]) -> list[str]:
    """Write dates for an axis: years alone where the day is always the same.

    Examples
    --------
    >>> name_dates(["2015-12-31", "2016-12-31"]), name_dates(["2015-12-31", "2016-06-30"])
    (['2015', '2016'], ['31.12.2015', '30.06.2016'])
    """
    if len({d[4:] for d in dates}) == 1:
        return [d[:4] for d in dates]
    return [date(d) for d in dates]
