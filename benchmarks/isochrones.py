"""Isochrones beside the usual way to draw them: a strip around every reached piece, and their union.

Both sides search by the same loop, so only cutting and drawing differ; strips are exact, so areas must
agree within 5 % for every single offer and limit.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from measure import compare
from networks import make_network

from sozialraum.access.isochrones import BUFFER_M, measure_isochrones
from sozialraum.access.network import StreetNetwork
from sozialraum.access.reach import Reached, find_reached
from sozialraum.access.snap import snap_points
from sozialraum.read.streets import read_streets

OFFERS = 100
WITHIN = 0.05


def place_offers(network: StreetNetwork, seed: int = 3) -> gpd.GeoDataFrame:
    """Put offers at random houses: somewhere along a street, up to 20 m beside it."""
    rng = np.random.default_rng(seed)
    edges = rng.choice(network.main_edges, OFFERS, replace=False)
    foot = shapely.line_interpolate_point(network.lines[edges], rng.random(OFFERS), normalized=True)
    places = shapely.get_coordinates(foot) + rng.uniform(-14, 14, (OFFERS, 2))
    ids = [f"k{i:03d}" for i in range(OFFERS)]
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*places.T), index=ids, crs=network.crs)


def share_paid(left: Any, cost: Any) -> Any:
    """Give the share of a street that what is left pays for; 0 where it may not be used."""
    share = np.where(cost > 0, np.minimum(left / np.maximum(cost, 1), 1.0), 1.0)
    return np.where((left < 0) | (cost < 0), 0.0, share)


def cut_segments(streets: Reached, limit: int) -> Any:
    """Give the reached part of every straight segment as a line, by interpolation along it."""
    part, left = streets.segments, limit - streets.offset
    from_u = share_paid(limit - streets.at_u, streets.forward)
    from_v = share_paid(limit - streets.at_v, streets.backward)
    back, ahead = share_paid(
        left, np.array([streets.backward[streets.own], streets.forward[streets.own]])
    )
    whole = (from_u + from_v >= 1)[part.street]
    from_u, from_v = from_u[part.street], 1 - from_v[part.street]
    lines = [shapely.linestrings(streets.access.reshape(-1, 2, 2))]
    lines.append(shapely.linestrings(part.ends[whole].reshape(-1, 2, 2)))
    own = ~whole & (part.street == streets.own)
    for some, first, last in (
        (~whole, 0.0, from_u),
        (~whole, from_v, 1.0),
        (own, streets.share - back, streets.share + ahead),
    ):
        start, end = np.maximum(part.start, first), np.minimum(part.end, last)
        chosen = some & (start < end)
        size = part.end[chosen] - part.start[chosen]
        line = shapely.linestrings(part.ends[chosen].reshape(-1, 2, 2))
        corners = [
            shapely.get_coordinates(
                shapely.line_interpolate_point(
                    line, (at[chosen] - part.start[chosen]) / size, normalized=True
                )
            )
            for at in (start, end)
        ]
        lines.append(shapely.linestrings(np.stack(corners, axis=1)))
    return np.concatenate(lines)


def draw_strips(network: StreetNetwork, offers: gpd.GeoDataFrame, limits: Sequence[float]) -> Any:
    """Buffer every reached piece and unite the buffers, offer by offer and limit by limit."""
    turned, places = network.turned, snap_points(offers, network).turned
    costs = [network.to_limit(limit) - 1 for limit in limits]
    return [
        shapely.union_all(shapely.buffer(cut_segments(streets, cost), BUFFER_M))
        for streets in find_reached(turned, places, offers.geometry.to_numpy(), costs[-1])
        if streets is not None
        for cost in costs
    ]


def same_areas(ours: gpd.GeoDataFrame, theirs: Any) -> str:
    """Tell how far the areas of single offers and limits are apart, and all together."""
    one, other = ours.area.to_numpy(), shapely.area(theirs)
    apart = float(np.abs(one / other - 1).max())
    told = f"areas within {apart:.1%}, together {one.sum() / other.sum() - 1:+.1%}"
    return told if apart <= WITHIN else f"DIFFERENT: {told}"


def beside(name: str, network: StreetNetwork, limits: Sequence[float]) -> None:
    """Run both on one network."""
    offers = place_offers(network)
    snap_points(offers, network)
    compare(
        f"isochrones of {OFFERS} offers, {'/'.join(f'{m:g}' for m in limits)} min, {name}",
        "union of 25 m buffers",
        10,
        lambda: measure_isochrones(offers, network, limits_min=limits),
        lambda: draw_strips(network, offers, limits),
        same_areas,
        runs=3,
    )


def isochrones() -> None:
    """A made-up town, and a real one where the data are there."""
    town = make_network(100_000)
    beside("100,000 nodes", town, [15])
    data = os.environ.get("SOZIALRAUM_TESTDATA")
    if data is None:
        print("isochrones on real streets | nicht geprüft: SOZIALRAUM_TESTDATA is not set")
        return
    streets = read_streets(Path(data) / "neubrandenburg/neubrandenburg.osm.pbf")
    beside("Neubrandenburg", streets, [5, 10, 15])


if __name__ == "__main__":
    isochrones()
