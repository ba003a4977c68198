"""The gaps that lie in an area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from sozialraum.texts import number, say

if TYPE_CHECKING:
    from sozialraum.present.profile.context import ProfileDesk

# Gaps listed for each measure.
GAPS = 2
# A gap is told to an area if at least this share of its polygon lies in it.
GAP_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap that lies in the area, at least in part.

    Attributes
    ----------
    mark : str
        Its number on the profile's map.
    measure : str
        What is missing there.
    people : str
        Number of people in the whole gap, or the sign that stands for it.
    minutes, metres, offer : str
        The way to the next offer.
    count : float, optional
        ``people`` as a number.
    inside : float
        Share of the polygon that lies in the area.
    """

    mark: str
    measure: str
    people: str
    minutes: str
    metres: str
    offer: str
    count: float | None
    inside: float


def list_gaps(
    desk: ProfileDesk, area: str, most: int = GAPS
) -> tuple[tuple[GapRow, ...], gpd.GeoDataFrame, int]:
    """List the gaps that lie in the area, most people first, withheld ones last.

    Parameters
    ----------
    desk : ProfileDesk
    area : str
    most : int
        Gaps listed for each measure.

    Returns
    -------
    rows : tuple of GapRow
        The largest of each measure.
    shapes : GeoDataFrame
        ``mark`` and geometry of the same gaps.
    left : int
        Gaps that are not listed.
    """
    edition = desk.edition
    gaps = edition.gaps
    shape = desk.tables[desk.level.id].geometry.loc[area]
    near = gaps[gaps.intersects(shape)]
    inside = near.intersection(shape).area / near.area
    near = near.assign(inside=inside)[inside >= GAP_SHARE]
    near = near.sort_values(["people", "rank"], ascending=[False, True], na_position="last")
    shown = near.groupby("measure", sort=False).head(most)
    # Measures in the order of their largest gap, and in each the gaps as they stand.
    first = {measure: i for i, measure in enumerate(dict.fromkeys(shown["measure"]))}
    shown = shown.sort_values("measure", key=lambda m: m.map(first), kind="stable")
    shown = shown.assign(mark=[str(i + 1) for i in range(len(shown))])
    names = edition.offers["name"] if "name" in edition.offers else pd.Series(dtype="str")
    rows = tuple(
        GapRow(
            mark=gap["mark"],
            measure=edition.indicators[gap["measure"]].gap_heading
            if gap["measure"] in edition.indicators
            else "",
            people=gap["sign"] or number(gap["people"]),
            minutes=number(gap["minutes"]),
            metres=number(gap["metres"]),
            offer=_offer_name(gap["offer"], names),
            count=None if pd.isna(gap["people"]) else float(gap["people"]),
            inside=float(gap["inside"]),
        )
        for gap in shown.to_dict("records")
    )
    return rows, shown[["mark", "geometry"]], len(near) - len(shown)


def _offer_name(offer: object, names: pd.Series) -> str:
    if offer is None or pd.isna(offer):
        return ""
    name = names.get(offer)
    return say("profile.nameless") if name is None or pd.isna(name) else str(name)
