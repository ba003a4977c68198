"""Reader of the half-yearly report: what it says of both editions, and no number of its own."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pikepdf
import pypdfium2

from .facts import Folder, exact, german, iso, numbers, plain, rounded
from .html import parse
from .pdf import all_words, check_edges
from .word import list_lines, open_document, said_of_pictures


def read_changes(folder: Folder, path: Path, name: str) -> None:
    """Take down both figures of every row; a difference must be that of what is told."""
    roles = {"": "value", "Zähler ": "Z", "Nenner oder Menschen ": "N"}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            indicator = row["Merkmal Kennung"].removeprefix("'")
            if indicator not in folder.indicators:
                continue
            digits = int(folder.indicators[indicator]["digits"])
            classes = folder.indicators[indicator]["classes"]
            level = next(x["id"] for x in folder.levels if x["title"] == row["Ebene"])
            place = (level, row["Kennung"].removeprefix("'"), indicator)
            for column, role in roles.items():
                for when in ("vorher", "jetzt"):
                    cell = row[f"{column}{when}"]
                    # What the earlier edition says of a day is a statement of its own.
                    day = ("0 früher " if when == "vorher" else "") + iso(row[f"Datenstand {when}"])
                    if role == "Z" and folder.is_count(indicator):
                        continue
                    if cell in classes and role == "value":
                        folder.tell(name, (*place, day, role), exact(str(classes.index(cell) + 1)))
                    elif cell and role == "value" and not folder.is_count(indicator):
                        folder.tell(name, (*place, day, role), rounded(cell, digits))
                    elif cell:
                        whole = "," not in cell
                        folder.tell(
                            name, (*place, day, role), exact(cell) if whole else rounded(cell, 6)
                        )
                    elif row[f"Zeichen {when}"] == "." and when == "jetzt":
                        folder.tell(name, (*place, day, role), None)
            if row["vergleichbar"] not in ("ja", "eingeschränkt", "nein"):
                folder.strange.append(f"{name}: {row['vergleichbar']} is no word for readers")
            if row["Unterschied"] and not (row["vorher"] and row["jetzt"]):
                folder.strange.append(f"{name}: a difference of what is not told, {place}")


def read_changed_gaps(folder: Folder, path: Path, name: str) -> None:
    """Take the texts; people of gaps stand in the edition's own table."""
    told = {round(float(g["people"])) for g in folder.gaps if g.get("people") not in (None, "")}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["Was"] not in ("neu entstanden", "geschlossen", "verändert"):
                folder.strange.append(f"{name}: {row['Was']} is no word for readers")
            cell = row["Menschen jetzt"]
            span = german(cell) if cell else None
            if span and round(sum(span) / 2) not in told:
                folder.strange.append(f"{name}: people of a gap that the edition does not tell")
    folder.read[name] = 0


def read_changed_offers(folder: Folder, path: Path, name: str) -> None:
    """Take the texts."""
    known = ("neu", "nicht mehr vorhanden", "umgezogen", "mit geänderten Angaben")
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            folder.texts.append(" ".join(row.values()))
            if row["Was"] not in known:
                folder.strange.append(f"{name}: {row['Was']} is no word for readers")
    folder.read[name] = 0


def read_half_year(folder: Folder, path: Path, name: str) -> None:
    """Read the page: nothing in it that is not seen."""
    page = parse(path.read_text(encoding="utf-8"))
    folder.texts += [page.text("style"), *(n.text() for n in page.find_all("title", "h1"))]
    words = [w for n in page.walk() for w in (n.data, *n.attributes.values())]
    folder.pages[name] = {n.strip("+−-") for text in words for n in numbers(text)}
    for node in page.walk():
        if node.tag in ("!", "script"):
            folder.strange.append(f"{name}: hidden text")
    folder.read[name] = sum(1 for _ in page.find_all("td"))


def read_half_year_pdf(folder: Folder, path: Path, name: str) -> None:
    """Read it as PDF: not a number that the page does not have."""
    lines: list[str] = []
    for page in pypdfium2.PdfDocument(path):
        text = page.get_textpage().get_text_bounded().replace("\ufffe\r\n", "")
        lines += [plain(line) for line in text.splitlines()]
    with pikepdf.open(path) as file:
        check_edges(folder, file, name)
        lines += all_words(file)
    # The foot of a page counts the pages.
    _compare(folder, name, [line for line in lines if not re.search(r"\d / \d+$", line)])


def read_half_year_document(folder: Folder, path: Path, name: str) -> None:
    """Read it as a Word document: not a number that the page does not have."""
    root, edges = open_document(folder, path, name)
    _compare(folder, name, [*list_lines(root), *said_of_pictures(root), *edges])


def _compare(folder: Folder, name: str, lines: list[str]) -> None:
    found = [n.strip("+−-") for line in lines for n in numbers(line)]
    said = folder.pages.get(str(Path(name).with_suffix(".html").as_posix()), set())
    more = sorted(set(found) - said)
    if more:
        folder.strange.append(f"{name}: {more} not on the page")
    folder.read[name] = len(found)
