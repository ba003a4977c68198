"""What a new place in a gap would save: walking time of the people around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.access.coverage import first_ways, need_people
from sozialraum.access.gaps import GRID_M, weighted_median
from sozialraum.access.network import Floats, StraightLine, StreetNetwork, refuse
from sozialraum.access.search import search_pairs
from sozialraum.access.snap import SNAP_LIMIT_M, need_points, snap_points
from sozialraum.access.straight import have_place, need_one_system, straight_pairs
from sozialraum.access.tasks import Found, Index
from sozialraum.access.travel import within
from sozialraum.errors import UnknownNameError
from sozialraum.texts import say

TOGETHER = 16_000_000
"""Ways looked at together, so that the table of ways stays small."""


def measure_relief(
    gaps: gpd.GeoDataFrame,
    people: gpd.GeoDataFrame,
    nearest: pd.DataFrame,
    network: StreetNetwork | StraightLine,
    *,
    top: int = 10,
    snap_limit_m: float = SNAP_LIMIT_M,
) -> gpd.GeoDataFrame:
    """Measure the walking time that one new offer at the best place of each gap would save.

    Parameters
    ----------
    gaps : GeoDataFrame
        From ``find_gaps``; each row names its group and limit.
    people : GeoDataFrame of points
        Population table, also of cells outside the gaps; index: cell.
    nearest : DataFrame
        From ``measure_nearest`` for these cells, searched without a limit.
    network : StreetNetwork or StraightLine
        The one ``nearest`` was measured on.
    top : int, default 10
        How many gaps, from the first rank on.
    snap_limit_m : float, default 250

    Returns
    -------
    GeoDataFrame
        Index: gap, by rank.

        * ``rank``, ``group``.
        * ``people``: of the group, whose way would become shorter, in the gap or not.
        * ``person_minutes``: minutes all of them together save on one way.
        * ``median_min``: minutes the median person of them saves.
        * ``newly_reached``: people beyond the limit who would be within it.
        * ``unknown``: people of the gap whose present way is not known; they are in none of these
          numbers but ``newly_reached``.
        * ``quality``, and ``geometry``: the centre of the 100 m square that stands for the place,
          missing, as the numbers are, where no square of the gap lies near a street.

    Raises
    ------
    UnknownNameError
        ``people`` has no such group.
    CrsError, CoverageError, InputError
        As ``measure_nearest`` and ``measure_coverage``; a useless ``top``.

    Notes
    -----
    With P_i people of cell i, t_i their present minutes and d_ic the minutes to site c, a site saves
    Σ_i P_i · max(0, t_i − d_ic). Sites tried are the centres of the squares of the gap; the one that
    saves most is taken, of equal ones the southernmost, then the westernmost. Each gap is looked at
    alone: what two new places save together is less than the sum. The median is the smallest saving
    that at least half of the people who save do not exceed. Where a plot is to be had nobody asked.

    Nobody's way becomes longer, and no saving exceeds Σ_i P_i · t_i. The numbers are about people and
    not protected: they are for the planner's own desk.

    Examples
    --------
    >>> from sozialraum.access.gaps import find_gaps
    >>> from sozialraum.access.travel import measure_nearest
    >>> people = gpd.GeoDataFrame(
    ...     {"u6": [10.0, 30.0, 40.0]}, geometry=gpd.points_from_xy([50, 5050, 5150], [50, 50, 50]),
    ...     index=pd.Index(["h1", "h2", "h3"], name="cell"), crs=25833)
    >>> offers, line = people.loc[["h1"], ["geometry"]], StraightLine(detour=1.0)
    >>> nearest = measure_nearest(people, offers, line)
    >>> gaps = find_gaps(people, nearest, group="u6", limit_min=15)

    At the second house 30 save 62.5 minutes and 40 of 63.75 all but 1.25; at the third 40 save 63.75
    and 30 of 62.5 all but 1.25, which is more.

    >>> measure_relief(gaps, people, nearest, line)[["people", "person_minutes", "median_min"]]
         people  person_minutes  median_min
    gap
    1      70.0          4387.5       63.75
    """
    if not (isinstance(top, int | np.integer) and top >= 1):
        refuse("access.top", say("access.people"), value=top)
    need_points(people)
    need_one_system(people, gaps)
    lived = people[have_place(people)]
    town = _Town(lived, network, snap_limit_m, _choose_search(lived, network, snap_limit_m))
    chosen = gaps.sort_values("rank").head(top)
    rows = [_measure_one(gap, town, nearest) for _, gap in chosen.iterrows()]
    columns = ["people", "person_minutes", "median_min", "newly_reached", "unknown"]
    numbers = pd.DataFrame([row[:5] for row in rows], columns=columns, index=chosen.index)
    return gpd.GeoDataFrame(
        {
            "rank": chosen["rank"],
            "group": chosen["group"],
            **numbers.astype("float64"),
            "quality": network.quality,
        },
        geometry=gpd.GeoSeries([row[5] for row in rows], index=chosen.index, crs=people.crs),
        crs=people.crs,
    ).astype({"group": "str", "quality": "str"})


Search = Callable[[gpd.GeoDataFrame, int], Found]


@dataclass(frozen=True, eq=False)
class _Town:
    """People who have a place, what they move on, and how their ways to sites are found."""

    people: gpd.GeoDataFrame
    network: StreetNetwork | StraightLine
    snap_limit_m: float
    search: Search

    def find_ways(self, sites: gpd.GeoDataFrame, limit_min: float) -> tuple[Index, Index, Floats]:
        """Give cell, site and minutes of all ways within a limit."""
        cell, site, cost = self.search(sites, self.network.to_limit(limit_min))
        minutes = self.network.to_minutes(cost)
        near = within(minutes, limit_min)
        return cell[near], site[near], minutes[near]

    def list_sites(self, shape: shapely.Geometry) -> gpd.GeoDataFrame:
        """Centres of the squares of a gap that lie near a street, from the south-west on."""
        west, south, east, north = np.round(np.array(shape.bounds) / GRID_M).astype(int)
        x, y = np.meshgrid(np.arange(west, east) + 0.5, np.arange(south, north) + 0.5)
        x, y = x.ravel() * GRID_M, y.ravel() * GRID_M
        inside = shapely.contains_xy(shape, x, y)
        points = gpd.points_from_xy(x[inside], y[inside])
        sites = gpd.GeoDataFrame(geometry=points, crs=self.people.crs)
        if isinstance(self.network, StraightLine):
            return sites
        return sites[snap_points(sites, self.network, limit_m=self.snap_limit_m).connected]


def _choose_search(
    people: gpd.GeoDataFrame, network: StreetNetwork | StraightLine, snap_limit_m: float
) -> Search:
    """Give what finds ways from all people to some sites; people are snapped once."""
    if isinstance(network, StraightLine):
        return lambda sites, limit: straight_pairs(people, sites, network, limit=limit)
    here = snap_points(people, network, limit_m=snap_limit_m)

    def search(sites: gpd.GeoDataFrame, limit: int) -> Found:
        there = snap_points(sites, network, limit_m=snap_limit_m)
        return search_pairs(network, here, there, limit=limit)

    return search


def _measure_one(
    gap: pd.Series, town: _Town, nearest: pd.DataFrame
) -> tuple[float, float, float, float, float, shapely.Point | None]:
    """Try the squares of one gap: the numbers of the best, and where it is."""
    group, limit = gap["group"], gap["limit_min"]
    if group not in town.people:
        known = [str(c) for c in town.people.columns if c != "geometry"]
        raise UnknownNameError("group", group, known)
    count = np.nan_to_num(need_people(town.people[group]))
    now = first_ways(town.people.index, nearest)["minutes"].to_numpy()
    here = town.people.intersects(gap.geometry).to_numpy()
    unknown = float(count[here & np.isnan(now)].sum())
    sites = town.list_sites(gap.geometry)
    # A way longer than the longest of all saves nobody anything.
    farthest = float(np.nanmax(np.append(now[count > 0], limit)))
    best, saved, way = -1.0, np.zeros(0), np.zeros(0)
    place: shapely.Point | None = None
    together = max(1, TOGETHER // max(len(now), 1))
    for start in range(0, len(sites), together):
        some = sites.iloc[start : start + together]
        cell, site, minutes = town.find_ways(some, farthest)
        less = np.nan_to_num(np.maximum(now[cell] - minutes, 0.0))
        total = np.bincount(site, count[cell] * less, len(some))
        winner = int(np.argmax(total))
        if total[winner] > best:
            best, place, mine = float(total[winner]), some.geometry.iloc[winner], site == winner
            saved, way = np.zeros(len(now)), np.full(len(now), np.nan)
            saved[cell[mine]], way[cell[mine]] = less[mine], minutes[mine]
    if place is None:
        return np.nan, np.nan, np.nan, np.nan, unknown, None
    new = within(way, limit) & ~within(now, limit)
    gains = (saved > 0) & (count > 0)
    return (
        float(count[gains].sum()), best, _median_of(saved[gains], count[gains]),
        float(count[new].sum()), unknown, place,
    )  # fmt: skip


def _median_of(value: Floats, count: Floats) -> float:
    return float(weighted_median(np.zeros(len(value), dtype=np.intp), value, count, 1)[0])
