"""Whether areas nest: parents, shapes, overlaps, gaps, official outlines, points inside."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.model.areas import WHOLE, Level, assign_areas, dissolve_areas
from sozialraum.model.cells import find_rows, spans
from sozialraum.model.check import Finding, Severity, find
from sozialraum.texts import number, say

OVERLAP_SHARE = 0.01
GAP_M2 = 1.0
FAR_M = 100_000.0


def check_geometry(table: gpd.GeoDataFrame, label: str) -> list[Finding]:
    """Find geometries that are missing, empty, invalid, without system or plainly in degrees.

    Parameters
    ----------
    table : GeoDataFrame
        With ``file`` and ``row``.
    label : str
        The name used where a row has no file.
    """
    shapes = table.geometry
    missing = shapes.isna() | shapes.is_empty
    found = find_rows("error", "geometry_missing", label, table, missing, column="geometry")
    if table.crs is None:
        found.append(find("error", "no_crs", _file(table, label)))
        return found
    invalid = ~missing & ~shapes.is_valid
    reasons = pd.Series("", index=table.index, dtype="str")
    reasons[invalid] = shapely.is_valid_reason(shapes[invalid].to_numpy())
    found += find_rows(
        "error", "geometry_invalid", label, table, invalid, column="geometry", reason=reasons
    )
    bounds = shapes.bounds
    small = (bounds.abs().max(axis=1) <= 180) & ~missing
    if table.crs.is_projected and small.any() and small.sum() == (~missing).sum():
        found.append(
            find("error", "geometry_in_degrees", _file(table, label), crs=table.crs.to_string())
        )
    return found


def _file(table: pd.DataFrame, label: str) -> str:
    files = table["file"].dropna().unique()
    return str(files[0]) if len(files) == 1 else label


def check_areas(areas: gpd.GeoDataFrame, levels: Sequence[Level]) -> list[Finding]:
    """Check the areas table by itself: geometry, levels, unique parents, overlaps and gaps."""
    label = _file(areas, "areas") if "file" in areas else "areas"
    found: list[Finding] = []
    upper = [level for level in levels[:-1] if level.id != WHOLE]
    for level in upper:
        if level.id not in areas:
            found.append(
                find(
                    "error",
                    "missing_level",
                    label,
                    column=level.id,
                    title=level.title,
                    seen=", ".join(
                        c for c in areas.columns if c not in ("file", "row", "geometry")
                    ),
                )
            )
            continue
        found += find_rows(
            "error",
            "no_parent",
            label,
            areas,
            areas[level.id].isna(),
            column=level.id,
            title=level.title,
        )
    if found:
        return found + (check_geometry(areas, label) if "geometry" in areas else [])
    for level in upper:
        parent = level.parent
        if parent in ("", WHOLE) or parent not in areas:
            continue
        known = areas.dropna(subset=[level.id, parent])
        several = known.groupby(level.id)[parent].transform("nunique") > 1
        for child, rows in known[several].groupby(level.id):
            found.append(
                find(
                    "error",
                    "parent_not_unique",
                    label,
                    column=parent,
                    child=child,
                    title=level.title,
                    parents=", ".join(sorted(rows[parent].unique())),
                    rows=spans(rows["row"].tolist()),
                    row=int(rows["row"].iloc[0]),
                )
            )
        names = (
            known.groupby(level.id)[f"{level.id}_name"].nunique()
            if (f"{level.id}_name" in known)
            else pd.Series(dtype=int)
        )
        found += [
            find(
                "error",
                "name_not_unique",
                label,
                column=f"{level.id}_name",
                id=area,
                names=", ".join(
                    sorted(known.loc[known[level.id] == area, f"{level.id}_name"].dropna().unique())
                ),
            )
            for area in names.index[names > 1]
        ]
    if "geometry" not in areas:
        return [*found, find("error", "geometry_column", label)]
    shape_findings = check_geometry(areas, label)
    return found + (shape_findings or check_overlaps(areas, label))


def check_overlaps(areas: gpd.GeoDataFrame, label: str) -> list[Finding]:
    """Find overlapping areas and holes between them.

    More than one hundredth of the smaller area in common is an error, less is a note; a hole is a
    note, since lakes are left out on purpose.
    """
    shapes = areas.geometry.to_numpy()
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
    if found and any(f.severity == "error" for f in found):
        return found
    whole = shapely.union_all(shapes)
    rings = shapely.get_rings(whole)
    polygons = shapely.polygons(rings)
    holes = polygons[~shapely.is_ccw(rings) & ~_is_shell(whole, rings)]
    sizes = shapely.area(holes)
    if (sizes >= GAP_M2).any():
        found.append(
            find(
                "note",
                "gaps",
                label,
                count=int((sizes >= GAP_M2).sum()),
                ha=number(sizes[sizes >= GAP_M2].sum() / 1e4, 1),
            )
        )
    return found


def _is_shell(whole: shapely.Geometry, rings: np.ndarray) -> np.ndarray:
    shells = shapely.get_exterior_ring(shapely.get_parts(whole))
    return np.isin(shapely.to_wkb(rings), shapely.to_wkb(shells))


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
    label = _file(official, level)
    joined = dissolve_areas(areas, level)
    given = official.set_index("area").geometry.to_crs(areas.crs)
    found = []
    for missing in joined.index.difference(given.index):
        found.append(find("error", "upper_missing", label, id=missing, level=level))
    for more in given.index.difference(joined.index):
        found.append(find("note", "upper_unused", label, id=more, level=level))
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
                id=area,
                level=level,
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
    if "geometry" not in points or points.empty:
        return points.assign(area=pd.Series(dtype="str")), []
    label = _file(points, what)
    found = check_geometry(points, label)
    if any(f.code in ("no_crs", "geometry_in_degrees") for f in found):
        return points, found
    located = ~(points.geometry.isna() | points.geometry.is_empty)
    points = points.to_crs(areas.crs)
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
    border = shapely.union_all(areas.geometry.to_numpy())
    far = outside.copy()
    far[outside] = points.geometry[outside].distance(border) > FAR_M
    found += find_rows(
        "error", "far_away", label, points, far, km=number(FAR_M / 1000), column="geometry"
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
                rows=spans(rows[:40]) + (" …" if len(rows) > 40 else ""),
            )
        )
    return points.assign(area=area), found


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


def describe_levels(levels: Sequence[Level]) -> str:
    """Write the hierarchy as a planner says it.

    Examples
    --------
    >>> describe_levels([Level("a", "Bezirk", "Bezirke"), Level("b", "Quartier", "Quartiere")])
    'Bezirk → Quartier'
    """
    return say("atlas.arrow").join(level.title for level in levels if level.id != WHOLE)
