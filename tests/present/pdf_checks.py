"""What of PDF/UA-1 and PDF/A-2a can be read from a file without a full checker, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf

ROOT = "/StructTreeRoot"


def walk(node: Any) -> Iterator[Any]:
    """Go through the structure elements below a node."""
    kids = node.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from walk(kid)


def find_faults(path: Path) -> list[str]:
    """Name every rule that a file breaks."""
    with pikepdf.open(path) as pdf:
        return [*_check_document(pdf), *_check_structure(pdf), *_check_pages(pdf)]


def _check_document(pdf: Any) -> Iterator[str]:
    root = pdf.Root
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "MarkInfo"
    if str(root.get("/Lang", "")) not in ("de", "de-DE"):
        yield "Lang"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "DisplayDocTitle"
    with pdf.open_metadata() as meta:
        stated = [meta.get(f"pdf{k}") for k in ("uaid:part", "aid:part", "aid:conformance")]
        if stated != ["1", "2", "A"]:
            yield f"XMP {stated}"
        if not str(meta.get("dc:title", "")).strip():
            yield "dc:title"
    if not any(i.get("/S") == "/GTS_PDFA1" for i in root.get("/OutputIntents", [])):
        yield "OutputIntents"
    if pdf.is_encrypted or "/JavaScript" in root.get("/Names", {}):
        yield "encrypted or script"
    if "/OpenAction" in root or "/AA" in root or "/AcroForm" in root:
        yield "actions"
    with pdf.open_outline() as outline:
        if len(outline.root) < 3:
            yield "outline"


def _check_structure(pdf: Any) -> Iterator[str]:
    if ROOT not in pdf.Root:
        yield "StructTreeRoot"
        return
    tree = list(walk(pdf.Root[ROOT]))
    kinds = [str(node.S) for node in tree]
    for node in tree:
        if node.S == "/Figure" and not str(node.get("/Alt", "")).strip():
            yield "Figure without Alt"
        if node.S == "/Table" and "/TH" not in [str(n.S) for n in walk(node)]:
            yield "Table without TH"
        if node.S == "/TH" and not _has_scope(node):
            yield "TH without Scope"
        if node.S == "/Link" and not any("/Obj" in k for k in _dictionaries(node)):
            yield "Link without annotation"
    levels = [int(kind[2:]) for kind in kinds if kind[:2] == "/H" and kind[2:].isdigit()]
    if not levels or levels[0] != 1 or any(b > a + 1 for a, b in pairwise(levels)):
        yield f"headings {levels}"


def _has_scope(node: Any) -> bool:
    given = node.get("/A")
    given = given if isinstance(given, pikepdf.Array) else [given]
    return any(isinstance(a, pikepdf.Dictionary) and "/Scope" in a for a in given)


def _dictionaries(node: Any) -> list[Any]:
    kids = node.get("/K")
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [k for k in kids if isinstance(k, pikepdf.Dictionary)]


def _check_pages(pdf: Any) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        if page.get("/Tabs") != "/S":
            yield f"page {number}: tab order"
        if "/StructParents" not in page.obj:
            yield f"page {number}: StructParents"
        yield from (f"page {number}: {fault}" for fault in _check_content(page))
        for font in _find_fonts(page.get("/Resources", {}), set()):
            yield from (f"page {number}: {fault}" for fault in _check_font(font))
        for note in page.get("/Annots", []):
            if note.get("/Subtype") != "/Link" or "/StructParent" not in note:
                yield f"page {number}: annotation"
            if not str(note.get("/Contents", "")).strip():
                yield f"page {number}: link without words"


def _check_content(page: Any) -> Iterator[str]:
    """Find what is drawn outside of marked content."""
    depth = 0
    shows = {"Tj", "TJ", "'", '"', "Do", "sh", "f", "F", "f*", "B", "B*", "b", "b*", "S", "s"}
    for _, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            depth += 1
        elif name == "EMC":
            depth -= 1
        elif name in shows and depth < 1:
            yield f"untagged {name}"
            return


def _find_fonts(resources: Any, seen: set[Any]) -> Iterator[Any]:
    yield from dict(resources.get("/Font", {})).values()
    for form in dict(resources.get("/XObject", {})).values():
        if form.objgen not in seen and "/Resources" in form:
            seen.add(form.objgen)
            yield from _find_fonts(form.Resources, seen)


def _check_font(font: Any) -> Iterator[str]:
    parts = font.get("/DescendantFonts", [font])
    for part in parts:
        file = part.get("/FontDescriptor", {})
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(file.keys()):
            yield f"{font.get('/BaseFont')} not embedded"
    if "/ToUnicode" not in font:
        yield f"{font.get('/BaseFont')} without ToUnicode"
