"""Reader of the Ressourcenkarte: what its script reads, and what stands there without a script."""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
import struct
from pathlib import Path
from typing import Any

from .facts import NOTHING, UNASSIGNED, Folder, iso
from .geo import check_limits
from .html import Node, parse

_MISSING = -(2**31)
_KNOWN = {"title", "topology", "levels", "indicators", "series", "codes", "large", "classes", "scales",
          "offers", "gaps", "minimum", "older", "start", "look", "words", "signs", "qualities",
          "compare", "pair", "unassigned", "cells", "streets"}  # fmt: skip


def read_map(folder: Folder, path: Path, name: str) -> None:
    """Read the packed data, the still table and the still map of the page."""
    page = parse(path.read_text(encoding="utf-8"))
    packed = []
    for script in page.find_all("script"):
        kind = script.attributes.get("type", "")
        if kind == "application/octet-stream+base85":
            packed.append(script.text())
        elif kind not in ("", "module", "text/javascript"):
            folder.strange.append(f"{name}: unknown data of type {kind}")
        elif re.search(r"[A-Za-z0-9+/]{400,}", script.text()):
            folder.strange.append(f"{name}: something packed in the script")
    for text in packed:
        _read_packed(folder, f"{name}:daten", read_letters(text))
    if len(packed) != 1:
        folder.strange.append(f"{name}: {len(packed)} blocks of data")
    _read_still(folder, f"{name}:tabelle", page)


def read_letters(text: str) -> bytes:
    """Turn letters back into what was packed: five are four bytes, without ``< > &``."""
    return gzip.decompress(base64.b85decode(text.strip().translate(str.maketrans(",.:", "<>&"))))


def _read_packed(folder: Folder, source: str, whole: bytes) -> None:
    head, numbers, beside = unfold(whole)
    older = head.get("older")
    unknown = set(head) - _KNOWN
    folder.strange += [f"{source}: unknown {key}" for key in sorted(unknown)]
    used = _read_series(folder, source, head, head, numbers)
    if older:
        used += _read_series(folder, f"{source}:older", head, older, numbers)
    used += _read_cells(folder, f"{source}:cells", head, numbers)
    _check_streets(folder, f"{source}:streets", head.get("streets"))
    if used + beside != len(numbers):
        left = len(numbers) - used - beside
        folder.strange.append(f"{source}: {left} numbers that belong to nothing")
    for at, (value, top, below, sign, *_) in head.get("unassigned", {}).items():
        series = head["series"][int(at)]
        known = head["indicators"][series["indicator"]]
        place = (head["levels"][series["level"]]["id"], UNASSIGNED, known["id"], series["date"])
        for number, role, digits in (
            (value, "value", known["digits"]),
            (top, "Z", series["counted"]),
            (below, "N", series["counted"]),
        ):
            half = 0.5 * 10.0**-digits * (1 + 1e-9)
            if number is not None:
                folder.tell(f"{source}:unassigned", (*place, role), (number - half, number + half))
            elif sign == "." and role == "value":
                folder.tell(f"{source}:unassigned", (*place, role), None)
    for key, schemes in head["classes"].items():
        level_at, indicator_at = map(int, key.split())
        indicator = head["indicators"][indicator_at]["id"]
        level = head["levels"][level_at]["id"]
        # Limits set by hand or round ones may lie anywhere.
        for scheme in ("quantiles", "natural", "equal", "thirds"):
            breaks = (schemes.get(scheme) or {}).get("breaks", [])
            check_limits(folder, f"{source}:{scheme}", level, indicator, breaks)
    for i, level in enumerate(head["levels"]):
        for at, area in enumerate(level["ids"]):
            folder.names[level["id"], area] = level["names"][at]
            if level["parent"] >= 0 and level["parents"][at] >= 0:
                upper = head["levels"][level["parent"]]
                above = folder.parents.setdefault(level["id"], {}).setdefault(upper["id"], {})
                above[area] = upper["ids"][level["parents"][at]]
        if "inside" in level:
            lowest = head["levels"][-1]
            above = folder.parents.setdefault(lowest["id"], {}).setdefault(level["id"], {})
            for at, inside in enumerate(level["inside"]):
                if inside >= 0:
                    above[lowest["ids"][at]] = head["levels"][i]["ids"][inside]
    for gap in head["gaps"]:
        measure = head["indicators"][gap["measure"]]["id"] if gap["measure"] >= 0 else ""
        folder.gaps.append({**gap, "gap": gap["id"], "measure": measure, "source": source})
    if head["minimum"] != folder.minimum:
        folder.strange.append(f"{source}: another minimum")


def unfold(whole: bytes) -> tuple[dict[str, Any], list[int], int]:
    """Give header and numbers as they are meant, and how many numbers are outlines and offers.

    A byte holds a number, 255 the next of those that follow in four planes of bytes: even ones for
    0, 1, 2 … and odd ones for -1, -2 …. First comes what all values differ by from what their parts
    give, then numerators, denominators and codes less those of the date before. Series get their
    place ``at``, and offers their columns.
    """
    (length,) = struct.unpack_from("<I", whole)
    head: dict[str, Any] = json.loads(whole[4 : 4 + length])
    (count,) = struct.unpack_from("<I", whole, 4 + length)
    first, planes = whole[8 + length :][:count], whole[8 + length + count :]
    more = len(planes) // 4
    large = (
        a | b << 8 | c << 16 | d << 24
        for a, b, c, d in zip(*(planes[i * more : (i + 1) * more] for i in range(4)), strict=True)
    )
    folded = [next(large) if n == 255 else n for n in first]
    numbers = [-(n // 2) - 1 if n % 2 else n // 2 for n in folded]
    books = [book for book in (head, head.get("older")) if book]
    end = 0
    for book in books:
        names = list(book["series"])
        rows = zip(*book["series"].values(), strict=True)
        book["series"] = [dict(zip(names, row, strict=True)) for row in rows]
        for series in book["series"]:
            series["at"] = end
            end += 4 * len(book["levels"][series["level"]]["ids"])
    differences = numbers[:end]
    for book in books:
        before: dict[str, Any] = {}
        for series in book["series"]:
            same = before and all(before[k] == series[k] for k in ("level", "indicator"))
            _add_up(book, head, series, before["at"] if same else -1, differences, numbers)
            before = series
    cells = head.get("cells")
    at = end + (cells["columns"] * cells["rows"] * len(cells["measures"]) if cells else 0)
    begin = at
    for book in books:
        if book["topology"]:
            lines = book["topology"]["arcs"]
            at += lines + 2 * sum(numbers[at : at + lines])
    offers = head["offers"]
    size = len(offers["ids"])
    for table, key in [(offers, "areas"), (offers, "category"), (offers, "east"), (offers, "north"),
                       *((column, "codes") for column in offers["columns"])]:  # fmt: skip
        table[key] = numbers[at : at + size]
        at += size
    return head, numbers, at - begin


def _add_up(
    book: dict[str, Any], head: dict[str, Any], series: dict[str, Any], before: int,
    differences: list[int], numbers: list[int],
) -> None:  # fmt: skip
    size = len(book["levels"][series["level"]]["ids"])
    start, quarter = series["at"], len(differences) // 4
    for column in (1, 2, 3):
        for i in range(size):
            known = numbers[before + column * size + i] if before >= 0 else 0
            here = differences[column * quarter + start // 4 + i] + known
            numbers[start + column * size + i] = _wrap(here)
    indicator = head["indicators"][series["indicator"]]
    for i in range(size):
        top, below = numbers[start + size + i], numbers[start + 2 * size + i]
        guess = 0
        if top > _MISSING + 1 and indicator["denominator"]:
            if below > _MISSING + 1 and below:
                scale = indicator["per"] * 10.0 ** indicator["digits"]
                guess = math.floor(scale * top / below + 0.5)
        elif top > _MISSING + 1 and indicator["digits"] == series["counted"]:
            guess = top
        if abs(guess) >= 2**31:
            guess = 0
        numbers[start + i] = _wrap(differences[start // 4 + i] + guess)


def _wrap(number: int) -> int:
    return (number + 2**31) % 2**32 - 2**31


def _read_cells(folder: Folder, source: str, head: dict[str, Any], numbers: Any) -> int:
    """Ways from a grid: minutes to offers and nothing else, from cells not too small."""
    cells = head.get("cells")
    if not cells:
        return 0
    categories = {category["id"] for category in head["offers"]["categories"]}
    size = cells["columns"] * cells["rows"]
    if cells["metres"] < 100:
        folder.strange.append(f"{source}: cells of {cells['metres']} m")
    for measure in cells["measures"]:
        part = numbers[measure["at"] : measure["at"] + size]
        minutes = [n for n in part if n != _MISSING]
        if measure["id"] not in categories:
            folder.strange.append(f"{source}: {measure['id']} is no category of offers")
        # Were only inhabited cells measured, they would tell where somebody lives.
        if len(minutes) < 0.02 * size or min(minutes, default=0) < 0:
            folder.strange.append(f"{source}: {len(minutes)} of {size} cells")
    reach = cells.get("reach")
    if reach is not None and len(reach) != len(head["offers"]["ids"]):
        folder.strange.append(f"{source}: ways to {len(reach)} offers")
    for west, south, width, signs in filter(None, reach or []):
        # Signs of whole rows within the grid: minutes from 0 to 30, or farther.
        rows, rest = divmod(len(signs), width)
        inside = west >= 0 <= south and west + width <= cells["columns"]
        if rest or not inside or south + rows > cells["rows"] or re.search("[^0-9a-uz]", signs):
            folder.strange.append(f"{source}: ways to an offer beyond the grid")
    return size * len(cells["measures"])


def _check_streets(folder: Folder, source: str, streets: dict[str, Any] | None) -> None:
    """Streets to be searched: names, and one place per street and area; no houses."""
    if not streets:
        return
    if set(streets) != {"names", "street", "areas", "places"}:
        folder.strange.append(f"{source}: {sorted(streets)}")
    entries = list(zip(streets["street"], streets["areas"], strict=True))
    if len(set(entries)) < len(entries) or len(streets["places"]) != len(entries):
        folder.strange.append(f"{source}: several places of one street in one area")


def _read_series(
    folder: Folder, source: str, head: dict[str, Any], block: dict[str, Any], numbers: Any
) -> int:
    """Read the numbers of an edition, or of the older one beside it; count what was read."""
    large = {int(k): v for k, v in head["large"].items()}
    moved = {(level, at) for level, places in enumerate(block.get("moved", [])) for at in places}
    used = 0
    for series in block["series"]:
        level = block["levels"][series["level"]]
        known = head["indicators"][series["indicator"]]
        definition = folder.indicators[known["id"]]
        size = len(level["ids"])
        start = series["at"]
        used += 4 * size
        for i, area in enumerate(level["ids"]):
            if (series["level"], i) in moved:
                area = f"{area} in other boundaries"
            place = (level["id"], area, known["id"], series["date"])
            sign = head["codes"][numbers[start + 3 * size + i]][0]
            for column, role, digits in (
                (0, "value", known["digits"]),
                (1, "Z", series["counted"]),
                (2, "N", series["counted"]),
            ):
                at = start + column * size + i
                number = numbers[at]
                if number == _MISSING:
                    if sign == "." and (role == "value" or definition["kind"] != "count"):
                        folder.tell(source, (*place, role), None)
                    continue
                value = large.get(at, number) / 10**digits
                half = 0.5 * 10.0**-digits * (1 + 1e-9)
                folder.tell(source, (*place, role), (value - half, value + half))
    return used


def _read_still(folder: Folder, source: str, page: Node) -> None:
    for table in page.find_all("table"):
        caption = next(iter(table.find_all("caption")), None)
        if caption is None:
            continue
        found = re.fullmatch(r"(.*), ([^,]*) · Stand (.*)", caption.text())
        if not found:
            continue
        plurals = {level["plural"]: level["id"] for level in folder.levels}
        titles, level = folder.by_title(found[1]), plurals.get(found[2])
        if len(titles) != 1 or level is None:
            folder.strange.append(f"{source}: table {caption.text()!r} may be {titles}")
            continue
        names: dict[str, list[str]] = {}
        for (at, area), title in folder.names.items():
            if at == level:
                names.setdefault(title, []).append(area)
        digits = folder.indicators[titles[0]]["digits"]
        for row in table.rows()[1:]:
            areas = names.get(row[0], [])
            if len(areas) != 1:
                continue
            place = (level, areas[0], titles[0], iso(found[3]))
            for role, cell in zip(("value", "Z", "N"), row[1:], strict=False):
                known = folder.indicators[titles[0]]
                if cell in known["classes"] or cell in NOTHING:
                    continue
                folder.tell(source, (*place, role), span_of(cell, digits if role == "value" else 0))


def span_of(cell: str, digits: int) -> Any:
    """Read a shown number: rounded to the digits it is shown with."""
    from .facts import rounded

    decimals = len(cell.partition(",")[2].split(" ")[0].split("\u00a0")[0])
    return rounded(cell, max(decimals, 0 if decimals else digits if "," in cell else 0))
