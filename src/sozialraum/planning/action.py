"""Areas with an acute need for action: a rule that says itself what holds and what is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.model.indicator import Indicator, pick
from sozialraum.planning.evidence import SIDE, Figures
from sozialraum.planning.needs import summarise_needs
from sozialraum.secrecy.edition import Edition
from sozialraum.texts import date, number, say

ACTION_COLUMNS = (
    "rule", "level", "area", "name", "topic", "indicator", "datenstand", "value", "limit",
    "figure_holds", "traeger", "traeger_needed", "voices_hold", "action", "text",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """When an area has an acute need for action: a figure and voices, both.

    Attributes
    ----------
    topic : str
        What the voices speak about.
    level : str
        The level whose areas are looked at.
    indicator : str
        Its direction says which side means need.
    limit : float, optional
        The figure counts at this value and beyond it, in the indicator's unit.
    quantile : float, optional
        Instead of ``limit``: from this quantile on, between 0 and 1. 0.8 is the fifth of areas where
        need is greatest.
    traeger : int
        At least so many different Träger name the topic for the area.

    Raises
    ------
    CoverageError
        Neither or both of ``limit`` and ``quantile``; a quantile outside (0, 1); no Träger needed.

    Examples
    --------
    >>> ActionRule(topic="Armut", level="sozialraum", indicator="leistungsbezug", limit=10).traeger
    3
    """

    topic: str
    level: str
    indicator: str
    limit: float | None = None
    quantile: float | None = None
    traeger: int = 3

    def __post_init__(self) -> None:
        if (self.limit is None) == (self.quantile is None):
            raise CoverageError(say("needs.rule_limit", topic=self.topic))
        if self.quantile is not None and not 0 < self.quantile < 1:
            raise CoverageError(say("needs.rule_quantile", topic=self.topic))
        if self.traeger < 1:
            raise CoverageError(say("needs.rule_traeger", topic=self.topic))


def find_action(
    needs: pd.DataFrame, edition: Edition, rule: ActionRule, *, providers: int = 0
) -> pd.DataFrame:
    r"""Apply a rule of action to every area of its level.

    Parameters
    ----------
    needs : DataFrame
        As `settle_needs` gives it.
    edition : Edition
        Its values alone are looked at.
    rule : ActionRule
    providers : int
        Numbers of Träger below it stay unknown, as readers of the edition do not see them.

    Returns
    -------
    DataFrame
        One row per area in the order of ids: ``rule`` in words, ``value`` and ``limit``,
        ``figure_holds`` and ``voices_hold`` ("erfüllt", "nicht erfüllt", "keine Angabe"), ``traeger``
        and ``traeger_needed``, ``action``, and ``text``, which says all of it in a sentence.

    Raises
    ------
    UnknownNameError
        There is no such level or indicator in the edition.
    CoverageError
        The indicator does not say which side means need, or is a count.

    Notes
    -----
    With s = 1 where high values mean need and −1 where low ones do, the figure holds where
    s · value ≥ s · limit. Of n published values of the level, a quantile q takes as limit the k-th
    from the side of need, k = max(1, ⌊(1 − q) · n⌋); equal values are in. The voices hold where at least ``traeger`` different
    Träger name the topic for this very area; where nobody has said anything, that is unknown. Only where
    both are known is there an answer; all else is "nicht belegbar".

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt, build_needs
    >>> from sozialraum.planning.needs import settle_needs
    >>> from sozialraum.secrecy.build import build_edition
    >>> atlas = build_musterstadt().atlas
    >>> said = settle_needs(build_needs(), atlas.areas, atlas.offers).table
    >>> rule = ActionRule(topic="Armut", level="sozialraum", indicator="leistungsbezug", limit=10)
    >>> found = find_action(said, build_edition(atlas), rule)
    >>> found.loc[found["area"] == "22", "text"].iloc[0].replace("\xa0", " ")
    'Nordost hat nach dieser Regel akuten Handlungsbedarf: Menschen mit Leistungsbezug 13,5 % (Grenze 10,0 %): erfüllt. 3 Träger nennen das Thema (gebraucht: 3): erfüllt.'
    """  # noqa: E501
    definition = pick(edition.indicators, rule.indicator)
    levels = [level.id for level in edition.levels]
    if rule.level not in levels:
        raise UnknownNameError("level", rule.level, levels)
    side = need_side(definition)
    figures = Figures(edition)
    names = edition.areas.drop_duplicates(rule.level).set_index(rule.level)[f"{rule.level}_name"]
    values = pd.Series(
        {
            area: figures.find(definition, rule.level, area).value
            for area in names.sort_index().index
        },
        dtype="float64",
    )
    limit = _limit(values, rule, side)
    here = needs[(needs["level"] == rule.level) & (needs["topic"] == rule.topic)]
    said = summarise_needs(here, by=["area"]).set_index("area")["traeger"]
    rows = []
    for area, value in values.items():
        count = int(said[area]) if area in said.index else 0
        voices = count if area in said.index and count >= providers else None
        figure = None if value != value or limit != limit else bool(side * value >= side * limit)
        named = None if voices is None else voices >= rule.traeger
        rows.append(
            {
                "rule": say_rule(rule, edition), "level": rule.level, "area": area,
                "name": names[area], "topic": rule.topic, "indicator": definition.id,
                "datenstand": edition.latest(definition.id), "value": value, "limit": limit,
                "figure_holds": _say_holds(figure), "traeger": voices,
                "traeger_needed": rule.traeger, "voices_hold": _say_holds(named),
                "action": say(f"needs.action.{_decide(figure, named)}"),
                "text": _explain(
                    str(names[area]), definition, rule, value, limit, figure, voices, named
                ),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(ACTION_COLUMNS)).astype({"traeger": "Int64"})


def need_side(definition: Indicator) -> float:
    """Give 1 where high values of an indicator mean need, −1 where low ones do.

    Raises
    ------
    CoverageError
        It does not say, or it is a count, which grows with the area.
    """
    if definition.direction not in SIDE or definition.kind == "count":
        raise CoverageError(say("needs.rule_direction", title=definition.title))
    return SIDE[definition.direction]


def _limit(values: pd.Series, rule: ActionRule, side: float) -> float:
    if rule.limit is not None:
        return float(rule.limit)
    known = values.dropna().to_numpy(float)
    if not len(known):
        return float("nan")
    # An area's own value, so that readers find the limit in the table.
    most = max(1, int((1 - float(rule.quantile or 0)) * len(known) + 1e-9))
    return side * float(np.sort(side * known)[-most])


def _decide(figure: bool | None, named: bool | None) -> str:
    if figure is None or named is None:
        return "unknown"
    return "acute" if figure and named else "other"


def _say_holds(holds: bool | None) -> str:
    if holds is None:
        return say("number.missing")
    return say("needs.holds" if holds else "needs.holds_not")


def _explain(
    area: str, definition: Indicator, rule: ActionRule, value: Any, limit: float,
    figure: bool | None, voices: int | None, named: bool | None,
) -> str:  # fmt: skip
    """Say what holds, with the numbers, and what is unknown."""
    shown = say("needs.text_value", title=definition.title, value=definition.show(value),
                limit=definition.show(limit), holds=_say_holds(figure))  # fmt: skip
    lacking = say("needs.text_no_value", title=definition.title)
    counted = say("needs.traeger_one" if voices == 1 else "needs.traeger_many",
                  count=number(voices), needed=number(rule.traeger),
                  holds=_say_holds(named))  # fmt: skip
    outcome = say(f"needs.outcome.{_decide(figure, named)}", area=area)
    parts = (
        lacking if figure is None else shown,
        say("needs.text_no_voices") if voices is None else counted,
    )
    return " ".join([outcome, *parts])


def say_rule(rule: ActionRule, edition: Edition) -> str:
    """Say a rule in a sentence."""
    definition = pick(edition.indicators, rule.indicator)
    high = definition.direction == "high_is_need"
    day = date(edition.latest(definition.id))
    if rule.limit is not None:
        key = "needs.rule_high" if high else "needs.rule_low"
        figure = say(key, title=definition.title, datenstand=day, limit=definition.show(rule.limit))
    else:
        share = number(100 * (1 - float(rule.quantile or 0)))
        key = "needs.rule_share_high" if high else "needs.rule_share_low"
        figure = say(key, title=definition.title, datenstand=day, share=share)
    titles = {level.id: level.plural for level in edition.levels}
    return say(
        "needs.rule_one" if rule.traeger == 1 else "needs.rule_many",
        level=titles[rule.level], figure=figure, topic=rule.topic, traeger=number(rule.traeger),
    )  # fmt: skip


def find_actions(
    needs: pd.DataFrame, edition: Edition, rules: Sequence[ActionRule], *, providers: int = 0
) -> pd.DataFrame:
    """Apply the rules whose indicator the edition shows, one after the other."""
    parts = [
        find_action(needs, edition, rule, providers=providers)
        for rule in rules
        if rule.indicator in edition.indicators
    ]
    return (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(ACTION_COLUMNS))
    )
