"""OpenStreetMap files → ways and what cannot be crossed, for any number of modes in one pass."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from sozialraum.access.network import need_metric, refuse
from sozialraum.errors import CrsError
from sozialraum.read.street_rules import (
    Rules,
    find_speeds,
    is_barrier,
    is_shut,
    is_through,
    is_water,
)
from sozialraum.read.street_tables import Streets
from sozialraum.texts import say

Floats = npt.NDArray[np.float64]

WATER_M2 = 1000.0
"""Smaller ponds and fountains keep nobody from the street."""

_KEYS = ("highway", "barrier", "kerb", "waterway", "natural", "railway")


@dataclass
class _Corners:
    """Lines while they are read: one entry per corner, runs of corners numbered."""

    ref: array[int] = field(default_factory=lambda: array("q"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    run: array[int] = field(default_factory=lambda: array("q"))
    runs: int = 0

    def add(self, corners: Any) -> int:
        """Take over a line, which ends where a corner's place is not in the extract; count its runs."""
        before, open_run = self.runs, False
        for corner in corners:
            place = corner.location
            if not place.valid():
                open_run = False
                continue
            if not open_run:
                self.runs += 1
                open_run = True
            self.ref.append(corner.ref)
            self.lon.append(place.lon)
            self.lat.append(place.lat)
            self.run.append(self.runs - 1)
        return self.runs - before


@dataclass
class _Found:
    """All that is kept of a file.

    ``speeds`` and ``through`` have an entry per run of ``ways``, ``blocked`` a set of nodes per mode.
    ``rings`` are lines that may bound water: ``of_way`` tells their runs, ``water`` which of them are
    water themselves, and ``members`` the ways of every water made of several.
    """

    ways: _Corners = field(default_factory=_Corners)
    speeds: list[list[tuple[float, float]]] = field(default_factory=list)
    through: list[bool] = field(default_factory=list)
    blocked: list[set[int]] = field(default_factory=list)
    lines: _Corners = field(default_factory=_Corners)
    rings: _Corners = field(default_factory=_Corners)
    of_way: dict[int, range] = field(default_factory=dict)
    water: list[int] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)

    def add_ring(self, way: Any) -> None:
        """Take over a way that may bound water."""
        count = self.rings.add(way.nodes)
        self.of_way[way.id] = range(self.rings.runs - count, self.rings.runs)


def read_osm(file: Path, modes: Sequence[Rules], crs: Any) -> list[Streets]:
    """Read the streets of every mode in one pass over the file.

    Raises
    ------
    InputError, CrsError
    """
    found = _read(file, modes)
    return [_make_streets(found, place, file, crs) for place in range(len(modes))]


def _read(file: Path, modes: Sequence[Rules]) -> _Found:
    import osmium

    found = _Found(blocked=[set() for _ in modes])

    class Untagged(osmium.SimpleHandler):  # type: ignore[misc]
        """Ways without tags: parts of something, perhaps of a shore."""

        def way(self, way: Any) -> None:
            if not way.tags:
                found.add_ring(way)

    try:
        source = osmium.FileProcessor(str(file)).with_locations()
        source = source.with_filter(osmium.filter.KeyFilter(*_KEYS))
        for item in source.handler_for_filtered(Untagged()):
            if item.is_node():
                if "barrier" in item.tags or "kerb" in item.tags:
                    tags = dict(item.tags)
                    for rules, blocked in zip(modes, found.blocked, strict=True):
                        if is_shut(tags, rules):
                            blocked.add(item.id)
            elif item.is_way():
                _take_way(item, dict(item.tags), modes, found)
            elif item.is_relation() and is_water(item.tags):
                found.members.append([m.ref for m in item.members if m.type == "w"])
    except (RuntimeError, ValueError) as error:
        refuse("streets.unreadable", file.name, reason=error)
    return found


def _take_way(way: Any, tags: dict[str, str], modes: Sequence[Rules], found: _Found) -> None:
    if "highway" in tags:
        speeds = [find_speeds(tags, rules) for rules in modes]
        if any(map(any, speeds)):
            count = found.ways.add(way.nodes)
            found.speeds += [speeds] * count
            found.through += [is_through(tags)] * count
    if is_barrier(tags):
        found.lines.add(way.nodes)
    elif is_water(tags):
        found.add_ring(way)
        found.water.append(way.id)


def _make_streets(found: _Found, mode: int, file: Path, crs: Any) -> Streets:
    """Split the ways of one mode and draw them and the barriers in its metric system."""
    if not found.ways.runs:
        refuse("streets.no_ways", file.name)
    speeds = np.array(found.speeds, dtype=np.float64)[:, mode]
    run = np.array(found.ways.run, dtype=np.intp)
    used = np.asarray(speeds.any(axis=1))[run]
    if not used.any():
        refuse("streets.no_ways", file.name)
    lon, lat = np.array(found.ways.lon)[used], np.array(found.ways.lat)[used]
    system = _choose_crs(lon, lat) if crs is None else need_metric(crs)
    transform = Transformer.from_crs(4326, system, always_xy=True).transform
    x, y = (np.asarray(a) for a in transform(lon, lat))
    ref, run = np.array(found.ways.ref, dtype=np.int64)[used], run[used]
    points, edges, runs = _split_ways(ref, run, found.blocked[mode], x, y)
    edges["oneway"] = (speeds[runs, 1] == 0).astype(int) - (speeds[runs, 0] == 0)
    edges["through"] = np.array(found.through)[runs]
    edges["kmh"], edges["kmh_back"] = speeds[runs].T
    return Streets(points, edges, system, _draw_barriers(found, transform))


def _choose_crs(lon: Floats, lat: Floats) -> CRS:
    """Choose the UTM zone of Germany in which the middle street lies."""
    east, north = float(np.median(lon)), float(np.median(lat))
    if not (5.5 <= east <= 15.5 and 47 <= north <= 55.5):
        raise CrsError(say("streets.outside", lon=round(east, 2), lat=round(north, 2)))
    return CRS.from_epsg(25832 if east < 12 else 25833)


def _split_ways(
    ref: npt.NDArray[np.int64], run: npt.NDArray[np.intp], blocked: set[int], x: Floats, y: Floats
) -> tuple[pd.DataFrame, pd.DataFrame, npt.NDArray[np.intp]]:
    """Split ways where they begin, end, meet, or a barrier stands; tell the run of every edge."""
    ids, node, uses = np.unique(ref, return_inverse=True, return_counts=True)
    shut = np.isin(ref, np.fromiter(blocked, dtype=np.int64, count=len(blocked)))
    change = run[1:] != run[:-1]
    first, last = np.append(True, change), np.append(change, True)
    cut = np.flatnonzero(first | last | (uses[node] > 1) | shut)
    here = run[cut[:-1]] == run[cut[1:]]
    start, end = cut[:-1][here], cut[1:][here]

    # A barrier's node gets one number per side of every way, so nothing passes through it.
    number = np.arange(len(ref))
    u = np.where(shut[start], len(ids) + 2 * number[start], node[start])
    v = np.where(shut[end], len(ids) + 2 * number[end] + 1, node[end])

    size = end - start + 1
    edge = np.repeat(np.arange(len(start)), size)
    corner = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    corner += np.repeat(start, size)
    lines = shapely.linestrings(x[corner], y[corner], indices=edge)
    edges = pd.DataFrame({"u": u, "v": v, "length_m": shapely.length(lines), "geometry": lines})
    points = pd.DataFrame(
        {"x": np.concatenate([x[start], x[end]]), "y": np.concatenate([y[start], y[end]])},
        index=np.concatenate([u, v]),
    )
    return points[~points.index.duplicated()], edges, run[start]


def _draw_barriers(found: _Found, transform: Any) -> npt.NDArray[np.object_]:
    """Draw lines that cannot be crossed, and water as areas, or as shore lines if not complete."""
    rings, numbers = _draw(found.rings, transform)
    at = {int(run): i for i, run in enumerate(numbers)}
    bodies = [[way] for way in found.water] + found.members
    water = []
    for ways in bodies:
        shores = [rings[at[r]] for way in ways for r in found.of_way.get(way, ()) if r in at]
        area = shapely.build_area(shapely.geometrycollections(shores))
        if not area.is_empty:
            water += [area] if area.area >= WATER_M2 else []
        else:
            water += shores
    lines = _draw(found.lines, transform)[0]
    return np.concatenate([lines, np.array(water, dtype=object)])


def _draw(corners: _Corners, transform: Any) -> tuple[npt.NDArray[np.object_], Any]:
    """Draw the runs of at least two corners, and tell their numbers."""
    run = np.array(corners.run, dtype=np.intp)
    keep = np.bincount(run, minlength=corners.runs)[run] > 1
    numbers, line = np.unique(run[keep], return_inverse=True)
    x, y = transform(np.array(corners.lon)[keep], np.array(corners.lat)[keep])
    return np.asarray(shapely.linestrings(x, y, indices=line), dtype=object), numbers
