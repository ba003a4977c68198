"""Attack a table that anybody published: what do its gaps hide, what do its sums give away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sozialraum.errors import SecrecyError
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.secrecy.attack import bound_cells, reader
from sozialraum.secrecy.system import Floats, Ints, build_system
from sozialraum.texts import number


def audit_table(
    table: pd.DataFrame,
    *,
    keys: Sequence[str],
    count: str,
    total: str = "",
    hierarchies: Sequence[Mapping[str, Any]] = (),
    minimum: int = 0,
    label: str = "",
) -> CheckReport:
    """Compute the limits of every withheld count of a published table.

    Parameters
    ----------
    table : DataFrame
        One row per count; ``count`` as numbers, missing = withheld. The index counts rows from 0.
    keys : sequence of str
        Columns that name a count.
    count : str
    total : str, optional
        The word that stands for all members of a column.
    hierarchies : sequence of mapping, optional
        ``{"column": …, "parent": {member: group}}``: the members of a group add up to it, where it
        has rows of its own. One column may have several.
    minimum : int
        A range narrower than this is a finding; 0 or 1: only counts that follow exactly.
    label : str
        Name of the table in findings.

    Returns
    -------
    CheckReport
        An error for every withheld count that follows exactly or within less than the minimum, a
        note that says how many counts were attacked.

    Notes
    -----
    The attacker knows everything published and that counts are whole numbers from 0.

    Examples
    --------
    >>> table = pd.DataFrame({"ort": ["A", "B", "alle"], "n": [None, 8.0, 12.0]})
    >>> print(audit_table(table, keys=["ort"], count="n", total="alle", label="orte.csv"))
    1 Fehler, 1 Hinweis
    Fehler – orte.csv, Zeile 2, Spalte „n“: A: Die zurückgehaltene Zahl folgt genau: 4.
    Hinweis – orte.csv: Zurückgehaltene Zahlen: 1 von 3. Sie wurden mit 1 Summen angegriffen.
    """
    missing = [c for c in (*keys, count) if c not in table]
    missing += [h["column"] for h in hierarchies if h["column"] not in keys]
    if missing:
        seen = ", ".join(map(str, table.columns))
        found = [find("error", "audit_column", label, column=c, seen=seen) for c in missing]
        return CheckReport(tuple(found))
    value = table[count].to_numpy(dtype=float)
    known = ~np.isnan(value)
    cells = table[list(keys)].astype("str")
    system = build_system(cells, value, _list_sums(cells, total, hierarchies), exact=True)
    if not known.all() and not len(system.low):
        return CheckReport((find("error", "audit_no_sums", label),))
    try:
        lower, upper = bound_cells(system, known, reader(system))
    except SecrecyError:
        return CheckReport((find("error", "audit_contradiction", label),))
    findings: list[Finding] = []
    for at in np.flatnonzero(~known & (upper - lower < max(minimum, 1))).tolist():
        code = "audit_exact" if lower[at] == upper[at] else "audit_narrow"
        findings.append(
            find(
                "error", code, label, row=at + 2, column=count, cell=", ".join(cells.iloc[at]),
                low=number(lower[at]), high=number(upper[at]),
            )
        )  # fmt: skip
    findings.append(
        find("note", "audit_size", label, hidden=number((~known).sum()), cells=number(len(value)),
             sums=number(len(system.low)))
    )  # fmt: skip
    return CheckReport(tuple(findings))


def _list_sums(
    cells: pd.DataFrame, total: str, hierarchies: Sequence[Mapping[str, Any]]
) -> list[tuple[Ints, Ints, Floats]]:
    """Pair every row with the row of its group, all other columns being the same."""
    place = pd.Series(np.arange(len(cells)), index=pd.MultiIndex.from_frame(cells))
    place = place[~place.index.duplicated()]
    ways = [(str(h["column"]), dict(h["parent"])) for h in hierarchies]
    told = {column for column, _ in ways}
    ways += [(str(column), {}) for column in cells.columns if column not in told]
    blocks = []
    for column, parent in ways:
        member = cells[column]
        others = {g for c, p in ways if c == column for g in p.values()} - set(parent.values())
        # What has no group here is part of the total, except groups that say the same otherwise.
        above = member.map(parent).astype("object")
        top = above.isna() & (member != total) & ~member.isin(others)
        above = above.where(~top, total or None)
        wanted = cells.assign(**{column: above})[above.notna()]
        sums = place.reindex(pd.MultiIndex.from_frame(wanted)).to_numpy(dtype=float)
        there = ~np.isnan(sums)
        child = cells.index.get_indexer(wanted.index[there])
        of = sums[there].astype(np.int64)
        one = np.unique(of)
        blocks.append(
            (
                np.concatenate([of, one]),
                np.concatenate([child, one]),
                np.concatenate([np.ones(len(child)), -np.ones(len(one))]),
            )
        )
    return blocks
