"""What QGIS makes of a GeoPackage; runs in the Python that QGIS was built for, without the library.

Reads the project in the file, draws it, edits the offers as a person would, prints JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main(path: str, picture: str) -> None:
    """Open, look, draw, switch styles, edit; say everything that was heard on the way."""
    from qgis.core import QgsApplication, QgsProject

    application = QgsApplication([], False)
    application.initQgis()
    heard: list[str] = []
    log = QgsApplication.messageLog()
    log.messageReceived.connect(lambda text, tag, level: heard.append(f"{tag} {level}: {text}"))
    project = QgsProject.instance()
    told: dict[str, Any] = {"read": project.read(f"geopackage:{path}?projectName=sozialraum")}
    told |= {"title": project.title(), "crs": project.crs().authid()}
    told["layers"] = [tell_layer(node) for node in project.layerTreeRoot().findLayers()]
    told["relations"] = {
        relation.name(): relation.isValid()
        for relation in project.relationManager().relations().values()
    }
    told["colours"] = draw(project, picture)
    told["found"] = follow(project)
    if "--edit" in sys.argv:
        edit(project)
    told["heard"] = heard
    sys.stdout.write(json.dumps(told) + "\n")
    project.clear()
    application.exitQgis()


def tell_layer(node: Any) -> dict[str, Any]:
    """Say what a layer of the project is like, and that dropping it alone looks the same."""
    from qgis.core import QgsVectorLayer

    layer = node.layer()
    alone = QgsVectorLayer(layer.source(), layer.name(), "ogr")
    fields = layer.fields()
    return {
        "name": layer.name(),
        "source": layer.source().rpartition("layername=")[2],
        "valid": layer.isValid(),
        "shown": node.isVisible(),
        "crs": layer.crs().authid(),
        "rows": layer.featureCount(),
        "rules": list_rules(layer),
        "alone": list_rules(alone),
        "aliases": {f.name(): layer.attributeDisplayName(i) for i, f in enumerate(fields)},
        "widgets": {f.name(): layer.editorWidgetSetup(i).type() for i, f in enumerate(fields)},
        "style": layer.styleManager().currentStyle(),
        "styles": layer.styleManager().styles(),
        "rights": layer.metadata().rights(),
        "named": [x.labelsEnabled() and x.labeling().settings().fieldName for x in (layer, alone)]
        if layer.isSpatial()
        else [],
    }


def list_rules(layer: Any) -> list[str]:
    """Give the words of the legend."""
    if layer.renderer() is None:
        return []
    return [rule.label() for rule in layer.renderer().rootRule().descendants()]


def draw(project: Any, picture: str) -> dict[str, int]:
    """Draw what is switched on and count the colours."""
    from collections import Counter

    from qgis.core import QgsMapRendererSequentialJob, QgsMapSettings
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor

    nodes = [n for n in project.layerTreeRoot().findLayers() if n.isVisible()]
    layers = [n.layer() for n in nodes if n.layer().isSpatial()]
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(project.crs())
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(500, 600))
    extent = next(x for x in layers if x.source().find("gebiete_") > 0).extent()
    extent.scale(1.05)
    settings.setExtent(extent)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(picture)
    pixels = Counter(
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    )
    return dict(pixels.most_common(40))


def follow(project: Any) -> dict[str, int]:
    """Follow every relation from all rows of the referenced layer and count what is found."""
    return {
        relation.name(): sum(
            sum(1 for _ in relation.getRelatedFeatures(feature))
            for feature in relation.referencedLayer().getFeatures()
        )
        for relation in project.relationManager().relations().values()
    }


def edit(project: Any) -> None:
    """Move, rename, delete and add offers in an edit session."""
    from qgis.core import QgsFeature, QgsGeometry, QgsPointXY

    offers = next(x for x in project.mapLayers().values() if x.source().endswith("=angebote"))
    names = {field.name(): i for i, field in enumerate(offers.fields())}
    rows = sorted(offers.getFeatures(), key=lambda row: row.id())
    assert offers.startEditing()
    first = rows[0].geometry()
    first.translate(3, 4)
    assert offers.changeGeometry(rows[0].id(), first)
    assert offers.changeAttributeValue(rows[1].id(), names["name"], "Neuer Name")
    assert offers.deleteFeature(rows[2].id())
    new = QgsFeature(offers.fields())
    new.setAttribute("offer", "neu")
    new.setAttribute("category", rows[0]["category"])
    point = rows[0].geometry().asPoint()
    new.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(point.x() + 10, point.y())))
    assert offers.addFeature(new)
    assert offers.commitChanges(), offers.commitErrors()


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()), sys.argv[2])
