"""A map shown in a notebook: in a frame that cannot reach the page around it, it draws and answers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import sozialraum as sr

pytestmark = pytest.mark.browser

HOST = "<!doctype html><title>Notebook</title><p id=innen>Zelle</p>{}<p id=nach>danach</p>"


def open_cell(open_page, shown: sr.Shown, folder: Path):
    """Open a page with the cell's output in it; give what was opened and the frame."""
    path = folder / "notebook.html"
    path.write_text(HOST.format(shown._repr_mimebundle_()["text/html"]), encoding="utf-8")
    opened = open_page(path)
    return opened, opened.page.frames[-1]


@pytest.fixture
def town(open_page, town_edition, tmp_path):
    shown = sr.show_ressourcenkarte(
        town_edition, indicator="leistungsbezug", limits={"leistungsbezug": [5, 10]}
    )
    opened, frame = open_cell(open_page, shown, tmp_path)
    frame.wait_for_selector("html[data-bereit=ja]", state="attached")
    return opened, frame


def test_the_map_draws_and_answers_in_its_frame(town) -> None:
    opened, frame = town
    assert frame.locator(".gebiet").count() == 16
    frame.check("input[name=ebene][value='2']", force=True)
    assert frame.locator(".gebiet").count() == 4
    frame.select_option("#w-merkmal", index=1)
    assert frame.evaluate("location.href") == "about:srcdoc"
    opened.calm()


def test_fixed_limits_are_what_it_begins_with(town) -> None:
    opened, frame = town
    assert frame.input_value("#w-klassen") == "fixed"
    assert frame.locator("#legende .klasse").all_text_contents()[:3] == [
        "ab 10,0", "5,0 bis unter 10,0", "unter 5,0",
    ]  # fmt: skip
    opened.calm()


def test_the_frame_keeps_to_itself(town) -> None:
    opened, frame = town
    assert frame.evaluate("origin") == "null"
    reach = "() => { try { parent.document.body; return 'reached' } catch (e) { return e.name } }"
    assert frame.evaluate(reach) == "SecurityError"
    assert opened.page.text_content("#innen") == "Zelle"


def test_the_table_can_be_saved_and_the_map_printed_from_the_frame(town) -> None:
    opened, frame = town
    frame.click("#r-tabelle")
    with opened.page.expect_download() as caught:
        frame.click("#t-tabelle button:has-text('CSV')")
    assert caught.value.suggested_filename == "quartier_leistungsbezug_2024-12-31.csv"
    frame.evaluate("addEventListener('beforeprint', () => { document.title = 'im Druck' })")
    frame.click("#drucken")
    assert frame.evaluate("document.title") == "im Druck"
    opened.calm()


def test_a_website_opens_beside_the_notebook(open_page, tmp_path) -> None:
    atlas = sr.build_musterstadt().atlas
    offers = atlas.offers.assign(website="https://www.example.org/")
    edition = sr.build_edition(dataclasses.replace(atlas, _offers=offers))
    karte = sr.show_ressourcenkarte(edition)
    profile = sr.show_sozialraumprofil(edition, "11", level="sozialraum")
    for shown in (karte, profile):
        opened, frame = open_cell(open_page, shown, tmp_path)
        if shown is karte:
            frame.wait_for_selector("html[data-bereit=ja]", state="attached")
            frame.check("#w-angebote", force=True)
            frame.click("#r-angebote")
            frame.click("#angebotsliste button >> nth=0")
        with opened.page.context.expect_page() as caught:
            frame.click("a[href^='https://www.example.org']")
        assert caught.value.evaluate("opener") is None
        assert opened.asked == ["https://www.example.org/"]
        assert opened.page.frames[-1].evaluate("location.href") == "about:srcdoc"


def test_a_profile_is_read_in_its_frame(open_page, town_edition, tmp_path) -> None:
    shown = sr.show_sozialraumprofil(town_edition, "12", level="sozialraum")
    opened, frame = open_cell(open_page, shown, tmp_path)
    assert frame.text_content("h1") == "Nordwest"
    assert not frame.locator("a[href]:not([href^='#'])").count()
    opened.calm()


def test_hostile_names_stay_in_their_frames(open_page, hostile_edition, tmp_path) -> None:
    area = str(hostile_edition.table("sozialraum").index[0])
    for shown in (
        sr.show_ressourcenkarte(hostile_edition),
        sr.show_sozialraumprofil(hostile_edition, area, level="sozialraum"),
        sr.show_print_map(hostile_edition),
    ):
        opened, _ = open_cell(open_page, shown, tmp_path)
        page = opened.page
        assert page.evaluate("[...document.body.children].map(e => e.tagName)") in (
            ["P", "IFRAME", "P"], ["P", "IMG", "P"],
        )  # fmt: skip
        assert page.text_content("#nach") == "danach"
        if shown.page == "":
            assert page.evaluate("document.images[0].decode().then(() => true)")
        opened.calm()
