"""Levels as the map page reads them: names, parents, a place for the name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

if TYPE_CHECKING:
    from sozialraum.model.areas import Level
    from sozialraum.present.topology import Topology
    from sozialraum.secrecy.edition import Edition


def list_level(edition: Edition, position: int, topology: Topology) -> dict[str, Any]:
    """List the areas of a level.

    Parameters
    ----------
    edition : Edition
    position : int
        Of the level in the edition.
    topology : Topology
        Outlines of the edition's levels; areas come in its order.

    Returns
    -------
    dict
        ``parents`` are places in the level above, ``points`` lie well inside, on the grid.
    """
    level = edition.levels[position]
    table = edition.table(level.id)
    ids = list(topology.objects[level.id])
    table = table.loc[ids]
    circles = shapely.maximum_inscribed_circle(shapely.simplify(table.geometry.to_numpy(), 5), 20)
    places = topology.to_grid(shapely.get_coordinates(shapely.get_point(circles, 0)))
    order = [other.id for other in edition.levels]
    parent = order.index(level.parent) if level.parent in order else -1
    known = {key: i for i, key in enumerate(topology.objects[level.parent])} if parent >= 0 else {}
    parents = (
        edition.areas.dropna(subset=[level.id])
        .drop_duplicates(level.id)
        .set_index(level.id)[level.parent]
        .reindex(ids)
        if parent >= 0
        else pd.Series([None] * len(ids))
    )
    inside = {}
    if position and not _is_above(edition.levels, level.id):
        # In a branch of its own: from the smallest areas one does not get here by parents.
        own = {key: i for i, key in enumerate(ids)}
        smallest = edition.areas[level.id].reindex(list(topology.objects[edition.levels[-1].id]))
        inside = {"inside": [own.get(str(key), -1) for key in smallest]}
    return {
        **inside,
        "id": level.id,
        "title": level.title,
        "plural": level.plural,
        "parent": parent,
        "ids": ids,
        "names": table["name"].astype(str).tolist(),
        "parents": [known.get(str(key), -1) for key in parents],
        "points": places.tolist(),
    }


def _is_above(levels: Sequence[Level], level: str) -> bool:
    """Tell whether the smallest areas lead up to a level by parents."""
    parents = {x.id: x.parent for x in levels}
    at = levels[-1].id
    while at and at != level:
        at = parents.get(at, "")
    return at == level
