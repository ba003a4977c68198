"""How what the page's script reads is packed small: nothing is lost, nothing is added.

Whole numbers are taken out of the header and stored as what they differ by from what is known already:
a value from what its parts give, a part from its own the date before, a place from its area's.
"""

from __future__ import annotations

import base64
import gzip
import json
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sozialraum.present.payload_series import LARGE
from sozialraum.present.svg import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]

_OF_SERIES = ("indicator", "level", "date", "borders", "counted")
# A byte that stands for a number that needs more than one.
_MORE = 255

# Without what would be a mark of the page around it.
_LETTERS = str.maketrans("<>&", ",.:")
_SIGNS = {after: before for before, after in _LETTERS.items()}


def pack(header: dict[str, Any], numbers: Ints) -> str:
    """Pack header and numbers as letters of gzip; the same input gives the same text.

    Parameters
    ----------
    header : dict
        As `build_payload` gives it.
    numbers : array of int32

    Returns
    -------
    str

    Notes
    -----
    Five letters are four bytes, as in Python's ``b85encode`` with ``, . :`` for ``< > &``, which
    takes a sixteenth less than base64. Inside: the header's length in bytes (uint32, little-endian),
    the header in UTF-8, then how many whole numbers there are (uint32) and the numbers: a byte for
    each, 255 for those that need more, which follow as four planes of bytes, the lowest first. A
    number n is written as 2n, a negative one as -2n - 1, so that most differences fit a byte. Sums
    and differences are those of 32 bits.

    1. Of all series (``older`` behind), one after the other: what the values differ by from what
       follows from their parts, ``floor(per · 10^digits · numerator / denominator + 0.5)``, or from
       the numerator where there is no denominator (0 where a part is missing); then all numerators,
       all denominators, all codes, each less the same of the series before where this has the same
       level and indicator.
    2. Ways from cells.
    3. Border lines, those of ``older`` behind: how many positions each has, steps to the east, steps
       to the north; the first step of a line starts at the origin.
    4. Offers: areas, categories, east and north less the area's point, codes of every column.
    """
    lean, coded = _shrink(header, numbers)
    text = json.dumps(
        _clean(lean), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()
    signed = ((coded << 1) ^ (coded >> 31)).astype("<i4").view("<u4")
    first = np.minimum(signed, _MORE).astype(np.uint8)
    planes = signed[signed >= _MORE].view(np.uint8).reshape(-1, 4).T
    whole = struct.pack("<I", len(text)) + text
    whole += struct.pack("<I", len(signed)) + first.tobytes() + planes.tobytes()
    packed = base64.b85encode(gzip.compress(whole, compresslevel=9, mtime=0))
    return packed.decode("ascii").translate(_LETTERS)


def unpack(text: str) -> tuple[dict[str, Any], Ints]:
    """Read back what `pack` wrote.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of dict and array of int32
    """
    whole = gzip.decompress(base64.b85decode(text.translate(_SIGNS)))
    (length,) = struct.unpack_from("<I", whole)
    (count,) = struct.unpack_from("<I", whole, 4 + length)
    signed = np.frombuffer(whole, np.uint8, count, 8 + length).astype("<u4")
    planes = np.frombuffer(whole, np.uint8, offset=8 + length + count).reshape(4, -1)
    signed[signed == _MORE] = np.ascontiguousarray(planes.T).view("<u4").ravel()
    coded = (signed >> 1).astype(np.int32) ^ -(signed & 1).astype(np.int32)
    return _widen(json.loads(whole[4 : 4 + length]), coded)


def _clean(value: Any) -> Any:
    """Take control and direction signs out of every text, however deep."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


class _Run(NamedTuple):
    """A series in the numbers: its first, its areas, that of the date before, and its indicator."""

    at: int
    size: int
    before: int
    counted: int
    indicator: dict[str, Any]


def _runs(header: dict[str, Any]) -> Iterator[_Run]:
    """Go through the series of the edition and of the older one, as they lie in the numbers."""
    at = 0
    for book in filter(None, (header, header.get("older"))):
        before: tuple[int, int, int] | None = None
        for series in book["series"]:
            size = len(book["levels"][series["level"]]["ids"])
            key = series["level"], series["indicator"]
            known = before[0] if before and before[1:] == key else -1
            own = header["indicators"][series["indicator"]]
            yield _Run(at, size, known, series["counted"], own)
            before = at, *key
            at += 4 * size


def _expect(run: _Run, numbers: Ints) -> Ints:
    """Tell a series' values as they follow from its parts; 0 where they do not."""
    top, bottom = (numbers[run.at + c * run.size : run.at + (c + 1) * run.size] for c in (1, 2))
    own = run.indicator
    known = top > LARGE
    if own["denominator"]:
        known &= (bottom > LARGE) & (bottom != 0)
        factor = own["per"] * 10.0 ** own["digits"]
        guess = np.floor(factor * top / np.where(known, bottom, 1) + 0.5)
    else:
        known &= own["digits"] == run.counted
        guess = top.astype(float)
    return np.where(known & (np.abs(guess) < 2**31), guess, 0).astype(np.int32)


def _shrink(header: dict[str, Any], numbers: Ints) -> tuple[dict[str, Any], Ints]:
    columns: list[list[Ints]] = [[], [], [], []]
    end = 0
    with np.errstate(over="ignore"):
        for run in _runs(header):
            block = numbers[run.at : run.at + 4 * run.size].reshape(4, run.size)
            less = np.zeros_like(block)
            less[0] = _expect(run, numbers)
            if run.before >= 0:
                less[1:] = numbers[run.before : run.before + 4 * run.size].reshape(4, -1)[1:]
            for column, part in zip(columns, block - less, strict=True):
                column.append(part)
            end = run.at + 4 * run.size
    parts = [part for column in columns for part in column] + [numbers[end:]]
    lean = dict(header)
    books = [lean]
    if header.get("older"):
        lean["older"] = dict(header["older"])
        books.append(lean["older"])
    for book in books:
        book["series"] = {key: [one[key] for one in book["series"]] for key in _OF_SERIES}
        if book["topology"]:
            arcs = book["topology"]["arcs"]
            steps = np.array([step for arc in arcs for step in arc], dtype=np.int32).reshape(-1, 2)
            parts += [np.array([len(arc) for arc in arcs], dtype=np.int32), *steps.T]
            book["topology"] = {**book["topology"], "arcs": len(arcs)}
    offers = dict(header["offers"])
    places = np.array(offers.pop("places"), dtype=np.int32).reshape(-1, 2)
    listed = [offers.pop("areas"), offers.pop("category")]
    codes = [column["codes"] for column in offers["columns"]]
    near = _anchors(header, listed[0])
    parts += [np.array(one, dtype=np.int32) for one in listed]
    parts += [*(places - near).T, *(np.array(one, dtype=np.int32) for one in codes)]
    offers["columns"] = [
        {key: column[key] for key in ("id", "label", "values")} for column in offers["columns"]
    ]
    lean["offers"] = offers
    return lean, np.concatenate([part.astype(np.int32) for part in parts])


def _anchors(header: dict[str, Any], areas: list[int]) -> Ints:
    """Give the point of each offer's area; the origin where it lies in none."""
    points: Ints = np.array([*header["levels"][-1]["points"], [0, 0]], dtype=np.int32)
    return points.take(np.array(areas, dtype=int), axis=0)


def _widen(lean: dict[str, Any], coded: Ints) -> tuple[dict[str, Any], Ints]:
    header = dict(lean)
    older = header.get("older")
    books = [header, *([older] if older else [])]
    at = 0
    for book in books:
        columns = book["series"]
        book["series"] = [
            dict(zip(columns, one, strict=True)) for one in zip(*columns.values(), strict=True)
        ]
        for series in book["series"]:
            series["at"] = at
            at += 4 * len(book["levels"][series["level"]]["ids"])
    whole, quarter = at, at // 4
    for measure in (header.get("cells") or {}).get("measures", ()):
        whole = measure["at"] + header["cells"]["columns"] * header["cells"]["rows"]
    numbers = coded[:whole].copy()
    begin = 0
    with np.errstate(over="ignore"):
        for run in _runs(header):
            block = numbers[run.at : run.at + 4 * run.size].reshape(4, run.size)
            for column in range(4):
                from_ = column * quarter + begin
                block[column] = coded[from_ : from_ + run.size]
            if run.before >= 0:
                block[1:] += numbers[run.before : run.before + 4 * run.size].reshape(4, -1)[1:]
            block[0] += _expect(run, numbers)
            begin += run.size
    place = whole

    def take(count: int) -> Ints:
        nonlocal place
        place += count
        return coded[place - count : place]

    for book in books:
        if book["topology"]:
            lengths = take(book["topology"]["arcs"])
            steps = np.column_stack([take(lengths.sum()), take(lengths.sum())])
            cuts = np.cumsum(lengths)[:-1]
            book["topology"]["arcs"] = [arc.tolist() for arc in np.split(steps, cuts)]
    offers = header["offers"]
    count = len(offers["ids"])
    offers["areas"], offers["category"] = take(count).tolist(), take(count).tolist()
    steps = np.column_stack([take(count), take(count)])
    offers["places"] = (steps + _anchors(header, offers["areas"])).tolist()
    for column in offers["columns"]:
        column["codes"] = take(count).tolist()
    return header, numbers
