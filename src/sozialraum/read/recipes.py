"""Recipes of social indices from TOML files, the shipped ones or a town's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.recipe import Recipe, check_recipe, check_recipes, make_recipe
from sozialraum.model.check import CheckReport, Finding
from sozialraum.read.toml import load_tables

_FOLDER = "data/indicators/rezepte"


def find_recipe(name: str) -> Path:
    """Find the file of a shipped recipe.

    Parameters
    ----------
    name : str
        Without ".toml": ``mss_berlin``, ``mss_veraenderung``, ``simd_2016``, ``imd_england``,
        ``gisd``, ``sozial_pm``.

    Returns
    -------
    Path
        In the source tree, or inside the installed package.

    Raises
    ------
    UnknownNameError

    Examples
    --------
    >>> find_recipe("mss_berlin").name
    'mss_berlin.toml'
    """
    package = Path(__file__).parents[1]
    source = package.parents[1] / _FOLDER
    folder = source if source.is_dir() else package / "example" / _FOLDER
    path = folder / f"{name}.toml"
    if not path.is_file():
        raise UnknownNameError("recipe", name, [p.stem for p in folder.glob("*.toml")])
    return path


def read_recipes(
    paths: Iterable[str | Path], indicators: Collection[str] | None = None
) -> dict[str, Recipe]:
    """Read recipes of indices from TOML files.

    A file holds tables ``[[recipe]]`` with ``[[recipe.indicator]]`` and ``[[recipe.classes]]``; the
    keys are the attributes of `Recipe`, `Ingredient` and `ClassSet`.

    Parameters
    ----------
    paths : iterable of path or str
        A name without ".toml" is a shipped recipe.
    indicators : collection of str, optional
        Ids that are defined; a recipe that names another is refused.

    Returns
    -------
    dict of str to Recipe
        By id, in the order given; a recipe that joins classes comes after those that make them.

    Raises
    ------
    InputError
        Its report names everything that is wrong with all of them: unreadable TOML, unknown keys
        (with a suggestion), unknown indicators, weights not above 0, limits that do not rise, names
        that do not fit them.
    UnknownNameError
        There is no shipped recipe of that name.

    Examples
    --------
    >>> list(read_recipes(["mss_berlin"]))
    ['mss_status', 'mss_dynamik', 'mss_gruppe']
    """
    recipes, findings = load_recipes(paths, indicators)
    CheckReport(findings).raise_for_errors()
    return {recipe.id: recipe for recipe in recipes}


def load_recipes(
    paths: Iterable[str | Path], indicators: Collection[str] | None = None
) -> tuple[list[Recipe], tuple[Finding, ...]]:
    """Read recipes and collect findings instead of raising."""
    recipes: list[Recipe] = []
    found: list[Finding] = []
    for given in paths:
        path = Path(given)
        path = path if path.suffix == ".toml" else find_recipe(str(given))
        label = path.name
        entries, _, faults = load_tables(path, "recipe")
        found += faults
        for entry in entries:
            recipe, wrong = make_recipe(entry, label)
            found += wrong
            if recipe is None:
                continue
            recipes.append(recipe)
            if indicators is not None:
                known = {*indicators, *(name for r in recipes[:-1] for name in r.made)}
                found += check_recipe(recipe, known, label)
    return recipes, (*found, *check_recipes(recipes, ", ".join(dict.fromkeys(map(str, paths)))))
