"""Social indices that a project file asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.index import build_index, define_index
from sozialraum.indicators.recipe import Recipe, adapt_recipe, check_recipe
from sozialraum.indicators.uncertainty import withhold_small_areas
from sozialraum.model.check import Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.project.settings import Project
from sozialraum.read.recipes import load_recipes
from sozialraum.texts import date, say

Recipes = list[tuple[str, Recipe]]


class Wanted(NamedTuple):
    """The recipes of a project with their levels, and the definitions of what they give.

    ``late`` wait for what ``[[coverage]]`` measures, or for others that do.
    """

    recipes: Recipes
    late: Recipes
    indicators: dict[str, Indicator]
    findings: tuple[Finding, ...]


class Late(NamedTuple):
    """Indices that wait for ways, and the values they are made of, small areas among them."""

    values: pd.DataFrame
    recipes: Recipes


def load_indices(project: Project, indicators: Mapping[str, Indicator]) -> Wanted:
    """Read the recipes of every ``[[index]]`` and check them against what is defined."""
    label = project.path.name
    known = dict(indicators)
    waiting = {entry["id"] for entry in project.entries("coverage")}
    levels = [level.id for level in project.levels]
    found: list[Finding] = []
    wanted: Recipes = []
    late: Recipes = []
    for entry in project.entries("index"):
        level = str(entry.get("level", levels[-1] if levels else ""))
        if level not in levels:
            choices = ", ".join(levels)
            found.append(
                find("error", "not_a_choice", label, column="level", cell=level, choices=choices)
            )
        name = entry["recipe"]
        path = project.locate(name) if is_file(name) else Path(name)
        try:
            recipes, faults = load_recipes([path])
        except UnknownNameError as error:
            found.append(Finding("error", "unknown_recipe", label, str(error)))
            continue
        found += faults
        for recipe in recipes:
            recipe = adapt_recipe(recipe, entry.get("indicators", {}), entry.get("exclude", []))
            missing = check_recipe(recipe, known, path.name)
            found += missing
            found += [
                find("error", "indicator_twice", path.name, id=i, other=label)
                for i in recipe.made
                if i in known
            ]
            if missing:
                continue
            known |= define_index(recipe, known)
            if waiting.isdisjoint(recipe.needed):
                wanted.append((level, recipe))
            else:
                waiting |= {*recipe.made}
                late.append((level, recipe))
    made = {name: known[name] for name in known if name not in indicators}
    return Wanted(wanted, late, made, tuple(found))


def make_indices(
    values: pd.DataFrame, recipes: Recipes, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Add the indices of recipes to the values of all levels."""
    for level, recipe in recipes:
        rows = build_index(values, recipe, indicators, level=level)
        values = pd.concat([values, rows], ignore_index=True)
    return values


def check_late(late: Late, indicators: Mapping[str, Indicator], project: Project) -> list[Finding]:
    """Find indices whose figures will have no Datenstand in common, before anything is measured."""
    measured = {entry["id"] for entry in project.entries("coverage")}
    made = {name for _, recipe in late.recipes for name in recipe.made}
    found = []
    for level, recipe in late.recipes:
        rows = late.values[(late.values["level"] == level) & late.values["value"].notna()]
        days = {
            i: {indicators[i].datenstand} if i in measured
            else {*rows.loc[rows["indicator"] == i, "datenstand"]}
            for i in recipe.needed if i not in made
        }  # fmt: skip
        lasting = recipe.change_years and not measured.isdisjoint(recipe.needed)
        if days and (lasting or not set.intersection(*days.values())):
            seen = "; ".join(f"{i}: {', '.join(map(date, sorted(d)))}" for i, d in days.items())
            text = say("index.no_date", id=recipe.id, level=level, seen=seen)
            found.append(Finding("error", "no_date", project.path.name, text))
    return found


def make_late(
    late: Late,
    measured: Sequence[pd.DataFrame],
    indicators: Mapping[str, Indicator],
    project: Project,
) -> pd.DataFrame:
    """Build the indices that waited for what was measured."""
    known = pd.concat([late.values, *measured], ignore_index=True)
    table = make_indices(known, late.recipes, indicators)
    return leave_out_small(table, indicators, project).iloc[len(known) :]


def leave_out_small(
    values: pd.DataFrame, indicators: Mapping[str, Indicator], project: Project
) -> pd.DataFrame:
    """Leave out what a project does not show of small areas."""
    section = project.section("uncertainty")
    return withhold_small_areas(values, indicators, **section) if section else values


def is_file(recipe: str) -> bool:
    """Tell a file of one's own from the name of a shipped recipe."""
    return recipe.endswith(".toml")
