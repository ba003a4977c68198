"""Reader of print maps: what stands below names, in the list of numbers and in the description."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2

from .facts import Folder, german, iso, plain, strip_tag
from .pdf import all_words

_FIGURE = r"\(?([+−-]?\d[\d.]*(?:,\d+)?|\.|zurückgehalten)\)?(?=[| %]|$)"


def read_print_map(folder: Folder, path: Path, name: str) -> None:
    """Read a print map as PDF or SVG."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            lines = [
                x for page in document for x in page.get_textpage().get_text_bounded().split("\n")
            ]
        with pikepdf.open(path) as file:
            title = str(file.docinfo["/Title"])
            if len(file.attachments):
                folder.strange.append(f"{name}: files within: {list(file.attachments)}")
            lines += list(all_words(file))
    else:
        root = ET.fromstring(path.read_bytes())
        told = {e.tag.rpartition("}")[2]: e.text or "" for e in root if e.text}
        title = told["title"]
        lines = [told["desc"], *(e.text or "" for e in root.iter() if e.tag.endswith("}text"))]
    words = "|".join(plain(line) for line in lines)
    found = folder.by_title(title)
    where = re.search(r"Ebene: (.+?) · Stand ([\d.]+)", words.replace("|", " "))
    levels = {plain(level["plural"]): level["id"] for level in folder.levels}
    if len(found) != 1 or where is None or plain(where[1]) not in levels:
        folder.strange.append(f"{name}: cannot tell what it shows: {title}")
        return
    level = levels[plain(where[1])]
    names: dict[str, list[str]] = {}
    for (own, area), word in folder.names.items():
        if own == level:
            names.setdefault(plain(word), []).append(area)
    # The longest first, and each taken away, so that "Lindenberg" is not read in "Lindenberg Süd".
    count = 0
    for word in sorted(names, key=len, reverse=True):
        areas = names[word]
        parts = r"[ |]*".join(re.escape(part) for part in re.split(r" |(?<=[-/])", word) if part)
        pattern = rf"(?<![\w-]){parts}(?:[ |]+(?:mit )?{_FIGURE})?(?!\w)"
        for hit in re.finditer(pattern, words):
            if hit[1] and len(areas) == 1:
                address = (level, areas[0], found[0], iso(where[2]), "value")
                folder.tell(name, address, german(hit[1].removesuffix(".") or "."))
                count += 1
        words = re.sub(pattern, "|", words)
    if not count:
        folder.strange.append(f"{name}: no figure read of {strip_tag(title)}")
    folder.read[name] = count
