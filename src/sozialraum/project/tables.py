"""Everything a project file names, read and checked as one atlas."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from sozialraum.indicators.aggregate import aggregate_values, count_by_area
from sozialraum.indicators.complete import list_missing
from sozialraum.indicators.form import form_rates
from sozialraum.indicators.spread import CENTRE, spread_people
from sozialraum.model.areas import is_metric
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.model.check import CheckReport, Finding, Reading, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.names import group_areas
from sozialraum.model.placing import place_offers
from sozialraum.model.rows import join_tables
from sozialraum.project.boundaries import update_values
from sozialraum.project.coarse import join_areas, join_classes
from sozialraum.project.funding import define_funding, load_fundings, make_fundings
from sozialraum.project.indices import Late, check_late, leave_out_small, load_indices, make_indices
from sozialraum.project.secret import check_secrecy
from sozialraum.project.settings import Entry, Project, read_project
from sozialraum.read.addresses import load_addresses
from sozialraum.read.areas import load_areas, load_backdrop
from sozialraum.read.counts import load_counts
from sozialraum.read.definitions import load_indicators
from sozialraum.read.grid import PERTURBED
from sozialraum.read.offers import load_offers
from sozialraum.read.population import load_population
from sozialraum.read.values import load_values
from sozialraum.texts import date, number, say


def read_atlas(path: str | Path) -> Atlas:
    """Read and check everything a project file names, except streets.

    Parameters
    ----------
    path : path
        ``sozialraum.toml``.

    Returns
    -------
    Atlas
        Its values hold all levels: those of the smallest areas are aggregated by kind, and the
        groups of the population and the offers to be counted are added up. What is measured, and
        indices made of it, is not among them.

    Raises
    ------
    InputError
        Its report lists every error of all tables at once.

    Examples
    --------
    >>> from sozialraum.demo import find_example
    >>> atlas = read_atlas(find_example("potsdam_mittelmark"))
    >>> [level.plural for level in atlas.levels][1:]
    ['Ämter und amtsfreie Gemeinden', 'Gemeinden']
    """
    return make_tables(read_project(path)).atlas


class Tables(NamedTuple):
    """What a project names, and what is to be made of it after measuring."""

    atlas: Atlas
    late: Late


def make_tables(project: Project) -> Tables:
    """Read and check what a project names."""
    found: list[Finding] = []

    def take(load: Callable[..., Reading], entry: Entry, kind: str, **more: Any) -> Any:
        """Read one table, collect its findings, keep the rows the project chooses."""
        path = project.locate(entry["file"])
        table, findings = load(path, **more, **{k: entry[k] for k in _PASSED[kind] if k in entry})
        found.extend(findings)
        return table if table is None else _keep(table, entry.get("where", {}), path.name, found)

    section = project.section("areas")
    upper = {
        level: take(load_areas, entry, "areas") for level, entry in section.get("upper", {}).items()
    }
    lists = section.get("lists", {})
    named = [x for x in project.levels if x.id not in project.prefixes and x.id not in lists]
    corrections = section.get("correction", ())
    areas = take(load_areas, section, "areas", levels=named, corrections=corrections)
    if areas is not None and "area" in areas:
        areas = _add_levels(areas, project.prefixes, upper)
        for level, groups in lists.items():
            areas, listed = group_areas(areas, groups, level=level, table=project.path.name)
            # An area in no list has no parent, which `build_atlas` says with its file and row.
            found += [f for f in listed if f.code != "in_no_list"]
    crs = getattr(areas, "crs", None)
    if crs is None or not is_metric(crs):
        crs = 25833  # there will be no atlas; any will do to find what else is wrong
    indicators, defined = load_indicators(
        project.locate(file) for file in project.section("indicators").get("files", [])
    )
    measured, twice = _measured_indicators(project, indicators)
    indices = load_indices(project, {**indicators, **measured})
    found += [*defined, *twice, *indices.findings]
    paid, more = define_funding(project, {**indicators, **measured, **indices.indicators})
    found += more
    funding = load_fundings(project, take)
    section = project.section("addresses")
    addresses = take(load_addresses, section, "addresses", to_crs=crs) if section else None
    options = {"to_crs": crs, "need_place": not section}
    offers = [take(load_offers, e, "offers", **options) for e in project.entries("offers")]
    values = [take(load_values, e, "values") for e in project.entries("values")]
    backdrop = [take(load_backdrop, e, "backdrop", to_crs=crs) for e in project.entries("backdrop")]
    population = None
    section = project.section("population")
    if section:
        population = take(load_population, section, "population", to_crs=crs)
        if any(f.code == PERTURBED for f in found) and population is not None:
            counted = {k: i for k, i in indicators.items() if k in population}
            indicators |= {k: replace(i, perturbed=True) for k, i in counted.items()}
        if "spread" in section and areas is not None and population is not None:
            spread = section["spread"]
            counts = take(load_counts, spread, "spread", groups=spread["groups"])
            if counts is not None and not any(f.severity == "error" for f in found):
                population = _spread(counts, population, areas, list(spread["groups"]), found)
    joined = _join(offers, crs)
    if addresses is not None and joined is not None and "geometry" in joined:
        joined, placed = place_offers(joined, addresses)
        found += placed
    found += _check_measures(project, joined, population)
    known = {**indicators, **measured, **indices.indicators, **paid}
    found += check_secrecy(project, known, () if joined is None else joined.columns)
    if areas is None:
        CheckReport(tuple(found)).raise_for_errors()
    values = [table for table in values if table is not None]
    joined_values = join_tables(values) if values else None
    if (
        joined_values is not None
        and {"area", "indicator"} <= set(joined_values)
        and "area" in areas
    ):
        known = {**indicators, **measured}
        joined_values, more = update_values(joined_values, areas, population, known, project, take)
        found += more
    atlas = build_atlas(
        areas,
        levels=project.levels,
        title=project.title,
        offers=joined,
        population=population,
        values=joined_values,
        indicators={**indicators, **measured, **indices.indicators, **paid},
        backdrop=_join(backdrop, crs),
        categories=project.section("categories"),
        upper={level: table for level, table in upper.items() if table is not None},
        findings=found,
    )
    atlas = _complete_values(join_areas(atlas, project), project)
    atlas = join_classes(atlas, project)
    values = make_indices(atlas.values, indices.recipes, atlas.indicators)
    shown = atlas.with_values(leave_out_small(values, atlas.indicators, project))
    late = Late(values, indices.late)
    CheckReport(tuple(check_late(late, atlas.indicators, project))).raise_for_errors()
    return Tables(make_fundings(shown, project, funding), late)


def _keep(table: pd.DataFrame, where: Entry, label: str, found: list[Finding]) -> pd.DataFrame:
    """Keep the rows whose cells have one of the wanted values; say how many those are."""
    if not where:
        return table
    kept = pd.Series(True, index=table.index)
    for column, wanted in where.items():
        if column not in table:
            seen = ", ".join(str(c) for c in table.columns if c not in ("file", "row", "geometry"))
            found.append(find("error", "where_column", label, column=column, seen=seen))
            continue
        choices = wanted if isinstance(wanted, list) else [wanted]
        kept &= table[column].astype("str").isin([str(c) for c in choices])
    found.append(find("note", "chosen", label, kept=int(kept.sum()), count=len(table)))
    return table[kept]


def _add_levels(
    areas: gpd.GeoDataFrame, prefixes: dict[str, int], upper: dict[str, Any]
) -> gpd.GeoDataFrame:
    """Make level ids of the first digits of the area id, and take names from official tables."""
    for level, digits in prefixes.items():
        areas[level] = areas["area"].str[:digits]
    for level, official in upper.items():
        if level in areas and f"{level}_name" not in areas and official is not None:
            names = official.drop_duplicates("area").set_index("area")["name"]
            areas[f"{level}_name"] = areas[level].map(names)
    return areas


def _spread(
    counts: pd.DataFrame,
    points: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    groups: list[str],
    found: list[Finding],
) -> gpd.GeoDataFrame:
    chosen = counts[counts["area"].isin(areas["area"])].set_index("area")
    spread = spread_people(chosen[groups], points.set_index("cell"), areas.set_index("area"))
    centres = spread[spread["placed"] == CENTRE]
    label = str(counts["file"].iloc[0])
    found.append(find("note", "spread", label, areas=len(chosen), points=len(spread)))
    if len(centres):
        ids = ", ".join(centres["area"])
        found.append(find("note", "spread_centre", label, count=len(centres), ids=ids))
    return spread.reset_index().assign(file=label, row=0)


_MOST_NAMED = 10
_PASSED = {
    "addresses": ("columns", "crs", "layer"),
    "areas": ("columns", "crs", "layer"),
    "funding": ("columns", "layer", "year"),
    "key": ("columns", "layer"),
    "offers": ("columns", "crs", "layer", "category", "repair"),
    "population": ("columns", "crs", "layer", "kind", "groups"),
    "values": (
        "columns",
        "layer",
        "form",
        "level",
        "indicators",
        "datenstand",
        "gebietsstand",
        "missing",
    ),
    "backdrop": ("columns", "crs", "layer"),
    "spread": ("columns", "layer"),
}


def _join(tables: list[Any], crs: Any) -> gpd.GeoDataFrame | None:
    tables = [table for table in tables if table is not None]
    if not tables:
        return None
    joined = join_tables(tables)
    if "geometry" not in joined:
        return joined
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=crs)


def _measured_indicators(
    project: Project, known: dict[str, Indicator]
) -> tuple[dict[str, Indicator], list[Finding]]:
    """Define what the project file asks to be measured or counted."""
    label = project.path.name
    gebietsstand = str(project.section("areas").get("gebietsstand", ""))
    sources = [project.section("population").get("source", "")]
    sources += [e.get("source", "") for e in project.entries("offers")]
    streets = project.section("streets").get("source", "")
    how = say(f"mode.{project.section('streets').get('mode', 'walk')}")
    made: dict[str, Indicator] = {}
    found: list[Finding] = []
    for kind in ("coverage", "count"):
        for entry in project.entries(kind):
            name = entry["id"]
            if name in known or name in made:
                other = "[indicators]" if name in known else label
                found.append(find("error", "indicator_twice", label, id=name, other=other))
                continue
            common: dict[str, Any] = {
                "id": name,
                "title": entry["title"],
                "theme": entry.get("theme", say(f"project.theme_{kind}")),
                "note": entry.get("note", ""),
                "datenstand": project.day(entry),
                "gebietsstand": gebietsstand,
            }
            if kind == "count":
                made[name] = Indicator(
                    **common, unit=say("project.offers"), numerator=entry["title"],
                    protects="none", source="; ".join(filter(None, sources[1:])),
                )  # fmt: skip
                continue
            group = known[entry["group"]].title if entry["group"] in known else entry["group"]
            made[name] = Indicator(
                **common, unit="%", kind="rate", per=100, digits=1, direction="low_is_need",
                gap_title=entry.get("gap_title", ""),
                numerator=say(
                    "project.reached", group=group, limit=number(entry["limit_min"]), how=how
                ),
                denominator=group, derived=True,
                source="; ".join(dict.fromkeys(filter(None, [*sources, streets]))),
            )  # fmt: skip
    return made, found


def _check_measures(project: Project, offers: Any, people: Any) -> list[Finding]:
    """Find categories and groups that are to be measured and do not exist.

    Of a table that could not be read nothing is said: its own findings are enough.
    """
    label = project.path.name
    sorted_out = offers is not None and "category" in offers
    known = set(offers["category"].dropna()) if sorted_out else set()
    groups = set() if people is None else {str(c) for c in people.columns}
    offers_unread = not sorted_out and bool(project.entries("offers"))
    people_unread = people is None and bool(project.section("population"))
    found: list[Finding] = []
    for entry in (*project.entries("coverage"), *project.entries("count")):
        named = {"id": entry["id"]}
        for name in [] if offers_unread else sorted(set(list_categories(entry)) - known):
            code = "no_category" if known else "no_categories"
            more = {"known": _list_near(name, known)} if known else {}
            found.append(find("error", code, label, **named, cell=name, **more))
        group = entry.get("group")
        if group is not None and not people_unread and group not in groups:
            found.append(find("error", "no_group", label, id=entry["id"], cell=group))
    found += [
        find("note", "category_unused", label, cell=name, known=_list_near(name, known))
        for name in (project.section("categories") if known else ())
        if name not in known
    ]
    return found


def _list_near(name: str, known: set[str]) -> str:
    """List the categories that may be meant, all of them where none is alike."""
    return ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.5) or sorted(known))


def _complete_values(atlas: Atlas, project: Project) -> Atlas:
    """Add up groups of people and offers, and everything else, to all levels."""
    areas, people, offers = atlas.areas, atlas.population, atlas.offers
    parts = [
        count_by_area(people, areas, atlas.indicators[group], group)
        for group in people.columns
        if group in atlas.indicators and atlas.indicators[group].kind == "count"
    ]
    parts += [
        count_by_area(
            choose_offers(offers, entry, project.day(entry)), areas, atlas.indicators[entry["id"]]
        )
        for entry in project.entries("count")
    ]
    values = aggregate_values(atlas.values, areas, atlas.indicators)
    values = pd.concat([values, *parts], ignore_index=True)
    values = form_rates(values, atlas.indicators)
    return atlas.with_values(values, _note_missing(values, atlas, project))


def _note_missing(values: pd.DataFrame, atlas: Atlas, project: Project) -> list[Finding]:
    """Say who has not delivered what."""
    made = {entry["id"] for kind in ("coverage", "count") for entry in project.entries(kind)}
    made |= set(define_funding(project, atlas.indicators)[0])
    wanted = {k: i for k, i in atlas.indicators.items() if k not in made and i.kind != "index"}
    there = set(values["indicator"])
    found = [
        find("note", "lacks_part", known.title, part=part)
        for known in wanted.values()
        for part in (p.removeprefix("-") for p in (*known.numerator_of, *known.denominator_of))
        if part not in atlas.indicators and known.id not in there
    ]
    for row in list_missing(values, atlas.areas, wanted).itertuples():
        if row.delivered < row.expected:
            found.append(
                find(
                    "note", "incomplete" if row.delivered else "not_delivered", row.title,
                    date=date(row.datenstand), delivered=row.delivered,
                    expected=row.expected, who=row.supplier or say("number.missing"),
                    ids=", ".join(row.missing[:_MOST_NAMED]) + " …" * (len(row.missing) > _MOST_NAMED),
                )
            )  # fmt: skip
    return found


def list_categories(entry: Entry) -> list[str]:
    """Give the categories an entry names, one or several."""
    return entry["category"] if isinstance(entry["category"], list) else [entry["category"]]


def choose_offers(offers: gpd.GeoDataFrame, entry: Entry, day: str) -> gpd.GeoDataFrame:
    """Give the offers of the categories an entry names that exist on a day (ISO, empty: any).

    An offer without dates exists. ``valid_to`` is its last day; a month or year is meant as a whole.
    An offer whose address was not found has no place, so that nothing can be measured from it.
    """
    chosen = offers["category"].isin(list_categories(entry)) & offers.geometry.notna()
    if day and "valid_from" in offers:
        chosen &= ~(offers["valid_from"] > day)
    if day and "valid_to" in offers:
        # "2016" ends with the year's last day: "2016" + "-99" is behind every day of 2016
        chosen &= ~(offers["valid_to"] + "-99" < day)
    return offers[chosen]
