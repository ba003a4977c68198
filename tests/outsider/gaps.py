"""Which areas a gap reaches into."""

from __future__ import annotations

from typing import Any

import shapely

from .facts import Folder

_SLIVER = 1.0  # m²


def overlaps(folder: Folder, shape: bytes, level: str) -> list[str]:
    """Name the areas of a level that share ground with a gap; "" where it goes beyond them all."""
    if not hasattr(folder, "_outlines"):
        folder._outlines = {  # type: ignore[attr-defined]
            key: shapely.from_wkb(raw) for key, raw in folder.shapes.items() if raw
        }
    outlines: dict[tuple[str, str], Any] = folder._outlines  # type: ignore[attr-defined]
    gap = shapely.from_wkb(shape)
    found, left = [], float(gap.area)
    for (at, area), outline in outlines.items():
        if at == level:
            shared = float(gap.intersection(outline).area)
            left -= shared
            if shared > _SLIVER:
                found.append(area)
    return [*found, ""] if left > _SLIVER or not found else found
