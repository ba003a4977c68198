"""Table sets of a report: which figures stand in which table, and what nobody delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from sozialraum.indicators.aggregate import aggregate_values
from sozialraum.indicators.complete import list_missing
from sozialraum.indicators.form import form_rates, resolve_parts
from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.model.overview import Overview, Showing
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.texts import number, say

KEY = ["level", "area", "indicator", "datenstand"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a report.

    Attributes
    ----------
    title : str
    indicators : tuple of str
        The columns, from left to right.
    series : bool
        Whether every Datenstand is shown, or the newest alone.
    """

    title: str
    indicators: tuple[str, ...]
    series: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Extract(Showing):
    """The tables of one report, before secrecy. Made by `build_demography` and `build_plan`.

    ``values`` are rows of the values table like all others: they enter an edition, and what is
    published is written from its protected values (`write_extract`). ``tables`` are for the desk.

    Attributes
    ----------
    id, title : str
    sheets : tuple of Sheet
        The tables in order, also those for which nothing was delivered.
    values : DataFrame
        Rows of the values table, all levels.
    indicators : mapping of str to Indicator
        Definitions of everything in ``values`` or expected; a formed one has the sources of its
        counts and names them in ``made_of``, so that it is withheld with them.
    missing : DataFrame
        What was not delivered, as `list_missing` gives it.
    offers : tuple of str
        Ids of the offers counted.
    """

    id: str
    title: str
    sheets: tuple[Sheet, ...]
    values: pd.DataFrame = field(repr=False)
    indicators: Mapping[str, Indicator] = field(repr=False)
    missing: pd.DataFrame = field(repr=False)
    offers: tuple[str, ...] = field(default=(), repr=False)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by title, unprotected: rows of the values table."""
        return self.arrange(self.values)

    def _overview(self) -> Overview:
        rows = [(title, number(len(table))) for title, table in self.tables.items()]
        rows.append((say("overview.missing"), number(len(self.missing))))
        return Overview(self.title, (say("overview.table"), say("overview.values")), tuple(rows))

    def arrange(self, values: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Lay out the report's tables from other values, such as those of an edition.

        Parameters
        ----------
        values : DataFrame
            Rows of the values table (``edition.values``); rows that are none of the report's are
            left out.

        Returns
        -------
        dict of str to DataFrame
            By title, in order: the rows of one table, by column, level, area and Datenstand. A table
            for which nothing was delivered is empty.
        """
        own = pd.MultiIndex.from_frame(self.values[KEY])
        rows = values[pd.MultiIndex.from_frame(values[KEY]).isin(own)]
        levels = list(dict.fromkeys(self.values["level"]))
        newest = rows.groupby("indicator")["datenstand"].transform("max")
        made = {}
        for sheet in self.sheets:
            place = {name: i for i, name in enumerate(sheet.indicators)}
            wanted = rows["indicator"].isin(place)
            if not sheet.series:
                wanted &= rows["datenstand"] == newest
            orders = {"indicator": place, "level": {x: i for i, x in enumerate(levels)}}
            made[sheet.title] = rows[wanted].sort_values(
                ["indicator", "level", "area", "datenstand"], ignore_index=True,
                key=lambda c, orders=orders: c.map(orders[c.name]) if c.name in orders else c,
            )  # fmt: skip
        return made


def last_day(day: str) -> str:
    """Give the last day a Datenstand can mean, to compare years with days."""
    return f"{day}-12-31" if len(day) == 4 else day


def gather(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    indicators: Mapping[str, Indicator],
    wanted: Iterable[str],
) -> pd.DataFrame:
    """Bring the counts behind a report to every level and form what it wants of them.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table as delivered.
    areas : GeoDataFrame
    indicators : mapping of str to Indicator
    wanted : iterable of str

    Returns
    -------
    DataFrame
        Rows of what is wanted and of the counts behind it, from the whole down.
    """
    known = select(indicators, wanted, set(values["indicator"]))
    rows = values[values["indicator"].isin(known)].reindex(columns=list(VALUE_COLUMNS))
    if rows.empty:
        return rows
    rows = rows.assign(
        numerator=rows["numerator"].where(
            rows["numerator"].notna() | ~_is_count(rows, known), rows["value"]
        )
    )
    return form_rates(aggregate_values(rows, areas, known), known)


def _is_count(rows: pd.DataFrame, known: Mapping[str, Indicator]) -> pd.Series:
    return rows["indicator"].map({n: i.kind == "count" for n, i in known.items()}).astype(bool)


def select(
    indicators: Mapping[str, Indicator], wanted: Iterable[str], there: Iterable[str]
) -> dict[str, Indicator]:
    """Give the definitions that forming what is wanted can need, in the order of the definitions.

    Examples
    --------
    >>> made = Indicator(id="q", title="Quote", kind="ratio", denominator="alle",
    ...                  numerator_of=("a",), denominator_of=("b",))
    >>> names = {n: Indicator(id=n, title=n) for n in "abc"} | {"q": made}
    >>> list(select(names, ["q"], ["a", "b", "c"]))
    ['a', 'b', 'q']
    """
    needed: set[str] = set()
    bases: set[str] = set()
    waiting = [name for name in wanted if name in indicators]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        known = indicators[name]
        parts = (*known.numerator_of, *known.denominator_of)
        waiting += [p for part in parts if (p := part.removeprefix("-")) in indicators]
        if known.base and known.ages and known.base not in bases:
            bases.add(known.base)
            waiting += [known.base] if known.base in indicators else []
            waiting += [n for n in there if n in indicators and indicators[n].base == known.base]
    return {name: known for name, known in indicators.items() if name in needed}


def sources_of_parts(
    indicators: Mapping[str, Indicator],
    wanted: Sequence[str],
    there: Iterable[str],
    sums: Iterable[str] = (),
) -> dict[str, Indicator]:
    """Give what is formed the sources of its counts, and let it be withheld with them.

    Parameters
    ----------
    indicators : mapping of str to Indicator
    wanted : sequence of str
    there : iterable of str
        What was delivered.
    sums : iterable of str
        What was added up of it before and stands in for what was not delivered.

    Returns
    -------
    dict of str to Indicator
        The wanted definitions; of a formed one that names no source of its own ``source``,
        ``licence``, ``changed`` and ``owner`` are those of its counts, joined where they differ, and
        it is practice or derived where one of them is.
    """
    there = list(there)
    delivered = set(there)
    formed = resolve_parts(indicators, [*dict.fromkeys([*there, *sums])])

    def leaves(name: str, above: tuple[str, ...] = ()) -> list[str]:
        known = formed.get(name)
        if known is None or name in delivered or name in above:
            return [name]
        parts = (*known.numerator_of, *known.denominator_of)
        found = [leaf for p in parts for leaf in leaves(p.removeprefix("-"), (*above, name))]
        return list(dict.fromkeys(found))

    made = {}
    for name in wanted:
        known = indicators[name]
        if name in formed and name not in delivered:
            parts = [indicators[leaf] for leaf in leaves(name) if leaf in indicators]
            if not known.source:
                origin: dict[str, Any] = {
                    key: "; ".join(dict.fromkeys(t for p in parts if (t := getattr(p, key))))
                    for key in ("source", "licence", "licence_url", "changed", "owner")
                }
                for key in ("practice", "derived"):
                    origin[key] = any(getattr(p, key) for p in parts)
                known = replace(known, **origin)
            balance = any(part.startswith("-") for part in formed[name].numerator_of)
            if known.kind in QUOTIENTS or balance:
                direct = (*formed[name].numerator_of, *formed[name].denominator_of)
                named = [part.removeprefix("-") for part in direct]
                known = replace(known, made_of=tuple(dict.fromkeys((*known.made_of, *named))))
        made[name] = known
    return made


def finish(
    name: str,
    title: str,
    sheets: Sequence[Sheet],
    rows: pd.DataFrame,
    delivered: Iterable[str],
    indicators: Mapping[str, Indicator],
    areas: gpd.GeoDataFrame,
    *,
    sums: Iterable[str] = (),
    offers: Sequence[str] = (),
) -> Extract:
    """Keep what stands in a table, from the whole down, and list what is missing."""
    wanted = list(dict.fromkeys(i for sheet in sheets for i in sheet.indicators))
    definitions = sources_of_parts(indicators, wanted, delivered, sums)
    rows = rows[rows["indicator"].isin(wanted)].drop_duplicates(KEY, keep="last")
    levels = [c for c in areas.columns if c in set(rows["level"])]
    depth = {level: i for i, level in enumerate(levels)}
    rows = rows.sort_values(
        KEY, key=lambda c: c.map(depth) if c.name == "level" else c, ignore_index=True
    )
    absent = list_missing(rows, areas, definitions)
    absent = absent[absent["delivered"] < absent["expected"]].reset_index(drop=True)
    return Extract(
        id=name, title=title, sheets=tuple(sheets), values=rows, indicators=definitions,
        missing=absent, offers=tuple(offers),
    )  # fmt: skip
