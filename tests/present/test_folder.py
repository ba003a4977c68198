"""What is saved is what is read, whatever the columns hold."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from sozialraum.demo import LEVELS, build_musterstadt
from sozialraum.errors import InputError, SozialraumError
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.present.folder import save_atlas
from sozialraum.read.saved import read_saved_atlas


def assert_same(one: Atlas, other: Atlas) -> None:
    assert other.title == one.title
    assert other.levels == one.levels
    assert dict(other.indicators) == dict(one.indicators)
    assert list(other.indicators) == list(one.indicators)
    assert other.report == one.report
    for table in ("areas", "offers", "population", "backdrop"):
        assert_geodataframe_equal(getattr(other, table), getattr(one, table))
    assert_frame_equal(other.values, one.values, check_exact=True)


def bare_atlas(**columns: Any) -> Atlas:
    """Two areas, and offers that carry the given columns along."""
    areas = gpd.GeoDataFrame(
        {
            "area": ["01", "02"], "name": ["Nord", "Süd"], "planregion": "1", "sozialraum": "11",
            "planregion_name": "West", "sozialraum_name": "Mitte",
        },
        geometry=shapely.box([380000, 380100], 0, [380100, 380200], 100),
        crs=25833,
    )  # fmt: skip
    count = len(next(iter(columns.values()))) if columns else 0
    offers = gpd.GeoDataFrame(
        {"offer": [f"a{i}" for i in range(count)], "category": "kita", **columns},
        geometry=[shapely.Point(380050, 50)] * count,
        crs=25833,
    )
    return build_atlas(areas, levels=LEVELS, title="Stadt", offers=offers if count else None)


def test_musterstadt_comes_back(tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    assert atlas.report.notes  # findings come back too
    files = save_atlas(atlas, tmp_path / "intern")
    assert {path.name for path in (tmp_path / "intern").iterdir()} == {p.name for p in files}
    assert all(path.name.startswith("INTERN_") for path in files)
    assert_same(atlas, read_saved_atlas(tmp_path / "intern"))


def test_an_atlas_of_areas_only_comes_back(tmp_path: Path) -> None:
    atlas = bare_atlas()
    save_atlas(atlas, tmp_path)
    assert_same(atlas, read_saved_atlas(tmp_path))


def test_hostile_names_come_back_unchanged(hostile_atlas: Atlas, tmp_path: Path) -> None:
    save_atlas(hostile_atlas, tmp_path)
    back = read_saved_atlas(tmp_path)
    assert_same(hostile_atlas, back)
    assert "Kita\x00Nord" in set(back.offers["name"])


def test_columns_of_every_kind_come_back(tmp_path: Path) -> None:
    atlas = bare_atlas(
        Name=["A", None, ""],
        name=["a", "b", "c"],
        fid=[7, 7, 7],
        geometrie=["x", "y", None],
        ganz=pd.array([1, None, 3], dtype="Int64"),
        ja=[True, False, True],
        tag=pd.to_datetime(["2024-01-31", None, "2024-02-29 12:30"], format="ISO8601"),
        gemischt=[1, "zwei", 3.5],
        liste=[["a", "b"], [], None],
        zahl=[0.1 + 0.2, np.nan, -1e300],
        **{"Plätze (2024)": ["\x00", "\r\n", "\ufffe"]},
    )
    save_atlas(atlas, tmp_path)
    assert_same(atlas, read_saved_atlas(tmp_path))


def test_what_cannot_be_stored_is_named(tmp_path: Path) -> None:
    atlas = bare_atlas(ding=[object()])
    with pytest.raises(SozialraumError, match="„ding“ der Tabelle „offers“"):
        save_atlas(atlas, tmp_path)
    assert not list(tmp_path.iterdir())


# Many columns an atlas: saving one costs a second, whatever it holds.
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.dictionaries(
        st.text(min_size=1, max_size=8).map("_{}".format),
        st.lists(st.text() | st.none(), min_size=5, max_size=5),
        min_size=10,
        max_size=20,
    )
)
def test_any_text_under_any_heading_comes_back(
    columns: dict[str, list[str | None]], tmp_path: Path
) -> None:
    atlas = bare_atlas(**{name: pd.Series(c, dtype="str") for name, c in columns.items()})
    save_atlas(atlas, tmp_path)
    assert_same(atlas, read_saved_atlas(tmp_path))


def test_the_same_atlas_gives_the_same_bytes(tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    first = [path.read_bytes() for path in save_atlas(atlas, tmp_path / "a")]
    assert first == [path.read_bytes() for path in save_atlas(atlas, tmp_path / "b")]


def test_any_toml_reader_understands_the_description(hostile_atlas: Atlas, tmp_path: Path) -> None:
    path = save_atlas(hostile_atlas, tmp_path)[0]
    about = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [entry["title"] for entry in about["indicator"]] == [
        i.title for i in hostile_atlas.indicators.values()
    ]
    assert path.read_text(encoding="utf-8").startswith("# Intern und ungeschützt")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    save_atlas(bare_atlas(), tmp_path)
    (tmp_path / "INTERN_werte.csv").unlink()
    with pytest.raises(InputError) as caught:
        read_saved_atlas(tmp_path)
    assert [f.code for f in caught.value.report.errors] == ["missing_file"]


def test_a_change_made_since_is_held_to_the_same_rules(tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    values = tmp_path / "INTERN_werte.csv"
    save_atlas(atlas, tmp_path)
    text = values.read_text(encoding="utf-8")
    values.write_text(text.replace("1101,quartier,u6", "9999,quartier,u6"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_saved_atlas(tmp_path)
    assert [f.code for f in caught.value.report.errors] == ["unknown_area"]


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = save_atlas(bare_atlas(), tmp_path)[0]
    path.write_text(path.read_text(encoding="utf-8").replace("format = 1", "format = 2"), "utf-8")
    with pytest.raises(SozialraumError, match="Format 2"):
        read_saved_atlas(tmp_path)


def test_saving_leaves_the_atlas_alone(tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    before = dataclasses.replace(atlas, _offers=atlas.offers.copy(deep=True))
    save_atlas(atlas, tmp_path)
    assert_same(before, atlas)
