"""Measures of two editions: new, further on, ended, late, changed, no longer listed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sozialraum.model.schema import ENDED
from sozialraum.secrecy.changed_offers import match_rows
from sozialraum.secrecy.published import Published
from sozialraum.texts import number

COLUMNS = (
    "what", "measure", "title", "level", "area", "name", "topic", "target_group", "office", "paper",
    "status_before", "status", "status_date", "end", "note", "column", "before", "after",
)  # fmt: skip
# What a measure is told apart by where its number changed.
_SAME = ("title", "level", "area")
# Not named among what changed: the state has rows of its own; whose row it is was no interest.
_NO_DETAIL = {"status", "status_date", "audience", "measure", "note", "level", "area"}
# Later than any day of the month or year that a shorter date means.
_END = "-99"


def compare_measures(old: Published, new: Published) -> pd.DataFrame:
    """Compare the lists of measures of two editions.

    Parameters
    ----------
    old, new : Published

    Returns
    -------
    DataFrame
        ``what``: "new", "status" (another state), "ended" (done, rejected or given up since), "gone"
        (no longer listed), "changed" (one row per column, ``before`` and ``after`` as text) or
        "overdue" (as `find_overdue` says on the day of the newer edition; beside any of the others).
        What the newer edition says of it, of "gone" what the older one said; empty where nothing was
        stated. No row but "overdue" where one of them has no list.

    Notes
    -----
    Measures of one number are the same. Of the others those are the same whose title and area agree
    and are the only ones in both lists: a number alone may have changed.
    """
    rows: list[dict[str, Any]] = []
    after = list_measures(new)
    if old.measures is not None and new.measures is not None:
        before = list_measures(old)
        pairs = match_rows(before, after, _SAME)
        rows += [{"what": "new", **after.loc[key]} for key in after.index.difference(
            [b for _, b in pairs], sort=False)]  # fmt: skip
        rows += [row for one, other in pairs for row in _compare(before.loc[one], after.loc[other])]
        rows += [
            {"what": "gone", **before.loc[key], "status_before": before.at[key, "status"]}
            for key in before.index.difference([a for a, _ in pairs], sort=False)
        ]
    late = find_overdue(after, new.created)
    rows += [{"what": "overdue", **row} for _, row in after[late].iterrows()]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype("str").fillna("")


def find_overdue(measures: pd.DataFrame, day: str) -> pd.Series:
    """Tell which measures were to be finished before a day and are not said to have ended.

    Parameters
    ----------
    measures : DataFrame
        With ``status`` and ``end``; of a month or year its last day counts.
    day : str
        ISO; without one nothing is overdue.

    Returns
    -------
    Series of bool

    Examples
    --------
    >>> table = pd.DataFrame({"status": ["running", "done", None, "planned"],
    ...                       "end": ["2025-06-29", "2025-01", "2024", "2025-06"]})
    >>> find_overdue(table, "2025-06-30").tolist()
    [True, False, True, False]
    """
    last = measures["end"].astype("str").fillna("").replace("", "9") + _END
    return (last < day) & ~measures["status"].isin(ENDED)


def list_measures(edition: Published) -> pd.DataFrame:
    """Give the list as texts by number, with the names of the areas; empty where nothing is stated."""
    table = edition.measures
    if table is None:
        return pd.DataFrame(columns=[*COLUMNS, "euro"], dtype="str")
    names = {
        (level, area): name
        for level, shapes in edition.tables.items()
        for area, name in shapes["name"].items()
    }
    places = zip(table["level"], table["area"], strict=True)
    texts = table.map(_write).assign(name=[names.get(place, place[1]) for place in places])
    return texts.set_index("measure", drop=False).rename_axis(None)


def _write(cell: Any) -> str:
    if cell is None or cell != cell or cell is pd.NA:
        return ""
    return number(cell, 2).removesuffix(",00") if isinstance(cell, float) else str(cell)


def _compare(before: pd.Series, after: pd.Series) -> list[dict[str, Any]]:
    """Give the rows of one measure that stands in both lists."""
    rows: list[dict[str, Any]] = []
    was, now = before["status"], after["status"]
    if was != now:
        what = "ended" if now in ENDED and was not in ENDED else "status"
        rows.append({"what": what, **after, "status_before": was})
    for column in before.index.intersection(after.index):
        if column not in _NO_DETAIL and before[column] != after[column]:
            meant = "area" if column == "name" else column
            told = {"column": meant, "before": before[column], "after": after[column]}
            rows.append({"what": "changed", **after, **told})
    return rows
