"""A level written down as lists of names, beside the levels of the areas table."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import geopandas as gpd
import pytest

import sozialraum as sr
from sozialraum.project.settings import read_project


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """Give the handbook's first project with two Schulbezirke across its Sozialräume."""
    spec = importlib.util.spec_from_file_location("handbook", root / "tests/test_docs.py")
    assert spec is not None
    assert spec.loader is not None
    handbook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(handbook)
    handbook.write_musterstadt(tmp_path)
    names = gpd.read_file(tmp_path / "quartiere.gpkg")["name"]
    one = [name for name in names if name.endswith(("1", "3"))]
    two = [name for name in names if not name.endswith(("1", "3"))]
    path = tmp_path / "sozialraum.toml"
    text = path.read_text(encoding="utf-8")
    level = '[[level]]\nid = "schulbezirk"\ntitle = "Schulbezirk"\nparent = "gesamt"\n\n'
    at = text.index('[[level]]\nid = "quartier"')
    text = text[:at] + level + text[at:]
    lists = {"Eins": ", ".join(one), "Zwei": ", ".join(two).replace("ü", "u", 1)}
    more = "\n".join(f'{name} = "{text}"' for name, text in lists.items())
    path.write_text(f"{text}\n[areas.lists.schulbezirk]\n{more}\n", encoding="utf-8")
    return path


def test_a_second_hierarchy_goes_through_the_whole_job(project: Path) -> None:
    out = project.parent / "ergebnis"
    atlas = sr.read_atlas(project)
    assert [x.parent for x in atlas.levels] == ["", "gesamt", "gesamt", "sozialraum"]
    assert [f.code for f in atlas.report.notes].count("name_similar") == 1
    values = atlas.values[atlas.values["indicator"] == "einwohner"]
    sums = values.groupby("level")["value"].sum()
    assert sums["schulbezirk"] == sums["sozialraum"] == sums["quartier"] == sums["gesamt"]
    sr.run(project, out, progress=False)
    units = gpd.read_file(out / "sozialraum.gpkg", layer="gebiete_schulbezirk")
    assert sorted(units["name"]) == ["Eins", "Zwei"]
    assert set(units["parent_name"]) == {"Musterstadt"}
    quartiere = gpd.read_file(out / "sozialraum.gpkg", layer="gebiete_quartier")
    assert set(quartiere["parent"]) == {"11", "12", "21", "22"}


def test_a_name_too_many_and_one_too_few_stop_the_job(project: Path) -> None:
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace('Eins = "', 'Eins = "Erfunden, '), encoding="utf-8")
    with pytest.raises(sr.InputError) as caught:
        sr.read_atlas(project)
    assert [f.code for f in caught.value.report.errors] == ["name_unknown"]
    lost = text.replace('Eins = "', 'Eins = "Falsch, ').replace("Südwest 1, ", "")
    project.write_text(lost, encoding="utf-8")
    with pytest.raises(sr.InputError) as caught:
        sr.read_atlas(project)
    assert [f.code for f in caught.value.report.errors] == ["name_unknown", "no_parent"]


def test_lists_must_be_lists(project: Path) -> None:
    text = project.read_text(encoding="utf-8")
    project.write_text(text + "Drei = 7\n", encoding="utf-8")
    with pytest.raises(sr.InputError, match="Drei"):
        read_project(project)
