"""One spelling for streets, numbers, postcodes, however people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.model.spelling import (
    parse_number,
    plain_name,
    plain_postcode,
    plain_street,
    split_address,
    street_words,
)

WRITTEN = st.text() | st.text("0123456789 abßäé-/½.,;NrHausStPl")


@given(WRITTEN)
def test_reducing_twice_is_reducing_once(text: str) -> None:
    assert plain_name(plain_name(text)) == plain_name(text)
    assert plain_street(plain_street(text)) == plain_street(text)
    assert plain_postcode(plain_postcode(text)) == plain_postcode(text)
    number = parse_number(text)
    assert parse_number(str(number)) == number
    assert number.low <= number.high


@given(WRITTEN)
def test_any_text_can_be_split(text: str) -> None:
    assert all(isinstance(part, str) for part in split_address(text))
    street_words(text)


@pytest.mark.parametrize(
    "other",
    [
        "Karl-Marx-Str.", "KARL MARX STRASSE", "Karl-Marxstr", "karl–marx–straße", "Karl  Marx-Strasse ",
        "Karl\u00a0Marx\u00adStraße",
    ],
)  # fmt: skip
def test_spellings_of_one_street(other: str) -> None:
    assert plain_street(other) == plain_street("Karl-Marx-Straße")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ahornstraße", "Ahornweg"), ("1. Ringstraße", "2. Ringstraße"), ("Neue Straße", "Neustraße 1"),
        ("Am Tor", "Am Torf"), ("Nordstraße", "Nordplatz"),
    ],
)  # fmt: skip
def test_different_streets_stay_different(one: str, other: str) -> None:
    assert plain_street(one) != plain_street(other)


@pytest.mark.parametrize(
    ("written", "low", "high", "addition"),
    [
        ("12", 12, 12, ""), ("12a", 12, 12, "a"), ("12 A", 12, 12, "a"), ("Nr. 12", 12, 12, ""),
        ("12-14", 12, 14, ""), ("12 – 14", 12, 14, ""), ("12/14", 12, 14, ""), ("12 bis 14", 12, 14, ""),
        ("12,14,16", 12, 16, ""), ("12/2", 12, 12, "/2"), ("12½", 12, 12, "½"), ("12 1/2", 12, 12, "½"),
        ("12a-c", 12, 12, "a"), ("12 Hinterhaus", 12, 12, "hinterhaus"), ("WE 9", 9, 9, "we"),
        ("Haus 3", 3, 3, ""), ("0012", 12, 12, ""), ("ohne", -1, -1, "ohne"), ("", -1, -1, ""),
        ("9" * 400, -1, -1, "9" * 400), ("1-9999", 1, 1, "/9999"),
    ],
)  # fmt: skip
def test_house_numbers(written: str, low: int, high: int, addition: str) -> None:
    assert tuple(parse_number(written)) == (low, high, addition)


@pytest.mark.parametrize(
    ("cell", "street", "number", "postcode", "city"),
    [
        ("Torfsteg 11", "Torfsteg", "11", "", ""),
        ("Torfsteg 11 a-c, 17033 Neubrandenburg", "Torfsteg", "11 a-c", "17033", "Neubrandenburg"),
        ("Torfsteg Nr.11a; D-17033 Neubrandenburg OT Weitin", "Torfsteg", "11a", "17033",
         "Neubrandenburg OT Weitin"),
        ("Straße des 17. Juni 135", "Straße des 17. Juni", "135", "", ""),
        ("Platz des 17. Juni", "Platz des 17. Juni", "", "", ""),
        ("Q7", "Q7", "", "", ""),
        ("", "", "", "", ""),
    ],
)  # fmt: skip
def test_an_address_in_one_cell(
    cell: str, street: str, number: str, postcode: str, city: str
) -> None:
    assert tuple(split_address(cell)) == (street, number, postcode, city)


def test_a_scanner_s_digits_are_letters_but_numbers_stay() -> None:
    assert street_words("Ih1enfelder Straße") == ["ihlenfelder", "strasse"]
    assert street_words("Grol3er Weg") == ["grosser", "weg"]
    assert street_words("Straße 112") == ["strasse", "112"]
