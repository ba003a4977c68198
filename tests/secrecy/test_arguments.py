"""What a notebook hands over in another shape than expected is refused in words, before any work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_musterstadt

ATLAS = build_musterstadt().atlas
EDITION = sr.build_edition(ATLAS)
NO_GAPS = gpd.GeoDataFrame({"flaeche": [1.0]}, geometry=[None])
WRONG: dict[str, tuple[Callable[[], object], str, str]] = {
    "rules as a dict": (
        lambda: sr.build_edition(ATLAS, secrecy={"minimum": 5}), "secrecy", "dict"),
    "a folder": (lambda: sr.build_edition(ATLAS, earlier=["ordner"]), "earlier", "str 'ordner'"),
    "another table": (
        lambda: sr.build_edition(ATLAS, earlier=[pd.DataFrame({"a": [1]})]), "earlier",
        "DataFrame mit den Spalten a"),
    "one table for a list": (
        lambda: sr.build_edition(ATLAS, values=ATLAS.values), "values", "DataFrame mit den Spalten"),
    "no list of values": (lambda: sr.build_edition(ATLAS, values=None), "values", "None"),
    "a number for values": (lambda: sr.build_edition(ATLAS, values=5), "values", "int 5"),
    "no atlas": (lambda: sr.build_edition(None), "atlas", "None"),
    "values of another kind": (
        lambda: sr.build_edition(ATLAS, values=[ATLAS.values["value"]]), "values", "Series"),
    "gaps without outlines": (
        lambda: sr.build_edition(ATLAS, gaps=pd.DataFrame({"people": [1.0]})), "gaps",
        "DataFrame mit den Spalten people"),
    "gaps without people": (
        lambda: sr.build_edition(ATLAS, gaps={"kita": NO_GAPS}), "gaps",
        "GeoDataFrame mit den Spalten flaeche, geometry"),
    "areas for an atlas": (lambda: sr.build_edition(ATLAS.areas), "atlas", "GeoDataFrame"),
    "names of indicators": (lambda: sr.build_edition(ATLAS, indicators=["u6"]), "indicators", "list"),
    "words of indicators": (
        lambda: sr.build_edition(ATLAS, indicators={"u6": {"title": "x"}}), "indicators", "dict"),
    "a day for a statement": (
        lambda: sr.build_edition(ATLAS, statement="2024-12-31"), "statement", "str '2024-12-31'"),
    "contributors as a list": (
        lambda: sr.build_edition(ATLAS, contributions=[1]), "contributions", "list"),
    "folders to compare": (lambda: sr.compare_editions("alt", "neu"), "edition", "str 'alt'"),
    "ways that begin nowhere": (
        lambda: sr.write_ressourcenkarte(EDITION, "x.html", travel=pd.DataFrame()), "cells", "None"),
    "a size for cells": (lambda: sr.write_ressourcenkarte(EDITION, "x.html", cells=100), "cells", "int"),
    "a file of streets": (
        lambda: sr.write_ressourcenkarte(EDITION, "x.html", streets="s.pbf"), "streets", "str 's.pbf'"),
    "an atlas to draw": (lambda: sr.plot_map(ATLAS, "u6"), "edition", "Atlas"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_an_argument_of_another_kind_is_named_with_what_is_expected(wrong: str) -> None:
    call, name, came = WRONG[wrong]
    with pytest.raises(sr.InputError) as caught:
        call()
    (found,) = caught.value.report.errors
    assert (found.code, found.table) == ("wrong_argument", name)
    assert found.text.startswith("Erwartet wird ei") or "sr." in found.text
    assert not Path("x.html").exists()
    assert f"Gekommen ist: {came}" in found.text


def test_all_wrong_arguments_are_named_at_once() -> None:
    with pytest.raises(sr.InputError) as caught:
        sr.build_edition(ATLAS, secrecy=5, values=ATLAS.values, earlier="alt")
    assert [found.table for found in caught.value.report.errors] == ["secrecy", "values", "earlier"]


UNFIT: dict[str, tuple[Callable[[], object], str]] = {
    "a text for a head": (
        lambda: sr.Statement(head="x"), "„head“ den Wert „x“. Erwartet wird: sr.Head(…)."),
    "one sentence for a list": (
        lambda: sr.Statement(methods="Satz"), "„methods“ den Wert „Satz“. Erwartet wird: […]."),
    "files without checksums": (
        lambda: sr.Statement(inputs=["a"]), "„inputs“ den Wert „['a']“. Erwartet wird: {…}."),
    "a date that is no text": (
        lambda: sr.Head(date=date(2024, 5, 1)),
        "„date“ den Wert „2024-05-01“. Erwartet wird: Text."),
    "topics as a list": (
        lambda: sr.NeedsPlan(topics=["Armut"]), "„topics“ den Wert „['Armut']“. Erwartet wird: {…}."),
    "yes for a number": (
        lambda: sr.NeedsPlan(providers=True),
        "„providers“ den Wert „True“. Erwartet wird: ganze Zahl."),
}  # fmt: skip


@pytest.mark.parametrize("unfit", UNFIT)
def test_attributes_of_another_kind_are_refused_where_they_are_given(unfit: str) -> None:
    make, text = UNFIT[unfit]
    with pytest.raises(sr.InputError) as caught:
        make()
    (found,) = caught.value.report.errors
    assert found.code == "wrong_type"
    assert text in found.text


def test_what_is_no_table_is_refused_with_a_report() -> None:
    with pytest.raises(sr.InputError, match="Erwartet wird eine Tabelle, gekommen ist: dict"):
        sr.build_atlas({"area": ["1"]}, levels=ATLAS.levels, title="Musterstadt")


@pytest.mark.parametrize(
    "write", [sr.write_tables, sr.write_geopackage, sr.write_passports, sr.write_protocol]
)
def test_writers_take_nothing_but_an_edition(
    write: Callable[[object, Path], object], tmp_path: Path
) -> None:
    with pytest.raises(sr.InputError, match="Erwartet wird eine Edition"):
        write(ATLAS, tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_tables_may_come_one_by_one() -> None:
    edition = sr.build_edition(ATLAS, values=(table for table in (ATLAS.values,)), earlier=())
    assert len(edition.values) == len(ATLAS.values)


def test_dominance_may_be_written_as_in_the_project_file() -> None:
    rules = sr.Secrecy(dominance={"largest": 2, "share": 85})
    assert rules == sr.Secrecy(dominance=sr.Dominance(largest=2, share=85))
