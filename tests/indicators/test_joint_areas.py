"""Areas that are joined: sums above stay, single figures are nowhere."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Polygon, box

from sozialraum.errors import InputError, UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values, count_by_area
from sozialraum.indicators.joint_areas import gather_groups, merge_areas
from sozialraum.model.areas import Level
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.model.indicator import Indicator

LEVELS = (
    Level("raum", "Raum", "Räume"),
    Level("quartier", "Quartier", "Quartiere", "raum"),
)
INDICATORS = {
    "n": Indicator(id="n", title="Menschen"),
    "quote": Indicator(id="quote", title="Quote", kind="rate", per=100, denominator="alle"),
    "mittel": Indicator(id="mittel", title="Mittleres Alter", kind="mean"),
    "index": Indicator(id="index", title="Lage", kind="index"),
}


def square(i: int) -> Polygon:
    return box(400_000 + 1000 * i, 5_900_000, 401_000 + 1000 * i, 5_901_000)


@pytest.fixture
def atlas() -> Atlas:
    # 1 and 2 are neighbours in Raum a, 3 lies in b.
    areas = gpd.GeoDataFrame(
        {"area": ["1", "2", "3"], "name": ["Au", "Berg", "Feld"], "raum": ["a", "a", "b"]},
        geometry=[*(square(i) for i in range(3))], crs=25833,
    )  # fmt: skip
    nan = np.nan
    rows = [
        ("1", "n", 3.0, nan, nan), ("2", "n", 40.0, nan, nan), ("3", "n", 50.0, nan, nan),
        ("1", "quote", 100 / 3, 1.0, 3.0), ("2", "quote", 50.0, 20.0, 40.0),
        ("1", "mittel", 30.0, nan, nan), ("2", "mittel", 40.0, nan, nan),
        ("1", "index", 1.0, nan, nan), ("2", "index", 2.0, nan, nan),
    ]  # fmt: skip
    columns = ["area", "indicator", "value", "numerator", "denominator"]
    values = pd.DataFrame(rows, columns=columns).assign(datenstand="2024", gebietsstand="2024")
    offers = gpd.GeoDataFrame(
        {"offer": ["k1", "k2"], "name": ["Kita A", "Kita B"], "category": "kita"},
        geometry=[square(0).centroid, square(1).centroid], crs=25833,
    )  # fmt: skip
    return build_atlas(
        areas, levels=LEVELS, title="Ort", values=values, indicators=INDICATORS, offers=offers
    )


def test_figures_of_both_are_one(atlas: Atlas) -> None:
    joint = merge_areas(atlas, [("1", "2")])
    assert joint.areas.index.tolist() == ["1 + 2", "3"]
    assert joint.areas.loc["1 + 2", "name"] == "Au + Berg"
    assert joint.areas.loc["1 + 2"].geometry.area == 2e6
    assert joint.offers["area"].tolist() == ["1 + 2", "1 + 2"]
    rows = joint.values.set_index(["area", "indicator"])
    assert rows.loc[("1 + 2", "n"), "value"] == 43.0
    # 21 of 43, not the mean of 33.3 and 50.
    assert rows.loc[("1 + 2", "quote"), "value"] == pytest.approx(100 * 21 / 43)
    assert not {"1", "2"} & set(joint.values["area"])
    assert "joint:1 + 2" in rows.loc[("1 + 2", "n"), "steps"]


def test_what_cannot_be_joined_is_missing_and_said(atlas: Atlas) -> None:
    joint = merge_areas(atlas, [("1", "2")])
    rows = joint.values.set_index(["area", "indicator"])
    for name in ("mittel", "index"):
        assert rows.loc[("1 + 2", name), "sign"] == "x"
        assert np.isnan(rows.loc[("1 + 2", name), "value"])
    said = " ".join(str(note) for note in joint.report.notes)
    assert "Mittleres Alter, Lage" in said
    assert "Au + Berg" in said


def test_sums_above_stay(atlas: Atlas) -> None:
    before = aggregate_values(atlas.values, atlas.areas, INDICATORS)
    joint = merge_areas(atlas, [("1", "2")])
    after = aggregate_values(joint.values, joint.areas, INDICATORS)
    for table in (before, after):
        chosen = table[(table["level"] == "raum") & (table["indicator"] == "n")]
        assert dict(zip(chosen["area"], chosen["value"], strict=True)) == {"a": 43.0, "b": 50.0}
    kitas = Indicator(id="k", title="Kitas", protects="none")
    counted = count_by_area(joint.offers, joint.areas, kitas)
    assert counted.set_index("area").loc["1 + 2", "value"] == 2


def test_an_upper_level_can_be_joined(atlas: Atlas) -> None:
    joint = merge_areas(atlas, [("a", "b")], level="raum")
    assert joint.areas["raum"].tolist() == ["a + b"] * 3
    assert joint.areas.index.tolist() == ["1", "2", "3"]


def test_a_border_above_is_not_crossed(atlas: Atlas) -> None:
    with pytest.raises(InputError, match="Ebene „Raum“"):
        merge_areas(atlas, [("2", "3")])
    with pytest.raises(UnknownNameError):
        merge_areas(atlas, [("1", "9")])
    with pytest.raises(InputError, match="zweimal"):
        merge_areas(atlas, [("1", "2"), ("2", "1")])
    with pytest.raises(InputError, match="sich selbst"):
        gather_groups([{"area": "1", "with": "1"}])


def test_areas_that_do_not_touch_are_noted(atlas: Atlas) -> None:
    joint = merge_areas(atlas, [("a", "b")], level="raum")
    assert not any(note.code == "joint_apart" for note in joint.report.notes)
    apart = atlas.areas.assign(raum="a", raum_name="a")
    joint = merge_areas(atlas.with_areas(apart, atlas.values, {}), [("1", "3")])
    assert any(note.code == "joint_apart" for note in joint.report.notes)
