"""A town's own words for its categories stand wherever its readers look."""

from __future__ import annotations

import html
import re
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.errors import InputError
from sozialraum.present.change_words import write_offers
from sozialraum.present.payload import build_payload
from sozialraum.project.published import read_published
from sozialraum.project.settings import read_project
from tests import musterstadt

WORDS = {"kita": "Kindertagesstätte", "jfe": "Haus der Jugend </script>", "frühe Hilfen": "Lotsin"}
DEFINITION = """
[[indicator]]
id = "einwohner"
title = "Einwohnerinnen und Einwohner"
"""
# No offer is a Drachenwiese; "beratung" has no word of the town's.
SECTION = """
[categories]
kita = "Kindertagesstätte"
jfe = "Haus der Jugend </script>"
"frühe Hilfen" = "Lotsin"
kiter = "Drachenwiese"

[[print_map]]
indicator = "anzahl_kita"
level = "quartier"
offers = ["kita", "jfe"]
format = "svg"

[[count]]
id = "anzahl_kita"
title = "Kitas"
category = "kita"
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stadt")
    offers = sr.build_musterstadt().atlas.offers
    own = offers["category"].replace({"jugend": "jfe", "bibliothek": "frühe Hilfen"})
    musterstadt.write_town(folder, DEFINITION, category=own.to_numpy())
    (folder / "sozialraum.toml").write_text(musterstadt.PROJECT + SECTION, encoding="utf-8")
    return folder / "sozialraum.toml"


@pytest.fixture(scope="module")
def folder(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("aus")
    sr.run(town, out, progress=False)
    return out


def test_atlas_edition_and_map_page_say_them(town: Path) -> None:
    atlas = sr.read_atlas(town)
    assert atlas.categories == {**WORDS, "kiter": "Drachenwiese"}
    (note,) = [n for n in atlas.report.notes if n.code == "category_unused"]
    assert "„kiter“" in note.text
    assert "Gemeint sein könnte: kita." in note.text
    edition = sr.build_edition(atlas)
    assert edition.categories == WORDS  # those its readers see
    shown = build_payload(edition)[0]["offers"]["categories"]
    assert {c["id"]: c["title"] for c in shown} == {**WORDS, "beratung": "Beratung"}


def test_every_file_says_them(folder: Path) -> None:
    offers = pd.read_excel(folder / "tabellen/tabellen.xlsx", sheet_name="Angebote")
    assert set(offers["Kategorie"]) == {*WORDS.values(), "Beratung"}
    page = html.unescape((folder / "profile/sozialraum/11.html").read_text(encoding="utf-8"))
    assert WORDS["kita"] in page
    assert not re.search(r"\bKita \(", page)
    (drawn,) = (folder / "karten").glob("*.svg")
    svg = html.unescape(drawn.read_text(encoding="utf-8"))
    assert "Kindertagesstätte (" in svg
    with sqlite3.connect(folder / "sozialraum.gpkg") as database:
        (style,) = database.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'angebote'"
        ).fetchone()
    for word in WORDS.values():
        assert word in html.unescape(style)


def test_a_comparison_says_the_newer_words(folder: Path) -> None:
    new = read_published(folder)
    assert new.categories == WORDS
    offers = new.offers[new.offers["category"] != "jfe"]
    old = musterstadt.republish(new, offers=offers, categories={"kita": "Kita", "jfe": "Treff"})
    changed = write_offers(sr.compare_editions(old, new))
    assert changed["category"].tolist() == [WORDS["jfe"]]


def test_a_saved_atlas_keeps_them(town: Path, tmp_path: Path) -> None:
    atlas = sr.read_atlas(town)
    sr.save_atlas(atlas, tmp_path)
    assert sr.read_saved_atlas(tmp_path).categories == atlas.categories


def test_a_word_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "sozialraum.toml"
    path.write_text(musterstadt.PROJECT + "[categories]\nkita = 3\n", encoding="utf-8")
    with pytest.raises(InputError, match="„categories“ hat „kita“ den Wert „3“"):
        read_project(path)


@pytest.mark.parametrize(
    ("wrong", "told"), [("x", "„x“"), (["kita"], "kita"), ({"kita": 3}, "„3“")]
)
def test_words_of_another_kind_are_refused(wrong: object, told: str) -> None:
    atlas = sr.build_musterstadt().atlas
    with pytest.raises(InputError, match="Erwartet wird") as caught:
        sr.build_atlas(atlas.areas, levels=atlas.levels, title="Ort", categories=wrong)
    (found,) = caught.value.report.errors
    assert told in found.text
