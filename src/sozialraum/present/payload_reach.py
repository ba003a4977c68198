"""Ways from every cell to every offer near it: the page then answers for whatever offers are chosen."""

from __future__ import annotations

from string import ascii_lowercase, digits
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.present.payload_cells import LIMITS_MIN
from sozialraum.texts import say

LIMIT_MIN = LIMITS_MIN[-1]
MOST_PAIRS = 600_000
_SIGNS = np.array(list(digits + ascii_lowercase))
_FAR = len(_SIGNS) - 1


def lay_reach(
    travel: pd.DataFrame, cells: gpd.GeoDataFrame, header: dict[str, Any]
) -> list[list[Any] | None]:
    """Write for every offer the minutes from the cells around it.

    Parameters
    ----------
    travel : DataFrame
        ``origin`` (index of ``cells``), ``destination`` (offer), ``minutes``, as `measure_travel` gives
        them; ways of more than 30 minutes are left out.
    cells : GeoDataFrame
        The grid that `lay_cells` laid out.
    header : dict
        Of the page, with its offers and cells.

    Returns
    -------
    list
        Per offer, in the order of the page, None or the westernmost column, southernmost row and width
        of a rectangle of cells, and one sign per cell, row by row from the south: minutes, rounded up,
        as digits of base 36, ``z`` where the way is longer or not known.

    Raises
    ------
    InputError
        More than 600,000 cells would be written: the page would be too large.
    """
    grid = header["cells"]
    xy = shapely.get_coordinates(cells.geometry.to_numpy())
    place = np.rint((xy - xy.min(axis=0)) / grid["metres"]).astype(int)
    near = travel[travel["minutes"] <= LIMIT_MIN]
    at = pd.Index(cells.index.astype(str)).get_indexer(near["origin"].astype(str))
    known = {str(key): i for i, key in enumerate(header["offers"]["ids"])}
    table = pd.DataFrame(
        {
            "offer": near["destination"].astype(str).map(known).to_numpy(),
            "column": place[at, 0],
            "row": place[at, 1],
            "minutes": np.ceil(near["minutes"].to_numpy(float) - 1e-9).astype(int),
        }
    )[at >= 0].dropna()
    found: list[list[Any] | None] = [None] * len(known)
    total = 0
    for offer, part in table.groupby("offer"):
        (west, south), (east, north) = (
            getattr(part[["column", "row"]], end)().tolist() for end in ("min", "max")
        )
        signs = np.full((north - south + 1, east - west + 1), _FAR)
        signs[part["row"] - south, part["column"] - west] = part["minutes"]
        total += signs.size
        found[int(offer)] = [west, south, signs.shape[1], "".join(_SIGNS[signs].ravel())]
    if total > MOST_PAIRS:
        finding = find("error", "reach_large", say("access.cells"), cells=total, most=MOST_PAIRS)
        raise InputError(CheckReport((finding,)))
    return found
