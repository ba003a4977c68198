"""The map page in Chromium: it draws, answers, can be walked by keyboard, and asks nobody."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from sozialraum.demo import find_example
from sozialraum.present.ressourcenkarte import write_ressourcenkarte

pytestmark = pytest.mark.browser

READY = "document.documentElement.dataset.bereit === 'ja'"
FOCUS = "document.activeElement.id || document.activeElement.className.baseVal || ''"


@pytest.fixture(scope="module")
def town_page(town_edition, tmp_path_factory) -> Path:
    return write_ressourcenkarte(town_edition, tmp_path_factory.mktemp("town") / "karte.html")


@pytest.fixture(scope="module")
def example_page(tmp_path_factory) -> Path:
    from sozialraum.project.job import make_edition

    path = tmp_path_factory.mktemp("example") / "karte.html"
    return write_ressourcenkarte(make_edition(find_example()), path)


@pytest.fixture
def town(open_page, town_page):
    opened = open_page(town_page)
    opened.wait(READY)
    return opened


def texts(opened, selector: str) -> list[str]:
    return opened.page.eval_on_selector_all(selector, "all => all.map(e => e.textContent.trim())")


def choose(page, start: str) -> None:
    """Choose the indicator whose title begins like this."""
    options = page.eval_on_selector_all("#w-merkmal option", "a => a.map(o => [o.value, o.text])")
    page.select_option("#w-merkmal", next(v for v, t in options if t.startswith(start)))


def test_the_example_opens_from_disk_and_asks_nobody(open_page, example_page) -> None:
    assert example_page.stat().st_size <= 600_000
    opened = open_page(example_page)
    opened.wait(READY)
    shown = opened.page.evaluate(
        "[...document.querySelectorAll('.gebiet')].filter(p => p.getBBox().width > 0).length"
    )
    count = int(opened.page.evaluate(
        "[...document.querySelectorAll('#legende .anzahl')]"
        ".reduce((n, e) => n + parseInt(e.textContent), 0)"
    ))  # fmt: skip
    assert shown == count > 20
    opened.calm()


def test_levels_indicators_and_years_can_be_switched(town) -> None:
    page = town.page
    assert page.locator(".gebiet").count() == 16
    page.check("input[name=ebene][value='2']", force=True)
    assert page.locator(".gebiet").count() == 4
    assert texts(town, "#meldung") == ["4 Sozialräume"]
    choose(page, "Einwohner")
    assert texts(town, "#kartentitel")[0].startswith("Einwohner")
    # West of the river 10 people at each of 100 crossings of a Sozialraum, east of it 20.
    labels = page.eval_on_selector_all(".gebiet", "a => a.map(e => e.getAttribute('aria-label'))")
    assert sorted(label.rsplit(": ", 1)[1][:5] for label in labels) == ["1.000"] * 2 + ["2.000"] * 2
    town.calm()


def test_years_change_the_colours_not_the_classes(town) -> None:
    page = town.page
    years = page.eval_on_selector_all(
        "#w-merkmal option",
        "a => a.map(o => [o.value, o.textContent])",
    )
    assert years
    for value, _ in years:
        page.select_option("#w-merkmal", value)
        options = page.eval_on_selector_all("#w-stand option", "a => a.map(o => o.value)")
        assert options == sorted(options, reverse=True)
        if len(options) > 1:
            before = texts(town, "#legende .klasse")
            fills = page.eval_on_selector_all(".gebiet", "a => a.map(e => e.getAttribute('fill'))")
            page.select_option("#w-stand", options[-1])
            numbers = [t for t in texts(town, "#legende .klasse") if t[0].isdigit()]
            assert numbers == [t for t in before if t[0].isdigit()]
            assert fills != page.eval_on_selector_all(
                ".gebiet", "a => a.map(e => e.getAttribute('fill'))"
            )
            break
    else:
        pytest.fail("no indicator with two years")
    town.calm()


def test_lines_are_as_fine_as_the_screen_shows_them(open_page, example_page) -> None:
    opened = open_page(example_page)
    opened.wait(READY)
    corners = (
        "[...document.querySelectorAll('#buehne .gebiet')]"
        ".reduce((n, a) => n + a.getAttribute('d').split(' ').length, 0)"
    )
    far = opened.wait_until_still(corners)
    for _ in range(6):
        opened.page.click("#werkzeuge button:nth-child(1)")
    opened.wait(f"{corners} > {1.2 * far}")
    opened.page.click("#werkzeuge button:nth-child(3)")
    opened.wait(f"{corners} === {far}")
    opened.calm()


def test_secret_areas_are_hatched_and_named_in_the_legend(open_page, town_page) -> None:
    opened = open_page(town_page, "#merkmal=leistungsbezug&ebene=quartier&stand=2024-12-31")
    opened.wait(READY)
    fills = opened.page.eval_on_selector_all(
        ".gebiet", "a => a.map(e => e.getAttribute('fill') + ' ' + e.getAttribute('aria-label'))"
    )
    secret = [f for f in fills if f.endswith(": zurückgehalten")]
    assert len(secret) == 2
    assert all(f.startswith("url(#m-2)") for f in secret)
    assert "zurückgehalten" in texts(opened, "#legende .klasse")
    opened.page.check("#w-schraffur")
    fills = opened.page.eval_on_selector_all(".gebiet", "a => a.map(e => e.getAttribute('fill'))")
    assert all(f.startswith("url(#m") for f in fills)
    # Patterns keep their size on the screen however the map is scaled.
    scale = opened.page.evaluate("document.querySelector('#m1').getAttribute('patternTransform')")
    assert scale.startswith("scale(")
    opened.calm()


def test_offers_are_filtered_and_counted(open_page, example_page) -> None:
    opened = open_page(example_page)
    opened.wait(READY)
    page = opened.page
    assert page.locator(".marke").count() == 0
    page.click("#r-angebote")
    page.check("#filter label:has-text('Kita') input")
    kitas = int(texts(opened, "#filter label:has-text('Kita') .anzahl")[0])
    assert texts(opened, ".fund")[0].startswith(f"{kitas} von ")
    drawn = page.eval_on_selector_all(
        ".marke", "a => a.reduce((n, m) => n + (parseInt(m.textContent) || 1), 0)"
    )
    assert 0 < drawn <= kitas
    page.fill("input[name=text]", "integrativ")
    assert int(texts(opened, ".fund")[0].split()[0]) < kitas
    page.fill("input[name=text]", "gibt es nicht")
    assert texts(opened, ".fund")[0].startswith("0 von ")
    assert page.locator(".marke").count() == 0
    # What an offer does not state is said, not left out.
    page.fill("input[name=text]", "")
    page.click("#angebotsliste .eintrag >> nth=0")
    assert "keine Angabe" in texts(opened, "#einzel dd")
    opened.calm()


def test_marks_are_few_enough_to_leave_the_areas_to_be_seen(open_page, example_page) -> None:
    opened = open_page(example_page)
    opened.wait(READY)
    opened.page.check("#w-angebote")
    covered = opened.page.evaluate(
        "[...document.querySelectorAll('.buendel, .zeichen')]"
        ".reduce((a, e) => { const b = e.getBoundingClientRect(); return a + b.width * b.height }, 0)"
    )
    size = opened.page.evaluate("(b => b.width * b.height)(buehne.getBoundingClientRect())")
    assert covered / size < 0.06
    places = opened.page.eval_on_selector_all(
        ".buendel", "a => a.map(e => { const b = e.getBoundingClientRect(); return [b.x, b.y] })"
    )
    near = [1 for i, p in enumerate(places) for q in places[:i]
            if abs(p[0] - q[0]) + abs(p[1] - q[1]) < 12]  # fmt: skip
    assert near == []


def test_gaps_are_listed_with_people_and_the_way(town) -> None:
    page = town.page
    page.click("#r-luecken")
    assert texts(town, "#luecken .titel") == [
        "40 Menschen nicht erreicht",
        "Zahl der Menschen zurückgehalten",
    ]
    assert "22 Minuten (1,7\u00a0km)" in texts(town, "#luecken .eintrag .leise")[0]
    page.click("#luecken .eintrag >> nth=0")
    assert page.locator(".luecke").count() == 2
    assert texts(town, "#einzel-titel") == ["Lücke 1: 40 Menschen nicht erreicht"]
    town.calm()


def test_keyboard_from_the_search_to_the_area_its_details_an_offer_and_the_table(town) -> None:
    page = town.page
    page.focus("#suche")
    name = page.evaluate("document.querySelector('.gebiet').getAttribute('aria-label')")
    name = name.rsplit(":", 1)[0]
    page.keyboard.type(name.lower())
    assert page.get_attribute("#suche", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#suche", "aria-activedescendant") == "treffer-0"
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "einzel-titel"
    assert texts(town, "#einzel-titel") == [name]
    # Escape leads back to where it came from.
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUS) == "suche"

    # Through the map: one stop, arrows to the neighbour, Enter to the details.
    page.focus(".gebiet[tabindex='0']")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert second != first
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == first
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "einzel-titel"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == first

    # Tabs by arrow, an offer by Enter, back to the list.
    page.focus("#r-gebiet")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUS) == "r-angebote"
    page.focus("#angebotsliste .eintrag")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "einzel-titel"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "eintrag"

    # The table: sort by its head, open a row, and come back to it.
    page.focus("#r-angebote")
    page.keyboard.press("ArrowLeft")
    page.focus("#tabelle thead button")
    page.keyboard.press("Enter")
    assert page.get_attribute("#tabelle thead th", "aria-sort") == "ascending"
    assert page.evaluate("document.activeElement.closest('thead') !== null")
    rows = texts(town, "#tabelle tbody th button")
    assert len(rows) == 16
    assert rows == sorted(rows)
    page.focus("#tabelle tbody button")
    page.keyboard.press("Enter")
    assert texts(town, "#einzel-titel") == [rows[0]]
    page.keyboard.press("Escape")
    assert page.get_attribute("#r-tabelle", "aria-selected") == "true"
    town.calm()


def test_the_map_has_at_most_three_tab_stops(town) -> None:
    page = town.page
    page.check("#w-angebote")
    page.check("#w-luecken")
    stops = page.eval_on_selector_all(
        ".rahmen [tabindex], .rahmen button",
        "a => a.filter(e => e.tabIndex >= 0 && e.checkVisibility()).length",
    )
    assert stops == 3
    # What the Tab key says of it: from the last switch above the map to the first control after it.
    inside = "Boolean(document.activeElement.closest('.rahmen'))"
    page.focus("#w-schraffur")
    pressed = 0
    while page.keyboard.press("Tab") or page.evaluate(inside):
        pressed += 1
    assert pressed == 3


def test_arrows_lead_to_every_area(open_page, example_page) -> None:
    opened = open_page(example_page)
    opened.wait(READY)
    # Breadth first over the four arrows, from the area that is the tab stop.
    reached = opened.page.evaluate(
        """() => {
        const all = [...document.querySelectorAll('.gebiet')], seen = new Set([all[0]]), next = [all[0]];
        while (next.length) {
          const from = next.shift();
          for (const key of ['ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowLeft']) {
            from.focus();
            from.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
            const to = document.activeElement;
            if (!seen.has(to)) { seen.add(to); next.push(to); }
          }
        }
        return seen.size / all.length;
    }"""
    )
    assert reached == 1


def test_every_number_has_its_passport(town) -> None:
    page = town.page
    page.locator(".gebiet").first.dispatch_event("click")
    page.evaluate("document.querySelectorAll('#einzel details').forEach(d => d.open = true)")
    for passport in page.locator("#einzel .pass").all():
        words = passport.locator("dt").all_text_contents()
        assert {"Merkmal", "Formel", "Quelle", "Datenstand", "Gebietsstand"} <= set(words)
    assert page.locator("#einzel .pass").count() > 2


def test_the_address_holds_what_is_shown(open_page, town_page) -> None:
    opened = open_page(town_page)
    opened.wait(READY)
    page = opened.page
    page.check("input[name=ebene][value='2']", force=True)
    choose(page, "Einwohner")
    page.check("#w-schraffur")
    page.locator(".gebiet").nth(2).dispatch_event("click")
    address = page.evaluate("location.hash")
    title = texts(opened, "#einzel-titel")
    again = open_page(town_page, address)
    again.wait(READY)
    assert texts(again, "#einzel-titel") == title
    assert texts(again, "#kartentitel")[0].startswith("Einwohner")
    assert again.page.is_checked("#w-schraffur")
    # An address made up by somebody else shows the start, not an error.
    odd = open_page(town_page, "#ebene=%3Cscript%3E&merkmal=x&gebiet=//&angebote=,,&luecke=9")
    odd.wait(READY)
    assert odd.page.locator(".gebiet").count() == 16
    odd.calm()


def test_the_table_can_be_saved_for_an_office(town, tmp_path) -> None:
    page = town.page
    choose(page, "Einwohner")
    page.click("#r-tabelle")
    with page.expect_download() as waiting:
        page.click("#tabelle > .knopf")
    file = tmp_path / "t.csv"
    waiting.value.save_as(file)
    lines = file.read_bytes().decode("utf-8-sig").split("\r\n")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert lines[0].startswith("Ebene;Kennung;Gebiet;Merkmal;")
    assert len(lines) == 1 + 16 + 1
    assert {line.split(";")[7] for line in lines[1:17]} == {"250", "500"}
    town.calm()


def axe(opened) -> list[str]:
    """Serious findings of axe-core, as short lines."""
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    opened.page.evaluate(source)
    found = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]


@pytest.mark.parametrize("size", [(1366, 900), (320, 640)])
def test_axe_finds_nothing(open_page, example_page, size) -> None:
    width, height = size
    opened = open_page(example_page, viewport={"width": width, "height": height}, bypass_csp=True)
    opened.wait(READY)
    page = opened.page
    assert axe(opened) == []
    page.check("#w-luecken")
    page.check("#w-angebote")
    for tab in ("tabelle", "angebote", "luecken"):
        page.click(f"#r-{tab}")
        assert axe(opened) == [], tab
    page.check("#w-schraffur")
    page.locator(".gebiet").nth(3).dispatch_event("click")
    assert axe(opened) == []
    page.fill("#suche", "a")
    assert axe(opened) == []


def test_without_script_the_still_map_and_its_table_remain(open_page, example_page) -> None:
    opened = open_page(example_page, java_script_enabled=False)
    areas = opened.page.locator("#buehne svg path[stroke='#ffffff']").evaluate_all(
        "all => all.map(p => p.getAttribute('d')).join('').split('M').length - 1"
    )
    assert areas >= 27
    assert opened.page.locator(".still table").is_visible()
    assert not opened.page.locator(".schalter").is_visible()
    opened.calm()


@pytest.mark.parametrize("width", [320, 390, 820, 1366, 1920])
def test_nothing_is_wider_than_the_window(open_page, example_page, width) -> None:
    opened = open_page(example_page, viewport={"width": width, "height": 800})
    opened.wait(READY)
    for tab in ("gebiet", "tabelle", "angebote", "luecken"):
        opened.page.click(f"#r-{tab}")
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, tab


@pytest.mark.parametrize("size", [(1366, 768), (1366, 650), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("script", [True, False])
def test_the_whole_map_is_seen_with_its_controls(open_page, example_page, size, script) -> None:
    width, height = size
    opened = open_page(
        example_page, viewport={"width": width, "height": height}, java_script_enabled=script
    )
    page = opened.page
    if script:
        opened.wait(READY)
        opened.wait_until_still("buehne.clientHeight")
    for part in ("#buehne", ".massstab", *((".schalter", "#werkzeuge") if script else ())):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= height, part
    if script:
        areas = page.eval_on_selector_all(
            "#buehne .gebiet", "a => a.map(e => e.getBoundingClientRect().bottom)"
        )
        assert max(areas) <= height
    # Smaller than the room it has would be a pity.
    box = page.locator("#buehne").bounding_box()
    assert box["height"] > height - 17.5 * 16 - 20
    opened.calm()


def test_a_reload_keeps_the_place_on_the_page(open_page, example_page) -> None:
    opened = open_page(example_page, viewport={"width": 1366, "height": 768})
    opened.wait(READY)
    page = opened.page
    page.click("#r-tabelle")
    page.evaluate("scrollTo(0, 700)")
    opened.wait("location.hash.includes('reiter=tabelle')")
    before = opened.wait_until_still("buehne.clientHeight")
    page.reload()
    opened.wait(READY)
    assert opened.wait_until_still("scrollY") == pytest.approx(700, abs=2)
    assert opened.wait_until_still("buehne.clientHeight") == before
    opened.calm()


def test_fingers_open_an_area_and_enlarge_the_map(open_page, town_page) -> None:
    opened = open_page(
        town_page, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    opened.wait(READY)
    page = opened.page
    area = page.locator("#buehne .gebiet").nth(5)
    area.scroll_into_view_if_needed()
    name = area.get_attribute("aria-label").split(":")[0]
    area.tap()
    assert texts(opened, "#einzel-titel") == [name]
    # One finger on a map that is not enlarged scrolls the page, two enlarge it.
    assert page.evaluate("getComputedStyle(buehne).touchAction") == "pan-x pan-y"
    box = page.locator("#buehne").bounding_box()
    x, y = box["x"] + box["width"] / 2, max(box["y"], 0) + 150
    fingers = page.context.new_cdp_session(page)
    for kind, gap in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60), ("touchEnd", 0)):
        points = [{"x": x - gap, "y": y, "id": 0}, {"x": x + gap, "y": y, "id": 1}]
        fingers.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if gap else []}
        )
    opened.wait("buehne.classList.contains('nah')")
    opened.wait(
        "Number(new URLSearchParams(location.hash.slice(1)).get('karte')?.split(',')[0]) > 2"
    )
    assert page.evaluate("getComputedStyle(buehne).touchAction") == "none"
    opened.calm()


def test_names_leave_buttons_scale_ranks_and_marks_free(open_page, example_page) -> None:
    opened = open_page(example_page, "#ebene=quartier&luecken=kita_15min&angebote=kita")
    opened.wait(READY)
    covered = """(() => {
      if (document.querySelector("#buehne [visibility=hidden]")) return null;
      const box = e => e.getBoundingClientRect(), all = s => [...document.querySelectorAll(s)];
      const meet = (a, b) => a.left < b.right && a.right > b.left
        && a.top < b.bottom && a.bottom > b.top;
      const things = all(".rangzahl, .zeichen, .buendel, #werkzeuge, .massstab");
      const names = all("#buehne .namen text");
      const under = names.filter(n => things.some(t => meet(box(n), box(t))));
      return names.length + ":" + under.map(n => n.textContent);
    })()"""  # fmt: skip
    count, names = opened.wait_until_still(covered).split(":")
    assert int(count) > 5
    assert names == ""
    # Enlarged there are names everywhere, but none under the buttons.
    for _ in range(3):
        opened.page.click("#werkzeuge button:nth-child(1)")
    count, names = opened.wait_until_still(covered).split(":")
    assert int(count) > 5
    assert names == ""
    opened.calm()


def test_targets_are_24_pixels(open_page, example_page) -> None:
    opened = open_page(example_page)
    opened.wait(READY)
    for tab in ("gebiet", "tabelle", "angebote", "luecken"):
        opened.page.click(f"#r-{tab}")
        small = opened.page.eval_on_selector_all(
            "button, select, summary, label:has(input), #suche",
            """all => all.filter(e => e.checkVisibility()).map(e => [e.getBoundingClientRect(), e])
            .filter(([b]) => b.height > 0 && (b.height < 24 || b.width < 24))
            .map(([b, e]) => `${e.outerHTML.slice(0, 60)} ${b.width}x${b.height}`)""",
        )
        assert small == [], tab


def test_forced_colours_keep_the_map(open_page, town_page) -> None:
    opened = open_page(town_page, forced_colors="active", reduced_motion="reduce")
    opened.wait(READY)
    adjust = opened.page.evaluate("getComputedStyle(buehne).forcedColorAdjust")
    assert adjust == "none"
    opened.calm()


def test_print_shows_the_whole_table_and_puts_the_screen_back(open_page, town_page) -> None:
    opened = open_page(town_page)
    opened.wait(READY)
    page = opened.page
    page.click("#werkzeuge button")
    before = page.evaluate("document.querySelector('.karte-svg g').getAttribute('transform')")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    opened.wait("!document.documentElement.classList.contains('druck')")
    opened.wait(f"document.querySelector('.karte-svg g').getAttribute('transform') === {before!r}")
    page.emulate_media(media="print")
    assert page.locator("#t-tabelle tbody tr").count() == 16
    assert not page.locator(".schalter").is_visible()
    assert page.locator("#legende").is_visible()
    # A sheet of gaps says which gaps, for the choice of them is not printed.
    page.emulate_media(media="screen")
    page.check("#w-luecken")
    page.click("#r-luecken")
    chosen = page.locator("#luecken select option:checked").inner_text()
    assert not page.locator("#luecken h3").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#luecken h3").inner_text() == chosen
    assert not page.locator("#luecken select").is_visible()
    opened.calm()


def test_hostile_names_do_nothing(open_page, hostile_edition, tmp_path) -> None:
    path = write_ressourcenkarte(hostile_edition, tmp_path / "karte.html")
    opened = open_page(path)
    opened.wait(READY)
    page = opened.page
    assert page.locator(".gebiet").count() == 16
    page.check("#w-angebote")
    for tab in ("tabelle", "angebote"):
        page.click(f"#r-{tab}")
    for _ in range(3):
        page.locator("#angebotsliste .eintrag").first.dispatch_event("click")
    links = page.eval_on_selector_all("a", "all => all.map(a => a.protocol)")
    assert set(links) <= {"file:", "http:", "https:", "mailto:", "tel:"}
    page.fill("#suche", "<script>")
    assert page.locator("#treffer li").count() > 0
    page.locator(".gebiet").first.dispatch_event("click")
    assert page.locator("script").count() == 2
    assert page.locator("main img, main iframe").count() == 0
    opened.calm()


def older_than(edition):
    """The town half a year before: one area more was withheld, all others had one person less."""
    from sozialraum.secrecy.seal import put_seal

    rows = edition.values.copy()
    given = rows["value"].notna() & (rows["indicator"] == "einwohner")
    rows.loc[given, ["value", "numerator"]] -= 1
    older = replace(edition, values=rows, created="2024-07-31")
    return put_seal(older)


def fills(opened, selector: str = "#buehne .gebiet") -> list[str]:
    return opened.page.eval_on_selector_all(selector, "a => a.map(e => e.getAttribute('fill'))")


def test_classes_can_be_chosen_and_each_says_its_rule(open_page, example_page) -> None:
    opened = open_page(example_page, "#ebene=quartier&merkmal=kita_15min")
    opened.wait(READY)
    page = opened.page
    count = len(fills(opened))
    schemes = page.eval_on_selector_all("#w-klassen option", "a => a.map(o => o.value)")
    assert schemes == ["quantiles", "natural", "equal", "fixed", "deviation"]
    seen = set()
    for scheme in schemes:
        page.select_option("#w-klassen", scheme)
        seen.add(tuple(texts(opened, "#legende .klasse")) + tuple(texts(opened, "#legende .regel")))
        counted = [int(t.split()[0]) for t in texts(opened, "#legende .anzahl")]
        assert sum(counted) == count, scheme
        assert f"klassen={scheme}" in page.evaluate("location.hash") or scheme == "quantiles"
    assert len(seen) == len(schemes)
    # A deviation stands on the map, in the table and in what a screen reader says.
    label = page.locator(".gebiet").first.get_attribute("aria-label")
    assert "Prozentpunkte)" in label
    signs = {part[0] for name in page.eval_on_selector_all(".gebiet", "a => a.map(e => e.ariaLabel)")
             for part in name.split("(")[1:]}  # fmt: skip
    assert signs <= {"+", "−", "0"}
    assert {"+", "−"} <= signs
    page.click("#r-tabelle")
    assert any("Abweichung" in head for head in texts(opened, "#tabelle thead th"))
    page.select_option("#w-klassen", "fixed")
    limits = texts(opened, "#legende .klasse")
    page.check("input[name=ebene][value='2']", force=True)
    assert [t for t in texts(opened, "#legende .klasse") if t[0].isdigit() or t[0] in "ua"] == [
        t for t in limits if t[0].isdigit() or t[0] in "ua"
    ]
    opened.calm()


def test_two_indicators_at_once(open_page, example_page) -> None:
    opened = open_page(example_page, "#ebene=quartier&merkmal=kita_15min")
    opened.wait(READY)
    page = opened.page
    page.select_option("#w-zweites", label="Menschen mit einer Schule in 15 Minuten Fußweg")
    assert " × " in texts(opened, "#kartentitel")[0]
    counted = texts(opened, "#legende .anzahl")
    assert sum(int(t.split()[0]) for t in counted) == len(fills(opened))
    assert page.locator("#legende table.paar").count() == 1
    assert len(page.locator(".gebiet").first.get_attribute("aria-label").split("; ")) == 2
    page.click("#r-tabelle")
    assert len(texts(opened, "#tabelle thead th")) == 5
    page.check("#w-schraffur")
    assert all(f.startswith("url(#m") for f in fills(opened))
    again = open_page(example_page, page.evaluate("location.hash"))
    again.wait(READY)
    assert texts(again, "#kartentitel") == texts(opened, "#kartentitel")
    page.select_option("#w-zweites", "-1")
    assert page.locator("#legende table.paar").count() == 0
    opened.calm()


def test_an_older_edition_lies_beside_this_one(open_page, town_edition, tmp_path) -> None:
    path = write_ressourcenkarte(
        town_edition, tmp_path / "karte.html", compare=older_than(town_edition)
    )
    opened = open_page(path)
    opened.wait(READY)
    page = opened.page
    choose(page, "Einwohner")
    assert not page.locator("#davor").is_visible()
    page.check("#w-vergleich")
    assert page.locator("#davor").is_visible()
    assert len(fills(opened, "#davor .gebiet")) == 16
    # Both look alike, only the figures differ.
    for part in (".grenze", ".namen text"):
        here, there = f"#buehne {part}", f"#davor {part}"
        count = opened.wait(f"document.querySelectorAll('{there}').length")
        assert count == page.locator(here).count(), part
    figures = [texts(opened, f"{side} .namen .zahl") for side in ("#buehne", "#davor")]
    assert [int(n.replace(".", "")) - 1 for n in figures[0]] == [
        int(n.replace(".", "")) for n in figures[1]
    ]
    page.locator("#buehne .gebiet").first.dispatch_event("click")
    ring = "document.querySelector('{} .wahl:not(.weiss)').getAttribute('d')"
    assert page.evaluate(ring.format("#davor")) == page.evaluate(ring.format("#buehne"))
    assert "31.07.2024" in texts(opened, "#davor-zeile")[0]
    page.click("#r-tabelle")
    heads = texts(opened, "#tabelle thead th")
    assert heads[-1].startswith("Unterschied")
    rows = page.eval_on_selector_all(
        "#tabelle tbody tr", "a => a.map(r => [...r.cells].map(c => c.textContent))"
    )
    assert {row[-1] for row in rows} == {"+1"}
    # Where a value has parts, the difference stands before them, in sight.
    choose(page, "Menschen mit Leistungsbezug")
    heads = texts(opened, "#tabelle thead th")
    assert [h.split()[0] for h in heads][1:] == [
        "Wert",
        "Ältere",
        "Unterschied",
        "Zähler",
        "Nenner",
    ]
    box = page.locator("#tabelle thead th", has_text="Unterschied").bounding_box()
    room = page.locator("#t-tabelle").bounding_box()
    assert box["x"] + box["width"] <= room["x"] + room["width"]
    choose(page, "Einwohner")
    # Both maps move together.
    page.click("#werkzeuge button")
    opened.wait(
        "new Set([...document.querySelectorAll('#buehne .karte-svg > g, #davor .karte-svg > g')]"
        ".map(g => g.getAttribute('transform')).filter(Boolean)).size === 1"
    )
    page.uncheck("#w-vergleich")
    assert not page.locator("#davor").is_visible()
    opened.calm()


def test_what_is_not_comparable_is_said_and_not_subtracted(
    open_page, town_edition, tmp_path
) -> None:
    import geopandas as gpd

    from sozialraum.secrecy.seal import put_seal

    older = older_than(town_edition)
    areas = older.areas.copy()
    first = areas.index[0]
    areas.loc[[first], "geometry"] = gpd.GeoSeries(
        [areas.geometry[first].buffer(-20)], index=[first], crs=areas.crs
    )
    older = replace(
        older,
        areas=areas,
        indicators={
            name: replace(one, per=1000.0) if name == "leistungsbezug" else one
            for name, one in older.indicators.items()
        },
    )
    older = put_seal(older)
    path = write_ressourcenkarte(town_edition, tmp_path / "karte.html", compare=older)
    opened = open_page(path, "#vergleich=1&merkmal=einwohner&ebene=quartier")
    opened.wait(READY)
    page = opened.page
    assert "geänderter Grenze" in texts(opened, "#davor-zeile")[0]
    page.click("#r-tabelle")
    cells = page.eval_on_selector_all(
        "#tabelle tbody tr td:last-child", "a => a.map(c => c.textContent)"
    )
    assert sorted(cells) == [""] + ["+1"] * 15
    choose(page, town_edition.indicators["leistungsbezug"].title)
    assert "nicht vergleichbar" in texts(opened, "#davor-zeile")[0]
    assert not any(t.startswith("Unterschied") for t in texts(opened, "#tabelle thead th"))
    opened.calm()


@pytest.fixture(scope="module")
def full_page(tmp_path_factory) -> Path:
    """The example with ages of Kitas, opening hours worked out and ways from a grid."""
    from sozialraum.access.cells import build_grid
    from sozialraum.project.job import make_edition
    from sozialraum.secrecy.seal import put_seal

    edition = make_edition(find_example())
    kita = edition.offers["category"] == "kita"
    offers = edition.offers.assign(
        age_from=kita.map({True: 3.0, False: None}), age_to=kita.map({True: 7.0, False: None})
    )
    edition = replace(edition, offers=offers)
    edition = put_seal(edition)
    cells = build_grid(edition.areas, size_m=500)
    # Eastwards two minutes every cell, so that every class occurs; where it is far nothing is known.
    minutes = (cells.geometry.x - cells.geometry.x.min()) / 250 + 0.5
    cells["kita"] = minutes.where(minutes < 40)
    path = tmp_path_factory.mktemp("full") / "karte.html"
    return write_ressourcenkarte(edition, path, land="MV", cells=cells)


@pytest.fixture
def full(open_page, full_page):
    opened = open_page(full_page)
    opened.wait(READY)
    return opened


def found(opened) -> int:
    return int(texts(opened, ".fund")[0].split()[0])


def test_offers_are_filtered_by_what_they_say_and_what_they_do_not(
    full, open_page, full_page
) -> None:
    page = full.page
    page.click("#r-angebote")
    everything = found(full)
    page.check("#filter label:has-text('Kita') input")
    kitas = found(full)
    page.fill("input[name=alter]", "7")  # half-open: from 3, below 7
    assert found(full) == 0
    page.fill("input[name=alter]", "6")
    assert found(full) == kitas
    page.click("#filter button:has-text('aufheben')")
    assert found(full) == everything
    page.select_option("select[name=barrier_free]", "ja")
    sure = found(full)
    assert 0 < sure < everything
    assert "fehlt eine Angabe" in texts(full, ".fund")[0]
    page.check("input[name=ohne]")
    assert found(full) > sure
    # What is set travels in the address.
    again = open_page(full_page, page.evaluate("location.hash"))
    again.wait(READY)
    again.page.click("#r-angebote")
    assert texts(again, ".fund") == texts(full, ".fund")
    assert again.page.input_value("select[name=barrier_free]") == "ja"
    full.calm()


def test_open_at_a_weekday_and_time_is_yes_no_or_unknown(full) -> None:
    page = full.page
    page.click("#r-angebote")
    # The pharmacy beside the Kaufland: "Mo-Fr 08:00-20:00; Sa 08:00-18:00".
    page.fill("input[name=text]", "Vier-Tore-Apotheke am Kaufland")
    for day, time, count in (
        ("0", "19:59", 1), ("0", "20:00", 0), ("5", "17:00", 1), ("6", "10:00", 0),
    ):  # fmt: skip
        page.select_option("select[name=tag]", day)
        page.fill("input[name=uhrzeit]", time)
        assert found(full) == count, (day, time)
    page.select_option("select[name=tag]", "0")
    assert texts(full, "#zeichen .anzahl") == ["1 Angebot"]
    page.fill("input[name=text]", "")
    assert texts(full, "#zeichen .anzahl")[0].endswith(" Angebote")
    assert "fehlt eine Angabe" in texts(full, ".fund")[0]
    full.calm()


def test_an_address_is_found(full) -> None:
    page = full.page
    page.fill("#suche", "torfsteg 11")
    assert texts(full, "#treffer li .leise") == ["Adresse"]
    page.keyboard.press("Enter")
    assert "Torfsteg 11" in " ".join(texts(full, "#einzel"))
    full.calm()


def test_ways_from_a_grid_lie_under_the_areas(full, open_page, full_page) -> None:
    page = full.page
    page.click("#r-luecken")
    page.select_option("#w-wege", "0")
    assert texts(full, "#kartentitel") == ["Weg zum nächsten Angebot: Kita"]
    assert len(texts(full, "#legende .klasse")) == 5
    counted = [int(t.split()[0].replace(".", "")) for t in texts(full, "#legende .anzahl")]
    assert min(counted) > 0
    pixel = """(() => { const c = document.querySelector('#buehne canvas');
        const i = new OffscreenCanvas(c.width, c.height).getContext('2d', {willReadFrequently: true});
        i.drawImage(c, 0, 0);
        const all = i.getImageData(0, 0, c.width, c.height).data, seen = new Set();
        for (let p = 0; p < all.length; p += 4)
          if (all[p + 3] === 255) seen.add(all.slice(p, p + 3).join());
        return seen.size })()"""
    assert page.evaluate(pixel) == 5
    page.select_option("#w-grenze", "15")
    assert page.evaluate(pixel) == 2
    two = [int(t.split()[0].replace(".", "")) for t in texts(full, "#legende .anzahl")]
    # From the highest class: over 30, 15 to 30 lie beyond a limit of 15.
    assert two == [sum(counted[:2]), sum(counted[2:])]
    # Areas are still there to be focused and opened.
    assert page.locator(".gebiet").count() > 20
    again = open_page(full_page, page.evaluate("location.hash") + "&muster=1")
    again.wait(READY)
    assert texts(again, "#legende .klasse") == texts(full, "#legende .klasse")
    page.select_option("#w-wege", "-1")
    assert not page.locator("#buehne canvas").is_visible()
    full.calm()
    again.calm()


def test_the_page_speaks_english(open_page, town_edition, tmp_path) -> None:
    from sozialraum.texts import say, words

    path = write_ressourcenkarte(town_edition, tmp_path / "map.html", language="en")
    opened = open_page(path, "#ebene=quartier&merkmal=leistungsbezug")
    opened.wait(READY)
    page = opened.page
    assert page.get_attribute("html", "lang") == "en"
    for tab in ("tabelle", "angebote", "luecken", "gebiet"):
        page.click(f"#r-{tab}")
    page.locator(".gebiet").first.dispatch_event("click")
    text = page.evaluate("document.body.innerText")
    for word in ("Indicator", "Where this figure comes from", "Formula", "As of", "withheld"):
        assert word in text, word
    german = {w for key in ("map", "passport", "sign") for w in words(key).values() if " " in w}
    assert [w for w in german if w in text] == []
    # The language of one page is not that of the next.
    assert say("number.missing") == "keine Angabe"
    opened.calm()


def test_a_background_is_asked_for_only_if_writer_and_reader_want_it(
    open_page, town_edition, tmp_path
) -> None:
    path = write_ressourcenkarte(town_edition, tmp_path / "karte.html", basemap="basemap.de")
    policy = path.read_text(encoding="utf-8").split("Content-Security-Policy")[1].split(">")[0]
    assert "img-src data: blob: https://sgx.geodatenzentrum.de;" in policy
    assert "connect-src" not in policy
    opened = open_page(path)
    opened.wait(READY)
    opened.calm()
    opened.page.check("#w-grund")
    for _ in range(100):
        if opened.asked:
            break
        opened.page.wait_for_timeout(30)
    assert {a.split("?")[0] for a in opened.asked} == {
        "https://sgx.geodatenzentrum.de/wms_basemapde"
    }
    assert "CRS=EPSG:25833" in opened.asked[0]
    opened.page.uncheck("#w-grund")
    assert opened.page.locator("#buehne image").count() == 0
    # Without the writer there is nothing to switch on and nothing allowed.
    plain = write_ressourcenkarte(town_edition, tmp_path / "plain.html").read_text(encoding="utf-8")
    assert "geodatenzentrum" not in plain
    assert "w-grund" not in plain.split("<script")[0]


@pytest.mark.parametrize(("paper", "width", "height"), [("a4", 842, 595), ("a3", 1191, 842)])
def test_paper_has_the_chosen_size(open_page, town_page, tmp_path, paper, width, height) -> None:
    import re

    opened = open_page(town_page)
    opened.wait(READY)
    opened.page.select_option("#w-papier", paper)
    pdf = opened.page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = {
        tuple(round(float(n)) for n in box.split()[2:])
        for box in re.findall(r"/MediaBox \[([\d. ]+)\]", pdf.decode("latin-1"))
    }
    assert boxes == {(width, height)}


def test_names_lie_on_their_areas_on_paper_too(open_page, town_page) -> None:
    opened = open_page(town_page)
    opened.wait(READY)
    page = opened.page
    # The page's own events, as the browser sends them before it lays out paper.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    # Another size of the stage draws again: names are hidden until they stand in their new places.
    names, areas = opened.wait_until_still(
        """document.querySelector("[visibility=hidden]") ? null :
        [".namen text", ".gebiet"].map(which => [...document.querySelectorAll(which)].map(e => {
          const b = e.getBoundingClientRect();
          const name = (e.querySelector("tspan") || e).textContent || e.getAttribute("aria-label");
          return [name, b.left, b.top, b.right, b.bottom];
        }))"""
    )
    assert len(names) > 4
    for name, left, top, right, bottom in names:
        own = next(a for a in areas if a[0].startswith(name))
        assert own[1] - 8 < left < right < own[3] + 8, name
        assert own[2] - 8 < top < bottom < own[4] + 8, name
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    opened.calm()


@pytest.mark.parametrize("look", ["screen", "narrow", "forced", "print", "english"])
def test_axe_finds_nothing_in_what_was_added(open_page, town_edition, tmp_path, look) -> None:
    from sozialraum.access.cells import build_grid

    cells = build_grid(town_edition.areas, size_m=400)
    cells["kita"] = 7.0
    path = write_ressourcenkarte(
        town_edition, tmp_path / "k.html", compare=older_than(town_edition), cells=cells, land="MV",
        language="en" if look == "english" else "de",
    )  # fmt: skip
    options = {
        "narrow": {"viewport": {"width": 320, "height": 640}},
        "forced": {"forced_colors": "active"},
    }.get(look, {})
    opened = open_page(path, "#vergleich=1&zweites=einwohner", bypass_csp=True, **options)
    opened.wait(READY)
    page = opened.page
    if look == "print":
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert axe(opened) == []
        return
    assert axe(opened) == []
    page.click("#r-angebote")
    page.select_option("select[name=tag]", "2")
    assert axe(opened) == [], "filter"
    page.select_option("#w-zweites", "-1")
    if page.locator("#w-klassen option[value=deviation]").count():
        page.select_option("#w-klassen", "deviation")
    page.click("#r-tabelle")
    assert axe(opened) == [], "table"
    page.click("#r-luecken")
    page.select_option("#w-wege", "0")
    page.check("#w-schraffur")
    assert axe(opened) == [], "ways"
    if look == "narrow":
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_hostile_names_do_nothing_in_what_was_added(open_page, hostile_edition, tmp_path) -> None:
    path = write_ressourcenkarte(
        hostile_edition, tmp_path / "karte.html", compare=hostile_edition, land="MV", language="en"
    )
    opened = open_page(path)
    opened.wait(READY)
    page = opened.page
    page.check("#w-vergleich")
    page.click("#r-angebote")
    for select in page.locator("#filter select, #w-zweites, #w-klassen").all():
        count = select.locator("option").count()
        if count > 1 and select.is_enabled():
            select.select_option(index=count - 1)
    page.click("#filter button")
    for name in ("<script>", "javascript:", "`${"):
        page.fill("input[name=text]", name)
        page.fill("#suche", name)
    page.click("#r-tabelle")
    page.locator("#tabelle thead button").last.click()
    again = open_page(path, page.evaluate("location.hash"))
    again.wait(READY)
    assert page.locator("script").count() == 2
    assert page.locator("main img, main iframe").count() == 0
    assert set(page.eval_on_selector_all("a", "a => a.map(e => e.protocol)")) <= {
        "file:", "http:", "https:", "mailto:", "tel:",
    }  # fmt: skip
    opened.calm()
    again.calm()
