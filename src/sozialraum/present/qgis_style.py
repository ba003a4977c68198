"""QGIS styles (QML) in the looks of the map page: rules for classes, hidden and missing areas."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from sozialraum.present import classes as looks
from sozialraum.present.classes import Classes, Hatch, Marker
from sozialraum.present.office import clean
from sozialraum.texts import say

VERSION = "3.22.0-Białowieża"
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_PIXEL_MM = 0.2646  # a CSS pixel
_NULL = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"  # how QGIS writes NULL in a value list
_NOT_NULL, _UNIQUE = 1, 2  # QGIS's flags of constraints


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the legend: what it holds for, its words, its symbol (a list of symbol layers)."""

    filter: str
    label: str
    symbol: Sequence[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the fields of a layer are named and edited.

    Attributes
    ----------
    aliases : mapping of str to str
        German names of fields.
    choices : mapping of str to mapping
        Field → stored value → what is shown; nothing else can be chosen, except to leave it open.
    suggested : sequence of str
        Fields that offer the values in use and take others.
    locked : sequence of str
        Fields that follow from others and are not edited.
    required : sequence of str
        Fields that must not be empty.
    key : str
        The field that must be unique, and not empty.
    """

    aliases: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    suggested: Sequence[str] = ()
    locked: Sequence[str] = ()
    required: Sequence[str] = ()
    key: str = ""


def quote(text: str) -> str:
    r"""Write a text as a literal of QGIS's expressions.

    Examples
    --------
    >>> print(quote("Kita 's\\"))
    'Kita ''s\\'
    """
    text = text.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace("\t", "\\t")
    return f"'{text}'"


def class_rules(found: Classes, column: str, sign_column: str, digits: int) -> list[Rule]:
    """Make the rules of a choropleth: classes, withheld, and everything else.

    Parameters
    ----------
    found : Classes
    column, sign_column : str
        Fields of the layer.
    digits : int
        Values are classed as they are shown.

    Returns
    -------
    list of Rule
        The last one is ELSE, so that no area is left white.
    """
    shown = f'round("{column}", {digits})'
    edges = [None, *found.breaks, None]
    rules = []
    for i, (label, colour) in enumerate(zip(found.labels, found.colours, strict=True)):
        low, high = edges[i], edges[i + 1]
        parts = [f'"{column}" IS NOT NULL']
        parts += [f"{shown} >= {low!r}"] if low is not None else []
        parts += [f"{shown} < {high!r}"] if high is not None else []
        rules.append(Rule(" AND ".join(parts), label, [_area(colour)]))
    hidden = [_area(looks.HIDDEN), _lines(looks.HIDDEN_HATCH, looks.HIDDEN_INK, -45)]
    missing = [_area(looks.MISSING), _circles(looks.MISSING_HATCH, looks.MISSING_INK)]
    return [
        *rules,
        Rule(f"\"{sign_column}\" = '.'", say("geopackage.hidden"), hidden),
        Rule("ELSE", say("geopackage.missing"), missing),
    ]


def offer_rules(marks: Mapping[str, Marker], named: Mapping[str, str]) -> list[Rule]:
    """Give every category its mark and its word."""
    rules = [
        Rule(f'"category" = {quote(clean(name))}', clean(named[name]), [_mark(mark)])
        for name, mark in marks.items()
    ]
    other = Marker("M-4-4H4V4H-4Z", looks.INK)
    return [*rules, Rule("ELSE", say("geopackage.other_offers"), [_mark(other)])]


def gap_rules() -> list[Rule]:
    """Hatch the gaps in their own colour."""
    outline = ("SimpleFill", _outline("0,0,0,0", looks.GAP, 0.5) | {"style": "no"})
    symbol = [_lines(looks.GAP_HATCH, looks.GAP, 45), outline]
    return [Rule("ELSE", say("geopackage.gaps"), symbol)]


def plain_rules() -> list[Rule]:
    """Draw outlines only, where there is no figure to show."""
    return [Rule("ELSE", "", [_area(looks.MISSING)])]


def backdrop_rules() -> list[Rule]:
    """Draw water, and what else lies behind the map, without a border."""
    water = ("SimpleFill", _outline(_rgb(looks.WATER), looks.WATER, 0.1))
    other = ("SimpleFill", _outline(_rgb(looks.HIDDEN), looks.HIDDEN, 0.1))
    return [
        Rule("\"kind\" = 'water'", say("geopackage.water"), [water]),
        Rule("ELSE", say("geopackage.backdrop"), [other]),
    ]


def write_style(
    rules: Sequence[Rule],
    *,
    kind: str = "fill",
    title: str = "",
    form: Form | None = None,
    named: str = "",
) -> str:
    """Write a QML style.

    Parameters
    ----------
    rules : sequence of Rule
        None for a table without geometry.
    kind : {"fill", "marker"}
    title : str
        Stands above the rules in the legend.
    form : Form, optional
        Without it the style holds symbols only.
    named : str
        The field whose text stands on the map, where there is room for it.

    Returns
    -------
    str
    """
    categories = ["Symbology"] if rules else []
    categories += ["Labeling"] if named else []
    categories += ["Fields", "Forms"] if form else []
    root = ET.Element("qgis", version=VERSION, styleCategories="|".join(categories))
    if named:
        root.set("labelsEnabled", "1")
        _add_labels(root, named)
    if form:
        _add_fields(root, form)
    if rules:
        _add_renderer(root, rules, kind, title)
    return DOCTYPE + ET.tostring(root, encoding="unicode")


def _add_renderer(root: ET.Element, rules: Sequence[Rule], kind: str, title: str) -> None:
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        type="RuleRenderer",
        symbollevels="0",
        forceraster="0",
        enableorderby="0",
        referencescale="-1",
    )
    tree = ET.SubElement(renderer, "rules", key=_key(title, "root"))
    if title:
        tree = ET.SubElement(tree, "rule", key=_key(title, "title"), label=clean(title))
    symbols = ET.SubElement(renderer, "symbols")
    for i, rule in enumerate(rules):
        entry = {"key": _key(title, str(i)), "label": clean(rule.label), "symbol": str(i)}
        # A lone rule holds for everything.
        if rule.filter != "ELSE" or len(rules) > 1:
            entry["filter"] = rule.filter
        ET.SubElement(tree, "rule", entry)
        _add_symbol(symbols, str(i), kind, rule.symbol)


def _key(title: str, place: str) -> str:
    """Give a stable key; QGIS makes random ones."""
    return "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, f"{title}\n{place}")) + "}"


def _add_symbol(
    parent: ET.Element, name: str, kind: str, layers: Sequence[tuple[str, Mapping[str, object]]]
) -> None:
    symbol = ET.SubElement(
        parent, "symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    for i, (layer_class, properties) in enumerate(layers):
        layer = ET.SubElement(
            symbol, "layer", {"class": layer_class, "enabled": "1", "pass": "0", "locked": "0"}
        )
        options = ET.SubElement(layer, "Option", type="Map")
        inner: Any = None
        for key, value in properties.items():
            if key == "symbol":
                inner = value
            else:
                ET.SubElement(options, "Option", type="QString", name=key, value=str(value))
        if inner is not None:
            _add_symbol(layer, f"@{name}@{i}", *inner)


def _add_labels(root: ET.Element, field: str) -> None:
    """Write names in ink within a rim of paper, as on the map page."""
    labelling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labelling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings, "text-style", fieldName=field, isExpression="0", allowHtml="0",
        fontFamily="Noto Sans", fontSize="8", fontSizeUnit="Point", fontWeight="50",
        textColor=_rgb(looks.INK), textOpacity="1",
    )  # fmt: skip
    ET.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor=_rgb(looks.PAPER), bufferOpacity="0.9", bufferNoFill="1",
    )  # fmt: skip
    ET.SubElement(settings, "text-format", autoWrapLength="14", multilineAlign="1")
    # Level and centred in the polygon; QGIS leaves out what would lie on another name.
    ET.SubElement(settings, "placement", placement="4", centroidInside="1", priority="5")
    ET.SubElement(settings, "rendering", displayAll="0", scaleVisibility="0", upsidedownLabels="0")


def _add_fields(root: ET.Element, form: Form) -> None:
    fields = ET.SubElement(root, "fieldConfiguration")
    for name, known in form.choices.items():
        whole = _add_widget(fields, name, "ValueMap")
        entries = ET.SubElement(whole, "Option", type="List", name="map")
        empty = {} if name in form.required else {_NULL: say("geopackage.missing")}
        for stored, shown in (empty | dict(known)).items():
            entry = ET.SubElement(entries, "Option", type="Map")
            ET.SubElement(entry, "Option", type="QString", name=clean(shown), value=stored)
    for name in form.suggested:
        whole = _add_widget(fields, name, "UniqueValues")
        ET.SubElement(whole, "Option", type="bool", name="Editable", value="true")
    labels = ET.SubElement(root, "aliases")
    for i, (name, label) in enumerate(form.aliases.items()):
        ET.SubElement(labels, "alias", field=name, index=str(i + 1), name=clean(label))
    constraints = ET.SubElement(root, "constraints")
    for name in dict.fromkeys(filter(None, (form.key, *form.required))):
        kinds = _NOT_NULL | (_UNIQUE if name == form.key else 0)
        ET.SubElement(
            constraints,
            "constraint",
            field=name,
            constraints=str(kinds),
            notnull_strength="1",
            unique_strength="1" if name == form.key else "0",
            exp_strength="0",
        )
    editable = ET.SubElement(root, "editable")
    for name in form.locked:
        ET.SubElement(editable, "field", name=name, editable="0")


def _add_widget(fields: ET.Element, name: str, kind: str) -> ET.Element:
    place = ET.SubElement(fields, "field", name=name, configurationFlags="None")
    config = ET.SubElement(ET.SubElement(place, "editWidget", type=kind), "config")
    return ET.SubElement(config, "Option", type="Map")


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def _outline(fill: str, line: str, width: float) -> dict[str, object]:
    return {
        "color": fill,
        "style": "solid",
        "outline_color": _rgb(line),
        "outline_style": "solid",
        "outline_width": width,
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }


def _area(colour: str) -> tuple[str, dict[str, object]]:
    # Neighbours of one class are told apart by a border that stands out from it, light or dark.
    return "SimpleFill", _outline(_rgb(colour), looks.letters_on(colour), 0.2)


def _lines(hatch: Hatch, colour: str, angle: float) -> tuple[str, dict[str, object]]:
    line = {
        "line_color": _rgb(colour),
        "line_width": round(hatch.width * _PIXEL_MM, 3),
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "flat",
    }
    return "LinePatternFill", {
        "angle": angle,
        "distance": round(hatch.size * _PIXEL_MM, 3),
        "distance_unit": "MM",
        "symbol": ("line", [("SimpleLine", line)]),
    }


def _circles(hatch: Hatch, colour: str) -> tuple[str, dict[str, object]]:
    circle = {
        "name": "circle",
        "color": "0,0,0,0",
        "outline_color": _rgb(colour),
        "outline_width": round(hatch.width * _PIXEL_MM, 3),
        "outline_width_unit": "MM",
        "size": round(hatch.size / 3 * _PIXEL_MM, 3),
        "size_unit": "MM",
    }
    step = round(hatch.size * _PIXEL_MM, 3)
    return "PointPatternFill", {
        "distance_x": step,
        "distance_x_unit": "MM",
        "distance_y": step,
        "distance_y_unit": "MM",
        "symbol": ("marker", [("SimpleMarker", circle)]),
    }


def _mark(mark: Marker) -> tuple[str, dict[str, object]]:
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="-8 -8 16 16">'
        f'<path d="{mark.path}" fill="{mark.colour}" stroke="{looks.PAPER}"/></svg>'
    )
    embedded = base64.b64encode(picture.encode("ascii")).decode("ascii")
    return "SvgMarker", {"name": f"base64:{embedded}", "size": 4.2, "size_unit": "MM"}
