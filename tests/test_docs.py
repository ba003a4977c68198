"""The documents: what they claim about the code holds, and what they show runs."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import sozialraum as sr
from sozialraum.indicators.plan_sheets import PLANS
from sozialraum.indicators.recipe import ClassSet, Ingredient, Recipe
from sozialraum.model.schema import MEASURES, OFFERS
from sozialraum.project import settings
from sozialraum.read.definitions import read_indicators
from sozialraum.secrecy.rules import Secrecy
from sozialraum.texts import say

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "data/README.md", *DOCS.glob("*.md")]
FILE_KEYS = {"file", "layer", "columns", "crs", "where", "source"}


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def example(page: str, name: str) -> str:
    """Give the block of TOML that follows ``<!-- beispiel: name -->``."""
    found = re.search(
        rf"<!-- beispiel: {re.escape(name)} -->\n```toml\n(.*?)```", read(page), re.DOTALL
    )
    assert found, name
    return found[1]


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_generated_parts_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "scripts/build_docs.py")
    assert spec is not None
    assert spec.loader is not None
    build_docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build_docs)
    filled = set()
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert build_docs.build_page(text) == text, f"{page.name}: run `make docs`"
        filled |= set(re.findall(r"<!-- erzeugt: (\S+) -->", text))
    assert filled == set(build_docs.PARTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, part = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if part:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {anchor(heading) for heading in headings}, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:src|scripts|tests|docs|data)/[\w./-]+\.\w+)`", page.read_text("utf-8")
    )
    assert not [name for name in named if not (ROOT / name).exists()]


def test_modules_named_in_the_architecture_exist() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.*) \|$", read("architecture.md"), re.MULTILINE)
    for room, modules in rows:
        folder = ROOT / "src/sozialraum" / room
        for name in re.findall(r"`(\w+)`", modules) if folder.is_dir() and room != "texts" else ():
            assert (folder / f"{name}.py").exists() or (folder / name).is_dir(), f"{room}/{name}"


def documented_keys() -> dict[str, set[str]]:
    """Give the keys named in the table under each heading ``## [section]``."""
    found: dict[str, set[str]] = {}
    for part in re.split(r"^## ", read("projektdatei.md"), flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        keys = set(re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE))
        if heading.startswith("["):
            shared = FILE_KEYS if "Angaben zu jeder Datei" in body else set()
            found[heading] = keys | shared
        elif heading == "Angaben zu jeder Datei":
            assert keys == FILE_KEYS
    return found


def test_every_key_of_the_project_file_is_described() -> None:
    known = {f"[{name}]": set(keys) for name, keys in settings._SECTIONS.items()}
    known |= {f"[[{name}]]": set(keys) for name, keys in settings._LISTS.items()}
    known["[secrecy]"] |= {rule.name for rule in dataclasses.fields(Secrecy)}
    assert documented_keys() == known


def test_the_example_of_all_keys_uses_every_section(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    path.write_text(example("projektdatei.md", "alles"), encoding="utf-8")
    project = settings.read_project(path)
    unused = {*settings._SECTIONS, *settings._LISTS} - set(project.sections)
    assert unused == {"straight_line"}  # stands in only where there are no streets


def test_the_example_of_an_address_table_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    text = re.sub(r"\[addresses\]\n(.+\n)+", "", example("projektdatei.md", "alles"))
    path.write_text(text + example("adressen.md", "adressen"), encoding="utf-8")
    assert settings.read_project(path).section("addresses")["crs"] == 25833


def test_the_example_of_funding_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    start = '[project]\ntitle = "T"\n[areas]\nfile = "x.gpkg"\n[[level]]\nid = "q"\ntitle = "Q"\n'
    path.write_text(start + example("foerderung.md", "foerderung"), encoding="utf-8")
    assert settings.read_project(path).entries("funding")[0]["base_year"] == 2024


def test_the_example_of_needs_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    start = '[project]\ntitle = "T"\n[areas]\nfile = "x.gpkg"\n[[level]]\nid = "q"\ntitle = "Q"\n'
    path.write_text(start + example("bedarfe.md", "bedarfe"), encoding="utf-8")
    assert settings.read_project(path).section("needs")["rule"][0]["traeger"] == 3


def test_the_example_of_measures_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    start = '[project]\ntitle = "T"\n[areas]\nfile = "x.gpkg"\n[[level]]\nid = "q"\ntitle = "Q"\n'
    path.write_text(start + example("massnahmen.md", "massnahmen"), encoding="utf-8")
    assert settings.read_project(path).section("measures")["audience"] == "oeffentlich"
    column = MEASURES.column("status")
    assert column is not None
    for word in column.words.values():
        assert f"| {word} |" in read("massnahmen.md")


def test_the_example_of_two_hierarchies_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    start = '[project]\ntitle = "T"\n[areas]\nfile = "x.gpkg"\n'
    path.write_text(start + example("projektdatei.md", "gliederungen"), encoding="utf-8")
    assert [x.parent for x in settings.read_project(path).levels] == ["", "gesamt", "sozialraum"]


def test_the_page_of_addresses_names_every_quality() -> None:
    column = OFFERS.column("place_quality")
    assert column is not None
    said = re.findall(r"^\| ([\w ]+) \| .* \|$", read("adressen.md"), re.MULTILINE)
    assert [word for _, (word, *_) in column.choices] == said[-5:]


def test_the_example_of_an_indicator_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "merkmale.toml"
    path.write_text(example("merkmale.md", "merkmale"), encoding="utf-8")
    assert list(read_indicators([path])) == ["sgb2_u18"]


def test_the_example_of_a_recipe_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "rezept.toml"
    path.write_text(example("sozialindex.md", "rezept"), encoding="utf-8")
    assert list(sr.read_recipes([path], sr.read_catalogue())) == ["sozialindex"]


def test_every_key_of_a_recipe_is_described() -> None:
    """The tables of keys in sozialindex.md, one for each part of a recipe."""
    parts = {"recipe": Recipe, "recipe.indicator": Ingredient, "recipe.classes": ClassSet}
    page = read("sozialindex.md")
    for part, kind in parts.items():
        table = page.partition(f"| Schlüssel von `[[{part}]]` |")[2].partition("\n\n")[0]
        rows = re.findall(r"^\|(.*)\|$", table, re.MULTILINE)
        named = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
        known = {field.name for field in dataclasses.fields(kind)} - {"indicator", "classes"}
        assert known <= named, part


def test_every_plan_is_named_with_its_tables() -> None:
    rows = re.findall(
        r'^\| `build_plan\("(\w+)", …\)` \| ([^|]+) \| ([^|]+) \|$', read("planwerke.md"), re.M
    )
    assert [name for name, _, _ in rows] == list(PLANS)
    for name, title, tables in rows:
        assert title == say(f"extract.title.{name}")
        if name != "tagesbetreuung":  # its three quotes stand in one phrase
            assert len(tables.split("; ")) == len(PLANS[name].sheets)


def test_the_lines_of_the_page_of_plans_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = re.search(
        r"<!-- beispiel: plan -->\n```python\n(.*?)```", read("planwerke.md"), re.DOTALL
    )
    assert code
    monkeypatch.chdir(tmp_path)
    exec(code[1], {})
    names = {path.name for path in (tmp_path / "ergebnis").iterdir()}
    assert names == {"tagesbetreuung.xlsx", "tagesbetreuung.csv"}


def test_every_shipped_recipe_is_named() -> None:
    folder = sr.find_recipe("gisd").parent
    names = {path.stem for path in folder.glob("*.toml")} - {"sozialindex_uebung"}
    table = read("sozialindex.md").partition("| Name | Verfahren |")[2].partition("\n\n")[0]
    assert names == set(re.findall(r"`(\w+)`", table))


def write_musterstadt(folder: Path) -> None:
    """Write the four files that "Erste Schritte" names, from Musterstadt."""
    atlas = sr.build_musterstadt().atlas
    areas = atlas.areas.reset_index()
    areas[["area", "name", "sozialraum", "sozialraum_name", "geometry"]].to_file(
        folder / "quartiere.gpkg", layer="quartiere"
    )
    offers = atlas.offers
    table = offers.reset_index()[["offer", "name", "category"]].assign(
        Ost=offers.geometry.x.to_numpy(), Nord=offers.geometry.y.to_numpy()
    )
    table = table.rename(columns={"offer": "Kennung", "name": "Name", "category": "Kategorie"})
    table.to_csv(folder / "angebote.csv", sep=";", decimal=",", index=False)
    people = atlas.population
    people.reset_index()[["cell", "einwohner", "u6"]].assign(
        Ost=people.geometry.x.to_numpy(), Nord=people.geometry.y.to_numpy()
    ).to_csv(folder / "adressen.csv", sep=";", decimal=",", index=False)
    for name in ("sozialraum.toml", "merkmale.toml"):
        (folder / name).write_text(example("erste-schritte.md", name), encoding="utf-8")


def test_the_first_project_of_the_handbook_runs(tmp_path: Path) -> None:
    write_musterstadt(tmp_path)
    written = sr.run(tmp_path / "sozialraum.toml", tmp_path / "ergebnis", progress=False)
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    # What "Was geschrieben wird" lists, and a profile for each of the four Sozialräume.
    assert names == {
        "ergebnis/ressourcenkarte.html",
        "ergebnis/sozialraum.gpkg",
        "ergebnis/tabellen/tabellen.xlsx",
        "ergebnis/tabellen/werte_buero.csv",
        "ergebnis/tabellen/werte.csv",
        "ergebnis/tabellen/passport.csv",
        "ergebnis/tabellen/passport.prov.json",
        "ergebnis/geheimhaltungsprotokoll.html",
        "ergebnis/pruefbericht.txt",
        "ergebnis/edition.json",
        "ergebnis/profile/sozialraum/index.html",
        *(f"ergebnis/profile/sozialraum/{area}.html" for area in ("11", "12", "21", "22")),
    }
    # Without streets every page says that ways are straight lines.
    assert "Luftlinie" in (tmp_path / "ergebnis/ressourcenkarte.html").read_text(encoding="utf-8")


def test_first_steps_list_what_is_written() -> None:
    listed = re.findall(r"^  (\S+)\s{2,}", read("erste-schritte.md"), re.MULTILINE)
    assert listed == [
        "ressourcenkarte.html", "profile/<ebene>/", "karten/", "sozialraum.gpkg",
        "tabellen/tabellen.xlsx",
        "tabellen/werte_buero.csv", "tabellen/werte.csv", "tabellen/passport.csv",
        "tabellen/passport.prov.json", "geheimhaltungsprotokoll.html", "pruefbericht.txt",
        "edition.json",
    ]  # fmt: skip


def test_the_lines_of_the_readme_run(tmp_path: Path) -> None:
    code = re.search(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert code
    done = subprocess.run(
        [sys.executable, "-c", code[1]], cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ressourcenkarte.html").is_file()


def test_the_commands_of_the_readme_exist() -> None:
    commands = re.findall(
        r"^make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(commands) == {"run", "test"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in (*commands, "docs", "notebooks"):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_the_pictures_of_the_map_page_in_five_sizes_are_small() -> None:
    pictures = sorted((DOCS / "bilder").glob("ressourcenkarte*.png"))
    assert len(pictures) == 5
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size <= 60_000


def test_the_columns_written_by_hand_are_those_of_the_code() -> None:
    """The table of tables in architecture.md, for results whose columns stand in no schema."""
    town = sr.build_musterstadt()
    people = town.atlas.population
    kitas = town.atlas.offers.query("category == 'kita'")
    nearest = sr.measure_nearest(people, kitas, town.streets)
    coverage = sr.measure_coverage(people["u6"], nearest, limit_min=15)
    gaps = sr.find_gaps(people, nearest, group="u6", limit_min=15, min_people=0)
    made: dict[str, Any] = {
        "values, long": town.atlas.values,
        "nearest": nearest,
        "travel": sr.measure_travel(people, kitas, town.streets, limit_min=5),
        "coverage": coverage,
        "gaps": gaps.drop(columns="geometry"),
    }
    rows = re.findall(
        r"^\| ([\w, ]+) \| [^|]+ \| `([\w, ]+)`.* \|$", read("architecture.md"), re.MULTILINE
    )
    listed = {name: columns.split(", ") for name, columns in rows}
    for name, frame in made.items():
        assert listed[name] == list(frame.columns), name


def test_every_error_is_in_the_family_tree() -> None:
    errors = {name for name in sr.__all__ if name.endswith("Error")}
    assert errors == set(re.findall(r"\b(\w+Error)\b(?=[ \n].*)", family_tree())) - {
        "ValueError", "KeyError", "ImportError",
    }  # fmt: skip


def family_tree() -> str:
    return next(
        block
        for block in re.findall(r"```\n(.*?)```", read("architecture.md"), re.DOTALL)
        if "├──" in block
    )


def test_rooms_are_the_layers_that_are_enforced() -> None:
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    enforced = [line.replace("sozialraum.", "") for line in layers["contracts"][0]["layers"]]
    block = next(
        b
        for b in re.findall(r"```\n(.*?)```", read("architecture.md"), re.DOTALL)
        if b.startswith("cli\n")
    )
    assert block.split("\n")[:-1] == enforced
