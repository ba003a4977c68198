"""What people move on: streets as arrays, or a straight line where there are no streets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from sozialraum.access.graph import (
    CLOSED,
    Adjacency,
    Edges,
    Floats,
    Ints,
    connect,
    label_components,
    order_along_curve,
    sort_by,
)
from sozialraum.errors import CrsError, InputError
from sozialraum.model.check import CheckReport, Finding
from sozialraum.texts import say

if TYPE_CHECKING:
    from sozialraum.access.contract import Chains
    from sozialraum.access.segments import SegmentGrid

__all__ = [
    "CLOSED",
    "ISLAND",
    "MAX_COST",
    "MINUTE",
    "UNBOUNDED",
    "WALKING_KMH",
    "Adjacency",
    "Edges",
    "Floats",
    "Ints",
    "Speed",
    "StraightLine",
    "StreetNetwork",
    "build_network",
    "need_metric",
    "need_speed",
    "refuse",
    "to_floats",
]

WALKING_KMH = 4.8
"""Walking speed used throughout unless another is given: 80 m a minute."""

MAX_COST = 100_000_000
"""Longest single edge in centimetres (1,000 km) or hundredths of a second (278 h): sums then stay far
inside int32."""

MINUTE = 6000
"""Hundredths of a second in a minute."""


class Speed:
    """How whole costs become minutes and metres, and back.

    Costs are centimetres, or hundredths of a second where ``timed``: on foot every street is equally
    fast, so the shortest way is the fastest; by bicycle and car it is not. Minutes are rounded to a
    millionth, far below a centimetre's worth, so that a limit of 15 minutes reaches exactly 15.0
    whatever the speed.
    """

    speed_kmh: float
    timed: bool

    def to_minutes(self, cost: npt.NDArray[np.integer[Any]]) -> Floats:
        """Give the minutes of costs."""
        if self.timed:
            return np.round(cost / MINUTE, 6)
        return np.round(cost * 60.0 / (self.speed_kmh * 100_000.0), 6)

    def to_metres(self, cost: npt.NDArray[np.integer[Any]]) -> Floats:
        """Give the metres of costs; missing where times are counted, as they do not tell them."""
        return np.full(np.shape(cost), np.nan) if self.timed else np.asarray(cost / 100.0)

    def to_cost(self, metres: Floats) -> Ints:
        """Give the cost of metres on foot, as between a house and its street."""
        per_metre = 360.0 / self.speed_kmh if self.timed else 100.0
        return np.round(metres * per_metre).astype(np.int32)

    def to_limit(self, limit_min: float) -> int:
        """Give the first whole cost that is surely not below a limit in minutes."""
        per_minute = MINUTE if self.timed else self.speed_kmh * 100_000.0 / 60.0
        return int(min(np.ceil(limit_min * per_minute) + 1, UNBOUNDED))


ISLAND = 100
"""Nodes from which on a component of its own is a place and no parking deck cut off in the data."""

UNBOUNDED = 2**30
"""A limit no way reaches: 10,737 km in centimetres, 124 days in hundredths of a second."""


@dataclass(frozen=True)
class StraightLine(Speed):
    """Stand-in where there are no streets: the straight line times a named detour factor.

    Every table made with it carries the quality ``straight_line``.

    Parameters
    ----------
    detour : float, default 1.3
        Way along streets divided by straight line. 1.2 to 1.4 is usual in built-up areas.
    speed_kmh : float, default 4.8

    Examples
    --------
    >>> StraightLine().detour
    1.3
    """

    detour: float = 1.3
    speed_kmh: float = WALKING_KMH
    quality = "straight_line"
    timed = False

    def __post_init__(self) -> None:
        if not (np.isfinite(self.detour) and self.detour >= 1):
            refuse("access.detour", say("access.straight_line"), detour=self.detour)
        need_speed(self.speed_kmh)


@dataclass(frozen=True, eq=False, repr=False)
class StreetNetwork(Speed):
    """Streets of one mode as frozen arrays; made by ``build_network`` or ``read_streets``.

    Attributes
    ----------
    x, y : float64 arrays
        Nodes in the metric system ``crs``, in Hilbert order so that near nodes lie near in memory.
    forward, backward : Adjacency
        The graph and its reverse; costs in whole centimetres or hundredths of a second.
    component : int32 array
        Per node the label of its strongly connected component; 0 is the main one (most nodes).
    edges : Edges
        Everything that can be snapped to.
    crs : pyproj.CRS
    mode, source : str
    speed_kmh : float
        Walking speed; where ``timed``, of the way between a point and its street only.
    timed : bool
        Whether costs are hundredths of a second (``bike``, ``car``) instead of centimetres.
    barriers : array of geometries, optional
        What nobody is snapped across: rivers, railways and motorways as lines, water as polygons.
    notes : tuple of str
        German sentences on what the data could not tell.
    """

    x: Floats
    y: Floats
    forward: Adjacency
    backward: Adjacency
    component: Ints
    edges: Edges
    crs: CRS
    mode: str = "walk"
    speed_kmh: float = WALKING_KMH
    source: str = ""
    timed: bool = False
    barriers: npt.NDArray[np.object_] | None = None
    notes: tuple[str, ...] = ()
    quality = "exact"

    def __post_init__(self) -> None:
        held: list[Any] = [self.x, self.y, self.component]
        held += [a for part in (self.forward, self.backward) for a in (part.indptr, part.arcs)]
        held += [a for a in (*vars(self.edges).values(), self.barriers) if a is not None]
        for array in held:
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        return (
            f"StreetNetwork(mode={self.mode!r}, nodes={len(self)}, edges={len(self.edges)}, "
            f"crs={self.crs.to_string()!r}, source={self.source!r})"
        )

    @cached_property
    def lines(self) -> npt.NDArray[np.object_]:
        """The edges as lines, straight where no geometry was given."""
        if self.edges.lines is not None:
            return self.edges.lines
        ends = np.stack([self.edges.u, self.edges.v], axis=1)
        return np.asarray(shapely.linestrings(self.x[ends], self.y[ends]), dtype=object)

    @cached_property
    def chains(self) -> Chains | None:
        """Streets drawn together between crossings, None where that does not make searches faster."""
        from sozialraum.access.contract import find_chains

        return find_chains(self.edges, len(self))

    @cached_property
    def all_chains(self) -> Chains | None:
        """The same, worth it or not."""
        from sozialraum.access.contract import find_chains

        return find_chains(self.edges, len(self), always=True)

    @cached_property
    def turned(self) -> StreetNetwork:
        """The same streets with every one-way turned round: ways to a place become those from it."""
        edges = self.edges
        return replace(
            self,
            forward=self.backward,
            backward=self.forward,
            edges=replace(edges, forward=edges.backward, backward=edges.forward),
        )

    @cached_property
    def main_edges(self) -> npt.NDArray[np.intp]:
        """Numbers of the edges inside the main component: what people are snapped to."""
        return self._edges_inside(self.component == 0)

    @cached_property
    def other_edges(self) -> npt.NDArray[np.intp]:
        """Numbers of the edges inside other components of at least ``ISLAND`` nodes."""
        large = np.bincount(self.component) >= ISLAND
        large[0] = False
        return self._edges_inside(large[self.component])

    def _edges_inside(self, nodes: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        u, v = self.edges.u, self.edges.v
        inside = nodes[u] & (self.component[u] == self.component[v])
        if self.edges.through is not None:
            inside &= ~self.edges.through
        return np.flatnonzero(inside)

    @cached_property
    def main_grid(self) -> SegmentGrid:
        """The lines of ``main_edges``, found by place."""
        return self._lay_grid(self.main_edges)

    @cached_property
    def other_grid(self) -> SegmentGrid:
        """The lines of ``other_edges``, found by place."""
        return self._lay_grid(self.other_edges)

    def _lay_grid(self, numbers: npt.NDArray[np.intp]) -> SegmentGrid:
        from sozialraum.access.segments import lay_grid

        return lay_grid(self.lines[numbers], numbers)

    @cached_property
    def barrier_grid(self) -> SegmentGrid:
        """The barriers found by place; owner 0: a line, 1: the outline of water."""
        from sozialraum.access.segments import lay_grid

        shapes = self.barriers if self.barriers is not None else np.array([], dtype=object)
        area = shapely.get_dimensions(shapes) == 2
        parts = np.where(area, shapely.boundary(shapes), shapes)
        lines, shape = shapely.get_parts(parts, return_index=True)
        return lay_grid(lines, area[shape].astype(np.int32))

    @cached_property
    def main_tree(self) -> shapely.STRtree:
        """Search tree over the lines of ``main_edges``, however far."""
        return shapely.STRtree(self.lines[self.main_edges])


def refuse(key: str, table: str, /, **values: object) -> NoReturn:
    """Raise ``InputError`` with the sentence of a key as its one finding."""
    raise InputError(CheckReport((Finding("error", key, table, say(key, **values)),)))


def need_speed(speed_kmh: float) -> None:
    """Refuse a speed that is not a positive number."""
    if not (np.isfinite(speed_kmh) and speed_kmh > 0):
        refuse("access.speed", say("access.streets"), speed=speed_kmh)


def build_network(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    crs: Any,
    mode: str = "walk",
    speed_kmh: float = WALKING_KMH,
    source: str = "",
    barriers: Any = None,
    notes: tuple[str, ...] = (),
) -> StreetNetwork:
    """Build a street network from a table of nodes and a table of edges.

    Parameters
    ----------
    nodes : DataFrame
        Index: node id of any type; columns ``x``, ``y`` in metres.
    edges : DataFrame
        ``u``, ``v`` (node ids), ``length_m``; optional ``oneway`` (1: only from u to v, -1: only
        from v to u, 0: both), ``geometry`` (LineString from u to v), ``through`` (True: left at its
        ends only), and ``kmh`` (from u to v) with ``kmh_back`` (from v to u, else the same): then
        times count instead of metres.
    crs
        Metric coordinate system of the nodes.
    mode, source : str
        Named in outputs.
    speed_kmh : float, default 4.8
        Walking speed; with ``kmh`` of the way between a point and its street only.
    barriers : GeoSeries or array of geometries, optional
        What nobody is snapped across, in the system of the nodes: lines (a river, a railway) and
        polygons (water).
    notes : tuple of str

    Returns
    -------
    StreetNetwork
        Lengths are rounded to whole centimetres (times, length_m · 360 / kmh, to whole hundredths of
        a second); of parallel edges the search uses the shortest;
        components are numbered by size, of equal ones the first in Hilbert order first.

    Raises
    ------
    CrsError
        ``crs`` is missing or in degrees.
    InputError
        No edges, an edge that ends at an unknown node, a length that is negative, missing or above
        1,000 km, a speed that is no positive number, a node without coordinates.

    Examples
    --------
    Three nodes in a row, the second street a one-way street:

    >>> nodes = pd.DataFrame({"x": [0.0, 100.0, 250.0], "y": 0.0}, index=["a", "b", "c"])
    >>> edges = pd.DataFrame(
    ...     {"u": ["a", "b"], "v": ["b", "c"], "length_m": [100.0, 150.0], "oneway": [0, 1]})
    >>> network = build_network(nodes, edges, crs=25833)
    >>> network.forward.costs.tolist(), network.backward.costs.tolist()
    ([10000, 10000, 15000], [10000, 10000, 15000])
    >>> network.component.tolist()
    [0, 0, 1]

    The same by bicycle, 15 km/h: 100 m take 24 s.

    >>> ride = build_network(nodes, edges.assign(kmh=15.0), crs=25833, mode="bike")
    >>> ride.forward.costs.tolist(), ride.timed
    ([2400, 2400, 3600], True)
    """
    need_speed(speed_kmh)
    system = need_metric(crs)
    table = source or say("access.streets")
    if edges.empty:
        refuse("access.no_edges", table)
    x, y = to_floats(nodes["x"]), to_floats(nodes["y"])
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        refuse("access.node_without_place", table)
    order = order_along_curve(x, y)
    streets = _order_streets(nodes.index, edges, order, table)
    forward, backward = connect(streets, len(nodes))
    return StreetNetwork(
        x=x[order],
        y=y[order],
        forward=forward,
        backward=backward,
        component=label_components(forward),
        edges=streets,
        crs=system,
        mode=mode,
        speed_kmh=speed_kmh,
        source=source,
        timed="kmh" in edges,
        barriers=None if barriers is None else np.array(barriers, dtype=object),
        notes=notes,
    )


def _order_streets(
    index: pd.Index, edges: pd.DataFrame, order: npt.NDArray[np.intp], table: str
) -> Edges:
    """Turn a table of edges into streets between nodes in their new order, themselves in that order.

    Ten million nodes have many edges: what is not needed any more is let go at once.
    """
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    start, end = (place[_positions(index, edges[c], table)] for c in ("u", "v"))
    there = back = _to_costs(to_floats(edges["length_m"]), table)
    if "kmh" in edges:
        there, back = _to_times(edges, table)
    by_place = sort_by(np.minimum(start, end), np.maximum(start, end), there, back)
    if "oneway" in edges:
        oneway = edges["oneway"].to_numpy()
        there = np.where(oneway == -1, np.int32(CLOSED), there)
        back = np.where(oneway == 1, np.int32(CLOSED), back)
    return Edges(
        u=start[by_place],
        v=end[by_place],
        forward=there[by_place],
        backward=back[by_place],
        lines=edges["geometry"].to_numpy()[by_place] if "geometry" in edges else None,
        through=edges["through"].to_numpy(dtype=bool)[by_place] if "through" in edges else None,
    )


def need_metric(crs: Any) -> CRS:
    """Give the coordinate system of streets, or refuse one that is missing, unknown or in degrees.

    Raises
    ------
    CrsError
    """
    if crs is None:
        raise CrsError(say("error.no_crs", what=say("access.streets")))
    try:
        system = CRS.from_user_input(crs)
    except CRSError as error:
        raise CrsError(say("access.unknown_crs", crs=crs)) from error
    if not system.is_projected or system.to_epsg() == 3857:
        raise CrsError(say("error.degrees", what=say("access.streets"), crs=system.to_string()))
    return system


def _positions(index: pd.Index, ids: pd.Series, table: str) -> npt.NDArray[np.intp]:
    found: npt.NDArray[np.intp] = index.get_indexer(ids)
    if (found < 0).any():
        missing = ids[found < 0].astype("str").unique()
        refuse("access.unknown_nodes", table, count=len(missing), ids=", ".join(missing[:5]))
    return found


def to_floats(column: pd.Series) -> Floats:
    """Give the numbers of a column; text that is none becomes missing and is refused as such."""
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)


def _to_costs(length_m: Floats, table: str) -> Ints:
    costs = np.round(length_m * 100.0)
    bad = ~((costs >= 0) & (costs <= MAX_COST))
    if bad.any():
        refuse("access.bad_length", table, count=int(bad.sum()), value=f"{length_m[bad][0]:g}")
    return costs.astype(np.int32)


def _to_times(edges: pd.DataFrame, table: str) -> tuple[Ints, Ints]:
    """Hundredths of a second from u to v and from v to u; closed directions need no speed."""
    columns = ("kmh", "kmh_back" if "kmh_back" in edges else "kmh")
    oneway = edges["oneway"].to_numpy() if "oneway" in edges else np.zeros(len(edges))
    times = []
    for column, closed in zip(columns, (oneway == -1, oneway == 1), strict=True):
        kmh = np.where(closed, 1.0, to_floats(edges[column]))
        bad = ~(np.isfinite(kmh) & (kmh > 0))
        if bad.any():
            refuse("access.bad_speed", table, count=int(bad.sum()), value=f"{kmh[bad][0]:g}")
        time = np.where(closed, 0.0, np.round(to_floats(edges["length_m"]) * 360.0 / kmh))
        if (time > MAX_COST).any():
            refuse("access.bad_speed", table, count=int((time > MAX_COST).sum()), value=kmh.min())
        times.append(time.astype(np.int32))
    return times[0], times[1]
