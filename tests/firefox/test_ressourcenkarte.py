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
FOCUS = "document.activeElement.id || document.activeElement.className.baseVal || ''"


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


def test_keyboard_from_the_search_to_the_details_and_back(firefox, page) -> None:
    firefox.open(page)
    firefox.ask("(document.getElementById('suche').focus(), 1)")
    firefox.press(*"datze", "\ue015", "\ue007")  # arrow down, Enter
    assert firefox.ask(FOCUS) == "einzel-titel"
    firefox.press("\ue00c")  # Escape
    assert firefox.ask(FOCUS) == "suche"
    firefox.ask("(document.querySelector('.gebiet[tabindex=\"0\"]').focus(), 1)")
    first = firefox.ask("document.activeElement.getAttribute('aria-label')")
    firefox.press("\ue014")  # arrow right
    assert firefox.ask("document.activeElement.getAttribute('aria-label')") != first
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
