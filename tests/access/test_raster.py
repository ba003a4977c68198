"""Grids of minutes: by hand, the same as ways of the cells' centres, and as a file."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from sozialraum.access.network import StraightLine
from sozialraum.access.raster import measure_travel_raster
from sozialraum.access.travel import measure_nearest
from sozialraum.demo import build_musterstadt
from sozialraum.errors import CoverageError, InputError, UnknownNameError
from sozialraum.present.geotiff import write_travel_raster

BOUNDS = (-100.0, -50.0, 200.0, 100.0)


def test_a_grid_by_hand(streets, points):
    street = streets({"w": (-100, 25), "e": (200, 25)}, [("w", "e", 300, 0)])
    raster = measure_travel_raster(points([(25, 25)], "k"), street, bounds=BOUNDS)
    assert raster.minutes.shape == (3, 6)
    assert raster.transform == (50, 0, -100, 0, -50, 100)
    # Rows from the north: 50 m above the street, on it, 50 m below. Columns 50 m apart, the offer in
    # the third. 80 m are a minute.
    along = np.abs(np.arange(6) - 2) * 50
    assert raster.minutes.tolist() == [
        [pytest.approx((m + away) / 80) for m in along] for away in (50, 0, 50)
    ]
    assert raster.quality == "exact"
    assert raster.crs == street.crs


def test_cells_lie_on_multiples_whatever_the_bounds(cross, points):
    offers = points([(0, 0)], "k")
    one = measure_travel_raster(offers, cross, cell_m=100, bounds=(-130, -70, 190, 20))
    assert (one.west, one.north, one.minutes.shape) == (-200, 100, (2, 4))
    # Without bounds: all streets, 400 m to each side.
    whole = measure_travel_raster(offers, cross, cell_m=100)
    assert (whole.west, whole.north, whole.minutes.shape) == (-400, 400, (8, 8))
    # The same cells have the same values: row 3 from 100 to 0 m, column 2 from -200 to -100 m.
    np.testing.assert_array_equal(one.minutes, whole.minutes[3:5, 2:6])


def test_what_is_too_far_or_not_connected_is_missing_and_never_zero(cross, points):
    offers = points([(0, 0)], "k")
    raster = measure_travel_raster(
        offers, cross, cell_m=100, bounds=(0, -50, 1200, 50), limit_min=2.5
    )
    # Centres at y = ±50 … 50 m beside the arm: (50 + x) / 80 minutes up to 2.5, at x = 150.
    assert raster.minutes[0, :4].tolist() == [
        pytest.approx(100 / 80), pytest.approx(200 / 80), pytest.approx(np.nan, nan_ok=True),
        pytest.approx(np.nan, nan_ok=True),
    ]  # fmt: skip
    assert np.isnan(raster.minutes[:, 2:]).all()


def test_one_way_streets_make_a_difference(streets, points):
    nodes = {"a": (0, 0), "b": (400, 0)}
    ring = streets(nodes, [("a", "b", 400, 1), ("b", "a", 1600, 1)])
    offers, options = points([(225, 0)], "k"), {"cell_m": 50, "bounds": (0, -25, 200, 25)}
    there = measure_travel_raster(offers, ring, **options)
    back = measure_travel_raster(offers, ring, direction="from_offer", **options)
    # From x = 125 and 25 m beside it: 25 + 100 m. Back: 175 m, 1,600 m round and 125 + 25 m.
    assert there.minutes[0, 2] == pytest.approx(125 / 80)
    assert back.minutes[0, 2] == pytest.approx((175 + 1600 + 125 + 25) / 80)


def test_every_cell_is_the_way_of_its_centre():
    town = build_musterstadt()
    kitas = town.atlas.offers.query("category == 'kita'")
    raster = measure_travel_raster(kitas, town.streets, cell_m=100)
    people = town.atlas.population
    # People live at the crossings: in the middle of the cells.
    column = ((people.geometry.x - raster.west) // 100).astype(int)
    row = ((raster.north - people.geometry.y) // 100).astype(int)
    minutes = measure_nearest(people, kitas, town.streets)["minutes"].to_numpy(dtype=np.float32)
    np.testing.assert_array_equal(raster.minutes[row, column], minutes)


def test_useless_wishes_are_refused(cross, points):
    offers = points([(0, 0)], "k")
    for cell in (0, -1, np.nan, np.inf):
        with pytest.raises(InputError, match="Rasterzellen"):
            measure_travel_raster(offers, cross, cell_m=cell)
    for bounds in ((0, 0, 0, 9), (0, 0, 9, np.nan), (9, 0, 0, 9), (0, 0, 9)):
        with pytest.raises(InputError, match="Ausschnitt"):
            measure_travel_raster(offers, cross, bounds=bounds)
    with pytest.raises(InputError, match="Zellen"):
        measure_travel_raster(offers, cross, cell_m=0.1)
    with pytest.raises(InputError, match="Luftlinie fehlt der Ausschnitt"):
        measure_travel_raster(offers, StraightLine())
    with pytest.raises(InputError, match="Grenze"):
        measure_travel_raster(offers, cross, limit_min=0)
    with pytest.raises(UnknownNameError):
        measure_travel_raster(offers, cross, direction="hin")
    with pytest.raises(CoverageError, match="Angebote"):
        measure_travel_raster(points([(90_000, 0)], "k"), cross)


def test_no_offers_give_a_grid_without_a_number(cross, points):
    assert np.isnan(measure_travel_raster(points([], "k"), cross).minutes).all()


def test_the_file_holds_the_grid(cross, points, tmp_path):
    raster = measure_travel_raster(points([(0, 0)], "k"), cross, limit_min=4)
    path = write_travel_raster(raster, tmp_path / "neu" / "minuten.tif")
    with rasterio.open(path) as file:
        assert file.crs.to_epsg() == 25833
        assert file.transform == rasterio.Affine(50, 0, -400, 0, -50, 400)
        assert (file.count, file.dtypes, file.nodata) == (1, ("float32",), -1)
        assert file.descriptions == ("Minuten bis zum nächsten Angebot",)
        assert file.units == ("min",)
        assert file.tags()["QUALITY"] == "exact"
        read = file.read(1, masked=True)
    assert (read.mask == np.isnan(raster.minutes)).all()
    np.testing.assert_array_equal(read.filled(np.nan), raster.minutes)
    # 4 minutes are 320 m: some cells of the cross are reached, some are not.
    assert 0 < read.mask.sum() < read.size


def test_the_same_grid_gives_the_same_bytes(points, tmp_path):
    offers, line = points([(0, 0)], "k"), StraightLine()
    one, other = (
        write_travel_raster(measure_travel_raster(offers, line, bounds=BOUNDS), tmp_path / name)
        for name in ("a.tif", "b.tif")
    )
    assert one.read_bytes() == other.read_bytes()
    with rasterio.open(one) as file:
        assert file.tags()["QUALITY"] == "straight_line"


def test_a_file_is_written_whole_or_not_at_all(points, tmp_path, monkeypatch):
    raster = measure_travel_raster(points([(0, 0)], "k"), StraightLine(), bounds=BOUNDS)
    path = write_travel_raster(raster, tmp_path / "minuten.tif")
    before = path.read_bytes()
    monkeypatch.setattr(rasterio.io.DatasetWriter, "update_tags", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_travel_raster(raster, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["minuten.tif"]
