"""Social indices of a project file: built, classed, protected, written everywhere with their names."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from sozialraum.demo import find_example
from sozialraum.errors import InputError
from sozialraum.indicators.robustness import measure_robustness
from sozialraum.present.payload import build_payload
from sozialraum.project.indices import load_indices
from sozialraum.project.settings import read_project
from sozialraum.project.tables import make_tables
from sozialraum.read.recipes import read_recipes

NAMES = {"sehr niedrig", "niedrig", "mittel", "erhöht", "hoch"}
CLASS = "sozialindex_klasse"


def write_project(folder: Path, entry: str) -> Path:
    """Write the example's project file with another ``[[index]]``."""
    example = find_example()
    text = example.read_text(encoding="utf-8")
    text = re.sub(r"\[\[index\]\]\n(?:\w.*\n)+", entry, text)
    text = re.sub(r'"(data/[^"]+)"', lambda m: f'"{(example.parent / m[1]).as_posix()}"', text)
    path = folder / "sozialraum.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_has_an_index_of_its_quartiere_alone(example) -> None:  # type: ignore[no-untyped-def]
    rows = example.atlas.values.query("indicator == 'sozialindex'")
    assert set(rows["level"]) == {"quartier"}
    assert rows.groupby("datenstand").size().tolist() == [27] * 5
    assert rows.groupby("datenstand")["value"].mean().abs().max() < 1e-9
    definition = example.atlas.indicators[CLASS]
    assert set(definition.classes) == NAMES
    assert definition.practice
    assert "Übungsdaten" in definition.title


def test_an_index_is_withheld_with_what_it_is_made_of(example) -> None:  # type: ignore[no-untyped-def]
    values = example.edition.values
    key = ["area", "datenstand"]
    parts = values[
        values["indicator"].isin(example.atlas.indicators["sozialindex"].made_of)
        & (values["level"] == "quartier")
    ]
    hidden = parts[parts["sign"] == "."].groupby(key).size()
    for name in ("sozialindex", CLASS):
        rows = values[values["indicator"] == name].set_index(key)
        gone = rows.index[rows["sign"] == "."]
        assert set(gone) == set(hidden.index)
        assert len(gone) > 0
        assert rows.loc[gone, "value"].isna().all()
    reasons = example.edition.protocol.query("indicator == 'sozialindex'")["reason"]
    assert set(reasons) == {"part"}


def test_classes_are_called_by_their_names_everywhere(example) -> None:  # type: ignore[no-untyped-def]
    title = example.atlas.indicators[CLASS].title
    office = pd.read_csv(
        example.folder / "tabellen/werte_buero.csv", sep=";", dtype="str", encoding="utf-8-sig"
    )
    shown = set(office.loc[office["Merkmal"] == title, "Wert"])
    assert shown <= NAMES | {"."}
    assert {"mittel", "."} < shown
    machine = pd.read_csv(example.folder / "tabellen/werte.csv").query(f"indicator == '{CLASS}'")
    assert set(machine["value"].dropna()) <= {1, 2, 3, 4, 5}
    with zipfile.ZipFile(example.folder / "tabellen/tabellen.xlsx") as archive:
        sheets = "".join(
            archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/")
        )
    assert all(name in sheets for name in shown - {"."})
    start = (example.folder / "ressourcenkarte.html").read_text(encoding="utf-8")
    assert "indicator.classes[cell.value - 1]" in start
    shown_as = build_payload(example.edition)[0]["indicators"]
    assert [set(i["classes"]) for i in shown_as if i["id"] == CLASS] == [NAMES]


def test_recipes_of_a_project_are_checked_together(tmp_path: Path) -> None:
    recipe = find_example().parent / "data/indicators/rezepte/sozialindex_uebung.toml"
    path = write_project(
        tmp_path,
        '[[index]]\nrecipe = "mss_berlni"\n\n[[index]]\nrecipe = "sozial_pm"\nlevel = "strasse"\n'
        'indicators = { arbeitslosenanteil = "kita_15min" }\n\n'
        f'[[index]]\nrecipe = "{recipe.as_posix()}"\n\n[[index]]\nrecipe = "{recipe.as_posix()}"\n',
    )
    with pytest.raises(InputError) as caught:
        make_tables(read_project(path))
    codes = {f.code for f in caught.value.report.errors}
    assert codes == {
        "unknown_recipe", "not_a_choice", "recipe_indicator", "indicator_twice",
    }  # fmt: skip
    assert "mss_berlin" in str(caught.value)


def test_a_recipe_is_adapted_to_the_town(tmp_path: Path) -> None:
    entry = (
        '[[index]]\nrecipe = "sozial_pm"\nexclude = ["010101"]\nindicators = {'
        'arbeitslosenanteil = "arbeitslosenanteil_18_65", kinderarmut_sgb2 = "sgb2_u18", '
        'altersarmut_grundsicherung = "grundsicherung_65", '
        'alleinerziehendenquote = "alleinerziehende" }\n'
    )
    project = read_project(write_project(tmp_path, entry))
    from sozialraum.read.definitions import read_indicators

    files = [project.locate(file) for file in project.section("indicators")["files"]]
    known = read_indicators(files)
    names = {"arbeitslosenanteil_18_65", "sgb2_u18", "grundsicherung_65", "alleinerziehende"}
    names &= set(known)
    wanted = load_indices(project, {**known})
    level, recipe = wanted.recipes[0]
    assert level == "quartier"
    assert recipe.exclude == ("010101",)
    assert set(recipe.needed) == names
    assert wanted.findings == ()
    assert list(wanted.indicators) == ["sozial_pm", "sozial_pm_klasse"]


def test_the_handbook_tells_what_hangs_on_the_recipe(example) -> None:  # type: ignore[no-untyped-def]
    """Of the page sozialindex.md: 8 of 27 without basic security in old age, one at most by weights."""
    atlas = example.atlas
    path = find_example().parent / "data/indicators/rezepte/sozialindex_uebung.toml"
    report = measure_robustness(
        atlas.values, read_recipes([path])["sozialindex"], atlas.indicators, level="quartier",
        zonings=atlas.areas[["sozialraum"]],
    ).set_index("variant")  # fmt: skip
    assert set(report["areas"]) == {27}
    without = report[report["kind"] == "leave_out"]["changed"]
    assert without["ohne „Grundsicherung im Alter (Übungsdaten)“"] == without.max() == 8
    assert report.loc[report["kind"] == "weight", "changed"].max() == 1


def test_small_areas_are_not_shown_if_the_project_says_so(tmp_path: Path) -> None:
    text = '[uncertainty]\nminimum = 400\n\n[[index]]\nrecipe = "FILE"\n'
    recipe = find_example().parent / "data/indicators/rezepte/sozialindex_uebung.toml"
    path = write_project(tmp_path, text.replace("FILE", recipe.as_posix()))
    values = make_tables(read_project(path)).atlas.values
    rows = values[values["indicator"] == "sgb2_u18"]
    small = rows["denominator"] < 400
    assert small.any()
    assert (~small).any()
    assert rows.loc[small, "value"].isna().all()
    assert set(rows.loc[small, "sign"]) == {"/"}
    assert set(rows.loc[~small, "sign"]) == {""}
    # counts stay, and so does the index, which has no denominator
    assert (
        values.loc[values["indicator"].isin(["alter_03_05_w", "sozialindex"]), "value"]
        .notna()
        .all()
    )
