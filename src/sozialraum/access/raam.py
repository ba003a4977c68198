"""Where would everyone go who minds both the way and the crowd? The rational agent access model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.capacity import need_capacity, need_demand
from sozialraum.access.network import Floats, refuse
from sozialraum.access.pairs import make_pairs
from sozialraum.access.travel import need_limit
from sozialraum.errors import CoverageError
from sozialraum.texts import number, say

ROUNDS = 20_000
"""Rounds after which a search that has not come near enough is given up with an error."""


def measure_raam(
    demand: pd.Series,
    capacity: pd.Series,
    travel: pd.DataFrame,
    *,
    limit_min: float,
    tau_min: float = 60.0,
    tolerance: float = 1e-4,
) -> pd.DataFrame:
    """Measure what reaching a place costs when everyone chooses between the near and the empty.

    Parameters
    ----------
    demand : Series of float
        People of one group; index: cell.
    capacity : Series of float
        Places; index: offer.
    travel : DataFrame
        As in ``measure_catchment``.
    limit_min : float
        Longest way in minutes, inclusive.
    tau_min : float, default 60
        Minutes of travel that are as bad as the mean crowd (demand per place over all).
    tolerance : float, default 1e-4
        How much cheaper all people together could still choose, as a share of their costs.

    Returns
    -------
    DataFrame
        Index of ``demand``: ``people``, ``cost`` (1 = the mean crowd next door; low is good, missing
        where no offer is reached), ``offers`` and ``unstated`` as in ``measure_catchment``, and
        ``quality``.

    Raises
    ------
    InputError
        As ``measure_catchment``; a useless ``tau_min`` or ``tolerance``.
    CoverageError
        As ``measure_catchment``; the tolerance is not reached in 20,000 rounds.

    Notes
    -----
    Saxon and Snow (2020). Going from i to j costs c_ij = D_j / (ρ·S_j) + t_ij / τ, where D_j are the
    people who go to j and ρ = Σ P / Σ S over all people and all places stated. Everyone chooses what
    costs least, so that in the end nobody can do better: ``cost`` = min_j c_ij.

    That equilibrium is the minimum of Σ_j D_j² / (2·ρ·S_j) + Σ_ij x_ij·t_ij / τ over flows x of the
    people within the limit; its loads D, and so all costs, are unique. It is found by gradient
    projection (Jayakrishnan and others 1994): everyone moves from dearer offers to the cheapest by
    the difference in cost over its slope, all at once and by the step that is best for all. The gap
    Σ_ij x_ij·(c_ij − min_j c_ij) over Σ_i P_i·min_j c_ij bounds the error; the search ends when it is
    down to ``tolerance``, never by the clock. Offers of 0 places take nobody. Same input, same result;
    equal costs are broken by the order of the ways.

    Examples
    --------
    One cell, two offers of one place, the second 30 minutes away: ρ = 10 / 2 = 5. With D in the first,
    D/5 = (10 − D)/5 + 30/60, so D = 6.25 and the cost is 1.25.

    >>> ways = pd.DataFrame({"origin": "h", "destination": ["a", "b"], "minutes": [0.0, 30.0]})
    >>> places = pd.Series({"a": 1.0, "b": 1.0})
    >>> measure_raam(pd.Series({"h": 10.0}), places, ways, limit_min=60)["cost"].round(3)
    h    1.25
    Name: cost, dtype: float64
    """
    limit = need_limit(limit_min, travel)
    for name, value in (("tau_min", tau_min), ("tolerance", tolerance)):
        if not (np.isfinite(value) and value > 0):
            refuse("catchment.weight_value", "RAAM", name=name, value=value)
    people, (places, stated) = need_demand(demand), need_capacity(capacity)
    ways = make_pairs(travel, demand.index, capacity.index, limit_min=limit)
    supply = np.where(stated, places, 0.0)
    crowded = people.sum() > 0 and supply.sum() > 0
    crowd = people.sum() / supply.sum() * supply if crowded else supply
    kept = crowd[ways.offer] > 0
    choice = _Choice.of(ways.cell[kept], ways.offer[kept], ways.minutes[kept] / tau_min)
    cost = np.full(len(people), np.nan)
    cost[choice.cell] = choice.settle(people[choice.cell], crowd, tolerance)
    unstated = ways.count_at_cells(~stated)
    return pd.DataFrame(
        {
            "people": people,
            "cost": cost,
            "offers": ways.count_at_cells(stated),
            "unstated": unstated,
            "quality": np.where(unstated > 0, "partial", ways.quality),
        },
        index=demand.index,
    ).astype({"quality": "str"})


@dataclass(frozen=True, eq=False)
class _Choice:
    """The ways to choose from, ordered by cell; ``starts`` is the first way of every cell."""

    cell: npt.NDArray[np.int32]
    offer: npt.NDArray[np.int32]
    way: Floats
    starts: npt.NDArray[np.intp]
    row: npt.NDArray[np.intp]

    @classmethod
    def of(cls, cell: npt.NDArray[np.int32], offer: npt.NDArray[np.int32], way: Floats) -> _Choice:
        """Find where every cell begins."""
        starts = np.flatnonzero(np.diff(cell, prepend=-1))
        row = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(cell))))
        return cls(cell[starts], offer, way, starts, row)

    def cheapest(self, crowding: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Give every cell its least cost and the first way that has it."""
        cost = self.way + crowding[self.offer]
        least = np.minimum.reduceat(cost, self.starts)
        best = np.flatnonzero(cost == least[self.row])
        return least, best[np.diff(self.row[best], prepend=-1) > 0]

    def settle(self, people: Floats, crowd: Floats, tolerance: float) -> Floats:
        """Move people until nobody gains by more than the tolerance; give every cell its cost."""
        if not len(self.starts):
            return np.empty(0)
        inverse = np.divide(1.0, crowd, out=np.zeros_like(crowd), where=crowd > 0)
        flow = np.zeros(len(self.way))
        flow[self.cheapest(np.zeros(len(crowd)))[1]] = people
        for _ in range(ROUNDS):
            used = np.flatnonzero(flow)
            here, cell, amount = self.offer[used], self.row[used], flow[used]
            crowding = np.bincount(here, amount, len(crowd)).astype(np.float64) * inverse
            least, best = self.cheapest(crowding)
            dearer = self.way[used] + crowding[here] - least[cell]
            gap, bound = float((amount * dearer).sum()), float((least * people).sum())
            if gap <= tolerance * bound:
                return least
            there = self.offer[best]
            move = np.minimum(amount, dearer / (inverse[here] + inverse[there][cell]))
            arrive = np.bincount(cell, move, len(best))
            change = np.bincount(there, arrive, len(crowd)) - np.bincount(here, move, len(crowd))
            bend = float((change * change * inverse).sum())
            # Nobody can leave who is not there.
            size = float((amount[move > 0] / move[move > 0]).min())
            if bend > 0:
                size = min(size, float((move * dearer).sum()) / bend)
            flow[used] = np.maximum(amount - size * move, 0.0)
            flow[best] += size * arrive
        share = number(100 * gap / bound, 4)
        raise CoverageError(say("catchment.not_settled", rounds=number(ROUNDS), gap=share))
