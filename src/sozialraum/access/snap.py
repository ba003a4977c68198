"""Where points meet the streets, what the way there costs, and who is too far away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from sozialraum.access.network import (
    CLOSED,
    Floats,
    Ints,
    StreetNetwork,
    refuse,
)
from sozialraum.access.segments import SegmentGrid
from sozialraum.errors import CrsError
from sozialraum.model.areas import require_metric
from sozialraum.texts import say

SNAP_LIMIT_M = 250.0
"""Farther than this from every street means "not connected".

Buildings of a town lie 10 to 30 m from a street; 250 m still connects a farm at the end of an
unmapped drive, and not a point in a lake or in an area whose streets are missing.
"""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points on streets, as arrays in the order of the points.

    Attributes
    ----------
    distance_m : float64 array
        Way from the point to the street; NaN where there is no place to measure from.
    connected : bool array
        False beyond the limit; all other arrays mean nothing there.
    barred : bool array
        A nearer street was passed over because water, a railway or a motorway lies between.
    edge : int32 array
        Number of the edge, CLOSED if not connected.
    offset : int32 array
        Cost of the way between point and street.
    leave : int32 array of shape (n, 2)
        Cost from the point to node u and to node v of its edge; CLOSED if a one-way forbids it.
    arrive : int32 array of shape (n, 2)
        Cost from node u and from node v to the point.
    ready : dict
        What searches have prepared about these points, kept for the next search.
    """

    distance_m: Floats
    connected: npt.NDArray[np.bool_]
    barred: npt.NDArray[np.bool_]
    edge: Ints
    offset: Ints
    leave: Ints
    arrive: Ints
    ready: dict[Any, Any] = field(init=False, default_factory=dict, repr=False)

    @property
    def turned(self) -> Snapped:
        """The same points where every one-way street is turned round."""
        return replace(self, leave=self.arrive, arrive=self.leave)


def snap_points(
    points: gpd.GeoDataFrame, network: StreetNetwork, *, limit_m: float = SNAP_LIMIT_M
) -> Snapped:
    """Put each point on the nearest street of the main component that no barrier cuts off.

    Parameters
    ----------
    points : GeoDataFrame of points
        In the coordinate system of the network.
    network : StreetNetwork
    limit_m : float, default 250
        A point farther from every street is not connected.

    Returns
    -------
    Snapped

    Raises
    ------
    CrsError
        Degrees, no system, or another one than the network's.
    InputError
        Geometry other than points, or a limit that is no positive number.

    Notes
    -----
    Streets outside the main strongly connected component are passed over: from a parking deck cut
    off in the data nobody would get anywhere. Only who finds no street of the main component is put
    on another component, and only if that has at least ``ISLAND`` nodes: an island, or a part of a
    town beyond an extract's edge. Motorways and tunnels are passed over too.

    Nobody is put on a street across a barrier of the network: the straight way to the street may
    not cross a line (river, canal, railway, motorway), nor water from one shore to the other. The
    next nearest street is tried then, until the limit. Bridges and tunnels are no barriers.

    The cost of the edge is split at the foot of the perpendicular, in whole units, so both parts add
    up to the edge. The way to the street counts at the walking speed of the network. Of streets
    equally near (to a micrometre) the first in the order of the network is taken.
    """
    need_points(points)
    need_same_system(points, network)
    if not limit_m > 0:
        refuse("access.snap_limit", say("access.points"), limit=limit_m)
    geometry = points.geometry.to_numpy()
    size = len(geometry)
    edge = np.full(size, CLOSED, dtype=np.int32)
    distance, share = np.full(size, np.nan), np.zeros(size)
    barred = np.zeros(size, dtype=bool)
    usable = np.flatnonzero(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)))
    wet = _stand_in_water(geometry, network)
    for grid, numbers in (("main_grid", network.main_edges), ("other_grid", network.other_edges)):
        left = usable[edge[usable] == CLOSED]
        if len(left) and len(numbers):
            found = _find(geometry[left], wet[left], network, getattr(network, grid), limit_m)
            edge[left], distance[left], share[left], nearer = found
            barred[left] |= nearer
    connected = edge != CLOSED
    far = usable[~connected[usable]]
    if len(far) and len(network.main_edges):
        (point, _), metres = network.main_tree.query_nearest(
            geometry[far], return_distance=True, all_matches=False
        )
        distance[far[point]] = metres
    offset = np.zeros(size, dtype=np.int32)
    offset[connected] = network.to_cost(distance[connected])
    leave, arrive = _split(network, share, edge, offset, connected)
    return Snapped(distance, connected, barred, edge, offset, leave, arrive)


def _find(
    geometry: npt.NDArray[np.object_],
    wet: npt.NDArray[np.bool_],
    network: StreetNetwork,
    grid: SegmentGrid,
    limit_m: float,
) -> tuple[Ints, Floats, Floats, npt.NDArray[np.bool_]]:
    """Give edge, distance, share of the edge before the foot, and whether a nearer one is barred."""
    from sozialraum.access.nearby import find_streets

    walls = network.barrier_grid
    x, y = shapely.get_x(geometry), shapely.get_y(geometry)
    # Neighbours one after the other find their streets in the processor's cache: twice as fast.
    order = np.argsort(
        (y // grid.side).astype(np.int64) * 2**32 + (x // grid.side).astype(np.int64)
    )
    segment = np.full(len(x), CLOSED, dtype=np.int32)
    distance, part = np.full(len(x), np.nan), np.zeros(len(x))
    barred = np.zeros(len(x), dtype=bool)
    find_streets(
        x[order], y[order], wet[order], float(limit_m), *grid.squares,
        walls.ends, walls.owner, *walls.squares[1:], segment, distance, part, barred,
    )  # fmt: skip
    length = grid.length[segment]
    steps = np.hypot(*(grid.ends[segment, 2:] - grid.ends[segment, :2]).T)
    share = (grid.along[segment] + part * steps) / np.where(length > 0, length, 1.0)
    edge = np.where(segment == CLOSED, CLOSED, grid.owner[segment]).astype(np.int32)
    back = np.argsort(order)
    return edge[back], distance[back], np.minimum(share, 1.0)[back], barred[back]


def _stand_in_water(
    geometry: npt.NDArray[np.object_], network: StreetNetwork
) -> npt.NDArray[np.bool_]:
    """Tell which points lie in water, as the centre of a grid cell on the shore may."""
    wet = np.zeros(len(geometry), dtype=bool)
    if network.barriers is not None:
        water = network.barriers[shapely.get_dimensions(network.barriers) == 2]
        wet[shapely.STRtree(geometry).query(water, predicate="contains")[1]] = True
    return wet


def _split(
    network: StreetNetwork,
    share: Floats,
    edge: Ints,
    offset: Ints,
    connected: npt.NDArray[np.bool_],
) -> tuple[Ints, Ints]:
    """Costs between each connected point and the two ends of its edge."""
    leave = np.full((len(edge), 2), CLOSED, dtype=np.int32)
    arrive = np.full((len(edge), 2), CLOSED, dtype=np.int32)
    on, extra, share = edge[connected], offset[connected], share[connected]
    forward, backward = network.edges.forward[on], network.edges.backward[on]
    ahead = np.round(share * forward).astype(np.int32)
    behind = np.round(share * backward).astype(np.int32)
    # Who stands at an end of the street stands on that crossing, one-way or not.
    cost = np.maximum(forward, backward)
    at_u = (share <= 0.5) & (np.round(share * cost) == 0)
    at_v = ~at_u & (np.round(share * cost) == cost)
    open_there, open_back = forward != CLOSED, backward != CLOSED

    def choose(at_end: npt.NDArray[np.bool_], way: npt.NDArray[np.bool_], part: Ints) -> Ints:
        return np.where(at_end, extra, np.where(way, part + extra, CLOSED)).astype(np.int32)

    leave[connected, 0] = choose(at_u, open_back, behind)
    leave[connected, 1] = choose(at_v, open_there, forward - ahead)
    arrive[connected, 0] = choose(at_u, open_there, ahead)
    arrive[connected, 1] = choose(at_v, open_back, backward - behind)
    return leave, arrive


def need_points(points: gpd.GeoDataFrame) -> None:
    """Refuse what is not a table of points in metres with an index that is unique.

    Raises
    ------
    CrsError, InputError
    """
    what = str(points.index.name or say("access.points"))
    require_metric(points, what)
    kinds = shapely.get_type_id(points.geometry.to_numpy())
    if ((kinds != shapely.GeometryType.POINT) & (kinds != shapely.GeometryType.MISSING)).any():
        refuse("access.not_points", what)
    if not points.index.is_unique:
        twice = points.index[points.index.duplicated()].astype("str").unique()
        refuse("access.twice", what, ids=", ".join(twice[:5]))


def need_same_system(points: gpd.GeoDataFrame, network: StreetNetwork) -> None:
    """Refuse points that are not in the coordinate system of the network.

    Raises
    ------
    CrsError
    """
    if points.crs != network.crs:
        raise CrsError(
            say(
                "error.crs_differ",
                what=str(points.index.name or say("access.points")),
                crs=points.crs.to_string(),
                other=say("access.streets"),
                other_crs=network.crs.to_string(),
            )
        )


def measure_connection(
    points: gpd.GeoDataFrame, network: StreetNetwork, *, limit_m: float = SNAP_LIMIT_M
) -> pd.DataFrame:
    """Measure how far each point lies from the street it is connected to.

    Parameters
    ----------
    points : GeoDataFrame of points
    network : StreetNetwork
    limit_m : float, default 250

    Returns
    -------
    DataFrame
        Index of ``points``; ``distance_m`` to the street (for who is not connected to the nearest
        of the main component, whatever lies between; missing without geometry), ``connected``, False
        beyond the limit, and ``barred``: a nearer street lies behind water, a railway or a motorway.

    Raises
    ------
    CrsError, InputError
        As ``snap_points``.

    Examples
    --------
    >>> from sozialraum.access.network import build_network
    >>> nodes = pd.DataFrame({"x": [0.0, 100.0], "y": 0.0})
    >>> streets = build_network(
    ...     nodes, pd.DataFrame({"u": [0], "v": [1], "length_m": [100.0]}), crs=25833)
    >>> people = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([50, 50], [20, 900]), index=["near", "far"], crs=25833)
    >>> measure_connection(people, streets)
          distance_m  connected  barred
    near        20.0       True   False
    far        900.0      False   False
    """
    snapped = snap_points(points, network, limit_m=limit_m)
    columns = ("distance_m", "connected", "barred")
    return pd.DataFrame({name: getattr(snapped, name) for name in columns}, index=points.index)
