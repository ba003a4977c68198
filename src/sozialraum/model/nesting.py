"""Whether areas nest: parents, shapes, overlaps, gaps, official outlines, points inside."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.model.areas import WHOLE, Level, assign_areas, dissolve_areas, is_metric
from sozialraum.model.check import Finding, Severity, find
from sozialraum.model.rows import add_origin, find_rows, say_heading, spans
from sozialraum.texts import number, say, words

OVERLAP_SHARE = 0.01
GAP_M2 = 1.0
FAR_M = 100_000.0


def check_geometry(table: gpd.GeoDataFrame, label: str, *, areas: bool = False) -> list[Finding]:
    """Find geometries that are missing, empty, invalid, without system or plainly in degrees.

    An empty point stands for a place that its reader has found fault with already.

    Parameters
    ----------
    table : GeoDataFrame
        With ``file`` and ``row``.
    label : str
        The name used where a row has no file.
    areas : bool
        Whether they must be polygons.
    """
    shapes, place = table.geometry, say("atlas.place")
    absent = pd.Series(shapely.is_missing(shapes.to_numpy()), index=table.index)
    missing = absent | (shapes.is_empty & areas)
    found = find_rows("error", "geometry_missing", label, table, missing, column=place)
    if areas:
        odd = ~missing & ~shapes.geom_type.isin(["Polygon", "MultiPolygon"])
        found += find_rows(
            "error", "not_an_area", label, table, odd, column=place, cell=shapes.geom_type
        )
    if table.crs is None:
        return [*found, find("error", "no_crs", _file(table, label))]
    invalid = ~absent & ~shapes.is_valid
    reasons = pd.Series("", index=table.index, dtype="str")
    reasons[invalid] = _reasons(shapes[invalid])
    found += find_rows(
        "error", "geometry_invalid", label, table, invalid, column=place, reason=reasons
    )
    reach = shapes.bounds.abs().max()
    if table.crs.is_projected and (reach <= 180).all():
        found.append(
            find("error", "geometry_in_degrees", _file(table, label), crs=table.crs.to_string())
        )
    return found


def _reasons(shapes: gpd.GeoSeries) -> list[str]:
    """Say in German why shapes are invalid, and where."""
    german = words("read.invalid")
    said = []
    for text in shapely.is_valid_reason(shapes.to_numpy()).tolist():
        reason, _, place = text.partition("[")
        said.append(german.get(reason, reason) + (f", {place.rstrip(']')}" if place else ""))
    return said


def _file(table: pd.DataFrame, label: str) -> str:
    files = table["file"].dropna().unique()
    return str(files[0]) if len(files) == 1 else label


def check_areas(areas: gpd.GeoDataFrame, levels: Sequence[Level]) -> list[Finding]:
    """Check the areas table by itself: levels, unique parents and names, shapes, overlaps, gaps."""
    label = _file(areas, "areas")
    found: list[Finding] = []
    for level in levels[:-1]:
        if level.id != WHOLE:
            found += _check_level(areas, level, label)
    if "geometry" not in areas:
        return [*found, find("error", "geometry_column", label)]
    found += check_geometry(areas, label, areas=True)
    if areas.crs is None:
        return found
    if not is_metric(areas.crs):
        degrees = find("error", "areas_in_degrees", label, crs=areas.crs.to_string())
        return [*found, degrees]
    shapes = areas.geometry
    sound = ~shapely.is_missing(shapes.to_numpy()) & ~shapes.is_empty & shapes.is_valid
    return found + check_overlaps(areas[sound], label)


def _check_level(areas: gpd.GeoDataFrame, level: Level, label: str) -> list[Finding]:
    """Check that every area belongs to one unit of a level, and every unit to one above."""
    if level.id not in areas:
        seen = ", ".join(c for c in areas.columns if c not in ("file", "row", "geometry"))
        return [
            find("error", "missing_level", label, column=level.id, title=level.title, seen=seen)
        ]
    found = find_rows(
        "error",
        "no_parent",
        label,
        areas,
        areas[level.id].isna(),
        column=level.id,
        title=level.title,
    )
    for column, code in (
        (level.parent, "parent_not_unique"),
        (f"{level.id}_name", "name_not_unique"),
    ):
        if column not in areas or column == WHOLE:
            continue
        known = areas.dropna(subset=[level.id, column])
        several = known.groupby(level.id)[column].transform("nunique") > 1
        for unit, rows in known[several].groupby(level.id):
            numbers = rows["row"].astype(int).tolist()
            found.append(
                find(
                    "error",
                    code,
                    label,
                    column=column,
                    row=numbers[0],
                    rows=spans(numbers),
                    id=unit,
                    title=level.title,
                    several=", ".join(sorted(rows[column].unique())),
                )
            )
    return found


def check_overlaps(areas: gpd.GeoDataFrame, label: str) -> list[Finding]:
    """Find overlapping areas and holes between them.

    More than one hundredth of the smaller area in common is an error, less is a note; a hole is a
    note, since lakes are left out on purpose.
    """
    shapes = areas.geometry.to_numpy()
    if not len(shapes):
        return []
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    inside, outer = shapely.STRtree(shapes).query(shapes, predicate="within")
    one, other = np.concatenate([one, inside]), np.concatenate([other, outer])
    first = np.minimum(one, other)
    second = np.maximum(one, other)
    pairs = np.unique(np.column_stack([first, second])[first != second], axis=0)
    common = shapely.area(shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]]))
    sizes = shapely.area(shapes)
    smaller = np.minimum(sizes[pairs[:, 0]], sizes[pairs[:, 1]])
    found = []
    ids = areas["area"].tolist()
    rows = areas["row"].tolist()
    for (a, b), m2, limit in zip(pairs.tolist(), common, smaller * OVERLAP_SHARE, strict=True):
        if m2 < GAP_M2:
            continue
        found.append(
            find(
                "error" if m2 > limit else "note",
                "overlap",
                label,
                one=ids[a],
                other=ids[b],
                rows=spans([rows[a], rows[b]]),
                m2=number(m2),
                row=rows[b],
            )
        )
    parts = shapely.get_parts(shapely.union_all(shapes))
    filled = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
    holes = shapely.area(shapely.get_parts(shapely.difference(filled, shapely.union_all(parts))))
    holes = holes[holes >= GAP_M2]
    if len(holes):
        found.append(find("note", "gaps", label, count=len(holes), ha=number(holes.sum() / 1e4, 1)))
    return found


def check_upper(areas: gpd.GeoDataFrame, level: str, official: gpd.GeoDataFrame) -> list[Finding]:
    """Compare official outlines of an upper level with the dissolve of its members.

    Parameters
    ----------
    areas : GeoDataFrame
        Completed areas.
    level : str
    official : GeoDataFrame
        ``area`` (column) and geometry in the system of the areas.
    """
    official = official.copy()
    add_origin(official, level)
    label = _file(official, level)
    found = check_geometry(official, label, areas=True)
    if found or "area" not in official or official["area"].duplicated().any():
        return found
    joined = dissolve_areas(areas, level)
    given = official.set_index("area").geometry.to_crs(areas.crs)
    rows = official.set_index("area")["row"]
    for missing in joined.index.difference(given.index):
        found.append(find("error", "upper_missing", label, id=missing, level=level))
    for more in given.index.difference(joined.index):
        found.append(find("note", "upper_unused", label, id=more, level=level, row=rows[more]))
    both = joined.index.intersection(given.index)
    ours, theirs = joined.geometry[both], given[both]
    outside = ours.difference(theirs).area
    uncovered = theirs.difference(ours).area
    for area in both:
        out, free, size = outside[area], uncovered[area], theirs[area].area
        if max(out, free) < GAP_M2:
            continue
        severity: Severity = "error" if out > OVERLAP_SHARE * size else "note"
        found.append(
            find(
                severity,
                "upper_differs",
                label,
                row=rows[area],
                id=area,
                outside=number(out),
                free=number(free),
                name=joined.loc[area, "name"],
            )
        )
    return found


def find_inside(
    points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, what: str
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Put points into areas; what lies outside is kept and noted, what lies absurdly far is an error.

    A stated ``area`` is held against the geometry: an unknown id is an error, a contradiction a note,
    and the geometry decides.

    Parameters
    ----------
    points : GeoDataFrame
        Offers or population with ``file`` and ``row``.
    areas : GeoDataFrame
        Completed areas.
    what : {"offers", "population"}
    """
    label = _file(points, what)
    if "geometry" not in points:
        given = (c for c in points.columns if c not in ("file", "row"))
        seen = ", ".join(str(say_heading(points, label, c)) for c in given)
        return points, [find("error", "no_place", label, seen=seen)]
    if points.empty:
        return points.assign(area=pd.Series(dtype="str")), []
    # What `place_offers` could not place is reported with suggestions already.
    sought = points.get("place_quality", pd.Series("", index=points.index)) == "none"
    found = check_geometry(points[~(sought & points.geometry.isna())], label)
    if any(f.code in ("no_crs", "geometry_in_degrees") for f in found):
        return points, found
    located = points.geometry.bounds["minx"].notna()
    points = points.to_crs(areas.crs)
    areas = _make_sound(areas)
    area = pd.Series(None, index=points.index, dtype="str")
    area[located] = assign_areas(points[located], areas)
    if "area" in points:
        stated = points["area"]
        unknown = stated.notna() & ~stated.isin(areas.index)
        found += unknown_areas(points, stated, unknown, set(areas.index), label)
        contradiction = stated.notna() & ~unknown & area.notna() & (stated != area)
        found += find_rows(
            "note",
            "area_contradicts",
            label,
            points,
            contradiction,
            column="area",
            cell=stated,
            inside=area,
        )
    outside = located & area.isna()
    far = outside.copy()
    close, _ = areas.sindex.nearest(points.geometry[outside], return_all=False, max_distance=FAR_M)
    far[outside] = ~np.isin(np.arange(outside.sum()), close)
    found += find_rows(
        "error", "far_away", label, points, far, km=number(FAR_M / 1000), column=say("atlas.place")
    )
    near = outside & ~far
    if near.any():
        rows = points.loc[near, "row"].astype(int).tolist()
        found.append(
            find(
                "note",
                f"outside_{what}",
                label,
                count=int(near.sum()),
                rows=say(f"finding.row_{'one' if len(rows) == 1 else 'many'}", rows=spans(rows)),
            )
        )
    return points.assign(area=area), found


def _make_sound(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Mend borders that cross themselves: reported with the areas, they must not stop a search."""
    numbers, owner = shapely.get_coordinates(areas.geometry.to_numpy(), return_index=True)
    broken = np.unique(owner[~np.isfinite(numbers).all(axis=1)])
    areas = areas[~np.isin(np.arange(len(areas)), broken)]
    return areas.set_geometry(areas.geometry.make_valid())


def unknown_areas(
    table: pd.DataFrame, stated: pd.Series, unknown: pd.Series, known: set[str], label: str
) -> list[Finding]:
    """Report ids that do not exist, and say so if only a leading zero is missing."""
    width = {len(k) for k in known}
    padded = stated.where(unknown)
    for digits in sorted(width):
        better = padded.astype("str").str.zfill(digits)
        padded = better.where(better.isin(known) & unknown, padded)
    zero_lost = unknown & padded.isin(known)
    return [
        *find_rows(
            "error", "zero_lost", label, table, zero_lost, column="area", cell=stated, meant=padded
        ),
        *find_rows(
            "error", "unknown_area", label, table, unknown & ~zero_lost, column="area", cell=stated
        ),
    ]
