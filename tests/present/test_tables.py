"""Tables for programs and offices: the same figures, nothing secret, nothing that runs."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import sqlite3
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest

from sozialraum.demo import LEVELS, build_measures, build_musterstadt
from sozialraum.errors import SecrecyError
from sozialraum.model.atlas import build_atlas
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.planning.measures import settle_measures
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.measures import write_measures
from sozialraum.present.office import clean
from sozialraum.present.spreadsheet import Pen
from sozialraum.present.tables import guard, write_tables
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition

SECRETS = (48611, 7219, 100 * 3 / 7219)
PRIVATE = ("CANARY-contact", "CANARY-area-note", "CANARY-carried-along")


def read_machine(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    numbers = ["value", "numerator", "denominator"]
    return table.assign(**{c: table[c].replace("", "nan").astype(float) for c in numbers})


def read_office(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def rows_of(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_machine_table_is_the_values_table_and_loses_nothing(
    secret_edition: Edition, tmp_path: Path
) -> None:
    machine = write_tables(secret_edition, tmp_path)[0]
    back = read_machine(machine)
    expected = secret_edition.values[list(VALUE_COLUMNS)]
    pd.testing.assert_frame_equal(back, expected, check_exact=True)


def test_a_withheld_a_missing_and_a_zero_figure_differ(
    secret_edition: Edition, tmp_path: Path
) -> None:
    _, office, workbook = write_tables(secret_edition, tmp_path)
    found = {
        (r["Kennung"], r["Merkmal"], r["Datenstand"]): (r["Wert"], r["Zeichenerklärung"])
        for r in read_office(office)
    }
    assert found["01", "Kinder unter 6", "31.12.2024"] == (".", "zurückgehalten oder unbekannt")
    assert found["02", "Leistungsbezug", "2024"] == ("12,50", "Aussagewert eingeschränkt")
    assert found["03", "Leistungsbezug", "2024"] == ("/", "Zahlenwert zu unsicher")
    assert found["01", "Freie Plätze", "2024"] == ("0", "")
    sheet = openpyxl.load_workbook(workbook)["Quartiere"]
    rows = rows_of(sheet)
    assert rows[0] == [
        "Kennung", "Gebiet", "Teil von", "Kinder unter 6 (Kinder)\nStand 31.12.2024",
        "Leistungsbezug (%)\nStand 2024", "Freie Plätze\nStand 2024",
    ]  # fmt: skip
    assert rows[1] == ["01", "Ost", "Mitte", ".", ".", 0]
    assert rows[2] == ["02", "West", "Mitte", ".", 12.5, 0]
    assert rows[3] == ["03", "Nord", "Mitte", 60000, "/", 0]
    assert rows[4] == ["04", "Süd", "Mitte", 70000, "k. A.", 0]
    assert sheet["E3"].number_format == "(#,##0.00)"
    assert sheet.freeze_panes == "C2"


def test_one_figure_is_the_same_in_every_file(
    secret_edition: Edition, town_edition: Edition, tmp_path: Path
) -> None:
    for edition in (secret_edition, town_edition):
        machine, office, workbook = write_tables(edition, tmp_path)
        package = write_geopackage(edition, tmp_path / "stadt.gpkg")
        exact = read_machine(machine)
        shown = read_office(office)
        book = openpyxl.load_workbook(workbook)
        series = rows_of(book["Zeitreihe"])[1:]
        stored = pyogrio.read_dataframe(package, layer="werte")
        columns = pyogrio.read_dataframe(package, layer="merkmale").set_index("indicator")["column"]
        layers, sheets = {}, {}
        for level in edition.levels:
            layer = pyogrio.read_dataframe(package, layer=f"gebiete_{level.id}")
            layers[level.id] = layer.set_index("area")
            sheets[level.id] = rows_of(book[level.plural])
        checked = 0
        for i, row in exact.iterrows():
            definition = edition.indicators[row["indicator"]]
            digits = definition.digits
            cell, text = series[i][7], shown[i]["Wert"]
            hidden = row["sign"] == "."
            assert np.array_equal([stored.loc[i, "value"]], [row["value"]], equal_nan=True)
            assert (cell == ".") == hidden == (text == ".") == (stored.loc[i, "sign"] == ".")
            if not np.isnan(row["value"]):
                assert cell == pytest.approx(row["value"], rel=1e-15)  # a workbook's precision
                # Half a unit of the last decimal, and a whisker for binary fractions.
                near = abs(float(text.replace(",", ".")) - row["value"])
                assert near <= 0.5 * 10**-digits + 1e-6
            newest = exact[
                (exact["indicator"] == row["indicator"]) & (exact["level"] == row["level"])
            ]
            if row["datenstand"] != newest["datenstand"].max():
                continue
            column = columns[row["indicator"]]
            value, sign = layers[row["level"]].loc[row["area"], [column, f"{column}_zeichen"]]
            assert np.array_equal([value], [row["value"]], equal_nan=True)
            assert (sign == ".") == hidden
            sheet = sheets[row["level"]]
            if sheet[0][0] == "Merkmal":  # a level of few areas
                sheet = list(zip(*sheet, strict=True))
                del sheet[1]
                sheet[1:] = [(str(r[0]).rpartition("\n")[2], *r[1:]) for r in sheet[1:]]
            at = next(j for j, h in enumerate(sheet[0]) if h.startswith(definition.title))
            wide = next(r[at] for r in sheet[1:] if r[0] == row["area"])
            assert wide == cell
            checked += 1
        assert checked > 10


def test_the_figures_of_few_areas_stand_below_each_other(
    town_edition: Edition, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write_tables(town_edition, tmp_path)[-1])
    # One area: a row an indicator, which fits on a page, and not a column an indicator.
    sheet = book["Gesamt"]
    head, *rows = rows_of(sheet)
    assert head == ["Merkmal", "Datenstand", "Musterstadt\ngesamt"]
    told = {indicator.title for indicator in town_edition.indicators.values()}
    assert {str(row[0]).rpartition(" (")[0] or row[0] for row in rows} <= told
    assert all(isinstance(row[1], dt.datetime | int) for row in rows)
    assert len(rows) > 2
    assert sheet.page_setup.fitToWidth == 1
    assert [str(row[0]) for row in rows_of(book["Quartiere"])[1:]] == sorted(
        town_edition.areas.index
    )


def test_the_measures_of_its_readers_are_a_sheet(tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    measures = settle_measures(build_measures(), atlas.areas, atlas.offers).table
    for audience, count in (("oeffentlich", 5), ("intern", 7)):
        edition = build_edition(atlas, audience=audience)
        path = write_tables(edition, tmp_path, measures=measures)[-1]
        head, *rows = rows_of(openpyxl.load_workbook(path)["Maßnahmen"])
        listed = read_office(write_measures(edition, measures, tmp_path)[0])
        assert len(rows) == len(listed) == count
        assert head == list(listed[0])
        for row, told in zip(rows, listed, strict=True):
            for cell, text in zip(row, told.values(), strict=True):
                shown = f"{cell:.2f}".replace(".", ",") if isinstance(cell, int | float) else cell
                assert (shown or "") == text.removeprefix("'")
    # Who sees no row has no list.
    inner = measures.assign(audience="intern")
    path = write_tables(build_edition(atlas), tmp_path, measures=inner)[-1]
    assert "Maßnahmen" not in openpyxl.load_workbook(path).sheetnames


def everything_in(folder: Path) -> dict[str, bytes]:
    """All bytes that were written, also those inside compressed parts."""
    found = {p.name: p.read_bytes() for p in folder.iterdir()}
    for path in folder.glob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            found |= {f"{path.name}/{n}": archive.read(n) for n in archive.namelist()}
    for path in folder.glob("*.gpkg"):
        with sqlite3.connect(path) as database:
            found[f"{path.name}.sql"] = "\n".join(
                line for line in database.iterdump() if not line.startswith('INSERT INTO "gebiete')
            ).encode()
            for (table,) in database.execute(
                "SELECT table_name FROM gpkg_contents WHERE table_name LIKE 'gebiete%'"
            ).fetchall():
                names = [
                    c[1]
                    for c in database.execute(f'PRAGMA table_info("{table}")')
                    if c[1] != "geom"
                ]
                chosen = ", ".join(f'"{n}"' for n in names)
                rows = database.execute(f'SELECT {chosen} FROM "{table}"').fetchall()
                found[f"{path.name}/{table}"] = repr(rows).encode()
    return found


def test_sheets_print_as_wide_as_their_pages(town_edition: Edition, tmp_path: Path) -> None:
    """Across, with the heading row on every page; at most twelve columns stand beside each other."""
    book = openpyxl.load_workbook(write_tables(town_edition, tmp_path)[2])
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        across = sheet.page_setup.fitToWidth
        printed = sheet.max_column if not sheet.print_area else 10
        assert (printed - 2) / across <= 10
        assert (sheet.print_title_cols is not None) == (across > 1)
        if sheet.freeze_panes:
            assert sheet.print_title_rows == "$1:$1"


def test_no_secret_leaves_in_any_byte(secret_edition: Edition, tmp_path: Path) -> None:
    hidden = secret_edition.values.query("sign == '.'")
    assert sorted(hidden["area"] + hidden["indicator"]) == ["01leistung", "01u6", "02u6"]
    write_tables(secret_edition, tmp_path)
    write_geopackage(secret_edition, tmp_path / "stadt.gpkg")
    for name, content in everything_in(tmp_path).items():
        for secret in SECRETS:
            for form in (f"{secret:.8g}", f"{secret:.8g}".replace(".", ",")):
                assert form.encode() not in content, (name, form)
            for order in "<>":
                assert struct.pack(f"{order}d", secret) not in content, (name, secret)
        for private in PRIVATE:
            assert private.encode() not in content, (name, private)


def test_nothing_in_the_workbook_is_hidden_or_computed(
    hostile_edition: Edition, tmp_path: Path
) -> None:
    workbook = write_tables(hostile_edition, tmp_path)[2]
    book = openpyxl.load_workbook(workbook)
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {
        "s",
        "inlineStr",
        "n",
        "d",
    }
    with zipfile.ZipFile(workbook) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name), name
            assert b"externalLink" not in archive.read(name), name


def test_hostile_names_come_back_as_text(
    hostile_edition: Edition, hostile_names: tuple[str, ...], tmp_path: Path
) -> None:
    machine, office, workbook = write_tables(hostile_edition, tmp_path)
    titles = {clean(i.title) for i in hostile_edition.indicators.values()}
    assert len(titles) == len(hostile_names)
    with machine.open(encoding="utf-8", newline="") as file:
        back = list(csv.DictReader(file))
    assert [row["indicator"] for row in back] == [
        clean(i) for i in hostile_edition.values["indicator"]
    ]
    shown = [row["Merkmal"] for row in read_office(office)]
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for text in shown)
    assert {text.removeprefix("'") for text in shown} == titles
    book = openpyxl.load_workbook(workbook)
    sheet = book["Angebote"]
    names = [cell.value for cell in sheet["B"][1:]]
    # Line ends are LF in a workbook; "_x0041_" is written so that Excel shows it and not "A".
    stored = [clean(name).replace("\r", "\n") for name in hostile_edition.offers["name"]]
    assert names == [name.replace("_x0041_", "_x005F_x0041_") for name in stored]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=", "\r=", "'=1", "'a", "＝1"])
def test_one_apostrophe_taken_away_gives_the_text_back(text: str) -> None:
    assert guard(text) == f"'{text}"
    assert guard(guard(text)) == f"''{text}"


def test_the_same_edition_gives_the_same_bytes(town_edition: Edition, tmp_path: Path) -> None:
    first = [p.read_bytes() for p in write_tables(town_edition, tmp_path / "a")]
    second = [p.read_bytes() for p in write_tables(town_edition, tmp_path / "b")]
    assert first == second
    with zipfile.ZipFile(tmp_path / "a" / "tabellen.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_unprotected_edition_is_refused_and_nothing_is_written(
    town_edition: Edition, tmp_path: Path
) -> None:
    values = town_edition.values.assign(value=1.0)
    for edition in (
        dataclasses.replace(town_edition, values=values),
        dataclasses.replace(town_edition, seal=""),
    ):
        with pytest.raises(SecrecyError):
            write_tables(edition, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_readme_sheet_says_what_must_be_said(town_edition: Edition, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_tables(town_edition, tmp_path)[2])
    assert book.sheetnames == [
        "Lies mich", "Gesamt", "Planregionen", "Sozialräume", "Quartiere", "Zeitreihe", "Angebote",
        "Lücken", "Merkmale",
    ]  # fmt: skip
    text = "\n".join(str(row[1]) for row in rows_of(book["Lies mich"]))
    for expected in (
        "Beispiel, nicht für Planung", "Amt für Jugend", "11.02.2025", "Je dunkler",
        "Gemessen auf den Straßen.", "Musterstadt, erfunden", "durch „.“ ersetzt", "k. A.",
    ):  # fmt: skip
        assert expected in text
    headings = rows_of(book["Quartiere"])[0]
    assert all("Übungsdaten" in text for text in headings[3:])
    assert [row[3] for row in rows_of(book["Lücken"])[1:]] == [40, "."]


def test_the_three_files_appear_together_or_not_at_all(
    town_edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    write_tables(town_edition, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr("sozialraum.present.tables.fill_workbook", fail)
    other = dataclasses.replace(
        town_edition, head=dataclasses.replace(town_edition.head, title="X")
    )
    with pytest.raises(OSError, match="no space left"):
        write_tables(other, tmp_path)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_an_edition_without_any_value_still_gives_readable_files(tmp_path: Path) -> None:

    town = build_musterstadt().atlas
    areas = town.areas[["name", "planregion", "planregion_name", "sozialraum", "sozialraum_name"]]
    areas = areas.set_geometry(town.areas.geometry).reset_index()
    edition = build_edition(build_atlas(areas, levels=LEVELS, title="Leer"))
    machine, office, workbook = write_tables(edition, tmp_path)
    assert len(read_machine(machine)) == 0
    assert read_office(office) == []
    sheet = openpyxl.load_workbook(workbook)["Quartiere"]
    assert [row[1] for row in rows_of(sheet)][:2] == ["Gebiet", "Südwest 1"]
    path = write_geopackage(edition, tmp_path / "leer.gpkg")
    assert len(pyogrio.read_dataframe(path, layer="gebiete_quartier")) == 16
    assert len(pyogrio.read_dataframe(path, layer="werte")) == 0


def test_a_long_sheet_prints_its_beginning_and_says_so() -> None:
    pen = Pen(openpyxl.Workbook(write_only=True), notice="Beispiel")
    short, long = (pen.sheet("Blatt", [20, 30, 10], frozen="A2", rows=n) for n in (400, 6160))
    assert not short.print_area
    assert short.oddHeader.left.text is None
    # The heading and 40 rows: one page of A4 across.
    assert long.print_area == "'Blatt1'!$A$1:$C$41"
    assert long.oddHeader.left.text == (
        "Nur der Anfang: 40 von 6.160 Zeilen. Dieses Blatt ist nicht zum Druck gedacht."
    )
    assert long.auto_filter.ref == "A1:C6161"  # to be filtered whole
