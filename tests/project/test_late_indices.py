"""Indices of a project file that wait for measured ways: built afterwards, protected like all others."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.project.inputs import check
from sozialraum.project.settings import read_project
from sozialraum.project.tables import make_tables
from sozialraum.secrecy.edition import Edition
from tests import musterstadt

DEFINITIONS = """
[[indicator]]
id = "einwohner"
title = "Einwohner"
datenstand = "2024-12-31"

[[indicator]]
id = "leistung"
title = "Leistungsbezug"
kind = "rate"
unit = "%"
per = 100
numerator = "Menschen mit Leistungsbezug"
denominator = "Einwohner"
"""
RECIPE = """
[[recipe]]
id = "lage"
title = "Lageindex"
method = "z_mean"

[[recipe.indicator]]
id = "leistung"
direction = "high_is_need"

[[recipe.indicator]]
id = "kita_15min"
direction = "low_is_need"

[[recipe.classes]]
id = "lage_klasse"
title = "Lageindex: Klasse"
limits = [0]
names = ["wenig", "viel"]
"""
MORE = """
[population]
file = "menschen.csv"
groups = ["einwohner"]

[[coverage]]
id = "kita_15min"
title = "Menschen mit einer Kita in 15 Minuten"
category = "kita"
group = "einwohner"
limit_min = 15

[[index]]
recipe = "rezept.toml"
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Musterstadt by the straight line; 3 people of Quartier 1101 and 40 of all others have benefits."""
    folder = tmp_path_factory.mktemp("stadt")
    atlas = musterstadt.write_town(folder, DEFINITIONS)
    musterstadt.write_points(
        folder / "menschen.csv", atlas.population.rename_axis("cell"), ["cell", "einwohner"]
    )
    inhabitants = atlas.values.query("indicator == 'einwohner' and level == 'quartier'")
    size = inhabitants.set_index("area")["value"]
    pd.DataFrame(
        {"area": size.index, "indicator": "leistung", "datenstand": "2024-12-31",
         "numerator": [3 if a == "1101" else 40 + i for i, a in enumerate(size.index)],
         "denominator": size.to_numpy()}
    ).to_csv(folder / "werte.csv", sep=";", index=False)  # fmt: skip
    (folder / "rezept.toml").write_text(RECIPE, encoding="utf-8")
    (folder / "sozialraum.toml").write_text(
        musterstadt.PROJECT + musterstadt.VALUES + MORE, encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def edition(town: Path) -> Edition:
    return sr.make_edition(town / "sozialraum.toml")


def pivot(values: pd.DataFrame) -> pd.DataFrame:
    rows = values.query("level == 'quartier' and datenstand == '2024-12-31'")
    return rows.pivot(index="area", columns="indicator", values="value")


def test_an_index_of_ways_is_what_its_recipe_says(town: Path) -> None:
    shown = sr.make_edition(_unprotected(town))
    assert shown.indicators["lage"].made_of == ("leistung", "kita_15min")
    table = pivot(shown.values)
    z = (table - table.mean()) / table.std(ddof=0)
    wanted = (z["leistung"] - z["kita_15min"]) / 2
    np.testing.assert_allclose(table["lage"], wanted, atol=1e-9)
    assert (table["lage_klasse"] == np.where(table["lage"] > 0, 2, 1)).all()


def _unprotected(town: Path) -> Path:
    path = town / "offen.toml"
    text = (town / "sozialraum.toml").read_text(encoding="utf-8")
    path.write_text(text + "[secrecy]\nminimum = 1\n", encoding="utf-8")
    return path


def test_its_passport_says_what_it_is_made_of_and_how_the_ways_were_measured(
    edition: Edition,
) -> None:
    rows = edition.values.query("indicator == 'lage' and sign == ''")
    assert set(rows["quality"]) == {"straight_line"}
    assert "indexed:Lageindex" in rows["steps"].iloc[0]
    formula = edition.indicators["lage"].formula
    assert "Leistungsbezug" in formula
    assert "Menschen mit einer Kita in 15 Minuten" in formula


def test_it_goes_where_a_part_of_it_is_withheld(edition: Edition) -> None:
    rows = edition.values.query("level == 'quartier'")
    gone = rows[rows["sign"] == "."].groupby("indicator")["area"].agg(set)
    assert "1101" in gone["leistung"]
    assert gone["leistung"] <= gone["lage"]
    assert gone["leistung"] <= gone["lage_klasse"]
    assert len(gone["lage"]) >= 3
    assert edition.findings.empty


def test_a_withheld_share_of_people_reached_takes_the_index_with_it(town: Path) -> None:
    path = town / "streng.toml"
    text = (town / "sozialraum.toml").read_text(encoding="utf-8")
    path.write_text(text + "[secrecy]\nminimum = 200\n", encoding="utf-8")
    shown = sr.make_edition(path)
    rows = shown.values.query("level == 'quartier'")
    hidden = set(rows.loc[(rows["indicator"] == "kita_15min") & (rows["sign"] == "."), "area"])
    index = rows[rows["indicator"] == "lage"].set_index("area")["sign"]
    assert hidden
    assert set(index[list(hidden)]) == {"."}


def test_before_measuring_it_is_defined_and_has_no_rows(town: Path) -> None:
    made = make_tables(read_project(town / "sozialraum.toml"))
    assert "lage" in made.atlas.indicators
    assert "lage" not in set(made.atlas.values["indicator"])
    assert [recipe.id for _, recipe in made.late.recipes] == ["lage"]
    assert check(town / "sozialraum.toml").ok


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sozialraum.toml", "limit_min = 15", 'limit_min = 15\ndatenstand = "2023-12-31"'),
        ("rezept.toml", 'method = "z_mean"', 'method = "z_mean"\nchange_years = 1'),
    ],
)
def test_figures_without_a_common_day_are_found_before_measuring(
    town: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    shutil.copytree(town, tmp_path / "kopie")
    path = tmp_path / "kopie" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(sr.InputError, match=r"kita_15min: 31\.12\.202"):
        check(tmp_path / "kopie" / "sozialraum.toml")


def test_small_areas_enter_it_and_are_left_out_afterwards(town: Path) -> None:
    """Quartiere of 250 people are below 400; those of 500 keep the index they have among all 16."""
    path = town / "klein.toml"
    text = _unprotected(town).read_text(encoding="utf-8")
    path.write_text(
        text + '[uncertainty]\nminimum = 400\ninhabitants = "einwohner"\n', encoding="utf-8"
    )
    all_of_them = pivot(sr.make_edition(_unprotected(town)).values)["lage"]
    rows = sr.make_edition(path).values.query("indicator == 'lage'").set_index("area")
    small = rows["sign"] == "/"
    assert small.sum() == 8
    assert rows.loc[small, "value"].isna().all()
    # An index that is left out for some areas is shown as it is written: with two decimals.
    np.testing.assert_allclose(rows.loc[~small, "value"], all_of_them[~small], atol=0.005)
