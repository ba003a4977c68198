"""Offers are placed at their address or not at all."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

import sozialraum as sr

PLACES = [
    # street, number, postcode, city, x, y
    ("Rigaer Straße", "1", "17033", "Altstadt", 0, 0),
    ("Rigaer Straße", "3", "17033", "Altstadt", 20, 0),
    ("Rigaer Straße", "4", "17033", "Altstadt", 25, 15),
    ("Rigaer Straße", "12-14", "17033", "Altstadt", 100, 0),
    ("Rigaer Straße", "30a", "17033", "Altstadt", 260, 0),
    ("Große Wollweberstraße", "5", "17033", "Altstadt", 0, 300),
    ("Dorfstraße", "5", "17039", "Neuendorf", 5000, 0),
    ("Dorfstraße", "5", "17039", "Wulkenzin", 0, 7000),
    ("Lange Straße", "1", "17034", "Altstadt", 1000, 0),
    ("Lange Straße", "99", "17034", "Altstadt", 4000, 0),
    ("Am Süd-Tor", "7", "17034", "Altstadt", 1000, 900),
]


def make_addresses(
    rows: list[tuple[str, str, str, str, float, float]] = PLACES,
) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["street", "housenumber", "postcode", "city", "x", "y"])
    points = gpd.points_from_xy(table.pop("x"), table.pop("y"))
    return gpd.GeoDataFrame(table, geometry=points, crs=25833)


def place(*offers: dict[str, object]) -> tuple[pd.DataFrame, list[str]]:
    table = pd.DataFrame(list(offers))
    reading = sr.place_offers(table, make_addresses())
    return reading.table, [f.code for f in reading.findings]


@pytest.mark.parametrize(
    ("street", "number", "quality", "x"),
    [
        ("Rigaer Str.", "1", "exact", 0),
        ("rigaer strasse", " 1 ", "exact", 0),
        ("Rigaer-Straße", "Nr. 30 A", "exact", 260),
        ("Rigaer Str", "12-14", "exact", 100),
        ("Rigaer Str", "12/14", "exact", 100),
        ("Rigaer Str", "14", "exact", 100),  # the end of 12-14
        ("Rigaer Str", "3-5", "exact", 20),  # begins at 3
        ("Rigaer Straße 3", "", "exact", 20),
        ("Riager Str.", "3", "similar", 20),  # misspelt, so never exact
        ("Rigear Str.", "5", "neighbour", 20),
        ("Rigaer Str.", "5", "neighbour", 20),  # same side: 3, not 4
        ("Rigaer Str.", "13", "neighbour", 100),  # inside 12-14
        ("Rigaer Str.", "30", "neighbour", 260),  # 30 is another house than 30a
        ("Rigaer Str.", "77", "street", 20),  # nearest to the middle (25, 0) is 3 at (20, 0)
        ("Rigaer Str.", "", "street", 20),
        ("Rigaer Platz", "1", "none", np.nan),
        ("Kleine Wollweberstr.", "5", "none", np.nan),  # another word is no typing error
        ("Am Suedtor", "7", "exact", 1000),
        ("", "", "none", np.nan),
    ],
)
def test_quality_and_place(street: str, number: str, quality: str, x: float) -> None:
    table, _ = place({"street": street, "housenumber": number, "city": "Altstadt"})
    assert table["place_quality"].tolist() == [quality]
    assert np.allclose(table.geometry.x, [x], equal_nan=True)
    assert table["place_address"].notna().tolist() == [quality != "none"]


@pytest.mark.parametrize(
    ("postcode", "city", "quality"),
    [
        (None, "Neuendorf", "exact"),
        ("17039", "Neuendorf", "exact"),
        (
            "D-17039",
            "Neuendorf OT Mitte",
            "exact",
        ),  # the postcode agrees, the town has an added part
        ("17039", "Neundorf", "exact"),  # the postcode agrees, the town is misspelt
        (None, "Neundorf", "similar"),
        ("99999", "Neuendorf", "similar"),  # a postcode nobody has
        ("17039", None, "none"),  # two villages share it
        (None, None, "none"),
        ("17033", "Neuendorf", "none"),  # a postcode of elsewhere: which of the two is meant?
        ("17039", "Altstadt", "none"),
        (None, "Hamburg", "none"),
        ("20095", "Hamburg", "none"),
    ],
)
def test_town_and_postcode_decide(postcode: str | None, city: str | None, quality: str) -> None:
    table, _ = place(
        {"street": "Dorfstraße", "housenumber": "5", "postcode": postcode, "city": city}
    )
    assert table["place_quality"].tolist() == [quality]
    if quality != "none":
        assert table.geometry.iloc[0] == Point(5000, 0)


def test_what_is_not_found_is_listed_with_a_suggestion_and_never_placed() -> None:
    reading = sr.place_offers(
        pd.DataFrame({"street": ["Wollweberstr. 5", "Dorfstr. 5", "Lange Str."]}), make_addresses()
    )
    assert reading.table.geometry.isna().all()
    texts = {f.code if f.row != 4 else "long": f.text for f in reading.findings}
    assert "Lange Straße 1" in texts["long"]
    assert "Große Wollweberstraße 5, 17033 Altstadt" in texts["address_unknown"]
    assert "Wulkenzin" in texts["address_several"]
    assert [f.row for f in reading.findings if f.row] == [3, 4, 2]
    assert "Nicht gefunden: 3" in texts["addresses_placed"]


def test_a_table_without_towns_is_one_place() -> None:
    addresses = make_addresses()[["street", "housenumber", "geometry"]].iloc[:6]
    offers = pd.DataFrame({"street": ["Rigaer Str. 1"], "city": ["Altstadt"]})
    assert sr.place_offers(offers, addresses).table["place_quality"].tolist() == ["exact"]


def test_points_of_one_address_far_apart_are_no_place() -> None:
    near = [("Weg", "1", "", "", 0, 0), ("Weg", "1", "", "", 40, 0), ("Weg", "1", "", "", 30, 0)]
    offers = pd.DataFrame({"street": ["Weg 1"]})
    table = sr.place_offers(offers, make_addresses(near)).table
    assert table.geometry.iloc[0] == Point(30, 0)  # the one in the middle
    far = [("Weg", "1", "", "", 0, 0), ("Weg", "1", "", "", 60, 0)]
    assert sr.place_offers(offers, make_addresses(far)).table.geometry.isna().all()


def test_given_coordinates_stay_and_contradictions_are_told() -> None:
    offers = gpd.GeoDataFrame(
        {
            "street": ["Rigaer Str. 1", "Rigaer Str. 1", "Unbekannt 4", "Unbekannt 5"],
            "postcode": ["17033", "17033", "17033", "17033"],
        },
        geometry=[Point(5, 5), Point(900, 0), Point(1000, 890), Point(30, 30)],
        crs=25833,
    )
    reading = sr.place_offers(offers, make_addresses())
    assert reading.table.geometry.equals(offers.geometry)
    assert reading.table["place_quality"].isna().all()
    found = {f.row: f for f in reading.findings}
    # Row 3 lies 900 m from its address; row 4 beside an address of 17034, and 17033 is far away.
    assert {row: f.code for row, f in found.items()} == {
        3: "address_contradicts", 4: "postcode_contradicts",
    }  # fmt: skip
    assert "17034" in found[4].text


def test_what_is_given_is_not_changed() -> None:
    offers = pd.DataFrame({"street": ["Rigaer Str. 1"]})
    addresses = make_addresses()
    before = offers.copy(), addresses.copy()
    sr.place_offers(offers, addresses)
    pd.testing.assert_frame_equal(offers, before[0])
    pd.testing.assert_frame_equal(addresses, before[1])


def test_degrees_are_refused_and_nothing_in_is_nothing_out() -> None:
    with pytest.raises(sr.CrsError):
        sr.place_offers(pd.DataFrame({"street": ["Weg 1"]}), make_addresses().to_crs(4326))
    empty = sr.place_offers(pd.DataFrame({"street": pd.Series(dtype="str")}), make_addresses())
    assert empty.table.empty
    assert not empty.findings
    alone = sr.place_offers(pd.DataFrame({"street": ["Weg 1"]}), make_addresses().iloc[:0])
    assert alone.table["place_quality"].tolist() == ["none"]


NAME = st.text(min_size=1, max_size=30)
NUMBER = st.integers(1, 9999).map(str) | st.from_regex(r"\A[1-9][0-9]?[a-f]\Z")


@given(
    st.lists(
        st.tuples(NAME, NUMBER, st.sampled_from(["17033", "17034", ""])), min_size=1, max_size=8
    )
)
def test_an_address_of_the_table_finds_itself_exactly(rows: list[tuple[str, str, str]]) -> None:
    # All in one place: points of one address then lie together, however alike the streets are.
    table = [
        (street, number, code, "Ort", float(i), 0.0)
        for i, (street, number, code) in enumerate(rows)
    ]
    addresses = make_addresses(table)
    result = sr.place_offers(addresses.drop(columns="geometry"), addresses).table
    from sozialraum.model.spelling import plain_street, split_address

    named = np.array([bool(plain_street(street)) for street, *_ in rows])
    split = np.array([any(split_address(street)[1:]) for street, *_ in rows])
    quality = result["place_quality"].to_numpy()
    assert (quality[named & ~split] == "exact").all()
    assert (quality[~named] == "none").all()


TEXTS = st.fixed_dictionaries(dict.fromkeys(("street", "housenumber", "city"), st.text()))


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_hostile_text_is_only_text(offers: list[dict[str, str]]) -> None:
    table, _ = place(*offers)
    assert set(table["place_quality"]) <= {"exact", "similar", "neighbour", "street", "none"}
    assert (table.geometry.isna() == (table["place_quality"] == "none")).all()
