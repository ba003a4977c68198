"""Broken inputs: each gives one report that names file, row and column, and exit code 1."""

from __future__ import annotations

import codecs
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import geopandas as gpd
import openpyxl
import osmium
import pandas as pd
import pytest
from shapely import MultiPoint, Point, box


class Case(NamedTuple):
    """How the town is broken, and the starts of the lines expected for it, in any order."""

    spoil: Callable[[Any], None]
    expected: tuple[str, ...]


CASES: list[Case] = []


def broken(*expected: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Enter a way to break the town, with the lines it must lead to."""

    def enter(spoil: Callable[[Any], None]) -> Callable[[Any], None]:
        CASES.append(Case(spoil, expected))
        return spoil

    return enter


def at(file: str, row: int | None = None, column: str | None = None) -> str:
    """Write where a finding is, as the report does."""
    parts = [file]
    if row is not None:
        parts.append(f"Zeile {row}")
    if column is not None:
        parts.append(f"Spalte „{column}“")
    return f"Fehler – {', '.join(parts)}: "


AREAS, OFFERS, PEOPLE, VALUES = "gebiete.gpkg", "angebote.csv", "einwohner.csv", "werte.csv"


# -- tables ----------------------------------------------------------------------------------------


@broken(at(OFFERS, column="category"))
def no_category(town: Any) -> None:
    town.change(OFFERS, "Kategorie", "Sparte")


@broken(at(OFFERS, 3, "Plätze"))
def text_in_number(town: Any) -> None:
    town.change(OFFERS, ";45;", ";rund 45;")


@broken(at(OFFERS, 5, "Plätze"))
def blank_lines_before_bad_cell(town: Any) -> None:
    # Two blank lines after the heading: the spreadsheet shows "a2" in row 5.
    text_in_number(town)
    town.change(OFFERS, "Nord\n", "Nord\n\n\n")


@broken(at(OFFERS, 2, "Plätze"))
def negative_capacity(town: Any) -> None:
    town.change(OFFERS, ";60;", ";-60;")


@broken(at(OFFERS, 2, "Plätze"))
def half_a_place(town: Any) -> None:
    town.change(OFFERS, ";60;", ";60,5;")


@broken(*(at(OFFERS, row, "Plätze") for row in (2, 3, 4)))
def two_ways_of_thousands(town: Any) -> None:
    # "1,5" says comma, "2.5" says point; "1.200" could then be either.
    town.change(OFFERS, ";60;", ";1.200;")
    town.change(OFFERS, ";45;", ";1,5;")
    town.change(OFFERS, "schule;;", "schule;2.5;")


@broken(at(VALUES, 3, "Gebiet") + "Das Gebiet „99“")
def unknown_id(town: Any) -> None:
    town.change(VALUES, "02;", "99;")


@broken(at(VALUES, 3, "Gebiet") + "Das Gebiet „2“ gibt es nicht, wohl aber „02“")
def zero_lost(town: Any) -> None:
    town.change(VALUES, "02;", "2;")


@broken(at(OFFERS, 3, "Kennung"))
def duplicate_offer(town: Any) -> None:
    town.change(OFFERS, "a2;", "a1;")


@broken(
    at(AREAS, 5, "area") + "Die Kennung „01“ kommt mehrfach vor, in den Zeilen 2, 5",
    at(VALUES, 5, "Gebiet") + "Das Gebiet „04“ gibt es nicht",
)
def duplicate_area(town: Any) -> None:
    town.areas.loc[3, "area"] = "01"
    town.save_areas()


@broken(at(VALUES, 3))
def duplicate_value(town: Any) -> None:
    town.change(VALUES, "02;", "01;")


@broken(at("mehr.csv", 2, "Kennung"))
def duplicate_in_two_files(town: Any) -> None:
    town.write("mehr.csv", "Kennung;Kategorie;x;y\na2;kita;400000;5800500\n")
    town.change("sozialraum.toml", "[[values]]", '[[offers]]\nfile = "mehr.csv"\n\n[[values]]')


@broken(at(OFFERS, 3, "Alter bis"), at("mehr.csv", 2, "bis unter"))
def headings_of_two_files(town: Any) -> None:
    # Each file is spoken of in its own words.
    ages_turned(town)
    town.write("mehr.csv", "offer;art;ab Alter;bis unter;x;y\nb1;kita;6;3;400000;5800500\n")
    town.change("sozialraum.toml", "[[values]]", '[[offers]]\nfile = "mehr.csv"\n\n[[values]]')


@broken(at(OFFERS) + "Die Datei ist leer")
def empty_file(town: Any) -> None:
    town.write(OFFERS, "")


@broken(at(VALUES) + "Die Tabelle enthält keine einzige Zeile")
def heading_only(town: Any) -> None:
    town.write(VALUES, "Gebiet;Merkmal;Stichtag;Wert\n")


@broken(at(PEOPLE) + "Die Datei „einwohner.csv“ gibt es nicht")
def missing_file(town: Any) -> None:
    town.path(PEOPLE).unlink()


@broken(*(at(f) for f in (AREAS, OFFERS, PEOPLE, VALUES)))
def all_files_missing(town: Any) -> None:
    for name in (AREAS, OFFERS, PEOPLE, VALUES):
        town.path(name).unlink()


@broken(at(OFFERS, 1) + "Spalten ohne Überschrift: 7.")
def title_above_text(town: Any) -> None:
    town.write(OFFERS, "Kitaliste 2024\n" + town.path(OFFERS).read_text(encoding="utf-8"))


@broken(at("ordner"))
def folder_instead(town: Any) -> None:
    town.path("ordner").mkdir()
    town.use(OFFERS, "ordner")


@broken(at("angebote.doc"))
def unknown_kind(town: Any) -> None:
    town.write("angebote.doc", "x")
    town.use(OFFERS, "angebote.doc")


@broken(at(OFFERS, 3) + "Die Zeile hat 9 Zellen, die Kopfzeile 8")
def ragged(town: Any) -> None:
    town.change(OFFERS, "Kita Mond;", "Kita; Mond;")


@broken(at(OFFERS, 1, "Plätze"))
def duplicate_heading(town: Any) -> None:
    town.change(OFFERS, "Alter bis", "Plätze")


@broken(at(OFFERS, 3))
def open_quote(town: Any) -> None:
    town.change(OFFERS, "Kita Mond", '"Kita Mond')


@broken(at(OFFERS, column="capacity") + "Zugeordnet ist die Überschrift „Platzzahl“")
def wrong_mapping(town: Any) -> None:
    town.use(OFFERS, 'angebote.csv"\ncolumns = {capacity = "Platzzahl"}\nsource = "')


@broken(at(VALUES, 2, "Stichtag"))
def bad_date(town: Any) -> None:
    town.change(VALUES, "01;sgb2;31.12.2023", "01;sgb2;31.02.2023")


@broken(at(OFFERS, 3, "Alter bis"))
def ages_turned(town: Any) -> None:
    town.change(OFFERS, ";1;6;", ";6;1;")


@broken(at(OFFERS, 3, "Alter bis"))
def age_too_high(town: Any) -> None:
    town.change(OFFERS, ";1;6;", ";1;600;")


@broken(at(OFFERS, 2, "gültig bis"))
def ends_before_start(town: Any) -> None:
    town.write(
        OFFERS,
        "offer,category,x,y,gültig von,gültig bis\n"
        "a1,kita,400100,5800100,2024-08-01,2023-07-31\n"
        "a2,kita,400100,5800100,2024-08-01,2024\n",
    )


@broken(at(OFFERS, 2, "barrierefrei"))
def unknown_choice(town: Any) -> None:
    town.write(OFFERS, "offer,category,x,y,barrierefrei\na1,kita,400100,5800100,vielleicht\n")


@broken(at(VALUES, 2, "Merkmal"))
def unknown_indicator(town: Any) -> None:
    town.change(VALUES, "01;sgb2", "01;sgb3")


@broken(at(VALUES, 3, "Wert") + "„-9999“")
def missing_code(town: Any) -> None:
    town.change(VALUES, ";20", ";-9999")


@broken(at(VALUES, 3, "Wert"))
def negative_count(town: Any) -> None:
    town.change(VALUES, ";20", ";-2")


@broken(at(PEOPLE, 2, "einwohner"))
def negative_people(town: Any) -> None:
    town.write(PEOPLE, "cell,x,y,einwohner\nc1,400200,5800200,-5\n")


@broken(at(VALUES, 2, "level") + "Die Ebene „bezirk“ gibt es nicht.")
def unknown_level(town: Any) -> None:
    town.use(VALUES, 'werte.csv"\nlevel = "bezirk')


# -- encodings and spreadsheets --------------------------------------------------------------------


@broken(at(OFFERS, 1, "PlÃ¤tze"), at(OFFERS, 2, "Einrichtung"))
def garbled(town: Any) -> None:
    # UTF-8 read as Windows-1252 and saved again: "Plätze" and "Süd" are spoilt for good.
    text = town.path(OFFERS).read_text(encoding="utf-8").replace("Sonne", "Süd")
    town.write(OFFERS, text.encode("utf-8").decode("cp1252"))


@broken(at(OFFERS, 1, "Pl�tze"), at(OFFERS, 3, "Einrichtung"))
def dos_encoding(town: Any) -> None:
    town.write(
        OFFERS, town.path(OFFERS).read_text("utf-8").replace("Mond", "Müllerstraße"), "cp850"
    )


@broken(at(OFFERS) + "Die Datei ist keine Textdatei")
def utf16_without_mark(town: Any) -> None:
    town.path(OFFERS).write_bytes(town.path(OFFERS).read_text("utf-8").encode("utf-16-le"))


@broken(at(OFFERS) + "Die Datei ist keine Textdatei")
def broken_utf16(town: Any) -> None:
    text = town.path(OFFERS).read_text("utf-8").encode("utf-16-le")
    town.path(OFFERS).write_bytes(codecs.BOM_UTF16_LE + text[:-1])


@broken(at(OFFERS, 3, "Einrichtung"))
def formula_in_name(town: Any) -> None:
    town.change(OFFERS, "Kita Mond", "=HYPERLINK(0)")


@broken(at(OFFERS, 3, "Einrichtung"), at(OFFERS, 4, "Einrichtung"))
def hostile_names(town: Any) -> None:
    # Markup is a name like any other; writers escape it. A DDE call and a bell are not.
    town.change(OFFERS, "Kita Sonne", "<script>alert(1)</script>")
    town.change(OFFERS, "Kita Mond", "@SUM(1)*cmd|' /C calc'!A0")
    town.change(OFFERS, "Schule am Wall", "Schule\x07am Wall")


@broken(at(OFFERS, 2, "Plätze") + "„x Fehler – gebiete.gpkg: erfunden“")
def forged_report(town: Any) -> None:
    # A cell with a line break cannot write a line of the report.
    town.change(OFFERS, ";60;", ';"x\nFehler – gebiete.gpkg: erfunden";')


def write_excel(town: Any, rows: list[list[object]], merge: str = "") -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.save(town.path("angebote.xlsx"))
    town.use(OFFERS, "angebote.xlsx")


HEADING = ["Kennung", "Einrichtung", "Kategorie", "Plätze", "Ost", "Nord"]
KITA = ["a1", "Kita Sonne", "kita", 60, 400100.5, 5800100]


@broken(at("angebote.xlsx", 1) + "Spalten ohne Überschrift: 5.")
def merged_title(town: Any) -> None:
    write_excel(town, [["Kitaliste 2024"], HEADING, KITA], merge="A1:F1")


@broken(at("angebote.xlsx", 4, "Plätze"))
def title_above(town: Any) -> None:
    # A blank row counts as the spreadsheet counts it: the bad cell is in row 4.
    write_excel(town, [[], HEADING, KITA, ["a2", "Kita", "kita", "viele", 400100, 5800100]])


@broken(at("angebote.xlsx", 2, "D"))
def excel_formula(town: Any) -> None:
    write_excel(town, [HEADING, [*KITA[:3], "=30+30", *KITA[4:]]])


@broken(at("angebote.xlsx", 2, "D"))
def excel_error(town: Any) -> None:
    write_excel(town, [HEADING, [*KITA[:3], "#REF!", *KITA[4:]]])


@broken(at("angebote.xlsx") + "Das Tabellenblatt „Kitas“ gibt es nicht. Es gibt: Sheet")
def unknown_sheet(town: Any) -> None:
    write_excel(town, [HEADING, KITA])
    town.use("angebote.xlsx", 'angebote.xlsx"\nlayer = "Kitas')


@broken(at("angebote.xlsx"))
def damaged_excel(town: Any) -> None:
    write_excel(town, [HEADING, KITA])
    data = town.path("angebote.xlsx").read_bytes()
    town.path("angebote.xlsx").write_bytes(data[: len(data) // 2])


@broken(at("angebote.xlsx"))
def text_called_excel(town: Any) -> None:
    town.write("angebote.xlsx", "Kennung;Kategorie\n")
    town.use(OFFERS, "angebote.xlsx")


# -- places ----------------------------------------------------------------------------------------


@broken(at("gebiete.shp") + "Das Koordinatensystem fehlt")
def no_crs(town: Any) -> None:
    town.areas = town.areas.set_crs(None, allow_override=True)
    town.save_areas("gebiete.shp")
    town.use(AREAS, "gebiete.shp")


@broken(at(AREAS))
def degrees_called_metres(town: Any) -> None:
    town.areas = town.areas.to_crs(4326).set_crs(25833, allow_override=True)
    town.save_areas()


@broken(at("gebiete.geojson", 2))
def metres_called_degrees(town: Any) -> None:
    # GeoJSON without "crs" means degrees.
    text = town.areas.set_crs(None, allow_override=True).to_json(drop_id=True)
    town.write("gebiete.geojson", text)
    town.use(AREAS, "gebiete.geojson")


@broken(at(OFFERS) + "Das Koordinatensystem „EPSG:99999“ gibt es nicht")
def unknown_crs(town: Any) -> None:
    town.use(OFFERS, 'angebote.csv"\ncrs = "EPSG:99999')


@broken(at(OFFERS, 3, "Ost"))
def swapped(town: Any) -> None:
    town.change(OFFERS, "400900;5800100", "5800100;400900")


@broken(at(OFFERS, 3, "lon"))
def swapped_degrees(town: Any) -> None:
    town.write(OFFERS, "offer,category,lon,lat\na1,kita,13.53,52.34\na2,kita,52.34,13.53\n")


@broken(at(OFFERS, 3, "Lage"))
def other_country(town: Any) -> None:
    town.write(OFFERS, "offer,category,lon,lat\na1,kita,13.53,52.34\na2,kita,2.35,48.86\n")


@broken(at(OFFERS, 3, "Lage"))
def null_island(town: Any) -> None:
    town.change(OFFERS, "400900;5800100", "0;0")


@broken(at(OFFERS, 2, "lat") + "„52.345.120“", at(OFFERS, 2, "lon"))
def points_for_thousands(town: Any) -> None:
    town.write(OFFERS, "offer;category;lat;lon\na1;kita;52.345.120;13.530.871\n")


@broken(at(OFFERS, 3, "Lage"))
def coordinate_missing(town: Any) -> None:
    town.change(OFFERS, "400900;5800100", "400900;")


@broken(at(OFFERS, 3))
def latitude_beyond(town: Any) -> None:
    town.write(OFFERS, "offer,category,lon,lat\na1,kita,13.53,52.34\na2,kita,13.53,152.34\n")


@broken(at(OFFERS))
def no_place(town: Any) -> None:
    town.change(OFFERS, "Ost;Nord", "Spalte1;Spalte2")


@broken(*(at("angebote.gpkg", row, "Lage") for row in (3, 4)))
def lines_for_offers(town: Any) -> None:
    offers = gpd.GeoDataFrame(
        {"offer": ["a1", "a2", "a3"], "category": "kita"},
        geometry=[
            Point(400100, 5800100),
            MultiPoint([(400100, 5800100), (400200, 5800100)]),
            box(400000, 5800000, 400100, 5800100),
        ],
        crs=25833,
    )
    offers.to_file(town.path("angebote.gpkg"))
    town.use(OFFERS, "angebote.gpkg")


@broken(at(AREAS, 5, "Lage") + "Die Geometrie ist ungültig (die Grenze schneidet sich selbst")
def invalid_polygon(town: Any) -> None:
    bow = [(401000, 5801000), (402000, 5802000), (402000, 5801000), (401000, 5802000)]
    town.shape("04", bow)
    town.save_areas()


@broken(at(AREAS, 3, "Lage"))
def geometry_missing(town: Any) -> None:
    town.shape("02", None)
    town.save_areas()


@broken(at(AREAS, 3, "Lage"))
def nan_geometry(town: Any) -> None:
    nan = float("nan")
    town.shape("02", [(401000, 5800000), (402000, nan), (402000, 5801000)])
    town.save_areas()


@broken(at(AREAS, 2, "Lage"))
def points_for_areas(town: Any) -> None:
    town.areas["geometry"] = town.areas.centroid
    town.save_areas()


@broken(at(AREAS, 5) + "Die Gebiete „03“ und „04“ (Zeilen 4–5) überschneiden sich auf 100.000 m²")
def overlapping(town: Any) -> None:
    # 04 reaches 100 m into 03: 100 m × 1,000 m = 100,000 m², a tenth of each.
    town.areas.loc[3, "geometry"] = box(400900, 5801000, 402000, 5802000)
    town.save_areas()


@broken(at(AREAS, 5))
def same_area_twice(town: Any) -> None:
    town.areas.loc[3, "geometry"] = town.areas.geometry[2]
    town.save_areas()


@broken(at(AREAS, 2, "bezirk") + "Sozialraum „A“ (Zeilen 2–3)")
def two_parents(town: Any) -> None:
    # A Quartier cannot have two parents in one wide table, a Sozialraum can.
    town.areas["bezirk"] = ["1", "2", "1", "1"]
    town.save_areas()
    town.change(
        "sozialraum.toml", '[[level]]\nid = "sozialraum"',
        '[[level]]\nid = "bezirk"\ntitle = "Bezirk"\n\n[[level]]\nid = "sozialraum"',
    )  # fmt: skip


@broken(at(AREAS, 2, "sozialraum_name"))
def two_names(town: Any) -> None:
    town.areas.loc[0, "sozialraum_name"] = "Sued"
    town.save_areas()


@broken(at(AREAS, 3, "sozialraum"))
def no_parent(town: Any) -> None:
    town.areas.loc[1, "sozialraum"] = None
    town.save_areas()


@broken(at(AREAS, column="sozialraum"))
def level_missing(town: Any) -> None:
    town.areas = town.areas.drop(columns="sozialraum")
    town.save_areas()


@broken(at("sozialraeume.gpkg", 3) + "„B“ Nord: Die Teilgebiete ragen um 1.000.000 m²")
def child_outside_parent(town: Any) -> None:
    # The official Sozialraum B is 500 m lower than its two Quartiere: 2,000 m × 500 m stick out.
    upper = gpd.GeoDataFrame(
        {"area": ["A", "B"], "name": ["Süd", "Nord"]},
        geometry=[
            box(400000, 5800000, 402000, 5801000),
            box(400000, 5801000, 402000, 5801500),
        ],
        crs=25833,
    )
    upper.to_file(town.path("sozialraeume.gpkg"))
    town.change(
        "sozialraum.toml", '"gebiete.gpkg"',
        '"gebiete.gpkg"\nupper.sozialraum = {file = "sozialraeume.gpkg"}',
    )  # fmt: skip


@broken(at(AREAS) + "Die Datei hat mehrere Layer: gebiete, zweite")
def two_layers(town: Any) -> None:
    town.areas.to_file(town.path(AREAS), layer="zweite")


@broken(at(AREAS) + "Den Layer „quartiere“ gibt es nicht. Es gibt: gebiete")
def unknown_layer(town: Any) -> None:
    town.use(AREAS, 'gebiete.gpkg"\nlayer = "quartiere')


@broken(at(AREAS) + "Die Datei lässt sich nicht lesen")
def truncated_geopackage(town: Any) -> None:
    data = town.path(AREAS).read_bytes()
    town.path(AREAS).write_bytes(data[:5000])


@broken(at("gebiete.geojson") + "Die Datei lässt sich nicht lesen")
def truncated_geojson(town: Any) -> None:
    town.areas.to_file(town.path("gebiete.geojson"))
    data = town.path("gebiete.geojson").read_bytes()
    town.path("gebiete.geojson").write_bytes(data[: len(data) // 2])
    town.use(AREAS, "gebiete.geojson")


@broken(at("einwohner.parquet"))
def damaged_parquet(town: Any) -> None:
    town.write("einwohner.parquet", "PAR1 ist das nicht")
    town.use(PEOPLE, "einwohner.parquet")


@broken(at("gebiete.csv"))
def areas_without_geometry(town: Any) -> None:
    pd.DataFrame(town.areas.drop(columns="geometry")).to_csv(town.path("gebiete.csv"), index=False)
    town.use(AREAS, "gebiete.csv")


@broken(at(PEOPLE, 3, "Gitter_ID_100m"))
def bad_cell_ids(town: Any) -> None:
    town.write(PEOPLE, "Gitter_ID_100m;Einwohner\n100mN32543E45620;5\nN32162;7\n")
    town.use(PEOPLE, 'einwohner.csv"\nkind = "zensus')


@broken(at(PEOPLE))
def raster_is_text(town: Any) -> None:
    town.use(PEOPLE, 'einwohner.csv"\nkind = "raster')


# -- several at once -------------------------------------------------------------------------------


@broken(
    at(OFFERS, 2, "Plätze"),
    at(OFFERS, 3, "Plätze"),
    at(PEOPLE, 3, "cell"),
    at(VALUES, 5, "Gebiet"),
    at(AREAS, 3, "Lage"),
    at(AREAS, 5) + "Die Gebiete",
)
def much_at_once(town: Any) -> None:
    """One bad cell never hides another, nor one table the next."""
    text_in_number(town)
    town.change(OFFERS, ";60;", ";-60;")
    town.change(PEOPLE, "c2;", "c1;")
    town.change(VALUES, "04;", "4;")
    town.shape("02", None)
    overlapping(town)


def test_the_sound_town_passes(check: Any) -> None:
    answer = check()
    assert (answer.code, answer.error) == (0, "")
    assert answer.text.splitlines()[0] == "0 Fehler, 0 Hinweise"


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("case", CASES, ids=[case.spoil.__name__ for case in CASES])
def test_every_broken_input_gives_one_report(case: Case, town: Any, check: Any) -> None:
    case.spoil(town)
    answer = check()
    assert answer.code == 1
    assert "Traceback" not in answer.text + answer.error
    assert str(town.folder) not in answer.text, "only names of files, no paths of the machine"
    for start in case.expected:
        assert any(line.startswith(start) for line in answer.findings), (start, answer.text)
    assert len(answer.findings) == len(case.expected), answer.text
    head = f"{len(answer.findings)} Fehler, "
    assert answer.text.startswith(head)


SOUND = {
    "BOM": ("utf-8-sig", "\n"),
    "CR only": ("utf-8", "\r"),
    "BOM and CR only": ("utf-8-sig", "\r"),
    "CR LF": ("utf-8", "\r\n"),
    "Latin-1": ("latin-1", "\n"),
    "Windows": ("cp1252", "\r\n"),
    "UTF-16 with mark": ("utf-16", "\r\n"),
}


@pytest.mark.parametrize(("encoding", "ends"), SOUND.values(), ids=SOUND.keys())
def test_encodings_and_line_ends_of_offices_are_simply_read(
    encoding: str, ends: str, town: Any, check: Any
) -> None:
    text = town.path(OFFERS).read_text(encoding="utf-8").replace("Sonne", "Süd")
    town.write(OFFERS, text.replace("\n", ends), encoding)
    answer = check()
    assert (answer.code, answer.text.splitlines()[0]) == (0, "0 Fehler, 0 Hinweise")


def write_streets(town: Any) -> None:
    """One street of 1.5 km through the town."""
    writer = osmium.SimpleWriter(str(town.path("streets.osm.pbf")))
    places = gpd.GeoSeries(
        gpd.points_from_xy(range(400000, 402000, 100), [5800500] * 20), crs=25833
    ).to_crs(4326)
    for number, point in enumerate(places, start=1):
        writer.add_node(osmium.osm.mutable.Node(id=number, location=(point.x, point.y)))
    writer.add_way(
        osmium.osm.mutable.Way(id=1, nodes=list(range(1, 21)), tags={"highway": "residential"})
    )
    writer.close()
    town.write(
        "sozialraum.toml",
        town.path("sozialraum.toml").read_text("utf-8")
        + '\n[streets]\nfile = "streets.osm.pbf"\nmode = "walk"\n'
        + '\n[[coverage]]\nid = "kita"\ntitle = "Kita"\ncategory = "kita"\n'
        + 'group = "einwohner"\nlimit_min = 15\n',
    )


def test_sound_streets_pass(town: Any, check: Any) -> None:
    write_streets(town)
    answer = check()
    assert answer.code == 0, answer


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.95])
def test_truncated_streets_give_a_report(town: Any, check: Any, keep: float) -> None:
    write_streets(town)
    data = town.path("streets.osm.pbf").read_bytes()
    size = int(keep if keep > 1 else keep * len(data))
    town.path("streets.osm.pbf").write_bytes(data[:size])
    answer = check()
    assert answer.code == 1
    assert "streets.osm.pbf" in answer.text
    assert "Traceback" not in answer.text + answer.error


def test_streets_and_tables_are_told_of_in_one_report(town: Any, check: Any) -> None:
    write_streets(town)
    town.path("streets.osm.pbf").write_bytes(b"")
    much_at_once(town)
    answer = check()
    assert sum("streets.osm.pbf" in line for line in answer.findings) == 1
    assert len(answer.findings) == 7


def test_nothing_reaches_the_terminal_but_the_report(town: Any) -> None:
    """As its own process: libraries below may write past Python's streams."""
    much_at_once(town)
    truncated_geojson(town)
    done = subprocess.run(
        [sys.executable, "-m", "sozialraum", "check", str(town.path("sozialraum.toml"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("4 Fehler, 0 Hinweise\nFehler – ")
    assert done.stderr == ""


def test_swapped_coordinates_are_repaired_only_when_asked(town: Any, check: Any) -> None:
    swapped(town)
    town.use(OFFERS, 'angebote.csv"\nrepair = ["swapped"]\nsource = "')
    answer = check()
    assert answer.code == 0, answer.text
    assert (
        "Hinweis – angebote.csv, Zeile 3, Spalte „Ost“: Die vertauschten Koordinaten" in answer.text
    )
