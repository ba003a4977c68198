"""Which counts the rows of a values table show, and which of them are one and the same."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.secrecy.system import Ints

PLACE = ["level", "area", "datenstand"]
# Two series of counts are one if they agree at every place; with fewer places it may be chance.
_FEWEST_PLACES = 3
# Amounts closer than this are equal.
_EQUAL = 1e-6


def list_amounts(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """List every numerator and denominator with what it counts, by definition and in words."""
    frame = values[["indicator", *PLACE]].assign(at=np.arange(len(values)))
    parts = []
    for name, rows in frame.groupby("indicator", sort=False):
        known = indicators.get(str(name)) or Indicator(id=str(name), title=str(name))
        if known.kind == "index":
            continue
        at = rows["at"].to_numpy()
        top, below = (values[c].to_numpy()[at] for c in ("numerator", "denominator"))
        if known.kind not in QUOTIENTS:
            top = np.where(np.isnan(top), values["value"].to_numpy()[at], top)
            below = np.full(len(at), np.nan)
        what, of_what = name_quantities(known, indicators)
        for role, amount, quantity, words in (
            ("Z", top, what, known.numerator),
            ("N", below, of_what, known.denominator),
        ):
            if role == "Z" or not np.isnan(amount).all():
                parts.append(
                    rows.assign(
                        role=role,
                        amount=amount,
                        what=quantity,
                        words=words or quantity,
                        signed=known.signed and role == "Z",
                    )
                )
    columns = [*frame.columns, "role", "amount", "what", "words", "signed"]
    if not parts:
        nothing = pd.DataFrame(columns=columns)
        return nothing.astype({"at": "int64", "amount": "float64", "signed": "bool"})
    return pd.concat(parts, ignore_index=True)


def complete_parts(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Compute the numerators and denominators that everybody can compute of values that lack them.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table, index 0 … n−1.
    indicators : mapping

    Returns
    -------
    DataFrame
        With parts filled in where the value is known and one part, in the row itself or as another
        count of the same place by the definitions (``denominator_of``, ``base`` …).

    Notes
    -----
    Z = value · N / per, to within half of the last decimal of the values of its series; the whole number
    in that range where N is whole and there is one. If Z or N − Z is small and not 0, the range is no
    wider than it: rounding hides nothing that a minimum protects.

    Examples
    --------
    >>> known = {"jung": Indicator(id="jung", title="Junge"),
    ...          "quote": Indicator(id="quote", title="Quote", kind="rate", per=100,
    ...                             denominator_of=("jung",))}
    >>> values = pd.DataFrame({"indicator": ["jung", "quote"], "level": "quartier", "area": "a",
    ...     "datenstand": "2024", "value": [61.0, 4.9], "numerator": np.nan, "denominator": np.nan})
    >>> complete_parts(values, known).loc[1, ["numerator", "denominator"]].tolist()
    [3.0, 61.0]
    """
    lacking = values["value"].notna() & (values["numerator"].isna() | values["denominator"].isna())
    quotient = [k for k, i in indicators.items() if i.kind in QUOTIENTS]
    rows = values[lacking & values["indicator"].isin(quotient)]
    if not len(rows):
        return values
    shown = list_amounts(values, indicators).dropna(subset="amount")
    amounts = shown.drop_duplicates(["what", *PLACE]).set_index(["what", *PLACE])["amount"]
    table = values.copy()
    for name, part in rows.groupby("indicator", sort=False):
        known = indicators[str(name)]
        found = {}
        for role, what in zip(
            ("numerator", "denominator"), name_quantities(known, indicators), strict=True
        ):
            places = [part[c].to_numpy() for c in PLACE]
            there = amounts.reindex(pd.MultiIndex.from_arrays([np.full(len(part), what), *places]))
            found[role] = part[role].fillna(pd.Series(there.to_numpy(), index=part.index))
        value = part["value"]
        half = _last_place(value, part["datenstand"]) / 2
        top, below = found["numerator"], found["denominator"]
        over = below / known.per
        computed = _near_whole(value * over, half * over + 1e-9, below)
        with np.errstate(divide="ignore", invalid="ignore"):
            under = known.per * top / value.where(value > 0)
            of_top = _near_whole(under, under * half / value + 1e-9, top)
        table.loc[part.index, "numerator"] = top.fillna(computed)
        table.loc[part.index, "denominator"] = below.fillna(of_top)
    return table


def _last_place(value: pd.Series, group: pd.Series) -> pd.Series:
    """Give what one step in the last decimal of a series is worth, 0 for unrounded ones."""
    digits = pd.Series(np.nan, index=value.index)
    for places in range(6, -1, -1):
        digits = digits.mask((value - value.round(places)).abs() < 1e-9, float(places))
    most = digits.isna().groupby(group).transform("any")
    return (10.0 ** -digits.groupby(group).transform("max")).mask(most, 0.0)


def _near_whole(amount: pd.Series, room: pd.Series, other: pd.Series) -> pd.Series:
    """Round where the other part is whole and the whole number lies within the room."""
    nearest = amount.round()
    return nearest.where(((nearest - amount).abs() <= room) & (other == other.round()), amount)


def name_quantities(known: Indicator, indicators: Mapping[str, Indicator]) -> tuple[str, str]:
    """Name what numerator and denominator count, the same name for the same count."""

    def of_count(name: str) -> str:
        other = indicators.get(name)
        return name if other is None or other.kind in QUOTIENTS else name_quantities(other, {})[0]

    def of_ages(ages: tuple[float, ...]) -> str:
        end = ages[1] if len(ages) > 1 else np.inf
        return f"{known.base}|{float(ages[0])!r}|{float(end)!r}"

    quotient = known.kind in QUOTIENTS
    top, below = f"{known.id}/Z" if quotient else known.id, f"{known.id}/N"
    if len(known.numerator_of) == 1 and not known.signed:
        top = of_count(known.numerator_of[0])
    elif known.base and known.ages:
        top = of_ages(known.ages)
    if len(known.denominator_of) == 1 and not known.denominator_of[0].startswith("-"):
        below = of_count(known.denominator_of[0])
    elif known.base and known.denominator_ages:
        below = of_ages(known.denominator_ages)
    elif known.base and known.ages:
        below = of_count(known.base)
    elif known.weight:
        below = of_count(known.weight)
    return top, below


def merge_amounts(long: pd.DataFrame, *, agreeing: bool = True) -> Ints:
    """Give amounts that are one count one number; without ``agreeing`` by definition and words alone."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(long):
        return np.empty(0, np.int64)
    # A missing amount is equal to none.
    amount = (
        long["amount"]
        .round(6)
        .astype(str)
        .where(long["amount"].notna(), long.index.astype(str) + "?")
    )
    place = long.groupby(PLACE, sort=False).ngroup()
    spot = long.groupby(["level", "area"], sort=False).ngroup()
    series = long.groupby(["indicator", "role", "datenstand"], sort=False).ngroup()
    step = pd.util.hash_pandas_object(
        pd.DataFrame({"spot": spot, "amount": amount}), index=False
    ).to_numpy()
    # The same set of places and amounts gives the same sum, whatever the order.
    prints = pd.Series(step).groupby(series.to_numpy()).transform("sum").to_numpy()
    filled = (long["amount"].notna() & (long["amount"] != 0)).groupby(series).transform("sum")
    prints = np.where(filled >= _FEWEST_PLACES, prints, series.to_numpy().astype(np.uint64))
    keys = [
        pd.DataFrame({"a": long["what"], "b": place, "c": amount}),
        pd.DataFrame({"a": _tell_words_apart(long, place), "b": place, "c": amount}),
        *([pd.DataFrame({"a": prints, "b": spot, "c": amount})] if agreeing else []),
    ]
    first, second, above = [], [], len(long)
    for key in keys:
        group = key.groupby(["a", "b", "c"], sort=False).ngroup().to_numpy()
        first.append(np.arange(len(long)))
        second.append(group + above)
        above += int(group.max()) + 1
    rows, cols = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(len(rows), np.int8), (rows, cols)), shape=(above, above))
    found = connected_components(graph, directed=False)[1][: len(long)]
    return np.asarray(pd.factorize(found)[0], np.int64)


def _tell_words_apart(long: pd.DataFrame, place: pd.Series) -> Ints:
    """Give words of their own to series of equal words that differ at a place: they are not one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    series = long.groupby(["words", "indicator", "role"], sort=False).ngroup()
    found = series.to_numpy(copy=True)
    for _, rows in long.assign(series=series, place=place).groupby("words", sort=False):
        table = rows.groupby(["series", "place"])["amount"].first().unstack()
        if len(table) < 2:
            continue
        amount, known = table.to_numpy(), table.notna().to_numpy()
        agree = np.zeros((len(table), len(table)), bool)
        for i in range(len(table)):
            both = known & known[i]
            far = np.abs(amount - amount[i]) > _EQUAL
            agree[i] = both.any(axis=1) & ~(both & far).any(axis=1)
        group = connected_components(coo_array(agree), directed=False)[1]
        first = table.index.to_numpy()[np.unique(group, return_index=True)[1]]
        found[rows.index] = first[group[table.index.get_indexer(rows["series"])]]
    return np.asarray(found, np.int64)
