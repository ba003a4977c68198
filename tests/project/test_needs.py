"""A needs register in the project file: read, checked with everything else, written for its readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sozialraum as sr
from sozialraum.demo import build_needs
from sozialraum.errors import InputError
from tests import musterstadt

PROJECT = (
    musterstadt.PROJECT
    + musterstadt.VALUES
    + """
[needs]
file = "bedarfe.csv"
topics = { Armut = "leistungsbezug", Kinderbetreuung = [], Treffpunkte = "" }

[[needs.rule]]
topic = "Armut"
level = "sozialraum"
indicator = "leistungsbezug"
quantile = 0.75
"""
)
DEFINITION = """
[[indicator]]
id = "leistungsbezug"
title = "Menschen mit Leistungsbezug"
unit = "%"
kind = "rate"
per = 100
numerator = "Menschen mit Leistungsbezug"
denominator = "Einwohnerinnen und Einwohner"
direction = "high_is_need"
digits = 1
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    known = musterstadt.write_town(tmp_path, DEFINITION).values
    known = known[(known["indicator"] == "leistungsbezug") & (known["level"] == "quartier")]
    columns = ["area", "indicator", "datenstand", "numerator", "denominator"]
    known[columns].to_csv(tmp_path / "werte.csv", sep=";", decimal=",", index=False)
    (tmp_path / "sozialraum.toml").write_text(PROJECT, encoding="utf-8")
    write_register(tmp_path)
    return tmp_path / "sozialraum.toml"


def write_register(folder: Path, **changed: object) -> None:
    needs = build_needs().assign(source="Träger", **changed)  # type: ignore[arg-type]
    needs.rename(columns={"area": "Gebiet", "topic": "Thema", "statement": "Aussage"}).to_csv(
        folder / "bedarfe.csv", sep=";", index=False
    )


def test_the_public_gets_no_statement(town: Path, tmp_path: Path) -> None:
    written = sr.run(town, tmp_path / "aus", progress=False)
    names = {path.name for path in written}
    assert {"bedarfe.csv", "handlungsbedarf.csv"} <= names
    assert "bedarfe_aussagen.csv" not in names
    texts = [p.read_bytes() for p in written if p.suffix in {".csv", ".html", ".json", ".txt"}]
    for statement in build_needs()["statement"]:
        assert not [text for text in texts if statement.encode() in text]
    told = json.loads((tmp_path / "aus" / "edition.json").read_text("utf-8"))
    assert "bedarfe.csv" not in json.dumps(told["inputs"])
    report = (tmp_path / "aus" / "pruefbericht.txt").read_text("utf-8")
    assert "nicht, wie viele Menschen es betrifft" in report


def test_the_closed_part_of_the_sitting_reads_them(town: Path, tmp_path: Path) -> None:
    sr.run(town, tmp_path / "aus", progress=False, audiences=["nichtoeffentlich"])
    folder = tmp_path / "aus" / "nichtoeffentlich" / "tabellen"
    text = (folder / "NICHTOEFFENTLICH_bedarfe_aussagen.csv").read_text("utf-8-sig")
    assert "Die Kleiderausgabe reicht nicht mehr." in text


def test_everything_wrong_stands_in_one_report(town: Path) -> None:
    write_register(town.parent, area="Südwset", topic="Wohnen")
    said = PROJECT.replace('{ Armut = "leistungsbezug"', '{ Armut = "leistungsbezugg"')
    said = said.replace("quantile = 0.75", "limit = 5\nquantile = 0.75")
    town.write_text(said, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        sr.make_edition(town)
    report = caught.value.report
    assert {f.code for f in report.errors} == {
        "need_area", "need_topic", "need_indicator", "need_rule",
    }  # fmt: skip
    first = next(f for f in report.errors if f.code == "need_area")
    assert (first.table, first.row, first.column) == ("bedarfe.csv", 2, "Gebiet")
    assert "Südwest" in first.text


def test_unknown_keys_of_a_rule_are_found(town: Path) -> None:
    town.write_text(PROJECT + "anzahl = 3\n", encoding="utf-8")
    with pytest.raises(InputError, match="anzahl"):
        sr.read_atlas(town)
