"""The half-yearly report to the council: one page on what changed between two editions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import WHOLE
from sozialraum.present import change_words as say_changes
from sozialraum.present.change_map import ChangeMap, draw_change
from sozialraum.present.change_words import Table
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.page import render_paper, write_style
from sozialraum.present.tables import guard, write_csv
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    from sozialraum.secrecy.comparison import Comparison

PAGE = "halbjahresbericht.html"
TABLES = {
    "values": "aenderungen.csv",
    "offers": "aenderungen_angebote.csv",
    "gaps": "aenderungen_luecken.csv",
}
_MOST_MAPS = 3


@dataclass(frozen=True)
class Part:
    """An indicator in the areas of a level: its map, if there is anything to draw, and its table."""

    title: str
    map: ChangeMap | None
    table: Table


def write_halbjahresbericht(
    comparison: Comparison,
    folder: str | Path,
    *,
    level: str | None = None,
    indicators: Sequence[str] | None = None,
) -> list[Path]:
    """Write the half-yearly report: a page, and the differences as tables for spreadsheets.

    Parameters
    ----------
    comparison : Comparison
        As `compare_editions` gives it.
    folder : path
        Made if it does not exist; the files appear together.
    level : str, optional
        The level of the maps; the last but one unless given.
    indicators : sequence of str, optional
        What is shown by area with a map; unless given the three in which most areas changed, those of
        access first.

    Returns
    -------
    list of Path
        ``halbjahresbericht.html``, ``aenderungen.csv`` (every figure that differs or cannot be
        compared), ``aenderungen_angebote.csv``, ``aenderungen_luecken.csv``.

    Raises
    ------
    UnknownNameError
        There is no such level or indicator.

    Notes
    -----
    The page stands alone: no script runs and nothing is loaded. Maps show the difference in diverging
    colours and its figure; hatched is what cannot be compared. The tables are written as German
    spreadsheets read them (UTF-8 with BOM, semicolon, decimal comma); a text that would be taken for a
    formula begins with an apostrophe. The same editions give the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.comparison import compare_editions
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> found = compare_editions(edition, edition)
    >>> [path.name for path in write_halbjahresbericht(found, tempfile.mkdtemp())][:2]
    ['halbjahresbericht.html', 'aenderungen.csv']
    """
    levels = {one.id: one for one in comparison.new.levels}
    wanted = level or list(levels)[-2:][0]
    if wanted not in levels:
        raise UnknownNameError("level", wanted, levels)
    known = comparison.indicators
    for name in indicators or ():
        if name not in known:
            raise UnknownNameError("indicator", name, known)
    chosen = _choose(comparison, wanted) if indicators is None else list(dict.fromkeys(indicators))
    page = _render_page(comparison, wanted, chosen)
    audience = comparison.new.audience
    targets = [mark_name(Path(folder) / name, audience) for name in (PAGE, *TABLES.values())]
    with ExitStack() as together:
        paths = [together.enter_context(replacing(path)) for path in targets]
        paths[0].write_text(page, encoding="utf-8", newline="\n")
        for key, path in zip(TABLES, paths[1:], strict=True):
            _write_table(comparison, key, path)
    return targets


def _choose(found: Comparison, level: str) -> list[str]:
    """Choose what changed in most areas, access first."""
    rows = found.changed[(found.changed["level"] == level) & found.changed["change"].notna()]
    counts = rows["indicator"].value_counts()
    covered, order = set(found.covered), list(found.indicators)
    names = sorted(counts.index, key=lambda k: (k not in covered, -counts[k], order.index(k)))
    return names[:_MOST_MAPS]


def _render_page(found: Comparison, level: str, chosen: Sequence[str]) -> str:
    old, new = found.old, found.new
    shape = next(one for one in new.levels if one.id == level)
    running = " · ".join(
        filter(None, (say("changes.kind"), new.title, new.head.get(say("head.vorlage"), "")))
    )
    notice = " · ".join(dict.fromkeys(filter(None, (new.notice, old.notice))))
    inputs = sorted(
        name for name in {*old.inputs, *new.inputs}
        if old.inputs.get(name, "") != new.inputs.get(name, "")
    )  # fmt: skip
    offers = [
        say_changes.list_offers(found, what) for what in ("new", "closed", "moved", "changed")
    ]
    return render_paper(
        "halbjahresbericht.html.jinja",
        write_style(running, notice),
        title=new.title,
        notice=notice,
        head={
            say("changes.old"): date(old.created),
            say("changes.new"): date(new.created),
            **new.head,
        },
        summary=say_changes.say_summary(found),
        whole=say_changes.list_whole(found),
        level=shape,
        parts=[_show(found, level, name, i) for i, name in enumerate(chosen)],
        gaps=say_changes.list_gaps(found),
        offers=[table for table in offers if table],
        hindered=say_changes.list_hindered(found),
        revised=say_changes.list_revised(found),
        inputs=inputs,
        editions=((say("changes.old"), old), (say("changes.new"), new)),
        files=[mark_name(name, new.audience).name for name in TABLES.values()],
    )


def _show(found: Comparison, level: str, name: str, place: int) -> Part:
    title = found.indicators[name].title
    rows = found.values[(found.values["level"] == level) & (found.values["indicator"] == name)]
    change = rows.set_index("area")["change"]
    shapes = found.new.tables[level]
    # What is the same in both editions has no row, and no difference.
    known = found.new.values
    newest = known[(known["level"] == level) & (known["indicator"] == name)]
    same = newest.loc[newest["value"].notna() & ~newest["area"].isin(change.index), "area"]
    change = pd.concat([change, pd.Series(0.0, index=same.drop_duplicates())])
    drawn = None
    if level != WHOLE and shapes.crs is not None:
        drawn = draw_change(
            shapes, change, digits=found.indicators[name].digits, ident=f"karte{place + 1}",
            title=say("changes.map_title", title=title),
        )  # fmt: skip
    return Part(title, drawn, say_changes.list_areas(found, level, name))


def _write_table(found: Comparison, key: str, path: Path) -> None:
    table: pd.DataFrame = getattr(found, key)
    columns: dict[str, list[str]] = {}
    if key != "offers":
        ids = table["indicator" if key == "values" else "measure"]
        columns[say("changes.csv.title")] = [guard(found.indicators[i].title) for i in ids]
        columns[say("changes.csv.unit")] = [guard(found.indicators[i].unit) for i in ids]
    for name in table.columns:
        cells: Iterable[object] = table[name]
        if table[name].dtype.kind == "f":
            columns[say(f"changes.csv.{name}")] = [_plain(x) for x in table[name].tolist()]
        else:
            columns[say(f"changes.csv.{name}")] = [guard("" if x != x else x) for x in cells]
    write_csv(path, list(columns), columns.values(), office=True)


def _plain(value: float) -> str:
    """Write a number with a decimal comma and as many digits as it has."""
    if value != value:
        return ""
    return number(value, 6).replace(".", "").rstrip("0").rstrip(",")
