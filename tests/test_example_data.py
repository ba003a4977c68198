"""The embedded example is what its README says, and comes out of the raw extracts again."""

import csv
import io
import re
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import osmium
import pandas as pd
import pytest
import shapely

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
GEOMETRIES, INDICATORS, RAW = DATA / "geometries", DATA / "indicators", DATA / "raw"
# sums of zensus_sum of the settlement points, by hand from the raw file
PEOPLE = {"13071067": 791, "13071107": 64141, "13071166": 1461, "13071170": 332}


@pytest.fixture(scope="module")
def scripts():
    """Make the build script importable."""
    sys.path.insert(0, str(ROOT / "scripts"))
    import build_example

    yield build_example
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def rebuilt(scripts, tmp_path_factory):
    """Build everything again, once."""
    out = tmp_path_factory.mktemp("example")
    return out, scripts.build(RAW, out)


@pytest.fixture(scope="module")
def quartiere():
    return gpd.read_file(GEOMETRIES / "quartiere.gpkg", layer="quartiere")


@pytest.fixture(scope="module")
def people():
    table = pd.read_csv(INDICATORS / "population.csv")
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["x"], table["y"]), crs=25833)


@pytest.fixture(scope="module")
def offers():
    return pd.read_csv(GEOMETRIES / "angebote.csv", sep=";", dtype="str")


@pytest.fixture(scope="module")
def practice():
    return pd.read_csv(INDICATORS / "uebungsdaten.csv", dtype={"area": "str"})


def _streets(path):
    """Everything a street file says, apart from how it is packed."""
    nodes, ways = {}, {}
    for item in osmium.FileProcessor(str(path)):
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_node():
            nodes[item.id] = (item.location.lon, item.location.lat, tags)
        else:
            ways[item.id] = ([node.ref for node in item.nodes], tags)
    return nodes, ways


def test_rebuild_gives_the_shipped_tables_byte_for_byte(rebuilt):
    out, _ = rebuilt
    built = sorted(p.relative_to(out) for p in out.rglob("*.csv"))
    shipped = sorted(
        p.relative_to(DATA) for p in DATA.rglob("*.csv") if "raw" not in p.relative_to(DATA).parts
    )
    assert built == shipped
    assert [p for p in built if (out / p).read_bytes() != (DATA / p).read_bytes()] == []


@pytest.mark.parametrize("name", ["quartiere", "wasser", "potsdam_mittelmark_gemeinden"])
def test_rebuild_gives_the_shipped_layers(rebuilt, name):
    # the container may differ with the version of GDAL and SQLite, what it holds may not
    out, _ = rebuilt
    built = gpd.read_file(out / "geometries" / f"{name}.gpkg")
    shipped = gpd.read_file(GEOMETRIES / f"{name}.gpkg")
    assert built.crs == shipped.crs
    assert built.to_wkb().equals(shipped.to_wkb())


def test_rebuild_gives_the_shipped_streets(rebuilt):
    # as with the layers, another version of osmium may pack the same streets differently
    built, shipped = rebuilt[0] / "geometries/streets.osm.pbf", GEOMETRIES / "streets.osm.pbf"
    assert built.read_bytes() == shipped.read_bytes() or _streets(built) == _streets(shipped)


def test_the_same_machine_writes_the_same_bytes(scripts, rebuilt, quartiere, tmp_path):
    from example.files import write_layer, write_streets

    out, _ = rebuilt
    write_layer(gpd.read_file(out / "geometries/quartiere.gpkg"), tmp_path / "a.gpkg", "quartiere")
    write_layer(gpd.read_file(out / "geometries/quartiere.gpkg"), tmp_path / "b.gpkg", "quartiere")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    write_streets(RAW / "neubrandenburg.osm.pbf", tmp_path / "s.osm.pbf")
    again = (out / "geometries/streets.osm.pbf").read_bytes()
    assert (tmp_path / "s.osm.pbf").read_bytes() == again


def test_readme_states_what_was_built(rebuilt, offers):
    _, counts = rebuilt
    text = (DATA / "README.md").read_text(encoding="utf-8")
    phrases = {
        "quartiere": "{} Quartiere",
        "people": "{} Menschen",
        "homes": "{} Punkte",
        "offers": "{} Angebote",
        "merged objects": "{} Objekte",
        "water bodies": "{} Gewässer",
        "streets": "{} Straßen und Wege",
        "street nodes": "{} Knoten",
        "rural Gemeinden": "{} Gemeinden",
        "rural settlements": "{} Siedlungspunkte",
        "rural people": "{} Menschen",
        "rural stops": "{} Haltestellen",
    }
    said = {
        key: phrase.format(f"{counts[key]:,}".replace(",", ".")) for key, phrase in phrases.items()
    }
    assert {key: phrase for key, phrase in said.items() if phrase not in text} == {}
    for category, number in offers["Kategorie"].value_counts().items():
        assert f"{number} `{category}`" in text
    for shipped in [*GEOMETRIES.iterdir(), *INDICATORS.iterdir()]:
        assert shipped.name in text


def test_bounds_leave_no_way_outside(scripts):
    import numpy as np
    from example.osm import find_bounds

    # three ways; by hand: west = least eastern end 2, south = least northern end 3,
    # east = largest western end 4, north = largest southern end 5
    boxes = np.array([[0, 0, 2, 3], [4, 1, 9, 4], [1, 5, 3, 9]], dtype=float)
    assert find_bounds(boxes) == (2.0, 3.0, 4.0, 5.0)


def test_quartiere_are_a_coverage_on_the_grid(quartiere):
    assert str(quartiere.crs) == "EPSG:25833"
    shapes = quartiere.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert quartiere.is_valid.all()
    assert (shapely.get_num_geometries(shapes) == 1).all()
    corners = shapely.get_coordinates(shapes)
    assert (corners == corners.round()).all()


def test_quartiere_leave_out_the_lakes_and_nothing_else_inside(quartiere):
    water = gpd.read_file(GEOMETRIES / "wasser.gpkg")
    lake = water.loc[water["name"] == "Tollensesee", "geometry"].iloc[0]
    whole = quartiere.union_all()
    # of 1,754 hectares; corners of the shore move by up to a metre where lines meet on the grid
    assert whole.intersection(lake).area < 100
    holes = [shapely.Polygon(ring) for part in whole.geoms for ring in part.interiors]
    assert sum(hole.difference(lake).area for hole in holes) < 1


def test_ids_are_unique_and_nested(quartiere):
    assert quartiere["area"].is_unique
    assert quartiere["name"].is_unique
    assert quartiere["area"].str.fullmatch(r"\d{6}").all()
    assert (quartiere["area"].str[:4] == quartiere["sozialraum"]).all()
    assert (quartiere["area"].str[:2] == quartiere["planregion"]).all()
    for level in ("sozialraum", "planregion"):
        assert (quartiere.groupby(level)[f"{level}_name"].nunique() == 1).all()
    assert quartiere["sozialraum"].nunique() == 8
    assert quartiere["planregion"].nunique() == 2
    # a Sozialraum lies in one Planregion, a Quartier in one Gemeinde
    assert (quartiere.groupby("sozialraum")["planregion"].nunique() == 1).all()
    assert set(quartiere["ags"]) == set(PEOPLE)


def test_every_person_is_in_exactly_one_quartier_and_none_is_lost(quartiere, people):
    joined = people.sjoin(quartiere[["area", "ags", "geometry"]], how="left")
    assert joined["area"].notna().all()
    assert joined["cell"].is_unique
    assert joined.groupby("ags")["einwohner"].sum().to_dict() == PEOPLE
    assert (people["einwohner"] >= 1).all()


def test_gemeinde_totals_are_those_of_the_settlement_points():
    raw = gpd.read_file(RAW / "loadareas_zensus2011_mse.geojson")
    totals = raw.groupby(raw["ags_0"].astype("str"))["zensus_sum"].sum()
    assert {ags: int(totals[ags]) for ags in PEOPLE} == PEOPLE


def test_density_has_the_people_and_the_land(quartiere, people):
    table = pd.read_csv(INDICATORS / "bevoelkerung.csv", dtype={"area": "str"})
    assert table["numerator"].sum() == people["einwohner"].sum() == 66725
    hectares = quartiere.set_index("area").area / 1e4
    assert (table.set_index("area")["denominator"] - hectares).abs().max() < 0.006


def test_offers_have_unique_ids_and_known_forms(offers):
    assert offers["Kennung"].is_unique
    assert offers["Kategorie"].notna().all()
    assert set(offers["Barrierefrei"].dropna()) <= {"ja", "teilweise", "nein"}
    law = offers.groupby("Kategorie")["Rechtsgrundlage"].unique()
    assert law["kita"].tolist() == ["SGB VIII §§ 22–24"]
    assert law["jugend"].tolist() == ["SGB VIII § 11"]
    others = offers[~offers["Kategorie"].isin(["kita", "jugend"])]
    assert others["Rechtsgrundlage"].isna().all()
    # a spreadsheet must not take a cell for a formula
    assert not offers.apply(lambda column: column.str.match(r"[=+\-@]", na=False)).any().any()


def test_offers_say_what_the_extract_says_of_them(scripts, offers):
    tags = {}
    tagged = osmium.FileProcessor(str(RAW / "neubrandenburg.osm.pbf"))
    for item in tagged.with_filter(osmium.filter.EmptyTagFilter()):
        letter = "n" if item.is_node() else "w" if item.is_way() else "r"
        tags[f"{letter}{item.id}"] = {tag.k: tag.v for tag in item.tags}
    merged = pd.read_csv(GEOMETRIES / "angebote_zusammengefuehrt.csv", sep=";")
    sources = {key: [key] for key in offers["Kennung"]}
    for head, part in zip(merged["Kennung"], merged["Objekt"], strict=True):
        sources[head].append(part)
    said = {
        "Träger": "operator",
        "Straße": "addr:street",
        "Hausnummer": "addr:housenumber",
        "PLZ": "addr:postcode",
        "Ort": "addr:city",
        "Öffnungszeiten": "opening_hours",
    }
    for row in offers.to_dict("records"):
        for column, key in said.items():
            if isinstance(row[column], str):
                assert row[column] in [tags[osm].get(key) for osm in sources[row["Kennung"]]]


def test_merged_objects_are_not_offers_as_well(offers):
    merged = pd.read_csv(GEOMETRIES / "angebote_zusammengefuehrt.csv", sep=";")
    assert set(merged["Kennung"]) <= set(offers["Kennung"])
    assert not set(merged["Objekt"]) & set(offers["Kennung"])
    assert merged["Objekt"].is_unique
    assert merged["Abstand_m"].max() <= 100


def test_no_person_is_named(offers):
    practices = offers[offers["Kategorie"].isin(["arzt", "zahnarzt"])]
    assert set(practices["Name"]) == {
        "Arztpraxis",
        "Zahnarztpraxis",
        "Ärztehaus",
        "Medizinisches Versorgungszentrum Mitte Aussenstelle Ost",
    }
    persons = re.compile(r"\b(Dr\. ?med|Dipl\.-Med|Riechert|Atzl|Heike Klein|Hapke|Schlottmann)\b")
    text = (GEOMETRIES / "angebote.csv").read_text(encoding="utf-8")
    assert not persons.search(text)
    assert "@" not in text
    assert set(offers["Träger"].dropna()) <= {
        "ASB",
        "DRK",
        "Deutsches Rotes Kreuz",
        "Diakonie",
        "Internationaler Bund e.V.",
    }


def test_practice_ages_add_up_to_the_people(quartiere, people, practice):
    joined = people.sjoin(quartiere[["area", "geometry"]])
    derived = joined.groupby("area")["einwohner"].sum()
    ages = practice[practice["indicator"].str.startswith("alter_")]
    assert ages["indicator"].nunique() == 18
    sums = ages.groupby(["datenstand", "area"])["numerator"].sum().unstack()
    assert list(sums.index) == [f"{year}-12-31" for year in range(2012, 2017)]
    assert (sums == derived).all().all()


def test_practice_parts_fit_into_their_wholes(practice):
    rates = practice[practice["denominator"].notna()]
    mean = rates["indicator"] == "durchschnittsalter"
    assert (rates.loc[~mean, "numerator"] <= rates.loc[~mean, "denominator"]).all()
    assert (practice["numerator"] >= 0).all()
    assert (practice["quality"] == "practice").all()
    wide = practice.pivot(index=["area", "datenstand"], columns="indicator")
    counted, base = wide["numerator"], wide["denominator"]
    under_18 = [
        f"alter_{a}_{s}" for a in ("00_02", "03_05", "06_09", "10_13", "14_17") for s in "wm"
    ]
    young = counted[under_18].sum(axis=1)
    assert (counted["anteil_u18"] == young).all()
    assert (base["sgb2_u18"] == young).all()
    assert (counted["sgb2_u18"] <= counted["sgb2"]).all()


def test_every_practice_indicator_says_so(practice):
    content = tomllib.loads((INDICATORS / "uebungsdaten.toml").read_text(encoding="utf-8"))
    assert content["common"]["practice"] is True
    assert {entry["id"] for entry in content["indicator"]} == set(practice["indicator"])
    assert all(entry["title"].endswith(" (Übungsdaten)") for entry in content["indicator"])
    derived = tomllib.loads((INDICATORS / "bevoelkerung.toml").read_text(encoding="utf-8"))
    assert derived["common"]["derived"] is True
    assert "practice" not in derived["common"]


def test_rural_example_is_a_coverage_with_its_people():
    gemeinden = gpd.read_file(GEOMETRIES / "potsdam_mittelmark_gemeinden.gpkg")
    assert shapely.coverage_is_valid(gemeinden.geometry.to_numpy())
    assert gemeinden["amt"].nunique() == 19
    assert (gemeinden["area"].str[:5] == "12069").all()
    table = pd.read_csv(INDICATORS / "potsdam_mittelmark_population.csv", dtype={"area": "str"})
    assert set(table["area"]) <= set(gemeinden["area"])
    points = gpd.GeoDataFrame(
        table[["area"]], geometry=gpd.points_from_xy(table["x"], table["y"]), crs=25833
    )
    joined = points.sjoin(gemeinden[["area", "geometry"]], how="left", lsuffix="said")
    assert (joined["area_said"] == joined["area_right"]).all()


def test_shipped_data_stay_small():
    assert sum(p.stat().st_size for p in DATA.rglob("*") if p.is_file()) < 8_000_000


def test_tables_open_in_an_office(offers):
    text = (GEOMETRIES / "angebote.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert {len(row) for row in rows} == {13}
    assert len(rows) == len(offers) + 1


def test_people_are_shared_out_by_weight_to_the_person(scripts):
    from example.people import spread_people

    homes = gpd.GeoDataFrame(
        {"osm": ["w1", "w2", "w3"], "addresses": [1, 2, 0], "weight": [200.0, 100.0, 900.0]},
        geometry=gpd.points_from_xy([1, 2, 3], [1, 1, 1]),
        crs=25833,
    )
    areas = gpd.GeoDataFrame(
        {"area": ["q"], "ags": ["g"]}, geometry=[shapely.box(0, 0, 9, 9)], crs=25833
    )
    settlements = pd.DataFrame({"ags": ["g", "g"], "einwohner": [7.0, 3.0]})
    # ten people at 2 : 1 are 6.67 and 3.33, so 7 and 3; the home without a house number gets nobody
    assert spread_people(homes, settlements, areas)["einwohner"].tolist() == [7, 3]
    homes["addresses"] = 0
    # without any house number all homes count, at 2 : 1 : 9: 1.67, 0.83, 7.5, so 2, 1, 7
    assert spread_people(homes, settlements, areas)["einwohner"].tolist() == [2, 1, 7]


@pytest.mark.parametrize(
    ("tags", "category"),
    [
        ({"amenity": "school", "name": "DRK Kinderkrippe"}, "kita"),
        ({"amenity": "school", "name": "Musikschule"}, "weitere_bildung"),
        ({"building": "school"}, None),
        ({"building": "school", "name": "Grundschule Ost"}, "schule"),
        ({"amenity": "hospital", "name": "Ärztehaus"}, "arzt"),
        ({"amenity": "doctors", "name": "Zahnarzt"}, "zahnarzt"),
        ({"amenity": "social_facility", "social_facility:for": "juvenile"}, "jugend"),
        ({"amenity": "social_facility"}, "soziale_einrichtung"),
        ({"amenity": "fuel"}, None),
        ({"leisure": "pitch", "sport": "equestrian"}, None),
        ({"leisure": "pitch"}, "sport"),
    ],
)
def test_categories_follow_the_tags(scripts, tags, category):
    from example.offers import categorise

    assert categorise(tags) == category
