"""Two run folders compared: what is read, what is written, what is refused."""

from __future__ import annotations

import csv
import html
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import pytest

from sozialraum.cli import main
from sozialraum.demo import build_musterstadt
from sozialraum.errors import MissingPackageError, UnknownNameError
from sozialraum.model.atlas import Atlas
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.halbjahresbericht import write_halbjahresbericht
from sozialraum.present.manifest import write_manifest
from sozialraum.present.tables import write_tables
from sozialraum.project.compare import compare, compare_folders
from sozialraum.project.published import read_published
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.comparison import compare_editions
from sozialraum.secrecy.edition import Edition, Secrecy, Statement
from sozialraum.secrecy.published import show_edition
from sozialraum.texts import date
from tests.musterstadt import republish
from tests.present.pdf_checks import find_faults

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = '</script><script>alert(1)</script>"=1+1'


def make(atlas: Atlas, created: str, minimum: int = 5) -> Edition:
    said = Statement(created=created, sources=("Amt für Statistik",), inputs={"a.csv": created})
    return build_edition(atlas, statement=said, secrecy=Secrecy(minimum=minimum))


def write(edition: Edition, folder: Path) -> Path:
    write_geopackage(edition, folder / "sozialraum.gpkg")
    write_tables(edition, folder / "tabellen")
    write_manifest(
        edition, folder, parameters={"coverage": [{"id": "kita_15min_u6", "limit_min": 15}]}
    )
    return folder


@pytest.fixture(scope="module")
def later() -> Atlas:
    """Musterstadt in which the youth club is closed, a Kita has another name and 40 people came."""
    atlas = build_musterstadt().atlas
    offers = atlas.offers.drop("jugend")
    offers.loc["kita_ost", "name"] = HOSTILE
    values = atlas.values.copy()
    moved_in = (values["indicator"] == "einwohner") & (
        values["area"].isin(["1101", "11", "1", "gesamt"])
    )
    values.loc[moved_in, "value"] += 40
    values.loc[moved_in & values["numerator"].notna(), "numerator"] += 40
    return replace(atlas, _offers=offers, _values=values)


@pytest.fixture(scope="module")
def folders(later: Atlas, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("ausgaben")
    old = write(make(build_musterstadt().atlas, "2025-01-31"), place / "alt")
    return old, write(make(later, "2025-07-31", minimum=30), place / "neu")


def test_a_folder_is_read_as_the_edition_was(folders: tuple[Path, Path]) -> None:
    edition = make(build_musterstadt().atlas, "2025-01-31")
    read = republish(read_published(folders[0]), measured={})
    assert compare_editions(show_edition(edition), read).empty
    assert read.inputs == {"a.csv": "2025-01-31"}


def test_the_report_says_what_changed(folders: tuple[Path, Path], tmp_path: Path) -> None:
    written = compare(*folders, tmp_path / "bericht", indicators=["einwohner"])
    assert [path.name for path in written] == [
        "halbjahresbericht.html",
        "halbjahresbericht.pdf",
        "halbjahresbericht.docx",
        "aenderungen.csv",
        "aenderungen_angebote.csv",
        "aenderungen_luecken.csv",
    ]
    page = written[0].read_text(encoding="utf-8")
    assert "Ein Angebot gibt es nicht mehr: Jugendclub Insel (Nordwest 1)." in page
    assert "Bei einem Angebot haben sich Angaben geändert." in page
    # 40 of 6000 people are 0.7 %.
    assert "+40 Personen (+0,7\u00a0%)" in page
    assert "keine Angabe. Die Ausgaben enthalten keine Liste der Maßnahmen." in page
    assert "a.csv" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|link|img|iframe)\b|https?://(?!www\.w3\.org)", page)
    assert all('scope="col"' in head for head in re.findall(r"<thead>.*?</thead>", page, re.S))
    with written[3].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    (one,) = [r for r in rows if r["Kennung"] == "1101" and r["Merkmal Kennung"] == "einwohner"]
    assert (one["vorher"], one["jetzt"], one["Unterschied"]) == ("250", "290", "40")
    # A minimum of 30 withholds figures that the earlier edition tells.
    assert {r["vergleichbar"] for r in rows} == {"ja", "nein"}
    with written[4].open(encoding="utf-8-sig", newline="") as file:
        offers = list(csv.DictReader(file, delimiter=";"))
    assert [(r["Was"], r["Kennung des Angebots"], r["Kategorie"], r["Angabe"]) for r in offers] == [
        ("nicht mehr vorhanden", "jugend", "Jugendeinrichtung", ""),
        ("mit geänderten Angaben", "kita_ost", "Kita", "Name"),
    ]


def read_all(paths: list[Path]) -> dict[str, str]:
    """Give the words of page, PDF and Word document without spaces and hyphens at ends of lines."""
    found = {}
    for path in paths:
        if path.suffix == ".html":
            text = html.unescape(
                re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", path.read_text("utf-8"))
            )
        elif path.suffix == ".pdf":
            pages = pypdfium2.PdfDocument(path)
            text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
        elif path.suffix == ".docx":
            lines = docx.Document(str(path)).element.body.iter()
            text = " ".join(e.text or "" for e in lines if e.tag.endswith("}t"))
        else:
            continue
        found[path.suffix] = re.sub(r"[\s\u00ad\u0002\ufffe]", "", text)
    return found


def test_page_pdf_and_document_say_the_same(folders: tuple[Path, Path], tmp_path: Path) -> None:
    written = compare(*folders, tmp_path, level="quartier", indicators=["einwohner"])
    told = read_all(written)
    assert list(told) == [".html", ".pdf", ".docx"]
    # 40 of 6000 people are 0.7 %; area 1101 has 290 instead of 250.
    for words in ("+40Personen(+0,7%)", "250Personen290Personen+40Personen", "JugendclubInsel"):
        for kind, text in told.items():
            assert words in text, (kind, words)
    assert all(HOSTILE.replace(" ", "") in text for text in told.values())
    assert find_faults(written[1]) == []
    with pikepdf.open(written[1]) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root][:2] == [
            "Auf einen Blick", "Was hat sich für wen geändert?",
        ]  # fmt: skip
        alternatives = [str(thing.Alt) for thing in pdf.objects
                        if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing]  # fmt: skip
    assert any("Karte der Veränderung" in words for words in alternatives)
    pages = list(pypdfium2.PdfDocument(written[1]))
    for number, page in enumerate(pages, 1):
        text = page.get_textpage().get_text_bounded()
        assert f"{number} / {len(pages)}" in text
        assert "Halbjahresbericht · " in text
    document = docx.Document(str(written[2]))
    assert next(p.text for p in document.paragraphs if p.style.name == "Heading 1") == (
        "Auf einen Blick"
    )
    assert all(t.rows[0]._tr.trPr.find(W + "tblHeader") is not None for t in document.tables)


def test_formats_are_chosen_and_what_is_missing_is_said_before_anything_is_written(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["compare", *map(str, folders), "--out", str(tmp_path / "1"), "--format", "docx"]
    assert main(arguments) == 0
    assert {p.suffix for p in (tmp_path / "1").iterdir()} == {".csv", ".docx"}
    with pytest.raises(UnknownNameError, match="pdf"):
        compare(*folders, tmp_path / "2", formats=["pfd"])
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingPackageError, match=r"sozialraum\[pdf\]"):
        compare(*folders, tmp_path / "2", formats=["pdf"])
    assert not (tmp_path / "2").exists()
    written = compare(*folders, tmp_path / "3")
    assert {p.suffix for p in written} == {".csv", ".html"}


def test_nothing_that_one_of_them_withholds_is_in_the_report(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    tables = []
    titles = {
        level["id"]: level["title"]
        for level in json.loads((folders[0] / "edition.json").read_text("utf-8"))["levels"]
    }
    for folder in folders:
        with (folder / "tabellen" / "werte.csv").open(encoding="utf-8", newline="") as file:
            tables.append(
                {
                    (titles[r["level"]], r["area"], r["indicator"], date(r["datenstand"])): r[
                        "value"
                    ]
                    for r in csv.DictReader(file)
                }
            )
    written = compare(*folders, tmp_path, formats=["html"])
    with written[1].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    gone = 0
    for row in rows:
        key = row["Ebene"], row["Kennung"], row["Merkmal Kennung"]
        before = tables[0].get((*key, row["Datenstand vorher"]), "")
        after = tables[1].get((*key, row["Datenstand jetzt"]), "")
        assert (row["vorher"] == "") == (before == "")
        assert (row["jetzt"] == "") == (after == "")
        if before == "" or after == "":
            gone += 1
            assert row["Unterschied"] == row["Unterschied in %"] == ""
        else:
            # What is shown: whoever subtracts in a spreadsheet gets the difference that stands there.
            shown = [float(row[c].replace(",", ".")) for c in ("vorher", "jetzt", "Unterschied")]
            assert shown[1] - shown[0] == pytest.approx(shown[2], abs=1e-9)
    assert gone > 5


def test_the_same_editions_give_the_same_bytes(folders: tuple[Path, Path], tmp_path: Path) -> None:
    one = [path.read_bytes() for path in compare(*folders, tmp_path / "1")]
    assert one == [path.read_bytes() for path in compare(*folders, tmp_path / "2")]


def test_an_internal_report_says_so_in_its_name(tmp_path: Path) -> None:
    edition = republish(show_edition(make(build_musterstadt().atlas, "2025")), audience="intern")
    written = write_halbjahresbericht(compare_editions(edition, edition), tmp_path)
    assert all(path.name.startswith("INTERN_") for path in written)


def test_everything_wrong_with_both_folders_is_said_at_once(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "kaputt"
    write(make(build_musterstadt().atlas, "2025-01-31"), broken)
    about = json.loads((broken / "edition.json").read_text(encoding="utf-8"))
    (broken / "edition.json").write_text(json.dumps({**about, "format": 99}), encoding="utf-8")
    with (broken / "tabellen" / "werte.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    (broken / "sozialraum.gpkg").unlink()
    out = tmp_path / "bericht"
    assert main(["compare", str(broken), str(tmp_path / "leer"), "--out", str(out)]) == 1
    told = capsys.readouterr().out
    assert told.startswith("4 Fehler")
    assert "Format 99" in told
    assert "werte.csv wurde nach dem Schreiben" in told
    assert "sozialraum.gpkg fehlt" in told
    assert "leer: Hier liegt keine Ausgabe" in told
    assert not out.exists()
    assert main(["compare", str(folders[1]), str(folders[0]), "--out", str(out)]) == 1
    assert "Bitte die ältere zuerst nennen" in capsys.readouterr().out
    assert main(["compare", *map(str, folders), "--out", str(out), "--level", "quartir"]) == 1
    assert not out.exists()
    assert main(["compare", *map(str, folders), "--out", str(out)]) == 0
    assert (out / "halbjahresbericht.html").is_file()


def test_what_chance_may_explain_is_no_difference(folders: tuple[Path, Path]) -> None:
    # 6000 and 6040 people: the intervals of two such counts overlap by far.
    found = compare_folders(*folders, uncertain=["einwohner"]).values
    whole = found[(found["level"] == "gesamt") & (found["indicator"] == "einwohner")].iloc[0]
    assert whole["code"] == "overlap"
