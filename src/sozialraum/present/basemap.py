"""Online maps a writer may allow the page to ask for; without one the page asks nobody."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.texts import say

HOST = "https://sgx.geodatenzentrum.de"
# Service, layer, systems of coordinates in which east comes before north, and whose data it is.
_KNOWN = {
    "basemap.de": (
        f"{HOST}/wms_basemapde",
        "de_basemapde_web_raster_grau",
        "map.source_basemap",
    ),
    "topplus": (
        f"{HOST}/wms_topplus_open",
        "web_grau",
        "map.source_topplus",
    ),
}
_SYSTEMS = (25832, 25833, 3857)


@dataclass(frozen=True)
class Basemap:
    """An online map as the page asks for it.

    Attributes
    ----------
    title : str
    host : str
        The only address the page may ask.
    url : str
        Up to the box and size of the picture.
    source : str
    """

    title: str
    host: str
    url: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Give what the script needs."""
        return asdict(self)


def find_basemap(name: str, crs: Any) -> Basemap:
    """Find an online map in the coordinate system of an edition.

    Parameters
    ----------
    name : {"basemap.de", "topplus"}
    crs : CRS

    Returns
    -------
    Basemap

    Raises
    ------
    UnknownNameError
        No such map.
    CrsError
        It does not come in this system.

    Examples
    --------
    >>> from pyproj import CRS
    >>> find_basemap("topplus", CRS(25833)).host
    'https://sgx.geodatenzentrum.de'
    """
    if name not in _KNOWN:
        raise UnknownNameError("basemap", name, list(_KNOWN))
    code = crs.to_epsg()
    if code not in _SYSTEMS:
        raise CrsError(say("map.basemap_crs", name=name, crs=crs.to_string()))
    service, layer, source = _KNOWN[name]
    question = (
        f"{service}?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={layer}&STYLES="
        f"&FORMAT=image/png&CRS=EPSG:{code}"
    )
    title = "basemap.de" if name == "basemap.de" else "TopPlusOpen"
    return Basemap(title, HOST, question, say(source))
