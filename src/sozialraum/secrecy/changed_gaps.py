"""Gaps of two editions: opened, closed, still there."""

from __future__ import annotations

from typing import Any

import pandas as pd
import shapely

from sozialraum.secrecy.changed_offers import locate
from sozialraum.secrecy.published import Published

COLUMNS = (
    "what", "measure", "name", "people_before", "people_after", "minutes_before", "minutes_after",
)  # fmt: skip
# Polygons that touch or overlap by a sliver are neighbours, not one gap.
_OVERLAP = 0.05


def compare_gaps(old: Published, new: Published) -> pd.DataFrame:
    """Compare the gaps of two editions.

    Parameters
    ----------
    old, new : Published
        In one coordinate system.

    Returns
    -------
    DataFrame
        ``what``: "opened" (no gap was there), "closed" (no gap is there any more) or "stays" (one row
        per pair of gaps that overlap and differ in outline or figures); ``measure``, the name of the
        smallest area around the gap's middle, people and minutes as both editions publish them.

    Notes
    -----
    Gaps are compared only of measures that both editions have, with the same group and the same
    limit. Two gaps are one where they share more than 5 % of the smaller one's area; a gap may fall
    into several. No difference of people is formed: the outlines differ.
    """
    rows: list[dict[str, Any]] = []
    both = [name for name in new.indicators if name in old.indicators]
    for measure in both:
        if old.measured.get(measure) != new.measured.get(measure):
            continue
        before, after = (e.gaps[e.gaps["measure"] == measure] for e in (old, new))
        limits = [set(zip(t["group"], t["limit_min"], strict=True)) for t in (before, after)]
        if all(limits) and limits[0] != limits[1]:
            continue
        shapes = [table.geometry.to_numpy() for table in (before, after)]
        mine, theirs = shapely.STRtree(shapes[0]).query(shapes[1], predicate="intersects")
        shared = shapely.area(shapely.intersection(shapes[1][mine], shapes[0][theirs]))
        least = [shapely.area(s[i]) for s, i in ((shapes[0], theirs), (shapes[1], mine))]
        real = shared > _OVERLAP * pd.DataFrame(least).min().to_numpy()
        pairs = list(zip(theirs[real].tolist(), mine[real].tolist(), strict=True))
        names = [
            locate(t.geometry, e.tables[e.levels[-1].id]) for t, e in ((before, old), (after, new))
        ]
        met = [{a for a, _ in pairs}, {b for _, b in pairs}]
        for i in sorted(set(range(len(after))) - met[1]):
            rows.append(_row("opened", measure, names[1].iloc[i], after=after.iloc[i]))
        for i in sorted(set(range(len(before))) - met[0]):
            rows.append(_row("closed", measure, names[0].iloc[i], before=before.iloc[i]))
        for a, b in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
            row = _row("stays", measure, names[1].iloc[b], before.iloc[a], after.iloc[b])
            same = shapely.equals(shapes[0][a], shapes[1][b])
            figures = ("people", "minutes")
            if not same or any(_differ(row[f"{f}_before"], row[f"{f}_after"]) for f in figures):
                rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = dict.fromkeys(COLUMNS[3:], float)
    return table.astype({"what": "str", "measure": "str", "name": "str", **numbers})


def _row(
    what: str, measure: str, name: Any, before: Any = None, after: Any = None
) -> dict[str, Any]:
    row = {"what": what, "measure": measure, "name": name}
    for side, gap in (("before", before), ("after", after)):
        for figure in ("people", "minutes"):
            row[f"{figure}_{side}"] = None if gap is None else gap[figure]
    return row


def _differ(one: Any, other: Any) -> bool:
    missing = [x is None or x != x for x in (one, other)]
    return missing[0] != missing[1] or (not any(missing) and abs(one - other) > 1e-6)
