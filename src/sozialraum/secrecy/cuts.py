"""What every safe choice of withheld figures obeys, told by the attacks that broke an unsafe one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sozialraum.secrecy.attack import pose
from sozialraum.secrecy.breaches import Breach
from sozialraum.secrecy.solver import Problem, Program
from sozialraum.secrecy.system import Bools, Floats, Ints, System

# Cells of one part that are priced in a round; what mends these often mends the others.
_MOST_CUTS = 64
_TINY = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """An inequality every safe choice obeys: Σ factor · hidden ≥ 1, or ≥ hidden[head].

    ``cells`` are sorted, their factors at most 1. A head, −1 for none, is a cell that must not
    follow exactly once it is withheld, but need not be withheld.
    """

    cells: Ints
    factor: Floats
    head: int


def find_cuts(system: System, known: Bools, own: Bools, breach: Breach) -> Iterator[Cut]:
    """Turn the cells that an attacker finds into inequalities that hold for every safe choice.

    Parameters
    ----------
    system : System
    known : array of bool
        Which cells are published.
    own : array of bool
        Cells that need protection of their own.
    breach : Breach

    Yields
    ------
    Cut

    Notes
    -----
    With the same prices of his linear programme the attacker finds the cell again, unless one of
    the published cells that they rest on is withheld (combinatorial Benders cuts, the scheme of
    Fischetti and Salazar). A withheld cell may be larger without limit, smaller down to its floor:
    so much, times its price, it widens the cell found at the most.
    """
    problem = pose(system, known, breach.attacker)
    need = np.full(system.size, np.nan)
    need[breach.cells] = breach.need
    wanted = ~np.isnan(need)
    starts = np.searchsorted(system.row, np.arange(len(system.low) + 1))
    for part in problem.components(wanted):
        program = Program(part)
        for at in np.flatnonzero(wanted[part.cells])[:_MOST_CUTS].tolist():
            cell = int(part.cells[at])
            head = -1 if own[cell] else cell
            for low, high, below, above in _prices(part, program, at):
                if breach.upward:
                    low, below = float(system.value[cell]), np.zeros(len(below))
                cut = _cut(
                    system, known, part, cell, starts, (low, high), (below, above),
                    float(need[cell]), head,
                )  # fmt: skip
                if len(cut.cells):
                    yield cut


def pair_cells(system: System, known: Bools, cells: Ints, own: Bools) -> Iterator[Cut]:
    """Demand that no equation holds a withheld cell alone, for all equations of some cells.

    Parameters
    ----------
    system : System
    known : array of bool
        Which cells are published if only what must be is withheld.
    cells : array of int
        Cells that must be withheld, or that must not follow exactly if they are.
    own : array of bool
        Cells that need protection of their own.

    Yields
    ------
    Cut
    """
    starts = np.searchsorted(system.row, np.arange(len(system.low) + 1))
    asked = np.zeros(system.size, bool)
    asked[cells] = True
    entries = np.flatnonzero(asked[system.col])
    for row, cell in zip(system.row[entries].tolist(), system.col[entries].tolist(), strict=True):
        members = system.col[starts[row] : starts[row + 1]]
        others = np.sort(members[members != cell])
        if system.low[row] == system.high[row] and len(others) and known[others].all():
            yield Cut(others, np.ones(len(others)), -1 if own[cell] else cell)


def _prices(
    part: Problem, program: Program, cell: int
) -> list[tuple[float, float, Floats, Floats]]:
    """Give the bounds of a cell and what every equation is worth for them."""
    floor, ceiling = part.floor[cell], part.ceiling[cell]
    if len(part.cells) == 1:
        found = []
        for i in range(len(part.low)):
            price = np.zeros(len(part.low))
            price[i] = 1 / part.factor[part.row == i][0]
            ends = sorted((part.low[i] * price[i], part.high[i] * price[i]))
            found.append((max(ends[0], floor), min(ends[1], ceiling), price, -price))
        return found
    below, above = program.bound(cell)
    return [(below.value, above.value, below.price, above.price)]


def _cut(
    system: System,
    known: Bools,
    part: Problem,
    cell: int,
    starts: Ints,
    ends: tuple[float, float],
    prices: tuple[Floats, Floats],
    need: float,
    head: int,
) -> Cut:
    rows = np.flatnonzero((np.abs(prices[0]) > _TINY) | (np.abs(prices[1]) > _TINY))
    equations = part.equations[rows]
    sizes = starts[equations + 1] - starts[equations]
    entry = np.repeat(starts[equations] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    cells, place = np.unique(system.col[entry], return_inverse=True)
    gains = []
    value = np.nan_to_num(system.value[cells])
    room = value - system.floor[cells]
    for price in prices:
        rate = np.bincount(place, system.factor[entry] * np.repeat(price[rows], sizes), len(cells))
        gain = np.where(rate > _TINY, np.inf, 0.0)
        np.multiply(-rate, room, out=gain, where=rate < -_TINY)  # room may be without end
        gains.append(np.where(known[cells], gain, 0.0))
    used = (gains[0] > _TINY) | (gains[1] > _TINY)
    lacking = need - (ends[1] - ends[0])
    room_below = ends[0] - system.floor[cell]
    factor = np.minimum(np.minimum(gains[0], max(room_below, 0.0)) + gains[1], lacking)
    if lacking <= _TINY or not (factor[used] > _TINY).any():
        factor, lacking = used.astype(float), 1.0
    used &= factor > _TINY
    return Cut(cells[used], factor[used] / lacking, head)
