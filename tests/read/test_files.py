"""Files of every kind become tables under our names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, Polygon, box

from sozialraum.model.schema import OFFERS
from sozialraum.read.files import load_raw, load_table

POINTS = gpd.GeoDataFrame(
    {"offer": ["01", "02"], "name": ["Süd", "Nord"], "places": [10, 20]},
    geometry=[Point(400100, 5800100), Point(400200, 5800200)],
    crs=25833,
)


def codes(reading: Any) -> list[tuple[str, str, int | None]]:
    return [(f.severity, f.code, f.row) for f in reading.findings]


@pytest.mark.parametrize("name", ["t.gpkg", "t.geojson", "t.shp", "t.parquet", "t.fgb"])
def test_spatial_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("parquet"):
        POINTS.to_parquet(path)
    else:
        POINTS.to_file(path)
    table, findings, _ = load_raw(path)
    assert findings == ()
    assert table.crs == POINTS.crs
    assert sorted(table["offer"]) == ["01", "02"]
    assert sorted(table["name"]) == ["Nord", "Süd"]
    assert table["row"].tolist() == [2, 3]
    assert table["file"].unique().tolist() == [name]
    assert table.geometry.name == "geometry"


def test_a_shapefile_without_code_page_is_found_by_its_umlauts(tmp_path: Path) -> None:
    POINTS.to_file(tmp_path / "t.shp", encoding="utf-8")
    (tmp_path / "t.cpg").unlink()
    assert ("error", "garbled", 2) in codes(load_raw(tmp_path / "t.shp"))


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    import zipfile

    POINTS.to_file(tmp_path / "t.shp")
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        for part in tmp_path.glob("t.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert len(load_raw(tmp_path / "t.zip").table) == 2


def test_parquet_without_geometry_and_with_an_index(tmp_path: Path) -> None:
    pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="cell")).to_parquet(tmp_path / "t.parquet")
    assert load_raw(tmp_path / "t.parquet").table["cell"].tolist() == ["a"]


def test_height_is_left_out_and_fields_like_ours_are_kept(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"row": [99]}, geometry=[Point(1, 2, 3)], crs=25833)
    table.to_file(tmp_path / "t.gpkg")
    read = load_raw(tmp_path / "t.gpkg").table
    assert not read.geometry[0].has_z
    assert (read["row"].tolist(), read["row (2)"].tolist()) == ([2], [99])


def test_a_table_of_styles_in_a_geopackage_is_no_layer(tmp_path: Path) -> None:
    POINTS.to_file(tmp_path / "t.gpkg")
    import pyogrio

    styles = pd.DataFrame({"styleName": ["a"]})
    pyogrio.write_dataframe(styles, tmp_path / "t.gpkg", layer="layer_styles")
    assert len(load_raw(tmp_path / "t.gpkg").table) == 2
    assert load_raw(tmp_path / "t.gpkg", "layer_styles").table["styleName"].tolist() == ["a"]


def test_an_unclosed_ring_is_no_geometry(tmp_path: Path) -> None:
    (tmp_path / "t.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1},'
        '"geometry": {"type": "Polygon", "coordinates": [[[13, 52], [14, 52], [14, 53]]]}}]}'
    )
    raw = load_raw(tmp_path / "t.geojson")
    assert raw.table.geometry[0] is None
    assert {code for _, code, _ in codes(raw)} == {"reported"}


def test_a_collection_without_features(tmp_path: Path) -> None:
    (tmp_path / "t.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert load_raw(tmp_path / "t.geojson").table.empty


def write(tmp_path: Path, text: str) -> Path:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return tmp_path / "t.csv"


def test_headings_through_names_aliases_and_the_caller(tmp_path: Path) -> None:
    path = write(tmp_path, "Kennung;Art;PLÄTZE ;Betreiber\na;kita;12;AWO\n")
    table, findings = load_table(path, OFFERS, columns={"traeger": " betreiber"})
    assert findings == ()
    assert table.loc[0, ["offer", "category", "traeger"]].tolist() == ["a", "kita", "AWO"]
    assert table["capacity"].tolist() == [12.0]


def test_a_heading_that_does_not_exist_is_said_once_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, "Kennung;Sparte\na;kita\n")
    reading = load_table(path, OFFERS, columns={"category": "Spartee", "capacity": "Plätze"})
    assert codes(reading) == [("error", "unknown_heading", None)] * 2
    assert "Gemeint sein könnte: Sparte" in reading.findings[0].text
    assert "Kennung, Sparte" in reading.findings[1].text


def test_a_second_heading_of_one_meaning_is_noted(tmp_path: Path) -> None:
    path = write(tmp_path, "Kennung;Nummer;Art;Plätze;Kapazität\na;1;kita;12;15\n")
    reading = load_table(path, OFFERS)
    assert [(f.code, f.column) for f in reading.findings] == [
        ("heading_spare", "Nummer"),
        ("heading_spare", "Kapazität"),
    ]
    assert all(f.severity == "note" for f in reading.findings)
    assert reading.table["offer"].tolist() == ["a"]
    chosen = load_table(path, OFFERS, columns={"offer": "Nummer", "capacity": "Kapazität"})
    assert chosen.findings == ()
    assert chosen.table["capacity"].tolist() == [15]


def test_a_heading_twice_is_an_error_only_where_it_is_needed(tmp_path: Path) -> None:
    path = write(tmp_path, "Kennung;Art;Notiz;Notiz\na;kita;x;y\n")
    assert codes(load_table(path, OFFERS)) == [("note", "heading_twice", 1)]
    path = write(tmp_path, "Kennung;Art;Plätze;Plätze\na;kita;1;2\n")
    assert codes(load_table(path, OFFERS)) == [("error", "heading_twice", 1)]


def test_suspicious_cells_in_any_column(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "offer;category;x\na;kita;StraÃŸe\nb;kita;=1+1\nc;kita;+cmd|calc\nd;kita;Tür\x00\n".replace(
            "\x00", "\x01"
        )
        + "e;kita;\u202a030 1234\u202c\n"
        + "f;kita;Lost \ufffd\n"
        # Sound: a telephone number, a minus, a handle, names that only look odd.
        + "g;kita;+49 30 1234\nh;kita;-\ni;kita;@sonne\nj;kita;São Tomé\nk;kita;Dušan „Kita“\n",
    )
    assert codes(load_raw(path)) == [
        ("error", "garbled", 2),
        ("error", "garbled", 7),
        ("error", "formula", 3),
        ("error", "formula", 4),
        ("error", "control_character", 5),
        ("note", "direction_mark", 6),
    ]


def test_what_no_file_can_do_to_us(tmp_path: Path) -> None:
    (tmp_path / "leer.gpkg").write_bytes(b"")
    (tmp_path / "kaputt.gpkg").write_bytes(b"SQLite format 3\x00 und dann nichts")
    (tmp_path / "ordner.csv").mkdir()
    for name, code in (
        ("fehlt.csv", "missing_file"),
        ("leer.gpkg", "empty_file"),
        ("kaputt.gpkg", "unreadable"),
        ("ordner.csv", "unknown_kind"),
        ("t.pdf", "missing_file"),
    ):
        raw = load_raw(tmp_path / name)
        assert raw.table is None
        assert [f.code for f in raw.findings] == [code]
        assert str(tmp_path) not in raw.findings[0].text


def test_polygons_keep_their_shape(tmp_path: Path) -> None:
    shape = Polygon(box(0, 0, 10, 10).exterior.coords, [box(2, 2, 4, 4).exterior.coords])
    gpd.GeoDataFrame({"a": [1]}, geometry=[shape], crs=25833).to_file(tmp_path / "t.gpkg")
    assert load_raw(tmp_path / "t.gpkg").table.geometry[0].area == 96
