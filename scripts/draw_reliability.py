"""Draw the handbook's pictures of the pages "Sozialindex" and "Wie sicher ist eine Zahl?".

    python scripts/draw_reliability.py [--out docs/bilder]

From the embedded example (invented practice data, which its title says) and from Musterstadt.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

import sozialraum as sr
from sozialraum.demo import build_musterstadt

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "data/indicators/rezepte/sozialindex_uebung.toml"


def draw_index(target: Path) -> None:
    """Draw the classes of the example's index, and what they rest on."""
    atlas = sr.read_atlas(sr.find_example())
    recipe = sr.read_recipes([RECIPE])["sozialindex"]
    report = sr.measure_robustness(
        atlas.values,
        recipe,
        atlas.indicators,
        level="quartier",
        zonings=atlas.areas[["sozialraum"]],
    )
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 6.2), layout="constrained")
    sr.plot_map(sr.build_edition(atlas), "sozialindex_klasse", ax=left)
    sr.plot_robustness(report, title=recipe.title, ax=right)
    save(figure, target)


def draw_intervals(target: Path) -> None:
    """Draw Musterstadt's shares with their intervals."""
    atlas = build_musterstadt().atlas
    values = sr.aggregate_values(atlas.values, atlas.areas, atlas.indicators)
    axes = sr.plot_intervals(sr.build_edition(atlas.with_values(values)), "leistungsbezug")
    save(axes.figure, target)


def save(figure: mpl.figure.Figure, target: Path) -> None:
    """Save without the day and the program's version, so that the same picture is the same file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=110, metadata={"Software": None})
    plt.close(figure)


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "bilder")
    folder = parser.parse_args().out
    mpl.use("Agg")
    # Two figures side by side: what is written when the picture is drawn follows the house's style too.
    fonts = ["Liberation Sans", "DejaVu Sans"]
    mpl.rcParams.update({"font.family": fonts, "font.size": 9.5, "axes.edgecolor": "#cfd6d9"})
    draw_index(folder / "sozialindex.png")
    draw_intervals(folder / "unsicherheit.png")


if __name__ == "__main__":
    main()
