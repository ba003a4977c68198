"""What somebody who reads everything published can compute of what was withheld."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sozialraum.secrecy.solver import ROUND, Problem, Program, restrict
from sozialraum.secrecy.system import Bools, Floats, Ints, System


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """How every cell must be protected.

    Attributes
    ----------
    width : array of float
        How wide the reader must find a cell at the least, upper − lower; NaN: it needs no protection
        of its own.
    most : array of float
        What the insider knows a cell to be at the most, k − 1 for counts withheld because they are
        small; NaN or ∞: he knows nothing more than the reader.
    sole : array of int, optional
        Number of the contributor from whom alone a cell comes, who therefore knows it; −1: none.
    above : array of float, optional
        How far beyond its value a cell must seem possible at the least, upper − value; NaN: no
        matter. Without it whoever contributed little would come too close to who contributed most.
    """

    width: Floats
    most: Floats
    sole: Ints | None = None
    above: Floats | None = None

    @property
    def own(self) -> Bools:
        """Which cells need protection of their own."""
        return ~np.isnan(self.width)

    @property
    def small(self) -> Bools:
        """Which cells everybody may guess to be withheld as small."""
        return self.own & np.isfinite(self.most)

    def list_known_to(self, cell: int) -> Ints:
        """List the cells that whoever knows this one knows besides, itself included."""
        if self.sole is None or self.sole[cell] < 0:
            return np.array([cell], np.int64)
        return np.flatnonzero(self.sole == self.sole[cell])

    @classmethod
    def of_small(cls, small: Bools, minimum: int) -> Needs:
        """Protect counts below one minimum k: as wide as k, known to insiders as 1 … k − 1."""
        return cls(np.where(small, float(minimum), np.nan), np.where(small, minimum - 1.0, np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class Attacker:
    """What somebody knows beside what is published.

    Attributes
    ----------
    name : str
        "reader", "insider" (knows that small counts are 1 … k − 1) or "single" (is the only case
        of a count of 1).
    floor, ceiling : array of float
        Limits of every cell.
    """

    name: str
    floor: Floats
    ceiling: Floats


def reader(system: System) -> Attacker:
    """Describe who knows only that counts are whole numbers from 0."""
    return Attacker("reader", system.floor, np.full(system.size, np.inf))


def insider(system: System, needs: Needs, withheld: Bools | None = None) -> Attacker:
    """Describe who also knows which counts were withheld as small: 1 … `Needs.most`.

    Where most is 1, whoever knows the rule knows the count; nothing helps against him.
    """
    guessed = needs.small & (needs.most > 1)
    if withheld is not None:
        guessed &= withheld
    return Attacker(
        "insider",
        np.where(guessed & system.whole & (system.value >= 1), 1.0, system.floor),
        np.where(guessed, np.where(system.whole, needs.most, needs.most + 1.0), np.inf),
    )


def pose(system: System, known: Bools, attacker: Attacker) -> Problem:
    """Put everything published into the equations.

    Parameters
    ----------
    system : System
    known : array of bool
        Which cells are published.
    attacker : Attacker

    Returns
    -------
    Problem
        The cells that are not known.
    """
    settled = np.where(known, system.value, 0.0)
    shift = np.bincount(system.row, system.factor * settled[system.col], len(system.low))
    everything = Problem(
        np.arange(system.size), system.row, system.col, system.factor, system.low, system.high,
        system.floor, system.floor, system.whole, np.arange(len(system.low)),
    )  # fmt: skip
    return restrict(
        everything,
        ~known,
        system.low - shift,
        system.high - shift,
        attacker.floor,
        attacker.ceiling,
    )


def bound_cells(
    system: System, known: Bools, attacker: Attacker, targets: Bools | None = None
) -> tuple[Floats, Floats]:
    """Compute the least and the most of every withheld cell.

    Parameters
    ----------
    system : System
    known : array of bool
        Which cells are published.
    attacker : Attacker
    targets : array of bool, optional
        Only these are bounded by linear programmes where `Problem.tighten` is not exact.

    Returns
    -------
    lower, upper : array of float
        A cell that is known has its value twice.

    Raises
    ------
    ContradictionError
        No figures fulfil the equations.

    Examples
    --------
    >>> import pandas as pd
    >>> from sozialraum.secrecy.system import build_system
    >>> cells = pd.DataFrame({"cell": ["a", "b", "c", "sum"]})
    >>> triples = (np.zeros(4, int), np.arange(4), np.array([1.0, 1.0, 1.0, -1.0]))
    >>> system = build_system(cells, np.array([2.0, 3.0, 5.0, 10.0]), [triples])
    >>> known = np.array([False, False, True, True])
    >>> [x.tolist() for x in bound_cells(system, known, reader(system))]
    [[0.0, 0.0, 5.0, 10.0], [5.0, 5.0, 5.0, 10.0]]
    """
    problem = pose(system, known, attacker)
    lower = np.where(known, system.value, attacker.floor)
    upper = np.where(known, system.value, attacker.ceiling)
    lower[problem.cells], upper[problem.cells] = low, high = problem.tighten()
    wanted = ~known if targets is None else targets
    for part in problem.narrow(low, high).components(wanted):
        if part.tree:
            continue
        program = Program(part)
        for cell in np.flatnonzero(wanted[part.cells]).tolist():
            low_end, high_end = program.bound(cell)
            lower[part.cells[cell]], upper[part.cells[cell]] = round_ends(
                low_end.value, high_end.value, part.whole[cell]
            )
    return lower + 0.0, upper + 0.0


def round_ends(least: float, most: float, whole: bool) -> tuple[float, float]:
    """Round the bounds of a whole number inwards, those of another not at all."""
    if not whole:
        return least, most
    low, high = float(np.ceil(least - ROUND)), float(np.floor(most + ROUND))
    return min(low, high), max(low, high)
