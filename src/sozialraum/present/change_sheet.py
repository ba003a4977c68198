"""From two editions to the sheet of the half-yearly report, the same for every format."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.model.areas import WHOLE
from sozialraum.present import change_words as say_changes
from sozialraum.present.change_map import draw_change
from sozialraum.present.change_measures import count_measures, tell_measures
from sozialraum.present.profile.columns import fit_columns
from sozialraum.present.profile.lines import plain
from sozialraum.present.profile.sheet import (
    Figure,
    Items,
    Paragraph,
    Section,
    Sheet,
    Subheading,
    Table,
)
from sozialraum.texts import date, say

if TYPE_CHECKING:
    from sozialraum.secrecy.comparison import Comparison
    from sozialraum.secrecy.published import Published

_MOST_MAPS = 3


def build_report(
    found: Comparison, level: str, indicators: Sequence[str], files: Sequence[str]
) -> Sheet:
    """Set out what changed between two editions as a sheet.

    Parameters
    ----------
    found : Comparison
    level : str
        The level of the maps.
    indicators : sequence of str
        Shown by area with a map.
    files : sequence of str
        Names of the tables that hold all differences.

    Returns
    -------
    Sheet
    """
    old, new = found.old, found.new
    kind, vorlage = say("changes.kind"), new.head.get(say("head.vorlage"), "")
    days = {say("changes.old"): date(old.created), say("changes.new"): date(new.created)}
    sentences = [*say_changes.say_summary(found), *count_measures(found)]
    made = [
        Section("blick", plain(say("changes.glance")), (
            Items(tuple(map(plain, sentences)), "glance"),
        )),
        _tell_whole(found),
        _tell_areas(found, level, indicators),
        _tell_gaps(found),
        _tell_offers(found),
        tell_measures(found),
        _tell_limits(found),
        _tell_sources(found, files),
    ]  # fmt: skip
    return Sheet(
        name=new.title,
        kind=kind,
        place=say("changes.span", old=date(old.created), new=date(new.created)),
        within="",
        title=say("profile.document", name=new.title, kind=kind),
        running=" · ".join(filter(None, (kind, new.title, vorlage))),
        notice=" · ".join(dict.fromkeys(filter(None, (new.notice, old.notice)))),
        facts=tuple({**days, **new.head}.items()),
        parts=fit_columns(tuple(section for section in made if section is not None)),
        created=new.created,
    )


def choose_indicators(found: Comparison, level: str) -> list[str]:
    """Choose what changed in most areas, access first.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> from sozialraum.secrecy.comparison import compare_editions
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> choose_indicators(compare_editions(edition, edition), "quartier")
    []
    """
    rows = found.changed[(found.changed["level"] == level) & found.changed["change"].notna()]
    counts = rows["indicator"].value_counts()
    covered, order = set(found.covered), list(found.indicators)
    names = sorted(counts.index, key=lambda k: (k not in covered, -counts[k], order.index(k)))
    return names[:_MOST_MAPS]


def _set(*tables: Table | None, lacking: str = "") -> tuple[object, ...]:
    """Give tables under their captions, or the words for none."""
    there = [table for table in tables if table is not None]
    if there:
        return tuple(chain.from_iterable((Subheading(t.caption), t) for t in there))
    return (Paragraph(plain(lacking), ""),) if lacking else ()


def _tell_whole(found: Comparison) -> Section:
    blocks = _set(say_changes.list_whole(found), lacking=say("changes.no_whole"))
    reading = Paragraph(plain(say("changes.reading")))
    return Section("ganzes", plain(say("changes.what_for_whom")), (reading, *blocks))


def _tell_areas(found: Comparison, level: str, indicators: Sequence[str]) -> Section | None:
    """Show each indicator by area: a map, if there is anything to draw, and a table."""
    blocks: list[object] = []
    for i, name in enumerate(indicators):
        title = found.indicators[name].title
        blocks.append(Subheading(title))
        drawn = _draw(found, level, name, f"karte{i + 1}")
        blocks += [Paragraph(plain(say("changes.map_reading"))), drawn] if drawn else []
        table = say_changes.list_areas(found, level, name)
        if table is None:
            blocks.append(Paragraph(plain(say("changes.no_rows")), ""))
        else:
            blocks += [Paragraph(plain(table.caption)), table]
    if not blocks:
        return None
    plural = next(one.plural for one in found.new.levels if one.id == level)
    return Section("gebiete", plain(say("changes.by_area", plural=plural)), tuple(blocks))


def _draw(found: Comparison, level: str, name: str, ident: str) -> Figure | None:
    rows = found.values[(found.values["level"] == level) & (found.values["indicator"] == name)]
    change = rows.set_index("area")["change"]
    shapes = found.new.tables[level]
    # What is the same in both editions has no row, and no difference.
    known = found.new.values
    newest = known[(known["level"] == level) & (known["indicator"] == name)]
    same = newest.loc[newest["value"].notna() & ~newest["area"].isin(change.index), "area"]
    change = pd.concat([change, pd.Series(0.0, index=same.drop_duplicates())])
    if level == WHOLE or shapes.crs is None:
        return None
    known_as = found.indicators[name]
    title = say("changes.map_title", title=known_as.title)
    return draw_change(shapes, change, digits=known_as.digits, ident=ident, title=title)


def _tell_gaps(found: Comparison) -> Section:
    table = say_changes.list_gaps(found)
    reading = (Paragraph(plain(say("changes.gaps_reading"))),) if table else ()
    blocks = _set(table, lacking=say("changes.no_gaps"))
    return Section("luecken", plain(say("changes.gaps_heading")), (*reading, *blocks))


def _tell_offers(found: Comparison) -> Section:
    tables = [
        say_changes.list_offers(found, what) for what in ("new", "closed", "moved", "changed")
    ]
    blocks = _set(*tables, lacking=say("changes.no_offers"))
    return Section("angebote", plain(say("changes.offers_heading")), blocks)


def _tell_limits(found: Comparison) -> Section:
    hindered, revised = say_changes.list_hindered(found), say_changes.list_revised(found)
    blocks = _set(hindered, lacking=say("changes.all_comparable")) + _set(revised)
    return Section("grenzen", plain(say("changes.hindered_heading")), blocks)


def _tell_sources(found: Comparison, files: Sequence[str]) -> Section:
    """Tell how was compared, which inputs changed, and whose data both editions hold."""
    old, new = found.old, found.new
    inputs = sorted(
        name for name in {*old.inputs, *new.inputs}
        if old.inputs.get(name, "") != new.inputs.get(name, "")
    )  # fmt: skip
    blocks: list[object] = [
        Paragraph(plain(say("changes.method")), ""),
        Paragraph(plain(say("changes.tables", files=", ".join(files))), ""),
    ]
    if inputs:
        blocks += [Subheading(say("changes.inputs")), Items(tuple(map(plain, inputs)))]
    for word, edition in (("old", old), ("new", new)):
        blocks += _tell_edition(say(f"changes.{word}"), edition)
    return Section("quellen", plain(say("changes.sources_heading")), tuple(blocks), "method")


def _tell_edition(word: str, edition: Published) -> list[object]:
    blocks: list[object] = []
    for key, lines in (("sources_of", edition.sources), ("methods_of", edition.methods)):
        blocks.append(Subheading(say("changes.of", edition=word, what=say(f"changes.{key}"))))
        blocks.append(Items(tuple(map(plain, lines or (say("number.missing"),)))))
    return blocks
