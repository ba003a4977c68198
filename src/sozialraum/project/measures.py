"""The list of measures of a project file, and as an edition wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from sozialraum.errors import InputError
from sozialraum.model.areas import Level
from sozialraum.model.audience import CLOSED
from sozialraum.model.check import CheckReport, Reading
from sozialraum.model.schema import MEASURES
from sozialraum.planning.measures import settle_measures
from sozialraum.project.needs import (
    join_findings,
    lacks_columns,
    name_levels,
    show_topics,
)
from sozialraum.project.settings import Entry, Project
from sozialraum.read.measures import load_measures


def take_measures(project: Project, areas: pd.DataFrame, offers: pd.DataFrame) -> Reading:
    """Read the list of measures and check it against areas and offers; None if there is none.

    Parameters
    ----------
    project : Project
    areas, offers : DataFrame
        Of the atlas or of an edition.
    """
    entry = project.section("measures")
    if not entry:
        return Reading(None, ())
    options = {k: entry[k] for k in ("columns", "layer") if k in entry}
    table, found = load_measures(project.locate(entry["file"]), **options)
    if lacks_columns(table, MEASURES):
        return Reading(table, found)
    settled, more = settle_measures(
        name_levels(table, project.levels),
        areas,
        offers,
        topics=list(list_topics(project)),
        day=str(project.section("project").get("redaktionsschluss", "")),
        audience=entry.get("audience", CLOSED),
    )
    if "source" in entry:
        settled["source"] = settled["source"].fillna(entry["source"])
    return Reading(settled, join_findings(found, more))


def list_topics(project: Project) -> Entry:
    """Give the topics there are and what speaks about them: those of the measures and of the needs."""
    own, needs = (project.section(name).get("topics", {}) for name in ("measures", "needs"))
    return {**needs, **own}


def read_list(path: Path, levels: Sequence[Level]) -> pd.DataFrame:
    """Read ``massnahmen.csv`` as an edition wrote it.

    Parameters
    ----------
    path : Path
    levels : sequence of Level
        Of the edition.

    Returns
    -------
    DataFrame
        As `show_measures` gave it.

    Raises
    ------
    ValueError
        It is no such table.
    """
    table, found = load_measures(path)
    faults = [f for f in found if f.severity == "error"]
    if table is None or faults:
        raise ValueError(str(InputError(CheckReport(tuple(faults)))))
    texts = [c.name for c in MEASURES.columns if c.name in table and c.kind in ("id", "text")]
    for name in texts:
        table[name] = table[name].str.removeprefix("'")
    seen = [c.name for c in MEASURES.columns if c.audience and c.name in table]
    return name_levels(table, levels)[seen]


def show_settings(entry: Entry, indicators: Iterable[str]) -> Entry:
    """Give the section without its file and without indicators that readers do not see."""
    kept: Entry = {key: entry[key] for key in ("audience",) if key in entry}
    return kept | {"topics": show_topics(entry, indicators)}
