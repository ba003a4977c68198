"""Everything a project file names, read and checked: what is wrong stands in one report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sozialraum.access.network import StraightLine, StreetNetwork
from sozialraum.errors import InputError
from sozialraum.model.atlas import Atlas
from sozialraum.model.check import CheckReport, Reading
from sozialraum.project.earlier import read_earlier
from sozialraum.project.indices import Late
from sozialraum.project.measures import take_measures
from sozialraum.project.needs import check_needs_plan, take_needs
from sozialraum.project.secret import take_contributions
from sozialraum.project.settings import Project, read_project
from sozialraum.project.shown import check_shown
from sozialraum.project.tables import Tables, make_tables
from sozialraum.read.street_cache import find_cache_folder
from sozialraum.read.streets import read_streets
from sozialraum.secrecy.earlier import Earlier
from sozialraum.texts import say

Step = Callable[[str], None]


class Inputs(NamedTuple):
    """What a project names, read and checked; the notes."""

    atlas: Atlas
    late: Late
    contributions: Any
    earlier: list[Earlier]
    streets: StreetNetwork | StraightLine
    report: CheckReport


def read_inputs(project: Project, tell: Step) -> Inputs:
    """Read everything a project names; what is wrong with any of it stands in one report."""
    made: Tables | None = None
    contributions, report = None, CheckReport()
    try:
        made = make_tables(project)
        report += made.atlas.report
        tables = _take_secret(project, made.atlas)
        contributions = tables[0].table
        report += CheckReport(tuple(f for table in tables for f in table.findings))
    except InputError as error:
        report += error.report
    earlier = []
    for path in project.earlier:
        try:
            earlier.append(read_earlier(project.locate(path)))
        except InputError as error:
            report += error.report
    streets: StreetNetwork | StraightLine = StraightLine()
    if project.entries("coverage"):
        tell(say("project.step_streets"))
        try:
            streets = read_project_streets(project, made.atlas.areas.crs if made else None)
        except InputError as error:
            report += error.report
    report.raise_for_errors()
    assert made is not None  # without tables there are errors
    return Inputs(*made, contributions, earlier, streets, report)


def _take_secret(project: Project, atlas: Atlas) -> tuple[Reading, ...]:
    """Read and check contributions and registers, and what is asked of them and of maps."""
    wanted = check_needs_plan(project, atlas.indicators, atlas.levels)
    wanted += check_shown(project, atlas.indicators)
    return (
        take_contributions(project, atlas),
        take_needs(project, atlas.areas, atlas.offers),
        take_measures(project, atlas.areas, atlas.offers),
        Reading(None, tuple(wanted)),
    )


def read_project_streets(project: Project, crs: Any) -> StreetNetwork | StraightLine:
    """Read the streets a project names; without any, the straight line stands in for them."""
    section = project.section("streets")
    if not section:
        return StraightLine(**project.section("straight_line"))
    options: dict[str, Any] = {k: section[k] for k in ("mode", "speed_kmh") if k in section}
    if "nodes" in section:
        options["nodes"] = project.locate(section["nodes"])
    return read_streets(
        project.locate(section["file"]),
        crs=section.get("crs", crs),
        cache=find_cache_folder(),
        **options,
    )


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
    return read_inputs(read_project(path), lambda text: None).report
