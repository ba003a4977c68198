"""Neighbours, Moran, clusters, uneven spread: by hand, and against esda and its kin themselves."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum import errors
from sozialraum.errors import CoverageError, CrsError, MissingPackageError, UnknownNameError
from sozialraum.indicators.neighbours import (
    FEWEST,
    build_neighbours,
    measure_local_moran,
    measure_moran,
)
from sozialraum.indicators.separation import measure_segregation, measure_spatial_gini
from sozialraum.model.indicator import Indicator

MEAN = Indicator(id="m", title="Mittel", kind="mean")
SHARE = Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle")


def grid(columns: int, rows: int) -> gpd.GeoDataFrame:
    """Squares of 1 km; area "0203" is column 2 of row 3."""
    x, y = (part.ravel() for part in np.meshgrid(np.arange(columns), np.arange(rows)))
    ids = [f"{a:02d}{b:02d}" for a, b in zip(x, y, strict=True)]
    shapes = shapely.box(1000 * x, 1000 * y, 1000 * x + 1000, 1000 * y + 1000)
    return gpd.GeoDataFrame(geometry=shapes, index=pd.Index(ids, name="area"), crs=25833)


def rows_of(
    areas: gpd.GeoDataFrame, value: np.ndarray, of: np.ndarray | None = None
) -> pd.DataFrame:
    """Values of a mean, or of a rate of 100 · value / of."""
    number = np.asarray(value, dtype=float)
    size = np.full(len(areas), np.nan) if of is None else np.asarray(of, dtype=float)
    return pd.DataFrame(
        {
            "area": areas.index, "level": "quartier", "indicator": "m" if of is None else "q",
            "datenstand": "2024", "value": number if of is None else 100 * number / size,
            "numerator": np.nan if of is None else number, "denominator": size, "sign": "",
        }
    )  # fmt: skip


def test_neighbours_by_hand() -> None:
    # The middle square of nine has four by borders, eight by points; a corner has two and three.
    areas = grid(3, 3)
    rook, queen = build_neighbours(areas, method="rook"), build_neighbours(areas)
    assert (rook.cardinalities["0101"], queen.cardinalities["0101"]) == (4, 8)
    assert (rook.cardinalities["0000"], queen.cardinalities["0000"]) == (2, 3)
    # Centres are 1,000 m apart along, 1,414 m across; the limit is inclusive.
    near = build_neighbours(areas, method="distance", limit_m=1000)
    assert near.cardinalities["0101"] == 4
    assert build_neighbours(areas, method="nearest", k=2).cardinalities.eq(2).all()


def test_a_gap_makes_an_island_unless_tolerated() -> None:
    # The second square lies 10 m from the first.
    areas = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(110, 0, 200, 100)],
        index=["1", "2"], crs=25833,
    )  # fmt: skip
    assert list(build_neighbours(areas).isolates) == ["1", "2"]
    assert not len(build_neighbours(areas, tolerance_m=11).isolates)


def test_refused_questions_about_neighbours() -> None:
    areas = grid(2, 2)
    with pytest.raises(UnknownNameError, match="queen"):
        build_neighbours(areas, method="queem")  # type: ignore[arg-type]
    with pytest.raises(CoverageError, match="limit_m"):
        build_neighbours(areas, method="distance")
    with pytest.raises(CoverageError, match="nur 4 Gebiete"):
        build_neighbours(areas, method="nearest", k=4)
    with pytest.raises(CoverageError):
        build_neighbours(areas.iloc[:0])
    with pytest.raises(CrsError):
        build_neighbours(areas.to_crs(4326))


def test_moran_by_hand() -> None:
    # A chessboard of 4 × 4 by borders: all neighbours have the opposite value, so the lag of z is −z
    # and I = −1. In two halves, left 0 and right 1: of each row of four the outer two have neighbours
    # like themselves only. Lags (of z = ±1): columns 0 and 3 have ±1; columns 1 and 2 have one
    # unlike of 3 (top and bottom row, 1/3) or of 4 (middle rows, 1/2).
    # Σ z·lag = 8 · 1 + 4 · 1/3 + 4 · 1/2 = 11 1/3; I = 11.333 / 16 = 0.70833.
    areas = grid(4, 4)
    beside = build_neighbours(areas, method="rook")
    x, y = areas.index.str[:2].astype(int), areas.index.str[2:].astype(int)
    board = measure_moran(rows_of(areas, (x + y) % 2), beside, {"m": MEAN}, level="quartier").iloc[
        0
    ]
    assert board["moran"] == pytest.approx(-1)
    assert board["verdict"] == "unlike"
    halves = measure_moran(rows_of(areas, x >= 2), beside, {"m": MEAN}, level="quartier").iloc[0]
    assert halves["moran"] == pytest.approx(11 / 16 + 1 / 48)
    assert halves["expected"] == pytest.approx(-1 / 15)
    assert halves["verdict"] == "alike"
    assert halves["verdict_text"].startswith("Ähnliche Werte liegen beieinander. Bei nur 16 ")


def test_moran_is_esdas() -> None:
    esda = pytest.importorskip("esda")
    areas = grid(6, 6)
    beside = build_neighbours(areas)
    value = np.random.default_rng(1).normal(size=36).cumsum()
    found = measure_moran(rows_of(areas, value), beside, {"m": MEAN}, level="quartier").iloc[0]
    peer = esda.Moran(value, beside, permutations=0)
    assert found["moran"] == pytest.approx(peer.I)
    local = measure_local_moran(rows_of(areas, value), beside, MEAN, level="quartier")
    peer = esda.Moran_Local(value, beside, permutations=9999, seed=20_240_101)
    assert local["moran"].to_numpy() == pytest.approx(peer.Is)
    assert local["p"].to_numpy() == pytest.approx(np.minimum(1, 2 * peer.p_sim))
    limit = esda.fdr(np.minimum(1, 2 * peer.p_sim), 0.05)
    assert (local["cluster"] != "none").tolist() == (2 * peer.p_sim <= limit).tolist()


def test_rates_are_standardised_by_empirical_bayes() -> None:
    esda = pytest.importorskip("esda")
    areas = grid(5, 5)
    beside = build_neighbours(areas)
    draw = np.random.default_rng(2)
    size = np.append(draw.integers(20, 2000, 23), [20, 30])
    cases = draw.binomial(size, 0.1)
    rows = rows_of(areas, cases, size)
    found = measure_moran(rows, beside, {"q": SHARE}, level="quartier").iloc[0]
    assert found["method"] == "empirical_bayes"
    assert found["moran"] == pytest.approx(esda.Moran_Rate(cases, size, beside, permutations=0).I)
    assert found["moran"] != pytest.approx(esda.Moran(cases / size, beside, permutations=0).I)
    # Cases expected in an area of N people: 0.1 N, fewer than 5 below about 50 people.
    small = int((cases.sum() / size.sum() * size < 5).sum())
    assert small
    assert f"In {small} Gebieten sind weniger als 5" in found["verdict_text"]
    # Without Z and N of every area the values stand as they are.
    rows.loc[3, "numerator"] = np.nan
    again = measure_moran(rows, beside, {"q": SHARE}, level="quartier").iloc[0]
    assert again["method"] == "values"


def test_no_answer_where_none_can_be_given() -> None:
    def ask(areas: gpd.GeoDataFrame, value: np.ndarray, definition: Indicator) -> pd.Series:
        rows = rows_of(areas, value).assign(indicator=definition.id)
        beside = build_neighbours(areas)
        return measure_moran(rows, beside, {definition.id: definition}, level="quartier").iloc[0]

    some = grid(4, 4)
    gone = np.where(np.arange(16) < 5, np.nan, np.arange(16.0))
    asked = {
        "too_few": ask(grid(7, 2), np.arange(14.0), MEAN),
        "missing": ask(some, gone, MEAN),
        "constant": ask(some, np.full(16, 3.0), MEAN),
        "count": ask(some, np.arange(16.0), Indicator(id="n", title="Anzahl")),
        "classes": ask(
            some, np.ones(16), Indicator(id="k", title="K", kind="index", classes=("a", "b"))
        ),
    }
    for verdict, row in asked.items():
        assert row["verdict"] == verdict
        assert np.isnan(row["moran"])
        assert row["verdict_text"]
    assert asked["too_few"]["verdict_text"].startswith("14 Gebiete sind zu wenige")
    assert str(FEWEST) in asked["too_few"]["verdict_text"]
    with pytest.raises(CoverageError, match="5 von 16 Gebieten"):
        measure_local_moran(rows_of(some, gone), build_neighbours(some), MEAN, level="quartier")
    with pytest.raises(CoverageError, match="keine Werte"):
        measure_local_moran(rows_of(some, gone), build_neighbours(some), MEAN, level="bezirk")


def test_missing_areas_and_islands_are_left_out_and_named() -> None:
    # A row of 20 squares and one far away; the third has no figure.
    areas = grid(20, 1)
    far = gpd.GeoDataFrame(geometry=[shapely.box(9e5, 0, 9.1e5, 1e4)], index=["weg"], crs=25833)
    areas = pd.concat([areas, far])
    areas.index.name = "area"
    value = np.arange(21.0)
    value[2] = np.nan
    beside = build_neighbours(areas)
    row = measure_moran(rows_of(areas, value), beside, {"m": MEAN}, level="quartier").iloc[0]
    assert (row["areas"], row["missing"], row["islands"]) == (19, 1, 1)
    local = measure_local_moran(rows_of(areas, value), beside, MEAN, level="quartier")
    assert local.index.tolist() == areas.index.tolist()
    assert local.loc["weg", ["cluster", "cluster_text"]].tolist() == ["island", "ohne Nachbarn"]
    assert local.loc["weg", "value"] == 20
    assert local.loc["0200", "cluster"] == "missing"
    assert local["score"].isna().sum() == 2


def test_the_same_question_has_the_same_answer_and_disturbs_nobody() -> None:
    areas = grid(5, 5)
    rows = rows_of(areas, np.random.default_rng(3).normal(size=25))
    beside = build_neighbours(areas)
    before = rows.copy()
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    first = measure_moran(rows, beside, {"m": MEAN}, level="quartier")
    assert np.random.random() == expected  # noqa: NPY002
    mixed = rows.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        first, measure_moran(mixed, beside, {"m": MEAN}, level="quartier")
    )
    one = measure_local_moran(rows, beside, MEAN, level="quartier")
    pd.testing.assert_frame_equal(one, measure_local_moran(mixed, beside, MEAN, level="quartier"))
    pd.testing.assert_frame_equal(rows, before)
    empty = measure_moran(rows.iloc[:0], beside, {"m": MEAN}, level="quartier")
    assert empty.empty
    assert list(empty.columns) == list(first.columns)


def test_chance_alone_makes_few_clusters() -> None:
    # 40 maps of 100 areas without a pattern: a false cluster on at most a handful of them.
    areas = grid(10, 10)
    beside = build_neighbours(areas)
    draw = np.random.default_rng(4)
    marked = 0
    for _ in range(40):
        rows = rows_of(areas, draw.normal(size=100))
        found = measure_local_moran(rows, beside, MEAN, level="quartier", permutations=1999)
        marked += found["cluster"].isin(["high", "low"]).any()
    assert marked <= 6


def test_segregation_by_hand_and_by_segregation() -> None:
    # Z = 50, 50, 0, 0, 25 of 100 each; the others 50, 50, 100, 100, 75. D = ½ (2·|.4 − 50/375| + 2·|0 −
    # 100/375| + |.2 − 75/375|) = ½ (.53333 + .53333 + 0) = .53333; isolation .4·.5·2 + .2·.25 = .45.
    single = pytest.importorskip("segregation.singlegroup")
    areas = grid(5, 1)
    rows = rows_of(areas, [50, 50, 0, 0, 25], np.full(5, 100))
    found = measure_segregation(rows, {"q": SHARE}, level="quartier").iloc[0]
    assert found["dissimilarity"] == pytest.approx(8 / 15)
    assert found["isolation"] == pytest.approx(0.45)
    assert found["verdict_text"].startswith("53\u00a0% der Gruppe")
    table = pd.DataFrame({"g": rows["numerator"], "t": rows["denominator"]})
    assert found["dissimilarity"] == pytest.approx(single.Dissim(table, "g", "t").statistic)
    # An area where nobody lives changes nothing.
    more = rows_of(grid(6, 1), [50, 50, 0, 0, 25, 0], [100, 100, 100, 100, 100, 0])
    again = measure_segregation(more, {"q": SHARE}, level="quartier").iloc[0]
    assert again["dissimilarity"] == pytest.approx(8 / 15)


def test_segregation_says_nothing_where_chance_says_it_all() -> None:
    areas = grid(5, 1)
    few = rows_of(areas, [4, 0, 1, 0, 2], np.full(5, 100))
    assert measure_segregation(few, {"q": SHARE}, level="quartier")["verdict"].tolist() == [
        "too_small"
    ]
    gone = rows_of(areas, [50, np.nan, np.nan, 0, 25], np.full(5, 100))
    assert measure_segregation(gone, {"q": SHARE}, level="quartier")["verdict"].tolist() == [
        "missing"
    ]
    short = rows_of(grid(4, 1), [50, 50, 0, 0], np.full(4, 100))
    row = measure_segregation(short, {"q": SHARE}, level="quartier").iloc[0]
    assert row["verdict"] == "too_few"
    assert np.isnan(row["dissimilarity"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(20, 400), st.integers(20, 400)), min_size=5, max_size=12))
def test_dissimilarity_and_isolation_keep_their_bounds(people: list[tuple[int, int]]) -> None:
    group, others = (np.array(part) for part in zip(*people, strict=True))
    rows = rows_of(grid(len(people), 1), group, group + others)
    row = measure_segregation(rows, {"q": SHARE}, level="quartier").iloc[0]
    if row["verdict"] != "measured":
        return
    by_hand = np.abs(group / group.sum() - others / others.sum()).sum() / 2
    assert row["dissimilarity"] == pytest.approx(by_hand)
    assert 0 <= row["dissimilarity"] <= 1
    assert row["share"] - 1e-9 <= row["isolation"] <= 1


def test_spatial_gini_by_hand_and_by_inequality() -> None:
    # Two halves of a 4 × 4 grid, 1 and 3 each: of 256 ordered pairs 128 differ by 2, G = 256 / (2 ·
    # 256 · 2) = 0.25. By borders 4 pairs of neighbours differ, 8 ordered: 16 / 1024 of it.
    gini = pytest.importorskip("inequality.gini")
    areas = grid(4, 4)
    beside = build_neighbours(areas, method="rook")
    rows = rows_of(areas, np.where(areas.index.str[:2].astype(int) < 2, 1.0, 3.0))
    found = measure_spatial_gini(rows, beside, MEAN, level="quartier")
    assert found["gini"] == pytest.approx(0.25)
    assert found["gini"] == pytest.approx(gini.Gini(rows["value"].to_numpy()).g)
    assert found["between_neighbours"] == pytest.approx(16 / 1024)
    assert found["between_neighbours"] + found["between_others"] == pytest.approx(0.25)
    assert found["verdict"] == "apart"
    with pytest.raises(CoverageError, match="unter null"):
        measure_spatial_gini(rows.assign(value=-rows["value"]), beside, MEAN, level="quartier")


def test_the_line_that_installs_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ImportError(name)

    areas = grid(4, 4)
    beside = build_neighbours(areas)
    monkeypatch.setattr(errors.importlib, "import_module", gone)
    with pytest.raises(MissingPackageError, match=r"sozialraum\[space\]"):
        measure_moran(rows_of(areas, np.arange(16.0)), beside, {"m": MEAN}, level="quartier")


def test_words_neither_blame_nor_explain() -> None:
    from sozialraum.texts import words

    said = " ".join([*map(str, words("space").values()), *words("separation").values()]).lower()
    for word in ("brennpunkt", "problem", "weil", "verursacht", "ghetto", "segregation", "hotspot"):
        assert word not in said
