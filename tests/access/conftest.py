"""Tables for tests of access, and an oracle that shares no code with the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from sozialraum.access.network import StreetNetwork, build_network
from sozialraum.access.snap import Snapped, snap_points

Place = tuple[float, float]


@pytest.fixture(scope="session")
def points() -> Callable[..., gpd.GeoDataFrame]:
    """Points at the given places, ids prefix0, prefix1 …"""

    def make(places: Sequence[Place], prefix: str = "h", crs: Any = 25833) -> gpd.GeoDataFrame:
        xy = np.array(places, dtype=float).reshape(-1, 2)
        name = "cell" if prefix == "h" else "offer"
        ids = pd.Index([f"{prefix}{i}" for i in range(len(xy))], name=name, dtype="str")
        return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), index=ids, crs=crs)

    return make


@pytest.fixture(scope="session")
def streets() -> Callable[..., StreetNetwork]:
    """A network from places of nodes and rows (u, v, length_m, oneway)."""

    def make(nodes: dict[str, Place], rows: Sequence[tuple[str, str, float, int]]) -> StreetNetwork:
        table = pd.DataFrame.from_dict(nodes, orient="index", columns=["x", "y"])
        edges = pd.DataFrame(rows, columns=["u", "v", "length_m", "oneway"])
        return build_network(table, edges, crs=25833)

    return make


@pytest.fixture(scope="session")
def cross(streets: Callable[..., StreetNetwork]) -> StreetNetwork:
    """Five nodes: a middle and four arms of 400 m to the west, east, south and north."""
    nodes = {"m": (0, 0), "w": (-400, 0), "e": (400, 0), "s": (0, -400), "n": (0, 400)}
    return streets(nodes, [("m", arm, 400, 0) for arm in "wesn"])


def _share(network: StreetNetwork, edge: int, point: Any) -> float:
    return float(network.lines[edge].project(point, normalized=True))


def _augmented(
    network: StreetNetwork, groups: dict[str, tuple[gpd.GeoDataFrame, Snapped]]
) -> nx.DiGraph:
    """The graph of all edges with every point as a node of its own on its edge."""
    graph = nx.DiGraph()

    def link(tail: Any, head: Any, cost: int) -> None:
        old = graph.get_edge_data(tail, head, {"weight": cost})["weight"]
        graph.add_edge(tail, head, weight=min(cost, old))

    graph.add_nodes_from(range(len(network)))
    edges = network.edges
    rows = zip(edges.u, edges.v, edges.forward, edges.backward, strict=True)
    for u, v, forward, backward in ((int(a), int(b), int(c), int(d)) for a, b, c, d in rows):
        if forward >= 0:
            link(u, v, forward)
        if backward >= 0:
            link(v, u, backward)
    on_edge: dict[int, dict[str, list[tuple[int, int, Any, int]]]] = {}
    for name, (table, snapped) in groups.items():
        for i, (place, point) in enumerate(zip(snapped.edge, table.geometry, strict=True)):
            if not snapped.connected[i]:
                continue
            edge, offset = int(place), int(snapped.offset[i])
            u, v = int(edges.u[edge]), int(edges.v[edge])
            forward, backward = int(edges.forward[edge]), int(edges.backward[edge])
            share = _share(network, edge, point)
            ahead, behind = int(np.round(share * forward)), int(np.round(share * backward))
            at_u = at_v = False
            cost = max(forward, backward)
            if round(share * cost) == 0 and share <= 0.5:
                at_u = True
            elif round(share * cost) == cost:
                at_v = True
            # Origins are only left and destinations only entered, so no way leads through a point.
            here = (name, i)
            if name == "o":
                if backward >= 0 or at_u:
                    link(here, u, offset + (0 if at_u else behind))
                if forward >= 0 or at_v:
                    link(here, v, offset + (0 if at_v else forward - ahead))
            else:
                if forward >= 0 or at_u:
                    link(u, here, offset + (0 if at_u else ahead))
                if backward >= 0 or at_v:
                    link(v, here, offset + (0 if at_v else backward - behind))
            members = on_edge.setdefault(edge, {"o": [], "d": []})
            members[name].append((ahead, behind, here, offset))
    for edge, members in on_edge.items():
        for ahead, behind, here, offset in members["o"]:
            for other_ahead, other_behind, there, other_offset in members["d"]:
                both = offset + other_offset
                if edges.forward[edge] >= 0 and other_ahead >= ahead:
                    link(here, there, both + other_ahead - ahead)
                if edges.backward[edge] >= 0 and other_behind <= behind:
                    link(here, there, both + behind - other_behind)
    return graph


@pytest.fixture(scope="session")
def oracle() -> Callable[..., pd.DataFrame]:
    """All ways from origins to destinations by networkx, in whole centimetres."""

    def measure(
        network: StreetNetwork,
        origins: gpd.GeoDataFrame,
        destinations: gpd.GeoDataFrame,
        limit_m: float = 250.0,
    ) -> pd.DataFrame:
        here = snap_points(origins, network, limit_m=limit_m)
        there = snap_points(destinations, network, limit_m=limit_m)
        groups = {"o": (origins, here), "d": (destinations, there)}
        graph = _augmented(network, groups).reverse(copy=False)
        rows = []
        for j in np.flatnonzero(there.connected):
            dist = nx.single_source_dijkstra_path_length(graph, ("d", int(j)))
            rows += [
                (origins.index[i], destinations.index[j], dist[("o", int(i))])
                for i in np.flatnonzero(here.connected)
                if ("o", int(i)) in dist
            ]
        table = pd.DataFrame(rows, columns=["origin", "destination", "cost"])
        order = {name: i for i, name in enumerate(origins.index)}
        table["place"] = table["origin"].map(order)
        table["other"] = table["destination"].map({n: i for i, n in enumerate(destinations.index)})
        table = table.sort_values(["place", "other"]).reset_index(drop=True)
        return table[["origin", "destination", "cost"]]

    return measure
