"""The map of a notebook: areas in the classes, colours and words of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.indicator import pick
from sozialraum.present.classes import (
    BORDER,
    HIDDEN,
    HIDDEN_HATCH,
    MISSING,
    MISSING_HATCH,
    QUIET,
    WATER,
    Classes,
    Scheme,
    classify,
    classify_indicator,
)
from sozialraum.present.frame import dress, need_day, need_level, styled, take_axes, word_figure
from sozialraum.texts import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sozialraum.secrecy.edition import Edition


@styled
def plot_map(
    source: Edition | gpd.GeoDataFrame,
    indicator: str,
    *,
    level: str | None = None,
    datenstand: str | None = None,
    scheme: Scheme = "quantiles",
    ax: Axes | None = None,
) -> Axes:
    """Draw an indicator as coloured areas, with a legend of classes and their counts.

    Parameters
    ----------
    source : Edition or GeoDataFrame
        An edition, or any table of areas with the indicator as a column.
    indicator : str
        Id of the indicator, or name of the column.
    level : str, optional
        Level of the edition; the smallest by default.
    datenstand : str, optional
        The newest by default.
    scheme : {"quantiles", "equal", "natural"}
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed.
    UnknownNameError
        There is no such indicator, level or column.

    Notes
    -----
    Of an edition, withheld areas are hatched with stripes and areas without a figure with circles;
    of a table, all areas without a number count as such.

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame({"quote": [1.0, 9.0]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    >>> axes = plot_map(areas, "quote")
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['1  (1)', '9  (1)']
    """
    if isinstance(source, gpd.GeoDataFrame):
        if indicator not in source:
            raise UnknownNameError("column", indicator, source.columns)
        values = pd.to_numeric(source[indicator], errors="coerce")
        hidden = pd.Series(False, index=source.index)
        found = classify(values, scheme=scheme, digits=_digits(values))
        axes = take_axes(ax, (6.4, 5.6))
        _draw_areas(axes, source, values, hidden, found)
        return dress(axes, indicator)
    definition = pick(source.indicators, indicator)
    level = need_level(source, level)
    areas = source.table(level)
    day = need_day(source, indicator, datenstand)
    rows = source.values
    rows = rows[
        (rows["indicator"] == indicator) & (rows["level"] == level) & (rows["datenstand"] == day)
    ].set_index("area")
    values = rows["value"].reindex(areas.index)
    hidden = (rows["sign"] == ".").reindex(areas.index, fill_value=False)
    found = classify_indicator(source, indicator, level, scheme=scheme)
    axes = take_axes(ax, (6.4, 5.6))
    _draw_areas(axes, areas, values, hidden, found)
    if len(source.water):
        box = axes.axis()
        source.water.plot(ax=axes, color=WATER, zorder=1.5)
        axes.axis(box)
    return dress(axes, *word_figure(source, definition, day))


def _draw_areas(
    axes: Axes, areas: gpd.GeoDataFrame, values: pd.Series, hidden: pd.Series, found: Classes
) -> None:
    from matplotlib.patches import Patch

    places = found.find(values)
    edge = {"edgecolor": BORDER, "linewidth": 0.8}
    handles = []
    for i, (colour, words) in enumerate(zip(found.colours, found.labels, strict=True)):
        chosen = areas[places == i]
        if len(chosen):
            chosen.plot(ax=axes, color=colour, **edge)
        label = f"{words}  ({number(len(chosen))})"
        handles.append(Patch(facecolor=colour, edgecolor=QUIET, linewidth=0.4, label=label))
    blank = (places < 0) & ~hidden.to_numpy()
    for chosen, colour, hatch, key in (
        (areas[(places < 0) & hidden.to_numpy()], HIDDEN, HIDDEN_HATCH, "plot.hidden"),
        (areas[blank], MISSING, MISSING_HATCH, "number.missing"),
    ):
        if not len(chosen):
            continue
        style: dict[str, Any] = {"facecolor": colour, "hatch": hatch.matplotlib, "edgecolor": QUIET}
        chosen.plot(ax=axes, linewidth=0.5, **style)
        label = f"{say(key)}  ({number(len(chosen))})"
        handles.append(Patch(linewidth=0.4, label=label, **style))
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9,
        borderaxespad=0.2, labelspacing=0.5,
    )  # fmt: skip


def _digits(values: pd.Series) -> int:
    known = values.dropna().to_numpy(float)
    return 0 if np.allclose(known, np.rint(known)) else 1
