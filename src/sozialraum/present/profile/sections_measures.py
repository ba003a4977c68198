"""What is done or planned for an area, on a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.model.schema import ENDED
from sozialraum.planning.measures import say_state
from sozialraum.present.profile.lines import holds_longer, shorten
from sozialraum.present.profile.room import ROOMS, Room
from sozialraum.present.profile.sheet import Items, Paragraph, Run, Section, Words
from sozialraum.secrecy.changed_measures import find_overdue
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    from sozialraum.present.profile.context import Profile
    from sozialraum.secrecy.edition import Edition

_TEXTS = ("title", "target_group", "office", "paper", "funds", "note")


def tell_measures(
    measures: pd.DataFrame | None, profile: Profile, edition: Edition, room: Room = ROOMS[0]
) -> Section | None:
    """Set out the measures for this area and for areas in it, those that go on first.

    Parameters
    ----------
    measures : DataFrame or None
        As `show_measures` gives it for the edition's readers.
    profile : Profile
    edition : Edition
    room : Room

    Returns
    -------
    Section or None
        None where there is nothing to say.
    """
    if measures is None:
        return None
    place = (profile.place.level, profile.place.id)
    names = _name_inside(edition, place)
    here = pd.Series(list(zip(measures["level"], measures["area"], strict=True)), dtype=object)
    rows = measures[here.isin(list(names)).to_numpy()]
    if rows.empty:
        return None
    rows = rows.assign(
        ended=rows["status"].isin(ENDED), late=find_overdue(rows, edition.created),
        own=[pair != place for pair in zip(rows["level"], rows["area"], strict=True)],
    ).sort_values(["ended", "own", "topic", "measure"], kind="stable")  # fmt: skip
    shown = rows.head(room.measures)
    told = tuple(
        _tell(row, "" if not row["own"] else names[row["level"], row["area"]], room.letters)
        for row in shown.to_dict("records")
    )
    blocks: list[object] = [Items(told)]
    if len(rows) > len(shown):
        more = say("profile.measures_more", count=number(len(rows) - len(shown)))
        blocks.append(Paragraph((Run(more),), "quiet"))
    if any(holds_longer(shown, name, room.letters) for name in _TEXTS):
        blocks.append(Paragraph((Run(say("profile.measures_cut")),), "quiet"))
    return Section("massnahmen", (Run(say("profile.measures_heading")),), tuple(blocks))


def _name_inside(edition: Edition, place: tuple[str, str]) -> dict[tuple[str, str], str]:
    """Name an area and all that lie in it, by level and id."""
    levels = [level.id for level in edition.levels]
    below = levels[levels.index(place[0]) :]
    inside = edition.areas[edition.areas[place[0]] == place[1]]
    names = {}
    for level in below:
        for area, name in inside[[level, f"{level}_name"]].drop_duplicates().to_numpy():
            whole = edition.areas[level] == area
            # An area of another hierarchy that reaches beyond is not in it.
            if whole.sum() == len(inside[inside[level] == area]):
                names[level, area] = str(name)
    return names


def _tell(row: Mapping[Any, Any], within: str, letters: int) -> Words:
    """Say what is done, how far it is, until when, by whom and by which decision."""
    where = say("profile.measure_within", area=within) if within else ""
    state = say_state(row["status"])
    if row["status"] == row["status"] and row["status_date"] == row["status_date"]:
        state = say("profile.measure_since", state=state, date=date(row["status_date"]))
    parts = [say("profile.measure_state", state=state)]
    if row["end"] == row["end"] and row["status"] not in ENDED:
        key = "profile.measure_late" if row["late"] else "profile.measure_end"
        parts.append(say(key, date=date(row["end"])))
    known = {name for name, cell in row.items() if cell == cell}
    row = {k: shorten(cell, letters) if k in _TEXTS else cell for k, cell in row.items()}
    parts += [
        say(f"profile.measure_{name}", text=row[name])
        for name in ("target_group", "office", "paper")
        if name in known
    ]
    if "euro" in known:
        key = "profile.measure_euro_from" if "funds" in known else "profile.measure_euro"
        more = {"funds": row["funds"]} if "funds" in known else {}
        parts.append(say(key, euro=number(row["euro"]), **more))
    parts += [str(row["note"])] if "note" in known else []
    title = say("profile.measure_title", topic=row["topic"], title=row["title"])
    head = (Run(title, "strong"), Run(where)) if where else (Run(title, "strong"),)
    return (*head, Run(" ".join(parts)), Run(str(row["measure"]), "quiet"))
