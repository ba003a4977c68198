"""People without a known place: no area of the map, but a row of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.steps import say_steps
from sozialraum.present.classes import round_shown

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition


def list_unassigned(
    edition: Edition, series: Sequence[Mapping[str, Any]]
) -> dict[str, list[float | str | None]]:
    """List the figures of people without a known place.

    Parameters
    ----------
    edition : Edition
    series : sequence of mapping
        As the page has them: ``level``, ``indicator`` (positions), ``date``, ``counted``.

    Returns
    -------
    dict of str to list
        Number of the series → value, numerator, denominator, as they are shown, sign, quality and
        steps; None where withheld or missing.
    """
    rows = edition.values[edition.values["area"] == UNASSIGNED]
    levels = [level.id for level in edition.levels]
    names = list(edition.indicators)
    place = {
        (levels[one["level"]], names[one["indicator"]], one["date"]): (i, one["counted"])
        for i, one in enumerate(series)
    }
    found: dict[str, list[float | str | None]] = {}
    for row in rows.to_dict("records"):
        key = (row["level"], row["indicator"], str(row["datenstand"]))
        if key in place:
            at, counted = place[key]
            digits = (edition.indicators[row["indicator"]].digits, counted, counted)
            parts = zip(("value", "numerator", "denominator"), digits, strict=True)
            found[str(at)] = [
                *(_round(row[name], shown) for name, shown in parts),
                "" if pd.isna(row["sign"]) else row["sign"],
                "" if pd.isna(row["quality"]) else row["quality"],
                "; ".join(say_steps(row["steps"])),
            ]
    return found


def _round(amount: float, digits: int) -> float | None:
    return None if pd.isna(amount) else float(round_shown([amount], digits)[0])
