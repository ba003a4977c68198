"""Findings and their report."""

from __future__ import annotations

import pytest

from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, Finding, Reading, find

ERROR = Finding("error", "demo", "orte.csv", "Id fehlt.", row=3, column="offer")
NOTE = Finding("note", "demo", "gebiete.gpkg", "Eine Lücke.")


def test_a_finding_says_where_it_is() -> None:
    assert str(ERROR) == "Fehler – orte.csv, Zeile 3, Spalte „offer“: Id fehlt."
    assert str(NOTE) == "Hinweis – gebiete.gpkg: Eine Lücke."


def test_find_takes_text_row_and_column_from_its_values() -> None:
    finding = find("error", "too_small", "t.csv", cell="-1", minimum="0", row=4, column="capacity")
    assert (finding.row, finding.column) == (4, "capacity")
    assert finding.text.startswith("-1 ist kleiner als 0.")


def test_text_put_into_a_sentence_is_not_interpreted_again() -> None:
    finding = find("error", "not_a_number", "t.csv", cell="{cell.__class__} {0}")
    assert "{cell.__class__} {0}" in finding.text


def test_errors_come_first() -> None:
    report = CheckReport((NOTE, ERROR))
    assert (report.ok, report.errors, report.notes) == (False, (ERROR,), (NOTE,))
    assert str(report).splitlines() == ["1 Fehler, 1 Hinweis", str(ERROR), str(NOTE)]


def test_the_report_as_a_table() -> None:
    table = CheckReport((NOTE, ERROR)).to_frame()
    assert list(table) == ["severity", "table", "row", "column", "code", "text"]
    assert table["severity"].tolist() == ["error", "note"]
    assert table["row"].isna().tolist() == [False, True]


def test_the_report_in_a_notebook_escapes_what_the_files_hold() -> None:
    bad = Finding("error", "x", "<b>.csv", "<script>alert(1)</script>", row=2, column="<i>")
    page = CheckReport((bad,))._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;" in page


def test_notes_do_not_stop() -> None:
    CheckReport((NOTE,)).raise_for_errors()
    assert CheckReport().ok
    assert Reading("table", (NOTE,)).settle() == "table"


def test_errors_stop_with_the_whole_report() -> None:
    with pytest.raises(InputError, match="Id fehlt") as caught:
        Reading(None, (NOTE, ERROR)).settle()
    assert caught.value.report.findings == (NOTE, ERROR)
    assert isinstance(caught.value, ValueError)


def test_reports_add_up() -> None:
    assert (CheckReport((NOTE,)) + CheckReport((ERROR,))).findings == (NOTE, ERROR)
