"""Files that come out the same, byte for byte, whenever they are written."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import osmium
import pandas as pd
import pyogrio

#: Date written into GeoPackages: the day of the OpenStreetMap extract, never today.
STAMP = "2016-02-10T00:00:00.000Z"


def write_layer(table: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write one layer as the only one of a GeoPackage.

    Parameters
    ----------
    table : GeoDataFrame
    path : Path
        Replaced if it is there.
    layer : str
    """
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    table.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", VERSION="1.2")


def write_table(table: pd.DataFrame, path: Path, *, separator: str = ",") -> None:
    """Write a CSV: UTF-8, ``\\n`` at the end of lines, missing stays empty."""
    table.to_csv(path, index=False, sep=separator, lineterminator="\n", encoding="utf-8")


def write_streets(raw: Path, path: Path) -> tuple[int, int]:
    """Write the streets and paths of the extract with their nodes, and nothing else.

    Parameters
    ----------
    raw : Path
        The extract.
    path : Path
        ``.osm.pbf`` to write.

    Returns
    -------
    tuple of int
        Number of ways and of nodes.

    Notes
    -----
    All tags of a street are kept; of a node only what bars the way (barrier, access, foot …).
    Authors, versions and times of editing are left out.
    """
    ways: list[osmium.osm.mutable.Way] = []
    used: set[int] = set()
    for way in osmium.FileProcessor(str(raw), osmium.osm.WAY):
        if "highway" in way.tags or way.tags.get("route") == "ferry":
            refs = [node.ref for node in way.nodes]
            used.update(refs)
            tags = {tag.k: tag.v for tag in way.tags if not tag.k.startswith("source")}
            ways.append(osmium.osm.mutable.Way(id=way.id, nodes=refs, tags=tags))
    nodes: list[osmium.osm.mutable.Node] = []
    keep = {"barrier", "access", "foot", "bicycle", "highway", "crossing", "wheelchair", "locked"}
    for node in osmium.FileProcessor(str(raw), osmium.osm.NODE):
        if node.id in used:
            tags = {tag.k: tag.v for tag in node.tags if tag.k in keep}
            place = (node.location.lon, node.location.lat)
            nodes.append(osmium.osm.mutable.Node(id=node.id, location=place, tags=tags))
    path.unlink(missing_ok=True)
    file = osmium.io.File(str(path), "osm.pbf,add_metadata=none")
    with osmium.SimpleWriter(file) as writer:
        for node in sorted(nodes, key=lambda item: item.id):
            writer.add_node(node)
        for way in sorted(ways, key=lambda item: item.id):
            writer.add_way(way)
    return len(ways), len(nodes)
