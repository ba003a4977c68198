"""Reader of XLSX and DOCX as the archives of XML they are: also what no program shows."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from .facts import NOTHING, Folder, exact, iso, strip_tag

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_KNOWN = re.compile(
    r"docProps/(app|core)\.xml|xl/(theme/theme1|styles|workbook|sharedStrings)\.xml"
    r"|xl/worksheets/sheet\d+\.xml|(xl/)?_rels/[\w.]*\.rels|\[Content_Types\]\.xml"
)
_PLACE = re.compile(r"('[^']*'|\w+)!\$?[A-Z\d$]+(:\$?[A-Z\d$]+)?")
_SHEETS = ("Lies mich", "Zeitreihe", "Angebote", "Lücken", "Merkmale")
_SERIES = {"Ebene": "level", "Kennung": "area", "Merkmal": "indicator", "Datenstand": "datenstand",
           "Wert": "value", "Zähler": "numerator", "Nenner": "denominator"}  # fmt: skip


def read_workbook(folder: Folder, path: Path, name: str) -> None:
    """Read every sheet, hidden ones too, cached values, comments, names, properties."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if not _KNOWN.fullmatch(member):
                folder.strange.append(f"{name}: unknown part {member}")
        for member in ("docProps/core.xml", "docProps/app.xml"):
            _properties(folder, f"{name}:{member}", archive.read(member))
        book = ET.fromstring(archive.read("xl/workbook.xml"))
        for defined in book.iter(f"{_MAIN}definedName"):
            if not all(_PLACE.fullmatch(p) for p in re.split(r",(?=')", defined.text or "")):
                folder.strange.append(f"{name}: defined name {defined.get('name')}: {defined.text}")
        targets = {
            entry.get("Id"): entry.get("Target", "").removeprefix("/xl/")
            for entry in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        strings = _strings(archive)
        for sheet in book.iter(f"{_MAIN}sheet"):
            title = sheet.get("name", "")
            rows = _rows(archive.read(f"xl/{targets[sheet.get(f'{_REL}id')]}"), strings)
            if sheet.get("state", "visible") != "visible":
                folder.strange.append(f"{name}: hidden sheet {title}")
            _read_sheet(folder, f"{name}:{title}", title, rows)


def _properties(folder: Folder, source: str, raw: bytes) -> None:
    for entry in ET.fromstring(raw).iter():
        text = (entry.text or "").strip()
        if text:
            folder.texts.append(text)
            kind = entry.tag.rpartition("}")[2]
            if kind not in ("creator", "title", "language", "created", "modified", "Application",
                            "AppVersion", "lastModifiedBy", "subject", "DocSecurity", "revision",
                            "ScaleCrop", "LinksUpToDate", "SharedDoc", "HyperlinksChanged"):  # fmt: skip
                folder.strange.append(f"{source}: property {kind}: {text}")
            elif kind in ("title", "creator", "subject", "lastModifiedBy"):
                folder.parameters.setdefault("titles", []).append((source, text))


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [
        "".join(part.text or "" for part in entry.iter(f"{_MAIN}t"))
        for entry in ET.fromstring(archive.read("xl/sharedStrings.xml"))
    ]


def _rows(raw: bytes, strings: list[str]) -> Iterator[dict[str, Any]]:
    """Give every row as column letters and cells; a formula's cell is its cached value."""
    for row in ET.fromstring(raw).iter(f"{_MAIN}row"):
        cells: dict[str, Any] = {}
        for cell in row:
            column = re.sub(r"\d", "", cell.get("r", ""))
            value = cell.find(f"{_MAIN}v")
            kind = cell.get("t", "n")
            if kind == "inlineStr":
                cells[column] = "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
            elif value is not None and value.text is not None:
                text = value.text
                cells[column] = strings[int(text)] if kind == "s" else text
                if kind in ("n", "d"):
                    cells[column] = float(text) if kind == "n" else text
            formula = cell.find(f"{_MAIN}f")
            if formula is not None:
                cells[f"{column}="] = formula.text
        yield cells


def _read_sheet(folder: Folder, source: str, title: str, rows: Iterator[dict[str, Any]]) -> None:
    plurals = {level["plural"]: level["id"] for level in folder.levels}
    table = list(rows)
    head = {column: str(cell) for column, cell in table[0].items()} if table else {}
    folder.read[source] = 0
    for row in table:
        formulas = [c for c in row if c.endswith("=")]
        if formulas:
            folder.strange.append(f"{source}: formula {row[formulas[0]]}")
    if title in plurals and head.get("A") == "Merkmal":
        _read_turned(folder, source, plurals[title], table)
    elif title in plurals:
        _read_level(folder, source, plurals[title], head, table[1:])
    elif title.startswith("Zeitreihe"):
        _read_series(folder, source, head, table[1:])
    elif title == "Lücken":
        for row in table[1:]:
            folder.gaps.append({"source": source, **{head[c]: v for c, v in row.items()}})
            folder.read[source] += 1
    elif title == "Angebote":
        folder.offers[source] = [{head[c]: v for c, v in row.items()} for row in table[1:]]
    elif title == "Maßnahmen":
        _read_measures(folder, source, [{head[c]: v for c, v in row.items()} for row in table[1:]])
    else:
        folder.texts += [str(v) for row in table for v in row.values()]
        if title not in _SHEETS:
            folder.strange.append(f"{source}: unknown sheet")


def _read_level(
    folder: Folder, source: str, level: str, head: dict[str, str], rows: list[dict[str, Any]]
) -> None:
    columns = {}
    for column, heading in head.items():
        first, _, stand = heading.partition("\nStand ")
        if not stand:
            if heading not in ("Kennung", "Gebiet", "Teil von"):
                folder.strange.append(f"{source}: unknown column {heading}")
            continue
        indicator = _find(folder, source, first)
        if indicator is not None:
            columns[column] = (indicator, iso(stand))
    for row in rows:
        area = row.get("A")
        for column, (indicator, day) in columns.items():
            _cell(folder, source, (level, area, indicator, day, "value"), row.get(column))


def _read_turned(folder: Folder, source: str, level: str, table: list[dict[str, Any]]) -> None:
    """Read a level of few areas: indicators in rows, areas in columns."""
    head = {column: str(cell) for column, cell in table[0].items()}
    if head.pop("A") != "Merkmal" or head.pop("B", "") != "Datenstand":
        folder.strange.append(f"{source}: unknown column {head}")
    for column, heading in head.items():
        name, _, area = heading.rpartition("\n")
        if folder.names.get((level, area)) != name:
            folder.strange.append(f"{source}: no area {heading!r}")
        for row in table[1:]:
            indicator = _find(folder, source, str(row.get("A")))
            if indicator is not None:
                address = (level, area, indicator, _iso(row.get("B")), "value")
                _cell(folder, source, address, row.get(column))


def _find(folder: Folder, source: str, title: str) -> str | None:
    """Find the indicator of a title with its unit in brackets."""
    found = folder.by_title(title) or folder.by_title(strip_tag(title))
    unit = re.search(r"\(([^()]*)\)$", title)
    found = [
        i for i in found if not unit or unit[1] in (folder.indicators[i]["unit"], title)
    ] or found
    if len(found) == 1:
        return found[0]
    folder.strange.append(f"{source}: {title!r} may be {found}")
    return None


def _read_measures(folder: Folder, source: str, rows: list[dict[str, Any]]) -> None:
    """The sheet says of every measure what the list says, and nothing of others."""
    for row in rows:
        listed = {k: v for k, v in folder.measures.get(str(row.get("Nr")), {}).items() if v}
        euro = listed.pop("Betrag in Euro", None)
        if (euro and float(euro.replace(",", "."))) != row.pop("Betrag in Euro", None):
            folder.strange.append(f"{source}: amount of {row.get('Nr')} is not in the list")
        if row != listed:
            folder.strange.append(f"{source}: {row} is not in the list")
    if len(rows) != len(folder.measures):
        folder.strange.append(f"{source}: {len(rows)} of {len(folder.measures)} measures")
    folder.read[source] = len(rows)


def _cell(folder: Folder, source: str, address: Any, cell: Any) -> None:
    known = folder.indicators[address[2]]
    if isinstance(cell, float):
        folder.tell(source, address, (cell, cell))
    elif cell == ".":
        folder.tell(source, address, None)
    elif isinstance(cell, str) and cell in known["classes"] and address[4] == "value":
        folder.tell(source, address, exact(str(known["classes"].index(cell) + 1)))
    elif cell is not None and cell not in NOTHING:
        folder.strange.append(f"{source}: {cell!r} at {address}")


def _read_series(
    folder: Folder, source: str, head: dict[str, str], rows: list[dict[str, Any]]
) -> None:
    levels = {level["title"]: level["id"] for level in folder.levels}
    letters = {heading: column for column, heading in head.items()}
    for row in rows:
        cells = {key: row.get(letters[word]) for word, key in _SERIES.items()}
        day = cells["datenstand"]
        found = folder.by_title(str(cells["indicator"]))
        if len(found) != 1:
            folder.strange.append(f"{source}: {cells['indicator']} may be {found}")
            continue
        place = (levels[str(cells["level"])], str(cells["area"]), found[0], _iso(day))
        for column, role in (("value", "value"), ("numerator", "Z"), ("denominator", "N")):
            _cell(folder, source, (*place, role), cells[column])


def _iso(day: Any) -> str:
    """Read a date, a year or a text."""
    if not isinstance(day, float):
        return iso(str(day))
    return str(int(day)) if day.is_integer() and day < 3000 else _day(day)


def _day(serial: float) -> str:
    return (dt.date(1899, 12, 30) + dt.timedelta(days=serial)).isoformat()
