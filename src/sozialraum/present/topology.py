"""Outlines of all levels from one set of shared border lines (TopoJSON).

Every border between two areas is one *arc*, stored once on a whole-metre grid and delta-encoded.
The smallest level is a list of arcs per area; an upper level is the arcs that remain when those
inside it cancel, so borders of all levels fall exactly on each other and cost nothing extra.
The package ``topojson`` shares arcs as well, but knows no levels above the given geometries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Ring = list[int]
Polygon = list[Ring]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Topology:
    """Border lines and, per named object, which of them surround each shape.

    Attributes
    ----------
    grid_m : float
        Width of the grid in metres; arcs are whole numbers on it.
    origin : tuple of float
        Easting and northing of the grid's zero point.
    arcs : tuple of arrays
        Positions of each line, shape (n, 2).
    objects : dict
        ``objects[name][id]`` is a list of polygons, each a list of rings, each a list of arcs;
        ``~i`` (negative) means arc ``i`` backwards, as in TopoJSON.
    coverage_valid : bool
        Whether the areas meet without gaps and overlaps; where they do not, inner borders may be
        drawn double.
    """

    grid_m: float
    origin: tuple[float, float]
    arcs: tuple[IntArray, ...]
    objects: dict[str, dict[str, list[Polygon]]]
    coverage_valid: bool

    def positions(self, ring: Ring) -> IntArray:
        """Give the grid positions along a ring; the first is repeated at the end.

        Parameters
        ----------
        ring : list of int
            Signed arcs of one ring.

        Returns
        -------
        array of shape (n, 2)
        """
        return _ring_positions(ring, self.arcs)

    def to_grid(self, xy: NDArray[np.float64]) -> IntArray:
        """Round coordinates to the grid.

        Parameters
        ----------
        xy : array of shape (n, 2)
            In metres.

        Returns
        -------
        array of int
        """
        cells = (xy - np.array(self.origin)) / self.grid_m
        return np.asarray(np.rint(cells), dtype=np.int64)

    def bounds(self, name: str) -> tuple[float, float, float, float]:
        """Give the smallest box around an object, in grid units.

        Parameters
        ----------
        name : str
            Name of the object, such as a level.

        Returns
        -------
        tuple
            ``x_min, y_min, x_max, y_max``.
        """
        used = {a if a >= 0 else ~a for a in _flat(self.objects[name].values())}
        every = np.concatenate([self.arcs[a] for a in sorted(used)])
        low, high = every.min(axis=0), every.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def to_topojson(self) -> dict[str, Any]:
        """Give the TopoJSON object: quantised, delta-encoded, ready for ``json.dumps``.

        Returns
        -------
        dict
        """
        deltas = [np.diff(arc, axis=0, prepend=np.zeros((1, 2), np.int64)) for arc in self.arcs]
        return {
            "type": "Topology",
            "transform": {"scale": [self.grid_m, self.grid_m], "translate": list(self.origin)},
            "objects": {
                name: {
                    "type": "GeometryCollection",
                    "geometries": [
                        {"type": "MultiPolygon", "id": key, "arcs": polygons}
                        for key, polygons in shapes.items()
                    ],
                }
                for name, shapes in self.objects.items()
            },
            "arcs": [delta.tolist() for delta in deltas],
        }


def build_topology(
    areas: Any,
    levels: Sequence[str],
    *,
    loose: Mapping[str, Any] | None = None,
    grid_m: float = 1.0,
    tolerance_m: float = 5.0,
) -> Topology:
    """Cut the outlines of areas into shared lines and assemble every level from them.

    Parameters
    ----------
    areas : GeoDataFrame
        One row per smallest area, metric CRS, with one column per level.
    levels : sequence of str
        Columns of ``areas`` that hold the area's id on each level; the smallest level's column
        equals the index. An area without a parent on a level is absent from that level.
    loose : mapping of str to GeoSeries, optional
        Further polygons without common borders (water, gaps), simplified on their own.
    grid_m : float
        Grid in metres to which every position is rounded.
    tolerance_m : float
        Corners that add a triangle of less than this squared (m²) are left out, the same on both
        sides of a border (Visvalingam–Whyatt on the coverage).

    Returns
    -------
    Topology

    Notes
    -----
    Rings run clockwise outside and counter-clockwise inside. Two neighbours run along their
    border in opposite directions, so in a union exactly the inner arcs appear both ways.

    Examples
    --------
    >>> import geopandas as gpd
    >>> squares = gpd.GeoDataFrame(
    ...     {"quartier": ["a", "b"], "gesamt": ["g", "g"]}, index=["a", "b"],
    ...     geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], crs=25833)
    >>> town = build_topology(squares, ["gesamt", "quartier"], tolerance_m=0)
    >>> len(town.arcs), town.objects["gesamt"]["g"]
    (3, [[[0, 2]]])
    """
    shapes = shapely.force_2d(areas.geometry.to_numpy())
    coverage_valid = bool(shapely.coverage_is_valid(shapes))
    if tolerance_m > 0:
        shapes = shapely.coverage_simplify(shapes, tolerance_m)
    # Last, for simplification winds its rings as it likes: mixed winding tears the upper levels.
    shapes = shapely.orient_polygons(shapes, exterior_cw=True)
    others = {
        name: shapely.orient_polygons(
            shapely.force_2d(shapely.simplify(series.to_numpy(), tolerance_m)), exterior_cw=True
        )
        for name, series in (loose or {}).items()
        if len(series)
    }
    corners = np.array([shapely.total_bounds(g) for g in (shapes, *others.values()) if len(g)])
    low = np.floor(corners[:, :2].min(axis=0)) if len(corners) else np.zeros(2)

    arcs: list[IntArray] = []
    known: dict[bytes, int] = {}
    smallest = _cut(shapes, list(areas.index.astype(str)), low, grid_m, arcs, known)
    objects: dict[str, dict[str, list[Polygon]]] = {}
    for level in levels:
        members = areas[level].dropna().astype(str)
        objects[level] = {
            str(parent): smallest[str(children[0])]
            if len(children) == 1
            else _unite([smallest[str(child)] for child in children], arcs)
            for parent, children in members.groupby(members, sort=False).groups.items()
        }
    for name, series in (loose or {}).items():
        ids = [str(key) for key in series.index]
        objects[name] = _cut(others[name], ids, low, grid_m, arcs, {}) if ids else {}
    return Topology(
        float(grid_m), (float(low[0]), float(low[1])), tuple(arcs), objects, coverage_valid
    )


def _cut(
    shapes: NDArray[Any],
    ids: list[str],
    low: NDArray[np.float64],
    grid_m: float,
    arcs: list[IntArray],
    known: dict[bytes, int],
) -> dict[str, list[Polygon]]:
    """Cut polygons at the points where borders meet; append new lines to ``arcs``."""
    polygons, owner = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    cell = np.rint((xy - low) / grid_m).astype(np.int64)
    # Rounding can put neighbours on one point: keep the first of each run, but at least two
    # positions a ring, so that no area vanishes from the map.
    same = (np.diff(cell, axis=0, prepend=cell[:1] - 1) == 0).all(axis=1)
    same[1:] &= ring[1:] == ring[:-1]
    keep = ~same
    keep[np.flatnonzero(np.diff(ring, append=-1))] |= (
        np.bincount(ring, weights=keep, minlength=len(rings)) < 2
    )[ring[np.flatnonzero(np.diff(ring, append=-1))]]
    cell, ring = cell[keep], ring[keep]

    _, vertex = np.unique(cell, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    inside = ring[:-1] == ring[1:]
    edges = np.sort(np.column_stack([vertex[:-1], vertex[1:]])[inside], axis=1)
    degree = np.bincount(np.unique(edges, axis=0).ravel(), minlength=vertex.max(initial=0) + 1)
    is_node = degree[vertex] != 2

    found: dict[str, list[Polygon]] = {key: [] for key in ids}
    starts = np.searchsorted(ring, np.arange(len(rings) + 1))
    current = -1
    for i in range(len(rings)):
        here = slice(starts[i], starts[i + 1] - 1)  # without the repeated last position
        signed = _ring_arcs(vertex[here], is_node[here], cell[here], arcs, known)
        target = found[ids[owner[polygon[i]]]]
        if polygon[i] != current:
            current = polygon[i]
            target.append([])
        target[-1].append(signed)
    return found


def _ring_arcs(
    vertex: IntArray,
    is_node: NDArray[np.bool_],
    cell: IntArray,
    arcs: list[IntArray],
    known: dict[bytes, int],
) -> Ring:
    """Split one open ring at its nodes and look its lines up, adding the unknown ones."""
    first = int(np.argmax(is_node)) if is_node.any() else int(np.argmin(vertex))
    order = np.append(np.roll(np.arange(len(vertex)), -first), first)
    cuts = [0, *(np.flatnonzero(is_node[order[1:-1]]) + 1).tolist(), len(order) - 1]
    signed: Ring = []
    for begin, end in pairwise(cuts):
        line = order[begin : end + 1]
        names = vertex[line]
        forward, backward = names.tobytes(), names[::-1].tobytes()
        if forward in known:
            signed.append(known[forward])
        elif backward in known:
            signed.append(~known[backward])
        else:
            known[forward] = len(arcs)
            signed.append(len(arcs))
            arcs.append(cell[line])
    return signed


def _unite(members: Iterable[list[Polygon]], arcs: Sequence[IntArray]) -> list[Polygon]:
    """Assemble the union of areas from the arcs that do not run both ways."""
    signed = np.array(_flat(members), dtype=np.int64)
    line = np.where(signed >= 0, signed, ~signed)
    net = np.bincount(line, weights=np.where(signed >= 0, 1, -1))
    left = [int(a) if net[a] > 0 else ~int(a) for a in np.flatnonzero(net)]
    return _nest(_stitch(left, arcs), arcs)


def _ends(arc: int, arcs: Sequence[IntArray]) -> tuple[tuple[int, int], tuple[int, int]]:
    positions = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
    return tuple(positions[0].tolist()), tuple(positions[-1].tolist())


def _stitch(signed: Ring, arcs: Sequence[IntArray]) -> list[Ring]:
    """Join arcs end to end; a ring is closed as soon as the walk meets a point again."""
    leaving: dict[tuple[int, int], list[int]] = defaultdict(list)
    for arc in reversed(signed):
        leaving[_ends(arc, arcs)[0]].append(arc)
    rings: list[Ring] = []
    for arc in signed:
        start = _ends(arc, arcs)[0]
        path: Ring = []
        places = [start]
        while leaving[places[-1]]:
            path.append(leaving[places[-1]].pop())
            end = _ends(path[-1], arcs)[1]
            if end in places:
                at = places.index(end)
                rings.append(path[at:])
                path, places = path[:at], places[: at + 1]
            else:
                places.append(end)
    return rings


def _nest(rings: list[Ring], arcs: Sequence[IntArray]) -> list[Polygon]:
    """Put each hole (counter-clockwise) into the smallest outer ring around it."""
    lines = [_ring_positions(ring, arcs) for ring in rings]
    areas = np.array([_signed_area(line) for line in lines])
    outer = [i for i in np.argsort(areas, kind="stable").tolist() if areas[i] <= 0]
    polygons: dict[int, Polygon] = {i: [rings[i]] for i in sorted(outer)}
    shells = {i: shapely.Polygon(lines[i]) for i in outer} if (areas > 0).any() else {}
    for hole in np.flatnonzero(areas > 0).tolist():
        inner = shapely.Polygon(lines[hole]).representative_point()
        around = [i for i in reversed(outer) if shells[i].contains(inner)]
        if around:
            polygons[around[0]].append(rings[hole])
    return list(polygons.values())


def _ring_positions(ring: Ring, arcs: Sequence[IntArray]) -> IntArray:
    lines = [arcs[a] if a >= 0 else arcs[~a][::-1] for a in ring]
    return np.concatenate([line[:-1] for line in lines] + [lines[-1][-1:]])


def _signed_area(line: IntArray) -> float:
    """Twice the area; negative when the line runs clockwise."""
    x, y = line[:, 0].astype(float), line[:, 1].astype(float)
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _flat(members: Iterable[list[Polygon]]) -> list[int]:
    return [arc for polygons in members for rings in polygons for ring in rings for arc in ring]
