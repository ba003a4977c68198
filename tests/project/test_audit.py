"""The attacker on tables that others published."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialraum.cli import main


def audit(tmp_path: Path, capsys: pytest.CaptureFixture[str], table: Path, structure: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "aufbau.toml"
    path.write_text(structure, encoding="utf-8")
    code = main(["audit", str(table), "--structure", str(path)])
    return code, capsys.readouterr().out


def test_a_table_with_two_gaps_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], testdata: Path
) -> None:
    structure = 'keys = ["row", "column"]\ncount = "count"\ntotal = "total"\n'
    table = testdata / "references/secrecy/two_gaps_not_enough.csv"
    code, said = audit(tmp_path, capsys, table, structure)
    assert code == 1
    assert "1 Fehler" in said
    assert "w, b: Die zurückgehaltene Zahl folgt genau: 47." in said


def test_two_groupings_of_the_same_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A + B = 4 by county, A + B + K = 7 by size: K is 3. With N withheld too, nothing follows."""
    counties = (
        '[[hierarchy]]\ncolumn = "ort"\nparent = {A="c1", B="c1", K="c2", N="c2", L="c2", M="c2"}\n'
    )
    sizes = '[[hierarchy]]\ncolumn = "ort"\nparent = {A="klein", B="klein", K="klein", N="klein"}\n'
    head = 'keys = ["ort"]\ncount = "n"\nminimum = 4\n'
    rows = "ort;n\nA;.\nB;.\nK;.\nL;.\nM;.\nN;{}\nc1;4\nc2;1.016\nklein;14\n"
    table = tmp_path / "orte.csv"
    table.write_text(rows.format("7"), encoding="utf-8")
    assert audit(tmp_path, capsys, table, head + counties)[0] == 0
    code, said = audit(tmp_path, capsys, table, head + counties + sizes)
    assert code == 1
    assert "K: Die zurückgehaltene Zahl folgt genau: 3." in said
    table.write_text(rows.format("."), encoding="utf-8")
    assert audit(tmp_path, capsys, table, head + counties + sizes)[0] == 0


def test_what_cannot_be_understood_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "orte.csv"
    table.write_text("ort;n\nA;3\nB;4\nalle;9\nC;.\n", encoding="utf-8")
    assert "keys" in audit(tmp_path, capsys, table, 'count = "n"')[1]
    code, said = audit(tmp_path, capsys, table, 'keys = ["platz"]\ncount = "n"')
    assert code == 1
    assert "platz" in said
    table.write_text("ort;n\nA;.\nB;14\nalle;9\n", encoding="utf-8")
    said = audit(tmp_path, capsys, table, 'keys = ["ort"]\ncount = "n"\ntotal = "alle"')[1]
    assert "widersprechen" in said


def test_without_a_sum_nothing_is_called_safe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "orte.csv"
    table.write_text("ort;n\nA;.\nB;14\nalle;19\n", encoding="utf-8")
    code, said = audit(tmp_path, capsys, table, 'keys = ["ort"]\ncount = "n"\ntotal = "Summe"')
    assert code == 1
    assert "keine Summe" in said
