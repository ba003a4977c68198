"""From what is said of an area to the sections of its sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count, groupby
from typing import TYPE_CHECKING

from sozialraum.present.locator import MapGround, draw_locator, draw_mark
from sozialraum.present.profile.ages import AgeStructure
from sozialraum.present.profile.context import Course, Parts, Profile, ProfileDesk
from sozialraum.present.profile.figures import Comparison, Figure, plain_title, shared_marks
from sozialraum.present.profile.pictures import (
    picture_ages,
    picture_course,
    picture_share,
    picture_strip,
)
from sozialraum.present.profile.sections_offers import tell_offers
from sozialraum.present.profile.sentences import Statement, write_balance, write_statements
from sozialraum.present.profile.sheet import (
    Beside,
    Column,
    Figures,
    Group,
    Items,
    Paragraph,
    Picture,
    Run,
    Section,
    Sheet,
    Spread,
    Subheading,
    Table,
    Tile,
    Tiles,
    Words,
)
from sozialraum.present.profile.sheet import Figure as Drawing
from sozialraum.present.profile.week import draw_week
from sozialraum.texts import date, number, say, words

if TYPE_CHECKING:
    from sozialraum.model.indicator import Indicator

Draw = Callable[..., Picture]


def build_sheet(profile: Profile, desk: ProfileDesk, ground: MapGround) -> Sheet:
    """Set out a profile as a sheet.

    Parameters
    ----------
    profile : Profile
    desk : ProfileDesk
    ground : MapGround

    Returns
    -------
    Sheet
    """
    head, place = desk.edition.head, profile.place
    numbers = count(1)

    def draw(picture: Callable[..., str], *given: object, **named: object) -> Picture:
        return Picture(picture(*given, **named, ident=f"b{next(numbers)}"))

    opening = Spread((_place(profile, ground, draw), _glance(profile)))
    made = [
        opening,
        _tiles(profile),
        _balance(profile),
        _ages(profile, draw),
        _compare(profile, desk, draw),
        _index(profile),
        _parts(profile.parts, place.name),
        _courses(profile, draw),
        _reach(profile, draw),
        _gaps(profile, ground, draw),
        _week(profile, draw),
        tell_offers(profile.offers, ground),
        _method(profile, desk),
    ]
    return Sheet(
        name=place.name,
        kind=say("profile.kind"),
        place=place.title,
        within=" · ".join(parent.name for parent in profile.parents),
        title=say("profile.document", name=place.name, kind=say("profile.kind")),
        running=" · ".join(
            filter(None, (say("profile.kind"), place.name, head.vorlage, head.status))
        ),
        notice=head.notice,
        facts=tuple(head.entries().items()),
        parts=tuple(part for part in made if part is not None),
        created=desk.edition.created,
    )


def _plain(text: str) -> Words:
    return (Run(text),)


def _marks(given: Iterable[str], without: Iterable[str] = ()) -> Words:
    known = tuple(without)
    return tuple(Run(mark, "mark") for mark in given if mark not in known)


def _cite(note: int) -> Words:
    return (Run(str(note), "cite"),) if note else ()


def _title(indicator: Indicator, note: int, marks: Words = ()) -> Words:
    """Name an indicator with its unit, its source and what must be said beside it."""
    bare = indicator.unit in ("", "%", indicator.numerator)
    unit = () if bare else (Run(f", {indicator.unit}", "unit"),)
    return (Run(plain_title(indicator)), *unit, *_cite(note), *marks)


def _tell(statements: Iterable[Statement]) -> tuple[Words, ...]:
    return tuple((Run(s.text), *_marks(s.marks)) for s in statements)


def _place(profile: Profile, ground: MapGround, draw: Draw) -> Section:
    place = profile.place
    legend = tuple(
        (Run(draw_mark(ground, g.category), "sign"), Run(g.title), Run(number(g.count), "strong"))
        for g in profile.offers.groups
    )
    drawn = draw(draw_locator, ground, place.level, place.id)
    figure = Drawing(drawn, legend=legend, kind="map")
    return Section("lage", _plain(say("profile.place_heading")), (figure,))


def _glance(profile: Profile) -> Section:
    told = Items(_tell(write_statements(profile)), "glance")
    return Section("blick", _plain(say("profile.glance_heading")), (told,))


def _tiles(profile: Profile) -> Section | None:
    near, whole = profile.nearest, profile.whole
    tiles = []
    for c in profile.key_figures:
        bases = [
            (place.name, figure.short)
            for place, figure in ((near, c.parent), (whole, c.whole))
            if place and figure
        ]
        unit = c.indicator.unit if c.indicator.unit != "%" and c.own.value is not None else ""
        title = (Run(c.title), *_cite(c.note))
        tiles.append(Tile(title, c.own.short, unit, tuple(bases), _marks(c.own.marks)))
    if not tiles:
        return None
    return Section("zahlen", _plain(say("profile.key_heading")), (Tiles(tuple(tiles)),))


def _balance(profile: Profile) -> Section | None:
    """Set what the area has beside what the figures say of need."""
    strengths, needs = write_balance(profile)
    if not strengths and not needs:
        return None
    sides = [
        (Subheading(say(f"profile.{name}_heading")), Items(_tell(told)))
        if told
        else (Subheading(say(f"profile.{name}_heading")), Paragraph(_plain(say("profile.no_hint"))))
        for name, told in (("strengths", strengths), ("needs", needs))
    ]
    return Section(
        "ressourcen",
        _plain(say("profile.balance_heading")),
        (Paragraph(_plain(say("profile.balance_intro"))), Beside(sides[0], sides[1])),
    )


def _ages(profile: Profile, draw: Draw) -> Section | None:
    ages, whole = profile.ages, profile.whole
    if ages is None:
        return None
    shares = bool(ages.groups[0].shares)
    compared = whole is not None and bool(ages.groups[0].whole)
    intro = [
        say("profile.as_of", date=date(ages.datenstand)),
        say("profile.ages_shares" if shares else "profile.ages_people"),
    ]
    if compared and whole:
        intro.append(say("profile.ages_line", whole=whole.name))
    picture = draw(picture_ages, ages, profile.place.name, whole.name if whole else "")
    title = (
        Run(say("profile.ages_heading")),
        *_cite(profile.ages_note),
        *_marks(shared_marks(ages.figures)),
    )
    table = _age_table(ages, whole.name if whole and compared else "")
    beside = Beside((Drawing(picture),), (table,), 0.44)
    return Section("alter", title, (Paragraph(_plain(" ".join(intro))), beside))


def _age_table(ages: AgeStructure, whole: str) -> Table:
    heads = [say("profile.male"), say("profile.female")] if ages.by_sex else []
    heads += [say("profile.together"), say("profile.share")]
    columns = [Column(_plain(say("profile.age")), "text", 0.8)]
    columns += [Column(_plain(h)) for h in heads]
    if whole:
        columns.append(Column(_plain(whole), "quiet", 1.6))
    rows = []
    for g in reversed(ages.groups):
        cells = [g.name]
        if ages.by_sex and g.men and g.women:
            cells += [g.men.bare, g.women.bare]
        cells += [g.together, g.share()]
        if whole:
            cells.append(g.share(of_whole=True))
        rows.append(tuple(_plain(c) for c in cells))
    return Table(say("profile.ages_heading"), tuple(columns), (Group(tuple(rows)),), kind="ages")


def _key(profile: Profile, *, own: str = "own", others: str = "") -> tuple[tuple[str, str], ...]:
    """Explain the signs of a table's pictures."""
    key = [(own, profile.place.name)]
    key += [("parent", profile.nearest.name)] if profile.nearest else []
    key += [("whole", profile.whole.name)] if profile.whole else []
    return tuple(key + ([("other", others)] if others else []))


def _compare(profile: Profile, desk: ProfileDesk, draw: Draw) -> Section | None:
    if not profile.themes:
        return None
    near, whole = profile.nearest, profile.whole
    rows = [c for theme in profile.themes for c in theme.rows]
    intervals = any(c.own.interval for c in rows)
    years = [c.since.datenstand[:4] for c in rows if c.since and c.change is not None]
    year = max(years, key=years.count, default="")
    columns = [
        Column(_plain(say("profile.indicator")), "text", 4.6),
        Column(_plain(profile.place.name), "own", 1.3),
    ]
    if intervals:
        columns.append(Column(_plain(say("profile.interval")), "quiet", 1.6))
    if year:
        columns.append(Column(_plain(say("profile.change", year=year)), "number", 1.5))
    if near:
        columns.append(Column(_plain(near.name), "number", 1.8))
    if whole:
        columns.append(Column(_plain(whole.name), "number", 1.8))
        columns.append(Column(_plain(say("profile.difference")), "number", 1.4))
        spread = say("profile.spread", plural=desk.level.plural)
        columns.append(Column(_plain(spread), "picture", 2.6))

    def tell(c: Comparison, common: Sequence[str]) -> tuple[Words | Picture, ...]:
        cells: list[Words | Picture] = [
            _title(c.indicator, c.note, _marks(c.own.marks, common)),
            _plain(c.own.short),
        ]
        cells += [_plain(c.own.interval)] if intervals else []
        cells += [_plain(c.change_shown(year))] if year else []
        cells += [_plain(c.parent.short)] if c.parent else []
        if c.whole:
            cells.append(_plain(c.whole.short))
            if c.indicator.kind == "count":
                cells += [(), _plain(c.difference)]
            else:
                cells += [_plain(c.gap_shown), draw(picture_strip, c, desk.level.plural)]
        return tuple(cells)

    groups = []
    for theme in profile.themes:
        common = shared_marks(c.own for c in theme.rows)
        title = (Run(theme.title), *_marks(common))
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
    told = (Paragraph(_plain(" ".join(intro))),) if intro else ()
    return Section("vergleich", _plain(heading), (*told, table))


def _index(profile: Profile) -> Section | None:
    """Show the social index and what it is made of."""
    index = profile.index
    if index is None:
        return None
    titles = [plain_title(i) for i, _ in index.indicators if i.kind != "index"]
    intro = [say("profile.index_parts", names="; ".join(titles)), say("profile.index_means")]
    if index.level.id != profile.place.level:
        intro.append(say("profile.index_below", plural=index.level.plural))
    section = _parts(index, "", "sozialindex", say("profile.index_section"))
    if section is None:
        return None
    blocks = (Paragraph(_plain(" ".join(intro))), *section.blocks)
    return Section(section.id, section.title, blocks)


def _parts(
    parts: Parts | None, name: str, ident: str = "teile", heading: str = ""
) -> Section | None:
    if parts is None:
        return None
    first: tuple[Figure, ...] = parts.own or parts.rows[0][1]
    common = shared_marks(first)
    columns = [Column(_plain(parts.level.title), "text", 1.5)]
    for (indicator, note), own in zip(parts.indicators, first, strict=True):
        columns.append(Column(_title(indicator, note, _marks(own.marks, common))))
    rows = tuple(
        (_plain(part), *(_plain(f.short) for f in figures)) for part, figures in parts.rows
    )
    foot = ((_plain(name), *(_plain(f.short) for f in parts.own)),) if parts.own else ()
    title = heading or parts.level.plural
    table = Table(title, tuple(columns), (Group(rows),), foot=foot, kind="parts")
    return Section(ident, (Run(title), *_marks(common)), (table,))


def _courses(profile: Profile, draw: Draw) -> Section | None:
    if not profile.courses:
        return None
    common = shared_marks(c.own[-1] for c in profile.courses)

    def show(course: Course) -> Drawing:
        last = course.own[-1]
        title = _title(last.indicator, course.note, _marks(last.marks, common))
        return Drawing(draw(picture_course, course), title=title, kind="small")

    intro = [say("profile.course_scale")]
    if profile.whole:
        names = {"name": profile.place.name, "whole": profile.whole.name}
        intro.insert(0, say("profile.course_intro", **names))
    blocks = (Paragraph(_plain(" ".join(intro))), Figures(tuple(map(show, profile.courses))))
    return Section("verlauf", (Run(say("profile.course_heading")), *_marks(common)), blocks)


def _reach(profile: Profile, draw: Draw) -> Section | None:
    if not profile.reach:
        return None
    near, whole = profile.nearest, profile.whole
    common = shared_marks(c.own for c in profile.reach)
    columns = [
        Column(_plain(say("profile.indicator")), "text", 5.2),
        Column(_plain(say("profile.reached_bar")), "picture", 2.4),
        Column(_plain(say("profile.reached")), "own", 1.2),
        Column(_plain(say("profile.unreached")), "number", 1.2),
    ]
    columns += [Column(_plain(p.name), "number", 1.6) for p in (near, whole) if p]
    rows = []
    for c in profile.reach:
        unreached = c.own.sign if c.own.hidden else number(c.own.unreached)
        cells: list[Words | Picture] = [
            (Run(c.title), *_cite(c.note), *_marks(c.own.marks, common)),
            draw(picture_share, c),
            _plain(c.own.short),
            _plain(unreached),
        ]
        rows.append((*cells, *(_plain(f.short) for f in (c.parent, c.whole) if f)))
    heading = say("profile.reach_heading", how=profile.reach_how)
    table = Table(
        heading, tuple(columns), (Group(tuple(rows)),), key=_key(profile, own="bar"), kind="reach"
    )
    intro = Paragraph(_plain(say("profile.reach_intro")))
    return Section("erreichbar", (Run(heading), *_marks(common)), (intro, table))


def _gaps(profile: Profile, ground: MapGround, draw: Draw) -> Section | None:
    if not profile.gaps:
        return None
    place = profile.place
    drawn = draw(draw_locator, ground, place.level, place.id, gaps=profile.gap_shapes)
    columns = (
        Column(_plain(say("profile.gap_number")), "text", 0.5),
        Column(_plain(say("profile.gap_people")), "own", 1.0),
        Column(_plain(say("profile.gap_way")), "number", 1.0),
        Column(_plain(say("profile.gap_next")), "text", 3.0),
    )
    groups = []
    for measure, found in groupby(profile.gaps, key=lambda gap: gap.measure):
        rows = []
        for gap in found:
            beyond = (Run(say("profile.gap_beyond"), "quiet"),) if gap.inside < 0.95 else ()
            rows.append(
                (
                    (Run(gap.mark, "gap"),),
                    _plain(gap.people),
                    _plain(say("profile.gap_minutes", minutes=gap.minutes)),
                    (Run(gap.offer or say("number.missing")), *beyond),
                )
            )
        groups.append(Group(tuple(rows), _plain(measure)))
    intro = say("profile.gaps_intro")
    if profile.gaps_left:
        intro += " " + say("profile.gaps_left", count=number(profile.gaps_left))
    heading = say("profile.gaps_heading")
    table = Table(heading, columns, tuple(groups), kind="gaps")
    beside = Beside((Drawing(drawn, kind="map"),), (table,), 0.26)
    return Section("luecken", _plain(heading), (Paragraph(_plain(intro)), beside))


def _week(profile: Profile, draw: Draw) -> Section | None:
    if not profile.week:
        return None
    figure = Drawing(draw(draw_week, profile.week, name=profile.place.name), kind="wide")
    intro = Paragraph(_plain(say("profile.week_intro")))
    return Section("woche", _plain(say("profile.week_heading")), (intro, figure))


def _method(profile: Profile, desk: ProfileDesk) -> Section:
    """Tell sources, method, signs and secrecy."""
    edition = desk.edition
    cited = [entry for note in profile.notes for entry in note.entries.values()]
    others = [
        s for s in edition.sources if not any(c and (s.startswith(c) or s in c) for c in cited)
    ]
    notes = []
    for note in profile.notes:
        runs = [Run(note.text)]
        named = [(formula, titles) for formula, titles in note.formulas.items() if titles]
        for i, (formula, titles) in enumerate(named):
            end = "." if i == len(named) - 1 else ";"
            runs += [Run("; ".join(titles), "strong"), Run(f"= {formula}{end}")]
        runs += [Run(note.done)] if note.done else []
        notes.append(tuple(runs))
    blocks: list[object] = [
        Subheading(say("profile.sources_heading")), Items(tuple(notes), "notes")
    ]  # fmt: skip
    blocks += [Items(tuple(map(_plain, others)))] if others else []
    if edition.methods:
        how = Paragraph(_plain(" ".join(edition.methods)), "")
        blocks += [Subheading(say("profile.how_heading")), how]
    reading = [_plain(say("profile.reading_difference"))]
    known = words("sign")
    reading += [(Run(sign, "strong"), Run(known.get(sign, sign))) for sign in profile.signs]
    missing = say("number.missing")
    reading.append((Run(missing, "strong"), Run(say("profile.missing_means"))))
    blocks += [Subheading(say("profile.reading_heading")), Items(tuple(reading))]
    kept = say("profile.secrecy_none" if not profile.hidden else "profile.secrecy_some",
               count=number(profile.hidden), all=number(len(edition.protocol)))  # fmt: skip
    blocks += [Subheading(say("profile.secrecy_heading")), Paragraph(_plain(kept), "")]
    told = say("profile.checked", count=number(len(edition.notes)))
    blocks += [Paragraph(_plain(told), "")] if edition.notes else []
    if edition.created:
        made = say("profile.created", date=date(edition.created))
        blocks.append(Paragraph(_plain(made), "quiet"))
    return Section("methode", _plain(say("profile.method_heading")), tuple(blocks), "method")
