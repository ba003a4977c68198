"""Figures of an edition for notebooks: pyramid, lines, bars, in the colours and words of the pages.

Each function draws on the given axes or on new ones and returns them; everything else is
matplotlib's own. What is withheld gets no length and no place on a line: it keeps its sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import pick
from sozialraum.present.classes import INK, OTHER, PAPER, QUIET
from sozialraum.present.frame import (
    FILL,
    LINES,
    SOFT,
    dress,
    keep_spines,
    need_day,
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
from sozialraum.texts import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sozialraum.secrecy.edition import Edition


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

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> axes = plot_lines(edition, "leistungsbezug", level="sozialraum", areas=["11"])
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
    styles = zip(areas, LINES, "osD^", strict=False)
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
    """Name a line at its last value; where the newest is withheld, with the sign in its place."""
    known = [figure.value for figure in row if figure.value is not None]
    return [(known[-1], f"{name}{row[-1].short}", colour)] if known else []


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

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> axes = plot_bars(edition, "u6", level="sozialraum")
    """
    definition = pick(edition.indicators, indicator)
    level = need_level(edition, level)
    day = need_day(edition, indicator, datenstand)
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
