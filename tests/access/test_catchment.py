"""Places per person: by hand, the truths of every method, and a peer that computes the same."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from access import fca
from access.weights import step_fn
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.access import pairs
from sozialraum.access.catchment import (
    METHODS,
    aggregate_catchment,
    describe_catchment,
    measure_catchment,
    measure_demand,
    measure_share_outside,
)
from sozialraum.access.travel import measure_travel
from sozialraum.access.weights import (
    Exponential,
    Flat,
    Gaussian,
    Logistic,
    Power,
    Steps,
)
from sozialraum.demo import build_musterstadt
from sozialraum.errors import CoverageError, InputError, UnknownNameError
from sozialraum.model.indicator import Indicator

SHARING = ("2sfca", "e2sfca", "3sfca")
FADING = Exponential(0.05)


def ways(*rows):
    return pd.DataFrame(rows, columns=["origin", "destination", "minutes"])


def measure(people, places, travel, method="e2sfca", **options):
    if method == "gravity":
        options.setdefault("weight", FADING)
    options.setdefault("limit_min", 15)
    return measure_catchment(people, places, travel, method=method, **options)


@pytest.fixture
def village():
    """Two houses and two offers: h1 reaches a in 4 minutes; h2 reaches a in 9 and b in 15.

    Weights over thirds of 15: 4 → 1, 9 → 0.68, 15 → 0.22.
    """
    people = pd.Series({"h1": 10.0, "h2": 20.0})
    places = pd.Series({"a": 47.2, "b": 11.0})
    return people, places, ways(("h1", "a", 4.0), ("h2", "a", 9.0), ("h2", "b", 15.0))


def test_cumulative_by_hand(village):
    # h1: a. h2: a and b, as 15 minutes are within 15.
    assert measure(*village, "cumulative")["access"].tolist() == [47.2, 58.2]


def test_gravity_by_hand(village):
    # W = 1/d²: h1 47.2/16 = 2.95; h2 47.2/81 + 11/225.
    found = measure(*village, "gravity", weight=Power(2))["access"]
    np.testing.assert_allclose(found, [2.95, 47.2 / 81 + 11 / 225], rtol=1e-15)


def test_two_step_by_hand(village):
    # a: 47.2 places for 30 people; b: 11 for 20.
    found = measure(*village, "2sfca")["access"]
    np.testing.assert_allclose(found, [47.2 / 30, 47.2 / 30 + 11 / 20], rtol=1e-15)


def test_enhanced_by_hand(village):
    # a: 47.2 / (10·1 + 20·0.68 = 23.6) = 2; b: 11 / (20·0.22 = 4.4) = 2.5.
    # h1: 2·1; h2: 2·0.68 + 2.5·0.22 = 1.91.
    np.testing.assert_allclose(measure(*village)["access"], [2, 1.91], rtol=1e-15)


def test_modified_by_hand(village):
    # The same ratios with squared weights: h1 2·1; h2 2·0.4624 + 2.5·0.0484.
    found = measure(*village, "m2sfca")["access"]
    np.testing.assert_allclose(found, [2, 2 * 0.4624 + 2.5 * 0.0484], rtol=1e-15)


def test_three_step_by_hand(village):
    # h1 has one choice: G·W = 1. h2 chooses 0.68 : 0.22, so G·W = 0.68²/0.9 for a, 0.22²/0.9 for b.
    to_a, to_b = 0.68**2 / 0.9, 0.22**2 / 0.9
    in_a, in_b = 47.2 / (10 + 20 * to_a), 11 / (20 * to_b)
    found = measure(*village, "3sfca")["access"]
    np.testing.assert_allclose(found, [in_a, in_a * to_a + in_b * to_b], rtol=1e-14)


def test_the_result_says_what_was_counted(village):
    found = measure(*village)
    assert list(found.columns) == ["people", "access", "offers", "unstated", "quality"]
    assert found.index.equals(village[0].index)
    assert found["offers"].tolist() == [1, 2]
    assert found["unstated"].tolist() == [0, 0]
    assert set(found["quality"]) == {"exact"}
    line = measure(village[0], village[1], village[2].assign(quality="straight_line"))
    assert set(line["quality"]) == {"straight_line"}


def test_who_reaches_nothing_has_zero_and_no_offer(village):
    people, places, travel = village
    found = measure(pd.concat([people, pd.Series({"h3": 5.0})]), places, travel)
    assert found.loc["h3", ["access", "offers"]].tolist() == [0, 0]
    np.testing.assert_array_equal(found["access"][:2], measure(*village)["access"])


def test_a_way_beyond_the_limit_is_none(village):
    people, places, travel = village
    near = measure(people, places, travel, "2sfca", limit_min=14.99)
    assert near["offers"].tolist() == [1, 1]
    np.testing.assert_allclose(near["access"], 47.2 / 30)


def test_nobody_at_home_still_gets_a_score(village):
    people, places, travel = village
    found = measure(people.where(people.index != "h1", 0.0), places, travel, "2sfca")
    # Only h2 competes: 47.2 / 20 for both, and b for h2.
    np.testing.assert_allclose(found["access"], [2.36, 2.36 + 0.55])


def test_places_for_nobody_are_no_number(village):
    people, places, travel = village
    lonely = pd.concat([people, pd.Series({"h3": 0.0})])
    there = pd.concat([places, pd.Series({"c": 7.0, "d": 0.0})])
    for method in (*SHARING, "m2sfca"):
        reached = pd.concat([travel, ways(("h3", "c", 3.0), ("h3", "a", 3.0))])
        found = measure(lonely, there, reached, method)
        assert np.isnan(found.loc["h3", "access"])
        assert found.loc["h3", "offers"] == 2
        assert found["access"][:2].notna().all()
        # An offer without places is worth nothing, whoever comes.
        empty = measure(lonely, there, pd.concat([travel, ways(("h3", "d", 3.0))]), method)
        assert empty.loc["h3", "access"] == 0


def test_a_missing_capacity_is_left_out_and_said(village):
    people, places, travel = village
    gap = places.mask(places.index == "b")
    found = measure(people, gap, travel)
    without = measure(people, places.drop("b"), travel[:2])
    np.testing.assert_array_equal(found["access"], without["access"])
    assert found["unstated"].tolist() == [0, 1]
    assert found["offers"].tolist() == [1, 1]
    assert found["quality"].tolist() == ["exact", "partial"]
    # Choices are made among offers that count.
    three = [measure(p, c, t, "3sfca")["access"] for p, c, t in
             ((people, gap, travel), (people, places.drop("b"), travel[:2]))]  # fmt: skip
    np.testing.assert_array_equal(*three)


def test_offers_nobody_asked_about_do_not_count(village):
    people, places, travel = village
    for method in METHODS:
        found = measure(people, places.drop("b"), travel, method)
        pd.testing.assert_frame_equal(found, measure(people, places.drop("b"), travel[:2], method))


def test_of_several_ways_the_shortest_counts(village):
    people, places, travel = village
    doubled = pd.concat([ways(("h1", "a", 14.0)), travel, ways(("h2", "a", 15.0))])
    pd.testing.assert_frame_equal(measure(people, places, doubled), measure(*village))


def test_names_may_be_coded(village):
    people, places, travel = village
    coded = travel.astype({"origin": "category", "destination": "category"})
    pd.testing.assert_frame_equal(measure(people, places, coded), measure(*village))
    wider = coded.assign(
        origin=pd.Categorical(travel["origin"], ["x", "h2", "h1"]),
        destination=pd.Categorical(travel["destination"], ["b", "y", "a"]),
    )
    pd.testing.assert_frame_equal(measure(people, places, wider), measure(*village))


def test_steps_are_never_truncated():
    # Thirds of 10 minutes: 3.333…, 6.666…, 10; thirds of one minute.
    step = Steps()
    minutes = np.array([3.333333, 3.34, 6.666667, 6.67, 10.0, 10.001])
    assert step(minutes, 10.0).tolist() == [1, 0.68, 0.68, 0.22, 0.22, 0]
    assert step(np.array([0.3, 0.5, 0.9, 1.0]), 1.0).tolist() == [1, 0.68, 0.22, 0.22]
    # 59 of 60 minutes is not 60 of 60.
    assert step(np.array([59.0, 60.0]), 59.0).tolist() == [0.22, 0]
    own = Steps((1.0, 0.5), (2.5, 7.5))
    assert own(np.array([2.5, 2.6, 7.5, 7.6]), 15.0).tolist() == [1, 0.5, 0.5, 0]
    assert own(np.array([2.5, 2.6, 5.1]), 5.0).tolist() == [1, 0.5, 0]


@pytest.mark.parametrize(
    "weight",
    [Flat(), Steps(), Gaussian(), Exponential(0.1), Power(1.5), Logistic(10)],
    ids=lambda w: type(w).__name__,
)
def test_weights_fall_from_one_to_nothing(weight):
    minutes = np.linspace(0, 40, 401)
    values = weight(minutes, 30.0)
    assert (np.diff(values) <= 1e-15).all()
    assert 0.99 <= values[0] <= 1
    assert (values[minutes > 30] == 0).all()
    assert weight.text


def test_gaussian_by_hand():
    # At half the limit: (e^-0.125 - e^-0.5) / (1 - e^-0.5) = 0.2759662… / 0.3934693…
    assert Gaussian()(np.array([7.5]), 15.0)[0] == pytest.approx(0.7013666, abs=1e-7)


def test_musterstadt_by_hand():
    # Five minutes are 400 m, four blocks. Round kita_west at (250, 450) lie 1 + 4 + 8 + 12 + 16 = 41
    # crossings within four blocks; the street ends two blocks to the west, so three of three blocks
    # west and one of four are missing: 37 with one child each, 60 places / 37 children.
    town = build_musterstadt()
    people = town.atlas.population
    kitas = town.atlas.offers.query("category == 'kita'")
    travel = measure_travel(people, kitas, town.streets, limit_min=5)
    found = measure(people["u6"], kitas["capacity"], travel, "2sfca", limit_min=5)
    west = travel.loc[travel["destination"] == "kita_west", "origin"]
    assert len(west) == 37
    np.testing.assert_allclose(found.loc[west, "access"], 60 / 37)
    assert found["access"].max() < 60 / 37 + 30 / 2
    # What lies beyond the border is told apart.
    share = measure_share_outside(people["u6"], kitas, travel, limit_min=5, method="2sfca")
    assert share.loc[west, "share"].eq(0).all()
    beyond = travel.loc[travel["destination"] == "kita_aussen", "origin"]
    assert share.loc[beyond, "share"].eq(1).all()


def table(draw, cells, offers):
    size = cells * offers
    minutes = draw(
        st.lists(st.floats(0, 20, allow_nan=False), min_size=size, max_size=size), label="minutes"
    )
    o, d = np.divmod(np.arange(size), offers)
    full = pd.DataFrame({"origin": [f"h{i}" for i in o], "destination": [f"k{j}" for j in d],
                         "minutes": np.round(minutes, 2)})  # fmt: skip
    return full.sample(frac=0.8, random_state=draw(st.integers(0, 99))).reset_index(drop=True)


@st.composite
def instances(draw):
    cells, offers = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    people = draw(st.lists(st.integers(0, 30), min_size=cells, max_size=cells))
    places = draw(st.lists(st.integers(0, 90), min_size=offers, max_size=offers))
    return (
        pd.Series(people, [f"h{i}" for i in range(cells)], dtype=float),
        pd.Series(places, [f"k{j}" for j in range(offers)], dtype=float),
        table(draw, cells, offers),
    )


def served(people, places, travel, weight, limit):
    """Places of offers with demand in reach."""
    near = travel.assign(w=weight(travel["minutes"].to_numpy(), limit))
    near["p"] = people[near["origin"]].to_numpy() * near["w"]
    reached = near.groupby("destination")["p"].sum()
    return float(places[reached.index[reached > 0]].sum())


@settings(max_examples=60, deadline=None)
@given(instances(), st.sampled_from([Flat(), Steps(), Gaussian(), Exponential(0.1), Power(2)]))
def test_capacity_is_shared_out_exactly(instance, weight):
    people, places, travel = instance
    total = served(people, places, travel, weight, 15.0)
    for method in SHARING:
        used = None if method == "2sfca" else weight
        expected = served(people, places, travel, Flat(), 15.0) if method == "2sfca" else total
        found = measure(people, places, travel, method, weight=used)
        given_out = (found["access"] * people).where(people > 0, 0).sum()
        assert given_out == pytest.approx(expected, rel=1e-9, abs=1e-9)
    found = measure(people, places, travel, "m2sfca", weight=weight)
    assert (found["access"] * people).where(people > 0, 0).sum() <= total * (1 + 1e-9) + 1e-9


@settings(max_examples=40, deadline=None)
@given(instances(), st.randoms())
def test_order_and_names_change_nothing(instance, rng):
    people, places, travel = instance
    shuffled = travel.sample(frac=1, random_state=rng.randint(0, 999))
    names = {n: n[::-1] + "x" for n in (*people.index, *places.index)}
    renamed = travel.replace({"origin": names, "destination": names})
    for method in METHODS:
        first = measure(people, places, travel, method)
        for other in (
            measure(people[::-1], places[::-1], shuffled, method).loc[people.index],
            measure(people.rename(names), places.rename(names), renamed, method).set_axis(
                people.index
            ),
        ):
            pd.testing.assert_frame_equal(first, other, rtol=1e-12, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(instances())
def test_compiled_and_array_sums_agree_to_the_last_bit(instance):
    people, places, travel = instance
    with pytest.MonkeyPatch.context() as patch:
        slow = [measure(people, places, travel, m) for m in METHODS]
        patch.setattr(pairs, "MANY", 0 if len(travel) else 1)
        fast = [measure(people, places, travel, m) for m in METHODS]
    for one, other in zip(slow, fast, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@settings(max_examples=40, deadline=None)
@given(instances(), st.integers(1, 5), st.booleans())
def test_cut_into_parts_for_threads_the_ways_say_the_same(instance, part, compiled):
    people, places, travel = instance
    whole = [measure(people, places, travel, m) for m in METHODS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "PART", part)
        if compiled and len(travel):
            patch.setattr(pairs, "MANY", 0)
        cut = [measure(people, places, travel, m) for m in METHODS]
    for one, other in zip(whole, cut, strict=True):
        pd.testing.assert_frame_equal(one, other, rtol=1e-12, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(instances())
def test_more_places_never_take_any_away(instance):
    people, places, travel = instance
    for method in METHODS:
        before = measure(people, places, travel, method)["access"]
        after = measure(people, places + 1.0, travel, method)["access"]
        assert (after >= before - 1e-12)[before.notna() & after.notna()].all()
        doubled = measure(people, 2 * places, travel, method)["access"]
        np.testing.assert_allclose(doubled, 2 * before, rtol=1e-12)


def test_moving_the_town_changes_nothing():
    town = build_musterstadt()
    people, offers = town.atlas.population, town.atlas.offers.query("category == 'kita'")
    here = measure_travel(people, offers, town.streets, limit_min=15)
    names = here[["origin", "destination"]].astype("str") + "_"
    shifted = here.assign(**names)
    one = measure(people["u6"], offers["capacity"], here)
    other = measure(
        people["u6"].rename("{}_".format), offers["capacity"].rename("{}_".format), shifted
    )
    np.testing.assert_array_equal(one["access"], other["access"])


def peer(people, places, travel, method):
    """PySAL access on the same table."""
    common = {
        "demand_df": people.to_frame("P"), "supply_df": places.to_frame("S"), "cost_df": travel,
        "max_cost": 15, "demand_index": True, "demand_name": "P", "supply_index": True,
        "supply_name": "S", "cost_origin": "origin", "cost_dest": "destination",
        "cost_name": "minutes",
    }  # fmt: skip
    steps = step_fn({5: 1, 10: 0.68, 15: 0.22})
    if method == "2sfca":
        return fca.two_stage_fca(**common)
    run = fca.two_stage_fca if method == "e2sfca" else fca.three_stage_fca
    return run(**common, weight_fn=steps)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("method", SHARING)
def test_pysal_access_computes_the_same(method, seed):
    # Offers and cells share their names, and there and back take different times: roles exchanged
    # anywhere would show.
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 40))
    names = pd.Index([f"n{i}" for i in range(size)], name="geoid")
    o, d = np.divmod(np.arange(size * size), size)
    # Away from the ends of the steps, and every place within 15 minutes of itself.
    minutes = np.where(o == d, 1.0, np.round(rng.uniform(0, 29, size * size)) + 0.25)
    travel = pd.DataFrame({"origin": names[o], "destination": names[d], "minutes": minutes})
    people = pd.Series(rng.integers(1, 50, size), names, dtype=float)
    places = pd.Series(rng.integers(0, 90, size), names, dtype=float)
    ours = measure(people, places, travel, method)["access"]
    theirs = peer(people, places, travel[travel["minutes"] <= 15].copy(), method)
    np.testing.assert_allclose(ours, theirs.reindex(names), rtol=0, atol=1e-9)
    turned = travel.rename(columns={"origin": "destination", "destination": "origin"})
    assert not np.allclose(ours, measure(people, places, turned, method)["access"])


def test_demand_in_reach_by_hand(village):
    people, places, travel = village
    groups = pd.DataFrame({"u3": people / 10, "ue3": people})
    found = measure_demand(groups, travel, places.index, limit_min=15)
    assert found["u3"].tolist() == [3, 2]
    steps = measure_demand(groups, travel, places.index, limit_min=15, weight=Steps())
    np.testing.assert_allclose(steps["ue3"], [23.6, 4.4])


@pytest.fixture
def areas():
    columns = {
        "gesamt": "gesamt", "gesamt_name": "Stadt",
        "quartier": ["01", "02"], "quartier_name": ["A", "B"],
    }  # fmt: skip
    return gpd.GeoDataFrame(columns, index=pd.Index(["01", "02"], name="area"))


def test_places_per_child_of_areas_by_hand(village, areas):
    found = measure(*village, "2sfca")
    cells = gpd.GeoDataFrame({"area": ["01", "02"]}, index=["h1", "h2"])
    mean = Indicator(id="p", title="Plätze je 100 Kinder", kind="mean", per=100)
    rows = aggregate_catchment(found, cells, areas, indicator=mean).set_index(["level", "area"])
    # All 58.2 places go to the 30 children.
    whole = rows.loc[("gesamt", "gesamt")]
    assert whole["numerator"] == pytest.approx(58.2)
    assert whole["value"] == pytest.approx(100 * 58.2 / 30)
    assert rows.loc[("quartier", "01"), "value"] == pytest.approx(100 * 47.2 / 30)
    assert set(rows["quality"]) == {"exact"}
    assert list(rows.reset_index().columns)[:3] == ["level", "area", "indicator"]


def test_what_is_incomplete_is_missing_or_marked(village, areas):
    people, places, travel = village
    found = measure(people, places.mask(places.index == "b"), travel, "2sfca")
    cells = gpd.GeoDataFrame({"area": ["01", "02"]}, index=["h1", "h2"])
    rows = aggregate_catchment(found, cells, areas, indicator="p").set_index(["level", "area"])
    assert rows["value"].isna().tolist() == [True, False, True]
    part = aggregate_catchment(found, cells, areas, indicator="p", partial=True)
    assert part["quality"].tolist() == ["partial", "exact", "partial"]
    np.testing.assert_allclose(part["value"], 47.2 / 30)
    # Where nobody lives nothing is missing.
    empty = found.assign(people=[10.0, 0.0], access=[1.5, np.nan])
    rows = aggregate_catchment(empty, cells, areas, indicator="p")
    assert rows["numerator"].tolist() == [15, 15, 0]
    assert rows["sign"].tolist() == ["", "", "x"]


def test_the_methods_name_themselves():
    places = pd.Series({"a": 60.0, "b": np.nan})
    for method in METHODS:
        weight = FADING if method == "gravity" else None
        text = describe_catchment(places, limit_min=12.5, method=method, weight=weight)
        assert "12,5 Minuten" in text
        assert "1 von 2 Angeboten" in text
    assert "0,68" in describe_catchment(places, limit_min=15)


def test_inputs_stay_as_they_are(village):
    before = [t.copy(deep=True) for t in village]
    for method in METHODS:
        measure(*village, method)
    pd.testing.assert_frame_equal(village[2], before[2])
    for one, other in zip(village[:2], before[:2], strict=True):
        pd.testing.assert_series_equal(one, other)


def test_empty_in_empty_out(village):
    people, places, travel = village
    for method in METHODS:
        usual = measure(*village, method)
        nobody = measure(people[:0], places, travel[:0], method)
        assert nobody.empty
        assert nobody.dtypes.equals(usual.dtypes)
        nothing = measure(people, places[:0], travel[:0], method)
        assert nothing["access"].tolist() == [0, 0]
        assert nothing["offers"].tolist() == [0, 0]


def test_bad_input_is_refused_in_german(village):
    people, places, travel = village
    wrong = [
        ("Personen", people.mask(people.index == "h1"), places, travel),
        ("weniger als null", -people, places, travel),
        ("mehrfach", people.rename({"h2": "h1"}), places, travel),
        ("mehrfach", people, places.rename({"b": "a"}), travel),
        ("weniger als null oder unendlich", people, -places, travel),
        ("unendlich", people, places * np.inf, travel),
        ("fehlen die Spalten minutes", people, places, travel.drop(columns="minutes")),
        ("brauchbaren Minuten", people, places, travel.assign(minutes=[1.0, np.nan, 2.0])),
        ("brauchbaren Minuten", people, places, travel.assign(minutes=-1.0)),
        (
            "vertauscht",
            people,
            places,
            travel.set_axis(["destination", "origin", "minutes"], axis=1),
        ),
    ]
    for text, *tables in wrong:
        with pytest.raises(InputError, match=text):
            measure(*tables)
    for limit in (0, -5, np.nan, np.inf):
        with pytest.raises(InputError, match="Grenze"):
            measure(*village, limit_min=limit)
    with pytest.raises(CoverageError, match="h1"):
        measure(people.drop("h1"), places, travel)
    with pytest.raises(CoverageError, match="keine Angabe"):
        measure(people, places, travel.assign(origin=["h1", None, "h2"]))


def test_methods_are_names_not_guesses(village):
    with pytest.raises(UnknownNameError, match="e2sfca"):
        measure(*village, "e2sfc")
    with pytest.raises(InputError, match="measure_raam"):
        measure(*village, "raam")
    with pytest.raises(InputError, match="„e2sfca“"):
        measure(*village, "2sfca", weight=Steps())
    with pytest.raises(InputError, match="„gravity“"):
        measure(*village, "cumulative", weight=Gaussian())
    with pytest.raises(InputError, match="braucht eine Gewichtung"):
        measure_catchment(*village, limit_min=15, method="gravity")
    with pytest.raises(InputError, match="keine Gewichtung"):
        measure(*village, weight="steps")


def test_useless_weights_are_refused(village):
    class Odd:
        text = "ungewöhnlich"

        def __call__(self, minutes, limit_min):
            return minutes - 10

    with pytest.raises(InputError, match="negative"):
        measure(*village, weight=Odd())
    makers = [
        lambda: Steps(()), lambda: Steps((1, -1)), lambda: Steps((1, np.nan)),
        lambda: Steps((1, 0.5), (5,)), lambda: Steps((1, 0.5), (5, 5)), lambda: Steps((1,), (0,)),
        lambda: Exponential(0), lambda: Exponential(np.nan), lambda: Power(-1),
        lambda: Power(1, floor_min=0), lambda: Logistic(0), lambda: Logistic(5, slope=np.inf),
    ]  # fmt: skip
    for make in makers:
        with pytest.raises(InputError, match="nicht brauchbar"):
            make()


def test_share_outside_needs_the_two_columns(village):
    people, places, travel = village
    with pytest.raises(InputError, match="area"):
        measure_share_outside(people, places.to_frame("capacity"), travel, limit_min=15)


@settings(max_examples=30, deadline=None)
@given(instances(), st.lists(st.booleans(), min_size=5, max_size=5))
def test_inside_and_outside_add_up(instance, outside):
    people, places, travel = instance
    offers = pd.DataFrame({"capacity": places})
    offers["area"] = pd.Series(
        np.where(outside[: len(places)], None, "01"), offers.index, dtype="str"
    )
    turned = offers.assign(area=offers["area"].isna().map({True: "01", False: None}).astype("str"))
    for method in SHARING:
        one = measure_share_outside(people, offers, travel, limit_min=15, method=method)
        other = measure_share_outside(people, turned, travel, limit_min=15, method=method)
        np.testing.assert_allclose(one["outside"] + other["outside"], one["access"], atol=1e-12)
        assert one["share"].dropna().between(0, 1 + 1e-12).all()


def test_every_weight_the_refusal_names_is_reachable() -> None:
    """A planner reads sr.Exponential in the message and must find it."""
    import sozialraum as sr

    people, places = pd.Series({"h": 2.0}), pd.Series({"a": 6.0})
    ways = pd.DataFrame({"origin": "h", "destination": "a", "minutes": [5.0]}, index=[0])
    with pytest.raises(InputError, match=r"weight=sr\.Exponential\(0\.07\)"):
        sr.measure_catchment(people, places, ways, limit_min=15, method="gravity")
    # 6 · e^(−0.07 · 5) = 6 · 0.704688 = 4.228129
    found = sr.measure_catchment(
        people, places, ways, limit_min=15, method="gravity", weight=sr.Exponential(0.07)
    )
    assert found["access"].tolist() == pytest.approx([4.228129], abs=1e-6)
    for weight in (sr.Gaussian(), sr.Power(1.5), sr.Logistic(10), sr.Steps()):
        found = sr.measure_catchment(
            people, places, ways, limit_min=15, method="gravity", weight=weight
        )
        assert 0 < found["access"].item() <= 6
