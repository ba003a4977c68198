"""The OpenStreetMap extract as plain tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import osmium.filter
import osmium.geom
import shapely

#: CRS of every file of the example (ETRS89 / UTM 33N).
CRS = 25833


@dataclass(frozen=True)
class Extract:
    """What the example needs of the extract; every geometry in :data:`CRS`.

    Attributes
    ----------
    points : GeoDataFrame
        Tagged nodes: ``osm`` (``n123``), ``tags`` (dict), ``geometry``.
    areas : GeoDataFrame
        Closed ways and complete multipolygons with a tag that can mean an area: ``osm``
        (``w123``, ``r123``), ``tags``, ``geometry``.
    on_outline : dict
        Node id → building ways that run through it (house numbers often sit on the outline).
    bounds : tuple of float
        West, south, east, north in degrees, see :func:`find_bounds`.
    """

    points: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    on_outline: dict[str, list[str]]
    bounds: tuple[float, float, float, float]


def words(text: str) -> tuple[str, ...]:
    """Split a line of tag values."""
    return tuple(text.split())


AREA_KEYS = words(
    "amenity building landuse leisure natural water waterway shop tourism office healthcare "
    "social_facility craft military man_made aeroway power"
)


def read_extract(path: Path) -> Extract:
    """Read points, areas and bounds of the extract in two passes.

    Parameters
    ----------
    path : Path
        The ``.osm.pbf``.

    Returns
    -------
    Extract
        Rows in the order of their ids: the same file gives the same tables.
    """
    to_wkb = osmium.geom.WKBFactory()
    points: list[tuple[str, dict[str, str], float, float]] = []
    areas: list[tuple[str, dict[str, str], bytes]] = []
    on_outline: dict[str, list[str]] = {}
    way_boxes: list[tuple[float, float, float, float]] = []
    reader = osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter(*AREA_KEYS))
    for item in reader:
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_node() and tags:
            points.append((f"n{item.id}", tags, item.location.lon, item.location.lat))
        elif item.is_way():
            where = np.array([(n.lon, n.lat) for n in item.nodes])
            way_boxes.append((*where.min(axis=0), *where.max(axis=0)))
            if "building" in tags:
                for node in item.nodes:
                    on_outline.setdefault(f"n{node.ref}", []).append(f"w{item.id}")
        elif item.is_area() and any(key in tags for key in AREA_KEYS):
            osm = f"{'w' if item.from_way() else 'r'}{item.orig_id()}"
            areas.append((osm, tags, bytes.fromhex(to_wkb.create_multipolygon(item))))
    points.sort(key=lambda row: int(row[0][1:]))
    areas.sort(key=lambda row: (row[0][0], int(row[0][1:])))
    return Extract(
        points=_frame(points, gpd.points_from_xy([p[2] for p in points], [p[3] for p in points])),
        areas=_frame(areas, shapely.from_wkb([row[2] for row in areas])),
        on_outline=on_outline,
        bounds=find_bounds(np.array(way_boxes)),
    )


def find_bounds(boxes: np.ndarray) -> tuple[float, float, float, float]:
    """Find the rectangle within which the extract is complete.

    Parameters
    ----------
    boxes : ndarray
        West, south, east, north of every way.

    Returns
    -------
    tuple of float
        West, south, east, north in degrees.

    Notes
    -----
    The extract was downloaded as one rectangle. The server answers with every way that has *at
    least one* node inside, and with all nodes of these ways: nodes run far beyond, but no way lies
    wholly outside. So the northern side is at least the largest southern end of any way, and
    likewise on the other sides. The result is the smallest rectangle that every way reaches; it
    can only be too small, and by no more than the gap to the next way, a few metres here.
    """
    west, south, east, north = boxes.T
    return float(east.min()), float(north.min()), float(west.max()), float(south.max())


def bounds_polygon(bounds: tuple[float, float, float, float]) -> shapely.Polygon:
    """Give the rectangle of degrees as a polygon in :data:`CRS`, its sides bent as they are."""
    box = shapely.segmentize(shapely.box(*bounds), 0.001)
    return gpd.GeoSeries([box], crs=4326).to_crs(CRS).iloc[0]


def with_tag(table: gpd.GeoDataFrame, key: str, *values: str) -> gpd.GeoDataFrame:
    """Give the rows that carry the key (with one of the values, where any are given)."""
    found = [key in tags and (not values or tags[key] in values) for tags in table["tags"]]
    return table[np.array(found, dtype=bool)]


def tag(table: gpd.GeoDataFrame, key: str) -> list[str | None]:
    """Give the value of one key, row by row; ``None`` where it is absent."""
    return [tags.get(key) for tags in table["tags"]]


def _frame(rows: list[Any], geometry: Any) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(
        {"osm": [row[0] for row in rows], "tags": [row[1] for row in rows]},
        geometry=geometry,
        crs=4326,
    )
    return table.to_crs(CRS)
