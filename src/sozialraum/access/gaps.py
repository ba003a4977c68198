"""Where the people live who do not reach an offer: connected gaps, the largest first."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from sozialraum.access.coverage import first_ways, measure_coverage
from sozialraum.access.network import refuse
from sozialraum.access.snap import need_points
from sozialraum.access.straight import have_place
from sozialraum.errors import UnknownNameError
from sozialraum.texts import say

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

NEIGHBOUR_M = 150.0
"""Cells up to this far apart belong to one gap: the eight neighbours on a 100 m grid."""

GRID_M = 100.0
"""Side of the squares a gap is drawn with, so that no single building shows."""


def find_gaps(
    people: gpd.GeoDataFrame,
    nearest: pd.DataFrame,
    *,
    group: str,
    limit_min: float,
    min_people: float = 50,
    neighbour_m: float = NEIGHBOUR_M,
) -> gpd.GeoDataFrame:
    """Find where people who do not reach an offer live together.

    Parameters
    ----------
    people : GeoDataFrame of points
        Population table; index: cell. Its column ``area``, if it has one, tells the areas of a gap.
    nearest : DataFrame
        From ``measure_nearest``, for these cells or more.
    group : str
        Column of ``people`` that is counted.
    limit_min : float
        Longest way in minutes, inclusive.
    min_people : float, default 50
        Smaller gaps are left out.
    neighbour_m : float, default 150
        Unreached cells up to this far apart belong to one gap.

    Returns
    -------
    GeoDataFrame
        Index ``gap`` (the rank as text); ``rank`` (1: most people), ``group``, ``people`` (not
        reached), ``minutes`` and ``metres`` (way to the next offer, however far: the median
        person's), ``offer`` (the nearest one for most of the people), ``limit_min``, ``min_people``,
        ``quality``, ``pieces`` and ``geometry``: the squares of a regular 100 m grid in which these
        people live, united.

        ``pieces`` is JSON: for each smallest area, sorted by id, the people of the gap that live there
        and in how many squares; "" stands for outside all areas. It is empty where ``people`` knows no
        areas. An edition protects gaps and shares together by it and never publishes it.

    Raises
    ------
    UnknownNameError
        ``people`` has no column ``group``.
    CrsError, CoverageError, InputError
        As ``measure_coverage``; points in degrees; a useless ``min_people`` or ``neighbour_m``.

    Notes
    -----
    Gaps are the connected components of the unreached cells linked by distance (libpysal graph).
    Cells without people, without place, or whose number of people is missing belong to no gap. With
    ``min_people=0`` the people of all gaps add up to the unreached of ``measure_coverage`` in cells
    that have a place.

    The median person: the smallest way that at least half of the people of the gap do not exceed,
    among those whose way is known. Where none is known (not connected, or ``nearest`` was searched
    up to a limit only) way and offer are missing. Gaps of equally many people are ordered by the
    longer way, then by the position in ``people`` sorted by cell. A square may also hold people who
    do reach an offer; they are not counted.

    Examples
    --------
    >>> from sozialraum.access.network import StraightLine
    >>> from sozialraum.access.travel import measure_nearest
    >>> people = gpd.GeoDataFrame(
    ...     {"u6": [10.0, 30.0, 40.0]}, geometry=gpd.points_from_xy([50, 5050, 5150], [50, 50, 50]),
    ...     index=pd.Index(["h1", "h2", "h3"], name="cell"), crs=25833)
    >>> offers = people.loc[["h1"], ["geometry"]].rename_axis("offer")
    >>> nearest = measure_nearest(people, offers, StraightLine(detour=1.0))
    >>> gaps = find_gaps(people, nearest, group="u6", limit_min=15)
    >>> gaps[["people", "minutes", "offer"]]
         people  minutes offer
    gap
    1      70.0    63.75    h1
    >>> gaps.geometry.iloc[0].bounds
    (5000.0, 0.0, 5200.0, 100.0)
    """
    if group not in people:
        raise UnknownNameError("group", group, [str(c) for c in people.columns if c != "geometry"])
    if not min_people >= 0:
        refuse("access.min_people", say("access.people"), value=min_people)
    if not (np.isfinite(neighbour_m) and neighbour_m > 0):
        refuse("access.neighbour", say("access.people"), value=neighbour_m)
    need_points(people)
    cells = people.sort_index()
    coverage = measure_coverage(cells[group], nearest, limit_min=limit_min)
    lacking = (coverage["unreached"] > 0).to_numpy() & have_place(cells)
    cells, count = cells[lacking], coverage["unreached"].to_numpy()[lacking]
    ways = first_ways(cells.index, nearest)
    x, y = cells.geometry.x.to_numpy(), cells.geometry.y.to_numpy()
    gap = _cluster(np.stack([x, y], axis=1), neighbour_m)
    size = int(gap.max(initial=-1)) + 1
    table = pd.DataFrame(
        {
            "people": np.bincount(gap, count, size).astype(float),
            "minutes": weighted_median(gap, ways["minutes"].to_numpy(), count, size),
            "metres": weighted_median(gap, ways["metres"].to_numpy(), count, size),
            "offer": _most(gap, ways["offer"].to_numpy(), count, size),
        }
    )
    order = table.sort_values(
        ["people", "minutes"], ascending=False, kind="stable", na_position="first"
    ).index
    table = table.loc[order[table.loc[order, "people"] >= min_people]]
    rank = np.arange(1, len(table) + 1)
    squares = _squares(gap, x, y)
    area = cells["area"].to_numpy() if "area" in cells else None
    pieces = _list_pieces(squares.assign(people=count, area=area), size)
    return gpd.GeoDataFrame(
        {
            "rank": rank,
            "group": group,
            "people": table["people"].to_numpy(),
            "minutes": table["minutes"].to_numpy(),
            "metres": table["metres"].to_numpy(),
            "offer": table["offer"].to_numpy(),
            "limit_min": float(limit_min),
            "min_people": float(min_people),
            "quality": "straight_line" if (ways["quality"] == "straight_line").any() else "exact",
            "pieces": pieces[table.index],
        },
        geometry=_unite(squares).loc[table.index].to_numpy(),
        crs=people.crs,
        index=pd.Index(rank.astype(str), name="gap", dtype="str"),
    ).astype({"group": "str", "offer": "str", "quality": "str", "pieces": "str"})


def _cluster(xy: Floats, neighbour_m: float) -> Index:
    """Label the connected clusters in the order of their first cell."""
    from libpysal.graph import Graph
    from scipy.sparse import coo_array
    from scipy.spatial import KDTree

    if len(xy) < 2:
        return np.zeros(len(xy), dtype=np.intp)
    # The pairs come from SciPy: libpysal's own distance band takes ten times as long.
    one, other = KDTree(xy).query_pairs(neighbour_m, output_type="ndarray").T
    both = (np.concatenate([one, other]), np.concatenate([other, one]))
    links = coo_array((np.ones(len(both[0]), dtype=np.int8), both), shape=(len(xy), len(xy)))
    label = Graph.from_sparse(links.tocsr()).component_labels.sort_index()
    return np.asarray(pd.factorize(label)[0])


def weighted_median(gap: Index, way: Floats, count: Floats, size: int) -> Floats:
    """Weighted median of every gap: the smallest way that half of the people do not exceed."""
    known = ~np.isnan(way)
    order = np.lexsort((way[known], gap[known]))
    gap, way, count = gap[known][order], way[known][order], count[known][order]
    total = np.bincount(gap, count, size)
    running = np.cumsum(count)
    before = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    # A hair's breadth less than half, for sums of fractions of people.
    enough = np.flatnonzero(running - before[gap] >= total[gap] * (0.5 - 1e-9))
    first, at = np.unique(gap[enough], return_index=True)
    median = np.full(size, np.nan)
    median[first] = way[enough[at]]
    return median


def _most(
    gap: Index, offer: npt.NDArray[np.object_], count: Floats, size: int
) -> npt.NDArray[np.object_]:
    """Offer that most of the people of every gap have as their nearest; ties by id."""
    table = pd.DataFrame({"gap": gap, "offer": offer, "count": count}).dropna()
    sums = table.groupby(["gap", "offer"], as_index=False)["count"].sum()
    sums = sums.sort_values(["gap", "count", "offer"], ascending=[True, False, True])
    sums = sums.drop_duplicates("gap")
    most = np.full(size, None, dtype=object)
    most[sums["gap"].to_numpy()] = sums["offer"].to_numpy()
    return most


def _squares(gap: Index, x: Floats, y: Floats) -> pd.DataFrame:
    """Tell for every cell its gap and the south-west corner of its square of the grid."""
    west, south = np.floor(x / GRID_M) * GRID_M, np.floor(y / GRID_M) * GRID_M
    return pd.DataFrame({"gap": gap, "west": west, "south": south})


def _unite(cells: pd.DataFrame) -> gpd.GeoSeries:
    """Unite per gap the squares its cells lie in."""
    squares = cells.drop_duplicates()
    west, south = squares["west"].to_numpy(), squares["south"].to_numpy()
    boxes = shapely.box(west, south, west + GRID_M, south + GRID_M)
    return gpd.GeoDataFrame(squares[["gap"]], geometry=boxes).dissolve("gap").geometry


def _list_pieces(cells: pd.DataFrame, size: int) -> npt.NDArray[np.object_]:
    """Write for every gap which areas its people live in, how many, and in how many squares."""
    told: list[dict[str, list[float]]] = [{} for _ in range(size)]
    if cells["area"].notna().any():
        cells = cells.assign(area=cells["area"].astype("str").fillna(""))
        one = ["gap", "area", "west", "south"]
        squares = cells.groupby(one, as_index=False)["people"].sum()
        sums = squares.groupby(["gap", "area"])["people"].agg(["sum", "size"])
        for (gap, area), people, count in sums.itertuples():
            told[gap][area] = [round(people, 9), count]
    texts = [json.dumps(areas, ensure_ascii=False) if areas else "" for areas in told]
    return np.array(texts, dtype=object)
