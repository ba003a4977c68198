"""Whether the indicators that a project file wants on its maps exist."""

from __future__ import annotations

from collections.abc import Iterable

from sozialraum.model.check import Finding, find
from sozialraum.model.near import list_near
from sozialraum.project.settings import Project


def check_shown(project: Project, indicators: Iterable[str]) -> list[Finding]:
    """Find indicators of maps that are not defined, before anything is measured."""
    known, page = list(indicators), project.section("ressourcenkarte")
    asked = [("[ressourcenkarte]", page.get("indicator"))]
    asked += [("[ressourcenkarte] limits", name) for name in page.get("limits", {})]
    asked += [("[[print_map]]", entry.get("indicator")) for entry in project.entries("print_map")]
    label = project.path.name
    return [
        find(
            "error", "shown_indicator", label,
            section=place, cell=name, hint=list_near(name, known),
        )
        for place, name in asked
        if name and name not in known
    ]  # fmt: skip
