"""Which share of an old area lies in which new one: the key by which counts are converted."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from sozialraum.errors import InputError
from sozialraum.model.areas import UNASSIGNED, require_same_crs
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.nesting import check_geometry
from sozialraum.model.rows import add_origin, find_rows, find_twins, spans
from sozialraum.texts import number

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]
KEY_COLUMNS = ("source", "target", "share", "quality", "covered")
# Outlines of one border drawn twice differ: a strip nowhere wider, in metres, and smaller than this
# share of both areas is no common ground; so much of an area may lie outside all others.
STRIP_M = 10.0
TOLERANCE = 0.01
STRIP_SHARE = 0.1
# What a key's shares may miss 1 by, since they are printed with few decimals.
SUM_TOLERANCE = 1e-3


def build_key(
    source: gpd.GeoDataFrame,
    target: gpd.GeoDataFrame,
    *,
    points: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Compute which share of each old area belongs to which new area.

    By area: k_st = |s ∩ t| / |s|. By points (dasymetric): k_st = Σ w of the points in s and t / Σ w of
    the points in s. Σ_t k_st = 1 for every s.

    Parameters
    ----------
    source, target : GeoDataFrame
        Old and new smallest areas, indexed by ``area``, in one metric system.
    points : GeoDataFrame, optional
        Where people live or what stands for it: addresses, buildings, cells of a grid or a raster
        (`read_population`). Column ``weight``, else every point weighs 1.

    Returns
    -------
    DataFrame
        ``source``, ``target``, ``share``, ``quality`` ("exact": all of the old area and nothing but
        whole old areas in the new one; "dasymetric"; "areal"), ``covered`` (how much of the new area
        lies in old ones, 0 to 1). What lies in no new area has the target ``nicht_zuzuordnen``.

    Raises
    ------
    InputError
        Areas twice, without a sound outline; weights missing or negative.
    CrsError

    Notes
    -----
    An old area without any point, or whose points all weigh 0, is split by area. A new area in which
    no point lies gets the share 0 of the old areas under it: nobody lives there. Borders drawn anew
    are not exactly the old ones: a common strip narrower than 10 m and smaller than 1 % of both areas
    is passed over, and so is up to 1 % of an old area that lies in no new one.

    Source: Umsteigeschlüssel of the BBSR (by area and by population); Goodchild and Lam (1980).

    Examples
    --------
    >>> from shapely import Point, box
    >>> old = gpd.GeoDataFrame(geometry=[box(0, 0, 900, 900)], index=["a"], crs=25833)
    >>> new = gpd.GeoDataFrame(geometry=[box(0, 0, 300, 900), box(300, 0, 900, 900)], index=["1", "2"],
    ...                        crs=25833)
    >>> build_key(old, new)["share"].round(3).tolist()
    [0.333, 0.667]
    >>> homes = gpd.GeoDataFrame(geometry=[Point(9, 9), Point(9, 8), Point(9, 7), Point(800, 9)],
    ...                          crs=25833)
    >>> build_key(old, new, points=homes)["share"].tolist()
    [0.75, 0.25]
    """
    _check_areas(source, target)
    require_same_crs(source, "areas", target, "areas")
    old, new = _Outlines(source), _Outlines(target)
    if points is None:
        pairs, covered, rest = _split_by_area(old, new)
    else:
        require_same_crs(points, "points", source, "areas")
        weight = _weigh(points)
        pairs, covered, rest = _split_by_points(old, new, _locate(points, old, new), weight)
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    whole = pairs["share"].to_numpy() > 1 - 1e-9
    mixed = np.bincount(other[~whole], minlength=len(new.size)) > 0
    whole[whole] = _is_unchanged(old, new, one[whole], other[whole], mixed)
    lost = np.flatnonzero(rest > 0)
    outside = "areal" if points is None else "dasymetric"
    table = pd.DataFrame(
        {
            "source": source.index.to_numpy()[np.append(one, lost)],
            "target": np.append(target.index.to_numpy()[other], [UNASSIGNED] * len(lost)),
            "share": np.append(pairs["share"], rest[lost]),
            "quality": np.append(pairs["quality"].where(~whole, "exact"), [outside] * len(lost)),
            "covered": np.append(covered[other], np.ones(len(lost))),
        }
    ).astype({"source": "str", "target": "str", "quality": "str"})
    return table.sort_values(["source", "target"], ignore_index=True)


class _Outlines:
    """Outlines of areas with their sizes."""

    def __init__(self, areas: gpd.GeoDataFrame) -> None:
        self.shapes: Shapes = areas.geometry.to_numpy()
        self.size: Floats = shapely.area(self.shapes)


def _check_areas(source: gpd.GeoDataFrame, target: gpd.GeoDataFrame) -> None:
    found: list[Finding] = []
    for table, label in ((source, "source"), (target, "target")):
        known = table.assign(area=table.index.to_numpy())
        add_origin(known, label)
        found += find_twins(known, ["area"], label)
        if "geometry" in table:
            found += check_geometry(known, label, areas=True)
        else:
            found.append(find("error", "geometry_column", label))
    CheckReport(tuple(found)).raise_for_errors()


def _weigh(points: gpd.GeoDataFrame) -> Floats:
    """Give every point's weight; one that is missing or negative is no weight."""
    if "weight" not in points:
        return np.ones(len(points))
    weight: Floats = points["weight"].to_numpy(dtype="float64")
    bad = ~(weight >= 0) | np.isinf(weight)
    if bad.any():
        finding = find("error", "bad_weight", "points", column="weight", count=int(bad.sum()))
        raise InputError(CheckReport((finding,)))
    return weight


def _locate(points: gpd.GeoDataFrame, *layers: _Outlines) -> list[Ints]:
    """Give for every layer the number of the area in which each point lies, -1 outside.

    On a border the first of the areas holds, as in `assign_areas`.
    """
    tree = shapely.STRtree(points.geometry.to_numpy())
    found = []
    for outlines in layers:
        area, point = tree.query(outlines.shapes, predicate="intersects")
        place: Ints = np.full(len(points), -1, dtype=np.int64)
        place[point[::-1]] = area[::-1]
        found.append(place)
    return found


def _split_by_area(old: _Outlines, new: _Outlines) -> tuple[pd.DataFrame, Floats, Floats]:
    """Split every old area by area: pairs, how much of each new one is covered, what is left over."""
    one, other = shapely.STRtree(new.shapes).query(old.shapes, predicate="intersects")
    ground, strip = _measure_ground(old, new, one, other)
    rest = 1 - np.bincount(one, ground, len(old.size)) / old.size
    rest[rest <= TOLERANCE] = 0
    covered = np.clip(np.bincount(other, ground, len(new.size)) / new.size, 0, 1)
    kept = (ground > 0) & ~strip
    # An area that has nothing but strips is one.
    kept |= (ground > 0) & (np.bincount(one, kept, len(old.size)) == 0)[one]
    one, other, ground = one[kept], other[kept], ground[kept]
    share = ground / np.bincount(one, ground, len(old.size))[one] * (1 - rest[one])
    pairs = pd.DataFrame({"one": one, "other": other, "share": share, "quality": "areal"})
    return pairs, covered, rest


def _split_by_points(
    old: _Outlines, new: _Outlines, places: list[Ints], weight: Floats
) -> tuple[pd.DataFrame, Floats, Floats]:
    """Split every old area by the weight of its points; without any, by area."""
    here, there = places
    count = len(old.size)
    width = len(new.size) + 1
    amount = np.bincount((here + 1) * width + there + 1, weight, (count + 1) * width)
    table = amount.reshape(count + 1, width)
    beyond, living = table[1:, 0], table[1:].sum(axis=1)
    rest = np.divide(beyond, living, out=np.zeros(count), where=living > 0)
    rest[rest <= TOLERANCE] = 0
    one, other = np.nonzero(table[1:, 1:])
    lives = table[one + 1, other + 1]
    # Where many live there is more than a border drawn twice.
    few = lives < STRIP_SHARE * living[one]
    strip = few.copy()
    strip[few] = _measure_ground(old, new, one[few], other[few])[1]
    one, other, lives = one[~strip], other[~strip], lives[~strip]
    total = np.bincount(one, lives, count)
    share = lives / total[one] * (1 - rest[one])
    pairs = pd.DataFrame({"one": one, "other": other, "share": share, "quality": "dasymetric"})
    people = table[:, 1:].sum(axis=0)
    covered = np.divide(
        table[1:, 1:].sum(axis=0), people, out=np.zeros(width - 1), where=people > 0
    )
    bare, empty = (total == 0) & (rest < 1), people == 0
    if bare.any() or empty.any():
        by_area, by_ground, left = _split_by_area(old, new)
        covered[empty] = by_ground[empty]
        rest[bare] = left[bare]
        lone = bare[by_area["one"]]
        nobody = by_area[~lone & empty[by_area["other"]]].assign(share=0.0, quality="dasymetric")
        pairs = pd.concat([pairs, by_area[lone], nobody], ignore_index=True)
    return pairs, covered, rest


def _measure_ground(
    old: _Outlines, new: _Outlines, one: Ints, other: Ints
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Measure common ground in m² and tell which is only a border drawn twice."""
    pieces = shapely.intersection(old.shapes[one], new.shapes[other])
    return shapely.area(pieces), _is_strip(pieces, np.minimum(old.size[one], new.size[other]))


def _is_strip(pieces: Shapes, size: Floats) -> npt.NDArray[np.bool_]:
    """Tell which pieces are small and nowhere wider than what a border drawn twice leaves."""
    strip: npt.NDArray[np.bool_] = shapely.area(pieces) < TOLERANCE * size
    strip[strip] = shapely.is_empty(shapely.buffer(pieces[strip], -STRIP_M / 2))
    return strip


def _is_unchanged(
    old: _Outlines, new: _Outlines, one: Ints, other: Ints, mixed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Tell which old areas lie wholly in a new one that, unless it is mixed, holds nothing else.

    Nothing else: the new area and its old ones together differ by no more than borders drawn twice.
    """
    alone = ~mixed[other]
    unchanged = np.empty(len(one), dtype=bool)
    beyond = shapely.difference(old.shapes[one[~alone]], new.shapes[other[~alone]])
    unchanged[~alone] = _is_strip(beyond, old.size[one[~alone]])
    parts = old.shapes[one[alone]]
    target, first, place = np.unique(other[alone], return_index=True, return_inverse=True)
    joined = parts[first]
    for several in np.flatnonzero(np.bincount(place, minlength=len(target)) > 1):
        joined[several] = shapely.union_all(parts[place == several])
    size = new.size[target]
    alike = np.abs(shapely.area(joined) - size) < TOLERANCE * size
    apart = shapely.symmetric_difference(joined[alike], new.shapes[target[alike]])
    smallest = np.full(len(target), np.inf)
    np.minimum.at(smallest, place, old.size[one[alone]])
    alike[alike] = _is_strip(apart, np.minimum(smallest, size)[alike])
    unchanged[alone] = alike[place]
    return unchanged


def check_key(key: pd.DataFrame, label: str = "key") -> list[Finding]:
    """Find shares of one old area that do not add up to 1, and pairs that stand twice.

    Parameters
    ----------
    key : DataFrame
        ``source``, ``target``, ``share``; with ``file`` and ``row`` the findings name them.
    label : str
        The table's name where it has no ``file``.

    Returns
    -------
    list of Finding

    Examples
    --------
    >>> key = pd.DataFrame({"source": ["a", "a"], "target": ["1", "2"], "share": [0.75, 0.2]})
    >>> print(check_key(key)[0].text)
    Die Anteile von „a“ (Zeilen 2–3) ergeben zusammen 0,95 statt 1. ...
    """
    missing = {"source", "target", "share"} - set(key.columns)
    if missing:
        return [find("error", "key_columns", label, columns=", ".join(sorted(missing)))]
    known = key.copy()
    add_origin(known, label)
    bad = ~known["share"].between(0, 1 + SUM_TOLERANCE)
    found = find_rows("error", "bad_share", label, known, bad, column="share", cell=known["share"])
    found += find_twins(known, ["source", "target"], label)
    sums = known.groupby("source")["share"].sum()
    off = sums[~bad.groupby(known["source"]).any() & ((sums - 1).abs() > SUM_TOLERANCE)]
    for name, rows in known[known["source"].isin(off.index)].groupby("source"):
        numbers = rows["row"].astype(int).tolist()
        found.append(
            find(
                "error", "key_sum", str(rows["file"].iloc[0]), row=numbers[0], rows=spans(numbers),
                id=name, sum=number(off[name], 4).rstrip("0"),
            )
        )  # fmt: skip
    return found


def complete_key(key: pd.DataFrame) -> pd.DataFrame:
    """Check a key and give it all columns, its shares adding up to 1 exactly.

    A key of an office is taken as "key" where it splits an area and as "exact" where it does not.

    Raises
    ------
    InputError
        Its report names every old area whose shares do not add up to 1.
    """
    CheckReport(tuple(check_key(key))).raise_for_errors()
    total = key.groupby("source")["share"].transform("sum")
    whole = key["share"] >= 1 - SUM_TOLERANCE
    made = {
        "share": key["share"] / total,
        "quality": key.get("quality", whole.map({True: "exact", False: "key"})),
        "covered": key.get("covered", 1.0),
    }
    return key.assign(**made)[list(KEY_COLUMNS)]
