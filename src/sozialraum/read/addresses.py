"""Address tables: house numbers of OpenStreetMap, of the surveying offices, of one's own."""

from __future__ import annotations

import io
import re
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.cells import blank
from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.rows import say_heading
from sozialraum.model.schema import ADDRESSES
from sozialraum.read.files import load_named, type_table
from sozialraum.read.places import find_faulty, place_points, project
from sozialraum.read.shapes import unreadable
from sozialraum.read.sheets import Raw, decode

COLUMNS = ["street", "housenumber", "addition", "postcode", "city", "geometry", "file", "row"]

FILL_M = 300.0
"""An address of OpenStreetMap without postcode or town takes that of the nearest one, if so near."""

_OSM = (".pbf", ".osm", ".osm.gz", ".osm.bz2")
# "Hauskoordinaten Deutschland" (AdV): 18 fields without headings.
_OFFICIAL = (
    "nba", "oi", "qua", "lan", "rbz", "krs", "gmd", "ott", "sss", "housenumber", "addition",
    "x", "y", "street", "postcode", "city", "zon", "pot",
)  # fmt: skip
_ZONES = {31: 25831, 32: 25832, 33: 25833}


def read_addresses(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    to_crs: Any = None,
    layer: str | None = None,
) -> gpd.GeoDataFrame:
    r"""Read a table of addresses with coordinates, for `place_offers`.

    Parameters
    ----------
    path : path
        An extract of OpenStreetMap (``.osm.pbf``, ``.osm.gz``, ``.osm.bz2``, ``.osm``); the text file
        "Hauskoordinaten" of the surveying offices; or a table of one's own (CSV, Excel, GeoPackage …).
    columns : mapping, optional
        Our column → heading in the file. Common German headings are understood without it.
    crs : any, optional
        System of ``x`` and ``y`` or of the geometry where the file does not say it.
    to_crs : any, optional
        The system of the areas; without it metric systems are kept and degrees become UTM.
    layer : str, optional
        Layer or sheet.

    Returns
    -------
    GeoDataFrame
        ``street, housenumber, addition, postcode, city`` (text, missing where unknown), points,
        ``file``, ``row`` (with OpenStreetMap the position in the file, from 1). Addresses without a
        street or without a place are left out; how many is said by `load_addresses`.

    Raises
    ------
    InputError

    Notes
    -----
    Hauskoordinaten: format "Hauskoordinaten Deutschland" of the AdV, fields divided by ``;`` and
    without headings: NBA, OI, QUA, LAN, RBZ, KRS, GMD, OTT, SSS, HNR, ADZ, East, North, STN, PLZ, ONM,
    ZON, POT. Easts may carry the zone before them (33 384 053,3 as ``33384053,3``); rows marked ``L``
    (deleted) are left out.

    OpenStreetMap: ``addr:street`` (else ``addr:place``) and ``addr:housenumber`` of nodes, ways and
    areas; an area stands at the mean of its corners. A missing postcode or town is taken from the
    nearest address that has it, within 300 m.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "adressen.csv"
    ...     _ = path.write_text("Straße;Hnr;Zusatz;PLZ;Ort;Ost;Nord\n"
    ...                         "Torfsteg;11;a;17033;Neubrandenburg;384053,3;5935610,2")
    ...     addresses = read_addresses(path, crs=25833)
    >>> addresses[["street", "housenumber", "addition", "geometry"]]
         street housenumber addition                    geometry
    0  Torfsteg          11        a  POINT (384053.3 5935610.2)
    """
    reading = load_addresses(path, columns=columns, crs=crs, to_crs=to_crs, layer=layer)
    return reading.settle()


def load_addresses(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    to_crs: Any = None,
    layer: str | None = None,
) -> Reading:
    """Read addresses and collect findings instead of raising."""
    path = Path(path)
    if path.name.lower().endswith(_OSM):
        table, found = _read_osm(path)
        if table is None:
            return Reading(None, tuple(found))
        points, more = project(table, path.name, to_crs=to_crs)
        return _sift(_fill_places(points), path.name, [*found, *more])
    raw, zone = _load_official(path), None
    if raw is None:
        raw = load_named(path, ADDRESSES, columns=columns, layer=layer)
    if raw.table is None:
        return Reading(None, raw.findings)
    typed, findings = type_table(raw, ADDRESSES, path.name)
    found = [f for f in findings if f.code != "heading_spare"]
    if "street" not in typed:
        seen = (str(say_heading(typed, path.name, c)) for c in typed if c not in ("file", "row"))
        street = ADDRESSES.columns[0]
        wanted = ", ".join((street.name, *street.aliases))
        found.append(
            find(
                "error", "missing_column", path.name,
                column=street.name, wanted=wanted, seen=", ".join(seen),
            )
        )  # fmt: skip
        return Reading(None, tuple(found))
    if "x" in typed and crs is None:
        typed, zone = _strip_zone(typed)
    faulty = find_faulty(raw.table, typed)
    placed, more = place_points(
        typed, path.name, crs=crs if zone is None else zone, to_crs=to_crs, faulty=faulty
    )
    if "geometry" not in placed:
        return Reading(None, (*found, *more))
    return _sift(placed, path.name, [*found, *more])


def _sift(table: gpd.GeoDataFrame, label: str, found: list[Finding]) -> Reading:
    """Keep addresses with a street and a place, in the declared columns."""
    for column in COLUMNS:
        if column not in table:
            table[column] = pd.Series(np.nan, index=table.index, dtype="str")
    usable = ~blank(table["street"]) & table.geometry.notna() & ~table.geometry.is_empty
    if not usable.all():
        lost = int((~usable).sum())
        found.append(find("note", "addresses_left_out", label, count=lost, total=len(table)))
    if not usable.any():
        found.append(find("error", "addresses_none", label))
    return Reading(table.loc[usable, COLUMNS].reset_index(drop=True), tuple(found))


def _load_official(path: Path) -> Raw | None:
    """Read a file of Hauskoordinaten without headings; None if it is something else."""
    if path.suffix.lower() not in (".txt", ".csv") or not path.is_file():
        return None
    with path.open("rb") as file:
        head = decode(file.readline().strip()) or ""
    cells = head.split(";")
    numbers = [re.fullmatch(r"\d{5,8}([.,]\d+)?", c.strip()) for c in cells[11:13]]
    if len(cells) < len(_OFFICIAL) - 1 or not all(numbers):
        return None
    text = decode(path.read_bytes())
    if text is None:
        return Raw(None, (find("error", "not_text", path.name),))
    lines = pd.Series(text.split("\n"), dtype="str").str.strip("\r")
    lines.index += 1
    lines = lines[(lines.str.strip() != "") & ~lines.str.startswith("#")]
    width = lines.str.count(";") + 1
    found = [
        find(
            "error", "ragged_row", path.name, row=row, cells=width[row], headings=len(_OFFICIAL)
        )
        for row in lines.index[width < len(_OFFICIAL) - 1][:20]
    ]  # fmt: skip
    lines = lines[width >= len(_OFFICIAL) - 1]
    # Quotes mean nothing in this format, so every semicolon divides.
    table = pd.read_csv(
        io.StringIO("\n".join(lines)), sep=";", header=None, dtype="str", quoting=3,
        names=[*_OFFICIAL, *(f"+{i}" for i in range(max(0, width.max() - len(_OFFICIAL))))],
        keep_default_na=False, index_col=False,
    )  # fmt: skip
    table["file"] = pd.Series(path.name, index=table.index, dtype="str")
    table["row"] = lines.index.to_numpy()
    return Raw(table[table["nba"].str.strip() != "L"].reset_index(drop=True), tuple(found), ",")


def _strip_zone(table: pd.DataFrame) -> tuple[pd.DataFrame, int | None]:
    """Take the UTM zone off Easts that carry it, if all carry the same."""
    east = table["x"]
    zones = (east.dropna() // 1e6).astype(int).unique()
    if len(zones) != 1 or zones[0] not in _ZONES:
        return table, None
    return table.assign(x=east - zones[0] * 1e6), _ZONES[int(zones[0])]


def _read_osm(path: Path) -> tuple[gpd.GeoDataFrame | None, list[Finding]]:
    """Take every house number of an extract with its place."""
    if not path.is_file():
        return None, [find("error", "missing_file", path.name, path=path.name)]
    import osmium

    texts: list[tuple[str | None, ...]] = []
    lon, lat, row = array("d"), array("d"), array("q")
    wanted = osmium.filter.KeyFilter("addr:housenumber")
    try:
        source = osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted)
        for number, item in enumerate(source, start=1):
            if item.is_relation() or (item.is_way() and item.is_closed()):
                continue  # it comes again as an area
            if item.is_node():
                places = [item.location]
            else:
                ring = next(iter(item.outer_rings()), ()) if item.is_area() else item.nodes
                places = [n.location for n in ring]
                places = places[:-1] if item.is_area() else places
            places = [p for p in places if p.valid()]
            if not places:
                continue
            tag = item.tags
            street = tag.get("addr:street") or tag.get("addr:place")
            east = sum(p.lon for p in places) / len(places)
            north = sum(p.lat for p in places) / len(places)
            for house in re.split(r"\s*[;,]\s*", tag["addr:housenumber"]):
                texts.append((street, house, tag.get("addr:postcode"), tag.get("addr:city")))
                lon.append(east)
                lat.append(north)
                row.append(number)
    except (RuntimeError, ValueError) as error:
        return None, [unreadable(error, path)]
    if not texts:
        return None, [find("error", "addresses_none", path.name)]
    cells = pd.DataFrame(texts, columns=["street", "housenumber", "postcode", "city"], dtype="str")
    cells["file"] = pd.Series(path.name, index=cells.index, dtype="str")
    cells["row"] = np.asarray(row)
    points = gpd.points_from_xy(np.asarray(lon), np.asarray(lat), crs=4326)
    return gpd.GeoDataFrame(cells, geometry=points), []


def _fill_places(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give addresses without postcode or town that of the nearest address which has it."""
    from scipy.spatial import cKDTree

    corners = np.column_stack([table.geometry.x, table.geometry.y])
    for column in ("postcode", "city"):
        known = table[column].notna().to_numpy()
        if known.all() or not known.any():
            continue
        tree = cKDTree(corners[known])
        metres, nearest = tree.query(corners[~known], distance_upper_bound=FILL_M)
        near = np.isfinite(metres)
        filled = table[column].to_numpy(dtype=object, copy=True)
        places = np.flatnonzero(~known)[near]
        filled[places] = filled[known][nearest[near]]
        table[column] = pd.Series(filled, index=table.index, dtype="str")
    return table
