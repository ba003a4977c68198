"""Funding that a project file names: read, checked, added up, divided by people and by need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sozialraum.errors import CoverageError
from sozialraum.indicators.equity import aggregate_funding, deflate_funding, relate_funding
from sozialraum.model.atlas import Atlas
from sozialraum.model.audience import AUDIENCES
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.relations import check_funding
from sozialraum.project.settings import Entry, Project
from sozialraum.read.funding import load_funding
from sozialraum.texts import say

Take = Callable[..., Any]


def define_funding(
    project: Project, known: Mapping[str, Indicator]
) -> tuple[dict[str, Indicator], list[Finding]]:
    """Define what every ``[[funding]]`` gives.

    Parameters
    ----------
    project : Project
    known : mapping of str to Indicator
        All that is defined besides.

    Returns
    -------
    indicators : dict of str to Indicator
        ``<id>``, and as asked for ``<id>_real``, ``<id>_je_<per>``, ``<id>_je_<need>``. Unless the entry
        names another audience, they are not for the public.
    findings : list of Finding
    """
    label, found = project.path.name, list[Finding]()
    made: dict[str, Indicator] = {}
    for entry in project.entries("funding"):
        for key in ("per", "need"):
            if entry.get(key, "") not in {"", *known}:
                found.append(find("error", "unknown_indicator", label, column=key,
                    cell=entry[key], hint="–", count=1))  # fmt: skip
        if "prices" in entry and "base_year" not in entry:
            found.append(find("error", "key_missing", label, key="base_year", section="funding"))
        if any(entry.get(key, "") not in {"", *known} for key in ("per", "need")):
            continue
        for definition in _define(project, entry, known):
            if definition.id in known or definition.id in made:
                other = "[indicators]" if definition.id in known else label
                found.append(find("error", "indicator_twice", label, id=definition.id, other=other))
            made[definition.id] = definition
    return made, found


def _define(project: Project, entry: Entry, known: Mapping[str, Indicator]) -> list[Indicator]:
    name, title = entry.get("id", "foerderung"), entry.get("title", say("equity.title"))
    base = Indicator(
        id=name, title=title, unit="Euro", numerator=say("equity.paid"), protects="none",
        source=entry.get("source", ""), theme=say("equity.theme"),
        gebietsstand=str(project.section("areas").get("gebietsstand", "")),
        audience=entry.get("audience", AUDIENCES[1]),
    )  # fmt: skip
    made = [base]
    if "prices" in entry:
        real = say("equity.real", title=title, year=entry.get("base_year", ""))
        note = say("equity.deflator", source=entry.get("prices_source", say("number.missing")))
        made.append(replace(base, id=f"{name}_real", title=real, note=note, derived=True))
    for key, words in (("per", "equity.per_head"), ("need", "equity.per_need")):
        if key in entry:
            group = known[entry[key]]
            made.append(
                replace(
                    base, id=f"{name}_je_{group.id}", title=say(words, title=title, group=group.title),
                    kind="ratio", denominator=group.numerator or group.title, digits=2,
                    protects="persons", made_of=(group.id,),
                    derived=True, practice=group.practice,
                )
            )  # fmt: skip
    return made


def load_fundings(project: Project, take: Take) -> list[pd.DataFrame | None]:
    """Read the table of every ``[[funding]]``."""
    return [take(load_funding, entry, "funding") for entry in project.entries("funding")]


def make_fundings(atlas: Atlas, project: Project, tables: list[pd.DataFrame | None]) -> Atlas:
    """Add the funding of a project to the values of an atlas.

    Raises
    ------
    InputError
        Offers that do not exist, years without a price, needs below zero: all of them at once.
    """
    parts, found = [atlas.values], list[Finding]()
    offers = atlas.offers
    for entry, table in zip(project.entries("funding"), tables, strict=True):
        if table is None:
            continue
        faults = check_funding(table, offers, atlas.levels)
        found += faults
        if any(f.severity == "error" for f in faults):
            continue
        chosen = table
        if "category" in entry:
            wanted = entry["category"]
            wanted = wanted if isinstance(wanted, list) else [wanted]
            chosen = table[table["offer"].isin(offers.index[offers["category"].isin(wanted)])]
        try:
            parts += _make(atlas, entry, chosen)
        except CoverageError as error:
            found.append(Finding("error", "funding", str(table["file"].iloc[0]), str(error)))
    CheckReport(tuple(found)).raise_for_errors()
    return atlas.with_values(pd.concat(parts, ignore_index=True)) if len(parts) > 1 else atlas


def _make(atlas: Atlas, entry: Entry, funding: pd.DataFrame) -> list[pd.DataFrame]:
    name, known = entry.get("id", "foerderung"), atlas.indicators
    rows = aggregate_funding(funding, atlas.offers, atlas.areas, known[name])
    made = [rows]
    if "prices" in entry:
        prices = {int(year): float(price) for year, price in entry["prices"].items()}
        real = deflate_funding(funding, prices, base_year=entry["base_year"])
        made.append(aggregate_funding(real, atlas.offers, atlas.areas, known[f"{name}_real"]))
    for key in ("per", "need"):
        if key in entry:
            group = known[entry[key]]
            each = known[f"{name}_je_{group.id}"]
            made.append(relate_funding(rows, atlas.values, each, group))
    return made
