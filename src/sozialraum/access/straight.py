"""Ways as the crow flies times a detour factor, in the same form as ways on streets."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from sozialraum.access.network import Floats, StraightLine
from sozialraum.access.tasks import Found, join_found
from sozialraum.model.areas import require_same_crs
from sozialraum.texts import say

_BLOCK = 4_000_000
"""Pairs looked at together: some 100 MB."""


def need_one_system(origins: gpd.GeoDataFrame, destinations: gpd.GeoDataFrame) -> None:
    """Refuse tables in two different systems."""
    require_same_crs(
        origins,
        str(origins.index.name or say("access.origins")),
        destinations,
        str(destinations.index.name or say("access.destinations")),
    )


def have_place(points: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Tell which points have coordinates."""
    geometry = points.geometry.to_numpy()
    return np.asarray(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)))


def straight_nearest(
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    line: StraightLine,
    *,
    k: int,
    limit: int,
) -> Found:
    """Find the ``k`` nearest destinations of every origin, nearest first; ties by position."""
    parts = []
    for start, costs in _blocks(origins, destinations, line):
        many = costs.shape[1]
        # Cost and position in one number: sorting it breaks ties by position.
        keys = costs * many + np.arange(many)
        if k < many:
            keys = np.partition(keys, k - 1, axis=1)[:, :k]
        keys.sort(axis=1)
        origin, rank = np.nonzero(keys // many <= limit)
        chosen = keys[origin, rank]
        parts.append((origin + start, chosen % many, (chosen // many).astype(np.int32)))
    return join_found(parts)


def straight_pairs(
    origins: gpd.GeoDataFrame, destinations: gpd.GeoDataFrame, line: StraightLine, *, limit: int
) -> Found:
    """Find all pairs within the limit, ordered by origin and destination."""
    parts = []
    for start, costs in _blocks(origins, destinations, line):
        origin, destination = np.nonzero(costs <= limit)
        parts.append((origin + start, destination, costs[origin, destination].astype(np.int32)))
    return join_found(parts)


def _blocks(
    origins: gpd.GeoDataFrame, destinations: gpd.GeoDataFrame, line: StraightLine
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Costs of slices of the origins to all destinations; without place: beyond every limit."""
    here, there = _coordinates(origins), _coordinates(destinations)
    if not len(there):
        return
    step = max(1, _BLOCK // len(there))
    for start in range(0, len(here), step):
        part = here[start : start + step]
        metres = np.hypot(part[:, None, 0] - there[:, 0], part[:, None, 1] - there[:, 1])
        costs = np.round(metres * line.detour * 100.0)
        yield start, np.where(costs < 2**31, costs, 2**31 - 1).astype(np.int64)


def _coordinates(points: gpd.GeoDataFrame) -> Floats:
    geometry = points.geometry.to_numpy()
    return np.stack([shapely.get_x(geometry), shapely.get_y(geometry)], axis=1)
