"""What the map page's script reads: one JSON header and one block of whole numbers, packed.

Everything comes from an edition, so nothing unprotected can get in. Values are rounded exactly as
they are shown, and stored as int32: the page formats them and never computes a figure of its own.
"""

from __future__ import annotations

import base64
import gzip
import json
import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.model.steps import say_steps
from sozialraum.present.classes import classify_rows, round_shown
from sozialraum.present.office import count_digits
from sozialraum.present.payload_marks import list_gaps, list_offers
from sozialraum.present.svg import clean
from sozialraum.present.topology import build_topology
from sozialraum.texts import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.model.areas import Level
    from sozialraum.present.topology import Topology
    from sozialraum.secrecy.edition import Edition

MISSING = -(2**31)
LARGE = MISSING + 1


def pack(header: dict[str, Any], numbers: NDArray[np.int32]) -> str:
    """Pack header and numbers as base64 of gzip; the same input gives the same text.

    Parameters
    ----------
    header : dict
        Anything JSON can write.
    numbers : array of int32

    Returns
    -------
    str

    Notes
    -----
    Inside: the header's length in bytes (uint32, little-endian), the header in UTF-8 padded with
    spaces to a multiple of four, then the numbers (int32) as four planes: first the lowest byte of
    every number, then the next. Neighbouring numbers share their upper bytes, which gzip then
    packs to almost nothing; the block shrinks by two fifths.
    """
    header = _clean(header)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    planes = numbers.astype("<i4").view(np.uint8).reshape(-1, 4).T
    whole = struct.pack("<I", len(text)) + text + planes.tobytes()
    return base64.b64encode(gzip.compress(whole, compresslevel=9, mtime=0)).decode("ascii")


def _clean(value: Any) -> Any:
    """Take control and direction signs out of every text, however deep."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def unpack(text: str) -> tuple[dict[str, Any], NDArray[np.int32]]:
    """Read back what `pack` wrote.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of dict and array of int32

    Examples
    --------
    >>> header, numbers = unpack(pack({"title": "Nord"}, np.array([1, -2], dtype=np.int32)))
    >>> header["title"], numbers.tolist()
    ('Nord', [1, -2])
    """
    whole = gzip.decompress(base64.b64decode(text))
    (length,) = struct.unpack_from("<I", whole)
    planes = np.frombuffer(whole, np.uint8, offset=4 + length).reshape(4, -1)
    return json.loads(whole[4 : 4 + length]), np.ascontiguousarray(planes.T).view("<i4").ravel()


def build_payload(edition: Edition) -> tuple[dict[str, Any], NDArray[np.int32], Topology]:
    """Collect outlines, values, offers and gaps of an edition for the page.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    tuple
        Header, numbers and the topology the header's outlines come from.
    """
    topology = build_topology(
        edition.areas,
        [level.id for level in edition.levels],
        loose={"water": edition.water.geometry, "gaps": edition.gaps.geometry},
    )
    levels = [_level(edition, position, topology) for position in range(len(edition.levels))]
    indicators = list(edition.indicators)
    series, numbers, large, codes = _series(edition, levels, indicators)
    header = {
        "title": edition.title,
        "topology": topology.to_topojson(),
        "levels": levels,
        "indicators": [_indicator(edition.indicators[name]) for name in indicators]
        # Areas and offers alone are a map too: its only indicator has no values.
        or [_indicator(Indicator(id="", title=edition.title))],
        "series": series,
        "codes": codes,
        "large": large,
        "classes": _classes(edition, levels, indicators),
        "offers": list_offers(edition, topology),
        "gaps": list_gaps(edition),
        "minimum": edition.secrecy.minimum,
    }
    return header, numbers, topology


def _level(edition: Edition, position: int, topology: Topology) -> dict[str, Any]:
    level = edition.levels[position]
    table = edition.table(level.id)
    ids = list(topology.objects[level.id])
    table = table.loc[ids]
    circles = shapely.maximum_inscribed_circle(shapely.simplify(table.geometry.to_numpy(), 5), 20)
    places = topology.to_grid(shapely.get_coordinates(shapely.get_point(circles, 0)))
    order = [other.id for other in edition.levels]
    parent = order.index(level.parent) if level.parent in order else -1
    known = {key: i for i, key in enumerate(topology.objects[level.parent])} if parent >= 0 else {}
    parents = (
        edition.areas.dropna(subset=[level.id])
        .drop_duplicates(level.id)
        .set_index(level.id)[level.parent]
        .reindex(ids)
        if parent >= 0
        else pd.Series([None] * len(ids))
    )
    inside = {}
    if position and not _is_above(edition.levels, level.id):
        # In a branch of its own: from the smallest areas one does not get here by parents.
        own = {key: i for i, key in enumerate(ids)}
        smallest = edition.areas[level.id].reindex(list(topology.objects[edition.levels[-1].id]))
        inside = {"inside": [own.get(str(key), -1) for key in smallest]}
    return {
        **inside,
        "id": level.id,
        "title": level.title,
        "plural": level.plural,
        "parent": parent,
        "ids": ids,
        "names": table["name"].astype(str).tolist(),
        "parents": [known.get(str(key), -1) for key in parents],
        "points": places.tolist(),
    }


def _is_above(levels: Sequence[Level], level: str) -> bool:
    """Tell whether the smallest areas lead up to a level by parents."""
    parents = {x.id: x.parent for x in levels}
    at = levels[-1].id
    while at and at != level:
        at = parents.get(at, "")
    return at == level


def title_of(indicator: Indicator) -> str:
    """Give an indicator's title; practice data are called so wherever they appear.

    Parameters
    ----------
    indicator : Indicator

    Returns
    -------
    str
    """
    word = say("quality.practice")
    tag = f" ({word})" if indicator.practice and word not in indicator.title else ""
    return indicator.title + tag


def _indicator(known: Indicator) -> dict[str, Any]:
    return {
        "id": known.id,
        "title": title_of(known),
        "unit": known.unit,
        "digits": known.digits,
        **({"classes": known.classes} if known.classes else {}),
        "theme": known.theme,
        "numerator": known.numerator,
        "denominator": known.denominator if known.kind in QUOTIENTS else "",
        "passport": [[label, text] for label, text in known.passport().items()],
        "gap": known.gap_heading,
    }


def _series(
    edition: Edition, levels: list[dict[str, Any]], indicators: list[str]
) -> tuple[list[dict[str, Any]], NDArray[np.int32], dict[str, float], list[list[str]]]:
    """Lay every (indicator, level, date) out as four columns over the level's areas.

    The columns are value, numerator, denominator (as whole numbers of their last shown decimal) and
    the number of the row's sign, quality and steps taken together.
    """
    places = pd.MultiIndex.from_tuples([(v["id"], key) for v in levels for key in v["ids"]])
    first = np.cumsum([0, *(len(level["ids"]) for level in levels)])
    order = {level["id"]: i for i, level in enumerate(levels)}
    known = {name: i for i, name in enumerate(indicators)}
    rows = edition.values
    rows = rows[
        (places.get_indexer(pd.MultiIndex.from_frame(rows[["level", "area"]])) >= 0)
        & rows["indicator"].isin(known).to_numpy()
    ]
    level = rows["level"].map(order).to_numpy(int)
    indicator = rows["indicator"].map(known).to_numpy(int)
    place = places.get_indexer(pd.MultiIndex.from_frame(rows[["level", "area"]])) - first[level]
    size = np.diff(first)[level]
    dates = sorted(rows["datenstand"].astype(str).unique())
    date = rows["datenstand"].astype(str).map({d: i for i, d in enumerate(dates)}).to_numpy(int)

    keys, opening, series = np.unique(
        np.column_stack([indicator, level, date]), axis=0, return_index=True, return_inverse=True
    )
    series = series.reshape(-1)
    starts = np.cumsum([0, *(4 * size[opening])]).astype(int)
    digits = np.array([edition.indicators[name].digits for name in indicators], dtype=int)
    counted = np.array(
        [
            count_digits(rows[indicator == i], edition.indicators[name])
            for i, name in enumerate(indicators)
        ],
        dtype=int,
    )
    numbers = np.full(starts[-1], MISSING, dtype=np.int64)
    large: dict[str, float] = {}
    for column, (name, shown) in enumerate(
        (("value", digits), ("numerator", counted), ("denominator", counted))
    ):
        scale = shown[indicator]
        exact = round_shown(rows[name].to_numpy(float), scale) * 10.0**scale
        given = ~np.isnan(exact)
        at = (starts[series] + column * size + place)[given]
        whole = np.rint(exact[given])
        wide = np.abs(whole) >= -LARGE
        numbers[at] = np.where(wide, LARGE, whole).astype(np.int64)
        large |= {str(p): x for p, x in zip(at[wide].tolist(), whole[wide].tolist(), strict=True)}
    remarks = rows["sign"].fillna("").astype(str) + "\n" + rows["quality"].fillna("").astype(str)
    remarks += "\n" + rows["steps"].map({s: "; ".join(say_steps(s)) for s in set(rows["steps"])})
    codes = ["\n\n", *sorted(set(remarks) - {"\n\n"})]
    for begin, end in pairwise(starts.tolist()):
        numbers[begin + 3 * (end - begin) // 4 : end] = 0
    numbers[starts[series] + 3 * size + place] = remarks.map({c: i for i, c in enumerate(codes)})
    stands = rows["gebietsstand"].fillna("").astype(str).to_numpy()[opening]
    entries = [
        {
            "indicator": i,
            "level": one,
            "date": dates[when],
            "borders": stand,
            "counted": int(counted[i]),
            "at": at,
        }
        for (i, one, when), stand, at in zip(keys.tolist(), stands, starts.tolist(), strict=False)
    ]
    return entries, numbers.astype(np.int32), large, [code.split("\n") for code in codes]


def _classes(
    edition: Edition, levels: list[dict[str, Any]], indicators: list[str]
) -> dict[str, Any]:
    """Class every indicator on every level over all its dates."""
    order = {level["id"]: i for i, level in enumerate(levels)}
    known = {name: i for i, name in enumerate(indicators)}
    classes = {}
    for (indicator, level), rows in edition.values.groupby(["indicator", "level"]):
        if indicator in known and level in order:
            found = classify_rows(rows, edition.indicators[indicator], with_unit=False)
            classes[f"{order[level]} {known[indicator]}"] = {
                "breaks": found.breaks,
                "labels": found.labels,
                "colours": found.colours,
                "hatches": [hatch[:3] for hatch in found.hatches],
            }
    return classes
