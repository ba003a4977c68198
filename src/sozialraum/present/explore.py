"""A map for the planner's own notebook: everything is in it, nothing is protected."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.errors import UnknownNameError, require
from sozialraum.model.areas import dissolve_areas, need_level
from sozialraum.model.indicator import Indicator
from sozialraum.present import classes as looks
from sozialraum.present.classes import Classes, classify, name_classes
from sozialraum.present.office import clean, explain_sign, show_sign
from sozialraum.texts import date, say, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from sozialraum.model.atlas import Atlas

_OFFER_FIELDS = ("category", "traeger", "capacity", "opening_hours")
_BANNER = (
    f"position:fixed;z-index:9999;top:0;left:56px;right:0;padding:6px 12px;background:{looks.GAP};"
    "color:#fff;font:700 14px/1.4 sans-serif;text-align:center"
)
_LEGEND = (
    "position:fixed;z-index:9998;bottom:24px;left:12px;max-width:20rem;padding:10px 12px;"
    f"background:#fff;color:{looks.INK};font:13px/1.5 sans-serif;border:1px solid {looks.OTHER}"
)


def explore(
    atlas: Atlas,
    *,
    values: pd.DataFrame | None = None,
    indicator: str | None = None,
    level: str | None = None,
    tiles: str | None = None,
) -> Any:
    """Draw a map of an atlas to look around in, for the planner's own eyes.

    Nothing is withheld here, so the map carries the banner "intern – ungeschützt". What leaves the
    house is written from an edition.

    Parameters
    ----------
    atlas : Atlas
    values : DataFrame, optional
        Rows of the values table, such as `aggregate_people` gives; the atlas's own unless given.
    indicator : str, optional
        The first that has values unless given.
    level : str, optional
        The smallest that has values of the indicator unless given.
    tiles : str, optional
        A background known to folium, such as "OpenStreetMap". Without one no tile is asked for.

    Returns
    -------
    folium.Map
        The newest figures as colours, the offers as points. Its scripts come from the hosts folium
        takes them from.

    Raises
    ------
    MissingPackageError
        folium is not installed.
    UnknownNameError
        No value for that indicator, or no such level.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> page = explore(build_musterstadt().atlas, level="sozialraum").get_root().render()
    >>> "intern – ungeschützt" in page
    True
    """
    folium = require("folium", extra="notebook")
    table = atlas.values if values is None else values
    chosen = _choose_indicator(atlas, table, indicator)
    rows = table[table["indicator"] == chosen] if chosen else table.iloc[:0]
    level = need_level(atlas.areas, level) if level else _choose_level(atlas, rows)
    rows = rows[rows["level"] == level]
    if indicator and rows.empty:
        raise UnknownNameError("indicator", indicator, table["indicator"].unique())
    rows = rows[rows["datenstand"] == rows["datenstand"].max()].set_index("area")
    definition = atlas.indicators.get(chosen, Indicator(id=chosen, title=chosen or "–"))
    title = next(item.title for item in atlas.levels if item.id == level)

    areas = dissolve_areas(atlas.areas, level)
    numbers = rows["value"].reindex(areas.index).astype("float64")
    signs = rows["sign"].reindex(areas.index)
    found = (
        name_classes(definition.classes, numbers)
        if definition.classes
        else classify(numbers, digits=definition.digits, unit=definition.unit)
    )
    drawn = folium.Map(tiles=tiles, control_scale=True)
    heading = say("explore.areas", title=title, indicator=definition.title)
    _add(folium, drawn, _shade(areas, numbers, signs, found, definition), escape(heading))
    offers = atlas.offers[atlas.offers.geometry.notna()]
    if len(offers):
        mark = folium.CircleMarker(radius=4, color=looks.INK, weight=1, fill_opacity=0.9)
        _add(folium, drawn, _describe(offers), escape(say("explore.offers")), mark)
    folium.LayerControl(position="bottomright", collapsed=False).add_to(drawn)
    west, south, east, north = areas.to_crs(4326).total_bounds.tolist()
    drawn.fit_bounds([[south, west], [north, east]])
    stand = str(rows["datenstand"].max()) if len(rows) else ""
    root = drawn.get_root().html
    root.add_child(folium.Element(_banner()))
    withheld = int((numbers.isna() & (signs == ".")).sum())
    root.add_child(folium.Element(_legend(definition, stand, found, withheld)))
    return drawn


def escape(text: object) -> str:
    """Make a text harmless in HTML, in JavaScript's template strings and in Jinja templates.

    folium passes texts through all three.

    Examples
    --------
    >>> escape("<b>{{ 7 }}`${x}`")
    '&lt;b&gt;&#123;&#123; 7 &#125;&#125;&#96;&#36;&#123;x&#125;&#96;'
    """
    plain = html.escape(clean(text))
    for sign in "{}`$\\":
        plain = plain.replace(sign, f"&#{ord(sign)};")
    return plain


def _choose_indicator(atlas: Atlas, table: pd.DataFrame, indicator: str | None) -> str:
    present = table["indicator"].unique().tolist()
    if indicator is not None:
        if indicator not in present:
            raise UnknownNameError("indicator", indicator, present)
        return indicator
    return next((i for i in (*atlas.indicators, *present) if i in present), "")


def _choose_level(atlas: Atlas, rows: pd.DataFrame) -> str:
    present = set(rows["level"])
    levels = [item.id for item in atlas.levels]
    return next((item for item in reversed(levels) if item in present), levels[-1])


def _shade(
    areas: gpd.GeoDataFrame,
    numbers: pd.Series,
    signs: pd.Series,
    found: Classes,
    definition: Indicator,
) -> gpd.GeoDataFrame:
    """Give each area its colour and the text of its tooltip."""
    known = np.array([*found.colours, looks.MISSING], dtype=object)
    places = found.find(numbers)
    withheld = (places < 0) & (signs == ".").to_numpy(dtype=bool)
    colours = np.where(withheld, looks.HIDDEN_INK, known[places])
    texts = [
        f"<b>{escape(name)}</b> ({escape(area)})<br>{escape(_figure(definition, number, sign))}"
        for area, name, number, sign in zip(areas.index, areas["name"], numbers, signs, strict=True)
    ]
    return areas[["geometry"]].assign(colour=colours, text=texts)


def _figure(definition: Indicator, value: float, sign: object) -> str:
    """Write a figure with its unit, or what its sign means."""
    if show_sign(value, sign) is not None:
        return explain_sign(value, sign)
    return definition.show(value)


def _describe(offers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give each offer the text of its tooltip: what is known of it."""
    labels = words("tables.offer")
    lines = [
        (f"{escape(labels[field])}: ", offers[field]) for field in _OFFER_FIELDS if field in offers
    ]
    names = offers["name"] if "name" in offers else pd.Series(offers.index, index=offers.index)
    texts = [f"<b>{escape(name)}</b>" for name in names]
    for label, column in lines:
        stated = [_plain(cell) for cell in column]
        texts = [
            f"{text}<br>{label}{escape(cell)}" if cell else text
            for text, cell in zip(texts, stated, strict=True)
        ]
    return offers[[offers.geometry.name]].assign(colour=looks.GAP, text=texts)


def _plain(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(cell)


def _add(folium: Any, drawn: Any, table: gpd.GeoDataFrame, name: str, marker: Any = None) -> None:
    folium.GeoJson(
        table.reset_index(drop=True).to_crs(4326).to_json(),
        name=name,
        style_function=lambda feature: {
            "fillColor": feature["properties"]["colour"],
            "fillOpacity": 0.8,
            "color": looks.INK,
            "weight": 0.7,
        },
        marker=marker,
        tooltip=folium.GeoJsonTooltip(fields=["text"], labels=False, sticky=True),
    ).add_to(drawn)


def _banner() -> str:
    return f'<div role="note" lang="de" style="{_BANNER}">{escape(say("explore.banner"))}</div>'


def _legend(definition: Indicator, stand: str, found: Classes, withheld: int) -> str:
    head = [definition.title, say("tables.as_of", date=date(stand)) if stand else ""]
    head.append(say("tables.practice") if definition.practice else "")
    return (
        f'<div lang="de" style="{_LEGEND}"><b>{"<br>".join(escape(h) for h in head if h)}</b>'
        + "".join(_swatches(zip(found.colours, found.labels, found.counts, strict=True)))
        + "".join(_swatches([(looks.HIDDEN_INK, say("plot.hidden"), withheld)] if withheld else []))
        + f"<div>{_swatch(looks.MISSING)} {escape(say('number.missing'))}</div></div>"
    )


def _swatches(classes: Iterable[tuple[str, str, int]]) -> list[str]:
    return [f"<div>{_swatch(c)} {escape(label)} ({count})</div>" for c, label, count in classes]


def _swatch(colour: str) -> str:
    box = "display:inline-block;width:1em;height:1em;vertical-align:-2px"
    return f'<span style="{box};border:1px solid {looks.INK};background:{colour}"></span>'
