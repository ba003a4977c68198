"""An edition as one GeoPackage that opens ready-made in QGIS."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from sozialraum.model.indicator import pick
from sozialraum.model.schema import CHOICES, VALUE_COLUMNS
from sozialraum.present import qgis_style as qml
from sozialraum.present.classes import classify_indicator, mark_categories
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
from sozialraum.present.ressourcenkarte import choose_start
from sozialraum.texts import say, words

if TYPE_CHECKING:
    from sozialraum.model.areas import Level
    from sozialraum.secrecy.edition import Edition

_EPOCH = "1980-01-01"
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""


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


def write_geopackage(edition: Edition, path: str | Path, *, indicator: str | None = None) -> Path:
    """Write an edition as a GeoPackage with styles.

    Parameters
    ----------
    edition : Edition
    path : path
        Ends in ``.gpkg``; written whole or not at all.
    indicator : str, optional
        What the layers of the levels show first, where the level has it; as on the map page without.

    Returns
    -------
    Path

    Raises
    ------
    UnknownNameError
        There is no such indicator.
    SecrecyError
        The edition was not made by `build_edition` or was changed.

    Notes
    -----
    Version 1.2. One layer per level, ``gebiete_<level>``, with ``area, name, parent, parent_name``
    and two columns per indicator: the newest value and, in ``…_zeichen``, what stands in its place:
    "." withheld, another sign of official statistics, or NULL where there is no figure at all. So a
    withheld figure, a missing one and 0 stay apart. Layers ``angebote``, ``luecken`` and (if there
    is any) ``hintergrund``. Tables ``werte`` (the whole values table), ``merkmale`` (definitions;
    ``column`` names the layers' column) and ``hinweise`` (methods, sources, signs).

    Each layer has one default style, that of a level for the indicator the map page starts with;
    the levels also have a style for every other indicator. The same edition gives the same bytes
    (with the same GDAL and SQLite).

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.edition import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> write_geopackage(edition, Path(tempfile.mkdtemp()) / "stadt.gpkg").name
    'stadt.gpkg'
    """
    edition.verify()
    path = mark_name(path, edition.audience)
    if indicator is not None:
        pick(edition.indicators, indicator)
    columns = name_columns(list(edition.indicators))
    layers = [
        *_list_levels(edition, columns, indicator),
        _offers(edition),
        _gaps(edition),
        *_backdrop(edition),
        _values(edition),
        _definitions(edition, columns),
        _statements(edition),
    ]
    write_layers(layers, path, moment=edition.created or _EPOCH)
    return Path(path)


def write_layers(layers: Iterable[Layer], path: str | Path, *, moment: str = _EPOCH) -> None:
    """Write layers, tables and styles into a GeoPackage 1.2 with fixed times.

    Parameters
    ----------
    layers : iterable of Layer
    path : path
    moment : str
        ISO date that stands wherever the format wants a time.
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
            _settle(database, layers, f"{moment}T00:00:00.000Z")


def name_columns(indicators: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give every indicator its column and the column of its sign.

    Examples
    --------
    >>> name_columns(["u6", "U6", "Kinder/Jahr"])["U6"]
    ('U6_2', 'U6_2_zeichen')
    """
    taken = {"fid", "geom", "area", "name", "parent", "parent_name"}
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


def _settle(database: sqlite3.Connection, layers: Sequence[Layer], moment: str) -> None:
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
    database.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))
    database.execute("COMMIT")
    # Leaves no trace of the times that stood there before.
    database.execute("VACUUM")


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
) -> list[Layer]:
    names = name_areas(edition)
    layers: list[Layer] = []
    taken: set[str] = set()
    for level in edition.levels:
        name = free_column(f"gebiete_{level.id}", taken)
        newest = find_newest(edition, level.id)
        outlines = edition.table(level.id).geometry
        table = _texts(names.loc[level.id].reindex(outlines.index).reset_index())
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
        layers.append(Layer(name, level.plural, shapes, "MultiPolygon", styles))
    return layers


def _level_styles(
    edition: Edition,
    level: Level,
    newest: Newest,
    columns: dict[str, tuple[str, str]],
    start: str | None,
) -> list[Style]:
    aliases = {c: say(f"tables.column.{c}") for c in ("area", "name", "parent", "parent_name")}
    for indicator in newest.values.columns:
        value, sign = columns[indicator]
        heading = head_indicator(edition.indicators[indicator], newest.dates[indicator])
        aliases |= {value: heading, sign: say("geopackage.sign_of", title=heading)}
    here = start if start in newest.values.columns else None
    first = choose_start(edition, level.id, here)[1]
    # The whole is one area: nothing to compare, one style is enough.
    others = newest.values.columns if level.parent else []
    styles: list[Style] = []
    for indicator in dict.fromkeys(filter(None, [first, *others])):
        definition = edition.indicators[indicator]
        heading = head_indicator(definition, newest.dates[indicator])
        found = classify_indicator(edition, indicator, level.id)
        rules = qml.class_rules(found, *columns[indicator], definition.digits)
        text = qml.write_style(rules, title=heading, aliases=aliases if not styles else None)
        styles.append(Style(columns[indicator][0], text, clean(heading)))
    return styles or [Style("gebiete", qml.write_style(qml.plain_rules(), aliases=aliases))]


def _offers(edition: Edition) -> Layer:
    offers = edition.offers
    table = _texts(offers.reset_index(names="offer"))
    categories = sorted(table["category"].dropna().unique()) if "category" in table else []
    aliases = {c: h for c, h in words("tables.offer").items() if c in table}
    choices = {c: words("tables.choice") for c in CHOICES}
    text = qml.write_style(
        qml.offer_rules(mark_categories(categories)),
        kind="marker",
        aliases=aliases,
        choices={c: known for c, known in choices.items() if c in table},
    )
    return Layer("angebote", say("tables.offers"), table, "Point", [Style("angebote", text)])


def _gaps(edition: Edition) -> Layer:
    table = _texts(edition.gaps.reset_index(names="gap"))
    text = qml.write_style(qml.gap_rules(), aliases=words("tables.gap"))
    return Layer("luecken", say("tables.gaps"), table, "MultiPolygon", [Style("luecken", text)])


def _backdrop(edition: Edition) -> list[Layer]:
    backdrop = edition.backdrop
    if backdrop.empty:
        return []
    table = backdrop[[c for c in ("kind", "name") if c in backdrop] + [backdrop.geometry.name]]
    table = table[table.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    text = qml.write_style(qml.backdrop_rules(), aliases=words("geopackage.backdrop_field"))
    title = say("geopackage.backdrop")
    style = [Style("hintergrund", text)]
    return [Layer("hintergrund", title, _texts(table), "MultiPolygon", style)]


def _values(edition: Edition) -> Layer:
    table = _texts(edition.values[list(VALUE_COLUMNS)])
    aliases = {c: say(f"geopackage.value.{c}") for c in VALUE_COLUMNS}
    style = [Style("werte", qml.write_style([], aliases=aliases))]
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
    style = [Style("merkmale", qml.write_style([], aliases=labels))]
    return Layer("merkmale", say("tables.passports"), table, styles=style)


def _statements(edition: Edition) -> Layer:
    rows = [*list_statements(edition), *list_signs()]
    table = _texts(pd.DataFrame(rows, columns=["topic", "text"]))
    aliases = {c: say(f"geopackage.statement.{c}") for c in table.columns}
    style = [Style("hinweise", qml.write_style([], aliases=aliases))]
    return Layer("hinweise", say("geopackage.statements"), table, styles=style)
