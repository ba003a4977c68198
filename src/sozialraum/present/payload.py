"""What the map page's script reads: one header and one block of whole numbers (see `pack`).

Everything comes from an edition, so nothing unprotected can get in. Values are rounded exactly as
they are shown, and stored as int32: the page formats them and never computes a figure of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.present.payload_cells import lay_cells
from sozialraum.present.payload_levels import list_level
from sozialraum.present.payload_marks import list_gaps, list_offers
from sozialraum.present.payload_older import lay_older
from sozialraum.present.payload_series import lay_series
from sozialraum.present.payload_unassigned import list_unassigned
from sozialraum.present.schemes import list_schemes
from sozialraum.present.topology import build_topology
from sozialraum.texts import say

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from sozialraum.present.topology import Topology
    from sozialraum.secrecy.edition import Edition


def build_payload(
    edition: Edition,
    *,
    limits: Mapping[str, Sequence[float]] | None = None,
    compare: Edition | None = None,
    land: str | None = None,
    cells: gpd.GeoDataFrame | None = None,
) -> tuple[dict[str, Any], NDArray[np.int32], Topology]:
    """Collect outlines, values, offers and gaps of an edition for the page.

    Parameters
    ----------
    edition : Edition
    limits : mapping of indicator to sequence of float, optional
        Fixed class limits, see `list_schemes`.
    compare : Edition, optional
        An older edition to lie beside this one.
    land : str, optional
        Whose holidays count for opening hours, see `list_offers`.
    cells : GeoDataFrame, optional
        Ways on a regular grid, see `lay_cells`.

    Returns
    -------
    tuple
        Header, numbers and the topology the header's outlines come from.
    """
    topology = build_topology(
        edition.areas,
        [level.id for level in edition.levels],
        loose={"water": edition.water.geometry, "gaps": edition.gaps.geometry},
        tolerance_m=_fineness(edition),
    )
    levels = [list_level(edition, position, topology) for position in range(len(edition.levels))]
    indicators = list(edition.indicators)
    block = lay_series(edition.values, levels, edition.indicators)
    beside: dict[str, Any] = {}
    if compare is not None:
        older, block = lay_older(edition, compare, topology, levels, block)
        beside["older"] = older
    classes, scales = _classes(edition, limits)
    if cells is not None:
        beside["cells"], block = lay_cells(cells, topology, block, edition.categories)
    header = {
        "title": edition.title,
        "topology": topology.to_topojson(),
        "levels": levels,
        "indicators": [_indicator(edition.indicators[name]) for name in indicators]
        # Areas and offers alone are a map too: its only indicator has no values.
        or [_indicator(Indicator(id="", title=edition.title))],
        "series": block.series,
        "codes": block.codes,
        "large": block.large,
        "classes": classes,
        "scales": scales,
        "offers": list_offers(edition, topology, land=land),
        "gaps": list_gaps(edition),
        "unassigned": list_unassigned(edition, block.series),
        "minimum": edition.secrecy.minimum,
        **beside,
    }
    return header, block.numbers, topology


def _fineness(edition: Edition) -> float:
    """Tell what the finest paper can show: a dot of an A3 sheet, 4,000 of which go across a map."""
    west, south, east, north = edition.areas.total_bounds
    return float(np.clip(max(east - west, north - south) / 4000, 1, 20))


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
        "per": known.per,
        **({"classes": known.classes} if known.classes else {}),
        "theme": known.theme,
        "numerator": known.numerator,
        "denominator": known.denominator if known.kind in QUOTIENTS else "",
        "passport": [[label, text] for label, text in known.passport().items()],
        "gap": known.gap_heading,
    }


def _classes(
    edition: Edition, limits: Mapping[str, Sequence[float]] | None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Class every indicator on every level in every way; colours and hatches are listed once."""
    found = list_schemes(edition, limits)
    scales: dict[str, int] = {}
    for entry in (entry for schemes in found.values() for entry in schemes.values()):
        if "colours" in entry:
            scale = {"colours": entry.pop("colours"), "hatches": entry.pop("hatches")}
            entry["scale"] = scales.setdefault(json.dumps(scale), len(scales))
    return found, [json.loads(scale) for scale in scales]
