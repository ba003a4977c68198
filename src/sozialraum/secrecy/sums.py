"""Which sums hold between counts: over areas, over the parts that definitions name, over ages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from sozialraum.model.areas import UNASSIGNED, WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.amounts import PLACE, name_quantities
from sozialraum.secrecy.system import Block, Floats, Ints
from sozialraum.secrecy.unsaid import find_sums, find_weighted_sum

# Sums that differ by less differ by the noise of calculating.
_APART = 1e-6


def sum_areas(
    long: pd.DataFrame, areas: pd.DataFrame, levels: Sequence[Level], first: int
) -> tuple[list[Block], pd.DataFrame]:
    """Let every area be the sum of its parts, at the nearest level above that was published.

    Parameters
    ----------
    long : DataFrame
        As `list_amounts` gives it, with ``cell``.
    areas : DataFrame
    levels : sequence of Level
    first : int
        Number of the first cell that may be added.

    Returns
    -------
    blocks : list of (equation, cell, factor) arrays
    missing : DataFrame
        ``what, level, area, datenstand, signed`` of cells added: where parts have no row and the others
        are less than the sum, what is missing, which nobody knows.
    """
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
    totals = long.drop_duplicates("cell").set_index("cell")["amount"]
    blocks: list[Block] = []
    missing = [long.loc[[], ["what", *PLACE, "signed"]]]
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
            sizes = pd.Series(of).value_counts()
            of[UNASSIGNED] = WHOLE if upper == WHOLE else UNASSIGNED
            key = pd.MultiIndex.from_arrays(
                [part["series"], np.full(len(part), upper), part["area"].map(of)]
            )
            sums = cells.reindex(key).to_numpy()
            found = ~np.isnan(sums.astype(float))
            child, total = part["cell"].to_numpy()[found], sums[found].astype(np.int64)
            number = pd.factorize(key[found])[0].astype(np.int64)
            one, at = np.unique(number, return_index=True)
            part = part[found]
            named = np.bincount(number, part["area"] != UNASSIGNED)
            lacking = named < sizes.reindex(part["area"].map(of).iloc[at]).to_numpy()
            amount = np.bincount(number, part["amount"])
            less = lacking & (totals.reindex(total[at]).to_numpy() - amount > _APART)
            added = first + sum(map(len, missing)) + np.arange(less.sum())
            missing.append(
                part.iloc[at[less]].assign(
                    level=upper, area=key[found][at[less]].get_level_values(2)
                )[list(missing[0])]
            )
            blocks.append(
                (
                    np.concatenate([number, one, one[less]]),
                    np.concatenate([child, total[at], added]),
                    np.concatenate([np.ones(len(child)), -np.ones(len(one)), np.ones(len(added))]),
                )
            )
    return blocks, pd.concat(missing, ignore_index=True)


def _ancestors(level: str, parent: Mapping[str, str]) -> list[str]:
    chain = []
    while level:
        chain.append(level)
        level = parent.get(level, "")
    return chain


def sum_formulas(
    long: pd.DataFrame, indicators: Mapping[str, Indicator], *, unsaid: bool = True
) -> list[tuple[Ints, Ints, Floats]]:
    """Write down every sum that the definitions name, at every place where all of it stands.

    With ``unsaid`` those, too, that hold throughout though no definition names them.
    """
    one = long.drop_duplicates(["what", *PLACE])
    place = one.groupby(PLACE, sort=False).ngroup()
    cells = {
        str(what): pd.Series(part["cell"].to_numpy(), index=place[part.index])
        for what, part in one.groupby("what", sort=False)
    }
    blocks = []
    formulas = _formulas(indicators, cells)
    if unsaid and len(one):
        counted = one[~one["signed"].to_numpy(dtype=bool)]
        # Days with the same quantities are one table.
        of_day = counted.groupby("datenstand")["what"].agg(lambda x: "\n".join(sorted(set(x))))
        means = {name_quantities(i, indicators)[0] for i in indicators.values() if i.kind == "mean"}
        for _, part in counted.groupby(counted["datenstand"].map(of_day), sort=False):
            table = part.pivot(index=PLACE, columns="what", values="amount")
            formulas += find_sums(table)
            years = [find_weighted_sum(table, what) for what in sorted(means & set(table))]
            formulas += [formula for formula in years if formula]
    for formula in formulas:
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
            what = name_quantities(known, indicators)[0] if known else part.removeprefix("-")
            formula[what] = formula.get(what, 0.0) + (-1.0 if part.startswith("-") else 1.0)
        if len(parts) and any(formula.values()):
            formulas.append(formula)

    for known in indicators.values():
        top, below = name_quantities(known, indicators)
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
