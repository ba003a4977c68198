"""An edition as one GeoPackage that opens ready-made in QGIS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd

from sozialraum.model.indicator import pick
from sozialraum.model.schema import MEASURES, OFFERS, VALUE_COLUMNS
from sozialraum.present import qgis_style as qml
from sozialraum.present.classes import classify_indicator, mark_categories, name_category
from sozialraum.present.files import mark_name
from sozialraum.present.geopackage_file import EPOCH, Layer, Style, write_layers
from sozialraum.present.office import (
    Newest,
    clean,
    find_newest,
    head_indicator,
    list_signs,
    list_statements,
    name_areas,
    see_measures,
)
from sozialraum.present.qgis_project import Group, Relation, write_project
from sozialraum.present.ressourcenkarte import choose_start
from sozialraum.secrecy.edition import verify_edition
from sozialraum.texts import say, words

if TYPE_CHECKING:
    from sozialraum.model.areas import Level
    from sozialraum.secrecy.edition import Edition

_AREA_FIELDS = ("level", "area", "name", "parent", "parent_name")


def write_geopackage(
    edition: Edition,
    path: str | Path,
    *,
    indicator: str | None = None,
    level: str | None = None,
    measures: pd.DataFrame | None = None,
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
    measures : DataFrame, optional
        A list of measures, as `settle_measures` gives it: a table of what the edition's readers see of
        it, joined to areas and offers.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        The list of measures names areas that the edition does not have.
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
    (definitions; ``column`` names the layers' column), ``hinweise`` (methods, sources, signs) and, where
    measures are given, ``massnahmen``.

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
    verify_edition(edition)
    path = mark_name(path, edition.audience)
    if indicator is not None:
        pick(edition.indicators, indicator)
    start = choose_start(edition, level, None)[0]
    columns = name_columns(list(edition.indicators))
    levels = _list_levels(edition, columns, indicator)
    tables = [
        *_measures(edition, measures),
        _values(edition),
        _definitions(edition, columns),
        _statements(edition),
    ]
    layers = [
        *levels.values(),
        _offers(edition),
        _gaps(edition),
        *_backdrop(edition),
        *tables,
    ]
    project = write_project(
        layers,
        file=path.name,
        title=edition.head.title or edition.title,
        about=edition.head.subtitle,
        sources=edition.sources,
        tree=_order(edition, levels, tables),
        shown=["angebote", "hintergrund", levels[start].name],
        relations=list(_relate(edition, levels, listed="massnahmen" in {x.name for x in tables})),
    )
    about = _describe(edition)
    write_layers(layers, path, moment=edition.created or EPOCH, project=project, about=about)
    return Path(path)


def _order(
    edition: Edition, levels: Mapping[str, Layer], tables: Sequence[Layer]
) -> list[Group | str]:
    """Put what is looked at first and the smallest areas lie highest."""
    areas = [levels[level.id].name for level in reversed(edition.levels)]
    return [
        "angebote",
        "luecken",
        "hintergrund",
        Group(say("geopackage.areas"), areas, exclusive=True),
        Group(say("geopackage.tables"), [table.name for table in tables]),
    ]


def _relate(edition: Edition, levels: Mapping[str, Layer], *, listed: bool) -> Iterable[Relation]:
    """List what belongs together: values, offers, measures and smaller areas to an area, and so on."""
    for level in edition.levels:
        name = levels[level.id].name
        title = say("geopackage.values_of", title=level.title)
        place = [("level", "level"), ("area", "area")]
        yield Relation(title, "werte", name, place)
        if listed:
            title = say("geopackage.measures_of", title=level.title)
            yield Relation(title, "massnahmen", name, place)
        if level.parent:
            title = say("geopackage.areas_of", title=level.plural)
            yield Relation(title, name, levels[level.parent].name, [("parent", "area")])
    smallest = levels[edition.levels[-1].id].name
    yield Relation(say("geopackage.offers_of"), "angebote", smallest, [("area", "area")])
    yield Relation(say("geopackage.meaning_of"), "werte", "merkmale", [("indicator", "indicator")])
    yield Relation(say("geopackage.gaps_of"), "luecken", "angebote", [("offer", "offer")])
    if listed:
        title = say("geopackage.measures_at")
        yield Relation(title, "massnahmen", "angebote", [("offer", "offer")])


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
        text = qml.write_style(
            rules, title=heading, form=form if not styles else None, named="name"
        )
        styles.append(Style(columns[indicator][0], text, clean(heading)))
    return styles or [Style("gebiete", qml.write_style(qml.plain_rules(), form=form, named="name"))]


def _offers(edition: Edition) -> Layer:
    offers = edition.offers
    table = _texts(offers.reset_index(names="offer"))
    categories = sorted(table["category"].dropna().unique()) if "category" in table else []
    # A column nobody declared keeps its own name.
    headings = words("tables.offer")
    aliases = {c: headings.get(c, c) for c in table.columns if c != table.geometry.name}
    shown = words("tables.choice")
    choices = {c.name: {k: shown[k] for k, _ in c.choices} for c in OFFERS.columns if c.choices}
    named = {name: name_category(name, edition.categories) for name in categories}
    choices["category"] = named
    form = qml.Form(
        aliases=aliases,
        choices={c: known for c, known in choices.items() if c in table},
        suggested=[c for c in ("traeger", "law") if c in table],
        locked=[c for c in ("area", "place_quality", "place_address") if c in table],
        required=["category"],
        key="offer",
    )
    text = qml.write_style(
        qml.offer_rules(mark_categories(categories), named), kind="marker", form=form
    )
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


def _measures(edition: Edition, measures: pd.DataFrame | None) -> list[Layer]:
    table = None if measures is None else see_measures(edition, measures)
    if table is None:
        return []
    choices = {c.name: c.words for c in MEASURES.columns if c.choices and c.name in table}
    form = replace(_named(words("measures.column")), choices=choices)
    style = [Style("massnahmen", qml.write_style([], form=form))]
    return [Layer("massnahmen", say("tables.measures"), _texts(table), styles=style)]


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
