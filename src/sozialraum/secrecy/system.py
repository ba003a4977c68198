"""One system of linear equations over all counts of an edition or of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.model.areas import UNASSIGNED, WHOLE, Level
from sozialraum.model.indicator import QUOTIENTS, Indicator

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Two series of counts are one if they agree at every place; with fewer places it may be chance.
_FEWEST_PLACES = 3
_PLACE = ["level", "area", "datenstand"]


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Counts x ≥ floor with low ≤ A x ≤ high; A as triples sorted by row.

    Attributes
    ----------
    labels : DataFrame
        One row per cell, in the order of all cell arrays.
    value : array of float
        What is known of a cell before anything is withheld; NaN: nothing.
    floor : array of float
        What everybody knows to be the least: 0, −∞ for balances.
    whole : array of bool
        Whether it is a whole number.
    row, col : array of int
    factor : array of float
    low, high : array of float
        Equal where the parts add up. Where published figures do not, the equation holds to within
        the difference.
    """

    labels: pd.DataFrame
    value: Floats
    floor: Floats
    whole: Bools
    row: Ints
    col: Ints
    factor: Floats
    low: Floats
    high: Floats

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.value)


def build_system(
    labels: pd.DataFrame,
    value: Floats,
    equations: Iterable[tuple[Ints, Ints, Floats]],
    *,
    floor: Floats | None = None,
    exact: bool = False,
) -> System:
    """Put cells and equations into one system.

    Parameters
    ----------
    labels : DataFrame
        One row per cell.
    value : array of float
        NaN where unknown.
    equations : iterable of (equation, cell, factor) arrays
        Triples; every block numbers its own equations. Σ factor · x = 0.
    floor : array of float, optional
        0 unless given.
    exact : bool
        Whether equations with unknown cells hold exactly even where no counts from 0 fulfil them.

    Returns
    -------
    System
        Equal equations once.

    Examples
    --------
    >>> cells = pd.DataFrame({"cell": ["a", "b", "sum"]})
    >>> triples = (np.zeros(3, int), np.arange(3), np.array([1.0, 1.0, -1.0]))
    >>> system = build_system(cells, np.array([2.0, 3.0, 5.0]), [triples])
    >>> system.size, system.low.tolist(), system.high.tolist()
    (3, [0.0], [0.0])
    """
    rows: list[Ints] = []
    cols: list[Ints] = []
    factors: list[Floats] = []
    first = 0
    for equation, cell, factor in equations:
        if len(equation):
            numbers, dense = np.unique(equation, return_inverse=True)
            rows.append(dense + first)
            cols.append(cell)
            factors.append(factor)
            first += len(numbers)
    row = np.concatenate(rows) if rows else np.empty(0, np.int64)
    col = np.concatenate(cols) if cols else np.empty(0, np.int64)
    factor = np.concatenate(factors) if factors else np.empty(0)
    row, col, factor = _tidy(row, col, factor, first, len(value))
    count = int(row[-1]) + 1 if len(row) else 0
    known = np.where(np.isnan(value), 0.0, value)
    rest = np.bincount(row, factor * known[col], count)
    scale = np.bincount(row, np.abs(factor * known[col]), count)
    unknown = np.bincount(row, np.isnan(value)[col], count) > 0
    slack = np.where(np.abs(rest) <= 1e-6 + 1e-9 * scale, 0.0, np.abs(rest))
    # What is missing makes up for the difference, unless the known parts exceed their sum.
    slack[unknown & (exact | (rest <= 0))] = 0.0
    return System(
        labels=labels,
        value=value,
        floor=np.zeros(len(value)) if floor is None else floor,
        whole=_find_whole(value),
        row=row,
        col=col,
        factor=factor,
        low=0.0 - slack,
        high=slack,
    )


def _tidy(row: Ints, col: Ints, factor: Floats, rows: int, cells: int) -> tuple[Ints, Ints, Floats]:
    """Add up factors of a cell named twice, drop what cancels and equations that stand twice."""
    key, place = np.unique(row * np.int64(max(cells, 1)) + col, return_inverse=True)
    factor = np.asarray(np.bincount(place, factor, len(key)), np.float64)
    key, factor = key[factor != 0], factor[factor != 0]
    row, col = (x.astype(np.int64) for x in np.divmod(key, max(cells, 1)))
    marks = np.random.default_rng(5).standard_normal((cells, 2))
    lead = np.ones(rows)
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    lead[row[starts]] = np.sign(factor[starts])
    prints = [np.bincount(row, factor * marks[col, i], rows) * lead for i in (0, 1)]
    size = np.bincount(row, minlength=rows)
    table = np.round(np.column_stack([*prints, size]), 7)
    _, kept = np.unique(table, axis=0, return_index=True)
    keep = np.zeros(rows, bool)
    keep[kept] = True
    keep &= size > 0
    number = np.cumsum(keep) - 1
    stay = keep[row]
    return number[row[stay]].astype(np.int64), col[stay].astype(np.int64), factor[stay]


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


def _find_whole(value: Floats) -> Bools:
    """Tell which counts are whole; what is missing is taken for whole if everything else is."""
    known = ~np.isnan(value)
    whole = np.abs(value - np.round(value)) < 1e-9
    return np.asarray(np.where(known, whole, whole[known].all()))


def build_publication(
    values: pd.DataFrame,
    areas: pd.DataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
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

    Returns
    -------
    Publication

    Notes
    -----
    Equations: an area is the sum of its parts, for all branches of levels over the same smallest
    areas; ``parts``, ``numerator_of`` and ``denominator_of`` add up; spans of ages of one base add
    up wherever they join; numerator and rest of a rate add up to its denominator. An index is no sum.
    """
    long = _list_amounts(values, indicators)
    cell = _merge(long)
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
    labels = single[["what", *_PLACE]]
    if len(unique):
        more = labels.iloc[unique[:, 0]]
        labels = pd.concat([labels, more.assign(what=more["what"] + "/rest")])
    system = build_system(
        labels.reset_index(drop=True),
        value,
        [
            *_sum_areas(long, areas, levels),
            *_sum_formulas(long, indicators),
            of_rates,
        ],
        floor=np.where(np.append(signed, left < 0), -np.inf, 0.0),
    )
    return Publication(system, places["Z"], places["N"], rest)


def _list_amounts(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """List every numerator and denominator with what it counts, by definition and in words."""
    frame = values[["indicator", *_PLACE]].assign(at=np.arange(len(values)))
    parts = []
    for name, rows in frame.groupby("indicator", sort=False):
        known = indicators.get(str(name)) or Indicator(id=str(name), title=str(name))
        if known.kind == "index":
            continue
        at = rows["at"].to_numpy()
        top, below = (values[c].to_numpy()[at] for c in ("numerator", "denominator"))
        if known.kind not in QUOTIENTS:
            top = np.where(np.isnan(top), values["value"].to_numpy()[at], top)
            below = np.full(len(at), np.nan)
        what, of_what = _quantities(known, indicators)
        for role, amount, quantity, words in (
            ("Z", top, what, known.numerator),
            ("N", below, of_what, known.denominator),
        ):
            if role == "Z" or not np.isnan(amount).all():
                parts.append(
                    rows.assign(
                        role=role,
                        amount=amount,
                        what=quantity,
                        words=words or quantity,
                        signed=known.signed and role == "Z",
                    )
                )
    columns = [*frame.columns, "role", "amount", "what", "words", "signed"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _quantities(known: Indicator, indicators: Mapping[str, Indicator]) -> tuple[str, str]:
    """Name what numerator and denominator count, the same name for the same count."""

    def of_count(name: str) -> str:
        other = indicators.get(name)
        return name if other is None or other.kind in QUOTIENTS else _quantities(other, {})[0]

    def of_ages(ages: tuple[float, ...]) -> str:
        end = ages[1] if len(ages) > 1 else np.inf
        return f"{known.base}|{float(ages[0])!r}|{float(end)!r}"

    quotient = known.kind in QUOTIENTS
    top, below = f"{known.id}/Z" if quotient else known.id, f"{known.id}/N"
    if len(known.numerator_of) == 1 and not known.signed:
        top = of_count(known.numerator_of[0])
    elif known.base and known.ages:
        top = of_ages(known.ages)
    if len(known.denominator_of) == 1 and not known.denominator_of[0].startswith("-"):
        below = of_count(known.denominator_of[0])
    elif known.base and known.denominator_ages:
        below = of_ages(known.denominator_ages)
    elif known.base and known.ages:
        below = of_count(known.base)
    return top, below


def _merge(long: pd.DataFrame) -> Ints:
    """Give amounts that are one count one number."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(long):
        return np.empty(0, np.int64)
    # A missing amount is equal to none.
    amount = (
        long["amount"]
        .round(6)
        .astype(str)
        .where(long["amount"].notna(), long.index.astype(str) + "?")
    )
    place = long.groupby(_PLACE, sort=False).ngroup()
    spot = long.groupby(["level", "area"], sort=False).ngroup()
    series = long.groupby(["indicator", "role", "datenstand"], sort=False).ngroup()
    step = pd.util.hash_pandas_object(
        pd.DataFrame({"spot": spot, "amount": amount}), index=False
    ).to_numpy()
    # The same set of places and amounts gives the same sum, whatever the order.
    prints = pd.Series(step).groupby(series.to_numpy()).transform("sum").to_numpy()
    filled = (long["amount"].notna() & (long["amount"] != 0)).groupby(series).transform("sum")
    prints = np.where(filled >= _FEWEST_PLACES, prints, series.to_numpy().astype(np.uint64))
    keys = [
        pd.DataFrame({"a": long["what"], "b": place, "c": amount}),
        pd.DataFrame({"a": long["words"], "b": place, "c": amount}),
        pd.DataFrame({"a": prints, "b": spot, "c": amount}),
    ]
    first, second, above = [], [], len(long)
    for key in keys:
        group = key.groupby(["a", "b", "c"], sort=False).ngroup().to_numpy()
        first.append(np.arange(len(long)))
        second.append(group + above)
        above += int(group.max()) + 1
    rows, cols = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(len(rows), np.int8), (rows, cols)), shape=(above, above))
    found = connected_components(graph, directed=False)[1][: len(long)]
    return np.asarray(pd.factorize(found)[0], np.int64)


def _sum_areas(
    long: pd.DataFrame, areas: pd.DataFrame, levels: Sequence[Level]
) -> list[tuple[Ints, Ints, Floats]]:
    """Let every area be the sum of its parts, at the nearest level above that was published."""
    parent = {level.id: level.parent for level in levels}
    above_others = set(parent.values())
    smallest = levels[-1].id
    chains = [(level.id, _ancestors(level.parent, parent)) for level in levels if level.parent]
    # Where levels branch, the smallest areas add up to the last level of each branch.
    chains += [
        (smallest, [x.id, *_ancestors(x.parent, parent)])
        for x in levels
        if x.id != smallest and x.id not in above_others and x.id in areas
    ]
    series = ["indicator", "role", "datenstand"]
    long = long.assign(series=long.groupby(series, sort=False).ngroup())
    there = {level: set(part["series"]) for level, part in long.groupby("level", sort=False)}
    cells = long.set_index(["series", "level", "area"])["cell"]
    blocks = []
    for level, uppers in chains:
        rows = long[long["level"] == level]
        open_series = set(rows["series"])
        for upper in uppers:
            here = open_series & there.get(upper, set())
            open_series -= here
            part = rows[rows["series"].isin(here)]
            if not len(part):
                continue
            of = areas.drop_duplicates(level).set_index(level)[upper].to_dict()
            of[UNASSIGNED] = WHOLE if upper == WHOLE else UNASSIGNED
            key = pd.MultiIndex.from_arrays(
                [part["series"], np.full(len(part), upper), part["area"].map(of)]
            )
            sums = cells.reindex(key).to_numpy()
            found = ~np.isnan(sums.astype(float))
            child, total = part["cell"].to_numpy()[found], sums[found].astype(np.int64)
            number = pd.factorize(key[found])[0].astype(np.int64)
            one, at = np.unique(number, return_index=True)
            blocks.append(
                (
                    np.concatenate([number, one]),
                    np.concatenate([child, total[at]]),
                    np.concatenate([np.ones(len(child)), -np.ones(len(one))]),
                )
            )
    return blocks


def _ancestors(level: str, parent: Mapping[str, str]) -> list[str]:
    chain = []
    while level:
        chain.append(level)
        level = parent.get(level, "")
    return chain


def _sum_formulas(
    long: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> list[tuple[Ints, Ints, Floats]]:
    """Write down every sum that the definitions name, at every place where all of it stands."""
    one = long.drop_duplicates(["what", *_PLACE])
    place = one.groupby(_PLACE, sort=False).ngroup()
    cells = {
        str(what): pd.Series(part["cell"].to_numpy(), index=place[part.index])
        for what, part in one.groupby("what", sort=False)
    }
    blocks = []
    for formula in _formulas(indicators, cells):
        if not all(what in cells for what in formula):
            continue
        table = pd.concat([cells[what] for what in formula], axis=1, join="inner")
        block = table.to_numpy(dtype=np.int64)
        blocks.append(
            (
                np.repeat(np.arange(len(block)), len(formula)),
                block.ravel(),
                np.tile(np.array(list(formula.values()), float), len(block)),
            )
        )
    return blocks


def _formulas(indicators: Mapping[str, Indicator], there: Iterable[str]) -> list[dict[str, float]]:
    formulas: list[dict[str, float]] = []

    def add(total: str, parts: Sequence[str]) -> None:
        formula = {total: -1.0}
        for part in parts:
            known = indicators.get(part.removeprefix("-"))
            what = _quantities(known, indicators)[0] if known else part.removeprefix("-")
            formula[what] = formula.get(what, 0.0) + (-1.0 if part.startswith("-") else 1.0)
        if len(parts) and any(formula.values()):
            formulas.append(formula)

    for known in indicators.values():
        top, below = _quantities(known, indicators)
        add(top, known.parts)
        if len(known.numerator_of) > 1 or known.signed:
            add(top, known.numerator_of)
        if len(known.denominator_of) > 1:
            add(below, known.denominator_of)
    return formulas + _join_ages(sorted(there))


def _join_ages(quantities: Sequence[str]) -> list[dict[str, float]]:
    """Find a basis of all sums of spans of ages: ages are points, spans are ways between them.

    Two ways from one age to another are an equation. Every span that is no part of a tree of the
    shortest spans closes exactly one.

    Examples
    --------
    >>> _join_ages(["e", "e|0.0|18.0", "e|18.0|inf"])
    [{'e': -1.0, 'e|0.0|18.0': 1.0, 'e|18.0|inf': 1.0}]
    """
    spans: dict[str, list[tuple[float, float, str]]] = {}
    for what in quantities:
        if what.count("|") == 2:
            base, begin, end = what.split("|")
            spans.setdefault(base, []).append((float(begin), float(end), what))
    formulas = []
    for base, edges in spans.items():
        if base in quantities:
            edges = [*edges, (0.0, np.inf, base)]
        tree: dict[float, list[tuple[float, str, float]]] = {}
        for low, high, what in sorted(edges, key=lambda e: (e[1] - e[0], -e[0], e[2])):
            way = _find_way(tree, low, high)
            if way is None:
                tree.setdefault(low, []).append((high, what, 1.0))
                tree.setdefault(high, []).append((low, what, -1.0))
            else:
                formulas.append({what: -1.0, **way})
    return formulas


def _find_way(
    tree: Mapping[float, list[tuple[float, str, float]]], begin: float, end: float
) -> dict[str, float] | None:
    ways: dict[float, dict[str, float]] = {begin: {}}
    queue = [begin]
    for age in queue:
        for other, what, sign in tree.get(age, []):
            if other not in ways:
                ways[other] = {**ways[age], what: sign}
                queue.append(other)
    return ways.get(end)
