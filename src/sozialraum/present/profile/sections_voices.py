"""What people say of an area, on a sheet: topics, voices, figures beside them, rules of acute need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.model.areas import WHOLE
from sozialraum.present.profile.lines import holds_longer, shorten
from sozialraum.present.profile.room import ROOMS, Room
from sozialraum.present.profile.sheet import Items, Paragraph, Run, Section, Subheading, Words
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    from sozialraum.planning.report import NeedsReport
    from sozialraum.present.profile.context import Profile
    from sozialraum.secrecy.edition import Edition


def tell_voices(
    report: NeedsReport | None, profile: Profile, edition: Edition, room: Room = ROOMS[0]
) -> Section | None:
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
    acute = action["action"] == say("needs.action.acute")
    topics = _choose_topics(summary, set(action.loc[acute, "topic"]), room.topics)
    # What answers a topic is said once: beside its rule, where there is one.
    rules = action.assign(calm=~acute).sort_values("calm", kind="stable").iloc[: room.rules]
    ruled = set(rules["topic"])
    told = tuple(
        _tell_topic(topic, summary[summary["topic"] == topic], edition, whole,
                    letters=0 if topic in ruled else room.letters)
        for topic in topics
    )  # fmt: skip
    blocks: list[object] = [Items(told)]
    if left := summary["topic"].nunique() - len(topics):
        blocks.append(_more("profile.voices_topics_more", count=left))
    if len(rules):
        named = tuple(_tell_rule(row, room.letters) for row in rules.to_dict("records"))
        blocks += [Subheading(say("profile.voices_action")), Items(named)]
        meant = " ".join(dict.fromkeys(rules["rule"]))
        blocks.append(Paragraph((Run(meant),)))
        if left := len(action) - len(rules):
            hidden = int(acute.sum() - (~rules["calm"]).sum())
            blocks.append(_more("profile.voices_rules_more", count=left, acute=hidden))
    quoted = _choose_newest(statements, room.statements)
    if len(quoted):
        blocks += [Subheading(say("profile.voices_said")), Items(_quote(quoted, room.letters))]
        if (left := len(statements) - len(quoted)) > 0:
            blocks.append(_more("profile.voices_more", count=left))
    answers = pd.concat([rules, summary[summary["topic"].isin(topics)]])
    if holds_longer(quoted, "statement", room.letters) or holds_longer(
        answers, "measures", room.letters
    ):
        blocks.append(_more("profile.voices_cut"))
    return Section("stimmen", (Run(say("profile.voices_heading")),), tuple(blocks))


def _more(key: str, **counts: int) -> Paragraph:
    """Say how much more there is and where it stands."""
    told = say(key, **{name: number(n) for name, n in counts.items()})
    return Paragraph((Run(told),), "quiet")


def _choose_topics(summary: pd.DataFrame, acute: set[str], most: int) -> list[str]:
    """Choose topics with an acute need and those that most Träger name, in the table's order."""
    found = summary.drop_duplicates("topic")
    calm = ~found["topic"].isin(acute)
    ranked = found.assign(calm=calm).sort_values(
        ["calm", "traeger", "statements"], ascending=[True, False, False], kind="stable"
    )
    chosen = set(ranked["topic"].iloc[:most])
    return [str(topic) for topic in found["topic"] if topic in chosen]


def _tell_rule(row: Mapping[Any, Any], letters: int) -> Words:
    """Say a rule's outcome and, where the readers have a list of measures, what answers it."""
    told = (Run(f"{row['topic']}:", "strong"), Run(str(row["text"])))
    return (*told, Run(_tell_answer(row, letters))) if "measures" in row else told


def _tell_answer(row: Mapping[Any, Any], letters: int) -> str:
    told = say("profile.voices_measures", measures=shorten(row["measures"], letters))
    return told.replace("….", "…")


def _tell_topic(
    topic: str, rows: pd.DataFrame, edition: Edition, whole: str, *, letters: int
) -> Words:
    runs = [Run(f"{topic}:", "strong"), Run(f"{rows['sample'].iloc[0]}.")]
    runs += [Run(_tell_figure(row, edition, whole)) for row in rows.to_dict("records")]
    if letters and "measures" in rows:
        runs.append(Run(_tell_answer(rows.iloc[0].to_dict(), letters)))
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


def _choose_newest(statements: pd.DataFrame, most: int) -> pd.DataFrame:
    order = ["date", "topic", "statement"]
    return statements.sort_values(order, ascending=[False, True, True]).head(most)


def _quote(statements: pd.DataFrame, letters: int) -> tuple[Words, ...]:
    """Quote statements and say who made them and when."""
    quoted = []
    for row in statements.to_dict("records"):
        who = row["traeger"] if row["traeger"] == row["traeger"] else say("profile.voices_nobody")
        text = say("profile.voices_quote", statement=shorten(row["statement"], letters), who=who,
                   date=date(row["date"]))  # fmt: skip
        quoted.append((Run(f"{row['topic']}:", "strong"), Run(text)))
    return tuple(quoted)
