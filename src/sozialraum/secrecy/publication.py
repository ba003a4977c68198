"""The system of everything an edition publishes, and which of its rows show which cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sozialraum.model.areas import Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.amounts import PLACE, complete_parts, list_amounts, merge_amounts
from sozialraum.secrecy.earlier import join_earlier
from sozialraum.secrecy.gaps import build_gap_cells
from sozialraum.secrecy.loosen import loosen_equations
from sozialraum.secrecy.sums import sum_areas, sum_formulas
from sozialraum.secrecy.system import Block, Bools, Ints, System, build_system, settle_cells


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """The system of a values table and its gaps, and which rows show which cells.

    Attributes
    ----------
    system : System
    numerator, denominator, rest : array of int
        Cell of every row, −1 for none: first the rows of the table, then the gaps. A count stands
        under ``numerator``; the rest is N − Z of a rate and stands in no row itself.
    secret : dict of str to array of int
        Cells that count persons of one area though no row shows them, by the measure of their gaps.
    given : array of bool
        Cells that earlier editions show, whatever is withheld.
    """

    system: System
    numerator: Ints
    denominator: Ints
    rest: Ints
    secret: Mapping[str, Ints] = field(default_factory=dict)
    given: Bools | None = None

    def known(self, hidden: Bools) -> Bools:
        """Tell which cells are known if these rows are withheld."""
        known = np.zeros(self.system.size, bool)
        for cells in (self.numerator, self.denominator):
            known[cells[~hidden & (cells >= 0)]] = True
        if self.given is not None:
            known |= self.given
        return known & ~np.isnan(self.system.value)


def build_publication(
    values: pd.DataFrame,
    areas: pd.DataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    *,
    gaps: pd.DataFrame | None = None,
    earlier: Sequence[pd.DataFrame] = (),
    agreeing: bool = True,
) -> Publication:
    """Build the system of everything that a values table and its gaps say about counts.

    Cells are the counts, numerators, denominators and the rest N − Z of rates, at every level and
    Datenstand. A count that stands under two indicators is one cell: by the definitions (``base``
    and ``ages``, ``numerator_of``), by equal words with equal values, or because two series agree at
    every place, whatever their Datenstand.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table, unprotected, index 0 … n−1.
    areas : DataFrame
        Smallest areas with all levels.
    levels : sequence of Level
    indicators : mapping
    gaps : DataFrame, optional
        Gaps with ``measure`` and ``people``, see `build_gap_cells`.
    earlier : sequence of DataFrame
        Values tables as they were published before, see `join_earlier`.
    agreeing : bool, default True
        Whether series that agree at every place are taken for one; whoever sees rounded figures alone
        cannot know that they agree.

    Returns
    -------
    Publication

    Notes
    -----
    Equations: an area is the sum of its parts, for all branches of levels over the same smallest
    areas; ``parts``, ``numerator_of`` and ``denominator_of`` add up; spans of ages of one base add
    up wherever they join; numerator and rest of a rate add up to its denominator. An index is no sum.
    Of a rate or mean that comes without numerator or denominator, the parts that the definitions let
    everybody compute are taken for published beside it, see `complete_parts`. What an earlier edition
    shows stands in the equations as a number.
    """
    joined = join_earlier(values, earlier, areas, levels)
    table = complete_parts(joined.table, indicators)
    long = list_amounts(table, indicators)
    cell = merge_amounts(long, agreeing=agreeing)
    count = int(cell.max()) + 1 if len(cell) else 0
    long = long.assign(cell=cell)
    single = long.drop_duplicates("cell").sort_values("cell")
    amount = single["amount"].to_numpy()
    signed = single["signed"].to_numpy(dtype=bool) | (amount < 0)
    places = {}
    for role in ("Z", "N"):
        part = long[long["role"] == role]
        at = np.full(len(table), -1, np.int64)
        at[part["at"].to_numpy()] = part["cell"].to_numpy()
        places[role] = at
    given = np.zeros(count, bool)
    for role, shown in (("Z", joined.numerator), ("N", joined.denominator)):
        given[places[role][shown & (places[role] >= 0)]] = True
    kind = table["indicator"].map({k: i.kind for k, i in indicators.items()})
    pair = (places["Z"] >= 0) & (places["N"] >= 0) & (kind == "rate").to_numpy()
    both = np.column_stack([places["Z"][pair], places["N"][pair]])
    unique, inverse = np.unique(both, axis=0, return_inverse=True)
    rest = np.full(len(table), -1, np.int64)
    rest[pair] = count + inverse.ravel()
    left = amount[unique[:, 1]] - amount[unique[:, 0]] if len(unique) else np.empty(0)
    value = np.append(amount, left)
    number = np.arange(len(unique))
    of_rates: Block = (
        np.repeat(number, 3),
        np.column_stack([unique, count + number]).ravel().astype(np.int64),
        np.tile([1.0, -1.0, 1.0], len(unique)),
    )
    labels = single[["what", *PLACE]]
    if len(unique):
        more = labels.iloc[unique[:, 0]]
        labels = pd.concat([labels, more.assign(what=more["what"] + "/rest")])
    floor = np.where(np.append(signed, left < 0), -np.inf, 0.0)
    of_areas, missing = sum_areas(long, areas, levels, len(value))
    labels = pd.concat(
        [labels, missing.drop(columns="signed").assign(what=missing["what"] + "/missing")]
    )
    value = np.append(value, np.full(len(missing), np.nan))
    floor = np.append(floor, np.where(missing["signed"].to_numpy(dtype=bool), -np.inf, 0.0))
    blocks = [*of_areas, *sum_formulas(long, indicators), of_rates]
    size = len(values)
    top, below, left_over = places["Z"][:size], places["N"][:size], rest[:size]
    secret: dict[str, Ints] = {}
    if gaps is not None and len(gaps):
        made = build_gap_cells(gaps, values, areas, levels, (rest[:size], value), len(value))
        measure = made.labels["what"].str.rsplit("/", n=1).str[0]
        for name, cells in measure[made.secret].groupby(measure[made.secret]):
            secret[str(name)] = len(value) + cells.index.to_numpy()
        none = np.full(len(gaps), -1, np.int64)
        top = np.append(top, made.people)
        below, left_over = np.append(below, none), np.append(left_over, none)
        labels = pd.concat([labels, made.labels])
        value, floor = np.append(value, made.value), np.append(floor, made.floor)
        blocks += made.blocks
        if "given" in gaps:
            given = np.append(given, np.zeros(len(value) - len(given), bool))
            given[made.people] = gaps["given"].to_numpy(dtype=bool)
    given = np.append(given, np.zeros(len(value) - len(given), bool)) & ~np.isnan(value)
    system = build_system(labels.reset_index(drop=True), value, blocks, floor=floor)
    if given.any():
        system = settle_cells(system, given)
    system = loosen_equations(system)
    return Publication(system, top, below, left_over, secret, given)
