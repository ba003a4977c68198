"""What the published figures say about a need that was named: they bear it out, or they cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.edition import Edition
from sozialraum.texts import say

_SURE = ("", "–")
SIDE = {"high_is_need": 1.0, "low_is_need": -1.0}


class Figure(NamedTuple):
    """A published figure; ``value`` is missing where none is shown or it is not certain enough."""

    value: float
    sign: str
    there: bool


def relate_needs(
    summary: pd.DataFrame, edition: Edition, topics: Mapping[str, str | Sequence[str]]
) -> pd.DataFrame:
    """Put the published figures of the area beside what was said of it.

    Parameters
    ----------
    summary : DataFrame
        As `summarise_needs` gives it, by ``area`` and ``topic`` at least.
    edition : Edition
        Its values alone are looked at, so that nothing withheld can show through.
    topics : mapping of str to str or sequence of str
        Topic → the indicators that speak about it.

    Returns
    -------
    DataFrame
        A row of the summary for each indicator of its topic, with ``indicator``, ``datenstand``,
        ``value``, ``sign``, ``parent``, ``parent_value``, ``whole_value``, ``evidence`` ("belegt" or
        "nicht belegbar") and ``reason``.

    Notes
    -----
    "Belegt" is a need where the area's figure, rounded as it is shown, lies farther on the side that
    means need (``Indicator.direction``) than that of the whole on the same day. In all other cases,
    and where a figure is missing, withheld or uncertain, it is "nicht belegbar"; no figure refutes
    what somebody says. Counts of people grow with the area and bear nothing out.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt, build_needs
    >>> from sozialraum.planning.needs import settle_needs, summarise_needs
    >>> from sozialraum.secrecy.build import build_edition
    >>> atlas = build_musterstadt().atlas
    >>> said = settle_needs(build_needs(), atlas.areas, atlas.offers).table
    >>> related = relate_needs(
    ...     summarise_needs(said), build_edition(atlas), {"Armut": "leistungsbezug"})
    >>> related.loc[related["topic"] == "Armut", ["area", "evidence"]].values.tolist()
    [['1101', 'nicht belegbar'], ['22', 'belegt']]
    """
    figures = Figures(edition)
    rows = []
    for row in summary.to_dict("records"):
        said = topics.get(str(row["topic"]), ())
        for name in [said] if isinstance(said, str) else list(said) or [""]:
            rows.append(row | figures.judge(str(row["level"]), str(row["area"]), name))
    more = [*summary.columns, *EVIDENCE_COLUMNS]
    table = pd.DataFrame(rows, columns=list(dict.fromkeys(more)))
    return table.astype(summary.dtypes.to_dict())


EVIDENCE_COLUMNS = (
    "indicator", "datenstand", "value", "sign", "parent", "parent_value", "whole_value", "evidence",
    "reason",
)  # fmt: skip


class Figures:
    """The published figures of an edition, looked up by place."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.parents = {level.id: level.parent for level in edition.levels}
        values = edition.values
        keys = zip(
            values["indicator"], values["datenstand"], values["level"], values["area"], strict=True
        )
        cells = zip(values["value"].to_numpy(float).tolist(), values["sign"], strict=True)
        self.cells = dict(zip(keys, cells, strict=True))

    def find(self, definition: Indicator, level: str, area: str) -> Figure:
        """Give a figure as it is shown, of the newest day the indicator has."""
        key = (definition.id, self.edition.latest(definition.id), level, area)
        if key not in self.cells:
            return Figure(float("nan"), "", False)
        value, sign = self.cells[key]
        known = round_as_shown(value, definition.digits) if sign in _SURE else float("nan")
        return Figure(known, sign, True)

    def above(self, level: str, area: str) -> str:
        """Give the id of the area above, empty for the whole."""
        parent = self.parents.get(level, "")
        if not parent:
            return ""
        rows = self.edition.areas.loc[self.edition.areas[level] == area, parent]
        return str(rows.iloc[0]) if len(rows) else ""

    def judge(self, level: str, area: str, name: str) -> dict[str, object]:
        """Say what an indicator's figures say about an area."""
        definition = self.edition.indicators.get(name)
        if definition is None:
            # Not told apart: an indicator that its readers do not see, and none.
            return _verdict("no_indicator" if not name else "no_figure", indicator="")
        own = self.find(definition, level, area)
        above = self.above(level, area)
        parent = self.find(definition, self.parents.get(level, ""), above)
        whole = self.find(definition, WHOLE, WHOLE)
        side = SIDE.get(definition.direction)
        if own.value != own.value:
            reason = "uncertain" if own.sign in ("()", "/") else "no_figure"
        elif side is None:
            reason = "no_direction"
        elif definition.kind == "count":
            reason = "count"
        elif level == WHOLE or whole.value != whole.value:
            reason = "no_whole"
        else:
            reason = "beyond" if side * own.value > side * whole.value else "not_beyond"
        return _verdict(
            reason, indicator=name, datenstand=self.edition.latest(name), value=own.value,
            sign=own.sign, parent=above, parent_value=parent.value, whole_value=whole.value,
        )  # fmt: skip


def _verdict(reason: str, **entries: object) -> dict[str, object]:
    nothing = {"datenstand": "", "sign": "", "parent": ""}
    numbers = dict.fromkeys(("value", "parent_value", "whole_value"), float("nan"))
    evidence = say("needs.evident" if reason == "beyond" else "needs.not_evident")
    words = {"evidence": evidence, "reason": say(f"needs.reason.{reason}")}
    return {**nothing, **numbers, **entries, **words}


def round_as_shown(value: float, digits: int) -> float:
    """Round halves away from zero, as every output does."""
    scale = 10.0**digits
    return float(np.copysign(np.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value))
