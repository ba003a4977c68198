"""What a project file says about secrecy is checked against the tables, all in one report."""

from __future__ import annotations

from pathlib import Path

import pytest

import sozialraum as sr
from sozialraum.cli import main
from sozialraum.errors import InputError
from sozialraum.project.inputs import check
from tests import musterstadt

PROJECT = musterstadt.PROJECT + musterstadt.VALUES + "\n[secrecy]\n"
DEFINITION = """
[[indicator]]
id = "faelle"
title = "Fälle"
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    areas = musterstadt.write_town(tmp_path, DEFINITION, notiz="nichts").areas
    lines = ["Gebiet;Merkmal;Stichtag;Wert", *(f"{a};faelle;2024;100" for a in areas.index)]
    (tmp_path / "werte.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "sozialraum.toml"


def test_names_that_do_not_exist_are_found_before_anything_is_measured(town: Path) -> None:
    rules = (
        '[secrecy.indicators.faele]\nminimum = 3\n[secrecy.audiences.intern]\nfields = ["notitz"]\n'
    )
    town.write_text(PROJECT + rules, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(town)
    assert [str(f) for f in caught.value.report.errors] == [
        "Fehler – sozialraum.toml: Unter [secrecy.indicators] steht „faele“. Ein solches Merkmal gibt "
        "es nicht; ähnlich ist: faelle.",
        "Fehler – sozialraum.toml: Unter [secrecy.audiences.intern] steht „notitz“. Eine solche Spalte "
        "haben die Angebote nicht; ähnlich ist: notiz.",
    ]


def test_contributions_are_checked_with_row_and_column(town: Path) -> None:
    area = "1101"
    text = (
        f"Gebiet;Merkmal;Stichtag;Träger;Beitrag\n{area};faelle;2024;A;60\n99;faelle;2024;B;viel\n"
    )
    (town.parent / "beitraege.csv").write_text(text, encoding="utf-8")
    town.write_text(PROJECT + 'providers = 3\ncontributions = "beitraege.csv"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(town)
    (found,) = caught.value.report.errors
    assert (found.table, found.row, found.column) == ("beitraege.csv", 3, "Beitrag")
    good = text.replace("99;", f"{area};").replace("viel", "40")
    (town.parent / "beitraege.csv").write_text(good, encoding="utf-8")
    edition = sr.make_edition(town)
    # Two contributed in one Quartier, nobody is known to have elsewhere, nor more in the whole.
    assert (edition.values["sign"] == ".").all()
    assert not any("Beiträge" in note and "A" in note.split() for note in edition.notes)


def test_a_rule_without_contributions_is_said_in_the_report(town: Path) -> None:
    town.write_text(PROJECT + "[secrecy.indicators.faelle]\nproviders = 3\n", encoding="utf-8")
    edition = sr.make_edition(town)
    assert (edition.values["sign"] == ".").all()
    assert any("Tabelle der Beiträge nennt es aber nicht" in note for note in edition.notes)


def test_the_command_line_writes_the_versions_asked_for(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.write_text(PROJECT + "minimum = 5\n", encoding="utf-8")
    out = town.parent / "aus"
    asked = ["--audience", "nichtoeffentlich", "--audience", "oeffentlich"]
    assert main(["run", str(town), "--out", str(out), "--quiet", *asked]) == 0
    assert sorted(p.name for p in out.iterdir()) == ["nichtoeffentlich", "oeffentlich"]
    assert (out / "oeffentlich" / "geheimhaltungsprotokoll.html").is_file()
    assert (out / "nichtoeffentlich" / "NICHTOEFFENTLICH_geheimhaltungsprotokoll.html").is_file()
    with pytest.raises(SystemExit):
        main(["run", str(town), "--audience", "presse"])
    capsys.readouterr()
