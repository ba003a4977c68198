"""Attack tables that anybody published: what do their gaps hide, what do their sums give away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.secrecy.attack import Attacker, bound_cells
from sozialraum.secrecy.loosen import find_misfits
from sozialraum.secrecy.solver import ContradictionError
from sozialraum.secrecy.system import Block, Bools, Floats, System, build_system, join_blocks
from sozialraum.texts import number

_ROLE = "_role"
# Beyond this many withheld counts of one table nobody is asked whether he alone could be one.
_MOST_SINGLES = 400
_MOST_PLACES = 10


def check_columns(
    table: pd.DataFrame,
    columns: Sequence[str],
    keys: Sequence[str],
    hierarchies: Sequence[Mapping[str, Any]],
    label: str,
) -> CheckReport:
    """Check that a table has the columns that its description names."""
    missing = [c for c in columns if c not in table]
    missing += [h["column"] for h in hierarchies if h["column"] not in keys]
    seen = ", ".join(map(str, table.columns))
    found = [find("error", "audit_column", label, column=c, seen=seen) for c in missing]
    return CheckReport(tuple(found))


def audit_cells(
    cells: pd.DataFrame,
    *,
    keys: Sequence[str],
    total: str = "",
    hierarchies: Sequence[Mapping[str, Any]] = (),
    minimum: int = 0,
    single: bool = False,
    shares: bool = False,
    ratios: pd.DataFrame | None = None,
    label: str = "",
) -> CheckReport:
    """Compute the limits of withheld counts of several tables together.

    Parameters
    ----------
    cells : DataFrame
        One row per count of any table: the ``keys``; ``_role`` ("Z" and "N" for numerators and
        denominators of rates, "" for plain counts); ``_low`` and ``_high``, equal where the count is
        printed; ``_secret``, whether it is a finding if it follows; ``_label``, ``_row``, ``_column``,
        where it stands. What two tables say of one count holds together.
    keys : sequence of str
        Columns that name a count.
    total : str, optional
        The word that stands for all members of a column.
    hierarchies : sequence of mapping, optional
        ``{"column": …, "parent": {member: group}}``: the members of a group add up to it, where it
        has rows of its own. One column may have several.
    minimum : int
        A range narrower than this is a finding; 0 or 1: only counts that follow exactly.
    single : bool
        Whether to ask, too, what somebody would know who is the only case of a withheld count.
    shares : bool
        Whether numerators are part of their denominators.
    ratios : DataFrame, optional
        The ``keys`` and ``_least``, ``_most``: limits of Z / N where a rate is printed without them.
    label : str
        Name of the tables in findings.

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
    >>> cells = pd.DataFrame({"ort": ["A", "B", "alle"], "_role": "", "_low": [0.0, 8.0, 12.0],
    ...     "_high": [np.inf, 8.0, 12.0], "_secret": [True, False, False], "_label": "orte.csv",
    ...     "_row": [2, 3, 4], "_column": "n"})
    >>> print(audit_cells(cells, keys=["ort"], total="alle", label="orte.csv"))
    1 Fehler, 1 Hinweis
    Fehler – orte.csv, Zeile 2, Spalte „n“: A: Die zurückgehaltene Zahl folgt genau: 4.
    Hinweis – orte.csv: Zurückgehaltene Zahlen: 1 von 3. Sie wurden mit 1 Summen angegriffen.
    """
    named = [*keys, _ROLE]
    cells = cells.astype(dict.fromkeys(named, "str")).reset_index(drop=True)
    number_of = cells.groupby(named, sort=False).ngroup().to_numpy()
    both = cells.groupby(number_of).agg({"_low": "max", "_high": "min"})
    low, high = both["_low"].to_numpy(dtype=float), both["_high"].to_numpy(dtype=float)
    apart = np.flatnonzero((low > high)[number_of])
    if len(apart):
        return CheckReport(tuple(_tell(cells, apart, "audit_differs", keys, {})))
    places = cells.loc[~pd.Series(number_of).duplicated(), named].reset_index(drop=True)
    value = np.where(low == high, low, np.nan)
    sums = _list_sums(places, [*keys], total, hierarchies)
    parts, more = _list_parts(places, keys, shares, ratios, len(value))
    value, low = np.append(value, np.full(more, np.nan)), np.append(low, np.zeros(more))
    high = np.append(high, np.full(more, np.inf))
    system = build_system(pd.DataFrame(index=range(len(value))), value, [*sums, *parts], exact=True)
    # What stands between rates and their limits is no count.
    whole = system.whole & (np.arange(len(value)) < len(places))
    system, known = replace(system, whole=whole), ~np.isnan(value)
    if (
        cells["_secret"].any()
        and not len(system.low)
        and not known[number_of[cells["_secret"]]].any()
    ):
        return CheckReport((find("error", "audit_no_sums", label),))
    reader = Attacker("reader", low, high)
    try:
        lower, upper = bound_cells(system, known, reader)
    except ContradictionError:
        misfit = find_misfits(system, known, reader)[system.row] > 0
        odd = np.isin(number_of, system.col[misfit])
        return CheckReport(
            (find("error", "audit_contradiction", label),
             *_tell(cells, np.flatnonzero(odd)[:_MOST_PLACES], "audit_misfit", keys, {}))
        )  # fmt: skip
    narrow = (upper - lower < max(minimum, 1))[number_of] & cells["_secret"].to_numpy(dtype=bool)
    limits = {"low": lower[number_of], "high": upper[number_of]}
    findings: list[Finding] = []
    for code, told in (("audit_exact", True), ("audit_narrow", False)):
        at = np.flatnonzero(narrow & ((limits["low"] == limits["high"]) == told))
        findings += _tell(cells, at, code, keys, limits)
    findings.sort(key=lambda f: (f.table, f.row or 0, f.column or ""))
    if single:
        hidden = np.zeros(system.size, bool)
        hidden[number_of[cells["_secret"].to_numpy(dtype=bool)]] = True
        findings += _ask_singles(
            system, known, reader, (lower, upper), hidden, cells, number_of, keys
        )
    findings.append(
        find("note", "audit_size", label, hidden=number((~known[: len(places)]).sum()),
             cells=number(len(places)), sums=number(len(system.low)))
    )  # fmt: skip
    return CheckReport(tuple(findings))


def _tell(
    cells: pd.DataFrame, at: Any, code: str, keys: Sequence[str], limits: Mapping[str, Floats]
) -> list[Finding]:
    return [
        find(
            "error", code, str(cells["_label"].iloc[i]), row=int(cells["_row"].iloc[i]),
            column=str(cells["_column"].iloc[i]), cell=", ".join(cells[list(keys)].iloc[i]),
            **{name: number(limit[i]) for name, limit in limits.items()},
        )
        for i in np.asarray(at).tolist()
    ]  # fmt: skip


def _ask_singles(
    system: System,
    known: Bools,
    reader: Attacker,
    limits: tuple[Floats, Floats],
    hidden: Bools,
    cells: pd.DataFrame,
    number_of: Any,
    keys: Sequence[str],
) -> list[Finding]:
    """Find counts that follow for whoever knows that a withheld count is 1, being that one."""
    lower, upper = limits
    open_cells = hidden & ~known & (upper - lower >= 1)
    maybe = np.flatnonzero(open_cells & (lower <= 1) & (upper >= 1))
    if len(maybe) > _MOST_SINGLES:
        return [
            find("note", "audit_singles_left_out", str(cells["_label"].iloc[0]), most=_MOST_SINGLES)
        ]
    first = dict(zip(number_of[::-1].tolist(), range(len(cells) - 1, -1, -1), strict=True))
    found = []
    for one in maybe.tolist():
        floor, ceiling = reader.floor.copy(), reader.ceiling.copy()
        floor[one] = ceiling[one] = 1.0
        others = open_cells.copy()
        others[one] = False
        try:
            low, high = bound_cells(system, known, Attacker("single", floor, ceiling), others)
        except ContradictionError:
            continue  # it is no 1
        exact = np.flatnonzero(others & (low == high))
        for cell in exact.tolist():
            at = first[cell]
            alone = ", ".join(cells[list(keys)].iloc[first[one]])
            found.append(
                find(
                    "error", "audit_single", str(cells["_label"].iloc[at]),
                    row=int(cells["_row"].iloc[at]), column=str(cells["_column"].iloc[at]),
                    cell=", ".join(cells[list(keys)].iloc[at]), alone=alone, low=number(low[cell]),
                )
            )  # fmt: skip
    return found


def _list_parts(
    places: pd.DataFrame,
    keys: Sequence[str],
    shares: bool,
    ratios: pd.DataFrame | None,
    first: int,
) -> tuple[list[Block], int]:
    """Bind numerators to denominators: a share's rest is 0 or more; a printed rate limits Z / N."""
    index = pd.MultiIndex.from_frame(places[list(keys)])
    at = {
        role: pd.Series(np.flatnonzero(places[_ROLE] == role), index=index[places[_ROLE] == role])
        for role in ("Z", "N")
    }
    blocks: list[Block] = []
    more = 0

    def limit(top: Any, below: Any, rate: Floats, sign: float) -> None:
        # sign · (Z − rate · N) − s = 0 with s ≥ 0
        nonlocal more
        size = len(top)
        blocks.append(
            (
                np.tile(np.arange(size), 3),
                np.concatenate([top, below, first + more + np.arange(size)]).astype(np.int64),
                np.concatenate([np.full(size, sign), -sign * rate, -np.ones(size)]),
            )
        )
        more += size

    pairs = pd.concat(at, axis=1, join="inner")
    if shares and len(pairs):
        limit(pairs["Z"].to_numpy(), pairs["N"].to_numpy(), np.ones(len(pairs)), -1.0)
    if ratios is not None and len(ratios):
        wanted = pairs.reindex(pd.MultiIndex.from_frame(ratios[list(keys)].astype("str")))
        there = wanted["Z"].notna().to_numpy()
        top, below = (wanted[role].to_numpy()[there] for role in ("Z", "N"))
        limit(top, below, ratios["_least"].to_numpy(dtype=float)[there], 1.0)
        limit(top, below, ratios["_most"].to_numpy(dtype=float)[there], -1.0)
    return blocks, more


def _list_sums(
    places: pd.DataFrame, keys: Sequence[str], total: str, hierarchies: Sequence[Mapping[str, Any]]
) -> list[Block]:
    """Pair every count with that of its group, everything else being the same."""
    at = pd.Series(np.arange(len(places)), index=pd.MultiIndex.from_frame(places))
    ways = [(str(h["column"]), dict(h["parent"])) for h in hierarchies]
    told = {column for column, _ in ways}
    ways += [(column, {}) for column in keys if column not in told]
    blocks = []
    for column, parent in ways:
        member = places[column]
        others = {g for c, p in ways if c == column for g in p.values()} - set(parent.values())
        # What has no group here is part of the total, except groups that say the same otherwise.
        above = member.map(parent).astype("object")
        top = above.isna() & (member != total) & ~member.isin(others)
        above = above.where(~top, total or None)
        wanted = places.assign(**{column: above})[above.notna()]
        sums = at.reindex(pd.MultiIndex.from_frame(wanted)).to_numpy(dtype=float)
        there = ~np.isnan(sums)
        child = wanted.index[there].to_numpy(dtype=np.int64)
        blocks.append(join_blocks(sums[there].astype(np.int64), child, np.arange(len(places))))
    return blocks
