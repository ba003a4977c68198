"""The main job: read, check, measure, protect, write."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
from tqdm import tqdm

from sozialraum.access.coverage import aggregate_people, measure_coverage
from sozialraum.access.gaps import find_gaps
from sozialraum.access.network import StraightLine, StreetNetwork
from sozialraum.access.snap import measure_connection, snap_points
from sozialraum.access.travel import measure_nearest
from sozialraum.model.atlas import Atlas
from sozialraum.model.audience import INTERNAL, PUBLIC, sees
from sozialraum.planning.report import report_needs
from sozialraum.present.files import mark_name, need_folder
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.manifest import list_manifest, write_manifest
from sozialraum.present.measures import write_measures
from sozialraum.present.needs import write_needs
from sozialraum.present.passports import write_passports
from sozialraum.present.protocol import write_protocol
from sozialraum.present.ressourcenkarte import write_ressourcenkarte
from sozialraum.present.sozialraumprofil import check_installed, write_sozialraumprofile
from sozialraum.present.tables import write_tables
from sozialraum.project.indices import make_late
from sozialraum.project.inputs import Step, read_inputs, read_project_streets
from sozialraum.project.maps import check_maps, write_maps
from sozialraum.project.measures import show_settings, take_measures
from sozialraum.project.needs import make_plan, show_needs, take_needs
from sozialraum.project.settings import Project, read_project
from sozialraum.project.street_search import find_street_names
from sozialraum.project.tables import choose_offers
from sozialraum.project.ways import measure_reach, measure_ways
from sozialraum.secrecy.build import build_editions
from sozialraum.secrecy.edition import Edition, Statement
from sozialraum.texts import number, say


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
    source = project.section("streets").get("source", "")
    values, gaps, methods = [], {}, [_say_how(streets, source)]
    methods += streets.notes if isinstance(streets, StreetNetwork) else ()
    counts: list[str] = []
    # Everybody is put on the streets once, whatever is asked afterwards.
    snapped, joined = None, pd.Series(True, index=offers.index)
    if isinstance(streets, StreetNetwork) and project.entries("coverage"):
        snapped = snap_points(people, streets)
        joined = measure_connection(offers, streets)["connected"]
    for entry in project.entries("coverage"):
        step(entry["title"])
        group, limit = entry["group"], float(entry["limit_min"])
        chosen = choose_offers(offers, entry, project.day(entry))
        nearest = measure_nearest(people, chosen, streets, snapped=snapped)
        reached = measure_coverage(people[group], nearest, limit_min=limit)
        rows = aggregate_people(
            reached, people, atlas.areas, indicator=atlas.indicators[entry["id"]]
        )
        if group in atlas.indicators and atlas.indicators[group].derived:
            rows["quality"] = rows["quality"].replace("exact", "derived")
        values.append(rows)
        gaps[entry["id"]] = find_gaps(
            people, nearest, group=group, limit_min=limit, min_people=entry.get("min_people", 50)
        )
        apart = (~joined[chosen.index]).sum()
        part = say("project.coverage_part", title=entry["title"], offers=number(len(chosen)))
        lost = float(reached["unconnected"].sum())
        if apart or lost:
            part += " " + say("project.apart", offers=number(apart), people=_say_few(lost, project))
        counts.append(part)
    if counts:
        methods.append(say("project.coverage", parts="; ".join(counts)))
    return Measured(values, gaps, methods)


def _say_few(people: float, project: Project) -> str:
    """Say how many people, unless they are so few that a table would not tell."""
    minimum = project.secrecy.highest
    few = 0 < people < minimum
    return say("project.fewer", minimum=number(minimum)) if few else number(people)


def _say_how(streets: StreetNetwork | StraightLine, source: str) -> str:
    speed = number(streets.speed_kmh, 1)
    if isinstance(streets, StraightLine):
        return say("project.by_line", detour=number(streets.detour, 2), speed=speed)
    timed = "project.by_timed_streets" if streets.timed else "project.by_streets"
    return say(
        timed,
        how=say(f"mode.{streets.mode}"),
        source=source or streets.source,
        speed=speed,
    )


def make_edition(path: str | Path, *, step: Step | None = None, audience: str = PUBLIC) -> Edition:
    """Do the main job up to the protected edition, without writing.

    Parameters
    ----------
    path : path
        ``sozialraum.toml``.
    step : callable, optional
        Told the name of every step.
    audience : {"oeffentlich", "nichtoeffentlich", "intern"}
        For whom it is, see `build_edition`.

    Raises
    ------
    InputError, UnknownNameError, CoverageError
    """
    return make_editions(path, [audience], step=step)[audience]


def make_editions(
    path: str | Path, audiences: Sequence[str], *, step: Step | None = None
) -> dict[str, Edition]:
    """Read and measure once, protect once, and make the versions of several audiences."""
    for audience in audiences:
        sees(audience, PUBLIC)  # an unknown one before anything is read
    tell = step or (lambda text: None)
    tell(say("project.step_read"))
    project = read_project(path)
    read = read_inputs(project, tell)
    atlas = read.atlas
    measured = measure_project(atlas, project, read.streets, tell)
    indices = make_late(read.late, measured.values, atlas.indicators, project)
    tell(say("project.step_protect"))
    sources = [
        e.get("source", "")
        for name in ("areas", "addresses", "population", "streets")
        for e in [project.section(name)]
    ]
    sources += [
        e.get("source", "") for n in ("offers", "values", "backdrop") for e in project.entries(n)
    ]
    registers = (project.section(name).get("file") for name in ("needs", "measures"))
    secret = {project.contributions.get("file"), *registers}
    return build_editions(
        atlas,
        values=[*measured.values, indices],
        gaps=measured.gaps,
        secrecy=project.secrecy,
        contributions=read.contributions,
        earlier=read.earlier,
        audiences=audiences,
        statement=Statement(
            head=project.head,
            methods=measured.methods,
            sources=[s for s in sources if s],
            # With everything else known, a checksum would confirm a guess at what is secret.
            inputs={f: _hash(project.locate(f)) for f in project.files if f not in secret},
            confidential=project.confidential,
            created=str(project.section("project").get("redaktionsschluss", "")),
        ),
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run(
    path: str | Path,
    out: str | Path,
    *,
    progress: bool = True,
    audiences: Sequence[str] = (),
) -> list[Path]:
    """Do the main job: everything the project file asks for, into one folder.

    Parameters
    ----------
    path : path
        ``sozialraum.toml``.
    out : path
        Folder; written whole or not at all. Files in it that an earlier run did not write are kept.
    progress : bool
        Show a bar on standard error.
    audiences : sequence of {"oeffentlich", "nichtoeffentlich", "intern"}
        Versions to write, each into a folder of its name in ``out``, so that none is passed on with
        another by mistake. Without any: the public one, into ``out`` itself.

    Returns
    -------
    list of Path
        What was written, sorted.

    Raises
    ------
    InputError, UnknownNameError, CoverageError, SecrecyError
    NotADirectoryError
        ``out`` is a file.
    MissingPackageError
        Profiles or print maps are asked for in a format whose extra is not installed.
    """
    project = read_project(path)
    check_installed(project.section("profiles").get("formats", ()))
    check_maps(project.entries("print_map"))
    wanted = list(dict.fromkeys(audiences)) or [PUBLIC]
    folders = {a: Path(out) / a if audiences else Path(out) for a in wanted}
    total = (
        4
        + (4 + bool(project.entries("print_map"))) * len(wanted)
        + len(project.entries("coverage"))
    )
    with (
        tqdm(total=total, disable=not progress, unit="", bar_format=_BAR) as bar,
        ExitStack() as together,
    ):

        def step(text: str) -> None:
            bar.update()
            bar.set_description_str(text[:60].ljust(60))

        new = {a: together.enter_context(_whole(folder)) for a, folder in folders.items()}
        for audience, edition in make_editions(path, wanted, step=step).items():
            _write(edition, project, new[audience], step)
        bar.update()
    return sorted(folder / name for folder in folders.values() for name in list_manifest(folder))


def _write(edition: Edition, project: Project, new: Path, step: Step) -> None:
    """Write everything that is made of an edition into a new folder."""
    profiles = project.section("profiles")
    levels = profiles.get("levels") or [project.levels[-2:][0].id]
    template = project.locate(profiles["template"]) if "template" in profiles else None
    needs = take_needs(project, edition.areas, edition.offers).settle()
    measures = take_measures(project, edition.areas, edition.offers).settle()
    plan = make_plan(project)
    step(say("project.step_map"))
    page = dict(project.section("ressourcenkarte"))
    reach = page.pop("cells_offers", False)
    if size := page.pop("cells_m", None):
        streets = read_project_streets(project, edition.areas.crs)
        page["cells"] = measure_ways(edition, project, streets, size)
        if reach:
            page["travel"] = measure_reach(page["cells"], edition, streets)
    page["streets"] = find_street_names(project, edition.areas.crs)
    write_ressourcenkarte(edition, new / "ressourcenkarte.html", **page)
    step(say("project.step_profiles"))
    for level in levels:
        write_sozialraumprofile(
            edition,
            level=level,
            folder=new / "profile",
            formats=profiles.get("formats", ["html"]),
            template=template,
            needs=needs,
            plan=plan,
            measures=measures,
        )
    start = project.section("ressourcenkarte")
    left_out = 0
    if project.entries("print_map"):
        step(say("project.step_print_maps"))
        left_out = write_maps(edition, project.entries("print_map"), new / "karten", start)
    step(say("project.step_geopackage"))
    write_geopackage(
        edition,
        new / "sozialraum.gpkg",
        indicator=start.get("indicator"),
        level=start.get("level"),
        measures=measures,
    )
    step(say("project.step_tables"))
    write_tables(edition, new / "tabellen", measures=measures)
    write_passports(edition, new / "tabellen")
    write_protocol(edition, new)
    report = [
        say("project.report", title=edition.title),
        edition.head.notice,
        *edition.notes,
    ]
    if needs is not None:
        write_needs(edition, needs, new / "tabellen", plan=plan, measures=measures)
        report += report_needs(needs, edition, plan).methods
    if measures is not None and write_measures(edition, measures, new / "tabellen"):
        report.append(say("measures.how"))
    if left_out:
        report.append(say("print.left_out", count=number(left_out)))
    if len(edition.lost):
        report.append(say("secrecy.lost", count=number(len(edition.lost))))
    if not any(report[2:]):
        report.append(say("project.report_none"))
    mark_name(new / "pruefbericht.txt", edition.audience).write_text(
        "\n".join([*filter(None, report), ""]), encoding="utf-8"
    )
    write_manifest(edition, new, parameters=_list_parameters(project, edition))


def _list_parameters(project: Project, edition: Edition) -> dict[str, Any]:
    """Give the project file without what the edition's readers do not see."""
    sections = dict(project.sections)
    if edition.audience == INTERNAL:
        return sections
    inside = ("contributions", "earlier")
    rules = {k: v for k, v in sections.get("secrecy", {}).items() if k not in inside}
    rules.pop("audiences", None)
    if "indicators" in rules:
        own = {k: v for k, v in rules.pop("indicators").items() if k in edition.indicators}
        rules |= {"indicators": own} if own else {}
    if "secrecy" in sections:
        sections["secrecy"] = rules
    if "categories" in sections:
        sections["categories"] = dict(edition.categories)
    if "print_map" in sections:
        known = ["", *edition.indicators]
        maps = [e for e in sections["print_map"] if e.get("indicator", "") in known]
        sections |= {"print_map": maps}
    if "needs" in sections:
        sections |= {"needs": show_needs(sections["needs"], edition.indicators)}
    if "measures" in sections:
        sections |= {"measures": show_settings(sections["measures"], edition.indicators)}
    if "funding" in sections:
        seen = [e for e in sections["funding"] if e.get("id", "foerderung") in edition.indicators]
        sections |= {"funding": seen}
    return sections


_BAR = "{desc} {percentage:3.0f} % |{bar:20}| {elapsed}"


@contextmanager
def _whole(out: str | Path) -> Iterator[Path]:
    """Give a new folder that takes the place of the old one when the block succeeds."""
    target = need_folder(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".sozialraum-") as scratch:
        new = Path(scratch) / "new"
        new.mkdir()
        yield new
        ours = set(list_manifest(target))
        for file in sorted(target.rglob("*")) if target.is_dir() else []:
            place = file.relative_to(target)
            if file.is_file() and place.as_posix() not in ours and not (new / place).exists():
                (new / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, new / place)
        if target.exists():
            target.rename(Path(scratch) / "old")
        new.rename(target)
