"""How long people are on the way: the nearest offers, and every pair within a limit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.network import UNBOUNDED, StraightLine, StreetNetwork, refuse
from sozialraum.access.search import search_nearest, search_pairs
from sozialraum.access.snap import SNAP_LIMIT_M, need_points, snap_points
from sozialraum.access.straight import (
    have_place,
    need_one_system,
    straight_nearest,
    straight_pairs,
)
from sozialraum.access.tasks import Found
from sozialraum.errors import CoverageError
from sozialraum.texts import number, say


def measure_nearest(
    people: gpd.GeoDataFrame,
    offers: gpd.GeoDataFrame,
    network: StreetNetwork | StraightLine,
    *,
    k: int = 1,
    limit_min: float | None = None,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> pd.DataFrame:
    """Measure the way of every cell of people to its nearest offers.

    Parameters
    ----------
    people : GeoDataFrame of points
        Index: cell.
    offers : GeoDataFrame of points
        Index: offer.
    network : StreetNetwork or StraightLine
    k : int, default 1
        How many offers per cell.
    limit_min : float, optional
        Ways longer than this are not searched; without it the nearest however far.
    snap_limit_m : float, default 250
        Points farther from every street are not connected.

    Returns
    -------
    DataFrame
        Index: cell, in the order of ``people``, once per offer found and at least once.

        * ``rank``: 1 for the nearest.
        * ``offer``: missing where no offer is reached.
        * ``minutes``, ``metres``: the way from the cell to the offer, missing where none is reached.
        * ``connected``: False if the cell lies too far from every street (or has no place).
        * ``quality``: ``exact`` on streets, ``straight_line`` for the stand-in.

    Raises
    ------
    CrsError
        Degrees, no coordinate system, or another one than the network's.
    InputError
        Geometry other than points, an index that is not unique, a useless ``k`` or limit.
    CoverageError
        There are people (or offers), but not one of them lies near a street.

    Notes
    -----
    Shortest ways over whole centimetres, from the point to the street, along streets, and from the
    street to the offer; all at the walking speed of the network. The limit is inclusive. Offers
    equally near are ordered by their id. Offers that are not connected cannot be reached:
    ``measure_connection`` lists them.

    An added offer never makes anyone's way longer.

    Examples
    --------
    >>> people = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([0, 400], [0, 0]),
    ...     index=pd.Index(["h1", "h2"], name="cell"), crs=25833)
    >>> offers = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([80], [0]), index=["kita"], crs=25833)
    >>> measure_nearest(people, offers, StraightLine(detour=1.0))[["offer", "minutes", "metres"]]
         offer  minutes  metres
    cell
    h1    kita      1.0    80.0
    h2    kita      4.0   320.0
    """
    if not (isinstance(k, int | np.integer) and k >= 1):
        refuse("access.rank", say("access.people"), k=k)
    limit = UNBOUNDED if limit_min is None else network.to_limit(need_limit(limit_min))
    need_points(people)
    need_points(offers)
    targets, k = offers.sort_index(), max(1, min(int(k), len(offers)))
    if isinstance(network, StraightLine):
        need_one_system(people, offers)
        connected = have_place(people)
        found = straight_nearest(people, targets, network, k=k, limit=limit)
    else:
        here = snap_points(people, network, limit_m=snap_limit_m)
        there = snap_points(targets, network, limit_m=snap_limit_m)
        need_connected(here.connected, say("access.people"), snap_limit_m)
        need_connected(there.connected, say("access.offers"), snap_limit_m)
        connected = here.connected
        found = search_nearest(network, here, there, k=k, limit=limit)
    table = _describe(found, targets.index, network, limit_min)
    table["rank"] = table.groupby("from").cumcount() + 1
    lonely = np.setdiff1d(np.arange(len(people)), table["from"].to_numpy())
    table = pd.concat([table, pd.DataFrame({"from": lonely, "rank": 1})], ignore_index=True)
    table = table.sort_values(["from", "rank"], kind="stable")
    cell = table["from"].to_numpy(dtype=np.intp)
    return pd.DataFrame(
        {
            "rank": table["rank"].to_numpy(dtype=np.int64),
            "offer": table["to"].astype("str").to_numpy(),
            "minutes": table["minutes"].to_numpy(dtype="float64"),
            "metres": table["metres"].to_numpy(dtype="float64"),
            "connected": connected[cell],
            "quality": network.quality,
        },
        index=people.index[cell],
    ).astype({"offer": "str", "quality": "str"})


def measure_travel(
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    network: StreetNetwork | StraightLine,
    *,
    limit_min: float | None,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> pd.DataFrame:
    """Measure every way within a limit.

    Parameters
    ----------
    origins, destinations : GeoDataFrame of points
        Ways lead from the first to the second; one-way streets make that a difference.
    network : StreetNetwork or StraightLine
    limit_min : float or None
        Longest way in minutes, inclusive. None: every pair that is connected at all.
    snap_limit_m : float, default 250
        Points farther from every street are not connected.

    Returns
    -------
    DataFrame
        ``origin``, ``destination``, ``minutes``, ``metres``, ``quality``; a pair beyond the limit
        has no row. Ordered as the origins are, then as the destinations are.

    Raises
    ------
    CrsError, InputError, CoverageError
        As ``measure_nearest``.

    Notes
    -----
    Ways as in ``measure_nearest``, whose result is the first row per origin of this table sorted
    by minutes and offer. Origins and destinations exchanged on a network without one-way streets
    give the same ways turned round.

    Examples
    --------
    >>> places = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([0, 80, 4000], [0, 0, 0]), index=["a", "b", "c"], crs=25833)
    >>> ways = measure_travel(places, places[:1], StraightLine(detour=1.0), limit_min=15)
    >>> ways[["origin", "destination", "minutes", "metres"]]
      origin destination  minutes  metres
    0      a           a      0.0     0.0
    1      b           a      1.0    80.0
    """
    limit = UNBOUNDED if limit_min is None else network.to_limit(need_limit(limit_min))
    need_points(origins)
    need_points(destinations)
    if isinstance(network, StraightLine):
        need_one_system(origins, destinations)
        found = straight_pairs(origins, destinations, network, limit=limit)
    else:
        here = snap_points(origins, network, limit_m=snap_limit_m)
        there = snap_points(destinations, network, limit_m=snap_limit_m)
        need_connected(here.connected, say("access.origins"), snap_limit_m)
        need_connected(there.connected, say("access.destinations"), snap_limit_m)
        found = search_pairs(network, here, there, limit=limit)
    table = _describe(found, destinations.index, network, limit_min)
    return pd.DataFrame(
        {
            "origin": origins.index[table["from"].to_numpy(dtype=np.intp)],
            "destination": table["to"].to_numpy(),
            "minutes": table["minutes"].to_numpy(),
            "metres": table["metres"].to_numpy(),
            "quality": network.quality,
        }
    ).astype({"origin": "str", "destination": "str", "quality": "str"})


def _describe(
    found: Found,
    names: pd.Index,
    network: StreetNetwork | StraightLine,
    limit_min: float | None,
) -> pd.DataFrame:
    """Turn positions and costs into names, minutes and metres, and cut at the limit."""
    start, end, cost = found
    minutes = network.to_minutes(cost)
    keep = slice(None) if limit_min is None else within(minutes, limit_min)
    return pd.DataFrame(
        {
            "from": start[keep],
            "to": names.to_numpy()[end[keep]],
            "minutes": minutes[keep],
            "metres": network.to_metres(cost[keep]),
        }
    )


def within(minutes: npt.NDArray[np.float64], limit_min: float) -> npt.NDArray[np.bool_]:
    """Tell which ways are within the limit, itself included; a missing way is not."""
    return np.asarray(minutes <= round(limit_min, 6))


def need_limit(limit_min: float) -> float:
    """Refuse a limit that is not a positive number of minutes."""
    if not (np.isfinite(limit_min) and limit_min > 0):
        refuse("access.limit", say("access.streets"), limit=limit_min)
    return float(limit_min)


def need_connected(connected: npt.NDArray[np.bool_], what: str, limit_m: float) -> None:
    """Refuse points of which not a single one lies near a street."""
    if len(connected) and not connected.any():
        raise CoverageError(
            say("access.none_connected", what=what, limit=number(limit_m), count=len(connected))
        )
