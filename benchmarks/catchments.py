"""Places per person (E2SFCA) beside PySAL access, from a finished table of ways and from streets."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from measure import compare
from networks import choose, make_network
from searches import WALK, make_pandana

from sozialraum.access.catchment import measure_catchment
from sozialraum.access.search import search_pairs
from sozialraum.access.snap import snap_points
from sozialraum.access.travel import measure_travel, name_ways
from sozialraum.access.weights import Steps

LIMIT, CITY = 15.0, 60.0
"""Minutes; within an hour there are about as many ways as between a large city's homes and Kitas."""


def stand(network: Any, nodes: Any, prefix: str) -> Any:
    """Put named points on nodes."""
    places = gpd.points_from_xy(network.x[nodes], network.y[nodes])
    return gpd.GeoDataFrame(geometry=places, index=[f"{prefix}{i}" for i in nodes], crs=network.crs)


def catchments() -> None:
    """E2SFCA from a table and from streets, 10⁵ nodes with people, 1,000 offers."""
    from access import fca
    from access.weights import step_fn

    network = make_network(100_000)
    rng = np.random.default_rng(5)
    main = np.flatnonzero(network.component == 0)
    people, offers = stand(network, main, "h"), stand(network, choose(network, 1000), "k")
    demand = pd.Series(rng.integers(1, 60, len(people)).astype(float), people.index)
    places = pd.Series(rng.integers(10, 120, len(offers)).astype(float), offers.index)
    steps = step_fn({5: 1, 10: 0.68, 15: 0.22})

    given = Steps((1, 0.68, 0.22), until_min=(5, 10, 15))

    def theirs(travel: Any, limit: float = LIMIT) -> Any:
        return fca.two_stage_fca(
            demand_df=demand.to_frame("P"), supply_df=places.to_frame("S"), cost_df=travel,
            max_cost=limit, demand_index=True, demand_name="P", supply_index=True, supply_name="S",
            cost_origin="origin", cost_dest="destination", cost_name="minutes", weight_fn=steps,
        )  # fmt: skip

    def agree(ours: Any, other: Any) -> str:
        mine = ours["access"].to_numpy(dtype=float)
        wrong = np.abs(mine - other.reindex(ours.index).fillna(0.0).to_numpy(dtype=float)).max()
        return f"{'equal' if wrong <= 1e-9 else 'DIFFERENT'}: at most {wrong:.0e} apart"

    title = f"{len(people):,} cells, 1,000 offers"
    for limit in (LIMIT, CITY):
        travel = measure_travel(people, offers, network, limit_min=limit)
        plain = travel[["origin", "destination", "minutes"]].astype(
            {"origin": "str", "destination": "str"}
        )
        compare(
            f"E2SFCA from {len(travel):,} ways to the score, {title}", "PySAL access", 300,
            lambda t=travel, m=limit: measure_catchment(demand, places, t, limit_min=m, weight=given),
            lambda p=plain, m=limit: theirs(p, m), agree, runs=3,
        )  # fmt: skip
    peer = make_pandana(network, choose(network, 1000))

    at_people = peer.get_node_ids(people.geometry.x, people.geometry.y)
    at_offers = peer.get_node_ids(offers.geometry.x, offers.geometry.y)
    home = pd.Series(at_people.index, index=at_people.to_numpy())
    place = pd.Series(at_offers.index, index=at_offers.to_numpy())
    here, there = snap_points(people, network), snap_points(offers, network)

    def routed() -> Any:
        ways = peer.nodes_in_range(at_offers.to_numpy(), WALK / 100.0)
        table = pd.DataFrame(
            {
                "origin": home.reindex(ways["destination"]).to_numpy(),
                "destination": place.reindex(ways["source"]).to_numpy(),
                "minutes": np.round(ways["metres"].to_numpy() * 100) / 8000.0,
            }
        )
        return theirs(table.dropna())

    def ours() -> Any:
        found = search_pairs(network, here, there, limit=network.to_limit(LIMIT))
        ways = name_ways(found, people.index, offers.index, network, LIMIT)
        return measure_catchment(demand, places, ways, limit_min=LIMIT)

    def whole() -> Any:
        ways = measure_travel(people, offers, network, limit_min=LIMIT)
        return measure_catchment(demand, places, ways, limit_min=LIMIT)

    for goal, run, what in ((50, ours, "not counted"), (None, whole, "counted with us only")):
        compare(f"streets to the E2SFCA score, {title}, putting points on streets {what}",
                "pandana and PySAL access", goal, run, routed, agree, runs=3)  # fmt: skip
