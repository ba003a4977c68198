"""Footnotes, scanned badly, still say which areas they mean."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sozialraum as sr

# "Sozialregion Nord" of a report, ten Stadtteile, as a scanner read them.
FOOTNOTE = (
    "Neue Neustadt, Neustadter See , Kannenstieg, Neustédter Feld, Stlzegrund, Grol3er Silberberg, "
    "Rothensee, Industriehafen, Gewerbegebiet Nord, Barleber See"
)
NORTH = [
    "Neue Neustadt", "Neustädter See", "Kannenstieg", "Neustädter Feld", "Sülzegrund",
    "Großer Silberberg", "Rothensee", "Industriehafen", "Gewerbegebiet Nord", "Barleber See",
]  # fmt: skip
OTHERS = [
    "Altstadt", "Alte Neustadt", "Nordwest", "Diesdorf", "Stadtfeld Ost", "Stadtfeld West", "Sudenburg",
    "Neu Olvenstedt", "Alt Olvenstedt", "Lemsdorf", "Leipziger Straße", "Buckau", "Fermersleben",
    "Salbke", "Westerhüsen", "Hopfengarten", "Reform", "Cracau", "Prester", "Brückfeld", "Werder",
    "Herrenkrug", "Berliner Chaussee", "Kreuzhorst", "Ottersleben", "Beyendorf-Sohlen", "Pechau",
]  # fmt: skip


def areas_of(names: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"name": names}, index=[f"{i:02}" for i in range(1, len(names) + 1)])


def test_ten_of_ten_are_found_in_a_scanned_footnote() -> None:
    reading = sr.match_names(FOOTNOTE, areas_of(OTHERS + NORTH))
    assert reading.table["name"].tolist() == NORTH
    assert all(f.severity == "note" for f in reading.findings)
    # Four were read differently, and each is said; the others are equal.
    similar = reading.table["quality"] == "similar"
    assert reading.table.loc[similar, "stated"].tolist() == [
        "Neustadter See", "Neustédter Feld", "Stlzegrund", "Grol3er Silberberg",
    ]  # fmt: skip
    assert len(reading.findings) == similar.sum()


def test_an_invented_name_is_reported_with_a_suggestion() -> None:
    reading = sr.match_names(f"{FOOTNOTE}, Neustädter Höhe", areas_of(OTHERS + NORTH))
    assert reading.table["name"].tolist()[:10] == NORTH
    last = reading.table.iloc[-1]
    assert (last["stated"], last["quality"], pd.isna(last["area"])) == (
        "Neustädter Höhe",
        "none",
        True,
    )
    error = [f for f in reading.findings if f.severity == "error"]
    assert len(error) == 1
    assert "Neustädter" in error[0].text.split("Ähnlich heißen:")[1]
    with pytest.raises(sr.InputError):
        reading.settle()


def test_one_area_is_meant_once() -> None:
    areas = areas_of(["Nordstadt", "Südstadt", "Mitte", "Mitte"])
    reading = sr.match_names(["Nordstadt", "Nord-Stadt", "Norstadt", "Mitte", "03"], areas)
    assert reading.table["area"].tolist()[0] == "01"
    assert reading.table["area"].isna().tolist() == [False, True, True, True, False]
    codes = [f.code for f in reading.findings]
    assert sorted(codes) == ["name_several", "name_twice", "name_unknown"]


def test_of_two_as_near_neither_is_taken() -> None:
    reading = sr.match_names(["Westfeld"], areas_of(["Westfeld 1", "Westfeld 2"]))
    assert reading.table["area"].isna().all()


def test_numbers_are_no_typing_errors() -> None:
    reading = sr.match_names(["Südwest 2", "Südwest 5"], areas_of(["Südwest 2", "Südwest 3"]))
    assert reading.table["quality"].tolist() == ["exact", "none"]


def test_groups_become_a_level() -> None:
    areas = gpd.GeoDataFrame(areas_of(["Nord", "Ost", "Süd", "Weststadt"]))
    groups = {"Eins": "Nord, Ost", "Zwei": "Sud und Westtadt"}
    reading = sr.group_areas(areas, groups, level="region")
    assert reading.settle()["region"].tolist() == ["Eins", "Eins", "Zwei", "Zwei"]
    wrong = sr.group_areas(areas, {"Eins": "Nord, Ost", "Zwei": "Ost, Süd"}, level="region")
    codes = [f.code for f in wrong.findings]
    assert codes == ["in_several_lists", "in_no_list"]
    assert "Weststadt" in wrong.findings[1].text


@given(st.permutations(NORTH + OTHERS))
def test_right_names_find_themselves_in_any_order(names: list[str]) -> None:
    reading = sr.match_names(names, areas_of(NORTH + OTHERS))
    assert reading.table["name"].tolist() == names
    assert not reading.findings


@given(st.lists(st.text()))
def test_hostile_names_are_only_names(names: list[str]) -> None:
    reading = sr.match_names(names, areas_of(NORTH))
    assert len(reading.table) == sum(bool(" ".join(n.split()).rstrip(".")) for n in names)
    assert reading.table["area"].dropna().is_unique
    lost = reading.table["area"].isna().sum()
    assert lost == sum(f.severity == "error" for f in reading.findings)
