"""Draw docs/bilder/gebietsstand.png: one count on new boundaries, by area and by where people live.

    python scripts/draw_boundaries.py [--out docs/bilder]

The town is Musterstadt: at every crossing west of the river live 10 people, east of it 20.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

import sozialraum as sr
from sozialraum.present.classes import COLOURS, INK, LAND
from sozialraum.texts import number

ROOT = Path(__file__).resolve().parents[1]
X, Y = 380_000, 5_930_000
PEOPLE = {"n": sr.Indicator(id="n", title="Menschen")}
OLD = {"Nord": (0, 1000, 2000, 2000), "Süd": (0, 0, 2000, 1000)}
NEW = {
    "Nord": (0, 1000, 2000, 2000), "Südwest": (0, 0, 1200, 1000), "Südost": (1200, 0, 2000, 1000),
}  # fmt: skip


def make_version(stand: str, boxes: dict[str, tuple[int, int, int, int]]) -> sr.AreaVersion:
    """Make areas of boxes given in metres from the town's corner."""
    shapes = [box(X + w, Y + s, X + e, Y + n) for w, s, e, n in boxes.values()]
    areas = gpd.GeoDataFrame(geometry=shapes, index=list(boxes), crs=25833)
    return sr.AreaVersion(stand, areas)


def draw(target: Path) -> None:
    """Draw the three panels side by side."""
    import matplotlib.pyplot as plt

    people = sr.build_musterstadt().atlas.population
    old, new = make_version("2020-12-31", OLD), make_version("2021-01-01", NEW)
    lives = people.groupby(sr.assign_areas(people, old.areas))["einwohner"].sum()
    values = pd.DataFrame(
        {
            "area": lives.index, "level": "gebiet", "indicator": "n", "datenstand": "2020-12-31",
            "gebietsstand": "2020-12-31", "value": lives.to_numpy(),
        }
    )  # fmt: skip
    homes = people[["geometry"]].assign(weight=people["einwohner"])
    by_area = sr.convert_boundaries(values, old, new, PEOPLE)
    by_homes = sr.convert_boundaries(values, old, new, PEOPLE, points=homes)
    panels = (
        ("Gezählt auf den alten Grenzen", old, values.assign(quality="exact")),
        ("Umgerechnet nach Fläche", new, by_area),
        ("Umgerechnet nach Wohnorten", new, by_homes),
    )
    figure, axes = plt.subplots(1, 3, figsize=(11, 4.7), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.15, w_pad=0.1)
    for place, (title, version, table) in zip(axes, panels, strict=True):
        version.areas.plot(ax=place, color=LAND, edgecolor=INK, linewidth=1.6)
        sizes = people["einwohner"] / 2.5
        place.scatter(people.geometry.x, people.geometry.y, s=sizes, color=COLOURS[2], linewidths=0)
        for row in table.itertuples():
            centre = version.areas.geometry[row.area].centroid
            how = "" if version is old else "unverändert" if row.quality == "exact" else "geschätzt"
            text = f"{row.area}\n{number(row.value)} Menschen\n{how}".strip()
            place.text(
                centre.x, centre.y, text, ha="center", va="center", fontsize=8.5, color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.9, "pad": 2},
            )  # fmt: skip
        place.set_title(title, fontsize=11, color=INK, loc="left")
        place.set_axis_off()
    figure.supxlabel(
        "Musterstadt (erfunden). Große Punkte: Kreuzungen mit 20 Menschen, kleine: mit 10. "
        "Im Südwesten leben in Wirklichkeit 1.400, im Südosten 1.600 Menschen.",
        fontsize=8.5, color=INK,
    )  # fmt: skip
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=110, metadata={"Software": None})


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "bilder")
    draw(parser.parse_args().out / "gebietsstand.png")


if __name__ == "__main__":
    main()
