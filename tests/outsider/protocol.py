"""Reader of the protocol of secrecy: how much was withheld, never of what."""

from __future__ import annotations

import re
from pathlib import Path

from .facts import Folder, numbers
from .html import parse


def read_protocol(folder: Folder, path: Path, name: str) -> None:
    """Read the page; how many rows are withheld must be what the tables show."""
    page = parse(path.read_text(encoding="utf-8"))
    text = page.text("style")
    folder.texts.append(text)
    folder.read[name] = len(numbers(text))
    found = re.search(r"Von ([\d.]+) Zahlen dieser Ausgabe sind ([\d.]+) zurückgehalten", text)
    rows = [a for a in folder.told if a[4] == ("Z" if folder.is_count(a[2]) else "value")]
    gone = [a for a in rows if folder.span(a) is None]
    if found is None or int(found[2].replace(".", "")) != len(gone):
        folder.strange.append(f"{name}: {len(gone)} of {len(rows)} are withheld")
    for node in page.walk():
        if node.tag in ("!", "script") and (numbers(node.data) or numbers(node.text())):
            folder.strange.append(f"{name}: hidden numbers")
