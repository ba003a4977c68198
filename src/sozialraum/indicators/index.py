"""Social indices from recipes: scores, ranks and classes as rows of the values table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from sozialraum.errors import CoverageError
from sozialraum.indicators.bands import divide
from sozialraum.indicators.recipe import Recipe, check_recipe
from sozialraum.indicators.scores import (
    Components,
    find_components,
    group_dimensions,
    score_areas,
    standardise,
)
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.check import CheckReport
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.texts import date, number, say

_LEAST = 3
KEY = ["datenstand", "area"]


class Prepared(NamedTuple):
    """What a recipe works on, indexed by (datenstand, area).

    ``table`` holds the areas that take part; ``rows`` all areas with ``gebietsstand``, ``quality``,
    ``sign`` and ``steps`` (empty signs: the area takes part).
    """

    table: pd.DataFrame
    inhabitants: pd.Series | None
    rows: pd.DataFrame


def build_index(
    values: pd.DataFrame, recipe: Recipe, indicators: Mapping[str, Indicator], *, level: str
) -> pd.DataFrame:
    """Build the index of a recipe for the areas of one level and every Datenstand.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table with the recipe's indicators on that level.
    recipe : Recipe
    indicators : mapping of str to Indicator
        Definitions of the recipe's indicators; for the method "groups" of its classes.
    level : str

    Returns
    -------
    DataFrame
        Rows of the values table of the indicators that `define_index` defines: the score, the rank if
        asked for, the number of each class (1 for the least need). An area that takes no part has no
        value and says why: sign "x" (excluded by the recipe), "/" (too few inhabitants), "…" (figures
        are missing).

    Raises
    ------
    InputError
        The recipe names indicators that are not defined.
    CoverageError
        No Datenstand has everything; fewer than three areas are left; a figure is the same
        everywhere; the figures belong to different boundaries.

    Notes
    -----
    An index compares the areas of one level at one time. `aggregate_values` leaves it where it is,
    and the indices of two years must not be subtracted: for development, put the changes of the
    indicators in (``change_years``). Areas that take no part do not enter means, deviations or ranks.

    Examples
    --------
    >>> from sozialraum.indicators.recipe import Ingredient
    >>> recipe = Recipe(id="i", title="Index", method="z_sum",
    ...                 indicator=(Ingredient(id="q", direction="high_is_need"),))
    >>> values = pd.DataFrame({"area": list("abc"), "level": "quartier", "indicator": "q",
    ...     "datenstand": "2024", "gebietsstand": "2024", "value": [1.0, 2.0, 3.0],
    ...     "numerator": np.nan, "denominator": np.nan, "quality": "exact", "sign": "", "steps": ""})
    >>> rows = build_index(values, recipe, {"q": Indicator(id="q", title="Q")}, level="quartier")
    >>> rows["value"].round(3).tolist(), rows["steps"].iloc[0]
    ([-1.225, 0.0, 1.225], 'indexed:Index')
    """
    CheckReport(tuple(check_recipe(recipe, indicators, recipe.title))).raise_for_errors()
    if recipe.method == "groups":
        found = _join_classes(values, recipe, indicators, level)
    else:
        ready = prepare(values, recipe, indicators, level=level)
        scores = score_areas(ready.table, recipe, ready.inhabitants)
        made = {recipe.id: scores}
        if recipe.rank:
            made[f"{recipe.id}_rang"] = scores.groupby(level=0).rank(ascending=False, method="min")
        made |= {c.id: divide(scores, c, recipe) for c in recipe.classes}
        found = pd.concat(
            [
                ready.rows.assign(indicator=k, value=v.reindex(ready.rows.index))
                for k, v in made.items()
            ]
        )
    return (
        found.reset_index()
        .assign(level=level, numerator=np.nan, denominator=np.nan)
        .astype({"value": "float64"})[list(VALUE_COLUMNS)]
    )


def build_indices(
    values: pd.DataFrame,
    recipes: Iterable[Recipe],
    indicators: Mapping[str, Indicator],
    *,
    level: str,
) -> tuple[pd.DataFrame, dict[str, Indicator]]:
    """Build the indices of several recipes, of which later ones may use what earlier ones gave.

    Returns
    -------
    rows : DataFrame
        Rows of the values table.
    definitions : dict of str to Indicator
        Of the new rows.

    Raises
    ------
    InputError, CoverageError
        See `build_index`.
    """
    made: dict[str, Indicator] = {}
    parts: list[pd.DataFrame] = []
    for recipe in recipes:
        known = {**indicators, **made}
        rows = build_index(pd.concat([values, *parts]), recipe, known, level=level)
        parts.append(rows)
        made |= define_index(recipe, known)
    empty = pd.DataFrame(columns=list(VALUE_COLUMNS))
    return (pd.concat(parts, ignore_index=True) if parts else empty), made


def prepare(
    values: pd.DataFrame, recipe: Recipe, indicators: Mapping[str, Indicator], *, level: str
) -> Prepared:
    """Lay out what a recipe needs and tell which areas take part."""
    rows = values[
        (values["level"] == level)
        & values["indicator"].isin(recipe.needed)
        & (values["area"] != UNASSIGNED)
    ].drop_duplicates([*KEY, "indicator"], keep="last")
    wide = rows.pivot(index=KEY, columns="indicator", values="value")
    wide = wide.reindex(columns=list(recipe.needed)).astype("float64")
    ids = [part.id for part in recipe.indicator]
    if recipe.change_years:
        wide[ids] -= _earlier(wide[ids], recipe.change_years)
    complete = wide.groupby(level=0).count().gt(0).all(axis=1)
    days = complete.index[complete]
    if not len(days):
        seen = rows.groupby("indicator")["datenstand"].unique()
        text = "; ".join(f"{k}: {', '.join(map(date, sorted(v)))}" for k, v in seen.items())
        text = text or say("index.nothing")
        raise CoverageError(say("index.no_date", id=recipe.id, level=level, seen=text))
    rows = rows[rows["datenstand"].isin(_with_earlier(days, recipe.change_years))]
    stands = rows["gebietsstand"].dropna().unique()
    if len(set(stands)) > 1 and (
        recipe.change_years or rows.groupby("datenstand")["gebietsstand"].nunique().gt(1).any()
    ):
        seen = ", ".join(map(date, sorted(stands)))
        raise CoverageError(say("index.boundaries", id=recipe.id, seen=seen))
    wide = wide[wide.index.get_level_values(0).isin(days)]
    about = rows.groupby(KEY)["gebietsstand"].first().reindex(wide.index)
    practice, by_line = (
        rows["quality"].eq(q).groupby([rows[k] for k in KEY]).any().reindex(wide.index, fill_value=False)
        for q in ("practice", "straight_line")
    )  # fmt: skip
    excluded = pd.Series(wide.index.get_level_values(1).isin(recipe.exclude), index=wide.index)
    small = pd.Series(False, index=wide.index)
    if recipe.minimum_inhabitants:
        small = wide[recipe.inhabitants] < recipe.minimum_inhabitants
    lacking = wide.isna().any(axis=1)
    choices = [excluded, small, lacking]
    titles = [indicators[i].title.replace(";", ",") if i in indicators else i for i in wide]
    absent = pd.Series(
        [", ".join(t for t, gone in zip(titles, row, strict=True) if gone)
         for row in wide.isna().to_numpy()],
        index=wide.index, dtype="str",
    )  # fmt: skip
    steps = np.select(
        choices,
        ["excluded", f"small:{number(recipe.minimum_inhabitants)}", "lacking:" + absent],
        f"indexed:{recipe.title}",
    )
    told = pd.DataFrame(
        {
            "gebietsstand": about,
            "quality": np.select([practice, by_line], ["practice", "straight_line"], "derived"),
            "sign": np.select(choices, ["x", "/", "…"], ""),
            "steps": steps,
        },
        index=wide.index,
    )
    table = wide[told["sign"] == ""]
    size = table.groupby(level=0).size().reindex(days, fill_value=0)
    if (size < _LEAST).any():
        day = str(size.index[size < _LEAST][0])
        raise CoverageError(
            say("index.too_few_areas", id=recipe.id, date=date(day), count=number(size[day]))
        )
    inhabitants = table[recipe.inhabitants] if recipe.inhabitants else None
    return Prepared(table[ids], inhabitants, told)


def _earlier(wide: pd.DataFrame, years: int) -> pd.DataFrame:
    """Give what stood in each row so many years before, in its place."""
    days = wide.index.get_level_values(0)
    before = pd.MultiIndex.from_arrays([_shift(days, -years), wide.index.get_level_values(1)])
    return wide.reindex(before).set_axis(wide.index)


def _shift(days: Iterable[str], years: int) -> list[str]:
    """Move ISO days, months or years by whole years."""
    return [f"{int(day[:4]) + years:04d}{day[4:]}" for day in days]


def _with_earlier(days: Iterable[str], years: int) -> list[str]:
    return [*days, *_shift(days, -years)]


def _join_classes(
    values: pd.DataFrame, recipe: Recipe, indicators: Mapping[str, Indicator], level: str
) -> pd.DataFrame:
    """Give every combination of classes a number; the first class changes most slowly."""
    rows = values[(values["level"] == level) & values["indicator"].isin(recipe.of)]
    rows = rows.drop_duplicates([*KEY, "indicator"], keep="last")
    wide = rows.pivot(index=KEY, columns="indicator", values="value").reindex(
        columns=list(recipe.of)
    )
    wide = wide[wide.groupby(level=0).transform("count").gt(0).all(axis=1)]
    place = pd.Series(0.0, index=wide.index)
    for name in recipe.of:
        place = place * len(pick(indicators, name).classes) + wide[name] - 1
    told = rows.sort_values("sign").groupby(KEY)[["gebietsstand", "quality", "steps"]].last()
    sign = rows.groupby(KEY)["sign"].max()
    told = told.assign(sign=sign).reindex(wide.index)
    told["steps"] = told["steps"].where(place.isna(), f"indexed:{recipe.title}")
    return told.assign(indicator=recipe.id, value=place + 1)


def define_index(recipe: Recipe, indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Define the indicators that a recipe gives.

    Parameters
    ----------
    recipe : Recipe
    indicators : mapping of str to Indicator
        Definitions of what goes in; the sources are theirs.

    Returns
    -------
    dict of str to Indicator
        Of kind index. Those of classes carry the names in ``classes``: the value 1 is the first. All
        name in ``made_of`` what they are made of, so that secrecy hides an index with its parts.

    Raises
    ------
    UnknownNameError

    Examples
    --------
    >>> from sozialraum.indicators.recipe import ClassSet, Ingredient
    >>> recipe = Recipe(id="i", title="Index", method="z_mean",
    ...     indicator=(Ingredient(id="q", direction="high_is_need"),),
    ...     classes=(ClassSet(id="k", title="Klasse", names=("gut", "schlecht"), limits=(0,)),))
    >>> made = define_index(recipe, {"q": Indicator(id="q", title="Quote", source="Amt")})
    >>> made["k"].show(2), made["i"].formula
    ('schlecht', 'Mittel der z-Werte (Mittel der Gebiete, Standardabweichung mit n) aus: Quote')
    """
    parts = [pick(indicators, name) for name in recipe.needed]
    practice = any(part.practice for part in parts)
    mark = f" ({say('quality.practice')})" if practice else ""

    def join(texts: Iterable[str]) -> str:
        return "; ".join(dict.fromkeys(filter(None, texts)))

    def define(name: str, title: str, numerator: str, note: str = "", **more: object) -> Indicator:
        method = say("index.method", source=recipe.source) if recipe.source else ""
        known: dict[str, object] = {
            "id": name,
            "title": title if say("quality.practice") in title else title + mark,
            "numerator": numerator,
            "kind": "index",
            "direction": "high_is_need",
            "theme": recipe.theme or say("index.theme"),
            "note": " ".join(filter(None, (note, recipe.note, method))),
            "source": join(part.source for part in parts),
            "licence": join(part.licence for part in parts),
            "licence_url": join(part.licence_url for part in parts),
            "derived": True,
            "practice": practice,
            "made_of": recipe.needed,
            "change_years": recipe.change_years,
        }
        return Indicator(**{**known, **more})  # type: ignore[arg-type]

    formula = _say_formula(recipe, indicators)
    if recipe.method == "groups":
        sizes = [pick(indicators, name).classes for name in recipe.of]
        names = tuple(
            ", ".join(f"{w} {n}" for w, n in zip(recipe.labels, row, strict=True))
            for row in product(*sizes)
        )
        return {recipe.id: define(recipe.id, recipe.title, formula, classes=names)}
    made = {recipe.id: define(recipe.id, recipe.title, formula, digits=recipe.digits)}
    if recipe.rank:
        name = f"{recipe.id}_rang"
        title = say("index.rank_title", title=recipe.title)
        text = say("index.rank_of", title=recipe.title)
        made[name] = define(name, title, text, direction="low_is_need")
    for divided in recipe.classes:
        note = say("index.class_names", names=", ".join(divided.names))
        text = say("index.class_of", title=recipe.title)
        made[divided.id] = define(divided.id, divided.title, text, note, classes=divided.names)
    return made


def _say_formula(recipe: Recipe, indicators: Mapping[str, Indicator]) -> str:
    if recipe.method == "groups":
        parts = ", ".join(pick(indicators, name).title for name in recipe.of)
        return say("index.groups", parts=parts)
    texts = []
    for part in recipe.indicator:
        title = pick(indicators, part.id).title
        if recipe.change_years:
            title = say("index.changed", title=title, years=number(recipe.change_years))
        if part.direction == "low_is_need":
            title = say("index.turned", title=title)
        if len({p.weight for p in recipe.indicator}) > 1:
            digits = len(f"{part.weight:g}".partition(".")[2])
            title = say("index.weighted", title=title, weight=number(part.weight, digits))
        texts.append(title)
    how = {"mean": say(f"index.mean_{recipe.mean}"), "sd": say(f"index.sd_{recipe.sd}")}
    shown = how if recipe.method in ("z_sum", "z_mean") else {}
    return say(f"index.{recipe.method}", parts=", ".join(texts), **shown)


def measure_loadings(
    values: pd.DataFrame, recipe: Recipe, indicators: Mapping[str, Indicator], *, level: str
) -> Components:
    """Measure what the principal components of a recipe rest on.

    Parameters
    ----------
    values, recipe, indicators, level
        As for `build_index`; the method is "pca".

    Returns
    -------
    Components
        ``loadings`` by indicator, after turning it; ``explained`` by dimension, both over all
        Datenstände. A negative loading says that the figure speaks against its dimension.

    Raises
    ------
    InputError, CoverageError
    """
    CheckReport(tuple(check_recipe(recipe, indicators, recipe.title))).raise_for_errors()
    table = prepare(values, recipe, indicators, level=level).table
    sides = {p.id: -1.0 if p.direction == "low_is_need" else 1.0 for p in recipe.indicator}
    joined = (table * pd.Series(sides)).set_axis(
        pd.MultiIndex.from_arrays([np.full(len(table), ""), range(len(table))])
    )
    return find_components(standardise(joined), group_dimensions(recipe))
