"""A project whose values stand on older boundaries than its areas."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

import sozialraum as sr
from sozialraum.project import settings

HEAD = """
[project]
title = "Musterstadt"

[[level]]
id = "bezirk"
title = "Bezirk"
prefix = 1

[[level]]
id = "quartier"
title = "Quartier"

[areas]
file = "neu.gpkg"
gebietsstand = "2021-01-01"
{areas}

[indicators]
files = ["merkmale.toml"]

[[values]]
file = "werte.csv"
{values}
"""
VERSION = """
[[areas.version]]
file = "alt.gpkg"
gebietsstand = "2006-06-14"
valid_to = "2020-12-31"
"""
DEFINITIONS = """
[[indicator]]
id = "kinder"
title = "Kinder"

[[indicator]]
id = "quote"
title = "Quote"
kind = "rate"
per = 100
denominator = "alle"
"""
# a stays A; b (20) and c (30) become B, the west half of b, and C, its east half with c.
ROWS = [
    "Gebiet;Ebene;Indikator;Stichtag;Gebietsstand;Wert;Zähler;Nenner",
    "1a;;kinder;2019;2019;10;;", "1b;;kinder;2019;2019;20;;", "2c;;kinder;2019;2019;30;;",
    "1A;;kinder;2022;2022;11;;", "1B;;kinder;2022;2022;12;;", "2C;;kinder;2022;2022;13;;",
]  # fmt: skip


def write(folder: Path, areas: str = VERSION, rows: list[str] = ROWS, values: str = "") -> Path:
    def save(name: str, **boxes: tuple[float, float]) -> None:
        gpd.GeoDataFrame(
            {"area": list(boxes), "name": [f"Gebiet {k}" for k in boxes]},
            geometry=[box(4e5 + w, 5.9e6, 4e5 + e, 5.901e6) for w, e in boxes.values()], crs=25833,
        ).to_file(folder / name)  # fmt: skip

    save("alt.gpkg", **{"1a": (0, 1000), "1b": (1000, 2000), "2c": (2000, 3000)})
    save("neu.gpkg", **{"1A": (0, 1000), "1B": (1000, 1500), "2C": (1500, 3000)})
    gpd.GeoDataFrame(
        {"cell": ["1", "2"], "einwohner": [3.0, 1.0]},
        geometry=[Point(4e5 + 1200, 5.9005e6), Point(4e5 + 1700, 5.9005e6)], crs=25833,
    ).to_file(folder / "orte.gpkg")  # fmt: skip
    (folder / "merkmale.toml").write_text(DEFINITIONS, encoding="utf-8")
    (folder / "werte.csv").write_text("\n".join(rows), encoding="utf-8")
    path = folder / "sozialraum.toml"
    path.write_text(HEAD.format(areas=areas, values=values), encoding="utf-8")
    return path


def pivot(atlas: sr.Atlas, level: str = "quartier") -> pd.DataFrame:
    rows = atlas.values[atlas.values["level"] == level]
    return rows.pivot(index="datenstand", columns="area", values="value")


def test_older_values_are_converted_and_the_report_says_so(tmp_path: Path) -> None:
    atlas = sr.read_atlas(write(tmp_path))
    table = pivot(atlas)
    assert table.loc["2019"].to_dict() == {"1A": 10, "1B": 10, "2C": 40}
    assert table.loc["2022"].to_dict() == {"1A": 11, "1B": 12, "2C": 13}
    assert pivot(atlas, "gesamt").loc["2019", "gesamt"] == 60
    old = atlas.values.query("datenstand == '2019' and level == 'quartier'").set_index("area")
    assert old["quality"].to_dict() == {"1A": "exact", "1B": "areal", "2C": "areal"}
    notes = [f for f in atlas.report.notes if f.code == "converted"]
    assert [f.text for f in notes] == [
        "Vom Gebietsstand 14.06.2006 auf 01.01.2021 umgerechnet: 3 Werte. Ergebnis: unverändert oder "
        "aus ganzen Gebieten 1, geschätzt 2 (verteilt nach Fläche), ohne Wert 0; davon unter "
        "„nicht zuzuordnen“ 0."
    ]


def test_a_weight_and_a_key_are_used_when_named(tmp_path: Path) -> None:
    people = '\nweight = "einwohner"\n[population]\nfile = "orte.gpkg"\ngroups = ["einwohner"]'
    table = pivot(sr.read_atlas(write(tmp_path, VERSION + people)))
    assert table.loc["2019"].to_dict() == {"1A": 10, "1B": 15, "2C": 35}
    (tmp_path / "schluessel.csv").write_text(
        "alt;neu;Anteil\n1a;1A;1\n1b;1B;0,1\n1b;2C;0,9\n2c;2C;1", encoding="utf-8"
    )
    key = '\nkey = { file = "schluessel.csv" }'
    table = pivot(sr.read_atlas(write(tmp_path, VERSION + key)))
    assert table.loc["2019"].to_dict() == {"1A": 10, "1B": 2, "2C": 48}


@pytest.mark.parametrize(
    ("areas", "rows", "code"),
    [
        (VERSION, [*ROWS, "1b;;quote;2019;2019;5;;"], "rate_not_converted"),
        (VERSION, [*ROWS, "1z;;kinder;2019;2019;5;;"], "no_outline"),
        (VERSION, [*ROWS, "1b;;kinder;2005;2005;5;;"], "unknown_gebietsstand"),
        (VERSION + 'weight = "einwohner"', ROWS, "no_weight"),
        (VERSION.replace("2020-12", "2021-12"), ROWS, "versions_overlap"),
        (VERSION.replace("alt.gpkg", "fehlt.gpkg"), ROWS, "missing_file"),
    ],
)
def test_what_cannot_be_converted_stops_with_the_reason(
    tmp_path: Path, areas: str, rows: list[str], code: str
) -> None:
    with pytest.raises(sr.InputError) as caught:
        sr.read_atlas(write(tmp_path, areas, rows))
    assert code in {f.code for f in caught.value.report.errors}


def test_values_of_upper_levels_stay_and_that_is_said(tmp_path: Path) -> None:
    rows = [*ROWS, "1;bezirk;quote;2019;2019;5;;"]
    atlas = sr.read_atlas(write(tmp_path, rows=rows))
    assert "not_converted" in {f.code for f in atlas.report.notes}
    assert atlas.values.query("indicator == 'quote' and level == 'bezirk'")["value"].tolist() == [5]


def test_values_without_a_gebietsstand_are_taken_as_new_and_that_is_said(tmp_path: Path) -> None:
    rows = [ROWS[0], *(row.replace("2022;2022", "2022;") for row in ROWS[4:])]
    atlas = sr.read_atlas(write(tmp_path, rows=rows))
    assert "no_gebietsstand" in {f.code for f in atlas.report.notes}


def test_a_wrong_id_is_found_with_its_candidates_and_mended_only_when_asked(tmp_path: Path) -> None:
    path = write(tmp_path)
    shapes = gpd.read_file(tmp_path / "alt.gpkg")
    shapes.loc[1, "area"] = "1a"
    shapes.to_file(tmp_path / "alt.gpkg")
    with pytest.raises(sr.InputError) as caught:
        sr.read_atlas(path)
    texts = {f.code: f.text for f in caught.value.report.errors}
    assert set(texts) == {"duplicate", "no_outline"}
    assert "„1b“" in texts["no_outline"]
    assert "„1a“ in den Zeilen 2 (Gebiet 1a) und 3 (Gebiet 1b)" in texts["no_outline"]
    correction = '[[areas.version.correction]]\nrow = 3\ncolumn = "area"\nold = "1a"\nvalue = "1b"'
    path = write(tmp_path, VERSION + correction)
    shapes.to_file(tmp_path / "alt.gpkg")
    atlas = sr.read_atlas(path)
    assert pivot(atlas).loc["2019"].to_dict() == {"1A": 10, "1B": 10, "2C": 40}
    assert [f.row for f in atlas.report.notes if f.code == "corrected"] == [3]


def test_the_areas_themselves_can_be_corrected(tmp_path: Path) -> None:
    correction = '[[areas.correction]]\nrow = 4\ncolumn = "area"\nvalue = "2D"'
    rows = [row.replace("2C", "2D") for row in ROWS]
    atlas = sr.read_atlas(write(tmp_path, VERSION + correction, rows))
    assert "2D" in atlas.areas.index


def test_every_key_of_a_version_is_described(root: Path, tmp_path: Path) -> None:
    page = (root / "docs/gebietsstand.md").read_text(encoding="utf-8")
    named = [set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) for part in page.split("\n## ")]
    by_heading = dict(
        zip([part.partition("\n")[0] for part in page.split("\n## ")], named, strict=True)
    )
    assert by_heading["In der Projektdatei"] == set(settings._VERSION) - set(settings._FILE)
    assert by_heading["Eine falsche Kennung berichtigen"] == set(settings._CORRECTION)
    example = re.search(r"<!-- beispiel: gebietsstand -->\n```toml\n(.*?)```", page, re.DOTALL)
    assert example
    path = tmp_path / "sozialraum.toml"
    head = '[project]\ntitle = "Berlin"\n[[level]]\nid = "plr"\ntitle = "Planungsraum"\n'
    path.write_text(head + example[1], encoding="utf-8")
    assert settings.read_project(path).section("areas")["version"][0]["weight"] == "einwohner"


def test_files_of_versions_belong_to_the_inputs(tmp_path: Path) -> None:
    path = write(tmp_path, VERSION + 'key = { file = "schluessel.csv" }')
    assert {"alt.gpkg", "schluessel.csv"} <= set(settings.read_project(path).files)


def test_keys_inside_versions_are_checked(tmp_path: Path) -> None:
    with pytest.raises(sr.InputError, match="gueltig_bis"):
        sr.read_atlas(write(tmp_path, VERSION + 'gueltig_bis = "2020"'))
    with pytest.raises(sr.InputError, match=r"areas\.version\.correction"):
        sr.read_atlas(write(tmp_path, VERSION + "[[areas.version.correction]]\nrow = 3"))
