"""Reader of PDF: lines of text, words of pictures, metadata, files within."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2

from .facts import Folder, numbers, plain
from .html import Node
from .profile import Profile
from .sentences import read_line

_WORDS = ("/Alt", "/ActualText", "/E", "/T", "/TU", "/Contents", "/Title")


def read_pdf(folder: Folder, path: Path, name: str) -> None:
    """Read a profile as PDF."""
    document = pypdfium2.PdfDocument(path)
    lines: list[str] = []
    for page in document:
        text = page.get_textpage().get_text_bounded()
        lines += [plain(line) for line in text.replace("\ufffe\r\n", "").splitlines()]
    title = next((line for line in lines[1:3] if line), "")
    profile = Profile(folder, name, Node("root", {}, None), path.parent.name, title)
    for i, line in enumerate(lines):
        # A name may run over two lines.
        read_line(profile, line)
        if i:
            read_line(profile, f"{lines[i - 1]} {line}", len(lines[i - 1]))
    with pikepdf.open(path) as file:
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
        for words in _all_words(file):
            read_line(profile, plain(words).replace(": ", " ", 1).replace(";", " ;"))
            lines.append(words)
    profile.everything(" ".join(lines))
    folder.read[name] = folder.read.get(name, 0) + profile.count


def _all_words(file: pikepdf.Pdf) -> Iterator[str]:
    for thing in file.objects:
        if isinstance(thing, pikepdf.Dictionary):
            for key in _WORDS:
                value = thing.get(key)
                if isinstance(value, pikepdf.String):
                    yield str(value)
