"""What a project file says about secrecy, against the tables: names of rules, the contributions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sozialraum.model.atlas import Atlas
from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.near import list_near
from sozialraum.model.schema import OFFERS
from sozialraum.project.settings import Project
from sozialraum.read.contributions import load_contributions
from sozialraum.secrecy.contributions import check_contributions


def check_secrecy(
    project: Project, indicators: Mapping[str, Indicator], columns: Iterable[str]
) -> list[Finding]:
    """Find rules for indicators, and fields for audiences, that do not exist.

    Parameters
    ----------
    project : Project
    indicators : mapping
        Everything defined.
    columns : iterable of str
        Of the offers.

    Returns
    -------
    list of Finding
    """
    label, rules = project.path.name, project.secrecy
    found = [
        find("error", "rule_indicator", label, cell=name, hint=list_near(name, indicators))
        for name in rules.indicators
        if name not in indicators
    ]
    there = [*columns]
    for audience, said in rules.audiences.items():
        for name in (*said.get("fields", ()), *said.get("without", ())):
            if name not in there and OFFERS.column(name) is None:
                known = [*there, *(c.name for c in OFFERS.columns)]
                found.append(
                    find("error", "audience_field", label, audience=audience, cell=name,
                         hint=list_near(name, known))
                )  # fmt: skip
    return found


def take_contributions(project: Project, atlas: Atlas) -> Reading:
    """Read and check the secret table of contributions; None if the project names none."""
    entry = project.contributions
    if not entry:
        return Reading(None, ())
    options = {k: entry[k] for k in ("columns", "layer") if k in entry}
    table, found = load_contributions(project.locate(entry["file"]), **options)
    if table is not None and not any(f.severity == "error" for f in found):
        found = (*found, *check_contributions(table, atlas.areas, atlas.indicators))
    return Reading(table, tuple(found))
