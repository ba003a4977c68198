"""Who contributed how much to a number: added up through all levels, never published."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sozialraum.model.areas import UNASSIGNED, WHOLE, Level
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.rows import find_rows
from sozialraum.model.schema import CONTRIBUTIONS
from sozialraum.secrecy.rules import Secrecy

_KEY = ["level", "area", "indicator", "datenstand"]


def check_contributions(
    contributions: pd.DataFrame, areas: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> list[Finding]:
    """Check that areas and indicators exist and every contributor stands once.

    Parameters
    ----------
    contributions : DataFrame
        ``area, indicator, datenstand, contributor, amount``; as read, also ``file`` and ``row``.
    areas : DataFrame
        Smallest areas.
    indicators : mapping

    Returns
    -------
    list of Finding
        Without names of contributors: reports may be passed on.
    """
    label = "contributions"
    columns = [c.name for c in CONTRIBUTIONS.columns if c.required]
    missing = [c for c in columns if c not in contributions]
    if missing:
        return [
            find(
                "error", "missing_column", label, column=c, wanted=c, seen=", ".join(contributions)
            )
            for c in missing
        ]
    table = contributions
    if "row" not in table:
        table = table.assign(file=label, row=np.arange(2, len(table) + 2))
    area, name = table["area"].astype("str"), table["indicator"].astype("str")
    found = find_rows(
        "error", "unknown_area", label, table, ~area.isin([*areas.index.astype("str"), UNASSIGNED]),
        column="area", cell=area,
    )  # fmt: skip
    unknown = ~name.isin(list(indicators))
    near = [
        (difflib.get_close_matches(n, indicators, n=1) or ["–"])[0] if odd else ""
        for n, odd in zip(name, unknown, strict=True)
    ]
    found += find_rows(
        "error", "unknown_indicator", label, table, unknown, column="indicator", cell=name,
        hint=pd.Series(near, index=table.index), count=1,
    )  # fmt: skip
    amount = pd.to_numeric(table["amount"], errors="coerce")
    found += find_rows(
        "error", "too_small", label, table, ~(amount >= 0), column="amount", cell=amount, minimum=0,
    )  # fmt: skip
    twice = table.duplicated(["area", "indicator", "datenstand", "contributor"])
    found += find_rows("error", "contributor_twice", label, table, twice, column="contributor")
    return found


def sum_contributions(
    contributions: pd.DataFrame,
    areas: pd.DataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
) -> pd.DataFrame:
    """Add contributions up through every level: whoever gave to several areas gave to their whole once.

    Parameters
    ----------
    contributions : DataFrame
        ``area`` (smallest), ``indicator, datenstand, contributor, amount``. A contributor with amount
        0 is one: he took part.
    areas : DataFrame
        Smallest areas with all levels.
    levels : sequence of Level
    indicators : mapping
    rules : Secrecy
        Say how many of the largest are summed up.

    Returns
    -------
    DataFrame
        Index ``level, area, indicator, datenstand``; ``contributors`` (how many), ``total``,
        ``largest`` (sum of the n largest), ``sole`` (number of the only one, −1 if there are more).

    Raises
    ------
    InputError

    Examples
    --------
    >>> given = pd.DataFrame({"area": ["1", "2", "2"], "indicator": "plaetze", "datenstand": "2024",
    ...                       "contributor": ["AWO", "AWO", "DRK"], "amount": [60.0, 20.0, 20.0]})
    >>> areas = pd.DataFrame({"gesamt": "gesamt", "quartier": ["1", "2"]}, index=["1", "2"])
    >>> levels = [Level("gesamt", "Stadt", "Stadt"), Level("quartier", "Q", "Q", "gesamt")]
    >>> known = {"plaetze": Indicator(id="plaetze", title="Plätze")}
    >>> sums = sum_contributions(given, areas, levels, known, Secrecy())
    >>> sums.reset_index()[["area", "contributors", "total", "largest"]].values.tolist()
    [['gesamt', 2, 100.0, 80.0], ['1', 1, 60.0, 60.0], ['2', 2, 40.0, 20.0]]
    """
    CheckReport(tuple(check_contributions(contributions, areas, indicators))).raise_for_errors()
    given = contributions[["area", "indicator", "datenstand", "contributor", "amount"]]
    given = given.astype({"area": "str", "indicator": "str", "datenstand": "str"})
    parts = []
    for level in levels:
        of = dict(zip(areas.index.astype("str"), areas[level.id].astype("str"), strict=True))
        of[UNASSIGNED] = WHOLE if level.id == WHOLE else UNASSIGNED
        parts.append(given.assign(level=level.id, area=given["area"].map(of)))
    long = pd.concat(parts, ignore_index=True)
    sums = long.groupby([*_KEY, "contributor"], sort=True)["amount"].sum().reset_index()
    sums = sums.sort_values([*_KEY, "amount"], ascending=[True] * 4 + [False], kind="stable")
    rank = sums.groupby(_KEY, sort=False).cumcount()
    how_many = {
        name: rules.of(name).dominance.largest if rules.of(name).dominance else 1  # type: ignore[union-attr]
        for name in sums["indicator"].unique()
    }
    top = sums["amount"].where(rank < sums["indicator"].map(how_many), 0.0)
    who = pd.factorize(sums["contributor"], sort=True)[0]
    grouped = sums.assign(top=top, who=who).groupby(_KEY, sort=True)
    found = grouped.agg(
        contributors=("contributor", "size"), total=("amount", "sum"), largest=("top", "sum"),
        sole=("who", "max"),
    )  # fmt: skip
    return found.assign(sole=found["sole"].where(found["contributors"] == 1, -1))


def list_unlisted(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
    contributed: pd.DataFrame | None,
) -> list[Finding]:
    """Say where rules that ask for contributors cannot be applied, or the contributions do not add up.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping
    rules : Secrecy
    contributed : DataFrame, optional
        As `sum_contributions` gives it.

    Returns
    -------
    list of Finding
        Notes without numbers.
    """
    listed = set() if contributed is None else set(contributed.index.unique("indicator"))
    there = [name for name in indicators if name in set(values["indicator"])]
    found = []
    for name in there:
        entry = rules.indicators.get(name, {})
        named = {"dominance", "providers"} & set(entry) and rules.of(name).by_contributors
        if named and name not in listed:
            found.append(find("note", "no_contributions", indicators[name].title))
    if rules.by_contributors and not listed:
        found.append(find("note", "no_contributions_at_all", "contributions"))
    if contributed is None:
        return found
    rows = values.set_index(_KEY)
    amount = rows["numerator"].where(rows["numerator"].notna(), rows["value"])
    total = contributed["total"].reindex(amount.index)
    apart = (total - amount).abs() > 0.5 + 0.001 * amount.abs()
    for name in there:
        count = int(apart[apart.index.get_level_values("indicator") == name].sum())
        if count:
            found.append(find("note", "contributions_apart", indicators[name].title, count=count))
    return found
