"""The protected, frozen set of tables that all writers share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
import shapely

from sozialraum.errors import SecrecyError, UnknownNameError
from sozialraum.model.areas import Level, dissolve_areas
from sozialraum.model.atlas import Atlas
from sozialraum.model.audience import (
    CLOSED,
    INTERNAL,
    PUBLIC,
    find_kept_back,
    list_fields,
    sees,
)
from sozialraum.model.check import Finding, find
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.passport import passport
from sozialraum.model.schema import AREAS, OFFERS, POPULATION, VALUE_COLUMNS
from sozialraum.secrecy.contributions import list_unlisted, sum_contributions
from sozialraum.secrecy.earlier import Earlier, find_same_gaps
from sozialraum.secrecy.protect import (
    attack_values,
    protect_gaps,
    protect_together,
    withhold_unsafe,
)
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.suppress import Completion
from sozialraum.texts import date, number, say

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
        Only the columns that the audience sees.
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
    audience: str = PUBLIC
    completion: Completion | None = None
    findings: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    lost: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    seal: str = field(default="", repr=False)

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
        if not self.seal or self.seal != make_seal(self):
            raise SecrecyError(say("secrecy.unsealed"))

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
        """
        pick(self.indicators, indicator)
        return passport(self.values, area, indicator, datenstand, indicators=self.indicators)


def make_seal(edition: Edition) -> str:
    """Give the fingerprint of everything in an edition but its looks: head and backdrop."""
    digest = hashlib.sha256()
    tables = (edition.values, edition.gaps, edition.offers, edition.areas, edition.protocol)
    for table in tables:
        plain = pd.DataFrame(table)
        if "geometry" in plain:
            shapes = shapely.to_wkb(plain.pop("geometry").to_numpy())
            digest.update(b"".join(shape or b"" for shape in shapes))
        digest.update(repr(list(plain.columns)).encode())
        digest.update(pd.util.hash_pandas_object(plain.astype("str")).to_numpy())
    said = (
        edition.title, edition.levels, dict(edition.indicators), edition.methods, edition.sources,
        edition.notes, edition.secrecy, dict(edition.inputs), edition.created, edition.audience,
    )  # fmt: skip
    digest.update(repr(said).encode())
    return digest.hexdigest()


def build_edition(
    atlas: Atlas,
    *,
    values: Iterable[pd.DataFrame] = (),
    gaps: gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame] | None = None,
    secrecy: Secrecy | None = None,
    indicators: Mapping[str, Indicator] | None = None,
    statement: Statement | None = None,
    contributions: pd.DataFrame | None = None,
    earlier: Sequence[Edition | Earlier | pd.DataFrame] = (),
    audience: str = PUBLIC,
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
    contributions : DataFrame, optional
        Who contributed how much: ``area`` (smallest), ``indicator, datenstand, contributor, amount``.
        For the rules that ask so; secret, it is added up through all levels and enters no output.
    earlier : sequence of Edition, Earlier or DataFrame
        Editions published before, or their values tables. What they show is known for ever.
    audience : {"oeffentlich", "nichtoeffentlich", "intern"}
        For whom it is. Rows of indicators meant for fewer readers (``Indicator.audience``), and of
        those made of them, are left out, which a note says; so are columns of offers.

    Returns
    -------
    Edition

    Raises
    ------
    UnknownNameError
        A row's indicator has no definition; there is no such audience; rules for an indicator, or
        fields for an audience, that do not exist.

    Notes
    -----
    The versions of all audiences withhold the same rows: these are chosen over all rows that any
    reader outside the house sees, since one may hold two versions. The version ``intern`` holds what
    never leaves as well; of this only what is unsafe by itself is withheld.
    """
    return build_editions(
        atlas, values=values, gaps=gaps, secrecy=secrecy, indicators=indicators,
        statement=statement, contributions=contributions, earlier=earlier, audiences=[audience],
    )[audience]  # fmt: skip


def build_editions(
    atlas: Atlas,
    *,
    values: Iterable[pd.DataFrame] = (),
    gaps: gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame] | None = None,
    secrecy: Secrecy | None = None,
    indicators: Mapping[str, Indicator] | None = None,
    statement: Statement | None = None,
    contributions: pd.DataFrame | None = None,
    earlier: Sequence[Edition | Earlier | pd.DataFrame] = (),
    audiences: Sequence[str] = (PUBLIC,),
) -> dict[str, Edition]:
    """Protect everything once, as `build_edition` does, and make the versions of several audiences.

    Parameters
    ----------
    atlas, values, gaps, secrecy, indicators, statement, contributions, earlier
        As of `build_edition`.
    audiences : sequence of str

    Returns
    -------
    dict of str to Edition
        By audience.

    Raises
    ------
    UnknownNameError
    """
    rules = secrecy or Secrecy()
    said = statement or Statement()
    defined = _by_theme({**atlas.indicators, **(indicators or {})})
    for name in rules.indicators:
        pick(defined, name)
    rows = _gather_rows(atlas, values, defined)
    areas, levels = atlas.areas, atlas.levels
    contributed = (
        None
        if contributions is None
        else sum_contributions(contributions, areas, levels, defined, rules)
    )
    # What a reader outside the house sees in any version is protected as one.
    leaves = ~rows["indicator"].isin(find_kept_back(defined, CLOSED))
    outside = rows[leaves].reset_index(drop=True)
    before = [x if isinstance(x, pd.DataFrame) else x.values for x in earlier]
    gaps_before = [x.gaps for x in earlier if not isinstance(x, pd.DataFrame)]
    every_gap = _gather_gaps(gaps, areas)
    every_gap["given"] = find_same_gaps(every_gap, [g for g in gaps_before if g is not None])
    going = ~every_gap["measure"].isin(find_kept_back(defined, CLOSED))
    together = every_gap[going]
    found = protect_together(
        outside, together, areas, levels, defined, rules, earlier=before, contributed=contributed
    )
    protected, protocol = found.values, found.protocol
    broken = attack_values(
        outside, protected, areas, levels, defined, rules, gaps=together, shown=found.gaps,
        earlier=before, contributed=contributed,
    )  # fmt: skip
    protected.index = rows.index[leaves]
    shown_gaps = pd.concat([found.gaps, protect_gaps(every_gap[~going], rules)]).loc[
        every_gap.index
    ]
    shown_gaps = shown_gaps[[*GAP_COLUMNS, "geometry"]]
    made = {}
    for audience in audiences:
        kept_back = find_kept_back(defined, audience)
        table = protected[~protected["indicator"].isin(kept_back)]
        reasons = protocol[~protocol["indicator"].isin(kept_back)]
        if audience == INTERNAL:
            house = withhold_unsafe(rows[~leaves], defined, rules, contributed)
            gone = (house["sign"] == ".") & (rows.loc[house.index, "sign"] != ".")
            more = house.loc[gone, [c for c in reasons if c != "reason"]].assign(reason="small")
            reasons = pd.concat([reasons, more])
            table = pd.concat([table, house]).sort_index()
        table = table.reset_index(drop=True)
        used = set(table["indicator"])
        polygons = shown_gaps[~shown_gaps["measure"].isin(kept_back)]
        columns = [f"{level.id}{end}" for level in levels for end in ("", "_name")]
        published = _choose_offers(atlas.offers, audience, rules)
        published_areas = areas[[*columns, "name", "geometry"]]
        shown = {k: own for k, own in rules.indicators.items() if k in used}
        here = replace(rules, indicators=shown, audiences={})
        if contributed is None:  # a rule that had nothing to ask is none of those that were used
            here = replace(here, dominance=None, providers=0)
        inside = kept_back & set(rows["indicator"])
        made[audience] = Edition(
            title=atlas.title,
            head=_head(said.head, atlas.title, audience),
            levels=levels,
            areas=published_areas,
            offers=published,
            values=table,
            gaps=polygons,
            indicators=MappingProxyType({k: i for k, i in defined.items() if k in used}),
            backdrop=atlas.backdrop,
            methods=(*said.methods, here.sentence),
            sources=tuple(dict.fromkeys((*said.sources, *_sources(defined, used)))),
            notes=(
                *_list_notes(atlas.report.notes, list(published.columns), audience),
                *map(str, list_unlisted(table, defined, rules, contributed)),
                *_say_inside(inside, atlas.title, audience),
            ),
            secrecy=here,
            protocol=reasons.reset_index(drop=True),
            inputs=MappingProxyType(_show_inputs(said, table, audience)),
            created=said.created,
            audience=audience,
            completion=found.completion,
            findings=broken,
            lost=found.lost,
        )
        # Without a seal every writer refuses.
        if not len(broken):
            made[audience] = replace(made[audience], seal=make_seal(made[audience]))
    return made


def _gather_rows(
    atlas: Atlas, values: Iterable[pd.DataFrame], defined: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Put all rows into one table, in the order in which they are shown."""
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
    rows = rows.drop_duplicates(["level", "area", "indicator", "datenstand"], keep="last")
    order = {name: i for i, name in enumerate(defined)}
    depth = {level.id: i for i, level in enumerate(atlas.levels)}
    return rows.sort_values(
        ["indicator", "level", "area", "datenstand"],
        key=lambda c: (
            c.map(order) if c.name == "indicator" else c.map(depth) if c.name == "level" else c
        ),
        ignore_index=True,
    )


def _choose_offers(offers: gpd.GeoDataFrame, audience: str, rules: Secrecy) -> gpd.GeoDataFrame:
    """Keep the columns that an audience sees."""
    seen = rules.fields_of(audience)
    for name in (*seen.fields, *seen.without):
        if name not in offers.columns and OFFERS.column(name) is None:
            known = [c for c in offers.columns if c != "geometry"]
            raise UnknownNameError(f"secrecy.audiences.{audience}", name, known)
    fields = list_fields(offers.columns, audience, fields=seen.fields, without=seen.without)
    return offers[[*fields, "geometry"]]


def _head(head: Head, title: str, audience: str) -> Head:
    notice = "" if audience == PUBLIC else say(f"audience.{audience}_notice")
    joined = " · ".join(filter(None, (notice, head.notice)))
    return replace(head, title=head.title or title, notice=joined)


def _list_notes(notes: Iterable[Finding], shown: Sequence[str], audience: str) -> list[str]:
    """List what the check noted, without notes that quote a column the audience does not see."""
    if audience == INTERNAL:
        return [str(note) for note in notes]
    declared = [c for t in (AREAS, POPULATION) for c in t.columns] + list(OFFERS.columns)
    seen = {c.name for c in declared if c.name in shown or c not in OFFERS.columns}
    seen |= set(VALUE_COLUMNS) | {alias for c in declared if c.name in seen for alias in c.aliases}
    return [str(note) for note in notes if (note.column or "area").casefold() in seen]


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


def _show_inputs(said: Statement, values: pd.DataFrame, audience: str) -> dict[str, str]:
    """Give the checksums of the inputs, empty where one might tell what is withheld."""
    if audience == INTERNAL or not (values["sign"] == ".").any():
        return dict(said.inputs)
    return {name: "" if name in said.confidential else x for name, x in said.inputs.items()}


def _say_inside(inside: set[str], title: str, audience: str) -> list[str]:
    """Say how many indicators stayed inside; not which, for a name may tell too much."""
    code = "not_for_all" if audience == PUBLIC else "not_for_closed"
    return [str(find("note", code, title, count=len(inside)))] if inside else []


_MOST_FINDINGS = 10


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


def _by_theme(indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Put indicators of one theme together, themes and indicators in the order given."""
    themes = list(dict.fromkeys(i.theme for i in indicators.values()))
    return dict(sorted(indicators.items(), key=lambda entry: themes.index(entry[1].theme)))


def _sources(defined: Mapping[str, Indicator], used: set[str]) -> list[str]:
    return [i.credit for name, i in defined.items() if name in used and i.source]


def _gather_gaps(
    gaps: gpd.GeoDataFrame | Mapping[str, gpd.GeoDataFrame] | None, areas: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Put the gaps of all measures into one table, unprotected."""
    if gaps is None:
        gaps = {}
    elif isinstance(gaps, gpd.GeoDataFrame):
        gaps = {"": gaps} if "measure" not in gaps else dict(tuple(gaps.groupby("measure")))
    parts = [part.assign(measure=measure) for measure, part in gaps.items() if len(part)]
    columns = [c for c in GAP_COLUMNS if c != "sign"]
    if not parts:
        return gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs=areas.crs)
    table = pd.concat(
        [part.drop(columns="sign", errors="ignore") for part in parts], ignore_index=True
    )
    table.index = pd.Index([str(i + 1) for i in range(len(table))], name="gap", dtype="str")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=areas.crs)
