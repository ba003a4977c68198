"""How firmly an index stands, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.indicators.index import build_index
from sozialraum.indicators.recipe import ClassSet, Ingredient, Recipe
from sozialraum.indicators.robustness import measure_robustness
from sozialraum.model.indicator import Indicator

# Two indicators that order four areas the other way round: a heavier one decides alone.
TABLE = pd.DataFrame({"p": [-1.0, -1, 1, 1], "q": [1.0, 1, -1, -1]}, index=list("abcd"))
PARTS = tuple(Ingredient(id=n, direction="high_is_need") for n in "pq")
HALF = ClassSet(id="k", title="Klasse", names=("wenig", "viel"), limits=(0,))
RECIPE = Recipe(id="i", title="Index", method="z_mean", indicator=PARTS, classes=(HALF,))
KNOWN = {n: Indicator(id=n, title=n.upper()) for n in "pq"}


def rows_of(table: pd.DataFrame, level: str = "quartier") -> pd.DataFrame:
    rows = table.rename_axis("area").reset_index().melt("area", var_name="indicator")
    return rows.assign(
        level=level, datenstand="2024", gebietsstand="2024", numerator=None, denominator=None,
        quality="exact", sign="", steps="",
    )  # fmt: skip


def test_leaving_out_and_weights() -> None:
    # all z are −1 or 1, every mean is 0: all are in the lower class, where 0 belongs
    report = measure_robustness(rows_of(TABLE), RECIPE, KNOWN, level="quartier")
    assert report["variant"].tolist() == [
        "ohne „P“", "ohne „Q“", "20 % weniger Gewicht: „P“", "20 % mehr Gewicht: „P“",
        "20 % weniger Gewicht: „Q“", "20 % mehr Gewicht: „Q“",
    ]  # fmt: skip
    # whatever decides alone lifts two of four areas
    assert report["changed"].tolist() == [2] * 6
    assert report["share"].tolist() == [50.0] * 6
    assert report["farthest"].tolist() == [1] * 6
    assert set(report["areas"]) == {4}


def test_other_zonings_are_made_by_the_same_recipe() -> None:
    # index: a −1, b −1 … of p alone; the zones ab, cd, ef hold 1 and 3, 3 and 5, 5 and 7
    table = pd.DataFrame({"p": [1.0, 3, 3, 5, 5, 7]}, index=list("abcdef"))
    zones = pd.DataFrame({"p": [2.0, 4, 6]}, index=["x", "y", "z"])
    recipe = Recipe(
        id="i", title="Index", method="z_mean", indicator=PARTS[:1], classes=(HALF,)
    )  # fmt: skip
    values = pd.concat([rows_of(table), rows_of(zones, "zone")])
    above = pd.DataFrame({"zone": list("xxyyzz")}, index=list("abcdef"))
    report = measure_robustness(values, recipe, KNOWN, level="quartier", zonings=above)
    # small areas above their mean of 4: d, e, f; zones above 4: z alone, so d comes down
    assert report[["kind", "areas", "changed"]].values.tolist() == [["zoning", 6, 1]]
    assert report["variant"].iloc[0] == "Gliederung „zone“"


def test_the_index_itself_is_not_touched() -> None:
    values = rows_of(TABLE.assign(p=[1.0, 2, 3, 9]))
    before = build_index(values, RECIPE, KNOWN, level="quartier")
    measure_robustness(values, RECIPE, KNOWN, level="quartier")
    pd.testing.assert_frame_equal(before, build_index(values, RECIPE, KNOWN, level="quartier"))


def test_principal_components_have_no_weights_to_vary() -> None:
    parts = tuple(
        Ingredient(id=n, direction="high_is_need", dimension=d)
        for n, d in zip("pqr", "xxy", strict=True)
    )
    recipe = Recipe(id="g", title="G", method="pca", indicator=parts, classes=(
        ClassSet(id="k", title="K", names=("1", "2"), scheme="quantile_9"),
    ))  # fmt: skip
    table = pd.DataFrame(
        {"p": [1.0, 2, 3, 4], "q": [1.0, 3, 2, 4], "r": [4.0, 1, 2, 3]}, index=list("abcd")
    )
    known = {**KNOWN, "r": Indicator(id="r", title="R")}
    report = measure_robustness(rows_of(table), recipe, known, level="quartier")
    assert report["kind"].tolist() == ["leave_out"] * 3


def test_nothing_to_compare() -> None:
    bare = Recipe(id="i", title="Index", method="z_mean", indicator=PARTS)
    with pytest.raises(CoverageError, match="Ohne Klassen"):
        measure_robustness(rows_of(TABLE), bare, KNOWN, level="quartier")
    with pytest.raises(UnknownNameError):
        measure_robustness(rows_of(TABLE), RECIPE, KNOWN, level="quartier", classes="andere")
