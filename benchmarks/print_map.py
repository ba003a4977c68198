"""A print map on A3 beside the same map drawn with matplotlib: time and size.

Both sides draw one indicator of Potsdam-Mittelmark by Gemeinde, the example in the package, in the same
classes and colours, with withheld areas hatched, borders of two levels, a name and a figure in every
area, legend and scale bar. Ours also looks for room for every name, lists what has none, and tags the
PDF; matplotlib writes names over each other. Reading and protecting are done before, and both sides
have drawn once.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from measure import compare

import sozialraum as sr
from sozialraum.present import classes as look
from sozialraum.present.classes import classify_indicator

INDICATOR, LEVEL, UPPER = "haltestelle_10min", "gemeinde", "amt"
INCHES = (297 / 25.4, 420 / 25.4)


def draw_with_matplotlib(edition: Any, path: Path) -> int:
    """Draw the map with geopandas and matplotlib at 300 dpi; give its size in bytes."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.patches import Patch

    table, upper = edition.table(LEVEL), edition.table(UPPER)
    rows = edition.values.query("indicator == @INDICATOR and level == @LEVEL").set_index("area")
    found = classify_indicator(edition, INDICATOR, LEVEL, with_unit=False)
    values = rows["value"].reindex(table.index)
    places = found.find(values)
    fig, axes = plt.subplots(figsize=INCHES, layout="constrained")
    for place, colour in enumerate(found.colours):
        table[places == place].plot(ax=axes, color=colour, edgecolor="white", linewidth=0.5)
    table[places < 0].plot(ax=axes, color=look.HIDDEN, edgecolor=look.HIDDEN_INK, hatch="\\\\")
    upper.boundary.plot(ax=axes, color="white", linewidth=1.1)
    edition.table("gesamt").boundary.plot(ax=axes, color=look.INK, linewidth=0.9)
    spots = shapely.get_coordinates(table.representative_point().to_numpy())
    for (x, y), name, value in zip(spots, table["name"], values, strict=True):
        figure = "" if np.isnan(value) else f"\n{value:.1f} %"
        axes.annotate(f"{name}{figure}", (x, y), ha="center", va="center", fontsize=9)
    handles = [
        Patch(color=c, label=f"{word} ({n})")
        for c, word, n in zip(found.colours, found.labels, found.counts, strict=True)
    ]
    axes.legend(handles=handles, loc="lower right")
    x0, y0, _, _ = table.total_bounds
    axes.plot([x0, x0 + 10_000], [y0, y0], color=look.INK, linewidth=3)
    axes.set_title(edition.indicators[INDICATOR].title, fontsize=26, loc="left")
    axes.set_axis_off()
    fig.savefig(path, dpi=300)
    plt.close(fig)
    return path.stat().st_size


def print_map() -> None:
    """Measure PDF, which is what is printed, and PNG at 300 dpi, which has no goal."""
    edition = sr.make_edition(sr.find_example("potsdam_mittelmark"))
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("pdf", "png"):
            ours, theirs = Path(folder) / f"a.{kind}", Path(folder) / f"b.{kind}"

            def write(path: Path = ours) -> int:
                sr.write_print_map(
                    edition, path, indicator=INDICATOR, level=LEVEL, size="A3", dpi=300
                )
                return path.stat().st_size

            def draw(path: Path = theirs) -> int:
                return draw_with_matplotlib(edition, path)

            draw()
            compare(
                f"print map, A3, {kind}", "matplotlib", 5.0 if kind == "pdf" else None, write, draw,
                lambda a, b: f"{a / 1e6:.2f} MB against {b / 1e6:.2f} MB", runs=5,
            )  # fmt: skip


if __name__ == "__main__":
    print_map()
