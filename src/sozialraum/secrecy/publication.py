"""The system of everything an edition publishes, and which of its rows show which cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sozialraum.model.areas import Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.amounts import PLACE, list_amounts, merge_amounts
from sozialraum.secrecy.sums import sum_areas, sum_formulas
from sozialraum.secrecy.system import Bools, Ints, System, build_system


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """The system of a values table, and which rows of the table show which cells.

    Attributes
    ----------
    system : System
    numerator, denominator, rest : array of int
        Cell of every row of the table, −1 for none. A count stands under ``numerator``; the rest is
        N − Z of a rate and stands in no row itself.
    """

    system: System
    numerator: Ints
    denominator: Ints
    rest: Ints

    def known(self, hidden: Bools) -> Bools:
        """Tell which cells are published if these rows of the table are withheld."""
        known = np.zeros(self.system.size, bool)
        for cells in (self.numerator, self.denominator):
            known[cells[~hidden & (cells >= 0)]] = True
        return known & ~np.isnan(self.system.value)


def build_publication(
    values: pd.DataFrame,
    areas: pd.DataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    *,
    agreeing: bool = True,
) -> Publication:
    """Build the system of everything that a values table says about counts.

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
    """
    long = list_amounts(values, indicators)
    cell = merge_amounts(long, agreeing=agreeing)
    count = int(cell.max()) + 1 if len(cell) else 0
    long = long.assign(cell=cell)
    single = long.drop_duplicates("cell").sort_values("cell")
    amount = single["amount"].to_numpy()
    signed = single["signed"].to_numpy(dtype=bool) | (amount < 0)
    places = {}
    for role in ("Z", "N"):
        part = long[long["role"] == role]
        at = np.full(len(values), -1, np.int64)
        at[part["at"].to_numpy()] = part["cell"].to_numpy()
        places[role] = at
    kind = values["indicator"].map({k: i.kind for k, i in indicators.items()})
    pair = (places["Z"] >= 0) & (places["N"] >= 0) & (kind == "rate").to_numpy()
    both = np.column_stack([places["Z"][pair], places["N"][pair]])
    unique, inverse = np.unique(both, axis=0, return_inverse=True)
    rest = np.full(len(values), -1, np.int64)
    rest[pair] = count + inverse.ravel()
    left = amount[unique[:, 1]] - amount[unique[:, 0]] if len(unique) else np.empty(0)
    value = np.append(amount, left)
    number = np.arange(len(unique))
    of_rates = (
        np.repeat(number, 3),
        np.column_stack([unique, count + number]).ravel().astype(np.int64),
        np.tile([1.0, -1.0, 1.0], len(unique)),
    )
    labels = single[["what", *PLACE]]
    if len(unique):
        more = labels.iloc[unique[:, 0]]
        labels = pd.concat([labels, more.assign(what=more["what"] + "/rest")])
    system = build_system(
        labels.reset_index(drop=True),
        value,
        [
            *sum_areas(long, areas, levels),
            *sum_formulas(long, indicators),
            of_rates,
        ],
        floor=np.where(np.append(signed, left < 0), -np.inf, 0.0),
    )
    return Publication(system, places["Z"], places["N"], rest)
