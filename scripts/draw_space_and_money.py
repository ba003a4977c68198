"""Draw the handbook's pictures of the pages "Raumstatistik" and "Förderung und Bedarf".

    python scripts/draw_space_and_money.py [--out docs/bilder]

All of it is Musterstadt, which is invented; so nothing of it need be withheld.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

import sozialraum as sr
from sozialraum.demo import build_funding, build_musterstadt

ROOT = Path(__file__).resolve().parents[1]


def draw_space(target: Path) -> None:
    """Draw where high and low shares lie beside each other."""
    edition = sr.build_edition(build_musterstadt().atlas, secrecy=sr.Secrecy(minimum=0))
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.6), layout="constrained")
    sr.plot_clusters(edition, "leistungsbezug", ax=left)
    sr.plot_moran(edition, "leistungsbezug", ax=right)
    save(figure, target)


def draw_funding(target: Path) -> None:
    """Draw how funding follows need, and what the same sum by need would be."""
    atlas = build_musterstadt().atlas
    paid = sr.Indicator(id="foerderung", title="Förderung", unit="Euro", protects="none")
    rows = sr.aggregate_funding(build_funding(), atlas.offers, atlas.areas, paid)
    rows = rows.query("level == 'sozialraum' and datenstand == '2024'").set_index("area")["value"]
    values = atlas.values.query("level == 'sozialraum' and datenstand == '2024-12-31'")
    people = values.query("indicator == 'einwohner'").set_index("area")["value"]
    need = values.query("indicator == 'leistungsbezug'").set_index("area")
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.2), layout="constrained")
    sr.plot_lorenz(
        rows, people, need=need["value"], title="Förderung 2024 und Bedarf (erfunden)",
        label="Anteil der Euro", ax=left,
    )  # fmt: skip
    names = atlas.areas.drop_duplicates("sozialraum").set_index("sozialraum")["sozialraum_name"]
    shift = sr.shift_budget(rows, need["numerator"])
    sr.plot_shift(shift, names, title="Förderung 2024 je Sozialraum (erfunden)", ax=right)
    save(figure, target)


def save(figure: plt.Figure, target: Path) -> None:
    """Write a picture whose bytes tell nothing of the day."""
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=95, metadata={"Software": None})
    print(f"{target.name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/bilder")
    folder = parser.parse_args().out
    mpl.use("Agg")
    draw_space(folder / "raumstatistik.png")
    draw_funding(folder / "foerderung.png")
