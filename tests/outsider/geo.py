"""Reader of the GeoPackage: every table, every style, nothing left over in the file."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import unescape

from .facts import Folder, exact, german, numbers
from .tables import tell_row

_SYSTEM = ("gpkg_", "rtree_", "sqlite_")
_RULE = re.compile(r"<rule .*?(?=<rule |</rules>)", re.S)
_COLUMN = re.compile(r'"(\w+)" IS NOT NULL')
_LIMIT = re.compile(r"(?:>=|<=|<|>) (-?\d+(?:\.\d+)?)(?= |\")")
_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def read_geopackage(folder: Folder, path: Path, name: str) -> None:
    """Read layers of areas, the long table, gaps, offers, styles; refuse what is unknown."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        base.row_factory = sqlite3.Row
        if base.execute("pragma freelist_count").fetchone()[0]:
            folder.strange.append(f"{name}: pages of deleted rows")
        tables = [r[0] for r in base.execute("select name from sqlite_master where type = 'table'")]
        columns = {
            row["column"]: row["indicator"]
            for row in base.execute('select "column", indicator from merkmale')
        }
        for row in base.execute("select * from werte"):
            cells = {k: "" if row[k] is None else str(row[k]) for k in row.keys()}  # noqa: SIM118
            tell_row(folder, f"{name}:werte", cells)
        for table in tables:
            rows = base.execute(f'select * from "{table}"')
            if table.startswith("gebiete_"):
                level = table.removeprefix("gebiete_")
                _read_level(folder, f"{name}:{table}", level, rows, columns)
            elif table == "luecken":
                _read_gaps(folder, name, rows)
            elif table == "angebote":
                folder.offers[name] = [dict(row) for row in rows]
            elif table == "layer_styles":
                for row in rows:
                    _read_style(folder, name, row, columns)
            elif table == "qgis_projects":
                for row in rows:
                    _read_project(folder, name, row, columns)
            elif table == "massnahmen":
                folder.listed = [dict(row) for row in rows]
            elif table in ("hinweise", "merkmale"):
                folder.texts += [str(cell) for row in rows for cell in row if cell is not None]
            elif table not in ("werte", "hintergrund") and not table.startswith(_SYSTEM):
                folder.strange.append(f"{name}: unknown table {table}")
        for kind in ("view", "trigger"):
            for (title,) in base.execute("select name from sqlite_master where type = ?", (kind,)):
                if not title.startswith(("rtree_", "trigger_", "gpkg_")):
                    folder.strange.append(f"{name}: unknown {kind} {title}")


def _read_level(
    folder: Folder, source: str, level: str, rows: Any, columns: dict[str, str]
) -> None:
    upper = {entry["id"]: entry["parent"] for entry in folder.levels}[level]
    for row in rows:
        area = row["area"]
        folder.names[level, area] = row["name"]
        if row["parent"]:
            folder.parents.setdefault(level, {}).setdefault(upper, {})[area] = row["parent"]
        folder.shapes[level, area] = wkb(row["geom"])
        for column in row.keys():  # noqa: SIM118
            if column in ("fid", "geom", "level", "area", "name", "parent", "parent_name"):
                continue
            if column not in columns:
                if columns.get(column.removesuffix("_zeichen")) is None:
                    folder.strange.append(f"{source}: unknown column {column}")
                continue
            indicator, sign = columns[column], row[f"{column}_zeichen"]
            place = (level, area, indicator, folder.newest(level, indicator), "value")
            if row[column] is not None:
                folder.tell(source, place, exact(str(row[column])))
            elif sign == ".":
                folder.tell(source, place, None)


def wkb(blob: bytes | None) -> bytes:
    """Take the head of a GeoPackage geometry away."""
    if blob is None:
        return b""
    flags = blob[3]
    return blob[8 + _ENVELOPE[(flags >> 1) & 7] :]


def _read_gaps(folder: Folder, name: str, rows: Any) -> None:
    for row in rows:
        gap = {k: row[k] for k in row.keys() if k not in ("geom", "fid")}  # noqa: SIM118
        folder.gaps.append({**gap, "shape": wkb(row["geom"]), "source": name})
        folder.read[f"{name}:luecken"] = folder.read.get(f"{name}:luecken", 0) + 1


def _read_style(folder: Folder, name: str, row: Any, columns: dict[str, str]) -> None:
    """Class limits may not go beyond what is published."""
    for kind in ("styleQML", "styleSLD"):
        _read_rules(folder, f"{name}:{row['styleName']}", row["f_table_name"], row[kind], columns)


def _read_project(folder: Folder, name: str, row: Any, columns: dict[str, str]) -> None:
    """Read a QGIS project in the GeoPackage: the classes of every layer once more."""
    raw = row["content"]
    raw = bytes.fromhex(raw if isinstance(raw, str) else raw.decode())
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for member in archive.namelist():
            if not member.endswith(".qgs"):
                folder.strange.append(f"{name}: {member} in a project")
                continue
            for layer in ET.fromstring(archive.read(member)).iter("maplayer"):
                source = layer.findtext("datasource") or ""
                text = ET.tostring(layer, encoding="unicode")
                table = source.rpartition("layername=")[2]
                _read_rules(folder, f"{name}:{member}", table, text, columns)


def _read_rules(
    folder: Folder, source: str, table: str, text: str | None, columns: dict[str, str]
) -> None:
    """Take limits and words of classes out of a style."""
    if not text or not table.startswith("gebiete_"):
        return
    for rule in _RULE.findall(unescape(text, {"&quot;": '"'})):
        column = _COLUMN.search(rule)
        indicator = columns.get(column[1]) if column else None
        if indicator is None:
            continue
        limits = [float(limit) for limit in _LIMIT.findall(rule)]
        label = re.search(r'label="([^"]*)"', rule)
        known = folder.indicators[indicator]
        if label and not known["classes"]:
            words = label[1].replace(known["unit"] or " ", " ")
            limits += [sum(s) / 2 for s in map(german, numbers(words)) if s]
        check_limits(folder, source, table.removeprefix("gebiete_"), indicator, limits)


def check_limits(
    folder: Folder, source: str, level: str, indicator: str, limits: list[float]
) -> None:
    """Note limits of classes outside of what is published of an indicator at a level."""
    known = _published(folder).get((level, indicator))
    if known is None or not limits:
        if any(abs(x) < 1e6 for x in limits):
            folder.strange.append(f"{source}: limits {limits} of nothing published")
        return
    digits = folder.indicators[indicator]["digits"]
    half = 0.5 * 10.0**-digits + 1e-9
    for limit in limits:
        if abs(limit) < 1e6 and not known[0] - half <= limit <= known[1] + 2 * half:
            folder.strange.append(f"{source}: limit {limit} beyond {known}")


def _published(folder: Folder) -> dict[tuple[str, str], tuple[float, float]]:
    if not hasattr(folder, "_ranges"):
        ranges: dict[tuple[str, str], tuple[float, float]] = {}
        for (level, _, indicator, _, role), said in folder.told.items():
            if role == ("Z" if folder.is_count(indicator) else "value"):
                for span in said.values():
                    if span is not None:
                        low, high = ranges.get((level, indicator), (float("inf"), float("-inf")))
                        ranges[level, indicator] = min(low, span[0]), max(high, span[1])
        folder._ranges = ranges  # type: ignore[attr-defined]
    return folder._ranges  # type: ignore[attr-defined,no-any-return]
