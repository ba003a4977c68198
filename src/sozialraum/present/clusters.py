"""Figures on where similar figures lie beside each other, readable without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.indicators.neighbours import build_neighbours, measure_local_moran, measure_moran
from sozialraum.model.indicator import pick
from sozialraum.present.classes import (
    BORDER,
    COLOURS,
    HATCHES,
    HIDDEN,
    HIDDEN_HATCH,
    INK,
    MISSING,
    MISSING_HATCH,
    PAPER,
    QUIET,
    WATER,
    Hatch,
)
from sozialraum.present.frame import (
    FILL,
    RULE,
    add_foot,
    dress,
    keep_spines,
    need_day,
    need_level,
    styled,
    take_axes,
    word_figure,
    write_numbers,
)
from sozialraum.texts import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition


class _Look(NamedTuple):
    colour: str
    hatch: Hatch
    marker: str


_PLAIN = HATCHES[0]
_LOOKS = {
    "high": _Look(COLOURS[4], _PLAIN, "^"),
    "high_among_low": _Look(COLOURS[3], HATCHES[2], "D"),
    "low_among_high": _Look(COLOURS[1], HATCHES[3], "s"),
    "low": _Look(COLOURS[2], HATCHES[1], "v"),
    "none": _Look(PAPER, _PLAIN, "o"),
    "island": _Look(PAPER, Hatch(8, "", 0, "--"), "o"),
    "missing": _Look(MISSING, MISSING_HATCH, "o"),
    "hidden": _Look(HIDDEN, HIDDEN_HATCH, "o"),
}
_NAMED = ("high", "high_among_low", "low_among_high", "low")


@styled
def plot_clusters(
    edition: Edition,
    indicator: str,
    *,
    level: str | None = None,
    datenstand: str | None = None,
    neighbours: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw where high and low figures lie beside each other.

    Parameters
    ----------
    edition : Edition
        Withheld areas are left out of the reckoning and hatched.
    indicator : str
        A rate, ratio, mean or index.
    level : str, optional
        The smallest by default.
    datenstand : str, optional
        The newest by default.
    neighbours : libpysal.graph.Graph, optional
        See `build_neighbours`; by default areas with a common point.
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
    CoverageError
        The figures allow no answer; the message says why.

    Notes
    -----
    `measure_local_moran` says what a cluster is. Below the map stands what holds for all areas together
    (`measure_moran`), and that a pattern names no cause.
    """
    definition, level, day, found, verdict = _ask(edition, indicator, level, datenstand, neighbours)
    areas = edition.table(level)
    rows = edition.values
    rows = rows[
        (rows["indicator"] == indicator) & (rows["level"] == level) & (rows["datenstand"] == day)
    ]
    kind = found["cluster"].reindex(areas.index)
    secret = set(rows.loc[rows["sign"] == ".", "area"])
    kind = kind.mask((kind == "missing") & kind.index.isin(secret), "hidden")
    axes = take_axes(ax, (6.6, 5.6))
    _draw(axes, areas, kind)
    if len(edition.water):
        box = axes.axis()
        edition.water.plot(ax=axes, color=WATER, zorder=1.5)
        axes.axis(box)
    title, subtitle, footer = word_figure(edition, definition, day)
    footer = "\n".join(filter(None, (verdict, say("space.no_cause"), footer)))
    return dress(axes, title, subtitle, footer)


def _draw(axes: Axes, areas: Any, kind: pd.Series) -> None:
    from matplotlib.patches import Patch

    handles = []
    for name, look in _LOOKS.items():
        chosen = areas[(kind == name).to_numpy()]
        if not len(chosen) and name not in ("high", "low", "none"):
            continue
        dark = name in ("high", "high_among_low")
        style: dict[str, Any] = {
            "facecolor": look.colour,
            "hatch": look.hatch.matplotlib or None,
            "edgecolor": BORDER if dark else INK if name in _NAMED else QUIET,
        }
        if len(chosen):
            chosen.plot(ax=axes, linewidth=0.6, **style)
            chosen.boundary.plot(ax=axes, color=QUIET, linewidth=0.5)
        word = say("plot.hidden") if name == "hidden" else say(f"space.cluster.{name}")
        label = f"{word}  ({number(len(chosen))})"
        handles.append(
            Patch(linewidth=0.6, label=label, **style | {"edgecolor": style["edgecolor"]})
        )
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9,
        borderaxespad=0.2, labelspacing=0.5,
    )  # fmt: skip


@styled
def plot_moran(
    edition: Edition,
    indicator: str,
    *,
    level: str | None = None,
    datenstand: str | None = None,
    neighbours: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw every area's figure against the mean of its neighbours': Moran's scatter plot.

    Parameters
    ----------
    edition : Edition
        Withheld areas are left out.
    indicator : str
        A rate, ratio, mean or index.
    level : str, optional
        The smallest by default.
    datenstand : str, optional
        The newest by default.
    neighbours : libpysal.graph.Graph, optional
        See `build_neighbours`; by default areas with a common point.
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
    CoverageError
        The figures allow no answer; the message says why.

    Notes
    -----
    Both axes are standard deviations from the mean, of rates standardised by Empirical Bayes. The line's
    slope is Moran's I. Areas of a cluster carry its mark and their name.
    """
    definition, level, day, found, verdict = _ask(edition, indicator, level, datenstand, neighbours)
    names = edition.table(level)["name"]
    known = found[found["score"].notna()]
    axes = take_axes(ax, (5.6, 5.2))
    score, lag = known["score"].to_numpy(), known["lag"].to_numpy()
    slope = float((score * lag).sum() / (score**2).sum())
    axes.axhline(0, color=RULE, linewidth=1)
    axes.axvline(0, color=RULE, linewidth=1)
    ends = np.array([score.min(), score.max()])
    axes.plot(ends, slope * ends, color=INK, linewidth=1.4)
    for name, look in _LOOKS.items():
        chosen = (known["cluster"] == name).to_numpy()
        if not chosen.any():
            continue
        colour = look.colour if name in _NAMED else FILL
        axes.scatter(
            score[chosen], lag[chosen], s=42 if name in _NAMED else 22, marker=look.marker,
            facecolor=colour if name in _NAMED else PAPER, edgecolor=colour, zorder=3,
            label=f"{say(f'space.cluster.{name}')}  ({number(chosen.sum())})",
        )  # fmt: skip
    for area, row in known[known["cluster"].isin(_NAMED)].iterrows():
        side = -1 if row["score"] > 0 else 1
        axes.annotate(
            str(names[area]), (row["score"], row["lag"]), (7 * side, 0),
            textcoords="offset points", va="center", ha="left" if side > 0 else "right",
            fontsize=8,
        )  # fmt: skip
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")
    axes.set_xlabel(say("space.own"))
    axes.set_ylabel(say("space.beside"))
    axes.margins(0.12)
    for axis in (axes.xaxis, axes.yaxis):
        write_numbers(axis, 1)
    keep_spines(axes, "bottom", "left")
    title, subtitle, footer = word_figure(edition, definition, day)
    said = say("space.moran", moran=number(slope, 2))
    add_foot(axes, "\n".join(filter(None, (f"{said} {verdict}", footer))), 42)
    return dress(axes, title, subtitle)


def _ask(
    edition: Edition, indicator: str, level: str | None, datenstand: str | None, neighbours: Any
) -> tuple[Indicator, str, str, pd.DataFrame, str]:
    """Give definition, level, day, the clusters, and what may be said of all areas together."""
    definition = pick(edition.indicators, indicator)
    level = need_level(edition, level)
    day = need_day(edition, indicator, datenstand)
    beside = build_neighbours(edition.table(level)) if neighbours is None else neighbours
    rows = edition.values
    rows = rows[(rows["indicator"] == indicator) & (rows["datenstand"] == day)]
    found = measure_local_moran(rows, beside, definition, level=level, datenstand=day)
    whole = measure_moran(rows, beside, edition.indicators, level=level)
    return definition, level, day, found, str(whole["verdict_text"].iloc[0])
