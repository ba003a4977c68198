"""Streets and paths: OpenStreetMap files or a table of edges → street network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from sozialraum.access.network import (
    WALKING_KMH,
    StreetNetwork,
    build_network,
    need_metric,
    need_speed,
    refuse,
)
from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.read.street_cache import cache_path, load_network, make_key, save_network
from sozialraum.read.street_osm import read_osm
from sozialraum.read.street_rules import MODES, Rules
from sozialraum.read.street_tables import Streets, find_nodes, read_street_table
from sozialraum.texts import say

_OSM = (".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2", ".osm")


def read_streets(
    path: str | Path,
    mode: str = "walk",
    *,
    crs: Any = None,
    speed_kmh: float = WALKING_KMH,
    nodes: str | Path | None = None,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    cache: str | Path | None = None,
) -> StreetNetwork:
    """Read the streets and paths a mode may use.

    Parameters
    ----------
    path : path
        OpenStreetMap file (``.osm.pbf``, ``.osm.gz``, ``.osm.bz2``, ``.osm``) or a table of edges
        (``.parquet``) with ``u``, ``v``, ``length_m``, optionally ``class``, ``oneway`` and
        ``geometry``.
    mode : {"walk", "wheelchair", "bike", "car"}
    crs : optional
        Metric system of the result. Without it that of the table, or for OpenStreetMap
        EPSG:25832 west and EPSG:25833 east of 12° (the middle of the streets decides).
    speed_kmh : float, default 4.8
        Walking speed, or that of the wheelchair. By bicycle and car the speeds of the streets count,
        and this one on the way between a house and its street only.
    nodes : path, optional
        Table of nodes beside a table of edges: ``node`` and ``geometry`` or ``x``, ``y``. Without it
        ``<name>_nodes.parquet`` beside ``<name>_edges.parquet``, else the ends of the edges' lines.
    barriers : GeoSeries or GeoDataFrame, optional
        Lines and areas that nobody is connected across (``snap_points``), besides those that an
        OpenStreetMap file holds itself.
    cache : path, optional
        Folder for finished networks. A file that was read before with the same options by the same
        version is loaded from there; a damaged entry is read again from ``path`` and replaced.

    Returns
    -------
    StreetNetwork

    Raises
    ------
    InputError
        No such file, not readable or cut off, unknown format or class of street, no way that the
        mode may use, a cache that cannot be written.
    CrsError
        The system is in degrees, cannot be chosen or is missing.
    UnknownNameError
        No such mode.

    Notes
    -----
    The rules and speeds stand at the top of ``street_rules``. Ways are split where they meet;
    lengths are those of the projected line, rounded to centimetres; times by bicycle and car are
    length / speed, rounded to hundredths of a second. An OpenStreetMap file is read in one pass and
    must hold its nodes before its ways, as all published extracts do. The column ``oneway`` of a
    table (1: only from u to v, -1: only from v to u) concerns vehicles and does not bind people on
    foot or in a wheelchair.
    """
    return read_street_modes(
        path, [mode], crs=crs, speed_kmh=speed_kmh, nodes=nodes, barriers=barriers, cache=cache
    )[mode]


def read_street_modes(
    path: str | Path,
    modes: Iterable[str] = tuple(MODES),
    *,
    crs: Any = None,
    speed_kmh: float = WALKING_KMH,
    nodes: str | Path | None = None,
    barriers: gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    cache: str | Path | None = None,
) -> dict[str, StreetNetwork]:
    """Read the streets of several modes in one pass over the file.

    Parameters
    ----------
    path, crs, speed_kmh, nodes, barriers, cache
        As in ``read_streets``.
    modes : iterable of str
        Without it all four.

    Returns
    -------
    dict of str to StreetNetwork
        By mode, each as ``read_streets`` gives it.

    Raises
    ------
    InputError, CrsError, UnknownNameError
        As ``read_streets``.
    """
    modes = list(dict.fromkeys(modes))
    for mode in modes:
        if mode not in MODES:
            raise UnknownNameError("mode", mode, MODES)
    need_speed(speed_kmh)
    system = None if crs is None else need_metric(crs)
    file = Path(path)
    if not file.is_file():
        refuse("streets.missing_file", file.name, path=file)
    if not file.name.endswith((*_OSM, ".parquet")):
        refuse("streets.format", file.name, known=", ".join((*_OSM, ".parquet")))
    networks: dict[str, StreetNetwork] = {}
    places: dict[str, tuple[Path, str]] = {}
    if cache is not None:
        beside = [] if file.name.endswith(_OSM) else find_nodes(file, nodes)
        key = make_key([file, *beside], None if system is None else system.to_wkt(), speed_kmh)
        for mode in modes:
            own = make_key([], key, mode)
            places[mode] = cache_path(Path(cache), file, mode, own), own
            if (kept := load_network(*places[mode], file.name)) is not None:
                networks[mode] = kept
    missing = [mode for mode in modes if mode not in networks]
    for mode, streets in zip(missing, _read(file, missing, system, nodes), strict=True):
        networks[mode] = _build(streets, MODES[mode], speed_kmh, file.name)
        if mode in places:
            save_network(networks[mode], *places[mode])
    return {mode: _add_barriers(networks[mode], barriers) for mode in modes}


def _read(file: Path, modes: list[str], crs: Any, nodes: str | Path | None) -> list[Streets]:
    rules = [MODES[mode] for mode in modes]
    if rules and file.name.endswith(_OSM):
        return read_osm(file, rules, crs)
    return [read_street_table(file, one, crs, nodes) for one in rules]


def _build(streets: Streets, rules: Rules, speed_kmh: float, source: str) -> StreetNetwork:
    edges = streets.edges
    if edges.empty:
        refuse("streets.no_ways", source)
    if not rules.timed:
        edges = edges.drop(columns=["kmh", "kmh_back"], errors="ignore")
    return build_network(
        streets.points,
        edges,
        crs=streets.crs,
        mode=rules.mode,
        speed_kmh=speed_kmh,
        source=source,
        barriers=streets.barriers,
        notes=streets.notes,
    )


def _add_barriers(
    network: StreetNetwork, given: gpd.GeoSeries | gpd.GeoDataFrame | None
) -> StreetNetwork:
    if given is None:
        return network
    if given.crs is None:
        raise CrsError(say("error.no_crs", what=say("access.barriers")))
    shapes = given.geometry.dropna().to_crs(network.crs).to_numpy()
    known = network.barriers if network.barriers is not None else shapes[:0]
    return replace(network, barriers=np.concatenate([known, shapes]))
