"""The searches beside their peers: nearest offers and all pairs, over made-up towns.

Points stand on nodes, as the peers know nothing else. Costs are whole centimetres on both sides, so
agreement is exact and not within a tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from measure import compare, same_costs, same_rows
from networks import choose, make_network, stand_at
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from sozialraum.access.network import UNBOUNDED
from sozialraum.access.search import search_nearest, search_pairs

WALK = 120_000  # 15 minutes at 4.8 km/h, in centimetres
DRIVE = 1_500_000  # 30 minutes at 30 km/h, in centimetres
NEAR = 240_000  # 2,400 m in centimetres


def scipy_graph(network: Any) -> Any:
    """Give the reversed graph to SciPy: ways lead to the offers."""
    graph, size = network.backward, len(network)
    data = (graph.costs.astype(np.float64), graph.indices.copy(), graph.indptr)
    return csr_array(data, shape=(size, size))


def keep_pairs(rows: Any, offer: Any, limit: int) -> Any:
    """Give node, offer and cost of what is within the limit in a table offers × nodes."""
    which, node = np.nonzero(rows <= limit)
    return node, offer[which], rows[which, node].astype(np.int32)


def scipy_pairs(graph: Any, offers: Any, limit: int, block: int = 10) -> Any:
    """All pairs within the limit by SciPy, a few offers at a time: its answer is dense."""
    parts = []
    for first in range(0, len(offers), block):
        rows = dijkstra(graph, indices=offers[first : first + block], limit=float(limit))
        parts.append(keep_pairs(rows, np.arange(first, first + len(rows)), limit))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def by_node(found: Any, size: int) -> Any:
    """Cost per node, -1 where nothing is near."""
    cost = np.full(size, -1, dtype=np.int64)
    cost[found[0]] = found[2]
    return cost


def nearest(nodes: int, offers: int = 1000) -> None:
    """Nearest offer of every node beside SciPy."""
    network = make_network(nodes)
    chosen, graph = choose(network, offers), scipy_graph(network)
    here, there = stand_at(network, np.arange(len(network))), stand_at(network, chosen)

    def agree(ours: Any, theirs: Any) -> str:
        dist = np.where(np.isfinite(theirs[0]), theirs[0], -1).astype(np.int64)
        return same_costs(by_node(ours, len(network)), dist)

    compare(
        f"nearest offer of every node, {nodes:,} nodes, {offers:,} offers",
        "SciPy dijkstra(min_only)",
        3,
        lambda: search_nearest(network, here, there, k=1, limit=UNBOUNDED),
        lambda: dijkstra(graph, indices=chosen, min_only=True, return_predecessors=True),
        agree,
    )


def walk_scipy(nodes: int) -> None:
    """All pairs within 15 minutes' walk beside SciPy."""
    network = make_network(nodes)
    offers, graph = choose(network, 1000), scipy_graph(network)
    here, there = stand_at(network, np.arange(len(network))), stand_at(network, offers)
    compare(
        f"all pairs within 15 min walk, {nodes:,} nodes, 1,000 offers",
        "SciPy dijkstra(limit)",
        150,
        lambda: search_pairs(network, here, there, limit=WALK),
        lambda: scipy_pairs(graph, offers, WALK),
        same_rows,
        runs=3,
    )


def drive() -> None:
    """All pairs within 30 minutes' drive, a quarter of the streets one-way: SciPy, pyroutingkit."""
    network = make_network(100_000, oneway=True)
    offers, graph = choose(network, 100), scipy_graph(network)
    here, there = stand_at(network, np.arange(len(network))), stand_at(network, offers)
    title = "all pairs within 30 min drive, 100,000 nodes, 100 offers"

    def ours() -> Any:
        return search_pairs(network, here, there, limit=DRIVE)

    compare(title, "SciPy dijkstra(limit)", 5, ours, lambda: scipy_pairs(graph, offers, DRIVE),
            same_rows)  # fmt: skip
    from pyroutingkit import CCH

    back, hierarchy = network.backward, CCH()
    tail = np.repeat(np.arange(len(network), dtype=np.uint32), np.diff(back.indptr))
    place = (network.y.astype(np.float32), network.x.astype(np.float32))
    hierarchy.build_topology(tail, back.indices.astype(np.uint32), *place, node_count=len(network))
    hierarchy.customize_weights(back.costs.astype(np.uint32))
    every = np.arange(len(network), dtype=np.uint32)

    def theirs() -> Any:
        table = hierarchy.distances_many_to_many(offers.astype(np.uint32), every)
        return keep_pairs(table, np.arange(len(offers)), DRIVE)

    compare(title, "pyroutingkit, preprocessing not counted", 1, ours, theirs, same_rows)


def make_pandana(network: Any, offers: Any) -> Any:
    """Build pandana's network.

    In metres, as its users do: its hierarchy takes minutes with centimetres. Costs then come back
    rounded by its arithmetic, so they are compared as whole centimetres.
    """
    from pandana import Network

    edges = network.edges
    peer = Network(
        pd.Series(network.x), pd.Series(network.y), pd.Series(edges.u), pd.Series(edges.v),
        pd.DataFrame({"metres": edges.forward / 100.0}), twoway=True,
    )  # fmt: skip
    peer.set_pois("offers", 2400.0, 3, pd.Series(network.x[offers]), pd.Series(network.y[offers]))
    return peer


def pandana() -> None:
    """All pairs, nearest and three nearest beside pandana."""
    network = make_network(100_000)
    offers, size = choose(network, 1000), len(network)
    here, there = stand_at(network, np.arange(size)), stand_at(network, offers)
    peer = make_pandana(network, offers)
    number = np.full(size, -1)
    number[offers] = np.arange(len(offers))

    def pairs() -> Any:
        table = peer.nodes_in_range(offers, WALK / 100.0)
        cost = np.round(table["metres"].to_numpy() * 100)
        return table["destination"].to_numpy(), number[table["source"].to_numpy()], cost

    title = "100,000 nodes, 1,000 offers"
    compare(f"all pairs within 15 min walk, {title}", "pandana", 45,
            lambda: search_pairs(network, here, there, limit=WALK), pairs, same_rows)  # fmt: skip

    def near(k: int) -> Callable[[Any, Any], str]:
        def agree(ours: Any, theirs: Any) -> str:
            origin, _, cost = ours
            rank = np.arange(len(origin)) - np.searchsorted(origin, origin)
            mine = np.full((size, k), NEAR)
            mine[origin, rank] = cost
            other = np.round(theirs[list(range(1, k + 1))].to_numpy() * 100)
            return same_costs(mine.ravel(), other.ravel().astype(np.int64))

        return agree

    for k, goal, name in ((1, 100, "nearest"), (3, 15, "three nearest with identity")):
        compare(
            f"{name} within 2,400 m, {title}", "pandana", goal,
            lambda k=k: search_nearest(network, here, there, k=k, limit=NEAR),
            lambda k=k: peer.nearest_pois(2400.0, "offers", k, include_poi_ids=k > 1),
            near(k),
        )  # fmt: skip


def networkit() -> None:
    """Nearest and all pairs beside networkit, which knows no limit."""
    import networkit as nk

    network = make_network(100_000)
    size, back = len(network), network.backward
    tail = np.repeat(np.arange(size), np.diff(back.indptr))
    costs = back.costs.astype(np.float64)

    def graph(more: Any = ()) -> Any:
        more = np.asarray(more, dtype=np.int64)
        ends = (
            np.concatenate([tail, np.full(len(more), size)]),
            np.concatenate([back.indices, more]),
        )
        weights = np.concatenate([costs, np.zeros(len(more))])
        return nk.GraphFromCoo(
            (weights, ends), n=size + (len(more) > 0), weighted=True, directed=True
        )

    def one(offers: Any) -> Any:
        peer = graph(offers.astype(np.int64))

        def run() -> Any:
            search = nk.distance.Dijkstra(peer, size, storePaths=False)
            search.run()
            return np.array(search.getDistances(asarray=True))[:size]

        return run

    def many(offers: Any) -> Any:
        peer = graph()

        def run() -> Any:
            rows = []
            for offer in offers.tolist():
                search = nk.distance.Dijkstra(peer, offer, storePaths=False)
                search.run()
                rows.append(search.getDistances(asarray=True))
            return keep_pairs(np.array(rows), np.arange(len(offers)), WALK)

        return run

    _beside("networkit", network, one, many)


def igraph() -> None:
    """Nearest and all pairs beside igraph, which knows no limit."""
    import igraph as ig

    network = make_network(100_000)
    size, back = len(network), network.backward
    tail = np.repeat(np.arange(size), np.diff(back.indptr))
    arcs = np.stack([tail, back.indices], axis=1)

    def one(offers: Any) -> Any:
        more = np.stack([np.full(len(offers), size), offers], axis=1)
        peer = ig.Graph(size + 1, np.concatenate([arcs, more]), directed=True)
        weights = np.concatenate([back.costs, np.zeros(len(offers))]).tolist()
        return lambda: np.array(peer.distances(size, weights=weights)[0][:size])

    def many(offers: Any) -> Any:
        peer, weights = ig.Graph(size, arcs, directed=True), back.costs.tolist()

        def run() -> Any:
            rows = np.array(peer.distances(offers.tolist(), weights=weights))
            return keep_pairs(rows, np.arange(len(offers)), WALK)

        return run

    _beside("igraph", network, one, many)


def _beside(name: str, network: Any, one: Any, many: Any) -> None:
    """Nearest by a node more that leads to all offers for nothing; all pairs from 100 offers."""
    size = len(network)
    here = stand_at(network, np.arange(size))
    offers, few = choose(network, 1000), choose(network, 100)
    there, some = stand_at(network, offers), stand_at(network, few)

    def agree(ours: Any, theirs: Any) -> str:
        known = np.isfinite(theirs) & (theirs < 1e300)
        return same_costs(by_node(ours, size), np.where(known, theirs, -1).astype(np.int64))

    compare("nearest offer of every node, 100,000 nodes, 1,000 offers", name, None,
            lambda: search_nearest(network, here, there, k=1, limit=UNBOUNDED), one(offers),
            agree, runs=3)  # fmt: skip
    compare("all pairs within 15 min walk, 100,000 nodes, 100 offers", f"{name}, without limit", None,
            lambda: search_pairs(network, here, some, limit=WALK), many(few),
            same_rows, runs=3)  # fmt: skip
