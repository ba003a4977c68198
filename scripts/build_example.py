"""Rebuild the embedded example in ``data/`` from the raw extracts in ``data/raw/``.

The same input gives the same bytes. ``data/README.md`` says what is real, derived and practice.

    python scripts/build_example.py [--raw data/raw] [--out data]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from example.areas import DRAWN_M, LAKE_HA, build_quartiere, find_gemeinden, find_water
from example.files import write_layer, write_streets, write_table
from example.offers import build_offers
from example.osm import read_extract
from example.people import find_homes, measure_density, read_settlements, spread_people
from example.practice import build_practice
from example.rural import build_gemeinden, build_settlements, build_stops

HERE = Path(__file__).resolve().parent.parent / "data"


def build(raw: Path, out: Path) -> dict[str, int]:
    """Build every file of the example.

    Parameters
    ----------
    raw : Path
        Folder of the raw extracts.
    out : Path
        Folder that gets ``geometries/`` and ``indicators/``.

    Returns
    -------
    dict of int
        Counts for the log: what went in and what came out.
    """
    geometries, indicators = out / "geometries", out / "indicators"
    geometries.mkdir(parents=True, exist_ok=True)
    indicators.mkdir(parents=True, exist_ok=True)

    extract = read_extract(raw / "neubrandenburg.osm.pbf")
    homes = find_homes(extract)
    touched = find_gemeinden(raw / "mse_vg250_2017.gpkg", extract)
    covered = touched[touched["covered"]]
    water = find_water(extract)
    lakes = water[water["flaeche_ha"] >= LAKE_HA]
    quartiere, merged_places = build_quartiere(extract, covered, homes, lakes)
    settlements = read_settlements(raw / "loadareas_zensus2011_mse.geojson")
    people = spread_people(homes, settlements, quartiere)
    offers, merged_offers = build_offers(extract, quartiere)
    near = water.geometry.dwithin(quartiere.union_all(), DRAWN_M)
    drawn = water[near | water["osm"].isin(lakes["osm"])]

    write_layer(quartiere, geometries / "quartiere.gpkg", "quartiere")
    write_layer(
        drawn[["name", "kind", "flaeche_ha", "geometry"]], geometries / "wasser.gpkg", "wasser"
    )
    write_table(offers, geometries / "angebote.csv", separator=";")
    write_table(merged_offers, geometries / "angebote_zusammengefuehrt.csv", separator=";")
    write_table(people[["cell", "x", "y", "einwohner"]], indicators / "population.csv")
    write_table(measure_density(people, quartiere), indicators / "bevoelkerung.csv")
    by_area = people.groupby("area")["einwohner"].sum()
    write_table(build_practice(by_area), indicators / "uebungsdaten.csv")
    ways, nodes = write_streets(raw / "neubrandenburg.osm.pbf", geometries / "streets.osm.pbf")
    rural = build_rural(raw, geometries, indicators)
    return {
        "gemeinden": len(covered),
        "quartiere": len(quartiere),
        "merged places": len(merged_places),
        "homes": len(people),
        "people": int(people["einwohner"].sum()),
        "offers": len(offers),
        "merged objects": len(merged_offers),
        "water bodies": len(drawn),
        "streets": ways,
        "street nodes": nodes,
        **rural,
    }


def build_rural(raw: Path, geometries: Path, indicators: Path) -> dict[str, int]:
    """Build the three files of the second example and count their rows."""
    gemeinden = build_gemeinden(raw / "pm_potsdam_vg250_2017.gpkg")
    settlements = build_settlements(raw / "loadareas_zensus2011_pm_potsdam.geojson")
    stops = build_stops(raw / "vbb_stations.geojson.gz", gemeinden)
    write_layer(gemeinden, geometries / "potsdam_mittelmark_gemeinden.gpkg", "gemeinden")
    write_table(stops, geometries / "potsdam_mittelmark_haltestellen.csv", separator=";")
    write_table(settlements, indicators / "potsdam_mittelmark_population.csv")
    return {
        "rural Gemeinden": len(gemeinden),
        "rural settlements": len(settlements),
        "rural people": int(settlements["einwohner"].sum()),
        "rural stops": len(stops),
    }


def main() -> None:
    """Read the arguments, build, say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, default=HERE / "raw")
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()
    for what, number in build(arguments.raw, arguments.out).items():
        print(f"{number:>8} {what}")


if __name__ == "__main__":
    main()
