"""Editions as their readers have them, read from the folders that a run wrote."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import geopandas as gpd

from sozialraum.errors import InputError
from sozialraum.model.areas import Level
from sozialraum.model.audience import MARKS
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.present.geopackage import free_column
from sozialraum.present.manifest import FORMAT, NAME
from sozialraum.present.measures import NAME as MEASURES
from sozialraum.present.office import clean
from sozialraum.project.earlier import read_earlier
from sozialraum.project.measures import read_list
from sozialraum.project.needs import list_names
from sozialraum.secrecy.edition import Head
from sozialraum.secrecy.published import Published
from sozialraum.secrecy.seal import put_seal

_TABLE, _PLACES = "tabellen/werte.csv", "sozialraum.gpkg"
# Not every edition has it.
_MEASURES = f"tabellen/{MEASURES}"
# What an entry of [[coverage]] and [streets] says besides how it was measured.
_WORDS = ("title", "gap_title", "note", "theme", "source", "file", "nodes")


def read_published(folder: str | Path) -> Published:
    """Read what an edition showed from the folder it was written into.

    Parameters
    ----------
    folder : path
        Written by `run`; its ``edition.json``, ``werte.csv``, GeoPackage and, if there is one, its list
        of measures are read, nothing else.

    Returns
    -------
    Published

    Raises
    ------
    InputError
        There is no edition, it is of a version that is not understood, a file of it is missing or was
        changed after it was written. All of it in one report.

    Examples
    --------
    >>> try:
    ...     read_published("kein_ordner")
    ... except InputError as error:
    ...     print(error.report.headline)
    1 Fehler, 0 Hinweise
    """
    folder = Path(folder)
    found = [folder / f"{mark}{NAME}" for mark in MARKS.values()]
    about_path = next((path for path in found if path.is_file()), None)
    if about_path is None:
        raise InputError(CheckReport((find("error", "edition_missing", folder.name, file=NAME),)))
    mark = about_path.name.removesuffix(NAME)
    about, faults = _read_about(about_path, folder.name)
    files = about.get("files", {})
    paths = [_mark(folder / name, mark) for name in (_TABLE, _PLACES, _MEASURES)]
    if paths[-1].relative_to(folder).as_posix() not in files:
        del paths[-1]
    for path in paths:
        listed = files.get(path.relative_to(folder).as_posix())
        if listed is None or not path.is_file():
            faults.append(find("error", "edition_file", folder.name, file=path.name))
        elif hashlib.sha256(path.read_bytes()).hexdigest() != listed:
            faults.append(find("error", "edition_changed", folder.name, file=path.name))
    CheckReport(tuple(faults)).raise_for_errors()
    try:
        return _build(about, *paths)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        broken = find("error", "edition_broken", folder.name, file=NAME, why=repr(error))
        raise InputError(CheckReport((broken,))) from error


def _mark(path: Path, mark: str) -> Path:
    return path.with_name(f"{mark}{path.name}")


def _read_about(path: Path, label: str) -> tuple[dict[str, Any], list[Finding]]:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return {}, [find("error", "edition_broken", label, file=path.name, why=str(error))]
    if not isinstance(about, dict):
        return {}, [find("error", "edition_broken", label, file=path.name, why="")]
    form = about.get("format")
    if form != FORMAT:
        return about, [find("error", "edition_format", label, found=form or "–", known=FORMAT)]
    return about, []


def _build(
    about: dict[str, Any], table: Path, places: Path, measures: Path | None = None
) -> Published:
    levels = tuple(Level(**level) for level in about["levels"])
    taken: set[str] = set()
    tables = {}
    for level in levels:
        shapes = gpd.read_file(places, layer=free_column(f"gebiete_{level.id}", taken))
        shapes = shapes.astype({"area": "str"}).set_index("area")
        tables[level.id] = shapes[["name", "parent", "geometry"]]
    offers = gpd.read_file(places, layer="angebote").astype({"offer": "str"}).set_index("offer")
    gaps = gpd.read_file(places, layer="luecken").drop(columns="gap")
    values = read_earlier(table).values
    texts = ["area", "level", "indicator", "datenstand", "quality", "steps"]
    values[texts] = values[texts].astype("str").fillna("")
    parameters = about["parameters"]
    read = Published(
        title=about["title"],
        created=about["redaktionsschluss"],
        audience=about["audience"],
        notice=about["head"]["notice"],
        head=Head(**about["head"]).entries(),
        levels=levels,
        tables=tables,
        values=values,
        offers=offers,
        gaps=gaps,
        indicators={clean(name): _indicator(entry) for name, entry in about["indicators"].items()},
        categories={clean(k): word for k, word in parameters.get("categories", {}).items()},
        rounding=about["secrecy"]["rounding"],
        sources=tuple(about["sources"]),
        methods=tuple(about["methods"]),
        inputs=about["inputs"],
        measured=_list_measured(parameters),
        measures=read_list(measures, levels) if measures else None,
        topics={
            topic: tuple(list_names(names))
            for section in ("needs", "measures")
            for topic, names in parameters.get(section, {}).get("topics", {}).items()
        },
    )
    return put_seal(read)


def _indicator(entry: dict[str, Any]) -> Indicator:
    known: dict[str, Any] = {f.name: entry[f.name] for f in fields(Indicator) if f.name in entry}
    lists = {k: tuple(v) for k, v in known.items() if isinstance(v, list)}
    return Indicator(**(known | lists))


def _list_measured(parameters: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """List by indicator what decides how it was measured: its entry and the ways."""
    ways = {
        section: {k: v for k, v in parameters.get(section, {}).items() if k not in _WORDS}
        for section in ("streets", "straight_line")
    }
    return {
        entry["id"]: {**{k: v for k, v in entry.items() if k not in _WORDS}, **ways}
        for entry in parameters.get("coverage", [])
    }
