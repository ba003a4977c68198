"""Figures for notebooks, in the same classes, colours and words as the pages.

Each function draws on the given axes or on new ones and returns them; everything else is
matplotlib's own. What is withheld gets no length, no place on a line and no class: it is hatched or
keeps its sign.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.equity import say_concentration
from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import pick
from sozialraum.present.classes import (
    BORDER,
    COLOURS,
    HIDDEN,
    HIDDEN_HATCH,
    INK,
    MARK_COLOURS,
    MISSING,
    MISSING_HATCH,
    OTHER,
    PAPER,
    QUIET,
    WATER,
    Classes,
    Scheme,
    classify,
    classify_indicator,
)
from sozialraum.present.frame import (
    FILL,
    OWN,
    SOFT,
    add_foot,
    dress,
    keep_spines,
    need_level,
    styled,
    take_axes,
    word_figure,
    write_numbers,
)
from sozialraum.present.looks import FONTS
from sozialraum.present.profile.context import ProfileDesk, list_ages
from sozialraum.present.profile.figures import Figure, Figures
from sozialraum.present.profile.pictures import year_of
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
    day = datenstand or source.latest(indicator)
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


@styled
def plot_pyramid(
    edition: Edition, area: str = WHOLE, *, level: str = WHOLE, ax: Axes | None = None
) -> Axes:
    """Draw people by age group, on two sides where sexes are told apart.

    Parameters
    ----------
    edition : Edition
        With counts by age group, found by their ids (``alter_0_3``, ``alter_00_02_w`` …).
    area : str
        Id of an area of the level.
    level : str
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed.
    UnknownNameError
        There is no such level or area, or there are no age groups.

    Notes
    -----
    Bars are shares of all people in percent; where a group is withheld they are numbers of people.
    The lines are the whole's shares.
    """
    desk = ProfileDesk(edition, need_level(edition, level))
    if area not in desk.tables[level].index:
        raise UnknownNameError("area", area, desk.tables[level].index)
    ages = list_ages(desk, area)
    if ages is None:
        raise UnknownNameError("indicator", say("plot.ages"), edition.indicators)
    axes = take_axes(ax, (6.4, 0.34 * len(ages.groups) + 1.6))
    shares = bool(ages.groups[0].shares)
    sides = (("m", -1, SOFT), ("w", 1, FILL)) if ages.by_sex else (("", 1, FILL),)
    for sex, side, colour in sides:
        for i, group in enumerate(ages.groups):
            figure = {"m": group.men, "w": group.women, "": group.people}[sex]
            length = group.shares.get(sex) if shares else figure.value if figure else None
            if length is not None:
                axes.barh(i, side * length, height=0.78, color=colour)
            shown = group.share(sex) if shares else figure.bare if figure else ""
            compare = group.whole.get(sex) if shares else None
            if compare is not None:
                axes.plot([side * compare] * 2, [i - 0.45, i + 0.45], color=INK, linewidth=1.3)
            end = max(length or 0.0, compare or 0.0)
            axes.annotate(
                shown, (side * end, i), (side * 4, 0), textcoords="offset points", va="center",
                ha="left" if side > 0 else "right", fontsize=8.5,
            )  # fmt: skip
    axes.set_yticks(range(len(ages.groups)), [g.name for g in ages.groups])
    axes.margins(x=0.18)
    axes.axvline(0, color=PAPER, linewidth=1.5)
    if ages.by_sex:
        strong = FONTS / "NotoSans-SemiBold.ttf"
        for x, key, align in ((0.48, "chart.men", "right"), (0.52, "chart.women", "left")):
            axes.text(x, 1.01, say(key), transform=axes.transAxes, ha=align, font=strong)
    keep_spines(axes, "bottom")
    axes.set_xticks([])
    place = desk.place(level, area)
    line = say("profile.ages_line", whole=edition.title) if ages.groups[0].whole else ""
    subtitle = " ".join([say("plot.share_of_all" if shares else "plot.people"), line])
    _, _, footer = word_figure(edition, ages.figures[0].indicator, ages.datenstand)
    title = say("plot.ages_of", name=place.name)
    return dress(axes, title, subtitle.strip(), footer, raised=ages.by_sex)


@styled
def plot_lines(
    edition: Edition,
    indicator: str,
    *,
    level: str | None = None,
    areas: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw an indicator over time: named areas in colour, the others grey, the whole dashed.

    Parameters
    ----------
    edition : Edition
    indicator : str
    level : str, optional
        The smallest by default.
    areas : sequence of str
        Ids of up to four areas to be told apart.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed.
    UnknownNameError
        There is no such indicator, level or area.
    """
    definition = pick(edition.indicators, indicator)
    level = need_level(edition, level)
    table = edition.table(level)
    for area in areas:
        if area not in table.index:
            raise UnknownNameError("area", area, table.index)
    figures = Figures(edition)
    days = figures.dates(level, indicator)
    axes = take_axes(ax, (6.4, 3.8))

    def run(place: str, key: str) -> tuple[list[float], list[float], list[Figure]]:
        row = [figures.find(place, key, indicator, day) for day in days]
        known = [np.nan if f.value is None else f.value for f in row]
        return [year_of(day) for day in days], known, row

    for key in table.index.difference(list(areas)):
        x, y, _ = run(level, key)
        axes.plot(x, y, color=OTHER, linewidth=0.9, zorder=1)
    ends: list[tuple[float, str, str]] = []
    styles = zip(areas, (OWN, SOFT, *MARK_COLOURS[:3:2]), "osD^", strict=False)
    for key, colour, marker in styles:
        x, y, row = run(level, key)
        axes.plot(x, y, color=colour, linewidth=2, marker=marker, markersize=4.5, zorder=3)
        ends += _end(row, f"{table.loc[key, 'name']} ", colour)
    if level != WHOLE and definition.kind != "count":
        x, y, row = run(WHOLE, WHOLE)
        axes.plot(x, y, color=QUIET, linewidth=1.4, linestyle=(0, (4, 3)), zorder=2)
        ends += _end(row, f"{edition.title} ", QUIET)
    _label_ends(axes, ends)
    keep_spines(axes, "bottom")
    axes.set_xticks([year_of(day) for day in days], [day[:4] for day in days])
    write_numbers(axes.yaxis, definition.digits)
    words = word_figure(edition, definition, days[-1] if days else "", level=level, over_time=True)
    return dress(axes, *words)


def _end(row: Sequence[Figure], name: str, colour: str) -> list[tuple[float, str, str]]:
    last = row[-1] if row else None
    if last is None or last.value is None:
        return []
    return [(last.value, f"{name}{last.short}", colour)]


def _label_ends(axes: Axes, ends: Iterable[tuple[float, str, str]]) -> None:
    """Write names beside the last values, apart from each other."""
    low, high = axes.get_ylim()
    step, at = (high - low) * 0.065, -np.inf
    for value, words, colour in sorted(ends):
        at = max(value, at + step)
        axes.annotate(
            words, (1.0, at), (6, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", color=colour, va="center", fontsize=9,
        )  # fmt: skip


@styled
def plot_bars(
    edition: Edition,
    indicator: str,
    *,
    level: str | None = None,
    datenstand: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Compare the areas of a level as bars, with the whole's value as a line.

    Areas stand in the order of their ids, not of their values: it is no ranking.

    Parameters
    ----------
    edition : Edition
    indicator : str
    level : str, optional
        The smallest by default.
    datenstand : str, optional
        The newest by default.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed.
    UnknownNameError
        There is no such indicator or level.
    """
    definition = pick(edition.indicators, indicator)
    level = need_level(edition, level)
    day = datenstand or edition.latest(indicator)
    figures = Figures(edition)
    names = edition.table(level)["name"]
    axes = take_axes(ax, (6.4, 0.3 * len(names) + 1.3))
    for i, key in enumerate(names.index):
        figure = figures.find(level, key, indicator, day)
        if figure.value is not None:
            axes.barh(i, figure.value, height=0.7, color=FILL)
        axes.annotate(
            figure.short, (figure.value or 0.0, i), (5, 0), textcoords="offset points",
            va="center", fontsize=9, zorder=4,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    whole = figures.find(WHOLE, WHOLE, indicator, day)
    if whole.value is not None and definition.kind != "count" and level != WHOLE:
        axes.axvline(whole.value, color=INK, linewidth=1.3, zorder=3)
        axes.annotate(
            f"{edition.title} {whole.short}", (whole.value, 1.0), (0, 3),
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
            fontsize=9,
        )  # fmt: skip
    axes.set_yticks(range(len(names)), list(names))
    axes.invert_yaxis()
    axes.margins(x=0.14)
    keep_spines(axes, "left")
    axes.set_xticks([])
    return dress(axes, *word_figure(edition, definition, day, level=level), raised=True)


@styled
def plot_lorenz(
    amounts: pd.Series,
    people: pd.Series,
    *,
    need: pd.Series | None = None,
    title: str = "",
    label: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how evenly something is spread over people, as a Lorenz or concentration curve.

    Parameters
    ----------
    amounts : Series
        What is spread (places, euros), by area.
    people : Series
        People, same index. Areas where either is missing, or without people, are left out.
    need : Series, optional
        Order the areas by need, from the least to the greatest, instead of by amount per head: then the
        curve lies below the line where more flows to greater need, and above it otherwise.
    title, label : str
        Above the figure; of the upright axis.
    ax : Axes, optional

    Returns
    -------
    Axes

    Notes
    -----
    Areas are ordered by amount per head. With X and Y the cumulated shares of people and amounts, the
    Gini coefficient written in the figure is 1 − Σ (X_i − X_{i−1}) (Y_i + Y_{i−1}): 0 if everybody
    has the same; the straight line stands for that. With ``need`` it is the concentration index
    (`measure_concentration`), and areas of equal need are one point.

    Examples
    --------
    >>> axes = plot_lorenz(pd.Series([1.0, 3.0]), pd.Series([1.0, 1.0]))
    >>> axes.get_lines()[1].get_ydata().tolist()
    [0.0, 25.0, 100.0]
    """
    pair = pd.DataFrame({"amount": amounts, "people": people})
    pair["by"] = amounts / people.where(people > 0) if need is None else need
    pair = pair[pair["people"] > 0].dropna()
    if need is not None:
        pair = pair.groupby("by", as_index=False).sum()
    order = np.argsort(pair["by"].to_numpy(), kind="stable")
    x, y = (np.append(0.0, np.cumsum(pair[c].to_numpy(float)[order])) for c in ("people", "amount"))
    x, y = 100 * x / (x[-1] or 1), 100 * y / (y[-1] or 1)
    gini = 1 - float(np.sum(np.diff(x) * (y[1:] + y[:-1]))) / 10_000
    axes = take_axes(ax, (4.6, 4.6))
    axes.plot([0, 100], [0, 100], color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.plot(x, y, color=OWN, linewidth=2, marker="o" if len(x) < 40 else None, markersize=3.5)
    axes.fill_between(x, y, x, color=COLOURS[1], alpha=0.45, linewidth=0)
    if need is None:
        axes.text(6, 90, say("plot.gini", gini=number(gini, 2)), fontsize=11)
    else:
        words = textwrap.fill(say_concentration(gini), 34)
        axes.text(6, 95, words, fontsize=9.5, va="top")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_aspect("equal")
    axes.set_xlabel(say("plot.lorenz_people" if need is None else "plot.lorenz_need"))
    axes.set_ylabel(label or say("plot.lorenz_amount"))
    for axis in (axes.xaxis, axes.yaxis):
        write_numbers(axis, 0, "\u00a0%")
    keep_spines(axes, "bottom", "left")
    return dress(axes, title)


@styled
def plot_shift(
    shift: pd.DataFrame, names: pd.Series, *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw what each area gets and what it would get if the same sum followed need.

    Parameters
    ----------
    shift : DataFrame
        As `shift_budget` gives it.
    names : Series of str
        By area; areas stand in its order, what serves several areas last.
    title : str
    ax : Axes, optional

    Returns
    -------
    Axes

    Notes
    -----
    Bars are today's euros, marks the proportional ones. It is no ranking, and below the figure stands
    that it is arithmetic and no recommendation.

    Examples
    --------
    >>> from sozialraum.indicators.equity import shift_budget
    >>> ids = ["1", "2"]
    >>> shift = shift_budget(pd.Series([50.0, 50.0], ids), pd.Series([1.0, 2.0], ids))
    >>> axes = plot_shift(shift, pd.Series(["A", "B"], ids))
    >>> [t.get_text() for t in axes.get_legend().get_texts()]
    ['im Verhältnis zum Bedarf', 'heute']
    """
    rest = shift.index.difference(names.index, sort=False)
    order = [area for area in (*names.index, *rest) if area in shift.index]
    table = shift.loc[order]
    axes = take_axes(ax, (6.6, 0.42 * len(table) + 1.7))
    place = np.arange(len(table))
    axes.barh(place, table["amount"], height=0.6, color=SOFT, label=say("plot.today"))
    moved = table["need"].notna().to_numpy()
    axes.scatter(
        table["proportional"][moved], place[moved], marker="D", s=44, color=OWN, zorder=3,
        label=say("plot.by_need"),
    )  # fmt: skip
    for i, (amount, aim, apart) in enumerate(
        table[["amount", "proportional", "difference"]].itertuples(index=False)
    ):
        sign = "+" if apart > 0 else "−" if apart < 0 else "±"
        axes.annotate(
            f"{sign}{number(abs(apart))}\u00a0€" if moved[i] else say("plot.unmoved"),
            (max(amount, aim), i), (8, 0), textcoords="offset points", va="center", fontsize=8.5,
        )  # fmt: skip
    axes.set_yticks(place, [str(names.get(area, say("plot.beyond_areas"))) for area in table.index])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    axes.set_xlim(left=0)
    write_numbers(axes.xaxis, 0, "\u00a0€")
    axes.locator_params(axis="x", nbins=5)
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(0, -0.08), ncols=2)
    keep_spines(axes, "left")
    add_foot(axes, say("plot.arithmetic"), 46)
    return dress(axes, title)


def _digits(values: pd.Series) -> int:
    known = values.dropna().to_numpy(float)
    return 0 if np.allclose(known, np.rint(known)) else 1
