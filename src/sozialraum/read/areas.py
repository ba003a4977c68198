"""Areas and what is drawn behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.check import Reading, find
from sozialraum.model.schema import AREAS, Column, Table
from sozialraum.read.corrections import Correction, correct_cells
from sozialraum.read.files import load_named, load_table, type_table
from sozialraum.read.places import project


def read_areas(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    levels: Sequence[Level | str] = (),
    crs: Any = None,
    layer: str | None = None,
    corrections: Sequence[Correction] = (),
) -> gpd.GeoDataFrame:
    """Read the smallest areas from a GeoPackage, GeoJSON, Shapefile or GeoParquet.

    Parameters
    ----------
    path : path
    columns : mapping, optional
        Our column → heading in the file, such as ``{"area": "PLR_ID"}``.
    levels : sequence of Level or str
        From the top down to the smallest. Each upper level needs a column of that name with ids, and
        may have ``<level>_name``. The smallest level's id and title are also understood as ``area``.
    crs : any, optional
        The coordinate system where the file does not say it, or says it wrongly (that is noted).
    layer : str, optional
        Needed if the file has several.
    corrections : sequence of mapping
        Cells that are wrong in the file: ``row`` (the heading is row 1), ``column``, ``value``, and, to
        be sure, ``old``. Nothing is corrected without being asked for.

    Returns
    -------
    GeoDataFrame
        Indexed by ``area``; ``name``, the levels' columns, anything else the file has, ``file``,
        ``row``; metric: what is metric is kept, degrees become EPSG:25832 west of 12° East and
        EPSG:25833 from there on.

    Raises
    ------
    InputError
        All that is wrong with the file at once. How areas fit together is asked by `build_atlas`.

    Examples
    --------
    >>> from shapely import box
    >>> from tempfile import TemporaryDirectory
    >>> table = gpd.GeoDataFrame({"PLR_ID": ["01"], "PLR_NAME": ["Mitte"]},
    ...                          geometry=[box(13.25, 53.55, 13.26, 53.56)], crs=4326)
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "gebiete.gpkg"
    ...     table.to_file(path)
    ...     areas = read_areas(path, columns={"area": "PLR_ID", "name": "PLR_NAME"})
    >>> areas["name"].to_dict(), areas.crs.to_epsg()
    ({'01': 'Mitte'}, 25833)
    """
    options = {"levels": levels, "crs": crs, "layer": layer, "corrections": corrections}
    return load_areas(path, columns=columns, **options).settle().set_index("area")


def load_areas(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    levels: Sequence[Level | str] = (),
    crs: Any = None,
    layer: str | None = None,
    to_crs: Any = None,
    corrections: Sequence[Correction] = (),
) -> Reading:
    """Read areas and collect findings instead of raising; ``area`` stays a column."""
    schema, name = _with_levels(levels), Path(path).name
    raw = correct_cells(load_named(path, schema, columns=columns, layer=layer), corrections, name)
    if raw.table is None:
        return Reading(None, raw.findings)
    table, findings = type_table(raw, schema, name)
    if not isinstance(table, gpd.GeoDataFrame):
        return Reading(table, (*findings, find("error", "geometry_column", name)))
    projected, more = project(table, name, crs=crs, to_crs=to_crs)
    return Reading(projected, (*findings, *more))


def _with_levels(levels: Sequence[Level | str]) -> Table:
    """Declare the level columns, so that their headings are understood and their ids stay text."""
    named = [Level(x, x, x) if isinstance(x, str) else x for x in levels]
    named = [level for level in named if level.id != WHOLE]
    extra = []
    for level in named[:-1]:
        extra.append(Column(level.id, "id", aliases=(level.title,)))
        extra.append(Column(f"{level.id}_name", aliases=(f"{level.title} Name",)))
    declared = []
    for column in AREAS.columns:
        if named and column.name == "area":
            column = replace(column, aliases=(named[-1].id, named[-1].title, *column.aliases))
        if named and column.name == "name":
            more = (f"{named[-1].id}_name", f"{named[-1].title} Name")
            column = replace(column, aliases=(*more, *column.aliases))
        declared.append(column)
    return replace(AREAS, columns=(*declared, *extra))


def read_backdrop(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
    kind: str = "water",
    crs: Any = None,
    to_crs: Any = None,
) -> gpd.GeoDataFrame:
    """Read what is drawn for orientation only, such as water.

    Parameters
    ----------
    path : path
    columns : mapping, optional
        ``name`` or ``kind`` → heading in the file.
    layer : str, optional
    kind : str
        What rows are where the file has no column ``kind``.
    crs, to_crs : any, optional

    Returns
    -------
    GeoDataFrame
        ``name``, ``kind``, ``geometry``; what has no geometry is left out.

    Raises
    ------
    InputError
    """
    options = {"layer": layer, "kind": kind, "crs": crs, "to_crs": to_crs}
    return load_backdrop(path, columns=columns, **options).settle()


_BACKDROP = Table("backdrop", key=(), columns=(Column("name"), Column("kind")))


def load_backdrop(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
    kind: str = "water",
    crs: Any = None,
    to_crs: Any = None,
) -> Reading:
    """Read a backdrop and collect findings instead of raising."""
    defaults = {"name": "", "kind": kind}
    table, findings = load_table(path, _BACKDROP, columns=columns, layer=layer, constants=defaults)
    if table is None:
        return Reading(None, findings)
    name = Path(path).name
    if not isinstance(table, gpd.GeoDataFrame):
        return Reading(None, (*findings, find("error", "geometry_column", name)))
    table, more = project(table, name, crs=crs, to_crs=to_crs)
    kept = table[table.geometry.bounds["minx"].notna()].reset_index(drop=True)
    for column, text in defaults.items():
        kept[column] = kept[column].fillna(text)
    return Reading(kept[["name", "kind", "geometry"]], (*findings, *more))
