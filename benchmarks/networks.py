"""Networks to measure on: made-up towns of any size, and real streets in three sizes.

The made-up ones have the look of a street grid: crossings shifted by up to 30 m from a grid of
100 m, one street in seven missing, some diagonals, streets up to a fifth longer than the straight
line. Same seed, same network.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sozialraum.access.network import CLOSED, StreetNetwork, build_network
from sozialraum.access.snap import Snapped


def make_tables(nodes: int, seed: int = 1, *, oneway: bool = False) -> tuple[Any, Any]:
    """Make the tables of nodes and edges of a town with about this many crossings."""
    rng = np.random.default_rng(seed)
    side = round(nodes**0.5)
    place = np.arange(side * side, dtype=np.int32).reshape(side, side)
    x, y = np.meshgrid(np.arange(side) * 100.0, np.arange(side) * 100.0)
    x += rng.uniform(-30, 30, x.shape)
    y += rng.uniform(-30, 30, y.shape)
    x, y = x.ravel(), y.ravel()
    tails, heads = [], []
    for tail, head, share in (
        (place[:, :-1], place[:, 1:], 0.86),
        (place[:-1], place[1:], 0.86),
        (place[:-1, :-1], place[1:, 1:], 0.04),
    ):
        keep = rng.random(tail.shape, dtype=np.float32) < share
        tails.append(tail[keep])
        heads.append(head[keep])
    u, v = np.concatenate(tails), np.concatenate(heads)
    length = np.hypot(x[u] - x[v], y[u] - y[v])
    length *= rng.uniform(1.0, 1.2, len(u))
    edges = {"u": u, "v": v, "length_m": length}
    if oneway:
        edges["oneway"] = rng.choice(np.array([0, 0, 0, 0, 1, -1], dtype=np.int8), len(u))
    return pd.DataFrame({"x": x, "y": y}, copy=False), pd.DataFrame(edges, copy=False)


def make_network(nodes: int, seed: int = 1, *, oneway: bool = False) -> StreetNetwork:
    """Build the network of a made-up town."""
    return build_network(*make_tables(nodes, seed, oneway=oneway), crs=25833)


def stand_at(network: StreetNetwork, nodes: Any) -> Snapped:
    """Put points on nodes, so that an engine that knows nodes only answers the same question."""
    edges, size = network.edges, len(network)
    some = np.full(size, CLOSED, dtype=np.int32)
    some[edges.v] = np.arange(len(edges), dtype=np.int32)
    some[edges.u] = np.arange(len(edges), dtype=np.int32)
    edge = some[nodes]
    connected = edge != CLOSED
    at_u = edges.u[edge] == nodes
    there, back = edges.forward[edge], edges.backward[edge]

    def choose(to_v: Any, to_u: Any) -> Any:
        ends = np.stack([np.where(at_u, 0, to_u), np.where(at_u, to_v, 0)], axis=1)
        return np.where(connected[:, None], ends, CLOSED).astype(np.int32)

    nothing = np.zeros(len(edge), dtype=np.int32)
    return Snapped(
        distance_m=nothing.astype(float),
        connected=connected,
        barred=~connected,
        edge=edge,
        offset=nothing,
        leave=choose(there, back),
        arrive=choose(back, there),
    )


def choose(network: StreetNetwork, count: int, seed: int = 2) -> Any:
    """Choose different nodes of the main component, in order."""
    main = np.flatnonzero(network.component == 0)
    return np.sort(np.random.default_rng(seed).choice(main, count, replace=False))
