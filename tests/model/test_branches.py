"""Several hierarchies over the same smallest areas."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

import sozialraum as sr
from sozialraum.present.payload import build_payload
from sozialraum.present.sozialraumprofil import write_sozialraumprofile
from sozialraum.project.settings import read_project

LEVELS = (
    sr.Level("sozialraum", "Sozialraum", "Sozialräume"),
    sr.Level("schulbezirk", "Schulbezirk", "Schulbezirke", "gesamt"),
    sr.Level("quartier", "Quartier", "Quartiere", "sozialraum"),
)


def build(people: list[float]) -> sr.Atlas:
    """Build four Quartiere in a row: Sozialräume A A B B, Schulbezirke X Y Y X."""
    areas = gpd.GeoDataFrame(
        {
            "area": list("1234"),
            "name": [f"Quartier {i}" for i in "1234"],
            "sozialraum": list("AABB"),
            "schulbezirk": list("XYYX"),
        },
        geometry=[box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(4)],
        crs=25833,
    )
    values = pd.DataFrame(
        {"area": list("1234"), "indicator": "menschen", "datenstand": "2024", "value": people}
    )
    indicators = {"menschen": sr.Indicator(id="menschen", title="Menschen")}
    offers = gpd.GeoDataFrame(
        {"offer": ["k"], "name": ["Kita"], "category": ["kita"]},
        geometry=gpd.points_from_xy([2500], [500]),
        crs=25833,
    )
    atlas = sr.build_atlas(
        areas, levels=LEVELS, title="Ort", values=values, indicators=indicators, offers=offers
    )
    return atlas.with_values(sr.aggregate_values(atlas.values, atlas.areas, indicators))


def test_both_hierarchies_have_sums() -> None:
    values = build([10, 20, 30, 40]).values.set_index(["level", "area"])["value"]
    assert values["sozialraum"].to_dict() == {"A": 30, "B": 70}
    assert values["schulbezirk"].to_dict() == {"X": 50, "Y": 50}
    assert values[("gesamt", "gesamt")] == 100


def test_parents_are_those_of_the_own_branch() -> None:
    edition = sr.build_edition(build([10, 20, 30, 40]))
    assert edition.table("schulbezirk")["parent"].tolist() == ["gesamt", "gesamt"]
    assert edition.table("quartier")["parent"].tolist() == list("AABB")


def test_a_withheld_number_does_not_follow_from_the_other_hierarchy() -> None:
    # Quartier 1 has 3 people. In A its sibling 2 goes with it; in X it would follow from 4, and
    # in Y Quartier 2 from 3: so these are withheld too, or the sums above them are.
    edition = sr.build_edition(build([3, 20, 30, 40]), secrecy=sr.Secrecy(minimum=5))
    known = edition.values.set_index(["level", "area"])["value"].dropna()
    for level in ("sozialraum", "schulbezirk"):
        for upper, members in edition.areas.groupby(level).groups.items():
            hidden = [m for m in members if ("quartier", m) not in known.index]
            assert len(hidden) != 1 or (level, upper) not in known.index


def test_the_map_and_profiles_know_both(tmp_path: Path) -> None:
    edition = sr.build_edition(build([10, 20, 30, 40]))
    header, _, _ = build_payload(edition)
    levels = {x["id"]: x for x in header["levels"]}
    assert [levels[x]["parent"] for x in ("sozialraum", "schulbezirk", "quartier")] == [0, 0, 1]
    assert "inside" not in levels["sozialraum"]
    assert [levels["schulbezirk"]["ids"][i] for i in levels["schulbezirk"]["inside"]] == list(
        "XYYX"
    )
    write_sozialraumprofile(edition, level="schulbezirk", folder=tmp_path)
    page = next(p for p in tmp_path.rglob("*.html") if p.stem == "X").read_text(encoding="utf-8")
    assert "Quartier 1" in page
    assert "Quartier 4" in page
    assert "Quartier 2" not in page
    sr.write_tables(edition, tmp_path / "tabellen")
    sheet = pd.read_excel(tmp_path / "tabellen/tabellen.xlsx", sheet_name="Schulbezirke")
    assert sheet.columns.tolist() == ["Merkmal", "Datenstand", "X\nX", "Y\nY"]
    assert sheet.iloc[0, 2:].tolist() == [10 + 40, 20 + 30]


LEVEL = '[[level]]\nid = "{id}"\ntitle = "T"\n{more}\n'


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        (["", "", ""], ["", "a", "b"]),
        (["gesamt", "gesamt", ""], ["gesamt", "gesamt", "a"]),  # b is a branch; c goes on from a
        (["", "gesamt", "a"], ["", "gesamt", "a"]),
        (["", "a", "b"], ["", "a", "b"]),
    ],
)
def test_levels_of_a_project_file(tmp_path: Path, parents: list[str], expected: list[str]) -> None:
    text = '[project]\ntitle = "T"\n[areas]\nfile = "x.gpkg"\n'
    for name, parent in zip("abc", parents, strict=True):
        text += LEVEL.format(id=name, more=f'parent = "{parent}"' if parent else "")
    path = tmp_path / "sozialraum.toml"
    path.write_text(text, encoding="utf-8")
    assert [level.parent for level in read_project(path).levels] == expected


def test_an_unknown_parent_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    text = '[project]\ntitle = "T"\n[areas]\nfile = "x.gpkg"\n'
    path.write_text(text + LEVEL.format(id="a", more='parent = "gesammt"'), encoding="utf-8")
    with pytest.raises(sr.InputError, match="gesamt"):
        read_project(path)
