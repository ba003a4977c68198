"""The profile pages in a real browser: quiet, accessible, readable when narrow, whole on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.present.sozialraumprofil import write_sozialraumprofile
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Head, Statement

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("profile")
    head = Head(title="Musterstadt", notice="Übungsdaten", vorlage="12/2025", office="Jugendamt")
    edition = build_edition(
        build_musterstadt().atlas, statement=Statement(head=head, created="2025-01-31")
    )
    for level in ("gesamt", "sozialraum", "quartier"):
        write_sozialraumprofile(edition, level=level, folder=folder)
    return folder


@pytest.fixture
def opened(browser, pages):
    """Open a page with every request blocked; give the page and what went wrong."""
    troubles: list[str] = []
    context = browser.new_context(offline=True)
    page = context.new_page()

    def refuse(route):
        if not route.request.url.startswith("file:"):
            troubles.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/*", refuse)
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))

    def open_page(name: str, width: int = 1000):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto((pages / name).as_uri())
        return page

    yield open_page, troubles
    context.close()


NAMES = ["gesamt/gesamt.html", "sozialraum/11.html", "quartier/1101.html", "sozialraum/index.html"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_for_and_nothing_complains(opened, name):
    open_page, troubles = opened
    page = open_page(name)
    # The policy lets the page's own style in: the heading is larger than the text.
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
    assert size > 24
    assert troubles == []


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(opened, name, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    open_page, _ = opened
    page = open_page(name, width)
    found = axe.Axe().run(page)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_window_scrolls_down_only(opened, name):
    open_page, _ = opened
    page = open_page(name, 320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_keyboard_reaches_the_list_and_the_tables(opened):
    open_page, _ = opened
    page = open_page("sozialraum/11.html")
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached[:2] == ["#inhalt", "index.html"]


def test_paper_holds_the_page_and_cuts_nothing(opened):
    open_page, _ = opened
    page = open_page("sozialraum/11.html")
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) <= 4
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 650, "height": 900})
    wide = page.evaluate(
        "[...document.querySelectorAll('table, svg')].filter("
        "e => e.getBoundingClientRect().right > 651).map(e => e.outerHTML.slice(0, 90))"
    )
    assert wide == []
