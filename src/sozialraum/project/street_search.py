"""Streets that can be searched in a project's Ressourcenkarte."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from sozialraum.project.settings import Project
from sozialraum.read.addresses import load_addresses
from sozialraum.read.street_names import NAMES_ENDINGS, read_street_names


def find_street_names(project: Project, crs: Any) -> gpd.GeoDataFrame | None:
    """Read the names of streets from what the project names anyway.

    Parameters
    ----------
    project : Project
    crs : CRS
        Of the areas.

    Returns
    -------
    GeoDataFrame or None
        ``name`` and geometry: of the address table, else of an extract of OpenStreetMap with the
        streets; None where there is neither, or the project file has ``streets = false``.

    Raises
    ------
    InputError
    """
    section = project.section("addresses")
    if not project.section("ressourcenkarte").get("streets", True):
        return None
    if section:
        options = {k: section[k] for k in ("columns", "crs", "layer") if k in section}
        path = project.locate(section["file"])
        addresses = load_addresses(path, to_crs=crs, **options).settle()
        return addresses.rename(columns={"street": "name"})[["name", "geometry"]]
    file = str(project.section("streets").get("file", ""))
    if not file.lower().endswith(NAMES_ENDINGS):
        return None
    return read_street_names(project.locate(file), to_crs=crs)
