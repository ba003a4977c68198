"""Indices: by hand, against what public authorities published, and what must hold for all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mapclassify
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.errors import CoverageError, InputError
from sozialraum.indicators.aggregate import aggregate_values
from sozialraum.indicators.bands import divide, find_limits, place_values
from sozialraum.indicators.index import (
    build_index,
    build_indices,
    define_index,
    measure_loadings,
)
from sozialraum.indicators.recipe import ClassSet, Ingredient, Recipe
from sozialraum.indicators.scores import (
    find_components,
    score_areas,
    score_exponential,
    standardise,
)
from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.read.recipes import read_recipes


def make_rows(table: pd.DataFrame, *, level: str = "quartier", day: str = "2024") -> pd.DataFrame:
    """Give the values table of a wide one: index area, one column per indicator."""
    rows = table.rename_axis("area").reset_index().melt("area", var_name="indicator")
    return rows.assign(
        level=level, datenstand=day, gebietsstand="2024", numerator=np.nan, denominator=np.nan,
        quality="exact", sign="", steps="",
    ).reindex(columns=list(VALUE_COLUMNS))  # fmt: skip


def define(*names: str, **more: object) -> dict[str, Indicator]:
    return {n: Indicator(id=n, title=n.upper(), **more) for n in names}  # type: ignore[arg-type]


def need(*names: str, **more: object) -> tuple[Ingredient, ...]:
    return tuple(Ingredient(id=n, direction="high_is_need", **more) for n in names)  # type: ignore[arg-type]


THREE = pd.DataFrame({"p": [1.0, 2, 3], "q": [10.0, 40, 40]}, index=list("abc"))
# z of p with n: −1.2247, 0, 1.2247; of q (mean 30, SD √200): −1.4142, 0.7071, 0.7071
Z_MEAN = [-1.31948, 0.35355, 0.96593]


def test_mean_of_z_by_hand() -> None:
    recipe = Recipe(id="i", title="Index", method="z_mean", indicator=need("p", "q"))
    rows = build_index(make_rows(THREE), recipe, define("p", "q"), level="quartier")
    assert rows["value"].tolist() == pytest.approx(Z_MEAN, abs=1e-5)
    assert rows["numerator"].isna().all()
    assert rows.columns.tolist() == list(VALUE_COLUMNS)


def test_a_low_need_is_turned_round_and_weights_count() -> None:
    parts = (*need("p", weight=3.0), Ingredient(id="q", direction="low_is_need"))
    recipe = Recipe(id="i", title="Index", method="z_mean", indicator=parts)
    rows = build_index(make_rows(THREE), recipe, define("p", "q"), level="quartier")
    # (3 · −1.2247 + 1.4142) / 4
    assert rows["value"].iloc[0] == pytest.approx(-0.565005, abs=1e-6)


def test_sum_of_z_is_standardised_again() -> None:
    recipe = Recipe(id="i", title="Index", method="z_sum", indicator=need("p", "q"))
    found = build_index(make_rows(THREE), recipe, define("p", "q"), level="quartier")["value"]
    # the sums are −2.63896, 0.70711, 1.93185, their squares' mean is 1.93185²
    assert found.tolist() == pytest.approx([-1.36603, 0.36603, 1.0], abs=1e-5)
    assert found.std(ddof=0) == pytest.approx(1)
    sample = replace(recipe, sd="sample")
    other = build_index(make_rows(THREE), sample, define("p", "q"), level="quartier")["value"]
    assert other.std(ddof=1) == pytest.approx(1)


def test_mean_by_inhabitants() -> None:
    table = pd.DataFrame({"p": [0.0, 0, 10], "n": [100.0, 300, 400]}, index=list("abc"))
    recipe = Recipe(
        id="i", title="I", method="z_mean", indicator=need("p"), inhabitants="n", mean="inhabitants"
    )
    rows = build_index(make_rows(table), recipe, define("p", "n"), level="quartier")
    # mean 5, SD 5: half of the people live in c
    assert rows["value"].tolist() == pytest.approx([-1, -1, 1])


def test_areas_that_take_no_part_say_why_and_change_nothing() -> None:
    table = pd.concat([THREE, pd.DataFrame({"p": [99.0, 98, np.nan], "q": 1.0}, index=list("xyz"))])
    table["n"] = [500.0, 500, 500, 500, 299, 500]
    recipe = Recipe(
        id="i", title="Index", method="z_mean", indicator=need("p", "q"), inhabitants="n",
        minimum_inhabitants=300, exclude=("x",),
    )  # fmt: skip
    rows = build_index(make_rows(table), recipe, define("p", "q", "n"), level="quartier")
    rows = rows.set_index("area")
    assert rows["value"].tolist()[:3] == pytest.approx(Z_MEAN, abs=1e-5)
    assert rows["value"].isna().tolist()[3:] == [True] * 3
    assert rows["sign"].tolist() == ["", "", "", "x", "/", "…"]
    assert rows["steps"].tolist()[2:] == ["indexed:Index", "excluded", "small:300", "lacking:P"]


def test_change_over_years_is_put_in_not_the_change_of_the_index() -> None:
    before = make_rows(THREE, day="2022-12-31")
    after = make_rows(THREE + pd.DataFrame({"p": [1.0, 2, 3], "q": [3.0, 2, 1]}, index=THREE.index),
                      day="2024-12-31")  # fmt: skip
    recipe = Recipe(
        id="d", title="Dynamik", method="z_mean", indicator=need("p", "q"), change_years=2
    )
    rows = build_index(pd.concat([before, after]), recipe, define("p", "q"), level="quartier")
    assert rows["datenstand"].unique().tolist() == ["2024-12-31"]
    # changes rise and fall by equal steps: their z cancel out
    assert rows["value"].tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    moved = pd.concat([before, after.assign(gebietsstand="2023")])
    with pytest.raises(CoverageError, match="verschiedene Gebietsstände"):
        build_index(moved, recipe, define("p", "q"), level="quartier")


def test_years_are_not_mixed() -> None:
    recipe = Recipe(id="i", title="Index", method="z_mean", indicator=need("p", "q"), rank=True)
    both = pd.concat([make_rows(THREE, day="2023"), make_rows(1000 * THREE, day="2024")])
    rows = build_index(both, recipe, define("p", "q"), level="quartier")
    wide = rows[rows["indicator"] == "i"].pivot(index="area", columns="datenstand", values="value")
    assert wide["2023"].tolist() == pytest.approx(wide["2024"].tolist())
    ranks = rows[rows["indicator"] == "i_rang"]
    assert ranks["value"].tolist() == [3, 2, 1, 3, 2, 1]


def test_what_cannot_be_compared_is_refused() -> None:
    recipe = Recipe(id="i", title="Index", method="z_mean", indicator=need("p", "q"))
    known = define("p", "q")
    with pytest.raises(CoverageError, match="mindestens drei"):
        build_index(make_rows(THREE[:2]), recipe, known, level="quartier")
    with pytest.raises(CoverageError, match="„q“ hat überall denselben Wert"):
        build_index(make_rows(THREE.assign(q=0.1)), recipe, known, level="quartier")
    apart = pd.concat([make_rows(THREE[["p"]]), make_rows(THREE[["q"]], day="2023")])
    with pytest.raises(CoverageError, match=r"p: 2024; q: 2023"):
        build_index(apart, recipe, known, level="quartier")
    with pytest.raises(CoverageError, match="„stadt“"):
        build_index(make_rows(THREE), recipe, known, level="stadt")
    with pytest.raises(InputError, match=r"„q“ ist nicht definiert. Ähnlich ist: q2"):
        build_index(make_rows(THREE), recipe, define("p", "q2"), level="quartier")


def test_an_index_is_not_aggregated() -> None:
    from sozialraum.demo import build_musterstadt

    atlas = build_musterstadt().atlas
    recipe = Recipe(id="i", title="Index", method="z_mean", indicator=need("leistungsbezug"))
    values = aggregate_values(atlas.values, atlas.areas, atlas.indicators)
    rows, made = build_indices(values, [recipe], atlas.indicators, level="quartier")
    known = {**atlas.indicators, **made}
    again = aggregate_values(pd.concat([values, rows]), atlas.areas, known)
    assert set(again.loc[again["indicator"] == "i", "level"]) == {"quartier"}
    # practice figures make a practice index, and its title says so
    assert made["i"].title == "Index (Übungsdaten)"
    assert set(rows["quality"]) == {"practice"}
    assert WHOLE in set(values["level"])


@given(
    st.lists(st.integers(0, 50), min_size=3, max_size=12).filter(lambda x: len(set(x)) > 1),
    st.floats(0.1, 10),
    st.floats(-5, 5),
    st.randoms(use_true_random=False),
)
def test_units_and_order_do_not_matter(values, factor, shift, random) -> None:  # type: ignore[no-untyped-def]
    table = pd.DataFrame({"p": np.array(values, dtype=float), "q": np.arange(len(values)) * 1.0})
    table.index = [f"a{i:02d}" for i in range(len(values))]
    recipe = Recipe(id="i", title="I", method="z_mean", indicator=need("p", "q"))
    first = build_index(make_rows(table), recipe, define("p", "q"), level="quartier")
    other = table.assign(p=table["p"] * factor + shift)
    order = list(other.index)
    random.shuffle(order)
    second = build_index(make_rows(other.loc[order]), recipe, define("p", "q"), level="quartier")
    assert first["value"].to_numpy() == pytest.approx(
        second.set_index("area")["value"][first["area"]].to_numpy(), abs=1e-8
    )
    assert first["value"].mean() == pytest.approx(0, abs=1e-9)


# Exponential


def test_exponential_ranks_by_hand() -> None:
    index = pd.MultiIndex.from_product([["2024"], range(10)])
    found = score_exponential(pd.DataFrame({"x": range(10)}, index=index), {"x": 0.5})
    # rank 1: R = 1, X = −23 · ln e^(−100/23) = 100; R = 1/10: −23 · ln(1 − 0.1 · 0.98707) = 2.39037
    assert found.iloc[-1] == pytest.approx(50)
    assert found.iloc[0] == pytest.approx(2.39037 / 2, abs=1e-4)
    # about the most deprived tenth lies above 50: X > 50 from R = 0.89788 on
    index = pd.MultiIndex.from_product([["2024"], range(1000)])
    many = score_exponential(pd.DataFrame({"x": range(1000)}, index=index), {"x": 1.0})
    assert (many > 50).sum() == 103


# Principal components


def test_components_agree_with_a_singular_value_decomposition() -> None:
    random = np.random.default_rng(1)
    common = random.normal(size=(60, 1))
    table = pd.DataFrame(
        common @ [[1.0, -0.6, 0.8]] + random.normal(size=(60, 3)), columns=list("abc")
    )
    table.index = pd.MultiIndex.from_product([["2024"], range(60)])
    turned = table * [1, -1, 1]
    loadings, explained = find_components(standardise(turned), {"d": ["a", "b", "c"]})
    # z / √n has the correlation matrix as its cross product: right singular vectors, σ²
    z = (turned.to_numpy() - turned.to_numpy().mean(0)) / turned.to_numpy().std(0)
    _, sigma, vectors = np.linalg.svd(z / np.sqrt(60), full_matrices=False)
    first = vectors[0] * np.sign(vectors[0].sum())
    assert loadings.to_numpy() == pytest.approx(first)
    assert explained["d"] == pytest.approx(sigma[0] ** 2 / 3)


def test_gisd_by_hand() -> None:
    """Two indicators that correlate by ½ load with 1/√2 each: the component is their sum."""
    table = pd.DataFrame(
        {"a": [1.0, 2, 3], "b": [-1.0, -3, -2], "c": [0.0, 5, 1]}, index=list("xyz")
    )
    parts = (
        *need("a", dimension="one"),
        Ingredient(id="b", direction="low_is_need", dimension="one"),
        *need("c", dimension="two"),
    )
    recipe = Recipe(id="g", title="G", method="pca", indicator=parts)
    rows = build_index(make_rows(table), recipe, define("a", "b", "c"), level="quartier")
    # one: z sums −2, 1, 1 (in units of SD) → 0, 1, 1; two: 0, 1, 0.2; sums 0, 2, 1.2 → 0, 1, 0.6
    assert rows["value"].tolist() == pytest.approx([0, 1, 0.6])
    loadings = measure_loadings(make_rows(table), recipe, define("a", "b", "c"), level="quartier")
    assert loadings.loadings.tolist() == pytest.approx([0.5**0.5, 0.5**0.5, 1])
    assert loadings.explained["one"] == pytest.approx(0.75)


def test_a_pooled_analysis_has_one_set_of_loadings_and_a_scale_for_every_year() -> None:
    random = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([["2023", "2024"], range(20)])
    table = pd.DataFrame(random.normal(size=(40, 3)), columns=list("abc"), index=index)
    parts = (*need("a", "b", dimension="one"), *need("c", dimension="two"))
    recipe = Recipe(id="g", title="G", method="pca", indicator=parts, pooled=True)
    scores = score_areas(table, recipe)
    assert scores.groupby(level=0).min().tolist() == [0, 0]
    assert scores.groupby(level=0).max().tolist() == [1, 1]
    assert not np.allclose(scores, score_areas(table, replace(recipe, pooled=False)))


# Classes


def test_limits_come_from_mapclassify_and_agree_with_a_table_made_by_hand() -> None:
    values = pd.Series([1.0, 2, 3, 4, 10, 11, 12, 40, 41])
    by_hand = {
        # thirds of nine values; 39 + 1 in three equal widths; the two large gaps
        "quantiles": [11 / 3, 34 / 3],
        "equal": [1 + 40 / 3, 1 + 80 / 3],
        "natural": [4, 12],
    }
    theirs = {
        "quantiles": mapclassify.Quantiles,
        "equal": mapclassify.EqualInterval,
        "natural": mapclassify.FisherJenks,
    }
    for scheme, limits in by_hand.items():
        divided = ClassSet(id="k", title="K", names=("1", "2", "3"), scheme=scheme)
        found = find_limits(values, divided)
        assert found.tolist() == pytest.approx(limits), scheme
        places = place_values(values, found, divided)
        assert (places - 1).tolist() == theirs[scheme](values, k=3).yb.tolist(), scheme


def test_too_few_different_values_are_not_divided() -> None:
    scores = pd.Series([1.0, 1, 2], index=pd.MultiIndex.from_product([["2024"], list("abc")]))
    recipe = Recipe(id="i", title="I", method="z_mean", indicator=need("p"))
    # nine of ten are equal, and with them both thirds' limits
    many = pd.Series([1.0] * 9 + [2], index=pd.MultiIndex.from_product([["2024"], range(10)]))
    thirds = ClassSet(id="k", title="K", names=("1", "2", "3"), scheme="quantile_9")
    with pytest.raises(CoverageError, match="zu wenig verschiedene"):
        divide(many, thirds, recipe)
    for scheme in ("quantiles", "natural", "equal"):
        divided = ClassSet(id="k", title="K", names=("1", "2", "3"), scheme=scheme)
        with pytest.raises(CoverageError, match="zu wenig verschiedene"):
            divide(scores, divided, recipe)


# What public authorities published

STATUS_Z = "Status-Index (standardisierte Statussumme)"
DYNAMIK_Z = "Dynamik-Index (standardisierte Dynamik-summe)"
OUTLIER = "10100205"  # Gewerbegebiet Bitterfelder Straße, left out by the Senate


def read_mss(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    mss = folder / "berlin/indicators/mss2021"
    table = pd.read_csv(mss / "mss_2021.csv", dtype={"PLR_ID": "str"}).set_index("PLR_ID")
    z = pd.read_csv(
        mss / "mss_2021_index-indikatoren_z-werte_plr.csv",
        sep=None, engine="python", dtype={"PLR-ID": "str"}, encoding="utf-8-sig",
    ).set_index("PLR-ID")  # fmt: skip
    return table, z


@pytest.mark.realdata
def test_monitoring_soziale_stadtentwicklung_2021(testdata: Path) -> None:
    table, published = read_mss(testdata)
    inputs = table[["EW", "S1", "S3", "S4", "D1", "D3", "D4"]]
    inputs.columns = ["einwohner", "s1", "s3", "s4", "d1", "d3", "d4"]
    values = make_rows(inputs, level="planungsraum", day="2020-12-31")
    known = define(*inputs.columns)
    recipes = [
        replace(recipe, exclude=(OUTLIER,)) if recipe.indicator else recipe
        for recipe in read_recipes(["mss_berlin"], known).values()
    ]
    rows, made = build_indices(values, recipes, known, level="planungsraum")
    wide = rows.pivot(index="area", columns="indicator", values="value").dropna()
    assert len(wide) == 536

    def named(indicator: str) -> pd.Series:
        return wide[indicator].map(made[indicator].write)

    expected = table.loc[wide.index]
    assert (named("mss_status_klasse") == expected["SI_V"]).sum() == 536
    assert (named("mss_dynamik_klasse") == expected["DI_V"]).sum() == 536
    assert (named("mss_gruppe") == expected["SDI_V"].str.replace(" ,", ",")).sum() == 536
    assert len(made["mss_gruppe"].classes) == 12

    # z of the indicators and of the sums, published with two decimals; a sample's SD is too far off
    def farthest(sd: str) -> dict[str, float]:
        found = {}
        for recipe, column in zip(recipes, (STATUS_Z, DYNAMIK_Z), strict=False):
            part = replace(recipe, sd=sd, classes=())
            index = build_index(values, part, known, level="planungsraum").set_index("area")
            found[column] = (index["value"] - published[column]).abs().max()
            for one in recipe.indicator:
                alone = replace(part, indicator=(one,))
                z = build_index(values, alone, known, level="planungsraum").set_index("area")
                name = f"z{one.id.upper()}"
                # the Status-Index's areas: those with all indicators
                found[name] = (z["value"] - published[name]).abs().max()
        return found

    right = farthest("population")
    assert max(right.values()) <= 0.0051
    wrong = farthest("sample")
    assert wrong[STATUS_Z] == pytest.approx(0.0063, abs=5e-5)
    assert wrong[DYNAMIK_Z] == pytest.approx(0.0081, abs=5e-5)
    assert min(wrong.values()) > 0.0051


@pytest.mark.realdata
def test_scottish_index_of_multiple_deprivation_2016(testdata: Path) -> None:
    table = pd.read_excel(testdata / "references/simd2016/SAS_SIMD_and_domain_ranks.xlsx")
    table = table.set_index("DZ")
    columns = {
        "incrnk": "rang_einkommen", "emprnk": "rang_arbeit", "hearnk": "rang_gesundheit",
        "edurnk": "rang_bildung", "accrnk": "rang_erreichbarkeit",
        "crirnk": "rang_kriminalitaet", "hournk": "rang_wohnen",
    }  # fmt: skip
    inputs = table[list(columns)].rename(columns=columns).astype(float)
    recipe = read_recipes(["simd_2016"])["simd"]
    rows = build_index(make_rows(inputs), recipe, define(*inputs.columns), level="quartier")
    ranks = rows[rows["indicator"] == "simd_rang"].set_index("area")["value"]
    assert (ranks[table.index] == table["SIMD"]).sum() == len(table) == 6976


@pytest.mark.realdata
def test_german_index_of_socioeconomic_deprivation(testdata: Path) -> None:
    table = pd.read_csv(testdata / "references/gisd/GISD_Bund_Kreis.csv")
    table["area"] = table["kreis_id"].astype("str").str.zfill(5)  # lost leading zeros
    scores = table.assign(datenstand=table["year"].astype("str")).set_index(["datenstand", "area"])
    recipe = read_recipes(["gisd"])["gisd"]
    assert len(scores) == 9600
    for divided in recipe.classes:
        found = divide(scores["gisd_score"], divided, recipe)
        assert (found == scores[divided.id]).sum() == 9600, divided.id


@pytest.mark.realdata
def test_shares_of_larger_areas_are_weighted(testdata: Path) -> None:
    """S3 of the 143 Bezirksregionen from their Planungsräume, by inhabitants."""
    import geopandas as gpd

    table, _ = read_mss(testdata)
    inputs = table[["EW", "S3"]].set_axis(["einwohner", "s3"], axis=1)
    areas = gpd.GeoDataFrame(
        {
            "gesamt": "gesamt", "gesamt_name": "Berlin",
            "bezirksregion": table.index.str[:6], "bezirksregion_name": table.index.str[:6],
            "planungsraum": table.index, "planungsraum_name": table["PLR_NAME"],
        },
        index=table.index,
    )  # fmt: skip
    known = {
        "einwohner": Indicator(id="einwohner", title="Menschen"),
        "s3": Indicator(
            id="s3", title="Transferbezug", kind="rate", per=100, denominator="Menschen",
            weight="einwohner",
        ),
    }  # fmt: skip
    values = make_rows(inputs, level="planungsraum")
    count = values["indicator"] == "einwohner"
    values["numerator"] = values["value"].where(count)
    found = aggregate_values(values, areas, known, partial=True)
    found = found[(found["level"] == "bezirksregion") & (found["indicator"] == "s3")]
    found = found.set_index("area")["value"]
    published = pd.read_csv(
        testdata / "berlin/indicators/mss2021/shares_bezirksregionen.csv", dtype={"id": "str"}
    ).set_index("id")["s3_percentage_transfer_payments_recipients"]
    apart = (found - published).abs()
    assert len(apart.dropna()) == 143
    assert apart.median() < 0.005
    assert 0.85 < apart.max() < 0.96  # areas that were left out of the monitoring
    plain = inputs["s3"].groupby(table.index.str[:6]).mean()
    off = (plain - published).abs()
    assert off.max() == pytest.approx(6.0, abs=0.01)
    assert off.median() > 60 * apart.median()


def test_definitions_say_what_went_in() -> None:
    known = define("p", "q", source="Amt", licence="CC BY 4.0")
    parts = (*need("p", weight=0.28), Ingredient(id="q", direction="low_is_need", weight=0.5))
    recipe = Recipe(
        id="i", title="Index", method="exponential", indicator=parts, rank=True,
        source="Behörde", note="Ein Hinweis.",
        classes=(ClassSet(id="k", title="Klasse", names=("gut", "schlecht"), limits=(0,)),),
    )  # fmt: skip
    made = define_index(recipe, known)
    assert list(made) == ["i", "i_rang", "k"]
    assert made["i"].formula.endswith("aus: P (Gewicht 0,28), Q (umgekehrt) (Gewicht 0,5)")
    assert made["i"].made_of == made["k"].made_of == ("p", "q")
    assert made["i"].source == "Amt"
    assert made["i"].note == "Ein Hinweis. Verfahren: Behörde."
    assert made["i_rang"].direction == "low_is_need"
    assert {i.kind for i in made.values()} == {"index"}
    assert made["k"].show(1) == "gut"
