"""The table sets of municipal plans: one call each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.indicators.ages import PEOPLE, SEXES, join_sexes
from sozialraum.indicators.extract import Extract, Sheet, finish, gather, last_day, select
from sozialraum.indicators.form import form_rates
from sozialraum.indicators.offer_counts import count_offers, pick_offers
from sozialraum.indicators.plan_sheets import PLANS, Plan
from sozialraum.model.indicator import Indicator, pick
from sozialraum.texts import say


def build_plan(
    name: str,
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    indicators: Mapping[str, Indicator],
    *,
    offers: pd.DataFrame | None = None,
    datenstand: str | None = None,
) -> Extract:
    """Make the tables of a municipal plan.

    Parameters
    ----------
    name : str
        "kinder_jugend_familie" (Kinder-, Jugend- und Familienförderplan), "tagesbetreuung"
        (Bedarfsplan der Kindertagesbetreuung), "schulentwicklung" (annex "Merkmale, Daten und
        Fakten"), "altenhilfe", "psychiatrie" or "geschaeftsbericht".
    values : DataFrame
        Rows of the values table under the ids of the catalogue.
    areas : GeoDataFrame
        The areas of an atlas.
    indicators : mapping of str to Indicator
        Definitions: the catalogue (`read_catalogue`) and, where they name their sources, the town's own.
    offers : DataFrame, optional
        The offers of an atlas; those valid on the day are counted by category and legal basis.
    datenstand : str, optional
        Day of the plan; the newest with people unless given. Offers are counted as of that day.

    Returns
    -------
    Extract
        Its tables, its rows for an edition, and what was not delivered. What stands in ``values`` for
        the day wins over what could be counted of the offers.

    Raises
    ------
    UnknownNameError
        There is no such plan, or ``indicators`` lacks one of its definitions.
    CoverageError
        No day is given and none can be told from ``values``.

    Notes
    -----
    Places approved, usable and used are three counts. Versorgungsquote (places / children),
    Betreuungsquote (children in care / children) and Bedarfsquote (wished / children) stand in three
    tables. A sum over offers of which one does not state its places is missing, and the number of such
    offers stands beside it. Places for an age are counted only where an offer's span of ages lies within
    it or outside; otherwise they are unknown. Plans name the newest figure up to the day; the
    Geschäftsbericht names all years.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.read.definitions import read_catalogue
    >>> atlas = build_musterstadt().atlas
    >>> children = atlas.values.replace({"indicator": {"u6": "einwohner_0_6"}})
    >>> plan = build_plan("tagesbetreuung", children, atlas.areas, read_catalogue(),
    ...                   offers=atlas.offers)
    >>> quote = plan.tables["Versorgungsquoten"].iloc[0]
    >>> quote["area"], float(quote["numerator"]), float(quote["denominator"]), float(quote["value"])
    ('gesamt', 150.0, 600.0, 25.0)
    """
    if name not in PLANS:
        raise UnknownNameError("plan", name, PLANS)
    plan = PLANS[name]
    wanted = [i for columns in plan.sheets.values() for i in columns]
    for indicator in wanted:
        pick(indicators, indicator)
    there = list(dict.fromkeys(values.dropna(subset=["value"])["indicator"]))
    known, sums = join_sexes(indicators, there)
    day, stand = _find_day(values, known, wanted, datenstand)
    given = values[values["datenstand"].map(last_day) <= last_day(day)]
    chosen: list[str] = []
    if offers is not None and plan.measures:
        counted = _count(plan, given, offers, areas, known, day, stand)
        given = pd.concat([given, counted], ignore_index=True)
        there = list(dict.fromkeys([*there, *counted.get("indicator", [])]))
        meant = [pick_offers(offers, m, day) for m in plan.measures]
        chosen = list(offers.index[pd.concat(meant, axis=1).any(axis=1) & offers["area"].notna()])
        source = say("extract.from_offers")
        for indicator in set(counted.get("indicator", [])):
            if not known[indicator].source:
                known[indicator] = replace(known[indicator], source=source)
    given = form_rates(given, select(known, sums, there))
    rows = gather(given, areas, known, wanted)
    if not plan.series:
        newest = rows.groupby("indicator")["datenstand"].transform("max")
        rows = rows[rows["datenstand"] == newest]
    sheets = [
        Sheet(say(f"extract.sheet.{key}"), columns, plan.series)
        for key, columns in plan.sheets.items()
    ]
    title = say(f"extract.title.{name}")
    return finish(name, title, sheets, rows, there, known, areas, sums=sums, offers=chosen)


def _find_day(
    values: pd.DataFrame, known: Mapping[str, Indicator], wanted: list[str], datenstand: str | None
) -> tuple[str, str]:
    """Give the day of the plan and the Gebietsstand of what was delivered for it."""
    bases = {PEOPLE, *SEXES}
    people = {n for n, i in known.items() if n in bases or i.base in bases}
    for ids in (people, set(wanted)):
        rows = values[values["indicator"].isin(ids)]
        day = datenstand or (max(rows["datenstand"], key=last_day) if len(rows) else "")
        stands = rows.loc[rows["datenstand"] == day, "gebietsstand"].dropna()
        if len(stands):
            return day, str(stands.mode().iloc[0])
    if not datenstand:
        raise CoverageError(say("extract.no_day"))
    return datenstand, ""


def _count(
    plan: Plan,
    given: pd.DataFrame,
    offers: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    known: Mapping[str, Indicator],
    day: str,
    stand: str,
) -> pd.DataFrame:
    """Count the offers for what was not delivered for the day."""
    delivered = set(given.loc[given["datenstand"] == day, "indicator"])
    measures = [m for m in plan.measures if m.indicator not in delivered]
    return count_offers(offers, areas, known, measures, datenstand=day, gebietsstand=stand)
