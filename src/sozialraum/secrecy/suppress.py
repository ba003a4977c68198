"""Which further figures to withhold so that no attacker computes a small count, at least loss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sozialraum.secrecy.attack import Needs
from sozialraum.secrecy.breaches import Memory, find_breaches
from sozialraum.secrecy.choice import (
    MOST_EXACT,
    Choice,
    Demands,
    Showing,
    choose_rows,
    list_rows,
    split_cuts,
)
from sozialraum.secrecy.cuts import Cut, find_cuts, pair_cells
from sozialraum.secrecy.publication import Publication
from sozialraum.secrecy.system import Bools, Floats, Ints

# A part solved so often without an end keeps what is withheld: every further round withholds more,
# and so it ends. Large parts come close to the best sooner than to the end.
_FREE_ROUNDS, _FREE_ROUNDS_LARGE = 40, 12
# What was kept too soon is shown again where the attack allows: so many attacks are tried.
_MOST_TAKEN_BACK = 200
# See `Memory`.
_PATIENCE = 25


@dataclass(frozen=True, slots=True)
class Completion:
    """What the rows withheld for the sake of others cost.

    Attributes
    ----------
    rows : int
        Rows withheld beside those that must be.
    loss : float
        Sum of their losses.
    bound : float
        No choice that stands the attack loses less.
    parts, exact_parts : int
        Parts of the table that need further rows and share no figure; how many of them lose the
        least possible, proven.
    """

    rows: int
    loss: float
    bound: float
    parts: int
    exact_parts: int

    @property
    def ratio(self) -> float:
        """Loss over bound, 1 where nothing could be lost less."""
        return self.loss / self.bound if self.bound > 0 else 1.0


def complete_suppression(
    publication: Publication,
    hidden: Bools,
    needs: Needs,
    cost: Floats,
) -> tuple[Bools, Completion]:
    """Withhold further rows until no attacker finds anything.

    Parameters
    ----------
    publication : Publication
    hidden : array of bool
        Rows that must be withheld.
    needs : Needs
        Cells that must be protected.
    cost : array of float
        Loss of every row.

    Returns
    -------
    hidden : array of bool
        Rows to withhold.
    completion : Completion
        What it cost, and how little it could have cost.

    Notes
    -----
    Every cell that an attacker bounds too closely gives an inequality that every safe choice obeys,
    see `find_cuts`. The cheapest choice that obeys all inequalities found so far is an integer
    programme per part that shares figures, see `choose_rows`; it is attacked again, until nothing is
    found. A part that takes too many rounds keeps what it withholds and is completed; then what is
    superfluous is shown again. As every inequality holds for every safe choice, what these
    programmes lose at the least is a bound for all.
    """
    return _Search(publication, hidden | _shows(publication, needs.own), needs, cost).run()


class _Search:
    """The choice so far, all inequalities, and what is settled."""

    def __init__(self, publication: Publication, must: Bools, needs: Needs, cost: Floats) -> None:
        self.publication, self.must, self.needs, self.cost = publication, must, needs, cost
        self.cuts: list[Cut] = []
        self.age: list[int] = []
        self.seen: set[tuple[bytes, bytes, int]] = set()
        self.memory = Memory(patience=_PATIENCE)
        self.solved: dict[tuple[bytes, bytes], Choice] = {}
        self.forced = must.copy()
        self.free = self.showing = Showing.of(publication, must)
        self.least_known = publication.known(must)
        self.paired = np.zeros(publication.system.size, bool)
        self.safe = False

    def run(self) -> tuple[Bools, Completion]:
        """Attack and choose in turn until nothing is found."""
        hidden = self.must.copy()
        while self.learn(hidden):
            hidden = self.choose(hidden)
        hidden = self.take_back(hidden)
        return hidden, self.sum_up(hidden)

    def take_back(self, hidden: Bools) -> Bools:
        """Show rows again that were withheld too soon, the dearest first."""
        early = np.flatnonzero(self.forced & ~self.must)
        if not len(early):
            return hidden
        count = -1
        for row in early[np.lexsort((early, -self.cost[early]))][:_MOST_TAKEN_BACK].tolist():
            if count < len(self.cuts):
                count, demands = len(self.cuts), Demands(self.cuts, self.free, self.cost)
            less = hidden.copy()
            less[row] = False
            if demands.obeyed(less):
                self.learn(less)
                hidden = less if self.safe else hidden
        return hidden

    def sum_up(self, hidden: Bools) -> Completion:
        """Set what was lost against the least that would do for all inequalities."""
        bounds, losses = [], []
        for part in split_cuts(self.cuts, self.free, len(self.cost)):
            _, rows = self.describe(part, self.free)
            losses.append(float(self.cost[rows[hidden[rows]]].sum()))
            bounds.append(min(self.solve(part, self.free).bound, losses[-1]))
        return Completion(
            rows=int((hidden & ~self.must).sum()),
            loss=sum(losses),
            bound=sum(bounds),
            parts=len(bounds),
            exact_parts=sum(b >= x * (1 - 1e-6) for b, x in zip(bounds, losses, strict=True)),
        )

    def describe(self, part: Ints, showing: Showing) -> tuple[tuple[bytes, bytes], Ints]:
        """Name what is to be solved for a part, and list the rows to choose from."""
        rows = list_rows([self.cuts[i] for i in part], showing)
        return (part.tobytes(), rows.tobytes()), rows

    def solve(self, part: Ints, showing: Showing) -> Choice:
        """Choose for one part, once."""
        key, _ = self.describe(part, showing)
        if key not in self.solved:
            self.solved[key] = choose_rows([self.cuts[i] for i in part], showing, self.cost)
        return self.solved[key]

    def learn(self, hidden: Bools) -> bool:
        """Attack; tell whether there are new inequalities."""
        publication, system = self.publication, self.publication.system
        counts = np.zeros(system.size, bool)
        counts[publication.numerator[hidden & (publication.numerator >= 0)]] = True
        known = publication.known(hidden)
        before = len(self.cuts)
        own = self.needs.own
        breaches = find_breaches(system, known, self.needs, counts, self.memory)
        self.safe = not breaches
        for breach in breaches:
            self.keep(find_cuts(system, known, own, breach))
            # What is found may be found in another way too, and soon will be.
            new = breach.cells[~self.paired[breach.cells]]
            self.paired[new] = True
            self.keep(pair_cells(system, self.least_known, new, own))
        return len(self.cuts) > before

    def keep(self, cuts: Iterable[Cut]) -> None:
        """Add inequalities that are new."""
        for cut in cuts:
            key = (cut.cells.tobytes(), cut.factor.tobytes(), cut.head)
            if key not in self.seen:
                self.seen.add(key)
                self.cuts.append(cut)
                self.age.append(0)

    def choose(self, hidden: Bools) -> Bools:
        """Choose anew in every part with new inequalities."""
        chosen = self.forced.copy()
        for part in split_cuts(self.cuts, self.showing, len(self.cost)):
            key, rows = self.describe(part, self.showing)
            if key not in self.solved:
                age = 1 + max(self.age[i] for i in part)
                for i in part:
                    self.age[i] = age
                if age > (_FREE_ROUNDS if len(rows) <= MOST_EXACT else _FREE_ROUNDS_LARGE):
                    kept = rows[hidden[rows]]
                    chosen[kept] = self.forced[kept] = True
                    self.showing = Showing.of(self.publication, self.forced)
            chosen[self.solve(part, self.showing).rows] = True
        return chosen


def _shows(publication: Publication, cells: Bools) -> Bools:
    """Tell which rows show one of the cells."""
    shown = np.zeros(len(publication.numerator), bool)
    for at in (publication.numerator, publication.denominator):
        shown |= (at >= 0) & cells[at]
    return shown
