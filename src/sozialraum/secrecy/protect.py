"""Withhold what would reveal a person, for all levels, years and indicators at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.model.areas import Level
from sozialraum.model.indicator import Indicator
from sozialraum.model.steps import forget_few_places
from sozialraum.secrecy.amounts import PLACE, complete_parts
from sozialraum.secrecy.attack import bound_cells
from sozialraum.secrecy.breaches import find_breaches
from sozialraum.secrecy.gaps import find_small_gaps, weigh_gaps, withhold_gaps
from sozialraum.secrecy.indices import round_indices, withhold_indices
from sozialraum.secrecy.loosen import naming_places
from sozialraum.secrecy.lost import spare_lost
from sozialraum.secrecy.publication import Publication, build_publication
from sozialraum.secrecy.rounding import attack_rounded, round_together
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.suppress import Completion, complete_suppression
from sozialraum.secrecy.unsafe import judge

HIDDEN = "."
# Totals, upper levels and what was published before are worth as many rows of the lowest level.
_AS_TOTAL = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """What is published of a values table and its gaps.

    Attributes
    ----------
    values : DataFrame
        Withheld rows have sign "." and neither value nor numerator nor denominator.
    gaps : DataFrame
        With a column ``sign``; withheld gaps have no ``people``, polygon and way stay.
    protocol : DataFrame
        ``level, area, indicator, datenstand, reason`` of withheld rows of values: the rule they break
        (see `judge`), or "sibling", "parent" or "part".
    completion : Completion
        What it cost to withhold further rows; None where there were none to choose.
    lost : DataFrame
        ``what, level, area, datenstand`` of counts that earlier editions give away already.
    """

    values: pd.DataFrame
    gaps: pd.DataFrame
    protocol: pd.DataFrame
    completion: Completion | None
    lost: pd.DataFrame


def protect_values(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Protect a values table without gaps and earlier editions, see `protect_together`.

    Returns
    -------
    protected : DataFrame
    protocol : DataFrame
    """
    found = protect_together(values, None, areas, levels, indicators, rules)
    return found.values, found.protocol


def protect_together(
    values: pd.DataFrame,
    gaps: pd.DataFrame | None,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
    *,
    earlier: Sequence[pd.DataFrame] = (),
    contributed: pd.DataFrame | None = None,
) -> Protected:
    """Withhold unsafe rows, and further ones until nobody can compute what they hide; or round all.

    All counts of the table and of its gaps are cells of one system of equations, see
    `build_publication`. Further rows are chosen at least loss, see `complete_suppression`: few, small,
    of the lowest levels, no totals; people of a gap before shares of areas, for its polygon and way
    stay. An index is withheld with any figure it is made of, which could be computed from it, and then
    for at least three areas, since the values of all areas have a known sum. A row that was delivered
    withheld (sign ".") must not follow from the others either; one that is missing may.

    Parameters
    ----------
    values : DataFrame
        All rows that are to be published.
    gaps : DataFrame, optional
        All gaps that are to be published, with ``measure``; see `build_gap_cells`.
    areas : GeoDataFrame
    levels : sequence of Level
    indicators : mapping
    rules : Secrecy
    earlier : sequence of DataFrame
        Values tables as they were published before, see `join_earlier`; what they show is withheld
        last.
    contributed : DataFrame, optional
        As `sum_contributions` gives it.

    Returns
    -------
    Protected
    """
    if rules.rounding:
        limits = {"base": rules.rounding, "minimum": rules.highest}
        parts = round_together(values, gaps, areas, levels, indicators, earlier=earlier, **limits)
        return Protected(*parts, None, pd.DataFrame(columns=["what", *PLACE]))
    table = values.reset_index(drop=True)
    known = complete_parts(table, indicators)
    judged = judge(known, indicators, rules, contributed)
    delivered = (table["sign"] == HIDDEN).to_numpy()
    hidden, reason = judged.unsafe | delivered, judged.reason
    judged = judged.beside(gaps, rules)
    small_gaps = judged.unsafe[len(table) :]
    withheld = np.append(hidden, small_gaps)
    completion = None
    lost = pd.DataFrame(columns=["what", *PLACE])
    if withheld.any() or len(small_gaps):
        publication = build_publication(
            known, areas, levels, indicators, gaps=gaps, earlier=earlier
        )
        needs = judged.needs(publication, rules)
        own = needs.own
        cost = _loss(table, publication, areas, levels, indicators, rules)
        cost = np.where(_find_shown_before(table, earlier), _AS_TOTAL * cost, cost)
        cost = np.append(cost, weigh_gaps(gaps)) if gaps is not None else cost
        with naming_places(publication.system):
            needs, _, gone = spare_lost(publication, needs, own)
            chosen, completion = complete_suppression(publication, withheld, needs, cost)
        lost = publication.system.labels.loc[gone, lost.columns].reset_index(drop=True)
        small_gaps, chosen = chosen[len(table) :], chosen[: len(table)]
        shows = np.zeros(len(table), bool)
        for cells in (publication.numerator[: len(table)], publication.denominator[: len(table)]):
            shows |= (cells >= 0) & own[cells]
        lowest = (table["level"] == levels[-1].id).to_numpy()
        reason[chosen & ~hidden] = np.where(shows, "small", np.where(lowest, "sibling", "parent"))[
            chosen & ~hidden
        ]
        hidden = chosen
    for why, rows in withhold_indices(table, hidden, indicators).items():
        hidden[rows] = True
        reason[rows] = why
    protected = table.copy()
    protected.loc[hidden, ["value", "numerator", "denominator"]] = np.nan
    protected.loc[hidden, "sign"] = HIDDEN
    protected["value"] = round_indices(protected, indicators)
    if "steps" in protected:
        steps = protected.loc[hidden, "steps"]
        protected.loc[hidden, "steps"] = forget_few_places(steps, rules.highest)
    ours = hidden & ~delivered
    protocol = table.loc[ours, ["level", "area", "indicator", "datenstand"]]
    protocol = protocol.assign(reason=reason[ours]).reset_index(drop=True)
    shown = pd.DataFrame() if gaps is None else withhold_gaps(gaps, small_gaps)
    return Protected(protected, shown, protocol, completion, lost)


def withhold_unsafe(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
    contributed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Withhold only what is unsafe by itself; what is left may give it away.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping
    rules : Secrecy
    contributed : DataFrame, optional

    Returns
    -------
    DataFrame
    """
    hidden = judge(values, indicators, rules, contributed).unsafe
    protected = values.copy()
    protected.loc[hidden, ["value", "numerator", "denominator"]] = np.nan
    protected.loc[hidden, "sign"] = HIDDEN
    return protected


def attack_values(
    values: pd.DataFrame,
    protected: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
    *,
    gaps: pd.DataFrame | None = None,
    shown: pd.DataFrame | None = None,
    earlier: Sequence[pd.DataFrame] = (),
    contributed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Attack a protected values table, and gaps, with everything they say.

    Parameters
    ----------
    values : DataFrame
        The rows before protection.
    protected : DataFrame
        The same rows as they are to be published.
    areas : GeoDataFrame
    levels : sequence of Level
    indicators : mapping
    rules : Secrecy
    gaps, shown : DataFrame, optional
        Gaps before protection, and as they are to be published.
    earlier : sequence of DataFrame
        Values tables as they were published before.
    contributed : DataFrame, optional
        As `sum_contributions` gives it.

    Returns
    -------
    DataFrame
        One row per count that follows from what is published: ``what, level, area, datenstand``,
        ``attacker``, ``lower``, ``upper``. Empty: nobody finds anything but what earlier editions give
        away.

    Notes
    -----
    Three attackers: the reader knows that counts are whole numbers from 0 and must not get closer
    to a count that breaks a rule than the rule's interval, nor to any other withheld count exactly.
    The insider also knows that small counts are 1 … minimum − 1; the single is the only
    case of a count of 1: neither may find another count exactly.
    """
    if rules.rounding:
        limits = {"base": rules.rounding, "minimum": rules.highest}
        return attack_rounded(
            values, protected, areas, levels, indicators, gaps=gaps, earlier=earlier, **limits
        )
    columns = ["what", "level", "area", "datenstand", "attacker", "lower", "upper"]
    table = complete_parts(values.reset_index(drop=True), indicators)
    judged = judge(table, indicators, rules, contributed)
    hidden = (protected["sign"] == HIDDEN).to_numpy()
    # What is withheld for the sake of its parts may follow from elsewhere; its parts may not.
    made = table["indicator"].map({k: bool(i.made_of) for k, i in indicators.items()})
    own = hidden & ~made.to_numpy(dtype=bool)
    if gaps is not None and shown is not None:
        judged = judged.beside(gaps, rules)
        hidden = np.append(hidden, shown["people"].isna().to_numpy())
        own = np.append(own, shown["people"].isna().to_numpy())
    if not (judged.unsafe.any() or hidden.any()) and (gaps is None or not len(gaps)):
        return pd.DataFrame({c: [] for c in columns})
    publication = build_publication(table, areas, levels, indicators, gaps=gaps, earlier=earlier)
    system = publication.system
    counts = np.zeros(system.size, bool)
    counts[publication.numerator[own & (publication.numerator >= 0)]] = True
    known = publication.known(hidden)
    found = []
    with naming_places(system):
        needs, counts, _ = spare_lost(publication, judged.needs(publication, rules), counts)
        breaches = find_breaches(system, known, needs, counts)
    for breach in breaches:
        targets = np.zeros(system.size, bool)
        targets[breach.cells] = True
        lower, upper = bound_cells(system, known, breach.attacker, targets)
        found.append(
            system.labels.iloc[breach.cells].assign(
                attacker=breach.attacker.name,
                lower=lower[breach.cells],
                upper=upper[breach.cells],
            )
        )
    if not found:
        return pd.DataFrame({c: [] for c in columns})
    return pd.concat(found, ignore_index=True)[columns]


def _loss(
    table: pd.DataFrame,
    publication: Publication,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
) -> npt.NDArray[np.float64]:
    """Weigh every row: upper levels and totals of parts ten times, small before large, zeros last.

    If told so, large before small.
    """
    count = np.array([areas[level.id].nunique() for level in levels], dtype=float)
    smallest = {level.id: count.max() / c for level, c in zip(levels, count, strict=True)}
    of_level = table["level"].map(smallest).fillna(1.0).to_numpy()
    step = np.where(table["level"] == levels[-1].id, 1.0, _AS_TOTAL * of_level)
    totals = {k for k, i in indicators.items() if i.parts}
    totals |= {i.base for i in indicators.values() if i.base}
    step = np.where(table["indicator"].isin(totals), _AS_TOTAL * step, step)
    cells = publication.numerator[: len(table)]
    value = np.where(cells >= 0, publication.system.value[cells], np.nan)
    value = np.nan_to_num(np.abs(value))
    order = table["indicator"].astype(str) + table["datenstand"].astype(str)
    share = pd.Series(value).groupby(order.to_numpy()).rank(method="dense", pct=True).to_numpy()
    share = share if rules.large == "last" else 1 - share
    return np.asarray(step * (1 + np.where(value == 0, 0.9, 0.5 * share)))


def _find_shown_before(
    table: pd.DataFrame, earlier: Sequence[pd.DataFrame]
) -> npt.NDArray[np.bool_]:
    """Find the rows that an earlier edition shows."""
    key = ["level", "area", "indicator", "datenstand"]
    shown = pd.MultiIndex.from_frame(
        pd.concat([t.loc[t["value"].notna(), key].astype("str") for t in earlier])
        if earlier
        else table.loc[[], key].astype("str")
    )
    return np.asarray(pd.MultiIndex.from_frame(table[key].astype("str")).isin(shown))


def protect_gaps(gaps: gpd.GeoDataFrame, rules: Secrecy) -> gpd.GeoDataFrame:
    """Withhold the number of people of small gaps alone, see `protect_together`."""
    named = gaps if "measure" in gaps else gaps.assign(measure="")
    return withhold_gaps(gaps, find_small_gaps(named, rules))
