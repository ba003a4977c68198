"""Raw cells become typed columns, and nothing else than what stands there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.errors import SozialraumError
from sozialraum.model.cells import (
    check_table,
    parse_dates,
    parse_ids,
    parse_numbers,
    rename_headings,
)
from sozialraum.model.rows import find_rows, show, spans
from sozialraum.model.schema import OFFERS, VALUES
from sozialraum.texts import number

NAN = float("nan")


def read(cells: list[object], **options: object) -> list[float]:
    return parse_numbers(pd.Series(cells), **options)[0].tolist()


@pytest.mark.parametrize(
    ("cells", "decimal", "expected"),
    [
        # One way only.
        (["1.234,5", "7"], None, [1234.5, 7]),
        (["1,234.5", "7"], None, [1234.5, 7]),
        (["1.234.567"], ".", [1234567]),
        (["1,234,567"], ",", [1234567]),
        (["-0,5", "+3", "007"], None, [-0.5, 3, 7]),
        (["1e3", ".5", "2."], None, [1000, 0.5, 2]),
        # Two ways: the rest of the column decides.
        (["1.234", "5,5"], ".", [1234, 5.5]),
        (["1.234", "0.25"], ",", [1.234, 0.25]),
        (["1,234", "0,25"], ".", [1.234, 0.25]),
        # A group of thousands never begins with 0.
        (["0.123", "1.234"], ",", [0.123, 1.234]),
        # Two ways, and nothing in the column decides: the file's separator does.
        (["1.234"], ",", [1234]),
        (["1.234"], ".", [1.234]),
        (["1,234"], ",", [1.234]),
        (["1.234"], None, [1.234]),
        # Spaces and apostrophes between thousands, the typographic minus.
        (["1 234", "389\u00a0123,5", "1'000", "1\u202f000\u202f000"], ",", [1234, 389123.5, 1e3, 1e6]),
        (["−5"], None, [-5]),
        # Nothing said is nothing, not 0.
        (["", " ", "k. A.", "keine Angabe", None, "nan"], None, [NAN] * 6),
        ([0, 2.5, None], None, [0, 2.5, NAN]),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written(
    cells: list[object], decimal: str | None, expected: list[float]
) -> None:
    numbers, unreadable = parse_numbers(pd.Series(cells), decimal=decimal)
    np.testing.assert_array_equal(numbers, expected)
    assert not unreadable.any()


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["12 34"], None),
        (["zwölf"], None),
        (["12 %"], None),
        (["3-4"], None),
        (["1.23.456"], None),
        (["1,2,3"], None),
        (["-"], None),
        (["inf"], None),
        (["1,234"], "."),  # 1.234 or 1,234 in a file with decimal points: a thousandfold apart
        ([float("inf")], None),
        ([True], None),
    ],
)
def test_what_is_no_number_is_said_and_missing(cells: list[object], decimal: str | None) -> None:
    numbers, unreadable = parse_numbers(pd.Series(cells), decimal=decimal)
    assert numbers.isna().all()
    assert unreadable.all()


def test_in_a_column_written_both_ways_only_clear_cells_are_read() -> None:
    numbers, unreadable = parse_numbers(pd.Series(["12,5", "12.5", "1.234", "3"]))
    np.testing.assert_array_equal(numbers, [12.5, 12.5, NAN, 3])
    assert unreadable.tolist() == [False, False, True, False]


def test_a_coordinate_has_one_decimal_sign_at_most() -> None:
    cells = pd.Series(["52.460876", "52,46", "389.123", "5800000", "52.460.876", "389.123,4"])
    numbers, unreadable = parse_numbers(cells, decimal=",", coordinate=True)
    np.testing.assert_array_equal(numbers, [52.460876, 52.46, 389.123, 5.8e6, NAN, NAN])
    assert unreadable.tolist() == [False, False, False, False, True, True]


@given(
    st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=1, max_size=8),
    st.sampled_from([",", "."]),
)
def test_german_and_english_writing_give_the_same_numbers(values: list[object], hint: str) -> None:
    """Two decimals leave no doubt, whatever the file's separator is thought to be."""
    floats = [float(str(v)) for v in values]
    german = [number(v, 2) for v in floats]
    english = [f"{v:,.2f}" for v in floats]
    assert read(german, decimal=hint) == pytest.approx(floats)
    assert read(english, decimal=hint) == pytest.approx(floats)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2016", "2016"),
        ("2016-02", "2016-02"),
        ("201602", "2016-02"),
        ("2016-02-10", "2016-02-10"),
        ("10.2.2016", "2016-02-10"),
        ("29.02.2024", "2024-02-29"),
        ("2016-02-10 00:00:00", "2016-02-10"),
        ("2016-02-10T00:00:00Z", "2016-02-10"),
        ("2016.0", "2016"),
    ],
)
def test_dates_become_iso_text(cell: str, expected: str) -> None:
    dates, unreadable = parse_dates(pd.Series([cell]))
    assert dates.tolist() == [expected]
    assert not unreadable.any()


@pytest.mark.parametrize("cell", ["31.02.2016", "29.02.2023", "201613", "2016-13", "16", "gestern"])
def test_days_that_do_not_exist_are_said(cell: str) -> None:
    dates, unreadable = parse_dates(pd.Series([cell]))
    assert dates.isna().all()
    assert unreadable.all()


def test_typed_dates_are_read_too() -> None:
    dates = pd.Series(pd.to_datetime(["2016-02-10", None]))
    assert parse_dates(dates)[0].tolist()[0] == "2016-02-10"


def test_ids_stay_text() -> None:
    assert parse_ids(pd.Series(["01", " 02 ", "1.0"])).tolist() == ["01", "02", "1.0"]
    assert parse_ids(pd.Series([1, 2])).tolist() == ["1", "2"]
    assert parse_ids(pd.Series([1.0, 2.0])).tolist() == ["1", "2"]
    assert parse_ids(pd.Series([1.0, None])).isna().tolist() == [False, True]
    assert parse_ids(pd.Series([1.5])).tolist() == ["1.5"]


def test_spans() -> None:
    assert spans([]) == ""
    assert spans([5]) == "5"
    assert spans([9, 2, 3, 3, 4]) == "2–4, 9"


def test_many_rows_are_counted_not_listed() -> None:
    text = spans(list(range(2, 1002, 2)))
    assert text.startswith("2, 4, 6, ")
    assert text.endswith(", 80 …")


def test_a_wrong_id_column_does_not_fill_the_report() -> None:
    raw = pd.DataFrame({"offer": [f"a{i // 2}" for i in range(100)], "category": "kita"})
    found = check_table(raw, OFFERS, "t.csv").findings
    assert len(found) == 21
    assert found[-1].text.startswith("Dasselbe in weiteren 60 Zeilen: ")


def test_cells_are_shown_on_one_short_line() -> None:
    assert show("a\nb\tc\x07") == "a b c�"
    assert show("x" * 200) == "x" * 79 + "…"
    assert show(1e-5) == "1e-05"
    assert show(1234567.25) == "1234567,25"
    assert show(None) is None


def test_a_caller_heading_wins_over_names_and_aliases() -> None:
    raw = pd.DataFrame(columns=["Träger", "Trägername", "Plätze", "Sonst"])
    renamed = rename_headings(raw, OFFERS, {"traeger": "Sonst"})
    assert list(renamed) == ["Träger", "Trägername", "capacity", "traeger"]


def test_one_heading_may_serve_two_columns() -> None:
    raw = pd.DataFrame({"plz": ["17033"]})
    renamed = rename_headings(raw, OFFERS, {"offer": "plz", "name": "plz"})
    assert renamed[["offer", "name"]].to_numpy().tolist() == [["17033", "17033"]]


def test_an_alias_never_replaces_a_column_of_the_right_name() -> None:
    raw = pd.DataFrame(columns=["id", "offer", "TRÄGER", "Alter_von", "barrierefrei "])
    assert list(rename_headings(raw, OFFERS)) == [
        "id", "offer", "traeger", "age_from", "barrier_free",
    ]  # fmt: skip


def offers(**columns: list[object]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    base = {"offer": [f"a{i}" for i in range(size)], "category": ["kita"] * size}
    return pd.DataFrame(base | columns)


def codes(raw: pd.DataFrame, **options: object) -> list[tuple[str, int | None, str | None]]:
    found = check_table(raw, OFFERS, "t.csv", **options).findings
    return [(f.code, f.row, f.column) for f in found]


def test_a_sound_table_has_no_findings_and_the_declared_types() -> None:
    table, findings = check_table(
        offers(capacity=["12", ""], barrier_free=["Ja", "nein"], valid_from=["1.8.2024", "2024"]),
        OFFERS,
        "t.csv",
    )
    assert findings == ()
    assert table["capacity"].tolist()[0] == 12.0
    assert table["capacity"].isna().tolist() == [False, True]
    assert table["barrier_free"].tolist() == ["yes", "no"]
    assert table["valid_from"].tolist() == ["2024-08-01", "2024"]
    assert table["row"].tolist() == [2, 3]
    assert table["file"].tolist() == ["t.csv", "t.csv"]


def test_one_bad_cell_never_hides_another() -> None:
    raw = offers(
        capacity=["-3", "viele", "2,5"], age_from=["0", "131", "x"], barrier_free=["ja", "?", ""]
    )
    assert sorted(codes(raw), key=str) == [
        ("not_a_choice", 3, "barrier_free"),
        ("not_a_number", 3, "capacity"),
        ("not_a_number", 4, "age_from"),
        ("not_whole", 4, "capacity"),
        ("too_large", 3, "age_from"),
        ("too_small", 2, "capacity"),
    ]


def test_missing_columns_empty_cells_and_twins() -> None:
    raw = pd.DataFrame({"offer": ["a", "a", ""], "name": ["x", "y", "z"]})
    assert codes(raw) == [
        ("empty_cell", 4, "offer"),
        ("missing_column", None, "category"),
        ("duplicate", 3, "offer"),
    ]


def test_an_empty_table_is_found() -> None:
    empty = pd.DataFrame({"offer": [], "category": []})
    assert codes(empty) == [("empty_table", None, None)]


def test_the_twentieth_finding_of_a_kind_is_the_last_with_a_line_of_its_own() -> None:
    raw = offers(capacity=[f"x{i}" for i in range(25)])
    found = check_table(raw, OFFERS, "t.csv").findings
    assert [f.row for f in found] == [*range(2, 22), None]
    assert found[-1].text == "Dasselbe in weiteren 5 Zeilen: 22–26."
    assert found[-1].table == "t.csv"


def test_rows_of_which_the_same_is_said_are_one_finding() -> None:
    raw = offers(capacity=["x"] * 1200 + ["7", "y", "x", "y"])
    found = check_table(raw, OFFERS, "t.csv").findings
    assert [f.row for f in found] == [2, 1203]
    # 1,200 in a row and one more, without the first; the sign of the thousands is German.
    assert found[0].text.endswith(" Dasselbe in weiteren 1.200 Zeilen: 3–1201, 1204.")
    assert found[1].text.endswith(" Dasselbe in Zeile 1205.")


def test_rows_of_two_files_are_told_apart() -> None:
    raw = offers(capacity=["x"] * 4).assign(
        row=[2, 3, 2, 3], file=["a.csv", "a.csv", "b.csv", "b.csv"]
    )
    found = check_table(raw, OFFERS, "t.csv").findings
    assert [(f.table, f.row) for f in found] == [("a.csv", 2), ("b.csv", 2)]
    many = offers(capacity=[f"x{i}" for i in range(44)]).assign(
        row=[*range(2, 24)] * 2, file=["a.csv"] * 22 + ["b.csv"] * 22
    )
    rest = check_table(many, OFFERS, "t.csv").findings[20:]
    assert [(f.table, f.text) for f in rest] == [
        ("a.csv", "Dasselbe in weiteren 2 Zeilen: 22–23."),
        ("b.csv", "Dasselbe in weiteren 22 Zeilen: 2–23."),
    ]


def test_rows_and_files_of_a_reader_are_kept() -> None:
    raw = offers(capacity=["x"]).assign(row=[7], file=["b.csv"])
    found = check_table(raw, OFFERS, "t.csv").findings
    assert (found[0].table, found[0].row) == ("b.csv", 7)


def test_the_key_may_be_the_index() -> None:
    raw = offers(capacity=["1"]).set_index("offer")
    assert check_table(raw, OFFERS, "t").table["offer"].tolist() == ["a0"]


def test_a_repeated_heading_is_found_and_the_first_is_read() -> None:
    raw = pd.DataFrame([["a", "kita", "b"]], columns=["offer", "category", "offer"])
    table, found = check_table(raw, OFFERS, "t.csv")
    assert [f.code for f in found] == ["heading_twice"]
    assert table["offer"].tolist() == ["a"]


def test_thousands_that_cannot_be_told_from_decimals_get_a_text_of_their_own() -> None:
    raw = offers(capacity=["1.234", "12,5", "12.5"])
    assert ("unclear_number", 2, "capacity") in codes(raw)


def test_values_may_stand_once_per_level_area_indicator_and_date() -> None:
    raw = pd.DataFrame(
        {
            "level": ["a", "b", "a"],
            "area": ["1", "1", "1"],
            "indicator": ["x", "x", "x"],
            "datenstand": ["2020", "2020", "2020"],
        }
    )
    found = check_table(raw, VALUES, "t.csv").findings
    assert [(f.code, f.row) for f in found] == [("duplicate", 4)]
    assert "a, 1, x, 2020" in found[0].text


def test_the_given_table_is_not_changed() -> None:
    raw = offers(capacity=["1"])
    before = raw.copy()
    check_table(raw, OFFERS, "t")
    pd.testing.assert_frame_equal(raw, before)


def test_something_else_than_a_table_is_refused() -> None:
    with pytest.raises(SozialraumError, match="Erwartet wird eine Tabelle"):
        check_table([1, 2], OFFERS, "t")


def test_find_rows_without_a_hit_is_empty() -> None:
    table = pd.DataFrame({"row": [2], "file": ["t"]})
    assert find_rows("error", "empty_cell", "t", table, pd.Series([False])) == []
