"""Funding: added up, deflated, per head and need; how it follows need. On paper and against peers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.demo import build_funding, build_musterstadt
from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.indicators.aggregate import count_by_area
from sozialraum.indicators.equity import (
    aggregate_funding,
    deflate_funding,
    measure_concentration,
    measure_gini,
    relate_funding,
    shift_budget,
    sum_funding,
)
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.indicator import Indicator
from sozialraum.model.relations import check_funding
from sozialraum.present.equity_plots import plot_lorenz

PAID = Indicator(id="f", title="Förderung", unit="Euro", protects="none", practice=True)
EACH = Indicator(id="je", title="je Kopf", kind="ratio", denominator="Menschen", protects="none")


@pytest.fixture(scope="module")
def atlas():  # type: ignore[no-untyped-def]
    return build_musterstadt().atlas


@pytest.fixture(scope="module")
def rows(atlas) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    return aggregate_funding(build_funding(), atlas.offers, atlas.areas, PAID)


def of(rows: pd.DataFrame, level: str, year: str = "2024") -> dict[str, float]:
    chosen = rows[(rows["level"] == level) & (rows["datenstand"] == year)]
    return dict(zip(chosen["area"], chosen["value"], strict=True))


def test_sums_by_area_on_paper(rows: pd.DataFrame) -> None:
    # kita_west (500,000) lies in the south-west, the youth club (90,000) in the north-west, kita_ost
    # (720,000) in the north-east; advice and library (390,000) serve the whole town.
    assert of(rows, "sozialraum") == {
        "11": 500_000, "12": 90_000, "21": 0, "22": 720_000, UNASSIGNED: 390_000,
    }  # fmt: skip
    assert of(rows, "gesamt") == {"gesamt": 1_700_000}
    assert of(rows, "gesamt", "2022") == {"gesamt": 1_564_000}
    apart = rows[rows["area"] == UNASSIGNED]
    assert set(apart["steps"]) == {"beyond_areas"}
    assert set(apart["level"]) == {"planregion", "sozialraum", "quartier"}


def test_nothing_is_lost_on_any_level(rows: pd.DataFrame) -> None:
    for _, year in rows.groupby("datenstand"):
        sums = year.groupby("level")["value"].sum()
        assert sums.to_numpy() == pytest.approx(sums["gesamt"])


def test_what_serves_a_sozialraum_is_no_quartiers_money(atlas) -> None:  # type: ignore[no-untyped-def]
    funding = pd.DataFrame(
        {"offer": ["jugend"], "year": [2024], "euro": [10.0], "serves": ["sozialraum"]}
    )
    rows = aggregate_funding(funding, atlas.offers, atlas.areas, PAID)
    assert of(rows, "quartier")[UNASSIGNED] == 10
    assert UNASSIGNED not in of(rows, "sozialraum")
    assert of(rows, "sozialraum")["12"] == of(rows, "planregion")["1"] == 10


def test_an_offer_beyond_the_border_is_the_towns_alone(atlas) -> None:  # type: ignore[no-untyped-def]
    funding = pd.DataFrame({"offer": ["kita_aussen"], "year": [2024], "euro": [7.0]})
    rows = aggregate_funding(funding, atlas.offers, atlas.areas, PAID)
    assert of(rows, "gesamt") == {"gesamt": 7}
    assert of(rows, "planregion") == {"1": 0, "2": 0, UNASSIGNED: 7}


def test_a_missing_amount_makes_its_sums_missing(atlas) -> None:  # type: ignore[no-untyped-def]
    funding = pd.DataFrame({"offer": ["jugend", "kita_west"], "year": 2024, "euro": [np.nan, 5.0]})
    rows = aggregate_funding(funding, atlas.offers, atlas.areas, PAID)
    found = of(rows, "sozialraum")
    assert np.isnan(found["12"])
    assert (found["11"], found["21"]) == (5, 0)
    assert rows.loc[rows["value"].isna(), "sign"].eq("…").all()


def test_unknown_offers_and_levels(atlas) -> None:  # type: ignore[no-untyped-def]
    funding = pd.DataFrame(
        {
            "offer": ["jugent", "jugend"], "year": 2024, "source": "Stadt", "euro": 1.0,
            "serves": [None, "stadt"], "file": "f.csv", "row": [2, 3],
        }
    )  # fmt: skip
    found = check_funding(funding, atlas.offers, atlas.levels)
    assert [(f.severity, f.code, f.row) for f in found] == [
        ("error", "unknown_offer", 2), ("error", "unknown_level", 3),
    ]  # fmt: skip
    assert "jugend" in found[0].text
    with pytest.raises(UnknownNameError, match="jugend"):
        aggregate_funding(funding, atlas.offers, atlas.areas, PAID)
    with pytest.raises(UnknownNameError, match="gesamt"):
        aggregate_funding(funding.iloc[1:], atlas.offers, atlas.areas, PAID)
    again = pd.concat([funding.assign(offer="jugend", serves=None)] * 2).assign(
        file=["a.csv", "a.csv", "b.csv", "b.csv"]
    )
    assert "duplicate_across" in {f.code for f in check_funding(again, atlas.offers, atlas.levels)}


def test_sums_by_duty_and_source(atlas) -> None:  # type: ignore[no-untyped-def]
    # Duties of 2024: 500 + 720 + 150 = 1,370 thousand of 1,700; the Land pays 500.
    funding = build_funding()
    duty = sum_funding(funding, atlas.offers, by=["year", "mandatory"])
    assert duty.loc[(2024, "yes"), "euro"] == 1_370_000
    assert duty.loc[(2024, "yes"), "share"] == pytest.approx(100 * 1370 / 1700)
    assert duty.loc[(2024, "yes"), "offers"] == 3
    source = sum_funding(funding, atlas.offers, by=["year", "source"])
    assert source.loc[(2024, "Land"), "euro"] == 500_000
    assert sum_funding(funding, atlas.offers)["euro"].tolist() == [1_564_000, 1_632_000, 1_700_000]
    kinds = sum_funding(funding, atlas.offers, by=["category"])
    assert kinds["euro"].sum() == pytest.approx(funding["euro"].sum())
    with pytest.raises(UnknownNameError):
        sum_funding(funding, atlas.offers, by=["geber"])


def test_the_offers_word_on_duty_counts_where_funding_says_nothing() -> None:
    funding = pd.DataFrame(
        {"offer": ["a", "b", "c"], "year": 2024, "euro": 10.0, "mandatory": ["no", None, None]}
    )
    offers = pd.DataFrame({"mandatory": ["yes", "yes", None]}, index=["a", "b", "c"])
    found = sum_funding(funding, offers, by=["mandatory"])
    assert found["euro"].tolist() == [10, 10, 10]
    assert found.index[:2].tolist() == ["no", "yes"]
    assert found.index[2:].isna().all()


def test_real_amounts() -> None:
    # Prices rise from 100 to 125: 500 of the later year are worth 400 of the earlier.
    funding = pd.DataFrame({"year": [2020, 2024], "euro": [500.0, 500.0]})
    real = deflate_funding(funding, {2020: 100, 2024: 125}, base_year=2020)
    assert real["euro"].tolist() == [500, 400]
    assert deflate_funding(funding, {2020: 1, 2024: 1}, base_year=2024).equals(funding)
    with pytest.raises(CoverageError, match="2024"):
        deflate_funding(funding, {2020: 100}, base_year=2020)
    with pytest.raises(CoverageError, match="2021"):
        deflate_funding(funding, {2020: 100, 2024: 125}, base_year=2021)


def test_per_head_on_paper(atlas, rows: pd.DataFrame) -> None:  # type: ignore[no-untyped-def]
    # South-west: 1,000 people, 100 under six; the whole town 600: 1.7 million / 600 = 2,833.33.
    people = atlas.values
    found = relate_funding(rows, people, EACH, atlas.indicators["u6"])
    assert of(found, "sozialraum", "2024-12-31")["11"] == 5_000
    assert of(found, "gesamt", "2024-12-31")["gesamt"] == pytest.approx(1_700_000 / 600)
    assert UNASSIGNED not in set(found["area"])
    assert found["steps"].str.endswith("related:Kinder unter 6 Jahren").all()
    # There are people of 2024 only.
    assert found.loc[found["datenstand"] == "2022", "sign"].eq("…").all()
    # Of a rate the people in need: benefits of the whole town.
    need = relate_funding(rows, people, EACH, atlas.indicators["leistungsbezug"])
    base = people.query(
        "indicator == 'leistungsbezug' and level == 'gesamt' and datenstand == '2024-12-31'"
    )
    assert of(need, "gesamt", "2024-12-31")["gesamt"] == 1_700_000 / base["numerator"].iloc[0]


def test_per_need_point_of_an_index(rows: pd.DataFrame) -> None:
    index = Indicator(id="i", title="Bedarfsindex", kind="index")
    points = pd.DataFrame(
        {
            "area": ["11", "12", "21"], "level": "sozialraum", "indicator": "i",
            "datenstand": "2024-12-31", "value": [50.0, 0.0, 20.0], "numerator": np.nan,
        }
    )  # fmt: skip
    found = relate_funding(rows, points, EACH, index)
    year = found[found["datenstand"].str.startswith("2024")].set_index("area")
    assert year.loc["11", "value"] == 10_000
    assert (year.loc["12", "sign"], year.loc["21", "value"]) == ("x", 0)
    assert year.loc["22", "sign"] == "…"
    with pytest.raises(CoverageError, match="unter null"):
        relate_funding(rows, points.assign(value=-1.0), EACH, index)


def test_gini_and_concentration_on_paper() -> None:
    # 30, 10 and 20 per head for 1, 1 and 2 people: μ = 20, ranks by amount 1/8, 1/2, 7/8:
    # cov = ¼·10·⅛·(−1) + ½·0 + ¼·10·⅞ = (8.75 − 1.25)/4 = 1.875; G = 2/20 · 1.875 = 0.1875.
    amounts, people = pd.Series([30.0, 10.0, 40.0]), pd.Series([1.0, 1.0, 2.0])
    assert measure_gini(amounts, people) == pytest.approx(0.1875)
    assert measure_concentration(amounts, people, pd.Series([3.0, 1.0, 2.0])) == pytest.approx(
        0.1875
    )
    assert measure_concentration(amounts, people, pd.Series([1.0, 3.0, 2.0])) == pytest.approx(
        -0.1875
    )
    assert measure_concentration(amounts, people, pd.Series([5.0, 5.0, 5.0])) == 0
    for bad in (pd.Series([-1.0, 2.0, 3.0]), pd.Series([0.0, 0.0, 0.0])):
        with pytest.raises(CoverageError):
            measure_gini(bad, people)


def test_gini_is_that_of_inequality_where_all_areas_are_alike() -> None:
    gini = pytest.importorskip("inequality.gini")
    amounts = pd.Series(np.random.default_rng(1).gamma(2, size=60))
    assert measure_gini(amounts, pd.Series(1.0, amounts.index)) == pytest.approx(
        gini.Gini(amounts.to_numpy()).g
    )


euros = st.integers(0, 10**9).map(lambda cents: cents / 100)
heads = st.integers(1, 10_000)
places = st.lists(st.tuples(euros, heads, st.integers(0, 50)), min_size=1, max_size=30)


@given(places)
def test_concentration_lies_between_minus_gini_and_gini(made: list[tuple[float, int, int]]) -> None:
    amounts, people, need = (pd.Series(part, dtype=float) for part in zip(*made, strict=True))
    if amounts.sum() <= 0:
        return
    gini = measure_gini(amounts, people)
    found = measure_concentration(amounts, people, need)
    assert 0 - 1e-9 <= gini <= 1
    assert -gini - 1e-9 <= found <= gini + 1e-9
    # Need the other way round turns the sign; need in other units changes nothing.
    assert measure_concentration(amounts, people, -need) == pytest.approx(-found, abs=1e-9)
    assert measure_concentration(amounts, people, 3 * need + 1) == pytest.approx(found, abs=1e-9)
    # Two halves of an area, alike per head and in need, are as good as the whole.
    twice = [pd.concat([part / 2, part / 2], ignore_index=True) for part in (amounts, people)]
    both = pd.concat([need, need], ignore_index=True)
    assert measure_concentration(*twice, both) == pytest.approx(found, abs=1e-9)


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.floats(0, 1e6)), min_size=1, max_size=40),
    st.integers(0, 10**8),
)
def test_a_shift_keeps_the_total_to_the_cent(made: list[tuple[int, float]], apart: int) -> None:
    cents, need = zip(*made, strict=True)
    if sum(need) <= 0:
        return
    ids = [*map(str, range(len(made))), UNASSIGNED]
    amounts = pd.Series([*(c / 100 for c in cents), apart / 100], index=ids)
    points = pd.Series(need, index=ids[:-1])
    found = shift_budget(amounts, points)
    whole = np.rint(100 * found["proportional"]).astype(int)
    assert whole.sum() == sum(cents) + apart
    assert found.loc[UNASSIGNED, "difference"] == 0
    exact = sum(cents) * points / points.sum()
    assert (whole[:-1] - exact).abs().max() < 1 + 1e-6 * max(exact)
    # What follows need already stays where it is.
    again = shift_budget(found["proportional"], points)
    assert again["proportional"].equals(found["proportional"])


def test_a_shift_on_paper_and_refused() -> None:
    # 100.00 euros by need 1 : 1 : 1: 33.34, 33.33, 33.33.
    amounts = pd.Series([100.0, 0.0, 0.0], index=["1", "2", "3"])
    found = shift_budget(amounts, pd.Series(1.0, amounts.index))
    assert found["proportional"].tolist() == [33.34, 33.33, 33.33]
    assert found["difference"].sum() == pytest.approx(0)
    for need in ([1.0, np.nan, 1.0], [1.0, -1.0, 1.0], [0.0, 0.0, 0.0]):
        with pytest.raises(CoverageError):
            shift_budget(amounts, pd.Series(need, amounts.index))


def test_the_curve_shows_the_index(atlas, rows: pd.DataFrame) -> None:  # type: ignore[no-untyped-def]
    year = rows[(rows["level"] == "sozialraum") & (rows["datenstand"] == "2024")]
    amounts = year[year["area"] != UNASSIGNED].set_index("area")["value"]
    counted = count_by_area(atlas.population, atlas.areas, atlas.indicators["u6"], "u6")
    people = counted[counted["level"] == "sozialraum"].set_index("area")["value"]
    need = pd.Series({"11": 1.0, "12": 2.0, "21": 3.0, "22": 4.0})
    axes = plot_lorenz(amounts, people, need=need)
    x, y = (part / 100 for part in axes.get_lines()[1].get_data())
    area = float(np.sum(np.diff(x) * (y[1:] + y[:-1])))
    index = measure_concentration(amounts, people, need)
    assert 1 - area == pytest.approx(index)
    assert f"{index:.2f}".replace(".", ",") in " ".join(t.get_text() for t in axes.texts)


def test_nothing_given_is_changed(atlas) -> None:  # type: ignore[no-untyped-def]
    funding = build_funding()
    before = funding.copy()
    first = aggregate_funding(funding, atlas.offers, atlas.areas, PAID)
    sum_funding(funding, atlas.offers, by=["mandatory"])
    deflate_funding(funding, dict.fromkeys((2022, 2023, 2024), 1.0), base_year=2024)
    pd.testing.assert_frame_equal(funding, before)
    mixed = funding.sample(frac=1, random_state=1)
    again = aggregate_funding(mixed, atlas.offers, atlas.areas, PAID)
    pd.testing.assert_frame_equal(first, again)
    assert aggregate_funding(funding.iloc[:0], atlas.offers, atlas.areas, PAID).empty
