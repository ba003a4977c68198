"""From what is said of an area to the sections of its sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING

from sozialraum.present.locator import MapGround, draw_locator, draw_mark
from sozialraum.present.profile.columns import fit_columns
from sozialraum.present.profile.context import Profile, ProfileDesk
from sozialraum.present.profile.lines import cite, mark, plain
from sozialraum.present.profile.room import ROOMS, Room
from sozialraum.present.profile.sections_figures import (
    Draw,
    compare_figures,
    tell_ages,
    tell_courses,
    tell_gaps,
    tell_index,
    tell_parts,
    tell_reach,
    tell_week,
)
from sozialraum.present.profile.sections_measures import tell_measures
from sozialraum.present.profile.sections_offers import tell_offers
from sozialraum.present.profile.sections_voices import tell_voices
from sozialraum.present.profile.sentences import Statement, write_balance, write_statements
from sozialraum.present.profile.sheet import (
    Beside,
    Items,
    Paragraph,
    Picture,
    Run,
    Section,
    Sheet,
    Spread,
    Subheading,
    Tile,
    Tiles,
    Words,
)
from sozialraum.present.profile.sheet import Figure as Drawing
from sozialraum.texts import date, number, say, words

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.planning.report import NeedsReport


def build_sheet(
    profile: Profile,
    desk: ProfileDesk,
    ground: MapGround,
    voices: NeedsReport | None = None,
    measures: pd.DataFrame | None = None,
    room: Room = ROOMS[0],
) -> Sheet:
    """Set out a profile as a sheet.

    Parameters
    ----------
    profile : Profile
    desk : ProfileDesk
    ground : MapGround
    voices : NeedsReport, optional
        What the edition's readers see of a needs register.
    measures : DataFrame, optional
        What they see of a list of measures.
    room : Room
        How much of both is told.

    Returns
    -------
    Sheet
    """
    head, place = desk.edition.head, profile.place
    numbers = count(1)

    def draw(picture: Callable[..., str], *given: object, **named: object) -> Picture:
        return Picture(picture(*given, **named, ident=f"b{next(numbers)}"))

    opening = Spread((_place(profile, ground, draw), _glance(profile)))
    told = (
        tell_voices(voices, profile, desk.edition, room),
        tell_measures(measures, profile, desk.edition, room),
    )
    how = [
        *(voices.methods if voices is not None and told[0] else ()),
        *((say("measures.how"),) if told[1] else ()),
    ]
    made = [
        opening,
        _tiles(profile),
        _balance(profile),
        tell_ages(profile, draw),
        compare_figures(profile, desk, draw),
        tell_index(profile),
        tell_parts(profile.parts, place.name),
        tell_courses(profile, draw),
        tell_reach(profile, draw),
        tell_gaps(profile, ground, draw),
        tell_week(profile, draw),
        tell_offers(profile.offers, ground),
        *told,
        _method(profile, desk, how),
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
        parts=fit_columns(tuple(part for part in made if part is not None)),
        created=desk.edition.created,
    )


def _tell(statements: Iterable[Statement]) -> tuple[Words, ...]:
    return tuple((Run(s.text), *mark(s.marks)) for s in statements)


def _place(profile: Profile, ground: MapGround, draw: Draw) -> Section:
    place = profile.place
    legend = tuple(
        (Run(draw_mark(ground, g.category), "sign"), Run(g.title), Run(number(g.count), "strong"))
        for g in profile.offers.groups
    )
    drawn = draw(draw_locator, ground, place.level, place.id)
    figure = Drawing(drawn, legend=legend, kind="map")
    return Section("lage", plain(say("profile.place_heading")), (figure,))


def _glance(profile: Profile) -> Section:
    told = Items(_tell(write_statements(profile)), "glance")
    return Section("blick", plain(say("profile.glance_heading")), (told,))


def _tiles(profile: Profile) -> Section | None:
    near, whole = profile.nearest, profile.whole
    reach = {c.indicator.id for c in profile.reach}
    tiles = []
    for c in profile.key_figures:
        bases = [
            (place.name, figure.short)
            for place, figure in ((near, c.parent), (whole, c.whole))
            if place and figure
        ]
        # Reach is measured, not drawn by chance.
        if c.own.interval and c.indicator.id not in reach:
            bases.append((say("profile.interval"), c.own.interval))
        if c.since and c.change is not None:
            year = c.since.datenstand[:4]
            bases.append((say("profile.change", year=year), c.change_shown(year)))
        unit = c.indicator.unit if c.indicator.unit != "%" and c.own.value is not None else ""
        title = (Run(c.title), *cite(c.note))
        tiles.append(Tile(title, c.own.short, unit, tuple(bases), mark(c.own.marks)))
    if not tiles:
        return None
    return Section("zahlen", plain(say("profile.key_heading")), (Tiles(tuple(tiles)),))


def _balance(profile: Profile) -> Section | None:
    """Set what the area has beside what the figures say of need."""
    strengths, needs = write_balance(profile)
    if not strengths and not needs:
        return None
    sides = [
        (Subheading(say(f"profile.{name}_heading")), Items(_tell(told)))
        if told
        else (Subheading(say(f"profile.{name}_heading")), Paragraph(plain(say("profile.no_hint"))))
        for name, told in (("strengths", strengths), ("needs", needs))
    ]
    return Section(
        "ressourcen",
        plain(say("profile.balance_heading")),
        (
            Paragraph(plain(say("profile.balance_intro"))),
            Beside(sides[0], sides[1], _share(strengths, needs)),
        ),
    )


def _share(left: Iterable[Statement], right: Iterable[Statement]) -> float:
    """Share a width between two lists, so that the longer one gets more of it."""
    length, other = (sum(len(s.text) for s in side) for side in (left, right))
    return min(max(length / (length + other), 0.4), 0.6)


def _method(profile: Profile, desk: ProfileDesk, registers: Sequence[str]) -> Section:
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
    blocks += [Items(tuple(map(plain, others)))] if others else []
    if methods := [*edition.methods, *registers]:
        how = Paragraph(plain(" ".join(methods)), "")
        blocks += [Subheading(say("profile.how_heading")), how]
    reading = [plain(say("profile.reading_difference"))]
    known = words("sign")
    reading += [(Run(sign, "strong"), Run(known.get(sign, sign))) for sign in profile.signs]
    missing = say("number.missing")
    reading.append((Run(missing, "strong"), Run(say("profile.missing_means"))))
    blocks += [Subheading(say("profile.reading_heading")), Items(tuple(reading))]
    kept = say("profile.secrecy_none" if not profile.hidden else "profile.secrecy_some",
               count=number(profile.hidden), all=number(len(edition.protocol)))  # fmt: skip
    blocks += [Subheading(say("profile.secrecy_heading")), Paragraph(plain(kept), "")]
    if profile.hidden:
        which = say("profile.secrecy_which", titles="; ".join(profile.hidden_titles))
        blocks.append(Paragraph(plain(which), ""))
    told = say("profile.checked", count=number(len(edition.notes)))
    blocks += [Paragraph(plain(told), "")] if edition.notes else []
    if edition.created:
        made = say("profile.created", date=date(edition.created))
        blocks.append(Paragraph(plain(made), "quiet"))
    return Section("methode", plain(say("profile.method_heading")), tuple(blocks), "method")
