"""A QGIS project inside the GeoPackage: layers in order, groups, styles to switch, relations."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyproj

from sozialraum.present.office import clean
from sozialraum.present.qgis_style import DOCTYPE, VERSION
from sozialraum.texts import say

if TYPE_CHECKING:
    from sozialraum.present.geopackage_file import Layer

_WKB = {"Point": ("Point", "Point"), "MultiPolygon": ("Polygon", "MultiPolygon")}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "sozialraum/qgis")


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of one layer belong to a row of another; fields in pairs (referencing, referenced)."""

    title: str
    referencing: str
    referenced: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading in the list of layers and the names of the layers under it, the uppermost first.

    Of an exclusive group one layer is shown at a time.
    """

    title: str
    layers: Sequence[str]
    exclusive: bool = False


def write_project(
    layers: Sequence[Layer],
    *,
    file: str,
    title: str,
    sources: Sequence[str],
    tree: Sequence[Group | str],
    shown: Iterable[str],
    relations: Sequence[Relation] = (),
    about: str = "",
) -> bytes:
    """Write a project that opens the layers of a GeoPackage as they are meant to be seen.

    Parameters
    ----------
    layers : sequence of Layer
        The first style of each is the one in force, the others can be switched to.
    file : str
        Name of the GeoPackage, which lies beside the project or holds it.
    title, about : str
    sources : sequence of str
        Whose data these are; they stand at the edge of the map and in every layer's metadata.
    tree : sequence of Group or str
        Groups and names of layers, the uppermost first.
    shown : iterable of str
        Names of layers that are switched on.
    relations : sequence of Relation

    Returns
    -------
    bytes
        A ``.qgz``, the same for the same input.
    """
    root = ET.Element("qgis", projectname=clean(title), version=VERSION)
    ET.SubElement(root, "homePath", path="")
    ET.SubElement(root, "title").text = clean(title)
    spatial = [x for x in layers if x.geometry_type]
    crs = spatial[0].table.crs if spatial else None
    _add_crs(ET.SubElement(root, "projectCrs"), crs)
    known = {layer.name: layer for layer in layers}
    branch = ET.SubElement(root, "layer-tree-group")
    order = _add_tree(branch, tree, known, file, set(shown))
    bonds = ET.SubElement(root, "relations")
    for relation in relations:
        if {relation.referencing, relation.referenced} <= known.keys():
            _add_relation(bonds, relation)
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters"
    areas = [x for x in spatial if x.geometry_type == "MultiPolygon" and len(x.table)]
    if areas:
        _add_extent(canvas, areas[0].table.total_bounds)
    _add_crs(ET.SubElement(canvas, "destinationsrs"), crs)
    stack = ET.SubElement(root, "projectlayers")
    for name in order:
        _add_layer(stack, known[name], file, sources)
    sequence = ET.SubElement(root, "layerorder")
    for name in order:
        ET.SubElement(sequence, "layer", id=_identify(name))
    _add_properties(root, sources)
    _add_metadata(ET.SubElement(root, "projectMetadata"), title, about, sources, "projectMetadata")
    return _pack(DOCTYPE + ET.tostring(root, encoding="unicode"))


def _pack(text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed moment: the time of writing would make two equal projects differ.
        entry = zipfile.ZipInfo("sozialraum.qgs", (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text.encode("utf-8"))
    return held.getvalue()


def _identify(name: str) -> str:
    return f"{name}_{uuid.uuid5(_NAMESPACE, name).hex}"


def _locate(name: str, file: str) -> str:
    return f"./{file}|layername={name}"


def _add_tree(
    branch: ET.Element,
    tree: Sequence[Group | str],
    known: dict[str, Layer],
    file: str,
    shown: set[str],
) -> list[str]:
    order = []
    for entry in tree:
        names = [entry] if isinstance(entry, str) else entry.layers
        names = [name for name in names if name in known]
        parent = branch
        if isinstance(entry, Group):
            given = {"name": clean(entry.title), "expanded": "1", "checked": "Qt::Checked"}
            if entry.exclusive:
                first = next((i for i, name in enumerate(names) if name in shown), 0)
                given |= {"mutually-exclusive": "1", "mutually-exclusive-child": str(first)}
            parent = ET.SubElement(branch, "layer-tree-group", given)
        for name in names:
            layer = known[name]
            on = name in shown
            ET.SubElement(
                parent,
                "layer-tree-layer",
                id=_identify(name),
                name=clean(layer.title),
                source=_locate(name, file),
                providerKey="ogr",
                checked="Qt::Checked" if on else "Qt::Unchecked",
                expanded="1" if on and layer.geometry_type else "0",
            )
            order.append(name)
    return order


def _add_relation(bonds: ET.Element, relation: Relation) -> None:
    ends = f"{relation.referencing}_{relation.referenced}"
    bond = ET.SubElement(
        bonds,
        "relation",
        id=ends,
        name=clean(relation.title),
        referencingLayer=_identify(relation.referencing),
        referencedLayer=_identify(relation.referenced),
        strength="Association",
    )
    for own, other in relation.fields:
        ET.SubElement(bond, "fieldRef", referencingField=own, referencedField=other)


def _add_layer(stack: ET.Element, layer: Layer, file: str, sources: Sequence[str]) -> None:
    kind, wkb = _WKB.get(layer.geometry_type or "", ("No geometry", "NoGeometry"))
    named = [(style.name, ET.fromstring(style.text.split("\n", 1)[1])) for style in layer.styles]
    labelled = named[0][1].get("labelsEnabled", "0") if named else "0"
    entry = ET.SubElement(
        stack, "maplayer", type="vector", geometry=kind, wkbType=wkb, labelsEnabled=labelled
    )
    if isinstance(layer.table, gpd.GeoDataFrame) and len(layer.table):
        _add_extent(entry, layer.table.total_bounds)
    ET.SubElement(entry, "id").text = _identify(layer.name)
    ET.SubElement(entry, "datasource").text = _locate(layer.name, file)
    ET.SubElement(entry, "layername").text = clean(layer.title)
    if layer.geometry_type:
        _add_crs(ET.SubElement(entry, "srs"), layer.table.crs)
    _add_metadata(ET.SubElement(entry, "resourceMetadata"), layer.title, "", sources, "dataset")
    ET.SubElement(entry, "provider", encoding="UTF-8").text = "ogr"
    if named:
        manager = ET.SubElement(entry, "map-layer-style-manager", current=clean(_title(layer, 0)))
        for i, (_, style) in enumerate(named):
            place = ET.SubElement(manager, "map-layer-style", name=clean(_title(layer, i)))
            if i:
                place.append(style)
        entry.extend(named[0][1])


def _title(layer: Layer, place: int) -> str:
    style = layer.styles[place]
    return style.description or style.name


def _add_extent(parent: ET.Element, bounds: Any) -> None:
    extent = ET.SubElement(parent, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        ET.SubElement(extent, name).text = repr(float(value))


def _add_crs(parent: ET.Element, crs: pyproj.CRS | None) -> None:
    if crs is None:
        return
    system = ET.SubElement(parent, "spatialrefsys")
    ET.SubElement(system, "wkt").text = crs.to_wkt()
    authority = crs.to_authority()
    if authority:
        ET.SubElement(system, "authid").text = ":".join(authority)


def _add_metadata(
    parent: ET.Element, title: str, about: str, sources: Sequence[str], kind: str
) -> None:
    ET.SubElement(parent, "type").text = kind
    ET.SubElement(parent, "title").text = clean(title)
    ET.SubElement(parent, "abstract").text = clean(about)
    for source in sources:
        ET.SubElement(parent, "rights").text = clean(source)


def _add_properties(root: ET.Element, sources: Sequence[str]) -> None:
    properties = ET.SubElement(root, "properties")
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", type="bool").text = "false"
    system = ET.SubElement(properties, "SpatialRefSys")
    # Without it QGIS does not read the system the project is in.
    ET.SubElement(system, "ProjectionsEnabled", type="int").text = "1"
    if sources:
        label = ET.SubElement(properties, "CopyrightLabel")
        ET.SubElement(label, "Enabled", type="bool").text = "true"
        # QGIS evaluates what stands in [% %] when it draws: a source is text and nothing else.
        line = " · ".join(map(clean, sources)).replace("[%", "[ %")
        ET.SubElement(label, "Label", type="QString").text = f"{say('geopackage.sources')}: {line}"
