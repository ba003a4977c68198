"""The protected, frozen set of tables that all writers share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
import shapely

from sozialraum.errors import SecrecyError
from sozialraum.model.areas import Level, dissolve_areas
from sozialraum.model.atlas import Atlas
from sozialraum.model.audience import find_kept_back
from sozialraum.model.check import find
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.passport import passport
from sozialraum.model.schema import OFFERS, VALUE_COLUMNS
from sozialraum.secrecy.protect import attack_values, protect_gaps, protect_values
from sozialraum.secrecy.rules import Secrecy
from sozialraum.texts import date, say

GAP_COLUMNS = [
    "measure",
    "rank",
    "group",
    "people",
    "minutes",
    "metres",
    "offer",
    "limit_min",
    "sign",
]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
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
        Public columns only.
    values : DataFrame
        The values table, protected, all levels.
    gaps : GeoDataFrame
        Gap polygons, protected; ``measure`` is the indicator they belong to.
    indicators : mapping
        Definitions of everything in ``values``, in the order of display.
    backdrop : GeoDataFrame
    methods, sources, notes : tuple of str
        German sentences: how it was measured, whose data, what the check noted.
    secrecy : Secrecy
    protocol : DataFrame
        What was withheld and why.
    inputs : mapping of str to str
        SHA-256 of every input file.
    created : str
        ISO date, given by the caller.
    """

    title: str
    head: Head
    levels: tuple[Level, ...]
    areas: gpd.GeoDataFrame
    offers: gpd.GeoDataFrame
    values: pd.DataFrame
    gaps: gpd.GeoDataFrame
    indicators: Mapping[str, Indicator]
    backdrop: gpd.GeoDataFrame
    methods: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    secrecy: Secrecy
    protocol: pd.DataFrame
    inputs: Mapping[str, str]
    created: str
    seal: str = field(default="", repr=False)

    @property
    def water(self) -> gpd.GeoDataFrame:
        """What of the backdrop is water; all of it where nothing tells kinds apart."""
        if "kind" not in self.backdrop:
            return self.backdrop
        return self.backdrop[self.backdrop["kind"] == "water"]

    def verify(self) -> None:
        """Refuse an edition that was not made by `build_edition` or was changed afterwards.

        Raises
        ------
        SecrecyError
        """
        if not self.seal or self.seal != _fingerprint(
            self.values, self.gaps, self.offers, self.areas
        ):
            raise SecrecyError(say("secrecy.unsealed"))

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
        """
        pick(self.indicators, indicator)
        return passport(self.values, area, indicator, datenstand, indicators=self.indicators)


def _fingerprint(*tables: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for table in tables:
        plain = pd.DataFrame(table)
        if "geometry" in plain:
            shapes = shapely.to_wkb(plain.pop("geometry").to_numpy())
            digest.update(b"".join(shape or b"" for shape in shapes))
        digest.update(pd.util.hash_pandas_object(plain.astype("str")).to_numpy())
    return digest.hexdigest()


def public_offers(offers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the declared columns that may be published; contacts and unknown columns stay behind."""
    private = {
        "contact_name",
        "contact_phone",
        "contact_email",
        "file",
        "row",
        "x",
        "y",
        "lon",
        "lat",
    }
    declared = [c.name for c in OFFERS.columns if c.name not in private]
    return offers[[c for c in declared if c in offers.columns and c != "offer"] + ["geometry"]]


def build_edition(
    atlas: Atlas,
    *,
    values: Iterable[pd.DataFrame] = (),
    gaps: gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame] | None = None,
    secrecy: Secrecy | None = None,
    indicators: Mapping[str, Indicator] | None = None,
    statement: Statement | None = None,
) -> Edition:
    """Protect everything that is to be published, once, for all levels and files together.

    Parameters
    ----------
    atlas : Atlas
        Its own values are published too.
    values : iterable of DataFrame
        Further rows of the values table, such as coverage by area.
    gaps : GeoDataFrame or mapping of indicator id to GeoDataFrame, optional
    secrecy : Secrecy, optional
        Minimum 5 unless given.
    indicators : mapping, optional
        Definitions of measured indicators that the atlas does not hold.
    statement : Statement, optional
        Head, methods, sources, hashes of the inputs, day.

    Returns
    -------
    Edition
        For the public: rows of indicators with another ``audience``, and of those made of them, are left
        out, which a note says.

    Raises
    ------
    UnknownNameError
        A row's indicator has no definition.
    """
    rules = secrecy or Secrecy()
    said = statement or Statement()
    defined = _by_theme({**atlas.indicators, **(indicators or {})})
    tables = [t for t in (atlas.values, *values) if len(t)]
    rows = (
        pd.concat([t.reindex(columns=list(VALUE_COLUMNS)) for t in tables], ignore_index=True)
        if tables
        else pd.DataFrame(columns=list(VALUE_COLUMNS))
    )
    rows = rows.astype(dict.fromkeys(("value", "numerator", "denominator"), "float64"))
    rows["steps"] = rows["steps"].fillna("").astype("str")
    for name in rows["indicator"].unique():
        pick(defined, name)
    inside = find_kept_back(defined) & set(rows["indicator"])
    rows = rows[~rows["indicator"].isin(inside)]
    rows = rows.drop_duplicates(["level", "area", "indicator", "datenstand"], keep="last")
    order = {name: i for i, name in enumerate(defined)}
    depth = {level.id: i for i, level in enumerate(atlas.levels)}
    rows = rows.sort_values(
        ["indicator", "level", "area", "datenstand"],
        key=lambda c: (
            c.map(order) if c.name == "indicator" else c.map(depth) if c.name == "level" else c
        ),
        ignore_index=True,
    )
    areas = atlas.areas
    protected, protocol = protect_values(rows, areas, atlas.levels, defined, rules)
    broken = attack_values(rows, protected, areas, atlas.levels, defined, rules)
    used = set(rows["indicator"])
    published = public_offers(atlas.offers)
    columns = [f"{level.id}{end}" for level in atlas.levels for end in ("", "_name")]
    published_areas = areas[[*columns, "name", "geometry"]]
    polygons = _gather_gaps(gaps, areas, rules)
    return Edition(
        title=atlas.title,
        head=said.head if said.head.title else replace(said.head, title=atlas.title),
        levels=atlas.levels,
        areas=published_areas,
        offers=published,
        values=protected,
        gaps=polygons,
        indicators=MappingProxyType({k: i for k, i in defined.items() if k in used}),
        backdrop=atlas.backdrop,
        methods=(*said.methods, rules.sentence),
        sources=tuple(dict.fromkeys((*said.sources, *_sources(defined, used)))),
        notes=(*(str(note) for note in atlas.report.notes), *_say_inside(inside, atlas.title)),
        secrecy=rules,
        protocol=protocol,
        inputs=MappingProxyType(dict(said.inputs)),
        created=said.created,
        # Without a seal every writer refuses.
        seal="" if len(broken) else _fingerprint(protected, polygons, published, published_areas),
    )


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
    created : str
        ISO date.
    """

    head: Head = field(default_factory=Head)
    methods: Sequence[str] = ()
    sources: Sequence[str] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    created: str = ""


def _say_inside(inside: set[str], title: str) -> list[str]:
    """Say how many indicators stayed inside; not which, for a name may tell too much."""
    return [str(find("note", "not_for_all", title, count=len(inside)))] if inside else []


def _by_theme(indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Put indicators of one theme together, themes and indicators in the order given."""
    themes = list(dict.fromkeys(i.theme for i in indicators.values()))
    return dict(sorted(indicators.items(), key=lambda entry: themes.index(entry[1].theme)))


def _sources(defined: Mapping[str, Indicator], used: set[str]) -> list[str]:
    return [
        ", ".join(filter(None, (i.source, i.licence, i.licence_url, i.changed)))
        for name, i in defined.items()
        if name in used and i.source
    ]


def _gather_gaps(
    gaps: gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame] | None,
    areas: gpd.GeoDataFrame,
    rules: Secrecy,
) -> gpd.GeoDataFrame:
    if gaps is None:
        gaps = {}
    elif isinstance(gaps, gpd.GeoDataFrame):
        gaps = {"": gaps} if "measure" not in gaps else dict(tuple(gaps.groupby("measure")))
    parts = [
        protect_gaps(part.assign(measure=measure), rules)[[*GAP_COLUMNS, "geometry"]]
        for measure, part in gaps.items()
        if len(part)
    ]
    if not parts:
        return gpd.GeoDataFrame({c: [] for c in GAP_COLUMNS}, geometry=[], crs=areas.crs)
    table = pd.concat(parts, ignore_index=True)
    table.index = pd.Index([str(i + 1) for i in range(len(table))], name="gap", dtype="str")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=areas.crs)
