"""A list of measures in the project file: checked, written for its readers, read back."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_measures, build_musterstadt
from sozialraum.errors import InputError
from sozialraum.project.measures import read_list, take_measures
from sozialraum.project.settings import read_project
from sozialraum.secrecy.build import build_edition

from .test_needs import DEFINITION, PROJECT, musterstadt, write_register

MEASURES = """
[measures]
file = "massnahmen.csv"
topics = { Verwaltung = [] }
source = "Beschlusskontrolle"
"""
ATLAS = build_musterstadt().atlas


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stadt")
    known = musterstadt.write_town(folder, DEFINITION).values
    known = known[(known["indicator"] == "leistungsbezug") & (known["level"] == "quartier")]
    columns = ["area", "indicator", "datenstand", "numerator", "denominator"]
    known[columns].to_csv(folder / "werte.csv", sep=";", decimal=",", index=False)
    write_register(folder)
    write_list(folder, build_measures())
    (folder / "sozialraum.toml").write_text(PROJECT + MEASURES, encoding="utf-8")
    return folder / "sozialraum.toml"


@pytest.fixture(scope="module")
def editions(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What everybody, the closed part of the sitting and the office get."""
    out = tmp_path_factory.mktemp("aus")
    sr.run(town, out, progress=False, audiences=["oeffentlich", "nichtoeffentlich", "intern"])
    return out


def write_list(folder: Path, measures: pd.DataFrame) -> None:
    measures.to_csv(folder / "massnahmen.csv", sep=";", decimal=",", index=False)


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_everybody_gets_the_rows_meant_for_them(editions: Path) -> None:
    names = {
        "oeffentlich": ("massnahmen.csv", 5), "nichtoeffentlich": ("NICHTOEFFENTLICH_massnahmen.csv", 6),
        "intern": ("INTERN_massnahmen.csv", 7),
    }  # fmt: skip
    for audience, (name, count) in names.items():
        path = editions / audience / "tabellen" / name
        rows = read_rows(path)
        assert len(rows) == count
        assert ("Anmerkung" in rows[0]) == (audience != "oeffentlich")
        about = json.loads(next((editions / audience).glob("*edition.json")).read_text("utf-8"))
        assert len(about["files"][f"tabellen/{name}"]) == 64
        assert "massnahmen.csv" not in about["inputs"]
    first = read_rows(editions / "oeffentlich/tabellen/massnahmen.csv")[0]
    assert (first["Stand"], first["Zieldatum"], first["Betrag in Euro"], first["Quelle"]) == (
        "in Umsetzung", "06.2025", "24000,00", "Beschlusskontrolle",
    )  # fmt: skip


def test_nothing_meant_for_fewer_readers_is_in_any_file(editions: Path) -> None:
    closed, inside = "zweite Beratungsstelle", "Zuschnitt der Teams"
    remark = "Es fehlt noch ein Grundstück"
    for audience, words in (
        ("oeffentlich", (closed, inside, remark)),
        ("nichtoeffentlich", (inside,)),
    ):
        texts = [p.read_bytes() for p in (editions / audience).rglob("*") if p.is_file()]
        for word in words:
            assert not [text for text in texts if word.encode() in text], (audience, word)
    assert any(
        closed.encode() in path.read_bytes()
        for path in (editions / "nichtoeffentlich").rglob("*.csv")
    )


def test_a_profile_tells_what_is_done_where_there_is_something_to_say(editions: Path) -> None:
    folder = editions / "oeffentlich" / "profile" / "sozialraum"
    nordost, suedwest = (folder / f"{area}.html" for area in ("22", "11"))
    page = " ".join(nordost.read_text("utf-8").split())
    assert "<b>Armut: Mittagstisch im Stadtteilhaus</b>" in page
    assert "Stand: in Umsetzung seit 01.10.2024. Zieldatum 06.2025." in page
    assert "24.000 Euro (Stadt)." in page
    # The whole town's card answers the need, but is no measure of Nordost.
    assert "M4 Stadtkarte für alle unter 18 (umgesetzt, für Musterstadt)" in page
    assert "Armut: Stadtkarte" not in page
    late = " ".join(suedwest.read_text("utf-8").split())
    assert "Zieldatum 15.12.2024, das ist vor dem Tag dieser Ausgabe." in late


def test_a_profile_without_measures_says_nothing_of_them(tmp_path: Path) -> None:
    listed = sr.settle_measures(build_measures(), ATLAS.areas, ATLAS.offers).table
    more = build_measures().iloc[[0] * 10].assign(area="1101", measure=[f"N{i}" for i in range(10)])
    crowd = sr.settle_measures(more, ATLAS.areas, ATLAS.offers).table
    edition = build_edition(ATLAS)
    pages = {}
    for name, measures in (("one", listed), ("crowd", crowd)):
        sr.write_sozialraumprofile(
            edition, level="quartier", folder=tmp_path / name, measures=measures
        )
        page = (tmp_path / name / "quartier" / "1101.html").read_text("utf-8")
        pages[name] = " ".join(page.split())
    # M6 is for Nordost 2, M2 for the whole of Südwest: neither is a measure of Südwest 1.
    assert 'id="massnahmen"' not in pages["one"]
    assert pages["crowd"].count("<b>Armut: Mittagstisch im Stadtteilhaus</b>") == 4
    assert "Dazu 6 weitere; alle stehen in der Tabelle der Maßnahmen." in pages["crowd"]


def test_needs_name_the_measures_that_answer_them(editions: Path) -> None:
    rows = read_rows(editions / "oeffentlich" / "tabellen" / "handlungsbedarf.csv")
    assert {row["Gebiet"]: row["Maßnahmen"] for row in rows} == {
        "11": "M4 Stadtkarte für alle unter 18 (umgesetzt, für Musterstadt)",
        "12": "M4 Stadtkarte für alle unter 18 (umgesetzt, für Musterstadt)",
        "21": "M4 Stadtkarte für alle unter 18 (umgesetzt, für Musterstadt)",
        "22": "M1 Mittagstisch im Stadtteilhaus (in Umsetzung); "
              "M4 Stadtkarte für alle unter 18 (umgesetzt, für Musterstadt)",
    }  # fmt: skip


@pytest.mark.parametrize("audience", ["oeffentlich", "nichtoeffentlich", "intern"])
def test_what_was_written_is_read_back(editions: Path, audience: str) -> None:
    read = sr.read_published(editions / audience)
    listed = sr.settle_measures(build_measures(), ATLAS.areas, ATLAS.offers).table
    listed["source"] = "Beschlusskontrolle"
    pd.testing.assert_frame_equal(
        read.measures, sr.show_measures(listed, audience), check_dtype=False
    )
    assert read.topics["Armut"] == ("leistungsbezug",)


def test_odd_texts_survive_the_way_out_and_back(tmp_path: Path) -> None:
    odd = ["=1+1", "'s Haus", '</script><b>"', "a;b", "zwei\nZeilen", "-5", "@x"]
    measures = build_measures().assign(title=odd, office=odd[::-1], audience="oeffentlich")
    listed = sr.settle_measures(measures, ATLAS.areas, ATLAS.offers).table
    edition = build_edition(ATLAS)
    (path,) = sr.write_measures(edition, listed, tmp_path)
    assert read_rows(path)[0]["Maßnahme"] == "'=1+1"
    sr.write_sozialraumprofile(edition, level="sozialraum", folder=tmp_path, measures=listed)
    page = (tmp_path / "sozialraum" / "12.html").read_text("utf-8")
    assert "Treffpunkte: &lt;/script&gt;&lt;b&gt;" in page
    assert "</script>" not in page
    back = read_list(path, edition.levels)
    assert back["title"].tolist() == odd
    pd.testing.assert_frame_equal(back, sr.show_measures(listed, "oeffentlich"), check_dtype=False)


def test_what_was_written_can_be_gone_on_with(town: Path, editions: Path, tmp_path: Path) -> None:
    """An office takes the table of the last edition, where levels are titles, and goes on with it."""
    folder = tmp_path / "stadt"
    shutil.copytree(town.parent, folder)
    written = editions / "intern" / "tabellen" / "INTERN_massnahmen.csv"
    shutil.copy(written, folder / "massnahmen.csv")
    project = read_project(folder / "sozialraum.toml")
    table = take_measures(project, ATLAS.areas, ATLAS.offers).settle()
    listed = sr.settle_measures(build_measures(), ATLAS.areas, ATLAS.offers).table
    assert table["level"].tolist() == listed["level"].tolist()
    assert table["audience"].tolist() == listed["audience"].tolist()


def test_a_changed_list_is_refused(editions: Path, tmp_path: Path) -> None:
    copy = tmp_path / "alt"
    shutil.copytree(editions / "oeffentlich", copy)
    with (copy / "tabellen" / "massnahmen.csv").open("a", encoding="utf-8") as file:
        file.write("\r\n")
    with pytest.raises(InputError, match=r"massnahmen\.csv wurde nach dem Schreiben"):
        sr.read_published(copy)


def test_everything_wrong_with_a_list_stands_in_one_report(town: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stadt"
    shutil.copytree(town.parent, folder)
    measures = build_measures()
    measures.loc[0, "area"] = "Nordots"
    measures["status"] = measures["status"].fillna("irgendwann")
    write_list(folder, measures)
    text = (PROJECT + MEASURES).replace("Verwaltung = []", 'Verwaltung = "leistungsbezugg"')
    (folder / "sozialraum.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        sr.make_edition(folder / "sozialraum.toml")
    codes = {"not_a_choice", "need_indicator", "need_area"}
    assert {f.code for f in caught.value.report.errors} == codes
    first = next(f for f in caught.value.report.errors if f.code == "need_area")
    assert (first.table, first.row) == ("massnahmen.csv", 2)
    assert "Nordost" in first.text
    (folder / "sozialraum.toml").write_text(text + "rule = 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="rule"):
        sr.read_atlas(folder / "sozialraum.toml")


def test_a_list_with_headings_alone_is_no_list(town: Path, tmp_path: Path) -> None:
    """Nothing is written of it; that there is one is nobody's business."""
    listed = sr.settle_measures(build_measures().iloc[:0], ATLAS.areas, ATLAS.offers).table
    assert sr.write_measures(build_edition(ATLAS), listed, tmp_path) == []
