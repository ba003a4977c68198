"""The context of a profile: what is said of an area, for HTML, PDF and DOCX alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import WHOLE, find_below
from sozialraum.present.profile.ages import AgeStructure, build_ages, find_age_groups
from sozialraum.present.profile.figures import (
    HIDDEN,
    Comparison,
    Figure,
    Figures,
    Notes,
    SourceNote,
    plain_title,
)
from sozialraum.present.profile.gap_list import GAPS, GapRow, list_gaps
from sozialraum.present.profile.offer_list import OfferList, list_offers
from sozialraum.present.profile.parts import (
    Parts,
    choose_key_figures,
    gather_index,
    gather_parts,
)
from sozialraum.present.profile.week import WeekRow, count_week
from sozialraum.texts import say, words

if TYPE_CHECKING:
    from sozialraum.model.areas import Level
    from sozialraum.secrecy.edition import Edition

COURSES = 8
# How far back a change is told.
YEARS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """An area by its key and its words."""

    level: str
    id: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Comparisons under one heading."""

    title: str
    rows: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """An indicator over at least three dates.

    Attributes
    ----------
    title : str
    own, whole : tuple of Figure
        In order of time; ``whole`` is empty for the whole itself.
    note : int
    """

    title: str
    own: tuple[Figure, ...]
    whole: tuple[Figure, ...]
    note: int


class ProfileDesk:
    """What all profiles of a level share, looked up once.

    Parameters
    ----------
    edition : Edition
    level : str

    Raises
    ------
    UnknownNameError
        The edition has no such level.
    """

    def __init__(self, edition: Edition, level: str) -> None:
        self.levels = {x.id: x for x in edition.levels}
        if level not in self.levels:
            raise UnknownNameError("level", level, self.levels)
        self.edition, self.level = edition, self.levels[level]
        self.figures = Figures(edition)
        self.tables = {x: edition.table(x) for x in self.levels}
        groups, _ = find_age_groups(edition.indicators)
        self.ages = {name for ids in groups.values() for name in ids}
        self.reach = {
            name
            for name, i in edition.indicators.items()
            if i.theme == say("project.theme_coverage") or name in set(edition.gaps["measure"])
        }
        smallest = edition.areas[level]
        places = edition.offers.get("area", pd.Series(index=edition.offers.index, dtype="str"))
        self.offer_area = places.map(smallest)

    def place(self, level: str, area: str) -> Place:
        """Name an area."""
        name = str(self.tables[level].loc[area, "name"])
        return Place(level, area, name, self.levels[level].title)

    def parents(self, area: str) -> tuple[Place, ...]:
        """List what an area lies in, from the nearest up to the whole.

        Where two of them, or the area and one of them, are called the same, their level is told: in
        Berlin the Prognoseraum Neukölln lies in Neukölln.
        """
        found, level = [self.place(self.level.id, area)], self.level.id
        while self.levels[level].parent:
            area = str(self.tables[level].loc[area, "parent"])
            level = self.levels[level].parent
            found.append(self.place(level, area))
        names = [place.name for place in found]
        return tuple(
            replace(p, name=say("profile.same_name", name=p.name, level=p.title))
            if names.count(p.name) > 1
            else p
            for p in found[1:]
        )

    def compare(self, area: str, indicator: str, parents: Sequence[Place]) -> Comparison:
        """Set an area's newest figure beside those of its parent and of the whole."""
        level = self.level.id
        day = max(self.figures.dates(level, indicator), default="")
        at = self.figures.at(level, indicator, day)
        own = self.figures.find(level, area, indicator, day)
        nearest = parents[0] if parents and parents[0].level != WHOLE else None
        return Comparison(
            own=own,
            parent=self.figures.find(nearest.level, nearest.id, indicator, day)
            if nearest
            else None,
            whole=self.figures.find(WHOLE, WHOLE, indicator, day) if parents else None,
            others=tuple(f.value for f in at.values() if f.value is not None),
            since=self._since(own, area),
        )

    def _since(self, own: Figure, area: str) -> Figure | None:
        """Find the oldest published figure of the last years that can be compared with the own."""
        if own.value is None or own.indicator.kind == "index":
            return None
        level, name = self.level.id, own.indicator.id
        first = str(int(own.datenstand[:4]) - YEARS)
        for day in self.figures.dates(level, name):
            old = self.figures.find(level, area, name, day)
            same = old.gebietsstand == own.gebietsstand
            if old.value is not None and same and first <= day[:4] < own.datenstand[:4]:
                return old
        return None

    def below(self) -> Level | None:
        """Give the level one down, if there is one."""
        return find_below(self.edition.levels, self.level.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The context of one profile.

    Attributes
    ----------
    place : Place
    parents : tuple of Place
        From the nearest up to the whole.
    key_figures : tuple of Comparison
    ages : AgeStructure, optional
    ages_note : int
    themes : tuple of Theme
        Everything but age groups and reach.
    courses : tuple of Course
    offers : OfferList
    week : tuple of WeekRow
        Opening hours by category.
    reach : tuple of Comparison
        Shares of people who reach an offer.
    gaps : tuple of GapRow
    gap_shapes : GeoDataFrame
        ``mark`` and geometry of the same gaps.
    gaps_left : int
        Gaps that are not listed because they are smaller.
    parts : Parts, optional
    index : Parts, optional
        The social index and what it is made of, of the area or of the areas below it.
    notes : tuple of SourceNote
    """

    place: Place
    parents: tuple[Place, ...]
    key_figures: tuple[Comparison, ...]
    ages: AgeStructure | None
    ages_note: int
    themes: tuple[Theme, ...]
    courses: tuple[Course, ...]
    offers: OfferList
    week: tuple[WeekRow, ...]
    reach: tuple[Comparison, ...]
    gaps: tuple[GapRow, ...]
    gap_shapes: gpd.GeoDataFrame
    gaps_left: int
    parts: Parts | None
    index: Parts | None
    notes: tuple[SourceNote, ...]

    @property
    def nearest(self) -> Place | None:
        """The parent that figures are compared with, where it is not the whole."""
        return self.parents[0] if self.parents and self.parents[0].level != WHOLE else None

    @property
    def whole(self) -> Place | None:
        """The whole; None for its own profile."""
        return self.parents[-1] if self.parents else None

    @property
    def reach_how(self) -> str:
        """How people get there, as far as the definitions of reach say it."""
        told = [c.indicator.numerator for c in self.reach]
        ways = [how for how in words("mode").values() if any(f" {how} " in text for text in told)]
        return " ".join(ways) if len(ways) == 1 else say("profile.reach_near")

    def figures(self) -> Iterable[Figure]:
        """Go through the area's own figures and those of its parts."""
        yield from (c.own for theme in self.themes for c in theme.rows)
        yield from (c.own for c in self.reach)
        yield from self.ages.figures if self.ages else ()
        yield from (f for course in self.courses for f in course.own[:-1])
        yield from (f for _, row in self.parts.rows for f in row) if self.parts else ()
        if self.index is not None:
            # On the area's own level the parts of an index stand among the themes already.
            below = self.index.level.id != self.place.level
            every = (f for _, row in self.index.rows for f in row)
            yield from (f for f in every if below or f.indicator.kind == "index")

    @property
    def hidden(self) -> int:
        """How many numbers of the profile are withheld."""
        return sum(f.hidden for f in self.figures()) + sum(g.people == HIDDEN for g in self.gaps)

    @property
    def hidden_titles(self) -> tuple[str, ...]:
        """What is withheld at least once; how often could be taken for the number itself."""
        withheld = [plain_title(f.indicator) for f in self.figures() if f.hidden]
        withheld += [gap.measure for gap in self.gaps if gap.people == HIDDEN]
        return tuple(dict.fromkeys(withheld))

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs that stand in the profile and need explaining."""
        used = {f.sign for f in self.figures() if f.sign}
        used |= {HIDDEN} if self.hidden else set()
        return tuple(sorted(used))


def build_profile(desk: ProfileDesk, area: str, *, gaps_each: int = GAPS) -> Profile:
    """Gather what the profile of an area says.

    Parameters
    ----------
    desk : ProfileDesk
    area : str
    gaps_each : int
        Gaps listed for each measure.

    Returns
    -------
    Profile
    """
    notes = Notes()
    parents = desk.parents(area)
    every = [desk.compare(area, name, parents) for name in desk.edition.indicators]
    known = [c for c in every if c.own.datenstand and c.indicator.id not in desk.ages]

    def cite(rows: Iterable[Comparison]) -> tuple[Comparison, ...]:
        return tuple(replace(c, note=notes.cite(c.own)) for c in rows)

    key_figures = cite(choose_key_figures(known, desk.reach))
    ages = list_ages(desk, area)
    ages_note = notes.cite(ages.figures[0]) if ages else 0
    index = gather_index(desk, area, notes)
    # An index stands beside its parts, not among figures that a larger area could have.
    apart = (
        {*desk.reach, *(i.id for i, _ in index.indicators if i.kind == "index")}
        if index
        else desk.reach
    )
    themes = _themes(cite(c for c in known if c.indicator.id not in apart))
    reach = cite(c for c in known if c.indicator.id in desk.reach)
    # Indices of two years must not be compared: each is taken from its own year's mean.
    lasting = [c for c in known if c.indicator.id not in desk.reach and c.indicator.kind != "index"]
    courses = _courses(desk, area, lasting, notes)
    gaps, shapes, left = list_gaps(desk, area, gaps_each)
    offers, offers_here = desk.edition.offers, desk.offer_area == area
    return Profile(
        place=desk.place(desk.level.id, area),
        parents=parents,
        key_figures=key_figures,
        ages=ages,
        ages_note=ages_note,
        themes=themes,
        courses=courses,
        offers=list_offers(offers, offers_here, desk.edition.categories),
        week=count_week(offers, offers_here, desk.edition.categories),
        reach=reach,
        gaps=gaps,
        gap_shapes=shapes,
        gaps_left=left,
        parts=gather_parts(desk, area, known, notes),
        index=index,
        notes=notes.all,
    )


def list_ages(desk: ProfileDesk, area: str) -> AgeStructure | None:
    """Gather the age groups of an area at the newest date that all of them share.

    Parameters
    ----------
    desk : ProfileDesk
    area : str

    Returns
    -------
    AgeStructure or None
        None if the edition has no age groups on this level.
    """
    level = desk.level.id
    dates = [set(desk.figures.dates(level, name)) for name in sorted(desk.ages)]
    shared = set.intersection(*dates) if dates else set()
    if not shared:
        return None
    day = max(shared)
    return build_ages(
        desk.edition.indicators,
        lambda name: desk.figures.find(level, area, name, day),
        (lambda name: desk.figures.find(WHOLE, WHOLE, name, day)) if level != WHOLE else None,
    )


def _themes(rows: Iterable[Comparison]) -> tuple[Theme, ...]:
    themes: dict[str, list[Comparison]] = {}
    for row in rows:
        themes.setdefault(row.indicator.theme or say("profile.theme_other"), []).append(row)
    return tuple(Theme(title, tuple(found)) for title, found in themes.items())


def _courses(
    desk: ProfileDesk, area: str, known: Sequence[Comparison], notes: Notes
) -> tuple[Course, ...]:
    """Follow indicators of three dates or more; those with a direction of need come first."""
    level, figures = desk.level.id, desk.figures
    long = [c for c in known if len(figures.dates(level, c.indicator.id)) >= 3]
    long.sort(key=lambda c: c.indicator.direction == "none")
    chosen = sorted(long[:COURSES], key=list(known).index)
    courses = []
    for comparison in chosen:
        name = comparison.indicator.id
        days = figures.dates(level, name)
        own = tuple(figures.find(level, area, name, day) for day in days)
        if all(f.value is None for f in own):
            continue  # a line without a point
        whole = tuple(figures.find(WHOLE, WHOLE, name, day) for day in days)
        # A count of the whole is so much larger that it would press the area's own line flat.
        compared = comparison.whole is not None and comparison.indicator.kind != "count"
        courses.append(
            Course(
                plain_title(comparison.indicator), own, whole if compared else (),
                notes.cite(comparison.own),
            )
        )  # fmt: skip
    return tuple(courses)
