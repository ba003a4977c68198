"""Funding of a project file: read, checked, added up, and kept inside unless told otherwise."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_funding, build_musterstadt
from sozialraum.errors import InputError
from tests import musterstadt

PROJECT = (
    musterstadt.PROJECT
    + """
[population]
file = "adressen.csv"
groups = ["u6"]

[[funding]]
file = "foerderung.csv"
columns = { source = "Geber" }
source = "Haushaltsplan, erfunden"
per = "u6"
prices = { 2022 = 80, 2023 = 100, 2024 = 100 }
base_year = 2024
prices_source = "erfunden"
"""
)
DEFINITION = """
[[indicator]]
id = "u6"
title = "Kinder unter 6 Jahren"
datenstand = "2024-12-31"
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    people = musterstadt.write_town(tmp_path, DEFINITION).population
    musterstadt.write_points(tmp_path / "adressen.csv", people, ["cell", "u6"])
    write_funding(tmp_path, build_funding())
    (tmp_path / "sozialraum.toml").write_text(PROJECT, encoding="utf-8")
    return tmp_path / "sozialraum.toml"


def write_funding(folder: Path, funding: pd.DataFrame) -> None:
    funding.rename(columns={"source": "Geber"}).to_csv(
        folder / "foerderung.csv", sep=";", decimal=",", index=False
    )


def test_the_figures_a_project_gets(town: Path) -> None:
    atlas = sr.read_atlas(town)
    rows = atlas.values.set_index(["indicator", "level", "area", "datenstand"])["value"]
    whole = ("gesamt", "gesamt")
    assert rows[("foerderung", *whole, "2022")] == 1_564_000
    # Prices of 2022 are 80 of 100: 1,564,000 / 0.8.
    assert rows[("foerderung_real", *whole, "2022")] == 1_955_000
    assert rows[("foerderung_real", *whole, "2024")] == rows[("foerderung", *whole, "2024")]
    assert rows[("foerderung_je_u6", "sozialraum", "11", "2024-12-31")] == 5_000
    said = sr.passport(
        atlas.values, "11", "foerderung_je_u6", "2024-12-31", indicators=atlas.indicators
    )
    assert "geteilt durch: Kinder unter 6 Jahren" in said["Schritte"]
    assert said["Quelle"] == "Haushaltsplan, erfunden"


def test_funding_stays_inside_by_default(town: Path, tmp_path: Path) -> None:
    edition = sr.make_edition(town)
    assert set(edition.indicators) == {"u6"}
    assert not any("Haushaltsplan" in text for text in edition.sources)
    assert any("3 Merkmale sind nicht für die Öffentlichkeit" in note for note in edition.notes)
    write_funding(town.parent, build_funding().assign(euro=48_611_777.0))
    written = sr.run(town, tmp_path / "aus", progress=False)
    for path in written:
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                data = b"".join(archive.read(name) for name in archive.namelist())
        assert b"48611777" not in data, path.name
        assert b"48.611.777" not in data, path.name


def test_funding_is_published_when_the_project_says_so(town: Path) -> None:
    town.write_text(PROJECT + 'audience = "oeffentlich"\n', encoding="utf-8")
    edition = sr.make_edition(town)
    assert list(edition.indicators) == [
        "u6", "foerderung", "foerderung_real", "foerderung_je_u6",
    ]  # fmt: skip
    rows = edition.values.query("indicator == 'foerderung' and level == 'sozialraum'")
    # Money is no person: nothing of it is withheld; 390,000 euros serve the whole town.
    assert not rows["sign"].eq(".").any()
    apart = rows[(rows["area"] == "nicht_zuzuordnen") & (rows["datenstand"] == "2024")]
    assert apart["value"].tolist() == [390_000]


def test_a_quotient_gives_no_withheld_number_of_people_away(town: Path) -> None:
    # Of the 25 children of the Quartier 1101 three stay: withheld, and with them a sibling's 25. Euros
    # are public, so euros per child would tell how many children there are.
    town.write_text(PROJECT + 'audience = "oeffentlich"\n', encoding="utf-8")
    people = build_musterstadt().atlas.population
    gone = people.index[people["area"] == "1101"][3:]
    path = town.parent / "adressen.csv"
    table = pd.read_csv(path, sep=";", decimal=",")
    table[~table["cell"].isin(gone)].to_csv(path, sep=";", decimal=",", index=False)
    values = sr.make_edition(town).values.set_index(["indicator", "level", "area", "datenstand"])
    children = values.loc["u6"]
    hidden = children.index[children["sign"] == "."]
    assert len(hidden) >= 2
    each = values.loc["foerderung_je_u6"].loc[hidden]
    assert each["sign"].eq(".").all()
    assert each[["value", "numerator", "denominator"]].isna().all(axis=None)


def test_what_is_made_of_funding_stays_inside_too(town: Path) -> None:
    more = (
        '[[indicator]]\nid = "doppelt"\ntitle = "Doppelt"\n'
        'numerator_of = ["foerderung", "foerderung"]\n'
    )
    (town.parent / "merkmale.toml").write_text(DEFINITION + more, encoding="utf-8")
    atlas = sr.read_atlas(town)
    made = sr.form_rates(atlas.values, atlas.indicators)
    assert "doppelt" in set(made["indicator"])
    assert set(sr.build_edition(atlas.with_values(made)).indicators) == {"u6"}


def test_all_that_is_wrong_is_named(town: Path) -> None:
    funding = build_funding()
    funding.loc[0, "offer"] = "kita_wets"
    funding.loc[1, "serves"] = "stadt"
    write_funding(town.parent, funding)
    with pytest.raises(InputError) as caught:
        sr.read_atlas(town)
    found = {(f.code, f.row) for f in caught.value.report.errors}
    assert found == {("unknown_offer", 2), ("unknown_level", 3)}
    assert "kita_west" in str(caught.value)


def test_a_year_without_a_price_and_a_group_nobody_knows(town: Path) -> None:
    town.write_text(PROJECT.replace("2022 = 80, ", ""), encoding="utf-8")
    with pytest.raises(InputError, match="2022"):
        sr.read_atlas(town)
    town.write_text(PROJECT.replace('per = "u6"', 'per = "u7"'), encoding="utf-8")
    with pytest.raises(InputError, match="u7"):
        sr.read_atlas(town)
    town.write_text(PROJECT.replace("base_year = 2024\n", ""), encoding="utf-8")
    with pytest.raises(InputError, match="base_year"):
        sr.read_atlas(town)
