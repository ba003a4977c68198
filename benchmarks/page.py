"""The map page beside folium with inlined assets, of the same county and city.

folium holds one indicator of one year and the offers as clustered markers with popups (`folium_page`);
towns are made in `places`. Times are those of Chromium on this machine, both pages in turn.
``python benchmarks/page.py [county|city]`` prints them.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from folium_page import draw_folium, put_in
from places import CITY, COUNTY, Place, make_town

from sozialraum import write_ressourcenkarte

_WATCH = """
window.lang = []; new PerformanceObserver(l => lang.push(...l.getEntries().map(e => e.duration)))
  .observe({type: 'longtask', buffered: true});
"""
_PAN = """async (step) => {
  const frames = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 90; i++) {
    step(i % 60 < 30 ? 6 : -6);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames.sort((a, b) => a - b)[Math.floor(0.95 * frames.length)];
}"""
_OUR_STEP = """(() => {
  const stage = document.getElementById('buehne');
  let x = 300;
  const fire = (type) => stage.dispatchEvent(new PointerEvent(type,
    {pointerId: 1, clientX: x, clientY: 300, bubbles: true, button: 0}));
  stage.setPointerCapture = () => {};
  fire('pointerdown');
  return (dx) => { x += dx; fire('pointermove'); };
})()"""
_THEIR_STEP = """(() => {
  const map = Object.values(window).find(v => v && v._leaflet_id && v.panBy);
  return (dx) => map.panBy([-dx, 0], {animate: false});
})()"""


class Opened(NamedTuple):
    """A page that is usable: after how many milliseconds, how many of them worked by its main thread."""

    page: Any
    usable: float
    worked: float
    longest: float


def open_page(browser: Any, path: Path, ready: str) -> Opened:
    """Open a page and wait until it is usable; the longest task is that of the start."""
    page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
    page.add_init_script(_WATCH)
    watch = page.context.new_cdp_session(page)
    watch.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri(), wait_until="commit")
    while not page.evaluate(ready):
        time.sleep(0.01)
    usable = page.evaluate(
        "new Promise(r => requestAnimationFrame(() => setTimeout(() => r(performance.now()))))"
    )
    known = {m["name"]: m["value"] for m in watch.send("Performance.getMetrics")["metrics"]}
    time.sleep(0.5)
    longest = max(page.evaluate("lang"), default=0.0)
    return Opened(page, usable, 1000 * known["TaskDuration"], longest)


def switch(page: Any, what: str) -> float:
    """Milliseconds of a switch until its picture can be painted."""
    return page.evaluate(
        f"""async () => {{ const t = performance.now(); {what};
        await new Promise(r => requestAnimationFrame(() => setTimeout(r)));
        return performance.now() - t }}"""
    )


def select(name: str, value: object) -> str:
    """Script that chooses a value."""
    return (
        f"const e = document.getElementById('{name}'); e.value = {json.dumps(str(value))}; "
        "e.dispatchEvent(new Event('change'))"
    )


def tick(name: str) -> str:
    """Script that clicks a control."""
    return f"document.querySelector({json.dumps(name)}).click()"


SWITCHES = {
    "level": tick("input[name=ebene][value='2']"),
    "level back": tick("input[name=ebene][value='3']"),
    "indicator": select("w-merkmal", 7),
    "year": select("w-stand", "2017-12-31"),
    "classes": select("w-klassen", "natural"),
    "two at once": select("w-zweites", 3),
    "one again": select("w-zweites", -1),
    "hatch": tick("#w-schraffur"),
    "colour": tick("#w-schraffur"),
    "offers": tick("#w-angebote"),
    "list of offers": tick("#r-angebote"),
    "filter": tick("#filter input[name=kategorie]"),
    "table": tick("#r-tabelle"),
    "ways": "if (document.getElementById('w-wege')) { " + select("w-wege", 0) + " }",
}


def write_pages(place: Place, folder: Path) -> tuple[Path, Path | None]:
    """Write our page and folium's, and print how large they are."""
    what, edition, options = make_town(place)
    print(f"{place.name} | {what}, load {os.getloadavg()[0]:.1f}", flush=True)
    begin = time.perf_counter()
    ours = write_ressourcenkarte(edition, folder / f"{place.name}.html", **options)
    size = ours.stat().st_size / 1e6
    print(f"{place.name} | written in {time.perf_counter() - begin:.1f} s")
    print(f"{place.name} | size {size:.2f} MB (at most {place.most_mb})", flush=True)
    shown = edition.areas[["name", "geometry"]].assign(i0=edition.wide("quartier")["i0"])
    try:
        drawn = draw_folium(shown, edition.offers)
        lean, whole = (put_in(drawn, lean=lean) for lean in (True, False))
    except (ImportError, StopIteration) as error:
        print(f"{place.name} | folium: nicht geprüft: {error}")
        return ours, None
    theirs = folder / f"{place.name}_folium.html"
    theirs.write_text(whole, encoding="utf-8")
    for name, text in (("scripts and styles", lean), ("images and fonts too", whole)):
        other = len(text.encode()) / 1e6
        print(f"{place.name} | folium, {name}: {other:.2f} MB, {other / size:.1f} ×", flush=True)
    return ours, theirs


def page(place: Place, rounds: int = 5) -> None:
    """Measure one place."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        ours, theirs = write_pages(place, Path(folder))
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        browser.new_page().goto("data:text/html,<p>")
        time.sleep(3)  # until the browser has started its own pages
        found: dict[str, list[float]] = {}
        for _ in range(rounds):
            start = open_page(browser, ours, "document.documentElement.dataset.bereit === 'ja'")
            opened = start.page
            found.setdefault("usable, ms", []).append(start.usable)
            found.setdefault("worked until usable, ms", []).append(start.worked)
            found.setdefault("longest start task, ms", []).append(start.longest)
            for name, what in SWITCHES.items():
                found.setdefault(f"switch {name}, ms", []).append(switch(opened, what))
            opened.evaluate("document.querySelector('#werkzeuge button').click()")
            found.setdefault("panning p95, ms", []).append(
                opened.evaluate(f"({_PAN})({_OUR_STEP})")
            )
            opened.context.close()
            if theirs:
                start = open_page(
                    browser, theirs,
                    f"document.querySelectorAll('path.leaflet-interactive').length >= {place.areas}",
                )  # fmt: skip
                opened = start.page
                found.setdefault("folium usable, ms", []).append(start.usable)
                found.setdefault("folium worked until usable, ms", []).append(start.worked)
                found.setdefault("folium longest start task, ms", []).append(start.longest)
                found.setdefault("folium panning p95, ms", []).append(
                    opened.evaluate(f"({_PAN})({_THEIR_STEP})")
                )
                opened.context.close()
        browser.close()
    for name, values in found.items():
        print(
            f"{place.name} | {name}: {statistics.median(values):.0f}, least {min(values):.0f}, "
            f"of {[round(v) for v in values]}"
        )
    if theirs:
        for what in ("usable", "worked until usable"):
            pairs = list(zip(found[f"folium {what}, ms"], found[f"{what}, ms"], strict=True))
            middle = statistics.median(b / a for b, a in pairs)
            least = min(b for b, _ in pairs) / min(a for _, a in pairs)
            print(f"{place.name} | {what}: folium {middle:.1f} ×, of the least {least:.1f} ×")
    print(f"{place.name} | load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["county", "city"]
    for one in (COUNTY, CITY):
        if one.name in wanted:
            page(one)
