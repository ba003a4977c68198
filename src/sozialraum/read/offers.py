"""Offers: what is there, where, for whom."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd

from sozialraum.model.check import Reading
from sozialraum.model.schema import OFFERS
from sozialraum.read.files import load_table
from sozialraum.read.places import place_points


def read_offers(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    category: str | None = None,
    crs: Any = None,
    to_crs: Any = None,
    layer: str | None = None,
    repair: tuple[str, ...] = (),
) -> gpd.GeoDataFrame:
    """Read offers from CSV, Excel, GeoJSON, GeoPackage, Shapefile or Parquet.

    Parameters
    ----------
    path : path
    columns : mapping, optional
        Our column → heading in the file. Common German headings are understood without it.
    category : str, optional
        The category of all rows where the file has no such column.
    crs : any, optional
        System of geometry or of ``x`` and ``y`` where the file does not say it.
    to_crs : any, optional
        The system of the areas.
    layer : str, optional
        Layer or sheet.
    repair : tuple of str
        ``("swapped",)`` exchanges coordinates that lie in Germany only the other way round; each is
        listed as a note. Without it they are errors.

    Returns
    -------
    GeoDataFrame
        Indexed by ``offer``, points. Absent columns stay absent: nothing is made up.

    Raises
    ------
    InputError

    Notes
    -----
    Coordinates are ``lon``, ``lat`` (degrees) or ``x``, ``y`` (East, North); ``x``, ``y`` without
    ``crs`` are taken to be in ``to_crs``.
    """
    reading = load_offers(
        path,
        columns=columns,
        category=category,
        crs=crs,
        to_crs=to_crs,
        layer=layer,
        repair=repair,
    )
    return reading.settle().set_index("offer")


def load_offers(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    category: str | None = None,
    crs: Any = None,
    to_crs: Any = None,
    layer: str | None = None,
    repair: tuple[str, ...] = (),
) -> Reading:
    """Read offers and collect findings instead of raising; ``offer`` stays a column."""
    table, findings = load_table(
        path, OFFERS, columns=columns, layer=layer, constants={"category": category}
    )
    if table is None:
        return Reading(None, findings)
    placed, more = place_points(table, Path(path).name, crs=crs, to_crs=to_crs, repair=repair)
    return Reading(placed, (*findings, *more))
