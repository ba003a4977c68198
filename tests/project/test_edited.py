"""Offers edited in QGIS: every kind of change is found, nothing is lost on the way back."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from sozialraum.cli import main
from sozialraum.errors import InputError
from sozialraum.model.areas import Level
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.present.geopackage import write_geopackage
from sozialraum.project.edited import EditedOffers, read_edited_offers, write_edited_offers
from sozialraum.read.offers import read_offers
from sozialraum.secrecy.build import build_edition

LEVELS = (Level("quartier", "Quartier", "Quartiere"),)


def make_atlas(offers: gpd.GeoDataFrame) -> Atlas:
    areas = gpd.GeoDataFrame(
        {"area": ["01", "02"], "name": ["Ost", "West"]},
        geometry=[shapely.box(380000, 5930000, 381000, 5931000),
                  shapely.box(381000, 5930000, 382000, 5931000)],
        crs=25833,
    )  # fmt: skip
    return build_atlas(areas, levels=LEVELS, title="Stadt", offers=offers)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """Five offers with contacts, which no GeoPackage for the public holds."""
    return make_atlas(
        gpd.GeoDataFrame(
            {
                "offer": ["a", "b", "c", "d", "007"],
                "name": ["Kita Süd", "Haus; \"Mitte\"", "Treff", "Schule", "Büro"],
                "category": ["kita", "jugend", "jugend", "schule", "beratung"],
                "traeger": ["Stadt", "Verein\nNord", None, "Stadt", "- frei -"],
                "capacity": [1250.0, 20.0, None, 1.0, None],
                "fte": [1.125, None, None, 2.5, None],
                "barrier_free": ["yes", "no", None, "limited", None],
                "contact_name": ["Ada", "Bo", "Cem", "Dana", "Eva"],
                "contact_phone": ["+49 395 1", "0395 2", None, "0395 4", "0395 5"],
                "eigene_spalte": ["1", "2", "3", "4", "5"],
            },
            geometry=shapely.points(
                [[380100.125, 5930100], [380200, 5930200], [380300, 5930300],
                 [381400, 5930400], [381500, 5930500]]
            ),
            crs=25833,
        )
    )  # fmt: skip


Edit = Callable[..., EditedOffers]


def point(x: float, y: float) -> bytes:
    """A point as a GeoPackage stores it: magic, version 0, little endian, EPSG:25833, WKB."""
    return b"GP\x00\x01" + struct.pack("<i", 25833) + shapely.to_wkb(shapely.Point(x, y))


@pytest.fixture
def edit(atlas: Atlas, tmp_path: Path) -> Edit:
    """Write the public GeoPackage, change it as QGIS does, read it back."""

    def change(*statements: tuple[str, tuple[object, ...]], **more: object) -> EditedOffers:
        path = write_geopackage(build_edition(atlas), tmp_path / "stadt.gpkg")
        with sqlite3.connect(path) as database:
            # These triggers call functions of geometry that GDAL and QGIS bring along; those that
            # count the features stay.
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree_%'"
            ).fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            for statement, values in statements:
                database.execute(statement, values)
        return read_edited_offers(path, atlas, **more)  # type: ignore[arg-type]

    return change


def test_an_unedited_file_differs_in_nothing(atlas: Atlas, edit: Edit) -> None:
    edited = edit()
    assert edited.changes.empty
    assert edited.report.findings == ()
    same = atlas.offers[[*edited.offers.columns]]
    pd.testing.assert_frame_equal(
        pd.DataFrame(edited.offers), pd.DataFrame(same), check_dtype=False, check_index_type=False
    )


def test_every_change_is_found_with_its_feature(edit: Edit) -> None:
    edited = edit(
        ("UPDATE angebote SET geom = ? WHERE offer = 'a'", (point(380103.125, 5930104),)),
        ("UPDATE angebote SET name = 'Kita Südstadt', capacity = 60 WHERE offer = 'a'", ()),
        ("UPDATE angebote SET barrier_free = NULL WHERE offer = 'b'", ()),
        ("DELETE FROM angebote WHERE offer = 'c'", ()),
        (
            "INSERT INTO angebote (offer, name, category, geom) VALUES ('neu', 'Hort', 'kita', ?)",
            (point(381900, 5930900),),
        ),
    )
    # Written in this order: a is feature 1, b 2, c 3; the new one gets 6. 3 m east, 4 m north: 5 m.
    rows = [tuple(row) for row in edited.changes.drop(columns="metres").fillna(0).to_numpy()]
    assert rows == [
        ("new", "neu", 6, "", "", "Hort"),
        ("removed", "c", 0, "", "Treff", ""),
        ("moved", "a", 1, "geometry", "380.100,1 / 5.930.100,0", "380.103,1 / 5.930.104,0"),
        ("changed", "a", 1, "name", "Kita Süd", "Kita Südstadt"),
        ("changed", "a", 1, "capacity", "1250", "60"),
        ("changed", "b", 2, "barrier_free", "no", ""),
    ]
    assert edited.changes["metres"].dropna().tolist() == [pytest.approx(5.0)]
    assert edited.report.ok
    texts = [str(note) for note in edited.report.notes]
    assert (
        "Hinweis – stadt.gpkg, angebote, Objekt 1, Spalte „Belegbare Plätze“:"
        " „a“: vorher „1250“, jetzt „60“." in texts
    )
    assert any("„b“: vorher „nein“, jetzt keine Angabe." in text for text in texts)
    assert any("Objekt 1, Spalte „Lage“: „a“ ist um 5,0 m verschoben" in text for text in texts)
    assert str(edited).startswith(
        "Angebote: 1 neu, 1 entfallen, 1 verschoben, 3 Angaben geändert.\n0 Fehler, 6 Hinweise"
    )


def test_the_corrected_table_reads_back_and_keeps_what_was_never_published(
    atlas: Atlas, edit: Edit, tmp_path: Path
) -> None:
    edited = edit(
        ("UPDATE angebote SET geom = ? WHERE offer = 'd'", (point(380500, 5930500),)),
        ("UPDATE angebote SET name = 'Kita „=x“' WHERE offer = 'a'", ()),
        ("DELETE FROM angebote WHERE offer = 'c'", ()),
        (
            "INSERT INTO angebote (offer, name, category, geom) VALUES ('neu', 'Hort', 'kita', ?)",
            (point(381900, 5930900),),
        ),
    )
    path = write_edited_offers(edited, tmp_path / "angebote.csv")
    again = read_offers(path, to_crs=25833)
    assert again.index.tolist() == ["a", "b", "d", "007", "neu"]
    assert again["contact_name"].fillna("").tolist() == ["Ada", "Bo", "Dana", "Eva", ""]
    assert again.at["a", "contact_phone"] == "+49 395 1"
    assert again["eigene_spalte"].fillna("").astype(str).tolist() == ["1", "2", "4", "5", ""]
    assert again.at["a", "fte"] == 1.125
    assert again.at["a", "capacity"] == 1250.0
    assert again.at["b", "name"] == 'Haus; "Mitte"'
    assert again.at["b", "traeger"] == "Verein\nNord"
    # A dash at the start could be a formula to a spreadsheet: it gets an apostrophe.
    assert again.at["007", "traeger"] == "'- frei -"
    assert again.geometry["a"] == shapely.Point(380100.125, 5930100)
    assert again.geometry["d"] == shapely.Point(380500, 5930500)
    # The school lies in the other Quartier where it was moved to.
    assert atlas.offers.at["d", "area"] == "02"
    assert make_atlas(again.reset_index()).offers.at["d", "area"] == "01"


def test_what_cannot_be_taken_over_is_an_error_and_nothing_is_written(
    edit: Edit, tmp_path: Path
) -> None:
    edited = edit(
        ("UPDATE angebote SET category = 'kitta' WHERE offer = 'a'", ()),
        ("UPDATE angebote SET offer = 'a' WHERE offer = 'b'", ()),
        ("UPDATE angebote SET geom = NULL WHERE offer = 'c'", ()),
        ("UPDATE angebote SET barrier_free = 'vielleicht', category = '' WHERE offer = 'd'", ()),
        ("INSERT INTO angebote (name, category, geom) VALUES ('x', 'kita', ?)",
         (point(381900, 5930900),)),
        ("UPDATE angebote SET name = '=1+1', geom = ? WHERE offer = '007'",
         (point(700000, 5930500),)),
    )  # fmt: skip
    found = {(f.code, f.table.rpartition(", ")[2], f.column) for f in edited.report.errors}
    assert found == {
        ("edited_category", "Objekt 1", "Kategorie"),
        ("edited_twice", "angebote", None),
        ("edited_no_point", "Objekt 3", "Lage"),
        ("not_a_choice", "Objekt 4", "Barrierefrei"),
        ("empty_cell", "Objekt 4", "Kategorie"),
        ("empty_cell", "Objekt 6", "Kennung"),
        ("formula", "Objekt 5", "Name"),
        ("far_away", "Objekt 5", "Lage"),
    }
    twice = next(f.text for f in edited.report.errors if f.code == "edited_twice")
    assert "„a“ tragen mehrere Objekte: 1, 2." in twice
    assert "Gemeint sein kann: kita." in str(edited.report)
    with pytest.raises(InputError):
        write_edited_offers(edited, tmp_path / "angebote.csv")
    assert not (tmp_path / "angebote.csv").exists()


def test_a_new_category_has_to_be_meant(edit: Edit) -> None:
    change = ("UPDATE angebote SET category = 'hort' WHERE offer = 'a'", ())
    assert [f.code for f in edit(change).report.errors] == ["edited_category"]
    assert edit(change, categories=["hort"]).report.ok


def test_a_changed_id_is_pointed_out_before_contacts_get_lost(edit: Edit) -> None:
    edited = edit(("UPDATE angebote SET offer = 'a2' WHERE offer = 'a'", ()))
    assert edited.changes["kind"].tolist() == ["new", "removed"]
    (note,) = [f for f in edited.report.notes if f.code == "edited_renamed"]
    assert "„a2“" in note.text
    assert "„a“" in note.text


def test_columns_taken_out_stay_and_new_ones_come_along(edit: Edit, tmp_path: Path) -> None:
    edited = edit(
        ("ALTER TABLE angebote DROP COLUMN traeger", ()),
        ("ALTER TABLE angebote ADD COLUMN languages TEXT", ()),
        ("UPDATE angebote SET languages = 'de, uk' WHERE offer = 'c'", ()),
    )
    assert edited.changes[["kind", "offer", "column"]].to_numpy().tolist() == [
        ["changed", "c", "languages"]
    ]
    again = read_offers(write_edited_offers(edited, tmp_path / "neu.csv"), to_crs=25833)
    assert again["traeger"].notna().sum() == 4
    assert again["languages"].dropna().to_dict() == {"c": "de, uk"}


def test_hostile_names_come_back_unchanged(hostile: Atlas, tmp_path: Path) -> None:
    path = write_geopackage(build_edition(hostile), tmp_path / "stadt.gpkg")
    edited = read_edited_offers(path, hostile)
    assert edited.changes.empty
    assert edited.report.findings == ()
    text = write_edited_offers(edited, tmp_path / "angebote.csv").read_text(encoding="utf-8-sig")
    cells = [cell for line in text.splitlines() for cell in line.split(";")]
    assert not [c for c in cells if c.strip('"').startswith(("=", "@", "-2"))]
    assert "+49 395" in cells


@pytest.fixture
def hostile() -> Atlas:
    names = [
        "<script>alert(1)</script>", "=1+1", "@SUM(A1)", "+49 395", "-2+3|x", "Kita\x00Nord",
        "\u202egnp.exe", "'); DROP TABLE angebote;--", "{{ 7*7 }}", "[% 1+1 %]",
    ]  # fmt: skip
    return make_atlas(
        gpd.GeoDataFrame(
            {"offer": [f"o{i}" for i in range(len(names))], "name": names, "category": names},
            geometry=[shapely.Point(380100, 5930100)] * len(names),
            crs=25833,
        )
    )


def test_another_file_or_layer_is_said(atlas: Atlas, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_edited_offers(tmp_path / "fehlt.gpkg", atlas)
    path = write_geopackage(build_edition(atlas), tmp_path / "stadt.gpkg")
    with pytest.raises(InputError, match="angebot"):
        read_edited_offers(path, atlas, layer="punkte")


def test_the_command_tells_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], atlas: Atlas
) -> None:
    areas = gpd.GeoDataFrame(
        {"area": ["01"], "name": ["Ost"]},
        geometry=[shapely.box(380000, 5930000, 382000, 5931000)], crs=25833,
    )  # fmt: skip
    areas.to_file(tmp_path / "gebiete.gpkg", layer="gebiete")
    (tmp_path / "angebote.csv").write_text(
        "Kennung;Name;Kategorie;Telefon;Ost;Nord\na;Kita;kita;+49 395 1;380100,5;5930100\n",
        encoding="utf-8",
    )
    project = tmp_path / "stadt.toml"
    project.write_text(
        '[project]\ntitle = "Stadt"\n[[level]]\nid = "quartier"\ntitle = "Quartier"\n'
        'plural = "Quartiere"\n[areas]\nfile = "gebiete.gpkg"\n'
        '[[offers]]\nfile = "angebote.csv"\ncrs = 25833\n',
        encoding="utf-8",
    )
    edited = tmp_path / "edited.gpkg"

    def save(category: str) -> None:
        layer = gpd.GeoDataFrame(
            {"offer": ["a"], "name": ["Kita Ost"], "category": [category]},
            geometry=[shapely.Point(380100.5, 5930100)], crs=25833,
        )  # fmt: skip
        pyogrio.write_dataframe(layer, edited, layer="angebote")

    save("kita")
    new = tmp_path / "neu.csv"
    assert main(["offers", str(project), str(edited), "--out", str(new)]) == 0
    assert "vorher „Kita“, jetzt „Kita Ost“" in capsys.readouterr().out
    assert new.read_text(encoding="utf-8-sig").splitlines()[1].split(";")[:2] == ["a", "Kita Ost"]
    assert "+49 395 1" in new.read_text(encoding="utf-8-sig")
    save("kitta")
    new.unlink()
    assert main(["offers", str(project), str(edited), "--out", str(new)]) == 1
    assert not new.exists()
    with pytest.raises(SystemExit) as wrong:
        main(["offers", str(project)])
    assert wrong.value.code == 2


def test_an_offer_moved_out_of_all_areas_is_pointed_out(edit: Edit) -> None:
    edited = edit(
        ("UPDATE angebote SET geom = ? WHERE offer = 'a'", (point(382300, 5930100),)),
        ("UPDATE angebote SET geom = ? WHERE offer = 'b'", (point(381700, 5930100),)),
        (
            "INSERT INTO angebote (offer, name, category, geom) VALUES ('neu', 'Hort', 'kita', ?)",
            (point(379900, 5930900),),
        ),
    )
    assert edited.report.ok
    found = [f for f in edited.report.notes if f.code == "edited_outside"]
    # a is feature 1, the new one 6; b stays in an area.
    assert [f.table.rpartition(", ")[2] for f in found] == ["Objekt 6", "Objekt 1"]


@pytest.mark.parametrize("place", [point(float("inf"), 5930100), point(float("nan"), 1), b"XX"])
def test_a_broken_point_is_a_lost_one(edit: Edit, place: bytes) -> None:
    edited = edit(("UPDATE angebote SET geom = ? WHERE offer = 'a'", (place,)))
    assert edited.changes.empty
    assert [(f.code, f.column) for f in edited.report.errors] == [("edited_no_point", "Lage")]


@pytest.mark.filterwarnings("error")
def test_another_kind_of_shape_is_said_once_and_only_if_it_is_no_point(
    atlas: Atlas, tmp_path: Path
) -> None:
    path = write_geopackage(build_edition(atlas), tmp_path / "stadt.gpkg")
    saved = pyogrio.read_dataframe(path, layer="angebote")
    for name, shapes, kind in (
        ("einzeln", [shapely.MultiPoint([p]) for p in saved.geometry], "MultiPoint"),
        ("flaechen", saved.buffer(5), "Polygon"),
    ):
        again = tmp_path / f"{name}.gpkg"
        frame = saved.set_geometry(gpd.GeoSeries(shapes, crs=saved.crs))
        pyogrio.write_dataframe(frame, again, layer="angebote", geometry_type=kind)
        edited = read_edited_offers(again, atlas)
        assert edited.changes.empty, name
        expected = [] if kind == "MultiPoint" else ["not_a_point"]
        assert sorted({f.code for f in edited.report.findings}) == expected
