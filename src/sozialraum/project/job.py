"""The main job: read, check, measure, protect, write."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
from tqdm import tqdm

from sozialraum.access.coverage import aggregate_people, measure_coverage
from sozialraum.access.gaps import find_gaps
from sozialraum.access.network import StraightLine, StreetNetwork
from sozialraum.access.travel import measure_nearest
from sozialraum.errors import UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values, count_by_area
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.model.check import CheckReport, Finding, Reading, find
from sozialraum.model.indicator import Indicator
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.manifest import list_manifest, write_manifest
from sozialraum.present.ressourcenkarte import write_ressourcenkarte
from sozialraum.present.sozialraumprofil import write_sozialraumprofile
from sozialraum.present.tables import write_tables
from sozialraum.project.settings import Entry, Project, read_project
from sozialraum.read.areas import load_areas, load_backdrop
from sozialraum.read.definitions import load_indicators
from sozialraum.read.offers import load_offers
from sozialraum.read.population import load_population
from sozialraum.read.streets import read_streets
from sozialraum.read.values import load_values
from sozialraum.secrecy.edition import Edition, Statement, build_edition
from sozialraum.texts import date, number, say

Step = Callable[[str], None]


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
        groups of the population and the offers to be counted are added up.

    Raises
    ------
    InputError
        Its report lists every error of all tables at once.
    """
    return _read_atlas(read_project(path))


def _read_atlas(project: Project) -> Atlas:
    found: list[Finding] = []

    def take(reading: Reading) -> Any:
        found.extend(reading.findings)
        return reading.table

    section = project.section("areas")
    levels = project.levels
    areas = take(
        load_areas(project.locate(section["file"]), levels=levels, **_pick(section, "areas"))
    )
    crs = getattr(areas, "crs", None)
    indicators, more = load_indicators(
        project.locate(file) for file in project.section("indicators").get("files", [])
    )
    found += more
    measured, more = _measured_indicators(project, indicators)
    found += more
    indicators = {**indicators, **measured}
    offers = [
        take(load_offers(project.locate(e["file"]), to_crs=crs, **_pick(e, "offers")))
        for e in project.entries("offers")
    ]
    section = project.section("population")
    population = (
        take(
            load_population(
                project.locate(section["file"]), to_crs=crs, **_pick(section, "population")
            )
        )
        if section
        else None
    )
    values = [
        take(load_values(project.locate(e["file"]), **_pick(e, "values")))
        for e in project.entries("values")
    ]
    backdrop = [
        take(load_backdrop(project.locate(e["file"]), to_crs=crs, **_pick(e, "backdrop")))
        for e in project.entries("backdrop")
    ]
    upper = {
        level: take(
            load_areas(project.locate(e["file"]), levels=(), to_crs=crs, **_pick(e, "areas"))
        )
        for level, e in project.section("areas").get("upper", {}).items()
    }
    atlas = build_atlas(
        areas,
        levels=levels,
        title=project.title,
        offers=_join(offers, crs),
        population=population,
        values=pd.concat(values, ignore_index=True) if values else None,
        indicators=indicators,
        backdrop=_join(backdrop, crs),
        upper=upper,
        findings=found,
    )
    return _complete_values(atlas, project)


_PASSED = {
    "areas": ("columns", "crs", "layer"),
    "offers": ("columns", "crs", "layer", "category", "repair"),
    "population": ("columns", "crs", "kind", "groups"),
    "values": ("columns", "form", "level", "indicators", "datenstand", "missing"),
    "backdrop": ("layer",),
}


def _pick(entry: Entry, kind: str) -> Entry:
    return {key: entry[key] for key in _PASSED[kind] if key in entry}


def _join(tables: list[Any], crs: Any) -> gpd.GeoDataFrame | None:
    if not tables:
        return None
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), geometry="geometry", crs=crs)


def _measured_indicators(
    project: Project, known: dict[str, Indicator]
) -> tuple[dict[str, Indicator], list[Finding]]:
    """Define what the project file asks to be measured or counted."""
    label = project.path.name
    gebietsstand = str(project.section("areas").get("gebietsstand", ""))
    sources = [project.section("population").get("source", "")]
    sources += [e.get("source", "") for e in project.entries("offers")]
    streets = project.section("streets").get("source", "")
    made: dict[str, Indicator] = {}
    found: list[Finding] = []
    for kind in ("coverage", "count"):
        for entry in project.entries(kind):
            name = entry["id"]
            if name in known or name in made:
                found.append(find("error", "indicator_twice", label, id=name, other="data"))
                continue
            common: dict[str, Any] = {
                "id": name,
                "title": entry["title"],
                "theme": entry.get("theme", say(f"project.theme_{kind}")),
                "note": entry.get("note", ""),
                "datenstand": entry.get(
                    "datenstand", project.section("project").get("redaktionsschluss", "")
                ),
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
                numerator=say("project.reached", group=group, limit=number(entry["limit_min"])),
                denominator=group, derived=True,
                source="; ".join(dict.fromkeys(filter(None, [*sources, streets]))),
            )  # fmt: skip
    return made, found


def _complete_values(atlas: Atlas, project: Project) -> Atlas:
    """Add up groups of people and offers, and everything else, to all levels."""
    areas, people, offers = atlas.areas, atlas.population, atlas.offers
    parts = [
        count_by_area(people, areas, atlas.indicators[group], group)
        for group in people.columns
        if group in atlas.indicators and atlas.indicators[group].kind == "count"
    ]
    parts += [
        count_by_area(_choose(offers, entry), areas, atlas.indicators[entry["id"]])
        for entry in project.entries("count")
    ]
    values = aggregate_values(atlas.values, areas, atlas.indicators)
    return atlas.with_values(pd.concat([values, *parts], ignore_index=True))


def _choose(offers: gpd.GeoDataFrame, entry: Entry) -> gpd.GeoDataFrame:
    wanted = entry["category"] if isinstance(entry["category"], list) else [entry["category"]]
    known = set(offers["category"].dropna())
    for name in wanted:
        if name not in known:
            raise UnknownNameError("category", name, known)
    return offers[offers["category"].isin(wanted)]


class Measured(NamedTuple):
    """What was measured: rows of the values table, gaps by indicator, how it was done."""

    values: list[pd.DataFrame]
    gaps: dict[str, gpd.GeoDataFrame]
    methods: list[str]


def measure_project(
    atlas: Atlas, project: Project, streets: StreetNetwork | StraightLine, step: Step
) -> Measured:
    """Measure every ``[[coverage]]`` of a project."""
    people, offers = atlas.population, atlas.offers
    values, gaps, methods = [], {}, [_say_how(streets)]
    for entry in project.entries("coverage"):
        step(entry["title"])
        group, limit = entry["group"], float(entry["limit_min"])
        if group not in people:
            raise UnknownNameError("group", group, people.columns)
        chosen = _choose(offers, entry)
        nearest = measure_nearest(people, chosen, streets)
        reached = measure_coverage(people[group], nearest, limit_min=limit)
        indicator = atlas.indicators[entry["id"]]
        values.append(aggregate_people(reached, people, atlas.areas, indicator=indicator))
        gaps[entry["id"]] = find_gaps(
            people, nearest, group=group, limit_min=limit, min_people=entry.get("min_people", 50)
        )
        lost = float(reached["unconnected"].sum())
        methods.append(
            say(
                "project.coverage",
                title=entry["title"],
                offers=number(len(chosen)),
                limit=number(limit),
                lost=number(lost),
            )
        )
    return Measured(values, gaps, methods)


def _say_how(streets: StreetNetwork | StraightLine) -> str:
    speed = number(streets.speed_kmh, 1)
    if isinstance(streets, StraightLine):
        return say("project.by_line", detour=number(streets.detour, 2), speed=speed)
    return say("project.by_streets", source=streets.source, speed=speed)


def _read_streets(project: Project, crs: Any) -> StreetNetwork | StraightLine:
    section = project.section("streets")
    if not section:
        return StraightLine(**project.section("straight_line"))
    options: dict[str, Any] = {k: section[k] for k in ("mode", "speed_kmh") if k in section}
    if "nodes" in section:
        options["nodes"] = project.locate(section["nodes"])
    return read_streets(project.locate(section["file"]), crs=section.get("crs", crs), **options)


def make_edition(path: str | Path, *, step: Step | None = None) -> Edition:
    """Do the main job up to the protected edition, without writing.

    Parameters
    ----------
    path : path
        ``sozialraum.toml``.
    step : callable, optional
        Told the name of every step.

    Raises
    ------
    InputError, UnknownNameError, CoverageError
    """
    tell = step or (lambda text: None)
    tell(say("project.step_read"))
    project = read_project(path)
    atlas = _read_atlas(project)
    streets: StreetNetwork | StraightLine = StraightLine()
    if project.entries("coverage"):
        tell(say("project.step_streets"))
        streets = _read_streets(project, atlas.areas.crs)
    measured = measure_project(atlas, project, streets, tell)
    tell(say("project.step_protect"))
    sources = [
        e.get("source", "")
        for name in ("areas", "population", "streets")
        for e in [project.section(name)]
    ]
    sources += [
        e.get("source", "") for n in ("offers", "values", "backdrop") for e in project.entries(n)
    ]
    return build_edition(
        atlas,
        values=measured.values,
        gaps=measured.gaps,
        secrecy=project.secrecy,
        statement=Statement(
            head=project.head,
            methods=measured.methods,
            sources=[s for s in sources if s],
            inputs={file: _hash(project.locate(file)) for file in project.files},
            created=str(project.section("project").get("redaktionsschluss", "")),
        ),
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run(path: str | Path, out: str | Path, *, progress: bool = True) -> list[Path]:
    """Do the main job: everything the project file asks for, into one folder.

    Parameters
    ----------
    path : path
        ``sozialraum.toml``.
    out : path
        Folder; written whole or not at all. Files in it that an earlier run did not write are kept.
    progress : bool
        Show a bar on standard error.

    Returns
    -------
    list of Path
        What was written, sorted.

    Raises
    ------
    InputError, UnknownNameError, CoverageError, SecrecyError
    """
    project = read_project(path)
    levels = project.section("profiles").get("levels") or [project.levels[-2:][0].id]
    total = 8 + len(project.entries("coverage"))
    with (
        tqdm(total=total, disable=not progress, unit="", bar_format=_BAR) as bar,
        _whole(out) as new,
    ):

        def step(text: str) -> None:
            bar.set_description_str(text[:60].ljust(60))
            bar.update()

        edition = make_edition(path, step=step)
        step(say("project.step_map"))
        write_ressourcenkarte(edition, new / "ressourcenkarte.html")
        step(say("project.step_profiles"))
        for level in levels:
            write_sozialraumprofile(edition, level=level, folder=new / "profile")
        step(say("project.step_geopackage"))
        write_geopackage(edition, new / "sozialraum.gpkg")
        step(say("project.step_tables"))
        write_tables(edition, new / "tabellen")
        (new / "pruefbericht.txt").write_text(
            "\n".join([say("project.report", title=edition.title), *edition.notes, ""]),
            encoding="utf-8",
        )
        write_manifest(edition, new, parameters=project.sections)
    return sorted(Path(out) / name for name in [*list_manifest(Path(out)), "edition.json"])


_BAR = "{desc} {percentage:3.0f} % |{bar:20}| {elapsed}"


@contextmanager
def _whole(out: str | Path) -> Iterator[Path]:
    """Give a new folder that takes the place of the old one when the block succeeds."""
    target = Path(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".sozialraum-") as scratch:
        new = Path(scratch) / "new"
        new.mkdir()
        yield new
        ours = {*list_manifest(target), "edition.json"}
        for file in sorted(target.rglob("*")) if target.is_dir() else []:
            place = file.relative_to(target)
            if file.is_file() and place.as_posix() not in ours and not (new / place).exists():
                (new / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, new / place)
        if target.exists():
            target.rename(Path(scratch) / "old")
        new.rename(target)


def check(path: str | Path) -> CheckReport:
    """Check everything a project file names, streets included, and measure nothing.

    Returns
    -------
    CheckReport
        The notes, if there are no errors.

    Raises
    ------
    InputError
        There are errors; its report lists them all.
    """
    project = read_project(path)
    atlas = _read_atlas(project)
    if project.entries("coverage"):
        _read_streets(project, atlas.areas.crs)
    return atlas.report


def describe(edition: Edition) -> str:
    """Say in a few lines what an edition holds.

    Used by the command line after a run.
    """
    hidden = int((edition.values["sign"] == ".").sum())
    return say(
        "project.summary", title=edition.title, values=number(len(edition.values)),
        hidden=number(hidden), gaps=number(len(edition.gaps)), created=date(edition.created),
    )  # fmt: skip
