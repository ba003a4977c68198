"""Reader of Word documents: the archive part by part, tables and sentences as in the pages."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from .facts import Folder, numbers
from .html import Node
from .profile import Profile, tell_kind

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_KNOWN = re.compile(
    r"\[Content_Types\]\.xml|(word/|customXml/)?_rels/[\w.]*\.rels|docProps/(core|app)\.xml"
    r"|docProps/thumbnail\.jpeg|word/(document|styles|stylesWithEffects|settings|webSettings"
    r"|fontTable|numbering|footnotes|endnotes|theme/theme1|(header|footer)\d*)\.xml"
    r"|customXml/item(Props)?\d\.xml|word/media/[\w.-]+\.(png|svg)|word/_rels/[\w.]*\.rels"
)
_PROPERTIES = {"title", "creator", "language", "created", "modified", "lastModifiedBy", "subject"}
_COUNTED = {"Pages", "Words", "Characters", "Lines", "Paragraphs", "TotalTime", "CharactersWithSpaces",
            "Application", "AppVersion", "DocSecurity", "ScaleCrop", "LinksUpToDate", "SharedDoc",
            "HyperlinksChanged", "Template", "lpstr", "i4", "revision", "Company"}  # fmt: skip


def read_document(folder: Folder, path: Path, name: str) -> None:
    """Read a profile as a Word document."""
    root, edges = open_document(folder, path, name)
    page = Node("root", {}, None)
    body = root.find(f"{_W}body")
    for child in body if body is not None else []:
        if child.tag == f"{_W}tbl":
            page.children.append(_table(child, page))
        elif child.tag == f"{_W}p":
            page.children.append(_leaf("p", child, page))
    # Words of pictures stand as attributes.
    for words in said_of_pictures(root):
        node = Node("desc", {}, page)
        node.children.append(_text(words, node))
        page.children.append(node)
    texts = [n.text() for n in page.children if n.tag == "p" and n.text()]
    profile = Profile(folder, name, page, path.parent.name, texts[1] if len(texts) > 1 else "")
    for table in page.find_all("table"):
        table.attributes["class"] = tell_kind(profile, table)
    profile.read()
    for text in edges:
        profile.sentence(text)


def open_document(folder: Folder, path: Path, name: str) -> tuple[ET.Element, list[str]]:
    """Look at every part; give the text, and what stands in the margins."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if not _KNOWN.fullmatch(member):
                folder.strange.append(f"{name}: unknown part {member}")
            if member.startswith("docProps/") and member.endswith(".xml"):
                _properties(folder, f"{name}:{member}", archive.read(member))
            if member.endswith(".png") and _has_text(archive.read(member)):
                folder.strange.append(f"{name}: words in {member}")
            if member.startswith("customXml/item") and numbers(_words(archive.read(member))):
                folder.strange.append(f"{name}: numbers in {member}")
        root = ET.fromstring(archive.read("word/document.xml"))
        more = [
            m for m in archive.namelist() if re.search(r"word/(header|footer|footnotes)\d*\.xml", m)
        ]
        edges = [_words(archive.read(member)) for member in more]
    for kind in ("del", "ins", "vanish", "commentReference"):
        if root.find(f".//{_W}{kind}") is not None:
            folder.strange.append(f"{name}: {kind}")
    return root, edges


def said_of_pictures(root: ET.Element) -> list[str]:
    """Give the words for who cannot see the pictures."""
    return [e.get("descr") or "" for e in root.iter() if e.tag.endswith("}docPr")]


def list_lines(root: ET.Element) -> list[str]:
    """Give the text of every paragraph, those in cells included."""
    return ["".join(t.text or "" for t in line.iter(f"{_W}t")) for line in root.iter(f"{_W}p")]


def _properties(folder: Folder, source: str, raw: bytes) -> None:
    for entry in ET.fromstring(raw).iter():
        kind, text = entry.tag.rpartition("}")[2], (entry.text or "").strip()
        if text and kind not in _PROPERTIES | _COUNTED:
            folder.strange.append(f"{source}: property {kind}: {text}")
        elif kind in ("title", "creator", "subject", "lastModifiedBy"):
            for title in (*folder.names.values(), *folder.texts):
                text = text.replace(title, " ") if title and title in text else text
            if numbers(text):
                folder.strange.append(f"{source}: {kind}: {text}")


def _words(raw: bytes) -> str:
    return " ".join(
        entry.text or "" for entry in ET.fromstring(raw).iter() if entry.tag == f"{_W}t"
    )


def _has_text(raw: bytes) -> bool:
    """Tell whether a PNG carries words."""
    at = 8
    while at + 8 <= len(raw):
        (length,), kind = struct.unpack_from(">I", raw, at), raw[at + 4 : at + 8]
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf") and b"Software" not in raw[at : at + 40]:
            return True
        at += 12 + length
    return False


def _text(said: str, parent: Node) -> Node:
    node = Node("", {}, parent)
    node.data = said
    return node


def _leaf(tag: str, element: ET.Element, parent: Node) -> Node:
    """Give a cell or paragraph; small raised runs are references to sources."""
    node = Node(tag, {}, parent)
    for run in element.iter(f"{_W}r"):
        said = "".join(t.text or "" for t in run.iter(f"{_W}t"))
        raised = run.find(f"{_W}rPr/{_W}vertAlign")
        part = Node("sup", {}, node) if raised is not None else node
        part.children.append(_text(said, part))
        if part is not node:
            node.children.append(part)
    return node


def _table(element: ET.Element, parent: Node) -> Node:
    table = Node("table", {}, parent)
    for i, line in enumerate(element.iter(f"{_W}tr")):
        row = Node("tr", {}, table)
        table.children.append(row)
        for j, cell in enumerate(line.iter(f"{_W}tc")):
            made = _leaf("td" if i and j else "th", cell, row)
            made.attributes["scope"] = "col" if not i else "row"
            row.children.append(made)
    return table
