"""What notebooks show is what is written, in a frame nothing gets out of, with a picture and words."""

from __future__ import annotations

import base64
import dataclasses
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import sozialraum as sr
from sozialraum.demo import build_needs
from sozialraum.errors import UnknownNameError
from sozialraum.present import notebook
from sozialraum.secrecy.edition import Edition

SVG = "{http://www.w3.org/2000/svg}"


class Reader(HTMLParser):
    """The elements of a piece of HTML, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.replace("</iframe>", ""))  # what stands inside a frame is read as well

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def read(shown: sr.Shown) -> dict[str, dict[str, str | None]]:
    """The attributes of each element, of which there is only one of a kind."""
    seen = Reader(shown._repr_mimebundle_()["text/html"]).seen
    assert len({tag for tag, _ in seen}) == len(seen)
    return dict(seen)


def decode(address: str | None) -> str:
    return base64.b64decode(str(address).removeprefix("data:image/svg+xml;base64,")).decode()


def test_a_map_is_the_written_page_a_picture_and_words(
    town_edition: Edition, tmp_path: Path
) -> None:
    options = {"level": "sozialraum", "indicator": "leistungsbezug"}
    shown = sr.show_ressourcenkarte(town_edition, height_px=500, **options)
    assert sr.show_ressourcenkarte(town_edition, height_px=500, **options) == shown
    bundle = shown._repr_mimebundle_()
    assert list(bundle) == ["text/html", "image/svg+xml", "text/plain"]
    frame = read(shown)["iframe"]
    written = sr.write_ressourcenkarte(town_edition, tmp_path / "k.html", **options)
    assert frame["srcdoc"] == written.read_text("utf-8")
    assert frame["title"] == "Ressourcenkarte: Musterstadt"
    assert "allow-same-origin" not in str(frame["sandbox"])
    assert "height:500px" in str(frame["style"])
    printed = sr.write_print_map(town_edition, tmp_path / "k.svg", **options).read_text("utf-8")
    assert printed.endswith(bundle["image/svg+xml"])
    assert ElementTree.fromstring(bundle["image/svg+xml"]).tag == f"{SVG}svg"
    # Two parts of the town with 1,000 people each west of the river: 34 of 1,000 in the south.
    assert repr(shown).startswith("Ressourcenkarte: Musterstadt\nKarte: Menschen mit Leistungs")
    assert "Niedrigster Wert: Südwest mit 3,4 %" in bundle["text/plain"]


def test_inside_the_frame_stands_what_is_seen_where_frames_are_taken_out(
    town_edition: Edition,
) -> None:
    shown = sr.show_ressourcenkarte(town_edition)
    image = read(shown)["img"]
    assert decode(image["src"]) == shown.svg
    assert image["alt"] == repr(shown)


def test_the_picture_follows_fixed_limits_and_the_language(town_edition: Edition) -> None:
    shown = sr.show_ressourcenkarte(
        town_edition, indicator="leistungsbezug", limits={"leistungsbezug": [5, 10]}, language="en"
    )
    words = "".join(ElementTree.fromstring(shown.svg).itertext())
    assert "5,0" in words
    assert "10,0" in words
    assert '<html lang="en">' in shown.page


def test_a_profile_is_the_written_page_without_its_links(
    town_edition: Edition, tmp_path: Path
) -> None:
    shown = sr.show_sozialraumprofil(town_edition, "12", level="sozialraum")
    sr.write_sozialraumprofile(town_edition, level="sozialraum", folder=tmp_path)
    written = (tmp_path / "sozialraum" / "12.html").read_text("utf-8")
    lines = set(written.splitlines()) - set(shown.page.splitlines())
    assert lines == {'<p class="back"><a href="index.html">Alle Sozialräume</a></p>'}
    assert read(shown)["iframe"]["srcdoc"] == shown.page
    assert shown.svg in written
    assert repr(shown).startswith(
        "Sozialraumprofil: Nordwest\nIm Gebiet Nordwest leben 1.000 Menschen"
    )


def test_a_page_of_the_pdf_is_a_picture(town_edition: Edition) -> None:
    shown = sr.show_sozialraumprofil(town_edition, "12", level="sozialraum", sheet=2)
    assert set(read(shown)) == {"img"}
    box = ElementTree.fromstring(shown.svg).attrib["viewBox"].split()
    assert [round(float(side) / 72 * 25.4) for side in box[2:]] == [210, 297]
    first = sr.show_sozialraumprofil(town_edition, "12", level="sozialraum", sheet=1)
    assert first.svg != shown.svg
    with pytest.raises(UnknownNameError, match="Es gibt: 1, 2"):
        sr.show_sozialraumprofil(town_edition, "12", level="sozialraum", sheet=9)


def test_a_print_map_is_a_picture(town_edition: Edition) -> None:
    shown = sr.show_print_map(
        town_edition, indicator="u6", level="sozialraum", size="A3", orientation="landscape"
    )
    assert set(read(shown)) == {"img"}
    assert ElementTree.fromstring(shown.svg).get("width") == "420mm"


def test_hostile_names_stay_inside(hostile_edition: Edition) -> None:
    area = str(hostile_edition.table("sozialraum").index[0])
    for shown in (
        sr.show_ressourcenkarte(hostile_edition),
        sr.show_print_map(hostile_edition),
        sr.show_sozialraumprofil(hostile_edition, area, level="sozialraum"),
    ):
        seen = read(shown)
        assert set(seen) <= {"iframe", "img"}
        assert set(seen.get("iframe", {})) <= {"title", "sandbox", "style", "srcdoc"}
        assert set(seen["img"]) == {"src", "alt", "style"}
        ElementTree.fromstring(shown.svg)


def test_a_page_that_is_too_large_is_its_picture_and_says_so(
    town_edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = sr.show_ressourcenkarte(town_edition)
    monkeypatch.setattr(notebook, "MOST_BYTES", 1000)
    assert set(read(shown)) == {"p", "img"}
    assert "zu groß für ein Notebook" in shown._repr_mimebundle_()["text/html"]


def test_what_is_not_there_is_named(town_edition: Edition) -> None:
    with pytest.raises(UnknownNameError, match="99"):
        sr.show_sozialraumprofil(town_edition, "99", level="sozialraum")
    with pytest.raises(TypeError, match="farbe"):
        sr.show_ressourcenkarte(town_edition, farbe="rot")


def test_what_is_internal_says_so_in_the_frame() -> None:
    edition = sr.build_edition(sr.build_musterstadt().atlas, audience="intern")
    assert "INTERN" in sr.show_ressourcenkarte(edition).page


def test_an_edition_counts_what_is_in_it(town_edition: Edition) -> None:
    # Secret are Südwest 1 and 2 of the newest year; of two gaps the one of 3 people has no number.
    lines = repr(town_edition).splitlines()
    assert lines[:3] == [
        "Edition: Musterstadt",
        "Für wen: öffentlich",
        "Redaktionsschluss: 31.01.2025",
    ]
    assert {"Quartiere: 16", "Angebote: 6", "Zahlen: 115", "davon zurückgehalten: 2"} < set(lines)
    assert lines[-2:] == ["Versorgungslücken: 2", "Angriff auf die eigene Ausgabe: nichts gefunden"]
    assert repr(sr.show_edition(town_edition)).splitlines() == lines[:-1]


def test_an_edition_that_failed_its_attack_says_so(town_edition: Edition) -> None:
    broken = dataclasses.replace(town_edition, findings=town_edition.values.head(2))
    assert repr(broken).endswith("Errechenbare Zahlen: 2. So wird nichts geschrieben.")


def test_a_comparison_counts_what_changed(town_edition: Edition) -> None:
    atlas = sr.build_musterstadt().atlas
    fewer = dataclasses.replace(atlas, _offers=atlas.offers.drop("jugend"))
    later = sr.build_edition(fewer, statement=sr.Statement(created="2025-07-31"))
    lines = repr(sr.compare_editions(town_edition, later)).splitlines()
    assert lines[0] == "Vergleich: Musterstadt, 31.01.2025 und 31.07.2025"
    assert "Angebote, die es nicht mehr gibt: 1" in lines
    assert "Geänderte Zahlen: 0" in lines
    assert not [line for line in lines if "Maßnahme" in line]


def test_reports_are_tables_of_text(hostile_edition: Edition, tmp_path: Path) -> None:
    atlas = sr.build_musterstadt().atlas
    needs = sr.settle_needs(build_needs(), atlas.areas, atlas.offers).table
    edition = sr.build_edition(atlas)
    package = sr.write_geopackage(edition, tmp_path / "stadt.gpkg")
    reports = {
        "Edition": hostile_edition,
        "Published": sr.show_edition(hostile_edition),
        "Comparison": sr.compare_editions(hostile_edition, hostile_edition),
        "NeedsReport": sr.report_needs(needs, edition),
        "EditedOffers": sr.read_edited_offers(package, atlas),
        "Extract": sr.build_plan("tagesbetreuung", atlas.values, atlas.areas, sr.read_catalogue()),
    }
    allowed = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    for name, report in reports.items():
        seen = Reader(report._repr_html_()).seen
        assert {tag for tag, _ in seen} <= allowed, name
        assert all(about.get("scope") for tag, about in seen if tag == "th"), name
        assert "DataFrame" not in repr(report), name
        assert len(repr(report).splitlines()) < 25, name
