"""Reader of the half-yearly report: what it says of both editions, and no number of its own."""

from __future__ import annotations

import csv
from pathlib import Path

from .facts import Folder, exact, german, rounded
from .html import parse


def read_changes(folder: Folder, path: Path, name: str) -> None:
    """Take down both figures of every row; a difference must be that of what is told."""
    roles = {"": "value", "Zähler ": "Z", "Nenner oder Menschen ": "N"}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            indicator = row["Merkmal Kennung"].removeprefix("'")
            place = (row["Ebene"], row["Kennung"].removeprefix("'"), indicator)
            if indicator not in folder.indicators:
                continue
            for column, role in roles.items():
                for when in ("vorher", "jetzt"):
                    cell = row[f"{column}{when}"]
                    # What the earlier edition says of a day is a statement of its own.
                    day = ("0 früher " if when == "vorher" else "") + row[f"Datenstand {when}"]
                    if role == "Z" and folder.is_count(indicator):
                        continue
                    if cell:
                        whole = "," not in cell
                        folder.tell(
                            name, (*place, day, role), exact(cell) if whole else rounded(cell, 6)
                        )
                    elif row[f"Zeichen {when}"] == "." and when == "jetzt":
                        folder.tell(name, (*place, day, role), None)
            if row["Unterschied"] and not (row["vorher"] and row["jetzt"]):
                folder.strange.append(f"{name}: a difference of what is not told, {place}")


def read_changed_gaps(folder: Folder, path: Path, name: str) -> None:
    """Take the texts; people of gaps stand in the edition's own table."""
    told = {round(float(g["people"])) for g in folder.gaps if g.get("people") not in (None, "")}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            cell = row["Nenner oder Menschen jetzt"]
            span = german(cell) if cell else None
            if span and round(sum(span) / 2) not in told:
                folder.strange.append(f"{name}: people of a gap that the edition does not tell")
    folder.read[name] = 0


def read_changed_offers(folder: Folder, path: Path, name: str) -> None:
    """Take the texts."""
    folder.texts.append(path.read_text(encoding="utf-8-sig"))
    folder.read[name] = 0


def read_half_year(folder: Folder, path: Path, name: str) -> None:
    """Read the page: nothing in it that is not seen."""
    page = parse(path.read_text(encoding="utf-8"))
    folder.texts.append(page.text("style"))
    for node in page.walk():
        if node.tag in ("!", "script"):
            folder.strange.append(f"{name}: hidden text")
    folder.read[name] = sum(1 for _ in page.find_all("td"))
