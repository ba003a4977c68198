"""Old boundaries to new ones, by hand: 3 × 1 squares of 1 km, so that shares are plain to see."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

import sozialraum as sr
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.check import CheckReport
from sozialraum.model.schema import VALUE_COLUMNS

INDICATORS = {
    "n": sr.Indicator(id="n", title="Kinder"),
    "q": sr.Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle"),
    "w": sr.Indicator(id="w", title="Anteil", kind="rate", per=100, denominator="x", weight="n"),
    "i": sr.Indicator(id="i", title="Index", kind="index"),
}


def draw(**boxes: tuple[float, float]) -> gpd.GeoDataFrame:
    """Areas as columns of one row, from x to x in kilometres."""
    shapes = [box(1000 * west, 0, 1000 * east, 1000) for west, east in boxes.values()]
    index = pd.Index(list(boxes), name="area", dtype="str")
    return gpd.GeoDataFrame({"name": list(boxes)}, geometry=shapes, index=index, crs=25833)


OLD = sr.AreaVersion("2006-06-14", draw(a=(0, 1), b=(1, 2), c=(2, 3)), valid_to="2020-12-31")
# a stays, b is cut in the middle: its east joins c.
NEW = sr.AreaVersion("2021-01-01", draw(A=(0, 1), B=(1, 1.5), C=(1.5, 3)))


def rows(
    indicator: str, z: list[float], n: list[float] | None = None, sign: str = "", area: str = "abc"
) -> pd.DataFrame:
    count = len(z)
    nn = pd.Series(n if n else [np.nan] * count, dtype="float64")
    zz = pd.Series(z, dtype="float64")
    return pd.DataFrame(
        {
            "area": list(area)[:count], "level": "quartier", "indicator": indicator,
            "datenstand": "2020-12-31", "gebietsstand": "2006-06-14",
            "value": zz if n is None else 100 * zz / nn, "numerator": zz, "denominator": nn,
            "quality": "exact", "sign": sign, "steps": "",
        }
    )[list(VALUE_COLUMNS)]  # fmt: skip


def convert(values: pd.DataFrame, **options: object) -> pd.DataFrame:
    return sr.convert_boundaries(values, OLD, NEW, INDICATORS, **options).set_index("area")  # type: ignore[arg-type]


def test_by_area_a_half_is_a_half() -> None:
    table = convert(rows("n", [10, 20, 30]))
    # A = a, B = half of b, C = half of b and c
    assert table["value"].tolist() == [10, 10, 40]
    assert table["quality"].tolist() == ["exact", "areal", "areal"]
    assert set(table["gebietsstand"]) == {"2021-01-01"}
    assert table.loc["A", "steps"].startswith("converted:14.06.2006 → 01.01.2021, Grenzen")
    assert table.loc["C", "steps"] == "converted:14.06.2006 → 01.01.2021, verteilt nach Fläche"


def test_by_points_people_go_where_people_live() -> None:
    # In b three of four live in the west; nobody's home is known in a and c.
    homes = gpd.GeoDataFrame(
        {"weight": [3.0, 1.0, 0.0]},
        geometry=[Point(1200, 500), Point(1700, 500), Point(1800, 500)], crs=25833,
    )  # fmt: skip
    table = convert(rows("n", [10, 20, 30]), points=homes)
    assert table["value"].tolist() == [10, 15, 35]
    assert table["quality"].tolist() == ["exact", "dasymetric", "dasymetric"]


def test_an_area_without_points_is_split_by_area_and_says_so() -> None:
    homes = gpd.GeoDataFrame(geometry=[Point(500, 500), Point(2500, 500)], crs=25833)
    table = convert(rows("n", [10, 20, 30]), points=homes)
    assert table["value"].tolist() == [10, 10, 40]
    assert table["quality"].tolist() == ["exact", "areal", "areal"]


def test_a_new_area_where_nobody_lives_has_nobody_but_only_if_that_is_known() -> None:
    homes = gpd.GeoDataFrame(
        geometry=[Point(500, 500), Point(1700, 500), Point(2500, 500)], crs=25833
    )
    table = convert(rows("n", [10, 20, 30]), points=homes)
    assert table["value"].tolist() == [10, 0, 50]
    table = convert(rows("n", [10, np.nan, 30], sign="."), points=homes)
    assert table["value"].isna().tolist() == [False, True, True]


def test_weights_that_are_missing_or_negative_are_refused() -> None:
    for weight in (np.nan, -1.0, np.inf):
        homes = gpd.GeoDataFrame({"weight": [weight]}, geometry=[Point(500, 500)], crs=25833)
        with pytest.raises(sr.InputError, match="kein brauchbares Gewicht"):
            sr.build_key(OLD.areas, NEW.areas, points=homes)


def test_a_rate_is_formed_of_converted_counts() -> None:
    # C: half of b's 10 of 20 and c's 3 of 30 are 8 of 40, 20 %; the mean of the rates would be 30 %.
    table = convert(rows("q", [5, 10, 3], [10, 20, 30]))
    assert table["value"].tolist() == [50, 50, 20]
    assert table.loc["C", ["numerator", "denominator"]].tolist() == [8, 40]


def test_a_rate_alone_is_refused_row_by_row_unless_it_has_a_weight() -> None:
    bare = rows("q", [1, 2, 3], [10, 10, 10]).assign(numerator=np.nan, denominator=np.nan)
    with pytest.raises(sr.InputError) as caught:
        convert(bare)
    # a has not changed; b and c, rows 3 and 4, cannot be divided.
    assert [(f.code, f.row) for f in caught.value.report.errors] == [
        ("rate_not_converted", 3), ("rate_not_converted", 4),
    ]  # fmt: skip
    assert "„Quote“" in caught.value.report.errors[0].text
    weighed = bare.assign(indicator="w", value=[10.0, 50.0, 10.0])
    table = convert(pd.concat([weighed, rows("n", [10, 20, 30])]))
    share = table[table["indicator"] == "w"]
    # C: 50 % of ten and 10 % of thirty are 8 of 40.
    assert share["value"].tolist() == pytest.approx([10, 50, 20])
    assert share.loc["C", "steps"].startswith("weighted:Kinder; converted:")


def test_an_index_is_refused_but_stays_where_nothing_changed() -> None:
    with pytest.raises(sr.InputError, match="„Index“ ist ein Index"):
        convert(rows("i", [1, 2, 3]))
    alone = convert(rows("i", [1]))
    assert alone["value"].tolist()[0] == 1
    assert alone["sign"].tolist() == ["", "…", "…"]


def test_missing_and_hidden_never_become_0() -> None:
    table = convert(rows("n", [10, np.nan, 30], sign="").assign(sign=["", ".", ""]))
    assert table["value"].tolist()[0] == 10
    assert table["value"].isna().tolist() == [False, True, True]
    assert table["sign"].tolist() == ["", ".", "."]
    table = convert(rows("n", [10, 20]))  # c has no row
    assert table["value"].tolist()[:2] == [10, 10]
    assert table["sign"].tolist() == ["", "", "…"]


def test_what_stands_in_the_cells_of_an_unchanged_area_stays() -> None:
    given = rows("n", [10, 20, 30]).assign(
        sign=["()", "", ""], quality=["practice", "exact", "exact"]
    )
    table = convert(given)
    assert table.loc["A", ["value", "sign", "quality"]].tolist() == [10, "()", "practice"]


def test_people_without_a_place_stay_without_one() -> None:
    table = convert(pd.concat([rows("n", [10, 20, 30]), rows("n", [7], area=["x"])]).replace(
        {"area": {"x": UNASSIGNED}}))  # fmt: skip
    assert table.loc[UNASSIGNED, "value"] == 7
    assert table["value"].sum() == 67


def test_what_lies_in_no_new_area_is_kept_as_not_to_be_placed() -> None:
    smaller = sr.AreaVersion("2021-01-01", draw(A=(0, 1), B=(1, 2), C=(2, 2.5)))
    table = sr.convert_boundaries(rows("n", [10, 20, 30]), OLD, smaller, INDICATORS)
    assert table.set_index("area")["value"].to_dict() == {"A": 10, "B": 20, "C": 15, UNASSIGNED: 15}


def test_a_new_area_that_old_ones_do_not_cover_is_missing() -> None:
    wider = sr.AreaVersion("2021-01-01", draw(A=(-1, 1), B=(1, 2), C=(2, 3), D=(3, 4)))
    table = sr.convert_boundaries(rows("n", [10, 20, 30]), OLD, wider, INDICATORS)
    assert table["sign"].tolist() == ["…", "", "", "…"]
    assert table["value"].tolist()[1:3] == [20, 30]


def test_borders_drawn_twice_change_nothing() -> None:
    # 4 m off: less than a strip of 10 m.
    shifted = sr.AreaVersion("2021-01-01", draw(A=(0, 1.004), B=(1.004, 1.996), C=(1.996, 3)))
    table = sr.convert_boundaries(rows("n", [10, 20, 30]), OLD, shifted, INDICATORS)
    assert table["value"].tolist() == [10, 20, 30]
    assert set(table["quality"]) == {"exact"}
    # 40 m off is another border.
    shifted = sr.AreaVersion("2021-01-01", draw(A=(0, 1.04), B=(1.04, 2), C=(2, 3)))
    table = sr.convert_boundaries(rows("n", [10, 20, 30]), OLD, shifted, INDICATORS)
    assert table["value"].tolist() == pytest.approx([10.8, 19.2, 30])
    assert table["quality"].tolist() == ["areal", "areal", "exact"]


def test_whole_areas_joined_are_exact() -> None:
    joined = sr.AreaVersion("2021-01-01", draw(AB=(0, 2), C=(2, 3)))
    table = sr.convert_boundaries(rows("n", [10, 20, 30]), OLD, joined, INDICATORS)
    assert table["value"].tolist() == [30, 30]
    assert set(table["quality"]) == {"exact"}


def test_a_key_needs_no_outlines_and_must_add_up() -> None:
    bare = [sr.AreaVersion(v.gebietsstand, v.areas[["name"]]) for v in (OLD, NEW)]  # type: ignore[arg-type]
    key = pd.DataFrame(
        {"source": ["a", "b", "b", "c"], "target": ["A", "B", "C", "C"], "share": [1, 0.9, 0.1, 1]}
    )
    table = sr.convert_boundaries(rows("n", [10, 20, 30]), *bare, INDICATORS, key=key)
    assert table["value"].tolist() == pytest.approx([10, 18, 32])
    assert table["quality"].tolist() == ["exact", "key", "key"]
    with pytest.raises(sr.InputError, match=r"„b“ .* ergeben zusammen 0,95 statt 1"):
        convert(rows("n", [1, 2, 3]), key=key.assign(share=[1, 0.85, 0.1, 1]))
    with pytest.raises(sr.InputError, match="Das Gebiet „c“ gibt es nicht"):
        convert(rows("n", [1, 2, 3]), key=key[:3])
    with pytest.raises(sr.InputError, match="Das Gebiet „X“ gibt es nicht"):
        convert(rows("n", [1, 2, 3]), key=key.replace("A", "X"))
    with pytest.raises(sr.InputError, match="share"):
        convert(rows("n", [1, 2, 3]), key=key[["source", "target"]])


def test_without_key_outlines_are_needed() -> None:
    bare = sr.AreaVersion("2006", OLD.areas[["name"]])
    with pytest.raises(sr.InputError, match="keine Geometrie"):
        sr.convert_boundaries(rows("n", [1, 2, 3]), bare, NEW, INDICATORS)


def test_a_raster_of_people_is_a_weight(tmp_path: Path) -> None:
    import rasterio
    from rasterio.transform import from_origin

    # Cells of 500 m over the three squares; only the row in the north is inhabited.
    cells = np.array([[4, 4, 9, 3, 5, 5], [0, 0, 0, 0, 0, 0]], dtype="float32")
    place = from_origin(0, 1000, 500, 500)
    with rasterio.open(
        tmp_path / "people.tif", "w", driver="GTiff", height=2, width=6, count=1, dtype="float32",
        crs=25833, transform=place,
    ) as file:  # fmt: skip
        file.write(cells, 1)
    people = sr.read_population(tmp_path / "people.tif", kind="raster")
    table = convert(rows("n", [10, 20, 30]), points=people.rename(columns={"einwohner": "weight"}))
    # In b nine of twelve live in the west.
    assert table["value"].tolist() == [10, 15, 35]


def test_a_level_that_is_missing_is_the_smallest() -> None:
    levelled = OLD.areas.assign(quartier=OLD.areas.index, quartier_name="x")
    version = sr.AreaVersion("2006", levelled[["quartier", "quartier_name", "geometry"]])
    values = rows("n", [10, 20, 30]).assign(level=[None, "quartier", "bezirk"])
    table = sr.convert_boundaries(values, version, NEW, INDICATORS)
    assert table["value"].tolist()[:2] == [10, 10]
    assert table["sign"].tolist() == ["", "", "…"]  # c was given for another level only


def test_degrees_and_values_given_twice_are_refused() -> None:
    degrees = sr.AreaVersion("2006", OLD.areas.to_crs(4326))
    with pytest.raises(sr.CrsError):
        sr.convert_boundaries(rows("n", [1, 2, 3]), degrees, NEW, INDICATORS)
    with pytest.raises(sr.InputError, match="steht schon ein Wert"):
        convert(pd.concat([rows("n", [1, 2, 3]), rows("n", [1])]))


def test_nothing_given_is_changed_and_order_does_not_matter() -> None:
    values = pd.concat([rows("n", [10, 20, 30]), rows("q", [5, 10, 3], [10, 20, 30])])
    before = values.copy(deep=True)
    table = convert(values)
    pd.testing.assert_frame_equal(values, before)
    pd.testing.assert_frame_equal(table, convert(values.sample(frac=1, random_state=1)))
    assert convert(values.iloc[:0]).empty


def test_whole_persons_without_losing_one() -> None:
    table = sr.round_counts(convert(rows("n", [10, 21, 30])).reset_index(), INDICATORS)
    # B 10.5 and C 40.5: one of them gets the half of the other.
    assert table["value"].tolist() == [10, 11, 40]
    assert table["steps"].str.endswith("rounded").tolist() == [False, True, True]


counts = st.lists(st.integers(0, 100_000).map(float), min_size=3, max_size=3)
cuts = st.lists(st.integers(1, 299), min_size=1, max_size=6, unique=True)


def version(edges: list[int], stand: str) -> sr.AreaVersion:
    bounds = [0, *sorted(edges), 300]
    pairs = pairwise(bounds)
    areas = draw(**{f"z{i}": (west / 100, east / 100) for i, (west, east) in enumerate(pairs)})
    return sr.AreaVersion(stand, areas)


@given(counts, cuts)
def test_totals_are_kept_there_and_back(z: list[float], edges: list[int]) -> None:
    other = version(edges, "2021-01-01")
    there = sr.convert_boundaries(rows("n", z), OLD, other, INDICATORS)
    assert there["value"].sum() == pytest.approx(sum(z))
    assert sr.round_counts(there, INDICATORS)["value"].sum() == sum(z)
    back = sr.convert_boundaries(there, other, OLD, INDICATORS)
    assert back["value"].sum() == pytest.approx(sum(z))


@given(counts, counts, cuts)
def test_a_rate_lies_between_those_it_is_made_of(
    z: list[float], more: list[float], edges: list[int]
) -> None:
    n = [a + b + 1 for a, b in zip(z, more, strict=True)]
    table = sr.convert_boundaries(rows("q", z, n), OLD, version(edges, "2021-01-01"), INDICATORS)
    old = [100 * a / b for a, b in zip(z, n, strict=True)]
    assert table["value"].between(min(old) - 1e-9, max(old) + 1e-9).all()


@given(st.lists(st.one_of(st.none(), st.integers(0, 50).map(float)), min_size=3, max_size=3))
def test_the_same_boundaries_change_nothing(z: list[float | None]) -> None:
    values = rows("n", [np.nan if x is None else x for x in z])
    values["sign"] = ["." if x is None else "" for x in z]
    same = sr.AreaVersion("2021-01-01", OLD.areas)
    table = sr.convert_boundaries(values, OLD, same, INDICATORS)
    kept = [c for c in VALUE_COLUMNS if c not in ("gebietsstand", "steps")]
    pd.testing.assert_frame_equal(table[kept], values[kept], check_dtype=False)


@given(cuts, st.sampled_from("abc"))
def test_a_hidden_count_hides_all_it_has_part_in(edges: list[int], hidden: str) -> None:
    values = rows("n", [10, 20, 30])
    gone = values["area"] == hidden
    values.loc[gone, ["value", "numerator"]] = np.nan
    values.loc[gone, "sign"] = "."
    other = version(edges, "2021-01-01")
    table = sr.convert_boundaries(values, OLD, other, INDICATORS).set_index("area")
    key = sr.build_key(OLD.areas, other.areas)
    touched = key.loc[key["source"] == hidden, "target"].unique()
    assert table.loc[touched, "value"].isna().all()
    assert (table.loc[touched, "sign"] == ".").all()
    assert table.drop(touched)["value"].notna().all()


def test_every_refusal_is_a_report() -> None:
    with pytest.raises(sr.InputError) as caught:
        convert(pd.concat([rows("i", [1, 2, 3]), rows("q", [1, 2, 3])]))
    assert isinstance(caught.value.report, CheckReport)
    assert {f.code for f in caught.value.report.errors} == {
        "index_not_converted", "rate_not_converted",
    }  # fmt: skip


def test_values_on_other_boundaries_than_said_are_refused() -> None:
    areas = gpd.GeoDataFrame({"quartier": ["1"], "quartier_name": ["A"]}, index=["1"])
    old, new = sr.AreaVersion("2010", areas), sr.AreaVersion("2020", areas)
    values = pd.DataFrame(
        {"area": ["1"], "level": "quartier", "indicator": "n", "datenstand": "2015-12-31",
         "gebietsstand": "2000", "value": [5.0], "sign": ""}
    )  # fmt: skip
    key = pd.DataFrame({"source": ["1"], "target": ["1"], "share": [1.0]})
    known = {"n": sr.Indicator(id="n", title="Menschen")}
    with pytest.raises(sr.InputError, match="Gebietsstand 2000, umgerechnet wird von 2010"):
        sr.convert_boundaries(values, old, new, known, key=key)
    # A day on which the old boundaries held is as good as their name.
    values["gebietsstand"] = "2015-12-31"
    assert sr.convert_boundaries(values, old, new, known, key=key)["value"].tolist() == [5.0]
