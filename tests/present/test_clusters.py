"""Figures of clusters: words, hatches, withheld areas."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from sozialraum.demo import build_musterstadt
from sozialraum.errors import CoverageError
from sozialraum.indicators.neighbours import build_neighbours, measure_moran
from sozialraum.present.clusters import plot_clusters, plot_moran
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition
from sozialraum.secrecy.rules import Secrecy


@pytest.fixture(scope="module")
def open_edition() -> Edition:
    """Give Musterstadt with nothing withheld; all of it is invented."""
    return build_edition(build_musterstadt().atlas, secrecy=Secrecy(minimum=0))


@pytest.fixture(autouse=True)
def closed():  # type: ignore[no-untyped-def]
    mpl.use("Agg")
    yield
    plt.close("all")


def test_the_map_tells_clusters_by_hatch_too(open_edition: Edition) -> None:
    axes = plot_clusters(open_edition, "leistungsbezug")
    entries = axes.get_legend().get_patches()
    words = [t.get_text() for t in axes.get_legend().get_texts()]
    assert words == [
        "Häufung hoher Werte  (1)", "Häufung niedriger Werte  (1)", "keine Häufung erkennbar  (14)",
    ]  # fmt: skip
    looks = {(p.get_hatch(), tuple(p.get_facecolor())) for p in entries}
    assert len(looks) == 3
    said = " ".join(t.get_text() for t in axes.texts)
    assert "Ähnliche Werte liegen beieinander." in said
    assert "keine Ursache" in said


def test_the_slope_of_the_line_is_morans_index(open_edition: Edition) -> None:
    axes = plot_moran(open_edition, "leistungsbezug")
    x, y = axes.get_lines()[-1].get_data()
    slope = (y[1] - y[0]) / (x[1] - x[0])
    rows = open_edition.values.query("datenstand == '2024-12-31'")
    beside = build_neighbours(open_edition.table("quartier"))
    found = measure_moran(rows, beside, open_edition.indicators, level="quartier")
    found = found.set_index("indicator")
    assert slope == pytest.approx(found.loc["leistungsbezug", "moran"])
    assert {"Nordost 3", "Südwest 2"} <= {t.get_text() for t in axes.texts}


def test_withheld_areas_take_no_part() -> None:
    # With k = 5 two of the sixteen Quartiere are withheld; fourteen are too few.
    edition = build_edition(build_musterstadt().atlas)
    assert np.isnan(
        edition.values.query("indicator == 'leistungsbezug' and area == '1101'")["value"]
    ).any()
    with pytest.raises(CoverageError, match="14 Gebiete sind zu wenige"):
        plot_clusters(edition, "leistungsbezug")
    with pytest.raises(CoverageError, match="Anzahl"):
        plot_moran(edition, "u6")
