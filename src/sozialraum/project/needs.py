"""The needs register of a project file: read, checked against the tables, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from sozialraum.errors import CoverageError
from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.audience import CLOSED
from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.near import list_near
from sozialraum.model.schema import NEEDS, Table
from sozialraum.planning.action import ActionRule, need_side
from sozialraum.planning.needs import settle_needs
from sozialraum.planning.report import LEAST_PROVIDERS, NeedsPlan
from sozialraum.project.settings import Entry, Project
from sozialraum.read.needs import load_needs
from sozialraum.texts import say


def take_needs(project: Project, areas: pd.DataFrame, offers: pd.DataFrame) -> Reading:
    """Read the needs register and check it against areas and offers; None if there is none.

    Parameters
    ----------
    project : Project
    areas, offers : DataFrame
        Of the atlas or of an edition.
    """
    entry = project.section("needs")
    if not entry:
        return Reading(None, ())
    path = project.locate(entry["file"])
    options = {k: entry[k] for k in ("columns", "layer") if k in entry}
    table, found = load_needs(path, **options)
    if lacks_columns(table, NEEDS):
        return Reading(table, found)
    table = name_levels(table, project.levels)
    day = str(project.section("project").get("redaktionsschluss", ""))
    settled, more = settle_needs(
        table, areas, offers, topics=list(entry.get("topics", {})), day=day
    )
    return Reading(settled, join_findings(found, more))


def lacks_columns(table: pd.DataFrame | None, schema: Table) -> bool:
    """Tell whether nothing more can be said of a register because a required column is missing."""
    return table is None or any(c.required and c.name not in table for c in schema.columns)


def join_findings(read: Sequence[Finding], settled: Sequence[Finding]) -> tuple[Finding, ...]:
    """Put what is wrong with a register in one list; what was found twice stands there once."""
    known = {(f.code, f.row) for f in read}
    return (*read, *(f for f in settled if (f.code, f.row) not in known))


def check_needs_plan(
    project: Project, indicators: Mapping[str, Indicator], levels: Sequence[Level]
) -> list[Finding]:
    """Find indicators, levels and topics that do not exist, and useless rules."""
    label, entry = project.path.name, project.section("needs")
    found = [
        find("error", "need_indicator", label, cell=name, hint=list_near(name, indicators))
        for name in _list_indicators(entry, project.section("measures"))
        if name not in indicators
    ]
    topics = entry.get("topics", {})
    ids = [level.id for level in levels]
    for said in entry.get("rule", []):
        if topics and said["topic"] not in topics:
            hint = list_near(said["topic"], topics)
            found.append(find("error", "need_rule_topic", label, cell=said["topic"], hint=hint))
        if said["level"] not in ids:
            known = ", ".join(ids)
            found.append(find("error", "unknown_level", label, cell=said["level"], known=known))
        try:
            rule = ActionRule(**said)
            if rule.indicator in indicators:
                need_side(indicators[rule.indicator])
        except CoverageError as error:
            found.append(find("error", "need_rule", label, reason=str(error)))
    return found


def make_plan(project: Project) -> NeedsPlan:
    """Give what a project file asks to be made of its needs register."""
    entry = project.section("needs")
    return NeedsPlan(
        topics=entry.get("topics", {}),
        rules=tuple(ActionRule(**rule) for rule in entry.get("rule", [])),
        audience=entry.get("audience", CLOSED),
        providers=max(entry.get("providers", LEAST_PROVIDERS), project.secrecy.providers),
    )


def show_needs(entry: Entry, indicators: Iterable[str]) -> Entry:
    """Give the section without its file and without what readers of these indicators do not see."""
    seen = set(indicators)
    topics = show_topics(entry, indicators)
    rules = [rule for rule in entry.get("rule", []) if rule["indicator"] in seen]
    kept: Entry = {key: entry[key] for key in ("audience", "providers") if key in entry}
    return kept | {"topics": topics, "rule": rules}


def show_topics(entry: Entry, indicators: Iterable[str]) -> dict[str, list[str]]:
    """Give the topics of a section with those of their indicators that readers see."""
    seen = set(indicators)
    return {
        topic: [name for name in list_names(said) if name in seen]
        for topic, said in entry.get("topics", {}).items()
    }


def _list_indicators(entry: Entry, measures: Entry) -> list[str]:
    topics = [entry.get("topics", {}), measures.get("topics", {})]
    named = [name for part in topics for said in part.values() for name in list_names(said)]
    return list(dict.fromkeys([*named, *(rule["indicator"] for rule in entry.get("rule", []))]))


def name_levels(register: pd.DataFrame, levels: Sequence[Level]) -> pd.DataFrame:
    """Give a register in which titles of levels are their ids; offices write titles."""
    if "level" not in register:
        return register
    ids = {say("atlas.whole"): WHOLE, **{level.title: level.id for level in levels}}
    return register.assign(level=register["level"].replace(ids))


def list_names(said: Any) -> list[str]:
    """Give the indicators of a topic, of which one may stand alone."""
    return [str(x) for x in said] if isinstance(said, list) else [said] if said else []
