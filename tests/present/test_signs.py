"""One number of every kind is withheld: its sign stands in every output, the number in none."""

from __future__ import annotations

import io
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from sozialraum.demo import LEVELS, build_musterstadt
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.atlas import build_atlas
from sozialraum.model.indicator import Indicator
from sozialraum.present import choropleth, clusters, plots, reliability
from sozialraum.present.classes import classify_indicator
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.manifest import write_manifest
from sozialraum.present.passports import write_passports
from sozialraum.present.payload import build_payload
from sozialraum.present.payload_packing import unpack
from sozialraum.present.ressourcenkarte import write_ressourcenkarte
from sozialraum.present.sozialraumprofil import write_sozialraumprofile
from sozialraum.present.tables import write_tables
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition, Statement
from sozialraum.secrecy.rules import Secrecy

# Everything below the minimum is withheld, so that what is withheld can be numbers nobody mistakes.
MINIMUM = 90_000
COUNT, EARLIER, CASES, OF, YEARS, PERSONS = 48611, 47911, 38713, 786131, 1386317, 58613
GAP, INDEX, LOST = 68711, 31.86137, 59611
SHARE, MEAN = 100 * CASES / OF, YEARS / PERSONS
SECRETS = [COUNT, EARLIER, CASES, OF, YEARS, PERSONS, GAP, LOST]
HIDDEN_AREA = "1101"


@pytest.fixture(scope="module")
def edition() -> Edition:
    town = build_musterstadt().atlas
    areas = town.areas.drop(
        columns=[c for c in town.areas if c.startswith(("gesamt", "quartier"))]
    ).reset_index()
    indicators = {
        "zahl": Indicator(id="zahl", title="Anzahl", unit="Fälle"),
        "anteil": Indicator(
            id="anteil", title="Anteil", kind="rate", per=100, unit="%", digits=3,
            numerator="Fälle", denominator="alle",
        ),
        "mittel": Indicator(id="mittel", title="Mittel", kind="mean", digits=3, unit="Jahre",
                            numerator="Jahre", denominator="Personen"),
        "index": Indicator(id="index", title="Index", kind="index", digits=5, made_of=("zahl",)),
    }  # fmt: skip
    rows = []
    for i, area in enumerate(areas["area"]):
        first = area == HIDDEN_AREA
        many = 500_000.0 + 4_000 * i
        rows += [
            (area, "zahl", "2023-12-31", EARLIER if first else many + 7, np.nan, np.nan),
            (area, "zahl", "2024-12-31", COUNT if first else many, np.nan, np.nan),
            (area, "anteil", "2024-12-31", np.nan, CASES if first else many,
             OF if first else (2 + i % 3) * many),
            (area, "mittel", "2024-12-31", np.nan, YEARS if first else 41 * many,
             PERSONS if first else many),
            (area, "index", "2024-12-31", INDEX if first else 0.1 * i, np.nan, np.nan),
        ]  # fmt: skip
    rows.append((UNASSIGNED, "zahl", "2024-12-31", LOST, np.nan, np.nan))
    columns = ["area", "indicator", "datenstand", "value", "numerator", "denominator"]
    values = pd.DataFrame(rows, columns=columns).assign(gebietsstand="2024", level="quartier")
    gaps = gpd.GeoDataFrame(
        {"rank": [1, 2], "group": "zahl", "people": [180_000.0, float(GAP)], "minutes": [21.5, 18.0],
         "metres": [1720.0, 1440.0], "offer": None, "limit_min": 15.0},
        geometry=[shapely.box(380000, 5931000, 380300, 5931200)] * 2,
        index=pd.Index(["1", "2"], name="gap"), crs=25833,
    )  # fmt: skip
    atlas = build_atlas(
        areas, levels=LEVELS, title="Ort", values=values, indicators=indicators,
        offers=town.offers.reset_index(),
    )  # fmt: skip
    made = build_edition(
        atlas, gaps={"anteil": gaps}, secrecy=Secrecy(minimum=MINIMUM),
        statement=Statement(created="2025-01-31"),
    )  # fmt: skip
    rows = made.values[(made.values["area"] == HIDDEN_AREA) & (made.values["level"] == "quartier")]
    assert set(rows["sign"]) == {"."}
    assert set(rows["indicator"]) == set(indicators)
    assert made.gaps["sign"].tolist() == ["", "."]
    return made


def forms() -> list[str]:
    """All ways in which the numbers might be written."""
    found = []
    for n in SECRETS:
        dotted = f"{n:,}"
        found += [str(n), dotted, dotted.replace(",", "."), dotted.replace(",", "\u00a0"),
                  dotted.replace(",", "\u202f"), dotted.replace(",", " ")]  # fmt: skip
    for x in (SHARE, MEAN, INDEX):
        found += [f"{x:.3f}", f"{x:.3f}".replace(".", ",")]
    return found


def unpacked(path: Path) -> list[bytes]:
    """The file's bytes and everything packed in it."""
    raw = path.read_bytes()
    parts = [raw]
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(path) as archive:
            parts += [archive.read(name) for name in archive.namelist()]
    if raw.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", raw, re.S):
            try:
                parts.append(zlib.decompress(stream))
            except zlib.error:
                continue  # a picture's or font's own packing
    return parts


def search(folder: Path) -> None:
    for path in folder.rglob("*"):
        for content in unpacked(path) if path.is_file() else []:
            for form in forms():
                assert form.encode() not in content, (path.name, form)
            for number in (*SECRETS, SHARE, MEAN, INDEX):
                for order in "<>":
                    packed = struct.pack(f"{order}d", number)
                    assert packed not in content, (path.name, number)


def test_tables(edition: Edition, tmp_path: Path) -> None:
    machine, office, workbook = write_tables(edition, tmp_path)
    search(tmp_path)
    rows = pd.read_csv(machine, dtype=str, keep_default_na=False)
    assert set(rows.loc[rows["area"] == HIDDEN_AREA, "sign"]) == {"."}
    german = pd.read_csv(office, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    hidden = german[german["Kennung"] == HIDDEN_AREA]
    assert set(hidden["Wert"]) == {"."}
    assert all(
        "zurückgehalten" in text for text in hidden.iloc[:, german.columns.get_loc("Wert") + 1]
    )
    book = openpyxl.load_workbook(workbook)
    sheet = book["Quartiere"]
    row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == HIDDEN_AREA)
    assert set(row[3:]) == {"."}
    first = [str(cell) for r in book["Lies mich"].iter_rows(values_only=True) for cell in r]
    assert any("zurückgehalten" in text for text in first)
    assert not book.defined_names
    assert {s.sheet_state for s in book} == {"visible"}


def test_geopackage(edition: Edition, tmp_path: Path) -> None:
    path = write_geopackage(edition, tmp_path / "ort.gpkg")
    search(tmp_path)
    units = gpd.read_file(path, layer="gebiete_quartier").set_index("area")
    signs = [c for c in units if c.endswith("_zeichen") or c.endswith("_sign")]
    assert signs
    assert (units.loc[HIDDEN_AREA, signs] == ".").all()
    with sqlite3.connect(path) as base:
        styles = [row[0] for row in base.execute("SELECT styleQML FROM layer_styles")]
    assert any("zurückgehalten" in style for style in styles)


def test_map_page(edition: Edition, tmp_path: Path) -> None:
    path = write_ressourcenkarte(edition, tmp_path / "karte.html")
    search(tmp_path)
    text = path.read_text(encoding="utf-8")
    (packed,) = re.findall(r"<script[^>]*octet-stream[^>]*>([^<]+)</script>", text)
    header, numbers = unpack(packed)
    assert not set(numbers.tolist()) & {*SECRETS, round(SHARE * 1000), round(MEAN * 1000)}
    said = str(header)
    assert not any(form in said for form in forms())
    assert "zurückgehalten" in text
    # Limits of classes are made of what is published alone.
    shown = edition.values[edition.values["value"].notna()]
    counts = shown[(shown["indicator"] == "zahl") & (shown["level"] == "quartier")]
    classes = classify_indicator(edition, "zahl", "quartier")
    assert classes.breaks
    assert min(classes.breaks) >= counts["value"].min()


def test_people_without_a_place_are_in_the_page_too(edition: Edition) -> None:
    header, _, _ = build_payload(edition)
    levels, names = [level.id for level in edition.levels], list(edition.indicators)
    key = (levels.index("quartier"), names.index("zahl"), "2024-12-31")
    series = [(s["level"], s["indicator"], s["date"]) for s in header["series"]]
    assert header["unassigned"][str(series.index(key))][:4] == [None, None, None, "."]


def test_profiles(edition: Edition, tmp_path: Path) -> None:
    pages = write_sozialraumprofile(edition, level="quartier", folder=tmp_path)
    search(tmp_path)
    own = next(page for page in pages if page.stem == HIDDEN_AREA).read_text(encoding="utf-8")
    assert "zurückgehalten" in own


def test_passports_and_manifest(edition: Edition, tmp_path: Path) -> None:
    write_passports(edition, tmp_path)
    write_manifest(edition, tmp_path, parameters={})
    search(tmp_path)


PLOTS: dict[str, Callable[[Edition], object]] = {
    "map": lambda e: choropleth.plot_map(e, "zahl", level="quartier"),
    "bars": lambda e: plots.plot_bars(e, "zahl", level="quartier"),
    "lines": lambda e: plots.plot_lines(e, "zahl", level="quartier", areas=[HIDDEN_AREA, "1102"]),
    "intervals": lambda e: reliability.plot_intervals(e, "anteil", level="quartier"),
    "clusters": lambda e: clusters.plot_clusters(e, "anteil", level="quartier"),
}


@pytest.mark.parametrize("name", PLOTS)
def test_figures(edition: Edition, tmp_path: Path, name: str) -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "x"}):
        figure = PLOTS[name](edition).figure  # type: ignore[attr-defined]
        figure.savefig(tmp_path / "bild.svg", metadata={"Date": None})
        figure.canvas.draw()
        plt.close(figure)
    search(tmp_path)
    text = (tmp_path / "bild.svg").read_text(encoding="utf-8")
    assert re.search("zurückgehalten|nicht gezeigt|ohne veröffentlichte", text), name


def test_a_withheld_bar_has_no_length(edition: Edition) -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    axes = plots.plot_bars(edition, "zahl", level="quartier")
    known = edition.values.query("level == 'quartier' and indicator == 'zahl' and value == value")
    newest = known[known["datenstand"] == known["datenstand"].max()]
    areas = set(newest["area"]) - {UNASSIGNED}
    assert len(axes.patches) == len(areas) < len(edition.table("quartier"))
    plt.close(axes.figure)
