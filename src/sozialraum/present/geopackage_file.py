"""Layers, tables, styles and a project put into one GeoPackage, the same bytes for the same input."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sozialraum.present.files import replacing
from sozialraum.present.office import clean

EPOCH = "1980-01-01"
# Where SQLite counts changes, and says up to which of them it knows its own version.
_COUNTERS = (24, 92)
PROJECT = "sozialraum"
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""
# Tables of the metadata extension, as the standard declares them.
_METADATA = (
    "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT,"
    " extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,"
    " CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
    "CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,"
    " md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,"
    " mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT,"
    " column_name TEXT, row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT"
    " (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER,"
    " CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),"
    " CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))",
)


@dataclass(frozen=True, slots=True)
class Style:
    """A QML style under a name."""

    name: str
    text: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer or table: its name in the file, its German title, its rows, its styles.

    The first style is the one QGIS takes by itself.
    """

    name: str
    title: str
    table: pd.DataFrame
    geometry_type: str | None = None
    styles: Sequence[Style] = ()


def write_layers(
    layers: Iterable[Layer],
    path: str | Path,
    *,
    moment: str = EPOCH,
    project: bytes = b"",
    about: str = "",
) -> None:
    """Write layers, tables and styles into a GeoPackage 1.2 with fixed times.

    Parameters
    ----------
    layers : iterable of Layer
    path : path
    moment : str
        ISO date that stands wherever the format wants a time.
    project : bytes
        A QGIS project (``.qgz``) the file holds.
    about : str
        Metadata of the file as XML in Dublin Core.
    """
    import pyogrio

    layers = list(layers)
    with replacing(path) as temporary:
        for layer in layers:
            geometry = (
                {"geometry_type": layer.geometry_type, "layer_options": {"GEOMETRY_NAME": "geom"}}
                if layer.geometry_type
                else {}
            )
            pyogrio.write_dataframe(
                layer.table,
                temporary,
                layer=layer.name,
                driver="GPKG",
                dataset_options={"VERSION": "1.2"},
                promote_to_multi=(layer.geometry_type or "").startswith("Multi"),
                **geometry,
            )
        with closing(sqlite3.connect(temporary, isolation_level=None)) as database:
            _settle(database, layers, f"{moment}T00:00:00.000Z", project, about)
        # How often the file was changed while it was made is not always the same.
        with temporary.open("r+b") as file:
            for place in _COUNTERS:
                file.seek(place)
                file.write((1).to_bytes(4, "big"))


def _settle(
    database: sqlite3.Connection, layers: Sequence[Layer], moment: str, project: bytes, about: str
) -> None:
    rows = [
        (layer.name, "geom" if layer.geometry_type else "", style, i == 0)
        for layer in layers
        for i, style in enumerate(layer.styles)
    ]
    database.execute("BEGIN")
    for layer in layers:
        database.execute(
            "UPDATE gpkg_contents SET description = ? WHERE table_name = ?",
            (clean(layer.title), layer.name),
        )
    if rows:
        database.execute(_STYLES)
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', 0)"
        )
    for table, geometry, style, default in rows:
        database.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
            " ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
            (table, geometry, style.name, style.text, default, style.description, moment),
        )
    if about:
        _add_metadata(database, about, moment)
    if project:
        # As QGIS itself writes it: the archive in hexadecimal digits.
        database.execute(
            "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
        )
        told = json.dumps({"last_modified_time": moment[:19], "last_modified_user": ""})
        database.execute(
            "INSERT INTO qgis_projects VALUES (?, ?, ?)", (PROJECT, told, project.hex())
        )
    database.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))
    database.execute("COMMIT")
    # Leaves no trace of the times that stood there before.
    database.execute("VACUUM")


def _add_metadata(database: sqlite3.Connection, about: str, moment: str) -> None:
    for statement in _METADATA:
        database.execute(statement)
    database.execute(
        "INSERT INTO gpkg_metadata VALUES"
        " (1, 'dataset', 'http://purl.org/dc/elements/1.1/', 'text/xml', ?)",
        (about,),
    )
    database.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, 1, NULL)",
        (moment,),
    )
    database.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata',"
        " 'http://www.geopackage.org/spec120/#extension_metadata', 'read-write')",
        [("gpkg_metadata",), ("gpkg_metadata_reference",)],
    )
