"""Offers edited in QGIS: what differs from the atlas, and a table to go on with."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from sozialraum.errors import InputError
from sozialraum.model.atlas import Atlas
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.nesting import FAR_M
from sozialraum.model.overview import Overview, Showing
from sozialraum.model.rows import show
from sozialraum.model.schema import OFFERS
from sozialraum.present.files import replacing
from sozialraum.present.office import clean
from sozialraum.present.tables import write_csv
from sozialraum.read.files import load_named, type_table
from sozialraum.read.places import find_faulty, place_points
from sozialraum.texts import number, say, words

LAYER = "angebote"
COLUMNS = ("kind", "offer", "feature", "column", "old", "new", "metres")
KINDS = {
    "new": "edited_new",
    "removed": "edited_removed",
    "moved": "edited_moved",
    "changed": "edited_changed",
}
# Less than this is what other programs make of a coordinate when they store it.
_STILL_M = 0.1
_NOT_COMPARED = ("offer", "area", "area_name", "geometry", "file", "row", "fid")
_PLACED = ("place_quality", "place_address")
# Codes that are about how a text looks; one that stood in the atlas already is not QGIS's doing.
_LOOKS = ("garbled", "formula", "control_character", "direction_mark")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-][\d\s()/.,-]+")


@dataclass(frozen=True, slots=True, repr=False)
class EditedOffers(Showing):
    """What someone changed in the offers of a GeoPackage.

    Attributes
    ----------
    changes : DataFrame
        One row per change: ``kind`` (new, removed, moved, changed), ``offer``, ``feature`` (the
        number QGIS shows as ``fid``; missing for removed ones), ``column``, ``old``, ``new``,
        ``metres`` (moved ones).
    report : CheckReport
        The same in sentences, and every error.
    offers : GeoDataFrame
        The atlas's offers with the changes, indexed by ``offer``; columns the GeoPackage does not
        hold, such as contacts, stay as they are.
    """

    changes: pd.DataFrame
    report: CheckReport
    offers: gpd.GeoDataFrame = field(repr=False)

    @property
    def headline(self) -> str:
        """How many offers are new, gone, moved or changed."""
        counts = self.changes["kind"].value_counts()
        told = {kind: number(int(counts.get(kind, 0))) for kind in KINDS}
        return say("edited.headline", **told)

    def __str__(self) -> str:
        return f"{self.headline}\n{self.report}"

    def _overview(self) -> Overview:
        return replace(self.report._overview(), caption=self.headline)


def read_edited_offers(
    path: str | Path, atlas: Atlas, *, categories: Sequence[str] = (), layer: str = LAYER
) -> EditedOffers:
    """Compare the offers of a GeoPackage that was edited in QGIS with those of an atlas.

    Parameters
    ----------
    path : path
        As `write_geopackage` wrote it and QGIS saved it.
    atlas : Atlas
        What the edition was made of.
    categories : sequence of str
        New categories that are meant; any other the atlas does not know is an error.
    layer : str

    Returns
    -------
    EditedOffers
        Errors are: ids that stand twice or are missing, unknown categories, values that cannot be
        read, points that were lost or lie far from everything. Every difference is a note.

    Raises
    ------
    InputError
        There is no such file or layer, or it has no ids or no points at all.

    Notes
    -----
    An offer is known by its id. Metres are measured in the system of the atlas; less than 10 cm is no
    move. ``area`` follows from the point and is not compared. A column the GeoPackage lacks was not
    published or was taken out: the atlas's values stay.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.present.geopackage import write_geopackage
    >>> from sozialraum.secrecy.build import build_edition
    >>> atlas = build_musterstadt().atlas
    >>> path = write_geopackage(build_edition(atlas), Path(tempfile.mkdtemp()) / "stadt.gpkg")
    >>> read_edited_offers(path, atlas).changes.empty
    True
    """
    path = Path(path)
    raw = load_named(path, OFFERS, layer=layer)
    if raw.table is None:
        raise InputError(CheckReport(raw.findings))
    features = _number_features(path, layer)
    table, found = type_table(raw, OFFERS, path.name)
    if "offer" not in table or "category" not in table:
        raise InputError(CheckReport(found))
    faulty = find_faulty(raw.table, table)
    table, more = place_points(table, path.name, to_crs=atlas.areas.crs, faulty=faulty)
    if "geometry" not in table:
        raise InputError(CheckReport((*found, *more)))
    table = table.set_geometry(table.geometry.mask(~_has_point(table) & ~table.geometry.is_empty))
    place = _Place(f"{path.name}, {layer}", dict(zip(table["row"], features, strict=True)))
    table = table.assign(feature=pd.array(features, dtype="Int64"))
    twice = table["offer"].notna() & table["offer"].duplicated(keep=False)
    once = table[table["offer"].notna() & ~twice].set_index("offer")
    known = _key(atlas.offers)
    changes = pd.DataFrame(_compare(known, once, set(table["offer"].dropna())), columns=COLUMNS)
    changes = changes.astype({"feature": "Int64", "metres": "float64"})
    touched = {
        (feature, column)
        for feature, column in zip(changes["feature"], changes["column"], strict=True)
        if pd.notna(feature)
    } | {(f, "") for f in changes.loc[changes["kind"] == "new", "feature"]}
    findings = [
        place.name(f)
        for f in (*found, *more)
        if f.code != "duplicate" and not place.is_old(f, touched)
    ]
    for offer, rows in table[twice].groupby("offer", sort=True):
        listed = ", ".join(map(str, rows["feature"]))
        findings.append(find("error", "edited_twice", place.table, id=show(offer), features=listed))
    findings += _check_points(table, known, atlas, place)
    findings += _check_categories(
        table, {*known["category"].dropna(), *atlas.categories, *categories}, place
    )
    findings += _say_changes(changes, once, known, atlas, place)
    return EditedOffers(changes, CheckReport(tuple(findings)), _apply(changes, once, known, atlas))


def write_edited_offers(edited: EditedOffers, path: str | Path) -> Path:
    """Write the offers with all changes as CSV that `read_offers` and the project file understand.

    Parameters
    ----------
    edited : EditedOffers
    path : path

    Returns
    -------
    Path

    Raises
    ------
    InputError
        The report holds an error: nothing is written.

    Notes
    -----
    Semicolon, decimal comma, UTF-8 with BOM; ``x`` and ``y`` in the system of the atlas; ``area``
    follows from them and is left out. It holds contacts and is for the house alone. A text that a
    spreadsheet would compute (it begins with =, +, - or @ and is no number) gets an apostrophe
    in front.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> offers = build_musterstadt().atlas.offers
    >>> edited = EditedOffers(pd.DataFrame(columns=COLUMNS), CheckReport(), offers)
    >>> write_edited_offers(edited, Path(tempfile.mkdtemp()) / "angebote.csv").name
    'angebote.csv'
    """
    edited.report.raise_for_errors()
    offers = edited.offers
    places = offers.geometry
    names = [c for c in offers.columns if c not in _NOT_COMPARED and c != places.name]
    columns = [[_guard(clean(x)) for x in offers.index]]
    columns += [[_guard(_write(x)) for x in offers[name]] for name in names]
    columns += [[_write(x) for x in part.mask(places.isna())] for part in (places.x, places.y)]
    with replacing(path) as temporary:
        write_csv(temporary, ["offer", *map(clean, names), "x", "y"], columns, office=True)
    return Path(path)


@dataclass(frozen=True, slots=True)
class _Place:
    """Says where something stands in the words QGIS uses."""

    table: str
    features: dict[Any, int]

    def name(self, finding: Finding) -> Finding:
        """Name the feature instead of a row, and the field as the form does."""
        if finding.row is None:
            return replace(finding, table=self.table, column=_heading(finding.column))
        return replace(
            finding,
            table=self.at(self.features.get(finding.row, finding.row)),
            row=None,
            column=_heading(finding.column),
        )

    def at(self, feature: object) -> str:
        return f"{self.table}, {say('edited.feature', feature=feature)}"

    def is_old(self, finding: Finding, touched: set[tuple[int, str]]) -> bool:
        """Tell whether a text that looks odd stood in the atlas like that."""
        if finding.code not in _LOOKS or finding.row is None:
            return False
        feature = self.features.get(finding.row, -1)
        return not touched & {(feature, finding.column or ""), (feature, "")}


def _number_features(path: Path, layer: str) -> list[int]:
    import pyogrio

    plain = pyogrio.read_dataframe(
        path, layer=layer, columns=[], read_geometry=False, fid_as_index=True
    )
    return [int(x) for x in plain.index]


def _heading(column: str | None) -> str | None:
    return column if column is None else words("tables.offer").get(column, column)


def _write(value: Any) -> str:
    """Write a cell as German input tables do; missing is empty."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float | np.floating):
        return (
            str(int(value)) if float(value).is_integer() else repr(float(value)).replace(".", ",")
        )
    return clean(value).strip()


def _guard(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _key(offers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Index offers by their ids as the file holds them."""
    ids = pd.Index([_write(x) for x in offers.index], name="offer", dtype="str")
    return offers.assign(offer_id=offers.index.to_numpy()).set_axis(ids)


def _compare(
    known: gpd.GeoDataFrame, once: gpd.GeoDataFrame, present: set[str]
) -> Iterator[tuple[Any, ...]]:
    """List the differences: kind, offer, feature, column, old, new, metres."""
    for offer in once.index[~once.index.isin(known.index)]:
        yield "new", offer, once.at[offer, "feature"], "", "", _name(once, offer), np.nan
    for offer in known.index[~known.index.isin(present)]:
        yield "removed", offer, pd.NA, "", _name(known, offer), "", np.nan
    both = once.index[once.index.isin(known.index)]
    before, after = known.loc[both], once.loc[both]
    metres = after.geometry.distance(before.geometry)
    found = before.geometry.isna() & _has_point(after)
    for offer in both[((metres > _STILL_M) | found).to_numpy()]:
        old, new = (_say_point(t.geometry[offer]) for t in (before, after))
        yield "moved", offer, after.at[offer, "feature"], "geometry", old, new, metres[offer]
    for column in _comparable(once):
        new = after[column].map(_write).astype("str")
        old = (
            before[column].map(_write).astype("str")
            if column in before
            else pd.Series("", index=both, dtype="str")
        )
        for offer in both[(old != new).to_numpy()]:
            yield (
                "changed", offer, after.at[offer, "feature"], column, old[offer], new[offer], np.nan
            )  # fmt: skip


def _comparable(table: pd.DataFrame) -> list[str]:
    return [c for c in table.columns if c not in (*_NOT_COMPARED, "feature")]


def _name(table: pd.DataFrame, offer: str) -> str:
    return _write(table.at[offer, "name"]) if "name" in table else ""


def _has_point(table: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell where there is a point that a map can show."""
    return np.asarray(np.isfinite(shapely.bounds(table.geometry.to_numpy())).all(axis=1))


def _say_point(point: Any) -> str:
    lost = point is None or point.is_empty
    return say("number.missing") if lost else f"{number(point.x, 1)} / {number(point.y, 1)}"


def _check_points(
    table: gpd.GeoDataFrame, known: gpd.GeoDataFrame, atlas: Atlas, place: _Place
) -> Iterator[Finding]:
    """Find points that were lost, and those far from everything."""
    heading = say("edited.geometry")
    lost = ~_has_point(table)
    never = known.index[known.geometry.isna()]
    # An empty one has a finding already.
    for feature in table["feature"][table.geometry.isna() & ~table["offer"].isin(never)]:
        yield find("error", "edited_no_point", place.at(feature), column=heading)
    box = shapely.box(*atlas.areas.total_bounds)
    for feature in table["feature"][~lost & (table.geometry.distance(box) > FAR_M)]:
        yield find("error", "far_away", place.at(feature), column=heading, km=number(FAR_M / 1000))


def _check_categories(
    table: pd.DataFrame, known: Iterable[str], place: _Place
) -> Iterator[Finding]:
    stored = sorted({clean(x) for x in known})
    for feature, category in zip(table["feature"], table["category"], strict=True):
        if pd.notna(category) and category not in stored:
            near = difflib.get_close_matches(category, stored, n=1, cutoff=0.6)
            yield find(
                "error",
                "edited_category",
                place.at(feature),
                column=_heading("category"),
                cell=show(category),
                known=", ".join(str(show(x)) for x in near or stored[:20]),
            )


def _say_changes(
    changes: pd.DataFrame,
    once: gpd.GeoDataFrame,
    known: gpd.GeoDataFrame,
    atlas: Atlas,
    place: _Place,
) -> Iterator[Finding]:
    points = once.geometry[_has_point(once)]
    inside, _ = atlas.areas.sindex.query(points, predicate="intersects")
    outside = set(points.index.delete(inside)) - set(known.index[known["area"].isna()])
    gone = changes.loc[changes["kind"] == "removed", "offer"].tolist()
    shown = words("tables.choice")
    chosen = {c.name for c in OFFERS.columns if c.choices}
    for row in changes.itertuples():
        where = place.table if pd.isna(row.feature) else place.at(row.feature)
        texts = {"old": row.old, "new": row.new}
        if row.column in chosen:
            texts = {end: shown.get(text, text) for end, text in texts.items()}
        told = {"id": show(row.offer), **{end: _quote(text) for end, text in texts.items()}}
        heading = say("edited.geometry") if row.kind == "moved" else _heading(row.column) or None
        if row.kind == "moved" and np.isnan(row.metres):
            yield find("note", "edited_found", where, column=heading, **told)
            continue
        told |= {"metres": number(row.metres, 1)} if row.kind == "moved" else {}
        yield find("note", KINDS[row.kind], where, column=heading, **told)
        if row.kind in ("new", "moved") and row.offer in outside:
            at = say("edited.geometry")
            yield find("note", "edited_outside", where, column=at, id=show(row.offer))
        if row.kind == "new":
            point = once.geometry[row.offer]
            for other in gone:
                if row.new and row.new == _name(known, other) and _near(point, known, other):
                    yield find("note", "edited_renamed", where, id=show(row.offer), old=show(other))


def _near(point: Any, known: gpd.GeoDataFrame, offer: str) -> bool:
    other = known.geometry[offer]
    return point is not None and other is not None and point.distance(other) <= 1


def _quote(text: str) -> str:
    return f"„{show(text)}“" if text else say("number.missing")


def _apply(
    changes: pd.DataFrame, once: gpd.GeoDataFrame, known: gpd.GeoDataFrame, atlas: Atlas
) -> gpd.GeoDataFrame:
    """Make the changes in the atlas's own table."""
    table = known.drop(index=changes.loc[changes["kind"] == "removed", "offer"])
    fresh = once.loc[changes.loc[changes["kind"] == "new", "offer"]]
    changed = changes[changes["kind"] == "changed"]
    for column, rows in changed.groupby("column", sort=False):
        ids = rows["offer"].to_numpy()
        cells = table[column] if column in table else pd.Series(index=table.index, dtype="object")
        typed = cells.astype("object")
        typed[ids] = once.loc[ids, column].astype("object")
        table[column] = typed.astype(cells.dtype if cells.notna().any() else once[column].dtype)
    moved = changes.loc[changes["kind"] == "moved", "offer"].to_numpy()
    shapes = table.geometry.copy()
    shapes[moved] = once.geometry[moved]
    table = table.set_geometry(shapes)
    # What an address said about the place does not hold for a point put there by hand.
    placed = [c for c in _PLACED if c in table]
    table.loc[moved, placed] = None
    if len(fresh):
        own = fresh[[*_comparable(fresh), "geometry"]].dropna(axis="columns", how="all")
        table = pd.concat([table, own.assign(offer_id=fresh.index)])
    table = table.set_index(pd.Index(table.pop("offer_id"), name="offer", dtype="str"))
    order = [c for c in atlas.offers.columns if c in table]
    return gpd.GeoDataFrame(table[[*order, *table.columns.difference(order, sort=False)]])
