"""What people say of an area, on a sheet: topics, voices, figures beside them, rules of acute need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sozialraum.model.areas import WHOLE
from sozialraum.present.profile.sheet import Items, Paragraph, Run, Section, Subheading, Words
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.planning.report import NeedsReport
    from sozialraum.present.profile.context import Profile
    from sozialraum.secrecy.edition import Edition

# Single statements shown on a sheet; the table holds all of them.
_STATEMENTS = 4


def tell_voices(report: NeedsReport | None, profile: Profile, edition: Edition) -> Section | None:
    """Set out what the readers of an edition may see of what was said of this area."""
    if report is None:
        return None
    place = profile.place
    summary, action, statements = (
        table[(table["level"] == place.level) & (table["area"] == place.id)]
        for table in (report.summary, report.action, report.statements)
    )
    if not len(summary):
        return None
    whole = str(edition.areas[f"{WHOLE}_name"].iloc[0])
    topics = summary.groupby("topic", sort=False)
    # What answers a topic is said once: beside its rule, where there is one.
    ruled = set(action["topic"])
    told = tuple(
        _tell_topic(str(topic), rows, edition, whole, answered=topic not in ruled)
        for topic, rows in topics
    )
    blocks: list[object] = [Items(told)]
    if len(action):
        rules = tuple(_tell_rule(row) for row in action.to_dict("records"))
        blocks += [Subheading(say("profile.voices_action")), Items(rules)]
        meant = " ".join(dict.fromkeys(action["rule"]))
        blocks.append(Paragraph((Run(meant),)))
    if len(statements):
        blocks += [Subheading(say("profile.voices_said")), Items(_quote(statements))]
        left = len(statements) - _STATEMENTS
        if left > 0:
            more = say("profile.voices_more", count=number(left))
            blocks.append(Paragraph((Run(more),), "quiet"))
    return Section("stimmen", (Run(say("profile.voices_heading")),), tuple(blocks))


def _tell_rule(row: Mapping[Any, Any]) -> Words:
    """Say a rule's outcome and, where the readers have a list of measures, what answers it."""
    told = (Run(str(row["text"])),)
    return (*told, Run(_tell_answer(row))) if "measures" in row else told


def _tell_answer(row: Mapping[Any, Any]) -> str:
    return say("profile.voices_measures", measures=row["measures"])


def _tell_topic(
    topic: str, rows: pd.DataFrame, edition: Edition, whole: str, *, answered: bool
) -> Words:
    runs = [Run(f"{topic}:", "strong"), Run(f"{rows['sample'].iloc[0]}.")]
    runs += [Run(_tell_figure(row, edition, whole)) for row in rows.to_dict("records")]
    if answered and "measures" in rows:
        runs.append(Run(_tell_answer(rows.iloc[0].to_dict())))
    return tuple(runs)


def _tell_figure(row: Mapping[Any, Any], edition: Edition, whole: str) -> str:
    definition = edition.indicators.get(row["indicator"])
    if definition is None or row["value"] != row["value"]:
        title = definition.title if definition else ""
        key = "profile.voices_unknown" if title else "profile.voices_no_figure"
        named = {"title": title} if title else {}
        return say(key, evidence=row["evidence"], reason=row["reason"], **named)
    beside = row["whole_value"] == row["whole_value"] and row["level"] != WHOLE
    key = "profile.voices_beside" if beside else "profile.voices_alone"
    named = {"place": whole, "whole": definition.show(row["whole_value"])} if beside else {}
    return say(
        key, title=definition.title, value=definition.show(row["value"]),
        day=date(row["datenstand"]), evidence=row["evidence"], reason=row["reason"], **named,
    )  # fmt: skip


def _quote(statements: pd.DataFrame) -> tuple[Words, ...]:
    """Quote the newest statements and say who made them and when."""
    newest = statements.sort_values(["date", "topic", "statement"], ascending=[False, True, True])
    quoted = []
    for row in newest.head(_STATEMENTS).to_dict("records"):
        who = row["traeger"] if row["traeger"] == row["traeger"] else say("profile.voices_nobody")
        text = say("profile.voices_quote", statement=row["statement"], who=who,
                   date=date(row["date"]))  # fmt: skip
        quoted.append((Run(f"{row['topic']}:", "strong"), Run(text)))
    return tuple(quoted)
