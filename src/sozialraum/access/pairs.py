"""A travel table as arrays: who reaches what, in positions instead of names."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.network import Floats, Ints, refuse, to_floats
from sozialraum.access.travel import within
from sozialraum.errors import CoverageError
from sozialraum.texts import say

Bools = npt.NDArray[np.bool_]

MANY = 50_000
"""Ways from which on loading the compiled loops is worth it."""


def compiled_loops(count: int) -> ModuleType | None:
    """Give the compiled loops if numba is there and the work is worth it; results are the same."""
    if count < MANY or find_spec("numba") is None:
        return None
    from sozialraum.access import kernels

    return kernels


@dataclass(frozen=True, eq=False)
class Pairs:
    """Ways from cells to offers, ordered by cell, no two between the same two.

    Attributes
    ----------
    cell, offer : int32 arrays
        Positions.
    minutes : float64 array
    cells, offers : int
        How many there are of each.
    quality : str
        ``straight_line`` if one of the ways is one, else ``exact``.
    """

    cell: Ints
    offer: Ints
    minutes: Floats
    cells: int
    offers: int
    quality: str

    def sum_at_offers(self, weight: Floats, per_cell: Floats) -> Floats:
        """Add up weight times the value of the cell at every offer."""
        return _sum_at(self.cell, self.offer, weight, per_cell, self.offers)

    def sum_at_cells(self, weight: Floats, per_offer: Floats) -> Floats:
        """Add up weight times the value of the offer at every cell."""
        return _sum_at(self.offer, self.cell, weight, per_offer, self.cells)

    def count_at_cells(self, limit_min: float, chosen: Bools) -> npt.NDArray[np.int64]:
        """Count the chosen offers within the limit, itself included, at every cell."""
        if not chosen.any():
            return np.zeros(self.cells, dtype=np.int64)
        loops = compiled_loops(len(self.cell))
        if loops is None:
            counted = within(self.minutes, limit_min) & chosen[self.offer]
            return np.bincount(self.cell[counted], minlength=self.cells).astype(np.int64)
        total, limit = np.zeros(self.cells, dtype=np.int64), round(limit_min, 6)
        which = chosen.astype(np.int64)
        loops.count_at(self.cell, self.offer, self.minutes, limit, which, total)
        return total


def make_pairs(travel: pd.DataFrame, cells: pd.Index, offers: pd.Index) -> Pairs:
    """Turn names into positions; of several ways between the same two the shortest counts.

    Columns ``origin`` and ``destination`` of dtype ``category`` are taken as they are coded, which
    is many times faster than looking names up.

    Raises
    ------
    InputError
        A column is missing, minutes are missing or negative, or no destination is among the offers.
    CoverageError
        Ways start at cells nobody asked about: their people would compete without being counted.
    """
    what = say("access.travel")
    if missing := [c for c in ("origin", "destination", "minutes") if c not in travel]:
        refuse("access.travel_columns", what, columns=", ".join(missing))
    # No copy of what is a float already: these columns are long.
    column = travel["minutes"]
    minutes = column.to_numpy() if column.dtype == np.float64 else to_floats(column)
    cell, offer = _positions(travel["origin"], cells), _positions(travel["destination"], offers)
    straight = "quality" in travel and _occurs("straight_line", travel["quality"])
    quality = "straight_line" if straight else "exact"
    if _in_order(cell, offer, minutes, len(offers)):
        return Pairs(cell, offer, minutes, len(cells), len(offers), quality)
    if not (minutes >= 0).all():
        refuse("access.travel_minutes", what, count=int((~(minutes >= 0)).sum()))
    known = offer >= 0
    if len(known) and not known.any():
        refuse("catchment.unknown_offers", what, ids=_some(travel["destination"]))
    if len(cell) and cell.min() < 0:
        names = travel["origin"][cell < 0]
        raise CoverageError(
            say("catchment.unknown_cells", count=names.nunique(dropna=False), ids=_some(names))
        )
    pairs = cell, offer, minutes
    if not known.all():
        pairs = cell[known], offer[known], minutes[known]
    pairs = _shortest(*pairs)
    return Pairs(*pairs, len(cells), len(offers), quality)


def _positions(names: pd.Series, index: pd.Index) -> Ints:
    """Give the position of every name in the index, -1 where it is not there."""
    if isinstance(names.dtype, pd.CategoricalDtype):
        codes, distinct = names.array.codes, names.array.categories
    else:
        codes, distinct = pd.factorize(names)
    if not distinct.equals(index):
        # A missing name has the code -1, which reaches the last entry.
        codes = np.append(index.get_indexer(distinct), -1).astype(np.int32)[codes]
    return np.ascontiguousarray(codes, dtype=np.int32)


def _occurs(name: str, column: pd.Series) -> bool:
    """Tell whether a name stands in a column; one that is no category of it does not."""
    coded = isinstance(column.dtype, pd.CategoricalDtype)
    return not (coded and name not in column.array.categories) and bool((column == name).any())


def _some(names: pd.Series) -> str:
    return ", ".join(names.astype("str").fillna(say("number.missing")).unique()[:5])


def _in_order(cell: Ints, offer: Ints, minutes: Floats, offers: int) -> bool:
    """Tell whether all is known, the ways are ordered by cell and none stands twice."""
    loops = compiled_loops(len(cell))
    if loops is not None:
        return bool(loops.in_order(cell, offer, minutes, np.full(offers, -1, dtype=np.int32)))
    if not ((cell >= 0).all() and (offer >= 0).all() and (minutes >= 0).all()):
        return False
    key = cell.astype(np.int64) * offers + offer
    rising = bool((key[1:] > key[:-1]).all())
    return rising or bool((cell[1:] >= cell[:-1]).all() and len(np.unique(key)) == len(key))


def _shortest(cell: Ints, offer: Ints, minutes: Floats) -> tuple[Ints, Ints, Floats]:
    """Order the ways by cell and offer and keep the shortest between the same two."""
    order = np.lexsort((minutes, offer, cell))
    cell, offer, minutes = cell[order], offer[order], minutes[order]
    first = np.ones(len(cell), dtype=bool)
    first[1:] = (cell[1:] != cell[:-1]) | (offer[1:] != offer[:-1])
    return cell[first], offer[first], minutes[first]


def _sum_at(start: Ints, end: Ints, weight: Floats, value: Floats, size: int) -> Floats:
    """Add up weight times the value at the start of every way at its end."""
    loops = compiled_loops(len(start))
    if loops is None:
        return np.bincount(end, weight * value[start], size).astype(np.float64)
    total = np.zeros(size)
    loops.sum_at(start, end, weight, value, total)
    return total
