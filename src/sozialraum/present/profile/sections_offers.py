"""The offers of an area as a section: by category, law and target group, close together."""

from __future__ import annotations

from sozialraum.present.locator import MapGround, draw_mark
from sozialraum.present.profile.offer_list import OfferGroup, OfferList, OfferRow
from sozialraum.present.profile.sheet import (
    Beside,
    Column,
    Group,
    Items,
    Paragraph,
    Run,
    Section,
    Table,
    Words,
)
from sozialraum.texts import number, say, words

# Above this a profile gives numbers only; the tables name every offer.
LISTED = 100
# Above this only names are given, and access is told for all together.
DETAILED = 30


def tell_offers(offers: OfferList, ground: MapGround) -> Section:
    """Set out the offers of an area.

    Parameters
    ----------
    offers : OfferList
    ground : MapGround
        For the marks that stand on the map.

    Returns
    -------
    Section
    """
    heading = (Run(say("profile.offers_heading")),)
    blocks: list[object] = []
    if offers.groups:
        intro = [
            say("profile.offers_intro", count=number(offers.count), whole=number(offers.whole))
        ]
        if offers.unknown:
            names = ", ".join(words("tables.offer")[c] for c in offers.unknown)
            intro.append(say("profile.offers_unknown", names=names))
        named = offers.count <= LISTED
        intro += [] if named else [say("profile.offers_many", most=number(LISTED))]
        blocks.append(Paragraph((Run(" ".join(intro)),)))
        told = [
            (Run(say(f"profile.offers_by_{key}"), "strong"), Run("; ".join(entries)))
            for key, entries in (
                ("law", offers.laws),
                ("group", offers.target_groups),
                ("access", offers.access if offers.count > DETAILED else ()),
            )
            if entries
        ]
        blocks += [Items(tuple(told))] if told else []
        blocks.append(_tabulate(offers, ground, named=named))
    else:
        blocks.append(Paragraph((Run(say("profile.sentence.offers_none")),), ""))
    if offers.absent:
        absent = say("profile.offers_absent", names=", ".join(offers.absent))
        blocks.append(Paragraph((Run(absent),)))
    return Section("angebote", heading, tuple(blocks))


def _tabulate(offers: OfferList, ground: MapGround, *, named: bool) -> Table | Beside:
    """Make a table of the categories with their offers, or two short ones of numbers."""
    if named:
        return _table(offers, offers.groups, ground, named=True)
    half = (len(offers.groups) + 1) // 2
    sides = [
        (_table(offers, part, ground, named=False),)
        for part in (offers.groups[:half], offers.groups[half:])
        if part
    ]
    return Beside(sides[0], sides[1]) if len(sides) > 1 else sides[0][0]


def _table(
    offers: OfferList, groups: tuple[OfferGroup, ...], ground: MapGround, *, named: bool
) -> Table:
    columns = [
        Column((Run(say("tables.offer.category")),), "text", 2.9),
        Column((Run(say("profile.offers_count")),), "number", 1.2),
    ]
    if named:
        columns.append(Column((Run(say("profile.offers_named")),), "text", 9.2))
    rows = []
    for group in groups:
        law = (Run(group.law, "quiet"),) if group.law else ()
        title = (Run(draw_mark(ground, group.category), "sign"), Run(group.title), *law)
        of = say("profile.of_count", count=number(group.count), whole=number(group.whole))
        rows.append((title, (Run(of),), *([_name(group, offers)] if named else [])))
    heading = say("profile.offers_heading")
    return Table(heading, tuple(columns), (Group(tuple(rows)),), kind="offers")


def _name(group: OfferGroup, offers: OfferList) -> Words:
    """Name the offers of a category one after the other, each with what is known of it."""
    runs: list[Run] = []
    short = offers.count > DETAILED
    told: dict[tuple[str, str, str], int] = {}
    for row in (*group.rows, *group.bare):
        key = (row.name, _tell(row, offers.columns, short=short), row.website)
        told[key] = told.get(key, 0) + row.count
    for i, ((name, tail, website), times) in enumerate(told.items()):
        end = ";" if i < len(told) - 1 else ""
        text = name or say("profile.nameless")
        text += f" {say('profile.times', count=number(times))}" if times > 1 else ""
        runs.append(Run(text + ("" if tail else end), "link" if website else "", website))
        runs += [Run(tail + end, "quiet")] if tail else []
    return tuple(runs)


def _tell(row: OfferRow, columns: tuple[str, ...], *, short: bool) -> str:
    """Tell where an offer is and what is known of it."""
    if short:
        return ""
    known = []
    for column, cell in zip(columns, row.cells, strict=True):
        if not cell:
            continue
        bare = column in ("traeger", "opening_hours")
        known.append(cell if bare else f"{words('tables.offer')[column]}: {cell}")
    told = f"({'; '.join(known)})" if known else ""
    return ", ".join(filter(None, [row.place])) + (f" {told}" if row.place and told else told)
