"""Measure beside the peers. ``make bench`` runs everything; names of works run only those.

A peer that is not there is reported as "nicht geprüft".
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from aggregate import aggregate_speed
from catchments import catchments
from chains import chains
from convert import convert_speed
from county import county
from growth import growth
from isochrones import isochrones
from page import CITY, COUNTY, page
from print_map import print_map
from profiles import profiles
from searches import drive, igraph, nearest, networkit, pandana, walk_scipy
from secrecy import secrecy

PACKAGES = (
    "sozialraum", "numpy", "scipy", "pandas", "numba", "pandana", "networkit", "igraph",
    "pyroutingkit", "access", "weasyprint",
)  # fmt: skip

WORKS: dict[str, Callable[[], object]] = {
    "nearest5": lambda: nearest(100_000),
    "nearest5few": lambda: [nearest(100_000, offers) for offers in (10, 100)],
    "nearest6": lambda: nearest(1_000_000),
    "walk6": lambda: walk_scipy(1_000_000),
    "drive": drive,
    "pandana": pandana,
    "networkit": networkit,
    "igraph": igraph,
    "catchments": catchments,
    "chains": chains,
    "county": county,
    "isochrones": isochrones,
    "page": lambda: [page(COUNTY), page(CITY)],
    "profiles": profiles,
    "print_map": print_map,
    "growth": growth,
    "aggregate": aggregate_speed,
    "convert": convert_speed,
    "secrecy": secrecy,
}


def main() -> None:
    """Run the works named, or each in a process of its own, so that none uses another's memory."""
    names = sys.argv[1:]
    if unknown := [name for name in names if name not in WORKS]:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(WORKS)}")
    for name in names:
        try:
            WORKS[name]()
        except (ImportError, KeyError) as error:
            print(f"{name} | nicht geprüft: {error}", flush=True)
    if names:
        return
    for name in PACKAGES:
        try:
            print(name, version(name))
        except PackageNotFoundError:
            print(name, "nicht geprüft: not installed")
    print(
        platform.machine(), os.cpu_count(), "cores, Python", platform.python_version(), flush=True
    )
    failed = [
        n for n in WORKS if subprocess.run([sys.executable, __file__, n], check=False).returncode
    ]
    if failed:
        sys.exit(f"stopped by an error: {', '.join(failed)}")


if __name__ == "__main__":
    main()
