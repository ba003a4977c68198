"""A travel table as arrays: who reaches what, in positions instead of names."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.crew import share
from sozialraum.access.network import Floats, Ints, refuse, to_floats
from sozialraum.access.travel import within
from sozialraum.errors import CoverageError
from sozialraum.texts import say

Bools = npt.NDArray[np.bool_]

MANY = 50_000
"""Ways from which on loading the compiled loops is worth it."""

PART, MOST = 250_000, 16
"""Ways from which on another thread is worth it, and parts that ways are cut into at most."""


def compiled_loops(count: int) -> ModuleType | None:
    """Give the compiled loops if numba is there and the work is worth it; results are the same."""
    if count < MANY or find_spec("numba") is None:
        return None
    from sozialraum.access import kernels

    return kernels


def cut(count: int) -> list[slice]:
    """Cut so many ways into parts for threads: by their number alone, so that sums stay the same."""
    ends = np.linspace(0, count, max(1, min(MOST, count // PART)) + 1).astype(int).tolist()
    return [slice(*part) for part in pairwise(ends)]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Ways from cells to offers within a limit, ordered by cell, no two between the same two.

    Attributes
    ----------
    cell, offer : int32 arrays
        Positions.
    minutes : float64 array
    cells, offers : int
        How many there are of each.
    quality : str
        ``straight_line`` if one of the ways is one, else ``exact``.
    parts : list of slice
        All ways, the ways of a cell in one part.
    """

    cell: Ints
    offer: Ints
    minutes: Floats
    cells: int
    offers: int
    quality: str
    parts: list[slice]

    def sum_at_offers(self, weight: Floats, per_cell: Floats) -> Floats:
        """Add up weight times the value of the cell at every offer."""
        total = np.zeros((len(self.parts), self.offers))
        self._sum(self.cell, self.offer, weight, per_cell, list(total))
        return np.asarray(total.sum(axis=0))

    def sum_at_cells(self, weight: Floats, per_offer: Floats) -> Floats:
        """Add up weight times the value of the offer at every cell."""
        total = np.zeros(self.cells)
        self._sum(self.offer, self.cell, weight, per_offer, [total] * len(self.parts))
        return total

    def _sum(
        self, start: Ints, end: Ints, weight: Floats, value: Floats, totals: list[Floats]
    ) -> None:
        """Add weight times the value at the start of every way to the total of its part at its end."""
        columns = [(start[part], end[part], weight[part]) for part in self.parts]
        loops = compiled_loops(len(start))
        if loops is None:
            # One after the other: every sum is added to the whole total, which parts may share.
            for (here, there, much), total in zip(columns, totals, strict=True):
                total += np.bincount(there, much * value[here], len(total))
        else:
            share(lambda i: loops.sum_at(*columns[i], value, totals[i]), range(len(columns)))

    def count_at_cells(self, chosen: Bools) -> npt.NDArray[np.int64]:
        """Count the chosen offers at every cell."""
        if not chosen.any():
            return np.zeros(self.cells, dtype=np.int64)
        loops = compiled_loops(len(self.cell))
        if loops is not None and chosen.all():
            count = np.zeros(self.cells, dtype=np.int64)
            share(lambda part: loops.count_runs(self.cell[part], count), self.parts)
            return count
        counted = np.ones(len(self.cell))
        return self.sum_at_cells(counted, chosen.astype(np.float64)).astype(np.int64)


def make_pairs(
    travel: pd.DataFrame, cells: pd.Index, offers: pd.Index, *, limit_min: float
) -> Pairs:
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
    if not _in_order(cell, offer, minutes, limit_min):
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
        kept = known & within(minutes, limit_min)
        cell, offer, minutes = _shortest(cell[kept], offer[kept], minutes[kept])
    # No cell reaches over two parts.
    begins = [int(np.searchsorted(cell, cell[p.start])) for p in cut(len(cell))[1:]]
    parts = [slice(*part) for part in pairwise([0, *begins, len(cell)])]
    quality = "straight_line" if straight else "exact"
    return Pairs(cell, offer, minutes, len(cells), len(offers), quality, parts)


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


def _in_order(cell: Ints, offer: Ints, minutes: Floats, limit_min: float) -> bool:
    """Tell whether all is known, within the limit, and ordered by cell and offer, none twice."""
    loops, limit = compiled_loops(len(cell)), round(limit_min, 6)
    if loops is not None:
        # Parts share a way, so that the order is asked between all.
        parts = [slice(max(p.start - 1, 0), p.stop) for p in cut(len(cell))]
        fine: list[bool] = []
        columns = cell, offer, minutes
        share(lambda p: fine.append(loops.in_order(*(c[p] for c in columns), limit)), parts)
        return all(fine)
    if not ((cell >= 0).all() and (offer >= 0).all() and (minutes >= 0).all()):
        return False
    here, there = cell[1:] - cell[:-1], offer[1:] > offer[:-1]
    return bool(((here > 0) | ((here == 0) & there)).all() and within(minutes, limit_min).all())


def _shortest(cell: Ints, offer: Ints, minutes: Floats) -> tuple[Ints, Ints, Floats]:
    """Order the ways by cell and offer and keep the shortest between the same two."""
    order = np.lexsort((minutes, offer, cell))
    cell, offer, minutes = cell[order], offer[order], minutes[order]
    first = np.ones(len(cell), dtype=bool)
    first[1:] = (cell[1:] != cell[:-1]) | (offer[1:] != offer[:-1])
    return cell[first], offer[first], minutes[first]
