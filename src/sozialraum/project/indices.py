"""Social indices that a project file asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.index import build_indices, define_index
from sozialraum.indicators.recipe import Recipe, adapt_recipe, check_recipe
from sozialraum.model.check import Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.project.settings import Project
from sozialraum.read.recipes import load_recipes


class Wanted(NamedTuple):
    """The recipes of a project with their levels, and the definitions of what they give."""

    recipes: list[tuple[str, list[Recipe]]]
    indicators: dict[str, Indicator]
    findings: tuple[Finding, ...]


def load_indices(project: Project, indicators: Mapping[str, Indicator]) -> Wanted:
    """Read the recipes of every ``[[index]]`` and check them against what is defined."""
    label = project.path.name
    known = dict(indicators)
    measured = {entry["id"] for entry in project.entries("coverage")}
    levels = [level.id for level in project.levels]
    found: list[Finding] = []
    wanted: list[tuple[str, list[Recipe]]] = []
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
        chosen = []
        for recipe in recipes:
            recipe = adapt_recipe(recipe, entry.get("indicators", {}), entry.get("exclude", []))
            late = [i for i in recipe.needed if i in measured]
            found += [find("error", "recipe_late", path.name, id=recipe.id, cell=i) for i in late]
            missing = check_recipe(recipe, known, path.name)
            found += missing
            found += [
                find("error", "indicator_twice", path.name, id=i, other=label)
                for i in recipe.made
                if i in known
            ]
            if not missing and not late:
                known |= define_index(recipe, known)
                chosen.append(recipe)
        wanted.append((level, chosen))
    made = {name: known[name] for name in known if name not in indicators}
    return Wanted(wanted, made, tuple(found))


def make_indices(
    values: pd.DataFrame, wanted: Wanted, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Build the indices of a project from the values of all levels."""
    parts = [values]
    for level, recipes in wanted.recipes:
        rows, _ = build_indices(values, recipes, indicators, level=level)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else values


def is_file(recipe: str) -> bool:
    """Tell a file of one's own from the name of a shipped recipe."""
    return recipe.endswith(".toml")
