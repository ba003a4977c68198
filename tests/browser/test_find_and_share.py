"""What a committee member looks for is found, and a link that is passed on shows the same."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from sozialraum.present.ressourcenkarte import write_ressourcenkarte
from sozialraum.secrecy.seal import put_seal

pytestmark = pytest.mark.browser

READY = "document.documentElement.dataset.bereit === 'ja'"


@pytest.fixture(scope="module")
def page_file(town_edition, tmp_path_factory) -> Path:
    """The town with two streets: one through two Quartiere in a row, one in a single Quartier."""
    first, second = (town_edition.areas.geometry.iloc[i] for i in (0, 1))
    middle, beside = first.centroid, second.centroid
    streets = gpd.GeoDataFrame(
        {"name": ["Lange Straße", "Kirchgasse"]},
        geometry=[
            shapely.LineString([(middle.x, middle.y), (beside.x, beside.y)]),
            shapely.LineString([(middle.x - 20, middle.y), (middle.x + 20, middle.y)]),
        ],
        crs=town_edition.areas.crs,
    )
    # As in OpenStreetMap: a street comes in pieces.
    pieces = [
        (name, shapely.LineString(piece))
        for name, line in zip(
            streets["name"], shapely.segmentize(streets.geometry, 50), strict=True
        )
        for piece in pairwise(line.coords)
    ]
    names, lines = zip(*pieces, strict=True)
    path = tmp_path_factory.mktemp("town") / "karte.html"
    streets = gpd.GeoDataFrame({"name": names}, geometry=list(lines), crs=streets.crs)
    # A gap of an indicator, whose name its legend tells.
    edition = put_seal(
        replace(town_edition, gaps=town_edition.gaps.assign(measure="leistungsbezug"))
    )
    return write_ressourcenkarte(edition, path, streets=streets, land="MV")


@pytest.fixture
def town(open_page, page_file):
    opened = open_page(page_file)
    opened.wait(READY)
    return opened


def texts(opened, selector: str) -> list[str]:
    return opened.page.eval_on_selector_all(selector, "all => all.map(e => e.textContent.trim())")


def test_a_street_is_found_in_every_area_it_runs_through(town, town_edition) -> None:
    page, names = town.page, town_edition.areas["name"].tolist()
    page.fill("#suche", "lange str")
    assert texts(town, "#treffer li .leise") == [f"Straße, {name}" for name in names[:2]]
    # A house number nobody knows leads to the street; "str." is "straße".
    page.fill("#suche", "Lange Str. 12 a")
    assert len(texts(town, "#treffer li")) == 2
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert texts(town, "#einzel-titel") == [names[1]]
    assert texts(town, "#meldung") == [f"Lange Straße, {names[1]}"]
    assert texts(town, ".strasse text") == ["Lange Straße"]
    # The pin stands in the map, in the area.
    inside = page.evaluate(
        """() => { const pin = document.querySelector('.strasse circle').getBoundingClientRect();
        const area = document.querySelector('.gebiet[aria-selected=true]').getBoundingClientRect();
        return pin.x > area.x && pin.right < area.right
          && pin.bottom > area.y && pin.y < area.bottom }"""
    )
    assert inside
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "suche"
    assert texts(town, ".strasse text") == []
    town.calm()


def test_a_search_without_a_hit_says_so_to_everybody(town) -> None:
    town.page.fill("#suche", "gibt es nicht")
    assert texts(town, "#treffer li") == ["Kein Treffer"]
    assert texts(town, "#meldung") == ["Kein Treffer"]
    town.page.keyboard.press("Enter")
    assert not town.page.locator("#treffer").is_visible()
    town.calm()


# What the page shows, read from what can be seen of it.
SHOWN = """() => ({
    title: document.getElementById('kartentitel').textContent,
    line: document.getElementById('kartenzeile').textContent,
    legend: document.getElementById('legende').textContent,
    marks: document.getElementById('zeichen').textContent,
    tab: document.querySelector('[role=tab][aria-selected=true]').id,
    details: document.getElementById('einzel').textContent,
    table: document.getElementById('tabelle').textContent,
    pin: [...document.querySelectorAll('.strasse text')].map(e => e.textContent),
    fills: [...document.querySelectorAll('#buehne .gebiet')].map(e => e.getAttribute('fill')),
    ticked: [...document.querySelectorAll('.zusatz input')].map(e => e.checked),
    chosen: [...document.querySelectorAll('#filter select, #w-klassen, #w-zweites, #luecken select')]
      .map(e => e.value),
    view: document.querySelector('.karte-svg > g').getAttribute('transform').match(/-?[\\d.]+/g)
      .map(Number),
})"""


def test_a_link_restores_everything_that_is_shown(town, open_page, page_file) -> None:
    page = town.page
    page.fill("#suche", "kirchgasse")
    page.keyboard.press("Enter")
    page.select_option("#w-klassen", "equal")
    page.check("#w-luecken")
    page.check("#w-schraffur")
    page.uncheck("#w-namen")
    page.click("#r-angebote")
    page.locator("#filter input[name=kategorie]").first.check()
    page.select_option("select[name=tag]", "2")
    page.check("input[name=ohne]")
    page.click("#r-tabelle")
    page.click("#tabelle thead th:nth-child(1) button")
    page.click("#werkzeuge button")
    town.wait("location.hash.includes('karte=')")
    page.wait_for_timeout(600)  # the place of the map is written when the hand rests
    again = open_page(page_file, page.evaluate("location.hash"))
    again.wait(READY)
    again.page.wait_for_timeout(300)
    first, second = page.evaluate(SHOWN), again.page.evaluate(SHOWN)
    assert first["tab"] == "r-tabelle"
    assert first["pin"] == ["Kirchgasse"]
    # Only the filter, which is built when it is opened, is not there yet.
    again.page.click("#r-angebote")
    page.click("#r-angebote")
    filters = [p.evaluate(SHOWN)["chosen"] for p in (page, again.page)]
    assert filters[0] == filters[1]
    first["chosen"] = second["chosen"] = None
    # The view is written in whole metres and hundredths.
    for a, b in zip(first.pop("view"), second.pop("view"), strict=True):
        assert a == pytest.approx(b, rel=0.01, abs=2)
    assert first == second
    town.calm()
    again.calm()


def test_the_legend_names_source_date_marks_and_which_gap(town, town_edition) -> None:
    page = town.page
    town.wait("location.hash.includes('merkmal=')")
    shown = page.evaluate("new URLSearchParams(location.hash.slice(1)).get('merkmal')")
    source = town_edition.indicators[shown].source
    assert texts(town, "#legende .quelle") == [f"Quelle: {source}"]
    assert "Stand" in texts(town, "#kartenzeile")[0]
    assert texts(town, "#zeichen li") == []
    page.check("#w-angebote")
    entries = texts(town, "#zeichen li")
    assert entries[-1].endswith("mehrere Angebote")
    counted = page.eval_on_selector_all(
        "#zeichen .anzahl", "a => a.reduce((n, e) => n + parseInt(e.textContent), 0)"
    )
    assert counted == len(town_edition.offers)
    page.check("#w-luecken")
    heading = town_edition.indicators["leistungsbezug"].gap_heading
    assert f"{heading} (Ziffer: Rang)" in texts(town, "#legende .klasse")


def test_the_way_to_what_was_chosen_is_the_shortest_to_any_of_it(
    open_page, town_edition, tmp_path
) -> None:
    from sozialraum.access.cells import build_grid
    from sozialraum.access.network import StraightLine
    from sozialraum.access.travel import measure_travel

    cells = build_grid(town_edition.areas, size_m=200).assign(kita=5.0)
    travel = measure_travel(cells, town_edition.offers, StraightLine(), limit_min=30)
    path = write_ressourcenkarte(
        town_edition, tmp_path / "karte.html", cells=cells, travel=travel, land="MV"
    )
    opened = open_page(path)
    opened.wait(READY)
    page = opened.page

    def expected(offers) -> list[int]:
        """Count cells by the way to the nearest of these: over 30, 15, 10, 5 minutes, up to 5."""
        ways = travel[travel["destination"].isin(offers)].groupby("origin", observed=True)[
            "minutes"
        ]
        minutes = ways.min().reindex(cells.index).fillna(99)
        limits = [-1, 5, 10, 15, 30, 999]
        counts = [((minutes > a) & (minutes <= b)).sum() for a, b in pairwise(limits)]
        return [int(n) for n in counts][::-1]

    def counted() -> list[int]:
        return [int(t.split()[0].replace(".", "")) for t in texts(opened, "#legende .anzahl")]

    page.click("#r-angebote")
    page.click("#filter button:has-text('Wege')")
    offers = town_edition.offers
    assert counted() == expected(offers.index)
    category = offers["category"].value_counts().index[-1]
    rare = offers.index[offers["category"] == category]
    position = sorted(offers["category"].unique()).index(category)
    page.check(f"#filter input[name=kategorie][value='{position}']")
    assert counted() == expected(rare) != expected(offers.index)
    assert f"{len(rare)} von {len(offers)}" in texts(opened, "#kartenzeile")[0]
    # A link keeps it, with the marks switched off too.
    page.uncheck("#w-angebote")
    page.wait_for_timeout(100)
    again = open_page(path, page.evaluate("location.hash"))
    again.wait(READY)
    assert texts(again, "#kartentitel") == texts(opened, "#kartentitel")
    assert texts(again, "#legende .anzahl") == texts(opened, "#legende .anzahl")
    # What nothing answers to is far from everywhere.
    page.fill("input[name=text]", "gibt es nicht")
    assert counted() == [len(cells), 0, 0, 0, 0]
    opened.calm()
    again.calm()


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 320, "height": 640}}])
def test_axe_finds_nothing_while_something_is_looked_for(open_page, page_file, options) -> None:
    opened = open_page(page_file, bypass_csp=True, **options)
    opened.wait(READY)
    page = opened.page
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))

    def axe() -> list[str]:
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]

    page.fill("#suche", "gibt es nicht")
    assert axe() == [], "no hit"
    page.fill("#suche", "lange")
    assert axe() == [], "hits"
    page.keyboard.press("Enter")
    page.check("#w-angebote")
    page.check("#w-luecken")
    assert axe() == [], "street"


def test_a_saved_table_computes_nothing_in_a_spreadsheet(
    open_page, hostile_edition, tmp_path
) -> None:
    path = write_ressourcenkarte(hostile_edition, tmp_path / "karte.html")
    opened = open_page(path, "#reiter=tabelle&ebene=quartier")
    opened.wait(READY)
    with opened.page.expect_download() as waiting:
        opened.page.click("#tabelle > .knopf")
    file = tmp_path / "t.csv"
    waiting.value.save_as(file)
    text = file.read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {len(rows[0])}
    names = set(hostile_edition.areas["name"])
    assert any(name.startswith("=") for name in names)
    for row in rows[1:]:
        for cell in row:
            number = cell.replace(",", "").lstrip("-")
            assert number.isdigit() or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    opened.calm()


def test_an_english_page_says_which_of_its_words_are_german(
    open_page, town_edition, tmp_path
) -> None:
    import tomllib

    path = write_ressourcenkarte(town_edition, tmp_path / "map.html", language="en", land="MV")
    opened = open_page(path, "#ebene=quartier&luecken=1&angebote=1")
    opened.wait(READY)
    page = opened.page
    for tab in ("tabelle", "angebote", "luecken", "gebiet"):
        page.click(f"#r-{tab}")
    page.locator(".gebiet").first.dispatch_event("click")
    said = page.evaluate(
        """() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), all = [];
        while (walk.nextNode()) {
          const own = walk.currentNode.parentElement;
          if (!own.closest('[lang=de], script, style')) all.push(walk.currentNode.textContent.trim());
        }
        for (const e of document.querySelectorAll('[aria-label], [placeholder], [title]'))
          all.push(...['aria-label', 'placeholder', 'title'].map(a => e.getAttribute(a) || ''));
        return all }"""
    )
    texts_of = [
        tomllib.loads(
            files("sozialraum.texts").joinpath(f"{name}.toml").read_text(encoding="utf-8")
        )
        for name in ("de", "en")
    ]

    def leaves(table: dict, path: str = "") -> dict[str, str]:
        found = {}
        for key, value in table.items():
            own = f"{path}.{key}"
            found |= leaves(value, own) if isinstance(value, dict) else {own: str(value)}
        return found

    german, english = map(leaves, texts_of)
    ours = {german[k] for k in english if german[k] != english[k] and "{" not in german[k]}
    assert len(ours) > 100
    assert sorted(set(said) & ours - set(english.values())) == []
    # What the edition says is German and said to be so.
    theirs = {word for one in town_edition.levels for word in (one.title, one.plural)}
    theirs |= {one.theme for one in town_edition.indicators.values()}
    theirs |= {
        text
        for one in town_edition.indicators.values()
        for text in (one.title, one.numerator, one.denominator)
    }
    labels = set(page.eval_on_selector_all("[aria-label][lang=de]", "a => a.map(e => e.ariaLabel)"))
    assert sorted(set(said) & theirs - labels - {""}) == []
    opened.calm()
