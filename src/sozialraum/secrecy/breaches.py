"""What attackers find: withheld cells that they bound more narrowly than these need."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from sozialraum.secrecy.attack import Attacker, Needs, insider, pose, reader, round_ends
from sozialraum.secrecy.solver import ROUND, Problem, Program
from sozialraum.secrecy.system import Bools, Floats, Ints, System

# Cells left in a part before each is asked for by itself; pairs of tables that push many at once.
_FEW = 4
_MOST_PUSHES = 8


@dataclass(slots=True, eq=False)
class Memory:
    """What attacks on one system have shown; parts met again are not attacked again.

    Attributes
    ----------
    patience : int
        In so many attacks a cell that an insider knows is taken for one that he need not know,
        unless the contrary is plain, before `find_inherent` is asked, which takes its time. 0 unless
        figures are still being withheld.
    """

    patience: int = 0
    narrow: dict[tuple[str, bytes, bytes], Ints] = field(default_factory=dict)
    alone: dict[tuple[bytes, bytes], list[tuple[int, Ints]]] = field(default_factory=dict)
    inherent: dict[tuple[str, int], bool] = field(default_factory=dict)
    met: dict[tuple[str, int], int] = field(default_factory=dict)


def find_narrow(
    system: System,
    known: Bools,
    attacker: Attacker,
    need: Floats,
    memory: Memory | None = None,
    *,
    upward: bool = False,
) -> npt.NDArray[np.int64]:
    """Find cells that the attacker bounds more narrowly than they need.

    A cell is wide enough as soon as two tables are known that agree with everything published and
    differ by as much in this cell; the table itself is one of them. Only where none is at hand is a
    linear programme solved.

    Parameters
    ----------
    system : System
        With all values.
    known : array of bool
    attacker : Attacker
    need : array of float
        Width that a cell must have, upper − lower; NaN where none is needed.
    memory : Memory, optional
        Of attacks on the same system.
    upward : bool
        Whether instead the most of a cell must lie so far above its value, upper − value.

    Returns
    -------
    array of int
        Cells, sorted.
    """
    memory = memory or Memory()
    problem = pose(system, known, attacker)
    lower, upper = problem.tighten()
    begin = system.value[problem.cells] if upward else lower
    found = [problem.cells[upper - begin < need[problem.cells] - ROUND]]
    search = _low_in if upward else _narrow_in
    for part in problem.narrow(lower, upper).components(~np.isnan(need)):
        if not part.tree:
            asked = need[part.cells]
            key = (attacker.name, part.mark, asked.tobytes())
            if key not in memory.narrow:
                memory.narrow[key] = part.cells[search(part, asked, system.value[part.cells])]
            found.append(memory.narrow[key])
    return np.unique(np.concatenate(found))


def _narrow_in(part: Problem, asked: Floats, truth: Floats) -> Ints:
    program = Program(part)
    least = np.where(np.isnan(truth), np.inf, truth)
    most = np.where(np.isnan(truth), -np.inf, truth)
    wanted = part.ceiling - part.floor >= asked - ROUND

    def undecided() -> Ints:
        return np.flatnonzero(wanted & ~(most - least >= asked - ROUND))

    # Tables far from each other settle many cells at once: push some up, others down, then the
    # other way round; which is which is drawn, the same in every run.
    left = undecided()
    draw = np.random.default_rng(len(asked))
    for _ in range(_MOST_PUSHES):
        if len(left) <= _FEW:
            break
        goal = np.zeros(len(asked))
        goal[left] = draw.choice([-1.0, 1.0], len(left))
        for sign in (1.0, -1.0):
            point = program.solve(sign * goal).point
            least, most = np.minimum(least, point), np.maximum(most, point)
        before, left = len(left), undecided()
        if 4 * len(left) > 3 * before:
            break
    found = []
    for cell in left.tolist():
        if most[cell] - least[cell] >= asked[cell] - ROUND:
            continue
        ends = program.bound(cell)
        for end in ends:
            least, most = np.minimum(least, end.point), np.maximum(most, end.point)
        low, high = round_ends(ends[0].value, ends[1].value, part.whole[cell])
        if high - low < asked[cell] - ROUND:
            found.append(cell)
    return np.array(found, np.int64)


def find_by_singles(
    system: System, known: Bools, needs: Needs, memory: Memory | None = None
) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """Find what follows for the only case of a count of 1, or for the only contributor of a cell.

    Parameters
    ----------
    system : System
    known : array of bool
    needs : Needs
        Small counts equal to 1 and the cells of one contributor are the singles.
    memory : Memory, optional
        Of attacks on the same system.

    Returns
    -------
    list of (int, array of int)
        The single and the cells that follow exactly for that person.
    """
    memory = memory or Memory()
    problem = pose(system, known, reader(system))
    lower, upper = problem.tighten()
    alone = needs.small & (system.value == 1)
    if needs.sole is not None:
        alone |= needs.sole >= 0
    alone &= ~known
    width = np.where(known, np.nan, np.minimum(needs.width, 1.0))
    found = []
    for part in problem.narrow(lower, upper).components(alone):
        singles = np.flatnonzero(alone[part.cells])
        asked = width[part.cells]
        if not len(singles) or (~np.isnan(asked)).sum() < 2:
            continue
        mates = [
            np.flatnonzero(np.isin(part.cells, needs.list_known_to(c))) for c in part.cells[singles]
        ]
        # While two unknown parts of one sum are left, those known tell of no other.
        left = len(part.cells) - max(map(len, mates))
        if len(part.low) == 1 and left >= 2 and (part.factor > 0).all():
            continue
        key = (part.mark, asked.tobytes())
        if key not in memory.alone:
            truth = system.value[part.cells]
            pairs = [
                (int(i), _narrow_beside(part, told, asked, truth))
                for i, told in zip(singles, mates, strict=True)
                if i == told[0]
            ]
            memory.alone[key] = [(int(part.cells[i]), cells) for i, cells in pairs if len(cells)]
        found += memory.alone[key]
    return found


def _narrow_beside(part: Problem, given: Ints, asked: Floats, truth: Floats) -> Ints:
    """Find the cells of a part that are too narrow for whoever knows some of them."""
    floor, ceiling = part.floor.copy(), part.ceiling.copy()
    floor[given] = ceiling[given] = truth[given]
    need = asked.copy()
    need[given] = np.nan
    told = replace(part, floor=floor, ceiling=ceiling)
    low, high = told.tighten()
    found = [part.cells[high - low < need - ROUND]]
    of_cell = np.full(int(part.cells.max()) + 1, np.nan)
    of_cell[part.cells] = need
    place = np.zeros(len(of_cell), np.int64)
    place[part.cells] = np.arange(len(part.cells))
    for piece in told.narrow(low, high).components(~np.isnan(of_cell)):
        if not piece.tree:
            inside = _narrow_in(piece, of_cell[piece.cells], truth[place[piece.cells]])
            found.append(piece.cells[inside])
    return np.sort(np.concatenate(found))


@dataclass(frozen=True, slots=True, eq=False)
class Breach:
    """Cells that an attacker pins down, and how wide each should be; upward: above its value."""

    attacker: Attacker
    cells: Ints
    need: Floats
    upward: bool = False


def find_breaches(
    system: System,
    known: Bools,
    needs: Needs,
    counts: Bools,
    memory: Memory | None = None,
) -> list[Breach]:
    """Attack in all ways.

    Parameters
    ----------
    system : System
        With all values.
    known : array of bool
        Which cells are published.
    needs : Needs
        Cells that must be protected.
    counts : array of bool
        Further withheld counts, which must not follow exactly.
    memory : Memory, optional
        Of attacks on the same system with the same needs.

    Returns
    -------
    list of Breach
        Without what the insider would know whatever is withheld, see `find_inherent`.
    """
    memory = memory or Memory()
    own = needs.own
    withheld = own & ~known
    others = counts & ~known & ~own
    base = reader(system)
    width = np.where(withheld, needs.width, np.where(others, 1.0, np.nan))
    narrow = find_narrow(system, known, base, width, memory)
    shown = np.flatnonzero(own & known)
    breaches = [Breach(base, narrow, width[narrow]), Breach(base, shown, needs.width[shown])]
    exact = np.minimum(width, 1.0)

    def add(attacker: Attacker, unaided: Attacker, cells: Ints) -> None:
        cells = _drop_inherent(system, unaided, cells, memory)
        breaches.append(Breach(attacker, cells, exact[cells]))

    inside = insider(system, needs, withheld)
    if np.isfinite(inside.ceiling).any():
        cells = find_narrow(system, known, inside, exact, memory)
        add(inside, insider(system, needs), cells)
    for single, cells in find_by_singles(system, known, needs, memory):
        floor, ceiling = base.floor.copy(), base.ceiling.copy()
        given = needs.list_known_to(single)
        floor[given] = ceiling[given] = system.value[given]
        alone = Attacker("single", floor, ceiling)
        add(alone, alone, cells)
    breaches += _find_low(system, withheld, known, needs, memory)
    return [breach for breach in breaches if len(breach.cells)]


def _find_low(
    system: System, withheld: Bools, known: Bools, needs: Needs, memory: Memory
) -> list[Breach]:
    """Find withheld cells that cannot be seen to be as far above their value as they need."""
    if needs.above is None:
        return []
    above = np.where(withheld & (needs.above > 0), needs.above, np.nan)
    # To know besides that a cell is no smaller than it is does not change how far it may reach.
    rival = replace(reader(system), name="rival")
    cells = find_narrow(system, known, rival, above, memory, upward=True)
    return [Breach(rival, cells, above[cells], upward=True)]


def _low_in(part: Problem, asked: Floats, truth: Floats) -> Ints:
    program = Program(part)
    most = np.where(np.isnan(truth), -np.inf, truth)
    wanted = part.ceiling - truth >= asked - ROUND

    def undecided() -> Ints:
        return np.flatnonzero(wanted & ~(most - truth >= asked - ROUND))

    left = undecided()
    draw = np.random.default_rng(len(asked))
    for _ in range(_MOST_PUSHES):
        if len(left) <= _FEW:
            break
        goal = np.zeros(len(asked))
        goal[left] = -draw.random(len(left))
        most = np.maximum(most, program.solve(goal).point)
        before, left = len(left), undecided()
        if 4 * len(left) > 3 * before:
            break
    found = []
    for cell in left.tolist():
        if most[cell] - truth[cell] >= asked[cell] - ROUND:
            continue
        goal = np.zeros(len(asked))
        goal[cell] = -1.0
        end = program.solve(goal)
        most = np.maximum(most, end.point)
        high = round_ends(-np.inf, -end.value, bool(part.whole[cell]))[1]
        if high - truth[cell] < asked[cell] - ROUND:
            found.append(cell)
    return np.array(found, np.int64)


def _drop_inherent(system: System, attacker: Attacker, cells: Ints, memory: Memory) -> Ints:
    """Leave out what the attacker would know if nothing were published."""
    if not len(cells):
        return cells
    told = np.flatnonzero(attacker.floor != system.floor)
    keys = {c: (f"{attacker.name} {told.tobytes()!r}", c) for c in cells.tolist()}
    lower, upper = pose(system, np.zeros(system.size, bool), attacker).tighten()
    asked = []
    for cell, key in keys.items():
        memory.met[key] = memory.met.get(key, 0) + 1
        if upper[cell] - lower[cell] < 1 - ROUND:
            memory.inherent[key] = True
        elif memory.met[key] > memory.patience and key not in memory.inherent:
            asked.append(cell)
    inherent = find_inherent(system, attacker, np.array(asked, np.int64))
    memory.inherent |= {keys[c]: bool(c in inherent) for c in asked}
    left = [c for c, key in keys.items() if not memory.inherent.get(key, False)]
    return np.array(left, np.int64)


def find_inherent(system: System, attacker: Attacker, cells: Ints) -> Ints:
    """Find which counts the attacker would know if nothing at all were published.

    Two areas with at least one case each, in a whole of fewer than three: whoever knows that all
    three are 1 or 2 knows them all; as outputs do not tell why a figure is withheld, nobody knows
    that much from them. The only case of an area is the only case of the areas that are the same
    one. Nothing that could be withheld besides helps.

    Examples
    --------
    >>> import pandas as pd
    >>> from sozialraum.secrecy.system import build_system
    >>> triples = (np.zeros(3, int), np.arange(3), np.array([1.0, 1.0, -1.0]))
    >>> cells = pd.DataFrame({"cell": ["a", "b", "sum"]})
    >>> system = build_system(cells, np.array([1.0, 1.0, 2.0]), [triples])
    >>> knows = insider(system, Needs.of_small(np.array([True, True, True]), 3))
    >>> find_inherent(system, knows, np.arange(3)).tolist()
    [0, 1, 2]
    """
    if not len(cells):
        return cells
    need = np.full(system.size, np.nan)
    need[cells] = 1.0
    # What is uncertain in a corner of the system is so in the whole, and found sooner.
    corner = _surround(system, cells)
    cells = find_narrow(system, ~corner & ~np.isnan(system.value), attacker, need)
    need[np.setdiff1d(np.arange(system.size), cells)] = np.nan
    return find_narrow(system, np.zeros(system.size, bool), attacker, need) if len(cells) else cells


def _surround(system: System, cells: Ints) -> Bools:
    """Take cells with all their parts, and everything that these are parts of."""
    row, col, rows = system.row, system.col, len(system.low)
    positive = system.factor > 0
    plus = np.bincount(row[positive], minlength=rows)
    minus = np.bincount(row[~positive], minlength=rows)
    # The sum of an equation is the only member of its sign; where there is none, all may be.
    is_sum = np.where(positive, plus[row], minus[row]) == 1
    mixed = ((plus != 1) & (minus != 1))[row]
    inside = np.zeros(system.size, bool)
    inside[cells] = True
    for member, other in ((is_sum | mixed, ~is_sum), (~is_sum, is_sum | mixed)):
        count = -1
        while count < (count := int(inside.sum())):
            hit = np.zeros(rows, bool)
            hit[row[member & inside[col]]] = True
            inside[col[other & hit[row]]] = True
    return inside
