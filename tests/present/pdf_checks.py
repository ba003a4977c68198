"""What of PDF/UA-1 and PDF/A-2a can be read from a file without a full checker, rule by rule.

`make test-pdf` asks veraPDF, the reference of both standards; this runs everywhere in no time, and asks
for more than they do: headings of rows, and cells that name them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf

ROOT = "/StructTreeRoot"
# Standard structure types that typst maps others to (ISO 32000-1, 14.8.4).
STANDARD = {
    "/P",
    "/Span",
    "/Part",
    "/Div",
    "/Sect",
    "/H1",
    "/H2",
    "/H3",
    "/L",
    "/LI",
    "/Figure",
    "/Note",
}
# What may lie in what.
CHILDREN = {
    "/Table": {"/THead", "/TBody", "/TFoot", "/TR", "/Caption"},
    "/THead": {"/TR"}, "/TBody": {"/TR"}, "/TFoot": {"/TR"}, "/TR": {"/TH", "/TD"},
    "/L": {"/LI", "/Caption", "/L"}, "/LI": {"/Lbl", "/LBody"},
}  # fmt: skip


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
        yield from _compare_info(pdf.docinfo, meta)
    intents = [i for i in root.get("/OutputIntents", []) if i.get("/S") == "/GTS_PDFA1"]
    if not intents or "/DestOutputProfile" not in intents[0]:
        yield "OutputIntents"
    if root.get("/MarkInfo", {}).get("/Suspects"):
        yield "Suspects"
    if pdf.is_encrypted or "/JavaScript" in root.get("/Names", {}):
        yield "encrypted or script"
    if "/OpenAction" in root or "/AA" in root or "/AcroForm" in root:
        yield "actions"
    with pdf.open_outline() as outline:
        if len(outline.root) < 3:
            yield "outline"


def _compare_info(info: Any, meta: Any) -> Iterator[str]:
    """Find what the Info dictionary and the XMP packet tell differently."""
    pairs = {"/Title": "dc:title", "/Author": "dc:creator", "/Creator": "xmp:CreatorTool",
             "/CreationDate": "xmp:CreateDate", "/ModDate": "xmp:ModifyDate"}  # fmt: skip
    for key, name in pairs.items():
        given, said = str(info.get(key, "")), meta.get(name, "")
        said = ", ".join(said) if isinstance(said, list) else str(said)
        if "Date" in key:
            given, said = ("".join(c for c in text if c.isdigit())[:14] for text in (given, said))
        if given != said:
            yield f"{key} {given!r} is not {name} {said!r}"


def _check_structure(pdf: Any) -> Iterator[str]:
    if ROOT not in pdf.Root:
        yield "StructTreeRoot"
        return
    root = pdf.Root[ROOT]
    tree = list(walk(root))
    kinds = [str(node.S) for node in tree]
    roles = {str(k): str(v) for k, v in root.get("/RoleMap", {}).items()}
    yield from (f"role {k} is {v}" for k, v in roles.items() if v not in STANDARD)
    yield from (f"role {k} is a standard type" for k in roles if k in STANDARD)
    for node in tree:
        if node.S == "/Figure":
            if not str(node.get("/Alt", "")).strip():
                yield "Figure without Alt"
            if len(_read(node, "/Layout").get("/BBox", [])) != 4:
                yield "Figure without BBox"
        if node.S == "/L" and "/ListNumbering" not in _read(node, "/List"):
            yield "List without numbering"
        if node.S == "/Link" and not any("/Obj" in k for k in _dictionaries(node)):
            yield "Link without annotation"
        if str(node.get("/Lang", "de")) not in ("de", "de-DE"):
            yield f"language {node.Lang}"
        inside = {str(kid.S) for kid in _dictionaries(node) if "/S" in kid}
        if inside - CHILDREN.get(str(node.S), inside):
            yield f"{node.S} holds {sorted(inside)}"
    named = [str(name) for name in root.get("/IDTree", {}).get("/Names", [])][::2]
    if named != sorted(set(named)):
        yield "IDTree is not sorted"
    for table in (node for node in tree if node.S == "/Table"):
        yield from _check_table(table, set(named))
    levels = [int(kind[2:]) for kind in kinds if kind[:2] == "/H" and kind[2:].isdigit()]
    if not levels or levels[0] != 1 or any(b > a + 1 for a, b in pairwise(levels)):
        yield f"headings {levels}"


def _check_table(table: Any, named: set[str]) -> Iterator[str]:
    """Find rows without a heading, cells that name none, rows of different length."""
    rows = [node for node in walk(table) if node.S == "/TR"]
    if not any(cell.S == "/TH" for cell in _dictionaries(rows[0])):
        yield "Table without headings of columns"
    lengths = set()
    for row in rows:
        cells = _dictionaries(row)
        given = [_read(cell, "/Table") for cell in cells]
        lengths.add(sum(int(a.get("/ColSpan", 1)) for a in given))
        if cells[0].S != "/TH":
            yield "Table row without a heading"
        for cell, attributes in zip(cells, given, strict=True):
            heads = {str(head) for head in attributes.get("/Headers", [])}
            if not heads <= named:
                yield f"cell names {heads - named}"
            if cell.S == "/TH":
                if str(attributes.get("/Scope")) not in ("/Column", "/Row", "/Both"):
                    yield "TH without Scope"
                if str(cell.get("/ID", "")) not in named:
                    yield "TH without ID"
            elif str(cells[0].get("/ID", "")) not in heads or len(heads) < 2:
                yield "TD that does not name its row and column"
    if len(lengths) != 1:
        yield f"rows of {sorted(lengths)} cells"


def _read(node: Any, owner: str) -> Any:
    """Give the attributes of a node that belong to a part of the standard."""
    given = node.get("/A", pikepdf.Array())
    for attributes in given if isinstance(given, pikepdf.Array) else [given]:
        if attributes.get("/O") == owner:
            return attributes
    return pikepdf.Dictionary()


def _dictionaries(node: Any) -> list[Any]:
    kids = node.get("/K")
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [k for k in kids if isinstance(k, pikepdf.Dictionary)]


def _check_pages(pdf: Any) -> Iterator[str]:
    marks = _find_marks(pdf)
    for number, page in enumerate(pdf.pages, 1):
        if page.get("/Tabs") != "/S":
            yield f"page {number}: tab order"
        if "/StructParents" not in page.obj:
            yield f"page {number}: StructParents"
        for fault in _check_content(page, marks.get(page.obj.objgen, set())):
            yield f"page {number}: {fault}"
        for font in _find_fonts(page.get("/Resources", {}), set()):
            yield from (f"page {number}: {fault}" for fault in _check_font(font))
        for note in page.get("/Annots", []):
            if note.get("/Subtype") != "/Link" or "/StructParent" not in note:
                yield f"page {number}: annotation"
            if not str(note.get("/Contents", "")).strip():
                yield f"page {number}: link without words"


def _find_marks(pdf: Any) -> dict[Any, set[int]]:
    """Give the pieces of content of each page that the structure holds."""
    found: dict[Any, set[int]] = {}
    for node in walk(pdf.Root.get(ROOT, {})):
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            page = node.get("/Pg")
            if isinstance(kid, pikepdf.Dictionary):
                page, kid = kid.get("/Pg", page), kid.get("/MCID")
            if kid is not None and page is not None:
                found.setdefault(page.objgen, set()).add(int(kid))
    return found


def _check_content(page: Any, held: set[int]) -> Iterator[str]:
    """Find what is drawn outside of marked content, what no structure holds, and missing letters."""
    depth = 0
    wide = False
    fonts = dict(page.get("/Resources", {}).get("/Font", {}))
    shows = {"Tj", "TJ", "'", '"', "Do", "sh", "f", "F", "f*", "B", "B*", "b", "b*", "S", "s"}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            given = operands[1] if len(operands) > 1 else {}
            # A piece within a piece, such as a hyphen that is not to be read, belongs to that.
            known = depth or operands[0] == "/Artifact" or given.get("/MCID") in held
            if not known:
                yield f"content that no structure holds: {operands[0]}"
            depth += 1
        elif name == "EMC":
            depth -= 1
        elif name == "Tf":
            wide = fonts[str(operands[0])].get("/Subtype") == "/Type0"
        elif name in shows and depth < 1:
            yield f"untagged {name}"
            return
        elif name in ("Tj", "TJ") and wide:
            parts = operands[0] if name == "TJ" else operands
            codes = b"".join(bytes(p) for p in parts if isinstance(p, pikepdf.String))
            if any(codes[i : i + 2] == b"\0\0" for i in range(0, len(codes), 2)):
                yield "a letter that the font lacks"


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
