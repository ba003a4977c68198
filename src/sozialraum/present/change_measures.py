"""Where the measures stand, in the half-yearly report, and which figures changed beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.model.schema import MEASURES
from sozialraum.model.spelling import plain_name
from sozialraum.planning.measures import say_state
from sozialraum.present.change_words import lay_out, say_change
from sozialraum.present.profile.lines import plain
from sozialraum.present.profile.sheet import (
    Column,
    Group,
    Paragraph,
    Run,
    Section,
    Subheading,
    Table,
)
from sozialraum.secrecy.changed_measures import list_measures
from sozialraum.texts import date, listing, number, say, words

if TYPE_CHECKING:
    from sozialraum.secrecy.comparison import Comparison
    from sozialraum.secrecy.published import Published

# What is told of each kind of row, and the parts of the width.
_TABLES: dict[str, dict[str, float]] = {
    "new": {"measure": 2.3, "area": 1.3, "topic": 1.7, "target_group": 1.2, "office": 1.3,
            "paper": 1.1, "standing": 1.1, "end": 1.0},
    "status": {"measure": 2.3, "area": 1.3, "topic": 1.7, "stood": 1.2, "standing": 1.2,
               "since": 1.0},
    "ended": {"measure": 2.3, "area": 1.3, "topic": 1.7, "stood": 1.2, "standing": 1.2,
              "since": 1.0},
    "overdue": {"measure": 2.3, "area": 1.3, "topic": 1.7, "office": 1.3, "end": 1.0, "standing": 1.2},
    "gone": {"measure": 2.3, "area": 1.3, "topic": 1.7, "stood": 1.2, "end": 1.0},
    "changed": {"measure": 2.3, "area": 1.3, "column": 1.2, "was": 1.6, "is": 1.6},
}  # fmt: skip
_READ = ("overdue", "gone")
_NOTED = ("status", "ended", "overdue")
_WHERE = {
    "measure": 2.3,
    "topic": 1.7,
    "target_group": 1.2,
    "office": 1.3,
    "standing": 1.2,
    "since": 1.0,
    "end": 1.0,
}
_BESIDE = {"area": 1.3, "topic": 1.2, "measures": 1.0, "indicator": 2.2, "before": -1.0,
           "after": -1.0, "change": -1.2}  # fmt: skip


def count_measures(found: Comparison) -> list[str]:
    """Say in a sentence how many measures are new, further on, ended, late or gone; nothing for none.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> from sozialraum.secrecy.comparison import compare_editions
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> count_measures(compare_editions(edition, edition))
    []
    """
    counts = found.measures.groupby("what")["measure"].nunique()
    told = words("changes.measure_what")
    parts = [
        f"{number(int(counts[what]))} {told[what]}" for what in _TABLES if what in counts.index
    ]
    return [say("changes.sentence.measures", parts=listing(parts))] if parts else []


def tell_measures(found: Comparison) -> Section:
    """Set out where the measures stand: all of them, what is different, what figures say beside."""
    old, new = found.old.measures, found.new.measures
    lacking = {(True, True): "both", (True, False): "old", (False, True): "new"}
    without = lacking.get((old is None, new is None))
    blocks: list[object] = (
        [Paragraph(plain(say(f"changes.no_measures.{without}")), "")] if without else []
    )
    if new is not None:
        blocks += [Paragraph(plain(say("measures.how"))), *_set(_count_states(new))]
    for what in _TABLES:
        if (found.measures["what"] == what).any():
            reading = say(f"changes.measure_reading.{what}") if what in _READ else ""
            blocks += _set(_list(found, what), reading)
    if new is not None:
        blocks += _set(_list_all(found.new))
        beside = _list_figures(found)
        blocks += _set(beside, say("changes.measure_reading.beside")) if beside else []
    return Section("massnahmen", plain(say("changes.measures_heading")), tuple(blocks))


def write_states(measures: pd.DataFrame) -> pd.DataFrame:
    """Write a comparison's table of measures in German words."""
    told = measures.copy()
    for column in ("status_before", "status"):
        told[column] = [say_state(x) if x else "" for x in measures[column]]
    for column in ("status_date", "end"):
        told[column] = [date(x) if x else "" for x in measures[column]]
    rows = measures[measures["what"] == "changed"]
    for column in ("before", "after"):
        shown = [_tell_side(row, column) if row[column] else "" for row in rows.to_dict("records")]
        told.loc[rows.index, column] = shown
    told["what"] = measures["what"].map(words("changes.measure_what"))
    told["column"] = [say(f"measures.column.{c}") if c else "" for c in measures["column"]]
    return told.rename(columns={"measure": "number", "title": "named"})


def _set(table: Table, reading: str = "") -> list[object]:
    """Give a table under its caption, with what must be said before it is read."""
    return [Subheading(table.caption), *([Paragraph(plain(reading))] if reading else []), table]


def _tell(row: Mapping[Any, Any], column: str) -> str:
    """Write a cell of a measure in words."""
    if column == "measure":
        return f"{row['measure']} {row['title']}"
    if column == "area":
        return str(row["name"])
    if column in ("standing", "stood"):
        return say_state(row["status" if column == "standing" else "status_before"])
    if column in ("since", "end"):
        return date(row["status_date" if column == "since" else "end"])
    if column == "column":
        return say(f"measures.column.{row['column']}")
    if column in ("was", "is"):
        return _tell_side(row, "before" if column == "was" else "after")
    # Not every measure calls for a remark.
    return str(row["note"]) if column == "note" else _text(row[column])


def _tell_side(row: Mapping[Any, Any], side: str) -> str:
    """Write what stood or stands in the column that is another."""
    known = MEASURES.column(row["column"])
    return date(row[side]) if known and known.kind == "date" else _text(row[side])


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) and cell else say("number.missing")


def _sort(rows: pd.DataFrame, edition: Published) -> pd.DataFrame:
    """Sort from the whole down, then by area, topic and number."""
    depth = {level.id: i for i, level in enumerate(edition.levels)}
    by = ["level", "area", "topic", "measure"]
    return rows.sort_values(
        by, kind="stable", key=lambda c: c.map(depth) if c.name == "level" else c
    )


def _list(found: Comparison, what: str) -> Table:
    rows = _sort(found.measures[found.measures["what"] == what], found.new)
    # Only some readers see remarks, and few measures have one.
    noted = what in _NOTED and bool((rows["note"] != "").any())
    columns = _TABLES[what] | ({"note": 2.0} if noted else {})
    cells = [[_tell(row, column) for column in columns] for row in rows.to_dict("records")]
    return lay_out(say(f"changes.measures.{what}", day=date(found.new.created)), columns, cells)


def _count_states(listed: pd.DataFrame) -> Table:
    """Count the measures of each topic by how far they are."""
    column = MEASURES.column("status")
    known = [*(column.words if column else {}), ""]
    counts = pd.crosstab(listed["topic"], listed["status"].astype("str").fillna(""))
    there = [state for state in known if state in counts]
    heads = (
        Column(plain(say("changes.head.topic")), "text", 1.6),
        *(Column(plain(say_state(state))) for state in there),
    )
    rows = tuple(
        (plain(str(topic)), *(plain(number(int(counts.at[topic, state]))) for state in there))
        for topic in sorted(counts.index)
    )
    return Table(say("changes.measures.states"), heads, (Group(rows),))


def _list_all(edition: Published) -> Table:
    """List every measure under its area."""
    titles = {level.id: level.title for level in edition.levels}
    groups = []
    for (level, name), part in _sort(list_measures(edition), edition).groupby(
        ["level", "name"], sort=False
    ):
        heading = say("changes.measures.area", name=name, level=titles[level])
        cells = tuple(
            tuple(plain(_tell(row, column)) for column in _WHERE) for row in part.to_dict("records")
        )
        groups.append(Group(cells, (Run(heading),)))
    return replace(lay_out(say("changes.measures.all"), _WHERE, ()), groups=tuple(groups))


def _list_figures(found: Comparison) -> Table | None:
    """List the figures that changed and speak about the topic of a measure in its area."""
    speaks = {plain_name(topic): list(names) for topic, names in found.new.topics.items()}
    listed = _sort(list_measures(found.new), found.new)
    changed = found.changed.set_index(["level", "area", "indicator"])
    cells = []
    for (level, area, name, topic), part in listed.groupby(
        ["level", "area", "name", "topic"], sort=False
    ):
        for indicator in speaks.get(plain_name(topic), []):
            if (level, area, indicator) in changed.index:
                row, known = changed.loc[(level, area, indicator)], found.indicators[indicator]
                cells.append((
                    name, topic, ", ".join(part["measure"]), known.title, known.show(row["before"]),
                    known.show(row["after"]), say_change(found, indicator, row["change"]),
                ))  # fmt: skip
    return lay_out(say("changes.measures.beside"), _BESIDE, cells) if cells else None
