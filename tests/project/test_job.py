"""The main job: on the example everything adds up, and a folder is written whole or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

import sozialraum
from sozialraum.access import snap, travel
from sozialraum.access.coverage import measure_coverage
from sozialraum.access.gaps import find_gaps
from sozialraum.access.travel import measure_nearest
from sozialraum.cli import main
from sozialraum.demo import find_example
from sozialraum.errors import InputError, SozialraumError
from sozialraum.project import inputs, job
from sozialraum.project.settings import read_project
from sozialraum.project.tables import choose_offers
from sozialraum.read.streets import read_streets
from tests.musterstadt import PROJECT, write_town
from tests.read_back import count_sums, read_back

from .conftest import Example

CATEGORIES = ("kita", "schule", "arzt", "apotheke", "spielplatz")


def test_every_person_belongs_to_one_quartier(example: Example) -> None:
    people = example.atlas.population
    assert people["area"].isin(example.atlas.areas.index).all()
    assert people.index.is_unique


def test_sums_are_equal_on_all_levels(example: Example) -> None:
    people = example.atlas.values.query("indicator == 'einwohner'")
    sums = people.groupby("level")["value"].sum()
    assert set(sums) == {example.atlas.population["einwohner"].sum()}
    assert set(sums.index) == {level.id for level in example.atlas.levels}


def test_gaps_hold_exactly_the_people_coverage_misses(example: Example) -> None:
    people, offers = example.atlas.population, example.atlas.offers
    project = read_project(find_example())
    streets = read_streets(
        project.locate(project.section("streets")["file"]), crs=example.atlas.areas.crs
    )
    for category in CATEGORIES:
        nearest = measure_nearest(people, offers[offers["category"] == category], streets)
        reached = measure_coverage(people["einwohner"], nearest, limit_min=15)
        gaps = find_gaps(people, nearest, group="einwohner", limit_min=15, min_people=0)
        assert gaps["people"].sum() == reached["unreached"].sum(), category
        assert reached["people"].sum() == people["einwohner"].sum()


def test_everybody_is_put_on_the_streets_once(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the finished network is kept for the next run, outside the project's folder."""
    monkeypatch.setenv("SOZIALRAUM_CACHE", str(tmp_path))
    sizes = []

    def count(points: gpd.GeoDataFrame, *given: Any, **named: Any) -> Any:
        sizes.append(len(points))
        return snap.snap_points(points, *given, **named)

    for module in (job, travel):
        monkeypatch.setattr(module, "snap_points", count)
    project = read_project(find_example())
    streets = inputs.read_project_streets(project, example.atlas.areas.crs)
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("streets-walk-")
    again = inputs.read_project_streets(project, example.atlas.areas.crs)
    assert (again.x == streets.x).all()
    measured = job.measure_project(example.atlas, project, streets, lambda text: None)
    assert len(measured.values) == len(project.entries("coverage")) == 5
    assert sizes.count(len(example.atlas.population)) == 1


def test_every_file_is_there_and_listed(example: Example) -> None:
    manifest = json.loads((example.folder / "edition.json").read_text(encoding="utf-8"))
    there = {
        p.relative_to(example.folder).as_posix() for p in example.folder.rglob("*") if p.is_file()
    }
    assert there == {*manifest["files"], "edition.json"}
    sozialraeume = example.atlas.areas["sozialraum"].unique()
    assert {f"profile/sozialraum/{area}.html" for area in sozialraeume} <= there
    assert {
        "ressourcenkarte.html", "sozialraum.gpkg", "pruefbericht.txt", "geheimhaltungsprotokoll.html",
        "tabellen/werte.csv", "tabellen/werte_buero.csv", "tabellen/tabellen.xlsx",
        "tabellen/passport.csv", "tabellen/passport.prov.json",
    } <= there  # fmt: skip
    assert set(manifest["inputs"]) == set(read_project(find_example()).files)


def test_two_runs_give_the_same_bytes(example: Example, tmp_path: Path) -> None:
    job.run(find_example(), tmp_path / "noch_einmal", progress=False)
    for file in sorted(p for p in example.folder.rglob("*") if p.is_file()):
        other = tmp_path / "noch_einmal" / file.relative_to(example.folder)
        assert file.read_bytes() == other.read_bytes(), file.name


def test_every_number_is_read_back_alike_from_every_file(example: Example) -> None:
    """From HTML, PDF, DOCX, XLSX, CSV and GeoPackage; and every count is the sum of its parts."""
    said = read_back(example.folder)
    # 18 age groups of five years and 5 other counts in 11 areas, where no part is withheld.
    checked, in_profiles = count_sums(said)
    assert checked > 500
    assert in_profiles > 100


def test_every_page_and_table_says_it_is_an_example(example: Example) -> None:
    notice = "Beispiel, Angebote Stand 10.02.2016, nicht für Planung"
    pages = list(example.folder.rglob("*.html"))
    assert len(pages) >= 9
    for page in pages:
        assert notice in page.read_text(encoding="utf-8"), page.name


def test_practice_data_say_so(example: Example) -> None:
    practice = [i for i in example.edition.indicators.values() if i.practice]
    assert practice
    assert all("Übungsdaten" in i.title for i in practice)


def test_a_failed_run_leaves_the_old_folder(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ergebnis"
    out.mkdir()
    (out / "notiz.txt").write_text("bleibt", encoding="utf-8")

    def fail(*arguments: object, **named: object) -> None:
        raise SozialraumError("abgebrochen")

    monkeypatch.setattr(job, "make_editions", lambda *a, **k: {"oeffentlich": example.edition})
    monkeypatch.setattr(job, "write_geopackage", fail)
    with pytest.raises(SozialraumError):
        job.run(find_example(), out, progress=False)
    assert [p.name for p in tmp_path.iterdir()] == ["ergebnis"]
    assert [p.name for p in out.iterdir()] == ["notiz.txt"]


def test_files_of_others_survive_a_run_and_old_ones_of_ours_go(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ergebnis"
    shutil.copytree(example.folder, out)
    (out / "notiz.txt").write_text("bleibt", encoding="utf-8")
    manifest = json.loads((out / "edition.json").read_text(encoding="utf-8"))
    (out / "alt.html").write_text("von einem früheren Lauf", encoding="utf-8")
    manifest["files"]["alt.html"] = ""
    (out / "edition.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setattr(job, "make_editions", lambda *a, **k: {"oeffentlich": example.edition})
    job.run(find_example(), out, progress=False)
    assert (out / "notiz.txt").read_text(encoding="utf-8") == "bleibt"
    assert not (out / "alt.html").exists()


def test_the_command_line_speaks_in_exit_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(find_example())]) == 0
    assert "0 Fehler" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "fehlt.toml")]) == 1
    assert "gibt es keine Projektdatei" in capsys.readouterr().out
    with pytest.raises(SystemExit) as wrong:
        main(["laufe"])
    assert wrong.value.code == 2


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"sozialraum {sozialraum.__version__}\n"


def test_a_reader_that_stops_listening_is_no_error(root: Path) -> None:
    """As in ``sozialraum check … | head -1``."""
    command = [sys.executable, "-m", "sozialraum", "check", str(find_example())]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root, text=True
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == ""
    assert running.returncode == 0


def moved_example(folder: Path, change: Callable[[str], str]) -> Path:
    """The example's project file, changed, in a folder of its own."""
    text = change(find_example().read_text(encoding="utf-8"))
    text = text.replace('"data/', f'"{find_example().parent.as_posix()}/data/')
    path = folder / "sozialraum.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_unknown_category_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = moved_example(tmp_path, lambda t: t.replace('category = "kita"', 'category = "kitas"'))
    assert main(["check", str(path)]) == 1
    assert "kitas" in "".join(capsys.readouterr())


def test_without_streets_every_output_names_the_straight_line(tmp_path: Path) -> None:
    path = moved_example(
        tmp_path, lambda t: t[: t.index("[streets]")] + t[t.index("[[coverage]]") :]
    )
    out = tmp_path / "e"
    job.run(path, out, progress=False)
    values = pd.read_csv(out / "tabellen" / "werte.csv", dtype=str)
    measured = values[values["indicator"] == "kita_15min"]
    assert set(measured["quality"]) == {"straight_line"}
    texts = [*out.rglob("*.html"), out / "tabellen" / "werte_buero.csv", out / "edition.json"]
    for file in texts:
        # The list of profiles and the protocol of secrecy show nothing measured.
        if file.name not in ("index.html", "geheimhaltungsprotokoll.html"):
            assert "Luftlinie" in file.read_text(encoding="utf-8-sig"), file.name


def test_the_rural_example_runs_without_streets(tmp_path: Path) -> None:
    out = tmp_path / "e"
    job.run(find_example("potsdam_mittelmark"), out, progress=False)
    values = pd.read_csv(out / "tabellen" / "werte.csv", dtype={"area": str})
    people = values[values["indicator"] == "einwohner"].groupby("level")["value"].sum()
    assert set(people) == {202_887}
    assert len(list((out / "profile" / "amt").glob("12*.html"))) == 19


def test_only_offers_that_exist_on_the_day_count() -> None:
    offers = gpd.GeoDataFrame(
        {
            "category": "kita",
            "valid_from": [None, "2016-03-01", "2015", None, None],
            "valid_to": [None, None, None, "2016-02-09", "2016"],
        },
        index=["immer", "später", "schon", "vorbei", "dieses Jahr"],
        geometry=[Point(0, 0)] * 5,
    )
    chosen = choose_offers(offers, {"category": "kita"}, "2016-02-10")
    assert chosen.index.tolist() == ["immer", "schon", "dieses Jahr"]
    assert len(choose_offers(offers, {"category": "kita"}, "")) == 5


@pytest.mark.realdata
def test_the_same_project_file_runs_on_neukoelln(testdata: Path, tmp_path: Path) -> None:
    berlin = testdata / "berlin"
    points = pd.read_parquet(berlin / "network" / "neukoelln_osm_points.parquet")
    points = points[points["layer"] == "housenumber"].reset_index(drop=True)
    points.insert(0, "cell", [f"h{i}" for i in range(len(points))])
    points[["cell", "geometry"]].to_parquet(tmp_path / "hausnummern.parquet")
    (tmp_path / "merkmale.toml").write_text(
        '[[indicator]]\nid = "einwohner"\ntitle = "Einwohnerinnen und Einwohner"\nunit = "Personen"\n'
        'numerator = "Personen"\nsource = "Amt für Statistik Berlin-Brandenburg"\n'
        'datenstand = "2021-12-31"\n[[indicator]]\nid = "u6"\ntitle = "Kinder unter 6"\n'
        'unit = "Kinder"\nnumerator = "Kinder"\nsource = "Amt für Statistik Berlin-Brandenburg"\n'
        'datenstand = "2021-12-31"\n',
        encoding="utf-8",
    )
    areas, register = berlin / "areas", berlin / "indicators" / "ewr"
    (tmp_path / "sozialraum.toml").write_text(
        f"""
[project]
title = "Neukölln"
redaktionsschluss = "2021-12-31"
[[level]]
id = "prognoseraum"
title = "Prognoseraum"
plural = "Prognoseräume"
prefix = 4
[[level]]
id = "bezirksregion"
title = "Bezirksregion"
plural = "Bezirksregionen"
prefix = 6
[[level]]
id = "planungsraum"
title = "Planungsraum"
plural = "Planungsräume"
[areas]
file = "{areas}/lor_post2021_PLR/lor_planungsraeume_2021.shp"
columns = {{ area = "PLR_ID", name = "PLR_NAME" }}
where = {{ BEZ = "08" }}
gebietsstand = "2021"
[areas.upper.bezirksregion]
file = "{areas}/lor_post2021_BZR/lor_bezirksregionen_2021.shp"
columns = {{ area = "BZR_ID", name = "BZR_NAME" }}
where = {{ BEZ = "08" }}
[areas.upper.prognoseraum]
file = "{areas}/lor_post2021_PGR/lor_prognoseraeume_2021.shp"
columns = {{ area = "PGR_ID", name = "PGR_NAME" }}
where = {{ BEZ = "08" }}
[[offers]]
file = "{berlin}/offers/kindertagesstaetten.geojson"
columns = {{ offer = "e_nr", name = "e_name", capacity = "e_platz", traeger = "t_name" }}
category = "kita"
source = "SenBJF Berlin"
[population]
file = "hausnummern.parquet"
crs = 25833
groups = []
[population.spread]
file = "{register}/berlin-lor-population-2021-02-t2-planning-areas.csv"
columns = {{ area = "id" }}
groups = {{ einwohner = "inhabitants", u6 = "inhabitants_age_below_6" }}
[indicators]
files = ["merkmale.toml"]
[streets]
file = "{berlin}/network/neukoelln_edges.parquet"
nodes = "{berlin}/network/neukoelln_nodes.parquet"
crs = 25833
[[coverage]]
id = "kita_15min_u6"
title = "Kinder unter 6 mit einer Kita in 15 Minuten Fußweg"
category = "kita"
group = "u6"
limit_min = 15
[profiles]
levels = ["bezirksregion"]
formats = ["html", "pdf", "docx"]
""",
        encoding="utf-8",
    )
    assert (
        main(["run", str(tmp_path / "sozialraum.toml"), "--out", str(tmp_path / "e"), "--quiet"])
        == 0
    )
    values = pd.read_csv(
        tmp_path / "e" / "tabellen" / "werte.csv", dtype={"area": str}, keep_default_na=False,
        na_values={"value": [""], "numerator": [""], "denominator": [""]},
    )  # fmt: skip
    register_table = pd.read_csv(
        register / "berlin-lor-population-2021-02-t2-planning-areas.csv", dtype={"id": str}
    ).query("id.str.startswith('08')")
    whole = values[(values["level"] == "gesamt") & (values["datenstand"] == "2021-12-31")]
    whole = whole.set_index("indicator")
    assert whole.loc["einwohner", "value"] == register_table["inhabitants"].sum()
    assert whole.loc["u6", "value"] == register_table["inhabitants_age_below_6"].sum()
    # Neukölln has 10 Bezirksregionen at least of size; nearly every child reaches a Kita on foot.
    assert len(list((tmp_path / "e" / "profile" / "bezirksregion").glob("08*.html"))) == (
        register_table["id"].str[:6].nunique()
    )
    assert 90 < whole.loc["kita_15min_u6", "value"] <= 100
    # Two counts of the whole and of every area above the Planungsräume.
    upper = [register_table["id"].str[:n].nunique() for n in (2, 4, 6)]
    assert count_sums(read_back(tmp_path / "e"))[0] == 2 * sum(upper)


@pytest.mark.realdata
def test_the_old_lor_file_ends_in_a_finding_not_in_a_wrong_map(
    testdata: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    areas = testdata / "berlin" / "areas" / "lor_pre2021_PLR" / "lor_planungsraeume.shp"
    (tmp_path / "sozialraum.toml").write_text(
        f"""
[project]
title = "Berlin vor 2021"
[[level]]
id = "bezirk"
title = "Bezirk"
prefix = 2
[[level]]
id = "planungsraum"
title = "Planungsraum"
[areas]
file = "{areas}"
columns = {{ area = "broker Dow", name = "PLANUNGSRA" }}
""",
        encoding="utf-8",
    )
    out = tmp_path / "ergebnis"
    assert main(["run", str(tmp_path / "sozialraum.toml"), "--out", str(out), "--quiet"]) == 1
    assert not out.exists()
    # Counted in the file: the id 06010102 stands in two features.
    ids = gpd.read_file(areas)["broker Dow"]
    rows = [str(i + 2) for i in range(len(ids)) if ids[i] == "06010102"]
    assert len(rows) == 2
    said = next(x for x in capsys.readouterr().out.splitlines() if "06010102" in x)
    assert all(row in said for row in rows)


def test_a_run_names_all_that_is_wrong_streets_included_and_writes_nothing(tmp_path: Path) -> None:
    write_town(tmp_path, '[[indicator]]\nid = "kinder"\ntitle = "Kinder"\n')
    twice = (tmp_path / "angebote.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "angebote.csv").write_text("\n".join([*twice, twice[1]]), encoding="utf-8")
    (tmp_path / "streets.osm.pbf").write_bytes(b"\x00\x00\x00\x0dcut")
    path = tmp_path / "sozialraum.toml"
    path.write_text(
        PROJECT
        + '\n[streets]\nfile = "streets.osm.pbf"\n'
        + '\n[[coverage]]\nid = "kita"\ntitle = "Kita"\ncategory = "kita"\ngroup = "kinder"\n'
        + "limit_min = 15\n",
        encoding="utf-8",
    )
    told = []
    for attempt in (
        lambda: job.run(path, tmp_path / "e", progress=False),
        lambda: inputs.check(path),
    ):
        with pytest.raises(InputError) as caught:
            attempt()
        told.append([(f.code, f.table) for f in caught.value.report.errors])
    assert told[0] == told[1]
    assert {table for _, table in told[0]} >= {"angebote.csv", "streets.osm.pbf"}
    assert not (tmp_path / "e").exists()
