"""Indicator values, long and wide, with the signs of official statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sozialraum.errors import InputError, UnknownNameError
from sozialraum.read.values import load_values, read_values

NAN = float("nan")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        (tmp_path / "w.csv").write_text(text, encoding="utf-8")
        return tmp_path / "w.csv"

    return write


def codes(reading: Any) -> list[tuple[str, int | None, str | None]]:
    return [(f.code, f.row, f.column) for f in reading.findings]


def test_long_values_with_german_headings(write: Any) -> None:
    path = write("Gebiet;Merkmal;Stichtag;Wert\n01;a;31.12.2023;1.234,5\n02;a;31.12.2023;7\n")
    values = read_values(path)
    assert values["area"].tolist() == ["01", "02"]
    assert values["datenstand"].tolist() == ["2023-12-31"] * 2
    assert values["value"].tolist() == [1234.5, 7]
    assert values["row"].tolist() == [2, 3]


def test_what_holds_for_all_rows_is_said_by_the_caller(write: Any) -> None:
    path = write("Gebiet,Merkmal,Wert\n01,a,1\n")
    values = read_values(path, level="bezirk", datenstand="2023", gebietsstand="2021")
    assert values.loc[0, ["level", "datenstand", "gebietsstand"]].tolist() == [
        "bezirk", "2023", "2021",
    ]  # fmt: skip


def test_a_column_of_the_file_wins_over_the_caller(write: Any) -> None:
    path = write("Gebiet,Merkmal,Jahr,Wert\n01,a,2020,1\n")
    assert read_values(path, datenstand="2023")["datenstand"].tolist() == ["2020"]


def test_signs_make_values_missing_and_are_kept(write: Any) -> None:
    cells = ["–", "-", ".", "x", "X", "/", "…", "...", "(12,5)", "0", "", "12"]
    rows = "".join(f"{i:02};a;2023;{cell}\n" for i, cell in enumerate(cells))
    values = read_values(write("Gebiet;Merkmal;Jahr;Wert\n" + rows))
    assert values["sign"].fillna("").tolist() == [
        "–", "–", ".", "x", "x", "/", "…", "…", "()", "", "", "",
    ]  # fmt: skip
    np.testing.assert_array_equal(values["value"], [NAN] * 8 + [12.5, 0, NAN, 12])


def test_a_secret_numerator_hides_its_row(write: Any) -> None:
    path = write("Gebiet;Merkmal;Jahr;Wert;Zähler;Nenner\n01;a;2023;25;.;4\n02;a;2023;50;2;4\n")
    values = read_values(path)
    assert values["sign"].fillna("").tolist() == [".", ""]
    hidden = values[["value", "numerator", "denominator"]]
    assert hidden.isna().all(axis=1).tolist() == [True, False]


def test_codes_for_missing_are_announced_or_errors(write: Any) -> None:
    path = write("Gebiet;Merkmal;Jahr;Wert\n01;a;2023;-9999\n02;a;2023;-9999.0\n03;a;2023;k.W.\n")
    reading = load_values(path)
    assert codes(reading) == [
        ("not_a_number", 4, "Wert"),
        ("missing_code", 2, "Wert"),
    ]
    values = read_values(path, missing=[-9999, "k.W."])
    assert values["value"].isna().all()
    assert values["sign"].fillna("").tolist() == ["", "", ""]


WIDE = "PLR;Name;S1;S3;EW\n01;Süd;5,5;-9999;100\n02;Nord;4,5;.;200\n"


def test_wide_values_are_stacked(write: Any) -> None:
    values = read_values(
        write(WIDE),
        form="wide",
        columns={"area": "PLR"},
        indicators=["S1", "S3"],
        datenstand="2020-12-31",
        missing=[-9999],
    )
    assert values["indicator"].tolist() == ["S1", "S1", "S3", "S3"]
    assert values["area"].tolist() == ["01", "02", "01", "02"]
    np.testing.assert_array_equal(values["value"], [5.5, 4.5, NAN, NAN])
    assert values["sign"].fillna("").tolist() == ["", "", "", "."]
    assert values["row"].tolist() == [2, 3, 2, 3]


def test_wide_values_with_parts_of_a_rate(write: Any) -> None:
    values = read_values(
        write(WIDE),
        form="wide",
        columns={"area": "PLR"},
        indicators={"arbeitslos": {"value": "S1", "denominator": "EW"}, "einwohner": "EW"},
        datenstand="2020",
    )
    assert values["indicator"].tolist() == ["arbeitslos"] * 2 + ["einwohner"] * 2
    np.testing.assert_array_equal(values["denominator"], [100, 200, NAN, NAN])
    np.testing.assert_array_equal(values["value"], [5.5, 4.5, 100, 200])


def test_a_part_that_is_a_sign_speaks_for_its_indicator_only(write: Any) -> None:
    path = write("area;a;b\n01;.;3\n02;2;/\n")
    values = read_values(path, form="wide", datenstand="2020")
    assert values["indicator"].tolist() == ["a", "a", "b", "b"]
    assert values["sign"].fillna("").tolist() == [".", "", "", "/"]
    np.testing.assert_array_equal(values["value"], [NAN, 2, 3, NAN])


def test_findings_of_wide_values_name_the_column_of_the_file(write: Any) -> None:
    path = write("area;a;b\n01;viele;3\n01;2;-9999\n")
    reading = load_values(path, form="wide", datenstand="2020")
    assert codes(reading) == [
        ("not_a_number", 2, "a"),
        ("duplicate", 3, None),
        ("missing_code", 3, "b"),
    ]


def test_wide_headings_must_exist(write: Any) -> None:
    reading = load_values(write("area;a\n01;1\n"), form="wide", indicators=["b"], datenstand="2020")
    assert codes(reading) == [("unknown_heading", None, "b")]


def test_without_a_date_there_is_no_value(write: Any) -> None:
    with pytest.raises(InputError, match="datenstand"):
        read_values(write("area;a\n01;1\n"), form="wide")


def test_no_other_form(write: Any) -> None:
    with pytest.raises(UnknownNameError, match="wide"):
        read_values(write("a\n"), form="weit")
