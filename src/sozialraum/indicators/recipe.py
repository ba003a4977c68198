"""Recipes of social indices: what goes in, how it is added up, what the classes are called."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, Literal

from sozialraum.model.check import Finding, find
from sozialraum.model.entries import check_entry, fill_entry

Method = Literal["z_sum", "z_mean", "exponential", "pca", "groups"]
Scheme = Literal["limits", "quantiles", "equal", "natural", "quantile_9"]
_SIDES = ("lower", "higher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """An indicator of a recipe.

    Attributes
    ----------
    id : str
        Of the indicator.
    direction : {"high_is_need", "low_is_need"}
        Values of the second are turned round, so that more is more need everywhere.
    weight : float
        Greater than 0.
    dimension : str
        The group it is put together with first; for the method "pca".
    """

    id: str
    direction: Literal["high_is_need", "low_is_need"]
    weight: float = 1.0
    dimension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSet:
    """A division of an index into named classes, which become an indicator: 1 is the first.

    Attributes
    ----------
    id, title : str
    names : tuple of str
        From little to much need.
    scheme : {"limits", "quantiles", "equal", "natural", "quantile_9"}
        Fixed limits; quantiles, equal widths or natural breaks by mapclassify; quantiles of type 9
        (Hyndman & Fan 1996) at ``shares``. All but the first are taken anew for every Datenstand.
    limits : tuple of float
        Rising; one fewer than names.
    limit_belongs : tuple of {"lower", "higher"}
        The class a value equal to the limit belongs to, one entry per limit; lower unless said.
    shares : tuple of float
        For "quantile_9": rising between 0 and 1; equal shares unless said.
    """

    id: str
    title: str
    names: tuple[str, ...]
    scheme: Scheme = "limits"
    limits: tuple[float, ...] = ()
    limit_belongs: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an index is made.

    Attributes
    ----------
    id, title, theme, note, source : str
        ``source`` names the method's.
    method : {"z_sum", "z_mean", "exponential", "pca", "groups"}
        See `sozialraum.indicators.scores`; "groups" joins the classes named in ``of``.
    sd : {"population", "sample"}
        Kind of standard deviation: divided by n or by n − 1.
    mean : {"plain", "inhabitants"}
        Mean and standard deviation over areas, or weighted by ``inhabitants``.
    inhabitants : str
        Id of the number of inhabitants.
    minimum_inhabitants : float
        Areas with fewer get no index and do not enter means.
    exclude : tuple of str
        Ids of areas that get no index and do not enter means.
    change_years : int
        Not the values but their change over so many years is put in.
    pooled : bool
        "pca": one analysis over all Datenstände instead of one for each.
    rank : bool
        Whether the rank (1: most need) becomes an indicator too.
    digits : int
    indicator : tuple of Ingredient
    classes : tuple of ClassSet
    of, labels : tuple of str
        "groups": ids of the classes to join, and the words before their names ("Status niedrig").
    """

    id: str
    title: str
    method: Method
    theme: str = ""
    note: str = ""
    source: str = ""
    sd: Literal["population", "sample"] = "population"
    mean: Literal["plain", "inhabitants"] = "plain"
    inhabitants: str = ""
    minimum_inhabitants: float = 0.0
    exclude: tuple[str, ...] = ()
    change_years: int = 0
    pooled: bool = False
    rank: bool = False
    digits: int = 2
    indicator: tuple[Ingredient, ...] = ()
    classes: tuple[ClassSet, ...] = ()
    of: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """Ids of everything that has to be there: indicators and inhabitants, or classes."""
        if self.method == "groups":
            return self.of
        ids = [part.id for part in self.indicator]
        return tuple(dict.fromkeys([*ids, *filter(None, [self.inhabitants])]))

    @property
    def made(self) -> tuple[str, ...]:
        """Ids of the indicators it gives."""
        rank = [f"{self.id}_rang"] if self.rank else []
        return (self.id, *rank, *(c.id for c in self.classes))


def make_recipe(entry: Mapping[str, Any], label: str) -> tuple[Recipe | None, list[Finding]]:
    """Make a recipe of a TOML table, or say everything that is wrong with it.

    Parameters
    ----------
    entry : mapping
        Keys are the attributes of `Recipe`; ``indicator`` and ``classes`` are lists of tables.
    label : str
        What findings call the file.

    Returns
    -------
    recipe : Recipe or None
    findings : list of Finding

    Examples
    --------
    >>> recipe, found = make_recipe({"id": "i", "title": "Index", "method": "z_sum", "minimum": 2,
    ...     "indicator": [{"id": "a", "direction": "high_is_need", "weight": 0}]}, "r.toml")
    >>> for finding in found: print(finding.text)
    Im Abschnitt „recipe i“ gibt es „minimum“ nicht. Gemeint sein könnte: minimum_inhabitants.
    Rezept „i“: Das Gewicht von „a“ ist 0. Gewichte sind größer als 0.
    """
    name = str(entry.get("id", ""))
    found = check_entry(entry, Recipe, f"recipe {name}".strip(), label)
    for key, kind in (("indicator", Ingredient), ("classes", ClassSet)):
        for part in entry.get(key, []) if isinstance(entry.get(key, []), list) else []:
            if isinstance(part, Mapping):
                section = f"recipe.{key} {part.get('id', '')}".strip()
                found += check_entry(part, kind, section, label)
            else:
                found.append(find("error", "recipe_table", label, id=name, key=key))
    if any(f.code in ("wrong_type", "key_missing", "not_a_choice", "recipe_table") for f in found):
        return None, found  # what follows would only say it again
    known = {f.name for f in fields(Recipe)}
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entry.items()
        if key in known and key not in ("indicator", "classes")
    }
    recipe = Recipe(
        **plain,
        indicator=tuple(fill_entry(part, Ingredient) for part in entry.get("indicator", [])),
        classes=tuple(fill_entry(part, ClassSet) for part in entry.get("classes", [])),
    )
    found += [find("error", code, label, id=recipe.id, **more) for code, more in _faults(recipe)]
    return (None, found) if found else (recipe, [])


def adapt_recipe(
    recipe: Recipe, indicators: Mapping[str, str], exclude: Iterable[str] = ()
) -> Recipe:
    """Give a recipe for a town whose indicators are called otherwise.

    Parameters
    ----------
    recipe : Recipe
    indicators : mapping of str to str
        Id in the recipe → id in the town; what is not named keeps its id.
    exclude : iterable of str
        Areas to be excluded as well.

    Returns
    -------
    Recipe

    Examples
    --------
    >>> recipe = Recipe(id="i", title="Index", method="z_sum",
    ...                 indicator=(Ingredient(id="s1", direction="high_is_need"),))
    >>> adapt_recipe(recipe, {"s1": "arbeitslose"}, ["0815"]).needed
    ('arbeitslose',)
    """
    return replace(
        recipe,
        indicator=tuple(replace(p, id=indicators.get(p.id, p.id)) for p in recipe.indicator),
        inhabitants=indicators.get(recipe.inhabitants, recipe.inhabitants),
        of=tuple(indicators.get(name, name) for name in recipe.of),
        exclude=(*recipe.exclude, *exclude),
    )


def check_recipe(recipe: Recipe, known: Collection[str], label: str) -> list[Finding]:
    """Find indicators of a recipe that are not defined, each with the nearest spelling."""
    found = []
    for name in recipe.needed:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = near[0] if near else ", ".join(sorted(known)[:12])
            found.append(
                find("error", "recipe_indicator", label, id=recipe.id, cell=name, hint=hint)
            )
    return found


def check_recipes(recipes: Iterable[Recipe], label: str) -> list[Finding]:
    """Find ids that several recipes would give."""
    recipes = tuple(recipes)
    made = [name for recipe in recipes for name in recipe.made]
    return [
        find("error", "recipe_twice", label, id=name)
        for name in dict.fromkeys(made)
        if made.count(name) > 1
    ]


def _faults(recipe: Recipe) -> list[tuple[str, dict[str, object]]]:
    """List what contradicts itself: the code of the sentence and what fills its blanks."""
    found: list[tuple[str, dict[str, object]]] = []
    ids = [part.id for part in recipe.indicator]
    if recipe.method == "groups":
        if len(recipe.of) < 2 or len(recipe.labels) != len(recipe.of):
            found.append(("recipe_groups", {}))
    elif not ids:
        found.append(("recipe_empty", {}))
    found += [("recipe_doubled", {"cell": i}) for i in dict.fromkeys(ids) if ids.count(i) > 1]
    for part in recipe.indicator:
        if not part.weight > 0:
            found.append(("recipe_weight", {"cell": part.id, "weight": f"{part.weight:g}"}))
        if recipe.method == "pca" and not part.dimension:
            found.append(("recipe_dimension", {"cell": part.id}))
    if recipe.minimum_inhabitants < 0 or recipe.change_years < 0 or recipe.digits < 0:
        found.append(("recipe_negative", {}))
    if (recipe.minimum_inhabitants or recipe.mean == "inhabitants") and not recipe.inhabitants:
        found.append(("recipe_inhabitants", {}))
    for divided in recipe.classes:
        found += _class_faults(divided)
    return found


def _class_faults(divided: ClassSet) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    names, limits, shares = divided.names, divided.limits, divided.shares
    about: dict[str, object] = {"cell": divided.id}
    if len(set(names)) < max(len(names), 2):
        found.append(("recipe_names_few", about))
    if divided.scheme == "limits":
        if len(names) != len(limits) + 1:
            found.append(("recipe_names", {**about, "names": len(names), "limits": len(limits)}))
    elif limits:
        found.append(("recipe_limits_vain", {**about, "scheme": divided.scheme}))
    if any(b <= a for a, b in pairwise(limits)):
        shown = "; ".join(f"{x:g}" for x in limits)
        found.append(("recipe_limits", {**about, "limits": shown}))
    if divided.limit_belongs and (
        len(divided.limit_belongs) != len(limits) or set(divided.limit_belongs) - set(_SIDES)
    ):
        found.append(("recipe_sides", about))
    wrong = any(b <= a for a, b in pairwise((0.0, *shares, 1.0)))
    if shares and (divided.scheme != "quantile_9" or wrong or len(names) != len(shares) + 1):
        found.append(("recipe_shares", about))
    return found
