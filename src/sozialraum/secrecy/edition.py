"""The protected, frozen set of tables that all writers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from sozialraum.errors import SecrecyError
from sozialraum.model.areas import Level, dissolve_areas
from sozialraum.model.audience import (
    PUBLIC,
    sees,
)
from sozialraum.model.entries import need_fields
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.overview import Overview, Showing
from sozialraum.model.passport import passport
from sozialraum.secrecy.arguments import need_kind
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.seal import UNSEALED, check_seal
from sozialraum.secrecy.suppress import Completion
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    from sozialraum.secrecy.published import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above every page for the sitting.

    Attributes
    ----------
    title, subtitle : str
    vorlage, gremium, date, status : str
        Number of the paper, committee, day of the sitting (ISO), "Entwurf" or "Beschluss".
    office, contact : str
    notice : str
        A banner such as "Beispiel, nicht für Planung".
    reading : str
        One sentence on how to read the map.
    """

    title: str = ""
    subtitle: str = ""
    vorlage: str = ""
    gremium: str = ""
    date: str = ""
    status: str = ""
    office: str = ""
    contact: str = ""
    notice: str = ""
    reading: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no text."""
        need_fields(self)

    def entries(self) -> dict[str, str]:
        """Give what is known, in order, under German words."""
        rows = {
            "vorlage": self.vorlage,
            "gremium": self.gremium,
            "date": date(self.date) if self.date else "",
            "status": self.status,
            "office": self.office,
            "contact": self.contact,
        }
        return {say(f"head.{key}"): text for key, text in rows.items() if text}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Edition(Showing):
    """Tables after secrecy; the only thing a writer takes. Made by `build_edition`.

    Attributes
    ----------
    title : str
        The whole's name.
    head : Head
    levels : tuple of Level
        From the whole down to the smallest.
    areas : GeoDataFrame
        Smallest areas with all levels.
    offers : GeoDataFrame
        Only the columns that the audience sees.
    values : DataFrame
        The values table, protected, all levels.
    gaps : GeoDataFrame
        Gap polygons, protected; ``measure`` is the indicator they belong to.
    indicators : mapping
        Definitions of everything in ``values``, in the order of display.
    backdrop : GeoDataFrame
    categories : mapping of str to str
        The town's own words for categories of these offers.
    methods, sources, notes : tuple of str
        German sentences: how it was measured, whose data, what the check noted.
    secrecy : Secrecy
    protocol : DataFrame
        What was withheld and why.
    inputs : mapping of str to str
        SHA-256 of every input file.
    created : str
        ISO date, given by the caller.
    audience : {"oeffentlich", "nichtoeffentlich", "intern"}
        For whom it is; versions that are not for the public say so in ``head.notice`` and in the names
        of their files.
    completion : Completion
        What it cost to withhold further rows, and how little it could have cost.
    findings : DataFrame
        What the attack found, as `attack_values` gives it. Empty, or every writer refuses.
    lost : DataFrame
        Counts that earlier editions give away and nobody can protect any more: ``what, level, area,
        datenstand``. For the desk; no writer writes it.
    """

    title: str
    head: Head = field(metadata=UNSEALED)
    levels: tuple[Level, ...]
    areas: gpd.GeoDataFrame
    offers: gpd.GeoDataFrame
    values: pd.DataFrame
    gaps: gpd.GeoDataFrame
    indicators: Mapping[str, Indicator]
    backdrop: gpd.GeoDataFrame = field(metadata=UNSEALED)
    methods: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    secrecy: Secrecy
    protocol: pd.DataFrame
    inputs: Mapping[str, str]
    created: str
    categories: Mapping[str, str] = field(default_factory=dict)
    audience: str = PUBLIC
    completion: Completion | None = None
    findings: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, metadata=UNSEALED)
    lost: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, metadata=UNSEALED)
    seal: str = field(default="", repr=False, metadata=UNSEALED)

    @property
    def water(self) -> gpd.GeoDataFrame:
        """What of the backdrop is water; all of it where nothing tells kinds apart."""
        if "kind" not in self.backdrop:
            return self.backdrop
        return self.backdrop[self.backdrop["kind"] == "water"]

    def verify(self) -> None:
        """Refuse an edition that failed its attack, was not made by `build_edition` or was changed.

        Raises
        ------
        SecrecyError
            Says what the attack found, or that there was none.
        """
        if len(self.findings):
            raise SecrecyError(say_findings(self.findings, self.levels, self.indicators))
        check_seal(self)

    def verify_beside(self, other: Edition) -> None:
        """Refuse another edition that is to be shown in an output of this one.

        Parameters
        ----------
        other : Edition
            Shown for comparison.

        Raises
        ------
        SecrecyError
            It cannot be written itself, or is for fewer readers than this one.
        """
        other.verify()
        if not sees(self.audience, other.audience):
            mine, its = (say(f"audience.{e.audience}") for e in (self, other))
            raise SecrecyError(say("secrecy.not_beside", audience=mine, other=its))

    def table(self, level: str) -> gpd.GeoDataFrame:
        """Give the areas of a level: index area; name, parent, geometry."""
        parents = {known.id: known.parent for known in self.levels}
        return dissolve_areas(self.areas, level, parent=parents.get(level))

    def latest(self, indicator: str) -> str:
        """Give the newest Datenstand of an indicator (empty if it has no row)."""
        rows = self.values.loc[self.values["indicator"] == indicator, "datenstand"]
        return str(rows.max()) if len(rows) else ""

    def wide(self, level: str, datenstand: str | None = None) -> pd.DataFrame:
        """Give one row per area and one column per indicator (newest Datenstand unless given)."""
        rows = self.values[self.values["level"] == level]
        newest = rows.groupby("indicator")["datenstand"].transform("max")
        rows = rows[rows["datenstand"] == (newest if datenstand is None else datenstand)]
        wide = rows.pivot(index="area", columns="indicator", values="value")
        order = [i for i in self.indicators if i in wide.columns]
        return wide.reindex(index=sorted(self.areas[level].unique()))[order]

    def passport(self, area: str, indicator: str, datenstand: str | None = None) -> dict[str, str]:
        """Give the passport of one published number.

        Parameters
        ----------
        area : str
            Id of an area of any level; the smallest level that has it counts.
        indicator : str
        datenstand : str, optional
            The newest by default.

        Returns
        -------
        dict of str to str
            As `sozialraum.passport` gives it; a withheld number says so and shows no part of it.

        Raises
        ------
        UnknownNameError
        SecrecyError
            The edition cannot be written either, see `verify`.
        """
        self.verify()
        pick(self.indicators, indicator)
        return passport(self.values, area, indicator, datenstand, indicators=self.indicators)

    def _overview(self) -> Overview:
        found = len(self.findings)
        told = say("overview.attack_found", count=number(found)) if found else ""
        counts = {level.plural: self.areas[level.id].nunique() for level in self.levels}
        attack = (say("overview.attack"), told or say("overview.attack_none"))
        return count_contents(self, counts, (attack,))


def count_contents(
    edition: Edition | Published, areas: Mapping[str, int], more: tuple[tuple[str, str], ...] = ()
) -> Overview:
    """Count what readers of an edition see.

    Parameters
    ----------
    edition : Edition or Published
    areas : mapping of str to int
        How many there are of each level, under its German name.
    more : tuple of (str, str)
        Further rows.

    Returns
    -------
    Overview
    """
    rows = [(say("overview.audience"), say(f"audience.{edition.audience}"))]
    if edition.created:
        rows.append((say("overview.created"), date(edition.created)))
    counts = {
        **areas,
        say("atlas.offers"): len(edition.offers),
        say("atlas.indicators"): len(edition.indicators),
        say("overview.values"): len(edition.values),
        say("overview.withheld"): int((edition.values["sign"] == ".").sum()),
        say("overview.gaps"): len(edition.gaps),
    }
    rows += [(what, number(count)) for what, count in counts.items()]
    caption = say("overview.edition", title=edition.title)
    return Overview(caption, (say("atlas.what"), say("overview.told")), (*rows, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an edition says about itself.

    Attributes
    ----------
    head : Head
    methods, sources : sequence of str
        German sentences.
    inputs : mapping of str to str
        SHA-256 by file name.
    confidential : sequence of str
        Files among them that hold what may be withheld. With everything else known, a checksum would
        confirm a guess at it: where something is withheld, only the version ``intern`` tells theirs.
    created : str
        ISO date.
    """

    head: Head = field(default_factory=Head)
    methods: Sequence[str] = ()
    sources: Sequence[str] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    confidential: Sequence[str] = ()
    created: str = ""

    def __post_init__(self) -> None:
        """Refuse what is of another kind."""
        need_fields(self)


_MOST_FINDINGS = 10


def verify_edition(edition: Edition) -> None:
    """Refuse what is no edition, and an edition that may not be shown, see `Edition.verify`.

    Raises
    ------
    InputError, SecrecyError
    """
    need_kind("edition", edition, Edition)
    edition.verify()


def say_findings(
    findings: pd.DataFrame, levels: Sequence[Level], indicators: Mapping[str, Indicator]
) -> str:
    """Say what an attack found and what to do about it; for the desk, not for readers.

    Parameters
    ----------
    findings : DataFrame
        As `attack_values` gives it.
    levels : sequence of Level
    indicators : mapping

    Returns
    -------
    str
    """
    titles = {level.id: level.title for level in levels}
    lines = []
    for found in findings.head(_MOST_FINDINGS).itertuples():
        what = str(found.what)
        known = indicators.get(what.split("/")[0].split("|")[0])
        exact = found.lower == found.upper
        lines.append(
            say(
                "secrecy.found_exact" if exact else "secrecy.found_range",
                level=titles.get(found.level, found.level), area=found.area,
                indicator=known.title if known else what, datenstand=date(found.datenstand),
                attacker=say(f"attacker.{found.attacker}"), lower=number(found.lower, 0),
                upper=number(found.upper, 0),
            )
        )  # fmt: skip
    if len(findings) > _MOST_FINDINGS:
        lines.append(say("secrecy.found_more", count=len(findings) - _MOST_FINDINGS))
    head = say("secrecy.broken", count=len(findings))
    return "\n".join([head, *(f"  {line}" for line in lines), say("secrecy.broken_help")])
