"""Offers: what is there, where, for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd

from sozialraum.model.check import Reading
from sozialraum.model.placing import place_offers
from sozialraum.model.schema import OFFERS
from sozialraum.read.files import fill_columns, load_named, type_table
from sozialraum.read.places import find_faulty, has_place, place_points


def read_offers(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    category: str | None = None,
    crs: Any = None,
    to_crs: Any = None,
    layer: str | None = None,
    repair: Sequence[str] = (),
    addresses: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    r"""Read offers from CSV, Excel, GeoJSON, GeoPackage, Shapefile or Parquet.

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
    repair : sequence of str
        ``("swapped",)`` exchanges coordinates that lie in Germany only the other way round; each is
        listed as a note. Without it they are errors.
    addresses : GeoDataFrame, optional
        As `read_addresses` gives it: offers without coordinates are placed at their address (see
        `place_offers`), and stay without geometry where it is not found. Their coordinate system is
        that of the result unless ``to_crs`` says otherwise.

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

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "angebote.csv"
    ...     _ = path.write_text("Kennung;Art;Plätze;Ost;Nord\n007;kita;1.250;389123,5;5934500")
    ...     offers = read_offers(path, to_crs=25833)
    >>> offers[["category", "capacity", "geometry"]]
          category  capacity                  geometry
    offer
    007       kita    1250.0  POINT (389123.5 5934500)
    """
    if addresses is not None and to_crs is None:
        to_crs = addresses.crs
    reading = load_offers(
        path,
        columns=columns,
        category=category,
        crs=crs,
        to_crs=to_crs,
        layer=layer,
        repair=repair,
        need_place=addresses is None,
    )
    table = reading.settle()
    if addresses is not None:
        table = place_offers(table, addresses).settle()
    return table.set_index("offer")


def load_offers(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    category: str | None = None,
    crs: Any = None,
    to_crs: Any = None,
    layer: str | None = None,
    repair: Sequence[str] = (),
    need_place: bool = True,
) -> Reading:
    """Read offers and collect findings instead of raising; ``offer`` stays a column.

    Where ``need_place`` is false a table without coordinates gets a geometry without points.
    """
    name = Path(path).name
    raw = load_named(path, OFFERS, columns=columns, layer=layer)
    if raw.table is None:
        return Reading(None, raw.findings)
    fill_columns(raw.table, {"category": category})
    table, findings = type_table(raw, OFFERS, name)
    if not need_place and not has_place(table):
        shapes = gpd.GeoSeries(None, index=table.index, crs=to_crs)
        return Reading(gpd.GeoDataFrame(table, geometry=shapes), findings)
    faulty = find_faulty(raw.table, table)
    placed, more = place_points(table, name, crs=crs, to_crs=to_crs, repair=repair, faulty=faulty)
    return Reading(placed, (*findings, *more))
