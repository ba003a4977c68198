"""Figures on reliability: what is withheld stays out, and words and numbers agree."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values
from sozialraum.indicators.uncertainty import compare_with_rest
from sozialraum.present.reliability import plot_funnel, plot_intervals
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    mpl.use("Agg")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def edition() -> Edition:
    atlas = build_musterstadt().atlas
    values = aggregate_values(atlas.values, atlas.areas, atlas.indicators)
    return build_edition(atlas.with_values(values))


def test_a_funnel_shows_what_is_published_and_counts_the_rest(edition: Edition) -> None:
    axes = plot_funnel(edition, "leistungsbezug")
    rows = edition.values.query("indicator == 'leistungsbezug' and level == 'quartier'")
    rows = rows[rows["datenstand"] == "2024-12-31"]
    drawn = sum(len(points.get_offsets()) for points in axes.collections)
    assert drawn == rows["value"].notna().sum()
    hidden = int(rows["value"].isna().sum())
    assert hidden > 0
    texts = [text.get_text() for text in axes.texts]
    assert any(f"{hidden} Gebiete ohne Zahl" in text for text in texts)
    assert any("Übungsdaten" in text for text in texts)


def test_intervals_say_how_many_differ(edition: Edition) -> None:
    axes = plot_intervals(edition, "leistungsbezug")
    found = compare_with_rest(
        edition.values.query("datenstand == '2024-12-31'"), edition.areas, edition.indicators,
        level="quartier",
    )  # fmt: skip
    counts = found["verdict"].value_counts()
    # What the page unsicherheit.md says of this figure.
    assert counts.sum() == 14
    grey = found.loc[found["verdict"] == "indistinct", "value"]
    assert (len(grey), round(grey.min()), round(grey.max())) == (6, 6, 11)
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == [
        f"höher als im übrigen Gebiet ({counts.get('higher', 0)})",
        f"niedriger als im übrigen Gebiet ({counts.get('lower', 0)})",
        f"nicht unterscheidbar ({counts.get('indistinct', 0)})",
    ]


def test_only_rates_have_such_figures(edition: Edition) -> None:
    for plot in (plot_funnel, plot_intervals):
        with pytest.raises(UnknownNameError):
            plot(edition, "leistung")
    atlas = build_musterstadt().atlas
    from sozialraum.indicators.aggregate import count_by_area

    rows = count_by_area(atlas.population, atlas.areas, atlas.indicators["u6"], "u6")
    with_counts = build_edition(atlas, values=[rows])
    for plot in (plot_funnel, plot_intervals):
        with pytest.raises(CoverageError, match="kein Anteil"):
            plot(with_counts, "u6")
