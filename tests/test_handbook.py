"""Blocks of code in the handbook are understood, what its pages show of Python runs, names exist."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_funding, build_measures, build_needs
from sozialraum.project.settings import _LISTS, _SECTIONS, read_project
from tests.musterstadt import PROJECT
from tests.test_docs import write_musterstadt

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
# A stand-in for a name, and columns that begin like functions.
OTHER_NAMES = {"read_x", "place_address", "place_quality"}
# What is no project file: definitions, recipes, tables to be attacked.
OTHERS = {"common", "indicator", "recipe", "keys"}


def blocks(language: str, page: str = "*") -> list[tuple[str, str]]:
    """Give page and text of every block in a language."""
    found = []
    for path in sorted(DOCS.glob(f"{page}.md")):
        text = path.read_text(encoding="utf-8")
        found += [
            (path.stem, b) for b in re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
        ]
    return found


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_every_part_of_a_project_file_is_understood(page: str, text: str, tmp_path: Path) -> None:
    said = tomllib.loads(text)
    if OTHERS & set(said):
        return
    assert set(said) <= {*_SECTIONS, *_LISTS}
    # What the block leaves out stands in the smallest project there is.
    rest = re.split(r"^(?=\[)", PROJECT, flags=re.M)
    whole = {k for k in said if k != "areas" or "file" in said[k]}
    rest = [part for part in rest if not set(tomllib.loads(part)) & whole]
    path = tmp_path / "sozialraum.toml"
    path.write_text(text + "\n".join(rest), encoding="utf-8")
    assert read_project(path).sections.keys() >= said.keys()


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the pages take for granted: an atlas, an edition, streets, and files beside them."""
    town = sr.build_musterstadt()
    atlas, streets = town.atlas, town.streets
    people = atlas.population
    offers = atlas.offers.assign(opening_hours="Mo-Su 10:00-16:00", street="Wehr", housenumber="1")
    kitas = offers[offers["category"] == "kita"]
    nearest = sr.measure_nearest(people, kitas, streets)
    covered = sr.measure_coverage(people["u6"], nearest, limit_min=15)
    shares = sr.aggregate_people(
        covered, people, atlas.areas, indicator=atlas.indicators["kita_15min_u6"]
    )
    edition = sr.build_edition(atlas, values=[shares], statement=sr.Statement(created="2025-01-31"))
    paid = sr.Indicator(id="foerderung", title="Förderung", unit="Euro", protects="none")
    each = sr.Indicator(
        id="je_kind", title="Förderung je Kind", unit="Euro", kind="rate", protects="none"
    )
    folder = tmp_path_factory.mktemp("handbuch")
    write_musterstadt(folder)
    sr.run(folder / "sozialraum.toml", folder / "ergebnis_2025-01", progress=False)
    shutil.copytree(folder / "ergebnis_2025-01", folder / "ergebnis_2025-07")
    table = pd.DataFrame(offers.drop(columns=["geometry", "area"])).reset_index()
    table.to_excel(folder / "beratung.xlsx", index=False)
    for kept, name in (
        (build_needs(), "bedarfe"), (build_measures(), "massnahmen"), (build_funding(), "foerderung"),
    ):  # fmt: skip
        kept.to_excel(folder / f"{name}.xlsx", index=False)
    (folder / "hauskoordinaten.txt").write_text(
        "N;DEX;A;13;0;71;27;0;00010;1;;33380500,0;5931500,0;Wehr;17033;Musterstadt;;\n",
        encoding="utf-8",
    )
    shutil.copy(
        sr.find_example().parent / "data/geometries/streets.osm.pbf", folder / "streets.osm.pbf"
    )
    return {
        "sr": sr, "atlas": atlas, "edition": edition, "ausgabe": edition,
        "alt": sr.show_edition(edition), "streets": streets, "strassen": streets,
        "wohnorte": people, "kitas": kitas, "apotheken": kitas,
        "table": table.drop(columns=["file", "row"], errors="ignore"),
        "foerderung": paid, "je_person": each, "folder": folder,
    }  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        "adressen", "bedarfe", "druckkarten", "erreichbarkeit", "foerderung", "massnahmen", "profile",
        "raumstatistik", "ressourcenkarte", "vergleich",
    ],
)  # fmt: skip
def test_the_python_of_a_page_runs(
    page: str, names: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(names["folder"])
    mpl.use("Agg")
    space = dict(names)
    parts = [text for _, text in blocks("python", page)]
    assert parts
    for text in parts:
        # Ids of the example's indicator and area; Musterstadt has its own.
        text = re.sub(r'"kita_15min"', '"kita_15min_u6"', text).replace('"0105"', '"11"')
        exec(compile(text, page, "exec"), space)


@pytest.mark.parametrize("page", [DOCS.parent / "README.md", DOCS.parent / "CHANGELOG.md", *PAGES])
def test_functions_and_sections_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    verbs = {name.partition("_")[0] for name in sr.__all__ if "_" in name.strip("_")}
    named = set(re.findall(rf"`(?:sr\.)?((?:{'|'.join(sorted(verbs))})_[a-z_]+)(?:`|\()", text))
    assert not {n for n in named - set(sr.__all__) if not hasattr(sr.Edition, n)} - OTHER_NAMES
    sections = set(re.findall(r"`\[+([a-z_]+)[\].]", text))
    assert sections <= {*_SECTIONS, *_LISTS, *OTHERS}


def test_what_the_changelog_counts_is_there() -> None:
    assert len(sr.read_catalogue()) > 150
