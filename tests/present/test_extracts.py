"""The tables of a report as files: protected figures only, in the office's form."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.errors import SecrecyError
from sozialraum.indicators.extract import Extract
from sozialraum.indicators.plans import build_plan
from sozialraum.model.atlas import Atlas
from sozialraum.present.extracts import write_extract
from sozialraum.read.definitions import read_catalogue
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition, Head, Statement

# Musterstadt has 600 children under six and, in the town, 150 places. 1101 gets 3 children in care,
# a number that must not get out.
SECRET = 3


@pytest.fixture(scope="module")
def made() -> tuple[Atlas, Extract, Edition]:
    atlas = build_musterstadt().atlas
    care = atlas.values.query("level == 'quartier' and indicator == 'u6'").assign(
        indicator="betreute_kinder_u3", value=lambda t: np.where(t["area"] == "1101", SECRET, 20.0)
    )
    care["numerator"] = care["value"]
    under_three = care.assign(indicator="einwohner_0_3", value=25.0, numerator=25.0)
    values = pd.concat(
        [atlas.values.replace({"indicator": {"u6": "einwohner_0_6"}}), care, under_three]
    )
    offers = atlas.offers.assign(places_used=[55.0, np.nan, 30.0, np.nan, np.nan, np.nan])
    plan = build_plan("tagesbetreuung", values, atlas.areas, read_catalogue(), offers=offers)
    head = Head(title="Kita-Bedarf", notice="Musterstadt, erfunden")
    edition = build_edition(
        atlas.with_values(plan.values), indicators=plan.indicators,
        statement=Statement(head=head, created="2025-01-31"),
    )  # fmt: skip
    return atlas, plan, edition


def read_sheet(path: Path, title: str) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path)[title]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_sheets_are_the_tables_and_what_is_missing(
    made: tuple[Atlas, Extract, Edition], tmp_path: Path
) -> None:
    _, plan, edition = made
    workbook, _ = write_extract(plan, edition, tmp_path)
    assert openpyxl.load_workbook(workbook).sheetnames == [
        "Lies mich", *plan.tables, "Angebote nach Trägern", "Angebote nach Rechtsgrundlage",
        "Nicht geliefert", "Merkmale",
    ]  # fmt: skip
    heading, town, *_ = read_sheet(workbook, "Versorgungsquoten")
    assert heading[0] == "Ebene"
    at = next(i for i, text in enumerate(heading) if "unter 6-Jährigen" in str(text))
    assert "Stand 31.12.2024" in str(heading[at])
    assert town[2] == "Musterstadt"
    assert town[at] == 25  # 150 of 600
    lacking = {row[0]: row for row in read_sheet(workbook, "Nicht geliefert")[1:]}
    assert lacking["Bedarfsquote der unter 3-Jährigen"][1:] == ["Jugendamt", None, 16, 0, "alle"]


def test_no_figure_goes_around_the_edition(
    made: tuple[Atlas, Extract, Edition], tmp_path: Path
) -> None:
    _, plan, edition = made
    workbook, table = write_extract(plan, edition, tmp_path)
    rows = read_sheet(workbook, "Betreuungsquoten")
    place = next(row for row in rows if row[1] == "1101")
    assert place[3:5] == [".", "."]
    with table.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file, delimiter=";"))
    known = [r for r in written if r["Kennung"] == "1101" and "unter 3" in r["Merkmal"]]
    hidden = [r for r in known if r["Tabelle"] == "Betreuungsquoten"]
    assert len(hidden) == 2
    assert all(r["Wert"] == r["Zähler"] == "." for r in hidden)
    # One sibling is withheld with it, or 3 would be the rest of its Sozialraum.
    count = [r for r in written if r["Merkmal"].startswith("Betreute Kinder unter 3")]
    assert sum(r["Wert"] == "." for r in count) == 2
    assert {r["Tabelle"] for r in written} <= set(plan.tables)


def test_an_edition_that_was_changed_is_refused(
    made: tuple[Atlas, Extract, Edition], tmp_path: Path
) -> None:
    _, plan, edition = made
    changed = dataclasses.replace(edition, values=plan.values)
    with pytest.raises(SecrecyError):
        write_extract(plan, changed, tmp_path)
    assert not list(tmp_path.iterdir())


def test_offers_that_say_nothing_are_counted(
    made: tuple[Atlas, Extract, Edition], tmp_path: Path
) -> None:
    _, plan, edition = made
    workbook, _ = write_extract(plan, edition, tmp_path)
    heading, *rows = read_sheet(workbook, "Angebote nach Trägern")
    by = {row[0]: dict(zip(heading, row, strict=True)) for row in rows}
    assert by["Stadt"]["Belegbare Plätze"] == 60
    assert by["Stadt"]["Ohne Angabe: Belegbare Plätze"] == 0
    rows = read_sheet(workbook, "Einrichtungen ohne Angabe")
    used = next(i for i, text in enumerate(rows[0]) if "belegten" in str(text))
    assert rows[1][used] == 1  # Kita Sonnenhof does not say how many places are taken


def test_the_same_edition_gives_the_same_bytes(
    made: tuple[Atlas, Extract, Edition], tmp_path: Path
) -> None:
    _, plan, edition = made
    once, twice = (write_extract(plan, edition, tmp_path / name) for name in ("a", "b"))
    assert [p.read_bytes() for p in once] == [p.read_bytes() for p in twice]
