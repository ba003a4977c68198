"""A grid of minutes as a GeoTIFF, for QGIS and other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.present.files import replacing
from sozialraum.texts import say

if TYPE_CHECKING:
    from sozialraum.access.raster import TravelRaster

NODATA = -1.0
"""Stands for "no offer reached" in the file; minutes are never below 0."""


def write_travel_raster(raster: TravelRaster, path: str | Path) -> Path:
    """Write a grid of minutes as a GeoTIFF.

    Parameters
    ----------
    raster : TravelRaster
        From ``measure_travel_raster``.
    path : path
        Written whole or not at all; its folder is made if it does not exist.

    Returns
    -------
    Path
        The file: one band of 32-bit minutes, ``nodata`` -1 where no offer is reached, the way of
        measuring as the tag ``QUALITY``. The same grid gives the same bytes.

    Examples
    --------
    >>> import tempfile, geopandas as gpd, sozialraum as sr
    >>> from sozialraum.access.raster import measure_travel_raster
    >>> offer = gpd.GeoDataFrame(geometry=gpd.points_from_xy([25], [25]), index=["kita"], crs=25833)
    >>> raster = measure_travel_raster(offer, sr.StraightLine(), bounds=(0, 0, 150, 50))
    >>> write_travel_raster(raster, Path(tempfile.mkdtemp()) / "minuten.tif").name
    'minuten.tif'
    """
    import rasterio
    from rasterio.transform import Affine

    rows, columns = raster.minutes.shape
    with (
        replacing(path) as temporary,
        rasterio.open(
            temporary, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32",
            crs=raster.crs.to_wkt(), transform=Affine(*raster.transform), nodata=NODATA,
            compress="deflate", predictor=3,
        ) as file,
    ):  # fmt: skip
        file.write(np.where(np.isnan(raster.minutes), NODATA, raster.minutes), 1)
        file.set_band_description(1, say("isochrones.raster_band"))
        file.set_band_unit(1, "min")
        file.update_tags(QUALITY=raster.quality)
    return Path(path)
