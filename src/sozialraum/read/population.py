"""Where people live: points, the grid of the census, or a raster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.model.check import Reading
from sozialraum.model.schema import POPULATION, Column
from sozialraum.read.files import load_named, type_table
from sozialraum.read.grid import load_grid
from sozialraum.read.places import find_faulty, place_points
from sozialraum.read.raster import load_raster
from sozialraum.texts import say

Groups = Sequence[str] | Mapping[str, str]
Bounds = tuple[float, float, float, float]


def read_population(
    path: str | Path,
    *,
    kind: str = "points",
    groups: Groups | None = None,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    to_crs: Any = None,
    bounds: Bounds | None = None,
    layer: str | None = None,
) -> gpd.GeoDataFrame:
    r"""Read where people live.

    Parameters
    ----------
    path : path
    kind : {"points", "zensus", "raster"}
        Points (CSV, Excel, GeoPackage, Parquet …), a grid of the German census (CSV with cell ids), or
        a GeoTIFF such as those of GHS-POP and WorldPop.
    groups : sequence or mapping, optional
        Group → heading in the file (or the raster's bands in order). Without it, of points every column
        the schema does not know is a group, of the census ``{"einwohner": "Einwohner"}``, of a raster
        ``["einwohner"]``.
    columns : mapping, optional
        Our column → heading in the file.
    crs : any, optional
        System of the file where it does not say it.
    to_crs : any, optional
        The system of the areas.
    bounds : (west, south, east, north), optional
        In ``to_crs``, which they need: only cells whose centre lies within are kept. Saves reading the
        rest of a large raster.
    layer : str, optional
        Layer or sheet.

    Returns
    -------
    GeoDataFrame
        Indexed by ``cell``, points, one float column per group.

    Raises
    ------
    InputError
    UnknownNameError
        No such kind.
    CrsError
        Bounds without ``to_crs``.

    Notes
    -----
    Of a census grid and a raster the points are the centres of the cells; nothing is rounded or
    rescaled, so the sum over all cells stays what the file says. A missing number stays missing.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "zensus.csv"
    ...     _ = path.write_text("GITTER_ID_100m;Einwohner\nCRS3035RES100mN3216200E4433100;12")
    ...     people = read_population(path, kind="zensus")
    >>> print(people["einwohner"].iloc[0], people.geometry.iloc[0])
    12.0 POINT (4433150 3216250)
    """
    return (
        load_population(
            path,
            kind=kind,
            groups=groups,
            columns=columns,
            crs=crs,
            to_crs=to_crs,
            bounds=bounds,
            layer=layer,
        )
        .settle()
        .set_index("cell")
    )


def load_population(
    path: str | Path,
    *,
    kind: str = "points",
    groups: Groups | None = None,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    to_crs: Any = None,
    bounds: Bounds | None = None,
    layer: str | None = None,
) -> Reading:
    """Read population and collect findings instead of raising; ``cell`` stays a column."""
    if kind not in ("points", "zensus", "raster"):
        raise UnknownNameError("kind", kind, ("points", "zensus", "raster"))
    if bounds is not None and to_crs is None:
        raise CrsError(say("error.no_crs", what="bounds"))
    if groups is not None and not isinstance(groups, Mapping):
        groups = {name: name for name in groups}
    if kind == "raster":
        names = list(groups or ["einwohner"])
        reading = load_raster(path, names, crs=crs, to_crs=to_crs, bounds=bounds)
    elif kind == "zensus":
        wanted = {"einwohner": "Einwohner"} if groups is None else groups
        reading = load_grid(path, wanted, columns=columns, to_crs=to_crs, layer=layer)
    else:
        reading = _load_points(path, groups, columns, crs, to_crs, layer)
    if bounds is None or reading.table is None or "geometry" not in reading.table:
        return reading
    west, south, east, north = bounds
    return Reading(reading.table.cx[west:east, south:north], reading.findings)


def _load_points(
    path: str | Path,
    groups: Mapping[str, str] | None,
    columns: Mapping[str, str] | None,
    crs: Any,
    to_crs: Any,
    layer: str | None,
) -> Reading:
    name = Path(path).name
    raw = load_named(path, POPULATION, columns={**(columns or {}), **(groups or {})}, layer=layer)
    if raw.table is None:
        return Reading(None, raw.findings)
    known = {c.name for c in POPULATION.columns} | {"geometry"}
    names = [c for c in raw.table if c not in known] if groups is None else list(groups)
    declared = tuple(Column(group, "number", minimum=0) for group in names)
    schema = replace(POPULATION, columns=POPULATION.columns + declared)
    table, findings = type_table(raw, schema, name)
    faulty = find_faulty(raw.table, table)
    placed, more = place_points(table, name, crs=crs, to_crs=to_crs, faulty=faulty)
    return Reading(placed, (*findings, *more))
