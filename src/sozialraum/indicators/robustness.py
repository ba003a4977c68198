"""How firmly an index stands: what changes if its recipe is changed a little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.indicators.bands import divide
from sozialraum.indicators.index import build_index, prepare
from sozialraum.indicators.recipe import Recipe, check_recipe
from sozialraum.indicators.scores import score_areas
from sozialraum.model.check import CheckReport
from sozialraum.model.indicator import Indicator, pick
from sozialraum.texts import say

COLUMNS = [
    "variant", "kind", "indicator", "areas", "changed", "share", "farthest", "correlation",
]  # fmt: skip


def measure_robustness(
    values: pd.DataFrame,
    recipe: Recipe,
    indicators: Mapping[str, Indicator],
    *,
    level: str,
    classes: str | None = None,
    zonings: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Measure how many areas change class if a recipe is changed.

    Left out is one indicator after the other; each weight is taken 20 % smaller and larger; and the
    same recipe is applied to other zonings, where every area is given the class of the area it
    belongs to.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table: the recipe's indicators on ``level`` and, for other zonings, on
        these levels too, as `aggregate_values` gives them from ΣZ/ΣN.
    recipe : Recipe
    indicators : mapping of str to Indicator
    level : str
    classes : str, optional
        Id of one of the recipe's class sets; the first unless given.
    zonings : GeoDataFrame, optional
        Index: areas of the level; one column per other level with the id of the area above, such as
        ``atlas.areas[["bezirksregion"]]``.

    Returns
    -------
    DataFrame
        One row per variant: ``variant`` (German), ``kind`` ("leave_out", "weight", "zoning"),
        ``indicator`` (or level), ``areas`` compared, ``changed`` of them, ``share`` in percent,
        ``farthest`` (most classes an area moves), ``correlation`` of the ranks (Spearman; missing for
        zonings).

    Raises
    ------
    InputError, CoverageError
        See `build_index`; a recipe without classes has nothing to be compared.
    UnknownNameError
        There are no such classes.

    Notes
    -----
    Counted on the newest Datenstand. With limits from quantiles about as many areas go up as come down.
    Principal components have no weights to be varied.

    Examples
    --------
    >>> from sozialraum.indicators.recipe import ClassSet, Ingredient
    >>> recipe = Recipe(id="i", title="Index", method="z_mean",
    ...     indicator=(Ingredient(id="p", direction="high_is_need"),
    ...                Ingredient(id="q", direction="high_is_need")),
    ...     classes=(ClassSet(id="k", title="Klasse", names=("wenig", "viel"), limits=(0,)),))
    >>> values = pd.DataFrame({"area": list("abcabc"), "level": "quartier", "indicator": list("pppqqq"),
    ...     "datenstand": "2024", "gebietsstand": "2024", "value": [1.0, 2, 9, 8, 1, 9],
    ...     "numerator": None, "denominator": None, "quality": "exact", "sign": "", "steps": ""})
    >>> known = {i: Indicator(id=i, title=i.upper()) for i in "pq"}
    >>> report = measure_robustness(values, recipe, known, level="quartier")
    >>> report[["variant", "changed"]].values.tolist()[:3]
    [['ohne „P“', 1], ['ohne „Q“', 0], ['20 % weniger Gewicht: „P“', 0]]
    """
    CheckReport(tuple(check_recipe(recipe, indicators, recipe.title))).raise_for_errors()
    if not recipe.classes:
        raise CoverageError(say("index.no_classes", id=recipe.id))
    found = [c for c in recipe.classes if classes in (None, c.id)]
    if not found:
        raise UnknownNameError("classes", str(classes), [c.id for c in recipe.classes])
    ready = prepare(values, recipe, indicators, level=level)
    newest = ready.table.index.get_level_values(0) == max(ready.table.index.get_level_values(0))
    scores = score_areas(ready.table, recipe, ready.inhabitants)
    base = divide(scores, found[0], recipe)[newest]
    rows = []
    for title, kind, name, variant in _vary(recipe, indicators):
        ids = [part.id for part in variant.indicator]
        other = score_areas(ready.table[ids], variant, ready.inhabitants)
        apart = (divide(other, found[0], recipe)[newest] - base).abs()
        alike = scores[newest].rank().corr(other[newest].rank())
        rows.append([title, kind, name, *_count(apart), alike])
    base = base.droplevel(0)
    for zoning in [] if zonings is None else [c for c in zonings.columns if c != "geometry"]:
        upper = build_index(values, recipe, indicators, level=zoning)
        upper = upper[upper["indicator"] == found[0].id]
        upper = upper[upper["datenstand"] == upper["datenstand"].max()].set_index("area")["value"]
        there = zonings[zoning].reindex(base.index).map(upper) if zonings is not None else base
        title = say("index.zoning", level=zoning)
        rows.append([title, "zoning", zoning, *_count((there - base).abs().dropna()), float("nan")])
    return pd.DataFrame(rows, columns=COLUMNS)


def _vary(
    recipe: Recipe, indicators: Mapping[str, Indicator]
) -> Iterator[tuple[str, str, str, Recipe]]:
    """Give every changed recipe: its name, the kind of change, the indicator."""
    parts = recipe.indicator
    for part in parts if len(parts) > 1 else ():
        rest = tuple(p for p in parts if p is not part)
        title = say("index.leave_out", title=pick(indicators, part.id).title)
        yield title, "leave_out", part.id, replace(recipe, indicator=rest)
    if recipe.method == "pca" or len(parts) == 1:
        return
    for part in parts:
        for key, factor in (("less", 0.8), ("more", 1.2)):
            changed = tuple(replace(p, weight=p.weight * factor) if p is part else p for p in parts)
            title = say(f"index.{key}", title=pick(indicators, part.id).title)
            yield title, "weight", part.id, replace(recipe, indicator=changed)


def _count(apart: pd.Series) -> Sequence[float]:
    changed = int((apart > 0).sum())
    share = 100 * changed / len(apart) if len(apart) else float("nan")
    return [len(apart), changed, share, int(apart.max()) if len(apart) else 0]
