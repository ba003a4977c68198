"""Text and spreadsheet files: cells as they are, rows as the spreadsheet counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.read.sheets import decode, load_csv, load_excel


def csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Any:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    return load_csv(path)


def codes(raw: Any) -> list[tuple[str, int | None]]:
    return [(f.code, f.row) for f in raw.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_umlauts_survive_every_encoding_of_offices(encoding: str) -> None:
    assert decode("Träger; Größe".encode(encoding)) == "Träger; Größe"


def test_bytes_that_windows_does_not_know_are_still_read() -> None:
    assert decode(b"M\x81ller") == "M\x81ller"


def test_binary_is_no_text() -> None:
    assert decode(b"PK\x03\x04\x00\x00") is None


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, ends: str) -> None:
    rows = [["id", "name"], ["1", "a"], ["2", "b"]]
    raw = csv(tmp_path, ends.join(delimiter.join(row) for row in rows))
    assert raw.table[["id", "name"]].to_numpy().tolist() == rows[1:]
    assert raw.table["row"].tolist() == [2, 3]
    assert raw.findings == ()


def test_the_delimiter_is_the_one_that_splits_all_rows(tmp_path: Path) -> None:
    raw = csv(tmp_path, "id;name\n1;Kita, Sonne, Mond\n2;Kita, Stern, Mond\n")
    assert list(raw.table)[:2] == ["id", "name"]
    assert raw.decimal == ","
    assert csv(tmp_path, 'id,name\n1,"a;b;c"\n2,"a;b;c"\n').decimal == "."


def test_blank_lines_and_rows_count_but_hold_nothing(tmp_path: Path) -> None:
    raw = csv(tmp_path, "\n\nid;name\n1;a\n\n;\n2;b\n   \n")
    assert raw.table["id"].tolist() == ["1", "2"]
    assert raw.table["row"].tolist() == [4, 7]
    assert raw.findings == ()


def test_a_line_break_in_a_cell_does_not_shift_rows(tmp_path: Path) -> None:
    raw = csv(tmp_path, 'id;name\n1;"a\nb"\n2;c\n')
    assert raw.table["name"].tolist() == ["a\nb", "c"]
    assert raw.table["row"].tolist() == [2, 3]


def test_rows_that_do_not_fit_are_found_and_left_out(tmp_path: Path) -> None:
    raw = csv(tmp_path, "id;name\n1;a\n2\n3;b;c\n4;d\n")
    assert codes(raw) == [("ragged_row", 3), ("ragged_row", 4)]
    assert raw.table["id"].tolist() == ["1", "4"]


def test_trailing_delimiters_are_no_columns(tmp_path: Path) -> None:
    raw = csv(tmp_path, "id;name;;\n1;a;;\n2;b\n3;c;;;;\n")
    assert list(raw.table) == ["id", "name", "file", "row"]
    assert raw.findings == ()
    assert len(raw.table) == 3


def test_a_column_without_heading_gets_a_number(tmp_path: Path) -> None:
    raw = csv(tmp_path, ";id;name;\n0;1;a;\n1;2;b;x\n")
    assert list(raw.table) == ["Spalte 1", "id", "name", "Spalte 4", "file", "row"]


def test_headings_given_twice_or_like_ours_are_told_apart(tmp_path: Path) -> None:
    raw = csv(tmp_path, "id;Wert;Wert;row\n1;2;3;4\n")
    assert list(raw.table)[:4] == ["id", "Wert", "Wert (2)", "row (2)"]
    assert codes(raw) == [("heading_twice", 1)]
    assert raw.table["row"].tolist() == [2]


def test_wrong_quotes_cost_their_row_only(tmp_path: Path) -> None:
    raw = csv(tmp_path, 'id;name\n1;"Kita "Sonne""\n2;b\n')
    assert codes(raw) == [("bad_quotes", 2)]
    assert raw.table["id"].tolist() == ["2"]


def test_a_quote_never_closed_is_found(tmp_path: Path) -> None:
    raw = csv(tmp_path, 'id;name\n1;a\n2;"b\n3;c\n')
    assert codes(raw) == [("bad_quotes", 3)]
    assert raw.table["id"].tolist() == ["1"]


@pytest.mark.parametrize("text", ["", "\n\n", " ; ;\n", "\ufeff"])
def test_nothing_is_an_empty_file(tmp_path: Path, text: str) -> None:
    raw = csv(tmp_path, text)
    assert raw.table is None
    assert codes(raw) == [("empty_file", None)]


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    raw = csv(tmp_path, "id\n1\n2\n")
    assert raw.table["id"].tolist() == ["1", "2"]


@given(st.binary(max_size=300))
def test_no_bytes_whatever_escape_as_an_exception(tmp_path_factory: Any, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_bytes(data)
    raw = load_csv(path)
    assert raw.table is not None or raw.findings


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))


@given(st.lists(st.lists(WORDS, min_size=2, max_size=2), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read(tmp_path_factory: Any, rows: list[list[str]]) -> None:
    import csv as writer

    path = tmp_path_factory.mktemp("any") / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer.writer(file, delimiter=";").writerows([["erste", "zweite"], *rows])
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    assert load_csv(path).table[["erste", "zweite"]].to_numpy().tolist() == kept


def workbook(tmp_path: Path, rows: list[list[Any]], **formats: str) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, form in formats.items():
        book.active[cell].number_format = form
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def test_a_workbook_is_read_as_a_german_spreadsheet_shows_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [
            ["Id", "Zahl", "Datum", "Ja", "Leer"],
            [1100101, 1234.5, dt.datetime(2024, 8, 1), True, None],
            [7, 2.0, dt.datetime(2024, 8, 1, 13, 30), False, "x"],
        ],
        A2="00000000",
    )
    raw = load_excel(path, None)
    assert raw.table.iloc[:, :5].to_numpy().tolist() == [
        ["01100101", "1234,5", "2024-08-01", "ja", ""],
        ["7", "2", "2024-08-01 13:30:00", "nein", "x"],
    ]
    assert raw.decimal == ","


def test_rows_of_a_workbook_count_as_it_shows_them(tmp_path: Path) -> None:
    raw = load_excel(workbook(tmp_path, [[], ["id", "b"], [], ["1", "x"], ["2", "y"]]), None)
    assert raw.table["row"].tolist() == [4, 5]


def test_sheets_are_chosen_by_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.create_sheet("Kitas").append(["kita"])
    book["Kitas"].append(["a1"])
    book.save(tmp_path / "t.xlsx")
    assert load_excel(tmp_path / "t.xlsx", "Kitas").table["kita"].tolist() == ["a1"]
    missing = load_excel(tmp_path / "t.xlsx", "Horte")
    assert missing.table is None
    assert "Es gibt: Sheet, Kitas" in missing.findings[0].text


def test_errors_and_formulas_never_computed_are_found_where_they_stand(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["id", "n"], ["1", "=1+1"], ["2", "#DIV/0!"]])
    raw = load_excel(path, None)
    assert [(f.code, f.row, f.column) for f in raw.findings] == [
        ("formula_without_value", 2, "B"),
        ("excel_error", 3, "B"),
    ]
    assert raw.table["n"].tolist() == ["", ""]


@pytest.mark.parametrize("data", [b"", b"x", b"PK\x03\x04 kaputt"])
def test_what_is_no_workbook_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.xlsx").write_bytes(data)
    raw = load_excel(tmp_path / "t.xlsx", None)
    assert raw.table is None
    assert [f.code for f in raw.findings] == ["unreadable"]
    assert str(tmp_path) not in raw.findings[0].text
