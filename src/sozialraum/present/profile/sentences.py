"""Sentences that write themselves from published figures.

They name differences and never judge: no ranking of areas, no word for good or bad, no guess at
causes. Nothing is said of a withheld number but that it is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from sozialraum.present.classes import round_shown
from sozialraum.present.profile.context import Course, Profile
from sozialraum.present.profile.figures import Comparison
from sozialraum.present.profile.offer_list import OfferList, name_most
from sozialraum.texts import date, listing, number, percent, say, words

# In standard deviations between the areas of the level: from FAR on a difference is told, below NEAR
# a value counts as close to its base.
FAR, NEAR = 0.5, 0.15
DIFFERENCES = 4
# Associations named among the strengths, and kinds of offers named at a glance.
CLUBS = 6
MOST = 4
_CLUB = re.compile(r"\be\.\s?V\.?|verein\b|verband\b|initiative\b|stiftung\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence and what must be said beside it ("Übungsdaten")."""

    text: str
    marks: tuple[str, ...] = ()


def write_statements(profile: Profile) -> tuple[Statement, ...]:
    """Write what the figures of a profile say.

    Parameters
    ----------
    profile : Profile

    Returns
    -------
    tuple of Statement
        People, ages, differences that are neither need nor its opposite, change, offers, what is
        withheld; each only where there are figures for it.
    """
    found = [
        *_people(profile),
        *_ages(profile),
        *_differences(profile, lambda c: c.indicator.direction == "none"),
        *_near(profile),
        *_change(profile.courses),
        *_offers(profile),
    ]
    if profile.hidden:
        key = "hidden_one" if profile.hidden == 1 else "hidden_many"
        found.append(Statement(_say(key, count=number(profile.hidden))))
    return tuple(found)


def _say(key: str, **values: object) -> str:
    return say(f"profile.sentence.{key}", **values)


def _people(profile: Profile) -> Iterable[Statement]:
    total = next(
        (c for c in profile.key_figures if c.indicator.kind == "count" and c.own.value), None
    )
    if total is None:
        return
    is_people = total.indicator.id.startswith(("einwohner", "bevoelkerung"))
    values = {
        "name": profile.place.name,
        "title": total.title,
        "number": total.own.bare,
        "date": date(total.own.datenstand),
        "share": percent(total.share),
        "whole": profile.whole.name if profile.whole else "",
    }
    key = ("people" if is_people else "count") + ("_share" if total.share is not None else "")
    yield Statement(_say(key, **values), total.own.marks)


def _ages(profile: Profile) -> Iterable[Statement]:
    ages = profile.ages
    young = ages.share_between(0, 18) if ages else None
    old = ages.share_between(65, None) if ages else None
    if ages is None or young is None or old is None:
        return
    compared = profile.whole is not None and young[1] is not None and old[1] is not None
    yield Statement(
        _say(
            "ages_compared" if compared else "ages",
            young=percent(young[0]),
            old=percent(old[0]),
            young_whole=percent(young[1]),
            old_whole=percent(old[1]),
            whole=profile.whole.name if profile.whole else "",
        ),
        ages.figures[0].marks,
    )


def write_balance(profile: Profile) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """Write what an area has, and what its figures say of need.

    Parameters
    ----------
    profile : Profile

    Returns
    -------
    strengths, needs : tuple of Statement
        Differences stand where the direction of their indicator puts them; strengths name offers that
        carry life together too, needs the reach that leaves most people out and the gaps.
    """
    strengths = [
        *_differences(profile, lambda c: _leans(c) < 0),
        *_reached(profile),
        *_carriers(profile.offers),
    ]
    needs = [
        *_differences(profile, lambda c: _leans(c) > 0),
        *_reach(profile),
        *_gaps(profile),
    ]
    return tuple(strengths), tuple(needs)


def _leans(comparison: Comparison) -> float:
    """Give a number above 0 where the difference speaks of more need than at its base."""
    sign = {"high_is_need": 1.0, "low_is_need": -1.0}.get(comparison.indicator.direction, 0.0)
    return sign * (comparison.gap or 0.0)


def _sized(profile: Profile) -> list[tuple[Comparison, float]]:
    rows = [c for theme in profile.themes for c in theme.rows]
    return [(c, distance) for c in rows if (distance := measure_distance(c)) is not None]


def _differences(profile: Profile, wanted: Callable[[Comparison], bool]) -> Iterable[Statement]:
    """Tell the largest differences from the base."""
    base = profile.nearest or profile.whole
    if base is None:
        return
    far = [pair for pair in _sized(profile) if pair[1] >= FAR and wanted(pair[0])]
    far = sorted(far, key=lambda pair: -pair[1])[:DIFFERENCES]
    for key, sign in (("above", 1), ("below", -1)):
        chosen = [c for c, _ in far if (c.gap or 0.0) * sign > 0]
        if chosen:
            told = listing([tell_difference(c) for c in chosen])
            yield Statement(_say(key, base=base.name, told=told), _marks(chosen))


def _near(profile: Profile) -> Iterable[Statement]:
    """Tell what lies close to the base."""
    base = profile.nearest or profile.whole
    near = [c for c, distance in _sized(profile) if distance <= NEAR]
    if base is not None and near:
        told = listing([f"{c.title} ({c.own.shown})" for c in near])
        yield Statement(_say("near", base=base.name, told=told), _marks(near))


def _marks(comparisons: Iterable[Comparison]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m for c in comparisons for m in c.own.marks))


def measure_distance(comparison: Comparison) -> float | None:
    """Measure a difference in standard deviations between the areas of the level.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    float or None
        |own − base| / SD of the level's published values (population SD); None where there is no
        difference or where fewer than three values are published.
    """
    if comparison.gap is None or len(comparison.others) < 3:
        return None
    spread = float(np.std(comparison.others))
    return abs(comparison.gap) / spread if spread > 0 else None


def tell_difference(comparison: Comparison) -> str:
    """Tell a value and how far it lies above or below its base.

    Parameters
    ----------
    comparison : Comparison
        With a difference.

    Returns
    -------
    str
    """
    return _say(
        "difference",
        title=comparison.title,
        value=comparison.own.shown,
        difference=comparison.difference,
    )


def _change(courses: Iterable[Course]) -> Iterable[Statement]:
    """Tell the largest change over time, measured by the course's own ups and downs."""
    best: tuple[float, Course] | None = None
    for course in courses:
        values = [f.rounded for f in course.own if f.rounded is not None]
        if course.own[0].rounded is None or course.own[-1].rounded is None or len(values) < 3:
            continue
        steps = np.abs(np.diff(values))
        size = abs(values[-1] - values[0]) / (float(steps.mean()) or 1.0)
        if course.own[0].indicator.direction == "none":
            size /= 2
        if best is None or size > best[0]:
            best = size, course
    if best is None or best[0] < 1:
        return
    course = best[1]
    first, last = course.own[0], course.own[-1]
    indicator = last.indicator
    change = float(
        round_shown([(last.rounded or 0.0) - (first.rounded or 0.0)], indicator.digits)[0]
    )
    if change == 0:
        return
    yield Statement(
        _say(
            "risen" if change > 0 else "fallen",
            title=course.title,
            first=first.shown,
            last=last.shown,
            since=date(first.datenstand),
            until=date(last.datenstand),
        ),
        last.marks,
    )


def _offers(profile: Profile) -> Iterable[Statement]:
    offers = profile.offers
    if not offers.whole:
        return
    if not offers.count:
        yield Statement(_say("offers_none"))
        return
    named = name_most(offers.groups, MOST)
    whole = number(offers.whole)
    if profile.whole is not None and offers.count == 1:
        yield Statement(_say("offers_one", whole=whole, most=named))
        return
    key = "offers_all" if profile.whole is None else "offers_many"
    most = _say("offers_most" if len(offers.groups) > MOST else "offers_each", most=named)
    yield Statement(_say(key, count=number(offers.count), whole=whole, most=most))


def _carriers(offers: OfferList) -> Iterable[Statement]:
    """Name places and people that carry life together, group by group."""
    groups: dict[str, list[str]] = {}
    known = words("profile.strength")
    for group in offers.groups:
        if group.category in known:
            counted = say("profile.counted", title=group.title, count=number(group.count))
            groups.setdefault(known[group.category], []).append(counted)
    if groups:
        told = "; ".join(f"{title} – {listing(names)}" for title, names in groups.items())
        yield Statement(_say("carriers", told=told))
    clubs = [name for name in offers.traeger if _CLUB.search(name)]
    if clubs:
        more = len(clubs) - CLUBS
        named = [*clubs[:CLUBS], *([_say("clubs_more", count=number(more))] if more > 0 else [])]
        # Some names hold commas.
        yield Statement(_say("clubs", told="; ".join(named).removesuffix(".")))


def _reached(profile: Profile) -> Iterable[Statement]:
    """Tell what everybody reaches, or what more people reach than in the whole."""
    if profile.reach and all(c.own.unreached == 0 for c in profile.reach):
        yield Statement(_say("reach_all"), profile.reach[0].own.marks)
        return
    better = [
        c
        for c in profile.reach
        if c.own.rounded is not None and c.whole and (c.whole.rounded or 101.0) < c.own.rounded
    ]
    if better and profile.whole:
        count, every = len(better), len(profile.reach)
        if count == every:
            kinds = _say("reached_sole" if every == 1 else "reached_every", all=number(every))
        else:
            key = "reached_one" if count == 1 else "reached_some"
            kinds = _say(key, count=number(count), all=number(every))
        yield Statement(_say("reached_more", kinds=kinds, whole=profile.whole.name), _marks(better))


def _reach(profile: Profile) -> Iterable[Statement]:
    """Tell the reach that leaves most people out."""
    known = [c for c in profile.reach if c.own.value is not None and c.own.unreached]
    if not known:
        return
    worst = max(known, key=lambda c: c.own.unreached or 0.0)
    yield Statement(
        _say(
            "reach",
            title=worst.title,
            value=worst.own.shown,
            count=number(worst.own.unreached),
            whom=worst.indicator.denominator,
        ),
        worst.own.marks,
    )


def _gaps(profile: Profile) -> Iterable[Statement]:
    if not profile.gaps:
        return
    largest = profile.gaps[0]
    count = len(profile.gaps) + profile.gaps_left
    if largest.count is None:
        yield Statement(_say("gaps_plain", count=number(count)))
        return
    yield Statement(
        _say(
            "gaps_one" if count == 1 else "gaps_many",
            count=number(count),
            measure=largest.measure,
            people=largest.people,
            minutes=largest.minutes,
        )
    )
