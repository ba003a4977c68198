"""Coarser areas and classes that a project file asks for instead of many withheld numbers."""

from __future__ import annotations

from dataclasses import replace

from sozialraum.indicators.coarser import Coarser, coarsen_classes
from sozialraum.indicators.joint_areas import gather_groups, merge_areas
from sozialraum.model.atlas import Atlas
from sozialraum.project.settings import Project


def join_areas(atlas: Atlas, project: Project) -> Atlas:
    """Join the areas of every ``[[secrecy.merge]]``, those of upper levels first."""
    groups = gather_groups(project.merges)
    order = [level.id for level in atlas.levels]
    smallest = order[-1]
    for level in sorted(groups, key=lambda name: order.index(name) if name in order else 0):
        atlas = merge_areas(atlas, groups[level], level=level or smallest)
    return atlas


def join_classes(atlas: Atlas, project: Project) -> Atlas:
    """Put classes together as every ``[[secrecy.coarser]]`` says, where one is small."""
    steps = [Coarser(**{**entry, "classes": tuple(entry["classes"])}) for entry in project.coarser]
    if not steps:
        return atlas
    minimum = project.secrecy.highest
    made = coarsen_classes(atlas.values, atlas.indicators, steps, minimum=minimum)
    found = made.findings
    return replace(atlas, indicators=made.indicators).with_values(made.values, found)
