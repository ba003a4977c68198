"""Files that hold geometry as tables of raw cells that know their row."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.model.check import Finding, find
from sozialraum.read.sheets import Raw, unique_names


def load_spatial(path: Path, layer: str | None) -> Raw:
    """Read GeoPackage, GeoJSON, Shapefile and what else GDAL knows.

    A file with several layers needs one of them named.
    """
    import pyogrio

    findings: list[Finding] = []
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            layers = pyogrio.list_layers(path)
            chosen = _choose(layers, layer, path.name, findings)
            if chosen is None:
                return Raw(None, tuple(findings))
            table = pyogrio.read_dataframe(path, layer=chosen, force_2d=True, on_invalid="ignore")
        except Exception as error:  # every driver of GDAL has errors of its own
            return Raw(None, (unreadable(error, path),))
    for text in dict.fromkeys(str(warning.message) for warning in heard):
        findings.append(find("note", "reported", path.name, reason=_short(text, path)))
    return Raw(_numbered(table, path.name, findings), tuple(findings))


def load_parquet(path: Path) -> Raw:
    """Read GeoParquet, Parquet with shapes as WKB in ``geometry``, or Parquet without any."""
    import pyarrow.parquet as pq

    findings: list[Finding] = []
    try:
        spatial = b"geo" in (pq.read_schema(path).metadata or {})
        table = gpd.read_parquet(path) if spatial else pd.read_parquet(path)
        if not spatial and "geometry" in table:
            shapes = shapely.from_wkb(table["geometry"].to_numpy())
            table = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=shapes)
    except Exception as error:  # pyarrow, shapely and geopandas each have errors of their own
        return Raw(None, (unreadable(error, path),))
    if table.index.name is not None:
        table = table.reset_index()
    return Raw(_numbered(table, path.name, findings), tuple(findings))


def unreadable(error: Exception, path: Path) -> Finding:
    """Make the finding for a file that its reader refuses."""
    return find("error", "unreadable", path.name, reason=_short(str(error), path))


def _short(text: str, path: Path) -> str:
    return text.replace(str(path), path.name).split("; It might help")[0].strip()


def _choose(layers: Any, layer: str | None, name: str, findings: list[Finding]) -> str | None:
    known = [str(row[0]) for row in layers]
    if layer is not None:
        if layer in known:
            return layer
        findings.append(find("error", "unknown_layer", name, layer=layer, known=", ".join(known)))
        return None
    spatial = [str(row[0]) for row in layers if row[1] is not None] or known
    if len(spatial) == 1:
        return spatial[0]
    code = "which_layer" if spatial else "empty_file"
    findings.append(find("error", code, name, known=", ".join(spatial)))
    return None


def _numbered(table: pd.DataFrame, name: str, findings: list[Finding]) -> pd.DataFrame:
    """Give each feature the row it would have in a spreadsheet."""
    if isinstance(table, gpd.GeoDataFrame) and table.geometry.name != "geometry":
        table = table.rename(columns={"geometry": "geometry (2)"}).rename_geometry("geometry")
    table = table.set_axis(
        unique_names([str(c) for c in table.columns], 1, name, findings), axis="columns"
    )
    table["file"] = pd.Series(name, index=table.index, dtype="str")
    table["row"] = np.arange(2, len(table) + 2)
    return table
