"""Readers of the tables: CSV, PROV-JSON, the list of an edition, the report of the check."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from .facts import NOTHING, Folder, exact, iso, rounded

_ROLES = {"value": "value", "numerator": "Z", "denominator": "N"}


def read_edition(folder: Folder, path: Path, name: str) -> None:
    """Read definitions, levels, the minimum and the project file's settings."""
    about = json.loads(path.read_text(encoding="utf-8"))
    entries = about["indicators"]
    folder.indicators = {k: dict(v) for k, v in entries.items()}
    folder.levels = about["levels"]
    folder.minimum = int(about["secrecy"]["minimum"])
    folder.parameters = about["parameters"]
    folder.texts += list(_strings(about))
    folder.read[name] = len(folder.indicators)
    listed = set(about["files"])
    lacking = listed - set(folder.files)
    folder.strange += [f"{name}: lists {file}, which is not there" for file in sorted(lacking)]
    more = set(folder.files) - listed - {name}
    folder.strange += [f"{file}: not listed in {name}" for file in sorted(more)]


def _strings(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, int | float):
        yield f"{value:g}".replace(".", ",")


def read_values(folder: Folder, path: Path, name: str) -> None:
    """Read the table for programs: exact numbers."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tell_row(folder, name, row)


def tell_row(folder: Folder, source: str, row: dict[str, Any]) -> None:
    """Take down a row of the values table, from whatever file."""
    place = (row["level"], row["area"], row["indicator"], row["datenstand"])
    for column, role in _ROLES.items():
        cell = row[column]
        if cell is not None and cell != "":
            folder.tell(source, (*place, role), exact(cell))
        elif row["sign"] == "." and (column == "value" or not folder.is_count(place[2])):
            folder.tell(source, (*place, role), None)


def read_office(folder: Folder, path: Path, name: str) -> None:
    """Read the table for German spreadsheets: names instead of ids, rounded numbers."""
    levels = {level["title"]: level["id"] for level in folder.levels}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            for indicator in folder.by_title(row["Merkmal"]):
                known = folder.indicators[indicator]
                place = (levels[row["Ebene"]], row["Kennung"].removeprefix("'"), indicator)
                place = (*place, iso(row["Datenstand"]))
                if len(folder.by_title(row["Merkmal"])) > 1:
                    folder.strange.append(f"{name}: more than one {row['Merkmal']}")
                if row["Schritte"] not in folder.texts[-1:]:
                    folder.texts.append(row["Schritte"])
                folder.names[place[0], place[1]] = row["Gebiet"].removeprefix("'")
                tell_texts(folder, name, place, row, known)


def tell_texts(
    folder: Folder, name: str, place: Any, row: dict[str, str], known: dict[str, Any]
) -> None:
    """Take down value, numerator and denominator written in German."""
    for column, role in (("Wert", "value"), ("Zähler", "Z"), ("Nenner", "N")):
        text = row[column].removeprefix("'")
        if text in NOTHING:
            continue
        if role == "value" and text in known["classes"]:
            number = float(known["classes"].index(text) + 1)
            folder.tell(name, (*place, role), (number, number))
        elif role == "value" or not folder.is_count(place[2]):
            digits = known["digits"] if role == "value" else len(_decimals(text))
            folder.tell(name, (*place, role), rounded(text, digits))


def _decimals(text: str) -> str:
    found = re.match(r"[\d.−-]+,(\d+)", text)
    return found[1] if found else ""


def read_passports(folder: Folder, path: Path, name: str) -> None:
    """Read the passports of the numbers."""
    levels = {level["title"]: level["id"] for level in folder.levels}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            indicator = row["Kürzel"]
            known = folder.indicators[indicator]
            place = (levels[row["Ebene"]], row["Kennung"].removeprefix("'"), indicator)
            place = (*place, iso(row["Datenstand"]))
            if row["Wert"].removeprefix("'").startswith("zurückgehalten"):
                row = {**row, "Wert": "."}
                for column in ("Zähler", "Nenner"):
                    if re.search(r"\d", re.sub(r"\(.*", "", row[column])):
                        folder.strange.append(f"{name}: {column} of a withheld number {place}")
            tell_texts(folder, name, place, row, known)


def read_prov(folder: Folder, path: Path, name: str) -> None:
    """Read PROV-JSON: every number is an entity."""
    about = json.loads(path.read_text(encoding="utf-8"))
    for key, entity in about["entity"].items():
        if "sr:indicator" not in entity:
            if "prov:value" in entity:
                folder.strange.append(f"{name}: a number of nothing, {key}")
            continue
        place = tuple(entity[f"sr:{c}"] for c in ("level", "area", "indicator", "datenstand"))
        withheld = entity.get("sr:sign") == "."
        for word, role in (("prov:value", "value"), ("sr:numerator", "Z"), ("sr:denominator", "N")):
            cell = entity.get(word)
            if isinstance(cell, dict):
                cell = cell.get("$")
            if isinstance(cell, int | float):
                folder.tell(name, (*place, role), exact(str(cell)))
            elif withheld and role == "value":
                folder.tell(name, (*place, role), None)


def read_report(folder: Folder, path: Path, name: str) -> None:
    """Read what the check noted."""
    text = path.read_text(encoding="utf-8")
    folder.texts.append(text)
    folder.read[name] = 0
