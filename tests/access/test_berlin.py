"""A city of millions: children by house number, all Kitas, every street and path of Berlin."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

pytestmark = pytest.mark.realdata
CHILDREN = 222_650  # under 6 on 31.12.2021, as published for the whole city
KITAS = 2_880


@pytest.fixture(scope="module")
def script(root: Path) -> Iterator[Any]:
    """The script that draws the handbook's picture: what it measures is tested here."""
    sys.path.insert(0, str(root / "scripts"))
    import draw_berlin_kitas

    yield draw_berlin_kitas
    sys.path.remove(str(root / "scripts"))


@pytest.fixture(scope="module")
def berlin(script: Any, testdata: Path) -> Any:
    return script.read_berlin(testdata / "berlin")


@pytest.fixture(scope="module")
def measured(script: Any, berlin: Any) -> Any:
    return script.measure_berlin(berlin)


def at(rows: pd.DataFrame, level: str) -> pd.DataFrame:
    return rows[rows["level"] == level].set_index("area").sort_index()


def test_everyone_has_a_house_number(berlin: Any) -> None:
    assert (len(berlin.areas), berlin.areas["bzr"].nunique()) == (542, 143)
    assert len(berlin.kitas) == KITAS
    # of 413,631 house numbers in the file 29,809 lie in the Brandenburg around
    assert len(berlin.people) == 383_822
    assert (berlin.people["placed"] == "points").all()
    back = berlin.people.groupby("area")["u6"].sum()
    pd.testing.assert_series_equal(back, berlin.counts["u6"].sort_index(), check_names=False)
    assert back.sum() == pytest.approx(CHILDREN)


def test_children_add_up_to_the_published_bezirksregionen(
    testdata: Path, berlin: Any, measured: Any
) -> None:
    file = "berlin-lor-population-2021-02-t2-district-regions.csv"
    published = pd.read_csv(testdata / "berlin/indicators/ewr" / file, dtype={"id": "str"})
    published = published.set_index("id")["inhabitants_age_below_6"].sort_index()
    for rows in (measured.reached, measured.places):
        found = at(rows, "bzr")["denominator"]
        assert found.index.tolist() == published.index.tolist()
        np.testing.assert_allclose(found, published, rtol=1e-9)
        for level in ("gesamt", "bzr", "plr"):
            assert at(rows, level)["denominator"].sum() == pytest.approx(CHILDREN)


def test_reached_and_unreached_are_everyone(measured: Any) -> None:
    table = measured.coverage
    np.testing.assert_array_equal(table["reached"] + table["unreached"], table["people"])
    reached = table["reached"].sum()
    assert at(measured.reached, "gesamt")["numerator"].iloc[0] == pytest.approx(reached)
    shares = measured.reached["value"].dropna()
    assert shares.between(0, 100 + 1e-9).all()
    assert len(at(measured.reached, "bzr")) == 143
    assert at(measured.reached, "bzr")["value"].notna().all()


def test_who_has_no_street_is_told_and_reaches_nothing(measured: Any) -> None:
    apart = measured.nearest.index[~measured.nearest["connected"]]
    assert 0 < len(apart) < 50, "house numbers more than 250 m from every street"
    table = measured.coverage.loc[apart]
    assert (table["reached"] == 0).all()
    assert measured.coverage["unconnected"].sum() == pytest.approx(table["people"].sum())
    assert measured.nearest.loc[apart, "minutes"].isna().all()
    assert not measured.travel["origin"].isin(apart).any()


def test_the_nearest_is_the_first_of_all_ways(measured: Any) -> None:
    near = measured.nearest[measured.nearest["minutes"] <= 15]
    best = measured.travel.groupby("origin")["minutes"].min()
    assert len(best) == len(near)
    np.testing.assert_array_equal(best.reindex(near.index).to_numpy(), near["minutes"].to_numpy())


def test_places_are_shared_out_to_the_last_one(berlin: Any, measured: Any) -> None:
    """Σ access · children = Σ places of the Kitas in reach of somebody; those are all."""
    table = measured.catchment
    assert (table["access"] >= 0).all()
    seen = measured.travel.merge(table["people"], left_on="origin", right_index=True)
    seen = seen.loc[seen["people"] > 0, "destination"].unique()
    places = berlin.kitas.loc[berlin.kitas.index.isin(seen), "capacity"].sum()
    assert len(seen) == KITAS
    assert places == 194_979
    assert (table["access"] * table["people"]).sum() == pytest.approx(places)
    for level in ("gesamt", "bzr", "plr"):
        assert at(measured.places, level)["numerator"].sum() == pytest.approx(places)


def test_an_address_beside_a_kita(berlin: Any, measured: Any) -> None:
    """Worked out by hand, in metres.

    The street leads straight from (190.14, 328.27) to (341.11, 369.08), its direction is
    (0.96536, 0.26094). From its beginning the house at (284.96, 366.02) lies 101.39 ahead and 11.70
    aside, the Kita at (264.40, 363.80) lies 80.96 ahead and 14.92 aside:
    11.70 + (101.39 - 80.96) + 14.92 = 47.05.
    """
    kita = berlin.kitas.loc["04073110"]
    assert kita["name"] == "Kita Villa Luna Berlin"
    assert (kita.geometry.x, kita.geometry.y) == pytest.approx((386_264.40, 5_820_363.80), abs=0.01)
    beside = shapely.Point(386_284.96, 5_820_366.02)
    (_, (place,)), (away,) = berlin.people.sindex.nearest(beside, return_distance=True)
    assert away < 0.01
    house = berlin.people.iloc[place]
    way = measured.nearest.loc[house.name]
    assert way["offer"] == "04073110"
    assert way["metres"] == pytest.approx(47.05, abs=0.02)
    assert way["minutes"] == pytest.approx(47.05 / 80, abs=0.001)


def test_the_inner_city_is_nearer_than_the_fringe(measured: Any) -> None:
    parts = at(measured.reached, "bzr")[["numerator", "denominator"]]
    parts = parts.groupby(parts.index.str[:2]).sum()
    share = 100 * parts["numerator"] / parts["denominator"]
    # 02 Friedrichshain-Kreuzberg, 01 Mitte; 09 Treptow-Köpenick with its woods and lakes.
    assert share["02"] > 99.9
    assert share["01"] > 99.5
    assert share["09"] == share.min() < 97
    worst = at(measured.reached, "bzr")["value"].idxmin()
    assert worst == "093012", "Schmöckwitz"


def test_the_same_again_gives_the_same(script: Any, berlin: Any, measured: Any) -> None:
    again = script.measure_berlin(berlin)
    for name in ("nearest", "coverage", "catchment", "reached", "places"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(measured, name))
    # Of five million ways the numbers and, drawn out, the names.
    assert len(again.travel) == len(measured.travel)
    for name in ("minutes", "metres"):
        np.testing.assert_array_equal(again.travel[name], measured.travel[name])
    some = slice(None, None, 1000)
    pd.testing.assert_frame_equal(again.travel[some], measured.travel[some])


def test_the_picture_of_the_handbook(
    script: Any, berlin: Any, measured: Any, tmp_path: Path, root: Path
) -> None:
    drawn, kept = tmp_path / "berlin_kitas.png", root / "docs/bilder/berlin_kitas.png"
    script.draw_berlin(berlin, measured, drawn)
    for picture in (drawn, kept):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < 250_000
    from PIL import Image

    assert Image.open(drawn).size == Image.open(kept).size == (1300, 747)
