"""How long people are on the way: the nearest offers, and every pair within a limit."""

from __future__ import annotations

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.access.network import (
    UNBOUNDED,
    StraightLine,
    StreetNetwork,
    refuse,
    to_floats,
)
from sozialraum.access.search import search_nearest, search_pairs
from sozialraum.access.snap import SNAP_LIMIT_M, Snapped, need_points, snap_points
from sozialraum.access.straight import (
    have_place,
    need_one_system,
    straight_nearest,
    straight_pairs,
)
from sozialraum.access.tasks import Found
from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.texts import number, say

Direction = Literal["to_offer", "from_offer"]
DIRECTIONS = ("to_offer", "from_offer")


def measure_nearest(
    people: gpd.GeoDataFrame,
    offers: gpd.GeoDataFrame,
    network: StreetNetwork | StraightLine,
    *,
    k: int = 1,
    limit_min: float | None = None,
    direction: Direction = "to_offer",
    snap_limit_m: float = SNAP_LIMIT_M,
    snapped: Snapped | None = None,
) -> pd.DataFrame:
    """Measure the way of every cell of people to its nearest offers, or of the offers to the people.

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
    direction : {"to_offer", "from_offer"}
        Whether people come to the offer or the offer (outreach work, home care) goes to the people;
        one-way streets make that a difference.
    snap_limit_m : float, default 250
        Points farther from every street are not connected.
    snapped : Snapped, optional
        These people on this network, from ``snap_points``: who asks for several kinds of offers puts
        the people on the streets once.

    Returns
    -------
    DataFrame
        Index: cell, in the order of ``people``, once per offer found and at least once.

        * ``rank``: 1 for the nearest.
        * ``offer``: missing where no offer is reached.
        * ``minutes``, ``metres``: the way between the cell and the offer, missing where none is
          reached; metres also where the network counts times.
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
    need_rank(k)
    need_direction(direction)
    limit = UNBOUNDED if limit_min is None else network.to_limit(need_limit(limit_min))
    need_points(people)
    need_points(offers)
    targets, k = offers.sort_index(), max(1, min(int(k), len(offers)))
    if isinstance(network, StraightLine):
        need_one_system(people, offers)
        connected = have_place(people)
        found = straight_nearest(people, targets, network, k=k, limit=limit)
    else:
        if snapped is None:
            snapped = snap_points(people, network, limit_m=snap_limit_m)
        here = snapped
        if len(here.edge) != len(people):
            refuse("access.snapped", say("access.people"), count=len(people), other=len(here.edge))
        there = snap_points(targets, network, limit_m=snap_limit_m)
        need_connected(here.connected, say("access.people"), snap_limit_m)
        need_connected(there.connected, say("access.offers"), snap_limit_m)
        connected = here.connected
        if direction == "from_offer":
            network, here, there = network.turned, here.turned, there.turned
        found = search_nearest(network, here, there, k=k, limit=limit)
    ways = _describe(found, targets.index, network, limit_min)
    table = _by_rank(ways, people.index, connected, network.quality)
    table.attrs = {} if limit_min is None else {"limit_min": float(limit_min)}
    return table


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
        has no row. Names are categories, in the order of the points: a name that stands a thousand
        times is kept once. Ordered as the origins are, then as the destinations are.

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
    return name_ways(found, origins.index, destinations.index, network, limit_min)


def name_ways(
    found: Found,
    origins: pd.Index,
    destinations: pd.Index,
    network: StreetNetwork | StraightLine,
    limit_min: float | None,
) -> pd.DataFrame:
    """Turn what a search found into the table of ways: names, minutes, metres, cut at the limit."""
    start, end, cost = found
    minutes = network.to_minutes(cost)
    if limit_min is not None:
        keep = within(minutes, limit_min)
        if not keep.all():
            start, end, cost, minutes = start[keep], end[keep], cost[keep], minutes[keep]
    table = pd.DataFrame(
        {
            "origin": _name(start, origins),
            "destination": _name(end, destinations),
            "minutes": minutes,
            "metres": network.to_metres(cost),
            "quality": _name(np.zeros(len(cost), dtype=np.int8), pd.Index([network.quality])),
        },
        copy=False,
    )
    table.attrs = {} if limit_min is None else {"limit_min": float(limit_min)}
    return table


def _name(positions: npt.NDArray[np.integer[Any]], index: pd.Index) -> pd.Categorical:
    """Name positions without writing a name more than once."""
    return pd.Categorical.from_codes(positions, index.astype("str"), validate=False)


def measure_matrix(
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    network: StreetNetwork | StraightLine,
    *,
    limit_min: float | None = None,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> pd.DataFrame:
    """Measure the minutes from every origin to every destination as one table.

    Parameters
    ----------
    origins, destinations : GeoDataFrame of points
        Ways lead from the first to the second; one-way streets make that a difference.
    network : StreetNetwork or StraightLine
    limit_min : float, optional
        Longer ways are missing; without it only ways that do not exist are.
    snap_limit_m : float, default 250
        Points farther from every street are not connected.

    Returns
    -------
    DataFrame
        One row per origin and one column per destination, in their order; minutes, missing where
        there is no way. ``attrs["quality"]``: ``exact`` or ``straight_line``.

    Raises
    ------
    CrsError, InputError, CoverageError
        As ``measure_nearest``.

    Notes
    -----
    The ways of ``measure_travel``, which is the better choice for many places with a limit: a table
    of 100,000 by 1,000 takes 0.8 GB. Exchanged arguments give the transposed table where no street
    is one-way.

    Examples
    --------
    >>> places = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([0, 80, 400], [0, 0, 0]), index=["a", "b", "c"], crs=25833)
    >>> measure_matrix(places, places[:2], StraightLine(detour=1.0))
         a    b
    a  0.0  1.0
    b  1.0  0.0
    c  5.0  4.0
    """
    ways = measure_travel(
        origins, destinations, network, limit_min=limit_min, snap_limit_m=snap_limit_m
    )
    minutes = np.full((len(origins), len(destinations)), np.nan)
    row = origins.index.astype("str").get_indexer(ways["origin"])
    column = destinations.index.astype("str").get_indexer(ways["destination"].astype("str"))
    minutes[row, column] = ways["minutes"].to_numpy()
    table = pd.DataFrame(minutes, index=origins.index, columns=destinations.index)
    table.attrs["quality"] = network.quality
    return table


def find_nearest(travel: pd.DataFrame, cells: pd.Index, *, k: int = 1) -> pd.DataFrame:
    """Find the nearest offers of every cell in a table of ways, whoever made it.

    Parameters
    ----------
    travel : DataFrame
        ``origin`` (cell), ``destination`` (offer), ``minutes``; optional ``metres`` and ``quality``.
    cells : Index
        The cells asked about; each gets at least one row.
    k : int, default 1

    Returns
    -------
    DataFrame
        As ``measure_nearest``. A cell without a way has no offer; ``connected`` is True
        throughout, as the table does not tell who is cut off from every street.

    Raises
    ------
    InputError
        A column is missing, minutes are missing or negative, cells stand twice, a useless ``k``.

    Notes
    -----
    Of several ways between the same two the shortest counts. Equally near offers are ordered by
    their id. For a complete table of ``measure_travel`` the result is that of ``measure_nearest``,
    cells cut off from every street apart.

    Examples
    --------
    >>> ways = pd.DataFrame(
    ...     {"origin": ["h1", "h1"], "destination": ["a", "b"], "minutes": [7.0, 5.0]})
    >>> find_nearest(ways, pd.Index(["h1", "h2"]))[["offer", "minutes"]]
       offer  minutes
    h1     b      5.0
    h2   NaN      NaN
    """
    what = say("access.travel")
    need_rank(k)
    if missing := [c for c in ("origin", "destination", "minutes") if c not in travel]:
        refuse("access.travel_columns", what, columns=", ".join(missing))
    minutes = to_floats(travel["minutes"])
    if not (minutes >= 0).all():
        refuse("access.travel_minutes", what, count=int((~(minutes >= 0)).sum()))
    if not cells.is_unique:
        twice = cells[cells.duplicated()].astype("str").unique()
        refuse("access.twice", say("access.people"), ids=", ".join(twice[:5]))
    ways = pd.DataFrame(
        {
            "from": cells.get_indexer(travel["origin"]),
            "to": travel["destination"].astype("str").to_numpy(),
            "minutes": minutes,
            "metres": to_floats(travel["metres"]) if "metres" in travel else np.nan,
        }
    )
    ways = ways[ways["from"] >= 0].sort_values(["from", "minutes", "to"], kind="stable")
    ways = ways.drop_duplicates(["from", "to"])
    ways = ways[ways.groupby("from").cumcount() < k]
    kinds = set(travel["quality"].unique()) if "quality" in travel else set()
    quality = "straight_line" if "straight_line" in kinds else "exact"
    table = _by_rank(ways, cells, np.ones(len(cells), dtype=bool), quality)
    table.attrs = dict(travel.attrs)
    return table


def _by_rank(
    ways: pd.DataFrame, cells: pd.Index, connected: npt.NDArray[np.bool_], quality: str
) -> pd.DataFrame:
    """Give every way its rank; the ways are in order, and who has none gets an empty row."""
    ways = ways.assign(rank=ways.groupby("from").cumcount() + 1)
    lonely = np.setdiff1d(np.arange(len(cells)), ways["from"].to_numpy())
    ways = pd.concat([ways, pd.DataFrame({"from": lonely, "rank": 1})], ignore_index=True)
    ways = ways.sort_values(["from", "rank"], kind="stable")
    cell = ways["from"].to_numpy(dtype=np.intp)
    return pd.DataFrame(
        {
            "rank": ways["rank"].to_numpy(dtype=np.int64),
            "offer": ways["to"].astype("str").to_numpy(),
            "minutes": ways["minutes"].to_numpy(dtype="float64"),
            "metres": ways["metres"].to_numpy(dtype="float64"),
            "connected": connected[cell],
            "quality": quality,
        },
        index=cells[cell],
    ).astype({"offer": "str", "quality": "str"})


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


def need_rank(k: int) -> None:
    """Refuse a number of offers that is not a whole number from 1 on."""
    if not (isinstance(k, int | np.integer) and k >= 1):
        refuse("access.rank", say("access.people"), k=k)


def need_limit(limit_min: float, measured: pd.DataFrame | None = None) -> float:
    """Refuse a limit that is no positive number of minutes or lies beyond what was measured.

    Within 5 minutes nobody can tell who is near within 15: ways a table leaves out would look as if
    there were none. The tables measured within a limit say so in ``attrs["limit_min"]``.
    """
    if not (np.isfinite(limit_min) and limit_min > 0):
        refuse("access.limit", say("access.streets"), limit=limit_min)
    reach = None if measured is None else measured.attrs.get("limit_min")
    if reach is not None and not within(np.array([float(limit_min)]), reach)[0]:
        refuse("access.limit_beyond", say("access.travel"), limit=limit_min, reach=reach)
    return float(limit_min)


def need_direction(direction: str) -> None:
    """Refuse a direction other than to the offer or from it."""
    if direction not in DIRECTIONS:
        raise UnknownNameError("direction", str(direction), DIRECTIONS)


def need_connected(connected: npt.NDArray[np.bool_], what: str, limit_m: float) -> None:
    """Refuse points of which not a single one lies near a street."""
    if len(connected) and not connected.any():
        raise CoverageError(
            say("access.none_connected", what=what, limit=number(limit_m), count=len(connected))
        )
