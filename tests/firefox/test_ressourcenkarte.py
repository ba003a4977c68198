"""The map page in Firefox: it draws, answers, asks nobody, complains of nothing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from sozialraum.demo import find_example
from sozialraum.present.ressourcenkarte import write_ressourcenkarte

pytestmark = pytest.mark.firefox

_spec = importlib.util.spec_from_file_location(
    "hard_editions", Path(__file__).parents[1] / "present" / "conftest.py"
)
_hard = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_hard)
hostile_atlas, hostile_edition = _hard.hostile_atlas, _hard.hostile_edition
hostile_names = _hard.hostile_names

AREAS = "[...document.querySelectorAll('#buehne .gebiet')]"
FOCUS = "document.activeElement.id || document.activeElement.getAttribute('class') || ''"
LEFT, RIGHT, DOWN, ENTER, ESCAPE = "\ue012", "\ue014", "\ue015", "\ue007", "\ue00c"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    from sozialraum.project.job import make_edition

    edition = make_edition(find_example())
    path = tmp_path_factory.mktemp("example") / "karte.html"
    return write_ressourcenkarte(edition, path, compare=edition, land="MV")


def choose(firefox, name: str, value: str) -> None:
    firefox.ask(
        f"(e => {{ e.value = {value!r}; e.dispatchEvent(new Event('change')); return 1 }})"
        f"(document.getElementById({name!r}))"
    )


def test_the_example_draws_and_asks_nobody(firefox, page) -> None:
    firefox.open(page)
    count = firefox.ask(f"{AREAS}.filter(p => p.getBBox().width > 0).length")
    assert count > 20
    assert count == firefox.ask(
        "[...document.querySelectorAll('#legende .anzahl')]"
        ".reduce((n, e) => n + parseInt(e.textContent), 0)"
    )
    firefox.calm(page)


def test_everything_can_be_switched(firefox, page) -> None:
    firefox.open(page, "#ebene=quartier&merkmal=kita_15min")
    before = firefox.ask(f"{AREAS}.map(p => p.getAttribute('fill'))")
    choose(firefox, "w-klassen", "deviation")
    assert firefox.ask(f"{AREAS}.map(p => p.getAttribute('fill'))") != before
    firefox.ask("[...document.querySelectorAll('.zusatz input')].map(i => (i.click(), 1))")
    firefox.ask("[...document.querySelectorAll('[role=tab]')].map(t => (t.click(), 1))")
    assert firefox.ask("document.querySelectorAll('#davor .gebiet').length") == len(before)
    assert firefox.ask("document.querySelectorAll('.marke').length") > 5
    firefox.calm(page)


def focus(firefox, selector: str) -> None:
    firefox.ask(f"(document.querySelector({selector!r}).focus(), 1)")


def test_keyboard_from_the_search_to_the_area_its_details_an_offer_and_the_table(
    firefox, page
) -> None:
    firefox.open(page)
    focus(firefox, "#suche")
    firefox.press(*"datze", DOWN, ENTER)
    assert firefox.ask(FOCUS) == "einzel-titel"
    assert firefox.ask("document.activeElement.textContent") == "Datzeberg"
    firefox.press(ESCAPE)
    assert firefox.ask(FOCUS) == "suche"
    focus(firefox, ".gebiet[tabindex='0']")
    first = firefox.ask("document.activeElement.getAttribute('aria-label')")
    firefox.press(RIGHT)
    second = firefox.ask("document.activeElement.getAttribute('aria-label')")
    assert second != first
    firefox.press(ENTER)
    assert firefox.ask(FOCUS) == "einzel-titel"
    firefox.press(ESCAPE)
    assert firefox.ask("document.activeElement.getAttribute('aria-label')") == second
    focus(firefox, "#r-gebiet")
    firefox.press(RIGHT, RIGHT)
    assert firefox.ask(FOCUS) == "r-angebote"
    focus(firefox, "#angebotsliste .eintrag")
    firefox.press(ENTER)
    assert firefox.ask(FOCUS) == "einzel-titel"
    firefox.press(ESCAPE)
    assert firefox.ask("document.activeElement.className") == "eintrag"
    focus(firefox, "#r-angebote")
    firefox.press(LEFT)
    assert firefox.ask(FOCUS) == "r-tabelle"
    focus(firefox, "#tabelle thead button")
    firefox.press(ENTER)
    assert firefox.ask("document.querySelector('#tabelle thead th').ariaSort") == "ascending"
    focus(firefox, "#tabelle tbody button")
    firefox.press(ENTER)
    assert firefox.ask(FOCUS) == "einzel-titel"
    firefox.press(ESCAPE)
    assert firefox.ask(FOCUS) == "textlink"
    firefox.calm(page)


def test_what_the_policy_forbids_would_be_noticed(firefox, page) -> None:
    firefox.open(page)
    firefox.ask("(document.body.append(Object.assign(new Image(), {src: 'https://a.invalid'})), 1)")
    firefox.wait("1")
    for _ in range(100):
        if firefox.complaints:
            break
        firefox.wait("new Promise(go => setTimeout(() => go(true), 30))")
    assert firefox.complaints[0].startswith("policy: img-src")


def test_a_link_shows_the_same_again(firefox, page) -> None:
    shown = """[document.getElementById('kartentitel').textContent, location.hash,
        document.querySelector('[role=tab][aria-selected=true]').id,
        [...document.querySelectorAll('#legende .anzahl')].map(e => e.textContent)]"""
    address = "#ebene=quartier&merkmal=kita_15min&klassen=equal&luecken=schule_15min&angebote=kita"
    firefox.open(page, address + "&reiter=tabelle&folge=0&muster=1")
    firefox.wait("location.hash.includes('stand=')")
    first = firefox.ask(shown)
    firefox.open(page, first[1])
    assert firefox.ask(shown) == first
    assert "luecken=schule_15min" in first[1]
    firefox.calm(page)


def test_nothing_is_wider_than_a_narrow_window(firefox, page) -> None:
    firefox.open(page, wide=320, high=700)
    for tab in ("gebiet", "tabelle", "angebote", "luecken"):
        firefox.ask(f"(document.getElementById('r-{tab}').click(), 1)")
        assert firefox.ask("document.documentElement.scrollWidth") <= firefox.ask("innerWidth"), tab
    firefox.calm(page)


def test_hostile_names_do_nothing(firefox, hostile_edition, tmp_path) -> None:
    path = write_ressourcenkarte(hostile_edition, tmp_path / "karte.html")
    firefox.open(path)
    firefox.ask("[...document.querySelectorAll('.zusatz input')].map(i => (i.click(), 1))")
    firefox.ask("[...document.querySelectorAll('[role=tab]')].map(t => (t.click(), 1))")
    assert firefox.ask(f"{AREAS}.length") == 16
    assert firefox.ask("document.querySelectorAll('main img, main iframe').length") == 0
    firefox.calm(path)
