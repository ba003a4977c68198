"""Four squares of 1 km in two Sozialräume, for the tests of the model."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from sozialraum.model.areas import Level, complete_areas

LEVELS = (
    Level("gesamt", "Gesamt", "Gesamt"),
    Level("sozialraum", "Sozialraum", "Sozialräume", "gesamt"),
    Level("quartier", "Quartier", "Quartiere", "sozialraum"),
)


@pytest.fixture
def levels() -> tuple[Level, ...]:
    return LEVELS


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    """As a reader gives it: 01 and 02 below (A), 03 and 04 above (B), rows 2 to 5."""
    return gpd.GeoDataFrame(
        {
            "area": ["01", "02", "03", "04"],
            "name": ["Altstadt", "Hafen", "Nordend", "Ostend"],
            "sozialraum": ["A", "A", "B", "B"],
            "sozialraum_name": ["Süd", "Süd", "Nord", "Nord"],
            "file": "g.gpkg",
            "row": np.arange(2, 6),
        },
        geometry=[
            box(400000, 5800000, 401000, 5801000),
            box(401000, 5800000, 402000, 5801000),
            box(400000, 5801000, 401000, 5802000),
            box(401000, 5801000, 402000, 5802000),
        ],
        crs=25833,
    )


@pytest.fixture
def complete(areas: Any) -> gpd.GeoDataFrame:
    return complete_areas(areas, LEVELS, "Kleinstadt")
