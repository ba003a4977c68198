"""Address tables of every kind become one."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

import sozialraum as sr
from sozialraum.read.addresses import load_addresses

# The format of the surveying offices: 18 fields, no headings, zone before the East.
OFFICIAL = "\n".join(
    [
        f"{new};DEMV{i:012};A;13;0;71;107;0001;00123;{number};{add};{x};5935610,200;{street};17033;Ort;;"
        for i, (new, number, add, x, street) in enumerate(
            [
                ("N", "12", "a", "33384053,300", "Torfsteg"),
                ("N", "3", "", "33384580,300", "Treptower Straße"),
                ("L", "5", "", "33384580,300", "Treptower Straße"),
                ("N", "7", "", "33384600,000", 'Haus am "See'),
            ]
        )
    ]
    + [""]
)


def tag(**texts: str) -> str:
    return "".join(f'<tag k="addr:{key}" v="{text}"/>' for key, text in texts.items())


OSM = f"""<osm version="0.6">
<node id="1" lat="53.55" lon="13.25">
{tag(street="Torfsteg", housenumber="11;13", postcode="17033", city="Neubrandenburg")}</node>
<node id="2" lat="53.5502" lon="13.25">{tag(street="Torfsteg", housenumber="15")}</node>
<node id="3" lat="53.60" lon="13.25">{tag(place="Podewall", housenumber="2")}</node>
<node id="4" lat="53.60" lon="13.26">{tag(housenumber="9")}</node>
<node id="5" lat="53.56" lon="13.25"/><node id="6" lat="53.56" lon="13.252"/>
<node id="7" lat="53.562" lon="13.252"/><node id="8" lat="53.562" lon="13.25"/>
<way id="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/>
{tag(street="Am Tor", housenumber="1")}</way>
</osm>
"""


def test_the_table_of_the_surveying_offices(tmp_path: Path) -> None:
    path = tmp_path / "hk.txt"
    path.write_text(OFFICIAL, encoding="utf-8")
    addresses = sr.read_addresses(path)
    assert addresses["street"].tolist() == ["Torfsteg", "Treptower Straße", 'Haus am "See']
    assert addresses["housenumber"].tolist() == ["12", "3", "7"]  # row 3 is deleted
    assert addresses["row"].tolist() == [1, 2, 4]
    assert addresses.crs.to_epsg() == 25833
    assert addresses.geometry.iloc[0].distance(Point(384053.3, 5935610.2)) < 1e-6
    placed = sr.place_offers(pd.DataFrame({"street": ["Torfsteg 12 A"]}), addresses)
    assert placed.table["place_quality"].tolist() == ["exact"]


def test_house_numbers_of_openstreetmap(tmp_path: Path) -> None:
    path = tmp_path / "ort.osm"
    path.write_text(OSM, encoding="utf-8")
    reading = load_addresses(path, to_crs=25833)
    table = reading.table.set_index("housenumber")
    assert sorted(table.index) == ["1", "11", "13", "15", "2"]
    assert table.loc["15", "postcode"] == "17033"  # 22 m from 11 and 13
    assert table.loc["2", "street"] == "Podewall"
    assert pd.isna(table.loc["2", "city"])  # the next town is kilometres away
    middle = table.to_crs(4326).geometry["1"]
    assert (round(middle.x, 6), round(middle.y, 6)) == (13.251, 53.561)
    # Number 9 has neither street nor place.
    assert [f.code for f in reading.findings] == ["addresses_left_out"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg"])
def test_one_s_own_table(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"adressen{suffix}"
    cells = pd.DataFrame(
        {"Straße": "Torfsteg", "Hausnummer": ["1", "2"], "Zusatz": ["a", ""], "PLZ": ["01067", ""]}
    )
    if suffix == ".gpkg":
        points = [Point(1e5, 5e6), Point(1e5 + 10, 5e6)]
        gpd.GeoDataFrame(cells, geometry=points, crs=25833).to_file(path)
    elif suffix == ".csv":
        cells.assign(Ost=[1e5, 1e5 + 10], Nord=5e6).to_csv(path, index=False, sep=";")
    else:
        cells.assign(Ost=[1e5, 1e5 + 10], Nord=5e6).to_excel(path, index=False)
    addresses = sr.read_addresses(path, crs=25833)
    assert addresses["postcode"].fillna("").tolist() == ["01067", ""]
    assert addresses.geometry.x.tolist() == [1e5, 1e5 + 10]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("fehlt.osm.pbf", None, "missing_file"),
        ("kaputt.osm.pbf", "kein pbf", "unreadable"),
        ("leer.osm", "<osm version='0.6'></osm>", "addresses_none"),
        ("fehlt.csv", None, "missing_file"),
        ("ohne.csv", "Nummer;Ost;Nord\n1;384053;5935610\n", "missing_column"),
        ("ohne_ort.csv", "Straße;Hnr\nTor;1\n", "no_place"),
        ("leer.csv", "Straße;Hnr;Ost;Nord\n;1;384053;5935610\n", "addresses_none"),
        ("kurz.txt", OFFICIAL + "N;DEMV5;A;13\n", "ragged_row"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: str | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(sr.InputError) as caught:
        sr.read_addresses(tmp_path / name, to_crs=25833)
    assert code in [f.code for f in caught.value.report.errors]


def test_offers_without_coordinates_are_read_with_addresses(tmp_path: Path) -> None:
    (tmp_path / "hk.txt").write_text(OFFICIAL, encoding="utf-8")
    (tmp_path / "kitas.csv").write_text(
        "Kennung;Art;Anschrift\n1;kita;Torfsteg 12a, 17033 Ort\n2;kita;Am Ende 1\n",
        encoding="utf-8",
    )
    with pytest.raises(sr.InputError):
        sr.read_offers(tmp_path / "kitas.csv", to_crs=25833)
    addresses = sr.read_addresses(tmp_path / "hk.txt")
    offers = sr.read_offers(tmp_path / "kitas.csv", to_crs=25833, addresses=addresses)
    assert offers["place_quality"].tolist() == ["exact", "none"]
    assert offers.geometry.notna().tolist() == [True, False]


def test_a_list_without_any_coordinates_needs_no_system_of_its_own(tmp_path: Path) -> None:
    """As the handbook shows it: two files, nothing said about coordinates of the list."""
    (tmp_path / "adressen.csv").write_text(
        "Straße;Hausnummer;PLZ;Ost;Nord\nGroße Straße;12;17033;400000;5800000\n", encoding="utf-8"
    )
    (tmp_path / "beratung.csv").write_text(
        "Kennung;Einrichtung;Kategorie;Adresse\nb1;Beratung;beratung;Grosse Str. 12, 17033 Ort\n",
        encoding="utf-8",
    )
    addresses = sr.read_addresses(tmp_path / "adressen.csv", crs=25833)
    offers = sr.read_offers(tmp_path / "beratung.csv", addresses=addresses)
    assert offers.crs.to_epsg() == 25833
    assert (offers.geometry.x.item(), offers.geometry.y.item()) == (400000, 5800000)
    assert offers["place_quality"].tolist() == ["exact"]
