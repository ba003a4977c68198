"""Rebuild the embedded example in ``data/`` from the raw extracts in ``data/raw/``.

The same input gives the same bytes. ``data/README.md`` says what is real, derived and practice.

    python scripts/build_example.py [--raw data/raw] [--out data]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from example.areas import LAKE_HA, build_quartiere, find_gemeinden, find_water
from example.files import write_layer, write_streets, write_table
from example.offers import build_offers
from example.osm import read_extract
from example.people import find_homes, read_settlements, spread_people

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

    write_layer(quartiere, geometries / "quartiere.gpkg", "quartiere")
    write_layer(water[["name", "kind", "flaeche_ha", "geometry"]], geometries / "wasser.gpkg", "wasser")
    write_table(offers, geometries / "angebote.csv", separator=";")
    write_table(
        merged_offers, geometries / "angebote_zusammengefuehrt.csv", separator=";"
    )
    write_table(people[["cell", "x", "y", "einwohner"]], indicators / "population.csv")
    ways, nodes = write_streets(
        raw / "neubrandenburg.osm.pbf", geometries / "streets.osm.pbf"
    )
    return {
        "gemeinden": len(covered),
        "quartiere": len(quartiere),
        "merged places": len(merged_places),
        "homes": len(people),
        "people": int(people["einwohner"].sum()),
        "offers": len(offers),
        "merged objects": len(merged_offers),
        "water bodies": len(water),
        "streets": ways,
        "street nodes": nodes,
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
