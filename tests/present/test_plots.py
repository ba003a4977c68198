"""Figures for notebooks: same classes and words as the pages, nothing drawn of what is withheld."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from sozialraum.errors import UnknownNameError
from sozialraum.present.choropleth import plot_map
from sozialraum.present.classes import classify_indicator
from sozialraum.present.equity_plots import plot_lorenz
from sozialraum.present.plots import plot_bars, plot_lines, plot_pyramid


@pytest.fixture(autouse=True)
def closed():
    mpl.use("Agg")
    yield
    plt.close("all")


def words(axes) -> list[str]:
    return [t.get_text() for t in axes.texts]


def test_map_has_the_classes_of_the_page(town_edition):
    axes = plot_map(town_edition, "leistungsbezug", level="sozialraum")
    found = classify_indicator(town_edition, "leistungsbezug", "sozialraum")
    legend = [t.get_text() for t in axes.get_legend().get_texts()]
    assert [line.split("  (")[0] for line in legend] == list(found.labels)
    assert axes.get_title(loc="left") == "Menschen mit Leistungsbezug"
    assert any("Übungsdaten" in line for line in words(axes))
    assert any("31.12.2024" in line for line in words(axes))


def test_map_shows_withheld_areas_as_such(secret_edition):
    # Of the four areas of "leistung", 01 is withheld, 03 has a sign, 04 has no row.
    axes = plot_map(secret_edition, "leistung")
    legend = [t.get_text() for t in axes.get_legend().get_texts()]
    assert "zurückgehalten  (1)" in legend
    assert "keine Angabe  (2)" in legend


def test_bars_leave_withheld_areas_without_length(secret_edition):
    # u6: 3 is withheld and with it 48,611; 60,000 and 70,000 stay.
    axes = plot_bars(secret_edition, "u6")
    assert [p.get_width() for p in axes.patches if p.get_width() > 1] == [60000.0, 70000.0]
    assert words(axes)[:4] == [".", ".", "60.000", "70.000"]


def test_bars_stand_in_the_order_of_ids(town_edition):
    axes = plot_bars(town_edition, "leistungsbezug", level="sozialraum")
    names = [t.get_text() for t in axes.get_yticklabels()]
    assert names == ["Südwest", "Nordwest", "Südost", "Nordost"]


def test_lines_break_where_a_value_is_withheld(secret_edition):
    axes = plot_lines(secret_edition, "u6", areas=["01"])
    own = next(line for line in axes.get_lines() if line.get_linewidth() == 2)
    assert own.get_ydata()[0] == 800
    assert np.isnan(own.get_ydata()[1])
    # The line still has its name, with the sign in place of the newest figure.
    names = secret_edition.table("quartier")["name"]
    assert f"{names['01']} ." in words(axes)


def test_lines_name_the_areas_asked_for(town_edition):
    axes = plot_lines(town_edition, "leistungsbezug", level="sozialraum", areas=["11", "22"])
    assert any(w.startswith("Südwest 3,4") for w in words(axes))
    assert any(w.startswith("Musterstadt") for w in words(axes))
    with pytest.raises(UnknownNameError):
        plot_lines(town_edition, "leistungsbezug", level="sozialraum", areas=["99"])


def test_no_age_groups_no_pyramid(town_edition):
    with pytest.raises(UnknownNameError, match="Altersgruppen"):
        plot_pyramid(town_edition)


def test_lorenz_by_hand():
    # 1 person has 0, 1 has 1, 2 have 3 together: by amount per head 0, 1, 1.5. Cumulated shares of
    # people 25, 50, 100 % and of amounts 0, 25, 100 %: Gini = 1 − (¼·0 + ¼·¼ + ½·1¼) = 0.3125.
    axes = plot_lorenz(pd.Series([1.0, 0.0, 3.0]), pd.Series([1.0, 1.0, 2.0]))
    assert axes.get_lines()[1].get_ydata().tolist() == [0.0, 0.0, 25.0, 100.0]
    assert "Gini-Koeffizient 0,31" in words(axes)


def test_lorenz_leaves_missing_areas_out():
    axes = plot_lorenz(pd.Series([1.0, np.nan, 1.0]), pd.Series([1.0, 5.0, 1.0]))
    assert axes.get_lines()[1].get_ydata().tolist() == [0.0, 50.0, 100.0]


def test_given_axes_are_drawn_on_and_the_style_stays(town_edition):
    _, axes = plt.subplots()
    before = dict(mpl.rcParams)
    assert plot_bars(town_edition, "u6", level="sozialraum", ax=axes) is axes
    assert dict(mpl.rcParams) == before


def test_unknown_names_offer_the_nearest(town_edition):
    with pytest.raises(UnknownNameError, match="leistungsbezug"):
        plot_map(town_edition, "leistungsbezuge")
    with pytest.raises(UnknownNameError, match="sozialraum"):
        plot_bars(town_edition, "u6", level="sozialraumm")


def test_a_date_without_figures_is_refused_not_drawn_empty(town_edition):
    for plot in (plot_map, plot_bars):
        with pytest.raises(UnknownNameError, match="1999"):
            plot(town_edition, "u6", datenstand="1999")
