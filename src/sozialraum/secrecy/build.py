"""Protect everything that is to be published, once, and put it into editions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.atlas import Atlas
from sozialraum.model.audience import (
    CLOSED,
    INTERNAL,
    PUBLIC,
    find_kept_back,
    list_fields,
)
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.relations import check_counts
from sozialraum.model.schema import AREAS, OFFERS, POPULATION, VALUE_COLUMNS
from sozialraum.secrecy.arguments import find_wrong, list_faults, list_table_faults
from sozialraum.secrecy.contributions import list_unlisted, sum_contributions
from sozialraum.secrecy.earlier import Earlier, find_same_gaps
from sozialraum.secrecy.edition import Edition, Head, Statement
from sozialraum.secrecy.protect import (
    attack_values,
    protect_gaps,
    protect_together,
    withhold_unsafe,
)
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.seal import put_seal
from sozialraum.texts import say

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
    InputError
        An argument is of another kind than expected; a count has another value than its numerator;
        contributions do not fit.
    UnknownNameError
        A row's indicator has no definition; there is no such audience; rules for an indicator, or
        fields for an audience, that do not exist.

    Notes
    -----
    The versions of all audiences withhold the same rows: these are chosen over all rows that any
    reader outside the house sees, since one may hold two versions. The version ``intern`` holds what
    never leaves as well; of this only what is unsafe by itself is withheld.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> edition = build_edition(build_musterstadt().atlas, secrecy=Secrecy(minimum=10))
    >>> edition.secrecy.minimum, bool((edition.values["sign"] == ".").any())
    (10, True)
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
    if isinstance(values, Iterable) and not isinstance(values, str | pd.DataFrame | Mapping):
        values = list(values)
    faults = find_wrong("atlas", atlas, isinstance(atlas, Atlas))
    faults += list_faults({
        "secrecy": (secrecy, Secrecy), "statement": (statement, Statement),
        "contributions": (contributions, pd.DataFrame),
    })  # fmt: skip
    named = isinstance(indicators or {}, Mapping)
    right = named and all(isinstance(i, Indicator) for i in (indicators or {}).values())
    faults += find_wrong("indicators", indicators, right)
    faults += list_table_faults(values, gaps, earlier, (Edition, Earlier))
    CheckReport(tuple(faults)).raise_for_errors()
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
            sources=_list_sources(said.sources, [i for n, i in defined.items() if n in used]),
            notes=(
                *_list_notes(atlas.report.notes, list(published.columns), audience),
                *map(str, list_unlisted(table, defined, rules, contributed)),
                *_say_inside(inside, atlas.title, audience),
            ),
            secrecy=here,
            protocol=reasons.reset_index(drop=True),
            inputs=MappingProxyType(_show_inputs(said, table, audience)),
            created=said.created,
            categories=_choose_words(atlas.categories, published),
            audience=audience,
            completion=found.completion,
            findings=broken,
            lost=found.lost,
        )
        # Without a seal every writer refuses.
        if not len(broken):
            made[audience] = put_seal(made[audience])
    return made


def _choose_words(words: Mapping[str, str], offers: pd.DataFrame) -> Mapping[str, str]:
    """Keep the words for categories that readers see."""
    seen = set(offers["category"].dropna()) if "category" in offers else set()
    return MappingProxyType({k: word for k, word in words.items() if k in seen})


def _gather_rows(
    atlas: Atlas, values: Iterable[pd.DataFrame], defined: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Put all rows into one table, in the order in which they are shown."""
    tables = [t for t in (atlas.values, *values) if len(t)]
    faults = [found for t in tables for found in check_counts(t, defined, "values")]
    CheckReport(tuple(faults)).raise_for_errors()
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


def _show_inputs(said: Statement, values: pd.DataFrame, audience: str) -> dict[str, str]:
    """Give the checksums of the inputs, empty where one might tell what is withheld."""
    if audience == INTERNAL or not (values["sign"] == ".").any():
        return dict(said.inputs)
    return {name: "" if name in said.confidential else x for name, x in said.inputs.items()}


def _say_inside(inside: set[str], title: str, audience: str) -> list[str]:
    """Say how many indicators stayed inside; not which, for a name may tell too much."""
    code = "not_for_all" if audience == PUBLIC else "not_for_closed"
    return [str(find("note", code, title, count=len(inside)))] if inside else []


def _by_theme(indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Put indicators of one theme together, themes and indicators in the order given."""
    themes = list(dict.fromkeys(i.theme for i in indicators.values()))
    return dict(sorted(indicators.items(), key=lambda entry: themes.index(entry[1].theme)))


def _list_sources(said: Sequence[str], shown: Sequence[Indicator]) -> tuple[str, ...]:
    """List every source once; what is made of several is not told again where each is told."""
    found = dict.fromkeys(said)
    for one in shown:
        if one.source and not found.keys() >= set(one.credit.split("; ")):
            found[one.credit] = None
    return tuple(found)


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
