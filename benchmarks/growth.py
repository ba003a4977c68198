"""Networks of 10⁵, 10⁶ and 10⁷ nodes: time to build, search per node, peak memory.

Every size runs in a process of its own, so that the peak is its own: python growth.py 10000000
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

import numpy as np
from measure import clock, peak_gb
from networks import choose, make_network, stand_at

from sozialraum.access.network import UNBOUNDED
from sozialraum.access.search import search_nearest

SIZES = (100_000, 1_000_000, 10_000_000)


def measure(nodes: int) -> dict[str, float]:
    """Build a network and search the nearest of 1,000 offers for every node of it."""
    build, network = clock(lambda: make_network(nodes))
    built = peak_gb()
    here = stand_at(network, np.arange(len(network), dtype=np.int32))
    there = stand_at(network, choose(network, 1000))
    times = [
        clock(lambda: search_nearest(network, here, there, k=1, limit=UNBOUNDED))[0]
        for _ in range(6)
    ]
    peak = peak_gb()
    search = statistics.median(times[1:])
    return {"build": build, "search": search, "node": search / len(network), "built": built,
            "peak": peak}  # fmt: skip


def growth() -> None:
    """Print what each size takes, and how much more a node takes in the largest than in the least."""
    found = {}
    for nodes in SIZES:
        run = [sys.executable, __file__, str(nodes)]
        found[nodes] = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
        one = found[nodes]
        print(
            f"{nodes:,} nodes | build {one['build']:.1f} s | nearest {one['search']:.3f} s, "
            f"{one['node'] * 1e9:.0f} ns a node | peak {one['peak']:.2f} GB, "
            f"{one['built']:.2f} GB once built",
            flush=True,
        )
    least, most = found[SIZES[0]], found[SIZES[-1]]
    grown = most["node"] / least["node"]
    for what, value, goal in (
        ("growth per node from 10⁵ to 10⁷ nodes", grown, 3.0),
        ("peak memory in GB with 10⁷ nodes", most["peak"], 2.5),
    ):
        print(
            f"{what} | {value:.2f} (at most {goal:g}: {'reached' if value <= goal else 'MISSED'})"
        )


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
