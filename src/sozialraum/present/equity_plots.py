"""Who gets how much: curves of how evenly something is spread, and what need would give."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.indicators.equity import say_concentration
from sozialraum.present.classes import COLOURS, INK, QUIET
from sozialraum.present.frame import (
    OWN,
    SOFT,
    add_foot,
    dress,
    keep_spines,
    styled,
    take_axes,
    write_numbers,
)
from sozialraum.texts import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
