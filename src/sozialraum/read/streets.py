"""Streets and paths: OpenStreetMap files or a table of edges → street network."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from sozialraum.access.network import (
    WALKING_KMH,
    StreetNetwork,
    build_network,
    need_metric,
    refuse,
)
from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.read.street_rules import MODES, Rules, find_direction, is_shut, may_use
from sozialraum.read.street_tables import read_street_table
from sozialraum.texts import say

_OSM = (".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2", ".osm")


def read_streets(
    path: str | Path,
    mode: str = "walk",
    *,
    crs: Any = None,
    speed_kmh: float = WALKING_KMH,
    nodes: str | Path | None = None,
) -> StreetNetwork:
    """Read the streets and paths a mode may use.

    Parameters
    ----------
    path : path
        OpenStreetMap file (``.osm.pbf``, ``.osm.gz``, ``.osm.bz2``, ``.osm``) or a table of edges
        (``.parquet``) with ``u``, ``v``, ``length_m``, optionally ``class`` and ``geometry``.
    mode : {"walk"}
    crs : optional
        Metric system of the result. Without it that of the table, or for OpenStreetMap
        EPSG:25832 west and EPSG:25833 east of 12° (the middle of the streets decides).
    speed_kmh : float, default 4.8
    nodes : path, optional
        Table of nodes beside a table of edges: ``node`` and ``geometry`` or ``x``, ``y``. Without it
        ``<name>_nodes.parquet`` beside ``<name>_edges.parquet``, else the ends of the edges' lines.

    Returns
    -------
    StreetNetwork

    Raises
    ------
    InputError
        No such file, not readable or cut off, unknown format or class of street, no way that the
        mode may use.
    CrsError
        The system is in degrees, cannot be chosen or is missing.
    UnknownNameError
        No such mode.

    Notes
    -----
    The rules stand at the top of ``street_rules``. Ways are split where they meet; lengths are those of
    the projected line, rounded to centimetres. An OpenStreetMap file is read in one pass and must
    hold its nodes before its ways, as all published extracts do. The column ``oneway`` of a table
    concerns vehicles and does not bind people on foot.
    """
    if mode not in MODES:
        raise UnknownNameError("mode", mode, MODES)
    if crs is not None:
        crs = need_metric(crs)
    file = Path(path)
    if not file.is_file():
        refuse("streets.missing_file", file.name, path=file)
    if file.name.endswith(_OSM):
        points, edges, system = _read_osm(file, MODES[mode], crs)
    elif file.suffix == ".parquet":
        points, edges, system = read_street_table(file, MODES[mode], crs, nodes)
    else:
        refuse("streets.format", file.name, known=", ".join((*_OSM, ".parquet")))
    if edges.empty:
        refuse("streets.no_ways", file.name)
    return build_network(
        points, edges, crs=system, mode=mode, speed_kmh=speed_kmh, source=file.name
    )


@dataclass
class _Ways:
    """Ways while they are read: one entry per corner, runs of corners numbered."""

    ref: array[int] = field(default_factory=lambda: array("q"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    run: array[int] = field(default_factory=lambda: array("q"))
    direction: list[int] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)

    def add(self, corners: Any, direction: int) -> None:
        """Take over a way; it ends where a corner's place is not in the extract."""
        open_run = False
        for corner in corners:
            place = corner.location
            if not place.valid():
                open_run = False
                continue
            if not open_run:
                self.direction.append(direction)
                open_run = True
            self.ref.append(corner.ref)
            self.lon.append(place.lon)
            self.lat.append(place.lat)
            self.run.append(len(self.direction) - 1)


def _read_osm(file: Path, rules: Rules, crs: Any) -> tuple[pd.DataFrame, pd.DataFrame, CRS]:
    import osmium

    ways = _Ways()
    try:
        source = osmium.FileProcessor(str(file)).with_locations()
        for item in source.with_filter(osmium.filter.KeyFilter("highway", "barrier")):
            if item.is_node():
                if "barrier" in item.tags and is_shut(item.tags, rules):
                    ways.blocked.add(item.id)
            elif item.is_way() and may_use(item.tags, rules):
                ways.add(item.nodes, find_direction(item.tags))
    except (RuntimeError, ValueError) as error:
        refuse("streets.unreadable", file.name, reason=error)
    if not ways.ref:
        refuse("streets.no_ways", file.name)
    lon, lat = np.array(ways.lon), np.array(ways.lat)
    system = _choose_crs(lon, lat) if crs is None else need_metric(crs)
    x, y = Transformer.from_crs(4326, system, always_xy=True).transform(lon, lat)
    points, edges = _split_ways(ways, np.asarray(x), np.asarray(y))
    return points, edges, system


def _choose_crs(lon: np.ndarray[Any, Any], lat: np.ndarray[Any, Any]) -> CRS:
    """Choose the UTM zone of Germany in which the middle street lies."""
    east, north = float(np.median(lon)), float(np.median(lat))
    if not (5.5 <= east <= 15.5 and 47 <= north <= 55.5):
        raise CrsError(say("streets.outside", lon=round(east, 2), lat=round(north, 2)))
    return CRS.from_epsg(25832 if east < 12 else 25833)


def _split_ways(
    ways: _Ways, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split ways where they begin, end, meet, or a barrier stands."""
    ref, run = np.array(ways.ref), np.array(ways.run)
    ids, node, uses = np.unique(ref, return_inverse=True, return_counts=True)
    shut = np.isin(ref, np.fromiter(ways.blocked, dtype=np.int64, count=len(ways.blocked)))
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
    edges = pd.DataFrame(
        {
            "u": u,
            "v": v,
            "length_m": shapely.length(lines),
            "oneway": np.array(ways.direction, dtype=np.int64)[run[start]],
            "geometry": lines,
        }
    )
    points = pd.DataFrame(
        {"x": np.concatenate([x[start], x[end]]), "y": np.concatenate([y[start], y[end]])},
        index=np.concatenate([u, v]),
    )
    return points[~points.index.duplicated()], edges
