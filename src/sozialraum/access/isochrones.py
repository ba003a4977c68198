"""From where an offer is reached in time: areas along the reached streets."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from sozialraum.access.network import Floats, StraightLine, StreetNetwork, refuse
from sozialraum.access.reach import find_reached
from sozialraum.access.snap import SNAP_LIMIT_M, need_points, snap_points
from sozialraum.access.stamp import draw_around
from sozialraum.access.straight import have_place
from sozialraum.access.travel import (
    Direction,
    need_connected,
    need_direction,
    need_limit,
)
from sozialraum.texts import say

BUFFER_M = 25.0
"""Half the width of the strip drawn along a reached street: the street and the houses at it."""

LIMITS_MIN = (5, 10, 15)


def measure_isochrones(
    offers: gpd.GeoDataFrame,
    network: StreetNetwork | StraightLine,
    *,
    limits_min: float | Sequence[float] = LIMITS_MIN,
    direction: Direction = "to_offer",
    buffer_m: float = BUFFER_M,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> gpd.GeoDataFrame:
    """Measure the area from which every offer is reached within each limit.

    Parameters
    ----------
    offers : GeoDataFrame of points
        Index: offer.
    network : StreetNetwork or StraightLine
    limits_min : float or sequence of float, default (5, 10, 15)
        Longest ways in minutes.
    direction : {"to_offer", "from_offer"}
        Whether people come to the offer or the offer goes to the people; one-way streets make that a
        difference.
    buffer_m : float, default 25
        Half the width of the strip along a reached street.
    snap_limit_m : float, default 250
        Offers farther from every street are not connected.

    Returns
    -------
    GeoDataFrame
        Index: offer, in the order of ``offers``, once per limit, the limits rising; ``limit_min``,
        ``area_ha``, ``connected``, ``quality`` and ``geometry`` (MultiPolygon; missing, like the
        area, where the offer is not connected).

    Raises
    ------
    CrsError, InputError, CoverageError
        As ``measure_nearest``; no limit, or one that is no positive number; a useless ``buffer_m``;
        an area too large to be drawn with it.

    Notes
    -----
    All points within ``buffer_m`` of a reached piece of street; blocks of houses in between stay
    open. A street reached only in part is cut where the limit is met, and the way between the offer
    and its street belongs to the area. Streets that can be left at their ends only (motorways,
    tunnels) do not.

    The boundary is drawn on a grid of ``buffer_m`` / 2.5 that hangs on what is reached, so that
    moving everything moves the result; areas are within about 1 % of the union of exact strips.

    The area of a higher limit contains that of every lower one. With the straight line the areas
    are circles around the offer with the way of the limit, divided by the detour factor.

    Examples
    --------
    >>> import pandas as pd
    >>> from sozialraum.access.network import build_network
    >>> nodes = pd.DataFrame({"x": [0.0, 1000.0], "y": 0.0})
    >>> street = build_network(
    ...     nodes, pd.DataFrame({"u": [0], "v": [1], "length_m": [1000.0]}), crs=25833)
    >>> offer = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500], [0]), index=["kita"], crs=25833)

    Two minutes are 160 m to each side: a strip 320 m long and 50 m wide with round ends.

    >>> measure_isochrones(offer, street, limits_min=[2, 5])[["limit_min", "area_ha"]].round(1)
          limit_min  area_ha
    kita        2.0      1.8
    kita        5.0      4.2
    """
    limits = need_limits(limits_min)
    if not (np.isfinite(buffer_m) and buffer_m > 0):
        refuse("isochrones.buffer", say("access.offers"), value=buffer_m)
    need_direction(direction)
    need_points(offers)
    points = offers.geometry.to_numpy()
    shapes = np.full((len(offers), len(limits)), None, dtype=object)
    if isinstance(network, StraightLine):
        connected = have_place(offers)
        metres = limits * network.speed_kmh * 1000 / 60 / network.detour
        circles = shapely.buffer(points[:, None], metres, quad_segs=32)
        shapes[connected] = shapely.multipolygons(circles[connected][..., None])
    else:
        places = snap_points(offers, network, limit_m=snap_limit_m)
        need_connected(places.connected, say("access.offers"), snap_limit_m)
        connected = places.connected
        if direction == "to_offer":
            network, places = network.turned, places.turned
        costs = [network.to_limit(limit) - 1 for limit in limits]
        reached = find_reached(network, places, points, costs[-1])
        for row, streets in enumerate(reached):
            if streets is not None:
                shapes[row] = list(draw_around([streets.cut(cost) for cost in costs], buffer_m))
    flat, many = shapes.ravel(), len(limits)
    return gpd.GeoDataFrame(
        {
            "limit_min": np.tile(limits, len(offers)),
            "area_ha": shapely.area(flat) / 10_000,
            "connected": np.repeat(connected, many),
            "quality": network.quality,
        },
        geometry=flat,
        crs=offers.crs,
        index=offers.index.repeat(many),
    ).astype({"quality": "str"})


def need_limits(limits_min: float | Sequence[float]) -> Floats:
    """Give the limits in rising order, or refuse none at all and one that is no positive number."""
    limits: Floats = np.unique([need_limit(limit) for limit in np.atleast_1d(limits_min)])
    if not len(limits):
        refuse("isochrones.no_limits", say("access.offers"))
    return limits
