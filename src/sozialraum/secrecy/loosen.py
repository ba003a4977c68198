"""Published figures that do not go together: which, and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.secrecy.attack import Attacker, pose, reader
from sozialraum.secrecy.solver import ContradictionError
from sozialraum.secrecy.system import Bools, Floats, System
from sozialraum.texts import date

_NOISE = 1e-7
_MOST_PLACES = 10


def find_misfits(system: System, known: Bools, attacker: Attacker) -> Floats:
    """Find equations that no figures fulfil together, at least total distance.

    Parameters
    ----------
    system : System
    known : array of bool
        Which cells are published.
    attacker : Attacker
        Says between which limits the others lie.

    Returns
    -------
    array of float
        By how much every equation does not hold, 0 for those that do.

    Notes
    -----
    Minimise Σ |d| subject to low ≤ A x + d ≤ high over the cells that are not known, one d per
    equation, by linear programming.
    """
    apart = np.zeros(len(system.low))
    problem = pose(system, known, attacker)
    if not len(problem.row):
        return apart
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    size, rows = len(problem.cells), len(problem.low)
    matrix = csr_array((problem.factor, (problem.row, problem.col)), shape=(rows, size))
    found = milp(
        np.concatenate([np.zeros(size), np.ones(2 * rows)]),
        constraints=LinearConstraint(
            hstack([matrix, eye_array(rows), -eye_array(rows)]), problem.low, problem.high
        ),
        bounds=Bounds(
            np.append(problem.floor, np.zeros(2 * rows)),
            np.append(problem.ceiling, np.full(2 * rows, np.inf)),
        ),
    )
    more, less = found.x[size:].reshape(2, rows)
    distance = np.abs(more - less)
    apart[problem.equations] = np.where(distance > _NOISE, distance, 0.0)
    return apart


def loosen_equations(system: System) -> System:
    """Let equations about missing figures hold to within what all of them together need.

    A missing figure makes up for the difference of one equation; two equations may ask different
    amounts of it. Then no figure fulfils both, and they hold to within the difference, as those do
    whose figures are all there (`build_system`).

    Parameters
    ----------
    system : System

    Returns
    -------
    System
        The same, where some figures fulfil everything.

    Examples
    --------
    >>> import pandas as pd
    >>> from sozialraum.secrecy.system import build_system
    >>> cells = pd.DataFrame({"cell": ["m", "w", "all", "all too"]})
    >>> equations = (np.array([0, 0, 1, 1]), np.array([0, 2, 0, 3]), np.array([1.0, -1.0] * 2))
    >>> value = np.array([np.nan, 4.0, 4.0, 6.0])
    >>> loose = loosen_equations(build_system(cells, value, [equations]))
    >>> sorted(loose.high.round(6).tolist())
    [0.0, 2.0]
    """
    apart = find_misfits(system, ~np.isnan(system.value), reader(system))
    return replace(system, low=system.low - apart, high=system.high + apart)


@contextmanager
def naming_places(system: System) -> Iterator[None]:
    """Name the places of counts that contradict each other, where an attack finds that they do."""
    try:
        yield
    except ContradictionError as error:
        places = system.labels.iloc[error.cells[:_MOST_PLACES]]
        found = [
            find("error", "contradiction", "values", level=level, area=area, what=what,
                 datenstand=date(day))
            for what, level, area, day in zip(
                *(places[c] for c in ("what", "level", "area", "datenstand")), strict=True
            )
        ]  # fmt: skip
        raise InputError(CheckReport(tuple(found))) from error
