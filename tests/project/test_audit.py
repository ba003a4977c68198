"""The attacker on tables that others published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
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


def test_two_tables_are_attacked_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of the two is safe alone: by county A + B = 4; by size A + B + K = 7, in another file."""
    (tmp_path / "groesse.csv").write_text(
        "ort;n\nA;.\nB;.\nK;.\nklein;7\nL;.\nM;.\ngross;9\n", encoding="utf-8"
    )
    sizes = 'parent = {A="klein", B="klein", K="klein", L="gross", M="gross"}'
    alone = f'keys = ["ort"]\ncount = "n"\n[[hierarchy]]\ncolumn = "ort"\n{sizes}\n'
    table = tmp_path / "groesse.csv"
    assert audit(tmp_path, capsys, table, alone)[0] == 0
    (tmp_path / "kreise.csv").write_text(
        "Ort;n\nA;.\nB;.\nc1;4\nK;.\nL;.\nc2;9\n", encoding="utf-8"
    )
    counties = '[[hierarchy]]\ncolumn = "ort"\nparent = {A="c1", B="c1", K="c2", L="c2"}\n'
    further = '[[table]]\nfile = "kreise.csv"\ncolumns = {Ort = "ort"}\n'
    code, said = audit(tmp_path, capsys, table, alone + counties + further)
    assert code == 1
    assert "K: Die zurückgehaltene Zahl folgt genau: 3." in said
    # L = 9 − 3 and M = 9 − 6 follow too; K and L stand in both files.
    assert said.count("folgt genau") == 5


def test_years_stand_in_files_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sum of two years is printed: with it the withheld count of 2023 follows."""
    for year, counts in (("2023", [".", "9", "12"]), ("2024", ["6", "9", "15"])):
        rows = "".join(f"{o};{n}\n" for o, n in zip(["A", "B", "alle"], counts, strict=True))
        (tmp_path / f"{year}.csv").write_text(f"ort;n\n{rows}", encoding="utf-8")
    structure = (
        'keys = ["ort", "jahr"]\ncount = "n"\ntotal = "alle"\n'
        '[[table]]\nfile = "2023.csv"\nset = {jahr = 2023}\n'
        '[[table]]\nfile = "2024.csv"\nset = {jahr = 2024}\n'
    )
    code, said = audit(tmp_path, capsys, tmp_path / "2024.csv", structure)
    assert code == 1
    assert (
        "2023.csv, Zeile 2, Spalte „n“: A, 2023: Die zurückgehaltene Zahl folgt genau: 3." in said
    )
    (tmp_path / "2024.csv").write_text("ort;n\nA;6\nB;9\nalle;15\nA;7\n", encoding="utf-8")
    assert "verschiedene Angaben" in audit(tmp_path, capsys, tmp_path / "2024.csv", structure)[1]


def test_ranges_and_rounding_are_read_as_what_they_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "orte.csv"
    head = 'keys = ["ort"]\ncount = "n"\ntotal = "alle"\n'
    # A and B are at most 4 each and together 8.
    table.write_text("ort;n\nA;<5\nB;1 bis 4\nC;12\nalle;20\n", encoding="utf-8")
    code, said = audit(tmp_path, capsys, table, head)
    assert (code, said.count("folgt genau: 4.")) == (1, 2)
    # Rounded to 5 the total is 18 … 22 and C 10 … 14: A and B may be anything from 4 to 12 together.
    assert audit(tmp_path, capsys, table, head + "rounding = 5\n")[0] == 0
    table.write_text("ort;n\nA;x\nB;.\nC;12\nalle;20\n", encoding="utf-8")
    wide = audit(tmp_path, capsys, table, head + 'minimum = 8\nwithheld = ["."]\n')
    assert wide[0] == 0
    narrow = audit(tmp_path, capsys, table, head + 'minimum = 9\nwithheld = ["."]\n')
    assert narrow[0] == 1
    assert "B: Die zurückgehaltene Zahl liegt zwischen 0 und 8." in narrow[1]


def test_a_printed_rate_tells_its_numerator(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """4,9 % of 61 are 2.96 … 3.02: 3. And no numerator exceeds its denominator."""
    table = tmp_path / "quote.csv"
    table.write_text("ort;quote;z;n\nA;4,9;.;61\nB;.;.;4\nC;20;20;100\n", encoding="utf-8")
    structure = 'keys = ["ort"]\nnumerator = "z"\ndenominator = "n"\nvalue = "quote"\nminimum = 5\n'
    code, said = audit(tmp_path, capsys, table, structure)
    assert code == 1
    assert "A: Die zurückgehaltene Zahl folgt genau: 3." in said
    assert "B: Die zurückgehaltene Zahl liegt zwischen 0 und 4." in said


def test_the_only_case_is_asked_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "orte.csv"
    table.write_text("ort;n\nA;.\nB;.\nC;12\nalle;18\n", encoding="utf-8")
    head = 'keys = ["ort"]\ncount = "n"\ntotal = "alle"\n'
    assert audit(tmp_path, capsys, table, head)[0] == 0
    code, said = audit(tmp_path, capsys, table, head + "single = true\n")
    assert code == 1
    assert (
        "B: Wäre „A“ eine 1, so wüsste diese eine Person die zurückgehaltene Zahl genau: 5." in said
    )


def test_shares_of_small_areas_follow_from_those_of_the_larger_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], testdata: Path
) -> None:
    """Monitoring Soziale Stadtentwicklung 2021: shares of areas below 300 inhabitants are left out.

    Those of the Bezirksregionen are printed, with inhabitants at both levels: the counts follow.
    """
    folder = testdata / "berlin/indicators/mss2021"
    small = pd.read_csv(folder / "mss_2021_index_indikatoren.csv", dtype="str")
    large = pd.read_csv(folder / "shares_bezirksregionen.csv", dtype="str")
    small["region"] = small["PLR_ID"].str[:6]
    # Where the inhabitants are left out too, the printed figures do not add up by one person.
    left_out = small[(small["S3"] == "-9999") & small["EW"].notna()]
    small = small[small["region"].isin(left_out["region"])]
    large = large[large["id"].isin(left_out["region"])]
    table = pd.DataFrame(
        {
            "gebiet": [*small["PLR_ID"], *("R" + large["id"])],
            "anteil": [
                *small["S3"].replace("-9999", "."),
                *large["s3_percentage_transfer_payments_recipients"],
            ],
            "n": [*small["EW"], *large["inhabitants"]],
            "z": ".",
        }
    )
    table["anteil"] = table["anteil"].str.replace(".", ",").replace(",", ".")
    table.to_csv(tmp_path / "mss.csv", sep=";", index=False)
    parents = ", ".join(
        f'{a} = "R{r}"' for a, r in zip(small["PLR_ID"], small["region"], strict=True)
    )
    structure = (
        'keys = ["gebiet"]\nnumerator = "z"\ndenominator = "n"\nvalue = "anteil"\n'
        f'[[hierarchy]]\ncolumn = "gebiet"\nparent = {{{parents}}}\n'
    )
    code, said = audit(tmp_path, capsys, tmp_path / "mss.csv", structure)
    assert code == 1
    assert len(left_out) == 5
    for area in left_out["PLR_ID"]:
        assert f"{area}: Die zurückgehaltene Zahl folgt genau" in said


def test_numbers_that_contradict_each_other_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # In the first year C and D are 13 of the 12 of "alle"; the second year adds up.
    table = tmp_path / "orte.csv"
    table.write_text(
        "ort;jahr;n\nC;1;6\nD;1;7\nF;1;x\nalle;1;12\nC;2;6\nD;2;x\nF;2;x\nalle;2;12\n",
        encoding="utf-8",
    )
    structure = 'keys = ["ort", "jahr"]\ncount = "n"\ntotal = "alle"\n'
    code, said = audit(tmp_path, capsys, table, structure)
    assert code == 1
    assert "widersprechen einander" in said
    assert all(f"{ort}, 1: steht in einer Summe" in said for ort in ("C", "D", "F", "alle"))
    assert ", 2: steht in einer Summe" not in said
