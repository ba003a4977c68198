"""Areas beside each other with some figures each, and which figures lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import QUOTIENTS
from sozialraum.present.profile.figures import Comparison, Figure, Notes

if TYPE_CHECKING:
    from sozialraum.model.areas import Level
    from sozialraum.model.indicator import Indicator
    from sozialraum.present.profile.context import ProfileDesk

KEY_FIGURES = 6
PART_COLUMNS = 6
# Columns of an index itself: its value, its class.
INDEX_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Parts:
    """The areas one level below, with the leading figures of each.

    Attributes
    ----------
    level : Level
    indicators : tuple of (Indicator, int)
        Columns and their source notes.
    rows : tuple of (str, tuple of Figure)
        Name and figures of each part.
    own : tuple of Figure
        The area itself, the table's last row.
    """

    level: Level
    indicators: tuple[tuple[Indicator, int], ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]
    own: tuple[Figure, ...]


def choose_key_figures(
    known: Sequence[Comparison], reach: Iterable[str] = (), most: int = KEY_FIGURES
) -> list[Comparison]:
    """Choose what stands large on the first page: people first, then each theme in turn.

    Parameters
    ----------
    known : sequence of Comparison
        In the order of display.
    reach : iterable of str
        Indicators of reach; they form a theme of their own.
    most : int

    Returns
    -------
    list of Comparison
        The first count of people, then rates and means, in the order of display.
    """
    total = next(
        (c for c in known if c.indicator.kind == "count" and c.indicator.protects == "persons"),
        None,
    )
    of_reach = set(reach)
    themes: dict[str, list[Comparison]] = {}
    for comparison in known:
        indicator = comparison.indicator
        if indicator.kind in QUOTIENTS and comparison.own.value is not None:
            theme = "\n" if indicator.id in of_reach else indicator.theme
            themes.setdefault(theme, []).append(comparison)
    # Titles of a theme open with what the theme is about; where need has a direction, it leads.
    queues = [
        sorted(rows, key=lambda c: c.indicator.direction == "none") for rows in themes.values()
    ]
    chosen = [total] if total else []
    while len(chosen) < most and any(queues):
        for rows in queues:
            if rows and len(chosen) < most:
                chosen.append(rows.pop(0))
    return sorted(chosen, key=list(known).index)


def list_level(desk: ProfileDesk) -> Parts | None:
    """Set the leading figures of all areas of a level beside each other, the whole last.

    Parameters
    ----------
    desk : ProfileDesk

    Returns
    -------
    Parts or None
        None if nothing is published on the level.
    """
    level, figures = desk.level.id, desk.figures
    newest = {
        name: max(dates)
        for name in desk.edition.indicators
        if name not in desk.ages and (dates := figures.dates(level, name))
    }
    whole = [
        Comparison(own=figures.find(WHOLE, WHOLE, name, day), parent=None, whole=None, others=())
        for name, day in newest.items()
    ]
    leading = choose_key_figures(whole, desk.reach, PART_COLUMNS - 1)
    if not leading:
        return None
    names = [c.indicator.id for c in leading]
    return Parts(
        level=desk.level,
        indicators=tuple((c.indicator, 0) for c in leading),
        rows=tuple(
            (str(name), tuple(figures.find(level, key, i, newest[i]) for i in names))
            for key, name in desk.tables[level]["name"].items()
        ),
        own=tuple(c.own for c in leading),
    )


def gather_parts(
    desk: ProfileDesk, area: str, known: Sequence[Comparison], notes: Notes
) -> Parts | None:
    """Set the leading figures of the areas one level below beside each other.

    Parameters
    ----------
    desk : ProfileDesk
    area : str
    known : sequence of Comparison
        The area's own figures, from which the leading ones are chosen.
    notes : Notes
        Sources are cited there.

    Returns
    -------
    Parts or None
        None for the smallest areas.
    """
    below = desk.below()
    if below is None:
        return None
    table = desk.tables[below.id]
    units = desk.edition.areas
    members = table[table.index.isin(units.loc[units[desk.level.id] == area, below.id])]
    usable = [c for c in known if desk.figures.dates(below.id, c.indicator.id)]
    leading = choose_key_figures(usable, desk.reach, PART_COLUMNS)
    if not len(members) or not leading:
        return None
    days = {c.indicator.id: c.own.datenstand for c in leading}
    return Parts(
        level=below,
        indicators=tuple((c.indicator, notes.cite(c.own)) for c in leading),
        rows=tuple(
            (
                str(name),
                tuple(desk.figures.find(below.id, key, i, day) for i, day in days.items()),
            )
            for key, name in members["name"].items()
        ),
        own=tuple(c.own for c in leading),
    )


def gather_index(desk: ProfileDesk, area: str, notes: Notes) -> Parts | None:
    """Show the first index with its parts, of the area itself or else of the areas below it.

    Parameters
    ----------
    desk : ProfileDesk
    area : str
    notes : Notes
        Sources are cited there.

    Returns
    -------
    Parts or None
        None where no index is published.
    """
    defined, figures = desk.edition.indicators, desk.figures
    levels = [desk.level, *filter(None, [desk.below()])]
    for level in levels:
        indices = [
            i for i in defined.values()
            if i.kind == "index" and i.made_of and figures.dates(level.id, i.id)
        ]  # fmt: skip
        if not indices:
            continue
        family = [i for i in indices if i.made_of == indices[0].made_of][:INDEX_COLUMNS]
        made_of = (name.removeprefix("-") for name in indices[0].made_of)
        columns = [*family, *(defined[n] for n in made_of if n in defined)][:PART_COLUMNS]
        days = {i.id: max(figures.dates(level.id, i.id), default="") for i in columns}
        table, units = desk.tables[level.id], desk.edition.areas
        members = table[table.index.isin(units.loc[units[desk.level.id] == area, level.id])]
        return Parts(
            level=level,
            indicators=tuple(
                (i, notes.cite(figures.find(level.id, members.index[0], i.id, days[i.id])))
                for i in columns
            ),
            rows=tuple(
                (str(name), tuple(figures.find(level.id, key, i.id, days[i.id]) for i in columns))
                for key, name in members["name"].items()
            ),
            own=(),
        )
    return None
