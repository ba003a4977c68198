"""Needs and measures beside a run: the program that has only the files finds nothing, and each leak."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from sozialraum.project.compare import compare
from sozialraum.project.job import run

from .test_outsider import attack, listed, write_town
from .test_outsider_comparison import list_report

REGISTERS = """
[needs]
file = "bedarfe.csv"
topics = { Armut = "grundsicherung", Wege = "kita_10min" }
[[needs.rule]]
topic = "Armut"
level = "quartier"
indicator = "grundsicherung"
quantile = 0.75
[measures]
file = "massnahmen.csv"
audience = "oeffentlich"
"""
# Of Quartier 12, 3 people receive benefits: the figure beside the voices is withheld.
VOICES = """Datum;Quelle;Gebiet;Thema;Träger;Aussage
2024-05-02;Träger;12;Armut;Stadt;Es fehlt am Nötigsten.
2024-05-02;Träger;12;Armut;Verein;Die Ausgabe reicht nicht mehr.
2024-05-02;Träger;12;Armut;Gemeinde;Mehr Familien fragen nach Hilfe.
2024-05-02;Bewohner;12;Armut;;Die Fahrkarte ist zu teuer.
2024-05-02;Träger;31;Wege;Stadt;Der Weg ist weit.
"""
MEASURES = """Nr;Maßnahme;Gebiet;Thema;Stand;Zieldatum;Betrag;Für wen;Anmerkung
M1;Mittagstisch;12;Armut;in Umsetzung;2024-06;24000;;Verhandelt wird noch.
M2;Bus zur Kita;Raum 3;Wege;geplant;2025-06-30;;;
M3;Umbau der Dienststelle;gesamt;Wege;geplant;;;intern;
"""
LATER = MEASURES.replace("in Umsetzung", "umgesetzt").replace("M2;Bus zur Kita", "M4;Buslinie")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with registers, and the report in the folder of the later one."""
    folder = tmp_path_factory.mktemp("stadt")
    write_town(folder)
    project, meaning = folder / "sozialraum.toml", folder / "merkmale.toml"
    said = meaning.read_text("utf-8")
    directed = 'id = "grundsicherung"\ndirection = "high_is_need"'
    meaning.write_text(said.replace('id = "grundsicherung"', directed), "utf-8")
    text = project.read_text("utf-8").replace(', "pdf", "docx"', "") + REGISTERS
    project.write_text(text, "utf-8")
    (folder / "bedarfe.csv").write_text(VOICES, "utf-8")
    (folder / "massnahmen.csv").write_text(MEASURES, "utf-8")
    run(project, folder / "alt", progress=False)
    (folder / "massnahmen.csv").write_text(LATER, "utf-8")
    later = text.replace("2024-12-31", "2025-06-30", 1)
    project.write_text(later.replace("[secrecy]\n", '[secrecy]\nearlier = ["alt"]\n'), "utf-8")
    run(project, folder / "neu", progress=False)
    list_report(folder / "neu", compare(folder / "alt", folder / "neu", folder / "neu" / "bericht"))
    return folder / "neu"


def test_nothing_is_found_in_registers(ran: Path) -> None:
    (found,) = attack(ran)
    assert found["safe"], listed(found)
    read = found["numbers"]
    assert read["tabellen/massnahmen.csv"] == 2
    # Beside the voices of Quartier 12 stand its withheld figure, that of Raum 1 and that of the town.
    assert read["tabellen/bedarfe.csv"] == 3
    # Where a figure is withheld, the rule has none.
    assert 0 < read["tabellen/handlungsbedarf.csv"] < 12
    for file in ran.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            for inside in ("Umbau der Dienststelle", "Verhandelt wird", "Die Fahrkarte ist"):
                assert inside.encode() not in raw, file


NEEDS, ACTION, LIST, REPORT = (
    "tabellen/bedarfe.csv", "tabellen/handlungsbedarf.csv", "tabellen/massnahmen.csv",
    "bericht/aenderungen_massnahmen.csv",
)  # fmt: skip


def add_line(path: str, line: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(line + "\r\n")

    return apply


def set_cell(path: str, column: str, text: str, row: dict[str, str]) -> Callable[[Path], None]:
    """Write a text into a column of the row that is described."""

    def apply(folder: Path) -> None:
        table = pd.read_csv(folder / path, sep=";", dtype="str", encoding="utf-8-sig")
        (at,) = table.index[(table[list(row)] == pd.Series(row)).all(axis=1)]
        assert table.at[at, column] != text
        table.at[at, column] = text
        table.to_csv(folder / path, sep=";", index=False, encoding="utf-8-sig")

    return apply


def change_package(statement: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "sozialraum.gpkg")) as database, database:
            assert database.execute(statement).rowcount == 1

    return apply


PLACE = {"Gebiet": "12", "Thema": "Armut"}
LEAKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a withheld figure beside voices": (set_cell(NEEDS, "Wert", "1,1", PLACE), NEEDS),
    "another figure of the whole": (set_cell(NEEDS, "Wert des Ganzen", "99,9", PLACE), NEEDS),
    "a withheld figure under a rule": (set_cell(ACTION, "Wert", "1,1", PLACE), ACTION),
    "a figure in the words of a rule": (
        set_cell(ACTION, "Erläuterung", "Quartier 12: Grundsicherung 1,1 %.", PLACE), ACTION,
    ),
    "a limit that is nobody's figure": (set_cell(ACTION, "Grenze", "77,7", PLACE), ACTION),
    "one person's statement is counted": (set_cell(NEEDS, "Aussagen ohne Träger", "1", PLACE), NEEDS),
    "fewer than three spoke": (set_cell(NEEDS, "Träger", "2", PLACE), NEEDS),
    "a measure that is not in the list": (
        set_cell(NEEDS, "Maßnahmen", "M9 Neubau (geplant)", PLACE), NEEDS,
    ),
    "a measure for the closed part": (
        set_cell(LIST, "Für wen", "nichtöffentlich", {"Nr": "M1"}), LIST,
    ),
    "a measure for the closed part in the GeoPackage": (
        change_package("UPDATE massnahmen SET audience = 'intern' WHERE measure = 'M1'"),
        "GeoPackage: M1 is not for everybody",
    ),
    "other words in the GeoPackage": (
        change_package("UPDATE massnahmen SET title = 'Umbau' WHERE measure = 'M1'"), LIST,
    ),
    "a state that the list does not say": (set_cell(REPORT, "Stand", "geplant", {"Nr": "M1"}), REPORT),
    "a remark in the report": (set_cell(REPORT, "Anmerkung", "x", {"Nr": "M4"}), REPORT),
    "single statements": (
        lambda folder: shutil.copy(folder / NEEDS, folder / "tabellen/bedarfe_aussagen.csv"),
        "bedarfe_aussagen.csv",
    ),
    "an unknown table": (
        lambda folder: shutil.copy(folder / NEEDS, folder / "tabellen/bedarfe_alle.csv"),
        "a file of unknown kind",
    ),
}  # fmt: skip


def test_every_leak_in_a_register_is_found(ran: Path, tmp_path: Path) -> None:
    folders = []
    for i, (change, _) in enumerate(LEAKS.values()):
        folders.append(tmp_path / str(i))
        shutil.copytree(ran, folders[-1])
        change(folders[-1])
    for found, (what, (_, where)) in zip(attack(*folders), LEAKS.items(), strict=True):
        assert not found["safe"], what
        assert where in listed(found), what
