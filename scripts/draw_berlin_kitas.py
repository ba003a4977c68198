"""Draw docs/bilder/berlin_kitas.png: who reaches a Kita in Berlin, and how many places are left there.

    python scripts/draw_berlin_kitas.py FOLDER [--out docs/bilder]

FOLDER holds the public data of Berlin: ``areas`` (LOR 2021), ``indicators/ewr`` (register of
inhabitants), ``network`` (streets, house numbers) and ``offers`` (Kitas). They are not part of the
project; the names of the files stand in ``read_berlin``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

import sozialraum as sr
from sozialraum.indicators.spread import spread_people
from sozialraum.model.areas import WHOLE, dissolve_areas
from sozialraum.present.classes import COLOURS, INK, LAND, QUIET, classify
from sozialraum.read.counts import load_counts
from sozialraum.texts import number

ROOT = Path(__file__).resolve().parents[1]
LIMIT_MIN = 15
LEVELS = (
    sr.Level("bzr", "Bezirksregion", "Bezirksregionen"),
    sr.Level("plr", "Planungsraum", "Planungsräume", "bzr"),
)
REACHED = sr.Indicator(
    id="kita_15min", title="Kinder mit einer Kita in 15 Minuten Fußweg", unit="%", kind="rate",
    per=100, digits=1, datenstand="2021-12-31", gebietsstand="2021-01-01",
)  # fmt: skip
PLACES = sr.Indicator(
    id="kita_plaetze", title="Kitaplätze je 100 Kinder", unit="Plätze", kind="mean", per=100,
    datenstand="2021-12-31", gebietsstand="2021-01-01",
)  # fmt: skip
# Rounded limits that a reader remembers; the outer classes are open.
REACHED_BREAKS, PLACES_BREAKS = (80, 90, 95, 99), (60, 80, 100, 120)
HEADING = "Kitas in Berlin: fast überall zu Fuß erreichbar, die Plätze sind ungleich verteilt"
WORDS = (
    ("Kinder unter 6 mit einer Kita in 15 Minuten Fußweg", "Anteil je Bezirksregion"),
    (
        "Kitaplätze je 100 Kinder unter 6",
        "in 15 Minuten Fußweg, geteilt mit allen Kindern ringsum (E2SFCA)",
    ),
)
SOURCES = (
    "Kinder: Amt für Statistik Berlin-Brandenburg, Einwohnerregister 31.12.2021, CC BY 4.0, gleichmäßig "
    "auf die Hausnummern jedes Planungsraums verteilt. Kitas und Plätze:",
    "Senatsverwaltung für Bildung, Jugend und Familie Berlin, dl-de/by-2-0. Gebiete: Geoportal Berlin, "
    "LOR 2021, dl-de/by-2-0, Amt für Statistik Berlin-Brandenburg, CC BY 3.0 DE.",
    "Wege und Hausnummern 2017: © OpenStreetMap-Mitwirkende, ODbL 1.0, © OpenMapTiles. Berechnet mit "
    "sozialraum. Die Stände liegen auseinander: kein Befund über die heutige Versorgung.",
)


class Berlin(NamedTuple):
    """Areas with their levels, children by house number, Kitas with places, streets and paths."""

    areas: gpd.GeoDataFrame
    counts: pd.DataFrame
    people: gpd.GeoDataFrame
    kitas: gpd.GeoDataFrame
    streets: sr.StreetNetwork


class Measured(NamedTuple):
    """What was measured: by house number, by way, and as rows of the values table."""

    nearest: pd.DataFrame
    coverage: pd.DataFrame
    travel: pd.DataFrame
    catchment: pd.DataFrame
    reached: pd.DataFrame
    places: pd.DataFrame


def read_berlin(folder: Path) -> Berlin:
    """Read the city."""
    lor = folder / "areas"
    smallest = sr.read_areas(
        lor / "lor_post2021_PLR/lor_planungsraeume_2021.shp",
        columns={"area": "PLR_ID", "name": "PLR_NAME"},
    )
    regions = sr.read_areas(
        lor / "lor_post2021_BZR/lor_bezirksregionen_2021.shp",
        columns={"area": "BZR_ID", "name": "BZR_NAME"},
    )
    smallest["bzr"] = smallest.index.str[:6]
    smallest["bzr_name"] = smallest["bzr"].map(regions["name"])
    kitas = sr.read_offers(
        folder / "offers/kindertagesstaetten.geojson",
        columns={"offer": "e_nr", "name": "e_name", "capacity": "e_platz", "traeger": "t_name"},
        category="kita",
        to_crs=smallest.crs,
    )
    atlas = sr.build_atlas(
        smallest,
        levels=LEVELS,
        title="Berlin",
        upper={"bzr": regions.reset_index()},
        offers=kitas,
    )
    counts = (
        load_counts(
            folder / "indicators/ewr/berlin-lor-population-2021-02-t2-planning-areas.csv",
            groups={"u6": "inhabitants_age_below_6"},
            columns={"area": "id"},
        )
        .settle()
        .set_index("area")[["u6"]]
    )
    people = spread_people(counts, read_house_numbers(folder, smallest.crs), atlas.areas)
    streets = sr.read_streets(folder / "network/berlin_edges.parquet", crs=smallest.crs)
    return Berlin(atlas.areas, counts, people, atlas.offers, streets)


def read_house_numbers(folder: Path, crs: object) -> gpd.GeoDataFrame:
    """Read the points with a house number, those around the city included."""
    points = gpd.read_parquet(
        folder / "network/berlin_osm_points.parquet", columns=["layer", "geometry"]
    )
    points = points.loc[points["layer"] == "housenumber", ["geometry"]]
    ids = pd.Index(np.arange(len(points)).astype("str"), name="cell")
    return points.set_axis(ids).to_crs(crs)


def measure_berlin(berlin: Berlin) -> Measured:
    """Measure the share of children that reach a Kita, and the places each can count on."""
    people, kitas = berlin.people, berlin.kitas
    nearest = sr.measure_nearest(people, kitas, berlin.streets)
    coverage = sr.measure_coverage(people["u6"], nearest, limit_min=LIMIT_MIN)
    travel = sr.measure_travel(people, kitas, berlin.streets, limit_min=LIMIT_MIN)
    catchment = sr.measure_catchment(people["u6"], kitas["capacity"], travel, limit_min=LIMIT_MIN)
    return Measured(
        nearest,
        coverage,
        travel,
        catchment,
        sr.aggregate_people(coverage, people, berlin.areas, indicator=REACHED),
        sr.aggregate_catchment(catchment, people, berlin.areas, indicator=PLACES),
    )


def draw_berlin(berlin: Berlin, measured: Measured, target: Path) -> None:
    """Draw both measures by Bezirksregion, side by side, as a small PNG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    regions = dissolve_areas(berlin.areas, "bzr")
    with mpl.rc_context({"font.family": "DejaVu Sans", "text.color": INK}):
        figure = Figure(figsize=(10, 5.75), dpi=130, facecolor="white")
        figure.text(0.02, 0.943, HEADING, fontsize=14.5, fontweight="bold")
        for x, title, detail, rows, breaks, unit in (
            (0.02, *WORDS[0], measured.reached, REACHED_BREAKS, "%"),
            (0.52, *WORDS[1], measured.places, PLACES_BREAKS, ""),
        ):
            whole = rows.loc[rows["level"] == WHOLE, "value"].iloc[0]
            shown = f"{number(whole, 1)}\u00a0%" if unit else number(whole)
            figure.text(x, 0.889, title, fontsize=10.5, fontweight="bold")
            figure.text(x, 0.855, f"{detail} · Berlin: {shown}", fontsize=8.2, color=QUIET)
            axes = figure.add_axes((x, 0.125, 0.46, 0.705))
            _draw_map(axes, regions, rows, breaks, unit)
        figure.text(0.02, 0.02, "\n".join(SOURCES), fontsize=6.7, color=QUIET, linespacing=1.45)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        # Few colours are few bytes: a quarter of the size, and nobody sees it.
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    target.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)


def _draw_map(
    axes: Any, regions: gpd.GeoDataFrame, rows: pd.DataFrame, breaks: tuple[int, ...], unit: str
) -> None:
    from matplotlib.patches import Patch

    values = rows[rows["level"] == "bzr"].set_index("area")["value"].reindex(regions.index)
    found = classify(values, breaks=breaks, digits=0, unit=unit)
    place = found.find(values)
    colours = np.where(place < 0, LAND, np.array(COLOURS)[place])
    regions.plot(ax=axes, color=colours, edgecolor="white", linewidth=0.5)
    legend = zip(found.colours, found.labels, found.counts, strict=True)
    axes.legend(
        handles=[Patch(facecolor=c, label=f"{words}  ({count})") for c, words, count in legend],
        title="Klasse (Zahl der Bezirksregionen)", title_fontsize=8, alignment="left",
        loc="lower left", bbox_to_anchor=(0.0, 0.0), frameon=False, fontsize=8, labelspacing=0.3,
        handlelength=1.4, handleheight=1.0, borderaxespad=0.0,
    )  # fmt: skip
    # Room for the legend below the south-west corner of the city.
    west, south, east, north = regions.total_bounds
    axes.set_xlim(west - 1_500, east)
    axes.set_ylim(south - 3_800, north)
    axes.set_aspect("equal", anchor="NW")
    axes.set_axis_off()


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "bilder")
    arguments = parser.parse_args()
    berlin = read_berlin(arguments.folder)
    draw_berlin(berlin, measure_berlin(berlin), arguments.out / "berlin_kitas.png")


if __name__ == "__main__":
    main()
