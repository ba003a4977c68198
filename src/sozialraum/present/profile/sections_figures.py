"""The sections of a sheet that show figures: ages, comparison, index, parts, change, reach, gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from sozialraum.present.locator import MapGround, draw_locator
from sozialraum.present.profile.ages import AgeStructure
from sozialraum.present.profile.context import Course, Profile, ProfileDesk
from sozialraum.present.profile.figures import Comparison, Figure, plain_title, shared_marks
from sozialraum.present.profile.lines import cite, mark, name_indicator, plain
from sozialraum.present.profile.parts import Parts
from sozialraum.present.profile.pictures import (
    picture_ages,
    picture_course,
    picture_share,
    picture_strip,
)
from sozialraum.present.profile.sheet import (
    Beside,
    Column,
    Figures,
    Group,
    Paragraph,
    Picture,
    Run,
    Section,
    Table,
    Words,
    say_plain,
)
from sozialraum.present.profile.sheet import Figure as Drawing
from sozialraum.present.profile.week import draw_week
from sozialraum.texts import date, number, say

Draw = Callable[..., Picture]


def tell_ages(profile: Profile, draw: Draw) -> Section | None:
    """Show people by age, as picture and table."""
    ages, whole = profile.ages, profile.whole
    if ages is None:
        return None
    shares = bool(ages.groups[0].shares)
    compared = whole is not None and shares and bool(ages.groups[0].whole)
    intro = [
        say("profile.as_of", date=date(ages.datenstand)),
        say("profile.ages_shares" if shares else "profile.ages_people"),
    ]
    if compared and whole:
        intro.append(say("profile.ages_line", whole=whole.name))
    picture = draw(picture_ages, ages, profile.place.name, whole.name if whole else "")
    title = (
        Run(say("profile.ages_heading")),
        *cite(profile.ages_note),
        *mark(shared_marks(ages.figures)),
    )
    table = _age_table(ages, whole.name if whole and compared else "")
    beside = Beside((Drawing(picture),), (table,), 0.44)
    return Section("alter", title, (Paragraph(plain(" ".join(intro))), beside))


def _age_table(ages: AgeStructure, whole: str) -> Table:
    shares = bool(ages.groups[0].shares)
    heads = [say("profile.male"), say("profile.female")] if ages.by_sex else []
    heads += [say("profile.together"), *([say("profile.share")] if shares else [])]
    columns = [Column(plain(say("profile.age")), "text", 0.8)]
    columns += [Column(plain(h)) for h in heads]
    if whole:
        columns.append(Column(plain(whole), "quiet", 1.6))
    rows = []
    for g in reversed(ages.groups):
        cells = [g.name]
        if ages.by_sex and g.men and g.women:
            cells += [g.men.bare, g.women.bare]
        cells += [g.together, *([g.share()] if shares else [])]
        if whole:
            cells.append(g.share(of_whole=True))
        rows.append(tuple(plain(c) for c in cells))
    return Table(say("profile.ages_heading"), tuple(columns), (Group(tuple(rows)),), kind="ages")


def _key(profile: Profile, *, own: str = "own", others: str = "") -> tuple[tuple[str, str], ...]:
    """Explain the signs of a table's pictures."""
    key = [(own, profile.place.name)]
    key += [("parent", profile.nearest.name)] if profile.nearest else []
    key += [("whole", profile.whole.name)] if profile.whole else []
    return tuple(key + ([("other", others)] if others else []))


def compare_figures(profile: Profile, desk: ProfileDesk, draw: Draw) -> Section | None:
    """Set all figures beside those of the parent and the whole."""
    if not profile.themes:
        return None
    near, whole = profile.nearest, profile.whole
    rows = [c for theme in profile.themes for c in theme.rows]
    intervals = any(c.own.interval for c in rows)
    years = [c.since.datenstand[:4] for c in rows if c.since and c.change is not None]
    year = max(years, key=years.count, default="")
    columns = [
        Column(plain(say("profile.indicator")), "text", 6.0),
        Column(plain(profile.place.name), "own", 1.3),
    ]
    if intervals:
        columns.append(Column(plain(say("profile.interval")), "quiet", 1.75))
    if year:
        columns.append(Column(plain(say("profile.change", year=year)), "number", 1.5))
    if near:
        columns.append(Column(plain(near.name), "number", 1.8))
    if whole:
        columns.append(Column(plain(whole.name), "number", 1.8))
        columns.append(Column(plain(say("profile.difference")), "number", 1.4))
        spread = say("profile.spread", plural=desk.level.plural)
        columns.append(Column(plain(spread), "picture", 2.9))

    def tell(c: Comparison, common: Sequence[str]) -> tuple[Words | Picture, ...]:
        cells: list[Words | Picture] = [
            name_indicator(c.indicator, c.note, mark(c.own.marks, common)),
            plain(c.own.short),
        ]
        cells += [plain(c.own.interval)] if intervals else []
        cells += [plain(c.change_shown(year))] if year else []
        cells += [plain(c.parent.short)] if c.parent else []
        if c.whole:
            cells.append(plain(c.whole.short))
            if c.indicator.kind == "count":
                cells += [(), plain(c.difference)]
            else:
                cells += [plain(c.gap_shown), draw(picture_strip, c, desk.level.plural)]
        return tuple(cells)

    groups = []
    for theme in profile.themes:
        common = shared_marks(c.own for c in theme.rows)
        title = (Run(theme.title), *mark(common))
        groups.append(Group(tuple(tell(c, common) for c in theme.rows), title))
    intro = []
    if near or whole:
        base = (near or whole or profile.place).name
        intro = [say("profile.compare_intro"), say("profile.compare_base", base=base)]
    if intervals:
        intro.append(say("profile.interval_intro"))
    if year:
        intro.append(say("profile.change_intro"))
    heading = say("profile.compare_heading" if whole else "profile.indicators_heading")
    key = _key(profile, others=say("profile.others", plural=desk.level.plural)) if whole else ()
    table = Table(heading, tuple(columns), tuple(groups), key=key, kind="compare")
    told = (Paragraph(plain(" ".join(intro))),) if intro else ()
    return Section("vergleich", plain(heading), (*told, table))


def tell_index(profile: Profile) -> Section | None:
    """Show the social index and what it is made of."""
    index = profile.index
    if index is None:
        return None
    titles = [plain_title(i) for i, _ in index.indicators if i.kind != "index"]
    intro = [say("profile.index_parts", names="; ".join(titles)), say("profile.index_means")]
    if index.level.id != profile.place.level:
        intro.append(say("profile.index_below", plural=index.level.plural))
    section = tell_parts(index, "", "sozialindex", say("profile.index_section"))
    if section is None:
        return None
    blocks = (Paragraph(plain(" ".join(intro))), *section.blocks)
    return Section(section.id, section.title, blocks)


def tell_parts(
    parts: Parts | None, name: str, ident: str = "teile", heading: str = ""
) -> Section | None:
    """Show areas beside each other with some figures each."""
    if parts is None:
        return None
    first: tuple[Figure, ...] = parts.own or parts.rows[0][1]
    common = shared_marks(first)
    columns = [Column(plain(parts.level.title), "text", 2.1)]
    for (indicator, note), own in zip(parts.indicators, first, strict=True):
        named = name_indicator(indicator, note, mark(own.marks, common))
        # Long titles need room, though not in proportion: they run over several lines.
        share = min(max((len(say_plain(named)) / 16) ** 0.5, 1.0), 1.7)
        columns.append(Column(named, share=share))
    rows = tuple((plain(part), *(plain(f.short) for f in figures)) for part, figures in parts.rows)
    foot = ((plain(name), *(plain(f.short) for f in parts.own)),) if parts.own else ()
    title = heading or parts.level.plural
    table = Table(title, tuple(columns), (Group(rows),), foot=foot, kind="parts")
    return Section(ident, (Run(title), *mark(common)), (table,))


def tell_courses(profile: Profile, draw: Draw) -> Section | None:
    """Show the course of figures over the years."""
    if not profile.courses:
        return None
    common = shared_marks(c.own[-1] for c in profile.courses)

    def show(course: Course) -> Drawing:
        last = course.own[-1]
        title = name_indicator(last.indicator, course.note, mark(last.marks, common))
        return Drawing(draw(picture_course, course), title=title, kind="small")

    intro = [say("profile.course_scale")]
    if profile.whole:
        names = {"name": profile.place.name, "whole": profile.whole.name}
        intro.insert(0, say("profile.course_intro", **names))
    blocks = (Paragraph(plain(" ".join(intro))), Figures(tuple(map(show, profile.courses))))
    return Section("verlauf", (Run(say("profile.course_heading")), *mark(common)), blocks)


def tell_reach(profile: Profile, draw: Draw) -> Section | None:
    """Show who reaches what."""
    if not profile.reach:
        return None
    near, whole = profile.nearest, profile.whole
    common = shared_marks(c.own for c in profile.reach)
    columns = [
        Column(plain(say("profile.indicator")), "text", 5.2),
        Column(plain(say("profile.reached_bar")), "picture", 2.4),
        Column(plain(say("profile.reached")), "own", 1.2),
        Column(plain(say("profile.unreached")), "number", 1.2),
    ]
    columns += [Column(plain(p.name), "number", 1.6) for p in (near, whole) if p]
    rows = []
    for c in profile.reach:
        unreached = c.own.sign if c.own.hidden else number(c.own.unreached)
        cells: list[Words | Picture] = [
            (Run(c.title), *cite(c.note), *mark(c.own.marks, common)),
            draw(picture_share, c),
            plain(c.own.short),
            plain(unreached),
        ]
        rows.append((*cells, *(plain(f.short) for f in (c.parent, c.whole) if f)))
    heading = say("profile.reach_heading", how=profile.reach_how)
    table = Table(
        heading, tuple(columns), (Group(tuple(rows)),), key=_key(profile, own="bar"), kind="reach"
    )
    intro = Paragraph(plain(say("profile.reach_intro")))
    return Section("erreichbar", (Run(heading), *mark(common)), (intro, table))


def tell_gaps(profile: Profile, ground: MapGround, draw: Draw) -> Section | None:
    """Show gaps on a map and in a table."""
    if not profile.gaps:
        return None
    place = profile.place
    drawn = draw(draw_locator, ground, place.level, place.id, gaps=profile.gap_shapes)
    columns = (
        Column(plain(say("profile.gap_number")), "text", 0.5),
        Column(plain(say("profile.gap_people")), "own", 1.0),
        Column(plain(say("profile.gap_way")), "number", 1.0),
        Column(plain(say("profile.gap_next")), "text", 3.0),
    )
    groups = []
    for measure, found in groupby(profile.gaps, key=lambda gap: gap.measure):
        rows = []
        for gap in found:
            beyond = (Run(say("profile.gap_beyond"), "quiet"),) if gap.inside < 0.95 else ()
            rows.append(
                (
                    (Run(gap.mark, "gap"),),
                    plain(gap.people),
                    plain(say("profile.gap_minutes", minutes=gap.minutes)),
                    (Run(gap.offer or say("number.missing")), *beyond),
                )
            )
        groups.append(Group(tuple(rows), plain(measure)))
    intro = say("profile.gaps_intro")
    if profile.gaps_left:
        intro += " " + say("profile.gaps_left", count=number(profile.gaps_left))
    heading = say("profile.gaps_heading")
    table = Table(heading, columns, tuple(groups), kind="gaps")
    beside = Beside((Drawing(drawn, kind="map"),), (table,), 0.26)
    return Section("luecken", plain(heading), (Paragraph(plain(intro)), beside))


def tell_week(profile: Profile, draw: Draw) -> Section | None:
    """Show opening hours through the week."""
    if not profile.week:
        return None
    figure = Drawing(draw(draw_week, profile.week, name=profile.place.name), kind="wide")
    intro = Paragraph(plain(say("profile.week_intro")))
    return Section("woche", plain(say("profile.week_heading")), (intro, figure))
