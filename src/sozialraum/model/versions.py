"""Boundaries change: areas of one Gebietsstand and the days on which they are valid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import geopandas as gpd

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import list_levels
from sozialraum.model.check import Finding, find
from sozialraum.texts import date

_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True, eq=False)
class AreaVersion:
    """The smallest areas as they were or are drawn, and from when to when.

    Attributes
    ----------
    gebietsstand : str
        The day (ISO; a month or year is enough) by which values name these boundaries.
    areas : GeoDataFrame
        Indexed by ``area``. Without geometry they can be converted by a key only.
    valid_from, valid_to : str
        First and last day (ISO). Without ``valid_from`` it is the Gebietsstand; without ``valid_to``
        they hold until the next version begins.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(index=["01011101"])
    >>> AreaVersion("2020-12-31", areas, valid_from="2006-06-14").first
    '2006-06-14'
    """

    gebietsstand: str
    areas: gpd.GeoDataFrame = field(repr=False)
    valid_from: str = ""
    valid_to: str = ""

    @property
    def first(self) -> str:
        """The first day, ISO."""
        return span(self.valid_from or self.gebietsstand)[0]

    @property
    def level(self) -> str:
        """Id of the smallest level, empty where the areas have no columns of levels."""
        levels = list_levels(self.areas)
        return levels[-1] if levels else ""


def span(text: str) -> tuple[str, str]:
    """Give the first and the last day of a day, month or year.

    Examples
    --------
    >>> span("2020"), span("2020-06-14")
    (('2020-01-01', '2020-12-31'), ('2020-06-14', '2020-06-14'))
    """
    return (text + "-01-01")[:10], text + {4: "-12-31", 7: "-31"}.get(len(text), "")


def check_versions(versions: Sequence[AreaVersion], label: str = "areas") -> list[Finding]:
    """Find versions without a date, named twice, that end before they begin, or hold at once."""
    found = [
        find("error", "version_undated", label, version=version.gebietsstand, cell=text)
        for version in versions
        for text in (version.valid_from or version.gebietsstand, version.valid_to)
        if not _DAY.fullmatch(text) and (text or not version.gebietsstand)
    ]
    if found:
        return found
    ordered = sorted(versions, key=lambda version: version.first)
    for version in ordered:
        if version.valid_to and span(version.valid_to)[1] < version.first:
            found.append(
                find(
                    "error", "version_turned", label, version=version.gebietsstand,
                    start=date(version.first), end=date(version.valid_to),
                )
            )  # fmt: skip
    for one, other in pairwise(ordered):
        if one.first == other.first or (one.valid_to and span(one.valid_to)[1] >= other.first):
            found.append(
                find(
                    "error", "versions_overlap", label, one=one.gebietsstand,
                    other=other.gebietsstand, start=date(other.first),
                )
            )  # fmt: skip
    return found


def find_version(versions: Sequence[AreaVersion], gebietsstand: str) -> AreaVersion | None:
    """Give the version that a Gebietsstand names, or that held on all its days; else None.

    Parameters
    ----------
    versions : sequence of AreaVersion
        Without findings.
    gebietsstand : str
        As values name it. A year in which boundaries changed names no version.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame()
    >>> versions = [AreaVersion("2006", areas), AreaVersion("2021-01-01", areas)]
    >>> [getattr(find_version(versions, day), "gebietsstand", None)
    ...  for day in ("2019", "2021-01-01", "2024", "2005-12-31")]
    ['2006', '2021-01-01', '2021-01-01', None]
    """
    for version in versions:
        if version.gebietsstand == gebietsstand:
            return version
    if not _DAY.fullmatch(gebietsstand):
        return None
    first, last = span(gebietsstand)
    ordered = sorted(versions, key=lambda version: version.first)
    for place, version in enumerate(ordered):
        if version.valid_to:
            in_time = last <= span(version.valid_to)[1]
        else:
            in_time = place + 1 == len(ordered) or last < ordered[place + 1].first
        if version.first <= first and in_time:
            return version
    return None


def pick_version(versions: Sequence[AreaVersion], gebietsstand: str) -> AreaVersion:
    """Give the version that a Gebietsstand names or offer those there are."""
    version = find_version(versions, gebietsstand)
    if version is None:
        raise UnknownNameError("gebietsstand", gebietsstand, (v.gebietsstand for v in versions))
    return version
