"""Where would everyone go who minds both the way and the crowd? The rational agent access model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.capacity import need_capacity, need_demand
from sozialraum.access.network import Floats, refuse
from sozialraum.access.pairs import make_pairs
from sozialraum.access.travel import need_limit, within
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

    That equilibrium is the one minimum of Σ_j D_j² / (2·ρ·S_j) + Σ_ij x_ij·t_ij / τ over flows x of
    the people within the limit. It is found by conjugate Frank–Wolfe steps: all go where it is
    cheapest now, the mix of before and after is taken at its exact best, and directions are kept
    conjugate (Mitradjieva and Lindberg 2013). The gap (Σ x·c − Σ_i P_i·min_j c_ij) / Σ_i P_i·min_j c_ij
    bounds the error; the search ends at ``tolerance``, never by the clock. Offers of 0 places take
    nobody. Same input, same result; equal costs are broken by the order of ``capacity``.

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
    limit = need_limit(limit_min)
    for name, value in (("tau_min", tau_min), ("tolerance", tolerance)):
        if not (np.isfinite(value) and value > 0):
            refuse("catchment.weight_value", "RAAM", name=name, value=value)
    people, (places, stated) = need_demand(demand), need_capacity(capacity)
    ways = make_pairs(travel, demand.index, capacity.index)
    supply = np.where(stated, places, 0.0)
    crowded = people.sum() > 0 and supply.sum() > 0
    crowd = people.sum() / supply.sum() * supply if crowded else supply
    kept = within(ways.minutes, limit) & (crowd[ways.offer] > 0)
    choice = _Choice.of(ways.cell[kept], ways.offer[kept], ways.minutes[kept] / tau_min)
    cost = np.full(len(people), np.nan)
    cost[choice.cell] = choice.settle(people[choice.cell], crowd, tolerance)
    unstated = ways.count_at_cells(limit, ~stated)
    return pd.DataFrame(
        {
            "people": people,
            "cost": cost,
            "offers": ways.count_at_cells(limit, stated),
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
        at_best = np.flatnonzero(cost == least[self.row])
        _, first = np.unique(self.row[at_best], return_index=True)
        return least, at_best[first]

    def settle(self, people: Floats, crowd: Floats, tolerance: float) -> Floats:
        """Move people until nobody gains by more than the tolerance; give every cell its cost.

        Only the load of the offers and the minutes of all matter, so these two are the whole state.
        """
        if not len(self.starts):
            return np.empty(0)
        usable = crowd > 0
        inverse = np.divide(1.0, crowd, out=np.zeros_like(crowd), where=usable)

        def all_go(best: npt.NDArray[np.intp]) -> tuple[Floats, float]:
            load = np.bincount(self.offer[best], people, len(crowd)).astype(np.float64)
            return load, float((self.way[best] * people).sum())

        load, minutes = all_go(self.cheapest(np.zeros(len(crowd)))[1])
        aim: tuple[Floats, float] | None = None
        for _ in range(ROUNDS):
            crowding = load * inverse
            least, best = self.cheapest(crowding)
            bound = float((least * people).sum())
            spent = minutes + float((crowding * load).sum())
            if spent - bound <= tolerance * bound:
                return least
            target = all_go(best)
            if aim is not None:
                target = _conjugate(load, inverse, aim, target)
            step = target[0] - load
            slope = float((crowding * step).sum()) + target[1] - minutes
            bend = float((step * step * inverse).sum())
            size = min(1.0, max(0.0, -slope / bend)) if bend > 0 else 1.0
            load = load + size * step
            minutes += size * (target[1] - minutes)
            # A full step ends the old direction.
            aim = target if size < 1.0 else None
        gap = number(100 * (spent - bound) / bound, 4)
        raise CoverageError(say("catchment.not_settled", rounds=number(ROUNDS), gap=gap))


def _conjugate(
    load: Floats, inverse: Floats, aim: tuple[Floats, float], target: tuple[Floats, float]
) -> tuple[Floats, float]:
    """Mix the last aim into the new one so that the step does not undo the last."""
    old = (aim[0] - load) * inverse
    ahead = float((old * (target[0] - load)).sum())
    apart = float((old * (target[0] - aim[0])).sum())
    share = min(0.99, max(0.0, ahead / apart)) if apart != 0 else 0.0
    mixed = share * aim[0] + (1.0 - share) * target[0]
    return mixed, share * aim[1] + (1.0 - share) * target[1]
