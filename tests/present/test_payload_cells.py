"""Cells of ways: a regular grid of at least 100 m or nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from sozialraum.access.cells import build_grid
from sozialraum.demo import build_musterstadt
from sozialraum.errors import CrsError, InputError
from sozialraum.present.payload import build_payload
from sozialraum.present.payload_series import MISSING


def test_the_grid_covers_the_areas_and_nothing_else() -> None:
    areas = build_musterstadt().atlas.areas
    cells = build_grid(areas, size_m=200)
    # As many centres as the area has cells of 4 ha, up to those cut by its edge.
    assert abs(len(cells) * 40_000 / areas.area.sum() - 1) < 0.1
    assert cells.index.is_unique
    assert cells.within(areas.union_all()).all()
    assert build_grid(areas.sample(frac=1, random_state=1), size_m=200).equals(cells)


def test_a_grid_in_degrees_or_of_single_buildings_is_refused() -> None:
    areas = build_musterstadt().atlas.areas
    with pytest.raises(InputError, match="100 m"):
        build_grid(areas, size_m=50)
    with pytest.raises(CrsError):
        build_grid(areas.to_crs(4326), size_m=200)


def test_minutes_are_rounded_up_and_missing_stays_missing(town_edition) -> None:
    cells = build_grid(town_edition.areas, size_m=400)
    cells["kita"] = np.linspace(0, 12.2, len(cells))
    cells.loc[cells.index[3], "kita"] = np.nan
    cells["note"] = "CANARY"
    header, numbers, _ = build_payload(town_edition, cells=cells)
    found = header["cells"]
    assert [measure["id"] for measure in found["measures"]] == ["kita"]
    at, size = found["measures"][0]["at"], found["columns"] * found["rows"]
    block = numbers[at : at + size]
    given = block[block != MISSING]
    assert len(given) == len(cells) - 1
    assert given.max() == 13
    assert found["metres"] == 400
    assert "CANARY" not in str(header)


@pytest.mark.parametrize("move", ["one", "fine", "double"])
def test_what_is_no_regular_grid_is_refused(town_edition, move: str) -> None:
    x, y = np.meshgrid(np.arange(4) * 200.0, np.arange(3) * 200.0)
    x, y = x.ravel() + 380_000, y.ravel() + 5_931_000
    if move == "one":
        x[5] += 37
    elif move == "fine":
        x = (x - 380_000) / 4 + 380_000
        y = (y - 5_931_000) / 4 + 5_931_000
    else:
        x[1], y[1] = x[0], y[0]
    cells = gpd.GeoDataFrame(
        {"kita": np.ones(len(x))}, geometry=gpd.points_from_xy(x, y), crs=25833
    )
    with pytest.raises(InputError, match="regelmäßiges Raster"):
        build_payload(town_edition, cells=cells)
