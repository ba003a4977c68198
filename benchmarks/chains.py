"""Contraction on real streets: every vertex of every way a node, as the data come, and drawn together.

The readers of streets join the vertices that only draw a bend before a network is built. To tell what
drawing chains together is worth, this takes the lines of the network apart again: every vertex becomes
a node, every piece between two vertices a street of its own whole centimetres. That network is searched
as it is and over its chains, with the same points on it; the answers must be equal. Beside it the
network as it is read, where the chains left over are few.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from measure import compare, same_rows
from searches import WALK

from sozialraum.access.contract import count_passed
from sozialraum.access.network import CLOSED, StreetNetwork, build_network
from sozialraum.access.search import search_pairs
from sozialraum.access.snap import snap_points
from sozialraum.read.streets import read_streets

PM = "potsdam-mittelmark/network"
FILES = {
    "Teltow": f"{PM}/teltow_kleinmachnow_stahnsdorf_derived.osm.pbf",
    "Potsdam-Mittelmark": f"{PM}/pm_potsdam_edges.parquet",
    "Berlin": "berlin/network/berlin_edges.parquet",
}


def take_apart(network: StreetNetwork) -> StreetNetwork:
    """Make every vertex of the lines a node."""
    edges = network.edges
    xy, line = shapely.get_coordinates(network.lines, return_index=True)
    first = np.ones(len(line), dtype=bool)
    first[1:] = line[1:] != line[:-1]
    last = np.roll(first, -1)
    number = len(network) + np.cumsum(~(first | last)) - 1
    number[first], number[last] = edges.u, edges.v
    start = np.flatnonzero(~last)
    inside = ~(first | last)
    nodes = pd.DataFrame(
        {
            "x": np.concatenate([network.x, xy[inside, 0]]),
            "y": np.concatenate([network.y, xy[inside, 1]]),
        }
    )
    street = line[start]
    oneway = np.where(edges.backward == CLOSED, 1, np.where(edges.forward == CLOSED, -1, 0))
    pieces = pd.DataFrame(
        {
            "u": number[start],
            "v": number[start + 1],
            "length_m": np.hypot(*(xy[start + 1] - xy[start]).T),
            "oneway": oneway[street],
            "through": False if edges.through is None else edges.through[street],
        }
    )
    return build_network(nodes, pieces, crs=network.crs, source=network.source)


def stand_on_streets(network: StreetNetwork, rng: Any, count: int) -> Any:
    """Choose places anywhere on the streets of the main component."""
    edge = rng.choice(network.main_edges, count)
    at = shapely.line_interpolate_point(network.lines[edge], rng.random(count), normalized=True)
    return gpd.GeoDataFrame(geometry=at, crs=network.crs)


def chains() -> None:
    """All pairs within 15 minutes' walk with and without contraction."""
    data = Path(os.environ["SOZIALRAUM_TESTDATA"])
    for name, file in FILES.items():
        network = read_streets(data / file)
        rng = np.random.default_rng(3)
        places = [stand_on_streets(network, rng, n) for n in (20_000, 1000)]
        for goal, streets, what in (
            (1.8, take_apart(network), "every vertex a node"),
            (None, network, "as read"),
        ):
            here, there = (snap_points(p, streets) for p in places)
            passed = count_passed(streets.edges, len(streets)).mean()
            compare(
                f"all pairs within 15 min walk, {name}, {what}: {len(streets):,} nodes, "
                f"{passed:.0%} inside chains",
                "without contraction", goal,
                lambda n=streets, a=here, b=there: search_pairs(
                    n, a, b, limit=WALK, contracted=True),
                lambda n=streets, a=here, b=there: search_pairs(
                    n, a, b, limit=WALK, contracted=False),
                same_rows,
            )  # fmt: skip
