"""The GeoPackage: valid, the same bytes, hidden apart from missing apart from zero, styles that fit."""

from __future__ import annotations

import dataclasses
import io
import re
import sqlite3
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from sozialraum.demo import build_measures, build_musterstadt
from sozialraum.errors import SecrecyError, UnknownNameError
from sozialraum.model.areas import Level
from sozialraum.model.atlas import build_atlas
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.planning.measures import settle_measures
from sozialraum.present.classes import HIDDEN_HATCH, classify_indicator, name_category
from sozialraum.present.geopackage import name_columns, write_geopackage
from sozialraum.present.office import clean
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition


def styles_of(path: Path) -> dict[str, ET.Element]:
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"
        ).fetchall()
    assert len(rows) == len({name for name, _ in rows})
    return {name: ET.fromstring(text.split("\n", 1)[1]) for name, text in rows}


def test_layers_and_tables(town_edition: Edition, tmp_path: Path) -> None:
    path = write_geopackage(town_edition, tmp_path / "stadt.gpkg")
    kinds = dict(pyogrio.list_layers(path).tolist())
    assert kinds == {
        "gebiete_gesamt": "MultiPolygon", "gebiete_planregion": "MultiPolygon",
        "gebiete_sozialraum": "MultiPolygon", "gebiete_quartier": "MultiPolygon",
        "angebote": "Point", "luecken": "MultiPolygon", "hintergrund": "MultiPolygon",
        "werte": None, "merkmale": None, "hinweise": None, "layer_styles": None,
    }  # fmt: skip
    areas = gpd.read_file(path, layer="gebiete_sozialraum").set_index("area")
    # Four squares of 1 km × 1 km; 100 crossings of 10 people west, 20 east of the river.
    assert areas.geometry.area.tolist() == [1e6] * 4
    assert areas["einwohner"].tolist() == [1000.0, 1000.0, 2000.0, 2000.0]
    assert areas["parent_name"].tolist() == ["West", "West", "Ost", "Ost"]
    assert areas.crs == town_edition.areas.crs
    gaps = gpd.read_file(path, layer="luecken")
    assert np.array_equal(gaps["people"], [40.0, np.nan], equal_nan=True)
    assert gaps["sign"].tolist() == ["", "."]
    values = pyogrio.read_dataframe(path, layer="werte")
    assert values.columns.tolist() == list(VALUE_COLUMNS)
    assert len(values) == len(town_edition.values)


def test_hidden_missing_and_zero_are_three_things(secret_edition: Edition, tmp_path: Path) -> None:
    path = write_geopackage(secret_edition, tmp_path / "stadt.gpkg")
    areas = gpd.read_file(path, layer="gebiete_quartier").set_index("area")
    signs = areas["leistung_zeichen"]
    assert signs.fillna("NULL").tolist() == [".", "()", "/", "NULL"]
    assert areas["leistung"].isna().tolist() == [True, False, True, True]
    assert areas["frei"].tolist() == [0.0] * 4
    assert areas["frei_zeichen"].tolist() == [""] * 4


def test_sqlite_finds_it_whole_and_of_version_1_2(town_edition: Edition, tmp_path: Path) -> None:
    path = write_geopackage(town_edition, tmp_path / "stadt.gpkg")
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA application_id").fetchone() == (0x47504B47,)  # "GPKG"
        assert database.execute("PRAGMA user_version").fetchone() == (10200,)
        kind = database.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchone()
        assert kind == ("attributes",)
        times = database.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
        assert times == [("2025-01-31T00:00:00.000Z",)]
        styled = {row[0] for row in database.execute("SELECT f_table_name FROM layer_styles")}
        tables = {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")}
    assert styled == tables - {"layer_styles"}


def test_the_style_draws_every_area_in_the_classes_of_the_page(
    secret_edition: Edition, tmp_path: Path
) -> None:
    path = write_geopackage(secret_edition, tmp_path / "stadt.gpkg")
    style = styles_of(path)["gebiete_quartier"]
    renderer = style.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("type") == "RuleRenderer"
    rules = renderer.findall("rules/rule/rule")
    classes = classify_indicator(secret_edition, "leistung", "quartier")
    assert [r.get("label") for r in rules] == [
        *classes.labels,
        "zurückgehalten („.“)",
        "keine Angabe",
    ]
    assert rules[-1].get("filter") == "ELSE"
    assert rules[-2].get("filter") == "\"leistung_zeichen\" = '.'"
    symbols = {s.get("name"): s for s in renderer.findall("symbols/symbol")}
    assert {rule.get("symbol") for rule in rules} == set(symbols)
    hidden = symbols[rules[-2].get("symbol")].findall("layer")
    assert [layer.get("class") for layer in hidden] == ["SimpleFill", "LinePatternFill"]
    assert HIDDEN_HATCH.size > 0
    aliases = {a.get("field"): a.get("name") for a in style.findall("aliases/alias")}
    assert aliases["leistung"] == "Leistungsbezug (%), Stand 2024"
    fields = set(pyogrio.read_info(path, layer="gebiete_quartier")["fields"])
    assert set(aliases) == fields


def test_it_opens_on_the_indicator_that_is_asked_for(
    secret_edition: Edition, tmp_path: Path
) -> None:
    """Where a level lacks it, on what the map page would choose there."""
    path = write_geopackage(secret_edition, tmp_path / "stadt.gpkg", indicator="frei")
    with sqlite3.connect(path) as database:
        first = dict(
            database.execute("SELECT f_table_name, styleName FROM layer_styles WHERE useAsDefault")
        )
    assert first["gebiete_quartier"] == "frei"
    assert first["gebiete_stadtteil"] == "u6"
    with pytest.raises(UnknownNameError):
        write_geopackage(secret_edition, tmp_path / "nie.gpkg", indicator="fehlt")
    assert not (tmp_path / "nie.gpkg").exists()


def test_rules_put_each_value_where_classify_puts_it(town_edition: Edition, tmp_path: Path) -> None:
    """Run the filters in SQLite, whose round, comparison and quotes read like QGIS's."""
    path = write_geopackage(town_edition, tmp_path / "stadt.gpkg")
    rules = styles_of(path)["gebiete_quartier"].findall("renderer-v2/rules/rule/rule")[:-1]
    classes = classify_indicator(town_edition, "leistungsbezug", "quartier")
    layer = pyogrio.read_dataframe(path, layer="gebiete_quartier", read_geometry=False)
    expected = classes.find(layer["leistungsbezug"])
    with sqlite3.connect(path) as database:
        for i, rule in enumerate(rules[: len(classes.labels)]):
            rows = database.execute(
                f"SELECT area FROM gebiete_quartier WHERE {rule.get('filter')}"
            ).fetchall()
            assert [r[0] for r in rows] == layer["area"][expected == i].tolist()


def test_columns_differ_even_without_case_and_keep_clear_of_the_others() -> None:
    columns = name_columns(["U6", "u6", "u6_zeichen", "name", "fid", "", "a b", "a/b", "Ä", "ä"])
    flat = [part.casefold() for pair in columns.values() for part in pair]
    assert len(flat) == len(set(flat))
    assert not {"fid", "geom", "area", "name", "parent", "parent_name"} & set(flat)
    assert all(re.fullmatch(r"\w+", part) for part in flat)


def test_hostile_names_stay_text(hostile_edition: Edition, tmp_path: Path) -> None:
    path = write_geopackage(hostile_edition, tmp_path / "stadt.gpkg")
    offers = gpd.read_file(path, layer="angebote")
    assert offers["name"].tolist() == [clean(n) for n in hostile_edition.offers["name"]]
    assert offers["offer"].tolist() == [clean(n) for n in hostile_edition.offers.index]
    areas = gpd.read_file(path, layer="gebiete_quartier").set_index("area")
    expected = hostile_edition.areas["name"].map(clean).sort_index()
    pd.testing.assert_series_equal(areas["name"].sort_index(), expected, check_names=False)
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM werte").fetchone()[0] > 0
        texts = [row[0] for row in database.execute("SELECT styleQML FROM layer_styles")]
    for text in texts:
        ET.fromstring(text.split("\n", 1)[1])
    # One per indicator where there are values, one for each other layer and table.
    assert len(texts) == len(hostile_edition.indicators) + 3 + 5


def test_the_same_edition_gives_the_same_bytes(town_edition: Edition, tmp_path: Path) -> None:
    first = write_geopackage(town_edition, tmp_path / "a" / "stadt.gpkg").read_bytes()
    second = write_geopackage(town_edition, tmp_path / "b" / "stadt.gpkg")
    assert first == second.read_bytes()
    # Writing over a file leaves nothing of what stood there.
    second.write_bytes(b"older" * 100_000)
    assert first == write_geopackage(town_edition, second).read_bytes()


def test_an_unprotected_edition_is_refused_and_nothing_is_written(
    town_edition: Edition, tmp_path: Path
) -> None:
    changed = dataclasses.replace(town_edition, values=town_edition.values.assign(value=1.0))
    with pytest.raises(SecrecyError):
        write_geopackage(changed, tmp_path / "stadt.gpkg")
    assert not list(tmp_path.iterdir())


def test_levels_whose_names_sqlite_cannot_tell_apart_have_layers_of_their_own(
    tmp_path: Path,
) -> None:
    # "A" is "a" to SQLite, and a number behind it may be the name of a level too.
    levels = [Level(name, name, name) for name in ("a", "a_2", "a_3", "A")]
    areas = gpd.GeoDataFrame(
        {"area": ["1"], "name": ["Ort"], "a": ["1"], "a_2": ["1"], "a_3": ["1"]},
        geometry=[shapely.box(380000, 0, 380100, 100)],
        crs=25833,
    )
    edition = build_edition(build_atlas(areas, levels=levels, title="Stadt"))
    path = write_geopackage(edition, tmp_path / "stadt.gpkg")
    names = [name for name, _ in pyogrio.list_layers(path) if name.startswith("gebiete_")]
    assert names == ["gebiete_gesamt", "gebiete_a", "gebiete_a_2", "gebiete_a_3", "gebiete_A_4"]


def project_of(path: Path) -> ET.Element:
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT name, content FROM qgis_projects").fetchall()
    ((name, content),) = rows
    assert name == "sozialraum"
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as archive:
        (entry,) = archive.namelist()
        return ET.fromstring(archive.read(entry).decode("utf-8").split("\n", 1)[1])


def test_the_project_in_it_opens_every_layer_on_what_the_map_shows(
    secret_edition: Edition, tmp_path: Path
) -> None:
    path = write_geopackage(
        secret_edition, tmp_path / "stadt.gpkg", indicator="leistung", level="stadtteil"
    )
    project = project_of(path)
    shown = {
        x.get("name"): x.get("checked") == "Qt::Checked" for x in project.iter("layer-tree-layer")
    }
    # From the top: offers, gaps, areas from small to large (no water here), tables.
    assert shown == {
        "Angebote": True, "Lücken": False, "Quartiere": False, "Stadtteile": True,
        secret_edition.levels[0].plural: False, "Werte aller Ebenen und Stände": False,
        "Merkmale": False, "Verfahren, Quellen, Hinweise": False,
    }  # fmt: skip
    layers = {x.findtext("layername"): x for x in project.iter("maplayer")}
    assert {x.findtext("datasource").split("=")[1] for x in layers.values()} == {  # type: ignore[union-attr]
        name for name, _ in pyogrio.list_layers(path) if name != "layer_styles"
    }
    # Every indicator of the level is a style one can switch to, the first is in force.
    styles = layers["Quartiere"].findall("map-layer-style-manager/map-layer-style")
    assert [x.get("name") for x in styles] == [
        "Leistungsbezug (%), Stand 2024", "Kinder unter 6 (Kinder), Stand 31.12.2024",
        "Freie Plätze, Stand 2024",
    ]  # fmt: skip
    assert project.findtext("projectCrs/spatialrefsys/authid") == "EPSG:25833"


def test_relations_join_columns_that_exist_and_keys_that_are_unique(
    town_edition: Edition, tmp_path: Path
) -> None:
    path = write_geopackage(town_edition, tmp_path / "stadt.gpkg")
    project = project_of(path)
    names = {
        x.findtext("id"): str(x.findtext("datasource")).split("layername=")[1]
        for x in project.iter("maplayer")
    }
    relations = project.findall("relations/relation")
    # Values of four levels, three levels in the one above, offers, meanings, gaps.
    assert len(relations) == 4 + 3 + 3
    for relation in relations:
        tables = [
            pyogrio.read_dataframe(path, layer=names[relation.get(end)], read_geometry=False)
            for end in ("referencingLayer", "referencedLayer")
        ]
        own, other = (
            [x.get(end) for x in relation.findall("fieldRef")]
            for end in ("referencingField", "referencedField")
        )
        assert not tables[1].duplicated(other).any()
        # Whoever refers to something finds it (of several levels: those of this one).
        found = tables[0][own].dropna().merge(tables[1][other], left_on=own, right_on=other)
        assert len(found) or not len(tables[0][own].dropna())


def test_measures_are_joined_to_areas_and_offers(town_edition: Edition, tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    listed = settle_measures(build_measures(), atlas.areas, atlas.offers).table
    path = write_geopackage(town_edition, tmp_path / "stadt.gpkg", measures=listed)
    table = pyogrio.read_dataframe(path, layer="massnahmen")
    # Five of the seven rows are meant for everybody, and no note is.
    assert table["measure"].tolist() == ["M1", "M2", "M3", "M4", "M5"]
    assert "note" not in table
    assert table.loc[0, ["level", "area", "name", "status", "euro"]].tolist() == [
        "sozialraum", "22", "Nordost", "running", 24000.0,
    ]  # fmt: skip
    with sqlite3.connect(path) as database:
        (form,) = database.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'massnahmen'"
        ).fetchone()
        found = dict(
            database.execute(
                "SELECT m.measure, a.name FROM massnahmen m JOIN gebiete_sozialraum a"
                " ON a.level = m.level AND a.area = m.area"
            ).fetchall()
        )
    assert found == {"M1": "Nordost", "M2": "Südwest", "M3": "Nordwest", "M5": "Südost"}
    root = ET.fromstring(form.partition("\n")[2])
    entry = next(o for o in root.iter("Option") if o.get("value") == "running")
    assert entry.get("name") == "in Umsetzung"
    again = write_geopackage(town_edition, tmp_path / "ohne.gpkg")
    assert "massnahmen" not in [name for name, _ in pyogrio.list_layers(again)]


def test_title_sources_and_day_stand_in_the_metadata(
    secret_edition: Edition, tmp_path: Path
) -> None:
    path = write_geopackage(secret_edition, tmp_path / "stadt.gpkg")
    with sqlite3.connect(path) as database:
        ((text,),) = database.execute(
            "SELECT metadata FROM gpkg_metadata JOIN gpkg_metadata_reference"
            " ON md_file_id = id WHERE reference_scope = 'geopackage'"
        ).fetchall()
    told = [(x.tag.split("}")[1], x.text) for x in ET.fromstring(text)]
    assert ("title", "Teststadt") in told
    assert ("date", "2025-01-31") in told
    assert [x for tag, x in told if tag == "rights"] == list(secret_edition.sources)


def test_forms_offer_what_may_be_chosen(town_edition: Edition, tmp_path: Path) -> None:
    style = styles_of(write_geopackage(town_edition, tmp_path / "stadt.gpkg"))["angebote"]
    widgets = {
        x.get("name"): {
            e.get("value"): e.get("name") for e in x.findall(".//Option[@type='QString']")
        }
        for x in style.findall("fieldConfiguration/field")
    }
    categories = {name: name_category(name) for name in sorted(set(town_edition.offers.category))}
    assert widgets["category"] == categories
    assert all(
        set(known) - {"yes", "no", "limited"} == {"{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"}
        for name, known in widgets.items()
        if name in ("barrier_free", "mandatory", "mobile")
    )
    needs = {x.get("field"): x.get("constraints") for x in style.findall("constraints/constraint")}
    assert needs == {"offer": "3", "category": "1"}  # unique and not null; not null
    locked = {x.get("name") for x in style.findall("editable/field[@editable='0']")}
    assert "area" in locked
