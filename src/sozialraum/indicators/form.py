"""Indicators formed from counts: sums of age groups, differences, quotients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.model.schema import VALUE_COLUMNS

_MIXED = ("derived", "practice")
_KEY = ["level", "area", "datenstand", "gebietsstand"]


def form_rates(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Form every indicator whose definition says which counts or ages it is made of.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table, with the counts. Any level: sums first, quotients last.
    indicators : mapping of str to Indicator
        Those with ``numerator_of`` are formed of the counts named, those with ``base`` and ``ages``
        of whichever age groups of that base were delivered and cover the span exactly.

    Returns
    -------
    DataFrame
        The rows given and the new ones, step ``formed``; rows given win over formed ones. An area
        where no count is known gets no row; where some are missing the row is missing with the sign
        "…"; a denominator of 0 gives the sign "x". What nobody delivered is not formed. Rows whose
        Datenstand or Gebietsstand differ are never put together. ``quality`` is that of the counts a row
        is formed of: "derived" where they differ, "practice" where one of them is.

    Raises
    ------
    InputError
        A definition is made of itself.

    Notes
    -----
    value = per · (Σ numerator_of) / (Σ denominator_of); a count is Σ numerator_of. ``-id`` is
    subtracted. Of several ways to cover a span of ages the one with the fewest groups is taken.
    Values on other boundaries are formed after the counts have been converted.

    Examples
    --------
    >>> definitions = {
    ...     "kinder": Indicator(id="kinder", title="0–9", base="menschen", ages=(0, 10)),
    ...     "jugend": Indicator(id="jugend", title="10–17", base="menschen", ages=(10, 18)),
    ...     "mitte": Indicator(id="mitte", title="18–64", base="menschen", ages=(18, 65)),
    ...     "jq": Indicator(id="jq", title="Jugendquotient", kind="ratio", per=100, numerator="U18",
    ...         denominator="18–64", base="menschen", ages=(0, 18), denominator_ages=(18, 65))}
    >>> counts = pd.DataFrame({"level": "quartier", "area": "1", "datenstand": "2024",
    ...     "gebietsstand": "2024", "indicator": ["kinder", "jugend", "mitte"],
    ...     "value": [20.0, 10.0, 60.0], "quality": "exact"})
    >>> formed = form_rates(counts, definitions)
    >>> formed.loc[formed["indicator"] == "jq", ["value", "numerator", "denominator", "steps"]]
       value  numerator  denominator                            steps
    3   50.0       30.0         60.0  formed:(kinder + jugend) / mitte
    """
    given = values.reindex(columns=list(VALUE_COLUMNS))
    parts = [given]
    for _, day in given.groupby("datenstand", sort=True):
        parts += _form_day(day, indicators)
    formed = pd.concat(parts, ignore_index=True)
    return formed.astype({"quality": "str", "sign": "str", "steps": "str"})


def cover_ages(ages: tuple[float, ...], groups: Mapping[str, tuple[float, ...]]) -> tuple[str, ...]:
    """Find the fewest age groups that together are exactly a span of ages.

    Parameters
    ----------
    ages : tuple of float
        Half-open (a, b), or (a,) for a and older.
    groups : mapping of str to tuple of float
        What is there, by id.

    Returns
    -------
    tuple of str
        Ids from young to old; empty if no combination fits.

    Examples
    --------
    >>> groups = {"u6": (0, 6), "u3": (0, 3), "k": (3, 6), "s": (6, 18), "alt": (65,)}
    >>> cover_ages((0, 18), groups), cover_ages((3, 18), groups), cover_ages((60,), groups)
    (('u6', 's'), ('k', 's'), ())
    """
    begin, end = _span(ages)
    ways: dict[float, tuple[str, ...]] = {begin: ()}
    for name, (low, high) in sorted(((n, _span(a)) for n, a in groups.items()), key=lambda g: g[1]):
        if low in ways and high <= end:
            longer = (*ways[low], name)
            if high not in ways or len(longer) < len(ways[high]):
                ways[high] = longer
    return ways.get(end, ())


def _span(ages: tuple[float, ...]) -> tuple[float, float]:
    return (float(ages[0]), float(ages[1]) if len(ages) > 1 else np.inf)


def resolve_parts(
    indicators: Mapping[str, Indicator], there: Iterable[str]
) -> dict[str, Indicator]:
    """Give what is to be formed, each with the counts it is formed of.

    Parameters
    ----------
    indicators : mapping of str to Indicator
    there : iterable of str
        What was delivered.

    Returns
    -------
    dict of str to Indicator
        Those with ``numerator_of``, and those whose ages the delivered groups cover, with the groups as
        ``numerator_of`` and ``denominator_of``.
    """
    there = list(there)
    delivered = [indicators[n] for n in there if n in indicators]
    wanted = {}
    for name, definition in indicators.items():
        if definition.numerator_of:
            wanted[name] = definition
        elif definition.base and definition.ages:
            groups = {
                i.id: i.ages
                for i in delivered
                if i.kind == "count" and i.base == definition.base and i.ages and i.id != name
            }
            if definition.base in there:
                groups[definition.base] = (0,)
            above = cover_ages(definition.ages, groups)
            below = cover_ages(definition.denominator_ages or (0,), groups)
            if above and (below or definition.kind == "count"):
                wanted[name] = replace(definition, numerator_of=above, denominator_of=below)
    return wanted


def _form_day(given: pd.DataFrame, indicators: Mapping[str, Indicator]) -> list[pd.DataFrame]:
    there = list(dict.fromkeys(given["indicator"]))
    wanted = resolve_parts(indicators, there)
    order = _order(wanted, set(there))
    if not order:
        return []
    needed = {part.removeprefix("-") for name in order for part in _parts(wanted[name])}
    counts = given[given["indicator"].isin({*needed, *order})]
    wide = counts.pivot(index=_KEY, columns="indicator", values="value")
    stands = counts.assign(stands=True).pivot(index=_KEY, columns="indicator", values="stands")
    # Qualities by number, as comparing texts would cost more than all the rest.
    names = [*dict.fromkeys([*counts["quality"].dropna(), *_MIXED])]
    place = counts["quality"].map({name: i for i, name in enumerate(names)})
    codes = counts.assign(place=place.astype("float64"))
    codes = codes.pivot(index=_KEY, columns="indicator", values="place")
    quality = {name: column.to_numpy() for name, column in codes.items()}
    derived, practice = (names.index(name) for name in _MIXED)
    words = np.array([*names, None], dtype=object)
    table = wide.to_dict("series")
    made = []
    for name in order:
        parts = [table[part.removeprefix("-")] for part in _parts(wanted[name])]
        rows = _form(wanted[name], table, wide.index)
        wished = np.any([part.notna() for part in parts], axis=0)
        known = np.zeros(len(rows), dtype=bool)
        if name in table:
            known = stands[name].notna().to_numpy()
            wished &= ~known
            table[name] = table[name].where(known, rows["value"])
        else:
            table[name] = rows["value"]
        parts = [quality[part.removeprefix("-")] for part in _parts(wanted[name])]
        joint = _join(np.array(parts), derived, practice)
        quality[name] = np.where(known, quality[name], joint) if name in quality else joint
        said = words[np.nan_to_num(joint, nan=len(names)).astype(int)]
        rows = rows.assign(indicator=name, quality=said)[wished]
        made.append(rows.reset_index().reindex(columns=list(VALUE_COLUMNS)))
    return made


def _form(
    definition: Indicator, table: Mapping[str, pd.Series], index: pd.MultiIndex
) -> pd.DataFrame:
    def add(parts: tuple[str, ...]) -> pd.Series:
        total = pd.Series(0.0, index=index)
        for part in parts:
            amount = table[part.removeprefix("-")]
            total = total - amount if part.startswith("-") else total + amount
        return total

    top = add(definition.numerator_of)
    said = _write_sum(definition.numerator_of, alone=definition.kind not in QUOTIENTS)
    bottom = pd.Series(np.nan, index=index)
    value, lacking = top, top.isna()
    if definition.kind in QUOTIENTS:
        bottom = add(definition.denominator_of)
        said += " / " + _write_sum(definition.denominator_of)
        value = definition.per * top / bottom.where(bottom != 0)
        lacking = lacking | bottom.isna()
    sign = np.select([lacking, value.isna()], ["…", "x"], default="")
    return pd.DataFrame(
        {
            "value": value, "numerator": top, "denominator": bottom, "sign": sign,
            "steps": "formed:" + said,
        },
        index=index,
    )  # fmt: skip


def _write_sum(parts: tuple[str, ...], *, alone: bool = False) -> str:
    said = " + ".join(parts).replace("+ -", "- ")
    return said if alone or len(parts) == 1 else f"({said})"


def _parts(definition: Indicator) -> tuple[str, ...]:
    return (*definition.numerator_of, *definition.denominator_of)


def _join(parts: npt.NDArray[np.float64], derived: int, practice: int) -> npt.NDArray[np.float64]:
    """Give the quality all parts share; what is partly invented is practice, any other mix derived."""
    low, high = np.fmin.reduce(parts), np.fmax.reduce(parts)
    joint = np.where((low == high) | np.isnan(low), low, derived)
    return np.where((parts == practice).any(axis=0), practice, joint)


def _order(wanted: Mapping[str, Indicator], known: set[str]) -> list[str]:
    """Put the definitions in an order in which each comes after what it is made of.

    One whose counts nobody delivered is left out; the report of what is missing names it.
    """
    order: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> bool:
        if name in above:
            finding = find("error", "made_of_itself", name, id=name, way=" → ".join((*above, name)))
            raise InputError(CheckReport((finding,)))
        if name not in wanted or name in order:
            return name in known or name in order
        ready = all(visit(p.removeprefix("-"), (*above, name)) for p in _parts(wanted[name]))
        if ready:
            order.append(name)
        return ready or name in known

    for name in wanted:
        visit(name, ())
    return order
