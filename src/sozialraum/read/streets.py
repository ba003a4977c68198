"""Streets and paths: OpenStreetMap files or a table of edges → street network.

Who may walk where is declared once, in ``WALK`` below, after the German defaults of the
OpenStreetMap wiki ("OSM tags for routing/Access restrictions") and StVO §§ 2, 18, 25:

=================  ==============================================================================
``highway``        open to people on foot unless tagged otherwise: all roads from primary to
                   service, living_street, pedestrian, footway, path, track, steps, corridor,
                   platform, elevator, road; only where a tag says so (``foot`` yes, designated,
                   official, permissive, destination, customers, or a sidewalk): cycleway,
                   bridleway, busway, trunk, every ``motorroad=yes``; never: motorway, raceway,
                   construction, proposed.
``foot``           decides before ``access``: no, private, use_sidepath, military … close, yes and
                   its kin open.
``access``         no, private, military, emergency, psv … close. Agricultural, forestry,
                   destination, delivery, customers, permissive bind vehicles and stay open.
``oneway``         does not bind people on foot. ``oneway:foot`` does, and so does ``conveying``
                   of an escalator.
``barrier`` nodes  with foot=no or access=no/private cut the way in two.
ferries            are not used: their times depend on a timetable.
``area=yes``       is walked along its outline.
time conditions    (``access:conditional`` …) are not read.
=================  ==============================================================================
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
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
    to_floats,
)
from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.texts import say


@dataclass(frozen=True)
class Rules:
    """Which ways a mode may use.

    Attributes
    ----------
    open, tagged, closed : frozenset of str
        Classes of streets usable unless tagged otherwise, only where tagged, and never. The classes
        of OpenMapTiles (``minor`` …) stand beside those of OpenStreetMap.
    keys : tuple of str
        Access tags, the most special first.
    allow, forbid : frozenset of str
        Values of these tags.
    motorroad : bool
        Whether a Kraftfahrstraße is open; if not, it is used only where tagged.
    """

    open: frozenset[str]
    tagged: frozenset[str]
    closed: frozenset[str]
    keys: tuple[str, ...]
    allow: frozenset[str]
    forbid: frozenset[str]
    motorroad: bool


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WALK = Rules(
    open=_words(
        "primary primary_link secondary secondary_link tertiary tertiary_link unclassified "
        "residential living_street service road track path footway pedestrian steps corridor "
        "platform elevator minor"
    ),
    tagged=_words("trunk trunk_link cycleway bridleway busway"),
    closed=_words(
        "motorway motorway_link raceway construction proposed planned abandoned razed bus_guideway "
        "escape rest_area services ferry rail transit aerialway"
    ),
    keys=("foot", "access"),
    allow=_words("yes designated official permissive destination customers public"),
    forbid=_words("no private use_sidepath military emergency psv bus residents restricted"),
    motorroad=False,
)

MODES = {"walk": WALK}

_ONEWAY = {"yes": 1, "true": 1, "1": 1, "forward": 1, "-1": -1, "reverse": -1, "backward": -1}
_SIDEWALK = {"both", "left", "right", "yes"}
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
    The rules stand at the top of this module. Ways are split where they meet; lengths are those of
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
        points, edges, system = _read_table(file, MODES[mode], crs, nodes)
    else:
        refuse("streets.format", file.name, known=", ".join((*_OSM, ".parquet")))
    if edges.empty:
        refuse("streets.no_ways", file.name)
    return build_network(
        points, edges, crs=system, mode=mode, speed_kmh=speed_kmh, source=file.name
    )


def may_use(tags: Any, rules: Rules) -> bool:
    """Tell whether the tags of a way let the mode use it.

    Examples
    --------
    >>> may_use({"highway": "residential"}, WALK), may_use({"highway": "cycleway"}, WALK)
    (True, False)
    >>> may_use({"highway": "service", "access": "private", "foot": "yes"}, WALK)
    True
    """
    kind = tags.get("highway")
    if kind not in rules.open and kind not in rules.tagged:
        return False
    usual = kind in rules.open and (rules.motorroad or tags.get("motorroad") != "yes")
    for key in rules.keys:
        value = tags.get(key)
        if value in rules.forbid:
            return False
        if value in rules.allow and (key == rules.keys[0] or usual):
            return True
    return usual or tags.get("sidewalk") in _SIDEWALK


def find_direction(tags: Any) -> int:
    """Give 1 if people on foot may only follow the line, -1 if only against it, else 0.

    Examples
    --------
    >>> find_direction({"oneway": "yes"}), find_direction({"oneway:foot": "yes"})
    (0, 1)
    """
    for key in ("oneway:foot", "conveying"):
        value = tags.get(key)
        if value in _ONEWAY and not (key == "conveying" and value == "yes"):
            return _ONEWAY[value]
    return 0


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
                if "barrier" in item.tags and _is_shut(item.tags, rules):
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


def _is_shut(tags: Any, rules: Rules) -> bool:
    for key in rules.keys:
        value = tags.get(key)
        if value in rules.allow:
            return False
        if value in rules.forbid:
            return True
    return False


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


def _read_table(
    file: Path, rules: Rules, crs: Any, nodes: str | Path | None
) -> tuple[pd.DataFrame, pd.DataFrame, CRS]:
    edges = _load(file, crs)
    _need_columns(edges, file, "u", "v")
    if "length_m" not in edges and "geometry" not in edges:
        refuse("streets.columns", file.name, columns="length_m", seen=", ".join(edges.columns))
    beside = file.with_name(file.name.replace("_edges", "_nodes"))
    if nodes is not None:
        place = Path(nodes)
        if not place.is_file():
            refuse("streets.missing_file", place.name, path=place)
        points = _load_nodes(place, crs)
    elif beside != file and beside.is_file():
        points = _load_nodes(beside, crs)
    elif "geometry" in edges:
        points = _ends_of_lines(edges)
    else:
        refuse("streets.no_nodes", file.name, beside=beside.name)
    system = crs or points.attrs["crs"] or getattr(edges, "crs", None)
    if system is None:
        raise CrsError(say("error.no_crs", what=file.name))

    if "class" in edges:
        known = rules.open | rules.tagged | rules.closed
        strange = sorted({str(c) for c in edges["class"].unique()} - known)
        if strange:
            refuse(
                "streets.classes", file.name, names=", ".join(strange[:5]),
                known=", ".join(sorted(known)),
            )  # fmt: skip
        edges = edges[edges["class"].isin(rules.open)]
    chosen = pd.DataFrame({"u": edges["u"], "v": edges["v"]})
    if "geometry" in edges:
        chosen["geometry"] = _turn_lines(edges, points)
    chosen["length_m"] = (
        edges["length_m"] if "length_m" in edges else shapely.length(chosen["geometry"].to_numpy())
    )
    used = points.index.isin(pd.concat([chosen["u"], chosen["v"]]))
    return points[used], chosen, CRS.from_user_input(system)


def _load(file: Path, crs: Any) -> Any:
    """Read a parquet table, with its lines or points as geometry in ``crs`` where given."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_schema(file).metadata or {}
        table = gpd.read_parquet(file) if b"geo" in metadata else pd.read_parquet(file)
        if "geometry" in table and b"geo" not in metadata:
            shapes = shapely.from_wkb(table["geometry"].to_numpy())
            table = gpd.GeoDataFrame(table.assign(geometry=shapes), geometry="geometry", crs=crs)
    except (pa.ArrowException, OSError, ValueError, shapely.errors.GEOSException) as error:
        refuse("streets.unreadable", file.name, reason=error)
    if isinstance(table, gpd.GeoDataFrame) and crs is not None and table.crs is not None:
        return table.to_crs(crs)
    return table


def _load_nodes(file: Path, crs: Any) -> pd.DataFrame:
    table = _load(file, crs)
    _need_columns(table, file, "node")
    if "geometry" in table:
        shapes = table.geometry.to_numpy()
        places = {"x": shapely.get_x(shapes), "y": shapely.get_y(shapes)}
    else:
        _need_columns(table, file, "x", "y")
        places = {"x": to_floats(table["x"]), "y": to_floats(table["y"])}
    points = pd.DataFrame(places, index=pd.Index(table["node"]))
    if not points.index.is_unique:
        twice = points.index[points.index.duplicated()].astype("str").unique()
        refuse("access.twice", file.name, ids=", ".join(twice[:5]))
    points.attrs["crs"] = getattr(table, "crs", None)
    return points


def _ends_of_lines(edges: gpd.GeoDataFrame) -> pd.DataFrame:
    lines = edges.geometry.to_numpy()
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    ids = np.concatenate([edges["u"].to_numpy(), edges["v"].to_numpy()])
    points = pd.DataFrame({"x": shapely.get_x(ends), "y": shapely.get_y(ends)}, index=ids)
    points = points[~points.index.duplicated()]
    points.attrs["crs"] = edges.crs
    return points


def _turn_lines(edges: gpd.GeoDataFrame, points: pd.DataFrame) -> Any:
    """Draw every line from u to v, whichever way it came."""
    lines = edges.geometry.to_numpy()
    u = points.reindex(edges["u"])
    starts, ends = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    here = shapely.points(u["x"].to_numpy(), u["y"].to_numpy())
    wrong = shapely.distance(ends, here) < shapely.distance(starts, here)
    return np.where(wrong, shapely.reverse(lines), lines)


def _need_columns(table: pd.DataFrame, file: Path, *columns: str) -> None:
    missing = [c for c in columns if c not in table]
    if missing:
        refuse(
            "streets.columns", file.name,
            columns=", ".join(missing), seen=", ".join(map(str, table.columns)),
        )  # fmt: skip
