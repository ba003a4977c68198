"""Tables that fit together are frozen; of others one report says everything."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from sozialraum.errors import InputError
from sozialraum.model.atlas import build_atlas
from sozialraum.model.check import find
from sozialraum.model.indicator import Indicator

CASES = Indicator(id="cases", title="Fälle", kind="count", source="Test")


def offers() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"offer": ["a", "b"], "category": ["kita", "kita"], "capacity": [10, 20]},
        geometry=[Point(400500, 5800500), Point(405000, 5800500)],
        crs=25833,
    )


def people() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"cell": ["c1", "c2"], "alle": [10.0, 5.0]},
        geometry=[Point(401500, 5801500), Point(400500, 5800500)],
        crs=25833,
    )


def values() -> pd.DataFrame:
    return pd.DataFrame(
        {"area": ["01"], "indicator": ["cases"], "datenstand": ["2023"], "value": [3]}
    )


def codes(error: pytest.ExceptionInfo[InputError]) -> list[tuple[str, int | None]]:
    return [(f.code, f.row) for f in error.value.report.errors]


def test_a_sound_atlas_holds_what_was_given(areas: Any, levels: Any) -> None:
    atlas = build_atlas(
        areas,
        levels=levels[1:],
        title="Kleinstadt",
        offers=offers(),
        population=people(),
        values=values(),
        indicators={"cases": CASES},
    )
    assert [level.id for level in atlas.levels] == ["gesamt", "sozialraum", "quartier"]
    assert atlas.levels[1].parent == "gesamt"
    assert atlas.areas.index.tolist() == ["01", "02", "03", "04"]
    assert atlas.offers["area"].tolist()[0] == "01"
    assert atlas.offers["area"].isna().tolist() == [False, True]
    assert atlas.population["area"].tolist() == ["04", "01"]
    assert atlas.values["numerator"].tolist() == [3]
    assert [f.code for f in atlas.report.findings] == ["outside_offers"]


def test_only_areas_are_needed(areas: Any, levels: Any) -> None:
    atlas = build_atlas(areas, levels=levels, title="Kleinstadt")
    assert atlas.report.findings == ()
    assert (len(atlas.offers), len(atlas.population), len(atlas.values)) == (0, 0, 0)
    assert atlas.offers.crs == areas.crs


def test_tables_with_the_key_as_index_and_another_geometry_name(areas: Any, levels: Any) -> None:
    named = areas.rename_geometry("geom").set_index("area")
    atlas = build_atlas(
        named, levels=levels, title="Kleinstadt", offers=offers().set_index("offer")
    )
    assert atlas.areas.geometry.name == "geometry"
    assert atlas.offers.index.tolist() == ["a", "b"]


def test_what_is_handed_out_cannot_change_the_atlas(areas: Any, levels: Any) -> None:
    atlas = build_atlas(areas, levels=levels, title="Kleinstadt", offers=offers())
    handed_areas, handed_offers = atlas.areas, atlas.offers
    handed_offers["capacity"] = 0
    handed_offers.loc["a", "category"] = "x"
    handed_areas.loc["01", "name"] = "x"
    assert atlas.offers["capacity"].tolist() == [10, 20]
    assert atlas.areas.loc["01", "name"] == "Altstadt"
    assert atlas.offers.loc["a", "category"] == "kita"
    with pytest.raises(AttributeError):
        atlas.title = "x"  # type: ignore[misc]


def test_what_was_given_is_not_changed(areas: Any, levels: Any) -> None:
    given = offers()
    before, areas_before = given.copy(), areas.copy()
    build_atlas(areas, levels=levels, title="Kleinstadt", offers=given)
    pd.testing.assert_frame_equal(given, before)
    pd.testing.assert_frame_equal(areas, areas_before)


def test_one_report_for_all_tables(areas: Any, levels: Any) -> None:
    areas.loc[0, "geometry"] = None
    bad_offers = offers().assign(capacity=["-1", "viele"], age_from=[6, 0], age_to=[3, 6])
    bad_people = people().assign(alle=[1.0, -1.0], cell=["c1", "c1"])
    bad_values = values().assign(area=["1"])
    read = find("error", "missing_file", "mehr.csv", path="mehr.csv")
    with pytest.raises(InputError) as error:
        build_atlas(
            areas,
            levels=levels,
            title="Kleinstadt",
            offers=bad_offers,
            population=bad_people,
            values=bad_values,
            indicators={},
            findings=[read],
        )
    assert sorted(codes(error), key=str) == [
        ("ages_turned", 2),
        ("duplicate", 3),
        ("geometry_missing", 2),
        ("missing_file", None),
        ("not_a_number", 3),
        ("too_small", 2),
        ("too_small", 3),
        ("unknown_indicator", 2),
        ("zero_lost", 2),
    ]


def test_where_the_areas_lie_is_asked_once_and_the_rest_still_checked(
    areas: Any, levels: Any
) -> None:
    for broken, code in (
        (areas.set_crs(None, allow_override=True), "no_crs"),
        (areas.to_crs(4326), "areas_in_degrees"),
        (pd.DataFrame(areas.drop(columns="geometry")), "geometry_column"),
    ):
        with pytest.raises(InputError) as error:
            build_atlas(broken, levels=levels, title="K", values=values().assign(area="99"))
        assert codes(error) == [
            (code, None),
            ("unknown_area", 2),
            ("unknown_indicator", 2),
        ], code


def test_areas_that_could_not_be_read(levels: Any) -> None:
    read = find("error", "missing_file", "g.gpkg", path="g.gpkg")
    with pytest.raises(InputError) as error:
        build_atlas(None, levels=levels, title="K", findings=[read])
    assert codes(error) == [("missing_file", None)]


def test_missing_columns_of_areas(areas: Any, levels: Any) -> None:
    bare = areas.drop(columns=["name", "sozialraum", "file", "row"])
    with pytest.raises(InputError) as error:
        build_atlas(bare, levels=levels, title="K")
    assert codes(error) == [("missing_column", None), ("missing_level", None)]


def test_a_finding_of_the_reader_is_not_said_twice(areas: Any, levels: Any) -> None:
    bare = areas.set_crs(None, allow_override=True)
    with pytest.raises(InputError) as error:
        build_atlas(bare, levels=levels, title="K", findings=[find("error", "no_crs", "g.gpkg")])
    assert codes(error) == [("no_crs", None)]


def test_an_atlas_shows_itself_without_running_what_it_is_called(areas: Any, levels: Any) -> None:
    atlas = build_atlas(areas, levels=levels, title="<script>alert(1)</script>")
    assert "<script>" not in atlas._repr_html_()
    assert "Quartiere: 4" in str(atlas)
