"""An edition as one GeoPackage that opens ready-made in QGIS."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd

from sozialraum.model.indicator import pick
from sozialraum.model.schema import OFFERS, VALUE_COLUMNS
from sozialraum.present import qgis_style as qml
from sozialraum.present.classes import classify_indicator, mark_categories, name_category
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.office import (
    Newest,
    clean,
    find_newest,
    head_indicator,
    list_signs,
    list_statements,
    name_areas,
)
from sozialraum.present.qgis_project import Group, Relation, write_project
from sozialraum.present.ressourcenkarte import choose_start
from sozialraum.texts import say, words

if TYPE_CHECKING:
    from sozialraum.model.areas import Level
    from sozialraum.secrecy.edition import Edition

_EPOCH = "1980-01-01"
_AREA_FIELDS = ("level", "area", "name", "parent", "parent_name")
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
PROJECT = "sozialraum"


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


def write_geopackage(
    edition: Edition,
    path: str | Path,
    *,
    indicator: str | None = None,
    level: str | None = None,
) -> Path:
    """Write an edition as a GeoPackage with styles.

    Parameters
    ----------
    edition : Edition
    path : path
        Ends in ``.gpkg``; written whole or not at all.
    indicator : str, optional
        What the layers of the levels show first, where the level has it; as on the map page without.
    level : str, optional
        The level the project opens on; the smallest without.

    Returns
    -------
    Path

    Raises
    ------
    UnknownNameError
        There is no such indicator or level.
    SecrecyError
        The edition was not made by `build_edition` or was changed.

    Notes
    -----
    Version 1.2. One layer per level, ``gebiete_<level>``, with ``level, area, name, parent,
    parent_name`` and two columns per indicator: the newest value and, in ``…_zeichen``, what stands
    in its place: "." withheld, another sign of official statistics, or NULL where there is no figure
    at all. So a withheld figure, a missing one and 0 stay apart. Layers ``angebote``, ``luecken`` and
    (if there is any) ``hintergrund``. Tables ``werte`` (the whole values table), ``merkmale``
    (definitions; ``column`` names the layers' column) and ``hinweise`` (methods, sources, signs).

    Each layer has one default style, that of a level for the indicator the map page starts with;
    the levels also have a style for every other indicator. A QGIS project in the table
    ``qgis_projects`` (``geopackage:<file>?projectName=sozialraum``) opens all layers in order, with
    the styles to switch between and relations from areas to values, offers and the areas in them; it
    knows the file by its name. Title, sources and date stand as Dublin Core in ``gpkg_metadata``. The
    same edition under the same name gives the same bytes (with the same GDAL and SQLite).

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> write_geopackage(edition, Path(tempfile.mkdtemp()) / "stadt.gpkg").name
    'stadt.gpkg'
    """
    edition.verify()
    path = mark_name(path, edition.audience)
    if indicator is not None:
        pick(edition.indicators, indicator)
    start = choose_start(edition, level, None)[0]
    columns = name_columns(list(edition.indicators))
    levels = _list_levels(edition, columns, indicator)
    layers = [
        *levels.values(),
        _offers(edition),
        _gaps(edition),
        *_backdrop(edition),
        _values(edition),
        _definitions(edition, columns),
        _statements(edition),
    ]
    project = write_project(
        layers,
        file=path.name,
        title=edition.head.title or edition.title,
        about=edition.head.subtitle,
        sources=edition.sources,
        tree=_order(edition, levels),
        shown=["angebote", "hintergrund", levels[start].name],
        relations=list(_relate(edition, levels)),
    )
    about = _describe(edition)
    write_layers(layers, path, moment=edition.created or _EPOCH, project=project, about=about)
    return Path(path)


def _order(edition: Edition, levels: Mapping[str, Layer]) -> list[Group | str]:
    """Put what is looked at first and the smallest areas lie highest."""
    areas = [levels[level.id].name for level in reversed(edition.levels)]
    return [
        "angebote",
        "luecken",
        "hintergrund",
        Group(say("geopackage.areas"), areas, exclusive=True),
        Group(say("geopackage.tables"), ["werte", "merkmale", "hinweise"]),
    ]


def _relate(edition: Edition, levels: Mapping[str, Layer]) -> Iterable[Relation]:
    """List what belongs together: values, offers and smaller areas to an area, and so on."""
    for level in edition.levels:
        name = levels[level.id].name
        title = say("geopackage.values_of", title=level.title)
        yield Relation(title, "werte", name, [("level", "level"), ("area", "area")])
        if level.parent:
            title = say("geopackage.areas_of", title=level.plural)
            yield Relation(title, name, levels[level.parent].name, [("parent", "area")])
    smallest = levels[edition.levels[-1].id].name
    yield Relation(say("geopackage.offers_of"), "angebote", smallest, [("area", "area")])
    yield Relation(say("geopackage.meaning_of"), "werte", "merkmale", [("indicator", "indicator")])
    yield Relation(say("geopackage.gaps_of"), "luecken", "angebote", [("offer", "offer")])


def _describe(edition: Edition) -> str:
    """Say in Dublin Core what the file is and whose data it holds."""
    root = ET.Element("metadata", {"xmlns:dc": "http://purl.org/dc/elements/1.1/"})
    head = edition.head
    parts = [
        ("title", head.title or edition.title),
        ("description", head.subtitle),
        ("description", head.notice),
        ("publisher", head.office),
        ("date", edition.created),
        ("language", "de"),
        *(("source", source) for source in edition.sources),
        *(("rights", source) for source in edition.sources),
    ]
    for name, text in parts:
        if text:
            ET.SubElement(root, f"dc:{name}").text = clean(text)
    return ET.tostring(root, encoding="unicode")


def write_layers(
    layers: Iterable[Layer],
    path: str | Path,
    *,
    moment: str = _EPOCH,
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
    layers = list(layers)
    with replacing(path) as temporary:
        for layer in layers:
            geometry = (
                {"geometry_type": layer.geometry_type, "layer_options": {"GEOMETRY_NAME": "geom"}}
                if layer.geometry_type
                else {}
            )
            _pyogrio().write_dataframe(
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


def name_columns(indicators: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give every indicator its column and the column of its sign.

    Examples
    --------
    >>> name_columns(["u6", "U6", "Kinder/Jahr"])["U6"]
    ('U6_2', 'U6_2_zeichen')
    """
    taken = {"fid", "geom", *_AREA_FIELDS}
    columns = {}
    for indicator in indicators:
        column = free_column(indicator, taken, also="_zeichen")
        columns[indicator] = (column, f"{column}_zeichen")
    return columns


def free_column(name: str, taken: set[str], also: str = "") -> str:
    """Make a column name of any text that no other column has, and take it.

    Parameters
    ----------
    name : str
    taken : set of str
        Names in use, in small letters: SQLite compares without case. The new one is added.
    also : str
        An ending under which the name must be free too.

    Returns
    -------
    str

    Examples
    --------
    >>> taken = {"fid"}
    >>> free_column("FID", taken), free_column("Name", taken), free_column("name", taken)
    ('FID_2', 'Name', 'name_2')
    """
    plain = _plain(name)
    column, count = plain, 1
    while {column.casefold(), f"{column}{also}".casefold()} & taken:
        count += 1
        column = f"{plain}_{count}"
    taken |= {column.casefold(), f"{column}{also}".casefold()}
    return column


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")[:48] or "_"


def _pyogrio() -> Any:
    import pyogrio

    return pyogrio


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


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    """Clean the texts of a table; missing ones stay missing."""
    cleaned = {
        name: column.map(clean, na_action="ignore").astype("str")
        for name, column in table.items()
        if column.dtype == object or isinstance(column.dtype, pd.StringDtype)
    }
    return table.assign(**cleaned)


def _list_levels(
    edition: Edition, columns: dict[str, tuple[str, str]], start: str | None
) -> dict[str, Layer]:
    names = name_areas(edition)
    layers: dict[str, Layer] = {}
    taken: set[str] = set()
    for level in edition.levels:
        name = free_column(f"gebiete_{level.id}", taken)
        newest = find_newest(edition, level.id)
        outlines = edition.table(level.id).geometry
        table = _texts(names.loc[level.id].reindex(outlines.index).reset_index())
        table.insert(0, "level", level.id)
        for indicator in newest.values.columns:
            value, sign = columns[indicator]
            figures = newest.values[indicator].reindex(outlines.index)
            signs = newest.signs[indicator].reindex(outlines.index)
            table[value] = figures.to_numpy()
            # An empty sign beside no number would look like a figure that was never there.
            signs = signs.where(figures.notna() | (signs != ""))
            table[sign] = signs.to_numpy()
        shapes = gpd.GeoDataFrame(table, geometry=outlines.to_numpy(), crs=outlines.crs)
        styles = _level_styles(edition, level, newest, columns, start)
        layers[level.id] = Layer(name, level.plural, shapes, "MultiPolygon", styles)
    return layers


def _level_styles(
    edition: Edition,
    level: Level,
    newest: Newest,
    columns: dict[str, tuple[str, str]],
    start: str | None,
) -> list[Style]:
    aliases = {c: say(f"tables.column.{c}") for c in _AREA_FIELDS}
    for indicator in newest.values.columns:
        value, sign = columns[indicator]
        heading = head_indicator(edition.indicators[indicator], newest.dates[indicator])
        aliases |= {value: heading, sign: say("geopackage.sign_of", title=heading)}
    here = start if start in newest.values.columns else None
    first = choose_start(edition, level.id, here)[1]
    form = _named(aliases)
    # The whole is one area: nothing to compare, one style is enough.
    others = newest.values.columns if level.parent else []
    styles: list[Style] = []
    for indicator in dict.fromkeys(filter(None, [first, *others])):
        definition = edition.indicators[indicator]
        heading = head_indicator(definition, newest.dates[indicator])
        found = classify_indicator(edition, indicator, level.id)
        rules = qml.class_rules(found, *columns[indicator], definition.digits)
        text = qml.write_style(rules, title=heading, form=form if not styles else None)
        styles.append(Style(columns[indicator][0], text, clean(heading)))
    return styles or [Style("gebiete", qml.write_style(qml.plain_rules(), form=form))]


def _offers(edition: Edition) -> Layer:
    offers = edition.offers
    table = _texts(offers.reset_index(names="offer"))
    categories = sorted(table["category"].dropna().unique()) if "category" in table else []
    # A column nobody declared keeps its own name.
    headings = words("tables.offer")
    aliases = {c: headings.get(c, c) for c in table.columns if c != table.geometry.name}
    shown = words("tables.choice")
    choices = {c.name: {k: shown[k] for k, _ in c.choices} for c in OFFERS.columns if c.choices}
    choices["category"] = {name: name_category(name) for name in categories}
    form = qml.Form(
        aliases=aliases,
        choices={c: known for c, known in choices.items() if c in table},
        suggested=[c for c in ("traeger", "law") if c in table],
        locked=[c for c in ("area", "place_quality", "place_address") if c in table],
        required=["category"],
        key="offer",
    )
    text = qml.write_style(qml.offer_rules(mark_categories(categories)), kind="marker", form=form)
    return Layer("angebote", say("tables.offers"), table, "Point", [Style("angebote", text)])


def _gaps(edition: Edition) -> Layer:
    table = _texts(edition.gaps.reset_index(names="gap"))
    text = qml.write_style(qml.gap_rules(), form=_named(words("tables.gap")))
    return Layer("luecken", say("tables.gaps"), table, "MultiPolygon", [Style("luecken", text)])


def _named(aliases: Mapping[str, str]) -> qml.Form:
    """Name the fields of what is looked at and not edited."""
    return qml.Form(aliases=aliases, locked=list(aliases))


def _backdrop(edition: Edition) -> list[Layer]:
    backdrop = edition.backdrop
    if backdrop.empty:
        return []
    table = backdrop[[c for c in ("kind", "name") if c in backdrop] + [backdrop.geometry.name]]
    table = table[table.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    text = qml.write_style(qml.backdrop_rules(), form=_named(words("geopackage.backdrop_field")))
    title = say("geopackage.backdrop")
    style = [Style("hintergrund", text)]
    return [Layer("hintergrund", title, _texts(table), "MultiPolygon", style)]


def _values(edition: Edition) -> Layer:
    table = _texts(edition.values[list(VALUE_COLUMNS)])
    aliases = {c: say(f"geopackage.value.{c}") for c in VALUE_COLUMNS}
    style = [Style("werte", qml.write_style([], form=_named(aliases)))]
    return Layer("werte", say("geopackage.values"), table, styles=style)


def _definitions(edition: Edition, columns: dict[str, tuple[str, str]]) -> Layer:
    labels = words("geopackage.definition")
    rows = [
        {
            "indicator": name,
            "column": columns[name][0],
            "datenstand": edition.latest(name),
            **{
                key: getattr(definition, key)
                for key in labels
                if key not in ("indicator", "column", "datenstand")
            },
        }
        for name, definition in edition.indicators.items()
    ]
    table = _texts(pd.DataFrame(rows, columns=list(labels)))
    style = [Style("merkmale", qml.write_style([], form=_named(labels)))]
    return Layer("merkmale", say("tables.passports"), table, styles=style)


def _statements(edition: Edition) -> Layer:
    rows = [*list_statements(edition), *list_signs()]
    table = _texts(pd.DataFrame(rows, columns=["topic", "text"]))
    aliases = {c: say(f"geopackage.statement.{c}") for c in table.columns}
    style = [Style("hinweise", qml.write_style([], form=_named(aliases)))]
    return Layer("hinweise", say("geopackage.statements"), table, styles=style)
