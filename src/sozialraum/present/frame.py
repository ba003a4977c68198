"""What all figures share: style, title, source line, axes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec

from sozialraum.errors import UnknownNameError, require
from sozialraum.present.classes import COLOURS, INK, MARK_COLOURS, QUIET
from sozialraum.present.looks import FONTS, LOOKS
from sozialraum.present.office import say_signs
from sozialraum.present.profile.figures import plain_title
from sozialraum.secrecy.edition import verify_edition
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition


OWN = COLOURS[4]
FILL = COLOURS[3]
SOFT = COLOURS[2]
# Lines and the names beside them, which must be read as letters.
LINES = (OWN, FILL, MARK_COLOURS[2], MARK_COLOURS[5])
RULE = LOOKS["rule"]
# Shipped, so that a figure looks the same everywhere; the other comes with matplotlib.
_FONTS = ("Noto Sans", "DejaVu Sans")
_STYLE: dict[Any, Any] = {
    "font.size": 9.5,
    "hatch.linewidth": 0.9,
    "hatch.color": QUIET,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "axes.edgecolor": RULE,
}


P = ParamSpec("P")


def styled(plot: Callable[P, Axes]) -> Callable[P, Axes]:
    """Draw in the house's style and leave the notebook's own style as it was."""

    @functools.wraps(plot)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Axes:
        require("matplotlib", extra="notebook")
        import matplotlib.pyplot as plt
        from matplotlib import font_manager, rc_context

        # A notebook's backend turns on drawing when it is first used. Within the block below that would
        # be undone at its end, and only the first figure would ever be shown.
        plt.draw_if_interactive()  # type: ignore[no-untyped-call]
        if _FONTS[0] not in font_manager.get_font_names():
            for weight in ("Regular", "SemiBold"):
                font_manager.fontManager.addfont(str(FONTS / f"NotoSans-{weight}.ttf"))
        with rc_context({**_STYLE, "font.family": list(_FONTS)}):
            return plot(*args, **kwargs)

    return drawn


def take_axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Give the axes to draw on, new ones if none are given."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(figsize=size, layout="constrained")
    return axes


def need_level(edition: Edition, level: str | None) -> str:
    """Give a level of an edition that may be shown, the smallest unless one is named."""
    verify_edition(edition)
    known = [x.id for x in edition.levels]
    if level is None:
        return known[-1]
    if level not in known:
        raise UnknownNameError("level", level, known)
    return level


def need_day(edition: Edition, indicator: str, datenstand: str | None) -> str:
    """Give a Datenstand that an indicator has, the newest unless one is named."""
    rows = edition.values
    known = sorted(set(rows.loc[rows["indicator"] == indicator, "datenstand"]))
    if datenstand is not None and datenstand not in known:
        raise UnknownNameError("datenstand", datenstand, known)
    return datenstand or edition.latest(indicator)


def word_figure(
    edition: Edition, definition: Indicator, day: str, *, level: str = "", over_time: bool = False
) -> tuple[str, str, str]:
    """Give title, subtitle and the line below of an indicator's figure; of a level, with its signs."""
    stand = say("profile.as_of", date=date(day)) if day and not over_time else ""
    subtitle = " · ".join(filter(None, (definition.unit, stand.rstrip("."))))
    mark = say("quality.practice") if definition.practice else ""
    mark = mark or (say("quality.derived") if definition.derived else "")
    source = say("plot.source", source=definition.source) if definition.source else ""
    rows = edition.values
    rows = rows[(rows["indicator"] == definition.id) & (rows["level"] == level)]
    signs = say_signs(rows["sign"] if over_time else rows.loc[rows["datenstand"] == day, "sign"])
    footer = " · ".join(filter(None, (mark, source, edition.head.notice, signs)))
    return plain_title(definition), subtitle, footer


def dress(
    axes: Axes, title: str, subtitle: str = "", footer: str = "", *, raised: bool = False
) -> Axes:
    """Write title, subtitle and footer in the same places on every figure."""
    above = 16 if raised else 4
    axes.set_title(title, loc="left", fontsize=11.5, color=OWN, pad=above + (15 if subtitle else 4))
    if subtitle:
        axes.annotate(
            subtitle, (0, 1), (0, above), xycoords="axes fraction", textcoords="offset points",
            fontsize=9, color=QUIET,
        )  # fmt: skip
    if footer:
        add_foot(axes, footer, 26)
    return axes


def add_foot(axes: Axes, words: str, below: float) -> None:
    """Write small words so many points below the axes."""
    axes.annotate(
        words, (0, 0), (0, -below), xycoords="axes fraction", textcoords="offset points",
        fontsize=7.5, color=QUIET, va="top", wrap=True,
    )  # fmt: skip


def keep_spines(axes: Axes, *kept: str) -> None:
    """Draw these sides of the frame only, and no ticks."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in kept)
    axes.tick_params(length=0)


def write_numbers(axis: Any, digits: int, unit: str = "") -> None:
    """Write the numbers of an axis in German."""
    axis.set_major_formatter(lambda value, _: f"{number(value, digits)}{unit}")
