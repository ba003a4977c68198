"""The list of measures: what was decided or planned for areas, and how far it is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from sozialraum.model.audience import CLOSED, sees
from sozialraum.model.check import Reading
from sozialraum.model.rows import find_rows, find_twins
from sozialraum.model.schema import MEASURES
from sozialraum.model.spelling import plain_name
from sozialraum.planning.settle import complete, find_strangers, settle_areas, settle_topics
from sozialraum.texts import date, say

_LABEL = "measures"
# Later than any day of the month or year that a shorter date means.
_END = "-99"
# What answers no need any more.
_GIVEN_UP = ("rejected", "dropped")


def settle_measures(
    measures: pd.DataFrame,
    areas: pd.DataFrame,
    offers: pd.DataFrame,
    *,
    topics: Sequence[str] = (),
    day: str = "",
    audience: str = CLOSED,
) -> Reading:
    """Find the areas, offers and topics that the rows of a list of measures mean.

    Parameters
    ----------
    measures : DataFrame
        As `read_measures` gives it.
    areas : DataFrame
        Smallest areas with all levels, of an atlas or an edition.
    offers : DataFrame
        Index ``offer``.
    topics : sequence of str
        The topics there are; any are, where none is given.
    day : str
        ISO day of the edition; a later state or decision is noted.
    audience : {"nichtoeffentlich", "oeffentlich", "intern"}
        Who may read the rows that do not say it themselves.

    Returns
    -------
    Reading
        ``table``: the rows with all columns of the schema, ``level`` and ``area`` the ids of what was
        meant, topics in the spelling of ``topics``, ``audience`` in every row. ``findings``: ids that
        stand twice; areas, offers and topics that do not exist, with the nearest spellings; areas that
        mean several; an end before the start.

    Raises
    ------
    UnknownNameError
        There is no such audience.

    Examples
    --------
    >>> from sozialraum.demo import build_measures, build_musterstadt
    >>> atlas = build_musterstadt().atlas
    >>> table, findings = settle_measures(build_measures(), atlas.areas, atlas.offers)
    >>> table.loc[0, ["measure", "level", "area", "audience"]].tolist(), findings
    (['M1', 'sozialraum', '22', 'oeffentlich'], ())
    """
    sees(audience, audience)
    table = complete(measures, MEASURES)
    found = find_twins(table, MEASURES.key, _LABEL)
    found += settle_areas(table, areas, _LABEL)
    found += find_strangers(table, "offer", "need_offer", [str(x) for x in offers.index], _LABEL)
    found += settle_topics(table, topics, _LABEL)
    turned = table["start"].fillna("") > table["end"].fillna("9") + _END
    found += find_rows(
        "error", "measure_turned", _LABEL, table, turned, column="end",
        start=table["start"].map(date, na_action="ignore"),
        end=table["end"].map(date, na_action="ignore"),
    )  # fmt: skip
    for column in ("decided", "status_date"):
        if day:
            late = table[column].fillna("") > day
            shown = table[column].map(date, na_action="ignore")
            found += find_rows(
                "note", "measure_later", _LABEL, table, late, column=column, cell=shown
            )
    table["audience"] = table["audience"].fillna(audience)
    return Reading(table, tuple(found))


def show_measures(measures: pd.DataFrame, audience: str) -> pd.DataFrame | None:
    """Give of a list of measures what an audience may read.

    Parameters
    ----------
    measures : DataFrame
        As `settle_measures` gives it.
    audience : {"oeffentlich", "nichtoeffentlich", "intern"}

    Returns
    -------
    DataFrame or None
        The rows and columns meant for it; None where it sees no row: then there is no list for it.

    Raises
    ------
    UnknownNameError
        There is no such audience.

    Examples
    --------
    >>> from sozialraum.demo import build_measures, build_musterstadt
    >>> atlas = build_musterstadt().atlas
    >>> table = settle_measures(build_measures(), atlas.areas, atlas.offers).table
    >>> [len(show_measures(table, who)) for who in ("oeffentlich", "nichtoeffentlich", "intern")]
    [5, 6, 7]
    >>> "note" in show_measures(table, "oeffentlich")
    False
    """
    columns = [c.name for c in MEASURES.columns if c.audience and sees(audience, c.audience)]
    rows = measures[[sees(audience, meant) for meant in measures["audience"]]]
    return rows[columns].reset_index(drop=True) if len(rows) else None


def answer_needs(places: pd.DataFrame, measures: pd.DataFrame, areas: pd.DataFrame) -> pd.Series:
    """Name beside areas and topics the measures that answer them.

    Parameters
    ----------
    places : DataFrame
        ``level, area, topic``.
    measures : DataFrame
        As `show_measures` gives it.
    areas : DataFrame
        Smallest areas with all levels.

    Returns
    -------
    Series of str
        Number, title and state of each; "keine Maßnahme genannt" where there is none.

    Notes
    -----
    A measure answers where its topic is the same and its area is this one, lies in it or holds it;
    an area that is not this one is named. What was rejected or given up answers nothing.

    Examples
    --------
    >>> from sozialraum.demo import build_measures, build_musterstadt
    >>> areas = build_musterstadt().atlas.areas
    >>> table = show_measures(
    ...     settle_measures(build_measures(), areas, build_musterstadt().atlas.offers).table,
    ...     "oeffentlich")
    >>> places = pd.DataFrame({"level": ["sozialraum"] * 2, "area": ["12", "21"],
    ...                        "topic": ["Treffpunkte", "Kinderbetreuung"]})
    >>> answer_needs(places, table, areas).tolist()
    ['M3 Offene Halle am Wochenende (geplant)', 'keine Maßnahme genannt']
    """
    levels = {*measures["level"].dropna(), *places["level"].dropna()}
    parts = {
        (level, area): set(ids)
        for level in levels
        for area, ids in areas.rename_axis(None).groupby(level).groups.items()
    }
    known = [
        (plain_name(str(row["topic"])), (row["level"], row["area"]), row)
        for row in measures[~measures["status"].isin(_GIVEN_UP)].to_dict("records")
        if (row["level"], row["area"]) in parts
    ]
    answers = []
    for level, area, topic in places[["level", "area", "topic"]].itertuples(index=False):
        asked = plain_name(str(topic))
        named = []
        for meant, place, row in known:
            if meant == asked and not parts[place].isdisjoint(parts.get((level, area), ())):
                at = next(iter(parts[place]))
                elsewhere = "" if place == (level, area) else str(areas.at[at, f"{place[0]}_name"])
                named.append(_name(row, elsewhere))
        answers.append("; ".join(named) or say("measures.no_answer"))
    return pd.Series(answers, index=places.index, dtype="str")


def say_state(status: object) -> str:
    """Say how far a measure is.

    Examples
    --------
    >>> say_state("running"), say_state(None)
    ('in Umsetzung', 'keine Angabe')
    """
    column = MEASURES.column("status")
    words = column.words if column else {}
    return words.get(str(status), say("number.missing"))


def _name(row: Mapping[Hashable, Any], elsewhere: str) -> str:
    told = {"measure": row["measure"], "title": row["title"], "state": say_state(row["status"])}
    if elsewhere:
        return say("measures.answer_elsewhere", area=elsewhere, **told)
    return say("measures.answer", **told)
