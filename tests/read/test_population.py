"""Where people live: points, the census grid, rasters. No one is lost and no one is made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio.transform import from_origin
from shapely import Point

from sozialraum.errors import CrsError, UnknownNameError
from sozialraum.read.grid import find_centres
from sozialraum.read.population import load_population, read_population

NAN = float("nan")


def codes(reading: Any) -> list[tuple[str, str, int | None]]:
    return [(f.severity, f.code, f.row) for f in reading.findings]


def write(tmp_path: Path, text: str) -> Path:
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    return tmp_path / "p.csv"


def test_points_with_every_other_column_as_a_group(tmp_path: Path) -> None:
    path = write(
        tmp_path, "cell;x;y;einwohner;u6\nc1;400000;5800000;10;1,5\nc2;400100;5800000;5;\n"
    )
    people = read_population(path, to_crs=25833)
    assert people.index.tolist() == ["c1", "c2"]
    np.testing.assert_array_equal(people["einwohner"], [10, 5])
    np.testing.assert_array_equal(people["u6"], [1.5, NAN])
    assert people.geometry.tolist() == [Point(400000, 5800000), Point(400100, 5800000)]


def test_groups_by_name_leave_other_columns_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "id,lon,lat,EW gesamt,Bemerkung\n1,13.2,53.5,7,x\n")
    people = read_population(path, groups={"einwohner": "EW gesamt"}, to_crs=25833)
    assert people["einwohner"].tolist() == [7]
    assert people["Bemerkung"].tolist() == ["x"]


def test_points_from_parquet_and_geopackage(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame(
        {"cell": ["a"], "einwohner": [3]}, geometry=[Point(13.2, 53.5)], crs=4326
    )
    table.to_parquet(tmp_path / "p.parquet")
    table.to_file(tmp_path / "p.gpkg", layer="leute")
    for name in ("p.parquet", "p.gpkg"):
        people = read_population(tmp_path / name, groups=["einwohner"], to_crs=25833)
        assert people["einwohner"].sum() == 3
        assert people.crs.to_epsg() == 25833


def test_people_are_numbers_not_below_zero(tmp_path: Path) -> None:
    path = write(tmp_path, "cell,x,y,einwohner\na,400000,5800000,-1\nb,400000,5800000,viele\n")
    reading = load_population(path, to_crs=25833)
    assert codes(reading) == [("error", "not_a_number", 3), ("error", "too_small", 2)]


def test_bounds_keep_what_lies_within(tmp_path: Path) -> None:
    path = write(tmp_path, "cell,x,y,n\na,400000,5800000,1\nb,409000,5800000,2\n")
    people = read_population(path, to_crs=25833, bounds=(399000, 5799000, 401000, 5801000))
    assert people["n"].tolist() == [1]


def test_no_other_kind(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="zensus"):
        read_population(tmp_path / "p.csv", kind="census")


# -- census grid -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "x", "y"),
    [
        # The south-west corner plus half a cell.
        ("CRS3035RES100mN3216200E4433100", 4433150, 3216250),
        ("100mN32162E44331", 4433150, 3216250),
        ("CRS3035RES1000mN3216000E4433000", 4433500, 3216500),
        ("1kmN3216E4433", 4433500, 3216500),
        ("CRS3035RES10000mN3210000E4430000", 4435000, 3215000),
        ("10kmN321E443", 4435000, 3215000),
    ],
)
def test_cells_are_known_by_their_corner(cell: str, x: float, y: float) -> None:
    assert find_centres(pd.Series([cell])).to_numpy().tolist() == [[x, y]]


@pytest.mark.parametrize("cell", ["", "N32162E44331", "100mN32162", "CRS3035RES100mN3216200", "x"])
def test_what_is_no_cell_has_no_place(cell: str) -> None:
    assert find_centres(pd.Series([cell])).isna().all(axis=None)


@given(st.integers(26000, 36000), st.integers(40000, 47000))
def test_short_and_long_ids_mean_the_same_place(north: int, east: int) -> None:
    ids = pd.Series([f"CRS3035RES100mN{north}00E{east}00", f"100mN{north}E{east}"])
    centres = find_centres(ids)
    assert (
        centres.iloc[0].tolist() == centres.iloc[1].tolist() == [east * 100 + 50, north * 100 + 50]
    )


def test_the_grid_of_2011_where_minus_one_is_unknown(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Gitter_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n"
        "100mN32162E44331;4433150;3216250;12\n"
        "100mN32163E44331;4433150;3216350;-1\n"
        "100mN32164E44331;4433150;3216450;3\n",
    )
    reading = load_population(path, kind="zensus")
    assert codes(reading) == [("note", "silent_cells", None)]
    assert "1 Gitterzellen ohne Angabe" in reading.findings[0].text
    assert reading.table["einwohner"].tolist() == [12, 3]
    assert reading.table["row"].tolist() == [2, 4]
    assert reading.table.crs.to_epsg() == 3035
    assert reading.table.geometry.tolist()[0] == Point(4433150, 3216250)


def test_the_grid_of_2022_where_a_dash_is_unknown(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "GITTER_ID_100m;x_mp_100m;y_mp_100m;Insgesamt;Unter10;werterlaeuternde_Zeichen\n"
        "CRS3035RES100mN3216200E4433100;4433150;3216250;12;–;KLAMMERN\n"
        "CRS3035RES100mN3216300E4433100;4433150;3216350;8;3;\n"
        "CRS3035RES100mN3216400E4433100;4433150;3216450;–;–;\n",
    )
    groups = {"einwohner": "Insgesamt", "u10": "Unter10"}
    people = read_population(path, kind="zensus", groups=groups, to_crs=25833)
    noted = codes(load_population(path, kind="zensus", groups=groups))
    assert ("note", "perturbed_cells", None) in noted
    np.testing.assert_array_equal(people["einwohner"], [12, 8])
    np.testing.assert_array_equal(people["u10"], [NAN, 3])  # unknown, not 0
    there = Transformer.from_crs(3035, 25833, always_xy=True).transform(4433150, 3216250)
    assert (people.geometry.iloc[0].x, people.geometry.iloc[0].y) == pytest.approx(there)


def test_bad_cells_and_missing_groups_are_found(tmp_path: Path) -> None:
    path = write(tmp_path, "Gitter_ID_100m;Einwohner\nN32;5\n100mN32162E44331;viele\n")
    reading = load_population(path, kind="zensus")
    assert codes(reading) == [("error", "not_a_number", 3), ("error", "bad_cell", 2)]
    assert reading.table.geometry[0].is_empty
    reading = load_population(path, kind="zensus", groups={"u6": "Unter6"})
    assert ("error", "unknown_heading", None) in codes(reading)


# -- raster ------------------------------------------------------------------------------------------


def raster(
    tmp_path: Path,
    *bands: Any,
    crs: Any = 25833,
    nodata: float | None = -200.0,
    size: float = 100.0,
) -> Path:
    """Cells of 100 m from 400,000 E, 5,800,300 N to the south-east."""
    data = np.array(bands, dtype="float32")
    path = tmp_path / "p.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=data.shape[1], width=data.shape[2], count=len(data),
        dtype="float32", crs=None if crs is None else rasterio.crs.CRS.from_user_input(crs),
        transform=from_origin(400000, 5800300, size, size), nodata=nodata,
    ) as file:  # fmt: skip
        file.write(data)
    return path


THREE = [[1.5, 0, -200], [2, 3, 4], [0, 0, 5.25]]


def test_a_raster_becomes_the_centres_of_its_cells_and_the_sum_is_kept(tmp_path: Path) -> None:
    people = read_population(raster(tmp_path, THREE), kind="raster")
    # 1.5 + 2 + 3 + 4 + 5.25; cells with nobody and without data are left out.
    assert people["einwohner"].sum() == 15.75
    assert people.index.tolist() == ["r0c0", "r1c0", "r1c1", "r1c2", "r2c2"]
    assert people.geometry.iloc[0] == Point(400050, 5800250)
    assert people.geometry.iloc[-1] == Point(400250, 5800050)
    assert people.crs.to_epsg() == 25833


def test_a_window_is_cut_out_by_the_centres(tmp_path: Path) -> None:
    # Columns 0 and 1, rows 1 and 2: 2 + 3 + 0 + 0. The bounds cut through column 2 and row 0
    # before their centres at 400,250 and 5,800,250.
    bounds = (400000, 5800000, 400240, 5800240)
    people = read_population(raster(tmp_path, THREE), kind="raster", bounds=bounds, to_crs=25833)
    assert people.index.tolist() == ["r1c0", "r1c1"]
    assert people["einwohner"].sum() == 5


def test_bounds_in_another_system(tmp_path: Path) -> None:
    path = raster(tmp_path, THREE)
    bounds = gpd.GeoSeries([Point(400150, 5800150).buffer(120)], crs=25833).to_crs(25832)
    people = read_population(path, kind="raster", bounds=tuple(bounds.total_bounds), to_crs=25832)
    assert "r1c1" in people.index
    assert people.crs.to_epsg() == 25832


def test_every_band_is_a_group(tmp_path: Path) -> None:
    path = raster(tmp_path, [[1, 0]], [[0, 2]])
    people = read_population(path, kind="raster", groups=["einwohner", "u6"])
    assert people["einwohner"].tolist() == [1, 0]
    assert people["u6"].tolist() == [0, 2]


def test_no_data_in_one_band_is_missing_not_zero(tmp_path: Path) -> None:
    path = raster(tmp_path, [[1, 2]], [[-200, 1]])
    people = read_population(path, kind="raster", groups=["einwohner", "u6"])
    np.testing.assert_array_equal(people["u6"], [NAN, 1])


def test_a_raster_in_degrees_or_mollweide(tmp_path: Path) -> None:
    with rasterio.open(
        tmp_path / "d.tif", "w", driver="GTiff", height=1, width=2, count=1, dtype="float32",
        crs=rasterio.crs.CRS.from_epsg(4326), transform=from_origin(13.0, 53.0, 0.01, 0.01),
    ) as file:  # fmt: skip
        file.write(np.array([[[1, 2]]], dtype="float32"))
    people = read_population(tmp_path / "d.tif", kind="raster")
    assert people.crs.to_epsg() == 25833
    back = people.to_crs(4326).geometry
    assert (back.iloc[1].x, back.iloc[1].y) == pytest.approx((13.015, 52.995))
    mollweide = raster(tmp_path, [[1]], crs="ESRI:54009")
    assert read_population(mollweide, kind="raster", to_crs=25833).crs.to_epsg() == 25833


def test_bounds_need_their_system(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="bounds"):
        read_population(raster(tmp_path, THREE), kind="raster", bounds=(0, 0, 1, 1))


def test_no_cell_is_lost_at_the_edge_of_a_window(tmp_path: Path) -> None:
    # From 0.9 to 2.6 cells: the centres at 1.5 and 2.5 lie within.
    path = raster(tmp_path, [[1, 2, 4, 8]])
    bounds = (400090, 5800000, 400260, 5801000)
    people = read_population(path, kind="raster", bounds=bounds, to_crs=25833)
    assert people["einwohner"].tolist() == [2, 4]


@given(
    st.lists(
        st.lists(st.floats(0, 1e4, width=32), min_size=3, max_size=3), min_size=1, max_size=4
    ).filter(lambda rows: any(map(any, rows)))
)
def test_windows_side_by_side_hold_everybody_once(tmp_path_factory: Any, rows: Any) -> None:
    path = raster(tmp_path_factory.mktemp("r"), rows)
    whole = read_population(path, kind="raster")["einwohner"].sum()
    parts = 0.0
    for west, east in ((399000, 400120), (400120, 401000)):  # cuts column 1 before its centre
        reading = load_population(
            path, kind="raster", bounds=(west, 5799000, east, 5801000), to_crs=25833
        )
        parts += 0 if reading.table is None else reading.table["einwohner"].sum()
    assert parts == pytest.approx(whole)


@pytest.mark.parametrize(
    ("bands", "options", "code"),
    [
        ([[[1, -5]]], {}, "too_small"),
        ([[[0, 0]]], {}, "empty_table"),
        ([[[1, 2]]], {"groups": ["a", "b"]}, "few_bands"),
        ([[[1, 2]]], {"bounds": (0, 0, 1, 1), "to_crs": 25833}, "raster_elsewhere"),
        ([[[1, 2]]], {"crs": "EPSG:99999"}, "unknown_crs"),
    ],
)
def test_bad_rasters_are_found(tmp_path: Path, bands: Any, options: Any, code: str) -> None:
    path = raster(tmp_path, *bands)
    assert code in [f.code for f in load_population(path, kind="raster", **options).findings]


def test_a_raster_without_system_a_missing_and_a_broken_one(tmp_path: Path) -> None:
    path = raster(tmp_path, [[1]], crs=None)
    assert codes(load_population(path, kind="raster")) == [("error", "no_crs", None)]
    assert read_population(path, kind="raster", crs=25833)["einwohner"].sum() == 1
    missing = load_population(tmp_path / "x.tif", kind="raster")
    assert codes(missing) == [("error", "missing_file", None)]
    path.write_bytes(path.read_bytes()[:100])
    assert codes(load_population(path, kind="raster")) == [("error", "unreadable", None)]
