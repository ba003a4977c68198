"""Boundaries that changed in earnest: Berlin's LOR of 2006 and 2021, the Kreise of thirty years."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.indicators.crosswalk import check_key
from sozialraum.indicators.spread import spread_people
from sozialraum.model.register import check_register
from sozialraum.read.areas import load_areas

OLD = "berlin/areas/lor_pre2021_PLR/lor_planungsraeume.shp"
NEW = "berlin/areas/lor_post2021_PLR/lor_planungsraeume_2021.shp"
EWR = "berlin/indicators/ewr/berlin-lor-population-{}-02-t1-planning-areas.csv"
# Row 125 (the heading is row 1) is Schloßstraße in Charlottenburg, which the register calls 04030417;
# row 206 its namesake in Steglitz.
WRONG = {"row": 125, "column": "broker Dow", "old": "06010102", "value": "04030417"}
INDICATORS = {"n": sr.Indicator(id="n", title="Einwohner")}


def read_register(testdata: Path, year: str) -> pd.DataFrame:
    table = pd.read_csv(testdata / EWR.format(year), dtype={"id": str})
    return table.rename(columns={"id": "area", "inhabitants": "value"})[["area", "value"]]


def make_values(register: pd.DataFrame, gebietsstand: str) -> pd.DataFrame:
    return register.assign(
        level="planungsraum", indicator="n", datenstand="2020-12-31", gebietsstand=gebietsstand,
        numerator=register["value"], quality="exact", sign="", steps="",
    )  # fmt: skip


@pytest.fixture(scope="session")
def old(testdata: Path) -> sr.AreaVersion:
    columns = {"area": "broker Dow", "name": "PLANUNGSRA"}
    areas = sr.read_areas(testdata / OLD, columns=columns, corrections=[WRONG])
    return sr.AreaVersion("2020-12-31", areas, valid_from="2006-06-14", valid_to="2020-12-31")


@pytest.fixture(scope="session")
def new(testdata: Path) -> sr.AreaVersion:
    areas = sr.read_areas(testdata / NEW, columns={"area": "PLR_ID", "name": "PLR_NAME"})
    return sr.AreaVersion("2021-01-01", areas)


@pytest.fixture(scope="session")
def houses(testdata: Path) -> gpd.GeoDataFrame:
    points = gpd.read_parquet(testdata / "berlin/network/berlin_osm_points.parquet")
    points = points[points["layer"] == "housenumber"]
    assert len(points) == 413_631
    return points


@pytest.fixture(scope="session")
def published(testdata: Path) -> pd.Series:
    """Inhabitants of 31.12.2020 by new LOR, from the Monitoring Soziale Stadtentwicklung 2021."""
    table = pd.read_csv(testdata / "berlin/indicators/mss2021/mss_2021.csv", dtype={"PLR_ID": str})
    return table.set_index("PLR_ID")["EW"].astype("float64")


def errors(table: pd.DataFrame, published: pd.Series) -> tuple[float, float]:
    """Mean absolute error per Planungsraum, mean absolute percentage error per Prognoseraum."""
    ours = table.set_index("area")["value"].reindex(published.index)
    upper = published.index.str[:4]
    above, given = ours.groupby(upper).sum(), published.groupby(upper).sum()
    assert len(above) == 58
    return (ours - published).abs().mean(), 100 * ((above - given).abs() / given).mean()


def test_the_twice_given_id_is_found_with_both_rows_and_mended_only_on_purpose(
    testdata: Path,
) -> None:
    columns = {"area": "broker Dow", "name": "PLANUNGSRA"}
    reading = load_areas(testdata / OLD, columns=columns)
    twice = [f for f in reading.findings if f.code == "duplicate"]
    assert len(twice) == 1
    assert "06010102" in twice[0].text
    assert "125, 206" in twice[0].text
    found = check_register(read_register(testdata, "2020"), reading.table)
    # 10,786 people of one area have no outline; both rows of the id that stands twice are named.
    assert [f.code for f in found] == ["no_outline"]
    for part in ("04030417", "10.786", "06010102", "125 (Schloßstraße) und 206 (Schloßstraße)"):
        assert part in found[0].text
    mended = load_areas(testdata / OLD, columns=columns, corrections=[WRONG])
    assert [f.code for f in mended.findings if f.code in ("duplicate", "corrected")] == [
        "corrected"
    ]
    assert check_register(read_register(testdata, "2020"), mended.table) == []
    # The other row, or a file that has changed by then, is refused.
    other = load_areas(testdata / OLD, columns=columns, corrections=[{**WRONG, "row": 124}])
    assert "correction_outdated" in [f.code for f in other.findings]


def test_without_the_correction_nothing_is_converted(testdata: Path, new: sr.AreaVersion) -> None:
    shapes = gpd.read_file(testdata / OLD).rename(columns={"broker Dow": "area"})
    version = sr.AreaVersion("2020-12-31", shapes.set_index("area")[["geometry"]])
    values = make_values(read_register(testdata, "2020"), "2020-12-31")
    with pytest.raises(sr.InputError, match="06010102"):
        sr.convert_boundaries(values, version, new, INDICATORS)


def test_berlin_2020_on_new_boundaries_against_the_published_figures(
    testdata: Path, old: sr.AreaVersion, new: sr.AreaVersion, houses: gpd.GeoDataFrame,
    published: pd.Series,
) -> None:  # fmt: skip
    register = read_register(testdata, "2020")
    values = make_values(register, "2020-12-31")
    assert register["value"].sum() == published.sum() == 3_769_962
    by_area = sr.convert_boundaries(values, old, new, INDICATORS)
    by_houses = sr.convert_boundaries(values, old, new, INDICATORS, points=houses)
    for table in (by_area, by_houses):
        assert table["value"].sum() == pytest.approx(3_769_962, abs=1e-6)
        assert sr.round_counts(table, INDICATORS)["value"].sum() == 3_769_962
        assert set(table["area"]) == set(published.index)
        # What is called exact is what the office published.
        exact = table[table["quality"] == "exact"].set_index("area")["value"]
        assert len(exact) > 190
        pd.testing.assert_series_equal(
            exact, published[exact.index], check_names=False, check_dtype=False
        )
    area_error, area_upper = errors(by_area, published)
    house_error, house_upper = errors(by_houses, published)
    assert area_error == pytest.approx(708, abs=2)
    assert house_error <= 0.6 * area_error
    assert area_upper == pytest.approx(0.15, abs=0.01)
    assert house_upper <= 0.05
    assert set(by_houses["quality"]) == {"exact", "dasymetric"}
    steps = by_houses.loc[by_houses["quality"] == "dasymetric", "steps"].unique().tolist()
    assert steps == ["converted:31.12.2020 → 01.01.2021, verteilt nach Wohnorten"]


def test_people_of_another_year_are_better_weights(
    testdata: Path, old: sr.AreaVersion, new: sr.AreaVersion, houses: gpd.GeoDataFrame,
    published: pd.Series,
) -> None:  # fmt: skip
    # The register of 31.12.2021, spread over the house numbers of the new areas: people, not doors.
    later = read_register(testdata, "2021").set_index("area").astype("float64")
    people = spread_people(later, houses, new.areas).rename(columns={"value": "weight"})
    values = make_values(read_register(testdata, "2020"), "2020-12-31")
    table = sr.convert_boundaries(values, old, new, INDICATORS, points=people)
    assert table["value"].sum() == pytest.approx(3_769_962, abs=1e-6)
    mean, _ = errors(table, published)
    assert mean <= 0.1 * 708


def test_a_project_reads_old_figures_onto_new_areas(testdata: Path, tmp_path: Path) -> None:
    definition = '[[indicator]]\nid = "n"\ntitle = "Einwohner"\n'
    (tmp_path / "merkmale.toml").write_text(definition, encoding="utf-8")
    project = f"""
[project]
title = "Berlin"
[[level]]
id = "pgr"
title = "Prognoseraum"
prefix = 4
[[level]]
id = "plr"
title = "Planungsraum"
[areas]
file = "{testdata / NEW}"
columns = {{ area = "PLR_ID", name = "PLR_NAME" }}
gebietsstand = "2021-01-01"
[indicators]
files = ["merkmale.toml"]
[[values]]
file = "{testdata / EWR.format(2020)}"
form = "wide"
columns = {{ area = "id" }}
indicators = {{ n = "inhabitants" }}
datenstand = "2020-12-31"
gebietsstand = "2020-12-31"
[[areas.version]]
file = "{testdata / OLD}"
columns = {{ area = "broker Dow", name = "PLANUNGSRA" }}
gebietsstand = "2006-06-14"
valid_to = "2020-12-31"
"""
    path = tmp_path / "sozialraum.toml"
    path.write_text(project, encoding="utf-8")
    with pytest.raises(sr.InputError) as caught:
        sr.read_atlas(path)
    errors = {f.code: f.text for f in caught.value.report.errors}
    assert set(errors) == {"duplicate", "no_outline"}
    assert "04030417" in errors["no_outline"]
    assert "10.786" in errors["no_outline"]
    assert "125 (Schloßstraße) und 206 (Schloßstraße)" in errors["no_outline"]
    mended = project + "[[areas.version.correction]]\n"
    mended += "".join(f"{key} = {value!r}\n" for key, value in WRONG.items())
    path.write_text(mended, encoding="utf-8")
    atlas = sr.read_atlas(path)
    assert atlas.values.query("level == 'gesamt'")["value"].tolist() == pytest.approx([3_769_962])
    assert {"corrected", "converted"} <= {f.code for f in atlas.report.notes}


def test_there_and_back_keeps_berlin(
    testdata: Path, old: sr.AreaVersion, new: sr.AreaVersion, houses: gpd.GeoDataFrame
) -> None:
    values = make_values(read_register(testdata, "2020"), "2020-12-31")
    there = sr.convert_boundaries(values, old, new, INDICATORS, points=houses)
    back = sr.convert_boundaries(there, new, old, INDICATORS, points=houses)
    assert back["value"].sum() == pytest.approx(3_769_962, abs=1e-6)
    assert set(back["gebietsstand"]) == {"2020-12-31"}


def read_sheets(testdata: Path) -> list[tuple[str, pd.DataFrame]]:
    found = []
    for file in ("2019-1990-2018", "2020-1990-2019"):
        path = testdata / f"references/bbsr_crosswalks/ref-kreise-umrech-{file}.xlsx"
        for sheet in openpyxl.load_workbook(path, read_only=True).sheetnames:
            found.append((sheet, pd.read_excel(path, sheet_name=sheet, dtype=object)))
    return found


def test_every_sheet_of_the_bbsr_adds_up_and_keeps_totals(testdata: Path) -> None:
    sheets = read_sheets(testdata)
    assert len(sheets) == 59
    split = 0
    for name, sheet in sheets:
        headings = ["".join(str(c).split()).replace("-", "") for c in sheet.columns]
        ids = [i for i, h in enumerate(headings) if h.startswith("Kreise3")]
        people = next(i for i, h in enumerate(headings) if h.startswith("Bevölkerungam"))
        shares = [i for i, h in enumerate(headings) if "Umsteigeschlüssel" in h]
        assert len(ids) == 2, name
        source, target = (sheet.iloc[:, i].astype("Int64").astype("str") for i in ids)
        for share in shares:
            key = pd.DataFrame(
                {"source": source, "target": target,
                 "share": sheet.iloc[:, share].astype("float64")}
            )  # fmt: skip
            assert check_key(key) == [], name
        key["share"] = sheet.iloc[:, shares[1]].astype("float64")
        split += int(key["source"].duplicated().sum())
        old = sr.AreaVersion(name[:4], gpd.GeoDataFrame(index=key["source"].unique()))
        new = sr.AreaVersion(name[5:], gpd.GeoDataFrame(index=key["target"].unique()))
        given = sheet.iloc[:, people].astype("float64").groupby(source).first()
        values = pd.DataFrame(
            {"area": given.index, "level": "kreis", "indicator": "n", "datenstand": name[:4],
             "gebietsstand": name[:4], "value": given.to_numpy()}
        )  # fmt: skip
        table = sr.convert_boundaries(values, old, new, INDICATORS, key=key)
        assert table["value"].sum() == pytest.approx(given.sum(), rel=1e-9), name
        assert len(table) == 401
        assert set(table["quality"]) <= {"exact", "key"}
        if key["source"].duplicated().any():
            rate = {"n": sr.Indicator(id="n", title="Quote", kind="rate", denominator="alle")}
            with pytest.raises(sr.InputError, match="ohne Zähler und Nenner") as caught:
                sr.convert_boundaries(values, old, new, rate, key=key)
            assert caught.value.report.errors[0].row is not None
    assert split > 100


def test_a_key_is_read_from_the_workbook(testdata: Path) -> None:
    path = testdata / "references/bbsr_crosswalks/ref-kreise-umrech-2020-1990-2019.xlsx"
    key = sr.read_key(
        path, layer="1990-2020",
        columns={
            "source": "Kreise 31.12.1990", "target": "Kreise 31.12.2020",
            "share": "bevölkerungsproportionaler Umsteigeschlüssel",
        },
    )  # fmt: skip
    assert key["target"].nunique() == 401
    assert key.groupby("source")["share"].sum().between(0.999, 1.001).all()
