"""The map page beside folium with inlined assets, on the same made-up county and city.

folium holds one indicator of one year and the offers as clustered markers with popups. What its page
asks other hosts for is put into it, from wheels; icon fonts and what no wheel brings are left out, in
its favour. Times are those of Chromium on this machine, taken in turn. ``python benchmarks/page.py``
prints them.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum import build_atlas, build_edition, write_ressourcenkarte
from sozialraum.access.cells import build_grid
from sozialraum.model.areas import Level
from sozialraum.model.indicator import Indicator

CATEGORIES = ("kita", "schule", "jugend", "arzt", "apotheke", "sport", "spielplatz", "bibliothek")
SIDE_M = 30_000.0
LEVELS = (
    Level(id="planregion", title="Planregion", plural="Planregionen", parent="gesamt"),
    Level(id="sozialraum", title="Sozialraum", plural="Sozialräume", parent="planregion"),
    Level(id="quartier", title="Quartier", plural="Quartiere", parent="sozialraum"),
)


class Place(NamedTuple):
    """How large a made-up place is."""

    name: str
    areas: int
    indicators: int
    years: int
    offers: int
    cells: int
    most_mb: float


COUNTY = Place("county", 120, 40, 10, 1_500, 0, 0.6)
CITY = Place("city", 540, 40, 10, 20_000, 30_000, 2.5)


def make_areas(count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Make areas with crooked borders: Voronoi cells whose edges are bent by a smooth field."""
    seeds = rng.uniform(0, SIDE_M, (count, 2))
    square = shapely.box(0, 0, SIDE_M, SIDE_M)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=square)
    )
    cells = shapely.segmentize(shapely.intersection(cells, square), SIDE_M / 250)
    waves = rng.uniform(0, 2 * np.pi, (2, 6))

    def bend(xy: np.ndarray) -> np.ndarray:
        moved = np.round(xy)
        for axis in (0, 1):
            for i, phase in enumerate(waves[axis]):
                length = SIDE_M / (3 * 2**i)
                moved[:, axis] += (
                    length / 18 * np.sin(2 * np.pi * xy[:, (axis + i) % 2] / length + phase)
                )
        return np.round(moved + 500_000 * np.array([0.7, 11.8]))

    shapes = shapely.make_valid(shapely.transform(cells, bend))
    shapes = np.array([max(shapely.get_parts(s), key=shapely.area) for s in shapes], dtype=object)
    centres = shapely.get_coordinates(shapely.centroid(cells))
    blocks = [
        np.minimum((centres * n / SIDE_M).astype(int), n - 1)
        for n in (2, max(3, int(count**0.5 / 2)))
    ]
    large, small = (b[:, 0] * 1000 + b[:, 1] for b in blocks)
    return gpd.GeoDataFrame(
        {
            "area": [f"{i:04d}" for i in range(count)],
            "name": [f"Quartier Musterviertel {i}" for i in range(count)],
            "sozialraum": [f"S{a}-{b}" for a, b in zip(large, small, strict=True)],
            "planregion": [f"P{a}" for a in large],
        },
        geometry=shapes,
        crs=25833,
    )


def make_page(place: Place, folder: Path) -> tuple[Path, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Write the page of a made-up place; give its areas (with one indicator) and offers too."""
    rng = np.random.default_rng(1)
    areas = make_areas(place.areas, rng)
    inside = areas.sample(place.offers, replace=True, random_state=1)
    at = inside.representative_point()
    shift = rng.normal(0, 150, (place.offers, 2))
    offers = gpd.GeoDataFrame(
        {
            "offer": [f"o{i}" for i in range(place.offers)],
            "name": [f"Angebot {i} am Platz" for i in range(place.offers)],
            "category": rng.choice(CATEGORIES, place.offers),
            "traeger": [f"Träger {i}" for i in rng.integers(0, 60, place.offers)],
            "street": [f"Musterstraße {i}" for i in rng.integers(0, 400, place.offers)],
            "housenumber": rng.integers(1, 200, place.offers).astype(str),
            "opening_hours": rng.choice(["Mo-Fr 08:00-17:00", "Mo-Sa 09:00-18:00"], place.offers),
        },
        geometry=gpd.points_from_xy(at.x + shift[:, 0], at.y + shift[:, 1]),
        crs=25833,
    )
    indicators = {
        f"i{i}": Indicator(
            id=f"i{i}", title=f"Merkmal {i} von vielen", unit="%", kind="rate", per=100,
            numerator=f"Personen mit Merkmal {i}", denominator="Personen", protects="none",
            source="erfunden", theme=f"Thema {i % 6}",
        )
        for i in range(place.indicators)
    }  # fmt: skip
    rows = []
    for level in ("quartier", "sozialraum", "planregion", "gesamt"):
        keys = ["gesamt"] if level == "gesamt" else areas[
            "area" if level == "quartier" else level
        ].drop_duplicates().tolist()  # fmt: skip
        size = (len(keys), place.indicators, place.years)
        bottom = rng.integers(500, 9_000, (len(keys), 1, 1)) + rng.integers(-40, 40, size)
        share = np.clip(rng.normal(0.2, 0.08, (len(keys), place.indicators, 1)), 0.01, 0.9)
        top = np.rint(bottom * np.clip(share + rng.normal(0, 0.01, size), 0, 1))
        index = pd.MultiIndex.from_product(
            [keys, list(indicators), [f"{2015 + y}-12-31" for y in range(place.years)]],
            names=["area", "indicator", "datenstand"],
        )
        rows.append(
            pd.DataFrame(
                {"value": (100 * top / bottom).ravel(), "numerator": top.ravel(),
                 "denominator": bottom.ravel().astype(float)}, index=index
            ).reset_index().assign(level=level, gebietsstand="2024", quality="exact", sign="")
        )  # fmt: skip
    atlas = build_atlas(
        areas, offers=offers, values=pd.concat(rows), indicators=indicators, levels=LEVELS,
        title=f"Made-up {place.name}",
    )  # fmt: skip
    edition = build_edition(atlas)
    options: dict[str, Any] = {}
    if place.cells:
        cells = build_grid(edition.areas, size_m=max(100.0, SIDE_M / place.cells**0.5))
        far = shapely.STRtree(edition.offers.geometry[edition.offers["category"] == "kita"])
        near = far.query_nearest(cells.geometry, return_distance=True, all_matches=False)[1]
        for i, name in enumerate(CATEGORIES[:4]):
            cells[name] = near / 80 * (1 + i / 4)
        options["cells"] = cells
    begin = time.perf_counter()
    path = write_ressourcenkarte(edition, folder / f"{place.name}.html", **options)
    print(f"{place.name} | written in {time.perf_counter() - begin:.1f} s", flush=True)
    newest = edition.wide("quartier")["i0"]
    shown = edition.areas[["name", "geometry"]].assign(i0=newest)
    return path, shown, edition.offers


def find_assets() -> dict[str, str]:
    """Find the files folium asks for, as wheels bring them; those no wheel has are left out."""
    wanted = (
        ("js-lib-leaflet", "leaflet.js"), ("js-lib-leaflet", "leaflet.css"),
        ("xstatic-jquery", "jquery.min.js"), ("js-lib-bootstrap5", "bootstrap.bundle.min.js"),
        ("js-lib-bootstrap5", "bootstrap.min.css"), ("xstatic-font-awesome", "all.min.css"),
        ("xstatic-leaflet-markercluster", "leaflet.markercluster.js"),
        ("xstatic-leaflet-markercluster", "MarkerCluster.css"),
        ("xstatic-leaflet-markercluster", "MarkerCluster.Default.css"),
    )  # fmt: skip
    found = {}
    for package, name in wanted:
        try:
            listed = files(package) or []
        except PackageNotFoundError:
            listed = files(f"django-{package}") or []
        own = next(f for f in listed if f.name == name)
        found[name] = Path(str(own.locate())).read_text(encoding="utf-8")
    return found


def make_folium(place: Place, areas: Any, offers: Any, folder: Path) -> Path:
    """Write the same areas, one indicator and the offers with folium, what it asks for inlined."""
    import folium
    from folium.plugins import MarkerCluster

    assets = find_assets()
    # The same outlines as ours: simplified by 5 m.
    areas = areas.assign(geometry=shapely.coverage_simplify(areas.geometry.to_numpy(), 5))
    areas = areas.to_crs(4326)
    places = offers.to_crs(4326)
    chart = folium.Map(tiles=None)
    limits = np.quantile(areas["i0"], [0.2, 0.4, 0.6, 0.8])
    colours = ("#efe4c3", "#a2c69d", "#50a291", "#197082", "#1a3f63")

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        place = int(np.searchsorted(limits, feature["properties"]["i0"]))
        return {"fillColor": colours[place], "color": "#fff", "weight": 1, "fillOpacity": 1}

    folium.GeoJson(
        areas, style_function=style, tooltip=folium.GeoJsonTooltip(["name", "i0"])
    ).add_to(chart)
    cluster = MarkerCluster().add_to(chart)
    rows = zip(places.geometry.x, places.geometry.y, places["name"], places["traeger"], strict=True)
    for x, y, name, traeger in rows:
        folium.Marker([y, x], popup=folium.Popup(f"{name}<br>{traeger}")).add_to(cluster)
    west, south, east, north = areas.total_bounds
    chart.fit_bounds([[south, west], [north, east]])

    def inline(link: re.Match[str]) -> str:
        text = assets.get(link["name"], "").replace("</script", "<\\/script")
        tag = "script" if link["name"].endswith(".js") else "style"
        return f"<{tag}>{text}</{tag}>"

    whole = re.sub(
        r'<(?:script src|link rel="stylesheet" href)="https://[^"]*/(?P<name>[^"/]+)"\s*/?>(?:</script>)?',
        inline,
        chart.get_root().render().replace("jquery-3.7.1.min.js", "jquery.min.js"),
    )
    path = folder / f"{place.name}_folium.html"
    path.write_text(whole, encoding="utf-8")
    return path


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


def open_page(browser: Any, path: Path, ready: str) -> tuple[Any, float, float]:
    """Open a page; give it with the milliseconds until it is usable and its longest task."""
    page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
    page.add_init_script(_WATCH)
    page.goto(path.as_uri(), wait_until="commit")
    while not page.evaluate(ready):
        time.sleep(0.01)
    usable = page.evaluate(
        "new Promise(r => requestAnimationFrame(() => setTimeout(() => r(performance.now()))))"
    )
    time.sleep(0.5)
    return page, usable, max(page.evaluate("lang"), default=0.0)


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


def page(place: Place, rounds: int = 3) -> None:
    """Measure one place."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        ours, areas, offers = make_page(place, Path(folder))
        size = ours.stat().st_size / 1e6
        print(f"{place.name} | size {size:.2f} MB (at most {place.most_mb})", flush=True)
        theirs = None
        try:
            theirs = make_folium(place, areas, offers, Path(folder))
            print(f"{place.name} | folium, one indicator: {theirs.stat().st_size / 1e6:.2f} MB")
        except (ImportError, StopIteration) as error:
            print(f"{place.name} | folium: nicht geprüft: {error}")
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        found: dict[str, list[float]] = {}
        for _ in range(rounds):
            opened, usable, longest = open_page(
                browser, ours, "document.documentElement.dataset.bereit === 'ja'"
            )
            found.setdefault("usable, ms", []).append(usable)
            found.setdefault("longest start task, ms", []).append(longest)
            for name, what in SWITCHES.items():
                found.setdefault(f"switch {name}, ms", []).append(switch(opened, what))
            opened.evaluate("document.querySelector('#werkzeuge button').click()")
            found.setdefault("panning p95, ms", []).append(
                opened.evaluate(f"({_PAN})({_OUR_STEP})")
            )
            opened.context.close()
            if theirs:
                opened, usable, longest = open_page(
                    browser, theirs,
                    f"document.querySelectorAll('path.leaflet-interactive').length >= {place.areas}",
                )  # fmt: skip
                found.setdefault("folium usable, ms", []).append(usable)
                found.setdefault("folium longest start task, ms", []).append(longest)
                found.setdefault("folium panning p95, ms", []).append(
                    opened.evaluate(f"({_PAN})({_THEIR_STEP})")
                )
                opened.context.close()
        browser.close()
    for name, values in found.items():
        print(
            f"{place.name} | {name}: {statistics.median(values):.0f} of {[round(v) for v in values]}"
        )
    if theirs:
        ratio = statistics.median(
            b / a for a, b in zip(found["usable, ms"], found["folium usable, ms"], strict=True)
        )
        print(f"{place.name} | usable {ratio:.1f} × sooner than folium", flush=True)


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["county", "city"]
    for one in (COUNTY, CITY):
        if one.name in wanted:
            page(one)
