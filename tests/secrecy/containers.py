"""Open files, and the files inside files, until nothing is packed any more."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from tests.outsider.mappage import read_letters, unfold

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_DEEPEST = 6


def list_contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file of a folder and everything packed in it, with a name that says where it is."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        where = path.relative_to(folder).as_posix()
        yield f"{where} (name)", where.encode()
        yield from open_bytes(where, path.read_bytes())


def open_bytes(where: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Give a content and everything packed in it."""
    yield where, content
    if depth > _DEEPEST:
        return
    inside: list[tuple[str, bytes]] = []
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            inside += [(f"{where}!{n}", archive.read(n)) for n in archive.namelist()]
            inside.append((f"{where}!(names)", "\n".join(archive.namelist()).encode()))
    elif content.startswith(b"\x1f\x8b"):
        inside.append((f"{where}!gzip", gzip.decompress(content)))
    elif content.startswith(b"SQLite format 3\0"):
        inside += list(_list_cells(where, content))
    elif content.startswith(b"%PDF"):
        for i, found in enumerate(_STREAM.finditer(content)):
            try:
                inside.append((f"{where}!stream {i}", zlib.decompress(found[1])))
            except zlib.error:
                continue  # not packed: it stands in the file as it is
        if shutil.which("pdftotext"):
            text = subprocess.run(
                ["pdftotext", "-", "-"], input=content, capture_output=True, check=False
            ).stdout
            inside.append((f"{where}!text", text))
    elif content.startswith(b"\x89PNG"):
        for found in re.finditer(rb"(zTXt|iTXt|iCCP)", content):
            start = content.find(b"\0", found.end())
            try:
                inside.append(
                    (f"{where}!text", zlib.decompressobj().decompress(content[start + 2 :]))
                )
            except zlib.error:
                continue
    else:
        for i, found in enumerate(_BASE64.finditer(content)):
            try:
                decoded = base64.b64decode(found[0] + b"=" * (-len(found[0]) % 4))
            except binascii.Error:
                continue
            if decoded[:2] in (b"PK", b"\x1f\x8b") or len(found[0]) > 200:
                inside.append((f"{where}!base64 {i}", decoded))
        for found in re.finditer(rb"octet-stream\+base85[^>]*>([^<]+)<", content):
            inside.append((f"{where}!letters", read_letters(found[1].decode("ascii"))))
        inside += list(_unfold_payload(where, content))
    for name, part in inside:
        yield from open_bytes(name, part, depth + 1)


def _list_cells(where: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Give all tables of a database as text, and texts kept in pages nobody uses any more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.sqlite"
        path.write_bytes(content)
        with sqlite3.connect(path) as database:
            tables = [
                row[0]
                for row in database.execute("select name from sqlite_master where type = 'table'")
            ]
            for table in tables:
                lines = []
                for row in database.execute(f'select * from "{table}"'):
                    lines.append("\t".join("" if isinstance(c, bytes) else str(c) for c in row))
                yield f"{where}!{table}", "\n".join(lines).encode()


def _unfold_payload(where: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Write the numbers of the map page as text: what was packed as differences is added up again.

    A count is stored in units of its last shown decimal, so it is written with up to three digits.
    """
    if len(content) < 8 or content[4:5] != b"{":
        return
    (length,) = struct.unpack_from("<I", content)
    if not 0 < length < len(content) - 8 or content[3 + length : 4 + length] != b"}":
        return
    _, numbers, _ = unfold(content)
    text = []
    for digits in (0, 1, 2, 3):
        scale = 10**digits
        text += [str(n // scale) for n in numbers if n % scale == 0]
    yield f"{where}!numbers", "\n".join(text).encode()


def write_ways(word: str) -> list[bytes]:
    """Give a word as files of all kinds write it."""
    return [
        word.encode(),
        word.encode("utf-16-le"),
        word.encode("ascii", "xmlcharrefreplace"),
        json.dumps(word)[1:-1].encode(),
        quote(word).encode(),
    ]


def spell(number: int) -> re.Pattern[bytes]:
    """Find a number however it is written: 48611, 48.611, 48 611, 48'611, 4,8611e4, 4.8611E+04."""
    digits = str(number)
    gap = "(?:[.,' ]|\u00a0|\u202f|\u2009|&nbsp;|&#160;|&#8239;)?"
    groups = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", "@", digits).replace("@", gap)
    power = rf"{digits[0]}[.,]{digits[1:]}0*[eE]\+?0*{len(digits) - 1}(?!\d)"
    # Digits of a checksum or of a longer number are something else.
    text = rf"(?<![0-9a-fA-F])(?<![0-9][.,]){groups}(?![0-9a-fA-F])|{power}"
    return re.compile(text.encode())
