"""An older edition beside the one shown: its values, and what can be compared with what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from sozialraum.model.areas import Level
from sozialraum.present.payload_levels import list_level
from sozialraum.present.payload_series import Block, lay_series
from sozialraum.present.topology import build_topology

if TYPE_CHECKING:
    from sozialraum.present.topology import Topology
    from sozialraum.secrecy.edition import Edition

# What makes an indicator another one.
_DEFINING = ("kind", "unit", "per", "numerator", "denominator", "classes", "practice")
_TOLERANCE_M = 1.0


def lay_older(
    edition: Edition, older: Edition, topology: Topology, levels: list[dict[str, Any]], block: Block
) -> tuple[dict[str, Any], Block]:
    """Lay an older edition's values behind those of this one.

    Parameters
    ----------
    edition, older : Edition
        Both protected; nothing is compared but what both publish.
    topology : Topology
        Outlines of ``edition``.
    levels : list of dict
        Levels of ``edition`` as the page reads them.
    block : Block
        Numbers of ``edition``.

    Returns
    -------
    tuple of dict and Block
        ``levels`` and ``series`` like those of the edition; ``topology`` where the outlines differ;
        per level ``match`` (the same area there, or -1) and ``moved`` (areas whose boundary is another
        or that have no match); ``changed``: indicators that were defined otherwise.
    """
    older = replace(older, areas=older.areas.to_crs(edition.areas.crs))
    wanted = [level.id for level in edition.levels]
    depth = {level.id: i for i, level in enumerate(older.levels)}
    kept: list[Level] = [level for level in older.levels if level.id in wanted]
    same = _same_outlines(edition, older)
    outlines = (
        topology if same else build_topology(older.areas, [level.id for level in kept], loose={})
    )
    empty: dict[str, Any] = {"ids": [], "names": [], "parents": [], "points": []}
    theirs = []
    for level in edition.levels:
        mine = {"id": level.id, "title": level.title, "plural": level.plural, "parent": -1}
        if level.id not in depth:
            theirs.append({**empty, **mine})
            continue
        listed = list_level(older, depth[level.id], outlines)
        above = older.levels[depth[level.id]].parent
        listed["parent"] = wanted.index(above) if above in wanted else -1
        theirs.append(listed)
    indicators = {name: older.indicators.get(name, one) for name, one in edition.indicators.items()}
    changed = [
        i
        for i, (name, one) in enumerate(edition.indicators.items())
        if any(getattr(indicators[name], f) != getattr(one, f) for f in _DEFINING)
    ]
    # Numbers are written as the edition shown writes them.
    shown = {
        name: replace(one, digits=edition.indicators[name].digits)
        for name, one in indicators.items()
    }
    behind = lay_series(older.values, theirs, shown, after=block)
    match, moved = zip(
        *(
            _match(edition, older, new["id"], new["ids"], old["ids"], same)
            for new, old in zip(levels, theirs, strict=True)
        ),
        strict=True,
    )
    return {
        "title": older.head.title or older.title,
        "created": older.created,
        "topology": None if same else outlines.to_topojson(),
        "levels": theirs,
        "series": behind.series,
        "match": match,
        "moved": moved,
        "changed": changed,
    }, behind._replace(series=block.series)


def _same_outlines(edition: Edition, older: Edition) -> bool:
    mine, theirs = edition.areas, older.areas
    columns = [level.id for level in edition.levels]
    if not set(columns) <= set(theirs.columns):
        return False
    if not mine.index.equals(theirs.index) or not mine[columns].equals(theirs[columns]):
        return False
    return bool(shapely.equals_exact(mine.geometry.to_numpy(), theirs.geometry.to_numpy()).all())


def _match(
    edition: Edition, older: Edition, level: str, new: list[str], old: list[str], same: bool
) -> tuple[list[int], list[int]]:
    """Find the area of the same id there, and those whose boundary is another."""
    place = {key: i for i, key in enumerate(old)}
    match = [place.get(key, -1) for key in new]
    if same:
        return match, []
    if not old:
        return match, list(range(len(new)))
    mine = edition.table(level).geometry.reindex(new).to_numpy()
    theirs = older.table(level).geometry.reindex(new).to_numpy()
    alike = np.zeros(len(new), dtype=bool)
    both = np.array(match) >= 0
    alike[both] = shapely.hausdorff_distance(mine[both], theirs[both]) <= _TOLERANCE_M
    return match, np.flatnonzero(~alike).tolist()
