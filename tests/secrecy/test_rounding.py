"""Rounded counts: every sum holds, every multiple is adjacent, nobody gets closer than promised."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.demo import build_musterstadt
from sozialraum.errors import InputError, SecrecyError
from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy import rounding
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.multiples import round_cells
from sozialraum.secrecy.publication import build_publication
from sozialraum.secrecy.rounding import attack_rounded, round_values
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.system import build_system

from .strategies import INDICATORS, LEVELS, Town, towns

TWO = (Level(WHOLE, "Gesamt", "Gesamt"), Level("q", "Quartier", "Quartiere", WHOLE))


def count_table(amounts: list[float]) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    ids = [str(i) for i in range(len(amounts))]
    areas = gpd.GeoDataFrame({WHOLE: WHOLE, "q": ids})
    values = pd.DataFrame(
        {
            "level": [WHOLE, *["q"] * len(ids)],
            "area": [WHOLE, *ids],
            "value": [sum(amounts), *amounts],
        }
    )
    return values.assign(
        indicator="n", datenstand="2024", numerator=values["value"], denominator=np.nan,
        quality="exact", sign="", steps="",
    ), areas  # fmt: skip


def prepared(town: Town) -> pd.DataFrame:
    return town.values.assign(quality="exact", steps="")


@settings(max_examples=25, deadline=None)
@given(towns(), st.sampled_from([3, 5, 10]))
def test_all_sums_hold_all_multiples_are_adjacent_and_nobody_gets_closer(
    town: Town, base: int
) -> None:
    values = prepared(town)
    rounded, protocol = round_values(values, town.areas, LEVELS, INDICATORS, base=base)
    # The rounded table's own system: no equation leaves a difference.
    system = build_publication(rounded, town.areas, LEVELS, INDICATORS).system
    assert (system.low == 0).all()
    assert (system.high == 0).all()
    far = set(protocol[["level", "area", "indicator", "datenstand"]].itertuples(index=False))
    keys = list(values[["level", "area", "indicator", "datenstand"]].itertuples(index=False))
    near = np.array([key not in far for key in keys])
    for name in ("numerator", "denominator"):
        given_, shown = values[name].to_numpy(), rounded[name].to_numpy()
        there = ~np.isnan(given_)
        assert (shown[there] % base == 0).all()
        assert (np.abs(shown - given_)[there & near] < base).all()
        multiple = there & near & (given_ % base == 0)
        assert (shown[multiple] == given_[multiple]).all()
    quotient = rounded["indicator"].isin(["quote", "nah"]) & rounded["value"].notna()
    parts = rounded[quotient]
    assert np.allclose(parts["value"], 100 * parts["numerator"] / parts["denominator"])
    broken = attack_rounded(
        values, rounded, town.areas, LEVELS, INDICATORS, base=base, minimum=base
    )
    assert broken.empty


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=8))
def test_the_total_distance_is_the_least(amounts: list[int]) -> None:
    values, areas = count_table([float(a) for a in amounts])
    rounded, _ = round_values(values, areas, TWO, {"n": Indicator(id="n", title="n")}, base=5)
    found = np.abs(rounded["value"] - values["value"]).sum()
    # By trying all adjacent multiples whose sum is adjacent to the total.
    choices = np.array([[a // 5 * 5, -(-a // 5) * 5] for a in amounts])
    total, best = sum(amounts), np.inf
    for bits in np.ndindex(*[2] * len(amounts)):
        taken = choices[np.arange(len(amounts)), list(bits)]
        if abs(taken.sum() - total) < 5 and (total % 5 or taken.sum() == total):
            best = min(best, np.abs(taken - amounts).sum() + abs(taken.sum() - total))
    assert found == best


def test_a_multiple_looks_like_every_other_rounded_number() -> None:
    values, areas = count_table([10.0, 3.0, 0.0])
    values.loc[3, ["value", "numerator"]], values.loc[3, "sign"] = np.nan, "–"
    rounded, _ = round_values(values, areas, TWO, {"n": Indicator(id="n", title="n")})
    assert set(rounded["steps"]) == {"rounded_to:5"}
    assert set(rounded["quality"]) == {"rounded"}
    # "–" would say that nobody is there, 0 says fewer than five.
    assert rounded.loc[3, ["value", "sign"]].tolist() == [0.0, ""]


def test_a_quotient_without_a_denominator_left_is_not_formed() -> None:
    values, areas = count_table([2.0, 40.0])
    share = values.assign(indicator="s", denominator=values["value"], numerator=[21.0, 1.0, 20.0])
    share["value"] = 100 * share["numerator"] / share["denominator"]
    known = {"s": Indicator(id="s", title="Anteil", kind="rate", per=100, denominator="alle")}
    rounded, _ = round_values(share, areas, TWO, known)
    assert rounded["denominator"].tolist()[1] == 0
    assert rounded.loc[1, "sign"] == "/"
    assert np.isnan(rounded.loc[1, "value"])


def test_a_quotient_whose_denominator_nobody_knows_shows_no_part() -> None:
    # 0 % of nobody knows how many: neither the quotient nor its one part may stay.
    values, areas = count_table([2.0, 40.0])
    share = values.assign(indicator="s", value=0.0, numerator=0.0)
    known = {"s": Indicator(id="s", title="Anteil", kind="rate", per=100, denominator="alle")}
    rounded, _ = round_values(share, areas, TWO, known)
    assert rounded[["value", "numerator", "denominator"]].isna().all(axis=None)
    assert set(rounded["sign"]) == {"."}


def test_how_far_from_the_adjacent_multiple_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    # One multiple further than the adjacent one: less than 10 away.
    real = rounding.round_cells

    def farther(*given: object) -> tuple[np.ndarray, np.ndarray]:
        cells, beyond = real(*given)
        return cells, np.where(cells == 20, 1, beyond)

    monkeypatch.setattr(rounding, "round_cells", farther)
    values, areas = count_table([5.0, 20.0])
    rounded, protocol = round_values(values, areas, TWO, {"n": Indicator(id="n", title="n")})
    assert rounded["steps"].tolist() == ["rounded_to:5", "rounded_to:5", "rounded_beyond:5, 10"]
    assert protocol[["area", "reason"]].values.tolist() == [["1", "beyond"]]


def test_offers_stay_and_other_bases_are_refused() -> None:
    values, areas = count_table([2.0, 7.0])
    places = {"n": Indicator(id="n", title="Kitas", protects="none")}
    assert round_values(values, areas, TWO, places)[0]["value"].tolist() == [9.0, 2.0, 7.0]
    with pytest.raises(SecrecyError, match="3, 5, 10"):
        round_values(values, areas, TWO, places, base=7)


def test_a_base_below_the_minimum_is_not_safe() -> None:
    # 2 is rounded to 3 or 0: 1…5 or 0…2 are fewer values than ten.
    values, areas = count_table([2.0, 40.0])
    known = {"n": Indicator(id="n", title="n")}
    rounded, _ = round_values(values, areas, TWO, known, base=3)
    broken = attack_rounded(values, rounded, areas, TWO, known, base=3, minimum=10)
    assert broken["area"].tolist() == ["0"]


def test_a_published_index_made_of_rounded_figures_is_taken_into_account() -> None:
    # Whoever knows the second Quartier and the total to within four cannot get closer to the first; but
    # the first is a part of the index itself.
    values, areas = count_table([2.0, 40.0])
    index = values[values["level"] == "q"].assign(
        indicator="i", value=[1.0, 2.0], numerator=np.nan, denominator=np.nan
    )
    both = pd.concat([values, index], ignore_index=True)
    known = {
        "n": Indicator(id="n", title="n"),
        "i": Indicator(id="i", title="i", kind="index", made_of=("n",)),
    }
    rounded, _ = round_values(both, areas, TWO, known)
    found = attack_rounded(both, rounded, areas, TWO, known, base=5, minimum=5)
    assert found["area"].tolist() == ["0"]
    hidden = rounded.assign(value=rounded["value"].where(rounded["indicator"] != "i"))
    assert attack_rounded(both, hidden, areas, TWO, known, base=5, minimum=5).empty


def test_where_no_adjacent_multiples_fit_the_nearest_do() -> None:
    # a + b = x, b + c = y, a + c = z and a + b + c = t: adjacent would need a + b = 5, b + c = 5,
    # a + c = 5, whose sum is 15 = 2 t, and t a multiple of 5.
    cells = pd.DataFrame({"cell": list("abcxyzt"), "level": "q"})
    value = np.array([2.5, 2.5, 2.5, 5.0, 5.0, 5.0, 7.5])
    triples = (
        np.repeat(np.arange(4), [3, 3, 3, 4]),
        np.array([0, 1, 3, 1, 2, 4, 0, 2, 5, 0, 1, 2, 6]),
        np.array([1.0, 1, -1, 1, 1, -1, 1, 1, -1, 1, 1, 1, -1]),
    )
    system = build_system(cells, value, [triples])
    rounded, beyond = round_cells(system, np.ones(7, bool), 5, np.zeros(7, int))
    a, b, c, x, y, z, t = rounded
    assert (a + b, b + c, a + c, a + b + c) == (x, y, z, t)
    assert beyond.sum() > 0


def test_an_edition_is_rounded_as_a_whole() -> None:
    town = build_musterstadt().atlas
    edition = build_edition(town, secrecy=Secrecy(minimum=5, rounding=5))
    edition.verify()
    counts = [
        k for k, i in edition.indicators.items() if i.kind == "count" and i.protects == "persons"
    ]
    shown = edition.values.loc[edition.values["indicator"].isin(counts), "value"].dropna()
    assert len(shown)
    assert (shown % 5 == 0).all()
    assert "gerundet" in " ".join(edition.methods)
    area = edition.areas.index[0]
    assert "Vielfache von 5" in " ".join(edition.passport(area, counts[0]).values())


def test_rules_that_rounding_cannot_keep_are_refused() -> None:
    with pytest.raises(InputError, match="mindestens 10 runden"):
        Secrecy(minimum=10, rounding=5)
    with pytest.raises(InputError, match="providers"):
        Secrecy(minimum=3, rounding=5, providers=3)
    with pytest.raises(InputError, match="0, 3, 5, 10"):
        Secrecy(minimum=3, rounding=7)
