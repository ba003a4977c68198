"""Figures on how far figures can be trusted: intervals, funnels, what an index rests on."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.errors import CoverageError
from sozialraum.indicators.uncertainty import compare_with_rest, measure_funnel
from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import pick
from sozialraum.present.classes import COLOURS, INK, OTHER, PAPER, QUIET
from sozialraum.present.frame import (
    FILL,
    OWN,
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

    from sozialraum.secrecy.edition import Edition

_LOOKS = {"higher": (COLOURS[4], "^"), "lower": (COLOURS[2], "v"), "indistinct": (OTHER, "o")}
_WIDEST = 46  # letters of a label
_INNER, _OUTER = 0.95, 0.998
_KINDS = {"leave_out": COLOURS[3], "weight": COLOURS[2], "zoning": COLOURS[4]}


@styled
def plot_funnel(
    edition: Edition,
    indicator: str,
    *,
    level: str | None = None,
    datenstand: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw areas by size and rate between the limits within which chance alone would put them.

    Parameters
    ----------
    edition : Edition
    indicator : str
        A rate or ratio.
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
    CoverageError
        It is neither a rate nor a ratio, or the whole has no figure.

    Notes
    -----
    The limits are those of `measure_funnel` around the whole's rate, 95 % and 99.8 %. Names stand beside
    the areas outside the outer ones. Withheld areas are left out and counted below the figure.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> from sozialraum.indicators.aggregate import aggregate_values
    >>> atlas = build_musterstadt().atlas
    >>> values = aggregate_values(atlas.values, atlas.areas, atlas.indicators)
    >>> axes = plot_funnel(build_edition(atlas.with_values(values)), "leistungsbezug")
    >>> [t.get_text().replace("\u00a0", " ") for t in axes.get_legend().get_texts()]
    ['95 % der Gebiete, wenn alle gleich wären', '99,8 % der Gebiete, wenn alle gleich wären']
    """
    definition = pick(edition.indicators, indicator)
    level = need_level(edition, level)
    day = need_day(edition, indicator, datenstand)
    if definition.kind not in ("rate", "ratio"):
        raise CoverageError(say("uncertainty.no_rate", title=definition.title))
    rows = edition.values
    rows = rows[(rows["indicator"] == indicator) & (rows["datenstand"] == day)]
    whole = rows.loc[rows["level"] == WHOLE, "value"]
    rows = rows[rows["level"] == level].set_index("area")
    known = rows[rows["value"].notna() & (rows["denominator"] > 0)]
    if whole.isna().all() or known.empty:
        raise CoverageError(say("uncertainty.no_whole", title=definition.title))
    middle = float(whole.dropna().iloc[0])
    axes = take_axes(ax, (6.8, 4.6))
    size = known["denominator"].astype("float64")
    span = np.linspace(max(1.0, 0.85 * float(size.min())), 1.05 * float(size.max()), 300)
    inner, outer = (
        definition.per
        * measure_funnel(middle / definition.per, span, kind=definition.kind, confidence=confidence)
        for confidence in (_INNER, _OUTER)
    )
    for limits, dashes, confidence in ((inner, (0, (4, 3)), _INNER), (outer, "-", _OUTER)):
        share = number(100 * confidence, 0 if confidence == _INNER else 1)
        label = say("uncertainty.limits", share=f"{share}\u00a0%")
        for end in ("low", "high"):
            axes.plot(
                span, limits[end], color=QUIET, linewidth=1.1, linestyle=dashes,
                label=label if end == "low" else None,
            )  # fmt: skip
    axes.axhline(middle, color=INK, linewidth=1.2)
    at = measure_funnel(middle / definition.per, size, kind=definition.kind, confidence=_OUTER).mul(
        definition.per
    )
    values = known["value"].to_numpy(dtype="float64")
    beyond = (values > at["high"].to_numpy()) | (values < at["low"].to_numpy())
    axes.scatter(size[~beyond], values[~beyond], s=26, color=FILL, zorder=3, linewidth=0)
    axes.scatter(size[beyond], values[beyond], s=34, color=OWN, marker="D", zorder=3, linewidth=0)
    names = edition.table(level)["name"]
    top = float(span[-1])
    for area, x, y in zip(known.index[beyond], size[beyond], values[beyond], strict=True):
        side = -1 if x > 0.75 * top else 1
        axes.annotate(
            str(names[area]), (x, y), (6 * side, 0), textcoords="offset points", va="center",
            ha="left" if side > 0 else "right", fontsize=8,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )  # fmt: skip
    axes.annotate(
        f"{edition.title} {definition.show(middle)}", (1, middle),
        (2, 3), xycoords=("axes fraction", "data"), textcoords="offset points", ha="right",
        fontsize=8.5,
    )  # fmt: skip
    axes.legend(frameon=False, fontsize=8.5, loc="best")
    axes.set_xlabel(say("uncertainty.size", denominator=definition.denominator))
    axes.set_ylim(bottom=min(0.0, float(values.min())))
    write_numbers(axes.xaxis, 0)
    write_numbers(axes.yaxis, _tick_digits(axes.yaxis))
    keep_spines(axes, "bottom", "left")
    title, subtitle, footer = word_figure(edition, definition, day, level=level)
    left = len(rows) - len(known)
    if left:
        subtitle = f"{subtitle} · {say('uncertainty.left_out', count=number(left))}"
    add_foot(axes, footer, 42)
    return dress(axes, title, subtitle)


@styled
def plot_intervals(
    edition: Edition,
    indicator: str,
    *,
    level: str | None = None,
    parent: str = WHOLE,
    datenstand: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw every area's figure with its interval, and say which differ from the rest.

    Parameters
    ----------
    edition : Edition
    indicator : str
        A rate or ratio.
    level : str, optional
        The smallest by default.
    parent : str
        What the areas are compared with, see `compare_with_rest`.
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
    CoverageError
        It is neither a rate nor a ratio.

    Notes
    -----
    Areas stand in the order of their figures. Triangles point to where an area differs from the rest;
    a grey circle is "nicht unterscheidbar". Withheld areas are left out and counted.
    """
    definition = pick(edition.indicators, indicator)
    level = need_level(edition, level)
    day = need_day(edition, indicator, datenstand)
    if definition.kind not in ("rate", "ratio"):
        raise CoverageError(say("uncertainty.no_rate", title=definition.title))
    rows = edition.values
    rows = rows[(rows["indicator"] == indicator) & (rows["datenstand"] == day)]
    found = compare_with_rest(rows, edition.areas, edition.indicators, level=level, parent=parent)
    names = edition.table(level)["name"]
    known = found[found["low"].notna()].sort_values("value", kind="stable").reset_index(drop=True)
    axes = take_axes(ax, (6.4, 0.26 * len(known) + 1.7))
    for i, row in known.iterrows():
        colour, marker = _LOOKS.get(row["verdict"], (OTHER, "o"))
        axes.plot([row["low"], row["high"]], [i, i], color=colour, linewidth=2.2, zorder=2)
        axes.plot(row["value"], i, marker=marker, color=colour, markersize=6.5, zorder=3)
    if parent == WHOLE and known["parent_value"].notna().any():
        axes.axvline(known["parent_value"].iloc[0], color=INK, linewidth=1.2)
    for key, (colour, marker) in _LOOKS.items():
        label = f"{say(f'uncertainty.{key}')} ({number((known['verdict'] == key).sum())})"
        axes.plot([], [], color=colour, marker=marker, linewidth=2.2, label=label)
    axes.legend(
        loc="lower right", fontsize=8.5, handlelength=1.6, facecolor=PAPER, edgecolor="none",
        framealpha=0.9,
    )  # fmt: skip
    axes.set_yticks(range(len(known)), [str(names[a]) for a in known["area"]])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    write_numbers(axes.xaxis, _tick_digits(axes.xaxis))
    keep_spines(axes, "left")
    title, subtitle, footer = word_figure(edition, definition, day, level=level)
    left = len(found) - len(known)
    if left:
        subtitle = f"{subtitle} · {say('uncertainty.left_out', count=number(left))}"
    return dress(axes, title, subtitle, footer)


@styled
def plot_robustness(report: pd.DataFrame, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw how many areas change class if the recipe of an index is changed.

    Parameters
    ----------
    report : DataFrame
        As `measure_robustness` gives it.
    title : str
        Usually the index's.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> report = pd.DataFrame({"variant": ["ohne „Q“"], "kind": ["leave_out"], "areas": [20],
    ...                        "changed": [3], "share": [15.0]})
    >>> axes = plot_robustness(report)
    >>> axes.get_yticklabels()[0].get_text(), axes.texts[0].get_text()
    ('ohne „Q“', '3 von 20')
    """
    practice = f" ({say('quality.practice')})"
    invented = report["variant"].str.contains(practice, regex=False).any()
    plain = report["variant"].str.replace(practice, "", regex=False)
    names = [textwrap.fill(name, _WIDEST) for name in plain]
    lines = sum(1 + name.count("\n") for name in names)
    axes = take_axes(ax, (7.4, 0.12 * len(names) + 0.18 * lines + 1.1))
    for i, row in enumerate(report.to_dict("records")):
        share = row["share"] if row["share"] == row["share"] else 0.0
        axes.barh(i, share, height=0.68, color=_KINDS.get(row["kind"], FILL))
        text = say(
            "uncertainty.changed", changed=number(row["changed"]), areas=number(row["areas"])
        )
        axes.annotate(
            text, (share, i), (5, 0), textcoords="offset points", va="center", fontsize=8.5
        )
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    axes.set_xlim(left=0)
    axes.set_xticks([])
    keep_spines(axes, "left")
    footer = say("quality.practice") if invented else ""
    return dress(axes, title, say("uncertainty.robustness"), footer)


def _tick_digits(axis: Any) -> int:
    """Give the decimals that the ticks of an axis need."""
    apart = np.diff(axis.get_majorticklocs())
    return next((n for n in (0, 1, 2) if np.allclose(apart * 10**n, np.rint(apart * 10**n))), 3)
