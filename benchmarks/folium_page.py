"""The peer's map: one indicator of one year and clustered offers, what its page asks for put into it.

folium gets the tables as our writer gets them. ``lean`` puts in scripts and style sheets only;
otherwise the images and fonts they name by ``url()`` too, each font once and in the one format a browser
takes. What no wheel brings is left out in folium's favour: the script and pictures of awesome markers,
the icons of Bootstrap 3.
"""

from __future__ import annotations

import base64
import re
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import numpy as np

_WHEELS = {
    "js-lib-leaflet": ("leaflet.js", "leaflet.css"),
    "xstatic-leaflet": ("marker-icon.png", "marker-shadow.png", "layers.png", "layers-2x.png"),
    "xstatic-jquery": ("jquery.min.js",),
    "js-lib-bootstrap5": ("bootstrap.bundle.min.js", "bootstrap.min.css"),
    "xstatic-font-awesome": ("all.min.css", "fa-brands-400.woff2", "fa-regular-400.woff2",
                             "fa-solid-900.woff2", "fa-v4compatibility.woff2"),
    "xstatic-leaflet-markercluster": ("leaflet.markercluster.js", "MarkerCluster.css",
                                      "MarkerCluster.Default.css"),
}  # fmt: skip
_KINDS = {"png": "image/png", "woff2": "font/woff2"}


def find_assets() -> dict[str, bytes]:
    """Find the files folium's page asks for, as wheels bring them, by name."""
    found = {}
    for package, names in _WHEELS.items():
        try:
            listed = files(package) or []
        except PackageNotFoundError:
            listed = files(f"django-{package}") or []
        for name in names:
            own = next(f for f in listed if f.name == name)
            found[name] = Path(str(own.locate())).read_bytes()
    return found


def draw_folium(areas: Any, offers: Any) -> str:
    """Draw areas (columns ``name`` and ``i0``) and offers with folium."""
    import folium
    from folium.plugins import MarkerCluster

    areas, places = areas.to_crs(4326), offers.to_crs(4326)
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

    return str(chart.get_root().render())


def put_in(page: str, *, lean: bool) -> str:
    """Put what a page asks for into it; see the module for ``lean``."""
    assets = find_assets()
    taken: set[str] = set()

    def data(name: str) -> str:
        kind = _KINDS[name.rpartition(".")[2]]
        return f"data:{kind};base64,{base64.b64encode(assets[name]).decode()}"

    def put(url: re.Match[str]) -> str:
        name = url["name"]
        if name not in assets or name in taken:
            return url[0]
        taken.add(name)
        return f"url({data(name)})"

    def inline(link: re.Match[str]) -> str:
        text = assets.get(link["name"], b"").decode()
        if link["name"].endswith(".css"):
            if not lean:
                text = re.sub(r"url\([^)]*?(?P<name>[\w.-]+)\)", put, text)
            return f"<style>{text}</style>"
        if link["name"] == "leaflet.js" and not lean:
            # Leaflet guesses its images' folder from an address, which they no longer have.
            images = f'iconUrl:"{data("marker-icon.png")}",shadowUrl:"{data("marker-shadow.png")}"'
            text += f';L.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({{{images}}});'
        return "<script>{}</script>".format(text.replace("</script", "<\\/script"))

    return re.sub(
        r'<(?:script src|link rel="stylesheet" href)="https://[^"]*/(?P<name>[^"/]+)"\s*/?>(?:</script>)?',
        inline,
        page.replace("jquery-3.7.1.min.js", "jquery.min.js"),
    )
