"""Values on older boundaries, which a project file names, brought onto those of its areas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from sozialraum.errors import CrsError, InputError
from sozialraum.indicators.convert import convert_boundaries
from sozialraum.model.areas import UNASSIGNED, WHOLE, Level
from sozialraum.model.check import Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.register import check_register
from sozialraum.model.relations import check_values
from sozialraum.model.rows import find_rows, join_tables
from sozialraum.model.versions import AreaVersion, check_versions, find_version
from sozialraum.project.settings import Entry, Project
from sozialraum.read.areas import load_areas
from sozialraum.read.keys import load_key
from sozialraum.texts import date, listing, number, say

Take = Callable[..., Any]


def update_values(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    population: gpd.GeoDataFrame | None,
    indicators: Mapping[str, Indicator],
    project: Project,
    take: Take,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Convert values that stand on an older version of the areas.

    Parameters
    ----------
    values : DataFrame
        As read, with ``file`` and ``row``.
    areas : GeoDataFrame
        The areas of the project, as read; ``area`` is a column.
    population : GeoDataFrame or None
        Where people live.
    indicators : mapping of str to Indicator
    project : Project
    take : callable
        Reads one table of the project and collects its findings.

    Returns
    -------
    values : DataFrame
        All on the boundaries of ``areas``.
    findings : list of Finding
        A note for every version says how many values were converted and how.
    """
    section = project.section("areas")
    entries: list[Entry] = section.get("version", [])
    if not entries:
        return values, []
    label, smallest_level = project.path.name, project.levels[-1].id
    shapes = areas.drop_duplicates("area").set_index("area")
    current = AreaVersion(
        str(section.get("gebietsstand", "")), shapes, str(section.get("valid_from", ""))
    )
    if not current.gebietsstand:
        return values, [find("error", "key_missing", label, key="gebietsstand", section="areas")]
    tables = [
        take(load_areas, e, "areas", to_crs=areas.crs, corrections=e.get("correction", ()))
        for e in entries
    ]
    versions = [
        AreaVersion(
            e["gebietsstand"],
            _index(table, smallest_level),
            str(e.get("valid_from", "")),
            str(e.get("valid_to", "")),
        )
        for e, table in zip(entries, tables, strict=True)
        if table is not None and "area" in table
    ]
    if len(versions) < len(entries):
        return values, []  # what is wrong with their files was found when they were read
    found = check_versions([*versions, current], label)
    if found:
        return values, found
    stand = _name_stands(values, indicators)
    named = {text: find_version([*versions, current], text) for text in stand.unique() if text}
    unknown = stand.isin([text for text, version in named.items() if version is None])
    there = ", ".join(version.gebietsstand for version in [*versions, current])
    found = find_rows(
        "error", "unknown_gebietsstand", label, values, unknown, column="gebietsstand", cell=stand,
        known=there,
    )  # fmt: skip
    if (stand == "").any():
        after = date(current.gebietsstand)
        count = int((stand == "").sum())
        found.append(find("note", "no_gebietsstand", label, count=count, after=after))
    small = _of_smallest(values, smallest_level)
    parts, moved = [], pd.Series(False, index=values.index)
    for entry, version, table in zip(entries, versions, tables, strict=True):
        here = stand.isin([text for text, known in named.items() if known is version])
        found += _say_upper(values[here & ~small], version, label)
        rows = values[here & small]
        if rows.empty:
            continue
        moved |= here & small
        lacking = check_register(rows, table)
        made, more = _convert(rows, version, current, indicators, population, entry, take, lacking)
        found += [*lacking, *more]
        if made is not None:
            parts.append(made.assign(level=smallest_level))
    kept = values[~moved]
    kept.attrs = values.attrs
    return join_tables([kept, *parts]) if parts else kept, found


def _of_smallest(values: pd.DataFrame, smallest: str) -> pd.Series:
    """Tell which rows are of the smallest level; those without a level are."""
    if "level" not in values:
        return pd.Series(True, index=values.index)
    return values["level"].isna() | (values["level"] == smallest)


def _index(table: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Give older areas as a table whose only level is the smallest."""
    known = table.drop_duplicates("area")
    return gpd.GeoDataFrame(
        {level: known["area"].to_numpy(), f"{level}_name": known["name"].to_numpy()},
        geometry=known.geometry.to_numpy(),
        crs=table.crs,
        index=pd.Index(known["area"].to_numpy(), name="area", dtype="str"),
    )


def _name_stands(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Give every row's Gebietsstand, its own or that of its indicator; empty where none is known."""
    defined = values["indicator"].map({k: i.gebietsstand for k, i in indicators.items()})
    own = values.get("gebietsstand", defined).astype("str")
    return own.where(own.notna() & (own != ""), defined.astype("str")).fillna("")


def _say_upper(rows: pd.DataFrame, version: AreaVersion, label: str) -> list[Finding]:
    """Say which values of upper levels stay on older boundaries."""
    return [
        find(
            "note", "not_converted", label, count=len(group), level=level,
            before=date(version.gebietsstand),
        )
        for level, group in (rows.groupby("level") if len(rows) else ())
        if level != WHOLE
    ]  # fmt: skip


def _convert(
    rows: pd.DataFrame,
    version: AreaVersion,
    current: AreaVersion,
    indicators: Mapping[str, Indicator],
    population: gpd.GeoDataFrame | None,
    entry: Entry,
    take: Take,
    lacking: list[Finding],
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Check rows against the areas they stand on and, unless outlines are lacking, convert them."""
    level = version.level
    origin = rows[["file", "row"]].reset_index(drop=True)
    files = listing(sorted(origin["file"].unique()))
    checked, found = check_values(rows, version.areas, (Level(level, level, level),), indicators)
    found = [f for f in found if f.code != "unknown_area"]  # found as an area without an outline
    key = points = None
    if "key" in entry:
        key = take(load_key, entry["key"], "key")
        if key is None:
            return None, found
    elif "weight" in entry:
        group = entry["weight"]
        if population is None or group not in population:
            no_group = find("error", "no_weight", files, cell=group)
            return None, [*found, no_group]
        points = gpd.GeoDataFrame(
            {"weight": population[group]}, geometry=population.geometry, crs=population.crs
        )
    if lacking or any(finding.severity == "error" for finding in found):
        return None, found
    try:
        made = convert_boundaries(
            checked.join(origin), version, current, indicators, key=key, points=points
        )
    except InputError as error:
        return None, [*found, *error.report.findings]
    except CrsError as error:
        return None, [*found, Finding("error", "crs", files, str(error))]
    note = find(
        "note", "converted", files, count=len(rows), before=date(version.gebietsstand),
        after=date(current.gebietsstand), **_count(made),
    )  # fmt: skip
    return made.assign(file=files, row=0), [*found, note]


def _count(made: pd.DataFrame) -> dict[str, str]:
    """Say how many values came about how."""
    there = made["value"].notna()
    estimated = there & made["quality"].isin(["key", "dasymetric", "areal"])
    how = sorted(made.loc[estimated, "quality"].unique())
    return {
        "exact": number(int((there & ~estimated).sum())),
        "estimated": number(int(estimated.sum())),
        "how": ", ".join(say(f"convert.{method}") for method in how) or "–",
        "missing": number(int((~there).sum())),
        "unplaced": number(int((made["area"] == UNASSIGNED).sum())),
    }
