"""Readers of the registers: needs and measures, as an office reads them."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from .facts import NOTHING, Address, Folder, german, iso, numbers, rounded

_WHOLE = "gesamt"
_UNANSWERED = "keine Maßnahme genannt"
_FEW = "weniger als "
_OTHERS = re.compile(r"(\d+) Aussagen? ohne (?:Angebot und )?Träger")


def read_measures(folder: Folder, path: Path, name: str) -> None:
    """Take down the measures; what is meant for fewer readers must not be there."""
    rows = _read(path)
    folder.measures = {row["Nr"]: row for row in rows}
    for row in rows:
        if row["Für wen"] != "öffentlich" or row.get("Anmerkung"):
            folder.strange.append(f"{name}: {row['Nr']} is not for everybody")
        _know(folder, name, row)
        if row["Betrag in Euro"]:
            amount = float(row["Betrag in Euro"].replace(",", "."))
            folder.texts.append(f"{amount:,.0f} Euro".replace(",", "."))
    folder.texts += [" ".join(row.values()) for row in rows]
    folder.read[name] = len(rows)
    _compare_lists(folder, name)


def _compare_lists(folder: Folder, name: str) -> None:
    """Find what the GeoPackage says of a measure beyond or beside what the office's list says."""
    if {str(row["measure"]) for row in folder.listed} != set(folder.measures):
        folder.strange.append(f"{name}: other measures than in the GeoPackage")
    for row in folder.listed:
        told = folder.measures.get(str(row["measure"]), {})
        if row["audience"] != "oeffentlich" or "note" in row:
            folder.strange.append(f"GeoPackage: {row['measure']} is not for everybody")
        if folder.names.get((row["level"], row["area"])) != row["name"]:
            folder.strange.append(f"GeoPackage: {row['measure']} is for an area that is not there")
        pairs = (
            ("title", "Maßnahme"),
            ("topic", "Thema"),
            ("office", "Zuständig"),
            ("name", "Name"),
        )
        for own, heading in pairs:
            if (row[own] or "") != told.get(heading, ""):
                folder.strange.append(
                    f"{name}: {row['measure']}, {heading}: not as in the GeoPackage"
                )


def read_needs(folder: Folder, path: Path, name: str) -> None:
    """Take down the figures beside what was said; few voices must not be counted."""
    folder.read[name] = 0
    for row in _read(path):
        _tell_figures(folder, name, row)
        _know_measures(folder, name, row)
        if _is_open(folder):
            continue
        _ask_providers(folder, name, row)
        said = _OTHERS.findall(row["Worauf es beruht"].replace(_FEW + str(folder.minimum), ""))
        others = [row["Aussagen ohne Träger"], *said]
        few = [n for n in others if n != "." and 0 < int(n) < folder.minimum]
        if few or (row["Aussagen ohne Träger"] == "." and said):
            folder.strange.append(f"{name}: {few or said} single statements in {row['Gebiet']}")
        folder.texts.append(row["Worauf es beruht"])


def read_action(folder: Folder, path: Path, name: str) -> None:
    """Take down the figures rules look at; the words must not say more than the row."""
    folder.read[name] = 0
    for row in _read(path):
        place = _tell_figures(folder, name, row)
        _know_measures(folder, name, row)
        if not _is_open(folder):
            _ask_providers(folder, name, row)
        if place is not None:
            _ask_limit(folder, name, row, place)
        words = row["Erläuterung"]
        for known in (row["Name"], row["Merkmal"]):
            words = words.replace(known, " ")
        columns = ("Wert", "Grenze", "Träger", "Gebrauchte Träger")
        told = {_plain(row[c]) for c in columns if row[c] not in NOTHING}
        more = [n for n in numbers(words) if _plain(n) not in told]
        if more:
            folder.strange.append(f"{name}: {more} in the words, not in the row of {row['Gebiet']}")
        folder.texts += [row["Regel"], row["Erläuterung"]]


def read_statements(folder: Folder, path: Path, name: str) -> None:
    """Single statements are there only where the project file says they are public."""
    folder.read[name] = 0
    if not _is_open(folder):
        folder.strange.append(f"{name}: single statements are not for everybody")
    folder.texts.append(path.read_text(encoding="utf-8-sig"))


def read_changed_measures(folder: Folder, path: Path, name: str) -> None:
    """What the report says of a measure is what the list of the new edition says."""
    same = ("Maßnahme", "Thema", "Zielgruppe", "Zuständig", "Beschluss", "Stand", "Stand seit",
            "Zieldatum")  # fmt: skip
    rows = _read(path)
    for row in rows:
        if row["Anmerkung"]:
            folder.strange.append(f"{name}: a remark that is not for everybody")
        if row["Was"] == "nicht mehr in der Liste":
            continue
        known = folder.measures.get(row["Nr"], {})
        for column in same:
            if known.get(column) != row[column]:
                folder.strange.append(f"{name}: {column} of {row['Nr']} is not in the list")
    folder.texts += [" ".join(row.values()) for row in rows]
    folder.read[name] = len(rows)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return [{k: v.removeprefix("'") for k, v in row.items()} for row in rows]


def _is_open(folder: Folder) -> bool:
    """Tell whether everybody may read single statements."""
    return bool(folder.parameters.get("needs", {}).get("audience") == "oeffentlich")


def _plain(number: str) -> str:
    return number.strip("+−-").replace(".", "")


def _level(folder: Folder, title: str) -> dict[str, Any]:
    return next(level for level in folder.levels if level["title"] == title)


def _know(folder: Folder, name: str, row: dict[str, str]) -> None:
    level = _level(folder, row["Ebene"])["id"]
    if folder.names.get((level, row["Gebiet"])) != row["Name"]:
        folder.strange.append(f"{name}: no area {row['Gebiet']} {row['Name']} of {level}")


def _tell_figures(folder: Folder, name: str, row: dict[str, str]) -> Address | None:
    """Take down the own figure, that of the area above and that of the whole; give its place."""
    _know(folder, name, row)
    titled = folder.by_title(row["Merkmal"]) if row["Merkmal"] else []
    columns = ("Wert", "Wert darüber", "Wert des Ganzen")
    if len(titled) != 1:
        if titled or any(row.get(column) for column in columns):
            folder.strange.append(f"{name}: a figure of nothing: {row['Merkmal']!r}")
        return None
    level, day = _level(folder, row["Ebene"]), iso(row["Datenstand"])
    own: Address = (level["id"], row["Gebiet"], titled[0], day, "value")
    upper = level.get("parent") or ""
    above = folder.parents.get(level["id"], {}).get(upper, {}).get(row["Gebiet"], _WHOLE)
    places = {
        "Wert": own,
        "Wert darüber": (upper, above, *own[2:]),
        "Wert des Ganzen": (_WHOLE, _WHOLE, *own[2:]),
    }
    for column, place in places.items():
        text = row.get(column, "")
        if text and (text == "." or text not in NOTHING):
            digits = int(folder.indicators[titled[0]]["digits"])
            folder.tell(name, place, None if text == "." else rounded(text, digits))
    return own


def _ask_limit(folder: Folder, name: str, row: dict[str, str], place: Address) -> None:
    """A limit is one the project file sets, or the figure of an area."""
    said = german(row["Grenze"]) if row["Grenze"] not in NOTHING else None
    if said is None:
        return
    rules = folder.parameters.get("needs", {}).get("rule", [])
    known = [float(r["limit"]) for r in rules if "limit" in r and r["indicator"] == place[2]]
    for at in folder.told:
        if (at[0], at[2], at[3]) == (place[0], place[2], place[3]) and at[4] == "value":
            span = folder.span(at)
            known += [(span[0] + span[1]) / 2] if span else []
    if not any(said[0] - 1e-9 <= x <= said[1] + 1e-9 for x in known):
        folder.strange.append(f"{name}: limit {row['Grenze']} is nobody's figure")


def _ask_providers(folder: Folder, name: str, row: dict[str, str]) -> None:
    """What fewer than three said (or more, as the project file says) looks like nothing."""
    needs, secrecy = (folder.parameters.get(k, {}) for k in ("needs", "secrecy"))
    least = max(needs.get("providers", 3), secrecy.get("providers", 0))
    if row["Träger"] not in NOTHING and int(row["Träger"]) < least:
        folder.strange.append(f"{name}: only {row['Träger']} spoke in {row['Gebiet']}")


def _know_measures(folder: Folder, name: str, row: dict[str, str]) -> None:
    """Whatever answers a need stands in the list of measures."""
    for answer in filter(None, row.get("Maßnahmen", "").split("; ")):
        known = any(
            answer.startswith(f"{number} {measure['Maßnahme']} ({measure['Stand'] or 'keine'}")
            for number, measure in folder.measures.items()
        )
        if not known and answer != _UNANSWERED:
            folder.strange.append(f"{name}: a measure that is not in the list: {answer!r}")
