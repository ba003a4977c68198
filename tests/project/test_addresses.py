"""A list with street and number alone goes through the whole job."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.project.tables import choose_offers

NAMES = ["Markt", "Feld", "Bach", "Tor", "Wald", "See"]


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """Give the handbook's first project with addresses in place of coordinates."""
    spec = importlib.util.spec_from_file_location("handbook", root / "tests/test_docs.py")
    assert spec is not None
    assert spec.loader is not None
    handbook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(handbook)
    handbook.write_musterstadt(tmp_path)
    offers = pd.read_csv(tmp_path / "angebote.csv", sep=";", decimal=",")
    addresses = offers[["Ost", "Nord"]].assign(
        Straße=[f"Straße am {name}" for name in NAMES], Hausnummer=range(1, 7), Ort="Musterstadt"
    )
    addresses.to_csv(tmp_path / "tabelle.csv", sep=";", decimal=",", index=False)
    stated = addresses.drop(columns=["Ost", "Nord"])
    stated["Straße"] = stated["Straße"].str.replace("Straße", "Str.")
    stated.loc[1, "Straße"] = "Strase am Feld"  # similar
    stated.loc[2, "Straße"] = "Am Ende der Welt"  # nowhere
    table = pd.concat([offers.drop(columns=["Ost", "Nord"]), stated], axis=1)
    table.to_csv(tmp_path / "angebote.csv", sep=";", index=False)
    path = tmp_path / "sozialraum.toml"
    more = '\n[addresses]\nfile = "tabelle.csv"\ncrs = 25833\nsource = "Adressen der Stadt"\n'
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return path


def test_a_list_without_coordinates_is_enough(project: Path) -> None:
    out = project.parent / "ergebnis"
    sr.run(project, out, progress=False)
    written = gpd.read_file(out / "sozialraum.gpkg", layer="angebote").set_index("offer")
    quality = written["place_quality"].tolist()
    assert quality == ["exact", "similar", "none", "exact", "exact", "exact"]
    town = sr.build_musterstadt().atlas.offers
    placed = written[written["place_quality"] != "none"]
    assert placed.geometry.distance(town.geometry[placed.index]).max() < 1e-6
    sheet = pd.read_excel(out / "tabellen/tabellen.xlsx", sheet_name="Angebote")
    assert sheet["Genauigkeit der Lage"].tolist()[:3] == [
        "genau", "ähnliche Schreibweise", "nicht gefunden",
    ]  # fmt: skip
    report = (out / "pruefbericht.txt").read_text(encoding="utf-8")
    assert "Am Ende der Welt" in report
    manifest = json.loads((out / "edition.json").read_text(encoding="utf-8"))
    assert "tabelle.csv" in manifest["inputs"]
    assert "Adressen der Stadt" in manifest["sources"]


def test_an_offer_without_a_place_counts_nowhere(project: Path) -> None:
    atlas = sr.read_atlas(project)
    assert atlas.report.ok
    lost = atlas.offers.loc[atlas.offers["place_quality"] == "none"]
    assert lost["area"].isna().all()
    kitas = choose_offers(atlas.offers, {"category": "kita"}, "")
    assert len(kitas) == (atlas.offers["category"] == "kita").sum() - 1


def test_a_saved_atlas_keeps_offers_without_a_place(project: Path, tmp_path: Path) -> None:
    atlas = sr.read_atlas(project)
    sr.save_atlas(atlas, tmp_path / "atlas")
    again = sr.read_saved_atlas(tmp_path / "atlas")
    assert again.offers["place_quality"].tolist() == atlas.offers["place_quality"].tolist()
    assert again.offers.geometry.isna().tolist() == atlas.offers.geometry.isna().tolist()
