"""Ways from the cells of a regular grid, as the map page reads them: whole minutes, row by row."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.access.cells import SMALLEST_M
from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.present.classes import COLOURS, HATCHES, name_category
from sozialraum.present.payload_series import MISSING, Block
from sozialraum.texts import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialraum.present.topology import Topology

LIMITS_MIN = (5, 10, 15, 30)


def lay_cells(
    cells: gpd.GeoDataFrame, topology: Topology, block: Block, categories: Mapping[str, str]
) -> tuple[dict[str, Any], Block]:
    """Lay minutes per cell behind the numbers of an edition.

    Parameters
    ----------
    cells : GeoDataFrame
        Centres of a regular grid of at least 100 m (see `build_grid`); every numeric column is the way
        in minutes to the next offer of the category it is named after. Nothing else is read.
    topology : Topology
        On whose grid the place is given.
    block : Block
    categories : mapping of str to str
        The town's own words for categories.

    Returns
    -------
    tuple of dict and Block
        Place of the lower left corner, width of a cell, columns and rows, class limits, and per measure
        where its numbers begin: one per cell from the south, minutes rounded up, missing where no way
        is known.

    Raises
    ------
    InputError
        The points are no regular grid, or one finer than 100 m: people and single buildings are never
        shown.
    """
    xy = shapely.get_coordinates(cells.geometry.to_crs(cells.crs).to_numpy())
    if len(xy) != len(cells) or not len(xy):
        _refuse()
    steps = np.concatenate([np.diff(np.unique(np.round(part, 3))) for part in xy.T])
    size = float(steps.min()) if len(steps) else 0.0
    low = xy.min(axis=0)
    place = (xy - low) / size if size >= SMALLEST_M else np.full_like(xy, 0.5)
    whole = np.rint(place).astype(int)
    if np.abs(place - whole).max() > 0.01 or len(np.unique(whole, axis=0)) < len(whole):
        _refuse()
    columns, rows = (whole.max(axis=0) + 1).tolist()
    measures, parts, at = [], [block.numbers], len(block.numbers)
    for name in cells.columns.drop(cells.geometry.name):
        if not pd.api.types.is_numeric_dtype(cells[name]):
            continue
        minutes = np.ceil(cells[name].to_numpy(float) - 1e-9)
        numbers = np.full(columns * rows, MISSING, dtype=np.int32)
        given = ~np.isnan(minutes)
        numbers[(whole[:, 1] * columns + whole[:, 0])[given]] = minutes[given].astype(np.int32)
        measures.append({"id": str(name), "title": name_category(str(name), categories), "at": at})
        parts.append(numbers)
        at += len(numbers)
    corner = topology.to_grid((low - size / 2).reshape(1, 2))[0]
    return {
        "corner": corner.tolist(),
        "size": size / topology.grid_m,
        "metres": size,
        "columns": columns,
        "rows": rows,
        "limits": LIMITS_MIN,
        "colours": COLOURS,
        # No cell stays blank: blank is where no way is known.
        "hatches": [(9, "M4.5 4.5h0", 1.3), *(hatch[:3] for hatch in HATCHES[1:])],
        "labels": [
            say("map.cells_up_to", limit=LIMITS_MIN[0]),
            *(say("map.cells_between", low=a, high=b) for a, b in pairwise(LIMITS_MIN)),
            say("map.cells_above", limit=LIMITS_MIN[-1]),
        ],
        "measures": measures,
    }, block._replace(numbers=np.concatenate(parts))


def _refuse() -> NoReturn:
    finding = find("error", "cells_irregular", say("access.cells"), least=f"{SMALLEST_M:.0f}")
    raise InputError(CheckReport((finding,)))
