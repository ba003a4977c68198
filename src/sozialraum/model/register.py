"""Whether every area of a register has an outline, and which wrong id may be the reason."""

from __future__ import annotations

import pandas as pd

from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.check import Finding, find
from sozialraum.model.rows import add_origin, show, spans
from sozialraum.texts import listing, number, say

_SHOWN = 20


def check_register(register: pd.DataFrame, areas: pd.DataFrame) -> list[Finding]:
    """Find areas of a register that have no outline, with the rows whose id is probably wrong.

    Parameters
    ----------
    register : DataFrame
        Counts by area (``area`` and numbers) or rows of the values table of the same level; ``file`` and
        ``row`` where they were read.
    areas : DataFrame
        The outlines, ``area`` as column or index; ids may stand twice. With ``name`` and ``row``.

    Returns
    -------
    list of Finding
        An error for every area without an outline. Where an id stands twice among the outlines, one of
        its rows may be the missing area: both are named. Nothing is mended; that takes a correction
        in the project file or of `read_areas`.

    Examples
    --------
    >>> register = pd.DataFrame({"area": ["01", "02"], "einwohner": [120.0, 80.0]})
    >>> areas = pd.DataFrame({"area": ["01", "01"], "name": ["Nord", "Süd"], "row": [2, 3]})
    >>> print(check_register(register, areas)[0].text)
    Für das Gebiet „02“ gibt es Zahlen (80), aber keine Fläche. Doppelt steht „01“ in den Zeilen
    2 (Nord) und 3 (Süd): Ist eine davon gemeint, bitte mit correction berichtigen.
    """
    if "area" not in areas:
        areas = areas.assign(area=areas.index)
    outlines, rows = areas.reset_index(drop=True), register.copy()
    add_origin(outlines, "areas")
    add_origin(rows, "register")
    lacking = rows[~rows["area"].isin({*outlines["area"], UNASSIGNED}) & rows["area"].notna()]
    if lacking.empty:
        return []
    twins = outlines[outlines["area"].duplicated(keep=False) & outlines["area"].notna()]
    candidates = []
    for name, group in list(twins.groupby("area", sort=True))[:_SHOWN]:
        places = [
            f"{row} ({show(said)})"
            for row, said in zip(group["row"], group.get("name", group["area"]), strict=True)
        ]
        candidates.append(say("finding.candidates", id=name, rows=listing(places)))
    hint = " ".join(candidates) or say("finding.no_candidates")
    found = []
    for area, group in list(lacking.groupby("area", sort=True))[:_SHOWN]:
        found.append(
            find(
                "error", "no_outline", str(group["file"].iloc[0]), row=int(group["row"].iloc[0]),
                id=area, numbers=_say_numbers(group), hint=hint,
            )
        )  # fmt: skip
    rest = sorted(set(lacking["area"]) - set(sorted(set(lacking["area"]))[:_SHOWN]))
    if rest:
        numbers = lacking.loc[lacking["area"].isin(rest), "row"].astype(int).tolist()
        text = say("finding.more_rows", count=len(rest), rows=spans(numbers))
        found.append(Finding("error", "no_outline", found[-1].table, text))
    return found


def _say_numbers(rows: pd.DataFrame) -> str:
    """Say the first number that stands there: in a values table ``value``, else the first group."""
    columns = [c for c in rows.select_dtypes("number") if c != "row"]
    column = "value" if "value" in columns else next(iter(columns), None)
    return say("number.missing") if column is None else number(rows[column].iloc[0])
