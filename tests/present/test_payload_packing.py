"""What is packed small comes back whole: every number, every line, every offer."""

from __future__ import annotations

import json
import struct
from dataclasses import replace

import numpy as np
import pytest

from sozialraum.access.cells import build_grid
from sozialraum.present.payload import build_payload
from sozialraum.present.payload_packing import pack, unpack
from sozialraum.present.payload_series import LARGE, MISSING
from tests.outsider.mappage import read_letters


def same(header: dict, numbers: np.ndarray) -> None:
    again, unpacked = unpack(pack(header, numbers))
    assert unpacked.tolist() == numbers.tolist()
    assert again == json.loads(json.dumps(header))


@pytest.mark.parametrize("compared", ["no", "same", "moved"])
def test_an_edition_comes_back_whole(town_edition, compared: str) -> None:
    cells = build_grid(town_edition.areas, size_m=400)
    cells["kita"] = np.linspace(0, 90, len(cells))
    areas = town_edition.areas
    older = {
        "no": None,
        "same": town_edition,
        "moved": replace(town_edition, areas=areas.set_geometry(areas.translate(70, 0))),
    }[compared]
    header, numbers, _ = build_payload(town_edition, cells=cells, compare=older)
    assert bool((header.get("older") or {}).get("topology")) == (compared == "moved")
    same(header, numbers)


def header_of(**indicator: object) -> dict:
    """Two areas, one indicator at two dates."""
    known = {"digits": 1, "per": 100.0, "denominator": "Kinder", **indicator}
    series = [
        {"indicator": 0, "level": 0, "date": date, "borders": "", "counted": 0, "at": at}
        for date, at in (("2023", 0), ("2024", 8))
    ]
    offers = {"ids": [], "places": [], "areas": [], "category": [], "columns": []}
    return {
        "levels": [{"ids": ["a", "b"], "points": [[1, 2], [3, 4]]}],
        "indicators": [known],
        "series": series,
        "topology": {"arcs": [[[0, 0], [1, -1]]]},
        "offers": offers,
    }


@pytest.mark.parametrize("kind", [{}, {"denominator": "", "digits": 0}])
def test_missing_and_extreme_numbers_come_back_too(kind: dict[str, object]) -> None:
    # Values, numerators, denominators and codes of two areas, then the same a year later.
    extreme = [
        [250, MISSING, 25, 7, 100, 0, 0, 1],
        [LARGE, -1000, 2**31 - 1, MISSING, LARGE, 2**31 - 1, 3, 0],
    ]
    same(header_of(**kind), np.array(extreme, dtype=np.int32).ravel())


def test_what_follows_from_its_parts_takes_no_room() -> None:
    # 5 of 40 are 12.5 %, 4 of 8 are 50 %: nothing is left of the values, nor of the second year.
    year = [125, 500, 5, 4, 40, 8, 0, 0]
    whole = read_letters(pack(header_of(), np.array(year + year, np.int32)))
    (length,) = struct.unpack_from("<I", whole)
    (count,) = struct.unpack_from("<I", whole, 4 + length)
    # Twice 5, 4, 40 and 8; then a line of two positions, one step to the east and one back south.
    assert [n for n in whole[8 + length :] if n] == [10, 8, 80, 16, 4, 2, 1]
    assert len(whole) == 8 + length + count


def test_a_byte_that_says_more_is_no_number_itself() -> None:
    # 127 is written as 254, the largest of a byte; -128 as 255 and 128 as 256 need more than one.
    header = header_of(denominator="", digits=3)
    numbers = np.array([127, -128, 0, 0, 0, 0, 0, 0, 128, 2**30, 0, 0, 0, 0, 0, 0], np.int32)
    same(header, numbers)
    whole = read_letters(pack(header, numbers))
    (length,) = struct.unpack_from("<I", whole)
    (count,) = struct.unpack_from("<I", whole, 4 + length)
    assert list(whole[8 + length :][:4]) == [254, 255, 255, 255]
    assert list(whole[8 + length + count :]) == [255, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 128]
