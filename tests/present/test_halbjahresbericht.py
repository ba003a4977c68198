"""The half-yearly report with names that want to run, and the words of differences."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from sozialraum.present.change_map import draw_change
from sozialraum.present.change_words import say_summary
from sozialraum.present.halbjahresbericht import write_halbjahresbericht
from sozialraum.present.profile.sheet import say_plain
from sozialraum.secrecy.comparison import compare_editions
from sozialraum.secrecy.edition import Edition
from sozialraum.secrecy.published import show_edition
from tests.musterstadt import republish

from .conftest import HOSTILE


def test_hostile_names_are_only_names(hostile_edition: Edition, tmp_path: Path) -> None:
    old = show_edition(hostile_edition)
    values = old.values.assign(value=old.values["value"] + 1)
    moved = old.offers.set_geometry(old.offers.geometry.translate(100))
    names = moved["name"].iloc[::-1].to_numpy()
    new = republish(old, values=values, offers=moved.iloc[3:].assign(name=names[3:]))
    found = compare_editions(old, new)
    written = write_halbjahresbericht(found, tmp_path)
    page = written[0].read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert HOSTILE[0].replace("<", "&lt;").replace(">", "&gt;") in page
    for path in written[1:]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file, delimiter=";") for cell in row]
        numbers = {c for c in cells if c.lstrip("-").replace(",", "").isdigit()}
        assert not [c for c in cells if c.startswith(("=", "+", "@", "-")) and c not in numbers]


def test_one_is_said_as_one(town_edition: Edition) -> None:
    old = show_edition(town_edition)
    one = say_summary(compare_editions(old, republish(old, offers=old.offers.drop("jugend"))))
    assert one[-1] == "Ein Angebot gibt es nicht mehr: Jugendclub Insel (Nordwest 1)."
    two = republish(old, offers=old.offers.drop(["jugend", "kita_west"]))
    assert say_summary(compare_editions(old, two))[-1] == (
        "2 Angebote gibt es nicht mehr: Kita am Wehr (Südwest 1) und Jugendclub Insel (Nordwest 1)."
    )


def test_a_map_tells_more_less_and_not_comparable_apart() -> None:
    shapes = shapely.box(range(4), 0, range(1, 5), 1)
    table = gpd.GeoDataFrame({"name": list("ABCD")}, geometry=shapes, index=list("abcd"), crs=25833)
    change = pd.Series({"a": -5.0, "b": 0.0, "c": 2.0})
    drawn = draw_change(table, change, digits=0, ident="k", title="Kinder")
    assert drawn is not None
    # The middle of 5 and 2 is nearest to 5 (60 % of the way: 3.8): nothing is beyond.
    assert [say_plain(words) for words in drawn.legend] == [
        "Zuwachs um höchstens 5 (1)", "unverändert (1)", "Rückgang um höchstens 5 (1)",
        "nicht vergleichbar (1)",
    ]  # fmt: skip
    assert drawn.picture.svg.count("<path") >= 5
    # Every field can be drawn alone: what it is filled with is in it.
    for field, _ in drawn.legend:
        assert re.findall(r"url\(#([^)]+)\)", field.text) == re.findall(r'id="([^"]+)"', field.text)
    for figure in ("−5", "±0", "+2"):
        assert f">{figure}</text>" in drawn.picture.svg
    assert draw_change(table, change * 0, digits=0, ident="k", title="Kinder") is None
