"""Reader of PDF: lines of text, words of pictures, metadata, files within."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from .facts import Folder, numbers, plain
from .html import Node
from .profile import Profile, tell_kind
from .sentences import read_line

_WORDS = ("/Alt", "/ActualText", "/E", "/T", "/TU", "/Contents", "/Title")
# A page and the number of a piece of marked content on it.
Place = tuple[int, int]


def read_pdf(folder: Folder, path: Path, name: str) -> None:
    """Read a profile as PDF."""
    document = pypdfium2.PdfDocument(path)
    lines: list[str] = []
    for page in document:
        text = page.get_textpage().get_text_bounded()
        lines += [plain(line) for line in text.replace("\ufffe\r\n", "").splitlines()]
    title = next((line for line in lines[1:3] if line), "")
    page = Node("root", {}, None)
    profile = Profile(folder, name, page, path.parent.name, title)
    said = _marked(document)
    with pikepdf.open(path) as file:
        page.children = [_table(file, table, said, page) for table in _below(file, "/Table")]
    for table in page.children:
        table.attributes["class"] = tell_kind(profile, table)
    profile.read()
    for i, line in enumerate(lines):
        # A name may run over two lines.
        read_line(profile, line)
        if i:
            read_line(profile, f"{lines[i - 1]} {line}", len(lines[i - 1]))
    with pikepdf.open(path) as file:
        check_edges(folder, file, name)
        for words in all_words(file):
            read_line(profile, plain(words).replace(": ", " ", 1).replace(";", " ;"))
            lines.append(words)
    profile.everything(" ".join(lines))
    folder.read[name] = profile.count


def check_edges(folder: Folder, file: pikepdf.Pdf, name: str) -> None:
    """Look at files within and metadata."""
    if len(file.attachments):
        folder.strange.append(f"{name}: files within: {list(file.attachments)}")
    said = {str(key): str(value) for key, value in file.docinfo.items()}
    said |= {f"{key}": str(value) for key, value in file.open_metadata().items()}
    for key, value in said.items():
        if re.search(r"Date|date|Creator|Producer|PDFVersion|pdfaid|pdfuaid|xmpMM|ID", key):
            continue
        for known in folder.names.values():
            value = value.replace(known, " ")
        if numbers(value) and plain(value) not in folder.texts:
            folder.strange.append(f"{name}: {key}: {value}")


def _marked(document: pypdfium2.PdfDocument) -> dict[Place, list[tuple[float, str]]]:
    """Give size of type and words of every piece of text, by the marked content it stands in."""
    found: dict[Place, list[tuple[float, str]]] = {}
    for number, page in enumerate(document):
        words = page.get_textpage()
        for piece in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=9):
            size = pdfium.c_float()
            pdfium.FPDFTextObj_GetFontSize(piece.raw, size)
            length = pdfium.FPDFTextObj_GetText(piece.raw, words.raw, None, 0)
            letters = (pdfium.FPDF_WCHAR * (length // 2))()
            pdfium.FPDFTextObj_GetText(piece.raw, words.raw, letters, length)
            text = bytes(letters).decode("utf-16-le").rstrip("\0")
            place = (number, pdfium.FPDFPageObj_GetMarkedContentID(piece.raw))
            found.setdefault(place, []).append((size.value, text.replace("\x02", "")))
    return found


def _kids(node: Any) -> list[Any]:
    kids = node.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _below(file: pikepdf.Pdf, kind: str, node: Any = None) -> Iterator[Any]:
    """Give the structure elements of a kind below a node, in order."""
    for kid in _kids(file.Root.StructTreeRoot if node is None else node):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if kind in (kid.S, ""):
                yield kid
            yield from _below(file, kind, kid)


def _places(file: pikepdf.Pdf, node: Any, page: Any = None) -> Iterator[Place]:
    """Give the marked content of a node, in order."""
    page = node.get("/Pg", page)
    for kid in _kids(node):
        if not isinstance(kid, pikepdf.Dictionary):
            yield _number(file, page), int(kid)
        elif "/MCID" in kid:
            yield _number(file, kid.get("/Pg", page)), int(kid.MCID)
        elif "/S" in kid:
            yield from _places(file, kid, page)


def _number(file: pikepdf.Pdf, page: Any) -> int:
    return next(i for i, known in enumerate(file.pages) if known.obj.objgen == page.objgen)


def _table(
    file: pikepdf.Pdf, table: Any, said: dict[Place, list[tuple[float, str]]], parent: Node
) -> Node:
    """Give a table as in a page; what is set smaller, a reference or a mark, is no part of a cell."""
    made = Node("table", {}, parent)
    for i, line in enumerate(_below(file, "/TR", table)):
        row = Node("tr", {}, made)
        made.children.append(row)
        for cell in _kids(line):
            scope = {"scope": "row" if i else "col"}
            span = int(cell.get("/A", {}).get("/ColSpan", 1)) if "/A" in cell else 1
            node = Node("td" if cell.S == "/TD" else "th", scope, row)
            node.attributes["colspan"] = str(span)
            row.children.append(node)
            pieces = [piece for place in _places(file, cell) for piece in said.get(place, [])]
            largest = max((size for size, text in pieces if text.strip()), default=0.0)
            text = Node("", {}, node)
            text.data = "".join(words for size, words in pieces if size > 0.9 * largest)
            node.children.append(text)
    return made


def all_words(file: pikepdf.Pdf) -> Iterator[str]:
    for thing in file.objects:
        if isinstance(thing, pikepdf.Dictionary):
            for key in _WORDS:
                value = thing.get(key)
                if isinstance(value, pikepdf.String):
                    yield str(value)
