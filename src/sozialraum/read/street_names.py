"""Names of streets and where they run, for a page in which they can be searched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from sozialraum.access.network import refuse

NAMES_ENDINGS = (".pbf", ".osm", ".osm.gz", ".osm.bz2")
"""Files that tell names of streets."""


def read_street_names(path: str | Path, *, to_crs: Any = None) -> gpd.GeoDataFrame:
    r"""Read the names of all streets, paths and squares of an extract of OpenStreetMap.

    Parameters
    ----------
    path : path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    to_crs : any, optional
        System of the areas; degrees unless given.

    Returns
    -------
    GeoDataFrame
        ``name`` and lines, one per way with ``highway`` and ``name``, in the order of the file.

    Raises
    ------
    InputError
        The file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ort.osm"
    ...     _ = path.write_text(
    ...         '<osm version="0.6"><node id="1" version="1" lat="53.5" lon="13.2"/>'
    ...         '<node id="2" version="1" lat="53.5" lon="13.3"/><way id="1" version="1">'
    ...         '<nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/>'
    ...         '<tag k="name" v="Torfsteg"/></way></osm>')
    ...     read_street_names(path)
           name                        geometry
    0  Torfsteg  LINESTRING (13.2 53.5, 13.3 53.5)
    """
    import osmium

    path = Path(path)
    names: list[str] = []
    lines: list[list[tuple[float, float]]] = []
    try:
        source = osmium.FileProcessor(str(path)).with_locations()
        source = source.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        for way in source.with_filter(osmium.filter.KeyFilter("highway")):
            places = [node.location for node in way.nodes if node.location.valid()]
            if "name" in way.tags and len(places) > 1:
                names.append(way.tags["name"])
                lines.append([(place.lon, place.lat) for place in places])
    except (RuntimeError, ValueError) as error:
        refuse("streets.unreadable", path.name, reason=error)
    drawn = [shapely.LineString(line) for line in lines]
    found = gpd.GeoDataFrame({"name": names}, geometry=drawn, crs=4326)
    return found if to_crs is None else found.to_crs(to_crs)
